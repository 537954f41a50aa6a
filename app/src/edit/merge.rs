//! From what was typed to a write: what was not touched stays as the store holds it, what two people changed is given back to choose.

use std::collections::BTreeMap;

use anju_access::Action;
use anju_pack::{Field, FieldIx, Kind, LedgerIx, Text};
use anju_record::{Code, Draft, Fault, Lang, Problem, Raw, Record, Valid, Value, kind, validate};
use anju_store::{CommitError, Write};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::apart::{Asked, Unsure};
use super::choices::{RefChoice, Resolved, in_words};
use super::{EditError, Entry, EntryField, FieldConflict, Filling, Put, Side, said_of, typed_of, value_at};
use crate::Actor;
use crate::error::{Error, Result};
use crate::records::{mask, unavailable};
use crate::writes::{Intent, WriteError, Written};

/// How often a form is merged anew when others keep writing the record.
const TRIES: usize = 4;

/// What somebody did with a field.
#[derive(Debug, Clone)]
enum Touch {
    /// Nothing.
    Left,
    /// Gave a value.
    Gave(Value),
    /// Typed what is no value of the field.
    Wrong(Problem),
    /// Typed what several records may be.
    Unclear(Vec<RefChoice>),
}

/// What each field of a form comes to.
type Touches = Vec<(FieldIx, Touch)>;

impl Actor {
    /// Writes a form. `record` is the one that it changes, with the version that it showed; none for a new record.
    ///
    /// # Errors
    /// The form with its faults, or with both values of what two people changed; nothing typed is lost.
    pub async fn put(
        &self,
        ledger: LedgerIx,
        record: Option<(Uuid, i64)>,
        filling: &Filling,
    ) -> Result<Put, EditError> {
        match record {
            None => self.put_new(ledger, filling).await,
            Some((id, version)) => self.put_changed(ledger, id, version, filling).await,
        }
    }

    /// The form as it was filled in, not written: where what came with it cannot be taken.
    ///
    /// # Errors
    /// As [`Actor::put`] where the record is not theirs.
    pub async fn not_put(&self, ledger: LedgerIx, record: Option<(Uuid, i64)>, filling: &Filling) -> Result<EditError> {
        let blank = Record { id: Uuid::nil(), version: 0, area: "".into(), values: Vec::new() };
        let (entry, base) = match record {
            None => (self.prepare_new(ledger, &filling.typed).await?, blank),
            Some((id, version)) => {
                let stored = self.own(ledger, id).await?;
                let base = self.as_of(ledger, id, version).await?.unwrap_or(stored);
                let name = self.labels(ledger, &[id]).await?.remove(&id).unwrap_or_default();
                (self.entry_of(ledger, &base, &name).await?, base)
            }
        };
        let touches = self.touches(ledger, &entry, &base, filling).await?;
        self.faulty(entry, &touches, filling, Vec::new()).await
    }

    async fn put_new(&self, ledger: LedgerIx, filling: &Filling) -> Result<Put, EditError> {
        let entry = self.prepare_new(ledger, &filling.typed).await?;
        let blank = Record { id: Uuid::nil(), version: 0, area: "".into(), values: Vec::new() };
        let touches = self.touches(ledger, &entry, &blank, filling).await?;
        let mut draft = Draft::new(ledger);
        draft.fields = self.raws(ledger, &touches, filling);
        let (valid, faults) = self.judged(ledger, draft, &touches, filling).await?;
        let Some(valid) = valid else { return Err(self.faulty(entry, &touches, filling, faults).await?) };
        let (id, key) = (valid.id(), key_of(filling));
        let write = Write::Insert(valid.clone());
        let apart = match self.unsure(&write, None, key.as_deref(), filling).await? {
            Asked::Settled(likes) => likes,
            Asked::Unsure(Unsure { likes, doubts, repeats }) => {
                return Err(self.faulty(Entry { likes, doubts, ..entry }, &touches, filling, repeats).await?);
            }
        };
        let intent = Intent { key, ..intent(vec![write], filling) };
        match self.write_remembering(intent, &apart, filling).await {
            Ok(written) => {
                // The second sending of one form is answered with the record of the first.
                let first = match &written {
                    Written::Committed(receipt) => receipt.changes.first().map(|change| change.id),
                    Written::Waiting(_) => None,
                };
                Ok(Put { id: first.unwrap_or(id), written: Some(written), merged: Vec::new() })
            }
            Err(WriteError::Commit(CommitError::Invalid { mut faults, .. })) => {
                let likes = self.repeated(&valid, &mut faults).await?;
                Err(self.faulty(Entry { likes, ..entry }, &touches, filling, faults).await?)
            }
            Err(error) => Err(self.not_so(entry, &touches, filling, error).await?),
        }
    }

