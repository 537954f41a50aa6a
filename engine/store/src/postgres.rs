//! PostgreSQL: rows first, the county's head last, journal and COMMIT in one pipeline; batches of a county in groups.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anju_record::Value;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use futures_util::{StreamExt, pin_mut};
use postgres_types::private::BytesMut;
use postgres_types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::error::SqlState;
use tokio_postgres::{NoTls, Row};
use uuid::Uuid;

use crate::commit::{Job, Outcome, group};
use crate::error::{DbError, Error, Result};
use crate::events::{self, NewEvent};
use crate::kept::{self, Kept};
use crate::session::{Ending, Session};
use crate::sql::{Column, Dialect};

/// Batches in one transaction at most.
const GROUP: usize = 64;
/// Connections at most.
const CONNECTIONS: usize = 16;
/// 2000-01-01, where PostgreSQL counts days from.
const DATE_EPOCH: i32 = 10_957;

struct Queued {
    job: Job,
    reply: oneshot::Sender<Outcome>,
}

pub(crate) struct Postgres {
    pool: Pool,
    /// By county; an entry stands as long as somebody drains it.
    queues: Mutex<HashMap<String, Vec<Queued>>>,
    /// Stands as long as somebody drains it.
    events: Mutex<Option<Vec<events::Queued>>>,
}

impl Postgres {
    pub async fn open(url: &str) -> Result<Arc<Self>> {
        let config: tokio_postgres::Config = url.parse().map_err(|error| Error::Url(format!("{url}: {error}")))?;
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .build()
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        let store = Arc::new(Self { pool, queues: Mutex::default(), events: Mutex::default() });
        drop(store.client().await?);
        Ok(store)
    }

    async fn client(&self) -> Result<Object> {
        self.pool.get().await.map_err(|error| {
            // The pool's and the driver's own words around it say nothing; the innermost cause says what to mend.
            let mut cause: &dyn std::error::Error = &error;
            while let Some(inner) = cause.source() {
                cause = inner;
            }
            Error::Unavailable(cause.to_string())
        })
    }

    pub async fn session(&self) -> Result<PostgresSession> {
        Ok(PostgresSession { client: Some(self.client().await?), open: false, unsent: String::new(), sending: None })
    }

    /// Statements prepared for other tables are forgotten.
    pub fn forget_statements(&self) {
        self.pool.manager().statement_caches.clear();
    }

    /// Commits a job with whatever else waits for its county.
    pub async fn commit(self: &Arc<Self>, job: Job) -> Outcome {
        let county = job.batch.county.clone();
        let (reply, answer) = oneshot::channel();
        let first = {
            let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
            let first = !queues.contains_key(&county);
            queues.entry(county.clone()).or_default().push(Queued { job, reply });
            first
        };
        if first {
            // A task of its own: the caller may be dropped in the middle, the transaction may not.
            tokio::spawn(Arc::clone(self).drain(county));
        }
        answer.await.unwrap_or_else(|_| Err(Error::Unavailable("the writer stopped".to_owned()).into()))
    }

    async fn drain(self: Arc<Self>, county: String) {
        loop {
            let queued: Vec<Queued> = {
                let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(queue) = queues.get_mut(&county) else { return };
                if queue.is_empty() {
                    queues.remove(&county);
                    return;
                }
                let many = queue.len().min(GROUP);
                queue.drain(..many).collect()
            };
            let outcomes = self.commit_jobs(&queued.iter().map(|queued| &queued.job).collect::<Vec<_>>()).await;
            for (queued, outcome) in queued.into_iter().zip(outcomes) {
                // The caller may have gone away; the commit stands.
                let _ = queued.reply.send(outcome);
            }
        }
    }

