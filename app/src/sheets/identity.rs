//! By what a row of a sheet is known to be a record that is there: a ledger's `unique` sets with a field of its own in them, else what names it
//! beside its owner.

use std::hash::BuildHasher;

use anju_exchange::SheetRow;
use anju_pack::{FieldIx, Kind, LabelPart, LedgerIx, Pack};
use anju_record::{Record, Value, eval};
use hashbrown::{DefaultHashBuilder, HashMap, HashSet};
use rayon::prelude::*;
use smallvec::SmallVec;
use uuid::Uuid;

use crate::alike::stands;

/// A set of fields that tells records of a ledger apart.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub fields: Vec<FieldIx>,
    /// The field of its own that is looked for first.
    lead: FieldIx,
    /// Only among records that satisfy this.
    unique: Option<usize>,
    /// None of the fields names another record.
    own: bool,
}

/// A value, if something is there.
fn said(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| **value != Value::Null)
}

/// The values of an identity's fields, in their order, and which of a ledger's identities it is.
pub(super) type Key = (usize, Vec<Value>);

/// The ways a ledger's records are told apart, the surest first.
pub(super) fn identities(pack: &Pack, ledger: LedgerIx) -> Vec<Identity> {
    let definition = pack.ledger(ledger);
    let own = |field: &FieldIx| !matches!(definition.field(*field).kind, Kind::Ref { .. });
    let mut all: Vec<Identity> = (definition.unique.iter().enumerate())
        .filter_map(|(at, unique)| {
            let lead = *unique.fields.iter().find(|field| own(field))?;
            let (fields, own) = (unique.fields.clone(), unique.fields.iter().all(own));
            Some(Identity { fields, lead, unique: Some(at), own })
        })
        .collect();
    let named: Vec<FieldIx> = definition
        .label
        .iter()
        .filter_map(|part| match part {
            LabelPart::Field(field) => Some(*field),
            LabelPart::Owned { .. } => None,
        })
        .collect();
    let mut fields: Vec<FieldIx> = definition.of.map(|owner| owner.field).into_iter().chain(named).collect();
    fields.dedup();
    if let Some(lead) = fields.iter().find(|field| own(field)).or(fields.last()).copied()
        && !all.iter().any(|known| known.fields == fields)
    {
        let own = fields.iter().all(own);
        all.push(Identity { fields, lead, unique: None, own });
    }
    all
}

impl Identity {
    /// The key of these values, when all of them are there.
    pub fn key<'v>(&self, value: impl Fn(FieldIx) -> Option<&'v Value>) -> Option<Vec<Value>> {
        self.fields.iter().map(|field| said(value(*field)).cloned()).collect()
    }
}

/// What a sheet says of a ledger, gathered before records are looked up: field by field what is looked for, as hashes. Whatever meets one is
/// kept to be compared as a whole.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    leads: Vec<(FieldIx, HashSet<u64>)>,
    hashing: DefaultHashBuilder,
}

impl Wanted {
    /// Nothing yet of records that are told apart so.
    pub fn of(identities: &[Identity]) -> Self {
        let mut leads: Vec<FieldIx> = identities.iter().map(|identity| identity.lead).collect();
        leads.sort_unstable();
        leads.dedup();
        Self { leads: leads.into_iter().map(|lead| (lead, HashSet::new())).collect(), ..Self::default() }
    }

    /// What rows say of records, as far as they are looked for by that; `is_of` tells the paths that lead to the ledger.
    pub fn hear(&mut self, rows: &[SheetRow], is_of: impl Fn(u16) -> bool + Sync) {
        for (lead, hashes) in &mut self.leads {
            let said = |row: &SheetRow| {
                let parts = row.parts.iter().filter(|part| is_of(part.path));
                let values = parts.filter_map(|part| part.value(*lead)).filter(|value| **value != Value::Null);
                values.map(|value| self.hashing.hash_one(value)).collect::<SmallVec<[u64; 2]>>()
            };
            let heard: Vec<SmallVec<[u64; 2]>> = rows.par_iter().map(said).collect();
            hashes.reserve(heard.len());
            hashes.extend(heard.into_iter().flatten());
        }
    }

    /// A record that is looked for as what others name.
    pub fn add(&mut self, lead: FieldIx, id: Uuid) {
        let hash = self.hashing.hash_one(Value::Id(id));
        self.leads.iter_mut().filter(|(known, _)| *known == lead).for_each(|(_, hashes)| hashes.extend([hash]));
    }

    /// Whether a record may be one that the sheet speaks of.
    pub fn meets(&self, record: &Record) -> bool {
        self.leads.iter().any(|(lead, hashes)| {
            let value = record.values.get(usize::from(lead.0));
            value.is_some_and(|value| hashes.contains(&self.hashing.hash_one(value)))
        })
    }

    /// The fields that records are looked for by.
    pub fn leads(&self) -> Vec<FieldIx> {
        self.leads.iter().map(|(lead, _)| *lead).collect()
    }
}

