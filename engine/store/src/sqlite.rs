//! SQLite: one writer that commits what is queued in one durable transaction, and a pool of readers.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError, mpsc};

use anju_record::{Value, day};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};
use tokio::sync::oneshot;

use crate::commit::{Job, Outcome, group};
use crate::error::{DbError, Error, Result};
use crate::events::{self, NewEvent};
use crate::kept::{self, Kept};
use crate::session::{Ending, Session};
use crate::sql::{Column, Dialect};

/// Batches in one transaction at most.
const GROUP: usize = 64;
/// Idle readers kept.
const READERS: usize = 8;

struct Queued {
    job: Job,
    reply: oneshot::Sender<Outcome>,
}

pub(crate) struct Sqlite {
    path: PathBuf,
    writer: Mutex<Connection>,
    queue: Mutex<Vec<Queued>>,
    events: Mutex<Vec<events::Queued>>,
    readers: Mutex<Vec<Connection>>,
    wake: mpsc::SyncSender<()>,
}

/// A poisoned lock means a panic in another commit, whose transaction the next BEGIN finds open and gives up.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn unavailable(error: &rusqlite::Error) -> Error {
    Error::Unavailable(error.to_string())
}

/// Makes an empty file that only its owner reads. SQLite gives what it puts beside the file the same mode.
fn make_private(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl Sqlite {
    pub fn open(path: &Path) -> Result<Arc<Self>> {
        match make_private(path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(Error::Unavailable(format!("{}: {error}", path.display())));
            }
            _ => {}
        }
        let writer =
            Connection::open(path).map_err(|error| Error::Unavailable(format!("{}: {error}", path.display())))?;
        prepare(&writer).map_err(|error| unavailable(&error))?;
        let (wake, woken) = mpsc::sync_channel(1);
        let store = Arc::new(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            queue: Mutex::default(),
            events: Mutex::default(),
            readers: Mutex::default(),
            wake,
        });
        let weak = Arc::downgrade(&store);
        let drainer = std::thread::Builder::new().name("anju-writer".to_owned()).spawn(move || {
            while woken.recv().is_ok() {
                match weak.upgrade() {
                    Some(store) => store.drain(),
                    None => break,
                }
            }
        });
        drainer.map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(store)
    }

    /// Commits a job: alone at once if nobody writes, else with the next group.
    pub async fn commit(self: &Arc<Self>, job: Job) -> Outcome {
        let (reply, answer) = oneshot::channel();
        locked(&self.queue).push(Queued { job, reply });
        self.write_if_idle();
        answer.await.unwrap_or_else(|_| Err(Error::Unavailable("the writer stopped".to_owned()).into()))
    }

    /// Writes events: alone at once if nobody writes, else with all others that wait.
    pub async fn record(self: &Arc<Self>, events: Vec<NewEvent>) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        locked(&self.events).push(events::Queued { events, reply });
        self.write_if_idle();
        answer.await.unwrap_or_else(|_| Err(Error::Unavailable("the writer stopped".to_owned())))
    }

    /// Writes to the engine's own tables, waiting for the writer.
    pub fn keep(&self, kept: &Kept) -> Result<u64, DbError> {
        let mut done = Ok(0);
        self.write(|writer| {
            done = ready(kept::run(&mut SqliteSession { connection: writer }, Dialect::Sqlite, kept));
            Ok(())
        })
        .map_err(|error| DbError::Other(error.to_string()))?;
        done
    }

    fn write_if_idle(&self) {
        blocking(|| {
            if let Some(writer) = self.try_writer() {
                self.commit_queued(&writer);
                drop(writer);
                self.hand_over();
            }
        });
    }

    fn try_writer(&self) -> Option<MutexGuard<'_, Connection>> {
        match self.writer.try_lock() {
            Ok(writer) => Some(writer),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Whoever held the writer sees to what was queued meanwhile.
    fn hand_over(&self) {
        if !locked(&self.queue).is_empty() || !locked(&self.events).is_empty() {
            // Full means that the drainer is woken already.
            let _ = self.wake.try_send(());
        }
    }

    fn drain(&self) {
        let writer = locked(&self.writer);
        while self.commit_queued(&writer) {}
        drop(writer);
        self.hand_over();
    }

    fn commit_queued(&self, writer: &Connection) -> bool {
        let queued: Vec<Queued> = {
            let mut queue = locked(&self.queue);
            let many = queue.len().min(GROUP);
            queue.drain(..many).collect()
        };
        let recorded = self.record_queued(writer);
        if queued.is_empty() {
            return recorded;
        }
        let outcomes = commit_jobs(writer, &queued.iter().map(|queued| &queued.job).collect::<Vec<_>>());
        for (queued, outcome) in queued.into_iter().zip(outcomes) {
            // The caller may have gone away; the commit stands.
            let _ = queued.reply.send(outcome);
        }
        true
    }

    fn record_queued(&self, writer: &Connection) -> bool {
        let queued: Vec<events::Queued> = {
            let mut queue = locked(&self.events);
            let many = queue.len().min(GROUP);
            queue.drain(..many).collect()
        };
        if queued.is_empty() {
            return false;
        }
        let record = |events| {
            let kept = Kept { events, ..Kept::default() };
            ready(kept::run(&mut SqliteSession { connection: writer }, Dialect::Sqlite, &kept)).map(|_| ())
        };
        let outcome = record(queued.iter().flat_map(|queued| queued.events.iter().cloned()).collect());
        for queued in queued {
            queued.answer(&outcome);
        }
        true
    }

    /// Runs with the writer, waiting for it.
    pub fn write<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        blocking(|| {
            let writer = locked(&self.writer);
            let done = work(&writer);
            if !writer.is_autocommit() {
                writer.execute_batch("ROLLBACK").map_err(|error| unavailable(&error))?;
            }
            drop(writer);
            self.hand_over();
            done
        })
    }

    /// Copies the whole database into a file that is not there yet.
    pub fn copy_into(&self, to: &Path) -> Result<()> {
        blocking(|| {
            let told = |why: &dyn std::fmt::Display| Error::Unavailable(why.to_string());
            let text = to.to_str().ok_or_else(|| told(&"the file's name is not UTF-8"))?;
            let reader = open_reader(&self.path).map_err(|error| unavailable(&error))?;
            // Into an empty file of ours: one made by the copying could be read by others while it grows.
            let file = make_private(to).map_err(|error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => told(&"the file exists"),
                _ => told(&error),
            })?;
            let copied = reader.execute("VACUUM INTO ?", [text]).map_err(|error| told(&error));
            // On the disk before it is called done.
            let done = copied.and_then(|_| file.sync_all().map_err(|error| told(&error)));
            if done.is_err() {
                // Half a copy must not be taken for one; that the copying failed says more than that this did.
                let _ = std::fs::remove_file(to);
            }
            done
        })
    }

    /// Runs a query on a reader, row by row.
    pub fn read(&self, sql: &str, binds: &[Value], types: &[Column], sink: &mut dyn FnMut(Vec<Value>)) -> Result<()> {
        blocking(|| {
            let pooled = locked(&self.readers).pop();
            let reader = match pooled {
                Some(reader) => reader,
                None => open_reader(&self.path).map_err(|error| unavailable(&error))?,
            };
            let binds: Vec<&Value> = binds.iter().collect();
            let done = each_row(&reader, sql, &binds, types, sink);
            let mut readers = locked(&self.readers);
            if readers.len() < READERS {
                readers.push(reader);
            }
            done.map_err(Error::from)
        })
    }
}

