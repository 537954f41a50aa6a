//! Who may try a password now. Nobody is locked out for good, and no flood takes more than a fixed memory.
//!
//! Three measures, each for another attack (docs/adr/0009-accounts.md):
//! - an *address* has so many wrong tries a minute, whatever it tries;
//! - a *pair* of login and address is locked after a few wrong tries, twice as long each time, up to a day;
//! - an *account* that fails from many addresses is locked for minutes, and only for addresses it never signed in from.
//!
//! Logins that do not exist are counted like those that do, so that a lock tells nothing.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::policy::Policy;

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;
/// Wrong tries an address has at hand.
const BURST: i64 = 20;
/// One more every so many milliseconds: twenty a minute.
const REFILL: i64 = 3 * 1_000;
/// Failures of an account from anywhere before strange addresses have to wait, in rounds of the policy's `failures`.
const FREE_ROUNDS: i64 = 4;
/// Tries of one account that may be under way at once.
const UNDER_WAY: u32 = 16;
/// Entries of each generation; there are two.
const ENTRIES: usize = 16_384;

/// Counts of tries, in bounded memory.
pub struct Tries {
    hasher: RandomState,
    counts: Arc<Mutex<Counts>>,
}

struct Counts {
    addresses: Generations<Bucket>,
    pairs: Generations<Count>,
    accounts: Generations<Count>,
}

/// Wrong tries that an address has spent, as the moment when all are refilled.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    full_at: i64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    failures: i64,
    pending: u32,
    locked_until: i64,
    failed_at: i64,
}

/// A try under way. It counts as failed until it passed, so that many at once are not worth more than one after another.
#[must_use]
pub struct Try {
    counts: Arc<Mutex<Counts>>,
    keys: Keys,
}

#[derive(Debug, Clone, Copy)]
struct Keys {
    address: u64,
    pair: u64,
    account: u64,
}

/// How an account stands after a failure; kept in the database too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Failures since it was last signed in to.
    pub failures: i64,
    /// Until when strange addresses wait.
    pub locked_until: i64,
}

impl Default for Tries {
    fn default() -> Self {
        let counts = Counts { addresses: Generations::new(), pairs: Generations::new(), accounts: Generations::new() };
        Self { hasher: RandomState::new(), counts: Arc::new(Mutex::new(counts)) }
    }
}

impl Tries {
    /// Whether strange addresses have to wait with this login, by what is remembered and what is stored of it.
    pub fn is_locked(&self, login: &str, stored: Option<Standing>, now: i64) -> bool {
        let key = self.hasher.hash_one(login);
        let remembered = lock(&self.counts).accounts.entry(key).locked_until;
        now < remembered.max(stored.map_or(0, |stored| stored.locked_until))
    }

    /// Begins a try, or says when to come again. `familiar`: the account was signed in to from this address before.
    ///
    /// # Errors
    /// The moment from which a try is worth it.
    pub fn begin(
        &self,
        login: &str,
        address: &str,
        familiar: bool,
        stored: Option<Standing>,
        policy: &Policy,
        now: i64,
    ) -> Result<Try, i64> {
        let keys = self.keys(login, address);
        let mut counts = lock(&self.counts);
        let spent = counts.addresses.entry(keys.address).full_at - now;
        if spent > (BURST - 1) * REFILL {
            return Err(now + spent - (BURST - 1) * REFILL);
        }
        let pair = counts.pairs.entry(keys.pair);
        if pair.pending == 0 && now - pair.failed_at > DAY && now >= pair.locked_until {
            *pair = Count::default();
        }
        if now < pair.locked_until {
            return Err(pair.locked_until);
        }
        let left = policy.failures - pair.failures.rem_euclid(policy.failures);
        if i64::from(pair.pending) >= left {
            return Err(now + 1_000);
        }
        let account = counts.accounts.entry(keys.account);
        if let Some(stored) = stored {
            account.failures = account.failures.max(stored.failures);
            account.locked_until = account.locked_until.max(stored.locked_until);
        }
        if !familiar && now < account.locked_until {
            return Err(account.locked_until);
        }
        if account.pending >= UNDER_WAY {
            return Err(now + 1_000);
        }
        account.pending += 1;
        counts.pairs.entry(keys.pair).pending += 1;
        let bucket = counts.addresses.entry(keys.address);
        bucket.full_at = bucket.full_at.max(now) + REFILL;
        Ok(Try { counts: Arc::clone(&self.counts), keys })
    }

