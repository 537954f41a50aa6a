//! A person's own password and second factor.

use anju_pack::Duty;
use anju_store::{Credential, Event};
use uuid::Uuid;

use super::policy::Policy;
use super::totp::{self, TotpSecret};
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::refusal::RefusalCode;
use crate::{Actor, EventAsk};

/// Hashes of earlier passwords that are kept, whatever the policy asks today.
const KEPT: usize = 12;
/// Notices of emergency access are shown for so long.
const NOTICED: i64 = 30 * 86_400_000;

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

    /// Changes the password. Other sessions end, and this one gets a new token.
    ///
    /// # Errors
    /// `Refused` with everything that does not do.
    pub async fn change_password(&self, old: &str, new: &str) -> Result<Option<String>> {
        let (account, session) = self.in_person()?;
        let who = self.who();
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
        let mut changed = read.clone();
        changed.password = self.directory().passwords.hash(new).await.map_err(unavailable)?;
        changed.changed_at = self.now();
        changed.earlier.insert(0, read.password.clone());
        changed.earlier.truncate(KEPT);
        self.swap(&read, &changed, "password").await?;
        let stored = self.store().account(account).await.map_err(unavailable)?;
        if let Some(mut stored) = stored.filter(|stored| stored.must_change) {
            stored.must_change = false;
            self.store().change_account(&stored, Vec::new()).await.map_err(unavailable)?;
        }
        self.store().end_sessions(account, Some(session), self.now(), Vec::new()).await.map_err(unavailable)?;
        self.renew(false).await
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

    /// Begins to set up the second factor; it counts once a code of it was given.
    ///
    /// # Errors
    /// `Refused` when it is on.
    pub async fn begin_totp(&self) -> Result<TotpSecret> {
        let (account, _) = self.in_person()?;
        if self.must_change() {
            return Err(Error::denied("second factor", &self.who().login));
        }
        let read = self.own_credential(account).await?;
        if read.totp_confirmed {
            return Err(Error::refused(RefusalCode::SecondFactorOn));
        }
        // A mistyped code must not make the device that was just scanned wrong: what was begun stands until it is confirmed.
        let begun = read.totp.clone();
        let secret = begun.clone().unwrap_or_else(totp::new_secret);
        if begun.is_none() {
            let new = Credential { totp: Some(secret.clone()), totp_last: 0, recovery: Vec::new(), ..read };
            self.store().put_credential(&new, Vec::new()).await.map_err(unavailable)?;
        }
        let issuer = format!("安居 {}", self.county_name().zh);
        totp::told(&secret, &issuer, &self.who().login).ok_or_else(|| unavailable("the secret cannot be told"))
    }

    /// Turns the second factor on with a first code.
    ///
    /// # Errors
    /// `Refused` for a wrong code, or when it is on.
    pub async fn confirm_totp(&self, code: &str) -> Result<Secured> {
        let (account, _) = self.in_person()?;
        let read = self.own_credential(account).await?;
        if read.totp_confirmed {
            return Err(Error::refused(RefusalCode::SecondFactorOn));
        }
        let Some(secret) = &read.totp else { return Err(Error::refused(RefusalCode::SecondFactorOff)) };
        let Some(step) = totp::accepted(secret, code, self.now(), read.totp_last) else {
            return Err(Error::refused(RefusalCode::CodeWrong));
        };
        let (recovery, kept) = totp::recovery_codes();
        let new = Credential { totp_confirmed: true, totp_last: step, recovery: kept, ..read.clone() };
        self.swap(&read, &new, "second_factor").await?;
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
        // Whoever is bound to rows of their own answers for no place.
        let answers = |role: &str| {
            self.pack()
                .role_by_id(role)
                .map(|ix| self.pack().role(ix))
                .is_some_and(|role| role.reads_any() && role.only.is_empty())
        };
        let held = self.rights().roles().filter(|(role, _)| answers(role));
        let areas: Vec<String> = held.map(|(_, area)| area.to_owned()).collect();
        let everywhere = self.rights().may(Duty::Journal);
        if !everywhere && areas.is_empty() || self.who().scopes.is_some() {
            return Ok(Vec::new());
        }
        let ask = EventAsk {
            acts: vec!["break_glass".into()],
            from: Some(self.now() - NOTICED),
            areas: if everywhere { Vec::new() } else { areas },
            limit: 100,
            ..EventAsk::default()
        };
        let mut events = self.event_list(ask).await?;
        // Their own they know.
        events.retain(|event| event.actor != self.who().login);
        Ok(events)
    }
}
