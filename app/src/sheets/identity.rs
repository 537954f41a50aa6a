//! By what a row of a sheet is known to be a record that is there: a ledger's `unique` sets with a field of its own in them, else what names it
//! beside its owner.

use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::sync::{Arc, OnceLock};

use anju_exchange::{Part, SheetRow};
use anju_pack::{FieldIx, Kind, LabelPart, LedgerIx, Pack};
use anju_record::{Record, Value, eval};
use hashbrown::{DefaultHashBuilder, HashMap, HashSet};
use rayon::prelude::*;
use smallvec::SmallVec;
use uuid::Uuid;

use super::nodes::Node;
use crate::alike::{for_life, stands};

/// A set of fields that tells records of a ledger apart.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub fields: Vec<FieldIx>,
    /// The field of its own that is looked for first.
    pub lead: FieldIx,
    /// Only among records that satisfy this.
    unique: Option<usize>,
    /// None of the fields names another record.
    own: bool,
    /// Whose it is, where it is only a name.
    owner: Option<FieldIx>,
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
            Some(Identity { fields, lead, unique: Some(at), own, owner: None })
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
        all.push(Identity { fields, lead, unique: None, own, owner: definition.of.map(|owner| owner.field) });
    }
    all
}

/// The fields that records are looked for by first, each once.
fn leads_of(identities: &[Identity]) -> Vec<FieldIx> {
    let mut leads: Vec<FieldIx> = identities.iter().map(|identity| identity.lead).collect();
    leads.sort_unstable();
    leads.dedup();
    leads
}

impl Identity {
    /// The key of these values, when all of them are there. Of what a record is only called some may be blank.
    pub fn key<'v>(&self, value: impl Fn(FieldIx) -> Option<&'v Value>) -> Option<Vec<Value>> {
        if self.unique.is_some() {
            return self.fields.iter().map(|field| said(value(*field)).cloned()).collect();
        }
        self.owner.into_iter().chain([self.lead]).try_for_each(|field| said(value(field)).map(|_| ()))?;
        Some(self.fields.iter().map(|field| value(*field).cloned().unwrap_or_default()).collect())
    }

    /// Whether it is a field that tells records apart by itself.
    pub fn is_alone(&self, field: FieldIx) -> bool {
        self.unique.is_some() && self.fields == [field]
    }

    /// Whether it is only what records are called: several may be called the same.
    pub fn is_name(&self) -> bool {
        self.unique.is_none()
    }
}

/// What rows say of records, gathered before these are looked up: what is looked for, as hashes of a ledger, a field and its value. Whatever meets
/// one is kept to be compared as a whole.
#[derive(Debug)]
pub(super) struct Wanted {
    leads: BTreeMap<LedgerIx, Vec<FieldIx>>,
    /// Of what rows say, in order.
    said: Vec<u64>,
    /// Records that rows say they are, and those that these name.
    ids: HashSet<Uuid>,
    /// Of what records are looked for as what others name.
    named: HashSet<u64>,
    hashing: DefaultHashBuilder,
}

impl Wanted {
    /// By what the records of each ledger are looked for first, and what rows say of it.
    pub fn of(pack: &Pack, nodes: &[Node], rows: &[SheetRow]) -> Self {
        let leads = |ledger: LedgerIx| leads_of(&identities(pack, ledger));
        let mut wanted = Self {
            leads: nodes.iter().map(|node| (node.ledger, leads(node.ledger))).collect(),
            said: Vec::new(),
            ids: HashSet::new(),
            named: HashSet::new(),
            hashing: DefaultHashBuilder::default(),
        };
        let of_part = |part: &Arc<Part>| {
            let ledger = nodes.get(usize::from(part.path)).map(|node| node.ledger);
            let leads = ledger.map_or(&[][..], |ledger| wanted.leads(ledger));
            let hash = |lead: &FieldIx| Some(wanted.hash(ledger?, *lead, said(part.value(*lead))?));
            leads.iter().filter_map(hash).collect::<SmallVec<[u64; 2]>>()
        };
        let of_row = |(at, row): (usize, &SheetRow)| {
            let above = at.checked_sub(1).map_or(&[][..], |above| &rows[above].parts);
            let is_new = |part: &&Arc<Part>| !above.iter().any(|above| Arc::ptr_eq(above, part));
            row.parts.iter().filter(is_new).flat_map(of_part).collect::<SmallVec<[u64; 8]>>()
        };
        let mut said: Vec<u64> = rows.par_iter().enumerate().flat_map_iter(of_row).collect();
        said.par_sort_unstable();
        said.dedup();
        wanted.said = said;
        wanted
    }

    fn hash(&self, ledger: LedgerIx, lead: FieldIx, value: &Value) -> u64 {
        self.hashing.hash_one((ledger, lead, value))
    }

    /// A record that is looked for as what others name.
    pub fn add(&mut self, ledger: LedgerIx, lead: FieldIx, id: Uuid) {
        self.named.insert(self.hash(ledger, lead, &Value::Id(id)));
    }

    /// Records that rows name by their ids.
    pub fn add_ids(&mut self, ids: impl IntoIterator<Item = Uuid>) {
        self.ids.extend(ids);
    }

    /// Whether a record may be one that the sheet speaks of.
    pub fn meets(&self, ledger: LedgerIx, record: &Record) -> bool {
        let is_named = !self.ids.is_empty() && self.ids.contains(&record.id);
        is_named || self.is_told(ledger, record)
    }

