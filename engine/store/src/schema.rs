//! The tables that a pack asks for, as data: what DDL is written from and what is kept beside the pack's hash.

use std::borrow::Cow;

use anju_pack::{Field, FieldIx, Kind, Ledger, LedgerIx, Pack};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::exactly;
use crate::predicate::{self, Scope};
use crate::sealing::{SealedField, Sealing, distinct_column, stored};
use crate::sql::{self, Column, Dialect, quote};

/// Columns of every ledger's table before its fields.
pub(crate) const ENGINE_COLUMNS: [&str; 5] = ["county", "id", "version", "area", "deleted_at"];

/// All tables of a pack in one dialect.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Schema {
    /// In order of ledgers: owners first.
    pub tables: Vec<Table>,
}

/// One ledger's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Fields; the engine's own columns are not listed.
    pub columns: Vec<ColumnDef>,
    /// Named CHECKs.
    pub checks: Vec<Check>,
    /// References.
    pub foreign: Vec<Foreign>,
    /// Indexes.
    pub indexes: Vec<Index>,
}

/// One field's column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnDef {
    /// Its name.
    pub name: String,
    /// Its type.
    pub column: Column,
    /// May not be null.
    pub not_null: bool,
    /// Holds sealed text; the type of its values when they are clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Column>,
}

impl ColumnDef {
    /// The type of its values when they are clear.
    pub fn clear(&self) -> Column {
        self.sealed.unwrap_or(self.column)
    }
}

/// A named CHECK.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// The column it reads.
    pub column: String,
    /// What must hold.
    pub sql: String,
}

/// A reference to a record of the same county.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreign {
    /// Its name.
    pub name: String,
    /// The column.
    pub column: String,
    /// The table referred to.
    pub to: String,
}

/// An index; the county is its last column. Were it the first, a table without statistics would be searched by any of its indexes when one record is
/// asked for by county and id: PostgreSQL holds all of them to be as good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Columns before the county.
    pub columns: Vec<String>,
    /// No two live records may be alike in them.
    pub unique: bool,
    /// Which rows it holds.
    pub condition: Option<String>,
}

/// A field's column; ids that the engine uses itself get a trailing underscore.
pub fn column_name(field: &str) -> Cow<'_, str> {
    if ENGINE_COLUMNS.contains(&field) { format!("{field}_").into() } else { field.into() }
}

/// A ledger's table; ids that the databases or the engine keep for themselves get a prefix.
pub fn table_name(ledger: &str) -> Cow<'_, str> {
    if ["anju_", "sqlite_", "pg_"].iter().any(|taken| ledger.starts_with(taken)) {
        format!("ledger_{ledger}").into()
    } else {
        ledger.into()
    }
}

/// At most 63 bytes, still different for different parts.
pub(crate) fn constraint_name(prefix: &str, ledger: &str, rest: &str) -> String {
    use sha2::{Digest, Sha256};
    let full = format!("{prefix}_{ledger}_{rest}");
    if full.len() <= 60 {
        return full;
    }
    let digest = hex::encode(&Sha256::digest(full.as_bytes())[..4]);
    format!("{}_{digest}", &full[..50])
}

