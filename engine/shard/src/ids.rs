//! Which record a row is, and which rows refer to it.

use std::ops::Range;

use uuid::Uuid;

use crate::ints::rotate;
use crate::table::slack;

/// No row.
pub const NOWHERE: u32 = u32::MAX;

#[derive(Debug, Clone)]
enum Keys {
    /// Ids that lie within 2^32 of each other.
    Near {
        base: u128,
        keys: Vec<u32>,
    },
    Full(Vec<u128>),
}

/// The ids of rows, and rows by id.
#[derive(Debug, Clone)]
pub struct Ids {
    keys: Keys,
    /// Rows in order of id; left out while the rows themselves stand in that order.
    by_id: Option<Vec<u32>>,
}

impl Ids {
    /// Ids in row order.
    pub fn collect(ids: &[u128]) -> Self {
        let base = ids.iter().copied().min().unwrap_or(0);
        let near: Option<Vec<u32>> = ids.iter().map(|id| u32::try_from(id - base).ok()).collect();
        let keys = near.map_or_else(|| Keys::Full(ids.to_vec()), |keys| Keys::Near { base, keys });
        let by_id = (!ids.is_sorted()).then(|| {
            let mut rows: Vec<u32> = (0..ids.len()).map(row_number).collect();
            rows.sort_unstable_by_key(|row| ids[*row as usize]);
            rows
        });
        Self { keys, by_id }
    }

    /// Rows.
    pub const fn len(&self) -> usize {
        match &self.keys {
            Keys::Near { keys, .. } => keys.len(),
            Keys::Full(keys) => keys.len(),
        }
    }

    /// No rows.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of a row.
    #[inline]
    pub fn key(&self, row: usize) -> u128 {
        match &self.keys {
            Keys::Near { base, keys } => base + u128::from(keys[row]),
            Keys::Full(keys) => keys[row],
        }
    }

    /// The id of a row.
    pub fn get(&self, row: usize) -> Uuid {
        Uuid::from_u128(self.key(row))
    }

    /// The row of an id.
    pub fn find(&self, id: u128) -> Option<usize> {
        let place = self.place(id);
        let row = self.at(place)?;
        (self.key(row) == id).then_some(row)
    }

    fn at(&self, place: usize) -> Option<usize> {
        match &self.by_id {
            Some(rows) => rows.get(place).map(|row| *row as usize),
            None => (place < self.len()).then_some(place),
        }
    }

    fn place(&self, id: u128) -> usize {
        if let Some(rows) = &self.by_id {
            return rows.partition_point(|row| self.key(*row as usize) < id);
        }
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.key(middle) < id {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    fn permuted(&mut self) -> &mut Vec<u32> {
        let len = self.len();
        self.by_id.get_or_insert_with(|| (0..len).map(row_number).collect())
    }

    /// Opens a row.
    pub fn insert(&mut self, row: usize, id: u128) {
        let place = self.place(id);
        if self.by_id.is_some() || place != row {
            let rows = self.permuted();
            // At the end nothing moves: the whole of a large batch would be gone through for each of its rows.
            if row < rows.len() {
                let row = row_number(row);
                // Never beyond the count of rows; wrapping lets it go many at a time.
                rows.iter_mut().for_each(|other| *other = other.wrapping_add(u32::from(*other >= row)));
            }
            slack(rows);
            rows.insert(place, row_number(row));
        }
        let near = match &self.keys {
            Keys::Near { base, keys } if !keys.is_empty() => {
                id.checked_sub(*base).and_then(|key| u32::try_from(key).ok())
            }
            Keys::Near { .. } => None,
            Keys::Full(_) => None,
        };
        match (&mut self.keys, near) {
            (Keys::Near { keys, .. }, Some(key)) => {
                slack(keys);
                keys.insert(row, key);
            }
            (Keys::Near { base, keys }, None) if keys.is_empty() => {
                *base = id;
                keys.push(0);
            }
            (Keys::Near { base, keys }, None) => {
                let mut full: Vec<u128> = keys.iter().map(|key| *base + u128::from(*key)).collect();
                full.insert(row, id);
                self.keys = Keys::Full(full);
            }
            (Keys::Full(keys), _) => {
                slack(keys);
                keys.insert(row, id);
            }
        }
    }

    /// Closes a row.
    pub fn remove(&mut self, row: usize) {
        if let Some(rows) = &mut self.by_id {
            rows.retain(|other| *other as usize != row);
            rows.iter_mut().for_each(|other| *other -= u32::from(*other as usize > row));
        }
        match &mut self.keys {
            Keys::Near { keys, .. } => {
                keys.remove(row);
            }
            Keys::Full(keys) => {
                keys.remove(row);
            }
        }
    }

    /// Moves rows before the row `to`.
    pub fn move_range(&mut self, from: Range<usize>, to: usize) {
        let moved = Moved::new(from.clone(), to);
        self.permuted().iter_mut().for_each(|row| *row = moved.row(*row));
        match &mut self.keys {
            Keys::Near { keys, .. } => rotate(keys, from, to),
            Keys::Full(keys) => rotate(keys, from, to),
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        let keys = match &self.keys {
            Keys::Near { keys, .. } => keys.capacity() * 4,
            Keys::Full(keys) => keys.capacity() * 16,
        };
        keys + self.by_id.as_ref().map_or(0, |rows| rows.capacity() * 4)
    }
}

/// Where rows stand after a range of them has moved.
#[derive(Debug, Clone)]
pub struct Moved {
    from: Range<usize>,
    to: usize,
}

impl Moved {
    /// Rows `from` were put before row `to`.
    pub const fn new(from: Range<usize>, to: usize) -> Self {
        Self { from, to }
    }

    /// The new number of a row.
    pub fn row(&self, row: u32) -> u32 {
        let at = row as usize;
        if at >= self.len_limit() {
            return row;
        }
        let size = self.from.len();
        let new = if self.from.contains(&at) {
            if self.to <= self.from.start {
                self.to + (at - self.from.start)
            } else {
                self.to - size + (at - self.from.start)
            }
        } else if self.to <= self.from.start && (self.to..self.from.start).contains(&at) {
            at + size
        } else if self.to > self.from.start && (self.from.end..self.to).contains(&at) {
            at - size
        } else {
            at
        };
        row_number(new)
    }

    fn len_limit(&self) -> usize {
        self.from.end.max(self.to)
    }
}

/// Row numbers are 32 bits wide.
pub fn row_number(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(NOWHERE)
}

/// A column of references: the id, and the row it stands in as long as that record exists. The nil id means "missing".
#[derive(Debug, Clone, Default)]
pub struct Refs {
    /// Ids, 0 for missing.
    pub ids: Vec<u128>,
    /// Rows of the ledger referred to, [`NOWHERE`] if it has no such record.
    pub rows: Vec<u32>,
}

impl Refs {
    /// A record came to stand at `row`.
    pub fn target_inserted(&mut self, row: usize, id: u128) {
        for (target, key) in self.rows.iter_mut().zip(&self.ids) {
            if *target == NOWHERE {
                if *key == id {
                    *target = row_number(row);
                }
            } else if *target as usize >= row {
                *target += 1;
            }
        }
    }

    /// The record at `row` is gone.
    pub fn target_removed(&mut self, row: usize) {
        for target in &mut self.rows {
            if *target as usize == row {
                *target = NOWHERE;
            } else if *target != NOWHERE && *target as usize > row {
                *target -= 1;
            }
        }
    }

    /// Records moved.
    pub fn targets_moved(&mut self, moved: &Moved) {
        self.rows.iter_mut().for_each(|row| *row = moved.row(*row));
    }
}
