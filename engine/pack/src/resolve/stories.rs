//! Stories: records with their fields, and what must come out.

use std::collections::HashMap;

use super::condition::kind_words;
use super::literals::parse_time;
use super::{Places, Scope, taken};
use crate::codes::Code;
use crate::fault::nearest;
use crate::model::{Expectation, FieldIx, Kind, LedgerIx, Story, StoryRecord, StoryValue};
use crate::parse::entries::scaled;
use crate::parse::node::{Node, Value};
use crate::parse::raw::{RawGiven, RawStory, RawThen};
use crate::parse::reader::{Word, parse_day};
use crate::predicate::Literal;
use crate::source::{Spot, origin};

/// Resolves all stories.
pub(crate) fn resolve(scope: &Scope<'_>, places: &Places, raw: &[RawStory]) -> Vec<Story> {
    let mut first: HashMap<&str, Spot> = HashMap::new();
    let mut stories = Vec::new();
    for entry in raw {
        if let Some(spot) = first.insert(&entry.id.value, entry.id.at) {
            taken(scope.bench, ("事例", "story"), &entry.id, spot, false);
            continue;
        }
        stories.push(build(scope, places, entry));
    }
    stories
}

fn build(scope: &Scope<'_>, places: &Places, entry: &RawStory) -> Story {
    let mut names: HashMap<&str, (usize, &RawGiven)> = HashMap::new();
    for (at, record) in entry.given.iter().enumerate() {
        if let Some((_, other)) = names.get(record.name.value.as_str()) {
            taken(scope.bench, ("事例记录", "story record"), &record.name, other.name.at, false);
        } else {
            names.insert(&record.name.value, (at, record));
        }
    }
    let cast = Cast { scope, names };
    Story {
        id: entry.id.value.clone(),
        title: entry.title.clone(),
        mechanism: places.mechanism(entry.id.at),
        given: entry.given.iter().map(|raw| cast.record(raw)).collect(),
        on: entry.on,
        then: entry.then.iter().filter_map(|raw| cast.expectation(raw)).collect(),
        origin: origin(scope.bench.sources, entry.id.at),
    }
}

/// The records of one story by name.
struct Cast<'a> {
    scope: &'a Scope<'a>,
    names: HashMap<&'a str, (usize, &'a RawGiven)>,
}

