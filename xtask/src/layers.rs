//! Dependencies point one way, and some libraries belong to one room.

use toml::{Table, Value};

use crate::fault::Fault;
use crate::tree::Tree;

const CHECK: &str = "layers";

/// A room of the house and what it may stand on: first in its product code, then also in its tests.
/// A name that ends in `/` means every crate below it.
struct Room {
    folder: &'static str,
    on: &'static [&'static str],
    tests_on: &'static [&'static str],
}

const ENGINE: &str = "engine/";
const COMMON: &[&str] = &[ENGINE, "app", "ui", "mechanisms/base"];
const BELOW_SURFACES: &[&str] = &[ENGINE, "app", "ui", "mechanisms/", "counties/"];

/// The first room that matches a crate's folder is its own.
const HOUSE: &[Room] = &[
    Room { folder: "engine/vault", on: &[], tests_on: &[] },
    Room { folder: "engine/pack", on: &[], tests_on: &[] },
    Room { folder: "engine/record", on: &["engine/pack"], tests_on: &[] },
    Room { folder: "engine/access", on: &["engine/pack", "engine/record"], tests_on: &[] },
    Room { folder: "engine/exchange", on: &["engine/pack", "engine/record"], tests_on: &[] },
    Room { folder: "engine/shard", on: &["engine/pack", "engine/record"], tests_on: &[] },
    Room {
        folder: "engine/store",
        on: &["engine/vault", "engine/pack", "engine/record", "engine/access"],
        tests_on: &["engine/shard"],
    },
    Room { folder: "engine/roll", on: &["engine/pack", "engine/record", "engine/shard"], tests_on: &[] },
    Room { folder: "engine/coverage", on: &["engine/pack", "engine/record", "engine/shard"], tests_on: &[] },
    Room { folder: "engine/casework", on: &[], tests_on: &[] },
    Room { folder: "engine/planning", on: &[], tests_on: &[] },
    Room { folder: "app", on: &[ENGINE], tests_on: &["mechanisms/", "counties/"] },
    Room { folder: "ui", on: &["engine/pack", "engine/record", "engine/coverage"], tests_on: &[] },
    Room { folder: "mechanisms/base", on: &[ENGINE, "app", "ui"], tests_on: BELOW_SURFACES },
    Room { folder: "mechanisms/", on: COMMON, tests_on: BELOW_SURFACES },
    Room { folder: "counties/", on: &[ENGINE, "app", "mechanisms/"], tests_on: BELOW_SURFACES },
    Room { folder: "surfaces/web", on: &[ENGINE, "app", "ui", "mechanisms/"], tests_on: &["counties/"] },
    Room {
        folder: "surfaces/cli",
        on: &[ENGINE, "app", "ui", "mechanisms/", "counties/", "surfaces/web"],
        tests_on: &["benches"],
    },
    Room { folder: "benches", on: &[ENGINE, "app", "mechanisms/", "counties/", "surfaces/"], tests_on: &[] },
    Room { folder: "xtask", on: &[ENGINE], tests_on: &["mechanisms/"] },
];

/// A library and the only rooms whose product code may use it.
const OWNED: &[(&str, &[&str], &str)] = &[
    ("rusqlite", &["engine/store", "benches"], "SQL stays in engine/store"),
    ("tokio-postgres", &["engine/store", "benches"], "SQL stays in engine/store"),
    ("deadpool-postgres", &["engine/store", "benches"], "SQL stays in engine/store"),
    ("postgres-types", &["engine/store", "benches"], "SQL stays in engine/store"),
    ("sea-query", &["engine/store", "benches"], "SQL stays in engine/store"),
    ("sqlparser", &["engine/pack"], "predicates are parsed once, in engine/pack"),
    (
        "tokio",
        &["engine/store", "app", "surfaces/", "mechanisms/", "benches"],
        "the language, shard and coverage are pure",
    ),
    ("axum", &["surfaces/", "mechanisms/", "benches"], "HTTP begins in surfaces"),
    ("maud", &["ui", "mechanisms/", "surfaces/web"], "pages are made above app"),
    ("clap", &["surfaces/cli", "benches"], "the command line is surfaces/cli"),
];

/// A crate of the workspace.
struct Crate {
    folder: String,
    name: String,
    product: Vec<String>,
    tests: Vec<String>,
}

