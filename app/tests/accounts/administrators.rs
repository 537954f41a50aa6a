//! Three administrators who keep each other in check.

use std::collections::HashSet;

use anju_app::{EventQuery, Owes, RefusalCode};

use crate::desk::{COUNTY, Desk, HERE, TOWN, is_denied, refused};
use crate::escalation::grant;

pub async fn roles_that_stand_alone_stand_alone(desk: Desk) {
    desk.account("security", &[("security", COUNTY)]).await;
    desk.account("keeper", &[("keeper", COUNTY)]).await;
    let auditor = desk.account("auditor", &[("auditor", COUNTY)]).await;
    let li = desk.account("li", &[("office", COUNTY)]).await;
    let wu = desk.account("wu", &[]).await;
    let (security, keeper) = (desk.actor("security").await, desk.actor("keeper").await);
    assert_eq!(refused(security.propose_grant(grant(auditor, "office", TOWN)).await), [RefusalCode::GrantAlone]);
    assert_eq!(refused(security.propose_grant(grant(auditor, "keeper", COUNTY)).await), [RefusalCode::GrantAlone]);
    assert_eq!(refused(security.propose_grant(grant(li, "auditor", COUNTY)).await), [RefusalCode::GrantAlone]);
    let both = [
        security.propose_grant(grant(wu, "auditor", COUNTY)).await.unwrap(),
        security.propose_grant(grant(wu, "office", COUNTY)).await.unwrap(),
    ];
    keeper.confirm(both[0]).await.unwrap();
    let why = refused(keeper.confirm(both[1]).await);
    assert_eq!(why, [RefusalCode::OutOfDate, RefusalCode::GrantAlone], "each was allowed when it was proposed");
    desk.grant(auditor, "keeper", COUNTY, None).await;
    let split = desk.actor("auditor").await;
    assert!(split.rights().roles().next().is_none(), "two of them in the database silence each other");
    assert!(is_denied(split.events(EventQuery::default()).await) && is_denied(split.accounts().await));
}

pub async fn the_first_start_makes_three_once(desk: Desk) {
    assert!(desk.app.setting_up());
    let now = desk.app.now();
    let made = desk.app.first_start(now).await.unwrap().unwrap();
    assert_eq!(made.len(), 3);
    assert!(!desk.app.setting_up());
    assert!(desk.app.first_start(now).await.unwrap().is_none(), "only once");
    desk.app.keep_house().await.unwrap();
    assert_eq!(desk.app.operator().checkpoints().await.unwrap().len(), 1);
    let passwords: HashSet<_> = made.iter().map(|(_, password)| password).collect();
    assert_eq!(passwords.len(), 3);
    for (login, password) in &made {
        let Ok(anju_app::SignedIn::Session(session)) = desk.try_from(login, password, HERE, now).await else {
            panic!("{login} signs in")
        };
        assert_eq!(session.owes, Some(Owes::Password), "{login}");
    }
}

pub async fn who_keeps_the_accounts_becomes_nobody_else(desk: Desk) {
    let keeper = desk.account("keeper", &[("keeper", COUNTY)]).await;
    let security = desk.account("security", &[("security", COUNTY)]).await;
    let li = desk.account("li", &[("office", COUNTY)]).await;
    let actor = desk.actor("keeper").await;
    let not = [RefusalCode::AdministratorReset];
    assert_eq!(refused(actor.reset_password(security).await), not);
    assert_eq!(refused(actor.reset_second_factor(security).await), not);
    assert_eq!(refused(actor.link_subject(security, Some("https://id.example|7")).await), not);
    assert_eq!(refused(actor.reset_password(keeper).await), [RefusalCode::NotOnOneself]);
    assert_eq!(refused(actor.make_account("LI", "李").await), [RefusalCode::LoginTaken]);
    assert_eq!(refused(actor.make_account("李 河", "").await), [RefusalCode::LoginShape, RefusalCode::NameShape]);
    assert_eq!(refused(actor.make_account("operator", "王").await), [RefusalCode::LoginShape]);
    assert!(actor.rights().reads_nothing(), "and sees no record");
    assert!(is_denied(actor.policies().await) && is_denied(actor.events(EventQuery::default()).await));
    let before = desk.session("li").await.token;
    let given = actor.reset_password(li).await.unwrap();
    let now = desk.app.now();
    assert!(desk.app.session(&before, HERE, now).await.unwrap().is_none(), "a reset ends what was begun");
    let Ok(anju_app::SignedIn::Session(session)) = desk.try_from("li", &given, HERE, now).await else { panic!() };
    assert_eq!(session.owes, Some(Owes::Password));
    let at_the_machine = desk.app.operator();
    assert!(at_the_machine.reset_password(security).await.is_ok());
}

