//! One ledger's rows as columns.

use std::cmp::Ordering;
use std::ops::Range;

use crate::bits::Bits;
use crate::ids::{Ids, Moved, NOWHERE, Refs};
use crate::ints::{Ints, rotate};
use crate::shape::LedgerShape;

/// A decoded value of a column: dates are days since 1900-01-01, codes positions in their list, texts numbers of the dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cell {
    /// Missing.
    Null,
    /// A number, date, code, text or bool.
    Int(i64),
    /// A reference.
    Id(u128),
}

impl Cell {
    /// The number in it.
    #[inline]
    pub const fn int(self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(value),
            _ => None,
        }
    }
}

/// The values of one field.
#[derive(Debug, Clone)]
pub enum Column {
    /// Numbers, dates, codes, texts.
    Ints(Ints),
    /// Yes, and known at all.
    Bools {
        /// Rows that hold yes.
        yes: Bits,
        /// Rows that hold yes or no.
        known: Bits,
    },
    /// References that are not the owner's.
    Refs(Refs),
}

/// Grows by little: doubling would waste half a county.
pub fn slack<T>(items: &mut Vec<T>) {
    if items.len() == items.capacity() {
        items.reserve_exact(items.len() / 64 + 16);
    }
}

impl Column {
    /// The value of a row.
    #[inline]
    pub fn cell(&self, row: usize) -> Cell {
        match self {
            Self::Ints(ints) => ints.get(row).map_or(Cell::Null, Cell::Int),
            Self::Bools { yes, known } if known.get(row) => Cell::Int(i64::from(yes.get(row))),
            Self::Bools { .. } => Cell::Null,
            Self::Refs(refs) => match refs.ids[row] {
                0 => Cell::Null,
                id => Cell::Id(id),
            },
        }
    }

    fn insert(&mut self, row: usize, cell: Cell, target: u32) {
        match self {
            Self::Ints(ints) => ints.insert(row, cell.int()),
            Self::Bools { yes, known } => {
                yes.insert(row, cell == Cell::Int(1));
                known.insert(row, cell != Cell::Null);
            }
            Self::Refs(refs) => {
                slack(&mut refs.ids);
                slack(&mut refs.rows);
                refs.ids.insert(row, reference(cell));
                refs.rows.insert(row, target);
            }
        }
    }

    fn set(&mut self, row: usize, cell: Cell, target: u32) {
        match self {
            Self::Ints(ints) => ints.set(row, cell.int()),
            Self::Bools { yes, known } => {
                yes.put(row, cell == Cell::Int(1));
                known.put(row, cell != Cell::Null);
            }
            Self::Refs(refs) => {
                refs.ids[row] = reference(cell);
                refs.rows[row] = target;
            }
        }
    }

    fn remove(&mut self, row: usize) {
        match self {
            Self::Ints(ints) => ints.remove(row),
            Self::Bools { yes, known } => {
                yes.remove(row);
                known.remove(row);
            }
            Self::Refs(refs) => {
                refs.ids.remove(row);
                refs.rows.remove(row);
            }
        }
    }

    fn move_range(&mut self, from: Range<usize>, to: usize) {
        match self {
            Self::Ints(ints) => ints.move_range(from, to),
            Self::Bools { yes, known } => {
                yes.move_range(from.clone(), to);
                known.move_range(from, to);
            }
            Self::Refs(refs) => {
                rotate(&mut refs.ids, from.clone(), to);
                rotate(&mut refs.rows, from, to);
            }
        }
    }

    fn memory(&self) -> usize {
        match self {
            Self::Ints(ints) => ints.memory(),
            Self::Bools { yes, known } => yes.memory() + known.memory(),
            Self::Refs(refs) => refs.ids.capacity() * 16 + refs.rows.capacity() * 4,
        }
    }
}

/// The id in a reference cell, 0 for none.
pub const fn reference(cell: Cell) -> u128 {
    match cell {
        Cell::Id(id) => id,
        _ => 0,
    }
}

/// A record on its way into a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: u128,
    /// The owner's id; 0 where there is none.
    pub owner: u128,
    /// Its own place, if it does not take its owner's: position in the shard's areas.
    pub area: u32,
    /// One cell per column of the ledger's shape.
    pub cells: Vec<Cell>,
}

/// Rows without a place of their own.
pub const INHERITS: u32 = u32::MAX;

/// One ledger of one county.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub(crate) rows: usize,
    pub(crate) ids: Option<Ids>,
    pub(crate) areas: Option<Vec<u32>>,
    pub(crate) offsets: Vec<u32>,
    pub(crate) orphans: Vec<u128>,
    pub(crate) columns: Vec<Column>,
    pub(crate) latest_start: i64,
}

