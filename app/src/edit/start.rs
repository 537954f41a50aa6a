//! A form before anything is typed: what stands, or what is likely.

use std::collections::BTreeMap;

use anju_access::Action;
use anju_pack::{Duty, Field, FieldIx, Kind, LedgerIx};
use anju_record::{Problem, Record, Value, born_by, kind, sex_by};
use anju_store::Query;
use uuid::Uuid;

use super::{Entry, EntryField, said_of, typed_of, value_at};
use crate::Actor;
use crate::accounts::chance;
use crate::error::{Error, Result};
use crate::photos::PhotoFault;

impl Actor {
    /// Whether a record is theirs to change or remove.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn may_change(&self, ledger: LedgerIx, id: Uuid) -> Result<bool> {
        Ok(self.who().origin != "view" && self.is_within(Action::Write, ledger, id).await?)
    }

    /// Whether they write a ledger anywhere.
    pub fn writes(&self, ledger: LedgerIx) -> bool {
        self.who().origin != "view" && !self.rights().reach(Action::Write, ledger).is_empty()
    }

    /// Whether a field of records in a place is theirs to fill in; where it may be read but not written it is shown.
    pub fn may_fill(&self, ledger: LedgerIx, field: FieldIx, area: &str) -> bool {
        let links = self.pack().account_fields().contains(&(ledger, field));
        !links || self.rights().may_in(Duty::Grants, area)
    }

    /// A key for a form that shall write once.
    pub fn form_key(&self) -> String {
        chance::token()
    }

    /// An id for what a form will make, so that it is made once.
    pub fn new_id(&self) -> Uuid {
        chance::id(self.now())
    }

    /// Fields of a ledger that an ID number of the same record tells (`agrees` in the pack), each with the field of the number.
    pub fn told_by_number(&self, ledger: LedgerIx) -> Vec<(FieldIx, FieldIx)> {
        let fields = self.pack().ledger(ledger).fields.iter().zip((0..).map(FieldIx));
        let agrees = fields.filter_map(|(field, at)| Some((at, field.agrees?)));
        agrees
            .flat_map(|(at, agrees)| [agrees.birth, agrees.sex].into_iter().flatten().map(move |told| (told, at)))
            .collect()
    }

    /// Fills in what an ID number says and nobody typed, as a sheet does (`anju_exchange`); by the ids of fields.
    pub fn fill_by_number(&self, ledger: LedgerIx, typed: &mut BTreeMap<String, String>) {
        let definition = self.pack().ledger(ledger);
        for field in &definition.fields {
            let Some((agrees, number)) = field.agrees.zip(typed.get(&field.id)) else { continue };
            let Ok(Value::Text(number)) = kind::parse(self.pack(), &field.kind, number.trim()) else { continue };
            for (told, says) in [(agrees.birth, born_by(&number)), (agrees.sex, sex_by(&number))] {
                let Some((told, says)) = told.zip(says) else { continue };
                let blank = typed.entry(definition.field(told).id.clone()).or_default();
                if blank.trim().is_empty() {
                    *blank = kind::plain(&says);
                }
            }
        }
    }

    /// Says beside a field of a form that the file brought for it is not taken.
    pub fn photo_fault(&self, entry: &mut Entry, field: &str, fault: PhotoFault) {
        let definition = self.pack().ledger(entry.ledger);
        let Some(at) = definition.field_by_id(field) else { return };
        let fault = Problem::new(fault.code(), "", []).at(field, &definition.field(at).title);
        if let Some(shown) = entry.field_mut(at) {
            shown.faults.push(fault);
        }
    }

    /// A new record's form, filled in with what was given and with what is likely: today, and who is asking.
    ///
    /// # Errors
    /// `Denied` to those who do not write the ledger; `Unavailable` when the database does not answer.
    pub async fn prepare_new(&self, ledger: LedgerIx, given: &BTreeMap<String, String>) -> Result<Entry> {
        if !self.writes(ledger) {
            return Err(Error::denied("write", &self.pack().ledger(ledger).id));
        }
        let area = self.likely_area(ledger, given).await?;
        let definition = self.pack().ledger(ledger);
        let mut fields = Vec::new();
        for (at, field) in self.shown_fields(ledger, &area) {
            let mut entry = EntryField::of(at);
            entry.fixed = !self.may_fill(ledger, at, &area);
            if !entry.fixed {
                entry.typed = match given.get(&field.id) {
                    Some(given) => given.clone(),
                    None => self.likely(ledger, at, field).await?,
                };
                self.name_reference(field, &mut entry).await?;
            }
            fields.push(entry);
        }
        fields.retain(|entry| !entry.fixed || definition.field(entry.field).required);
        Ok(Entry {
            ledger,
            id: None,
            name: String::new(),
            version: 0,
            fields,
            faults: Vec::new(),
            refused: None,
            merged: Vec::new(),
            likes: Vec::new(),
            doubts: Vec::new(),
        })
    }

    /// The form of a record as it stands. Opening it is written down, as opening the record is.
    ///
    /// # Errors
    /// `NotFound` for a record that is not theirs to see, `Denied` for one that is not theirs to change.
    pub async fn prepare_edit(&self, ledger: LedgerIx, id: &str) -> Result<Entry> {
        let stored = self.read_file(ledger, id).await?;
        let record = self.own(ledger, stored.record.id).await?;
        self.entry_of(ledger, &record, &stored.name).await
    }

    /// A form that shows a record as the store holds it.
    pub(crate) async fn entry_of(&self, ledger: LedgerIx, record: &Record, name: &str) -> Result<Entry> {
        let mut fields = Vec::new();
        for (at, field) in self.shown_fields(ledger, &record.area) {
            fields.push(self.field_of(ledger, at, field, record).await?);
        }
        Ok(Entry {
            ledger,
            id: Some(record.id),
            name: name.to_owned(),
            version: record.version,
            fields,
            faults: Vec::new(),
            refused: None,
            merged: Vec::new(),
            likes: Vec::new(),
            doubts: Vec::new(),
        })
    }

    pub(crate) async fn field_of(
        &self,
        ledger: LedgerIx,
        at: FieldIx,
        field: &Field,
        record: &Record,
    ) -> Result<EntryField> {
        let value = value_at(record, at);
        let mut entry = EntryField::of(at);
        entry.fixed = !self.may_fill(ledger, at, &record.area);
        entry.said = said_of(self.pack(), field, &value, self.lang());
        if field.sensitive.is_none() {
            entry.typed = typed_of(self.pack(), field, &value);
            self.name_reference(field, &mut entry).await?;
            if entry.refers.is_some() {
                entry.said = Some(entry.typed.clone());
            }
        }
        Ok(entry)
    }

    /// The fields of a ledger that the person sees of records in a place.
    pub(crate) fn shown_fields(&self, ledger: LedgerIx, area: &str) -> Vec<(FieldIx, &Field)> {
        let hidden = self.rights().hidden(ledger, area);
        let fields = self.pack().ledger(ledger).fields.iter().enumerate();
        let fields = fields.filter_map(|(at, field)| Some((FieldIx(u16::try_from(at).ok()?), field)));
        fields.filter(|(at, _)| !hidden.contains(at)).collect()
    }

    /// A reference is shown by the record's name, of which the control holds the words and the form the id.
    pub(crate) async fn name_reference(&self, field: &Field, entry: &mut EntryField) -> Result<()> {
        let (Kind::Ref { to }, Ok(id)) = (&field.kind, Uuid::try_parse(&entry.typed)) else { return Ok(()) };
        if let Some(name) = self.labels(*to, &[id]).await?.remove(&id) {
            entry.typed = name;
            entry.refers = Some(id);
        }
        Ok(())
    }

    /// Where a new record is likely to stand: where its owner is, else where they work.
    async fn likely_area(&self, ledger: LedgerIx, given: &BTreeMap<String, String>) -> Result<String> {
        let definition = self.pack().ledger(ledger);
        if let Some(owner) = definition.of
            && let Some(id) = given.get(&definition.field(owner.field).id)
            && let Ok(record) = self.record(owner.ledger, id).await
        {
            return Ok(record.record.area.to_string());
        }
        let first = self.rights().areas().first().map(ToString::to_string);
        Ok(first.unwrap_or_else(|| self.county_code().to_owned()))
    }

    /// Today for the first day of the record, and the person's own entry for a reference to people with accounts.
    async fn likely(&self, ledger: LedgerIx, at: FieldIx, field: &Field) -> Result<String> {
        let starts = self.pack().ledger(ledger).period.is_some_and(|period| period.start == at);
        if starts && matches!(field.kind, Kind::Date { .. }) {
            return Ok(kind::plain(&Value::Date(self.today())));
        }
        let Kind::Ref { to } = &field.kind else { return Ok(String::new()) };
        let account = self.pack().account_fields().into_iter().find(|(ledger, _)| ledger == to);
        // The owner of a record is whom it is about, not who writes it.
        let owner = self.pack().ledger(ledger).of.is_some_and(|owner| owner.field == at);
        let Some((_, account)) = account.filter(|_| !owner) else { return Ok(String::new()) };
        let mut query = Query::of(self.county_code(), *to, self.today());
        query.equals.push((account, Value::Text(self.who().login.as_str().into())));
        query.limit = Some(2);
        Ok(match self.select(&query).await?.as_slice() {
            [own] => own.id.to_string(),
            _ => String::new(),
        })
    }
}
