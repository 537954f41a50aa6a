//! The same figures and the coverage of every requirement through the engine.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use anju_coverage::{Counts, Plan};
use anju_shard::{Shape, Shard};

use crate::book::{TODAY, county, root};

struct Engine {
    plan: Plan,
    shard: Shard,
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let county = county();
        let shape = Arc::new(Shape::of(&county.pack));
        let shard =
            Shard::load(&shape, "610923", county.rows.iter().cloned()).unwrap_or_else(|error| panic!("{error}"));
        Engine { plan: Plan::compile(&county.pack, &shape), shard }
    })
}

#[test]
fn all_thirty_six_published_figures_come_out() {
    let (county, engine) = (county(), engine());
    let text =
        std::fs::read_to_string(root().join("counties/ningshan/published.toml")).expect("published.toml is there");
    let table: toml::Table = text.parse().expect("published.toml is TOML");
    let facts = table.get("fact").and_then(toml::Value::as_array).expect("facts");
    let mut wrong = Vec::new();
    for fact in facts {
        let id = fact.get("id").and_then(toml::Value::as_str).unwrap_or_default();
        let value = fact.get("value").and_then(toml::Value::as_integer).unwrap_or_default();
        let Some(ix) = county.pack.figure_ixs().find(|ix| county.pack.figure(*ix).fact.as_deref() == Some(id)) else {
            wrong.push(format!("{id}: no figure tells it"));
            continue;
        };
        let told = engine.plan.figure(&engine.shard, ix, TODAY, None, "610923");
        if told.value != i128::from(value) * 10i128.pow(told.scale.into()) {
            wrong.push(format!("{id}: told {} (scale {}), published {value}", told.value, told.scale));
        }
    }
    assert_eq!(facts.len(), 36);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn coverage() -> BTreeMap<&'static str, Counts> {
    let (county, engine) = (county(), engine());
    let outcome = engine.plan.evaluate(&engine.shard, TODAY);
    county
        .pack
        .requirement_ixs()
        .map(|ix| (county.pack.requirement(ix).id.as_str(), outcome.counts(ix, "610923")))
        .collect()
}

#[test]
fn what_the_article_says_is_full_is_full() {
    let coverage = coverage();
    for id in [
        "site_town_lead",
        "site_party_group",
        "site_party_instructor",
        "site_party_covered",
        "group_leader_on_branch",
        "member_affiliated",
        "site_self_governance",
        "site_property_service",
        "site_trinity",
        "site_labour_company",
        "site_park",
        "site_entity",
        "site_grid_head",
        "building_has_head",
        "site_video",
        "site_police_room",
        "site_mediation_room",
        "site_moral_review",
        "household_paired",
        "site_garden",
        "household_plot",
    ] {
        let counts = coverage.get(id).copied().unwrap_or_else(|| panic!("no requirement {id}"));
        assert!(counts.gap == 0 && counts.met > 0, "{id}: {counts:?}");
    }
}

#[test]
fn elsewhere_the_gaps_are_of_a_believable_size() {
    let coverage = coverage();
    for (id, counts) in &coverage {
        println!(
            "{id:32} met {:6} gap {:5} exempt {:4} not applicable {:6}",
            counts.met, counts.gap, counts.exempt, counts.not_applicable
        );
        assert!(counts.met > 0, "{id} is met by nobody");
    }
    for (id, least, most) in [
        ("household_stable_job", 0.20, 0.29),
        ("household_visited", 0.05, 0.09),
        ("household_risk_checked", 0.03, 0.08),
        ("member_takes_part", 0.04, 0.15),
        ("member_holds_post", 0.02, 0.08),
        ("household_lasting_industry", 0.04, 0.12),
        ("site_facilities", 0.15, 0.80),
        ("building_patrolled", 0.02, 0.12),
    ] {
        let counts = coverage.get(id).copied().unwrap_or_else(|| panic!("no requirement {id}"));
        let share = counts.gap as f64 / (counts.gap + counts.met + counts.exempt).max(1) as f64;
        assert!((least..most).contains(&share), "{id}: {share:.3} {counts:?}");
    }
    assert!(coverage.values().map(|counts| counts.exempt).sum::<usize>() > 20);
}

#[test]
fn something_lapses_in_each_of_the_next_months() {
    let (county, engine) = (county(), engine());
    for id in [
        "household_visited",
        "household_stable_job",
        "site_property_service",
        "site_self_governance",
        "member_holds_post",
    ] {
        let ix = county.pack.requirement_by_id(id).unwrap_or_else(|| panic!("no requirement {id}"));
        let lapsing = anju_coverage::lapsing(&engine.plan, &engine.shard, ix, TODAY, &[7, 30, 90]);
        let counts: Vec<usize> = lapsing.iter().map(Vec::len).collect();
        println!("{id}: {counts:?}");
        assert!(counts[2] > 0, "{id}: {counts:?}");
    }
}
