//! `anju sheet`: files that people have become records, and back.

mod args;
mod check;
mod take;
mod template;

use std::path::Path;

pub use args::SheetCommand;

use crate::ending::Ending;

/// Checks, takes, lists and takes back sheets.
///
/// # Errors
/// `No` when rows are wrong, `Usage` for what the file or the options are not, `Cannot` with what to do.
pub async fn run(dir: Option<&Path>, command: SheetCommand) -> Result<(), Ending> {
    match command {
        SheetCommand::Check { file, marked, format } => check::run(dir, &file, marked.as_deref(), format).await,
        SheetCommand::Import { file, whole } => take::import(dir, &file, whole).await,
        SheetCommand::Template { ids, out, lang } => template::run(dir, &ids, out, lang),
        SheetCommand::List { place } => take::list(dir, &place).await,
        SheetCommand::Take { place, id, lang } => take::again(dir, &place, id, lang).await,
        SheetCommand::Undo { place, id, lang } => take::undo(dir, &place, id, lang).await,
    }
}
