//! What reading the largest files takes, measured in a process of its own: beside the file it stays below 200 MB.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Command;

use anju_exchange::write::{Mark, Summary, mark};
use anju_exchange::{ColumnMap, read_rows, recognise};
use anju_record::Lang;

use crate::packed::{Book, inline};
use crate::{PACK, TODAY, accounted, opened};

/// Megabytes beside the file.
const MOST: u64 = 200;
const ASKED: &str = "EXCHANGE_MEASURE";
/// Behind the name of a sheet: what giving the file back takes is asked.
const MARKED: &str = "!";

/// Kilobytes, as the system counts them.
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a system that tells");
    let line = status.lines().find(|line| line.starts_with(name)).expect("is told");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}

/// Does nothing unless it is asked to: reads the file and prints what that took.
#[test]
fn what_reading_takes_is_measured() {
    let Ok(asked) = std::env::var(ASKED) else { return };
    let (sheet, path) = asked.split_once('\n').expect("a sheet and a file");
    let (sheet, marked) = sheet.strip_suffix(MARKED).map_or((sheet, false), |sheet| (sheet, true));
    let sheet = PACK.sheet_by_id(sheet).expect("a sheet");
    let bytes = std::fs::read(path).expect("a file");
    let before = status("VmRSS");
    let begun = std::time::Instant::now();
    let said = match opened(&bytes, "a") {
        Err(fault) => fault.code.as_str().to_owned(),
        Ok(book) => {
            let open = status("VmHWM");
            let pages = recognise(&PACK, &sheet, &book, &ColumnMap::default());
            let page = pages[0].1.as_ref().expect("is taken");
            let reading = read_rows(&PACK, &sheet, &book.sheets[page.grid], page, TODAY);
            accounted(&book.sheets[page.grid], page, &reading);
            if marked {
                let marks = crate::marks(page.grid, &reading);
                drop(reading);
                give_back(&book, &bytes, &marks);
                return;
            }
            format!(
                "{} rows, {} faults, open {} kB",
                reading.rows.len(),
                reading.faults().count(),
                open.saturating_sub(before)
            )
        }
    };
    println!("took {} kB in {} ms: {said}", status("VmHWM").saturating_sub(before), begun.elapsed().as_millis());
}

/// Gives the file back marked, and prints what that takes beside the file and what has been read of it.
fn give_back(book: &anju_exchange::Book, bytes: &[u8], marks: &[Mark]) {
    std::fs::write("/proc/self/clear_refs", "5").expect("the peak is counted anew");
    let before = status("VmRSS");
    let begun = std::time::Instant::now();
    let out = mark(book, bytes, marks, &Summary::default(), Lang::Zh, Vec::new()).expect("is written");
    let took = status("VmHWM").saturating_sub(before);
    println!("took {took} kB in {} ms: {} marks, {} kB", begun.elapsed().as_millis(), marks.len(), out.len() / 1024);
}

/// What is said of a file, when reading it takes no more than it may.
fn measured(sheet: &str, bytes: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().expect("room");
    file.write_all(bytes).expect("room");
    let asked = format!("{sheet}\n{}", file.path().display());
    let child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "memory::what_reading_takes_is_measured", "--nocapture"])
        .env(ASKED, asked)
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success(), "{said}{}", String::from_utf8_lossy(&child.stderr));
    let took = said.lines().find_map(|line| line.split_once("took ")).expect("is told").1.to_owned();
    eprintln!("{} kB of file: {took}", bytes.len() / 1024);
    let kilobytes: u64 = took.split(' ').next().and_then(|number| number.parse().ok()).expect("a number");
    assert!(kilobytes < MOST * 1024, "{took}");
    took
}

const HEADS: [&str; 20] = [
    "户编号",
    "姓名",
    "与户主关系",
    "身份证号",
    "性别",
    "出生日期",
    "民族",
    "文化程度",
    "联系电话",
    "健康状况",
    "政治面貌",
    "婚姻状况",
    "劳动能力",
    "搬迁时间",
    "楼栋",
    "单元",
    "房号",
    "备注",
    "面积",
    "人数",
];

fn heads() -> String {
    format!("<row>{}</row>", HEADS.iter().map(|head| inline(head)).collect::<String>())
}

fn text_of(row: usize, column: usize) -> String {
    match column {
        0 => format!("NS{:07}", row / 3),
        2 => if row.is_multiple_of(3) { "户主" } else { "长子" }.to_owned(),
        3 => format!("99092319{:02}{:02}{:02}{:04}", row % 90 + 10, row % 12 + 1, row % 28 + 1, row % 10_000),
        4 => "男".to_owned(),
        5 => format!("19{:02}-{:02}-{:02}", row % 90 + 10, row % 12 + 1, row % 28 + 1),
        8 => format!("100{:08}", row),
        _ => format!("文{:06}", row * 20 + column),
    }
}

fn roster(rows: usize) -> impl Iterator<Item = [String; 20]> {
    (0..rows).map(|row| std::array::from_fn(|column| text_of(row, column)))
}

/// Rows as a workbook writes them, each text in its cell.
fn inlined(rows: impl Iterator<Item = [String; 20]>) -> Vec<u8> {
    let mut all = heads();
    for row in rows {
        all.push_str("<row>");
        row.iter().for_each(|text| all.push_str(&inline(text)));
        all.push_str("</row>");
    }
    Book::of(&all).bytes()
}

