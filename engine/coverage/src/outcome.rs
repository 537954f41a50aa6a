//! What an evaluation found: bitmaps with counts by place at every level.

use std::sync::Arc;

use anju_pack::{AreaLevel, LedgerIx, RequirementIx};
use anju_shard::{AreaRuns, Bits, Shard};
use uuid::Uuid;

use crate::plan::Plan;
use crate::run::{Run, Verdict};

/// How a requirement stands with one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It holds.
    Met,
    /// It does not.
    Gap,
    /// It does not, and need not.
    Exempt,
    /// It does not concern the subject.
    NotApplicable,
}

/// How many subjects stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// It holds.
    pub met: usize,
    /// It does not.
    pub gap: usize,
    /// It does not, and need not.
    pub exempt: usize,
    /// It does not concern the subject.
    pub not_applicable: usize,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.met += other.met;
        self.gap += other.gap;
        self.exempt += other.exempt;
        self.not_applicable += other.not_applicable;
    }
}

/// Every requirement over one county at one date.
#[derive(Debug, Clone)]
pub struct Outcome {
    day: i32,
    county: Box<str>,
    each: Vec<LedgerIx>,
    subjects: Vec<Option<Bits>>,
    verdicts: Vec<Verdict>,
    areas: Vec<Option<Arc<AreaRuns>>>,
}

impl Plan {
    /// Evaluates every requirement over a county at a date (days since 1970-01-01).
    pub fn evaluate(&self, shard: &Shard, today: i32) -> Outcome {
        let run = Run::new(self, shard, today, None);
        for requirement in (0..self.requirements.len()).filter_map(|at| u16::try_from(at).ok()) {
            run.verdict(RequirementIx(requirement));
        }
        let (subjects, verdicts) = run.take();
        let ledgers = (0u16..).map(LedgerIx).zip(&subjects);
        let areas = ledgers.map(|(ledger, rows)| rows.as_ref().map(|_| shard.area_runs(ledger))).collect();
        Outcome {
            day: today,
            county: shard.county().into(),
            each: self.requirements.iter().map(|requirement| requirement.each).collect(),
            subjects,
            verdicts,
            areas,
        }
    }
}

impl Outcome {
    /// The date of evaluation.
    pub const fn day(&self) -> i32 {
        self.day
    }

    /// The county.
    pub fn county(&self) -> &str {
        &self.county
    }

    /// The bitmaps of a requirement.
    pub fn verdict(&self, requirement: RequirementIx) -> &Verdict {
        &self.verdicts[usize::from(requirement.0)]
    }

    fn ledger(&self, requirement: RequirementIx) -> usize {
        usize::from(self.each[usize::from(requirement.0)].0)
    }

    /// Places of a requirement's subjects.
    pub fn areas(&self, requirement: RequirementIx) -> Option<&AreaRuns> {
        self.areas[self.ledger(requirement)].as_deref()
    }

    fn count_rows(&self, requirement: RequirementIx, start: usize, end: usize) -> Counts {
        let Verdict { applicable, met, exempt } = self.verdict(requirement);
        let concerned = applicable.count_in(start, end);
        let (met, exempt) = (met.count_in(start, end), exempt.count_in(start, end));
        let subjects = self.subjects[self.ledger(requirement)].as_ref().map_or(0, |rows| rows.count_in(start, end));
        Counts { met, exempt, gap: concerned - met - exempt, not_applicable: subjects - concerned }
    }

    /// Counts of a place and all below it; the empty code takes in the whole county.
    pub fn counts(&self, requirement: RequirementIx, area: &str) -> Counts {
        if self.county.starts_with(area) {
            return self.count_rows(requirement, 0, self.verdict(requirement).applicable.len());
        }
        let mut counts = Counts::default();
        for (start, end, _) in
            self.areas(requirement).into_iter().flat_map(AreaRuns::iter).filter(|(.., code)| code.starts_with(area))
        {
            counts += self.count_rows(requirement, start, end);
        }
        counts
    }

    /// Counts of every place of a level, in order of code. Subjects whose place lies above the level are in none.
    pub fn counts_by(&self, requirement: RequirementIx, level: AreaLevel) -> Vec<(String, Counts)> {
        let mut places: std::collections::BTreeMap<&str, Counts> = std::collections::BTreeMap::new();
        for (start, end, code) in self.areas(requirement).into_iter().flat_map(AreaRuns::iter) {
            if let Some(place) = code.get(..level.digits()) {
                *places.entry(place).or_default() += self.count_rows(requirement, start, end);
            }
        }
        places.into_iter().map(|(place, counts)| (place.to_owned(), counts)).collect()
    }

    /// How a requirement stands with one subject of the shard that was evaluated; `None` if there is no such subject on the date.
    pub fn status(&self, shard: &Shard, requirement: RequirementIx, subject: Uuid) -> Option<Status> {
        let ledger = self.each[usize::from(requirement.0)];
        let row = shard.row_of(ledger, subject)?;
        self.subjects[usize::from(ledger.0)].as_ref()?.get(row).then(|| self.status_of(requirement, row))
    }

    pub(crate) fn status_of(&self, requirement: RequirementIx, row: usize) -> Status {
        let verdict = self.verdict(requirement);
        if verdict.met.get(row) {
            Status::Met
        } else if verdict.exempt.get(row) {
            Status::Exempt
        } else if verdict.applicable.get(row) {
            Status::Gap
        } else {
            Status::NotApplicable
        }
    }

    /// Rows of the subjects that stand so, anywhere in the county.
    pub fn rows(&self, requirement: RequirementIx, status: Status) -> Bits {
        let verdict = self.verdict(requirement);
        match status {
            Status::Met => verdict.met.clone(),
            Status::Exempt => verdict.exempt.clone(),
            Status::Gap => {
                let mut gap = verdict.applicable.clone();
                gap.and_not(&verdict.met);
                gap.and_not(&verdict.exempt);
                gap
            }
            Status::NotApplicable => {
                let mut others = self.subjects[self.ledger(requirement)].clone().unwrap_or_default();
                others.and_not(&verdict.applicable);
                others
            }
        }
    }

    /// The subjects that stand so in a place, in the order of places.
    pub fn subjects(&self, shard: &Shard, requirement: RequirementIx, status: Status, area: &str) -> Vec<Uuid> {
        let ledger = self.each[usize::from(requirement.0)];
        let mut rows = self.rows(requirement, status);
        if let Some(areas) = self.areas(requirement).filter(|_| !self.county.starts_with(area)) {
            rows.and(&areas.within(area));
        }
        rows.iter().filter_map(|row| shard.id_of(ledger, row)).collect()
    }
}
