//! Spreadsheets: what a file holds, which columns it means, what its rows say; and the other way round.
//!
//! Place in the way of data: `file → Book → Recognised → rows → Draft → [record]`. Invariants: no file makes it panic, hang
//! or use memory without bound; no row is lost without being named; nothing here reads a clock.

mod ahead;
mod archive;
mod book;
mod checks;
mod column;
mod csv;
mod fault;
mod groups;
mod heading;
mod ignored;
mod joined;
mod kept;
mod limits;
mod measure;
mod memo;
mod plain;
mod recognise;
mod remarks;
mod room;
mod rows;
mod said;
mod samples;
mod typing;
pub mod write;
mod xls;
mod xlsx;
mod xml;

pub use book::{Book, Cell, Excess, Format, Grid, GridRow, Merge, open, plain_number};
pub use fault::{BookCode, BookFault};
pub use ignored::Ignored;
pub use joined::{Joined, join};
pub use limits::Limits;
pub use recognise::{ColumnMap, NotTaken, RECORD, ReadColumn, Recognised, Role, Target, recognise};
pub use rows::{FaultKind, Given, Part, Reading, RowFault, SheetRow, read_rows};
pub use said::{target_named, target_names};
