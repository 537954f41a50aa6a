//! What is remembered of entries: that two are two people, and of what a change was part.

use anju_app::{Actor, EditError, Filling, ToldApart, apart_key};
use anju_record::{Draft, Valid, validate, validate_values};
use anju_store::Write;

use super::*;

/// That one of two is not the other.
fn finding(actor: &Actor, _: LedgerIx, [one, other]: [Uuid; 2]) -> Option<Valid> {
    let ledger = actor.ledger("not_duplicate").ok()?;
    let draft = Draft::new(ledger).set("person", Value::Id(one)).set("counterpart", Value::Id(other));
    validate(actor.pack(), ledger, draft.set("decided_on", Value::Date(TODAY)), TODAY).ok()
}

/// The same of somebody who is not there.
fn of_nobody(actor: &Actor, ledger: LedgerIx, [one, _]: [Uuid; 2]) -> Option<Valid> {
    finding(actor, ledger, [one, Uuid::from_u128(1)])
}

/// Somebody is born in a file and entered.
async fn born(county: &County, home: Uuid, name: &str) -> Uuid {
    let plan = life::birth(county, home, &person_texts(name, "2020-05-03", "20")).await.unwrap();
    plan.carry_out(county, None).await.unwrap();
    let people = all(county, "person").await;
    people.iter().find(|it| value(county, "person", it, "name") == Value::Text(name.into())).unwrap().id
}

/// Gives somebody the name of others, and says that they are none of them.
async fn named_as_others(county: &County, who: Uuid, name: &str, tell: ToldApart) {
    let person = county.ledger("person").unwrap();
    let typed = [(text("name"), text(name))].into();
    let mut filling = Filling { typed, told_apart: Some(tell), ..Filling::default() };
    let version = county.stored(person, who).await.version;
    let Err(EditError::Faulty(asked)) = county.put(person, Some((who, version)), &filling).await else {
        panic!("it is asked about")
    };
    filling.apart = Some(apart_key(&asked.likes));
    county.put(person, Some((who, version)), &filling).await.unwrap();
    let named = county.stored(person, who).await;
    assert_eq!(value(county, "person", &named, "name"), Value::Text(name.into()));
}

/// A pair is told apart once, whichever of the two was named first; and what cannot be kept of a pair keeps no form from being written.
pub async fn two_are_told_apart_once(county: &Arc<County>) {
    let homes: Vec<Uuid> = living(county).await.into_iter().step_by(301).take(3).collect();
    let [one, other, third] = [
        born(county, homes[0], "慕容甲").await,
        born(county, homes[1], "慕容乙").await,
        born(county, homes[2], "慕容丙").await,
    ];
    anju_base::tell_apart(county, other, one).await.unwrap();
    let findings = all(county, "not_duplicate").await.len();
    named_as_others(county, one, "慕容乙", finding).await;
    assert_eq!(all(county, "not_duplicate").await.len(), findings, "they were told apart already");
    named_as_others(county, third, "慕容乙", of_nobody).await;
    assert_eq!(all(county, "not_duplicate").await.len(), findings, "nobody is told apart from nobody");
}

/// An event of a file.
fn happened(county: &County, home: Uuid, kind: &str) -> Write {
    let ledger = county.ledger("household_event").unwrap();
    let draft = Draft::new(ledger)
        .set("household", Value::Id(home))
        .set("kind", Value::Text(kind.into()))
        .set("happened_on", Value::Date(TODAY));
    Write::Insert(validate(county.pack(), ledger, draft, TODAY).unwrap())
}

/// Writes events and, beside them, one field of a record anew; gives of what event that change is said to be a part.
async fn part_of(
    county: &County,
    events: &[Write],
    (name, id, field, to): (&str, Uuid, &str, Value),
) -> Option<String> {
    let ledger = county.ledger(name).unwrap();
    let stood = county.stored(ledger, id).await;
    let mut values = stood.values;
    values[usize::from(county.pack().ledger(ledger).field_by_id(field).unwrap().0)] = to;
    let valid = validate_values(county.pack(), ledger, id, values, TODAY).unwrap();
    let change = Write::Update { valid, expected_version: stood.version };
    let changes = [events, &[change]].concat();
    county.write(anju_app::Intent { changes, ..anju_app::Intent::default() }).await.unwrap();
    let seen = county.seen_record(ledger, id).await.unwrap().unwrap();
    let mut entries = county.history(&seen, Lang::Zh).await.unwrap();
    assert!(!entries[0].changes.is_empty());
    let events = county.ledger("household_event").unwrap();
    county.name_events(ledger, &mut entries, events).await.unwrap();
    entries.swap_remove(0).part_of
}

/// Of several events of one commit a change was part of the one that names its record or the file; of what no event names nothing is said.
pub async fn a_change_is_part_of_its_own_event(county: &Arc<County>) {
    let open = living(county).await;
    let mut pairings =
        all(county, "pairing").await.into_iter().filter_map(|it| match value(county, "pairing", &it, "household") {
            Value::Id(home) if open.contains(&home) => Some((home, it.id)),
            _ => None,
        });
    let (home, pairing) = pairings.next().unwrap();
    let elsewhere: Vec<Uuid> = open.iter().copied().filter(|it| *it != home).take(2).collect();
    let (_, members) = life::standing_file(county, home).await.unwrap();
    let remark = |words: &str| ("household", home, "remark", Value::Text(words.into()));
    let others = [happened(county, elsewhere[0], "born"), happened(county, elsewhere[1], "born")];
    assert_eq!(part_of(county, &others, remark("待核")).await, None, "two events of others");
    assert!(part_of(county, &[happened(county, home, "born")], remark("已核")).await.is_some());
    let both = [happened(county, elsewhere[0], "born"), happened(county, home, "left")];
    let name = ("person", members[0].record.id, "name", Value::Text("上官改名".into()));
    let told = part_of(county, &both, name).await.unwrap();
    assert!(told.contains("迁出"), "not the first, but that of their own file: {told}");
    let plan = ("pairing", pairing, "plan", Value::Text("按月走访".into()));
    assert_eq!(part_of(county, &[happened(county, home, "born")], plan).await, None, "no event names a pairing");
}
