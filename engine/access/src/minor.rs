//! Whose protected fields are a minor's.

use anju_pack::{LedgerIx, Pack};
use anju_record::{Record, Value, day};

/// Below this age all personal information is sensitive (Personal Information Protection Law, article 28).
pub const MINOR_AGE: i32 = 14;

/// The record is about a person under 14, by the birth field of its ledger. A missing birth day counts as a minor's.
pub fn is_minor(pack: &Pack, ledger: LedgerIx, record: &Record, today: i32) -> bool {
    let Some(born) = pack.ledger(ledger).born else { return false };
    match record.values.get(usize::from(born.0)) {
        Some(Value::Date(born)) => i64::from(day::age(*born, today)) < i64::from(MINOR_AGE),
        _ => true,
    }
}
