//! One county in memory: its shard, how far it has followed the journal, and what was already evaluated at that point.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use anju_coverage::{Outcome, Plan};
use anju_record::Change;
use anju_shard::{Shape, Shard};
use tokio::sync::watch;

use crate::clock::Day;
use crate::roll::Rolls;

/// Outcomes kept for one state of the journal: enough for a year of weekly points and every foresight of a page.
const MEMO: usize = 96;

/// A county in memory.
///
/// Invariant: the shard is the fold of the journal up to `applied`; outcomes in `memo` were evaluated from that very shard.
pub struct County {
    state: RwLock<State>,
    memo: Mutex<HashMap<Day, Arc<Outcome>>>,
    pending: Mutex<BTreeMap<i64, (i64, Vec<Change>)>>,
    applied: watch::Sender<i64>,
    sizes: Mutex<Option<Sizes>>,
    rolls: Rolls,
}

/// How many records each ledger has in a place, as of a row of the journal.
struct Sizes {
    seq: i64,
    area: String,
    counts: Arc<[u64]>,
}

struct State {
    shard: Shard,
    seq: i64,
}

impl County {
    /// A county as loaded, at the given place of its journal.
    pub fn new(shard: Shard, seq: i64) -> Self {
        Self {
            state: RwLock::new(State { shard, seq }),
            memo: Mutex::default(),
            pending: Mutex::default(),
            applied: watch::Sender::new(seq),
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
        *self.applied.borrow()
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
        read(&self.state.read().unwrap_or_else(PoisonError::into_inner).shard)
    }

    /// Coverage on some days, all of one and the same state of the shard, so that they can be compared subject by subject.
    pub fn outcomes<const N: usize>(&self, plan: &Plan, days: [Day; N]) -> [Arc<Outcome>; N] {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        days.map(|day| self.outcome_of(plan, &state.shard, day))
    }

    /// Coverage on some days together with the shard it was evaluated from.
    pub fn evaluated<const N: usize, T>(
        &self,
        plan: &Plan,
        days: [Day; N],
        read: impl FnOnce(&Shard, [&Outcome; N]) -> T,
    ) -> T {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let outcomes = days.map(|day| self.outcome_of(plan, &state.shard, day));
        read(&state.shard, outcomes.each_ref().map(|outcome| &**outcome))
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
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = State { shard, seq };
        self.rolls.forget();
        pending.retain(|_, (last, _)| *last > seq);
        self.memo.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.applied.send_replace(seq);
    }

    /// Follows the journal: rows `first..=last`. Rows that arrive early wait for those before them.
    ///
    /// # Errors
    /// The shard's own words when a change does not fit it; the county must then be loaded anew.
    pub fn follow(&self, first: i64, last: i64, changes: Vec<Change>) -> Result<(), anju_shard::ShardError> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.insert(first, (last, changes));
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        while let Some(entry) = pending.first_entry() {
            if *entry.key() > state.seq + 1 {
                break;
            }
            let (last, changes) = entry.remove();
            if last <= state.seq {
                continue;
            }
            state.shard.apply(&changes)?;
            self.rolls.follow(&changes);
            state.seq = last;
        }
        self.memo.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.applied.send_replace(state.seq);
        Ok(())
    }

    /// Returns once the shard has followed the journal up to `seq`: whoever wrote then reads their own write.
    pub async fn reached(&self, seq: i64) {
        let mut applied = self.applied.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = applied.wait_for(|at| *at >= seq).await;
    }
}
