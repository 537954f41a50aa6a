//! Files of people: opening one is written down, and so is every look at a protected value, before it is shown.

use anju_pack::LedgerIx;
use anju_record::kind;
use anju_store::NewEvent;

use crate::accounts::grants::reasoned;
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::{Actor, Stored};

impl Actor {
    /// Opens a file, and says so in the journal before it is shown.
    ///
    /// # Errors
    /// `NotFound` for one that is not here or not theirs to see; `Unavailable` when it could not be written down.
    pub async fn read_file(&self, ledger: LedgerIx, id: &str) -> Result<Stored> {
        let stored = self.record(ledger, id).await?;
        self.note_read(&stored).await?;
        Ok(stored)
    }

    /// Says in the journal that a file is shown, however its page came about; nothing may be shown when it could not be written down.
    ///
    /// # Errors
    /// `Unavailable` when it could not be written down.
    pub async fn note_read(&self, stored: &Stored) -> Result<()> {
        self.note_file("read", stored, None, None).await
    }

    /// A protected value in clear, with a reason; written down before it is given.
    ///
    /// # Errors
    /// `NotFound` for a record that is not theirs to see or a field that is none, `Denied` for a value that stays masked for them, `Refused`
    /// without a reason.
    pub async fn reveal(&self, ledger: LedgerIx, id: &str, field: &str, reason: &str) -> Result<String> {
        let definition = self.pack().ledger(ledger);
        let missing = || Error::NotFound { what: "field", value: field.to_owned() };
        let at = definition.field_by_id(field).ok_or_else(missing)?;
        let denied = || Error::denied("reveal", &format!("{}.{field}", definition.id));
        // A program with a token asks for reasons no person gave.
        if self.who().scopes.is_some() || definition.field(at).sensitive.is_none() {
            return Err(denied());
        }
        let stored = self.record(ledger, id).await?;
        let found = self.store().get(self.pack(), self.county_code(), ledger, stored.record.id).await;
        let gone = || Error::NotFound { what: "record", value: id.to_owned() };
        let clear = found.map_err(unavailable)?.ok_or_else(gone)?;
        if !self.rights().may_reveal_of(self.pack(), ledger, at, &clear, self.today()) {
            return Err(denied());
        }
        let reason = reasoned(reason).map_err(Error::refused)?;
        self.note_file("reveal", &stored, Some(reason), Some(field)).await?;
        Ok(clear.values.get(usize::from(at.0)).map(kind::plain).unwrap_or_default())
    }

    /// Writes down that records are taken away as a file.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer; nothing may be given out then.
    pub async fn note_export(&self, ledger: LedgerIx, area: &str, rows: usize) -> Result<()> {
        let event = NewEvent {
            ledger: Some(self.pack().ledger(ledger).id.clone()),
            area: Some(area.to_owned()),
            detail: Some(serde_json::json!({ "rows": rows }).to_string()),
            ..self.event_now("export")
        };
        self.record_event(event).await
    }

    async fn note_file(&self, act: &str, stored: &Stored, reason: Option<String>, field: Option<&str>) -> Result<()> {
        let event = NewEvent {
            ledger: Some(self.pack().ledger(stored.ledger).id.clone()),
            id: Some(stored.record.id),
            area: Some(stored.record.area.to_string()),
            reason,
            detail: field.map(|field| serde_json::json!({ "field": field }).to_string()),
            ..self.event_now(act)
        };
        self.record_event(event).await
    }
}
