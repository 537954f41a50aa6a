//! Entries of one person that may stand in the files twice: found on entry and by a sweep, told apart for good, or made one.
//!
//! Two entries are held against each other when they have the same name and day of birth, or names that sound alike and the same village of
//! origin. The same ID number cannot be entered twice: the database refuses it. What somebody found not to be the same person is remembered.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anju_app::{Actor, Error, Set, Steps};
use anju_pack::{FieldIx, LedgerIx};
use anju_record::{Record, Value, kind};
use anju_store::Query;
use pinyin::ToPinyin;
use uuid::Uuid;

use crate::life::{LifeError, Plan, Texts, merged_persons};
use crate::rows::{Entry, Rows, When, Which};

/// Why two entries are held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Likeness {
    /// The same ID number: never two.
    Identity,
    /// The same name and day of birth.
    NameAndBirth,
    /// Names that sound alike, and the same village of origin.
    SoundAndOrigin,
}

/// An entry that is like one being made.
#[derive(Debug, Clone)]
pub struct Like {
    /// The entry.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Why.
    pub why: Likeness,
}

/// Two entries that are like each other.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The earlier entry.
    pub one: Record,
    /// The later.
    pub other: Record,
    /// Why.
    pub why: Likeness,
}

/// A name as it sounds, without tones; what is not Chinese stays as it is.
pub fn sound(name: &str) -> String {
    let mut heard = String::with_capacity(name.len() * 2);
    for letter in name.chars().filter(|letter| !letter.is_whitespace() && *letter != '·') {
        match letter.to_pinyin() {
            Some(syllable) => heard.push_str(syllable.plain()),
            None => heard.extend(letter.to_lowercase()),
        }
        heard.push(' ');
    }
    heard
}

struct Fields {
    ledger: LedgerIx,
    name: FieldIx,
    born_on: FieldIx,
    id_number: FieldIx,
    household: FieldIx,
    left_on: FieldIx,
}

impl Fields {
    fn of(actor: &Actor) -> Result<Self, Error> {
        let ledger = actor.ledger("person")?;
        let definition = actor.pack().ledger(ledger);
        let field = |id: &str| {
            let missing = || Error::NotFound { what: "field", value: format!("person.{id}") };
            definition.field_by_id(id).ok_or_else(missing)
        };
        Ok(Self {
            ledger,
            name: field("name")?,
            born_on: field("born_on")?,
            id_number: field("id_number")?,
            household: field("household")?,
            left_on: field("left_on")?,
        })
    }

    fn asked(&self, actor: &Actor) -> Query {
        let mut query = Query::of(actor.county_code(), self.ledger, actor.today());
        query.equals.push((self.left_on, Value::Null));
        query
    }
}

fn value(record: &Record, field: FieldIx) -> &Value {
    record.values.get(usize::from(field.0)).unwrap_or(&Value::Null)
}

/// Entries that one being made is like, of those that whoever asks may see. `fields` are the new entry's values by field; a household's
/// village of origin counts as theirs.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn duplicates_of(actor: &Actor, fields: &BTreeMap<String, Value>) -> Result<Vec<Like>, Error> {
    let of = Fields::of(actor)?;
    let given = |id: &str| fields.get(id).filter(|value| **value != Value::Null);
    let mut found: BTreeMap<Uuid, Like> = BTreeMap::new();
    let mut note = |record: &Record, why: Likeness| {
        let name = kind::plain(value(record, of.name));
        let like = Like { id: record.id, name, why };
        let at = found.entry(record.id).or_insert_with(|| like.clone());
        if why < at.why {
            *at = like;
        }
    };
    if let Some(number) = given("id_number") {
        let mut query = of.asked(actor);
        query.equals.push((of.id_number, number.clone()));
        actor.select(&query).await?.iter().for_each(|record| note(record, Likeness::Identity));
    }
    if let (Some(name), Some(born)) = (given("name"), given("born_on")) {
        let mut query = of.asked(actor);
        query.equals.extend([(of.name, name.clone()), (of.born_on, born.clone())]);
        actor.select(&query).await?.iter().for_each(|record| note(record, Likeness::NameAndBirth));
    }
    if let (Some(Value::Text(name)), Some(Value::Id(home))) = (given("name"), given("household")) {
        let heard = sound(name);
        let homes = Rows::read(actor, "household", Which::These(&[*home]), When::Always).await?;
        let origin = homes.first().map(|home| home.value("origin_village").clone());
        let ledger = actor.ledger("household")?;
        let village = actor.pack().ledger(ledger).field_by_id("origin_village");
        if let (Some(origin @ Value::Text(_)), Some(village)) = (origin, village) {
            let mut query = Query::of(actor.county_code(), ledger, actor.today());
            query.equals.push((village, origin));
            let homes: Vec<Uuid> = actor.select(&query).await?.into_iter().map(|record| record.id).collect();
            let mut query = of.asked(actor);
            query.refers = Some((of.household, homes));
            for record in actor.select(&query).await? {
                if matches!(value(&record, of.name), Value::Text(name) if sound(name) == heard) {
                    note(&record, Likeness::SoundAndOrigin);
                }
            }
        }
    }
    Ok(found.into_values().collect())
}

