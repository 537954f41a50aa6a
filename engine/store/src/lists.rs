//! How accounts look at lists: the columns they chose, and the questions they keep under a name. No record of the county is in them.

use anju_record::Value;
use uuid::Uuid;

use crate::error::Result;
use crate::kept::{Cells, Table, may, may_text, must, text};
use crate::sql::Column::{Id, Int, Text};
use crate::store::Store;

/// A kept question about a ledger's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// Whose.
    pub account: Uuid,
    /// Id of the ledger.
    pub ledger: String,
    /// What it is called; empty for the columns the account always sees.
    pub name: String,
    /// The place whose people see it too.
    pub area: Option<String>,
    /// The question, as an address says it.
    pub query: String,
    /// Since when, in ms.
    pub made_at: i64,
}

pub(crate) const LIST: Table = Table {
    name: "anju_list",
    cells: &[
        must("account", Id),
        must("ledger", Text),
        must("name", Text),
        may("area", Text),
        must("query", Text),
        must("made_at", Int),
    ],
    key: &["account", "ledger", "name"],
};

impl ListRow {
    fn values(&self) -> Vec<Value> {
        vec![
            Value::Id(self.account),
            text(&self.ledger),
            text(&self.name),
            may_text(self.area.as_deref()),
            text(&self.query),
            Value::Int(self.made_at),
        ]
    }

    fn read(cells: &mut Cells) -> Option<Self> {
        Some(Self {
            account: cells.id()?,
            ledger: cells.text()?,
            name: cells.text()?,
            area: cells.may_text(),
            query: cells.text()?,
            made_at: cells.int()?,
        })
    }
}

impl Store {
    /// An account's own kept lists of a ledger and those shared by others, by name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn lists(&self, ledger: &str, account: Uuid) -> Result<Vec<ListRow>> {
        let sql = LIST.select("WHERE ledger = ? AND (account = ? OR area IS NOT NULL) ORDER BY name, made_at");
        let statement = self.statement(&sql, vec![text(ledger), Value::Id(account)]);
        self.read_as(&statement, &LIST.types(), ListRow::read).await
    }

    /// Keeps a list; one of the same name gives way.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn put_list(&self, row: &ListRow) -> Result<()> {
        self.write_all(vec![self.statement(&LIST.upsert(), row.values())]).await
    }

    /// Forgets a list of an account.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn drop_list(&self, account: Uuid, ledger: &str, name: &str) -> Result<()> {
        let sql = format!("DELETE FROM {} WHERE account = ? AND ledger = ? AND name = ?", LIST.name);
        self.write_all(vec![self.statement(&sql, vec![Value::Id(account), text(ledger), text(name)])]).await
    }
}
