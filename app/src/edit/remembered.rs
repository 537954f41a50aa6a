//! That two records were said to be two is remembered beside what is written, where the pack keeps such findings and they are theirs to write.

use anju_pack::LedgerIx;
use anju_record::Valid;
use anju_store::{CommitError, Write};
use uuid::Uuid;

use super::Filling;
use crate::alike::Like;
use crate::error::{Error, Result};
use crate::writes::{Intent, WriteError, Written};
use crate::{Actor, Steps};

/// The finding that two records of a ledger are two: the one that is written, and the one that is there. None where nobody keeps such findings.
pub type ToldApart = fn(&Actor, LedgerIx, [Uuid; 2]) -> Option<Valid>;

impl Actor {
    /// Writes a form's record with what was said of the records that it is like; by itself where findings are not theirs to write, or one of them
    /// cannot be kept.
    pub(super) async fn write_remembering(
        &self,
        intent: Intent,
        likes: &[Like],
        filling: &Filling,
    ) -> Result<Written, WriteError> {
        let findings = match filling.told_apart {
            Some(tell) => self.findings(likes, tell).await?,
            None => Vec::new(),
        };
        if findings.is_empty() {
            return self.write(intent).await;
        }
        let mut with = intent.clone();
        with.changes.extend(findings.into_iter().map(Write::Insert));
        let own = intent.changes.len();
        match self.write(with).await {
            Err(WriteError::Commit(CommitError::Invalid { write, .. })) if write >= own => self.write(intent).await,
            Err(error) if is_not_theirs(&error) => self.write(intent).await,
            written => written,
        }
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
            Err(error) if is_not_theirs(&error) => Ok(steps),
            Err(error) => Err(error),
        }
    }

    /// Of a record that has ended nothing is found: whoever left may have come back. Nor of one that they do not see, or twice, whichever of the two
    /// was named first.
    async fn findings(&self, likes: &[Like], tell: ToldApart) -> Result<Vec<Valid>> {
        let mut findings = Vec::new();
        for like in likes.iter().filter(|like| !like.has_ended(self.pack())) {
            let Some(there) = &like.there else { continue };
            let Some(finding) = tell(self, like.ledger, [like.of, there.record.id]) else { continue };
            let turned = tell(self, like.ledger, [there.record.id, like.of]);
            let mut is_kept = false;
            for either in std::iter::once(&finding).chain(&turned) {
                is_kept |= !self.holders(either).await?.is_empty();
            }
            if !is_kept {
                findings.push(finding);
            }
        }
        Ok(findings)
    }
}

/// Whether it was refused for what is not theirs to do or to know.
const fn is_not_theirs(error: &WriteError) -> bool {
    matches!(error, WriteError::Refused(Error::Denied { .. } | Error::NotFound { .. }))
}