    /// Writes events with whatever others wait.
    pub async fn record(self: &Arc<Self>, events: Vec<NewEvent>) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        let first = {
            let mut waiting = self.events.lock().unwrap_or_else(PoisonError::into_inner);
            let first = waiting.is_none();
            waiting.get_or_insert_default().push(events::Queued { events, reply });
            first
        };
        if first {
            tokio::spawn(Arc::clone(self).drain_events());
        }
        answer.await.unwrap_or_else(|_| Err(Error::Unavailable("the writer stopped".to_owned())))
    }

    async fn drain_events(self: Arc<Self>) {
        loop {
            let queued: Vec<events::Queued> = {
                let mut waiting = self.events.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(queue) = waiting.as_mut().filter(|queue| !queue.is_empty()) else {
                    *waiting = None;
                    return;
                };
                let many = queue.len().min(GROUP);
                queue.drain(..many).collect()
            };
            let events = queued.iter().flat_map(|queued| queued.events.iter().cloned()).collect();
            let outcome = self.keep(&Kept { events, ..Kept::default() }).await.map(|_| ());
            for queued in queued {
                queued.answer(&outcome);
            }
        }
    }

    /// Writes to the engine's own tables; what the database asks to do again is done again.
    pub async fn keep(&self, kept: &Kept) -> Result<u64, DbError> {
        for attempt in 1.. {
            let mut session = self.session().await.map_err(|error| DbError::Other(error.to_string()))?;
            match kept::run(&mut session, Dialect::Postgres, kept).await {
                Err(DbError::Retry(_)) if attempt < 4 => self.forget_statements(),
                done => return done,
            }
        }
        unreachable!("the loop returns")
    }

    async fn commit_jobs(&self, jobs: &[&Job]) -> Vec<Outcome> {
        if jobs.len() > 1 {
            match self.try_group(jobs).await {
                Ok(outcomes) => return outcomes,
                Err(DbError::Lost(text)) => {
                    return jobs.iter().map(|_| Err(Error::Unavailable(text.clone()).into())).collect();
                }
                // Nothing was kept: one by one, so that no batch pays for another.
                Err(_) => {}
            }
        }
        let mut outcomes = Vec::with_capacity(jobs.len());
        for job in jobs {
            outcomes.push(self.alone(job).await);
        }
        outcomes
    }

    async fn alone(&self, job: &Job) -> Outcome {
        for attempt in 1.. {
            match self.try_group(&[job]).await {
                Ok(mut outcomes) => return outcomes.pop().expect("one job has one outcome"),
                Err(DbError::Retry(_)) if attempt < 4 => self.forget_statements(),
                Err(error) => return Err(error.into()),
            }
        }
        unreachable!("the loop returns")
    }

    async fn try_group(&self, jobs: &[&Job]) -> Result<Vec<Outcome>, DbError> {
        let mut session = self.session().await.map_err(|error| DbError::Other(error.to_string()))?;
        group(&mut session, Dialect::Postgres, jobs).await
    }

    /// Runs a query, row by row. Once more if the tables changed below its statement.
    pub async fn read(
        &self,
        sql: &str,
        binds: &[Value],
        types: &[Column],
        sink: &mut (dyn FnMut(Vec<Value>) + Send),
    ) -> Result<()> {
        let client = self.client().await?;
        let binds: Vec<Bound<'_>> = binds.iter().map(Bound).collect();
        let mut retried = false;
        loop {
            let statement = client.prepare_cached(sql).await.map_err(|error| Error::from(db_error(&error)))?;
            match client.query_raw(&statement, binds.clone()).await {
                Ok(rows) => {
                    pin_mut!(rows);
                    while let Some(row) = rows.next().await {
                        let row = row.map_err(|error| Error::from(db_error(&error)))?;
                        sink(
                            read_row(&row, types)
                                .map_err(|column| Error::Foreign { column, wanted: types[column].word() })?,
                        );
                    }
                    return Ok(());
                }
                Err(error) => match db_error(&error) {
                    DbError::Retry(_) if !retried => {
                        retried = true;
                        self.forget_statements();
                    }
                    other => return Err(other.into()),
                },
            }
        }
    }
}

pub(crate) fn db_error(error: &tokio_postgres::Error) -> DbError {
    let Some(db) = error.as_db_error() else {
        let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
        let text = format!("{error}{cause}");
        return if error.is_closed() || error.to_string().contains("communicating") {
            DbError::Lost(text)
        } else {
            DbError::Other(text)
        };
    };
    let text = || format!("{} ({})", db.message(), db.code().code());
    match db.code() {
        &SqlState::NOT_NULL_VIOLATION => DbError::Columns {
            null: true,
            columns: format!("{}.{}", db.table().unwrap_or_default(), db.column().unwrap_or_default()),
        },
        &SqlState::UNIQUE_VIOLATION | &SqlState::CHECK_VIOLATION | &SqlState::FOREIGN_KEY_VIOLATION => {
            db.constraint().map_or_else(|| DbError::Other(text()), |name| DbError::Constraint(name.to_owned()))
        }
        &SqlState::T_R_SERIALIZATION_FAILURE
        | &SqlState::T_R_DEADLOCK_DETECTED
        | &SqlState::FEATURE_NOT_SUPPORTED
        | &SqlState::LOCK_NOT_AVAILABLE => DbError::Retry(text()),
        _ => DbError::Other(text()),
    }
}

