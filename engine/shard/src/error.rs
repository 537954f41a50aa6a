//! What may go wrong with data.

use uuid::Uuid;

/// Why a shard could not take a record. A shard that failed to apply a change must be loaded again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    /// A value is not of its field's kind, or is beyond what any column holds.
    #[error("{ledger} {id}: field {field} holds a value that its kind does not allow")]
    Value {
        /// Ledger id.
        ledger: String,
        /// The record.
        id: Uuid,
        /// Position of the field.
        field: u16,
    },
    /// A record's period has no first day.
    #[error("{ledger} {id}: the period has no first day")]
    NoStart {
        /// Ledger id.
        ledger: String,
        /// The record.
        id: Uuid,
    },
    /// A change speaks of a row that the shard does not have.
    #[error("{ledger} {id}: the row to change is not in the shard")]
    Unknown {
        /// Ledger id.
        ledger: String,
        /// The record.
        id: Uuid,
    },
    /// The same id twice.
    #[error("{ledger} {id}: the record comes twice")]
    Twice {
        /// Ledger id.
        ledger: String,
        /// The record.
        id: Uuid,
    },
    /// More rows than 32 bits count.
    #[error("{ledger}: more rows than a shard can hold")]
    TooMany {
        /// Ledger id.
        ledger: String,
    },
}
