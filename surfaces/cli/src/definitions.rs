//! The definitions in force: those built in, or those of a folder.

use std::io::Write as _;
use std::path::Path;

use anju_pack::{Faults, Pack, Source, compile, read_county, read_dir};

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
    let county = Source {
        path: "counties/ningshan/county.toml".into(),
        text: anju_ningshan::COUNTY_TOML.to_owned(),
        mechanism: None,
    };
    files.map(source).chain([county]).collect()
}

/// The files of a folder, or the built-in ones. The folder holds `mechanisms/` and `counties/`, or is one pack, or is a county's own;
/// what it lacks of the two is built in.
///
/// # Errors
/// `Cannot` when the folder cannot be read or holds no definitions, `Usage` when it holds several counties.
pub fn sources(dir: Option<&Path>) -> Result<Vec<Source>, Ending> {
    let Some(dir) = dir else { return Ok(built_in()) };
    let cannot = |error| Ending::Cannot(format!("{}: {error}; give a folder of pack files", dir.display()));
    let mut sources = read_dir(dir).map_err(cannot)?;
    let own = dir.join("county.toml");
    if own.is_file() && !sources.iter().any(declares_mechanism) {
        // A county's folder also holds files that are no definitions; only its `county.toml` is one.
        sources = vec![read_county(&own).map_err(cannot)?];
    } else if !sources.iter().any(is_county) {
        sources.extend(county_of(dir)?);
    }
    if sources.is_empty() {
        return Err(Ending::Cannot(format!(
            "{}: there are no .toml files in it; give a folder of pack files: one that holds mechanisms/, one mechanism's pack, or a county's own",
            dir.display()
        )));
    }
    if sources.iter().all(is_county) {
        sources.extend(built_in().into_iter().filter(|source| !is_county(source)));
    } else if !sources.iter().any(is_county) && sources.iter().any(|source| source.mechanism.as_deref() == Some("base"))
    {
        sources.extend(built_in().into_iter().filter(is_county));
    }
    Ok(sources)
}

fn is_county(source: &Source) -> bool {
    source.mechanism.is_none()
}

fn declares_mechanism(source: &Source) -> bool {
    source.mechanism.is_some() && source.text.lines().any(|line| line.trim() == "[mechanism]")
}

/// The one county under `counties/`.
fn county_of(dir: &Path) -> Result<Option<Source>, Ending> {
    let counties = dir.join("counties");
    let cannot = |error| Ending::Cannot(format!("{}: {error}; see that it can be read", counties.display()));
    if !counties.is_dir() {
        return Ok(None);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&counties).map_err(cannot)? {
        files.push(entry.map_err(cannot)?.path().join("county.toml"));
    }
    files.retain(|file| file.is_file());
    files.sort();
    match files.as_slice() {
        [] => Ok(None),
        [file] => read_county(file).map(Some).map_err(cannot),
        several => {
            let names: Vec<_> =
                several.iter().filter_map(|file| file.parent()).map(|folder| folder.display().to_string()).collect();
            Err(Ending::Usage(format!(
                "{}: there are several counties; give the folder of one: {}",
                counties.display(),
                names.join(", ")
            )))
        }
    }
}

/// The pack to work with; its faults are printed when it has some.
///
/// # Errors
/// `No` after printing every fault.
pub fn pack(dir: Option<&Path>) -> Result<Pack, Ending> {
    compile(&sources(dir)?).map_err(|faults| {
        print_faults(&faults);
        Ending::No
    })
}

/// Every fault with its place and mend, and how many there are.
pub fn print_faults(faults: &Faults) {
    let mut err = std::io::stderr();
    for fault in faults.iter() {
        let _ = writeln!(err, "{:?}", miette::Report::new(fault.clone()));
    }
    let (count, s) = (faults.len(), if faults.len() == 1 { "" } else { "s" });
    let _ = writeln!(err, "业务包有{count}处错误 / the pack has {count} fault{s}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_is_what_stands_in_the_folders() -> std::io::Result<()> {
        let on_disk = read_dir(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")))?;
        let in_order = |sources: Vec<Source>| {
            let mut files: Vec<_> = sources.into_iter().filter(|source| source.mechanism.is_some()).collect();
            files.sort_by(|one, other| one.path.cmp(&other.path));
            files
        };
        assert_eq!(in_order(built_in()), in_order(on_disk));
        Ok(())
    }
}
