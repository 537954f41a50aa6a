//! The engine runs any pack, so it names no noun of one.
//!
//! Code lines (identifiers and strings) are strict; comments and tests are free, because examples need nouns.

use crate::fault::Fault;
use crate::tree::Tree;

const CHECK: &str = "nouns";

/// English nouns, singular. A word of an identifier that equals one (or its plural) is a fault.
const ENGLISH: &[&str] = &[
    "household",
    "site",
    "cadre",
    "village",
    "town",
    "grid",
    "visit",
    "person",
    "party",
    "garden",
    "factory",
    "dwelling",
    "pairing",
    "kinship",
    "resettlement",
    "relocation",
    "instructor",
    "mediation",
    "patrol",
    "courtyard",
    "dividend",
    "cooperative",
    "dispatch",
    "employment",
    "seeker",
    "vacancy",
    "loan",
    "homestead",
    "corn",
    "elder",
    "camera",
    "ningshan",
];
/// Plurals and forms that adding an s does not make.
const FORMS: &[(&str, &str)] = &[
    ("people", "person"),
    ("persons", "person"),
    ("parties", "party"),
    ("factories", "factory"),
    ("visited", "visit"),
];
/// Chinese words; found anywhere in a code line.
const CHINESE: &[&str] = &[
    "户", "安置", "搬迁", "干部", "走访", "网格", "党", "工厂", "就业", "菜园", "分红", "残疾", "贫困", "楼长", "宁陕",
    "巡查",
];

/// A word that may stand in the files whose path begins so, and why.
struct Leave {
    path: &'static str,
    word: &'static str,
    because: &'static str,
}

const PLACE: &str = "a level of the official division codes and their grid extension, which every pack shares";
const CELLS: &str = "the cells of one page of a workbook, as spreadsheets call them";
const MEASURE: &str = "a measure word that sheets write behind a number";
/// What is allowed after all.
const LEAVES: &[Leave] = &[
    Leave { path: "engine/pack/src/model.rs", word: "site", because: PLACE },
    Leave { path: "engine/pack/src/model.rs", word: "town", because: PLACE },
    Leave { path: "engine/pack/src/model.rs", word: "village", because: PLACE },
    Leave { path: "engine/exchange/src", word: "grid", because: CELLS },
    Leave { path: "engine/record/src/kind/number.rs", word: "户", because: MEASURE },
];

/// Every noun of a county in the engine's code, and every leave that nothing needs any more.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut taken = vec![false; LEAVES.len()];
    for (path, text) in tree.ending(".rs").filter(|(path, _)| is_product_code(path)) {
        for (line, code) in code_lines(text) {
            for word in words(code).into_iter().filter(|word| !is_level(code, word)) {
                if let Some(ix) = leave(path, &word) {
                    taken[ix] = true;
                    continue;
                }
                let says =
                    format!("the engine knows no `{word}`: read it from the pack, or say why in xtask/src/nouns.rs");
                faults.push(Fault::new(CHECK, path, line, says));
            }
        }
    }
    let idle = LEAVES.iter().zip(taken).filter(|(leave, taken)| !taken && tree.has(leave.path)).map(|(leave, _)| leave);
    faults.extend(idle.map(|leave| {
        let says =
            format!("`{}` ({}) needs no leave any more: remove it from xtask/src/nouns.rs", leave.word, leave.because);
        Fault::new(CHECK, leave.path, 0, says)
    }));
    faults
}

fn is_product_code(path: &str) -> bool {
    let inside = path.starts_with("engine/") && path.contains("/src/");
    inside && !path.contains("/tests/") && !path.ends_with("/tests.rs") && !path.ends_with("_tests.rs")
}

fn leave(path: &str, word: &str) -> Option<usize> {
    LEAVES.iter().position(|leave| path.starts_with(leave.path) && leave.word == word)
}

/// Levels of places are named beside their type.
fn is_level(code: &str, word: &str) -> bool {
    ["site", "town", "village"].contains(&word) && code.contains("AreaLevel")
}

/// Lines of product code with their numbers: comments are cut off, and test modules (which stand last) end the file.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut before_tests = true;
    let mut previous = "";
    text.lines()
        .enumerate()
        .filter(move |(_, line)| {
            let opens = line.trim_start().starts_with("mod ") && line.trim_end().ends_with('{');
            if previous.trim() == "#[cfg(test)]" && opens {
                before_tests = false;
            }
            previous = line;
            before_tests
        })
        .map(|(ix, line)| (ix + 1, without_comment(line)))
}

