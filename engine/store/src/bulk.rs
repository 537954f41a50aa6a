//! Many new records in one batch: rows of a ledger go to the database together, and what they refer to is asked for once.

use std::collections::HashMap;
use std::sync::Arc;

use anju_pack::LedgerIx;
use anju_record::{SmolStr, Value};
use uuid::Uuid;

use crate::commit::{Fail, RowWriter, Write};
use crate::error::DbError;
use crate::session::Session;

/// Writes of a batch from which its new rows are sent together.
pub(crate) const FROM: usize = 32;
/// Rows sent at once.
const CHUNK: usize = 2_000;

type Key = (LedgerIx, Uuid);

/// Records that this transaction has made or locked: they live, and stand where it knows until it ends.
#[derive(Debug, Default)]
pub(crate) struct Stood(HashMap<Key, (SmolStr, bool)>);

impl Stood {
    /// Where a record stands; one whose own are counted must be claimed.
    pub fn area(&self, key: Key, claimed: bool) -> Option<SmolStr> {
        self.0.get(&key).filter(|known| known.1 || !claimed).map(|known| known.0.clone())
    }

    /// Whether nobody else adds to what the record owns before this transaction ends.
    pub fn is_claimed(&self, key: Key) -> bool {
        self.0.get(&key).is_some_and(|known| known.1)
    }

    /// A record lives and stands there.
    pub fn stands(&mut self, key: Key, area: &str, claimed: bool) {
        self.0.insert(key, (area.into(), claimed));
    }

    /// A record stands elsewhere now.
    pub fn moved(&mut self, key: Key, area: &str) {
        if let Some(known) = self.0.get_mut(&key) {
            known.0 = area.into();
        }
    }

    /// A record lives no more.
    pub fn forget(&mut self, key: Key) {
        self.0.remove(&key);
    }
}

/// New rows of one ledger that were not sent yet, each with its write.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    ledger: Option<LedgerIx>,
    rows: Arc<Vec<Vec<Value>>>,
    writes: Vec<usize>,
}

impl Pending {
    /// Whether a row of the ledger can wait beside those that do.
    pub fn takes(&self, ledger: LedgerIx) -> bool {
        self.ledger.is_none_or(|known| known == ledger) && self.rows.len() < CHUNK
    }

    /// A row waits.
    pub fn push(&mut self, ledger: LedgerIx, write: usize, row: Vec<Value>) {
        self.ledger = Some(ledger);
        // Nobody else holds rows that were not sent.
        Arc::make_mut(&mut self.rows).push(row);
        self.writes.push(write);
    }
}

impl<S: Session> RowWriter<'_, S> {
    /// Sends the rows that wait, and hears what became of all.
    pub async fn send_pending(&mut self) -> Result<(), Fail> {
        self.send().await?;
        self.settled().await
    }

    /// Sends the rows that wait; what becomes of them is heard of with [`Self::settled`].
    pub async fn send(&mut self) -> Result<(), Fail> {
        self.settled().await?;
        let pending = std::mem::take(&mut self.pending);
        let Some(ledger) = pending.ledger else { return Ok(()) };
        if pending.rows.len() == 1 {
            return self.one_by_one(&pending).await;
        }
        let sql = self.job.tables.ledger(ledger);
        self.session.run("SAVEPOINT rows").await?;
        let rows = Arc::clone(&pending.rows);
        self.sent = Some(pending);
        match self.session.send_many(&sql.table, &sql.insert_columns, &sql.insert_types, rows).await {
            Ok(()) => Ok(()),
            Err(error) => self.refused_rows(error).await,
        }
    }

    /// What became of the rows that were sent.
    pub async fn settled(&mut self) -> Result<(), Fail> {
        if self.sent.is_none() {
            return Ok(());
        }
        match self.session.arrived().await {
            Ok(()) => {
                self.sent = None;
                Ok(self.session.later("RELEASE SAVEPOINT rows").await?)
            }
            Err(error) => self.refused_rows(error).await,
        }
    }

    async fn refused_rows(&mut self, error: DbError) -> Result<(), Fail> {
        let Some(sent) = self.sent.take() else { return Err(error.into()) };
        if matches!(error, DbError::Retry(_) | DbError::Lost(_)) {
            return Err(error.into());
        }
        self.session.run("ROLLBACK TO SAVEPOINT rows").await?;
        self.session.later("RELEASE SAVEPOINT rows").await?;
        self.one_by_one(&sent).await
    }

    /// So that a row that is refused is named.
    async fn one_by_one(&mut self, pending: &Pending) -> Result<(), Fail> {
        let Some(ledger) = pending.ledger else { return Ok(()) };
        let write = self.write;
        for (position, row) in pending.writes.iter().zip(&*pending.rows) {
            self.write = *position;
            let sql = &self.job.tables.ledger(ledger).insert;
            if let Err(error) = self.session.execute(sql, &row.iter().collect::<Vec<_>>()).await {
                let values = match self.job.batch.changes.get(*position) {
                    Some(Write::Insert(valid)) => valid.values(),
                    _ => &[],
                };
                // The batch has fallen: what waits behind the row is not sent any more.
                self.pending = Pending::default();
                return Err(self.refused(ledger, values, error));
            }
        }
        self.write = write;
        Ok(())
    }
}
