//! Rosters as nobody has written them yet: columns in any order under any of their names, in any dress; each value comes out as it
//! went in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anju_exchange::{ColumnMap, Limits, open, read_rows, recognise};
use anju_pack::{FieldIx, Kind, Sheet};
use anju_record::{Value, day};
use proptest::prelude::*;

use crate::packed::{Book, MAIN};
use crate::{PACK, TODAY};

/// Chance that can be told again from one number.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn one<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[usize::try_from(self.below(list.len() as u64)).expect("small")]
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, usize::try_from(self.below(at as u64 + 1)).expect("small"));
        }
    }
}

/// A column that can be written: where it goes and under which names.
#[derive(Clone)]
struct Column {
    path: u16,
    field: FieldIx,
    names: Vec<String>,
}

/// The words of a heading that are compared.
fn bare(name: &str) -> String {
    let token = anju_record::token(name).to_lowercase();
    token.split(['(', '[', '（']).next().unwrap_or_default().to_owned()
}

/// Every field of the records that rows tell of, with the names that no other field has.
fn columns(sheet: &Sheet) -> Vec<Column> {
    let mut all: Vec<(u16, FieldIx, String)> = Vec::new();
    let mut others: BTreeSet<String> = BTreeSet::new();
    for path in sheet.path_numbers() {
        let at = sheet.ledger_of(path).expect("a ledger");
        let ledger = PACK.ledger(at);
        let naming = PACK.naming_fields(at);
        for (nth, field) in (0_u16..).zip(&ledger.fields) {
            let field_ix = FieldIx(nth);
            let mut names = vec![field.title.zh.clone(), field.title.en.clone()];
            names.extend(field.aliases.iter().cloned());
            names.push(match path.checked_sub(1) {
                None => field.id.clone(),
                Some(before) => format!("{}.{}", sheet.paths[usize::from(before)].name, field.id),
            });
            let is_ref = matches!(field.kind, Kind::Ref { .. });
            if is_ref || !(path == 0 || sheet.makes.contains(&at) || naming.contains(&field_ix)) {
                others.extend(names.iter().map(|name| bare(name)));
                continue;
            }
            all.extend(names.into_iter().map(|name| (path, field_ix, name)));
        }
        others.extend([bare(&ledger.title.zh), bare(&ledger.title.en)]);
    }
    others.extend(["序号", "no", "serial"].map(str::to_owned));
    let mut owners: BTreeMap<String, BTreeSet<(u16, FieldIx)>> = BTreeMap::new();
    for (path, field, name) in &all {
        owners.entry(bare(name)).or_default().insert((*path, *field));
    }
    let mut columns: BTreeMap<(u16, FieldIx), Vec<String>> = BTreeMap::new();
    for (path, field, name) in all {
        let bare = bare(&name);
        if owners[&bare].len() == 1 && !others.contains(&bare) && !bare.is_empty() {
            columns.entry((path, field)).or_default().push(name);
        }
    }
    columns.into_iter().map(|((path, field), names)| Column { path, field, names }).collect()
}

/// How a cell is written.
#[derive(Clone)]
enum Written {
    Blank,
    Text(String),
    Number(String),
}

fn full_width(text: &str) -> String {
    let wide = |c: char| if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xfee0).expect("a digit") } else { c };
    text.chars().map(wide).collect()
}

fn id_number(chance: &mut Chance, nth: u64) -> String {
    let born = format!("19{:02}{:02}{:02}", 50 + chance.below(49), 1 + chance.below(12), 1 + chance.below(28));
    let number = format!("990923{born}{:03}", nth % 1000);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = number.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{number}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}

fn bounded(chance: &mut Chance, min: Option<i64>, max: Option<i64>) -> i64 {
    let min = min.unwrap_or(0);
    let most = max.unwrap_or(min + 5000).min(min + 5000);
    min + i64::try_from(chance.below(u64::try_from(most - min + 1).expect("ordered"))).expect("small")
}

fn figure(chance: &mut Chance, scale: u8, number: i64) -> (Value, Written) {
    let (unit, width) = (10_i64.pow(u32::from(scale)), usize::from(scale));
    let shown = match scale {
        0 => number.to_string(),
        _ => format!("{}.{:0width$}", number / unit, number % unit),
    };
    let written = if chance.once_in(2) { Written::Number(shown) } else { Written::Text(shown) };
    (Value::Int(number), written)
}

