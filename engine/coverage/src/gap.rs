//! Gaps by name: what is there, what is needed, whose it is, since when and until when.

use std::collections::HashMap;

use anju_pack::{Bound, LedgerIx, MechanismIx, OwnerPath, RequirementIx};
use anju_shard::{Bits, Cell, ColumnKind, DAY_BASE, Shard, Table};
use uuid::Uuid;

use crate::outcome::{Outcome, Status};
use crate::period::last_day;
use crate::plan::{ClausePlan, JoinPlan, Plan, RulePlan};
use crate::run::Run;

/// Who must close a gap.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapOwner {
    /// A record: a person, a cadre, an organisation.
    Record(LedgerIx, Uuid),
    /// A name that stands as text.
    Named(String),
    /// Nobody nearer: the mechanism's office.
    Office(MechanismIx),
}

/// One subject that a requirement applies to and that does not meet it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The subject.
    pub subject: Uuid,
    /// Code of its place.
    pub area: String,
    /// What counts now: records, or parts met.
    pub have: u32,
    /// What is needed: records, or parts.
    pub need: u32,
    /// Whose it is.
    pub owner: GapOwner,
    /// The day it opened, if records tell.
    pub since: Option<i32>,
    /// The day by which it must be closed.
    pub due_on: Option<i32>,
    /// Parts that fail, for requirements made of others.
    pub failing: Vec<RequirementIx>,
}

/// The counted rows of each subject, whenever they hold.
enum Joined<'a> {
    Runs(std::borrow::Cow<'a, [u32]>),
    Lists(HashMap<usize, Vec<usize>>),
}

impl Outcome {
    /// The gaps of a requirement in a place, in the order of places. `plan` and `shard` are those that were evaluated.
    pub fn gaps(&self, plan: &Plan, shard: &Shard, requirement: RequirementIx, area: &str) -> Vec<Gap> {
        let mut rows = self.rows(requirement, Status::Gap);
        if let Some(areas) = self.areas(requirement).filter(|_| !self.county().starts_with(area)) {
            rows.and(&areas.within(area));
        }
        self.describe(plan, shard, requirement, &rows)
    }

    /// The gap of one subject, if it is one.
    pub fn gap(&self, plan: &Plan, shard: &Shard, requirement: RequirementIx, subject: Uuid) -> Option<Gap> {
        let row = shard.row_of(plan.subjects_of(requirement), subject)?;
        let mut rows = self.rows(requirement, Status::Gap);
        rows.get(row).then(|| {
            rows = Bits::zeros(rows.len());
            rows.put(row, true);
        })?;
        self.describe(plan, shard, requirement, &rows).pop()
    }

    fn describe(&self, plan: &Plan, shard: &Shard, requirement: RequirementIx, rows: &Bits) -> Vec<Gap> {
        let run = Run::new(plan, shard, self.day(), None);
        let mut teller = Teller {
            run: &run,
            joined: HashMap::new(),
            owners: Owners { shard, today: self.day(), links: HashMap::new() },
        };
        let each = plan.subjects_of(requirement);
        let due = plan.requirements[usize::from(requirement.0)].due;
        let told = rows.iter().filter_map(|row| {
            let Told { have, need, since, failing } = teller.tell(requirement, row);
            // Before the county worked under its requirements nobody could have closed a gap.
            let since = since
                .map(|since| plan.gaps_from.filter(|from| *from <= self.day()).map_or(since, |from| since.max(from)));
            Some(Gap {
                subject: shard.id_of(each, row)?,
                area: self.areas(requirement).map_or_else(String::new, |areas| areas.code(row).to_owned()),
                have,
                need,
                owner: teller.owners.of(plan, requirement, row),
                since,
                due_on: since.map(|since| since.saturating_add(due)),
                failing,
            })
        });
        told.collect()
    }
}

struct Told {
    have: u32,
    need: u32,
    since: Option<i32>,
    failing: Vec<RequirementIx>,
}

struct Teller<'a> {
    run: &'a Run<'a>,
    joined: HashMap<usize, Joined<'a>>,
    owners: Owners<'a>,
}

