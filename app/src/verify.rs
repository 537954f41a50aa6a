//! Proofs on the data as they stand: the journal's chain, the shard against the rows, coverage against the reference evaluator.

use anju_coverage::FigureValue;
use anju_coverage::reference::Ledgers;
use anju_pack::FieldIx;

use crate::App;
use crate::error::Result;
use crate::open::load;
use crate::records::unavailable;

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
            Ok(verified) => Proof { what: "journal", seen: format!("{} rows, head {}", verified.rows, verified.head), faults: Vec::new() },
            Err(broken) => Proof { what: "journal", seen: String::new(), faults: vec![format!("row {}: {}", broken.seq, broken.what)] },
        })
    }

    /// Loads the county anew and compares it with the shard that followed the journal.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn verify_shard(&self) -> Result<Proof> {
        let (fresh, seq) = load(self.store(), self.pack(), &self.county().shape(), self.county_code()).await?;
        let same = self.county().with_shard(|shard| *shard == fresh);
        let faults = if same { Vec::new() } else { vec![format!("the shard in memory differs from the rows at journal row {seq}")] };
        Ok(Proof { what: "shard", seen: format!("{} kB resident, journal row {seq}", fresh.memory() / 1024), faults })
    }

    /// Computes every requirement and figure a second time, slowly and plainly, straight from the rows.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn verify_coverage(&self, step: impl Fn(u64, u64)) -> Result<Proof> {
        let mut all = Vec::new();
        for ix in self.pack().ledger_ixs() {
            let fields = u16::try_from(self.pack().ledger(ix).fields.len()).unwrap_or(u16::MAX);
            let columns: Vec<_> = (0..fields).map(FieldIx).collect();
            self.store().load(self.pack(), self.county_code(), ix, &columns, |record| all.push((ix, record))).await.map_err(unavailable)?;
        }
        let ledgers = Ledgers::new(self.pack(), self.county_code(), all);
        let on = self.today();
        let outcome = self.outcome(on);
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
            let kernel = in_order(self.county().with_shard(|shard| self.plan().figure(shard, ix, on, None, self.county_code())));
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