    /// Forgets what was counted of a login: an administrator unlocked it. Its pairs with addresses keep their own counts, except one.
    pub fn forget(&self, login: &str) {
        let key = self.hasher.hash_one(login);
        let mut counts = lock(&self.counts);
        counts.accounts.remove(key);
        // Pairs are known by their hash only; forgetting all of them is rare and harms nobody: accounts and addresses still count.
        counts.pairs = Generations::new();
    }

    /// How many entries are kept at most.
    #[cfg(test)]
    pub const fn most_entries() -> usize {
        3 * 2 * ENTRIES
    }

    /// How many entries are kept.
    #[cfg(test)]
    pub fn entries(&self) -> usize {
        let counts = lock(&self.counts);
        counts.addresses.len() + counts.pairs.len() + counts.accounts.len()
    }

    fn keys(&self, login: &str, address: &str) -> Keys {
        let network = network(address);
        Keys {
            address: self.hasher.hash_one(&network),
            pair: self.hasher.hash_one((login, &network)),
            account: self.hasher.hash_one(login),
        }
    }
}

impl Try {
    /// The password was wrong. Gives how the account stands now.
    pub fn failed(self, policy: &Policy, now: i64) -> Standing {
        let mut counts = lock(&self.counts);
        let pair = counts.pairs.entry(self.keys.pair);
        pair.failures += 1;
        pair.failed_at = now;
        if pair.failures % policy.failures == 0 {
            let first = policy.lock_minutes * MINUTE;
            pair.locked_until = now + doubled(first, pair.failures / policy.failures - 1, DAY);
        }
        let account = counts.accounts.entry(self.keys.account);
        account.failures += 1;
        account.failed_at = now;
        let rounds = account.failures / policy.failures - FREE_ROUNDS;
        if rounds >= 0 && account.failures % policy.failures == 0 {
            account.locked_until = now + doubled(MINUTE, rounds, policy.lock_minutes * MINUTE);
        }
        Standing { failures: account.failures, locked_until: account.locked_until }
    }

    /// The password was right: nothing is held against login and address any more.
    pub fn passed(self) {
        let mut counts = lock(&self.counts);
        let pending = counts.pairs.entry(self.keys.pair).pending;
        *counts.pairs.entry(self.keys.pair) = Count { pending, ..Count::default() };
        let pending = counts.accounts.entry(self.keys.account).pending;
        *counts.accounts.entry(self.keys.account) = Count { pending, ..Count::default() };
        counts.addresses.entry(self.keys.address).full_at -= REFILL;
    }
}

impl Drop for Try {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        let pair = counts.pairs.entry(self.keys.pair);
        pair.pending = pair.pending.saturating_sub(1);
        let account = counts.accounts.entry(self.keys.account);
        account.pending = account.pending.saturating_sub(1);
    }
}

/// Twice as long each round, up to a most.
fn doubled(first: i64, rounds: i64, most: i64) -> i64 {
    let factor = u32::try_from(rounds.clamp(0, 20)).map_or(1, |rounds| 1_i64 << rounds);
    first.saturating_mul(factor).min(most)
}

/// The address as far as one party holds it: an IPv4 address, or the first 64 bits of an IPv6 address.
pub fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(ip)) => ip.to_string(),
        Ok(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Err(_) => address.to_owned(),
    }
}

fn lock(counts: &Mutex<Counts>) -> MutexGuard<'_, Counts> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A map that never holds more than two generations: what was not touched for a whole generation is forgotten.
struct Generations<V> {
    young: HashMap<u64, V, Plain>,
    old: HashMap<u64, V, Plain>,
}

impl<V: Default> Generations<V> {
    fn new() -> Self {
        Self { young: HashMap::default(), old: HashMap::default() }
    }

    fn entry(&mut self, key: u64) -> &mut V {
        if !self.young.contains_key(&key) && self.young.len() >= ENTRIES {
            self.old = std::mem::take(&mut self.young);
        }
        let old = &mut self.old;
        self.young.entry(key).or_insert_with(|| old.remove(&key).unwrap_or_default())
    }

