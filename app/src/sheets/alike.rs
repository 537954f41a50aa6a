//! New records of a sheet that may be there already, or twice in it: remarked at their rows, kept out of nothing.
//!
//! One pass over each ledger: what the rows' records are held by is gathered first, then the ledger is read once and only what meets it is kept.

use anju_exchange::{FaultKind, Recognised, RowFault};
use anju_pack::{FieldIx, LedgerIx, Step as Hop};
use anju_record::{Code, Problem, Record, Value};
use hashbrown::HashMap;
use rayon::prelude::*;
use uuid::Uuid;

use super::DryRun;
use crate::Actor;
use crate::alike::{alike_trait, alike_words, stands};
use crate::error::Result;
use crate::records::{Stored, unavailable};

/// Ids asked for at once.
const AT_ONCE: usize = 5_000;

/// What a rule holds a new record by.
type Held = (usize, String);

/// What a new record is like.
enum Twin {
    /// A record that stands.
    There(Uuid),
    /// The record of an earlier row.
    Row(usize),
}

/// New records of one ledger.
struct News<'a> {
    actor: &'a Actor,
    ledger: LedgerIx,
    /// Their positions in the run.
    at: Vec<usize>,
    /// Rule by rule, fields of other records that the rules look at.
    beyond: HashMap<(FieldIx, LedgerIx), std::collections::HashMap<Uuid, Value>>,
}

impl Actor {
    /// Remarks rows whose new records may be there already.
    pub(super) async fn remark_alike(&self, recognised: &Recognised, run: &mut DryRun) -> Result<()> {
        let mut ledgers: Vec<LedgerIx> = run.entries.iter().map(|entry| entry.ledger).collect();
        ledgers.sort_unstable();
        ledgers.dedup();
        ledgers.retain(|ledger| !self.pack().ledger(*ledger).alike.is_empty());
        for ledger in ledgers {
            let is_new = |at: &usize| run.entries[*at].ledger == ledger && run.entries[*at].before.is_none();
            let at: Vec<usize> = (0..run.entries.len()).filter(is_new).collect();
            if at.is_empty() {
                continue;
            }
            let mut news = News { actor: self, ledger, at, beyond: HashMap::new() };
            news.look_beyond(run).await?;
            let twins = news.twins(run).await?;
            news.remark(run, recognised, twins).await?;
        }
        Ok(())
    }
}

