//! Telephone numbers, kept as digits.

use crate::{Code, Problem, Value, clean};

pub(super) fn parse(raw: &str) -> Result<Value, Problem> {
    let token: String = clean::token(raw).chars().filter(|c| !matches!(c, '-' | '(' | ')')).collect();
    let plain = token.strip_prefix('+').unwrap_or(&token);
    let of_country = |rest: &&str| rest.starts_with('1') && (rest.len() == 11 || plain.len() < token.len());
    let token = plain.strip_prefix("86").filter(of_country).unwrap_or(plain);
    check(token).map_err(|problem| Problem { value: raw.to_owned(), ..problem })?;
    Ok(Value::Text(token.into()))
}

pub(super) fn check(digits: &str) -> Result<(), Problem> {
    let length = match digits.starts_with('1') {
        // Mobiles, and the numbers of services.
        true => matches!(digits.len(), 5 | 11),
        false => (5..=15).contains(&digits.len()),
    };
    let fits = length && digits.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(()) } else { Err(Problem::new(Code::NotAPhone, digits, [])) }
}
