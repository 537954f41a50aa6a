//! Undoing a commit: the state before it, as long as nothing has touched the same records since.

use std::collections::BTreeMap;

use anju_access::Action;
use anju_pack::{FieldIx, Kind, LedgerIx};
use anju_record::{Record, Value, validate_values};
use anju_store::{CommitError, JournalRow, Query, Write};
use uuid::Uuid;

use crate::Actor;
use crate::error::Error;
use crate::records::unavailable;
use crate::writes::{Intent, WriteError, Written};

/// Rows of one commit that are read at most.
const MOST: i64 = 100_000;

/// What stands against undoing: a record that something has touched since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchedSince {
    /// Its ledger.
    pub ledger: LedgerIx,
    /// The record, if they may see it.
    pub id: Option<Uuid>,
    /// What it is called, if they may see it.
    pub name: String,
    /// Who touched it last.
    pub actor: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

/// Why a commit was not undone.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// These were touched since; they come first.
    #[error("{} records were changed since", .0.len())]
    Touched(Vec<TouchedSince>),
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<Error> for UndoError {
    fn from(error: Error) -> Self {
        Self::Write(error.into())
    }
}

/// One record, before a commit and after it.
struct Turned {
    before: Option<Record>,
    after: Option<Record>,
    last: i64,
}

