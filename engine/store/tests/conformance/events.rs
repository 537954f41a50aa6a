//! The chain of events: told by many at once, asked for, held against checkpoints, trimmed.

use anju_store::{Asked, Checkpoint, EventQuery, KEPT_FOR, NewEvent, Store, Write};
use uuid::Uuid;

use crate::library::*;

const DAY: i64 = 86_400_000;
pub const AT: i64 = 1_785_000_000_000;
/// When the stories verify, if nothing else is said.
pub const NOW: i64 = AT + 200 * DAY;

pub fn event(n: i64) -> NewEvent {
    NewEvent {
        county: COUNTY.into(),
        at: AT + n,
        actor: "王".into(),
        address: "10.0.0.7".into(),
        act: "read".into(),
        ledger: Some("reader".into()),
        id: Some(Uuid::from_u128(n.unsigned_abs().into())),
        area: Some("610923100001001".into()),
        reason: Some("入户".into()),
        detail: Some(format!("{{\"n\":{n}}}")),
        pack: "abc".into(),
    }
}

pub async fn checkpoint(store: &Store, at: i64) -> Checkpoint {
    let asked = Asked { actor: "audit", address: "10.0.0.9", pack: "abc", day: today(), at };
    store.make_checkpoint(COUNTY, asked).await.unwrap()
}