/// Records of one ledger that a sheet may speak of, by their keys.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub identities: Vec<Identity>,
    pub records: Vec<Record>,
    /// What the owners are called of records whose owners the sheet does not speak of.
    pub owners: HashMap<Uuid, String>,
    /// What is held by those that the records name, in fields in which they agree.
    pub shared: HashMap<(Uuid, FieldIx), Value>,
    /// Keys that may not repeat and that records beyond what somebody may see hold.
    beyond: Vec<HashSet<Vec<Value>>>,
    by_key: Vec<HashMap<Vec<Value>, Vec<Found>>>,
    /// What a record that has ended is told apart by: its owner and its end.
    ended_by: Vec<FieldIx>,
    end: Option<FieldIx>,
}

/// A record under a key.
#[derive(Debug)]
struct Found {
    at: usize,
    /// It is one of those that the identity tells apart.
    counts: bool,
}

impl Known {
    /// Of records that are theirs to read, and of others what may not repeat.
    pub fn of(pack: &Pack, ledger: LedgerIx, (records, others): (Vec<Record>, Vec<Record>), today: i32) -> Self {
        let identities = identities(pack, ledger);
        let definition = pack.ledger(ledger);
        let counts = |identity: &Identity, record: &Record| {
            let predicate = identity.unique.and_then(|unique| definition.unique[unique].predicate.as_ref());
            predicate.is_none_or(|asked| eval::holds(pack, asked, record, &|_, _| None, today) == Some(true))
        };
        let held = |identity: &Identity| {
            let those = others.iter().filter(|other| identity.unique.is_some() && counts(identity, other));
            those.filter_map(|other| identity.key(|field| other.values.get(usize::from(field.0)))).collect()
        };
        let beyond = identities.iter().map(held).collect();
        let mut by_key: Vec<HashMap<Vec<Value>, Vec<Found>>> = identities.iter().map(|_| HashMap::new()).collect();
        for (at, record) in records.iter().enumerate() {
            for (identity, known) in identities.iter().zip(&mut by_key) {
                let counts = counts(identity, record);
                let value = |field: FieldIx| record.values.get(usize::from(field.0));
                if let Some(key) = identity.key(value) {
                    known.entry(key).or_default().push(Found { at, counts });
                }
            }
        }
        for found in by_key.iter_mut().flat_map(HashMap::values_mut) {
            // What stands before what has ended, the latest first.
            found.sort_by_key(|found| {
                let record = &records[found.at];
                let stands = stands(pack, ledger, |field| record.values.get(usize::from(field.0)));
                (!found.counts, !stands, std::cmp::Reverse(record.id))
            });
        }
        let end = definition.period.and_then(|period| period.end);
        let ended_by = definition.of.map(|owner| owner.field).into_iter().chain(end).collect();
        Self { identities, records, owners: HashMap::new(), shared: HashMap::new(), beyond, by_key, ended_by, end }
    }

    /// Whether a record beyond what they may see holds a key that may not repeat.
    pub fn is_beyond(&self, (identity, key): &Key) -> bool {
        self.beyond.get(*identity).is_some_and(|held| held.contains(key))
    }

    /// Which identity all values are there for, the first of them, and the key by it.
    pub fn key<'v>(&self, value: impl Fn(FieldIx) -> Option<&'v Value>) -> Option<Key> {
        self.identities.iter().enumerate().find_map(|(at, identity)| Some((at, identity.key(&value)?)))
    }

    /// The same of a record of which it is not known yet what it names; none where that may tell it apart.
    pub fn own_key<'v>(&self, value: impl Fn(FieldIx) -> Option<&'v Value>) -> Option<Key> {
        let mut own = self.identities.iter().enumerate().take_while(|(_, identity)| identity.own);
        own.find_map(|(at, identity)| Some((at, identity.key(&value)?)))
    }

    /// Whether values speak of the record that others speak of by one of the identities.
    pub fn is_same<'v, 'o>(
        &self,
        by: usize,
        value: impl Fn(FieldIx) -> Option<&'v Value>,
        other: impl Fn(FieldIx) -> Option<&'o Value>,
    ) -> bool {
        let is_whole = |identity: &Identity| identity.fields.iter().all(|field| said(value(*field)).is_some());
        let alike = |identity: &Identity| identity.fields.iter().all(|field| value(*field) == other(*field));
        !self.ends(&value)
            && self.identities.iter().position(is_whole) == Some(by)
            && self.identities.get(by).is_some_and(alike)
    }

    /// Whether a record is told to have ended: which of several with its key it is depends on more than the key.
    pub fn ends<'v>(&self, value: impl Fn(FieldIx) -> Option<&'v Value>) -> bool {
        self.end.is_some_and(|end| said(value(end)).is_some())
    }

    /// The record with the key of an identity. What is told to have ended is the one that ended so, else the one that ends now.
    pub fn find<'v>(&self, (identity, key): &Key, told: impl Fn(FieldIx) -> Option<&'v Value>) -> Option<usize> {
        let found = self.by_key.get(*identity)?.get(key)?;
        if !self.ends(&told) {
            return found.first().filter(|found| found.counts).map(|found| found.at);
        }
        let value = |found: &Found, field: FieldIx| self.records[found.at].values.get(usize::from(field.0));
        let same = |found: &&Found| self.ended_by.iter().all(|field| value(found, *field) == told(*field));
        found.iter().find(same).or(found.first()).map(|found| found.at)
    }

    /// The field that a record is looked for by first, when it is looked for by an identity.
    pub fn lead(&self, identity: usize) -> Option<FieldIx> {
        self.identities.get(identity).map(|identity| identity.lead)
    }
}
