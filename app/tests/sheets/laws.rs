//! What holds of every sheet: twice is once, undone is never, blanks erase nothing, and nobody gets beyond their rights.

use std::collections::BTreeMap;

use anju_app::{
    Columns, ImportState, Progress, Reading, RollAsk, RowLine, RowState, SheetFault, TakeRefused, Took, UndoError,
};
use anju_exchange::FaultKind;
use anju_exchange::write::{TableFormat, sheet_columns};
use anju_record::{Code, Draft, Lang, Record, Value, validate};
use anju_store::Write;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rust_xlsxwriter::Workbook;

use crate::desk::{Desk, TODAY, told};
use crate::rosters::{Told, csv, people};

const FOUR: [&str; 4] = ["building", "dwelling", "household", "person"];
const ROSTER: &str = "household_roster";

pub async fn any_roster_twice_is_once_and_undone_is_never(desk: &Desk, times: u32) {
    let mut runner = TestRunner::deterministic();
    let sizes = proptest::collection::vec(1_usize..6, 1..12);
    for round in 0..times {
        let sizes = sizes.new_tree(&mut runner).unwrap().current();
        let people = people(10_000 + round * 100, &sizes);
        let bytes = csv(&people);
        let before = desk.contents(&FOUR).await;
        let line = desk.keep("花名册.csv", &bytes, ROSTER, &told()).await;
        let (took, line) = desk.take(&line).await;
        let Took::Written(taken) = took else { panic!("{took:?}") };
        assert_eq!(taken.rows as usize, people.len());
        assert_eq!(line.import.state, ImportState::Closed, "nothing waits");
        let once = desk.contents(&FOUR).await;
        assert_eq!(once["person"].len(), before["person"].len() + people.len());
        let second = desk.keep("花名册.csv", &bytes, ROSTER, &told()).await;
        let (took, _) = desk.take(&second).await;
        assert_eq!(took, Took::Nothing);
        assert_eq!(desk.contents(&FOUR).await, once, "twice is once");
        if round % 2 == 0 {
            desk.undo_sheet(&line).await.unwrap();
            assert_eq!(desk.contents(&FOUR).await, before, "undone is never");
        }
    }
}

/// What is taken away in the columns of the sheet says nothing new when it is handed in again, also of whoever has left.
pub async fn what_is_taken_away_and_handed_in_again_changes_nothing(desk: &Desk) {
    let people = people(66_000, &[3, 1, 2]);
    let line = desk.keep("取回.csv", &csv(&people), ROSTER, &told()).await;
    desk.take(&line).await;
    let person = desk.ix("person");
    let all = desk.all("person").await;
    let left =
        all.iter().find(|record| desk.field("person", "name", record) == Value::Text(people[1].name.as_str().into()));
    let left = left.unwrap();
    let draft = Draft::edit(desk.pack(), person, left).set("left_on", "2020-05-10").set("left_reason", "died");
    let valid = validate(desk.pack(), person, draft, TODAY).unwrap();
    desk.write_all(vec![Write::Update { valid, expected_version: left.version }]).await;
    let before = desk.contents(&FOUR).await;
    for format in ["xlsx", "csv", "gb18030"] {
        let table = desk.table(&RollAsk::of(person), &Columns::Sheet, None, Lang::Zh).await.unwrap();
        let rows = table.len();
        let bytes = table.write(desk, TableFormat::parse(format).unwrap(), Vec::new()).await.unwrap();
        let name = if format == "xlsx" { "取回.xlsx" } else { "取回.csv" };
        let read = desk.check(name, &bytes, ROSTER, &anju_app::Reading::default()).await;
        let counted = read.run.counted();
        let said: Vec<_> =
            read.run.rows.iter().flat_map(|row| &row.faults).map(|fault| fault.fault.to_string()).collect();
        assert_eq!((counted.same, counted.new, counted.changed), (rows, 0, 0), "{format}: {counted:?} {said:?}");
        let line = desk.keep(name, &bytes, ROSTER, &anju_app::Reading::default()).await;
        let (took, _) = desk.take(&line).await;
        assert_eq!(took, Took::Nothing, "{format}");
        assert_eq!(desk.contents(&FOUR).await, before, "{format}");
    }
}

