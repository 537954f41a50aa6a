//! Accounts, grants, sessions, tokens, proposals and settings.

use anju_access::Grant;
use anju_store::{
    Account, Consequence, Credential, Error, EventQuery, GrantRow, Import, ImportState, NewAccount, NewEvent, Proposal,
    ProposalState, SessionRow, Store, TokenRow,
};
use uuid::Uuid;

use crate::library::COUNTY;

const AT: i64 = 1_785_000_000_000;

pub fn told(act: &str) -> Vec<NewEvent> {
    vec![NewEvent {
        county: COUNTY.into(),
        at: AT,
        actor: "wang".into(),
        address: "10.0.0.7".into(),
        act: act.into(),
        pack: "p".into(),
        ..NewEvent::default()
    }]
}

async fn acts(store: &Store) -> Vec<String> {
    let query = EventQuery { county: COUNTY.into(), limit: 1_000, ..EventQuery::default() };
    store.events(&query).await.unwrap().into_iter().rev().map(|event| event.act).collect()
}

fn account(login: &str) -> (Account, Credential) {
    let id = Uuid::now_v7();
    let account = Account { id, login: login.into(), name: "王".into(), active: true, must_change: true, made_at: AT };
    let credential = Credential {
        account: id,
        password: "$argon2id$first".into(),
        changed_at: AT,
        earlier: vec!["$argon2id$zeroth".into()],
        totp: Some("JBSWY3DPEHPK3PXP".into()),
        totp_confirmed: false,
        totp_last: 0,
        recovery: vec!["a".into(), "b".into()],
        failures: 0,
        locked_until: 0,
        subject: Some(format!("https://id.example|{login}")),
    };
    (account, credential)
}

async fn kept(store: &Store, login: &str) -> (Account, Credential) {
    let (account, credential) = account(login);
    store.put_account(&account, &credential, told("make_account")).await.unwrap();
    (account, credential)
}

pub async fn an_account_comes_back_as_it_was_kept(store: Store) {
    assert!(store.accounts().await.unwrap().is_empty());
    let (wang, credential) = kept(&store, "wang").await;
    let (li, _) = kept(&store, "li").await;
    assert_eq!(store.accounts().await.unwrap(), [li.clone(), wang.clone()]);
    assert_eq!(store.account_by_login("wang").await.unwrap().as_ref(), Some(&wang));
    assert_eq!(store.account_by_login("Wang").await.unwrap(), None);
    assert_eq!(store.account_by_subject("https://id.example|li").await.unwrap().as_ref(), Some(&li));
    assert_eq!(store.account(wang.id).await.unwrap().as_ref(), Some(&wang));
    assert!(store.credential(wang.id).await.unwrap() == Some(credential.clone()));
    assert!(store.credential(Uuid::now_v7()).await.unwrap().is_none());

    let renamed = Account { name: "王芳".into(), active: false, must_change: false, ..wang.clone() };
    assert!(store.change_account(&renamed, told("disable_account")).await.unwrap());
    assert_eq!(store.account(wang.id).await.unwrap().as_ref(), Some(&renamed));
    assert!(store.credential(wang.id).await.unwrap() == Some(credential), "its credential is left alone");
    let nobody = Account { id: Uuid::now_v7(), ..renamed };
    assert!(!store.change_account(&nobody, told("disable_account")).await.unwrap());
    assert_eq!(
        acts(&store).await,
        ["make_account", "make_account", "disable_account"],
        "no event of what was not done"
    );
}

pub async fn a_login_is_had_by_one_account(store: Store) {
    let (wang, _) = kept(&store, "wang").await;
    let (li, mut credential) = kept(&store, "li").await;
    let (other, own) = account("wang");
    let refused = store.put_account(&other, &own, told("make_account")).await;
    assert!(matches!(refused, Err(Error::Taken("login"))), "{refused:?}");
    let refused = store.change_account(&Account { login: "wang".into(), ..li }, told("rename")).await;
    assert!(matches!(refused, Err(Error::Taken("login"))), "{refused:?}");
    credential.subject = Some("https://id.example|wang".into());
    let refused = store.put_credential(&credential, told("link")).await;
    assert!(matches!(refused, Err(Error::Taken("subject"))), "{refused:?}");
    assert_eq!(store.account_by_login("wang").await.unwrap().unwrap().id, wang.id);
    assert_eq!(acts(&store).await.len(), 2, "what was refused is not told");
}

