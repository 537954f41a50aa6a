//! `anju sheet`: files that people have become records, and back.

mod args;
mod asked;
mod check;
mod rows;
mod take;
mod template;

use std::path::Path;

pub use args::SheetCommand;

use crate::ending::Ending;
use crate::files::Out;

/// Checks, takes, lists and takes back sheets.
///
/// # Errors
/// `No` when rows are wrong, `Empty` when none is filled in, `Usage` for what the file or the options are not, `Cannot` with what to do.
pub async fn run(dir: Option<&Path>, command: SheetCommand) -> Result<(), Ending> {
    match command {
        SheetCommand::Check { file, marked, force, format } => {
            let marked = marked.as_deref().map(|path| Out { path, other: "--marked another.xlsx", force });
            check::run(dir, &file, marked, format).await
        }
        SheetCommand::Import { file, whole } => take::import(dir, &file, whole).await,
        SheetCommand::Template { ids, out, force, lang } => template::run(dir, &ids, out, force, lang),
        SheetCommand::List { place } => take::list(dir, &place).await,
        SheetCommand::Take { place, id, lang } => take::again(dir, &place, id, lang).await,
        SheetCommand::Undo { place, id, lang } => take::undo(dir, &place, id, lang).await,
    }
}
