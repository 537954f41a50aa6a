//! Two entries of one person become one, and two files of one household.

use anju_app::{Actor, Error, Set, Steps};
use anju_pack::{FieldIx, LedgerIx};
use anju_record::{Fault, Record, Value};
use uuid::Uuid;

use super::arrival::left_headless;
use super::book::{Book, File, HEAD};
use super::effects::{change_dwelling, follow, repeats};
use super::{Kin, LifeError, Plan, key, none_wrong, said, text};
use crate::rows::Entry;

/// Characters of the words of an event at most.
pub(super) const DETAILS: usize = 500;

/// Makes one entry of two. Who is left by it in another file must have a head there, or nobody: a last member's file is merged first.
///
/// # Errors
/// Every fault.
pub(crate) async fn merged_persons(
    actor: &Actor,
    keep: Uuid,
    drop: Uuid,
    set: Vec<(FieldIx, Set)>,
) -> Result<Plan, LifeError> {
    let book = Book::of(actor)?;
    let place = text("保留哪一条", "Which entry stays");
    if keep == drop {
        let fault = said("keep", &place, "两条是同一条档案", "both are the same entry");
        return Err(LifeError::Faults(vec![fault]));
    }
    let field = ("keep", &place);
    let ((kept, home), (gone, left)) = (book.member(keep, field).await?, book.member(drop, field).await?);
    let mut faults = Vec::new();
    if gone.kinship == HEAD && left != home {
        let file = book.file(left).await?;
        faults.push(left_headless(field, &gone.name, &file.number));
    }
    none_wrong(faults)?;
    let mut steps = Steps::default();
    fold(&book, &mut steps, book.person, keep, &gone.record).await?;
    let mut set = set;
    if let Some(kinship) = head_stays(actor, &kept.record, &gone.record) {
        set.retain(|(field, _)| *field != kinship);
        if kept.kinship != HEAD {
            set.push((kinship, Set::To(Value::Text(HEAD.into()))));
        }
    }
    if !set.is_empty() {
        steps.amend(book.person, &kept.record, set);
    }
    let words = format!("并入“{}”", gone.name);
    let event = joined_event(&book, &mut steps, (home, "persons_merged"), (Some(keep), Some(left)), &words)?;
    Ok(Plan { steps, household: home, event })
}

/// The field of the relation, where it is nobody's choice: whoever stays is the head if they are, or if the head of their own file goes.
pub fn head_stays(actor: &Actor, kept: &Record, gone: &Record) -> Option<FieldIx> {
    let person = actor.ledger("person").ok()?;
    let [kept, gone] = [kept, gone].map(|record| Entry::of(actor, person, record));
    let is_head = |entry: &Entry<'_>| entry.text("kinship") == HEAD;
    let of_one_file = kept.id("household") == gone.id("household");
    let stays = is_head(&kept) || is_head(&gone) && of_one_file;
    actor.pack().ledger(person).field_by_id("kinship").filter(|_| stays)
}

/// What is decided when two files of one household become one.
#[derive(Debug, Clone, Default)]
pub struct Joining {
    /// Whoever of the file that goes is somebody of the one that stays.
    pub same: Vec<(Uuid, Uuid)>,
    /// Relations of the others to the head of the file that stays.
    pub kin: Kin,
    /// Fields that the file that goes is right about.
    pub take: Vec<FieldIx>,
}

/// Two files of one household become one: each person of the one that goes is a person of the other, or joins with a relation.
///
/// # Errors
/// Every fault.
pub async fn merge_files(
    actor: &Actor,
    keep: Uuid,
    drop: Uuid,
    Joining { same, kin, take }: &Joining,
) -> Result<Plan, LifeError> {
    let book = Book::of(actor)?;
    if keep == drop {
        let place = text("保留哪一户", "Which file stays");
        return Err(LifeError::Faults(vec![said("keep", &place, "两份是同一户档案", "both are the same file")]));
    }
    let (kept, gone) = (book.file(keep).await?, book.file(drop).await?);
    let partner = |id: Uuid| same.iter().find(|(of, _)| *of == id).map(|(_, to)| *to);
    let joining: Vec<_> = gone.members.iter().filter(|member| partner(member.record.id).is_none()).collect();
    let mut faults = book.kin_faults(&joining, kin, &kept.number, 0);
    faults.extend(same_faults(same, &kept));
    none_wrong(faults)?;
    let mut steps = Steps::default();
    let there = actor.attached(book.household, keep).await?;
    for one in actor.attached(book.household, drop).await? {
        let because = (book.household, drop);
        if one.ledger != book.person {
            match repeats(actor, &one, keep, &there) {
                true => steps.remove_with(one.ledger, &one.record, because),
                false => follow(&mut steps, &one, keep, because),
            }
            continue;
        }
        if let Some(to) = partner(one.record.id) {
            fold(&book, &mut steps, book.person, to, &one.record).await?;
            continue;
        }
        let mut fields = vec![("household", Value::Id(keep))];
        if let Some(code) = kin.get(&one.record.id).filter(|_| joining.iter().any(|it| it.record.id == one.record.id)) {
            fields.push(("kinship", Value::Text(code.as_str().into())));
        }
        book.amend(&mut steps, book.person, &one.record, &fields);
    }
    steps.remove(book.household, &gone.record);
    let set = taken(&book, drop, take);
    if !set.is_empty() {
        steps.amend(book.household, &kept.record, set);
    }
    let dwelling = actor.pack().ledger(book.household).field_by_id("dwelling");
    let (from, to) = match dwelling.is_some_and(|dwelling| take.contains(&dwelling)) {
        true => (kept.dwelling, gone.dwelling),
        false => (gone.dwelling, None),
    };
    change_dwelling(&book, &mut steps, from, to).await?;
    let names: Vec<&str> = gone.members.iter().map(|member| member.name.as_str()).collect();
    let words = format!("并入“{}”户：{}", gone.number, names.join("、"));
    let event = joined_event(&book, &mut steps, (keep, "files_merged"), (None, None), &words)?;
    Ok(Plan { steps, household: keep, event })
}

