//! A new workbook from what the cells hold, for files that cannot be patched.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use anju_record::Lang;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, Note, Url, Workbook, Worksheet};

use super::super::cell::{fitting, wide};
use super::super::fault::WriteFault;
use super::super::place::{ROWS, cell_name, quoted, sheet_name};
use super::summary::Lines;
use super::{COMMENTS, Finding, Shown, Summary, shown, words};
use crate::book::{Book, Cell, Grid};

/// Cells beyond which only the marked rows and the first ones are given back, each in its own place.
const MOST: usize = 250_000;
/// Rows that are always given back: title and headings stand in them.
const FIRST: u32 = 10;

/// Writes it.
pub(super) fn write<W: Write + Send>(
    book: &Book,
    findings: &[Finding<'_>],
    summary: &Summary,
    lang: Lang,
    mut out: W,
) -> Result<W, WriteFault> {
    let mut workbook = Workbook::new();
    let all: Vec<_> = book.sheets.iter().enumerate().map(|(at, grid)| shown(grid, at, findings, lang)).collect();
    let uncommented = all.iter().any(|shown| shown.len() > COMMENTS);
    let mut names: Vec<String> = Vec::new();
    for grid in &book.sheets {
        let name = sheet_name(&grid.name, &names);
        names.push(name);
    }
    let first = sheet_name(words::of(lang).sheet, &names);
    let lines = Lines::of(summary, findings, uncommented, lang);
    summarise(workbook.add_worksheet().set_name(first)?, &lines, &names)?;
    let cells: usize = book.sheets.iter().flat_map(|grid| &grid.rows).map(|row| row.cells.len()).sum();
    for ((grid, name), shown) in book.sheets.iter().zip(&names).zip(&all) {
        let sheet = workbook.add_worksheet().set_name(name)?;
        copy(sheet, grid, shown, cells > MOST, lang)?;
    }
    workbook.save_to_writer(&mut out)?;
    out.flush()?;
    Ok(out)
}

fn summarise(sheet: &mut Worksheet, lines: &Lines<'_>, names: &[String]) -> Result<(), WriteFault> {
    let plain = Format::new().set_text_wrap().set_align(FormatAlign::VerticalCenter).set_num_format("@");
    let heading = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Center)
        .set_background_color(Color::RGB(0xE8_EEEB));
    for (column, width) in (0_u16..).zip([8, 16, 12, 18, 24, 44, 44]) {
        sheet.set_column_width(column, width)?;
    }
    sheet.write_string_with_format(0, 0, &lines.title, &Format::new().set_bold().set_font_size(16))?;
    let mut row = 1;
    for (name, value) in &lines.facts {
        sheet.write_string(row, 0, fitting(name))?.write_string(row, 3, fitting(value))?;
        row += 1;
    }
    row += 1;
    for (column, head) in (0_u16..).zip(lines.heads) {
        sheet.write_string_with_format(row, column, head, &heading)?;
    }
    for finding in lines.findings {
        row += 1;
        if row >= ROWS {
            break;
        }
        for (column, text) in (0_u16..).zip(lines.cells(finding)) {
            sheet.write_string_with_format(row, column, fitting(&text), &plain)?;
        }
        let name = names.get(finding.grid).map(String::as_str).unwrap_or_default();
        let cell = cell_name(finding.row, finding.column.unwrap_or(0));
        let link = Url::new(format!("internal:{}!{cell}", quoted(name))).set_text(&cell);
        // A sheet takes 65,530 links; the words stand there without one.
        let _ = sheet.write_url(row, 2, link);
    }
    Ok(())
}

/// The formats of a copy: of each kind of cell plain, with a warning, with a fault.
struct Formats {
    text: [Format; 3],
    number: [Format; 3],
    date: [Format; 3],
}

