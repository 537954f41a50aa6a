//! One worksheet of a table, as XML: what stands before its rows, the rows, what stands after them.

use std::fmt::Write as _;

use super::cell::{CellOut, ColumnKind, TableColumn, TableHead, fitting, push_number};
use super::place::letters;
use super::styles;
use super::xml::{has_outer_blanks, push_text};

/// Days from 1899-12-30 to 1970-01-01: what spreadsheets count from.
const EPOCH: i32 = 25_569;
/// 1900-03-01, before which spreadsheets count a day that never was.
const FIRST_DAY: i32 = 61 - EPOCH;
/// Digits that a spreadsheet keeps of a number.
const PRECISE: u64 = 999_999_999_999_999;

/// What is fixed of a sheet's columns.
pub(super) struct Layout {
    columns: Vec<Column>,
    /// The row of the headings, from 1.
    pub heading: u32,
}

struct Column {
    letters: String,
    kind: ColumnKind,
    /// `s="7"` of a row and of a total.
    styles: [usize; 2],
}

impl Layout {
    pub(super) fn of(head: &TableHead) -> Self {
        let column = |(at, column): (usize, &TableColumn)| Column {
            letters: letters(u32::try_from(at).unwrap_or(u32::MAX - 1)),
            kind: column.kind,
            styles: [styles::of(column.kind, false), styles::of(column.kind, true)],
        };
        let above = u32::from(head.title.is_some()) + u32::from(has_notes(head));
        Self { columns: head.columns.iter().enumerate().map(column).collect(), heading: above + 1 }
    }

    pub(super) fn last(&self) -> &str {
        self.columns.last().map_or("A", |column| &column.letters)
    }

