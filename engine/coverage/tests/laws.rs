//! The kernel says what the slow evaluator says, on random packs over random records, at any date.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../shard/tests/world/mod.rs"]
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use anju_coverage::reference::Ledgers;
use anju_coverage::{Plan, Status, fold, lapsing, lapsing_counts, totals};
use anju_pack::{AreaLevel, FigureIx, Measure, Pack};
use anju_shard::{Shape, Shard};
use proptest::prelude::*;
use uuid::Uuid;
use world::{CONDITIONS, COUNTY, DAY, Dice, State};

const SUBJECTS: [&str; 4] = ["branch", "reader", "clerk", "loan"];
/// Counted ledger and the joins by which it finds each subject.
const JOINS: &[(&str, &str, &str)] = &[
    ("branch", "reader", ""),
    ("branch", "loan", ""),
    ("branch", "call", ""),
    ("branch", "duty", ""),
    ("branch", "lamp", ""),
    ("branch", "branch", ""),
    ("reader", "loan", ""),
    ("reader", "call", ""),
    ("reader", "reader", ""),
    ("clerk", "duty", ""),
    ("clerk", "reader", "through = \"clerk\", "),
    ("clerk", "call", "through = \"reader.clerk\", "),
    ("clerk", "clerk", "through = \"friend\", "),
    ("loan", "book", "match = { genre = \"genre\" }, "),
    ("reader", "loan", "match = { genre = \"likes\" }, "),
    ("reader", "book", "match = { genre = \"likes\" }, "),
    ("clerk", "book", "match = { genre = \"grade\", name = \"name\" }, "),
    ("branch", "lamp", "match = { watts = \"beds\" }, "),
    ("loan", "loan", ""),
    ("reader", "duty", "match = { clerk = \"clerk\" }, "),
];

fn condition(ledger: &str, dice: &mut Dice) -> String {
    let conditions = CONDITIONS.iter().find(|(known, _)| *known == ledger).unwrap().1;
    let one = dice.pick(conditions);
    match dice.below(4) {
        0 => format!("({one}) OR ({})", dice.pick(conditions)),
        1 => format!("({one}) AND NOT ({})", dice.pick(conditions)),
        _ => one.to_owned(),
    }
}

fn when(ledger: &str, dice: &mut Dice) -> String {
    if !["reader", "loan", "call", "duty"].contains(&ledger) {
        return String::new();
    }
    dice.pick(&[
        "",
        "",
        ", current = true",
        ", within = 30",
        ", within = 7",
        ", within = \"this_year\"",
        ", within = \"this_quarter\"",
        ", within = \"this_month\"",
        ", within = \"last_quarter\"",
    ])
    .to_owned()
}

fn clause(subject: &str, dice: &mut Dice, having: bool) -> String {
    let joins: Vec<_> = JOINS.iter().filter(|(known, ..)| *known == subject).copied().collect();
    let (_, of, join) = dice.pick(&joins);
    let bound = if having && dice.chance(40) { "at_most" } else { "at_least" };
    let number = if bound == "at_most" { dice.below(3) } else { 1 + dice.below(3) };
    let condition = if dice.chance(50) { format!(", where = \"{}\"", condition(of, dice)) } else { String::new() };
    format!("{{ {join}{bound} = {number}, of = \"{of}\"{condition}{} }}", when(of, dice))
}

