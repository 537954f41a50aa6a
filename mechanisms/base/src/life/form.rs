//! A file is opened with its head.

use anju_app::{Actor, Steps};
use anju_record::{Fault, Value};

use super::book::{Book, HEAD};
use super::effects::change_dwelling;
use super::{LifeError, Plan, Texts};

/// A new household and its head, from the texts of a form: fields of the household, at `ledger-field` what is told besides, and fields of the person.
///
/// # Errors
/// Every fault; those of the head are at `head-FIELD`.
pub async fn form(actor: &Actor, household: &Texts, head: &Texts) -> Result<Plan, LifeError> {
    let book = Book::of(actor)?.telling(Some(household));
    let status = household.get("status").filter(|text| !text.trim().is_empty());
    let given = [("status", Value::Text("resident".into()))];
    let file = book.typed(book.household, household, if status.is_some() { &[] } else { &given });
    let household_field = |id: &str| actor.pack().ledger(book.household).field_by_id(id);
    let (home, moved_in) = match &file {
        Ok(file) => {
            let at = household_field("moved_in_on").and_then(|field| file.values().get(usize::from(field.0)));
            (Value::Id(file.id()), at.cloned().unwrap_or_default())
        }
        // The head is checked all the same, so that every fault is told at once.
        Err(_) => (Value::Id(uuid::Uuid::nil()), Value::Date(actor.today())),
    };
    let given = [("household", home), ("kinship", Value::Text(HEAD.into())), ("joined_on", moved_in.clone())];
    let person = book.typed(book.person, head, &given);
    let of_head = |fault: Fault| Fault { path: format!("head-{}", fault.path), ..fault };
    let untold = book.untold();
    match (file, person) {
        (Ok(file), Ok(person)) if untold.is_empty() => {
            let on = match moved_in {
                Value::Date(day) => day,
                _ => actor.today(),
            };
            let mut steps = Steps::default();
            let who = person.id();
            change_dwelling(&book, &mut steps, None, book.dwelling_of(&file)).await?;
            let household = steps.make(file);
            steps.make(person);
            let event = book.happened(&mut steps, household, "formed", on, Some(who), None)?;
            Ok(Plan { steps, household, event })
        }
        (file, person) => {
            let mut faults = file.err().unwrap_or_default();
            faults.extend(person.err().unwrap_or_default().into_iter().map(of_head));
            faults.extend(untold);
            Err(LifeError::Faults(faults))
        }
    }
}
