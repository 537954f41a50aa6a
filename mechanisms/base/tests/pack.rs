//! The packs of all mechanisms compile together, and say what the mission asks of them.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

use anju_pack::{AreaLevel, Kind, Pack, compile, read_dir};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn pack() -> Result<Pack, Box<dyn Error>> {
    compile(&read_dir(root())?).map_err(|faults| {
        let lines: Vec<String> = faults
            .iter()
            .map(|f| format!("{}:{}:{} {} | {}", f.file, f.line, f.column, f.message.en, f.mend.en))
            .collect();
        format!("{} faults\n{}", lines.len(), lines.join("\n")).into()
    })
}

#[test]
fn all_mechanisms_compile_without_a_fault() -> Result<(), Box<dyn Error>> {
    let pack = pack()?;
    assert_eq!(pack.mechanisms.len(), 6);
    for mechanism in &pack.mechanisms {
        assert!(mechanism.headline.is_some(), "{} has no headline", mechanism.id);
    }
    Ok(())
}

#[test]
fn every_row_of_the_base_and_the_five_mechanisms_has_an_entry() -> Result<(), Box<dyn Error>> {
    let pack = pack()?;
    let mut rows: BTreeSet<&str> =
        pack.ledgers.iter().flat_map(|ledger| ledger.rows.iter().map(String::as_str)).collect();
    rows.extend(pack.requirements.iter().map(|requirement| requirement.row.as_str()));
    rows.extend(pack.figures.iter().map(|figure| figure.row.as_str()));
    let parts = [("A", 3), ("P", 10), ("E", 12), ("I", 7), ("G", 10), ("H", 10)];
    let asked = parts.into_iter().flat_map(|(part, last)| (1..=last).map(move |n| format!("{part}{n}")));
    let missing: Vec<String> = asked.filter(|row| !rows.contains(row.as_str())).collect();
    assert!(missing.is_empty(), "no entry for {missing:?}");
    Ok(())
}

const FACTS: [&str; 36] = [
    "county.area-km2",
    "county.population",
    "county.poor-share-percent",
    "site.count",
    "site.cross-town",
    "site.cross-village",
    "site.in-village",
    "household.count",
    "person.count",
    "party.town-lead.sites",
    "party.group.sites",
    "party.instructor.count",
    "factory.count",
    "factory.plush-toy",
    "factory.garment",
    "factory.shoe",
    "startup.training-attendance",
    "startup.loan-yuan",
    "startup.supported",
    "training-base.count",
    "dispatch.organised",
    "employment.stable-households",
    "corn.line.fresh-per-day",
    "corn.line.waxy-per-year",
    "corn.line.count",
    "corn.planted-mu",
    "grid.site-head.count",
    "grid.building-head.count",
    "safety.camera.sites",
    "moral-review.per-quarter",
    "pairing.households",
    "pairing.cadres",
    "garden.reclaimed-mu",
    "garden.transferred-mu",
    "garden.total-mu",
    "garden.elder-households",
];

#[test]
fn each_published_figure_is_told_by_one_figure() -> Result<(), Box<dyn Error>> {
    let pack = pack()?;
    let told: Vec<&str> = pack.figures.iter().filter_map(|figure| figure.fact.as_deref()).collect();
    let distinct: BTreeSet<&str> = told.iter().copied().collect();
    assert_eq!(told.len(), distinct.len(), "a fact is told by two figures");
    let missing: Vec<&&str> = FACTS.iter().filter(|fact| !distinct.contains(**fact)).collect();
    assert!(missing.is_empty(), "no figure for {missing:?}");
    Ok(())
}

#[test]
fn national_codes_are_whole() -> Result<(), Box<dyn Error>> {
    let pack = pack()?;
    let list = |id: &str| pack.codes.iter().find(|list| list.id == id).ok_or(format!("no list {id}"));
    assert_eq!(list("nationality")?.values.len(), 58, "56 nationalities, others, foreign descent");
    assert!(list("kinship")?.position("02").is_some());
    for (id, standard) in [
        ("sex", "GB/T 2261.1-2003"),
        ("marital_status", "GB/T 2261.2-2003"),
        ("health_state", "GB/T 2261.3-2003"),
        ("kinship", "GB/T 4761-2008"),
        ("nationality", "GB/T 3304-1991"),
        ("education", "GB/T 4658-2006"),
        ("political_status", "GB/T 4762-1984"),
    ] {
        assert_eq!(list(id)?.standard.as_deref(), Some(standard));
    }
    Ok(())
}

#[test]
fn what_sheets_write_means_one_code_only() -> Result<(), Box<dyn Error>> {
    for list in &pack()?.codes {
        let mut seen = BTreeSet::new();
        for value in &list.values {
            let words: BTreeSet<&String> = std::iter::once(&value.title.zh).chain(&value.aliases).collect();
            for word in words {
                assert!(seen.insert(word), "{}: {word} stands for two codes", list.id);
            }
        }
    }
    Ok(())
}

#[test]
fn places_carry_codes_of_their_level() -> Result<(), Box<dyn Error>> {
    let pack = pack()?;
    for (id, level) in [("site", AreaLevel::Site), ("building", AreaLevel::Building)] {
        let ledger = pack.ledger(pack.ledger_by_id(id).ok_or(id)?);
        let code = ledger.field(ledger.area.ok_or(id)?);
        assert_eq!(code.kind, Kind::Area { level });
    }
    Ok(())
}
