//! The few ways in which asking the application can fail.

use crate::refusal::Refusal;

/// Why a use case could not be done. Shown as a problem (RFC 9457), a page or a line of the terminal, in one place each.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Nothing of that name here.
    #[error("{what} “{value}” is not here")]
    NotFound {
        /// What was looked for, for example "requirement".
        what: &'static str,
        /// The value given.
        value: String,
    },
    /// The question itself is wrong.
    #[error("{what} “{value}”: {mend}")]
    Invalid {
        /// What was given.
        what: &'static str,
        /// The value given.
        value: String,
        /// How to put it right.
        mend: String,
    },
    /// Not theirs to do; says nothing of what there is.
    #[error("{what} “{value}” is not yours to do; the security administrator can give the right")]
    Denied {
        /// The act, for example "export".
        what: &'static str,
        /// On what: the id of a ledger, a duty.
        value: String,
    },
    /// A rule of accounts, rights or approvals stands against it; all of them at once.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Refused(Vec<Refusal>),
    /// The database cannot serve, and what to do.
    #[error("{0}")]
    Unavailable(String),
}

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Refused for one reason.
    pub fn refused(refusal: impl Into<Refusal>) -> Self {
        Self::Refused(vec![refusal.into()])
    }

    /// Not theirs to do.
    pub fn denied(what: &'static str, value: &str) -> Self {
        Self::Denied { what, value: value.to_owned() }
    }

    /// Nothing of that id, with the nearest one that there is.
    pub fn unknown<'a>(what: &'static str, id: &str, known: impl Iterator<Item = &'a str>) -> Self {
        let nearest = known
            .map(|candidate| (strsim::jaro_winkler(id, candidate), candidate))
            .filter(|(likeness, _)| *likeness > 0.75)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match nearest {
            Some((_, nearest)) => Self::Invalid {
                what,
                value: id.to_owned(),
                mend: format!("there is no such {what}; did you mean “{nearest}”?"),
            },
            None => Self::NotFound { what, value: id.to_owned() },
        }
    }
}
