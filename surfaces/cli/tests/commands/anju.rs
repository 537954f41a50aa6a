//! Running the binary.

use std::path::{Path, PathBuf};
use std::process::Command;

/// How a run ended.
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub told: String,
}

impl Ended {
    #[track_caller]
    pub fn with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.told);
        self
    }

    /// It ended so, and said each of these.
    #[track_caller]
    pub fn telling(self, code: i32, words: &[&str]) -> Self {
        let ended = self.with(code);
        for word in words {
            assert!(
                ended.out.contains(word) || ended.told.contains(word),
                "“{word}” is not in:\n{}\n{}",
                ended.out,
                ended.told
            );
        }
        ended
    }
}

pub fn anju(args: &[&str]) -> Ended {
    let done = Command::new(env!("CARGO_BIN_EXE_anju")).args(args).env("NO_COLOR", "1").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: done.status.code().unwrap_or(-1), out: text(done.stdout), told: text(done.stderr) }
}

/// The demo county in a folder of its own.
pub fn demo() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    anju(&["demo", "--prepare-only", "--data", path(folder.path())]).with(0);
    folder
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

pub fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
