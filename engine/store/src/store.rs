//! The store: one handle for either database.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anju_pack::{FieldIx, LedgerIx, Pack};
use anju_record::{Change, Lang, Record, Valid, Value};
use anju_vault::Vault;
use uuid::Uuid;

use crate::commit::{Batch, Fail, Job, Receipt};
use crate::error::{CommitError, DbError, Error, NotReady, Result};
use crate::journal::{COLUMNS, JournalRow};
use crate::migrate::{Alter, Effect, MigrationPlan, against, diff, reached, statements};
use crate::postgres::Postgres;
use crate::query::{self, Query};
use crate::refill::{self, Refill};
use crate::schema::{Schema, table_name};
use crate::session::Session;
use crate::sql::{Column, Dialect, Statement, quote};
use crate::sqlite::{Sqlite, SqliteSession, db_error, ready};
use crate::tables::{Tables, record_of};
use crate::{engine_tables, import, key_mark, labels};

/// A database of counties. Cloning shares it.
#[derive(Clone)]
pub struct Store {
    backend: Backend,
    vault: Arc<Vault>,
    tables: Arc<Mutex<HashMap<String, Arc<Tables>>>>,
}

#[derive(Clone)]
pub(crate) enum Backend {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

/// Packs whose statements are kept.
const KEPT_PACKS: usize = 8;
/// A load of so many records changes what the query planner should know.
const ANALYSED_FROM: usize = 1_000;

/// After SQLite rebuilt a table, every reference leads somewhere.
async fn nothing_dangles(session: &mut SqliteSession<'_>) -> Result<(), DbError> {
    let sql = "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1";
    let broken = session.query(sql, &[], &[Column::Text]).await?;
    match broken.first().map(Vec::as_slice) {
        Some([Value::Text(table)]) => {
            Err(DbError::Other(format!("the table {table} would hold references to nothing")))
        }
        _ => Ok(()),
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("dialect", &self.dialect()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens `sqlite:PATH`, a bare path, or `postgres://…`; makes the engine's own tables. Sensitive fields are sealed with the vault's keys.
    ///
    /// # Errors
    /// If the database cannot be reached or made.
    pub async fn open(url: &str, vault: Arc<Vault>) -> Result<Self> {
        let backend = if url.starts_with("postgres://") || url.starts_with("postgresql://") || url.starts_with("host=")
        {
            Backend::Postgres(Postgres::open(url).await?)
        } else {
            let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
            if path.is_empty() || path.contains("://") || path.starts_with(':') {
                return Err(Error::Url(url.to_owned()));
            }
            Backend::Sqlite(Sqlite::open(Path::new(path))?)
        };
        let store = Self { backend, vault, tables: Arc::default() };
        store.engine_tables().await?;
        store.same_keys().await?;
        Ok(store)
    }

    /// The keys that sensitive fields are sealed with.
    pub fn vault(&self) -> &Arc<Vault> {
        &self.vault
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.backend
    }

    /// Which SQL this database speaks.
    pub fn dialect(&self) -> Dialect {
        match self.backend {
            Backend::Sqlite(_) => Dialect::Sqlite,
            Backend::Postgres(_) => Dialect::Postgres,
        }
    }

    async fn engine_tables(&self) -> Result<()> {
        let ddl = engine_tables::ddl(self.dialect());
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.write(|writer| {
                writer.execute_batch(&format!("BEGIN IMMEDIATE; {ddl} COMMIT;")).map_err(|error| db_error(error).into())
            }),
            Backend::Postgres(postgres) => {
                let mut session = postgres.session().await?;
                session.begin().await?;
                // Two processes that start at once would both make them.
                session.run("SELECT pg_advisory_xact_lock(4201869)").await?;
                session.run(&ddl).await?;
                Ok(session.finish(&crate::session::Ending::default()).await?)
            }
        }
    }

    pub(crate) async fn rows(
        &self,
        statement: &Statement,
        types: &[Column],
        sink: &mut (dyn FnMut(Vec<Value>) + Send),
    ) -> Result<()> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.read(&statement.sql, &statement.binds, types, sink),
            Backend::Postgres(postgres) => postgres.read(&statement.sql, &statement.binds, types, sink).await,
        }
    }

