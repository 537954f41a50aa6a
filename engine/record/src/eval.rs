//! The meaning of a [`Predicate`], one record at a time. Slow and plain: the measure for the SQL and column backends.

use anju_pack::{Comparison, LedgerIx, Literal, Operand, Pack, Place, Predicate};
use uuid::Uuid;

use crate::{Record, Value, day};

/// Finds a live record by ledger and id.
pub type Resolve<'a> = &'a dyn Fn(LedgerIx, Uuid) -> Option<Record>;

/// Whether a record satisfies a predicate at a date; `None` is SQL's unknown.
#[expect(clippy::only_used_in_recursion, reason = "a predicate has a meaning only beside the pack that resolved it")]
pub fn holds(pack: &Pack, predicate: &Predicate, record: &Record, resolve: Resolve<'_>, today: i32) -> Option<bool> {
    let again = |inner: &Predicate| holds(pack, inner, record, resolve, today);
    match predicate {
        Predicate::And(all) => all.iter().map(again).fold(Some(true), and),
        Predicate::Or(any) => any.iter().map(again).fold(Some(false), or),
        Predicate::Not(inner) => again(inner).map(|held| !held),
        Predicate::Compare(left, comparison, right) => {
            let left = operand(left, record, resolve, today);
            let right = operand(right, record, resolve, today);
            compare(&left, *comparison, &right)
        }
        Predicate::In(_, literals) if literals.is_empty() => Some(false),
        Predicate::In(side, literals) => {
            let value = operand(side, record, resolve, today);
            if value == Value::Null { None } else { Some(literals.iter().any(|literal| is(literal, &value))) }
        }
        Predicate::IsNull(place) => Some(at(place, record, resolve) == Value::Null),
        Predicate::Holds(place) => match at(place, record, resolve) {
            Value::Bool(held) => Some(held),
            _ => None,
        },
        Predicate::Prefix(place, prefix) => match at(place, record, resolve) {
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
    let mut reached = std::borrow::Cow::Borrowed(record);
    for step in &place.path {
        let Some(Value::Id(id)) = reached.values.get(usize::from(step.field.0)) else { return Value::Null };
        match resolve(step.to, *id) {
            Some(next) => reached = std::borrow::Cow::Owned(next),
            None => return Value::Null,
        }
    }
    reached.values.get(usize::from(place.field.0)).cloned().unwrap_or_default()
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

fn operand(operand: &Operand, record: &Record, resolve: Resolve<'_>, today: i32) -> Value {
    match operand {
        Operand::Field(place) => at(place, record, resolve),
        Operand::Literal(constant) => literal(constant),
        Operand::Today(days) => Value::Date(day::add(today, *days)),
        Operand::Actor => Value::Null,
        Operand::Age(place) => match at(place, record, resolve) {
            Value::Date(born) => Value::Int(day::age(born, today).into()),
            _ => Value::Null,
        },
        Operand::Months(from, to) => {
            let Value::Date(from) = at(from, record, resolve) else { return Value::Null };
            let to = match at(to, record, resolve) {
                Value::Date(to) => to,
                _ => today,
            };
            Value::Int(day::months(from, to).into())
        }
    }
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
