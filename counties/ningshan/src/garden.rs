//! The peace-of-mind gardens (安心菜园): 40 mu reclaimed, 175 mu transferred, plots for 1,075 households with elders and others.

use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::base::YUAN;
use crate::book::{id, int, on, only, text, yes};
use crate::dividend::split;
use crate::ids::{TODAY, day};
use crate::people::Stay;
use crate::world::World;

/// Reclaimed garden land in hundredths of a mu (the article's 40 mu).
const RECLAIMED: i64 = 4_000;
/// Transferred garden land in hundredths of a mu (the article's 175 mu).
const TRANSFERRED: i64 = 17_500;
/// Households with an elder that hold a plot (the article's 1,075).
pub const ELDER_HOUSEHOLDS: usize = 1_075;
/// Other households that hold a plot.
const OTHERS: usize = 520;

/// A plot that nobody holds yet.
struct Plot {
    id: Uuid,
    site: usize,
}

/// Writes gardens, plots, requests and allotments.
pub fn write(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    let mut elders = households(world, true, ELDER_HOUSEHOLDS, rng);
    let others = households(world, false, OTHERS, rng);
    let elder_count = elders.len();
    elders.extend(others);
    let wanted = |site: usize| elders.iter().filter(|&&ix| world.houses[ix].site == site).count();
    let demand: Vec<usize> = (0..world.sites.len()).map(wanted).collect();
    let mut plots = gardens(world, &demand, rng);
    for (order, ix) in elders.into_iter().enumerate() {
        let site = world.houses[ix].site;
        let Some(at) = plots.iter().position(|plot| plot.site == site) else { continue };
        let plot = plots.swap_remove(at).id;
        allot(world, ix, plot, order < elder_count, rng);
    }
}

/// That many resident households with (or without) somebody of sixty, some at every site.
fn households(world: &World<'_>, elder: bool, count: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let fits = |ix: &usize| {
        let house = &world.houses[*ix];
        house.stay == Stay::Resident && house.members.clone().any(|person| world.persons[person].age() >= 60) == elder
    };
    let mut all: Vec<usize> = (0..world.houses.len()).filter(fits).collect();
    all.shuffle(rng);
    all.truncate(count);
    all.sort_unstable();
    all
}

/// Transferred land at every site that has no reclaimed land and at the large ones; plots enough for all who asked.
fn gardens(world: &mut World<'_>, demand: &[usize], rng: &mut ChaCha8Rng) -> Vec<Plot> {
    let reclaimed: Vec<usize> = (0..world.sites.len()).filter(|site| site % 3 == 1).collect();
    let transferred: Vec<usize> = (0..world.sites.len()).filter(|site| site % 3 != 1 || *site < 16).collect();
    let mut plots = Vec::new();
    for (source, sites, total) in
        [("reclaimed", reclaimed.clone(), RECLAIMED), ("transferred", transferred, TRANSFERRED)]
    {
        let weights: Vec<i64> = sites.iter().map(|&site| world.sites[site].households as i64).collect();
        for (&site, area) in sites.iter().zip(split(total, &weights)) {
            let both = reclaimed.contains(&site) && site < 16;
            let share = demand[site].div_ceil(if both { 2 } else { 1 }) + 2;
            garden(world, site, source, area, share, &mut plots, rng);
        }
    }
    plots
}

fn garden(
    world: &mut World<'_>,
    site: usize,
    source: &str,
    area: i64,
    count: usize,
    plots: &mut Vec<Plot>,
    rng: &mut ChaCha8Rng,
) {
    let opened = (world.sites[site].built_on + 100).max(day(2019, 3, 1)) + rng.random_range(0..60);
    let place = world.sites[site].id;
    let transferred = source == "transferred";
    let label = format!("{}安心菜园{}", world.sites[site].stem, if transferred { "（流转）" } else { "（盘活）" });
    let garden = world.book.row(
        "garden",
        opened,
        [
            ("site", id(place)),
            ("name", text(label)),
            ("source", text(source)),
            ("area_mu", int(area)),
            ("lessor", only(transferred, text(&world.sites[site].village_name))),
            ("contract_no", only(transferred, text(format!("CY-{:03}", site + 1)))),
            ("rent_per_mu", only(transferred, int(YUAN * rng.random_range(200..600)))),
            ("watered", yes(rng.random_bool(0.8))),
            ("distance_m", int(rng.random_range(80i64..900))),
            ("opened_on", on(opened)),
        ],
    );
    // Plots are in thousandths of a mu; paths and water take a tenth.
    let each = (area * 9 / i64::try_from(count).unwrap_or(1)).min(120);
    for number in 1..=count {
        let plot = world.book.row(
            "garden_plot",
            opened,
            [("garden", id(garden)), ("number", text(format!("{number:03}"))), ("area_mu", int(each))],
        );
        if number % 25 == 3 {
            former(world, site, plot, opened, rng);
        }
        plots.push(Plot { id: plot, site });
    }
}

/// Somebody who held the plot before and handed it back.
fn former(world: &mut World<'_>, site: usize, plot: Uuid, opened: i32, rng: &mut ChaCha8Rng) {
    let houses = world.houses_of(site);
    let household = world.houses[houses[rng.random_range(0..houses.len())]].id;
    world.book.row(
        "garden_allotment",
        opened + 5,
        [
            ("household", id(household)),
            ("plot", id(plot)),
            ("started_on", on(opened + 5)),
            ("ended_on", on((opened + rng.random_range(60..120)).min(TODAY - 60))),
            ("for_elder", yes(false)),
        ],
    );
}

fn allot(world: &mut World<'_>, ix: usize, plot: Uuid, elder: bool, rng: &mut ChaCha8Rng) {
    let household = world.houses[ix].id;
    let asked = (world.houses[ix].moved_on + 30).max(day(2019, 3, 5)) + rng.random_range(0..60);
    world.book.row(
        "garden_request",
        asked,
        [
            ("household", id(household)),
            ("asked_on", on(asked)),
            ("wish", text(if elder { "离家近，方便老人" } else { "种点时令蔬菜" })),
        ],
    );
    let started = (asked + rng.random_range(130..160)).min(TODAY - 10);
    world.book.row(
        "garden_allotment",
        started,
        [("household", id(household)), ("plot", id(plot)), ("started_on", on(started)), ("for_elder", yes(elder))],
    );
}
