//! Secrets in the engine's own tables, sealed with the newest key after a rotation.

use anju_record::Value;

use crate::accounts::{CREDENTIAL, Credential};
use crate::error::Result;
use crate::imports::{self, IMPORT_FILE};
use crate::kept::{Cells, Table, text};
use crate::proposals::{PROPOSAL, Proposal};
use crate::sql::Column::{Id, Text};
use crate::store::Store;

impl Store {
    /// Seals with the newest key what an earlier one sealed: secrets of second factors, payloads of proposals, files. Tells how many.
    pub(crate) async fn reseal_secrets(&self) -> Result<u64> {
        let credentials = self.reseal_column(&CREDENTIAL, "totp", Credential::context).await?;
        let blobs = self.reseal_blobs().await?;
        let proposals = self.reseal_column(&PROPOSAL, "payload", Proposal::context).await?;
        Ok(blobs + credentials + proposals + self.reseal_column(&IMPORT_FILE, "body", imports::context).await?)
    }

    async fn reseal_column(&self, table: &Table, column: &str, context: fn(uuid::Uuid) -> String) -> Result<u64> {
        let (name, key) = (table.name, table.key[0]);
        let begin = format!("v1.{}.", self.vault().current());
        let sql = format!("SELECT {key}, {column} FROM {name} WHERE {column} NOT LIKE ? ORDER BY {key}");
        let read = |cells: &mut Cells| Some((cells.id()?, cells.text()?));
        let rows = self.read_as(&self.statement(&sql, vec![text(&format!("{begin}%"))]), &[Id, Text], read).await?;
        // A row that somebody changes meanwhile is sealed with the newest key already.
        let update = format!("UPDATE {name} SET {column} = ? WHERE {key} = ? AND {column} = ?");
        let mut done = 0;
        for (id, sealed) in rows {
            let fresh = self.seal(&context(id), &self.unseal(&context(id), &sealed)?);
            let binds = vec![text(&fresh), Value::Id(id), text(&sealed)];
            done += self.keep_all(vec![self.statement(&update, binds)], Vec::new()).await?;
        }
        Ok(done)
    }
}
