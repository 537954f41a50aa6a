//! What would become of each row of a sheet.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anju_exchange::{FaultKind, Ignored, RowFault};
use anju_pack::{Field, FieldIx, Kind, LedgerIx, Pack};
use anju_record::{Fault, Lang, SmolStr, Value, kind};
use anju_store::Write;
use rayon::prelude::*;
use smallvec::SmallVec;
use uuid::Uuid;

use super::plan::{Entry, fault};
use crate::Actor;
use crate::records::mask;

/// What would become of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    /// A record is made.
    New,
    /// A record is changed.
    Changed,
    /// All of it is there already.
    Same,
    /// Something in it is wrong.
    Faulty,
    /// Nothing in it is wrong, but what it belongs with cannot be taken yet.
    Held,
}

/// Positions of rows or of records, few as a rule.
pub(super) type Positions = SmallVec<[usize; 6]>;

/// One row.
#[derive(Debug, Clone)]
pub struct RowLine {
    /// As the spreadsheet counts it, from 1.
    pub number: u32,
    /// What would become of it.
    pub state: RowState,
    /// What its record is called.
    pub name: String,
    /// What is wrong, and what is only remarked.
    pub faults: Vec<RowFault>,
    /// The records it speaks of, as positions in the dry run.
    pub(super) entries: Positions,
    /// What the rows of one carried record share.
    pub(super) group: Option<SmolStr>,
}

/// One value that a row would write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// Of which ledger.
    pub ledger: LedgerIx,
    /// Which field.
    pub field: FieldIx,
    /// As it stands; none for a new record or an empty field.
    pub before: Option<String>,
    /// As it would stand; none when it is emptied.
    pub after: Option<String>,
}

/// How many rows there are of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// New.
    pub new: usize,
    /// Changed.
    pub changed: usize,
    /// The same.
    pub same: usize,
    /// Faulty.
    pub faulty: usize,
    /// Held.
    pub held: usize,
    /// Of those that are not faulty: some of what they list is.
    pub partly: usize,
}

/// A field that must be filled and that no column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// `household.batch`: what is given for all rows under this name.
    pub key: String,
    /// Its ledger.
    pub ledger: LedgerIx,
    /// The field.
    pub field: FieldIx,
    /// Rows that wait for it.
    pub rows: usize,
}

/// What would become of a sheet.
#[derive(Debug, Clone, Default)]
pub struct DryRun {
    /// Every row that is not blank and no total.
    pub rows: Vec<RowLine>,
    /// Rows passed over, and why.
    pub ignored: Vec<(u32, Ignored)>,
    /// Fields that must be told for all rows.
    pub missing: Vec<Missing>,
    /// The ledger in whose record the rows belong, when no place was named that has one.
    pub place: Option<LedgerIx>,
    /// Records made and changed, ledger by ledger.
    pub made: Vec<(LedgerIx, usize, usize)>,
    pub(super) entries: Vec<Entry>,
    /// What records are called that a changed one refers to, now or then.
    pub(super) names: HashMap<Uuid, String>,
    /// A row may list several records of its own.
    pub(super) many: bool,
    /// New records with a number that is somebody's for life and whose holder has ended, as positions; none of a holder beyond what they see.
    pub(super) ended: BTreeMap<usize, (FieldIx, Option<Uuid>)>,
    /// Those that taking it writes, as positions, in the order of the writes.
    pub(super) written: Vec<usize>,
}

/// Whose a write of a sheet is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    pub ledger: LedgerIx,
    /// The first row that speaks of the record.
    pub row: u32,
    /// Its node.
    pub node: usize,
}

impl RowLine {
    /// Whether some of what it lists is wrong, while the rest of it stands.
    pub fn is_partly_wrong(&self) -> bool {
        !self.waits_whole() && self.faults.iter().any(|fault| !fault.warning)
    }

    /// Whether nothing of it can be taken yet.
    fn waits_whole(&self) -> bool {
        matches!(self.state, RowState::Faulty | RowState::Held)
    }

    /// Whether something of it waits once the rest is taken.
    fn waits(&self) -> bool {
        self.waits_whole() || self.is_partly_wrong()
    }
}

impl DryRun {
    /// Rows of which something waits once the rest is taken.
    pub fn left(&self) -> usize {
        self.rows.iter().filter(|row| row.waits()).count()
    }

    /// How many rows there are of each kind.
    pub fn counted(&self) -> Counted {
        let mut counted = Counted::default();
        for row in &self.rows {
            counted.partly += usize::from(row.is_partly_wrong());
            match row.state {
                RowState::New => counted.new += 1,
                RowState::Changed => counted.changed += 1,
                RowState::Same => counted.same += 1,
                RowState::Faulty => counted.faulty += 1,
                RowState::Held => counted.held += 1,
            }
        }
        counted
    }

    /// Rows of which nothing waits once this is taken, as ranges with both ends.
    pub(super) fn done(&self) -> Vec<(u32, u32)> {
        let parts = self.rows.chunk_by(|row, next| row.waits() == next.waits()).filter(|part| !part[0].waits());
        parts.map(|part| (part[0].number, part[part.len() - 1].number)).collect()
    }

