//! Ways to more than one was given, each of them closed.

use anju_access::Action;
use anju_app::{Actor, NewGrant, RefusalCode, Scope, WriteError};
use anju_app::{Error, Intent};
use anju_record::Value;
use anju_store::Write;
use uuid::Uuid;

use crate::desk::{COUNTY, Desk, HERE, OTHER, PASSWORD, TODAY, TOWN, is_denied, is_missing, refused, text};

pub fn grant(account: Uuid, role: &str, area: &str) -> NewGrant {
    NewGrant { account, role: role.into(), area: area.into(), from: TODAY, until: None, reason: "岗位需要".into() }
}

pub async fn nobody_grants_to_themselves(desk: Desk) {
    let security = desk.account("security", &[("security", COUNTY)]).await;
    let keeper = desk.account("keeper", &[("keeper", COUNTY)]).await;
    let li = desk.account("li", &[]).await;
    let (one, other) = (desk.actor("security").await, desk.actor("keeper").await);
    assert!(refused(one.propose_grant(grant(security, "office", COUNTY)).await).contains(&RefusalCode::GrantOneself));
    assert!(is_denied(other.propose_grant(grant(li, "office", COUNTY)).await), "who keeps accounts gives no rights");
    let id = one.propose_grant(grant(li, "office", COUNTY)).await.unwrap();
    assert_eq!(refused(one.confirm(id).await), [RefusalCode::MakerChecks]);
    assert!(is_missing(desk.actor("li").await.confirm(id).await), "nobody else sees it");
    assert!(desk.actor("li").await.rights().reads_nothing(), "what waits gives nothing");
    let own = one.grants().await.unwrap().into_iter().find(|line| line.row.account == keeper).unwrap().row.grant.id;
    let end = one.propose_end_grant(own, "换岗").await.unwrap();
    assert_eq!(refused(other.confirm(end).await), [RefusalCode::ConcernsChecker]);
    other.confirm(id).await.unwrap();
    assert!(!desk.actor("li").await.rights().reads_nothing());
    assert_eq!(refused(other.confirm(id).await), [RefusalCode::NotWaiting]);
    let row = one.grants().await.unwrap().into_iter().find(|line| line.row.account == li).unwrap().row;
    assert_eq!((row.made_by.as_str(), row.confirmed_by.as_deref()), ("security", Some("keeper")));
}

pub async fn nobody_grants_beyond_their_place_now_or_then(desk: Desk) {
    let town = desk.account("town", &[]).await;
    let held = desk.grant(town, "town_security", TOWN, None).await;
    desk.account("keeper", &[("keeper", COUNTY)]).await;
    desk.account("security", &[("security", COUNTY)]).await;
    let li = desk.account("li", &[]).await;
    let maker = desk.actor("town").await;
    for wider in [OTHER, COUNTY] {
        assert_eq!(
            refused(maker.propose_grant(grant(li, "office", wider)).await),
            [RefusalCode::GrantBeyond],
            "{wider}"
        );
    }
    assert_eq!(refused(maker.propose_grant(grant(li, "keeper", TOWN)).await), [RefusalCode::GrantBeyond]);
    let outside = refused(maker.propose_grant(grant(li, "office", "610924100")).await);
    assert!(outside.contains(&RefusalCode::AreaUnknown), "{outside:?}");
    let mut late = grant(li, "office", TOWN);
    late.until = Some(TODAY - 1);
    assert_eq!(refused(maker.propose_grant(late).await), [RefusalCode::GrantPeriod]);
    assert_eq!(
        refused(maker.propose_grant(NewGrant { reason: " ".into(), ..grant(Uuid::nil(), "no_such", TOWN) }).await),
        [RefusalCode::AccountUnknown, RefusalCode::ReasonShape, RefusalCode::RoleUnknown]
    );
    let id = maker.propose_grant(grant(li, "office", TOWN)).await.unwrap();
    let (security, keeper) = (desk.actor("security").await, desk.actor("keeper").await);
    let end = security.propose_end_grant(held, "调离").await.unwrap();
    keeper.confirm(end).await.unwrap();
    let why = refused(keeper.confirm(id).await);
    assert_eq!(why, [RefusalCode::OutOfDate, RefusalCode::GrantBeyond], "the maker may not give it any more");
    assert!(desk.actor("li").await.rights().reads_nothing());
}

