//! Field kinds, records and their life: Draft → Valid with every fault, the same for form, JSON and cell.

pub mod value;

pub use value::{Change, Record, Value};
