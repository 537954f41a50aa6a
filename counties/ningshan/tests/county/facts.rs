//! Every published figure, counted again by plain loops over the records.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::book::{NEW_YEAR, QUARTER, Row, TODAY, county, root};

fn published() -> BTreeMap<String, i64> {
    let text =
        std::fs::read_to_string(root().join("counties/ningshan/published.toml")).expect("published.toml is there");
    let table: toml::Table = text.parse().expect("published.toml is TOML");
    let fact = |fact: &toml::Value| {
        let id = fact.get("id")?.as_str()?.to_owned();
        Some((id, fact.get("value")?.as_integer()?))
    };
    table.get("fact").and_then(toml::Value::as_array).expect("facts").iter().filter_map(fact).collect()
}

fn count(ledger: &str, keep: impl Fn(&Row<'_>) -> bool) -> i64 {
    county().all(ledger).iter().filter(|row| keep(row)).count() as i64
}

fn sum(ledger: &str, field: &str, keep: impl Fn(&Row<'_>) -> bool) -> i64 {
    county().all(ledger).iter().filter(|row| keep(row)).map(|row| row.int(field)).sum()
}

fn distinct(ledger: &str, field: &str, keep: impl Fn(&Row<'_>) -> bool) -> BTreeSet<Uuid> {
    county().all(ledger).iter().filter(|row| keep(row)).filter_map(|row| row.id(field)).collect()
}

fn check(facts: &[(&str, i64)]) {
    let published = published();
    let wrong: Vec<String> = facts
        .iter()
        .filter(|(id, told)| published.get(*id) != Some(told))
        .map(|(id, told)| format!("{id}: told {told}, published {:?}", published.get(*id)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_opening_tells_what_was_published() {
    let profile = |field| sum("county_profile", field, |row| row.holds("valid_from", "valid_to"));
    let site = |row: &Row<'_>| row.holds("opened_on", "closed_on");
    let kind = |kind: &'static str| count("site", |row| site(row) && row.text("kind") == kind);
    check(&[
        ("county.area-km2", profile("area_km2")),
        ("county.population", profile("population")),
        ("county.poor-share-percent", profile("poor_share_percent")),
        ("site.count", count("site", site)),
        ("site.cross-town", kind("cross_town")),
        ("site.cross-village", kind("cross_village")),
        ("site.in-village", kind("in_village")),
        ("household.count", count("household", |row| row.holds("moved_in_on", "ended_on"))),
        ("person.count", count("person", |row| row.holds("joined_on", "left_on"))),
    ]);
}

#[test]
fn sites_come_from_where_their_kind_says() {
    for site in county().all("site") {
        let (from, to) = (site.text("origin_village"), site.text("destination_village"));
        let fits = match site.text("kind") {
            "cross_town" => from[..9] != to[..9],
            "cross_village" => from[..9] == to[..9] && from != to,
            _ => from == to,
        };
        assert!(fits, "{}", site.text("name"));
    }
}

#[test]
fn party_building_tells_what_was_published() {
    let here = |row: &Row<'_>| matches!(row.text("political_status"), "01" | "02") && row.holds("joined_on", "left_on");
    let mut members: BTreeMap<Uuid, usize> = BTreeMap::new();
    for person in county().all("person").iter().filter(|row| here(row)) {
        let household = person.follow("household").expect("a household");
        let site = household.follow("building").and_then(|building| building.id("site")).expect("a site");
        *members.entry(site).or_default() += usize::from(household.text("status") == "resident");
    }
    let groups = distinct("party_group", "site", |row| row.holds("founded_on", "dissolved_on"));
    let many: BTreeSet<Uuid> = members.iter().filter(|(_, count)| **count >= 3).map(|(site, _)| *site).collect();
    assert_eq!(groups, many, "a group wherever there are three members, and nowhere else");
    let instructed = distinct("party_instructor", "site", |row| row.holds("started_on", "ended_on"));
    assert!(groups.is_disjoint(&instructed));
    check(&[
        (
            "party.town-lead.sites",
            distinct("town_lead", "site", |row| row.holds("started_on", "ended_on")).len() as i64,
        ),
        ("party.group.sites", groups.len() as i64),
        (
            "party.instructor.count",
            distinct("party_instructor", "cadre", |row| row.holds("started_on", "ended_on")).len() as i64,
        ),
    ]);
}

#[test]
fn factories_training_and_loans_tell_what_was_published() {
    let trade =
        |trade: &'static str| count("factory", |row| row.holds("opened_on", "closed_on") && row.text("trade") == trade);
    let startup = |row: &Row<'_>| {
        let course = row.follow("training_session").and_then(|session| session.follow("training_course"));
        course.is_some_and(|course| course.text("kind") == "startup")
            && row.date("attended_on").is_some_and(|day| day >= NEW_YEAR)
    };
    let this_year =
        |field: &'static str| move |row: &Row<'_>| row.date(field).is_some_and(|day| (NEW_YEAR..=TODAY).contains(&day));
    check(&[
        ("factory.count", count("factory", |row| row.holds("opened_on", "closed_on"))),
        ("factory.plush-toy", trade("plush_toy")),
        ("factory.garment", trade("garment")),
        ("factory.shoe", trade("shoe")),
        ("startup.training-attendance", count("training_attendance", startup)),
        ("startup.loan-yuan", sum("loan_payout", "amount", this_year("paid_on")) / 100),
        ("startup.supported", distinct("startup_support", "person", this_year("granted_on")).len() as i64),
        ("training-base.count", count("training_base", |row| row.holds("named_on", "ended_on"))),
    ]);
}

/// Whole months from one day to another, counted on the calendar.
fn months(from: i32, to: i32) -> i32 {
    let ((y1, m1, d1), (y2, m2, d2)) = (anju_ningshan::ids::calendar(from), anju_ningshan::ids::calendar(to));
    (y2 - y1) * 12 + i32::from(m2) - i32::from(m1) - i32::from(d2 < d1)
}

#[test]
fn work_tells_what_was_published() {
    let sent = |row: &Row<'_>| {
        row.yes("organised")
            && row.date("departed_on").is_some_and(|day| day <= TODAY)
            && row.date("returned_on").is_none_or(|day| day >= NEW_YEAR)
    };
    let able: BTreeSet<Uuid> = county()
        .all("person")
        .iter()
        .filter(|row| row.holds("joined_on", "left_on") && matches!(row.text("work_ability"), "skilled" | "ordinary"))
        .filter_map(|row| row.id("household"))
        .collect();
    let stable = |row: &Row<'_>| {
        let (from, to) = (row.date("started_on").unwrap_or(TODAY), row.date("ended_on").unwrap_or(TODAY));
        row.holds("started_on", "ended_on") && (row.int("contract_months") >= 6 || months(from, to) >= 6)
    };
    let local = |row: &Row<'_>| matches!(row.text("kind"), "factory" | "welfare_post" | "local_firm" | "park");
    let households = |keep: &dyn Fn(&Row<'_>) -> bool| -> BTreeSet<Uuid> {
        let jobs = county().all("employment");
        jobs.iter().filter(|row| keep(row)).filter_map(|row| row.follow("person")?.id("household")).collect()
    };
    let near = households(&|row| stable(row) && local(row)).intersection(&able).count() as i64;
    check(&[
        ("dispatch.organised", distinct("dispatch", "person", sent).len() as i64),
        ("employment.stable-households", near),
    ]);
    let covered = households(&stable).intersection(&able).count() as f64 / able.len() as f64;
    assert!((0.70..0.78).contains(&covered), "{covered} of the households with labour have a stable job");
}

#[test]
fn corn_and_gardens_tell_what_was_published() {
    let line = |product: &'static str| {
        sum("production_line", "capacity", |row| {
            row.text("product") == product && row.holds("commissioned_on", "stopped_on")
        })
    };
    let corn = |row: &Row<'_>| {
        row.text("crop") == "fresh_corn"
            && row.date("sown_on").is_some_and(|day| day <= TODAY)
            && row.date("harvested_on").is_none_or(|day| day >= NEW_YEAR)
    };
    let garden = |source: &'static str| {
        sum("garden", "area_mu", |row| row.text("source") == source && row.holds("opened_on", "closed_on"))
    };
    let elders: BTreeSet<Uuid> = county()
        .all("person")
        .iter()
        .filter(|row| row.holds("joined_on", "left_on") && months(row.date("born_on").unwrap_or(TODAY), TODAY) >= 720)
        .filter_map(|row| row.id("household"))
        .collect();
    let holders = distinct("garden_allotment", "household", |row| row.holds("started_on", "ended_on"));
    check(&[
        ("corn.line.fresh-per-day", line("fresh_corn")),
        ("corn.line.waxy-per-year", line("waxy_corn_kernels")),
        (
            "corn.line.count",
            count("production_line", |row| matches!(row.text("product"), "fresh_corn" | "waxy_corn_kernels")),
        ),
        ("garden.elder-households", holders.intersection(&elders).count() as i64),
    ]);
    // Areas are kept in hundredths of a mu and must come out whole.
    assert_eq!(sum("planting", "area_mu", corn), 300_000);
    assert_eq!((garden("reclaimed"), garden("transferred")), (4_000, 17_500));
}

