//! kill -9 at random moments: what was acknowledged is there, and the chain is whole.

use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use anju_store::{Store, Write};
use anju_vault::Vault;
use rand::Rng;

use crate::library::*;

const CHILD: &str = "ANJU_KILLED_WRITER";

/// Writes until killed; says each acknowledged id. Only runs as the child of the test below.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_writer_to_be_killed() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let store = Store::open(&path, Vault::testing()).await.unwrap();
    let pack = ready(&store).await;
    let home = match store.head(COUNTY).await.unwrap().0 {
        0 => branch(&store, &pack, "610923100001001").await,
        _ => store.journal(COUNTY, 0, 1).await.unwrap()[0].id,
    };
    let writers = (0..8).map(|_| {
        let (store, pack, home) = (store.clone(), pack.clone(), home.to_string());
        tokio::spawn(async move {
            for _ in 0..1_000_000 {
                let made = valid(&pack, None, "reader", &[("branch", &home), ("name", "甲")]);
                let id = made.id();
                commit(&store, &pack, vec![Write::Insert(made)]).await.unwrap();
                let told = anju_store::NewEvent { id: Some(id), ..crate::events::event(0) };
                store.record_events(vec![told]).await.unwrap();
                let mut out = std::io::stdout().lock();
                writeln!(out, "ack {id}").unwrap();
                out.flush().unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("killed.db");
    let path = path.to_str().unwrap();
    let mut acknowledged = Vec::new();
    for _ in 0..6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["kill::a_writer_to_be_killed", "--exact", "--nocapture"])
            .env(CHILD, path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut heard = |line: String| {
            acknowledged.extend(line.rsplit_once("ack ").and_then(|(_, id)| id.parse::<uuid::Uuid>().ok()))
        };
        // The moment counts from the first answer, so that a slow start does not make the test hollow.
        for line in lines.by_ref().map_while(Result::ok) {
            let first = line.contains("ack ");
            heard(line);
            if first {
                break;
            }
        }
        let moment = Duration::from_millis(rand::rng().random_range(1..120));
        let killer = std::thread::spawn(move || {
            std::thread::sleep(moment);
            child.kill().unwrap();
            child.wait().unwrap();
        });
        lines.map_while(Result::ok).for_each(heard);
        killer.join().unwrap();
    }
    let store = Store::open(path, Vault::testing()).await.unwrap();
    let pack = ready(&store).await;
    let mut present = std::collections::HashSet::new();
    store.load(&pack, COUNTY, ledger(&pack, "reader"), &[], |record| present.extend([record.id])).await.unwrap();
    let missing = acknowledged.iter().filter(|id| !present.contains(id)).count();
    assert!(acknowledged.len() > 50, "only {} commits were made", acknowledged.len());
    assert_eq!(missing, 0, "of {} acknowledged", acknowledged.len());
    let verified = store.verify(COUNTY).await.unwrap().unwrap();
    assert_eq!(usize::try_from(verified.rows).unwrap(), present.len() + 1, "one row for each record and the branch");
    let told = store.events_after(COUNTY, 0, u32::MAX).await.unwrap();
    let told: std::collections::HashSet<_> = told.into_iter().filter_map(|event| event.id).collect();
    assert_eq!(acknowledged.iter().filter(|id| !told.contains(id)).count(), 0, "events are as durable");
    assert!(store.verify_events(COUNTY, crate::events::NOW).await.unwrap().is_ok());
}
