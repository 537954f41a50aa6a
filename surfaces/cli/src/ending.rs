//! How a command ends, and what the terminal is told.

use std::process::ExitCode;

/// Why a command did not end well.
#[derive(Debug)]
pub enum Ending {
    /// The answer is "no": faults were found, and have been printed.
    No,
    /// The command was used wrongly.
    Usage(String),
    /// It cannot be done, and what to do.
    Cannot(String),
}

/// Says why, and gives the exit code.
pub fn finish(ending: Result<(), Ending>) -> ExitCode {
    match ending {
        Ok(()) => ExitCode::SUCCESS,
        Err(Ending::No) => ExitCode::from(1),
        Err(Ending::Usage(why)) => told(&why, 2),
        Err(Ending::Cannot(why)) => told(&why, 3),
    }
}

fn told(why: &str, code: u8) -> ExitCode {
    eprintln!("anju: {why}");
    ExitCode::from(code)
}

impl From<anju_app::Error> for Ending {
    fn from(error: anju_app::Error) -> Self {
        match error {
            anju_app::Error::Unavailable(_) => Self::Cannot(error.to_string()),
            anju_app::Error::NotFound { .. } | anju_app::Error::Invalid { .. } => Self::Usage(error.to_string()),
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
        // A reader that went away (`anju export … | head`) is not our fault, nor worth a word.
        if error.kind() == std::io::ErrorKind::BrokenPipe { Self::No } else { Self::Cannot(error.to_string()) }
    }
}
