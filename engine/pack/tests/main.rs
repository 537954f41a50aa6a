//! The language as a whole: faults at their lines, the lending library, differences, and no panic on any text.

mod conditions;
mod difference;
mod faults;
mod library;
mod random;
mod roles;

use std::path::{Path, PathBuf};

use anju_pack::{Pack, Source};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// The library's sources, with more files of the same mechanism.
fn library(more: &[(&str, &str)]) -> Vec<Source> {
    let mut sources = anju_pack::read_dir(&folder("library")).expect("the library is on disk");
    for (path, text) in more {
        let mechanism = (!path.ends_with(".county.toml")).then(|| "library".to_owned());
        sources.push(Source { path: (*path).to_owned(), text: (*text).to_owned(), mechanism });
    }
    sources
}

fn compiled(more: &[(&str, &str)]) -> Pack {
    match anju_pack::compile(&library(more)) {
        Ok(pack) => pack,
        Err(faults) => panic!("{faults}"),
    }
}
