//! The library whose members are sealed.

use std::path::PathBuf;
use std::sync::Arc;

use anju_pack::{FieldIx, Pack};
use anju_record::{Record, Valid, Value, kind};
use anju_store::Store;
use anju_vault::Vault;
use uuid::Uuid;

pub use crate::library::{COUNTY, batch, commit, follow, ledger, pack_of, today, valid};

pub const WORDS: &str = include_str!("members.toml");

/// A database, its address and its keys.
#[derive(Clone)]
pub struct Room {
    pub store: Store,
    pub url: String,
    pub keys: PathBuf,
}

impl Room {
    /// As another process sees the same database.
    pub async fn beside(&self) -> Store {
        Store::open(&self.url, Vault::open(&self.keys).unwrap()).await.unwrap()
    }

    pub async fn ready(&self) -> Arc<Pack> {
        let pack = pack_of(WORDS);
        follow(&self.store, &pack).await;
        pack
    }

    /// Everything that a table and the journal hold as text, as the database itself sees it.
    pub async fn raw(&self) -> String {
        let member = "SELECT coalesce(group_concat(concat_ws('|', name, number, phone, condition, income, born_on, active, memo, number_index, number_tail, phone_index_, phone_tail)), '') FROM member";
        let card = "SELECT coalesce(group_concat(pin), '') FROM card";
        let journal = "SELECT coalesce(group_concat(concat_ws('|', before, after)), '') FROM anju_journal";
        let mut all = String::new();
        for sql in [member, card, journal] {
            let sql = match self.store.dialect() {
                anju_store::Dialect::Sqlite => sql.to_owned(),
                anju_store::Dialect::Postgres => sql
                    .replace("group_concat(", "string_agg(")
                    .replace(")), '') FROM", "), ','), '') FROM")
                    .replace("(pin), ''", "(pin, ','), ''"),
            };
            all.push_str(&self.store.ask(&sql).await.unwrap());
        }
        all
    }
}

/// The same ledgers before anything was sensitive.
pub fn clear_words() -> String {
    let mut words = WORDS.to_owned();
    for class in ["identity", "contact", "health", "bank"] {
        words = words.replace(&format!("sensitive = \"{class}\", "), "");
    }
    words
}

pub fn field(pack: &Pack, id: &str) -> FieldIx {
    pack.ledger(ledger(pack, "member")).field_by_id(id).unwrap()
}

/// A citizen ID number of no division; `n` tells them apart.
pub fn number(n: u32) -> String {
    let begin = format!("99092319800101{n:03}");
    format!("{begin}{}", kind::checksum(&begin).unwrap())
}

pub fn phone(n: u32) -> String {
    format!("100{:08}", 20_260_000 + n)
}

pub fn member(pack: &Pack, id: Option<Uuid>, n: u32) -> Valid {
    let name = format!("读者{n}");
    let fields = [
        ("name", name.as_str()),
        ("number", &number(n)),
        ("phone", &phone(n)),
        ("condition", if n.is_multiple_of(2) { "well" } else { "ill" }),
        ("income", "98765.43"),
        ("born_on", "1980-01-01"),
        ("active", "是"),
        ("memo", "只有医生可以知道的话"),
    ];
    valid(pack, id, "member", &fields)
}

pub async fn insert(store: &Store, pack: &Arc<Pack>, valid: Valid) -> Uuid {
    let id = valid.id();
    commit(store, pack, vec![anju_store::Write::Insert(valid)]).await.unwrap();
    id
}

pub fn value(pack: &Pack, record: &Record, name: &str) -> Value {
    record.values[usize::from(field(pack, name).0)].clone()
}

pub fn text(text: &str) -> Value {
    Value::Text(text.into())
}
