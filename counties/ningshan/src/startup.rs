//! Start-ups: who founded what, the one-stop support of this year for exactly a hundred people, loans of exactly ten million yuan.

use std::collections::BTreeSet;

use anju_record::Value;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::base::YUAN;
use crate::book::{id, int, on, only, pick, text, until, yes};
use crate::ids::{TODAY, day};
use crate::work::Work;
use crate::world::World;

/// People supported to start a business this year (the article's 100).
pub const SUPPORTED: usize = 100;
/// Those of them who got a loan this year.
const BORROWERS: usize = 88;
/// Loans paid out this year in units of 10,000 yuan (the article's ten million yuan).
const LOANS_WAN: i64 = 1_000;
/// Businesses founded before, which last year's support went to.
const EARLIER: usize = 62;

/// Positions of those who have a business: able, of working age, with work of their own at home.
pub fn founders(world: &World<'_>, rng: &mut ChaCha8Rng) -> BTreeSet<usize> {
    let fits = |ix: &usize| world.persons[*ix].work == Work::Flexible && (22..56).contains(&world.persons[*ix].age());
    let all: Vec<usize> = (0..world.persons.len()).filter(fits).collect();
    let wanted = (SUPPORTED + EARLIER).min(all.len());
    let mut chosen = BTreeSet::new();
    while chosen.len() < wanted {
        chosen.insert(all[rng.random_range(0..all.len())]);
    }
    chosen
}

/// Writes businesses, support, loans and the founders' own employment.
pub fn write(world: &mut World<'_>, founders: &BTreeSet<usize>, rng: &mut ChaCha8Rng) {
    const TRADES: [(&str, &str); 9] = [
        ("retail", "便民超市"),
        ("catering", "农家小吃店"),
        ("lodging", "山居民宿"),
        ("ecommerce", "山货电商"),
        ("livestock", "生态养殖场"),
        ("farming", "菌菇种植基地"),
        ("transport", "货运服务部"),
        ("repair", "家电维修部"),
        ("household_service", "理发店"),
    ];
    let amounts = amounts(rng);
    for (order, &ix) in founders.iter().enumerate() {
        // Every second or third of them is new this year, so that all sites have some.
        let new = order * SUPPORTED / founders.len() != (order + 1) * SUPPORTED / founders.len();
        let rank = order * SUPPORTED / founders.len();
        let (trade, word) = TRADES[rng.random_range(0..TRADES.len())];
        let started =
            if new { day(2020, 1, 6) + rng.random_range(0..90) } else { day(2018, 3, 1) + rng.random_range(0..500) };
        let name = format!("{}{word}", world.persons[ix].name.chars().take(2).collect::<String>());
        let startup = found(world, ix, (trade, &name), started, rng);
        if new {
            support_now(world, ix, startup, started, amounts.get(rank).copied(), rng);
        } else {
            support_before(world, ix, startup, started, rng);
        }
    }
    open_applications(world, rng);
}

fn found(world: &mut World<'_>, ix: usize, (trade, name): (&str, &str), started: i32, rng: &mut ChaCha8Rng) -> Uuid {
    let person = world.persons[ix].id;
    let address = world.sites[world.houses[world.persons[ix].house].site].name.clone();
    let jobs = rng.random_range(1i64..6);
    let startup = world.book.row(
        "startup",
        started,
        [
            ("person", id(person)),
            ("name", text(name)),
            ("trade", text(trade)),
            ("address", text(address)),
            ("investment", int(YUAN * 10_000 * rng.random_range(2..30))),
            ("jobs", int(jobs)),
            ("started_on", on(started)),
        ],
    );
    world.book.row(
        "employment",
        started,
        [
            ("person", id(person)),
            ("kind", text("self_employed")),
            ("employer", text(name)),
            ("place", text("site")),
            ("contract", text("none")),
            ("started_on", on(started)),
            ("monthly_wage", int(YUAN * rng.random_range(1_800..6_000))),
        ],
    );
    startup
}

fn support(world: &mut World<'_>, ix: usize, startup: Uuid, kind: &str, granted: i32, amount: Option<i64>) {
    let person = world.persons[ix].id;
    world.book.row(
        "startup_support",
        granted,
        [
            ("person", id(person)),
            ("kind", text(kind)),
            ("startup", id(startup)),
            ("granted_on", on(granted)),
            ("amount", amount.map_or(Value::Null, int)),
            ("granted_by", text(if kind == "tax_relief" { "县税务局" } else { "县人社局" })),
        ],
    );
}

