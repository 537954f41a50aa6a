//! Field kinds, records and their life: Draft → Valid with every fault, the same for form, JSON and cell.
//!
//! Place in the way of data: `exchange / web → Draft → [record] → Valid → store`. Invariants: a [`Valid`] is only made by
//! [`validate`] or [`validate_values`]; nothing here reads a clock; every fault of a draft is told at once.
//!
//! ```
//! use anju_record::day;
//! let day = day::parse("2020年5月16日").expect("a date");
//! assert_eq!(day::format(day), "2020-05-16");
//! assert_eq!(day::age(day, day::parse("2026-05-15").expect("a date")), 5);
//! ```

mod agree;
mod clean;
pub mod day;
mod doubt;
mod draft;
pub mod eval;
mod fault;
pub mod kind;
mod owning;
pub mod value;

pub use smol_str::SmolStr;

pub use agree::{disagreement, is_asked_anew};
pub use clean::{is_blank, line, token};
pub use doubt::{Doubt, born_by, doubts, sex_by};
pub use draft::{Draft, Raw, Valid, faults_of_values, validate, validate_values};
pub use eval::{holds, holds_of};
pub use fault::{Code, Fault, Lang, Problem};
pub use value::{Change, Record, Value};
