//! Several lines of text.

use super::text;
use crate::{Problem, Value, clean};

pub(super) fn parse(raw: &str) -> Value {
    Value::Text(clean::lines(raw).into())
}

pub(super) fn check(words: &str, max: u32) -> Result<(), Problem> {
    text::printable(words, |c| matches!(c, '\n' | '\t'))?;
    text::length(words, max)
}
