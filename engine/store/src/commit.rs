//! The one door for writes: rows and journal in one transaction, the same on both backends.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anju_pack::{FieldIx, Kind, LedgerIx, Pack};
use anju_record::{Change, Code, Fault, Problem, Record, SmolStr, Valid, Value, kind};
use anju_vault::Vault;
use uuid::Uuid;

use crate::agreeing::Changed;
use crate::bulk::{self, Pending, Stood};
use crate::constraint;
use crate::error::{CommitError, DbError, Error};
use crate::exactly::Touched;
use crate::head::{journalled, lock_head};
use crate::journal::{COLUMNS, JournalRow, write_record};
use crate::key_mark::KEY;
use crate::session::{Ending, Session};
use crate::sql::{Column, Dialect};
use crate::tables::{Tables, record_of};

/// One write of a batch.
#[derive(Debug, Clone)]
pub enum Write {
    /// A new record.
    Insert(Valid),
    /// A record changed.
    Update {
        /// As it shall stand.
        valid: Valid,
        /// The version that the writer saw.
        expected_version: i64,
    },
    /// A record deleted. Refused while live records refer to it, unless the same batch deletes these too.
    Delete {
        /// Its ledger.
        ledger: LedgerIx,
        /// The record.
        id: Uuid,
        /// The version that the writer saw.
        expected_version: i64,
    },
    /// A deleted record made live again, as it stood. Refused where what it refers to is gone or its unique fields are taken meanwhile.
    Restore {
        /// Its ledger.
        ledger: LedgerIx,
        /// The record.
        id: Uuid,
        /// The version that the deletion left.
        expected_version: i64,
    },
}

impl Write {
    /// The ledger of the record.
    pub fn ledger(&self) -> LedgerIx {
        match self {
            Self::Insert(valid) | Self::Update { valid, .. } => valid.ledger(),
            Self::Delete { ledger, .. } | Self::Restore { ledger, .. } => *ledger,
        }
    }

    /// The record.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Insert(valid) | Self::Update { valid, .. } => valid.id(),
            Self::Delete { id, .. } | Self::Restore { id, .. } => *id,
        }
    }

    /// As the record shall stand; none when it is deleted or brought back as it was.
    pub fn valid(&self) -> Option<&Valid> {
        match self {
            Self::Insert(valid) | Self::Update { valid, .. } => Some(valid),
            Self::Delete { .. } | Self::Restore { .. } => None,
        }
    }
}

/// Writes that happen together or not at all.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Six digits.
    pub county: String,
    /// Who.
    pub actor: String,
    /// By what, and from where if it is known: `web 10.0.0.7`, `cli`, `import`.
    pub origin: String,
    /// Why, if it was told.
    pub reason: Option<String>,
    /// The same key gives the first receipt again and writes nothing.
    pub idempotency_key: Option<String>,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub at: i64,
    /// The writes, in order: what is referred to before what refers.
    pub changes: Vec<Write>,
}

/// What a commit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The county.
    pub county: String,
    /// The county's sequence after it.
    pub seq: i64,
    /// What happened, in order of the journal: also what moved along with its owner.
    pub changes: Vec<Change>,
    /// The receipt of an earlier commit with the same idempotency key.
    pub replayed: bool,
}

/// A batch with the pack it was made under.
pub(crate) struct Job {
    pub pack: Arc<Pack>,
    pub tables: Arc<Tables>,
    pub vault: Arc<Vault>,
    pub batch: Batch,
}

pub(crate) type Outcome = Result<Receipt, CommitError>;

/// Why a batch fails: by itself, or with the whole transaction.
pub(crate) enum Fail {
    Batch(CommitError),
    Transaction(DbError),
}

impl From<DbError> for Fail {
    fn from(error: DbError) -> Self {
        Self::Transaction(error)
    }
}

impl From<CommitError> for Fail {
    fn from(error: CommitError) -> Self {
        Self::Batch(error)
    }
}

/// A change, and the record as the journal shall keep it: sealed as in the table.
pub(crate) struct Written {
    pub change: Change,
    pub before: Option<String>,
    pub after: Option<String>,
}

