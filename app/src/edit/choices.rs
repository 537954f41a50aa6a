//! Which record is meant: searched as it is typed, and found by what people call it.
//!
//! A name may be made of the names of others, as a dwelling's is of its building's and that of its site's: each word is looked for in the
//! record and in every record that its name shows, and only what holds all of them is looked at.

use std::collections::HashMap;

use anju_access::Action;
use anju_pack::{Comparison, FieldIx, Kind, LabelPart, LedgerIx, Literal, Operand, Predicate};
use anju_record::{Record, Value, kind};
use anju_roll::{ColumnKind, ColumnShape, Filter};
use anju_store::Query;
use uuid::Uuid;

use crate::error::Result;
use crate::records::Stored;
use crate::{Actor, RollAsk};

/// Records whose names are held against what was typed.
const NEAR: usize = 500;
/// Candidates shown.
const SHOWN: usize = 20;
/// Characters of the id that tell namesakes apart.
const TAIL: usize = 6;

/// A record to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefChoice {
    /// The record.
    pub id: Uuid,
    /// What is typed to mean it: its name, and the end of its id where another has the same name.
    pub text: String,
    /// By what else it is known: its place, and an ID number as they may see it.
    pub known_by: String,
}

impl RefChoice {
    /// How many are shown at once. Where words may mean more, one more than these is told of, so that a page can say so.
    pub const SHOWN: usize = SHOWN;

    /// What is typed to mean it, and by what else it is known.
    pub fn in_words(&self) -> String {
        if self.known_by.is_empty() { self.text.clone() } else { format!("{}（{}）", self.text, self.known_by) }
    }
}

/// Which record is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// This one.
    One(Uuid),
    /// Several may be: one more than `RefChoice::SHOWN` where there are more than these.
    Several(Vec<RefChoice>),
    /// None.
    Nothing,
}

/// How well a name is what was typed, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is the whole name.
    Exact,
    /// Each word is a word of the name: 1号楼 is none of 21号楼.
    Words,
    /// The words are parts of it, or stand elsewhere in the record.
    Parts,
}

fn tail(id: Uuid) -> String {
    let text = id.simple().to_string();
    text[text.len() - TAIL..].to_owned()
}

/// The words of a name, however its parts are set apart.
fn words_of(name: &str) -> impl Iterator<Item = &str> {
    name.split(|ch: char| ch.is_whitespace() || ch == '·').filter(|word| !word.is_empty())
}

fn fit(name: &str, typed: &str) -> Fit {
    if words_of(name).eq(words_of(typed)) {
        return Fit::Exact;
    }
    let whole = words_of(typed).all(|word| words_of(name).any(|part| part == word));
    if whole { Fit::Words } else { Fit::Parts }
}

