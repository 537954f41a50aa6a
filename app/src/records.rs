//! Records as pages show them: named, with their fields in words, and with what belongs to them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anju_access::{Action, Reach};
use anju_pack::{Field, FieldIx, Kind, LabelPart, LedgerIx, Text};
use anju_record::{Lang, Record, Value, kind};
use anju_store::{Query, Receipt, called};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::{Actor, App, Scope};

/// A record with its name.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its ledger.
    pub ledger: LedgerIx,
    /// What it is called.
    pub name: String,
    /// The record.
    pub record: Record,
}

/// A record's name and place.
#[derive(Debug, Clone)]
pub struct Labelled {
    /// The record.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// Code of its place.
    pub area: String,
}

/// A field in words.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The field.
    pub field: FieldIx,
    /// Its name.
    pub title: Text,
    /// Its value as people read it; `None` when it is not filled. Sensitive values are masked.
    pub value: Option<String>,
    /// Kept from the reader altogether: to them the record has no such field.
    pub hidden: bool,
    /// The record it refers to.
    pub link: Option<(LedgerIx, Uuid)>,
}

/// Records of one ledger that refer to a record.
#[derive(Debug, Clone)]
pub struct Related {
    /// The ledger.
    pub ledger: LedgerIx,
    /// The field that refers.
    pub field: FieldIx,
    /// The first of them, the latest first.
    pub records: Vec<Record>,
    /// How many there are.
    pub total: u64,
}

/// A page of a ledger.
#[derive(Debug, Clone)]
pub struct Found {
    /// The records of the page.
    pub records: Vec<Record>,
    /// How many there are in all.
    pub total: u64,
}

impl App {
    /// The ledger of that id.
    ///
    /// # Errors
    /// `Invalid` that names the nearest id.
    pub fn ledger(&self, id: &str) -> Result<LedgerIx> {
        let known = || self.pack().ledgers.iter().map(|ledger| ledger.id.as_str());
        self.pack().ledger_by_id(id).ok_or_else(|| Error::unknown("ledger", id, known()))
    }

    /// Ledgers whose records are places: their own area is theirs alone.
    pub fn place_ledgers(&self) -> Vec<(LedgerIx, FieldIx)> {
        (self.pack().ledger_ixs())
            .filter_map(|ix| {
                let ledger = self.pack().ledger(ix);
                let area = ledger.area?;
                let alone = ledger.unique.iter().any(|unique| unique.fields == [area] && unique.predicate.is_none());
                alone.then_some((ix, area))
            })
            .collect()
    }
}

impl Actor {
    /// One record.
    ///
    /// # Errors
    /// `NotFound` when there is none that the actor sees, or its id is no id.
    pub async fn record(&self, ledger: LedgerIx, id: &str) -> Result<Stored> {
        let missing = || Error::NotFound { what: "record", value: id.to_owned() };
        let id: Uuid = id.parse().map_err(|_| missing())?;
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.ids = Some(vec![id]);
        let record = self.select(&query).await?.pop().ok_or_else(missing)?;
        let name = self.labels(ledger, &[id]).await?.remove(&id).unwrap_or_default();
        Ok(Stored { ledger, name, record })
    }

