//! In what records of a sheet agree with those that their references name (`agrees` in the pack): told before anything is taken. Whether what
//! names a record of the sheet, and is not written with it, still agrees is looked at when the sheet is taken.

use anju_pack::{FieldIx, Kind, Ledger, LedgerIx};
use anju_record::{Fault, Value, disagreement, is_asked_anew};
use hashbrown::HashMap;
use rayon::prelude::*;
use uuid::Uuid;

use super::entry::Entry;
use super::settle::Settling;

/// What is wrong with a record, each at the field that says so.
type Faults = Vec<(FieldIx, Fault)>;

impl Settling<'_> {
    /// Records that would be written and do not agree with what they name.
    pub(super) fn disagreeing(&self) -> Vec<(usize, Faults)> {
        let ledgers = self.ground.nodes.iter().map(|node| self.ground.pack().ledger(node.ledger));
        let sharing = ledgers.flat_map(|ledger| &ledger.fields).filter(|field| !field.shares.is_empty());
        let named: Vec<LedgerIx> = sharing
            .filter_map(|field| match field.kind {
                Kind::Ref { to } => Some(to),
                _ => None,
            })
            .collect();
        if named.is_empty() {
            return Vec::new();
        }
        let named = self.entries.iter().filter(|entry| named.contains(&entry.ledger));
        let mut by_id: HashMap<Uuid, &Entry> = HashMap::with_capacity(self.entries.len());
        by_id.extend(named.map(|entry| (entry.id, entry)));
        let (ground, known) = (&self.ground, &self.ground.known);
        let one = |(at, entry): (usize, &Entry)| {
            let shared = |named: Uuid, field: FieldIx| match by_id.get(&named) {
                Some(named) => Some(named.value(field)),
                None => known.get(&entry.ledger)?.shared.get(&(named, field)),
            };
            if entry.faulty || !ground.would_write(entry) {
                return None;
            }
            let faults = faults_of(ground.pack().ledger(entry.ledger), entry, shared);
            (!faults.is_empty()).then_some((at, faults))
        };
        self.entries.par_iter().enumerate().filter_map(one).collect()
    }
}

/// Where a record differs from those that it names; `shared` tells what stands there.
fn faults_of<'v>(definition: &Ledger, entry: &Entry, shared: impl Fn(Uuid, FieldIx) -> Option<&'v Value>) -> Faults {
    let before = entry.before.as_ref().map(|before| before.values.as_slice());
    let end = definition.period.and_then(|period| period.end);
    let mut faults = Vec::new();
    for (field, reference) in
        definition.fields.iter().zip((0..).map(FieldIx)).filter(|(field, _)| !field.shares.is_empty())
    {
        let Value::Id(named) = *entry.value(reference) else { continue };
        for share in &field.shares {
            let there = shared(named, share.there).unwrap_or(&Value::Null);
            let here = entry.value(share.here);
            let says = *here != Value::Null && *there != Value::Null && here != there;
            if says && is_asked_anew(before, |field| entry.value(field), [reference, share.here], end) {
                let at = if entry.teller(reference).is_some() { reference } else { share.here };
                faults.push((at, disagreement(field, definition.field(share.here))));
            }
        }
    }
    faults
}
