//! What a community does together: surveys, the scorecard, moral review, culture, reports of residents and good deeds.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::book::{id, int, on, only, pick, text, until, weighted, yes};
use crate::governance::Grid;
use crate::ids::{TODAY, day};
use crate::world::World;

/// Everything of one site.
pub fn write(world: &mut World<'_>, site: usize, grid: &Grid, rng: &mut ChaCha8Rng) {
    surveys(world, site, rng);
    moral_reviews(world, site, rng);
    activities(world, site, rng);
    reports(world, site, grid, rng);
}

fn surveys(world: &mut World<'_>, site: usize, rng: &mut ChaCha8Rng) {
    let place = world.sites[site].id;
    let size = world.sites[site].households as i64;
    let missed = site % 14 == 9;
    for quarter in i32::from(missed)..4 {
        let held = day(2020, 3, 10) - quarter * 91 + rng.random_range(0..14);
        let sent = (size / 3).clamp(14, 160);
        let responses = sent * rng.random_range(78..97) / 100;
        let mood = 96 - i64::from(quarter) * 2;
        world.book.row(
            "survey",
            held,
            [
                ("site", id(place)),
                ("held_on", on(held)),
                ("way", text(pick(rng, &["paper", "online", "phone"]))),
                ("sent", int(sent)),
                ("responses", int(responses)),
                ("feeling_safe", int(responses * rng.random_range(mood - 3..=mood) / 100)),
                ("satisfied", int(responses * rng.random_range(mood - 6..=mood - 1) / 100)),
            ],
        );
    }
    if site % 10 != 3 {
        let held = day(2020, 4, 8) + rng.random_range(0..30);
        world.book.row(
            "scorecard_review",
            held,
            [
                ("site", id(place)),
                ("held_on", on(held)),
                ("chaired", text(world.leads[site].name.clone())),
                ("weak", text("活动参与面不够广")),
                ("agreed", text("下季度每月至少组织一次邻里活动")),
            ],
        );
    }
}

/// Eight indicators of the local evaluation (四有两降两提升), each computed from a ledger.
pub fn scorecard(world: &mut World<'_>) {
    for (theme, name, from, direction, weight) in [
        ("has", "有组织：党小组或指导员到位", "site_party_body", "up", 15),
        ("has", "有网格：楼（院）长到位", "building_has_head", "up", 15),
        ("has", "有阵地：警务室和调解室", "site_police_room", "up", 10),
        ("has", "有活动：戏、电影、科普", "site_culture", "up", 10),
        ("fall", "矛盾纠纷下降", "mediations_this_year", "down", 12),
        ("fall", "安全事件下降", "incidents_this_year", "down", 13),
        ("rise", "安全感提升", "survey_feeling_safe", "up", 12),
        ("rise", "满意度提升", "survey_satisfied", "up", 13),
    ] {
        world.book.row(
            "scorecard_indicator",
            day(2020, 1, 1),
            [
                ("theme", text(theme)),
                ("name", text(name)),
                ("computed_from", text(from)),
                ("direction", text(direction)),
                ("weight", int(weight)),
                ("in_force_from", on(day(2020, 1, 1))),
            ],
        );
    }
}

/// One session a quarter at every site, this quarter's included.
fn moral_reviews(world: &mut World<'_>, site: usize, rng: &mut ChaCha8Rng) {
    for quarter in 0..4 {
        let held = match quarter {
            0 => day(2020, 4, 1) + rng.random_range(0..16),
            _ => day(2020, 3, 20) - (quarter - 1) * 91 - rng.random_range(0..50),
        };
        let review = world.book.row(
            "moral_review",
            held,
            [
                ("site", id(world.sites[site].id)),
                ("held_on", on(held)),
                ("chaired", text(world.staff[site].name.clone())),
                ("panel", int(rng.random_range(7i64..13))),
                ("attendance", int(rng.random_range(25i64..90))),
                ("topics", text("孝老爱亲、环境卫生、勤劳致富、移风易俗")),
                ("agreed", text("表彰先进典型，张榜公布")),
            ],
        );
        let houses = world.houses_of(site);
        for _ in 0..rng.random_range(1..3) {
            let person = world.head(houses[rng.random_range(0..houses.len())]).id;
            note(world, review, person, held, rng.random_bool(0.92), site, rng);
        }
    }
}

fn note(
    world: &mut World<'_>,
    review: Uuid,
    person: Uuid,
    held: i32,
    commended: bool,
    site: usize,
    rng: &mut ChaCha8Rng,
) {
    let appealed = !commended && site.is_multiple_of(3) && held < TODAY - 40;
    world.book.row(
        "moral_note",
        held,
        [
            ("moral_review", id(review)),
            ("person", id(person)),
            ("kind", text(if commended { "commended" } else { "counselled" })),
            (
                "what",
                text(if commended {
                    "照顾邻居独居老人，热心公益"
                } else {
                    "占用公共区域种菜堆物，经劝导愿意整改"
                }),
            ),
            ("heard_on", only(!commended, on(held))),
            ("told_on", only(!commended, on(held))),
            ("noted_on", on(held)),
            ("expires_on", on(held + if commended { 365 } else { 180 })),
            ("helper", only(!commended, id(world.staff[site].id))),
            ("consent_to_show", yes(commended && rng.random_bool(0.9))),
            ("appealed_on", only(appealed, on(held + 6))),
            ("appeal_decided_on", only(appealed, on(held + 18))),
            ("appeal_outcome", only(appealed, text(pick(rng, &["upheld", "amended"])))),
        ],
    );
}

