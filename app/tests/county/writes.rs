//! Writes: exactly what they should change has changed before they are answered, and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use anju_app::{Scope, Show, WriteError, Written};
use anju_coverage::Counts;
use anju_pack::LedgerIx;
use anju_record::{Draft, Record, Valid, Value, validate};
use anju_store::{CommitError, Query, Write};
use uuid::Uuid;

use crate::prepared::{COUNTY, County, TODAY, intent};
use crate::proofs;
use crate::told::county;

type Numbers = BTreeMap<String, Counts>;

fn numbers(app: &County, on: i32) -> Numbers {
    let line = |line: anju_app::CoverageLine| {
        (line.id, Counts { met: line.met, gap: line.gap, exempt: line.exempt, not_applicable: line.not_applicable })
    };
    app.coverage(&Scope { on, ..county() }).into_iter().map(line).collect()
}

/// Requirements whose numbers are no longer the same.
fn changed<'a>(before: &'a Numbers, after: &Numbers) -> Vec<&'a str> {
    before.iter().filter(|(id, counts)| after[*id] != **counts).map(|(id, _)| id.as_str()).collect()
}

fn figure(app: &County, id: &str) -> i128 {
    app.figure(app.figure_by_id(id).unwrap(), &county(), None).unwrap().value
}

fn subjects(app: &County, requirement: &str, on: i32, show: Show) -> Vec<Uuid> {
    let listed = app.list(app.requirement(requirement).unwrap(), &Scope { on, ..county() }, show);
    listed.into_iter().map(|listed| listed.id).collect()
}

fn new(app: &County, ledger: &str, fields: &[(&str, Value)]) -> Valid {
    let ix = app.ledger(ledger).unwrap();
    let draft = fields.iter().fold(Draft::new(ix), |draft, (field, value)| draft.set(*field, value.clone()));
    validate(app.pack(), ix, draft, TODAY).unwrap()
}

fn edited(app: &County, ledger: LedgerIx, record: &Record, field: &str, value: Value) -> Write {
    let draft = Draft::edit(app.pack(), ledger, record).set(field, value);
    Write::Update { valid: validate(app.pack(), ledger, draft, TODAY).unwrap(), expected_version: record.version }
}

async fn commit(app: &County, write: Write) {
    let Written::Committed(receipt) = app.write(intent(vec![write])).await.unwrap() else { panic!("it waits") };
    assert!(app.seq() >= receipt.seq, "answered before the shard followed");
}

async fn owned(app: &County, ledger: LedgerIx, owner: Uuid) -> Vec<Record> {
    let mut query = Query::of(COUNTY, ledger, TODAY);
    query.equals.push((app.pack().ledger(ledger).of.as_ref().unwrap().field, Value::Id(owner)));
    app.select(&query).await.unwrap()
}

fn value<'a>(app: &County, ledger: LedgerIx, record: &'a Record, field: &str) -> &'a Value {
    let at = app.pack().ledger(ledger).fields.iter().position(|it| it.id == field).unwrap();
    &record.values[at]
}

async fn a_visit(app: &County, household: Uuid, day: i32) -> Valid {
    let pairing = app.ledger("pairing").unwrap();
    let cadre = owned(app, pairing, household)
        .await
        .first()
        .map(|record| value(app, pairing, record, "cadre").clone())
        .unwrap();
    new(
        app,
        "visit",
        &[
            ("household", Value::Id(household)),
            ("cadre", cadre),
            ("visited_on", Value::Date(day)),
            ("way", Value::Text("home".into())),
        ],
    )
}

fn one(more: &str, less: &str, mut counts: Counts) -> Counts {
    for (name, by) in [(more, 1_isize), (less, -1)] {
        let place = match name {
            "met" => &mut counts.met,
            "gap" => &mut counts.gap,
            "exempt" => &mut counts.exempt,
            other => panic!("{other}"),
        };
        *place = place.checked_add_signed(by).unwrap();
    }
    counts
}

