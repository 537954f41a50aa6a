//! Towns, villages and the forty sites with their buildings, units and courtyards.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::ids::day;

/// The divisions of the county, National Bureau of Statistics 2023.
const DIVISIONS: &str = include_str!("../divisions.csv");
/// One head for each: buildings, units and courtyards of all sites.
pub const BUILDINGS: usize = 266;

/// A row of the divisions.
#[derive(Debug, Clone)]
pub struct Division {
    /// Official code.
    pub code: String,
    /// Official name.
    pub name: String,
    /// province, city, county, town or village.
    pub level: String,
    /// Code of the place above; empty at the top.
    pub parent: String,
}

/// Reads the divisions in file order (a place above stands before the places in it).
pub fn divisions() -> Vec<Division> {
    let mut reader = csv::Reader::from_reader(DIVISIONS.as_bytes());
    let rows = reader.records().filter_map(Result::ok);
    let cell = |row: &csv::StringRecord, ix: usize| row.get(ix).unwrap_or_default().to_owned();
    rows.map(|row| Division { code: cell(&row, 0), name: cell(&row, 1), level: cell(&row, 2), parent: cell(&row, 3) })
        .collect()
}

/// Where a site's households come from (跨镇, 跨村, 村内).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteKind {
    /// Another town.
    CrossTown,
    /// Another village of the same town.
    CrossVillage,
    /// The same village.
    InVillage,
}

/// Village, kind, households of the forty sites; the twenty-one that have a Party group first.
const SITES: [(&str, SiteKind, usize); 40] = {
    use SiteKind::{CrossTown as T, CrossVillage as V, InVillage as I};
    [
        ("610923100003", T, 1012),
        ("610923102001", T, 836),
        ("610923109002", T, 655),
        ("610923100206", V, 318),
        ("610923100208", V, 246),
        ("610923100233", V, 262),
        ("610923100236", V, 204),
        ("610923100220", V, 188),
        ("610923101001", V, 296),
        ("610923102206", V, 224),
        ("610923102207", V, 176),
        ("610923104001", V, 352),
        ("610923104200", V, 168),
        ("610923105001", V, 284),
        ("610923105210", V, 172),
        ("610923106001", V, 308),
        ("610923106202", V, 182),
        ("610923108200", V, 238),
        ("610923110200", V, 226),
        ("610923111001", V, 212),
        ("610923113200", V, 144),
        ("610923109200", V, 118),
        ("610923101203", V, 112),
        ("610923102204", V, 108),
        ("610923110204", V, 104),
        ("610923100230", I, 88),
        ("610923100234", I, 72),
        ("610923100226", I, 56),
        ("610923101205", I, 78),
        ("610923102213", I, 62),
        ("610923104202", I, 84),
        ("610923104206", I, 48),
        ("610923105202", I, 76),
        ("610923105213", I, 58),
        ("610923106212", I, 66),
        ("610923106205", I, 70),
        ("610923108201", I, 54),
        ("610923108205", I, 46),
        ("610923110201", I, 64),
        ("610923111200", I, 46),
    ]
};

/// How many sites have three Party members or more.
pub const WITH_GROUP: usize = 21;

/// A resettlement site (安置点).
#[derive(Debug, Clone)]
pub struct Site {
    /// Record id, once written.
    pub id: Uuid,
    /// 15 digits.
    pub code: String,
    /// Village code, 12 digits.
    pub village: String,
    /// Official name of the village.
    pub village_name: String,
    /// What people call the place: the village's name without its body.
    pub stem: String,
    /// Name of the site.
    pub name: String,
    /// Town's name.
    pub town_name: String,
    /// Where its households come from.
    pub kind: SiteKind,
    /// Apartment blocks rather than courtyards.
    pub apartments: bool,
    /// Households planned.
    pub households: usize,
    /// Day it was finished.
    pub built_on: i32,
    /// Thirteenth Five-Year plan (else twelfth) for most of its households.
    pub thirteenth: bool,
    /// Villages that its households come from.
    pub origins: Vec<Division>,
    /// Its buildings, units or courtyards.
    pub buildings: Vec<Building>,
    /// "lng,lat", about.
    pub point: String,
}

