//! Lists of any ledger from memory: search, filters, order, any page, the exact total, and how many stand where.
//!
//! Place in the way of data: a ledger's list columns are read from the store when somebody first asks for its list, and follow the journal
//! beside the shard from then on. What somebody reaches narrows the question here; the records of a page come through [`Actor::select`],
//! so hiding and masking stay in one place.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use anju_access::{Action, OwnedBy, Reach};
use anju_pack::{FieldIx, Kind, LabelPart, LedgerIx};
use anju_record::{Change, Record, line};
use anju_roll::{Filter, IdSet, Matching, Question, Roll as Resident, RollError, RollShape, Sort, Within, Word};
use anju_store::{Order, Query};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::{Actor, App};

/// When words are also looked for in what records belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Whose {
    /// Never: a record itself is meant.
    #[default]
    Never,
    /// Where no record of the ledger has them itself.
    Else,
    /// Always.
    Also,
}

/// What is asked of a ledger's list.
#[derive(Debug, Clone, PartialEq)]
pub struct RollAsk {
    /// The ledger.
    pub ledger: LedgerIx,
    /// Only in this place; `None` for the whole county.
    pub area: Option<String>,
    /// Each of these words must be found: in a search field, as the initials of one, as what a code is called, or as a sensitive number
    /// that the actor may see.
    pub words: Option<String>,
    /// A word may also stand in the record's name, and so in the names of others that it shows.
    pub named: bool,
    /// When a word may also stand in what the record belongs to.
    pub whose: Whose,
    /// Each must hold.
    pub filters: Vec<Filter>,
    /// By this field, `true` for the largest first; `None` for the order of places.
    pub order: Option<(FieldIx, bool)>,
    /// From 1.
    pub page: u64,
    /// Records of a page.
    pub size: u32,
    /// Those that were taken away, for those who may write the ledger. Takes no filters.
    pub deleted: bool,
}

impl RollAsk {
    /// The first fifty of all.
    pub const fn of(ledger: LedgerIx) -> Self {
        Self {
            ledger,
            area: None,
            words: None,
            named: false,
            whose: Whose::Never,
            filters: Vec::new(),
            order: None,
            page: 1,
            size: 50,
            deleted: false,
        }
    }

    fn from(&self) -> u64 {
        self.page.saturating_sub(1).saturating_mul(u64::from(self.size))
    }
}

/// A page of a ledger's list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Roll {
    /// Its records, as the actor may see them.
    pub records: Vec<Record>,
    /// How many there are on all pages.
    pub total: u64,
    /// How many stand in each place of the level below the one asked for, by its code.
    pub by_area: Vec<(String, u64)>,
    /// Its words were looked for in what the records belong to as well.
    pub by_owner: bool,
}

/// The lists of a county that somebody asked for.
#[derive(Debug, Default)]
pub(crate) struct Rolls {
    known: Mutex<HashMap<LedgerIx, Known>>,
    /// One is read at a time.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
enum Known {
    /// It is being read; what happens meanwhile.
    Loading(Vec<Change>),
    Ready(Arc<RwLock<Resident>>),
}

impl Rolls {
    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<LedgerIx, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, ledger: LedgerIx) -> Option<Arc<RwLock<Resident>>> {
        match self.known().get(&ledger) {
            Some(Known::Ready(roll)) => Some(Arc::clone(roll)),
            _ => None,
        }
    }

    /// Keeps what happened while a list was read: the rows read may have known it or not, and take no harm from it.
    fn keep(&self, ledger: LedgerIx, mut roll: Resident) -> Arc<RwLock<Resident>> {
        let mut known = self.known();
        let begun = known.remove(&ledger);
        if let Some(Known::Loading(changes)) = &begun {
            roll.apply(changes);
        }
        let roll = Arc::new(RwLock::new(roll));
        // Forgotten while it was read: good for this answer only.
        if begun.is_some() {
            known.insert(ledger, Known::Ready(Arc::clone(&roll)));
        }
        roll
    }

    /// Follows the journal.
    pub fn follow(&self, changes: &[Change]) {
        for (ledger, known) in self.known().iter_mut() {
            let own = || changes.iter().filter(|change| change.ledger == *ledger);
            match known {
                _ if own().next().is_none() => {}
                Known::Loading(happened) => happened.extend(own().cloned()),
                Known::Ready(roll) => roll.write().unwrap_or_else(PoisonError::into_inner).apply(changes),
            }
        }
    }

