//! Every branch that is open has exactly one lead reader.

use anju_record::{Code, Fault, Lang};
use anju_store::{CommitError, Store, Write};
use uuid::Uuid;

use crate::library::*;

const SITE: &str = "610923100001001";
const OTHER: &str = "610923101002003";
const RULE: &str = "unique = [[\"code\"]]\nexactly = [{ one_of = \"reader\", where = \"standing = 'lead'\", while = \"name <> '闭馆'\", says = { zh = \"须有一位领读\", en = \"needs one lead\" } }, { none_of = \"reader\", where = \"standing <> 'lead'\", while = \"name = '闭馆'\" }]";

async fn ready(store: &Store) -> std::sync::Arc<anju_pack::Pack> {
    let pack = pack_of(&WORDS.replacen("unique = [[\"code\"]]", RULE, 1));
    follow(store, &pack).await;
    pack
}

fn branch(pack: &anju_pack::Pack, id: Option<Uuid>, code: &str, name: &str) -> anju_record::Valid {
    valid(pack, id, "branch", &[("code", code), ("name", name), ("opened_on", "2019-01-01")])
}

fn reader(pack: &anju_pack::Pack, id: Option<Uuid>, branch: Uuid, standing: &str) -> anju_record::Valid {
    valid(pack, id, "reader", &[("branch", &branch.to_string()), ("name", "李明"), ("standing", standing)])
}

fn faults(done: Result<anju_store::Receipt, CommitError>) -> Vec<Fault> {
    match done.unwrap_err() {
        CommitError::Invalid { faults, .. } => faults,
        other => panic!("{other}"),
    }
}

/// A branch with its lead reader.
async fn led(store: &Store, pack: &std::sync::Arc<anju_pack::Pack>, code: &str) -> (Uuid, Uuid) {
    let branch = branch(pack, None, code, &format!("馆{code}"));
    let lead = reader(pack, None, branch.id(), "lead");
    let ids = (branch.id(), lead.id());
    commit(store, pack, vec![Write::Insert(branch), Write::Insert(lead)]).await.unwrap();
    ids
}

pub async fn an_owner_without_its_one_is_refused_by_name(store: Store) {
    let pack = ready(&store).await;
    let none = faults(commit(&store, &pack, vec![Write::Insert(branch(&pack, None, SITE, "北馆"))]).await);
    assert_eq!((none[0].code, none[0].value.as_str(), none[0].path.as_str()), (Code::NotExactlyOne, "北馆", ""));
    assert_eq!(none[0].args[1], "0");
    assert_eq!(none[0].message(Lang::En), "Branch: “北馆”: needs one lead", "in the pack's words");
    commit(&store, &pack, vec![Write::Insert(branch(&pack, None, OTHER, "闭馆"))]).await.unwrap();
    let (_, lead) = led(&store, &pack, SITE).await;
    let ledger = ledger(&pack, "reader");
    let gone = faults(commit(&store, &pack, vec![Write::Delete { ledger, id: lead, expected_version: 1 }]).await);
    assert_eq!((gone[0].code, gone[0].path.as_str()), (Code::NotExactlyOne, "branch"), "where it names its owner");
    assert!(store.get(&pack, COUNTY, ledger, lead).await.unwrap().is_some(), "nothing of it is kept");
}

pub async fn the_one_may_change_within_a_batch(store: Store) {
    let pack = ready(&store).await;
    let (home, lead) = led(&store, &pack, SITE).await;
    let (away, other) = led(&store, &pack, OTHER).await;
    let down = |valid| Write::Update { valid, expected_version: 1 };
    let left = faults(commit(&store, &pack, vec![down(reader(&pack, Some(lead), home, "member"))]).await);
    assert_eq!(left[0].args[1], "0");
    let second = reader(&pack, None, home, "lead");
    let swapped = vec![down(reader(&pack, Some(lead), home, "member")), Write::Insert(second)];
    commit(&store, &pack, swapped).await.unwrap();
    let moved = faults(commit(&store, &pack, vec![down(reader(&pack, Some(other), home, "member"))]).await);
    assert_eq!((moved.len(), moved[0].value.as_str()), (1, format!("馆{OTHER}").as_str()), "whom it was taken from");
    assert!(store.get(&pack, COUNTY, ledger(&pack, "branch"), away).await.unwrap().is_some());
}

