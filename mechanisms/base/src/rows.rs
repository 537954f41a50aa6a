//! Records of a ledger, read by the ids of its fields: what the parts of pages are made from.
//!
//! A ledger or field that the pack in force does not have reads as nothing; a page then shows its empty state.

use std::collections::HashMap;

use anju_app::{Actor, Error};
use anju_pack::{Comparison, FieldIx, Kind, Ledger, LedgerIx, Literal, Operand, Place, Predicate};
use anju_record::{Record, Value, kind};
use anju_store::{Order, Query};
use anju_ui::{Lang, View, text};
use uuid::Uuid;

/// More records than any part of a page shows; beyond it the ledger's own page is the place.
const MOST: u64 = 2_000;

/// Which records.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// Of a place and all below it.
    In(&'a str),
    /// Whose field refers to this record.
    Of(&'a str, Uuid),
    /// Whose field refers to one of these records.
    OfAny(&'a str, &'a [Uuid]),
    /// These.
    These(&'a [Uuid]),
}

/// As they stood when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Holding on the day.
    Current(i32),
    /// Begun by the day, the latest first, at most so many.
    Latest(i32, u64),
    /// Begun between two days, the latest first.
    Between(i32, i32),
    /// Any.
    Always,
}

/// Records of one ledger.
pub struct Rows<'a> {
    actor: &'a Actor,
    ledger: Option<LedgerIx>,
    records: Vec<Record>,
}

/// One of them.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    actor: &'a Actor,
    ledger: LedgerIx,
    /// The record.
    pub record: &'a Record,
}

static NOTHING: Value = Value::Null;

impl<'a> Rows<'a> {
    /// Reads them; one statement, or none where there is nothing to ask.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn read(actor: &'a Actor, ledger: &str, which: Which<'_>, when: When) -> Result<Self, Error> {
        let ledger = actor.pack().ledger_by_id(ledger);
        let query = ledger.and_then(|ledger| query(actor, ledger, which, when));
        let records = match &query {
            Some(query) => actor.select(query).await?,
            None => Vec::new(),
        };
        Ok(Self { actor, ledger, records })
    }

    /// In the order read.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Entry<'_>> + ExactSizeIterator {
        let ledger = self.ledger.unwrap_or(LedgerIx(0));
        self.records.iter().map(move |record| Entry { actor: self.actor, ledger, record })
    }

    /// The first read.
    pub fn first(&self) -> Option<Entry<'_>> {
        self.iter().next()
    }

    /// How many were read.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The records themselves.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The ledger, if the pack has it.
    pub fn ledger(&self) -> Option<LedgerIx> {
        self.ledger
    }

    /// Whose they are.
    pub fn ids(&self) -> Vec<Uuid> {
        self.records.iter().map(|record| record.id).collect()
    }

    /// The different records that a field refers to.
    pub fn referred(&self, field: &str) -> Vec<Uuid> {
        let mut ids: Vec<_> = self.iter().filter_map(|entry| entry.id(field)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The record of that id, if it was read.
    pub fn find(&self, id: Uuid) -> Option<Entry<'_>> {
        self.iter().find(|entry| entry.record.id == id)
    }
}

fn query(actor: &Actor, ledger: LedgerIx, which: Which<'_>, when: When) -> Option<Query> {
    let definition = actor.pack().ledger(ledger);
    let mut query = Query::of(actor.county_code(), ledger, actor.today());
    match which {
        Which::In(area) => query.areas.push(area.to_owned()),
        Which::Of(field, id) => query.equals.push((definition.field_by_id(field)?, Value::Id(id))),
        Which::OfAny(_, []) | Which::These([]) => return None,
        Which::OfAny(field, ids) => query.refers = Some((definition.field_by_id(field)?, ids.to_vec())),
        Which::These(ids) => query.ids = Some(ids.to_vec()),
    }
    query.limit = Some(MOST);
    if let Some(period) = definition.period {
        query.order.push(Order { field: period.start, descending: true });
    }
    match when {
        When::Always => {}
        When::Current(on) => query.filter = current(definition, on),
        When::Latest(on, most) => {
            query.filter = definition.period.map(|period| compare(period.start, Comparison::Le, on));
            query.limit = Some(most);
        }
        When::Between(from, to) => {
            let within =
                |start| Predicate::And(vec![compare(start, Comparison::Ge, from), compare(start, Comparison::Le, to)]);
            query.filter = definition.period.map(|period| within(period.start));
        }
    }
    Some(query)
}

/// That a record of the ledger holds on the day; `None` for a ledger without a period, whose records always do.
pub fn current(ledger: &Ledger, on: i32) -> Option<Predicate> {
    let period = ledger.period?;
    let begun = compare(period.start, Comparison::Le, on);
    let Some(end) = period.end else { return Some(begun) };
    let open = Predicate::IsNull(Place { path: Vec::new(), field: end });
    Some(Predicate::And(vec![begun, Predicate::Or(vec![open, compare(end, Comparison::Ge, on)])]))
}

