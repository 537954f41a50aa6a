//! By what two records are likely to be of one and the same.

use super::Scope;
use crate::codes::Code;
use crate::model::{Alike, FieldIx, Kind, LedgerIx};
use crate::parse::raw::RawAlike;
use crate::parse::reader::Word;
use crate::predicate::Place;

/// The rules of a ledger.
pub(crate) fn resolve(scope: &Scope<'_>, at: LedgerIx, raw: &[RawAlike]) -> Vec<Alike> {
    let one = |raw: &RawAlike| Alike {
        same: raw.same.iter().filter_map(|word| place(scope, at, word)).collect(),
        sounds: raw.sounds.as_ref().and_then(|word| spoken(scope, at, word)),
    };
    raw.iter().map(one).collect()
}

fn wrong(scope: &Scope<'_>, word: &Word, why: (&str, &str)) {
    scope.bench.fault(Code::BadAlike, word.at, &[word.value.as_str().into(), why.into()]);
}

/// An own field, or one of a record that an own reference names.
fn place(scope: &Scope<'_>, at: LedgerIx, word: &Word) -> Option<Place> {
    let named = |name: &str| Word { value: name.to_owned(), at: word.at };
    let Some((reference, rest)) = word.value.split_once('.') else {
        let field = scope.field(at, word)?;
        return open(scope, at, field, word).then_some(Place { path: Vec::new(), field });
    };
    let reference = scope.field(at, &named(reference))?;
    let Some(step) = scope.hop(at, reference) else {
        wrong(scope, word, ("不是引用", "it is no reference"));
        return None;
    };
    let field = scope.field(step.to, &named(rest))?;
    open(scope, step.to, field, word).then_some(Place { path: vec![step], field })
}

/// That two records are alike says what stands in them; a protected field is not told that way.
fn open(scope: &Scope<'_>, ledger: LedgerIx, field: FieldIx, word: &Word) -> bool {
    let open = scope.pack.ledger(ledger).field(field).sensitive.is_none();
    if !open {
        wrong(scope, word, ("受保护", "it is protected"));
    }
    open
}

fn spoken(scope: &Scope<'_>, at: LedgerIx, word: &Word) -> Option<FieldIx> {
    let field = scope.field(at, word)?;
    if !matches!(scope.pack.ledger(at).field(field).kind, Kind::Text { .. }) {
        wrong(scope, word, ("不是文本字段", "it is no text field"));
        return None;
    }
    open(scope, at, field, word).then_some(field)
}
