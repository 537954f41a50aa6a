//! Why a roll does not answer.

/// Why a roll does not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RollError {
    /// Nobody waits for the answer any more.
    #[error("the question was broken off")]
    Cancelled,
    /// The field is not kept in a form that answers this.
    #[error("the field `{0}` cannot be asked so: filter or sort by another field")]
    Field(String),
}