    /// Lists are read anew when they are asked for again.
    pub fn forget(&self) {
        self.known().clear();
    }
}

/// Tells a computation that nobody waits for it any more.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl App {
    /// A ledger's list, read from the store if nobody asked for it before.
    async fn resident(&self, ledger: LedgerIx) -> Result<Arc<RwLock<Resident>>> {
        let rolls = self.county().rolls();
        if let Some(roll) = rolls.get(ledger) {
            return Ok(roll);
        }
        let _turn = rolls.turn.lock().await;
        if let Some(roll) = rolls.get(ledger) {
            return Ok(roll);
        }
        rolls.known().insert(ledger, Known::Loading(Vec::new()));
        let (store, pack, county) = (self.store().clone(), Arc::clone(&self.pack), self.county_code().to_owned());
        let read = tokio::task::spawn_blocking(move || {
            let shape = Arc::new(RollShape::of(&pack, ledger));
            let fields = shape.fields();
            let mut roll = Resident::new(shape);
            let reading = store.load(&pack, &county, ledger, &fields, |record| roll.push(&record));
            tokio::runtime::Handle::current().block_on(reading)?;
            roll.compact();
            Ok::<_, anju_store::Error>(roll)
        });
        let read = read.await.map_err(unavailable).and_then(|read| read.map_err(unavailable));
        match read {
            Ok(roll) => Ok(rolls.keep(ledger, roll)),
            Err(error) => {
                rolls.known().remove(&ledger);
                Err(error)
            }
        }
    }

    /// Computes over a list beside the threads that serve; broken off when nobody waits any more.
    pub(crate) async fn over<T: Send + 'static>(
        &self,
        roll: Arc<RwLock<Resident>>,
        question: Arc<Question>,
        answer: impl FnOnce(&Matching<'_>, &AtomicBool) -> Result<T, RollError> + Send + 'static,
    ) -> Result<T> {
        let waiting = Waiting(Arc::default());
        let cancel = Arc::clone(&waiting.0);
        let computed = tokio::task::spawn_blocking(move || {
            let roll = roll.read().unwrap_or_else(PoisonError::into_inner);
            answer(&roll.matching(&question, &cancel)?, &cancel)
        });
        computed.await.map_err(unavailable)?.map_err(|error| match error {
            RollError::Field(field) => unasked(&field),
            RollError::Cancelled => unavailable(error),
        })
    }
}

fn unasked(field: &str) -> Error {
    Error::Invalid {
        what: "field",
        value: field.to_owned(),
        mend: "the list cannot be filtered or sorted by it; take another field".to_owned(),
    }
}

fn sort(ask: &RollAsk) -> Sort {
    ask.order.map_or(Sort::Places, |(field, descending)| Sort::By(field, descending))
}

