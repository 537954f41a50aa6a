use std::path::Path;

use anju_record::{Lang, Value};
use anju_store::{Error, Query, Store, Write};
use anju_vault::{Suite, Vault};

use super::library::*;

/// None of these may stand anywhere.
fn secrets(n: u32) -> Vec<String> {
    let (number, phone) = (number(n), phone(n));
    let ends = [number[14..].to_owned() + "|", phone[7..].to_owned() + "|"];
    let fixed = ["9876543", "98765.43", "1980-01-01", "医生", "4711秘密"].map(str::to_owned);
    [number, phone].into_iter().chain(ends).chain(fixed).collect()
}

pub async fn nothing_sensitive_rests_in_the_clear(room: Room) {
    let pack = room.ready().await;
    let id = insert(&room.store, &pack, member(&pack, None, 7)).await;
    insert(&room.store, &pack, valid(&pack, None, "card", &[("member", &id.to_string()), ("pin", "4711秘密")])).await;
    let change = Write::Update { valid: member(&pack, Some(id), 8), expected_version: 1 };
    commit(&room.store, &pack, vec![change]).await.unwrap();
    let raw = room.raw().await;
    assert!(raw.contains("读者8") && raw.contains("v1."), "what is looked at is the data: {raw}");
    for secret in [7, 8].into_iter().flat_map(secrets) {
        assert!(!raw.contains(&secret), "{secret} stands in {raw}");
    }
    for code in ["|well|", "|ill|", "\"well\"", "\"ill\""] {
        assert!(!raw.contains(code), "{code}");
    }
    assert!(room.store.verify(COUNTY).await.unwrap().is_ok());
}

pub async fn every_way_of_reading_opens_it(room: Room) {
    let pack = room.ready().await;
    let written = member(&pack, None, 7);
    let receipt = commit(&room.store, &pack, vec![Write::Insert(written.clone())]).await.unwrap();
    let (ix, id) = (ledger(&pack, "member"), written.id());
    assert_eq!(receipt.changes[0].after.as_ref().unwrap().values, written.values());
    let got = room.store.get(&pack, COUNTY, ix, id).await.unwrap().unwrap();
    assert_eq!(got.values, written.values());
    assert_eq!(value(&pack, &got, "income"), Value::Int(9_876_543));
    assert_eq!(room.store.select(&pack, &Query::of(COUNTY, ix, today())).await.unwrap(), std::slice::from_ref(&got));
    let columns = ["number", "income", "born_on", "active"].map(|name| field(&pack, name));
    let mut loaded = Vec::new();
    room.store.load(&pack, COUNTY, ix, &columns, |record| loaded.push(record)).await.unwrap();
    for column in columns {
        assert_eq!(loaded[0].values[usize::from(column.0)], got.values[usize::from(column.0)]);
    }
    assert_eq!(value(&pack, &loaded[0], "memo"), Value::Null, "what is not asked for is not opened");
    let change = Write::Update { valid: member(&pack, Some(id), 9), expected_version: 1 };
    let keyed = anju_store::Batch { idempotency_key: Some("once".into()), ..batch(vec![change]) };
    let first = room.store.commit(&pack, keyed.clone()).await.unwrap();
    let again = room.store.commit(&pack, keyed).await.unwrap();
    assert!(again.replayed && again.changes == first.changes, "the first receipt is read back from the journal");
    let rows = room.store.history(COUNTY, "member", id).await.unwrap();
    let told = room.store.change(&pack, &rows[1]).unwrap().unwrap();
    assert_eq!(told, first.changes[0]);
    assert_eq!(value(&pack, told.before.as_ref().unwrap(), "phone"), text(&phone(7)));
    commit(&room.store, &pack, vec![Write::Delete { ledger: ix, id, expected_version: 2 }]).await.unwrap();
    let rows = room.store.history(COUNTY, "member", id).await.unwrap();
    let gone = room.store.change(&pack, &rows[2]).unwrap().unwrap();
    assert_eq!(gone.before, told.after);
}

pub async fn an_import_is_sealed_too(room: Room) {
    let pack = room.ready().await;
    let records: Vec<_> = (0..50).map(|n| member(&pack, None, n)).collect();
    let values: Vec<Vec<Value>> = records.iter().map(|valid| valid.values().to_vec()).collect();
    let receipt = room.store.import(&pack, batch(Vec::new()), records).await.unwrap();
    let told: Vec<Vec<Value>> =
        receipt.changes.iter().map(|change| change.after.as_ref().unwrap().values.clone()).collect();
    assert_eq!(told, values);
    let raw = room.raw().await;
    for n in 0..50 {
        assert!(secrets(n).iter().all(|secret| !raw.contains(secret.as_str())), "{n}");
    }
    for row in room.store.journal(COUNTY, 0, 100).await.unwrap() {
        let change = room.store.change(&pack, &row).unwrap().unwrap();
        let stands = room.store.get(&pack, COUNTY, change.ledger, change.id).await.unwrap();
        assert_eq!(change.after, stands, "the row is as the journal says");
    }
}

