//! Another record, by id.

use uuid::Uuid;

use crate::{Code, Problem, Value, clean};

pub(super) fn parse(raw: &str) -> Result<Value, Problem> {
    Uuid::try_parse(&clean::token(raw)).map(Value::Id).map_err(|_| Problem::new(Code::NotAReference, raw, []))
}
