//! What happened to a record, in words, from the journal.

use anju_pack::{Kind, LedgerIx, Text};
use anju_record::{Lang, Record, Value, kind};

use crate::error::Result;
use crate::records::{mask, unavailable};
use crate::{Actor, Stored};

/// One change of a record.
#[derive(Debug, Clone)]
pub struct HistoryEntry {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Who.
    pub actor: String,
    /// By what: web, cli, import.
    pub origin: String,
    /// Why, if it was told.
    pub reason: Option<String>,
    /// What changed; empty for a creation or deletion.
    pub changes: Vec<FieldChange>,
    /// The record came into being.
    pub created: bool,
    /// The record was deleted.
    pub deleted: bool,
}

/// A field's change.
#[derive(Debug, Clone)]
pub struct FieldChange {
    /// The field's name.
    pub title: Text,
    /// As it stood; sensitive values are masked.
    pub before: Option<String>,
    /// As it stands.
    pub after: Option<String>,
}

impl Actor {
    /// What happened to a record, the latest first.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn history(&self, stored: &Stored, lang: Lang) -> Result<Vec<HistoryEntry>> {
        let ledger = &self.pack().ledger(stored.ledger).id;
        let rows = self.store().history(self.county_code(), ledger, stored.record.id).await.map_err(unavailable)?;
        let entry =
            |row: anju_store::JournalRow| {
                let change = self.store().change(self.pack(), &row).map_err(unavailable).transpose()?;
                Some(change.map(|change| HistoryEntry {
                    at_ms: row.at,
                    actor: row.actor.clone(),
                    origin: row.origin.clone(),
                    reason: row.reason.clone(),
                    created: change.before.is_none(),
                    deleted: change.after.is_none(),
                    changes:
                        change.before.as_ref().zip(change.after.as_ref()).map_or_else(Vec::new, |(before, after)| {
                            self.field_changes(stored.ledger, before, after, lang)
                        }),
                }))
            };
        rows.into_iter().rev().filter_map(entry).collect()
    }

    pub(crate) fn field_changes(
        &self,
        ledger: LedgerIx,
        before: &Record,
        after: &Record,
        lang: Lang,
    ) -> Vec<FieldChange> {
        let fields = self.pack().ledger(ledger).fields.iter();
        let hidden = self.rights().hidden(ledger, &after.area);
        let is_hidden = |at: usize| hidden.iter().any(|field| usize::from(field.0) == at);
        let words = |field: &anju_pack::Field, value: &Value| match value {
            Value::Null => None,
            value => {
                let words = kind::format(self.pack(), &field.kind, value, lang);
                Some(if field.sensitive.is_some() { mask(&field.kind, &words) } else { words })
            }
        };
        (fields.zip(before.values.iter().zip(&after.values)).enumerate())
            .filter(|(at, (field, (before, after)))| {
                before != after && !matches!(field.kind, Kind::Attachment) && !is_hidden(*at)
            })
            .map(|(_, (field, (before, after)))| FieldChange {
                title: field.title.clone(),
                before: words(field, before),
                after: words(field, after),
            })
            .collect()
    }
}
