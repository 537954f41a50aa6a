//! Settings and policies, kept with the data.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::events::NewEvent;
use crate::kept::{Cells, Table, must, text};
use crate::sql::Column::Text;
use crate::sql::Statement;
use crate::store::Store;

pub(crate) const SETTING: Table =
    Table { name: "anju_setting", cells: &[must("key", Text), must("value", Text)], key: &["key"] };

impl Store {
    /// All settings by key.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn settings(&self) -> Result<BTreeMap<String, String>> {
        let read = |cells: &mut Cells| Some((cells.text()?, cells.text()?));
        let statement = self.statement(&SETTING.select("ORDER BY key"), Vec::new());
        Ok(self.read_as(&statement, &SETTING.types(), read).await?.into_iter().collect())
    }

    pub(crate) fn setting_statement(&self, key: &str, value: &str) -> Statement {
        self.statement(&SETTING.upsert(), vec![text(key), text(value)])
    }

    /// Sets a setting. Secrets among them are sealed by the caller.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn put_setting(&self, key: &str, value: &str, events: Vec<NewEvent>) -> Result<()> {
        self.keep_all(vec![self.setting_statement(key, value), self.move_on()], events).await.map(|_| ())
    }
}
