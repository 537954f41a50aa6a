//! A reader's mentor is of the same branch, and who witnesses a loan has the level that the loan says.

use std::sync::Arc;

use anju_pack::Pack;
use anju_record::{Code, Fault, Lang, Valid};
use anju_store::{CommitError, Receipt, Store, Write};
use uuid::Uuid;

use crate::library::*;

const SITE: &str = "610923100001001";
const OTHER: &str = "610923101002003";
const LOAN: &str = "level = { kind = \"integer\", title = { zh = \"等级\", en = \"Level\" } }\n\
    witness = { kind = \"ref\", to = \"reader\", agrees = [\"level\"], title = { zh = \"见证人\", en = \"Witness\" } }\n\
    book = { kind = \"text\", required";

async fn ready(store: &Store) -> Arc<Pack> {
    let words = WORDS.replacen("to = \"reader\", title", "to = \"reader\", agrees = [\"branch\"], title", 1).replacen(
        "book = { kind = \"text\", required",
        LOAN,
        1,
    );
    let pack = pack_of(&words);
    follow(store, &pack).await;
    pack
}

fn reader(pack: &Pack, id: Option<Uuid>, branch: Uuid, name: &str, mentor: Option<Uuid>) -> Valid {
    let (branch, mentor) = (branch.to_string(), mentor.map_or(String::new(), |id| id.to_string()));
    valid(pack, id, "reader", &[("branch", &branch), ("name", name), ("mentor", &mentor)])
}

fn refused(done: Result<Receipt, CommitError>) -> (usize, Vec<Fault>) {
    match done.unwrap_err() {
        CommitError::Invalid { write, faults } => (write, faults),
        other => panic!("{other}"),
    }
}

/// Two branches, and a mentor in the first.
async fn homes(store: &Store, pack: &Arc<Pack>) -> (Uuid, Uuid, Uuid) {
    let (home, away) = (branch(store, pack, SITE).await, branch(store, pack, OTHER).await);
    let mentor = reader(pack, None, home, "李明", None);
    let id = mentor.id();
    commit(store, pack, vec![Write::Insert(mentor)]).await.unwrap();
    (home, away, id)
}

pub async fn what_is_named_must_agree_at_the_reference(store: Store) {
    let pack = ready(&store).await;
    let (home, away, mentor) = homes(&store, &pack).await;
    let same = reader(&pack, None, home, "王", Some(mentor));
    let id = same.id();
    commit(&store, &pack, vec![Write::Insert(same)]).await.unwrap();
    let new = vec![Write::Insert(reader(&pack, None, away, "张", Some(mentor)))];
    let moved = vec![Write::Update { valid: reader(&pack, Some(id), away, "王", Some(mentor)), expected_version: 1 }];
    for writes in [new, moved] {
        let (_, faults) = refused(commit(&store, &pack, writes).await);
        let told: Vec<(Code, &str)> = faults.iter().map(|it| (it.code, it.path.as_str())).collect();
        assert_eq!(told, [(Code::Disagrees, "mentor")]);
        let words = [Lang::Zh, Lang::En].map(|lang| faults[0].message(lang)).join(" ");
        assert!(!words.contains("李明") && !words.contains(SITE), "what stands there is not told: {words}");
    }
    let alone = vec![Write::Update { valid: reader(&pack, Some(id), away, "王", None), expected_version: 1 }];
    commit(&store, &pack, alone).await.unwrap();
}

pub async fn what_names_it_is_asked_when_it_changes(store: Store) {
    let pack = ready(&store).await;
    let (home, away, mentor) = homes(&store, &pack).await;
    let same = reader(&pack, None, home, "王", Some(mentor));
    let id = same.id();
    commit(&store, &pack, vec![Write::Insert(same)]).await.unwrap();
    let goes = || Write::Update { valid: reader(&pack, Some(mentor), away, "李明", None), expected_version: 1 };
    let (_, faults) = refused(commit(&store, &pack, vec![goes()]).await);
    assert_eq!((faults[0].code, faults[0].path.as_str()), (Code::StillAgreed, "branch"));
    assert_eq!(faults.len(), 1);
    let renamed = Write::Update { valid: reader(&pack, Some(mentor), home, "李明明", None), expected_version: 1 };
    commit(&store, &pack, vec![renamed]).await.unwrap();
    let goes = Write::Update { valid: reader(&pack, Some(mentor), away, "李明", None), expected_version: 2 };
    let along = Write::Update { valid: reader(&pack, Some(id), away, "王", Some(mentor)), expected_version: 1 };
    commit(&store, &pack, vec![goes, along]).await.unwrap();
}

