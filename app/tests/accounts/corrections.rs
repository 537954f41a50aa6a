//! Corrections: told by readers, answered by writers, and put into the form that mends the record.

use anju_app::{Actor, CorrectionFaults, CorrectionState, Entry, NewCorrection};
use anju_pack::LedgerIx;
use anju_record::Code;

use crate::desk::{Desk, OTHER, TOWN, is_missing, text};
use crate::forms::{registrar, untouched};

/// The form with a protected suggestion: never in clear, and not said to be what is on file.
async fn suggested(clerk: &Actor, ledger: LedgerIx, (id, correction): (&str, &str)) -> Entry {
    let (mut entry, line) = clerk.prepare_corrected(ledger, id, correction).await.unwrap();
    let at = entry.fields.iter().position(|field| field.proposed.is_some()).unwrap();
    let field = &entry.fields[at];
    assert_eq!((field.typed.as_str(), field.proposed.as_deref()), ("", Some("100****2222")));
    assert_eq!(field.said.as_deref(), Some("100****5678"), "what is on file is not what is proposed");
    for (typed, stays) in [("10011113333", "10011113333"), ("10011112222", "")] {
        typed.clone_into(&mut entry.fields[at].typed);
        let clear = clerk.say_suggested(&line, &mut entry).await.unwrap();
        assert_eq!(clear.as_deref(), Some("10011112222"));
        assert_eq!(entry.fields[at].typed, stays, "nor when the form comes back");
    }
    entry
}

pub async fn a_correction_is_told_by_readers_and_answered_by_writers(desk: Desk) {
    desk.account("wang", &[("resident", TOWN)]).await;
    desk.account("far", &[("registrar", OTHER)]).await;
    let (wang, clerk, far) = (desk.actor("wang").await, registrar(&desk, "reg").await, desk.actor("far").await);
    let person = desk.ledger("person");
    let told = |field: &str, suggested: &str| NewCorrection {
        field: field.into(),
        wrong: "电话换了".into(),
        suggested: suggested.into(),
        ..NewCorrection::default()
    };
    let id = desk.person.to_string();
    let first = wang.tell_correction(person, &id, &told("phone", "10011112222")).await.unwrap().to_string();
    let second = wang.tell_correction(person, &id, &told("name", "王大山")).await.unwrap().to_string();
    assert!(
        matches!(far.tell_correction(person, &id, &told("name", "x")).await, Err(CorrectionFaults::Other(error)) if is_missing::<()>(Err(error.clone())))
    );
    assert!(clerk.tell_correction(person, &id, &told("born_on", "1970-01-02")).await.is_err(), "hidden from them");
    let empty = NewCorrection::default();
    assert!(
        matches!(wang.tell_correction(person, &id, &empty).await, Err(CorrectionFaults::Faulty(faults)) if faults[0].path == "wrong")
    );

    let lines = clerk.corrections().await.unwrap();
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line.to_answer && !line.mine && line.who == "人wang"));
    let phone = lines.iter().find(|line| line.id.to_string() == first).unwrap();
    assert_eq!(phone.suggested.as_deref(), Some("100****2222"), "masked as the field is");
    assert!(far.corrections().await.unwrap().is_empty() && is_missing(far.correction(&first).await));
    let own = wang.corrections().await.unwrap();
    assert!(own.len() == 2 && own.iter().all(|line| line.mine && !line.to_answer));
    assert!(
        wang.answer_correction(&first, CorrectionState::Accepted, "").await.is_err(),
        "nobody answers without writing"
    );
    assert!(clerk.answer_correction(&second, CorrectionState::Declined, "").await.is_err(), "an answer has words");
    clerk.answer_correction(&second, CorrectionState::Declined, "与户口本一致").await.unwrap();
    match clerk.answer_correction(&second, CorrectionState::Declined, "与户口本一致").await {
        Err(CorrectionFaults::Answered(line)) => assert_eq!(line.answered_by.as_deref(), Some("人reg"), "once"),
        other => panic!("{other:?}"),
    }

    let entry = suggested(&clerk, person, (&id, &first)).await;
    assert!(is_missing(clerk.prepare_corrected(person, &id, &second).await), "no form of what was answered");
    let mut filling = untouched(&desk, &entry);
    assert!(is_missing(wang.with_suggestion(&first, &mut filling.clone()).await), "no form is filled by who told");
    assert!(is_missing(clerk.with_suggestion(&second, &mut filling.clone()).await), "nor with what was answered");
    clerk.with_suggestion(&first, &mut filling).await.unwrap();
    clerk.put(person, Some((desk.person, entry.version)), &filling).await.unwrap();
    assert_eq!(desk.value("person", desk.person, "phone").await, text("10011112222"));
    clerk.answer_correction(&first, CorrectionState::Accepted, "已更正").await.unwrap();
    let own = wang.corrections().await.unwrap();
    let answers: Vec<_> = own.iter().map(|line| (line.state, line.answer.as_deref())).collect();
    assert!(answers.contains(&(CorrectionState::Accepted, Some("已更正"))), "{answers:?}");
    assert!(answers.contains(&(CorrectionState::Declined, Some("与户口本一致"))), "{answers:?}");
    let raw = desk.all("correction").await;
    assert_eq!(raw.len(), 2);
}

pub async fn a_correction_sent_twice_is_one_and_suggests_a_value_of_its_field(desk: Desk) {
    desk.account("wang", &[("resident", TOWN)]).await;
    let wang = desk.actor("wang").await;
    let (person, id) = (desk.ledger("person"), desk.person.to_string());
    let told = |wrong: &str, suggested: &str| NewCorrection {
        field: "phone".into(),
        wrong: wrong.into(),
        suggested: suggested.into(),
        key: Some("k".into()),
    };
    let first = wang.tell_correction(person, &id, &told("换了", "10011112222")).await.unwrap();
    assert_eq!(wang.tell_correction(person, &id, &told("换了", "10011112222")).await.unwrap(), first, "sent twice");
    assert_eq!(desk.all("correction").await.len(), 1);
    assert_ne!(wang.tell_correction(person, &id, &told("又换了", "10011112222")).await.unwrap(), first, "other words");
    match wang.tell_correction(person, &id, &told("换了", "不是电话")).await {
        Err(CorrectionFaults::Faulty(faults)) => {
            assert_eq!((faults[0].path.as_str(), faults[0].code), ("suggested", Code::NotAPhone));
        }
        other => panic!("{other:?}"),
    }
}
