//! In what a record agrees with those that its references name: looked at when a batch has been written, of all that it touched, in the same
//! transaction.
//!
//! What is written is held against what it names, and where the named record changes, what names it is held against that: whatever has no
//! period, and of what has one whatever has no end. A record of one day is history; one that is opened again is held against what it names as it
//! stands by then. Empty fields say nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use anju_pack::{FieldIx, Kind, LedgerIx, Pack, Shared};
use anju_record::{Change, Code, Fault, Problem, Record, Value, disagreement, is_asked_anew};
use uuid::Uuid;

use crate::commit::{Fail, Job, RowWriter, Written};
use crate::error::{CommitError, DbError};
use crate::schema::{column_name, table_name};
use crate::session::Session;
use crate::sql::{Column, Dialect, quote};

/// Records asked of in one statement.
const CHUNK: usize = 64;
/// Who names, what is named.
const TYPES: [Column; 2] = [Column::Id; 2];
/// Records from which one question about all of the county is quicker.
const MANY: usize = 1_000;

/// One reference and one field in which both records agree.
#[derive(Debug, Clone)]
pub(crate) struct AgreeingSql {
    /// Whose records name.
    ledger: LedgerIx,
    /// By which field.
    reference: FieldIx,
    /// Whose records are named.
    to: LedgerIx,
    /// What both hold.
    shared: Shared,
    /// The end of the period of what names, if it has one.
    end: Option<FieldIx>,
    /// Of these records those that do not agree with what they name.
    naming: Asked,
    /// Of what names these records what does not agree with them; none of records of one day.
    named: Option<Asked>,
}

/// county, county, then the ids → who names, what is named.
#[derive(Debug, Clone)]
struct Asked {
    one: String,
    some: String,
    all: String,
}

/// What of a batch may no longer agree: the rule, the record and the write that touched it last.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    naming: BTreeMap<(usize, Uuid), usize>,
    named: BTreeMap<(usize, Uuid), usize>,
}

/// A record that does not agree with the one that it names.
struct Broken {
    who: Uuid,
    named: Uuid,
}

fn value(record: &Record, field: FieldIx) -> &Value {
    record.values.get(usize::from(field.0)).unwrap_or(&Value::Null)
}

impl Changed {
    /// Notes of which rules a change may break.
    pub fn note(&mut self, rules: &[AgreeingSql], change: &Change, write: usize) {
        let Some(after) = &change.after else { return };
        let differs = |field| change.before.as_ref().is_none_or(|before| value(before, field) != value(after, field));
        for (at, rule) in rules.iter().enumerate() {
            let (reference, here) = (rule.reference, rule.shared.here);
            let says =
                rule.ledger == change.ledger && [reference, here].iter().all(|it| *value(after, *it) != Value::Null);
            let before = change.before.as_ref().map(|before| before.values.as_slice());
            if says && is_asked_anew(before, |field| value(after, field), [reference, here], rule.end) {
                self.naming.insert((at, change.id), write);
            }
            // What is new is named by nobody who was not written after it.
            if rule.to == change.ledger && change.before.is_some() && differs(rule.shared.there) {
                self.named.insert((at, change.id), write);
            }
        }
    }
}

impl AgreeingSql {
    /// The rules of a pack, in order of ledgers.
    pub fn all(pack: &Pack, dialect: Dialect) -> Vec<Self> {
        let of = |ledger: LedgerIx| {
            let fields = pack.ledger(ledger).fields.iter().zip(0_u16..);
            fields.flat_map(move |(field, at)| field.shares.iter().map(move |shared| (ledger, FieldIx(at), *shared)))
        };
        pack.ledger_ixs()
            .flat_map(of)
            .filter_map(|(ledger, reference, shared)| Self::of(pack, (ledger, reference, shared), dialect))
            .collect()
    }

    fn of(pack: &Pack, (ledger, reference, shared): (LedgerIx, FieldIx, Shared), dialect: Dialect) -> Option<Self> {
        let (from, field) = (pack.ledger(ledger), pack.ledger(ledger).field(reference));
        let Kind::Ref { to } = field.kind else { return None };
        let stands = match from.period {
            None => Some(String::new()),
            Some(period) => {
                period.end.map(|end| format!(" AND a.{} IS NULL", quote(&column_name(&from.field(end).id))))
            }
        };
        let [by, here] = [reference, shared.here].map(|field| quote(&column_name(&from.field(field).id)));
        let there = quote(&column_name(&pack.ledger(to).field(shared.there).id));
        let [table, named] = [ledger, to].map(|ix| quote(&table_name(&pack.ledger(ix).id)));
        let [first, second] = match dialect {
            Dialect::Sqlite => ["?", "?"],
            Dialect::Postgres => ["$1", "$2"],
        };
        let select = format!(
            "SELECT a.id, b.id FROM {table} a JOIN {named} b ON b.county = {first} AND b.id = a.{by} WHERE a.county = {second} AND a.{here} <> b.{there} AND a.deleted_at IS NULL AND b.deleted_at IS NULL"
        );
        Some(Self {
            ledger,
            reference,
            to,
            shared,
            end: from.period.and_then(|period| period.end),
            naming: Asked::of(&select, "a", dialect),
            named: stands.map(|stands| Asked::of(&format!("{select}{stands}"), "b", dialect)),
        })
    }

    fn disagreement(&self, pack: &Pack) -> Fault {
        let ledger = pack.ledger(self.ledger);
        disagreement(ledger.field(self.reference), ledger.field(self.shared.here))
    }
}

