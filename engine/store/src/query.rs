//! What pages ask of a ledger: filter, search, order, and pages by key.

use anju_access::Reach;
use anju_pack::{FieldIx, LedgerIx, Pack, Predicate};
use anju_record::{Record, Value};
use anju_vault::Vault;
use sea_query::{Alias, Expr, ExprTrait, Func, Order as SeaOrder, Query as Sea, SelectStatement, UnionType};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::found::{equal, found, found_sealed, unsearchable};
use crate::predicate::{Scope, Writer, column};
use crate::reach::{in_area, within};
use crate::schema::{column_name, table_name};
use crate::sealing::stored;
use crate::sql::{Column, Dialect, Statement, build, is_one_of};
use crate::tables::record_columns;

/// Which records of a ledger, in which order: the live ones, unless it says otherwise.
#[derive(Debug, Clone)]
pub struct Query {
    /// Six digits.
    pub county: String,
    /// The ledger.
    pub ledger: LedgerIx,
    /// What must hold of a record.
    pub filter: Option<Predicate>,
    /// Fields that equal these values (a reference, a code …); null means empty.
    pub equals: Vec<(FieldIx, Value)>,
    /// Only these records.
    pub ids: Option<Vec<Uuid>>,
    /// Only records whose reference is one of these.
    pub refers: Option<(FieldIx, Vec<Uuid>)>,
    /// Only in this area or one of these: codes begin so. Empty for all.
    pub areas: Vec<String>,
    /// Only what the actor may reach; `None` for the keeper of the machine.
    pub reach: Option<Reach>,
    /// Words that each must stand in a search field.
    pub search: Option<String>,
    /// Search fields that the words are not looked for in.
    pub unsearched: Vec<FieldIx>,
    /// In the order of places before anything else; goes with `offset`, not with `after`.
    pub by_area: bool,
    /// Deleted records instead of the live ones.
    pub deleted: bool,
    /// By these, then by id. Missing values stand last.
    pub order: Vec<Order>,
    /// Only what comes after this place in the order.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: Option<u64>,
    /// Skips so many.
    pub offset: u64,
    /// The date of evaluation.
    pub today: i32,
}

/// One key of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// The field.
    pub field: FieldIx,
    /// Largest first.
    pub descending: bool,
}

/// A place in an order: the values of its fields, and the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// One per key.
    pub values: Vec<Value>,
    /// The record's id.
    pub id: Uuid,
}

impl Query {
    /// All records of a ledger in a county.
    pub fn of(county: impl Into<String>, ledger: LedgerIx, today: i32) -> Self {
        Self {
            county: county.into(),
            ledger,
            filter: None,
            equals: Vec::new(),
            ids: None,
            refers: None,
            areas: Vec::new(),
            reach: None,
            search: None,
            unsearched: Vec::new(),
            by_area: false,
            deleted: false,
            order: Vec::new(),
            after: None,
            limit: None,
            offset: 0,
            today,
        }
    }

    /// The place of a record in this query's order.
    pub fn cursor(&self, record: &Record) -> Cursor {
        Cursor {
            values: self
                .order
                .iter()
                .map(|key| record.values.get(usize::from(key.field.0)).cloned().unwrap_or_default())
                .collect(),
            id: record.id,
        }
    }
}

/// What both databases take as a count.
const MOST: u64 = i64::MAX as u64;
const T: Option<&str> = Some("t");

pub(crate) fn select(pack: &Pack, dialect: Dialect, vault: &Vault, query: &Query) -> Result<(Statement, Vec<Column>)> {
    let (names, types) = record_columns(pack, query.ledger);
    let mut select = Sea::select();
    select.columns(names.into_iter().map(|name| (Alias::new("t"), Alias::new(name))));
    narrow(&mut select, pack, dialect, vault, query)?;
    let ledger = pack.ledger(query.ledger);
    if query.by_area {
        select.order_by_expr(column(T, "area"), SeaOrder::Asc);
    }
    for key in &query.order {
        if ledger.field(key.field).sensitive.is_some() {
            return Err(unsearchable(ledger, key.field));
        }
        let value = column(T, column_name(&ledger.field(key.field).id));
        select.order_by_expr(value.clone().is_null(), SeaOrder::Asc);
        select.order_by_expr(value, if key.descending { SeaOrder::Desc } else { SeaOrder::Asc });
    }
    select.order_by_expr(column(T, "id"), SeaOrder::Asc);
    if let Some(after) = &query.after {
        select.and_where(beyond(pack, dialect, query, after)?);
    }
    if query.limit.is_some() || query.offset > 0 {
        // SQLite knows no OFFSET without LIMIT.
        select.limit(Ord::min(query.limit.unwrap_or(MOST), MOST));
        select.offset(Ord::min(query.offset, MOST));
    }
    Ok((build(dialect, &select)?, types))
}

pub(crate) fn count(pack: &Pack, dialect: Dialect, vault: &Vault, query: &Query) -> Result<Statement> {
    let mut select = Sea::select();
    select.expr(Func::count(Expr::cust("*")));
    narrow(&mut select, pack, dialect, vault, query)?;
    build(dialect, &select)
}

