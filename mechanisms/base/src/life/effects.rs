//! What becomes of what refers to a household or a person; the table is in docs/household-life.md.

use anju_app::{Actor, Attached, Error, Set, Steps};
use anju_pack::{FieldIx, LedgerIx};
use anju_record::{Record, Value, eval};
use uuid::Uuid;

use super::book::Book;
use crate::rows::{Entry, Rows, When, Which};

/// Property: whoever inherits or keeps it is for its office to record, an ended file does not end it.
const PROPERTY: [&str; 4] = ["land_asset", "shareholding", "tenancy", "small_service"];
/// What ends with a life.
const OF_THE_LIVING: [&str; 5] = ["employment", "job_seeker", "party_membership", "party_post", "grid_member"];
/// What ends when somebody leaves the county's care.
const OF_THE_PRESENT: [&str; 1] = ["job_seeker"];
/// What lies at the site and is given back when its household moves to another.
const OF_THE_SITE: [&str; 3] = ["garden_allotment", "garden_request", "small_service"];
/// Told of a household, never owned by it.
const TOLD: [&str; 3] = ["person", "household_event", "not_duplicate"];

/// A record of a household that may go with a part of it.
#[derive(Debug, Clone)]
pub struct Owned {
    /// The record's ledger.
    pub ledger: LedgerIx,
    /// The record.
    pub id: Uuid,
    /// It concerns this person and goes where they go, unless it is decided otherwise.
    pub person: Option<Uuid>,
    /// They may see it.
    pub readable: bool,
}

/// What of a household holds now and may go with a part of it; its pairing is copied and its history stays.
///
/// # Errors
/// `Denied` where the household is not theirs to write.
pub async fn owned(actor: &Actor, household: Uuid) -> Result<Vec<Owned>, Error> {
    let book = Book::of(actor)?;
    let open = open_of(&book, household).await?;
    let one = |at: &Attached| {
        let definition = actor.pack().ledger(at.ledger);
        let field = definition.field_by_id("person");
        let person = match field.and_then(|field| at.record.values.get(usize::from(field.0))) {
            Some(Value::Id(id)) => Some(*id),
            _ => None,
        };
        Owned { ledger: at.ledger, id: at.record.id, person, readable: at.readable }
    };
    Ok(open.iter().filter(|at| !is(&book, at.ledger, &["pairing"])).map(one).collect())
}

fn is(book: &Book<'_>, ledger: LedgerIx, names: &[&str]) -> bool {
    names.contains(&book.actor.pack().ledger(ledger).id.as_str())
}

/// Records of a household whose period is open.
pub(super) async fn open_of(book: &Book<'_>, household: Uuid) -> Result<Vec<Attached>, Error> {
    let mut all = book.actor.attached(book.household, household).await?;
    all.retain(|at| at.open.is_some() && !is(book, at.ledger, &TOLD));
    Ok(all)
}

/// Its period ends, not before it began.
fn close(book: &Book<'_>, steps: &mut Steps, at: &Attached, on: i32, because: (LedgerIx, Uuid)) {
    let definition = book.actor.pack().ledger(at.ledger);
    let Some((end, period)) = at.open.zip(definition.period) else { return };
    let begun = match at.record.values.get(usize::from(period.start.0)) {
        Some(Value::Date(begun)) => *begun,
        _ => on,
    };
    steps.follow(at.ledger, &at.record, vec![(end, Set::To(Value::Date(on.max(begun))))], because);
}

/// Its period ends with its household's file; of a pairing it is said why.
pub(super) fn close_with_file(
    book: &Book<'_>,
    steps: &mut Steps,
    at: &Attached,
    (on, why): (i32, &str),
    because: (LedgerIx, Uuid),
) {
    close(book, steps, at, on, because);
    if is(book, at.ledger, &["pairing"]) {
        let why = book.set(at.ledger, &[("end_reason", Value::Text(why.into()))]);
        steps.follow(at.ledger, &at.record, why, because);
    }
}

/// It refers to another record from now on.
pub(super) fn follow(steps: &mut Steps, at: &Attached, to: Uuid, because: (LedgerIx, Uuid)) {
    steps.follow(at.ledger, &at.record, vec![(at.field, Set::To(Value::Id(to)))], because);
}