pub async fn an_expired_grant_gives_nothing(desk: Desk) {
    let li = desk.account("li", &[]).await;
    desk.grant(li, "office", COUNTY, Some(TODAY)).await;
    let household = desk.ledger("household");
    assert!(desk.actor("li").await.reads(household));
    let tomorrow = desk.on(TODAY + 1).await;
    let session = desk.session("li").await;
    let actor = tomorrow.session(&session.token, HERE, desk.app.now()).await.unwrap().unwrap();
    assert!(actor.rights().reads_nothing());
    assert!(is_missing(actor.record(household, &desk.households[0].to_string()).await));
}

pub async fn swapped_ids_reach_nothing(desk: Desk) {
    desk.account("li", &[("office", TOWN)]).await;
    desk.account("wu", &[("office", OTHER)]).await;
    desk.account("clerk", &[("clerk", COUNTY)]).await;
    let (li, wu) = (desk.actor("li").await, desk.actor("wu").await);
    let (household, person) = (desk.ledger("household"), desk.ledger("person"));
    let theirs = desk.households[0].to_string();
    assert!(li.read_file(household, &theirs).await.is_ok());
    assert!(is_missing(wu.read_file(household, &theirs).await));
    assert!(is_missing(wu.reveal(person, &desk.person.to_string(), "phone", "核对电话").await));
    assert!(is_denied(wu.who_looked(household, &theirs).await));
    let other = desk.session("li").await;
    let key = other.actor.who().session.clone().unwrap();
    assert!(!wu.end_session(&key).await.unwrap(), "another's session");
    assert!(desk.app.session(&other.token, HERE, desk.app.now()).await.unwrap().is_some());
    let token = li.make_token("报表", &["read"], 30).await.unwrap();
    let id = li.tokens().await.unwrap()[0].id;
    assert!(!wu.end_token(id).await.unwrap(), "another's token");
    assert!(desk.app.api_token(&token, HERE, desk.app.now()).await.unwrap().is_some());
    let clerk = desk.actor("clerk").await;
    let payout = desk.record("payout", &[("household", Value::Id(desk.households[0])), ("amount", Value::Int(100))]);
    let waiting = match clerk.write(insert(payout)).await.unwrap() {
        anju_app::Written::Waiting(id) => id,
        anju_app::Written::Committed(_) => panic!("it had to wait"),
    };
    assert!(is_missing(wu.confirm(waiting).await), "a place of another town");
    assert!(is_missing(wu.withdraw(waiting).await));
}

pub fn insert(valid: anju_record::Valid) -> Intent {
    Intent { changes: vec![Write::Insert(valid)], ..Intent::default() }
}

async fn write(actor: &Actor, change: Write) -> Result<(), WriteError> {
    actor.write(Intent { changes: vec![change], ..Intent::default() }).await.map(|_| ())
}

pub async fn what_gives_rights_is_no_field_of_a_form(desk: Desk) {
    desk.account("li", &[("office", COUNTY)]).await;
    let li = desk.actor("li").await;
    for (ledger, id) in [("person", desk.person), ("cadre", desk.cadre)] {
        let change = desk.changed(ledger, id, "account", text("me")).await;
        assert!(matches!(write(&li, change).await, Err(WriteError::Refused(Error::Denied { .. }))), "{ledger}.account");
        let harmless = desk.changed(ledger, id, "name", text("改名")).await;
        assert!(write(&li, harmless).await.is_ok(), "{ledger}.name");
    }
    let new = desk.record("cadre", &[("name", text("赵")), ("account", text("me"))]);
    assert!(write(&li, Write::Insert(new)).await.is_err(), "nor of a new record");
    for table in ["anju_account", "anju_grant", "anju_credential", "anju_session", "anju_setting", "anju_proposal"] {
        assert!(li.ledger(table).is_err(), "{table} is no ledger");
    }
    assert!(is_denied(li.put_setting("policy.min_length", "8").await));
    desk.account("keeper", &[("keeper", COUNTY)]).await;
    let keeper = desk.actor("keeper").await;
    assert_eq!(refused(keeper.put_setting("policy.min_length", "8").await), [RefusalCode::SettingUnknown]);
}

