//! Numbers told of the ledgers, and the records behind each.

use std::collections::BTreeMap;

use anju_pack::{FigureIx, LedgerIx};
use anju_shard::{Bits, Cell, ColumnKind, Shard};
use uuid::Uuid;

use crate::plan::{FigurePlan, MeasurePlan, Plan};
use crate::run::Run;

/// A figure's value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FigureValue {
    /// The number, scaled by 10^scale.
    pub value: i128,
    /// Digits after the point.
    pub scale: u8,
    /// The same per code of the figure's `by` field, in the order of the list; the empty code is "not filled".
    pub by: Vec<(String, i128)>,
}

impl Plan {
    /// The value of a figure in a place at a date. With `from`, periods that the figure names are replaced by `from..=today`.
    pub fn figure(&self, shard: &Shard, figure: FigureIx, today: i32, from: Option<i32>, area: &str) -> FigureValue {
        tell(&Run::new(self, shard, today, from.map(|from| (from, today))), &self.figures[usize::from(figure.0)], area)
    }

    /// The values of all figures, in their order; what they have in common is computed once.
    pub fn all_figures(&self, shard: &Shard, today: i32, from: Option<i32>, area: &str) -> Vec<FigureValue> {
        let run = Run::new(self, shard, today, from.map(|from| (from, today)));
        self.figures.iter().map(|figure| tell(&run, figure, area)).collect()
    }

    /// The records behind a figure: those counted or summed, the different ones referred to, the subjects that meet the
    /// requirement, or the subjects that have fewest.
    pub fn figure_rows(
        &self,
        shard: &Shard,
        figure: FigureIx,
        today: i32,
        from: Option<i32>,
        area: &str,
    ) -> Vec<(LedgerIx, Uuid)> {
        let plan = &self.figures[usize::from(figure.0)];
        let run = Run::new(self, shard, today, from.map(|from| (from, today)));
        let rows = measured_rows(&run, plan, area);
        let ids = |rows: &Bits| {
            rows.iter().filter_map(|row| Some((plan.measured, shard.id_of(plan.measured, row)?))).collect()
        };
        match &plan.measure {
            MeasurePlan::Count | MeasurePlan::Sum(_) | MeasurePlan::Met(_) => ids(&rows),
            MeasurePlan::Distinct(field, to) => {
                let mut referred = referred(shard, plan.measured, *field, &rows);
                referred.dedup();
                let ledger = to.unwrap_or(plan.measured);
                referred.into_iter().map(|id| (ledger, Uuid::from_u128(id))).collect()
            }
            MeasurePlan::Fewest(clause) => {
                let counts = run.counts(&self.clauses[*clause]);
                let fewest = rows.iter().map(|row| counts[row]).min();
                let mut least = rows;
                let more = counts.iter().enumerate().filter(|(_, count)| Some(**count) != fewest);
                more.for_each(|(row, _)| least.put(row, false));
                ids(&least)
            }
        }
    }
}

fn tell(run: &Run<'_>, plan: &FigurePlan, area: &str) -> FigureValue {
    let rows = measured_rows(run, plan, area);
    let by = plan.by.map_or_else(Vec::new, |field| split(run, plan, field, &rows));
    FigureValue { value: measure(run, plan, &rows), scale: plan.scale, by }
}

fn measured_rows(run: &Run<'_>, plan: &FigurePlan, area: &str) -> Bits {
    let mut rows = run.selection(plan.selection).clone();
    match plan.measure {
        MeasurePlan::Met(requirement) => rows.and(&run.verdict(requirement).met),
        MeasurePlan::Fewest(_) => rows.and(run.subjects(plan.measured)),
        _ => {}
    }
    plan.having.iter().for_each(|clause| rows.and(run.clause(*clause)));
    if !run.shard.county().starts_with(area) {
        rows.and(&run.shard.area_runs(plan.measured).within(area));
    }
    rows
}

fn measure(run: &Run<'_>, plan: &FigurePlan, rows: &Bits) -> i128 {
    let count = |number: usize| i128::try_from(number).unwrap_or(i128::MAX);
    match &plan.measure {
        MeasurePlan::Count | MeasurePlan::Met(_) => count(rows.count()),
        MeasurePlan::Distinct(field, _) => {
            let mut referred = referred(run.shard, plan.measured, *field, rows);
            referred.dedup();
            count(referred.len())
        }
        MeasurePlan::Sum(field) => {
            let numbers = rows.iter().filter_map(|row| run.shard.cell(plan.measured, row, *field).int());
            numbers.map(i128::from).sum()
        }
        MeasurePlan::Fewest(clause) => {
            let counts = run.counts(&run.plan.clauses[*clause]);
            rows.iter().map(|row| i128::from(counts[row])).min().unwrap_or(0)
        }
    }
}

/// Ids that a field of these rows holds, in order.
fn referred(shard: &Shard, ledger: LedgerIx, field: anju_pack::FieldIx, rows: &Bits) -> Vec<u128> {
    let mut ids: Vec<u128> = rows
        .iter()
        .filter_map(|row| match shard.cell(ledger, row, field) {
            Cell::Id(id) => Some(id),
            _ => None,
        })
        .collect();
    ids.sort_unstable();
    ids
}

fn split(run: &Run<'_>, plan: &FigurePlan, field: anju_pack::FieldIx, rows: &Bits) -> Vec<(String, i128)> {
    let shape = run.shard.shape();
    let kind =
        shape.ledger(plan.measured).and_then(|ledger| ledger.column(field).map(|column| ledger.columns[column].kind));
    let mut groups: BTreeMap<i64, Bits> = BTreeMap::new();
    for row in rows.iter() {
        let code = run.shard.cell(plan.measured, row, field).int().unwrap_or(i64::MAX);
        groups.entry(code).or_insert_with(|| Bits::zeros(rows.len())).put(row, true);
    }
    let name = |at: i64| match kind {
        Some(ColumnKind::Code(list)) => shape.code_text(list, at).unwrap_or_default().to_owned(),
        Some(ColumnKind::Text) => run.shard.texts().text(at).unwrap_or_default().to_owned(),
        _ if at == i64::MAX => String::new(),
        _ => at.to_string(),
    };
    groups.iter().map(|(at, rows)| (name(*at), measure(run, plan, rows))).collect()
}
