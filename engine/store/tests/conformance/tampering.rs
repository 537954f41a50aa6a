//! Every column of every chained row, altered directly in the database, is named.

use anju_store::{Checkpoint, Dialect, Event, KEPT_FOR, NewEvent, Store};
use rand::Rng;

use crate::events::{AT, NOW, checkpoint, event};
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
            Self::Events => store.verify_events(COUNTY, NOW).await.unwrap().err().map(|broken| broken.seq),
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

const DAY: i64 = 86_400_000;

/// Whoever writes to the database takes away all events up to a checkpoint, and lets a `trim` event with a right hash follow.
async fn forge_a_trim(store: &Store, made: &Checkpoint, at: i64, detail: &str) {
    store.tamper(&format!("DELETE FROM anju_event WHERE seq <= {}", made.event_seq)).await.unwrap();
    let trim = NewEvent { at, act: "trim".into(), detail: Some(detail.to_owned()), ..event(0) };
    store.record_events(vec![trim]).await.unwrap();
}

/// What the three ways of asking say; each names something if it is `true`.
async fn noticed(store: &Store, exported: &Checkpoint, now: i64) -> [bool; 3] {
    [
        store.verify_events(COUNTY, now).await.unwrap().is_err(),
        store.verify_journal_against_checkpoints(COUNTY, now).await.unwrap().is_err(),
        store.verify_checkpoint(exported, now).await.unwrap().is_err(),
    ]
}

pub async fn events_taken_away_without_the_key_are_missed(store: Store) {
    store.record_events((1..=ROWS).map(event).collect()).await.unwrap();
    let made = checkpoint(&store, AT + 10).await;
    let exported = Checkpoint::parse(&made.export()).unwrap();
    for table in ["anju_event", "anju_event_head"] {
        store.tamper(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await.unwrap();
    }
    let at = AT + 10 + KEPT_FOR + DAY;
    let (through, hash, before) = (made.event_seq, &made.event_hash, at - KEPT_FOR);
    let details = [
        format!(r#"{{"through":{through},"before":{before}}}"#),
        format!(r#"{{"through":{through},"hash":"{hash}","before":{before},"signature":""}}"#),
        format!(r#"{{"through":{through},"hash":"{hash}","before":{before},"signature":"{}"}}"#, made.signature),
        {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("keys.toml");
            let other = anju_vault::Vault::create(&file, anju_vault::Suite::International);
            let words = format!("anju-trim-1\ncounty {COUNTY}\nevents {through} {hash}\nbefore {before}\nat {at}\n");
            let signature = other.unwrap().sign(words.as_bytes());
            format!(r#"{{"through":{through},"hash":"{hash}","before":{before},"signature":"{signature}"}}"#)
        },
    ];
    for detail in details {
        forge_a_trim(&store, &made, at, &detail).await;
        // Also long after the time that the forger chose has passed.
        for now in [AT + DAY, at, at + 1_000 * DAY] {
            assert_eq!(noticed(&store, &exported, now).await, [true; 3], "{detail} at {now}");
        }
        for table in ["anju_event", "anju_event_head"] {
            store.tamper(&format!("DELETE FROM {table}")).await.unwrap();
            store.tamper(&format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await.unwrap();
        }
        assert_eq!(noticed(&store, &exported, NOW).await, [false; 3]);
    }
}

pub async fn a_signed_trim_covers_what_it_was_signed_for_and_nothing_else(store: Store) {
    store.record_events((1..=3).map(event).collect()).await.unwrap();
    let first = checkpoint(&store, AT + 10).await;
    store.record_events((4..=6).map(event).collect()).await.unwrap();
    let second = checkpoint(&store, AT + 20).await;
    let at = AT + 15 + KEPT_FOR;
    let telling = NewEvent { at, ..event(0) };
    assert_eq!(store.trim_events(&first, AT + 15, telling).await.unwrap(), 3);
    let lawful: Event = store.events_after(COUNTY, 0, 100).await.unwrap().pop().unwrap();
    for exported in [&first, &second] {
        assert_eq!(noticed(&store, exported, at).await, [false; 3]);
    }
    assert_eq!(noticed(&store, &second, at - 2 * DAY).await, [true; 3], "signed by nobody yet");
    // Its words are told again for more than it was signed for.
    let more = lawful.detail.unwrap().replace("\"through\":3", &format!("\"through\":{}", second.event_seq));
    assert!(more.contains(&format!("\"through\":{}", second.event_seq)), "{more}");
    forge_a_trim(&store, &second, at, &more).await;
    assert_eq!(noticed(&store, &second, at).await, [true; 3]);
}

pub async fn what_is_dated_in_the_future_is_named(store: Store) {
    let now = AT + 10;
    store.record_events(vec![event(1), NewEvent { at: now + DAY, ..event(2) }]).await.unwrap();
    assert!(store.verify_events(COUNTY, now).await.unwrap().is_ok(), "clocks differ by up to a day");
    store.record_events(vec![NewEvent { at: now + DAY + 1, ..event(3) }]).await.unwrap();
    assert_eq!(store.verify_events(COUNTY, now).await.unwrap().unwrap_err().seq, 3);
    assert!(store.verify_events(COUNTY, now + 1).await.unwrap().is_ok(), "its day has come");
    let late = checkpoint(&store, now + 3 * DAY).await;
    for told in [
        store.verify_checkpoint(&late, now).await.unwrap().unwrap_err(),
        store.verify_journal_against_checkpoints(COUNTY, now).await.unwrap().unwrap_err(),
    ] {
        assert!(told.what.contains("future") && told.at == now + 3 * DAY, "{told}");
    }
}