pub async fn an_owner_that_may_have_none_is_refused_them(store: Store) {
    let pack = ready(&store).await;
    let (home, lead) = led(&store, &pack, SITE).await;
    let joined = valid(&pack, None, "reader", &[("branch", &home.to_string()), ("name", "王"), ("standing", "member")]);
    let member = joined.id();
    commit(&store, &pack, vec![Write::Insert(joined)]).await.unwrap();
    let closing = || Write::Update { valid: branch(&pack, Some(home), SITE, "闭馆"), expected_version: 1 };
    let told = faults(commit(&store, &pack, vec![closing()]).await);
    assert_eq!((told[0].code, told[0].value.as_str(), told[0].path.as_str()), (Code::NotNone, "闭馆", "name"));
    assert_eq!((told.len(), told[0].args[1].as_str()), (1, "1"), "a lead may stay: {told:?}");
    let go = Write::Delete { ledger: ledger(&pack, "reader"), id: member, expected_version: 1 };
    commit(&store, &pack, vec![closing(), go]).await.unwrap();
    let joins = faults(commit(&store, &pack, vec![Write::Insert(reader(&pack, None, home, "member"))]).await);
    assert_eq!((joins[0].code, joins[0].path.as_str()), (Code::NotNone, "branch"), "nobody joins what is closed");
    let words = joins[0].message(Lang::Zh);
    assert!(words.contains("“闭馆”") && words.contains("名下不能有“读者"), "the engine's words: {words}");
    let loaded = store.import(&pack, batch(Vec::new()), vec![reader(&pack, None, home, "member")]).await;
    assert_eq!(faults(loaded)[0].code, Code::NotNone, "nor by a load");
    let stays = Write::Update { valid: reader(&pack, Some(lead), home, "lead"), expected_version: 1 };
    commit(&store, &pack, vec![stays]).await.unwrap();
}

pub async fn a_load_of_many_keeps_it_too(store: Store) {
    let pack = ready(&store).await;
    let alone = branch(&pack, None, SITE, "北馆");
    let refused = store.import(&pack, batch(Vec::new()), vec![alone.clone()]).await;
    assert_eq!(faults(refused)[0].value, "北馆");
    let lead = reader(&pack, None, alone.id(), "lead");
    store.import(&pack, batch(Vec::new()), vec![lead, alone]).await.unwrap();
}

pub async fn writers_at_once_do_not_leave_none(store: Store) {
    let pack = ready(&store).await;
    let (home, lead) = led(&store, &pack, SITE).await;
    let second =
        insert(&store, &pack, "reader", &[("branch", &home.to_string()), ("name", "王"), ("standing", "member")]).await;
    // One hands over to the second reader, the other takes the second reader away: not both.
    let hand_over = vec![
        Write::Update { valid: reader(&pack, Some(lead), home, "member"), expected_version: 1 },
        Write::Update { valid: reader(&pack, Some(second), home, "lead"), expected_version: 1 },
    ];
    let reader_ledger = ledger(&pack, "reader");
    let take = vec![Write::Delete { ledger: reader_ledger, id: second, expected_version: 1 }];
    let (first, other) = tokio::join!(commit(&store, &pack, hand_over), commit(&store, &pack, take));
    assert!(first.is_ok() != other.is_ok(), "{first:?} {other:?}");
}

pub async fn one_of_very_many_without_its_one_is_named(store: Store) {
    let pack = ready(&store).await;
    let many = |without: usize| {
        let branches = (0..1_100).map(|n| branch(&pack, None, &format!("610923{n:09}"), &format!("馆{n}")));
        let with = branches.enumerate().flat_map(|(n, made)| {
            let lead = (n != without).then(|| reader(&pack, None, made.id(), "lead"));
            std::iter::once(made).chain(lead)
        });
        with.map(Write::Insert).collect::<Vec<_>>()
    };
    let refused = faults(commit(&store, &pack, many(700)).await);
    assert_eq!((refused.len(), refused[0].value.as_str()), (1, "馆700"));
    assert_eq!(store.head(COUNTY).await.unwrap().0, 0);
    commit(&store, &pack, many(usize::MAX)).await.unwrap();
}