fn support_now(world: &mut World<'_>, ix: usize, startup: Uuid, started: i32, wan: Option<i64>, rng: &mut ChaCha8Rng) {
    let granted = (started + rng.random_range(5..30)).min(TODAY - 3);
    if rng.random_bool(0.93) {
        support(world, ix, startup, "guidance", granted, None);
    }
    if let Some(wan) = wan {
        let fen = wan * 10_000 * YUAN;
        support(world, ix, startup, "loan", granted, Some(fen));
        loan(world, ix, Some(startup), (granted - 25, granted), fen, "paid", rng);
    } else {
        support(world, ix, startup, "project", granted, Some(YUAN * 1_000 * rng.random_range(3..20)));
    }
    if rng.random_bool(0.4) {
        support(world, ix, startup, "tax_relief", granted, Some(YUAN * rng.random_range(200..2_000)));
    }
}

fn support_before(world: &mut World<'_>, ix: usize, startup: Uuid, started: i32, rng: &mut ChaCha8Rng) {
    if rng.random_bool(0.72) {
        support(world, ix, startup, "guidance", TODAY - rng.random_range(140..176), None);
    }
    if rng.random_bool(0.9) {
        support(
            world,
            ix,
            startup,
            pick(rng, &["tax_relief", "project"]),
            started + 40,
            Some(YUAN * 1_000 * rng.random_range(1..15)),
        );
    }
    if rng.random_bool(0.5) {
        let state = pick(rng, &["repaid", "repaid", "paid", "overdue"]);
        let fen = YUAN * 10_000 * rng.random_range(3..15);
        loan(world, ix, Some(startup), (started + 10, (started + 40).min(day(2019, 11, 30))), fen, state, rng);
    }
}

fn loan(
    world: &mut World<'_>,
    ix: usize,
    startup: Option<Uuid>,
    (applied, paid): (i32, i32),
    fen: i64,
    state: &str,
    rng: &mut ChaCha8Rng,
) {
    let person = world.persons[ix].id;
    let due = match state {
        "overdue" => TODAY - rng.random_range(5..120),
        "repaid" => paid + 365,
        _ => (paid + 730).max(TODAY + 4),
    };
    let due = due.max(paid + 30);
    let repaid = (state == "repaid").then(|| (due - rng.random_range(0..40)).min(TODAY - 2));
    let loan = world.book.row(
        "startup_loan",
        applied,
        [
            ("person", id(person)),
            ("startup", startup.map_or(Value::Null, id)),
            ("lender", text(pick(rng, &["县农商银行", "县邮储银行"]))),
            ("asked", int(fen + YUAN * 10_000 * rng.random_range(0..4))),
            ("approved", int(fen)),
            ("subsidised", yes(true)),
            ("state", text(state)),
            ("applied_on", on(applied)),
            ("reviewed_on", on((applied + 6).min(paid))),
            ("decided_on", on((applied + 14).min(paid))),
            ("due_on", on(due)),
            ("repaid_on", until(repaid)),
        ],
    );
    world.book.row(
        "loan_payout",
        paid,
        [
            ("startup_loan", id(loan)),
            ("paid_on", on(paid)),
            ("amount", int(fen)),
            ("voucher", text(format!("FK{:06}", ix + 1))),
        ],
    );
    if let Some(repaid) = repaid {
        world.book.row(
            "loan_repayment",
            repaid,
            [
                ("startup_loan", id(loan)),
                ("repaid_on", on(repaid)),
                ("amount", int(fen)),
                ("voucher", text(format!("HK{:06}", ix + 1))),
            ],
        );
    }
}

/// Amounts of this year's loans in units of 10,000 yuan; they sum to what the county paid out.
fn amounts(rng: &mut ChaCha8Rng) -> Vec<i64> {
    let mut amounts: Vec<i64> = (0..BORROWERS).map(|_| rng.random_range(5..19)).collect();
    let mut left = LOANS_WAN - amounts.iter().sum::<i64>();
    while left != 0 {
        let amount = &mut amounts[rng.random_range(0..BORROWERS)];
        let step = left.signum();
        if (3..=20).contains(&(*amount + step)) {
            *amount += step;
            left -= step;
        }
    }
    amounts
}

/// Applications still under way, two of them for too long, and some that were refused.
fn open_applications(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    let able: Vec<usize> = (0..world.persons.len())
        .filter(|&ix| world.persons[ix].work == Work::Casual && world.persons[ix].age() > 24)
        .collect();
    for order in 0..24 {
        let state = ["applied", "reviewed", "refused"][order % 3];
        let applied = TODAY - if order < 2 { 55 } else { rng.random_range(2..24) };
        let person = world.persons[able[order * 7 % able.len()]].id;
        world.book.row(
            "startup_loan",
            applied,
            [
                ("person", id(person)),
                ("lender", text("县农商银行")),
                ("asked", int(YUAN * 10_000 * rng.random_range(3..15))),
                ("state", text(state)),
                ("applied_on", on(applied)),
                ("reviewed_on", only(state != "applied", on((applied + 1).min(TODAY)))),
                ("decided_on", only(state == "refused", on((applied + 2).min(TODAY)))),
            ],
        );
    }
}
