//! A set of ids that most rows are quickly seen not to be in.

use uuid::Uuid;

/// Bits of the sieve.
const SIEVE: usize = 1 << 17;

/// A set of ids.
#[derive(Debug, Clone)]
pub struct IdSet {
    sorted: Vec<u128>,
    sieve: Vec<u64>,
}

fn place(id: u128) -> usize {
    // Time-ordered ids differ in their low half; folding it spreads any of them.
    let low = (id as u64) ^ ((id >> 64) as u64).rotate_left(23);
    (low.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 47) as usize
}

impl IdSet {
    /// These ids.
    pub fn of(ids: impl IntoIterator<Item = Uuid>) -> Self {
        let mut sorted: Vec<u128> = ids.into_iter().map(|id| id.as_u128()).collect();
        sorted.sort_unstable();
        sorted.dedup();
        let mut sieve = vec![0; SIEVE / 64];
        for id in &sorted {
            let at = place(*id);
            sieve[at >> 6] |= 1 << (at & 63);
        }
        Self { sorted, sieve }
    }

    /// The id is one of them.
    #[inline]
    pub fn holds(&self, id: u128) -> bool {
        let at = place(id);
        (self.sieve[at >> 6] >> (at & 63)) & 1 == 1 && self.sorted.binary_search(&id).is_ok()
    }
}
