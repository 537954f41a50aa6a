//! Changing some fields of several records in one commit, and seeing beforehand what would change.
//!
//! Whoever changes a record knows only what they may see of it; what is masked or hidden is filled in here and never handed out. What refers
//! to a record of theirs may follow it: refer to another record of theirs instead, or have its period closed. That asks for the right to write
//! the records that it follows, not for the right to write the ledger: who merges two files need not keep the books of every office.

use std::collections::HashMap;

use anju_access::Action;
use anju_pack::{FieldIx, Kind, LedgerIx};
use anju_record::{Code, Fault, Lang, Record, Valid, Value, kind, validate_values};
use anju_store::{CommitError, Query, Write};
use uuid::Uuid;

use crate::beside::Beside;
use crate::error::{Error, Result};
use crate::history::FieldChange;
use crate::records::unavailable;
use crate::steps::{Set, Step, Steps};
use crate::writes::{Intent, WriteError, Written};
use crate::{Actor, Stored};

/// A record that refers to one of theirs.
#[derive(Debug, Clone)]
pub struct Attached {
    /// Its ledger.
    pub ledger: LedgerIx,
    /// The field that refers.
    pub field: FieldIx,
    /// As they may see it.
    pub record: Record,
    /// The end of its period, where that is empty.
    pub open: Option<FieldIx>,
    /// They may see it at all.
    pub readable: bool,
}

/// What would become of one record.
#[derive(Debug, Clone)]
pub struct Foreseen {
    /// Its ledger.
    pub ledger: LedgerIx,
    /// The record, if they may open it.
    pub id: Option<Uuid>,
    /// What it is called; empty for one that they may not see or that is new.
    pub name: String,
    /// What the record that it belongs to is called, as far as they may see it; empty for a new one.
    pub owner: String,
    /// It comes into being.
    pub made: bool,
    /// It goes.
    pub removed: bool,
    /// It was deleted and comes back.
    pub restored: bool,
    /// Its fields.
    pub changes: Vec<FieldChange>,
}

impl Actor {
    /// What refers to a record that is theirs to write, in the order of the pack, the oldest first.
    ///
    /// # Errors
    /// `Denied` when it is not theirs to write.
    pub async fn attached(&self, ledger: LedgerIx, id: Uuid) -> Result<Vec<Attached>> {
        if !self.may_change(ledger, id).await? {
            return Err(Error::denied("write", &self.pack().ledger(ledger).id));
        }
        let mut all = Vec::new();
        for other in self.pack().ledger_ixs() {
            let definition = self.pack().ledger(other);
            let end = definition.period.and_then(|period| period.end);
            let fields = (0_u16..).zip(&definition.fields).filter(|(_, field)| field.kind == Kind::Ref { to: ledger });
            for field in fields.map(|(at, _)| FieldIx(at)) {
                let mut query = Query::of(self.county_code(), other, self.today());
                query.equals.push((field, Value::Id(id)));
                for record in self.store().select(self.pack(), &query).await.map_err(unavailable)? {
                    let readable = self.is_operator() || self.is_within(Action::Read, other, record.id).await?;
                    let open = end.filter(|end| record.values.get(usize::from(end.0)) == Some(&Value::Null));
                    let record = self.veiled(other, record);
                    all.push(Attached { ledger: other, field, record, open, readable });
                }
            }
        }
        Ok(all)
    }

    /// What steps would do, record by record, in words as they may read them.
    ///
    /// # Errors
    /// As [`Actor::carry_out`].
    pub async fn foreseen(&self, steps: &Steps, lang: Lang) -> Result<Vec<Foreseen>, WriteError> {
        self.foreseen_writes(self.written_out(steps).await?, lang).await
    }

