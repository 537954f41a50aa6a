//! Spreadsheets: what a file holds, which columns it means, what its rows say; and the other way round.
//!
//! Place in the way of data: `file → Book → Recognised → rows → Draft → [record]`. Invariants: no file makes it panic, hang
//! or use memory without bound; no row is lost without being named; nothing here reads a clock.

pub mod write;
