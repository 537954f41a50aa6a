//! Passwords are hashed with argon2id, a bounded number at a time: a flood of sign-ins cannot take the machine's memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

/// How passwords are hashed. Tests put a fast one in its place.
pub trait Hashing: Send + Sync {
    /// A PHC string with a salt of its own.
    fn hash(&self, password: &str) -> Result<String, String>;
    /// Whether the password is the one that was hashed.
    fn verify(&self, password: &str, phc: &str) -> bool;
    /// A hash of nobody's password: verifying against it costs what it costs for an account that exists.
    fn decoy(&self) -> &str;
    /// Whether a hash was made with less than what is made today.
    fn is_outdated(&self, phc: &str) -> bool;
}

/// Argon2id with the least that OWASP recommends: 19 MiB, two passes, one lane.
pub struct Argon2id {
    argon2: Argon2<'static>,
}

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
/// A well-formed hash with the parameters above; no password is known for it.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$YW5qdS1ub2JvZHktMTY$Tm9ib2R5J3MgcGFzc3dvcmQgaGFzIHRoaXMgaGFzaC4";

impl Default for Argon2id {
    fn default() -> Self {
        let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("constants within argon2's bounds");
        Self { argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params) }
    }
}

impl Hashing for Argon2id {
    fn hash(&self, password: &str) -> Result<String, String> {
        let hash: Result<PasswordHash, _> = self.argon2.hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|error| error.to_string())
    }

    fn verify(&self, password: &str, phc: &str) -> bool {
        PasswordHash::new(phc).is_ok_and(|hash| self.argon2.verify_password(password.as_bytes(), &hash).is_ok())
    }

    fn decoy(&self) -> &str {
        DECOY
    }

    fn is_outdated(&self, phc: &str) -> bool {
        let params = PasswordHash::new(phc).ok().and_then(|hash| Params::try_from(&hash).ok());
        params.is_none_or(|params| params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES)
    }
}

/// So many hashes are computed at once, each with 19 MiB.
const AT_ONCE: usize = 2;
/// So many may wait for their turn; more are told to come again.
const WAITING: usize = 64;

/// Hashes and verifies, in turn.
pub struct Passwords {
    hashing: Arc<dyn Hashing>,
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

/// Too many are waiting, or the machine failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("passwords cannot be checked now: {0}")]
pub struct Busy(pub String);

impl Default for Passwords {
    fn default() -> Self {
        Self::new(Arc::new(Argon2id::default()))
    }
}

impl Passwords {
    /// With a way to hash.
    pub fn new(hashing: Arc<dyn Hashing>) -> Self {
        Self { hashing, turns: Arc::new(Semaphore::new(AT_ONCE)), waiting: Arc::default() }
    }

    /// Whether a hash should be made anew at the next sign-in.
    pub fn is_outdated(&self, phc: &str) -> bool {
        self.hashing.is_outdated(phc)
    }

    /// Hashes a password.
    ///
    /// # Errors
    /// When too many wait.
    pub async fn hash(&self, password: &str) -> Result<String, Busy> {
        let password = password.to_owned();
        self.in_turn(move |hashing| hashing.hash(&password)).await?.map_err(Busy)
    }

    /// Whether the password fits; with no hash to compare to it costs the same and does not.
    ///
    /// # Errors
    /// When too many wait.
    pub async fn verify(&self, password: &str, phc: Option<&str>) -> Result<bool, Busy> {
        let (password, phc) = (password.to_owned(), phc.filter(|phc| !phc.is_empty()).map(str::to_owned));
        self.in_turn(move |hashing| match phc {
            Some(phc) => hashing.verify(&password, &phc),
            None => {
                hashing.verify(&password, hashing.decoy());
                false
            }
        })
        .await
    }

    /// Whether the password fits any of some hashes.
    ///
    /// # Errors
    /// When too many wait.
    pub async fn fits_any(&self, password: &str, hashes: Vec<String>) -> Result<bool, Busy> {
        let password = password.to_owned();
        self.in_turn(move |hashing| hashes.iter().any(|phc| hashing.verify(&password, phc))).await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Hashing) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let waiting = Waiting::enter(&self.waiting)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|error| Busy(error.to_string()))?;
        drop(waiting);
        let hashing = Arc::clone(&self.hashing);
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&*hashing);
            // Held by the work, not by who waits for it: a caller that goes away does not free the memory.
            drop(turn);
            done
        });
        done.await.map_err(|error| Busy(error.to_string()))
    }
}

/// A place in the queue, given back also when whoever waits goes away.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn enter(count: &Arc<AtomicUsize>) -> Result<Self, Busy> {
        if count.fetch_add(1, Ordering::SeqCst) >= WAITING + AT_ONCE {
            count.fetch_sub(1, Ordering::SeqCst);
            return Err(Busy("too many sign-ins at once".into()));
        }
        Ok(Self(Arc::clone(count)))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn argon2id_hashes_with_what_is_recommended_and_a_salt_of_its_own() {
        let argon2id = Argon2id::default();
        let (one, other) = (argon2id.hash("tri7Comet-larch").unwrap(), argon2id.hash("tri7Comet-larch").unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert!(argon2id.verify("tri7Comet-larch", &one));
        assert!(!argon2id.verify("tri7Comet-larcH", &one));
        assert!(!argon2id.is_outdated(&one));
    }

    #[test]
    fn nobodys_hash_is_as_dear_as_anybodys_and_fits_nothing() {
        let argon2id = Argon2id::default();
        assert!(!argon2id.is_outdated(DECOY), "it would cost less to verify");
        assert!(!argon2id.verify("", DECOY));
    }

    #[test]
    fn what_is_no_hash_fits_nothing() {
        let argon2id = Argon2id::default();
        assert!(!argon2id.verify("x", "") && !argon2id.verify("x", "$argon2id$v=19$m=99999999,t=1,p=1$"));
        assert!(argon2id.is_outdated(
            "$argon2id$v=19$m=4096,t=3,p=1$YW5qdS1ub2JvZHktMTY$Tm9ib2R5J3MgcGFzc3dvcmQgaGFzIHRoaXMgaGFzaC4"
        ));
    }

    struct Slow(std::sync::Mutex<(usize, usize)>);
    impl Hashing for Slow {
        fn hash(&self, password: &str) -> Result<String, String> {
            Ok(password.to_owned())
        }
        fn verify(&self, password: &str, phc: &str) -> bool {
            {
                let mut counted = self.0.lock().unwrap();
                counted.0 += 1;
                counted.1 = counted.1.max(counted.0);
            }
            std::thread::yield_now();
            self.0.lock().unwrap().0 -= 1;
            password == phc
        }
        fn decoy(&self) -> &str {
            ""
        }
        fn is_outdated(&self, _: &str) -> bool {
            false
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_flood_waits_or_is_told_to_come_again() {
        let slow = Arc::new(Slow(std::sync::Mutex::default()));
        let passwords = Arc::new(Passwords::new(slow.clone()));
        let tries = (0..500).map(|_| {
            let passwords = Arc::clone(&passwords);
            tokio::spawn(async move { passwords.verify("x", Some("x")).await })
        });
        let mut fitted = 0;
        for tried in tries.collect::<Vec<_>>() {
            fitted += usize::from(tried.await.unwrap() == Ok(true));
        }
        assert!(fitted >= AT_ONCE, "somebody is served");
        assert!(slow.0.lock().unwrap().1 <= AT_ONCE, "no more than two at once");
        assert_eq!(passwords.waiting.load(Ordering::SeqCst), 0, "nobody is counted any more");
    }
}