pub async fn sixteen_writers_give_one_unbroken_chain(store: Store) {
    let pack = ready(&store).await;
    branch(&store, &pack, "610923100001001").await;
    let home = store.journal(COUNTY, 0, 1).await.unwrap()[0].id.to_string();
    let writers = (0..16_i64).map(|writer| {
        let (store, pack, home) = (store.clone(), pack.clone(), home.clone());
        tokio::spawn(async move {
            for n in 0..20 {
                store.record_events(vec![event(writer * 1_000 + n)]).await.unwrap();
                if n % 7 == 0 {
                    let made = valid(&pack, None, "reader", &[("branch", &home), ("name", "甲")]);
                    commit(&store, &pack, vec![Write::Insert(made)]).await.unwrap();
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let verified = store.verify_events(COUNTY, NOW).await.unwrap().unwrap();
    assert_eq!(verified.rows, 320);
    assert_eq!(store.event_head(COUNTY).await.unwrap(), (320, verified.head));
    let all = store.events_after(COUNTY, 0, 1_000).await.unwrap();
    for writer in 0..16 {
        let own: Vec<i64> = all.iter().map(|event| event.at - AT).filter(|n| n / 1_000 == writer).collect();
        assert_eq!(own, (0..20).map(|n| writer * 1_000 + n).collect::<Vec<_>>(), "each once, in the writer's order");
    }
    assert!(store.verify(COUNTY).await.unwrap().is_ok());
}

pub async fn events_come_back_as_they_were_told_whatever_was_typed(store: Store) {
    store.record_events(Vec::new()).await.unwrap();
    assert_eq!(store.event_head(COUNTY).await.unwrap().0, 0);
    let strange = NewEvent { actor: "nul\0'\"; DROP TABLE".into(), id: None, ledger: None, ..event(0) };
    let elsewhere = NewEvent { county: "610924".into(), ..event(2) };
    store.record_events(vec![strange, elsewhere, event(1)]).await.unwrap();
    let told = store.events_after(COUNTY, 0, 10).await.unwrap();
    assert_eq!((told.len(), told[0].actor.as_str()), (2, "nul\u{fffd}'\"; DROP TABLE"));
    let (wanted, found) = (event(1), &told[1]);
    assert_eq!((&wanted.ledger, wanted.id, &wanted.area), (&found.ledger, found.id, &found.area));
    assert_eq!((&wanted.reason, &wanted.detail, &wanted.pack), (&found.reason, &found.detail, &found.pack));
    assert_eq!(found.prev, told[0].hash);
    for county in [COUNTY, "610924"] {
        assert!(store.verify_events(county, NOW).await.unwrap().is_ok(), "{county}");
    }
}

pub async fn events_are_asked_for_by_what_they_say(store: Store) {
    let told = (0..30).map(|n| NewEvent {
        actor: if n % 2 == 0 { "王" } else { "李" }.into(),
        act: ["read", "reveal", "export"][usize::try_from(n % 3).unwrap()].into(),
        area: [Some("610923100001001"), Some("6109231"), Some("610923200"), None][usize::try_from(n % 4).unwrap()]
            .map(str::to_owned),
        ledger: (n % 5 != 0).then(|| "reader".into()),
        ..event(n)
    });
    store.record_events(told.collect()).await.unwrap();
    let base = EventQuery { county: COUNTY.into(), limit: 100, ..EventQuery::default() };
    let ask = async |query: EventQuery| -> Vec<i64> {
        store.events(&query).await.unwrap().into_iter().map(|event| event.at - AT).collect()
    };
    let those = |holds: fn(&i64) -> bool| (0..30).rev().filter(holds).collect::<Vec<i64>>();
    assert_eq!(ask(base.clone()).await, those(|_| true), "newest first");
    assert_eq!(ask(EventQuery { actor: Some("李".into()), ..base.clone() }).await, those(|n| n % 2 == 1));
    let acts = vec!["reveal".into(), "export".into()];
    assert_eq!(ask(EventQuery { acts, ..base.clone() }).await, those(|n| n % 3 > 0));
    assert_eq!(ask(EventQuery { ledger: Some("reader".into()), ..base.clone() }).await, those(|n| n % 5 > 0));
    assert_eq!(ask(EventQuery { id: Some(Uuid::from_u128(4)), ..base.clone() }).await, [4]);
    let within = EventQuery { from: Some(AT + 5), until: Some(AT + 9), ..base.clone() };
    assert_eq!(ask(within).await, [8, 7, 6, 5]);
    let areas = |areas: &[&str]| Some(areas.iter().map(|area| (*area).to_owned()).collect());
    assert_eq!(ask(EventQuery { areas: areas(&["610923100"]), ..base.clone() }).await, those(|n| n % 4 == 0));
    let two = areas(&["6109231", "610923200"]);
    assert_eq!(ask(EventQuery { areas: two, ..base.clone() }).await, those(|n| n % 4 < 3));
    assert_eq!(ask(EventQuery { areas: areas(&[]), ..base.clone() }).await, [0_i64; 0], "no area, no event");
    let page = EventQuery { before_seq: Some(11), limit: 3, ..base.clone() };
    assert_eq!(ask(page).await, [9, 8, 7]);
    assert_eq!(ask(EventQuery { county: "610924".into(), ..base }).await, [0_i64; 0]);
}

pub async fn a_checkpoint_is_read_back_outside_the_database(store: Store) {
    let pack = ready(&store).await;
    branch(&store, &pack, "610923100001001").await;
    store.record_events(vec![event(0)]).await.unwrap();
    let made = checkpoint(&store, AT).await;
    assert_eq!((made.journal_seq, made.event_seq), (1, 1));
    assert_eq!(store.last_checkpoint(COUNTY).await.unwrap().as_ref(), Some(&made));
    let exported = made.export();
    assert_eq!(Checkpoint::parse(&exported).as_ref(), Some(&made));
    assert!(made.is_signed());
    for (position, _) in exported.char_indices() {
        let mut altered = exported.clone();
        let other = if altered[position..].starts_with('7') { "3" } else { "7" };
        altered.replace_range(position..=position, other);
        let read = Checkpoint::parse(&altered);
        assert!(read.is_none_or(|read| !read.is_signed()), "position {position}: {altered}");
    }
    assert_eq!(store.verify_journal_against_checkpoints(COUNTY, NOW).await.unwrap(), Ok(1));
    assert!(store.verify_events(COUNTY, NOW).await.unwrap().is_ok());
}

pub async fn a_tail_cut_off_with_its_head_is_missed_by_the_checkpoint(store: Store) {
    let pack = ready(&store).await;
    for n in 0..6 {
        branch(&store, &pack, &format!("61092310000100{n}")).await;
        store.record_events(vec![event(n)]).await.unwrap();
    }
    let made = checkpoint(&store, AT + 10).await;
    let chains = [
        ("anju_journal", "anju_head", "the journal ends at row 4"),
        ("anju_event", "anju_event_head", "the events end at 4"),
    ];
    for (rows, head, said) in chains {
        for table in [rows, head] {
            store.tamper(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await.unwrap();
        }
        store.tamper(&format!("DELETE FROM {rows} WHERE seq > 4")).await.unwrap();
        let cut = format!("UPDATE {head} SET seq = 4, hash = (SELECT hash FROM {rows} WHERE seq = 4)");
        store.tamper(&cut).await.unwrap();
        let alone =
            (store.verify(COUNTY).await.unwrap().is_ok(), store.verify_events(COUNTY, NOW).await.unwrap().is_ok());
        assert_eq!(alone, (true, true), "the chains alone cannot see it");
        let broken = store.verify_journal_against_checkpoints(COUNTY, NOW).await.unwrap().unwrap_err();
        assert_eq!((broken.day, broken.at), (today(), AT + 10));
        assert!(broken.what.contains(said), "{broken}");
        assert!(store.verify_checkpoint(&made, NOW).await.unwrap().is_err(), "nor with one kept elsewhere");
        for table in [rows, head] {
            store.tamper(&format!("DELETE FROM {table}")).await.unwrap();
            store.tamper(&format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await.unwrap();
        }
        assert_eq!(store.verify_journal_against_checkpoints(COUNTY, NOW).await.unwrap(), Ok(1));
    }
}

/// Whoever can write anew all rows with right hashes still cannot sign.
pub async fn a_chain_written_anew_does_not_fit_the_checkpoint(store: Store) {
    let pack = ready(&store).await;
    for n in 0..3 {
        branch(&store, &pack, &format!("61092310000100{n}")).await;
    }
    let made = checkpoint(&store, AT).await;
    store.tamper("DELETE FROM anju_journal").await.unwrap();
    store.tamper("DELETE FROM anju_head").await.unwrap();
    for n in 3..6 {
        branch(&store, &pack, &format!("61092310000100{n}")).await;
    }
    assert!(store.verify(COUNTY).await.unwrap().is_ok());
    let broken = store.verify_checkpoint(&made, NOW).await.unwrap().unwrap_err();
    assert!(broken.what.contains("journal row 3"), "{broken}");
}

pub async fn any_altered_checkpoint_is_named(store: Store) {
    let pack = ready(&store).await;
    branch(&store, &pack, "610923100001001").await;
    store.record_events(vec![event(0)]).await.unwrap();
    checkpoint(&store, AT).await;
    store.record_events(vec![event(1)]).await.unwrap();
    let second = checkpoint(&store, AT + 1).await;
    store.tamper("CREATE TABLE kept_checkpoint AS SELECT * FROM anju_checkpoint").await.unwrap();
    let texts = ["journal_hash", "event_hash", "public_key", "signature"]
        .map(|column| format!("{column} = substr({column}, 1, 9) || '0' || '1' || substr({column}, 12)"));
    let numbers = ["day", "journal_seq", "event_seq", "at"].map(|column| format!("{column} = {column} + 1"));
    for change in texts.iter().chain(&numbers) {
        store.tamper(&format!("UPDATE anju_checkpoint SET {change} WHERE at = {}", AT + 1)).await.unwrap();
        let broken = store.verify_journal_against_checkpoints(COUNTY, NOW).await.unwrap().unwrap_err();
        assert!(broken.at == second.at || broken.at == second.at + 1, "{change}: {broken}");
        assert!(store.verify_events(COUNTY, NOW).await.unwrap().is_err(), "{change}: the events tell of another");
        store.tamper("DELETE FROM anju_checkpoint").await.unwrap();
        store.tamper("INSERT INTO anju_checkpoint SELECT * FROM kept_checkpoint").await.unwrap();
    }
    store.tamper("DELETE FROM anju_checkpoint WHERE journal_seq = 1").await.unwrap();
    let broken = store.verify_events(COUNTY, NOW).await.unwrap().unwrap_err();
    assert!(broken.what.contains("checkpoint"), "{broken}");
}

fn trimming(at: i64) -> NewEvent {
    NewEvent { at, act: "anything".into(), reason: Some("保存期满".into()), ..event(0) }
}

pub async fn events_are_trimmed_only_below_a_checkpoint_and_after_183_days(store: Store) {
    for n in 0..5 {
        store.record_events(vec![event(n)]).await.unwrap();
    }
    let old = checkpoint(&store, AT + 5).await;
    for n in 10..15 {
        store.record_events(vec![event(n * DAY)]).await.unwrap();
    }
    let young = checkpoint(&store, AT + 15 * DAY).await;
    let now = AT + 6 + KEPT_FOR;
    let refused = store.trim_events(&old, AT + 6, trimming(now - 1)).await;
    assert!(refused.is_err(), "183 days are not over");
    assert!(store.trim_events(&young, AT + 6, trimming(now)).await.is_err(), "the checkpoint is too young");
    let foreign = Checkpoint { event_seq: 4, ..old.clone() };
    assert!(store.trim_events(&foreign, AT + 6, trimming(now)).await.is_err(), "not a checkpoint of ours");
    assert_eq!(store.event_head(COUNTY).await.unwrap().0, 12, "nothing was taken away");
    assert_eq!(store.trim_events(&old, AT + 6, trimming(now)).await.unwrap(), 5);
    let verified = store.verify_events(COUNTY, NOW).await.unwrap().unwrap();
    assert_eq!(verified.rows, 8, "the chain begins below the checkpoint");
    assert_eq!(store.verify_journal_against_checkpoints(COUNTY, NOW).await.unwrap(), Ok(2));
    let last = store.events(&EventQuery { county: COUNTY.into(), limit: 1, ..EventQuery::default() }).await.unwrap();
    assert_eq!((last[0].act.as_str(), last[0].reason.as_deref()), ("trim", Some("保存期满")));
    store.tamper("DELETE FROM anju_event WHERE seq = 6").await.unwrap();
    assert_eq!(store.verify_events(COUNTY, NOW).await.unwrap().unwrap_err().seq, 1, "one row more has gone");
}

pub async fn a_beginning_taken_away_without_a_word_is_missed(store: Store) {
    for n in 0..4 {
        store.record_events(vec![event(n)]).await.unwrap();
    }
    checkpoint(&store, AT + 5).await;
    store.tamper("DELETE FROM anju_event WHERE seq <= 4").await.unwrap();
    let broken = store.verify_events(COUNTY, NOW).await.unwrap().unwrap_err();
    assert_eq!(broken.seq, 4, "{broken}");
}
