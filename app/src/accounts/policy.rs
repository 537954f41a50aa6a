//! The policy of passwords, lock-out and sessions: its keys, bounds and defaults, and what a password does not fulfil.

use crate::refusal::{Refusal, RefusalCode};

/// Characters a password has at most: hashing more costs and gives nothing.
pub const LONGEST: usize = 128;
/// Prefix of the policy's keys among the settings.
pub const PREFIX: &str = "policy.";

/// What accounts have to keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Characters of a password at least.
    pub min_length: i64,
    /// Kinds of characters it mixes: capitals, small letters, digits, signs.
    pub classes: i64,
    /// Earlier passwords that may not be used again.
    pub history: i64,
    /// Days after which a password is changed; 0 = never.
    pub days: i64,
    /// Wrong passwords before the first lock.
    pub failures: i64,
    /// Minutes of the first lock; each further one is twice as long, up to a day.
    pub lock_minutes: i64,
    /// Minutes without a request after which a session ends.
    pub idle_minutes: i64,
    /// Hours after which a session ends in any case.
    pub absolute_hours: i64,
    /// Days that events are kept.
    pub retention_days: i64,
}

/// One rule of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its key, without the prefix.
    pub key: &'static str,
    /// Smallest allowed: what the classified protection of information systems (GB/T 22239) asks for at level two.
    pub min: i64,
    /// Largest allowed.
    pub max: i64,
    /// In force unless set.
    pub default: i64,
}

/// The rules, in the order of the page.
pub const RULES: [Rule; 9] = [
    Rule { key: "min_length", min: 8, max: 64, default: 10 },
    Rule { key: "classes", min: 2, max: 4, default: 3 },
    Rule { key: "history", min: 1, max: 12, default: 5 },
    Rule { key: "days", min: 0, max: 365, default: 90 },
    Rule { key: "failures", min: 3, max: 10, default: 5 },
    Rule { key: "lock_minutes", min: 5, max: 120, default: 15 },
    Rule { key: "idle_minutes", min: 5, max: 480, default: 30 },
    Rule { key: "absolute_hours", min: 1, max: 24, default: 12 },
    Rule { key: "retention_days", min: 183, max: 3_650, default: 400 },
];

impl Default for Policy {
    fn default() -> Self {
        Self::of(|_| None)
    }
}

impl Policy {
    /// The policy with what is set; what is out of bounds or no number counts as not set.
    pub fn of(set: impl Fn(&str) -> Option<String>) -> Self {
        let value = |at: usize| {
            let rule = RULES[at];
            let given = set(&format!("{PREFIX}{}", rule.key)).and_then(|text| text.trim().parse().ok());
            given.filter(|number| (rule.min..=rule.max).contains(number)).unwrap_or(rule.default)
        };
        Self {
            min_length: value(0),
            classes: value(1),
            history: value(2),
            days: value(3),
            failures: value(4),
            lock_minutes: value(5),
            idle_minutes: value(6),
            absolute_hours: value(7),
            retention_days: value(8),
        }
    }

    /// The value of a rule.
    pub fn value(&self, key: &str) -> Option<i64> {
        Some(match key {
            "min_length" => self.min_length,
            "classes" => self.classes,
            "history" => self.history,
            "days" => self.days,
            "failures" => self.failures,
            "lock_minutes" => self.lock_minutes,
            "idle_minutes" => self.idle_minutes,
            "absolute_hours" => self.absolute_hours,
            "retention_days" => self.retention_days,
            _ => return None,
        })
    }

    /// Everything about a password that does not do; what was used before is told apart, since only hashes of it are known.
    pub fn faults(&self, password: &str, login: &str, name: &str) -> Vec<Refusal> {
        let length = password.chars().count();
        let mut faults = Vec::new();
        if i64::try_from(length).unwrap_or(i64::MAX) < self.min_length {
            faults.push(RefusalCode::PasswordShort.with(&[&self.min_length.to_string()]));
        }
        if length > LONGEST {
            faults.push(RefusalCode::PasswordLong.with(&[&LONGEST.to_string()]));
        }
        if classes(password) < self.classes {
            faults.push(RefusalCode::PasswordClasses.with(&[&self.classes.to_string()]));
        }
        let lower = password.to_lowercase();
        let holds = |word: &str| word.chars().count() >= 2 && lower.contains(&word.to_lowercase());
        if (login.len() >= 3 && holds(login)) || holds(name) {
            faults.push(RefusalCode::PasswordHoldsLogin.into());
        }
        if is_common(&lower) {
            faults.push(RefusalCode::PasswordCommon.into());
        }
        faults
    }