fn prepare(writer: &Connection) -> rusqlite::Result<()> {
    writer.busy_timeout(std::time::Duration::from_secs(10))?;
    writer.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;")?;
    writer.set_prepared_statement_cache_capacity(1024);
    Ok(())
}

fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let reader = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    reader.busy_timeout(std::time::Duration::from_secs(10))?;
    reader.execute_batch("PRAGMA cache_size = -16384; PRAGMA mmap_size = 268435456;")?;
    reader.set_prepared_statement_cache_capacity(256);
    Ok(reader)
}

/// Blocks without holding up other tasks, where there are other threads to run them.
fn blocking<T>(work: impl FnOnce() -> T) -> T {
    match tokio::runtime::Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(tokio::runtime::RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Together, or if that fails one by one, so that no batch pays for another.
fn commit_jobs(writer: &Connection, jobs: &[&Job]) -> Vec<Outcome> {
    if let Ok(outcomes) = try_group(writer, jobs) {
        return outcomes;
    }
    let alone = |job: &&Job| {
        try_group(writer, &[*job])
            .map_or_else(|error| Err(error.into()), |mut outcomes| outcomes.pop().expect("one job has one outcome"))
    };
    jobs.iter().map(alone).collect()
}

fn try_group(writer: &Connection, jobs: &[&Job]) -> Result<Vec<Outcome>, DbError> {
    let done = ready(group(&mut SqliteSession { connection: writer }, Dialect::Sqlite, jobs));
    if !writer.is_autocommit() {
        writer.execute_batch("ROLLBACK").map_err(db_error)?;
    }
    done
}

/// The value of a future that never waits.
pub(crate) fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

pub(crate) fn db_error(error: rusqlite::Error) -> DbError {
    let rusqlite::Error::SqliteFailure(code, Some(message)) = &error else { return DbError::Other(error.to_string()) };
    let after = |prefix: &str| message.strip_prefix(prefix).map(str::to_owned);
    match code.extended_code {
        ffi::SQLITE_CONSTRAINT_CHECK => after("CHECK constraint failed: ").map(DbError::Constraint),
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            after("NOT NULL constraint failed: ").map(|columns| DbError::Columns { null: true, columns })
        }
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
            after("UNIQUE constraint failed: ").map(|columns| match columns.strip_prefix("index '") {
                Some(name) => DbError::Constraint(name.trim_end_matches('\'').to_owned()),
                None => DbError::Columns { null: false, columns },
            })
        }
        _ if matches!(code.code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Some(DbError::Retry(message.clone()))
        }
        _ => None,
    }
    .unwrap_or_else(|| DbError::Other(message.clone()))
}