/// Of two rows with one number the one that tells of an end is the member that left, the other whoever came back, in whatever order they stand.
pub async fn who_left_and_came_back_stands_in_two_rows(desk: &Desk) {
    let people = people(68_000, &[2]);
    let line = desk.keep("回来.csv", &csv(&people), ROSTER, &told()).await;
    desk.take(&line).await;
    let all = desk.all("person").await;
    let is_second = |record: &&Record| {
        desk.field("person", "name", record) == Value::Text(people[1].name.as_str().into())
            && desk.field("person", "id_number", record) == Value::Text(people[1].id_number.as_str().into())
    };
    let left = all.iter().find(is_second).unwrap();
    let draft = Draft::edit(desk.pack(), desk.ix("person"), left);
    let draft = draft.set("left_on", "2020-05-10").set("left_reason", "moved_out");
    let valid = validate(desk.pack(), desk.ix("person"), draft, TODAY).unwrap();
    desk.write_all(vec![Write::Update { valid, expected_version: left.version }]).await;
    let text = String::from_utf8(csv(&people)).unwrap();
    let [header, head, second] = text.lines().collect::<Vec<_>>().try_into().unwrap();
    let (header, head) = (format!("{header},减员日期,减员原因"), format!("{head},,"));
    let (ended, back) = (format!("{second},2020-05-10,户口迁出"), format!("{second},,"));
    for (rows, states) in [
        ([&head, &ended, &back], [RowState::Same, RowState::Same, RowState::New]),
        ([&head, &back, &ended], [RowState::Same, RowState::New, RowState::Same]),
    ] {
        let lines: Vec<&str> = std::iter::once(&header).chain(rows).map(String::as_str).collect();
        let read = desk.check("回来.csv", lines.join("\n").as_bytes(), ROSTER, &told()).await;
        let faults: Vec<_> = read.run.rows.iter().flat_map(|row| &row.faults).map(|it| it.fault.to_string()).collect();
        assert_eq!(read.run.rows.iter().map(|row| row.state).collect::<Vec<_>>(), states, "{faults:?}");
        let remarks = |row: &RowLine| row.faults.iter().filter(|it| it.fault.code == Code::LikeOneEnded).count();
        let told: Vec<usize> = read.run.rows.iter().map(remarks).collect();
        assert_eq!(told, states.map(|state| usize::from(state == RowState::New)), "who left is shown: {faults:?}");
    }
}

/// What a row comes to does not hang on which rows stand beside it: most rows say much of what the one above says.
pub async fn a_row_comes_to_the_same_whichever_rows_stand_beside_it(desk: &Desk) {
    let sizes = [4, 3, 160, 150];
    let mut people = people(69_000, &sizes);
    people[2].door = "9单元999".to_owned();
    people[5].id_number = people[4].id_number.clone();
    let wrong = if people[9].id_number.ends_with('0') { "1" } else { "0" };
    people[9].id_number.replace_range(17.., wrong);
    people[200].door = "8单元888".to_owned();
    // One household after another, and one member of each after another.
    let within = sizes.iter().flat_map(|size| 0..*size);
    let mut mixed: Vec<(usize, usize)> = within.zip(0..people.len()).collect();
    mixed.sort_unstable();
    let orders = [(0..people.len()).collect::<Vec<_>>(), mixed.into_iter().map(|(_, at)| at).collect()];
    let mut outcomes = Vec::new();
    for order in &orders {
        let rows: Vec<Told> = order.iter().map(|at| people[*at].clone()).collect();
        let run = desk.check("次序.csv", &csv(&rows), ROSTER, &told()).await.run;
        let mut outcome: Vec<_> = order
            .iter()
            .zip(&run.rows)
            .map(|(at, row)| {
                let faults = row.faults.iter().map(|fault| (fault.kind, fault.column, fault.warning));
                (*at, row.name.clone(), row.state, faults.collect::<Vec<_>>())
            })
            .collect();
        outcome.sort_by_key(|(at, ..)| *at);
        outcomes.push((outcome, run.made));
    }
    assert_eq!(outcomes[0], outcomes[1]);
    let (outcome, _) = &outcomes[0];
    let faulty: Vec<usize> =
        outcome.iter().filter(|(.., state, _)| *state == RowState::Faulty).map(|(at, ..)| *at).collect();
    assert_eq!(faulty, [2, 5, 9, 200], "{outcome:?}");
}

