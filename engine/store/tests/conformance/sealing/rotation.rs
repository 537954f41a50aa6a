use anju_store::{Query, Write};
use anju_vault::sealed_with;

use super::library::*;

pub async fn keys_are_rotated_beside_a_writer(room: Room) {
    let pack = room.ready().await;
    room.store.import(&pack, batch(Vec::new()), (0..200).map(|n| member(&pack, None, n))).await.unwrap();
    let first = room.store.vault().current();
    let writer = {
        let (store, pack) = (room.store.clone(), pack.clone());
        tokio::spawn(async move {
            for n in 200..320 {
                let id = insert(&store, &pack, member(&pack, None, n)).await;
                let change = Write::Update { valid: member(&pack, Some(id), n + 400), expected_version: 1 };
                commit(&store, &pack, vec![change]).await.unwrap();
            }
        })
    };
    let operator = room.beside().await;
    let second = operator.vault().rotate().unwrap();
    let mut told = Vec::new();
    let done = operator.reseal(&pack, 16, |done| told.push(done)).await.unwrap();
    assert!(done >= 200 && told.last() == Some(&done) && told.is_sorted(), "{done} {told:?}");
    writer.await.unwrap();
    insert(&room.store, &pack, member(&pack, None, 900)).await;
    assert_eq!(operator.reseal(&pack, 1000, |_| {}).await.unwrap() + operator.sealed_earlier(&pack).await.unwrap(), 0);
    assert_eq!(room.store.vault().current(), second, "the writer went over to the new key by itself");
    let sealed = room.store.ask("SELECT phone FROM member WHERE name = '读者3'").await.unwrap();
    assert_eq!(sealed_with(&sealed), Some(second.as_str()));
    let all = Query::of(COUNTY, ledger(&pack, "member"), today());
    for record in room.store.select(&pack, &all).await.unwrap() {
        let last = room.store.history(COUNTY, "member", record.id).await.unwrap().pop().unwrap();
        let change = room.store.change(&pack, &last).unwrap().unwrap();
        assert_eq!(change.after.unwrap(), record, "rows say what the journal says");
    }
    let (rows, _) = room.store.head(COUNTY).await.unwrap();
    assert_eq!(rows, 200 + 240 + 1, "a rotation writes no journal row");
    assert!(room.store.verify(COUNTY).await.unwrap().is_ok());
    let first_rows = room.store.journal(COUNTY, 0, 1).await.unwrap();
    assert!(first_rows[0].after.as_ref().unwrap().contains(&format!("v1.{first}.")), "the journal is as it was");
    let found = Query { search: Some(number(3)), ..all };
    assert_eq!(room.store.count(&pack, &found).await.unwrap(), 1, "blind indexes outlive keys");
}

pub async fn a_row_changed_meanwhile_is_left_to_its_writer(room: Room) {
    let pack = room.ready().await;
    let id = insert(&room.store, &pack, member(&pack, None, 1)).await;
    let operator = room.beside().await;
    operator.vault().rotate().unwrap();
    for n in 2..30 {
        let (reseal, write) = tokio::join!(
            operator.reseal(&pack, 1, |_| {}),
            commit(
                &room.store,
                &pack,
                vec![Write::Update { valid: member(&pack, Some(id), n), expected_version: i64::from(n) - 1 }]
            )
        );
        reseal.unwrap();
        write.unwrap();
        let stands = room.store.get(&pack, COUNTY, ledger(&pack, "member"), id).await.unwrap().unwrap();
        assert_eq!(value(&pack, &stands, "number"), text(&number(n)), "no write is undone");
        operator.vault().rotate().unwrap();
    }
}

pub async fn a_rotation_that_was_cut_off_is_gone_on_with(room: Room) {
    let pack = room.ready().await;
    room.store.import(&pack, batch(Vec::new()), (0..10).map(|n| member(&pack, None, n))).await.unwrap();
    room.store.vault().rotate().unwrap();
    assert_eq!(room.store.sealed_earlier(&pack).await.unwrap(), 10);
    insert(&room.store, &pack, member(&pack, None, 10)).await;
    assert_eq!(room.beside().await.reseal(&pack, 3, |_| {}).await.unwrap(), 10);
    assert_eq!(room.store.sealed_earlier(&pack).await.unwrap(), 0);
}
