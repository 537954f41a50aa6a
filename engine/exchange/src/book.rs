//! A workbook in memory: what its cells hold, and nothing of how they look.

use std::sync::Arc;

use anju_record::SmolStr;

use crate::fault::{BookCode, BookFault};
use crate::limits::Limits;
use crate::{csv, xls, xlsx};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML.
    Xlsx,
    /// Excel 97 to 2003.
    Xls,
    /// Text with separators.
    Csv,
}

/// A file that has been read.
#[derive(Debug, Clone)]
pub struct Book {
    /// The file's name.
    pub name: String,
    /// How it was written.
    pub format: Format,
    /// The encoding of its text, for csv.
    pub encoding: Option<&'static str>,
    /// Its pages in order.
    pub sheets: Vec<Grid>,
}

/// A page of a workbook.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    /// The name on its tab.
    pub name: String,
    /// Not shown.
    pub hidden: bool,
    /// Rows that hold something, in order.
    pub rows: Vec<GridRow>,
    /// Merged cells.
    pub merges: Vec<Merge>,
    /// Columns that are not shown, from 0.
    pub hidden_columns: Vec<u32>,
}

/// A row that holds something.
#[derive(Debug, Clone, Default)]
pub struct GridRow {
    /// Its number, from 1, as spreadsheets show it.
    pub number: u32,
    /// By column from 0; empty cells at the end are left out.
    pub cells: Vec<Cell>,
}

/// Cells shown as one, both ends included, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// First row.
    pub r0: u32,
    /// First column.
    pub c0: u32,
    /// Last row.
    pub r1: u32,
    /// Last column.
    pub c1: u32,
}

/// What a cell holds; a formula holds the value it last had.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// Nothing, or blanks.
    #[default]
    Empty,
    /// Text; a long one that cells share is shared here too.
    Text(SmolStr),
    /// A number.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// A number shown as a day: days since 1970-01-01.
    Date(i32),
    /// `#REF!` and its like.
    Error(Arc<str>),
    /// More text than a cell may hold.
    TooLong(Arc<Excess>),
    /// A formula whose value was not saved with it.
    NoResult,
    /// Something stands there, and the file does not say what.
    Damaged,
}

/// A text that a cell may not hold.
#[derive(Debug, PartialEq)]
pub struct Excess {
    /// As much of it as a cell may hold.
    pub start: Box<str>,
    /// How much there is.
    pub characters: u32,
}

impl Cell {
    /// Holds nothing.
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Something stands there that cannot be taken for what was meant.
    pub const fn is_faulty(&self) -> bool {
        matches!(self, Self::Error(_) | Self::TooLong(_) | Self::NoResult | Self::Damaged)
    }

    /// What the cell says, as text.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Self::Empty | Self::NoResult | Self::Damaged => "".into(),
            Self::Text(text) => text.as_str().into(),
            Self::Error(text) => (&**text).into(),
            Self::TooLong(text) => (&*text.start).into(),
            Self::Number(number) => plain_number(*number).into(),
            Self::Bool(held) => if *held { "TRUE" } else { "FALSE" }.into(),
            Self::Date(day) => anju_record::day::format(*day).into(),
        }
    }
}

/// A number as a spreadsheet shows it: 15 digits, no exponent.
pub fn plain_number(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    rounded.to_string()
}

impl GridRow {
    /// The cell of a column.
    pub fn cell(&self, column: u32) -> &Cell {
        usize::try_from(column).ok().and_then(|at| self.cells.get(at)).unwrap_or(&Cell::Empty)
    }
}

impl GridRow {
    /// How many cells hold something.
    pub(crate) fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.is_empty()).count()
    }
}

impl Grid {
    /// The row of that number.
    pub fn row(&self, number: u32) -> Option<&GridRow> {
        self.rows.binary_search_by_key(&number, |row| row.number).ok().map(|at| &self.rows[at])
    }
}

/// Reads a file by what it holds, not by its name.
///
/// # Errors
/// Why it cannot be read. It never panics, and never uses more than [`Limits`] allow.
pub fn open(bytes: &[u8], name: &str, limits: &Limits) -> Result<Book, BookFault> {
    if bytes.len() as u64 > limits.file {
        return Err(BookFault::megabytes(BookCode::TooLarge, limits.file));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(BookFault::new(BookCode::Empty, []));
    }
    let (format, encoding, sheets) = if bytes.starts_with(b"PK") {
        (Format::Xlsx, None, xlsx::read(bytes, limits)?)
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        (Format::Xls, None, xls::read(bytes, limits)?)
    } else if is_picture(bytes) {
        return Err(BookFault::new(BookCode::Picture, []));
    } else {
        let (encoding, grid) = csv::read(bytes, name, limits)?;
        (Format::Csv, Some(encoding), vec![grid])
    };
    if sheets.iter().all(|grid| grid.rows.is_empty()) {
        return Err(BookFault::new(if sheets.is_empty() { BookCode::NoPages } else { BookCode::Empty }, []));
    }
    Ok(Book { name: name.to_owned(), format, encoding, sheets })
}

/// How files of pictures begin: PNG, JPEG, GIF, TIFF in both orders of bytes.
const PICTURES: [&[u8]; 6] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*"];

/// Whether a file is a picture. What some begin with are signs of GB18030 as well.
fn is_picture(bytes: &[u8]) -> bool {
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    is_webp || PICTURES.iter().any(|start| bytes.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_larger_than_its_text() {
        assert_eq!(size_of::<Cell>(), 24);
    }
}
