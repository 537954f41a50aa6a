//! One county: every requirement hot and cold, loading its shard, one change, and the same counts said slowly.

use std::path::Path;
use std::sync::Arc;

use anju_coverage::reference::Ledgers;
use anju_coverage::{Outcome, Plan};
use anju_pack::{LedgerIx, Pack};
use anju_record::{Change, Record, Value};
use anju_shard::{Shape, Shard};
use uuid::Uuid;

use crate::measure::{Laps, lap, table};

/// The demo county's day: 2020-05-16.
const TODAY: i32 = 18_398;
const COUNTY: &str = "610923";

/// The packs of the house, and the records of the demo county.
struct County {
    pack: Pack,
    records: Vec<(LedgerIx, Record)>,
}

fn county(root: &Path) -> Result<County, String> {
    let pack =
        Pack::load(root, Some(&root.join("counties/ningshan/county.toml"))).map_err(|fault| fault.to_string())?;
    let records = anju_ningshan::generate(&pack).map_err(|faults| faults.join("\n"))?;
    Ok(County { pack, records })
}

/// Drives everything out of the caches.
fn chill() {
    let cold: Vec<u8> = (0..96usize << 20).map(|at| u8::try_from(at % 251).unwrap_or(0)).collect();
    std::hint::black_box(&cold);
}

fn row(name: &str, laps: &Laps) -> Vec<String> {
    vec![name.to_owned(), format!("{:.3}", laps.wall()), format!("{:.3}", laps.least()), format!("{:.3}", laps.cpu())]
}

/// Evaluates every requirement of the demo county.
///
/// # Errors
/// Faults of the pack or the records, or counts that differ from the slow evaluator's.
pub fn evaluate(root: &Path) -> Result<(), String> {
    let County { pack, records } = county(root)?;
    let shape = Arc::new(Shape::of(&pack));
    let plan = Plan::compile(&pack, &shape);
    let shard = Shard::load(&shape, COUNTY, records.iter().cloned()).map_err(|fault| fault.to_string())?;
    let mut outcome: Outcome = plan.evaluate(&shard, TODAY);
    let hot = Laps::of(301, || outcome = plan.evaluate(&shard, TODAY));
    let cold = Laps(
        (0..15)
            .map(|_| {
                chill();
                lap(|| plan.evaluate(&shard, TODAY)).0
            })
            .collect(),
    );
    let past = Laps::of(101, || {
        std::hint::black_box(plan.evaluate(&shard, TODAY - 400));
    });
    let figures = Laps::of(11, || {
        std::hint::black_box(plan.all_figures(&shard, TODAY, None, ""));
    });
    table(
        &format!(
            "demo county: {} records, {} requirements, {} figures, columns {} KB",
            records.len(),
            pack.requirements.len(),
            pack.figures.len(),
            shard.memory() / 1000
        ),
        &["", "median ms", "least ms", "cpu ms"],
        &[
            row("every requirement, hot", &hot),
            row("every requirement, cold caches", &cold),
            row("every requirement, 400 days ago", &past),
            row("every figure", &figures),
        ],
    );
    slowest(&pack, &shape, &shard);
    let slow = Ledgers::new(&pack, COUNTY, records);
    let (time, differing) = lap(|| {
        let differs = |requirement: &_| slow.counts(*requirement, "", TODAY) != outcome.counts(*requirement, "");
        pack.requirement_ixs()
            .filter(differs)
            .map(|requirement| pack.requirement(requirement).id.clone())
            .collect::<Vec<_>>()
    });
    println!(
        "  the slow evaluator takes {:.0} ms and says {}",
        time.wall_ms,
        if differing.is_empty() { "the same" } else { "OTHERWISE" }
    );
    if differing.is_empty() { Ok(()) } else { Err(format!("these differ from the slow evaluator: {differing:?}")) }
}

/// The five dearest requirements, each planned alone.
fn slowest(pack: &Pack, shape: &Shape, shard: &Shard) {
    let mut alone: Vec<(f64, String)> = pack
        .requirements
        .iter()
        .filter(|requirement| matches!(requirement.rule, anju_pack::Rule::Needs(_)))
        .map(|requirement| {
            let single = Pack { requirements: vec![requirement.clone()], figures: Vec::new(), ..pack.clone() };
            let plan = Plan::compile(&single, shape);
            (
                Laps::of(21, || {
                    std::hint::black_box(plan.evaluate(shard, TODAY));
                })
                .wall(),
                requirement.id.clone(),
            )
        })
        .collect();
    alone.sort_by(|left, right| right.0.total_cmp(&left.0));
    let told: Vec<String> = alone.iter().take(5).map(|(ms, id)| format!("{id} {:.0} µs", ms * 1e3)).collect();
    println!("  dearest alone: {}", told.join(", "));
}