/// Every pair that nobody has told apart yet, the surest first, at most so many; and how many there are.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn sweep(actor: &Actor, most: usize) -> Result<(Vec<Pair>, usize), Error> {
    let of = Fields::of(actor)?;
    let people = actor.select(&of.asked(actor)).await?;
    let origins = origins(actor).await?;
    let apart = told_apart(actor).await?;
    let mut groups: HashMap<(Likeness, String), Vec<usize>> = HashMap::with_capacity(people.len() * 2);
    for (at, person) in people.iter().enumerate() {
        let Value::Text(name) = value(person, of.name) else { continue };
        if let Value::Date(born) = value(person, of.born_on) {
            groups.entry((Likeness::NameAndBirth, format!("{name} {born}"))).or_default().push(at);
        }
        if let Value::Id(home) = value(person, of.household)
            && let Some(origin) = origins.get(home)
        {
            groups.entry((Likeness::SoundAndOrigin, format!("{} {origin}", sound(name)))).or_default().push(at);
        }
    }
    let mut found: BTreeMap<(usize, usize), Likeness> = BTreeMap::new();
    for ((why, _), group) in groups {
        for (position, one) in group.iter().enumerate() {
            for other in &group[position + 1..] {
                let at = found.entry((*one, *other)).or_insert(why);
                *at = why.min(*at);
            }
        }
    }
    let mut pairs: Vec<((usize, usize), Likeness)> = found
        .into_iter()
        .filter(|((one, other), _)| {
            let [one, other] = [people[*one].id, people[*other].id];
            !apart.contains(&(one, other)) && !apart.contains(&(other, one))
        })
        .collect();
    pairs.sort_by_key(|(at, why)| (*why, *at));
    let number = pairs.len();
    let pair = |((one, other), why): ((usize, usize), Likeness)| Pair {
        one: people[one].clone(),
        other: people[other].clone(),
        why,
    };
    Ok((pairs.into_iter().take(most).map(pair).collect(), number))
}

async fn origins(actor: &Actor) -> Result<HashMap<Uuid, String>, Error> {
    let ledger = actor.ledger("household")?;
    let Some(village) = actor.pack().ledger(ledger).field_by_id("origin_village") else { return Ok(HashMap::new()) };
    let homes = actor.select(&Query::of(actor.county_code(), ledger, actor.today())).await?;
    let origin = |home: Record| match value(&home, village) {
        Value::Text(code) => Some((home.id, code.to_string())),
        _ => None,
    };
    Ok(homes.into_iter().filter_map(origin).collect())
}

async fn told_apart(actor: &Actor) -> Result<BTreeSet<(Uuid, Uuid)>, Error> {
    let Some(ledger) = actor.pack().ledger_by_id("not_duplicate") else { return Ok(BTreeSet::new()) };
    let rows = actor.select(&Query::of(actor.county_code(), ledger, actor.today())).await?;
    let pair = |record: &Record| {
        let entry = Entry::of(actor, ledger, record);
        Some((entry.id("person")?, entry.id("counterpart")?))
    };
    Ok(rows.iter().filter_map(pair).collect())
}

/// Remembers that two entries are two people.
///
/// # Errors
/// What is not theirs to write; what is remembered already.
pub async fn tell_apart(actor: &Actor, one: Uuid, other: Uuid) -> Result<(), LifeError> {
    let fields: Texts = [
        ("person", one.to_string()),
        ("counterpart", other.to_string()),
        ("decided_on", anju_record::day::format(actor.today())),
        ("decided_by", actor.who().login.clone()),
    ]
    .map(|(field, text)| (field.to_owned(), text))
    .into();
    let ledger = actor.ledger("not_duplicate")?;
    let mut draft = anju_record::Draft::new(ledger);
    for (field, text) in fields {
        draft = draft.set(field, text);
    }
    let valid = anju_record::validate(actor.pack(), ledger, draft, actor.today()).map_err(LifeError::Faults)?;
    let mut steps = Steps::default();
    steps.make(valid);
    actor.carry_out(&steps, None, None).await?;
    Ok(())
}

/// Makes one entry of two: fields in `take` come from the one that goes, everything that refers to it refers to the one that stays.
///
/// # Errors
/// What is not theirs to write.
pub async fn merge_persons(actor: &Actor, keep: Uuid, drop: Uuid, take: &[FieldIx]) -> Result<Plan, LifeError> {
    merged_persons(actor, keep, drop, take.iter().map(|field| (*field, Set::Of(drop))).collect()).await
}
