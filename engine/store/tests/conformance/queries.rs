use std::collections::HashMap;

use anju_pack::FieldIx;
use anju_record::{Lang, Value};
use anju_store::{Division, Order, Query, Store};

use crate::library::*;

async fn filled(store: &Store) -> (std::sync::Arc<anju_pack::Pack>, Vec<String>) {
    let pack = ready(store).await;
    let homes = [
        branch(store, &pack, "610923100001001").await.to_string(),
        branch(store, &pack, "610923101002003").await.to_string(),
    ];
    let mut records = Vec::new();
    for n in 0..50 {
        let level = if n % 5 == 0 { String::new() } else { (n % 7).to_string() };
        let name = format!("读者{n}%_");
        records.push(valid(
            &pack,
            None,
            "reader",
            &[("branch", &homes[n % 2]), ("name", &name), ("number", &n.to_string()), ("level", &level)],
        ));
    }
    store.import(&pack, batch(Vec::new()), records).await.unwrap();
    (pack, homes.to_vec())
}

fn field(pack: &anju_pack::Pack, name: &str, field: &str) -> FieldIx {
    pack.ledger(ledger(pack, name)).field_by_id(field).unwrap()
}

pub async fn pages_by_key_meet_every_record_once(store: Store) {
    let (pack, _) = filled(&store).await;
    let level = field(&pack, "reader", "level");
    for descending in [false, true] {
        let mut query = Query {
            order: vec![Order { field: level, descending }],
            limit: Some(7),
            ..Query::of(COUNTY, ledger(&pack, "reader"), today())
        };
        let whole = store.select(&pack, &Query { limit: None, ..query.clone() }).await.unwrap();
        let mut paged = Vec::new();
        loop {
            let page = store.select(&pack, &query).await.unwrap();
            let Some(last) = page.last() else { break };
            query.after = Some(query.cursor(last));
            paged.extend(page);
        }
        assert_eq!(paged, whole);
        assert_eq!(whole.len(), 50);
        let keys: Vec<Option<i64>> = whole
            .iter()
            .map(|record| if let Value::Int(level) = record.values[usize::from(level.0)] { Some(level) } else { None })
            .collect();
        let mut sorted = keys.clone();
        sorted.sort_by_key(|key| (key.is_none(), key.map(|key| if descending { -key } else { key })));
        assert_eq!(keys, sorted, "missing values stand last");
    }
    let query = Query { limit: Some(5), offset: 48, ..Query::of(COUNTY, ledger(&pack, "reader"), today()) };
    assert_eq!(store.select(&pack, &query).await.unwrap().len(), 2);
    let query = Query { offset: 40, ..query };
    assert_eq!(store.select(&pack, &Query { limit: None, ..query }).await.unwrap().len(), 10);
}

pub async fn search_and_areas_narrow_lists_and_counts_alike(store: Store) {
    let (pack, homes) = filled(&store).await;
    let base = Query::of(COUNTY, ledger(&pack, "reader"), today());
    let search = |words: &str| Query { search: Some(words.into()), ..base.clone() };
    let area = |areas: &[&str]| Query { areas: areas.iter().map(|area| (*area).to_owned()).collect(), ..base.clone() };
    let home = Value::Id(homes[0].parse().unwrap());
    let cases = [
        (search("读者1"), 11),
        (search("%_"), 50),
        (search("7 读者"), 5),
        (search("'; DROP TABLE reader; --"), 0),
        (area(&["610923100"]), 25),
        (area(&["610923100", "610923101002003"]), 50),
        (area(&["6109231000010010"]), 0),
        (Query { equals: vec![(field(&pack, "reader", "branch"), home)], ..base.clone() }, 25),
        (Query { equals: vec![(field(&pack, "reader", "level"), Value::Null)], ..base.clone() }, 10),
        (Query { county: "610924".into(), ..base.clone() }, 0),
    ];
    for (query, expected) in cases {
        assert_eq!(store.count(&pack, &query).await.unwrap(), expected, "{query:?}");
        assert_eq!(store.select(&pack, &query).await.unwrap().len() as u64, expected, "{query:?}");
    }
}

