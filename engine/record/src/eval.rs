//! The meaning of a [`Predicate`], one record at a time. Slow and plain: the measure for the SQL and column backends.

use std::borrow::Cow;

use anju_pack::{Comparison, FieldIx, LedgerIx, Literal, Operand, Pack, Place, Predicate};
use uuid::Uuid;

use crate::{Record, Value, day};

/// Finds a live record by ledger and id.
pub type Resolve<'a> = &'a dyn Fn(LedgerIx, Uuid) -> Option<Record>;

/// The value of a field of the record that is asked about, without a copy; `None` counts as null.
pub type Own<'a, 'v> = &'a dyn Fn(FieldIx) -> Option<&'v Value>;

/// Whether a record satisfies a predicate at a date; `None` is SQL's unknown.
pub fn holds(pack: &Pack, predicate: &Predicate, record: &Record, resolve: Resolve<'_>, today: i32) -> Option<bool> {
    holds_of(pack, predicate, &|field| record.values.get(usize::from(field.0)), resolve, today)
}

/// [`holds`] for what is no whole record: `own` tells what is known of it.
#[expect(clippy::only_used_in_recursion, reason = "a predicate has a meaning only beside the pack that resolved it")]
pub fn holds_of<'v>(
    pack: &Pack,
    predicate: &Predicate,
    own: Own<'_, 'v>,
    resolve: Resolve<'_>,
    today: i32,
) -> Option<bool> {
    let again = |inner: &Predicate| holds_of(pack, inner, own, resolve, today);
    match predicate {
        Predicate::And(all) => all.iter().map(again).fold(Some(true), and),
        Predicate::Or(any) => any.iter().map(again).fold(Some(false), or),
        Predicate::Not(inner) => again(inner).map(|held| !held),
        Predicate::Compare(left, comparison, right) => {
            let left = operand(left, own, resolve, today);
            let right = operand(right, own, resolve, today);
            compare(&left, *comparison, &right)
        }
        Predicate::In(_, literals) if literals.is_empty() => Some(false),
        Predicate::In(side, literals) => {
            let value = operand(side, own, resolve, today);
            if *value == Value::Null { None } else { Some(literals.iter().any(|literal| is(literal, &value))) }
        }
        Predicate::IsNull(place) => Some(*value_at(place, own, resolve) == Value::Null),
        Predicate::Holds(place) => match *value_at(place, own, resolve) {
            Value::Bool(held) => Some(held),
            _ => None,
        },
        Predicate::Prefix(place, prefix) => match &*value_at(place, own, resolve) {
            Value::Text(text) => Some(text.starts_with(prefix.as_str())),
            _ => None,
        },
    }
}

/// Three-valued AND.
pub fn and(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Three-valued OR.
pub fn or(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

/// The value at a place seen from a record; a reference that leads nowhere gives null.
pub fn at(place: &Place, record: &Record, resolve: Resolve<'_>) -> Value {
    value_at(place, &|field| record.values.get(usize::from(field.0)), resolve).into_owned()
}

fn value_at<'v>(place: &Place, own: Own<'_, 'v>, resolve: Resolve<'_>) -> Cow<'v, Value> {
    let mut reached: Option<Record> = None;
    let value_of = |reached: &Option<Record>, field: FieldIx| match reached {
        None => own(field).map(Cow::Borrowed),
        Some(record) => record.values.get(usize::from(field.0)).cloned().map(Cow::Owned),
    };
    for step in &place.path {
        let next = match value_of(&reached, step.field).as_deref() {
            Some(Value::Id(id)) => resolve(step.to, *id),
            _ => None,
        };
        if next.is_none() {
            return Cow::Owned(Value::Null);
        }
        reached = next;
    }
    value_of(&reached, place.field).unwrap_or_default()
}

/// A constant as a value.
pub fn literal(literal: &Literal) -> Value {
    match literal {
        Literal::Int(number) => Value::Int(*number),
        Literal::Text(text) | Literal::Code(text) => Value::Text(text.as_str().into()),
        Literal::Bool(held) => Value::Bool(*held),
        Literal::Date(day) => Value::Date(*day),
    }
}

/// Whether a value is a constant.
fn is(literal: &Literal, value: &Value) -> bool {
    match (literal, value) {
        (Literal::Int(number), Value::Int(value)) => number == value,
        (Literal::Text(text) | Literal::Code(text), Value::Text(value)) => **text == **value,
        (Literal::Bool(held), Value::Bool(value)) => held == value,
        (Literal::Date(day), Value::Date(value)) => day == value,
        _ => false,
    }
}

fn operand<'v>(operand: &Operand, own: Own<'_, 'v>, resolve: Resolve<'_>, today: i32) -> Cow<'v, Value> {
    let day_at = |place: &Place| match *value_at(place, own, resolve) {
        Value::Date(day) => Some(day),
        _ => None,
    };
    Cow::Owned(match operand {
        Operand::Field(place) => return value_at(place, own, resolve),
        Operand::Literal(constant) => literal(constant),
        Operand::Today(days) => Value::Date(day::add(today, *days)),
        Operand::Actor => Value::Null,
        Operand::Age(place) => day_at(place).map_or(Value::Null, |born| Value::Int(day::age(born, today).into())),
        Operand::Months(from, to) => {
            day_at(from).map_or(Value::Null, |from| Value::Int(day::months(from, day_at(to).unwrap_or(today)).into()))
        }
    })
}

fn compare(left: &Value, comparison: Comparison, right: &Value) -> Option<bool> {
    let order = match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
        (Value::Date(left), Value::Date(right)) => left.cmp(right),
        (Value::Id(left), Value::Id(right)) => left.as_bytes().cmp(right.as_bytes()),
        _ => return None,
    };
    Some(match comparison {
        Comparison::Eq => order.is_eq(),
        Comparison::Ne => order.is_ne(),
        Comparison::Lt => order.is_lt(),
        Comparison::Le => order.is_le(),
        Comparison::Gt => order.is_gt(),
        Comparison::Ge => order.is_ge(),
    })
}
