//! Sheets on the command line: what a file is told to be, in both languages, and rows taken, left waiting and taken back.

use crate::anju::{anju, demo, path};

const HEADER: &str = "户编号,姓名,与户主关系,身份证号码,性别,劳动能力,政治面貌,联系电话,楼栋,房号,搬迁时间";
const HEAD: &str = "TS90001,王秀英,户主,990923197001019016,男,普通劳动力,群众,10000000901,试1号楼,1单元901,2018-05-01";
/// Its check character is wrong.
const SPOUSE: &str =
    "TS90001,李建国,配偶,990923197202039020,女,普通劳动力,群众,10000000902,试1号楼,1单元901,2018-05-01";
const GIVEN: [&str; 4] = ["--set", "household.batch=fyp13", "--set", "household.registered_poor=否"];

#[test]
fn a_file_is_checked_taken_and_taken_back() {
    let county = demo();
    let ask = |args: &[&str]| anju(&[args, &["--data", path(county.path())]].concat());
    let file = |name: &str, text: &str| {
        let file = county.path().join(name);
        std::fs::write(&file, text).unwrap();
        path(&file).to_owned()
    };
    let check = |file: &str, lang: &str| {
        ask(&["sheet", "check", file, "--sheet", "household_roster", "--area", "610923", "--lang", lang])
    };
    let (empty, other) = (file("empty.csv", ""), file("other.csv", "甲,乙\n1,2\n"));
    check(&empty, "zh").telling(3, &["文件是空的"]);
    check(&empty, "en").telling(3, &["the file is empty"]);
    check(&other, "zh").telling(3, &["other: 没有这种表的表头"]);
    check(&other, "en").telling(3, &["no sheet of the file can be read so", "other: no header of this kind"]);
    check("nowhere.csv", "zh").telling(3, &["nowhere.csv"]);
    check(&other, "fr").telling(2, &["write zh or en"]);
    ask(&["sheet", "check", &other]).telling(2, &["other.csv fits no kind of sheet", "household_roster"]);

    let sites = ask(&["export", "site"]).with(0).out;
    let site = sites.lines().nth(1).and_then(|line| line.split(',').nth(2)).unwrap();
    let persons = || ask(&["export", "person"]).with(0).out;
    let before = persons();
    let wrong = file("wrong.csv", &[HEADER, HEAD, SPOUSE].join("\n"));
    let here = |what: &str, file: &str, more: &[&str]| {
        ask(&[&["sheet", what, file, "--area", site], &GIVEN[..], more].concat())
    };
    here("check", &wrong, &[]).telling(1, &["校验位应为 1", "new 1", "faulty 1"]);
    here("check", &wrong, &["--lang", "en"]).telling(1, &["should end in 1", "new 1", "faulty 1"]);
    here("import", &wrong, &["--whole"]).telling(3, &["1 rows are wrong or wait"]);
    assert!(persons() == before, "all or nothing took something");
    here("import", &wrong, &[]).telling(1, &["1 rows written", "the rest waits"]);
    let taken = persons();
    assert_eq!(taken.lines().count(), before.lines().count() + 1);
    let list = ask(&["sheet", "list"]).with(0).out;
    let ids: Vec<&str> =
        list.lines().filter(|line| line.contains("wrong.csv")).map(|line| &line.trim()[..36]).collect();
    assert_eq!(ids.len(), 2, "the one that took nothing waits as well\n{list}");
    ask(&["sheet", "undo", ids[0]]).telling(0, &["records are as they were before"]);
    assert!(persons() == before, "undone is never");
    ask(&["sheet", "undo", "0141ee3e-0000-7000-8000-000000000000"])
        .telling(2, &["0141ee3e-0000-7000-8000-000000000000"]);
}
