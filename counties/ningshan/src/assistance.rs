//! Assistance to each household: pairings, visits, the five packages, joint meetings, the service desk.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::base::YUAN;
use crate::book::{chance, id, int, on, only, pick, text, until, weighted, yes};
use crate::ids::TODAY;
use crate::people::Stay;
use crate::places::SiteKind;
use crate::world::{CADRES, World};
use crate::{facilities, garden};

/// Writes the chapter.
pub fn write(world: &mut World<'_>) {
    let rng = &mut chance(7);
    pairings(world, rng);
    visits(world, rng);
    packages(world, rng);
    joint_meetings(world, rng);
    desk(world, rng);
    facilities::write(world, rng);
    garden::write(world, rng);
}

/// Every household has its cadre; about one in seven had another one before.
fn pairings(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    let former: Vec<(Uuid, i32)> =
        world.cadres[CADRES..].iter().map(|cadre| (cadre.id, cadre.to.unwrap_or(TODAY))).collect();
    for ix in 0..world.houses.len() {
        let house = &world.houses[ix];
        let (household, moved_on, cadre) = (house.id, house.moved_on, &world.cadres[house.cadre]);
        let (cadre_id, serving) = (cadre.id, cadre.from);
        let mut started = moved_on.max(serving) + 5;
        let &(gone, until_day) = &former[rng.random_range(0..former.len())];
        if rng.random_bool(0.14) && until_day > moved_on + 40 && until_day > serving {
            world.book.row(
                "pairing",
                moved_on + 5,
                [
                    ("household", id(household)),
                    ("cadre", id(gone)),
                    ("started_on", on(moved_on + 5)),
                    ("ended_on", on(until_day)),
                    ("end_reason", text(pick(rng, &["transfer", "transfer", "retired", "rebalanced"]))),
                ],
            );
            started = until_day + 1;
        }
        world.book.row(
            "pairing",
            started,
            [
                ("household", id(household)),
                ("cadre", id(cadre_id)),
                ("started_on", on(started)),
                ("plan", text("稳就业、稳收入、常走访")),
            ],
        );
    }
}

/// Visits of the past year; who is at risk is visited more often.
fn visits(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    for ix in 0..world.houses.len() {
        let at_risk = world.watched.contains(&world.houses[ix].id);
        let home = world.houses[ix].stay != Stay::Away;
        let late = rng.random_bool(if at_risk { 0.05 } else { 0.072 });
        let mut back = match (late, at_risk) {
            (true, true) => rng.random_range(31..60),
            (true, false) => rng.random_range(91..170),
            (false, true) => rng.random_range(0..28),
            (false, false) => rng.random_range(0..88),
        };
        let more = if at_risk { rng.random_range(4..7) } else { rng.random_range(1..=3).min(rng.random_range(1..=3)) };
        for order in 0..=more {
            visit(world, ix, TODAY - back, (home, order == 0), rng);
            back += rng.random_range(if at_risk { 24..60 } else { 60..105 });
            if back > 360 {
                break;
            }
        }
    }
}

fn visit(world: &mut World<'_>, ix: usize, visited: i32, (home, last): (bool, bool), rng: &mut ChaCha8Rng) {
    const FINDINGS: [&str; 8] = [
        "家庭成员身体健康，收入稳定",
        "老人独自在家，叮嘱用火用电安全",
        "户主外出务工，每月按时寄钱回家",
        "了解医保缴费情况，已全部参保",
        "菜园长势好，家中整洁",
        "宣讲产业奖补和就业政策",
        "孩子在校就读，享受教育资助",
        "核实收入台账，户主签字确认",
    ];
    let house = &world.houses[ix];
    let way = match (home, rng.random_range(0..100)) {
        (true, ..92) => "home",
        (false, ..60) => "video",
        (false, 60..92) => "workplace",
        _ if last => {
            if home {
                "home"
            } else {
                "video"
            }
        }
        _ => "phone",
    };
    let difficulty = rng.random_bool(0.06);
    let (household, cadre, met) = (house.id, world.cadres[house.cadre].id, world.head(ix).name.clone());
    world.book.row(
        "visit",
        visited,
        [
            ("household", id(household)),
            ("cadre", id(cadre)),
            ("visited_on", on(visited)),
            ("way", text(way)),
            ("met", text(met)),
            ("findings", text(pick(rng, &FINDINGS))),
            (
                "difficulty",
                only(difficulty, text(pick(rng, &["希望就近务工", "医药费负担重", "家中漏水", "缺少启动资金"]))),
            ),
            ("done", only(difficulty, text("已登记并协调解决"))),
        ],
    );
}