/// How a value stands in SQLite: bools as 0 and 1, days as ISO text, ids as 16 bytes.
pub(crate) struct Bound<'a>(pub &'a Value);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Value::Bool(held) => ToSqlOutput::Borrowed(ValueRef::Integer((*held).into())),
            Value::Int(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Value::Date(date) => ToSqlOutput::Owned(day::format(*date).into()),
            Value::Id(id) => ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes())),
        })
    }
}

/// Reads a value strictly: a bool is 0 or 1, a day is a day.
pub(crate) fn read_value(value: ValueRef<'_>, column: Column) -> Option<Value> {
    Some(match (value, column) {
        (ValueRef::Null, _) => Value::Null,
        (ValueRef::Integer(number @ (0 | 1)), Column::Bool) => Value::Bool(number == 1),
        (ValueRef::Integer(number), Column::Int) => Value::Int(number),
        (ValueRef::Text(text), Column::Text) => Value::Text(std::str::from_utf8(text).ok()?.into()),
        (ValueRef::Text(text), Column::Date) => Value::Date(iso_day(text)?),
        (ValueRef::Blob(bytes), Column::Id) => Value::Id(uuid::Uuid::from_slice(bytes).ok()?),
        _ => return None,
    })
}

fn iso_day(text: &[u8]) -> Option<i32> {
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = text else { return None };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_i32, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i32::from(digit - b'0')))
    };
    day::from_civil(number(&[a, b, c, d])?, u8::try_from(number(&[e, f])?).ok()?, u8::try_from(number(&[g, h])?).ok()?)
}

pub(crate) fn each_row(
    connection: &Connection,
    sql: &str,
    binds: &[&Value],
    types: &[Column],
    sink: &mut dyn FnMut(Vec<Value>),
) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(sql).map_err(db_error)?;
    bind(&mut statement, binds)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(db_error)? {
        let mut values = Vec::with_capacity(types.len());
        for (position, column) in types.iter().enumerate() {
            let value = row.get_ref(position).map_err(db_error)?;
            values.push(
                read_value(value, *column)
                    .ok_or_else(|| DbError::Other(format!("column {position} holds no {}", column.word())))?,
            );
        }
        sink(values);
    }
    Ok(())
}

