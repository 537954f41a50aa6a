//! A workbook that was handed in comes back as it was, with its faults filled, explained and summed up in front.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use anju_exchange::write::{Mark, Summary, mark};
use anju_exchange::{Book, Cell, Format, Grid, GridRow, Merge};
use anju_record::Lang;
use calamine::{Data, Reader, Xlsx};
use quick_xml::events::{BytesStart, Event};

const ROSTER: &[u8] = include_bytes!("hand-in/搬迁户花名册.xlsx");
const PAIRING: &[u8] = include_bytes!("hand-in/干部包联台账.xlsx");

/// The order that the schema of worksheets asks for, as far as parts occur here.
const ORDER: [&str; 17] = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "autoFilter",
    "mergeCells",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "ignoredErrors",
    "legacyDrawing",
];

fn book(bytes: &[u8], name: &str) -> Book {
    let mut read: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheets = read.worksheets().into_iter().map(|(name, range)| {
        let (first_row, first_column) = range.start().unwrap_or_default();
        let cell = |data: &Data| match data {
            Data::Empty => Cell::Empty,
            Data::Float(number) => Cell::Number(*number),
            Data::Int(number) => Cell::Number(*number as f64),
            other => Cell::Text(other.to_string().into()),
        };
        let row = |(at, cells): (u32, &[Data])| {
            let before = std::iter::repeat_n(Cell::Empty, first_column as usize);
            GridRow { number: first_row + at + 1, cells: before.chain(cells.iter().map(cell)).collect() }
        };
        Grid { name, rows: (0..).zip(range.rows()).map(row).collect(), ..Grid::default() }
    });
    Book { name: name.into(), format: Format::Xlsx, encoding: None, sheets: sheets.collect() }
}

fn at(row: u32, column: Option<u32>, text: &str, warning: bool) -> Mark {
    Mark {
        grid: 0,
        row,
        column,
        heading: "某列".into(),
        kind: if warning { "不一致" } else { "校验码" }.into(),
        text: text.into(),
        warning,
    }
}

fn marks() -> Vec<Mark> {
    vec![
        at(8, Some(4), "“1” & <2> 不对，请核对", false),
        at(9, Some(4), "重复", true),
        at(9, Some(4), "位数不对", false),
        at(10, Some(5), "与证件不一致", true),
        at(12, None, "整行多余", false),
        at(2, Some(3), "缺少表头", false),
        at(700, Some(30), "多余", false),
    ]
}

fn marked(book: &Book, original: &[u8], marks: &[Mark]) -> Vec<u8> {
    let summary = Summary { file: book.name.clone(), lines: vec![("读到的行".into(), "35".into())] };
    mark(book, original, marks, &summary, Lang::Zh, Vec::new()).unwrap()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn names(bytes: &[u8]) -> Vec<String> {
    let zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    zip.file_names().map(|name| name.unwrap().into_owned()).collect()
}

/// Every start of an element with its depth, and the text that follows at once.
fn elements(xml: &str) -> Vec<(usize, String, BTreeMap<String, String>, String)> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut depth, mut found) = (0, Vec::<(usize, String, BTreeMap<String, String>, String)>::new());
    let noted = |depth, start: &BytesStart<'_>| {
        let attributes = start.attributes().map(Result::unwrap);
        let attributes = attributes.map(|one| (one.key.0.to_owned(), one.value.into_owned())).collect();
        (depth, start.local_name().into_inner().to_owned(), attributes, String::new())
    };
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                found.push(noted(depth, &start));
                depth += 1;
            }
            Event::Empty(start) => found.push(noted(depth, &start)),
            Event::End(_) => depth -= 1,
            Event::Text(text) => {
                found.iter_mut().last().into_iter().for_each(|last| last.3.push_str(&text.clone().into_inner()))
            }
            Event::GeneralRef(entity) => found.last_mut().unwrap().3.push_str(&format!("&{};", &*entity)),
            Event::Eof => return found,
            _ => {}
        }
    }
}

/// The colour of each cell that is filled by a mark.
fn filled(bytes: &[u8], sheet: &str) -> BTreeMap<String, String> {
    let styles = elements(&part(bytes, "xl/styles.xml"));
    let (mut fills, mut formats, mut list) = (Vec::new(), Vec::new(), String::new());
    for (depth, name, attributes, _) in styles {
        match (depth, name.as_str()) {
            (1, _) => list = name,
            (2, "fill") => fills.push(String::new()),
            (4, "fgColor") if list == "fills" => {
                *fills.last_mut().unwrap() = attributes.get("rgb").cloned().unwrap_or_default()
            }
            (2, "xf") if list == "cellXfs" => formats.push(attributes["fillId"].parse::<usize>().unwrap()),
            _ => {}
        }
    }
    let cells = elements(&part(bytes, sheet)).into_iter().filter(|(_, name, ..)| name == "c");
    let colour = |attributes: &BTreeMap<String, String>| {
        fills[formats[attributes.get("s").map_or(0, |s| s.parse().unwrap())]].clone()
    };
    let coloured = cells.map(|(_, _, attributes, _)| (attributes["r"].clone(), colour(&attributes)));
    coloured.filter(|(_, colour)| ["FFFF9C9C", "FFFFDC87"].contains(&colour.as_str())).collect()
}