pub async fn sealed_text_put_elsewhere_does_not_open_and_is_named(room: Room) {
    let pack = room.ready().await;
    let one = insert(&room.store, &pack, member(&pack, None, 1)).await;
    let two = insert(&room.store, &pack, member(&pack, None, 2)).await;
    let ix = ledger(&pack, "member");
    room.store
        .tamper(
            "UPDATE member SET phone = (SELECT m.phone FROM member AS m WHERE m.name = '读者1') WHERE name = '读者2'",
        )
        .await
        .unwrap();
    assert!(room.store.get(&pack, COUNTY, ix, one).await.is_ok());
    let error = room.store.get(&pack, COUNTY, ix, two).await.unwrap_err();
    assert!(matches!(&error, Error::Sealed { field, id, .. } if field == "member.phone" && *id == two), "{error}");
    assert!(!error.to_string().contains(&phone(1)), "{error}");
    room.store.tamper("UPDATE member SET phone = memo WHERE name = '读者1'").await.unwrap();
    assert!(room.store.get(&pack, COUNTY, ix, one).await.is_err(), "nor in another field of the same record");
}

pub async fn clear_text_put_into_a_sealed_column_is_refused(room: Room) {
    let pack = room.ready().await;
    let id = insert(&room.store, &pack, member(&pack, None, 1)).await;
    room.store.tamper("UPDATE member SET phone = '13900000000'").await.unwrap();
    let error = room.store.get(&pack, COUNTY, ledger(&pack, "member"), id).await.unwrap_err();
    assert!(matches!(error, Error::Sealed { .. }) && !error.to_string().contains("13900000000"), "{error}");
    let mut rows = 0;
    let load = room.store.load(&pack, COUNTY, ledger(&pack, "member"), &[field(&pack, "phone")], |_| rows += 1).await;
    assert!(load.is_err() && rows == 0);
}

pub async fn a_label_opens_what_it_shows(room: Room) {
    let pack = room.ready().await;
    let id = insert(&room.store, &pack, member(&pack, None, 3)).await;
    let card =
        insert(&room.store, &pack, valid(&pack, None, "card", &[("member", &id.to_string()), ("pin", "4711")])).await;
    let labels = room.store.labels(&pack, COUNTY, ledger(&pack, "card"), &[card], Lang::Zh, today()).await.unwrap();
    assert_eq!(labels[&card], "读者3 4711");
}

pub async fn a_key_that_is_not_there_is_named_when_the_store_is_opened(room: Room) {
    room.ready().await;
    let error = Store::open(&room.url, Vault::testing()).await.unwrap_err();
    assert!(matches!(&error, Error::Keys(id) if *id == room.store.vault().current()), "{error}");
}

fn assert_absent(file: &Path, numbers: u32) -> usize {
    let Ok(bytes) = std::fs::read(file) else { return 0 };
    let text = String::from_utf8_lossy(&bytes);
    for n in 0..numbers {
        for secret in [number(n), phone(n)] {
            assert!(!text.contains(&secret), "{secret} stands in {}", file.display());
        }
    }
    assert!(!text.contains("医生") && !text.contains("98765"), "{}", file.display());
    bytes.len()
}

pub async fn no_file_holds_a_number() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("store.db");
    let vault = Vault::create(&folder.path().join("keys.toml"), Suite::International).unwrap();
    let store = Store::open(database.to_str().unwrap(), vault).await.unwrap();
    let pack = pack_of(WORDS);
    follow(&store, &pack).await;
    store.import(&pack, batch(Vec::new()), (0..300).map(|n| member(&pack, None, n))).await.unwrap();
    for n in 300..320 {
        let id = insert(&store, &pack, member(&pack, None, n)).await;
        let change = Write::Update { valid: member(&pack, Some(id), n), expected_version: 1 };
        commit(&store, &pack, vec![change]).await.unwrap();
    }
    let backup = folder.path().join("backup.db");
    store.backup(&backup).await.unwrap();
    assert!(store.backup(&backup).await.is_err(), "a backup is never written over");
    let sizes = ["store.db", "store.db-wal", "backup.db"].map(|name| assert_absent(&folder.path().join(name), 320));
    assert!(sizes.iter().all(|size| *size >= 4_096), "{sizes:?}");
    let restored = Store::open(backup.to_str().unwrap(), store.vault().clone()).await.unwrap();
    assert_eq!(restored.head(COUNTY).await.unwrap(), store.head(COUNTY).await.unwrap());
    assert_eq!(restored.select(&pack, &Query::of(COUNTY, ledger(&pack, "member"), today())).await.unwrap().len(), 320);
}
