//! Roles: names found, and every promise of [`Role`] kept.

use std::collections::HashMap;

use super::{Scope, condition, taken};
use crate::codes::Code;
use crate::model::{FieldIx, LabelPart, LedgerIx, Relation, Role, Text};
use crate::parse::raw::{RawRelation, RawRole};
use crate::parse::reader::Word;
use crate::predicate::{Operand, Predicate};
use crate::source::{Spot, origin};

/// Resolves all roles; `of_county` are the ledgers that the county adds.
pub(crate) fn resolve(scope: &Scope<'_>, raw: &[RawRole], of_county: &[Word]) -> Vec<Role> {
    let mut first: HashMap<&str, Spot> = HashMap::new();
    let mut roles = Vec::new();
    for entry in raw {
        if let Some(spot) = first.insert(&entry.id.value, entry.id.at) {
            taken(scope.bench, ("角色", "role"), &entry.id, spot, false);
            continue;
        }
        let role = build(scope, entry);
        within_reading(scope, entry, &role);
        if role.alone {
            alone(scope, entry);
        }
        roles.push(role);
    }
    add_of_county(scope, of_county, &mut roles);
    roles
}

/// A county's ledger that no role names is for the roles of the ledger that it belongs to; somebody must write it.
fn add_of_county(scope: &Scope<'_>, of_county: &[Word], roles: &mut [Role]) {
    let known = of_county.iter().filter_map(|id| Some((scope.pack.ledger_by_id(&id.value)?, id)));
    let mut known: Vec<(LedgerIx, &Word)> = known.collect();
    // Owners stand before what belongs to them.
    known.sort_by_key(|(ledger, _)| *ledger);
    for (ledger, id) in known {
        let names = |role: &Role| [&role.read, &role.write, &role.export].iter().any(|some| some.contains(&ledger));
        if let Some(owner) = scope.pack.ledger(ledger).of.filter(|_| !roles.iter().any(names)) {
            roles.iter_mut().for_each(|role| follow(role, ledger, owner.ledger));
        }
        if !roles.is_empty() && !roles.iter().any(|role| role.writes(ledger)) {
            scope.bench.fault(Code::NobodyWrites, id.at, &[id.value.as_str().into()]);
        }
    }
}

/// What a role does with a ledger it does with what belongs to it.
fn follow(role: &mut Role, ledger: LedgerIx, owner: LedgerIx) {
    let [read, write, export] = [role.reads(owner), role.writes(owner), role.exports(owner)];
    role.read.extend((read && !role.read_all).then_some(ledger));
    role.write.extend((write && !role.write_all).then_some(ledger));
    role.export.extend((export && !role.export_all).then_some(ledger));
}

fn build(scope: &Scope<'_>, entry: &RawRole) -> Role {
    let ((read, read_all), (write, write_all)) = (ledgers(scope, &entry.read), ledgers(scope, &entry.write));
    let (export, export_all) = ledgers(scope, &entry.export);
    Role {
        id: entry.id.value.clone(),
        title: entry.title.clone(),
        hide: entry.hide.iter().filter_map(|word| hidden(scope, entry, word)).collect(),
        only: entry.only.iter().filter_map(|raw| relation(scope, raw)).collect(),
        everywhere: entry.everywhere.iter().filter_map(|word| scope.ledger(word)).collect(),
        exempt: named(&entry.exempt).filter_map(|word| scope.requirement(word)).collect(),
        exempt_all: all(&entry.exempt),
        read,
        read_all,
        write,
        write_all,
        export,
        export_all,
        reveal: entry.reveal.clone(),
        may: entry.may.clone(),
        alone: entry.alone,
        second_factor: entry.second_factor,
        origin: origin(scope.bench.sources, entry.id.at),
    }
}

fn all(words: &[Word]) -> bool {
    words.iter().any(|word| word.value == "*")
}

fn named(words: &[Word]) -> impl Iterator<Item = &Word> {
    words.iter().filter(|word| word.value != "*")
}

fn ledgers(scope: &Scope<'_>, words: &[Word]) -> (Vec<LedgerIx>, bool) {
    (named(words).filter_map(|word| scope.ledger(word)).collect(), all(words))
}