impl Formats {
    fn new() -> Self {
        let fills = |format: Format| {
            [
                format.clone(),
                format.clone().set_background_color(Color::RGB(0xFF_DC87)),
                format.set_background_color(Color::RGB(0xFF_9C9C)),
            ]
        };
        Self {
            text: fills(Format::new().set_num_format("@")),
            number: fills(Format::new()),
            date: fills(Format::new().set_num_format("yyyy-mm-dd")),
        }
    }
}

fn copy(
    sheet: &mut Worksheet,
    grid: &Grid,
    shown: &BTreeMap<(u32, u32), Shown>,
    shortened: bool,
    lang: Lang,
) -> Result<(), WriteFault> {
    let formats = Formats::new();
    let mut widths: HashMap<u16, u16> = HashMap::new();
    for merge in &grid.merges {
        let ends = (u16::try_from(merge.c0), u16::try_from(merge.c1));
        if let (Ok(c0), Ok(c1)) = ends {
            // Merged cells that overlap were never shown as such; they stay apart.
            let _ = sheet.merge_range(merge.r0, c0, merge.r1, c1, "", &Format::new());
        }
    }
    let level =
        |row: u32, column: u32| shown.get(&(row, column)).map_or(0, |shown| if shown.warning { 1_usize } else { 2 });
    for row in grid.rows.iter().filter(|row| (1..=ROWS).contains(&row.number)) {
        if shortened && row.number > FIRST && shown.range((row.number, 0)..=(row.number, u32::MAX)).next().is_none() {
            continue;
        }
        for (column, cell) in (0_u16..16_384).zip(&row.cells) {
            put(sheet, row.number - 1, column, cell, &formats, level(row.number, u32::from(column)))?;
            let wanted = wide(&cell.text()).saturating_add(2).clamp(8, 40);
            let width = widths.entry(column).or_insert(wanted);
            *width = wanted.max(*width);
        }
    }
    for (column, width) in widths {
        sheet.set_column_width(column, width)?;
    }
    for column in grid.hidden_columns.iter().filter_map(|column| u16::try_from(*column).ok()).filter(|at| *at < 16_384)
    {
        sheet.set_column_hidden(column)?;
    }
    sheet.set_hidden(grid.hidden);
    for (nth, ((row, column), said)) in shown.iter().enumerate() {
        let Some(column) = u16::try_from(*column).ok().filter(|at| *at < 16_384 && (1..=ROWS).contains(row)) else {
            continue;
        };
        let empty = grid.row(*row).is_none_or(|found| found.cell(u32::from(column)).is_empty());
        if empty {
            sheet.write_blank(row - 1, column, &formats.text[if said.warning { 1 } else { 2 }])?;
        }
        if nth < COMMENTS {
            let note = Note::new(fitting(&said.text))
                .set_author(words::of(lang).author)
                .add_author_prefix(false)
                .set_width(280);
            sheet.insert_note(row - 1, column, &note)?;
        }
    }
    Ok(())
}

fn put(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    formats: &Formats,
    level: usize,
) -> Result<(), WriteFault> {
    match cell {
        Cell::Empty | Cell::NoResult | Cell::Damaged => {}
        Cell::Number(number) if number.is_finite() => {
            sheet.write_number_with_format(row, column, *number, &formats.number[level])?;
        }
        Cell::Bool(held) => {
            sheet.write_boolean_with_format(row, column, *held, &formats.number[level])?;
        }
        Cell::Date(day) => match ExcelDateTime::from_serial_datetime(f64::from(*day) + 25_569.0) {
            Ok(date) => {
                sheet.write_datetime_with_format(row, column, date, &formats.date[level])?;
            }
            Err(_) => {
                sheet.write_string_with_format(row, column, cell.text(), &formats.text[level])?;
            }
        },
        Cell::Text(_) | Cell::Error(_) | Cell::TooLong(_) | Cell::Number(_) => {
            sheet.write_string_with_format(row, column, fitting(&cell.text()), &formats.text[level])?;
        }
    }
    Ok(())
}