impl<'a> Teller<'a> {
    fn tell(&mut self, requirement: RequirementIx, row: usize) -> Told {
        let plan = &self.run.plan.requirements[usize::from(requirement.0)];
        let (parts, all) = match &plan.rule {
            RulePlan::Needs(clause) => return self.tell_clause(*clause, plan.each, row),
            RulePlan::AllOf(parts) => (parts, true),
            RulePlan::AnyOf(parts) => (parts, false),
        };
        let concerned: Vec<RequirementIx> =
            parts.iter().copied().filter(|part| self.run.verdict(*part).applicable.get(row)).collect();
        let failing: Vec<RequirementIx> =
            concerned.iter().copied().filter(|part| !self.run.verdict(*part).met.get(row)).collect();
        let opened: Vec<i32> = failing.iter().filter_map(|part| self.tell(*part, row).since).collect();
        let met = concerned.len() - failing.len();
        let since = if all { opened.iter().min() } else { opened.iter().max() }.copied();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Told { have: count(met), need: if all { count(concerned.len()) } else { 1 }, since, failing }
    }

    /// The gap opened on the day after the N-th latest record that counted ceased to, but not before the subject began.
    fn tell_clause(&mut self, at: usize, each: LedgerIx, row: usize) -> Told {
        let run = self.run;
        let clause = &run.plan.clauses[at];
        let need = match clause.bound {
            Bound::AtLeast(least) => least,
            Bound::AtMost(most) => most,
        };
        let selection = &run.plan.selections[clause.selection];
        let counted = run.selection(clause.selection);
        let fitting = selection.predicate.map(|predicate| run.predicate(predicate));
        let mut have = 0;
        let mut ran_out: Vec<i32> = Vec::new();
        for record in self.records(at, clause, row) {
            if counted.get(record) {
                have += 1;
            } else if fitting.is_none_or(|fitting| fitting.get(record)) {
                let last = span(run.shard, selection.ledger, record)
                    .filter(|(start, end)| start <= end && *start <= run.today)
                    .map(|(_, end)| last_day(selection.when, end))
                    .filter(|last| *last < run.today);
                ran_out.extend(last);
            }
        }
        let missing = (need as usize).saturating_sub(have as usize);
        ran_out.sort_unstable_by(|left, right| right.cmp(left));
        let began = span(run.shard, each, row).map(|(start, _)| start);
        let since = match missing.checked_sub(1).and_then(|at| ran_out.get(at)) {
            Some(last) => Some(began.map_or(last + 1, |began| began.max(last + 1))),
            None => began,
        };
        Told { have, need, since, failing: Vec::new() }
    }

    fn records(&mut self, at: usize, clause: &'a ClausePlan, row: usize) -> Vec<usize> {
        let run = self.run;
        let joined = self.joined.entry(at).or_insert_with(|| join(run, clause));
        match joined {
            Joined::Runs(runs) if row + 1 < runs.len() => (runs[row] as usize..runs[row + 1] as usize).collect(),
            Joined::Runs(_) => Vec::new(),
            Joined::Lists(lists) => lists.get(&row).cloned().unwrap_or_default(),
        }
    }
}

fn join<'a>(run: &Run<'a>, clause: &ClausePlan) -> Joined<'a> {
    let ledger = run.plan.selections[clause.selection].ledger;
    let rows = run.shard.table(ledger).map_or(0, Table::len);
    let mut lists: HashMap<usize, Vec<usize>> = HashMap::new();
    match &clause.join {
        JoinPlan::Itself => lists.extend((0..rows).map(|row| (row, vec![row]))),
        JoinPlan::Owned(chain) => return Joined::Runs(run.runs(chain)),
        JoinPlan::Walk(path) => {
            for row in 0..rows {
                let subject = path.iter().try_fold(row, |row, step| run.shard.follow(step.from, row, step.field));
                subject.into_iter().for_each(|subject| lists.entry(subject).or_default().push(row));
            }
        }
        JoinPlan::Match(at) => {
            let index = run.shard.match_index(*at);
            let mut groups: Vec<Vec<usize>> = vec![Vec::new(); index.groups];
            for (row, group) in index.counted.iter().enumerate() {
                if let Some(group) = groups.get_mut(*group as usize) {
                    group.push(row);
                }
            }
            for (subject, group) in index.subjects.iter().enumerate() {
                if let Some(group) = groups.get(*group as usize) {
                    lists.insert(subject, group.clone());
                }
            }
        }
    }
    Joined::Lists(lists)
}

