//! A record of any ledger, by id.

use super::reference;
use crate::{Problem, Value};

pub(super) fn parse(raw: &str) -> Result<Value, Problem> {
    reference::parse(raw)
}
