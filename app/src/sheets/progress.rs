//! How far the reading or taking of a sheet is, and the way to stop it.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The file is read and its rows are checked.
    Reading,
    /// Rows are compared with the ledgers.
    Comparing,
    /// Rows are written, in one transaction: it can no longer be stopped.
    Writing,
}

/// Shared between whoever works and whoever waits.
#[derive(Debug, Default)]
pub struct Progress {
    stage: AtomicU8,
    done: AtomicU64,
    all: AtomicU64,
    stopped: AtomicBool,
}

impl Progress {
    /// The stage, how many rows are through it, and of how many.
    pub fn now(&self) -> (Stage, u64, u64) {
        let stage = match self.stage.load(Ordering::Relaxed) {
            0 => Stage::Reading,
            1 => Stage::Comparing,
            _ => Stage::Writing,
        };
        (stage, self.done.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed))
    }

    /// Asks to stop: nothing is written unless writing has begun.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    pub(super) fn begin(&self, stage: Stage, all: usize) {
        self.stage.store(stage as u8, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        self.all.store(all as u64, Ordering::Relaxed);
    }

    pub(super) fn one(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}
