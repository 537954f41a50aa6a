//! One evaluation: every node of the plan at most once, and only when something asks for it.

use std::borrow::Cow;
use std::cell::OnceCell;

use anju_pack::{Bound, LedgerIx, RequirementIx};
use anju_shard::{Bits, Column, DAY_BASE, NOWHERE, Shard, Table, Width, with_ints};

use crate::column;
use crate::period::{ALWAYS, window};
use crate::plan::{ClausePlan, JoinPlan, Plan, RulePlan, Selection};

/// With fewer than one subject in so many left, their runs are looked at one by one.
const SPARSE: usize = 4;

/// Who a requirement applies to, who of them meets it, and who is exempt instead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// It applies.
    pub applicable: Bits,
    /// It applies and holds.
    pub met: Bits,
    /// It applies, does not hold, and need not.
    pub exempt: Bits,
}

/// A running evaluation of one shard at one date.
pub struct Run<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) shard: &'a Shard,
    pub(crate) today: i32,
    within: Option<(i32, i32)>,
    predicates: Vec<OnceCell<Bits>>,
    selections: Vec<OnceCell<Bits>>,
    clauses: Vec<OnceCell<Bits>>,
    subjects: Vec<OnceCell<Bits>>,
    verdicts: Vec<OnceCell<Verdict>>,
}

fn cells<T>(len: usize) -> Vec<OnceCell<T>> {
    (0..len).map(|_| OnceCell::new()).collect()
}

impl<'a> Run<'a> {
    /// Prepares; computes nothing yet. `within` replaces the periods that clauses name.
    pub fn new(plan: &'a Plan, shard: &'a Shard, today: i32, within: Option<(i32, i32)>) -> Self {
        Self {
            plan,
            shard,
            today,
            within,
            predicates: cells(plan.predicates.len()),
            selections: cells(plan.selections.len()),
            clauses: cells(plan.clauses.len()),
            subjects: cells(plan.ledgers),
            verdicts: cells(plan.requirements.len()),
        }
    }

    fn rows(&self, ledger: LedgerIx) -> usize {
        self.shard.table(ledger).map_or(0, Table::len)
    }

    pub(crate) fn predicate(&self, at: usize) -> &Bits {
        self.predicates[at].get_or_init(|| {
            let (ledger, node) = &self.plan.predicates[at];
            column::rows(node, *ledger, self.shard, self.today)
        })
    }

    /// Rows of a ledger whose period touches `low..=high`; `None` if all do.
    fn period_rows(&self, ledger: LedgerIx, low: i32, high: i32) -> Option<Bits> {
        let (table, (start, end)) = (self.shard.table(ledger)?, self.shard.shape().ledger(ledger)?.period?);
        let begun = (table.latest_start() > kept(high)).then(|| days(&table.columns()[start], i64::MIN, kept(high)));
        let lasting = (low != ALWAYS).then(|| days(&table.columns()[end.unwrap_or(start)], kept(low), i64::MAX));
        match (begun, lasting) {
            (Some(mut begun), Some(lasting)) => {
                begun.and(&lasting);
                Some(begun)
            }
            (begun, lasting) => begun.or(lasting),
        }
    }

    pub(crate) fn selection(&self, at: usize) -> &Bits {
        self.selections[at].get_or_init(|| {
            let Selection { ledger, predicate, when } = &self.plan.selections[at];
            let (low, high) = window(*when, self.today, self.within);
            match (self.period_rows(*ledger, low, high), predicate) {
                (None, None) => Bits::ones(self.rows(*ledger)),
                (None, Some(predicate)) => self.predicate(*predicate).clone(),
                (Some(rows), None) => rows,
                (Some(mut rows), Some(predicate)) => {
                    rows.and(self.predicate(*predicate));
                    rows
                }
            }
        })
    }

    /// Records that exist on the date and have not ended.
    pub(crate) fn subjects(&self, ledger: LedgerIx) -> &Bits {
        self.subjects[usize::from(ledger.0)].get_or_init(|| {
            let ends =
                self.shard.shape().ledger(ledger).and_then(|shape| shape.period).is_some_and(|(_, end)| end.is_some());
            let low = if ends { self.today } else { ALWAYS };
            self.period_rows(ledger, low, self.today).unwrap_or_else(|| Bits::ones(self.rows(ledger)))
        })
    }

