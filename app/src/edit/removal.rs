//! Records deleted and brought back: nothing is lost but to lists and counts, and the journal says why.

use std::collections::BTreeSet;

use anju_access::{Action, Reach};
use anju_pack::LedgerIx;
use anju_record::{Code, Fault, Record};
use anju_store::{CommitError, Query, Write};
use uuid::Uuid;

use crate::accounts::grants::reasoned;
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::writes::{Intent, WriteError, Written};
use crate::{Actor, Related, Stored};

/// Records named of each ledger that refers to one.
const NAMED: u64 = 5;
/// Journal rows of one commit that lie at most so far apart.
const NEAR: u32 = 1_000;

/// Why a record was not deleted or brought back.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// Others still refer to it: how many of each ledger, and those that the person sees.
    #[error("records still refer to it")]
    Referred {
        /// One for each ledger and field.
        faults: Vec<Fault>,
        /// The first of them.
        related: Vec<Related>,
    },
    /// What it refers to is gone, what may not repeat is had by another, or another record needs it.
    #[error("it does not fit the other records")]
    Unfit(Vec<Fault>),
    /// Another changed it since it was shown.
    #[error("the record was changed meanwhile")]
    Changed,
    /// It is deleted, or lives, as was asked: sent twice, or another was quicker.
    #[error("it is so already")]
    Already,
    /// The record is not here, not theirs, the reason is none, or the database does not answer.
    #[error(transparent)]
    Other(#[from] Error),
}

impl Actor {
    /// Deletes a record that nothing refers to, for a reason. It can be brought back.
    ///
    /// # Errors
    /// What refers to it; that another changed it; `Refused` without a reason.
    pub async fn remove(&self, ledger: LedgerIx, id: Uuid, version: i64, reason: &str) -> Result<Written, RemoveError> {
        let reason = reasoned(reason).map_err(Error::refused)?;
        let write = Write::Delete { ledger, id, expected_version: version };
        // Sent twice where a second person confirms, it waits once.
        let key = Some(format!("remove {id} {version}"));
        let intent = Intent { changes: vec![write], reason: Some(reason), key };
        match self.write(intent).await {
            Ok(written) => Ok(written),
            Err(WriteError::Commit(CommitError::Invalid { faults, .. })) => {
                match faults.iter().all(|fault| fault.code == Code::StillReferred) {
                    true => Err(RemoveError::Referred { faults, related: self.related(ledger, id, NAMED).await? }),
                    false => Err(RemoveError::Unfit(faults)),
                }
            }
            Err(_) if self.deleted(ledger, &id.to_string()).await.is_ok() => Err(RemoveError::Already),
            Err(error) => Err(removal(error)),
        }
    }

    /// Makes a deleted record live again, for a reason.
    ///
    /// # Errors
    /// What does not fit any more; that another was quicker; `Refused` without a reason.
    pub async fn restore(&self, ledger: LedgerIx, id: Uuid, reason: &str) -> Result<Written, RemoveError> {
        let reason = reasoned(reason).map_err(Error::refused)?;
        let stood = match self.own_deleted(ledger, id).await {
            Err(Error::NotFound { .. }) if self.is_within(Action::Read, ledger, id).await? => {
                return Err(RemoveError::Already);
            }
            stood => stood?,
        };
        let write = Write::Restore { ledger, id, expected_version: stood.version };
        let key = Some(format!("restore {id} {}", stood.version));
        let intent = Intent { changes: vec![write], reason: Some(reason), key };
        match self.write(intent).await {
            Ok(written) => Ok(written),
            Err(WriteError::Commit(CommitError::Invalid { faults, .. })) => Err(RemoveError::Unfit(faults)),
            Err(_) if self.is_within(Action::Read, ledger, id).await? => Err(RemoveError::Already),
            Err(error) => Err(removal(error)),
        }
    }

    /// A deleted record that the person could see while it lived, named and veiled.
    ///
    /// # Errors
    /// `NotFound` where there is none that they see.
    pub async fn deleted(&self, ledger: LedgerIx, id: &str) -> Result<Stored> {
        let missing = || Error::NotFound { what: "record", value: id.to_owned() };
        let id: Uuid = id.parse().map_err(|_| missing())?;
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.ids = Some(vec![id]);
        let record = self.deleted_records(query).await?.pop().ok_or_else(missing)?;
        let name = self.labels(ledger, &[id]).await?.remove(&id).unwrap_or_default();
        Ok(Stored { ledger, name, record })
    }

    /// The journal row that took a record away, and the records of another ledger that were made at that moment by the same hand: what happened
    /// then, if it was more. `None` where the record stands. Says nothing of what it held.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn deletion_of(
        &self,
        ledger: LedgerIx,
        id: Uuid,
        made: LedgerIx,
    ) -> Result<Option<(i64, BTreeSet<Uuid>)>> {
        let name = |ledger: LedgerIx| &self.pack().ledger(ledger).id;
        let rows = self.store().history(self.county_code(), name(ledger), id).await.map_err(unavailable)?;
        let Some(gone) = rows.last().filter(|row| row.after.is_none()) else { return Ok(None) };
        let around = self.store().journal(self.county_code(), gone.seq - i64::from(NEAR), 2 * NEAR);
        let mut around = around.await.map_err(unavailable)?;
        around.retain(|row| row.at == gone.at && row.actor == gone.actor && row.ledger == *name(made));
        Ok(Some((gone.seq, around.iter().filter(|row| row.before.is_none()).map(|row| row.id).collect())))
    }

    /// Deleted records as asked that the person could see while they lived.
    async fn deleted_records(&self, mut query: Query) -> Result<Vec<Record>> {
        query.deleted = true;
        let query = self.reached(query, Action::Read);
        if query.reach.as_ref().is_some_and(Reach::is_empty) {
            return Ok(Vec::new());
        }
        let records = self.store().select(self.pack(), &query).await.map_err(unavailable)?;
        Ok(records.into_iter().map(|record| self.veiled(query.ledger, record)).collect())
    }

    /// Whether a deleted record is theirs to bring back.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn may_restore(&self, ledger: LedgerIx, id: Uuid) -> Result<bool> {
        match self.own_deleted(ledger, id).await {
            Ok(_) => Ok(self.who().origin != "view"),
            Err(Error::Unavailable(why)) => Err(Error::Unavailable(why)),
            Err(_) => Ok(false),
        }
    }
}

fn removal(error: WriteError) -> RemoveError {
    match error {
        WriteError::Refused(error) => error.into(),
        WriteError::Commit(CommitError::Stale { .. } | CommitError::NotFound { .. }) => RemoveError::Changed,
        WriteError::Commit(error) => unavailable(error).into(),
    }
}
