//! Somebody who knows a password and no more, beside the account's owner.

use anju_app::{Error, SecondFactor};
use anju_app::{EventQuery, Intent, Owes, RefusalCode, WriteError};

use crate::desk::{COUNTY, Desk, HERE, PASSWORD, TOWN, code, is_denied, refused, text};

const NEW: &str = "Larch-in-the-wood7";

pub async fn a_session_from_before_the_second_factor_is_worth_nothing_after(desk: Desk) {
    let li = desk.account("li", &[("office", COUNTY)]).await;
    desk.account("chief", &[("chief", COUNTY)]).await;
    let now = desk.app.now();
    for login in ["li", "chief"] {
        let (thief, owner) = (desk.session(login).await, desk.session(login).await);
        let secret = owner.actor.begin_totp().await.unwrap().secret;
        let secured = owner.actor.confirm_totp(&code(&secret, now)).await.unwrap();
        assert!(desk.app.session(&thief.token, HERE, now).await.unwrap().is_none(), "{login}: other sessions end");
        let own = desk.app.session(&secured.token.unwrap(), HERE, now).await.unwrap().unwrap();
        assert!(own.owes().is_none() && own.reads(desk.ledger("household")), "{login}");
        assert_eq!(own.sessions().await.unwrap().len(), 1, "{login}");
    }
    // A session that lived on, or began at that very moment, owes the factor all the same.
    let mut credential = desk.store.credential(li).await.unwrap().unwrap();
    credential.totp_confirmed = false;
    desk.store.put_credential(&credential, Vec::new()).await.unwrap();
    let late = desk.session("li").await;
    assert!(late.owes.is_none());
    credential.totp_confirmed = true;
    desk.store.put_credential(&credential, Vec::new()).await.unwrap();
    let late = desk.app.session(&late.token, HERE, now).await.unwrap().unwrap();
    assert_eq!(late.owes(), Some(Owes::SecondFactor));
    assert!(late.rights().reads_nothing());
    assert!(is_denied(late.make_token("x", &["read"], 1).await));
    assert!(is_denied(late.change_password(PASSWORD, NEW).await), "nor does it change the password");
    assert!(is_denied(late.remove_totp(PASSWORD).await), "nor take the factor off");
    assert_eq!(refused(late.begin_totp().await), [RefusalCode::SecondFactorOn]);
    let later = now + 120_000;
    let challenge = desk.challenge("li", later).await;
    let given = SecondFactor {
        challenge,
        code: code(credential.totp.as_ref().unwrap(), later),
        address: HERE.into(),
        agent: "test".into(),
        now: later,
    };
    assert!(desk.app.second_factor(given).await.unwrap().owes.is_none(), "whoever gives the code is in");
}

pub async fn a_secret_shown_to_another_session_secures_nothing(desk: Desk) {
    let li = desk.account("li", &[("office", COUNTY)]).await;
    desk.account("keeper", &[("keeper", COUNTY)]).await;
    let now = desk.app.now();
    let (thief, owner) = (desk.session("li").await.actor, desk.session("li").await.actor);
    let known = thief.begin_totp().await.unwrap().secret;
    assert_eq!(thief.begin_totp().await.unwrap().secret, known, "the same session is told the same");
    let own = owner.begin_totp().await.unwrap().secret;
    assert_ne!(own, known, "another session is told another");
    assert_eq!(refused(thief.confirm_totp(&code(&known, now)).await), [RefusalCode::CodeWrong], "the earlier is over");
    assert_eq!(refused(owner.confirm_totp(&code(&known, now)).await), [RefusalCode::CodeWrong]);
    assert_eq!(owner.begin_totp().await.unwrap().secret, own, "a mistyped code changes nothing");

    let token = owner.change_password(PASSWORD, NEW).await.unwrap().unwrap();
    assert!(desk.store.credential(li).await.unwrap().unwrap().totp.is_none(), "a new password clears what was begun");
    let owner = desk.app.session(&token, HERE, now).await.unwrap().unwrap();
    assert_eq!(refused(owner.confirm_totp(&code(&own, now)).await), [RefusalCode::SecondFactorOff]);
    let fresh = owner.begin_totp().await.unwrap().secret;
    assert_ne!(fresh, own);
    desk.actor("keeper").await.reset_password(li).await.unwrap();
    assert!(desk.store.credential(li).await.unwrap().unwrap().totp.is_none(), "and so does a reset");
}

