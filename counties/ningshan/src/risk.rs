//! Incomes of the households, checks for falling back into poverty, warnings with their measures and follow-ups.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::base::YUAN;
use crate::book::{id, int, on, only, pick, text, until, weighted, yes};
use crate::ids::{TODAY, day};
use crate::people::House;
use crate::work::Work;
use crate::world::World;

/// Writes incomes, checks and risks.
pub fn write(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    incomes_and_checks(world, rng);
    other_risks(world, rng);
}

/// Net income of a household in a year, in fen: wages, production, property, transfers.
fn income(world: &World<'_>, house: &House, rng: &mut ChaCha8Rng) -> [i64; 4] {
    let mut sums = [0i64; 4];
    for person in &world.persons[house.members.clone()] {
        sums[0] += YUAN
            * match person.work {
                Work::Local => rng.random_range(16_000..31_000),
                Work::Away { .. } => rng.random_range(24_000..48_000),
                Work::Season { .. } => rng.random_range(9_000..22_000),
                Work::Flexible => rng.random_range(8_000..19_000),
                Work::Casual | Work::Lapsed => rng.random_range(5_000..14_000),
                Work::None => 0,
            };
        sums[3] += YUAN * if person.age() >= 60 { rng.random_range(1_600..5_200) } else { rng.random_range(200..900) };
    }
    let size = house.members.len() as i64;
    sums[1] = YUAN * size * rng.random_range(300..4_200);
    sums[2] = YUAN * rng.random_range(100..1_500);
    if sums[0] == 0 {
        sums[3] += YUAN * size * rng.random_range(2_000..5_400);
    }
    sums
}

fn incomes_and_checks(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    for ix in 0..world.houses.len() {
        let sums = income(world, &world.houses[ix], rng);
        let net: i64 = sums.iter().sum();
        let per_head = net / world.houses[ix].members.len().max(1) as i64;
        let counted = day(2019, 10, 31) + rng.random_range(0..75);
        if rng.random_bool(0.978) {
            world.book.row(
                "household_income",
                counted,
                [
                    ("household", id(world.houses[ix].id)),
                    ("year", int(2019)),
                    ("counted_on", on(counted)),
                    ("wage", int(sums[0])),
                    ("production", int(sums[1])),
                    ("property", int(sums[2])),
                    ("transfer", int(sums[3])),
                    ("net_income", int(net)),
                    ("per_head", int(per_head)),
                    ("confirmed_by_head", yes(rng.random_bool(0.95))),
                ],
            );
        }
        let risk = per_head < 5_000 * YUAN && rng.random_bool(0.94);
        let late = rng.random_bool(0.055);
        let checked = TODAY - if late { rng.random_range(92..190) } else { rng.random_range(2..86) };
        world.book.row(
            "risk_check",
            checked,
            [
                ("household", id(world.houses[ix].id)),
                ("checked_on", on(checked)),
                ("cadre", id(world.cadres[world.houses[ix].cadre].id)),
                ("found_risk", yes(risk && checked < TODAY - 30)),
                ("housing_ok", yes(true)),
                ("water_ok", yes(rng.random_bool(0.999))),
                ("school_ok", yes(true)),
                ("medical_ok", yes(rng.random_bool(0.997))),
            ],
        );
        if risk {
            warn(world, ix, "income", (counted + rng.random_range(3..60)).min(TODAY - 40), rng);
        }
    }
}

fn other_risks(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    const REASONS: [(u32, &str); 7] = [
        (34, "illness"),
        (25, "job_loss"),
        (12, "industry"),
        (9, "disaster"),
        (8, "disability"),
        (7, "schooling"),
        (5, "care"),
    ];
    for _ in 0..160 {
        let ix = rng.random_range(0..world.houses.len());
        let raised = TODAY - rng.random_range(8..300);
        warn(world, ix, weighted(rng, &REASONS), raised, rng);
    }
}

/// A warning with its measure and follow-ups; some of each are missing.
fn warn(world: &mut World<'_>, house: usize, reason: &str, raised: i32, rng: &mut ChaCha8Rng) {
    let cadre = world.cadres[world.houses[house].cadre].id;
    let lifted = (raised < TODAY - 120 && rng.random_bool(0.42)).then(|| TODAY - rng.random_range(2..80));
    let warning = world.book.row(
        "risk_warning",
        raised,
        [
            ("household", id(world.houses[house].id)),
            ("reason", text(reason)),
            ("level", text(pick(rng, &["low", "low", "medium", "medium", "high"]))),
            ("source", text(pick(rng, &["check", "check", "visit", "data", "report"]))),
            ("raised_on", on(raised)),
            ("lifted_on", until(lifted)),
            ("lifted_by", only(lifted.is_some(), text("镇防返贫工作专班"))),
            ("cadre", id(cadre)),
            ("details", text("经入户核实，家庭刚性支出较大，收入不稳定。")),
        ],
    );
    if lifted.is_none() {
        let household = world.houses[house].id;
        world.watched.insert(household);
    }
    if rng.random_bool(0.91) {
        measure(world, warning, (house, reason), raised, rng);
    }
    follow_up(world, warning, cadre, (raised, lifted), rng);
}

fn measure(world: &mut World<'_>, warning: Uuid, (house, reason): (usize, &str), raised: i32, rng: &mut ChaCha8Rng) {
    let kind = match reason {
        "income" | "job_loss" => "job",
        "illness" => "medical",
        "schooling" => "schooling",
        "industry" => "industry",
        "care" => "care",
        _ => "relief",
    };
    let paid = matches!(kind, "relief" | "medical");
    let started = (raised + rng.random_range(3..25)).min(TODAY - 1);
    world.book.row(
        "risk_measure",
        started,
        [
            ("risk_warning", id(warning)),
            ("kind", text(kind)),
            ("started_on", on(started)),
            ("amount", only(paid, int(YUAN * rng.random_range(5..40) * 100))),
            ("unit", text(&world.sites[world.houses[house].site].village_name)),
            ("details", text("落实一户一策帮扶措施。")),
        ],
    );
}

fn follow_up(
    world: &mut World<'_>,
    warning: Uuid,
    cadre: Uuid,
    (raised, lifted): (i32, Option<i32>),
    rng: &mut ChaCha8Rng,
) {
    let last = lifted.unwrap_or(TODAY);
    let visited = last - if rng.random_bool(0.86) { rng.random_range(1..29) } else { rng.random_range(33..60) };
    if visited > raised {
        let outcome = if lifted.is_some() { "solved" } else { pick(rng, &["eased", "eased", "same", "worse"]) };
        world.book.row(
            "risk_follow_up",
            visited,
            [
                ("risk_warning", id(warning)),
                ("visited_on", on(visited)),
                ("cadre", id(cadre)),
                ("outcome", text(outcome)),
            ],
        );
    }
}