pub(crate) enum Done {
    Earlier(Receipt),
    Rows(Vec<Written>),
}

/// Commits batches in one transaction; each stands or falls alone. An error says that nothing at all was kept.
pub(crate) async fn group<S: Session>(
    session: &mut S,
    dialect: Dialect,
    jobs: &[&Job],
) -> Result<Vec<Outcome>, DbError> {
    session.begin().await?;
    let mut outcomes = Vec::with_capacity(jobs.len());
    let mut followed = None;
    for job in jobs {
        let clash = outcomes
            .iter()
            .zip(jobs)
            .any(|(_, earlier): (&Result<Done, CommitError>, &&Job)| same_key(&earlier.batch, &job.batch));
        if clash {
            // Rare: told apart by doing the group again one by one.
            session.rollback().await?;
            return Err(DbError::Retry("one idempotency key twice in a group".to_owned()));
        }
        let alone = jobs.len() == 1;
        if !alone {
            session.later("SAVEPOINT batch").await?;
        }
        match one(session, dialect, job, &mut followed).await {
            Ok(done) => {
                if !alone {
                    session.later("RELEASE SAVEPOINT batch").await?;
                }
                outcomes.push(Ok(done));
            }
            Err(Fail::Transaction(error)) => {
                session.rollback().await?;
                return Err(error);
            }
            Err(Fail::Batch(error)) if alone => {
                session.rollback().await?;
                return Ok(vec![Err(error)]);
            }
            Err(Fail::Batch(error)) => {
                session.run("ROLLBACK TO SAVEPOINT batch").await?;
                session.run("RELEASE SAVEPOINT batch").await?;
                outcomes.push(Err(error));
            }
        }
    }
    let finished = end(session, dialect, jobs, outcomes).await;
    if finished.is_err() {
        session.rollback().await?;
    }
    finished
}

fn same_key(left: &Batch, right: &Batch) -> bool {
    left.idempotency_key.is_some() && left.county == right.county && left.idempotency_key == right.idempotency_key
}

async fn end<S: Session>(
    session: &mut S,
    dialect: Dialect,
    jobs: &[&Job],
    outcomes: Vec<Result<Done, CommitError>>,
) -> Result<Vec<Outcome>, DbError> {
    let mut heads: BTreeMap<&str, (i64, String)> = BTreeMap::new();
    for (job, outcome) in jobs.iter().zip(&outcomes) {
        if matches!(outcome, Ok(Done::Rows(_))) {
            heads.entry(&job.batch.county).or_insert((0, String::new()));
        }
    }
    for (county, place) in &mut heads {
        *place = lock_head(session, dialect, county).await?;
    }
    let mut ending = Ending::default();
    let mut results = Vec::with_capacity(outcomes.len());
    for (job, outcome) in jobs.iter().zip(outcomes) {
        results.push(match outcome {
            Err(error) => Err(error),
            Ok(Done::Earlier(receipt)) => Ok(receipt),
            Ok(Done::Rows(changes)) => {
                let head = heads.get_mut(job.batch.county.as_str()).expect("locked above");
                let first = head.0 + 1;
                let changes = journalled(session, job, changes, head, &mut ending.journal).await?;
                // Where nothing was written nobody stands behind the key.
                if let Some(key) = job.batch.idempotency_key.as_ref().filter(|_| first <= head.0) {
                    ending.keys.push((job.batch.county.clone(), key.clone(), first, head.0));
                }
                Ok(Receipt { county: job.batch.county.clone(), seq: head.0, changes, replayed: false })
            }
        });
    }
    ending.heads = heads.into_iter().map(|(county, (seq, hash))| (county.to_owned(), seq, hash)).collect();
    session.finish(&ending).await?;
    Ok(results)
}

