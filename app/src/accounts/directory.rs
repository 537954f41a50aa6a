//! Accounts, grants and settings in memory, and the rights that follow from them: asked at every request.
//!
//! Invariant: what is kept carries the directory's version, the county's day, the moment of its next change by itself, and how often rows
//! changed that say who owns what; when one of them has moved on, it is computed anew.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use anju_access::{Grant, Owners, Rights};
use anju_pack::{LedgerIx, Operand, Pack, Place, Predicate, Relation};
use anju_record::{Change, Value};
use anju_store::{Account, Query};
use uuid::Uuid;

use super::challenge::Challenges;
use super::demo::Demo;
use super::lockout::Tries;
use super::oidc::Journeys;
use super::password::{Hashing, Passwords};
use super::policy::Policy;
use super::quiet::Quiet;
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::{Actor, App, Who};

/// What an account has to do before it may do anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owes {
    /// Change the password: it was given by somebody else, or it is too old.
    Password,
    /// Set up the second factor that a role asks for; or, where it is set up, sign in with it.
    SecondFactor,
}

/// What the application keeps of its accounts between requests.
pub struct Directory {
    known: RwLock<Option<Arc<Known>>>,
    standings: Mutex<HashMap<Uuid, Arc<Standing>>>,
    /// Ledgers whose rows say who owns what.
    watched: Vec<LedgerIx>,
    /// How often rows of them changed.
    moved: AtomicU64,
    pub(super) passwords: Passwords,
    pub(super) tries: Tries,
    pub(super) challenges: Challenges,
    pub(super) journeys: Journeys,
    pub(super) quiet: Quiet,
    pub(super) demo: std::sync::OnceLock<Demo>,
    /// Held while a proposal is decided or the first accounts are made: one after another.
    pub(crate) deciding: tokio::sync::Mutex<()>,
}

/// Accounts, grants and settings at one version.
pub(crate) struct Known {
    pub version: i64,
    pub policy: Policy,
    pub settings: BTreeMap<String, String>,
    pub accounts: HashMap<Uuid, Account>,
    pub by_login: HashMap<String, Uuid>,
    /// Grants that were not taken back, also those of the past and the future.
    pub grants: HashMap<Uuid, Vec<Grant>>,
}

/// How an account stands, as long as it stands so.
pub(crate) struct Standing {
    version: i64,
    moved: u64,
    today: i32,
    until: i64,
    pub rights: Arc<Rights>,
    password_ends: i64,
    needs_factor: bool,
    pub has_factor: bool,
}

impl Standing {
    /// What the account owes, by its row, by whether the second factor was given where it is asked for, and the moment.
    pub fn owes(&self, account: &Account, factor_given: bool, now: i64) -> Option<Owes> {
        if account.must_change || now >= self.password_ends {
            return Some(Owes::Password);
        }
        // A session from before the factor was set up knows the password alone, as a thief does.
        let owed = if self.has_factor { !factor_given } else { self.needs_factor };
        owed.then_some(Owes::SecondFactor)
    }

    /// Whether a role of the account asks for a second factor.
    pub const fn needs_factor(&self) -> bool {
        self.needs_factor
    }
}

impl Directory {
    /// An empty directory for a pack; it is read when it is first asked.
    pub fn of(pack: &Pack) -> Self {
        Self {
            known: RwLock::default(),
            standings: Mutex::default(),
            watched: watched(pack),
            moved: AtomicU64::new(0),
            passwords: Passwords::default(),
            tries: Tries::default(),
            challenges: Challenges::default(),
            journeys: Journeys::default(),
            quiet: Quiet::default(),
            demo: std::sync::OnceLock::new(),
            deciding: tokio::sync::Mutex::new(()),
        }
    }

    /// The same with another way to hash.
    pub fn hash_with(&mut self, hashing: Arc<dyn Hashing>) {
        self.passwords = Passwords::new(hashing);
    }

    /// What was read last.
    pub(super) fn kept(&self) -> Option<Arc<Known>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// There is no account, as far as was read last.
    pub fn is_empty(&self) -> bool {
        self.kept().is_some_and(|known| known.accounts.is_empty())
    }