pub async fn the_secret_of_the_second_factor_is_sealed(store: Store) {
    kept(&store, "wang").await;
    let held = store.ask("SELECT totp FROM anju_credential").await.unwrap();
    assert!(held.starts_with("v1.") && !held.contains("JBSWY3DPEHPK3PXP"), "{held}");
    let (_, credential) = kept(&store, "li").await;
    // A secret moved to another account does not open there.
    store.tamper(&format!("UPDATE anju_credential SET totp = '{held}'")).await.unwrap();
    assert!(store.credential(credential.account).await.is_err());
}

pub async fn a_credential_changes_only_from_what_was_read(store: Store) {
    let (_, read) = kept(&store, "wang").await;
    let spend = |left: &[&str], step| Credential {
        recovery: left.iter().map(|text| (*text).to_owned()).collect(),
        totp_last: step,
        ..read.clone()
    };
    assert!(store.swap_credential(&read, &spend(&["b"], 7), told("recovery")).await.unwrap());
    assert!(!store.swap_credential(&read, &spend(&["b"], 8), told("recovery")).await.unwrap(), "spent already");
    assert_eq!(store.credential(read.account).await.unwrap().unwrap().totp_last, 7);

    let counters = (0..12).map(|_| {
        let (store, account) = (store.clone(), read.account);
        tokio::spawn(async move {
            loop {
                let read = store.credential(account).await.unwrap().unwrap();
                let counted = Credential { failures: read.failures + 1, ..read.clone() };
                if store.swap_credential(&read, &counted, told("refused")).await.unwrap() {
                    return;
                }
            }
        })
    });
    for counter in counters.collect::<Vec<_>>() {
        counter.await.unwrap();
    }
    assert_eq!(store.credential(read.account).await.unwrap().unwrap().failures, 12, "each failure counts once");
    assert_eq!(acts(&store).await.iter().filter(|act| *act == "refused").count(), 12);
}

fn grant(account: Uuid) -> GrantRow {
    GrantRow {
        grant: Grant {
            id: Uuid::now_v7(),
            role: "clerk".into(),
            area: "610923100".into(),
            from: 20_000,
            until: Some(20_100),
            expires_at: None,
        },
        account,
        made_by: "wang".into(),
        made_at: AT,
        confirmed_by: Some("li".into()),
        reason: "新到任".into(),
        ended_at: None,
    }
}

pub async fn a_grant_is_made_and_ended_once_and_never_changed(store: Store) {
    let (wang, _) = kept(&store, "wang").await;
    let row = grant(wang.id);
    assert!(store.put_grant(&row, told("grant")).await.unwrap());
    assert_eq!(store.grants().await.unwrap(), std::slice::from_ref(&row));
    let mut wider = GrantRow { ended_at: Some(AT + 1), ..row.clone() };
    wider.grant.area = "61".into();
    assert!(store.put_grant(&wider, told("end_grant")).await.unwrap());
    let ended = GrantRow { ended_at: Some(AT + 1), ..row.clone() };
    assert_eq!(
        store.grants_of(wang.id).await.unwrap(),
        std::slice::from_ref(&ended),
        "the area stays as it was granted"
    );
    assert!(!store.put_grant(&row, told("grant")).await.unwrap(), "what has ended does not begin again");
    assert_eq!(store.grants().await.unwrap(), [ended]);
    assert!(store.grants_of(Uuid::now_v7()).await.unwrap().is_empty());
    assert_eq!(acts(&store).await, ["make_account", "grant", "end_grant"]);
}

