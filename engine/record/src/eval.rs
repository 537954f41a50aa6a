//! The meaning of a [`Predicate`], one record at a time. Slow and plain: the measure for the SQL and column backends.

use std::borrow::Cow;
use std::cmp::Ordering;

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
        Predicate::And(all) => until(all.iter().map(again), and, Some(false)),
        Predicate::Or(any) => until(any.iter().map(again), or, Some(true)),
        Predicate::Not(inner) => again(inner).map(|held| !held),
        Predicate::Compare(left, comparison, right) => {
            let left = operand(left, own, resolve, today);
            let order = match right {
                Operand::Literal(constant) => beside(&left, constant),
                right => ordering(&left, &operand(right, own, resolve, today)),
            };
            order.map(|order| satisfies(order, *comparison))
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

/// All parts joined, up to the first that decides what comes of them.
fn until(
    parts: impl Iterator<Item = Option<bool>>,
    join: fn(Option<bool>, Option<bool>) -> Option<bool>,
    decided: Option<bool>,
) -> Option<bool> {
    let mut joined = decided.map(|decided| !decided);
    for part in parts {
        joined = join(joined, part);
        if joined == decided {
            break;
        }
    }
    joined
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
    beside(value, literal).is_some_and(Ordering::is_eq)
}

/// How a value stands to a constant; none for what cannot be compared.
fn beside(value: &Value, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::Int(value), Literal::Int(number)) => Some(value.cmp(number)),
        (Value::Text(value), Literal::Text(text) | Literal::Code(text)) => Some(value.as_bytes().cmp(text.as_bytes())),
        (Value::Bool(value), Literal::Bool(held)) => Some(value.cmp(held)),
        (Value::Date(value), Literal::Date(day)) => Some(value.cmp(day)),
        _ => None,
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

fn ordering(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.as_bytes().cmp(right.as_bytes())),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Id(left), Value::Id(right)) => Some(left.as_bytes().cmp(right.as_bytes())),
        _ => None,
    }
}

fn satisfies(order: Ordering, comparison: Comparison) -> bool {
    match comparison {
        Comparison::Eq => order.is_eq(),
        Comparison::Ne => order.is_ne(),
        Comparison::Lt => order.is_lt(),
        Comparison::Le => order.is_le(),
        Comparison::Gt => order.is_gt(),
        Comparison::Ge => order.is_ge(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_early_comes_to_what_all_parts_together_do() {
        let three = [None, Some(false), Some(true)];
        for parts in three.iter().flat_map(|a| three.iter().flat_map(move |b| three.map(|c| [*a, *b, c]))) {
            let all =
                |join: fn(Option<bool>, Option<bool>) -> Option<bool>, empty| parts.into_iter().fold(Some(empty), join);
            assert_eq!(until(parts.into_iter(), and, Some(false)), all(and, true), "{parts:?}");
            assert_eq!(until(parts.into_iter(), or, Some(true)), all(or, false), "{parts:?}");
        }
        assert_eq!(
            (until(std::iter::empty(), and, Some(false)), until(std::iter::empty(), or, Some(true))),
            (Some(true), Some(false))
        );
    }

    #[test]
    fn what_has_been_decided_is_not_asked_again() {
        let asked = std::cell::Cell::new(0);
        let part = |held: bool| {
            asked.set(asked.get() + 1);
            Some(held)
        };
        assert_eq!(until([true, false, true].into_iter().map(part), and, Some(false)), Some(false));
        assert_eq!(asked.get(), 2);
    }
}
