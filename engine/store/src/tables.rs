//! Statements of one pack in one dialect, written once.

use std::collections::HashMap;

use anju_pack::{FieldIx, Kind, LedgerIx, Pack};
use anju_record::{Record, Value};
use sea_query::{Alias, Expr, ExprTrait, LockType, Query, SelectStatement};

use crate::agreeing::AgreeingSql;
use crate::dependents::DependentSql;
use crate::exactly::ExactlySql;
use crate::predicate::column;
use crate::schema::{column_name, table_name};
use crate::sealing::{Sealing, stored};
use crate::sql::{Column, Dialect, text};

/// Statements of every ledger.
#[derive(Debug)]
pub(crate) struct Tables {
    pub ledgers: Vec<LedgerSql>,
    /// In what records agree with those that they name.
    pub agreeing: Vec<AgreeingSql>,
}

/// Statements of one ledger. The order of values stands behind each.
#[derive(Debug)]
pub(crate) struct LedgerSql {
    /// Its table.
    pub table: String,
    /// Its sensitive fields.
    pub sealing: Sealing,
    /// `county, id, version, area`, the fields, then what stands beside the sensitive ones.
    pub insert_columns: Vec<String>,
    /// Types of [`Self::insert_columns`].
    pub insert_types: Vec<Column>,
    /// Types of `id, version, area`, then the fields: what `get` and `owned` answer.
    pub types: Vec<Column>,
    /// As `insert_columns`.
    pub insert: String,
    /// version, area, fields, what stands beside them, county, id.
    pub update: String,
    /// version, deleted_at, county, id.
    pub delete: String,
    /// county, id; locks.
    pub get: String,
    /// The same of a deleted record.
    pub get_deleted: String,
    /// version, area, deleted_at, county, id.
    pub restore: String,
    /// county, id → area of a live record; shares.
    pub area_of: String,
    /// Ledgers this one owns, with: county, owner id → rows; locks.
    pub owned: Vec<(LedgerIx, String)>,
    /// As `area_of`; locks the record for whoever counts what it owns.
    pub claim: String,
    /// What each record owns exactly one of.
    pub exactly: Vec<ExactlySql>,
    /// version, area, county, id.
    pub set_area: String,
    /// Who may refer to it.
    pub dependents: Vec<DependentSql>,
}

/// `id, version, area`, then all fields of a ledger as its table holds them.
pub(crate) fn record_columns(pack: &Pack, ledger: LedgerIx) -> (Vec<String>, Vec<Column>) {
    let fields = &pack.ledger(ledger).fields;
    let mut names: Vec<String> = ["id", "version", "area"].map(str::to_owned).into();
    let mut types = vec![Column::Id, Column::Int, Column::Text];
    names.extend(fields.iter().map(|field| column_name(&field.id).into_owned()));
    types.extend(fields.iter().map(stored));
    (names, types)
}

/// A record from such a row.
pub(crate) fn record_of(mut row: Vec<Value>) -> Option<Record> {
    let values = row.split_off(Ord::min(3, row.len()));
    match <[Value; 3]>::try_from(row).ok()? {
        [Value::Id(id), Value::Int(version), Value::Text(area)] => Some(Record { id, version, area, values }),
        _ => None,
    }
}

impl Tables {
    pub fn of(pack: &Pack, dialect: Dialect) -> Self {
        let mut owned: HashMap<LedgerIx, Vec<LedgerIx>> = HashMap::new();
        let mut referrers: HashMap<LedgerIx, Vec<(LedgerIx, FieldIx)>> = HashMap::new();
        for ix in pack.ledger_ixs() {
            let ledger = pack.ledger(ix);
            if let Some(owner) = ledger.of {
                owned.entry(owner.ledger).or_default().push(ix);
            }
            for (position, field) in ledger.fields.iter().enumerate() {
                if let Kind::Ref { to } = field.kind {
                    referrers.entry(to).or_default().push((ix, FieldIx(u16::try_from(position).unwrap_or(u16::MAX))));
                }
            }
        }
        let ledgers = pack.ledger_ixs().map(|ix| {
            let owned = owned.remove(&ix).unwrap_or_default();
            let referrers = referrers.remove(&ix).unwrap_or_default();
            LedgerSql::of(pack, ix, dialect, &owned, &referrers)
        });
        Self { ledgers: ledgers.collect(), agreeing: AgreeingSql::all(pack, dialect) }
    }

