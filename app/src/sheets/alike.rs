//! New records of a sheet that may be there already, or twice in it: remarked at their rows, kept out of nothing.
//!
//! One pass over each ledger: what the rows' records are held by is gathered first, then the ledger is read once and only what meets it is kept.

use std::hash::BuildHasher;

use anju_exchange::{FaultKind, Recognised, RowFault};
use anju_pack::{Alike, FieldIx, LedgerIx, Step as Hop};
use anju_record::{Code, Problem, Record, Value};
use hashbrown::{DefaultHashBuilder, HashMap};
use rayon::prelude::*;
use uuid::Uuid;

use super::DryRun;
use super::plan::fault;
use crate::Actor;
use crate::alike::{Alikeness, alike_trait, looks_back, stands};
use crate::error::Result;
use crate::records::{Stored, unavailable};

/// What a new record is like.
enum Twin {
    /// A record that stands.
    There(Uuid),
    /// A record that is there and has ended.
    Ended(Uuid),
    /// One beyond what they may see.
    Beyond,
    /// The record of an earlier row.
    Row(usize),
}

/// New records, each with what it is like and by what.
type Twins = HashMap<usize, (Alikeness, Twin)>;

/// New records of one ledger.
struct News<'a> {
    actor: &'a Actor,
    ledger: LedgerIx,
    /// Their positions in the run.
    at: Vec<usize>,
    /// Rule by rule, fields of other records that the rules look at.
    beyond: HashMap<(FieldIx, LedgerIx), std::collections::HashMap<Uuid, Value>>,
    hashing: DefaultHashBuilder,
}

/// New records by the mark of what a rule holds them by, in order.
type Marked = Vec<(u64, usize)>;

