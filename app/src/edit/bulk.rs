//! One change of many records, shown before it is made: all of it in one transaction with one reason, or none.

use std::collections::{HashMap, HashSet};

use anju_access::Action;
use anju_pack::{Field, FieldIx, Kind, LabelPart, LedgerIx, Period, Text};
use anju_record::{Code, Draft, Fault, Lang, Problem, Record, Value, kind, validate};
use anju_store::{CommitError, Query, Write};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::choices::{RefChoice, Resolved, in_words};
use super::{Doubted, Entry, EntryField, compared_key, said_of, value_at};
use crate::Actor;
use crate::accounts::grants::reasoned;
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::undo::UndoError;
use crate::writes::{Intent, WriteError, Written};

/// Records changed at once at most.
pub const BULK_MOST: usize = 5_000;
/// Days that a hand-over may lie ahead.
const AHEAD: i32 = 365;

/// What is to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkChange {
    /// A field takes a value.
    Set {
        /// The field.
        field: FieldIx,
        /// As typed; a reference as an id or a name.
        typed: String,
    },
    /// A field is emptied: only ever by asking for just that.
    Clear {
        /// The field.
        field: FieldIx,
    },
    /// Handed over: each record ends the day before, and a new one like it begins with another value.
    HandOver {
        /// The field.
        field: FieldIx,
        /// As typed.
        typed: String,
        /// The first day of the new records, as typed.
        from: String,
    },
}

/// What would become of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkState {
    /// It changes.
    Changes,
    /// It has the value already.
    Same,
    /// It is not theirs to change.
    Denied,
    /// It would break a rule.
    Faulty(Vec<Fault>),
}

/// A record of a plan.
#[derive(Debug, Clone)]
pub struct BulkLine {
    /// The record.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// Code of its place.
    pub area: String,
    /// What stands in the field, in words.
    pub before: Option<Text>,
    /// What would stand there.
    pub after: Option<Text>,
    /// What would become of it.
    pub state: BulkState,
    /// What of the change is probably a slip.
    pub doubts: Vec<Doubted>,
}

/// A change of many records before it is made.
#[derive(Debug, Clone)]
pub struct BulkPlan {
    /// The ledger.
    pub ledger: LedgerIx,
    /// The change.
    pub change: BulkChange,
    /// The first day of the new records of a hand-over; the present ones end the day before.
    pub begins: Option<i32>,
    /// Each record, in the order asked.
    pub lines: Vec<BulkLine>,
    /// Records asked for that are not there, or not theirs to see.
    pub missing: usize,
    /// What is wrong with the change itself; then no record changes.
    pub faults: Vec<Fault>,
    /// Records that the value may mean.
    pub candidates: Vec<RefChoice>,
    /// Stands for all of it: what is done is what was shown.
    pub digest: String,
    intents: Vec<Intent>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkDone {
    /// Records changed, each with what it was called.
    pub changed: Vec<(Uuid, String)>,
    /// Written, or waiting for a second person; none where there was nothing to write.
    pub written: Option<Written>,
    /// The same preview was confirmed before: that did it, and nothing more was written.
    pub before: bool,
}

/// Why it was not done. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// What was shown is not what would be done now.
    #[error("the records changed since they were shown")]
    Changed(Box<BulkPlan>),
    /// Some of it is doubtful, and nobody said that it was compared.
    #[error("some of it may be a slip")]
    Doubtful(Box<BulkPlan>),
    /// Not theirs, without a reason, too many, or the database does not answer.
    #[error(transparent)]
    Other(#[from] Error),
}

/// What the change comes to, once its words are read.
enum Meant {
    Set(Value),
    HandOver(Value, i32, Period),
}

impl BulkPlan {
    /// How many records change.
    pub fn changing(&self) -> usize {
        self.changed().count()
    }

    /// What is doubtful about the records that change.
    pub fn doubts(&self) -> Vec<Doubted> {
        self.changed().flat_map(|line| &line.doubts).cloned().collect()
    }

    fn changed(&self) -> impl Iterator<Item = &BulkLine> {
        self.lines.iter().filter(|line| line.state == BulkState::Changes)
    }
}

impl BulkChange {
    /// The field that changes.
    pub const fn field(&self) -> FieldIx {
        match self {
            Self::Set { field, .. } | Self::Clear { field } | Self::HandOver { field, .. } => *field,
        }
    }

