//! The signature picture: sites × requirements, grouped by town, one link in each cell.

use maud::{Markup, html};

use crate::lang::{Lang, t, t_args};
use crate::tone::Tone;

/// A town and its sites; they head the columns.
#[derive(Debug, Clone, Default)]
pub struct Town {
    /// The town's name, short.
    pub name: String,
    /// Its sites in order.
    pub sites: Vec<Site>,
}

/// A site; one column.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// Short name, up to four Chinese characters read well.
    pub name: String,
    /// Its page; none where the reader opens none.
    pub href: Option<String>,
}

/// A requirement; one row.
#[derive(Debug, Clone, Default)]
pub struct MatrixRow {
    /// Short name.
    pub name: String,
    /// The whole requirement, on hover.
    pub title: String,
    /// Its page.
    pub href: String,
    /// One for each site, in the order of the columns; missing ones are not applicable.
    pub cells: Vec<Cell>,
}

/// One requirement at one site.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// How it stands.
    pub tone: Tone,
    /// How many subjects are concerned (gaps, or lapsing ones); 0 says only the state.
    pub count: u64,
    /// The list behind it; none for a cell with nothing to open.
    pub href: Option<String>,
}

/// The whole picture. Give the rows in the order of the mechanisms.
#[derive(Debug, Clone, Default)]
pub struct Matrix {
    /// Column heads.
    pub towns: Vec<Town>,
    /// Rows.
    pub rows: Vec<MatrixRow>,
}

/// The legend of the four or five states; each with its shape and word.
pub fn legend(lang: Lang) -> Markup {
    html! {
        ul.legend aria-label=(t(lang, "legend")) {
            @for tone in [Tone::Met, Tone::Lapsing, Tone::Gap, Tone::Exempt, Tone::NotApplicable] {
                li { i class=(tone.letter()) aria-hidden="true" {} (tone.word(lang)) }
            }
        }
    }
}

/// The matrix with its legend, in a panel of its own. It wants the full width of the page at 40 sites.
pub fn matrix(lang: Lang, matrix: &Matrix) -> Markup {
    let sites: Vec<(&Site, bool)> =
        matrix.towns.iter().flat_map(|town| town.sites.iter().enumerate().map(|(at, site)| (site, at == 0))).collect();
    let class = if sites.len() > 42 { "matrix-scroll wide" } else { "matrix-scroll" };
    let fill = if sites.len() > 16 { "matrix fill" } else { "matrix" };
    html! {
        section class="panel long" {
            div.panel-head {
                h2 { (t(lang, "matrix-title")) }
                small.quiet { (t(lang, "matrix-hint")) }
                (legend(lang))
            }
            div class=(class) role="region" aria-label=(t(lang, "matrix-region")) tabindex="0" {
                table class=(fill) {
                    (heads(lang, matrix, &sites))
                    tbody { @for row in &matrix.rows { (line(lang, row, &sites)) } }
                }
            }
            p.matrix-says aria-hidden="true" { (t(lang, "matrix-says")) }
        }
    }
}

fn heads(lang: Lang, matrix: &Matrix, sites: &[(&Site, bool)]) -> Markup {
    html! {
        thead {
            tr {
                th rowspan="2" scope="col" { span.hear { (t(lang, "matrix-requirement")) } }
                @for town in matrix.towns.iter().filter(|town| !town.sites.is_empty()) {
                    th.town scope="colgroup" colspan=(town.sites.len()) title=(town.name) { (town.name) }
                }
                th.sum rowspan="2" scope="col" { (t(lang, "matrix-gaps")) }
            }
            tr {
                @for (site, first) in sites {
                    th class={ "site" @if *first { " first" } } scope="col" {
                        @match &site.href {
                            Some(href) => a href=(href) title=(site.name) { (site.name) },
                            None => span title=(site.name) { (site.name) },
                        }
                    }
                }
            }
        }
    }
}

fn line(lang: Lang, row: &MatrixRow, sites: &[(&Site, bool)]) -> Markup {
    let absent = Cell { tone: Tone::NotApplicable, ..Cell::default() };
    let words =
        [Tone::Met, Tone::Lapsing, Tone::Gap, Tone::Exempt, Tone::NotApplicable].map(|tone| (tone, tone.word(lang)));
    let word = |tone: Tone| words.iter().find(|(known, _)| *known == tone).map_or("", |(_, word)| word.as_ref());
    let gaps = row.cells.iter().filter(|cell| cell.tone == Tone::Gap).count();
    html! {
        tr {
            th scope="row" { a href=(row.href) title=(row.title) { (row.name) } }
            @for (at, (site, first)) in sites.iter().enumerate() {
                @let cell = row.cells.get(at).unwrap_or(&absent);
                @let says = says(lang, site, row, cell, word(cell.tone));
                td class=[first.then_some("first")] {
                    @match &cell.href {
                        Some(href) => a class=(cell.tone.letter()) href=(href) aria-label=(says) data-at {},
                        None => span class=(cell.tone.letter()) role="img" aria-label=(says) data-at {},
                    }
                }
            }
            td.sum { @if gaps > 0 { (gaps) } }
        }
    }
}

/// Plain Chinese and English word order is the same here, so cells are put together without a look-up each.
fn says(lang: Lang, site: &Site, row: &MatrixRow, cell: &Cell, word: &str) -> String {
    if cell.count == 0 {
        let colon = if lang == Lang::Zh { "：" } else { ": " };
        return format!("{} · {}{colon}{word}", site.name, row.name);
    }
    let args = [
        ("site", site.name.as_str().into()),
        ("requirement", row.name.as_str().into()),
        ("state", word.into()),
        ("n", cell.count.into()),
    ];
    t_args(lang, "matrix-cell-count", &args)
}
