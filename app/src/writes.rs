//! Writing as somebody: every write must lie within their rights, before and after it.
//!
//! Who wrote, from where and when is the actor's and the clock's, never the asker's. A record out of reach is answered as one that does not
//! exist, also where a new record would refer to it.

use anju_access::{Action, Reach};
use anju_pack::{Duty, FieldIx, Kind, LedgerIx, Operand, Place, Predicate};
use anju_record::{Lang, Record, Valid, Value, validate_values};
use anju_store::{Batch, CommitError, Query, Receipt, Write};
use uuid::Uuid;

use crate::Actor;
use crate::accounts::grants::names_no_number;
use crate::beside::Beside;
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::refusal::RefusalCode;

/// What somebody wants to write, and why.
#[derive(Debug, Clone, Default)]
pub struct Intent {
    /// The writes, in order: what is referred to before what refers.
    pub changes: Vec<Write>,
    /// Why, if it was told.
    pub reason: Option<String>,
    /// The same key gives the first receipt again and writes nothing.
    pub key: Option<String>,
}

/// What became of an intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It is written.
    Committed(Receipt),
    /// It waits for a second person, under this id.
    Waiting(Uuid),
}

/// Why a write was not made.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It is not theirs to make, or what it is about is not here.
    #[error(transparent)]
    Refused(#[from] Error),
    /// The store's words, with every fault.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl Actor {
    /// The batch of an intent, signed with who they are and where they come from.
    fn batch(&self, intent: Intent) -> Batch {
        let who = self.who();
        Batch {
            county: self.county_code().to_owned(),
            actor: who.login.clone(),
            origin: format!("{} {}", who.origin, who.address),
            reason: intent.reason,
            idempotency_key: intent.key.map(|key| self.own_key(&key)),
            at: self.now(),
            changes: intent.changes,
        }
    }

    /// Whether something of theirs was written under a key.
    pub(crate) async fn was_written(&self, key: Option<&str>) -> Result<bool> {
        let Some(key) = key.map(|key| self.own_key(key)) else { return Ok(false) };
        Ok(self.store().rows_of_key(self.county_code(), &key).await.map_err(unavailable)?.is_some())
    }

    /// Everybody has keys of their own: nobody is given the receipt of another.
    fn own_key(&self, key: &str) -> String {
        format!("{} {key}", self.who().login)
    }

    /// Writes what is theirs to write; every figure has it before this returns.
    ///
    /// # Errors
    /// `Refused` when a write is not theirs; else what the store refuses, with every fault.
    pub async fn write(&self, intent: Intent) -> Result<Written, WriteError> {
        self.may_write(&intent.changes).await?;
        self.write_allowed(intent).await
    }

    /// Writes what was found to be theirs to write.
    pub(crate) async fn write_allowed(&self, intent: Intent) -> Result<Written, WriteError> {
        // Whoever looks through another's eyes has not their hands.
        if self.who().origin == "view" {
            return Err(Error::denied("write", &self.who().login).into());
        }
        if let Some(reason) = &intent.reason {
            names_no_number(reason).map_err(Error::refused)?;
        }
        if self.waits(&intent.changes) {
            return Ok(Written::Waiting(self.propose_writes(intent).await?));
        }
        let batch = self.batch(intent);
        Ok(Written::Committed(self.app().commit(batch).await?))
    }

    /// What would become of each of these intents if it were the next, by itself; nothing is written.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub(crate) async fn rehearse(&self, intents: Vec<Intent>) -> Result<Vec<Result<(), CommitError>>> {
        let batches = intents.into_iter().map(|intent| self.batch(intent)).collect();
        self.store().rehearse(&self.app().pack, batches).await.map_err(unavailable)
    }

    /// Writes what belongs to whoever reads a record, whatever ledgers they write: the caller has looked that it does.
    pub(crate) async fn write_own(&self, intent: Intent) -> Result<Receipt, WriteError> {
        if self.who().origin == "view" || self.who().scopes.is_some() {
            return Err(Error::denied("write", &self.who().login).into());
        }
        Ok(self.app().commit(self.batch(intent)).await?)
    }

    /// Whether every write lies within their rights.
    ///
    /// # Errors
    /// `Denied` for what is not theirs to do, `NotFound` for what is not theirs to know.
    pub async fn may_write(&self, changes: &[Write]) -> Result<()> {
        if self.is_operator() {
            return Ok(());
        }
        let restored = self.restored(changes).await?;
        let mut beside = self.beside(changes).await?;
        restored.iter().for_each(|(valid, _)| beside.make(valid));
        for write in changes {
            match write {
                Write::Insert(valid) => {
                    self.may_make(valid, None, &mut beside).await?;
                    beside.make(valid);
                }
                Write::Update { valid, .. } => {
                    let before = match beside.own.remove(&(valid.ledger(), valid.id())) {
                        Some(before) => before,
                        None => self.own(valid.ledger(), valid.id()).await?,
                    };
                    self.may_make(valid, Some(&before), &mut beside).await?;
                }
                Write::Delete { ledger, id, .. } => {
                    let before = match beside.own.remove(&(*ledger, *id)) {
                        Some(before) => before,
                        None => self.own(*ledger, *id).await?,
                    };
                    self.may_unlink(*ledger, &before)?;
                }
                Write::Restore { ledger, id, .. } => {
                    let Some((valid, before)) = restored.iter().find(|(valid, _)| valid.id() == *id) else { continue };
                    self.may_make(valid, Some(before), &mut beside).await?;
                    // What it gave away it gives again.
                    self.may_unlink(*ledger, before)?;
                    if self.is_for_themselves(valid, None).await? {
                        return Err(Error::denied("grant", &self.pack().ledger(*ledger).id));
                    }
                }
            }
        }
        Ok(())
    }

    /// Records that are to be made live again.
    async fn restored(&self, changes: &[Write]) -> Result<Vec<(Valid, Record)>> {
        let mut restored = Vec::new();
        for write in changes {
            if let Write::Restore { ledger, id, .. } = write {
                let record = self.own_deleted(*ledger, *id).await?;
                restored.push((self.as_new(&record, *ledger)?, record));
            }
        }
        Ok(restored)
    }

    /// A deleted record as it stood, if they may write it.
    pub(crate) async fn own_deleted(&self, ledger: LedgerIx, id: Uuid) -> Result<Record> {
        let missing = || Error::NotFound { what: "record", value: id.to_string() };
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.deleted = true;
        query.ids = Some(vec![id]);
        for action in [Action::Read, Action::Write] {
            let query = self.reached(query.clone(), action);
            let nowhere = query.reach.as_ref().is_some_and(Reach::is_empty);
            if nowhere || self.store().count(self.pack(), &query).await.map_err(unavailable)? == 0 {
                return Err(match action {
                    Action::Read => missing(),
                    _ => Error::denied("write", &self.pack().ledger(ledger).id),
                });
            }
        }
        self.store().select(self.pack(), &query).await.map_err(unavailable)?.pop().ok_or_else(missing)
    }

    /// A record that is to be made live again must be one that could be written today.
    pub(crate) fn as_new(&self, record: &Record, ledger: LedgerIx) -> Result<Valid> {
        validate_values(self.pack(), ledger, record.id, record.values.clone(), self.today()).map_err(|mut faults| {
            // Values that nobody typed are not told: they may be protected.
            faults.iter_mut().for_each(|fault| "****".clone_into(&mut fault.value));
            let words: Vec<String> = faults.iter().map(|fault| fault.message(Lang::Zh)).collect();
            Error::refused(RefusalCode::Unkept.with(&[&words.join("；")]))
        })
    }

    /// A record as it stands, if they may write it.
    pub(crate) async fn own(&self, ledger: LedgerIx, id: Uuid) -> Result<Record> {
        let reach = self.rights().reach(Action::Write, ledger);
        if reach.is_empty() {
            return Err(Error::denied("write", &self.pack().ledger(ledger).id));
        }
        if !self.is_within(Action::Read, ledger, id).await? {
            return Err(Error::NotFound { what: "record", value: id.to_string() });
        }
        if !self.is_within(Action::Write, ledger, id).await? {
            return Err(Error::denied("write", &self.pack().ledger(ledger).id));
        }
        let found = self.store().get(self.pack(), self.county_code(), ledger, id).await.map_err(unavailable)?;
        found.ok_or_else(|| Error::NotFound { what: "record", value: id.to_string() })
    }

    pub(crate) async fn is_within(&self, action: Action, ledger: LedgerIx, id: Uuid) -> Result<bool> {
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.ids = Some(vec![id]);
        let query = self.reached(query, action);
        if query.reach.as_ref().is_some_and(Reach::is_empty) {
            return Ok(false);
        }
        Ok(self.store().count(self.pack(), &query).await.map_err(unavailable)? > 0)
    }

    /// Whether a record may stand so: in a place of theirs, referring to nothing they do not see, changing nothing that is kept from them.
    async fn may_make(&self, valid: &Valid, before: Option<&Record>, beside: &mut Beside<'_>) -> Result<()> {
        let (ledger, id) = (valid.ledger(), valid.id());
        let definition = self.pack().ledger(ledger);
        let reach = self.rights().reach(Action::Write, ledger);
        if reach.is_empty() {
            return Err(Error::denied("write", &definition.id));
        }
        let changed = |at: usize| before.is_none_or(|before| before.values.get(at) != valid.values().get(at));
        let area = self.area_of(valid, beside).await?;
        let held = match reach.holds_area(&area) {
            true => true,
            false => self.is_owned(reach, valid, beside).await?,
        };
        if !held {
            return Err(Error::denied("write", &definition.id));
        }
        let (hidden, accounts) = (self.rights().hidden(ledger, &area), self.pack().account_fields());
        for (at, (field, value)) in definition.fields.iter().zip(valid.values()).enumerate() {
            let ix = FieldIx(u16::try_from(at).unwrap_or(u16::MAX));
            if !changed(at) || before.is_none() && *value == Value::Null {
                continue;
            }
            if hidden.contains(&ix) {
                return Err(Error::denied("write", &format!("{}.{}", definition.id, field.id)));
            }
            if accounts.contains(&(ledger, ix)) && !self.rights().may_in(Duty::Grants, &area) {
                return Err(Error::denied("grant", &format!("{}.{}", definition.id, field.id)));
            }
            if let (Kind::Ref { to }, Value::Id(other)) = (&field.kind, value)
                && beside.made(*to, *other).is_none()
                && *other != id
                && !self.reads_beside(beside, *to, *other).await?
            {
                return Err(Error::NotFound { what: "record", value: other.to_string() });
            }
        }
        if self.is_for_themselves(valid, before).await? {
            return Err(Error::denied("grant", &definition.id));
        }
        self.may_exempt(valid, &area)
    }

    /// Taking away a record that is linked to an account takes away rights.
    fn may_unlink(&self, ledger: LedgerIx, before: &Record) -> Result<()> {
        for (of, field) in self.pack().account_fields() {
            let linked = before.values.get(usize::from(field.0)).is_some_and(|value| *value != Value::Null);
            if of == ledger && linked && !self.rights().may_in(Duty::Grants, &before.area) {
                return Err(Error::denied("grant", &self.pack().ledger(ledger).id));
            }
        }
        Ok(())
    }

    /// A record by which rows become those of whoever writes it: nobody gives rights to themselves.
    async fn is_for_themselves(&self, valid: &Valid, before: Option<&Record>) -> Result<bool> {
        let relations = self.pack().roles.iter().flat_map(|role| &role.only);
        for relation in relations.filter(|relation| relation.ledger == valid.ledger()) {
            for place in actor_places(&relation.predicate) {
                if self.login_at(valid.values(), place).await?.as_deref() != Some(self.who().login.as_str()) {
                    continue;
                }
                let first = place.path.first().map_or(place.field, |step| step.field);
                let owner = self.pack().ledger(valid.ledger()).of.map(|owner| owner.field);
                let changed = |field: FieldIx| {
                    let at = usize::from(field.0);
                    before.is_none_or(|before| before.values.get(at) != valid.values().get(at))
                };
                if changed(first) || owner.is_some_and(changed) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The text at the end of a path of references, from a record not yet written.
    async fn login_at(&self, values: &[Value], place: &Place) -> Result<Option<String>> {
        let mut values = std::borrow::Cow::Borrowed(values);
        for step in &place.path {
            let Some(Value::Id(id)) = values.get(usize::from(step.field.0)) else { return Ok(None) };
            let found = self.store().get(self.pack(), self.county_code(), step.to, *id).await.map_err(unavailable)?;
            let Some(record) = found else { return Ok(None) };
            values = record.values.into();
        }
        Ok(match values.get(usize::from(place.field.0)) {
            Some(Value::Text(login)) => Some(login.to_string()),
            _ => None,
        })
    }

    /// An exemption is of a requirement that they may exempt.
    fn may_exempt(&self, valid: &Valid, area: &str) -> Result<()> {
        let definition = self.pack().ledger(valid.ledger());
        if definition.id != "exemption" {
            return Ok(());
        }
        let requirement =
            definition.field_by_id("requirement").and_then(|field| valid.values().get(usize::from(field.0)));
        let Some(Value::Text(id)) = requirement else { return Ok(()) };
        match self.pack().requirement_by_id(id) {
            Some(ix) if !self.rights().may_exempt(ix, area) => Err(Error::denied("exempt", id)),
            _ => Ok(()),
        }
    }

    /// Where a record will stand: its own place, else its owner's, else the county.
    pub(crate) async fn area_of(&self, valid: &Valid, beside: &mut Beside<'_>) -> Result<String> {
        let definition = self.pack().ledger(valid.ledger());
        if let Some(Value::Text(code)) = definition.area.and_then(|field| valid.values().get(usize::from(field.0))) {
            return Ok(code.to_string());
        }
        let Some((owner, id)) = self.owner_of(valid) else { return Ok(self.county_code().to_owned()) };
        if let Some(made_now) = beside.made(owner, id) {
            return Box::pin(self.area_of(made_now, beside)).await;
        }
        let area = match beside.areas.get(&(owner, id)) {
            Some(known) => known.clone(),
            None => {
                let found = self.store().get(self.pack(), self.county_code(), owner, id).await.map_err(unavailable)?;
                let area = found.map(|record| record.area);
                beside.areas.insert((owner, id), area.clone());
                area
            }
        };
        Ok(area.map_or_else(|| self.county_code().to_owned(), String::from))
    }

    /// Whether they read a record that another refers to.
    async fn reads_beside(&self, beside: &mut Beside<'_>, ledger: LedgerIx, id: Uuid) -> Result<bool> {
        if let Some(known) = beside.read.get(&(ledger, id)) {
            return Ok(*known);
        }
        let reads = self.is_within(Action::Read, ledger, id).await?;
        beside.read.insert((ledger, id), reads);
        Ok(reads)
    }

    fn owner_of(&self, valid: &Valid) -> Option<(LedgerIx, Uuid)> {
        let owner = self.pack().ledger(valid.ledger()).of?;
        match valid.values().get(usize::from(owner.field.0)) {
            Some(Value::Id(id)) => Some((owner.ledger, *id)),
            _ => None,
        }
    }

    /// Whether a record belongs to an owner of theirs: itself, or what it belongs to.
    async fn is_owned(&self, reach: &Reach, valid: &Valid, beside: &Beside<'_>) -> Result<bool> {
        for owned in &reach.owned {
            let Some(rest) = owned.chain.len().checked_sub(1) else {
                if owned.holds(valid.id()) {
                    return Ok(true);
                }
                continue;
            };
            let Some((owner, id)) = self.owner_of(valid) else { continue };
            let above = Reach {
                areas: Vec::new(),
                owned: vec![anju_access::OwnedBy {
                    chain: owned.chain[owned.chain.len() - rest..].to_vec(),
                    owners: owned.owners.clone(),
                }],
            };
            if let Some(made_now) = beside.made(owner, id) {
                if Box::pin(self.is_owned(&above, made_now, beside)).await? {
                    return Ok(true);
                }
                continue;
            }
            let mut query = Query::of(self.county_code(), owner, self.today());
            query.ids = Some(vec![id]);
            query.reach = Some(above);
            if self.store().count(self.pack(), &query).await.map_err(unavailable)? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Places that a relation compares with the actor.
fn actor_places(predicate: &Predicate) -> Vec<&Place> {
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().flat_map(actor_places).collect(),
        Predicate::Not(part) => actor_places(part),
        Predicate::Compare(Operand::Field(place), _, Operand::Actor)
        | Predicate::Compare(Operand::Actor, _, Operand::Field(place)) => vec![place],
        _ => Vec::new(),
    }
}
