//! Processes.

use std::collections::HashMap;

use super::{Places, Scope, ix, ledgers, taken};
use crate::codes::Code;
use crate::model::{Field, LedgerIx, Process, ProcessStep, Text};
use crate::parse::raw::{RawProcess, RawStep};
use crate::parse::reader::Word;
use crate::source::{Spot, origin};

/// Resolves all processes; the roles are already in the pack.
pub(crate) fn resolve(scope: &Scope<'_>, places: &Places, raw: &[RawProcess]) -> Vec<Process> {
    let mut first: HashMap<&str, Spot> = HashMap::new();
    let mut processes = Vec::new();
    for entry in raw {
        if let Some(spot) = first.insert(&entry.id.value, entry.id.at) {
            taken(scope.bench, ("流程", "process"), &entry.id, spot, false);
            continue;
        }
        let process = build(scope, places, entry);
        if let Some(at) = entry.approval {
            approval(scope, at, &process, &processes);
        }
        processes.push(process);
    }
    processes
}

/// One step, done by roles that read the ledger; one approval for a ledger.
fn approval(scope: &Scope<'_>, at: Spot, process: &Process, earlier: &[Process]) {
    let fault = |zh: String, en: String| {
        scope.bench.fault(Code::BadApproval, at, &[process.id.as_str().into(), Text { zh, en }.into()]);
    };
    if process.steps.len() != 1 {
        let count = process.steps.len();
        fault(format!("有 {count} 个步骤"), format!("it has {count} steps"));
    }
    for step in &process.steps {
        if step.by.is_empty() {
            fault("步骤没有 by".to_owned(), "its step has no by".to_owned());
        }
        let blind = |id: &&String| !scope.pack.roles.iter().any(|role| role.id == **id && role.reads(process.of));
        for id in step.by.iter().filter(blind) {
            fault(format!("角色 `{id}` 读不到该台账"), format!("the role `{id}` does not read the ledger"));
        }
    }
    if let Some(other) = earlier.iter().find(|other| other.approval && other.of == process.of) {
        fault(format!("`{}` 已审批同一台账", other.id), format!("`{}` already approves that ledger", other.id));
    }
}

fn build(scope: &Scope<'_>, places: &Places, entry: &RawProcess) -> Process {
    let of = entry.of.as_ref().and_then(|word| scope.ledger(word));
    let mut fields: Vec<Field> = entry.fields.iter().map(|raw| ledgers::typed(scope, raw)).collect();
    for (at, raw) in entry.fields.iter().enumerate() {
        ledgers::date_bounds(scope.bench, raw, at, &mut fields);
    }
    let mut states: Vec<String> = Vec::new();
    for word in &entry.states {
        if states.contains(&word.value) {
            taken(scope.bench, ("状态", "state"), word, word.at, false);
        } else {
            states.push(word.value.clone());
        }
    }
    Process {
        id: entry.id.value.clone(),
        title: entry.title.clone(),
        row: entry.row.clone(),
        mechanism: places.mechanism(entry.id.at),
        of: of.unwrap_or(LedgerIx(0)),
        steps: entry.steps.iter().map(|raw| step(scope, entry, raw, &states, &fields)).collect(),
        states,
        fields,
        approval: entry.approval.is_some(),
        origin: origin(scope.bench.sources, entry.id.at),
    }
}

fn step(scope: &Scope<'_>, entry: &RawProcess, raw: &RawStep, states: &[String], fields: &[Field]) -> ProcessStep {
    if let Some(other) =
        entry.steps.iter().find(|other| other.id.value == raw.id.value && other.id.at.start < raw.id.at.start)
    {
        taken(scope.bench, ("步骤", "step"), &raw.id, other.id.at, false);
    }
    let among = |what: (&str, &str), word: &Word, known: Vec<&str>| {
        let found = known.iter().position(|name| *name == word.value);
        if found.is_none() {
            scope.unknown(what, &word.value, word.at, known);
        }
        found.map(ix)
    };
    let state = |word: &Word| among(("状态", "state"), word, states.iter().map(String::as_str).collect());
    let named = |what, words: &[Word], known: &[&str]| {
        words
            .iter()
            .filter(|word| among(what, word, known.to_vec()).is_some())
            .map(|word| word.value.clone())
            .collect::<Vec<_>>()
    };
    let steps: Vec<&str> = entry.steps.iter().map(|step| step.id.value.as_str()).collect();
    let roles: Vec<&str> = scope.pack.roles.iter().map(|role| role.id.as_str()).collect();
    ProcessStep {
        id: raw.id.value.clone(),
        title: raw.title.clone(),
        from: raw.from.iter().filter_map(state).collect(),
        to: raw.to.as_ref().and_then(state).unwrap_or(0),
        by: named(("角色", "role"), &raw.by, &roles),
        needs: raw
            .needs
            .iter()
            .filter_map(|word| among(("字段", "field"), word, fields.iter().map(|field| field.id.as_str()).collect()))
            .collect(),
        days: raw.days,
        not_by: named(("步骤", "step"), &raw.not_by, &steps),
    }
}
