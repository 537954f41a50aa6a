//! One household, one file: places, dwellings, households, people, cadres, incomes, the watch for households at risk.

use anju_record::Value;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::book::{chance, id, int, on, only, pick, text, until, weighted, yes};
use crate::ids::{TODAY, calendar, day};
use crate::people::{Ability, House, Kin, Person, Stay};
use crate::places::SiteKind;
use crate::risk;
use crate::world::{Cadre, World};

/// Fen of a yuan.
pub const YUAN: i64 = 100;

/// Writes the base.
pub fn write(world: &mut World<'_>) {
    let rng = &mut chance(2);
    profile(world);
    places(world, rng);
    cadres(world);
    households(world, rng);
    people(world, rng);
    former_people(world, rng);
    ended_households(world, rng);
    risk::write(world, rng);
}

fn profile(world: &mut World<'_>) {
    world.book.row(
        "county_profile",
        day(2020, 1, 10),
        [
            ("code", text("610923")),
            ("valid_from", on(day(2020, 1, 1))),
            ("area_km2", int(3_678)),
            ("population", int(74_000)),
            ("poor_share_percent", int(34)),
            ("source", text("县统计局、县扶贫办公开口径")),
        ],
    );
}

fn batch(thirteenth: bool) -> Value {
    text(if thirteenth { "fyp13" } else { "fyp12" })
}

fn places(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    let World { sites, book, .. } = world;
    for site in sites {
        let kind = match site.kind {
            SiteKind::CrossTown => "cross_town",
            SiteKind::CrossVillage => "cross_village",
            SiteKind::InVillage => "in_village",
        };
        let opened = site.built_on + 15;
        site.id = book.row(
            "site",
            opened,
            [
                ("code", text(&site.code)),
                ("name", text(&site.name)),
                ("kind", text(kind)),
                ("batch", batch(site.thirteenth)),
                ("layout", text(if site.apartments { "apartment" } else { "courtyard" })),
                ("destination_village", text(&site.village)),
                ("origin_village", text(&site.origins[0].code)),
                ("address", text(format!("宁陕县{}{}", site.town_name, site.stem))),
                ("location", text(&site.point)),
                ("built_on", on(site.built_on)),
                ("opened_on", on(opened)),
                ("planned_households", int(site.households as i64 + rng.random_range(0..6))),
            ],
        );
        for building in &mut site.buildings {
            building.id = book.row(
                "building",
                opened,
                [
                    ("site", id(site.id)),
                    ("code", text(&building.code)),
                    ("name", text(&building.name)),
                    ("kind", text(if site.apartments { "building" } else { "courtyard" })),
                    ("floors", int(if site.apartments { rng.random_range(5i64..=7) } else { 2 })),
                    ("opened_on", on(opened)),
                ],
            );
        }
    }
}

fn cadres(world: &mut World<'_>) {
    let World { book, cadres, leads, staff, .. } = world;
    for (list, duty) in [(cadres, "干部"), (leads, "镇党委委员"), (staff, "社区网格长")] {
        for cadre in list {
            cadre.id = book.row("cadre", cadre.from, cadre_values(cadre, duty));
        }
    }
}