fn activities(world: &mut World<'_>, site: usize, rng: &mut ChaCha8Rng) {
    let mut held = |kind: &str, name: &str, on_day: i32, rng: &mut ChaCha8Rng| {
        let past = on_day <= TODAY;
        let cancelled = past && rng.random_bool(0.03);
        let place = world.sites[site].id;
        world.book.row(
            "activity",
            on_day.min(TODAY - 12),
            [
                ("site", id(place)),
                ("kind", text(kind)),
                ("name", text(name)),
                ("held_on", on(on_day)),
                ("at", int(pick(rng, &[570i64, 900, 1_170]))),
                ("place", text("社区文化广场")),
                ("organiser", text("县文旅广电局、社区居委会")),
                ("cancelled", yes(cancelled)),
                ("attendance", only(past && !cancelled, int(rng.random_range(30i64..240)))),
            ],
        );
    };
    if site % 12 != 4 {
        held("opera", "送戏进社区：花鼓戏专场", TODAY - rng.random_range(130..330), rng);
    }
    for quarter in i32::from(site % 8 == 6)..3 {
        held("film", "公益电影放映", TODAY - 6 - quarter * 91 - rng.random_range(0..70), rng);
    }
    if site % 9 != 8 {
        held("science", "科普大篷车：食品安全与防灾避险", TODAY - rng.random_range(8..175), rng);
    }
    held("health", "健康讲座与义诊", TODAY - rng.random_range(10..300), rng);
    held("law", "法治宣传进社区", TODAY - rng.random_range(10..300), rng);
    held("festival", "春节联欢与民俗表演", day(2020, 1, 12) + rng.random_range(0..8), rng);
    if site.is_multiple_of(2) {
        held("film", "公益电影放映", TODAY + rng.random_range(2..30), rng);
    }
}

fn reports(world: &mut World<'_>, site: usize, grid: &Grid, rng: &mut ChaCha8Rng) {
    const SUBJECTS: [(u32, &(&str, &str)); 7] = [
        (26, &("repair", "楼道灯不亮")),
        (20, &("service", "咨询养老保险补缴")),
        (16, &("difficulty", "老人生病无人照料")),
        (14, &("suggestion", "建议增加晾晒场地")),
        (12, &("safety", "孩子在坡道玩耍危险")),
        (8, &("conduct", "深夜噪声影响休息")),
        (4, &("other", "快递代收点太远")),
    ];
    let houses = world.houses_of(site);
    for _ in 0..(houses.len() / 22).max(3) {
        let house = &world.houses[houses[rng.random_range(0..houses.len())]];
        let &(kind, subject) = weighted(rng, &SUBJECTS);
        let reported = TODAY - rng.random_range(0..240);
        let open = reported > TODAY - 20 && rng.random_bool(if reported > TODAY - 8 { 0.6 } else { 0.15 });
        let answered = (!open).then(|| (reported + rng.random_range(0..7)).min(TODAY));
        let closed = answered.map(|answered| (answered + rng.random_range(1..6)).min(TODAY));
        let (household, building) = (house.id, house.building);
        world.book.row(
            "resident_report",
            reported,
            [
                ("site", id(world.sites[site].id)),
                ("household", id(household)),
                ("kind", text(kind)),
                ("channel", text(pick(rng, &["portal", "counter", "phone", "member", "member", "box"]))),
                ("subject", text(subject)),
                ("reported_on", on(reported)),
                ("due_on", on(reported + 7)),
                ("assigned_to", id(grid.buildings[building])),
                ("state", text(if open { "assigned" } else { "closed" })),
                ("answered_on", until(answered)),
                ("answer", only(answered.is_some(), text("已办理并当面答复。"))),
                (
                    "rating",
                    only(
                        !open,
                        text(weighted(rng, &[(80, "satisfied"), (14, "fair"), (2, "unsatisfied"), (4, "not_reached")])),
                    ),
                ),
                ("closed_on", until(closed)),
            ],
        );
    }
    good_deeds(world, site, &houses, rng);
}

fn good_deeds(world: &mut World<'_>, site: usize, houses: &[usize], rng: &mut ChaCha8Rng) {
    for _ in 0..rng.random_range(2..5) {
        let person = world.head(houses[rng.random_range(0..houses.len())]).id;
        let told = TODAY - rng.random_range(3..330);
        let consent = rng.random_bool(0.9);
        world.book.row(
            "good_deed",
            told,
            [
                ("site", id(world.sites[site].id)),
                (
                    "headline",
                    text(pick(
                        rng,
                        &["雨夜帮邻居抢收玉米", "拾金不昧归还钱包", "义务清扫积雪", "垫付医药费送老人就医"],
                    )),
                ),
                ("story", text("群众推荐、社区核实，邻里点赞。")),
                ("person", only(consent, id(person))),
                ("consent", yes(consent)),
                ("told_on", on(told)),
            ],
        );
    }
}