/// The pack that the tables follow must be the writer's, and the key that seals the newest one noted. Asked once for a transaction.
pub(crate) async fn same_pack<S: Session>(
    session: &mut S,
    job: &Job,
    followed: &mut Option<String>,
) -> Result<(), Fail> {
    let database = match followed {
        Some(hash) => hash,
        None => {
            const SQL: &str = "SELECT key, value FROM anju_meta WHERE key IN ('pack', 'key')";
            let rows = session.query(SQL, &[], &[Column::Text; 2]).await?;
            let noted = |wanted: &str| {
                let mut rows = rows.iter().map(Vec::as_slice);
                rows.find_map(|row| match row {
                    [Value::Text(key), value] if **key == *wanted => Some(kind::plain(value)),
                    _ => None,
                })
            };
            if let Some(key) = noted(KEY)
                && !job.vault.meet(&key)
            {
                return Err(CommitError::from(Error::Keys(key)).into());
            }
            followed.insert(noted("pack").unwrap_or_default())
        }
    };
    if *database == job.pack.hash {
        Ok(())
    } else {
        Err(CommitError::PackChanged { database: database.clone(), given: job.pack.hash.clone() }.into())
    }
}

pub(crate) async fn one<S: Session>(
    session: &mut S,
    dialect: Dialect,
    job: &Job,
    followed: &mut Option<String>,
) -> Result<Done, Fail> {
    check_county(&job.batch.county)?;
    same_pack(session, job, followed).await?;
    if let Some(key) = &job.batch.idempotency_key
        && let Some(receipt) = earlier(session, dialect, job, key).await?
    {
        return Ok(Done::Earlier(receipt));
    }
    let mut changes = Vec::with_capacity(job.batch.changes.len());
    let mut deleted = Vec::new();
    let mut writer = RowWriter {
        session,
        job,
        county: Value::Text(job.batch.county.as_str().into()),
        write: 0,
        changes: &mut changes,
        touched: Touched::default(),
        changed: Changed::default(),
        stood: Stood::default(),
        along: HashMap::new(),
        pending: Pending::default(),
        sent: None,
    };
    for (position, write) in job.batch.changes.iter().enumerate() {
        writer.write = position;
        if !matches!(write, Write::Insert(_)) {
            writer.send_pending().await?;
        }
        match write {
            Write::Insert(valid) => writer.insert(valid).await?,
            Write::Update { valid, expected_version } => writer.update(valid, *expected_version).await?,
            Write::Delete { ledger, id, expected_version } => {
                writer.delete(*ledger, *id, *expected_version).await?;
                deleted.push((position, *ledger, *id));
            }
            Write::Restore { ledger, id, expected_version } => writer.restore(*ledger, *id, *expected_version).await?,
        }
    }
    writer.send_pending().await?;
    writer.nothing_refers(deleted).await?;
    writer.exactly_as_many().await?;
    writer.agree().await?;
    Ok(Done::Rows(changes))
}

pub(crate) fn check_county(county: &str) -> Result<(), CommitError> {
    let fits = county.len() == 6 && county.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(()) } else { Err(CommitError::County(county.to_owned())) }
}

async fn earlier<S: Session>(session: &mut S, dialect: Dialect, job: &Job, key: &str) -> Result<Option<Receipt>, Fail> {
    let (by_key, by_seq) = match dialect {
        Dialect::Sqlite => (
            "SELECT first, last FROM anju_idempotency WHERE county = ? AND key = ?",
            "county = ? AND seq BETWEEN ? AND ?",
        ),
        Dialect::Postgres => (
            "SELECT first, last FROM anju_idempotency WHERE county = $1 AND key = $2",
            "county = $1 AND seq BETWEEN $2 AND $3",
        ),
    };
    let county = Value::Text(job.batch.county.as_str().into());
    let rows = session.query(by_key, &[&county, &Value::Text(key.into())], &[Column::Int, Column::Int]).await?;
    let Some([first, last @ Value::Int(seq)]) = rows.first().map(Vec::as_slice) else { return Ok(None) };
    let names = COLUMNS.map(|(name, _)| format!("\"{name}\"")).join(", ");
    let sql = format!("SELECT {names} FROM anju_journal WHERE {by_seq} ORDER BY seq");
    let rows = session.query(&sql, &[&county, first, last], &COLUMNS.map(|(_, column)| column)).await?;
    let sealing = |ledger| job.tables.ledger(ledger).sealing.clone();
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows.into_iter().filter_map(JournalRow::of_values) {
        // A batch has one actor. What another did is no answer, whoever guessed the key.
        if row.actor != job.batch.actor {
            return Err(CommitError::KeyInUse.into());
        }
        changes.extend(row.change(&job.pack, &sealing, &job.vault).map_err(CommitError::from)?);
    }
    Ok(Some(Receipt { county: job.batch.county.clone(), seq: *seq, changes, replayed: true }))
}

