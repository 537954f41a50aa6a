//! Writes to the engine's own tables, each in one transaction with the events that tell of it.

use anju_record::Value;
use uuid::Uuid;

use crate::error::{DbError, Error, Result};
use crate::events::{self, NewEvent};
use crate::session::{Ending, Session};
use crate::sql::{Column, Dialect, Statement};
use crate::store::{Backend, Store};

/// A column of an engine table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    pub name: &'static str,
    pub column: Column,
    null: bool,
}

/// A column that always holds something.
pub(crate) const fn must(name: &'static str, column: Column) -> Cell {
    Cell { name, column, null: false }
}

/// A column that may be empty.
pub(crate) const fn may(name: &'static str, column: Column) -> Cell {
    Cell { name, column, null: true }
}

/// An engine table: its DDL, its reads and its writes come from this.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    pub name: &'static str,
    pub cells: &'static [Cell],
    pub key: &'static [&'static str],
}

impl Table {
    /// DDL that may be run again.
    pub fn ddl(&self, dialect: Dialect) -> String {
        let columns = self.cells.iter().map(|cell| {
            format!("{} {}{}", cell.name, cell.column.type_name(dialect), if cell.null { "" } else { " NOT NULL" })
        });
        let tail = match dialect {
            Dialect::Sqlite => " STRICT, WITHOUT ROWID",
            Dialect::Postgres => "",
        };
        let columns = columns.collect::<Vec<_>>().join(", ");
        format!("CREATE TABLE IF NOT EXISTS {} ({columns}, PRIMARY KEY ({})){tail};", self.name, self.key.join(", "))
    }

    pub fn types(&self) -> Vec<Column> {
        self.cells.iter().map(|cell| cell.column).collect()
    }

    /// The columns' names; with an alias of the table before each, if it is not empty.
    pub fn names(&self, alias: &str) -> String {
        let dot = if alias.is_empty() { "" } else { "." };
        self.cells.iter().map(|cell| format!("{alias}{dot}{}", cell.name)).collect::<Vec<_>>().join(", ")
    }

    pub fn select(&self, rest: &str) -> String {
        format!("SELECT {} FROM {} {rest}", self.names(""), self.name)
    }

    pub fn insert(&self) -> String {
        let places = vec!["?"; self.cells.len()].join(", ");
        format!("INSERT INTO {} ({}) VALUES ({places})", self.name, self.names(""))
    }

    /// An insert that replaces what stands under the same key.
    pub fn upsert(&self) -> String {
        let set = self.cells.iter().filter(|cell| !self.key.contains(&cell.name));
        let set = set.map(|cell| format!("{0} = excluded.{0}", cell.name)).collect::<Vec<_>>().join(", ");
        format!("{} ON CONFLICT ({}) DO UPDATE SET {set}", self.insert(), self.key.join(", "))
    }
}

/// A row's values, taken one by one in the order of the columns. `None` where a value is not what the column promises.
pub(crate) struct Cells(std::vec::IntoIter<Value>);

impl Cells {
    pub fn of(row: Vec<Value>) -> Self {
        Self(row.into_iter())
    }

    pub fn text(&mut self) -> Option<String> {
        self.may_text()
    }

    pub fn may_text(&mut self) -> Option<String> {
        match self.0.next() {
            Some(Value::Text(text)) => Some(text.into()),
            _ => None,
        }
    }

    pub fn int(&mut self) -> Option<i64> {
        self.may_int()
    }

    pub fn may_int(&mut self) -> Option<i64> {
        match self.0.next() {
            Some(Value::Int(number)) => Some(number),
            _ => None,
        }
    }

    pub fn flag(&mut self) -> Option<bool> {
        match self.0.next() {
            Some(Value::Bool(held)) => Some(held),
            _ => None,
        }
    }

    pub fn id(&mut self) -> Option<Uuid> {
        self.may_id()
    }

    pub fn may_id(&mut self) -> Option<Uuid> {
        match self.0.next() {
            Some(Value::Id(id)) => Some(id),
            _ => None,
        }
    }

    /// Texts kept as a JSON list.
    pub fn texts(&mut self) -> Option<Vec<String>> {
        serde_json::from_str(&self.text()?).ok()
    }
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.into())
}

