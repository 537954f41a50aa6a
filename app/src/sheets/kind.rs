//! Of which kind a file is.

use std::borrow::Cow;

use anju_access::Action;
use anju_exchange::{Book, ColumnMap, Grid, Limits, Recognised};
use anju_pack::{LedgerIx, Pack, Sheet};

use super::SheetFault;
use crate::Actor;

/// Columns by which one kind of sheet fits clearly better than another.
const CLEARLY: usize = 2;

/// How well a file fits a kind of sheet.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// How many of its columns are known.
    columns: usize,
    /// For its rows nothing is missing.
    whole: bool,
    /// It is headed with the title.
    headed: bool,
}

impl Fit {
    fn of(pack: &Pack, sheet: &Sheet, book: &Book) -> Option<Self> {
        let fits = anju_exchange::recognise(pack, sheet, book, &ColumnMap::default());
        let fit = fits.iter().find_map(|(_, fit)| fit.as_ref().ok())?;
        let beside = anju_exchange::join(pack, sheet, book, &ColumnMap::default(), fit);
        let known = beside.map_or(fit.columns.len(), |(_, fit)| fit.columns.len()) - fit.columns.len();
        Some(Self {
            columns: fit.score as usize + known,
            whole: fit.missing.iter().all(|target| target.path != 0),
            headed: book.sheets.get(fit.grid).is_some_and(|grid| is_headed(grid, fit, sheet)),
        })
    }
}

impl Actor {
    /// Sheets that they may fill in: those whose rows they may write somewhere.
    pub fn sheets_to_hand_in(&self) -> Vec<Cow<'_, Sheet>> {
        self.kinds_of_sheets().filter(|sheet| self.may_hand_in(sheet)).collect()
    }

    fn kinds_of_sheets(&self) -> impl Iterator<Item = Cow<'_, Sheet>> {
        let pack = self.pack();
        let written = pack.sheets.iter().map(Cow::Borrowed);
        let others = pack.ledger_ixs().map(|ledger| pack.sheet_of(ledger)).filter(|sheet| sheet.implicit);
        written.chain(others)
    }

    fn may_hand_in(&self, sheet: &Sheet) -> bool {
        let may = |ledger: LedgerIx| !self.rights().reach(Action::Write, ledger).is_empty();
        may(sheet.rows) && sheet.makes.iter().all(|ledger| may(*ledger))
    }

    /// The kind of sheet that a file fits best: the one that knows the most of its columns; of those one for whose rows nothing is missing, then
    /// the one that the file is headed with, then one that is theirs to write, then one that was written before those that follow from a ledger.
    ///
    /// # Errors
    /// What the file is; `NotTheirs` when it is of a kind that they may not write.
    pub fn sheet_that_fits(&self, name: &str, bytes: &[u8]) -> Result<Option<String>, SheetFault> {
        let book = anju_exchange::open(bytes, name, &Limits::default()).map_err(SheetFault::Book)?;
        let mut best = None;
        for sheet in self.kinds_of_sheets() {
            let Some(fit) = Fit::of(self.pack(), &sheet, &book) else { continue };
            let rank = (fit, self.may_hand_in(&sheet), !sheet.implicit);
            if best.as_ref().is_none_or(|(known, _)| rank > *known) {
                best = Some((rank, sheet));
            }
        }
        match best {
            Some(((_, false, _), sheet)) => Err(SheetFault::NotTheirs(sheet.title.clone())),
            best => Ok(best.map(|(_, sheet)| sheet.id.clone())),
        }
    }

    /// Another kind of sheet of the same ledger whose columns a file clearly has rather than those of the one that it is said to be.
    pub fn sheet_that_fits_better(&self, book: &Book, sheet: &Sheet) -> Option<String> {
        let known = Fit::of(self.pack(), sheet, book).map_or(0, |fit| fit.columns);
        let others =
            self.sheets_to_hand_in().into_iter().filter(|other| other.rows == sheet.rows && other.id != sheet.id);
        let fits = others.filter_map(|other| Some((Fit::of(self.pack(), &other, book)?.columns, other.id.clone())));
        fits.filter(|(columns, _)| *columns >= known + CLEARLY).max_by_key(|(columns, _)| *columns).map(|(_, id)| id)
    }
}

/// Whether a page's tab or what stands above its header is the title of a sheet.
fn is_headed(grid: &Grid, fit: &Recognised, sheet: &Sheet) -> bool {
    let above = grid.rows.iter().take_while(|row| !fit.header_rows.contains(&row.number));
    let said = above.flat_map(|row| &row.cells).map(|cell| cell.text());
    let titles = [sheet.title.zh.as_str(), sheet.title.en.as_str()];
    std::iter::once(grid.name.as_str().into()).chain(said).any(|words| titles.contains(&words.trim()))
}
