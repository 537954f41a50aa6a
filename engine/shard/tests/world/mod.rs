//! A lending library with every kind of join, and records drawn at random: no county is named here.
#![allow(clippy::unwrap_used, dead_code, reason = "tests; each test file uses a part")]

use std::collections::BTreeMap;

use anju_pack::{FieldIx, Kind, LedgerIx, Pack, Source};
use anju_record::{Change, Record, Value};
use uuid::Uuid;

pub const COUNTY: &str = "610923";
pub const DAY: i32 = 18_398;

/// Deterministic numbers.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 20) % limit.max(1) as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

pub const LEDGERS: &str = r#"
[mechanism]
id = "library"
order = 0
title = { zh = "图书馆", en = "Library" }
promise = { zh = "书有人读", en = "Books are read" }
office = { zh = "馆长", en = "Librarian" }

[code.genre]
title = { zh = "类别", en = "Genre" }
[code.genre.values]
novel = { zh = "小说", en = "Novel" }
poem = { zh = "诗", en = "Poem" }
map = { zh = "地图", en = "Map" }

[ledger.branch]
title = { zh = "分馆", en = "Branch" }
label = ["code"]
area = "code"
fields.code = { kind = "area", level = "site", required = true, title = { zh = "代码", en = "Code" } }
fields.beds = { kind = "integer", title = { zh = "座位", en = "Seats" } }

[ledger.clerk]
title = { zh = "馆员", en = "Clerk" }
label = ["name"]
[ledger.clerk.fields]
name = { kind = "text", title = { zh = "姓名", en = "Name" } }
grade = { kind = "code", list = "genre", title = { zh = "专长", en = "Field" } }
friend = { kind = "ref", to = "clerk", title = { zh = "搭档", en = "Friend" } }

[ledger.book]
title = { zh = "图书", en = "Book" }
label = ["name"]
[ledger.book.fields]
name = { kind = "text", title = { zh = "书名", en = "Name" } }
genre = { kind = "code", list = "genre", title = { zh = "类别", en = "Genre" } }
price = { kind = "money", title = { zh = "价格", en = "Price" } }

[ledger.reader]
title = { zh = "读者", en = "Reader" }
of = "branch"
period = ["joined_on", "left_on"]
label = ["name"]
area = "place"
[ledger.reader.fields]
name = { kind = "text", title = { zh = "姓名", en = "Name" } }
born_on = { kind = "date", title = { zh = "生日", en = "Born on" } }
joined_on = { kind = "date", required = true, title = { zh = "入会", en = "Joined on" } }
left_on = { kind = "date", title = { zh = "离会", en = "Left on" } }
likes = { kind = "code", list = "genre", title = { zh = "喜好", en = "Likes" } }
active = { kind = "bool", title = { zh = "活跃", en = "Active" } }
deposit = { kind = "integer", title = { zh = "押金", en = "Deposit" } }
place = { kind = "area", level = "site", required = true, title = { zh = "住处", en = "Place" } }
clerk = { kind = "ref", to = "clerk", title = { zh = "馆员", en = "Clerk" } }

[ledger.loan]
title = { zh = "借阅", en = "Loan" }
of = "reader"
period = ["lent_on", "returned_on"]
label = ["lent_on"]
[ledger.loan.fields]
book = { kind = "ref", to = "book", title = { zh = "书", en = "Book" } }
lent_on = { kind = "date", required = true, title = { zh = "借出", en = "Lent on" } }
returned_on = { kind = "date", title = { zh = "归还", en = "Returned on" } }
renewed = { kind = "bool", title = { zh = "续借", en = "Renewed" } }
genre = { kind = "code", list = "genre", title = { zh = "类别", en = "Genre" } }

[ledger.call]
title = { zh = "来访", en = "Call" }
of = "reader"
period = "called_on"
label = ["called_on"]
[ledger.call.fields]
called_on = { kind = "date", required = true, title = { zh = "日期", en = "Called on" } }
minutes = { kind = "integer", title = { zh = "分钟", en = "Minutes" } }

[ledger.duty]
title = { zh = "值班", en = "Duty" }
of = "branch"
period = ["from_on", "to_on"]
label = ["from_on"]
[ledger.duty.fields]
clerk = { kind = "ref", to = "clerk", title = { zh = "馆员", en = "Clerk" } }
keeper = { kind = "text", title = { zh = "代班", en = "Keeper" } }
from_on = { kind = "date", required = true, title = { zh = "开始", en = "From" } }
to_on = { kind = "date", title = { zh = "结束", en = "To" } }