fn requirement(at: usize, made: &mut Vec<(String, &'static str)>, dice: &mut Dice) -> String {
    let each = dice.pick(&SUBJECTS);
    let id = format!("rule_{at}");
    let mut text = format!(
        "\n[[requirement]]\nid = \"{id}\"\nrow = \"X{at}\"\ntitle = {{ zh = \"要\", en = \"Needs\" }}\nshort = {{ zh = \"要\", en = \"Needs\" }}\neach = \"{each}\"\ndue = {}\n",
        1 + dice.below(30)
    );
    if dice.chance(50) {
        text += &format!("where = \"{}\"\n", condition(each, dice));
    }
    if dice.chance(40) {
        text += &format!("having = [{}]\n", clause(each, dice, true));
    }
    if dice.chance(20) {
        text += "exempt = false\n";
    }
    if dice.chance(60) {
        let owners: &[&str] = match each {
            "reader" => &["[\"reader.clerk\"]", "[\"duty.clerk\"]", "[\"duty.keeper\", \"duty.clerk\"]"],
            "branch" => &["[\"duty.clerk\"]", "[\"duty.keeper\"]"],
            "loan" => &["[\"duty.clerk\"]", "[\"reader.clerk\"]"],
            _ => &["[\"clerk.friend\"]", "[\"clerk.name\"]"],
        };
        text += &format!("owner = {}\n", dice.pick(owners));
    }
    let parts: Vec<&str> =
        made.iter().filter(|(_, subject)| *subject == each).map(|(id, _)| id.as_str()).take(3).collect();
    if parts.len() > 1 && dice.chance(50) {
        text += &format!("{} = {parts:?}\n", if dice.chance(50) { "all_of" } else { "any_of" });
    } else {
        text += &format!("needs = {}\n", clause(each, dice, false));
    }
    made.push((id, each));
    text
}

fn figure(at: usize, made: &[(String, &'static str)], dice: &mut Dice) -> String {
    let (measured, measure) = match dice.below(5) {
        0 => ("loan", "count = \"loan\"\nby = \"genre\"".to_owned()),
        1 => ("loan", "distinct = \"loan.reader\"".to_owned()),
        2 => ("reader", "sum = \"reader.deposit\"\nby = \"likes\"".to_owned()),
        3 => ("branch", "fewest = { each = \"branch\", of = \"call\", within = \"this_quarter\" }".to_owned()),
        _ => ("", format!("met = \"{}\"", made[0].0)),
    };
    let mut text = format!(
        "\n[[figure]]\nid = \"figure_{at}\"\nrow = \"X{at}\"\ntitle = {{ zh = \"数\", en = \"Number\" }}\nunit = {{ zh = \"个\", en = \"pieces\" }}\n{measure}\n"
    );
    if ["loan", "reader"].contains(&measured) {
        if dice.chance(50) {
            text += &format!("where = \"{}\"\n", condition(measured, dice));
        }
        if dice.chance(50) {
            text += &format!("having = [{}]\n", clause(measured, dice, true));
        }
        text += when(measured, dice).trim_start_matches(", ");
        text += "\n";
    }
    text
}

fn random_pack(dice: &mut Dice) -> Pack {
    let mut text = world::LEDGERS.to_owned();
    let mut made = Vec::new();
    (0..10).for_each(|at| text += &requirement(at, &mut made, dice));
    (0..6).for_each(|at| text += &figure(at, &made, dice));
    world::compile(&text)
}

fn check(pack: &Pack, shard: &Shard, plan: &Plan, state: &State, today: i32, dice: &mut Dice) {
    let ledgers = Ledgers::new(pack, COUNTY, world::rows(state));
    let outcome = plan.evaluate(shard, today);
    for requirement in pack.requirement_ixs() {
        let told = &pack.requirement(requirement).source;
        let each = pack.requirement(requirement).each;
        let wanted = ledgers.statuses(requirement, today);
        let ids = state.keys().filter(|(ledger, _)| *ledger == each);
        let found: BTreeMap<Uuid, Status> =
            ids.filter_map(|(_, id)| Some((*id, outcome.status(shard, requirement, *id)?))).collect();
        assert_eq!(found, wanted, "status at {today}: {told}");
        for area in ["", "610923", "610923100", "610923100001", "610923100002001", "7"] {
            assert_eq!(
                outcome.counts(requirement, area),
                ledgers.counts(requirement, area, today),
                "counts in {area}: {told}"
            );
        }
        for (place, counts) in outcome.counts_by(requirement, AreaLevel::Village) {
            assert_eq!(counts, outcome.counts(requirement, &place), "{place}");
        }
        let area = dice.pick(&["", "610923100", "610923101001001"]);
        let mut gaps = outcome.gaps(plan, shard, requirement, area);
        gaps.sort_by_key(|gap| gap.subject);
        assert_eq!(gaps, ledgers.gaps(requirement, area, today), "gaps at {today} in {area}: {told}");
        let mut named = outcome.subjects(shard, requirement, Status::Gap, area);
        named.sort_unstable();
        assert_eq!(named, gaps.iter().map(|gap| gap.subject).collect::<Vec<_>>());
        if let Some(gap) = gaps.first() {
            assert_eq!(outcome.gap(plan, shard, requirement, gap.subject).as_ref(), Some(gap));
        }
    }
    for figure in pack.figure_ixs() {
        for (from, area) in
            [(None, ""), (Some(today - 100), ""), (None, "610923100001"), (Some(today - 10), "610923101")]
        {
            let (mut mine, mut theirs) =
                (plan.figure(shard, figure, today, from, area), ledgers.figure(figure, today, from, area));
            assert_eq!(mine, plan.all_figures(shard, today, from, area)[usize::from(figure.0)]);
            mine.by.sort();
            theirs.by.sort();
            assert_eq!(mine, theirs, "figure at {today} from {from:?} in {area}: {}", pack.figure(figure).source);
            rows_stand_behind(plan, shard, pack, (figure, today, from, area));
        }
    }
}

fn rows_stand_behind(
    plan: &Plan,
    shard: &Shard,
    pack: &Pack,
    (figure, today, from, area): (FigureIx, i32, Option<i32>, &str),
) {
    let rows = plan.figure_rows(shard, figure, today, from, area);
    if !matches!(pack.figure(figure).measure, Measure::Sum(..) | Measure::Fewest { .. }) {
        assert_eq!(i128::try_from(rows.len()).unwrap(), plan.figure(shard, figure, today, from, area).value);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_kernel_says_what_the_slow_evaluator_says(seed: u64, pool in 1..14usize) {
        let mut dice = Dice::new(seed);
        let pack = random_pack(&mut dice);
        let shape = Arc::new(Shape::of(&pack));
        let plan = Plan::compile(&pack, &shape);
        let mut state = world::state(&pack, &mut dice, pool);
        let mut shard = Shard::load(&shape, COUNTY, world::rows(&state)).unwrap();
        for _ in 0..2 {
            for today in [DAY, DAY - dice.below(120) as i32, DAY + dice.below(200) as i32] {
                check(&pack, &shard, &plan, &state, today, &mut dice);
            }
            let changes: Vec<_> = (0..5)
                .map(|_| world::event(&pack, &mut state, &mut dice, pool))
                .filter(|change| change.before.is_some() || change.after.is_some())
                .collect();
            shard.apply(&changes).unwrap();
        }
    }

    #[test]
    fn foresight_is_the_same_function_with_a_later_date(seed: u64) {
        let mut dice = Dice::new(seed);
        let pack = random_pack(&mut dice);
        let shape = Arc::new(Shape::of(&pack));
        let plan = Plan::compile(&pack, &shape);
        let shard = Shard::load(&shape, COUNTY, world::rows(&world::state(&pack, &mut dice, 10))).unwrap();
        let horizons = [7, 30, 90];
        let now = plan.evaluate(&shard, DAY);
        let counts = lapsing_counts(&plan, &shard, DAY, &horizons, "");
        for requirement in pack.requirement_ixs() {
            let named = lapsing(&plan, &shard, requirement, DAY, &horizons);
            prop_assert_eq!(named.iter().map(Vec::len).collect::<Vec<_>>(), counts[usize::from(requirement.0)].clone());
            for (days, subjects) in horizons.iter().zip(named) {
                let later = plan.evaluate(&shard, DAY + days);
                for subject in subjects {
                    prop_assert_eq!(now.status(&shard, requirement, subject), Some(Status::Met));
                    prop_assert_eq!(later.status(&shard, requirement, subject), Some(Status::Gap));
                }
            }
        }
    }
}

#[test]
fn counties_are_folded_in_their_order_on_any_number_of_threads() {
    let mut dice = Dice::new(7);
    let pack = random_pack(&mut dice);
    let shape = Arc::new(Shape::of(&pack));
    let plan = Plan::compile(&pack, &shape);
    let county = |at| format!("61092{at}");
    let shards: Vec<Shard> = (0..9)
        .map(|at| Shard::load(&shape, &county(at), world::rows(&world::state(&pack, &mut dice, 12))).unwrap())
        .collect();
    let one = totals(&plan, &shards, DAY, 1);
    assert!(one.iter().any(|counts| counts.met > 0) && one.iter().any(|counts| counts.gap > 0));
    for threads in [2, 3, 16] {
        assert_eq!(totals(&plan, &shards, DAY, threads), one);
        let counties = fold(&plan, &shards, DAY, threads, |shard, _| shard.county().to_owned());
        assert_eq!(counties, (0..9).map(county).collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_lending_pack_is_judged_the_same_by_both(seed: u64) {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../pack/tests/library");
        let pack = Pack::load(&folder, None).unwrap_or_else(|fault| panic!("{fault}"));
        prop_assert!(!pack.requirements.is_empty());
        let mut dice = Dice::new(seed);
        let shape = Arc::new(Shape::of(&pack));
        let plan = Plan::compile(&pack, &shape);
        let state = world::state(&pack, &mut dice, 9);
        let shard = Shard::load(&shape, COUNTY, world::rows(&state)).unwrap();
        for today in [DAY, DAY - 40, DAY + 90] {
            check(&pack, &shard, &plan, &state, today, &mut dice);
        }
    }
}