fn cadre_values(cadre: &Cadre, duty: &str) -> [(&'static str, Value); 8] {
    [
        ("name", text(&cadre.name)),
        ("unit", text(&cadre.unit)),
        ("duty", text(duty)),
        ("level", text(cadre.level)),
        ("sex", text(if cadre.male { "1" } else { "2" })),
        ("phone", text(&cadre.phone)),
        ("serving_from", on(cadre.from)),
        ("serving_to", until(cadre.to)),
    ]
}

fn households(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    const CAUSES: [(u32, &str); 8] = [
        (30, "transport"),
        (22, "illness"),
        (14, "labour"),
        (12, "skill"),
        (8, "disability"),
        (8, "funds"),
        (4, "schooling"),
        (2, "drive"),
    ];
    for ix in 0..world.houses.len() {
        let dwelling = dwelling(world, ix, rng);
        let house = &world.houses[ix];
        let building = world.sites[house.site].buildings[house.building].id;
        let moved_on = house.moved_on;
        let status = match house.stay {
            Stay::Resident => "resident",
            Stay::Away => "away",
            Stay::Returned => "returned",
        };
        let poor = house.poor;
        let phone = world.book.registry.phone();
        let origin = rng.random_bool(0.987).then(|| house.origin.clone());
        let old_house = pick(rng, &["reclaimed", "reclaimed", "reclaimed", "demolished", "kept", "pending"]);
        world.houses[ix].id = world.book.row(
            "household",
            moved_on,
            [
                ("building", id(building)),
                ("number", text(&world.houses[ix].number)),
                ("dwelling", if rng.random_bool(0.996) { id(dwelling) } else { Value::Null }),
                ("batch", batch(world.houses[ix].thirteenth)),
                ("registered_poor", yes(poor)),
                ("status", text(status)),
                ("moved_in_on", on(moved_on)),
                ("origin_village", origin.map_or(Value::Null, text)),
                ("origin_group", text(format!("{}组", rng.random_range(1..9)))),
                ("poor_cause", only(poor, text(weighted(rng, &CAUSES)))),
                (
                    "out_of_poverty",
                    only(poor && rng.random_bool(0.965), on(day(rng.random_range(2017..=2019), 12, 20))),
                ),
                ("subsistence", yes(poor && rng.random_bool(0.17))),
                ("old_house", text(old_house)),
                ("phone", text(phone)),
                ("public_consent", yes(rng.random_bool(0.8))),
            ],
        );
    }
}

fn dwelling(world: &mut World<'_>, ix: usize, rng: &mut ChaCha8Rng) -> Uuid {
    let house = &world.houses[ix];
    let size = house.members.len() as i64;
    let deed = rng.random_bool(0.83).then(|| (house.moved_on + rng.random_range(120..420)).min(TODAY - 10));
    let title = format!("陕（2019）宁陕县不动产权第{:07}号", ix + 1);
    let values = [
        ("building", id(world.sites[house.site].buildings[house.building].id)),
        ("door", text(&house.door)),
        ("floor", floor(house)),
        ("area_m2", int((size * 25).min(125) * 100 - rng.random_range(0..180))),
        ("rooms", int((size + 1).min(5))),
        ("deed_given_on", until(deed)),
        ("title_deed", only(deed.is_some(), text(title))),
        ("state", text(if house.stay == Stay::Resident { "lived_in" } else { "vacant" })),
    ];
    world.book.row("dwelling", house.moved_on - 5, values)
}

/// The floor that a door like `2-301` tells.
fn floor(house: &House) -> Value {
    house
        .door
        .split_once('-')
        .and_then(|(_, door)| door.get(..1))
        .and_then(|digit| digit.parse::<i64>().ok())
        .map_or(Value::Null, Value::Int)
}

const fn kinship(person: &Person) -> &'static str {
    match (person.kin, person.male) {
        (Kin::Head, _) => "02",
        (Kin::Spouse, true) => "11",
        (Kin::Spouse, false) => "12",
        (Kin::Son, _) => "20",
        (Kin::Daughter, _) => "30",
        (Kin::DaughterInLaw, _) => "38",
        (Kin::Grandchild, true) => "41",
        (Kin::Grandchild, false) => "42",
        (Kin::Father, _) => "51",
        (Kin::Mother, _) => "52",
    }
}

/// The pack's code of an ability to work.
pub const fn ability(person: &Person) -> &'static str {
    match person.ability {
        Ability::Skilled => "skilled",
        Ability::Ordinary => "ordinary",
        Ability::Weak => "weak",
        Ability::Lost => "lost",
        Ability::None => "none",
    }
}

