//! Taking what can be taken of a sheet: one transaction, or nothing.

use anju_exchange::{FaultKind, Recognised, RowFault};
use anju_record::Fault;
use anju_store::{CommitError, ImportState, Write};

use super::line::Source;
use super::nodes::{Node, column_of, nodes};
use super::noted::key;
use super::plan::fault;
use super::{Progress, RowState, SheetFault, SheetLine, SheetRead, Stage, Taken};
use crate::Actor;
use crate::records::unavailable;
use crate::writes::{Intent, WriteError, Written};

/// Why nothing was taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeRefused {
    /// It could not be read, or not as somebody with their rights.
    #[error(transparent)]
    Sheet(#[from] SheetFault),
    /// All rows were to be taken or none, and some are wrong.
    #[error(
        "all rows or none were to be taken; wrong or waiting for another: {0}; mend them, or take the good ones alone"
    )]
    NotWhole(usize),
    /// The ledgers refused a row as it was written.
    #[error("a row was refused as it was written; nothing was taken")]
    Rows(Vec<RowFault>),
}

impl From<crate::Error> for TakeRefused {
    fn from(error: crate::Error) -> Self {
        Self::Sheet(SheetFault::Refused(error))
    }
}

/// What was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Took {
    /// Written.
    Written(Taken),
    /// There was nothing to write.
    Nothing,
    /// It waits for a second person.
    Waiting(uuid::Uuid),
}

impl Actor {
    /// Writes every row of a sheet that can be taken as things stand. The file is kept as long as other rows wait.
    ///
    /// # Errors
    /// [`TakeRefused`]; nothing is written then.
    pub async fn take_sheet(&self, line: &SheetLine, progress: &Progress) -> Result<Took, TakeRefused> {
        if line.import.state != ImportState::Open {
            return Err(crate::Error::refused(crate::RefusalCode::NotWaiting).into());
        }
        if let Some(read) = self.let_go_of_reading(line) {
            progress.begin(Stage::Comparing, read.run.rows.len());
            let done = self.take_read(line, read, progress).await;
            if !matches!(done, Err(TakeRefused::Sheet(SheetFault::Refused(_)) | TakeRefused::Rows(_))) {
                return done;
            }
            // Another process may have written since, or other rights hold: it is read anew.
            self.app().catch_up().await?;
        }
        let read = self.sheet_read(line, progress).await?;
        self.take_read(line, read, progress).await
    }

    async fn take_read(&self, line: &SheetLine, read: SheetRead, progress: &Progress) -> Result<Took, TakeRefused> {
        if progress.is_stopped() {
            return Err(SheetFault::Stopped.into());
        }
        let left = read.run.left();
        if line.reading.whole && left > 0 {
            return Err(TakeRefused::NotWhole(left));
        }
        let run = read.run;
        let rows = run.rows.iter().filter(|row| matches!(row.state, RowState::New | RowState::Changed)).count();
        if !run.writes_anything() {
            if left == 0 {
                self.close_sheet(line).await?;
            }
            return Ok(Took::Nothing);
        }
        let begun = Taken {
            first: 0,
            last: 0,
            at: self.now(),
            by: self.who().login.clone(),
            rows: u32::try_from(rows).unwrap_or(u32::MAX),
            grid: read.recognised.grid,
            done: run.done(),
            left,
            undone: false,
        };
        let (changes, sources) = run.into_writes(self.pack(), self.today()).map_err(TakeRefused::Rows)?;
        match self.write_taken(line, &begun, changes, progress).await {
            Ok(Some(Written::Committed(receipt))) => {
                // The write stands: what fails now is made up for when the sheet is looked at next.
                if let Err(error) = self.sheet_line(line.import.id).await {
                    tracing::error!(%error, "what was taken of a sheet could not be noted");
                }
                let count = i64::try_from(receipt.changes.len()).unwrap_or(i64::MAX);
                Ok(Took::Written(Taken { first: receipt.seq - count + 1, last: receipt.seq, ..begun }))
            }
            Ok(Some(Written::Waiting(id))) => Ok(Took::Waiting(id)),
            Ok(None) => Err(SheetFault::Stopped.into()),
            Err(error) => {
                let nodes = self.pack().sheet_by_id(&line.import.sheet).map(|sheet| nodes(&sheet)).unwrap_or_default();
                Err(self.refused(error, &sources, (&nodes, &read.recognised)).await)
            }
        }
    }

    /// Writes what is taken; none if it was stopped before.
    async fn write_taken(
        &self,
        line: &SheetLine,
        begun: &Taken,
        changes: Vec<Write>,
        progress: &Progress,
    ) -> Result<Option<Written>, WriteError> {
        self.may_write(&changes).await?;
        if !progress.begin(Stage::Writing, changes.len()) {
            return Ok(None);
        }
        let title = self.pack().sheet_by_id(&line.import.sheet).map(|sheet| sheet.title.zh.clone()).unwrap_or_default();
        let key = Some(key(line.import.id, line.taken.len()));
        let intent = Intent { changes, reason: Some(format!("表格导入：{title}")), key };
        self.write_noted(line, begun, intent).await.map(Some)
    }

    /// What the ledgers say, at the row it is about; of what would repeat a record, which one.
    async fn refused(
        &self,
        error: WriteError,
        sources: &[Source],
        (nodes, recognised): (&[Node], &Recognised),
    ) -> TakeRefused {
        match error {
            WriteError::Commit(CommitError::Invalid { write, mut faults }) => {
                let source = sources.get(write);
                for fault in &mut faults {
                    let Some(source) = source else { continue };
                    if let Err(error) = self.say_who_holds(source.ledger, fault).await {
                        return error.into();
                    }
                }
                let row = source.map_or(0, |source| source.row);
                let column = |fault: &Fault| {
                    let source = source?;
                    let field = self.pack().ledger(source.ledger).field_by_id(&fault.path)?;
                    column_of(nodes, recognised, source.node, field)
                };
                let at = |it: Fault| fault(row, column(&it), FaultKind::Other, it);
                TakeRefused::Rows(faults.into_iter().map(at).collect())
            }
            WriteError::Commit(other) => SheetFault::Refused(unavailable(other)).into(),
            WriteError::Refused(error) => SheetFault::Refused(error).into(),
        }
    }
}
