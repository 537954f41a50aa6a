//! Somebody comes into a household: by birth, or by marriage from another file or from outside.

use anju_app::{Actor, Steps};
use anju_pack::Text;
use anju_record::{Code, Fault, Value};
use uuid::Uuid;

use super::book::{Book, HEAD};
use super::effects::end_file;
use super::marriage::{as_married, marry, marry_head};
use super::possible::unborn;
use super::{LifeError, Plan, Texts, at, none_wrong, said, text};

/// A child is born: `texts` are the person's fields, the day of birth is the day they join; what is told besides stands at `ledger-field`.
///
/// # Errors
/// Every fault.
pub async fn birth(actor: &Actor, household: Uuid, texts: &Texts) -> Result<Plan, LifeError> {
    new_member(actor, household, texts, "born").await
}

/// Somebody marries in: from another file, whose record they keep, or from outside; what is told besides stands in `texts` at `ledger-field`.
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
    let book = Book::of(actor)?.telling(Some(texts));
    let into = book.file(household).await?;
    let whom = text("婚入的人", "Who marries in");
    let (person, home) = book.member(who, ("who", &whom)).await?;
    if home == household {
        // Nothing else that could be said of it would help.
        let name = &person.name;
        let fault = said("who", &whom, format!("{name}已是本户成员"), format!("{name} is a member already"));
        return Err(LifeError::Faults(vec![fault]));
    }
    let from = book.file(home).await?;
    let kinship = texts.get("kinship").map_or("", |code| code.trim());
    let mut faults = book.dated(on, &[into.moved_in_on, person.joined_on]);
    faults.extend(unborn(on, [&person]));
    faults.extend(book.untold());
    let place = text("与户主关系", "Relation to the head");
    match kinship {
        "" => faults.push(at("kinship", &place, Code::Required, "", &[])),
        HEAD => faults.push(headed(&into.number)),
        code if !book.is_kinship(code) => {
            let known = ["家庭关系", "10、11、12…", "Relation to the head", "10, 11, 12 …"];
            faults.push(at("kinship", &place, Code::UnknownCode, code, &known));
        }
        _ => {}
    }
    let last = from.members.len() == 1;
    if person.kinship == HEAD && !last {
        faults.push(left_headless(("who", &whom), &person.name, &from.number));
    }
    none_wrong(faults)?;
    let mut steps = Steps::default();
    let fields = [("household", Value::Id(household)), ("kinship", Value::Text(kinship.into()))];
    book.amend(&mut steps, book.person, &person.record, &fields);
    marry(&book, &mut steps, (&person, kinship), into.head());
    if last {
        end_file(&book, &mut steps, &from.record, ("left", None), on).await?;
    }
    let event = book.happened(&mut steps, household, "married_in", on, Some(who), Some(home))?;
    Ok(Plan { steps, household, event })
}

/// Somebody comes as the head of a file that has one.
fn headed(number: &str) -> Fault {
    let zh = format!("“{number}”已有户主，请选与户主的关系");
    let en = format!("“{number}” has a head already; choose the relation to them");
    said("kinship", &text("与户主关系", "Relation to the head"), zh, en)
}

/// The head of another file goes while others stay there.
pub(super) fn left_headless((path, place): (&str, &Text), name: &str, number: &str) -> Fault {
    let zh = format!("{name}是“{number}”的户主，请先为那一户更换户主");
    said(path, place, zh, format!("{name} is the head of “{number}”; choose another head there first"))
}

async fn new_member(actor: &Actor, household: Uuid, texts: &Texts, kind: &str) -> Result<Plan, LifeError> {
    let book = Book::of(actor)?.telling(Some(texts));
    let file = book.file(household).await?;
    let mut texts = texts.clone();
    if kind == "born" {
        let born = texts.get("born_on").cloned().unwrap_or_default();
        texts.insert("joined_on".to_owned(), born);
        texts.entry("work_ability".to_owned()).or_insert_with(|| "none".to_owned());
        texts.entry("political_status".to_owned()).or_insert_with(|| "13".to_owned());
    } else {
        as_married(&mut texts);
    }
    if texts.get("kinship").map(String::as_str) == Some(HEAD) {
        return Err(LifeError::Faults(vec![headed(&file.number)]));
    }
    let made = book.typed(book.person, &texts, &[("household", Value::Id(household))]);
    let made = made.map_err(|mut faults| {
        // A child joins on its day of birth; that is what the form asks.
        faults.retain(|fault| kind != "born" || fault.path != "joined_on");
        // Whoever marries in joins on the day that it happened.
        for fault in faults.iter_mut().filter(|fault| fault.path == "joined_on") {
            (fault.path, fault.place) = ("on".to_owned(), text("发生日期", "Happened on"));
        }
        faults.extend(book.untold());
        LifeError::Faults(faults)
    })?;
    let joined = actor.pack().ledger(book.person).field_by_id("joined_on");
    let on = match joined.and_then(|field| made.values().get(usize::from(field.0))) {
        Some(Value::Date(day)) => *day,
        _ => actor.today(),
    };
    let mut faults = book.dated(on, &[file.moved_in_on]);
    if kind == "born" {
        for fault in &mut faults {
            fault.path = "born_on".to_owned();
            fault.place = book.field(book.person, "born_on");
        }
    }
    faults.extend(book.untold());
    none_wrong(faults)?;
    let mut steps = Steps::default();
    let who = steps.make(made);
    if let Some(head) = file.head().filter(|_| kind == "married_in") {
        marry_head(&book, &mut steps, texts.get("kinship").map_or("", |code| code.trim()), head);
    }
    let event = book.happened(&mut steps, household, kind, on, Some(who), None)?;
    Ok(Plan { steps, household, event })
}
