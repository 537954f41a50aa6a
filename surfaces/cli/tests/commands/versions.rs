//! A database and a pack of different ages: what would change is shown, nothing is lost unasked, data stay what they were.

use std::path::Path;

use crate::anju::{anju, demo, path, root};

/// A copy of all packs, with some text that stands in one of them put in place of another.
fn packs(folder: &Path, from: &str, to: &str) {
    let mut put = 0;
    for mechanism in ["base", "party", "employment", "industry", "governance", "assistance"] {
        let target = folder.join("mechanisms").join(mechanism).join("pack");
        std::fs::create_dir_all(&target).unwrap();
        for entry in std::fs::read_dir(root().join("mechanisms").join(mechanism).join("pack")).unwrap() {
            let entry = entry.unwrap();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            put += text.matches(from).count();
            std::fs::write(target.join(entry.file_name()), text.replace(from, to)).unwrap();
        }
    }
    assert_eq!(put, 1, "{from}");
}

const HEAD: &str = "[ledger.garden_plot.fields]\n";

#[test]
fn an_older_database_is_planned_shown_and_applied() {
    let (county, newer) = (demo(), tempfile::tempdir().unwrap());
    let data = path(county.path());
    let more = "soil = { kind = \"text\", max = 20, title = { zh = \"土质\", en = \"Soil\" } }\n";
    packs(newer.path(), HEAD, &format!("{HEAD}{more}"));
    let pack = path(newer.path());
    let before = anju(&["coverage", "--data", data, "--format", "json"]).with(0).out;

    anju(&["coverage", "--data", data, "--pack", pack])
        .telling(3, &["earlier pack", "anju pack plan", "anju pack apply"]);
    let plan = anju(&["pack", "plan", "--data", data, "--pack", pack]).with(0).out;
    assert!(plan.contains("add") && plan.contains("soil") && !plan.contains("REMOVE"), "{plan}");
    assert_eq!(anju(&["coverage", "--data", data, "--format", "json"]).with(0).out, before, "a plan changes nothing");

    anju(&["pack", "apply", "--data", data, "--pack", pack]).telling(0, &["soil"]);
    assert_eq!(anju(&["coverage", "--data", data, "--pack", pack, "--format", "json"]).with(0).out, before);
    anju(&["verify", "--data", data, "--pack", pack]).with(0);
    let csv = anju(&["export", "garden_plot", "--data", data, "--pack", pack]).with(0).out;
    assert!(csv.lines().next().unwrap().contains("soil"), "the new field is there");
    anju(&["pack", "plan", "--data", data, "--pack", pack]).telling(0, &["nothing to do"]);
}

#[test]
fn what_would_lose_data_is_refused_without_the_flag() {
    let (county, smaller) = (demo(), tempfile::tempdir().unwrap());
    let data = path(county.path());
    let field = "distance_m  = { kind = \"integer\", min = 0, unit = \"m\", title = { zh = \"距住房（米）\", en = \"Distance from the homes (m)\" } }\n";
    packs(smaller.path(), field, "");
    let pack = path(smaller.path());
    let gardens = || anju(&["export", "garden", "--data", data]).with(0).out;
    let before = gardens();

    anju(&["pack", "plan", "--data", data, "--pack", pack]).telling(0, &["REMOVE", "distance_m"]);
    anju(&["pack", "apply", "--data", data, "--pack", pack])
        .telling(3, &["distance_m", "nothing was changed", "--allow-contraction"]);
    assert_eq!(gardens(), before);
    anju(&["verify", "--data", data]).with(0);

    anju(&["pack", "apply", "--data", data, "--pack", pack, "--allow-contraction"])
        .telling(0, &["REMOVE", "distance_m"]);
    let after = anju(&["export", "garden", "--data", data, "--pack", pack]).with(0).out;
    assert_eq!(after.lines().count(), before.lines().count());
    assert!(!after.contains("distance_m"));
    anju(&["verify", "--data", data, "--pack", pack]).with(0);
}