    async fn put_changed(&self, ledger: LedgerIx, id: Uuid, version: i64, filling: &Filling) -> Result<Put, EditError> {
        for _ in 0..TRIES {
            let stored = self.own(ledger, id).await?;
            let base =
                if stored.version == version { Some(stored.clone()) } else { self.as_of(ledger, id, version).await? };
            let name = self.labels(ledger, &[id]).await?.remove(&id).unwrap_or_default();
            // What was shown stood in the form: only what differs from it was typed.
            let mut entry = self.entry_of(ledger, base.as_ref().unwrap_or(&stored), &name).await?;
            let touches = self.touches(ledger, &entry, base.as_ref().unwrap_or(&stored), filling).await?;
            let (kept, disputed, merged) = self.merged(ledger, &touches, base.as_ref(), &stored, filling);
            let mut draft = Draft::edit(self.pack(), ledger, &stored);
            draft.fields.extend(self.raws(ledger, &kept, filling));
            let (valid, faults) = self.judged(ledger, draft, &kept, filling).await?;
            let Some(valid) = valid.filter(|_| faults.is_empty()) else {
                entry.version = version;
                return Err(self.faulty(entry, &touches, filling, self.discreet(ledger, faults, &kept)).await?);
            };
            if !disputed.is_empty() {
                let shown = self.disputed(ledger, &stored, &name, (&kept, &disputed, version), filling).await?;
                return Err(EditError::Conflict(Box::new(Entry { merged, ..shown })));
            }
            if valid.values() == stored.values {
                return Ok(Put { id, written: None, merged });
            }
            let write = Write::Update { valid: valid.clone(), expected_version: stored.version };
            let apart = match self.unsure(&write, Some(&stored), None, filling).await? {
                Asked::Settled(likes) => likes,
                Asked::Unsure(Unsure { likes, doubts, repeats }) => {
                    let entry = Entry { version, likes, doubts, ..entry };
                    return Err(self.faulty(entry, &touches, filling, self.discreet(ledger, repeats, &kept)).await?);
                }
            };
            match self.write_remembering(intent(vec![write], filling), &apart, filling).await {
                Ok(written) => return Ok(Put { id, written: Some(written), merged }),
                // Another was quicker: merge with what they wrote, or find it gone.
                Err(WriteError::Commit(CommitError::Stale { .. } | CommitError::NotFound { .. })) => {}
                Err(WriteError::Commit(CommitError::Invalid { mut faults, .. })) => {
                    let entry = Entry { likes: self.repeated(&valid, &mut faults).await?, ..entry };
                    return Err(self.faulty(entry, &touches, filling, self.discreet(ledger, faults, &kept)).await?);
                }
                Err(error) => return Err(self.not_so(entry, &touches, filling, error).await?),
            }
        }
        Err(unavailable("the record is being changed by others without pause").into())
    }