pub async fn the_version_moves_with_what_decides_rights(store: Store) {
    let (wang, credential) = kept(&store, "wang").await;
    let mut version = store.directory_version().await.unwrap();
    let mut moved = async |what: &str, expected: bool| {
        let now = store.directory_version().await.unwrap();
        assert_eq!(now > version, expected, "{what}");
        version = now;
    };
    store.put_grant(&grant(wang.id), told("grant")).await.unwrap();
    moved("a grant", true).await;
    store.change_account(&Account { active: false, ..wang.clone() }, told("disable")).await.unwrap();
    moved("an account", true).await;
    store.put_setting("policy.min_length", "12", told("policy")).await.unwrap();
    moved("a setting", true).await;
    let failed = Credential { failures: 1, ..credential.clone() };
    store.put_credential(&failed, told("refused")).await.unwrap();
    moved("a wrong password", false).await;
    let confirmed = Credential { totp_confirmed: true, ..failed.clone() };
    store.put_credential(&confirmed, told("totp")).await.unwrap();
    moved("a second factor", true).await;
    let changed = Credential { changed_at: AT + 5, ..confirmed.clone() };
    assert!(store.swap_credential(&confirmed, &changed, told("password")).await.unwrap());
    moved("a password", true).await;
    store.put_session(&session(wang.id, "k", AT), told("sign_in")).await.unwrap();
    moved("a session", false).await;
}

fn session(account: Uuid, key: &str, made_at: i64) -> SessionRow {
    SessionRow {
        key: key.into(),
        account,
        made_at,
        seen_at: made_at,
        ends_at: made_at + 1_000,
        address: "10.0.0.7".into(),
        agent: "Firefox".into(),
        second_factor: true,
        ended_at: None,
    }
}

pub async fn a_session_is_found_with_its_account_until_it_ends(store: Store) {
    let (wang, _) = kept(&store, "wang").await;
    let (li, _) = kept(&store, "li").await;
    for (key, made_at) in [("a", AT), ("b", AT + 1), ("c", AT + 2)] {
        store.put_session(&session(wang.id, key, made_at), told("sign_in")).await.unwrap();
    }
    store.put_session(&session(li.id, "l", AT), told("sign_in")).await.unwrap();
    let (row, account, version) = store.session("a").await.unwrap().unwrap();
    assert_eq!((row, account), (session(wang.id, "a", AT), wang.clone()));
    assert_eq!(version, store.directory_version().await.unwrap());
    assert!(store.session("").await.unwrap().is_none());
    assert!(store.touch_session("a", AT + 9).await.unwrap());
    assert_eq!(store.session("a").await.unwrap().unwrap().0.seen_at, AT + 9);
    let keys: Vec<String> = store.sessions_of(wang.id).await.unwrap().into_iter().map(|row| row.key).collect();
    assert_eq!(keys, ["c", "b", "a"]);

    assert!(!store.end_session(li.id, "a", AT + 10, told("sign_out")).await.unwrap(), "another's session");
    assert!(store.end_session(wang.id, "a", AT + 10, told("sign_out")).await.unwrap());
    assert!(!store.end_session(wang.id, "a", AT + 11, told("sign_out")).await.unwrap(), "ended already");
    assert!(store.session("a").await.unwrap().is_none());
    assert!(!store.touch_session("a", AT + 12).await.unwrap(), "seen no more");
    assert_eq!(store.end_sessions(wang.id, Some("c"), AT + 13, told("end_others")).await.unwrap(), 1);
    assert!(store.session("c").await.unwrap().is_some());
    assert_eq!(store.end_sessions(wang.id, None, AT + 14, told("end_all")).await.unwrap(), 1);
    assert!(store.session("l").await.unwrap().is_some(), "others are signed in as before");
    assert_eq!(acts(&store).await.iter().filter(|act| *act == "sign_out").count(), 1);

    assert_eq!(store.sweep(AT + 100).await.unwrap(), 3);
    assert_eq!(store.sweep(AT + 1_001).await.unwrap(), 1, "its time is over");
}

