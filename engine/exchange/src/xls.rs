//! Workbooks of Excel 97 to 2003. Their reader is foreign: what it would stumble over or build without bound is looked for first.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, Reader, SheetVisible, Xls};

use crate::book::{Cell, Grid, GridRow, Kept, Merge};
use crate::fault::{BookCode, BookFault};
use crate::limits::Limits;
use crate::xlsx::day_of_serial;

/// Cells that a page may span from its first to its last: the foreign reader makes room for all of them.
const SPAN: u64 = 2_000_000;

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Grid>, BookFault> {
    if contains_name(bytes, "EncryptedPackage") || contains_name(bytes, "EncryptionInfo") {
        return Err(BookFault::new(BookCode::Protected, []));
    }
    if !contains_name(bytes, "Workbook") && !contains_name(bytes, "Book") {
        return Err(BookFault::new(BookCode::NotATable, []));
    }
    // The container may scatter the records, but its sectors are read in order by whoever writes such files; a span is bounded
    // by the records found in any order.
    guard(bytes)?;
    let caught = catch_unwind(AssertUnwindSafe(|| parse(bytes, limits)));
    caught.unwrap_or_else(|_| Err(BookFault::broken("xls")))
}

/// Names of streams are UTF-16 in the container's directory.
fn contains_name(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(bytes, &wide).is_some()
}

fn parse(bytes: &[u8], limits: &Limits) -> Result<Vec<Grid>, BookFault> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| fault(&error))?;
    let mut kept = Kept::new(limits);
    let pages: Vec<(String, bool)> = book
        .sheets_metadata()
        .iter()
        .map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible))
        .collect();
    let mut grids = Vec::new();
    for (name, hidden) in pages {
        let Ok(range) = book.worksheet_range(&name) else { continue };
        let mut grid = Grid { name: name.clone(), hidden, ..Grid::default() };
        let (first_row, first_column) = range.start().unwrap_or((0, 0));
        for (offset, cells) in (0_u32..).zip(range.rows()) {
            let mut row = GridRow { number: first_row + offset + 1, cells: Vec::new() };
            for (column, data) in (first_column..).zip(cells) {
                let cell = cell(data, &mut kept)?;
                kept.put(&name, &mut row, column, cell)?;
            }
            kept.row(&mut grid.rows, row)?;
        }
        let merges = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        grid.merges = merges
            .iter()
            .map(|merge| Merge { r0: merge.start.0, c0: merge.start.1, r1: merge.end.0, c1: merge.end.1 })
            .collect();
        grids.push(grid);
    }
    Ok(grids)
}

fn cell(data: &Data, kept: &mut Kept<'_>) -> Result<Cell, BookFault> {
    Ok(match data {
        Data::Empty => Cell::Empty,
        #[expect(clippy::cast_precision_loss, reason = "a cell of these files never has more than 30 bits")]
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Float(number) if number.is_finite() => Cell::Number(*number),
        Data::Float(_) => Cell::Empty,
        Data::Bool(held) => Cell::Bool(*held),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            kept.text(text)?.map_or(Cell::Empty, Cell::Text)
        }
        Data::DateTime(moment) => {
            let serial = moment.as_f64();
            if moment.is_datetime() {
                day_of_serial(serial).map_or(Cell::Number(serial), Cell::Date)
            } else {
                Cell::Number(serial)
            }
        }
        Data::Error(error) => Cell::Error(error.to_string().into()),
    })
}

fn fault(error: &calamine::XlsError) -> BookFault {
    match error {
        calamine::XlsError::Password => BookFault::new(BookCode::Protected, []),
        other => BookFault::broken(other.to_string().chars().take(80).collect::<String>()),
    }
}

/// Refuses files whose cells lie so far apart that a table from the first to the last would be huge. Looks at the records of
/// cells wherever they stand: (kind, length) and then row and column.
fn guard(bytes: &[u8]) -> Result<(), BookFault> {
    let short = |at: usize| bytes.get(at..at + 2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    // A page begins with BOF (0x0809) and its cells follow; DIMENSIONS (0x0200) tells their span, which the writer may have wrong.
    let mut at = 0;
    let mut page: Option<(u16, u16, u16, u16)> = None;
    let mut in_records = false;
    while at + 4 <= bytes.len() {
        let (Some(kind), Some(length)) = (short(at), short(at + 2)) else { break };
        if kind == 0x0809 && (8..=16).contains(&length) {
            spread(page.take())?;
            in_records = true;
        }
        if !in_records {
            at = (at / 512 + 1) * 512;
            continue;
        }
        if matches!(kind, 0x0006 | 0x0201 | 0x0203 | 0x0204 | 0x0205 | 0x027e | 0x00fd | 0x00bd | 0x00d6)
            && let (Some(row), Some(column)) = (short(at + 4), short(at + 6))
        {
            let last =
                if kind == 0x00bd { short(at + 2 + usize::from(length)).unwrap_or(column).min(255) } else { column };
            let (r0, r1, c0, c1) = page.unwrap_or((row, row, column, last));
            page = Some((r0.min(row), r1.max(row), c0.min(column), c1.max(last)));
        }
        at += 4 + usize::from(length);
    }
    spread(page)
}

fn spread(page: Option<(u16, u16, u16, u16)>) -> Result<(), BookFault> {
    let Some((r0, r1, c0, c1)) = page else { return Ok(()) };
    let span = (u64::from(r1 - r0) + 1) * (u64::from(c1.saturating_sub(c0)) + 1);
    if span > SPAN { Err(BookFault::new(BookCode::TooManyCells, [SPAN.to_string(), "80".to_owned()])) } else { Ok(()) }
}