    /// What was typed; nothing where the field is emptied.
    pub fn typed(&self) -> &str {
        match self {
            Self::Set { typed, .. } | Self::HandOver { typed, .. } => typed.trim(),
            Self::Clear { .. } => "",
        }
    }
}

impl Actor {
    /// Fields of a ledger that may be changed in many records at once: not what is protected, linked to accounts, or one record's alone.
    pub fn bulk_fields(&self, ledger: LedgerIx) -> Vec<FieldIx> {
        let definition = self.pack().ledger(ledger);
        let hidden = self.rights().hidden_anywhere(ledger);
        let alone = |at: FieldIx| definition.unique.iter().any(|unique| unique.fields == [at]);
        let all = (0_u16..).map(FieldIx).zip(&definition.fields);
        let fits = |(at, field): &(FieldIx, &Field)| {
            field.sensitive.is_none()
                && !hidden.contains(at)
                && !alone(*at)
                && !matches!(field.kind, Kind::Attachment | Kind::IdNumber | Kind::Phone | Kind::Point | Kind::Subject)
                && self.may_fill(ledger, *at, self.county_code())
        };
        all.filter(fits).map(|(at, _)| at).collect()
    }

    /// Whether records of a ledger may be handed over by a field: each ends, and one like it begins that refers to another. Only where
    /// nothing refers to the record, for what refers to it would stay with the one that ended; and never to another owner.
    pub fn may_hand_over(&self, ledger: LedgerIx, field: FieldIx) -> bool {
        let (pack, definition) = (self.pack(), self.pack().ledger(ledger));
        let ends = definition.period.is_some_and(|period| period.end.is_some());
        let refers = matches!(definition.field(field).kind, Kind::Ref { .. });
        let owner = definition.of.is_some_and(|owner| owner.field == field);
        let named = || {
            let mut fields = pack.ledger_ixs().flat_map(|other| &pack.ledger(other).fields);
            fields.any(|field| field.kind == Kind::Ref { to: ledger })
        };
        ends && refers && !owner && !named()
    }

    /// A form of the one field that many records take, as it was filled in, with what is wrong with it.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn bulk_entry(
        &self,
        ledger: LedgerIx,
        field: FieldIx,
        typed: &str,
        wrong: Option<&BulkPlan>,
    ) -> Result<Entry> {
        let definition = self.pack().ledger(ledger).field(field);
        let mut shown = EntryField { typed: typed.to_owned(), ..EntryField::of(field) };
        if let Some(plan) = wrong {
            shown.candidates.clone_from(&plan.candidates);
        }
        if shown.candidates.is_empty() {
            self.name_reference(definition, &mut shown).await?;
        }
        let mut entry = Entry {
            ledger,
            id: None,
            name: String::new(),
            version: 0,
            fields: vec![shown],
            faults: Vec::new(),
            refused: None,
            merged: Vec::new(),
            likes: Vec::new(),
            doubts: Vec::new(),
        };
        let faults = wrong.iter().flat_map(|plan| &plan.faults).filter(|fault| fault.path != "from");
        entry.take_faults(self.pack(), faults.cloned().collect());
        Ok(entry)
    }

    /// What a change of these records would do, each judged as the commit would judge it.
    ///
    /// # Errors
    /// `Denied` to those who do not write the ledger; `Invalid` for more records than are changed at once, for a field that is not, and
    /// for a hand-over of what is not handed over.
    pub async fn bulk_plan(&self, ledger: LedgerIx, ids: &[Uuid], change: &BulkChange) -> Result<BulkPlan> {
        let definition = self.pack().ledger(ledger);
        if !self.writes(ledger) || !self.bulk_fields(ledger).contains(&change.field()) {
            return Err(Error::denied("write", &definition.id));
        }
        if ids.len() > BULK_MOST {
            let mend = format!("at most {BULK_MOST} at once; narrow the list");
            return Err(Error::Invalid { what: "records", value: ids.len().to_string(), mend });
        }
        if matches!(change, BulkChange::HandOver { .. }) && !self.may_hand_over(ledger, change.field()) {
            let value = format!("{}.{}", definition.id, definition.field(change.field()).id);
            let mend = "records that others refer to are not handed over; change the field instead".to_owned();
            return Err(Error::Invalid { what: "hand over", value, mend });
        }
        let mut plan = BulkPlan {
            ledger,
            change: change.clone(),
            begins: None,
            lines: Vec::new(),
            missing: 0,
            faults: Vec::new(),
            candidates: Vec::new(),
            digest: String::new(),
            intents: Vec::new(),
        };
        let Some(meant) = self.meant(change, &mut plan).await? else { return Ok(plan) };
        plan.begins = match &meant {
            Meant::Set(_) => None,
            Meant::HandOver(_, from, _) => Some(*from),
        };
        self.plan_lines(ids, &meant, &mut plan).await?;
        self.try_plan(&mut plan).await?;
        plan.digest = digest_of(&plan);
        Ok(plan)
    }