pub async fn what_has_ended_is_history(store: Store) {
    let pack = ready(&store).await;
    let (home, ..) = homes(&store, &pack).await;
    let branch = home.to_string();
    let leveled = |id, level| valid(&pack, id, "reader", &[("branch", &branch), ("name", "赵"), ("level", level)]);
    let witness = leveled(None, "3");
    let who = witness.id();
    commit(&store, &pack, vec![Write::Insert(witness)]).await.unwrap();
    let loan = |returned: &str| {
        let who = who.to_string();
        let book = if returned.is_empty() { "红楼梦" } else { "西游记" };
        let fields = [
            ("reader", who.as_str()),
            ("book", book),
            ("lent_on", "2020-01-01"),
            ("returned_on", returned),
            ("level", "3"),
            ("witness", &who),
        ];
        valid(&pack, None, "loan", &fields)
    };
    let [back, out] = ["2020-02-01", ""].map(loan);
    commit(&store, &pack, vec![Write::Insert(back)]).await.unwrap();
    let higher = |version| vec![Write::Update { valid: leveled(Some(who), "4"), expected_version: version }];
    commit(&store, &pack, higher(1)).await.unwrap();
    let (_, faults) = refused(commit(&store, &pack, vec![Write::Insert(out.clone())]).await);
    assert_eq!((faults[0].code, faults[0].path.as_str()), (Code::Disagrees, "witness"));
    let back_again = vec![Write::Update { valid: leveled(Some(who), "3"), expected_version: 2 }];
    commit(&store, &pack, back_again).await.unwrap();
    commit(&store, &pack, vec![Write::Insert(out)]).await.unwrap();
    let (_, faults) = refused(commit(&store, &pack, higher(3)).await);
    assert_eq!((faults[0].code, faults.len()), (Code::StillAgreed, 1), "the loan that is out");
}

pub async fn what_is_opened_again_must_agree_as_things_stand(store: Store) {
    let pack = ready(&store).await;
    let (home, away, mentor) = homes(&store, &pack).await;
    let same = reader(&pack, None, home, "王", Some(mentor));
    let (id, ledger) = (same.id(), same.ledger());
    commit(&store, &pack, vec![Write::Insert(same)]).await.unwrap();
    commit(&store, &pack, vec![Write::Delete { ledger, id, expected_version: 1 }]).await.unwrap();
    let goes = Write::Update { valid: reader(&pack, Some(mentor), away, "李明", None), expected_version: 1 };
    commit(&store, &pack, vec![goes]).await.unwrap();
    let restored = Write::Restore { ledger, id, expected_version: 2 };
    assert_eq!(refused(commit(&store, &pack, vec![restored]).await).1[0].code, Code::Disagrees);

    let leveled =
        |id, level| valid(&pack, id, "reader", &[("branch", &away.to_string()), ("name", "赵"), ("level", level)]);
    let witness = leveled(None, "3");
    let who = witness.id();
    let loan = |id, returned: &str| {
        let who = who.to_string();
        let fields = [
            ("reader", who.as_str()),
            ("book", "红楼梦"),
            ("lent_on", "2020-01-01"),
            ("returned_on", returned),
            ("level", "3"),
            ("witness", &who),
        ];
        valid(&pack, id, "loan", &fields)
    };
    let back = loan(None, "2020-02-01");
    let id = back.id();
    commit(&store, &pack, vec![Write::Insert(witness), Write::Insert(back)]).await.unwrap();
    let higher = Write::Update { valid: leveled(Some(who), "4"), expected_version: 1 };
    commit(&store, &pack, vec![higher]).await.unwrap();
    let out = Write::Update { valid: loan(Some(id), ""), expected_version: 1 };
    let (_, faults) = refused(commit(&store, &pack, vec![out]).await);
    assert_eq!((faults[0].code, faults[0].path.as_str()), (Code::Disagrees, "witness"));
}

pub async fn a_load_of_many_agrees_too(store: Store) {
    let pack = ready(&store).await;
    let (home, away, mentor) = homes(&store, &pack).await;
    let wrong = reader(&pack, None, away, "张", Some(mentor));
    let refusal = refused(store.import(&pack, batch(Vec::new()), vec![wrong]).await).1;
    assert_eq!((refusal.len(), refusal[0].code), (1, Code::Disagrees));
    let second = reader(&pack, None, away, "刘", None);
    let named = reader(&pack, None, away, "周", Some(second.id()));
    let right = reader(&pack, None, home, "张", Some(mentor));
    store.import(&pack, batch(Vec::new()), vec![named, second, right]).await.unwrap();
}

pub async fn one_of_very_many_that_does_not_agree_is_named(store: Store) {
    let pack = ready(&store).await;
    let (home, away, mentor) = homes(&store, &pack).await;
    for many in [40, 1_100] {
        let among = |wrong: usize| {
            let of = |at| if at == wrong { away } else { home };
            (0..many).map(|at| Write::Insert(reader(&pack, None, of(at), "众", Some(mentor)))).collect::<Vec<_>>()
        };
        let (write, faults) = refused(commit(&store, &pack, among(37)).await);
        assert_eq!((write, faults.len(), faults[0].code), (37, 1, Code::Disagrees));
        commit(&store, &pack, among(usize::MAX)).await.unwrap();
    }
}

pub async fn writers_at_once_do_not_part_what_agrees(store: Store) {
    let pack = ready(&store).await;
    let (home, away, mentor) = homes(&store, &pack).await;
    // One names the mentor where they are, the other moves them away: not both.
    let names = vec![Write::Insert(reader(&pack, None, home, "王", Some(mentor)))];
    let goes = vec![Write::Update { valid: reader(&pack, Some(mentor), away, "李明", None), expected_version: 1 }];
    let (first, other) = tokio::join!(commit(&store, &pack, names), commit(&store, &pack, goes));
    assert!(first.is_ok() != other.is_ok(), "{first:?} {other:?}");
}
