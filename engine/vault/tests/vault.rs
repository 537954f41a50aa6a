//! What keys promise.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;
use std::sync::Arc;

use anju_vault::{Suite, Vault, VaultError, sealed_with};
use proptest::prelude::*;

fn made(suite: Suite) -> (tempfile::TempDir, PathBuf, Arc<Vault>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.toml");
    let vault = Vault::create(&path, suite).unwrap();
    (folder, path, vault)
}

proptest! {
    #[test]
    fn what_is_sealed_opens_again(context in ".{0,40}", clear in ".{0,200}") {
        for suite in [Suite::International, Suite::Commercial] {
            let (_folder, _, vault) = made(suite);
            let sealed = vault.seal(&context, &clear);
            prop_assert_eq!(vault.open_sealed(&context, &sealed).unwrap(), clear.clone());
        }
    }
}

#[test]
fn the_clear_text_is_not_in_what_was_sealed_and_no_two_are_alike() {
    for suite in [Suite::International, Suite::Commercial] {
        let (_folder, _, vault) = made(suite);
        let (one, two) = (vault.seal("a", "610923199001011234"), vault.seal("a", "610923199001011234"));
        assert!(!one.contains("610923199001011234"));
        assert_ne!(one, two);
        assert!(one.starts_with(&format!("v1.{}.", vault.current())), "{one}");
        assert!(one.bytes().all(|c| c.is_ascii_alphanumeric() || b".-_".contains(&c)), "{one}");
    }
}

#[test]
fn another_place_is_refused_and_so_is_every_changed_byte() {
    for suite in [Suite::International, Suite::Commercial] {
        let (_folder, _, vault) = made(suite);
        let sealed = vault.seal("reader.phone.1", "13800000000");
        let refused = Err(VaultError::Refused(vault.current()));
        assert_eq!(vault.open_sealed("reader.phone.2", &sealed), refused);
        let body = sealed.rfind('.').unwrap() + 1;
        for place in body..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(vault.open_sealed("reader.phone.1", &changed), refused, "{place}");
        }
        for short in ["v1..", &format!("v1.{}.", vault.current()), &sealed[..body + 20]] {
            assert!(vault.open_sealed("reader.phone.1", short).is_err(), "{short}");
        }
        assert_eq!(vault.open_sealed("reader.phone.1", "13800000000"), Err(VaultError::NotSealed));
    }
}

#[test]
fn an_index_depends_on_place_text_and_keys_alone() {
    let (_folder, path, vault) = made(Suite::International);
    let index = vault.index("reader.number", "7");
    assert_eq!(index.len(), 22);
    assert_ne!(index, vault.index("reader.phone", "7"));
    assert_ne!(vault.index("a", "bc"), vault.index("ab", "c"));
    assert_ne!(index, made(Suite::International).2.index("reader.number", "7"));
    vault.rotate().unwrap();
    assert_eq!(Vault::open(&path).unwrap().index("reader.number", "7"), index, "the same after a rotation");
}

#[test]
fn a_key_file_holds_keys_of_its_suites_length() {
    let text = |byte: &str| {
        format!(
            "suite = \"commercial\"\nindex = \"{}\"\nsigning = \"{}\"\n[[encryption]]\nid = \"k1\"\nmade_on = \"2026-01-01\"\nkey = \"{byte}\"\n",
            "AQ".repeat(21) + "A=",
            "AQ".repeat(21) + "A="
        )
    };
    assert!(Vault::from_text(&text("AAAAAAAAAAAAAAAAAAAAAA==")).is_ok(), "sixteen bytes");
    assert!(Vault::from_text(&text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")).is_err(), "not thirty-two");
}

#[test]
fn after_a_rotation_the_new_key_writes_and_the_old_one_reads_in_every_process() {
    let (_folder, path, vault) = made(Suite::Commercial);
    let server = Vault::open(&path).unwrap();
    let (first, old) = (vault.current(), vault.seal("c", "old"));
    let second = vault.rotate().unwrap();
    assert_eq!((vault.current(), vault.key_ids()), (second.clone(), vec![first.clone(), second.clone()]));
    let new = vault.seal("c", "new");
    assert_eq!(sealed_with(&new), Some(second.as_str()));
    assert_eq!(vault.open_sealed("c", &old).unwrap(), "old");
    assert_eq!(server.current(), first, "the server has not looked yet");
    assert_eq!(server.open_sealed("c", &new).unwrap(), "new", "it reads the file again when it meets the key");
    assert_eq!(server.current(), second, "and writes with it");
}

#[test]
fn an_unknown_key_is_named_and_the_content_is_not() {
    let (_folder, _, vault) = made(Suite::International);
    let other = made(Suite::International).2;
    let sealed = other.seal("c", "secret words");
    let error = vault.open_sealed("c", &sealed).unwrap_err();
    assert_eq!(error, VaultError::UnknownKey(other.current()));
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[test]
fn a_key_file_is_its_owners_and_is_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, path, _) = made(Suite::International);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(Vault::create(&path, Suite::Commercial).unwrap_err(), VaultError::Exists(path.clone()));
    let open = Vault::open(&path).unwrap();
    open.rotate().unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "nor after a rotation");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(Vault::open(&path), Err(VaultError::Exposed { mode: 0o640, .. })));
}

#[test]
fn a_rotation_that_was_cut_off_is_told_and_loses_nothing() {
    let (_folder, path, vault) = made(Suite::International);
    let beside = path.with_extension("toml.new");
    std::fs::write(&beside, "").unwrap();
    assert_eq!(vault.rotate(), Err(VaultError::Rotating(beside.clone())));
    std::fs::remove_file(beside).unwrap();
    vault.rotate().unwrap();
    assert_eq!(Vault::testing().rotate(), Err(VaultError::NoFile));
}

#[test]
fn a_broken_key_file_is_refused_without_quoting_it() {
    let (_folder, path, _) = made(Suite::International);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(Vault::from_text(&text).is_ok(), "the text alone is enough");
    let cases = [
        String::new(),
        text.replace("index = \"", "index = \"%"),
        text.replace("key = \"", "key = \"AA"),
        text.replace("international", "homemade"),
        text.split("[[encryption]]").next().unwrap().to_owned() + "encryption = []\n",
        format!("{text}{}", &text[text.find("[[encryption]]").unwrap()..]),
    ];
    for case in cases {
        let error = Vault::from_text(&case).unwrap_err();
        let secret = text.split("index = \"").nth(1).unwrap().split('"').next().unwrap();
        assert!(matches!(error, VaultError::Malformed(_)) && !error.to_string().contains(secret), "{error}");
    }
}

#[test]
fn a_signature_holds_for_its_message_and_key_alone() {
    let (_folder, _, vault) = made(Suite::Commercial);
    let (public, signature) = (vault.public_key(), vault.sign(b"day 7"));
    assert!(Vault::verify(&public, b"day 7", &signature));
    assert!(!Vault::verify(&public, b"day 8", &signature));
    assert!(!Vault::verify(&Vault::testing().public_key(), b"day 7", &signature));
    for nonsense in ["", "AAAA", "not base64!"] {
        assert!(!Vault::verify(nonsense, b"day 7", &signature) && !Vault::verify(&public, b"day 7", nonsense));
    }
}

#[test]
fn debug_shows_no_key() {
    let (_folder, path, vault) = made(Suite::International);
    let shown = format!("{vault:?}");
    for line in std::fs::read_to_string(path).unwrap().lines().filter(|line| line.contains("= \"")) {
        let value = line.split('"').nth(1).unwrap();
        assert!(value.len() < 20 || !shown.contains(value), "{shown}");
    }
}
