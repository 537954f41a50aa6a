//! Processes, roles, the county's profile and stories.

use serde::Serialize;

use super::{Field, FieldIx, LedgerIx, MechanismIx, Origin, RequirementIx, Text};
use crate::predicate::Literal;

/// A case type.
#[derive(Debug, Clone, Serialize)]
pub struct Process {
    /// Stable id.
    pub id: String,
    /// Name.
    pub title: Text,
    /// Row of the requirements table.
    pub row: String,
    /// Whose it is.
    pub mechanism: MechanismIx,
    /// What a case is about.
    pub of: LedgerIx,
    /// States; the first is where it starts, the last where it ends.
    pub states: Vec<String>,
    /// Transitions.
    pub steps: Vec<ProcessStep>,
    /// Fields a case collects.
    pub fields: Vec<Field>,
    /// Its one step confirms each write of `of`: the writer's change waits for a second person who holds a role of `by`.
    pub approval: bool,
    /// Where it is written.
    pub origin: Origin,
}

/// A transition of a process.
#[derive(Debug, Clone, Serialize)]
pub struct ProcessStep {
    /// Stable id.
    pub id: String,
    /// Name.
    pub title: Text,
    /// States it may start from (positions in `states`).
    pub from: Vec<u16>,
    /// State it leads to.
    pub to: u16,
    /// Roles (ids) that may do it.
    pub by: Vec<String>,
    /// Fields (positions in the process's `fields`) that must be filled.
    pub needs: Vec<u16>,
    /// Days allowed in the states it leaves.
    pub days: Option<u32>,
    /// Steps (ids) whose doer may not do this one.
    pub not_by: Vec<String>,
}

/// The county's own profile.
#[derive(Debug, Clone, Serialize)]
pub struct County {
    /// Six-digit division code.
    pub code: String,
    /// Name.
    pub name: Text,
    /// The day that the county's clock stands at, days since 1970-01-01; `None` = the real day.
    pub clock: Option<i32>,
    /// The day the county began to work under its requirements, days since 1970-01-01: no gap opened before it.
    pub gaps_from: Option<i32>,
    /// File of its divisions, relative to the county's folder.
    pub divisions: Option<String>,
    /// Where it is written.
    pub origin: Origin,
}

/// A test of the rules: given these records, on this day, that holds.
#[derive(Debug, Clone, Serialize)]
pub struct Story {
    /// Stable id.
    pub id: String,
    /// What it shows.
    pub title: Text,
    /// Whose it is.
    pub mechanism: MechanismIx,
    /// The records that exist.
    pub given: Vec<StoryRecord>,
    /// The day of evaluation, days since 1970-01-01.
    pub on: i32,
    /// What must come out.
    pub then: Vec<Expectation>,
    /// Where it is written.
    pub origin: Origin,
}

/// A record of a story.
#[derive(Debug, Clone, Serialize)]
pub struct StoryRecord {
    /// Its ledger.
    pub ledger: LedgerIx,
    /// What the story calls it.
    pub name: String,
    /// The fields that are filled.
    pub values: Vec<(FieldIx, StoryValue)>,
    /// Where it is written.
    pub origin: Origin,
}

/// A filled field of a story's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum StoryValue {
    /// A constant of the field's kind.
    Literal(Literal),
    /// Another record of the story: its position in [`Story::given`].
    Record(usize),
}

/// What must come out for one subject.
#[derive(Debug, Clone, Serialize)]
pub struct Expectation {
    /// The requirement.
    pub requirement: RequirementIx,
    /// The subject: its position in [`Story::given`].
    pub subject: usize,
    /// How it must stand.
    pub is: Standing,
    /// Where it is written.
    pub origin: Origin,
}

/// How a subject stands to a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Applies and does not hold.
    Gap,
    /// Applies and holds.
    Met,
    /// Would be a gap, but is exempted.
    Exempt,
    /// Does not apply.
    NotApplicable,
}
