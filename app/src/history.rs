//! What happened to a record, in words, from the journal.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anju_pack::{AreaLevel, Duty, Kind, LedgerIx, Text};
use anju_record::{Change, Lang, Record, Value, kind};
use anju_store::JournalRow;
use uuid::Uuid;

use crate::error::Result;
use crate::records::{mask, unavailable};
use crate::{Actor, Stored};

/// One change of a record.
#[derive(Debug, Clone)]
pub struct HistoryEntry {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Who, as the reader calls them.
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
    /// The record was made live again.
    pub restored: bool,
    /// The journal row.
    pub seq: i64,
    /// What it was part of, as that is called; [`Actor::name_events`] fills it in.
    pub part_of: Option<String>,
}

/// Entries of a history of which it is said what they were part of.
const NAMED: usize = 10;
/// Journal rows of one event that lie at most so far apart.
const NEAR: u32 = 100;

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

/// What comes into being has version 1; what comes back has a later one.
fn version_of(change: &Change) -> i64 {
    change.after.as_ref().map_or(0, |after| after.version)
}

impl Actor {
    /// What the people behind logins are called: by name, and for those who administer accounts with the login. Other logins as they are.
    pub(crate) async fn people(&self) -> Result<impl Fn(&str) -> String + use<>> {
        let (known, both) = (self.known().await?, self.has_duty(Duty::Accounts));
        Ok(move |login: &str| match known.account(login) {
            Some(account) if both => format!("{}（{login}）", account.name),
            Some(account) => account.name.clone(),
            None => login.to_owned(),
        })
    }

