//! What writes are judged beside: records of the same batch, and records that are there, each asked of the database once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anju_access::{Action, Reach};
use anju_pack::{Kind, LedgerIx};
use anju_record::{Record, SmolStr, Valid, Value};
use anju_store::{Query, Write};
use uuid::Uuid;

use crate::Actor;
use crate::error::Result;
use crate::records::unavailable;

type Key = (LedgerIx, Uuid);

/// Writes of a batch from which it pays to ask for many records at once.
const MANY: usize = 16;

/// What is known beside the write that is judged.
#[derive(Debug, Default)]
pub(crate) struct Beside<'a> {
    made: HashMap<Key, &'a Valid>,
    /// Whether the actor reads a record.
    pub read: HashMap<Key, bool>,
    /// Where a record stands; none if there is no such record.
    pub areas: HashMap<Key, Option<SmolStr>>,
    /// Records that the actor may write, as they stand.
    pub own: HashMap<Key, Record>,
}

impl<'a> Beside<'a> {
    /// A record of the batch, from here on.
    pub fn make(&mut self, valid: &'a Valid) {
        self.made.insert((valid.ledger(), valid.id()), valid);
    }

    /// A record that the batch has made so far.
    pub fn made(&self, ledger: LedgerIx, id: Uuid) -> Option<&'a Valid> {
        self.made.get(&(ledger, id)).copied()
    }
}

/// Ids by ledger, each once.
type Wanted = BTreeMap<LedgerIx, BTreeSet<Uuid>>;

impl Actor {
    /// What many writes will be judged beside, asked for in a few questions; of few writes, nothing: what is missing is asked when it is needed.
    pub(crate) async fn beside(&self, changes: &[Write]) -> Result<Beside<'_>> {
        let mut beside = Beside::default();
        if changes.len() < MANY {
            return Ok(beside);
        }
        let (mut changed, mut referred, mut owners) = (Wanted::new(), Wanted::new(), Wanted::new());
        let made: BTreeSet<Uuid> = changes.iter().filter_map(made).collect();
        for write in changes {
            match write {
                Write::Insert(valid) => self.wanted(valid, &made, &mut referred, &mut owners),
                Write::Update { valid, .. } => {
                    changed.entry(valid.ledger()).or_default().insert(valid.id());
                    self.wanted(valid, &made, &mut referred, &mut owners);
                }
                Write::Delete { ledger, id, .. } => drop(changed.entry(*ledger).or_default().insert(*id)),
                Write::Restore { .. } => {}
            }
        }
        for (ledger, ids) in &referred {
            let seen = self.all_of(*ledger, ids, Some(Action::Read)).await?;
            let seen: BTreeSet<Uuid> = seen.into_iter().map(|record| record.id).collect();
            beside.read.extend(ids.iter().map(|id| ((*ledger, *id), seen.contains(id))));
        }
        for (ledger, ids) in &owners {
            beside.areas.extend(ids.iter().map(|id| ((*ledger, *id), None)));
            let found = self.all_of(*ledger, ids, None).await?;
            beside.areas.extend(found.into_iter().map(|record| ((*ledger, record.id), Some(record.area))));
        }
        for (ledger, ids) in &changed {
            let seen = self.all_of(*ledger, ids, Some(Action::Read)).await?;
            let seen: BTreeSet<Uuid> = seen.into_iter().map(|record| record.id).collect();
            let own = self.all_of(*ledger, &seen, Some(Action::Write)).await?;
            beside.own.extend(own.into_iter().map(|record| ((*ledger, record.id), record)));
        }
        Ok(beside)
    }

    /// Records that are not made by the batch: those that a record refers to, and its owner.
    fn wanted(&self, valid: &Valid, made: &BTreeSet<Uuid>, referred: &mut Wanted, owners: &mut Wanted) {
        let definition = self.pack().ledger(valid.ledger());
        for (at, (field, value)) in definition.fields.iter().zip(valid.values()).enumerate() {
            let (Kind::Ref { to }, Value::Id(id)) = (&field.kind, value) else { continue };
            if made.contains(id) {
                continue;
            }
            referred.entry(*to).or_default().insert(*id);
            if definition.of.is_some_and(|owner| usize::from(owner.field.0) == at) {
                owners.entry(*to).or_default().insert(*id);
            }
        }
    }

    /// Living records of these ids, within what the actor may do with them or wherever they are.
    async fn all_of(&self, ledger: LedgerIx, ids: &BTreeSet<Uuid>, action: Option<Action>) -> Result<Vec<Record>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.ids = Some(ids.iter().copied().collect());
        if let Some(action) = action {
            query = self.reached(query, action);
        }
        if query.reach.as_ref().is_some_and(Reach::is_empty) {
            return Ok(Vec::new());
        }
        self.store().select(self.pack(), &query).await.map_err(unavailable)
    }
}

fn made(write: &Write) -> Option<Uuid> {
    match write {
        Write::Insert(valid) => Some(valid.id()),
        _ => None,
    }
}