fn compare(field: FieldIx, comparison: Comparison, day: i32) -> Predicate {
    let place = Place { path: Vec::new(), field };
    Predicate::Compare(Operand::Field(place), comparison, Operand::Literal(Literal::Date(day)))
}

impl<'a> Entry<'a> {
    pub(crate) fn definition(&self) -> &'a Ledger {
        self.actor.pack().ledger(self.ledger)
    }

    /// A record of a ledger, as an entry.
    pub fn of(actor: &'a Actor, ledger: LedgerIx, record: &'a Record) -> Self {
        Self { actor, ledger, record }
    }

    /// A field's value; null where there is no such field.
    pub fn value(&self, field: &str) -> &'a Value {
        let at = self.definition().field_by_id(field);
        at.and_then(|at| self.record.values.get(usize::from(at.0))).unwrap_or(&NOTHING)
    }

    /// A text, code or place; empty when not filled.
    pub fn text(&self, field: &str) -> &'a str {
        match self.value(field) {
            Value::Text(text) => text,
            _ => "",
        }
    }

    /// A number; decimals scaled, money in fen.
    pub fn number(&self, field: &str) -> Option<i64> {
        match self.value(field) {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// A day.
    pub fn day(&self, field: &str) -> Option<i32> {
        match self.value(field) {
            Value::Date(day) => Some(*day),
            _ => None,
        }
    }

    /// The record a field refers to.
    pub fn id(&self, field: &str) -> Option<Uuid> {
        match self.value(field) {
            Value::Id(id) => Some(*id),
            _ => None,
        }
    }

    /// A bool field is true.
    pub fn holds(&self, field: &str) -> bool {
        *self.value(field) == Value::Bool(true)
    }

    /// A value as people read it; empty when it is not filled or is protected.
    pub fn words(&self, field: &str, lang: Lang) -> String {
        let definition = self.definition();
        let Some(at) = definition.field_by_id(field) else { return String::new() };
        let field = definition.field(at);
        match (&field.kind, self.record.values.get(usize::from(at.0))) {
            (_, None | Some(Value::Null)) => String::new(),
            _ if field.sensitive.is_some() => String::new(),
            (Kind::Area { .. }, Some(Value::Text(code))) => {
                self.actor.areas().path_name(code, anju_pack::AreaLevel::Town)
            }
            (kind, Some(value)) => kind::format(self.actor.pack(), kind, value, record_lang(lang)),
        }
    }

    /// Its own page.
    pub fn href(&self, view: &View) -> String {
        record_href(self.actor, view, self.ledger, self.record.id)
    }
}

/// The language of the record crate's words.
pub fn record_lang(lang: Lang) -> anju_record::Lang {
    match lang {
        Lang::Zh => anju_record::Lang::Zh,
        Lang::En => anju_record::Lang::En,
    }
}

/// A record's own page.
pub fn record_href(actor: &Actor, view: &View, ledger: LedgerIx, id: Uuid) -> String {
    match actor.pack().ledger(ledger).id.as_str() {
        "household" => view.link(&format!("/households/{id}")),
        other => view.link(&format!("/records/{other}/{id}")),
    }
}

/// A ledger's own page, of the place that the view is about.
pub fn ledger_href(view: &View, ledger: &str) -> String {
    view.link(&format!("/ledgers/{ledger}"))
}

/// What records of a ledger are called; nothing for a ledger that the pack does not have.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn names(actor: &Actor, ledger: &str, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, Error> {
    match actor.pack().ledger_by_id(ledger) {
        Some(ledger) if !ids.is_empty() => actor.labels(ledger, ids).await,
        _ => Ok(HashMap::new()),
    }
}

/// A record's name among those read; empty where there is none.
pub fn name_of(names: &HashMap<Uuid, String>, id: Option<Uuid>) -> &str {
    id.and_then(|id| names.get(&id)).map_or("", String::as_str)
}

/// The name of a code; the code itself where its list does not have it.
pub fn code_name(actor: &Actor, list: &str, code: &str, lang: Lang) -> String {
    let list = actor.pack().index.codes.get(list).map(|ix| actor.pack().code_list(*ix));
    let value = list.and_then(|list| Some(&list.values[list.position(code)?]));
    value.map_or_else(|| code.to_owned(), |value| text(lang, &value.title).to_owned())
}

/// The codes of a list with their names, in its order.
pub fn codes<'a>(actor: &'a Actor, list: &str, lang: Lang) -> Vec<(&'a str, &'a str)> {
    let list = actor.pack().index.codes.get(list).map(|ix| actor.pack().code_list(*ix));
    list.map(|list| list.values.iter().map(|value| (value.code.as_str(), text(lang, &value.title))).collect())
        .unwrap_or_default()
}

/// A number that the county set; `None` where the pack has no such parameter.
pub fn parameter(actor: &Actor, id: &str) -> Option<i64> {
    let ix = actor.pack().index.parameters.get(id)?;
    actor.pack().parameters.get(usize::from(ix.0)).map(|parameter| parameter.value)
}
