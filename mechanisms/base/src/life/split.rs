//! Some members open a file of their own.

use anju_app::{Actor, Error, Steps};
use anju_record::Value;
use uuid::Uuid;

use super::book::{Book, Member};
use super::effects::{change_dwelling, copy_pairing, follow, open_of};
use super::head::rekin;
use super::possible::unborn;
use super::{Kin, LifeError, Plan, Texts, none_wrong, said, text};
use crate::rows::{Rows, When, Which};

/// What the new file has as the old one.
pub const SAME: [&str; 10] = [
    "building",
    "batch",
    "registered_poor",
    "status",
    "origin_village",
    "origin_group",
    "poor_cause",
    "out_of_poverty",
    "subsistence",
    "old_house",
];

/// What is decided in a split.
#[derive(Debug, Clone, Default)]
pub struct Splitting {
    /// Who goes, with their relation to the new head; one of them is it.
    pub go: Kin,
    /// Relations of those who stay, where the head goes; who is left out stays what they are.
    pub stay: Kin,
    /// Fields of the new file: number, building, dwelling, what the county has of its own; the rest is as in the old one. At `ledger-field`, what
    /// is told besides.
    pub file: Texts,
    /// Records of the old file that go along.
    pub along: Vec<Uuid>,
    /// Who cares for the new file; the old one's cadre if nobody is named.
    pub cadre: Option<Uuid>,
    /// When.
    pub on: i32,
}

/// A household becomes two.
///
/// # Errors
/// Every fault.
pub async fn split(actor: &Actor, household: Uuid, asked: &Splitting) -> Result<Plan, LifeError> {
    let book = Book::of(actor)?.telling(Some(&asked.file));
    let file = book.file(household).await?;
    let (go, stay): (Vec<&Member>, Vec<&Member>) =
        file.members.iter().partition(|member| asked.go.contains_key(&member.record.id));
    let people = text("分出的成员", "Members who go");
    let mut faults = book.dated(asked.on, &[file.moved_in_on]);
    let since = go.iter().map(|member| member.joined_on).max().into_iter().collect::<Vec<_>>();
    if faults.is_empty() {
        faults.extend(book.dated(asked.on, &since));
    }
    faults.extend(unborn(asked.on, go.iter().copied()));
    faults.extend(book.untold());
    if go.is_empty() {
        faults.push(said("go", &people, "请至少选择一位", "choose at least one"));
    }
    let gone = asked.go.keys().filter(|id| file.find(**id).is_none());
    faults.extend(gone.map(|_| said("go", &people, "所选的人不是本户现有成员", "somebody chosen is no member now")));
    let number = asked.file.get("number").map_or("", |number| number.trim());
    if !go.is_empty() {
        faults.extend(book.kin_faults(&go, &asked.go, number, 1));
    }
    let mut kin = Kin::new();
    for member in &stay {
        let given = asked.stay.get(&member.record.id).filter(|code| !code.is_empty());
        kin.insert(member.record.id, given.cloned().unwrap_or_else(|| member.kinship.clone()));
    }
    faults.extend(book.kin_faults(&stay, &kin, &file.number, 1));
    let made = match new_file(&book, &file.record, asked).await? {
        Ok(made) => Some(made),
        Err(more) => {
            faults.extend(more);
            None
        }
    };
    none_wrong(faults)?;
    let Some(made) = made else { return Err(LifeError::Faults(Vec::new())) };
    let mut steps = Steps::default();
    change_dwelling(&book, &mut steps, None, book.dwelling_of(&made)).await?;
    let new = steps.make(made);
    for member in &go {
        let code = asked.go.get(&member.record.id).cloned().unwrap_or_default();
        let fields = [("household", Value::Id(new)), ("kinship", Value::Text(code.into()))];
        book.amend(&mut steps, book.person, &member.record, &fields);
    }
    rekin(&book, &mut steps, &stay, &kin);
    let open = open_of(&book, household).await?;
    copy_pairing(&book, &mut steps, &open, new, (asked.cadre, asked.on))?;
    for record in open.iter().filter(|record| asked.along.contains(&record.record.id)) {
        follow(&mut steps, record, new, (book.household, household));
    }
    let head = go.iter().find(|it| asked.go.get(&it.record.id).is_some_and(|code| code == super::book::HEAD));
    let whom = (head.map(|head| head.record.id), Some(household));
    let event = book.happened_to(&mut steps, (new, "split", asked.on), whom, &go)?;
    Ok(Plan { steps, household: new, event })
}

/// The new file: as the old one in all that tells of where they come from, its own number, place and day.
async fn new_file(
    book: &Book<'_>,
    old: &anju_record::Record,
    asked: &Splitting,
) -> Result<Result<anju_record::Valid, Vec<anju_record::Fault>>, Error> {
    let definition = book.actor.pack().ledger(book.household);
    let mut texts = asked.file.clone();
    let dwelling: Vec<Uuid> = texts.get("dwelling").and_then(|id| id.trim().parse().ok()).into_iter().collect();
    let dwellings = Rows::read(book.actor, "dwelling", Which::These(&dwelling), When::Always).await?;
    let building = dwellings.first().and_then(|dwelling| dwelling.id("building"));
    // The dwelling decides where nothing else was said.
    if let Some(building) = building.filter(|_| texts.get("building").is_none_or(|text| text.trim().is_empty())) {
        texts.insert("building".to_owned(), building.to_string());
    }
    let filled = |id: &str| texts.get(id).is_some_and(|text| !text.trim().is_empty());
    let mut given: Vec<(&str, Value)> = SAME
        .into_iter()
        .filter(|id| !filled(id))
        .filter_map(|id| Some((id, old.values.get(usize::from(definition.field_by_id(id)?.0))?.clone())))
        .collect();
    given.push(("moved_in_on", Value::Date(asked.on)));
    Ok(book.typed(book.household, &texts, &given))
}
