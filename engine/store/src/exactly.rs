//! What a record owns exactly one of, or none: looked at when a batch has been written, of every owner that it touched, in the same transaction.

use std::collections::{BTreeMap, HashSet};

use anju_pack::{Exactly, LedgerIx, Operand, Pack, Predicate};
use anju_record::{Change, Fault, Problem, Record, Valid, Value, kind};
use uuid::Uuid;

use crate::commit::{Fail, Job, RowWriter, Write};
use crate::error::{CommitError, DbError, Error, Result};
use crate::predicate::literal_text;
use crate::schema::{column_name, table_name};
use crate::session::Session;
use crate::sql::{Column, Dialect, quote};
use crate::tables::{record_columns, record_of};

/// Owners from which one question about all of the county is quicker than one about each.
const MANY: usize = 1_000;

/// Statements of one such rule.
#[derive(Debug, Clone)]
pub(crate) struct ExactlySql {
    /// The owned ledger.
    pub of: LedgerIx,
    /// county, id → the owner's row, if it lives and the rule is asked of it; locks.
    owner: String,
    /// county, id → how many of its own count.
    count: String,
    /// county, county → ids of living owners that do not own as many.
    broken: String,
    /// How many: 1, or 0.
    number: i64,
}

/// Owners to look at, each with the write that touched it last.
#[derive(Debug, Default)]
pub(crate) struct Touched(BTreeMap<(LedgerIx, Uuid), usize>);

impl Touched {
    /// Notes whose rules a change may break.
    pub fn note(&mut self, pack: &Pack, change: &Change, write: usize) {
        let sides = [change.before.as_ref(), change.after.as_ref()];
        if let [Some(before), Some(after)] = sides
            && before.values == after.values
        {
            return;
        }
        if !pack.ledger(change.ledger).exactly.is_empty() && change.after.is_some() {
            self.0.insert((change.ledger, change.id), write);
        }
        for record in sides.into_iter().flatten() {
            if let Some(owner) = counted_owner(pack, change.ledger, &record.values) {
                self.0.insert(owner, write);
            }
        }
    }
}

/// The owner whose rule counts a record.
fn counted_owner(pack: &Pack, ledger: LedgerIx, values: &[Value]) -> Option<(LedgerIx, Uuid)> {
    let owner = pack.ledger(ledger).of?;
    if !pack.ledger(owner.ledger).exactly.iter().any(|one| one.of == ledger) {
        return None;
    }
    match values.get(usize::from(owner.field.0)) {
        Some(Value::Id(id)) => Some((owner.ledger, *id)),
        _ => None,
    }
}

/// A condition that an index could hold as well: own fields and constants.
fn condition(pack: &Pack, ix: LedgerIx, predicate: Option<&Predicate>, dialect: Dialect) -> Option<String> {
    let live = "\"deleted_at\" IS NULL";
    match predicate {
        None => Some(live.to_owned()),
        Some(predicate) => Some(format!("{live} AND ({})", literal_text(pack, ix, predicate, dialect)?)),
    }
}

/// Whether the rules of a ledger can be asked of the database.
pub(crate) fn may_be_asked(pack: &Pack, ix: LedgerIx, dialect: Dialect) -> Result<()> {
    let ledger = pack.ledger(ix);
    let unaskable = |one: &&Exactly| ExactlySql::of(pack, ix, one, dialect).is_none();
    match ledger.exactly.iter().find(unaskable) {
        None => Ok(()),
        Some(one) => Err(Error::Unsupported(format!(
            "{}:{}: “exactly one {}” of `{}` asks for what an index cannot hold: only the ledger's own fields and constants may stand there",
            ledger.origin.file,
            ledger.origin.line,
            pack.ledger(one.of).id,
            ledger.id
        ))),
    }
}

