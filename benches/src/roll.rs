//! The list of a ledger of a million rows, on SQLite and on PostgreSQL: search, area, code and date filters, deep pages, other filters and sorts.

#![expect(clippy::disallowed_methods, reason = "a bench is an edge: ids are made here")]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anju_app::{Actor, App, Clock, Filter, RollAsk};
use anju_pack::{FieldIx, LedgerIx, Pack, Source};
use anju_record::{Valid, Value, day, kind, validate_values};
use anju_store::testing::Cluster;
use anju_store::{Batch, Store};
use uuid::Uuid;

use crate::measure::{quantile, resident_mb, table};

const COUNTY: &str = "610923";
const TODAY: i32 = 18_596;
const HOUSEHOLD: usize = 4;
/// Records of one import.
const CHUNK: usize = 20_000;
/// Questions of a kind: with so many, a moment in which the machine did something else does not stand for the p99.
const ROUNDS: u64 = 500;
/// What a search, an area, a code, a date or a page may take at p99, and what anything else, in ms.
const NEAR_MS: f64 = 10.0;
const FAR_MS: f64 = 250.0;

const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "罗", "单", "解", "曾", "欧阳",
];
const GIVEN: [&str; 48] = [
    "秀", "英", "兰", "芳", "桂", "玉", "珍", "梅", "华", "建", "国", "军", "伟", "强", "明", "平", "勇", "杰", "磊",
    "涛", "超", "鹏", "辉", "刚", "波", "宁", "敏", "静", "丽", "艳", "娟", "霞", "红", "燕", "琴", "云", "莲", "凤",
    "山", "林", "春", "生", "文", "武", "德", "福", "贵", "祥",
];

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 16) % (limit.max(1) as u64)).unwrap_or(0)
    }

    fn pick<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn place(dice: &mut Dice) -> String {
    format!("{COUNTY}1{:02}{:03}{:03}", dice.below(12), dice.below(8) + 1, dice.below(3) + 1)
}

fn id_number(dice: &mut Dice, born: i32) -> Option<String> {
    let number = format!("99{:04}{}{:03}", dice.below(9_999), day::format(born).replace('-', ""), dice.below(1_000));
    let check = kind::checksum(&number)?;
    Some(format!("{number}{check}"))
}

fn person(dice: &mut Dice, at: usize, home: Uuid) -> Option<Vec<Value>> {
    let born = TODAY - 365 - i32::try_from(dice.below(30_000)).ok()?;
    let second = if dice.below(5) == 0 { "" } else { dice.pick(&GIVEN) };
    let name = format!("{}{}{second}", dice.pick(&SURNAMES), dice.pick(&GIVEN));
    let maybe = |given: bool, value: Value| if given { value } else { Value::Null };
    let origin = format!("{}家湾村{}组{}号", dice.pick(&SURNAMES), dice.below(9) + 1, dice.below(300));
    Some(vec![
        Value::Id(home),
        text(&name),
        text(&format!("NS{at:08}")),
        text(dice.pick(&["1", "2"])),
        text(dice.pick(&["head", "spouse", "child", "parent", "other"])),
        maybe(dice.below(10) > 0, text(dice.pick(&["primary", "junior", "senior", "college"]))),
        Value::Date(born),
        maybe(dice.below(3) > 0, Value::Date(TODAY - i32::try_from(dice.below(2_000)).ok()?)),
        maybe(dice.below(4) > 0, Value::Int(i64::try_from(dice.below(9_000_000)).ok()?)),
        maybe(dice.below(8) > 0, Value::Bool(dice.below(3) > 0)),
        text(&id_number(dice, born)?),
        text(&format!("100{:08}", dice.below(100_000_000))),
        text(&origin),
    ])
}

fn pack() -> Result<Arc<Pack>, String> {
    let county = "[county]\ncode = \"610923\"\nname = { zh = \"县\", en = \"County\" }\n";
    let sources = [
        Source { path: "county.toml".into(), text: county.into(), mechanism: None },
        Source {
            path: "benches/roll/pack.toml".into(),
            text: include_str!("../roll/pack.toml").into(),
            mechanism: Some("register".into()),
        },
    ];
    anju_pack::compile(&sources).map(Arc::new).map_err(|faults| format!("{faults:?}"))
}

