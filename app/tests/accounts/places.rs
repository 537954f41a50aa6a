//! A duty holds in its place, and not beyond.

use anju_app::{EventQuery, JournalAsk, RefusalCode};

use crate::desk::{COUNTY, Desk, OTHER, TOWN, is_denied, is_missing, refused};
use crate::escalation::grant;

pub async fn a_role_that_stands_alone_is_granted_at_the_county_only(desk: Desk) {
    desk.account("security", &[("security", COUNTY)]).await;
    desk.account("keeper", &[("keeper", COUNTY)]).await;
    let wu = desk.account("wu", &[]).await;
    let security = desk.actor("security").await;
    for role in ["auditor", "keeper", "security"] {
        assert_eq!(refused(security.propose_grant(grant(wu, role, TOWN)).await), [RefusalCode::GrantBeyond], "{role}");
    }
    let id = security.propose_grant(grant(wu, "auditor", COUNTY)).await.unwrap();
    desk.actor("keeper").await.confirm(id).await.unwrap();
    assert!(desk.actor("wu").await.events(EventQuery::default()).await.is_ok());
}

pub async fn grants_are_known_and_looked_through_in_ones_own_places(desk: Desk) {
    desk.account("town", &[("town_security", TOWN)]).await;
    desk.account("security", &[("security", COUNTY)]).await;
    desk.account("auditor", &[("auditor", COUNTY)]).await;
    let near = desk.account("near", &[("office", TOWN)]).await;
    let far = desk.account("far", &[("office", OTHER)]).await;
    let wide = desk.account("wide", &[("office", TOWN), ("clerk", COUNTY)]).await;
    let none = desk.account("none", &[]).await;
    let (town, security) = (desk.actor("town").await, desk.actor("security").await);
    let seen = town.grants().await.unwrap();
    assert!(!seen.is_empty() && seen.iter().all(|line| &*line.row.grant.area == TOWN), "{seen:?}");
    for whole in [security.grants().await.unwrap(), desk.actor("auditor").await.grants().await.unwrap()] {
        assert!(whole.iter().any(|line| line.row.account == far) && whole.len() > seen.len());
    }
    assert!(is_denied(desk.actor("near").await.grants().await));
    for (account, theirs) in [(near, true), (none, true), (far, false), (wide, false)] {
        assert_eq!(town.view_as(account).await.is_ok(), theirs);
        assert!(security.view_as(account).await.is_ok());
    }
    assert!(is_denied(town.view_as(wide).await));
    let ask =
        EventQuery { acts: vec!["view_as".into()], actor: Some("town".into()), limit: 9, ..EventQuery::default() };
    assert_eq!(desk.app.operator().events(ask).await.unwrap().len(), 2, "what was refused was not looked at");
}

pub async fn a_grant_is_confirmed_where_it_holds(desk: Desk) {
    desk.account("security", &[("security", COUNTY)]).await;
    desk.account("checker", &[("town_checker", TOWN)]).await;
    let li = desk.account("li", &[]).await;
    let (security, checker) = (desk.actor("security").await, desk.actor("checker").await);
    for wider in [OTHER, COUNTY] {
        let id = security.propose_grant(grant(li, "office", wider)).await.unwrap();
        assert!(is_missing(checker.confirm(id).await), "{wider}");
        assert!(is_missing(checker.refuse(id, "不同意").await), "{wider}");
    }
    let policy = security.propose_policy("min_length", "12", "要求").await.unwrap();
    assert!(is_missing(checker.confirm(policy).await), "a policy is the whole county's");
    assert!(checker.proposals().await.unwrap().is_empty());
    let id = security.propose_grant(grant(li, "office", TOWN)).await.unwrap();
    checker.confirm(id).await.unwrap();
    let held = desk.actor("li").await.rights().roles().map(|(_, area)| area.to_owned()).collect::<Vec<_>>();
    assert_eq!(held, [TOWN]);
}

pub async fn a_duty_without_a_place_asks_for_the_county(desk: Desk) {
    desk.account("town", &[("town_keeper", TOWN)]).await;
    desk.account("whole", &[("town_keeper", COUNTY)]).await;
    let (town, whole) = (desk.actor("town").await, desk.actor("whole").await);
    assert!(is_denied(town.events(EventQuery::default()).await) && whole.events(EventQuery::default()).await.is_ok());
    assert!(is_denied(town.journal(JournalAsk::default()).await) && whole.journal(JournalAsk::default()).await.is_ok());
    assert!(is_denied(town.accounts().await) && whole.accounts().await.is_ok());
    assert!(is_denied(town.settings().await) && whole.settings().await.is_ok());
    assert!(is_denied(town.policies().await) && whole.policies().await.is_ok());
    assert!(is_denied(town.verify_journals().await));
}