impl Asked {
    fn of(select: &str, side: &str, dialect: Dialect) -> Self {
        let among = |count: usize| {
            let mark = |at: usize| match dialect {
                Dialect::Sqlite => "?".to_owned(),
                Dialect::Postgres => format!("${}", at + 3),
            };
            format!("{select} AND {side}.id IN ({})", (0..count).map(mark).collect::<Vec<_>>().join(", "))
        };
        Self { one: among(1), some: among(CHUNK), all: select.to_owned() }
    }

    /// Those of some records that do not agree; of very many the whole county is asked for.
    async fn ask<S: Session>(&self, session: &mut S, county: &Value, ids: &[Uuid]) -> Result<Vec<Broken>, DbError> {
        let mut rows = Vec::new();
        if ids.len() >= MANY {
            rows = session.query(&self.all, &[county, county], &TYPES).await?;
        } else {
            for chunk in ids.chunks(CHUNK) {
                let (sql, width) = if chunk.len() == 1 { (&self.one, 1) } else { (&self.some, CHUNK) };
                // A short chunk is filled up with its last record: there is one statement for all of them.
                let last = chunk.last().copied().unwrap_or_default();
                let keys: Vec<Value> =
                    chunk.iter().copied().chain(std::iter::repeat(last)).take(width).map(Value::Id).collect();
                let binds: Vec<&Value> = [county, county].into_iter().chain(&keys).collect();
                rows.extend(session.query(sql, &binds, &TYPES).await?);
            }
        }
        Ok(rows.into_iter().filter_map(Broken::of).collect())
    }
}

impl Broken {
    fn of(row: Vec<Value>) -> Option<Self> {
        match <[Value; 2]>::try_from(row).ok()? {
            [Value::Id(who), Value::Id(named)] => Some(Self { who, named }),
            _ => None,
        }
    }
}

/// Records by rule.
fn by_rule(noted: &BTreeMap<(usize, Uuid), usize>) -> BTreeMap<usize, Vec<Uuid>> {
    let mut by_rule: BTreeMap<usize, Vec<Uuid>> = BTreeMap::new();
    for (rule, id) in noted.keys() {
        by_rule.entry(*rule).or_default().push(*id);
    }
    by_rule
}

impl<S: Session> RowWriter<'_, S> {
    /// Every record that the batch touched agrees with what it names, and with what names it. What the first write that does not is wrong
    /// about is told.
    pub async fn agree(&mut self) -> Result<(), Fail> {
        let job = self.job;
        let changed = std::mem::take(&mut self.changed);
        // By the write that did it and by the rule: whether what it names, or what names it, does not agree.
        let mut broken: BTreeSet<(usize, usize, bool)> = BTreeSet::new();
        for (at, ids) in by_rule(&changed.naming) {
            for one in job.tables.agreeing[at].naming.ask(self.session, &self.county, &ids).await? {
                broken.extend(changed.naming.get(&(at, one.who)).map(|write| (*write, at, false)));
            }
        }
        for (at, ids) in by_rule(&changed.named) {
            let Some(asked) = &job.tables.agreeing[at].named else { continue };
            for one in asked.ask(self.session, &self.county, &ids).await? {
                // Who was written in this batch is told of it there.
                let write =
                    changed.named.get(&(at, one.named)).filter(|_| !changed.naming.contains_key(&(at, one.who)));
                broken.extend(write.map(|write| (*write, at, true)));
            }
        }
        let Some((first, ..)) = broken.first().copied() else { return Ok(()) };
        self.write = first;
        let of_first = broken.into_iter().take_while(|(write, ..)| *write == first);
        let faults = of_first.map(|(_, at, is_named)| {
            let rule = &job.tables.agreeing[at];
            if is_named { still_agreed(&job.pack, rule) } else { rule.disagreement(&job.pack) }
        });
        Err(self.invalid(faults.collect()))
    }
}

/// Something still names it that would agree no more; which and how many is not told: they may lie beyond what the writer may see.
fn still_agreed(pack: &Pack, rule: &AgreeingSql) -> Fault {
    let (from, field) = (pack.ledger(rule.ledger), pack.ledger(rule.to).field(rule.shared.there));
    let titles = [&from.title, &field.title].into_iter().flat_map(|title| [title.zh.clone(), title.en.clone()]);
    Problem::new(Code::StillAgreed, "", titles).at(field.id.as_str(), &field.title)
}

/// The same of a first load: one statement for each rule, however many records were loaded.
pub(crate) async fn all_loaded<S: Session>(session: &mut S, job: &Job, written: &[Written]) -> Result<(), Fail> {
    let county = Value::Text(job.batch.county.as_str().into());
    let mut loaded: HashMap<LedgerIx, HashSet<Uuid>> = HashMap::new();
    for Written { change, .. } in written {
        if job.tables.agreeing.iter().any(|rule| rule.ledger == change.ledger) {
            loaded.entry(change.ledger).or_default().insert(change.id);
        }
    }
    let mut faults = Vec::new();
    for rule in &job.tables.agreeing {
        let Some(ids) = loaded.get(&rule.ledger) else { continue };
        let rows = session.query(&rule.naming.all, &[&county, &county], &TYPES).await?;
        if rows.into_iter().filter_map(Broken::of).any(|one| ids.contains(&one.who)) {
            faults.push(rule.disagreement(&job.pack));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(CommitError::Invalid { write: 0, faults }.into()) }
}
