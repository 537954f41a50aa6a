//! Records found by whom they belong to: a visit by its household, a job by who has it.
//!
//! Words are looked for in the records themselves first. Where no record of the ledger holds them, in whatever place and by whatever filter, each
//! word may also stand in what a record belongs to, and where nothing there holds it, in what that belongs to. The page, the file, the count and
//! the change of all that was found ask the same question, so they hold the same records; a search that finds its words costs nothing more.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, RwLock};

use anju_pack::{LedgerIx, Owner};
use anju_record::Value;
use anju_roll::{Filter, Matching, Question, Roll as Resident, RollError};
use uuid::Uuid;

use crate::error::Result;
use crate::{Actor, RollAsk, Whose};

/// How many owners up a word is looked for.
const LEVELS: usize = 2;

impl Actor {
    /// By what records of a ledger belong to others, if they may search these.
    pub fn searched_owner(&self, ledger: LedgerIx) -> Option<Owner> {
        let owner = self.pack().ledger(ledger).of?;
        let hidden = self.rights().hidden_anywhere(ledger).contains(&owner.field);
        (self.reads(owner.ledger) && !hidden).then_some(owner)
    }

    /// What a list's question is answered, and whether its words were looked for in what the records belong to; `None` where they reach nothing.
    pub(crate) async fn answered<T, F>(&self, ask: &RollAsk, answer: F) -> Result<Option<(T, bool)>>
    where
        T: Send + 'static,
        F: Fn(&Matching<'_>, &AtomicBool) -> Result<T, RollError> + Clone + Send + 'static,
    {
        let Some((roll, mut question)) = self.question(ask).await? else { return Ok(None) };
        let by_owner = ask.whose == Whose::Also && self.look_above(ask.ledger, &mut question).await?;
        let mut question = Arc::new(question);
        let own = answer.clone();
        let counted =
            move |matching: &Matching<'_>, cancel: &AtomicBool| Ok((own(matching, cancel)?, matching.total()));
        let (told, total) = self.over(Arc::clone(&roll), Arc::clone(&question), counted).await?;
        if total > 0 || ask.whose != Whose::Else || !self.finds_nothing(&roll, &question).await? {
            return Ok(Some((told, by_owner)));
        }
        if !self.look_above(ask.ledger, Arc::make_mut(&mut question)).await? {
            return Ok(Some((told, false)));
        }
        Ok(Some((self.over(roll, question, answer).await?, true)))
    }

    /// Whether no record holds the words of a question that found none, wherever it stands and whatever else is asked.
    async fn finds_nothing(&self, roll: &Arc<RwLock<Resident>>, question: &Arc<Question>) -> Result<bool> {
        if question.words.is_empty() || question.area.is_none() && question.filters.is_empty() {
            return Ok(!question.words.is_empty());
        }
        let words = Question { area: None, filters: Vec::new(), ..Question::clone(question) };
        self.over(Arc::clone(roll), Arc::new(words), |matching, _| Ok(matching.total() == 0)).await
    }

    /// Has each word also looked for in what the records belong to; `false` where that is nothing they may search.
    async fn look_above(&self, ledger: LedgerIx, question: &mut Question) -> Result<bool> {
        let Some(owner) = self.searched_owner(ledger) else { return Ok(false) };
        for word in &mut question.words {
            let owners = self.owners_called(owner.ledger, &word.text, LEVELS).await?;
            word.values.push((owner.field, owners.into_iter().map(Value::Id).collect()));
        }
        Ok(true)
    }

    /// Records of a ledger that a word finds, or where it finds none, those that belong to what it finds.
    async fn owners_called(&self, ledger: LedgerIx, word: &str, levels: usize) -> Result<Vec<Uuid>> {
        if !word.contains(char::is_alphanumeric) {
            return Ok(Vec::new());
        }
        let found = self.called(ledger, word, Vec::new()).await?;
        let above = self.searched_owner(ledger).filter(|_| found.is_empty() && levels > 1);
        let Some(owner) = above else { return Ok(found) };
        let owners = Box::pin(self.owners_called(owner.ledger, word, levels - 1)).await?;
        let filters = vec![Filter::OneOf(owner.field, owners.into_iter().map(Value::Id).collect())];
        Box::pin(self.roll_ids(&RollAsk { filters, ..RollAsk::of(ledger) })).await
    }
}