[ledger.lamp]
title = { zh = "灯", en = "Lamp" }
of = "branch"
label = ["watts"]
fields.watts = { kind = "integer", title = { zh = "瓦", en = "Watts" } }
fields.lit = { kind = "bool", title = { zh = "亮", en = "Lit" } }
"#;

/// Every ledger is read by something, each with the conditions that tests draw from.
pub const CONDITIONS: &[(&str, &[&str])] = &[
    ("branch", &["beds >= 2", "beds IS NULL", "NOT beds = 3", "beds <> 1"]),
    (
        "clerk",
        &[
            "grade = 'poem'",
            "name LIKE 'a%'",
            "friend IS NULL",
            "friend.grade = 'map'",
            "NOT (grade IN ('map', 'novel'))",
            "name = 'ab'",
        ],
    ),
    ("book", &["price > 200", "genre <> 'map'", "name IS NOT NULL AND price <= 300", "NOT name LIKE 'b%'"]),
    (
        "reader",
        &[
            "active",
            "NOT active",
            "age(born_on) >= 18",
            "age(born_on) < 60",
            "likes IN ('poem', 'map')",
            "deposit BETWEEN 1 AND 3",
            "born_on IS NULL",
            "clerk.grade = 'novel'",
            "branch.beds > 1",
            "NOT (active AND deposit > 2)",
            "clerk.friend.name LIKE 'a%'",
            "clerk IS NULL OR clerk.name IS NULL",
            "left_on IS NULL",
            "months(joined_on, left_on) >= 2",
            "place IS NOT NULL",
            "age(born_on) = 30",
            "NOT age(born_on) = 30",
            "born_on <> '1990-05-16'",
        ],
    ),
    (
        "loan",
        &[
            "renewed",
            "NOT renewed",
            "book.genre = 'poem'",
            "book.price >= 250",
            "genre IN ('novel')",
            "reader.active",
            "reader.branch.beds = 2",
            "returned_on < today - 10",
            "lent_on >= today - 60",
            "months(lent_on, returned_on) >= 1",
            "book IS NULL",
            "returned_on IS NULL AND renewed",
        ],
    ),
    (
        "call",
        &["minutes >= 3", "minutes <> 2", "NOT (minutes < 2)", "reader.likes = 'map'", "called_on > reader.joined_on"],
    ),
    ("duty", &["keeper IS NULL", "clerk.grade <> 'poem'", "keeper LIKE 'a%'", "to_on IS NOT NULL"]),
    ("lamp", &["lit", "watts > 2", "NOT lit", "watts IN (1, 2)"]),
];

/// Reads every field, so that all of them are resident.
pub fn all_read() -> String {
    let mut text = LEDGERS.to_owned();
    for (ledger, conditions) in CONDITIONS {
        for (at, condition) in conditions.iter().enumerate() {
            text += &format!(
                "\n[[figure]]\nid = \"{ledger}_{at}\"\nrow = \"X{at}\"\ntitle = {{ zh = \"数\", en = \"Number\" }}\nunit = {{ zh = \"个\", en = \"pieces\" }}\ncount = \"{ledger}\"\nwhere = \"{condition}\"\n"
            );
        }
    }
    text
}

/// Leaves nothing but clauses: leaf ledgers then keep no ids.
pub fn leaves_only() -> String {
    let mut text = LEDGERS.to_owned();
    for (at, needs) in [
        "of = \"loan\", where = \"renewed\", current = true",
        "of = \"call\", within = 30, where = \"minutes > 1\"",
        "of = \"lamp\", where = \"lit\"",
    ]
    .iter()
    .enumerate()
    {
        let each = if needs.contains("lamp") { "branch" } else { "reader" };
        text += &format!(
            "\n[[requirement]]\nid = \"needs_{at}\"\nrow = \"X{at}\"\ntitle = {{ zh = \"要\", en = \"Needs\" }}\nshort = {{ zh = \"要\", en = \"Needs\" }}\neach = \"{each}\"\nneeds = {{ at_least = 1, {needs} }}\ndue = 7\n"
        );
    }
    text
}

pub fn compile(text: &str) -> Pack {
    let source = Source { path: "library.toml".into(), text: text.into(), mechanism: Some("library".into()) };
    anju_pack::compile(&[source]).unwrap_or_else(|faults| panic!("{faults:#}"))
}

