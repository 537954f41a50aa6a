//! Every record of all rows: filled with what no column tells, and checked.

use anju_exchange::FaultKind;
use anju_pack::{DefaultValue, FieldIx, Kind, LabelPart, LedgerIx, SheetDefault};
use anju_record::{Code, Fault, Valid, Value, kind, validate_values};
use rayon::prelude::*;

use super::super::line::{DryRun, Missing, RowLine};
use super::super::nodes::column_of;
use super::{Entry, Planner, fault};

impl Planner<'_> {
    /// Fills what no column tells, checks every record, and lets what hangs together stand or fall together.
    pub(super) fn settle(mut self, mut lines: Vec<RowLine>) -> DryRun {
        self.fill(&lines);
        self.check(&mut lines);
        self.compare_with_named(&mut lines);
        self.keep_groups_out(&mut lines);
        loop {
            let held = self.hold(&mut lines);
            if !held && !self.exactly(&mut lines) {
                break;
            }
        }
        self.name_states(&mut lines);
        self.finish(lines)
    }

    /// What is told for all rows, and codes of places that are made.
    fn fill(&mut self, lines: &[RowLine]) {
        for at in 0..self.entries.len() {
            if self.entries[at].before.is_some() || self.entries[at].rows.is_empty() {
                continue;
            }
            let (node, ledger) = (self.entries[at].node, self.entries[at].ledger);
            let values = &mut self.entries[at].values;
            for ((_, field), value) in self.ground.given.iter().filter(|((of, _), _)| *of == node) {
                if let Some(blank) = values.get_mut(usize::from(field.0)).filter(|known| **known == Value::Null) {
                    blank.clone_from(value);
                }
            }
            for default in self.ground.sheet.defaults.iter().filter(|default| usize::from(default.path) == node) {
                let slot = usize::from(default.field.0);
                if self.entries[at].values[slot] == Value::Null {
                    self.entries[at].values[slot] = self.default_value(at, default, lines);
                }
            }
            let own_area = self.pack().ledger(ledger).area;
            if let Some(field) = own_area.filter(|field| self.entries[at].values[usize::from(field.0)] == Value::Null) {
                self.entries[at].values[usize::from(field.0)] = self.next_code(at, ledger).unwrap_or_default();
            }
        }
    }

    /// What the sheet's definition gives a new record where nothing is said.
    fn default_value(&self, entry: usize, default: &SheetDefault, lines: &[RowLine]) -> Value {
        let entry = &self.entries[entry];
        match &default.value {
            DefaultValue::Text(text) => {
                let kind = &self.pack().ledger(entry.ledger).field(default.field).kind;
                kind::parse(self.pack(), kind, text).unwrap_or_default()
            }
            DefaultValue::Latest(places) => {
                let rows = entry.rows.iter().filter_map(|row| lines.get(*row));
                let beside = rows.flat_map(|line| &line.entries).map(|at| &self.entries[*at]);
                let days = beside.flat_map(|other| {
                    places.iter().filter(|(path, _)| usize::from(*path) == other.node).filter_map(|(_, field)| {
                        match other.values[usize::from(field.0)] {
                            Value::Date(day) => Some(day),
                            _ => None,
                        }
                    })
                });
                days.max().map_or(Value::Null, Value::Date)
            }
        }
    }

    /// The first free code of the next level below the owner's place.
    fn next_code(&mut self, entry: usize, ledger: LedgerIx) -> Option<Value> {
        let pack = self.ground.actor.pack();
        let (owner, field) = pack.ledger(ledger).of.zip(pack.ledger(ledger).area)?;
        let Kind::Area { level } = pack.ledger(ledger).field(field).kind else { return None };
        let Value::Id(id) = self.entries[entry].values[usize::from(owner.field.0)] else { return None };
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

    /// Every record by the rules of its ledger.
    fn check(&mut self, lines: &mut [RowLine]) {
        for (at, checked) in self.checked().into_iter().enumerate() {
            match checked {
                None => {}
                Some(Ok(valid)) => self.entries[at].valid = Some(valid),
                Some(Err(faults)) => self.refuse(at, faults, lines),
            }
        }
    }

    /// Records that do not agree with what they name, marked where they say so.
    fn compare_with_named(&mut self, lines: &mut [RowLine]) {
        for (at, faults) in self.disagreeing() {
            let entry = &mut self.entries[at];
            (entry.faulty, entry.valid) = (true, None);
            let entry = &self.entries[at];
            for (field, fault) in faults {
                self.mark(fault, (entry.node, field), (&entry.rows, &entry.told), lines);
            }
        }
    }

    /// A record that cannot be written so, with the reasons at its rows.
    fn refuse(&mut self, at: usize, faults: Vec<Fault>, lines: &mut [RowLine]) {
        let entry = &mut self.entries[at];
        (entry.faulty, entry.valid) = (true, None);
        let (node, ledger, rows, told) = (entry.node, entry.ledger, entry.rows.clone(), entry.told.clone());
        for fault in faults {
            self.place_fault(fault, (node, ledger), &rows, &told, lines);
        }
    }

    /// What the rules say of each record; none for one that is not written.
    fn checked(&self) -> Vec<Option<Result<Valid, Vec<Fault>>>> {
        let (pack, today) = (self.pack(), self.ground.today);
        let makes: Vec<bool> = self.ground.nodes.iter().map(|node| node.makes).collect();
        let one = |entry: &Entry| {
            let written = !entry.rows.is_empty() && makes[entry.node] && entry.is_changed();
            written.then(|| validate_values(pack, entry.ledger, entry.id, entry.values.clone(), today))
        };
        self.entries.par_iter().map(one).collect()
    }

    /// A fault of a record at the row and column that told it; what no column tells is asked for all rows.
    fn place_fault(
        &mut self,
        what: Fault,
        (node, ledger): (usize, LedgerIx),
        rows: &[usize],
        told: &[Option<u32>],
        lines: &mut [RowLine],
    ) {
        let definition = self.pack().ledger(ledger);
        let Some(field) = definition.field_by_id(&what.path) else {
            if let Some(line) = rows.first().and_then(|row| lines.get_mut(*row)) {
                line.faults.push(fault(line.number, None, FaultKind::Other, what));
            }
            return;
        };
        let column = self.column(node, field);
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
            let path = &self.ground.nodes[node].path;
            let id = &definition.field(field).id;
            let key = if path.is_empty() { id.clone() } else { format!("{path}.{id}") };
            match self.missing.iter_mut().find(|missing| missing.key == key) {
                Some(missing) => missing.rows += rows.len(),
                None => self.missing.push(Missing { key, ledger, field, rows: rows.len() }),
            }
            return;
        }
        self.mark(what, (node, field), (rows, told), lines);
    }

    /// A fault at the row that told a field, or else the first, and at its column.
    fn mark(
        &self,
        what: Fault,
        (node, field): (usize, FieldIx),
        (rows, told): (&[usize], &[Option<u32>]),
        lines: &mut [RowLine],
    ) {
        let column = column_of(&self.ground.nodes, self.ground.recognised, node, field);
        let teller = told.get(usize::from(field.0)).copied().flatten();
        let at = rows.iter().find(|row| teller.is_some() && lines.get(**row).map(|line| line.number) == teller);
        if let Some(line) = at.or(rows.first()).and_then(|row| lines.get_mut(*row)) {
            let kind = match what.code {
                Code::Required => FaultKind::Required,
                Code::TooLate => FaultKind::DateInFuture,
                _ => FaultKind::Other,
            };
            line.faults.push(fault(line.number, column, kind, what));
        }
    }
}
