//! Entries of one person that may stand in the files twice: found by a sweep, told apart for good, or made one; and files that hold the same people.
//!
//! By what two entries are held to be alike is said in the pack (`alike` of the ledger), and the same is asked on entry and of sheets. The same ID
//! number cannot be entered twice: the database refuses it. What somebody found not to be the same person is remembered.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anju_app::{Actor, Error, Set, Steps};
use anju_pack::{FieldIx, LedgerIx};
use anju_record::{Draft, Record, Valid, Value, validate};
use anju_store::Query;
use uuid::Uuid;

use crate::life::{LifeError, Member, Plan, merged_persons};
use crate::rows::Entry;

/// Two entries that are like each other.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The earlier entry.
    pub one: Record,
    /// The later.
    pub other: Record,
    /// The rule of the ledger by which they are alike, the surest first.
    pub rule: usize,
}

/// Two files that hold entries that are like each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilePair {
    /// One file.
    pub one: Uuid,
    /// The other.
    pub other: Uuid,
    /// How many people of the one are like somebody of the other.
    pub people: usize,
}

/// What a sweep found.
#[derive(Debug, Clone, Default)]
pub struct Swept {
    /// Pairs that nobody has told apart, the surest first; at most as many as were asked for.
    pub pairs: Vec<Pair>,
    /// How many there are.
    pub number: usize,
    /// Files that have the same people: two of them at least.
    pub files: Vec<FilePair>,
}

/// Files with fewer people in common may be two households that each know one namesake.
const IN_COMMON: usize = 2;

/// Every pair that nobody has told apart yet, at most so many.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn sweep(actor: &Actor, most: usize) -> Result<Swept, Error> {
    let ledger = actor.ledger("person")?;
    let definition = actor.pack().ledger(ledger);
    let mut query = Query::of(actor.county_code(), ledger, actor.today());
    if let Some(end) = definition.period.and_then(|period| period.end) {
        query.equals.push((end, Value::Null));
    }
    let people = actor.select(&query).await?;
    let traits = actor.alike_traits(ledger, &people).await?;
    let apart = told_apart(actor).await?;
    let mut groups: HashMap<(usize, &str), Vec<usize>> = HashMap::with_capacity(people.len() * 2);
    for (at, traits) in traits.iter().enumerate() {
        for (rule, held) in traits.iter().enumerate().filter_map(|(rule, held)| Some((rule, held.as_deref()?))) {
            groups.entry((rule, held)).or_default().push(at);
        }
    }
    let mut found: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for ((rule, _), group) in groups {
        for (position, one) in group.iter().enumerate() {
            for other in &group[position + 1..] {
                let [first, second] = [people[*one].id, people[*other].id];
                if !apart.contains(&(first, second)) && !apart.contains(&(second, first)) {
                    let at = found.entry((*one, *other)).or_insert(rule);
                    *at = rule.min(*at);
                }
            }
        }
    }
    let files = files_of(actor, &people, found.keys());
    let mut pairs: Vec<((usize, usize), usize)> = found.into_iter().collect();
    pairs.sort_by_key(|(at, rule)| (*rule, *at));
    let number = pairs.len();
    let pair = |((one, other), rule): ((usize, usize), usize)| Pair {
        one: people[one].clone(),
        other: people[other].clone(),
        rule,
    };
    Ok(Swept { pairs: pairs.into_iter().take(most).map(pair).collect(), number, files })
}

/// Files with people in common, those with most first.
fn files_of<'a>(actor: &Actor, people: &[Record], pairs: impl Iterator<Item = &'a (usize, usize)>) -> Vec<FilePair> {
    let Ok(ledger) = actor.ledger("person") else { return Vec::new() };
    let home = |at: usize| Entry::of(actor, ledger, &people[at]).id("household");
    let mut common: BTreeMap<(Uuid, Uuid), BTreeSet<usize>> = BTreeMap::new();
    for (one, other) in pairs {
        let (Some(first), Some(second)) = (home(*one), home(*other)) else { continue };
        if first != second {
            let (homes, who) = if first < second { ((first, second), *one) } else { ((second, first), *other) };
            common.entry(homes).or_default().insert(who);
        }
    }
    let enough = |(homes, who): ((Uuid, Uuid), BTreeSet<usize>)| {
        (who.len() >= IN_COMMON).then_some(FilePair { one: homes.0, other: homes.1, people: who.len() })
    };
    let mut files: Vec<FilePair> = common.into_iter().filter_map(enough).collect();
    files.sort_by_key(|pair| (std::cmp::Reverse(pair.people), pair.one, pair.other));
    files
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
    let mut steps = Steps::default();
    steps.make(two_people(actor, [one, other])?);
    actor.carry_out(&steps, None, None).await?;
    Ok(())
}

/// What is remembered of two records that somebody said to be two when one of them was entered: of people, by whoever writes such findings.
pub fn told_apart_on_entry(actor: &Actor, ledger: LedgerIx, both: [Uuid; 2]) -> Option<Valid> {
    let findings = actor.ledger("not_duplicate").ok()?;
    let are_theirs = actor.writes(findings) && actor.pack().ledger_by_id("person") == Some(ledger);
    two_people(actor, both).ok().filter(|_| are_theirs)
}

/// The finding that two entries are two people.
fn two_people(actor: &Actor, [one, other]: [Uuid; 2]) -> Result<Valid, LifeError> {
    let fields = [
        ("person", one.to_string()),
        ("counterpart", other.to_string()),
        ("decided_on", anju_record::day::format(actor.today())),
        ("decided_by", actor.who().login.clone()),
    ];
    let ledger = actor.ledger("not_duplicate")?;
    let draft = fields.into_iter().fold(Draft::new(ledger), |draft, (field, text)| draft.set(field, text));
    validate(actor.pack(), ledger, draft, actor.today()).map_err(LifeError::Faults)
}

/// Makes one entry of two: fields in `take` come from the one that goes, everything that refers to it refers to the one that stays.
///
/// # Errors
/// What is not theirs to write.
pub async fn merge_persons(actor: &Actor, keep: Uuid, drop: Uuid, take: &[FieldIx]) -> Result<Plan, LifeError> {
    merged_persons(actor, keep, drop, take.iter().map(|field| (*field, Set::Of(drop))).collect()).await
}

/// Who of one file is like whom of another, each once.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn partners(actor: &Actor, of: &[Member], among: &[Member]) -> Result<Vec<(Uuid, Uuid)>, Error> {
    let ledger = actor.ledger("person")?;
    let records: Vec<Record> = of.iter().chain(among).map(|member| member.record.clone()).collect();
    let traits = actor.alike_traits(ledger, &records).await?;
    let (mine, theirs) = traits.split_at(of.len());
    let alike = |one: &[Option<String>], other: &[Option<String>]| {
        one.iter().zip(other).any(|(one, other)| one.is_some() && one == other)
    };
    let mut found: Vec<(Uuid, Uuid)> = Vec::new();
    for (member, held) in of.iter().zip(mine) {
        let partner = among
            .iter()
            .zip(theirs)
            .find(|(other, traits)| alike(held, traits) && found.iter().all(|(_, taken)| *taken != other.record.id));
        found.extend(partner.map(|(other, _)| (member.record.id, other.record.id)));
    }
    Ok(found)
}