fn schooling(person: &Person, rng: &mut ChaCha8Rng) -> &'static str {
    match person.age() {
        ..4 => "not",
        4..6 => "preschool",
        6..16 if rng.random_bool(0.003) => "dropped_out",
        6..12 => "primary",
        12..16 => "junior",
        _ if !person.student => "not",
        16..19 => {
            if rng.random_bool(0.6) {
                "senior"
            } else {
                "vocational"
            }
        }
        _ => "college",
    }
}

fn education(person: &Person, rng: &mut ChaCha8Rng) -> &'static str {
    const OLD: [(u32, &str); 4] = [(38, "90"), (45, "80"), (15, "70"), (2, "60")];
    const MIDDLE: [(u32, &str); 5] = [(5, "90"), (32, "80"), (50, "70"), (9, "60"), (4, "40")];
    const YOUNG: [(u32, &str); 6] = [(6, "80"), (48, "70"), (16, "60"), (14, "40"), (11, "30"), (5, "20")];
    match person.age() {
        ..7 => "90",
        7..13 => "80",
        13..16 => "70",
        16..19 => {
            if person.student {
                "60"
            } else {
                "70"
            }
        }
        19..23 if person.student => "30",
        19..36 => weighted(rng, &YOUNG),
        36..60 => weighted(rng, &MIDDLE),
        _ => weighted(rng, &OLD),
    }
}

fn marital(person: &Person, coupled: bool, rng: &mut ChaCha8Rng) -> &'static str {
    match person.kin {
        Kin::Spouse | Kin::DaughterInLaw => "20",
        Kin::Head if coupled => "20",
        Kin::Father | Kin::Mother => {
            if rng.random_bool(0.5) {
                "30"
            } else {
                "20"
            }
        }
        Kin::Head if person.age() >= 60 && rng.random_bool(0.7) => "30",
        Kin::Head if person.age() >= 35 && rng.random_bool(0.4) => "40",
        Kin::Son if person.age() >= 28 && coupled => "20",
        _ => "10",
    }
}

fn health(person: &Person, rng: &mut ChaCha8Rng) -> &'static str {
    match (person.ill, person.disabled) {
        (true, _) => {
            if rng.random_bool(0.14) {
                "90"
            } else {
                "30"
            }
        }
        (false, true) => "60",
        _ => {
            if person.age() >= 65 && rng.random_bool(0.4) {
                "20"
            } else {
                "10"
            }
        }
    }
}

fn political(person: &Person, rng: &mut ChaCha8Rng) -> &'static str {
    match person.age() {
        _ if person.member => {
            if person.age() < 32 && rng.random_bool(0.3) {
                "02"
            } else {
                "01"
            }
        }
        14..28 if rng.random_bool(0.45) => "03",
        _ => "13",
    }
}

fn people(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    const KINDS: [(u32, &str); 7] = [(12, "1"), (11, "2"), (3, "3"), (52, "4"), (9, "5"), (9, "6"), (4, "7")];
    for ix in 0..world.persons.len() {
        let person = &world.persons[ix];
        let house = &world.houses[person.house];
        let coupled = house.members.clone().any(|other| match person.kin {
            Kin::Son => world.persons[other].kin == Kin::DaughterInLaw,
            _ => world.persons[other].kin == Kin::Spouse,
        });
        let joined = person.born.max(house.moved_on);
        let health = health(person, rng);
        let disability = person.disabled.then(|| (weighted(rng, &KINDS), pick(rng, &["1", "2", "3", "3", "4", "4"])));
        let phone = if (14..78).contains(&person.age()) && rng.random_bool(0.82) {
            text(world.book.registry.phone())
        } else {
            Value::Null
        };
        world.persons[ix].id = world.book.row(
            "person",
            joined,
            [
                ("household", id(house.id)),
                ("name", text(&person.name)),
                ("kinship", text(kinship(person))),
                ("sex", text(if person.male { "1" } else { "2" })),
                (
                    "id_number",
                    if joined > TODAY - 60 && person.age() == 0 { Value::Null } else { text(&person.number) },
                ),
                ("born_on", on(person.born)),
                ("nationality", text(if rng.random_bool(0.99) { "01" } else { "03" })),
                ("marital", text(marital(person, coupled, rng))),
                ("phone", phone),
                ("education", text(education(person, rng))),
                ("schooling", text(schooling(person, rng))),
                ("health", text(health)),
                ("disability", disability.map_or(Value::Null, |it| text(it.0))),
                ("disability_rank", disability.map_or(Value::Null, |it| text(it.1))),
                ("work_ability", text(ability(person))),
                ("political_status", text(political(person, rng))),
                ("lives_here", yes(house.stay == Stay::Resident && !person.work.away())),
                ("medical_insured", yes(rng.random_bool(0.996))),
                ("pension_insured", yes(person.age() >= 16 && !person.student && rng.random_bool(0.94))),
                ("joined_on", on(joined)),
            ],
        );
    }
}

