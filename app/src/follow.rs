//! Following the journal: what is written here, and what other processes write into the same database.
//!
//! Invariant: rows are taken in by transactions, in order and once, also where a receipt comes early or its writer has gone away: what lies
//! between the county and a receipt is read from the journal.

use anju_pack::LedgerIx;
use anju_record::Change;
use anju_store::Receipt;

use crate::App;
use crate::error::Result;
use crate::open::load;
use crate::records::unavailable;

/// Journal rows that are read at once.
const ROWS: u32 = 5_000;

impl App {
    /// Lets the county follow what was just written, and what was written before it.
    pub(crate) async fn follow(&self, receipt: &Receipt) {
        let _turn = self.county().following.lock().await;
        let rows = i64::try_from(receipt.changes.len()).unwrap_or(i64::MAX);
        if !receipt.replayed && receipt.seq.saturating_sub(rows) == self.seq() {
            return self.take_in(&receipt.changes, receipt.seq).await;
        }
        if let Err(error) = self.read_on(receipt.seq).await {
            // The write stands, and whoever asks next reads on.
            tracing::error!(%error, "the journal could not be followed");
        }
    }

    /// Follows what other processes wrote since. To be asked before a question is answered: most times it costs one reading of
    /// how far the journal reaches.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub(crate) async fn catch_up(&self) -> Result<()> {
        let (head, _) = self.store().head(self.county_code()).await.map_err(unavailable)?;
        if head <= self.seq() {
            return Ok(());
        }
        let _turn = self.county().following.lock().await;
        self.read_on(head).await
    }

    /// What the journal tells after a row, up to another, each with its row.
    pub(crate) async fn happened(&self, after: i64, last: i64) -> Result<Vec<(i64, Change)>> {
        let (mut after, mut happened) = (after, Vec::new());
        while after < last {
            let most = u32::try_from(last - after).map_or(ROWS, |rest| rest.min(ROWS));
            let rows = self.store().journal(self.county_code(), after, most).await.map_err(unavailable)?;
            let Some(newest) = rows.last().map(|row| row.seq) else { break };
            for row in rows.iter().filter(|row| row.seq <= last) {
                let change = self.store().change(self.pack(), row).map_err(unavailable)?;
                happened.extend(change.map(|change| (row.seq, change)));
            }
            after = newest;
        }
        Ok(happened)
    }

    /// Takes in the journal up to a row that ends a transaction. Only whoever has the turn.
    async fn read_on(&self, to: i64) -> Result<()> {
        let seq = self.seq();
        if seq < to {
            let happened = self.happened(seq, to).await?;
            let changes: Vec<Change> = happened.into_iter().map(|(_, change)| change).collect();
            self.take_in(&changes, to).await;
        }
        Ok(())
    }

    /// Takes in what happened up to a row; where the shard cannot, the county is loaded anew. The county comes last: who finds it there finds
    /// the places and the rights that go with it.
    async fn take_in(&self, changes: &[Change], seq: i64) {
        self.directory().follow(changes);
        let places: Vec<LedgerIx> = self.place_ledgers().into_iter().map(|(ledger, _)| ledger).collect();
        if changes.iter().any(|change| places.contains(&change.ledger))
            && let Err(error) = self.read_areas().await
        {
            tracing::error!(%error, "places could not be read anew");
        }
        if let Err(error) = self.county().follow(changes, seq) {
            tracing::error!(%error, "the shard could not follow the journal; loading the county anew");
            match load(self.store(), self.pack(), &self.county().shape(), self.county_code()).await {
                Ok((shard, seq)) => self.county().replace(shard, seq),
                Err(error) => tracing::error!(%error, "the county could not be loaded"),
            }
        }
    }
}
