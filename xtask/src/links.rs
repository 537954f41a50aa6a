//! Links between the documents lead somewhere.

use crate::fault::Fault;
use crate::tree::Tree;

const CHECK: &str = "links";

/// Every relative link or picture of a Markdown file that is not there.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in tree.ending(".md") {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut in_code = false;
        for (ix, line) in text.lines().enumerate() {
            in_code ^= line.trim_start().starts_with("```");
            let dead = targets(line).map(|target| resolve(folder, target)).filter(|target| !tree.has(target));
            faults.extend(
                dead.filter(|_| !in_code)
                    .map(|target| Fault::new(CHECK, path, ix + 1, format!("there is no {target}"))),
            );
        }
    }
    faults
}

/// Targets of `[…](target)` that are files of this repository.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    let ends = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let files = ends.map(|target| target.split(['#', ' ']).next().unwrap_or(""));
    files.filter(|target| {
        !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:") && !target.contains(['<', '…'])
    })
}

fn resolve(folder: &str, target: &str) -> String {
    let start = if target.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in start.split('/').chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::of;

    #[test]
    fn links_are_followed_from_their_own_folder() {
        let text = "[a](../README.md#top) [b](b.md) ![c](images/c.png \"picture\") [d](https://x.y)\n[e](/LICENSE)";
        let tree = of(&[("README.md", ""), ("LICENSE", ""), ("docs/a.md", text), ("docs/b.md", "")]);
        let found: Vec<String> = check(&tree).into_iter().map(|fault| fault.says).collect();
        assert_eq!(found, ["there is no docs/images/c.png"]);
    }

    #[test]
    fn code_is_not_followed() {
        assert_eq!(check(&of(&[("a.md", "```\n[x](gone)\n```\n")])), []);
    }
}
