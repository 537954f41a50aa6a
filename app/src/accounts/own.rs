//! A person's own password and second factor.

use anju_pack::Duty;
use anju_store::{Credential, Event, EventQuery};
use uuid::Uuid;

use super::administration::{KEPT, TRIES, with_password};
use super::policy::Policy;
use super::totp::{self, TotpSecret};
use crate::Actor;
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::refusal::RefusalCode;

/// Notices of emergency access are shown for so long.
const NOTICED: i64 = 30 * crate::DAY_MS;

/// The second factor as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondFactorState {
    /// It is asked for at sign-in.
    pub on: bool,
    /// Recovery codes that were not used.
    pub recovery_left: usize,
    /// A role asks for it; it cannot be taken off.
    pub required: bool,
}

/// What turning the second factor on gives, once.
#[derive(Clone)]
pub struct Secured {
    /// Codes for the day when the authenticator is lost; each counts once.
    pub recovery: Vec<String>,
    /// The session's new token.
    pub token: Option<String>,
}

impl Actor {
    /// The policy in force.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn policy(&self) -> Result<Policy> {
        Ok(self.known().await?.policy)
    }

    async fn own_credential(&self, account: Uuid) -> Result<Credential> {
        let found = self.store().credential(account).await.map_err(unavailable)?;
        found.ok_or_else(|| Error::denied("own account", &self.who().login))
    }

    /// Replaces the own credential unless somebody else changed it meanwhile.
    async fn swap(&self, read: &Credential, new: &Credential, act: &str) -> Result<()> {
        let mut event = self.event_now(act);
        event.id = Some(read.account);
        let done = self.store().swap_credential(read, new, vec![event]).await.map_err(unavailable)?;
        if done { Ok(()) } else { Err(Error::refused(RefusalCode::NotWaiting)) }
    }

    /// Whoever knows the password alone changes nothing by which the account's owner proves themselves.
    async fn with_factor(&self, credential: &Credential) -> Result<()> {
        let (_, session) = self.in_person()?;
        let denied = || Error::denied("own account", &self.who().login);
        let (row, _, _) = self.store().session(session).await.map_err(unavailable)?.ok_or_else(denied)?;
        if credential.totp_confirmed && !row.second_factor { Err(denied()) } else { Ok(()) }
    }

    /// Changes the password. Other sessions and all tokens of programs end, and this session gets a new token.
    ///
    /// # Errors
    /// `Refused` with everything that does not do; `Denied` to a session without the second factor of the account.
    pub async fn change_password(&self, old: &str, new: &str) -> Result<Option<String>> {
        let (account, session) = self.in_person()?;
        let who = self.who();
        self.with_factor(&self.own_credential(account).await?).await?;
        if !self.proves(&who.login, &who.address, old, self.now()).await? {
            return Err(Error::refused(RefusalCode::PasswordWrong));
        }
        let policy = self.policy().await?;
        let read = self.own_credential(account).await?;
        let mut faults = policy.faults(new, &who.login, &who.name);
        if faults.is_empty() {
            let history = usize::try_from(policy.history).unwrap_or(KEPT);
            let mut used = vec![read.password.clone()];
            used.extend(read.earlier.iter().take(history.saturating_sub(1)).cloned());
            if self.directory().passwords.fits_any(new, used).await.map_err(unavailable)? {
                faults.push(RefusalCode::PasswordUsed.with(&[&policy.history.to_string()]));
            }
        }
        if !faults.is_empty() {
            return Err(Error::Refused(faults));
        }
        let hash = self.directory().passwords.hash(new).await.map_err(unavailable)?;
        self.replace_password(&read, hash).await?;
        self.end_tokens_for("password").await?;
        self.store().end_sessions(account, Some(session), self.now(), Vec::new()).await.map_err(unavailable)?;
        self.renew(false).await
    }

    /// Puts another password in the place of the one that was read, unless that is another by now.
    async fn replace_password(&self, read: &Credential, hash: String) -> Result<()> {
        for _ in 0..TRIES {
            let stands = self.own_credential(read.account).await?;
            if stands.password != read.password {
                break;
            }
            let new = with_password(stands.clone(), hash.clone(), self.now());
            let mut event = self.event_now("password");
            event.id = Some(read.account);
            if self.store().swap_proof(&stands, &new, Some(false), vec![event]).await.map_err(unavailable)? {
                return Ok(());
            }
        }
        Err(Error::refused(RefusalCode::NotWaiting))
    }

    /// Ends the tokens of their programs, and says why.
    async fn end_tokens_for(&self, why: &str) -> Result<()> {
        let (account, _) = self.in_person()?;
        let live = self.store().tokens_of(account).await.map_err(unavailable)?;
        if live.is_empty() {
            return Ok(());
        }
        let mut event = self.event_now("token_end");
        event.id = Some(account);
        event.detail = Some(serde_json::json!({ "why": why, "tokens": live.len() }).to_string());
        self.store().end_tokens(account, self.now(), vec![event]).await.map_err(unavailable)?;
        Ok(())
    }

    /// How the second factor stands.
    ///
    /// # Errors
    /// `Denied` to anybody but a person; `Unavailable` when the database does not answer.
    pub async fn second_factor_state(&self) -> Result<SecondFactorState> {
        let (account, _) = self.in_person()?;
        let credential = self.own_credential(account).await?;
        let required = self.is_factor_required(account).await?;
        let recovery_left = if credential.totp_confirmed { credential.recovery.len() } else { 0 };
        Ok(SecondFactorState { on: credential.totp_confirmed, recovery_left, required })
    }

    async fn is_factor_required(&self, account: Uuid) -> Result<bool> {
        let known = self.known().await?;
        let Some(row) = known.accounts.get(&account) else { return Ok(false) };
        Ok(self.standing(row, known.version, self.now()).await?.needs_factor())
    }

    /// Begins to set up the second factor; it counts once a code of it was given in the same session. Another session is told another
    /// secret, and this one counts no more.
    ///
    /// # Errors
    /// `Refused` when it is on.
    pub async fn begin_totp(&self) -> Result<TotpSecret> {
        let (account, session) = self.in_person()?;
        if self.must_change() {
            return Err(Error::denied("second factor", &self.who().login));
        }
        let secret = self.pending_secret(account, session).await?;
        let issuer = format!("安居 {}", self.county_name().zh);
        totp::told(&secret, &issuer, &self.who().login).ok_or_else(|| unavailable("the secret cannot be told"))
    }

    /// The secret that waits for this session, made now if there is none. A mistyped code must not make the device that was just scanned
    /// wrong: what the session began stands until it is confirmed.
    async fn pending_secret(&self, account: Uuid, session: &str) -> Result<String> {
        for _ in 0..TRIES {
            let read = self.own_credential(account).await?;
            if read.totp_confirmed {
                return Err(Error::refused(RefusalCode::SecondFactorOn));
            }
            if let Some(secret) = totp::pending_of(read.totp.as_deref(), session) {
                return Ok(secret.to_owned());
            }
            let secret = totp::new_secret();
            let waiting = Some(totp::pending(session, &secret));
            let new = Credential { totp: waiting, totp_last: 0, recovery: Vec::new(), ..read.clone() };
            if self.store().swap_credential(&read, &new, Vec::new()).await.map_err(unavailable)? {
                return Ok(secret);
            }
        }
        Err(unavailable("the account is being changed by others; try again"))
    }

    /// Turns the second factor on with a first code. Sessions that did not give it end.
    ///
    /// # Errors
    /// `Refused` for a wrong code, or when it is on.
    pub async fn confirm_totp(&self, code: &str) -> Result<Secured> {
        let (account, session) = self.in_person()?;
        if self.must_change() {
            return Err(Error::denied("second factor", &self.who().login));
        }
        let read = self.own_credential(account).await?;
        if read.totp_confirmed {
            return Err(Error::refused(RefusalCode::SecondFactorOn));
        }
        let Some(secret) = totp::pending_of(read.totp.as_deref(), session).map(str::to_owned) else {
            // Begun elsewhere since: what this session was told counts no more.
            let why = if read.totp.is_some() { RefusalCode::CodeWrong } else { RefusalCode::SecondFactorOff };
            return Err(Error::refused(why));
        };
        let Some(step) = totp::accepted(&secret, code, self.now(), read.totp_last) else {
            return Err(Error::refused(RefusalCode::CodeWrong));
        };
        let (recovery, kept) = totp::recovery_codes();
        let confirmed = Some(secret);
        let new = Credential { totp: confirmed, totp_confirmed: true, totp_last: step, recovery: kept, ..read.clone() };
        self.swap(&read, &new, "second_factor").await?;
        self.store().end_sessions(account, Some(session), self.now(), Vec::new()).await.map_err(unavailable)?;
        Ok(Secured { recovery, token: self.renew(true).await? })
    }

    /// Takes the second factor off, with the password.
    ///
    /// # Errors
    /// `Refused` when a role asks for it, it is off, or the password is wrong.
    pub async fn remove_totp(&self, password: &str) -> Result<()> {
        let (account, _) = self.in_person()?;
        let who = self.who();
        if self.is_factor_required(account).await? {
            return Err(Error::refused(RefusalCode::SecondFactorNeeded));
        }
        let read = self.own_credential(account).await?;
        if !read.totp_confirmed {
            return Err(Error::refused(RefusalCode::SecondFactorOff));
        }
        self.with_factor(&read).await?;
        if !self.proves(&who.login, &who.address, password, self.now()).await? {
            return Err(Error::refused(RefusalCode::PasswordWrong));
        }
        let new = Credential { totp: None, totp_confirmed: false, recovery: Vec::new(), ..read.clone() };
        self.swap(&read, &new, "second_factor_off").await
    }

    /// Emergency access that they should know of: in their own places, and everywhere for the audit administrator.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn notices(&self) -> Result<Vec<Event>> {
        // Whoever reads some of the ledgers only, or is bound to rows of their own, answers for no place.
        let answers = |role: &str| {
            self.pack()
                .role_by_id(role)
                .map(|ix| self.pack().role(ix))
                .is_some_and(|role| role.read_all && role.only.is_empty())
        };
        let held = self.rights().roles().filter(|(role, _)| answers(role));
        let areas: Vec<String> = held.map(|(_, area)| area.to_owned()).collect();
        let everywhere = self.rights().may_in(Duty::Journal, self.county_code());
        if !everywhere && areas.is_empty() || self.who().scopes.is_some() {
            return Ok(Vec::new());
        }
        let ask = EventQuery {
            acts: vec!["break_glass".into()],
            from: Some(self.now() - NOTICED),
            areas: (!everywhere).then_some(areas),
            limit: 100,
            ..EventQuery::default()
        };
        let mut events = self.event_list(ask).await?;
        // Their own they know.
        events.retain(|event| event.actor != self.who().login);
        Ok(events)
    }
}