    /// Where each subject's run of counted rows begins, and the end of the last.
    pub(crate) fn runs(&self, chain: &[LedgerIx]) -> Cow<'a, [u32]> {
        let mut offsets = chain.iter().map(|ledger| self.shard.table(*ledger).map_or(&[][..], Table::offsets));
        let first = offsets.next().unwrap_or(&[]);
        offsets.fold(Cow::Borrowed(first), |above, below| {
            Cow::Owned(above.iter().map(|at| below.get(*at as usize).copied().unwrap_or(0)).collect())
        })
    }

    pub(crate) fn clause(&self, at: usize) -> &Bits {
        self.clauses[at].get_or_init(|| {
            let clause = &self.plan.clauses[at];
            match clause.bound {
                Bound::AtLeast(least) => self.at_least(clause, least as usize),
                Bound::AtMost(most) => {
                    let mut more = self.at_least(clause, most as usize + 1);
                    more.invert();
                    more
                }
            }
        })
    }

    /// Leaves those subjects in the set that satisfy a clause. When few are left, only their runs are looked at.
    fn keep(&self, subjects: &mut Bits, at: usize) {
        let clause = &self.plan.clauses[at];
        let few = subjects.count() * SPARSE < subjects.len();
        match &clause.join {
            JoinPlan::Owned(chain) if few && self.clauses[at].get().is_none() => self.keep_few(subjects, clause, chain),
            _ => subjects.and(self.clause(at)),
        }
    }

    fn keep_few(&self, subjects: &mut Bits, clause: &ClausePlan, chain: &[LedgerIx]) {
        let rows = self.selection(clause.selection);
        let offsets: Vec<&[u32]> =
            chain.iter().map(|ledger| self.shard.table(*ledger).map_or(&[][..], Table::offsets)).collect();
        let bound = |row: usize| offsets.iter().fold(row, |row, offsets| offsets.get(row).map_or(0, |at| *at as usize));
        let mut kept = Bits::zeros(subjects.len());
        for row in subjects.iter() {
            let count = rows.count_in(bound(row), bound(row + 1));
            let holds = match clause.bound {
                Bound::AtLeast(least) => count >= least as usize,
                Bound::AtMost(most) => count <= most as usize,
            };
            kept.put(row, holds);
        }
        *subjects = kept;
    }

    fn at_least(&self, clause: &ClausePlan, least: usize) -> Bits {
        let subjects = self.rows(clause.subject);
        if least == 0 {
            return Bits::ones(subjects);
        }
        match &clause.join {
            JoinPlan::Itself if least == 1 => self.selection(clause.selection).clone(),
            JoinPlan::Itself => Bits::zeros(subjects),
            JoinPlan::Owned(chain) => self.at_least_owned(chain, clause.selection, least),
            JoinPlan::Walk(_) | JoinPlan::Match(_) => {
                Bits::select(&self.counts(clause), |count| count as usize >= least)
            }
        }
    }

    fn at_least_owned(&self, chain: &[LedgerIx], selection: usize, least: usize) -> Bits {
        let runs = self.runs(chain);
        let Selection { ledger, predicate, when } = &self.plan.selections[selection];
        let (low, high) = window(*when, self.today, self.within);
        if let (None, Some(table)) = (predicate, self.shard.table(*ledger)) {
            let period = self.shard.shape().ledger(*ledger).and_then(|shape| shape.period);
            let begun = period.is_none() || table.latest_start() <= kept(high);
            match period {
                _ if begun && (period.is_none() || low == ALWAYS) => {
                    return per_run(&runs, |start, end| end - start >= least);
                }
                Some((start, end)) if begun && chain.len() == 1 => {
                    return nth(&table.columns()[end.unwrap_or(start)], &runs, least, kept(low));
                }
                _ => {}
            }
        }
        let rows = self.selection(selection);
        if least == 1 && rows.count() * SPARSE < runs.len() {
            return owners_of(rows, &runs);
        }
        if least == 1 {
            per_run(&runs, |start, end| rows.any_in(start, end))
        } else {
            per_run(&runs, |start, end| rows.count_in(start, end) >= least)
        }
    }

    /// How many selected rows each subject has.
    pub(crate) fn counts(&self, clause: &ClausePlan) -> Vec<u32> {
        let rows = self.selection(clause.selection);
        let mut counts = vec![0u32; self.rows(clause.subject)];
        match &clause.join {
            JoinPlan::Itself => rows.iter().for_each(|row| counts[row] = 1),
            JoinPlan::Owned(chain) => {
                let runs = self.runs(chain);
                let counted = runs.array_windows().map(|[start, end]| rows.count_in(*start as usize, *end as usize));
                counts
                    .iter_mut()
                    .zip(counted)
                    .for_each(|(count, rows)| *count = u32::try_from(rows).unwrap_or(u32::MAX));
            }
            JoinPlan::Walk(_) => self.walk(clause, |_, subject| counts[subject] += 1),
            JoinPlan::Match(at) => {
                let index = self.shard.match_index(*at);
                let mut groups = vec![0u32; index.groups];
                let counted = rows.iter().filter_map(|row| index.counted.get(row)).filter(|group| **group != NOWHERE);
                counted.for_each(|group| groups[*group as usize] += 1);
                for (count, group) in counts.iter_mut().zip(&index.subjects).filter(|(_, group)| **group != NOWHERE) {
                    *count = groups[*group as usize];
                }
            }
        }
        counts
    }

    /// Each selected row with the subject that its references lead to.
    pub(crate) fn walk(&self, clause: &ClausePlan, mut each: impl FnMut(usize, usize)) {
        let JoinPlan::Walk(path) = &clause.join else { return };
        let hops: Vec<Hop<'_>> = path.iter().map(|step| Hop::new(self.shard, step.from, step.field)).collect();
        for row in self.selection(clause.selection).iter() {
            let subject = hops.iter().try_fold(row, |row, hop| hop.next(row));
            if let Some(subject) = subject {
                each(row, subject);
            }
        }
    }

    /// Whom a requirement applies to, and who meets it.
    pub fn verdict(&self, requirement: RequirementIx) -> &Verdict {
        self.verdicts[usize::from(requirement.0)].get_or_init(|| {
            let plan = &self.plan.requirements[usize::from(requirement.0)];
            let mut applicable = self.subjects(plan.each).clone();
            if let Some(predicate) = plan.predicate {
                applicable.and(self.predicate(predicate));
            }
            plan.having.iter().for_each(|clause| self.keep(&mut applicable, *clause));
            let mut verdict = match &plan.rule {
                RulePlan::Needs(clause) => {
                    let mut met = applicable.clone();
                    self.keep(&mut met, *clause);
                    Verdict { applicable, met, exempt: Bits::default() }
                }
                RulePlan::AllOf(parts) => self.combine(applicable, parts, true),
                RulePlan::AnyOf(parts) => self.combine(applicable, parts, false),
            };
            verdict.exempt = self.exempt(requirement, &verdict);
            verdict
        })
    }

    fn combine(&self, mut applicable: Bits, parts: &[RequirementIx], all: bool) -> Verdict {
        let mut concerned = Bits::zeros(applicable.len());
        let mut some_failed = Bits::zeros(applicable.len());
        let mut some_met = Bits::zeros(applicable.len());
        for part in parts {
            let verdict = self.verdict(*part);
            concerned.or(&verdict.applicable);
            some_met.or(&verdict.met);
            let mut failed = verdict.applicable.clone();
            failed.and_not(&verdict.met);
            some_failed.or(&failed);
        }
        applicable.and(&concerned);
        let mut met = applicable.clone();
        if all {
            met.and_not(&some_failed)
        } else {
            met.and(&some_met)
        }
        Verdict { applicable, met, exempt: Bits::default() }
    }

    fn exempt(&self, requirement: RequirementIx, verdict: &Verdict) -> Bits {
        let mut exempt = Bits::zeros(verdict.applicable.len());
        let plan = &self.plan.requirements[usize::from(requirement.0)];
        let Some(ids) = self.shard.table(plan.each).and_then(Table::ids).filter(|_| plan.exempt) else { return exempt };
        let current = self.shard.exemptions().iter().filter(|exemption| {
            exemption.requirement == requirement && (exemption.starts_on..=exemption.ends_on).contains(&self.today)
        });
        for row in current.filter_map(|exemption| ids.find(exemption.subject)) {
            if verdict.applicable.get(row) && !verdict.met.get(row) {
                exempt.put(row, true);
            }
        }
        exempt
    }

    pub(crate) fn take(self) -> (Vec<Option<Bits>>, Vec<Verdict>) {
        let subjects = self.subjects.into_iter().map(OnceCell::into_inner).collect();
        let verdicts = self.verdicts.into_iter().map(|verdict| verdict.into_inner().unwrap_or_default()).collect();
        (subjects, verdicts)
    }
}

