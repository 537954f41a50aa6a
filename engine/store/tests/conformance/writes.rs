use std::collections::HashSet;

use anju_record::{Code, Lang, Value};
use anju_store::{CommitError, Query, Store, Write};
use uuid::Uuid;

use crate::library::*;

const SITE: &str = "610923100001001";
const OTHER: &str = "610923101002003";

pub async fn a_record_is_written_read_changed_and_deleted(store: Store) {
    let pack = ready(&store).await;
    let branch_id = branch(&store, &pack, SITE).await;
    let reader = ledger(&pack, "reader");
    let fields = [
        ("branch", branch_id.to_string()),
        ("name", "李明".into()),
        ("balance", "12.34".into()),
        ("active", "是".into()),
        ("born_on", "1990-02-28".into()),
        ("group", "7".into()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(field, text)| (*field, text.as_str())).collect();
    let id = insert(&store, &pack, "reader", &fields).await;
    let record = store.get(&pack, COUNTY, reader, id).await.unwrap().unwrap();
    assert_eq!((record.version, &*record.area), (1, SITE), "the area is the owner's");
    assert_eq!(value(&pack, "reader", &record, "balance"), Value::Int(1234));
    assert_eq!(value(&pack, "reader", &record, "group"), Value::Int(7), "a field may be called as a word of SQL");

    let mut changed = fields.clone();
    changed[1] = ("name", "李小明");
    let receipt = commit(
        &store,
        &pack,
        vec![Write::Update { valid: valid(&pack, Some(id), "reader", &changed), expected_version: 1 }],
    )
    .await
    .unwrap();
    assert_eq!(receipt.seq, 3);
    let change = &receipt.changes[0];
    assert_eq!(change.before.as_ref().unwrap(), &record);
    let after = store.get(&pack, COUNTY, reader, id).await.unwrap().unwrap();
    assert_eq!(change.after.as_ref().unwrap(), &after);
    assert_eq!((after.version, value(&pack, "reader", &after, "name")), (2, Value::Text("李小明".into())));

    commit(&store, &pack, vec![Write::Delete { ledger: reader, id, expected_version: 2 }]).await.unwrap();
    assert_eq!(store.get(&pack, COUNTY, reader, id).await.unwrap(), None);
    let error =
        commit(&store, &pack, vec![Write::Delete { ledger: reader, id, expected_version: 3 }]).await.unwrap_err();
    assert!(matches!(error, CommitError::NotFound { .. }), "{error}");
    assert_eq!(store.verify(COUNTY).await.unwrap().unwrap().rows, 4);
    assert_eq!(store.counties().await.unwrap(), [COUNTY]);
}

pub async fn a_stale_writer_is_told(store: Store) {
    let pack = ready(&store).await;
    let id = branch(&store, &pack, SITE).await;
    let again = || valid(&pack, Some(id), "branch", &[("code", SITE), ("name", "新馆"), ("opened_on", "2019-01-01")]);
    commit(&store, &pack, vec![Write::Update { valid: again(), expected_version: 1 }]).await.unwrap();
    let error = commit(&store, &pack, vec![Write::Update { valid: again(), expected_version: 1 }]).await.unwrap_err();
    assert!(matches!(error, CommitError::Stale { expected: 1, found: 2, .. }), "{error}");
    assert_eq!(store.head(COUNTY).await.unwrap().0, 2);
}

pub async fn what_was_deleted_comes_back_as_it_stood(store: Store) {
    let pack = ready(&store).await;
    let home = branch(&store, &pack, SITE).await;
    let reader = ledger(&pack, "reader");
    let id =
        insert(&store, &pack, "reader", &[("branch", &home.to_string()), ("name", "李明"), ("balance", "12.34")]).await;
    let stood = store.get(&pack, COUNTY, reader, id).await.unwrap().unwrap();
    let restore = |expected_version| vec![Write::Restore { ledger: reader, id, expected_version }];
    let error = commit(&store, &pack, restore(1)).await.unwrap_err();
    assert!(matches!(error, CommitError::NotFound { .. }), "a live record is not restored: {error}");
    commit(&store, &pack, vec![Write::Delete { ledger: reader, id, expected_version: 1 }]).await.unwrap();

    let mut deleted = Query::of(COUNTY, reader, today());
    assert_eq!(store.select(&pack, &deleted).await.unwrap(), []);
    deleted.deleted = true;
    let found = store.select(&pack, &deleted).await.unwrap();
    assert_eq!((found[0].id, found[0].version, &found[0].values), (id, 2, &stood.values));
    assert_eq!(store.count(&pack, &deleted).await.unwrap(), 1);

    let error = commit(&store, &pack, restore(1)).await.unwrap_err();
    assert!(matches!(error, CommitError::Stale { expected: 1, found: 2, .. }), "{error}");
    let receipt = commit(&store, &pack, restore(2)).await.unwrap();
    let after = store.get(&pack, COUNTY, reader, id).await.unwrap().unwrap();
    assert_eq!((after.version, &after.area, &after.values), (3, &stood.area, &stood.values));
    assert_eq!((&receipt.changes[0].before, receipt.changes[0].after.as_ref()), (&None, Some(&after)));
    let rows = store.history(COUNTY, "reader", id).await.unwrap();
    assert!(rows.last().unwrap().before.is_none() && rows.last().unwrap().after.is_some());
    store.verify(COUNTY).await.unwrap().unwrap();
}

pub async fn what_comes_back_must_fit_what_happened_meanwhile(store: Store) {
    let pack = ready(&store).await;
    let (branch_ix, reader) = (ledger(&pack, "branch"), ledger(&pack, "reader"));
    let home = branch(&store, &pack, SITE).await;
    let id = insert(&store, &pack, "reader", &[("branch", &home.to_string()), ("name", "李明")]).await;
    let delete = |ledger, id| Write::Delete { ledger, id, expected_version: 1 };
    commit(&store, &pack, vec![delete(branch_ix, home), delete(reader, id)]).await.unwrap();
    let back = Write::Restore { ledger: reader, id, expected_version: 2 };
    let error = commit(&store, &pack, vec![back.clone()]).await.unwrap_err();
    let CommitError::Invalid { faults, .. } = error else { panic!("{error}") };
    assert_eq!((faults[0].path.as_str(), faults[0].code), ("branch", Code::NoSuchRecord));

    // The same code is had by another branch now.
    let taken = branch(&store, &pack, SITE).await;
    let home_back = Write::Restore { ledger: branch_ix, id: home, expected_version: 2 };
    let error = commit(&store, &pack, vec![home_back.clone(), back.clone()]).await.unwrap_err();
    assert!(
        matches!(&error, CommitError::Invalid { write: 0, faults } if faults[0].code == Code::NotUnique),
        "{error}"
    );
    commit(&store, &pack, vec![delete(branch_ix, taken)]).await.unwrap();
    commit(&store, &pack, vec![home_back, back]).await.unwrap();
    assert_eq!(&*store.get(&pack, COUNTY, reader, id).await.unwrap().unwrap().area, SITE);
    store.verify(COUNTY).await.unwrap().unwrap();
}

pub async fn a_rehearsal_answers_as_the_commit_would_and_keeps_nothing(store: Store) {
    let pack = ready(&store).await;
    let home = branch(&store, &pack, SITE).await;
    let head = store.head(COUNTY).await.unwrap();
    let named =
        |name: &str| valid(&pack, None, "branch", &[("code", name), ("name", name), ("opened_on", "2019-01-01")]);
    let insert = |code: &str| batch(vec![Write::Insert(named(code))]);
    let gone = batch(vec![Write::Delete { ledger: ledger(&pack, "branch"), id: home, expected_version: 7 }]);
    // The third repeats what the second would have written.
    let asked = vec![insert(SITE), insert(OTHER), insert(OTHER), gone];
    let answers = store.rehearse(&pack, asked).await.unwrap();
    assert!(matches!(&answers[0], Err(CommitError::Invalid { .. })), "{:?}", answers[0]);
    assert!(answers[1].is_ok());
    assert!(matches!(&answers[2], Err(CommitError::Invalid { .. })), "{:?}", answers[2]);
    assert!(matches!(&answers[3], Err(CommitError::Stale { expected: 7, found: 1, .. })), "{:?}", answers[3]);
    assert_eq!(store.head(COUNTY).await.unwrap(), head);
    assert_eq!(store.select(&pack, &Query::of(COUNTY, ledger(&pack, "branch"), today())).await.unwrap().len(), 1);
    commit(&store, &pack, insert(OTHER).changes).await.unwrap();
}

pub async fn a_file_is_sealed_and_comes_back_whole(store: Store) {
    let id = Uuid::now_v7();
    let body = "aGVsbG8".repeat(100_000);
    let blob =
        anju_store::Blob { id, county: COUNTY.into(), at: 7, maker: "王".into(), mime: "image/png".into(), body };
    store.put_blob(&blob).await.unwrap();
    assert!(store.blob(COUNTY, id).await.unwrap().unwrap() == blob);
    assert_eq!(store.blob_maker(COUNTY, id).await.unwrap().as_deref(), Some("王"));
    assert!(store.blob("610100", id).await.unwrap().is_none(), "another county's is not there");
    assert!(store.put_blob(&blob).await.is_err(), "a file is never changed");
}

pub async fn what_is_referred_to_must_live(store: Store) {
    let pack = ready(&store).await;
    let nobody = Uuid::now_v7().to_string();
    let error = commit(
        &store,
        &pack,
        vec![Write::Insert(valid(&pack, None, "reader", &[("branch", &nobody), ("mentor", &nobody), ("name", "甲")]))],
    )
    .await
    .unwrap_err();
    let CommitError::Invalid { write: 0, faults } = error else { panic!("{error}") };
    assert_eq!(
        faults.iter().map(|fault| (fault.path.as_str(), fault.code)).collect::<Vec<_>>(),
        [("branch", Code::NoSuchRecord), ("mentor", Code::NoSuchRecord)]
    );

    let home = branch(&store, &pack, SITE).await;
    let reader = insert(&store, &pack, "reader", &[("branch", &home.to_string()), ("name", "乙")]).await;
    let (branch_ix, reader_ix) = (ledger(&pack, "branch"), ledger(&pack, "reader"));
    let error = commit(&store, &pack, vec![Write::Delete { ledger: branch_ix, id: home, expected_version: 1 }])
        .await
        .unwrap_err();
    assert!(matches!(&error, CommitError::Invalid { faults, .. } if faults[0].code == Code::StillReferred), "{error}");
    assert!(error.to_string().contains("is still referred to by 1 record of the ledger “Reader”"), "{error}");
    assert!(store.get(&pack, COUNTY, branch_ix, home).await.unwrap().is_some());
    let both = vec![
        Write::Delete { ledger: branch_ix, id: home, expected_version: 1 },
        Write::Delete { ledger: reader_ix, id: reader, expected_version: 1 },
    ];
    commit(&store, &pack, both).await.unwrap();
    let error = commit(
        &store,
        &pack,
        vec![Write::Insert(valid(&pack, None, "reader", &[("branch", &home.to_string()), ("name", "丙")]))],
    )
    .await
    .unwrap_err();
    assert!(matches!(error, CommitError::Invalid { .. }), "a deleted record may not be referred to: {error}");
    let error = commit(
        &store,
        &pack,
        vec![Write::Insert(valid(
            &pack,
            None,
            "branch",
            &[("code", "110101001001001"), ("name", "外"), ("opened_on", "2020-01-01")],
        ))],
    )
    .await
    .unwrap_err();
    assert!(
        matches!(&error, CommitError::Invalid { faults, .. } if faults[0].code == Code::OutsideCounty && faults[0].path == "code"),
        "{error}"
    );
}

pub async fn repeats_are_faults_at_their_field(store: Store) {
    let pack = ready(&store).await;
    let home = branch(&store, &pack, SITE).await.to_string();
    let first =
        insert(&store, &pack, "reader", &[("branch", &home), ("name", "甲"), ("number", "7"), ("standing", "lead")])
            .await;
    let write = |number: &str, standing: &str| {
        vec![Write::Insert(valid(
            &pack,
            None,
            "reader",
            &[("branch", &home), ("name", "乙"), ("number", number), ("standing", standing)],
        ))]
    };
    let same = "Number: repeats an existing record (Number); change it or edit that record";
    let second = "Branch: there may be only one record of the same branch where standing is “Lead reader” (there is one already); \
                  change it or edit that record";
    for (changes, path, words) in [(write("7", "guest"), "number", same), (write("8", "lead"), "branch", second)] {
        let error = commit(&store, &pack, changes).await.unwrap_err();
        let CommitError::Invalid { faults, .. } = error else { panic!("{error}") };
        assert_eq!((faults[0].path.as_str(), faults[0].code), (path, Code::NotUnique));
        assert_eq!(faults[0].message(Lang::En), words);
    }
    commit(&store, &pack, write("8", "guest")).await.unwrap();
    commit(&store, &pack, write("", "guest")).await.unwrap();
    commit(&store, &pack, write("", "guest")).await.unwrap();
    commit(&store, &pack, vec![Write::Delete { ledger: ledger(&pack, "reader"), id: first, expected_version: 1 }])
        .await
        .unwrap();
    commit(&store, &pack, write("7", "lead")).await.unwrap();
    let twice =
        valid(&pack, Some(Uuid::now_v7()), "branch", &[("code", OTHER), ("name", "二"), ("opened_on", "2020-01-01")]);
    let error = commit(&store, &pack, vec![Write::Insert(twice.clone()), Write::Insert(twice)]).await.unwrap_err();
    assert!(matches!(error, CommitError::Invalid { write: 1, .. }), "{error}");
    let says = "[\"branch\"], says = { zh = \"已有领读\", en = \"has a lead already\" }";
    let saying = pack_of(&WORDS.replacen("[\"branch\"]", says, 1));
    follow(&store, &saying).await;
    let CommitError::Invalid { faults, .. } = commit(&store, &saying, write("9", "lead")).await.unwrap_err() else {
        panic!("a second lead")
    };
    assert_eq!(faults[0].code, Code::NotUnique);
    assert_eq!(faults[0].message(Lang::En), "Branch: has a lead already", "in the pack's words");
}

pub async fn what_moves_takes_along_what_it_owns(store: Store) {
    let pack = ready(&store).await;
    let (home, away) = (branch(&store, &pack, SITE).await.to_string(), branch(&store, &pack, OTHER).await.to_string());
    let reader = insert(&store, &pack, "reader", &[("branch", &home), ("name", "甲")]).await;
    let loan =
        insert(&store, &pack, "loan", &[("reader", &reader.to_string()), ("book", "书"), ("lent_on", "2026-01-01")])
            .await;
    let remark = insert(&store, &pack, "remark", &[("loan", &loan.to_string()), ("words", "完好")]).await;
    let receipt = commit(
        &store,
        &pack,
        vec![Write::Update {
            valid: valid(&pack, Some(reader), "reader", &[("branch", &away), ("name", "甲")]),
            expected_version: 1,
        }],
    )
    .await
    .unwrap();
    assert_eq!(
        receipt.changes.iter().map(|change| change.id).collect::<HashSet<_>>(),
        HashSet::from([reader, loan, remark])
    );
    for (name, id) in [("reader", reader), ("loan", loan), ("remark", remark)] {
        let record = store.get(&pack, COUNTY, ledger(&pack, name), id).await.unwrap().unwrap();
        assert_eq!((&*record.area, record.version), (OTHER, 2), "{name}");
    }
    assert_eq!(store.verify(COUNTY).await.unwrap().unwrap().rows, 8);
}

/// A writer saw every record before the batch: that the batch itself moved one along makes nobody late, and who is late is told so.
pub async fn who_moves_an_owner_may_write_what_it_owns_besides(store: Store) {
    let pack = ready(&store).await;
    let (home, away) = (branch(&store, &pack, SITE).await.to_string(), branch(&store, &pack, OTHER).await.to_string());
    let reader = insert(&store, &pack, "reader", &[("branch", &home), ("name", "甲")]).await;
    let fields = |book| [("reader", reader.to_string()), ("book", book), ("lent_on", "2026-01-01".to_owned())];
    let loan_of = |id, book: &str| {
        let fields = fields(book.to_owned());
        valid(&pack, id, "loan", &fields.each_ref().map(|(field, text)| (*field, text.as_str())))
    };
    let (kept, gone) = (loan_of(None, "书"), loan_of(None, "册"));
    let (kept_id, gone_id) = (kept.id(), gone.id());
    commit(&store, &pack, vec![Write::Insert(kept), Write::Insert(gone)]).await.unwrap();
    let writes = |expected_version| {
        let moved = valid(&pack, Some(reader), "reader", &[("branch", &away), ("name", "甲")]);
        vec![
            Write::Update { valid: moved, expected_version: 1 },
            Write::Update { valid: loan_of(Some(kept_id), "新书"), expected_version },
            Write::Delete { ledger: ledger(&pack, "loan"), id: gone_id, expected_version: 1 },
        ]
    };
    for late in [0, 2] {
        let error = commit(&store, &pack, writes(late)).await.unwrap_err();
        assert!(
            matches!(error, CommitError::Stale { id, expected, found: 1, .. } if (id, expected) == (kept_id, late)),
            "{error}"
        );
    }
    commit(&store, &pack, writes(1)).await.unwrap();
    let loan = ledger(&pack, "loan");
    let record = store.get(&pack, COUNTY, loan, kept_id).await.unwrap().unwrap();
    assert_eq!((&*record.area, record.version), (OTHER, 3));
    assert_eq!(value(&pack, "loan", &record, "book"), Value::Text("新书".into()));
    assert_eq!(store.get(&pack, COUNTY, loan, gone_id).await.unwrap(), None);
    store.verify(COUNTY).await.unwrap().unwrap();
}

pub async fn the_same_key_gives_the_first_receipt(store: Store) {
    let pack = ready(&store).await;
    let mut first = batch(vec![Write::Insert(valid(
        &pack,
        None,
        "branch",
        &[("code", SITE), ("name", "一"), ("opened_on", "2020-01-01")],
    ))]);
    first.idempotency_key = Some("phone-1-42".into());
    let receipt = store.commit(&pack, first.clone()).await.unwrap();
    let again = store.commit(&pack, first).await.unwrap();
    assert!(again.replayed && !receipt.replayed);
    assert_eq!((again.seq, &again.changes), (receipt.seq, &receipt.changes));
    assert_eq!(store.head(COUNTY).await.unwrap().0, 1);

    let tasks = (0..8).map(|n| {
        let (store, pack) = (store.clone(), pack.clone());
        tokio::spawn(async move {
            let code = format!("61092310000200{n}");
            let mut batch = batch(vec![Write::Insert(valid(
                &pack,
                None,
                "branch",
                &[("code", &code), ("name", "同"), ("opened_on", "2020-01-01")],
            ))]);
            batch.idempotency_key = Some("one key".into());
            store.commit(&pack, batch).await.unwrap()
        })
    });
    let mut ids = HashSet::new();
    for task in tasks.collect::<Vec<_>>() {
        ids.insert(task.await.unwrap().changes[0].id);
    }
    assert_eq!(ids.len(), 1, "eight writers with one key make one record");
    assert_eq!(store.head(COUNTY).await.unwrap().0, 2);
}

pub async fn a_key_answers_nobody_but_whose_it_is(store: Store) {
    let pack = ready(&store).await;
    let made = |code: &str, actor: &str| {
        let fields = [("code", code), ("name", "一"), ("opened_on", "2020-01-01")];
        let mut made = batch(vec![Write::Insert(valid(&pack, None, "branch", &fields))]);
        (made.actor, made.idempotency_key) = (actor.into(), Some("guessed".into()));
        made
    };
    // Nothing written, nobody behind the key.
    let empty = anju_store::Batch { changes: Vec::new(), ..made(SITE, "李") };
    store.commit(&pack, empty).await.unwrap();
    assert!(!store.commit(&pack, made(SITE, "王")).await.unwrap().replayed);
    let other = store.commit(&pack, made("610923100002009", "李")).await.unwrap_err();
    assert!(matches!(other, CommitError::KeyInUse), "{other}");
    assert!(!other.to_string().contains('王') && !other.to_string().contains("guessed"));
    assert_eq!(store.head(COUNTY).await.unwrap().0, 1, "nothing of it was written");
    assert!(store.commit(&pack, made(SITE, "王")).await.unwrap().replayed, "whose it is has the receipt");
}

pub async fn a_batch_stands_or_falls_as_one(store: Store) {
    let pack = ready(&store).await;
    let good =
        || Write::Insert(valid(&pack, None, "branch", &[("code", SITE), ("name", "一"), ("opened_on", "2020-01-01")]));
    let bad = Write::Delete { ledger: ledger(&pack, "reader"), id: Uuid::now_v7(), expected_version: 1 };
    assert!(commit(&store, &pack, vec![good(), bad]).await.is_err());
    assert_eq!(store.count(&pack, &Query::of(COUNTY, ledger(&pack, "branch"), today())).await.unwrap(), 0);
    assert_eq!(store.head(COUNTY).await.unwrap().0, 0);
    let mut elsewhere = batch(vec![good()]);
    elsewhere.county = "陕西".into();
    assert!(matches!(store.commit(&pack, elsewhere).await, Err(CommitError::County(_))));
}

/// A branch and its readers, each with a number of its own and the one before as mentor; `with` may give a reader other fields.
fn crowd(pack: &anju_pack::Pack, size: usize, with: impl Fn(usize) -> Option<(&'static str, String)>) -> Vec<Write> {
    let home = valid(pack, None, "branch", &[("code", SITE), ("name", "总馆"), ("opened_on", "2020-01-01")]);
    let branch = home.id().to_string();
    let mut writes = vec![Write::Insert(home)];
    let mut before: Option<String> = None;
    for n in 1..=size {
        let (number, mentor) = (n.to_string(), before.take().unwrap_or_default());
        let mut fields = vec![("branch", branch.as_str()), ("name", "众"), ("number", &number), ("mentor", &mentor)];
        let other = with(n);
        if let Some((field, text)) = &other {
            fields.retain(|(known, _)| known != field);
            fields.push((field, text));
        }
        let made = valid(pack, None, "reader", &fields);
        before = Some(made.id().to_string());
        writes.push(Write::Insert(made));
    }
    writes
}

pub async fn a_large_batch_is_written_as_a_small_one(store: Store) {
    let pack = ready(&store).await;
    let readers = Query::of(COUNTY, ledger(&pack, "reader"), today());
    let refused = |done: Result<anju_store::Receipt, CommitError>| match done.unwrap_err() {
        CommitError::Invalid { write, faults } => (write, faults[0].code),
        other => panic!("{other}"),
    };
    let repeats = crowd(&pack, 2_600, |n| (n == 2_300).then(|| ("number", "10".to_owned())));
    assert_eq!(refused(commit(&store, &pack, repeats).await), (2_300, Code::NotUnique), "the row is named");
    let both = crowd(&pack, 2_600, |n| match n {
        50 => Some(("number", "10".to_owned())),
        2_400 => Some(("mentor", Uuid::now_v7().to_string())),
        _ => None,
    });
    assert_eq!(refused(commit(&store, &pack, both).await), (50, Code::NotUnique), "the first that is wrong");
    let lost = crowd(&pack, 2_600, |n| (n == 2_400).then(|| ("mentor", Uuid::now_v7().to_string())));
    assert_eq!(refused(commit(&store, &pack, lost).await), (2_400, Code::NoSuchRecord));
    assert_eq!(store.count(&pack, &readers).await.unwrap(), 0);
    assert_eq!(store.head(COUNTY).await.unwrap().0, 0, "nothing of any is kept");
    let mut whole = crowd(&pack, 2_600, |_| None);
    let last = Write::id(&whole[2_600]);
    whole.push(Write::Delete { ledger: ledger(&pack, "reader"), id: last, expected_version: 1 });
    let branch = whole[0].clone();
    whole.extend((0..3).map(|_| {
        let home = Write::id(&branch).to_string();
        Write::Insert(valid(&pack, None, "reader", &[("branch", &home), ("name", "后来")]))
    }));
    let order: Vec<Uuid> = whole.iter().map(Write::id).collect();
    let receipt = commit(&store, &pack, whole).await.unwrap();
    assert_eq!(receipt.changes.iter().map(|change| change.id).collect::<Vec<_>>(), order, "in the order of the writes");
    assert_eq!(store.count(&pack, &readers).await.unwrap(), 2_602);
    let all = store.select(&pack, &readers).await.unwrap();
    assert!(all.iter().all(|record| &*record.area == SITE), "where their branch stands");
    assert_eq!(store.verify(COUNTY).await.unwrap().unwrap().rows, 2_605);
}

pub async fn who_of_very_many_is_referred_to_is_not_deleted(store: Store) {
    let pack = ready(&store).await;
    let crowd = crowd(&pack, 1_200, |_| None);
    let readers: Vec<Uuid> = crowd[1..].iter().map(Write::id).collect();
    commit(&store, &pack, crowd).await.unwrap();
    let loan_of = |reader: Uuid, book: &str| {
        let fields = [("reader", reader.to_string()), ("book", book.to_owned()), ("lent_on", "2026-01-01".to_owned())];
        Write::Insert(valid(&pack, None, "loan", &fields.each_ref().map(|(field, text)| (*field, text.as_str()))))
    };
    let loans = vec![loan_of(readers[700], "甲"), loan_of(readers[900], "乙")];
    let lent: Vec<Uuid> = loans.iter().map(Write::id).collect();
    commit(&store, &pack, loans).await.unwrap();
    let delete = |ledger, id: &Uuid| Write::Delete { ledger, id: *id, expected_version: 1 };
    let (loan, reader) = (ledger(&pack, "loan"), ledger(&pack, "reader"));
    let everybody = || readers.iter().map(|id| delete(reader, id)).collect::<Vec<_>>();
    match commit(&store, &pack, everybody()).await.unwrap_err() {
        CommitError::Invalid { write: 700, faults } => assert_eq!(faults[0].code, Code::StillReferred),
        other => panic!("{other}"),
    }
    commit(&store, &pack, vec![delete(loan, &lent[0])]).await.unwrap();
    let with_the_other: Vec<Write> = everybody().into_iter().chain([delete(loan, &lent[1])]).collect();
    commit(&store, &pack, with_the_other).await.unwrap();
    assert_eq!(store.count(&pack, &Query::of(COUNTY, reader, today())).await.unwrap(), 0);
    store.verify(COUNTY).await.unwrap().unwrap();
}

pub async fn many_writers_at_once_all_get_their_own_answer(store: Store) {
    let pack = ready(&store).await;
    let home = branch(&store, &pack, SITE).await.to_string();
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            let (store, pack, home) = (store.clone(), pack.clone(), home.clone());
            tokio::spawn(async move {
                // Every tenth writer repeats a number and must fail alone.
                let number = if n % 10 == 9 { n - 1 } else { n }.to_string();
                let made = valid(&pack, None, "reader", &[("branch", &home), ("name", "众"), ("number", &number)]);
                let id = made.id();
                (n, id, commit(&store, &pack, vec![Write::Insert(made)]).await)
            })
        })
        .collect();
    let mut seqs = HashSet::new();
    let mut refused = 0;
    for task in tasks {
        let (n, id, outcome) = task.await.unwrap();
        match outcome {
            Ok(receipt) => {
                assert_eq!(receipt.changes[0].id, id);
                assert!(seqs.insert(receipt.seq), "{n}");
            }
            Err(CommitError::Invalid { .. }) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((seqs.len(), refused), (180, 20));
    assert_eq!(store.verify(COUNTY).await.unwrap().unwrap().rows, 181);
}

pub async fn an_import_is_one_commit_in_any_order(store: Store) {
    let pack = ready(&store).await;
    let mut records = Vec::new();
    let (home, mentor) = (Uuid::now_v7(), Uuid::now_v7());
    for n in 0..3_000 {
        let (home, mentor) = (home.to_string(), mentor.to_string());
        records.push(valid(
            &pack,
            None,
            "reader",
            &[
                ("branch", &home),
                ("mentor", &mentor),
                ("name", "众"),
                ("number", &n.to_string()),
                ("born_on", "1980-01-01"),
                ("shelf", "1.50"),
            ],
        ));
    }
    records.push(valid(&pack, Some(mentor), "reader", &[("branch", &home.to_string()), ("name", "导")]));
    records.push(valid(&pack, Some(home), "branch", &[("code", SITE), ("name", "一"), ("opened_on", "2020-01-01")]));
    let mut note = batch(Vec::new());
    note.origin = "import".into();
    let receipt = store.import(&pack, note.clone(), records.clone()).await.unwrap();
    assert_eq!((receipt.seq, receipt.changes.len()), (3_002, 3_002));
    assert_eq!(store.verify(COUNTY).await.unwrap().unwrap().rows, 3_002);
    let query = Query { areas: vec![SITE.into()], ..Query::of(COUNTY, ledger(&pack, "reader"), today()) };
    assert_eq!(store.count(&pack, &query).await.unwrap(), 3_001, "the owner's area is known though it came last");
    let error = store.import(&pack, note.clone(), records).await.unwrap_err();
    assert!(matches!(error, CommitError::Invalid { .. }), "{error}");
    let stray = valid(&pack, None, "reader", &[("branch", &Uuid::now_v7().to_string()), ("name", "游")]);
    let error = store.import(&pack, note, [stray]).await.unwrap_err();
    assert!(
        matches!(&error, CommitError::Invalid { write: 0, faults } if faults[0].code == Code::NoSuchRecord),
        "{error}"
    );
    assert_eq!(store.head(COUNTY).await.unwrap().0, 3_002);
}
