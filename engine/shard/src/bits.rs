//! Bitsets over rows: the only intermediate of an evaluation.

/// A set of row numbers below `len`. One zero word stands behind the last, so a run of up to 64 bits is read from two words
/// without a branch; bits at or above `len` are zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

/// Brings the low bits of eight bytes together in the highest byte.
const GATHER: u64 = 0x0102_0408_1020_4080;

impl Default for Bits {
    fn default() -> Self {
        Self::zeros(0)
    }
}

const fn words_for(len: usize) -> usize {
    len / 64 + 2
}

impl Bits {
    /// No row of `len`.
    pub fn zeros(len: usize) -> Self {
        Self { words: vec![0; words_for(len)], len }
    }

    /// Every row of `len`.
    pub fn ones(len: usize) -> Self {
        let mut bits = Self { words: vec![u64::MAX; words_for(len)], len };
        bits.clear_tail();
        bits
    }

    /// The rows for which `f` holds. Words are built whole, so a branch-free `f` stays branch-free.
    #[inline]
    pub fn from_fn(len: usize, mut f: impl FnMut(usize) -> bool) -> Self {
        let mut words = Vec::with_capacity(words_for(len));
        for base in (0..len).step_by(64) {
            let mut word = 0;
            for bit in 0..64.min(len - base) {
                word |= u64::from(f(base + bit)) << bit;
            }
            words.push(word);
        }
        words.resize(words_for(len), 0);
        Self { words, len }
    }

    /// The positions of a slice whose item satisfies `f`.
    #[inline]
    pub fn select<T: Copy>(items: &[T], f: impl Fn(T) -> bool) -> Self {
        let len = items.len();
        let mut words = Vec::with_capacity(words_for(len));
        let (chunks, rest) = items.as_chunks::<64>();
        for chunk in chunks {
            // Bytes first, then eight of them into a byte at once: both loops become vector instructions.
            let mut flags = [0u8; 64];
            for (flag, &item) in flags.iter_mut().zip(chunk) {
                *flag = u8::from(f(item));
            }
            let packed =
                flags.as_chunks::<8>().0.iter().map(|eight| u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56);
            words.push(packed.rev().fold(0, |word, byte| (word << 8) | byte));
        }
        if !rest.is_empty() {
            words.push(rest.iter().enumerate().fold(0, |word, (bit, &item)| word | (u64::from(f(item)) << bit)));
        }
        words.resize(words_for(len), 0);
        Self { words, len }
    }

    /// One bit per pair of neighbours.
    #[inline]
    pub fn from_pairs(bounds: &[u32], f: impl Fn(u32, u32) -> bool) -> Self {
        let len = bounds.len().saturating_sub(1);
        let mut words = Vec::with_capacity(words_for(len));
        for base in (0..len).step_by(64) {
            let pairs = &bounds[base..=(base + 64).min(len)];
            // Bits enter at the top: shifts by one are cheaper than shifts by a count.
            let word =
                pairs.array_windows().fold(0u64, |word, [start, end]| (word >> 1) | (u64::from(f(*start, *end)) << 63));
            words.push(word >> (65 - pairs.len()));
        }
        words.resize(words_for(len), 0);
        Self { words, len }
    }

    /// How many rows it speaks of.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Speaks of no row at all.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes held.
    pub const fn memory(&self) -> usize {
        self.words.capacity() * 8
    }

    /// The row is in the set.
    #[inline]
    pub fn get(&self, row: usize) -> bool {
        row < self.len && (self.words[row >> 6] >> (row & 63)) & 1 == 1
    }

    /// Puts the row in the set or takes it out.
    #[inline]
    pub fn put(&mut self, row: usize, value: bool) {
        if row < self.len {
            let mask = 1 << (row & 63);
            if value {
                self.words[row >> 6] |= mask;
            } else {
                self.words[row >> 6] &= !mask;
            }
        }
    }

    /// Adds a row at the end.
    pub fn push(&mut self, value: bool) {
        self.len += 1;
        if self.words.len() < words_for(self.len) {
            self.words.push(0);
        }
        self.put(self.len - 1, value);
    }

    /// Adds the rows of another set behind the last.
    pub fn append(&mut self, other: &Self) {
        if self.len & 63 == 0 {
            self.words.truncate(self.len >> 6);
            self.words.extend_from_slice(&other.words);
            self.len += other.len;
        } else {
            (0..other.len).for_each(|row| self.push(other.get(row)));
        }
    }

