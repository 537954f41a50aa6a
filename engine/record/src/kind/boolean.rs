//! Yes or no.

use crate::{Code, Lang, Problem, Value, clean};

pub(super) fn parse(raw: &str) -> Result<Value, Problem> {
    match clean::token(raw).to_lowercase().as_str() {
        "是" | "有" | "对" | "√" | "✓" | "✔" | "☑" | "y" | "yes" | "true" | "t" | "1" | "on" => {
            Ok(Value::Bool(true))
        }
        "否" | "无" | "没有" | "不是" | "×" | "✗" | "✘" | "☐" | "n" | "no" | "false" | "f" | "0" | "off" => {
            Ok(Value::Bool(false))
        }
        _ => Err(Problem::new(Code::NotABool, raw, [])),
    }
}

pub(super) const fn format(held: bool, lang: Lang) -> &'static str {
    match (held, lang) {
        (true, Lang::Zh) => "是",
        (false, Lang::Zh) => "否",
        (true, Lang::En) => "Yes",
        (false, Lang::En) => "No",
    }
}
