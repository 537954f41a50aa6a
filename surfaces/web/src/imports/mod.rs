//! Sheets handed in: the file, what would become of each of its rows, taking them, and taking them back.

mod columns;
mod hand_in;
mod rows;
mod sheet;
mod upload;

pub use hand_in::{of_ledger, page, sheet_for, submit};
pub use sheet::{close, marked, page as sheet_page, read_anew, stop, take, undo};
pub use upload::UPLOAD;