impl Actor {
    /// Records of a ledger that the words may mean, of those that the actor sees, the likeliest first; the first of all where there are
    /// no words.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn choices(&self, ledger: LedgerIx, words: &str) -> Result<Vec<RefChoice>> {
        let mut near: Vec<Uuid> = self.near(ledger, words).await?.into_iter().map(|(_, id)| id).collect();
        near.truncate(SHOWN);
        self.offered(ledger, &near).await
    }

    /// The record that is meant by an id, a name or a number.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn resolve(&self, ledger: LedgerIx, text: &str) -> Result<Resolved> {
        if let Ok(id) = Uuid::try_parse(text.trim()) {
            let seen = self.is_within(Action::Read, ledger, id).await?;
            return Ok(if seen { Resolved::One(id) } else { Resolved::Nothing });
        }
        let near = self.near(ledger, text).await?;
        let best = near.first().map(|(fit, _)| *fit);
        let mut best: Vec<Uuid> = near.into_iter().filter(|(fit, _)| Some(*fit) == best).map(|(_, id)| id).collect();
        best.truncate(SHOWN + 1);
        Ok(match best.as_slice() {
            [] => Resolved::Nothing,
            [one] => Resolved::One(*one),
            _ => Resolved::Several(self.offered(ledger, &best).await?),
        })
    }

    /// Records of a ledger that hold every word of a name, in the order of its list.
    pub(crate) async fn called(&self, ledger: LedgerIx, text: &str, filters: Vec<Filter>) -> Result<Vec<Uuid>> {
        let (words, end) = split(text);
        let words = words_of(words).collect::<Vec<_>>().join(" ");
        let ask = RollAsk { words: Some(words), filters, named: true, ..RollAsk::of(ledger) };
        let mut ids = Box::pin(self.roll_ids(&ask)).await?;
        if let Some(end) = end {
            ids.retain(|id| tail(*id) == end);
        }
        Ok(ids)
    }

    /// Records of a ledger in whose name a word stands that their own search fields may not hold.
    pub(crate) async fn named_by(&self, ledger: LedgerIx, word: &str) -> Result<Vec<Uuid>> {
        let mut ids = Vec::new();
        for part in &self.pack().ledger(ledger).label {
            match part {
                LabelPart::Field(field) => {
                    let Some(filter) = self.named_in(ledger, *field, word).await? else { continue };
                    let ask = RollAsk { filters: vec![filter], ..RollAsk::of(ledger) };
                    ids.extend(Box::pin(self.roll_ids(&ask)).await?);
                }
                LabelPart::Owned { of, predicate, show } => {
                    let Some(owner) = self.pack().ledger(*of).of else { continue };
                    let mut filters = vec![Filter::Spelt(*show, word.to_owned())];
                    filters.extend(only(predicate));
                    let shape = self.roll_shape(*of);
                    let mut asked = filters.iter().map(Filter::field).chain([owner.field]);
                    if asked.all(|field| shape.position(field).is_some()) {
                        let ask = RollAsk { filters, ..RollAsk::of(*of) };
                        ids.extend(Box::pin(self.roll_references(&ask, owner.field)).await?);
                    }
                }
            }
        }
        Ok(ids)
    }

    /// What must hold of a field of a name for a word to stand in it; none where it cannot.
    async fn named_in(&self, ledger: LedgerIx, field: FieldIx, word: &str) -> Result<Option<Filter>> {
        let kind = &self.pack().ledger(ledger).field(field).kind;
        let shape = self.roll_shape(ledger);
        let Some(column) = shape.position(field).and_then(|at| shape.columns.get(at)) else { return Ok(None) };
        Ok(match (&column.kind, kind) {
            (ColumnKind::Ref, Kind::Ref { to }) => {
                let near = self.called(*to, word, Vec::new()).await?;
                Some(Filter::OneOf(field, near.into_iter().map(Value::Id).collect()))
            }
            // Words are looked for in search fields and in what codes are called anyhow.
            (ColumnKind::Text, _) => (!column.words).then(|| Filter::Spelt(field, word.to_owned())),
            (ColumnKind::Code(_) | ColumnKind::Ref, _) => None,
            (_, kind) => kind::parse(self.pack(), kind, word).ok().map(|value| Filter::OneOf(field, vec![value])),
        })
    }

    /// What may be meant, the likeliest first.
    async fn near(&self, ledger: LedgerIx, text: &str) -> Result<Vec<(Fit, Uuid)>> {
        let (words, _) = split(text);
        if words_of(words).next().is_none() {
            let first = self.roll(&RollAsk::of(ledger)).await?.records;
            return Ok(first.into_iter().map(|record| (Fit::Parts, record.id)).collect());
        }
        let mut ids = self.called(ledger, text, Vec::new()).await?;
        if ids.len() > NEAR {
            let mut first = self.written_so(ledger, text).await?;
            first.truncate(NEAR);
            ids.truncate(NEAR);
            ids.splice(0..0, first);
        }
        let mut names = self.labels(ledger, &ids).await?;
        let rated = |id: Uuid| names.remove(&id).map(|name| (fit(&name, words), id));
        let mut near: Vec<_> = ids.into_iter().filter_map(rated).collect();
        near.sort_by_key(|(fit, _)| *fit);
        Ok(near)
    }

    /// Records of which a text of the name is one of the words to the letter: where many hold the words, the exact one is among them.
    async fn written_so(&self, ledger: LedgerIx, text: &str) -> Result<Vec<Uuid>> {
        let (whole, _) = split(text);
        let words: Vec<Value> = words_of(whole).chain([whole]).map(|word| Value::Text(word.into())).collect();
        let text_kept = |column: &ColumnShape| column.kind == ColumnKind::Text;
        let texts = self.roll_shape(ledger).columns.into_iter().filter(text_kept).map(|column| column.field);
        let texts: Vec<FieldIx> = texts.collect();
        let mut ids = Vec::new();
        for part in &self.pack().ledger(ledger).label {
            if let LabelPart::Field(field) = part
                && texts.contains(field)
            {
                ids.extend(self.called(ledger, text, vec![Filter::OneOf(*field, words.clone())]).await?);
            }
        }
        Ok(ids)
    }

    /// Records with what is typed to mean each, and their places.
    async fn offered(&self, ledger: LedgerIx, ids: &[Uuid]) -> Result<Vec<RefChoice>> {
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.ids = Some(ids.to_vec());
        let mut names = self.labels(ledger, ids).await?;
        let mut records: HashMap<Uuid, Record> =
            self.select(&query).await?.into_iter().map(|record| (record.id, record)).collect();
        let choice = |id: &Uuid| {
            let text = names.remove(id).unwrap_or_default();
            let stored = Stored { ledger, name: String::new(), record: records.remove(id)? };
            let known_by = self.known_as("", &stored.record.area, self.number_of(&stored));
            Some(RefChoice { id: *id, text, known_by })
        };
        Ok(told_apart(ids.iter().filter_map(choice).collect()))
    }
}

