use anju_store::{Effect, Error, Query, Write};

use super::library::*;

pub async fn a_database_made_in_the_clear_is_sealed_in_place(room: Room) {
    let clear = pack_of(&clear_words());
    follow(&room.store, &clear).await;
    room.store.import(&clear, batch(Vec::new()), (0..30).map(|n| member(&clear, None, n))).await.unwrap();
    let id = insert(&room.store, &clear, member(&clear, None, 30)).await;
    let change = Write::Update { valid: member(&clear, Some(id), 31), expected_version: 1 };
    commit(&room.store, &clear, vec![change]).await.unwrap();
    let gone = insert(&room.store, &clear, member(&clear, None, 32)).await;
    let delete = Write::Delete { ledger: ledger(&clear, "member"), id: gone, expected_version: 1 };
    commit(&room.store, &clear, vec![delete]).await.unwrap();
    let all = Query::of(COUNTY, ledger(&clear, "member"), today());
    let before = room.store.select(&clear, &all).await.unwrap();
    let (rows, head) = room.store.head(COUNTY).await.unwrap();
    assert!(room.store.journal(COUNTY, 0, 1).await.unwrap()[0].after.as_ref().unwrap().contains(&number(0)));

    let pack = pack_of(WORDS);
    let plan = room.store.plan(&pack).await.unwrap();
    let sealing = plan.steps.iter().filter(|step| step.effect == Effect::Sealing).count();
    assert_eq!(sealing, 8, "{:#?}", plan.steps);
    assert_eq!(plan.contractions().count(), 0);
    room.store.apply(plan, false).await.unwrap();
    assert!(room.store.plan(&pack).await.unwrap().is_empty());

    assert_eq!(room.store.select(&pack, &all).await.unwrap(), before, "nothing reads otherwise");
    let raw = room.raw().await;
    for n in 0..33 {
        assert!(!raw.contains(&number(n)) && !raw.contains(&phone(n)), "{n} stands in the clear");
    }
    assert!(!raw.contains("医生") && !raw.contains("9876543"));
    assert_eq!(room.store.verify(COUNTY).await.unwrap().unwrap().rows, rows, "the chain is whole");
    assert_ne!(room.store.head(COUNTY).await.unwrap().1, head);
    let noted = room.store.meta(&format!("head before sealing of {COUNTY}")).await.unwrap();
    assert_eq!(noted, Some(format!("{rows} {head}")), "what was printed before is noted");
    let history = room.store.history(COUNTY, "member", id).await.unwrap();
    let change = room.store.change(&pack, &history[1]).unwrap().unwrap();
    assert_eq!(value(&pack, change.before.as_ref().unwrap(), "number"), text(&number(30)));
    let found = Query { search: Some(number(31)), ..all.clone() };
    assert_eq!(room.store.count(&pack, &found).await.unwrap(), 1);
    assert!(commit(&room.store, &pack, vec![Write::Insert(member(&pack, None, 4))]).await.is_err(), "still unique");
}

pub async fn a_signed_chain_is_not_chained_anew(room: Room) {
    let clear = pack_of(&clear_words());
    follow(&room.store, &clear).await;
    let id = insert(&room.store, &clear, member(&clear, None, 1)).await;
    let head = room.store.head(COUNTY).await.unwrap();
    let sql = format!(
        "INSERT INTO anju_checkpoint (county, day, journal_seq, journal_hash, event_seq, event_hash, at, public_key, signature) VALUES ('{COUNTY}', 1, 1, 'h', 0, 'h', 1, 'k', 's')"
    );
    room.store.tamper(&sql).await.unwrap();
    let pack = pack_of(WORDS);
    follow(&room.store, &pack).await;
    assert_eq!(room.store.head(COUNTY).await.unwrap(), head);
    let rows = room.store.history(COUNTY, "member", id).await.unwrap();
    let change = room.store.change(&pack, &rows[0]).unwrap().unwrap();
    let stands = room.store.get(&pack, COUNTY, ledger(&pack, "member"), id).await.unwrap();
    assert_eq!(change.after, stands, "what stands there in the clear is read");
}

pub async fn a_field_that_gains_a_search_gains_its_index(room: Room) {
    let words = WORDS.replace("memo = { kind = \"long_text\",", "memo = { kind = \"long_text\", search = true,");
    let pack = room.ready().await;
    room.store.import(&pack, batch(Vec::new()), (0..5).map(|n| member(&pack, None, n))).await.unwrap();
    let wider = pack_of(&words);
    follow(&room.store, &wider).await;
    let query = Query {
        search: Some("只有医生可以知道的话".into()),
        ..Query::of(COUNTY, ledger(&wider, "member"), today())
    };
    assert_eq!(room.store.count(&wider, &query).await.unwrap(), 5);
}

pub async fn text_is_made_clear_again_when_it_is_no_longer_sensitive(room: Room) {
    let pack = room.ready().await;
    insert(&room.store, &pack, member(&pack, None, 1)).await;
    let words =
        WORDS.replace("memo = { kind = \"long_text\", sensitive = \"health\",", "memo = { kind = \"long_text\",");
    let opened = pack_of(&words);
    follow(&room.store, &opened).await;
    assert_eq!(room.store.ask("SELECT memo FROM member").await.unwrap(), "只有医生可以知道的话");
    let words = WORDS.replace("kind = \"money\", min = 0, sensitive = \"bank\",", "kind = \"money\", min = 0,");
    let error = room.store.plan(&pack_of(&words)).await.unwrap_err();
    assert!(matches!(&error, Error::Unsupported(why) if why.contains("member.income")), "{error}");
}
