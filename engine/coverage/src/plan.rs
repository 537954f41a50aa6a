//! From a pack to a plan: what several requirements ask alike is computed once.

use anju_pack::{
    Bound, Clause, FigureIx, Join, LedgerIx, Measure, MechanismIx, OwnerPath, Pack, Predicate, RequirementIx, Rule,
    Step, When,
};
use anju_pack::{FieldIx, Figure, Requirement};
use anju_shard::{MatchShape, Shape};

use crate::column::{Columns, Node};

/// The pack's requirements and figures, ready to run over any shard of the same shape.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) predicates: Vec<(LedgerIx, Node)>,
    pub(crate) selections: Vec<Selection>,
    pub(crate) clauses: Vec<ClausePlan>,
    pub(crate) requirements: Vec<RequirementPlan>,
    pub(crate) figures: Vec<FigurePlan>,
    pub(crate) ledgers: usize,
    /// No gap opened before this day.
    pub(crate) gaps_from: Option<i32>,
}

/// Rows that satisfy a predicate in a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    pub(crate) ledger: LedgerIx,
    pub(crate) predicate: Option<usize>,
    pub(crate) when: When,
}

/// How counted rows find their subjects.
#[derive(Debug, Clone, PartialEq)]
pub enum JoinPlan {
    /// The row is the subject.
    Itself,
    /// Owners all the way: the ledgers from the subject's own down to the counted one.
    Owned(Vec<LedgerIx>),
    /// References, some not the owner's.
    Walk(Vec<Step>),
    /// Equal values: position in the shape's matches.
    Match(usize),
}

/// A clause with all it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct ClausePlan {
    pub(crate) subject: LedgerIx,
    pub(crate) join: JoinPlan,
    pub(crate) selection: usize,
    pub(crate) bound: Bound,
}

/// What must hold.
#[derive(Debug, Clone)]
pub enum RulePlan {
    /// A clause.
    Needs(usize),
    /// All of these.
    AllOf(Vec<RequirementIx>),
    /// One of these.
    AnyOf(Vec<RequirementIx>),
}

/// A requirement with all it needs.
#[derive(Debug, Clone)]
pub struct RequirementPlan {
    pub(crate) each: LedgerIx,
    pub(crate) predicate: Option<usize>,
    pub(crate) having: Vec<usize>,
    pub(crate) rule: RulePlan,
    pub(crate) owners: Vec<OwnerPath>,
    pub(crate) due: i32,
    pub(crate) exempt: bool,
    pub(crate) office: MechanismIx,
}

/// What a figure measures.
#[derive(Debug, Clone)]
pub enum MeasurePlan {
    /// Rows.
    Count,
    /// Different records that a field refers to.
    Distinct(FieldIx, Option<LedgerIx>),
    /// Sum of a field.
    Sum(FieldIx),
    /// Subjects that meet a requirement.
    Met(RequirementIx),
    /// Fewest counted rows of any subject.
    Fewest(usize),
}

/// A figure with all it needs.
#[derive(Debug, Clone)]
pub struct FigurePlan {
    pub(crate) measured: LedgerIx,
    pub(crate) measure: MeasurePlan,
    pub(crate) selection: usize,
    pub(crate) having: Vec<usize>,
    pub(crate) by: Option<FieldIx>,
    pub(crate) scale: u8,
}

impl Plan {
    /// Compiles all requirements and figures of a pack.
    pub fn compile(pack: &Pack, shape: &Shape) -> Self {
        let mut compiler = Compiler {
            columns: Columns { pack, shape },
            predicates: Vec::new(),
            selections: Vec::new(),
            clauses: Vec::new(),
        };
        let requirements = pack.requirements.iter().map(|requirement| compiler.requirement(requirement)).collect();
        let figures = pack.figures.iter().map(|figure| compiler.figure(figure)).collect();
        let Compiler { predicates, selections, clauses, .. } = compiler;
        Self {
            predicates,
            selections,
            clauses,
            requirements,
            figures,
            ledgers: pack.ledgers.len(),
            gaps_from: pack.county.as_ref().and_then(|county| county.gaps_from),
        }
    }

    /// The ledger of a requirement's subjects.
    pub fn subjects_of(&self, requirement: RequirementIx) -> LedgerIx {
        self.requirements[usize::from(requirement.0)].each
    }

