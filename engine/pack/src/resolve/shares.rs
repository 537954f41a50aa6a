//! In what a record agrees with those that its references name.

use super::{Scope, clauses};
use crate::codes::Code;
use crate::model::{FieldIx, Kind, LedgerIx, Shared};
use crate::parse::raw::{RawField, RawKind};
use crate::parse::reader::Word;

/// The references of a ledger that say so, each with the fields.
pub(crate) fn resolve(scope: &Scope<'_>, at: LedgerIx, fields: &[RawField]) -> Vec<(FieldIx, Vec<Shared>)> {
    let of = |raw: &RawField| {
        let first = raw.shares.first()?;
        let reference = scope.pack.ledger(at).field_by_id(&raw.id.value)?;
        let Some(step) = scope.hop(at, reference) else {
            // Of a reference that leads nowhere that was said already.
            if !matches!(raw.kind, RawKind::Ref(_)) {
                wrong(scope, raw, first, ("不是引用字段", "this is no reference"));
            }
            return None;
        };
        let shared = |word: &Word| shared(scope, at, (raw, reference, step.to), word);
        Some((reference, raw.shares.iter().filter_map(shared).collect()))
    };
    fields.iter().filter_map(of).collect()
}

fn wrong(scope: &Scope<'_>, reference: &RawField, word: &Word, why: (&str, &str)) {
    let args = [reference.id.value.as_str().into(), word.value.as_str().into(), why.into()];
    scope.bench.fault(Code::BadShared, word.at, &args);
}

fn shared(
    scope: &Scope<'_>,
    at: LedgerIx,
    (raw, reference, to): (&RawField, FieldIx, LedgerIx),
    word: &Word,
) -> Option<Shared> {
    let (here, there) = (scope.field(at, word), scope.field(to, word));
    let (here, there) = (here?, there?);
    let (own, named) = (scope.pack.ledger(at).field(here), scope.pack.ledger(to).field(there));
    let why = if here == reference {
        ("就是这个引用", "it is the reference itself")
    } else if own.sensitive.is_some() || named.sensitive.is_some() {
        ("受保护", "it is protected")
    } else if !same_kind(&own.kind, &named.kind) {
        ("两个台账中类型不同", "its kinds differ in the two ledgers")
    } else {
        return Some(Shared { here, there });
    };
    wrong(scope, raw, word, why);
    None
}

fn same_kind(here: &Kind, there: &Kind) -> bool {
    match (here, there) {
        (Kind::Area { level: here }, Kind::Area { level: there }) => here == there,
        (Kind::Subject, _) | (_, Kind::Subject) => false,
        _ => clauses::alike(here, there),
    }
}