async fn fill(store: &Store, pack: &Arc<Pack>, rows: usize) -> Result<(), String> {
    let told = |fault: &dyn std::fmt::Display| fault.to_string();
    let plan = store.plan(pack).await.map_err(|fault| told(&fault))?;
    store.apply(plan, false).await.map_err(|fault| told(&fault))?;
    let ledger = |id: &str| pack.ledger_by_id(id).ok_or_else(|| id.to_owned());
    let (household, person_ledger) = (ledger("household")?, ledger("person")?);
    let valid = |ledger: LedgerIx, id: Uuid, values: Vec<Value>| {
        validate_values(pack, ledger, id, values, TODAY).map_err(|faults| format!("{faults:?}"))
    };
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for begin in (0..rows).step_by(CHUNK) {
        let mut records: Vec<Valid> = Vec::with_capacity(CHUNK + CHUNK / HOUSEHOLD);
        let mut home = Uuid::nil();
        for at in begin..rows.min(begin + CHUNK) {
            if at % HOUSEHOLD == 0 {
                home = Uuid::now_v7();
                let values = vec![text(&place(&mut dice)), text(&format!("H{:08}", at / HOUSEHOLD))];
                records.push(valid(household, home, values)?);
            }
            let values = person(&mut dice, at, home).ok_or("a person cannot be made")?;
            records.push(valid(person_ledger, Uuid::now_v7(), values)?);
        }
        let batch = Batch {
            county: COUNTY.into(),
            actor: "bench".into(),
            origin: "cli".into(),
            reason: None,
            idempotency_key: None,
            at: 0,
            changes: Vec::new(),
        };
        store.import(pack, batch, records).await.map_err(|fault| told(&fault))?;
    }
    Ok(())
}