impl Table {
    /// Rows.
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// No rows.
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The records the rows are; `None` for ledgers that nothing asks by id.
    pub const fn ids(&self) -> Option<&Ids> {
        self.ids.as_ref()
    }

    /// Where the run of each owner row begins, and one more: the end of the last. Rows beyond have no living owner.
    /// Empty for ledgers without an owner.
    pub fn offsets(&self) -> &[u32] {
        &self.offsets
    }

    /// The columns, in the order of the ledger's shape.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// No row's period begins after this day (since 1900-01-01).
    pub const fn latest_start(&self) -> i64 {
        self.latest_start
    }

    /// The owner's row.
    pub fn owner_row(&self, row: usize) -> Option<usize> {
        let after = self.offsets.partition_point(|offset| *offset as usize <= row);
        (after > 0 && after < self.offsets.len()).then(|| after - 1)
    }

    pub(crate) fn owned_end(&self) -> usize {
        self.offsets.last().map_or(self.rows, |end| *end as usize)
    }

    /// Orders a row against one that stands in the table; both belong to the same owner, or to none.
    pub(crate) fn order(&self, shape: &LedgerShape, row: &Row, at: usize) -> Ordering {
        let by_area = match &self.areas {
            Some(areas) if shape.owner.is_none() => row.area.cmp(&areas[at]),
            _ => Ordering::Equal,
        };
        by_area
            .then_with(|| {
                shape.sort.iter().fold(Ordering::Equal, |order, &column| {
                    order.then_with(|| open_last(self.columns[column].cell(at)).cmp(&open_last(row.cells[column])))
                })
            })
            .then_with(|| match &self.ids {
                Some(ids) => row.id.cmp(&ids.key(at)),
                None => row
                    .cells
                    .iter()
                    .zip(&self.columns)
                    .fold(Ordering::Equal, |order, (cell, column)| order.then_with(|| cell.cmp(&column.cell(at)))),
            })
    }

    pub(crate) fn row(&self, at: usize) -> Row {
        Row {
            id: self.ids.as_ref().map_or(0, |ids| ids.key(at)),
            owner: 0,
            area: self.areas.as_ref().map_or(INHERITS, |areas| areas[at]),
            cells: self.columns.iter().map(|column| column.cell(at)).collect(),
        }
    }

    pub(crate) fn insert(&mut self, at: usize, row: &Row, targets: &[u32]) {
        self.rows += 1;
        if let Some(ids) = &mut self.ids {
            ids.insert(at, row.id);
        }
        if let Some(areas) = &mut self.areas {
            slack(areas);
            areas.insert(at, row.area);
        }
        for ((column, cell), target) in self.columns.iter_mut().zip(&row.cells).zip(targets) {
            column.insert(at, *cell, *target);
        }
    }

    pub(crate) fn set(&mut self, at: usize, row: &Row, targets: &[u32]) {
        if let Some(areas) = &mut self.areas {
            areas[at] = row.area;
        }
        for ((column, cell), target) in self.columns.iter_mut().zip(&row.cells).zip(targets) {
            column.set(at, *cell, *target);
        }
    }

    pub(crate) fn remove(&mut self, at: usize) {
        self.rows -= 1;
        if let Some(ids) = &mut self.ids {
            ids.remove(at);
        }
        if let Some(areas) = &mut self.areas {
            areas.remove(at);
        }
        self.columns.iter_mut().for_each(|column| column.remove(at));
    }

    pub(crate) fn move_columns(&mut self, from: Range<usize>, to: usize) -> Moved {
        if let Some(ids) = &mut self.ids {
            ids.move_range(from.clone(), to);
        }
        if let Some(areas) = &mut self.areas {
            rotate(areas, from.clone(), to);
        }
        self.columns.iter_mut().for_each(|column| column.move_range(from.clone(), to));
        Moved::new(from, to)
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.ids.as_ref().map_or(0, Ids::memory)
            + self.areas.as_ref().map_or(0, |areas| areas.capacity() * 4)
            + self.offsets.capacity() * 4
            + self.orphans.capacity() * 16
            + self.columns.iter().map(Column::memory).sum::<usize>()
    }
}

/// The open end of a period is later than any day.
const fn open_last(cell: Cell) -> i64 {
    match cell {
        Cell::Int(value) => value,
        _ => i64::MAX,
    }
}

/// The row a reference leads to.
pub fn target(ids: Option<&Ids>, cell: Cell) -> u32 {
    match (ids, cell) {
        (Some(ids), Cell::Id(id)) => ids.find(id).map_or(NOWHERE, crate::ids::row_number),
        _ => NOWHERE,
    }
}