    fn remove(&mut self, key: u64) {
        self.young.remove(&key);
        self.old.remove(&key);
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

/// Keys are hashes with a secret already.
#[derive(Debug, Clone, Default)]
struct Plain;

#[derive(Debug, Default)]
struct PlainHasher(u64);

impl std::hash::Hasher for PlainHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

impl BuildHasher for Plain {
    type Hasher = PlainHasher;
    fn build_hasher(&self) -> PlainHasher {
        PlainHasher::default()
    }
    fn hash_one<T: Hash>(&self, key: T) -> u64 {
        let mut hasher = PlainHasher::default();
        key.hash(&mut hasher);
        std::hash::Hasher::finish(&hasher)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        Policy::default()
    }

    fn fail(tries: &Tries, login: &str, address: &str, now: i64) -> Option<Standing> {
        tries.begin(login, address, false, None, &policy(), now).ok().map(|one| one.failed(&policy(), now))
    }

    #[test]
    fn a_pair_is_locked_twice_as_long_each_time_and_opens_again() {
        let tries = Tries::default();
        let mut now = 0;
        for minutes in [15, 30, 60, 120, 240, 480, 960, 1_440, 1_440] {
            for _ in 0..5 {
                assert!(fail(&tries, "li", "192.0.2.1", now).is_some(), "open before the lock of {minutes} minutes");
                now += 4_000;
            }
            let until = tries.begin("li", "192.0.2.1", true, None, &policy(), now).err().unwrap();
            assert_eq!(until, now - 4_000 + minutes * MINUTE);
            now = until;
        }
    }

    #[test]
    fn what_fails_elsewhere_does_not_lock_a_familiar_address() {
        let tries = Tries::default();
        for host in 0..250 {
            fail(&tries, "li", &format!("198.51.100.{host}"), 0);
        }
        assert!(tries.is_locked("li", None, 0));
        assert!(tries.begin("li", "192.0.2.1", false, None, &policy(), 0).is_err(), "a strange address waits");
        assert!(tries.begin("li", "192.0.2.1", true, None, &policy(), 0).is_ok(), "a familiar one does not");
        let open = tries.begin("li", "192.0.2.2", false, None, &policy(), 15 * MINUTE);
        assert!(open.is_ok(), "strange addresses wait a quarter of an hour at most");
    }

    #[test]
    fn tries_at_once_are_not_worth_more_than_one_after_another() {
        let tries = Tries::default();
        let begun: Vec<_> =
            (0..50).filter_map(|_| tries.begin("li", "192.0.2.1", false, None, &policy(), 0).ok()).collect();
        assert_eq!(begun.len(), 5);
        drop(begun);
        let many: Vec<_> = (0..200)
            .filter_map(|host| tries.begin("li", &format!("198.51.100.{host}"), false, None, &policy(), 0).ok())
            .collect();
        assert_eq!(many.len(), UNDER_WAY as usize);
    }

    #[test]
    fn an_address_has_so_many_wrong_tries_a_minute_whatever_it_tries() {
        let tries = Tries::default();
        let failed = (0..100).filter(|n| fail(&tries, &format!("login{n}"), "192.0.2.1", 0).is_some()).count();
        assert_eq!(failed, 20);
        let later = (0..100).filter(|n| fail(&tries, &format!("login{n}"), "192.0.2.1", MINUTE).is_some()).count();
        assert_eq!(later, 20);
    }

    #[test]
    fn whoever_signs_in_rightly_does_not_use_up_the_address_of_the_office() {
        let tries = Tries::default();
        for n in 0..500 {
            let begun = tries.begin(&format!("clerk{n}"), "192.0.2.1", false, None, &policy(), 0);
            begun.expect("a whole office signs in at eight").passed();
        }
    }

    #[test]
    fn a_hundred_thousand_wrong_passwords_stay_within_bounded_memory_and_lock_nobody_out_for_good() {
        let tries = Tries::default();
        let mut now = 0;
        for n in 0..100_000_u32 {
            let address = format!("10.{}.{}.{}", n >> 16, (n >> 8) & 255, n & 255);
            fail(&tries, ["li", "wang", "nobody"][n as usize % 3], &address, now);
            now += 10;
        }
        assert!(tries.entries() <= Tries::most_entries());
        for login in ["li", "wang", "nobody"] {
            assert!(tries.begin(login, "192.0.2.1", true, None, &policy(), now).is_ok());
            assert!(tries.begin(login, "192.0.2.9", false, None, &policy(), now + 15 * MINUTE).is_ok());
        }
    }

    #[test]
    fn what_is_stored_counts_after_a_restart() {
        let tries = Tries::default();
        let stored = Some(Standing { failures: 40, locked_until: MINUTE });
        assert!(tries.is_locked("li", stored, 0));
        assert_eq!(tries.begin("li", "192.0.2.1", false, stored, &policy(), 0).err(), Some(MINUTE));
    }

    #[test]
    fn a_network_is_what_one_party_holds() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2:ffff::1"));
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
