//! Whose it is that a row would repeat: the record that is there, as far as whoever hands the sheet in sees it.

use anju_pack::{AreaLevel, LedgerIx};
use anju_record::{Code, Fault, kind};
use anju_store::Query;

use crate::Actor;
use crate::error::Result;
use crate::records::unavailable;

/// Records told of at most.
const MOST: usize = 3;

impl Actor {
    /// Says of what the ledgers refused as repeated which record holds it; of one beyond what they see nothing.
    pub(super) async fn say_who_holds(&self, ledger: LedgerIx, fault: &mut Fault) -> Result<()> {
        let definition = self.pack().ledger(ledger);
        let field = definition.field_by_id(&fault.path).filter(|_| fault.code == Code::NotUnique);
        let Some(field) = field else { return Ok(()) };
        let Ok(value) = kind::parse(self.pack(), &definition.field(field).kind, &fault.value) else { return Ok(()) };
        let mut holders = Vec::new();
        for unique in definition.unique.iter().filter(|unique| unique.fields == [field]) {
            let mut query = Query::of(self.county_code(), ledger, self.today());
            query.filter = unique.predicate.clone();
            query.equals.push((field, value.clone()));
            holders.extend(self.store().ids(self.pack(), &query).await.map_err(unavailable)?);
        }
        let mut told: Vec<String> = (self.seen_of(ledger, &holders).await?.values())
            .map(|holder| self.known_as(&holder.name, &holder.record.area, self.number_of(holder)))
            .collect();
        if !told.is_empty() {
            told.sort_unstable();
            told.truncate(MOST);
            // What may exist once is said as before.
            fault.args.iter_mut().zip([told.join("；"), told.join("; ")]).for_each(|(arg, told)| *arg = told);
        }
        Ok(())
    }

    /// Name, place and masked number: enough to know a record by.
    pub(crate) fn known_as(&self, name: &str, area: &str, number: Option<String>) -> String {
        let within = self.areas().path_name(area, AreaLevel::Site);
        let place = if within.is_empty() { self.areas().name(area).to_owned() } else { within };
        let parts = [name.to_owned(), place, number.unwrap_or_default()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}
