//! A place code: 2, 4, 6, 9, 12, 15 or 18 digits, or the code with the place's name behind it.

use anju_pack::AreaLevel;

use crate::{Code, Problem, Value, clean};

pub(super) fn parse(raw: &str, level: AreaLevel) -> Result<Value, Problem> {
    let token = clean::token(raw);
    // The name says nothing that the code does not.
    let is_name = |sign: char| !sign.is_ascii() && sign.is_alphabetic();
    let named = token.find(|sign: char| !sign.is_ascii_digit()).filter(|at| token[*at..].starts_with(is_name));
    let code = named.map_or(&*token, |at| &token[..at]);
    check(code, level).map_err(|problem| Problem { value: raw.to_owned(), ..problem })?;
    Ok(Value::Text(code.into()))
}

pub(super) fn check(code: &str, level: AreaLevel) -> Result<(), Problem> {
    let fits = code.len() == level.digits() && code.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(()) } else { Err(Problem::new(Code::NotAnArea, code, [level.digits().to_string()])) }
}