/// One reference to follow, with what it needs at hand.
enum Hop<'a> {
    Owner(std::sync::Arc<[u32]>),
    Ref(&'a [u32]),
    Nowhere,
}

impl<'a> Hop<'a> {
    fn new(shard: &'a Shard, ledger: LedgerIx, field: anju_pack::FieldIx) -> Self {
        let (Some(table), Some(shape)) = (shard.table(ledger), shard.shape().ledger(ledger)) else {
            return Self::Nowhere;
        };
        if shape.owner.is_some_and(|(_, owner)| owner == field) {
            return Self::Owner(shard.owner_rows(ledger));
        }
        match shape.column(field).map(|column| &table.columns()[column]) {
            Some(Column::Refs(refs)) => Self::Ref(&refs.rows),
            _ => Self::Nowhere,
        }
    }

    fn next(&self, row: usize) -> Option<usize> {
        let rows = match self {
            Self::Owner(rows) => rows,
            Self::Ref(rows) => *rows,
            Self::Nowhere => return None,
        };
        rows.get(row).filter(|row| **row != NOWHERE).map(|row| *row as usize)
    }
}

/// A day as columns keep it.
pub fn kept(day: i32) -> i64 {
    i64::from(day) + DAY_BASE
}

/// Rows whose day lies in a range; with an open upper end the open end of a period lies in it too.
fn days(column: &Column, low: i64, high: i64) -> Bits {
    fn select<T: Width>(items: &[T], low: i64, high: i64) -> Bits {
        let least = T::at_least(low);
        if high == i64::MAX {
            return Bits::select(items, |item| item >= least);
        }
        let past = T::at_least(high + 1);
        Bits::select(items, |item| (item >= least) & (item < past))
    }
    match column {
        Column::Ints(ints) => with_ints!(ints, items => select(items, low, high)),
        _ => Bits::zeros(0),
    }
}

