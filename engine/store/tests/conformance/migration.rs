use anju_record::Value;
use anju_store::{CommitError, Effect, Error, NotReady, Query, Store, Write};

use crate::library::*;

const SITE: &str = "610923100001001";

pub async fn a_pack_is_followed_step_by_step(store: Store) {
    assert_eq!(store.ready(&pack()).await.unwrap_err(), NotReady::Empty);
    let pack = ready(&store).await;
    assert!(store.plan(&pack).await.unwrap().is_empty());
    let home = branch(&store, &pack, SITE).await.to_string();
    let reader = insert(&store, &pack, "reader", &[("branch", &home), ("name", "甲"), ("number", "7")]).await;

    let wider = WORDS
        .replace("max = 20, search = true", "max = 50, search = true")
        .replace("memo = {", "nick = { kind = \"text\", required = true, title = { zh = \"昵称\", en = \"Nick\" } }\nfriend = { kind = \"ref\", to = \"reader\", title = { zh = \"友\", en = \"Friend\" } }\nmemo = {")
        .replace("level = { kind = \"integer\",", "level = { kind = \"integer\", required = true,");
    let wider = pack_of(&wider);
    assert!(matches!(store.ready(&wider).await.unwrap_err(), NotReady::Older { .. }));
    let plan = store.plan(&wider).await.unwrap();
    let deferred: Vec<&str> = plan
        .steps
        .iter()
        .filter(|step| matches!(step.effect, Effect::Deferred(1)))
        .map(|step| step.what.as_str())
        .collect();
    assert_eq!(deferred, ["require reader.level", "require reader.nick"]);
    assert_eq!(plan.contractions().count(), 0);
    store.apply(plan, false).await.unwrap();
    assert!(matches!(store.ready(&pack).await.unwrap_err(), NotReady::Newer { .. }));
    store.ready(&wider).await.unwrap();

    let record = store.get(&wider, COUNTY, ledger(&wider, "reader"), reader).await.unwrap().unwrap();
    assert_eq!(value(&wider, "reader", &record, "number"), Value::Text("7".into()), "data stay");
    let long = "长".repeat(40);
    let fields = [
        ("branch", home.as_str()),
        ("name", &long),
        ("number", "7"),
        ("nick", "小甲"),
        ("level", "1"),
        ("friend", &reader.to_string()),
    ];
    commit(
        &store,
        &wider,
        vec![Write::Update { valid: valid(&wider, Some(reader), "reader", &fields), expected_version: 1 }],
    )
    .await
    .unwrap();
    let plan = store.plan(&wider).await.unwrap();
    assert!(
        plan.steps.iter().all(|step| step.effect == Effect::Tightening),
        "once the data allow it: {:?}",
        plan.steps
    );
    assert!(!plan.is_empty());
    store.apply(plan, false).await.unwrap();
    assert!(store.plan(&wider).await.unwrap().steps.is_empty());
    assert_eq!(store.verify(COUNTY).await.unwrap().unwrap().rows, 3);
}

pub async fn data_that_would_be_lost_is_archived_first(store: Store) {
    let pack = ready(&store).await;
    let home = branch(&store, &pack, SITE).await.to_string();
    insert(&store, &pack, "reader", &[("branch", &home), ("name", "甲"), ("memo", "要紧"), ("level", "3")]).await;
    let cut = WORDS.find("[ledger.remark]").unwrap();
    let narrow = WORDS[..cut].replace("level = { kind = \"integer\",", "level = { kind = \"text\",");
    let narrow: String = narrow.lines().filter(|line| !line.starts_with("memo =")).collect::<Vec<_>>().join("\n");
    let narrow = pack_of(&narrow);
    let plan = store.plan(&narrow).await.unwrap();
    assert_eq!(plan.contractions().count(), 3, "{:?}", plan.steps);
    let error = store.apply(plan.clone(), false).await.unwrap_err();
    assert!(
        matches!(&error, Error::Contraction(what) if what.contains("reader.memo") && what.contains("remark")),
        "{error}"
    );
    store.ready(&pack).await.unwrap();
    store.apply(plan.clone(), true).await.unwrap();
    store.ready(&narrow).await.unwrap();
    assert!(matches!(store.apply(plan, true).await.unwrap_err(), Error::PlanStale));
    assert_eq!(store.ask("SELECT memo FROM anju_archive_2_reader").await.unwrap(), "要紧");
    assert_eq!(store.ask("SELECT CAST(count(*) AS TEXT) FROM anju_archive_2_remark").await.unwrap(), "0");
    assert_eq!(store.count(&narrow, &Query::of(COUNTY, ledger(&narrow, "reader"), today())).await.unwrap(), 1);
    insert(&store, &narrow, "reader", &[("branch", &home), ("name", "乙"), ("level", "三")]).await;
    let back = store.plan(&pack).await.unwrap();
    assert_eq!(
        back.contractions().map(|step| step.what.as_str()).collect::<Vec<_>>(),
        ["drop the column reader.level"],
        "going back would lose what level holds now"
    );
}

pub async fn a_pack_that_the_tables_do_not_follow_is_refused(store: Store) {
    let old = ready(&store).await;
    let home = branch(&store, &old, SITE).await.to_string();
    let new = pack_of(
        &WORDS.replace("memo = {", "nick = { kind = \"text\", title = { zh = \"昵称\", en = \"Nick\" } }\nmemo = {"),
    );
    follow(&store, &new).await;
    let write =
        |pack: &anju_pack::Pack| vec![Write::Insert(valid(pack, None, "reader", &[("branch", &home), ("name", "甲")]))];
    let error = commit(&store, &old, write(&old)).await.unwrap_err();
    assert!(
        matches!(&error, CommitError::PackChanged { database, given } if *database == new.hash && *given == old.hash),
        "{error}"
    );
    commit(&store, &new, write(&new)).await.unwrap();
}
