//! Text files as they leave old programs, and what is no table under the name of one.

use anju_exchange::{BookCode, Cell, Format};
use anju_record::Code;
use encoding_rs::GB18030;

use crate::cells::read_jobs;
use crate::{cell, fixture, opened, refused, rows};

const HEAD: &str = "姓名,身份证号,务工类型,务工单位\n";

#[test]
fn web_pages_under_the_name_of_a_table_are_named() {
    let page = "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><table><tr><td>甲</td></tr></table></html>";
    for name in ["名册.xls", "名册.xlsx", "名册.csv"] {
        assert_eq!(refused(page.as_bytes(), name), BookCode::WebPage);
        assert_eq!(refused(&GB18030.encode(page).0, name), BookCode::WebPage);
        assert_eq!(refused(format!("\u{feff}\r\n\r\n {page}").as_bytes(), name), BookCode::WebPage);
        assert_eq!(refused(format!("<!-- 导出 -->\n<style>td{{}}</style>{page}").as_bytes(), name), BookCode::WebPage);
    }
    let wide: Vec<u8> = page.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(refused(&[&[0xff, 0xfe][..], &wide].concat(), "名册.xls"), BookCode::WebPage);
    let mail = "MIME-Version: 1.0\nContent-Type: multipart/related";
    assert_eq!(refused(mail.as_bytes(), "名册.xls"), BookCode::WebPage);
    let xml = "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook/>";
    assert_eq!(refused(xml.as_bytes(), "名册.xls"), BookCode::WebPage);
}

#[test]
fn the_name_of_a_file_decides_nothing() {
    let book = opened(HEAD.as_bytes(), "名册.xlsx").expect("reads");
    assert_eq!((book.format, book.sheets[0].name.as_str()), (Format::Csv, "名册"));
    for name in ["a.csv", "a.xls", "a", ""] {
        assert_eq!(opened(&fixture("hand-in/干部包联台账.xlsx"), name).expect("reads").format, Format::Xlsx);
        assert_eq!(opened(&fixture("odd/jobs.xls"), name).expect("reads").format, Format::Xls);
    }
}

