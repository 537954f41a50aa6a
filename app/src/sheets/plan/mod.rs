//! From rows to records: which are there, which are made, what changes, what is wrong.
//!
//! A row is taken whole or not at all. A record that several rows speak of (a household, told by each of its members) takes from each what the
//! others leave blank; rows that contradict each other are faults, never the last one's victory.

mod after;
mod agree;
mod called;
mod entry;
mod owning;
mod row;
mod settle;
mod stand;
mod telling;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anju_exchange::{FaultKind, Part, Recognised, RowFault, SheetRow};
use anju_pack::{FieldIx, LedgerIx, Pack, Sheet};
use anju_record::{Fault, Record, Value};
use smallvec::SmallVec;
use uuid::Uuid;

use self::called::Called;
pub(super) use self::entry::Entry;
use self::entry::{Told, ToldRow};
use self::settle::Settling;
use super::identity::Known;
use super::line::{self, DryRun};
use super::nodes::{Node, order, owner_beside};
use crate::Actor;

/// What the rows are compared with.
pub(super) struct Ground<'a> {
    pub actor: &'a Actor,
    pub sheet: &'a Sheet,
    pub nodes: Vec<Node>,
    pub recognised: &'a Recognised,
    pub known: BTreeMap<LedgerIx, Known>,
    /// The place that rows belong in.
    pub area: &'a str,
    /// Rows that were done with before, as ranges with both ends, ascending.
    pub done: &'a [(u32, u32)],
    /// Records in whose place rows belong, by ledger.
    pub places: BTreeMap<LedgerIx, Record>,
    /// `household.batch` → value, for every row.
    pub given: HashMap<(usize, FieldIx), Value>,
    pub today: i32,
}

impl<'a> Ground<'a> {
    fn pack(&self) -> &'a Pack {
        self.actor.pack()
    }

    /// Whether nothing of a row waits any more.
    fn is_done(&self, row: u32) -> bool {
        let after = self.done.partition_point(|(first, _)| *first <= row);
        after.checked_sub(1).is_some_and(|at| row <= self.done[at].1)
    }

    /// The column that a field is told in.
    fn column(&self, node: usize, field: FieldIx) -> Option<u32> {
        let path = u16::try_from(node).ok()?;
        self.recognised.column_of(path, field).map(|column| column.column)
    }
}

/// Rows that are made ready while those before them are heard: few enough to stay at hand.
const PIECE: usize = 256;

/// Hears row after row.
struct Planner<'a> {
    ground: &'a Ground<'a>,
    /// Ids of new records.
    ids: &'a mut (dyn FnMut() -> Uuid + Send),
    order: Vec<usize>,
    ties: Vec<Ties>,
    entries: Vec<Entry>,
    /// By which identity each node's record was known last, and which it is: rows of one record follow one another.
    last: Vec<Option<(usize, usize)>>,
    /// What was heard last, unless something was remarked or refused there. Rows that were kept out before do not count.
    above: Above,
    by_record: hashbrown::HashMap<(LedgerIx, Uuid), usize>,
    /// By ledger and identity.
    by_key: BTreeMap<(LedgerIx, usize), hashbrown::HashMap<Vec<Value>, usize>>,
    /// What is only called something.
    names: hashbrown::HashMap<(LedgerIx, Vec<Value>), Called>,
    /// What is remarked of the row that is heard.
    remarks: Vec<RowFault>,
    /// Faults of rows that were heard before, by position.
    later: Vec<(usize, RowFault)>,
    /// Room that maps of new records begin with.
    most: usize,
    place: Option<LedgerIx>,
}

/// The record of each node that a row speaks of.
type Settled = SmallVec<[Option<usize>; 8]>;
/// What a row says of each node as rows beside it do.
type Parts = SmallVec<[Option<Arc<Part>>; 8]>;

/// What has been heard of a row: whoever says the same of the same records need not be heard.
#[derive(Default)]
struct Above {
    settled: Settled,
    parts: Parts,
}

/// What a node's record refers to, of what a row speaks of.
struct Ties {
    /// Nodes that it names, each by a field.
    named: Vec<(usize, FieldIx)>,
    owner: Option<Owner>,
}

/// Whose a node's record is.
struct Owner {
    field: FieldIx,
    ledger: LedgerIx,
    /// A node beside it.
    beside: Option<usize>,
    /// The record in whose place the rows belong.
    place: Option<Uuid>,
}

impl Ties {
    fn of(ground: &Ground<'_>, node: usize) -> Self {
        let (pack, nodes) = (ground.pack(), &ground.nodes);
        let named = nodes.iter().enumerate().filter_map(|(other, it)| match it.from {
            Some((parent, field)) if parent == node => Some((other, field)),
            _ => None,
        });
        let owner = pack.ledger(nodes[node].ledger).of.map(|owner| Owner {
            field: owner.field,
            ledger: owner.ledger,
            beside: owner_beside(pack, nodes, node),
            place: ground.places.get(&owner.ledger).map(|record| record.id),
        });
        Self { named: named.collect(), owner }
    }
}

/// What one row would tell a record.
struct Telling {
    entry: usize,
    told: Told,
}

/// What one row would tell all of its records.
type Tellings = SmallVec<[Telling; 8]>;

/// Compares rows with what is there; new records get their ids from `ids`. Ends when `each` says so.
pub(super) fn plan(
    ground: Ground<'_>,
    rows: Vec<SheetRow>,
    ids: &mut (dyn FnMut() -> Uuid + Send),
    mut each: impl FnMut() -> bool + Send,
) -> DryRun {
    let order = order(ground.pack(), &ground.nodes);
    let ties = (0..ground.nodes.len()).map(|node| Ties::of(&ground, node)).collect();
    let mut planner = Planner {
        ground: &ground,
        ids,
        order,
        ties,
        entries: Vec::with_capacity(2 * rows.len()),
        last: vec![None; ground.nodes.len()],
        above: Above::default(),
        by_record: hashbrown::HashMap::new(),
        by_key: BTreeMap::new(),
        names: hashbrown::HashMap::new(),
        remarks: Vec::new(),
        later: Vec::new(),
        most: rows.len(),
        place: None,
    };
    let mut lines = Vec::with_capacity(rows.len());
    let (mut rows, mut ready) = (rows.into_iter(), Vec::new());
    loop {
        let piece: Vec<SheetRow> = rows.by_ref().take(PIECE).collect();
        let told = || ground.told(piece);
        let heard: Vec<ToldRow> = std::mem::take(&mut ready);
        let (next, goes_on) = rayon::join(told, || planner.hear(heard, &mut lines, &mut each));
        ready = next;
        if !goes_on || ready.is_empty() {
            break;
        }
    }
    let Planner { order, entries, place, by_key, later, .. } = planner;
    for (at, fault) in later {
        lines[at].state = line::RowState::Faulty;
        lines[at].faults.push(fault);
    }
    // Tens of thousands of keys are freed beside what follows.
    rayon::spawn(move || drop(by_key));
    Settling::of(ground, order, entries, place).settle(lines)
}

/// A fault of a row.
pub(super) fn fault(row: u32, column: Option<u32>, kind: FaultKind, fault: Fault) -> RowFault {
    RowFault { row, column, kind, fault, warning: false, group: None, item: None }
}
