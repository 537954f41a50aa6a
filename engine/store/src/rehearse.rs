//! What a commit would say, and nothing kept of it.

use crate::commit::{Fail, Job, one};
use crate::error::{CommitError, DbError};
use crate::session::Session;
use crate::sql::Dialect;

/// What would become of each batch if it were the next: done one after the other, then all given up. Nothing is kept.
pub(crate) async fn rehearse<S: Session>(
    session: &mut S,
    dialect: Dialect,
    jobs: &[&Job],
) -> Result<Vec<Result<(), CommitError>>, DbError> {
    session.begin().await?;
    let done = tried(session, dialect, jobs).await;
    // A connection that is gone has given the transaction up already.
    if !matches!(done, Err(DbError::Lost(_))) {
        session.rollback().await?;
    }
    done
}

async fn tried<S: Session>(
    session: &mut S,
    dialect: Dialect,
    jobs: &[&Job],
) -> Result<Vec<Result<(), CommitError>>, DbError> {
    let mut outcomes = Vec::with_capacity(jobs.len());
    let mut followed = None;
    for job in jobs {
        session.later("SAVEPOINT batch").await?;
        let outcome = match one(session, dialect, job, &mut followed).await {
            Ok(_) => Ok(()),
            Err(Fail::Transaction(error)) => return Err(error),
            Err(Fail::Batch(error)) => {
                session.run("ROLLBACK TO SAVEPOINT batch").await?;
                Err(error)
            }
        };
        session.later("RELEASE SAVEPOINT batch").await?;
        outcomes.push(outcome);
    }
    Ok(outcomes)
}