/// One of few ids of a ledger, so that records meet.
pub fn id_of(ledger: LedgerIx, at: usize) -> Uuid {
    // Scattered, as random ids are: their order is not that of creation.
    Uuid::from_u128((u128::from(ledger.0) + 1) << 100 | (at as u128 * 0x9E37_79B9 % 1009) << 40 | (at as u128 + 1))
}

const AREAS: [&str; 5] =
    ["610923100001001", "610923100001002", "610923100002001", "610923101001001", "610923101001002"];
const TEXTS: [&str; 5] = ["ab", "abc", "ba", "b", "c"];

fn value(pack: &Pack, kind: &Kind, required: bool, dice: &mut Dice, pool: usize) -> Value {
    if !required && dice.chance(20) {
        return Value::Null;
    }
    match kind {
        Kind::Integer { .. } => Value::Int(if dice.chance(3) { 70_000 } else { dice.below(5) as i64 }),
        Kind::Decimal { .. } | Kind::Money { .. } => Value::Int(dice.below(400) as i64),
        Kind::Time => Value::Int(dice.below(1440) as i64),
        Kind::Bool => Value::Bool(dice.chance(50)),
        Kind::Date { .. } => Value::Date(match dice.below(20) {
            0 => DAY - 365 * dice.below(90) as i32,
            1 => DAY + dice.below(400) as i32,
            2 => -30_000,
            _ => DAY - dice.below(150) as i32,
        }),
        Kind::Code { list } => Value::Text(
            pack.code_list(*list).values[dice.below(pack.code_list(*list).values.len())].code.as_str().into(),
        ),
        Kind::Ref { to } => Value::Id(id_of(*to, dice.below(pool))),
        Kind::Subject => Value::Id(id_of(LedgerIx(dice.below(pack.ledgers.len()) as u16), dice.below(pool))),
        Kind::Area { .. } => Value::Text(dice.pick(&AREAS).into()),
        _ => Value::Text(dice.pick(&TEXTS).into()),
    }
}

/// A record with random values; references may lead nowhere.
pub fn record(pack: &Pack, ledger: LedgerIx, at: usize, dice: &mut Dice, pool: usize) -> Record {
    let described = pack.ledger(ledger);
    let mut values: Vec<Value> =
        described.fields.iter().map(|field| value(pack, &field.kind, field.required, dice, pool)).collect();
    if described.id == "exemption" {
        let field = described.field_by_id("requirement").unwrap();
        if !pack.requirements.is_empty() {
            values[usize::from(field.0)] =
                Value::Text(pack.requirements[dice.below(pack.requirements.len())].id.as_str().into());
        }
    }
    let own =
        |field: FieldIx| if let Value::Text(code) = &values[usize::from(field.0)] { Some(code.clone()) } else { None };
    let area = described.area.and_then(own).unwrap_or_else(|| COUNTY.into());
    Record { id: id_of(ledger, at), version: 1, area, values }
}

pub type State = BTreeMap<(LedgerIx, Uuid), Record>;

/// Records of every ledger.
pub fn state(pack: &Pack, dice: &mut Dice, pool: usize) -> State {
    let mut state = State::new();
    for ledger in pack.ledger_ixs() {
        for at in 0..pool {
            if dice.chance(80) {
                let record = record(pack, ledger, at, dice, pool);
                state.insert((ledger, record.id), record);
            }
        }
    }
    state
}

pub fn rows(state: &State) -> Vec<(LedgerIx, Record)> {
    state.iter().map(|((ledger, _), record)| (*ledger, record.clone())).collect()
}

/// Something happens to some record: it comes, goes, or changes in any of its fields.
pub fn event(pack: &Pack, state: &mut State, dice: &mut Dice, pool: usize) -> Change {
    let ledger = LedgerIx(dice.below(pack.ledgers.len()) as u16);
    let at = dice.below(pool);
    let id = id_of(ledger, at);
    let before = state.get(&(ledger, id)).cloned();
    let after = match &before {
        Some(_) if dice.chance(30) => None,
        Some(old) if dice.chance(70) => {
            let fresh = record(pack, ledger, at, dice, pool);
            let field = dice.below(old.values.len());
            let mut new = old.clone();
            new.values[field] = fresh.values[field].clone();
            if pack.ledger(ledger).area.is_some_and(|area| usize::from(area.0) == field) {
                new.area = fresh.area;
            }
            Some(new)
        }
        _ => Some(record(pack, ledger, at, dice, pool)),
    };
    match &after {
        Some(record) => state.insert((ledger, id), record.clone()),
        None => state.remove(&(ledger, id)),
    };
    Change { ledger, id, before, after }
}
