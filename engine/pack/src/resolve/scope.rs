//! Looking names up, with a fault and the nearest name when there is none.

use std::collections::HashMap;

use crate::codes::Code;
use crate::fault::{Bench, nearest};
use crate::model::{CodeListIx, FieldIx, Kind, LedgerIx, Pack, RequirementIx, Step};
use crate::parse::reader::Word;
use crate::source::Spot;

/// What is known so far, and where faults go.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub bench: &'a Bench<'a>,
    pub pack: &'a Pack,
}

impl Scope<'_> {
    /// Finds a name in an index.
    fn find<T: Copy>(&self, index: &HashMap<String, T>, what: (&str, &str), word: &Word) -> Option<T> {
        let found = index.get(&word.value).copied();
        if found.is_none() {
            let mut names: Vec<&str> = index.keys().map(String::as_str).collect();
            names.sort_unstable();
            self.unknown(what, &word.value, word.at, names);
        }
        found
    }

    /// Notes that there is no such thing.
    pub fn unknown<'n>(&self, what: (&str, &str), name: &str, at: Spot, known: impl IntoIterator<Item = &'n str>) {
        let what = super::what_owned(what);
        self.bench.fault(Code::UnknownName, at, &[what, name.into(), nearest(name, known).into()]);
    }

    /// A ledger.
    pub fn ledger(&self, word: &Word) -> Option<LedgerIx> {
        self.find(&self.pack.index.ledgers, ("台账", "ledger"), word)
    }
    /// A code list.
    pub fn codes(&self, word: &Word) -> Option<CodeListIx> {
        self.find(&self.pack.index.codes, ("代码表", "code list"), word)
    }
    /// A requirement.
    pub fn requirement(&self, word: &Word) -> Option<RequirementIx> {
        self.find(&self.pack.index.requirements, ("需求", "requirement"), word)
    }
    /// A parameter's value.
    pub fn parameter(&self, name: &str, at: Spot) -> Option<i64> {
        let word = Word { value: name.to_owned(), at };
        let found = self.find(&self.pack.index.parameters, ("参数", "parameter"), &word)?;
        self.pack.parameters.get(usize::from(found.0)).map(|parameter| parameter.value)
    }

    /// A field of a ledger.
    pub fn field(&self, ledger: LedgerIx, word: &Word) -> Option<FieldIx> {
        let ledger = self.pack.ledger(ledger);
        let found = ledger.field_by_id(&word.value);
        if found.is_none() {
            let near = nearest(&word.value, ledger.fields.iter().map(|field| field.id.as_str()));
            self.bench.fault(
                Code::UnknownField,
                word.at,
                &[ledger.id.as_str().into(), word.value.as_str().into(), near.into()],
            );
        }
        found
    }

    /// `ledger.field`.
    pub fn ledger_field(&self, word: &Word) -> Option<(LedgerIx, FieldIx)> {
        let Some((ledger, field)) = word.value.split_once('.') else {
            self.bench.fault(
                Code::BadValue,
                word.at,
                &["台账.字段 / ledger.field".into(), word.value.as_str().into(), "`ledger.field`".into()],
            );
            return None;
        };
        let ledger = self.ledger(&Word { value: ledger.to_owned(), at: word.at })?;
        let field = self.field(ledger, &Word { value: field.to_owned(), at: word.at })?;
        Some((ledger, field))
    }

    /// The hop along a ref field; `None` when it is no reference.
    pub fn hop(&self, from: LedgerIx, field: FieldIx) -> Option<Step> {
        match self.pack.ledger(from).field(field).kind {
            Kind::Ref { to } => Some(Step { from, field, to }),
            _ => None,
        }
    }

    /// The hop to the owner.
    pub fn owner(&self, from: LedgerIx) -> Option<Step> {
        self.pack.ledger(from).of.map(|owner| Step { from, field: owner.field, to: owner.ledger })
    }

    /// All hops of a ledger that reach another.
    pub fn hops_to(&self, from: LedgerIx, to: LedgerIx) -> Vec<Step> {
        let count = super::ix(self.pack.ledger(from).fields.len());
        (0..count).filter_map(|field| self.hop(from, FieldIx(field))).filter(|step| step.to == to).collect()
    }

    /// The names of a ledger's reference fields.
    pub fn references(&self, ledger: LedgerIx) -> String {
        let fields = &self.pack.ledger(ledger).fields;
        let names: Vec<String> = fields
            .iter()
            .filter(|field| matches!(field.kind, Kind::Ref { .. }))
            .map(|field| format!("`{}`", field.id))
            .collect();
        if names.is_empty() { "—".to_owned() } else { names.join(", ") }
    }
}
