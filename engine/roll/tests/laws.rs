//! What was applied answers as what would be loaded, and both as somebody who reads every record.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anju_pack::{FieldIx, LedgerIx, Pack, Source};
use anju_record::{Change, Record, Value};
use anju_roll::{Filter, IdSet, Question, Roll, RollError, RollShape, Sort, Within, Word, collated, initials};
use proptest::prelude::*;
use uuid::Uuid;

const LIBRARY: &str = r#"
[mechanism]
id = "library"
order = 1
title = { zh = "图书馆", en = "Library" }
promise = { zh = "有书可读", en = "Books to read" }
office = { zh = "馆长", en = "Librarian" }

[code.genre]
title = { zh = "类别", en = "Genre" }
[code.genre.values]
poem = { zh = "诗歌", en = "Poem", aliases = ["诗"] }
map = { zh = "地图", en = "Map" }
novel = { zh = "小说", en = "Novel of today" }

[ledger.shelf]
title = { zh = "书架", en = "Shelf" }

label = ["name"]
[ledger.shelf.fields]
name = { kind = "text", max = 20, required = true, title = { zh = "名", en = "Name" } }

[ledger.book]
title = { zh = "图书", en = "Book" }

area = "place"
label = ["name"]
[ledger.book.fields]
place = { kind = "area", level = "site", required = true, title = { zh = "地", en = "Place" } }
name = { kind = "text", max = 20, search = true, title = { zh = "名", en = "Name" } }
note = { kind = "text", max = 20, title = { zh = "注", en = "Note" } }
genre = { kind = "code", list = "genre", title = { zh = "类", en = "Genre" } }
lent = { kind = "bool", title = { zh = "借", en = "Lent" } }
bought = { kind = "date", title = { zh = "购", en = "Bought" } }
price = { kind = "money", title = { zh = "价", en = "Price" } }
shelf = { kind = "ref", to = "shelf", title = { zh = "架", en = "Shelf" } }
secret = { kind = "text", max = 20, sensitive = "identity", search = true, title = { zh = "密", en = "Secret" } }
"#;

const PLACE: FieldIx = FieldIx(0);
const NAME: FieldIx = FieldIx(1);
const NOTE: FieldIx = FieldIx(2);
const GENRE: FieldIx = FieldIx(3);
const LENT: FieldIx = FieldIx(4);
const BOUGHT: FieldIx = FieldIx(5);
const PRICE: FieldIx = FieldIx(6);
const SHELF: FieldIx = FieldIx(7);
const SECRET: FieldIx = FieldIx(8);

const PLACES: [&str; 4] = ["610923100001001", "610923100001002", "610923100002001", "610923101001001"];
const NAMES: [&str; 8] = ["王秀英", "王英", "李单", "AB", "ab1", "秀", "长安史话上下两册", "长安史话上下两编"];
const WORDS: [&str; 9] = ["王", "秀", "wx", "A", "诗", "map", "ld", "长安史话上下两册", "nothing"];