    /// Whether rows say what may tell a record apart.
    fn is_told(&self, ledger: LedgerIx, record: &Record) -> bool {
        self.leads(ledger).iter().any(|lead| {
            let value = said(record.values.get(usize::from(lead.0)));
            let hash = value.map(|value| self.hash(ledger, *lead, value));
            hash.is_some_and(|hash| self.said.binary_search(&hash).is_ok() || self.named.contains(&hash))
        })
    }

    /// The fields that records of a ledger are looked for by.
    pub fn leads(&self, ledger: LedgerIx) -> &[FieldIx] {
        self.leads.get(&ledger).map_or(&[], Vec::as_slice)
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
    /// By what they are looked for first; made when somebody is known by no more than that.
    by_lead: OnceLock<HashMap<(FieldIx, Value), Vec<usize>>>,
    by_id: OnceLock<HashMap<Uuid, usize>>,
    /// By a number that is somebody's for life, whoever held it and has ended, the latest; none of one beyond what somebody may see.
    pub ended: HashMap<(FieldIx, Value), Option<Uuid>>,
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
        let mut ended: HashMap<(FieldIx, Value), Option<Uuid>> = HashMap::new();
        for (record, id) in others.iter().map(|other| (other, None)).chain(records.iter().map(|it| (it, Some(it.id)))) {
            let value = |field: FieldIx| record.values.get(usize::from(field.0));
            if !stands(pack, ledger, value) {
                for field in for_life(pack, ledger) {
                    let held = said(value(field)).map(|number| ended.entry((field, number.clone())).or_default());
                    if let Some(latest) = held {
                        *latest = id.max(*latest);
                    }
                }
            }
        }
        let end = definition.period.and_then(|period| period.end);
        let ended_by = definition.of.map(|owner| owner.field).into_iter().chain(end).collect();
        Self {
            identities,
            records,
            owners: HashMap::new(),
            shared: HashMap::new(),
            beyond,
            by_key,
            by_lead: OnceLock::new(),
            by_id: OnceLock::new(),
            ended,
            ended_by,
            end,
        }
    }

    /// The record with an id.
    pub fn with_id(&self, id: Uuid) -> Option<&Record> {
        let by_id = || self.records.iter().enumerate().map(|(at, record)| (record.id, at)).collect();
        self.by_id.get_or_init(by_id).get(&id).map(|at| &self.records[*at])
    }

    /// Whether a key is only what records are called.
    pub fn is_name(&self, (identity, _): &Key) -> bool {
        self.identities.get(*identity).is_some_and(Identity::is_name)
    }

    /// Records that are called so, those that stand if there are any.
    pub fn called(&self, (identity, key): &Key) -> Vec<usize> {
        let found = self.by_key.get(*identity).and_then(|known| known.get(key)).map_or(&[][..], Vec::as_slice);
        self.standing(found.iter().map(|found| found.at).collect())
    }

    /// Records that another may be named as, by all that is said of it: by the first of what tells records apart that is said whole, else by as
    /// much of it as is said.
    pub fn named<'v>(&self, told: impl Fn(FieldIx) -> Option<&'v Value>) -> Vec<usize> {
        let whole = self.identities.iter().zip(&self.by_key).find_map(|(identity, known)| {
            let is_whole = identity.fields.iter().all(|field| said(told(*field)).is_some());
            let found = known.get(&identity.key(&told)?).filter(|_| is_whole)?;
            let counted = found.iter().filter(|found| found.counts).map(|found| found.at).collect::<Vec<_>>();
            Some(if counted.is_empty() { found.iter().map(|found| found.at).collect() } else { counted })
        });
        self.standing(whole.unwrap_or_else(|| self.partly_named(told)))
    }

    /// Records of which nothing that tells them apart is said to be otherwise, and something is said.
    fn partly_named<'v>(&self, told: impl Fn(FieldIx) -> Option<&'v Value>) -> Vec<usize> {
        let by_lead = self.by_lead.get_or_init(|| {
            let mut by_lead: HashMap<(FieldIx, Value), Vec<usize>> = HashMap::new();
            let leads = leads_of(&self.identities);
            for (at, record) in self.records.iter().enumerate() {
                for lead in &leads {
                    if let Some(value) = said(record.values.get(usize::from(lead.0))) {
                        by_lead.entry((*lead, value.clone())).or_default().push(at);
                    }
                }
            }
            by_lead
        });
        let agrees = |at: &usize| {
            let fields = self.identities.iter().flat_map(|identity| &identity.fields);
            fields.into_iter().all(|field| {
                let told = said(told(*field));
                told.is_none() || told == self.records[*at].values.get(usize::from(field.0))
            })
        };
        let mut leads = self.identities.iter().filter_map(|one| Some((one.lead, said(told(one.lead))?.clone())));
        let found = leads.find_map(|lead| by_lead.get(&lead));
        found.into_iter().flatten().copied().filter(agrees).collect()
    }

    /// Those of some records that stand, or all where none does.
    fn standing(&self, found: Vec<usize>) -> Vec<usize> {
        let ended = |at: &usize| self.ends(|field| self.records[*at].values.get(usize::from(field.0)));
        if found.len() < 2 || found.iter().all(ended) {
            return found;
        }
        found.into_iter().filter(|at| !ended(at)).collect()
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
        let alike = |identity: &Identity| {
            !identity.is_name() && identity.fields.iter().all(|field| value(*field) == other(*field))
        };
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
