//! Foresight: what holds today and will not on a later day if nobody acts. The same function with a later date.

use anju_pack::RequirementIx;
use anju_record::day;
use anju_shard::{Bits, Shard};
use uuid::Uuid;

use crate::outcome::Status;
use crate::plan::Plan;
use crate::run::Run;

/// The subjects that meet a requirement today and are a gap so many days later, per horizon.
pub fn lapsing(plan: &Plan, shard: &Shard, requirement: RequirementIx, today: i32, horizons: &[i32]) -> Vec<Vec<Uuid>> {
    let each = plan.subjects_of(requirement);
    let now = Run::new(plan, shard, today, None).verdict(requirement).met.clone();
    let named = |rows: Bits| rows.iter().filter_map(|row| shard.id_of(each, row)).collect();
    horizons
        .iter()
        .map(|days| named(lost(&now, Run::new(plan, shard, day::add(today, *days), None).verdict(requirement))))
        .collect()
}

/// How many subjects of each requirement will have lapsed, per horizon: `[requirement][horizon]`.
pub fn lapsing_counts(plan: &Plan, shard: &Shard, today: i32, horizons: &[i32], area: &str) -> Vec<Vec<usize>> {
    let now = plan.evaluate(shard, today);
    let later: Vec<_> = horizons.iter().map(|days| plan.evaluate(shard, day::add(today, *days))).collect();
    let requirements = (0..plan.len()).filter_map(|at| u16::try_from(at).ok()).map(RequirementIx);
    requirements
        .map(|requirement| {
            let met = now.rows(requirement, Status::Met);
            let count = |rows: &Bits| now.areas(requirement).map_or(0, |areas| areas.count(rows, area));
            later.iter().map(|outcome| count(&lost(&met, outcome.verdict(requirement)))).collect()
        })
        .collect()
}

fn lost(met: &Bits, later: &crate::run::Verdict) -> Bits {
    let mut lost = met.clone();
    lost.and(&later.applicable);
    lost.and_not(&later.met);
    lost.and_not(&later.exempt);
    lost
}
