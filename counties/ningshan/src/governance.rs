//! Community governance: the grid, patrols, incidents, equipment, mediation, surveys, moral review, culture, residents' reports.

use anju_record::Value;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::book::{chance, id, int, on, only, pick, text, until, weighted, yes};
use crate::community;
use crate::ids::{TODAY, day};
use crate::people::Stay;
use crate::world::World;

/// The grid of one site: its head's member record, and one per building.
pub struct Grid {
    /// Member record of the grid head.
    pub head: Uuid,
    /// Member records of the building heads, in the order of the buildings.
    pub buildings: Vec<Uuid>,
}

/// Writes the chapter.
pub fn write(world: &mut World<'_>) {
    let rng = &mut chance(6);
    for site in 0..world.sites.len() {
        let grid = grid(world, site, rng);
        patrols(world, site, &grid, rng);
        incidents(world, site, &grid, rng);
        equipment(world, site, rng);
        rooms(world, site, rng);
        mediations(world, site, rng);
        community::write(world, site, &grid, rng);
    }
    community::scorecard(world);
}

fn member(
    world: &mut World<'_>,
    site: usize,
    (name, kind): (&str, &str),
    (cadre, person): (Option<Uuid>, Option<Uuid>),
    (started, ended): (i32, Option<i32>),
    rng: &mut ChaCha8Rng,
) -> Uuid {
    let phone = world.book.registry.phone();
    let place = world.sites[site].id;
    let trained = rng.random_bool(0.945).then(|| (started + rng.random_range(10..90)).min(TODAY - 1));
    world.book.row(
        "grid_member",
        started,
        [
            ("site", id(place)),
            ("name", text(name)),
            ("kind", text(kind)),
            ("cadre", cadre.map_or(Value::Null, id)),
            ("person", person.map_or(Value::Null, id)),
            ("phone", text(phone)),
            ("duties", text("信息采集、隐患排查、矛盾调处、政策宣传、便民代办")),
            ("trained_on", until(trained)),
            ("allowance", int(rng.random_range(2i64..9) * 10_000)),
            ("started_on", on(started)),
            ("ended_on", until(ended)),
        ],
    )
}

fn grid(world: &mut World<'_>, site: usize, rng: &mut ChaCha8Rng) -> Grid {
    let started = day(2019, 4, 1) + rng.random_range(0..200);
    let staff = world.staff[site].clone();
    let head = member(world, site, (&staff.name, "full_time"), (Some(staff.id), None), (started, None), rng);
    let place = world.sites[site].id;
    if site % 5 == 2 {
        let gone = member(
            world,
            site,
            (&crate::names::name(rng, true, 1968), "village_cadre"),
            (None, None),
            (started - 300, Some(started - 1)),
            rng,
        );
        world.book.row(
            "grid_head",
            started - 300,
            [
                ("site", id(place)),
                ("member", id(gone)),
                ("started_on", on(started - 300)),
                ("ended_on", on(started - 1)),
            ],
        );
    }
    world.book.row(
        "grid_head",
        started,
        [("site", id(place)), ("member", id(head)), ("elected_on", on(started - 3)), ("started_on", on(started))],
    );
    let buildings = (0..world.sites[site].buildings.len())
        .map(|building| building_head(world, site, building, started, rng))
        .collect();
    Grid { head, buildings }
}