fn pack() -> Pack {
    let source = Source { path: "library.toml".into(), text: LIBRARY.into(), mechanism: Some("library".into()) };
    anju_pack::compile(&[source]).unwrap_or_else(|faults| panic!("{faults:#}"))
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn shelf(at: u8) -> Uuid {
    Uuid::from_u128(0xaa00 + u128::from(at))
}

prop_compose! {
    fn record(id: u8)(place in 0..4usize, name in proptest::option::of(0..8usize), note in proptest::option::of(0..8usize), genre in 0..4usize,
        lent: Option<bool>, bought in proptest::option::of(0..5i32), price in proptest::option::of(-2..4i64), on in proptest::option::of(0..3u8)) -> Record {
        let genre = ["poem", "map", "novel"].get(genre).map_or(Value::Null, |code| text(code));
        Record {
            // Scattered: the order of ids is not that of arrival.
            id: Uuid::from_u128(u128::from(id) * 0x9E37_79B9 % 1009 + 1),
            version: 1,
            area: PLACES[place].into(),
            values: vec![
                text(PLACES[place]),
                name.map_or(Value::Null, |at| text(NAMES[at])),
                note.map_or(Value::Null, |at| text(NAMES[at])),
                genre,
                lent.map_or(Value::Null, Value::Bool),
                bought.map_or(Value::Null, Value::Date),
                price.map_or(Value::Null, Value::Int),
                on.map_or(Value::Null, |at| Value::Id(shelf(at))),
                text("sealed"),
            ],
        }
    }
}

/// A record comes, changes or goes.
fn events() -> impl Strategy<Value = Vec<(u8, Option<Record>)>> {
    proptest::collection::vec(
        (0..24u8).prop_flat_map(|id| (Just(id), proptest::option::weighted(0.8, record(id)))),
        0..60,
    )
}

fn filter() -> impl Strategy<Value = Filter> {
    prop_oneof![
        proptest::collection::vec(0..4usize, 0..3).prop_map(|codes| Filter::OneOf(
            GENRE,
            codes
                .into_iter()
                .map(|at| ["poem", "map", "novel"].get(at).map_or(Value::Null, |code| text(code)))
                .collect()
        )),
        any::<bool>().prop_map(|held| Filter::OneOf(LENT, vec![Value::Bool(held)])),
        (0..3u8).prop_map(|at| Filter::OneOf(SHELF, vec![Value::Id(shelf(at))])),
        proptest::collection::vec(proptest::option::of(0..8usize), 0..4).prop_map(|names| Filter::OneOf(
            NAME,
            names.into_iter().map(|at| at.map_or(Value::Null, |at| text(NAMES[at]))).collect()
        )),
        (proptest::option::of(0..5i32), proptest::option::of(0..5i32)).prop_map(|(from, to)| Filter::Between(
            BOUGHT,
            from.map(Value::Date),
            to.map(Value::Date)
        )),
        (proptest::option::of(-2..4i64), proptest::option::of(-2..4i64)).prop_map(|(from, to)| Filter::Between(
            PRICE,
            from.map(Value::Int),
            to.map(Value::Int)
        )),
        (0..8u16).prop_map(|at| Filter::Missing(FieldIx(at))),
        (0..5i32).prop_map(|day| Filter::NotBefore(BOUGHT, Value::Date(day))),
        (0..9usize).prop_map(|at| Filter::Spelt(NAME, WORDS[at].to_owned())),
        (0..9usize).prop_map(|at| Filter::Contains(NOTE, WORDS[at].to_owned())),
    ]
}

#[derive(Debug, Clone)]
struct Ask {
    area: Option<String>,
    within: Option<(Option<usize>, Option<u8>)>,
    words: Vec<usize>,
    filters: Vec<Filter>,
    order: Sort,
    from: u64,
    size: usize,
}

prop_compose! {
    fn ask()(area in proptest::option::of((0..4usize, 6..16usize)), within in proptest::option::weighted(0.3, (proptest::option::of(0..4usize), proptest::option::of(0..3u8))),
        words in proptest::collection::vec(0..9usize, 0..2), filters in proptest::collection::vec(filter(), 0..3),
        order in proptest::option::of((0..7u16, any::<bool>())), from in 0..6u64, size in 1..30usize) -> Ask {
        Ask {
            area: area.map(|(at, digits)| PLACES[at][..digits].to_owned()),
            within, words, filters,
            order: order.map_or(Sort::Places, |(field, descending)| Sort::By(FieldIx(field), descending)),
            from, size,
        }
    }
}

fn question(pack: &Pack, roll: &Roll, ask: &Ask) -> Question {
    Question {
        area: ask.area.clone(),
        within: ask.within.map(|(place, on)| Within {
            areas: place.map(|at| PLACES[at].to_owned()).into_iter().collect(),
            refs: on.map(|at| (SHELF, IdSet::of([shelf(at)]))).into_iter().collect(),
            own: Vec::new(),
        }),
        words: ask.words.iter().map(|at| Word::of(pack, roll.shape(), WORDS[*at], &[])).collect(),
        filters: ask.filters.clone(),
        ..Question::default()
    }
}

fn value(record: &Record, field: FieldIx) -> &Value {
    &record.values[usize::from(field.0)]
}

fn plain(value: &Value) -> Option<&str> {
    if let Value::Text(text) = value { Some(text) } else { None }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Date(day) => Some(i64::from(*day)),
        Value::Int(number) => Some(*number),
        _ => None,
    }
}