fn comments(bytes: &[u8], name: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut here = String::new();
    for (_, name, attributes, text) in elements(&part(bytes, name)) {
        match name.as_str() {
            "comment" => here.clone_from(&attributes["ref"]),
            "t" => found.entry(here.clone()).or_default().push_str(&text),
            _ => {}
        }
    }
    found
}

type Values = Vec<(String, BTreeMap<(usize, usize), Data>)>;

fn values(bytes: &[u8]) -> Values {
    let mut read: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let one = |(name, range): (String, calamine::Range<Data>)| {
        let (row, column) = range.start().unwrap_or_default();
        let cells = range.used_cells().map(|(r, c, data)| ((r + row as usize, c + column as usize), data.clone()));
        (name, cells.collect())
    };
    read.worksheets().into_iter().map(one).collect()
}

fn is_sound(bytes: &[u8]) {
    let all = names(bytes);
    for sheet in all.iter().filter(|name| name.starts_with("xl/worksheets/") && name.ends_with(".xml")) {
        let children: Vec<_> = elements(&part(bytes, sheet))
            .into_iter()
            .filter(|(depth, ..)| *depth == 1)
            .map(|(_, name, ..)| name)
            .collect();
        let places: Vec<_> =
            children.iter().map(|name| ORDER.iter().position(|known| known == name).unwrap()).collect();
        assert!(places.is_sorted_by(|a, b| a < b), "{sheet}: {children:?}");
    }
    for relations in all.iter().filter(|name| name.ends_with(".rels") && name.starts_with("xl/")) {
        let mut ids: Vec<_> = elements(&part(bytes, relations))
            .into_iter()
            .filter_map(|(_, _, attributes, _)| attributes.get("Id").cloned())
            .collect();
        ids.sort();
        assert!(ids.is_sorted_by(|a, b| a < b), "{relations}: {ids:?}");
        for (_, _, attributes, _) in elements(&part(bytes, relations)) {
            if let Some(target) = attributes.get("Target").and_then(|target| target.strip_prefix('/')) {
                assert!(all.iter().any(|name| name == target), "{relations} names {target}");
            }
        }
    }
    let types = part(bytes, "[Content_Types].xml");
    for name in &all {
        let ending = name.rsplit('.').next().unwrap();
        assert!(
            types.contains(&format!("\"/{name}\"")) || types.contains(&format!("Extension=\"{ending}\"")),
            "{name} has no type"
        );
    }
    let selected = all
        .iter()
        .filter(|name| name.starts_with("xl/worksheets/s") && part(bytes, name).contains("tabSelected=\"1\""));
    assert_eq!(selected.count(), 1, "exactly the summary is selected");
}

#[test]
fn exactly_the_faulty_cells_are_filled_and_explained_and_nothing_else_changes() {
    for (name, original) in [("搬迁户花名册.xlsx", ROSTER), ("干部包联台账.xlsx", PAIRING)] {
        let book = book(original, name);
        let bytes = marked(&book, original, &marks());
        is_sound(&bytes);
        let said = comments(&bytes, "xl/comments1.xml");
        assert_eq!(said.keys().collect::<Vec<_>>(), ["A12", "AE700", "D2", "E8", "E9", "F10"], "{name}");
        assert_eq!(said["E8"], "错误：“1” &amp; &lt;2&gt; 不对，请核对");
        assert_eq!(said["E9"], "错误：位数不对\n提醒：重复");
        let filled = filled(&bytes, "xl/worksheets/sheet1.xml");
        assert_eq!(filled.keys().collect::<Vec<_>>(), ["A12", "AE700", "D2", "E8", "E9", "F10"]);
        assert_eq!((filled["E9"].as_str(), filled["F10"].as_str()), ("FFFF9C9C", "FFFFDC87"));
        assert_eq!(part(&bytes, "xl/drawings/vmlDrawing1.vml").matches("<v:shape ").count(), 6);
        let (before, mut after) = (values(original), values(&bytes));
        assert_eq!(after.remove(0).0, "核对结果");
        assert_eq!(before, after, "{name}: every other value is as it was");
    }
}