    /// The moment from which a password made at `changed_at` has to be changed; the end of time where passwords do not age.
    pub fn expires_at(&self, changed_at: i64) -> i64 {
        if self.days > 0 { changed_at.saturating_add(self.days * crate::DAY_MS) } else { i64::MAX }
    }
}

fn classes(password: &str) -> i64 {
    let any = |is: fn(char) -> bool| i64::from(password.chars().any(is));
    any(char::is_uppercase)
        + any(char::is_lowercase)
        + any(|c| c.is_ascii_digit())
        + any(|c| !c.is_uppercase() && !c.is_lowercase() && !c.is_ascii_digit())
}

/// Stems that passwords are made of when people are told to mix; with digits and signs taken off.
const STEMS: [&str; 40] = [
    "password",
    "passwd",
    "pass",
    "passw",
    "admin",
    "administrator",
    "root",
    "user",
    "test",
    "guest",
    "welcome",
    "letmein",
    "qwerty",
    "qwertyuiop",
    "qwer",
    "asdf",
    "asdfgh",
    "zxcv",
    "zxcvbn",
    "abc",
    "abcd",
    "abcdef",
    "aa",
    "a",
    "iloveyou",
    "woaini",
    "woaizhongguo",
    "nihao",
    "mima",
    "monkey",
    "dragon",
    "master",
    "login",
    "changeme",
    "secret",
    "anju",
    "ningshan",
    "shaanxi",
    "zhongguo",
    "china",
];

/// A stem of the list with digits and signs about it, a run of keys, or few characters over and over.
fn is_common(lower: &str) -> bool {
    let plain = |c: char| match c {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '$' | '5' => 's',
        other => other,
    };
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let trimmed = lower.trim_matches(|c: char| !c.is_alphabetic() && !matches!(c, '@' | '$'));
    let replaced: String = trimmed.chars().map(plain).collect();
    let is_stem = |text: &str| STEMS.contains(&text);
    if is_stem(&letters(lower)) || is_stem(&letters(&replaced)) {
        return true;
    }
    let mut seen: Vec<char> = lower.chars().collect();
    let run = seen.windows(2).all(|two| (two[1] as i64 - two[0] as i64).abs() <= 1);
    seen.sort_unstable();
    seen.dedup();
    seen.len() < 5 || run
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(password: &str) -> Vec<&'static str> {
        Policy::default().faults(password, "wang.li", "王丽").iter().map(|fault| fault.code.as_str()).collect()
    }

    #[test]
    fn a_good_password_has_no_fault() {
        assert_eq!(codes("青山Lv-2020-bridge"), Vec::<&str>::new());
        assert_eq!(codes("tri7Comet-larch"), Vec::<&str>::new());
    }

    #[test]
    fn every_fault_is_told_at_once() {
        assert_eq!(codes("aaaa"), ["R001", "R003", "R005"]);
        assert_eq!(codes("王丽wang.li"), ["R001", "R003", "R004"]);
    }

    #[test]
    fn decorated_common_words_are_common() {
        for word in ["Password123!", "P@ssw0rd2020", "Admin@1234", "Woaini1314!", "Qwerty12345!", "Aa123456789!"] {
            assert!(codes(word).contains(&"R005"), "{word}");
        }
    }

    #[test]
    fn a_password_too_long_to_hash_is_refused() {
        assert_eq!(codes(&"aB3-xyzw".repeat(17)), ["R002"]);
    }

    #[test]
    fn settings_out_of_bounds_do_not_count() {
        let set = |key: &str| match key {
            "policy.min_length" => Some("2".to_owned()),
            "policy.retention_days" => Some("30".to_owned()),
            "policy.failures" => Some("3".to_owned()),
            _ => None,
        };
        let policy = Policy::of(set);
        assert_eq!((policy.min_length, policy.retention_days, policy.failures), (10, 400, 3));
        assert!(RULES.iter().all(|rule| policy.value(rule.key).is_some_and(|v| (rule.min..=rule.max).contains(&v))));
    }

    #[test]
    fn a_password_expires_on_its_day() {
        let policy = Policy::default();
        let day = 86_400_000;
        assert_eq!(policy.expires_at(0), 90 * day);
        assert_eq!(policy.expires_at(i64::MAX), i64::MAX);
        assert_eq!(Policy { days: 0, ..policy }.expires_at(0), i64::MAX);
    }
}
