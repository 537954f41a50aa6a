//! What of a record is probably a slip, and yet may be so.

use super::{Scope, condition};
use crate::codes::Code;
use crate::model::{Doubtful, FieldIx, LedgerIx};
use crate::parse::raw::RawDoubt;
use crate::parse::reader::Word;

/// The rules of a ledger.
pub(crate) fn resolve(scope: &Scope<'_>, at: LedgerIx, raw: &[RawDoubt]) -> Vec<Doubtful> {
    raw.iter().filter_map(|raw| one(scope, at, raw)).collect()
}

fn one(scope: &Scope<'_>, ledger: LedgerIx, raw: &RawDoubt) -> Option<Doubtful> {
    let (predicate, at) = (condition::compile(scope, ledger, &raw.predicate), scope.field(ledger, &raw.at));
    let (predicate, at) = (predicate?, at?);
    let places = predicate.places();
    let mut fields: Vec<FieldIx> = places.iter().map(|place| place.field).collect();
    fields.sort_unstable_by_key(|field| field.0);
    fields.dedup();
    // What is asked of one record alone can be told wherever its values are, and a doubt says what stands in the fields.
    if places.iter().any(|place| !place.path.is_empty()) {
        return wrong(scope, &raw.predicate, ("它看到了别的记录", "it looks at another record"));
    }
    let definition = scope.pack.ledger(ledger);
    if fields.iter().chain([&at]).any(|field| definition.field(*field).sensitive.is_some()) {
        return wrong(scope, &raw.predicate, ("它用了受保护的字段", "it names a protected field"));
    }
    if !fields.contains(&at) {
        return wrong(scope, &raw.at, ("条件没有用到它", "the condition does not speak of it"));
    }
    Some(Doubtful { predicate, at, says: raw.says.clone(), fields })
}

fn wrong<T>(scope: &Scope<'_>, word: &Word, why: (&str, &str)) -> Option<T> {
    scope.bench.fault(Code::BadDoubt, word.at, &[word.value.as_str().into(), why.into()]);
    None
}