    /// What some writes would do, in their order.
    pub(crate) async fn foreseen_writes(&self, writes: Vec<Write>, lang: Lang) -> Result<Vec<Foreseen>, WriteError> {
        let mut all = Vec::new();
        let made = self.names_of_made(&writes);
        for write in writes {
            let (ledger, id) = (write.ledger(), write.id());
            let (is_made, removed) = (matches!(write, Write::Insert(_)), matches!(write, Write::Delete { .. }));
            let readable = is_made || self.is_operator() || self.is_within(Action::Read, ledger, id).await?;
            let restored = matches!(write, Write::Restore { .. });
            let name = match (restored, readable && !is_made) {
                (true, _) => self.name_of_deleted(ledger, id).await,
                (false, true) => self.labels(ledger, &[id]).await?.remove(&id).unwrap_or_default(),
                (false, false) => String::new(),
            };
            let owner =
                if readable && !is_made && !restored { self.owner_called(ledger, id).await? } else { String::new() };
            let changes = match (&write, readable) {
                (Write::Insert(valid), _) => {
                    let width = valid.values().len();
                    let none = Record { id, version: 0, area: "".into(), values: vec![Value::Null; width] };
                    self.changes_in_words(ledger, &none, valid, &made, lang).await?
                }
                (Write::Update { valid, .. }, true) => {
                    let before = self.stands(ledger, id).await?;
                    self.changes_in_words(ledger, &before, valid, &made, lang).await?
                }
                _ => Vec::new(),
            };
            all.push(Foreseen {
                ledger,
                id: (readable && !is_made).then_some(id),
                name,
                owner,
                made: is_made,
                removed,
                restored,
                changes,
            });
        }
        Ok(all)
    }

    /// What the record that one belongs to is called; empty where it belongs to none, or that is kept from them.
    async fn owner_called(&self, ledger: LedgerIx, id: Uuid) -> Result<String> {
        let Some(owner) = self.pack().ledger(ledger).of else { return Ok(String::new()) };
        let stands = self.stands(ledger, id).await?;
        let hidden = self.is_hidden(ledger, owner.field, &stands.area);
        match stands.values.get(usize::from(owner.field.0)).filter(|_| !hidden) {
            Some(Value::Id(of)) => Ok(self.labels(owner.ledger, &[*of]).await?.remove(of).unwrap_or_default()),
            _ => Ok(String::new()),
        }
    }

    /// What a deleted record was called by its own fields, if they may have it back.
    async fn name_of_deleted(&self, ledger: LedgerIx, id: Uuid) -> String {
        let Ok(record) = self.own_deleted(ledger, id).await else { return String::new() };
        kind::own_name_in(self.pack(), ledger, self.lang(), |field| record.values.get(usize::from(field.0)))
    }

    /// What records are called that some writes would make: nobody can be asked about them yet.
    fn names_of_made(&self, writes: &[Write]) -> HashMap<Uuid, String> {
        let named = |write: &Write| {
            let Write::Insert(valid) = write else { return None };
            let value = |field: FieldIx| valid.values().get(usize::from(field.0));
            let name = kind::own_name_in(self.pack(), valid.ledger(), self.lang(), value);
            (!name.is_empty()).then(|| (valid.id(), name))
        };
        writes.iter().filter_map(named).collect()
    }

    /// References by name, protected values masked.
    async fn changes_in_words(
        &self,
        ledger: LedgerIx,
        before: &Record,
        valid: &Valid,
        made: &HashMap<Uuid, String>,
        lang: Lang,
    ) -> Result<Vec<FieldChange>> {
        let mut after = before.clone();
        after.values = valid.values().to_vec();
        let area = self.area_of(valid, &mut Beside::default()).await?;
        after.area = area.into();
        let mut changes = self.field_changes(ledger, before, &after, lang);
        for change in &mut changes {
            for side in [&mut change.before, &mut change.after] {
                let Some(id) = side.as_deref().and_then(|text| text.parse::<Uuid>().ok()) else { continue };
                let fields = &self.pack().ledger(ledger).fields;
                let to = fields.iter().find(|field| field.title == change.title).and_then(|field| match field.kind {
                    Kind::Ref { to } => Some(to),
                    _ => None,
                });
                if let Some(to) = to {
                    let known = self.labels(to, &[id]).await?.remove(&id);
                    *side = Some(known.or_else(|| made.get(&id).cloned()).unwrap_or_else(|| "…".to_owned()));
                }
            }
        }
        Ok(changes)
    }

    /// Does all steps in one commit.
    ///
    /// # Errors
    /// What is not theirs to do, what a field cannot hold, and what the store refuses: with every fault.
    pub async fn carry_out(
        &self,
        steps: &Steps,
        reason: Option<String>,
        key: Option<String>,
    ) -> Result<Written, WriteError> {
        let changes = self.theirs_to_do(steps).await?;
        self.write_allowed(Intent { changes, reason, key }).await
    }