pub async fn an_ended_pairing_is_one_household_less(app: &County) {
    let pairing = app.ledger("pairing").unwrap();
    let open = |record: &Record| *value(app, pairing, record, "ended_on") == Value::Null;
    let mut chosen = None;
    for household in subjects(app, "household_cared_for", TODAY, Show::Met) {
        let records = owned(app, pairing, household).await;
        if records.iter().filter(|record| open(record)).count() == 1 && chosen.is_none() {
            chosen = records.into_iter().find(|record| {
                open(record)
                    && matches!(value(app, pairing, record, "started_on"), Value::Date(day) if *day < TODAY - 1)
            });
        }
        if chosen.is_some() {
            break;
        }
    }
    let chosen = chosen.unwrap();
    let (before, households) = (numbers(app, TODAY), figure(app, "pairing_households"));

    commit(app, edited(app, pairing, &chosen, "ended_on", Value::Date(TODAY - 1))).await;
    let after = numbers(app, TODAY);
    assert_eq!(changed(&before, &after), ["household_cared_for", "household_paired"]);
    for id in ["household_cared_for", "household_paired"] {
        assert_eq!(after[id], one("gap", "met", before[id]), "{id}");
    }
    assert_eq!(figure(app, "pairing_households"), households - 1);
    proofs::the_shard_holds(app).await;

    let ended = app.stored(pairing, chosen.id).await;
    commit(app, edited(app, pairing, &ended, "ended_on", Value::Null)).await;
    assert_eq!(numbers(app, TODAY), before);
    assert_eq!(figure(app, "pairing_households"), households);
}

pub async fn a_visit_closes_one_gap(app: &County) {
    let at_risk = subjects(app, "household_at_risk_visited", TODAY, Show::NotApplicable);
    let overdue = subjects(app, "household_visited", TODAY, Show::Gap);
    let household = *overdue.iter().find(|id| at_risk.contains(id)).unwrap();
    let before = numbers(app, TODAY);

    let visit = a_visit(app, household, TODAY).await;
    let (ledger, id) = (visit.ledger(), visit.id());
    commit(app, Write::Insert(visit)).await;
    let after = numbers(app, TODAY);
    assert_eq!(after["household_visited"], one("met", "gap", before["household_visited"]));
    let beyond: Vec<_> = changed(&before, &after)
        .into_iter()
        .filter(|id| !["household_visited", "household_cared_for"].contains(id))
        .collect();
    assert!(beyond.is_empty(), "{beyond:?}");
    assert!(!subjects(app, "household_visited", TODAY, Show::Gap).contains(&household));

    commit(app, Write::Delete { ledger, id, expected_version: 1 }).await;
    assert_eq!(numbers(app, TODAY), before);
}

pub async fn a_record_dated_back_changes_the_past(app: &County) {
    let then = TODAY - 60;
    let household = subjects(app, "household_visited", then, Show::Gap)[0];
    let (day_before, that_day) = (numbers(app, then - 1), numbers(app, then));
    let visit = a_visit(app, household, then).await;
    commit(app, Write::Insert(visit)).await;
    assert_eq!(numbers(app, then - 1), day_before);
    assert_eq!(numbers(app, then)["household_visited"], one("met", "gap", that_day["household_visited"]));
}

pub async fn an_exemption_moves_one_household(app: &County) {
    let household = subjects(app, "household_visited", TODAY, Show::Gap)[0];
    let (yesterday, before, later) = (numbers(app, TODAY - 1), numbers(app, TODAY), numbers(app, TODAY + 31));
    let text = |text: &str| Value::Text(text.into());
    let exemption = new(
        app,
        "exemption",
        &[
            ("requirement", text("household_visited")),
            ("subject", Value::Id(household)),
            ("reason", text("住院治疗")),
            ("approver", text("县搬迁办")),
            ("starts_on", Value::Date(TODAY)),
            ("ends_on", Value::Date(TODAY + 30)),
        ],
    );
    commit(app, Write::Insert(exemption)).await;
    let after = numbers(app, TODAY);
    assert_eq!(after["household_visited"], one("exempt", "gap", before["household_visited"]));
    assert_eq!(numbers(app, TODAY - 1), yesterday);
    assert_eq!(numbers(app, TODAY + 31), later, "an exemption ends");
    assert!(subjects(app, "household_visited", TODAY, Show::Exempt).contains(&household));
}

