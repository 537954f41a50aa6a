//! The files as given, and positions in them.

use sha2::{Digest, Sha256};

use crate::model::Origin;

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// As shown in faults and origins, for example `mechanisms/employment/pack/coverage.toml`.
    pub path: String,
    /// Its words.
    pub text: String,
    /// The folder it belongs to; `None` for the county's file.
    pub mechanism: Option<String>,
}

/// A range of bytes in one of the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spot {
    pub file: u16,
    pub start: usize,
    pub end: usize,
}

/// 1-based line and column (in characters) of a byte.
pub(crate) fn line_column(text: &str, at: usize) -> (u32, u32) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

/// Where an entry is written, for the model.
pub(crate) fn origin(sources: &[Source], spot: Spot) -> Origin {
    sources.get(usize::from(spot.file)).map_or_else(Origin::default, |source| Origin {
        file: source.path.clone(),
        line: line_column(&source.text, spot.start).0,
    })
}

/// SHA-256 over all files in order of path, hex.
pub(crate) fn hash(sources: &[Source]) -> String {
    let mut sorted: Vec<&Source> = sources.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let mut digest = Sha256::new();
    for source in sorted {
        for part in [&source.path, &source.text] {
            digest.update(part.len().to_be_bytes());
            digest.update(part.as_bytes());
        }
    }
    hex::encode(digest.finalize())
}