#[test]
fn as_many_cells_of_text_as_are_allowed_and_every_one_wrong() {
    let said = measured("household_roster", &inlined(roster(45_000)));
    assert!(said.contains("faults"), "{said}");
}

#[test]
fn a_text_file_as_long_as_is_allowed() {
    let mut all = HEADS.join(",");
    for row in roster(45_000) {
        all.push('\n');
        all.push_str(&row.join(","));
    }
    let said = measured("household_roster", all.as_bytes());
    assert!(said.contains("faults"), "{said}");
    // The longest file that is one column of one letter, in an encoding that grows when it is read.
    let gbk = encoding_rs::GB18030.encode("姓名,身份证号\n").0.repeat(100_000);
    measured("employment_roster", &gbk);
    let long = [encoding_rs::GB18030.encode("姓名,身份证号\n").0.into_owned(), [0xb3, 0xa4].repeat(25 << 20)].concat();
    measured("employment_roster", &long[..50 << 20]);
}

#[test]
fn as_many_cells_of_numbers_as_are_allowed() {
    let row = format!("<row>{}</row>", "<c><v>1</v></c>".repeat(20));
    let said = measured("household_roster", &Book::of(&format!("{}{}", heads(), row.repeat(59_900))).bytes());
    assert!(said.contains("faults"), "{said}");
    assert!(
        measured("household_roster", &Book::of(&format!("{}{}", heads(), row.repeat(70_000))).bytes()).contains("S006")
    );
}

#[test]
fn many_short_texts_in_a_table_of_texts() {
    let texts: Vec<String> = (0..600_000).map(|at| format!("{at}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut all = heads();
    for row in 0..40_000 {
        all.push_str("<row>");
        (0..20)
            .for_each(|column| write!(all, "<c t=\"s\"><v>{}</v></c>", (row * 20 + column) % 600_000).expect("memory"));
        all.push_str("</row>");
    }
    let said = measured("household_roster", &Book::of(&all).texts(&texts).bytes());
    assert!(said.contains("faults"), "{said}");
    let empty = Book { texts: Some(format!("<sst>{}</sst>", "<si/>".repeat(30 << 20))), ..Book::of("<row/>") };
    assert!(measured("household_roster", &empty.bytes()).contains("S006"));
}

#[test]
fn one_long_text_that_every_row_shows() {
    let long = "长".repeat(1_900);
    let mut all = heads();
    let shown = format!("<row><c><v>1</v></c><c/><c/>{}</row>", "<c t=\"s\"><v>0</v></c>".repeat(17));
    all.push_str(&shown.repeat(450));
    measured("household_roster", &Book::of(&all).texts(&[&long]).bytes());
    // The same by merged cells: one text, two hundred thousand rows.
    let rows = format!(
        "{}<row>{}</row>{}",
        heads(),
        inline("NS1") + &inline(&long).repeat(19),
        "<row><c/><c><v>1</v></c></row>".repeat(199_000)
    );
    let merges: String = ('A'..='T').map(|column| format!("<mergeCell ref=\"{column}2:{column}200000\"/>")).collect();
    let part =
        crate::packed::page(&rows).replace("</sheetData>", &format!("</sheetData><mergeCells>{merges}</mergeCells>"));
    let said = measured("household_roster", &Book::default().page("表", &part).bytes());
    assert!(said.contains("faults"), "{said}");
}

#[test]
fn one_record_that_many_rows_go_on_with() {
    let long = "长".repeat(1_900);
    let first: String = HEADS.iter().map(|_| inline(&long)).collect();
    let rows = format!("{}<row>{first}</row>{}", heads(), "<row><c/><c><v>1</v></c></row>".repeat(199_000));
    let said = measured("household_roster", &Book::of(&rows).bytes());
    assert!(said.contains("faults"), "{said}");
}

#[test]
fn cells_that_name_thousands_of_records() {
    let heads: String = ["包联干部", "联系电话", "包联户编号", "包联户数"].iter().map(|head| inline(head)).collect();
    let names: String = (0..5_000).map(|at| format!("{at}、")).collect();
    let row = format!("<row>{}{}{}<c><v>1</v></c></row>", inline("甲"), inline("10012345678"), inline(&names));
    let said = measured("pairing_roster", &Book::of(&format!("<row>{heads}</row>{}", row.repeat(1_200))).bytes());
    assert!(said.contains("faults"), "{said}");
}

#[test]
fn two_hundred_thousand_rows_are_read_or_named() {
    let head: String = HEADS[..4].iter().map(|head| inline(head)).collect();
    let mut all = format!("<row>{head}</row>");
    for row in 0..199_000 {
        write!(all, "<row>{}</row>", (0..4).map(|column| inline(&text_of(row, column))).collect::<String>())
            .expect("memory");
    }
    let said = measured("household_roster", &Book::of(&all).bytes());
    assert!(said.contains("faults"), "{said}");
}

#[test]
fn a_file_that_is_wrong_in_every_cell_is_given_back() {
    let said = measured("household_roster!", &inlined(roster(45_000)));
    assert!(said.contains("marks"), "{said}");
    // Small enough to be given back as it is but for the marks.
    measured("household_roster!", &inlined(roster(20_000)));
    let text: String = roster(20_000).map(|row| format!("\n{}", row.join(","))).collect();
    measured("household_roster!", format!("{}{text}", HEADS.join(",")).as_bytes());
}
