//! Every story that ships with the packs comes out as it says.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use anju_coverage::{Plan, Status};
use anju_pack::{LedgerIx, Pack, Standing, Story, StoryValue, compile, read_dir};
use anju_record::{Record, Value};
use anju_shard::{Shape, Shard};
use uuid::Uuid;

const COUNTY: &str = "610923";

fn id(position: usize) -> Uuid {
    Uuid::from_u128(position as u128 + 1)
}

fn place(pack: &Pack, story: &Story, position: usize) -> Box<str> {
    let given = &story.given[position];
    let ledger = pack.ledger(given.ledger);
    for (field, value) in &given.values {
        match value {
            StoryValue::Literal(literal) if ledger.area == Some(*field) => {
                if let Value::Text(code) = anju_record::eval::literal(literal) {
                    return code;
                }
            }
            StoryValue::Record(owner) if ledger.of.is_some_and(|of| of.field == *field) => return place(pack, story, *owner),
            _ => {}
        }
    }
    COUNTY.into()
}

fn record(pack: &Pack, story: &Story, position: usize) -> (LedgerIx, Record) {
    let given = &story.given[position];
    let mut values = vec![Value::Null; pack.ledger(given.ledger).fields.len()];
    for (field, value) in &given.values {
        values[usize::from(field.0)] = match value {
            StoryValue::Literal(literal) => anju_record::eval::literal(literal),
            StoryValue::Record(other) => Value::Id(id(*other)),
        };
    }
    (given.ledger, Record { id: id(position), version: 1, area: place(pack, story, position), values })
}

const fn standing(status: Status) -> Standing {
    match status {
        Status::Met => Standing::Met,
        Status::Gap => Standing::Gap,
        Status::Exempt => Standing::Exempt,
        Status::NotApplicable => Standing::NotApplicable,
    }
}

#[test]
fn every_story_comes_out_as_it_says() -> Result<(), Box<dyn Error>> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let pack = compile(&read_dir(root)?).map_err(|faults| format!("{} faults", faults.len()))?;
    let shape = Arc::new(Shape::of(&pack));
    let plan = Plan::compile(&pack, &shape);
    let mut wrong = Vec::new();
    let mut told = 0;
    for story in &pack.stories {
        let records = (0..story.given.len()).map(|position| record(&pack, story, position));
        let shard = Shard::load(&shape, COUNTY, records)?;
        let outcome = plan.evaluate(&shard, story.on);
        for expected in &story.then {
            told += 1;
            let found = outcome.status(&shard, expected.requirement, id(expected.subject)).map(standing);
            if found != Some(expected.is) {
                let (name, asked) = (&story.given[expected.subject].name, &pack.requirement(expected.requirement).id);
                wrong.push(format!("{}: {asked} of {name} is {found:?}, not {:?}", story.id, expected.is));
            }
        }
    }
    assert!(told > 20, "only {told} expectations");
    assert!(wrong.is_empty(), "{} of {told}\n{}", wrong.len(), wrong.join("\n"));
    Ok(())
}
