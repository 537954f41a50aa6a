//! What changes between two packs.

use anju_pack::{Effect, Snapshot, compile, diff};

/// Differences after replacing words in the library's files.
fn changed(swaps: &[(&str, &str)]) -> Vec<(Effect, String)> {
    let mut sources = crate::library(&[]);
    for (from, to) in swaps {
        assert!(sources.iter().any(|source| source.text.contains(from)), "{from}");
        for source in &mut sources {
            source.text = source.text.replace(from, to);
        }
    }
    let (old, new) = (Snapshot::of(&crate::compiled(&[])), Snapshot::of(&compile(&sources).expect("still whole")));
    diff(&old, &new).into_iter().map(|difference| (difference.effect, difference.path)).collect()
}

#[test]
fn the_same_pack_has_no_difference_also_after_a_trip_through_json() {
    let old = Snapshot::of(&crate::compiled(&[]));
    let back: Snapshot = serde_json::from_str(&serde_json::to_string(&old).expect("json")).expect("reads back");
    assert_eq!(diff(&back, &old), []);
}

#[test]
fn room_is_expansion() {
    let found = changed(&[
        ("written_by = { kind = \"text\", title", "written_by = { kind = \"text\", max = 300, title"),
        ("price = { kind = \"money\", min = 0, title", "price = { kind = \"money\", title"),
        ("\"2\" = { zh = \"破损\"", "\"3\" = { zh = \"缺页\", en = \"Torn\" }\n\"2\" = { zh = \"破损\""),
    ]);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|(effect, _)| *effect == Effect::Expansion), "{found:?}");
}

#[test]
fn what_may_not_fit_is_contraction() {
    for (from, to, path) in [
        (
            "written_by = { kind = \"text\", title",
            "written_by = { kind = \"text\", required = true, title",
            "book.written_by",
        ),
        ("written_by = { kind = \"text\", title", "written_by = { kind = \"bool\", title", "book.written_by"),
        ("price = { kind = \"money\", min = 0", "price = { kind = \"money\", min = 1", "book.price"),
        ("scale = 1,", "scale = 2,", "book.thickness"),
        (
            "keeper = { kind = \"ref\", to = \"member\", title",
            "active = { kind = \"bool\", title = { zh = \"在册\", en = \"Active\" } }\nkeeper = { kind = \"ref\", to = \"member\", agrees = [\"active\"], title",
            "copy",
        ),
        ("fine = { kind = \"money\", title", "fee = { kind = \"money\", required = true, title", "loan.fee"),
    ] {
        let swaps = [
            (from, to),
            ("sum = \"loan.fine\"", if to.starts_with("fee") { "sum = \"loan.fee\"" } else { "sum = \"loan.fine\"" }),
        ];
        let more = [("fine > fine AND", if to.starts_with("fee") { "fee > fine AND" } else { "fine > fine AND" })];
        let found = changed(&[swaps.as_slice(), more.as_slice()].concat());
        assert!(found.contains(&(Effect::Contraction, path.to_owned())), "{to}: {found:?}");
    }
}

#[test]
fn rules_and_names_touch_nothing_stored() {
    let found =
        changed(&[("due = 60", "due = 61"), ("zh = \"书名\"", "zh = \"题名\""), ("default = 30", "default = 31")]);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|(effect, _)| *effect == Effect::Neutral), "{found:?}");
}
