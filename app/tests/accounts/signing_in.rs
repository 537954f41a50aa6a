//! Signing in, staying signed in, and what is owed first.

use anju_app::{Owes, RefusalCode, SignInRefused};

use crate::desk::{COUNTY, DAY, Desk, HERE, PASSWORD, code, refused};

const ELSEWHERE: &str = "198.51.100.7";
const MINUTE: i64 = 60_000;

pub async fn wrong_tries_lock_the_pair_and_not_the_owner_elsewhere(desk: Desk) {
    let li = desk.account("li", &[("office", COUNTY)]).await;
    desk.account("keeper", &[("keeper", COUNTY)]).await;
    let now = desk.app.now();
    for _ in 0..5 {
        assert_eq!(desk.try_from("li", "wrong", ELSEWHERE, now).await.err(), Some(SignInRefused::Wrong));
        assert_eq!(desk.try_from("nobody", "wrong", ELSEWHERE, now).await.err(), Some(SignInRefused::Wrong));
    }
    let locked = Some(SignInRefused::TooMany { seconds: 900 });
    let verified = desk.hashing.0.load(std::sync::atomic::Ordering::SeqCst);
    assert_eq!(verified, 10, "a login that does not exist costs the same");
    assert_eq!(desk.try_from("li", PASSWORD, ELSEWHERE, now).await.err(), locked, "a right password does not tell");
    assert_eq!(desk.try_from("nobody", PASSWORD, ELSEWHERE, now).await.err(), locked, "nor does a login");
    assert_eq!(desk.hashing.0.load(std::sync::atomic::Ordering::SeqCst), verified, "nothing is verified while locked");
    assert_eq!(desk.store.credential(li).await.unwrap().unwrap().failures, 5);
    let session = desk.session("li").await;
    assert_eq!(session.failures, 5, "the owner is told, and comes in from elsewhere");
    assert_eq!(desk.store.credential(li).await.unwrap().unwrap().failures, 0);
    assert!(desk.try_from("li", PASSWORD, ELSEWHERE, now + 15 * MINUTE).await.is_ok(), "a lock ends by itself");
    for _ in 0..5 {
        let _ = desk.try_from("li", "wrong", ELSEWHERE, now + 20 * MINUTE).await;
    }
    desk.actor("keeper").await.unlock(li).await.unwrap();
    assert!(desk.try_from("li", PASSWORD, ELSEWHERE, now + 21 * MINUTE).await.is_ok(), "the administrator unlocks");
}

pub async fn a_code_and_a_recovery_code_count_once(desk: Desk) {
    desk.account("li", &[("office", COUNTY)]).await;
    let begun = desk.session("li").await;
    let secret = begun.actor.begin_totp().await.unwrap().secret;
    assert_eq!(refused(begun.actor.confirm_totp("000000").await), [RefusalCode::CodeWrong]);
    let now = desk.app.now();
    let secured = begun.actor.confirm_totp(&code(&secret, now)).await.unwrap();
    assert_eq!(secured.recovery.len(), 10);
    let renewed = secured.token.unwrap();
    assert!(desk.app.session(&begun.token, HERE, now).await.unwrap().is_none(), "the token is another now");
    assert!(desk.app.session(&renewed, HERE, now).await.unwrap().is_some());

    let later = now + 2 * MINUTE;
    let used = code(&secret, later);
    let challenge = desk.challenge("li", later).await;
    assert!(desk.code(&challenge, &used, later).await.is_ok());
    let again = desk.challenge("li", later).await;
    assert_eq!(desk.code(&again, &used, later).await.err(), Some(SignInRefused::Wrong), "replayed");
    assert_eq!(desk.code(&again, &used, later + 20_000).await.err(), Some(SignInRefused::Wrong), "within the skew");
    assert!(
        desk.code(&challenge, &code(&secret, later + MINUTE), later + MINUTE).await.is_err(),
        "a met challenge is over"
    );
    assert!(desk.code(&again, &secured.recovery[0], later).await.is_ok());
    let once_more = desk.challenge("li", later).await;
    assert_eq!(desk.code(&once_more, &secured.recovery[0], later).await.err(), Some(SignInRefused::Wrong));
    let stored = desk.app.session(&renewed, HERE, later).await.unwrap().unwrap().second_factor_state().await.unwrap();
    assert_eq!((stored.on, stored.recovery_left, stored.required), (true, 9, false));
}

