//! Wrong questions end with 2 and the mend, what cannot be done with 3 and what to do.

use crate::anju::{anju, demo, path};

#[test]
fn a_missing_county_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nothing");
    for command in [
        &["coverage"][..],
        &["gaps", "household_visited"],
        &["bulletin"],
        &["export", "household"],
        &["verify"],
        &["serve"],
    ] {
        let args = [command, &["--data", path(&nowhere)]].concat();
        anju(&args).telling(3, &["there is no county", "anju demo --prepare-only --data"]);
        assert!(!nowhere.exists(), "asking made a folder");
    }
    anju(&["doctor", "--data", path(&nowhere)]).telling(1, &["WRONG database", "→"]);
    anju(&["coverage", "--database", "mysql://x"]).telling(3, &["sqlite:PATH or postgres://"]);
}

#[test]
fn an_unfinished_command_line_is_wrong_usage() {
    for args in [
        &["nonsense"][..],
        &["export"],
        &["bulletin", "--from", "2020-01-01"],
        &["coverage", "--format", "xml"],
        &["demo", "--listen", "here"],
        &[],
    ] {
        anju(args).with(2);
    }
}

#[test]
fn questions_about_a_county() {
    let county = demo();
    let ask = |args: &[&str]| anju(&[args, &["--data", path(county.path())]].concat());
    ask(&["coverage", "--area", "999999"]).telling(2, &["999999"]);
    ask(&["coverage", "--area", "61092"]).telling(2, &["61092"]);
    ask(&["coverage", "--on", "nonsense"]).telling(2, &["nonsense", "2020-05-16"]);
    ask(&["coverage", "--on", "2020-02-30"]).telling(2, &["2020-02-30"]);
    ask(&["coverage", "--clock", "2020-13-01"]).telling(2, &["2020-13-01"]);
    ask(&["gaps", "household_visted"]).telling(2, &["household_visted", "household_visited"]);
    ask(&["export", "housholds"]).telling(2, &["housholds", "did you mean “household”"]);
    ask(&["export", "zzz"]).telling(2, &["zzz"]);
    ask(&["bulletin", "--from", "2020-05-01", "--to", "2020-01-01"]).telling(2, &["2020-05-01"]);
    ask(&["bulletin", "--lang", "fr"]).telling(2, &["zh-CN or en"]);

    let lines: Vec<serde_json::Value> =
        serde_json::from_str(&ask(&["coverage", "--format", "json"]).with(0).out).unwrap();
    for field in ["id", "row", "mechanism", "title", "area", "met", "gap", "exempt", "not_applicable"] {
        assert!(lines.iter().all(|line| line.get(field).is_some()), "{field}");
    }
    let visited = lines.iter().find(|line| line["id"] == "household_visited").unwrap();
    let gaps: Vec<serde_json::Value> =
        serde_json::from_str(&ask(&["gaps", "household_visited", "--format", "json"]).with(0).out).unwrap();
    assert_eq!(gaps.len() as u64, visited["gap"].as_u64().unwrap());
    for field in ["subject_id", "subject", "area", "have", "need", "owner", "due_on"] {
        assert!(gaps.iter().all(|line| line.get(field).is_some()), "{field}");
    }
    let bulletin: serde_json::Value =
        serde_json::from_str(&ask(&["bulletin", "--format", "json"]).with(0).out).unwrap();
    assert_eq!((bulletin["area"].as_str(), bulletin["to"].as_str()), (Some("610923"), Some("2020-05-16")));
    assert_eq!(bulletin["facts"].as_array().unwrap().len(), 36);
    for (lang, word) in [("zh-CN", "8,113户"), ("en", "8,113")] {
        ask(&["bulletin", "--lang", lang]).telling(0, &[word]);
    }
    let csv = ask(&["coverage", "--format", "csv"]).with(0).out;
    assert_eq!(csv.lines().count(), lines.len() + 1);
    ask(&["verify"]).telling(
        0,
        &["journal     holds", "shard       holds", "coverage    holds", "events      holds", "checkpoints holds"],
    );
    ask(&["doctor"]).with(0);
}
