//! Industry: entities and parks of the sites, linkages, land, shares and dividends, household industries, corn.

use anju_record::Value;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::base::YUAN;
use crate::book::{chance, id, int, on, only, pick, text, until, weighted};
use crate::dividend;
use crate::ids::{TODAY, day};
use crate::names;
use crate::party::credit_code;
use crate::world::World;

/// Area under fresh corn this year in hundredths of a mu (the article's 3,000 mu).
const CORN_MU: i64 = 300_000;

/// Writes the chapter.
pub fn write(world: &mut World<'_>) {
    let rng = &mut chance(5);
    let programme = world.book.row(
        "project_programme",
        day(2019, 3, 1),
        [
            ("name", text("“十百千”工程")),
            ("meaning", text("由县上确定的产业工程，本演示中只作标签使用。")),
            ("started_on", on(day(2019, 3, 1))),
        ],
    );
    entities(world, rng);
    parks(world, rng);
    linkages(world, programme, rng);
    land(world, rng);
    dividend::schemes(world, programme, rng);
    household_industries(world, rng);
    corn(world, rng);
}

/// One entity for each site, its kind by the size of the site; then some that serve several.
fn entities(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    const TRADES: [&str; 8] = ["fungi", "medicine", "livestock", "bees", "chestnut", "fish", "tea", "fruit"];
    for site in 0..world.sites.len() {
        let (kind, suffix) = match site {
            0..9 => ("leading_enterprise", "农业发展有限公司"),
            _ if site % 6 == 0 => ("share_cooperative", "股份经济合作社"),
            _ => ("cooperative", "种植养殖专业合作社"),
        };
        let stem =
            format!("宁陕县{}{}{suffix}", world.sites[site].town_name.trim_end_matches('镇'), world.sites[site].stem);
        let village = world.sites[site].village.clone();
        let registered = day(2016, 3, 1) + rng.random_range(0..900);
        let level = if kind == "leading_enterprise" {
            pick(rng, &["county", "county", "city"])
        } else {
            pick(rng, &["none", "county"])
        };
        let made = entity(world, (&stem, kind, level), &village, (pick(rng, &TRADES), registered, None), site, rng);
        world.entities.push(made);
        let place = world.sites[site].id;
        let started = registered.max(world.sites[site].built_on + 40);
        world.book.row(
            "site_entity",
            started,
            [
                ("site", id(place)),
                ("entity", id(made)),
                ("started_on", on(started)),
                ("brings", text("订单种植、务工用工、入股分红")),
            ],
        );
    }
    for order in 0..14 {
        let site = rng.random_range(0..world.sites.len());
        let village = world.sites[site].village.clone();
        let (kind, suffix) =
            [("family_farm", "家庭农场"), ("company", "生态农业有限公司"), ("sole_trader", "农家乐")][order % 3];
        let name = format!("宁陕县{}{}{suffix}", world.sites[site].stem, ["绿源", "秦岭", "山泉", "福地"][order % 4]);
        let closed = (order > 11).then(|| TODAY - rng.random_range(20..200));
        entity(
            world,
            (&name, kind, "none"),
            &village,
            (pick(rng, &TRADES), day(2018, 1, 5) + rng.random_range(0..400), closed),
            60 + order,
            rng,
        );
    }
}

fn entity(
    world: &mut World<'_>,
    (name, kind, level): (&str, &str, &str),
    village: &str,
    (trade, registered, closed): (&str, i32, Option<i32>),
    order: usize,
    rng: &mut ChaCha8Rng,
) -> Uuid {
    let phone = world.book.registry.phone();
    let male = rng.random_bool(0.8);
    world.book.row(
        "entity",
        registered,
        [
            ("name", text(name)),
            ("kind", text(kind)),
            ("level", text(level)),
            ("place", text(village)),
            ("credit_code", text(credit_code(1_000 + order))),
            ("trade", text(trade)),
            ("legal_person", text(names::name(rng, male, 1974))),
            ("phone", text(phone)),
            ("registered_on", on(registered)),
            ("closed_on", until(closed)),
        ],
    )
}

