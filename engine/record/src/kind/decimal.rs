//! Numbers with a fixed count of decimals, such as mu with two.

use super::number;
use crate::{Problem, Value};

pub(super) fn parse(raw: &str, scale: u8, unit: Option<&str>) -> Result<Value, Problem> {
    number::parse(raw, scale, unit).map(Value::Int)
}
