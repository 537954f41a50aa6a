//! One household joins another; its own file is closed.

use anju_app::{Actor, Steps};
use anju_record::{Code, Value};
use uuid::Uuid;

use super::book::{Book, Member};
use super::effects::{close, follow, open_of, repeats};
use super::{Kin, LifeError, Plan, at, none_wrong, text};

/// The members of one file come into another, each with their relation to its head.
///
/// # Errors
/// Every fault.
pub async fn merge(actor: &Actor, kept: Uuid, emptied: Uuid, kin: &Kin, on: i32) -> Result<Plan, LifeError> {
    let book = Book::of(actor)?;
    if kept == emptied {
        let place = text("并入哪一户", "Into which household");
        return Err(LifeError::Faults(vec![at("kept", &place, Code::NotUnique, "", &["同一户 · the same file"])]));
    }
    let (into, from) = (book.file(kept).await?, book.file(emptied).await?);
    let people: Vec<&Member> = from.members.iter().collect();
    let joined = people.iter().map(|member| member.joined_on).max().unwrap_or(i32::MIN);
    let mut faults = book.dated(on, &[into.moved_in_on, from.moved_in_on, joined]);
    faults.extend(book.kin_faults(&people, kin, &into.number, 0));
    none_wrong(faults)?;
    let mut steps = Steps::default();
    for member in people {
        let code = kin.get(&member.record.id).cloned().unwrap_or_default();
        let fields = [("household", Value::Id(kept)), ("kinship", Value::Text(code.into()))];
        book.amend(&mut steps, book.person, &member.record, &fields);
    }
    let there = open_of(&book, kept).await?;
    for record in open_of(&book, emptied).await? {
        let because = (book.household, emptied);
        match repeats(actor, &record, kept, &there) {
            true => close(&book, &mut steps, &record, on, because),
            false => follow(&mut steps, &record, kept, because),
        }
    }
    let ended = [
        ("ended_on", Value::Date(on)),
        ("end_reason", Value::Text("merged".into())),
        ("status", Value::Text("moved_on".into())),
    ];
    book.amend(&mut steps, book.household, &from.record, &ended);
    let event = book.happened(&mut steps, kept, "merged", on, into.head().map(|it| it.record.id), Some(emptied))?;
    Ok(Plan { steps, household: kept, event })
}
