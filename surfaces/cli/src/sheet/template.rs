//! `anju sheet template`: a workbook to fill in.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anju_exchange::write::templates;
use anju_record::Lang;

use crate::definitions;
use crate::ending::Ending;
use crate::print::say;

/// Writes the templates of some sheets as one workbook; no county is needed for it.
///
/// # Errors
/// `Usage` for a sheet that is none, `Cannot` when the file cannot be written.
pub fn run(dir: Option<&Path>, ids: &[String], out: Option<PathBuf>, lang: Lang) -> Result<(), Ending> {
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
    let out = out.unwrap_or_else(|| PathBuf::from(format!("{first}.xlsx")));
    let cannot = |error: &dyn std::fmt::Display| {
        Ending::Cannot(format!("{}: {error}; name a file that can be written with --out", out.display()))
    };
    let file = File::create(&out).map_err(|error| cannot(&error))?;
    templates(&pack, &sheets, lang, BufWriter::new(file)).map_err(|error| cannot(&error))?;
    say(out.display());
    Ok(())
}
