//! Files that records name: sealed like a sensitive field, never changed.

use anju_record::Value;
use uuid::Uuid;

use crate::error::Result;
use crate::kept::{Cells, Table, must, text};
use crate::sql::Column::{Id, Int, Text};
use crate::store::Store;

pub(crate) const FILE: Table = Table {
    name: "anju_file",
    cells: &[
        must("id", Id),
        must("county", Text),
        must("at", Int),
        must("maker", Text),
        must("mime", Text),
        must("body", Text),
    ],
    key: &["id"],
};

/// A stored file, its content as text (base64).
#[derive(Clone, PartialEq, Eq)]
pub struct Blob {
    /// What records name it by; nobody guesses it.
    pub id: Uuid,
    /// Six digits.
    pub county: String,
    /// When it came, in ms.
    pub at: i64,
    /// Who brought it.
    pub maker: String,
    /// `image/jpeg` …
    pub mime: String,
    /// Its content, base64.
    pub body: String,
}

/// What the content of a file is sealed for: this file, and no other.
fn context(id: Uuid) -> String {
    format!("file {id}")
}

impl Store {
    /// Keeps a file.
    ///
    /// # Errors
    /// If the database fails, or the id is taken.
    pub async fn put_blob(&self, blob: &Blob) -> Result<()> {
        let sealed = self.seal(&context(blob.id), &blob.body);
        let words = [&blob.maker, &blob.mime, &sealed].map(|word| text(word));
        let mut binds = vec![Value::Id(blob.id), text(&blob.county), Value::Int(blob.at)];
        binds.extend(words);
        self.keep_all(vec![self.statement(&FILE.insert(), binds)], Vec::new()).await.map(|_| ())
    }

    /// A file with its content.
    ///
    /// # Errors
    /// If the database fails or the file does not open.
    pub async fn blob(&self, county: &str, id: Uuid) -> Result<Option<Blob>> {
        let statement = self.statement(&FILE.select("WHERE id = ? AND county = ?"), vec![Value::Id(id), text(county)]);
        let Some(mut blob) = self.read_as(&statement, &FILE.types(), read).await?.pop() else { return Ok(None) };
        blob.body = self.unseal(&context(id), &blob.body)?;
        Ok(Some(blob))
    }

    /// Who brought a file.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn blob_maker(&self, county: &str, id: Uuid) -> Result<Option<String>> {
        let sql = "SELECT maker FROM anju_file WHERE id = ? AND county = ?";
        let statement = self.statement(sql, vec![Value::Id(id), text(county)]);
        Ok(self.read_as(&statement, &[Text], Cells::text).await?.pop())
    }

    /// Seals with the newest key what an earlier one sealed, a file at a time: they are large. Tells how many.
    pub(crate) async fn reseal_blobs(&self) -> Result<u64> {
        let begin = format!("v1.{}.%", self.vault().current());
        let sql = "SELECT id FROM anju_file WHERE body NOT LIKE ? ORDER BY id";
        let ids = self.read_as(&self.statement(sql, vec![text(&begin)]), &[Id], Cells::id).await?;
        for id in &ids {
            let of = |sql: &str, binds| self.statement(sql, binds);
            let statement = of("SELECT body FROM anju_file WHERE id = ?", vec![Value::Id(*id)]);
            let Some(sealed) = self.read_as(&statement, &[Text], Cells::text).await?.pop() else { continue };
            let fresh = self.seal(&context(*id), &self.unseal(&context(*id), &sealed)?);
            let update = of("UPDATE anju_file SET body = ? WHERE id = ?", vec![text(&fresh), Value::Id(*id)]);
            self.keep_all(vec![update], Vec::new()).await?;
        }
        Ok(ids.len() as u64)
    }
}

fn read(cells: &mut Cells) -> Option<Blob> {
    Some(Blob {
        id: cells.id()?,
        county: cells.text()?,
        at: cells.int()?,
        maker: cells.text()?,
        mime: cells.text()?,
        body: cells.text()?,
    })
}
