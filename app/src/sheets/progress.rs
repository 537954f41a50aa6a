//! How far the reading or taking of a sheet is, and the way to stop it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// The file is read and its rows are checked.
    #[default]
    Reading,
    /// Rows are compared with the ledgers.
    Comparing,
    /// Rows are written, in one transaction: it can no longer be stopped.
    Writing,
}

/// Shared between whoever works and whoever waits.
#[derive(Debug, Default)]
pub struct Progress {
    /// The stage, and whether it was stopped before anything was written.
    at: Mutex<(Stage, bool)>,
    done: AtomicU64,
    all: AtomicU64,
}

impl Progress {
    fn at(&self) -> MutexGuard<'_, (Stage, bool)> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stage, how many rows are through it, and of how many.
    pub fn now(&self) -> (Stage, u64, u64) {
        (self.at().0, self.done.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed))
    }

    /// Asks to stop, and tells whether that came in time: nothing is written then. Once writing has begun it is too late.
    pub fn stop(&self) -> bool {
        let mut at = self.at();
        at.1 |= at.0 != Stage::Writing;
        at.1
    }

    /// Whether it was stopped.
    pub fn is_stopped(&self) -> bool {
        self.at().1
    }

    /// Goes on to a stage with so many rows, unless it was stopped; false then.
    pub(super) fn begin(&self, stage: Stage, all: usize) -> bool {
        let mut at = self.at();
        if !at.1 {
            at.0 = stage;
            self.done.store(0, Ordering::Relaxed);
            self.all.store(all as u64, Ordering::Relaxed);
        }
        !at.1
    }

    pub(super) fn one(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stopped_before_it_is_written_is_not_written() {
        let progress = Progress::default();
        assert!(progress.begin(Stage::Comparing, 3));
        assert!(progress.stop());
        assert!(!progress.begin(Stage::Writing, 3));
        assert!(progress.is_stopped() && progress.stop());
        assert_eq!(progress.now().0, Stage::Comparing);
    }

    #[test]
    fn a_stop_after_writing_has_begun_is_told_that_it_is_too_late() {
        let progress = Progress::default();
        assert!(progress.begin(Stage::Writing, 3));
        assert!(!progress.stop());
        assert!(!progress.is_stopped());
    }
}
