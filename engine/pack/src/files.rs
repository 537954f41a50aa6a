//! Reading pack files from disk: the only IO of this crate.

use std::io;
use std::path::{Path, PathBuf};

use crate::fault::Faults;
use crate::model::Pack;
use crate::source::Source;

/// Why a pack could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A folder or file could not be read.
    #[error("{path}: {error}")]
    Io {
        /// What was read.
        path: String,
        /// What went wrong.
        error: io::Error,
    },
    /// The files have faults.
    #[error(transparent)]
    Faults(#[from] Faults),
}

impl Pack {
    /// Reads `dir` (see [`read_dir`]), and the county's file if one is given, and compiles them.
    ///
    /// # Errors
    /// When a file cannot be read, or with every fault of the files.
    pub fn load(dir: &Path, county: Option<&Path>) -> Result<Self, LoadError> {
        let failed = |path: &Path| {
            let path = path.display().to_string();
            move |error| LoadError::Io { path, error }
        };
        let mut sources = read_dir(dir).map_err(failed(dir))?;
        if let Some(file) = county {
            sources.push(read_county(file).map_err(failed(file))?);
        }
        Ok(crate::compile(&sources)?)
    }
}

/// Reads the sources under `dir`: `mechanisms/*/pack/*.toml` if there is a folder `mechanisms`, else `*.toml` as one flat pack
/// named after the folder. A `county.toml` in `dir` is the county's file. Sorted by path.
///
/// # Errors
/// When a folder or file cannot be read.
pub fn read_dir(dir: &Path) -> io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mechanisms = dir.join("mechanisms");
    if mechanisms.is_dir() {
        for folder in entries(&mechanisms)? {
            let pack = folder.join("pack");
            if pack.is_dir() {
                let name = name_of(&folder);
                for file in toml_files(&pack)? {
                    let path = format!("mechanisms/{name}/pack/{}", name_of(&file));
                    sources.push(Source { path, text: std::fs::read_to_string(&file)?, mechanism: Some(name.clone()) });
                }
            }
        }
    } else {
        let name = name_of(dir);
        for file in toml_files(dir)?.into_iter().filter(|file| name_of(file) != "county.toml") {
            sources.push(Source {
                path: name_of(&file),
                text: std::fs::read_to_string(&file)?,
                mechanism: Some(name.clone()),
            });
        }
    }
    let county = dir.join("county.toml");
    if county.is_file() {
        sources.push(Source { path: "county.toml".into(), text: std::fs::read_to_string(&county)?, mechanism: None });
    }
    Ok(sources)
}

/// Reads a county's file; it is shown as `counties/<folder>/<file>`.
///
/// # Errors
/// When it cannot be read.
pub fn read_county(file: &Path) -> io::Result<Source> {
    let folder = file.parent().map(name_of).unwrap_or_default();
    let path = format!("counties/{folder}/{}", name_of(file));
    Ok(Source { path, text: std::fs::read_to_string(file)?, mechanism: None })
}

fn entries(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found =
        std::fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}

fn toml_files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    Ok(entries(dir)?
        .into_iter()
        .filter(|file| file.is_file() && file.extension().is_some_and(|ext| ext == "toml"))
        .collect())
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
