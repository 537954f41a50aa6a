//! Many counties: evaluated side by side, folded by who asks.

use std::borrow::Borrow;
use std::sync::atomic::{AtomicUsize, Ordering};

use anju_pack::RequirementIx;
use anju_shard::Shard;

use crate::outcome::{Counts, Outcome};
use crate::plan::Plan;

/// Evaluates counties on so many threads and keeps what `keep` takes from each outcome, in the order of the counties.
pub fn fold<S, T>(
    plan: &Plan,
    shards: &[S],
    today: i32,
    threads: usize,
    keep: impl Fn(&Shard, Outcome) -> T + Sync,
) -> Vec<T>
where
    S: Borrow<Shard> + Sync,
    T: Send,
{
    let next = AtomicUsize::new(0);
    let work = || {
        let mut kept = Vec::new();
        while let Some((at, shard)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, shards.get(at)?)))
        {
            let shard = shard.borrow();
            kept.push((at, keep(shard, plan.evaluate(shard, today))));
        }
        kept
    };
    let mut kept = if threads <= 1 || shards.len() <= 1 {
        work()
    } else {
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut kept = work();
            for other in others {
                match other.join() {
                    Ok(more) => kept.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            kept
        })
    };
    kept.sort_unstable_by_key(|(at, _)| *at);
    kept.into_iter().map(|(_, kept)| kept).collect()
}

/// Counts of every requirement over many counties.
pub fn totals<S: Borrow<Shard> + Sync>(plan: &Plan, shards: &[S], today: i32, threads: usize) -> Vec<Counts> {
    let requirements = || (0..plan.len()).filter_map(|at| u16::try_from(at).ok()).map(RequirementIx);
    let counties = fold(plan, shards, today, threads, |_, outcome| {
        requirements().map(|at| outcome.counts(at, "")).collect::<Vec<_>>()
    });
    let mut totals = vec![Counts::default(); plan.len()];
    for county in counties {
        totals.iter_mut().zip(county).for_each(|(total, counts)| *total += counts);
    }
    totals
}
