//! Employment: factories, labour companies, who works where, who was sent where, vacancies and those who seek.

use std::collections::BTreeSet;

use anju_record::Value;
use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::base::YUAN;
use crate::book::{chance, id, int, on, only, pick, text, until, weighted, yes};
use crate::ids::{TODAY, day};
use crate::names;
use crate::party::credit_code;
use crate::work::Work;
use crate::world::World;
use crate::{seekers, startup, training};

/// Trades of the twenty-one community factories: seven plush-toy, two garment, two shoe, ten others.
const FACTORIES: [(&str, &str, usize); 10] = [
    ("plush_toy", "毛绒玩具", 7),
    ("garment", "服装", 2),
    ("shoe", "鞋业", 2),
    ("electronics", "电子", 3),
    ("food", "食品", 2),
    ("handicraft", "手工编织", 1),
    ("packaging", "包装", 1),
    ("timber", "竹木", 1),
    ("other", "箱包", 1),
    ("other", "饰品", 1),
];
/// Where people go, and who they work for there.
pub const DESTINATIONS: [(u32, &(&str, &str)); 6] = [
    (34, &("江苏省南京市", "南京苏陕协作电子厂")),
    (22, &("江苏省苏州市", "苏州精密制造厂")),
    (18, &("陕西省西安市", "西安建筑劳务公司")),
    (12, &("广东省东莞市", "东莞鞋服厂")),
    (8, &("浙江省宁波市", "宁波家电装配厂")),
    (6, &("河北省唐山市", "唐山矿山劳务队")),
];

