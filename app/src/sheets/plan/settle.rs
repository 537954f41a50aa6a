//! Every record of all rows: filled with what no column tells, and checked.

use std::collections::HashMap;

use anju_exchange::FaultKind;
use anju_pack::{DefaultValue, FieldIx, Kind, LabelPart, LedgerIx};
use anju_record::{Code, Fault, Value, kind};
use rayon::prelude::*;
use smallvec::SmallVec;

use super::super::line::{DryRun, Missing, RowLine};
use super::super::nodes::column_of;
use super::entry::Entry;
use super::{Ground, fault};

/// All rows are heard: what of it stands.
pub(super) struct Settling<'a> {
    pub ground: Ground<'a>,
    pub order: Vec<usize>,
    pub entries: Vec<Entry>,
    /// The last code given below a place.
    codes: HashMap<String, u32>,
    pub place: Option<LedgerIx>,
    pub missing: Vec<Missing>,
}

impl<'a> Settling<'a> {
    /// Records as the rows have them.
    pub fn of(ground: Ground<'a>, order: Vec<usize>, entries: Vec<Entry>, place: Option<LedgerIx>) -> Self {
        Self { ground, order, entries, codes: HashMap::new(), place, missing: Vec::new() }
    }

    /// Checks every record, and lets what hangs together stand or fall together.
    pub fn settle(mut self, mut lines: Vec<RowLine>) -> DryRun {
        self.fill_in();
        self.fill_latest(&lines);
        self.give_codes();
        self.check(&mut lines);
        self.compare_with_named(&mut lines);
        self.remark_ended(&mut lines);
        self.keep_groups_out(&mut lines);
        loop {
            let held = self.hold(&mut lines);
            if !held && !self.exactly(&mut lines) && !self.own_as_many(&mut lines) {
                break;
            }
        }
        self.name_states(&mut lines);
        self.finish(lines)
    }

    /// New records take what no column tells from what is given for all rows and from the sheet's definition.
    fn fill_in(&mut self) {
        let fills: Vec<_> = (0..self.ground.nodes.len()).map(|node| self.ground.fills(node)).collect();
        self.entries.par_iter_mut().filter(|entry| entry.is_made()).for_each(|entry| {
            for (field, value) in &fills[entry.node] {
                if entry.is_blank(*field) {
                    entry.fill(*field, value.clone());
                }
            }
        });
    }

    /// New records take the latest of some dates of those beside them, as they are told.
    fn fill_latest(&mut self, lines: &[RowLine]) {
        let defaults = |node: usize| {
            let of_node = self.ground.sheet.defaults.iter().filter(move |default| usize::from(default.path) == node);
            of_node.filter_map(|default| match &default.value {
                DefaultValue::Latest(places) => Some((default.field, places.as_slice())),
                DefaultValue::Text(_) => None,
            })
        };
        let defaults: Vec<Vec<_>> = (0..self.ground.nodes.len()).map(|node| defaults(node).collect()).collect();
        let follows = |entry: &Entry| {
            let asked = defaults[entry.node].iter().filter(|(field, _)| entry.is_made() && entry.is_blank(*field));
            asked.map(|(field, places)| (*field, self.latest(entry, places, lines))).collect::<SmallVec<[_; 1]>>()
        };
        let follows: Vec<_> = self.entries.par_iter().map(follows).collect();
        self.entries.par_iter_mut().zip(follows).for_each(|(entry, follows)| {
            follows.into_iter().for_each(|(field, value)| entry.fill(field, value));
        });
    }

    /// The latest of some dates of the records that rows name beside one.
    fn latest(&self, entry: &Entry, places: &[(u16, FieldIx)], lines: &[RowLine]) -> Value {
        let rows = entry.rows.iter().filter_map(|row| lines.get(*row));
        let beside = rows.flat_map(|line| &line.entries).map(|at| &self.entries[*at]);
        let days = beside.flat_map(|other| {
            places.iter().filter(|(path, _)| usize::from(*path) == other.node).filter_map(|(_, field)| {
                match other.value(*field) {
                    Value::Date(day) => Some(*day),
                    _ => None,
                }
            })
        });
        days.max().map_or(Value::Null, Value::Date)
    }

    /// New records that are places of their own, and do not say their codes, take the next ones.
    fn give_codes(&mut self) {
        for at in 0..self.entries.len() {
            let entry = &self.entries[at];
            let own_area = self.ground.pack().ledger(entry.ledger).area;
            if let Some(field) = own_area.filter(|field| entry.is_made() && entry.is_blank(*field)) {
                let value = self.next_code(at).unwrap_or_default();
                self.entries[at].fill(field, value);
            }
        }
    }

    /// The first free code of the next level below the owner's place.
    fn next_code(&mut self, entry: usize) -> Option<Value> {
        let (pack, ledger) = (self.ground.pack(), self.entries[entry].ledger);
        let (owner, field) = pack.ledger(ledger).of.zip(pack.ledger(ledger).area)?;
        let Kind::Area { level } = pack.ledger(ledger).field(field).kind else { return None };
        let Value::Id(id) = *self.entries[entry].value(owner.field) else { return None };
        let above = match self.ground.places.get(&owner.ledger).filter(|record| record.id == id) {
            Some(record) => record.area.to_string(),
            None => {
                let known = self.ground.known.get(&owner.ledger)?;
                known.records.iter().find(|record| record.id == id)?.area.to_string()
            }
        };
        let digits = level.digits().checked_sub(above.len())?;
        let areas = self.ground.actor.areas();
        let used = self.codes.entry(above.clone()).or_insert_with(|| {
            let within = areas.within(&above, level).filter_map(|area| area.code.get(above.len()..)?.parse().ok());
            within.max().unwrap_or(0)
        });
        *used += 1;
        let code = format!("{above}{used:0digits$}");
        (code.len() == level.digits()).then(|| Value::Text(code.into()))
    }