fn satisfies(record: &Record, filter: &Filter) -> bool {
    let holds = |value: &Value, part: &str| {
        plain(value).is_some_and(|text| text.to_ascii_lowercase().contains(&part.to_ascii_lowercase()))
    };
    match filter {
        Filter::OneOf(field, values) => values.contains(value(record, *field)),
        Filter::Between(field, from, to) => number(value(record, *field)).is_some_and(|held| {
            from.as_ref().and_then(number).is_none_or(|from| from <= held)
                && to.as_ref().and_then(number).is_none_or(|to| held <= to)
        }),
        Filter::NotBefore(field, day) => number(value(record, *field)).is_none_or(|held| Some(held) >= number(day)),
        Filter::Missing(field) => *value(record, *field) == Value::Null,
        Filter::Spelt(field, part) => {
            let begins = |name: &str| initials(name).iter().any(|spelling| spelling.starts_with(&part.to_lowercase()));
            holds(value(record, *field), part) || part.is_ascii() && plain(value(record, *field)).is_some_and(begins)
        }
        Filter::Contains(field, part) => holds(value(record, *field), part),
    }
}

fn has_word(record: &Record, word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let in_name = plain(value(record, NAME)).is_some_and(|name| {
        name.to_ascii_lowercase().contains(&word)
            || word.is_ascii() && initials(name).iter().any(|spelling| spelling.starts_with(&word))
    });
    let called: &[&str] = match plain(value(record, GENRE)) {
        Some("poem") => &["诗歌", "poem", "诗"],
        Some("map") => &["地图", "map"],
        Some("novel") => &["小说", "novel of today"],
        _ => &[],
    };
    in_name || called.contains(&word.as_str())
}

/// As somebody would who reads every record.
fn reference<'a>(state: &'a BTreeMap<Uuid, Record>, ask: &Ask) -> Vec<&'a Record> {
    let reached = |record: &Record| {
        ask.within.is_none_or(|(place, on)| {
            place.is_some_and(|at| *record.area == *PLACES[at])
                || on.is_some_and(|at| *value(record, SHELF) == Value::Id(shelf(at)))
        })
    };
    let mut rows: Vec<&Record> = state
        .values()
        .filter(|record| ask.area.as_ref().is_none_or(|area| record.area.starts_with(area.as_str())))
        .filter(|record| reached(record))
        .filter(|record| ask.words.iter().all(|at| has_word(record, WORDS[*at])))
        .filter(|record| ask.filters.iter().all(|filter| satisfies(record, filter)))
        .collect();
    rows.sort_by(|left, right| match ask.order {
        Sort::Places => (&left.area, left.id).cmp(&(&right.area, right.id)),
        Sort::By(field, descending) => {
            let key = |record: &Record| match (field, value(record, field)) {
                (GENRE, Value::Text(code)) => {
                    (["poem", "map", "novel"].iter().position(|other| **other == **code).unwrap() as i64, String::new())
                }
                (NAME, Value::Text(text)) => (0, format!("{}\u{0}{text}", collated(text).collect::<String>())),
                (_, Value::Text(text)) => (0, text.to_string()),
                (_, Value::Bool(held)) => (i64::from(*held), String::new()),
                (_, other) => (number(other).unwrap_or(0), String::new()),
            };
            let missing = |record: &Record| *value(record, field) == Value::Null;
            let by_value = key(left).cmp(&key(right));
            let by_value = if descending { by_value.reverse() } else { by_value };
            missing(left).cmp(&missing(right)).then(by_value).then(left.id.cmp(&right.id))
        }
    });
    rows
}

