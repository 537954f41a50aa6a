//! Rows below the header that are no data, and why.

use anju_record::{Lang, token};

use crate::book::{Cell, GridRow};
use crate::heading::Heading;
use crate::rows::Context;

/// Why a row is no data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// Nothing stands in it.
    Blank,
    /// It sums others up.
    Totals,
    /// A note or a line for signatures.
    Note,
    /// A sample row of a template.
    Sample,
    /// The header once more.
    Header,
    /// It stands beyond what can be read at once; a fault of the row before says so.
    NotRead,
}

impl Ignored {
    /// In a few words.
    pub const fn message(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Blank, Lang::Zh) => "空行",
            (Self::Blank, Lang::En) => "blank",
            (Self::Totals, Lang::Zh) => "合计行",
            (Self::Totals, Lang::En) => "totals",
            (Self::Note, Lang::Zh) => "说明或签章",
            (Self::Note, Lang::En) => "note or signature",
            (Self::Sample, Lang::Zh) => "示例行",
            (Self::Sample, Lang::En) => "sample",
            (Self::NotRead, Lang::Zh) => "没有读到",
            (Self::NotRead, Lang::En) => "not read",
            (Self::Header, Lang::Zh) => "重复的表头",
            (Self::Header, Lang::En) => "the header again",
        }
    }
}

impl Context<'_> {
    /// Why a row is no data; `None` if it is.
    pub fn ignored(&self, row: &GridRow) -> Option<Ignored> {
        let says = |column: &u32| !row.cell(*column).is_empty();
        let serial = &self.samples.serial;
        let others = (0_u32..).zip(&row.cells).filter(|(column, cell)| !serial.contains(column) && !cell.is_empty());
        let count = others.clone().count();
        if count == 0 {
            return Some(Ignored::Blank);
        }
        let first = row.cells.iter().find(|cell| !cell.is_empty())?;
        let given = self.sources.iter().filter(|source| says(&source.column)).count();
        if self.samples.has(row) {
            return Some(Ignored::Sample);
        }
        if let Cell::Text(text) = first {
            let word = token(text).to_lowercase();
            // In a narrow table sums may fill most columns; but nobody is called a total and is all numbers besides.
            let sums = || row.cells.iter().filter(|cell| matches!(cell, Cell::Number(_))).count() + 1 == row.filled();
            if is_total(&word) && (given <= self.sources.len() / 2 || sums()) {
                return Some(Ignored::Totals);
            }
            if count <= 4 && given <= self.sources.len() / 2 && is_note(&word) {
                return Some(Ignored::Note);
            }
        }
        let repeats = self.recognised.columns.iter().filter(|column| {
            matches!(row.cell(column.column), Cell::Text(text) if Heading::of(text).same(&Heading::of(&column.heading)))
        });
        // Comparing headings is dear: only rows whose first heading comes again are looked at.
        let again =
            self.recognised.columns.iter().take(2).any(
                |column| matches!(row.cell(column.column), Cell::Text(text) if text.trim() == column.heading.trim()),
            );
        (again && repeats.count() * 2 > self.recognised.columns.len()).then_some(Ignored::Header)
    }
}

/// Words that begin a row of sums.
fn is_total(word: &str) -> bool {
    const WORDS: [&str; 9] = ["合计", "总计", "小计", "累计", "共计", "总合计", "本页合计", "total", "subtotal"];
    WORDS.iter().any(|total| word.starts_with(total))
}

/// Words that begin a note below the table.
fn is_note(word: &str) -> bool {
    const WORDS: [&str; 14] = [
        "注:",
        "备注:",
        "说明:",
        "填表说明",
        "填表人",
        "填报人",
        "制表人",
        "制表:",
        "审核人",
        "审核:",
        "负责人:",
        "签字",
        "经办人",
        "单位负责人",
    ];
    WORDS.iter().any(|note| word.starts_with(note))
}
