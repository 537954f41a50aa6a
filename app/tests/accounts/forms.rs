//! Forms: what is typed is written and nothing else, whoever else writes at the same time.

use std::collections::BTreeMap;

use anju_app::{
    Actor, BulkChange, BulkError, BulkState, EditError, Entry, Filling, Put, RefusalCode, RemoveError, Side, Written,
    compared_key,
};
use anju_pack::FieldIx;
use anju_record::{Code, Record, Value};
use anju_store::Query;
use uuid::Uuid;

use crate::desk::{COUNTY, Desk, OTHER, TODAY, TOWN, is_denied, is_missing, refused, text};

impl Desk {
    pub async fn stored(&self, ledger: &str, id: Uuid) -> Record {
        self.store.get(&self.pack, COUNTY, self.ledger(ledger), id).await.unwrap().unwrap()
    }

    pub fn at(&self, ledger: &str, field: &str) -> FieldIx {
        self.pack.ledger(self.ledger(ledger)).field_by_id(field).unwrap()
    }

    pub async fn value(&self, ledger: &str, id: Uuid, field: &str) -> Value {
        self.stored(ledger, id).await.values[usize::from(self.at(ledger, field).0)].clone()
    }

    pub async fn all(&self, ledger: &str) -> Vec<Record> {
        self.store.select(&self.pack, &Query::of(COUNTY, self.ledger(ledger), TODAY)).await.unwrap()
    }
}

fn typed(pairs: &[(&str, &str)]) -> Filling {
    let typed = pairs.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned()));
    Filling { typed: typed.collect(), ..Filling::default() }
}

fn written(put: &Put) -> bool {
    matches!(put.written, Some(Written::Committed(_)))
}

