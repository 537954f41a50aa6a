//! Which key a database is sealed with, as the database itself knows; and copies of the whole.

use std::path::Path;

use anju_record::Value;

use crate::error::{Error, Result};
use crate::sql::Column;
use crate::store::Store;

/// Meta key that names the newest encryption key used here.
pub(crate) const KEY: &str = "key";

impl Store {
    /// Whether no pack was ever applied.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn is_new(&self) -> Result<bool> {
        let rows = self.all_rows(&self.statement("SELECT count(*) FROM anju_pack", Vec::new()), &[Column::Int]).await?;
        Ok(rows.first().and_then(|row| row.first()) == Some(&Value::Int(0)))
    }

    /// The keys given must be those that the database is sealed with.
    pub(crate) async fn same_keys(&self) -> Result<()> {
        match self.meta(KEY).await? {
            Some(id) if !self.vault().meet(&id) => Err(Error::Keys(id)),
            _ => Ok(()),
        }
    }

    /// Notes that the vault's newest key writes from now on: every server beside this one looks for it before its next commit.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn note_key(&self) -> Result<()> {
        self.write_all(vec![self.upsert_meta(KEY, &self.vault().current())]).await
    }

    /// Copies the whole database into a new file, beside servers that write. Only for SQLite.
    ///
    /// # Errors
    /// If the file exists or cannot be written, or on PostgreSQL, which has `pg_dump`.
    pub async fn backup(&self, to: &Path) -> Result<()> {
        self.copy_into(to).await
    }
}