/// Asks each run.
#[inline]
fn per_run(runs: &[u32], test: impl Fn(usize, usize) -> bool) -> Bits {
    Bits::from_pairs(runs, |start, end| test(start as usize, end as usize))
}

/// The runs that hold one of few rows: both go upwards together.
fn owners_of(rows: &Bits, runs: &[u32]) -> Bits {
    let mut owners = Bits::zeros(runs.len().saturating_sub(1));
    let mut at = 0;
    for row in rows.iter() {
        at += runs[at + 1..].iter().take_while(|end| **end as usize <= row).count();
        if at + 1 >= runs.len() {
            break;
        }
        owners.put(at, row >= runs[at] as usize);
    }
    owners
}

/// Rows of a run stand by day, the latest first: at least N reach a day exactly if the N-th does.
fn nth(column: &Column, runs: &[u32], least: usize, low: i64) -> Bits {
    fn reach<T: Width>(items: &[T], runs: &[u32], least: usize, low: i64) -> Bits {
        let low = T::at_least(low);
        per_run(runs, |start, end| {
            let at = start + least - 1;
            (at < end) & items.get(at).is_some_and(|day| *day >= low)
        })
    }
    match column {
        Column::Ints(ints) => with_ints!(ints, items => reach(items, runs, least, low)),
        _ => Bits::zeros(runs.len().saturating_sub(1)),
    }
}
