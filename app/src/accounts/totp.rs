//! The second factor: time-based one-time passwords (RFC 6238) and recovery codes.

use totp_rs::{Builder, Secret, Totp};

use super::chance;

/// What an authenticator needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpSecret {
    /// `otpauth://totp/…`, for a QR code.
    pub uri: String,
    /// The same secret in base 32, for typing.
    pub secret: String,
}

/// Recovery codes that are made at once.
const RECOVERY_CODES: usize = 10;

/// A secret nobody can guess, in base 32.
pub fn new_secret() -> String {
    Secret::from(chance::bytes::<20>()).to_base32()
}

fn totp(secret: &str, issuer: &str, login: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    Builder::new()
        .with_secret(secret)
        .with_account_name(login.replace(':', " "))
        .with_issuer(Some(issuer.replace(':', " ")))
        .build()
        .ok()
}

/// The secret as an authenticator takes it.
pub fn told(secret: &str, issuer: &str, login: &str) -> Option<TotpSecret> {
    let uri = totp(secret, issuer, login)?.to_url().ok()?;
    Some(TotpSecret { uri, secret: secret.to_owned() })
}

/// The step that a code belongs to, unless it is wrong or its step, or a later one, was accepted already.
pub fn accepted(secret: &str, code: &str, now: i64, last: i64) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let at = u64::try_from(now.div_euclid(1_000)).ok()?;
    let step = totp(secret, "anju", "anju")?.check(&digits, at)?;
    i64::try_from(step).ok().filter(|step| *step > last)
}

/// A secret that is not confirmed yet, as it is stored: only the session that asked for it may confirm it. Whoever was in the account
/// before its owner would else know the secret that the owner confirms.
pub fn pending(session: &str, secret: &str) -> String {
    format!("{session} {secret}")
}

/// The stored secret, if it waits for this session.
pub fn pending_of<'s>(stored: Option<&'s str>, session: &str) -> Option<&'s str> {
    stored.and_then(|stored| stored.split_once(' ')).filter(|(asked, _)| *asked == session).map(|(_, secret)| secret)
}

/// New recovery codes, and what is stored of them.
pub fn recovery_codes() -> (Vec<String>, Vec<String>) {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| chance::recovery_code()).collect();
    let kept = codes.iter().map(|code| kept(code)).collect();
    (codes, kept)
}

/// The stored hash that a given recovery code uses up, if it is one.
pub fn recovery_used(code: &str, stored: &[String]) -> Option<usize> {
    let given = kept(code);
    stored.iter().position(|hash| *hash == given)
}

fn kept(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    chance::key_of(&format!("recovery {}", plain.to_ascii_lowercase()))
}

/// The code that an authenticator shows at a moment; for tests and nothing else.
#[doc(hidden)]
pub fn code_at(secret: &str, now: i64) -> Option<String> {
    let at = u64::try_from(now.div_euclid(1_000)).ok()?;
    totp(secret, "anju", "anju").map(|totp| totp.generate(at).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238's test vectors, "12345678901234567890".
    const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn the_standards_own_vector_is_accepted() {
        assert_eq!(code_at(RFC, 59_000).as_deref(), Some("287082"));
        assert_eq!(accepted(RFC, "287 082", 59_000, 0), Some(1));
    }

    #[test]
    fn a_code_is_accepted_once() {
        let step = accepted(RFC, "287082", 59_000, 0).unwrap();
        assert_eq!(accepted(RFC, "287082", 59_000, step), None, "the same again");
        assert_eq!(accepted(RFC, "287082", 61_000, step), None, "the same in the next step, within the skew");
        let next = code_at(RFC, 89_000).unwrap();
        assert_eq!(accepted(RFC, &next, 89_000, step), Some(2));
        assert_eq!(accepted(RFC, "287082", 89_000, 2), None, "an earlier step after a later one");
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for code in ["", "28708", "2870821", "+28708", "abcdef", "２８７０８２"] {
            assert_eq!(accepted(RFC, code, 59_000, 0), None, "{code}");
        }
    }

    #[test]
    fn an_authenticator_is_told_secret_issuer_and_login() {
        let told = told(&new_secret(), "安居 宁陕县", "wang.li").unwrap();
        assert!(told.uri.starts_with("otpauth://totp/"), "{}", told.uri);
        assert!(told.uri.contains(&told.secret));
        assert!(super::told("not base 32!", "a", "b").is_none());
    }

    #[test]
    fn a_pending_secret_belongs_to_the_session_that_asked() {
        let stored = pending("one", RFC);
        assert_eq!(pending_of(Some(&stored), "one"), Some(RFC));
        assert_eq!(pending_of(Some(&stored), "other"), None);
        assert_eq!(pending_of(Some(RFC), ""), None, "one that no session asked for");
        assert_eq!(accepted(&stored, &code_at(RFC, 59_000).unwrap(), 59_000, 0), None, "and confirms nothing as it is");
    }

    #[test]
    fn recovery_codes_are_stored_hashed_and_read_leniently() {
        let (codes, stored) = recovery_codes();
        assert_eq!(codes.len(), 10);
        assert!(stored.iter().all(|hash| !codes.contains(hash)));
        assert_eq!(recovery_used(&codes[3].to_uppercase().replace('-', " "), &stored), Some(3));
        assert_eq!(recovery_used("00000-00000", &stored[..1]), None);
    }
}
