//! Requirements, clauses, figures and passages.

use super::node::{Node, Value};
use super::raw::{RawClause, RawFigure, RawNumber, RawPassage, RawRequirement, RawWhen};
use super::reader::{Reader, Said, Word};
use crate::codes::Code;
use crate::model::Text;
use crate::source::Spot;

/// Days to close a gap when the file does not say.
const DUE: u32 = 30;
/// Characters of a short title.
const SHORT: usize = 6;

pub(crate) fn requirements(top: &Reader<'_>, of_county: bool, into: &mut Vec<RawRequirement>) {
    for reader in top.tables("requirement", ("[[requirement]]", "[[requirement]]")) {
        let id = reader.need_id("id");
        let each = reader.need_word("each");
        let raw = RawRequirement {
            id: id.unwrap_or(Said { value: String::new(), at: reader.at }),
            of_county,
            mechanism: if of_county { reader.word("mechanism") } else { None },
            row: row(&reader, of_county),
            title: reader.need_text("title"),
            short: short(&reader),
            each,
            predicate: reader.word("where"),
            having: reader.tables("having", ("having", "having")).iter().map(clause).collect(),
            needs: reader.table("needs", ("needs", "needs")).map(|inner| clause(&inner)),
            all_of: parts(&reader, "all_of"),
            any_of: parts(&reader, "any_of"),
            owners: reader.words("owner"),
            due: reader.int_within("due", 0, 3660).and_then(|due| u32::try_from(due).ok()).unwrap_or(DUE),
            exempt: reader.flag_or("exempt", true),
            source: reader.as_written(&["each", "where", "having", "needs", "all_of", "any_of"]),
        };
        reader.done();
        into.push(raw);
    }
}

fn row(reader: &Reader<'_>, of_county: bool) -> String {
    let word = if of_county { reader.word("row") } else { reader.need_word("row") };
    word.map(|word| word.value).unwrap_or_default()
}

fn short(reader: &Reader<'_>) -> Text {
    let short = reader.need_text("short");
    if short.zh.chars().count() > SHORT {
        let at = reader.key_at("short").unwrap_or(reader.at);
        reader.bench.fault(Code::ShortTooLong, at, &[short.zh.as_str().into()]);
    }
    short
}

fn parts(reader: &Reader<'_>, key: &'static str) -> Option<(Spot, Vec<Word>)> {
    let at = reader.key_at(key)?;
    let words = reader.words(key);
    if words.is_empty() {
        reader.bench.fault(Code::Empty, at, &[key.into()]);
    }
    Some((at, words))
}

/// A clause; every key of it is read.
pub(crate) fn clause(reader: &Reader<'_>) -> RawClause {
    let raw = RawClause { of: reader.need_word("of"), ..joined(reader) };
    reader.done();
    raw
}

/// A clause without `of`, for `fewest`.
fn joined(reader: &Reader<'_>) -> RawClause {
    let mut matches = Vec::new();
    for (field, node) in reader.pairs("match") {
        if let Value::Text(value) = &node.value {
            matches.push((field, Said { value: value.clone(), at: node.at }));
        } else {
            let args = ["match".into(), ("对象的字段名", "a field of the subject").into(), node.value.called().into()];
            reader.bench.fault(Code::WrongType, node.at, &args);
        }
    }
    RawClause {
        at: reader.at,
        at_least: number(reader, "at_least"),
        at_most: number(reader, "at_most"),
        of: None,
        through: reader.word("through"),
        matches,
        predicate: reader.word("where"),
        when: when(reader),
    }
}

fn number(reader: &Reader<'_>, key: &'static str) -> Option<Said<RawNumber>> {
    let node = reader.get(key)?;
    as_number(reader, key, node)
}

fn as_number(reader: &Reader<'_>, key: &'static str, node: &Node) -> Option<Said<RawNumber>> {
    let value = match &node.value {
        Value::Int(number) => RawNumber::Int(*number),
        Value::Text(name) => RawNumber::Name(name.clone()),
        other => {
            let args = [key.into(), ("整数或参数名", "an integer or a parameter").into(), other.called().into()];
            reader.bench.fault(Code::WrongType, node.at, &args);
            return None;
        }
    };
    Some(Said { value, at: node.at })
}

fn when(reader: &Reader<'_>) -> RawWhen {
    let current = if reader.flag("current") { reader.key_at("current") } else { None };
    RawWhen { current, within: number(reader, "within") }
}

pub(crate) fn figures(top: &Reader<'_>, of_county: bool, into: &mut Vec<RawFigure>) {
    for reader in top.tables("figure", ("[[figure]]", "[[figure]]")) {
        let id = reader.need_id("id");
        let fewest = reader.table("fewest", ("fewest", "fewest")).map(|inner| {
            let each = inner.need_word("each");
            let raw = RawClause { of: inner.need_word("of"), ..joined(&inner) };
            inner.done();
            (each, raw)
        });
        let raw = RawFigure {
            id: id.unwrap_or(Said { value: String::new(), at: reader.at }),
            of_county,
            mechanism: if of_county { reader.word("mechanism") } else { None },
            row: row(&reader, of_county),
            fact: reader.word("fact").map(|word| word.value),
            title: reader.need_text("title"),
            unit: reader.need_text("unit"),
            count: reader.word("count"),
            distinct: reader.word("distinct"),
            sum: reader.word("sum"),
            met: reader.word("met"),
            fewest,
            predicate: reader.word("where"),
            having: reader.tables("having", ("having", "having")).iter().map(clause).collect(),
            when: when(&reader),
            by: reader.word("by"),
            source: reader.as_written(&[
                "count", "distinct", "sum", "met", "fewest", "where", "having", "current", "within", "by",
            ]),
        };
        reader.done();
        into.push(raw);
    }
}

pub(crate) fn passages(top: &Reader<'_>, into: &mut Vec<RawPassage>) {
    for reader in top.tables("passage", ("[[passage]]", "[[passage]]")) {
        if reader.get("order").is_none() {
            reader.missing("order");
        }
        let order = reader.int_within("order", 0, 999).and_then(|order| u16::try_from(order).ok()).unwrap_or(0);
        let title = reader.text("title").map(|said| said.value);
        let (mut zh, mut en) = (None, None);
        if reader.get("text").is_none() {
            reader.missing("text");
        } else if reader.text("text").is_some()
            && let Some(inner) = reader.table("text", ("text", "text"))
        {
            (zh, en) = (inner.word("zh"), inner.word("en"));
        }
        reader.done();
        into.push(RawPassage { at: reader.at, order, title, zh, en });
    }
}
