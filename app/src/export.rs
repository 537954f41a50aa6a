//! Ledgers as files: with raw codes and ids, enough to recompute everything outside; or as seen on a page.

use std::io::Write;

use anju_access::{Action, Reach};
use anju_pack::{FieldIx, LedgerIx};
use anju_record::{Lang, kind};
use anju_store::Query;

use crate::error::{Error, Result};
use crate::list::neutral;
use crate::records::unavailable;
use crate::{Actor, Scope};

impl Actor {
    /// Writes a ledger as CSV: id, area, then every field by its id. Codes, days and fen as stored; missing values empty.
    ///
    /// Sensitive values are in clear: only the operator at the machine may.
    ///
    /// # Errors
    /// `Denied` to anybody else; `Unavailable` when the database does not answer or the file cannot be written.
    pub async fn export(&self, ledger: LedgerIx, out: impl Write + Send) -> Result<u64> {
        if !self.is_operator() {
            return Err(Error::denied("export", &self.pack().ledger(ledger).id));
        }
        let all = self.number(&Query::of(self.county_code(), ledger, self.today())).await?;
        self.note_export(ledger, self.county_code(), usize::try_from(all).unwrap_or(usize::MAX)).await?;
        let fields = &self.pack().ledger(ledger).fields;
        let mut csv = csv::Writer::from_writer(out);
        let mut failed = None;
        let heads = ["id", "area"].into_iter().chain(fields.iter().map(|field| field.id.as_str()));
        csv.write_record(heads).map_err(unavailable)?;
        let columns: Vec<_> = (0..fields.len()).filter_map(|at| u16::try_from(at).ok()).map(FieldIx).collect();
        let mut rows = 0;
        let write = |record: anju_record::Record| {
            let values = record.values.iter().map(kind::plain);
            let line = [record.id.to_string(), record.area.to_string()].into_iter().chain(values);
            match csv.write_record(line) {
                Ok(()) => rows += 1,
                Err(error) => failed = failed.take().or(Some(error)),
            }
        };
        self.store().load(self.pack(), self.county_code(), ledger, &columns, write).await.map_err(unavailable)?;
        csv.flush().map_err(unavailable)?;
        failed.map_or(Ok(rows), |error| Err(Error::Unavailable(error.to_string())))
    }

    /// A list as seen: words instead of codes, sensitive values masked, nothing a spreadsheet would run; of the records that the actor may
    /// take away as a file.
    ///
    /// # Errors
    /// `Denied` to those who may take away none; `Unavailable` when the database does not answer.
    pub async fn list_as_csv(
        &self,
        ledger: LedgerIx,
        scope: &Scope,
        search: Option<&str>,
        lang: Lang,
    ) -> Result<String> {
        let mut query = Query::of(self.county_code(), ledger, scope.on);
        if scope.area != self.county_code() {
            query.areas.push(scope.area.clone());
        }
        query.search = search.map(str::to_owned);
        let query = self.reached(query, Action::Export);
        if query.reach.as_ref().is_some_and(Reach::is_empty) {
            return Err(Error::denied("export", &self.pack().ledger(ledger).id));
        }
        let records = self.store().select(self.pack(), &query).await.map_err(unavailable)?;
        if self.number(&query).await? != records.len() as u64 {
            // A file with fewer rows than the screen would be taken for the whole.
            return Err(Error::denied("export", &self.pack().ledger(ledger).id));
        }
        self.note_export(ledger, &scope.area, records.len()).await?;
        let records: Vec<_> = records.into_iter().map(|record| self.veiled(ledger, record)).collect();
        let shown = self.shown(ledger, &records, lang).await?;
        let mut csv = csv::Writer::from_writer(Vec::new());
        let fields = &self.pack().ledger(ledger).fields;
        csv.write_record(fields.iter().map(|field| lang.of(&field.title))).map_err(unavailable)?;
        for row in shown {
            csv.write_record(row.iter().map(|shown| neutral(shown.value.as_deref().unwrap_or_default())))
                .map_err(unavailable)?;
        }
        String::from_utf8(csv.into_inner().map_err(unavailable)?).map_err(unavailable)
    }
}
