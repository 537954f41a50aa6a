//! Writes that wait for a second person.

use anju_app::{Actor, Intent, ProposalState, RefusalCode, Written};
use anju_record::Value;
use anju_store::{Query, Write};
use uuid::Uuid;

use crate::desk::{COUNTY, Desk, OTHER, TODAY, TOWN, is_missing, refused};
use crate::escalation::insert;

async fn payouts(desk: &Desk) -> usize {
    desk.store.select(&desk.pack, &Query::of(COUNTY, desk.ledger("payout"), TODAY)).await.unwrap().len()
}

async fn ask(desk: &Desk, by: &Actor, fen: i64) -> Uuid {
    let payout = desk.record("payout", &[("household", Value::Id(desk.households[0])), ("amount", Value::Int(fen))]);
    match by.write(Intent { reason: Some("三月分红".into()), ..insert(payout) }).await.unwrap() {
        Written::Waiting(id) => id,
        Written::Committed(_) => panic!("it had to wait"),
    }
}

pub async fn a_payout_waits_for_another_person(desk: Desk) {
    desk.account("clerk", &[("clerk", TOWN), ("checker", TOWN)]).await;
    desk.account("checker", &[("checker", TOWN)]).await;
    desk.account("far", &[("checker", OTHER)]).await;
    let (clerk, checker) = (desk.actor("clerk").await, desk.actor("checker").await);
    let id = ask(&desk, &clerk, 12_345).await;
    assert_eq!(payouts(&desk).await, 0, "what waits is not there");
    assert_eq!(refused(clerk.confirm(id).await), [RefusalCode::MakerChecks], "also with the checker's role");
    assert!(is_missing(desk.actor("far").await.confirm(id).await), "a checker of another town");
    let line = checker.proposals().await.unwrap().remove(0);
    assert!(line.may_confirm && !line.mine);
    assert!(
        line.what.iter().any(|change| change.after.as_ref().is_some_and(|words| words.zh == "123.45")),
        "{:?}",
        line.what
    );
    checker.confirm(id).await.unwrap();
    assert_eq!(payouts(&desk).await, 1);
    let row = desk.store.journal_before(COUNTY, None, 1).await.unwrap().remove(0);
    assert_eq!((row.ledger.as_str(), row.actor.as_str()), ("payout", "clerk"));
    assert!(row.reason.unwrap().contains("checker"), "the reason names the second person");
    assert_eq!(refused(checker.confirm(id).await), [RefusalCode::NotWaiting]);
    assert_eq!(payouts(&desk).await, 1, "once");
    assert_eq!(desk.app.operator().verify_events().await.unwrap().faults, Vec::<String>::new());
}

pub async fn what_changed_meanwhile_is_not_confirmed(desk: Desk) {
    let clerk_id = desk.account("clerk", &[]).await;
    desk.grant(clerk_id, "clerk", TOWN, None).await;
    desk.account("checker", &[("checker", TOWN)]).await;
    desk.account("keeper", &[("keeper", COUNTY)]).await;
    let (clerk, checker) = (desk.actor("clerk").await, desk.actor("checker").await);
    let first = ask(&desk, &clerk, 100).await;
    checker.confirm(first).await.unwrap();
    let payout =
        desk.store.select(&desk.pack, &Query::of(COUNTY, desk.ledger("payout"), TODAY)).await.unwrap().remove(0);
    let mut waiting = Vec::new();
    for fen in [200, 300] {
        let change = desk.changed("payout", payout.id, "amount", Value::Int(fen)).await;
        match clerk.write(Intent { changes: vec![change], ..Intent::default() }).await.unwrap() {
            Written::Waiting(id) => waiting.push(id),
            Written::Committed(_) => panic!("a change has to wait too"),
        }
    }
    let delete = Write::Delete { ledger: desk.ledger("payout"), id: payout.id, expected_version: 1 };
    let Written::Waiting(removal) = clerk.write(Intent { changes: vec![delete], ..Intent::default() }).await.unwrap()
    else {
        panic!("and so has a removal")
    };
    checker.confirm(waiting[0]).await.unwrap();
    assert_eq!(refused(checker.confirm(waiting[1]).await), [RefusalCode::OutOfDate], "both saw the same version");
    assert_eq!(refused(checker.confirm(removal).await), [RefusalCode::OutOfDate]);
    let last = ask(&desk, &clerk, 400).await;
    desk.actor("keeper").await.set_active(clerk_id, false).await.unwrap();
    assert_eq!(refused(checker.confirm(last).await), [RefusalCode::OutOfDate], "the maker is not there any more");
    assert_eq!(payouts(&desk).await, 1);
}

pub async fn a_withdrawn_or_refused_proposal_stays_so(desk: Desk) {
    desk.account("clerk", &[("clerk", TOWN)]).await;
    desk.account("checker", &[("checker", TOWN)]).await;
    let (clerk, checker) = (desk.actor("clerk").await, desk.actor("checker").await);
    let withdrawn = ask(&desk, &clerk, 100).await;
    assert_eq!(refused(checker.withdraw(withdrawn).await), [RefusalCode::NotTheMaker]);
    clerk.withdraw(withdrawn).await.unwrap();
    assert_eq!(refused(checker.confirm(withdrawn).await), [RefusalCode::NotWaiting]);
    let no = ask(&desk, &clerk, 200).await;
    assert_eq!(refused(checker.refuse(no, "").await), [RefusalCode::ReasonShape]);
    checker.refuse(no, "金额不符").await.unwrap();
    assert_eq!(refused(checker.confirm(no).await), [RefusalCode::NotWaiting]);
    let line = clerk.proposal(no).await.unwrap();
    assert_eq!((line.proposal.state, line.proposal.words.as_deref()), (ProposalState::Refused, Some("金额不符")));
    assert_eq!(payouts(&desk).await, 0);
    let household = Value::Id(desk.households[0]);
    let keyed = |fen: i64| {
        let payout = desk.record("payout", &[("household", household.clone()), ("amount", Value::Int(fen))]);
        Intent { key: Some("form-1".into()), ..insert(payout) }
    };
    let one = clerk.write(keyed(1)).await.unwrap();
    assert_eq!(clerk.write(keyed(1)).await.unwrap(), one, "sent twice, it waits once");
}
