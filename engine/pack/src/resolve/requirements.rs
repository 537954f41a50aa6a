//! Requirements: parts before wholes, owners found.

use std::collections::HashMap;

use super::clauses::{Role, resolve as clause};
use super::{Places, Scope, condition, ix, ledgers, taken};
use crate::codes::Code;
use crate::fault::Bench;
use crate::model::{Kind, LedgerIx, OwnerPath, Pack, Requirement, RequirementIx, Rule, Step};
use crate::parse::raw::RawRequirement;
use crate::parse::reader::Word;
use crate::source::{Spot, origin};

/// Resolves all requirements into the pack.
pub(crate) fn resolve(bench: &Bench<'_>, places: &Places, raw: &[RawRequirement], pack: &mut Pack) {
    let mut first: HashMap<&str, usize> = HashMap::new();
    let mut kept: Vec<&RawRequirement> = Vec::new();
    for entry in raw.iter().filter(|entry| !entry.id.value.is_empty()) {
        if let Some(at) = first.get(entry.id.value.as_str()) {
            taken(bench, ("需求", "requirement"), &entry.id, kept[*at].id.at, entry.of_county);
            continue;
        }
        first.insert(&entry.id.value, kept.len());
        kept.push(entry);
    }
    let order = parts_first(bench, &kept, &first);
    pack.index.requirements =
        order.iter().enumerate().map(|(at, entry)| (kept[*entry].id.value.clone(), RequirementIx(ix(at)))).collect();
    let each: HashMap<&str, &str> =
        kept.iter().filter_map(|entry| Some((entry.id.value.as_str(), entry.each.as_ref()?.value.as_str()))).collect();
    let built: Vec<Requirement> = {
        let scope = Scope { bench, pack };
        order.iter().map(|at| build(&scope, places, kept[*at], &each)).collect()
    };
    pack.requirements = built;
}

/// What each entry's parts are; they stand before it.
fn parts_first(bench: &Bench<'_>, entries: &[&RawRequirement], at: &HashMap<&str, usize>) -> Vec<usize> {
    let mut state = vec![0_u8; entries.len()];
    let mut order = Vec::with_capacity(entries.len());
    for start in 0..entries.len() {
        visit(bench, entries, at, start, &mut Vec::new(), &mut state, &mut order);
    }
    order
}

fn words(entry: &RawRequirement) -> impl Iterator<Item = &Word> {
    [&entry.all_of, &entry.any_of].into_iter().flatten().flat_map(|(_, words)| words)
}

fn visit<'e>(
    bench: &Bench<'_>,
    entries: &[&'e RawRequirement],
    at: &HashMap<&str, usize>,
    here: usize,
    chain: &mut Vec<&'e str>,
    state: &mut [u8],
    order: &mut Vec<usize>,
) {
    if state[here] != 0 {
        return;
    }
    state[here] = 1;
    chain.push(&entries[here].id.value);
    for word in words(entries[here]) {
        let Some(part) = at.get(word.value.as_str()) else { continue };
        if state[*part] == 1 {
            let begin = chain.iter().position(|id| *id == word.value).unwrap_or(0);
            let mut circle = chain[begin..].to_vec();
            circle.push(&word.value);
            bench.fault(Code::PartCycle, word.at, &[circle.join(" → ").into()]);
        } else {
            visit(bench, entries, at, *part, chain, state, order);
        }
    }
    chain.pop();
    state[here] = 2;
    order.push(here);
}

fn build(scope: &Scope<'_>, places: &Places, entry: &RawRequirement, each_of: &HashMap<&str, &str>) -> Requirement {
    let each = entry.each.as_ref().and_then(|word| scope.ledger(word));
    let predicate = each.zip(entry.predicate.as_ref()).and_then(|(each, word)| condition::compile(scope, each, word));
    let having = entry.having.iter().filter_map(|raw| clause(scope, raw, each, Role::Having)).collect();
    let owners = match each {
        Some(each) => entry.owners.iter().filter_map(|word| owner(scope, each, word)).collect(),
        None => Vec::new(),
    };
    Requirement {
        id: entry.id.value.clone(),
        row: entry.row.clone(),
        title: entry.title.clone(),
        short: entry.short.clone(),
        mechanism: ledgers::home(scope, places, entry.mechanism.as_ref(), entry.id.at),
        each: each.unwrap_or(LedgerIx(0)),
        predicate,
        having,
        rule: rule(scope, entry, each, each_of).unwrap_or(Rule::AllOf(Vec::new())),
        owners,
        due: entry.due,
        exempt: entry.exempt,
        of_county: entry.of_county,
        origin: origin(scope.bench.sources, entry.id.at),
        source: entry.source.clone(),
    }
}

