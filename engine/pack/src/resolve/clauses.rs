//! Clauses: bounds, joins and times.

use super::{Scope, condition};
use crate::codes::Code;
use crate::fault::nearest;
use crate::model::{Bound, Clause, FieldIx, Join, Kind, LedgerIx, NamedPeriod, ParameterKind, Step, When};
use crate::parse::raw::{RawClause, RawNumber, RawWhen};
use crate::parse::reader::{Said, Word};
use crate::source::Spot;

/// Where a clause stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// `needs`: at least.
    Needs,
    /// `having`: at least or at most.
    Having,
    /// `fewest`: no bound.
    Fewest,
}

/// Resolves a clause of a requirement or figure about `subject`.
pub(crate) fn resolve(scope: &Scope<'_>, raw: &RawClause, subject: Option<LedgerIx>, role: Role) -> Option<Clause> {
    let bound = bound(scope, raw, role);
    let of = scope.ledger(raw.of.as_ref()?)?;
    let join = subject.map(|subject| join(scope, raw, of, subject));
    let predicate = raw.predicate.as_ref().map(|word| condition::compile(scope, of, word));
    let when = when(scope, &raw.when, of);
    Some(Clause {
        bound: bound?,
        of,
        join: join??,
        predicate: predicate.map_or(Some(None), |found| found.map(Some))?,
        when: when?,
    })
}

fn bound(scope: &Scope<'_>, raw: &RawClause, role: Role) -> Option<Bound> {
    let counted = |said: &Said<RawNumber>, key: &str| {
        let value = match &said.value {
            RawNumber::Int(value) => *value,
            RawNumber::Name(name) => scope.parameter(name, said.at)?,
        };
        let found = u32::try_from(value).ok();
        if found.is_none() {
            scope.bench.fault(
                Code::OutOfRange,
                said.at,
                &[key.into(), value.to_string().into(), format!("0 – {}", u32::MAX).into()],
            );
        }
        found
    };
    match (&raw.at_least, &raw.at_most, role) {
        (None, None, Role::Fewest) => Some(Bound::AtLeast(0)),
        (Some(said), None, Role::Needs | Role::Having) => counted(said, "at_least").map(Bound::AtLeast),
        (None, Some(said), Role::Having) => counted(said, "at_most").map(Bound::AtMost),
        (least, most, _) => {
            let at = most.as_ref().or(least.as_ref()).map_or(raw.at, |said| said.at);
            scope.bench.fault(Code::BadBound, at, &[]);
            None
        }
    }
}

fn join(scope: &Scope<'_>, raw: &RawClause, of: LedgerIx, subject: LedgerIx) -> Option<Join> {
    if let Some(path) = &raw.through {
        return through(scope, path, of, subject).map(Join::Path);
    }
    if !raw.matches.is_empty() {
        return matches(scope, raw, of, subject);
    }
    if let Some(chain) = owners_up(scope, of, subject) {
        return Some(Join::Path(chain));
    }
    let direct = scope.hops_to(of, subject);
    let name = |ledger: LedgerIx| scope.pack.ledger(ledger).id.as_str();
    let at = raw.of.as_ref().map_or(raw.at, |of| of.at);
    match direct.as_slice() {
        [step] => Some(Join::Path(vec![*step])),
        [] => {
            scope.bench.fault(Code::NoJoin, at, &[name(of).into(), name(subject).into(), scope.references(of).into()]);
            None
        }
        several => {
            let ways: Vec<String> =
                several.iter().map(|step| format!("`{}`", scope.pack.ledger(of).field(step.field).id)).collect();
            scope.bench.fault(
                Code::AmbiguousJoin,
                at,
                &[name(of).into(), name(subject).into(), ways.join(", ").into()],
            );
            None
        }
    }
}

/// The owner hops from a ledger up to another; empty when they are the same.
pub(crate) fn owners_up(scope: &Scope<'_>, from: LedgerIx, to: LedgerIx) -> Option<Vec<Step>> {
    let mut chain = Vec::new();
    let mut here = from;
    while here != to {
        let step = scope.owner(here)?;
        if chain.len() > scope.pack.ledgers.len() {
            return None;
        }
        here = step.to;
        chain.push(step);
    }
    Some(chain)
}

fn through(scope: &Scope<'_>, path: &Word, of: LedgerIx, subject: LedgerIx) -> Option<Vec<Step>> {
    let mut here = of;
    let mut steps = Vec::new();
    let goal = scope.pack.ledger(subject).id.as_str();
    let bad = |why: (String, String)| {
        let why = crate::model::Text { zh: why.0, en: why.1 };
        scope.bench.fault(Code::BadPath, path.at, &[path.value.as_str().into(), why.into(), goal.into()]);
    };
    for name in path.value.split('.') {
        let field = scope.field(here, &Word { value: name.to_owned(), at: path.at })?;
        let Some(step) = scope.hop(here, field) else {
            bad((format!("`{name}` 不是引用"), format!("`{name}` is no reference")));
            return None;
        };
        here = step.to;
        steps.push(step);
    }
    if here != subject {
        let end = &scope.pack.ledger(here).id;
        bad((format!("终点是 `{end}`"), format!("it ends at `{end}`")));
        return None;
    }
    Some(steps)
}

