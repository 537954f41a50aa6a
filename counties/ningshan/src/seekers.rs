//! Vacancies, and the register of those who seek work: registered, served, matched.

use std::collections::BTreeSet;

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::base::YUAN;
use crate::book::{id, int, on, only, pick, text, weighted, yes};
use crate::employment::{DESTINATIONS, Factory};
use crate::ids::TODAY;
use crate::work::Work;
use crate::world::World;

/// Vacancies of the past year; gives those still open.
pub fn vacancies(world: &mut World<'_>, factories: &[Factory], rng: &mut ChaCha8Rng) -> Vec<Uuid> {
    let mut open = Vec::new();
    for order in 0..150 {
        let now = order < 62;
        let published = if now { TODAY - rng.random_range(2..70) } else { TODAY - rng.random_range(110..340) };
        let near = &factories[rng.random_range(0..factories.len())];
        let here = rng.random_bool(0.6);
        let employer = if here { near.name.clone() } else { weighted(rng, &DESTINATIONS).1.to_owned() };
        let wage = rng.random_range(18..42) * 100;
        let closes = if now { TODAY + rng.random_range(3..80) } else { published + 60 };
        let phone = world.book.registry.phone();
        let made = world.book.row(
            "vacancy",
            published,
            [
                ("employer", text(employer)),
                ("factory", only(here, id(near.id))),
                ("occupation", text(pick(rng, &["缝纫工", "普工", "装配工", "质检员", "保洁员", "厨工"]))),
                ("openings", int(rng.random_range(2i64..40))),
                ("place", text(if here { "site" } else { "elsewhere" })),
                ("ability", text("ordinary")),
                ("age_to", int(pick(rng, &[45i64, 50, 55]))),
                ("wage_from", int(YUAN * wage)),
                ("wage_to", int(YUAN * (wage + 1_200))),
                ("lodging", yes(!here)),
                ("published_on", on(published)),
                ("closes_on", on(closes)),
                ("contact", text(phone)),
            ],
        );
        if now {
            open.push(made);
        }
    }
    open
}

/// Those able and without work, as far as they are registered; each as a position among the persons.
pub fn seekers(
    world: &mut World<'_>,
    companies: &[Uuid],
    vacancies: &[Uuid],
    home: &BTreeSet<usize>,
    rng: &mut ChaCha8Rng,
) -> Vec<usize> {
    let idle = |ix: &usize| {
        let person = &world.persons[*ix];
        person.able()
            && (16..60).contains(&person.age())
            && !person.student
            && (home.contains(ix) || matches!(person.work, Work::None | Work::Lapsed))
    };
    let idle: Vec<usize> = (0..world.persons.len()).filter(idle).collect();
    let mut wishing = Vec::new();
    for ix in idle {
        if rng.random_bool(0.14) {
            continue;
        }
        let registered = TODAY - rng.random_range(3..260);
        let house = world.persons[ix].house;
        let wants = rng.random_bool(0.36);
        let seeker = world.book.row(
            "job_seeker",
            registered,
            [
                ("person", id(world.persons[ix].id)),
                ("registered_on", on(registered)),
                ("labour_company", id(companies[world.houses[house].site])),
                ("wish", text(pick(rng, &["就近务工", "公益性岗位", "外出务工", "学一门手艺"]))),
                ("place", text(pick(rng, &["site", "site", "town", "county", "elsewhere"]))),
                ("wage_from", int(YUAN * rng.random_range(12..36) * 100)),
                ("wants_training", yes(wants)),
                ("can_leave", yes(rng.random_bool(0.45))),
            ],
        );
        if wants && rng.random_bool(0.86) {
            wishing.push(ix);
        }
        serve(world, ix, seeker, registered, vacancies, rng);
    }
    closed_seekers(world, companies, rng);
    wishing
}

fn serve(world: &mut World<'_>, ix: usize, seeker: Uuid, registered: i32, vacancies: &[Uuid], rng: &mut ChaCha8Rng) {
    let cadre = world.cadres[world.houses[world.persons[ix].house].cadre].id;
    if rng.random_bool(0.88) {
        let served = (TODAY - rng.random_range(0..86)).max(registered);
        world.book.row(
            "employment_service",
            served,
            [
                ("job_seeker", id(seeker)),
                ("kind", text(pick(rng, &["interview", "referral", "referral", "policy"]))),
                ("served_on", on(served)),
                ("cadre", id(cadre)),
            ],
        );
    }
    if rng.random_bool(0.83) {
        let proposed = (TODAY - rng.random_range(0..86)).max(registered);
        let result = weighted(rng, &[(52, "proposed"), (18, "interviewed"), (20, "declined"), (10, "refused")]);
        world.book.row(
            "job_match",
            proposed,
            [
                ("job_seeker", id(seeker)),
                // The last few vacancies are new: nobody has been proposed yet.
                ("vacancy", id(vacancies[rng.random_range(0..vacancies.len() - 7)])),
                ("proposed_on", on(proposed)),
                ("result", text(result)),
                ("decided_on", only(result != "proposed", on((proposed + 6).min(TODAY)))),
            ],
        );
    }
}

/// People who found work through the register, most of them sent with a group.
fn closed_seekers(world: &mut World<'_>, companies: &[Uuid], rng: &mut ChaCha8Rng) {
    let placed: Vec<usize> = (0..world.persons.len())
        .filter(|&ix| world.persons[ix].work.organised() || world.persons[ix].work == Work::Local)
        .step_by(12)
        .collect();
    for ix in placed {
        let registered = TODAY - rng.random_range(120..300);
        let house = world.persons[ix].house;
        world.book.row(
            "job_seeker",
            registered,
            [
                ("person", id(world.persons[ix].id)),
                ("registered_on", on(registered)),
                ("closed_on", on((registered + rng.random_range(15..90)).min(TODAY - 20))),
                ("labour_company", id(companies[world.houses[house].site])),
                ("wish", text("外出务工")),
                ("wants_training", yes(false)),
                ("can_leave", yes(true)),
            ],
        );
    }
}