#[test]
fn governance_and_pairing_tell_what_was_published() {
    let sessions = |site: &Row<'_>| {
        count("moral_review", |row| {
            row.id("site") == Some(site.record.id)
                && row.date("held_on").is_some_and(|day| (QUARTER..=TODAY).contains(&day))
        })
    };
    let fewest = county().all("site").iter().map(sessions).min().unwrap_or(0);
    let video = distinct("equipment", "site", |row| {
        row.text("kind") == "camera" && row.yes("working") && row.holds("installed_on", "removed_on")
    });
    let paired = distinct("pairing", "household", |row| row.holds("started_on", "ended_on"));
    let households: BTreeSet<Uuid> = county()
        .all("household")
        .iter()
        .filter(|row| row.holds("moved_in_on", "ended_on"))
        .map(|row| row.record.id)
        .collect();
    check(&[
        (
            "grid.site-head.count",
            distinct("grid_head", "member", |row| row.holds("started_on", "ended_on")).len() as i64,
        ),
        (
            "grid.building-head.count",
            distinct("building_head", "member", |row| row.holds("started_on", "ended_on")).len() as i64,
        ),
        ("safety.camera.sites", video.len() as i64),
        ("moral-review.per-quarter", fewest),
        ("pairing.households", paired.intersection(&households).count() as i64),
        ("pairing.cadres", distinct("pairing", "cadre", |row| row.holds("started_on", "ended_on")).len() as i64),
    ]);
}
