//! Files stay small enough to be read whole.

use crate::fault::Fault;
use crate::tree::Tree;

const CHECK: &str = "sizes";
/// Lines that 95 of 100 files must not exceed.
const MOST: usize = 600;
/// Lines that no file may exceed.
const LIMIT: usize = 800;

fn lines(tree: &Tree) -> Vec<(usize, &str)> {
    let mut lines: Vec<(usize, &str)> = tree.ending(".rs").map(|(path, text)| (text.lines().count(), path)).collect();
    lines.sort_unstable();
    lines
}

/// The value that `percent` of the files do not exceed.
fn percentile(sorted: &[(usize, &str)], percent: usize) -> usize {
    let rank = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(rank).map_or(0, |(lines, _)| *lines)
}

/// One line for the terminal.
pub fn distribution(tree: &Tree) -> String {
    let sorted = lines(tree);
    let (longest, path) = sorted.last().copied().unwrap_or((0, "none"));
    let sum: usize = sorted.iter().map(|(lines, _)| lines).sum();
    let (half, most) = (percentile(&sorted, 50), percentile(&sorted, 95));
    format!(
        "{} Rust files, {sum} lines; median {half}, 95th percentile {most}, longest {longest} ({path})",
        sorted.len()
    )
}

/// Files over the limit, and all long files when there are too many of them.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let sorted = lines(tree);
    let bound = if percentile(&sorted, 95) > MOST { MOST } else { LIMIT };
    let long = sorted.iter().filter(|(lines, _)| *lines > bound);
    long.map(|(lines, path)| {
        Fault::new(CHECK, path, 0, format!("{lines} lines, {bound} at most: split it by what it does"))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::of;

    #[test]
    fn one_long_file_among_many_may_pass_600_but_not_800() {
        let (short, long, huge) = ("x\n".repeat(10), "x\n".repeat(700), "x\n".repeat(801));
        let names: Vec<String> = (0..30).map(|n| format!("a{n}.rs")).collect();
        let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), short.as_str())).collect();
        files.push(("long.rs", &long));
        assert_eq!(check(&of(&files)), []);
        files.push(("huge.rs", &huge));
        let found: Vec<String> = check(&of(&files)).into_iter().map(|fault| fault.file).collect();
        assert!(found.contains(&"huge.rs".to_owned()));
    }

    #[test]
    fn too_many_long_files_are_all_named() {
        let (short, long) = ("x\n".repeat(10), "x\n".repeat(601));
        let found = check(&of(&[("a.rs", &short), ("b.rs", &long), ("c.rs", &long)]));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn an_empty_tree_has_a_distribution() {
        assert!(distribution(&of(&[])).starts_with("0 Rust files"));
    }
}