    pub fn ledger(&self, ix: LedgerIx) -> &LedgerSql {
        &self.ledgers[usize::from(ix.0)]
    }
}

fn param() -> Expr {
    Expr::val(0_i64)
}

fn live(select: &mut SelectStatement) -> &mut SelectStatement {
    select.and_where(column(None, "county").eq(param())).and_where(column(None, "deleted_at").is_null())
}

/// A deleted record by its id; locks.
fn deleted_row(pack: &Pack, ix: LedgerIx, dialect: Dialect) -> String {
    let (names, _) = record_columns(pack, ix);
    let mut select = Query::select();
    select
        .columns(names.into_iter().map(Alias::new))
        .from(Alias::new(table_name(&pack.ledger(ix).id)))
        .and_where(column(None, "county").eq(param()))
        .and_where(column(None, "deleted_at").is_not_null())
        .and_where(column(None, "id").eq(param()))
        .lock(LockType::Update);
    text(dialect, &select)
}

fn rows_by(pack: &Pack, ix: LedgerIx, by: &str, dialect: Dialect) -> String {
    let (names, _) = record_columns(pack, ix);
    let mut select = Query::select();
    select.columns(names.into_iter().map(Alias::new)).from(Alias::new(table_name(&pack.ledger(ix).id)));
    live(&mut select).and_where(column(None, by).eq(param())).lock(LockType::Update);
    text(dialect, &select)
}

fn set(table: &str, columns: impl IntoIterator<Item = String>, dialect: Dialect) -> String {
    let update = Query::update()
        .table(Alias::new(table))
        .values(columns.into_iter().map(|name| (Alias::new(name), param())))
        .and_where(column(None, "county").eq(param()))
        .and_where(column(None, "id").eq(param()))
        .to_owned();
    text(dialect, &update)
}

impl LedgerSql {
    fn of(pack: &Pack, ix: LedgerIx, dialect: Dialect, owned: &[LedgerIx], referrers: &[(LedgerIx, FieldIx)]) -> Self {
        let table = table_name(&pack.ledger(ix).id).into_owned();
        let (names, types) = record_columns(pack, ix);
        let sealing = Sealing::of(pack, ix);
        let written: Vec<String> = names.iter().chain(sealing.beside_names()).cloned().collect();
        let insert_columns: Vec<String> = std::iter::once("county".to_owned()).chain(written.iter().cloned()).collect();
        let insert_types: Vec<Column> = std::iter::once(Column::Text)
            .chain(types.iter().copied())
            .chain(sealing.beside_names().map(|_| Column::Text))
            .collect();
        let mut insert = Query::insert();
        insert
            .into_table(Alias::new(&table))
            .columns(insert_columns.iter().map(Alias::new))
            .values_panic(insert_columns.iter().map(|_| param()));
        let mut area_of = Query::select();
        area_of.column(Alias::new("area")).from(Alias::new(&table));
        live(&mut area_of).and_where(column(None, "id").eq(param())).lock(LockType::Share);
        let claim = text(dialect, area_of.clone().lock(LockType::NoKeyUpdate));
        let owner_column = |owned: LedgerIx| {
            let definition = pack.ledger(owned);
            let field = definition.of.expect("owned ledgers have an owner").field;
            column_name(&definition.field(field).id).into_owned()
        };
        Self {
            insert: text(dialect, &insert),
            update: set(&table, written[1..].iter().cloned(), dialect),
            delete: set(&table, ["version".to_owned(), "deleted_at".to_owned()], dialect),
            set_area: set(&table, ["version".to_owned(), "area".to_owned()], dialect),
            get: rows_by(pack, ix, "id", dialect),
            get_deleted: deleted_row(pack, ix, dialect),
            restore: set(&table, ["version", "area", "deleted_at"].map(str::to_owned), dialect),
            area_of: text(dialect, &area_of),
            claim,
            exactly: ExactlySql::all(pack, ix, dialect),
            owned: owned.iter().map(|owned| (*owned, rows_by(pack, *owned, &owner_column(*owned), dialect))).collect(),
            dependents: referrers.iter().map(|by| DependentSql::of(pack, *by, ix, dialect)).collect(),
            table,
            sealing,
            insert_columns,
            insert_types,
            types,
        }
    }
}
