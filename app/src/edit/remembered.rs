//! That two records were said to be two is remembered beside what is written, where the pack keeps such findings and they are theirs to write.

use anju_pack::LedgerIx;
use anju_record::Valid;
use anju_store::Write;
use uuid::Uuid;

use super::Filling;
use crate::alike::Like;
use crate::error::{Error, Result};
use crate::writes::WriteError;
use crate::{Actor, Steps};

/// The finding that two records of a ledger are two: the one that is written, and the one that is there. None where nobody keeps such findings.
pub type ToldApart = fn(&Actor, LedgerIx, [Uuid; 2]) -> Option<Valid>;

impl Actor {
    /// A form's write, with what was said of the records that it is like.
    pub(super) async fn with_findings(&self, write: Write, likes: &[Like], filling: &Filling) -> Result<Vec<Write>> {
        let findings = match filling.told_apart {
            Some(tell) => self.findings(likes, tell).await?,
            None => Vec::new(),
        };
        let mut all = vec![write];
        all.extend(findings.into_iter().map(Write::Insert));
        // Whoever may not write findings writes the record all the same.
        if all.len() > 1 && self.may_write(&all).await.is_err() {
            all.truncate(1);
        }
        Ok(all)
    }

    /// Some steps, with what was said of the records that those they make are like; the steps alone where findings are not theirs to write.
    ///
    /// # Errors
    /// What a field cannot hold; `Unavailable` when the database does not answer.
    pub async fn remembering(&self, steps: Steps, likes: &[Like], tell: ToldApart) -> Result<Steps, WriteError> {
        let findings = self.findings(likes, tell).await?;
        if findings.is_empty() {
            return Ok(steps);
        }
        let mut with = steps.clone();
        for finding in findings {
            with.make(finding);
        }
        match self.theirs_to_do(&with).await {
            Ok(_) => Ok(with),
            Err(WriteError::Refused(Error::Denied { .. } | Error::NotFound { .. })) => Ok(steps),
            Err(error) => Err(error),
        }
    }

    /// Of a record that has ended nothing is found: whoever left may have come back. Nor of one that they do not see, or twice.
    async fn findings(&self, likes: &[Like], tell: ToldApart) -> Result<Vec<Valid>> {
        let mut findings = Vec::new();
        for like in likes.iter().filter(|like| !like.has_ended(self.pack())) {
            let Some(there) = &like.there else { continue };
            let Some(finding) = tell(self, like.ledger, [like.of, there.record.id]) else { continue };
            if self.holders(&finding).await?.is_empty() {
                findings.push(finding);
            }
        }
        Ok(findings)
    }
}