fn packages(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    for ix in 0..world.houses.len() {
        let late = rng.random_bool(0.05);
        let checked = TODAY - if late { rng.random_range(184..260) } else { rng.random_range(3..175) };
        let house = &world.houses[ix];
        let (household, cadre) = (house.id, world.cadres[house.cadre].id);
        let stable = rng.random_bool(0.955);
        world.book.row(
            "package_check",
            checked,
            [
                ("household", id(household)),
                ("cadre", id(cadre)),
                ("checked_on", on(checked)),
                ("information", yes(rng.random_bool(0.992))),
                ("policy", yes(rng.random_bool(0.985))),
                ("stability", yes(stable)),
                ("stability_evidence", only(stable, text("收入、住房、医疗、教育核实达标"))),
                ("awareness", yes(rng.random_bool(0.97))),
                ("approval", yes(rng.random_bool(0.982))),
            ],
        );
    }
}

/// Committees of origin and destination meet twice a year; two sites are late.
fn joint_meetings(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    const DEMANDS: [(&str, &str); 6] = [
        ("rights", "山林确权证书未换发"),
        ("rights", "退耕还林补助发放核对"),
        ("needs", "希望增加去迁出地的班车"),
        ("needs", "老宅复垦进度"),
        ("belonging", "清明返乡祭祖集中接送"),
        ("belonging", "组织新老邻居联谊"),
    ];
    for site in 0..world.sites.len() {
        if world.sites[site].kind == SiteKind::InVillage {
            continue;
        }
        let late = matches!(site, 10 | 19);
        for order in i32::from(late)..3 {
            let held = TODAY - order * 150 - rng.random_range(8..130);
            let origin = world.sites[site].origins[0].code.clone();
            let (place, handler) = (world.sites[site].id, world.leads[site].id);
            let meeting = world.book.row(
                "joint_meeting",
                held,
                [
                    ("site", id(place)),
                    ("held_on", on(held)),
                    ("origin", text(origin)),
                    ("origin_present", int(rng.random_range(3i64..8))),
                    ("destination_present", int(rng.random_range(4i64..10))),
                    ("topics", text("搬迁群众权益保障、生活需求与融入")),
                    ("agreed", text("建立联系台账，逐项销号")),
                ],
            );
            for _ in 0..rng.random_range(1..4) {
                let (kind, subject) = pick(rng, &DEMANDS);
                let open = held > TODAY - 45 && rng.random_bool(0.5);
                let answered = (!open).then(|| (held + rng.random_range(3..20)).min(TODAY));
                world.book.row(
                    "joint_demand",
                    held,
                    [
                        ("joint_meeting", id(meeting)),
                        ("kind", text(kind)),
                        ("subject", text(subject)),
                        ("raised_on", on(held)),
                        ("due_on", on(held + 30)),
                        ("handler", id(handler)),
                        ("answered_on", until(answered)),
                        ("answer", only(answered.is_some(), text("已协调办理"))),
                        ("closed_on", until(answered.map(|answered| (answered + 4).min(TODAY)))),
                    ],
                );
            }
        }
    }
}

