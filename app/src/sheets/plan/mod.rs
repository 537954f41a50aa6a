//! From rows to records: which are there, which are made, what changes, what is wrong.
//!
//! A row is taken whole or not at all. A record that several rows speak of (a household, told by each of its members) takes from each what the
//! others leave blank; rows that contradict each other are faults, never the last one's victory.

mod agree;
mod row;
mod settle;
mod stand;
mod telling;

use std::collections::{BTreeMap, HashMap};

use anju_exchange::{FaultKind, Given, Part, Recognised, RowFault, SheetRow};
use anju_pack::{FieldIx, LedgerIx, Pack, Sheet};
use anju_record::{Fault, Record, Valid, Value, kind};
use uuid::Uuid;

use super::identity::Known;
use super::line::{DryRun, Missing};
use super::nodes::{Node, order};
use crate::Actor;

/// A record that rows speak of.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub ledger: LedgerIx,
    node: usize,
    id: Uuid,
    /// As it stands, if it is there.
    pub before: Option<Record>,
    pub values: Vec<Value>,
    /// The row that gave each value.
    pub told: Vec<Option<u32>>,
    /// Rows that speak of it, as positions.
    rows: Vec<usize>,
    /// As it was checked, once it may be written.
    valid: Option<Valid>,
    /// It cannot be written so.
    faulty: bool,
    /// Some row that speaks of it is taken.
    taken: bool,
}

impl Entry {
    fn is_changed(&self) -> bool {
        self.before.as_ref().is_none_or(|before| before.values != self.values)
    }

    /// Whether it is among the writes.
    pub fn is_written(&self) -> bool {
        self.taken && !self.faulty && self.is_changed()
    }

    pub fn id(&self) -> Uuid {
        self.id
    }

    pub fn name(&self, actor: &Actor) -> String {
        self.own_name(actor.pack())
    }

    fn own_name(&self, pack: &Pack) -> String {
        name_of(pack, self.ledger, |field| self.values.get(usize::from(field.0)))
    }
}

/// What names a record by its own fields.
fn name_of<'v>(pack: &Pack, ledger: LedgerIx, value: impl Fn(FieldIx) -> Option<&'v Value>) -> String {
    kind::own_words(pack, ledger, value).join(" ")
}

/// What the rows are compared with.
pub(super) struct Ground<'a> {
    pub actor: &'a Actor,
    pub sheet: &'a Sheet,
    pub nodes: Vec<Node>,
    pub recognised: &'a Recognised,
    pub known: BTreeMap<LedgerIx, Known>,
    /// Records in whose place rows belong, by ledger.
    pub places: BTreeMap<LedgerIx, Record>,
    /// `household.batch` → value, for every row.
    pub given: HashMap<(usize, FieldIx), Value>,
    pub today: i32,
    /// What is made is made then.
    pub ids: &'a mut dyn FnMut() -> Uuid,
}

struct Planner<'a> {
    ground: Ground<'a>,
    order: Vec<usize>,
    entries: Vec<Entry>,
    by_record: hashbrown::HashMap<(LedgerIx, Uuid), usize>,
    /// By ledger and identity.
    by_key: BTreeMap<(LedgerIx, usize), hashbrown::HashMap<Vec<Value>, usize>>,
    codes: HashMap<String, u32>,
    place: Option<LedgerIx>,
    missing: Vec<Missing>,
}

/// What one row would tell an entry.
struct Telling {
    entry: usize,
    told: Told,
}

/// What a row says of one record, in order of fields; null is said to clear.
#[derive(Debug, Default)]
struct Told(Vec<(FieldIx, Value)>);

impl Told {
    /// What a part says; of the last item that it is asked for, the values are taken and not copied.
    fn of(part: &mut Part, last: bool) -> Self {
        let said = |given: &mut Given| match given {
            Given::Value(value) if last => std::mem::take(value),
            Given::Value(value) => value.clone(),
            Given::Clear => Value::Null,
        };
        Self(part.values.iter_mut().map(|(field, given)| (*field, said(given))).collect())
    }

    fn get(&self, field: FieldIx) -> Option<&Value> {
        self.0.binary_search_by_key(&field, |(known, _)| *known).ok().map(|at| &self.0[at].1)
    }

    fn set(&mut self, field: FieldIx, value: Value) {
        match self.0.binary_search_by_key(&field, |(known, _)| *known) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (field, value)),
        }
    }
}

/// Compares rows with what is there.
pub(super) fn plan(ground: Ground<'_>, rows: Vec<SheetRow>, mut each: impl FnMut() -> bool) -> DryRun {
    let order = order(ground.actor.pack(), &ground.nodes);
    let mut planner = Planner {
        ground,
        order,
        entries: Vec::new(),
        by_record: hashbrown::HashMap::new(),
        by_key: BTreeMap::new(),
        codes: HashMap::new(),
        place: None,
        missing: Vec::new(),
    };
    let mut lines = Vec::with_capacity(rows.len());
    for (at, row) in rows.into_iter().enumerate() {
        if !each() {
            break;
        }
        lines.push(planner.row(at, row));
    }
    planner.settle(lines)
}

impl Planner<'_> {
    fn pack(&self) -> &Pack {
        self.ground.actor.pack()
    }
}

fn fault(row: u32, column: Option<u32>, kind: FaultKind, fault: Fault) -> RowFault {
    RowFault { row, column, kind, fault, warning: false, group: None, item: None }
}
