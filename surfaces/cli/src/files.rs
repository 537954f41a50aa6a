//! Files that the command line names: read, and written without losing one that is there.

use std::fs::File;
use std::io::{Error, ErrorKind, Write as _};
use std::path::Path;

use crate::ending::Ending;

/// Reads a file.
///
/// # Errors
/// `Cannot` with its path and the mend.
pub fn read(path: &Path) -> Result<Vec<u8>, Ending> {
    let why = |error: Error| match error.kind() {
        _ if path.is_dir() => "it is a folder; name a file in it".to_owned(),
        ErrorKind::NotFound => "there is no such file; check the path".to_owned(),
        ErrorKind::PermissionDenied => "it is not yours to read; ask whoever it belongs to".to_owned(),
        _ => format!("{error}; check the path"),
    };
    std::fs::read(path).map_err(|error| Ending::Cannot(format!("{} cannot be read: {}", path.display(), why(error))))
}

/// A file to write.
#[derive(Debug, Clone, Copy)]
pub struct Out<'a> {
    /// Where.
    pub path: &'a Path,
    /// How another one is named: `--out another.xlsx`.
    pub other: &'a str,
    /// One that is there is overwritten.
    pub force: bool,
}

impl Out<'_> {
    /// Looks whether it can be written, before anything is done for it.
    ///
    /// # Errors
    /// `Cannot` with its path and the mend.
    pub fn check(&self) -> Result<(), Ending> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if self.path.is_dir() {
            return Err(self.cannot(&format!("it is a folder; name a file with {}", self.other)));
        }
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            let folder = folder.display();
            return Err(self.cannot(&format!("there is no folder {folder}; make it, or write {}", self.other)));
        }
        if self.path.is_file() && !self.force {
            return Err(self.is_there());
        }
        Ok(())
    }

    /// That its name is one of a workbook, which is what stands in it.
    ///
    /// # Errors
    /// `Usage` with a name that is.
    pub fn check_is_workbook(&self, endings: &[&str]) -> Result<(), Ending> {
        let ending = self.path.extension().unwrap_or_default();
        if endings.iter().any(|known| ending.eq_ignore_ascii_case(known)) {
            return Ok(());
        }
        let (path, so) = (self.path.display(), self.path.with_extension("xlsx"));
        Err(Ending::Usage(format!("{path}: what is written is an xlsx workbook; name it so, {}", so.display())))
    }

    /// Makes it.
    ///
    /// # Errors
    /// As [`Out::check`].
    pub fn create(&self) -> Result<File, Ending> {
        self.check()?;
        // What is there and is no file, such as /dev/stdout, is written to and not lost.
        let over = self.force || self.path.exists();
        let made = if over { File::create(self.path) } else { File::create_new(self.path) };
        made.map_err(|error| self.failed(&error))
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// As [`Out::check`].
    pub fn write(&self, bytes: &[u8]) -> Result<(), Ending> {
        self.create()?.write_all(bytes).map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &Error) -> Ending {
        match error.kind() {
            ErrorKind::AlreadyExists => self.is_there(),
            _ => self.cannot(&format!("{error}; name a place that can be written with {}", self.other)),
        }
    }

    fn cannot(&self, why: &str) -> Ending {
        Ending::Cannot(format!("{} cannot be written: {why}", self.path.display()))
    }

    fn is_there(&self) -> Ending {
        let path = self.path.display();
        Ending::Cannot(format!("{path} is there already; write {}, or overwrite it with --force", self.other))
    }
}
