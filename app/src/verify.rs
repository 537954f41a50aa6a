//! Proofs on the data as they stand: the journal's chain, the shard against the rows, coverage against the reference evaluator.

use std::collections::HashMap;

use anju_coverage::FigureValue;
use anju_coverage::reference::Ledgers;
use anju_pack::{FieldIx, LedgerIx};
use anju_record::Record;
use uuid::Uuid;

use crate::App;
use crate::error::Result;
use crate::open::load;
use crate::records::unavailable;

/// Rows of the journal read at a time.
const CHUNK: u32 = 5_000;

/// What one proof found.
#[derive(Debug, Clone)]
pub struct Proof {
    /// What was proved, for example "journal".
    pub what: &'static str,
    /// How much was looked at, in words.
    pub seen: String,
    /// Every fault found; empty is good.
    pub faults: Vec<String>,
}

impl App {
    /// Follows the journal's chain of hashes from its first row to its head.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn verify_journal(&self) -> Result<Proof> {
        let found = self.store().verify(self.county_code()).await.map_err(unavailable)?;
        Ok(match found {
            Ok(verified) => Proof {
                what: "journal",
                seen: format!("{} rows, head {}", verified.rows, verified.head),
                faults: Vec::new(),
            },
            Err(broken) => Proof {
                what: "journal",
                seen: String::new(),
                faults: vec![format!("row {}: {}", broken.seq, broken.what)],
            },
        })
    }

    /// Compares every row with what the journal says of it, and the shard that followed the journal with one loaded anew.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn verify_shard(&self) -> Result<Proof> {
        let (rows, mut faults) = self.rows_against_journal().await?;
        let (fresh, seq) = load(self.store(), self.pack(), &self.county().shape(), self.county_code()).await?;
        if self.county().with_shard(|shard| *shard != fresh) {
            faults.push(format!("the shard in memory differs from the rows at journal row {seq}"));
        }
        let seen = format!("{rows} rows as the journal says, {} kB resident, journal row {seq}", fresh.memory() / 1024);
        Ok(Proof { what: "shard", seen, faults })
    }

    /// How many rows there are, and each that is not as the journal left it: changed, added or taken away behind its back.
    async fn rows_against_journal(&self) -> Result<(usize, Vec<String>)> {
        loop {
            let (before, _) = self.store().head(self.county_code()).await.map_err(unavailable)?;
            let mut said = self.told_by_journal().await?;
            let (mut rows, mut faults) = (0, Vec::new());
            for ix in self.pack().ledger_ixs() {
                let id = &self.pack().ledger(ix).id;
                let compare = |record: Record| {
                    rows += 1;
                    match said.remove(&(ix, record.id)) {
                        Some(told) if told == record => {}
                        Some(_) => faults.push(format!("{id} {}: the row is not as the journal says", record.id)),
                        None => faults.push(format!("{id} {}: the journal knows no such row", record.id)),
                    }
                };
                let columns = self.every_column(ix);
                self.store().load(self.pack(), self.county_code(), ix, &columns, compare).await.map_err(unavailable)?;
            }
            faults.extend(said.keys().map(|(ix, id)| format!("{} {id}: the row is gone", self.pack().ledger(*ix).id)));
            // Somebody wrote meanwhile: what was read is of two states.
            if self.store().head(self.county_code()).await.map_err(unavailable)?.0 == before {
                faults.sort_unstable();
                return Ok((rows, faults));
            }
        }
    }

    /// Every record as the journal's last row about it says.
    async fn told_by_journal(&self) -> Result<HashMap<(LedgerIx, Uuid), Record>> {
        let (mut told, mut seq) = (HashMap::new(), 0);
        loop {
            let rows = self.store().journal(self.county_code(), seq, CHUNK).await.map_err(unavailable)?;
            let Some(last) = rows.last() else { return Ok(told) };
            seq = last.seq;
            for row in &rows {
                let Some(change) = self.store().change(self.pack(), row).map_err(unavailable)? else { continue };
                match change.after {
                    Some(record) => told.insert((change.ledger, change.id), record),
                    None => told.remove(&(change.ledger, change.id)),
                };
            }
        }
    }

    fn every_column(&self, ledger: LedgerIx) -> Vec<FieldIx> {
        (0..self.pack().ledger(ledger).fields.len()).filter_map(|at| u16::try_from(at).ok()).map(FieldIx).collect()
    }

    /// Computes every requirement and figure a second time, slowly and plainly, straight from the rows.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn verify_coverage(&self, step: impl Fn(u64, u64)) -> Result<Proof> {
        let mut all = Vec::new();
        for ix in self.pack().ledger_ixs() {
            let columns = self.every_column(ix);
            self.store()
                .load(self.pack(), self.county_code(), ix, &columns, |record| all.push((ix, record)))
                .await
                .map_err(unavailable)?;
        }
        let ledgers = Ledgers::new(self.pack(), self.county_code(), all);
        let on = self.today();
        let [outcome] = self.county().outcomes(self.plan(), [on]);
        let mut faults = Vec::new();
        let total = (self.pack().requirements.len() + self.pack().figures.len()) as u64;
        let mut done = 0;
        for ix in self.pack().requirement_ixs() {
            let (kernel, plain) = (outcome.counts(ix, self.county_code()), ledgers.counts(ix, self.county_code(), on));
            if kernel != plain {
                faults.push(format!("{}: kernel {kernel:?}, reference {plain:?}", self.pack().requirement(ix).id));
            }
            done += 1;
            step(done, total);
        }
        for ix in self.pack().figure_ixs() {
            let kernel =
                in_order(self.county().with_shard(|shard| self.plan().figure(shard, ix, on, None, self.county_code())));
            let plain = in_order(ledgers.figure(ix, on, None, self.county_code()));
            if kernel != plain {
                faults.push(format!("{}: kernel {kernel:?}, reference {plain:?}", self.pack().figure(ix).id));
            }
            done += 1;
            step(done, total);
        }
        let (requirements, figures) = (self.pack().requirements.len(), self.pack().figures.len());
        Ok(Proof { what: "coverage", seen: format!("{requirements} requirements and {figures} figures"), faults })
    }
}

/// The split by code in the order of codes, however it was found.
fn in_order(mut value: FigureValue) -> FigureValue {
    value.by.sort();
    value
}