pub async fn of_many_who_end_a_session_one_does(store: Store) {
    let (wang, _) = kept(&store, "wang").await;
    store.put_session(&session(wang.id, "a", AT), told("sign_in")).await.unwrap();
    let ends = (0..8).map(|n| {
        let (store, id) = (store.clone(), wang.id);
        tokio::spawn(async move { store.end_session(id, "a", AT + n, told("sign_out")).await.unwrap() })
    });
    let mut won = 0;
    for end in ends.collect::<Vec<_>>() {
        won += u32::from(end.await.unwrap());
    }
    assert_eq!((won, acts(&store).await.iter().filter(|act| *act == "sign_out").count()), (1, 1));
}

pub async fn a_token_is_found_until_it_ends(store: Store) {
    let (wang, _) = kept(&store, "wang").await;
    let token = TokenRow {
        id: Uuid::now_v7(),
        account: wang.id,
        name: "报表".into(),
        key: "k".into(),
        scopes: vec!["read".into(), "export".into()],
        made_at: AT,
        ends_at: AT + 1_000,
        used_at: None,
        ended_at: None,
    };
    store.put_token(&token, told("make_token")).await.unwrap();
    let (row, account, _) = store.token("k").await.unwrap().unwrap();
    assert_eq!((row, account), (token.clone(), wang.clone()));
    assert!(store.touch_token("k", AT + 1).await.unwrap());
    assert_eq!(store.tokens_of(wang.id).await.unwrap()[0].used_at, Some(AT + 1));
    assert!(!store.end_token(Uuid::now_v7(), token.id, AT + 2, told("end_token")).await.unwrap(), "another's token");
    assert!(store.end_token(wang.id, token.id, AT + 2, told("end_token")).await.unwrap());
    assert!(store.token("k").await.unwrap().is_none());
    assert!(!store.touch_token("k", AT + 3).await.unwrap());
    let second = TokenRow { id: Uuid::now_v7(), key: "k2".into(), ..token };
    store.put_token(&second, told("make_token")).await.unwrap();
    assert_eq!(store.end_tokens(wang.id, AT + 4, told("disable")).await.unwrap(), 1);
    assert_eq!(acts(&store).await, ["make_account", "make_token", "end_token", "make_token", "disable"]);
}

fn proposal(maker: &str) -> Proposal {
    Proposal {
        id: Uuid::now_v7(),
        kind: "grant".into(),
        area: "610923100".into(),
        payload: r#"{"账号":"王"}"#.into(),
        maker: maker.into(),
        made_at: AT,
        reason: "新到任".into(),
        state: ProposalState::Waiting,
        checker: None,
        checked_at: None,
        words: None,
    }
}

fn decided(proposal: &Proposal, state: ProposalState, checker: &str) -> Proposal {
    Proposal {
        state,
        checker: Some(checker.into()),
        checked_at: Some(AT + 1),
        words: Some("可".into()),
        ..proposal.clone()
    }
}

pub async fn a_proposal_is_decided_by_another(store: Store) {
    let made = proposal("wang");
    assert!(store.put_proposal(&made, told("propose")).await.unwrap());
    assert!(!store.put_proposal(&made, told("propose")).await.unwrap(), "it is there already");
    let held = store.ask("SELECT payload FROM anju_proposal").await.unwrap();
    assert!(held.starts_with("v1.") && !held.contains('王'), "{held}");
    assert!(store.proposals(ProposalState::Waiting).await.unwrap() == [made.clone()]);
    let own = decided(&made, ProposalState::Confirmed, "wang");
    assert!(!store.put_proposal(&own, told("confirm")).await.unwrap(), "nobody confirms their own");
    let refused = decided(&made, ProposalState::Refused, "li");
    assert!(store.put_proposal(&refused, told("refuse")).await.unwrap());
    assert!(store.proposal(made.id).await.unwrap() == Some(refused));
    let late = decided(&made, ProposalState::Confirmed, "zhao");
    assert!(!store.put_proposal(&late, told("confirm")).await.unwrap(), "it was decided");
    assert!(store.proposals(ProposalState::Waiting).await.unwrap().is_empty());

    let taken_back = proposal("wang");
    store.put_proposal(&taken_back, told("propose")).await.unwrap();
    let withdrawn = decided(&taken_back, ProposalState::Withdrawn, "wang");
    assert!(store.put_proposal(&withdrawn, told("withdraw")).await.unwrap(), "one's own is withdrawn");
    assert_eq!(acts(&store).await, ["propose", "refuse", "propose", "withdraw"]);
}