fn narrow(select: &mut SelectStatement, pack: &Pack, dialect: Dialect, vault: &Vault, query: &Query) -> Result<()> {
    let ledger = pack.ledger(query.ledger);
    let writer = Writer { pack, dialect, vault: Some(vault) };
    select
        .from_as(Alias::new(table_name(&ledger.id)), Alias::new("t"))
        .and_where(column(T, "county").eq(query.county.as_str()))
        .and_where(match query.deleted {
            true => column(T, "deleted_at").is_not_null(),
            false => column(T, "deleted_at").is_null(),
        });
    if let Some(filter) = &query.filter {
        let scope = Scope { alias: T, today: Some(query.today) };
        select.and_where(
            writer
                .predicate(query.ledger, filter, scope)
                .ok_or_else(|| Error::Unsupported("the filter cannot be written as SQL".to_owned()))?,
        );
    }
    for (field, value) in &query.equals {
        select.and_where(equal(&writer, ledger, *field, value)?);
    }
    if let Some(ids) = &query.ids {
        select.and_where(is_one_of(dialect, column(T, "id"), ids));
    }
    if let Some((field, ids)) = &query.refers {
        select.and_where(is_one_of(dialect, column(T, column_name(&ledger.field(*field).id)), ids));
    }
    let within_areas = query.areas.iter().map(|area| in_area(area)).reduce(ExprTrait::or);
    let reached = query.reach.as_ref().and_then(|reach| within(&writer, query, reach));
    for part in within_areas.into_iter().chain(reached) {
        select.and_where(part);
    }
    for word in query.search.iter().flat_map(|words| words.split_whitespace()) {
        select.and_where(found(&writer, query, word));
    }
    Ok(())
}

/// Strictly after the cursor in the order; missing values are last in it.
fn beyond(pack: &Pack, dialect: Dialect, query: &Query, after: &Cursor) -> Result<Expr> {
    if after.values.len() != query.order.len() {
        return Err(Error::Unsupported("the cursor belongs to another order".to_owned()));
    }
    let writer = Writer { pack, dialect, vault: None };
    let ledger = pack.ledger(query.ledger);
    let mut expr = column(T, "id").gt(writer.value(&Value::Id(after.id)));
    for (key, value) in query.order.iter().zip(&after.values).rev() {
        let place = column(T, column_name(&ledger.field(key.field).id));
        if *value == Value::Null {
            expr = place.is_null().and(expr);
            continue;
        }
        let bound = writer.value(value);
        let later = if key.descending { place.clone().lt(bound.clone()) } else { place.clone().gt(bound.clone()) };
        expr = later.or(place.clone().is_null()).or(place.eq(bound).and(expr));
    }
    Ok(expr)
}

/// Only the ids of what a query asks for, in no order.
pub(crate) fn ids(pack: &Pack, dialect: Dialect, vault: &Vault, query: &Query) -> Result<Statement> {
    let mut select = Sea::select();
    select.column((Alias::new("t"), Alias::new("id")));
    narrow(&mut select, pack, dialect, vault, query)?;
    build(dialect, &select)
}

/// Ids of the records with a sensitive field that a word is the whole or the end of; `None` when it can be of none. The blind indexes answer
/// alone, so those taken away are among them, for whether a record lives stands in its row; and whoever has two such fields comes twice.
pub(crate) fn sealed(
    pack: &Pack,
    dialect: Dialect,
    vault: &Vault,
    county: &str,
    ledger: LedgerIx,
    unsearched: &[FieldIx],
    word: &str,
) -> Result<Option<Statement>> {
    let writer = Writer { pack, dialect, vault: Some(vault) };
    let by_index = |found: Expr| {
        let mut select = Sea::select();
        select
            .column((Alias::new("t"), Alias::new("id")))
            .from_as(Alias::new(table_name(&pack.ledger(ledger).id)), Alias::new("t"))
            .and_where(column(T, "county").eq(county))
            .and_where(found);
        select
    };
    // One index after another: asked for either of two, a database reads the rows.
    let mut selects = found_sealed(&writer, pack.ledger(ledger), unsearched, word).into_iter().map(by_index);
    let Some(mut all) = selects.next() else { return Ok(None) };
    for select in selects {
        all.union(UnionType::All, select);
    }
    build(dialect, &all).map(Some)
}

/// All live records, with some fields only; the others stay null.
pub(crate) fn load(
    pack: &Pack,
    dialect: Dialect,
    county: &str,
    ledger: LedgerIx,
    fields: &[FieldIx],
) -> Result<(Statement, Vec<Column>)> {
    let definition = pack.ledger(ledger);
    let mut types = vec![Column::Id, Column::Int, Column::Text];
    let mut select = Sea::select();
    select.columns(["id", "version", "area"].map(Alias::new));
    for field in fields {
        let field = definition.field(*field);
        select.column(Alias::new(column_name(&field.id)));
        types.push(stored(field));
    }
    select
        .from(Alias::new(table_name(&definition.id)))
        .and_where(column(None, "county").eq(county))
        .and_where(column(None, "deleted_at").is_null())
        .order_by(Alias::new("id"), SeaOrder::Asc);
    Ok((build(dialect, &select)?, types))
}
