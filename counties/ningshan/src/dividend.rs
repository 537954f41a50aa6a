//! Share schemes and their dividends, exact to the fen: floor for every share, the rest in proportion, the sum as declared.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::base::YUAN;
use crate::book::{id, int, on, only, text, until};
use crate::ids::{TODAY, day};
use crate::world::World;

/// A holding: its record and its shares in hundredths.
struct Holding {
    id: Uuid,
    shares: i64,
}

/// Splits fen over holdings in proportion to their shares; the parts sum to the whole (largest remainders, the first wins a tie).
pub fn split(fen: i64, shares: &[i64]) -> Vec<i64> {
    let total: i64 = shares.iter().sum();
    if total <= 0 {
        return vec![0; shares.len()];
    }
    let mut parts: Vec<i64> = shares.iter().map(|share| fen * share / total).collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|&ix| std::cmp::Reverse(fen * shares[ix] % total));
    let missing = usize::try_from(fen - parts.iter().sum::<i64>()).unwrap_or(0);
    for &ix in order.iter().take(missing) {
        parts[ix] += 1;
    }
    parts
}

/// Twelve schemes at the larger sites.
pub fn schemes(world: &mut World<'_>, programme: Uuid, rng: &mut ChaCha8Rng) {
    for site in 0..12 {
        let started = day(2018, 3, 1) + rng.random_range(0..240);
        let holders: Vec<usize> = world.houses_of(site).into_iter().filter(|_| rng.random_bool(0.34)).collect();
        let shares: Vec<i64> = holders.iter().map(|_| rng.random_range(2..50) * 25).collect();
        let floor = YUAN * rng.random_range(30..80);
        let place = world.sites[site].village.clone();
        let name = format!("{}土地山林股份合作项目", world.sites[site].stem);
        let scheme = world.book.row(
            "share_scheme",
            started,
            [
                ("name", text(name)),
                ("entity", id(world.entities[site])),
                ("place", text(place)),
                ("programme", only(site % 2 == 0, id(programme))),
                ("total_shares", int(shares.iter().sum::<i64>())),
                ("floor_per_share", int(floor)),
                ("resolution_no", text(format!("成决〔2018〕{}号", site + 1))),
                ("started_on", on(started)),
            ],
        );
        assets(world, scheme, started, rng);
        let mut holdings = Vec::with_capacity(holders.len());
        for (house, shares) in holders.into_iter().zip(shares) {
            let since = started.max(world.houses[house].moved_on) + 10;
            let holding = world.book.row(
                "shareholding",
                since,
                [
                    ("household", id(world.houses[house].id)),
                    ("scheme", id(scheme)),
                    ("shares", int(shares)),
                    ("certificate_no", text(format!("GQ{:02}-{:05}", site + 1, house + 1))),
                    ("started_on", on(since)),
                ],
            );
            if since < day(2019, 4, 1) {
                holdings.push(Holding { id: holding, shares });
            }
        }
        run(world, scheme, floor, &holdings, site, rng);
    }
}

fn assets(world: &mut World<'_>, scheme: Uuid, started: i32, rng: &mut ChaCha8Rng) {
    for (kind, name, mu) in
        [("land", "整组流转耕地", 180), ("forest", "山林经营权", 1_400), ("fund", "财政扶持产业资金", 0)]
    {
        world.book.row(
            "share_asset",
            started - 20,
            [
                ("share_scheme", id(scheme)),
                ("kind", text(kind)),
                ("name", text(name)),
                ("area_mu", only(mu > 0, int(mu * rng.random_range(60i64..140)))),
                ("appraised_value", int(YUAN * 1_000 * rng.random_range(120..900))),
                ("appraised_on", on(started - 20)),
                ("appraiser", text("县农村产权评估组")),
            ],
        );
    }
}

/// The run of 2019: posted, but for one scheme where it still waits for approval.
fn run(world: &mut World<'_>, scheme: Uuid, floor: i64, holdings: &[Holding], site: usize, rng: &mut ChaCha8Rng) {
    let settled = day(2019, 12, 10) + rng.random_range(0..20);
    let shares: Vec<i64> = holdings.iter().map(|holding| holding.shares).collect();
    let floors: Vec<i64> = shares.iter().map(|share| floor * share / 100).collect();
    let pool = YUAN * rng.random_range(2_000..26_000) + rng.random_range(0..100);
    let bonuses = split(pool, &shares);
    let posted = site != 8;
    let declared = floors.iter().sum::<i64>() + bonuses.iter().sum::<i64>();
    let run = world.book.row(
        "dividend_run",
        settled,
        [
            ("share_scheme", id(scheme)),
            ("year", int(2019)),
            ("settled_on", on(settled)),
            ("declared_total", int(declared)),
            ("floor_per_share", int(floor)),
            ("state", text(if posted { "posted" } else { "publicised" })),
            ("posted_on", until(posted.then_some(settled + 18))),
        ],
    );
    if !posted {
        return;
    }
    for (order, holding) in holdings.iter().enumerate() {
        let paid = rng.random_bool(0.97).then(|| (settled + 18 + rng.random_range(1..30)).min(TODAY));
        world.book.row(
            "dividend_entry",
            settled + 18,
            [
                ("shareholding", id(holding.id)),
                ("run", id(run)),
                ("shares", int(holding.shares)),
                ("floor_amount", int(floors[order])),
                ("bonus", int(bonuses[order])),
                ("amount", int(floors[order] + bonuses[order])),
                ("entered_on", on(settled + 18)),
                ("paid_on", until(paid)),
            ],
        );
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_parts_sum_to_the_whole() {
        assert_eq!(split(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(split(0, &[5, 5]), [0, 0]);
        assert_eq!(split(7, &[]), Vec::<i64>::new());
        assert_eq!(split(1_000_003, &[125, 75, 300]).iter().sum::<i64>(), 1_000_003);
    }
}