    /// The record that a place code belongs to, for places that a ledger adds below the official ones.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn place_record(&self, code: &str) -> Result<Option<Stored>> {
        for (ledger, field) in self.place_ledgers() {
            let Kind::Area { level } = self.pack().ledger(ledger).field(field).kind else { continue };
            if level.digits() != code.len() {
                continue;
            }
            let mut query = Query::of(self.county_code(), ledger, self.today());
            query.equals.push((field, Value::Text(code.into())));
            query.limit = Some(1);
            if let Some(record) = self.select(&query).await?.pop() {
                let name = self.labels(ledger, &[record.id]).await?.remove(&record.id).unwrap_or_default();
                return Ok(Some(Stored { ledger, name, record }));
            }
        }
        Ok(None)
    }

    /// Records as asked that the actor sees, as they may see them: what is hidden is empty, what is sensitive is masked.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn select(&self, query: &Query) -> Result<Vec<Record>> {
        let query = self.reached(query.clone(), Action::Read);
        if query.reach.as_ref().is_some_and(Reach::is_empty) {
            return Ok(Vec::new());
        }
        let records = self.store().select(self.pack(), &query).await.map_err(unavailable)?;
        Ok(records.into_iter().map(|record| self.veiled(query.ledger, record)).collect())
    }

    /// How many records there are, as asked, that the actor sees.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn number(&self, query: &Query) -> Result<u64> {
        let query = self.reached(query.clone(), Action::Read);
        if query.reach.as_ref().is_some_and(Reach::is_empty) {
            return Ok(0);
        }
        self.store().count(self.pack(), &query).await.map_err(unavailable)
    }

    /// The question narrowed to what the actor may do something with. What they may not see, hidden or masked for good, is not looked for in:
    /// a search would tell it digit by digit.
    pub(crate) fn reached(&self, mut query: Query, action: Action) -> Query {
        // What was taken away is shown to those who may bring it back.
        let action = if query.deleted { Action::Write } else { action };
        let reach = self.rights().reach(action, query.ledger);
        query.reach = (!reach.is_whole(self.county_code())).then(|| reach.clone());
        if query.search.is_some() {
            query.unsearched = self.unsearched(query.ledger);
        }
        query
    }

    pub(crate) fn unsearched(&self, ledger: LedgerIx) -> Vec<FieldIx> {
        let rights = self.rights();
        let mut fields = rights.hidden_anywhere(ledger);
        for (at, field) in (0_u16..).zip(&self.pack().ledger(ledger).fields) {
            let field_ix = FieldIx(at);
            let revealed = || rights.areas().iter().any(|area| rights.may_reveal(ledger, field_ix, area));
            if field.sensitive.is_some() && !fields.contains(&field_ix) && !revealed() {
                fields.push(field_ix);
            }
        }
        fields
    }

    /// A page of a ledger in a place, by what is searched.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn find(
        &self,
        ledger: LedgerIx,
        scope: &Scope,
        search: Option<&str>,
        offset: u64,
        limit: u64,
    ) -> Result<Found> {
        let mut query = Query::of(self.county_code(), ledger, scope.on);
        if scope.area != self.county_code() {
            query.areas.push(scope.area.clone());
        }
        query.search = search.map(str::to_owned);
        let total = self.number(&query).await?;
        query.offset = offset;
        query.limit = Some(limit);
        let records = if limit == 0 { Vec::new() } else { self.select(&query).await? };
        Ok(Found { records, total })
    }

    /// How many records each ledger has in a place, in the order of the pack.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn ledger_sizes(&self, scope: &Scope) -> Result<Arc<[u64]>> {
        let whole = |ix| self.rights().covers(ix, &scope.area);
        let known = self.county().sizes(&scope.area);
        let seq = self.county().seq();
        let mut counts = Vec::with_capacity(self.pack().ledgers.len());
        for ix in self.pack().ledger_ixs() {
            let known = known.as_ref().filter(|_| whole(ix)).and_then(|known| known.get(usize::from(ix.0)));
            counts.push(match known {
                Some(size) => *size,
                None => self.find(ix, scope, None, 0, 0).await?.total,
            });
        }
        let counts: Arc<[u64]> = counts.into();
        if known.is_none() && self.pack().ledger_ixs().all(whole) {
            self.county().keep_sizes(seq, &scope.area, Arc::clone(&counts));
        }
        Ok(counts)
    }

    /// What refers to a record, ledger by ledger in the order of the pack.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn related(&self, ledger: LedgerIx, id: Uuid, limit: u64) -> Result<Vec<Related>> {
        let mut all = Vec::new();
        for other in self.pack().ledger_ixs() {
            let fields = self.pack().ledger(other).fields.iter().enumerate();
            let refers = fields.filter(|(_, field)| field.kind == Kind::Ref { to: ledger });
            for at in refers.filter_map(|(at, _)| u16::try_from(at).ok()) {
                let related = self.referring(other, FieldIx(at), id, limit).await?;
                if related.total > 0 {
                    all.push(related);
                }
            }
        }
        Ok(all)
    }

    /// The records of a ledger that refer to one record by a field, the latest first.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn referring(&self, ledger: LedgerIx, field: FieldIx, id: Uuid, limit: u64) -> Result<Related> {
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.equals.push((field, Value::Id(id)));
        if let Some(period) = self.pack().ledger(ledger).period {
            query.order.push(anju_store::Order { field: period.start, descending: true });
        }
        query.limit = Some(limit);
        let records = self.select(&query).await?;
        query.order.clear();
        query.limit = None;
        let total = if (records.len() as u64) < limit { records.len() as u64 } else { self.number(&query).await? };
        Ok(Related { ledger, field, records, total })
    }

    /// What records are called. The ids come from records that the actor sees: a name is part of what refers to it.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn labels(&self, ledger: LedgerIx, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
        self.store()
            .labels(self.pack(), self.county_code(), ledger, ids, self.lang(), self.today())
            .await
            .map_err(unavailable)
    }

    /// What records in hand are called. The database is asked where more than their own fields names them, or where the actor sees less of these.
    pub(crate) async fn labels_of(&self, ledger: LedgerIx, records: &[Record]) -> Result<HashMap<Uuid, String>> {
        let definition = self.pack().ledger(ledger);
        let hidden = self.rights().hidden_anywhere(ledger);
        let is_own = |part: &LabelPart| match part {
            LabelPart::Field(ix) => {
                let field = definition.field(*ix);
                !hidden.contains(ix) && field.sensitive.is_none() && !matches!(field.kind, Kind::Ref { .. })
            }
            LabelPart::Owned { .. } => false,
        };
        if !definition.label.iter().all(is_own) {
            let ids: Vec<Uuid> = records.iter().map(|record| record.id).collect();
            return self.labels(ledger, &ids).await;
        }
        let name = |record: &Record| {
            let value = |field: FieldIx| record.values.get(usize::from(field.0));
            called(record.id, kind::own_name_in(self.pack(), ledger, self.lang(), value))
        };
        Ok(records.iter().map(|record| (record.id, name(record))).collect())
    }

    /// Names and places of records that figures or requirements speak of, in the order given.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn labelled(&self, ledger: LedgerIx, ids: &[Uuid]) -> Result<Vec<Labelled>> {
        let mut names = self.labels(ledger, ids).await?;
        let areas = self.county().with_shard(|shard| {
            let places = shard.area_runs(ledger);
            let code = |id: &Uuid| shard.row_of(ledger, *id).map(|row| places.code(row).to_owned());
            ids.iter().map(|id| code(id).unwrap_or_default()).collect::<Vec<_>>()
        });
        Ok((ids.iter().zip(areas))
            .map(|(id, area)| Labelled { id: *id, area, name: names.remove(id).unwrap_or_default() })
            .collect())
    }

    /// Records' fields in words, for a table or a file. Refs show the other record's name.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn shown(&self, ledger: LedgerIx, records: &[Record], lang: Lang) -> Result<Vec<Vec<Shown>>> {
        let fields: Vec<FieldIx> =
            (0_u16..).map(FieldIx).zip(&self.pack().ledger(ledger).fields).map(|(ix, _)| ix).collect();
        let names = self.names_beside(ledger, records, &fields).await?;
        Ok(records.iter().map(|record| self.row_in_words(ledger, record, lang, &names)).collect())
    }

    /// Some fields of records in words, in the order asked for: for a file of many rows.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn words(
        &self,
        ledger: LedgerIx,
        records: &[Record],
        fields: &[FieldIx],
        lang: Lang,
    ) -> Result<Vec<Vec<Option<String>>>> {
        let definition = self.pack().ledger(ledger);
        let names = self.names_beside(ledger, records, fields).await?;
        let word = |record: &Record, ix: &FieldIx| {
            let value = record.values.get(usize::from(ix.0))?;
            self.in_words(definition.field(*ix), value, lang, &names)
        };
        Ok(records.iter().map(|record| fields.iter().map(|ix| word(record, ix)).collect()).collect())
    }

    /// What the records that these refer to are called.
    async fn names_beside(
        &self,
        ledger: LedgerIx,
        records: &[Record],
        fields: &[FieldIx],
    ) -> Result<HashMap<Uuid, String>> {
        let mut wanted: BTreeMap<LedgerIx, Vec<Uuid>> = BTreeMap::new();
        for ix in fields {
            let Kind::Ref { to } = self.pack().ledger(ledger).field(*ix).kind else { continue };
            let ids = records.iter().filter_map(|record| match record.values.get(usize::from(ix.0)) {
                Some(Value::Id(id)) => Some(*id),
                _ => None,
            });
            wanted.entry(to).or_default().extend(ids);
        }
        let mut names = HashMap::new();
        for (to, mut ids) in wanted {
            ids.sort_unstable();
            ids.dedup();
            if !ids.is_empty() {
                names.extend(self.labels(to, &ids).await?);
            }
        }
        Ok(names)
    }

    fn in_words(&self, field: &Field, value: &Value, lang: Lang, names: &HashMap<Uuid, String>) -> Option<String> {
        match (&field.kind, value) {
            (_, Value::Null) => None,
            (_, Value::Text(masked)) if field.sensitive.is_some() => Some(masked.to_string()),
            (Kind::Ref { .. }, Value::Id(id)) => Some(names.get(id).cloned().unwrap_or_else(|| id.to_string())),
            (Kind::Area { .. }, Value::Text(code)) => Some(self.areas().path_name(code, anju_pack::AreaLevel::Town)),
            (kind, value) => Some(kind::format(self.pack(), kind, value, lang)),
        }
    }

    fn row_in_words(&self, ledger: LedgerIx, record: &Record, lang: Lang, names: &HashMap<Uuid, String>) -> Vec<Shown> {
        let hidden = self.rights().hidden(ledger, &record.area);
        (self.pack().ledger(ledger).fields.iter().zip(&record.values).enumerate())
            .filter_map(|(at, (field, value))| {
                let words = self.in_words(field, value, lang, names);
                let link = match (&field.kind, value) {
                    (Kind::Ref { to }, Value::Id(id)) if self.reads(*to) => Some((*to, *id)),
                    _ => None,
                };
                let field_ix = FieldIx(u16::try_from(at).ok()?);
                let hidden = hidden.contains(&field_ix);
                Some(Shown { field: field_ix, title: field.title.clone(), value: words, hidden, link })
            })
            .collect()
    }
}

