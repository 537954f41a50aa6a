//! What was taken of a sheet, noted beside it: before it is written, so that it is known of, and can be undone, also where whoever took it
//! was interrupted right after.

use anju_store::{Import, ImportState};
use uuid::Uuid;

use super::{SheetLine, Taken};
use crate::Actor;
use crate::error::Result;
use crate::records::unavailable;
use crate::writes::{Intent, WriteError, Written};

/// What a taking is written under: the sheet, and how often it was taken before.
pub(super) fn key(sheet: Uuid, before: usize) -> String {
    format!("sheet {sheet} {before}")
}

impl Actor {
    /// Writes what is taken of a sheet, noted as begun. The note goes again where nothing was written.
    pub(super) async fn write_noted(
        &self,
        line: &SheetLine,
        begun: &Taken,
        intent: Intent,
    ) -> Result<Written, WriteError> {
        let all: Vec<&Taken> = line.taken.iter().chain([begun]).collect();
        let noted = Import { taken: serde_json::to_string(&all).map_err(unavailable)?, ..line.import.clone() };
        self.keep_line(&line.import, &noted, Vec::new()).await?;
        let key = intent.key.clone();
        let written = self.write_allowed(intent).await;
        // A database that broke off may have written it all the same.
        if !matches!(written, Ok(Written::Committed(_))) && !self.was_written(key.as_deref()).await? {
            self.keep_line(&noted, &line.import, Vec::new()).await?;
        }
        written
    }

    /// A sheet with what was taken of it. What is noted as begun was taken if it was written under its key, and is noted so; else it is being
    /// taken now, or never was.
    pub(super) async fn settled(&self, mut line: SheetLine) -> Result<SheetLine> {
        let Some(begun) = line.taken.pop_if(|taken| taken.last == 0) else { return Ok(line) };
        let key = format!("{} {}", begun.by, key(line.import.id, line.taken.len()));
        let rows = self.store().rows_of_key(self.county_code(), &key).await.map_err(unavailable)?;
        let Some((first, last)) = rows else { return Ok(line) };
        let mut event = self.event_now("import_taken");
        event.actor.clone_from(&begun.by);
        event.id = Some(line.import.id);
        event.area = Some(line.import.area.clone());
        let told = serde_json::json!({ "rows": begun.rows, "records": last - first + 1, "first": first, "last": last });
        event.detail = Some(told.to_string());
        let state = if begun.left == 0 { ImportState::Closed } else { line.import.state };
        line.taken.push(Taken { first, last, ..begun });
        let taken = serde_json::to_string(&line.taken).map_err(unavailable)?;
        let next = Import { state, taken, ..line.import.clone() };
        match self.store().change_import(&line.import, &next, vec![event]).await.map_err(unavailable)? {
            true => Ok(SheetLine { import: next, ..line }),
            // Somebody else noted it meanwhile.
            false => Box::pin(self.sheet_line(line.import.id)).await,
        }
    }
}
