//! One county in memory: its shard, how far it has followed the journal, and what was already evaluated at that point.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use anju_coverage::{Outcome, Plan};
use anju_record::Change;
use anju_shard::{Shape, Shard};

use crate::clock::Day;
use crate::roll::Rolls;

/// Outcomes kept for one state of the journal: enough for a year of weekly points and every foresight of a page.
const MEMO: usize = 96;

/// A county in memory.
///
/// Invariant: the shard is the fold of the journal up to `seq`; outcomes in `memo` were evaluated from that very shard.
pub struct County {
    shard: RwLock<Shard>,
    seq: AtomicI64,
    /// Held while the journal is followed: one after another.
    pub(crate) following: tokio::sync::Mutex<()>,
    memo: Mutex<HashMap<Day, Arc<Outcome>>>,
    sizes: Mutex<Option<Sizes>>,
    rolls: Rolls,
}

/// How many records each ledger has in a place, as of a row of the journal.
struct Sizes {
    seq: i64,
    area: String,
    counts: Arc<[u64]>,
}

impl County {
    /// A county as loaded, at the given place of its journal.
    pub fn new(shard: Shard, seq: i64) -> Self {
        Self {
            shard: RwLock::new(shard),
            seq: AtomicI64::new(seq),
            following: tokio::sync::Mutex::default(),
            memo: Mutex::default(),
            sizes: Mutex::default(),
            rolls: Rolls::default(),
        }
    }

    /// The lists of its ledgers, as far as somebody asked for them.
    pub(crate) const fn rolls(&self) -> &Rolls {
        &self.rolls
    }

    /// The journal row that the shard has followed up to.
    pub fn seq(&self) -> i64 {
        self.seq.load(Ordering::Acquire)
    }

    /// Sizes of ledgers that were counted in a place at this very state of the journal.
    pub(crate) fn sizes(&self, area: &str) -> Option<Arc<[u64]>> {
        let sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        sizes
            .as_ref()
            .filter(|sizes| sizes.seq == self.seq() && sizes.area == area)
            .map(|sizes| Arc::clone(&sizes.counts))
    }

    /// Keeps sizes that were counted after row `seq` was followed.
    pub(crate) fn keep_sizes(&self, seq: i64, area: &str, counts: Arc<[u64]>) {
        *self.sizes.lock().unwrap_or_else(PoisonError::into_inner) = Some(Sizes { seq, area: area.to_owned(), counts });
    }

    /// Reads the shard as it stands.
    pub fn with_shard<T>(&self, read: impl FnOnce(&Shard) -> T) -> T {
        read(&self.shard.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Coverage on some days, all of one and the same state of the shard, so that they can be compared subject by subject.
    pub fn outcomes<const N: usize>(&self, plan: &Plan, days: [Day; N]) -> [Arc<Outcome>; N] {
        let shard = self.shard.read().unwrap_or_else(PoisonError::into_inner);
        days.map(|day| self.outcome_of(plan, &shard, day))
    }

    /// Coverage on some days together with the shard it was evaluated from.
    pub fn evaluated<const N: usize, T>(
        &self,
        plan: &Plan,
        days: [Day; N],
        read: impl FnOnce(&Shard, [&Outcome; N]) -> T,
    ) -> T {
        let shard = self.shard.read().unwrap_or_else(PoisonError::into_inner);
        let outcomes = days.map(|day| self.outcome_of(plan, &shard, day));
        read(&shard, outcomes.each_ref().map(|outcome| &**outcome))
    }

    fn outcome_of(&self, plan: &Plan, shard: &Shard, day: Day) -> Arc<Outcome> {
        if let Some(outcome) = self.memo.lock().unwrap_or_else(PoisonError::into_inner).get(&day) {
            return Arc::clone(outcome);
        }
        let outcome = Arc::new(plan.evaluate(shard, day));
        let mut memo = self.memo.lock().unwrap_or_else(PoisonError::into_inner);
        if memo.len() >= MEMO {
            memo.clear();
        }
        memo.insert(day, Arc::clone(&outcome));
        outcome
    }

    /// What of a county is resident.
    pub fn shape(&self) -> Arc<Shape> {
        self.with_shard(|shard| Arc::clone(shard.shape()))
    }

    /// Takes a shard that was loaded anew.
    pub fn replace(&self, shard: Shard, seq: i64) {
        let mut known = self.shard.write().unwrap_or_else(PoisonError::into_inner);
        *known = shard;
        self.rolls.forget();
        self.moved_to(seq);
    }

    /// Takes in what happened since, up to row `seq` of the journal, all at once.
    ///
    /// # Errors
    /// The shard's own words when a change does not fit it; the county must then be loaded anew.
    pub fn follow(&self, changes: &[Change], seq: i64) -> Result<(), anju_shard::ShardError> {
        let mut shard = self.shard.write().unwrap_or_else(PoisonError::into_inner);
        shard.apply(changes)?;
        self.rolls.follow(changes);
        self.moved_to(seq);
        Ok(())
    }

    /// To be called while nobody reads the shard: what was evaluated is of another state.
    fn moved_to(&self, seq: i64) {
        self.memo.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.seq.store(seq, Ordering::Release);
    }
}