    /// Makes the change, if it is the one that was shown. What was shown is done once: confirmed again, it is done already. `compared` is
    /// the key of what is doubtful, where somebody said that it was compared.
    ///
    /// # Errors
    /// The plan as it is now, where it is another or is doubtful; `Refused` without a reason.
    pub async fn bulk_do(
        &self,
        ledger: LedgerIx,
        ids: &[Uuid],
        change: &BulkChange,
        shown: &str,
        reason: &str,
        compared: &str,
    ) -> Result<BulkDone, BulkError> {
        let reason = reasoned(reason).map_err(Error::refused)?;
        let key = Some(key_of(shown));
        if self.was_written(key.as_deref()).await? {
            return Ok(BulkDone { changed: Vec::new(), written: None, before: true });
        }
        let plan = self.bulk_plan(ledger, ids, change).await?;
        if plan.digest != shown || !plan.faults.is_empty() {
            return Err(BulkError::Changed(Box::new(plan)));
        }
        let doubts = plan.doubts();
        if !doubts.is_empty() && compared != compared_key(&doubts) {
            return Err(BulkError::Doubtful(Box::new(plan)));
        }
        let changed: Vec<(Uuid, String)> = plan.changed().map(|line| (line.id, line.name.clone())).collect();
        if changed.is_empty() {
            return Ok(BulkDone { changed, written: None, before: false });
        }
        let changes = plan.intents.iter().flat_map(|intent| intent.changes.iter().cloned()).collect();
        match self.write(Intent { changes, reason: Some(reason), key }).await {
            Ok(written) => Ok(BulkDone { changed, written: Some(written), before: false }),
            Err(WriteError::Refused(error)) => Err(error.into()),
            Err(WriteError::Commit(
                CommitError::Stale { .. } | CommitError::NotFound { .. } | CommitError::Invalid { .. },
            )) => Err(BulkError::Changed(Box::new(self.bulk_plan(ledger, ids, change).await?))),
            Err(WriteError::Commit(error)) => Err(unavailable(error).into()),
        }
    }

    /// Takes a change back that they made, by what was shown of it; none where they took it back before.
    ///
    /// # Errors
    /// `NotFound` for what they did not do; `Touched` with every record that was changed since; `Refused` without a reason.
    pub async fn bulk_undo(&self, shown: &str, reason: &str) -> Result<Option<Written>, UndoError> {
        let reason = reasoned(reason).map_err(Error::refused)?;
        let back = Some(format!("undo {}", key_of(shown)));
        if self.was_written(back.as_deref()).await? {
            return Ok(None);
        }
        let key = format!("{} {}", self.who().login, key_of(shown));
        let rows = self.store().rows_of_key(self.county_code(), &key).await.map_err(unavailable)?;
        let rows = rows.ok_or_else(|| Error::NotFound { what: "records", value: shown.to_owned() })?;
        self.undo(&[rows], Some(reason), back).await.map(Some)
    }

