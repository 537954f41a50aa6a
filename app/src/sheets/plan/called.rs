//! Records that rows name by an id, by less than tells them apart, or only by what they are called.
//!
//! Of what is called the same, the one is meant that holds all that a row says. Where none does and there are several, nobody guesses.

use std::hash::BuildHasher as _;

use anju_exchange::{FaultKind, RECORD, RowFault};
use anju_pack::{FieldIx, LedgerIx, Text};
use anju_record::{Code, Problem, Record, Value};
use hashbrown::{DefaultHashBuilder, HashMap};
use uuid::Uuid;

use super::super::identity::{Key, Known};
use super::entry::Told;
use super::{Planner, fault};

/// What is called the same, and what rows made of it.
pub(super) struct Called {
    /// Records that are there, as positions.
    found: Vec<usize>,
    /// Those before this one are taken by rows.
    free: usize,
    /// By what they hold in the fields that the row before said, the found ones: rows mostly say the same fields.
    by_said: (Vec<FieldIx>, HashMap<u64, Vec<usize>>),
    /// New ones, by all that their rows say.
    made: HashMap<u64, usize>,
    first_made: Option<usize>,
    hashing: DefaultHashBuilder,
}

impl Called {
    fn of(found: Vec<usize>) -> Self {
        Self {
            found,
            free: 0,
            by_said: (Vec::new(), HashMap::new()),
            made: HashMap::new(),
            first_made: None,
            hashing: DefaultHashBuilder::default(),
        }
    }

    fn only_made(&self) -> Option<usize> {
        self.first_made.filter(|_| self.made.len() == 1)
    }

    fn hash(&self, told: &Told) -> u64 {
        let said: Vec<(FieldIx, &Value)> = told.stated().map(|said| (said.field, &said.value)).collect();
        self.hashing.hash_one(said)
    }

    /// Those that hold all that a row says: looked up, for there may be as many as rows.
    fn exact(&mut self, known: &Known, told: &Told) -> Vec<usize> {
        let says = self.hash(told);
        let Self { found, by_said: (said, by_values), hashing, .. } = self;
        if !told.stated().map(|said| said.field).eq(said.iter().copied()) {
            *said = told.stated().map(|said| said.field).collect();
            by_values.clear();
            for at in found.iter() {
                let value = |field: &FieldIx| known.records[*at].values.get(usize::from(field.0));
                let held: Vec<(FieldIx, &Value)> =
                    said.iter().map(|field| (*field, value(field).unwrap_or(&Value::Null))).collect();
                by_values.entry(hashing.hash_one(held)).or_default().push(*at);
            }
        }
        let exact = by_values.get(&says).into_iter().flatten().copied();
        exact.filter(|at| told.agrees(&known.records[*at])).collect()
    }
}

/// Those of several records that hold all that a row says, if any does.
fn meant(known: &Known, found: Vec<usize>, told: &Told) -> Vec<usize> {
    if found.len() < 2 {
        return found;
    }
    let agree: Vec<usize> = found.iter().copied().filter(|at| told.agrees(&known.records[*at])).collect();
    if agree.is_empty() { found } else { agree }
}