pub async fn a_secret_is_sealed_and_never_shown(desk: Desk) {
    desk.account("keeper", &[("keeper", COUNTY)]).await;
    desk.account("security", &[("security", COUNTY)]).await;
    desk.account("auditor", &[("auditor", COUNTY)]).await;
    let keeper = desk.actor("keeper").await;
    keeper.put_setting("oidc.client_secret", "swordfish").await.unwrap();
    desk.set("oidc.issuer", "https://id.example").await;
    let shown = keeper.settings().await.unwrap();
    assert!(shown.contains(&("oidc.issuer".into(), "https://id.example".into())));
    assert!(!format!("{shown:?}").contains("swordfish"));
    assert!(!format!("{:?}", desk.store.settings().await.unwrap()).contains("swordfish"));
    let auditor = desk.actor("auditor").await;
    let events = auditor.events(EventQuery { limit: 100, ..EventQuery::default() }).await.unwrap();
    assert_eq!(events.iter().filter(|event| event.act == "setting").count(), 2);
    assert!(!format!("{events:?}").contains("swordfish"));
    assert_eq!(auditor.verify_journals().await.unwrap(), Vec::<String>::new());
}

pub async fn a_policy_counts_once_a_second_person_confirmed_it(desk: Desk) {
    desk.account("security", &[("security", COUNTY)]).await;
    desk.account("keeper", &[("keeper", COUNTY)]).await;
    let (security, keeper) = (desk.actor("security").await, desk.actor("keeper").await);
    for (key, value, why) in [
        ("min_length", "4", RefusalCode::SettingBounds),
        ("retention_days", "30", RefusalCode::SettingBounds),
        ("no_such", "4", RefusalCode::SettingUnknown),
    ] {
        assert_eq!(refused(security.propose_policy(key, value, "要求").await), [why]);
    }
    let id = security.propose_policy("policy.min_length", "20", "上级要求").await.unwrap();
    assert_eq!(security.policy().await.unwrap().min_length, 10);
    let line = keeper.proposal(id).await.unwrap();
    assert!(line.may_confirm && line.what[0].before.as_ref().unwrap().zh == "10");
    keeper.confirm(id).await.unwrap();
    assert_eq!(security.policy().await.unwrap().min_length, 20);
    let short = security.change_password(crate::desk::PASSWORD, "Larch-in-wood7").await;
    assert_eq!(refused(short), [RefusalCode::PasswordShort]);
}

