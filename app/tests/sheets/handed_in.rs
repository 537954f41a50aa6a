//! The sheets that a county handed in, against what is known to be wrong in each.

use std::collections::BTreeSet;

use anju_app::{Progress, Reading, RowState, SheetRead, Took};
use anju_store::Write;
use serde_json::Value as Json;

use crate::desk::{Desk, HANDED_IN, told};

const FOUR: [&str; 4] = ["building", "dwelling", "household", "person"];

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{HANDED_IN}/{name}")).unwrap()
}

fn expected(name: &str) -> Json {
    let all: Json = serde_json::from_slice(&file("expected.json")).unwrap();
    all[name].clone()
}

/// A county's word for a kind of fault, in the product's.
fn ours(kind: &str) -> &str {
    match kind {
        "two_heads" => "two_of",
        "no_head" => "none_of",
        "missing_household_number" => "missing_key",
        other => other,
    }
}

fn faults_of(read: &SheetRead) -> BTreeSet<(u32, String, String)> {
    let heading = |column: Option<u32>| {
        let known = read.recognised.columns.iter().find(|known| Some(known.column) == column);
        known.map(|known| known.heading.clone()).unwrap_or_default()
    };
    let faults = read.run.rows.iter().flat_map(|row| &row.faults);
    faults.map(|fault| (fault.row, heading(fault.column), fault.kind.as_str().to_owned())).collect()
}

fn expected_faults(expected: &Json) -> BTreeSet<(u32, String, String)> {
    let faults = expected["faults"].as_array().unwrap().iter();
    faults
        .map(|fault| {
            let row = u32::try_from(fault["row"].as_u64().unwrap()).unwrap();
            (row, fault["column"].as_str().unwrap().to_owned(), ours(fault["kind"].as_str().unwrap()).to_owned())
        })
        .collect()
}

fn rows(read: &SheetRead, state: RowState) -> BTreeSet<u32> {
    read.run.rows.iter().filter(|row| row.state == state).map(|row| row.number).collect()
}

pub async fn a_roster_is_taken_row_by_row(desk: &Desk) {
    let (name, before) = ("搬迁户花名册.xlsx", desk.contents(&FOUR).await);
    let (bytes, expected) = (file(name), expected(name));
    assert_eq!(desk.sheet_that_fits(name, &bytes).unwrap().as_deref(), Some("household_roster"));
    let read = desk.check(name, &bytes, "household_roster", &told()).await;
    assert_eq!(read.run.rows.len() as u64, expected["data_rows"].as_u64().unwrap());
    assert_eq!(faults_of(&read), expected_faults(&expected));
    assert!(read.run.missing.is_empty(), "{:?}", read.run.missing);
    let placeless =
        desk.check_sheet(name, &bytes, "household_roster", "610923", &told(), &Progress::default()).await.unwrap();
    assert_eq!(placeless.run.place, Some(desk.ix("site")), "the county does not say which site they belong to");
    assert_eq!(faults_of(&placeless), expected_faults(&expected), "and that is no fault of any row");
    let line = desk.keep(name, &bytes, "household_roster", &told()).await;
    let (took, line) = desk.take(&line).await;
    let Took::Written(taken) = took else { panic!("{took:?}") };
    let new = rows(&read, RowState::New);
    assert_eq!(taken.rows as usize, new.len());
    assert_eq!(desk.all("person").await.len(), new.len(), "a person for each row that is taken");
    for fault in expected["faults"].as_array().unwrap() {
        let row = u32::try_from(fault["row"].as_u64().unwrap()).unwrap();
        let only_remarked = matches!(fault["kind"].as_str(), Some("id_birth_mismatch" | "id_sex_mismatch"));
        assert_eq!(new.contains(&row) || rows(&read, RowState::Held).contains(&row), only_remarked, "row {row}");
    }
    let again = desk.check(name, &bytes, "household_roster", &told()).await;
    assert!(!again.run.writes_anything(), "the same file again: {:?}", again.run.made);
    assert_eq!(rows(&again, RowState::Same), new);
    assert!(again.run.compares_anything(), "it was compared");
    desk.undo_sheet(&line).await.unwrap();
    assert_eq!(desk.contents(&FOUR).await, before, "as if it had never been");
}

