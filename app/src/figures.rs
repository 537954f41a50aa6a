//! Figures: what is told of the ledgers, for a place, a day or a period.

use anju_coverage::FigureValue;
use anju_pack::{FigureIx, LedgerIx, Text};
use anju_record::day;
use serde::Serialize;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::scope::parse_day;
use crate::{Actor, App, Scope};

/// A published figure as computed from the ledgers.
#[derive(Debug, Clone, Serialize)]
pub struct FactLine {
    /// The figure's published id.
    pub id: String,
    /// The value.
    pub value: serde_json::Number,
    /// Its unit.
    pub unit: String,
    /// The figure and the file line that compute it.
    pub from: String,
}

/// The bulletin's numbers.
#[derive(Debug, Clone, Serialize)]
pub struct Facts {
    /// The place.
    pub area: String,
    /// First day of the period, if one was asked for.
    pub from: Option<String>,
    /// Last day: the day the numbers hold for.
    pub to: String,
    /// Every published figure.
    pub facts: Vec<FactLine>,
}

impl App {
    /// The figure of that id.
    pub fn figure_by_id(&self, id: &str) -> Option<FigureIx> {
        self.pack().index.figures.get(id).copied()
    }

    /// A period as typed; both ends or none.
    ///
    /// # Errors
    /// `Invalid` for a day that is none, or a period that ends before it begins.
    pub fn period(&self, from: Option<&str>, to: Option<&str>) -> Result<Option<(i32, i32)>> {
        let (Some(from), Some(to)) = (from, to) else { return Ok(None) };
        let (first, last) = (parse_day(from)?, parse_day(to)?);
        if first > last {
            let mend = format!("the period begins on {from}, after it ends on {to}; exchange the two");
            return Err(Error::Invalid { what: "period", value: format!("{from} – {to}"), mend });
        }
        Ok(Some((first, last)))
    }
}

impl Actor {
    /// Whether the actor may know a figure of a place: they read, in all of it, every ledger that the figure reads.
    pub fn sees_figure(&self, ix: FigureIx, scope: &Scope) -> bool {
        self.rights().sees_figure(self.pack(), ix, &scope.area)
    }

    /// A figure's value; none for those who may not know it. With a period, what the figure counts within its own window is counted within
    /// the period.
    pub fn figure(&self, ix: FigureIx, scope: &Scope, period: Option<(i32, i32)>) -> Option<FigureValue> {
        let from = period.map(|(from, _)| from);
        let read = || self.county().with_shard(|shard| self.plan().figure(shard, ix, scope.on, from, &scope.area));
        self.sees_figure(ix, scope).then(read)
    }

    /// The records behind a figure.
    pub fn figure_records(&self, ix: FigureIx, scope: &Scope, period: Option<(i32, i32)>) -> Vec<(LedgerIx, Uuid)> {
        if !self.sees_figure(ix, scope) {
            return Vec::new();
        }
        self.county()
            .with_shard(|shard| self.plan().figure_rows(shard, ix, scope.on, period.map(|(from, _)| from), &scope.area))
    }

    /// Every published figure that the actor may know.
    pub fn facts(&self, scope: &Scope, period: Option<(i32, i32)>) -> Facts {
        let facts = (self.pack().figure_ixs())
            .filter_map(|ix| {
                let figure = self.pack().figure(ix);
                Some(FactLine {
                    id: figure.fact.clone()?,
                    value: number(&self.figure(ix, scope, period)?),
                    unit: unit(&figure.unit),
                    from: format!("{} ({}:{})", figure.id, figure.origin.file, figure.origin.line),
                })
            })
            .collect();
        Facts {
            area: scope.area.clone(),
            from: period.map(|(from, _)| day::format(from)),
            to: day::format(scope.on),
            facts,
        }
    }
}

fn unit(text: &Text) -> String {
    text.en.clone()
}

/// Exact where it is whole, else with the decimals it has.
fn number(value: &FigureValue) -> serde_json::Number {
    let unit = 10_i128.pow(u32::from(value.scale));
    if value.value % unit == 0 {
        let whole = value.value / unit;
        if let Ok(whole) = i64::try_from(whole) {
            return whole.into();
        }
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "only values with decimals come here; sums of money stay below 2^53 fen"
    )]
    let decimal = value.value as f64 / unit as f64;
    serde_json::Number::from_f64(decimal).unwrap_or_else(|| 0.into())
}