pub async fn a_token_is_worth_no_more_than_its_scopes(desk: Desk) {
    desk.account("li", &[("office", COUNTY)]).await;
    let li = desk.actor("li").await;
    let now = desk.app.now();
    assert_eq!(refused(li.make_token("x", &["read", "grants"], 30).await), [RefusalCode::ScopeUnknown]);
    assert_eq!(
        refused(li.make_token("", &[], 400).await),
        [RefusalCode::TokenName, RefusalCode::TokenDays, RefusalCode::ScopeUnknown]
    );
    let token = li.make_token("报表", &["read"], 30).await.unwrap();
    let program = desk.app.api_token(&token, HERE, now).await.unwrap().unwrap();
    let person = desk.ledger("person");
    assert!(!program.rights().reach(Action::Read, person).is_empty());
    for action in [Action::Write, Action::Export] {
        assert!(program.rights().reach(action, person).is_empty(), "{action:?}");
    }
    assert!(is_denied(program.reveal(person, &desk.person.to_string(), "phone", "核对电话").await));
    assert!(is_denied(program.break_glass(TOWN, 1, "核对").await));
    assert!(is_denied(program.make_token("y", &["write"], 30).await), "a token makes no token");
    assert!(is_denied(program.change_password(PASSWORD, "Larch-in-the-wood7").await));
    let household = desk.record("household", &[("site", Value::Id(Uuid::nil())), ("number", text("H9"))]);
    assert!(program.write(insert(household)).await.is_err());
    assert!(
        desk.app.api_token(&token, HERE, now + 31 * crate::desk::DAY).await.unwrap().is_none(),
        "its days are over"
    );
    let writer = li.make_token("录入", &["write"], 30).await.unwrap();
    let blind = desk.app.api_token(&writer, HERE, now).await.unwrap().unwrap();
    assert!(blind.rights().reads_nothing() && blind.rights().reach(Action::Write, person).is_empty());
    assert!(desk.app.session(&token, HERE, now).await.unwrap().is_none(), "a token is no session");
    assert!(desk.app.api_token("anju_x", HERE, now).await.unwrap().is_none());
    li.end_token(li.tokens().await.unwrap().iter().find(|row| row.name == "报表").unwrap().id).await.unwrap();
    assert!(desk.app.api_token(&token, HERE, now).await.unwrap().is_none());
}

pub async fn a_changed_password_ends_other_sessions(desk: Desk) {
    desk.account("li", &[("office", COUNTY)]).await;
    let (one, other) = (desk.session("li").await, desk.session("li").await);
    let now = desk.app.now();
    let listed = one.actor.sessions().await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed.iter().filter(|session| session.current).count(), 1);
    let token = one.actor.change_password(PASSWORD, "Larch-in-the-wood7").await.unwrap().unwrap();
    assert!(desk.app.session(&other.token, HERE, now).await.unwrap().is_none());
    assert!(desk.app.session(&token, HERE, now).await.unwrap().is_some());
    assert!(desk.try_from("li", PASSWORD, HERE, now).await.is_err());
}

pub async fn rows_of_ones_own_are_lost_with_the_relation(desk: Desk) {
    desk.account("li", &[("paired", COUNTY)]).await;
    desk.account("office", &[("office", COUNTY)]).await;
    let token = desk.session("li").await.token;
    let now = desk.app.now();
    let household = desk.ledger("household");
    let [own, other] = desk.households.map(|id| id.to_string());
    let li = desk.app.session(&token, HERE, now).await.unwrap().unwrap();
    assert!(li.record(household, &own).await.is_ok());
    assert!(is_missing(li.record(household, &other).await));
    let scope = Scope { area: COUNTY.into(), on: TODAY };
    assert_eq!(li.find(household, &scope, None, 0, 10).await.unwrap().total, 1);
    let pairing = desk.ledger("pairing");
    let mut query = anju_store::Query::of(COUNTY, pairing, TODAY);
    query.limit = Some(1);
    let id = desk.store.select(&desk.pack, &query).await.unwrap()[0].id;
    let before = li;
    let end = desk.changed("pairing", id, "ended_on", Value::Date(TODAY - 1)).await;
    desk.actor("office").await.write(Intent { changes: vec![end], ..Intent::default() }).await.unwrap();
    let li = desk.app.session(&token, HERE, now).await.unwrap().unwrap();
    assert!(is_missing(li.record(household, &own).await), "the pairing has ended");
    assert!(!std::ptr::eq(li.rights(), before.rights()), "no page written for the old rights is shown again");
}
