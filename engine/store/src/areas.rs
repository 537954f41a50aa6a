//! Places by code, counties, and settings: what stands beside the ledgers, outside the journal.

use anju_record::Value;

use crate::error::{Error, Result};
use crate::sql::{Column, Statement};
use crate::store::Store;

/// An official or county-made place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Division {
    /// 2, 4, 6, 9, 12, 15 or 18 digits.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The place above it.
    pub parent: Option<String>,
}

impl Store {
    /// All places, in order of code.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn areas(&self) -> Result<Vec<Division>> {
        let statement = self.statement("SELECT code, name, parent FROM anju_area ORDER BY code", Vec::new());
        let mut divisions = Vec::new();
        let mut each = |row: Vec<Value>| {
            if let Ok([Value::Text(code), Value::Text(name), parent]) = <[Value; 3]>::try_from(row) {
                let parent = match parent {
                    Value::Text(parent) => Some(parent.into()),
                    _ => None,
                };
                divisions.push(Division { code: code.into(), name: name.into(), parent });
            }
        };
        self.rows(&statement, &[Column::Text; 3], &mut each).await?;
        Ok(divisions)
    }

    /// Adds places, or names them anew.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn put_areas(&self, divisions: &[Division]) -> Result<()> {
        const SQL: &str = "INSERT INTO anju_area (code, name, parent) VALUES (?, ?, ?) ON CONFLICT (code) DO UPDATE SET name = excluded.name, parent = excluded.parent";
        let text = |text: &str| Value::Text(text.into());
        let statements = divisions.iter().map(|place| {
            self.statement(
                SQL,
                vec![text(&place.code), text(&place.name), place.parent.as_deref().map_or(Value::Null, text)],
            )
        });
        self.write_all(statements.collect()).await
    }

    /// Counties that have a journal.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn counties(&self) -> Result<Vec<String>> {
        let rows = self
            .all_rows(&self.statement("SELECT county FROM anju_head ORDER BY county", Vec::new()), &[Column::Text])
            .await?;
        Ok(rows.into_iter().flatten().map(|value| anju_record::kind::plain(&value)).collect())
    }

    pub(crate) fn upsert_meta(&self, key: &str, value: &str) -> Statement {
        self.statement(
            "INSERT INTO anju_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            vec![Value::Text(key.into()), Value::Text(value.into())],
        )
    }

    /// A setting kept with the data; the keys `pack` and `key` are the store's own.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn meta(&self, key: &str) -> Result<Option<String>> {
        let statement = self.statement("SELECT value FROM anju_meta WHERE key = ?", vec![Value::Text(key.into())]);
        let rows = self.all_rows(&statement, &[Column::Text]).await?;
        Ok(rows.into_iter().flatten().next().map(|value| anju_record::kind::plain(&value)))
    }

    /// Keeps a setting with the data.
    ///
    /// # Errors
    /// If the key is the store's own or the database fails.
    pub async fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        if ["pack", crate::key_mark::KEY].contains(&key) {
            return Err(Error::Unsupported("the keys `pack` and `key` are the store's own".to_owned()));
        }
        self.write_all(vec![self.upsert_meta(key, value)]).await
    }
}
