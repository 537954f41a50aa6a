//! A change of several records, as steps: each record once, whatever is asked of it.

use anju_pack::{FieldIx, LedgerIx};
use anju_record::{Record, Valid, Value};
use uuid::Uuid;

/// What a field shall hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Set {
    /// This.
    To(Value),
    /// What another record of the ledger holds, also where it is masked for whoever asks.
    Of(Uuid),
}

/// One record of a change.
#[derive(Debug, Clone)]
pub enum Step {
    /// It comes into being.
    Make(Valid),
    /// Some of its fields change, the others stand, also those kept from whoever asks.
    Amend {
        /// Its ledger.
        ledger: LedgerIx,
        /// The record.
        id: Uuid,
        /// The version that was looked at.
        version: i64,
        /// What changes.
        set: Vec<(FieldIx, Set)>,
        /// Records of theirs that this one follows: it is not asked whether it is theirs to write, only whether those are.
        because: Vec<(LedgerIx, Uuid)>,
    },
    /// It is deleted.
    Remove {
        /// Its ledger.
        ledger: LedgerIx,
        /// The record.
        id: Uuid,
        /// The version that was looked at.
        version: i64,
        /// As above.
        because: Vec<(LedgerIx, Uuid)>,
    },
}

/// Steps in the order they are written: what is made first, then what goes, then what changes. Owned records stand before their
/// owners, so that nothing is written twice when an owner takes along what it owns; what goes makes room for what may not repeat. Within a ledger as they were given.
#[derive(Debug, Clone, Default)]
pub struct Steps(Vec<Step>);

impl Steps {
    /// A new record.
    pub fn make(&mut self, valid: Valid) -> Uuid {
        let id = valid.id();
        self.0.push(Step::Make(valid));
        id
    }

    /// A record that comes into being.
    pub fn made(&self, id: Uuid) -> Option<&Valid> {
        self.0.iter().find_map(|step| match step {
            Step::Make(valid) if valid.id() == id => Some(valid),
            _ => None,
        })
    }

    /// Puts another in the place of a record that comes into being.
    pub fn made_anew(&mut self, id: Uuid, valid: Valid) {
        for step in &mut self.0 {
            if matches!(step, Step::Make(made) if made.id() == id) {
                *step = Step::Make(valid);
                return;
            }
        }
    }

    /// Fields of a record.
    pub fn amend(&mut self, ledger: LedgerIx, record: &Record, set: Vec<(FieldIx, Set)>) {
        self.put(ledger, record, set, None);
    }

    /// Fields of a record that follows another.
    pub fn follow(&mut self, ledger: LedgerIx, record: &Record, set: Vec<(FieldIx, Set)>, because: (LedgerIx, Uuid)) {
        self.put(ledger, record, set, Some(because));
    }

    fn put(
        &mut self,
        ledger: LedgerIx,
        record: &Record,
        added: Vec<(FieldIx, Set)>,
        follows: Option<(LedgerIx, Uuid)>,
    ) {
        for step in &mut self.0 {
            if let Step::Amend { ledger: of, id, set, because, .. } = step
                && (*of, *id) == (ledger, record.id)
            {
                set.retain(|(field, _)| added.iter().all(|(other, _)| other != field));
                set.extend(added);
                match follows {
                    Some(follows) if !because.is_empty() => because.push(follows),
                    Some(_) => {}
                    None => because.clear(),
                }
                return;
            }
        }
        let because = follows.into_iter().collect();
        self.0.push(Step::Amend { ledger, id: record.id, version: record.version, set: added, because });
    }

    /// A record goes.
    pub fn remove(&mut self, ledger: LedgerIx, record: &Record) {
        self.0.push(Step::Remove { ledger, id: record.id, version: record.version, because: Vec::new() });
    }

    /// A record goes with another.
    pub fn remove_with(&mut self, ledger: LedgerIx, record: &Record, because: (LedgerIx, Uuid)) {
        self.0.push(Step::Remove { ledger, id: record.id, version: record.version, because: vec![because] });
    }

    /// In the order they are written.
    pub fn in_order(&self) -> Vec<&Step> {
        let mut steps: Vec<&Step> = self.0.iter().collect();
        steps.sort_by_key(|step| match step {
            Step::Make(_) => (0, 0),
            Step::Remove { ledger, .. } => (1, u16::MAX - ledger.0),
            Step::Amend { ledger, .. } => (2, u16::MAX - ledger.0),
        });
        steps
    }

    /// Nothing to do.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
