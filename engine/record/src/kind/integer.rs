//! Whole numbers.

use super::number;
use crate::{Problem, Value};

pub(super) fn parse(raw: &str, unit: Option<&str>) -> Result<Value, Problem> {
    number::parse(raw, 0, unit).map(Value::Int)
}