    /// The change's value and day; what is wrong with them is put into the plan.
    async fn meant(&self, change: &BulkChange, plan: &mut BulkPlan) -> Result<Option<Meant>> {
        let definition = self.pack().ledger(plan.ledger);
        let field = definition.field(change.field());
        let typed = change.typed();
        let wrong =
            |plan: &mut BulkPlan, problem: Problem| plan.faults.push(problem.at(field.id.as_str(), &field.title));
        let value = match (&field.kind, typed) {
            (_, "") if matches!(change, BulkChange::Clear { .. }) && !field.required => Ok(Value::Null),
            (_, "") => Err(Problem::new(Code::Required, "", [])),
            (Kind::Ref { to }, typed) => match self.resolve(*to, typed).await? {
                Resolved::One(id) => Ok(Value::Id(id)),
                Resolved::Several(choices) => {
                    let problem = Problem::new(Code::Several, typed, [in_words(&choices)]);
                    plan.candidates = choices;
                    Err(problem)
                }
                Resolved::Nothing => {
                    let title = &self.pack().ledger(*to).title;
                    Err(Problem::new(Code::NoSuchRecord, typed, [title.zh.clone(), title.en.clone()]))
                }
            },
            (kind, typed) => kind::parse(self.pack(), kind, typed),
        };
        // What reads as nothing empties nothing.
        let value = match value {
            Ok(Value::Null) if !typed.is_empty() => Err(Problem::new(Code::Required, "", [])),
            value => value,
        };
        let value = value.map_err(|problem| wrong(plan, problem)).ok();
        let BulkChange::HandOver { from, .. } = change else { return Ok(value.map(Meant::Set)) };
        let Some(period) = definition.period.filter(|period| period.end.is_some()) else {
            return Err(Error::denied("write", &definition.id));
        };
        let start = definition.field(period.start);
        let latest = self.today() + AHEAD;
        let day = match anju_record::day::parse(from.trim()) {
            Some(day) if day > latest => {
                Err(Problem::new(Code::TooLate, from.as_str(), [anju_record::day::format(latest)]))
            }
            day => day.ok_or_else(|| Problem::new(Code::NotADate, from.as_str(), [])),
        };
        let day = day.map_err(|problem| plan.faults.push(problem.at("from", &start.title))).ok();
        Ok(day.zip(value).map(|(day, value)| Meant::HandOver(value, day, period)))
    }

    /// A line for each record, with the writes that it would take.
    async fn plan_lines(&self, ids: &[Uuid], meant: &Meant, plan: &mut BulkPlan) -> Result<()> {
        let (ledger, at) = (plan.ledger, plan.change.field());
        let mut seen = HashSet::new();
        let ids: Vec<Uuid> = ids.iter().copied().filter(|id| seen.insert(*id)).collect();
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.ids = Some(ids.clone());
        let of = |action| self.reached(query.clone(), action);
        let read = self.reached_records(of(Action::Read)).await?;
        let written: HashSet<Uuid> =
            self.reached_records(of(Action::Write)).await?.into_iter().map(|record| record.id).collect();
        let mut records: HashMap<Uuid, Record> = read.into_iter().map(|record| (record.id, record)).collect();
        plan.missing = ids.iter().filter(|id| !records.contains_key(id)).count();
        let mut names = self.labels(ledger, &ids).await?;
        let owned = self.owners_of(ledger, records.values()).await?;
        let said = self.words_of(ledger, at, records.values(), meant).await?;
        for id in ids {
            let Some(record) = records.remove(&id) else { continue };
            let line = BulkLine {
                id,
                name: owned.get(&id).into_iter().cloned().chain(names.remove(&id)).collect::<Vec<_>>().join(" · "),
                area: record.area.to_string(),
                before: said.get(&value_at(&record, at)).cloned().flatten(),
                after: said.get(new_value(meant)).cloned().flatten(),
                state: BulkState::Denied,
                doubts: Vec::new(),
            };
            let (state, changes) = if written.contains(&id) {
                self.writes_for(ledger, at, &record, meant)
            } else {
                (BulkState::Denied, Vec::new())
            };
            let doubts = self.doubts_between(&record, &changes, &line.name);
            plan.intents.push(Intent { changes, reason: None, key: None });
            plan.lines.push(BulkLine { state, doubts, ..line });
        }
        Ok(())
    }

    /// What is doubtful about the writes that one record takes, each told once. A record that goes on from it is held against it too: what
    /// both have is not new.
    fn doubts_between(&self, record: &Record, changes: &[Write], name: &str) -> Vec<Doubted> {
        let valid = changes.iter().filter_map(|write| match write {
            Write::Insert(valid) | Write::Update { valid, .. } => Some(valid),
            Write::Delete { .. } | Write::Restore { .. } => None,
        });
        let mut doubts: Vec<Doubted> = Vec::new();
        for doubt in valid.flat_map(|valid| self.doubted(valid, Some(record), name)) {
            if doubts.iter().all(|told| told.fault != doubt.fault) {
                doubts.push(doubt);
            }
        }
        doubts
    }

