//! Every requirement of a place on a day, and the names behind each gap.

use anju_coverage::{Counts, Gap};
use anju_pack::{RequirementIx, Text};
use serde::Serialize;
use uuid::Uuid;

use crate::actor::Seen;
use crate::error::{Error, Result};
use crate::{Actor, App, Scope};

/// One requirement's coverage.
#[derive(Debug, Clone, Serialize)]
pub struct CoverageLine {
    /// Id of the requirement.
    pub id: String,
    /// Row of the requirements table.
    pub row: String,
    /// Id of the mechanism.
    pub mechanism: String,
    /// What it asks.
    pub title: Text,
    /// The place.
    pub area: String,
    /// Subjects that meet it.
    pub met: usize,
    /// Subjects that do not.
    pub gap: usize,
    /// Subjects that do not, and are exempted.
    pub exempt: usize,
    /// Subjects it does not apply to.
    pub not_applicable: usize,
}

/// One gap by name.
#[derive(Debug, Clone, Serialize)]
pub struct GapLine {
    /// The subject's id.
    pub subject_id: Uuid,
    /// The subject's name.
    pub subject: String,
    /// Code of its place.
    pub area: String,
    /// How many there are.
    pub have: u32,
    /// How many there must be.
    pub need: u32,
    /// Who closes it.
    pub owner: String,
    /// The day by which it must be closed, as 2020-05-16; none when the ledgers do not say when it opened.
    pub due_on: Option<String>,
}

impl Actor {
    /// The coverage of every requirement that the actor sees, in the order of mechanisms and rows.
    pub fn coverage(&self, scope: &Scope) -> Vec<CoverageLine> {
        let seen = self.pack().requirement_ixs().filter(|ix| self.sees(*ix));
        let mut lines: Vec<_> = seen.map(|ix| (ix, self.counts(ix, scope))).collect();
        lines.sort_by_key(|(ix, _)| self.place_on_pages(*ix));
        lines.into_iter().map(|(ix, counts)| self.line(ix, &scope.area, counts)).collect()
    }

    fn line(&self, ix: RequirementIx, area: &str, counts: Counts) -> CoverageLine {
        let requirement = self.pack().requirement(ix);
        CoverageLine {
            id: requirement.id.clone(),
            row: requirement.row.clone(),
            mechanism: self.pack().mechanism(requirement.mechanism).id.clone(),
            title: requirement.title.clone(),
            area: area.to_owned(),
            met: counts.met,
            gap: counts.gap,
            exempt: counts.exempt,
            not_applicable: counts.not_applicable,
        }
    }

    /// The gaps of a requirement in a place that the actor sees, the earliest deadline first.
    pub fn gaps(&self, ix: RequirementIx, scope: &Scope) -> Vec<Gap> {
        let each = self.pack().requirement(ix).each;
        let mut gaps = self.evaluated([scope.on], |shard, [outcome]| {
            let all = || outcome.gaps(self.plan(), shard, ix, &scope.area);
            match self.seen(shard, ix, &scope.area) {
                Seen::Nothing => Vec::new(),
                Seen::Whole => all(),
                Seen::Rows(rows) => {
                    let mut gaps = all();
                    gaps.retain(|gap| shard.row_of(each, gap.subject).is_some_and(|row| rows.get(row)));
                    gaps
                }
            }
        });
        gaps.sort_by(|a, b| (a.due_on, &a.area, a.subject).cmp(&(b.due_on, &b.area, b.subject)));
        gaps
    }
}

impl App {
    /// The requirement of that id.
    ///
    /// # Errors
    /// `Invalid` that names the nearest id.
    pub fn requirement(&self, id: &str) -> Result<RequirementIx> {
        self.pack().requirement_by_id(id).ok_or_else(|| {
            let known = self.pack().requirements.iter().map(|requirement| requirement.id.as_str());
            Error::unknown("requirement", id, known)
        })
    }
}