pub async fn of_many_who_confirm_one_does_and_its_grant_stands_once(store: Store) {
    let (wang, _) = kept(&store, "wang").await;
    let made = proposal("wang");
    store.put_proposal(&made, told("propose")).await.unwrap();
    let checkers = (0..10).map(|n| {
        let (store, made, row) = (store.clone(), made.clone(), grant(wang.id));
        tokio::spawn(async move {
            let confirmed = decided(&made, ProposalState::Confirmed, &format!("checker{n}"));
            store.decide(&confirmed, Consequence::Grant(&row), told("confirm")).await.unwrap()
        })
    });
    let mut won = 0;
    for checker in checkers.collect::<Vec<_>>() {
        won += u32::from(checker.await.unwrap());
    }
    let confirmed = acts(&store).await.iter().filter(|act| *act == "confirm").count();
    assert_eq!((won, store.grants().await.unwrap().len(), confirmed), (1, 1, 1));

    let policy = proposal("wang");
    store.put_proposal(&policy, told("propose")).await.unwrap();
    let setting = Consequence::Setting { key: "policy.days", value: "0" };
    assert!(!store.decide(&decided(&policy, ProposalState::Confirmed, "wang"), setting, Vec::new()).await.unwrap());
    assert!(store.settings().await.unwrap().is_empty(), "what was not confirmed has no effect");
    assert!(store.decide(&decided(&policy, ProposalState::Confirmed, "li"), setting, Vec::new()).await.unwrap());
    assert_eq!(store.settings().await.unwrap()["policy.days"], "0");
}

pub async fn settings_are_kept(store: Store) {
    store.put_setting("b", "1", told("setting")).await.unwrap();
    store.put_setting("a", "二", told("setting")).await.unwrap();
    store.put_setting("b", "3", told("setting")).await.unwrap();
    let settings = store.settings().await.unwrap();
    let pairs: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(pairs, [("a", "二"), ("b", "3")]);
}

/// A database made before there were accounts gains their tables when it is opened, and keeps what it holds.
pub async fn a_database_without_these_tables_gains_them(url: &str) {
    let store = Store::open(url, anju_vault::Vault::testing()).await.unwrap();
    let pack = crate::library::ready(&store).await;
    let id = crate::library::branch(&store, &pack, "610923100001001").await;
    for table in [
        "account",
        "credential",
        "grant",
        "session",
        "token",
        "proposal",
        "event",
        "event_head",
        "checkpoint",
        "setting",
    ] {
        store.tamper(&format!("DROP TABLE anju_{table}")).await.unwrap();
    }
    store.tamper("DELETE FROM anju_meta WHERE key = 'directory'").await.unwrap();
    assert!(store.accounts().await.is_err());
    drop(store);
    for _ in 0..2 {
        let store = Store::open(url, anju_vault::Vault::testing()).await.unwrap();
        assert_eq!(store.history(crate::library::COUNTY, "branch", id).await.unwrap().len(), 1);
        if store.accounts().await.unwrap().is_empty() {
            kept(&store, "wang").await;
        }
        assert_eq!(store.accounts().await.unwrap().len(), 1);
        assert_eq!(store.directory_version().await.unwrap(), 2, "opening again leaves it");
    }
}