impl News<'_> {
    /// Reads what the rules look at beyond the ledger, as it stands and as the sheet tells it.
    async fn look_beyond(&mut self, run: &DryRun) -> Result<()> {
        for place in self.actor.pack().ledger(self.ledger).alike.iter().flat_map(|rule| &rule.same) {
            let Some(hop) = place.path.first() else { continue };
            let mut known = self.actor.values_of(place, *hop).await?;
            for entry in run.entries.iter().filter(|entry| entry.ledger == hop.to) {
                if let Some(value) = entry.values.get(usize::from(place.field.0)).filter(|value| **value != Value::Null)
                {
                    known.insert(entry.id(), value.clone());
                }
            }
            self.beyond.insert((hop.field, hop.to), known);
        }
        Ok(())
    }

    fn held<'v>(&'v self, values: &'v [Value]) -> Vec<Held> {
        let follow = |hop: Hop, id: Uuid| self.beyond.get(&(hop.field, hop.to))?.get(&id);
        let rules = self.actor.pack().ledger(self.ledger).alike.iter().enumerate();
        rules.filter_map(|(at, rule)| Some((at, alike_trait(rule, values, follow)?))).collect()
    }

    /// What each new record is like, the surest rule first.
    async fn twins(&self, run: &DryRun) -> Result<HashMap<usize, (usize, Twin)>> {
        let pack = self.actor.pack();
        let mut twins: HashMap<usize, (usize, Twin)> = HashMap::new();
        let mut wanted: HashMap<Held, Vec<usize>> = HashMap::new();
        let held = |at: &usize| {
            let values = &run.entries[*at].values;
            if stands(pack, self.ledger, values) { self.held(values) } else { Vec::new() }
        };
        let held: Vec<Vec<Held>> = self.at.par_iter().map(held).collect();
        for (at, held) in self.at.iter().zip(held) {
            for held in held {
                let rule = held.0;
                let earlier = wanted.entry(held).or_default();
                if let Some(first) = earlier.first() {
                    twins.entry(*at).or_insert((rule, Twin::Row(*first)));
                }
                earlier.push(*at);
            }
        }
        let mut each = |record: Record| {
            if !stands(pack, self.ledger, &record.values) {
                return;
            }
            for held in self.held(&record.values) {
                for at in wanted.get(&held).into_iter().flatten() {
                    let surer = twins.get(at).is_none_or(|(rule, twin)| held.0 < *rule || matches!(twin, Twin::Row(_)));
                    if surer {
                        twins.insert(*at, (held.0, Twin::There(record.id)));
                    }
                }
            }
        };
        let (store, county) = (self.actor.store(), self.actor.county_code());
        store.load(pack, county, self.ledger, &self.columns(), &mut each).await.map_err(unavailable)?;
        Ok(twins)
    }

    /// The fields that the rules look at, and the end of the period.
    fn columns(&self) -> Vec<FieldIx> {
        let definition = self.actor.pack().ledger(self.ledger);
        let same = definition.alike.iter().flat_map(|rule| &rule.same);
        let own = same.map(|place| place.path.first().map_or(place.field, |hop| hop.field));
        let sounds = definition.alike.iter().filter_map(|rule| rule.sounds);
        let mut columns: Vec<FieldIx> =
            own.chain(sounds).chain(definition.period.and_then(|period| period.end)).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Says at the first row of each new record what it is like.
    async fn remark(
        &self,
        run: &mut DryRun,
        recognised: &Recognised,
        twins: HashMap<usize, (usize, Twin)>,
    ) -> Result<()> {
        let mut there: Vec<Uuid> = (twins.values())
            .filter_map(|(_, twin)| match twin {
                Twin::There(id) => Some(*id),
                Twin::Row(_) => None,
            })
            .collect();
        there.sort_unstable();
        there.dedup();
        let mut seen: std::collections::HashMap<Uuid, Stored> = std::collections::HashMap::new();
        for ids in there.chunks(AT_ONCE) {
            seen.extend(self.actor.seen_of(self.ledger, ids).await?);
        }
        let mut first: HashMap<usize, usize> = HashMap::new();
        for (position, line) in run.rows.iter().enumerate() {
            // Also of those that are like nobody: who is like one of them is told the row.
            for entry in line.entries.iter().filter(|entry| run.entries[**entry].ledger == self.ledger) {
                first.entry(*entry).or_insert(position);
            }
        }
        for (at, (rule, twin)) in twins {
            let Some(position) = first.get(&at).copied() else { continue };
            let name = run.entries[at].name(self.actor);
            let problem = match twin {
                Twin::There(id) => match seen.get(&id) {
                    Some(stored) => {
                        let number = self.actor.number_of(stored);
                        let there = self.actor.known_as(&stored.name, &stored.record.area, number);
                        Problem::new(Code::LikeAnother, name, [there])
                    }
                    None => Problem::new(Code::LikeOneElsewhere, name, []),
                },
                Twin::Row(other) => {
                    let row = first.get(&other).map(|position| run.rows[*position].number).unwrap_or_default();
                    Problem::new(Code::LikeRow, name, [row.to_string(), run.entries[other].name(self.actor)])
                }
            };
            let (row, column) = (run.rows[position].number, self.column(recognised, rule));
            let fault = problem.at("", &alike_words(self.actor.pack(), self.ledger, rule));
            let kind = FaultKind::LikeAnother;
            run.rows[position].faults.push(RowFault {
                row,
                column,
                kind,
                fault,
                warning: true,
                group: None,
                item: None,
            });
        }
        Ok(())
    }

    /// The column that told what sounds alike, or else is the same.
    fn column(&self, recognised: &Recognised, rule: usize) -> Option<u32> {
        let rule = self.actor.pack().ledger(self.ledger).alike.get(rule)?;
        let own = rule.same.iter().find(|place| place.path.is_empty()).map(|place| place.field);
        let field = rule.sounds.or(own)?;
        recognised.column_of_ledger(self.ledger, field)
    }
}