    /// What whoever signs in with this is called, as [`Actor::history`] calls them.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn person_of(&self, login: &str) -> Result<String> {
        Ok(self.people().await?(login))
    }

    /// What happened to a record, the latest first.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn history(&self, stored: &Stored, lang: Lang) -> Result<Vec<HistoryEntry>> {
        let ledger = &self.pack().ledger(stored.ledger).id;
        let rows = self.store().history(self.county_code(), ledger, stored.record.id).await.map_err(unavailable)?;
        let mut told = Vec::new();
        for row in rows.into_iter().rev() {
            if let Some(change) = self.store().change(self.pack(), &row).map_err(unavailable)? {
                told.push((row, change));
            }
        }
        let names = self.names_in(stored.ledger, told.iter().map(|(_, change)| change)).await?;
        let called = self.people().await?;
        let entry = |(row, change): (JournalRow, Change)| HistoryEntry {
            at_ms: row.at,
            actor: called(&row.actor),
            // Where they sat is for the journal's reader.
            origin: row.origin.split(' ').next().unwrap_or_default().to_owned(),
            reason: row.reason,
            created: change.before.is_none() && version_of(&change) <= 1,
            restored: change.before.is_none() && version_of(&change) > 1,
            deleted: change.after.is_none(),
            changes: change.before.as_ref().zip(change.after.as_ref()).map_or_else(Vec::new, |(before, after)| {
                let mut changes = self.changes_named(stored.ledger, before, after, lang, &names);
                changes.extend(self.moved(stored.ledger, before, after));
                changes
            }),
            seq: row.seq,
            part_of: None,
        };
        Ok(told.into_iter().map(entry).collect())
    }

    /// Says of the latest changes of a record's history what they were part of: the record of a ledger that names such records and was made at that
    /// moment by the same hand, if it stands and they see it. Of several it is the one that names the record or its owner.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn name_events(&self, of: LedgerIx, entries: &mut [HistoryEntry], events: LedgerIx) -> Result<()> {
        if !self.pack().ledger(events).fields.iter().any(|field| field.kind == Kind::Ref { to: of }) {
            return Ok(());
        }
        let name = &self.pack().ledger(events).id;
        let changes = entries.iter_mut().take(NAMED).filter(|entry| !entry.changes.is_empty());
        for entry in changes {
            let around = self.store().journal(self.county_code(), entry.seq - i64::from(NEAR), 2 * NEAR).await;
            let around = around.map_err(unavailable)?;
            let Some(own) = around.iter().find(|row| row.seq == entry.seq) else { continue };
            let beside = |row: &&JournalRow| {
                row.at == own.at && row.actor == own.actor && row.ledger == *name && row.before.is_none()
            };
            let beside: Vec<&JournalRow> = around.iter().filter(beside).collect();
            let Some(event) = self.event_of(own, &beside)? else { continue };
            entry.part_of = self.seen_record(events, event).await?.map(|stored| stored.name);
        }
        Ok(())
    }

    /// Which of some events a change was part of: the nearest that names its record or the owner, before or after; else the only one.
    fn event_of(&self, own: &JournalRow, events: &[&JournalRow]) -> Result<Option<Uuid>> {
        let told = |row: &JournalRow| self.store().change(self.pack(), row).map_err(unavailable);
        let Some(change) = told(own)? else { return Ok(None) };
        let mut whose = vec![Value::Id(own.id)];
        if let Some(owner) = self.pack().ledger(change.ledger).of {
            let both = [&change.before, &change.after].into_iter().flatten();
            whose.extend(both.filter_map(|record| record.values.get(usize::from(owner.field.0)).cloned()));
        }
        let mut named = Vec::new();
        for row in events {
            let made = told(row)?.and_then(|event| event.after);
            let names = |value: &Value| matches!(value, Value::Id(_)) && whose.contains(value);
            named.extend(made.filter(|made| made.values.iter().any(names)).map(|_| *row));
        }
        let nearest = named.into_iter().min_by_key(|row| row.seq.abs_diff(own.seq));
        let only = if let [only] = events { Some(*only) } else { None };
        Ok(nearest.or(only).map(|row| row.id))
    }

    /// That a record lies elsewhere from then on: it went with what it belongs to. Of a record that is itself a place its own field says it.
    fn moved(&self, ledger: LedgerIx, before: &Record, after: &Record) -> Option<FieldChange> {
        if before.area == after.area || self.pack().ledger(ledger).area.is_some() {
            return None;
        }
        let name = |area: &str| Some(self.areas().path_name(area, AreaLevel::Town)).filter(|name| !name.is_empty());
        let title = Text { zh: "所在地".to_owned(), en: "Place".to_owned() };
        Some(FieldChange { title, before: name(&before.area), after: name(&after.area) })
    }

    /// What the records that changes speak of are called.
    async fn names_in(
        &self,
        ledger: LedgerIx,
        changes: impl Iterator<Item = &Change>,
    ) -> Result<HashMap<Uuid, String>> {
        let mut wanted: BTreeMap<LedgerIx, BTreeSet<Uuid>> = BTreeMap::new();
        for record in changes.flat_map(|change| [&change.before, &change.after]).flatten() {
            for (field, value) in self.pack().ledger(ledger).fields.iter().zip(&record.values) {
                if let (Kind::Ref { to }, Value::Id(id)) = (&field.kind, value) {
                    wanted.entry(*to).or_default().insert(*id);
                }
            }
        }
        let mut names = HashMap::new();
        for (to, ids) in wanted {
            names.extend(self.labels(to, &ids.into_iter().collect::<Vec<_>>()).await?);
        }
        Ok(names)
    }

    /// What changed of a record, as the reader may see it; references by their ids.
    pub(crate) fn field_changes(
        &self,
        ledger: LedgerIx,
        before: &Record,
        after: &Record,
        lang: Lang,
    ) -> Vec<FieldChange> {
        self.changes_named(ledger, before, after, lang, &HashMap::new())
    }

    fn changes_named(
        &self,
        ledger: LedgerIx,
        before: &Record,
        after: &Record,
        lang: Lang,
        names: &HashMap<Uuid, String>,
    ) -> Vec<FieldChange> {
        let fields = self.pack().ledger(ledger).fields.iter();
        let hidden = self.rights().hidden(ledger, &after.area);
        let is_hidden = |at: usize| hidden.iter().any(|field| usize::from(field.0) == at);
        let words = |field: &anju_pack::Field, value: &Value| match (&field.kind, value) {
            (_, Value::Null) => None,
            (kind, value) if field.sensitive.is_some() => Some(mask(kind, &kind::plain(value))),
            (Kind::Ref { .. }, Value::Id(id)) => Some(names.get(id).cloned().unwrap_or_else(|| id.to_string())),
            (Kind::Area { .. }, Value::Text(code)) => Some(self.areas().path_name(code, AreaLevel::Town)),
            // The key of a file says nothing to anybody.
            (Kind::Attachment, Value::Text(key)) => {
                Some(format!("…{}", key.get(key.len().saturating_sub(4)..).unwrap_or_default()))
            }
            (kind, value) => Some(kind::format(self.pack(), kind, value, lang)),
        };
        (fields.zip(before.values.iter().zip(&after.values)).enumerate())
            .filter(|(at, (_, (before, after)))| before != after && !is_hidden(*at))
            .map(|(_, (field, (before, after)))| FieldChange {
                title: field.title.clone(),
                before: words(field, before),
                after: words(field, after),
            })
            .collect()
    }
}
