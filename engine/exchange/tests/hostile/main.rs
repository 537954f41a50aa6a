//! Files that are broken, that lie, or that want more than they may have: each is refused with its reason or read to its last row.

mod archives;
mod cells;
mod fuzz;
mod memory;
mod old;
mod packed;
mod text;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anju_exchange::write::{Mark, Summary, mark};
use anju_exchange::{
    Book, BookCode, BookFault, Cell, ColumnMap, Grid, Limits, Reading, Recognised, open, read_rows, recognise,
};
use anju_pack::Pack;
use anju_record::Lang;

/// 2020-05-16.
pub(crate) const TODAY: i32 = 18_398;

pub(crate) static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    anju_pack::compile(&anju_pack::read_dir(&root).expect("the packs are on disk")).expect("no faults")
});

/// Sheets of every make: rows in groups, several in one cell, plain rows.
pub(crate) const SHEETS: [&str; 3] = ["household_roster", "pairing_roster", "employment_roster"];

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)).expect("a fixture")
}

pub(crate) fn opened(bytes: &[u8], name: &str) -> Result<Book, BookFault> {
    open(bytes, name, &Limits::default())
}

/// The code with which a file is refused.
pub(crate) fn refused(bytes: &[u8], name: &str) -> BookCode {
    let fault = opened(bytes, name).expect_err("refused");
    for lang in [Lang::Zh, Lang::En] {
        let message = fault.message(lang);
        assert!(!message.is_empty() && !message.contains('{'), "{message}");
    }
    fault.code
}

/// What the first page says, row by row.
pub(crate) fn rows(book: &Book) -> Vec<(u32, Vec<String>)> {
    book.sheets[0]
        .rows
        .iter()
        .map(|row| (row.number, row.cells.iter().map(|cell| cell.text().into_owned()).collect()))
        .collect()
}

/// Reads every page that any sheet takes, and gives the file back marked; every row is accounted for.
pub(crate) fn read_through(book: &Book, original: &[u8], map: &ColumnMap) {
    for name in SHEETS {
        let sheet = PACK.sheet_by_id(name).expect("a sheet");
        for (_, page) in recognise(&PACK, &sheet, book, map) {
            let Ok(page) = page else { continue };
            let grid = &book.sheets[page.grid];
            let reading = read_rows(&PACK, &sheet, grid, &page, TODAY);
            accounted(grid, &page, &reading);
            let back = mark(book, original, &marks(page.grid, &reading), &Summary::default(), Lang::Zh, Vec::new());
            let back = opened(&back.expect("is written"), "marked.xlsx");
            assert!(back.is_ok(), "{:?}", back.err());
        }
    }
}

pub(crate) fn marks(grid: usize, reading: &Reading) -> Vec<Mark> {
    let mark = |fault: &anju_exchange::RowFault| Mark {
        grid,
        row: fault.row,
        column: fault.column,
        heading: fault.fault.place.zh.clone(),
        kind: fault.kind.as_str().to_owned(),
        text: fault.fault.message(Lang::Zh),
        warning: fault.warning,
    };
    reading.faults().map(mark).collect()
}

/// Every row below the header that holds something is read or left out for a reason, once; and what cannot be read is named.
pub(crate) fn accounted(grid: &Grid, page: &Recognised, reading: &Reading) {
    let last = page.header_rows.last().copied().unwrap_or(0);
    let held: BTreeSet<u32> = grid.rows.iter().map(|row| row.number).filter(|number| *number > last).collect();
    assert_eq!(held.len(), grid.rows.iter().filter(|row| row.number > last).count(), "a number twice");
    let read: Vec<u32> = reading.rows.iter().map(|row| row.number).collect();
    assert!(read.is_sorted_by(|a, b| a < b), "rows in order");
    let mut told: BTreeSet<u32> = read.iter().copied().collect();
    for (number, _) in &reading.ignored {
        assert!(told.insert(*number), "row {number} is read and left out");
    }
    let lost: Vec<&u32> = held.difference(&told).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    for row in &reading.rows {
        assert!(row.faults.iter().all(|fault| fault.row == row.number));
        assert!(
            row.out || row.faults.iter().all(|fault| fault.warning || fault.item.is_some() || fault.group.is_some())
        );
        let cells = grid.row(row.number).expect("a row of the page");
        for (column, cell) in (0_u32..).zip(&cells.cells).filter(|(_, cell)| cell.is_faulty()) {
            let is_read = page
                .columns
                .iter()
                .any(|known| known.column == column && matches!(known.role, anju_exchange::Role::Fields(_)));
            let named = row.faults.iter().any(|fault| fault.column == Some(column) && !fault.message().is_empty());
            assert!(named || !is_read, "row {} column {column} {cell:?} is not named", row.number);
        }
    }
}

/// The whole way for bytes from anywhere: a clear refusal, or every row accounted for.
pub(crate) fn survives(bytes: &[u8], name: &str) {
    match opened(bytes, name) {
        Err(fault) => assert!(!fault.message(Lang::Zh).contains('{'), "{fault:?}"),
        Ok(book) => read_through(&book, bytes, &ColumnMap::default()),
    }
}

trait Message {
    fn message(&self) -> String;
}

impl Message for anju_exchange::RowFault {
    fn message(&self) -> String {
        self.fault.message(Lang::Zh)
    }
}

/// The first cell of a row of the first page.
pub(crate) fn cell(book: &Book, row: u32, column: u32) -> Cell {
    book.sheets[0].row(row).map_or(Cell::Empty, |row| row.cell(column).clone())
}
