use anju_store::{Store, Write};

use crate::library::*;

pub async fn the_journal_tells_what_happened(store: Store) {
    let pack = ready(&store).await;
    let id = branch(&store, &pack, "610923100001001").await;
    let mut change = batch(vec![Write::Update {
        valid: valid(
            &pack,
            Some(id),
            "branch",
            &[("code", "610923100001001"), ("name", "“引号”\\与\n换行"), ("opened_on", "2020-02-29")],
        ),
        expected_version: 1,
    }]);
    change.reason = Some("改名".into());
    let receipt = store.commit(&pack, change).await.unwrap();
    let rows = store.journal(COUNTY, 1, 10).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].actor.as_str(), rows[0].reason.as_deref(), rows[0].ledger.as_str()),
        ("王", Some("改名"), "branch")
    );
    assert_eq!(store.change(&pack, &rows[0]).unwrap().unwrap(), receipt.changes[0], "a change is read back as it was");
    assert_eq!(store.history(COUNTY, "branch", id).await.unwrap().len(), 2);
    assert!(store.history(COUNTY, "reader", id).await.unwrap().is_empty(), "an id tells nothing of another ledger");
    assert_eq!(store.journal_before(COUNTY, None, 1).await.unwrap()[0].seq, 2);
}

pub async fn batches_that_are_journalled_in_pieces_are_one_chain(store: Store) {
    let pack = ready(&store).await;
    let home = branch(&store, &pack, "610923100001001").await.to_string();
    let many = |first: usize, count: usize| {
        let number = |at: usize| format!("N{at}");
        let one = |at| valid(&pack, None, "reader", &[("branch", &home), ("name", "众"), ("number", &number(at))]);
        (first..first + count).map(one).map(Write::Insert).collect::<Vec<_>>()
    };
    let (large, small, other) = tokio::join!(
        commit(&store, &pack, many(0, 8_500)),
        commit(&store, &pack, many(8_500, 1)),
        commit(&store, &pack, many(8_501, 4_001)),
    );
    let counts = [large, small, other].map(|done| done.unwrap().changes.len());
    assert_eq!(counts, [8_500, 1, 4_001]);
    assert_eq!(store.verify(COUNTY).await.unwrap().unwrap().rows, 1 + 12_502);
    assert!(commit(&store, &pack, many(12_501, 8_500)).await.is_err(), "one number is taken");
    assert_eq!(store.verify(COUNTY).await.unwrap().unwrap().rows, 1 + 12_502, "nothing of it is kept");
}

pub async fn a_tampered_row_is_found_and_named(store: Store) {
    let pack = ready(&store).await;
    for n in 0..6 {
        branch(&store, &pack, &format!("61092310000100{n}")).await;
    }
    assert!(store.verify(COUNTY).await.unwrap().is_ok());
    let alterations = [
        ("UPDATE anju_journal SET actor = 'x' WHERE seq = 3", "UPDATE anju_journal SET actor = '王' WHERE seq = 3", 3),
        (
            "UPDATE anju_journal SET after = replace(after, '馆', '宫') WHERE seq = 4",
            "UPDATE anju_journal SET after = replace(after, '宫', '馆') WHERE seq = 4",
            4,
        ),
        ("UPDATE anju_journal SET at = at + 1 WHERE seq = 1", "UPDATE anju_journal SET at = at - 1 WHERE seq = 1", 1),
        ("UPDATE anju_journal SET reason = '' WHERE seq = 6", "UPDATE anju_journal SET reason = NULL WHERE seq = 6", 6),
        (
            "UPDATE anju_head SET seq = 5, hash = (SELECT hash FROM anju_journal WHERE seq = 4)",
            "UPDATE anju_head SET seq = 6, hash = (SELECT hash FROM anju_journal WHERE seq = 6)",
            6,
        ),
        ("UPDATE anju_journal SET seq = 60 WHERE seq = 5", "UPDATE anju_journal SET seq = 5 WHERE seq = 60", 5),
        ("DELETE FROM anju_journal WHERE seq = 6", "", 6),
    ];
    for (alter, mend, seq) in alterations {
        store.tamper(alter).await.unwrap();
        let broken = store.verify(COUNTY).await.unwrap().unwrap_err();
        assert_eq!(broken.seq, seq, "{alter}: {broken}");
        if !mend.is_empty() {
            store.tamper(mend).await.unwrap();
            assert!(store.verify(COUNTY).await.unwrap().is_ok(), "{mend}");
        }
    }
}