impl ExactlySql {
    /// The rules of a ledger, in order; those that no statement can ask were refused with the tables.
    pub fn all(pack: &Pack, ix: LedgerIx, dialect: Dialect) -> Vec<Self> {
        pack.ledger(ix).exactly.iter().filter_map(|one| Self::of(pack, ix, one, dialect)).collect()
    }

    fn of(pack: &Pack, ix: LedgerIx, one: &Exactly, dialect: Dialect) -> Option<Self> {
        let during = condition(pack, ix, one.during.as_ref(), dialect)?;
        let counts = condition(pack, one.of, one.predicate.as_ref(), dialect)?;
        let owned = pack.ledger(one.of);
        let owner = quote(&table_name(&pack.ledger(ix).id));
        let table = quote(&table_name(&owned.id));
        let by = quote(&column_name(&owned.field(owned.of?.field).id));
        let names: Vec<String> = record_columns(pack, ix).0.iter().map(|name| quote(name)).collect();
        let [first, second, lock] = match dialect {
            Dialect::Sqlite => ["?", "?", ""],
            Dialect::Postgres => ["$1", "$2", " FOR NO KEY UPDATE"],
        };
        // Owners with none stand in no group.
        let wrong = if one.number == 0 { "id IN" } else { "id NOT IN" };
        let right = if one.number == 0 { "" } else { " HAVING count(*) = 1" };
        Some(Self {
            number: one.number,
            of: one.of,
            owner: format!(
                "SELECT {} FROM {owner} WHERE county = {first} AND id = {second} AND {during}{lock}",
                names.join(", ")
            ),
            count: format!("SELECT count(*) FROM {table} WHERE county = {first} AND {by} = {second} AND {counts}"),
            broken: format!(
                "SELECT id FROM {owner} WHERE county = {first} AND {during} AND {wrong} (SELECT {by} FROM {table} WHERE county = {second} AND {counts} GROUP BY {by}{right})"
            ),
        })
    }
}

impl<S: Session> RowWriter<'_, S> {
    /// Every owner that the batch touched owns as many as it must.
    pub async fn exactly_as_many(&mut self) -> Result<(), Fail> {
        let job = self.job;
        let mut touched = std::mem::take(&mut self.touched.0);
        if touched.len() >= MANY {
            let broken = all_broken(self.session, job, &self.county).await?;
            // Nobody else adds to what was claimed: what one question does not name is whole. Others are locked by the question itself.
            touched.retain(|key, _| broken.contains(key) || !self.stood.is_claimed(*key));
        }
        let mut last = 0;
        let mut faults = Vec::new();
        for ((ledger, id), write) in touched {
            let sql = job.tables.ledger(ledger);
            for (position, one) in sql.exactly.iter().enumerate() {
                if let Some(count) = broken(self.session, job, &self.county, (ledger, one), id).await? {
                    let by = job.batch.changes.get(write).map(Write::ledger);
                    faults.push(fault(&job.pack, (ledger, position), count, by));
                    last = last.max(write);
                }
            }
        }
        self.write = last;
        if faults.is_empty() { Ok(()) } else { Err(self.invalid(faults)) }
    }
}

/// Every living owner of the county that does not own as many as it must: one statement for each rule.
async fn all_broken<S: Session>(
    session: &mut S,
    job: &Job,
    county: &Value,
) -> Result<HashSet<(LedgerIx, Uuid)>, DbError> {
    let mut all = HashSet::new();
    for ledger in job.pack.ledger_ixs() {
        for one in &job.tables.ledger(ledger).exactly {
            let rows = session.query(&one.broken, &[county, county], &[Column::Id]).await?;
            all.extend(rows.into_iter().filter_map(|mut row| match row.pop() {
                Some(Value::Id(id)) => Some((ledger, id)),
                _ => None,
            }));
        }
    }
    Ok(all)
}

