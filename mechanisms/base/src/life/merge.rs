//! One household joins another; its own file is closed.

use anju_app::{Actor, Steps};
use anju_record::{Fault, Value};
use uuid::Uuid;

use super::book::{Book, Member};
use super::effects::{change_dwelling, close_with_file, follow, open_of, repeats};
use super::possible::unborn;
use super::{Kin, LifeError, On, Plan, none_wrong, said, text};

/// The members of one file come into another, each with their relation to its head.
///
/// # Errors
/// Every fault.
pub async fn merge(
    actor: &Actor,
    kept: Uuid,
    emptied: Uuid,
    kin: &Kin,
    on: impl Into<On<'_>>,
) -> Result<Plan, LifeError> {
    let On { day: on, besides } = on.into();
    let book = Book::of(actor)?.telling(besides);
    let place = text("并入哪一户", "Into which household");
    if kept == emptied {
        let fault = said("kept", &place, "就是本户，请填另一户", "is this very household; name another");
        return Err(LifeError::Faults(vec![fault]));
    }
    let from = book.file(emptied).await?;
    let into = book.file(kept).await.map_err(|error| match error {
        LifeError::Faults(faults) => {
            let there = |fault| Fault { path: "kept".to_owned(), place: place.clone(), ..fault };
            LifeError::Faults(faults.into_iter().map(there).collect())
        }
        other => other,
    })?;
    let people: Vec<&Member> = from.members.iter().collect();
    let joined = people.iter().map(|member| member.joined_on).max().unwrap_or(i32::MIN);
    let mut faults = book.dated(on, &[into.moved_in_on, from.moved_in_on, joined]);
    faults.extend(unborn(on, people.iter().copied()));
    faults.extend(book.kin_faults(&people, kin, &into.number, 0));
    faults.extend(book.untold());
    none_wrong(faults)?;
    let mut steps = Steps::default();
    for member in &people {
        let code = kin.get(&member.record.id).cloned().unwrap_or_default();
        let fields = [("household", Value::Id(kept)), ("kinship", Value::Text(code.into()))];
        book.amend(&mut steps, book.person, &member.record, &fields);
    }
    let there = open_of(&book, kept).await?;
    for record in open_of(&book, emptied).await? {
        let because = (book.household, emptied);
        match repeats(actor, &record, kept, &there) {
            true => close_with_file(&book, &mut steps, &record, (on, "closed"), because),
            false => follow(&mut steps, &record, kept, because),
        }
    }
    let ended = [("ended_on", Value::Date(on)), ("end_reason", Value::Text("merged".into()))];
    book.amend(&mut steps, book.household, &from.record, &ended);
    change_dwelling(&book, &mut steps, from.dwelling, None).await?;
    let head = from.head().map(|it| it.record.id);
    // Whoever headed the file that goes is whom it is about: they came, and not the head that was there.
    let event = book.happened_to(&mut steps, (kept, "merged", on), (head, Some(emptied)), &people)?;
    Ok(Plan { steps, household: kept, event })
}
