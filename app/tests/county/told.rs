//! What the county tells: its published figures, its numbers, its lists, its places.

use std::collections::{BTreeMap, HashSet};

use anju_app::{Actor, Scope, Show};
use anju_coverage::Counts;
use anju_pack::{AreaLevel, LedgerIx, RequirementIx};

use crate::prepared::{COUNTY, TODAY};

/// Figures that the county published rounded to thousands.
const ROUNDED: &[&str] = &["person.count"];

pub fn county() -> Scope {
    Scope { area: COUNTY.into(), on: TODAY }
}

pub fn counts(app: &Actor, ix: RequirementIx, area: &str) -> Counts {
    app.counts(ix, &Scope { area: area.to_owned(), on: TODAY })
}

fn published() -> BTreeMap<String, i64> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../counties/ningshan/published.toml");
    let table: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let facts = table["fact"].as_array().unwrap().iter();
    facts.map(|fact| (fact["id"].as_str().unwrap().to_owned(), fact["value"].as_integer().unwrap())).collect()
}

pub fn every_published_figure_is_reproduced(app: &Actor) {
    let published = published();
    assert_eq!(published.len(), 36);
    let told = app.facts(&county(), None);
    assert_eq!((told.area.as_str(), told.to.as_str()), (COUNTY, "2020-05-16"));
    let mut told: BTreeMap<_, _> = told.facts.into_iter().map(|fact| (fact.id, fact.value.as_i64())).collect();
    for rounded in ROUNDED {
        let value = told.get_mut(*rounded).unwrap().as_mut().unwrap();
        *value = (*value + 500) / 1000 * 1000;
    }
    let published: BTreeMap<_, _> = published.into_iter().map(|(id, value)| (id, Some(value))).collect();
    assert_eq!(told, published);
}

pub fn both_tell_the_same(one: &Actor, other: &Actor) {
    let json =
        |app: &Actor, scope: &Scope| serde_json::to_value((app.coverage(scope), app.facts(scope, None))).unwrap();
    let mut scopes = vec![county()];
    scopes.extend([7, 90, 365].map(|ago| Scope { on: TODAY - ago, ..county() }));
    scopes.extend(one.areas().children(COUNTY).iter().map(|town| Scope { area: town.code.clone(), on: TODAY }));
    for scope in scopes {
        assert_eq!(json(one, &scope), json(other, &scope), "{scope:?}");
    }
    for ix in one.pack().requirement_ixs() {
        assert_eq!(one.gaps(ix, &county()), other.gaps(ix, &county()), "{}", one.pack().requirement(ix).id);
    }
}

pub fn a_list_is_as_long_as_its_number(app: &Actor) {
    let areas = app.areas();
    let town = &areas.children(COUNTY)[0].code;
    let site = app.sites(COUNTY).swap_remove(0);
    for area in [COUNTY, town, &site] {
        let scope = Scope { area: area.to_owned(), on: TODAY };
        for ix in app.pack().requirement_ixs() {
            let (counts, id) = (counts(app, ix, area), &app.pack().requirement(ix).id);
            let gaps = app.gaps(ix, &scope);
            assert_eq!(gaps.len(), counts.gap, "{id} in {area}");
            let subjects: HashSet<_> = gaps.iter().map(|gap| gap.subject).collect();
            assert_eq!(subjects.len(), gaps.len(), "{id} in {area}");
            let from =
                app.pack().county.as_ref().and_then(|county| county.gaps_from).expect("the county's file says it");
            let known = |since: i32| (from..=TODAY).contains(&since);
            assert!(gaps.iter().all(|gap| gap.area.starts_with(area) && gap.since.is_none_or(known)), "{id} in {area}");
            let as_long = [
                (Show::Gap, counts.gap),
                (Show::Met, counts.met),
                (Show::Exempt, counts.exempt),
                (Show::NotApplicable, counts.not_applicable),
            ];
            for (show, count) in as_long {
                assert_eq!(app.list(ix, &scope, show).len(), count, "{id} in {area}: {show:?}");
                assert_eq!(app.count(ix, &scope, show), count as u64, "{id} in {area}: {show:?}");
            }
            for show in [Show::Overdue, Show::New, Show::Lapsing] {
                assert_eq!(
                    app.list(ix, &scope, show).len() as u64,
                    app.count(ix, &scope, show),
                    "{id} in {area}: {show:?}"
                );
            }
        }
    }
}

/// Whether the ledger's records lie in a place: by an area of their own or of what they belong to.
fn level(app: &Actor, mut ledger: LedgerIx) -> Option<AreaLevel> {
    loop {
        let entry = app.pack().ledger(ledger);
        if let Some(field) = entry.area {
            let anju_pack::Kind::Area { level } = entry.field(field).kind else { return None };
            return Some(level);
        }
        ledger = entry.of.as_ref()?.ledger;
    }
}

fn sum<'a>(app: &Actor, ix: RequirementIx, places: impl Iterator<Item = &'a str>) -> Counts {
    places.fold(Counts::default(), |mut all, place| {
        all += counts(app, ix, place);
        all
    })
}

pub fn places_sum_to_what_they_lie_in(app: &Actor) {
    let areas = app.areas();
    let towns: Vec<_> = areas.within(COUNTY, AreaLevel::Town).collect();
    assert!(towns.len() > 5);
    for ix in app.pack().requirement_ixs() {
        let requirement = app.pack().requirement(ix);
        let whole = counts(app, ix, COUNTY);
        let of_towns = sum(app, ix, towns.iter().map(|town| town.code.as_str()));
        let Some(level) = level(app, requirement.each) else {
            assert_eq!(of_towns, Counts::default(), "{} lies in no place", requirement.id);
            continue;
        };
        assert_eq!(of_towns, whole, "{}: towns", requirement.id);
        for finer in
            [AreaLevel::Village, AreaLevel::Site, AreaLevel::Building].into_iter().filter(|finer| *finer <= level)
        {
            let places = areas.within(COUNTY, finer).map(|place| place.code.as_str());
            assert_eq!(sum(app, ix, places), whole, "{}: {finer:?}", requirement.id);
        }
    }
}

pub fn what_lapses_is_met_today_and_a_gap_later(app: &Actor) {
    let mut some = 0;
    for ix in app.pack().requirement_ixs() {
        let subjects = |on: i32, show| -> HashSet<_> {
            app.list(ix, &Scope { on, ..county() }, show).into_iter().map(|listed| listed.id).collect()
        };
        let met = subjects(TODAY, Show::Met);
        let told = app.lapsing_of(ix, &county());
        for (ahead, told) in anju_app::AHEAD.into_iter().zip(told) {
            let later = subjects(TODAY + ahead, Show::Gap);
            assert_eq!(met.intersection(&later).count(), told, "{} in {ahead} days", app.pack().requirement(ix).id);
            some += told;
        }
    }
    assert!(some > 0, "a county where nothing lapses proves nothing");
}