fn parks(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    const KINDS: [(&str, &str); 6] = [
        ("planting", "medicine"),
        ("breeding", "livestock"),
        ("forest", "fungi"),
        ("mixed", "corn"),
        ("processing", "processing"),
        ("tourism", "tourism"),
    ];
    let mut parks: Vec<Uuid> = Vec::new();
    for site in 0..world.sites.len() {
        let started = world.sites[site].built_on + rng.random_range(60..300);
        // Three of the smallest sites share the park of a neighbour.
        let park = if site > 36 { parks[site - 4] } else { new_park(world, site, KINDS[site % 6], started, rng) };
        parks.push(park);
        let place = world.sites[site].id;
        world.book.row(
            "site_park",
            started,
            [
                ("site", id(place)),
                ("park", id(park)),
                ("distance_km", int(rng.random_range(3i64..52))),
                ("started_on", on(started.max(day(2017, 6, 1)))),
            ],
        );
    }
}

fn new_park(
    world: &mut World<'_>,
    site: usize,
    (kind, trade): (&str, &str),
    opened: i32,
    rng: &mut ChaCha8Rng,
) -> Uuid {
    let place = &world.sites[site];
    let values = [
        ("name", text(format!("{}{}产业园", place.town_name, place.stem))),
        ("kind", text(kind)),
        ("place", text(&place.village)),
        ("entity", id(world.entities[site])),
        ("area_mu", int(rng.random_range(60i64..900) * 100)),
        ("trade", text(trade)),
        ("invested", int(YUAN * 10_000 * rng.random_range(80..1_500))),
        ("jobs", int(rng.random_range(12i64..120))),
        ("opened_on", on(opened.min(day(2019, 10, 1)))),
    ];
    world.book.row("park", opened.min(day(2019, 10, 1)), values)
}

/// Households with labour, and whether they are registered poor.
fn with_labour(world: &World<'_>) -> Vec<usize> {
    (0..world.houses.len())
        .filter(|&ix| world.houses[ix].members.clone().any(|person| world.persons[person].able()))
        .collect()
}

fn linkages(world: &mut World<'_>, programme: Uuid, rng: &mut ChaCha8Rng) {
    const MODES: [(u32, &str); 5] = [(30, "order"), (24, "share"), (20, "wage"), (18, "lease"), (8, "custody")];
    for house in with_labour(world) {
        if !world.houses[house].poor || rng.random_bool(0.065) {
            continue;
        }
        let site = world.houses[house].site;
        let started = (world.houses[house].moved_on + rng.random_range(30..500)).min(TODAY - rng.random_range(4..300));
        let ended = rng.random_bool(0.03).then(|| {
            if rng.random_bool(0.4) { TODAY - rng.random_range(1..60) } else { TODAY + rng.random_range(1..90) }
        });
        let mode = weighted(rng, &MODES);
        let branch = world.branches.get(site).copied();
        let linkage = world.book.row(
            "linkage",
            started,
            [
                ("household", id(world.houses[house].id)),
                ("entity", id(world.entities[site])),
                ("mode", text(mode)),
                ("branch", branch.map_or(Value::Null, id)),
                ("programme", only(rng.random_bool(0.35), id(programme))),
                ("contract_no", text(format!("LJ-{:05}", house + 1))),
                ("agreed", text("按约定年度兑现收益")),
                ("started_on", on(started)),
                ("ended_on", until(ended.filter(|ended| *ended > started))),
            ],
        );
        if started < TODAY - 366 && rng.random_bool(0.92) {
            let paid = TODAY - rng.random_range(20..340);
            world.book.row(
                "linkage_payment",
                paid,
                [
                    ("linkage", id(linkage)),
                    ("paid_on", on(paid)),
                    ("amount", int(YUAN * rng.random_range(300..4_800))),
                    ("voucher_no", text(format!("DX{:06}", house + 1))),
                ],
            );
        }
    }
}

