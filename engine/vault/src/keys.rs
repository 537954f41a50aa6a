//! The key file: TOML, readable by its owner alone, written whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::{Result, VaultError};
use crate::suite::{Blind, Cipher, Suite};

/// Bytes of the index and signing keys.
const SECRET: usize = 32;
const HEAD: &str = "# Keys of an Anju installation. Without this file what it sealed cannot be read by anybody.\n\
# Keep a copy apart from the backups of the database. The last encryption key is the one to write with.\n\n";

/// The file as it is written.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    #[zeroize(skip)]
    pub suite: Suite,
    index: String,
    signing: String,
    encryption: Vec<WrittenKey>,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    #[zeroize(skip)]
    id: String,
    #[zeroize(skip)]
    made_on: String,
    key: String,
}

/// The keys made ready.
pub(crate) struct Keys {
    pub suite: Suite,
    /// In order of making: the last one writes.
    pub ciphers: Vec<(String, Cipher)>,
    pub blind: Blind,
    pub signing: SigningKey,
}

/// Fills with chance.
pub(crate) fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| VaultError::Random(error.to_string()))
}

fn secret(length: usize) -> Result<String> {
    let mut bytes = Zeroizing::new(vec![0_u8; length]);
    random(&mut bytes)?;
    Ok(STANDARD.encode(&*bytes))
}

fn decoded(text: &str, what: &str) -> Result<Zeroizing<Vec<u8>>> {
    let bytes = STANDARD.decode(text.trim()).map_err(|_| VaultError::Malformed(format!("{what} is not base64")))?;
    Ok(Zeroizing::new(bytes))
}

impl Written {
    pub fn new(suite: Suite, made_on: &str) -> Result<Self> {
        let mut written =
            Self { suite, index: secret(SECRET)?, signing: secret(SECRET)?, encryption: Vec::with_capacity(1) };
        written.add(made_on)?;
        Ok(written)
    }

    /// Always the same keys, for tests and benches.
    pub fn fixed() -> Self {
        let secret = |byte: u8| STANDARD.encode([byte; SECRET]);
        let key = WrittenKey { id: "ktest".to_owned(), made_on: "2020-05-16".to_owned(), key: secret(3) };
        Self { suite: Suite::International, index: secret(1), signing: secret(2), encryption: vec![key] }
    }

    /// Adds a key to write with; tells its id.
    pub fn add(&mut self, made_on: &str) -> Result<String> {
        let mut name = [0_u8; 4];
        random(&mut name)?;
        let id = format!("k{:08x}", u32::from_be_bytes(name));
        if self.encryption.iter().any(|key| key.id == id) {
            return self.add(made_on);
        }
        let key = secret(self.suite.key_length())?;
        self.encryption.push(WrittenKey { id: id.clone(), made_on: made_on.to_owned(), key });
        Ok(id)
    }

    pub fn parse(text: &str) -> Result<Self> {
        // The parser's message quotes the line, which may hold a key.
        toml::from_str(text).map_err(|error: toml::de::Error| {
            let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
            VaultError::Malformed(format!("line {line} is not as in a key file"))
        })
    }

    pub fn text(&self) -> Result<Zeroizing<String>> {
        let body = toml::to_string(self).map_err(|error| VaultError::Malformed(error.to_string()))?;
        Ok(Zeroizing::new(format!("{HEAD}{}", &*Zeroizing::new(body))))
    }

    /// Ids and days of making, in order.
    pub fn made(&self) -> Vec<(String, String)> {
        self.encryption.iter().map(|key| (key.id.clone(), key.made_on.clone())).collect()
    }

    pub fn ready(&self) -> Result<Keys> {
        let mut ciphers: Vec<(String, Cipher)> = Vec::with_capacity(self.encryption.len());
        for key in &self.encryption {
            let fits = !key.id.is_empty() && key.id.len() <= 40 && key.id.bytes().all(|c| c.is_ascii_alphanumeric());
            if !fits || ciphers.iter().any(|(id, _)| *id == key.id) {
                return Err(VaultError::Malformed("an encryption key's id repeats or is no plain word".to_owned()));
            }
            ciphers.push((key.id.clone(), Cipher::new(self.suite, &decoded(&key.key, "an encryption key")?)?));
        }
        if ciphers.is_empty() {
            return Err(VaultError::Malformed("there is no encryption key".to_owned()));
        }
        let index = decoded(&self.index, "the index key")?;
        if index.len() < SECRET {
            return Err(VaultError::Malformed(format!("the index key has {SECRET} bytes")));
        }
        let signing = decoded(&self.signing, "the signing key")?;
        let seed = Zeroizing::new(
            <[u8; SECRET]>::try_from(signing.as_slice())
                .map_err(|_| VaultError::Malformed(format!("the signing key has {SECRET} bytes")))?,
        );
        Ok(Keys {
            suite: self.suite,
            ciphers,
            blind: Blind::new(self.suite, &index)?,
            signing: SigningKey::from_bytes(&seed),
        })
    }
}

/// When the file was last written, and its length: whether it is worth reading again.
pub(crate) type Mark = Option<(SystemTime, u64)>;

pub(crate) fn mark(path: &Path) -> Mark {
    let known = std::fs::metadata(path).ok()?;
    Some((known.modified().ok()?, known.len()))
}

fn told(path: &Path) -> impl Fn(std::io::Error) -> VaultError {
    let path = path.to_owned();
    move |error| VaultError::File { path: path.clone(), why: error.to_string() }
}

/// Reads a key file that only its owner may read.
pub(crate) fn read(path: &Path) -> Result<Written> {
    let mut file = File::open(path).map_err(told(path))?;
    private(path, &file)?;
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(told(path))?;
    Written::parse(&text)
}

#[cfg(unix)]
fn private(path: &Path, file: &File) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata().map_err(told(path))?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(VaultError::Exposed { path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
fn private(_: &Path, _: &File) -> Result<()> {
    Ok(())
}

fn fresh(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn fill(file: &mut File, written: &Written, path: &Path) -> Result<()> {
    file.write_all(written.text()?.as_bytes()).and_then(|()| file.sync_all()).map_err(told(path))
}

/// The folder's entry of a new file is durable once the folder is.
fn settle(path: &Path) {
    if let Some(folder) = path.parent()
        && let Ok(folder) = File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
    {
        // Some file systems refuse; the file itself is synced.
        let _ = folder.sync_all();
    }
}

/// Writes a new key file.
pub(crate) fn create(path: &Path, written: &Written) -> Result<()> {
    let mut file = fresh(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => VaultError::Exists(path.to_owned()),
        _ => told(path)(error),
    })?;
    fill(&mut file, written, path)?;
    settle(path);
    Ok(())
}

/// Reads, changes and replaces a key file; two at once cannot lose a key.
pub(crate) fn change<T>(path: &Path, change: impl FnOnce(&mut Written) -> Result<T>) -> Result<(Written, T)> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let beside = PathBuf::from(name);
    let mut file = fresh(&beside).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => VaultError::Rotating(beside.clone()),
        _ => told(&beside)(error),
    })?;
    let done = read(path).and_then(|mut written| {
        let told_back = change(&mut written)?;
        fill(&mut file, &written, &beside)?;
        std::fs::rename(&beside, path).map_err(told(path))?;
        Ok((written, told_back))
    });
    if done.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    settle(path);
    done
}