    /// Puts the rows `start..end` in the set.
    pub fn fill(&mut self, start: usize, end: usize) {
        let end = end.min(self.len);
        let mut row = start;
        while row < end {
            if row & 63 == 0 && row + 64 <= end {
                self.words[row >> 6] = u64::MAX;
                row += 64;
            } else {
                self.put(row, true);
                row += 1;
            }
        }
    }

    /// Keeps what is in both.
    #[inline]
    pub fn and(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(mine, theirs)| *mine &= theirs);
    }

    /// Adds what is in the other.
    #[inline]
    pub fn or(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(mine, theirs)| *mine |= theirs);
        self.clear_tail();
    }

    /// Takes out what is in the other.
    #[inline]
    pub fn and_not(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(mine, theirs)| *mine &= !theirs);
    }

    /// The rows that are not in the set.
    pub fn invert(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        self.clear_tail();
    }

    fn clear_tail(&mut self) {
        let last = self.len >> 6;
        self.words[last] &= (1u64 << (self.len & 63)) - 1;
        self.words[last + 1..].fill(0);
    }

    /// Size of the set.
    #[inline]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// No row is in the set.
    pub fn none(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Up to 64 bits from `start` on, in the low bits.
    #[inline]
    fn window(&self, start: usize, len: usize) -> u64 {
        let (word, shift) = (start >> 6, start & 63);
        let both = (self.words[word] >> shift) | ((self.words[word + 1] << 1) << (63 - shift));
        if len == 0 { 0 } else { both & (u64::MAX >> (64 - len)) }
    }

    /// One of the rows `start..end` is in the set.
    #[inline]
    pub fn any_in(&self, start: usize, end: usize) -> bool {
        let len = end.wrapping_sub(start);
        if len >= 64 {
            return self.count_in(start, end) != 0;
        }
        let (word, shift) = (start >> 6, start & 63);
        let [low, high] = self.words[word..word + 2] else { return false };
        let both = (low >> shift) | ((high << 1) << (63 - shift));
        (both << 1) << (63 - len) != 0
    }

    /// How many of the rows `start..end` are in the set.
    #[inline]
    pub fn count_in(&self, start: usize, end: usize) -> usize {
        let len = end.saturating_sub(start);
        if len <= 64 {
            return self.window(start, len).count_ones() as usize;
        }
        let (first, last) = (start >> 6, end >> 6);
        let head = (self.words[first] >> (start & 63)).count_ones() as usize;
        let tail = (self.words[last] & ((1u64 << (end & 63)) - 1)).count_ones() as usize;
        head + tail + self.words[first + 1..last].iter().map(|word| word.count_ones() as usize).sum::<usize>()
    }

    /// The rows of the set, ascending.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(ix, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                Some(ix * 64 + bit)
            })
        })
    }

    /// Opens a place at `row`; later rows move up by one.
    pub fn insert(&mut self, row: usize, value: bool) {
        let row = row.min(self.len);
        self.len += 1;
        if self.words.len() < words_for(self.len) {
            self.words.push(0);
        }
        let first = row >> 6;
        let last = self.len >> 6;
        for ix in (first + 1..=last).rev() {
            self.words[ix] = (self.words[ix] << 1) | (self.words[ix - 1] >> 63);
        }
        let below = (1u64 << (row & 63)) - 1;
        let word = self.words[first];
        self.words[first] = (word & below) | ((word & !below) << 1);
        self.put(row, value);
    }

    /// Closes the place at `row`; later rows move down by one.
    pub fn remove(&mut self, row: usize) -> bool {
        if row >= self.len {
            return false;
        }
        let value = self.get(row);
        let first = row >> 6;
        let below = (1u64 << (row & 63)) - 1;
        let word = self.words[first];
        self.words[first] = (word & below) | ((word >> 1) & !below);
        for ix in first + 1..self.words.len() {
            self.words[ix - 1] = (self.words[ix - 1] & !(1 << 63)) | (self.words[ix] << 63);
            self.words[ix] >>= 1;
        }
        self.len -= 1;
        self.words.truncate(words_for(self.len));
        value
    }

    /// Moves the rows `from` so that they stand before the row `to` (counted before the move; not inside `from`).
    pub fn move_range(&mut self, from: std::ops::Range<usize>, to: usize) {
        for step in 0..from.len() {
            if to <= from.start {
                let value = self.remove(from.start + step);
                self.insert(to + step, value);
            } else {
                let value = self.remove(from.start);
                self.insert(to - 1, value);
            }
        }
    }

    /// Gives back capacity that is not used.
    pub fn shrink(&mut self) {
        self.words.shrink_to_fit();
    }
}
