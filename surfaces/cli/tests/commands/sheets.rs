//! Sheets on the command line: what a file is told to be, in both languages, and rows taken, left waiting and taken back.

use crate::anju::{anju, demo, path, root};

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
    here("import", &wrong, &["--whole"]).telling(3, &["rows that are wrong or wait: 1"]);
    assert!(persons() == before, "all or nothing took something");
    here("import", &wrong, &[]).telling(1, &["rows written: 1,", "the rest waits"]);
    let taken = persons();
    assert_eq!(taken.lines().count(), before.lines().count() + 1);
    let list = ask(&["sheet", "list"]).with(0).out;
    let ids: Vec<&str> =
        list.lines().filter(|line| line.contains("wrong.csv")).map(|line| &line.trim()[..36]).collect();
    assert_eq!(ids.len(), 2, "the one that took nothing waits as well\n{list}");
    ask(&["sheet", "undo", ids[0]]).telling(0, &["records as they were before: "]);
    assert!(persons() == before, "undone is never");
    ask(&["sheet", "undo", "0141ee3e-0000-7000-8000-000000000000"])
        .telling(2, &["0141ee3e-0000-7000-8000-000000000000"]);
}

/// A file of these lines in a folder, by its path.
fn written(folder: &std::path::Path, name: &str, lines: &[&str]) -> String {
    let file = folder.join(name);
    std::fs::write(&file, lines.join("\n")).unwrap();
    path(&file).to_owned()
}

/// The first site's code.
fn first_site(data: &str) -> String {
    let sites = anju(&["export", "site", "--data", data]).with(0).out;
    sites.lines().nth(1).and_then(|line| line.split(',').nth(2)).unwrap().to_owned()
}

#[test]
fn a_template_is_a_workbook_and_overwrites_nothing_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| path(&folder.path().join(name)).to_owned();
    let template = |out: &str, more: &[&str]| anju(&[&["sheet", "template", "household", "--out", out], more].concat());
    let filled = written(folder.path(), "filled.xlsx", &["filled in"]);
    template(&filled, &[]).telling(3, &["filled.xlsx is there already", "--out another.xlsx", "--force"]);
    assert_eq!(std::fs::read_to_string(&filled).unwrap(), "filled in");
    template(&filled, &["--force"]).with(0);
    assert!(std::fs::read(&filled).unwrap().starts_with(b"PK"));
    template(&at("x.csv"), &[]).telling(2, &["x.csv", "xlsx workbook", "x.xlsx"]);
    template(&at("none/x.xlsx"), &[]).telling(3, &["there is no folder", "none"]);
    template(path(folder.path()), &[]).telling(3, &["it is a folder"]);
    assert!(!folder.path().join("x.csv").exists() && !folder.path().join("none").exists());
}

#[test]
fn an_export_overwrites_nothing_unasked() {
    let county = demo();
    let export = |args: &[&str]| anju(&[&["export"], args, &["--data", path(county.path())]].concat());
    let folder = tempfile::tempdir().unwrap();
    let kept = written(folder.path(), "site.csv", &["kept"]);
    export(&["site", "--out", &kept]).telling(3, &["site.csv is there already", "--out another", "--force"]);
    export(&["--all", path(folder.path())]).telling(3, &["site.csv is there already", "--all another", "--force"]);
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "kept");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "all or none");
    export(&["site", "--out", &kept, "--force"]).with(0);
    export(&["--all", path(folder.path()), "--force"]).with(0);
}