/// A value bound to exactly the type PostgreSQL expects there, or refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound<'a>(pub &'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let wrong = || format!("a value {:?} does not fit a parameter of type {ty}", self.0).into();
        match (self.0, ty) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(number), &Type::INT8) => number.to_sql(ty, out),
            (Value::Int(number), &Type::INT4) => i32::try_from(*number)?.to_sql(ty, out),
            (Value::Int(number), &Type::INT2) => i16::try_from(*number)?.to_sql(ty, out),
            (Value::Bool(held), ty) if <bool as ToSql>::accepts(ty) => held.to_sql(ty, out),
            (Value::Text(text), ty) if <&str as ToSql>::accepts(ty) => (&**text).to_sql(ty, out),
            (Value::Id(id), ty) if <Uuid as ToSql>::accepts(ty) => id.to_sql(ty, out),
            (Value::Date(date), &Type::DATE) => {
                date.checked_sub(DATE_EPOCH).ok_or_else(wrong)?.to_sql(&Type::INT4, out)
            }
            _ => Err(wrong()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

struct PgDate(i32);

impl<'a> FromSql<'a> for PgDate {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        let days = i32::from_be_bytes(raw.try_into()?);
        days.checked_add(DATE_EPOCH).map(Self).ok_or_else(|| "an infinite date".into())
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::DATE
    }
}

/// `Err` is the position of the column that is of another type.
fn read_row(row: &Row, types: &[Column]) -> Result<Vec<Value>, usize> {
    let read = |(position, column): (usize, &Column)| {
        let value = match column {
            Column::Bool => row.try_get::<_, Option<bool>>(position).map(|value| value.map(Value::Bool)),
            Column::Int if *row.columns()[position].type_() == Type::INT4 => {
                row.try_get::<_, Option<i32>>(position).map(|value| value.map(|number| Value::Int(number.into())))
            }
            Column::Int => row.try_get::<_, Option<i64>>(position).map(|value| value.map(Value::Int)),
            Column::Text => {
                row.try_get::<_, Option<&str>>(position).map(|value| value.map(|text| Value::Text(text.into())))
            }
            Column::Date => {
                row.try_get::<_, Option<PgDate>>(position).map(|value| value.map(|date| Value::Date(date.0)))
            }
            Column::Id => row.try_get::<_, Option<Uuid>>(position).map(|value| value.map(Value::Id)),
        };
        value.map(Option::unwrap_or_default).map_err(|_| position)
    };
    types.iter().enumerate().map(read).collect()
}

/// A connection in a transaction. Dropped in the middle of one, it is closed and not given back.
pub(crate) struct PostgresSession {
    client: Option<Object>,
    open: bool,
    /// Statements that go out with the next one.
    unsent: String,
    /// Rows on their way.
    sending: Option<JoinHandle<Result<(), DbError>>>,
}

impl Drop for PostgresSession {
    fn drop(&mut self) {
        if let Some(client) = self.client.take().filter(|_| self.open) {
            drop(Object::take(client));
        }
    }
}

impl PostgresSession {
    fn client(&self) -> Result<&Object, DbError> {
        self.client.as_ref().ok_or_else(|| DbError::Other("the connection is closed".to_owned()))
    }
}

impl PostgresSession {
    async fn copy(&self, table: &str, columns: &[String], types: &[Column]) -> Result<BinaryCopyInWriter, DbError> {
        let names = columns.iter().map(|name| crate::sql::quote(name)).collect::<Vec<_>>().join(", ");
        let sql = format!("COPY {} ({names}) FROM STDIN BINARY", crate::sql::quote(table));
        let types: Vec<Type> = types.iter().map(|column| column.oid_type()).collect();
        let sink = self.client()?.copy_in(&sql).await.map_err(|error| db_error(&error))?;
        Ok(BinaryCopyInWriter::new(sink, &types))
    }
}

