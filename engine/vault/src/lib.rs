//! Keys and what is done with them: text sealed for one place, blind indexes to find it by, signatures.
//!
//! Place in the way of data: beside the store, below everything. Invariants: no clear text and no key is in a message, a log or
//! `Debug`; what was sealed for one place does not open in another; a key that once sealed is kept until nothing needs it.
//!
//! ```
//! let vault = anju_vault::Vault::testing();
//! let sealed = vault.seal("member.phone.7", "13800000000");
//! assert_eq!(vault.open_sealed("member.phone.7", &sealed).as_deref(), Ok("13800000000"));
//! assert!(vault.open_sealed("member.phone.8", &sealed).is_err());
//! ```

mod error;
mod keys;
mod suite;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};

pub use error::{Result, VaultError};
pub use suite::Suite;

use keys::{Keys, Mark, Written};
use suite::{NONCE, TAG};

/// What every sealed text begins with.
const VERSION: &str = "v1.";

/// The keys of an installation, ready for use by many threads.
pub struct Vault {
    path: Option<PathBuf>,
    held: RwLock<Held>,
}

struct Held {
    keys: Keys,
    made: Vec<(String, String)>,
    mark: Mark,
}

impl Held {
    fn of(written: &Written, mark: Mark) -> Result<Self> {
        Ok(Self { keys: written.ready()?, made: written.made(), mark })
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("path", &self.path).field("keys", &self.key_ids()).finish_non_exhaustive()
    }
}

