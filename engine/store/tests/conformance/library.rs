//! The library that the stories are about.

use std::sync::Arc;

use anju_pack::{LedgerIx, Pack, Source};
use anju_record::{Draft, Raw, Valid, Value, day, validate};
use anju_store::{Batch, CommitError, Receipt, Store, Write};
use uuid::Uuid;

pub const COUNTY: &str = "610923";
pub const WORDS: &str = include_str!("library.toml");

pub fn today() -> i32 {
    day::parse("2026-07-29").unwrap()
}

pub fn pack_of(words: &str) -> Arc<Pack> {
    let source = Source {
        path: "mechanisms/lending/pack/library.toml".into(),
        text: words.into(),
        mechanism: Some("lending".into()),
    };
    Arc::new(anju_pack::compile(&[source]).unwrap_or_else(|faults| panic!("{faults:?}")))
}

pub fn pack() -> Arc<Pack> {
    pack_of(WORDS)
}

pub async fn ready(store: &Store) -> Arc<Pack> {
    let pack = pack();
    follow(store, &pack).await;
    pack
}

pub async fn follow(store: &Store, pack: &Arc<Pack>) {
    let plan = store.plan(pack).await.unwrap();
    store.apply(plan, false).await.unwrap();
    store.ready(pack).await.unwrap();
}

pub fn ledger(pack: &Pack, id: &str) -> LedgerIx {
    pack.ledger_by_id(id).unwrap()
}

pub fn valid(pack: &Pack, id: Option<Uuid>, name: &str, fields: &[(&str, &str)]) -> Valid {
    let ix = ledger(pack, name);
    let mut draft = Draft::new(ix);
    draft.id = id;
    for (field, text) in fields {
        draft = draft.set(*field, Raw::Text((*text).into()));
    }
    validate(pack, ix, draft, today()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

pub fn batch(changes: Vec<Write>) -> Batch {
    Batch {
        county: COUNTY.into(),
        actor: "王".into(),
        origin: "web".into(),
        reason: None,
        idempotency_key: None,
        at: 1_785_000_000_000,
        changes,
    }
}

pub async fn commit(store: &Store, pack: &Arc<Pack>, changes: Vec<Write>) -> Result<Receipt, CommitError> {
    store.commit(pack, batch(changes)).await
}

pub async fn insert(store: &Store, pack: &Arc<Pack>, name: &str, fields: &[(&str, &str)]) -> Uuid {
    let valid = valid(pack, None, name, fields);
    let id = valid.id();
    commit(store, pack, vec![Write::Insert(valid)]).await.unwrap();
    id
}

pub async fn branch(store: &Store, pack: &Arc<Pack>, code: &str) -> Uuid {
    insert(store, pack, "branch", &[("code", code), ("name", &format!("馆{code}")), ("opened_on", "2019-01-01")]).await
}

pub fn value(pack: &Pack, name: &str, record: &anju_record::Record, field: &str) -> Value {
    let ledger = pack.ledger(ledger(pack, name));
    record.values[usize::from(ledger.field_by_id(field).unwrap().0)].clone()
}