/// Loads the shard, then applies one change at a time.
///
/// # Errors
/// Faults of the pack or the records.
pub fn shard(root: &Path) -> Result<(), String> {
    let County { pack, records } = county(root)?;
    let shape = Arc::new(Shape::of(&pack));
    let plan = Plan::compile(&pack, &shape);
    let told = |fault: anju_shard::ShardError| fault.to_string();
    let mut shard = Shard::load(&shape, COUNTY, records.iter().cloned()).map_err(told)?;
    let loads = Laps(
        (0..7)
            .map(|_| {
                let copy = records.clone();
                lap(|| Shard::load(&shape, COUNTY, copy).is_ok()).0
            })
            .collect(),
    );
    let mut rows = vec![row("load every record", &loads)];
    for id in ["visit", "employment", "person", "household", "site"] {
        let Some(ledger) = pack.ledger_by_id(id) else { continue };
        let Some((_, old)) = records.iter().rev().filter(|(known, _)| *known == ledger).nth(17) else { continue };
        let new = Record { id: Uuid::from_u128(u128::MAX / 3), ..old.clone() };
        let came = Change { ledger, id: new.id, before: None, after: Some(new.clone()) };
        let gone = Change { ledger, id: new.id, before: Some(new), after: None };
        let (mut inserts, mut deletes) = (Laps::default(), Laps::default());
        for _ in 0..301 {
            let (insert, done) = lap(|| shard.apply(std::slice::from_ref(&came)));
            done.map_err(told)?;
            let (delete, done) = lap(|| shard.apply(std::slice::from_ref(&gone)));
            done.map_err(told)?;
            inserts.0.push(insert);
            deletes.0.push(delete);
        }
        rows.push(row(&format!("apply one new {id}"), &inserts));
        rows.push(row(&format!("apply one deleted {id}"), &deletes));
    }
    let again = Laps(
        (0..51)
            .map(|_| {
                let _ = shard.apply(&[]);
                lap(|| plan.evaluate(&shard, TODAY)).0
            })
            .collect(),
    );
    rows.push(row("every requirement right after a change", &again));
    let mut moved: Vec<Change> = Vec::new();
    if let Some((change, back)) = relocation(&pack, &records) {
        moved.extend([change, back]);
        let moves =
            Laps((0..101).map(|at| lap(|| shard.apply(std::slice::from_ref(&moved[at % 2])).is_ok()).0).collect());
        rows.push(row("a household moves with all it owns", &moves));
    }
    table("shard of the demo county", &["", "median ms", "least ms", "cpu ms"], &rows);
    let loaded = Shard::load(&shape, COUNTY, records).map_err(told)?;
    if moved.len() == 2 {
        shard.apply(&moved[1..]).map_err(told)?;
    }
    println!(
        "  what was applied and undone {} what would be loaded",
        if shard == loaded { "equals" } else { "DIFFERS FROM" }
    );
    Ok(())
}

fn relocation(pack: &Pack, records: &[(LedgerIx, Record)]) -> Option<(Change, Change)> {
    let ledger = pack.ledger_by_id("household")?;
    let owner = usize::from(pack.ledger(ledger).of?.field.0);
    let mut homes = records.iter().filter(|(known, _)| *known == ledger).map(|(_, record)| record);
    let old = homes.next()?.clone();
    let elsewhere = homes.next_back()?.values[owner].clone();
    let mut new = old.clone();
    new.values[owner] = if matches!(elsewhere, Value::Id(_)) { elsewhere } else { return None };
    let change = |before: &Record, after: &Record| Change {
        ledger,
        id: old.id,
        before: Some(before.clone()),
        after: Some(after.clone()),
    };
    Some((change(&old, &new), change(&new, &old)))
}

/// Nothing but hot evaluations, for a profiler.
///
/// # Errors
/// Faults of the pack or the records.
pub fn hot(root: &Path) -> Result<(), String> {
    let County { pack, records } = county(root)?;
    let shape = Arc::new(Shape::of(&pack));
    let plan = Plan::compile(&pack, &shape);
    let shard = Shard::load(&shape, COUNTY, records).map_err(|fault| fault.to_string())?;
    (0..5000).for_each(|_| {
        std::hint::black_box(plan.evaluate(&shard, TODAY));
    });
    Ok(())
}
