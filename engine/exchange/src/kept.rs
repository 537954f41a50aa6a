//! What has been kept of a file so far, over all pages, and when it is too much.

use std::sync::Arc;

use anju_record::is_blank;

use crate::book::{Cell, Excess, GridRow, Merge};
use crate::fault::{BookCode, BookFault};
use crate::limits::Limits;

/// The last row that a spreadsheet has.
pub(crate) const LAST_ROW: u32 = 1_048_576;

/// What has been kept so far.
#[derive(Debug, Clone)]
pub(crate) struct Kept<'a> {
    pub limits: &'a Limits,
    rows: usize,
    cells: usize,
    text: usize,
}

impl<'a> Kept<'a> {
    pub fn new(limits: &'a Limits) -> Self {
        Self { limits, rows: 0, cells: 0, text: 0 }
    }

    /// Takes in what another has kept since it stood as `before`.
    pub fn join(&mut self, other: &Self, before: &Self) -> Result<(), BookFault> {
        self.rows += other.rows - before.rows;
        if self.rows > self.limits.rows as usize {
            return Err(self.too_many_rows());
        }
        self.more_cells(other.cells - before.cells)?;
        self.weigh(other.text - before.text)
    }

    /// The cell of a text; blank text is nothing.
    pub fn text(&mut self, text: &str) -> Result<Cell, BookFault> {
        self.cell_of(text, 0)
    }

    /// The cell of a text that came in pieces.
    pub fn pieces(&mut self, pieces: &Pieces) -> Result<Cell, BookFault> {
        self.cell_of(&pieces.text, pieces.more)
    }

    fn cell_of(&mut self, text: &str, more: usize) -> Result<Cell, BookFault> {
        if more == 0 && text.chars().all(is_blank) {
            return Ok(Cell::Empty);
        }
        let longest = self.limits.cell;
        let end = if text.len() > longest { text.char_indices().nth(longest).map(|(end, _)| end) } else { None };
        let kept = &text[..end.unwrap_or(text.len())];
        self.weigh(kept.len() + OVERHEAD)?;
        if end.is_none() && more == 0 {
            return Ok(Cell::Text(kept.into()));
        }
        let characters = u32::try_from(text.chars().count() + more).unwrap_or(u32::MAX);
        Ok(Cell::TooLong(Arc::new(Excess { start: kept.into(), characters })))
    }

    /// What a formula in error shows.
    pub fn error(&mut self, text: &str) -> Result<Cell, BookFault> {
        Ok(match self.text(text)? {
            Cell::Text(text) => Cell::Error(text.as_str().into()),
            other => other,
        })
    }

    /// A text that many cells may show: whoever reads the cells reads it as often.
    pub fn shared(&mut self, texts: &[Cell], at: Option<u32>) -> Result<Cell, BookFault> {
        let Some(cell) = at.and_then(|at| texts.get(at as usize)) else { return Ok(Cell::Damaged) };
        match cell {
            Cell::Text(text) => self.weigh(text.len())?,
            Cell::TooLong(text) => self.weigh(text.start.len())?,
            _ => {}
        }
        Ok(cell.clone())
    }

    fn weigh(&mut self, bytes: usize) -> Result<(), BookFault> {
        self.text = self.text.saturating_add(bytes);
        if self.text > self.limits.text { Err(self.too_much()) } else { Ok(()) }
    }

    /// Puts a cell into a row.
    pub fn put(&mut self, page: &str, row: &mut GridRow, column: u32, cell: Cell) -> Result<(), BookFault> {
        if cell.is_empty() {
            return Ok(());
        }
        if column >= self.limits.columns {
            let args = [page.to_owned(), row.number.to_string(), self.limits.columns.to_string()];
            return Err(BookFault::new(BookCode::TooManyColumns, args));
        }
        let at = column as usize;
        match row.cells.get_mut(at) {
            Some(there) if there.is_empty() => *there = cell,
            Some(there) if *there == cell => {}
            Some(_) => return Err(twice(page, row.number, column)),
            None => {
                self.more_cells(at + 1 - row.cells.len())?;
                if at > row.cells.len() {
                    row.cells.resize(at, Cell::Empty);
                }
                row.cells.push(cell);
            }
        }
        Ok(())
    }