/// An owner that does not own as many as it must, and how many it owns.
async fn broken<S: Session>(
    session: &mut S,
    job: &Job,
    county: &Value,
    (ledger, one): (LedgerIx, &ExactlySql),
    id: Uuid,
) -> Result<Option<(Record, i64)>, Fail> {
    let key = Value::Id(id);
    let rows = session.query(&one.owner, &[county, &key], &job.tables.ledger(ledger).types).await?;
    let Some(owner) = rows.into_iter().next().and_then(record_of) else { return Ok(None) };
    let rows = session.query(&one.count, &[county, &key], &[Column::Int]).await?;
    match rows.first().map(Vec::as_slice) {
        Some([Value::Int(count)]) if *count != one.number => Ok(Some((owner, *count))),
        _ => Ok(None),
    }
}

/// Names the owner, and says in the pack's words or the engine's what it should own and how many there would be. It stands where whoever wrote
/// `by`, a record of that ledger, looks: at the reference to the owner, or at what the owner says that leaves no room for them.
fn fault(pack: &Pack, (ix, position): (LedgerIx, usize), (owner, count): (Record, i64), by: Option<LedgerIx>) -> Fault {
    let (ledger, one) = (pack.ledger(ix), &pack.ledger(ix).exactly[position]);
    let owned = pack.ledger(one.of);
    let name = kind::own_name(pack, ix, |field| owner.values.get(usize::from(field.0)));
    let problem = Problem::not_as_many(pack, (ix, position), name, count);
    let refers = owned.of.filter(|_| by == Some(one.of)).map(|owner| owned.field(owner.field));
    let says =
        || one.during.as_ref().filter(|_| one.number == 0).and_then(first_field).map(|field| ledger.field(field));
    match refers.or_else(says) {
        Some(field) => problem.at(field.id.as_str(), &field.title),
        None => problem.at("", &ledger.title),
    }
}

/// The field that a condition names first.
fn first_field(predicate: &Predicate) -> Option<anju_pack::FieldIx> {
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().find_map(first_field),
        Predicate::Not(part) => first_field(part),
        Predicate::Compare(Operand::Field(place), ..) | Predicate::Compare(_, _, Operand::Field(place)) => {
            Some(place.field)
        }
        Predicate::In(Operand::Field(place), _) | Predicate::IsNull(place) | Predicate::Holds(place) => {
            Some(place.field)
        }
        Predicate::Prefix(place, _) => Some(place.field),
        _ => None,
    }
}

/// Owners that a load of many new records touches, each with the record that did.
pub(crate) fn loaded(pack: &Pack, records: &[Valid]) -> Vec<(LedgerIx, Uuid)> {
    let own = |valid: &Valid| {
        let is_owner = !pack.ledger(valid.ledger()).exactly.is_empty();
        is_owner.then(|| (valid.ledger(), valid.id()))
    };
    records
        .iter()
        .flat_map(|valid| [own(valid), counted_owner(pack, valid.ledger(), valid.values())])
        .flatten()
        .collect()
}

/// One statement for each rule, however many records were loaded.
pub(crate) async fn all_loaded<S: Session>(
    session: &mut S,
    job: &Job,
    touched: Vec<(LedgerIx, Uuid)>,
) -> Result<(), Fail> {
    let county = Value::Text(job.batch.county.as_str().into());
    let touched: HashSet<(LedgerIx, Uuid)> = touched.into_iter().collect();
    let mut faults = Vec::new();
    for ledger in job.pack.ledger_ixs() {
        for (position, one) in job.tables.ledger(ledger).exactly.iter().enumerate() {
            let rows = session.query(&one.broken, &[&county, &county], &[Column::Id]).await?;
            for id in rows.into_iter().filter_map(|mut row| row.pop()) {
                let Value::Id(id) = id else { continue };
                if touched.contains(&(ledger, id)) {
                    let broken = broken(session, job, &county, (ledger, one), id).await?;
                    faults.extend(broken.map(|count| fault(&job.pack, (ledger, position), count, None)));
                }
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(CommitError::Invalid { write: 0, faults }.into()) }
}
