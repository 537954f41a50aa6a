//! A line chart drawn by the server, with the same numbers in a table under it.

use maud::{Markup, html};

use crate::lang::{Lang, t};
use crate::spark::{path, range};
use crate::table::{Column, Row, Table, table};

/// One line.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// One number for each label; `f64::NAN` where there is none.
    pub points: Vec<f64>,
}

/// The chart; up to five lines, told apart by colour and by dash.
#[derive(Debug, Clone, Default)]
pub struct TrendChart {
    /// What it shows.
    pub title: String,
    /// Behind each number: "%".
    pub unit: String,
    /// Dates, oldest first.
    pub labels: Vec<String>,
    /// Lines.
    pub series: Vec<Series>,
}

const COLOURS: [&str; 5] = ["s0", "s1", "s2", "s3", "s4"];

/// The chart; nothing but the table's empty state without numbers.
pub fn trend_chart(lang: Lang, chart: &TrendChart) -> Markup {
    let Some((low, high)) = range(chart.series.iter().flat_map(|series| series.points.iter().copied())) else {
        return numbers(lang, chart);
    };
    let room = (high - low) * 0.08;
    let (low, high) = (low - room, if chart.unit == "%" { (high + room).min(100.0) } else { high + room });
    html! {
        figure {
            div.chart role="img" aria-label=(says(chart)) {
                div.y aria-hidden="true" {
                    @for mark in [high, (low + high) / 2.0, low] { span { (said(mark, &chart.unit)) } }
                }
                svg viewBox="0 0 600 150" preserveAspectRatio="none" aria-hidden="true" {
                    path.rail d="M0 0H600M0 75H600M0 150H600" {}
                    @for (series, colour) in chart.series.iter().zip(COLOURS) {
                        path class=(colour) d=(path(&series.points, (low, high), 600.0, 150.0)) {}
                    }
                }
                (ends(chart))
                div.x aria-hidden="true" { @for label in sparse(&chart.labels) { span { (label) } } }
            }
            details { summary { (t(lang, "chart-numbers")) } (numbers(lang, chart)) }
        }
    }
}

/// Each line's name and last number, highest first.
fn ends(chart: &TrendChart) -> Markup {
    let mut ends: Vec<(&Series, &str, f64)> = chart
        .series
        .iter()
        .zip(COLOURS)
        .map(|(series, colour)| (series, colour, series.points.last().copied().unwrap_or(f64::NAN)))
        .collect();
    ends.sort_by(|one, other| other.2.total_cmp(&one.2));
    html! {
        ul.ends aria-hidden="true" { @for (series, colour, last) in ends {
            li { svg viewBox="0 0 20 8" { path class=(colour) d="M0 4H20" {} } span { (series.name) } b { (said(last, &chart.unit)) } }
        } }
    }
}

fn said(number: f64, unit: &str) -> String {
    if !number.is_finite() {
        return "—".to_owned();
    }
    if number.fract() == 0.0 && number.abs() >= 100.0 {
        format!("{number:.0}{unit}")
    } else {
        format!("{number:.1}{unit}")
    }
}

fn says(chart: &TrendChart) -> String {
    let ends: Vec<String> = chart
        .series
        .iter()
        .map(|series| {
            let end = |number: Option<&f64>| said(number.copied().unwrap_or(f64::NAN), &chart.unit);
            format!("{} {} → {}", series.name, end(series.points.first()), end(series.points.last()))
        })
        .collect();
    format!("{}: {}", chart.title, ends.join("; "))
}

/// At most five labels, as far apart as they look: the ends, and those between them only where equal steps meet a reading.
fn sparse(labels: &[String]) -> Vec<&str> {
    let last = labels.len().saturating_sub(1);
    let steps = (1..=4).rev().find(|steps| last.is_multiple_of(*steps)).unwrap_or(1);
    if last == 0 {
        return labels.iter().map(String::as_str).collect();
    }
    (0..=steps).map(|at| labels[at * last / steps].as_str()).collect()
}

fn numbers(lang: Lang, chart: &TrendChart) -> Markup {
    let columns = std::iter::once(Column::text(t(lang, "chart-when")))
        .chain(chart.series.iter().map(|series| Column::number(series.name.as_str())))
        .collect();
    let row = |(at, label): (usize, &String)| {
        let points = chart.series.iter().map(|series| series.points.get(at).copied().unwrap_or(f64::NAN));
        Row::of(
            std::iter::once(html! { (label) })
                .chain(points.map(|point| html! { (said(point, &chart.unit)) }))
                .collect(),
        )
    };
    let rows = chart.labels.iter().enumerate().map(row).collect();
    table(lang, &Table { caption: chart.title.clone(), columns, rows, ..Table::default() })
}
