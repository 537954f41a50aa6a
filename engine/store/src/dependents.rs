//! Nothing that lives refers to what a batch deletes: looked at when all of the batch has been written, in the same transaction.

use std::collections::{BTreeMap, HashSet};

use anju_pack::{FieldIx, LedgerIx, Pack};
use anju_record::{Code, Fault, Problem, Value};
use uuid::Uuid;

use crate::commit::{Fail, RowWriter};
use crate::error::DbError;
use crate::schema::{column_name, table_name};
use crate::session::Session;
use crate::sql::{Column, Dialect, quote};

/// Deleted records of a ledger from which one question about all of the county is quicker than one about each.
const MANY: usize = 500;

/// Who may refer to the records of a ledger: one field of one ledger.
#[derive(Debug, Clone)]
pub(crate) struct DependentSql {
    /// Whose records refer.
    from: LedgerIx,
    /// county, id → how many living ones refer to it.
    count: String,
    /// county, county → deleted records that living ones refer to.
    dangling: String,
}

impl DependentSql {
    /// The statements for a reference from one ledger to another.
    pub fn of(pack: &Pack, (from, field): (LedgerIx, FieldIx), to: LedgerIx, dialect: Dialect) -> Self {
        let [table, named] = [from, to].map(|ix| quote(&table_name(&pack.ledger(ix).id)));
        let by = quote(&column_name(&pack.ledger(from).field(field).id));
        let [first, second] = match dialect {
            Dialect::Sqlite => ["?", "?"],
            Dialect::Postgres => ["$1", "$2"],
        };
        Self {
            from,
            count: format!(
                "SELECT count(*) FROM {table} WHERE county = {first} AND {by} = {second} AND deleted_at IS NULL"
            ),
            dangling: format!(
                "SELECT DISTINCT a.{by} FROM {table} a JOIN {named} b ON b.county = {first} AND b.id = a.{by} WHERE a.county = {second} AND a.deleted_at IS NULL AND b.deleted_at IS NOT NULL"
            ),
        }
    }
}

impl<S: Session> RowWriter<'_, S> {
    /// Nothing that lives refers to any record that the batch deleted; the first one that something does is told of.
    pub async fn nothing_refers(&mut self, deleted: Vec<(usize, LedgerIx, Uuid)>) -> Result<(), Fail> {
        let mut by_ledger: BTreeMap<LedgerIx, usize> = BTreeMap::new();
        for (_, ledger, _) in &deleted {
            *by_ledger.entry(*ledger).or_default() += 1;
        }
        // Of a ledger with very many, those that alone are worth asking about.
        let mut dangling = BTreeMap::new();
        for (ledger, _) in by_ledger.into_iter().filter(|(_, count)| *count >= MANY) {
            dangling.insert(ledger, self.dangling(ledger).await?);
        }
        let is_asked = |ledger, id| dangling.get(&ledger).is_none_or(|some: &HashSet<Uuid>| some.contains(&id));
        for (write, ledger, id) in deleted.into_iter().filter(|(_, ledger, id)| is_asked(*ledger, *id)) {
            let faults = self.referring(ledger, id).await?;
            if !faults.is_empty() {
                self.write = write;
                return Err(self.invalid(faults));
            }
        }
        Ok(())
    }

    /// Deleted records of a ledger that anything refers to: one statement for each field that may.
    async fn dangling(&mut self, ledger: LedgerIx) -> Result<HashSet<Uuid>, DbError> {
        let mut dangling = HashSet::new();
        for DependentSql { dangling: sql, .. } in &self.job.tables.ledger(ledger).dependents {
            let rows = self.session.query(sql, &[&self.county, &self.county], &[Column::Id]).await?;
            dangling.extend(rows.into_iter().filter_map(|mut row| match row.pop() {
                Some(Value::Id(id)) => Some(id),
                _ => None,
            }));
        }
        Ok(dangling)
    }

    /// What refers to a record, a fault for each field that does.
    async fn referring(&mut self, ledger: LedgerIx, id: Uuid) -> Result<Vec<Fault>, DbError> {
        let pack = &self.job.pack;
        let mut faults = Vec::new();
        for DependentSql { from, count, .. } in &self.job.tables.ledger(ledger).dependents {
            let rows = self.session.query(count, &[&self.county, &Value::Id(id)], &[Column::Int]).await?;
            if let Some([Value::Int(count @ 1..)]) = rows.first().map(Vec::as_slice) {
                let title = &pack.ledger(*from).title;
                let records = if *count == 1 { "1 record".to_owned() } else { format!("{count} records") };
                let told = [title.zh.clone(), count.to_string(), title.en.clone(), records];
                faults.push(Problem::new(Code::StillReferred, id.to_string(), told).at("", &pack.ledger(ledger).title));
            }
        }
        Ok(faults)
    }
}