#[test]
fn the_summary_counts_by_kind_and_leads_to_each_cell() {
    let bytes = marked(&book(PAIRING, "干部包联台账.xlsx"), PAIRING, &marks());
    let (_, cells) = values(&bytes).remove(0);
    let lines: Vec<Vec<String>> = (0..30)
        .map(|row| (0..7).filter_map(|column| cells.get(&(row, column))).map(ToString::to_string).collect())
        .collect();
    assert_eq!(lines[0], ["核对结果 · 干部包联台账.xlsx"]);
    assert_eq!(lines[1], ["读到的行", "35"]);
    assert!(
        lines.contains(&vec!["校验码".to_owned(), "5".to_owned()])
            && lines.contains(&vec!["不一致".to_owned(), "2".to_owned()])
    );
    let first = lines.iter().position(|line| line.first().is_some_and(|level| level == "级别")).unwrap() + 1;
    assert_eq!(lines[first][..4], ["错误", "包联", "D2", "某列"]);
    assert!(
        lines[first + 1..]
            .iter()
            .any(|line| line.len() == 7 && line[2] == "E8" && line[5] == "“1” & <2> 不对" && line[6] == "请核对")
    );
    let links: Vec<_> = names(&bytes).into_iter().filter(|name| name.contains("summary")).collect();
    assert!(part(&bytes, &links[0]).contains(r#"location="'包联'!AE700""#));
}

#[test]
fn a_workbook_marked_twice_keeps_the_first_comments() {
    let once = marked(&book(PAIRING, "a.xlsx"), PAIRING, &marks());
    let again = book(&once, "a.xlsx");
    let second = Mark { grid: 1, ..at(8, Some(4), "还是不对", false) };
    let bytes = marked(&again, &once, &[second, Mark { grid: 1, ..at(20, Some(1), "也不对", true) }]);
    is_sound(&bytes);
    let said = comments(&bytes, "xl/comments1.xml");
    assert_eq!(said.len(), 7);
    assert!(said["E8"].starts_with("错误：“1”") && said["E8"].ends_with("还是不对"));
    let boxes = part(&bytes, "xl/drawings/vmlDrawing1.vml");
    assert_eq!(boxes.matches("<v:shape ").count(), 7);
    assert_eq!(values(&bytes)[0].0, "核对结果 (2)");
}

#[test]
fn of_merged_cells_the_first_says_which_row_is_meant() {
    let mut book = book(ROSTER, "花名册.xlsx");
    book.sheets[0].merges.push(Merge { r0: 5, c0: 1, r1: 8, c1: 1 });
    let bytes = marked(&book, ROSTER, &[at(8, Some(1), "缺编号", false)]);
    let said = comments(&bytes, "xl/comments1.xml");
    assert_eq!(said.into_iter().collect::<Vec<_>>(), [("B6".to_owned(), "错误：第 8 行：缺编号".to_owned())]);
}

#[test]
fn a_file_that_is_no_workbook_comes_back_as_one() {
    let cells = vec![
        Cell::Text("=1+1".into()),
        Cell::Number(1.5),
        Cell::Date(18_000),
        Cell::Bool(true),
        Cell::Number(f64::NAN),
    ];
    let grid = Grid { name: "就业".into(), rows: vec![GridRow { number: 3, cells }], ..Grid::default() };
    let book =
        Book { name: "就业台账.csv".into(), format: Format::Csv, encoding: Some("GB18030"), sheets: vec![grid] };
    let bytes = marked(&book, b"", &[at(3, Some(0), "不对", false), at(9, Some(2), "缺", true)]);
    let mut read: Xlsx<_> = Xlsx::new(Cursor::new(&bytes)).unwrap();
    assert_eq!(read.sheet_names(), ["核对结果", "就业"]);
    assert_eq!(read.worksheet_formula("就业").unwrap().used_cells().count(), 0);
    let sheet = read.worksheet_range("就业").unwrap();
    assert_eq!(sheet.get_value((2, 0)), Some(&Data::String("=1+1".into())));
    assert_eq!(sheet.get_value((2, 1)), Some(&Data::Float(1.5)));
    let said = comments(&bytes, "xl/comments1.xml");
    assert_eq!(said.keys().collect::<Vec<_>>(), ["A3", "C9"]);
}

#[test]
fn an_odd_package_is_written_anew() {
    let odd = b"PK no package at all";
    let bytes = marked(&book(PAIRING, "a.xlsx"), odd, &marks());
    let after = values(&bytes);
    assert_eq!(after[1].0, "包联");
    assert_eq!(after[1].1.get(&(3, 1)), Some(&Data::String("吴华".into())));
    assert_eq!(comments(&bytes, "xl/comments1.xml").len(), 6);
}
