//! Facilities by the size of a site, shops and workshops with their tenants, the five small services.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::assistance::exemption;
use crate::base::YUAN;
use crate::book::{id, int, on, only, pick, text, until, weighted, yes};
use crate::ids::{TODAY, day};
use crate::names;
use crate::world::World;

/// Kind, name, and the households from which a site usually has one.
const KINDS: [(&str, &str, usize); 12] = [
    ("activity_centre", "党群活动中心", 50),
    ("service_station", "便民服务站", 30),
    ("culture_sport", "文体广场", 30),
    ("reading_room", "图书阅览室", 100),
    ("elder_day_care", "老年人日间照料中心", 60),
    ("child_centre", "养育未来中心", 200),
    ("parking_charging", "停车场（充电桩）", 50),
    ("sewage_refuse", "污水垃圾处理站", 1),
    ("toilet", "公共厕所", 30),
    ("cemetery", "公益性公墓", 100),
    ("ceremony_hall", "红白喜事房", 50),
    ("tool_store", "农具库房", 20),
];

/// Writes facilities, assets and small services.
pub fn write(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    for site in 0..world.sites.len() {
        facilities(world, site, rng);
        assets(world, site, rng);
        small_services(world, site, rng);
    }
}

/// The large sites have everything; at the small ones some things are missing, shared or out of order.
fn facilities(world: &mut World<'_>, site: usize, rng: &mut ChaCha8Rng) {
    let size = world.sites[site].households;
    let large = world.sites[site].has_group();
    let opened = world.sites[site].built_on + 90;
    for (kind, name, from) in KINDS {
        if size < from
            || !large && rng.random_bool(0.09)
            || size < 330 && kind == "child_centre" && rng.random_bool(0.3)
        {
            if size >= from && rng.random_bool(0.35) {
                let started = day(2020, 1, 15) + rng.random_range(0..60);
                let ends = if rng.random_bool(0.5) { day(2020, 12, 31) } else { TODAY + rng.random_range(5..80) };
                let place = world.sites[site].id;
                exemption(
                    world,
                    &format!("site_{kind}"),
                    place,
                    started,
                    Some(ends),
                    "规模较小，列入年度建设计划，暂与邻近社区共用",
                );
            }
            continue;
        }
        let place = world.sites[site].id;
        let label = format!("{}{name}", world.sites[site].stem);
        let usable = size > 300 || rng.random_bool(0.975);
        let phone = world.book.registry.phone();
        world.book.row(
            "facility",
            opened,
            [
                ("site", id(place)),
                ("kind", text(kind)),
                ("name", text(label)),
                ("shared", yes(!large && rng.random_bool(0.4))),
                ("usable", yes(usable)),
                ("area_m2", int(rng.random_range(40i64..600) * 100)),
                ("chargers", only(kind == "parking_charging", int(rng.random_range(2i64..12)))),
                ("kept_by", text("社区物业")),
                ("phone", text(phone)),
                ("hours", text("8:00—20:00")),
                ("opened_on", on(opened)),
            ],
        );
    }
}

fn assets(world: &mut World<'_>, site: usize, rng: &mut ChaCha8Rng) {
    let size = world.sites[site].households;
    let shops = size / 55 + usize::from(size > 60);
    let workshops = usize::from(world.sites[site].has_group());
    let registered = (world.sites[site].built_on + 120).max(day(2018, 1, 1));
    for number in 1..=shops + workshops {
        let workshop = number > shops;
        let lettable = workshop || rng.random_bool(0.96);
        let place = world.sites[site].id;
        let asset = world.book.row(
            "asset",
            registered,
            [
                ("site", id(place)),
                (
                    "kind",
                    text(if workshop {
                        "workshop"
                    } else {
                        pick(rng, &["shop", "shop", "shop", "stall", "warehouse"])
                    }),
                ),
                ("number", text(format!("ZC{:02}-{number:02}", site + 1))),
                ("owned_by", text(pick(rng, &["village", "village", "town", "state"]))),
                (
                    "area_m2",
                    int(if workshop { rng.random_range(500i64..2_400) } else { rng.random_range(25i64..160) } * 100),
                ),
                ("book_value", int(YUAN * 10_000 * rng.random_range(6..90))),
                ("lettable", yes(lettable)),
                ("registered_on", on(registered)),
            ],
        );
        if lettable {
            tenancies(world, site, asset, workshop, registered, rng);
        }
    }
}