fn date(chance: &mut Chance) -> (Value, Written) {
    let date = 11_000 + i32::try_from(chance.below(7000)).expect("small");
    let iso = day::format(date);
    let (year, month, of_month) = (&iso[..4], iso[5..7].trim_start_matches('0'), iso[8..].trim_start_matches('0'));
    let written = match chance.below(6) {
        0 => Written::Number((date + 25_569).to_string()),
        1 => Written::Text(format!("{year}/{month}/{of_month}")),
        2 => Written::Text(format!("{year}年{month}月{of_month}日")),
        3 => Written::Text(format!("{year}.{month}.{of_month}")),
        4 => Written::Text(iso.replace('-', "")),
        _ => Written::Text(iso),
    };
    (Value::Date(date), written)
}

/// A value of a kind, and one of the ways in which people write it; none for kinds that sheets do not hold.
fn value(chance: &mut Chance, kind: &Kind, nth: u64) -> Option<(Value, Written)> {
    let text = |value: String| (Value::Text(value.clone().into()), Written::Text(value));
    let (value, written) = match kind {
        Kind::Text { max } | Kind::LongText { max } => {
            let names = ["王秀英", "示范厂", "安和里", "a厂", "老屋场组"];
            text(format!("{}{nth}号", chance.one(&names)).chars().take(*max as usize).collect())
        }
        Kind::Integer { min, max, .. } => {
            let number = bounded(chance, *min, *max);
            figure(chance, 0, number)
        }
        Kind::Decimal { scale, min, max, .. } => {
            let number = bounded(chance, *min, *max);
            figure(chance, *scale, number)
        }
        Kind::Money { min, max } => {
            let number = bounded(chance, *min, *max);
            figure(chance, 2, number)
        }
        Kind::Date { .. } => date(chance),
        Kind::Bool => {
            let held = chance.once_in(2);
            (Value::Bool(held), Written::Text(if held { "是" } else { "否" }.to_owned()))
        }
        Kind::Code { list } => {
            let known = chance.one(&PACK.code_list(*list).values);
            let shown: Vec<&String> = std::iter::once(&known.title.zh).chain(&known.aliases).collect();
            (Value::Text(known.code.clone().into()), Written::Text((*chance.one(&shown)).clone()))
        }
        Kind::IdNumber => text(id_number(chance, nth)),
        Kind::Phone => text(format!("100{:08}", chance.below(100_000_000))),
        _ => return None,
    };
    let written = match (written, chance.below(4)) {
        (Written::Text(shown), 0) => Written::Text(full_width(&shown)),
        (Written::Text(shown), 1) => Written::Text(format!(" {shown}\u{3000}")),
        (written, _) => written,
    };
    Some((value, written))
}

fn dressed(chance: &mut Chance, name: &str) -> String {
    match chance.below(6) {
        0 => format!("*{name}"),
        1 => format!("{name}（必填）"),
        2 if name.chars().count() < 5 && !name.is_ascii() => name.chars().map(|c| format!("{c} ")).collect(),
        3 => format!("{name}："),
        _ => name.to_owned(),
    }
}

/// What a roster holds, row by row.
type Held = Vec<(u32, Vec<(u16, FieldIx, Value)>)>;

struct Layout {
    rows: String,
    merges: String,
    next: u32,
}

impl Layout {
    fn row(&mut self, cells: &[Written]) -> u32 {
        let number = self.next;
        write!(self.rows, "<row r=\"{number}\">").expect("memory");
        for cell in cells {
            let written = match cell {
                Written::Blank => "<c/>".to_owned(),
                Written::Text(text) => format!("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"),
                Written::Number(number) => format!("<c><v>{number}</v></c>"),
            };
            self.rows.push_str(&written);
        }
        self.rows.push_str("</row>");
        self.next += 1;
        number
    }

    fn merge(&mut self, (r0, c0): (u32, usize), (r1, c1): (u32, usize)) {
        let name = |row: u32, column: usize| {
            let letters = if column < 26 {
                String::new()
            } else {
                char::from(b'A' + u8::try_from(column / 26 - 1).expect("few")).to_string()
            };
            format!("{letters}{}{row}", char::from(b'A' + u8::try_from(column % 26).expect("a letter")))
        };
        write!(self.merges, "<mergeCell ref=\"{}:{}\"/>", name(r0, c0), name(r1, c1)).expect("memory");
    }