impl<'a> Planner<'a> {
    /// The record that a row says it is, if it is theirs to read.
    pub(super) fn own(&self, id: Uuid, number: u32) -> Result<&'a Record, Box<RowFault>> {
        let ground = self.ground;
        let ledger = ground.nodes[0].ledger;
        ground.known[&ledger].with_id(id).ok_or_else(|| {
            let title = &ground.pack().ledger(ledger).title;
            let problem = Problem::new(Code::NoSuchRecord, id.to_string(), [title.zh.clone(), title.en.clone()]);
            let [zh, en] = RECORD.map(str::to_owned);
            Box::new(fault(number, None, FaultKind::UnknownReference, problem.at("", &Text { zh, en })))
        })
    }

    /// The record of a node that a row's own record leads to: itself, or one along the path that holds all that the row says of it.
    pub(super) fn led(&self, node: usize, own: &'a Record, told: &Told) -> Option<&'a Record> {
        let found = self.along(node, own)?;
        (node == 0 || told.agrees(found)).then_some(found)
    }

    fn along(&self, node: usize, own: &'a Record) -> Option<&'a Record> {
        let ground = self.ground;
        let Some((parent, field)) = ground.nodes[node].from else { return Some(own) };
        match self.along(parent, own)?.values.get(usize::from(field.0)) {
            Some(Value::Id(id)) => ground.known.get(&ground.nodes[node].ledger)?.with_id(*id),
            _ => None,
        }
    }

    /// The record that another names: it must be there, or be made by rows before.
    pub(super) fn named(&mut self, node: usize, told: &Told, number: u32) -> Result<usize, Box<RowFault>> {
        let ground = self.ground;
        let ledger = ground.nodes[node].ledger;
        let known = &ground.known[&ledger];
        let found = meant(known, known.named(|field| told.get(field)), told);
        match found.as_slice() {
            [one] => Ok(self.enter_known(node, &known.records[*one])),
            [] => {
                let key = known.key(|field| told.get(field));
                let made = key.as_ref().and_then(|key| self.made_before(ledger, key));
                made.ok_or_else(|| Box::new(self.unknown(node, told, number)))
            }
            several => Err(Box::new(self.ambiguous(node, told, several.len(), number))),
        }
    }

    /// The only record with a key that rows before make.
    fn made_before(&self, ledger: LedgerIx, key: &Key) -> Option<usize> {
        if self.ground.known[&ledger].is_name(key) {
            return self.names.get(&(ledger, key.1.clone()))?.only_made();
        }
        self.by_key.get(&(ledger, key.0))?.get(&key.1).copied()
    }

    /// The record that is called so, where several may be: the one that holds all that the row says, the only one, or a new one.
    pub(super) fn called(&mut self, node: usize, told: &Told, key: Key, number: u32) -> Result<usize, Box<RowFault>> {
        let ground = self.ground;
        let ledger = ground.nodes[node].ledger;
        let known = &ground.known[&ledger];
        let name = (ledger, key.1.clone());
        let mut called = self.names.remove(&name).unwrap_or_else(|| Called::of(known.called(&key)));
        let settled = if node == 0 {
            self.called_apart(&mut called, told, number)
        } else {
            // Of a record that several rows may speak of, all of them speak.
            match meant(known, called.found.clone(), told).as_slice() {
                [] => Ok(called.first_made.unwrap_or_else(|| self.called_anew(node, &mut called, told, number))),
                [one] => Ok(self.enter_known(node, &known.records[*one])),
                several => Err(Box::new(self.ambiguous(node, told, several.len(), number))),
            }
        };
        self.names.insert(name, called);
        settled
    }

    /// The rows' own record that is called so: each row has another.
    fn called_apart(&mut self, called: &mut Called, told: &Told, number: u32) -> Result<usize, Box<RowFault>> {
        let ground = self.ground;
        let ledger = ground.nodes[0].ledger;
        let known = &ground.known[&ledger];
        let exact = called.exact(known, told);
        let taken = |at: usize| self.by_record.get(&(ledger, known.records[at].id)).copied();
        if let Some(at) = exact.iter().copied().find(|at| taken(*at).is_none()) {
            return Ok(self.enter_known(0, &known.records[at]));
        }
        if let Some(entry) = exact.first().and_then(|at| taken(*at)) {
            self.keep_guess_out(entry, number);
            return Ok(entry);
        }
        while called.found.get(called.free).is_some_and(|at| taken(*at).is_some()) {
            called.free += 1;
        }
        match (called.found.as_slice(), called.found.get(called.free).copied()) {
            ([_], Some(only)) => Ok(self.enter_known(0, &known.records[only])),
            (several, Some(_)) => Err(Box::new(self.ambiguous(0, told, several.len(), number))),
            ([only], None) if taken(*only).is_some_and(|entry| self.entries[entry].is_changed()) => {
                let entry = taken(*only).unwrap_or_default();
                self.keep_guess_out(entry, number);
                Err(Box::new(self.ambiguous(0, told, 1, number)))
            }
            (_, None) => Ok(self.called_anew(0, called, told, number)),
        }
    }

    /// A new record that is called so; another that rows make is remarked, and one that says the same is that one.
    fn called_anew(&mut self, node: usize, called: &mut Called, told: &Told, number: u32) -> usize {
        let says = called.hash(told);
        if let Some(same) = called.made.get(&says) {
            return *same;
        }
        if let Some(first) = called.first_made.and_then(|entry| self.entries[entry].first_row()) {
            let title = &self.ground.pack().ledger(self.ground.nodes[node].ledger).title;
            let name = self.name_of(node, told);
            let problem = Problem::new(Code::LikeRow, name.clone(), [first.to_string(), name]);
            let remark = fault(number, None, FaultKind::LikeAnother, problem.at("", title));
            self.remarks.push(RowFault { warning: true, ..remark });
        }
        let entry = self.enter(node, None);
        called.first_made.get_or_insert(entry);
        called.made.insert(says, entry);
        entry
    }

    /// A row before took a record for its own that this one says all of: that it meant this one was a guess.
    fn keep_guess_out(&mut self, entry: usize, number: u32) {
        let taken = &self.entries[entry];
        // It is told once, however many rows say so.
        let is_guess = taken.is_changed() && !taken.faulty;
        if let (Some(at), Some(row)) = (taken.rows.first().copied().filter(|_| is_guess), taken.first_row()) {
            let problem = Problem::new(Code::SameRow, number.to_string(), []);
            let title = &self.ground.pack().ledger(taken.ledger).title;
            let told = fault(row, None, FaultKind::RepeatedReference, problem.at("", title));
            self.later.push((at, told));
            self.entries[entry].faulty = true;
        }
    }

    /// Several records may be meant.
    fn ambiguous(&self, node: usize, told: &Told, several: usize, number: u32) -> RowFault {
        let ledger = self.ground.nodes[node].ledger;
        let definition = self.ground.pack().ledger(ledger);
        let field = self.told_first(node, told);
        let problem = Problem::new(Code::CalledAlike, self.name_of(node, told), [several.to_string()]);
        let at = match field {
            Some(field) => problem.at(definition.field(field).id.as_str(), &definition.field(field).title),
            None => problem.at("", &definition.title),
        };
        fault(number, field.and_then(|field| self.ground.column(node, field)), FaultKind::UnknownReference, at)
    }
}
