//! Undoing what was taken of a sheet, as long as nothing later touched the same fields.

use anju_store::{Import, ImportState};

use super::SheetLine;
use crate::Actor;
use crate::error::Error;
use crate::records::unavailable;
use crate::undo::UndoError;
use crate::writes::Written;

impl Actor {
    /// Brings back what a sheet changed, and takes away what it made, in one transaction.
    ///
    /// # Errors
    /// `Refused` when there is nothing to undo; else as [`Actor::undo`].
    pub async fn undo_sheet(&self, line: &SheetLine) -> Result<Written, UndoError> {
        let ranges: Vec<_> = line.taken.iter().filter(|taken| !taken.undone).map(|t| (t.first, t.last)).collect();
        if ranges.is_empty() {
            return Err(Error::refused(crate::RefusalCode::NotWaiting).into());
        }
        let key = format!("sheet undo {} {}", line.import.id, line.taken.len());
        let written = self.undo(&ranges, Some("撤销表格导入".into()), Some(key)).await?;
        if let Written::Committed(_) = written {
            let mut taken = line.taken.clone();
            taken.iter_mut().for_each(|taken| taken.undone = true);
            let taken = serde_json::to_string(&taken).map_err(unavailable)?;
            let next = Import { state: ImportState::Undone, taken, ..line.import.clone() };
            let mut event = self.event_now("import_undone");
            event.id = Some(line.import.id);
            self.keep_line(&line.import, &next, vec![event]).await?;
        }
        Ok(written)
    }
}