/// Deaths, marriages out, soldiers: people whose entries have ended.
fn former_people(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    for _ in 0..340 {
        let ix = rng.random_range(0..world.houses.len());
        let moved_on = world.houses[ix].moved_on;
        let left = TODAY - rng.random_range(3..(TODAY - moved_on).max(40) - 20);
        let (reason, years, male, kin) = match rng.random_range(0..100) {
            ..62 => ("died", rng.random_range(63..95), rng.random_bool(0.5), None),
            62..90 => ("married_out", rng.random_range(21..29), false, Some("30")),
            90..96 => ("conscripted", rng.random_range(18..22), true, Some("20")),
            _ => ("moved_out", rng.random_range(22..45), rng.random_bool(0.5), Some("97")),
        };
        let kin = kin.unwrap_or(if male { "51" } else { "52" });
        former_person(world, ix, (moved_on, left), reason, (years, male, kin), rng);
    }
}

fn former_person(
    world: &mut World<'_>,
    house: usize,
    (joined, left): (i32, i32),
    reason: &str,
    (years, male, kin): (i32, bool, &str),
    rng: &mut ChaCha8Rng,
) {
    let household = world.houses[house].id;
    former_member(world, household, (joined, left), reason, (years, male, kin), rng);
}

fn former_member(
    world: &mut World<'_>,
    household: Uuid,
    (joined, left): (i32, i32),
    reason: &str,
    (years, male, kin): (i32, bool, &str),
    rng: &mut ChaCha8Rng,
) {
    let born = left - years * 365 - rng.random_range(1..360);
    let number = world.book.registry.id_number(born, male);
    let person = world.book.row(
        "person",
        joined,
        [
            ("household", id(household)),
            ("name", text(crate::names::name(rng, male, calendar(born).0))),
            ("kinship", text(kin)),
            ("sex", text(if male { "1" } else { "2" })),
            ("id_number", text(number)),
            ("born_on", on(born)),
            ("nationality", text("01")),
            ("work_ability", text(if years >= 60 { "lost" } else { "ordinary" })),
            ("political_status", text("13")),
            ("joined_on", on(joined)),
            ("left_on", on(left)),
            ("left_reason", text(reason)),
        ],
    );
    world.book.row(
        "household_event",
        left,
        [
            ("household", id(household)),
            ("kind", text(if reason == "died" { "died" } else { "left" })),
            ("happened_on", on(left)),
            ("person", id(person)),
        ],
    );
}

