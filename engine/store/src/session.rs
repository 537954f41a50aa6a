//! One connection in a transaction, as the commit and the import see it on either backend.

use std::sync::Arc;

use anju_record::Value;

use crate::error::DbError;
use crate::journal::JournalRow;
use crate::sql::Column;

/// What a group of batches adds to the engine's own tables before it is durable.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    /// New journal rows, in order.
    pub journal: Vec<JournalRow>,
    /// County, new sequence, new hash.
    pub heads: Vec<(String, i64, String)>,
    /// County, idempotency key, first and last sequence.
    pub keys: Vec<(String, String, i64, i64)>,
}

/// Statements inside one transaction. On SQLite every future is ready at once.
pub(crate) trait Session {
    /// Starts a transaction that writes.
    async fn begin(&mut self) -> Result<(), DbError>;
    /// Gives it up.
    async fn rollback(&mut self) -> Result<(), DbError>;
    /// Adds the ending and makes all durable.
    async fn finish(&mut self, ending: &Ending) -> Result<(), DbError>;
    /// A statement without values or answer whose success may be heard of with the next: saves a round trip.
    async fn later(&mut self, sql: &'static str) -> Result<(), DbError>;
    /// Statements without values or answer.
    async fn run(&mut self, sql: &str) -> Result<(), DbError>;
    /// A statement with values.
    async fn execute(&mut self, sql: &str, binds: &[&Value]) -> Result<u64, DbError>;
    /// Rows of known types.
    async fn query(&mut self, sql: &str, binds: &[&Value], types: &[Column]) -> Result<Vec<Vec<Value>>, DbError>;
    /// Many rows into one table; references are checked at the end of the transaction.
    async fn insert_many(
        &mut self,
        table: &str,
        columns: &[String],
        types: &[Column],
        rows: &[Vec<Value>],
    ) -> Result<(), DbError>;
    /// As [`Session::insert_many`], but its success may be heard of later: until [`Session::arrived`] nothing else may be asked.
    async fn send_many(
        &mut self,
        table: &str,
        columns: &[String],
        types: &[Column],
        rows: Arc<Vec<Vec<Value>>>,
    ) -> Result<(), DbError> {
        self.insert_many(table, columns, types, &rows).await
    }
    /// What became of the rows that were sent.
    async fn arrived(&mut self) -> Result<(), DbError> {
        Ok(())
    }
    /// References may point at rows that come later in this transaction.
    async fn defer_references(&mut self) -> Result<(), DbError>;
}
