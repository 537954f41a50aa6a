//! What `anju verify` proves.

use std::sync::Arc;

use anju_app::Actor;

use crate::prepared::County;

pub async fn journal_shard_and_coverage_hold(app: &Actor) {
    let chains = [app.verify_journal().await, app.verify_events().await, app.verify_checkpoints().await];
    for proof in chains.into_iter().chain([app.verify_shard().await, app.verify_coverage(|_, _| {}).await]) {
        let proof = proof.unwrap();
        assert!(proof.faults.is_empty(), "{} does not hold: {:#?}", proof.what, proof.faults);
    }
}

pub async fn the_shard_holds(app: &Actor) {
    let proof = app.verify_shard().await.unwrap();
    assert!(proof.faults.is_empty(), "{:#?}", proof.faults);
}

pub async fn a_day_has_one_checkpoint(app: &Arc<County>) {
    const NOON: i64 = 1_589_601_600_000;
    const DAY: i64 = 86_400_000;
    let asked = (0..8).map(|n| {
        let app = Arc::clone(app);
        tokio::spawn(async move { app.checkpoint(NOON + n).await.unwrap() })
    });
    let mut made = Vec::new();
    for answer in asked.collect::<Vec<_>>() {
        made.extend(answer.await.unwrap());
    }
    assert_eq!(made.len(), 1, "of all who ask on a day one makes it");
    assert!(app.checkpoint(NOON + 1_000).await.unwrap().is_none());
    // Somebody changed the head: nothing is signed, and the day is not done.
    app.store.tamper("UPDATE anju_head SET seq = seq + 1").await.unwrap();
    assert!(app.checkpoint(NOON + DAY).await.is_err());
    app.store.tamper("UPDATE anju_head SET seq = seq - 1").await.unwrap();
    let next = app.checkpoint(NOON + DAY).await.unwrap().unwrap();
    assert_eq!(next.day, made[0].day + 1);
    assert!(app.verify_against(&next).await.unwrap().faults.is_empty());
    let elsewhere = anju_store::Checkpoint { county: "610924".into(), ..next.clone() };
    let altered = anju_store::Checkpoint { journal_seq: next.journal_seq - 1, ..next };
    for foreign in [elsewhere, altered] {
        assert_eq!(app.verify_against(&foreign).await.unwrap().faults.len(), 1);
    }
}
