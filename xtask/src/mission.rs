//! Every row of the requirements is answered in one table, with its state and where.

use std::collections::BTreeMap;

use crate::fault::Fault;
use crate::tree::Tree;

const CHECK: &str = "mission";
const FILE: &str = "docs/coverage-of-the-mission.md";
/// Letter and number of rows of each part of the requirements.
const PARTS: &[(char, u8)] =
    &[('A', 3), ('P', 10), ('E', 12), ('I', 7), ('G', 10), ('H', 10), ('X', 5), ('R', 2), ('C', 15), ('N', 10)];
/// Parts whose rows are declared in packs.
const DECLARED: &str = "APEIGH";
const STATES: &[&str] = &["works", "partly", "not yet"];

/// A row of the table.
struct Answer<'a> {
    line: usize,
    state: &'a str,
    place: &'a str,
}

/// Rows without an answer, answers without a row, unknown states, places that are not there.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let Some(text) = tree.texts.get(FILE) else {
        return vec![Fault::new(CHECK, FILE, 0, "the file is missing")];
    };
    let (answers, mut faults) = answers(text);
    for (part, count) in PARTS {
        for row in (1..=*count).map(|number| format!("{part}{number}")) {
            match answers.get(row.as_str()) {
                None => faults.push(Fault::new(CHECK, FILE, 0, format!("row {row} has no answer"))),
                Some(answer) => faults.extend(judge(tree, &row, answer)),
            }
        }
    }
    faults.sort_by_key(|fault| fault.line);
    faults
}

fn answers(text: &str) -> (BTreeMap<&str, Answer<'_>>, Vec<Fault>) {
    let (mut answers, mut faults) = (BTreeMap::new(), Vec::new());
    for (ix, line) in text.lines().enumerate() {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        if !line.starts_with('|') || !is_row_id(cells[0]) {
            continue;
        }
        let answer = Answer { line: ix + 1, state: cells.get(2).unwrap_or(&""), place: cells.get(3).unwrap_or(&"") };
        if !is_known(cells[0]) {
            faults.push(Fault::new(CHECK, FILE, ix + 1, format!("{} is no row of the requirements", cells[0])));
        } else if answers.insert(cells[0], answer).is_some() {
            faults.push(Fault::new(CHECK, FILE, ix + 1, format!("{} is answered twice", cells[0])));
        }
    }
    (answers, faults)
}

fn judge(tree: &Tree, row: &str, answer: &Answer<'_>) -> Vec<Fault> {
    let fault = |says: String| Fault::new(CHECK, FILE, answer.line, says);
    let mut faults = Vec::new();
    if !STATES.contains(&answer.state) {
        faults.push(fault(format!("{row}: the state is one of works, partly, not yet; not `{}`", answer.state)));
    }
    if answer.place.is_empty() {
        faults.push(fault(format!("{row}: say where, or what is missing")));
    }
    for path in paths(answer.place).filter(|path| !tree.has(path)) {
        faults.push(fault(format!("{row}: there is no `{path}`")));
    }
    if !DECLARED.contains(&row[..1]) {
        return faults;
    }
    for entry in entries(answer.place).filter(|entry| !is_entry(tree, entry)) {
        faults.push(fault(format!("{row}: no pack declares `{entry}`")));
    }
    if answer.state != "not yet" && !is_declared(tree, row) {
        faults.push(fault(format!("{row}: no entry of mechanisms/*/pack/*.toml carries row = \"{row}\"")));
    }
    faults
}

/// What stands between backticks.
fn names(place: &str) -> impl Iterator<Item = &str> {
    place.split('`').skip(1).step_by(2)
}

/// What looks like an entry of a pack.
fn entries(place: &str) -> impl Iterator<Item = &str> {
    let plain =
        |name: &&str| name.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_');
    names(place).filter(plain)
}

