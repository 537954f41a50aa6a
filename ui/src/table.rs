//! Tables: sticky header, figures to the right, a caption for screen readers, an empty state.

use maud::{Markup, html};

use crate::empty::{Empty, empty};
use crate::figures::count;
use crate::lang::{Lang, t, t_args};
use crate::tone::Tone;

/// Which side a column keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Text.
    #[default]
    Left,
    /// Figures.
    Right,
}

/// Sorting by a column.
#[derive(Debug, Clone, Default)]
pub struct Sort {
    /// Sorts by this column, or turns the order round.
    pub href: String,
    /// In force now: `Some(true)` ascending, `Some(false)` descending.
    pub ascending: Option<bool>,
}

/// A column's head and habit.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// Head; may be empty for a column of buttons.
    pub title: String,
    /// Side.
    pub align: Align,
    /// Left out on a phone.
    pub second: bool,
    /// Sorting, if offered.
    pub sort: Option<Sort>,
}

impl Column {
    /// A column of text.
    pub fn text(title: impl Into<String>) -> Column {
        Column { title: title.into(), ..Column::default() }
    }

    /// A column of figures.
    pub fn number(title: impl Into<String>) -> Column {
        Column { title: title.into(), align: Align::Right, ..Column::default() }
    }

    /// The same, left out on a phone.
    pub fn second(self) -> Column {
        Column { second: true, ..self }
    }

    /// The same with sorting.
    pub fn sorted(self, sort: Sort) -> Column {
        Column { sort: Some(sort), ..self }
    }
}

/// A row: as many cells as columns; the first names the row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Contents.
    pub cells: Vec<Markup>,
    /// Colour of the first cell's text.
    pub tone: Tone,
    /// Anchor.
    pub id: Option<String>,
}

impl Row {
    /// A plain row.
    pub fn of(cells: Vec<Markup>) -> Row {
        Row { cells, ..Row::default() }
    }
}

/// A table.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// What it lists; heard, not seen (put the visible title on the panel).
    pub caption: String,
    /// Heads.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Row>,
    /// Sums, as many as columns; empty for none.
    pub foot: Vec<Markup>,
    /// Said when there are no rows; else "没有记录".
    pub empty: Option<Empty>,
}

/// A cell of text.
pub fn cell(text: &str) -> Markup {
    html! { (text) }
}

/// A cell with an exact grouped number.
pub fn number_cell(number: i64) -> Markup {
    count(number)
}

/// The table, in a region that scrolls sideways by itself where the screen is narrow.
pub fn table(lang: Lang, table: &Table) -> Markup {
    if table.rows.is_empty() {
        let plain = Empty { what: t(lang, "table-empty").into_owned(), ..Empty::default() };
        return empty(table.empty.as_ref().unwrap_or(&plain));
    }
    let region = t_args(lang, "table-region", &[("name", table.caption.as_str().into())]);
    html! {
        div.scroll role="region" aria-label=(region) tabindex="0" {
            table {
                caption { span.hear { (table.caption) } }
                thead { tr { @for column in &table.columns { (head(lang, column)) } } }
                tbody { @for row in &table.rows { (line(row, &table.columns)) } }
                @if !table.foot.is_empty() {
                    tfoot { tr {
                        @for (at, sum) in table.foot.iter().enumerate() { td class=[class(table.columns.get(at))] { (sum) } }
                    } }
                }
            }
        }
    }
}

fn class(column: Option<&Column>) -> Option<&'static str> {
    match column.map(|column| (column.align, column.second)) {
        Some((Align::Right, true)) => Some("num second"),
        Some((Align::Right, false)) => Some("num"),
        Some((Align::Left, true)) => Some("second"),
        _ => None,
    }
}

fn first(class: Option<&str>, tone: Tone) -> Option<String> {
    let tone = Some(tone.class()).filter(|tone| !tone.is_empty());
    (class.is_some() || tone.is_some()).then(|| [class, tone].into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn head(lang: Lang, column: &Column) -> Markup {
    let order = column.sort.as_ref().and_then(|sort| sort.ascending);
    let aria = order.map(|ascending| if ascending { "ascending" } else { "descending" });
    html! {
        @if column.title.is_empty() { td class=[class(Some(column))] {} }
        @else {
            th scope="col" class=[class(Some(column))] aria-sort=[aria] {
                @match &column.sort {
                    Some(sort) => a href=(sort.href) {
                        (column.title)
                        @if let Some(ascending) = order {
                            span aria-hidden="true" { (if ascending { " ▲" } else { " ▼" }) }
                            span.hear { (t(lang, if ascending { "sort-ascending" } else { "sort-descending" })) }
                        }
                    },
                    None => (column.title),
                }
            }
        }
    }
}

fn line(row: &Row, columns: &[Column]) -> Markup {
    html! {
        tr id=[row.id.as_deref()] {
            @for (at, cell) in row.cells.iter().enumerate() {
                @let class = class(columns.get(at));
                @if at == 0 && columns.first().is_some_and(|column| !column.title.is_empty()) {
                    th scope="row" class=[first(class, row.tone)] { (cell) }
                } @else { td class=[class] { (cell) } }
            }
        }
    }
}
