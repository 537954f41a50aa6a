//! A day.

use crate::{Code, Problem, Value, day};

pub(super) fn parse(raw: &str) -> Result<Value, Problem> {
    day::parse(raw).map(Value::Date).ok_or_else(|| Problem::new(Code::NotADate, raw, []))
}

pub(super) fn check(date: i32) -> Result<(), Problem> {
    if (day::MIN..=day::MAX).contains(&date) { Ok(()) } else { Err(Problem::new(Code::NotADate, date.to_string(), [])) }
}