async fn copied(writer: BinaryCopyInWriter, rows: &[Vec<Value>]) -> Result<(), DbError> {
    pin_mut!(writer);
    for row in rows {
        let binds: Vec<Bound<'_>> = row.iter().map(Bound).collect();
        writer.as_mut().write_raw(binds).await.map_err(|error| db_error(&error))?;
    }
    writer.finish().await.map(|_| ()).map_err(|error| db_error(&error))
}

async fn sent(client: &Object, unsent: &str) -> std::result::Result<(), tokio_postgres::Error> {
    if unsent.is_empty() { Ok(()) } else { client.batch_execute(unsent).await }
}

const JOURNAL: &str = "INSERT INTO anju_journal (county, seq, at, actor, origin, reason, ledger, id, before, after, pack, prev, hash) SELECT * FROM UNNEST($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])";
const HEADS: &str = "UPDATE anju_head AS h SET seq = n.seq, hash = n.hash FROM UNNEST($1::text[], $2::bigint[], $3::text[]) AS n (county, seq, hash) WHERE h.county = n.county";
const KEYS: &str = "INSERT INTO anju_idempotency (county, key, first, last) SELECT * FROM UNNEST($1::text[], $2::text[], $3::bigint[], $4::bigint[])";

impl Session for PostgresSession {
    async fn begin(&mut self) -> Result<(), DbError> {
        self.open = true;
        self.later("BEGIN").await
    }

    async fn rollback(&mut self) -> Result<(), DbError> {
        // Rows on their way are given up with the rest.
        let _ = self.arrived().await;
        // Outside a transaction it does nothing but warn.
        self.run("ROLLBACK").await?;
        self.open = false;
        Ok(())
    }

    async fn finish(&mut self, ending: &Ending) -> Result<(), DbError> {
        let unsent = std::mem::take(&mut self.unsent);
        let client = self.client()?;
        let prepare =
            |sql: &'static str| async move { client.prepare_cached(sql).await.map_err(|error| db_error(&error)) };
        let (journal, heads, keys) = (prepare(JOURNAL).await?, prepare(HEADS).await?, prepare(KEYS).await?);
        let rows = &ending.journal;
        let text = |of: fn(&crate::journal::JournalRow) -> &str| rows.iter().map(of).collect::<Vec<&str>>();
        let maybe =
            |of: fn(&crate::journal::JournalRow) -> Option<&str>| rows.iter().map(of).collect::<Vec<Option<&str>>>();
        let (county, actor, origin, ledger) =
            (text(|row| &row.county), text(|row| &row.actor), text(|row| &row.origin), text(|row| &row.ledger));
        let (reason, before, after) =
            (maybe(|row| row.reason.as_deref()), maybe(|row| row.before.as_deref()), maybe(|row| row.after.as_deref()));
        let (pack, prev, hash) = (text(|row| &row.pack), text(|row| &row.prev), text(|row| &row.hash));
        let (seq, at): (Vec<i64>, Vec<i64>) = rows.iter().map(|row| (row.seq, row.at)).unzip();
        let id: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let journal_binds: [&(dyn ToSql + Sync); 13] =
            [&county, &seq, &at, &actor, &origin, &reason, &ledger, &id, &before, &after, &pack, &prev, &hash];
        let head_county: Vec<&str> = ending.heads.iter().map(|head| head.0.as_str()).collect();
        let head_seq: Vec<i64> = ending.heads.iter().map(|head| head.1).collect();
        let head_hash: Vec<&str> = ending.heads.iter().map(|head| head.2.as_str()).collect();
        let head_binds: [&(dyn ToSql + Sync); 3] = [&head_county, &head_seq, &head_hash];
        let key_county: Vec<&str> = ending.keys.iter().map(|key| key.0.as_str()).collect();
        let key_key: Vec<&str> = ending.keys.iter().map(|key| key.1.as_str()).collect();
        let (key_first, key_last): (Vec<i64>, Vec<i64>) = ending.keys.iter().map(|key| (key.2, key.3)).unzip();
        let key_binds: [&(dyn ToSql + Sync); 4] = [&key_county, &key_key, &key_first, &key_last];
        // Polled in this order, so sent in this order. COMMIT of a failed transaction says Ok: every statement must have succeeded.
        let (before, journal, heads, keys, commit) = tokio::join!(
            biased;
            sent(client, &unsent),
            async { if rows.is_empty() { Ok(0) } else { client.execute(&journal, &journal_binds).await } },
            async { if ending.heads.is_empty() { Ok(0) } else { client.execute(&heads, &head_binds).await } },
            async { if ending.keys.is_empty() { Ok(0) } else { client.execute(&keys, &key_binds).await } },
            client.batch_execute("COMMIT"),
        );
        self.open = false;
        before.and(journal).and(heads).and(keys).map_err(|error| db_error(&error))?;
        commit.map_err(|error| db_error(&error))
    }

