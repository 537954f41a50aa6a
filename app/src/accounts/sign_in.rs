//! Signing in: login and password, then the second factor, then a session of one's own. Every refusal sounds the same for a login that
//! exists and one that does not, and costs the same.

use std::sync::Arc;

use anju_record::Lang;
use anju_store::{Account, Credential, Event, EventQuery, NewEvent, SessionRow};
use uuid::Uuid;

use super::directory::{Known, Owes};
use super::lockout::{self, Standing, Try};
use super::password::Busy;
use super::{chance, totp};
use crate::error::Error;
use crate::records::unavailable;
use crate::{Actor, App, Who};

/// Characters a login has at most.
const LOGIN: usize = 64;
/// Bytes of a password that are looked at; the policy allows fewer characters.
const PASSWORD: usize = 1_024;
/// Addresses signed in from within so many days are familiar.
const FAMILIAR: i64 = 90 * crate::DAY_MS;
/// Earlier sign-ins that are shown.
const SHOWN: u32 = 5;

/// What somebody gives to sign in.
#[derive(Clone)]
pub struct SignIn {
    /// What they sign in with.
    pub login: String,
    /// The password.
    pub password: String,
    /// From where.
    pub address: String,
    /// With what browser.
    pub agent: String,
    /// When, in ms since 1970.
    pub now: i64,
}

/// The second factor to a password given before.
#[derive(Clone)]
pub struct SecondFactor {
    /// What the first step gave.
    pub challenge: String,
    /// A code of the authenticator, or a recovery code.
    pub code: String,
    /// From where.
    pub address: String,
    /// With what browser.
    pub agent: String,
    /// When, in ms since 1970.
    pub now: i64,
}

/// How far a sign-in came.
pub enum SignedIn {
    /// All the way.
    Session(NewSession),
    /// The password was right; the second factor is owed.
    SecondFactor {
        /// To be given back with the code.
        challenge: String,
    },
}

/// A session that was just begun.
pub struct NewSession {
    /// For the cookie; stored nowhere.
    pub token: String,
    /// At the latest until, in ms.
    pub ends_at: i64,
    /// What has to be done before anything else.
    pub owes: Option<Owes>,
    /// Earlier sign-ins, the latest first.
    pub last: Vec<Event>,
    /// Wrong passwords since the last of them.
    pub failures: i64,
    /// Who signed in.
    pub actor: Actor,
}

/// Why nobody was signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInRefused {
    /// Login or password, or the code, does not fit; or strange addresses have to wait with this account.
    Wrong,
    /// The password fits, and the account is disabled.
    Disabled,
    /// Too many wrong tries.
    TooMany {
        /// Seconds until a try is worth it.
        seconds: i64,
    },
    /// Too many sign in at once.
    Busy,
    /// The database or the identity provider does not answer.
    Unavailable(String),
}

impl SignInRefused {
    /// In words.
    pub fn message(&self, lang: Lang) -> String {
        let minutes = |seconds: &i64| (seconds + 59).div_euclid(60).max(1);
        match (self, lang) {
            (Self::Wrong, Lang::Zh) => "登录名、密码或验证码不正确".into(),
            (Self::Wrong, Lang::En) => "Login, password or code is wrong".into(),
            (Self::Disabled, Lang::Zh) => "账号已停用，请联系系统管理员".into(),
            (Self::Disabled, Lang::En) => "The account is disabled; ask the system administrator".into(),
            (Self::TooMany { seconds }, Lang::Zh) => format!("尝试次数过多，请 {} 分钟后再试", minutes(seconds)),
            (Self::TooMany { seconds }, Lang::En) => {
                format!("Too many tries; come again in {} min", minutes(seconds))
            }
            (Self::Busy, Lang::Zh) => "登录人数过多，请稍后再试".into(),
            (Self::Busy, Lang::En) => "Too many people are signing in; try again in a moment".into(),
            (Self::Unavailable(_), Lang::Zh) => "暂时无法登录，请稍后再试".into(),
            (Self::Unavailable(_), Lang::En) => "Signing in does not work now; try again later".into(),
        }
    }
}

