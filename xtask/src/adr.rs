//! Decisions are numbered from 1 without a gap, and each has a title and a status.

use crate::fault::Fault;
use crate::tree::Tree;

const CHECK: &str = "adr";
const FOLDER: &str = "docs/adr/";
/// How a decision may stand.
const STATES: &[&str] = &["proposed", "accepted", "replaced", "Proposed", "Accepted", "Decided", "Replaced"];
/// Not decisions.
const OTHERS: &[&str] = &["template.md", "README.md"];

/// Numbers that are missing or used twice; decisions without title or status.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut due = 1;
    for (path, text) in tree.texts.iter().filter(|(path, _)| path.starts_with(FOLDER)) {
        let name = &path[FOLDER.len()..];
        if OTHERS.contains(&name) {
            continue;
        }
        let Some(number) = number(name) else {
            faults.push(Fault::new(CHECK, path, 0, "a decision's file is named NNNN-what-was-decided.md"));
            continue;
        };
        if number != due {
            faults.push(Fault::new(CHECK, path, 0, format!("number {number:04} where {due:04} was due")));
        }
        due = number + 1;
        faults.extend(head(path, text, number));
    }
    faults
}

fn number(name: &str) -> Option<u16> {
    let (digits, slug) = name.strip_suffix(".md")?.split_once('-')?;
    let plain = slug.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-');
    (digits.len() == 4 && plain && !slug.is_empty()).then(|| digits.parse().ok())?
}

fn head(path: &str, text: &str, number: u16) -> Vec<Fault> {
    let mut faults = Vec::new();
    let title = text.lines().next().unwrap_or("");
    let (short, long) = (format!("# {number}. "), format!("# {number:04}"));
    if !title.starts_with(&short) && !title.starts_with(&long) {
        faults.push(Fault::new(CHECK, path, 1, format!("the first line is the title, `{short}…`")));
    }
    if !text
        .lines()
        .skip(1)
        .take(6)
        .any(|line| STATES.iter().any(|state| line.trim_start_matches("Status: ").starts_with(state)))
    {
        faults.push(Fault::new(
            CHECK,
            path,
            0,
            "say the status under the title: proposed, accepted, or replaced by which",
        ));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::of;

    const GOOD: &str = "# 1. Record decisions\n\nStatus: accepted\n";

    fn said(files: &[(&str, &str)]) -> Vec<String> {
        check(&of(files)).into_iter().map(|fault| fault.says).collect()
    }

    #[test]
    fn a_numbered_series_passes() {
        let files = [
            ("docs/adr/0001-a.md", GOOD),
            ("docs/adr/0002-b.md", "# 2. B\nStatus: accepted"),
            ("docs/adr/template.md", ""),
        ];
        assert_eq!(said(&files), Vec::<String>::new());
    }

    #[test]
    fn gaps_and_twins_are_told() {
        let two = "# 3. C\nStatus: accepted";
        assert_eq!(
            said(&[("docs/adr/0001-a.md", GOOD), ("docs/adr/0003-c.md", two)]),
            ["number 0003 where 0002 was due"]
        );
        assert_eq!(
            said(&[("docs/adr/0001-a.md", GOOD), ("docs/adr/0001-b.md", GOOD)]),
            ["number 0001 where 0002 was due"]
        );
    }

    #[test]
    fn title_status_and_name_are_asked_for() {
        assert_eq!(said(&[("docs/adr/0001-a.md", "A")]).len(), 2);
        assert_eq!(said(&[("docs/adr/decision.md", GOOD)]).len(), 1);
    }
}
