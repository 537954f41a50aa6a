//! Pages whose XML no program would write, or that few programs write.

use anju_exchange::{BookCode, Cell, ColumnMap, FaultKind, Reading, read_rows, recognise};
use anju_record::{Code, Lang};

use crate::packed::{Book, MAIN, inline, jobs, page};
use crate::{PACK, TODAY, accounted, cell, opened, read_through, refused, rows};

fn texts(rows_of: &str) -> Vec<(u32, Vec<String>)> {
    rows(&opened(&Book::of(rows_of).bytes(), "a.xlsx").expect("reads"))
}

fn refused_rows(rows_of: &str) -> BookCode {
    refused(&Book::of(rows_of).bytes(), "a.xlsx")
}

fn row(number: u32, cells: &[&str]) -> (u32, Vec<String>) {
    (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

/// The rows of a roster of jobs.
pub(crate) fn read_jobs(book: &anju_exchange::Book) -> Reading {
    let sheet = PACK.sheet_by_id("employment_roster").expect("a sheet");
    let pages = recognise(&PACK, &sheet, book, &ColumnMap::default());
    let page = pages[0].1.as_ref().expect("is taken");
    let reading = read_rows(&PACK, &sheet, &book.sheets[page.grid], page, TODAY);
    accounted(&book.sheets[page.grid], page, &reading);
    reading
}

/// Where, which kind, which code, in words.
type Told = (Option<u32>, FaultKind, Code, String);

/// The faults of one row of a roster of jobs, whose fourth cell (the employer) is this.
fn employer(cell: &str) -> (bool, Vec<Told>) {
    let number = inline("990923198212071935");
    let row = format!("<row r=\"2\">{}{number}{}{cell}</row>", inline("钟艳勇"), inline("自主创业"));
    let book = opened(&Book::of(&jobs(&row)).texts(&["甲"]).bytes(), "a.xlsx").expect("reads");
    let reading = read_jobs(&book);
    let faults = reading.faults().filter(|fault| fault.column == Some(3));
    let told =
        faults.map(|fault| (fault.column, fault.kind, fault.fault.code, fault.fault.message(Lang::Zh))).collect();
    (reading.rows[0].out, told)
}

#[test]
fn a_cell_longer_than_a_cell_may_be_is_named_and_its_row_kept_out() {
    let (out, faults) = employer(&inline(&"长".repeat(32_768)));
    assert!(out);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].2, Code::TooLong);
    assert!(faults[0].3.contains("32768") && faults[0].3.contains("32767"), "{}", faults[0].3);
    // One character less is as long as a cell may be: whether the field takes it is the field's to say.
    let (_, faults) = employer(&inline(&"长".repeat(32_767)));
    assert!(faults[0].3.contains("32767") && !faults[0].3.contains("32768"), "{}", faults[0].3);
    let book = opened(&Book::of(&format!("<row>{}</row>", inline(&"a".repeat(1 << 20)))).bytes(), "a.xlsx");
    match cell(&book.expect("reads"), 1, 0) {
        Cell::TooLong(text) => assert_eq!((text.start.len(), text.characters), (32_767, 1 << 20)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_text_that_is_not_in_the_table_of_texts_is_named() {
    for value in ["1", "99999", "-1", "x", "1.5", "9999999999999999999"] {
        let (out, faults) = employer(&format!("<c t=\"s\"><v>{value}</v></c>"));
        assert!(out, "{value}");
        assert_eq!(faults[0].2, Code::CellDamaged, "{value}");
    }
    let (out, faults) = employer("<c t=\"s\"><v>0</v></c>");
    assert!(!out && faults.is_empty(), "{faults:?}");
}

#[test]
fn a_formula_without_its_value_is_named_and_one_with_its_value_is_read() {
    for cell in ["<c><f>A1</f></c>", "<c><f>A1</f><v></v></c>", "<c><f>A1</f><v/></c>", "<c t=\"e\"><f/></c>"] {
        let (out, faults) = employer(cell);
        assert!(out, "{cell}");
        assert_eq!(faults[0].2, Code::NoResult, "{cell}");
    }
    let (out, faults) = employer("<c t=\"str\"><f>A1</f><v>毛绒厂</v></c>");
    assert!(!out && faults.is_empty(), "{faults:?}");
    // An empty text is a value; so is what a formula in error shows.
    assert_eq!(employer("<c t=\"str\"><f>IF(A1=\"\",\"\",A1)</f><v></v></c>"), (false, Vec::new()));
    let (out, faults) = employer("<c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>");
    assert!(out && faults[0].2 == Code::CellError && faults[0].3.contains("#DIV/0!"), "{faults:?}");
    let (out, faults) = employer("<c t=\"e\"><v>#N/A</v></c>");
    assert!(out && faults[0].3.contains("#N/A"), "{faults:?}");
}

#[test]
fn a_first_row_with_blanks_is_no_second_row_of_headings() {
    let below = ["<c><v>1</v></c><c/><c><v>2</v></c>", "<c/><c/><c/><c><v>7</v></c>", "<c t=\"str\"><v>甲</v></c>"];
    for cells in below {
        let book = opened(&Book::of(&jobs(&format!("<row>{cells}</row>"))).bytes(), "a.xlsx").expect("reads");
        assert_eq!(read_jobs(&book).rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2], "{cells}");
    }
}

#[test]
fn a_million_empty_rows_cost_nothing_and_hide_nothing() {
    let empty = "<row><c s=\"1\"/><c/></row>".repeat(1_000_000);
    let person = |name: &str| format!("<row>{}{}</row>", inline(name), inline("990923198212071935"));
    let all = jobs(&format!("{}{empty}{}", person("甲"), person("乙")));
    let book = opened(&Book::of(&all).bytes(), "a.xlsx").expect("reads");
    let found = rows(&book);
    assert_eq!(found.iter().map(|row| row.0).collect::<Vec<_>>(), [1, 2, 1_000_003]);
    let reading = read_jobs(&book);
    assert_eq!(reading.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 1_000_003]);
    assert!(!reading.ignored.is_empty() && reading.ignored.len() <= 2_000);
}

#[test]
fn the_last_cell_of_a_sheet_is_too_far_away_and_says_so() {
    let far = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    assert_eq!(refused_rows(far), BookCode::TooManyColumns);
    assert_eq!(texts("<row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c></row>"), [row(1_048_576, &["1"])]);
    for beyond in ["1048577", "4294967295"] {
        assert_eq!(refused_rows(&format!("<row r=\"{beyond}\"><c><v>1</v></c></row>")), BookCode::Broken);
    }
    let wide: String = (0..16_384).map(|_| "<c><v>1</v></c>").collect();
    assert_eq!(refused_rows(&format!("<row>{wide}</row>")), BookCode::TooManyColumns);
    // Cells without anything in them may stand as far away as they like.
    let styled: String = (0..16_384).map(|_| "<c s=\"3\"/>").collect();
    assert_eq!(texts(&format!("<row>{styled}</row><row><c><v>1</v></c></row>")), [row(2, &["1"])]);
}

#[test]
fn more_rows_cells_or_text_than_allowed_are_refused() {
    let limits = anju_exchange::Limits { rows: 2, cells: 8, text: 200, ..Default::default() };
    let code = |rows: &str| anju_exchange::open(&Book::of(rows).bytes(), "a", &limits).expect_err("refused").code;
    assert_eq!(code(&"<row><c><v>1</v></c></row>".repeat(3)), BookCode::TooManyRows);
    assert_eq!(code(&format!("<row>{}</row>", "<c><v>1</v></c>".repeat(9))), BookCode::TooManyCells);
    assert_eq!(code(&format!("<row>{}</row>", inline(&"x".repeat(200)))), BookCode::TooManyCells);
    // A text that a thousand cells show is read a thousand times.
    let shown = format!("<row>{}</row>", "<c t=\"s\"><v>0</v></c>".repeat(5));
    let shared = Book::of(&shown).texts(&[&"x".repeat(50)]).bytes();
    assert_eq!(anju_exchange::open(&shared, "a", &limits).expect_err("refused").code, BookCode::TooManyCells);
    // Merged cells are looked at too.
    let merged = format!(
        "<worksheet xmlns=\"{MAIN}\"><sheetData><row><c><v>1</v></c></row></sheetData><mergeCells>{}</mergeCells></worksheet>",
        "<mergeCell ref=\"A1:D9\"/>".repeat(3)
    );
    let merged = Book::default().page("a", &merged).bytes();
    assert_eq!(anju_exchange::open(&merged, "a", &limits).expect_err("refused").code, BookCode::TooManyCells);
}

#[test]
fn rows_out_of_order_are_put_in_order_and_rows_told_twice_are_not_lost() {
    let told = "<row r=\"3\"><c r=\"A3\"><v>3</v></c></row><row r=\"1\"><c r=\"B1\"><v>1</v></c></row>";
    assert_eq!(texts(told), [row(1, &["", "1"]), row(3, &["3"])]);
    let halves = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1\"><c r=\"B1\"><v>2</v></c></row>";
    assert_eq!(texts(halves), [row(1, &["1", "2"])]);
    let twice = "<row r=\"7\"><c r=\"B7\"><v>1</v></c></row><row r=\"7\"><c r=\"B7\"><v>2</v></c></row>";
    let fault = opened(&Book::of(twice).bytes(), "a.xlsx").expect_err("refused");
    assert_eq!((fault.code, fault.args[1].as_str()), (BookCode::Twice, "B7"));
    let cells = "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>";
    assert_eq!(refused_rows(cells), BookCode::Twice);
    let same = "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>";
    assert_eq!(texts(same), [row(1, &["1"])]);
}

#[test]
fn rows_and_cells_without_names_are_counted() {
    let cells = "<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row><c r=\"B3\"><v>2</v></c><c><v>4</v></c></row>";
    assert_eq!(texts(cells), [row(1, &["1", "", "3"]), row(3, &["", "2", "4"])]);
    // The row does not say its number, and its cells do.
    assert_eq!(
        texts("<row><c r=\"A9\"><v>1</v></c></row><row><c><v>2</v></c></row>"),
        [row(9, &["1"]), row(10, &["2"])]
    );
    assert_eq!(texts("<c><v>1</v></c><row><c><v>2</v></c></row>"), [row(1, &["1"]), row(2, &["2"])]);
    assert_eq!(texts("<row r=\"0\"><c r=\"??\"><v>1</v></c></row>"), [row(1, &["1"])]);
}

#[test]
fn a_document_type_and_entities_of_its_own_are_refused() {
    let entities = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    let book = Book::default().page("表", &format!("{entities}{}", page(&format!("<row>{}</row>", inline("&b;")))));
    assert_eq!(refused(&book.bytes(), "a.xlsx"), BookCode::Broken);
    let outside = "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">";
    let book = Book::default().page("表", &format!("{outside}{}", page("<row><c><v>1</v></c></row>")));
    assert_eq!(refused(&book.bytes(), "a.xlsx"), BookCode::Broken);
    // An entity that nobody declared stays as it is written.
    assert_eq!(texts(&format!("<row>{}</row>", inline("a&b;c&#x4e00;&#xd800;"))), [row(1, &["a&b;c一&#xd800;"])]);
}

#[test]
fn elements_in_elements_without_end_are_refused() {
    let deep = |by: usize| format!("{}{}<row><c><v>1</v></c></row>", "<x>".repeat(by), "</x>".repeat(by));
    assert_eq!(texts(&deep(900)), [row(1, &["1"])]);
    assert_eq!(refused_rows(&deep(500_000)), BookCode::Broken);
    assert_eq!(refused_rows(&"<x>".repeat(500_000)), BookCode::Broken);
}

#[test]
fn xml_that_ends_too_early_or_is_crossed_is_refused() {
    let row = "<row><c><v>1</v></c></row>";
    for part in [
        format!("<worksheet><sheetData>{row}"),
        format!("<worksheet><sheetData>{row}<row><c><v>2"),
        format!("<worksheet><sheetData>{row}</sheetData></worksheet></worksheet>"),
        format!("<worksheet><sheetData>{row}<row><c><v>1</v><c><v>2</v></c></c></row></sheetData></worksheet>"),
        format!("<worksheet><sheetData>{row}<row><c><row/></c></row></sheetData></worksheet>"),
        "<worksheet><sheetData><x><v>1</v></c></sheetData></worksheet>".to_owned(),
        format!("<worksheet><sheetData>{row}<row a=\"</sheetData></worksheet>"),
        format!("<worksheet><sheetData>{row}<!-- </sheetData></worksheet>"),
        format!("<worksheet><sheetData>{row}<![CDATA[ </sheetData></worksheet>"),
    ] {
        assert_eq!(refused(&Book::default().page("表", &part).bytes(), "a.xlsx"), BookCode::Broken, "{part}");
    }
    let mut book = Book::of("<row><c t=\"s\"><v>0</v></c></row>");
    book.texts = Some("<sst><si><t>a</t><si><t>b</t></si></si></sst>".to_owned());
    assert_eq!(refused(&book.bytes(), "a.xlsx"), BookCode::Broken);
}

#[test]
fn xml_in_another_encoding_is_refused_and_not_garbled() {
    let whole = page(&format!("<row>{}</row>", inline("甲")));
    let declared = Book::default().page("表", &format!("<?xml version=\"1.0\" encoding=\"GBK\"?>{whole}"));
    assert_eq!(refused(&declared.bytes(), "a.xlsx"), BookCode::Broken);
    let marked = Book::default().page("表", &format!("\u{feff}<?xml version='1.0' encoding='UTF-8'?>{whole}"));
    assert_eq!(rows(&opened(&marked.bytes(), "a.xlsx").expect("reads")), [row(1, &["甲"])]);
    let mut parts = Book::of("").parts();
    for bytes in [
        whole.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "\u{feff}".encode_utf16().chain(whole.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
        whole.replace("甲", "?").bytes().map(|byte| if byte == b'?' { 0xff } else { byte }).collect::<Vec<u8>>(),
    ] {
        parts[0] = crate::packed::Part::new("xl/worksheets/sheet1.xml", &bytes);
        assert_eq!(refused(&crate::packed::zip(&parts), "a.xlsx"), BookCode::Broken);
    }
}

#[test]
fn quotes_of_either_kind_hold_what_they_hold() {
    let cells = "<row a='\"' b='>' c=\"'>\"><c t='str' r='A1'><v>1</v></c><c r='B1' x='\"'><v>2</v></c></row>";
    assert_eq!(texts(cells), [row(1, &["1", "2"])]);
}

#[test]
fn a_text_in_pieces_is_one_text() {
    let rich = "<si><r><t>户</t></r><r><t xml:space=\"preserve\">主 </t></r><rPh><t>hu</t></rPh></si>";
    let mut book = Book::of(
        "<row><c t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><r><t>a</t></r><r><t><![CDATA[<b>]]></t></r></is></c></row>",
    );
    book.texts = Some(format!("<sst>{rich}</sst>"));
    assert_eq!(rows(&opened(&book.bytes(), "a.xlsx").expect("reads")), [row(1, &["户主 ", "a<b>"])]);
}

#[test]
fn hidden_and_merged_columns_told_a_million_times_are_kept_once() {
    let hidden = "<col min=\"1\" max=\"16384\" hidden=\"1\"/>".repeat(200_000);
    let part = format!(
        "<worksheet xmlns=\"{MAIN}\"><cols>{hidden}</cols><sheetData>{}</sheetData></worksheet>",
        jobs(&format!("<row>{}{}</row>", inline("甲"), inline("990923198212071935")))
    );
    let bytes = Book::default().page("表", &part).bytes();
    let book = opened(&bytes, "a.xlsx").expect("reads");
    assert_eq!(book.sheets[0].hidden_columns.len(), 500);
    read_through(&book, &bytes, &ColumnMap::default());
}

#[test]
fn merged_cells_upon_merged_cells_do_not_stop_the_reading() {
    let merges: String = (0..400_000).map(|at| format!("<mergeCell ref=\"A1:B{}\"/>", at % 60 + 2)).collect();
    let part = format!(
        "<worksheet xmlns=\"{MAIN}\"><sheetData>{}</sheetData><mergeCells>{merges}</mergeCells></worksheet>",
        jobs(&format!("<row>{}{}</row>", inline("甲"), inline("990923198212071935")).repeat(50))
    );
    let bytes = Book::default().page("表", &part).bytes();
    let begun = std::time::Instant::now();
    let book = opened(&bytes, "a.xlsx").expect("reads");
    assert_eq!(read_jobs(&book).rows.len(), 50);
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}
