//! The packs of all mechanisms compile together, and say what the mission asks of them.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

use anju_pack::{AreaLevel, FieldIx, Kind, Pack, compile, read_dir};
use anju_record::{Draft, Raw, Value, day, doubts, kind, validate};

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

/// The day at which the county is looked at.
const TODAY: &str = "2020-05-16";

/// What is known of a record, by field.
type Known<'a> = &'a [(&'a str, &'a str)];

/// The fields at which something is doubtful of a record that holds these, and nothing in every other field.
fn doubted(pack: &Pack, ledger: &str, known: Known<'_>) -> Result<Vec<String>, Box<dyn Error>> {
    let ix = pack.ledger_by_id(ledger).ok_or(ledger)?;
    let definition = pack.ledger(ix);
    let mut values = vec![Value::Null; definition.fields.len()];
    for (id, words) in known {
        let at = definition.field_by_id(id).ok_or(*id)?;
        let parsed = kind::parse(pack, &definition.field(at).kind, words);
        values[usize::from(at.0)] = parsed.map_err(|problem| format!("{id}: {problem:?}"))?;
    }
    let given = |field: FieldIx| values.get(usize::from(field.0));
    let today = day::parse(TODAY).ok_or(TODAY)?;
    Ok(doubts(pack, ix, given, |_| true, today).into_iter().map(|doubt| doubt.fault.path).collect())
}

#[test]
fn what_can_hardly_be_is_doubtful() -> Result<(), Box<dyn Error>> {
    let pack = pack()?;
    let child = ("born_on", "2006-05-17");
    let grown = ("born_on", "2002-05-16");
    let hardly: [(&str, Known<'_>, &str); 17] = [
        ("person", &[("left_reason", "died")], "left_on"),
        ("person", &[("born_on", "1904-05-16")], "born_on"),
        ("person", &[child, ("kinship", "02")], "kinship"),
        ("person", &[child, ("kinship", "12")], "kinship"),
        ("person", &[child, ("marital", "30")], "marital"),
        ("person", &[("born_on", "2002-05-17"), ("political_status", "02")], "political_status"),
        ("person", &[child, ("education", "30")], "education"),
        ("person", &[child, ("education", "20"), ("schooling", "junior")], "education"),
        ("person", &[child, ("work_ability", "ordinary")], "work_ability"),
        ("household", &[("end_reason", "merged")], "ended_on"),
        ("dwelling", &[("area_m2", "0")], "area_m2"),
        ("dwelling", &[("area_m2", "400.01")], "area_m2"),
        ("dwelling", &[("rooms", "0")], "rooms"),
        ("employment", &[("end_reason", "expired")], "ended_on"),
        ("employment", &[("contract_months", "121")], "contract_months"),
        ("visit", &[("visited_on", "2009-12-31")], "visited_on"),
        ("household_income", &[("per_head", "2"), ("net_income", "1")], "per_head"),
    ];
    for (ledger, known, at) in hardly {
        assert_eq!(doubted(&pack, ledger, known)?, [at], "{ledger} {known:?}");
    }
    let likely: [(&str, Known<'_>); 8] = [
        ("person", &[("left_reason", "died"), ("left_on", "2020-01-01")]),
        ("person", &[("born_on", "1904-05-17")]),
        ("person", &[grown, ("kinship", "02"), ("marital", "20"), ("political_status", "01"), ("education", "10")]),
        ("person", &[child, ("kinship", "20"), ("marital", "10"), ("political_status", "13"), ("education", "80")]),
        ("person", &[child, ("education", "30"), ("schooling", "college"), ("work_ability", "none")]),
        ("dwelling", &[("area_m2", "400"), ("rooms", "1")]),
        ("employment", &[("end_reason", "expired"), ("ended_on", "2020-01-01"), ("contract_months", "120")]),
        ("visit", &[("visited_on", "2010-01-01")]),
    ];
    for (ledger, known) in likely {
        assert_eq!(doubted(&pack, ledger, known)?, Vec::<String>::new(), "{ledger} {known:?}");
    }
    Ok(())
}

#[test]
fn nobody_joins_a_household_tomorrow() -> Result<(), Box<dyn Error>> {
    let pack = pack()?;
    let person = pack.ledger_by_id("person").ok_or("person")?;
    let today = day::parse(TODAY).ok_or(TODAY)?;
    for (joined, is_wrong) in [(TODAY, false), ("2020-05-17", true)] {
        let draft = Draft::new(person).set("joined_on", Raw::Text(joined.to_owned()));
        let faults = validate(&pack, person, draft, today).err().ok_or("the rest is missing")?;
        assert_eq!(faults.iter().any(|fault| fault.path == "joined_on"), is_wrong, "{joined}");
    }
    Ok(())
}
