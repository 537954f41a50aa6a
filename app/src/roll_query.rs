//! A list as an address says it: the same words for the page, for a file of it, and for a change of all that it found.
//!
//! `q` words, `whose=1` to look for them in what the records belong to as well, `area`, `page`, `size`, `order=FIELD` or `order=-FIELD`, `deleted=1`,
//! `stands=yes` for what has not ended and `stands=no` for what has; and for a field `f`: `is.f=CODE` (again and again; `-` for missing), `from.f`
//! and `to.f` for days and numbers, `has.f` for a text or for the name of a record referred to.

use std::collections::BTreeMap;

use anju_pack::{FieldIx, Kind, LedgerIx};
use anju_record::{Code, Fault, Lang, Problem, Value, kind, line};
use anju_roll::Filter;

use crate::error::{Error, Result};
use crate::{Actor, RollAsk, Whose};

/// Sizes of a page.
pub const SIZES: [u32; 3] = [50, 100, 200];
/// Stands for "missing" among the choices of a field.
pub const MISSING: &str = "-";
/// Asks for records whose last day is still to come, or that have none.
pub const STANDS: &str = "yes";
/// Asks for records whose last day has come.
pub const ENDED: &str = "no";
/// Records whose name fits that a filter by reference takes into account.
const NAMED: usize = 5_000;

/// What an address says of one field.
#[derive(Debug, Clone, Default)]
struct Asked<'a> {
    is: Vec<&'a str>,
    from: Option<&'a str>,
    to: Option<&'a str>,
    has: Option<&'a str>,
}

/// Whether a day or a number comes before another.
const fn is_before(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Date(one), Value::Date(other)) => *one < *other,
        (Value::Int(one), Value::Int(other)) => *one < *other,
        _ => false,
    }
}

fn invalid(value: &str, mend: impl Into<String>) -> Error {
    Error::Invalid { what: "filter", value: value.to_owned(), mend: mend.into() }
}

impl Actor {
    /// The question that an address asks of a ledger's list. Empty values count as left out.
    ///
    /// # Errors
    /// `Invalid` for a field that is none, or a value that cannot be read; `Denied` for a field that is kept from them.
    pub async fn roll_ask(&self, ledger: LedgerIx, query: &[(String, String)]) -> Result<RollAsk> {
        let (ask, faults) = self.roll_read(ledger, query).await?;
        faults.first().map_or(Ok(ask), |fault| Err(invalid(&fault.value, fault.message(Lang::En))))
    }

