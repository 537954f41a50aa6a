//! Workbooks of Excel 95 to 2003: records in a stream in a compound file. Read here, record by record, so that nothing is made
//! room for before it is seen.

mod globals;
mod ole;
mod record;

use std::collections::BTreeMap;

use crate::book::{Cell, Grid, GridRow, Merge};
use crate::fault::{BookCode, BookFault};
use crate::kept::{Kept, hide};
use crate::limits::Limits;
use crate::xlsx::{day_or_number, serial_of};
use globals::{BEGIN, END, Globals, Page};
use ole::Ole;
use record::{Long, Record, Records};

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Grid>, BookFault> {
    let file = Ole::open(bytes)?;
    if file.has("EncryptedPackage") || file.has("EncryptionInfo") {
        return Err(BookFault::new(BookCode::Protected, []));
    }
    let stream = file.stream("Workbook").or_else(|| file.stream("Book"));
    let stream = stream.ok_or_else(|| BookFault::new(BookCode::NotATable, []))??;
    let mut kept = Kept::new(limits);
    let globals = Globals::read(&stream, &mut kept)?;
    let (mut grids, mut walked) = (Vec::new(), Vec::<(usize, usize)>::new());
    for page in &globals.pages {
        let mut records = Records::from(&stream, page.at);
        let grid = Sheet::read(page, &globals, &mut records, &mut kept)?;
        // Pages stand one after the other; if they shared records, a small file could be read without end.
        let place = (page.at, records.position());
        if walked.iter().any(|known| place.0 < known.1 && known.0 < place.1) {
            return Err(BookFault::broken("xls: pages overlap"));
        }
        walked.push(place);
        grids.push(grid);
    }
    Ok(grids)
}

/// A page under reading.
struct Sheet<'a, 'k, 'l> {
    globals: &'a Globals,
    kept: &'k mut Kept<'l>,
    grid: Grid,
    /// Rows that are not the current one; cells may come in any order.
    rows: BTreeMap<u32, GridRow>,
    row: GridRow,
    /// A formula whose text follows.
    waits: Option<(u32, u32)>,
}

impl<'a, 'k, 'l> Sheet<'a, 'k, 'l> {
    fn read(
        page: &Page,
        globals: &'a Globals,
        records: &mut Records<'_>,
        kept: &'k mut Kept<'l>,
    ) -> Result<Grid, BookFault> {
        let grid = Grid { name: page.name.clone(), hidden: page.hidden, ..Grid::default() };
        if records.next()?.kind != BEGIN {
            return Err(BookFault::broken("xls: a page has no beginning"));
        }
        let mut sheet = Self { globals, kept, grid, rows: BTreeMap::new(), row: GridRow::default(), waits: None };
        // Charts within a page have a beginning and an end of their own.
        let mut within = 1_usize;
        loop {
            let record = records.next()?;
            match record.kind {
                BEGIN => within += 1,
                END => within -= 1,
                _ if within == 1 => sheet.take(&record, records)?,
                _ => {}
            }
            if within == 0 {
                return sheet.finish();
            }
        }
    }

    fn finish(mut self) -> Result<Grid, BookFault> {
        self.without_text()?;
        let last = std::mem::take(&mut self.row);
        self.rows.insert(last.number, last);
        for row in std::mem::take(&mut self.rows).into_values() {
            self.kept.row(&mut self.grid.rows, row)?;
        }
        Ok(self.grid)
    }