/// One head for a building: a grown resident of it, not away for work.
fn building_head(world: &mut World<'_>, site: usize, building: usize, started: i32, rng: &mut ChaCha8Rng) -> Uuid {
    let place = world.sites[site].buildings[building].id;
    let suits = |ix: &usize| {
        let person = &world.persons[*ix];
        (28..68).contains(&person.age()) && !person.work.away() && world.houses[person.house].stay == Stay::Resident
    };
    let first = world.houses.partition_point(|house| (house.site, house.building) < (site, building));
    let last = world.houses.partition_point(|house| (house.site, house.building) <= (site, building));
    let people: Vec<usize> =
        world.houses[first..last].iter().flat_map(|house| house.members.clone()).filter(suits).collect();
    let chosen =
        if people.is_empty() { world.houses[first].members.start } else { people[rng.random_range(0..people.len())] };
    let (name, person) = (world.persons[chosen].name.clone(), world.persons[chosen].id);
    let mut started = started + rng.random_range(0..40);
    if rng.random_bool(0.09) {
        let changed = TODAY - rng.random_range(10..120);
        let gone = member(
            world,
            site,
            (&crate::names::name(rng, false, 1970), "resident"),
            (None, None),
            (started, Some(changed - 1)),
            rng,
        );
        head_row(world, place, gone, (started, Some(changed - 1)));
        started = changed;
    }
    let made = member(world, site, (&name, "resident"), (None, Some(person)), (started, None), rng);
    // Some were chosen for a year and must be chosen again soon.
    let ends = rng.random_bool(0.06).then(|| TODAY + rng.random_range(2..88));
    head_row(world, place, made, (started, ends));
    if rng.random_bool(0.97) {
        world.book.row(
            "patrol_plan",
            started + 5,
            [
                ("building", id(place)),
                ("member", id(made)),
                ("every_days", int(7)),
                ("focus", text("消防通道、用电安全、独居老人")),
                ("started_on", on(started + 5)),
            ],
        );
    }
    made
}

fn head_row(world: &mut World<'_>, building: Uuid, member: Uuid, (started, ended): (i32, Option<i32>)) {
    world.book.row(
        "building_head",
        started,
        [
            ("building", id(building)),
            ("member", id(member)),
            ("elected_on", on(started)),
            ("started_on", on(started)),
            ("ended_on", until(ended)),
        ],
    );
}

/// Six weeks of patrols; a building in fifteen was left out in the last week.
fn patrols(world: &mut World<'_>, site: usize, grid: &Grid, rng: &mut ChaCha8Rng) {
    const FINDINGS: [&str; 4] =
        ["楼道堆放杂物，已劝导清理", "声控灯损坏，已报物业", "排水沟有淤积", "燃放爆竹残留，已清扫"];
    let unseen = site % 13 == 7;
    for (building, &member) in grid.buildings.iter().enumerate() {
        let place = world.sites[site].buildings[building].id;
        let skip = rng.random_bool(0.065);
        for week in i32::from(skip)..6 {
            let back = match (building, unseen) {
                (0, false) if week == 0 => rng.random_range(0..2),
                (_, true) => 3 + week * 7 + rng.random_range(0..4),
                _ => week * 7 + rng.random_range(0..7),
            };
            let well = rng.random_bool(0.86);
            world.book.row(
                "patrol",
                TODAY - back,
                [
                    ("building", id(place)),
                    ("member", id(member)),
                    ("patrolled_on", on(TODAY - back)),
                    ("at", int(rng.random_range(450i64..1_200))),
                    ("all_well", yes(well)),
                    ("findings", only(!well, text(pick(rng, &FINDINGS)))),
                ],
            );
        }
    }
    // Whoever heads a skipped first building, the grid head walks it when the site must be seen.
    if !unseen {
        let place = world.sites[site].buildings[0].id;
        world.book.row(
            "patrol",
            TODAY - 1,
            [
                ("building", id(place)),
                ("member", id(grid.head)),
                ("patrolled_on", on(TODAY - 1)),
                ("at", int(1_110)),
                ("all_well", yes(true)),
            ],
        );
    }
}

const INCIDENTS: [(u32, &(&str, &str)); 9] = [
    (18, &("fire", "楼道电动车违规充电")),
    (16, &("sanitation", "垃圾桶满溢未清运")),
    (15, &("utility", "单元停水，疑似水管爆裂")),
    (12, &("building", "雨后墙面渗水")),
    (10, &("conduct", "广场噪声扰民")),
    (9, &("epidemic", "外出返乡人员信息核查")),
    (8, &("geology", "屋后边坡落石")),
    (7, &("hardship", "独居老人生活不便")),
    (5, &("security", "陌生人员上门推销")),
];

