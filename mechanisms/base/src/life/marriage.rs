//! What a marriage and a death say of who is married: it is shown with the rest of the event, and what somebody else knows better stands.

use anju_app::Steps;
use anju_record::Value;

use super::Texts;
use super::book::{Book, HEAD, Member};

/// The relations of a husband or wife to the head.
const SPOUSE: [&str; 3] = ["10", "11", "12"];
/// Codes of `marital_status`: never married, married, married again, married in one way or another, widowed, divorced, not stated.
const SINGLE: &str = "10";
const MARRIED: &str = "20";
const REMARRIED: &str = "22";
const IN_MARRIAGE: [&str; 4] = [MARRIED, "21", REMARRIED, "23"];
const WIDOWED: &str = "30";
const DIVORCED: &str = "40";
const NOT_STATED: &str = "90";

/// Who marries in is married, or married again, and so is the head whose husband or wife they become.
pub(super) fn marry(book: &Book<'_>, steps: &mut Steps, (who, kinship): (&Member, &str), head: Option<&Member>) {
    married(book, steps, who);
    if let Some(head) = head {
        marry_head(book, steps, kinship, head);
    }
}

/// The head is married to whoever comes as their husband or wife.
pub(super) fn marry_head(book: &Book<'_>, steps: &mut Steps, kinship: &str, head: &Member) {
    if SPOUSE.contains(&kinship) {
        married(book, steps, head);
    }
}

/// Whoever comes from outside by marriage is married, or married again, unless more is said.
pub(super) fn as_married(texts: &mut Texts) {
    let marital = texts.entry("marital".to_owned()).or_default();
    if let Some(code) = wed(marital.trim()) {
        code.clone_into(marital);
    }
}

/// Of a couple the one who stays is widowed.
pub(super) fn widow(book: &Book<'_>, steps: &mut Steps, dead: &[&Member], stay: &[&Member]) {
    for (one, other) in [(&[HEAD][..], &SPOUSE[..]), (&SPOUSE[..], &[HEAD][..])] {
        let is_dead = dead.iter().any(|member| one.contains(&member.kinship.as_str()));
        let mut left = stay.iter().filter(|member| other.contains(&member.kinship.as_str()));
        // Of two who are entered as the spouse nobody knows whose death it is.
        if let (true, Some(widow), None) = (is_dead, left.next(), left.next())
            && marital(book, widow).is_some_and(|code| IN_MARRIAGE.contains(&code))
        {
            set(book, steps, widow, WIDOWED);
        }
    }
}

fn married(book: &Book<'_>, steps: &mut Steps, member: &Member) {
    if let Some(code) = marital(book, member).and_then(wed) {
        set(book, steps, member, code);
    }
}

/// What somebody is by marrying; `None` where what is on file says already that they are married.
fn wed(code: &str) -> Option<&'static str> {
    match code {
        "" | SINGLE | NOT_STATED => Some(MARRIED),
        WIDOWED | DIVORCED => Some(REMARRIED),
        _ => None,
    }
}

/// What is on file; `None` where it is kept from whoever asks, who writes nothing over it then.
fn marital<'m>(book: &Book<'_>, member: &'m Member) -> Option<&'m str> {
    let field = book.actor.pack().ledger(book.person).field_by_id("marital")?;
    let is_kept = book.actor.rights().hidden(book.person, &member.record.area).contains(&field);
    match member.record.values.get(usize::from(field.0)) {
        _ if is_kept => None,
        Some(Value::Text(code)) => Some(code),
        _ => Some(""),
    }
}

fn set(book: &Book<'_>, steps: &mut Steps, member: &Member, code: &str) {
    book.amend(steps, book.person, &member.record, &[("marital", Value::Text(code.into()))]);
}