fn check(pack: &Pack, roll: &Roll, state: &BTreeMap<Uuid, Record>, ask: &Ask) {
    let cancel = AtomicBool::new(false);
    let matching = roll.matching(&question(pack, roll, ask), &cancel).unwrap();
    let wanted = reference(state, ask);
    assert_eq!(matching.total(), wanted.len() as u64, "{ask:?}");
    let page: Vec<Uuid> = wanted.iter().skip(ask.from as usize).take(ask.size).map(|record| record.id).collect();
    assert_eq!(matching.page(ask.order, ask.from, ask.size, &cancel).unwrap(), page, "{ask:?}");
    let county = wanted.iter().fold(BTreeMap::<String, u64>::new(), |mut counts, record| {
        *counts.entry(record.area[..9].to_owned()).or_default() += 1;
        counts
    });
    assert_eq!(matching.by_area("610923"), county.into_iter().collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_was_applied_answers_as_what_would_be_loaded(start in events(), later in events(), compacts: bool, asks in proptest::collection::vec(ask(), 1..8)) {
        let pack = pack();
        let ledger = pack.ledger_by_id("book").unwrap();
        let shape = Arc::new(RollShape::of(&pack, ledger));
        let mut state: BTreeMap<Uuid, Record> = BTreeMap::new();
        for (_, record) in start {
            state.extend(record.map(|record| (record.id, record)));
        }
        let mut roll = Roll::load(&shape, state.values().cloned());
        for (at, record) in later {
            let id = Uuid::from_u128(u128::from(at) * 0x9E37_79B9 % 1009 + 1);
            let before = state.remove(&id);
            state.extend(record.clone().map(|record| (id, record)));
            roll.apply(&[Change { ledger, id, before, after: record }]);
            // Orders that were asked for between two writes must follow too.
            if let Some(ask) = asks.first() {
                check(&pack, &roll, &state, ask);
            }
        }
        if compacts {
            roll.compact();
        }
        prop_assert_eq!(roll.rows(), Roll::load(&shape, state.values().cloned()).rows());
        asks.iter().for_each(|ask| check(&pack, &roll, &state, ask));
    }
}

fn some() -> (Pack, LedgerIx, Roll) {
    let pack = pack();
    let ledger = pack.ledger_by_id("book").unwrap();
    let shape = Arc::new(RollShape::of(&pack, ledger));
    (pack, ledger, Roll::load(&shape, []))
}

#[test]
fn what_is_sensitive_is_not_resident_and_answers_nothing() {
    let (pack, _, roll) = some();
    assert!(!roll.shape().fields().contains(&SECRET));
    let question = Question { filters: vec![Filter::Missing(SECRET)], ..Question::default() };
    assert!(matches!(roll.matching(&question, &AtomicBool::new(false)), Err(RollError::Field(_))));
    let wrong = Question { filters: vec![Filter::Between(NAME, None, None)], ..Question::default() };
    assert_eq!(roll.matching(&wrong, &AtomicBool::new(false)).unwrap_err(), RollError::Field("name".into()));
    assert!(Word::of(&pack, roll.shape(), "诗", &[GENRE]).values.is_empty());
}

#[test]
fn a_question_that_nobody_waits_for_is_broken_off() {
    let (_, ledger, mut roll) = some();
    let mut record =
        Record { id: Uuid::from_u128(1), version: 1, area: PLACES[0].into(), values: vec![Value::Null; 9] };
    record.values[usize::from(PLACE.0)] = text(PLACES[0]);
    roll.apply(&[Change { ledger, id: record.id, before: None, after: Some(record) }]);
    let asked = [
        Filter::Missing(NAME),
        Filter::OneOf(NAME, vec![text(NAMES[0])]),
        Filter::Contains(NAME, WORDS[0].into()),
        Filter::Spelt(NAME, WORDS[0].into()),
    ];
    let filtered = asked.map(|filter| Question { filters: vec![filter], ..Question::default() });
    let word = Word { text: WORDS[0].into(), ..Word::default() };
    let searched = Question { words: vec![word], ..Question::default() };
    for question in filtered.into_iter().chain([searched]) {
        assert_eq!(roll.matching(&question, &AtomicBool::new(true)).unwrap_err(), RollError::Cancelled, "{question:?}");
    }
}
