//! One of a code list, by code, title in either language, or alias.

use std::collections::HashMap;

use anju_pack::CodeList;

use crate::{Code, Lang, Problem, Value, clean};

pub(super) fn parse(list: &CodeList, raw: &str) -> Result<Value, Problem> {
    let mut token = clean::token(raw);
    let found = list.position(&token).or_else(|| {
        token.make_ascii_lowercase();
        list.spoken.made(|| spoken(list)).get(token.as_str()).map(|at| usize::from(*at))
    });
    let found = found.and_then(|at| list.values.get(at));
    found.map(|value| Value::Text(value.code.as_str().into())).ok_or_else(|| unknown(list, raw))
}

/// Titles go before aliases, and a code in another case is as good as an alias; of two values that go by one name the first has it.
fn spoken(list: &CodeList) -> HashMap<Box<str>, u16> {
    let values = || (0_u16..).zip(&list.values);
    let titles = values().flat_map(|(at, value)| [&value.title.zh, &value.title.en].map(|written| (at, written)));
    let others = values().flat_map(|(at, value)| value.aliases.iter().chain([&value.code]).map(move |name| (at, name)));
    let mut names = HashMap::new();
    for (at, written) in titles.chain(others) {
        names.entry(clean::token(written).to_ascii_lowercase().into()).or_insert(at);
    }
    names
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
