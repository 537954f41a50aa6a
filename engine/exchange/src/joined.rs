//! A workbook may tell of one thing on two pages: members on one, and on the other the households that they name. What the rows name is read beside
//! the first row that names it, as if it stood on one page with it.

use std::collections::{BTreeMap, HashMap};

use anju_pack::{FieldIx, Pack, Sheet};
use anju_record::token;

use crate::book::{Book, Cell, Grid, GridRow};
use crate::heading::{keys, names};
use crate::measure::above;
use crate::recognise::{ColumnMap, ReadColumn, Recognised, Role, Target, Vocabulary};
use crate::samples::Samples;

/// What stands on another page and is read beside the rows that name it.
#[derive(Debug, Clone)]
pub struct Joined {
    /// The other page, as an index in [`Book::sheets`].
    pub grid: usize,
    /// Rows of the other page that no row names: they are not read.
    pub alone: Vec<u32>,
    /// What a line above the other page's headings says of money.
    pub(crate) above: Option<u8>,
    /// The first column that is the other page's.
    from: u32,
    /// Which column of the other page each is.
    columns: Vec<u32>,
    /// The other page's row that is read beside a row.
    rows: BTreeMap<u32, u32>,
}

impl Recognised {
    /// Where a cell stands: its page, as an index in [`Book::sheets`], its row and its column.
    pub fn place_of(&self, row: u32, column: u32) -> (usize, u32, u32) {
        let other = self.joined.as_ref().and_then(|joined| {
            let at = usize::try_from(column.checked_sub(joined.from)?).ok()?;
            Some((joined.grid, *joined.rows.get(&row)?, *joined.columns.get(at)?))
        });
        other.unwrap_or((self.grid, row, column))
    }
}

impl Joined {
    /// Whether a column is the other page's.
    pub(crate) const fn holds(&self, column: u32) -> bool {
        column >= self.from
    }
}

/// The page of the rows with what another page tells of that which they name; none where no other page does.
pub fn join(pack: &Pack, sheet: &Sheet, book: &Book, map: &ColumnMap, main: &Recognised) -> Option<(Grid, Recognised)> {
    if book.sheets.len() < 2 || sheet.carry.is_empty() {
        return None;
    }
    let all = Vocabulary { pack, sheet, names: names(pack, sheet), map };
    let has_rows = |at: usize, grid: &Grid| all.page(at, grid).is_ok_and(|page| all.names_own(&page.columns));
    // A heading that the rows have as well means what they name.
    let is_named = |path: u16| sheet.carry.iter().any(|carried| sheet.goes_on(path, *carried));
    let named = all.names.iter().filter(|name| is_named(name.target.path)).cloned().collect();
    let vocabulary = Vocabulary { pack, sheet, names: named, map };
    let others = book.sheets.iter().enumerate().filter(|(at, grid)| *at != main.grid && !grid.hidden);
    let mut found = others.filter_map(|(at, grid)| Some((grid, vocabulary.page(at, grid).ok()?)));
    found.find_map(|(grid, other)| {
        let pages = Pages { vocabulary: &vocabulary, book, main, grid, other };
        // A page with rows of its own is no page of what others name.
        if has_rows(pages.other.grid, grid) { None } else { pages.join() }
    })
}

/// Two pages that may belong together.
struct Pages<'a> {
    vocabulary: &'a Vocabulary<'a>,
    book: &'a Book,
    main: &'a Recognised,
    grid: &'a Grid,
    other: Recognised,
}

impl Pages<'_> {
    fn join(&self) -> Option<(Grid, Recognised)> {
        let (path, keys) = self.vocabulary.sheet.carry.iter().find_map(|path| Some((*path, self.keys(*path)?)))?;
        let columns: Vec<&ReadColumn> = self.other.columns.iter().filter(|column| self.tells(column, path)).collect();
        let mut page = self.book.sheets.get(self.main.grid)?.clone();
        let from = page.rows.iter().map(|row| row.cells.len()).max().and_then(|wide| u32::try_from(wide).ok())?;
        let beside: Vec<u32> = columns.iter().map(|column| column.column).collect();
        let (rows, alone) = self.copy(&mut page, keys, from, &beside)?;
        let mut recognised = self.main.clone();
        recognised.columns.extend((from..).zip(columns).map(|(at, column)| ReadColumn {
            column: at,
            group: Some(self.grid.name.clone()),
            ..column.clone()
        }));
        recognised.missing = self.vocabulary.missing(&recognised.columns);
        let above = above(&self.grid.rows, &self.other.header_rows);
        recognised.joined = Some(Joined { grid: self.other.grid, alone, above, from, columns: beside, rows });
        Some((page, recognised))
    }

    /// The columns of both pages that hold what a path is known by.
    fn keys(&self, path: u16) -> Option<(u32, u32)> {
        let ledger = self.vocabulary.pack.ledger(self.vocabulary.sheet.ledger_of(path)?);
        let column = |page: &Recognised, field: FieldIx| page.column_of(path, field).map(|column| column.column);
        keys(ledger).find_map(|field| Some((column(self.main, field)?, column(&self.other, field)?)))
    }

    /// Whether a column tells of the path, or of what that names, and the rows' page does not; what nobody knows is shown with them.
    fn tells(&self, column: &ReadColumn, path: u16) -> bool {
        let Role::Fields(targets) = &column.role else { return column.role == Role::Unknown };
        let is_new = |target: &Target| self.main.column_of(target.path, target.field).is_none();
        targets.iter().all(|target| self.vocabulary.sheet.goes_on(target.path, path) && is_new(target))
    }

    /// Puts the other page's cells beside the first row that names them.
    fn copy(
        &self,
        page: &mut Grid,
        (own, key): (u32, u32),
        from: u32,
        beside: &[u32],
    ) -> Option<(BTreeMap<u32, u32>, Vec<u32>)> {
        let samples = Samples::of(self.vocabulary.pack, self.vocabulary.sheet, &self.other);
        let mut told: HashMap<String, &GridRow> = HashMap::new();
        let mut alone: Vec<u32> = Vec::new();
        for row in below(&self.grid.rows, &self.other).filter(|row| !samples.has(row)) {
            let name = token(&row.cell(key).text());
            if name.is_empty() || told.contains_key(&name) {
                alone.extend(row.cells.iter().any(|cell| !cell.is_empty()).then_some(row.number));
            } else {
                told.insert(name, row);
            }
        }
        let last = self.main.header_rows.last().copied().unwrap_or(0);
        let mut rows = BTreeMap::new();
        for row in page.rows.iter_mut().filter(|row| row.number > last) {
            let Some(other) = told.remove(&token(&row.cell(own).text())) else { continue };
            row.cells.resize(usize::try_from(from).ok()?, Cell::Empty);
            row.cells.extend(beside.iter().map(|column| other.cell(*column).clone()));
            rows.insert(row.number, other.number);
        }
        alone.extend(told.values().map(|row| row.number));
        alone.sort_unstable();
        (!rows.is_empty()).then_some((rows, alone))
    }
}

fn below<'g>(rows: &'g [GridRow], page: &Recognised) -> impl Iterator<Item = &'g GridRow> {
    let last = page.header_rows.last().copied().unwrap_or(0);
    rows.iter().filter(move |row| row.number > last)
}