    /// In what the records of some steps would not agree with those that they name: the store's own words, before anything is written. Of what is
    /// not theirs to do nothing is told.
    ///
    /// # Errors
    /// What a field cannot hold; `Unavailable` when the database does not answer.
    pub async fn disagreements(&self, steps: &Steps) -> Result<Vec<Fault>, WriteError> {
        let changes = match self.theirs_to_do(steps).await {
            Err(WriteError::Refused(Error::Denied { .. } | Error::NotFound { .. })) => return Ok(Vec::new()),
            changes => changes?,
        };
        let intent = Intent { changes, ..Intent::default() };
        let Some(Err(CommitError::Invalid { mut faults, .. })) = self.rehearse(vec![intent]).await?.pop() else {
            return Ok(Vec::new());
        };
        faults.retain(|fault| matches!(fault.code, Code::Disagrees | Code::StillAgreed));
        Ok(faults)
    }

    /// The writes of steps, each of which is theirs to do.
    pub(crate) async fn theirs_to_do(&self, steps: &Steps) -> Result<Vec<Write>, WriteError> {
        let changes = self.written_out(steps).await?;
        let (mut own, mut made) = (Vec::new(), Vec::new());
        for (step, write) in steps.in_order().into_iter().zip(&changes) {
            match step {
                Step::Amend { because, .. } | Step::Remove { because, .. } if !because.is_empty() => {
                    self.may_follow(step, because, &made).await?;
                }
                _ => own.push(write.clone()),
            }
            if let Write::Insert(valid) = write {
                made.push((valid.ledger(), valid.id()));
            }
        }
        self.may_write(&own).await?;
        Ok(changes)
    }

    /// A record follows others of theirs: it refers to a record of theirs instead, or its period ends, and nothing else of it changes.
    async fn may_follow(&self, step: &Step, because: &[(LedgerIx, Uuid)], made: &[(LedgerIx, Uuid)]) -> Result<()> {
        for (ledger, id) in because {
            if !made.contains(&(*ledger, *id)) && !self.may_change(*ledger, *id).await? {
                return Err(Error::denied("write", &self.pack().ledger(*ledger).id));
            }
        }
        let Step::Amend { ledger, set, .. } = step else { return Ok(()) };
        let definition = self.pack().ledger(*ledger);
        for (field, value) in set {
            if definition.period.and_then(|period| period.end) == Some(*field) {
                continue;
            }
            let (Kind::Ref { to }, Set::To(Value::Id(other))) = (&definition.field(*field).kind, value) else {
                let reason = matches!(definition.field(*field).kind, Kind::Code { .. });
                // Why the period ended, which is a code, goes with its end.
                if reason && set.iter().any(|(field, _)| definition.period.and_then(|it| it.end) == Some(*field)) {
                    continue;
                }
                return Err(Error::denied("write", &definition.id));
            };
            if !made.contains(&(*to, *other)) && !self.may_change(*to, *other).await? {
                return Err(Error::denied("write", &self.pack().ledger(*to).id));
            }
        }
        Ok(())
    }

    /// The writes of steps, with every field that does not change as it stands.
    pub(crate) async fn written_out(&self, steps: &Steps) -> Result<Vec<Write>, WriteError> {
        let mut writes = Vec::new();
        for step in steps.in_order() {
            writes.push(match step {
                Step::Make(valid) => Write::Insert(valid.clone()),
                Step::Remove { ledger, id, version, .. } => {
                    Write::Delete { ledger: *ledger, id: *id, expected_version: *version }
                }
                Step::Amend { ledger, id, version, set, .. } => {
                    let mut values = self.stands(*ledger, *id).await?.values;
                    for (field, set) in set {
                        let value = match set {
                            Set::To(value) => value.clone(),
                            Set::Of(other) => {
                                let other = self.stands(*ledger, *other).await?;
                                other.values.get(usize::from(field.0)).cloned().unwrap_or_default()
                            }
                        };
                        if let Some(place) = values.get_mut(usize::from(field.0)) {
                            *place = value;
                        }
                    }
                    let valid = validate_values(self.pack(), *ledger, *id, values, self.today())
                        .map_err(|faults| CommitError::Invalid { write: writes.len(), faults })?;
                    Write::Update { valid, expected_version: *version }
                }
            });
        }
        Ok(writes)
    }

    /// A record as it stands, nothing masked; never handed out.
    pub(crate) async fn stands(&self, ledger: LedgerIx, id: Uuid) -> Result<Record> {
        let found = self.store().get(self.pack(), self.county_code(), ledger, id).await.map_err(unavailable)?;
        found.ok_or_else(|| Error::NotFound { what: "record", value: id.to_string() })
    }

    /// A record that they see, by its id; `None` where there is none for them.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn seen_record(&self, ledger: LedgerIx, id: Uuid) -> Result<Option<Stored>> {
        match self.record(ledger, &id.to_string()).await {
            Ok(stored) => Ok(Some(stored)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
