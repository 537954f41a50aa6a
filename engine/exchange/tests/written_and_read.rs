//! What is written is read back as the same, and nothing written is ever run.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::Cursor;

use anju_exchange::write::{
    CellOut, ColumnKind, CsvEncoding, TableColumn, TableFormat, TableHead, TableWriter, neutral,
};
use anju_exchange::{Cell, Limits, open};
use calamine::{Data, Reader, Xlsx};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Given {
    Text(String),
    Number(i64),
    Date(i32),
    Empty,
}

fn kinds() -> [ColumnKind; 4] {
    [ColumnKind::Text, ColumnKind::Number { scale: 3 }, ColumnKind::Money, ColumnKind::Date]
}

fn head() -> TableHead {
    let column = |kind| TableColumn { title: format!("{kind:?}"), kind, width: 10 };
    TableHead { name: "表".into(), columns: kinds().map(column).into(), ..TableHead::default() }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[=+\\-@＝\t][ -~]{0,12}",
        "[ -~户主王秀英，：（）\n]{1,20}",
        "_x[0-9A-F]{4}_[a-z]{0,3}",
        proptest::collection::vec(any::<char>(), 1..12).prop_map(|signs| signs.into_iter().collect()),
    ]
}

fn rows() -> impl Strategy<Value = Vec<[Given; 4]>> {
    let number =
        || prop_oneof![Just(Given::Empty), (-999_999_999_999_999..=999_999_999_999_999_i64).prop_map(Given::Number)];
    let date = prop_oneof![Just(Given::Empty), (-25_508..=80_000_i32).prop_map(Given::Date)];
    let row = (prop_oneof![Just(Given::Empty), text().prop_map(Given::Text)], number(), number(), date);
    proptest::collection::vec(row.prop_map(|(a, b, c, d)| [a, b, c, d]), 1..20)
}

fn cell(given: &Given) -> CellOut<'_> {
    match given {
        Given::Text(text) => text.as_str().into(),
        Given::Number(number) => CellOut::Number(*number),
        Given::Date(date) => CellOut::Date(*date),
        Given::Empty => CellOut::Empty,
    }
}

fn written(rows: &[[Given; 4]], format: TableFormat) -> Vec<u8> {
    let mut writer = TableWriter::new(Vec::new(), head(), format).unwrap();
    for row in rows {
        writer.row(&row.each_ref().map(cell)).unwrap();
    }
    writer.finish().unwrap()
}

proptest! {
    #[test]
    fn a_workbook_read_back_is_the_same_table(rows in rows()) {
        let bytes = written(&rows, TableFormat::Xlsx);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        prop_assert_eq!(book.worksheet_formula("表").unwrap().used_cells().count(), 0);
        let sheet = book.worksheet_range("表").unwrap();
        for (at, row) in (1..).zip(&rows) {
            for (column, given) in (0..).zip(row) {
                let read = sheet.get_value((at, column)).cloned().unwrap_or_default();
                let scale = [1.0, 1000.0, 100.0, 1.0][column as usize];
                let same = match (given, &read) {
                    (Given::Empty, Data::Empty) => true,
                    (Given::Text(given), Data::String(read)) => given == read,
                    (Given::Number(given), Data::Float(read)) => (read * scale).round() == *given as f64,
                    (Given::Number(given), Data::Int(read)) => (*read as f64 * scale).round() == *given as f64,
                    (Given::Date(given), Data::DateTime(read)) => read.as_f64() == f64::from(*given) + 25_569.0,
                    _ => false,
                };
                prop_assert!(same, "row {at} column {column}: {given:?} was read as {read:?}");
            }
        }
    }

    #[test]
    fn a_text_file_says_to_us_what_was_written(
        texts in proptest::collection::vec("[=+@＝＋－＠-][ -~一-龥]{0,12}|[ -&(-~一-龥]{1,12}", 1..9),
    ) {
        let rows: Vec<[Given; 4]> =
            texts.iter().map(|text| [Given::Text(text.clone()), Given::Number(1), Given::Number(2), Given::Date(3)]).collect();
        let bytes = written(&rows, TableFormat::Csv(CsvEncoding::Utf8));
        let book = open(&bytes, "a.csv", &Limits::default()).unwrap();
        for (number, text) in (2..).zip(&texts) {
            let blank = text.chars().all(char::is_whitespace);
            let read = book.sheets[0].row(number).map_or(&Cell::Empty, |row| row.cell(0));
            let said = if blank { Cell::Empty } else { Cell::Text(text.as_str().into()) };
            prop_assert_eq!(read, &said);
        }
    }

    #[test]
    fn a_text_file_read_back_is_the_same_table_and_runs_nothing(rows in rows(), gb in any::<bool>()) {
        let encoding = if gb { CsvEncoding::Gb18030 } else { CsvEncoding::Utf8 };
        let bytes = written(&rows, TableFormat::Csv(encoding));
        let text = if gb { encoding_rs::GB18030.decode_without_bom_handling(&bytes).0 } else { String::from_utf8_lossy(&bytes) };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text.as_bytes());
        let read: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(read.len(), rows.len());
        for (read, given) in read.iter().zip(&rows) {
            prop_assert!(!read[0].starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", &read[0]);
            if let Given::Text(given) = &given[0] {
                prop_assert_eq!(&read[0], &*neutral(given).into_owned());
            }
            if let Given::Number(fen) = given[2] {
                prop_assert_eq!(read[2].replace('.', "").parse::<i64>().unwrap(), fen);
            }
        }
    }
}
