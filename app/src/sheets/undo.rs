//! Undoing what was taken of a sheet, as long as nothing later touched the same fields.

use std::collections::HashMap;

use anju_pack::LedgerIx;
use anju_record::{Change, Record, Value, validate_values};
use anju_store::{Import, ImportState, Write};
use uuid::Uuid;

use super::SheetLine;
use crate::Actor;
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::writes::{Intent, WriteError, Written};

/// Why what a sheet made cannot be undone: somebody has changed this since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prevents {
    /// The ledger.
    pub ledger: LedgerIx,
    /// The record.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// Fields that are no longer as the sheet left them; empty when the record itself is gone.
    pub fields: Vec<anju_pack::FieldIx>,
}

/// What became of an undoing.
#[derive(Debug)]
pub enum Undone {
    /// It is undone; so many records.
    Done(usize),
    /// It waits for a second person.
    Waiting(Uuid),
    /// Nothing was done, because of these.
    Prevented(Vec<Prevents>),
}

impl Actor {
    /// Brings back what a sheet changed, and takes away what it made, in one transaction.
    ///
    /// # Errors
    /// `Refused` when there is nothing to undo; what the ledgers refuse, with every fault.
    pub async fn undo_sheet(&self, line: &SheetLine) -> Result<Undone, WriteError> {
        let ranges: Vec<_> = line.taken.iter().filter(|taken| !taken.undone).map(|t| (t.first, t.last)).collect();
        if ranges.is_empty() {
            return Err(Error::refused(crate::RefusalCode::NotWaiting).into());
        }
        let (mut writes, mut prevents) = (Vec::new(), Vec::new());
        for change in self.taken_changes(&ranges).await?.iter().rev() {
            match self.put_back(change).await? {
                Inverse::Write(write) => writes.push(*write),
                Inverse::Nothing => {}
                Inverse::Prevented(prevented) => prevents.push(prevented),
            }
        }
        if !prevents.is_empty() {
            return Ok(Undone::Prevented(prevents));
        }
        let count = writes.len();
        let key = format!("sheet undo {} {}", line.import.id, line.taken.len());
        let written =
            self.write(Intent { changes: writes, reason: Some("撤销表格导入".into()), key: Some(key) }).await?;
        if let Written::Waiting(id) = written {
            return Ok(Undone::Waiting(id));
        }
        let mut taken = line.taken.clone();
        taken.iter_mut().for_each(|taken| taken.undone = true);
        let taken = serde_json::to_string(&taken).map_err(unavailable)?;
        let next = Import { state: ImportState::Undone, taken, ..line.import.clone() };
        let mut event = self.event_now("import_undone");
        event.id = Some(line.import.id);
        self.keep_line(&line.import, &next, vec![event]).await?;
        Ok(Undone::Done(count))
    }

    /// What became of each record, from before the first row to after the last, in the order in which they were first touched.
    async fn taken_changes(&self, ranges: &[(i64, i64)]) -> Result<Vec<Change>> {
        let mut changes: Vec<Change> = Vec::new();
        let mut places: HashMap<(LedgerIx, Uuid), usize> = HashMap::new();
        for (first, last) in ranges {
            let mut after = first - 1;
            while after < *last {
                let rows = self.store().journal(self.county_code(), after, 5_000).await.map_err(unavailable)?;
                let Some(newest) = rows.last().map(|row| row.seq) else { break };
                for row in rows.iter().filter(|row| row.seq <= *last) {
                    let Some(change) = self.store().change(self.pack(), row).map_err(unavailable)? else { continue };
                    match places.get(&(change.ledger, change.id)) {
                        Some(at) => changes[*at].after = change.after,
                        None => {
                            places.insert((change.ledger, change.id), changes.len());
                            changes.push(change);
                        }
                    }
                }
                after = newest;
            }
        }
        Ok(changes)
    }

    async fn put_back(&self, change: &Change) -> Result<Inverse> {
        let pack = self.pack();
        let ledger = change.ledger;
        let stands = self.store().get(pack, self.county_code(), ledger, change.id).await.map_err(unavailable)?;
        let name = || async {
            let names = self.labels(ledger, &[change.id]).await?;
            Ok::<_, Error>(names.into_values().next().unwrap_or_else(|| change.id.to_string()))
        };
        let (before, after) = (change.before.as_ref(), change.after.as_ref());
        let changed = changed_fields(before, after);
        if changed.is_empty() && before.is_some() {
            // It moved along with its owner, and will move back with it.
            return Ok(Inverse::Nothing);
        }
        let Some(stands) = stands else {
            return Ok(Inverse::Prevented(Prevents { ledger, id: change.id, name: name().await?, fields: Vec::new() }));
        };
        let left = after.map(|after| after.values.as_slice()).unwrap_or_default();
        let watched: Vec<usize> = if before.is_some() { changed.clone() } else { (0..left.len()).collect() };
        let touched: Vec<_> = watched
            .into_iter()
            .filter(|at| stands.values.get(*at) != left.get(*at))
            .filter_map(|at| u16::try_from(at).ok().map(anju_pack::FieldIx))
            .collect();
        if !touched.is_empty() {
            return Ok(Inverse::Prevented(Prevents { ledger, id: change.id, name: name().await?, fields: touched }));
        }
        let Some(before) = before else {
            let write = Write::Delete { ledger, id: change.id, expected_version: stands.version };
            return Ok(Inverse::Write(Box::new(write)));
        };
        let mut values = stands.values.clone();
        for at in changed {
            values[at] = before.values.get(at).cloned().unwrap_or(Value::Null);
        }
        let valid = validate_values(pack, ledger, change.id, values, self.today()).map_err(|faults| {
            unavailable(faults.iter().map(|fault| fault.message(anju_record::Lang::Zh)).collect::<Vec<_>>().join("；"))
        })?;
        Ok(Inverse::Write(Box::new(Write::Update { valid, expected_version: stands.version })))
    }
}

enum Inverse {
    Write(Box<Write>),
    Nothing,
    Prevented(Prevents),
}

fn changed_fields(before: Option<&Record>, after: Option<&Record>) -> Vec<usize> {
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    (0..after.values.len()).filter(|at| before.values.get(*at) != after.values.get(*at)).collect()
}