#[test]
fn an_export_is_what_its_file_is_called() {
    let county = demo();
    let folder = tempfile::tempdir().unwrap();
    let to = |name: &str| path(&folder.path().join(name)).to_owned();
    let export = |name: &str, more: &[&str]| {
        let out = to(name);
        anju(&[&["export", "site", "--out", &out, "--data", path(county.path())], more].concat())
    };
    export("site.xlsx", &[]).with(0);
    assert!(std::fs::read(to("site.xlsx")).unwrap().starts_with(b"PK"), "a workbook");
    export("site.csv", &[]).with(0);
    assert!(std::fs::read_to_string(to("site.csv")).unwrap().starts_with("id,"), "raw codes and ids");
    export("other.xlsx", &["--format", "csv"]).telling(2, &["--format csv", "other.csv"]);
    export("other.csv", &["--format", "xlsx"]).telling(2, &["--format xlsx", "other.xlsx"]);
}

#[test]
fn files_that_cannot_be_read_or_written_are_told_with_the_mend() {
    let county = demo();
    let folder = tempfile::tempdir().unwrap();
    let ask = |args: &[&str]| anju(&[&["sheet"], args, &["--data", path(county.path())]].concat());
    let nowhere = path(&folder.path().join("nowhere.csv")).to_owned();
    for what in ["check", "import"] {
        ask(&[what, &nowhere]).telling(3, &["nowhere.csv cannot be read: there is no such file; check the path"]);
        ask(&[what, path(folder.path())]).telling(3, &["it is a folder; name a file in it"]);
    }
    let file = written(folder.path(), "one.csv", &[HEADER, HEAD]);
    let marked = |to: &str| ask(&["check", &file, "--marked", path(&folder.path().join(to))]);
    marked("none/marked.xlsx").telling(3, &["there is no folder", "--marked another.xlsx"]);
    marked("marked.csv").telling(2, &["marked.csv", "xlsx workbook"]);
    let kept = written(folder.path(), "kept.xlsx", &["kept"]);
    marked("kept.xlsx").telling(3, &["kept.xlsx is there already", "--marked another.xlsx", "--force"]);
    assert_eq!(std::fs::read_to_string(kept).unwrap(), "kept");
    for what in ["take", "undo"] {
        ask(&[what, "nope"]).telling(2, &["nope", "write the id of a sheet", "anju sheet list"]);
    }
}

#[test]
fn a_file_that_nobody_filled_in_is_told_so() {
    let county = demo();
    let folder = tempfile::tempdir().unwrap();
    let ask = |args: &[&str]| anju(&[&["sheet"], args, &["--data", path(county.path())]].concat());
    let template = path(&folder.path().join("roster.xlsx")).to_owned();
    anju(&["sheet", "template", "household_roster", "--out", &template]).with(0);
    let header = written(folder.path(), "header.csv", &[HEADER]);
    for what in ["check", "import"] {
        for file in [&template, &header] {
            ask(&[what, file]).telling(1, &["no row was filled in"]);
            ask(&[what, file, "--sheet", "household_roster"]).telling(1, &["no row was filled in"]);
        }
    }
    assert!(!ask(&["list"]).with(0).out.contains("header.csv"), "it was kept");
}

#[test]
fn columns_that_are_not_there_are_told_all_at_once() {
    let county = demo();
    let file = written(county.path(), "one.csv", &[HEADER, HEAD]);
    let ask = |what: &str, columns: &[&str]| {
        let columns: Vec<&str> = columns.iter().flat_map(|column| ["--column", column]).collect();
        anju(&[&["sheet", what, &file, "--data", path(county.path())], &columns[..]].concat())
    };
    for what in ["check", "import"] {
        ask(what, &["姓名=person.nosuch", "foo=bar.baz", "没有=", "姓 名=name"]).telling(
            2,
            &[
                "姓名=person.nosuch: there is no such field",
                "foo=bar.baz: there is no such heading",
                "foo=bar.baz: there is no such field",
                "没有=: there is no such heading",
                "Headings: 户编号, 姓名",
                "Fields: ",
            ],
        );
    }
    let told = ask("check", &["姓名=nosuch", "姓 名=name", "联系电话="]).with(2).told;
    assert!(!told.contains("姓 名=") && !told.contains("联系电话="), "what is right is not told\n{told}");
}

