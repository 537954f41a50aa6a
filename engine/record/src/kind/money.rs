//! Money: yuan as written, whole fen as kept.

use super::number;
use crate::{Code, Problem, Value, clean};

pub(super) fn parse(raw: &str) -> Result<Value, Problem> {
    let token = clean::token(raw);
    let token = token.trim_start_matches(['¥', '￥']);
    let token = token.strip_suffix("元").unwrap_or(token);
    if let Some(ten_thousands) = token.strip_suffix('万') {
        return number::parse(ten_thousands, 6, &[])
            .map(Value::Int)
            .map_err(|problem| Problem { value: raw.to_owned(), ..problem });
    }
    number::parse(token, 2, &[]).map(Value::Int).map_err(|problem| match problem.code {
        Code::TooPrecise | Code::NotANumber | Code::AboveMaximum | Code::BelowMinimum => {
            Problem { value: raw.to_owned(), ..problem }
        }
        _ => problem,
    })
}
