//! Every column of every chained row, altered directly in the database, is named.

use anju_store::{Dialect, Store};
use rand::Rng;

use crate::events::event;
use crate::library::*;

#[derive(Clone, Copy, PartialEq)]
enum Kept {
    Journal,
    Events,
}

/// Text columns, number columns, id columns.
const JOURNAL: [&[&str]; 3] = [
    &["county", "actor", "origin", "reason", "ledger", "before", "after", "pack", "prev", "hash"],
    &["seq", "at"],
    &["id"],
];
const EVENTS: [&[&str]; 3] = [
    &["county", "actor", "address", "act", "ledger", "area", "reason", "detail", "pack", "prev", "hash"],
    &["seq", "at"],
    &["id"],
];
const ROWS: i64 = 7;

impl Kept {
    const fn tables(self) -> (&'static str, &'static str) {
        match self {
            Self::Journal => ("anju_journal", "anju_head"),
            Self::Events => ("anju_event", "anju_event_head"),
        }
    }

    /// The place that verification names.
    async fn named(self, store: &Store) -> Option<i64> {
        match self {
            Self::Journal => store.verify(COUNTY).await.unwrap().err().map(|broken| broken.seq),
            Self::Events => store.verify_events(COUNTY).await.unwrap().err().map(|broken| broken.seq),
        }
    }

