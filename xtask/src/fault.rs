//! What a check found, where, and how to mend it.

use std::fmt;

/// One thing that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The check that found it.
    pub check: &'static str,
    /// File, relative to the root.
    pub file: String,
    /// 1-based line; 0 when the whole file is meant.
    pub line: usize,
    /// What is wrong and how to mend it.
    pub says: String,
}

impl Fault {
    /// A fault of a line (0: of the whole file).
    pub fn new(check: &'static str, file: &str, line: usize, says: impl Into<String>) -> Self {
        Self { check, file: file.to_owned(), line, says: says.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}: [{}] {}", self.file, self.check, self.says),
            line => write!(out, "{}:{line}: [{}] {}", self.file, self.check, self.says),
        }
    }
}
