//! Sample rows of a template. What somebody wrote over them is data, whatever its serial number still says.

use std::sync::OnceLock;

use anju_pack::{Pack, Sheet};
use anju_record::token;

use crate::book::{Cell, GridRow};
use crate::recognise::{ReadColumn, Recognised, Role, Target};
use crate::write::{MADE_UP, NOWHERE, sample_values, sheet_columns};

/// How the serial number of a sample begins.
const WORDS: [&str; 4] = ["示例", "样例", "example", "sample"];

/// The samples of a page.
pub(crate) struct Samples<'p> {
    pack: &'p Pack,
    sheet: &'p Sheet,
    page: &'p Recognised,
    /// Columns that number the rows.
    pub serial: Vec<u32>,
    /// What templates write into each column that is read; made when a row first calls itself a sample.
    written: OnceLock<Vec<(u32, Vec<String>)>>,
}

impl<'p> Samples<'p> {
    pub fn of(pack: &'p Pack, sheet: &'p Sheet, page: &'p Recognised) -> Self {
        Self { pack, sheet, page, serial: page.serial().collect(), written: OnceLock::new() }
    }

    /// Whether a row is a sample as the template has it: it calls itself one, and holds a name or a number that only samples have, or nothing but
    /// what the template writes.
    pub fn has(&self, row: &GridRow) -> bool {
        self.is_called_so(row) && (row.cells.iter().any(is_of_nobody) || self.is_as_written(row))
    }

    fn is_called_so(&self, row: &GridRow) -> bool {
        let Some(first @ Cell::Text(text)) = row.cells.iter().find(|cell| !cell.is_empty()) else { return false };
        let numbered = self.serial.iter().any(|column| std::ptr::eq(row.cell(*column), first));
        let word = token(text).to_lowercase();
        numbered && WORDS.iter().any(|sample| word.starts_with(sample))
    }

    fn is_as_written(&self, row: &GridRow) -> bool {
        self.written.get_or_init(|| self.writes()).iter().all(|(column, values)| {
            let cell = row.cell(*column);
            cell.is_empty() || says_one(cell, values)
        })
    }

    /// Under a heading of the template also what it writes there, whatever the heading is taken for.
    fn writes(&self) -> Vec<(u32, Vec<String>)> {
        let known = sheet_columns(self.pack, self.sheet);
        let read = self.page.columns.iter().filter_map(|column| match &column.role {
            Role::Fields(targets) => Some((column, targets)),
            _ => None,
        });
        let values = |(column, targets): (&ReadColumn, &Vec<Target>)| {
            let headed = known.iter().filter(|known| [&known.heading.zh, &known.heading.en].contains(&&column.heading));
            let headed = headed.map(|known| Target { path: known.path, ledger: known.ledger, field: known.field });
            let values = targets.iter().copied().chain(headed);
            let values = values.flat_map(|target| sample_values(self.pack, self.sheet, target));
            (column.column, values.map(|value| token(&value)).collect())
        };
        read.map(values).collect()
    }
}

/// A name or a number that nobody has.
fn is_of_nobody(cell: &Cell) -> bool {
    let Cell::Text(text) = cell else { return false };
    let is_made_up = |name: &str| {
        let name = token(name);
        MADE_UP.as_flattened().iter().any(|known| token(known).eq_ignore_ascii_case(&name))
    };
    let number = token(text);
    (number.len() == 18 && number.starts_with(NOWHERE)) || text.split(['、', '，', ',']).any(is_made_up)
}

fn says_one(cell: &Cell, values: &[String]) -> bool {
    match cell {
        Cell::Number(number) => values.iter().any(|value| value.parse() == Ok(*number)),
        _ => values.contains(&token(&cell.text())),
    }
}