    async fn prepare(self, store: &Store) {
        let pack = ready(store).await;
        let id = branch(store, &pack, "610923100001001").await;
        for n in 0..ROWS - 1 {
            let fields = [("code", "610923100001001"), ("name", &*format!("新馆{n}")), ("opened_on", "2020-02-29")];
            let valid = valid(&pack, Some(id), "branch", &fields);
            let mut change = batch(vec![anju_store::Write::Update { valid, expected_version: n + 1 }]);
            change.reason = Some("改名".into());
            change.origin = "web 10.0.0.7".into();
            store.commit(&pack, change).await.unwrap();
        }
        store.record_events((1..=ROWS).map(event).collect()).await.unwrap();
        let (rows, head) = self.tables();
        for table in [rows, head] {
            store.tamper(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await.unwrap();
        }
    }

    /// Alters, expects the row to be named, and puts everything back.
    async fn expect(self, store: &Store, alterations: &[String], seq: i64) {
        for alter in alterations {
            store.tamper(alter).await.unwrap_or_else(|error| panic!("{alter}: {error}"));
        }
        assert_eq!(self.named(store).await, Some(seq), "{alterations:?}");
        let (rows, head) = self.tables();
        for table in [rows, head] {
            store.tamper(&format!("DELETE FROM {table}")).await.unwrap();
            store.tamper(&format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await.unwrap();
        }
    }
}

pub async fn any_altered_byte_of_a_journal_row_is_named(store: Store) {
    every_byte(store, Kept::Journal, JOURNAL).await;
}

pub async fn any_altered_byte_of_an_event_is_named(store: Store) {
    every_byte(store, Kept::Events, EVENTS).await;
}

async fn every_byte(store: Store, kept: Kept, [texts, numbers, ids]: [&[&str]; 3]) {
    kept.prepare(&store).await;
    let (rows, _) = kept.tables();
    let mut rng = rand::rng();
    for column in texts {
        // The first row of a journal has no reason and nothing before it.
        let seq = rng.random_range(2..=ROWS);
        let length: usize = store
            .ask(&format!("SELECT CAST(length({column}) AS TEXT) FROM {rows} WHERE seq = {seq}"))
            .await
            .unwrap()
            .parse()
            .unwrap();
        let mut places = vec![1, length];
        places.extend((0..4).map(|_| rng.random_range(1..=length)));
        for place in places {
            let other = format!("CASE WHEN substr({column}, {place}, 1) = 'x' THEN 'y' ELSE 'x' END");
            let altered = format!("substr({column}, 1, {}) || {other} || substr({column}, {})", place - 1, place + 1);
            kept.expect(&store, &[format!("UPDATE {rows} SET {column} = {altered} WHERE seq = {seq}")], seq).await;
        }
        kept.expect(&store, &[format!("UPDATE {rows} SET {column} = {column} || ' ' WHERE seq = {seq}")], seq).await;
        if ["reason", "before", "after", "ledger", "area", "detail"].contains(column)
            && !(kept == Kept::Journal && *column == "ledger")
        {
            kept.expect(&store, &[format!("UPDATE {rows} SET {column} = NULL WHERE seq = {seq}")], seq).await;
            kept.expect(&store, &[format!("UPDATE {rows} SET {column} = '' WHERE seq = {seq}")], seq).await;
        }
    }
    for column in numbers {
        let seq = rng.random_range(1..=ROWS);
        for bit in [0, 8, 31, 40] {
            let by = 1_i64 << bit;
            let far = if *column == "seq" { by + ROWS } else { by };
            kept.expect(&store, &[format!("UPDATE {rows} SET {column} = {column} + {far} WHERE seq = {seq}")], seq)
                .await;
        }
    }
    for column in ids {
        let value = match store.dialect() {
            Dialect::Sqlite => "x'018f0000000070008000000000000001'",
            Dialect::Postgres => "'018f0000-0000-7000-8000-000000000001'",
        };
        kept.expect(&store, &[format!("UPDATE {rows} SET {column} = {value} WHERE seq = 3")], 3).await;
    }
    if store.dialect() == Dialect::Sqlite {
        // Values that cannot even be read are named too.
        kept.expect(&store, &[format!("UPDATE {rows} SET id = x'00' WHERE seq = 5")], 5).await;
        kept.expect(&store, &[format!("UPDATE {rows} SET actor = CAST(x'ff' AS TEXT) WHERE seq = 6")], 6).await;
    }
    assert_eq!(kept.named(&store).await, None);
}

pub async fn rows_taken_out_put_in_or_put_elsewhere_are_named(store: Store) {
    for (kept, columns) in [(Kept::Journal, JOURNAL), (Kept::Events, EVENTS)] {
        if kept == Kept::Journal {
            kept.prepare(&store).await;
        } else {
            for table in ["anju_event", "anju_event_head"] {
                store.tamper(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await.unwrap();
            }
        }
        let (rows, head) = kept.tables();
        let names = columns.concat();
        let others: Vec<&str> = names.into_iter().filter(|name| *name != "seq").collect();
        let others = others.join(", ");
        let copy = |from: i64, to: i64| {
            format!("INSERT INTO {rows} (seq, {others}) SELECT {to}, {others} FROM {rows} WHERE seq = {from}")
        };
        let delete = |seq: i64| format!("DELETE FROM {rows} WHERE seq = {seq}");
        let shift = |from: i64, to: i64| format!("UPDATE {rows} SET seq = {to} WHERE seq = {from}");
        for seq in 1..=ROWS {
            kept.expect(&store, &[delete(seq)], seq).await;
        }
        kept.expect(&store, &[copy(7, 8)], 8).await;
        kept.expect(&store, &[copy(3, 0)], 0).await;
        kept.expect(&store, &[copy(3, -5)], -5).await;
        kept.expect(&store, &[copy(3, 60)], 8).await;
        kept.expect(&store, &[shift(3, 99), shift(4, 3), shift(99, 4)], 3).await;
        kept.expect(&store, &[delete(4), copy(3, 4)], 4).await;
        // Taken out, and the rest moved up.
        kept.expect(&store, &[delete(4), shift(5, 4), shift(6, 5), shift(7, 6)], 4).await;
        // The tail cut off; its head left, lowered with a wrong hash, or lowered while the rows stand.
        kept.expect(&store, &[delete(6), delete(7)], 6).await;
        kept.expect(&store, &[delete(7), format!("UPDATE {head} SET seq = 6")], 6).await;
        kept.expect(&store, &[format!("UPDATE {head} SET seq = 5, hash = (SELECT hash FROM {rows} WHERE seq = 5)")], 6)
            .await;
        kept.expect(&store, &[format!("UPDATE {head} SET seq = 9")], 8).await;
        kept.expect(&store, &[format!("UPDATE {head} SET hash = (SELECT hash FROM {rows} WHERE seq = 6)")], 7).await;
        kept.expect(&store, &[format!("DELETE FROM {head}")], 1).await;
        assert_eq!(kept.named(&store).await, None);
    }
}
