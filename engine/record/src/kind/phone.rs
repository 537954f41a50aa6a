//! Telephone numbers, kept as digits.

use crate::{Code, Problem, Value, clean};

pub(super) fn parse(raw: &str) -> Result<Value, Problem> {
    let token: String = clean::token(raw).chars().filter(|c| !matches!(c, '-' | '(' | ')')).collect();
    let token = token.strip_prefix('+').unwrap_or(&token);
    let token = token.strip_prefix("86").filter(|rest| rest.len() == 11 && rest.starts_with('1')).unwrap_or(token);
    check(token).map_err(|problem| Problem { value: raw.to_owned(), ..problem })?;
    Ok(Value::Text(token.into()))
}

pub(super) fn check(digits: &str) -> Result<(), Problem> {
    let fits = (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(()) } else { Err(Problem::new(Code::NotAPhone, digits, [])) }
}
