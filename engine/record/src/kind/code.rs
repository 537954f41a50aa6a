//! One of a code list, by code, title in either language, alias, or code and name together.

use std::collections::HashMap;

use anju_pack::CodeList;

use crate::{Code, Lang, Problem, Value, clean};

/// Values of a list that a message names at most.
const TOLD: usize = 8;

pub(super) fn parse(list: &CodeList, raw: &str) -> Result<Value, Problem> {
    let mut token = clean::token(raw);
    let found = list.position(&token).or_else(|| {
        token.make_ascii_lowercase();
        let spoken = list.spoken.made(|| spoken(list));
        let named = |name: &str| spoken.get(name).map(|at| usize::from(*at));
        named(&token).or_else(|| {
            let bare = unquoted(&token);
            named(&bare).or_else(|| with_code(list, spoken, &bare))
        })
    });
    let found = found.and_then(|at| list.values.get(at));
    found.map(|value| Value::Text(value.code.as_str().into())).ok_or_else(|| unknown(list, raw))
}

/// A code with the name of the same value behind it, as messages list them.
fn with_code(list: &CodeList, spoken: &HashMap<Box<str>, u16>, token: &str) -> Option<usize> {
    let named = |at: usize, code: &str| {
        let name = token.strip_prefix(code)?.trim_start_matches(|ch: char| !ch.is_alphanumeric());
        spoken.get(name).filter(|found| usize::from(**found) == at)
    };
    let mut values = list.values.iter().enumerate();
    values.find(|(at, value)| named(*at, &value.code.to_ascii_lowercase()).is_some()).map(|(at, _)| at)
}

/// Titles go before aliases, and a code in another case is as good as an alias; of two values that go by one name the first has it.
/// Without its quotes a name is a name as well, unless another value goes by that.
fn spoken(list: &CodeList) -> HashMap<Box<str>, u16> {
    let values = || (0_u16..).zip(&list.values);
    let titles = values().flat_map(|(at, value)| [&value.title.zh, &value.title.en].map(|written| (at, written)));
    let others = values().flat_map(|(at, value)| value.aliases.iter().chain([&value.code]).map(move |name| (at, name)));
    let mut names = HashMap::new();
    let mut bare = Vec::new();
    for (at, written) in titles.chain(others) {
        let name = clean::token(written).to_ascii_lowercase();
        bare.extend(Some(unquoted(&name)).filter(|bare| !bare.is_empty() && *bare != name).map(|bare| (at, bare)));
        names.entry(name.into()).or_insert(at);
    }
    for (at, name) in bare {
        names.entry(name.into()).or_insert(at);
    }
    names
}

/// Without quotes of any kind: people write others than the list does, or none.
fn unquoted(name: &str) -> String {
    const QUOTES: [char; 18] =
        ['"', '\'', '“', '”', '‘', '’', '„', '‟', '‛', '「', '」', '『', '』', '《', '》', '〈', '〉', '`'];
    name.chars().filter(|sign| !QUOTES.contains(sign)).collect()
}

pub(super) fn check(list: &CodeList, code: &str) -> Result<(), Problem> {
    if list.position(code).is_some() { Ok(()) } else { Err(unknown(list, code)) }
}

fn unknown(list: &CodeList, raw: &str) -> Problem {
    let [zh, en] = [choices(list, Lang::Zh, "、"), choices(list, Lang::En, ", ")];
    Problem::new(Code::UnknownCode, raw, [list.title.zh.clone(), zh, list.title.en.clone(), en])
}

/// The first values of a list, each by code and title.
fn choices(list: &CodeList, lang: Lang, between: &str) -> String {
    let named = list.values.iter().take(TOLD).map(|value| format!("{} {}", value.code, lang.of(&value.title)));
    let mut choices = named.collect::<Vec<_>>().join(between);
    if list.values.len() > TOLD {
        choices.push_str(if lang == Lang::Zh { "…" } else { " …" });
    }
    choices
}

pub(super) fn format(list: &CodeList, code: &str, lang: Lang) -> String {
    let known = list.position(code).and_then(|at| list.values.get(at));
    known.map_or_else(|| code.to_owned(), |value| lang.of(&value.title).to_owned())
}