/// A factory as others of this chapter need it.
pub struct Factory {
    /// Its record.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// Writes the chapter.
pub fn write(world: &mut World<'_>) {
    let rng = &mut chance(4);
    let factories = factories(world, rng);
    let companies = labour_companies(world, rng);
    campaigns(world, rng);
    let batches = batches(world, &companies, rng);
    let founders = startup::founders(world, rng);
    let working: Vec<usize> = (0..world.persons.len()).filter(|ix| !founders.contains(ix)).collect();
    let home: BTreeSet<usize> = working.into_iter().filter(|&ix| work(world, ix, &factories, &batches, rng)).collect();
    startup::write(world, &founders, rng);
    past_work(world, rng);
    past_dispatches(world, rng);
    let vacancies = seekers::vacancies(world, &factories, rng);
    let wishing = seekers::seekers(world, &companies, &vacancies, &home, rng);
    training::write(world, &wishing, rng);
}

fn factories(world: &mut World<'_>, rng: &mut ChaCha8Rng) -> Vec<Factory> {
    let mut trades: Vec<(&str, &str)> =
        FACTORIES.iter().flat_map(|&(trade, word, count)| std::iter::repeat_n((trade, word), count)).collect();
    trades.shuffle(rng);
    let mut made = Vec::with_capacity(trades.len());
    for (site, (trade, word)) in trades.into_iter().enumerate() {
        made.push(factory(world, site, (trade, word), None, rng));
    }
    factory(world, 5, ("garment", "制衣"), Some(day(2019, 9, 30)), rng);
    made
}

fn factory(
    world: &mut World<'_>,
    site: usize,
    (trade, word): (&str, &str),
    closed: Option<i32>,
    rng: &mut ChaCha8Rng,
) -> Factory {
    let place = &world.sites[site];
    let name = format!("宁陕县{}{word}社区工厂", place.stem);
    let opened = (place.built_on + rng.random_range(60..300)).max(day(2017, 9, 1)).min(day(2019, 6, 1));
    let (site_id, jobs) = (place.id, (place.households as i64 / 5).clamp(30, 160));
    let phone = world.book.registry.phone();
    let head = names::name(rng, true, 1979);
    let made = world.book.row(
        "factory",
        opened,
        [
            ("site", id(site_id)),
            ("name", text(&name)),
            ("trade", text(trade)),
            ("credit_code", text(credit_code(2_000 + site + if closed.is_some() { 50 } else { 0 }))),
            ("investor", text(pick(rng, &["苏陕协作引进", "能人返乡兴办", "镇集体出资", "招商引资"]))),
            ("head", text(head)),
            ("phone", text(phone)),
            ("floor_m2", int(rng.random_range(400i64..2_600) * 100)),
            ("jobs_offered", int(jobs)),
            ("opened_on", on(opened)),
            ("closed_on", until(closed)),
        ],
    );
    Factory { id: made, name }
}

/// A labour company at the village of each larger site; the smaller sites are served by the nearest in their town.
fn labour_companies(world: &mut World<'_>, rng: &mut ChaCha8Rng) -> Vec<Uuid> {
    let mut companies: Vec<(String, Uuid)> = Vec::new();
    let mut serving = Vec::with_capacity(world.sites.len());
    for site in 0..world.sites.len() {
        let town = world.sites[site].town().to_owned();
        let near = companies.iter().find(|(place, _)| *place == town).map(|(_, company)| *company);
        let company = match near.filter(|_| !world.sites[site].has_group()) {
            Some(company) => company,
            None => {
                let made = labour_company(world, site, rng);
                companies.push((town, made));
                made
            }
        };
        serving.push(company);
        let started = day(2019, 7, 1) + rng.random_range(0..120);
        let contact = names::name(rng, false, 1984);
        let ends = (site % 10 == 8).then(|| TODAY + rng.random_range(8..85));
        let place = world.sites[site].id;
        world.book.row(
            "labour_service",
            started,
            [
                ("site", id(place)),
                ("labour_company", id(company)),
                ("contact", text(contact)),
                ("started_on", on(started)),
                ("ended_on", until(ends)),
            ],
        );
    }
    serving
}

fn labour_company(world: &mut World<'_>, site: usize, rng: &mut ChaCha8Rng) -> Uuid {
    let founded = day(2018, 9, 1) + rng.random_range(0..280);
    let phone = world.book.registry.phone();
    let head = names::name(rng, true, 1976);
    let place = &world.sites[site];
    let values = [
        ("name", text(format!("宁陕县{}{}劳务服务有限公司", place.town_name.trim_end_matches('镇'), place.stem))),
        ("village", text(&place.village)),
        ("kind", text(pick(rng, &["village_owned", "village_owned", "joint", "private"]))),
        ("credit_code", text(credit_code(3_000 + site))),
        ("licence", text(format!("宁人社劳派（2019）{:02}号", site + 1))),
        ("head", text(head)),
        ("phone", text(phone)),
        ("founded_on", on(founded)),
    ];
    world.book.row("labour_company", founded, values)
}

fn campaigns(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    for (name, kind, from, to) in [
        ("2020年“春风行动”", "spring_breeze", day(2020, 2, 15), day(2020, 4, 10)),
        ("2020年就业援助月", "aid_month", day(2020, 1, 2), day(2020, 1, 22)),
        ("2019年民营企业招聘月", "private_firms", day(2019, 5, 20), day(2019, 6, 20)),
        ("2019年苏陕协作招聘会", "partner", day(2019, 9, 10), day(2019, 9, 25)),
    ] {
        let campaign = world.book.row(
            "campaign",
            from,
            [
                ("name", text(name)),
                ("kind", text(kind)),
                ("organiser", text("县人社局")),
                ("started_on", on(from)),
                ("ended_on", on(to)),
            ],
        );
        for site in 0..world.sites.len() {
            // Four small sites saw none of them.
            if matches!(site, 27 | 31 | 35 | 38) || !rng.random_bool(0.62) && kind != "spring_breeze" {
                continue;
            }
            let held = from + rng.random_range(0..to - from);
            let people = (world.sites[site].households as i64 / 5).max(8) + rng.random_range(0..20);
            let place = world.sites[site].id;
            world.book.row(
                "campaign_event",
                held,
                [
                    ("site", id(place)),
                    ("campaign", id(campaign)),
                    ("held_on", on(held)),
                    ("employers", int(rng.random_range(3i64..16))),
                    ("openings", int(people * 2)),
                    ("attendance", int(people)),
                    ("placements", int(people * rng.random_range(8..24) / 100)),
                ],
            );
        }
    }
}

/// A group that leaves together.
struct Batch {
    id: Uuid,
    place: &'static str,
    employer: &'static str,
    departed: i32,
    charter: bool,
}

fn batches(world: &mut World<'_>, companies: &[Uuid], rng: &mut ChaCha8Rng) -> Vec<Batch> {
    let mut made = Vec::new();
    for order in 0..64 {
        let &(place, employer) = weighted(rng, &DESTINATIONS);
        // Most left after the holiday; the epidemic put it off to the end of February.
        let departed = if order < 12 {
            day(2019, 6, 1) + rng.random_range(0..180)
        } else {
            day(2020, 2, 20) + rng.random_range(0..50)
        };
        let charter = rng.random_bool(0.7);
        let escort = names::name(rng, true, 1982);
        let batch = world.book.row(
            "dispatch_batch",
            departed,
            [
                ("name", text(format!("赴{}务工第{:02}批", &place[9..], order + 1))),
                ("labour_company", id(companies[order % companies.len()])),
                ("partner", text("苏陕协作对口帮扶")),
                ("destination", text(place)),
                ("employer", text(employer)),
                ("transport", text(if charter { "charter_bus" } else { "train" })),
                ("escort", text(escort)),
                ("departed_on", on(departed)),
            ],
        );
        made.push(Batch { id: batch, place, employer, departed, charter });
    }
    made
}

/// Writes what a person does; tells whether they are back home and without work.
fn work(world: &mut World<'_>, ix: usize, factories: &[Factory], batches: &[Batch], rng: &mut ChaCha8Rng) -> bool {
    match world.persons[ix].work {
        Work::Local => local(world, ix, factories, None, rng),
        Work::Lapsed => local(world, ix, factories, Some(TODAY - rng.random_range(1..110)), rng),
        Work::Away { organised } => return away(world, ix, organised, true, batches, rng),
        Work::Season { organised } => return away(world, ix, organised, false, batches, rng),
        Work::Flexible => odd_jobs(world, ix, TODAY - rng.random_range(220..900), rng),
        Work::Casual => odd_jobs(world, ix, TODAY - rng.random_range(5..150), rng),
        Work::None => {}
    }
    false
}

fn odd_jobs(world: &mut World<'_>, ix: usize, started: i32, rng: &mut ChaCha8Rng) {
    let person = world.persons[ix].id;
    let work = pick(rng, &["建筑零工", "农忙用工", "运输装卸", "家政保洁", "餐饮帮工"]);
    world.book.row(
        "employment",
        started,
        [
            ("person", id(person)),
            ("kind", text("flexible")),
            ("employer", text("灵活就业")),
            ("place", text(pick(rng, &["site", "town", "town", "county"]))),
            ("occupation", text(work)),
            ("contract", text("none")),
            ("started_on", on(started)),
            ("monthly_wage", int(YUAN * rng.random_range(900..2_400))),
            ("verified_on", on(started.max(TODAY - 150) + 3)),
        ],
    );
}

/// A post at or near the site; `ended` for a contract that ran out.
fn local(world: &mut World<'_>, ix: usize, factories: &[Factory], ended: Option<i32>, rng: &mut ChaCha8Rng) {
    let site = world.houses[world.persons[ix].house].site;
    let kind = weighted(rng, &[(46, "factory"), (24, "welfare_post"), (18, "local_firm"), (12, "park")]);
    let kind = if kind == "factory" && site >= factories.len() { "welfare_post" } else { kind };
    let started = TODAY - rng.random_range(200..900);
    let end = ended.or_else(|| term_end(started, rng));
    let (employer, factory, occupation, wage) = match kind {
        "factory" => (
            factories[site].name.clone(),
            Some(factories[site].id),
            pick(rng, &["缝纫工", "充棉工", "质检员", "包装工"]),
            1_500..3_200,
        ),
        "welfare_post" => (
            world.sites[site].village_name.clone(),
            None,
            pick(rng, &["保洁员", "护林员", "护路员", "护河员"]),
            500..1_000,
        ),
        "local_firm" => (
            "宁陕县县域企业".to_owned() + pick(rng, &["（商超）", "（酒店）", "（建材）", "（水电）"]),
            None,
            pick(rng, &["服务员", "驾驶员", "电工", "营业员"]),
            1_800..3_600,
        ),
        _ => (
            format!("{}产业园", world.sites[site].stem),
            None,
            pick(rng, &["采摘工", "饲养员", "管护工"]),
            1_200..2_400,
        ),
    };
    let person = world.persons[ix].id;
    world.book.row(
        "employment",
        started,
        [
            ("person", id(person)),
            ("kind", text(kind)),
            ("employer", text(employer)),
            ("factory", factory.map_or(Value::Null, id)),
            ("place", text(if kind == "local_firm" { "county" } else { "site" })),
            ("occupation", text(occupation)),
            ("contract", text(if kind == "welfare_post" { "service" } else { "fixed" })),
            ("contract_months", int(if rng.random_bool(0.6) { 12 } else { 24 })),
            ("started_on", on(started)),
            ("ended_on", until(end)),
            ("end_reason", only(ended.is_some(), text("expired"))),
            ("monthly_wage", int(YUAN * rng.random_range(wage))),
            ("insured", yes(rng.random_bool(0.7))),
            ("verified_on", on((started + 10).max(TODAY - 120))),
        ],
    );
}

/// When a running contract ends: a tenth within the next quarter, some later, the rest open.
fn term_end(started: i32, rng: &mut ChaCha8Rng) -> Option<i32> {
    match rng.random_range(0..100) {
        ..11 => Some(TODAY + rng.random_range(1..91)),
        11..40 => Some((TODAY + rng.random_range(91..500)).max(started + 200)),
        _ => None,
    }
}

fn away(
    world: &mut World<'_>,
    ix: usize,
    organised: bool,
    stable: bool,
    batches: &[Batch],
    rng: &mut ChaCha8Rng,
) -> bool {
    let recent = &batches[12..];
    let batch =
        if stable { &batches[rng.random_range(0..batches.len())] } else { &recent[rng.random_range(0..recent.len())] };
    let own = weighted(rng, &DESTINATIONS);
    let (place, employer) = if organised { (batch.place, batch.employer) } else { (own.0, own.1) };
    let departed = if organised { batch.departed } else { day(2020, 2, 25) + rng.random_range(-90..40) };
    let back = (!stable && rng.random_bool(0.5))
        .then(|| (departed + rng.random_range(25..60)).min(TODAY - 1))
        .map(|back| back.max(day(2020, 1, 3)));
    if organised || rng.random_bool(0.2) {
        let batch = organised.then_some(batch);
        dispatch(world, ix, batch, (place, employer), (departed, back), rng);
    }
    let person = world.persons[ix].id;
    let started = departed + 4;
    let ends = if stable { term_end(started, rng) } else { back.or_else(|| Some(TODAY + rng.random_range(3..60))) };
    world.book.row(
        "employment",
        started,
        [
            ("person", id(person)),
            ("kind", text("migrant")),
            ("employer", text(employer)),
            ("place", text(if place.starts_with("陕西") { "province" } else { "elsewhere" })),
            ("workplace", text(place)),
            ("occupation", text(pick(rng, &["装配工", "普工", "钢筋工", "缝纫工", "焊工"]))),
            ("contract", text(if stable { "fixed" } else { "service" })),
            ("contract_months", int(if stable { pick(rng, &[12i64, 12, 24, 36]) } else { 3 })),
            ("started_on", on(started)),
            ("ended_on", until(ends.map(|end| end.max(started)))),
            ("end_reason", only(back.is_some(), text("expired"))),
            ("monthly_wage", int(YUAN * rng.random_range(3_000..6_200))),
            ("insured", yes(rng.random_bool(0.6))),
        ],
    );
    back.is_some()
}

/// Sent with a group, or gone alone and told the village.
fn dispatch(
    world: &mut World<'_>,
    ix: usize,
    batch: Option<&Batch>,
    (place, employer): (&str, &str),
    (departed, back): (i32, Option<i32>),
    rng: &mut ChaCha8Rng,
) {
    let transport = match batch {
        None => "own",
        Some(batch) if batch.charter => "charter_bus",
        Some(_) => "train",
    };
    let (person, phone) = (world.persons[ix].id, world.book.registry.phone());
    let made = world.book.row(
        "dispatch",
        departed,
        [
            ("person", id(person)),
            ("organised", yes(batch.is_some())),
            ("dispatch_batch", batch.map_or(Value::Null, |batch| id(batch.id))),
            ("destination", text(place)),
            ("employer", text(employer)),
            ("transport", text(transport)),
            ("phone", text(phone)),
            ("travel_subsidy", only(batch.is_some(), int(YUAN * rng.random_range(2..6) * 100))),
            ("departed_on", on(departed)),
            ("returned_on", until(back)),
            ("return_reason", only(back.is_some(), text(pick(rng, &["ended", "family", "employer", "unsuited"])))),
        ],
    );
    if batch.is_some() && back.is_none() {
        contact(world, ix, made, departed, rng);
    }
}

fn contact(world: &mut World<'_>, ix: usize, dispatch: Uuid, departed: i32, rng: &mut ChaCha8Rng) {
    let back = if rng.random_bool(0.91) { rng.random_range(0..30) } else { rng.random_range(34..75) };
    let contacted = TODAY - back;
    if contacted <= departed {
        return;
    }
    let house = world.persons[ix].house;
    world.book.row(
        "dispatch_contact",
        contacted,
        [
            ("dispatch", id(dispatch)),
            ("contacted_on", on(contacted)),
            ("cadre", id(world.cadres[world.houses[house].cadre].id)),
            (
                "state",
                text(weighted(
                    rng,
                    &[(84, "stable"), (8, "changed"), (4, "waiting"), (2, "trouble"), (2, "unreached")],
                )),
            ),
            ("monthly_wage", int(YUAN * rng.random_range(3_000..6_200))),
        ],
    );
}

/// Jobs that people had before the ones they have.
fn past_work(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    let able: Vec<usize> =
        (0..world.persons.len()).filter(|&ix| world.persons[ix].able() && world.persons[ix].age() > 22).collect();
    for _ in 0..420 {
        let person = world.persons[able[rng.random_range(0..able.len())]].id;
        let started = day(2017, 3, 1) + rng.random_range(0..500);
        let ended = started + rng.random_range(60..400);
        world.book.row(
            "employment",
            started,
            [
                ("person", id(person)),
                ("kind", text("migrant")),
                ("employer", text(weighted(rng, &DESTINATIONS).1)),
                ("place", text("elsewhere")),
                ("contract_months", int(12)),
                ("started_on", on(started)),
                ("ended_on", on(ended)),
                ("end_reason", text(pick(rng, &["expired", "resigned", "family", "closed"]))),
                ("monthly_wage", int(YUAN * rng.random_range(2_600..5_200))),
            ],
        );
    }
}

/// Last year's organised groups that are home again and did not leave with one this year.
fn past_dispatches(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    let home: Vec<usize> =
        (0..world.persons.len()).filter(|&ix| world.persons[ix].work == Work::Casual).take(150).collect();
    for ix in home {
        let departed = day(2019, 2, 20) + rng.random_range(0..120);
        let person = world.persons[ix].id;
        world.book.row(
            "dispatch",
            departed,
            [
                ("person", id(person)),
                ("organised", yes(true)),
                ("destination", text(weighted(rng, &DESTINATIONS).0)),
                ("departed_on", on(departed)),
                ("returned_on", on(departed + rng.random_range(90..180))),
                ("return_reason", text("ended")),
            ],
        );
    }
}
