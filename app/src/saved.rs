//! Lists that people keep: the columns they chose, and questions under a name, their own or shared with a place.

use anju_pack::{FieldIx, LedgerIx};
use anju_store::ListRow;

use crate::Actor;
use crate::accounts::grants::names_no_number;
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::refusal::RefusalCode;

/// Characters of a kept list's name.
const NAME: usize = 30;
/// Bytes of a kept question.
const QUERY: usize = 4_000;
/// Lists that one account keeps of one ledger.
const KEPT: usize = 50;

/// A question kept under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedList {
    /// What it is called.
    pub name: String,
    /// The question, as an address says it.
    pub query: String,
    /// The place whose people see it; `None` for one's own.
    pub area: Option<String>,
    /// Kept by whoever asks.
    pub own: bool,
}

/// What became of a list that was to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKept {
    /// It is kept.
    Kept,
    /// They keep it already, under this name and just so.
    Before,
    /// They keep another under this name, and did not say that it is to be replaced: nothing is kept.
    Taken,
}

impl Actor {
    /// The lists of a ledger that they kept or that are shared with a place of theirs, by name; and the columns they chose.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn saved_lists(&self, ledger: LedgerIx) -> Result<(Vec<SavedList>, Option<Vec<FieldIx>>)> {
        let Some(account) = self.who().account else { return Ok((Vec::new(), None)) };
        let definition = self.pack().ledger(ledger);
        let rows = self.store().lists(&definition.id, account).await.map_err(unavailable)?;
        let mut columns = None;
        let mut lists = Vec::new();
        for row in rows {
            let own = row.account == account;
            if row.name.is_empty() {
                if own {
                    columns = Some(row.query.split(',').filter_map(|id| definition.field_by_id(id)).collect());
                }
            } else if own || row.area.as_deref().is_some_and(|area| self.shares(area)) {
                lists.push(SavedList { name: row.name, query: row.query, area: row.area, own });
            }
        }
        Ok((lists, columns))
    }

    /// Whether a place's people are they: it lies within theirs, or theirs within it.
    fn shares(&self, area: &str) -> bool {
        self.rights().areas().iter().any(|own| area.starts_with(&**own) || own.starts_with(area))
    }

    /// Keeps a list under a name, for themselves or for the people of a place of theirs.
    ///
    /// # Errors
    /// `Refused` for a name or question that cannot be kept; `NotFound` for a place that is not theirs.
    pub async fn save_list(
        &self,
        ledger: LedgerIx,
        name: &str,
        query: &str,
        area: Option<&str>,
        replace: bool,
    ) -> Result<ListKept> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
            return Err(Error::refused(RefusalCode::ListName.with(&[&NAME.to_string()])));
        }
        names_no_number(name).map_err(Error::refused)?;
        if query.len() > QUERY {
            return Err(Error::refused(RefusalCode::ListLong));
        }
        if let Some(area) = area.filter(|area| !self.holds_place(area)) {
            return Err(Error::NotFound { what: "area", value: area.to_owned() });
        }
        let (lists, _) = self.saved_lists(ledger).await?;
        if lists.iter().filter(|list| list.own && list.name != name).count() >= KEPT {
            return Err(Error::refused(RefusalCode::ListMany.with(&[&KEPT.to_string()])));
        }
        let same = |list: &SavedList| list.query == query && list.area.as_deref() == area;
        match lists.iter().find(|list| list.own && list.name == name) {
            Some(list) if same(list) => return Ok(ListKept::Before),
            Some(_) if !replace => return Ok(ListKept::Taken),
            _ => {}
        }
        self.keep_list(ledger, name, query, area).await?;
        Ok(ListKept::Kept)
    }

    /// Keeps the columns they chose of a ledger's list, for good; none for those that everybody sees.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn choose_columns(&self, ledger: LedgerIx, fields: &[FieldIx]) -> Result<()> {
        let definition = self.pack().ledger(ledger);
        if fields.is_empty() {
            return self.drop_list(ledger, "").await;
        }
        let ids: Vec<&str> = fields
            .iter()
            .filter_map(|field| definition.fields.get(usize::from(field.0)))
            .map(|field| field.id.as_str())
            .collect();
        self.keep_list(ledger, "", &ids.join(","), None).await
    }

    /// Forgets a list of their own.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn drop_list(&self, ledger: LedgerIx, name: &str) -> Result<()> {
        let account = self.keeps_lists()?;
        self.store().drop_list(account, &self.pack().ledger(ledger).id, name).await.map_err(unavailable)
    }

    async fn keep_list(&self, ledger: LedgerIx, name: &str, query: &str, area: Option<&str>) -> Result<()> {
        let row = ListRow {
            account: self.keeps_lists()?,
            ledger: self.pack().ledger(ledger).id.clone(),
            name: name.to_owned(),
            area: area.map(str::to_owned),
            query: query.to_owned(),
            made_at: self.now(),
        };
        self.store().put_list(&row).await.map_err(unavailable)
    }

    /// The account whose lists they are. Whoever looks through another's eyes has not their hands.
    fn keeps_lists(&self) -> Result<uuid::Uuid> {
        let own = self.who().account.filter(|_| self.who().origin != "view");
        own.ok_or_else(|| Error::denied("write", &self.who().login))
    }
}
