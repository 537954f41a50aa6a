//! The two dialects, the types of columns, and the way from sea-query's values to ours.

use anju_pack::Kind;
use anju_record::Value;
use sea_query::{Expr, ExprTrait as _, PostgresQueryBuilder, QueryStatementWriter, SqliteQueryBuilder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Error, Result};

/// Which SQL is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite 3.54.
    Sqlite,
    /// PostgreSQL 15 and later.
    Postgres,
}

/// Types of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// Yes or no.
    Bool,
    /// 64-bit integer.
    Int,
    /// Text, ordered by bytes.
    Text,
    /// A day; ISO text in SQLite.
    Date,
    /// UUID.
    Id,
}

impl Column {
    /// How a field kind is kept.
    pub const fn of(kind: &Kind) -> Self {
        match kind {
            Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Money { .. } | Kind::Time => Self::Int,
            Kind::Bool => Self::Bool,
            Kind::Date { .. } => Self::Date,
            Kind::Ref { .. } | Kind::Subject => Self::Id,
            Kind::Text { .. }
            | Kind::LongText { .. }
            | Kind::Code { .. }
            | Kind::Area { .. }
            | Kind::IdNumber
            | Kind::Phone
            | Kind::Point
            | Kind::Attachment => Self::Text,
        }
    }

    /// The type's name in DDL.
    pub const fn type_name(self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Bool | Self::Int, Dialect::Sqlite) => "INTEGER",
            (Self::Text | Self::Date, Dialect::Sqlite) => "TEXT",
            (Self::Id, Dialect::Sqlite) => "BLOB",
            (Self::Bool, Dialect::Postgres) => "BOOLEAN",
            (Self::Int, Dialect::Postgres) => "BIGINT",
            (Self::Text, Dialect::Postgres) => "TEXT COLLATE \"C\"",
            (Self::Date, Dialect::Postgres) => "DATE",
            (Self::Id, Dialect::Postgres) => "UUID",
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "integer",
            Self::Text => "text",
            Self::Date => "date",
            Self::Id => "id",
        }
    }
}

/// A statement with its values, ready for either backend.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub sql: String,
    pub binds: Vec<Value>,
}

/// Writes a statement in a dialect.
pub(crate) fn build(dialect: Dialect, statement: &impl QueryStatementWriter) -> Result<Statement> {
    let (sql, values) = match dialect {
        Dialect::Sqlite => statement.build(SqliteQueryBuilder),
        Dialect::Postgres => statement.build(PostgresQueryBuilder),
    };
    let binds = values.0.into_iter().map(ours).collect::<Result<_>>()?;
    Ok(Statement { sql, binds })
}

/// The text alone, for statements that are bound anew each time.
pub(crate) fn text(dialect: Dialect, statement: &impl QueryStatementWriter) -> String {
    match dialect {
        Dialect::Sqlite => statement.build(SqliteQueryBuilder).0,
        Dialect::Postgres => statement.build(PostgresQueryBuilder).0,
    }
}

/// Whether an id is one of these. However many there are, they are one value: the statement stays the same, and no limit of values is met. One
/// alone is compared as such, so that a database without statistics looks it up.
pub(crate) fn is_one_of(dialect: Dialect, place: Expr, ids: &[Uuid]) -> Expr {
    if let [id] = ids {
        return place.eq(Expr::val(sea(&Value::Id(*id))));
    }
    let list = |mark: &str, id: fn(&Uuid) -> String| {
        let ids: Vec<String> = ids.iter().map(|one| format!("{mark}{}{mark}", id(one))).collect();
        ids.join(",")
    };
    let (sql, list) = match dialect {
        Dialect::Sqlite => {
            ("? IN (SELECT unhex(value) FROM json_each(?))", format!("[{}]", list("\"", |id| id.simple().to_string())))
        }
        // A list that is taken apart in a subquery is taken apart once, whatever is planned.
        Dialect::Postgres => ("$1 IN (SELECT unnest(string_to_array($2, ',')::uuid[]))", list("", |id| id.to_string())),
    };
    Expr::cust_with_exprs(sql, [place, Expr::val(list)])
}

fn ours(value: sea_query::Value) -> Result<Value> {
    use sea_query::Value as Sea;
    let wide = |number: Option<u64>| {
        number
            .map(i64::try_from)
            .transpose()
            .map_err(|_| Error::Unsupported("a number beyond 64 bits with sign".to_owned()))
    };
    Ok(match value {
        Sea::Bool(held) => held.map_or(Value::Null, Value::Bool),
        Sea::TinyInt(number) => number.map_or(Value::Null, |number| Value::Int(number.into())),
        Sea::SmallInt(number) => number.map_or(Value::Null, |number| Value::Int(number.into())),
        Sea::Int(number) => number.map_or(Value::Null, |number| Value::Int(number.into())),
        Sea::BigInt(number) => number.map_or(Value::Null, Value::Int),
        Sea::Unsigned(number) => wide(number.map(u64::from))?.map_or(Value::Null, Value::Int),
        Sea::BigUnsigned(number) => wide(number)?.map_or(Value::Null, Value::Int),
        Sea::String(text) => text.map_or(Value::Null, |text| Value::Text(text.into())),
        Sea::Uuid(id) => id.map_or(Value::Null, Value::Id),
        Sea::TimeDate(date) => date.map_or(Value::Null, |date| Value::Date(date.to_julian_day() - 2_440_588)),
        other => return Err(Error::Unsupported(format!("a value of type {other:?} in a statement"))),
    })
}

/// Our value as sea-query carries it.
pub(crate) fn sea(value: &Value) -> sea_query::Value {
    use sea_query::Value as Sea;
    match value {
        Value::Null => Sea::String(None),
        Value::Bool(held) => Sea::Bool(Some(*held)),
        Value::Int(number) => Sea::BigInt(Some(*number)),
        Value::Text(text) => Sea::String(Some(text.to_string())),
        Value::Date(day) => Sea::TimeDate(time::Date::from_julian_day(day.saturating_add(2_440_588)).ok()),
        Value::Id(id) => Sea::Uuid(Some(*id)),
    }
}

/// Quotes an identifier.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