/// A plot or two of every second household that has something left in the hills.
fn land(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    const KINDS: [(u32, &(&str, &str)); 3] =
        [(52, &("farmland", "0103")), (36, &("forest", "0301")), (12, &("reclaimed_homestead", "0103"))];
    const NAMES: [&str; 8] = ["屋后坡", "大湾里", "沙坝田", "老院子", "干沟口", "松树梁", "河边地", "阳坡"];
    const USES: [(u32, &str); 5] =
        [(34, "leased"), (26, "share_held"), (20, "self_farmed"), (10, "custody"), (10, "public")];
    for house in 0..world.houses.len() {
        if rng.random_bool(0.76) {
            continue;
        }
        let &(kind, class) = weighted(rng, &KINDS);
        let area = if kind == "forest" { rng.random_range(300i64..3_200) } else { rng.random_range(60i64..520) };
        let registered = (world.houses[house].moved_on + rng.random_range(10..200)).min(TODAY - 30);
        let asset = world.book.row(
            "land_asset",
            registered,
            [
                ("household", id(world.houses[house].id)),
                ("kind", text(kind)),
                ("name", text(pick(rng, &NAMES))),
                ("land_class", text(class)),
                ("village", text(&world.houses[house].origin)),
                ("area_mu", int(area)),
                ("certificate_no", text(format!("NSQ{:06}", house + 1))),
                ("registered_on", on(registered)),
            ],
        );
        if rng.random_bool(0.07) {
            continue;
        }
        let idle = rng.random_bool(0.06);
        let used_as = if idle { "idle" } else { weighted(rng, &USES) };
        let contract = matches!(used_as, "leased" | "share_held" | "custody");
        let signed = contract && rng.random_bool(0.96);
        let started = registered + rng.random_range(0..25);
        let ends =
            contract.then(|| if rng.random_bool(0.05) { TODAY + rng.random_range(-40..90) } else { started + 365 * 5 });
        world.book.row(
            "land_use",
            started,
            [
                ("land_asset", id(asset)),
                ("used_as", text(used_as)),
                ("area_mu", int(area)),
                ("entity", only(contract, id(world.entities[world.houses[house].site]))),
                (
                    "crop",
                    only(
                        kind == "farmland" && !idle,
                        text(pick(rng, &["fresh_corn", "potato", "medicine", "vegetables"])),
                    ),
                ),
                ("contract_no", only(signed, text(format!("TD-{:05}", house + 1)))),
                ("rent_per_mu", only(used_as == "leased", int(YUAN * rng.random_range(60..420)))),
                ("started_on", on(started)),
                ("ended_on", until(ends.filter(|end| *end > started))),
            ],
        );
    }
}

fn household_industries(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    const LASTING: [(u32, &(&str, &str)); 8] = [
        (20, &("medicine", "medium")),
        (18, &("chestnut", "long")),
        (16, &("fungi", "medium")),
        (14, &("bees", "medium")),
        (12, &("livestock", "medium")),
        (8, &("commerce", "long")),
        (7, &("tourism", "long")),
        (5, &("tea", "long")),
    ];
    for house in with_labour(world) {
        let lasting = rng.random_bool(0.925);
        let &(trade, term) = if lasting { weighted(rng, &LASTING) } else { &("poultry", "short") };
        if !lasting && rng.random_bool(0.4) {
            continue;
        }
        let started = (world.houses[house].moved_on + rng.random_range(-200..400)).min(TODAY - 40);
        let ended = rng.random_bool(0.02).then(|| TODAY + rng.random_range(-50..89));
        let animals = matches!(trade, "bees" | "livestock" | "poultry");
        world.book.row(
            "household_industry",
            started,
            [
                ("household", id(world.houses[house].id)),
                ("trade", text(trade)),
                ("term", text(term)),
                ("area_mu", only(!animals && trade != "commerce", int(rng.random_range(50i64..900)))),
                ("head", only(animals, int(rng.random_range(3i64..40)))),
                ("entity", only(rng.random_bool(0.6), id(world.entities[world.houses[house].site]))),
                ("yearly_income", int(YUAN * rng.random_range(1_200..16_000))),
                ("subsidy", int(YUAN * rng.random_range(0..30) * 100)),
                ("started_on", on(started)),
                ("ended_on", until(ended)),
            ],
        );
    }
}