/// After a rotation no secret of the engine's own tables needs an earlier key.
pub async fn secrets_are_sealed_anew_after_a_rotation(url: &str, keys: &std::path::Path) {
    let vault = anju_vault::Vault::create(keys, anju_vault::Suite::Commercial).unwrap();
    let store = Store::open(url, vault).await.unwrap();
    let pack = crate::library::ready(&store).await;
    let (_, credential) = kept(&store, "wang").await;
    let (li, mut without) = account("li");
    without.totp = None;
    store.put_account(&li, &without, Vec::new()).await.unwrap();
    let made = proposal("wang");
    store.put_proposal(&made, told("propose")).await.unwrap();
    let fresh = store.vault().rotate().unwrap();
    assert_eq!(store.reseal(&pack, 10, |_| {}).await.unwrap(), 2);
    for sql in ["SELECT totp FROM anju_credential WHERE totp IS NOT NULL", "SELECT payload FROM anju_proposal"] {
        assert!(store.ask(sql).await.unwrap().starts_with(&format!("v1.{fresh}.")), "{sql}");
    }
    assert!(store.credential(credential.account).await.unwrap() == Some(credential));
    assert!(store.credential(li.id).await.unwrap() == Some(without));
    assert!(store.proposal(made.id).await.unwrap() == Some(made));
    assert_eq!(store.reseal(&pack, 10, |_| {}).await.unwrap(), 0);
}

pub async fn several_accounts_are_made_together_or_not_at_all(store: Store) {
    let new = |login: &str| {
        let (account, credential) = account(login);
        let grant = Grant {
            id: Uuid::now_v7(),
            role: "keeper".into(),
            area: COUNTY.into(),
            from: 18_000,
            until: None,
            expires_at: None,
        };
        let row = GrantRow {
            grant,
            account: account.id,
            made_by: "anju".into(),
            made_at: AT,
            confirmed_by: None,
            reason: "first".into(),
            ended_at: None,
        };
        NewAccount { account, credential, grants: vec![row] }
    };
    let version = store.directory_version().await.unwrap();
    let broken = [new("one"), new("two"), new("one")];
    assert!(matches!(store.make_accounts(&broken, told("first_start")).await, Err(Error::Taken("login"))));
    assert!(store.accounts().await.unwrap().is_empty(), "the third cannot be made, so none is");
    assert!(store.grants().await.unwrap().is_empty() && acts(&store).await.is_empty());
    assert_eq!(store.directory_version().await.unwrap(), version);
    let three = [new("one"), new("two"), new("three")];
    store.make_accounts(&three, told("first_start")).await.unwrap();
    assert_eq!((store.accounts().await.unwrap().len(), store.grants().await.unwrap().len()), (3, 3));
    assert_eq!(acts(&store).await, ["first_start"]);
    for one in three {
        assert!(
            store.credential(one.account.id).await.unwrap() == Some(one.credential),
            "the secret is sealed and opened"
        );
    }
    assert!(store.directory_version().await.unwrap() > version);
}

pub async fn a_sheet_is_kept_sealed_until_it_is_closed(store: Store) {
    let sheet = Import {
        id: Uuid::now_v7(),
        county: COUNTY.into(),
        area: COUNTY.into(),
        sheet: "book".into(),
        name: "书目.xlsx".into(),
        digest: "d".into(),
        maker: "wang".into(),
        made_at: AT,
        state: ImportState::Open,
        options: "{}".into(),
        taken: "[]".into(),
    };
    let body = b"PK\x03\x04 \xff\x00 not text".to_vec();
    store.put_import(&sheet, &body, told("import")).await.unwrap();
    assert_eq!(store.import_of(COUNTY, sheet.id).await.unwrap(), Some(sheet.clone()));
    assert_eq!(store.import_of("990001", sheet.id).await.unwrap(), None, "another county's is not told of");
    assert_eq!(store.import_file(sheet.id).await.unwrap(), Some(body.clone()));
    let taken = Import { taken: "[1]".into(), ..sheet.clone() };
    assert!(store.change_import(&sheet, &taken, told("import_taken")).await.unwrap());
    assert!(!store.change_import(&sheet, &taken, Vec::new()).await.unwrap(), "somebody was faster");
    assert_eq!(store.import_file(sheet.id).await.unwrap(), Some(body));
    let closed = Import { state: ImportState::Closed, ..taken.clone() };
    assert!(store.change_import(&taken, &closed, Vec::new()).await.unwrap());
    assert_eq!(store.import_file(sheet.id).await.unwrap(), None, "what nobody needs is not kept");
    assert_eq!(store.imports(COUNTY, 5).await.unwrap(), [closed]);
    assert_eq!(acts(&store).await, ["import", "import_taken"]);
}
