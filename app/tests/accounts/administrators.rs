//! Three administrators who keep each other in check.

use std::collections::HashSet;

use anju_app::{EventAsk, Owes, RefusalCode};

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
    assert!(is_denied(split.events(EventAsk::default()).await) && is_denied(split.accounts().await));
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
    assert!(is_denied(actor.policies().await) && is_denied(actor.events(EventAsk::default()).await));
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
    desk.account("auditor", &[("auditor", COUNTY)]).await;
    let keeper = desk.actor("keeper").await;
    keeper.put_setting("oidc.client_secret", "swordfish").await.unwrap();
    keeper.put_setting("oidc.issuer", "https://id.example").await.unwrap();
    assert_eq!(refused(keeper.put_setting("oidc.issuer", "http://id.example").await), [RefusalCode::SettingShape]);
    let shown = keeper.settings().await.unwrap();
    assert!(shown.contains(&("oidc.issuer".into(), "https://id.example".into())));
    assert!(!format!("{shown:?}").contains("swordfish"));
    assert!(!format!("{:?}", desk.store.settings().await.unwrap()).contains("swordfish"));
    let auditor = desk.actor("auditor").await;
    let events = auditor.events(EventAsk { limit: 100, ..EventAsk::default() }).await.unwrap();
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