fn rule(
    scope: &Scope<'_>,
    entry: &RawRequirement,
    each: Option<LedgerIx>,
    each_of: &HashMap<&str, &str>,
) -> Option<Rule> {
    let parts = |spoken: &Option<(Spot, Vec<Word>)>| {
        let (_, words) = spoken.as_ref()?;
        Some(words.iter().filter_map(|word| part(scope, entry, word, each_of)).collect::<Vec<_>>())
    };
    let needs = entry.needs.as_ref().map(|raw| clause(scope, raw, each, Role::Needs));
    match (needs, parts(&entry.all_of), parts(&entry.any_of)) {
        (Some(needs), None, None) => needs.map(Rule::Needs),
        (None, Some(all), None) => Some(Rule::AllOf(all)),
        (None, None, Some(any)) => Some(Rule::AnyOf(any)),
        _ => {
            scope.bench.fault(Code::RuleCount, entry.id.at, &[entry.id.value.as_str().into()]);
            None
        }
    }
}

fn part(
    scope: &Scope<'_>,
    entry: &RawRequirement,
    word: &Word,
    each_of: &HashMap<&str, &str>,
) -> Option<RequirementIx> {
    let found = scope.requirement(word)?;
    if let (Some(theirs), Some(ours)) = (each_of.get(word.value.as_str()), &entry.each)
        && *theirs != ours.value
    {
        let args = [word.value.as_str().into(), (*theirs).into(), ours.value.as_str().into()];
        scope.bench.fault(Code::PartOfOther, word.at, &args);
    }
    Some(found)
}

/// Walks up from the subject to a record that the owner's ledger belongs to.
fn owner(scope: &Scope<'_>, each: LedgerIx, word: &Word) -> Option<OwnerPath> {
    let (ledger, field) = scope.ledger_field(word)?;
    let names_someone = matches!(scope.pack.ledger(ledger).field(field).kind, Kind::Ref { .. } | Kind::Text { .. });
    let way = if names_someone { way(scope, each, ledger) } else { None };
    let Some((up, link)) = way else {
        let id = scope.pack.ledger(each).id.as_str();
        scope.bench.fault(Code::BadOwner, word.at, &[id.into(), word.value.as_str().into()]);
        return None;
    };
    Some(OwnerPath { ledger, field, up, link })
}

fn way(scope: &Scope<'_>, each: LedgerIx, ledger: LedgerIx) -> Option<(Vec<Step>, Option<Step>)> {
    let chain = chain(scope, each);
    for (height, here) in std::iter::once(each).chain(chain.iter().map(|step| step.to)).enumerate() {
        let up = || chain[..height].to_vec();
        if here == ledger {
            return Some((up(), None));
        }
        if let Some(step) = scope.owner(ledger).filter(|step| step.to == here) {
            return Some((up(), Some(step)));
        }
        if let [step] = scope.hops_to(ledger, here).as_slice() {
            return Some((up(), Some(*step)));
        }
        if let [step] = scope.hops_to(here, ledger).as_slice() {
            let mut up = up();
            up.push(*step);
            return Some((up, None));
        }
    }
    None
}

/// The owner hops from a ledger to the top.
fn chain(scope: &Scope<'_>, from: LedgerIx) -> Vec<Step> {
    let mut chain: Vec<Step> = Vec::new();
    let mut here = from;
    while let Some(step) = scope.owner(here).filter(|_| chain.len() <= scope.pack.ledgers.len()) {
        here = step.to;
        chain.push(step);
    }
    chain
}
