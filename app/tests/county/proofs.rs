//! What `anju verify` proves.

use anju_app::Actor;

pub async fn journal_shard_and_coverage_hold(app: &Actor) {
    for proof in [app.verify_journal().await, app.verify_shard().await, app.verify_coverage(|_, _| {}).await] {
        let proof = proof.unwrap();
        assert!(proof.faults.is_empty(), "{} does not hold: {:#?}", proof.what, proof.faults);
    }
}

pub async fn the_shard_holds(app: &Actor) {
    let proof = app.verify_shard().await.unwrap();
    assert!(proof.faults.is_empty(), "{:#?}", proof.faults);
}