    /// Every record that would be written, by the rules of its ledger.
    fn check(&mut self, lines: &mut [RowLine]) {
        let (pack, today) = (self.ground.pack(), self.ground.today);
        let ground = &self.ground;
        let one = |(at, entry): (usize, &mut Entry)| {
            if !ground.would_write(entry) {
                return None;
            }
            let faults = entry.faults(pack, today);
            entry.faulty = !faults.is_empty();
            entry.faulty.then_some((at, faults))
        };
        let refused: Vec<(usize, Vec<Fault>)> = self.entries.par_iter_mut().enumerate().filter_map(one).collect();
        for (at, fault) in refused.into_iter().flat_map(|(at, faults)| faults.into_iter().map(move |it| (at, it))) {
            self.place_fault(fault, at, lines);
        }
    }

    /// Records that do not agree with what they name, marked where they say so.
    fn compare_with_named(&mut self, lines: &mut [RowLine]) {
        for (at, faults) in self.disagreeing() {
            self.entries[at].faulty = true;
            for (field, fault) in faults {
                self.mark(fault, at, field, lines);
            }
        }
    }

    /// A fault of a record at the row and column that told it; what no column tells is asked for all rows.
    fn place_fault(&mut self, what: Fault, at: usize, lines: &mut [RowLine]) {
        let entry = &self.entries[at];
        let (node, ledger, rows) = (entry.node, entry.ledger, &entry.rows);
        let definition = self.ground.pack().ledger(ledger);
        let Some(field) = definition.field_by_id(&what.path) else {
            if let Some(line) = rows.first().and_then(|row| lines.get_mut(*row)) {
                line.faults.push(fault(line.number, None, FaultKind::Other, what));
            }
            return;
        };
        let column = self.ground.column(node, field);
        let is_owner = definition.of.is_some_and(|owner| owner.field == field);
        if what.code == Code::Required && is_owner && column.is_none() {
            self.place = definition.of.map(|owner| owner.ledger);
            return;
        }
        // What tells people or things apart is not the same for all rows.
        let own = definition.born == Some(field)
            || definition.label.iter().any(|part| matches!(part, LabelPart::Field(named) if *named == field))
            || definition.unique.iter().any(|unique| unique.fields.contains(&field));
        if what.code == Code::Required && column.is_none() && !own {
            let key = self.ground.key(node, field);
            match self.missing.iter_mut().find(|missing| missing.key == key) {
                Some(missing) => missing.rows += rows.len(),
                None => self.missing.push(Missing { key, ledger, field, rows: rows.len() }),
            }
            return;
        }
        self.mark(what, at, field, lines);
    }

    /// A fault at the row that told a field, or else the first, and at its column.
    fn mark(&self, what: Fault, at: usize, field: FieldIx, lines: &mut [RowLine]) {
        let entry = &self.entries[at];
        let column = column_of(&self.ground.nodes, self.ground.recognised, entry.node, field);
        let teller = entry.teller(field);
        let told = entry.rows.iter().find(|row| teller.is_some() && lines.get(**row).map(|line| line.number) == teller);
        if let Some(line) = told.or(entry.rows.first()).and_then(|row| lines.get_mut(*row)) {
            let kind = match what.code {
                Code::Required => FaultKind::Required,
                Code::TooLate => FaultKind::DateInFuture,
                _ => FaultKind::Other,
            };
            line.faults.push(fault(line.number, column, kind, what));
        }
    }
}

impl Ground<'_> {
    /// Whether a record would be written if nothing is wrong with it.
    pub(super) fn would_write(&self, entry: &Entry) -> bool {
        !entry.rows.is_empty() && self.nodes[entry.node].makes && entry.is_changed()
    }

    /// What new records of a node take where nothing is said.
    fn fills(&self, node: usize) -> Vec<(FieldIx, Value)> {
        let pack = self.pack();
        let ledger = pack.ledger(self.nodes[node].ledger);
        let given = self.given.iter().filter(|((of, _), _)| *of == node);
        let given = given.map(|((_, field), value)| (*field, value.clone()));
        let defaults = self.sheet.defaults.iter().filter(|default| usize::from(default.path) == node);
        let defaults = defaults.filter_map(|default| match &default.value {
            DefaultValue::Text(text) => {
                let kind = &ledger.field(default.field).kind;
                Some((default.field, kind::parse(pack, kind, text).unwrap_or_default()))
            }
            DefaultValue::Latest(_) => None,
        });
        given.chain(defaults).collect()
    }

    /// What is given for all rows is named so: `household.batch`.
    fn key(&self, node: usize, field: FieldIx) -> String {
        let (path, id) = (&self.nodes[node].path, &self.pack().ledger(self.nodes[node].ledger).field(field).id);
        if path.is_empty() { id.clone() } else { format!("{path}.{id}") }
    }
}