/// What is written, exported, read everywhere or hidden is read.
fn within_reading(scope: &Scope<'_>, entry: &RawRole, role: &Role) {
    if role.read_all {
        return;
    }
    let id = entry.id.value.as_str();
    let fault = |key: &str, name: &str, at| {
        scope.bench.fault(Code::BeyondRead, at, &[id.into(), key.into(), name.into()]);
    };
    for (key, words) in [("write", &entry.write), ("export", &entry.export), ("everywhere", &entry.everywhere)] {
        for word in words {
            let known = scope.pack.ledger_by_id(&word.value);
            if known.is_some_and(|ledger| !role.reads(ledger)) || key == "write" && word.value == "*" {
                fault(key, &word.value, word.at);
            }
        }
    }
    for word in &entry.hide {
        let Some((name, _)) = word.value.split_once('.') else { continue };
        if scope.pack.ledger_by_id(name).is_some_and(|ledger| !role.reads(ledger)) {
            fault("hide", name, word.at);
        }
    }
}

fn hidden(scope: &Scope<'_>, entry: &RawRole, word: &Word) -> Option<(LedgerIx, FieldIx)> {
    let (ledger, field) = scope.ledger_field(word)?;
    let definition = scope.pack.ledger(ledger).field(field);
    let fault = |zh: &str, en: &str| {
        let why = Text { zh: zh.to_owned(), en: en.to_owned() };
        scope.bench.fault(Code::BadHide, word.at, &[word.value.as_str().into(), why.into()]);
    };
    let writes = entry.write.iter().any(|word| word.value == "*" || word.value == scope.pack.ledger(ledger).id);
    if definition.required && writes {
        fault("它必填，而此角色写这个台账", "it is required and the role writes the ledger");
    } else if names_records(scope, ledger, field) {
        fault("它用来显示记录的名称", "it names records");
    }
    Some((ledger, field))
}

fn names_records(scope: &Scope<'_>, ledger: LedgerIx, field: FieldIx) -> bool {
    scope.pack.ledger_ixs().any(|at| {
        scope.pack.ledger(at).label.iter().any(|part| match part {
            LabelPart::Field(shown) => at == ledger && *shown == field,
            LabelPart::Owned { of, show, .. } => *of == ledger && *show == field,
        })
    })
}

fn relation(scope: &Scope<'_>, raw: &RawRelation) -> Option<Relation> {
    let ledger = scope.ledger(&raw.of)?;
    let fault = |at, zh: &str, en: &str| {
        let why = Text { zh: zh.to_owned(), en: en.to_owned() };
        scope.bench.fault(Code::BadRelation, at, &[raw.of.value.as_str().into(), why.into()]);
    };
    let owner = scope.owner(ledger).map(|step| step.to);
    if owner.is_none() {
        fault(raw.of.at, "它没有归属", "it has no owner");
    }
    let predicate = condition::compile_for_actor(scope, ledger, &raw.predicate)?;
    if !bound(&predicate) {
        fault(raw.predicate.at, "条件没有限定为本人", "the condition is not bound to the actor");
    }
    Some(Relation { ledger, owner: owner?, predicate })
}

/// Nothing satisfies it but what is compared with the actor.
fn bound(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::And(parts) => parts.iter().any(bound),
        Predicate::Or(parts) => parts.iter().all(bound),
        Predicate::Compare(Operand::Actor, _, _) | Predicate::Compare(_, _, Operand::Actor) => true,
        _ => false,
    }
}

/// A role that stands alone touches no ledger.
fn alone(scope: &Scope<'_>, entry: &RawRole) {
    let keys = [
        ("read", &entry.read),
        ("write", &entry.write),
        ("export", &entry.export),
        ("everywhere", &entry.everywhere),
        ("hide", &entry.hide),
        ("exempt", &entry.exempt),
    ];
    for (key, words) in keys {
        if let Some(word) = words.first() {
            scope.bench.fault(Code::AloneReads, word.at, &[entry.id.value.as_str().into(), key.into()]);
        }
    }
    if let Some(relation) = entry.only.first() {
        scope.bench.fault(Code::AloneReads, relation.of.at, &[entry.id.value.as_str().into(), "only".into()]);
    }
}