    /// A record as a version of it stood, from the journal.
    async fn as_of(&self, ledger: LedgerIx, id: Uuid, version: i64) -> Result<Option<Record>> {
        let name = &self.pack().ledger(ledger).id;
        let rows = self.store().history(self.county_code(), name, id).await.map_err(unavailable)?;
        for row in rows.iter().rev() {
            let change = self.store().change(self.pack(), row).map_err(unavailable)?;
            let after = change.and_then(|change| change.after);
            if let Some(record) = after.filter(|record| record.version == version) {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// What was done with each field of the form.
    async fn touches(&self, ledger: LedgerIx, entry: &Entry, base: &Record, filling: &Filling) -> Result<Touches> {
        let definition = self.pack().ledger(ledger);
        let mut touches = Vec::new();
        for shown in entry.fields.iter().filter(|shown| !shown.fixed) {
            let field = definition.field(shown.field);
            let touch = self.touch(field, shown, &value_at(base, shown.field), filling).await?;
            touches.push((shown.field, touch));
        }
        Ok(touches)
    }

    async fn touch(&self, field: &Field, shown: &EntryField, stood: &Value, filling: &Filling) -> Result<Touch> {
        if filling.cleared.contains(&field.id) {
            return Ok(Touch::Gave(Value::Null));
        }
        let Some(typed) = filling.typed.get(&field.id) else { return Ok(Touch::Left) };
        let typed = typed.replace("\r\n", "\n");
        let trimmed = typed.trim();
        if field.sensitive.is_some() {
            let masked = *stood != Value::Null && trimmed == mask(&field.kind, &kind::plain(stood));
            if trimmed.is_empty() || masked {
                return Ok(Touch::Left);
            }
        } else if typed == typed_of(self.pack(), field, stood) || *stood == Value::Null && trimmed.is_empty() {
            return Ok(if *stood == Value::Null { Touch::Gave(Value::Null) } else { Touch::Left });
        }
        if trimmed.is_empty() {
            return Ok(Touch::Gave(Value::Null));
        }
        match &field.kind {
            Kind::Ref { .. } if shown.refers.is_some() && trimmed == shown.typed => {
                Ok(Touch::Gave(stood_or(shown, stood)))
            }
            Kind::Ref { to } => self.touch_ref(field, *to, trimmed).await,
            Kind::Attachment => self.touch_file(trimmed).await,
            kind => Ok(match kind::parse(self.pack(), kind, trimmed) {
                Ok(value) => Touch::Gave(value),
                Err(problem) => Touch::Wrong(problem),
            }),
        }
    }

    async fn touch_ref(&self, field: &Field, to: LedgerIx, typed: &str) -> Result<Touch> {
        let missing = || {
            let title = &self.pack().ledger(to).title;
            Touch::Wrong(Problem::new(Code::NoSuchRecord, typed, [title.zh.clone(), title.en.clone()]))
        };
        Ok(match self.resolve(to, typed).await? {
            Resolved::One(id) => Touch::Gave(Value::Id(id)),
            Resolved::Several(choices) => Touch::Unclear(choices),
            Resolved::Nothing => {
                tracing::debug!(field = field.id, "a reference leads nowhere");
                missing()
            }
        })
    }

    /// A file is put into a record by whoever brought it: a key that was read elsewhere opens nothing.
    async fn touch_file(&self, key: &str) -> Result<Touch> {
        let wrong = || Touch::Wrong(Problem::new(Code::NotAKey, key, []));
        let Ok(id) = Uuid::try_parse(key) else { return Ok(wrong()) };
        let maker = self.store().blob_maker(self.county_code(), id).await.map_err(unavailable)?;
        Ok(if maker.as_ref() == Some(&self.who().login) {
            Touch::Gave(Value::Text(id.to_string().into()))
        } else {
            wrong()
        })
    }

    /// The touches that stand, the fields that need a choice, and those that another changed alone.
    fn merged(
        &self,
        ledger: LedgerIx,
        touches: &Touches,
        base: Option<&Record>,
        stored: &Record,
        filling: &Filling,
    ) -> (Touches, Vec<FieldIx>, Vec<FieldIx>) {
        let (mut kept, mut disputed, mut merged) = (Vec::new(), Vec::new(), Vec::new());
        for (at, touch) in touches {
            let id = &self.pack().ledger(ledger).field(*at).id;
            let (now, then) = (value_at(stored, *at), base.map(|base| value_at(base, *at)));
            let moved = then.as_ref() != Some(&now);
            let mine = match touch {
                Touch::Left => false,
                Touch::Gave(value) => then.as_ref() != Some(value),
                Touch::Wrong(_) | Touch::Unclear(_) => true,
            };
            let agreed = matches!(touch, Touch::Gave(value) if *value == now);
            match (mine && !agreed, moved) {
                (false, true) if !agreed => merged.push(*at),
                (false, _) => {}
                (true, false) => match (filling.disputed.contains(id), filling.chosen.get(id)) {
                    (true, Some(Side::Theirs)) => {}
                    (true, None) => {
                        disputed.push(*at);
                        kept.push((*at, touch.clone()));
                    }
                    _ => kept.push((*at, touch.clone())),
                },
                (true, true) => {
                    disputed.push(*at);
                    kept.push((*at, touch.clone()));
                }
            }
        }
        (kept, disputed, merged)
    }

    /// What a draft is given for the touched fields.
    fn raws(&self, ledger: LedgerIx, touches: &Touches, filling: &Filling) -> BTreeMap<String, Raw> {
        let raw = |(at, touch): &(FieldIx, Touch)| {
            let id = self.pack().ledger(ledger).field(*at).id.clone();
            let typed = filling.typed.get(&id).cloned().unwrap_or_default();
            match touch {
                Touch::Left => None,
                Touch::Gave(value) => Some((id, Raw::Value(value.clone()))),
                // Where a reference is unclear nothing is said of it but that.
                Touch::Unclear(_) => Some((id, Raw::Value(Value::Null))),
                Touch::Wrong(_) => Some((id, Raw::Text(typed))),
            }
        };
        touches.iter().filter_map(raw).collect()
    }

    /// The draft as a record, and every fault of it: of what was typed, between fields, and of references out of reach.
    async fn judged(
        &self,
        ledger: LedgerIx,
        draft: Draft,
        touches: &Touches,
        filling: &Filling,
    ) -> Result<(Option<Valid>, Vec<Fault>)> {
        let definition = self.pack().ledger(ledger);
        let own = |at: FieldIx| touches.iter().find(|(field, _)| *field == at).map(|(_, touch)| touch);
        let (valid, mut faults) = match validate(self.pack(), ledger, draft, self.today()) {
            Ok(valid) => (Some(valid), Vec::new()),
            Err(faults) => (None, faults),
        };
        // The faults of files and names say more than that they are no keys and ids.
        faults.retain(|fault| {
            let touch = definition.field_by_id(&fault.path).and_then(own);
            !matches!(touch, Some(Touch::Wrong(_) | Touch::Unclear(_)))
        });
        for (at, touch) in touches {
            let field = definition.field(*at);
            let typed = filling.typed.get(&field.id).map(|typed| typed.trim()).unwrap_or_default();
            let missing = |value: &str| {
                let title = match field.kind {
                    Kind::Ref { to } => self.pack().ledger(to).title.clone(),
                    _ => Text::default(),
                };
                Problem::new(Code::NoSuchRecord, value, [title.zh, title.en]).at(field.id.as_str(), &field.title)
            };
            match (touch, &field.kind) {
                (Touch::Wrong(problem), _) => faults.push(problem.clone().at(field.id.as_str(), &field.title)),
                (Touch::Unclear(choices), _) => {
                    let problem = Problem::new(Code::Several, typed, [in_words(choices)]);
                    faults.push(problem.at(field.id.as_str(), &field.title));
                }
                (Touch::Gave(Value::Id(id)), Kind::Ref { to }) if !self.is_within(Action::Read, *to, *id).await? => {
                    faults.push(missing(typed));
                }
                _ => {}
            }
        }
        Ok((valid.filter(|_| faults.is_empty()), faults))
    }

    /// Faults of values that the person did not type say nothing of values that they do not see.
    fn discreet(&self, ledger: LedgerIx, mut faults: Vec<Fault>, touches: &Touches) -> Vec<Fault> {
        let definition = self.pack().ledger(ledger);
        // Of what a record owns too many or too few the record's name is told, which is no field's value.
        let is_value = |fault: &&mut Fault| !matches!(fault.code, Code::NotExactlyOne | Code::NotNone);
        for fault in faults.iter_mut().filter(is_value) {
            let Some(at) = definition.field_by_id(&fault.path) else { continue };
            if !touches.iter().any(|(touched, _)| *touched == at) {
                fault.value = if fault.value.is_empty() { String::new() } else { "****".to_owned() };
            }
        }
        faults
    }

    /// The form as it was filled in, with what is wrong.
    async fn faulty(
        &self,
        mut entry: Entry,
        touches: &Touches,
        filling: &Filling,
        faults: Vec<Fault>,
    ) -> Result<EditError> {
        self.as_typed(&mut entry, touches, filling).await?;
        entry.take_faults(self.pack(), faults);
        entry.asks_no_fault(self.pack());
        Ok(EditError::Faulty(Box::new(entry)))
    }

    /// The form as it was filled in, where it may not be written so; what is no fault of the form is handed on.
    async fn not_so(
        &self,
        mut entry: Entry,
        touches: &Touches,
        filling: &Filling,
        error: WriteError,
    ) -> Result<EditError> {
        self.as_typed(&mut entry, touches, filling).await?;
        entry.refused = Some(match error {
            WriteError::Refused(error @ (Error::Denied { .. } | Error::Refused(_))) => error,
            WriteError::Refused(error) => return Ok(error.into()),
            WriteError::Commit(error) => return Ok(unavailable(error).into()),
        });
        Ok(EditError::Faulty(Box::new(entry)))
    }

    async fn as_typed(&self, entry: &mut Entry, touches: &Touches, filling: &Filling) -> Result<()> {
        let definition = self.pack().ledger(entry.ledger);
        for shown in &mut entry.fields {
            let field = definition.field(shown.field);
            if shown.fixed {
                continue;
            }
            shown.cleared = filling.cleared.contains(&field.id);
            if let Some(typed) = filling.typed.get(&field.id) {
                let touch = touches.iter().find(|(at, _)| *at == shown.field).map(|(_, touch)| touch);
                // A mask that came back is not what somebody typed.
                let left = field.sensitive.is_some() && matches!(touch, Some(Touch::Left));
                shown.typed = if left { String::new() } else { typed.clone() };
                shown.refers = None;
                if let Some(Touch::Unclear(choices)) = touch {
                    shown.candidates.clone_from(choices);
                }
                self.name_reference(field, shown).await?;
            }
        }
        Ok(())
    }

    /// The form of the record as it stands now, with what was typed in it, and both values where a choice is needed.
    async fn disputed(
        &self,
        ledger: LedgerIx,
        stored: &Record,
        name: &str,
        (kept, disputed, version): (&Touches, &[FieldIx], i64),
        filling: &Filling,
    ) -> Result<Entry> {
        let mut entry = self.entry_of(ledger, stored, name).await?;
        let definition = self.pack().ledger(ledger);
        let mine = |at: FieldIx| kept.iter().any(|(kept, _)| *kept == at);
        // What was left alone shows what stands now; else it would seem typed.
        let own = Filling {
            typed: (filling.typed.iter())
                .filter(|(id, _)| definition.field_by_id(id).is_some_and(mine))
                .map(|(id, typed)| (id.clone(), typed.clone()))
                .collect(),
            cleared: filling.cleared.clone(),
            ..Filling::default()
        };
        self.as_typed(&mut entry, kept, &own).await?;
        let called = self.people().await?;
        for at in disputed {
            let (login, at_ms) = self.last_change(ledger, stored.id, *at, version).await?;
            let field = definition.field(*at);
            let value = value_at(stored, *at);
            let theirs = match (&field.kind, &value) {
                (Kind::Ref { to }, Value::Id(id)) => self.labels(*to, &[*id]).await?.remove(id),
                _ => said_of(self.pack(), field, &value, Lang::Zh),
            };
            if let Some(shown) = entry.field_mut(*at) {
                shown.conflict = Some(FieldConflict { theirs, who: called(&login), at_ms });
            }
        }
        Ok(entry)
    }

    /// Who changed a field last, and when.
    async fn last_change(&self, ledger: LedgerIx, id: Uuid, at: FieldIx, since: i64) -> Result<(String, i64)> {
        let name = &self.pack().ledger(ledger).id;
        let rows = self.store().history(self.county_code(), name, id).await.map_err(unavailable)?;
        let mut last = (String::new(), 0);
        for row in rows.iter().rev() {
            let Some(change) = self.store().change(self.pack(), row).map_err(unavailable)? else { continue };
            let Some(after) = &change.after else { continue };
            if last.0.is_empty() {
                last = (row.actor.clone(), row.at);
            }
            let differs = change.before.as_ref().is_none_or(|before| value_at(before, at) != value_at(after, at));
            if differs {
                return Ok((row.actor.clone(), row.at));
            }
            if after.version <= since {
                break;
            }
        }
        Ok(last)
    }
}

fn intent(changes: Vec<Write>, filling: &Filling) -> Intent {
    let reason = filling.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    Intent { changes, reason: reason.map(str::to_owned), key: None }
}

/// The same form sent twice is one record; sent again with other words it is another.
fn key_of(filling: &Filling) -> Option<String> {
    let key = filling.key.as_ref()?;
    let mut digest = Sha256::new();
    for (field, typed) in &filling.typed {
        [field, typed].iter().for_each(|part| {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part.as_bytes());
        });
    }
    Some(format!("form {key} {}", hex::encode(digest.finalize())))
}

fn stood_or(shown: &EntryField, stood: &Value) -> Value {
    shown.refers.map_or_else(|| stood.clone(), Value::Id)
}
