//! Sign-ins that wait for their second factor, in bounded memory.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use super::chance;

/// How long the second factor may take.
const LASTS: i64 = 5 * 60_000;
/// So many wait at once; the oldest gives way.
const AT_ONCE: usize = 10_000;
/// Codes that may be tried for one password.
const CODES: u8 = 5;

/// Who has given the right password and now owes the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenged {
    /// The account.
    pub account: Uuid,
    /// Its login.
    pub login: String,
    until: i64,
    tries: u8,
}

/// Challenges by the hash of what the browser holds.
#[derive(Default)]
pub struct Challenges {
    waiting: Mutex<HashMap<String, Challenged>>,
}

impl Challenges {
    /// A new challenge, as the browser gets it.
    pub fn begin(&self, account: Uuid, login: &str, now: i64) -> String {
        let token = chance::token();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= AT_ONCE {
            waiting.retain(|_, challenged| now < challenged.until);
        }
        if waiting.len() >= AT_ONCE
            && let Some(oldest) = waiting.iter().min_by_key(|(_, it)| it.until).map(|(key, _)| key.clone())
        {
            waiting.remove(&oldest);
        }
        let challenged = Challenged { account, login: login.to_owned(), until: now + LASTS, tries: 0 };
        waiting.insert(chance::key_of(&token), challenged);
        token
    }

    /// Whose it is, while it stands. Each asking is a try.
    pub fn take_try(&self, challenge: &str, now: i64) -> Option<Challenged> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let key = chance::key_of(challenge);
        let challenged = waiting.get_mut(&key)?;
        challenged.tries += 1;
        if now >= challenged.until || challenged.tries > CODES {
            waiting.remove(&key);
            return None;
        }
        Some(challenged.clone())
    }

    /// It was met, or must not be met any more.
    pub fn end(&self, challenge: &str) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&chance::key_of(challenge));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_stands_for_five_codes_and_five_minutes() {
        let challenges = Challenges::default();
        let one = challenges.begin(Uuid::nil(), "li", 0);
        assert_eq!((0..9).filter(|_| challenges.take_try(&one, 1).is_some()).count(), 5);
        let late = challenges.begin(Uuid::nil(), "li", 0);
        assert_eq!(challenges.take_try(&late, LASTS), None);
        let met = challenges.begin(Uuid::nil(), "li", 0);
        challenges.end(&met);
        assert_eq!(challenges.take_try(&met, 1), None);
    }
}