    /// Records that a changed one refers to otherwise than it did, and those that a row lists several of: by ledger.
    pub(super) fn referred_anew(&self, pack: &Pack) -> BTreeMap<LedgerIx, BTreeSet<Uuid>> {
        let mut referred: BTreeMap<LedgerIx, BTreeSet<Uuid>> = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| entry.before.is_some() || self.many) {
            for said in &entry.said {
                let there = entry.there(said.field);
                let Kind::Ref { to } = pack.ledger(entry.ledger).field(said.field).kind else { continue };
                if there != Some(&said.value) {
                    let ids = [there, Some(&said.value)].into_iter().flatten().filter_map(|value| match value {
                        Value::Id(id) => Some(*id),
                        _ => None,
                    });
                    referred.entry(to).or_default().extend(ids);
                }
            }
        }
        referred
    }

    /// Faulty rows that hang together with a row: it waits until they are mended.
    pub fn waits_for(&self, row: &RowLine) -> Vec<u32> {
        let together = |other: &&RowLine| {
            let is_of_group = other.group.is_some() && other.group == row.group;
            is_of_group || other.entries.iter().any(|at| self.entries[*at].faulty && row.entries.contains(at))
        };
        let faulty = self.rows.iter().filter(|other| other.state == RowState::Faulty && other.number != row.number);
        faulty.filter(together).map(|other| other.number).collect()
    }

    /// Whether taking it would write anything.
    pub fn writes_anything(&self) -> bool {
        !self.written.is_empty()
    }

    /// Whether any row speaks of a record: only then is anything compared with the ledgers.
    pub fn compares_anything(&self) -> bool {
        self.rows.iter().any(|row| !row.entries.is_empty())
    }

    /// The writes in order, and whose each is.
    ///
    /// # Errors
    /// What the rules of a ledger refuse now, and did not when the rows were read.
    pub(super) fn into_writes(self, pack: &Pack, today: i32) -> Result<(Vec<Write>, Vec<Source>), Vec<RowFault>> {
        let (rows, mut entries) = (self.rows, self.entries.into_iter().map(Some).collect::<Vec<_>>());
        let entries: Vec<Entry> = self.written.iter().filter_map(|at| entries.get_mut(*at)?.take()).collect();
        let write = |entry: Entry| {
            let row = entry.rows.first().and_then(|row| rows.get(*row)).map_or(0, |line| line.number);
            let source = Source { ledger: entry.ledger, row, node: entry.node };
            let before = entry.before.as_ref().map(|before| before.version);
            let refused = |faults: Vec<Fault>| {
                faults.into_iter().map(|it| fault(row, None, FaultKind::Other, it)).collect::<Vec<_>>()
            };
            let valid = entry.into_valid(pack, today).map_err(refused)?;
            let write = match before {
                None => Write::Insert(valid),
                Some(expected_version) => Write::Update { valid, expected_version },
            };
            Ok((write, source))
        };
        let all: Vec<Result<(Write, Source), Vec<RowFault>>> = entries.into_par_iter().map(write).collect();
        let (mut writes, mut refused) = ((Vec::new(), Vec::new()), Vec::new());
        for one in all {
            match one {
                Ok(one) => writes.extend([one]),
                Err(faults) => refused.extend(faults),
            }
        }
        if refused.is_empty() { Ok(writes) } else { Err(refused) }
    }

    /// The names of new records of a ledger that rows refer to: what a slip of the pen would make.
    pub fn names_made(&self, actor: &Actor, ledger: LedgerIx) -> Vec<String> {
        let made =
            self.entries.iter().filter(|entry| entry.ledger == ledger && entry.is_written() && entry.before.is_none());
        made.map(|entry| entry.name(actor.pack())).filter(|name| !name.is_empty()).collect()
    }

    /// What a row would write; protected values are masked.
    pub fn changes(&self, actor: &Actor, row: &RowLine, lang: Lang) -> Vec<RowChange> {
        let mut changes = Vec::new();
        let is_first = |at: &usize| row.entries.iter().position(|entry| entry == &row.entries[*at]) == Some(*at);
        for entry in (0..row.entries.len()).filter(is_first).filter_map(|at| self.entries.get(row.entries[at])) {
            let definition = actor.pack().ledger(entry.ledger);
            for said in entry.told_by(row.number) {
                let (field, after) = (definition.field(said.field), &said.value);
                let before = entry.there(said.field);
                let refers = matches!(field.kind, Kind::Ref { .. });
                // What a new record refers to stands in other columns; of several from one cell it tells which is which.
                if before == Some(after) || refers && before.is_none() && !self.many {
                    continue;
                }
                let words = |value: &Value| (*value != Value::Null).then(|| self.in_words(actor, field, value, lang));
                changes.push(RowChange {
                    ledger: entry.ledger,
                    field: said.field,
                    before: before.and_then(words),
                    after: words(after),
                });
            }
        }
        changes
    }

    fn in_words(&self, actor: &Actor, field: &Field, value: &Value, lang: Lang) -> String {
        match value {
            Value::Id(id) => self.names.get(id).cloned().unwrap_or_default(),
            _ if field.sensitive.is_some() => mask(&field.kind, &kind::plain(value)),
            _ => kind::format(actor.pack(), &field.kind, value, lang),
        }
    }
}
