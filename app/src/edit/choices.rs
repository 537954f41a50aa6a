//! Which record is meant: searched as it is typed, and found by what people call it.

use std::collections::HashMap;

use anju_access::Action;
use anju_pack::LedgerIx;
use anju_store::Query;
use uuid::Uuid;

use crate::Actor;
use crate::error::Result;

/// Candidates looked at for one word.
const NEAR: u64 = 200;
/// Candidates shown.
const SHOWN: usize = 20;
/// Records whose names are compared where no search field knows the words.
const ALL: u64 = 2_000;
/// Characters of the id that tell namesakes apart.
const TAIL: usize = 6;

/// A record to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefChoice {
    /// The record.
    pub id: Uuid,
    /// What is typed to mean it: its name, and the end of its id where another has the same name.
    pub text: String,
    /// Code of its place.
    pub area: String,
}

/// Which record is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// This one.
    One(Uuid),
    /// Several may be.
    Several(Vec<RefChoice>),
    /// None.
    Nothing,
}

fn tail(id: Uuid) -> String {
    let text = id.simple().to_string();
    text[text.len() - TAIL..].to_owned()
}

fn same(left: &str, right: &str) -> bool {
    left.split_whitespace().eq(right.split_whitespace())
}

impl Actor {
    /// Records of a ledger that the words may mean, of those that the actor sees; the first of all where there are no words.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn choices(&self, ledger: LedgerIx, words: &str) -> Result<Vec<RefChoice>> {
        let (words, end) = split(words);
        let mut near = self.near(ledger, words).await?;
        if let Some(end) = end {
            near.retain(|choice| tail(choice.id) == end);
        }
        near.truncate(SHOWN);
        Ok(told_apart(near))
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
        let (words, end) = split(text);
        let mut near = self.near(ledger, words).await?;
        let exact: Vec<_> = near.iter().filter(|choice| same(&choice.text, words)).cloned().collect();
        if !exact.is_empty() {
            near = exact;
        }
        if let Some(end) = end {
            near.retain(|choice| tail(choice.id) == end);
        }
        near.truncate(SHOWN);
        Ok(match near.as_slice() {
            [] => Resolved::Nothing,
            [one] => Resolved::One(one.id),
            _ => Resolved::Several(told_apart(near)),
        })
    }

    /// By all the words, else by any of them with the whole name, else by the names themselves.
    async fn near(&self, ledger: LedgerIx, words: &str) -> Result<Vec<RefChoice>> {
        let found = self.called(ledger, Some(words), NEAR).await?;
        if !found.is_empty() || words.is_empty() {
            return Ok(found);
        }
        let mut near: Vec<RefChoice> = Vec::new();
        let parts: Vec<&str> = words.split_whitespace().collect();
        for word in parts.iter().filter(|_| parts.len() > 1) {
            let found = self.called(ledger, Some(word), NEAR).await?;
            let fits = |choice: &RefChoice| parts.iter().all(|part| choice.text.contains(part));
            near.extend(found.into_iter().filter(fits));
        }
        if near.is_empty() {
            let all = self.called(ledger, None, ALL).await?;
            near = all.into_iter().filter(|choice| parts.iter().all(|part| choice.text.contains(part))).collect();
        }
        near.sort_by_key(|choice| choice.id);
        near.dedup_by_key(|choice| choice.id);
        Ok(near)
    }

    async fn called(&self, ledger: LedgerIx, words: Option<&str>, limit: u64) -> Result<Vec<RefChoice>> {
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.search = words.filter(|words| !words.is_empty()).map(str::to_owned);
        query.limit = Some(limit);
        let records = self.select(&query).await?;
        let ids: Vec<Uuid> = records.iter().map(|record| record.id).collect();
        let mut names = self.labels(ledger, &ids).await?;
        let choice = |record: anju_record::Record| RefChoice {
            id: record.id,
            text: names.remove(&record.id).unwrap_or_default(),
            area: record.area.to_string(),
        };
        Ok(records.into_iter().map(choice).collect())
    }
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
        let choice = |n: u128, text: &str| RefChoice { id: Uuid::from_u128(n), text: text.into(), area: String::new() };
        let told = told_apart(vec![choice(0xabc, "王芳"), choice(0xdef, "王芳"), choice(1, "李明")]);
        let texts: Vec<&str> = told.iter().map(|choice| choice.text.as_str()).collect();
        assert_eq!(texts, ["王芳 #000abc", "王芳 #000def", "李明"]);
        assert_eq!(split(texts[0]), ("王芳", Some("000abc")));
        assert_eq!(split("12#"), ("12#", None));
    }
}
