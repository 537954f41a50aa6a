//! A place code: 2, 4, 6, 9, 12, 15 or 18 digits.

use anju_pack::AreaLevel;

use crate::{Code, Problem, Value, clean};

pub(super) fn parse(raw: &str, level: AreaLevel) -> Result<Value, Problem> {
    let token = clean::token(raw);
    check(&token, level).map_err(|problem| Problem { value: raw.to_owned(), ..problem })?;
    Ok(Value::Text(token.into()))
}

pub(super) fn check(code: &str, level: AreaLevel) -> Result<(), Problem> {
    let fits = code.len() == level.digits() && code.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(()) } else { Err(Problem::new(Code::NotAnArea, code, [level.digits().to_string()])) }
}
