//! Looking beyond one's place, at protected values, and who is told.

use anju_access::Action;
use anju_app::{EventQuery, RefusalCode};

use crate::desk::{COUNTY, Desk, HERE, OTHER, TOWN, is_denied, is_missing, refused};

const HOUR: i64 = 3_600_000;

pub async fn a_broken_glass_shows_and_ends(desk: Desk) {
    desk.account("li", &[("office", OTHER)]).await;
    desk.account("wu", &[("office", TOWN)]).await;
    desk.account("far", &[("office", OTHER)]).await;
    desk.account("clerk", &[("clerk", OTHER)]).await;
    desk.account("cashier", &[("clerk", COUNTY)]).await;
    desk.account("auditor", &[("auditor", COUNTY)]).await;
    let session = desk.session("li").await;
    let (household, theirs) = (desk.ledger("household"), desk.households[0].to_string());
    assert!(is_missing(session.actor.record(household, &theirs).await));
    assert!(is_denied(desk.actor("clerk").await.break_glass(TOWN, 1, "群众求助").await), "not everybody may");
    assert_eq!(
        refused(session.actor.break_glass(OTHER, 25, "x").await),
        [RefusalCode::ReasonShape, RefusalCode::GlassHours, RefusalCode::GlassOwn]
    );
    let glass = session.actor.break_glass(TOWN, 2, "群众突发疾病").await.unwrap();
    let token = glass.token.unwrap();
    let now = desk.app.now();
    assert!(desk.app.session(&session.token, HERE, now).await.unwrap().is_none(), "the token is another now");
    let li = desk.app.session(&token, HERE, now).await.unwrap().unwrap();
    assert!(li.read_file(household, &theirs).await.is_ok());
    for action in [Action::Write, Action::Export] {
        assert!(!li.rights().reach(action, household).holds_area(TOWN), "{action:?}");
    }
    let change = desk.changed("household", desk.households[0], "number", crate::desk::text("X")).await;
    let intent = anju_app::Intent { changes: vec![change], ..anju_app::Intent::default() };
    assert!(li.write(intent).await.is_err());
    assert!(!li.rights().may_step(&["office".into()], TOWN), "and confirms nothing there");
    for (login, told) in [("wu", 1), ("auditor", 1), ("far", 0), ("clerk", 0), ("cashier", 0)] {
        assert_eq!(desk.actor(login).await.notices().await.unwrap().len(), told, "{login}");
    }
    let ask = anju_app::RollAsk { area: Some(TOWN.into()), ..anju_app::RollAsk::of(household) };
    let far = li.table(&ask, &anju_app::Columns::Sheet, None, anju_record::Lang::Zh).await.map(|table| table.len());
    assert!(is_denied(far), "nothing is taken away");
    let Ok(anju_app::SignedIn::Session(later)) =
        desk.try_from("li", crate::desk::PASSWORD, HERE, now + 2 * HOUR + 1_000).await
    else {
        panic!()
    };
    assert!(is_missing(later.actor.record(household, &theirs).await), "two hours are over");
}

pub async fn a_protected_value_is_journalled_before_it_is_shown(desk: Desk) {
    desk.account("li", &[("office", TOWN)]).await;
    desk.account("clerk", &[("clerk", TOWN)]).await;
    desk.account("auditor", &[("auditor", COUNTY)]).await;
    let (li, person) = (desk.actor("li").await, desk.ledger("person"));
    let id = desk.person.to_string();
    let masked = li.record(person, &id).await.unwrap();
    let phone = usize::from(desk.pack.ledger(person).field_by_id("phone").unwrap().0);
    assert_ne!(masked.record.values[phone], crate::desk::text("10012345678"));
    for reason in ["", " 核 ", &"字".repeat(201)] {
        assert_eq!(refused(li.reveal(person, &id, "phone", reason).await), [RefusalCode::ReasonShape]);
    }
    assert_eq!(li.reveal(person, &id, "phone", "电话通知体检").await.unwrap(), "10012345678");
    assert!(is_denied(li.reveal(person, &desk.child.to_string(), "phone", "电话通知体检").await), "a child's is more");
    assert!(is_denied(li.reveal(person, &id, "name", "看看").await), "nothing to reveal");
    assert!(is_missing(li.reveal(person, &id, "no_such", "看看").await));
    assert!(is_missing(desk.actor("clerk").await.reveal(person, &id, "phone", "电话通知").await));
    let ask = EventQuery { acts: vec!["reveal".into()], limit: 10, ..EventQuery::default() };
    let events = desk.actor("auditor").await.events(ask).await.unwrap();
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0].reason.as_deref(), Some("电话通知体检"));
    assert!(!format!("{events:?}").contains("10012345678"));
}

pub async fn people_see_who_looked_at_their_own_file(desk: Desk) {
    desk.account("li", &[("office", TOWN)]).await;
    desk.account("wang", &[("resident", COUNTY)]).await;
    desk.account("auditor", &[("auditor", COUNTY)]).await;
    let (household, person) = (desk.ledger("household"), desk.ledger("person"));
    let [own, other] = desk.households.map(|id| id.to_string());
    let li = desk.actor("li").await;
    li.read_file(household, &own).await.unwrap();
    li.reveal(person, &desk.person.to_string(), "phone", "通知开会").await.unwrap();
    let wang = desk.actor("wang").await;
    let looked = wang.who_looked(household, &own).await.unwrap();
    let acts: Vec<_> = looked.iter().map(|event| (event.act.as_str(), event.actor.as_str())).collect();
    assert_eq!(acts, [("reveal", "li"), ("read", "li")]);
    assert!(is_missing(wang.who_looked(household, &other).await), "another's file");
    assert!(is_denied(li.who_looked(household, &own).await), "not for whoever reads it");
    assert_eq!(desk.actor("auditor").await.who_looked(household, &own).await.unwrap().len(), 2);
    assert!(is_denied(wang.events(EventQuery::default()).await));
}
