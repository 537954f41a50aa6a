//! The project stands alone: nothing committed names a machine, a private mirror or a secret.

use crate::fault::Fault;
use crate::tree::Tree;

const CHECK: &str = "words";
/// The one file that has to write them down.
const SELF: &str = "xtask/src/words.rs";

/// What may not stand in a committed text, and why.
const FORBIDDEN: &[(&str, &str)] = &[
    ("/work/", "a path of one machine"),
    ("/root/", "a path of one machine"),
    ("/home/", "a path of one machine"),
    ("/Users/", "a path of one machine"),
    ("C:\\Users", "a path of one machine"),
    ("/tmp/", "a path of one machine: ask for a temporary folder"),
    ("../shared", "the project stands alone: bring the data in, with its origin"),
    ("-----BEGIN", "a key or a certificate"),
    ("lorem ipsum", "filler"),
];
/// Conflict marks of a merge, at the start of a line.
const MARKS: &[&str] = &["<<<<<<< ", ">>>>>>> "];
/// The only places a lock file may name.
const SOURCES: &[&str] = &["registry+https://github.com/rust-lang/crates.io-index", "https://registry.npmjs.org/"];

/// Every forbidden word with its line.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in tree.texts.iter().filter(|(path, _)| *path != SELF) {
        for (ix, line) in text.lines().enumerate() {
            let says = if is_lock(path) { foreign_source(line) } else { forbidden(line) };
            faults.extend(says.map(|says| Fault::new(CHECK, path, ix + 1, says)));
        }
    }
    faults
}

fn is_lock(path: &str) -> bool {
    path.ends_with("Cargo.lock") || path.ends_with("package-lock.json")
}

fn forbidden(line: &str) -> Option<String> {
    if MARKS.iter().any(|mark| line.starts_with(mark)) {
        return Some("a merge was not finished".to_owned());
    }
    FORBIDDEN.iter().find(|(word, _)| stands_in(line, word)).map(|(word, why)| format!("`{word}`: {why}"))
}

/// `/tmp/` in `src/tmp/a` is no path of a machine; one begins at a quote, a blank or the start.
fn stands_in(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !word.starts_with('/') || before.is_none_or(|sign| !sign.is_alphanumeric() && !"./-_}$*)>]".contains(sign))
    })
}

fn foreign_source(line: &str) -> Option<String> {
    let line = line.trim();
    let source = line.strip_prefix("source = \"").or_else(|| line.strip_prefix("\"resolved\": \""))?;
    (!SOURCES.iter().any(|known| source.starts_with(known)))
        .then(|| format!("a package from elsewhere: {}", source.trim_end_matches(['"', ','])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::of;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&of(&[(path, text)])).into_iter().map(|fault| fault.line).collect()
    }

    #[test]
    fn machine_paths_are_found_at_their_line() {
        assert_eq!(lines("README.md", "fine\nsee /work/main\ncd \"/home/me/x\"\n"), [2, 3]);
    }

    #[test]
    fn a_folder_of_that_name_is_no_machine_path() {
        assert_eq!(lines("a.rs", "let x = \"target/tmp/a\"; // https://example.org/work/x\n"), []);
    }

    #[test]
    fn unfinished_merges_and_keys_are_found() {
        assert_eq!(lines("a.rs", "<<<<<<< mine\n=======\n-----BEGIN KEY\n"), [1, 3]);
    }

    #[test]
    fn lock_files_name_public_registries_only() {
        assert_eq!(
            lines(
                "Cargo.lock",
                "source = \"registry+https://github.com/rust-lang/crates.io-index\"\nsource = \"git+https://x.y/z\"\n"
            ),
            [2]
        );
        assert_eq!(
            lines(
                "e2e/package-lock.json",
                "\"resolved\": \"https://registry.npmjs.org/a\",\n\"resolved\": \"https://mirror/a\",\n"
            ),
            [2]
        );
    }
}
