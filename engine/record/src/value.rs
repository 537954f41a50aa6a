//! Values and records as they pass between store, shard and pages.

use anju_pack::LedgerIx;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use uuid::Uuid;

/// One value of a field. Decimals are scaled integers, money is whole fen, codes and areas are text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Value {
    /// Missing.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// Integers, scaled decimals, fen, minutes of the day.
    Int(i64),
    /// Text, codes, areas, ID numbers, phones, points. Up to 23 bytes of it lie in the value itself; copies share what is longer.
    Text(SmolStr),
    /// Days since 1970-01-01.
    Date(i32),
    /// A reference.
    Id(Uuid),
}

/// A record as it stands in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// UUIDv7.
    pub id: Uuid,
    /// 1 when created, one more with each change.
    pub version: i64,
    /// Code of its place; begins with the county's six digits.
    pub area: SmolStr,
    /// One value per field of the ledger, in its order.
    pub values: Vec<Value>,
}

/// What one journal row says happened to one record. `before: None` = created, `after: None` = deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The record's ledger.
    #[serde(skip, default = "first_ledger")]
    pub ledger: LedgerIx,
    /// The record.
    pub id: Uuid,
    /// As it stood.
    pub before: Option<Record>,
    /// As it stands.
    pub after: Option<Record>,
}

const fn first_ledger() -> LedgerIx {
    LedgerIx(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_no_larger_than_its_longest_kind() {
        assert_eq!(size_of::<Value>(), 24);
        assert_eq!(size_of::<Option<Value>>(), 24);
    }
}
