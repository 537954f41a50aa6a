//! What may go wrong between the engine and a database.

use anju_pack::LedgerIx;
use anju_record::Fault;
use uuid::Uuid;

/// Any result of this crate that is no commit.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A database that does not do as told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL names no database.
    #[error("`{0}` is no database; write sqlite:PATH or postgres://…")]
    Url(String),
    /// The database cannot be reached, is busy, or is broken.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The database is sealed with a key that the vault does not hold.
    #[error("the database is sealed with key {0}, which is not among the keys given")]
    Keys(String),
    /// A sealed field does not open.
    #[error("{field} of record {id}: {why}")]
    Sealed {
        /// Ledger and field.
        field: String,
        /// The record.
        id: Uuid,
        /// Which key, never what it says.
        why: anju_vault::VaultError,
    },
    /// Another account has it: `login` or `subject`.
    #[error("another account has this {0}")]
    Taken(&'static str),
    /// A value in the database is not of the kind the pack says.
    #[error("the database holds a value that is no {wanted} in column {column}")]
    Foreign {
        /// Position in the answer.
        column: usize,
        /// What was expected.
        wanted: &'static str,
    },
    /// A change of tables would lose data and that was not allowed.
    #[error("refused, since data would be lost: {0}; allow contraction to archive and drop it")]
    Contraction(String),
    /// The pack says what no table can hold.
    #[error("{0}")]
    Unsupported(String),
    /// The tables changed since the plan was made.
    #[error("the database changed since this plan was made; plan again")]
    PlanStale,
}

/// Why a commit did not happen. Nothing of it is in the database.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A write breaks a rule that only the database can see.
    #[error("write {write} is invalid: {}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Invalid {
        /// Position in the batch.
        write: usize,
        /// What is wrong.
        faults: Vec<Fault>,
    },
    /// Somebody else changed the record first.
    #[error("record {id} has version {found}, not {expected}")]
    Stale {
        /// Its ledger.
        ledger: LedgerIx,
        /// The record.
        id: Uuid,
        /// What the writer saw.
        expected: i64,
        /// What is there.
        found: i64,
    },
    /// There is no such live record.
    #[error("there is no record {id}")]
    NotFound {
        /// Its ledger.
        ledger: LedgerIx,
        /// The record.
        id: Uuid,
    },
    /// The tables follow another pack than the writer.
    #[error("the database follows pack {database}, not {given}; restart with the current pack")]
    PackChanged {
        /// Hash in the database.
        database: String,
        /// Hash of the writer.
        given: String,
    },
    /// Somebody else's commit has this idempotency key; it is not told whose or what.
    #[error("the idempotency key is in use; choose another")]
    KeyInUse,
    /// An id of six digits is wanted.
    #[error("`{0}` is no county code of six digits")]
    County(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// Why a database may not be served with a pack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// No tables yet.
    #[error("the database is empty; apply the pack first")]
    Empty,
    /// The database was made for an earlier pack.
    #[error("the database follows an earlier pack ({database}); apply pack {given} first")]
    Older {
        /// Hash in the database.
        database: String,
        /// Hash of the pack.
        given: String,
    },
    /// The database has moved on from this pack.
    #[error("the database has moved on to pack {database}; pack {given} is out of date")]
    Newer {
        /// Hash in the database.
        database: String,
        /// Hash of the pack.
        given: String,
    },
    /// The database failed.
    #[error("{0}")]
    Unavailable(String),
}

/// A failed statement, seen the same from both backends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DbError {
    /// A named constraint: what it is called.
    Constraint(String),
    /// `table.column, table.column` repeats, or holds a null, without a constraint's name (SQLite).
    Columns {
        /// NOT NULL, else UNIQUE.
        null: bool,
        /// The columns.
        columns: String,
    },
    /// Tables changed below a prepared statement, a deadlock, a serialization failure: do it again.
    Retry(String),
    /// The connection broke: whether the transaction was kept is not known, so it is not done again.
    Lost(String),
    /// Anything else.
    Other(String),
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        Self::Unavailable(match error {
            DbError::Constraint(name) => format!("constraint {name}"),
            DbError::Columns { columns, .. } => format!("constraint on {columns}"),
            DbError::Retry(text) | DbError::Lost(text) | DbError::Other(text) => text,
        })
    }
}

impl From<DbError> for CommitError {
    fn from(error: DbError) -> Self {
        Self::Database(error.into())
    }
}
