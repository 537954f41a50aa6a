//! What records are called: labels of many records in one statement.

use std::collections::HashMap;

use anju_pack::{FieldIx, Kind, LabelPart, LedgerIx, Pack};
use anju_record::{Lang, Value, kind};
use anju_vault::Vault;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use uuid::Uuid;

use crate::error::Result;
use crate::predicate::{Scope, Writer, column};
use crate::schema::{column_name, table_name};
use crate::sealing::SealedField;
use crate::sql::{Column, Dialect, Statement, build, is_one_of};

/// How far labels of labels are followed.
const DEPTH: usize = 4;

/// One column of the answer.
pub(crate) enum Part {
    /// Shown as values of this kind are.
    Clear(Kind),
    /// The record that the next one is sealed for.
    Owner,
    /// Opened, then shown.
    Sealed(Kind, SealedField),
}

impl Part {
    const fn column(&self) -> Column {
        match self {
            Self::Clear(kind) => Column::of(kind),
            Self::Owner => Column::Id,
            Self::Sealed(..) => Column::Text,
        }
    }
}

/// The statement that reads the labels' parts of some records: id first.
pub(crate) fn statement(
    pack: &Pack,
    dialect: Dialect,
    county: &str,
    ledger: LedgerIx,
    ids: &[Uuid],
    today: i32,
) -> Result<(Statement, Vec<Column>, Vec<Part>)> {
    let writer = Writer { pack, dialect, vault: None };
    let mut parts = Vec::new();
    describe(&writer, ledger, "t", DEPTH, today, &|value| value, &mut parts);
    let mut select = Query::select();
    select.expr(column(Some("t"), "id"));
    for (expr, _) in &parts {
        select.expr(expr.clone());
    }
    select
        .from_as(Alias::new(table_name(&pack.ledger(ledger).id)), Alias::new("t"))
        .and_where(column(Some("t"), "county").eq(county))
        .and_where(is_one_of(dialect, column(Some("t"), "id"), ids));
    let types = std::iter::once(Column::Id).chain(parts.iter().map(|(_, part)| part.column())).collect();
    Ok((build(dialect, &select)?, types, parts.into_iter().map(|(_, part)| part).collect()))
}

/// Adds the expressions of a ledger's label as seen from `alias`; `wrap` brings each up to the outermost row.
fn describe(
    writer: &Writer<'_>,
    ledger: LedgerIx,
    alias: &str,
    depth: usize,
    today: i32,
    wrap: &dyn Fn(Expr) -> Expr,
    parts: &mut Vec<(Expr, Part)>,
) {
    for part in &writer.pack.ledger(ledger).label {
        match part {
            LabelPart::Field(field) => field_part(writer, ledger, *field, alias, depth, today, wrap, parts),
            LabelPart::Owned { of, predicate, show } => {
                let inner = format!("{alias}_o{}", of.0);
                let Some(select) = first_owned(writer, *of, predicate, alias, &inner, today) else { continue };
                let outer =
                    |value: Expr| wrap(Expr::SubQuery(None, Box::new(select.clone().expr(value).to_owned().into())));
                field_part(writer, *of, *show, &inner, depth, today, &outer, parts);
            }
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "a step of one recursion")]
fn field_part(
    writer: &Writer<'_>,
    ledger: LedgerIx,
    field: FieldIx,
    alias: &str,
    depth: usize,
    today: i32,
    wrap: &dyn Fn(Expr) -> Expr,
    parts: &mut Vec<(Expr, Part)>,
) {
    let definition = writer.pack.ledger(ledger);
    let position = usize::from(field.0);
    let field = definition.field(field);
    let name = column_name(&field.id).into_owned();
    match &field.kind {
        Kind::Ref { to } if depth > 0 => {
            let inner = format!("{alias}_{}", parts.len());
            let outer = |value: Expr| wrap(writer.lookup(*to, &inner, alias, &name, value));
            describe(writer, *to, &inner, depth - 1, today, &outer, parts);
        }
        Kind::Ref { .. } => {}
        other => match SealedField::of(definition, position) {
            Some(sealed) => {
                parts.push((wrap(column(Some(alias), "id")), Part::Owner));
                parts.push((wrap(column(Some(alias), &name)), Part::Sealed(other.clone(), sealed)));
            }
            None => parts.push((wrap(column(Some(alias), &name)), Part::Clear(other.clone()))),
        },
    }
}

fn first_owned(
    writer: &Writer<'_>,
    of: LedgerIx,
    predicate: &anju_pack::Predicate,
    owner: &str,
    alias: &str,
    today: i32,
) -> Option<SelectStatement> {
    let ledger = writer.pack.ledger(of);
    let link = column_name(&ledger.field(ledger.of?.field).id).into_owned();
    let predicate = writer.predicate(of, predicate, Scope { alias: Some(alias), today: Some(today) })?;
    let mut select = Query::select();
    select
        .from_as(Alias::new(table_name(&ledger.id)), Alias::new(alias))
        .and_where(column(Some(alias), "county").eq(column(Some(owner), "county")))
        .and_where(column(Some(alias), link).eq(column(Some(owner), "id")))
        .and_where(column(Some(alias), "deleted_at").is_null())
        .and_where(predicate);
    // What stands names it before what has ended, the latest first.
    if let Some(end) = ledger.period.and_then(|period| period.end) {
        let end = column(Some(alias), &*column_name(&ledger.field(end).id));
        select.order_by_expr(end.clone().is_not_null(), Order::Asc).order_by_expr(end, Order::Desc);
    }
    select.order_by_expr(by_id(writer.dialect, alias), Order::Asc).limit(1);
    Some(select)
}

/// The id as an order. SQLite would walk the whole key in this order rather than use the owner's index; a sign hides the key from it.
fn by_id(dialect: Dialect, alias: &str) -> Expr {
    let id = column(Some(alias), "id");
    match dialect {
        Dialect::Sqlite => Expr::cust_with_exprs("+?", [id]),
        Dialect::Postgres => id,
    }
}

/// Adds an answered row; parts without a value are left out.
pub(crate) fn collect(
    pack: &Pack,
    vault: &Vault,
    parts: &[Part],
    row: Vec<Value>,
    lang: Lang,
    into: &mut HashMap<Uuid, String>,
) -> Result<()> {
    let mut values = row.into_iter();
    let Some(Value::Id(id)) = values.next() else { return Ok(()) };
    let (mut words, mut owner, mut buffer) = (Vec::new(), id, String::new());
    for (value, part) in values.zip(parts).filter(|(value, _)| *value != Value::Null) {
        match (part, value) {
            (Part::Owner, Value::Id(id)) => owner = id,
            (Part::Owner, _) => {}
            (Part::Clear(kind), value) => words.push(kind::format(pack, kind, &value, lang)),
            (Part::Sealed(kind, sealed), value) => {
                let value = sealed.open(vault, owner, &value, &mut buffer)?;
                words.push(kind::format(pack, kind, &value, lang));
            }
        }
    }
    into.insert(id, called(id, words.join(" ")));
    Ok(())
}

/// What a record is called whose label says this: one of which it says nothing by its id's end.
pub fn called(id: Uuid, name: String) -> String {
    if name.is_empty() { format!("…{}", &id.simple().to_string()[24..]) } else { name }
}
