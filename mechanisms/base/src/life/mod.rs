//! The life of a household: forming, splitting, merging, moving, marrying in, birth, death, leaving, another head; one use case per file.
//!
//! Each reads the files as they stand, tells every fault at once, and gives a [`Plan`]: the steps of one commit, which can be shown before they
//! are carried out. Every plan writes one row of `household_event`, whose id is the commit's key: sent twice it is done once, and it leads an
//! undo to exactly what it wrote.

mod arrival;
mod book;
mod departure;
mod double;
mod effects;
mod form;
mod head;
mod marriage;
mod merge;
mod possible;
mod relocate;
mod split;

use std::collections::BTreeMap;

use anju_app::{Actor, Error, Foreseen, Steps, UndoError, WriteError, Written};
use anju_pack::Text;
use anju_record::{Code, Fault, Lang, Problem, Value, validate_values};
use anju_store::Query;
use uuid::Uuid;

use crate::rows::Entry;

pub use arrival::{birth, marry_in};
pub use book::{EVENT, Member, closed, standing_file};
pub use departure::{Way, depart};
pub(crate) use double::merged_persons;
pub use double::{Joining, head_stays, merge_files, merged_into};
pub use effects::{Owned, owned};
pub use form::form;
pub use head::change_head;
pub use merge::merge;
pub use relocate::relocate;
pub use split::{SAME, Splitting, split};

/// Kinship to the head, by person.
pub type Kin = BTreeMap<Uuid, String>;

/// Texts of a form by field.
pub type Texts = BTreeMap<String, String>;

/// When something happened, and what is told at `ledger-field` of records that it makes besides files and people.
#[derive(Debug, Clone, Copy)]
pub struct On<'a> {
    /// The day.
    pub day: i32,
    /// What is told.
    pub besides: Option<&'a Texts>,
}

impl From<i32> for On<'_> {
    fn from(day: i32) -> Self {
        Self { day, besides: None }
    }
}

/// What an event would write.
#[derive(Debug, Clone)]
pub struct Plan {
    /// One commit.
    pub steps: Steps,
    /// The file that is looked at afterwards.
    pub household: Uuid,
    /// The row that says what happened.
    pub event: Uuid,
}

/// Why there is no plan, or why it was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum LifeError {
    /// Beside their fields, all at once.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Faults(Vec<Fault>),
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<Error> for LifeError {
    fn from(error: Error) -> Self {
        Self::Write(error.into())
    }
}

impl Plan {
    /// Writes it.
    ///
    /// # Errors
    /// What the store refuses, with every fault.
    pub async fn carry_out(&self, actor: &Actor, reason: Option<String>) -> Result<Written, LifeError> {
        Ok(actor.carry_out(&self.steps, reason, Some(key(self.event))).await?)
    }
}

impl Plan {
    /// The same under an event's id that was told beforehand, with what was said of it: sent twice it is one commit, whatever else it makes.
    ///
    /// # Errors
    /// `NotFound` where the plan has no such event.
    pub fn under(mut self, actor: &Actor, event: Uuid, details: Option<&str>) -> Result<Self, LifeError> {
        let made = self.steps.made(self.event);
        let row = made.ok_or_else(|| Error::NotFound { what: "record", value: self.event.to_string() })?;
        let (ledger, mut values) = (row.ledger(), row.values().to_vec());
        let field = actor.pack().ledger(ledger).field_by_id("details");
        if let Some((details, place)) = details.zip(field.and_then(|field| values.get_mut(usize::from(field.0)))) {
            let said = match &*place {
                Value::Text(told) => format!("{told}；{details}"),
                _ => details.to_owned(),
            };
            *place = Value::Text(said.chars().take(double::DETAILS).collect::<String>().into());
        }
        let valid = validate_values(actor.pack(), ledger, event, values, actor.today()).map_err(LifeError::Faults)?;
        self.steps.made_anew(self.event, valid);
        self.event = event;
        Ok(self)
    }
}