impl Actor {
    /// The journal rows of the commit that made a record under a key, first and last; `None` if it had none.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn commit_that_made(&self, ledger: LedgerIx, id: Uuid, key: &str) -> Result<Option<(i64, i64)>, Error> {
        let name = &self.pack().ledger(ledger).id;
        let rows = self.store().history(self.county_code(), name, id).await.map_err(unavailable)?;
        let Some(first) = rows.first() else { return Ok(None) };
        let key = format!("{} {key}", first.actor);
        let range = self.store().rows_of_key(self.county_code(), &key).await.map_err(unavailable)?;
        Ok(range.filter(|(from, to)| (*from..=*to).contains(&first.seq)))
    }

    /// Writes the state before a commit, which is given by its journal rows.
    ///
    /// # Errors
    /// `Touched` with every record that was changed since, or that refers to what the commit made; else as any write.
    pub async fn undo(&self, (first, last): (i64, i64), reason: Option<String>) -> Result<Written, UndoError> {
        let turned = self.turned(first, last).await?;
        let mut touched = Vec::new();
        let mut writes: Vec<(i64, Write)> = Vec::new();
        for ((ledger, id), turn) in &turned {
            if values(turn.before.as_ref()) == values(turn.after.as_ref()) {
                continue;
            }
            touched.extend(self.touched_since(*ledger, *id, last).await?);
            if turn.before.is_none() {
                touched.extend(self.refer_since(*ledger, *id, &turned).await?);
            }
            writes.extend(self.inverse(*ledger, *id, turn).await?.map(|write| (turn.last, write)));
        }
        if !touched.is_empty() {
            return Err(UndoError::Touched(touched));
        }
        in_order(&mut writes);
        let changes: Vec<Write> = writes.into_iter().map(|(_, write)| write).collect();
        self.may_undo(&changes).await?;
        Ok(self.write_allowed(Intent { changes, reason, key: None }).await?)
    }

    /// Each record of a commit, in the order of ledgers.
    async fn turned(&self, first: i64, last: i64) -> Result<BTreeMap<(LedgerIx, Uuid), Turned>, Error> {
        let count = u32::try_from((last - first + 1).clamp(0, MOST)).unwrap_or(0);
        let rows = self.store().journal(self.county_code(), first - 1, count).await.map_err(unavailable)?;
        let mut turned: BTreeMap<(LedgerIx, Uuid), Turned> = BTreeMap::new();
        for row in rows {
            let Some(change) = self.store().change(self.pack(), &row).map_err(unavailable)? else { continue };
            let moved = values(change.before.as_ref()) == values(change.after.as_ref());
            let at = turned.entry((change.ledger, change.id)).or_insert(Turned {
                before: change.before,
                after: None,
                last: row.seq,
            });
            at.after = change.after;
            if !moved {
                at.last = row.seq;
            }
        }
        Ok(turned)
    }

    /// The newest change of a record's values after a journal row.
    async fn touched_since(&self, ledger: LedgerIx, id: Uuid, last: i64) -> Result<Option<TouchedSince>, Error> {
        let name = &self.pack().ledger(ledger).id;
        let rows = self.store().history(self.county_code(), name, id).await.map_err(unavailable)?;
        for row in rows.into_iter().rev().take_while(|row| row.seq > last) {
            let Some(change) = self.store().change(self.pack(), &row).map_err(unavailable)? else { continue };
            if values(change.before.as_ref()) != values(change.after.as_ref()) {
                return Ok(Some(self.touched(ledger, id, &row).await?));
            }
        }
        Ok(None)
    }

    /// Records that refer to what a commit made and are none of its own.
    async fn refer_since(
        &self,
        to: LedgerIx,
        id: Uuid,
        turned: &BTreeMap<(LedgerIx, Uuid), Turned>,
    ) -> Result<Vec<TouchedSince>, Error> {
        let mut all = Vec::new();
        for ledger in self.pack().ledger_ixs() {
            let fields = (0_u16..).zip(&self.pack().ledger(ledger).fields);
            for field in fields.filter(|(_, field)| field.kind == Kind::Ref { to }).map(|(at, _)| FieldIx(at)) {
                let mut query = Query::of(self.county_code(), ledger, self.today());
                query.equals.push((field, Value::Id(id)));
                for record in self.store().select(self.pack(), &query).await.map_err(unavailable)? {
                    if turned.contains_key(&(ledger, record.id)) {
                        continue;
                    }
                    let name = &self.pack().ledger(ledger).id;
                    let rows = self.store().history(self.county_code(), name, record.id).await.map_err(unavailable)?;
                    if let Some(row) = rows.last() {
                        all.push(self.touched(ledger, record.id, row).await?);
                    }
                }
            }
        }
        Ok(all)
    }

    async fn touched(&self, ledger: LedgerIx, id: Uuid, row: &JournalRow) -> Result<TouchedSince, Error> {
        let readable = self.is_operator() || self.is_within(Action::Read, ledger, id).await?;
        let name = match readable {
            true => self.labels(ledger, &[id]).await?.remove(&id).unwrap_or_default(),
            false => String::new(),
        };
        let (actor, at_ms) = (row.actor.clone(), row.at);
        Ok(TouchedSince { ledger, id: readable.then_some(id), name, actor, at_ms })
    }

    async fn inverse(&self, ledger: LedgerIx, id: Uuid, turn: &Turned) -> Result<Option<Write>, UndoError> {
        let found = self.store().get(self.pack(), self.county_code(), ledger, id).await.map_err(unavailable)?;
        let valid = |before: &Record| {
            validate_values(self.pack(), ledger, id, before.values.clone(), self.today())
                .map_err(|faults| WriteError::from(CommitError::Invalid { write: 0, faults }))
        };
        Ok(match (&turn.before, found) {
            (Some(before), Some(now)) => Some(Write::Update { valid: valid(before)?, expected_version: now.version }),
            (Some(_), None) => {
                let mut query = Query::of(self.county_code(), ledger, self.today());
                (query.ids, query.deleted) = (Some(vec![id]), true);
                let gone = self.store().select(self.pack(), &query).await.map_err(unavailable)?.pop();
                gone.map(|gone| Write::Restore { ledger, id, expected_version: gone.version })
            }
            (None, Some(now)) => Some(Write::Delete { ledger, id, expected_version: now.version }),
            (None, None) => None,
        })
    }

    /// Who may write the records that an event was about may undo it: what followed them comes back with them.
    async fn may_undo(&self, changes: &[Write]) -> Result<(), Error> {
        let own: Vec<Write> = (changes.iter())
            .filter(|write| {
                let ledger = match write {
                    Write::Insert(valid) | Write::Update { valid, .. } => valid.ledger(),
                    Write::Delete { ledger, .. } | Write::Restore { ledger, .. } => *ledger,
                };
                !self.rights().reach(Action::Write, ledger).is_empty()
            })
            .cloned()
            .collect();
        if own.is_empty() && !changes.is_empty() && !self.is_operator() {
            return Err(Error::denied("write", "record"));
        }
        self.may_write(&own).await
    }
}

fn values(record: Option<&Record>) -> Option<&[Value]> {
    record.map(|record| record.values.as_slice())
}

/// What makes room, then what lives again (owners first), then what refers to it, then what is taken away; each as it was written, backwards.
fn in_order(writes: &mut [(i64, Write)]) {
    let again: Vec<Uuid> = (writes.iter())
        .filter_map(|(_, write)| match write {
            Write::Restore { id, .. } => Some(*id),
            _ => None,
        })
        .collect();
    let refers = |value: &Value| matches!(value, Value::Id(id) if again.contains(id));
    writes.sort_by_key(|(seq, write)| match write {
        Write::Restore { ledger, .. } => (1, i64::from(ledger.0)),
        Write::Update { valid, .. } if valid.values().iter().any(refers) => (2, -*seq),
        Write::Insert(_) | Write::Update { .. } => (0, -*seq),
        Write::Delete { .. } => (3, -*seq),
    });
}
