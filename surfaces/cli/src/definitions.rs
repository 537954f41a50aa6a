//! The definitions in force: those built in, or those of a folder.

use std::path::Path;

use anju_pack::{Faults, Pack, Source, compile, read_dir};

use crate::ending::Ending;

/// The built-in files: all mechanisms, and the demo county's own.
pub fn built_in() -> Vec<Source> {
    let mechanisms = [
        ("base", anju_base::SOURCES),
        ("party", anju_party::SOURCES),
        ("employment", anju_employment::SOURCES),
        ("industry", anju_industry::SOURCES),
        ("governance", anju_governance::SOURCES),
        ("assistance", anju_assistance::SOURCES),
    ];
    let files = mechanisms.iter().flat_map(|(name, files)| files.iter().map(move |file| (*name, file)));
    let source = |(name, (path, text)): (&str, &(&str, &str))| Source {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
        mechanism: Some(name.to_owned()),
    };
    let county = Source { path: "counties/ningshan/county.toml".into(), text: anju_ningshan::COUNTY_TOML.to_owned(), mechanism: None };
    files.map(source).chain([county]).collect()
}

/// The files of a folder, or the built-in ones. A folder without a county of its own is the demo county's.
///
/// # Errors
/// When the folder cannot be read.
pub fn sources(dir: Option<&Path>) -> Result<Vec<Source>, Ending> {
    let Some(dir) = dir else { return Ok(built_in()) };
    let sources = read_dir(dir).map_err(|error| Ending::Cannot(format!("{}: {error}; give a folder of pack files", dir.display())))?;
    if sources.is_empty() {
        return Err(Ending::Cannot(format!("{}: there are no .toml files in it; give a folder of pack files", dir.display())));
    }
    Ok(sources)
}

/// The pack to work with; its faults are printed when it has some.
///
/// # Errors
/// `No` after printing every fault.
pub fn pack(dir: Option<&Path>) -> Result<Pack, Ending> {
    let mut sources = sources(dir)?;
    if !sources.iter().any(|source| source.mechanism.is_none()) {
        sources.extend(built_in().into_iter().filter(|source| source.mechanism.is_none()));
    }
    compile(&sources).map_err(|faults| {
        print_faults(&faults);
        Ending::No
    })
}

/// Every fault with its place and mend.
pub fn print_faults(faults: &Faults) {
    eprintln!("{:?}", miette::Report::new(faults.clone()));
}