/// Writes down what became one, with what was merged into it: nothing else tells of that once it is gone.
fn joined_event(
    book: &Book<'_>,
    steps: &mut Steps,
    (household, kind): (Uuid, &str),
    whom: (Option<Uuid>, Option<Uuid>),
    words: &str,
) -> Result<Uuid, LifeError> {
    let words: String = words.chars().take(DETAILS).collect();
    book.happened_so(steps, (household, kind, book.actor.today()), whom, Value::Text(words.into()))
}

/// The record that one which is gone was merged into: the entry that stays, or the file; `None` where it stands, was deleted by itself, or they
/// do not see the event.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn merged_into(actor: &Actor, ledger: LedgerIx, id: Uuid) -> Result<Option<(LedgerIx, Uuid)>, Error> {
    let book = Book::of(actor)?;
    if ![book.person, book.household].contains(&ledger) {
        return Ok(None);
    }
    let Some((row, made)) = actor.deletion_of(ledger, id, book.event).await? else { return Ok(None) };
    for event in made {
        let Some(seen) = actor.seen_record(book.event, event).await? else { continue };
        let entry = Entry::of(actor, book.event, &seen.record);
        let stays = match entry.text("kind") {
            "persons_merged" if ledger == book.person => entry.id("person").map(|id| (book.person, id)),
            "files_merged" => entry.id("household").map(|id| (book.household, id)),
            _ => None,
        };
        let rows = actor.commit_that_made(book.event, event, &key(event)).await?;
        if stays.is_some() && rows.is_some_and(|(first, last)| (first..=last).contains(&row)) {
            return Ok(stays);
        }
    }
    Ok(None)
}

/// Whoever is said to be somebody is one of the file that stays, and nobody is two.
fn same_faults(same: &[(Uuid, Uuid)], kept: &File) -> Vec<Fault> {
    let people = text("同一人", "The same person");
    let mut faults = Vec::new();
    if same.iter().any(|(_, to)| kept.find(*to).is_none()) {
        let en = "somebody chosen is no member of the file that stays";
        faults.push(said("same", &people, "所选的人不是保留户的现有成员", en));
    }
    for (at, (_, to)) in same.iter().enumerate() {
        if same[..at].iter().any(|(_, earlier)| earlier == to) {
            let name = kept.find(*to).map_or("", |member| member.name.as_str());
            let zh = format!("{name}被选了两次，一人只能对应一人");
            faults.push(said("same", &people, zh, format!("{name} is chosen twice; each is one person")));
        }
    }
    faults
}

/// What the file that goes is right about; its building goes with its dwelling, and alone it is not chosen.
fn taken(book: &Book<'_>, drop: Uuid, take: &[FieldIx]) -> Vec<(FieldIx, Set)> {
    let definition = book.actor.pack().ledger(book.household);
    let owner = definition.of.map(|owner| owner.field);
    let ends = definition.period.and_then(|period| period.end);
    let chosen = take.iter().copied().filter(|field| Some(*field) != owner && Some(*field) != ends);
    let dwelling = definition.field_by_id("dwelling");
    let building = owner.filter(|_| dwelling.is_some_and(|dwelling| take.contains(&dwelling)));
    chosen.chain(building).map(|field| (field, Set::Of(drop))).collect()
}

/// What refers to a record refers to another from now on; what would repeat goes with it.
async fn fold(book: &Book<'_>, steps: &mut Steps, ledger: LedgerIx, keep: Uuid, drop: &Record) -> Result<(), Error> {
    let there = book.actor.attached(ledger, keep).await?;
    for one in book.actor.attached(ledger, drop.id).await? {
        // What tells the two apart speaks of nobody any more.
        let of_both = one.record.values.contains(&Value::Id(keep));
        match of_both || repeats(book.actor, &one, keep, &there) {
            true => steps.remove_with(one.ledger, &one.record, (ledger, drop.id)),
            false => follow(steps, &one, keep, (ledger, drop.id)),
        }
    }
    steps.remove(ledger, drop);
    Ok(())
}