fn tenancies(world: &mut World<'_>, site: usize, asset: Uuid, workshop: bool, registered: i32, rng: &mut ChaCha8Rng) {
    const TRADES: [(u32, &str); 6] = [
        (40, "retail"),
        (18, "catering"),
        (12, "logistics"),
        (10, "e_commerce"),
        (12, "hairdressing"),
        (8, "housekeeping"),
    ];
    let houses = world.houses_of(site);
    let before = rng.random_bool(0.2);
    if before {
        let gone = registered + rng.random_range(90..300);
        tenancy(world, (asset, None), weighted(rng, &TRADES), (registered + 20, Some(gone)), rng);
    }
    if !workshop && rng.random_bool(0.12) {
        return;
    }
    let started = registered + if before { 320 } else { rng.random_range(20..120) };
    let ended = if rng.random_bool(0.1) {
        Some(TODAY + rng.random_range(3..88))
    } else {
        Some(started.max(TODAY - 300) + 1_095)
    };
    let mover = rng.random_bool(0.55).then(|| world.houses[houses[rng.random_range(0..houses.len())]].id);
    let trade = if workshop { "factory" } else { weighted(rng, &TRADES) };
    tenancy(world, (asset, mover.filter(|_| !workshop)), trade, (started.min(TODAY - 20), ended), rng);
}

fn tenancy(
    world: &mut World<'_>,
    (asset, household): (Uuid, Option<Uuid>),
    trade: &str,
    (started, ended): (i32, Option<i32>),
    rng: &mut ChaCha8Rng,
) {
    let male = rng.random_bool(0.5);
    let rent = if trade == "factory" { rng.random_range(1_200..6_000) } else { rng.random_range(200..1_500) };
    let row = [
        ("asset", id(asset)),
        ("tenant", text(names::name(rng, male, 1983))),
        ("household", household.map_or(anju_record::Value::Null, id)),
        ("commerce", text(trade)),
        ("monthly_rent", int(YUAN * rent)),
        ("movers_employed", int(rng.random_range(0i64..6))),
        ("started_on", on(started)),
        ("ended_on", until(ended.map(|end| end.max(started)))),
    ];
    world.book.row("tenancy", started, row);
}

fn small_services(world: &mut World<'_>, site: usize, rng: &mut ChaCha8Rng) {
    let names_of = [
        ("garden", "小菜园"),
        ("livestock", "小养殖"),
        ("guest_room", "小客服"),
        ("repair", "小修理"),
        ("shop", "小超市"),
    ];
    let keep = if matches!(site, 30 | 37) {
        2
    } else {
        3 + usize::from(world.sites[site].apartments) + usize::from(site < 12)
    };
    let houses = world.houses_of(site);
    for (kind, name) in names_of.into_iter().take(keep) {
        let started = (world.sites[site].built_on + 200).max(day(2019, 3, 1)) + rng.random_range(0..60);
        let house = houses[rng.random_range(0..houses.len())];
        let (place, household, keeper) = (world.sites[site].id, world.houses[house].id, world.head(house).name.clone());
        let label = format!("{}{name}", world.sites[site].stem);
        let phone = world.book.registry.phone();
        world.book.row(
            "small_service",
            started,
            [
                ("site", id(place)),
                ("kind", text(kind)),
                ("name", text(label)),
                ("keeper", text(keeper)),
                ("household", id(household)),
                ("phone", text(phone)),
                ("started_on", on(started)),
            ],
        );
    }
}