impl Site {
    /// Town code, 9 digits.
    pub fn town(&self) -> &str {
        &self.village[..9]
    }
    /// Has a Party group (three members or more) rather than an instructor.
    pub fn has_group(&self) -> bool {
        self.households > 130
    }
}

/// A building, unit or courtyard: what one building head looks after.
#[derive(Debug, Clone)]
pub struct Building {
    /// Record id, once written.
    pub id: Uuid,
    /// 18 digits.
    pub code: String,
    /// "3号楼", "东院".
    pub name: String,
    /// Place among the site's buildings, from 1.
    pub number: usize,
}

/// The forty sites with their buildings.
pub fn sites(divisions: &[Division], rng: &mut ChaCha8Rng) -> Vec<Site> {
    let shares = building_shares();
    let named = |code: &str| {
        divisions.iter().find(|division| division.code == code).map_or("", |division| division.name.as_str())
    };
    let mut sites = Vec::with_capacity(SITES.len());
    for ((village, kind, households), buildings) in SITES.into_iter().zip(shares) {
        let village_name = named(village).to_owned();
        let stem = stem(&village_name);
        let apartments = households > 100;
        let code = format!("{village}001");
        let thirteenth = rng.random_bool(0.62) || households > 300;
        let year = if thirteenth { rng.random_range(2016..=2018) } else { rng.random_range(2012..=2015) };
        sites.push(Site {
            id: Uuid::nil(),
            name: if kind == SiteKind::CrossTown { format!("{stem}新社区") } else { format!("{stem}安置点") },
            town_name: named(&village[..9]).to_owned(),
            origins: origins(divisions, village, kind, rng),
            buildings: (1..=buildings).map(|number| building(&code, number, apartments)).collect(),
            built_on: day(year, rng.random_range(9..=12), rng.random_range(1..=28)),
            point: format!("108.{:04},33.{:04}", rng.random_range(1800..6600), rng.random_range(1200..6900)),
            village: village.to_owned(),
            village_name,
            stem,
            code,
            kind,
            apartments,
            households,
            thirteenth,
        });
    }
    sites
}

fn building(site: &str, number: usize, apartments: bool) -> Building {
    let name = if apartments { format!("{number}号楼") } else { format!("{number}号院") };
    Building { id: Uuid::nil(), code: format!("{site}{number:03}"), name, number }
}

/// A village's name without its committee.
pub fn stem(name: &str) -> String {
    ["社区居委会", "社区村委会", "村委会", "居委会"]
        .iter()
        .find_map(|body| name.strip_suffix(body))
        .unwrap_or(name)
        .to_owned()
}

/// Buildings of each site in proportion to its households, at least one, 266 together (largest remainders).
fn building_shares() -> Vec<usize> {
    let households: usize = SITES.iter().map(|site| site.2).sum();
    let mut shares: Vec<usize> = SITES.iter().map(|site| (site.2 * BUILDINGS / households).max(1)).collect();
    let mut order: Vec<usize> = (0..SITES.len()).collect();
    order.sort_by_key(|&ix| std::cmp::Reverse(SITES[ix].2 * BUILDINGS % households));
    let missing = BUILDINGS - shares.iter().sum::<usize>();
    for &ix in order.iter().take(missing) {
        shares[ix] += 1;
    }
    shares
}

/// The villages that a site's households come from.
fn origins(divisions: &[Division], village: &str, kind: SiteKind, rng: &mut ChaCha8Rng) -> Vec<Division> {
    let villages = divisions.iter().filter(|division| division.level == "village");
    let fits = |division: &&Division| match kind {
        SiteKind::CrossTown => division.parent != village[..9],
        SiteKind::CrossVillage => division.parent == village[..9] && division.code != village,
        SiteKind::InVillage => division.code == village,
    };
    let mut from: Vec<Division> = villages.filter(fits).cloned().collect();
    let keep = if kind == SiteKind::CrossTown { 12 } else { 4 };
    while from.len() > keep {
        from.swap_remove(rng.random_range(0..from.len()));
    }
    from
}