fn bind(statement: &mut rusqlite::Statement<'_>, binds: &[&Value]) -> Result<(), DbError> {
    if statement.parameter_count() != binds.len() {
        return Err(DbError::Other(format!("{} values for {} places", binds.len(), statement.parameter_count())));
    }
    for (position, value) in binds.iter().enumerate() {
        statement.raw_bind_parameter(position + 1, Bound(value)).map_err(db_error)?;
    }
    Ok(())
}

/// The writer in a transaction.
pub(crate) struct SqliteSession<'a> {
    pub connection: &'a Connection,
}

impl Session for SqliteSession<'_> {
    async fn begin(&mut self) -> Result<(), DbError> {
        if !self.connection.is_autocommit() {
            self.run("ROLLBACK").await?;
        }
        self.run("BEGIN IMMEDIATE").await
    }

    async fn rollback(&mut self) -> Result<(), DbError> {
        if self.connection.is_autocommit() { Ok(()) } else { self.run("ROLLBACK").await }
    }

    async fn finish(&mut self, ending: &Ending) -> Result<(), DbError> {
        const JOURNAL: &str = "INSERT INTO anju_journal (county, seq, at, actor, origin, reason, ledger, id, before, after, pack, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let mut statement = self.connection.prepare_cached(JOURNAL).map_err(db_error)?;
        for row in &ending.journal {
            statement
                .execute(rusqlite::params![
                    row.county, row.seq, row.at, row.actor, row.origin, row.reason, row.ledger, row.id, row.before,
                    row.after, row.pack, row.prev, row.hash
                ])
                .map_err(db_error)?;
        }
        drop(statement);
        for (county, seq, hash) in &ending.heads {
            let mut statement = self
                .connection
                .prepare_cached("UPDATE anju_head SET seq = ?, hash = ? WHERE county = ?")
                .map_err(db_error)?;
            statement.execute(rusqlite::params![seq, hash, county]).map_err(db_error)?;
        }
        for (county, key, first, last) in &ending.keys {
            let mut statement = self
                .connection
                .prepare_cached("INSERT INTO anju_idempotency (county, key, first, last) VALUES (?, ?, ?, ?)")
                .map_err(db_error)?;
            statement.execute(rusqlite::params![county, key, first, last]).map_err(db_error)?;
        }
        self.run("COMMIT").await
    }

    async fn later(&mut self, sql: &'static str) -> Result<(), DbError> {
        self.run(sql).await
    }

    async fn run(&mut self, sql: &str) -> Result<(), DbError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(db_error)?;
        statement.raw_execute().map(|_| ()).map_err(db_error)
    }

    async fn execute(&mut self, sql: &str, binds: &[&Value]) -> Result<u64, DbError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(db_error)?;
        bind(&mut statement, binds)?;
        statement.raw_execute().map(|count| count as u64).map_err(db_error)
    }

    async fn query(&mut self, sql: &str, binds: &[&Value], types: &[Column]) -> Result<Vec<Vec<Value>>, DbError> {
        let mut rows = Vec::new();
        each_row(self.connection, sql, binds, types, &mut |row| rows.push(row))?;
        Ok(rows)
    }

    async fn insert_many(
        &mut self,
        table: &str,
        columns: &[String],
        _types: &[Column],
        rows: &[Vec<Value>],
    ) -> Result<(), DbError> {
        let names = columns.iter().map(|name| crate::sql::quote(name)).collect::<Vec<_>>().join(", ");
        let places = vec!["?"; columns.len()].join(", ");
        let sql = format!("INSERT INTO {} ({names}) VALUES ({places})", crate::sql::quote(table));
        let mut statement = self.connection.prepare_cached(&sql).map_err(db_error)?;
        for row in rows {
            bind(&mut statement, &row.iter().collect::<Vec<_>>())?;
            statement.raw_execute().map_err(db_error)?;
        }
        Ok(())
    }

    async fn defer_references(&mut self) -> Result<(), DbError> {
        self.connection.execute_batch("PRAGMA defer_foreign_keys = ON").map_err(db_error)
    }
}