impl Actor {
    /// Remarks rows whose new records may be there already.
    pub(super) async fn remark_alike(&self, recognised: &Recognised, run: &mut DryRun) -> Result<()> {
        let mut ledgers: Vec<LedgerIx> = run.entries.iter().map(|entry| entry.ledger).collect();
        ledgers.sort_unstable();
        ledgers.dedup();
        for ledger in ledgers {
            let is_new = |at: &usize| run.entries[*at].ledger == ledger && run.entries[*at].before.is_none();
            let at: Vec<usize> = (0..run.entries.len()).filter(is_new).collect();
            if at.is_empty() {
                continue;
            }
            let mut news =
                News { actor: self, ledger, at, beyond: HashMap::new(), hashing: DefaultHashBuilder::default() };
            news.look_beyond(run).await?;
            let mut twins = news.twins(run).await?;
            news.returned(run, &mut twins);
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
                let value = entry.value(place.field);
                if *value != Value::Null {
                    known.insert(entry.id, value.clone());
                }
            }
            self.beyond.insert((hop.field, hop.to), known);
        }
        Ok(())
    }

    /// What a rule holds these values by.
    fn held<'v>(&'v self, rule: &Alike, value: impl Fn(FieldIx) -> Option<&'v Value>) -> Option<String> {
        alike_trait(rule, value, |hop: Hop, id: Uuid| self.beyond.get(&(hop.field, hop.to))?.get(&id))
    }

    fn stands<'v>(&self, value: impl Fn(FieldIx) -> Option<&'v Value>) -> bool {
        stands(self.actor.pack(), self.ledger, value)
    }

    /// What a rule holds a new record by, if it stands.
    fn held_new(&self, run: &DryRun, rule: &Alike, at: usize) -> Option<String> {
        let value = |field: FieldIx| Some(run.entries[at].value(field));
        self.stands(value).then(|| self.held(rule, value))?
    }

    fn mark(&self, held: &str) -> u64 {
        self.hashing.hash_one(held)
    }

    /// New records by what a rule holds them by. Those with one mark are compared as a whole.
    fn wanted(&self, run: &DryRun, rule: &Alike) -> Marked {
        let marked = |at: &usize| Some((self.mark(&self.held_new(run, rule, *at)?), *at));
        let mut wanted: Marked = self.at.par_iter().filter_map(marked).collect();
        wanted.par_sort_unstable();
        wanted
    }

    /// New records that are like an earlier one of them, each with the first that it is like.
    fn repeated(&self, run: &DryRun, rule: &Alike, wanted: &[(u64, usize)]) -> Vec<(usize, usize)> {
        let mut repeated = Vec::new();
        for marked in wanted.chunk_by(|one, other| one.0 == other.0).filter(|marked| marked.len() > 1) {
            let mut first: HashMap<String, usize> = HashMap::new();
            for (_, at) in marked {
                if let Some(held) = self.held_new(run, rule, *at) {
                    let first = *first.entry(held).or_insert(*at);
                    repeated.extend((first != *at).then_some((*at, first)));
                }
            }
        }
        repeated
    }

    /// Whoever held a number for life is surer than what a rule tells.
    fn returned(&self, run: &DryRun, twins: &mut Twins) {
        for (at, (field, there)) in run.ended.iter().filter(|(at, _)| run.entries[**at].ledger == self.ledger) {
            twins.insert(*at, (Alikeness::Ended(*field), there.map_or(Twin::Beyond, Twin::Ended)));
        }
    }

    /// What each new record is like, the surest rule first.
    async fn twins(&self, run: &DryRun) -> Result<Twins> {
        let pack = self.actor.pack();
        let rules = &pack.ledger(self.ledger).alike;
        if rules.is_empty() {
            return Ok(Twins::new());
        }
        let wanted: Vec<Marked> = rules.par_iter().map(|rule| self.wanted(run, rule)).collect();
        let mut twins = Twins::new();
        for (at_rule, (rule, wanted)) in rules.iter().zip(&wanted).enumerate() {
            for (at, first) in self.repeated(run, rule, wanted) {
                twins.entry(at).or_insert((Alikeness::Rule(at_rule), Twin::Row(first)));
            }
        }
        let mut each = |record: Record| {
            let value = |field: FieldIx| record.values.get(usize::from(field.0));
            let stands = self.stands(value);
            let asks = |rule: &Alike| stands || looks_back(rule);
            for (at_rule, (rule, wanted)) in rules.iter().zip(&wanted).enumerate().filter(|(_, (rule, _))| asks(rule)) {
                let why = Alikeness::Rule(at_rule);
                let Some(held) = self.held(rule, value) else { continue };
                let mark = self.mark(&held);
                let marked = wanted.iter().skip(wanted.partition_point(|(known, _)| *known < mark));
                let alike = marked.take_while(|(known, _)| *known == mark).map(|(_, at)| at);
                for at in alike {
                    // What stands is shown before what has ended.
                    let surer = |(by, twin): &(Alikeness, Twin)| why < *by || stands && !matches!(twin, Twin::There(_));
                    if twins.get(at).is_none_or(surer) && self.held_new(run, rule, *at).as_ref() == Some(&held) {
                        let twin = if stands { Twin::There(record.id) } else { Twin::Ended(record.id) };
                        twins.insert(*at, (why, twin));
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
    async fn remark(&self, run: &mut DryRun, recognised: &Recognised, twins: Twins) -> Result<()> {
        let mut there: Vec<Uuid> = (twins.values())
            .filter_map(|(_, twin)| match twin {
                Twin::There(id) | Twin::Ended(id) => Some(*id),
                Twin::Beyond | Twin::Row(_) => None,
            })
            .collect();
        there.sort_unstable();
        there.dedup();
        let seen: std::collections::HashMap<Uuid, Stored> = self.actor.seen_of(self.ledger, &there).await?;
        if twins.is_empty() {
            return Ok(());
        }
        let mut first: HashMap<usize, usize> = HashMap::new();
        for (position, line) in run.rows.iter().enumerate() {
            // Also of those that are like nobody: who is like one of them is told the row.
            for entry in line.entries.iter().filter(|entry| run.entries[**entry].ledger == self.ledger) {
                first.entry(*entry).or_insert(position);
            }
        }
        for (at, (why, twin)) in twins {
            let Some(position) = first.get(&at).copied() else { continue };
            let name = run.entries[at].name(self.actor.pack());
            let problem = match twin {
                Twin::Beyond => Problem::new(Code::LikeOneElsewhere, name, []),
                Twin::There(id) | Twin::Ended(id) => match seen.get(&id) {
                    Some(stored) => {
                        let number = self.actor.number_of(stored);
                        let there = self.actor.known_as(&stored.name, &stored.record.area, number);
                        let ended = matches!(twin, Twin::Ended(_));
                        Problem::new(if ended { Code::LikeOneEnded } else { Code::LikeAnother }, name, [there])
                    }
                    None => Problem::new(Code::LikeOneElsewhere, name, []),
                },
                Twin::Row(other) => {
                    let row = first.get(&other).map(|position| run.rows[*position].number).unwrap_or_default();
                    Problem::new(Code::LikeRow, name, [row.to_string(), run.entries[other].name(self.actor.pack())])
                }
            };
            let (row, column) = (run.rows[position].number, self.column(recognised, why));
            let problem = problem.at("", &why.in_words(self.actor.pack(), self.ledger));
            run.rows[position]
                .faults
                .push(RowFault { warning: true, ..fault(row, column, FaultKind::LikeAnother, problem) });
        }
        Ok(())
    }

    /// The column that told what sounds alike, or else is the same.
    fn column(&self, recognised: &Recognised, why: Alikeness) -> Option<u32> {
        let field = match why {
            Alikeness::Repeated(field) => Some(field),
            Alikeness::Ended(field) => Some(field),
            Alikeness::Rule(at) => {
                let rule = self.actor.pack().ledger(self.ledger).alike.get(at)?;
                let own = rule.same.iter().find(|place| place.path.is_empty()).map(|place| place.field);
                rule.sounds.or(own)
            }
        }?;
        recognised.column_of_ledger(self.ledger, field)
    }
}