/// A clerk's list shows no whole ID number and no whole telephone: handed in again it writes nothing, and says which cells it passed over.
pub async fn what_a_clerk_sees_masked_is_kept_when_it_is_handed_in_again(desk: &Desk) {
    let people = people(67_000, &[2, 1]);
    let line = desk.keep("遮盖.csv", &csv(&people), ROSTER, &told()).await;
    desk.take(&line).await;
    let before = desk.contents(&FOUR).await;
    let clerk = desk.clerk("county_office");
    let table = clerk.table(&RollAsk::of(desk.ix("person")), &Columns::Sheet, None, Lang::Zh).await.unwrap();
    let rows = table.len();
    let bytes = table.write(&clerk, TableFormat::Xlsx, Vec::new()).await.unwrap();
    let reading = anju_app::Reading::default();
    let id = clerk.hand_in("遮盖.xlsx", &bytes, ROSTER, crate::desk::SITE, &reading).await.unwrap();
    let line = clerk.sheet_line(id).await.unwrap();
    let read = clerk.sheet_as_it_stands(&line).await.unwrap();
    let faults: Vec<_> = read.run.rows.iter().flat_map(|row| &row.faults).collect();
    let masked = faults.iter().filter(|fault| fault.kind == anju_exchange::FaultKind::Masked).count();
    let all = desk.all("person").await;
    let told = |field: &str| all.iter().filter(|it| desk.field("person", field, it) != Value::Null).count();
    assert_eq!(masked, told("id_number") + told("phone"), "of {rows} rows");
    assert!(faults.iter().all(|fault| fault.warning), "{faults:?}");
    assert_eq!(read.run.counted().same, rows, "{:?}", read.run.counted());
    drop(read);
    assert_eq!(clerk.take_sheet(&line, &Progress::default()).await.unwrap(), Took::Nothing);
    assert_eq!(desk.contents(&FOUR).await, before);
}

/// Whoever fills in a template need not say of which ledger it is.
pub fn every_template_is_known_for_what_it_is(desk: &Desk) {
    for sheet in desk.sheets_to_hand_in() {
        let bytes = anju_exchange::write::template(desk.pack(), &sheet, Lang::Zh, Vec::new()).unwrap();
        assert_eq!(desk.sheet_that_fits("模板.xlsx", &bytes).unwrap().as_deref(), Some(&*sheet.id));
    }
}