pub async fn a_given_password_opens_nothing_but_its_change(desk: Desk) {
    desk.account("keeper", &[("keeper", COUNTY)]).await;
    let (account, given) = desk.actor("keeper").await.make_account("Zhao.Min", "赵敏").await.unwrap();
    desk.grant(account.id, "office", COUNTY, None).await;
    let now = desk.app.now();
    let Ok(anju_app::SignedIn::Session(session)) = desk.try_from("zhao.min", &given, HERE, now).await else {
        panic!("the given password signs in")
    };
    assert_eq!(session.owes, Some(Owes::Password));
    let actor = session.actor;
    assert!(actor.must_change() && actor.rights().reads_nothing());
    assert!(actor.make_token("x", &["read"], 1).await.is_err());
    assert!(actor.begin_totp().await.is_err());
    let missing = actor.read_file(desk.ledger("household"), &desk.households[0].to_string()).await;
    assert!(missing.is_err());
    let faults = refused(actor.change_password(&given, "赵敏").await);
    assert_eq!(
        faults,
        [
            RefusalCode::PasswordShort,
            RefusalCode::PasswordClasses,
            RefusalCode::PasswordHoldsLogin,
            RefusalCode::PasswordCommon
        ]
    );
    assert_eq!(refused(actor.change_password("wrong", "Larch-in-the-wood7").await), [RefusalCode::PasswordWrong]);
    assert_eq!(refused(actor.change_password(&given, &given).await), [RefusalCode::PasswordUsed]);
    let token = actor.change_password(&given, "Larch-in-the-wood7").await.unwrap().unwrap();
    let free = desk.app.session(&token, HERE, now).await.unwrap().unwrap();
    assert_eq!(free.owes(), None);
    assert!(!free.rights().reads_nothing());
    assert!(
        desk.app.session(&session.token, HERE, now).await.unwrap().is_none(),
        "the token from before is worth nothing"
    );
}

pub async fn passwords_are_not_used_again_and_expire(desk: Desk) {
    let li = desk.account("li", &[("office", COUNTY)]).await;
    let mut session = desk.session("li").await;
    let mut old = PASSWORD.to_owned();
    for n in 0..5 {
        let new = format!("Larch-in-the-wood{n}");
        let token = session.actor.change_password(&old, &new).await.unwrap().unwrap();
        session.actor = desk.app.session(&token, HERE, desk.app.now()).await.unwrap().unwrap();
        old = new;
    }
    assert_eq!(refused(session.actor.change_password(&old, "Larch-in-the-wood1").await), [RefusalCode::PasswordUsed]);
    assert!(session.actor.change_password(&old, PASSWORD).await.is_ok(), "the sixth before may be used");

    let mut credential = desk.store.credential(li).await.unwrap().unwrap();
    credential.changed_at = desk.app.now() - 90 * DAY;
    desk.store.put_credential(&credential, Vec::new()).await.unwrap();
    assert_eq!(desk.session("li").await.owes, Some(Owes::Password), "ninety days are over");
}

pub async fn sessions_end_by_idleness_age_and_hand(desk: Desk) {
    let li = desk.account("li", &[("office", COUNTY)]).await;
    desk.account("keeper", &[("keeper", COUNTY)]).await;
    let now = desk.app.now();
    let idle = desk.session("li").await.token;
    assert!(desk.app.session(&idle, HERE, now + 31 * MINUTE).await.unwrap().is_none());
    assert!(desk.app.session(&idle, HERE, now).await.unwrap().is_none(), "what ended stays ended");
    let old = desk.session("li").await.token;
    for minutes in (20..720).step_by(20) {
        assert!(desk.app.session(&old, HERE, now + minutes * MINUTE).await.unwrap().is_some(), "{minutes}");
    }
    assert!(desk.app.session(&old, HERE, now + 721 * MINUTE).await.unwrap().is_none(), "twelve hours are over");
    let out = desk.session("li").await;
    out.actor.sign_out().await.unwrap();
    assert!(desk.app.session(&out.token, HERE, now).await.unwrap().is_none());
    let disabled = desk.session("li").await.token;
    desk.actor("keeper").await.set_active(li, false).await.unwrap();
    assert!(desk.app.session(&disabled, HERE, now).await.unwrap().is_none());
    assert_eq!(desk.try_from("li", PASSWORD, HERE, now).await.err(), Some(SignInRefused::Disabled));
    for nothing in ["", "x", &"A".repeat(43), &"A".repeat(10_000)] {
        assert!(desk.app.session(nothing, HERE, now).await.unwrap().is_none());
    }
}

pub async fn a_role_that_asks_for_it_waits_for_the_second_factor(desk: Desk) {
    desk.account("chief", &[("chief", COUNTY)]).await;
    let session = desk.session("chief").await;
    assert_eq!(session.owes, Some(Owes::SecondFactor));
    assert!(session.actor.rights().reads_nothing());
    let secret = session.actor.begin_totp().await.unwrap().secret;
    let now = desk.app.now();
    let token = session.actor.confirm_totp(&code(&secret, now)).await.unwrap().token.unwrap();
    let chief = desk.app.session(&token, HERE, now).await.unwrap().unwrap();
    assert!(chief.owes().is_none() && chief.reads(desk.ledger("household")));
    assert_eq!(refused(chief.remove_totp(PASSWORD).await), [RefusalCode::SecondFactorNeeded]);
}
