//! Processes, roles, stories and the county's own profile.

use super::entries::{choice, choices, fields};
use super::raw::{RawCounty, RawGiven, RawProcess, RawRelation, RawRole, RawStep, RawStory, RawThen};
use super::reader::{Reader, Said, Word};
use crate::codes::Code;
use crate::model::{Duty, Sensitive, Standing};

pub(crate) fn processes(top: &Reader<'_>, into: &mut Vec<RawProcess>) {
    for (id, reader) in top.named("process", ("流程", "the process")) {
        let raw = RawProcess {
            id,
            title: reader.need_text("title"),
            row: reader.word("row").map(|word| word.value).unwrap_or_default(),
            of: reader.need_word("of"),
            states: reader.words("states"),
            steps: reader.tables("step", ("步骤", "the step")).iter().filter_map(step).collect(),
            fields: fields(&reader),
            approval: if reader.flag("approval") { reader.key_at("approval") } else { None },
        };
        if raw.states.is_empty() {
            reader.missing("states");
        }
        reader.done();
        into.push(raw);
    }
}

fn step(reader: &Reader<'_>) -> Option<RawStep> {
    let id = reader.need_id("id");
    let raw = RawStep {
        id: id.clone().unwrap_or(Said { value: String::new(), at: reader.at }),
        title: reader.need_text("title"),
        from: reader.words("from"),
        to: reader.need_word("to"),
        by: reader.words("by"),
        needs: reader.words("needs"),
        days: reader.int_within("days", 0, 3660).and_then(|days| u32::try_from(days).ok()),
        not_by: reader.words("not_by"),
    };
    if raw.from.is_empty() {
        reader.missing("from");
    }
    reader.done();
    id.map(|_| raw)
}

pub(crate) fn roles(top: &Reader<'_>, into: &mut Vec<RawRole>) {
    for (id, reader) in top.named("role", ("角色", "the role")) {
        into.push(RawRole {
            id,
            title: reader.need_text("title"),
            read: reader.words("read"),
            write: reader.words("write"),
            export: reader.words("export"),
            everywhere: reader.words("everywhere"),
            reveal: choices(&reader, "reveal", &Sensitive::ALL),
            hide: reader.words("hide"),
            only: reader.tables("only", ("only", "only")).iter().filter_map(relation).collect(),
            exempt: reader.words("exempt"),
            may: choices(&reader, "may", &Duty::ALL),
            alone: reader.flag("alone"),
            second_factor: reader.flag("second_factor"),
        });
        reader.done();
    }
}

fn relation(reader: &Reader<'_>) -> Option<RawRelation> {
    let (of, predicate) = (reader.need_word("of"), reader.need_word("where"));
    reader.done();
    Some(RawRelation { of: of?, predicate: predicate? })
}

const STANDINGS: [(&str, Standing); 4] = [
    ("gap", Standing::Gap),
    ("met", Standing::Met),
    ("exempt", Standing::Exempt),
    ("not_applicable", Standing::NotApplicable),
];

pub(crate) fn stories(top: &Reader<'_>, into: &mut Vec<RawStory>) {
    for reader in top.tables("story", ("[[story]]", "[[story]]")) {
        let id = reader.need_id("id").unwrap_or(Said { value: String::new(), at: reader.at });
        let title = reader.need_text("title");
        for key in ["given", "on", "then"] {
            if reader.get(key).is_none() {
                reader.missing(key);
            }
        }
        let given = reader.tables("given", ("given", "given")).iter().filter_map(given).collect();
        let on = reader.day("on").map_or(0, |day| day.value);
        let then = reader.tables("then", ("then", "then")).iter().filter_map(expectation).collect();
        reader.done();
        into.push(RawStory { id, title, given, on, then });
    }
}

fn given(reader: &Reader<'_>) -> Option<RawGiven> {
    let (ledger, name) = (reader.need_word("ledger"), reader.need_word("as"));
    let values = reader.pairs("with").into_iter().map(|(field, node)| (field, node.clone())).collect();
    reader.done();
    Some(RawGiven { at: reader.at, ledger: ledger?, name: name?, values })
}

fn expectation(reader: &Reader<'_>) -> Option<RawThen> {
    let (requirement, subject) = (reader.need_word("requirement"), reader.need_word("subject"));
    if reader.get("is").is_none() {
        reader.missing("is");
    }
    let is = choice(reader, "is", &STANDINGS);
    reader.done();
    Some(RawThen { at: reader.at, requirement: requirement?, subject: subject?, is: is? })
}

pub(crate) fn county(top: &Reader<'_>) -> Option<RawCounty> {
    let reader = top.table("county", ("[county]", "[county]"))?;
    let code = reader.need_word("code");
    if let Some(code) = &code
        && (code.value.len() != 6 || !code.value.bytes().all(|b| b.is_ascii_digit()))
    {
        reader.bench.fault(Code::BadValue, code.at, &["code".into(), code.value.as_str().into(), "\"610923\"".into()]);
    }
    let raw = RawCounty {
        at: reader.at,
        code: code.map(|word| word.value).unwrap_or_default(),
        name: reader.need_text("name"),
        clock: reader.day("clock").map(|day| day.value),
        gaps_from: reader.day("gaps_from").map(|day| day.value),
        divisions: reader.word("divisions").map(|word| word.value),
    };
    reader.done();
    Some(raw)
}

/// `[parameters]`: the county's values.
pub(crate) fn settings(top: &Reader<'_>) -> Vec<(Word, Said<i64>)> {
    let mut settings = Vec::new();
    for (name, node) in top.pairs("parameters") {
        if let super::node::Value::Int(value) = node.value {
            settings.push((name, Said { value, at: node.at }));
        } else {
            let args = [name.value.as_str().into(), ("整数", "an integer").into(), node.value.called().into()];
            top.bench.fault(Code::WrongType, node.at, &args);
        }
    }
    settings
}