pub(crate) fn may_text(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| Value::Text(text.into()))
}

pub(crate) fn may_int(number: Option<i64>) -> Value {
    number.map_or(Value::Null, Value::Int)
}

pub(crate) fn texts(list: &[String]) -> Value {
    Value::Text(serde_json::to_string(list).expect("texts are JSON").into())
}

/// A statement's places in a dialect's own words.
pub(crate) fn placed(dialect: Dialect, sql: &str) -> String {
    if dialect == Dialect::Sqlite {
        return sql.to_owned();
    }
    let mut parts = sql.split('?');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (place, part) in parts.enumerate() {
        out.push_str(&format!("${}{part}", place + 1));
    }
    out
}

/// What is written together.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub statements: Vec<Statement>,
    /// The first statement must meet a row, else nothing at all is written.
    pub guarded: bool,
    pub events: Vec<NewEvent>,
}

/// Writes all of it in one transaction; the answer is how many rows the first statement met.
pub(crate) async fn run<S: Session>(session: &mut S, dialect: Dialect, kept: &Kept) -> Result<u64, DbError> {
    session.begin().await?;
    let done = match written(session, dialect, kept).await {
        Ok(0) if kept.guarded => {
            session.rollback().await?;
            return Ok(0);
        }
        Ok(met) => session.finish(&Ending::default()).await.map(|()| met),
        Err(error) => Err(error),
    };
    // A connection that is gone has given the transaction up already.
    if done.is_err() && !matches!(done, Err(DbError::Lost(_))) {
        session.rollback().await?;
    }
    done
}

async fn written<S: Session>(session: &mut S, dialect: Dialect, kept: &Kept) -> Result<u64, DbError> {
    let mut met = 0;
    for (position, statement) in kept.statements.iter().enumerate() {
        let rows = session.execute(&statement.sql, &statement.binds.iter().collect::<Vec<_>>()).await?;
        if position == 0 {
            met = rows;
            if kept.guarded && rows == 0 {
                return Ok(0);
            }
        }
    }
    // Heads last: whoever waits for one holds all its other locks already, and who holds one needs no more.
    events::append(session, dialect, &kept.events).await?;
    Ok(met)
}

impl Store {
    pub(crate) async fn keep(&self, kept: Kept) -> Result<u64, DbError> {
        match self.backend() {
            Backend::Sqlite(sqlite) => sqlite.keep(&kept),
            Backend::Postgres(postgres) => postgres.keep(&kept).await,
        }
    }

    /// Statements that always stand, with their events.
    pub(crate) async fn keep_all(&self, statements: Vec<Statement>, events: Vec<NewEvent>) -> Result<u64> {
        Ok(self.keep(Kept { statements, guarded: false, events }).await?)
    }

    /// Statements that stand only if the first met a row.
    pub(crate) async fn keep_if(&self, statements: Vec<Statement>, events: Vec<NewEvent>) -> Result<bool> {
        Ok(self.keep(Kept { statements, guarded: true, events }).await? > 0)
    }

    /// Rows read as something; a row that cannot be is a fault of the database.
    pub(crate) async fn read_as<T: Send>(
        &self,
        statement: &Statement,
        types: &[Column],
        read: fn(&mut Cells) -> Option<T>,
    ) -> Result<Vec<T>> {
        let mut all = Vec::new();
        let mut foreign = false;
        let mut each = |row| match read(&mut Cells::of(row)) {
            Some(one) => all.push(one),
            None => foreign = true,
        };
        self.rows(statement, types, &mut each).await?;
        if foreign {
            return Err(Error::Unavailable("a row of the engine's own tables cannot be read".to_owned()));
        }
        Ok(all)
    }
}
impl Store {
    /// Seals a text for one place.
    pub(crate) fn seal(&self, context: &str, clear: &str) -> String {
        self.vault().seal(context, clear)
    }

    /// Opens what was sealed for that place.
    pub(crate) fn unseal(&self, context: &str, sealed: &str) -> Result<String> {
        self.vault().open_sealed(context, sealed).map_err(|error| Error::Unavailable(error.to_string()))
    }
}