impl From<Busy> for SignInRefused {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

impl From<Error> for SignInRefused {
    fn from(error: Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<anju_store::Error> for SignInRefused {
    fn from(error: anju_store::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// From where and with what, of either step.
pub(super) struct Visit<'a> {
    pub address: &'a str,
    pub agent: &'a str,
    pub now: i64,
}

impl App {
    /// Signs in with login and password.
    ///
    /// # Errors
    /// See [`SignInRefused`].
    pub async fn sign_in(self: &Arc<Self>, given: SignIn) -> Result<SignedIn, SignInRefused> {
        let visit = Visit { address: &given.address, agent: &given.agent, now: given.now };
        let login = given.login.trim().to_lowercase();
        if login.is_empty() || login.chars().count() > LOGIN || given.password.len() > PASSWORD {
            self.refused_quietly(&visit).await?;
            return Err(SignInRefused::Wrong);
        }
        let known = self.known().await?;
        let account = known.account(&login).cloned();
        let credential = match &account {
            Some(account) => self.store().credential(account.id).await?,
            None => None,
        };
        let attempt = self.may_try(&login, credential.as_ref(), &known, &visit).await?;
        let phc = credential.as_ref().map(|credential| credential.password.as_str());
        let fits = self.directory().passwords.verify(&given.password, phc).await?;
        let (Some(account), Some(credential), true) = (account, credential, fits) else {
            return Err(self.wrong(attempt, &login, &known, &visit).await);
        };
        if !account.active {
            self.record_refused(&account, "disabled", &visit).await?;
            return Err(SignInRefused::Disabled);
        }
        self.hash_anew(&credential, &given.password).await;
        if credential.totp_confirmed {
            // The try ends neither well nor badly: wrong codes go on counting from here.
            drop(attempt);
            let challenge = self.directory().challenges.begin(account.id, &account.login, visit.now);
            return Ok(SignedIn::SecondFactor { challenge });
        }
        attempt.passed();
        Ok(SignedIn::Session(self.begin_session(&account, false, "password", &visit).await?))
    }

    /// Gives the second factor.
    ///
    /// # Errors
    /// See [`SignInRefused`].
    pub async fn second_factor(self: &Arc<Self>, given: SecondFactor) -> Result<NewSession, SignInRefused> {
        let visit = Visit { address: &given.address, agent: &given.agent, now: given.now };
        let Some(challenged) = self.directory().challenges.take_try(&given.challenge, given.now) else {
            self.refused_quietly(&visit).await?;
            return Err(SignInRefused::Wrong);
        };
        let known = self.known().await?;
        let account = known.accounts.get(&challenged.account).filter(|account| account.active).cloned();
        let Some(account) = account else { return Err(SignInRefused::Wrong) };
        let credential = self.store().credential(account.id).await?;
        let attempt = self.may_try(&account.login, credential.as_ref(), &known, &visit).await?;
        if !self.spend_code(account.id, &given.code, given.now).await? {
            return Err(self.wrong(attempt, &account.login, &known, &visit).await);
        }
        self.directory().challenges.end(&given.challenge);
        attempt.passed();
        self.begin_session(&account, true, "second_factor", &visit).await
    }

    /// Begins a try, or refuses it and counts that.
    async fn may_try(
        &self,
        login: &str,
        credential: Option<&Credential>,
        known: &Known,
        visit: &Visit<'_>,
    ) -> Result<Try, SignInRefused> {
        let stored = credential.map(|it| Standing { failures: it.failures, locked_until: it.locked_until });
        let tries = &self.directory().tries;
        let familiar =
            credential.is_some() && tries.is_locked(login, stored, visit.now) && self.is_familiar(login, visit).await?;
        match tries.begin(login, visit.address, familiar, stored, &known.policy, visit.now) {
            Ok(attempt) => Ok(attempt),
            Err(until) => {
                self.refused_quietly(visit).await?;
                Err(SignInRefused::TooMany { seconds: (until - visit.now + 999).div_euclid(1_000).max(1) })
            }
        }
    }

    /// Whether the account was signed in to from this address lately.
    async fn is_familiar(&self, login: &str, visit: &Visit<'_>) -> Result<bool, SignInRefused> {
        let query = EventQuery {
            county: self.county_code().to_owned(),
            actor: Some(login.to_owned()),
            acts: vec!["sign_in".into()],
            from: Some(visit.now - FAMILIAR),
            limit: 500,
            ..EventQuery::default()
        };
        let network = lockout::network(visit.address);
        let events = self.store().events(&query).await?;
        Ok(events.iter().any(|event| lockout::network(&event.address) == network))
    }

    /// Counts a failure where it belongs.
    async fn wrong(&self, attempt: Try, login: &str, known: &Known, visit: &Visit<'_>) -> SignInRefused {
        let standing = attempt.failed(&known.policy, visit.now);
        let counted = match known.account(login) {
            Some(account) => self.count_failure(account, standing, visit).await,
            None => self.refused_quietly(visit).await,
        };
        counted.err().unwrap_or(SignInRefused::Wrong)
    }

    async fn count_failure(
        &self,
        account: &Account,
        standing: Standing,
        visit: &Visit<'_>,
    ) -> Result<(), SignInRefused> {
        let event = self.refused_event(account, "wrong", visit);
        // Whoever changed the credential meanwhile does not lose it; a count that never finds a quiet moment is kept in memory alone.
        for _ in 0..5 {
            let Some(read) = self.store().credential(account.id).await? else { return Ok(()) };
            let mut new = read.clone();
            new.failures += 1;
            new.locked_until = new.locked_until.max(standing.locked_until);
            if self.store().swap_credential(&read, &new, vec![event.clone()]).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn refused_event(&self, account: &Account, why: &str, visit: &Visit<'_>) -> NewEvent {
        let mut event = self.event(&account.login, visit.address, "refused", visit.now);
        event.id = Some(account.id);
        event.detail = Some(serde_json::json!({ "why": why }).to_string());
        event
    }

    async fn record_refused(&self, account: &Account, why: &str, visit: &Visit<'_>) -> Result<(), SignInRefused> {
        Ok(self.store().record_events(vec![self.refused_event(account, why, visit)]).await?)
    }

    /// Of what was typed nothing is journalled: it may be a password in the wrong field.
    async fn refused_quietly(&self, visit: &Visit<'_>) -> Result<(), SignInRefused> {
        if let Some(sum) = self.directory().quiet.count(visit.now) {
            let mut event = self.event("", visit.address, "refused", visit.now);
            event.detail = Some(serde_json::json!({ "why": "unknown", "times": sum }).to_string());
            self.store().record_events(vec![event]).await?;
        }
        Ok(())
    }

    /// A hash made with less than today's parameters is made anew while the password is at hand.
    async fn hash_anew(&self, credential: &Credential, password: &str) {
        if !self.directory().passwords.is_outdated(&credential.password) {
            return;
        }
        let Ok(hash) = self.directory().passwords.hash(password).await else { return };
        let new = Credential { password: hash, ..credential.clone() };
        if let Err(error) = self.store().swap_credential(credential, &new, Vec::new()).await {
            tracing::warn!(%error, "a password could not be hashed anew");
        }
    }

    /// Accepts a code once, or a recovery code once. Of two who give the same at the same moment one is refused.
    pub(super) async fn spend_code(&self, account: Uuid, code: &str, now: i64) -> Result<bool, anju_store::Error> {
        for _ in 0..5 {
            let Some(read) = self.store().credential(account).await? else { return Ok(false) };
            let Some(secret) = read.totp.as_deref().filter(|_| read.totp_confirmed) else { return Ok(false) };
            let mut new = read.clone();
            if let Some(step) = totp::accepted(secret, code, now, read.totp_last) {
                new.totp_last = step;
            } else if let Some(at) = totp::recovery_used(code, &read.recovery) {
                new.recovery.remove(at);
            } else {
                return Ok(false);
            }
            if self.store().swap_credential(&read, &new, Vec::new()).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Begins a session with a token of its own; failures are forgotten.
    pub(super) async fn begin_session(
        self: &Arc<Self>,
        account: &Account,
        second_factor: bool,
        how: &str,
        visit: &Visit<'_>,
    ) -> Result<NewSession, SignInRefused> {
        let known = self.known().await?;
        let ask = EventQuery {
            actor: Some(account.login.clone()),
            acts: vec!["sign_in".into()],
            limit: SHOWN,
            ..EventQuery::default()
        };
        let last = self.event_list(ask).await?;
        let failures = self.forget_failures(account.id).await?;
        let token = chance::token();
        let row = SessionRow {
            key: chance::key_of(&token),
            account: account.id,
            made_at: visit.now,
            seen_at: visit.now,
            ends_at: visit.now + known.policy.absolute_hours * 3_600_000,
            address: visit.address.to_owned(),
            agent: visit.agent.chars().filter(|c| !c.is_control()).take(300).collect(),
            second_factor,
            ended_at: None,
        };
        let mut event = self.event(&account.login, visit.address, "sign_in", visit.now);
        event.id = Some(account.id);
        event.detail = Some(serde_json::json!({ "how": how }).to_string());
        self.store().put_session(&row, vec![event]).await?;
        let who = Who { session: Some(row.key.clone()), ..Who::of(account, visit.address, "web") };
        let actor = self.actor_at(account, known.version, who, second_factor, visit.now).await?;
        Ok(NewSession { token, ends_at: row.ends_at, owes: actor.owes(), last, failures, actor })
    }

    async fn forget_failures(&self, account: Uuid) -> Result<i64, SignInRefused> {
        for _ in 0..5 {
            let Some(read) = self.store().credential(account).await? else { return Ok(0) };
            if read.failures == 0 && read.locked_until == 0 {
                return Ok(0);
            }
            let new = Credential { failures: 0, locked_until: 0, ..read.clone() };
            if self.store().swap_credential(&read, &new, Vec::new()).await? {
                return Ok(read.failures);
            }
        }
        Ok(0)
    }

    /// Makes sure that the password of an account is the one given, at the price of a try.
    pub(super) async fn proves(
        &self,
        login: &str,
        address: &str,
        password: &str,
        now: i64,
    ) -> Result<bool, crate::Error> {
        let known = self.known().await?;
        let Some(account) = known.account(login) else { return Ok(false) };
        let credential = self.store().credential(account.id).await.map_err(unavailable)?;
        let begun = self.directory().tries.begin(login, address, true, None, &known.policy, now);
        let Ok(attempt) = begun else { return Ok(false) };
        if password.len() > PASSWORD {
            return Ok(false);
        }
        let phc = credential.as_ref().map(|credential| credential.password.as_str());
        let fits = self.directory().passwords.verify(password, phc).await.map_err(unavailable)?;
        if fits {
            attempt.passed();
        } else {
            attempt.failed(&known.policy, now);
        }
        Ok(fits)
    }
}
