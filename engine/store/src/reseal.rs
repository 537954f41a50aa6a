//! Rows sealed with earlier keys are sealed with the newest, in small transactions beside whoever writes.

use anju_pack::Pack;
use anju_record::Value;

use crate::error::Result;
use crate::schema::table_name;
use crate::sealing::Sealing;
use crate::sql::{Column, Statement, quote};
use crate::store::Store;

/// Fields of a table that hold sealed text.
struct Sealed {
    table: String,
    sealing: Sealing,
}

impl Sealed {
    fn all(pack: &Pack) -> Vec<Self> {
        let of = |ix| Self { table: table_name(&pack.ledger(ix).id).into_owned(), sealing: Sealing::of(pack, ix) };
        pack.ledger_ixs().map(of).filter(|sealed| !sealed.sealing.fields.is_empty()).collect()
    }

    /// Some field is sealed with another key than the one whose texts begin so.
    fn condition(&self) -> String {
        let older = |name: &String| format!("substr({name}, 1, CAST(? AS INTEGER)) <> CAST(? AS TEXT)");
        let names = self.sealing.fields.iter().map(|field| quote(&field.name));
        names.map(|name| older(&name)).collect::<Vec<_>>().join(" OR ")
    }

    fn binds(&self, begin: &str) -> Vec<Value> {
        let length = Value::Int(i64::try_from(begin.len()).unwrap_or(i64::MAX));
        let pair = [length, Value::Text(begin.into())];
        self.sealing.fields.iter().flat_map(|_| pair.clone()).collect()
    }
}

impl Store {
    /// How many rows hold a field that an earlier key sealed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sealed_earlier(&self, pack: &Pack) -> Result<u64> {
        let begin = self.begin();
        let mut all = 0;
        for sealed in Sealed::all(pack) {
            let sql = format!("SELECT count(*) FROM {} WHERE {}", quote(&sealed.table), sealed.condition());
            let rows = self.all_rows(&self.statement(&sql, sealed.binds(&begin)), &[Column::Int]).await?;
            if let Some([Value::Int(count)]) = rows.first().map(Vec::as_slice) {
                all += u64::try_from(*count).unwrap_or(0);
            }
        }
        Ok(all)
    }

    /// What the newest key's texts begin with.
    fn begin(&self) -> String {
        format!("v1.{}.", self.vault().current())
    }

    /// Seals every row with the newest key, `batch` rows in a transaction, and tells `progress` how many are done. Servers beside it go on
    /// writing: a row that one of them changed meanwhile is left to it. The journal keeps its texts, and needs the earlier keys. Tells
    /// how many rows were sealed.
    ///
    /// # Errors
    /// If the database fails, or a field does not open: nothing of its batch is changed.
    pub async fn reseal(&self, pack: &Pack, batch: u32, mut progress: impl FnMut(u64)) -> Result<u64> {
        // From now on no server seals with an earlier key.
        self.note_key().await?;
        let mut done = self.reseal_secrets().await?;
        for sealed in Sealed::all(pack) {
            let mut after: Option<(Value, Value)> = None;
            loop {
                let rows = self.sealed_before(&sealed, after.take(), batch.max(1)).await?;
                let Some([county, id, ..]) = rows.last().map(Vec::as_slice) else { break };
                after = Some((county.clone(), id.clone()));
                let count = rows.len() as u64;
                self.write_all(self.sealed_anew(&sealed, rows)?).await?;
                done += count;
                progress(done);
            }
        }
        Ok(done)
    }

    /// The next rows that an earlier key sealed, in order of key: county, id, sealed fields.
    async fn sealed_before(
        &self,
        sealed: &Sealed,
        after: Option<(Value, Value)>,
        batch: u32,
    ) -> Result<Vec<Vec<Value>>> {
        let names: Vec<String> = sealed.sealing.fields.iter().map(|field| quote(&field.name)).collect();
        let beyond = if after.is_some() { " AND (county > ? OR county = ? AND id > ?)" } else { "" };
        let sql = format!(
            "SELECT county, id, {} FROM {} WHERE ({}){beyond} ORDER BY county, id LIMIT {batch}",
            names.join(", "),
            quote(&sealed.table),
            sealed.condition()
        );
        let mut binds = sealed.binds(&self.begin());
        if let Some((county, id)) = after {
            binds.extend([county.clone(), county, id]);
        }
        let types: Vec<Column> =
            [Column::Text, Column::Id].into_iter().chain(names.iter().map(|_| Column::Text)).collect();
        self.all_rows(&self.statement(&sql, binds), &types).await
    }

    /// Updates that only meet rows as they were read.
    fn sealed_anew(&self, sealed: &Sealed, rows: Vec<Vec<Value>>) -> Result<Vec<Statement>> {
        let mut statements = Vec::with_capacity(rows.len());
        let mut buffer = String::new();
        for row in rows {
            let [county, Value::Id(id), values @ ..] = row.as_slice() else { continue };
            let (mut set, mut met, mut fresh, mut stood) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            for (field, value) in sealed.sealing.fields.iter().zip(values).filter(|(_, value)| **value != Value::Null) {
                let clear = field.open(self.vault(), *id, value, &mut buffer)?;
                fresh.push(field.seal(self.vault(), *id, &clear, &mut buffer));
                stood.push(value.clone());
                set.push(format!("{} = ?", quote(&field.name)));
                met.push(format!("{} = ?", quote(&field.name)));
            }
            let sql = format!(
                "UPDATE {} SET {} WHERE county = ? AND id = ? AND {}",
                quote(&sealed.table),
                set.join(", "),
                met.join(" AND ")
            );
            fresh.extend([county.clone(), Value::Id(*id)]);
            fresh.extend(stood);
            statements.push(self.statement(&sql, fresh));
        }
        Ok(statements)
    }
}