pub async fn what_ended_does_not_come_back_under_another_token(desk: Desk) {
    let li = desk.account("li", &[("office", crate::desk::OTHER)]).await;
    let now = desk.app.now();
    let session = desk.session("li").await;
    desk.store.end_sessions(li, None, now, Vec::new()).await.unwrap();
    let glass = session.actor.break_glass(TOWN, 1, "群众求助").await.unwrap();
    assert!(glass.token.is_none(), "no new token for a session that was ended");
    assert!(desk.store.sessions_of(li).await.unwrap().is_empty());
    for n in 0..8 {
        let login = format!("wu{n}");
        let wu = desk.account(&login, &[("office", crate::desk::OTHER)]).await;
        let session = desk.session(&login).await;
        let (glass, ended) = tokio::join!(
            session.actor.break_glass(TOWN, 1, "群众求助"),
            desk.store.end_sessions(wu, None, now, Vec::new()),
        );
        ended.unwrap();
        let renewed = glass.unwrap().token;
        let lives = desk.store.sessions_of(wu).await.unwrap().len();
        assert!(lives <= 1 && (renewed.is_some() || lives == 0), "never both");
        assert!(desk.app.session(&session.token, HERE, now).await.unwrap().is_none());
    }
}

pub async fn a_changed_password_ends_the_tokens_of_programs(desk: Desk) {
    let li = desk.account("li", &[("office", COUNTY)]).await;
    let session = desk.session("li").await.actor;
    let now = desk.app.now();
    let token = session.make_token("报表", &["read"], 30).await.unwrap();
    assert!(desk.app.api_token(&token, HERE, now).await.unwrap().is_some());
    assert_eq!(refused(session.change_password("wrong", NEW).await), [RefusalCode::PasswordWrong]);
    assert!(desk.app.api_token(&token, HERE, now).await.unwrap().is_some(), "what was refused ends nothing");
    session.change_password(PASSWORD, NEW).await.unwrap();
    assert!(desk.app.api_token(&token, HERE, now).await.unwrap().is_none());
    let ask = EventQuery { acts: vec!["token_end".into()], limit: 10, ..EventQuery::default() };
    let events = desk.app.operator().events(ask).await.unwrap();
    assert_eq!(events.len(), 1, "and it is written down");
    assert_eq!((events[0].id, events[0].actor.as_str()), (Some(li), "li"));
}

pub async fn a_number_of_a_person_stands_in_no_reason(desk: Desk) {
    desk.account("li", &[("office", COUNTY)]).await;
    desk.account("security", &[("security", COUNTY)]).await;
    let (li, security) = (desk.actor("li").await, desk.actor("security").await);
    let person = desk.ledger("person");
    let not = [RefusalCode::ReasonNumber];
    for words in ["核对 138 0000 1234", "核对 61092319800101123X", "核对１３８－００００－１２３４"]
    {
        assert_eq!(refused(li.reveal(person, &desk.person.to_string(), "phone", words).await), not, "{words}");
        assert_eq!(refused(security.propose_policy("min_length", "12", words).await), not, "{words}");
        let change = desk.changed("person", desk.person, "name", text("改名")).await;
        let intent = Intent { changes: vec![change], reason: Some(words.into()), ..Intent::default() };
        match li.write(intent).await {
            Err(WriteError::Refused(Error::Refused(why))) => assert_eq!(why[0].code, not[0], "{words}"),
            other => panic!("{words}: {other:?}"),
        }
    }
    let change = desk.changed("person", desk.person, "name", text("改名")).await;
    let intent = Intent { changes: vec![change], reason: Some("2020-05-01 更正".into()), ..Intent::default() };
    assert!(li.write(intent).await.is_ok(), "a day is no number of a person");
}
