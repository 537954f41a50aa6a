//! Training: bases, courses, sessions and who came. Start-up training this year has exactly 2,000 attendances.

use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::base::YUAN;
use crate::book::{id, int, on, only, pick, text, yes};
use crate::ids::{TODAY, day};
use crate::names;
use crate::world::World;

/// Attendances at start-up training this year (the article's 2,000).
pub const STARTUP_ATTENDANCES: usize = 2_000;
/// Employment training bases.
const BASES: usize = 10;

/// Writes bases, courses, sessions and attendances; `wishing` are seekers who asked for training and got it.
pub fn write(world: &mut World<'_>, wishing: &[usize], rng: &mut ChaCha8Rng) {
    let bases = bases(world, rng);
    let mut able: Vec<usize> = (0..world.persons.len())
        .filter(|&ix| {
            world.persons[ix].able() && !world.persons[ix].work.away() && (18..60).contains(&world.persons[ix].age())
        })
        .collect();
    able.shuffle(rng);
    startup_training(world, &bases, &able, rng);
    skill_training(world, &bases, wishing, rng);
}

fn bases(world: &mut World<'_>, rng: &mut ChaCha8Rng) -> Vec<Uuid> {
    const TRADES: [&str; 10] = [
        "缝纫与玩具制作",
        "家政服务",
        "中式烹饪",
        "电工焊工",
        "食用菌栽培",
        "中蜂养殖",
        "电子商务",
        "养老护理",
        "建筑工匠",
        "民宿服务",
    ];
    let mut made = Vec::with_capacity(BASES);
    for (order, trades) in TRADES.iter().enumerate() {
        let named = day(2019, 3, 1) + rng.random_range(0..200);
        let phone = world.book.registry.phone();
        let head = names::name(rng, true, 1977);
        let place = &world.sites[order];
        let values = [
            ("name", text(format!("{}{trades}就业培训基地", place.stem))),
            ("town", text(place.town())),
            ("run_by", text(if order == 0 { "县职教中心" } else { "社区工厂与合作社" })),
            ("trades", text(trades)),
            ("capacity", int(rng.random_range(40i64..160))),
            ("head", text(head)),
            ("phone", text(phone)),
            ("named_on", on(named)),
        ];
        made.push(world.book.row("training_base", named, values));
    }
    made
}

fn course(
    world: &mut World<'_>,
    (name, kind): (&str, &str),
    (started, ended): (i32, i32),
    rng: &mut ChaCha8Rng,
) -> Uuid {
    world.book.row(
        "training_course",
        started,
        [
            ("name", text(name)),
            ("kind", text(kind)),
            ("run_by", text(pick(rng, &["县职教中心", "县人社局", "县农业技术推广站"]))),
            ("hours", int(pick(rng, &[24i64, 40, 56, 80]))),
            ("budget", int(YUAN * rng.random_range(12..60) * 1_000)),
            ("started_on", on(started)),
            ("ended_on", on(ended)),
        ],
    )
}

fn session(world: &mut World<'_>, course: Uuid, base: Uuid, held: i32, topic: &str, rng: &mut ChaCha8Rng) -> Uuid {
    let male = rng.random_bool(0.6);
    world.book.row(
        "training_session",
        held,
        [
            ("training_course", id(course)),
            ("held_on", on(held)),
            ("training_base", id(base)),
            ("teacher", text(names::name(rng, male, 1980))),
            ("topic", text(topic)),
        ],
    )
}

/// Ten courses of two sessions with a hundred people in each.
fn startup_training(world: &mut World<'_>, bases: &[Uuid], able: &[usize], rng: &mut ChaCha8Rng) {
    let each = STARTUP_ATTENDANCES / BASES / 2;
    for (order, &base) in bases.iter().enumerate() {
        let started = day(2020, 3, 10) + i32::try_from(order).unwrap_or(0) * 5;
        let made =
            course(world, (&format!("2020年第{}期创业培训班", order + 1), "startup"), (started, started + 12), rng);
        for (part, topic) in ["创办你的企业：创意与市场", "创办你的企业：资金与登记"].into_iter().enumerate()
        {
            let held = started + 2 + 6 * i32::try_from(part).unwrap_or(0);
            let session = session(world, made, base, held, topic, rng);
            for &ix in able.iter().cycle().skip(order * each).take(each) {
                attend(world, ix, session, held, false, rng);
            }
        }
    }
}

fn attend(world: &mut World<'_>, ix: usize, session: Uuid, held: i32, certified: bool, rng: &mut ChaCha8Rng) {
    let person = world.persons[ix].id;
    let passed = rng.random_bool(0.93);
    world.book.row(
        "training_attendance",
        held,
        [
            ("person", id(person)),
            ("training_session", id(session)),
            ("attended_on", on(held)),
            ("passed", yes(passed)),
            ("certificate", only(certified && passed, text(format!("PX{:07}", ix + 1)))),
        ],
    );
}

/// Skills for those who asked, over the past year.
fn skill_training(world: &mut World<'_>, bases: &[Uuid], wishing: &[usize], rng: &mut ChaCha8Rng) {
    const COURSES: [(&str, &str); 8] = [
        ("缝纫工技能班", "skill"),
        ("家政服务技能班", "skill"),
        ("食用菌栽培实用技术班", "practical"),
        ("中蜂养殖实用技术班", "practical"),
        ("焊工技能班", "skill"),
        ("社区工厂岗前培训", "induction"),
        ("社区工厂以工代训", "on_job"),
        ("就业指导公开课", "guidance"),
    ];
    for (order, (name, kind)) in COURSES.into_iter().enumerate() {
        let started = TODAY - rng.random_range(30..330);
        let made = course(world, (name, kind), (started, started + 20), rng);
        let held = started + 10;
        let session = session(world, made, bases[order % bases.len()], held, name, rng);
        for &ix in wishing.iter().skip(order).step_by(COURSES.len()) {
            attend(world, ix, session, held, kind == "skill", rng);
        }
    }
}