impl Schema {
    /// What a pack asks for.
    pub fn of(pack: &Pack, dialect: Dialect) -> Result<Self> {
        let tables = pack.ledger_ixs().map(|ix| Table::of(pack, ix, dialect)).collect::<Result<_>>()?;
        Ok(Self { tables })
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

/// An index of one column that many rows may share.
fn plain_index(ledger: &Ledger, name: &str, column: &str) -> Index {
    let name = constraint_name("ix", &ledger.id, name);
    Index { name, columns: vec![column.to_owned()], unique: false, condition: None }
}

impl Table {
    fn of(pack: &Pack, ix: LedgerIx, dialect: Dialect) -> Result<Self> {
        let ledger = pack.ledger(ix);
        let mut table = Self {
            name: table_name(&ledger.id).into_owned(),
            columns: Vec::new(),
            checks: Vec::new(),
            foreign: Vec::new(),
            indexes: Vec::new(),
        };
        table.indexes.push(plain_index(ledger, "area", "area"));
        for (position, field) in ledger.fields.iter().enumerate() {
            let sealed = SealedField::of(ledger, position);
            if sealed.is_some() {
                may_be_sealed(ledger, position)?;
            }
            table.columns.push(ColumnDef {
                name: column_name(&field.id).into_owned(),
                column: stored(field),
                not_null: field.required,
                sealed: sealed.as_ref().map(|sealed| sealed.column),
            });
            let beside = sealed.iter().flat_map(SealedField::beside_names);
            table.indexes.extend(beside.map(|name| plain_index(ledger, &format!("s_{name}"), name)));
            if sealed.is_some() {
                continue;
            }
            table.checks.extend(check(ledger, field, dialect));
            if let Kind::Ref { to } = field.kind {
                let to = table_name(&pack.ledger(to).id).into_owned();
                table.foreign.push(Foreign {
                    name: constraint_name("fk", &ledger.id, &field.id),
                    column: column_name(&field.id).into_owned(),
                    to,
                });
            }
            if field.search || matches!(field.kind, Kind::Ref { .. } | Kind::Subject) {
                table.indexes.push(plain_index(ledger, &format!("f_{}", field.id), &column_name(&field.id)));
            }
        }
        // After the fields: what is added to a table stands at its end.
        let beside: Vec<String> = Sealing::of(pack, ix).beside_names().cloned().collect();
        table.columns.extend(beside.into_iter().map(|name| ColumnDef {
            name,
            column: Column::Text,
            not_null: false,
            sealed: None,
        }));
        for position in 0..ledger.unique.len() {
            table.indexes.push(unique_index(pack, ix, position, dialect)?);
        }
        exactly::may_be_asked(pack, ix, dialect)?;
        Ok(table)
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&ColumnDef> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// The name of a ledger's n-th uniqueness.
pub(crate) fn unique_name(ledger: &Ledger, position: usize) -> String {
    let fields: Vec<&str> =
        ledger.unique[position].fields.iter().map(|field| ledger.field(*field).id.as_str()).collect();
    constraint_name("uq", &ledger.id, &format!("{}_{}", position + 1, fields.join("_")))
}

fn unique_index(pack: &Pack, ix: LedgerIx, position: usize, dialect: Dialect) -> Result<Index> {
    let ledger = pack.ledger(ix);
    let unique = &ledger.unique[position];
    let mut condition = "\"deleted_at\" IS NULL".to_owned();
    if let Some(only) = &unique.predicate {
        let words = predicate::literal_text(pack, ix, only, dialect).ok_or_else(|| {
            Error::Unsupported(format!("{}:{}: the uniqueness of `{}` asks for what an index cannot hold: only the ledger's own fields and constants may stand there", ledger.origin.file, ledger.origin.line, ledger.id))
        })?;
        condition = format!("{condition} AND {words}");
    }
    let columns = unique.fields.iter().map(|field: &FieldIx| distinct_column(ledger, ledger.field(*field))).collect();
    Ok(Index { name: unique_name(ledger, position), columns, unique: true, condition: Some(condition) })
}

/// The engine reads references and places by SQL, so they cannot be sealed.
fn may_be_sealed(ledger: &Ledger, position: usize) -> Result<()> {
    let field = &ledger.fields[position];
    let place = ledger.area.is_some_and(|area| usize::from(area.0) == position);
    if place || matches!(field.kind, Kind::Ref { .. } | Kind::Subject) {
        return Err(Error::Unsupported(format!(
            "{}:{}: `{}.{}` is a reference or the record's place and cannot be sensitive",
            ledger.origin.file, ledger.origin.line, ledger.id, field.id
        )));
    }
    Ok(())
}

/// What a column's values must satisfy. Lists of codes are no CHECK: they grow with a county, and only valid records come here.
fn check(ledger: &Ledger, field: &Field, dialect: Dialect) -> Option<Check> {
    let column = column_name(&field.id);
    let quoted = quote(&column);
    let between = |min: Option<i64>, max: Option<i64>| {
        let min = min.map(|min| format!("{quoted} >= {min}"));
        let max = max.map(|max| format!("{quoted} <= {max}"));
        let parts: Vec<String> = min.into_iter().chain(max).collect();
        (!parts.is_empty()).then(|| parts.join(" AND "))
    };
    let sqlite = dialect == Dialect::Sqlite;
    let sql = match &field.kind {
        Kind::Text { max } | Kind::LongText { max } => Some(format!("length({quoted}) <= {max}")),
        Kind::Integer { min, max, .. } | Kind::Decimal { min, max, .. } | Kind::Money { min, max } => {
            between(*min, *max)
        }
        Kind::Time => between(Some(0), Some(1439)),
        Kind::Bool => sqlite.then(|| format!("{quoted} IN (0, 1)")),
        Kind::Date { .. } => sqlite.then(|| format!("{quoted} IS date({quoted})")),
        Kind::Ref { .. } | Kind::Subject => sqlite.then(|| format!("length({quoted}) = 16")),
        Kind::Area { level } => Some(format!("length({quoted}) = {}", level.digits())),
        Kind::IdNumber => Some(format!("length({quoted}) = 18")),
        Kind::Phone => Some(format!("length({quoted}) BETWEEN 5 AND 15")),
        Kind::Code { .. } | Kind::Point | Kind::Attachment => None,
    }?;
    Some(Check { name: constraint_name("chk", &ledger.id, &field.id), column: column.into_owned(), sql })
}

/// A scope that names columns bare, as an index's condition must.
pub(crate) const BARE: Scope<'static> = Scope { alias: None, today: None };

/// The text of an expression with its constants written in, for DDL alone.
pub(crate) fn inline(dialect: Dialect, expr: sea_query::Expr) -> String {
    use sea_query::{PostgresQueryBuilder, Query, SqliteQueryBuilder};
    let select = Query::select().expr(expr).to_owned();
    let text = match dialect {
        sql::Dialect::Sqlite => select.to_string(SqliteQueryBuilder),
        sql::Dialect::Postgres => select.to_string(PostgresQueryBuilder),
    };
    format!("({})", text.trim_start_matches("SELECT "))
}