    /// What the owner of each record is called, where their ledger has one that does not name them already.
    async fn owners_of(
        &self,
        ledger: LedgerIx,
        records: impl Iterator<Item = &Record>,
    ) -> Result<HashMap<Uuid, String>> {
        let definition = self.pack().ledger(ledger);
        let owner = definition.of.filter(|owner| {
            !definition.label.iter().any(|part| matches!(part, LabelPart::Field(field) if *field == owner.field))
        });
        let Some(owner) = owner else { return Ok(HashMap::new()) };
        let owners: Vec<(Uuid, Uuid)> =
            records.filter_map(|record| Some((record.id, id_in(&value_at(record, owner.field))?))).collect();
        let names = self.labels(owner.ledger, &owners.iter().map(|(_, owner)| *owner).collect::<Vec<_>>()).await?;
        Ok(owners.into_iter().filter_map(|(id, owner)| Some((id, names.get(&owner)?.clone()))).collect())
    }

    async fn reached_records(&self, query: Query) -> Result<Vec<Record>> {
        if query.reach.as_ref().is_some_and(anju_access::Reach::is_empty) {
            return Ok(Vec::new());
        }
        self.store().select(self.pack(), &query).await.map_err(unavailable)
    }

    /// Every value of the field among the records, and the new one, in words.
    async fn words_of(
        &self,
        ledger: LedgerIx,
        at: FieldIx,
        records: impl Iterator<Item = &Record>,
        meant: &Meant,
    ) -> Result<HashMap<Value, Option<Text>>> {
        let field = self.pack().ledger(ledger).field(at);
        let mut values: HashSet<Value> = records.map(|record| value_at(record, at)).collect();
        values.insert(new_value(meant).clone());
        let ids: Vec<Uuid> = values.iter().filter_map(id_in).collect();
        let names = match &field.kind {
            Kind::Ref { to } => self.labels(*to, &ids).await?,
            _ => HashMap::new(),
        };
        let name = |name: String| Text { zh: name.clone(), en: name };
        let words = |value: &Value| match (&field.kind, value) {
            (Kind::Ref { .. }, Value::Id(id)) => names.get(id).cloned().map(name),
            (Kind::Area { .. }, Value::Text(code)) => {
                Some(name(self.areas().path_name(code, anju_pack::AreaLevel::Town)))
            }
            _ => {
                let said = |lang| said_of(self.pack(), field, value, lang);
                Some(Text { zh: said(Lang::Zh)?, en: said(Lang::En)? })
            }
        };
        Ok(values.into_iter().map(|value| (value.clone(), words(&value))).collect())
    }

    /// The writes that one record takes.
    fn writes_for(&self, ledger: LedgerIx, at: FieldIx, record: &Record, meant: &Meant) -> (BulkState, Vec<Write>) {
        let pack = self.pack();
        let definition = pack.ledger(ledger);
        let id_of = |at: FieldIx| definition.field(at).id.clone();
        let old = || Draft::edit(pack, ledger, record);
        let (draft, next) = match meant {
            _ if value_at(record, at) == *new_value(meant) => return (BulkState::Same, Vec::new()),
            Meant::Set(value) => (old().set(id_of(at), value.clone()), None),
            Meant::HandOver(value, from, period) => {
                let Some(end) = period.end else { return (BulkState::Denied, Vec::new()) };
                let early = ended_before(definition, record, end, *from);
                if let Some(fault) = early.or_else(|| begins_before(definition, record, period.start, *from)) {
                    return (BulkState::Faulty(vec![fault]), Vec::new());
                }
                let next = Draft { id: None, ..old() };
                let next = next.set(id_of(period.start), Value::Date(*from)).set(id_of(at), value.clone());
                (old().set(id_of(end), Value::Date(from - 1)), Some(next))
            }
        };
        let (first, second) = (
            validate(pack, ledger, draft, self.today()),
            next.map(|next| validate(pack, ledger, next, self.today())).transpose(),
        );
        match (first, second) {
            (Ok(valid), Ok(next)) => {
                let mut changes = vec![Write::Update { valid, expected_version: record.version }];
                changes.extend(next.map(Write::Insert));
                (BulkState::Changes, changes)
            }
            (first, second) => {
                let mut faults: Vec<Fault> = first.err().into_iter().chain(second.err()).flatten().collect();
                let sensitive = |path: &str| {
                    definition.field_by_id(path).is_some_and(|at| definition.field(at).sensitive.is_some())
                };
                faults.iter_mut().filter(|fault| sensitive(&fault.path)).for_each(|fault| fault.value = "****".into());
                faults.dedup();
                (BulkState::Faulty(faults), Vec::new())
            }
        }
    }