    /// Title, line of units, and one row of headings or two.
    fn head(&mut self, chance: &mut Chance, headings: &[String]) {
        if chance.once_in(2) {
            let title = self.row(&[Written::Text("某县易地扶贫搬迁台账".to_owned())]);
            self.merge((title, 0), (title, headings.len() - 1));
        }
        if chance.once_in(2) {
            self.row(&[
                Written::Text("填报单位：某某镇".to_owned()),
                Written::Blank,
                Written::Text("2020年5月".to_owned()),
            ]);
        }
        self.next += u32::from(chance.once_in(3));
        let texts: Vec<Written> = headings.iter().map(|text| Written::Text(text.clone())).collect();
        if chance.once_in(2) || headings.len() < 5 {
            self.row(&texts);
            return;
        }
        // Some headings stand under a common one, the others reach over both rows.
        let first = 1 + usize::try_from(chance.below(headings.len() as u64 - 4)).expect("small");
        let (mut above, mut below) = (texts.clone(), vec![Written::Blank; texts.len()]);
        let number = self.next;
        for at in 0..texts.len() {
            if (first..first + 3).contains(&at) {
                below[at] = texts[at].clone();
                above[at] = if at == first { Written::Text("某类情况".to_owned()) } else { Written::Blank };
            } else {
                self.merge((number, at), (number + 1, at));
            }
        }
        self.merge((number, first), (number, first + 2));
        self.row(&above);
        self.row(&below);
    }
}

/// A roster by chance: its worksheet, and what it holds.
fn roster(chance: &mut Chance, sheet: &Sheet, must: &[(u16, FieldIx)], count: u64) -> (String, Held) {
    let holds = |column: &Column| {
        let ledger = PACK.ledger(sheet.ledger_of(column.path).expect("a ledger"));
        value(&mut Chance(1), &ledger.field(column.field).kind, 1).is_some()
    };
    let is_must = |column: &Column| must.contains(&(column.path, column.field));
    let mut taken: Vec<Option<Column>> = columns(sheet)
        .into_iter()
        .filter(holds)
        .filter(|column| is_must(column) || chance.once_in(2))
        .map(Some)
        .collect();
    for _ in 0..chance.below(3) {
        taken.push(None);
    }
    chance.shuffle(&mut taken);
    let mut headings: Vec<String> = Vec::new();
    for (at, column) in taken.iter().enumerate() {
        headings.push(match column {
            Some(column) => {
                let name = chance.one(&column.names).clone();
                dressed(chance, &name)
            }
            None => format!("领导批示{at}"),
        });
    }
    let numbered = chance.once_in(2);
    if numbered {
        headings.insert(0, "序号".to_owned());
    }
    let mut layout = Layout { rows: String::new(), merges: String::new(), next: 1 };
    layout.head(chance, &headings);
    let mut held = Held::new();
    for nth in 1..=count {
        layout.next += u32::from(chance.once_in(6));
        let (mut cells, mut values) = (Vec::new(), Vec::new());
        if numbered {
            cells.push(Written::Number(nth.to_string()));
        }
        for column in &taken {
            let Some(column) = column else {
                cells.push(Written::Text("同意".to_owned()));
                continue;
            };
            let kind = &PACK.ledger(sheet.ledger_of(column.path).expect("a ledger")).field(column.field).kind;
            let told = value(chance, kind, nth).filter(|_| is_must(column) || column.path > 0 || !chance.once_in(8));
            cells.push(told.as_ref().map_or(Written::Blank, |told| told.1.clone()));
            values.extend(told.map(|told| (column.path, column.field, told.0)));
        }
        held.push((layout.row(&cells), values));
    }
    if chance.once_in(2) {
        layout.row(&[Written::Text("合计".to_owned()), Written::Number(count.to_string())]);
    }
    let hidden = 1 + chance.below(headings.len() as u64);
    let part = format!(
        "<worksheet xmlns=\"{MAIN}\"><cols><col min=\"{hidden}\" max=\"{hidden}\" hidden=\"1\"/></cols><sheetData>{}</sheetData><mergeCells>{}</mergeCells></worksheet>",
        layout.rows, layout.merges
    );
    (part, held)
}

