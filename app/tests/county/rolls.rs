//! Lists from memory: they hold what the database holds, for everybody, and follow every write.

use std::collections::HashSet;
use std::sync::Arc;

use anju_app::{Actor, Error, Filter, RollAsk, Whose};
use anju_pack::{FieldIx, Kind, LedgerIx, Pack};
use anju_record::{Record, Value};
use anju_store::{Order, Query, Write};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use crate::prepared::{COUNTY, County, TODAY, intent};
use crate::rights::{Made, Truth, actor, made};

/// For random people and random questions the list is the one that the database gives, in the same order.
pub async fn a_list_from_memory_is_that_of_the_database(county: &Arc<County>, cases: u32) {
    let truth = Arc::new(Truth::of(county).await);
    let mut runner = TestRunner::new(Config { cases, ..Config::default() });
    let people = made(county, &truth);
    let dice = (0..u64::MAX).prop_map(|seed| seed);
    for _ in 0..cases {
        let somebody = actor(county, &people.new_tree(&mut runner).unwrap().current());
        for ledger in county.pack().ledger_ixs() {
            let seed = dice.new_tree(&mut runner).unwrap().current();
            same_list(&somebody, &question(county, ledger, seed).await).await;
        }
    }
}

/// What somebody finds by whom records belong to is on their list anyhow, and is counted as it is listed.
pub async fn what_is_found_by_its_owner_is_within_reach(county: &Arc<County>, cases: u32) {
    let truth = Arc::new(Truth::of(county).await);
    let mut runner = TestRunner::new(Config { cases, ..Config::default() });
    let people = made(county, &truth);
    let mut found = 0;
    for at in 0..cases {
        let made = people.new_tree(&mut runner).unwrap().current();
        for somebody in [actor(county, &made), county.actor.clone()] {
            for ledger in county.pack().ledger_ixs() {
                let words = Some(format!("NS{:05}", 5 + at));
                let ask = RollAsk { words, named: true, whose: Whose::Else, ..RollAsk::of(ledger) };
                let (roll, ids) = (somebody.roll(&ask).await.unwrap(), somebody.roll_ids(&ask).await.unwrap());
                let all: HashSet<Uuid> = somebody.roll_ids(&RollAsk::of(ledger)).await.unwrap().into_iter().collect();
                let id = &county.pack().ledger(ledger).id;
                assert_eq!(roll.total, ids.len() as u64, "{id}");
                assert!(ids.iter().all(|id| all.contains(id)), "{id}");
                assert!(!roll.by_owner || somebody.searched_owner(ledger).is_some(), "{id}");
                found += u64::from(roll.by_owner) * roll.total;
            }
        }
    }
    assert!(found > 0);
}

/// One random question in two tongues.
struct Both {
    ask: RollAsk,
    query: Query,
    /// Words that memory also finds as initials or as what a code is called.
    wider: bool,
}

async fn question(county: &Arc<County>, ledger: LedgerIx, seed: u64) -> Both {
    let pack = county.pack();
    let mut query = Query::of(COUNTY, ledger, TODAY);
    query.by_area = true;
    let mut ask = RollAsk { size: 7, page: 1 + seed % 3, ..RollAsk::of(ledger) };
    let sample = {
        let mut some = Query::of(COUNTY, ledger, TODAY);
        (some.limit, some.offset) = (Some(1), seed % 40);
        county.select(&some).await.unwrap().pop()
    };
    let Some(sample) = sample else { return Both { ask, query, wider: false } };
    if seed & 1 == 1 {
        let digits = [9, 12, 15][(seed >> 1) as usize % 3].min(sample.area.len());
        ask.area = Some(sample.area[..digits].to_owned());
        query.areas.push(sample.area[..digits].to_owned());
    }
    let fields = &pack.ledger(ledger).fields;
    let at = (seed >> 8) as usize % fields.len();
    let field = FieldIx(at as u16);
    if seed & 8 == 8 && fields[at].sensitive.is_none() && is_resident(&fields[at].kind) {
        ask.filters.push(Filter::OneOf(field, vec![sample.values[at].clone()]));
        query.equals.push((field, sample.values[at].clone()));
    }
    let by = (seed >> 16) as usize % fields.len();
    let ordered = fields[by].sensitive.is_none()
        && is_resident(&fields[by].kind)
        // Codes stand in the order of their list here, and texts as they sound; there both stand as they are written.
        && !matches!(fields[by].kind, Kind::Code { .. } | Kind::Ref { .. } | Kind::Subject | Kind::Text { .. });
    if seed & 16 == 16 && ordered {
        ask.order = Some((FieldIx(by as u16), seed & 32 == 32));
        query.order.push(Order { field: FieldIx(by as u16), descending: seed & 32 == 32 });
        query.by_area = false;
    }
    let mut wider = false;
    if seed & 64 == 64
        && let Some(word) = word_of(&sample, seed)
    {
        wider = word.is_ascii() || is_called_so(pack, &word);
        ask.words = Some(word.clone());
        query.search = Some(word);
    }
    Both { ask, query, wider }
}

fn is_called_so(pack: &Pack, word: &str) -> bool {
    let values = pack.codes.iter().flat_map(|list| &list.values);
    values
        .into_iter()
        .any(|value| value.title.zh.contains(word) || value.aliases.iter().any(|alias| alias.contains(word)))
}