fn incidents(world: &mut World<'_>, site: usize, grid: &Grid, rng: &mut ChaCha8Rng) {
    for _ in 0..(world.sites[site].households / 14).max(4) {
        let reported = TODAY - (rng.random_range(0..100i32).pow(2) / 28);
        let recent = reported > TODAY - 25;
        let open = recent && rng.random_bool(0.45);
        incident(world, site, grid, reported, open, rng);
    }
}

fn incident(world: &mut World<'_>, site: usize, grid: &Grid, reported: i32, open: bool, rng: &mut ChaCha8Rng) {
    let &(category, subject) = weighted(rng, &INCIDENTS);
    let building = rng.random_range(0..grid.buildings.len());
    let urgent = matches!(category, "geology" | "fire" | "security");
    let due = reported + if urgent { 3 } else { 10 };
    let state = match (open, rng.random_range(0..10)) {
        (false, _) => "closed",
        (_, ..2) => "accepted",
        (_, 2..7) => "assigned",
        _ => "resolved",
    };
    let resolved = matches!(state, "closed" | "resolved")
        .then(|| (reported + rng.random_range(0..if urgent { 4 } else { 11 })).min(TODAY));
    let closed = resolved.filter(|_| state == "closed").map(|resolved| (resolved + rng.random_range(1..5)).min(TODAY));
    let made = world.book.row(
        "incident",
        reported,
        [
            ("site", id(world.sites[site].id)),
            ("building", id(world.sites[site].buildings[building].id)),
            ("category", text(category)),
            ("level", text(if urgent { "urgent" } else { "ordinary" })),
            ("source", text(pick(rng, &["patrol", "patrol", "patrol", "resident", "visit", "hotline"]))),
            ("subject", text(subject)),
            ("reporter", id(grid.buildings[building])),
            ("reported_on", on(reported)),
            ("due_on", on(due)),
            ("handler", only(state != "accepted", id(grid.head))),
            ("state", text(state)),
            ("resolved_on", until(resolved)),
            ("result", only(resolved.is_some(), text("现场处置完毕，已拍照留存。"))),
            ("closed_on", until(closed)),
        ],
    );
    if let Some(resolved) = resolved
        && (state == "closed" || rng.random_bool(0.4))
    {
        let checked = closed.unwrap_or((resolved + 1).min(TODAY));
        world.book.row(
            "incident_check",
            checked,
            [
                ("incident", id(made)),
                ("checked_on", on(checked)),
                ("checker", id(world.leads[site].id)),
                ("passed", yes(true)),
            ],
        );
    }
}

fn equipment(world: &mut World<'_>, site: usize, rng: &mut ChaCha8Rng) {
    let size = world.sites[site].buildings.len();
    let installed = (world.sites[site].built_on + 60).max(day(2017, 10, 1));
    let behind = site % 11 == 6;
    for (kind, name, count) in [
        ("camera", "监控点", 2 + size / 2),
        ("recorder", "录像存储设备", 1),
        ("broadcast", "应急广播", 1),
        ("extinguisher", "灭火器箱", 1 + size / 3),
        ("street_light", "太阳能路灯组", 1 + size / 5),
        ("rain_gauge", "雨量监测点", usize::from(site % 4 == 1)),
    ] {
        for number in 1..=count {
            let working = kind == "camera" && number == 1 || rng.random_bool(0.955);
            let place = world.sites[site].id;
            let checked = TODAY - if behind { rng.random_range(95..160) } else { rng.random_range(4..88) };
            let made = world.book.row(
                "equipment",
                installed,
                [
                    ("site", id(place)),
                    ("kind", text(kind)),
                    ("name", text(format!("{number}号{name}"))),
                    ("number", text(format!("{}-{kind}-{number}", &world.sites[site].code[6..12]))),
                    ("points", int(1)),
                    ("working", yes(working)),
                    ("checked_on", on(checked)),
                    ("upkeep_by", text("县智慧治理运维中心")),
                    ("installed_on", on(installed)),
                ],
            );
            if kind == "camera" || rng.random_bool(0.3) {
                world.book.row(
                    "equipment_check",
                    checked,
                    [
                        ("equipment", id(made)),
                        ("checked_on", on(checked)),
                        ("checked_by", text("运维人员")),
                        ("working", yes(working)),
                        ("fault", only(!working, text("设备离线，待更换"))),
                    ],
                );
            }
        }
    }
}

