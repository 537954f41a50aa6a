//! Archives that lie about what they hold.

use anju_exchange::{BookCode, Limits, open};
use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::packed::{Book, Part, inline, page, zip};
use crate::{fixture, opened, refused, rows, survives};

/// So many bytes of blanks, packed.
fn blanks(bytes: u64) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(9));
    std::io::copy(&mut std::io::Read::take(std::io::repeat(b' '), bytes), &mut encoder).expect("memory");
    encoder.finish().expect("memory")
}

fn plain() -> Book {
    Book::of(&format!("<row>{}</row>", inline("甲")))
}

#[test]
fn a_part_that_inflates_beyond_measure_is_not_read_on() {
    let mut parts = plain().parts();
    let packed = blanks(1 << 30);
    assert!(packed.len() < 2 << 20);
    parts[0] = Part { packed, ..Part::new("xl/worksheets/sheet1.xml", b"") };
    let begun = std::time::Instant::now();
    assert_eq!(refused(&zip(&parts), "a.xlsx"), BookCode::Broken);
    // Between tags that follow one another it is text that is too long for one piece; many pieces are counted together.
    let mut whole = b"<worksheet><sheetData>".to_vec();
    whole.extend(b"<x/>".repeat(46 << 20));
    parts[0] = Part::new("xl/worksheets/sheet1.xml", &whole);
    assert_eq!(refused(&zip(&parts), "a.xlsx"), BookCode::Bomb);
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn what_many_parts_inflate_to_is_counted_together() {
    let rows = "<row/>".repeat(1 << 20);
    let mut book = plain();
    for at in 0..40 {
        book = book.page(&format!("页{at}"), &page(&rows));
    }
    assert_eq!(refused(&book.bytes(), "a.xlsx"), BookCode::Bomb);
}

#[test]
fn an_archive_within_an_archive_is_not_opened() {
    let inner = plain().bytes();
    assert_eq!(refused(&zip(&[Part::new("inner.xlsx", &inner)]), "a.xlsx"), BookCode::NotATable);
    let mut parts = plain().parts();
    parts.push(Part::new("xl/embeddings/inner.xlsx", &inner));
    assert_eq!(opened(&zip(&parts), "a.xlsx").expect("reads").sheets.len(), 1);
}

#[test]
fn more_parts_than_a_workbook_has_are_refused() {
    let parts: Vec<Part> = (0..6000).map(|at| Part::new(&format!("{at}"), b"")).collect();
    assert_eq!(refused(&zip(&parts), "a.xlsx"), BookCode::Broken);
}

#[test]
fn parts_that_share_bytes_or_a_name_are_refused() {
    let mut bytes = plain().bytes();
    // The second part of the directory is put where the first one is.
    let entries: Vec<usize> = memchr::memmem::find_iter(&bytes, b"PK\x01\x02").collect();
    let first: [u8; 4] = bytes[entries[0] + 42..entries[0] + 46].try_into().expect("four");
    bytes[entries[1] + 42..entries[1] + 46].copy_from_slice(&first);
    assert_eq!(refused(&bytes, "a.xlsx"), BookCode::Broken);
    let mut parts = plain().parts();
    parts.push(Part::new("XL/worksheets/sheet1.xml", page(&format!("<row>{}</row>", inline("乙"))).as_bytes()));
    assert_eq!(refused(&zip(&parts), "a.xlsx"), BookCode::Broken);
}

#[test]
fn sizes_that_lie_are_not_believed() {
    // Of what it inflates to the directory may say anything: nothing is made room for by it.
    for size in [0, 1, u32::MAX] {
        let mut parts = plain().parts();
        parts.iter_mut().for_each(|part| part.size = size);
        assert_eq!(rows(&opened(&zip(&parts), "a.xlsx").expect("reads")), [(1, vec!["甲".to_owned()])]);
    }
    let mut parts = plain().parts();
    parts[0].crc ^= 1;
    assert_eq!(refused(&zip(&parts), "a.xlsx"), BookCode::Broken);
    let mut parts = plain().parts();
    let half = parts[0].packed.len() / 2;
    parts[0].packed.truncate(half);
    assert_eq!(refused(&zip(&parts), "a.xlsx"), BookCode::Broken);
}

#[test]
fn a_file_cut_off_at_any_byte_is_refused() {
    let whole = fixture("hand-in/干部包联台账.xlsx");
    for length in (4..whole.len()).step_by(13).chain([whole.len() - 1]) {
        let code = refused(&whole[..length], "a.xlsx");
        assert!(matches!(code, BookCode::Broken | BookCode::NotATable), "{length}: {code:?}");
    }
}

#[test]
fn a_byte_turned_over_anywhere_is_survived() {
    let whole = fixture("hand-in/干部包联台账.xlsx");
    for at in (0..whole.len()).step_by(31) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        survives(&bytes, "a.xlsx");
    }
}

#[test]
fn a_password_is_named() {
    let mut parts = plain().parts();
    parts[0].flags = 1;
    assert_eq!(refused(&zip(&parts), "a.xlsx"), BookCode::Protected);
}

#[test]
fn a_page_that_the_workbook_names_and_the_file_lacks_is_named() {
    let mut parts = plain().page("乙", "").parts();
    parts.remove(1);
    assert_eq!(refused(&zip(&parts), "a.xlsx"), BookCode::Broken);
}

#[test]
fn other_documents_in_archives_are_no_tables() {
    let ods = [Part::new("content.xml", b"<x/>"), Part::new("META-INF/manifest.xml", b"<x/>")];
    assert_eq!(refused(&zip(&ods), "a.ods"), BookCode::OtherTable);
    assert_eq!(refused(&zip(&[Part::new("word/document.xml", b"<x/>")]), "a.xlsx"), BookCode::NotATable);
    assert_eq!(refused(&zip(&[]), "a.xlsx"), BookCode::NotATable);
    assert_eq!(refused(b"PK\x03\x04", "a.xlsx"), BookCode::Broken);
}

#[test]
fn a_file_larger_than_allowed_is_not_looked_at() {
    let limits = Limits { file: 100, ..Limits::default() };
    assert_eq!(open(&[b'a'; 101], "a.csv", &limits).expect_err("too large").code, BookCode::TooLarge);
}

#[test]
fn more_pages_than_anybody_looks_at_are_refused() {
    let mut book = plain();
    for at in 0..1000 {
        book = book.page(&at.to_string(), &page(""));
    }
    assert_eq!(refused(&book.bytes(), "a.xlsx"), BookCode::TooManyPages);
}
