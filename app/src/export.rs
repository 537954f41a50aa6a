//! Ledgers as files with raw codes and ids, enough to recompute everything outside.

use std::io::Write;

use anju_exchange::write::neutral;
use anju_pack::{FieldIx, Kind, LedgerIx};
use anju_record::{Value, kind};
use anju_store::Query;

use crate::Actor;
use crate::error::{Error, Result};
use crate::records::unavailable;

impl Actor {
    /// Writes a ledger's records in a place as CSV: id, area, then every field by its id. Codes, days and fen as stored; missing values empty; a
    /// text that a spreadsheet would take for a formula has a `'` before it.
    ///
    /// Sensitive values are in clear: only the operator at the machine may.
    ///
    /// # Errors
    /// `Denied` to anybody else; `Unavailable` when the database does not answer or the file cannot be written.
    pub async fn export(&self, ledger: LedgerIx, area: &str, out: impl Write + Send) -> Result<u64> {
        if !self.is_operator() {
            return Err(Error::denied("export", &self.pack().ledger(ledger).id));
        }
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.areas = vec![area.to_owned()];
        let all = self.number(&query).await?;
        self.note_export(ledger, area, usize::try_from(all).unwrap_or(usize::MAX)).await?;
        let fields = &self.pack().ledger(ledger).fields;
        let mut csv = csv::Writer::from_writer(out);
        let mut failed = None;
        let heads = ["id", "area"].into_iter().chain(fields.iter().map(|field| field.id.as_str()));
        csv.write_record(heads).map_err(unavailable)?;
        let columns: Vec<_> = (0..fields.len()).filter_map(|at| u16::try_from(at).ok()).map(FieldIx).collect();
        let mut rows = 0;
        let write = |record: anju_record::Record| {
            if !record.area.starts_with(area) {
                return;
            }
            let values = fields.iter().zip(&record.values).map(|(field, value)| written(&field.kind, value));
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
}

/// What people wrote is words wherever the file is opened; what has a form of its own stays as it is.
fn written(kind: &Kind, value: &Value) -> String {
    let plain = kind::plain(value);
    match kind {
        Kind::Text { .. } | Kind::LongText { .. } => neutral(&plain).into_owned(),
        _ => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_people_wrote_is_kept_from_being_a_formula() {
        let text = |text: &str| Value::Text(text.into());
        for said in ["=1+1", "+86", "-3", "@here"] {
            assert_eq!(written(&Kind::Text { max: 9 }, &text(said)), format!("'{said}"));
            assert_eq!(written(&Kind::LongText { max: 9 }, &text(said)), format!("'{said}"));
        }
        assert_eq!(written(&Kind::Text { max: 9 }, &text("1=1")), "1=1");
        assert_eq!(written(&Kind::Money { min: None, max: None }, &Value::Int(-300)), "-300");
        assert_eq!(written(&Kind::Point, &text("-108.3,33.3")), "-108.3,33.3");
    }
}
