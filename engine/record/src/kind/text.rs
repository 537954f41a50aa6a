//! One line of text.

use crate::{Code, Problem, Value, clean};

pub(super) fn parse(raw: &str) -> Value {
    Value::Text(clean::line(raw).into())
}

pub(super) fn check(text: &str, max: u32) -> Result<(), Problem> {
    printable(text, |_| false)?;
    length(text, max)
}

pub(super) fn printable(text: &str, allowed: impl Fn(char) -> bool) -> Result<(), Problem> {
    match text.chars().find(|c| c.is_control() && !allowed(*c)) {
        Some(c) => Err(Problem::new(Code::Unprintable, "", [format!("U+{:04X}", u32::from(c))])),
        None => Ok(()),
    }
}

pub(super) fn length(text: &str, max: u32) -> Result<(), Problem> {
    let max_len = usize::try_from(max).unwrap_or(usize::MAX);
    if text.len() <= max_len {
        return Ok(());
    }
    let count = text.chars().count();
    if count > max_len { Err(Problem::new(Code::TooLong, text, [count.to_string(), max.to_string()])) } else { Ok(()) }
}