impl Cast<'_> {
    fn record(&self, raw: &RawGiven) -> StoryRecord {
        let ledger = self.scope.ledger(&raw.ledger);
        let values = ledger.map(|ledger| self.values(ledger, raw)).unwrap_or_default();
        StoryRecord {
            ledger: ledger.unwrap_or(LedgerIx(0)),
            name: raw.name.value.clone(),
            values,
            origin: origin(self.scope.bench.sources, raw.at),
        }
    }

    fn values(&self, ledger: LedgerIx, raw: &RawGiven) -> Vec<(FieldIx, StoryValue)> {
        let mut values = Vec::new();
        for (name, node) in &raw.values {
            let Some(field) = self.scope.field(ledger, name) else { continue };
            values.extend(self.value(ledger, field, node).map(|value| (field, value)));
        }
        if let Some(owner) = self.scope.pack.ledger(ledger).of {
            let id = &self.scope.pack.ledger(ledger).field(owner.field).id;
            if !raw.values.iter().any(|(name, _)| name.value == *id) {
                self.scope.bench.fault(Code::StoryOwner, raw.at, &[raw.name.value.as_str().into(), id.into()]);
            }
        }
        values
    }

    fn value(&self, ledger: LedgerIx, field: FieldIx, node: &Node) -> Option<StoryValue> {
        let described = self.scope.pack.ledger(ledger).field(field);
        let literal = match (&described.kind, &node.value) {
            (Kind::Ref { to }, Value::Text(name)) => return self.named(name, node.at, Some(*to)),
            (Kind::Subject, Value::Text(name)) => return self.named(name, node.at, None),
            (Kind::Code { list }, Value::Text(code)) => {
                let list = self.scope.pack.codes.get(usize::from(list.0))?;
                if list.position(code).is_none() {
                    let near = nearest(code, list.values.iter().map(|value| value.code.as_str()));
                    self.scope.bench.fault(
                        Code::PredicateCode,
                        node.at,
                        &[list.id.as_str().into(), code.into(), near.into()],
                    );
                    return None;
                }
                Some(Literal::Code(code.clone()))
            }
            (kind, value) => literal(kind, value),
        };
        if literal.is_none() {
            let shown = match &node.value {
                Value::Text(text) | Value::Float(text) | Value::Date(text) => text.clone(),
                Value::Int(number) => number.to_string(),
                Value::Bool(value) => value.to_string(),
                other => other.called().1.to_owned(),
            };
            let args = [described.id.as_str().into(), shown.into(), kind_words(&described.kind).into()];
            self.scope.bench.fault(Code::StoryValue, node.at, &args);
        }
        literal.map(StoryValue::Literal)
    }

    fn named(&self, name: &str, at: Spot, wanted: Option<LedgerIx>) -> Option<StoryValue> {
        let word = Word { value: name.to_owned(), at };
        let (position, record) = self.find(&word)?;
        if let Some(wanted) = wanted {
            let wanted = &self.scope.pack.ledger(wanted).id;
            if record.ledger.value != *wanted {
                let args = [record.ledger.value.as_str().into(), name.into(), format!("`{wanted}`").into()];
                self.scope.bench.fault(Code::StoryValue, at, &args);
            }
        }
        Some(StoryValue::Record(position))
    }

    fn find(&self, word: &Word) -> Option<(usize, &RawGiven)> {
        let found = self.names.get(word.value.as_str()).copied();
        if found.is_none() {
            let mut known: Vec<&str> = self.names.keys().copied().collect();
            known.sort_unstable();
            self.scope.unknown(("事例记录", "story record"), &word.value, word.at, known);
        }
        found
    }

    fn expectation(&self, raw: &RawThen) -> Option<Expectation> {
        let requirement = self.scope.requirement(&raw.requirement);
        let subject = self.find(&raw.subject);
        let (requirement, (subject, record)) = (requirement?, subject?);
        let each = &self.scope.pack.ledger(self.scope.pack.requirement(requirement).each).id;
        if record.ledger.value != *each {
            let args = [record.ledger.value.as_str().into(), raw.requirement.value.as_str().into(), each.into()];
            self.scope.bench.fault(Code::StorySubject, raw.subject.at, &args);
        }
        Some(Expectation { requirement, subject, is: raw.is, origin: origin(self.scope.bench.sources, raw.at) })
    }
}

/// A constant of a kind, as it would be stored.
fn literal(kind: &Kind, value: &Value) -> Option<Literal> {
    match (kind, value) {
        (Kind::Bool, Value::Bool(value)) => Some(Literal::Bool(*value)),
        (Kind::Integer { .. } | Kind::Money { .. }, Value::Int(number)) => Some(Literal::Int(*number)),
        (Kind::Decimal { scale, .. }, Value::Int(number)) => scaled(&number.to_string(), *scale).map(Literal::Int),
        (Kind::Decimal { scale, .. }, Value::Float(words) | Value::Text(words)) => {
            scaled(words, *scale).map(Literal::Int)
        }
        (Kind::Date { .. }, Value::Text(day) | Value::Date(day)) => parse_day(day).map(Literal::Date),
        (Kind::Time, Value::Text(time)) => parse_time(time).map(Literal::Int),
        (
            Kind::Text { .. }
            | Kind::LongText { .. }
            | Kind::Area { .. }
            | Kind::IdNumber
            | Kind::Phone
            | Kind::Point
            | Kind::Attachment,
            Value::Text(text),
        ) => Some(Literal::Text(text.clone())),
        _ => None,
    }
}
