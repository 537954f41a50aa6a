//! One of a code list, by code, title in either language, or alias.

use anju_pack::CodeList;

use crate::{Code, Lang, Problem, Value, clean};

pub(super) fn parse(list: &CodeList, raw: &str) -> Result<Value, Problem> {
    let token = clean::token(raw);
    let same = |written: &str| {
        let written = clean::token(written);
        written == token || written.eq_ignore_ascii_case(&token)
    };
    let by_code = list.values.iter().find(|value| value.code == token);
    let found = by_code.or_else(|| list.values.iter().find(|value| same(&value.title.zh) || same(&value.title.en)));
    let found = found.or_else(|| {
        list.values
            .iter()
            .find(|value| value.aliases.iter().any(|alias| same(alias)) || value.code.eq_ignore_ascii_case(&token))
    });
    found.map(|value| Value::Text(value.code.as_str().into())).ok_or_else(|| unknown(list, raw))
}

pub(super) fn check(list: &CodeList, code: &str) -> Result<(), Problem> {
    if list.values.iter().any(|value| value.code == code) { Ok(()) } else { Err(unknown(list, code)) }
}

fn unknown(list: &CodeList, raw: &str) -> Problem {
    let mut choices = list
        .values
        .iter()
        .take(8)
        .map(|value| format!("{} {}", value.code, value.title.zh))
        .collect::<Vec<_>>()
        .join("、");
    if list.values.len() > 8 {
        choices.push('…');
    }
    Problem::new(Code::UnknownCode, raw, [list.title.zh.clone(), choices])
}

pub(super) fn format(list: &CodeList, code: &str, lang: Lang) -> String {
    list.values
        .iter()
        .find(|value| value.code == code)
        .map_or_else(|| code.to_owned(), |value| lang.of(&value.title).to_owned())
}