/// Pages that are no roster: how to fill one in, a list of words, an empty one.
fn decoys() -> [(&'static str, String); 3] {
    let rows = |texts: &[&[&str]]| {
        let mut layout = Layout { rows: String::new(), merges: String::new(), next: 1 };
        for row in texts {
            layout.row(&row.iter().map(|text| Written::Text((*text).to_owned())).collect::<Vec<_>>());
        }
        crate::packed::page(&layout.rows)
    };
    let told = rows(&[&["填表说明"], &["一、每行一人。"], &["二、日期按 2020-05-16 填写。"]]);
    let words = rows(&[&["选项"], &["是"], &["否"], &["户主"]]);
    [("填表说明", told), ("参数", words), ("Sheet3", rows(&[]))]
}

/// What each column was taken for.
fn headings(page: &anju_exchange::Recognised) -> Vec<String> {
    let told = |column: &anju_exchange::ReadColumn| match &column.role {
        anju_exchange::Role::Fields(targets) => {
            let names = targets.iter().map(|target| {
                let ledger = PACK.ledger(target.ledger);
                format!("{}.{}", ledger.id, ledger.field(target.field).id)
            });
            names.collect::<Vec<_>>().join("+")
        }
        other => format!("{other:?}"),
    };
    page.columns.iter().map(|column| format!("{}={}", column.heading, told(column))).collect()
}

fn comes_out_as_it_went_in(seed: u64, sheet: &str, must: &[(&str, &str)], count: u64) {
    let mut chance = Chance(seed);
    let sheet = PACK.sheet_by_id(sheet).expect("a sheet");
    let place = |(path, field): &(&str, &str)| {
        let at = sheet.paths.iter().position(|known| known.name == *path).map_or(0, |at| at + 1);
        let path = u16::try_from(at).expect("few");
        (path, PACK.ledger(sheet.ledger_of(path).expect("a ledger")).field_by_id(field).expect("a field"))
    };
    let must: Vec<_> = must.iter().map(place).collect();
    let (part, held) = roster(&mut chance, &sheet, &must, count);
    let mut pages = vec![("名册", part)];
    pages.extend(decoys());
    chance.shuffle(&mut pages);
    let bytes = pages.iter().fold(Book::default(), |book, (name, part)| book.page(name, part)).bytes();
    let book = open(&bytes, "a.xlsx", &Limits::default()).expect("reads");
    let found = recognise(&PACK, &sheet, &book, &ColumnMap::default());
    let page = found[0].1.as_ref().unwrap_or_else(|why| panic!("{why:?}"));
    assert_eq!(book.sheets[page.grid].name, "名册");
    assert!(found[1..].iter().all(|(_, page)| page.is_err()));
    let reading = read_rows(&PACK, &sheet, &book.sheets[page.grid], page, TODAY);
    let numbers: Vec<u32> = held.iter().map(|(number, _)| *number).collect();
    assert_eq!(reading.rows.iter().map(|row| row.number).collect::<Vec<_>>(), numbers);
    for (row, (_, values)) in reading.rows.iter().zip(&held) {
        for (path, field, value) in values {
            let name = &PACK.ledger(sheet.ledger_of(*path).expect("a ledger")).field(*field).id;
            let told = row.part(*path).and_then(|part| part.value(*field));
            assert_eq!(told, Some(value), "row {} {path} {name}: {:?} {:?}", row.number, row.faults, headings(page));
        }
        // Nothing else is told but what an ID number tells of itself.
        for part in &row.parts {
            let ledger = PACK.ledger(sheet.ledger_of(part.path).expect("a ledger"));
            let agreed: Vec<FieldIx> = ledger
                .fields
                .iter()
                .filter_map(|field| field.agrees)
                .flat_map(|agrees| [agrees.birth, agrees.sex])
                .flatten()
                .collect();
            for (field, _) in &part.values {
                let known = values.iter().any(|(path, known, _)| (path, known) == (&part.path, field));
                assert!(
                    known || agreed.contains(field),
                    "row {}: {} is told by nobody",
                    row.number,
                    ledger.field(*field).id
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_roster_of_households_in_any_dress_comes_out_as_it_went_in(seed in any::<u64>(), count in 1..30_u64) {
        let must = [("", "name"), ("", "id_number"), ("household", "number")];
        comes_out_as_it_went_in(seed, "household_roster", &must, count);
    }

    #[test]
    fn a_roster_of_jobs_in_any_dress_comes_out_as_it_went_in(seed in any::<u64>(), count in 1..30_u64) {
        comes_out_as_it_went_in(seed, "employment_roster", &[("person", "name"), ("person", "id_number")], count);
    }
}
