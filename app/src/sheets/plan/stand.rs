//! What hangs together stands or falls together; what stands is written.

use std::collections::BTreeMap;

use anju_pack::{FieldIx, LedgerIx};
use anju_record::{SmolStr, Value, eval};
use uuid::Uuid;

use super::super::line::{DryRun, RowLine, RowState};
use super::entry::Entry;
use super::settle::Settling;
use crate::alike::{for_life, stands};

impl Settling<'_> {
    /// A fault that keeps a whole group out keeps out every row of it.
    pub(super) fn keep_groups_out(&mut self, lines: &mut [RowLine]) {
        let groups: Vec<SmolStr> = lines
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
            let there = entry.before.iter().flat_map(|before| &before.values);
            if pers.contains(&entry.node) && entry.said.iter().map(|said| &said.value).chain(there).any(named) {
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
        let pack = self.ground.pack();
        let mut fell = false;
        for law in &self.ground.sheet.exactly {
            // How many of each new record's rows satisfy it; none where nobody speaks of it.
            let mut counted: Vec<Option<usize>> = vec![None; self.entries.len()];
            for line in lines.iter() {
                let per = line.entries.iter().find(|entry| self.entries[**entry].node == usize::from(law.per));
                let Some(per) = per.filter(|per| self.entries[**per].before.is_none()) else { continue };
                let count = counted[*per].get_or_insert(0);
                let own = line.entries.iter().find(|entry| self.entries[**entry].node == 0);
                let Some(own) = own.filter(|_| line.state == RowState::Same) else { continue };
                let own = &self.entries[*own];
                let told = |field: FieldIx| Some(own.value(field));
                let holds = eval::holds_of(pack, &law.one, &told, &|_, _| None, self.ground.today);
                *count += usize::from(holds == Some(true));
            }
            for (entry, count) in self.entries.iter_mut().zip(counted) {
                if count.is_some_and(|count| count != 1) && !entry.faulty {
                    entry.faulty = true;
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
                entry.is_written() && entry.told_by(line.number).next().is_some()
            };
            let made = line
                .entries
                .iter()
                .filter(own)
                .any(|entry| self.entries[*entry].before.is_none() && self.entries[*entry].is_written());
            let faulty = line.faults.iter().any(|fault| !fault.warning);
            line.state = if made {
                RowState::New
            } else if line.entries.iter().any(told) {
                RowState::Changed
            } else if faulty {
                // What it lists beside the wrong is there already.
                RowState::Faulty
            } else {
                RowState::Same
            };
        }
    }

    pub(super) fn finish(self, lines: Vec<RowLine>) -> DryRun {
        let mut of_nodes: Vec<Vec<usize>> = vec![Vec::new(); self.ground.nodes.len()];
        for (at, entry) in self.entries.iter().enumerate().filter(|(_, entry)| entry.is_written()) {
            of_nodes[entry.node].push(at);
        }
        let written: Vec<usize> = self.order.iter().flat_map(|node| std::mem::take(&mut of_nodes[*node])).collect();
        let mut made: Vec<(LedgerIx, usize, usize)> = Vec::new();
        for entry in written.iter().map(|at| &self.entries[*at]) {
            let at = made.iter().position(|(ledger, ..)| *ledger == entry.ledger).unwrap_or_else(|| {
                made.push((entry.ledger, 0, 0));
                made.len() - 1
            });
            match entry.before {
                None => made[at].1 += 1,
                Some(_) => made[at].2 += 1,
            }
        }
        let ended = self.ended();
        DryRun {
            rows: lines,
            ignored: Vec::new(),
            missing: self.missing,
            place: self.place,
            made,
            entries: self.entries,
            names: std::collections::HashMap::new(),
            many: self.ground.sheet.many.is_some(),
            ended,
            written,
        }
    }

    /// New records with a number that is somebody's for life and whose holder has ended.
    fn ended(&self) -> BTreeMap<usize, (FieldIx, Option<Uuid>)> {
        let pack = self.ground.pack();
        let ended = |entry: &Entry| {
            let known = &self.ground.known.get(&entry.ledger)?.ended;
            if known.is_empty() || !entry.is_made() || !stands(pack, entry.ledger, |field| Some(entry.value(field))) {
                return None;
            }
            for_life(pack, entry.ledger)
                .find_map(|field| Some((field, *known.get(&(field, entry.value(field).clone()))?)))
        };
        self.entries.iter().enumerate().filter_map(|(at, entry)| Some((at, ended(entry)?))).collect()
    }
}
