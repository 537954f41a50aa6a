//! Another member becomes the head.

use anju_app::{Actor, Steps};
use anju_record::{Fault, Value};
use uuid::Uuid;

use super::book::{Book, HEAD, Member};
use super::possible::unborn;
use super::{Kin, LifeError, On, Plan, none_wrong, said, text};

/// Who the head is from now on, with everybody's relation to them.
///
/// # Errors
/// Every fault.
pub async fn change_head(actor: &Actor, household: Uuid, kin: &Kin, on: impl Into<On<'_>>) -> Result<Plan, LifeError> {
    let On { day: on, besides } = on.into();
    let book = Book::of(actor)?.telling(besides);
    let file = book.file(household).await?;
    let people: Vec<&Member> = file.members.iter().collect();
    let mut faults = book.dated(on, &[file.moved_in_on]);
    faults.extend(unborn(on, people.iter().copied()));
    faults.extend(book.kin_faults(&people, kin, &file.number, 1));
    faults.extend(book.untold());
    let head = people.iter().find(|it| kin.get(&it.record.id).map(String::as_str) == Some(HEAD));
    faults.extend(head.filter(|head| head.kinship == HEAD).map(|head| same_head(head)));
    none_wrong(faults)?;
    let mut steps = Steps::default();
    rekin(&book, &mut steps, &people, kin);
    let event = book.happened(&mut steps, household, "head_changed", on, head.map(|head| head.record.id), None)?;
    Ok(Plan { steps, household, event })
}

fn same_head(head: &Member) -> Fault {
    let name = &head.name;
    said(
        "head",
        &text("户主", "Head"),
        format!("{name}已是户主，请另选一位"),
        format!("{name} is the head already; choose another"),
    )
}

/// Whoever stops being the head is written first: there are never two.
pub(super) fn rekin(book: &Book<'_>, steps: &mut Steps, people: &[&Member], kin: &Kin) {
    let mut changed: Vec<(&&Member, &String)> = people
        .iter()
        .filter_map(|person| Some((person, kin.get(&person.record.id)?)))
        .filter(|(person, code)| person.kinship != **code)
        .collect();
    changed.sort_by_key(|(_, code)| code.as_str() == HEAD);
    for (person, code) in changed {
        book.amend(steps, book.person, &person.record, &[("kinship", Value::Text(code.as_str().into()))]);
    }
}
