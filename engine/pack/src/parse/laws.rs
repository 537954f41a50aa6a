//! What a ledger says of its records beyond the kind of each field: what may not repeat, what each owns exactly one of, what is likely the same,
//! what is doubtful, and in what a record agrees with those it names.

use super::node::{Node, Value};
use super::raw::{RawAlike, RawDoubt, RawExactly, RawUnique};
use super::reader::{Reader, Said, Word};
use crate::codes::Code;
use crate::model::Text;

pub(crate) fn uniques(reader: &Reader<'_>) -> Vec<RawUnique> {
    let mut sets = Vec::new();
    for item in reader.list("unique") {
        match &item.value {
            Value::List(names) => {
                let mut fields = Vec::new();
                for name in names {
                    match &name.value {
                        Value::Text(value) => fields.push(Said { value: value.clone(), at: name.at }),
                        other => {
                            let args = ["unique".into(), ("字段名", "a field's name").into(), other.called().into()];
                            reader.bench.fault(Code::WrongType, name.at, &args);
                        }
                    }
                }
                sets.push(RawUnique { fields, predicate: None, says: None });
            }
            _ => {
                let Some(inner) = Reader::of(reader.bench, item, ("unique", "unique"), item.at) else { continue };
                let (fields, predicate) = (inner.words("fields"), inner.word("where"));
                sets.push(RawUnique { fields, predicate, says: own_words(&inner) });
                inner.done();
            }
        }
        if sets.last().is_some_and(|set| set.fields.is_empty()) {
            reader.bench.fault(Code::Empty, item.at, &["unique".into()]);
        }
    }
    sets
}

/// What the pack says itself where a rule is broken, and the mend.
fn own_words(rule: &Reader<'_>) -> Option<Text> {
    rule.text("says").map(|said| said.value)
}

pub(crate) fn exactly(reader: &Reader<'_>) -> Vec<RawExactly> {
    let one = |item: &Node| {
        let inner = Reader::of(reader.bench, item, ("exactly", "exactly"), item.at)?;
        let (number, of) = match inner.word("none_of") {
            Some(of) => (0, Some(of)),
            None => (1, inner.need_word("one_of")),
        };
        let (predicate, during, says) = (inner.word("where"), inner.word("while"), own_words(&inner));
        inner.done();
        Some(RawExactly { number, of: of?, predicate, during, says })
    };
    reader.list("exactly").iter().filter_map(one).collect()
}

pub(crate) fn alike(reader: &Reader<'_>) -> Vec<RawAlike> {
    let one = |item: &Node| {
        let inner = Reader::of(reader.bench, item, ("alike", "alike"), item.at)?;
        let (same, sounds) = (inner.words("same"), inner.word("sounds"));
        inner.done();
        if same.is_empty() {
            reader.bench.fault(Code::Empty, item.at, &["same".into()]);
        }
        Some(RawAlike { same, sounds })
    };
    reader.list("alike").iter().filter_map(one).collect()
}

pub(crate) fn doubtful(reader: &Reader<'_>) -> Vec<RawDoubt> {
    let one = |item: &Node| {
        let inner = Reader::of(reader.bench, item, ("doubtful", "doubtful"), item.at)?;
        let (predicate, at, says) = (inner.need_word("where"), inner.need_word("at"), inner.need_text("says"));
        inner.done();
        Some(RawDoubt { predicate: predicate?, at: at?, says })
    };
    reader.list("doubtful").iter().filter_map(one).collect()
}

/// `agrees` names fields; an ID number says instead which of its fields it tells of.
pub(crate) const fn is_listed(node: &Node) -> bool {
    matches!(node.value, Value::Text(_) | Value::List(_))
}

/// In what the record that a reference names agrees with the one that names it.
pub(crate) fn shares(field: &Reader<'_>) -> Vec<Word> {
    let Some(node) = field.get("agrees").filter(|node| is_listed(node)) else { return Vec::new() };
    if matches!(&node.value, Value::List(items) if items.is_empty()) {
        field.bench.fault(Code::Empty, node.at, &["agrees".into()]);
    }
    field.words("agrees")
}