pub async fn a_sum_follows_its_record(app: &County) {
    let garden = app.ledger("garden").unwrap();
    let record = app
        .select(&Query::of(COUNTY, garden, TODAY))
        .await
        .unwrap()
        .into_iter()
        .find(|record| *value(app, garden, record, "closed_on") == Value::Null)
        .unwrap();
    let Value::Int(mu) = *value(app, garden, &record, "area_mu") else { panic!("an area is a number") };
    let before = figure(app, "garden_total_mu");
    commit(app, edited(app, garden, &record, "area_mu", Value::Int(mu + 125))).await;
    assert_eq!(figure(app, "garden_total_mu"), before + 125, "hundredths of a mu");
    let larger = app.stored(garden, record.id).await;
    commit(app, edited(app, garden, &larger, "area_mu", Value::Int(mu))).await;
    assert_eq!(figure(app, "garden_total_mu"), before);
}

pub async fn what_is_refused_changes_nothing(app: &County) {
    let (before, seq) = (numbers(app, TODAY), app.seq());
    let garden = app.ledger("garden").unwrap();
    let record = app.select(&Query::of(COUNTY, garden, TODAY)).await.unwrap().swap_remove(0);
    let stale = Record { version: record.version + 7, ..record };
    let refused = app.write(intent(vec![edited(app, garden, &stale, "name", Value::Text("别名".into()))])).await;
    assert!(matches!(refused, Err(WriteError::Commit(CommitError::Stale { .. }))), "{refused:?}");

    let household = subjects(app, "household_visited", TODAY, Show::Met)[0];
    let good = a_visit(app, household, TODAY).await;
    let orphan = new(app, "garden_request", &[("household", Value::Id(Uuid::nil())), ("asked_on", Value::Date(TODAY))]);
    let refused = app.write(intent(vec![Write::Insert(good), Write::Insert(orphan)])).await;
    assert!(matches!(refused, Err(WriteError::Commit(CommitError::Invalid { write: 1, .. }))), "{refused:?}");

    let households = app.ledger("household").unwrap();
    let version = app.stored(households, household).await.version;
    let refused =
        app.write(intent(vec![Write::Delete { ledger: households, id: household, expected_version: version }])).await;
    assert!(matches!(refused, Err(WriteError::Commit(CommitError::Invalid { .. }))), "{refused:?}");

    assert_eq!(app.seq(), seq);
    assert_eq!(app.store.head(COUNTY).await.unwrap().0, seq);
    assert_eq!(numbers(app, TODAY), before);
}

const WRITERS: usize = 8;
const EACH: usize = 12;

pub async fn many_at_once_are_all_followed(app: &Arc<County>) {
    let seq = app.seq();
    let visits = app.ledger("visit").unwrap();
    let mut households = Vec::new();
    for household in subjects(app, "household_visited", TODAY, Show::Met) {
        let lately =
            |record: &Record| matches!(value(app, visits, record, "visited_on"), Value::Date(day) if *day >= TODAY - 1);
        if !owned(app, visits, household).await.iter().any(lately) {
            households.push(household);
        }
        if households.len() == WRITERS * EACH {
            break;
        }
    }
    assert_eq!(households.len(), WRITERS * EACH);
    let mut writers = Vec::new();
    for mine in households.chunks(EACH).take(WRITERS) {
        let (app, mine) = (Arc::clone(app), mine.to_vec());
        writers.push(tokio::spawn(async move {
            for household in mine {
                let visit = a_visit(&app, household, TODAY).await;
                let (ledger, id) = (visit.ledger(), visit.id());
                commit(&app, Write::Insert(visit)).await;
                let record = app.stored(ledger, id).await;
                commit(&app, edited(&app, ledger, &record, "visited_on", Value::Date(TODAY - 1))).await;
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(app.seq(), seq + i64::try_from(2 * WRITERS * EACH).unwrap());
    proofs::the_shard_holds(app).await;
}
