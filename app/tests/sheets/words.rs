//! What is taken away in the columns of a sheet is in words, also what is protected and where places stand.

use anju_app::{Columns, Reading, RollAsk, Took, Whose};
use anju_exchange::write::{CellOut, TableFormat};
use anju_record::{Draft, Lang, Value, validate};
use anju_store::Write;

use crate::desk::{Desk, SITE, TODAY, told};
use crate::rosters::{csv, people};

const ROSTER: &str = "household_roster";
const LEDGERS: [&str; 2] = ["household", "person"];

/// Codes of protected fields and places go out as what they are called; handed in again, they change nothing.
pub async fn what_is_taken_away_is_in_words_that_are_read_back(desk: &Desk) {
    let line = desk.keep("词语.csv", &csv(&people(66_500, &[2])), ROSTER, &told()).await;
    desk.take(&line).await;
    let household = desk.ix("household");
    let number = Value::Text("TS66500".into());
    let all = desk.all("household").await;
    let some = all.iter().find(|it| desk.field("household", "number", it) == number).unwrap();
    let draft = Draft::edit(desk.pack(), household, some).set("origin_village", "610923105202");
    let valid = validate(desk.pack(), household, draft, TODAY).unwrap();
    desk.write_all(vec![Write::Update { valid, expected_version: some.version }]).await;
    let person = desk.ix("person");
    let owner = desk.pack().ledger(person).of.unwrap();
    let all = desk.all("person").await;
    let member = all.iter().find(|it| it.values[usize::from(owner.field.0)] == Value::Id(some.id)).unwrap();
    let draft = Draft::edit(desk.pack(), person, member).set("health", "10").set("disability", "5");
    let valid = validate(desk.pack(), person, draft, TODAY).unwrap();
    desk.write_all(vec![Write::Update { valid, expected_version: member.version }]).await;
    let before = desk.contents(&LEDGERS).await;
    let ask = RollAsk { words: Some("TS66500".into()), whose: Whose::Else, ..RollAsk::of(person) };
    assert_eq!(desk.roll(&ask).await.unwrap().total, 2, "found by their household");
    let mut table = desk.table(&ask, &Columns::Sheet, None, Lang::Zh).await.unwrap();
    let titles: Vec<String> = table.head.columns.iter().map(|column| column.title.clone()).collect();
    let mut cells = Vec::new();
    loop {
        let rows = table.next(desk).await.unwrap();
        if rows.is_empty() {
            break;
        }
        cells.extend(rows.into_iter().flat_map(|row| titles.iter().cloned().zip(row).collect::<Vec<_>>()));
    }
    let is_code = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    for title in ["健康状况", "残疾类别", "迁出村"] {
        let told = cells.iter().filter(|(of, _)| of == title).filter_map(|(_, cell)| match cell {
            CellOut::Text(text) => Some(text.as_ref()),
            _ => None,
        });
        let told: Vec<&str> = told.collect();
        assert!(!told.is_empty() && !told.iter().any(|text| is_code(text)), "{title}: {told:?}");
    }
    for (format, name) in [("xlsx", "词语.xlsx"), ("gb18030", "词语.csv")] {
        let table = desk.table(&ask, &Columns::Sheet, None, Lang::Zh).await.unwrap();
        assert_eq!(table.len(), 2, "{format}");
        let bytes = table.write(desk, TableFormat::parse(format).unwrap(), Vec::new()).await.unwrap();
        let line = desk.keep(name, &bytes, ROSTER, &Reading::default()).await;
        let (took, _) = desk.take(&line).await;
        assert_eq!(took, Took::Nothing, "{format}");
        assert_eq!(desk.contents(&LEDGERS).await, before, "{format}");
    }
}

/// What tells a place apart is its code, and not its name once more; any other place of its record is told by its name.
pub async fn a_place_is_told_by_its_code_in_its_own_ledger(desk: &Desk) {
    let site = desk.ix("site");
    let [code, village] = ["code", "destination_village"].map(|id| desk.pack().ledger(site).field_by_id(id).unwrap());
    let all = RollAsk::of(site);
    let mut seen = desk.table(&all, &Columns::Fields(vec![code, village]), None, Lang::Zh).await.unwrap();
    let rows = seen.next(desk).await.unwrap();
    let own = rows.iter().find(|row| row[1] == CellOut::from(SITE.to_owned())).expect("its code alone");
    let CellOut::Text(village) = &own[2] else { panic!("a village is a text") };
    assert!(!village.starts_with("610923"), "{village}");
    let mut sheet = desk.table(&all, &Columns::Sheet, None, Lang::Zh).await.unwrap();
    let at = sheet.head.columns.iter().position(|column| column.title == "安置点代码").unwrap();
    let read_back = |row: &Vec<CellOut<'_>>| matches!(&row[at], CellOut::Text(text) if text.starts_with(SITE));
    assert!(sheet.next(desk).await.unwrap().iter().any(read_back), "as the template asks for it");
}