    /// Rows were written: rights that follow from them are computed anew.
    pub fn follow(&self, changes: &[Change]) {
        if changes.iter().any(|change| self.watched.contains(&change.ledger)) {
            self.moved.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn standing(&self, account: Uuid, version: i64, today: i32, now: i64) -> Option<Arc<Standing>> {
        let moved = self.moved.load(Ordering::SeqCst);
        let standings = self.standings.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |kept: &&Arc<Standing>| {
            kept.version == version && kept.moved == moved && kept.today == today && now < kept.until
        };
        standings.get(&account).filter(fresh).map(Arc::clone)
    }
}

impl Known {
    /// The account of a login.
    pub fn account(&self, login: &str) -> Option<&Account> {
        self.accounts.get(self.by_login.get(login)?)
    }
}

impl App {
    /// Accounts, grants and settings as they stand now.
    pub(crate) async fn known(&self) -> Result<Arc<Known>> {
        let version = self.store().directory_version().await.map_err(unavailable)?;
        self.known_at(version).await
    }

    /// … at a version that was just read.
    pub(crate) async fn known_at(&self, version: i64) -> Result<Arc<Known>> {
        if let Some(known) = self.directory().kept().filter(|known| known.version == version) {
            return Ok(known);
        }
        // The version first: what changes while it is read makes the next question read again.
        let version = self.store().directory_version().await.map_err(unavailable)?;
        let settings = self.store().settings().await.map_err(unavailable)?;
        let accounts = self.store().accounts().await.map_err(unavailable)?;
        let mut grants: HashMap<Uuid, Vec<Grant>> = HashMap::new();
        for row in self.store().grants().await.map_err(unavailable)? {
            if row.ended_at.is_none() {
                grants.entry(row.account).or_default().push(row.grant);
            }
        }
        let known = Arc::new(Known {
            version,
            policy: Policy::of(|key| settings.get(key).cloned()),
            by_login: accounts.iter().map(|account| (account.login.clone(), account.id)).collect(),
            accounts: accounts.into_iter().map(|account| (account.id, account)).collect(),
            settings,
            grants,
        });
        *self.directory().known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        Ok(known)
    }

    /// How an account stands at a version of the directory that was just read.
    pub(crate) async fn standing(&self, account: &Account, version: i64, now: i64) -> Result<Arc<Standing>> {
        let today = self.today();
        if let Some(standing) = self.directory().standing(account.id, version, today, now) {
            return Ok(standing);
        }
        let moved = self.directory().moved.load(Ordering::SeqCst);
        let known = self.known_at(version).await?;
        let grants = known.grants.get(&account.id).map(Vec::as_slice).unwrap_or_default();
        let rights = self.rights_of(&account.login, grants, today, now).await?;
        let credential = self.store().credential(account.id).await.map_err(unavailable)?;
        let changed_at = credential.as_ref().map_or(0, |credential| credential.changed_at);
        let has_password = credential.as_ref().is_some_and(|credential| !credential.password.is_empty());
        // A demo stands open to whoever looks at it, for as long as it stands.
        let ages = has_password && !self.is_demo();
        let needs_factor = !self.is_demo()
            && rights
                .roles()
                .any(|(role, _)| self.pack().role_by_id(role).is_some_and(|ix| self.pack().role(ix).second_factor));
        let standing = Arc::new(Standing {
            version: known.version,
            moved,
            today,
            until: grants.iter().filter_map(|grant| grant.expires_at).filter(|at| *at > now).min().unwrap_or(i64::MAX),
            rights: Arc::new(rights),
            password_ends: if ages { known.policy.expires_at(changed_at) } else { i64::MAX },
            needs_factor,
            has_factor: credential.is_some_and(|credential| credential.totp_confirmed),
        });
        let mut standings = self.directory().standings.lock().unwrap_or_else(PoisonError::into_inner);
        standings.retain(|id, _| known.accounts.contains_key(id));
        standings.insert(account.id, Arc::clone(&standing));
        Ok(standing)
    }

    /// The rights that some grants give to a login.
    pub(crate) async fn rights_of(&self, login: &str, grants: &[Grant], today: i32, now: i64) -> Result<Rights> {
        let mut owners: HashMap<(Uuid, LedgerIx, LedgerIx), Owners> = HashMap::new();
        for grant in grants.iter().filter(|grant| grant.in_force(today, now)) {
            let Some(role) = self.pack().role_by_id(&grant.role).map(|ix| self.pack().role(ix)) else { continue };
            for relation in &role.only {
                let found = self.owners(login, grant, relation).await?;
                let key = (grant.id, relation.ledger, relation.owner);
                let all = owners.entry(key).or_default();
                all.ids = all.ids.iter().chain(found.ids.iter()).copied().collect();
                all.places.extend(found.places);
            }
        }
        let of = |grant: &Grant, relation: &Relation| {
            owners.get(&(grant.id, relation.ledger, relation.owner)).cloned().unwrap_or_default()
        };
        Ok(Rights::of(self.pack(), self.county_code(), grants, of, today, now))
    }

    /// The owners that a relation finds for a login within a grant's area.
    async fn owners(&self, login: &str, grant: &Grant, relation: &Relation) -> Result<Owners> {
        let mut query = Query::of(self.county_code(), relation.ledger, self.today());
        query.filter = Some(relation.predicate.for_actor(login));
        if !self.county_code().starts_with(&*grant.area) {
            query.areas.push(grant.area.to_string());
        }
        let mut rows = self.store().select(self.pack(), &query).await.map_err(unavailable)?;
        let mut ledger = relation.ledger;
        for (_, field) in self.pack().chain_to(relation.ledger, relation.owner).unwrap_or_default() {
            let above = rows.iter().filter_map(|row| match row.values.get(usize::from(field.0)) {
                Some(Value::Id(id)) => Some(*id),
                _ => None,
            });
            let ids: Vec<Uuid> = above.collect();
            let Some(owner) = self.pack().ledger(ledger).of else { break };
            ledger = owner.ledger;
            let mut query = Query::of(self.county_code(), ledger, self.today());
            query.ids = Some(ids);
            rows = self.store().select(self.pack(), &query).await.map_err(unavailable)?;
        }
        let has_place = self.pack().ledger(relation.owner).area.is_some();
        Ok(Owners {
            ids: rows.iter().map(|row| row.id).collect(),
            places: if has_place { rows.into_iter().map(|row| row.area.as_str().into()).collect() } else { Vec::new() },
        })
    }

    /// Somebody at work, with the rights that they have now.
    ///
    /// # Errors
    /// `Denied` for an account that is not there or not active; `Unavailable` when the database does not answer.
    pub async fn actor(self: &Arc<Self>, who: Who) -> Result<Actor> {
        let known = self.known().await?;
        let account = who.account.and_then(|id| known.accounts.get(&id)).filter(|account| account.active);
        let account = account.cloned().ok_or_else(|| Error::denied("sign-in", &who.login))?;
        self.actor_at(&account, known.version, who, true, self.now()).await
    }

    /// Somebody at work at a version of the directory that was just read. What they owe keeps their rights from them; `factor_given` is
    /// what a session knows, and true where no sign-in is.
    pub(crate) async fn actor_at(
        self: &Arc<Self>,
        account: &Account,
        version: i64,
        mut who: Who,
        factor_given: bool,
        now: i64,
    ) -> Result<Actor> {
        self.catch_up().await?;
        let standing = self.standing(account, version, now).await?;
        who.owes = standing.owes(account, factor_given, now);
        let rights = match (who.owes, &who.scopes) {
            (Some(_), _) => Arc::new(Rights::nobody(self.pack())),
            (None, Some(scopes)) => Arc::new((*standing.rights).clone().only(&super::tokens::actions(scopes))),
            (None, None) => Arc::clone(&standing.rights),
        };
        Ok(Actor::new(self, rights, who))
    }
}

/// Ledgers whose rows say who owns what in some role's relation.
fn watched(pack: &Pack) -> Vec<LedgerIx> {
    let mut all = Vec::new();
    for relation in pack.roles.iter().flat_map(|role| &role.only) {
        all.extend([relation.ledger, relation.owner]);
        all.extend(
            pack.chain_to(relation.ledger, relation.owner).unwrap_or_default().into_iter().map(|(from, _)| from),
        );
        read_by(&relation.predicate, &mut all);
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn read_by(predicate: &Predicate, into: &mut Vec<LedgerIx>) {
    let place = |place: &Place, into: &mut Vec<LedgerIx>| into.extend(place.path.iter().map(|step| step.to));
    let operand = |operand: &Operand, into: &mut Vec<LedgerIx>| match operand {
        Operand::Field(one) | Operand::Age(one) => place(one, into),
        Operand::Months(one, other) => {
            place(one, into);
            place(other, into);
        }
        Operand::Literal(_) | Operand::Today(_) | Operand::Actor => {}
    };
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().for_each(|part| read_by(part, into)),
        Predicate::Not(part) => read_by(part, into),
        Predicate::Compare(left, _, right) => {
            operand(left, into);
            operand(right, into);
        }
        Predicate::In(one, _) => operand(one, into),
        Predicate::IsNull(one) | Predicate::Holds(one) | Predicate::Prefix(one, _) => place(one, into),
    }
}
