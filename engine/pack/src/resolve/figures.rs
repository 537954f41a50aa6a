//! Figures: exactly one measure each, with the digits of its result.

use std::collections::HashMap;

use super::clauses::{Role, resolve as clause, when};
use super::{Places, Scope, condition, ix, ledgers, taken};
use crate::codes::Code;
use crate::fault::Bench;
use crate::model::{Clause, FieldIx, Figure, FigureIx, Kind, LedgerIx, Measure, Pack, When};
use crate::parse::raw::RawFigure;
use crate::parse::reader::Word;
use crate::source::{Spot, origin};

/// Resolves all figures into the pack.
pub(crate) fn resolve(bench: &Bench<'_>, places: &Places, raw: &[RawFigure], pack: &mut Pack) {
    let mut first: HashMap<&str, Spot> = HashMap::new();
    let mut figures = Vec::new();
    for entry in raw.iter().filter(|entry| !entry.id.value.is_empty()) {
        if let Some(spot) = first.get(entry.id.value.as_str()) {
            taken(bench, ("指标", "figure"), &entry.id, *spot, entry.of_county);
            continue;
        }
        first.insert(&entry.id.value, entry.id.at);
        if pack.index.requirements.contains_key(&entry.id.value) {
            let spot = entry.id.at;
            taken(bench, ("指标或需求", "figure or requirement"), &entry.id, spot, false);
        }
        pack.index.figures.insert(entry.id.value.clone(), FigureIx(ix(figures.len())));
        figures.push(build(&Scope { bench, pack }, places, entry));
    }
    pack.figures = figures;
}

fn build(scope: &Scope<'_>, places: &Places, entry: &RawFigure) -> Figure {
    let measured = measure(scope, entry);
    let ledger = measured.as_ref().and_then(measured_ledger);
    let predicate =
        ledger.zip(entry.predicate.as_ref()).and_then(|(ledger, word)| condition::compile(scope, ledger, word));
    let having: Vec<Clause> = match ledger {
        Some(_) => entry.having.iter().filter_map(|raw| clause(scope, raw, ledger, Role::Having)).collect(),
        None => Vec::new(),
    };
    if ledger.is_none() && measured.is_some() {
        report_unused(scope, entry);
    }
    let when = ledger.and_then(|ledger| when(scope, &entry.when, ledger)).unwrap_or(When::Ever);
    let by = ledger.zip(entry.by.as_ref()).and_then(|(ledger, word)| by(scope, ledger, word));
    let scale = match &measured {
        Some(Measure::Sum(ledger, field)) => condition::is_number(scope, *ledger, *field).unwrap_or(0),
        _ => 0,
    };
    Figure {
        id: entry.id.value.clone(),
        row: entry.row.clone(),
        fact: entry.fact.clone(),
        title: entry.title.clone(),
        unit: entry.unit.clone(),
        mechanism: ledgers::home(scope, places, entry.mechanism.as_ref(), entry.id.at),
        measure: measured.unwrap_or(Measure::Count(LedgerIx(0))),
        predicate,
        having,
        when,
        by,
        scale,
        of_county: entry.of_county,
        origin: origin(scope.bench.sources, entry.id.at),
        source: entry.source.clone(),
    }
}

const fn measured_ledger(measure: &Measure) -> Option<LedgerIx> {
    match measure {
        Measure::Count(ledger) | Measure::Distinct(ledger, _) | Measure::Sum(ledger, _) => Some(*ledger),
        Measure::Met(_) | Measure::Fewest { .. } => None,
    }
}

/// `met` and `fewest` say all by themselves.
fn report_unused(scope: &Scope<'_>, entry: &RawFigure) {
    let measure = if entry.met.is_some() { "met" } else { "fewest" };
    let told = [
        ("where", entry.predicate.as_ref().map(|word| word.at)),
        ("having", entry.having.first().map(|raw| raw.at)),
        ("current", entry.when.current),
        ("within", entry.when.within.as_ref().map(|said| said.at)),
        ("by", entry.by.as_ref().map(|word| word.at)),
    ];
    for (key, at) in told {
        if let Some(at) = at {
            scope.bench.fault(Code::BadMeasure, at, &[key.into(), measure.into()]);
        }
    }
}

fn measure(scope: &Scope<'_>, entry: &RawFigure) -> Option<Measure> {
    let named = [&entry.count, &entry.distinct, &entry.sum, &entry.met].into_iter().flatten().count();
    if named + usize::from(entry.fewest.is_some()) != 1 {
        scope.bench.fault(Code::MeasureCount, entry.id.at, &[entry.id.value.as_str().into()]);
        return None;
    }
    if let Some(word) = &entry.count {
        return scope.ledger(word).map(Measure::Count);
    }
    if let Some(word) = &entry.met {
        return scope.requirement(word).map(Measure::Met);
    }
    if let Some(word) = &entry.distinct {
        let (ledger, field) = scope.ledger_field(word)?;
        if scope.hop(ledger, field).is_none() {
            scope.bench.fault(Code::BadMeasure, word.at, &[word.value.as_str().into(), "distinct".into()]);
        }
        return Some(Measure::Distinct(ledger, field));
    }
    if let Some(word) = &entry.sum {
        let (ledger, field) = scope.ledger_field(word)?;
        if condition::is_number(scope, ledger, field).is_none() {
            scope.bench.fault(Code::BadMeasure, word.at, &[word.value.as_str().into(), "sum".into()]);
        }
        return Some(Measure::Sum(ledger, field));
    }
    let (each, raw) = entry.fewest.as_ref()?;
    let each = each.as_ref().and_then(|word| scope.ledger(word));
    let clause = clause(scope, raw, each, Role::Fewest);
    Some(Measure::Fewest { each: each?, clause: clause? })
}

fn by(scope: &Scope<'_>, ledger: LedgerIx, word: &Word) -> Option<FieldIx> {
    let field = scope.field(ledger, word)?;
    if !matches!(scope.pack.ledger(ledger).field(field).kind, Kind::Code { .. }) {
        scope.bench.fault(Code::BadMeasure, word.at, &[word.value.as_str().into(), "by".into()]);
    }
    Some(field)
}
