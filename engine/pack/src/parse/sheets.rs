//! Sheets as written.

use super::node::Value;
use super::raw::{RawDefault, RawSheet, RawSheetExactly};
use super::reader::{Reader, Said};
use crate::codes::Code;
use crate::model::Text;

pub(crate) fn sheets(top: &Reader<'_>, of_county: bool, into: &mut Vec<RawSheet>) {
    for (id, reader) in top.named("sheet", ("表样", "the sheet")) {
        into.push(RawSheet {
            id,
            of_county,
            title: reader.need_text("title"),
            serves: reader.strings("row"),
            rows: reader.need_word("rows"),
            paths: reader.words("paths"),
            makes: reader.words("makes"),
            carry: reader.words("carry"),
            many: reader.word("many"),
            count: reader.strings("count"),
            exactly: reader.tables("exactly", ("exactly", "exactly")).iter().filter_map(exactly).collect(),
            defaults: defaults(&reader),
            notes: notes(&reader),
        });
        reader.done();
    }
}

fn exactly(reader: &Reader<'_>) -> Option<RawSheetExactly> {
    let (one, per) = (reader.need_word("one"), reader.need_word("per"));
    reader.done();
    Some(RawSheetExactly { one: one?, per: per? })
}

fn defaults(reader: &Reader<'_>) -> Vec<(super::reader::Word, RawDefault)> {
    let mut defaults = Vec::new();
    for (field, node) in reader.pairs("defaults") {
        let value = match &node.value {
            Value::Text(value) => RawDefault::Text(Said { value: value.clone(), at: node.at }),
            Value::Table(_) => {
                let Some(inner) = Reader::of(reader.bench, node, ("defaults", "defaults"), node.at) else { continue };
                let latest = inner.words("latest");
                if latest.is_empty() {
                    inner.missing("latest");
                }
                inner.done();
                RawDefault::Latest(latest)
            }
            other => {
                let args = [field.value.as_str().into(), ("文本", "text").into(), other.called().into()];
                reader.bench.fault(Code::WrongType, node.at, &args);
                continue;
            }
        };
        defaults.push((field, value));
    }
    defaults
}

fn notes(reader: &Reader<'_>) -> Vec<Text> {
    let notes = reader.tables("notes", ("双语文本", "a bilingual text"));
    let note = |inner: &Reader<'_>| {
        let (zh, en) = (inner.need_word("zh"), inner.need_word("en"));
        inner.done();
        Some(Text { zh: zh?.value, en: en?.value })
    };
    notes.iter().filter_map(note).collect()
}