/// What the samples of a template show is right, but for whom they name: nobody is called so.
pub async fn samples_show_how_it_is_done(desk: &Desk) {
    let mut wrong = Vec::new();
    for sheet in desk.sheets_to_hand_in() {
        for lang in [Lang::Zh, Lang::En] {
            let bytes = anju_exchange::write::template(desk.pack(), &sheet, lang, Vec::new()).unwrap();
            let book = anju_exchange::open(&bytes, "t.xlsx", &anju_exchange::Limits::default()).unwrap();
            let is_sample = |word: &str| word.starts_with("示例") || word.starts_with("Example ");
            let is_serial = |word: &str| word == "序号" || word == "No.";
            let mut text = Vec::new();
            for row in &book.sheets[0].rows {
                let first = row.cell(0).text().into_owned();
                if is_sample(&first) || is_serial(&first) {
                    let cells = row.cells.iter().skip(1).map(|cell| format!("\"{}\"", cell.text()));
                    text.push(cells.collect::<Vec<_>>().join(","));
                }
            }
            assert_eq!(text.len(), 3, "{}: headings and two samples", sheet.id);
            let read = desk.check("t.csv", text.join("\n").as_bytes(), &sheet.id, &Reading::default()).await;
            let faults = read.run.rows.iter().flat_map(|row| &row.faults);
            let other = faults.filter(|fault| fault.kind != FaultKind::UnknownReference);
            wrong.extend(other.map(|fault| format!("{}: {:?} {:?}", sheet.id, fault.kind, fault.fault.message(lang))));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn roster(first: u32) -> Vec<Told> {
    people(first, &[3, 2])
}

pub async fn what_somebody_changed_since_prevents_undoing(desk: &Desk) {
    let people = roster(61_000);
    let line = desk.keep("改过.csv", &csv(&people), ROSTER, &told()).await;
    let (_, line) = desk.take(&line).await;
    let person = desk.ix("person");
    let all = desk.all("person").await;
    let one = all
        .iter()
        .find(|record| {
            desk.field("person", "name", record) == Value::Text(people[1].name.as_str().into())
                && desk.field("person", "id_number", record) == Value::Text(people[1].id_number.as_str().into())
        })
        .unwrap();
    let draft = Draft::edit(desk.pack(), person, one).set("remark", "后来加的");
    let valid = validate(desk.pack(), person, draft, TODAY).unwrap();
    desk.write_all(vec![Write::Update { valid, expected_version: one.version }]).await;
    match desk.undo_sheet(&line).await.unwrap_err() {
        UndoError::Touched(by) => {
            assert_eq!(by.len(), 1);
            assert_eq!(by[0].id, Some(one.id));
            assert_eq!(by[0].actor, "operator");
            assert_eq!(by[0].name, people[1].name);
            let remark = desk.pack().ledger(person).field_by_id("remark").unwrap();
            assert_eq!(by[0].fields, [remark]);
        }
        other @ UndoError::Write(_) => panic!("{other:?}"),
    }
    assert!(desk.all("person").await.iter().any(|record| record.id == one.id), "nothing was undone");
}

pub async fn a_blank_erases_nothing_and_clearing_is_said(desk: &Desk) {
    let people = roster(62_000);
    let line = desk.keep("一.csv", &csv(&people), ROSTER, &told()).await;
    desk.take(&line).await;
    let phones = |all: &[anju_record::Record]| {
        let of = |told: &Told| {
            let record = all.iter().find(|record| {
                desk.field("person", "id_number", record) == Value::Text(told.id_number.as_str().into())
            });
            desk.field("person", "phone", record.unwrap())
        };
        people.iter().map(of).collect::<Vec<_>>()
    };
    let before = phones(&desk.all("person").await);
    assert!(before.iter().all(|phone| *phone != Value::Null));
    let text = String::from_utf8(csv(&people)).unwrap();
    let blank = text.replace(&people[0].phone, "").replace(&people[1].phone, "清空");
    let line = desk.keep("二.csv", blank.as_bytes(), ROSTER, &told()).await;
    let read = desk.sheet_as_it_stands(&line).await.unwrap();
    assert_eq!(read.run.counted().changed, 1, "only the one that says so");
    desk.take(&line).await;
    let after = phones(&desk.all("person").await);
    assert_eq!(after[0], before[0], "a blank erases nothing");
    assert_eq!(after[1], Value::Null, "what is cleared is empty");
    assert_eq!(after[2..], before[2..]);
}

pub async fn all_or_nothing_takes_nothing_when_a_row_is_wrong(desk: &Desk) {
    let people = roster(63_000);
    let text = String::from_utf8(csv(&people)).unwrap().replace(&people[4].id_number, "990923199901011234");
    let reading = anju_app::Reading { whole: true, ..told() };
    let line = desk.keep("全.csv", text.as_bytes(), ROSTER, &reading).await;
    let before = desk.contents(&FOUR).await;
    let refused = desk.take_sheet(&line, &Progress::default()).await.unwrap_err();
    assert!(matches!(refused, TakeRefused::NotWhole(1)), "{refused:?}");
    assert_eq!(desk.contents(&FOUR).await, before);
}

pub async fn rows_that_waited_are_taken_when_they_can_be(desk: &Desk) {
    // The head's number is wrong: the household cannot stand without its head, and its members wait, faultless.
    let people = roster(64_000);
    let wrong = String::from_utf8(csv(&people)).unwrap().replace(&people[0].id_number, "990923199901011234");
    let line = desk.keep("等.csv", wrong.as_bytes(), ROSTER, &told()).await;
    let read = desk.sheet_as_it_stands(&line).await.unwrap();
    let states: Vec<_> = read.run.rows.iter().map(|row| row.state).collect();
    let said: Vec<_> = read
        .run
        .rows
        .iter()
        .flat_map(|row| &row.faults)
        .map(|fault| format!("{} {}", fault.row, fault.fault))
        .collect();
    assert_eq!(states, [RowState::Faulty, RowState::Held, RowState::Held, RowState::New, RowState::New], "{said:?}");
    let (took, line) = desk.take(&line).await;
    assert!(matches!(took, Took::Written(_)));
    assert_eq!(line.import.state, ImportState::Open, "three rows wait");
    // Somebody hands in the head alone, as it should be.
    let head = desk.keep("户主.csv", &csv(&people[..1]), ROSTER, &told()).await;
    desk.take(&head).await;
    let (took, _) = desk.take(&line).await;
    let Took::Written(taken) = took else { panic!("{took:?}") };
    assert_eq!(taken.rows, 2, "the members follow");
}

/// Of a household that is still there somebody is the head: one whose head is told to have left is not taken, and the others are.
pub async fn what_must_own_one_is_asked_before_anything_is_taken(desk: &Desk) {
    let people = people(76_500, &[2, 2]);
    let text = String::from_utf8(csv(&people)).unwrap();
    let mut lines = text.lines();
    let mut left = format!("{},减员日期,减员原因\n", lines.next().unwrap());
    for (at, line) in lines.enumerate() {
        left += &format!("{line},{}\n", if at == 0 { "2020-01-05,死亡" } else { "," });
    }
    let line = desk.keep("户主已故.csv", left.as_bytes(), ROSTER, &told()).await;
    let read = desk.sheet_as_it_stands(&line).await.unwrap();
    let states: Vec<RowState> = read.run.rows.iter().map(|row| row.state).collect();
    assert_eq!(states, [RowState::Faulty, RowState::Held, RowState::New, RowState::New]);
    let codes: Vec<Code> = read.run.rows[0].faults.iter().map(|fault| fault.fault.code).collect();
    assert_eq!(codes, [Code::NotExactlyOne]);
    drop(read);
    let (took, _) = desk.take(&line).await;
    let Took::Written(taken) = took else { panic!("{took:?}") };
    assert_eq!(taken.rows, 2);
}

/// A page with the headings of a ledger's template, and rows by heading.
fn template_page(desk: &Desk, book: &mut Workbook, ledger: &str, rows: &[BTreeMap<&str, String>]) {
    let pack = desk.pack();
    let sheet = pack.sheet_by_id(ledger).unwrap();
    let page = book.add_worksheet().set_name(&sheet.title.zh).unwrap();
    for (at, column) in (0_u16..).zip(sheet_columns(pack, &sheet)) {
        page.write_string(0, at, &column.heading.zh).unwrap();
        for (row, told) in (1_u32..).zip(rows) {
            page.write_string(row, at, told.get(column.heading.zh.as_str()).map_or("", String::as_str)).unwrap();
        }
    }
}

/// Households on one page and their members on another, as the templates of both in one workbook have them.
fn two_pages(desk: &Desk, people: &[Told], moved_in_on: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let mut numbers: Vec<&str> = people.iter().map(|told| told.household.as_str()).collect();
    numbers.dedup();
    let household = |(at, number): (usize, &&str)| {
        let told = [
            ("户编号", *number),
            ("楼栋名称", "72号楼"),
            ("安置点名称", "示范安置点"),
            ("门牌（房号）", &format!("1单元{}", 801 + at)),
            ("搬迁批次", "fyp13"),
            ("建档立卡贫困户", "是"),
            ("居住状态", "resident"),
            ("搬迁入住日期", if at == 1 { moved_in_on } else { "2018-05-01" }),
            ("备注", "两页"),
        ];
        BTreeMap::from(told.map(|(heading, text)| (heading, text.to_owned())))
    };
    let households = numbers.iter().chain(&["TS79999"]).enumerate().map(household);
    template_page(desk, &mut book, "household", &households.collect::<Vec<_>>());
    let member = |told: &Told| {
        let sex = if told.id_number.as_bytes()[16] % 2 == 1 { "男" } else { "女" };
        let told = [
            ("户编号", told.household.as_str()),
            ("姓名", &told.name),
            ("与户主关系", told.kinship),
            ("性别", sex),
            ("身份证号", &told.id_number),
            ("劳动能力", "普通劳动力"),
            ("政治面貌", "群众"),
        ];
        BTreeMap::from(told.map(|(heading, text)| (heading, text.to_owned())))
    };
    template_page(desk, &mut book, "person", &people.iter().map(member).collect::<Vec<_>>());
    book.save_to_buffer().unwrap()
}

pub async fn households_on_one_page_and_members_on_another_are_read_together(desk: &Desk) {
    let people = people(77_000, &[2, 2]);
    let bytes = two_pages(desk, &people, "2018年13月5日");
    assert_eq!(desk.sheet_that_fits("两页.xlsx", &bytes).unwrap().as_deref(), Some(ROSTER));
    let read = desk.check("两页.xlsx", &bytes, ROSTER, &Reading::default()).await;
    let states: Vec<_> = read.run.rows.iter().map(|row| row.state).collect();
    let faults: Vec<_> = read.run.rows.iter().flat_map(|row| &row.faults).collect();
    assert_eq!(states[..2], [RowState::New, RowState::New], "{faults:?} {:?}", read.run.missing);
    assert!(states[2..].iter().all(|state| *state != RowState::New), "{states:?}");
    let wrong = faults.iter().find(|fault| fault.kind == FaultKind::BadDate).unwrap();
    let (page, row, column) = read.recognised.place_of(wrong.row, wrong.column.unwrap());
    let grid = &read.book.sheets[page];
    let cell = grid.rows.iter().find(|known| known.number == row).unwrap().cell(column).text().into_owned();
    assert_eq!((page, cell.as_str()), (0, "2018年13月5日"), "the fault stands at its cell on its page");
    assert_eq!(read.recognised.joined.as_ref().unwrap().alone, [4], "nobody lives in the third household");

    let bytes = two_pages(desk, &people, "2018-06-01");
    let line = desk.keep("两页.xlsx", &bytes, ROSTER, &Reading::default()).await;
    let (took, _) = desk.take(&line).await;
    let Took::Written(taken) = took else { panic!("{took:?}") };
    assert_eq!(taken.rows, 4);
    let households = desk.all("household").await;
    let of = |household: &&Record| desk.field("household", "number", household) == Value::Text("TS77001".into());
    let household = households.iter().find(of).unwrap();
    assert_eq!(
        desk.field("household", "remark", household),
        Value::Text("两页".into()),
        "of the household, not of its members"
    );
    let moved_in_on = desk.field("household", "moved_in_on", household);
    assert_eq!(moved_in_on, Value::Date(anju_record::day::parse("2018-06-01").unwrap()));
    let again = desk.check("两页.xlsx", &bytes, ROSTER, &Reading::default()).await;
    assert!(!again.run.writes_anything(), "twice is once");
}

pub async fn nobody_takes_rows_beyond_their_rights(desk: &Desk) {
    let people = roster(65_000);
    let bytes = csv(&people);
    let app = desk.app();
    let account = anju_app::Account {
        id: uuid::Uuid::now_v7(),
        login: "beyond".into(),
        name: "他".into(),
        active: true,
        must_change: false,
        made_at: 0,
    };
    let who = anju_app::Who::of(&account, "10.0.0.9", "web");
    let nobody = anju_app::Actor::new(app, std::sync::Arc::new(anju_access_rights(desk)), who);
    let refused = nobody.hand_in("越权.csv", &bytes, ROSTER, crate::desk::SITE, &told()).await.unwrap_err();
    assert!(matches!(refused, SheetFault::Refused(anju_app::Error::Denied { .. })), "{refused:?}");
    let line = desk.keep("别人的.csv", &bytes, ROSTER, &told()).await;
    let missing = nobody.sheet_line(line.import.id).await.unwrap_err();
    assert!(matches!(missing, anju_app::Error::NotFound { .. }), "another's sheet is not told of");
}

/// An ID number of another household's member, and a dwelling that another household lives in.
pub async fn whose_it_is_that_a_row_repeats_is_told_as_far_as_it_is_seen(desk: &Desk) {
    let there = roster(68_000);
    let line = desk.keep("在册.csv", &csv(&there), ROSTER, &told()).await;
    desk.take(&line).await;
    let elsewhere =
        Told { household: "TS68901".into(), door: "9单元901".into(), kinship: "户主", ..there[1].clone() };
    let line = desk.keep("重号.csv", &csv(std::slice::from_ref(&elsewhere)), ROSTER, &told()).await;
    let read = desk.sheet_as_it_stands(&line).await.unwrap();
    let said: Vec<_> = read.run.rows[0].faults.iter().map(|fault| fault.fault.message(Lang::Zh)).collect();
    let (birth, name) = (&there[1].id_number[6..14], &there[1].name);
    let file = format!("{} {}", there[0].household, there[0].name);
    let whose = format!("“{name} · {file} · 示范安置点·1号楼 · 99****{birth}****”已登记在别处");
    assert!(said.len() == 1 && said[0].contains(&whose), "{said:?}");

    let lodger = Told { door: there[0].door.clone(), ..people(68_500, &[1])[0].clone() };
    let line = desk.keep("同住.csv", &csv(&[lodger]), ROSTER, &told()).await;
    let refused = desk.take_sheet(&line, &Progress::default()).await.unwrap_err();
    let TakeRefused::Rows(faults) = refused else { panic!("{refused:?}") };
    let whose = format!("{} {} · 示范安置点·1号楼", there[0].household, there[0].name);
    assert!(faults[0].fault.message(Lang::En).contains(&whose), "{faults:?}");

    // To an officer of another place it is somewhere, and nobody's.
    let beyond = "610923102001901";
    desk.site(beyond, "镇外安置点").await;
    let officer = desk.clerk_in("town_office", beyond);
    let id = officer.hand_in("重号.csv", &csv(&[elsewhere]), ROSTER, beyond, &told()).await.unwrap();
    let line = officer.sheet_line(id).await.unwrap();
    let read = officer.sheet_as_it_stands(&line).await.unwrap();
    let said: Vec<_> = read.run.rows[0].faults.iter().map(|fault| fault.fault.message(Lang::Zh)).collect();
    assert!(read.run.counted().faulty == 1 && said[0].contains("已登记在别处"), "{said:?}");
    assert!(!said.join("").contains("示范安置点") && !said.join("").contains("99****"), "{said:?}");
}

/// The rights of somebody who holds nothing.
fn anju_access_rights(desk: &Desk) -> anju_access::Rights {
    anju_access::Rights::operator(desk.pack(), desk.county_code()).only(&[])
}

/// A household with a dwelling of one building is not taken into another, and a meeting of a group is one of the group's branch: the dry run
/// says so at the cell, and the other rows are taken.
pub async fn rows_that_do_not_agree_with_what_they_name_are_told_before_anything_is_taken(desk: &Desk) {
    let there = people(71_000, &[1, 1]);
    let line = desk.keep("两户.csv", &csv(&there), ROSTER, &told()).await;
    desk.take(&line).await;
    let moved = format!(
        "户编号,姓名,与户主关系,身份证号码,楼栋\n{},{},户主,{},2号楼\n{},{},户主,{},1号楼\n",
        there[0].household, there[0].name, there[0].id_number, there[1].household, there[1].name, there[1].id_number,
    );
    let read = desk.check("搬楼.csv", moved.as_bytes(), ROSTER, &told()).await;
    let rows: Vec<_> = read.run.rows.iter().map(|row| (row.number, row.state)).collect();
    assert_eq!(rows, [(2, RowState::Faulty), (3, RowState::Same)]);
    let said: Vec<_> =
        (read.run.rows[0].faults.iter()).map(|fault| (fault.column, fault.fault.message(Lang::Zh))).collect();
    assert_eq!(said, [(Some(4), "住房：所指记录的“楼栋（单元、院落）”与这里填的不同，请改为一致".to_owned())]);

    let village = ("village", "610923100001");
    let committee = desk.make("party_committee", &[("town", "610923100"), ("name", "示范镇党委")]).await.to_string();
    for name in ["甲支部", "乙支部"] {
        let fields = [
            village,
            ("party_committee", committee.as_str()),
            ("name", name),
            ("receives_relocated", "是"),
            ("founded_on", "2017-01-01"),
        ];
        let branch = desk.make("party_branch", &fields).await.to_string();
        if name == "甲支部" {
            let site = desk.all("site").await[0].id.to_string();
            let group =
                [("site", site.as_str()), ("name", "一组"), ("party_branch", &branch), ("founded_on", "2018-01-01")];
            desk.make("party_group", &group).await;
        }
    }
    let lives = "党支部名称,党小组,安置点名称,开展日期,类别,主题\n\
        乙支部,一组,示范安置点,2020-05-01,党课,学习\n\
        甲支部,一组,示范安置点,2020-05-02,党课,学习\n";
    let line = desk.keep("组织生活.csv", lives.as_bytes(), "party_life", &anju_app::Reading::default()).await;
    let read = desk.sheet_as_it_stands(&line).await.unwrap();
    let states: Vec<_> = read.run.rows.iter().map(|row| row.state).collect();
    let faults: Vec<_> = (read.run.rows.iter().flat_map(|row| &row.faults))
        .map(|fault| (fault.row, fault.column, fault.fault.code))
        .collect();
    assert_eq!(faults, [(2, Some(1), anju_record::Code::Disagrees)]);
    assert_eq!(states, [RowState::Faulty, RowState::New]);
    let (took, _) = desk.take(&line).await;
    assert!(matches!(took, Took::Written(taken) if taken.rows == 1));
}

pub async fn what_was_taken_is_not_looked_at_again(desk: &Desk) {
    let people = roster(69_000);
    let wrong = String::from_utf8(csv(&people)).unwrap().replace(&people[0].id_number, "990923199901011234");
    let line = desk.keep("分次.csv", wrong.as_bytes(), ROSTER, &told()).await;
    let (_, line) = desk.take(&line).await;
    assert_eq!(line.taken[0].done, [(5, 6)], "what waits is not done");
    let person = desk.ix("person");
    let of = |number: &str, all: &[Record]| {
        let wanted = Value::Text(number.into());
        all.iter().find(|record| desk.field("person", "id_number", record) == wanted).unwrap().clone()
    };
    let one = of(&people[4].id_number, &desk.all("person").await);
    let valid =
        validate(desk.pack(), person, Draft::edit(desk.pack(), person, &one).set("name", "后改名"), TODAY).unwrap();
    desk.write_all(vec![Write::Update { valid, expected_version: one.version }]).await;
    let read = desk.sheet_as_it_stands(&line).await.unwrap();
    let states: Vec<_> = read.run.rows.iter().map(|row| row.state).collect();
    assert_eq!(states[3..], [RowState::Same, RowState::Same]);
    assert!(!read.run.writes_anything(), "a name given by hand would be taken back");
    let mut other = line.clone();
    other.taken[0].grid += 1;
    let read = desk.sheet_read(&other, &Progress::default()).await.unwrap();
    assert!(read.run.writes_anything(), "rows of another sheet of the workbook are not done");
    let head = desk.keep("户主.csv", &csv(&people[..1]), ROSTER, &told()).await;
    desk.take(&head).await;
    let (took, _) = desk.take(&line).await;
    let Took::Written(taken) = took else { panic!("{took:?}") };
    assert_eq!((taken.rows, taken.done), (2, vec![(3, 6)]), "the members follow");
    let one = of(&people[4].id_number, &desk.all("person").await);
    assert_eq!(desk.field("person", "name", &one), Value::Text("后改名".into()));
}

pub async fn a_roster_moves_nobody_unseen(desk: &Desk) {
    let people = roster(70_000);
    let line = desk.keep("住.csv", &csv(&people), ROSTER, &told()).await;
    desk.take(&line).await;
    // To another house of the site: both houses are told.
    let moved = String::from_utf8(csv(&people)).unwrap().replace("1号楼", "70号楼");
    let read = desk.check("搬.csv", moved.as_bytes(), ROSTER, &told()).await;
    let changes = read.run.changes(desk, &read.run.rows[0], Lang::Zh);
    let building = desk.pack().ledger(desk.ix("household")).field_by_id("building").unwrap();
    let told_of =
        changes.iter().find(|change| change.ledger == desk.ix("household") && change.field == building).unwrap();
    assert_eq!(told_of.before.as_deref(), Some("示范安置点 1号楼"));
    assert_eq!(told_of.after.as_deref(), Some("70号楼"));
    // To another site: whoever records the move does that.
    let beyond = "610923102001902";
    desk.site(beyond, "别处安置点").await;
    let read =
        desk.check_sheet("搬.csv", moved.as_bytes(), ROSTER, beyond, &told(), &Progress::default()).await.unwrap();
    let said: Vec<_> =
        read.run.rows.iter().flat_map(|row| &row.faults).map(|fault| fault.fault.message(Lang::Zh)).collect();
    assert!(!read.run.writes_anything() && said[0].contains("已登记在别处"), "{said:?}");
}
