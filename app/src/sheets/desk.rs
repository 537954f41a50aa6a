//! Sheets in work: takings that run beside the pages, and readings that a page need not make again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anju_store::{Import, ImportState};
use uuid::Uuid;

use super::{Progress, SheetFault, SheetLine, SheetRead, TakeRefused, Took};
use crate::{Actor, Day};

/// Readings kept: whoever turns the pages of a large sheet does not wait for it each time.
const KEPT: usize = 2;

/// What became of a taking.
pub type Outcome = Result<Took, TakeRefused>;

/// A taking that runs, or has ended and not been told yet.
#[derive(Debug, Default)]
pub struct Running {
    /// How far it is.
    pub progress: Progress,
    outcome: Mutex<Option<Outcome>>,
}

/// A reading, good for one state of the journal, one day, one reader.
struct Kept {
    of: Of,
    at: At,
    read: Arc<SheetRead>,
}

/// The sheet, its reader, how it is read and for which place.
type Of = (Uuid, String, String, String);
/// The state of the journal and the day.
pub(super) type At = (i64, Day);

/// Sheets in work.
#[derive(Default)]
pub(crate) struct Desk {
    running: Mutex<HashMap<Uuid, Arc<Running>>>,
    kept: Mutex<Vec<Kept>>,
}

impl Actor {
    /// A sheet as it would be taken now; read once for one state of the county.
    ///
    /// # Errors
    /// As [`Actor::sheet_read`].
    pub async fn sheet_as_it_stands(&self, line: &SheetLine) -> Result<Arc<SheetRead>, SheetFault> {
        let (of, at) = (self.reading_of(&line.import), self.reading_at());
        let kept =
            |desk: &[Kept]| desk.iter().find(|kept| kept.of == of && kept.at == at).map(|kept| Arc::clone(&kept.read));
        if let Some(read) = kept(&self.desk().kept.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(read);
        }
        let read = Arc::new(self.sheet_read(line, &Progress::default()).await?);
        self.keep_reading(&line.import, at, Arc::clone(&read));
        Ok(read)
    }

    fn reading_of(&self, import: &Import) -> Of {
        (import.id, self.who().login.clone(), import.options.clone(), import.area.clone())
    }

    /// What a reading that begins now is good for.
    pub(super) fn reading_at(&self) -> At {
        (self.seq(), self.today())
    }

    /// Keeps a reading that began then.
    pub(super) fn keep_reading(&self, import: &Import, at: At, read: Arc<SheetRead>) {
        let mut desk = self.desk().kept.lock().unwrap_or_else(PoisonError::into_inner);
        desk.retain(|kept| kept.of.0 != import.id);
        if desk.len() >= KEPT {
            desk.remove(0);
        }
        desk.push(Kept { of: self.reading_of(import), at, read });
    }

    /// The reading that is kept of a sheet, if nobody wrote since; it is kept no more.
    pub(super) fn let_go_of_reading(&self, line: &SheetLine) -> Option<SheetRead> {
        let (of, at) = (self.reading_of(&line.import), self.reading_at());
        let mut desk = self.desk().kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = desk.iter().position(|kept| kept.of.0 == line.import.id)?;
        let kept = desk.remove(kept);
        (kept.of == of && kept.at == at).then(|| Arc::unwrap_or_clone(kept.read))
    }

    /// Takes what can be taken, beside the pages; whoever asks sees how far it is.
    ///
    /// # Errors
    /// `Refused` when it is being taken already, or nothing of it waits.
    pub fn start_taking(&self, line: &SheetLine) -> crate::Result<()> {
        let waits = line.import.state == ImportState::Open;
        let mut running = self.desk().running.lock().unwrap_or_else(PoisonError::into_inner);
        if !waits || running.contains_key(&line.import.id) {
            return Err(crate::Error::refused(crate::RefusalCode::NotWaiting));
        }
        let job = Arc::new(Running::default());
        running.insert(line.import.id, Arc::clone(&job));
        drop(running);
        let (actor, line) = (self.clone(), line.clone());
        let taking = {
            let job = Arc::clone(&job);
            tokio::spawn(async move { actor.take_sheet(&line, &job.progress).await })
        };
        tokio::spawn(async move {
            // What ends before its time has ended all the same: the sheet waits as it did.
            let outcome = taking.await.unwrap_or_else(|error| {
                tracing::error!(%error, "the taking of a sheet broke off");
                Err(crate::records::unavailable(error).into())
            });
            *job.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        });
        Ok(())
    }

    /// The taking of a sheet that runs now.
    pub fn taking(&self, line: &SheetLine) -> Option<Arc<Running>> {
        self.desk().running.lock().unwrap_or_else(PoisonError::into_inner).get(&line.import.id).cloned()
    }

    /// What became of a taking that has ended; told once.
    pub fn taking_ended(&self, line: &SheetLine) -> Option<Outcome> {
        let mut running = self.desk().running.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = running.get(&line.import.id)?.outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
        if ended.is_some() {
            running.remove(&line.import.id);
        }
        ended
    }
}
