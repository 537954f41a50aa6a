//! What may go wrong with keys. No message holds a key or what was sealed.

use std::path::PathBuf;

/// Any result of this crate.
pub type Result<T, E = VaultError> = std::result::Result<T, E>;

/// Keys that cannot be read, or text that they do not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The key file cannot be read or written.
    #[error("the key file {path}: {why}")]
    File {
        /// Where it is.
        path: PathBuf,
        /// What the operating system says.
        why: String,
    },
    /// Others than its owner may read the key file.
    #[error("the key file {path} can be read by others (mode {mode:o}); take that away: chmod 600 {path}")]
    Exposed {
        /// Where it is.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// A key file is never written over.
    #[error("the key file {0} exists already and is never overwritten")]
    Exists(PathBuf),
    /// The keys are not written as they must be.
    #[error("the keys cannot be used: {0}")]
    Malformed(String),
    /// Sealed with a key that is not here.
    #[error("sealed with key {0}, which is not among the keys here")]
    UnknownKey(String),
    /// Changed after it was sealed, or sealed for another place.
    #[error(
        "what key {0} sealed does not open here: it was changed, moved to another place, or another key has this id"
    )]
    Refused(String),
    /// No sealed text at all.
    #[error("this is no sealed text")]
    NotSealed,
    /// Keys that came as text have no file to write the new one to.
    #[error("the keys came from the environment and can only be rotated where their file is")]
    NoFile,
    /// Another rotation, or one that was cut off.
    #[error("{0} exists: another rotation is under way, or was cut off; remove it when none is")]
    Rotating(PathBuf),
    /// The operating system gives no chance.
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
}
