//! What must not be guessed: tokens, one-time passwords, codes. The one place of the application that takes chance from the system.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Letters and digits that are not mistaken for each other.
const PLAIN: &[u8; 54] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ234567";
/// Crockford's base 32, small.
const CODE: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Bytes nobody can guess.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes once it has started");
    bytes
}

/// 256 bits for a cookie or a token.
pub fn token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes::<32>())
}

/// What is stored of a token: whoever reads the database cannot use it. Tokens have 256 bits, so one hash is enough.
pub fn key_of(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// An id that orders by time.
pub fn id(now: i64) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(now).unwrap_or(0), &bytes::<10>()).into_uuid()
}

/// Ids that order by time and then by turn: for many records made at once, which databases keep best in the order in which they come.
pub fn ids(now: i64) -> impl FnMut() -> Uuid {
    // The highest of the bits that count on stays free: the run has room before it would reach the id's kind.
    let mut next = id(now).as_u128() & !(1 << 61);
    move || {
        let made = Uuid::from_u128(next);
        next += 1;
        made
    }
}

/// Four groups of four, about 90 bits, of small letters, capitals and digits.
pub fn one_time_password() -> String {
    loop {
        let groups: Vec<String> = (0..4).map(|_| letters::<4>(PLAIN)).collect();
        let password = groups.join("-");
        let any = |is: fn(&char) -> bool| password.chars().any(|c| is(&c));
        if any(char::is_ascii_lowercase) && any(char::is_ascii_uppercase) && any(char::is_ascii_digit) {
            return password;
        }
    }
}

/// Two groups of five, 50 bits: used once, and only after the password.
pub fn recovery_code() -> String {
    format!("{}-{}", letters::<5>(CODE), letters::<5>(CODE))
}

fn letters<const N: usize>(of: &[u8]) -> String {
    let mut text = String::with_capacity(N);
    while text.len() < N {
        // Bytes past the last whole multiple would make the first letters likelier.
        let limit = 256 - 256 % of.len();
        let [byte] = bytes::<1>();
        if usize::from(byte) < limit {
            text.push(char::from(of[usize::from(byte) % of.len()]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::policy::Policy;

    #[test]
    fn one_time_passwords_keep_to_the_strictest_policy() {
        let policy = Policy { min_length: 19, classes: 4, ..Policy::default() };
        for _ in 0..200 {
            assert_eq!(policy.faults(&one_time_password(), "wang.li", "王丽"), []);
        }
    }

    #[test]
    fn a_token_is_not_what_is_stored() {
        let (one, other) = (token(), token());
        assert_ne!(one, other);
        assert_eq!(one.len(), 43);
        assert_eq!(key_of(&one).len(), 64);
        assert!(!key_of(&one).contains(&one));
    }

    #[test]
    fn ids_order_by_time() {
        assert!(id(1_000) < id(2_000));
    }
}
