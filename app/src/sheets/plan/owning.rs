//! New records that would not own as many as their ledger says they must (`exactly` in the pack): told before anything is taken.

use std::collections::HashMap;

use anju_exchange::FaultKind;
use anju_pack::{FieldIx, LedgerIx, Predicate};
use anju_record::{Problem, Value, eval};
use uuid::Uuid;

use super::super::line::{RowLine, RowState};
use super::entry::Entry;
use super::fault;
use super::settle::Settling;

/// How many of something a record owns by what the rows say, and by those rows alone that stand.
#[derive(Clone, Copy, Default)]
struct Owned {
    told: i64,
    standing: i64,
}

impl Settling<'_> {
    /// Keeps out whatever a sheet makes that would break such a law; tells whether anything fell.
    pub(super) fn own_as_many(&mut self, lines: &mut [RowLine]) -> bool {
        let pack = self.ground.pack();
        let mut fell = Vec::new();
        let mut made: Vec<LedgerIx> =
            self.ground.nodes.iter().filter(|node| node.makes).map(|node| node.ledger).collect();
        made.sort_unstable();
        made.dedup();
        for ledger in made {
            for (law, one) in pack.ledger(ledger).exactly.iter().enumerate() {
                let Some(owner) = pack.ledger(one.of).of else { continue };
                let owned = self.owned((one.of, owner.field), one.predicate.as_ref(), lines);
                for (at, entry) in self.entries.iter().enumerate() {
                    let asked = || one.during.as_ref().is_none_or(|during| self.holds(entry, during));
                    if entry.ledger != ledger || !entry.is_made() || entry.faulty || !asked() {
                        continue;
                    }
                    let Owned { told, standing } = owned.get(&entry.id).copied().unwrap_or_default();
                    if standing != one.number {
                        let problem = Problem::not_as_many(pack, (ledger, law), entry.name(pack), told);
                        fell.push((at, (told != one.number).then_some(problem)));
                    }
                }
            }
        }
        for (at, problem) in &fell {
            self.entries[*at].faulty = true;
            let line = self.entries[*at].rows.first().and_then(|row| lines.get_mut(*row));
            if let (Some(line), Some(problem)) = (line, problem) {
                let place = &pack.ledger(self.entries[*at].ledger).title;
                line.faults.push(fault(line.number, None, FaultKind::Other, problem.clone().at("", place)));
            }
        }
        if !fell.is_empty() {
            self.hold(lines);
        }
        !fell.is_empty()
    }

    /// By owner, how many records of a ledger count.
    fn owned(
        &self,
        (ledger, owner): (LedgerIx, FieldIx),
        counts: Option<&Predicate>,
        lines: &[RowLine],
    ) -> HashMap<Uuid, Owned> {
        let mut owned: HashMap<Uuid, Owned> = HashMap::new();
        let of_ledger = self.entries.iter().filter(|entry| entry.ledger == ledger && !entry.rows.is_empty());
        for entry in of_ledger.filter(|entry| counts.is_none_or(|counts| self.holds(entry, counts))) {
            let Value::Id(id) = entry.value(owner) else { continue };
            let stands = |row: &usize| lines.get(*row).is_some_and(|line| line.state == RowState::Same);
            let count = owned.entry(*id).or_default();
            count.told += 1;
            count.standing += i64::from(!entry.faulty && entry.rows.iter().any(stands));
        }
        owned
    }

    fn holds(&self, entry: &Entry, predicate: &Predicate) -> bool {
        let told = |field: FieldIx| Some(entry.value(field));
        eval::holds_of(self.ground.pack(), predicate, &told, &|_, _| None, self.ground.today) == Some(true)
    }
}