/// Code, days promised, lowest and highest amount in yuan (0: no money passes).
type Errand = (&'static str, i32, i64, i64);

/// What the desk is asked for, the commonest first.
const ERRANDS: [(u32, &Errand); 11] = [
    (26, &("medical_insurance", 5, 250, 1_000)),
    (20, &("pension_insurance", 5, 200, 1_500)),
    (12, &("electricity", 3, 50, 300)),
    (10, &("water", 3, 20, 120)),
    (8, &("network", 3, 60, 400)),
    (7, &("subsistence", 30, 0, 0)),
    (5, &("temporary_relief", 20, 0, 0)),
    (4, &("disability", 30, 0, 0)),
    (3, &("foster_care", 20, 0, 0)),
    (2, &("custody", 20, 0, 0)),
    (3, &("certificate", 15, 0, 0)),
];

fn desk(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    for order in 0..1_800 {
        let ix = rng.random_range(0..world.houses.len());
        let asked = TODAY - rng.random_range(0..330);
        let &(kind, promised, low, high) = weighted(rng, &ERRANDS);
        request(world, ix, (kind, promised, low, high), asked, order, rng);
    }
}

fn request(
    world: &mut World<'_>,
    ix: usize,
    (kind, promised, low, high): (&str, i32, i64, i64),
    asked: i32,
    order: usize,
    rng: &mut ChaCha8Rng,
) {
    let money = high > 0;
    let asked = asked.max(world.houses[ix].moved_on + 3);
    let open = asked > TODAY - promised - 9 && rng.random_bool(if asked + promised >= TODAY { 0.6 } else { 0.15 });
    let done = (!open).then(|| (asked + rng.random_range(0..=promised)).min(TODAY));
    let waiting = done.is_some_and(|done| done > TODAY - 9) && rng.random_bool(0.4);
    let confirmed = done.filter(|_| !waiting).map(|done| (done + rng.random_range(0..4)).min(TODAY));
    let answer = weighted(rng, &[(78, "granted"), (8, "part"), (10, "refused"), (4, "incomplete")]);
    let state = match (open, waiting) {
        (true, _) => {
            if rng.random_bool(0.5) {
                "taken"
            } else {
                "submitted"
            }
        }
        (_, true) => "done",
        _ => "confirmed",
    };
    let person = world.persons[world.houses[ix].members.start].id;
    let (household, clerk) = (world.houses[ix].id, world.staff[world.houses[ix].site].id);
    let made = world.book.row(
        "service_request",
        asked,
        [
            ("household", id(household)),
            ("kind", text(kind)),
            ("person", id(person)),
            ("asked_on", on(asked)),
            ("state", text(state)),
            ("clerk", id(clerk)),
            ("taken_on", on(asked)),
            ("due_on", on(asked + promised)),
            ("amount", only(money, int(YUAN * rng.random_range(low..=high.max(low + 1))))),
            ("receipt_no", only(money && done.is_some(), text(format!("PJ{:06}", order + 1)))),
            ("authority", only(!money, text(pick(rng, &["镇民政办", "县民政局", "县残联"])))),
            ("submitted_on", only(!money && (done.is_some() || state == "submitted"), on(asked))),
            ("answer", only(!money && done.is_some(), text(answer))),
            ("done_on", until(done)),
            ("confirmed_on", until(confirmed)),
            ("closed_on", until(confirmed.map(|confirmed| (confirmed + 2).min(TODAY)))),
        ],
    );
    if !money {
        documents(world, made, asked, confirmed, rng);
    }
}

/// What an applicant hands in and gets back.
fn documents(world: &mut World<'_>, request: Uuid, asked: i32, confirmed: Option<i32>, rng: &mut ChaCha8Rng) {
    for name in ["户口簿复印件", "申请书"] {
        let handed = rng.random_bool(0.9);
        world.book.row(
            "service_document",
            asked,
            [
                ("service_request", id(request)),
                ("name", text(name)),
                ("received_on", only(handed, on(asked))),
                ("returned_on", until(confirmed.filter(|_| handed))),
            ],
        );
    }
}

/// Requirements that a household need not meet for a while, with who approved it.
pub fn exemptions(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    for ix in
        (0..world.houses.len()).filter(|&ix| world.houses[ix].stay == Stay::Returned).step_by(4).collect::<Vec<_>>()
    {
        let household = world.houses[ix].id;
        let started = TODAY - rng.random_range(20..140);
        exemption(
            world,
            "household_visited",
            household,
            started,
            Some(started + 180),
            "返迁出地照顾老人，暂由迁出村走访",
        );
    }
    let without: Vec<usize> = (0..world.houses.len())
        .filter(|&ix| world.houses[ix].members.clone().any(|p| world.persons[p].able()))
        .filter(|&ix| world.houses[ix].members.clone().all(|p| world.persons[p].work == crate::work::Work::None))
        .collect();
    for ix in without.into_iter().step_by(4) {
        let household = world.houses[ix].id;
        let started = TODAY - rng.random_range(10..200);
        exemption(world, "household_stable_job", household, started, Some(started + 240), "唯一劳动力在家照顾重病亲属");
    }
}

/// Writes one exemption.
pub fn exemption(
    world: &mut World<'_>,
    requirement: &str,
    subject: Uuid,
    started: i32,
    ended: Option<i32>,
    reason: &str,
) {
    world.book.row(
        "exemption",
        started,
        [
            ("requirement", text(requirement)),
            ("subject", id(subject)),
            ("reason", text(reason)),
            ("approver", text("县搬迁后续扶持工作办公室")),
            ("starts_on", on(started)),
            ("ends_on", until(ended)),
        ],
    );
}