    /// The same without the values of filters that cannot be read, and without an end before its beginning: these are faults at their keys, as
    /// `from.born_on`.
    ///
    /// # Errors
    /// `Invalid` for a field that is none; `Denied` for a field that is kept from them.
    pub async fn roll_read(&self, ledger: LedgerIx, query: &[(String, String)]) -> Result<(RollAsk, Vec<Fault>)> {
        let filled =
            || query.iter().map(|(key, value)| (key.as_str(), value.trim())).filter(|(_, value)| !value.is_empty());
        let value = |name: &str| filled().find(|(key, _)| *key == name).map(|(_, value)| value);
        let scope = self.scope(value("area"), None)?;
        let mut ask = RollAsk {
            area: (scope.area != self.county_code()).then_some(scope.area),
            words: value("q").map(str::to_owned),
            named: !self.named_after(ledger).is_empty(),
            whose: if value("whose").is_some() { Whose::Also } else { Whose::Else },
            page: value("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, 1_000_000_000),
            size: value("size")
                .and_then(|size| size.parse().ok())
                .filter(|size| SIZES.contains(size))
                .unwrap_or(SIZES[0]),
            deleted: value("deleted").is_some(),
            ..RollAsk::of(ledger)
        };
        if let Some(order) = value("order") {
            let (id, descending) = order.strip_prefix('-').map_or((order, false), |id| (id, true));
            ask.order = Some((self.roll_field(ledger, id)?, descending));
        }
        if let Some(word) = value("stands") {
            ask.filters.push(self.by_end(ledger, word)?);
        }
        let mut asked: BTreeMap<FieldIx, Asked<'_>> = BTreeMap::new();
        for (key, value) in filled() {
            let Some((how, id)) = key.split_once('.') else { continue };
            if !matches!(how, "is" | "from" | "to" | "has") {
                continue;
            }
            let of = asked.entry(self.roll_field(ledger, id)?).or_default();
            match how {
                "is" => of.is.push(value),
                "from" => of.from = Some(value),
                "to" => of.to = Some(value),
                _ => of.has = Some(value),
            }
        }
        let mut faults = Vec::new();
        for (field, asked) in asked {
            self.filter_of(&mut ask, field, &asked, &mut faults).await?;
        }
        Ok((ask, faults))
    }

    /// The field of the last day of a ledger's records, if they have one that they may ask about.
    pub fn end_of(&self, ledger: LedgerIx) -> Option<FieldIx> {
        let end = self.pack().ledger(ledger).period?.end;
        end.filter(|end| self.may_ask(ledger, *end).is_ok())
    }

    fn by_end(&self, ledger: LedgerIx, word: &str) -> Result<Filter> {
        let end = self
            .end_of(ledger)
            .ok_or_else(|| invalid(word, "records of this ledger have no last day; leave it out"))?;
        match word {
            STANDS => Ok(Filter::NotBefore(end, Value::Date(self.today().saturating_add(1)))),
            ENDED => Ok(Filter::Between(end, None, Some(Value::Date(self.today())))),
            _ => Err(invalid(word, format!("write {STANDS} or {ENDED}"))),
        }
    }

    fn roll_field(&self, ledger: LedgerIx, id: &str) -> Result<FieldIx> {
        let definition = self.pack().ledger(ledger);
        let known = || definition.fields.iter().map(|field| field.id.as_str());
        let field = definition.field_by_id(id).ok_or_else(|| Error::unknown("field", id, known()))?;
        self.may_ask(ledger, field)?;
        Ok(field)
    }

    async fn filter_of(
        &self,
        ask: &mut RollAsk,
        field: FieldIx,
        asked: &Asked<'_>,
        faults: &mut Vec<Fault>,
    ) -> Result<()> {
        let definition = self.pack().ledger(ask.ledger).field(field);
        let kind = &definition.kind;
        let mut parsed = |how: &str, text: &str| {
            let wrong = |problem: Problem| problem.at(format!("{how}.{}", definition.id), &definition.title);
            kind::parse(self.pack(), kind, text).map_err(|problem| faults.push(wrong(problem))).ok()
        };
        let is = asked.is.iter();
        let is = is.filter_map(|text| if *text == MISSING { Some(Value::Null) } else { parsed("is", text) });
        let is: Vec<Value> = is.collect();
        if !is.is_empty() {
            ask.filters.push(Filter::OneOf(field, is));
        }
        let from = asked.from.and_then(|text| parsed("from", text));
        let mut to = asked.to.and_then(|text| parsed("to", text));
        if let (Some(first), Some(last)) = (&from, &to)
            && is_before(last, first)
        {
            let code = if matches!(last, Value::Date(_)) { Code::TooEarly } else { Code::BelowMinimum };
            let (last, first) = (asked.to.unwrap_or_default(), asked.from.unwrap_or_default().to_owned());
            faults.push(Problem::new(code, last, [first]).at(format!("to.{}", definition.id), &definition.title));
            to = None;
        }
        if from.is_some() || to.is_some() {
            ask.filters.push(Filter::Between(field, from, to));
        }
        if let Some(text) = asked.has {
            let filter = match kind {
                Kind::Ref { to } => Filter::OneOf(field, self.roll_named(*to, text).await?),
                _ => Filter::Contains(field, line(text).into_owned()),
            };
            ask.filters.push(filter);
        }
        Ok(())
    }

    /// Records of a ledger that somebody finds by words or by its name, to be referred to.
    async fn roll_named(&self, ledger: LedgerIx, words: &str) -> Result<Vec<Value>> {
        let ids = self.called(ledger, words, Vec::new()).await?;
        if ids.len() > NAMED {
            return Err(invalid(words, format!("more than {NAMED} records are called so; write more of the name")));
        }
        Ok(ids.into_iter().map(Value::Id).collect())
    }
}