#[track_caller]
fn faulty(done: Result<Put, EditError>) -> Entry {
    match done {
        Err(EditError::Faulty(entry)) => *entry,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn disputed(done: Result<Put, EditError>) -> Entry {
    match done {
        Err(EditError::Conflict(entry)) => *entry,
        other => panic!("{other:?}"),
    }
}

/// The form as a browser would send it back untouched: every control with what stands in it.
pub fn untouched(desk: &Desk, entry: &Entry) -> Filling {
    let ledger = desk.pack.ledger(entry.ledger);
    let open = entry.fields.iter().filter(|field| !field.fixed);
    let typed = open.map(|shown| {
        let words = shown.refers.map_or_else(|| shown.typed.clone(), |id| id.to_string());
        (ledger.field(shown.field).id.clone(), words)
    });
    Filling { typed: typed.collect(), ..Filling::default() }
}

pub async fn registrar(desk: &Desk, login: &str) -> Actor {
    desk.account(login, &[("registrar", TOWN)]).await;
    desk.actor(login).await
}

pub async fn a_mask_is_never_written_back_and_a_hidden_field_never_changed(desk: Desk) {
    let clerk = registrar(&desk, "reg").await;
    let person = desk.ledger("person");
    let entry = clerk.prepare_edit(person, &desk.person.to_string()).await.unwrap();
    let shown: Vec<&str> = entry.fields.iter().map(|it| desk.pack.ledger(person).field(it.field).id.as_str()).collect();
    assert_eq!(shown, ["household", "name", "phone", "photo", "account"], "the birth day is hidden");
    let phone = entry.field(desk.at("person", "phone")).unwrap();
    assert_eq!((phone.typed.as_str(), phone.said.as_deref()), ("", Some("100****5678")));
    let account = entry.field(desk.at("person", "account")).unwrap();
    assert!(account.fixed, "who gives no rights links no accounts");

    let before = desk.stored("person", desk.person).await;
    let put = clerk.put(person, Some((desk.person, 1)), &untouched(&desk, &entry)).await.unwrap();
    assert!(put.written.is_none() && desk.stored("person", desk.person).await == before, "nothing was touched");

    // A browser that fills the mask in, and a form that was tampered with.
    let filling =
        typed(&[("name", "王大山"), ("phone", "100****5678"), ("born_on", "1990-01-01"), ("account", "evil")]);
    assert!(written(&clerk.put(person, Some((desk.person, 1)), &filling).await.unwrap()));
    let after = desk.stored("person", desk.person).await;
    let mut expected = before.values.clone();
    expected[usize::from(desk.at("person", "name").0)] = text("王大山");
    assert_eq!(after.values, expected, "the name and nothing else");

    let clear = Filling { cleared: ["phone".to_owned()].into(), ..typed(&[("phone", "")]) };
    clerk.put(person, Some((desk.person, 2)), &clear).await.unwrap();
    assert_eq!(desk.value("person", desk.person, "phone").await, Value::Null, "emptied on purpose");
    clerk.put(person, Some((desk.person, 3)), &typed(&[("phone", "100 9999 8888")])).await.unwrap();
    assert_eq!(desk.value("person", desk.person, "phone").await, text("10099998888"));
}

pub async fn what_was_typed_is_kept_with_every_fault_beside_its_field(desk: Desk) {
    let clerk = registrar(&desk, "reg").await;
    let person = desk.ledger("person");
    let elsewhere = desk.households[1].to_string();
    let filling = typed(&[("household", &elsewhere), ("name", ""), ("phone", "nonsense")]);
    for entry in [
        faulty(clerk.put(person, None, &filling).await),
        faulty(clerk.put(person, Some((desk.person, 1)), &filling).await),
    ] {
        let codes = |field: &str| {
            let faults = &entry.field(desk.at("person", field)).unwrap().faults;
            faults.iter().map(|fault| fault.code).collect::<Vec<_>>()
        };
        assert_eq!(codes("household"), [Code::NoSuchRecord], "another town's is as one that is not there");
        assert_eq!(codes("name"), [Code::Required]);
        assert_eq!(codes("phone"), [Code::NotAPhone]);
        assert_eq!(entry.field(desk.at("person", "phone")).unwrap().typed, "nonsense");
        assert!(entry.faults.is_empty() && entry.refused.is_none());
    }
    assert_eq!(desk.all("person").await.len(), 2);
    // What the store finds stands beside the field too.
    let pairing = desk.ledger("pairing");
    let second =
        [("household", desk.households[0].to_string()), ("cadre", "李河".into()), ("started_on", "2020-05-01".into())];
    let second: Vec<(&str, &str)> = second.iter().map(|(field, text)| (*field, text.as_str())).collect();
    let entry = faulty(clerk.put(pairing, None, &typed(&second)).await);
    let household = entry.field(desk.at("pairing", "household")).unwrap();
    assert_eq!(household.faults[0].code, Code::NotUnique);
    assert_eq!(household.refers, Some(desk.households[0]));
    // A reason that names a number is refused, and the form is not lost.
    let numbered = Filling { reason: Some("电话10012345678不对".into()), ..typed(&[("name", "王川")]) };
    let entry = faulty(clerk.put(person, Some((desk.person, 1)), &numbered).await);
    assert_eq!(refused::<()>(Err(entry.refused.clone().unwrap())), [RefusalCode::ReasonNumber]);
    assert_eq!(entry.field(desk.at("person", "name")).unwrap().typed, "王川");
    // What is not theirs is not here.
    assert!(is_missing(clerk.prepare_edit(desk.ledger("household"), &elsewhere).await));
    assert!(is_denied(clerk.prepare_new(desk.ledger("payout"), &BTreeMap::new()).await));
    assert!(is_denied(clerk.prepare_edit(desk.ledger("cadre"), &desk.cadre.to_string()).await));
}

pub async fn changes_of_two_people_are_merged_field_by_field(desk: Desk) {
    let (one, two) = (registrar(&desk, "one").await, registrar(&desk, "two").await);
    let person = desk.ledger("person");
    let shown = one.prepare_edit(person, &desk.person.to_string()).await.unwrap();
    two.put(person, Some((desk.person, 1)), &typed(&[("phone", "10087654321")])).await.unwrap();
    let mut filling = untouched(&desk, &shown);
    filling.typed.insert("name".into(), "王川".into());
    let put = one.put(person, Some((desk.person, shown.version)), &filling).await.unwrap();
    assert!(written(&put));
    assert_eq!(put.merged, [desk.at("person", "phone")], "it is said that the other's change stands");
    assert_eq!(desk.value("person", desk.person, "name").await, text("王川"));
    assert_eq!(desk.value("person", desk.person, "phone").await, text("10087654321"));
    // The same change by both is no dispute.
    let put = two.put(person, Some((desk.person, 2)), &typed(&[("name", "王川")])).await.unwrap();
    assert!(put.written.is_none());
}

pub async fn a_field_that_two_people_changed_needs_a_choice(desk: Desk) {
    let (one, two) = (registrar(&desk, "one").await, registrar(&desk, "two").await);
    let person = desk.ledger("person");
    two.put(person, Some((desk.person, 1)), &typed(&[("name", "王江"), ("phone", "10087654321")])).await.unwrap();
    let mine = typed(&[("name", "王川"), ("phone", "10011112222")]);
    let entry = disputed(one.put(person, Some((desk.person, 1)), &mine).await);
    assert_eq!(entry.version, 2, "it shows the record as it stands");
    let name = entry.field(desk.at("person", "name")).unwrap();
    let conflict = name.conflict.clone().unwrap();
    assert_eq!(
        (name.typed.as_str(), conflict.theirs.as_deref(), conflict.who.as_str()),
        ("王川", Some("王江"), "人two")
    );
    let phone = entry.field(desk.at("person", "phone")).unwrap();
    assert_eq!(phone.conflict.as_ref().unwrap().theirs.as_deref(), Some("100****4321"), "masked");
    assert_eq!(desk.value("person", desk.person, "name").await, text("王江"), "nothing is written without a choice");

    let again = |chosen: &[(&str, Side)]| Filling {
        disputed: ["name", "phone"].map(str::to_owned).into(),
        chosen: chosen.iter().map(|(field, side)| ((*field).to_owned(), *side)).collect(),
        ..mine.clone()
    };
    let entry = disputed(one.put(person, Some((desk.person, 2)), &again(&[("name", Side::Mine)])).await);
    assert!(entry.field(desk.at("person", "phone")).unwrap().conflict.is_some(), "each needs a choice");
    let chosen = again(&[("name", Side::Mine), ("phone", Side::Theirs)]);
    assert!(written(&one.put(person, Some((desk.person, 2)), &chosen).await.unwrap()));
    assert_eq!(desk.value("person", desk.person, "name").await, text("王川"));
    assert_eq!(desk.value("person", desk.person, "phone").await, text("10087654321"));
}

pub async fn a_form_sent_twice_is_one_record(desk: Desk) {
    let clerk = registrar(&desk, "reg").await;
    let household = desk.households[0].to_string();
    let filling = Filling { key: Some("once".into()), ..typed(&[("household", &household), ("name", "王小溪")]) };
    let person = desk.ledger("person");
    let first = clerk.put(person, None, &filling).await.unwrap();
    let second = clerk.put(person, None, &filling).await.unwrap();
    assert_eq!(first.id, second.id);
    let mut other = filling.clone();
    other.typed.insert("name".into(), "王小河".into());
    assert_ne!(
        clerk.put(person, None, &other).await.unwrap().id,
        first.id,
        "what was typed after going back is not lost"
    );
    assert_eq!(desk.all("person").await.len(), 4);
}

pub async fn a_new_form_knows_the_day_and_who_is_asking(desk: Desk) {
    desk.account("li", &[("registrar", TOWN)]).await;
    let li = desk.actor("li").await;
    let given = BTreeMap::from([("household".to_owned(), desk.households[0].to_string())]);
    let entry = li.prepare_new(desk.ledger("pairing"), &given).await.unwrap();
    let field = |id: &str| entry.field(desk.at("pairing", id)).unwrap();
    assert_eq!(field("started_on").typed, "2020-05-16");
    assert_eq!((field("cadre").refers, field("cadre").typed.as_str()), (Some(desk.cadre), "李河"));
    assert_eq!(field("household").refers, Some(desk.households[0]));
}

pub async fn a_reference_is_found_by_name_and_asked_for_where_it_is_unclear(desk: Desk) {
    let clerk = registrar(&desk, "reg").await;
    let office = {
        desk.account("office", &[("office", COUNTY)]).await;
        desk.actor("office").await
    };
    let household = desk.ledger("household");
    let number = office.choices(household, "H1").await.unwrap();
    assert_eq!(number.len(), 2);
    assert_ne!(number[0].text, number[1].text, "namesakes are told apart");
    assert_eq!(clerk.choices(household, "H1").await.unwrap().len(), 1, "within their reach");
    let entry = faulty(office.put(desk.ledger("person"), None, &typed(&[("household", "H1"), ("name", "甲")])).await);
    let field = entry.field(desk.at("person", "household")).unwrap();
    assert_eq!((field.candidates.len(), field.typed.as_str(), field.faults.len()), (2, "H1", 1));
    let put = office
        .put(desk.ledger("person"), None, &typed(&[("household", &number[1].text), ("name", "甲")]))
        .await
        .unwrap();
    assert_eq!(desk.value("person", put.id, "household").await, Value::Id(number[1].id));
    let put = clerk.put(desk.ledger("person"), None, &typed(&[("household", " h1 "), ("name", "乙")])).await.unwrap();
    assert_eq!(desk.value("person", put.id, "household").await, Value::Id(desk.households[0]), "the only one in reach");
    let nobody = faulty(clerk.put(desk.ledger("person"), None, &typed(&[("household", "H9"), ("name", "丙")])).await);
    assert_eq!(nobody.field(desk.at("person", "household")).unwrap().faults[0].code, Code::NoSuchRecord);
}

pub async fn a_deleted_record_comes_back_and_says_why(desk: Desk) {
    let clerk = registrar(&desk, "reg").await;
    desk.account("far", &[("registrar", OTHER)]).await;
    let far = desk.actor("far").await;
    let (household, person) = (desk.ledger("household"), desk.ledger("person"));
    match clerk.remove(household, desk.households[0], 1, "重复建档").await {
        Err(RemoveError::Referred { faults, related }) => {
            assert!(faults.iter().all(|fault| fault.code == Code::StillReferred));
            assert_eq!(related.iter().map(|it| it.total).sum::<u64>(), 3, "two people and a pairing");
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(clerk.remove(person, desk.child, 7, "重复建档").await, Err(RemoveError::Changed)));
    for reason in ["", "x", "电话10012345678"] {
        assert!(matches!(clerk.remove(person, desk.child, 1, reason).await, Err(RemoveError::Other(_))), "{reason}");
    }
    assert!(matches!(far.remove(person, desk.child, 1, "重复建档").await, Err(RemoveError::Other(_))));
    clerk.remove(person, desk.child, 1, "重复建档").await.unwrap();
    assert_eq!(desk.all("person").await.len(), 1);
    assert!(is_missing(clerk.record(person, &desk.child.to_string()).await));
    assert!(is_missing(far.deleted(person, &desk.child.to_string()).await));
    let gone = clerk.deleted(person, &desk.child.to_string()).await.unwrap();
    assert_eq!(gone.record.values[usize::from(desk.at("person", "born_on").0)], Value::Null, "hidden as before");
    assert!(
        !far.may_restore(person, desk.child).await.unwrap() && clerk.may_restore(person, desk.child).await.unwrap()
    );
    assert!(far.restore(person, desk.child, "删错了").await.is_err());
    clerk.restore(person, desk.child, "删错了").await.unwrap();
    assert!(clerk.restore(person, desk.child, "删错了").await.is_err(), "it lives");
    let stored = clerk.record(person, &desk.child.to_string()).await.unwrap();
    let history = clerk.history(&stored, anju_record::Lang::Zh).await.unwrap();
    let told: Vec<_> = history.iter().map(|it| (it.restored, it.deleted, it.created, it.reason.as_deref())).collect();
    assert_eq!(
        told,
        [(true, false, false, Some("删错了")), (false, true, false, Some("重复建档")), (false, false, true, None)]
    );
    assert_ne!(desk.value("person", desk.child, "born_on").await, Value::Null, "as it stood");
    assert_eq!(desk.app.operator().verify_shard().await.unwrap().faults, Vec::<String>::new());
}

pub async fn a_bulk_change_does_what_its_preview_said(desk: Desk) {
    let clerk = registrar(&desk, "reg").await;
    let person = desk.ledger("person");
    let name = desk.at("person", "name");
    let fields = clerk.bulk_fields(person);
    assert!(
        fields.contains(&name)
            && !fields.contains(&desk.at("person", "phone"))
            && !fields.contains(&desk.at("person", "born_on"))
    );
    let far = desk.record("person", &[("household", Value::Id(desk.households[1])), ("name", text("远"))]);
    let far_id = far.id();
    desk.app.operator().write(crate::escalation::insert(far)).await.unwrap();
    let ids = [desk.person, desk.child, far_id, desk.person];
    let change = |typed: &str| BulkChange::Set { field: name, typed: typed.into() };
    let plan = clerk.bulk_plan(person, &ids, &change("")).await.unwrap();
    assert_eq!(plan.faults[0].code, Code::Required);
    clerk.put(person, Some((desk.child, 1)), &typed(&[("name", "王川")])).await.unwrap();
    let plan = clerk.bulk_plan(person, &ids, &change("王川")).await.unwrap();
    let states: Vec<_> = plan.lines.iter().map(|line| (line.id, line.state.clone())).collect();
    assert_eq!(states, [(desk.person, BulkState::Changes), (desk.child, BulkState::Same)], "each once");
    assert_eq!((plan.missing, plan.changing()), (1, 1), "another town's is not there");
    let words = |text: &Option<anju_pack::Text>| text.as_ref().map(|text| text.zh.clone());
    assert_eq!((words(&plan.lines[0].before), words(&plan.lines[0].after)), (Some("王山".into()), Some("王川".into())));

    let shown = plan.digest.clone();
    clerk.put(person, Some((desk.person, 1)), &typed(&[("phone", "10011112222")])).await.unwrap();
    match clerk.bulk_do(person, &ids, &change("王川"), &shown, "统一更名", "").await {
        Err(BulkError::Changed(plan)) => {
            assert_eq!(desk.value("person", desk.person, "name").await, text("王山"), "nothing was written");
            assert!(
                refused(clerk.bulk_do(person, &ids, &change("王川"), &plan.digest, "", "").await.map_err(other)).len()
                    == 1
            );
            let done = clerk.bulk_do(person, &ids, &change("王川"), &plan.digest, "统一更名", "").await.unwrap();
            assert_eq!(done.changed.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [desk.person]);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(desk.value("person", desk.person, "name").await, text("王川"));
    assert_eq!(desk.value("person", far_id, "name").await, text("远"));
    let row = desk.store.journal_before(COUNTY, None, 1).await.unwrap().remove(0);
    assert_eq!(row.reason.as_deref(), Some("统一更名"));
}

fn other(error: BulkError) -> anju_app::Error {
    match error {
        BulkError::Other(error) => error,
        BulkError::Changed(plan) | BulkError::Doubtful(plan) => panic!("{plan:?}"),
    }
}

pub async fn a_hand_over_ends_the_old_and_begins_the_new_at_once(desk: Desk) {
    desk.account("office", &[("office", COUNTY)]).await;
    let office = desk.actor("office").await;
    let pairing = desk.ledger("pairing");
    let next = desk.record("cadre", &[("name", text("赵河"))]);
    let next_id = next.id();
    office.write(crate::escalation::insert(next)).await.unwrap();
    let old = desk.all("pairing").await.remove(0);
    let over = |from: &str| BulkChange::HandOver {
        field: desk.at("pairing", "cadre"),
        typed: "赵河".into(),
        from: from.into(),
    };
    // Before it began it cannot have ended.
    let plan = office.bulk_plan(pairing, &[old.id], &over("2019-01-01")).await.unwrap();
    assert!(matches!(&plan.lines[0].state, BulkState::Faulty(faults) if faults[0].code == Code::TooEarly), "{plan:?}");
    let plan = office.bulk_plan(pairing, &[old.id], &over("6月")).await.unwrap();
    assert_eq!(plan.faults[0].code, Code::NotADate);
    let plan = office.bulk_plan(pairing, &[old.id], &over("2020-06-01")).await.unwrap();
    assert_eq!(plan.lines[0].state, BulkState::Changes, "{plan:?}");
    assert_eq!(desk.all("pairing").await.len(), 1, "a preview writes nothing");
    office.bulk_do(pairing, &[old.id], &over("2020-06-01"), &plan.digest, "干部调整", "").await.unwrap();
    let mut all = desk.all("pairing").await;
    all.sort_by_key(|record| record.version);
    let at = |record: &Record, field: &str| record.values[usize::from(desk.at("pairing", field).0)].clone();
    let (new, ended) = (&all[0], &all[1]);
    assert_eq!((ended.id, at(ended, "cadre")), (old.id, Value::Id(desk.cadre)), "the old one stays in history");
    let first = anju_record::day::parse("2020-06-01").unwrap();
    assert_eq!(at(ended, "ended_on"), Value::Date(first - 1));
    assert_eq!(
        (at(new, "household"), at(new, "cadre"), at(new, "started_on"), at(new, "ended_on")),
        (Value::Id(desk.households[0]), Value::Id(next_id), Value::Date(first), Value::Null)
    );
    // What has ended is not handed over once more.
    let plan = office.bulk_plan(pairing, &[old.id], &over("2020-07-01")).await.unwrap();
    assert!(matches!(plan.lines[0].state, BulkState::Faulty(_)));
    assert_eq!(desk.app.operator().verify_shard().await.unwrap().faults, Vec::<String>::new());
}

pub async fn what_needs_a_second_person_waits(desk: Desk) {
    desk.account("clerk", &[("clerk", TOWN)]).await;
    desk.account("checker", &[("checker", TOWN)]).await;
    let (clerk, checker) = (desk.actor("clerk").await, desk.actor("checker").await);
    let payout = desk.ledger("payout");
    let put = clerk.put(payout, None, &typed(&[("household", "H1"), ("amount", "12.34")])).await.unwrap();
    let Some(Written::Waiting(id)) = put.written else { panic!("it waits") };
    assert!(desk.all("payout").await.is_empty());
    checker.confirm(id).await.unwrap();
    let paid = desk.all("payout").await.remove(0);
    let Written::Waiting(id) = clerk.remove(payout, paid.id, 1, "发错了户").await.unwrap() else {
        panic!("it waits")
    };
    checker.confirm(id).await.unwrap();
    assert!(desk.all("payout").await.is_empty());
    let Written::Waiting(id) = clerk.restore(payout, paid.id, "没有发错").await.unwrap() else {
        panic!("it waits")
    };
    assert!(desk.all("payout").await.is_empty(), "also to come back");
    checker.confirm(id).await.unwrap();
    assert_eq!(desk.all("payout").await.len(), 1);
}

pub async fn what_is_gone_or_back_already_says_so(desk: Desk) {
    let clerk = registrar(&desk, "reg").await;
    let person = desk.ledger("person");
    clerk.remove(person, desk.child, 1, "重复建档").await.unwrap();
    assert!(matches!(clerk.remove(person, desk.child, 1, "重复建档").await, Err(RemoveError::Already)));
    clerk.restore(person, desk.child, "删错了").await.unwrap();
    assert!(matches!(clerk.restore(person, desk.child, "删错了").await, Err(RemoveError::Already)));
    let nothing = uuid::Uuid::nil();
    assert!(matches!(clerk.restore(person, nothing, "删错了").await, Err(RemoveError::Other(_))));
}

pub async fn what_others_refer_to_is_not_handed_over(desk: Desk) {
    desk.account("office", &[("office", COUNTY)]).await;
    let office = desk.actor("office").await;
    let pairing = desk.ledger("pairing");
    let fields = |ledger: &str, field: &str| office.may_hand_over(desk.ledger(ledger), desk.at(ledger, field));
    assert!(fields("pairing", "cadre"));
    assert!(!fields("pairing", "household"), "never to another owner");
    assert!(!fields("pairing", "started_on"), "only by a reference");
    assert!(!fields("person", "household"), "a person keeps one record for life");
    let over = |from: &str| BulkChange::HandOver {
        field: desk.at("person", "household"),
        typed: desk.households[0].to_string(),
        from: from.into(),
    };
    let before = desk.all("person").await;
    let forged = office.bulk_plan(desk.ledger("person"), &[desk.child], &over("2020-06-01")).await;
    assert!(matches!(forged, Err(anju_app::Error::Invalid { .. } | anju_app::Error::Denied { .. })), "{forged:?}");
    assert_eq!(desk.all("person").await, before, "nothing was written");
    let old = desk.all("pairing").await.remove(0);
    let far = BulkChange::HandOver {
        field: desk.at("pairing", "cadre"),
        typed: desk.cadre.to_string(),
        from: "2021-06-01".into(),
    };
    let plan = office.bulk_plan(pairing, &[old.id], &far).await.unwrap();
    assert_eq!(plan.faults[0].code, Code::TooLate, "more than a year ahead");
}

pub async fn a_bulk_change_confirmed_twice_is_done_once(desk: Desk) {
    let clerk = registrar(&desk, "reg").await;
    let person = desk.ledger("person");
    let change = BulkChange::Set { field: desk.at("person", "name"), typed: "王川".into() };
    let plan = clerk.bulk_plan(person, &[desk.person], &change).await.unwrap();
    let first = clerk.bulk_do(person, &[desk.person], &change, &plan.digest, "统一更名", "").await.unwrap();
    assert_eq!((first.changed.len(), first.before), (1, false));
    let again = clerk.bulk_do(person, &[desk.person], &change, &plan.digest, "统一更名", "").await.unwrap();
    assert!(again.before && again.written.is_none());
    let stored = clerk.record(person, &desk.person.to_string()).await.unwrap();
    assert_eq!(stored.record.version, 2, "once");
}

pub async fn a_doubtful_bulk_change_is_compared_first(desk: Desk) {
    let clerk = registrar(&desk, "reg").await;
    let person = desk.ledger("person");
    let ids = [desk.person, desk.child];
    let change = BulkChange::Set { field: desk.at("person", "name"), typed: "不详".into() };
    let plan = clerk.bulk_plan(person, &ids, &change).await.unwrap();
    assert_eq!((plan.changing(), plan.doubts().len()), (2, 2));
    assert!(plan.lines.iter().all(|line| line.doubts.len() == 1 && line.doubts[0].fault.code == Code::Doubtful));
    let one = clerk.bulk_plan(person, &ids[..1], &change).await.unwrap();
    for key in [String::new(), compared_key(&one.doubts())] {
        let unsaid = clerk.bulk_do(person, &ids, &change, &plan.digest, "统一更名", &key).await;
        assert!(matches!(unsaid, Err(BulkError::Doubtful(_))), "what was compared is not all of it: {unsaid:?}");
    }
    assert_eq!(desk.value("person", desk.person, "name").await, text("王山"), "nothing was written");
    let key = compared_key(&plan.doubts());
    let done = clerk.bulk_do(person, &ids, &change, &plan.digest, "统一更名", &key).await.unwrap();
    assert_eq!(done.changed.len(), 2);
    desk.account("office", &[("office", COUNTY)]).await;
    let born = BulkChange::Set { field: desk.at("person", "born_on"), typed: "2000-01-01".into() };
    let plan = desk.actor("office").await.bulk_plan(person, &ids, &born).await.unwrap();
    assert_eq!((plan.changing(), plan.doubts().len()), (2, 0), "what stands already is not asked about");
}

pub async fn nothing_is_emptied_without_asking_for_it(desk: Desk) {
    desk.account("office", &[("office", COUNTY)]).await;
    let office = desk.actor("office").await;
    let (person, born) = (desk.ledger("person"), desk.at("person", "born_on"));
    let stood = desk.value("person", desk.child, "born_on").await;
    let unsaid = BulkChange::Set { field: born, typed: " ".into() };
    let plan = office.bulk_plan(person, &[desk.child], &unsaid).await.unwrap();
    assert!(plan.faults[0].code == Code::Required && plan.changing() == 0);
    let clear = BulkChange::Clear { field: born };
    let plan = office.bulk_plan(person, &[desk.child], &clear).await.unwrap();
    assert!(plan.faults.is_empty() && plan.lines[0].before.is_some() && plan.lines[0].after.is_none());
    let done = plan.digest;
    office.bulk_do(person, &[desk.child], &clear, &done, "生日待核", "").await.unwrap();
    assert_eq!(desk.value("person", desk.child, "born_on").await, Value::Null);
    let needed = BulkChange::Clear { field: desk.at("person", "name") };
    assert_eq!(office.bulk_plan(person, &[desk.child], &needed).await.unwrap().faults[0].code, Code::Required);

    let clerk = registrar(&desk, "reg").await;
    assert!(clerk.bulk_undo(&done, "改错了").await.is_err(), "another's");
    assert!(office.bulk_undo("x", "改错了").await.is_err(), "what was never done");
    office.bulk_undo(&done, "改错了").await.unwrap().unwrap();
    assert_eq!(desk.value("person", desk.child, "born_on").await, stood, "as it stood");
    assert!(office.bulk_undo(&done, "改错了").await.unwrap().is_none(), "once");
}

pub async fn a_picture_is_put_into_a_record_by_whoever_brought_it(desk: Desk) {
    let clerk = registrar(&desk, "reg").await;
    let person = desk.ledger("person");
    assert!(clerk.bring_photo(person, b"%PDF-1.7").await.unwrap().is_err());
    assert!(clerk.bring_photo(person, &vec![0xff; 6 << 20]).await.unwrap().is_err());
    assert!(is_denied(clerk.bring_photo(desk.ledger("payout"), b"x").await));
    let jpeg = [0xff, 0xd8, 0xff, 0xda, 0, 4, 1, 2, 9, 9, 0xff, 0xd9];
    let key = clerk.bring_photo(person, &jpeg).await.unwrap().unwrap().to_string();
    let other = registrar(&desk, "two").await;
    let put = clerk.put(person, Some((desk.person, 1)), &typed(&[("photo", &key)])).await.unwrap();
    assert!(written(&put));
    let photo = clerk.photo(person, &desk.person.to_string(), "photo").await.unwrap();
    assert_eq!((photo.mime.as_str(), photo.bytes.as_slice()), ("image/jpeg", &jpeg[..]));
    // A key that was read elsewhere is put nowhere.
    let entry = faulty(other.put(person, Some((desk.child, 1)), &typed(&[("photo", &key)])).await);
    assert_eq!(entry.field(desk.at("person", "photo")).unwrap().faults[0].code, Code::NotAKey);
    assert!(is_missing(clerk.photo(person, &desk.child.to_string(), "photo").await));
}