/// Every dependency that points the wrong way.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let (crates, mut faults) = crates(tree);
    let folder_of = |name: &str| crates.iter().find(|one| one.name == name).map(|one| one.folder.as_str());
    for one in &crates {
        let manifest = format!("{}/Cargo.toml", one.folder);
        let Some(room) = HOUSE.iter().find(|room| within(&one.folder, room.folder)) else {
            faults.push(Fault::new(
                CHECK,
                &manifest,
                0,
                "this crate has no room in the house: give it one in xtask/src/layers.rs",
            ));
            continue;
        };
        let mut tests_on = room.on.to_vec();
        tests_on.extend(room.tests_on);
        for (names, allowed) in [(&one.product, room.on), (&one.tests, tests_on.as_slice())] {
            for target in names.iter().filter_map(|name| folder_of(name)) {
                if target != one.folder && !allowed.iter().any(|on| within(target, on)) {
                    faults.push(Fault::new(CHECK, &manifest, 0, format!("{} may not depend on {target}", one.folder)));
                }
            }
        }
        for (library, rooms, why) in OWNED {
            if one.product.iter().any(|name| name == library) && !rooms.iter().any(|room| within(&one.folder, room)) {
                faults.push(Fault::new(CHECK, &manifest, 0, format!("{} may not use {library}: {why}", one.folder)));
            }
        }
    }
    faults
}

fn within(folder: &str, room: &str) -> bool {
    if room.ends_with('/') { folder.starts_with(room) } else { folder == room }
}

fn crates(tree: &Tree) -> (Vec<Crate>, Vec<Fault>) {
    let (mut crates, mut faults) = (Vec::new(), Vec::new());
    for (path, text) in tree.ending("/Cargo.toml") {
        match text.parse::<Table>() {
            Ok(manifest) => crates.extend(read(path.trim_end_matches("/Cargo.toml"), &manifest)),
            Err(why) => faults.push(Fault::new(CHECK, path, 0, format!("not TOML: {}", why.message()))),
        }
    }
    (crates, faults)
}

fn read(folder: &str, manifest: &Table) -> Option<Crate> {
    let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
    let mut product = names(manifest.get("dependencies"));
    product.extend(names(manifest.get("build-dependencies")));
    Some(Crate { folder: folder.to_owned(), name, product, tests: names(manifest.get("dev-dependencies")) })
}

fn names(section: Option<&Value>) -> Vec<String> {
    let renamed = |(key, value): (&String, &Value)| {
        value.get("package").and_then(Value::as_str).map_or_else(|| key.clone(), str::to_owned)
    };
    section.and_then(Value::as_table).map(|table| table.iter().map(renamed).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::of;

    fn manifest(name: &str, on: &[&str], tests_on: &[&str]) -> String {
        let lines =
            |names: &[&str]| names.iter().map(|name| format!("{name} = {{ workspace = true }}\n")).collect::<String>();
        format!("[package]\nname = \"{name}\"\n[dependencies]\n{}[dev-dependencies]\n{}", lines(on), lines(tests_on))
    }

    fn said(files: &[(&str, String)]) -> Vec<String> {
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        check(&of(&files)).into_iter().map(|fault| fault.says).collect()
    }

    #[test]
    fn the_way_down_is_free() {
        let files = [
            ("engine/pack/Cargo.toml", manifest("anju-pack", &[], &[])),
            ("app/Cargo.toml", manifest("anju-app", &["anju-pack"], &[])),
            ("mechanisms/base/Cargo.toml", manifest("anju-base", &["anju-app", "anju-pack"], &[])),
            ("mechanisms/party/Cargo.toml", manifest("anju-party", &["anju-base"], &[])),
        ];
        assert_eq!(said(&files), Vec::<String>::new());
    }

    #[test]
    fn the_way_up_and_sideways_is_not() {
        let files = [
            ("engine/pack/Cargo.toml", manifest("anju-pack", &["anju-app"], &[])),
            ("app/Cargo.toml", manifest("anju-app", &[], &[])),
            ("ui/Cargo.toml", manifest("anju-ui", &["anju-app"], &[])),
            ("mechanisms/party/Cargo.toml", manifest("anju-party", &[], &[])),
            ("mechanisms/industry/Cargo.toml", manifest("anju-industry", &["anju-party"], &[])),
        ];
        assert_eq!(
            said(&files),
            [
                "engine/pack may not depend on app",
                "mechanisms/industry may not depend on mechanisms/party",
                "ui may not depend on app",
            ]
        );
    }

    #[test]
    fn tests_may_reach_further_but_not_up_from_the_engine() {
        let files = [
            ("counties/ningshan/Cargo.toml", manifest("anju-ningshan", &[], &[])),
            ("app/Cargo.toml", manifest("anju-app", &[], &["anju-ningshan"])),
            ("engine/coverage/Cargo.toml", manifest("anju-coverage", &[], &["anju-ningshan"])),
        ];
        assert_eq!(said(&files), ["engine/coverage may not depend on counties/ningshan"]);
    }

    #[test]
    fn sql_has_one_room() {
        let files = [("app/Cargo.toml", manifest("anju-app", &["rusqlite"], &[]))];
        assert_eq!(said(&files), ["app may not use rusqlite: SQL stays in engine/store"]);
    }

    #[test]
    fn a_crate_without_a_room_is_a_fault() {
        let files = [("attic/Cargo.toml", manifest("attic", &[], &[]))];
        assert!(said(&files)[0].starts_with("this crate has no room"));
    }
}