    pub(crate) async fn all_rows(&self, statement: &Statement, types: &[Column]) -> Result<Vec<Vec<Value>>> {
        let mut rows = Vec::new();
        self.rows(statement, types, &mut |row| rows.push(row)).await?;
        Ok(rows)
    }

    pub(crate) fn statement(&self, sqlite: &str, binds: Vec<Value>) -> Statement {
        Statement { sql: crate::kept::placed(self.dialect(), sqlite), binds }
    }

    /// Statements in one transaction, outside the journal: for the engine's own tables.
    pub(crate) async fn write_all(&self, written: Vec<Statement>) -> Result<()> {
        async fn run<S: Session>(session: &mut S, written: &[Statement]) -> Result<(), DbError> {
            session.begin().await?;
            for statement in written {
                let done = session.execute(&statement.sql, &statement.binds.iter().collect::<Vec<_>>()).await;
                if done.is_err() {
                    session.rollback().await?;
                }
                done?;
            }
            session.finish(&crate::session::Ending::default()).await
        }
        match &self.backend {
            Backend::Sqlite(sqlite) => {
                sqlite.write(|writer| Ok(ready(run(&mut SqliteSession { connection: writer }, &written))?))
            }
            Backend::Postgres(postgres) => Ok(run(&mut postgres.session().await?, &written).await?),
        }
    }