/// Name, product, capacity, its unit, year and month of commissioning.
type Line = (&'static str, &'static str, i64, &'static str, (i32, u8));

/// Two corn lines new this spring, an older fungi line, and what is in the ground.
fn corn(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    const LINES: [Line; 3] = [
        ("鲜食玉米包装生产线", "fresh_corn", 200_000, "ears_per_day", (2020, 3)),
        ("糯玉米珍生产线", "waxy_corn_kernels", 1_200, "tonnes_per_year", (2020, 3)),
        ("香菇木耳烘干线", "dried_fungi", 60, "tonnes_per_year", (2018, 9)),
    ];
    for (order, (name, product, capacity, unit, (year, month))) in LINES.into_iter().enumerate() {
        let since = day(year, month, 20);
        let village = world.sites[order].village.clone();
        let line = world.book.row(
            "production_line",
            since,
            [
                ("name", text(name)),
                ("product", text(product)),
                ("place", text(village)),
                ("entity", id(world.entities[order])),
                ("capacity", int(capacity)),
                ("capacity_unit", text(unit)),
                ("invested", int(YUAN * 10_000 * rng.random_range(180..900))),
                ("commissioned_on", on(since)),
            ],
        );
        for quarter in 0..if order < 2 { 1 } else { 6 } {
            let from = day(2020, 4, 1) - 91 * quarter;
            let to = if quarter == 0 { day(2020, 4, 30) } else { from + 90 };
            let quantity = if order == 0 { 180_000_000 } else { rng.random_range(800i64..2_400) };
            world.book.row(
                "line_output",
                to + 3,
                [
                    ("production_line", id(line)),
                    ("from_day", on(from)),
                    ("to_day", on(to)),
                    ("quantity", int(quantity)),
                    ("unit", text(if order == 0 { "支" } else { "吨" })),
                    ("sales", int(YUAN * 1_000 * rng.random_range(90..420))),
                ],
            );
        }
    }
    plantings(world, rng);
}

fn plantings(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    let mut left = CORN_MU;
    for site in 0..30 {
        let area = if site == 29 { left } else { (CORN_MU / 30 + rng.random_range(-4_500..4_500)) / 100 * 100 };
        left -= area;
        planting(world, site, ("fresh_corn", area, day(2020, 3, 28) + rng.random_range(0..40)), None, rng);
        if site % 2 == 0 {
            let sown = day(2019, 4, 1) + rng.random_range(0..30);
            planting(
                world,
                site,
                (pick(rng, &["field_corn", "fresh_corn"]), rng.random_range(20..90) * 100, sown),
                Some(sown + 120),
                rng,
            );
        }
        if site % 5 == 1 {
            planting(world, site, ("potato", rng.random_range(20..140) * 100, day(2020, 2, 16)), None, rng);
        }
    }
}

fn planting(
    world: &mut World<'_>,
    site: usize,
    (crop, area, sown): (&str, i64, i32),
    harvested: Option<i32>,
    rng: &mut ChaCha8Rng,
) {
    let village = world.sites[site].village.clone();
    world.book.row(
        "planting",
        sown,
        [
            ("place", text(village)),
            ("crop", text(crop)),
            ("area_mu", int(area)),
            ("entity", id(world.entities[site])),
            ("buyer", only(crop == "fresh_corn" && rng.random_bool(0.9), id(world.entities[0]))),
            ("sown_on", on(sown)),
            ("harvested_on", until(harvested)),
            ("yield_tonnes", only(harvested.is_some(), int(area * 7 / 10))),
        ],
    );
}
