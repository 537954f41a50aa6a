//! `anju sheet template`: a workbook to fill in.

use std::path::{Path, PathBuf};

use anju_exchange::write::templates;
use anju_record::Lang;

use crate::definitions;
use crate::ending::Ending;
use crate::files::Out;
use crate::print::say;

/// Writes the templates of some sheets as one workbook; no county is needed for it.
///
/// # Errors
/// `Usage` for a sheet that is none or a name that is no workbook's, `Cannot` when the file is there already or cannot be written.
pub fn run(dir: Option<&Path>, ids: &[String], out: Option<PathBuf>, force: bool, lang: Lang) -> Result<(), Ending> {
    let pack = definitions::pack(dir)?;
    let mut sheets = Vec::with_capacity(ids.len());
    for id in ids {
        let sheet = pack.sheet_by_id(id).ok_or_else(|| {
            let known: Vec<_> = pack.sheets.iter().map(|sheet| sheet.id.as_str()).collect();
            Ending::Usage(format!("there is no sheet “{id}”; write one of {}, or a ledger's id", known.join(", ")))
        })?;
        sheets.push(sheet);
    }
    let sheets: Vec<_> = sheets.iter().map(|sheet| &**sheet).collect();
    let first = ids.first().map_or("template", String::as_str);
    let path = out.unwrap_or_else(|| PathBuf::from(format!("{first}.xlsx")));
    let out = Out { path: &path, other: "--out another.xlsx", force };
    out.check()?;
    out.check_is_workbook(&["xlsx"])?;
    let bytes = templates(&pack, &sheets, lang, Vec::new()).map_err(|error| Ending::Cannot(error.to_string()))?;
    out.write(&bytes)?;
    say(path.display());
    Ok(())
}