    fn tables(&self, pack: &Pack) -> Arc<Tables> {
        let mut known = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tables) = known.get(&pack.hash) {
            return Arc::clone(tables);
        }
        if known.len() >= KEPT_PACKS {
            known.clear();
        }
        let tables = Arc::new(Tables::of(pack, self.dialect()));
        known.insert(pack.hash.clone(), Arc::clone(&tables));
        tables
    }

    /// What [`Store::apply`] would run to make the tables follow a pack.
    ///
    /// # Errors
    /// If the database fails or no table can hold what the pack asks.
    pub async fn plan(&self, pack: &Pack) -> Result<MigrationPlan> {
        let (from, actual) = self.followed().await?;
        let target = Schema::of(pack, self.dialect())?;
        let refills = refill::refills(pack, &actual, &target)?;
        let mut steps = diff(&actual, &target);
        for step in steps.iter_mut().filter(|step| step.effect == Effect::Tightening) {
            let question = actual
                .table(&step.table)
                .zip(target.table(&step.table))
                .and_then(|(old, new)| against(old, new, &step.change));
            if let Some(sql) = question {
                let rows = self.all_rows(&Statement { sql, binds: Vec::new() }, &[Column::Int]).await?;
                if let Some([Value::Int(count @ 1..)]) = rows.first().map(Vec::as_slice) {
                    step.effect = Effect::Deferred(*count);
                }
            }
        }
        Ok(MigrationPlan { from, to: pack.hash.clone(), steps, actual, target, refills })
    }

    /// The pack and tables that the database follows.
    async fn followed(&self) -> Result<(Option<String>, Schema)> {
        let statement = self.statement("SELECT hash, tables FROM anju_pack ORDER BY n DESC LIMIT 1", Vec::new());
        let rows = self.all_rows(&statement, &[Column::Text, Column::Text]).await?;
        match rows.first().map(Vec::as_slice) {
            Some([Value::Text(hash), Value::Text(tables)]) => {
                let schema = serde_json::from_str(tables)
                    .map_err(|error| Error::Unavailable(format!("the table list in anju_pack is broken: {error}")))?;
                Ok((Some(hash.to_string()), schema))
            }
            _ => Ok((None, Schema::default())),
        }
    }

    /// Makes the tables follow the plan's pack. What would be lost is archived as `anju_archive_*` first.
    ///
    /// # Errors
    /// If data would be lost and `allow_contraction` is false; if the database changed since the plan was made; if it fails.
    pub async fn apply(&self, plan: MigrationPlan, allow_contraction: bool) -> Result<()> {
        let lost: Vec<&str> = plan.contractions().map(|step| step.what.as_str()).collect();
        if !lost.is_empty() && !allow_contraction {
            return Err(Error::Contraction(lost.join(", ")));
        }
        if self.followed().await? != (plan.from.clone(), plan.actual.clone()) {
            return Err(Error::PlanStale);
        }
        if plan.is_empty() {
            return Ok(());
        }
        let rows = self.all_rows(&self.statement("SELECT count(*) FROM anju_pack", Vec::new()), &[Column::Int]).await?;
        let serial = match rows.first().map(Vec::as_slice) {
            Some([Value::Int(count)]) => count + 1,
            _ => 1,
        };
        let schema = serde_json::to_string(&reached(&plan.actual, &plan.target, &plan.steps))
            .map_err(|error| Error::Unsupported(error.to_string()))?;
        let statements = statements(&plan, self.dialect(), serial);
        let note = [
            self.statement(
                "INSERT INTO anju_pack (n, hash, tables) VALUES (?, ?, ?)",
                vec![Value::Int(serial), Value::Text(plan.to.as_str().into()), Value::Text(schema.into())],
            ),
            self.upsert_meta("pack", &plan.to),
            self.upsert_meta(key_mark::KEY, &self.vault.current()),
        ];
        let rebuilds = plan.steps.iter().any(|step| !matches!(step.change, Alter::CreateTable(_)));
        self.migrate(&statements, &plan.refills, &note, rebuilds).await
    }

    async fn migrate(&self, ddl: &[String], refills: &[Refill], note: &[Statement], rebuilds: bool) -> Result<()> {
        async fn run<S: Session>(
            session: &mut S,
            (dialect, vault): (Dialect, &Vault),
            (ddl, refills, note): (&[String], &[Refill], &[Statement]),
        ) -> Result<(), DbError> {
            let values = refill::read(session, vault, refills).await.map_err(refill::inside)?;
            for sql in ddl {
                session.run(sql).await?;
            }
            refill::write(session, dialect, vault, refills, values).await.map_err(refill::inside)?;
            refill::journal(session, dialect, vault, refills).await.map_err(refill::inside)?;
            for statement in note {
                session.execute(&statement.sql, &statement.binds.iter().collect::<Vec<_>>()).await?;
            }
            Ok(())
        }
        let (vault, work) = (&*self.vault, (ddl, refills, note));
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.write(|writer| {
                let pragma = |sql: &str| writer.execute_batch(sql).map_err(db_error);
                // Ignored inside a transaction, hence before it.
                pragma("PRAGMA foreign_keys = OFF")?;
                let mut session = SqliteSession { connection: writer };
                let done = ready(async {
                    session.begin().await?;
                    run(&mut session, (Dialect::Sqlite, vault), work).await?;
                    if rebuilds {
                        nothing_dangles(&mut session).await?;
                    }
                    session.finish(&crate::session::Ending::default()).await
                });
                if done.is_err() {
                    ready(session.rollback())?;
                }
                pragma("PRAGMA foreign_keys = ON")?;
                done?;
                if !refills.is_empty() {
                    // What was clear stands in free pages until they are written over.
                    pragma("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")?;
                }
                Ok(())
            }),
            Backend::Postgres(postgres) => {
                let mut session = postgres.session().await?;
                session.begin().await?;
                session.run("SET LOCAL lock_timeout = '10s'").await?;
                let done = run(&mut session, (Dialect::Postgres, vault), work).await;
                if done.is_err() {
                    session.rollback().await?;
                }
                done?;
                session.finish(&crate::session::Ending::default()).await?;
                postgres.forget_statements();
                Ok(())
            }
        }
    }

    /// Whether the database follows exactly this pack.
    ///
    /// # Errors
    /// In what way it does not.
    pub async fn ready(&self, pack: &Pack) -> Result<(), NotReady> {
        let statement = self.statement("SELECT hash FROM anju_pack ORDER BY n", Vec::new());
        let rows = self
            .all_rows(&statement, &[Column::Text])
            .await
            .map_err(|error| NotReady::Unavailable(error.to_string()))?;
        let hashes: Vec<String> = rows.into_iter().flatten().map(|value| anju_record::kind::plain(&value)).collect();
        let Some(database) = hashes.last().cloned() else { return Err(NotReady::Empty) };
        let given = pack.hash.clone();
        if database == given {
            Ok(())
        } else if hashes.contains(&given) {
            Err(NotReady::Newer { database, given })
        } else {
            Err(NotReady::Older { database, given })
        }
    }

    /// Writes a batch: all of it, journalled and durable, or nothing.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub async fn commit(&self, pack: &Arc<Pack>, batch: Batch) -> Result<Receipt, CommitError> {
        let job = Job { pack: Arc::clone(pack), tables: self.tables(pack), vault: Arc::clone(&self.vault), batch };
        let receipt = match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.commit(job).await?,
            Backend::Postgres(postgres) => postgres.commit(job).await?,
        };
        if receipt.changes.len() >= ANALYSED_FROM && !receipt.replayed {
            let tables: BTreeSet<String> =
                receipt.changes.iter().map(|change| quote(&table_name(&pack.ledger(change.ledger).id))).collect();
            let words: String = tables.iter().map(|table| format!("ANALYZE {table};")).collect();
            let counted = {
                let store = self.clone();
                async move {
                    if let Err(error) = store.count_rows(&words).await {
                        // The commit stands.
                        tracing::warn!(%error, "the tables could not be analysed after a large commit");
                    }
                }
            };
            match &self.backend {
                Backend::Sqlite(_) => counted.await,
                // Another connection's work: nobody need wait for it.
                Backend::Postgres(_) => drop(tokio::spawn(counted)),
            }
        }
        Ok(receipt)
    }

    /// What [`Store::commit`] would answer to each of these batches, each after the ones before it that stand. Nothing is written.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn rehearse(&self, pack: &Arc<Pack>, batches: Vec<Batch>) -> Result<Vec<Result<(), CommitError>>> {
        let job =
            |batch| Job { pack: Arc::clone(pack), tables: self.tables(pack), vault: Arc::clone(&self.vault), batch };
        let jobs: Vec<Job> = batches.into_iter().map(job).collect();
        let jobs: Vec<&Job> = jobs.iter().collect();
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.write(|writer| {
                let mut session = SqliteSession { connection: writer };
                Ok(ready(crate::rehearse::rehearse(&mut session, Dialect::Sqlite, &jobs))?)
            }),
            Backend::Postgres(postgres) => {
                let mut session = postgres.session().await?;
                Ok(crate::rehearse::rehearse(&mut session, Dialect::Postgres, &jobs).await?)
            }
        }
    }

    /// Loads many new records in one transaction, in any order; each is journalled. `batch.changes` is not read.
    ///
    /// # Errors
    /// See [`CommitError`]; `write` counts the records.
    pub async fn import(
        &self,
        pack: &Arc<Pack>,
        batch: Batch,
        records: impl IntoIterator<Item = Valid>,
    ) -> Result<Receipt, CommitError> {
        let job = Job { pack: Arc::clone(pack), tables: self.tables(pack), vault: Arc::clone(&self.vault), batch };
        let records: Vec<Valid> = records.into_iter().collect();
        let done = match &self.backend {
            Backend::Sqlite(sqlite) => sqlite
                .write(|writer| {
                    Ok(ready(import::run(&mut SqliteSession { connection: writer }, Dialect::Sqlite, &job, records)))
                })
                .map_err(CommitError::from)?,
            Backend::Postgres(postgres) => {
                let mut session = postgres.session().await?;
                import::run(&mut session, Dialect::Postgres, &job, records).await
            }
        };
        let receipt = done.map_err(|fail| match fail {
            Fail::Batch(error) => error,
            Fail::Transaction(error) => error.into(),
        })?;
        if receipt.changes.len() >= ANALYSED_FROM {
            self.count_rows("ANALYZE;").await?;
        }
        Ok(receipt)
    }

    pub(crate) async fn copy_into(&self, to: &Path) -> Result<()> {
        let Backend::Sqlite(sqlite) = &self.backend else {
            return Err(Error::Unsupported("PostgreSQL is backed up with pg_dump".to_owned()));
        };
        sqlite.copy_into(to)
    }

    /// Lets the database see how its tables are filled; after a large load it would guess wrongly.
    async fn count_rows(&self, words: &str) -> Result<()> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.write(|writer| {
                let words = format!("PRAGMA analysis_limit = 400; {words}");
                Ok(writer.execute_batch(&words).map_err(db_error)?)
            }),
            Backend::Postgres(postgres) => Ok(postgres.session().await?.run(words).await?),
        }
    }

    /// All live records of a ledger in order of id. Only the named fields are read; the others are null.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn load(
        &self,
        pack: &Pack,
        county: &str,
        ledger: LedgerIx,
        columns: &[FieldIx],
        mut sink: impl FnMut(Record) + Send,
    ) -> Result<()> {
        let (statement, types) = query::load(pack, self.dialect(), county, ledger, columns)?;
        let width = pack.ledger(ledger).fields.len();
        let tables = self.tables(pack);
        let (sealing, mut buffer, mut failed) = (&tables.ledger(ledger).sealing, String::new(), None);
        let mut each = |row: Vec<Value>| {
            if failed.is_some() {
                return;
            }
            if let Some(mut record) = record_of(row) {
                let read = std::mem::replace(&mut record.values, vec![Value::Null; width]);
                for (field, value) in columns.iter().zip(read) {
                    record.values[usize::from(field.0)] = value;
                }
                match sealing.open_in(&self.vault, &mut record, &mut buffer) {
                    Ok(()) => sink(record),
                    Err(error) => failed = Some(error),
                }
            }
        };
        self.rows(&statement, &types, &mut each).await?;
        failed.map_or(Ok(()), Err)
    }

    /// One live record.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get(&self, pack: &Pack, county: &str, ledger: LedgerIx, id: Uuid) -> Result<Option<Record>> {
        let sql = self.tables(pack);
        let sql = sql.ledger(ledger);
        let text = sql.get.trim_end_matches(" FOR UPDATE").to_owned();
        let statement = Statement { sql: text, binds: vec![Value::Text(county.into()), Value::Id(id)] };
        let stored = self.all_rows(&statement, &sql.types).await?.into_iter().next().and_then(record_of);
        stored.map(|stored| sql.sealing.open(&self.vault, stored)).transpose()
    }

    /// The live records that a query asks for.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn select(&self, pack: &Pack, query: &Query) -> Result<Vec<Record>> {
        let (statement, types) = query::select(pack, self.dialect(), &self.vault, query)?;
        let mut stored = Vec::new();
        self.rows(&statement, &types, &mut |row| stored.extend(record_of(row))).await?;
        let tables = self.tables(pack);
        let sealing = &tables.ledger(query.ledger).sealing;
        stored.into_iter().map(|record| sealing.open(&self.vault, record)).collect()
    }

    /// How many live records a query asks for; its order and page do not matter.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn count(&self, pack: &Pack, query: &Query) -> Result<u64> {
        let statement = query::count(pack, self.dialect(), &self.vault, query)?;
        match self.all_rows(&statement, &[Column::Int]).await?.first().map(Vec::as_slice) {
            Some([Value::Int(count)]) => Ok(u64::try_from(*count).unwrap_or(0)),
            _ => Ok(0),
        }
    }

    /// The ids of the records that a query asks for; its order and page do not matter.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn ids(&self, pack: &Pack, query: &Query) -> Result<Vec<Uuid>> {
        self.ids_of(&query::ids(pack, self.dialect(), &self.vault, query)?).await
    }

    /// The ids of a ledger's records with a sensitive field that a word is the whole or the end of; those that were taken away are among
    /// them, and whoever has two such fields comes twice. Fields that are not to be searched are not looked at.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn ids_by_sealed(
        &self,
        pack: &Pack,
        county: &str,
        ledger: LedgerIx,
        unsearched: &[FieldIx],
        word: &str,
    ) -> Result<Vec<Uuid>> {
        match query::sealed(pack, self.dialect(), &self.vault, county, ledger, unsearched, word)? {
            Some(statement) => self.ids_of(&statement).await,
            None => Ok(Vec::new()),
        }
    }

    async fn ids_of(&self, statement: &Statement) -> Result<Vec<Uuid>> {
        let mut ids = Vec::new();
        let mut each = |row: Vec<Value>| {
            if let Some(Value::Id(id)) = row.first() {
                ids.push(*id);
            }
        };
        self.rows(statement, &[Column::Id], &mut each).await?;
        Ok(ids)
    }

    /// What records are called, deleted ones too.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn labels(
        &self,
        pack: &Pack,
        county: &str,
        ledger: LedgerIx,
        ids: &[Uuid],
        lang: Lang,
        today: i32,
    ) -> Result<HashMap<Uuid, String>> {
        let mut called = HashMap::with_capacity(ids.len());
        if ids.is_empty() {
            return Ok(called);
        }
        let (statement, types, parts) = labels::statement(pack, self.dialect(), county, ledger, ids, today)?;
        let mut failed = None;
        let mut each = |row| match labels::collect(pack, &self.vault, &parts, row, lang, &mut called) {
            Ok(()) => {}
            Err(error) => failed = Some(error),
        };
        self.rows(&statement, &types, &mut each).await?;
        failed.map_or(Ok(called), Err)
    }

    fn journal_statement(&self, condition: &str, binds: Vec<Value>) -> Statement {
        let names = COLUMNS.map(|(name, _)| name).join(", ");
        self.statement(&format!("SELECT {names} FROM anju_journal WHERE {condition}"), binds)
    }

    async fn journal_rows(&self, statement: &Statement) -> Result<Vec<JournalRow>> {
        let mut rows = Vec::new();
        self.rows(statement, &COLUMNS.map(|(_, column)| column), &mut |row| rows.extend(JournalRow::of_values(row)))
            .await?;
        Ok(rows)
    }

    /// Journal rows of a county after a sequence, in order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn journal(&self, county: &str, after_seq: i64, limit: u32) -> Result<Vec<JournalRow>> {
        let binds = vec![Value::Text(county.into()), Value::Int(after_seq), Value::Int(limit.into())];
        self.journal_rows(&self.journal_statement("county = ? AND seq > ? ORDER BY seq LIMIT ?", binds)).await
    }

    /// Newest journal rows of a county before a sequence (`None` for the newest of all), newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn journal_before(&self, county: &str, before_seq: Option<i64>, limit: u32) -> Result<Vec<JournalRow>> {
        let binds =
            vec![Value::Text(county.into()), Value::Int(before_seq.unwrap_or(i64::MAX)), Value::Int(limit.into())];
        self.journal_rows(&self.journal_statement("county = ? AND seq < ? ORDER BY seq DESC LIMIT ?", binds)).await
    }

    /// What a journal row tells, with its sensitive fields opened; `None` if the pack has no such ledger any more.
    ///
    /// # Errors
    /// If a sealed field does not open.
    pub fn change(&self, pack: &Pack, row: &JournalRow) -> Result<Option<Change>> {
        let tables = self.tables(pack);
        row.change(pack, &|ledger| tables.ledger(ledger).sealing.clone(), &self.vault)
    }

    /// The first and last journal row of the commit that had an idempotency key, if there was one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn rows_of_key(&self, county: &str, key: &str) -> Result<Option<(i64, i64)>> {
        let binds = vec![Value::Text(county.into()), Value::Text(key.into())];
        let statement = self.statement("SELECT first, last FROM anju_idempotency WHERE county = ? AND key = ?", binds);
        match self.all_rows(&statement, &[Column::Int, Column::Int]).await?.first().map(Vec::as_slice) {
            Some([Value::Int(first), Value::Int(last)]) => Ok(Some((*first, *last))),
            _ => Ok(None),
        }
    }

    /// What happened to one record of a ledger, in order. Another ledger's record may have the same id; it is not told of.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn history(&self, county: &str, ledger: &str, id: Uuid) -> Result<Vec<JournalRow>> {
        let binds = vec![Value::Text(county.into()), Value::Id(id), Value::Text(ledger.into())];
        self.journal_rows(&self.journal_statement("county = ? AND id = ? AND ledger = ? ORDER BY seq", binds)).await
    }

    /// The county's sequence and hash; `(0, …)` before its first commit.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn head(&self, county: &str) -> Result<(i64, String)> {
        let statement =
            self.statement("SELECT seq, hash FROM anju_head WHERE county = ?", vec![Value::Text(county.into())]);
        match self.all_rows(&statement, &[Column::Int, Column::Text]).await?.first().map(Vec::as_slice) {
            Some([Value::Int(seq), Value::Text(hash)]) => Ok((*seq, hash.to_string())),
            _ => Ok((0, crate::journal::GENESIS.to_owned())),
        }
    }
}

#[cfg(feature = "testing")]
impl Store {
    pub(crate) async fn run_plain(&self, sql: &str) -> Result<()> {
        self.write_all(vec![Statement { sql: sql.to_owned(), binds: Vec::new() }]).await
    }

    pub(crate) async fn ask_plain(&self, sql: &str) -> Result<String> {
        let rows = self.all_rows(&Statement { sql: sql.to_owned(), binds: Vec::new() }, &[Column::Text]).await?;
        Ok(rows.into_iter().flatten().next().map(|value| anju_record::kind::plain(&value)).unwrap_or_default())
    }
}