/// Police room and mediation room: own at the larger sites, shared with a neighbour at the smaller.
fn rooms(world: &mut World<'_>, site: usize, rng: &mut ChaCha8Rng) {
    const BRANDS: [&str; 5] = ["老支书调解室", "和事佬工作室", "连心调解室", "桂花说事堂", "邻里和调解室"];
    let shared = world.sites[site].households < 100;
    let opened = day(2019, 5, 1) + rng.random_range(0..200);
    let (place, stem) = (world.sites[site].id, world.sites[site].stem.clone());
    let phone = world.book.registry.phone();
    let officer = crate::names::name(rng, true, 1985);
    world.book.row(
        "police_room",
        opened,
        [
            ("site", id(place)),
            ("name", text(format!("{stem}社区警务室"))),
            ("shared", yes(shared)),
            ("officer", text(officer)),
            ("phone", text(phone)),
            ("hours", text("周一至周日 8:00—20:00")),
            ("opened_on", on(opened)),
        ],
    );
    let mediator = crate::names::name(rng, true, 1958);
    world.book.row(
        "mediation_room",
        opened + 10,
        [
            ("site", id(place)),
            ("name", text(format!("{stem}{}", pick(rng, &BRANDS)))),
            ("shared", yes(shared)),
            ("mediator", text(mediator)),
            ("opened_on", on(opened + 10)),
        ],
    );
}

fn mediations(world: &mut World<'_>, site: usize, rng: &mut ChaCha8Rng) {
    const KINDS: [(u32, &str); 6] =
        [(34, "neighbour"), (20, "family"), (16, "property"), (14, "land"), (10, "wage"), (6, "damage")];
    let houses = world.houses_of(site);
    for order in 0..(world.sites[site].households / 30).max(2) {
        let accepted = TODAY - rng.random_range(1..350);
        let open = accepted > TODAY - 60 && rng.random_bool(if accepted > TODAY - 30 { 0.5 } else { 0.1 });
        let outcome = weighted(rng, &[(52, "written"), (32, "oral"), (8, "failed"), (5, "withdrawn"), (3, "referred")]);
        let closed = (accepted + rng.random_range(2..29)).min(TODAY);
        let house = world.houses[houses[rng.random_range(0..houses.len())]].id;
        let made = world.book.row(
            "mediation",
            accepted,
            [
                ("site", id(world.sites[site].id)),
                ("kind", text(weighted(rng, &KINDS))),
                ("household", id(house)),
                ("accepted_on", on(accepted)),
                ("due_on", on(accepted + 30)),
                ("outcome", only(!open, text(outcome))),
                ("closed_on", only(!open, on(closed))),
            ],
        );
        if !open && outcome == "written" {
            world.book.row(
                "mediation_agreement",
                closed,
                [
                    ("mediation", id(made)),
                    ("number", text(format!("NSTJ-{:02}{:03}", site + 1, order + 1))),
                    ("signed_on", on(closed)),
                    ("kept", yes(rng.random_bool(0.95))),
                    ("revisited_on", until((closed < TODAY - 30).then(|| closed + 28))),
                ],
            );
        }
    }
}