#[test]
fn a_file_without_anything_is_empty() {
    for bytes in [
        &b""[..],
        b"\r\n \t\n",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf\n",
        b",,,\n,,\n",
        b"\xff\xfe",
        "\u{3000},\n".as_bytes(),
    ] {
        assert_eq!(refused(bytes, "a.csv"), BookCode::Empty, "{bytes:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_no_table() {
    for bytes in [
        &b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\0\0\0"[..],
        b"Rar!\x1a\x07\x01\0",
        b"7z\xbc\xaf\x27\x1c\0\x04",
        b"a,b\0c\n1,2\n",
        b"\0\0\0\0\0\0\0\0",
    ] {
        let code = refused(bytes, "a.xlsx");
        assert!(matches!(code, BookCode::NotATable | BookCode::Encoding), "{code:?} {bytes:?}");
    }
}

/// Of a PNG the first eight bytes are text in GB18030, “塒NG” among them.
#[test]
fn a_picture_is_told_to_be_one() {
    for bytes in [
        &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..],
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01",
        b"GIF89a,1,2\n",
        b"RIFF\x24\0\0\0WEBPVP8 ",
    ] {
        assert_eq!(refused(bytes, "花名册.xlsx"), BookCode::Picture, "{bytes:?}");
    }
    assert!(opened(b"RIFF,GIF\n1,2\n", "a.csv").is_ok(), "words of a table are no picture");
}

#[test]
fn text_in_two_encodings_is_refused_and_not_guessed() {
    let mut mixed = HEAD.as_bytes().to_vec();
    mixed.extend_from_slice(&GB18030.encode("钟艳勇,990923198212071935,自主创业,厂\n").0);
    match opened(&mixed, "a.csv") {
        Err(fault) => assert_eq!(fault.code, BookCode::Encoding),
        // What happens to be text in another encoding as a whole must then not hold the header any more.
        Ok(book) => assert_ne!(rows(&book)[0].1[0], "姓名"),
    }
    for rubbish in [&b"\xff\xff\xff,\x80\n"[..], b"a,b\n\x81\x20\xff,1\n"] {
        assert_eq!(refused(rubbish, "a.csv"), BookCode::Encoding);
    }
}

#[test]
fn text_in_two_bytes_a_sign_is_read_either_way_round() {
    let text = format!("{HEAD}钟艳勇,990923198212071935,自主创业,厂\n");
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [[&[0xff, 0xfe][..], &little].concat(), [&[0xfe, 0xff][..], &big].concat()] {
        let book = opened(&bytes, "a.csv").expect("reads");
        assert_eq!(read_jobs(&book).rows.len(), 1);
        // Half a sign at the end is a file that was cut off.
        assert_eq!(refused(&bytes[..bytes.len() - 1], "a.csv"), BookCode::Encoding);
    }
}

#[test]
fn a_quote_that_is_never_closed_takes_no_row_with_it() {
    let book = opened(format!("{HEAD}\"甲,1,2,3\n乙,1,2,3\n丙,1,2,3").as_bytes(), "a.csv").expect("reads");
    assert_eq!(rows(&book).iter().map(|row| row.0).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(rows(&book)[1].1[0], "\"甲");
    // A quote within a closed one, and many that are not closed, are read in one go.
    let many = format!("{HEAD}{}", "\"甲\n".repeat(200_001));
    let begun = std::time::Instant::now();
    let found = opened(many.as_bytes(), "a.csv");
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    assert!(found.is_ok_and(|book| book.sheets[0].rows.len() > 1));
}

#[test]
fn a_cell_or_a_line_of_megabytes_is_named() {
    let long = "长".repeat(40_000);
    let text = format!("{HEAD}钟艳勇,990923198212071935,自主创业,{long}\n李四,990923199212086306,自主创业,厂\n");
    let book = opened(text.as_bytes(), "a.csv").expect("reads");
    match cell(&book, 2, 3) {
        Cell::TooLong(text) => assert_eq!((text.start.chars().count(), text.characters), (32_767, 40_000)),
        other => panic!("{other:?}"),
    }
    let reading = read_jobs(&book);
    let fault = reading.faults().find(|fault| fault.row == 2 && fault.column == Some(3)).expect("is named");
    assert_eq!(fault.fault.code, Code::TooLong);
    assert!(reading.rows[0].out && !reading.rows[1].faults.iter().any(|fault| fault.column == Some(3)));
    let line = format!("{HEAD}{}", "a".repeat(30 << 20));
    assert!(matches!(cell(&opened(line.as_bytes(), "a.csv").expect("reads"), 2, 0), Cell::TooLong(_)));
}

#[test]
fn more_columns_than_anybody_reads_are_refused() {
    let columns = |count: usize| format!("{}\n", "a,".repeat(count - 1) + "a");
    assert!(opened(columns(500).as_bytes(), "a.csv").is_ok());
    assert_eq!(refused(columns(501).as_bytes(), "a.csv"), BookCode::TooManyColumns);
    // Separators with nothing between them are no columns.
    assert!(opened(format!("a,b{}\n", ",".repeat(600)).as_bytes(), "a.csv").is_ok());
    assert!(opened(",".repeat(20 << 20).as_bytes(), "a.csv").is_err());
}

#[test]
fn a_million_empty_lines_hide_nothing() {
    let text =
        format!("{HEAD}甲,990923198212071935,自主创业,厂\n{}乙,990923199212086306,自主创业,厂", "\n".repeat(1_000_000));
    let book = opened(text.as_bytes(), "a.csv").expect("reads");
    assert_eq!(read_jobs(&book).rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 1_000_003]);
    assert_eq!(refused("甲\n".repeat(200_001).as_bytes(), "a.csv"), BookCode::TooManyRows);
}
