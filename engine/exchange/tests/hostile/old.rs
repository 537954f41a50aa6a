//! Workbooks of the old format, whole and crafted.

use anju_exchange::{BookCode, Cell, Format, Merge};

use crate::cells::read_jobs;
use crate::{fixture, opened, refused, survives};

fn jobs() -> Vec<u8> {
    fixture("odd/jobs.xls")
}

fn place(bytes: &[u8], record: &[u8]) -> usize {
    memchr::memmem::find(bytes, record).expect("such a record")
}

#[test]
fn the_same_jobs_are_read_from_an_old_workbook_as_from_text() {
    let old = opened(&jobs(), "jobs.xls").expect("reads");
    let text = opened(&fixture("hand-in/就业台账.csv"), "jobs.csv").expect("reads");
    assert_eq!(old.format, Format::Xls);
    let (old_rows, text_rows) = (read_jobs(&old), read_jobs(&text));
    assert_eq!(old_rows.rows.len(), text_rows.rows.len());
    for (old, text) in old_rows.rows.iter().zip(&text_rows.rows) {
        let values =
            |row: &anju_exchange::SheetRow| row.parts.iter().map(|part| part.values.clone()).collect::<Vec<_>>();
        assert_eq!((old.number, values(old)), (text.number, values(text)));
        let kinds = |row: &anju_exchange::SheetRow| {
            row.faults.iter().map(|fault| (fault.column, fault.kind)).collect::<Vec<_>>()
        };
        assert_eq!(kinds(old), kinds(text), "row {}", old.number);
    }
    assert_eq!(old.sheets[0].hidden_columns, [7]);
    assert!(matches!(old.sheets[0].rows[1].cell(5), Cell::Date(_)));
}

#[test]
fn every_make_of_cell_is_read() {
    let book = opened(&jobs(), "jobs.xls").expect("reads");
    let page = &book.sheets[1];
    assert_eq!((page.name.as_str(), page.hidden), ("参数", true));
    let cell = |row, column| page.row(row).map_or(Cell::Empty, |row| row.cell(column).clone());
    assert_eq!((cell(2, 0), cell(3, 0), cell(4, 0)), (Cell::NoResult, Cell::Bool(true), Cell::NoResult));
    assert_eq!(page.merges, [Merge { r0: 5, c0: 0, r1: 6, c1: 2 }]);
    let numbers: Vec<Cell> = (0..5).map(|column| cell(9, column)).collect();
    assert_eq!(numbers, [0.25, -7.0, 1_234_567.89, 1e300, 12.34].map(Cell::Number));
    // Texts that go on over several records, in one byte a sign and in two.
    assert_eq!(cell(10, 0).text(), "长".repeat(20_000));
    assert_eq!(cell(10, 1).text(), "a\u{e9}".repeat(6_000));
    assert_eq!(cell(10, 2).text(), "尾");
}

#[test]
fn a_workbook_with_a_password_is_named() {
    // A record of a password follows the beginning.
    let mut bytes = jobs();
    let begin = place(&bytes, &[0x09, 0x08, 0x10, 0x00, 0x00, 0x06, 0x05, 0x00]);
    bytes[begin + 20] = 0x2f;
    bytes[begin + 21] = 0;
    assert_eq!(refused(&bytes, "a.xls"), BookCode::Protected);
    // A new workbook with a password is a file of the old container.
    let name: Vec<u8> = "Workbook".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut bytes = jobs();
    let at = place(&bytes, &name);
    let package: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes[at..at + package.len()].copy_from_slice(&package);
    bytes[at + 64] = u8::try_from(package.len() + 2).expect("short");
    assert_eq!(refused(&bytes, "名册.xlsx"), BookCode::Protected);
    // Any other document of the container is no table.
    bytes[at] = b'X';
    assert_eq!(refused(&bytes, "名册.doc"), BookCode::NotATable);
}

#[test]
fn cells_as_far_apart_as_they_can_be_need_no_room() {
    // The last cell of a row of numbers is put into the last row and column that the format has.
    let mut bytes = jobs();
    let at = place(&bytes, &[0x03, 0x02, 0x0e, 0x00]);
    bytes[at + 4..at + 8].copy_from_slice(&[0xff, 0xff, 0xff, 0x00]);
    let book = opened(&bytes, "a.xls").expect("reads");
    assert!(
        book.sheets
            .iter()
            .any(|grid| grid.rows.last().is_some_and(|row| row.number == 65_536 && row.cells.len() == 256))
    );
    bytes[at + 7] = 0x40;
    assert_eq!(refused(&bytes, "a.xls"), BookCode::TooManyColumns);
}

#[test]
fn chains_without_an_end_are_refused() {
    let whole = jobs();
    let word = |at: usize| u32::from_le_bytes(whole[at..at + 4].try_into().expect("four"));
    let table = (word(76) as usize + 1) * 512;
    // Every sector leads to the first one; or to itself; or out of the file.
    for next in [0_u32, 7, 0x00ff_ffff] {
        let mut bytes = whole.clone();
        for at in (table..table + 512).step_by(4) {
            bytes[at..at + 4].copy_from_slice(&next.to_le_bytes());
        }
        assert_eq!(refused(&bytes, "a.xls"), BookCode::Broken);
    }
    for at in [48, 60, 68, 76] {
        for start in [0_u32, 5, 0xffff, 0x7fff_ffff, u32::MAX] {
            let mut bytes = whole.clone();
            bytes[at..at + 4].copy_from_slice(&start.to_le_bytes());
            survives(&bytes, "a.xls");
        }
    }
}

#[test]
fn pages_that_share_their_records_are_refused() {
    let mut bytes = jobs();
    let pages: Vec<usize> = memchr::memmem::find_iter(&bytes, &[0x85, 0x00]).filter(|at| bytes[at + 3] == 0).collect();
    let first: [u8; 4] = bytes[pages[0] + 4..pages[0] + 8].try_into().expect("four");
    bytes[pages[1] + 4..pages[1] + 8].copy_from_slice(&first);
    let code = refused(&bytes, "a.xls");
    assert_eq!(code, BookCode::Broken);
}

#[test]
fn a_text_that_is_not_in_the_table_of_texts_is_damaged() {
    let mut bytes = jobs();
    let at = place(&bytes, &[0xfd, 0x00, 0x0a, 0x00]);
    bytes[at + 10..at + 14].copy_from_slice(&u32::MAX.to_le_bytes());
    let book = opened(&bytes, "a.xls").expect("reads");
    assert_eq!(crate::cell(&book, 1, 0), Cell::Damaged);
}

#[test]
fn an_old_workbook_cut_off_at_any_byte_is_refused_or_whole() {
    let whole = jobs();
    let rows: usize = opened(&whole, "a.xls").expect("reads").sheets.iter().map(|grid| grid.rows.len()).sum();
    for length in (8..whole.len()).step_by(97) {
        match opened(&whole[..length], "a.xls") {
            Err(fault) => assert!(matches!(fault.code, BookCode::Broken | BookCode::NotATable), "{length}: {fault}"),
            Ok(book) => assert_eq!(book.sheets.iter().map(|grid| grid.rows.len()).sum::<usize>(), rows, "{length}"),
        }
    }
}

#[test]
fn a_byte_turned_over_anywhere_in_an_old_workbook_is_survived() {
    let whole = jobs();
    for at in (0..whole.len()).step_by(1013) {
        for mask in [0xff, 0x01, 0x80] {
            let mut bytes = whole.clone();
            bytes[at] ^= mask;
            survives(&bytes, "a.xls");
        }
    }
}