    fn take<'s>(&mut self, record: &Record<'s>, records: &mut Records<'s>) -> Result<(), BookFault> {
        match record.kind {
            0x00fd => {
                let text = ole::number(record.data, 6, 4);
                let cell = self.kept.shared(&self.globals.texts, text)?;
                self.put(record, cell)
            }
            0x0203 => self.put(record, record.float(6).map_or(Cell::Damaged, |number| self.number(record, 4, number))),
            0x027e => {
                let packed = ole::number(record.data, 6, 4);
                self.put(record, packed.map_or(Cell::Damaged, |packed| self.number(record, 4, unpacked(packed))))
            }
            0x00bd => self.many(record),
            0x0204 | 0x00d6 => {
                let rest = record.data.get(6..).unwrap_or_default();
                let text = Long::of(records, rest).text(2, self.globals.script);
                let cell = text.map_or(Ok(Cell::Damaged), |text| self.kept.text(&text))?;
                self.put(record, cell)
            }
            0x0205 => {
                let cell = match (record.byte(6), record.byte(7)) {
                    (Some(held), Some(0)) => Cell::Bool(held != 0),
                    (Some(code), Some(_)) => self.kept.error(error(code))?,
                    _ => Cell::Damaged,
                };
                self.put(record, cell)
            }
            0x0006 | 0x0206 | 0x0406 => self.formula(record),
            0x0207 => {
                let length = 2;
                let text = Long::of(records, record.data).text(length, self.globals.script);
                let Some((row, column)) = self.waits.take() else { return Ok(()) };
                let cell = text.map_or(Ok(Cell::Damaged), |text| self.kept.text(&text))?;
                self.put_at(row, column, cell)
            }
            0x007d => {
                let (first, last, options) = (record.short(0), record.short(2), record.short(8));
                if let (Some(first), Some(last), Some(1)) = (first, last, options.map(|options| options & 1)) {
                    hide(&mut self.grid.hidden_columns, first, last, self.kept.limits);
                }
                Ok(())
            }
            0x00e5 => self.merged(record),
            _ => Ok(()),
        }
    }

    fn put(&mut self, record: &Record<'_>, cell: Cell) -> Result<(), BookFault> {
        let (Some(row), Some(column)) = (record.short(0), record.short(2)) else {
            return Err(BookFault::broken("xls: a cell has no place"));
        };
        self.put_at(row, column, cell)
    }

    fn put_at(&mut self, row: u32, column: u32, cell: Cell) -> Result<(), BookFault> {
        let number = row + 1;
        if self.row.number != number {
            let next = self.rows.remove(&number).unwrap_or(GridRow { number, cells: Vec::new() });
            let before = std::mem::replace(&mut self.row, next);
            if !before.cells.is_empty() {
                self.rows.insert(before.number, before);
            }
        }
        self.kept.put(&self.grid.name, &mut self.row, column, cell)
    }

    /// A number as its cell's format shows it.
    fn number(&self, record: &Record<'_>, format: usize, number: f64) -> Cell {
        let format = record.short(format).unwrap_or(0) as usize;
        let is_day = self.globals.days.get(format).copied().unwrap_or(false);
        day_or_number(serial_of(number, self.globals.since_1904), number, is_day)
    }

    /// Several numbers side by side.
    fn many(&mut self, record: &Record<'_>) -> Result<(), BookFault> {
        let (Some(row), Some(first)) = (record.short(0), record.short(2)) else {
            return Err(BookFault::broken("xls: a cell has no place"));
        };
        let count = u32::try_from(record.data.len().saturating_sub(6) / 6).unwrap_or(0);
        for nth in 0..count {
            let at = 4 + nth as usize * 6;
            let packed = ole::number(record.data, at + 2, 4).unwrap_or(0);
            let cell = self.number(record, at, unpacked(packed));
            self.put_at(row, first + nth, cell)?;
        }
        Ok(())
    }

    fn formula(&mut self, record: &Record<'_>) -> Result<(), BookFault> {
        self.without_text()?;
        let (Some(row), Some(column)) = (record.short(0), record.short(2)) else {
            return Err(BookFault::broken("xls: a cell has no place"));
        };
        let Some(result) = record.data.get(6..14) else { return self.put_at(row, column, Cell::Damaged) };
        let cell = match (result[0], &result[6..]) {
            (0, [0xff, 0xff]) => {
                self.waits = Some((row, column));
                return Ok(());
            }
            (1, [0xff, 0xff]) => Cell::Bool(result[2] != 0),
            (2, [0xff, 0xff]) => self.kept.error(error(result[2]))?,
            // An empty text, or by a program that leaves it to be worked out when the file is opened, nothing.
            (3, [0xff, 0xff]) if !self.globals.worked_out => Cell::NoResult,
            (3, [0xff, 0xff]) => Cell::Empty,
            (_, [0xff, 0xff]) => Cell::Damaged,
            _ => record.float(6).map_or(Cell::Damaged, |number| self.number(record, 4, number)),
        };
        self.put_at(row, column, cell)
    }

    /// A formula whose text did not follow.
    fn without_text(&mut self) -> Result<(), BookFault> {
        match self.waits.take() {
            Some((row, column)) => self.put_at(row, column, Cell::NoResult),
            None => Ok(()),
        }
    }

    fn merged(&mut self, record: &Record<'_>) -> Result<(), BookFault> {
        for place in record.data.get(2..).unwrap_or_default().chunks_exact(8) {
            let part = |at| ole::number(place, at, 2).unwrap_or(0);
            let merge = Merge { r0: part(0), r1: part(2), c0: part(4), c1: part(6) };
            if merge.r0 <= merge.r1 && merge.c0 <= merge.c1 {
                self.kept.merge(&mut self.grid.merges, merge)?;
            }
        }
        Ok(())
    }
}

/// A number in 30 bits: the high half of a float or a whole number, perhaps in hundredths.
fn unpacked(packed: u32) -> f64 {
    let number = if packed & 2 == 0 {
        f64::from_bits(u64::from(packed & !3) << 32)
    } else {
        f64::from(packed.cast_signed() >> 2)
    };
    if packed & 1 == 0 { number } else { number / 100.0 }
}

const fn error(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "exact by definition")]
    fn packed_numbers_are_unpacked() {
        assert_eq!(unpacked(0x3ff0_0000), 1.0);
        assert_eq!(unpacked(0x3ff0_0001), 0.01);
        assert_eq!(unpacked(1234 << 2 | 2), 1234.0);
        assert_eq!(unpacked(123_456 << 2 | 3), 1234.56);
        assert_eq!(unpacked((-5_i32 << 2).cast_unsigned() | 2), -5.0);
    }
}