impl Actor {
    /// A page of a ledger's list.
    ///
    /// # Errors
    /// `Denied` for a field that is kept from them or masked, and for what was taken away to those who may not write;
    /// `Invalid` for a field that answers no such question; `Unavailable` when the database does not answer.
    pub async fn roll(&self, ask: &RollAsk) -> Result<Roll> {
        if ask.deleted {
            return self.deleted_roll(ask).await;
        }
        let (sort, from, size) = (sort(ask), ask.from(), ask.size as usize);
        let area = ask.area.clone().unwrap_or_else(|| self.county_code().to_owned());
        let page = move |matching: &Matching<'_>, cancel: &AtomicBool| {
            Ok((matching.page(sort, from, size, cancel)?, matching.total(), matching.by_area(&area)))
        };
        let Some(((ids, total, by_area), by_owner)) = self.answered(ask, page).await? else {
            return Ok(Roll::default());
        };
        Ok(Roll { records: self.in_order(ask.ledger, ids).await?, total, by_area, by_owner })
    }

    /// The ids of everything on the list, in its order; the page does not matter.
    ///
    /// # Errors
    /// As [`Actor::roll`].
    pub async fn roll_ids(&self, ask: &RollAsk) -> Result<Vec<Uuid>> {
        if ask.deleted {
            let query = self.deleted_query(ask)?;
            return self.store().ids(self.pack(), &query).await.map_err(unavailable);
        }
        let sort = sort(ask);
        let all = self.answered(ask, move |matching, cancel| matching.page(sort, 0, usize::MAX, cancel)).await?;
        Ok(all.map(|(ids, _)| ids).unwrap_or_default())
    }

    /// The records that the list's records refer to by a field, each once.
    ///
    /// # Errors
    /// As [`Actor::roll`].
    pub async fn roll_references(&self, ask: &RollAsk, field: FieldIx) -> Result<Vec<Uuid>> {
        self.may_ask(ask.ledger, field)?;
        let all = self.answered(ask, move |matching, _| Ok(matching.references(field))).await?;
        Ok(all.map(|(ids, _)| ids).unwrap_or_default())
    }

    /// How the list of a ledger may be filtered and sorted: its resident fields but those kept from them anywhere.
    pub fn roll_shape(&self, ledger: LedgerIx) -> RollShape {
        let mut shape = RollShape::of(self.pack(), ledger);
        let hidden = self.rights().hidden_anywhere(ledger);
        shape.columns.retain(|column| !hidden.contains(&column.field));
        shape
    }

    /// The fields that words are looked for in when they search a ledger: texts, and sensitive ones whose whole or end they may see.
    pub fn searched(&self, ledger: LedgerIx) -> Vec<FieldIx> {
        let unsearched = self.unsearched(ledger);
        let words =
            self.roll_shape(ledger).columns.into_iter().filter(|column| column.words).map(|column| column.field);
        let fields = (0_u16..).map(FieldIx).zip(&self.pack().ledger(ledger).fields);
        let sealed = fields.filter(|(_, field)| {
            field.sensitive.is_some() && (field.search || matches!(field.kind, Kind::IdNumber | Kind::Phone))
        });
        words.chain(sealed.map(|(ix, _)| ix)).filter(|ix| !unsearched.contains(ix)).collect()
    }

    /// The fields by which records of a ledger are named after others, as far as they see them: a reference of its own, or a field of what
    /// belongs to it. None where its own fields say all of the name: these are searched anyhow.
    pub fn named_after(&self, ledger: LedgerIx) -> Vec<(LedgerIx, FieldIx)> {
        let definition = self.pack().ledger(ledger);
        let named = definition.label.iter().filter_map(|part| match part {
            LabelPart::Field(field) => match definition.field(*field).kind {
                Kind::Ref { to } => Some((ledger, *field, to)),
                _ => None,
            },
            LabelPart::Owned { of, show, .. } => Some((*of, *show, *of)),
        });
        let seen = |(of, field, to): &(LedgerIx, FieldIx, LedgerIx)| {
            self.reads(*to) && !self.rights().hidden_anywhere(*of).contains(field)
        };
        named.filter(seen).map(|(of, field, _)| (of, field)).collect()
    }

    /// Whether they may filter or sort by a field: what is kept from them anywhere, or masked, would be told value by value.
    pub(crate) fn may_ask(&self, ledger: LedgerIx, field: FieldIx) -> Result<()> {
        let definition = self.pack().ledger(ledger);
        let Some(asked) = definition.fields.get(usize::from(field.0)) else {
            return Err(unasked(&field.0.to_string()));
        };
        if asked.sensitive.is_some() || self.rights().hidden_anywhere(ledger).contains(&field) {
            return Err(Error::denied("filter", &format!("{}.{}", definition.id, asked.id)));
        }
        Ok(())
    }

    /// The question within what they reach; `None` when that is nothing.
    pub(crate) async fn question(&self, ask: &RollAsk) -> Result<Option<(Arc<RwLock<Resident>>, Question)>> {
        let fields = ask.filters.iter().map(Filter::field).chain(ask.order.map(|(field, _)| field));
        for field in fields {
            self.may_ask(ask.ledger, field)?;
        }
        let reach = self.rights().reach(Action::Read, ask.ledger);
        if reach.is_empty() {
            return Ok(None);
        }
        let roll = self.resident(ask.ledger).await?;
        let shape = Arc::clone(roll.read().unwrap_or_else(PoisonError::into_inner).shape());
        let unsearched = self.unsearched(ask.ledger);
        let mut words = Vec::new();
        // Texts are kept with half-width letters and digits.
        let typed = line(ask.words.as_deref().unwrap_or_default());
        for word in typed.split_whitespace() {
            // The roll knows which of them live.
            let found =
                self.store().ids_by_sealed(self.pack(), self.county_code(), ask.ledger, &unsearched, word).await;
            let mut ids = found.map_err(unavailable)?;
            if ask.named {
                ids.extend(self.named_by(ask.ledger, word).await?);
            }
            words.push(Word { ids, ..Word::of(self.pack(), &shape, word, &unsearched) });
        }
        let question = Question {
            area: ask.area.clone().filter(|area| area != self.county_code()),
            within: self.within(reach).await?,
            words,
            unsearched,
            filters: ask.filters.clone(),
            ids: None,
        };
        Ok(Some((roll, question)))
    }

    /// A reach in terms of one ledger's rows; `None` when every row of the county is within.
    async fn within(&self, reach: &Reach) -> Result<Option<Within>> {
        if reach.is_whole(self.county_code()) {
            return Ok(None);
        }
        let mut within = Within { areas: reach.areas.iter().map(ToString::to_string).collect(), ..Within::default() };
        for owned in &reach.owned {
            match owned.chain.split_first() {
                None => within.own.extend(owned.owners.iter().copied()),
                Some(((_, field), above)) => {
                    within.refs.push((*field, IdSet::of(self.owned_above(above, owned).await?)));
                }
            }
        }
        Ok(Some(within))
    }

    /// The records right above a ledger that belong to the owners: the owners themselves, or the living ones whose references lead to them.
    async fn owned_above(&self, above: &[(LedgerIx, FieldIx)], owned: &OwnedBy) -> Result<Vec<Uuid>> {
        let Some((ledger, _)) = above.first() else { return Ok(owned.owners.to_vec()) };
        let mut query = Query::of(self.county_code(), *ledger, self.today());
        let chain = OwnedBy { chain: above.to_vec(), owners: Arc::clone(&owned.owners) };
        query.reach = Some(Reach { areas: Vec::new(), owned: vec![chain] });
        self.store().ids(self.pack(), &query).await.map_err(unavailable)
    }

    /// Records in the order of their ids as given.
    async fn in_order(&self, ledger: LedgerIx, ids: Vec<Uuid>) -> Result<Vec<Record>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.ids = Some(ids.clone());
        let found = self.select(&query).await?;
        let mut found: HashMap<Uuid, Record> = found.into_iter().map(|record| (record.id, record)).collect();
        Ok(ids.into_iter().filter_map(|id| found.remove(&id)).collect())
    }

    /// Records that were taken away, for those who may write the ledger.
    async fn deleted_roll(&self, ask: &RollAsk) -> Result<Roll> {
        let mut query = self.deleted_query(ask)?;
        let total = self.store().count(self.pack(), &query).await.map_err(unavailable)?;
        query.offset = ask.from();
        query.limit = Some(u64::from(ask.size));
        let records = self.store().select(self.pack(), &query).await.map_err(unavailable)?;
        let records = records.into_iter().map(|record| self.veiled(ask.ledger, record)).collect();
        Ok(Roll { records, total, ..Roll::default() })
    }

    fn deleted_query(&self, ask: &RollAsk) -> Result<Query> {
        let id = &self.pack().ledger(ask.ledger).id;
        if self.rights().reach(Action::Write, ask.ledger).is_empty() || !self.reads(ask.ledger) {
            return Err(Error::denied("restore", id));
        }
        if !ask.filters.is_empty() {
            let mend = "the list of what was taken away takes no filters".to_owned();
            return Err(Error::Invalid { what: "filter", value: id.clone(), mend });
        }
        let mut query = Query::of(self.county_code(), ask.ledger, self.today());
        query.areas.extend(ask.area.clone().filter(|area| area != self.county_code()));
        query.search = ask.words.as_deref().map(|words| line(words).into_owned());
        query.deleted = true;
        match ask.order {
            None => query.by_area = true,
            Some((field, descending)) => {
                self.may_ask(ask.ledger, field)?;
                query.order.push(Order { field, descending });
            }
        }
        Ok(self.reached(query, Action::Write))
    }
}
