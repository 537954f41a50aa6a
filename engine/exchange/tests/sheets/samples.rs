//! The samples of a template are nobody; what is written over them is data.

use anju_exchange::write::template;
use anju_exchange::{Book, Cell, ColumnMap, Given, Ignored, Limits, Reading, open, read_rows, recognise};
use anju_record::{Lang, Value};

use crate::{PACK, TODAY, take};

fn handed_out(sheet: &str, lang: Lang) -> Book {
    let sheet = PACK.sheet_by_id(sheet).expect("a sheet");
    let bytes = template(&PACK, &sheet, lang, Vec::new()).expect("is written");
    open(&bytes, "t.xlsx", &Limits::default()).expect("reads")
}

/// What is read of a template's page, if it is one of the sheet.
fn read(book: &Book, sheet: &str) -> Option<Reading> {
    let sheet = PACK.sheet_by_id(sheet).expect("a sheet");
    let found = recognise(&PACK, &sheet, book, &ColumnMap::default());
    let page = found.into_iter().find_map(|(_, page)| page.ok())?;
    Some(read_rows(&PACK, &sheet, &book.sheets[page.grid], &page, TODAY))
}

/// Writes over the cells under a heading in the first sample row, and tells its number.
fn write_over(book: &mut Book, changes: &[(&str, &str)]) -> u32 {
    let rows = &mut book.sheets[0].rows;
    let head = rows.iter().position(|row| ["序号", "No."].contains(&&*row.cell(0).text())).expect("a header");
    for (heading, text) in changes {
        let column = rows[head].cells.iter().position(|cell| cell.text() == *heading).expect("a heading");
        let cells = &mut rows[head + 1].cells;
        cells.resize(cells.len().max(column + 1), Cell::Empty);
        cells[column] = Cell::Text((*text).into());
    }
    rows[head + 1].number
}

/// Whoever writes over a sample writes over its made-up names.
fn name_all(book: &mut Book, number: u32) {
    let rows = book.sheets[0].rows.iter_mut().filter(|row| row.number == number);
    for cell in rows.flat_map(|row| &mut row.cells).filter(|cell| cell.text() == "示例甲") {
        *cell = Cell::Text("安和里".into());
    }
}

#[test]
fn a_template_as_it_is_handed_out_holds_no_data() {
    let sheets = PACK.sheets.iter().map(|sheet| sheet.id.clone());
    let mut met = 0;
    for sheet in sheets.chain(PACK.ledger_ixs().map(|ix| PACK.ledger(ix).id.clone())) {
        for lang in [Lang::Zh, Lang::En] {
            let Some(reading) = read(&handed_out(&sheet, lang), &sheet) else { continue };
            let read: Vec<u32> = reading.rows.iter().map(|row| row.number).collect();
            assert!(read.is_empty(), "{sheet} {lang:?}: {read:?}");
            met += usize::from(reading.ignored.iter().filter(|(_, why)| *why == Ignored::Sample).count() == 2);
        }
    }
    assert!(met > 40, "{met} templates are read");
}

#[test]
fn a_sample_that_somebody_wrote_over_is_read() {
    let mut book = handed_out("household_roster", Lang::Zh);
    write_over(&mut book, &[("备注", "张三填"), ("联系电话", "13900000001")]);
    let reading = read(&book, "household_roster").expect("is read");
    assert!(reading.rows.is_empty(), "its name and its number are still nobody's");
    let changes = [("姓名", "王秀英"), ("身份证号", "110105198001010016"), ("户编号", "NS100")];
    let number = write_over(&mut book, &changes);
    name_all(&mut book, number);
    let reading = read(&book, "household_roster").expect("is read");
    assert_eq!(reading.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [number]);
    let person = PACK.ledger(PACK.ledger_by_id("person").expect("a ledger"));
    let name = person.field_by_id("name").expect("a field");
    let told = reading.rows[0].part(0).and_then(|part| part.get(name));
    assert_eq!(told, Some(&Given::Value(Value::Text("王秀英".into()))));
    assert_eq!(reading.ignored.iter().filter(|(_, why)| *why == Ignored::Sample).count(), 1, "the other one stays");
}

#[test]
fn what_only_an_older_template_writes_is_still_nobody() {
    let text = "序号,户编号,姓名,与户主关系,身份证号\n\
                示例1,H777,示例甲,户主,\n\
                Example 2,H778,Example B,妻,\n\
                示例3,H779,王五,户主,990000198001010016\n\
                示例4,H780,王六,户主,\n\
                5,H781,示例甲,户主,\n";
    let taken = take(text.as_bytes(), "花名册.csv", "household_roster");
    assert_eq!(taken.reading.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [5, 6]);
    let samples = [2, 3, 4].map(|number| (number, Ignored::Sample));
    assert_eq!(taken.reading.ignored, samples);
}