/// Makes one question after another.
type Make = Box<dyn Fn(&mut Dice, RollAsk) -> RollAsk>;
/// A kind of question, how long it may take, and its questions.
type Kind = (&'static str, f64, Make);

fn words(words: String, ask: RollAsk) -> RollAsk {
    RollAsk { words: Some(words), ..ask }
}

fn filtered(filters: Vec<Filter>, ask: RollAsk) -> RollAsk {
    RollAsk { filters, ..ask }
}

fn town(dice: &mut Dice) -> Option<String> {
    Some(format!("{COUNTY}1{:02}", dice.below(12)))
}

fn since(dice: &mut Dice) -> Option<Value> {
    Some(Value::Date(TODAY - i32::try_from(dice.below(25_000)).unwrap_or(0)))
}

fn searches() -> Vec<Kind> {
    vec![
        ("search: a name", NEAR_MS, Box::new(|d, ask| words(format!("{}{}", d.pick(&SURNAMES), d.pick(&GIVEN)), ask))),
        ("search: a surname", NEAR_MS, Box::new(|d, ask| words(d.pick(&SURNAMES).to_owned(), ask))),
        (
            "search: initials",
            NEAR_MS,
            Box::new(|d, ask| words(d.pick(&["wxy", "ljg", "zm", "oyx", "sm", "l"]).to_owned(), ask)),
        ),
        ("search: last four of an ID", NEAR_MS, Box::new(|d, ask| words(format!("{:04}", d.below(10_000)), ask))),
        ("search: part of a number", NEAR_MS, Box::new(|d, ask| words(format!("ns{:05}", d.below(10_000)), ask))),
        (
            "search: a name in a town",
            NEAR_MS,
            Box::new(|d, ask| RollAsk { area: town(d), ..words(d.pick(&GIVEN).to_owned(), ask) }),
        ),
        ("search: a name and a code", NEAR_MS, Box::new(|d, ask| words(format!("{} 女", d.pick(&SURNAMES)), ask))),
    ]
}

fn narrowed(field: impl Fn(&str) -> FieldIx, rows: usize) -> Vec<Kind> {
    let (sex, kinship, born, education) = (field("sex"), field("kinship"), field("born_on"), field("education"));
    let pages = rows / 50;
    let kin = move |d: &mut Dice| Filter::OneOf(kinship, vec![text(d.pick(&["head", "child", "other"]))]);
    let women = move || Filter::OneOf(sex, vec![text("2")]);
    let learned = move || Filter::OneOf(education, vec![text("college"), Value::Null]);
    vec![
        (
            "area: a town, some page",
            NEAR_MS,
            Box::new(|d, ask| RollAsk { area: town(d), page: d.below(500) as u64 + 1, ..ask }),
        ),
        ("area: a site", NEAR_MS, Box::new(|d, ask| RollAsk { area: Some(place(d)), ..ask })),
        ("code: one of five", NEAR_MS, Box::new(move |d, ask| filtered(vec![kin(d)], ask))),
        (
            "code: two, and a town",
            NEAR_MS,
            Box::new(move |d, ask| RollAsk { area: town(d), ..filtered(vec![women(), learned()], ask) }),
        ),
        (
            "date: born between",
            NEAR_MS,
            Box::new(move |d, ask| filtered(vec![Filter::Between(born, since(d), Some(Value::Date(TODAY)))], ask)),
        ),
        (
            "date and code",
            NEAR_MS,
            Box::new(move |d, ask| filtered(vec![Filter::Between(born, None, since(d)), women()], ask)),
        ),
        ("page: any of all", NEAR_MS, Box::new(move |d, ask| RollAsk { page: d.below(pages) as u64 + 1, ..ask })),
        ("page: the last", NEAR_MS, Box::new(move |_, ask| RollAsk { page: pages as u64, ..ask })),
    ]
}

fn others(field: impl Fn(&str) -> FieldIx) -> Vec<Kind> {
    let (income, address, joined) = (field("income"), field("address"), field("joined_on"));
    let ordered = |by: FieldIx| -> Make {
        Box::new(move |d, ask| RollAsk { order: Some((by, d.below(2) == 1)), page: d.below(400) as u64 + 1, ..ask })
    };
    let less = move |d: &mut Dice| Filter::Between(income, None, Some(Value::Int(d.below(9_000_000) as i64)));
    let holds = move |d: &mut Dice| Filter::Contains(address, format!("村{}组", d.below(9) + 1));
    vec![
        ("filter: missing day", FAR_MS, Box::new(move |_, ask| filtered(vec![Filter::Missing(joined)], ask))),
        ("filter: money between", FAR_MS, Box::new(move |d, ask| filtered(vec![less(d)], ask))),
        ("filter: a text contains", FAR_MS, Box::new(move |d, ask| filtered(vec![holds(d)], ask))),
        ("sort: by name", FAR_MS, ordered(field("name"))),
        ("sort: by birth", FAR_MS, ordered(field("born_on"))),
        ("sort: by money", FAR_MS, ordered(income)),
        ("sort: by origin", FAR_MS, ordered(address)),
    ]
}

/// Asks every kind; the first question of a sort includes making its order.
async fn measure(actor: &Actor, rows: usize) -> Result<Vec<Vec<String>>, String> {
    let pack = actor.pack();
    let person = pack.ledger_by_id("person").ok_or("no person")?;
    let mut lines = Vec::new();
    let field = |id: &str| pack.ledger(person).field_by_id(id).unwrap_or(FieldIx(0));
    let kinds = searches().into_iter().chain(narrowed(field, rows)).chain(others(field));
    for (name, limit, ask) in kinds {
        let mut dice = Dice(7);
        let (mut laps, mut found, mut first) = (Vec::new(), 0, 0.0);
        for round in 0..ROUNDS {
            let asked = ask(&mut dice, RollAsk::of(person));
            let began = Instant::now();
            let roll = actor.roll(&asked).await.map_err(|error| error.to_string())?;
            let ms = began.elapsed().as_secs_f64() * 1e3;
            if round == 0 {
                first = ms
            } else {
                laps.push(ms)
            }
            found += roll.total;
        }
        let (half, most) = (quantile(&mut laps, 0.5), quantile(&mut laps, 0.99));
        let worst = most.max(if limit > NEAR_MS { first } else { 0.0 });
        lines.push(vec![
            name.to_owned(),
            (found / ROUNDS).to_string(),
            format!("{first:.2}"),
            format!("{half:.2}"),
            format!("{most:.2}"),
            format!("{limit:.0}"),
            if worst <= limit { "yes" } else { "NO" }.to_owned(),
        ]);
    }
    Ok(lines)
}

async fn one(name: &str, url: &str, rows: usize) -> Result<(), String> {
    let pack = pack()?;
    let store = Store::open(url, anju_vault::Vault::testing()).await.map_err(|fault| fault.to_string())?;
    let began = Instant::now();
    fill(&store, &pack, rows).await?;
    let filled = began.elapsed().as_secs_f64();
    let app = App::open(store, pack, Clock::Fixed(TODAY), false).await.map_err(|fault| fault.to_string())?;
    let actor = Arc::new(app).operator();
    let person = actor.ledger("person").map_err(|fault| fault.to_string())?;
    let (before, began) = (resident_mb(), Instant::now());
    actor.roll(&RollAsk::of(person)).await.map_err(|fault| fault.to_string())?;
    let (loaded, held) = (began.elapsed().as_secs_f64(), resident_mb() - before);
    let lines = measure(&actor, rows).await?;
    println!(
        "\n{name}: {rows} rows written in {filled:.0} s; their list read in {loaded:.1} s, {held:.0} MB more resident"
    );
    table(
        &format!("a list of {rows} rows on {name}, ms"),
        &["", "found", "first", "p50", "p99", "limit", "within"],
        &lines,
    );
    match lines.iter().filter(|line| line[6] == "NO").count() {
        0 => Ok(()),
        over => Err(format!("{over} kinds of question take longer than they may")),
    }
}

/// A list of `rows` rows on both databases.
///
/// # Errors
/// A database that does not start, or a kind of question that takes longer than it may.
pub fn run(folder: &Path, rows: usize) -> Result<(), String> {
    let place = folder.join("data/roll");
    // Left over from an earlier run, if at all.
    let _ = std::fs::remove_dir_all(&place);
    std::fs::create_dir_all(&place).map_err(|fault| fault.to_string())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|fault| fault.to_string())?;
    let sqlite = format!("sqlite:{}", place.join("county.db").display());
    let on_sqlite = runtime.block_on(one("SQLite", &sqlite, rows));
    let _ = std::fs::remove_dir_all(&place);
    let cluster = Cluster::start()?;
    let on_postgres = runtime.block_on(async {
        let url = cluster.database("anju_roll").await?;
        one("PostgreSQL", &url, rows).await
    });
    on_sqlite.and(on_postgres)
}