/// Files that were closed, and the dwellings they left.
fn ended_households(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    for order in 0..118 {
        let site = rng.random_range(0..world.sites.len());
        let place = &world.sites[site];
        let building = place.buildings[rng.random_range(0..place.buildings.len())].id;
        let door = if place.apartments {
            format!("9-{}0{}", order / 9 + 1, order % 9 + 1)
        } else {
            format!("{}号", 60 + order)
        };
        let (moved_on, origin, thirteenth) = (place.built_on + 40, place.origins[0].code.clone(), place.thirteenth);
        let ended = TODAY - rng.random_range(20..(TODAY - moved_on - 30).max(60));
        let (reason, status) = match rng.random_range(0..100) {
            ..46 => ("died", "resident"),
            46..70 => ("merged", "resident"),
            70..88 => ("moved_on", "moved_on"),
            _ => ("returned", "returned"),
        };
        let dwelling = world.book.row(
            "dwelling",
            moved_on - 5,
            [
                ("building", id(building)),
                ("door", text(door)),
                ("area_m2", int(rng.random_range(4_000i64..7_500))),
                ("state", text("vacant")),
            ],
        );
        let household = world.book.row(
            "household",
            moved_on,
            [
                ("building", id(building)),
                ("number", text(format!("NS9{:04}", order + 1))),
                ("dwelling", id(dwelling)),
                ("batch", batch(thirteenth)),
                ("registered_poor", yes(rng.random_bool(0.8))),
                ("status", text(status)),
                ("moved_in_on", on(moved_on)),
                ("ended_on", on(ended)),
                ("end_reason", text(reason)),
                ("origin_village", text(origin)),
            ],
        );
        let years = if reason == "died" { rng.random_range(66..90) } else { rng.random_range(40..70) };
        let left = match reason {
            "died" => "died",
            "merged" => "split",
            "returned" => "returned",
            _ => "moved_out",
        };
        former_member(world, household, (moved_on, ended), left, (years, rng.random_bool(0.7), "02"), rng);
    }
}

/// What residents and cadres told of, most of it answered. Written last: it leaves every other record as it is.
pub fn corrections(world: &mut World<'_>) {
    /// State and words.
    type Answer = Option<(&'static str, &'static str)>;
    const TOLD: [(&str, &str, &str, &str, i32, Answer); 4] = [
        ("phone", "电话已换号", "10000004321", "bangfuganbu", 3, None),
        ("origin_group", "迁出组写错了", "三组", "bangfuganbu", 9, None),
        ("status", "去年底已搬回常住", "", "bangfuganbu", 26, Some(("accepted", "已入户核实并更正"))),
        ("moved_in_on", "入住时间应早一年", "", "bangfuganbu", 40, Some(("declined", "与交房签字表核对无误"))),
    ];
    for (at, (field, wrong, suggested, who, days, answer)) in TOLD.into_iter().enumerate() {
        let Some(household) = world.houses.get(at * 7).map(|house| house.id) else { continue };
        let some = |words: &str| if words.is_empty() { Value::Null } else { text(words) };
        let told = TODAY - days;
        let row = [
            ("subject", id(household)),
            ("ledger", text("household")),
            ("field", text(field)),
            ("wrong", text(wrong)),
            ("suggested", some(suggested)),
            ("told_by", text(who)),
            ("told_on", on(told)),
            ("state", text(answer.map_or("open", |(state, _)| state))),
            ("answer", some(answer.map_or("", |(_, words)| words))),
            ("answered_by", some(answer.map_or("", |_| "zhenban"))),
            ("answered_on", answer.map_or(Value::Null, |_| on(told + 2))),
        ];
        world.book.row("correction", told, row);
    }
}

/// Namesakes of one village whom somebody has looked at already.
pub fn namesakes(world: &mut World<'_>) {
    let mut seen: std::collections::HashMap<(String, String), usize> = std::collections::HashMap::new();
    let mut pairs = Vec::new();
    for (at, person) in world.persons.iter().enumerate() {
        let key = (person.name.clone(), world.houses[person.house].origin.clone());
        match seen.insert(key, at) {
            Some(other) if world.persons[other].house != person.house => {
                pairs.push((world.persons[other].id, person.id))
            }
            _ => {}
        }
    }
    for (one, other) in pairs.into_iter().take(12) {
        world.book.row(
            "not_duplicate",
            TODAY - 30,
            [
                ("person", id(one)),
                ("counterpart", id(other)),
                ("decided_on", on(TODAY - 30)),
                ("decided_by", text("zhenban")),
            ],
        );
    }
}