    /// Asks the store what it would say, each record after the ones before it.
    async fn try_plan(&self, plan: &mut BulkPlan) -> Result<()> {
        let mut tried = Vec::new();
        for (at, line) in plan.lines.iter_mut().enumerate() {
            if line.state != BulkState::Changes {
                continue;
            }
            match self.may_write(&plan.intents[at].changes).await {
                Ok(()) => tried.push(at),
                Err(Error::Unavailable(why)) => return Err(Error::Unavailable(why)),
                Err(_) => line.state = BulkState::Denied,
            }
        }
        let intents = tried.iter().map(|at| plan.intents[*at].clone()).collect();
        for (at, outcome) in tried.into_iter().zip(self.rehearse(intents).await?) {
            plan.lines[at].state = match outcome {
                Ok(()) => BulkState::Changes,
                Err(CommitError::Invalid { faults, .. }) => BulkState::Faulty(faults),
                Err(CommitError::Database(error)) => return Err(unavailable(error)),
                Err(_) => BulkState::Denied,
            };
        }
        for (line, intent) in plan.lines.iter().zip(&mut plan.intents) {
            if line.state != BulkState::Changes {
                intent.changes.clear();
            }
        }
        Ok(())
    }
}

/// What has ended by then is not handed over.
fn ended_before(ledger: &anju_pack::Ledger, record: &Record, end: FieldIx, from: i32) -> Option<Fault> {
    let Value::Date(ended) = value_at(record, end) else { return None };
    let field = ledger.field(end);
    let words = anju_record::day::format(ended);
    (ended < from).then(|| {
        Problem::new(Code::TooEarly, words, [anju_record::day::format(from)]).at(field.id.as_str(), &field.title)
    })
}

/// What begins on that day or later has nothing to hand over yet.
fn begins_before(ledger: &anju_pack::Ledger, record: &Record, start: FieldIx, from: i32) -> Option<Fault> {
    let Value::Date(began) = value_at(record, start) else { return None };
    let field = ledger.field(start);
    let first = anju_record::day::format(began.saturating_add(1));
    (from <= began).then(|| {
        Problem::new(Code::TooEarly, anju_record::day::format(from), [first]).at(field.id.as_str(), &field.title)
    })
}

const fn new_value(meant: &Meant) -> &Value {
    match meant {
        Meant::Set(value) | Meant::HandOver(value, ..) => value,
    }
}

const fn id_in(value: &Value) -> Option<Uuid> {
    match value {
        Value::Id(id) => Some(*id),
        _ => None,
    }
}

/// The key of what was shown. It names the versions of the records, so no other change can have the same.
fn key_of(shown: &str) -> String {
    format!("bulk {shown}")
}

/// Which records, at which versions, with what outcome and which new values.
fn digest_of(plan: &BulkPlan) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("{} {:?}", plan.ledger.0, plan.change));
    for (line, intent) in plan.lines.iter().zip(&plan.intents) {
        digest.update(line.id.as_bytes());
        for write in &intent.changes {
            let words = match write {
                Write::Update { valid, expected_version } => format!("{expected_version} {:?}", valid.values()),
                // Its id is new each time.
                Write::Insert(valid) => format!("{:?}", valid.values()),
                Write::Delete { expected_version, .. } | Write::Restore { expected_version, .. } => {
                    expected_version.to_string()
                }
            };
            digest.update(words);
        }
        digest.update([0xff]);
    }
    hex::encode(digest.finalize())
}
