//! Sheets: from a file that people already have to records, row by row, and back.
//!
//! What is kept of a sheet is the file (sealed, until nothing of it waits), how it is read, and which rows of the journal it made. What would be
//! new, changed, the same or wrong is computed each time it is asked, from the file and the ledgers as they stand: so a mended reference or a
//! record that somebody else entered meanwhile is seen at once, and taking the same file twice changes nothing.

mod alike;
mod desk;
mod identity;
mod kind;
mod line;
mod marked;
mod nodes;
mod noted;
mod plan;
mod progress;
mod receive;
mod take;
mod undo;
mod whose;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use desk::Desk;
pub use desk::{Outcome, Running};
pub use line::{Counted, DryRun, Missing, RowChange, RowLine, RowState};
pub use progress::{Progress, Stage};
pub use receive::{GridLine, SheetFault, SheetLine, SheetRead};
pub use take::{TakeRefused, Took};

/// How a sheet is read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// Heading → the field it is: `name`, `household.number`; none to leave it out. Others are recognised.
    #[serde(default)]
    pub columns: BTreeMap<String, Option<String>>,
    /// For every row, where the sheet has no such column: `household.batch` → what is written for it.
    #[serde(default)]
    pub given: BTreeMap<String, String>,
    /// The sheet of the workbook, from 0; the one that fits best if none.
    #[serde(default)]
    pub grid: Option<usize>,
    /// Nothing is taken as long as anything is wrong.
    #[serde(default)]
    pub whole: bool,
}

/// What was taken of a sheet at once: these rows of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The first row; 0 as long as it is not known whether it was written.
    pub first: i64,
    /// The last row; 0 as the first.
    pub last: i64,
    /// When, in ms.
    pub at: i64,
    /// Who, by login.
    pub by: String,
    /// Rows of the sheet.
    pub rows: u32,
    /// The sheet of the workbook, from 0.
    #[serde(default)]
    pub grid: usize,
    /// Its rows of which nothing waits any more, as ranges with both ends, ascending: what stands in them is not looked at again.
    #[serde(default)]
    pub done: Vec<(u32, u32)>,
    /// Its rows that were faulty or waited for others.
    #[serde(default)]
    pub left: usize,
    /// Undone since.
    #[serde(default)]
    pub undone: bool,
}