    /// The ledger that a figure measures.
    pub fn measured_by(&self, figure: FigureIx) -> LedgerIx {
        self.figures[usize::from(figure.0)].measured
    }

    /// Requirements in the plan.
    pub const fn len(&self) -> usize {
        self.requirements.len()
    }

    /// No requirements.
    pub const fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }
}

struct Compiler<'a> {
    columns: Columns<'a>,
    predicates: Vec<(LedgerIx, Node)>,
    selections: Vec<Selection>,
    clauses: Vec<ClausePlan>,
}

fn share<T: PartialEq>(known: &mut Vec<T>, item: T) -> usize {
    known.iter().position(|other| *other == item).unwrap_or_else(|| {
        known.push(item);
        known.len() - 1
    })
}

impl Compiler<'_> {
    fn predicate(&mut self, ledger: LedgerIx, predicate: Option<&Predicate>) -> Option<usize> {
        let node = self.columns.node(ledger, predicate?, false);
        Some(share(&mut self.predicates, (ledger, node)))
    }

    fn selection(&mut self, ledger: LedgerIx, predicate: Option<&Predicate>, when: When) -> usize {
        let predicate = self.predicate(ledger, predicate);
        share(&mut self.selections, Selection { ledger, predicate, when })
    }

    fn clause(&mut self, subject: LedgerIx, clause: &Clause) -> usize {
        let selection = self.selection(clause.of, clause.predicate.as_ref(), clause.when);
        let join = match &clause.join {
            Join::Path(path) if path.is_empty() => JoinPlan::Itself,
            Join::Path(path) if path.iter().all(|step| self.owns(*step)) => {
                JoinPlan::Owned(path.iter().rev().map(|step| step.from).collect())
            }
            Join::Path(path) => JoinPlan::Walk(path.clone()),
            Join::Match(pairs) => {
                let wanted = MatchShape { of: clause.of, subject, pairs: pairs.clone() };
                JoinPlan::Match(
                    self.columns.shape.matches.iter().position(|known| *known == wanted).unwrap_or(usize::MAX),
                )
            }
        };
        share(&mut self.clauses, ClausePlan { subject, join, selection, bound: clause.bound })
    }

    fn owns(&self, step: Step) -> bool {
        self.columns.pack.ledger(step.from).of.is_some_and(|owner| owner.field == step.field)
    }

    fn requirement(&mut self, requirement: &Requirement) -> RequirementPlan {
        let each = requirement.each;
        RequirementPlan {
            each,
            predicate: self.predicate(each, requirement.predicate.as_ref()),
            having: requirement.having.iter().map(|clause| self.clause(each, clause)).collect(),
            rule: match &requirement.rule {
                Rule::Needs(clause) => RulePlan::Needs(self.clause(each, clause)),
                Rule::AllOf(parts) => RulePlan::AllOf(parts.clone()),
                Rule::AnyOf(parts) => RulePlan::AnyOf(parts.clone()),
            },
            owners: requirement.owners.clone(),
            due: i32::try_from(requirement.due).unwrap_or(i32::MAX),
            exempt: requirement.exempt,
            office: requirement.mechanism,
        }
    }

    fn figure(&mut self, figure: &Figure) -> FigurePlan {
        let pack = self.columns.pack;
        let (measured, measure) = match &figure.measure {
            Measure::Count(ledger) => (*ledger, MeasurePlan::Count),
            Measure::Distinct(ledger, field) => {
                let to = match pack.ledger(*ledger).field(*field).kind {
                    anju_pack::Kind::Ref { to } => Some(to),
                    _ => None,
                };
                (*ledger, MeasurePlan::Distinct(*field, to))
            }
            Measure::Sum(ledger, field) => (*ledger, MeasurePlan::Sum(*field)),
            Measure::Met(requirement) => (pack.requirement(*requirement).each, MeasurePlan::Met(*requirement)),
            Measure::Fewest { each, clause } => (*each, MeasurePlan::Fewest(self.clause(*each, clause))),
        };
        FigurePlan {
            measured,
            measure,
            selection: self.selection(measured, figure.predicate.as_ref(), figure.when),
            having: figure.having.iter().map(|clause| self.clause(measured, clause)).collect(),
            by: figure.by,
            scale: figure.scale,
        }
    }
}