    async fn later(&mut self, sql: &'static str) -> Result<(), DbError> {
        self.unsent.push_str(sql);
        self.unsent.push(';');
        Ok(())
    }

    async fn run(&mut self, sql: &str) -> Result<(), DbError> {
        let unsent = std::mem::take(&mut self.unsent);
        let client = self.client()?;
        let (before, now) = tokio::join!(biased; sent(client, &unsent), client.batch_execute(sql));
        before.and(now).map_err(|error| db_error(&error))
    }

    async fn execute(&mut self, sql: &str, binds: &[&Value]) -> Result<u64, DbError> {
        let unsent = std::mem::take(&mut self.unsent);
        let client = self.client()?;
        let statement = client.prepare_cached(sql).await.map_err(|error| db_error(&error))?;
        let binds: Vec<Bound<'_>> = binds.iter().map(|value| Bound(value)).collect();
        let (before, count) = tokio::join!(biased; sent(client, &unsent), client.execute_raw(&statement, binds));
        before.map_err(|error| db_error(&error))?;
        count.map_err(|error| db_error(&error))
    }

    async fn query(&mut self, sql: &str, binds: &[&Value], types: &[Column]) -> Result<Vec<Vec<Value>>, DbError> {
        let unsent = std::mem::take(&mut self.unsent);
        let client = self.client()?;
        let statement = client.prepare_cached(sql).await.map_err(|error| db_error(&error))?;
        let binds: Vec<Bound<'_>> = binds.iter().map(|value| Bound(value)).collect();
        let binds: Vec<&(dyn ToSql + Sync)> = binds.iter().map(|bound| bound as &(dyn ToSql + Sync)).collect();
        let (before, rows) = tokio::join!(biased; sent(client, &unsent), client.query(&statement, &binds));
        before.map_err(|error| db_error(&error))?;
        let rows = rows.map_err(|error| db_error(&error))?;
        rows.iter()
            .map(|row| {
                read_row(row, types)
                    .map_err(|column| DbError::Other(format!("column {column} holds no {}", types[column].word())))
            })
            .collect()
    }

    async fn insert_many(
        &mut self,
        table: &str,
        columns: &[String],
        types: &[Column],
        rows: &[Vec<Value>],
    ) -> Result<(), DbError> {
        let writer = self.copy(table, columns, types).await?;
        copied(writer, rows).await
    }

    async fn send_many(
        &mut self,
        table: &str,
        columns: &[String],
        types: &[Column],
        rows: Arc<Vec<Vec<Value>>>,
    ) -> Result<(), DbError> {
        let writer = self.copy(table, columns, types).await?;
        // The database takes them in while the next are made ready.
        self.sending = Some(tokio::spawn(async move { copied(writer, &rows).await }));
        Ok(())
    }

    async fn arrived(&mut self) -> Result<(), DbError> {
        match self.sending.take() {
            Some(sending) => sending.await.unwrap_or_else(|error| Err(DbError::Other(error.to_string()))),
            None => Ok(()),
        }
    }

    async fn defer_references(&mut self) -> Result<(), DbError> {
        self.run("SET CONSTRAINTS ALL DEFERRED").await
    }
}

impl Column {
    fn oid_type(self) -> Type {
        match self {
            Self::Bool => Type::BOOL,
            Self::Int => Type::INT8,
            Self::Text => Type::TEXT,
            Self::Date => Type::DATE,
            Self::Id => Type::UUID,
        }
    }
}
