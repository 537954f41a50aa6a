//! How often one address or one account may ask. Counts in a sliding window, in a memory that does not grow with those who ask.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Mutex, PoisonError};

/// Keys counted in one window at most; twice as many are held.
const MOST: usize = 1 << 16;

/// So many in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub most: u32,
    /// In how many milliseconds.
    pub window: i64,
}

impl Rate {
    const fn per_minute(most: u32) -> Self {
        Self { most, window: 60_000 }
    }
}

/// What the surface allows. `None` is any number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests of one address; a whole office may stand behind it.
    pub address: Option<Rate>,
    /// Requests of one account.
    pub account: Option<Rate>,
    /// Attempts to sign in from one address.
    pub attempts: Option<Rate>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            address: Some(Rate::per_minute(3000)),
            account: Some(Rate::per_minute(600)),
            attempts: Some(Rate::per_minute(30)),
        }
    }
}

impl Limits {
    /// No limits: for measuring, and for tests that ask thousands of pages.
    pub const fn none() -> Self {
        Self { address: None, account: None, attempts: None }
    }
}

/// Counts per key in the window that runs and in the one before.
#[derive(Debug)]
pub struct Counter {
    rate: Option<Rate>,
    hasher: RandomState,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    began: i64,
    running: HashMap<u64, u32>,
    before: HashMap<u64, u32>,
}

impl Counter {
    /// Nothing counted yet.
    pub fn of(rate: Option<Rate>) -> Self {
        Self { rate, hasher: RandomState::new(), counts: Mutex::default() }
    }

    /// Counts one more of `key`. `Err` holds the seconds to wait.
    ///
    /// # Errors
    /// When the key was counted more often than allowed; it is then not counted, so waiting helps.
    pub fn take(&self, key: &str, now: i64) -> Result<(), u64> {
        let Some(rate) = self.rate else { return Ok(()) };
        let key = self.hasher.hash_one(key);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.turn(rate.window, now);
        let running = counts.running.get(&key).copied().unwrap_or_default();
        let before = counts.before.get(&key).copied().unwrap_or_default();
        let left = (rate.window - (now - counts.began)).clamp(0, rate.window);
        // The share of the window before that the sliding window still covers.
        let slid = i64::from(before) * left / rate.window + i64::from(running);
        if slid >= i64::from(rate.most) {
            return Err(u64::try_from(left / 1000 + 1).unwrap_or(1));
        }
        counts.running.insert(key, running.saturating_add(1));
        Ok(())
    }

    #[cfg(test)]
    fn held(&self) -> usize {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.running.len() + counts.before.len()
    }
}

impl Counts {
    /// Begins a new window when this one is over, or full.
    fn turn(&mut self, window: i64, now: i64) {
        let over = now - self.began;
        if (0..window).contains(&over) && self.running.len() < MOST {
            return;
        }
        self.before = std::mem::take(&mut self.running);
        if over >= 2 * window || over < 0 {
            self.before.clear();
        }
        self.began = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three_a_second() -> Counter {
        Counter::of(Some(Rate { most: 3, window: 1000 }))
    }

    #[test]
    fn the_fourth_of_a_second_waits_and_others_do_not() {
        let counter = three_a_second();
        for _ in 0..3 {
            assert_eq!(counter.take("a", 10_000), Ok(()));
        }
        assert!(counter.take("a", 10_000).is_err());
        assert_eq!(counter.take("b", 10_000), Ok(()));
        assert_eq!(counter.take("a", 12_500), Ok(()), "waiting helps");
    }

    #[test]
    fn the_edge_of_a_window_is_no_way_round() {
        let counter = three_a_second();
        let taken = (0..30).filter(|at| counter.take("a", 10_000 + at * 100).is_ok()).count();
        assert!((6..=12).contains(&taken), "{taken} in three seconds");
    }

    #[test]
    fn a_hundred_thousand_addresses_stay_in_bounded_memory() {
        let counter = three_a_second();
        for at in 0..300_000 {
            let _ = counter.take(&at.to_string(), 10_000);
        }
        assert!(counter.held() <= 2 * MOST, "{} are held", counter.held());
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let counter = three_a_second();
        for _ in 0..3 {
            let _ = counter.take("a", 10_000_000);
        }
        assert_eq!(counter.take("a", 5_000), Ok(()));
    }
}
