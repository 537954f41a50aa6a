//! Somebody comes into a household: by birth, or by marriage from another file or from outside.

use anju_app::{Actor, Steps};
use anju_record::{Code, Value};
use uuid::Uuid;

use super::book::{Book, HEAD};
use super::effects::end_file;
use super::{LifeError, Plan, Texts, at, none_wrong, text};

/// A child is born: `texts` are the person's fields, the day of birth is the day they join.
///
/// # Errors
/// Every fault.
pub async fn birth(actor: &Actor, household: Uuid, texts: &Texts) -> Result<Plan, LifeError> {
    new_member(actor, household, texts, "born").await
}

/// Somebody marries in: from another file, whose record they keep, or from outside.
///
/// # Errors
/// Every fault.
pub async fn marry_in(
    actor: &Actor,
    household: Uuid,
    who: Option<Uuid>,
    texts: &Texts,
    on: i32,
) -> Result<Plan, LifeError> {
    let Some(who) = who else { return new_member(actor, household, texts, "married_in").await };
    let book = Book::of(actor)?;
    let into = book.file(household).await?;
    let (person, home) = book.member(who).await?;
    let from = book.file(home).await?;
    let kinship = texts.get("kinship").map_or("", |code| code.trim());
    let mut faults = book.dated(on, &[into.moved_in_on, person.joined_on]);
    let place = text("与户主关系", "Relation to the head");
    match kinship {
        "" => faults.push(at("kinship", &place, Code::Required, "", &[])),
        HEAD => faults.push(at("kinship", &place, Code::NotExactlyOne, into.number.as_str(), &["户主", "2"])),
        code if !book.is_kinship(code) => {
            faults.push(at("kinship", &place, Code::UnknownCode, code, &["家庭关系", "10、11、12…"]));
        }
        _ => {}
    }
    let whom = text("哪一位", "Who");
    if home == household {
        faults.push(at("who", &whom, Code::NotUnique, person.name.as_str(), &["已是本户成员 · a member already"]));
    }
    let last = from.members.len() == 1;
    if person.kinship == HEAD && !last {
        faults.push(at("who", &whom, Code::NotExactlyOne, from.number.as_str(), &["户主", "0"]));
    }
    none_wrong(faults)?;
    let mut steps = Steps::default();
    let fields = [("household", Value::Id(household)), ("kinship", Value::Text(kinship.into()))];
    book.amend(&mut steps, book.person, &person.record, &fields);
    if last {
        end_file(&book, &mut steps, &from.record, ("merged", "moved_on"), on).await?;
    }
    let event = book.happened(&mut steps, household, "married_in", on, Some(who), Some(home))?;
    Ok(Plan { steps, household, event })
}

async fn new_member(actor: &Actor, household: Uuid, texts: &Texts, kind: &str) -> Result<Plan, LifeError> {
    let book = Book::of(actor)?;
    let file = book.file(household).await?;
    let mut texts = texts.clone();
    if kind == "born" {
        let born = texts.get("born_on").cloned().unwrap_or_default();
        texts.insert("joined_on".to_owned(), born);
        texts.entry("work_ability".to_owned()).or_insert_with(|| "none".to_owned());
        texts.entry("political_status".to_owned()).or_insert_with(|| "13".to_owned());
    }
    if texts.get("kinship").map(String::as_str) == Some(HEAD) {
        let place = text("与户主关系", "Relation to the head");
        let fault = at("kinship", &place, Code::NotExactlyOne, file.number.as_str(), &["户主", "2"]);
        return Err(LifeError::Faults(vec![fault]));
    }
    let made = book.typed(book.person, &texts, &[("household", Value::Id(household))]).map_err(LifeError::Faults)?;
    let joined = actor.pack().ledger(book.person).field_by_id("joined_on");
    let on = match joined.and_then(|field| made.values().get(usize::from(field.0))) {
        Some(Value::Date(day)) => *day,
        _ => actor.today(),
    };
    none_wrong(book.dated(on, &[file.moved_in_on]))?;
    let mut steps = Steps::default();
    let who = steps.make(made);
    let event = book.happened(&mut steps, household, kind, on, Some(who), None)?;
    Ok(Plan { steps, household, event })
}
