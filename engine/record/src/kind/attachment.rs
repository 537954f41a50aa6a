//! The key of a stored file.

use crate::{Code, Problem, Value, clean};

pub(super) fn parse(raw: &str) -> Result<Value, Problem> {
    let key: String = raw.trim_matches(clean::is_blank).into();
    check(&key)?;
    Ok(Value::Text(key.into()))
}

pub(super) fn check(key: &str) -> Result<(), Problem> {
    let fits = (1..=200).contains(&key.len())
        && !key.contains("..")
        && !key.starts_with('/')
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte));
    if fits { Ok(()) } else { Err(Problem::new(Code::NotAKey, key, [])) }
}
