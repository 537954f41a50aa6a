//! Resident list columns of one ledger of a county: search, filter, order, page and count without asking the database.
//!
//! `store → roll → lists`. Invariants:
//! - what was applied equals what would be loaded: [`Roll::apply`] and [`Roll::load`] answer every question alike;
//! - sensitive fields are not resident: who looks for one asks the store and gives the ids it found;
//! - an answer takes time by the number of rows, not by what is asked, and can be broken off;
//! - no data makes it panic: a value of the wrong kind counts as missing.
//!
//! Rows stand in slots: the first of them in the order of places, then ids, as of the last [`Roll::compact`]; those that came later behind them.
//! A row that went leaves its slot empty until then.

mod ask;
mod column;
mod error;
mod id_set;
mod initials;
mod order;
mod roll;
mod shape;
mod sound;
mod texts;

pub use ask::{Filter, Matching, Question, Within, Word};
pub use error::RollError;
pub use id_set::IdSet;
pub use initials::initials;
pub use order::Sort;
pub use roll::Roll;
pub use shape::{ColumnKind, ColumnShape, RollShape};
pub use sound::{collated, sound};