#[test]
fn what_becomes_of_every_row_is_shown() {
    let county = demo();
    let data = path(county.path());
    let site = first_site(data);
    let ask = |what: &str, file: &str, more: &[&str]| {
        anju(&[&["sheet", what, file, "--data", data, "--area", &site], &GIVEN[..], more].concat())
    };
    let file = written(county.path(), "good.csv", &[HEADER, HEAD]);
    ask("check", &file, &[]).telling(0, &["new", "王秀英", "new 1 · changed 0"]);
    ask("import", &file, &[]).telling(0, &["rows written: 1,"]);
    let other = HEAD.replace("群众", "中共党员").replace("10000000901", "10000000911");
    let file = written(county.path(), "other.csv", &[HEADER, &other]);
    ask("check", &file, &[]).telling(0, &["王秀英", "政治面貌", "群众 → 中国共产党党员", "100****0901 → 100****0911"]);
    ask("check", &file, &["--lang", "en"])
        .telling(0, &["Political status", "Not a member → Member of the Communist Party"]);
    let csv = ask("check", &file, &["--format", "csv"]).with(0).out;
    assert_eq!(csv.lines().next(), Some("row,state,name,column,weight,kind,what"));
    assert!(csv.contains("2,changed,王秀英,政治面貌,change,,群众 → 中国共产党党员"), "{csv}");

    let json = ask("check", &file, &["--format", "json"]).with(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let column = |heading: &str| {
        json["columns"].as_array().unwrap().iter().find(|column| column["heading"] == heading).unwrap().clone()
    };
    assert_eq!((&column("姓名")["role"], &column("姓名")["fields"][0]["name"]), (&"fields".into(), &"name".into()));
    let number = &column("户编号")["fields"][0];
    assert_eq!((&number["ledger"], &number["field"]), (&"household".into(), &"number".into()));
    assert_eq!(number["name"], "household.number");
    let changes = json["rows"][0]["changes"].as_array().unwrap();
    let status = changes.iter().find(|change| change["field"] == "political_status").unwrap();
    assert_eq!((&status["ledger"], &status["before"]), (&"person".into(), &"群众".into()));
}

/// One page is read at a time; what another holds is told with the way to read it.
#[test]
fn a_page_that_is_left_is_told() {
    let county = demo();
    let data = path(county.path());
    let site = first_site(data);
    let groups = root().join("app/tests/sheets/groups.xlsx");
    let ask = |what: &str, more: &[&str]| {
        anju(&[&["sheet", what, path(&groups), "--data", data, "--area", &site], &GIVEN[..], more].concat())
    };
    ask("check", &[]).telling(0, &["the page “二组” is not read (rows: about 1)", "--page 二组"]);
    ask("check", &["--page", "二组"]).telling(0, &["the page “一组” is not read (rows: about 2)", "张二河"]);
    ask("check", &["--page", "三组"]).telling(2, &["--page 三组: there is no such page", "Pages: 一组, 二组"]);
    ask("import", &[]).telling(0, &["the page “二组” is not read (rows: about 1)", "rows written: 2,"]);
    ask("import", &["--page", "二组"]).telling(0, &["the page “一组” is not read", "rows written: 1,"]);
}

/// What was taken away in the columns of one kind is not checked as another without a word.
#[test]
fn columns_of_another_kind_are_told_first() {
    let county = demo();
    let data = path(county.path());
    let site = first_site(data);
    let out = path(&county.path().join("person.xlsx")).to_owned();
    anju(&["export", "person", "--area", &site, "--out", &out, "--data", data]).with(0);
    let check = |kind: &str| anju(&["sheet", "check", &out, "--sheet", kind, "--area", &site, "--data", data]);
    let hint = "these columns are those of household_roster: --sheet household_roster";
    assert_eq!(check("person").out.lines().next(), Some(hint));
    assert!(!check("household_roster").out.contains("these columns"));
}