/// The new household is cared for by whoever cares for the old one, or by who is named.
pub(super) fn copy_pairing(
    book: &Book<'_>,
    steps: &mut Steps,
    open: &[Attached],
    to: Uuid,
    (cadre, on): (Option<Uuid>, i32),
) -> Result<(), super::LifeError> {
    let Some(ledger) = book.actor.pack().ledger_by_id("pairing").filter(|ledger| book.actor.writes(*ledger)) else {
        return Ok(());
    };
    let old = open.iter().find(|at| at.ledger == ledger);
    let value = |id: &str| {
        let field = book.actor.pack().ledger(ledger).field_by_id(id)?;
        old?.record.values.get(usize::from(field.0)).cloned()
    };
    let Some(cadre) = cadre.map(Value::Id).or_else(|| value("cadre")) else { return Ok(()) };
    let mut fields = vec![
        ("household", Value::Id(to)),
        ("cadre", cadre),
        ("started_on", Value::Date(on)),
        ("plan", value("plan").unwrap_or_default()),
    ];
    // What the county has of its own is as in the old one, unless it is told.
    let own =
        book.actor.pack().ledger(ledger).fields.iter().filter(|field| field.of_county && field.sensitive.is_none());
    let own = own.filter(|field| !book.tells(ledger, &field.id));
    fields.extend(own.filter_map(|field| Some((field.id.as_str(), value(&field.id).filter(|it| *it != Value::Null)?))));
    steps.make(book.told(ledger, &fields)?);
    Ok(())
}

/// A household goes out of one dwelling and into another: where no other lives, since no two do, the one stands empty and the other is lived in. One
/// that is let or unsafe stays so, and one that is not theirs to write is left as it is.
pub(super) async fn change_dwelling(
    book: &Book<'_>,
    steps: &mut Steps,
    from: Option<Uuid>,
    to: Option<Uuid>,
) -> Result<(), Error> {
    let Some(ledger) = book.actor.pack().ledger_by_id("dwelling").filter(|_| from != to) else { return Ok(()) };
    for (id, was, is) in [(from, "lived_in", "vacant"), (to, "vacant", "lived_in")] {
        let found = Rows::read(book.actor, "dwelling", Which::These(id.as_slice()), When::Always).await?;
        let Some(dwelling) = found.first().filter(|it| it.text("state") == was) else { continue };
        if book.actor.may_change(ledger, dwelling.record.id).await? {
            book.amend(steps, ledger, dwelling.record, &[("state", Value::Text(is.into()))]);
        }
    }
    Ok(())
}

/// A file closes: what holds of it ends, but property; nobody lives in its dwelling. `status` is where they live from now on, if they moved.
pub(super) async fn end_file(
    book: &Book<'_>,
    steps: &mut Steps,
    household: &Record,
    (reason, status): (&str, Option<&str>),
    on: i32,
) -> Result<(), Error> {
    let because = (book.household, household.id);
    let why = if status.is_some() { "moved" } else { "closed" };
    for at in open_of(book, household.id).await? {
        if !is(book, at.ledger, &PROPERTY) {
            close_with_file(book, steps, &at, (on, why), because);
        }
    }
    let mut fields = vec![("ended_on", Value::Date(on)), ("end_reason", Value::Text(reason.into()))];
    fields.extend(status.map(|status| ("status", Value::Text(status.into()))));
    book.amend(steps, book.household, household, &fields);
    change_dwelling(book, steps, Entry::of(book.actor, book.household, household).id("dwelling"), None).await
}

/// What ends when somebody dies, or leaves.
pub(super) async fn end_of_person(
    book: &Book<'_>,
    steps: &mut Steps,
    person: Uuid,
    died: bool,
    on: i32,
) -> Result<(), Error> {
    let ends: &[&str] = if died { &OF_THE_LIVING } else { &OF_THE_PRESENT };
    for at in book.actor.attached(book.person, person).await? {
        if is(book, at.ledger, ends) {
            close(book, steps, &at, on, (book.person, person));
        }
    }
    Ok(())
}

/// What lies at the old site is given back.
pub(super) async fn leave_site(book: &Book<'_>, steps: &mut Steps, household: Uuid, on: i32) -> Result<(), Error> {
    for at in open_of(book, household).await? {
        if is(book, at.ledger, &OF_THE_SITE) {
            close(book, steps, &at, on, (book.household, household));
        }
    }
    Ok(())
}

/// Whether a record that came to refer to `to` would repeat one of those that already do.
pub(crate) fn repeats(actor: &Actor, at: &Attached, to: Uuid, there: &[Attached]) -> bool {
    let definition = actor.pack().ledger(at.ledger);
    let mut moved = at.record.clone();
    if let Some(value) = moved.values.get_mut(usize::from(at.field.0)) {
        *value = Value::Id(to);
    }
    let others: Vec<&Record> = there
        .iter()
        .filter(|other| other.ledger == at.ledger && other.field == at.field)
        .map(|it| &it.record)
        .collect();
    definition.unique.iter().filter(|unique| unique.fields.contains(&at.field)).any(|unique| {
        let within = |record: &Record| {
            let asked = unique.predicate.as_ref();
            asked
                .is_none_or(|asked| eval::holds(actor.pack(), asked, record, &|_, _| None, actor.today()) == Some(true))
        };
        let value = |record: &Record, field: &FieldIx| record.values.get(usize::from(field.0)).cloned();
        let same = |other: &&Record| {
            unique.fields.iter().all(|field| {
                let mine = value(&moved, field);
                mine != Some(Value::Null) && mine == value(other, field)
            })
        };
        within(&moved) && others.iter().any(|other| within(other) && same(other))
    })
}