/// Two characters of one of its texts.
fn word_of(record: &Record, seed: u64) -> Option<String> {
    let texts: Vec<&str> = record
        .values
        .iter()
        .filter_map(|value| if let Value::Text(text) = value { Some(&**text) } else { None })
        .filter(|text| !text.contains(char::is_whitespace) && text.chars().count() > 2)
        .collect();
    let text = texts.get((seed >> 24) as usize % texts.len().max(1))?;
    Some(text.chars().skip((seed >> 32) as usize % 2).take(2).collect())
}

const fn is_resident(kind: &Kind) -> bool {
    !matches!(kind, Kind::LongText { .. } | Kind::Point | Kind::Attachment | Kind::IdNumber | Kind::Phone)
        && !matches!(kind, Kind::Text { max } if *max > 200)
}

async fn same_list(actor: &Actor, both: &Both) {
    let (ask, mut query) = (&both.ask, both.query.clone());
    let id = &actor.pack().ledger(ask.ledger).id;
    let kept = actor.rights().hidden_anywhere(ask.ledger);
    let asked = ask.filters.iter().map(Filter::field).chain(ask.order.map(|(field, _)| field));
    if asked.into_iter().any(|field| kept.contains(&field)) {
        let told = actor.roll(ask).await;
        assert!(matches!(told, Err(Error::Denied { .. })), "{id}: {told:?} of a field that is hidden");
        return;
    }
    let roll = actor.roll(ask).await.unwrap();
    let ids = actor.roll_ids(ask).await.unwrap();
    assert_eq!(roll.total, ids.len() as u64, "{id}: {ask:?}");
    if !actor.reads(ask.ledger) {
        assert_eq!(roll.total, 0);
        return;
    }
    assert_eq!(roll.by_area.iter().map(|(_, count)| count).sum::<u64>(), roll.total, "{id} by area: {ask:?}");
    let wanted: Vec<Uuid> = actor.select(&query).await.unwrap().iter().map(|record| record.id).collect();
    if both.wider {
        let found: HashSet<_> = ids.iter().collect();
        assert!(wanted.iter().all(|id| found.contains(id)), "{id}: {ask:?}");
        return;
    }
    assert_eq!(roll.total, actor.number(&query).await.unwrap(), "{id}: {ask:?}");
    assert_eq!(ids, wanted, "{id}: {ask:?}");
    query.offset = (ask.page - 1) * 7;
    query.limit = Some(7);
    assert_eq!(roll.records, actor.select(&query).await.unwrap(), "{id}: {ask:?}");
}

/// A write is on the list before it is answered, and what was taken away is on the other list of those who may write.
pub async fn a_list_follows_every_write(county: &Arc<County>) {
    let pack = county.pack();
    let person = county.ledger("person").unwrap();
    let name = pack.ledger(person).field_by_id("name").unwrap();
    let ask = |words: &str| RollAsk { words: Some(words.to_owned()), ..RollAsk::of(person) };
    let some = county.roll(&RollAsk::of(person)).await.unwrap().records.remove(3);
    assert_eq!(county.roll(&ask("欧阳测试")).await.unwrap().total, 0);
    let stored = county.store.get(pack, COUNTY, person, some.id).await.unwrap().unwrap();
    let draft = anju_record::Draft::edit(pack, person, &stored).set("name", "欧阳测试");
    let valid = anju_record::validate(pack, person, draft, TODAY).unwrap();
    let update = Write::Update { valid, expected_version: stored.version };
    county.write(intent(vec![update])).await.unwrap();
    for words in ["欧阳测试", "oycs", "OYC", "阳测"] {
        let found = county.roll(&ask(words)).await.unwrap();
        assert!(found.records.iter().any(|record| record.id == some.id), "{words}: {} found", found.total);
        assert_eq!(found.records[0].values[usize::from(name.0)], Value::Text("欧阳测试".into()), "{words}");
    }
    what_was_taken_away_is_on_a_list_of_its_own(county).await;
}

async fn what_was_taken_away_is_on_a_list_of_its_own(county: &Arc<County>) {
    let visit = county.ledger("visit").unwrap();
    let gone = |page| RollAsk { deleted: true, page, ..RollAsk::of(visit) };
    let before = county.roll(&gone(1)).await.unwrap().total;
    let first = county.roll(&RollAsk::of(visit)).await.unwrap();
    let some = &first.records[0];
    let delete = Write::Delete { ledger: visit, id: some.id, expected_version: some.version };
    county.write(intent(vec![delete])).await.unwrap();
    let after = county.roll(&RollAsk::of(visit)).await.unwrap();
    assert_eq!(after.total, first.total - 1);
    assert!(after.records.iter().all(|record| record.id != some.id));
    assert_eq!(county.roll(&gone(1)).await.unwrap().total, before + 1);
    assert!(county.roll_ids(&gone(1)).await.unwrap().contains(&some.id));
    let nobody = actor(county, &Made { grants: Vec::new(), owners: Default::default() });
    assert!(matches!(nobody.roll(&gone(1)).await, Err(Error::Denied { .. })));
    let filtered = RollAsk { filters: vec![Filter::Missing(FieldIx(0))], ..gone(1) };
    assert!(matches!(county.roll(&filtered).await, Err(Error::Invalid { .. })));
}
