//! Given / when / then: the stories that ship with a pack, told to the kernel.

use std::sync::Arc;

use anju_pack::{LedgerIx, Pack, Standing, Story, StoryValue, Text};
use anju_record::{Record, SmolStr, Value, eval};
use anju_shard::{Shape, Shard};
use uuid::Uuid;

use crate::{Plan, Status};

/// Where records stand that name no place of their own.
const NOWHERE: &str = "000000";

/// What came of a story.
#[derive(Debug, Clone)]
pub struct Told {
    /// The story's id.
    pub id: String,
    /// What it shows.
    pub title: Text,
    /// What came out otherwise than it says; empty is good.
    pub faults: Vec<String>,
    /// How many expectations it had.
    pub expected: usize,
}

/// Tells every story of a pack.
pub fn tell_stories(pack: &Pack) -> Vec<Told> {
    let shape = Arc::new(Shape::of(pack));
    let plan = Plan::compile(pack, &shape);
    let county = pack.county.as_ref().map_or(NOWHERE, |county| county.code.as_str());
    pack.stories.iter().map(|story| tell(pack, &shape, &plan, county, story)).collect()
}

fn tell(pack: &Pack, shape: &Arc<Shape>, plan: &Plan, county: &str, story: &Story) -> Told {
    let records = (0..story.given.len()).map(|position| record(pack, county, story, position));
    let mut faults = Vec::new();
    match Shard::load(shape, county, records) {
        Err(error) => faults.push(error.to_string()),
        Ok(shard) => {
            let outcome = plan.evaluate(&shard, story.on);
            for expected in &story.then {
                let found = outcome.status(&shard, expected.requirement, id(expected.subject)).map(standing);
                if found != Some(expected.is) {
                    let (name, asked) =
                        (&story.given[expected.subject].name, &pack.requirement(expected.requirement).id);
                    let (file, line) = (&expected.origin.file, expected.origin.line);
                    faults.push(format!("{file}:{line}: {asked} of {name} is {found:?}, not {:?}", expected.is));
                }
            }
        }
    }
    Told { id: story.id.clone(), title: story.title.clone(), faults, expected: story.then.len() }
}

fn id(position: usize) -> Uuid {
    Uuid::from_u128(position as u128 + 1)
}

fn record(pack: &Pack, county: &str, story: &Story, position: usize) -> (LedgerIx, Record) {
    let given = &story.given[position];
    let mut values = vec![Value::Null; pack.ledger(given.ledger).fields.len()];
    for (field, value) in &given.values {
        values[usize::from(field.0)] = match value {
            StoryValue::Literal(literal) => eval::literal(literal),
            StoryValue::Record(other) => Value::Id(id(*other)),
        };
    }
    (given.ledger, Record { id: id(position), version: 1, area: place(pack, county, story, position), values })
}

fn place(pack: &Pack, county: &str, story: &Story, position: usize) -> SmolStr {
    let given = &story.given[position];
    let ledger = pack.ledger(given.ledger);
    for (field, value) in &given.values {
        match value {
            StoryValue::Literal(literal) if ledger.area == Some(*field) => {
                if let Value::Text(code) = eval::literal(literal) {
                    return code;
                }
            }
            StoryValue::Record(owner) if ledger.of.is_some_and(|of| of.field == *field) => {
                return place(pack, county, story, *owner);
            }
            _ => {}
        }
    }
    county.into()
}

const fn standing(status: Status) -> Standing {
    match status {
        Status::Met => Standing::Met,
        Status::Gap => Standing::Gap,
        Status::Exempt => Standing::Exempt,
        Status::NotApplicable => Standing::NotApplicable,
    }
}