/// Whose event it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whose {
    /// The file to look at.
    pub household: Uuid,
    /// The other file that it was about.
    pub counterpart: Option<Uuid>,
}

/// What became of an event that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Nothing yet.
    Not,
    /// It stands.
    Stands(Whose),
    /// It was undone since.
    Undone(Whose),
    /// It is beyond what they may see.
    Unseen,
}

/// What became of the event of this id.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn sent(actor: &Actor, event: Uuid) -> Result<Sent, Error> {
    if trace(actor, event).await?.is_none() {
        return Ok(Sent::Not);
    }
    let mut query = Query::of(actor.county_code(), actor.ledger("household_event")?, actor.today());
    query.ids = Some(vec![event]);
    if let Some(whose) = whose(actor, &query).await? {
        return Ok(Sent::Stands(whose));
    }
    query.deleted = true;
    Ok(whose(actor, &query).await?.map_or(Sent::Unseen, Sent::Undone))
}

async fn whose(actor: &Actor, query: &Query) -> Result<Option<Whose>, Error> {
    let found = actor.select(query).await?;
    let event = found.first().map(|record| Entry::of(actor, query.ledger, record));
    Ok(event.and_then(|event| Some(Whose { household: event.id("household")?, counterpart: event.id("counterpart") })))
}

fn key(event: Uuid) -> String {
    format!("life {event}")
}

/// Restores what stood before an event, unless something has touched the same records since.
///
/// # Errors
/// `Touched` with what was changed since and by whom.
pub async fn undo(actor: &Actor, event: Uuid, reason: Option<String>) -> Result<Written, UndoError> {
    actor.undo(&[commit_of(actor, event).await?], reason, None).await
}

/// What undoing an event would bring back.
///
/// # Errors
/// As [`undo`].
pub async fn foreseen_undone(actor: &Actor, event: Uuid, lang: Lang) -> Result<Vec<Foreseen>, UndoError> {
    actor.foreseen_undone(&[commit_of(actor, event).await?], lang).await
}

async fn commit_of(actor: &Actor, event: Uuid) -> Result<(i64, i64), Error> {
    let missing = || Error::NotFound { what: "record", value: event.to_string() };
    trace(actor, event).await?.ok_or_else(missing)
}

/// The commit of an event, where it left a trace that leads back: its journal rows, first and last.
async fn trace(actor: &Actor, event: Uuid) -> Result<Option<(i64, i64)>, Error> {
    actor.commit_that_made(actor.ledger("household_event")?, event, &key(event)).await
}

/// Whom an event was about: who was entered, came into another household or left; `None` where it left no trace that leads back.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn concerned(actor: &Actor, event: Uuid) -> Result<Option<Vec<Uuid>>, Error> {
    let Some(commit) = trace(actor, event).await? else { return Ok(None) };
    let person = actor.ledger("person")?;
    let definition = actor.pack().ledger(person);
    let fields: Vec<_> = ["household", "left_on"].iter().filter_map(|id| definition.field_by_id(id)).collect();
    Ok(Some(actor.turned_in(commit, person, &fields).await?))
}

fn text(zh: &str, en: &str) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}

/// A fault at a field of a form.
fn at(path: impl Into<String>, place: &Text, code: Code, value: impl Into<String>, args: &[&str]) -> Fault {
    Problem::new(code, value, args.iter().map(|word| (*word).to_owned())).at(path, place)
}

/// The same in words of its own.
fn said(path: impl Into<String>, place: &Text, zh: impl Into<String>, en: impl Into<String>) -> Fault {
    Problem::new(Code::Said, "", [zh.into(), en.into()]).at(path, place)
}

/// Faults, or none.
fn none_wrong(faults: Vec<Fault>) -> Result<(), LifeError> {
    if faults.is_empty() { Ok(()) } else { Err(LifeError::Faults(faults)) }
}