impl App {
    /// Writes a batch without asking who; every figure has it before this returns.
    ///
    /// # Errors
    /// What the store refuses, with every fault.
    pub(crate) async fn commit(&self, batch: anju_store::Batch) -> Result<Receipt, anju_store::CommitError> {
        let receipt = self.store().commit(&self.pack, batch).await?;
        self.follow(&receipt).await;
        Ok(receipt)
    }
}

/// Enough to recognise a value by, not enough to use it: `99****19560203****`, `100****1234`.
pub(crate) fn mask(kind: &Kind, value: &str) -> String {
    let chars: Vec<char> = value.chars().collect();
    let keep =
        |from: usize, to: usize| chars.get(from..to).map(|part| part.iter().collect::<String>()).unwrap_or_default();
    match kind {
        Kind::IdNumber if chars.len() == 18 => format!("{}****{}****", keep(0, 2), keep(6, 14)),
        Kind::Phone if chars.len() >= 7 => format!("{}****{}", keep(0, 3), keep(chars.len() - 4, chars.len())),
        _ => "****".to_owned(),
    }
}

/// The database's own words, for the log and the operator.
pub(crate) fn unavailable(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_value_cannot_be_used() {
        assert_eq!(mask(&Kind::IdNumber, "990000195602031234"), "99****19560203****");
        assert_eq!(mask(&Kind::Phone, "10012345678"), "100****5678");
        assert_eq!(mask(&Kind::Text { max: 20 }, "残疾证 3 级"), "****");
        assert_eq!(mask(&Kind::IdNumber, "99"), "****");
    }
}