    fn more_cells(&mut self, count: usize) -> Result<(), BookFault> {
        self.cells = self.cells.saturating_add(count);
        if self.cells > self.limits.cells { Err(self.too_much()) } else { Ok(()) }
    }

    /// Takes a row in, if it holds something.
    pub fn row(&mut self, rows: &mut Vec<GridRow>, mut row: GridRow) -> Result<(), BookFault> {
        if row.cells.is_empty() {
            return Ok(());
        }
        self.rows += 1;
        if self.rows > self.limits.rows as usize {
            return Err(self.too_many_rows());
        }
        row.cells.shrink_to_fit();
        rows.push(row);
        Ok(())
    }

    /// Takes merged cells in. Whoever reads the page looks at each of their columns, so each counts as a cell.
    pub fn merge(&mut self, merges: &mut Vec<Merge>, merge: Merge) -> Result<(), BookFault> {
        let first_beyond = self.limits.columns;
        if merge.c0 >= first_beyond || (merge.r0, merge.c0) == (merge.r1, merge.c1) {
            return Ok(());
        }
        let c1 = merge.c1.min(first_beyond - 1);
        self.more_cells((c1 - merge.c0 + 1) as usize)?;
        merges.push(Merge { c1, ..merge });
        Ok(())
    }

    fn too_many_rows(&self) -> BookFault {
        BookFault::new(BookCode::TooManyRows, [self.limits.rows.to_string()])
    }

    pub fn too_much(&self) -> BookFault {
        let args = [self.limits.cells.to_string(), (self.limits.text >> 20).max(1).to_string()];
        BookFault::new(BookCode::TooManyCells, args)
    }
}

/// What a text takes beside its bytes.
const OVERHEAD: usize = 32;

fn twice(page: &str, row: u32, column: u32) -> BookFault {
    let place = crate::write::cell_name(row, column);
    BookFault::new(BookCode::Twice, [page.to_owned(), place])
}

/// A text that comes in pieces: what goes far beyond a cell is only counted.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    pub text: String,
    more: usize,
}

impl Pieces {
    /// Bytes of a text that are kept; more than any cell may have.
    const MOST: usize = 256 << 10;

    pub fn push(&mut self, piece: &str) {
        let mut room = Self::MOST.saturating_sub(self.text.len()).min(piece.len());
        while !piece.is_char_boundary(room) {
            room -= 1;
        }
        let (kept, beyond) = piece.split_at(room);
        self.text.push_str(kept);
        if !beyond.is_empty() {
            self.more += beyond.chars().count();
        }
    }

    pub fn clear(&mut self) {
        self.text.clear();
        self.more = 0;
    }
}

/// Columns that are not shown; what stands beyond the last column is nobody's.
pub(crate) fn hide(hidden: &mut Vec<u32>, first: u32, last: u32, limits: &Limits) {
    for column in first..=last.min(limits.columns.saturating_sub(1)) {
        if let Err(at) = hidden.binary_search(&column) {
            hidden.insert(at, column);
        }
    }
}

/// Rows in order, each number once.
///
/// # Errors
/// When two rows of one number fill the same cell otherwise: nobody knows which is meant.
pub(crate) fn in_order(page: &str, rows: &mut Vec<GridRow>) -> Result<(), BookFault> {
    if rows.is_sorted_by(|a, b| a.number < b.number) {
        return Ok(());
    }
    rows.sort_by_key(|row| row.number);
    let mut clash = None;
    rows.dedup_by(|later, first| {
        let same = later.number == first.number;
        if same {
            for (at, cell) in later.cells.drain(..).enumerate() {
                if at >= first.cells.len() {
                    first.cells.push(cell);
                } else if first.cells[at].is_empty() {
                    first.cells[at] = cell;
                } else if !cell.is_empty() && first.cells[at] != cell {
                    clash.get_or_insert((first.number, at));
                }
            }
        }
        same
    });
    match clash {
        Some((row, column)) => Err(twice(page, row, u32::try_from(column).unwrap_or(u32::MAX))),
        None => Ok(()),
    }
}
