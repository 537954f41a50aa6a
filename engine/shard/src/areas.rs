//! Places of rows, as runs of neighbouring rows in the same place.

use std::sync::Arc;

use crate::bits::Bits;

/// Which rows of a ledger stand in which place. Rows of one place nearly always stand together, so there are few runs.
#[derive(Debug, Clone, Default)]
pub struct AreaRuns {
    codes: Arc<Vec<Box<str>>>,
    /// (first row, position in `codes`).
    runs: Vec<(u32, u32)>,
    rows: u32,
}

impl AreaRuns {
    pub(crate) fn new(codes: &Arc<Vec<Box<str>>>, rows: u32) -> Self {
        Self { codes: Arc::clone(codes), runs: Vec::new(), rows }
    }

    pub(crate) fn push(&mut self, start: u32, area: u32) {
        self.runs.pop_if(|(last, _)| *last == start);
        if self.runs.last().is_none_or(|(_, last)| *last != area) {
            self.runs.push((start, area));
        }
    }

    pub(crate) fn raw(&self) -> &[(u32, u32)] {
        &self.runs
    }

    fn run(&self, at: usize) -> (usize, usize, &str) {
        let (start, area) = self.runs[at];
        let end = self.runs.get(at + 1).map_or(self.rows, |next| next.0);
        (start as usize, end as usize, &self.codes[area as usize])
    }

    /// Runs as (first row, row after the last, code of the place).
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize, &str)> + '_ {
        (0..self.runs.len()).map(|at| self.run(at))
    }

    /// The code of a row's place.
    pub fn code(&self, row: usize) -> &str {
        let at = self.runs.partition_point(|(start, _)| *start as usize <= row);
        if at == 0 { "" } else { self.run(at - 1).2 }
    }

    /// The rows that stand in a place or below it.
    pub fn within(&self, prefix: &str) -> Bits {
        let mut bits = Bits::zeros(self.rows as usize);
        for (start, end, _) in self.iter().filter(|(.., code)| code.starts_with(prefix)) {
            (start..end).for_each(|row| bits.put(row, true));
        }
        bits
    }

    /// How many rows of the set stand in a place or below it.
    pub fn count(&self, bits: &Bits, prefix: &str) -> usize {
        self.iter().filter(|(.., code)| code.starts_with(prefix)).map(|(start, end, _)| bits.count_in(start, end)).sum()
    }
}

impl PartialEq for AreaRuns {
    /// The same rows stand in the same places, whatever places are known besides.
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows && self.iter().eq(other.iter())
    }
}
