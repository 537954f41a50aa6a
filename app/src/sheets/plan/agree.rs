//! In what records of a sheet agree with those that their references name (`agrees` in the pack): told before anything is taken. Whether what
//! names a record of the sheet, and is not written with it, still agrees is looked at when the sheet is taken.

use anju_pack::FieldIx;
use anju_record::{Fault, Value, disagreement, is_asked_anew};
use hashbrown::HashMap;
use uuid::Uuid;

use super::{Entry, Planner};

/// What is wrong with a record, each at the field that says so.
type Faults = Vec<(FieldIx, Fault)>;

impl Planner<'_> {
    /// Records that would be written and do not agree with what they name.
    pub(super) fn disagreeing(&self) -> Vec<(usize, Faults)> {
        let pack = self.pack();
        let shares = |ledger| pack.ledger(ledger).fields.iter().any(|field| !field.shares.is_empty());
        if !self.ground.nodes.iter().any(|node| shares(node.ledger)) {
            return Vec::new();
        }
        let by_id: HashMap<Uuid, &Entry> = self.entries.iter().map(|entry| (entry.id, entry)).collect();
        let written = self.entries.iter().enumerate().filter(|(_, entry)| entry.valid.is_some());
        written
            .map(|(at, entry)| (at, self.faults_of(entry, &by_id)))
            .filter(|(_, faults)| !faults.is_empty())
            .collect()
    }

    fn faults_of(&self, entry: &Entry, by_id: &HashMap<Uuid, &Entry>) -> Faults {
        let definition = self.pack().ledger(entry.ledger);
        let known = self.ground.known.get(&entry.ledger);
        let before = entry.before.as_ref().map(|before| before.values.as_slice());
        let end = definition.period.and_then(|period| period.end);
        let mut faults = Vec::new();
        for (field, reference) in definition.fields.iter().zip((0..).map(FieldIx)) {
            let Value::Id(named) = entry.values[usize::from(reference.0)] else { continue };
            for shared in &field.shares {
                let told = by_id.get(&named).map(|named| &named.values[usize::from(shared.there.0)]);
                let there = told.or_else(|| known?.shared.get(&(named, shared.there))).unwrap_or(&Value::Null);
                let here = &entry.values[usize::from(shared.here.0)];
                let says = *here != Value::Null && *there != Value::Null && here != there;
                if says && is_asked_anew(before, &entry.values, [reference, shared.here], end) {
                    let is_told = entry.told[usize::from(reference.0)].is_some();
                    let at = if is_told { reference } else { shared.here };
                    faults.push((at, disagreement(field, definition.field(shared.here))));
                }
            }
        }
        faults
    }
}