    /// One row of cells.
    pub(super) fn push_row(&self, into: &mut Vec<u8>, row: u32, cells: &[CellOut<'_>], total: bool) {
        let row = row.to_string();
        open_row(into, &row);
        for (at, column) in self.columns.iter().enumerate() {
            let cell = cells.get(at).unwrap_or(&CellOut::Empty);
            column.push(into, &row, cell, total);
        }
        into.extend_from_slice(b"</row>");
    }

    /// Everything before the first row: title, unit and period, headings.
    pub(super) fn push_start(&self, into: &mut Vec<u8>, head: &TableHead) {
        into.extend_from_slice(
            concat!(
                r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
                "\n",
                r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
                r#"<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>"#,
            )
            .as_bytes(),
        );
        let mut xml = String::new();
        let _ = write!(
            xml,
            r#"<sheetViews><sheetView workbookViewId="0"><pane ySplit="{0}" topLeftCell="A{1}" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="A{1}" sqref="A{1}"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>"#,
            self.heading,
            self.heading + 1,
        );
        for (at, column) in (1_u32..).zip(&head.columns) {
            let width = column.width.clamp(4, 120);
            let _ = write!(xml, r#"<col min="{at}" max="{at}" width="{width}.7" customWidth="1"/>"#);
        }
        xml.push_str("</cols><sheetData>");
        into.extend_from_slice(xml.as_bytes());
        if let Some(title) = &head.title {
            into.extend_from_slice(br#"<row r="1" ht="33" customHeight="1">"#);
            push_words(into, "A", "1", styles::TITLE, title);
            into.extend_from_slice(b"</row>");
        }
        if has_notes(head) {
            let row = (self.heading - 1).to_string();
            open_row(into, &row);
            push_words(into, "A", &row, styles::NOTE, head.unit.as_deref().unwrap_or_default());
            if let (Some(period), true) = (&head.period, self.columns.len() > 1) {
                push_words(into, self.last(), &row, styles::NOTE_RIGHT, period);
            }
            into.extend_from_slice(b"</row>");
        }
        let row = self.heading.to_string();
        open_row(into, &row);
        for (column, written) in self.columns.iter().zip(&head.columns) {
            push_words(into, &column.letters, &row, styles::HEADING, &written.title);
        }
        into.extend_from_slice(b"</row>");
    }

    /// Everything after the last row, which may be that of the totals.
    pub(super) fn push_end(&self, into: &mut Vec<u8>, head: &TableHead, last_row: u32, totals: bool) {
        let mut merged = Vec::new();
        let last = self.last();
        if head.title.is_some() && last != "A" {
            merged.push(format!("A1:{last}1"));
        }
        if let Some(signature) = &head.signature {
            let row = (last_row + 1).to_string();
            open_row(into, &row);
            push_words(into, "A", &row, styles::NOTE, signature);
            into.extend_from_slice(b"</row>");
            if last != "A" {
                merged.push(format!("A{row}:{last}{row}"));
            }
        }
        let data = last_row - u32::from(totals);
        let mut xml = format!(r#"</sheetData><autoFilter ref="A{}:{last}{data}"/>"#, self.heading);
        if !merged.is_empty() {
            let _ = write!(xml, r#"<mergeCells count="{}">"#, merged.len());
            for range in merged {
                let _ = write!(xml, r#"<mergeCell ref="{range}"/>"#);
            }
            xml.push_str("</mergeCells>");
        }
        xml.push_str(concat!(
            r#"<printOptions horizontalCentered="1"/><pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>"#,
            r#"<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>"#,
            r#"<headerFooter><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter>"#,
        ));
        let _ = write!(
            xml,
            r#"<ignoredErrors><ignoredError sqref="A1:{last}{last_row}" numberStoredAsText="1"/></ignoredErrors></worksheet>"#
        );
        into.extend_from_slice(xml.as_bytes());
    }
}

impl Column {
    fn push(&self, into: &mut Vec<u8>, row: &str, cell: &CellOut<'_>, total: bool) {
        let style = self.styles[usize::from(total)];
        match cell {
            CellOut::Empty => {
                push_place(into, &self.letters, row, style);
                into.extend_from_slice(b"/>");
            }
            CellOut::Text(text) => push_words(into, &self.letters, row, style, text),
            CellOut::Date(date) if *date >= FIRST_DAY && self.kind == ColumnKind::Date => {
                push_place(into, &self.letters, row, style);
                into.extend_from_slice(b"><v>");
                push_number(into, i128::from(*date) + i128::from(EPOCH), 0);
                into.extend_from_slice(b"</v></c>");
            }
            CellOut::Date(date) => push_words(into, &self.letters, row, style, &anju_record::day::format(*date)),
            CellOut::Number(number) if number.unsigned_abs() <= PRECISE && self.kind.adds_up() => {
                push_place(into, &self.letters, row, style);
                into.extend_from_slice(b"><v>");
                push_number(into, i128::from(*number), self.kind.scale());
                into.extend_from_slice(b"</v></c>");
            }
            CellOut::Number(number) => {
                // A figure with more digits than a spreadsheet keeps would come back as another one.
                let mut exact = Vec::new();
                push_number(&mut exact, i128::from(*number), self.kind.scale());
                push_words(into, &self.letters, row, style, &String::from_utf8_lossy(&exact));
            }
        }
    }
}

fn has_notes(head: &TableHead) -> bool {
    head.unit.is_some() || head.period.is_some()
}

fn open_row(into: &mut Vec<u8>, row: &str) {
    into.extend_from_slice(b"<row r=\"");
    into.extend_from_slice(row.as_bytes());
    into.extend_from_slice(b"\">");
}

/// `<c r="B7" s="5"`
fn push_place(into: &mut Vec<u8>, letters: &str, row: &str, style: usize) {
    into.extend_from_slice(b"<c r=\"");
    into.extend_from_slice(letters.as_bytes());
    into.extend_from_slice(row.as_bytes());
    into.extend_from_slice(b"\" s=\"");
    if style >= 10 {
        into.push(b'0' + u8::try_from(style / 10 % 10).unwrap_or_default());
    }
    into.push(b'0' + u8::try_from(style % 10).unwrap_or_default());
    into.push(b'"');
}

/// A cell of words: never a formula, whatever it begins with.
fn push_words(into: &mut Vec<u8>, letters: &str, row: &str, style: usize, text: &str) {
    push_place(into, letters, row, style);
    if text.is_empty() {
        into.extend_from_slice(b"/>");
        return;
    }
    let blanks = has_outer_blanks(text);
    into.extend_from_slice(if blanks {
        br#" t="inlineStr"><is><t xml:space="preserve">"#
    } else {
        br#" t="inlineStr"><is><t>"#
    });
    push_text(into, &fitting(text));
    into.extend_from_slice(b"</t></is></c>");
}