/// Households that a sheet names, each with a head.
async fn households(desk: &Desk, numbers: &[String]) {
    let site = desk.all("site").await[0].id.to_string();
    let building = desk.valid(
        "building",
        &[
            ("site", &site),
            ("code", "610923100001901001"),
            ("name", "1号楼"),
            ("kind", "building"),
            ("opened_on", "2017-01-01"),
        ],
    );
    let home = building.id().to_string();
    let mut changes = vec![Write::Insert(building)];
    for (at, number) in numbers.iter().enumerate() {
        let household = desk.valid(
            "household",
            &[
                ("building", &home),
                ("number", number),
                ("batch", "fyp13"),
                ("registered_poor", "是"),
                ("status", "resident"),
                ("moved_in_on", "2018-01-01"),
            ],
        );
        let id = household.id().to_string();
        changes.push(Write::Insert(household));
        let person = desk.valid(
            "person",
            &[
                ("household", &id),
                ("name", &format!("户主{at}")),
                ("kinship", "户主"),
                ("sex", "男"),
                ("born_on", "1970-01-01"),
                ("work_ability", "普通劳动力"),
                ("political_status", "群众"),
                ("joined_on", "2018-01-01"),
            ],
        );
        changes.push(Write::Insert(person));
    }
    desk.write_all(changes).await;
}

pub async fn pairings_name_several_households_in_a_cell(desk: &Desk) {
    let name = "干部包联台账.xlsx";
    let (bytes, expected) = (file(name), expected(name));
    let numbers: Vec<String> = (1..=203).map(|at| format!("NS23{at:05}")).collect();
    households(desk, &numbers).await;
    assert_eq!(desk.sheet_that_fits(name, &bytes).unwrap().as_deref(), Some("pairing_roster"));
    let read = desk.check(name, &bytes, "pairing_roster", &Reading::default()).await;
    assert_eq!(faults_of(&read), expected_faults(&expected));
    let line = desk.keep(name, &bytes, "pairing_roster", &Reading::default()).await;
    let (took, line) = desk.take(&line).await;
    assert!(matches!(took, Took::Written(_)), "{took:?}");
    let pairings = desk.all("pairing").await.len() as u64;
    // One number leads nowhere, one is told twice.
    assert!(pairings < expected["pairings"].as_u64().unwrap() && pairings >= 200, "{pairings}");
    let again = desk.check(name, &bytes, "pairing_roster", &Reading::default()).await;
    assert!(!again.run.writes_anything(), "{:?}", again.run.made);
    desk.undo_sheet(&line).await.unwrap();
    assert!(desk.all("pairing").await.is_empty() && desk.all("cadre").await.is_empty());
}

/// Makes everybody whom the sheet names, but the one whom it is known to get wrong.
async fn everybody_but_the_unknown(desk: &Desk, read: &SheetRead, expected: &Json) {
    let missing = "unknown_reference";
    let unknown: Vec<u64> = expected["faults"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|fault| fault["kind"] == missing)
        .map(|fault| fault["row"].as_u64().unwrap())
        .collect();
    let household = desk.all("household").await[0].id.to_string();
    let mut changes = Vec::new();
    let mut seen = BTreeSet::new();
    for fault in read.run.rows.iter().flat_map(|row| &row.faults).filter(|fault| fault.kind.as_str() == missing) {
        if unknown.contains(&u64::from(fault.row)) || !seen.insert(fault.fault.value.clone()) {
            continue;
        }
        let number = fault.fault.value.clone();
        let line = read.run.rows.iter().find(|row| row.number == fault.row).unwrap();
        let birth = format!("{}-{}-{}", &number[6..10], &number[10..12], &number[12..14]);
        let sex = if number.as_bytes()[16] % 2 == 1 { "男" } else { "女" };
        changes.push(Write::Insert(desk.valid(
            "person",
            &[
                ("household", household.as_str()),
                ("name", &format!("某{}", line.number)),
                ("kinship", "子"),
                ("sex", sex),
                ("id_number", &number),
                ("born_on", &birth),
                ("work_ability", "普通劳动力"),
                ("political_status", "群众"),
                ("joined_on", "2018-01-01"),
            ],
        )));
    }
    desk.write_all(changes).await;
}