pub async fn more_ids_than_a_statement_has_values_are_asked_for_at_once(store: Store) {
    let (pack, homes) = filled(&store).await;
    let branches: Vec<uuid::Uuid> = homes.iter().map(|home| home.parse().unwrap()).collect();
    let base = Query::of(COUNTY, ledger(&pack, "reader"), today());
    let all: Vec<uuid::Uuid> = store.select(&pack, &base).await.unwrap().iter().map(|record| record.id).collect();
    let others = || (0..70_000).map(|_| uuid::Uuid::now_v7());
    let refers = |ids: Vec<uuid::Uuid>| Some((field(&pack, "reader", "branch"), ids));
    let cases = [
        (Query { ids: Some(others().chain(all.clone()).collect()), ..base.clone() }, 50),
        (Query { ids: Some(all[..3].to_vec()), ..base.clone() }, 3),
        (Query { ids: Some(others().collect()), ..base.clone() }, 0),
        (Query { ids: Some(Vec::new()), ..base.clone() }, 0),
        (Query { refers: refers(others().chain(branches.clone()).collect()), ..base.clone() }, 50),
        (Query { refers: refers(vec![branches[0]]), ..base.clone() }, 25),
        (Query { refers: refers(Vec::new()), ..base.clone() }, 0),
    ];
    for (query, expected) in cases {
        assert_eq!(store.select(&pack, &query).await.unwrap().len(), expected);
        assert_eq!(store.count(&pack, &query).await.unwrap(), expected as u64);
    }
}

pub async fn labels_follow_references_and_owned_rows(store: Store) {
    let pack = ready(&store).await;
    let home = branch(&store, &pack, "610923100001001").await;
    let away = branch(&store, &pack, "610923100001002").await;
    let reader =
        insert(&store, &pack, "reader", &[("branch", &home.to_string()), ("name", "李明"), ("standing", "lead")]).await;
    let loan = insert(
        &store,
        &pack,
        "loan",
        &[("reader", &reader.to_string()), ("book", "红楼梦"), ("lent_on", "2026-01-01")],
    )
    .await;
    let labels = |name: &str, ids: Vec<uuid::Uuid>| {
        let (store, pack, ix) = (store.clone(), pack.clone(), ledger(&pack, name));
        async move { store.labels(&pack, COUNTY, ix, &ids, Lang::Zh, today()).await.unwrap() }
    };
    assert_eq!(labels("loan", vec![loan]).await, HashMap::from([(loan, "李明 红楼梦".to_owned())]));
    let named = labels("branch", vec![home, away]).await;
    assert_eq!((named[&home].as_str(), named[&away].as_str()), ("馆610923100001001 李明", "馆610923100001002"));
    assert!(labels("branch", Vec::new()).await.is_empty());
}

pub async fn load_streams_the_named_fields(store: Store) {
    let (pack, _) = filled(&store).await;
    let (number, level) = (field(&pack, "reader", "number"), field(&pack, "reader", "level"));
    let mut records = Vec::new();
    store.load(&pack, COUNTY, ledger(&pack, "reader"), &[level, number], |record| records.push(record)).await.unwrap();
    let whole = store.select(&pack, &Query::of(COUNTY, ledger(&pack, "reader"), today())).await.unwrap();
    assert_eq!(records.len(), 50);
    for (read, full) in records.iter().zip(&whole) {
        assert_eq!((read.id, &read.area), (full.id, &full.area));
        for (position, value) in read.values.iter().enumerate() {
            let named = position == usize::from(number.0) || position == usize::from(level.0);
            assert_eq!(*value, if named { full.values[position].clone() } else { Value::Null });
        }
    }
}

pub async fn places_and_settings_are_kept(store: Store) {
    let place = |code: &str, name: &str, parent: Option<&str>| Division {
        code: code.into(),
        name: name.into(),
        parent: parent.map(Into::into),
    };
    store.put_areas(&[place("61", "陕西", None), place("6109", "安康", Some("61"))]).await.unwrap();
    store.put_areas(&[place("6109", "安康市", Some("61"))]).await.unwrap();
    assert_eq!(store.areas().await.unwrap(), [place("61", "陕西", None), place("6109", "安康市", Some("61"))]);
    assert_eq!(store.meta("demo").await.unwrap(), None);
    store.set_meta("demo", "1").await.unwrap();
    store.set_meta("demo", "2?").await.unwrap();
    assert_eq!(store.meta("demo").await.unwrap().as_deref(), Some("2?"));
    assert!(store.set_meta("pack", "x").await.is_err());
}