fn is_entry(tree: &Tree, entry: &str) -> bool {
    let heads = [format!("\"{entry}\""), format!("[ledger.{entry}]"), format!("[process.{entry}]")];
    let stands = |line: &str| {
        heads.iter().any(|head| line.starts_with(head) || (line.starts_with("id") && line.contains(head.as_str())))
    };
    tree.ending(".toml")
        .any(|(path, text)| path.starts_with("mechanisms/") && text.lines().any(|line| stands(line.trim())))
}

/// What looks like a file: it has a slash, but is no address of a page.
fn paths(place: &str) -> impl Iterator<Item = &str> {
    names(place).filter(|name| name.contains('/') && !name.starts_with('/') && !name.contains([' ', '<', '{', '*']))
}

fn is_declared(tree: &Tree, row: &str) -> bool {
    let quoted = format!("\"{row}\"");
    let carries = |line: &str| line.trim_start().starts_with("row") && line.contains(&quoted);
    tree.ending(".toml").any(|(path, text)| path.starts_with("mechanisms/") && text.lines().any(carries))
}

fn is_row_id(cell: &str) -> bool {
    let mut signs = cell.chars();
    signs.next().is_some_and(|sign| sign.is_ascii_uppercase())
        && cell.len() > 1
        && signs.all(|sign| sign.is_ascii_digit())
}

fn is_known(row: &str) -> bool {
    let (letter, number) = row.split_at(1);
    let number: u8 = number.parse().unwrap_or(0);
    PARTS.iter().any(|(part, count)| letter.starts_with(*part) && (1..=*count).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::of;

    fn table(change: impl Fn(&str) -> Option<String>) -> String {
        let rows = PARTS.iter().flat_map(|(part, count)| (1..=*count).map(move |number| format!("{part}{number}")));
        rows.filter_map(|row| change(&row)).map(|line| line + "\n").collect()
    }

    fn said(text: &str, pack: &str) -> Vec<String> {
        let tree = of(&[(FILE, text), ("mechanisms/base/pack/a.toml", pack)]);
        check(&tree).into_iter().map(|fault| fault.says).collect()
    }

    fn all_not_yet(row: &str) -> Option<String> {
        Some(format!("| {row} | what | not yet | later |"))
    }

    #[test]
    fn a_whole_table_passes() {
        assert_eq!(said(&table(all_not_yet), ""), Vec::<String>::new());
    }

    #[test]
    fn a_missing_row_is_named() {
        let text = table(|row| if row == "G7" { None } else { all_not_yet(row) });
        assert_eq!(said(&text, ""), ["row G7 has no answer"]);
    }

    #[test]
    fn twice_unknown_and_wrong_state_are_all_told() {
        let text = table(all_not_yet) + "| A1 | what | not yet | x |\n| Q9 | what | works | x |\n";
        assert_eq!(said(&text, ""), ["A1 is answered twice", "Q9 is no row of the requirements"]);
        let text = table(|row| if row == "N1" { Some("| N1 | what | done |  |".into()) } else { all_not_yet(row) });
        assert_eq!(said(&text, "").len(), 2);
    }

    #[test]
    fn what_works_is_declared_in_a_pack_and_its_files_are_there() {
        let text = table(|row| {
            if row == "A2" { Some("| A2 | w | works | `ui/gone.rs`, `/sites` |".into()) } else { all_not_yet(row) }
        });
        assert_eq!(
            said(&text, ""),
            ["A2: there is no `ui/gone.rs`", "A2: no entry of mechanisms/*/pack/*.toml carries row = \"A2\""]
        );
        assert_eq!(said(&text, "row = [\"A1\", \"A2\"]"), ["A2: there is no `ui/gone.rs`"]);
    }

    #[test]
    fn a_named_entry_is_declared_somewhere() {
        let answer = |row: &str| {
            if row == "A1" {
                Some("| A1 | w | works | `site`, `site_located`, `site_gone` |".into())
            } else {
                all_not_yet(row)
            }
        };
        let pack = "[ledger.site]\nrow = \"A1\"\n[[requirement]]\nid = \"site_located\" # on the map";
        assert_eq!(said(&table(answer), pack), ["A1: no pack declares `site_gone`"]);
    }
}
