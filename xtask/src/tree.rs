//! The files a commit of this moment would hold.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

/// Text files by path relative to the root; binary files are known by name only.
#[derive(Debug, Default)]
pub struct Tree {
    /// Content of the text files.
    pub texts: BTreeMap<String, String>,
    /// Names of the others.
    pub binaries: Vec<String>,
}

impl Tree {
    /// The working tree this program was built from: tracked files and those that git would not ignore.
    pub fn of_repository() -> io::Result<Self> {
        let root = root();
        let listing = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(&root)
            .output()?;
        if !listing.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&listing.stderr).into_owned()));
        }
        let names = String::from_utf8_lossy(&listing.stdout).into_owned();
        Self::read(&root, names.split('\0').filter(|name| !name.is_empty()))
    }

    fn read<'a>(root: &Path, names: impl Iterator<Item = &'a str>) -> io::Result<Self> {
        let mut tree = Self::default();
        for name in names {
            let path: PathBuf = root.join(name);
            if !path.is_file() {
                continue; // deleted but not yet committed, or a link to nowhere
            }
            match String::from_utf8(fs::read(&path)?) {
                Ok(text) if !text.contains('\0') => tree.texts.insert(name.to_owned(), text).map_or((), drop),
                _ => tree.binaries.push(name.to_owned()),
            }
        }
        Ok(tree)
    }

    /// Text files whose path ends so.
    pub fn ending<'a>(&'a self, suffix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.texts
            .iter()
            .filter(move |(path, _)| path.ends_with(suffix))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Whether a file or folder of that name exists.
    pub fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        let known = |name: &String| name == path || name.starts_with(&folder);
        self.texts.keys().any(known) || self.binaries.iter().any(known)
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// A tree of made-up files, for tests.
#[cfg(test)]
pub fn of(files: &[(&str, &str)]) -> Tree {
    Tree {
        texts: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect(),
        binaries: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_text_and_only_names_binaries() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.md"), "words").unwrap();
        fs::write(folder.path().join("b.png"), [0x89, 0, 1]).unwrap();
        let tree = Tree::read(folder.path(), ["a.md", "b.png", "gone.md"].into_iter()).unwrap();
        assert_eq!(tree.texts["a.md"], "words");
        assert_eq!(tree.binaries, ["b.png"]);
        assert!(tree.has("b.png") && !tree.has("gone.md"));
    }

    #[test]
    fn knows_folders() {
        let tree = of(&[("docs/adr/0001-a.md", "")]);
        assert!(tree.has("docs/adr") && tree.has("docs/adr/") && !tree.has("docs/ad"));
    }
}
