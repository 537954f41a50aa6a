//! What is refused without a look at any password is journalled in sums, one a minute: a flood must not fill the journal.

use std::sync::{Mutex, PoisonError};

const EVERY: i64 = 60_000;

/// Refusals that were not journalled one by one.
#[derive(Debug, Default)]
pub struct Quiet {
    state: Mutex<(i64, u64)>,
}

impl Quiet {
    /// One more; gives the sum when it is time to journal it.
    pub fn count(&self, now: i64) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 += 1;
        if now < state.0 {
            return None;
        }
        let sum = state.1;
        *state = (now + EVERY, 0);
        Some(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_one_line_a_minute() {
        let quiet = Quiet::default();
        let told: Vec<u64> = (0..60_000).filter_map(|n| quiet.count(n * 3)).collect();
        assert_eq!(told, [1, 20_000, 20_000]);
    }
}
