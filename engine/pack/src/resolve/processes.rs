//! Processes and roles.

use std::collections::HashMap;

use super::{Places, Scope, ix, ledgers, taken};
use crate::model::{Field, LedgerIx, Process, ProcessStep, Role};
use crate::parse::raw::{RawProcess, RawRole, RawStep};
use crate::parse::reader::Word;
use crate::source::{Spot, origin};

/// Resolves all roles.
pub(crate) fn roles(scope: &Scope<'_>, raw: &[RawRole]) -> Vec<Role> {
    let mut first: HashMap<&str, Spot> = HashMap::new();
    let mut roles = Vec::new();
    for entry in raw {
        if let Some(spot) = first.insert(&entry.id.value, entry.id.at) {
            taken(scope.bench, ("角色", "role"), &entry.id, spot, false);
            continue;
        }
        let ledgers = |words: &[Word]| {
            let named = words.iter().filter(|word| word.value != "*").filter_map(|word| scope.ledger(word));
            (named.collect::<Vec<LedgerIx>>(), words.iter().any(|word| word.value == "*"))
        };
        let ((read, read_all), (write, write_all)) = (ledgers(&entry.read), ledgers(&entry.write));
        roles.push(Role {
            id: entry.id.value.clone(),
            title: entry.title.clone(),
            read,
            read_all,
            write,
            write_all,
            origin: origin(scope.bench.sources, entry.id.at),
        });
    }
    roles
}

/// Resolves all processes; the roles are already in the pack.
pub(crate) fn resolve(scope: &Scope<'_>, places: &Places, raw: &[RawProcess]) -> Vec<Process> {
    let mut first: HashMap<&str, Spot> = HashMap::new();
    let mut processes = Vec::new();
    for entry in raw {
        if let Some(spot) = first.insert(&entry.id.value, entry.id.at) {
            taken(scope.bench, ("流程", "process"), &entry.id, spot, false);
            continue;
        }
        processes.push(build(scope, places, entry));
    }
    processes
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