/// A plain condition of a field as a filter.
fn only(predicate: &Predicate) -> Option<Filter> {
    let Predicate::Compare(Operand::Field(place), Comparison::Eq, Operand::Literal(literal)) = predicate else {
        return None;
    };
    let (Literal::Text(text) | Literal::Code(text)) = literal else { return None };
    place.path.is_empty().then(|| Filter::OneOf(place.field, vec![Value::Text(text.as_str().into())]))
}

/// The words, and the end of an id that tells which of the namesakes.
fn split(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    match text.rsplit_once('#') {
        Some((words, end)) if end.len() == TAIL && end.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            (words.trim_end(), Some(end))
        }
        _ => (text, None),
    }
}

/// Choices as a message names them.
pub fn in_words(choices: &[RefChoice]) -> String {
    let mut words: Vec<String> = choices.iter().take(SHOWN).map(RefChoice::in_words).collect();
    words.extend((choices.len() > SHOWN).then(|| "…".to_owned()));
    words.join("；")
}

fn told_apart(mut choices: Vec<RefChoice>) -> Vec<RefChoice> {
    let mut called: HashMap<String, usize> = HashMap::new();
    choices.iter().for_each(|choice| *called.entry(choice.text.clone()).or_default() += 1);
    for choice in &mut choices {
        if called.get(&choice.text).is_some_and(|count| *count > 1) {
            choice.text = format!("{} #{}", choice.text, tail(choice.id));
        }
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namesakes_are_told_apart_by_the_ends_of_their_ids() {
        let choice =
            |n: u128, text: &str| RefChoice { id: Uuid::from_u128(n), text: text.into(), known_by: String::new() };
        let told = told_apart(vec![choice(0xabc, "王芳"), choice(0xdef, "王芳"), choice(1, "李明")]);
        let texts: Vec<&str> = told.iter().map(|choice| choice.text.as_str()).collect();
        assert_eq!(texts, ["王芳 #000abc", "王芳 #000def", "李明"]);
        assert_eq!(split(texts[0]), ("王芳", Some("000abc")));
        assert_eq!(split("12#"), ("12#", None));
    }

    #[test]
    fn a_whole_name_goes_before_whole_words_and_these_before_parts() {
        let names = ["汤坪新社区 21号楼 1-102", "汤坪新社区 1号楼 1-102", "汤坪新社区 1号楼 1-1020"];
        let fits = |typed: &str| names.map(|name| fit(name, typed));
        assert_eq!(fits("汤坪新社区 1号楼 1-102"), [Fit::Parts, Fit::Exact, Fit::Parts]);
        assert_eq!(fits("汤坪新社区 · 1号楼 · 1-102"), [Fit::Parts, Fit::Exact, Fit::Parts]);
        assert_eq!(fits("1号楼 1-102"), [Fit::Parts, Fit::Words, Fit::Parts]);
        assert_eq!(fits("汤坪"), [Fit::Parts; 3]);
    }
}