pub(crate) struct RowWriter<'a, S> {
    pub session: &'a mut S,
    pub job: &'a Job,
    pub county: Value,
    pub write: usize,
    changes: &'a mut Vec<Written>,
    pub touched: Touched,
    pub changed: Changed,
    pub stood: Stood,
    /// How many versions further this batch itself has taken what moved along with its owner: a writer saw none of them.
    along: HashMap<(LedgerIx, Uuid), i64>,
    pub pending: Pending,
    pub sent: Option<Pending>,
}

impl<S: Session> RowWriter<'_, S> {
    pub fn invalid(&self, faults: Vec<Fault>) -> Fail {
        CommitError::Invalid { write: self.write, faults }.into()
    }

    pub fn refused(&self, ledger: LedgerIx, values: &[Value], error: DbError) -> Fail {
        match constraint::faults(&self.job.pack, ledger, values, &error) {
            Some(faults) => self.invalid(faults),
            None => error.into(),
        }
    }

    /// The record as the table holds it, and what stands beside its fields.
    fn sealed(&self, ledger: LedgerIx, record: &Record) -> (Record, Vec<Value>) {
        let mut values = self.job.tables.ledger(ledger).sealing.seal(&self.job.vault, record.id, &record.values);
        let beside = values.split_off(record.values.len());
        (Record { id: record.id, version: record.version, area: record.area.clone(), values }, beside)
    }

    fn opened(&self, ledger: LedgerIx, stored: Record) -> Result<Record, Fail> {
        let opened = self.job.tables.ledger(ledger).sealing.open(&self.job.vault, stored);
        Ok(opened.map_err(CommitError::from)?)
    }

    fn keep(&mut self, change: Change, before: Option<&Record>, after: Option<&Record>) {
        let text = |record| write_record(&self.job.pack, change.ledger, record);
        let (before, after) = (before.map(text), after.map(text));
        self.touched.note(&self.job.pack, &change, self.write);
        self.changed.note(&self.job.tables.agreeing, &change, self.write);
        self.changes.push(Written { change, before, after });
    }

    async fn insert(&mut self, valid: &Valid) -> Result<(), Fail> {
        let ledger = valid.ledger();
        if !self.pending.takes(ledger) {
            self.send().await?;
        }
        let area = match self.place(ledger, valid.values()).await {
            Ok(area) => area,
            Err(fail) => {
                // What an earlier row is refused for is told first.
                let write = self.write;
                self.send_pending().await?;
                self.write = write;
                return Err(fail);
            }
        };
        self.stood.stands((ledger, valid.id()), &area, true);
        let record = Record { id: valid.id(), version: 1, area, values: valid.values().to_vec() };
        let (stored, beside) = self.sealed(ledger, &record);
        self.keep(Change { ledger, id: record.id, before: None, after: Some(record) }, None, Some(&stored));
        let Record { id, version, area, values } = stored;
        let mut row = vec![self.county.clone(), Value::Id(id), Value::Int(version), Value::Text(area)];
        row.extend(values.into_iter().chain(beside));
        self.pending.push(ledger, self.write, row);
        if self.job.batch.changes.len() < bulk::FROM { self.send_pending().await } else { Ok(()) }
    }

    async fn update(&mut self, valid: &Valid, expected: i64) -> Result<(), Fail> {
        let ledger = valid.ledger();
        let stood = self.standing(ledger, valid.id(), expected).await?;
        let before = self.opened(ledger, stood.clone())?;
        let area = self.place(ledger, valid.values()).await?;
        let after = Record { id: before.id, version: before.version + 1, area, values: valid.values().to_vec() };
        let (stored, beside) = self.sealed(ledger, &after);
        let (id, version, area) = (Value::Id(after.id), Value::Int(after.version), Value::Text(after.area.clone()));
        let mut binds = vec![&version, &area];
        binds.extend(stored.values.iter().chain(&beside));
        binds.extend([&self.county, &id]);
        let sql = &self.job.tables.ledger(ledger).update;
        self.session.execute(sql, &binds).await.map_err(|error| self.refused(ledger, valid.values(), error))?;
        let moved = (before.area != after.area).then(|| after.area.clone());
        self.stood.moved((ledger, after.id), &after.area);
        let change = Change { ledger, id: after.id, before: Some(before), after: Some(after) };
        self.keep(change, Some(&stood), Some(&stored));
        match moved {
            Some(area) => self.move_along(ledger, valid.id(), &area).await,
            None => Ok(()),
        }
    }

    async fn delete(&mut self, ledger: LedgerIx, id: Uuid, expected: i64) -> Result<(), Fail> {
        let stood = self.standing(ledger, id, expected).await?;
        let before = self.opened(ledger, stood.clone())?;
        let binds = [Value::Int(before.version + 1), Value::Int(self.job.batch.at), self.county.clone(), Value::Id(id)];
        self.session.execute(&self.job.tables.ledger(ledger).delete, &binds.each_ref()).await?;
        self.stood.forget((ledger, id));
        self.keep(Change { ledger, id, before: Some(before), after: None }, Some(&stood), None);
        Ok(())
    }

    async fn restore(&mut self, ledger: LedgerIx, id: Uuid, expected: i64) -> Result<(), Fail> {
        let job = self.job;
        let sql = job.tables.ledger(ledger);
        let stood = self.read_row(&sql.get_deleted, ledger, id, expected).await?;
        let opened = self.opened(ledger, stood.clone())?;
        // What it refers to may have been deleted or moved meanwhile.
        let area = self.place(ledger, &opened.values).await?;
        let after = Record { version: opened.version + 1, area: area.clone(), ..opened };
        let stored = Record { version: after.version, area: area.clone(), ..stood };
        let binds = [Value::Int(after.version), Value::Text(area), Value::Null, self.county.clone(), Value::Id(id)];
        let done = self.session.execute(&sql.restore, &binds.each_ref()).await;
        done.map_err(|error| self.refused(ledger, &after.values, error))?;
        self.keep(Change { ledger, id, before: None, after: Some(after) }, None, Some(&stored));
        Ok(())
    }

    /// The live record as the table holds it, if it has the version that the writer saw.
    async fn standing(&mut self, ledger: LedgerIx, id: Uuid, expected: i64) -> Result<Record, Fail> {
        let job = self.job;
        self.read_row(&job.tables.ledger(ledger).get, ledger, id, expected).await
    }

    async fn read_row(&mut self, sql: &str, ledger: LedgerIx, id: Uuid, expected: i64) -> Result<Record, Fail> {
        let job = self.job;
        let types = &job.tables.ledger(ledger).types;
        let rows = self.session.query(sql, &[&self.county, &Value::Id(id)], types).await?;
        match rows.into_iter().next().and_then(record_of) {
            None => Err(CommitError::NotFound { ledger, id }.into()),
            Some(record) => {
                let found = record.version - self.along.get(&(ledger, id)).copied().unwrap_or(0);
                if found == expected {
                    Ok(record)
                } else {
                    Err(CommitError::Stale { ledger, id, expected, found }.into())
                }
            }
        }
    }

    /// Checks that what is referred to lives, and finds the record's area.
    async fn place(&mut self, ix: LedgerIx, values: &[Value]) -> Result<SmolStr, Fail> {
        let pack = Arc::clone(&self.job.pack);
        let ledger = pack.ledger(ix);
        let mut faults = Vec::new();
        let mut owner_area = None;
        for (position, (field, value)) in ledger.fields.iter().zip(values).enumerate() {
            let (Kind::Ref { to }, Value::Id(id)) = (&field.kind, value) else { continue };
            let sql = self.job.tables.ledger(*to);
            let is_owner = ledger.of.is_some_and(|owner| usize::from(owner.field.0) == position);
            let counted = is_owner && sql.exactly.iter().any(|one| one.of == ix);
            if let Some(area) = self.stood.area((*to, *id), counted) {
                if is_owner {
                    owner_area = Some(area);
                }
                continue;
            }
            let sql = if counted { &sql.claim } else { &sql.area_of };
            self.settled().await?;
            let rows = self.session.query(sql, &[&self.county, value], &[Column::Text]).await?;
            match rows.into_iter().next().and_then(|mut row| row.pop()) {
                Some(Value::Text(area)) => {
                    self.stood.stands((*to, *id), &area, counted);
                    if is_owner {
                        owner_area = Some(area);
                    }
                }
                Some(_) => {}
                None => faults.push(constraint::no_such_record(&pack, field, kind::plain(value))),
            }
        }
        let area = own_area(&pack, ix, &self.job.batch.county, values).unwrap_or_else(|fault| {
            faults.push(*fault);
            None
        });
        if !faults.is_empty() {
            return Err(self.invalid(faults));
        }
        Ok(area.or(owner_area).unwrap_or_else(|| self.job.batch.county.as_str().into()))
    }

    /// Everything a moved record owns takes its new area, level by level.
    async fn move_along(&mut self, ledger: LedgerIx, id: Uuid, area: &str) -> Result<(), Fail> {
        let job = self.job;
        let mut moving = vec![(ledger, id)];
        while let Some((ledger, id)) = moving.pop() {
            for (owned, rows_of) in &job.tables.ledger(ledger).owned {
                let sql = job.tables.ledger(*owned);
                let rows = self.session.query(rows_of, &[&self.county, &Value::Id(id)], &sql.types).await?;
                for stood in rows.into_iter().filter_map(record_of) {
                    let own = job.pack.ledger(*owned).area.and_then(|field| stood.values.get(usize::from(field.0)));
                    if own.is_some_and(|own| *own != Value::Null) || *stood.area == *area {
                        continue;
                    }
                    let version = stood.version + 1;
                    let binds =
                        [Value::Int(version), Value::Text(area.into()), self.county.clone(), Value::Id(stood.id)];
                    self.session.execute(&sql.set_area, &binds.each_ref()).await?;
                    self.stood.moved((*owned, stood.id), area);
                    *self.along.entry((*owned, stood.id)).or_default() += 1;
                    moving.push((*owned, stood.id));
                    let before = self.opened(*owned, stood.clone())?;
                    let after = Record { version, area: area.into(), ..before.clone() };
                    let stored = Record { version, area: area.into(), ..stood.clone() };
                    let change = Change { ledger: *owned, id: stood.id, before: Some(before), after: Some(after) };
                    self.keep(change, Some(&stood), Some(&stored));
                }
            }
        }
        Ok(())
    }
}

/// The area that a record names itself; it must lie in the county.
pub(crate) fn own_area(
    pack: &Pack,
    ix: LedgerIx,
    county: &str,
    values: &[Value],
) -> Result<Option<SmolStr>, Box<Fault>> {
    let ledger = pack.ledger(ix);
    let Some(FieldIx(position)) = ledger.area else { return Ok(None) };
    match values.get(usize::from(position)) {
        Some(Value::Text(area)) if area.starts_with(county) => Ok(Some(area.clone())),
        Some(Value::Text(area)) => {
            let field = &ledger.fields[usize::from(position)];
            let problem = Problem::new(Code::OutsideCounty, area.to_string(), [county.to_owned()]);
            Err(Box::new(problem.at(field.id.as_str(), &field.title)))
        }
        _ => Ok(None),
    }
}