fn matches(scope: &Scope<'_>, raw: &RawClause, of: LedgerIx, subject: LedgerIx) -> Option<Join> {
    let mut pairs = Vec::new();
    let mut whole = true;
    for (counted, own) in &raw.matches {
        let left = scope.field(of, counted);
        let right: Option<Option<FieldIx>> =
            if own.value == "id" { Some(None) } else { scope.field(subject, own).map(Some) };
        let (Some(left), Some(right)) = (left, right) else {
            whole = false;
            continue;
        };
        let left_kind = &scope.pack.ledger(of).field(left).kind;
        let right_kind =
            right.map_or(Kind::Ref { to: subject }, |field| scope.pack.ledger(subject).field(field).kind.clone());
        if !alike(left_kind, &right_kind) {
            let names = |kind: &Kind| condition::kind_words(kind);
            let args = [
                counted.value.as_str().into(),
                names(left_kind).into(),
                own.value.as_str().into(),
                names(&right_kind).into(),
            ];
            scope.bench.fault(Code::BadMatch, own.at, &args);
            whole = false;
        }
        pairs.push((left, right));
    }
    whole.then_some(Join::Match(pairs))
}

/// Whether values of two kinds can be equal.
pub(crate) fn alike(left: &Kind, right: &Kind) -> bool {
    match (left, right) {
        (Kind::Ref { to: a }, Kind::Ref { to: b }) => a == b,
        (Kind::Subject, Kind::Ref { .. } | Kind::Subject) | (Kind::Ref { .. }, Kind::Subject) => true,
        (Kind::Code { list: a }, Kind::Code { list: b }) => a == b,
        (Kind::Decimal { scale: a, .. }, Kind::Decimal { scale: b, .. }) => a == b,
        (Kind::Text { .. } | Kind::LongText { .. }, Kind::Text { .. } | Kind::LongText { .. }) => true,
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

const NAMED: [(&str, NamedPeriod); 4] = [
    ("this_year", NamedPeriod::ThisYear),
    ("this_quarter", NamedPeriod::ThisQuarter),
    ("this_month", NamedPeriod::ThisMonth),
    ("last_quarter", NamedPeriod::LastQuarter),
];

/// When records must hold; the ledger must have a period if it is asked.
pub(crate) fn when(scope: &Scope<'_>, raw: &RawWhen, of: LedgerIx) -> Option<When> {
    let ledger = scope.pack.ledger(of);
    let at: Spot = match (&raw.current, &raw.within) {
        (None, None) => return Some(When::Ever),
        (Some(_), Some(within)) => {
            scope.bench.fault(Code::BadWhen, within.at, &[("二者只能写一个", "both are written").into()]);
            return None;
        }
        (Some(at), None) => *at,
        (None, Some(within)) => within.at,
    };
    if ledger.period.is_none() {
        let why = crate::model::Text {
            zh: format!("`{}` 没有 period", ledger.id),
            en: format!("`{}` has no period", ledger.id),
        };
        scope.bench.fault(Code::BadWhen, at, &[why.into()]);
        return None;
    }
    let Some(within) = &raw.within else { return Some(When::Current) };
    let found = match &within.value {
        RawNumber::Int(days) => u32::try_from(*days).ok().filter(|days| (1..=36_600).contains(days)).map(When::Days),
        RawNumber::Name(name) => named(scope, name),
    };
    if found.is_none() {
        let word = match &within.value {
            RawNumber::Int(days) => days.to_string(),
            RawNumber::Name(name) => name.clone(),
        };
        let days = scope.pack.parameters.iter().filter(|parameter| parameter.kind == ParameterKind::Days);
        let near =
            nearest(&word, days.map(|parameter| parameter.id.as_str()).chain(NAMED.iter().map(|(name, _)| *name)));
        scope.bench.fault(Code::BadWithin, within.at, &[word.into(), near.into()]);
    }
    found
}

fn named(scope: &Scope<'_>, name: &str) -> Option<When> {
    if let Some((_, period)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Some(When::Named(*period));
    }
    let parameter = scope.pack.parameters.iter().find(|parameter| parameter.id == name)?;
    (parameter.kind == ParameterKind::Days).then(|| u32::try_from(parameter.value).ok().map(When::Days))?
}
