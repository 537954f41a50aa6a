//! How a command ends, and what the terminal is told.

use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

/// Why a command did not end well.
#[derive(Debug)]
pub enum Ending {
    /// The answer is "no": faults were found, and have been printed.
    No,
    /// The answer is "no", since there is nothing to answer about, and what to do.
    Empty(String),
    /// The command was used wrongly.
    Usage(String),
    /// It cannot be done, and what to do.
    Cannot(String),
    /// Whoever read the answer went away (`anju export visit | head`): they have what they wanted.
    Unread,
}

/// Says why, and gives the exit code.
pub fn finish(ending: Result<(), Ending>) -> ExitCode {
    match ending {
        Ok(()) | Err(Ending::Unread) => ExitCode::SUCCESS,
        Err(Ending::No) => ExitCode::from(1),
        Err(Ending::Empty(why)) => told(&why, 1),
        Err(Ending::Usage(why)) => told(&why, 2),
        Err(Ending::Cannot(why)) => told(&why, 3),
    }
}

fn told(why: &str, code: u8) -> ExitCode {
    // With standard error closed the exit code still says it.
    let _ = writeln!(std::io::stderr(), "anju: {why}");
    ExitCode::from(code)
}

/// Where to see what there is, for a value that is not.
fn list_of(what: &str) -> &'static str {
    match what {
        "area" => {
            "write the code of a place in this county; `anju coverage` without --area shows the county's, `anju export site` those of its sites"
        }
        "requirement" => "`anju coverage` lists them by id",
        "ledger" => "`anju pack doc` lists them by id; the CSV files of `anju export --all DIR` are named after them",
        "sheet" => "leave --sheet out to have it found, or write a ledger's id",
        "import" => "`anju sheet list` shows the sheets that were handed in by id",
        _ => "check how it is written",
    }
}

impl From<anju_app::Error> for Ending {
    fn from(error: anju_app::Error) -> Self {
        match error {
            anju_app::Error::Unavailable(why) => Self::Cannot(why),
            anju_app::Error::NotFound { what, value } => {
                Self::Usage(format!("there is no {what} “{value}” here; {}", list_of(what)))
            }
            anju_app::Error::Invalid { .. } => Self::Usage(error.to_string()),
            anju_app::Error::Denied { .. } | anju_app::Error::Refused(_) => Self::Cannot(error.to_string()),
        }
    }
}

impl From<anju_store::Error> for Ending {
    fn from(error: anju_store::Error) -> Self {
        Self::Cannot(error.to_string())
    }
}

impl From<std::io::Error> for Ending {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == ErrorKind::BrokenPipe {
            Self::Unread
        } else {
            Self::Cannot(format!("the answer cannot be written: {error}"))
        }
    }
}