fn without_comment(line: &str) -> &str {
    let start = line.trim_start();
    if start.starts_with("//") || start.starts_with("* ") || start.starts_with("/*") {
        return "";
    }
    match line.find(" // ") {
        Some(at) if line[..at].matches('"').count().is_multiple_of(2) => &line[..at],
        _ => line,
    }
}

/// The forbidden words of a line, each once.
fn words(code: &str) -> Vec<String> {
    let is_word = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let mut found: Vec<String> = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find(is_word) {
        rest = &rest[start..];
        let end = rest.find(|sign| !is_word(sign)).unwrap_or(rest.len());
        let (identifier, after) = rest.split_at(end);
        if !is_traversal(identifier, after) {
            found.extend(parts(identifier).iter().filter_map(|part| noun(part)).map(str::to_owned));
        }
        rest = after;
    }
    found.extend(CHINESE.iter().filter(|word| code.contains(**word)).map(|word| (*word).to_owned()));
    found.sort();
    found.dedup();
    found
}

/// `visit(node)`, `fn visit<'a>(…)` and the callbacks `visit_…` of serde and sqlparser walk a tree; nobody is called on.
fn is_traversal(identifier: &str, after: &str) -> bool {
    identifier.starts_with("visit_") || (identifier == "visit" && after.starts_with(['(', '<']))
}

/// `homeVisits`, `home_visits` and `HomeVisits` are the same two words.
fn parts(identifier: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut after_lower = false;
    for sign in identifier.chars() {
        if sign == '_' || (sign.is_ascii_uppercase() && after_lower) {
            parts.push(String::new());
        }
        if sign != '_' {
            parts.last_mut().expect("never empty").push(sign.to_ascii_lowercase());
        }
        after_lower = sign.is_ascii_lowercase();
    }
    parts
}

fn noun(word: &str) -> Option<&'static str> {
    let singular = FORMS.iter().find(|(form, _)| *form == word).map(|(_, singular)| *singular);
    let singular = singular.unwrap_or_else(|| word.strip_suffix('s').filter(|stem| stem.len() > 2).unwrap_or(word));
    ENGLISH.iter().copied().find(|noun| *noun == singular || *noun == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::of;

    fn said(path: &str, text: &str) -> Vec<(usize, String)> {
        check(&of(&[(path, text)])).into_iter().map(|fault| (fault.line, fault.says)).collect()
    }

    #[test]
    fn identifiers_strings_and_chinese_are_found_once_each() {
        let text = "fn f() {}\nlet homeVisits = \"the household\";\nlet x = \"每户\";\nstruct PersonRow;";
        let lines: Vec<usize> = said("engine/shard/src/a.rs", text).iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 2, 3, 4]);
    }

    #[test]
    fn comments_and_tests_are_free() {
        let text = "/// A household.\nlet a = 1; // each visit\n#[cfg(test)]\nmod tests {\n  let village = 1;\n}";
        assert_eq!(said("engine/shard/src/a.rs", text), []);
    }

    #[test]
    fn a_test_module_in_its_own_file_does_not_end_the_check() {
        let text = "#[cfg(test)]\nmod tests;\nlet village = 1;";
        assert_eq!(said("engine/shard/src/a.rs", text).len(), 1);
        assert_eq!(said("engine/shard/src/tests.rs", "let village = 1;"), []);
    }

    #[test]
    fn words_that_only_contain_a_noun_are_not_nouns() {
        assert_eq!(
            said("engine/pack/src/a.rs", "let opposite = personal + third_partying; fn visit_str() { visit(a) }"),
            []
        );
        assert_eq!(words("let visit = 1;"), ["visit"]);
    }

    #[test]
    fn levels_of_places_and_other_rooms_are_left_alone() {
        assert_eq!(said("engine/record/src/a.rs", "AreaLevel::Village => 12,"), []);
        assert_eq!(said("engine/pack/src/model.rs", "    Village, Town, Site,"), []);
        assert_eq!(said("mechanisms/base/src/lib.rs", "let household = 1;"), []);
    }

    #[test]
    fn a_leave_that_nothing_needs_is_a_fault() {
        let idle = said("engine/pack/src/model.rs", "    Village,\n    Site,\n");
        assert_eq!(idle.len(), 1);
        assert!(idle[0].1.starts_with("`town`"));
    }

    #[test]
    fn a_string_with_slashes_is_not_cut() {
        assert_eq!(words("let a = \"x // y household\";"), ["household"]);
        assert_eq!(without_comment("let a = \"x // household\";"), "let a = \"x // household\";");
    }
}
