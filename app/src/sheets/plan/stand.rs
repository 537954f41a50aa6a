//! What hangs together stands or falls together; what stands is written.

use anju_pack::LedgerIx;
use anju_record::{Record, Value, eval};
use anju_store::Write;
use hashbrown::HashMap;

use super::super::line::{DryRun, RowLine, RowState};
use super::Planner;

impl Planner<'_> {
    /// A fault that keeps a whole group out keeps out every row of it.
    pub(super) fn keep_groups_out(&mut self, lines: &mut [RowLine]) {
        let groups: Vec<Box<str>> = lines
            .iter()
            .flat_map(|line| &line.faults)
            .filter(|fault| !fault.warning)
            .filter_map(|fault| fault.group.clone())
            .collect();
        if groups.is_empty() {
            return;
        }
        let pers: Vec<usize> = self.ground.sheet.exactly.iter().map(|law| usize::from(law.per)).collect();
        for entry in &mut self.entries {
            let named =
                |value: &Value| matches!(value, Value::Text(text) if groups.iter().any(|group| **group == **text));
            if pers.contains(&entry.node) && entry.values.iter().any(named) {
                entry.faulty = true;
            }
        }
    }

    /// Rows with a faulty record do not stand; tells whether another row fell.
    pub(super) fn hold(&mut self, lines: &mut [RowLine]) -> bool {
        let many = self.ground.sheet.many.is_some();
        let mut fell = false;
        for line in lines.iter_mut() {
            let faulty = line.faults.iter().any(|fault| !fault.warning);
            let hangs = line.entries.iter().any(|entry| self.entries[*entry].faulty);
            let next = match line.state {
                RowState::Same if faulty && !many => RowState::Faulty,
                RowState::Same if hangs && faulty => RowState::Faulty,
                RowState::Same if hangs => RowState::Held,
                other => other,
            };
            fell |= next != line.state;
            line.state = next;
        }
        fell
    }

    /// A new record that must have exactly one of its rows has it among the rows that stand; tells whether another group fell.
    pub(super) fn exactly(&mut self, lines: &mut [RowLine]) -> bool {
        let pack = self.ground.actor.pack();
        let mut fell = false;
        for law in &self.ground.sheet.exactly {
            let mut counted: HashMap<usize, usize> = HashMap::new();
            for line in lines.iter() {
                let per = line.entries.iter().find(|entry| self.entries[**entry].node == usize::from(law.per));
                let Some(per) = per.filter(|per| self.entries[**per].before.is_none()) else { continue };
                let count = counted.entry(*per).or_insert(0);
                let own = line.entries.iter().find(|entry| self.entries[**entry].node == 0);
                let Some(own) = own.filter(|_| line.state == RowState::Same) else { continue };
                let entry = &mut self.entries[*own];
                // Lent for the question: copying every record for it is dear.
                let values = std::mem::take(&mut entry.values);
                let record = Record { id: entry.id, version: 1, area: Box::default(), values };
                let holds = eval::holds(pack, &law.one, &record, &|_, _| None, self.ground.today);
                entry.values = record.values;
                *count += usize::from(holds == Some(true));
            }
            for (entry, count) in counted {
                if count != 1 && !self.entries[entry].faulty {
                    self.entries[entry].faulty = true;
                    fell = true;
                }
            }
        }
        if fell {
            self.hold(lines);
        }
        fell
    }

    pub(super) fn name_states(&mut self, lines: &mut [RowLine]) {
        for line in lines.iter_mut().filter(|line| line.state == RowState::Same) {
            for entry in &line.entries {
                self.entries[*entry].taken = true;
            }
        }
        for line in lines.iter_mut().filter(|line| line.state == RowState::Same && !line.entries.is_empty()) {
            let own = |entry: &&usize| self.entries[**entry].node == 0;
            let told = |entry: &usize| {
                let entry = &self.entries[*entry];
                entry.is_written() && entry.told.contains(&Some(line.number))
            };
            let made = line
                .entries
                .iter()
                .filter(own)
                .any(|entry| self.entries[*entry].before.is_none() && self.entries[*entry].is_written());
            line.state = if made {
                RowState::New
            } else if line.entries.iter().any(told) {
                RowState::Changed
            } else {
                RowState::Same
            };
        }
    }

    pub(super) fn finish(mut self, lines: Vec<RowLine>) -> DryRun {
        let (mut writes, mut of_rows) = (Vec::new(), Vec::new());
        let mut made: Vec<(LedgerIx, usize, usize)> = Vec::new();
        for node in &self.order {
            for entry in self.entries.iter_mut().filter(|entry| entry.node == *node && entry.is_written()) {
                let Some(valid) = entry.valid.take() else { continue };
                let at = match made.iter().position(|(ledger, ..)| *ledger == entry.ledger) {
                    Some(at) => at,
                    None => {
                        made.push((entry.ledger, 0, 0));
                        made.len() - 1
                    }
                };
                writes.push(match &entry.before {
                    None => {
                        made[at].1 += 1;
                        Write::Insert(valid)
                    }
                    Some(before) => {
                        made[at].2 += 1;
                        Write::Update { valid, expected_version: before.version }
                    }
                });
                let row = entry.rows.iter().find_map(|row| lines.get(*row)).map_or(0, |line| line.number);
                of_rows.push((row, *node));
            }
        }
        DryRun {
            rows: lines,
            ignored: Vec::new(),
            missing: std::mem::take(&mut self.missing),
            place: self.place,
            made,
            entries: self.entries,
            writes,
            of_rows,
        }
    }
}