impl Vault {
    /// Makes new keys and their file, which only its owner may read.
    ///
    /// # Errors
    /// If the file exists or cannot be written.
    pub fn create(path: &Path, suite: Suite) -> Result<Arc<Self>> {
        keys::create(path, &Written::new(suite, &today())?)?;
        Self::open(path)
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// If it is missing, readable by others, or not as it must be.
    pub fn open(path: &Path) -> Result<Arc<Self>> {
        let mark = keys::mark(path);
        Self::of(&keys::read(path)?, Some(path.to_owned()), mark)
    }

    /// Keys from the text of a key file.
    ///
    /// # Errors
    /// If it is not as it must be.
    pub fn from_text(text: &str) -> Result<Arc<Self>> {
        Self::of(&Written::parse(text)?, None, None)
    }

    /// Keys that everybody knows: for tests and benches.
    ///
    /// # Panics
    /// Never: the keys are well formed.
    pub fn testing() -> Arc<Self> {
        Self::of(&Written::fixed(), None, None).expect("fixed keys are well formed")
    }

    fn of(written: &Written, path: Option<PathBuf>, mark: Mark) -> Result<Arc<Self>> {
        Ok(Arc::new(Self { path, held: RwLock::new(Held::of(written, mark)?) }))
    }

    /// Adds an encryption key, which writes from now on; the earlier ones still read. Tells its id.
    ///
    /// # Errors
    /// If there is no key file, or it cannot be replaced.
    pub fn rotate(&self) -> Result<String> {
        let path = self.path.as_deref().ok_or(VaultError::NoFile)?;
        let (written, id) = keys::change(path, |written| written.add(&today()))?;
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Held::of(&written, keys::mark(path))?;
        Ok(id)
    }

    /// Reads the key file again, if it changed; for a key id that is told of but not known.
    pub fn meet(&self, id: &str) -> bool {
        self.knows(id) || (self.reload() && self.knows(id))
    }

    fn knows(&self, id: &str) -> bool {
        self.held().keys.ciphers.iter().any(|(known, _)| known == id)
    }

    fn reload(&self) -> bool {
        let Some(path) = &self.path else { return false };
        let mark = keys::mark(path);
        if mark == self.held().mark {
            return false;
        }
        let Ok(fresh) = keys::read(path).and_then(|written| Held::of(&written, mark)) else { return false };
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        true
    }

    fn held(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the key file is.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The algorithms in use.
    pub fn suite(&self) -> Suite {
        self.held().keys.suite
    }

    /// Id of the key that writes.
    pub fn current(&self) -> String {
        self.held().keys.ciphers.last().map(|(id, _)| id.clone()).unwrap_or_default()
    }

    /// Ids of all encryption keys, oldest first.
    pub fn key_ids(&self) -> Vec<String> {
        self.held().keys.ciphers.iter().map(|(id, _)| id.clone()).collect()
    }

    /// Ids of all encryption keys with the day each was made, oldest first.
    pub fn made(&self) -> Vec<(String, String)> {
        self.held().made.clone()
    }

    /// Seals a text for one place: `v1.KEY.BASE64URL(nonce, ciphertext, tag)`.
    ///
    /// # Panics
    /// If the operating system gives no random numbers: writing in the clear instead is no choice.
    pub fn seal(&self, context: &str, clear: &str) -> String {
        let held = self.held();
        let (id, cipher) = held.keys.ciphers.last().expect("keys hold at least one");
        let mut nonce = [0_u8; NONCE];
        keys::random(&mut nonce).expect("the operating system gives random numbers");
        let mut bytes = Vec::with_capacity(NONCE + clear.len() + TAG);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(clear.as_bytes());
        let tag = cipher
            .encrypt(&nonce, context.as_bytes(), &mut bytes[NONCE..])
            .expect("a field is shorter than what a cipher takes");
        bytes.extend_from_slice(&tag);
        let mut sealed = String::with_capacity(VERSION.len() + id.len() + 1 + bytes.len() * 4 / 3 + 3);
        sealed.push_str(VERSION);
        sealed.push_str(id);
        sealed.push('.');
        URL_SAFE_NO_PAD.encode_string(&bytes, &mut sealed);
        sealed
    }

    /// Opens what was sealed for this place. A key that is not known is looked for in the file once more.
    ///
    /// # Errors
    /// Which key is missing, or whose text was changed; never what it says.
    pub fn open_sealed(&self, context: &str, sealed: &str) -> Result<String> {
        let (id, body) = parts(sealed).ok_or(VaultError::NotSealed)?;
        if !self.meet(id) {
            return Err(VaultError::UnknownKey(id.to_owned()));
        }
        let held = self.held();
        let known = held.keys.ciphers.iter().find(|(known, _)| known == id);
        let (_, cipher) = known.ok_or_else(|| VaultError::UnknownKey(id.to_owned()))?;
        let refused = || VaultError::Refused(id.to_owned());
        let mut bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| refused())?;
        let end = bytes.len().checked_sub(TAG).filter(|end| *end >= NONCE).ok_or_else(refused)?;
        let tag: [u8; TAG] = bytes[end..].try_into().map_err(|_| refused())?;
        let nonce: [u8; NONCE] = bytes[..NONCE].try_into().map_err(|_| refused())?;
        cipher.decrypt(nonce, context.as_bytes(), &mut bytes[NONCE..end], tag).ok_or_else(refused)?;
        bytes.truncate(end);
        bytes.drain(..NONCE);
        String::from_utf8(bytes).map_err(|_| refused())
    }

    /// What a text is found by without being opened: the same for the same context and text, and under every encryption key.
    pub fn index(&self, context: &str, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.held().keys.blind.index(context, text))
    }

    /// Signs a message with the installation's Ed25519 key.
    pub fn sign(&self, message: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.held().keys.signing.sign(message).to_bytes())
    }

    /// What signatures of this installation are checked with.
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.held().keys.signing.verifying_key().as_bytes())
    }

    /// Whether a signature is of this message and key.
    pub fn verify(public: &str, message: &[u8], signature: &str) -> bool {
        let checked = || {
            let key: [u8; 32] = URL_SAFE_NO_PAD.decode(public).ok()?.try_into().ok()?;
            let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
            VerifyingKey::from_bytes(&key).ok()?.verify_strict(message, &signature).ok()
        };
        checked().is_some()
    }
}

/// Key id and body of a sealed text.
fn parts(sealed: &str) -> Option<(&str, &str)> {
    sealed.strip_prefix(VERSION)?.split_once('.')
}

/// The key that sealed a text; `None` if it is not sealed.
pub fn sealed_with(sealed: &str) -> Option<&str> {
    parts(sealed).map(|(id, _)| id)
}

#[expect(clippy::disallowed_methods, reason = "a key file says when each key was made; nothing is decided by it")]
fn today() -> String {
    let now = time::OffsetDateTime::now_utc().date();
    format!("{:04}-{:02}-{:02}", now.year(), u8::from(now.month()), now.day())
}