/// First and last day of a row's period; an open end is `i32::MAX`.
fn span(shard: &Shard, ledger: LedgerIx, row: usize) -> Option<(i32, i32)> {
    let (start, end) = shard.shape().ledger(ledger)?.period?;
    let columns = shard.table(ledger)?.columns();
    let day = |column: usize| columns[column].cell(row).int().and_then(|day| i32::try_from(day - DAY_BASE).ok());
    let start = day(start)?;
    Some((start, end.map_or(start, |end| day(end).unwrap_or(i32::MAX))))
}

/// Finds owners; what refers to a record by another field than its owner's is looked up once.
struct Owners<'a> {
    shard: &'a Shard,
    today: i32,
    links: HashMap<(LedgerIx, u16), HashMap<usize, Vec<usize>>>,
}

impl Owners<'_> {
    fn of(&mut self, plan: &Plan, requirement: RequirementIx, row: usize) -> GapOwner {
        let requirement = &plan.requirements[usize::from(requirement.0)];
        requirement.owners.iter().find_map(|path| self.along(path, row)).unwrap_or(GapOwner::Office(requirement.office))
    }

    fn along(&mut self, path: &OwnerPath, row: usize) -> Option<GapOwner> {
        let end = path.up.iter().try_fold(row, |row, step| self.shard.follow(step.from, row, step.field))?;
        let candidates = match path.link {
            None => vec![end],
            Some(link) => self.linked(link, end),
        };
        let current = candidates.into_iter().filter_map(|row| match span(self.shard, path.ledger, row) {
            Some((start, end)) if start > self.today || end < self.today => None,
            Some((start, _)) => Some((std::cmp::Reverse(start), self.named(path, row)?)),
            None => Some((std::cmp::Reverse(i32::MIN), self.named(path, row)?)),
        });
        current.min().map(|(_, owner)| owner)
    }

    fn linked(&mut self, link: anju_pack::Step, end: usize) -> Vec<usize> {
        let shard = self.shard;
        let (Some(table), Some(shape)) = (shard.table(link.from), shard.shape().ledger(link.from)) else {
            return Vec::new();
        };
        if shape.owner.is_some_and(|(_, field)| field == link.field) {
            return match table.offsets().get(end..end + 2) {
                Some([start, end]) => (*start as usize..*end as usize).collect(),
                _ => Vec::new(),
            };
        }
        let index = self.links.entry((link.from, link.field.0)).or_insert_with(|| {
            let mut index: HashMap<usize, Vec<usize>> = HashMap::new();
            for row in 0..table.len() {
                shard
                    .follow(link.from, row, link.field)
                    .into_iter()
                    .for_each(|to| index.entry(to).or_default().push(row));
            }
            index
        });
        index.get(&end).cloned().unwrap_or_default()
    }

    fn named(&self, path: &OwnerPath, row: usize) -> Option<GapOwner> {
        let shape = self.shard.shape().ledger(path.ledger)?;
        let kind = shape.column(path.field).map(|column| shape.columns[column].kind);
        let to = match (kind, shape.owner) {
            (Some(ColumnKind::Ref(to)), _) => to,
            (None, Some((owner, field))) if field == path.field => Some(owner),
            _ => None,
        };
        match self.shard.cell(path.ledger, row, path.field) {
            Cell::Id(id) => Some(GapOwner::Record(to?, Uuid::from_u128(id))),
            Cell::Int(number) if kind == Some(ColumnKind::Text) => {
                self.shard.texts().text(number).map(|name| GapOwner::Named(name.to_owned()))
            }
            _ => None,
        }
    }
}
