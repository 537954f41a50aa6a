//! The three files of a county, row by row as `expected.json` says.

use std::collections::BTreeSet;

use anju_exchange::{Format, Ignored};
use serde_json::Value as Json;

use crate::{PACK, Taken, file, take};

fn expected(name: &str) -> Json {
    let all: Json = serde_json::from_slice(&file("expected.json")).expect("json");
    all[name].clone()
}

/// Faults that are seen in the file alone; whether something exists is the database's to say.
fn faults(expected: &Json) -> Vec<(u32, String, String)> {
    let text = |fault: &Json, key: &str| fault[key].as_str().expect("a text").to_owned();
    let row = |fault: &Json| u32::try_from(fault["row"].as_u64().expect("a row")).expect("small");
    let list = expected["faults"].as_array().expect("faults").iter();
    let mut faults: Vec<_> = list
        .map(|fault| (row(fault), text(fault, "column"), text(fault, "kind")))
        .filter(|(.., kind)| kind != "unknown_reference")
        .collect();
    faults.sort();
    faults
}

fn header_rows(expected: &Json) -> Vec<u64> {
    expected["header_rows"].as_array().expect("rows").iter().filter_map(Json::as_u64).collect()
}

fn agrees(taken: &Taken, expected: &Json) {
    assert_eq!(taken.faults(), faults(expected));
    let rows: Vec<u64> = taken.page.header_rows.iter().map(|row| u64::from(*row)).collect();
    if expected["header_rows"].is_array() {
        assert_eq!(rows, header_rows(expected));
    }
}

#[test]
fn the_roster_is_read_row_by_row() {
    let taken = take(&file("搬迁户花名册.xlsx"), "搬迁户花名册.xlsx", "household_roster");
    let expected = expected("搬迁户花名册.xlsx");
    agrees(&taken, &expected);
    assert_eq!(taken.reading.rows.len() as u64, expected["data_rows"].as_u64().expect("a number"));
    let groups: BTreeSet<_> = taken.reading.rows.iter().filter_map(|row| row.group.clone()).collect();
    assert_eq!(groups.len() as u64, expected["households"].as_u64().expect("a number"));
    let ignored = [(172, Ignored::Blank), (412, Ignored::Blank), (605, Ignored::Totals)];
    assert_eq!(taken.reading.ignored, ignored);
    let mut pages: Vec<&str> = taken.not_taken.iter().map(|(page, _)| page.as_str()).collect();
    pages.sort_unstable();
    assert_eq!(pages, ["Sheet3", "填表说明"]);
    assert!(taken.not_taken.iter().any(|(page, why)| page == "Sheet3" && why.contains("stale copy")));
    assert!(taken.unknown().is_empty(), "{:?}", taken.unknown());
    assert!(taken.page.columns.iter().any(|column| column.heading == "备注" && column.hidden));
}

#[test]
fn two_heads_or_none_keep_the_whole_household_out_and_a_warning_keeps_nobody_out() {
    let taken = take(&file("搬迁户花名册.xlsx"), "搬迁户花名册.xlsx", "household_roster");
    let out: Vec<u32> = taken.reading.rows.iter().filter(|row| row.out).map(|row| row.number).collect();
    let whole: Vec<u32> = [181..=183, 196..=199, 258..=260].into_iter().flatten().collect();
    assert!(whole.iter().all(|row| out.contains(row)), "{out:?}");
    for warned in [363, 483, 501, 522, 576] {
        assert!(!out.contains(&warned), "{warned}");
    }
    let own: Vec<u32> =
        taken.reading.faults().filter(|fault| !fault.warning && fault.group.is_none()).map(|fault| fault.row).collect();
    assert!(own.iter().all(|row| out.contains(row)));
    assert_eq!(out.len(), whole.len() + own.len() + 1);
}

#[test]
fn what_stands_in_the_first_row_of_a_household_holds_for_all_of_it() {
    let taken = take(&file("搬迁户花名册.xlsx"), "搬迁户花名册.xlsx", "household_roster");
    let sheet = PACK.sheet_by_id("household_roster").expect("declared");
    let household = PACK.ledger(PACK.ledger_by_id("household").expect("known"));
    let moved = household.field_by_id("moved_in_on").expect("known");
    let path = u16::try_from(sheet.paths.iter().position(|path| path.name == "household").expect("a path") + 1)
        .expect("small");
    for row in &taken.reading.rows {
        let told = row.part(path).and_then(|part| part.value(moved));
        assert!(told.is_some(), "row {}", row.number);
    }
    // Missing is what only the county knows: the batch and who is registered as poor, where the buildings stand, and their codes.
    let missing: Vec<String> = taken
        .page
        .missing
        .iter()
        .map(|target| {
            format!("{}.{}", PACK.ledger(target.ledger).id, PACK.ledger(target.ledger).field(target.field).id)
        })
        .collect();
    assert_eq!(missing, ["household.batch", "household.registered_poor", "building.site", "building.code"]);
}

#[test]
fn the_pairings_are_read_household_by_household() {
    let taken = take(&file("干部包联台账.xlsx"), "干部包联台账.xlsx", "pairing_roster");
    let expected = expected("干部包联台账.xlsx");
    agrees(&taken, &expected);
    let many = taken.reading.rows.iter().flat_map(|row| &row.parts).filter(|part| part.item > 0 || part.path == 1);
    assert_eq!(taken.reading.rows.len(), 34);
    // 203 pairings, of which one names a household that does not exist; row 12 counts two more than it lists.
    assert_eq!(many.filter(|part| part.path == 1).count(), 203);
    assert!(taken.unknown().is_empty(), "{:?}", taken.unknown());
}

#[test]
fn the_jobs_are_read_from_text_in_an_old_encoding() {
    let taken = take(&file("就业台账.csv"), "就业台账.csv", "employment_roster");
    let expected = expected("就业台账.csv");
    agrees(&taken, &expected);
    assert_eq!((taken.book.format, taken.book.encoding), (Format::Csv, Some("GB18030")));
    assert_eq!(taken.reading.rows.len() as u64, expected["data_rows"].as_u64().expect("a number"));
    assert_eq!(taken.unknown(), ["是否稳定就业"]);
    assert!(taken.page.missing.is_empty(), "{:?}", taken.page.missing);
}