pub async fn employment_refers_to_people_by_their_number(desk: &Desk) {
    let name = "就业台账.csv";
    let (bytes, expected) = (file(name), expected(name));
    let missing = "unknown_reference";
    let read = desk.check(name, &bytes, "employment_roster", &Reading::default()).await;
    assert_eq!(read.encoding, Some("GB18030"));
    assert_eq!(read.run.rows.len() as u64, expected["data_rows"].as_u64().unwrap());
    let nobody = faults_of(&read).into_iter().filter(|(.., kind)| kind == missing).count();
    assert!(nobody >= 170, "nobody of them is in the ledgers yet: {nobody}");
    everybody_but_the_unknown(desk, &read, &expected).await;
    let read = desk.check(name, &bytes, "employment_roster", &Reading::default()).await;
    let hard: BTreeSet<_> = read
        .run
        .rows
        .iter()
        .flat_map(|row| &row.faults)
        .filter(|fault| !fault.warning)
        .map(|fault| (u64::from(fault.row), fault.kind.as_str()))
        .collect();
    let known: BTreeSet<_> = expected["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| (fault["row"].as_u64().unwrap(), ours(fault["kind"].as_str().unwrap())))
        .collect();
    assert_eq!(hard, known);
    let line = desk.keep(name, &bytes, "employment_roster", &Reading::default()).await;
    let (took, line) = desk.take(&line).await;
    assert!(matches!(took, Took::Written(_)), "{took:?}");
    assert_eq!(desk.all("employment").await.len(), 177);
    desk.undo_sheet(&line).await.unwrap();
    assert!(desk.all("employment").await.is_empty());
}

/// A row is called as its record is: a pairing after the cadre, and not after the first household in its list.
pub async fn a_row_is_called_as_its_record(desk: &Desk) {
    let text = "户编号,姓名,工作单位,联系电话,开始日期\nNS1、NS2,高远,县林业局,10000078409,2020-01-01\n";
    let read = desk.check("包联.csv", text.as_bytes(), "pairing_roster", &Reading::default()).await;
    assert_eq!(read.run.rows[0].name, "高远 县林业局");
}

pub async fn a_template_as_it_is_handed_out_is_filled_with_nobody(desk: &Desk) {
    for sheet in ["household_roster", "pairing_roster", "employment_roster", "visit"] {
        let definition = desk.pack().sheet_by_id(sheet).unwrap();
        for lang in [anju_record::Lang::Zh, anju_record::Lang::En] {
            let bytes = anju_exchange::write::template(desk.pack(), &definition, lang, Vec::new()).unwrap();
            let book = anju_exchange::open(&bytes, "t.xlsx", &anju_exchange::Limits::default()).unwrap();
            let said =
                |words: &str| book.sheets[0].rows.iter().flat_map(|row| &row.cells).any(|cell| cell.text() == words);
            assert!(!said("死亡") && !said("Died"), "{sheet}: a sample is alive");
            match desk
                .check_sheet("t.xlsx", &bytes, sheet, crate::desk::SITE, &Reading::default(), &Progress::default())
                .await
            {
                Ok(read) => {
                    assert!(read.run.rows.is_empty(), "{sheet}: samples are no people: {:?}", read.run.rows);
                    assert!(!read.run.compares_anything(), "{sheet}: nothing was compared");
                }
                // Nothing stands below its headings.
                Err(anju_app::SheetFault::None(why)) => {
                    assert!(why.iter().any(|(_, why)| *why == anju_exchange::NotTaken::NoRows), "{sheet}: {why:?}");
                }
                Err(other) => panic!("{sheet}: {other:?}"),
            }
        }
    }
}