pub async fn who_vouches_for_people_is_said_by_two(desk: Desk) {
    desk.account("keeper", &[("keeper", COUNTY)]).await;
    desk.account("second", &[("keeper", COUNTY)]).await;
    let security = desk.account("security", &[("security", COUNTY)]).await;
    desk.account("town", &[("town_security", TOWN)]).await;
    desk.account("auditor", &[("auditor", COUNTY)]).await;
    let keeper = desk.actor("keeper").await;
    for (key, value) in [("oidc.issuer", "https://id.example"), ("oidc.client_id", "anju"), ("oidc.by_login", "true")] {
        assert_eq!(refused(keeper.put_setting(key, value).await), [RefusalCode::SettingProposed], "{key}");
    }
    for (key, value, reason, why) in [
        ("oidc.issuer", "http://id.example", "更换", RefusalCode::SettingShape),
        ("oidc.by_login", "perhaps", "更换", RefusalCode::SettingShape),
        ("oidc.client_secret", "s3", "更换", RefusalCode::SettingUnknown),
        ("policy.min_length", "8", "更换", RefusalCode::SettingUnknown),
        ("oidc.issuer", "https://id.example", "", RefusalCode::ReasonShape),
    ] {
        assert_eq!(refused(keeper.propose_setting(key, value, reason).await), [why], "{key}");
    }
    assert!(is_denied(desk.actor("security").await.propose_setting("oidc.by_login", "true", "更换").await));
    let id = keeper.propose_setting("oidc.issuer", "https://id.example", "启用统一身份").await.unwrap();
    assert!(desk.store.settings().await.unwrap().is_empty(), "what waits is not in force");
    assert_eq!(refused(keeper.confirm(id).await), [RefusalCode::MakerChecks]);
    for stranger in ["town", "auditor"] {
        assert!(desk.actor(stranger).await.confirm(id).await.is_err(), "{stranger}");
    }
    let line = desk.actor("security").await.proposal(id).await.unwrap();
    assert!(line.may_confirm && line.what[0].after.as_ref().unwrap().zh == "https://id.example");
    desk.actor("security").await.confirm(id).await.unwrap();
    let value = |settings: Vec<(String, String)>| settings.into_iter().find(|(key, _)| key == "oidc.issuer").unwrap().1;
    assert_eq!(value(keeper.settings().await.unwrap()), "https://id.example");
    let events = desk.actor("auditor").await.events(EventQuery { limit: 100, ..EventQuery::default() }).await.unwrap();
    let told = events.iter().find(|event| event.act == "setting").unwrap();
    assert_eq!((told.actor.as_str(), told.reason.as_deref()), ("security", Some("启用统一身份")));
    let other = keeper.propose_setting("oidc.issuer", "", "停用").await.unwrap();
    desk.actor("second").await.set_active(security, false).await.unwrap();
    desk.actor("second").await.confirm(other).await.unwrap();
    assert_eq!(value(keeper.settings().await.unwrap()), "", "it is taken back in the same way");
}

pub async fn a_change_beside_another_loses_neither(desk: Desk) {
    desk.account("keeper", &[("keeper", COUNTY)]).await;
    let li = desk.account("li", &[("office", COUNTY)]).await;
    let keeper = desk.actor("keeper").await;
    for n in 0..8 {
        let subject = format!("https://id.example|{n}");
        let now = desk.app.now();
        let (linked, unlocked, disabled, wrong) = tokio::join!(
            keeper.link_subject(li, Some(&subject)),
            keeper.unlock(li),
            keeper.set_active(li, n % 2 == 0),
            desk.try_from("li", "wrong", "198.51.100.9", now),
        );
        assert!(wrong.is_err());
        linked.unwrap();
        unlocked.unwrap();
        disabled.unwrap();
        let account = desk.store.account(li).await.unwrap().unwrap();
        assert_eq!((account.active, account.must_change), (n % 2 == 0, false), "{n}");
        assert_eq!(desk.store.credential(li).await.unwrap().unwrap().subject, Some(subject));
    }
    let (reset, unlocked) = tokio::join!(keeper.reset_password(li), keeper.unlock(li));
    unlocked.unwrap();
    let credential = desk.store.credential(li).await.unwrap().unwrap();
    assert_eq!(credential.password, format!("quick {}", reset.unwrap()), "the new password stands");
    let account = desk.store.account(li).await.unwrap().unwrap();
    keeper.set_active(li, true).await.unwrap();
    assert!(account.must_change && desk.store.account(li).await.unwrap().unwrap().must_change);
}
