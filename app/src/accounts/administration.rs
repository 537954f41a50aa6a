//! The system administrator's part: accounts. Nobody here sees a record or gives a right.

use anju_pack::Duty;
use anju_store::{Account, Credential};
use uuid::Uuid;

use super::directory::Known;
use super::{chance, oidc};
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::refusal::{Refusal, RefusalCode};
use crate::{Actor, App};

/// So often a change is tried anew when others change the same account at the same time.
pub(super) const TRIES: usize = 5;
/// Hashes of earlier passwords that are kept, whatever the policy asks today.
pub(super) const KEPT: usize = 12;

/// An account as the system administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLine {
    /// The account.
    pub account: Account,
    /// Until when strange addresses wait, in ms; 0 if they need not.
    pub locked_until: i64,
    /// A second factor is asked for at sign-in.
    pub second_factor: bool,
    /// Who this is at the identity provider.
    pub subject: Option<String>,
}

/// A login in the shape it has to have: small letters, digits, dots, hyphens, underscores.
pub(super) fn login_of(text: &str) -> Result<String, Refusal> {
    let login = text.trim().to_lowercase();
    let sign = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    let shaped = (2..=40).contains(&login.len()) && login.chars().all(sign);
    let begins = login.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    // These stand in the journal for nobody's account.
    let free = !["operator", "anju", "demo"].contains(&login.as_str());
    if shaped && begins && free { Ok(login) } else { Err(RefusalCode::LoginShape.with(&[text.trim()])) }
}

impl Known {
    /// Whether the account holds, or will hold, a role that stands alone: it is one of the three administrators.
    pub(super) fn is_administrator(&self, app: &App, account: Uuid) -> bool {
        let grants = self.grants.get(&account).map(Vec::as_slice).unwrap_or_default();
        grants.iter().any(|grant| {
            app.pack().role_by_id(&grant.role).is_some_and(|ix| app.pack().role(ix).alone)
                && grant.until.is_none_or(|until| app.today() <= until)
        })
    }
}

impl App {
    /// A new account with a password that has to be changed at once; gives that password, which is stored nowhere.
    pub(crate) async fn new_account(
        &self,
        login: &str,
        name: &str,
        act: anju_store::NewEvent,
    ) -> Result<(Account, String)> {
        let (account, credential, password) = self.prepared_account(login, name, act.at).await?;
        let event = anju_store::NewEvent { id: Some(account.id), ..act };
        // An upsert would take over an account of the same id only; the login is unique in the database.
        self.store().put_account(&account, &credential, vec![event]).await.map_err(|error| match error {
            anju_store::Error::Taken(_) => Error::refused(RefusalCode::LoginTaken.with(&[&account.login])),
            other => unavailable(other),
        })?;
        Ok((account, password))
    }

    /// A new account that is not kept yet, with its one-time password.
    pub(super) async fn prepared_account(
        &self,
        login: &str,
        name: &str,
        at: i64,
    ) -> Result<(Account, Credential, String)> {
        let name = name.trim();
        let mut faults: Vec<Refusal> = Vec::new();
        let shaped = login_of(login).map_err(|fault| faults.push(fault));
        if !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            faults.push(RefusalCode::NameShape.into());
        }
        let (Ok(login), true) = (shaped, faults.is_empty()) else { return Err(Error::Refused(faults)) };
        let password = chance::one_time_password();
        let hash = self.directory().passwords.hash(&password).await.map_err(unavailable)?;
        let account =
            Account { id: chance::id(at), login, name: name.to_owned(), active: true, must_change: true, made_at: at };
        let credential = Credential::of(account.id, hash, at);
        Ok((account, credential, password))
    }
}

/// A credential with another password. A second factor that was begun and not confirmed goes: whoever knew the password may have begun it.
pub(super) fn with_password(read: Credential, hash: String, at: i64) -> Credential {
    let mut new = read;
    let old = std::mem::replace(&mut new.password, hash);
    if !old.is_empty() {
        new.earlier.insert(0, old);
        new.earlier.truncate(KEPT);
    }
    new.changed_at = at;
    if !new.totp_confirmed {
        new.totp = None;
    }
    new
}

impl Actor {
    /// All accounts in order of login.
    ///
    /// # Errors
    /// `Denied` without the duty; `Unavailable` when the database does not answer.
    pub async fn accounts(&self) -> Result<Vec<AccountLine>> {
        self.with_duty(Duty::Accounts)?;
        let mut lines = Vec::new();
        for account in self.store().accounts().await.map_err(unavailable)? {
            let credential = self.store().credential(account.id).await.map_err(unavailable)?;
            lines.push(AccountLine {
                locked_until: credential.as_ref().map_or(0, |it| it.locked_until),
                second_factor: credential.as_ref().is_some_and(|it| it.totp_confirmed),
                subject: credential.and_then(|it| it.subject),
                account,
            });
        }
        Ok(lines)
    }

    /// Makes an account; gives the password for the first sign-in, shown once.
    ///
    /// # Errors
    /// `Refused` with everything that does not do.
    pub async fn make_account(&self, login: &str, name: &str) -> Result<(Account, String)> {
        self.with_duty(Duty::Accounts)?;
        self.app().new_account(login, name, self.event_now("account")).await
    }

    /// An account that this actor may change: not their own, and one of the three administrators only at the machine.
    async fn account_to_change(&self, id: Uuid, resets: bool) -> Result<Account> {
        self.with_duty(Duty::Accounts)?;
        let known = self.known().await?;
        let unknown = || Error::refused(RefusalCode::AccountUnknown.with(&[&id.to_string()]));
        let account = known.accounts.get(&id).cloned().ok_or_else(unknown)?;
        if self.who().account == Some(id) {
            return Err(Error::refused(RefusalCode::NotOnOneself));
        }
        if resets && !self.is_operator() && known.is_administrator(self.app(), id) {
            return Err(Error::refused(RefusalCode::AdministratorReset.with(&[&account.login])));
        }
        Ok(account)
    }

    /// Changes what an account proves itself with, as it stands at that moment: what somebody else changes meanwhile is not lost. `change`
    /// says too whether the password has to be changed from then on, if that is another question now.
    async fn change_proof(
        &self,
        account: &Account,
        act: &str,
        change: impl Fn(&Account, Credential) -> (Credential, Option<bool>) + Send + Sync,
    ) -> Result<()> {
        let unknown = || Error::refused(RefusalCode::AccountUnknown.with(&[&account.login]));
        for _ in 0..TRIES {
            let stands = self.store().account(account.id).await.map_err(unavailable)?.ok_or_else(unknown)?;
            let read = self.store().credential(account.id).await.map_err(unavailable)?.ok_or_else(unknown)?;
            let (new, must_change) = change(&stands, read.clone());
            let event = self.about(act, account);
            let done = self.store().swap_proof(&read, &new, must_change, vec![event]).await;
            let done = done.map_err(|error| match error {
                anju_store::Error::Taken(_) => Error::refused(RefusalCode::SubjectTaken),
                other => unavailable(other),
            })?;
            if done {
                return Ok(());
            }
        }
        Err(unavailable("the account is being changed by others; try again"))
    }

    fn about(&self, act: &str, account: &Account) -> anju_store::NewEvent {
        let mut event = self.event_now(act);
        event.id = Some(account.id);
        event.detail = Some(serde_json::json!({ "login": account.login }).to_string());
        event
    }

    /// Disables an account, which ends its sessions and tokens at once, or enables it again.
    ///
    /// # Errors
    /// `Refused` for the own account or one that is not there.
    pub async fn set_active(&self, id: Uuid, active: bool) -> Result<()> {
        let account = self.account_to_change(id, false).await?;
        let event = self.about(if active { "account_enable" } else { "account_disable" }, &account);
        self.store().set_active(id, active, vec![event]).await.map_err(unavailable)?;
        if !active {
            self.end_all(id).await?;
        }
        Ok(())
    }

    async fn end_all(&self, id: Uuid) -> Result<()> {
        self.store().end_sessions(id, None, self.now(), Vec::new()).await.map_err(unavailable)?;
        self.store().end_tokens(id, self.now(), Vec::new()).await.map_err(unavailable)?;
        Ok(())
    }

    /// Gives an account a new password for one sign-in, shown once; its sessions and tokens end. The three administrators' passwords are
    /// given anew only at the machine: else whoever resets could become any of them.
    ///
    /// # Errors
    /// `Refused` for the own account, an administrator, or one that is not there.
    pub async fn reset_password(&self, id: Uuid) -> Result<String> {
        let account = self.account_to_change(id, true).await?;
        let password = chance::one_time_password();
        let hash = self.directory().passwords.hash(&password).await.map_err(unavailable)?;
        let now = self.now();
        let reset = |_: &Account, read: Credential| {
            let mut new = with_password(read, hash.clone(), now);
            (new.failures, new.locked_until) = (0, 0);
            (new, Some(true))
        };
        self.change_proof(&account, "password_reset", reset).await?;
        self.directory().tries.forget(&account.login);
        self.end_all(id).await?;
        Ok(password)
    }

    /// Takes the second factor off an account whose authenticator and recovery codes are lost.
    ///
    /// # Errors
    /// As [`Actor::reset_password`].
    pub async fn reset_second_factor(&self, id: Uuid) -> Result<()> {
        let account = self.account_to_change(id, true).await?;
        let off = |_: &Account, read: Credential| {
            (Credential { totp: None, totp_confirmed: false, totp_last: 0, recovery: Vec::new(), ..read }, None)
        };
        self.change_proof(&account, "second_factor_off", off).await?;
        self.end_all(id).await
    }

    /// Lets an account be tried again at once.
    ///
    /// # Errors
    /// `Refused` for an account that is not there.
    pub async fn unlock(&self, id: Uuid) -> Result<()> {
        let account = self.account_to_change(id, false).await?;
        let open = |_: &Account, read| (Credential { failures: 0, locked_until: 0, ..read }, None);
        self.change_proof(&account, "lock", open).await?;
        self.directory().tries.forget(&account.login);
        Ok(())
    }

    /// Links an account with who this is at the identity provider (`issuer|sub`), or unlinks it.
    ///
    /// # Errors
    /// `Refused` for the own account, an administrator, or an identity that is another account's.
    pub async fn link_subject(&self, id: Uuid, subject: Option<&str>) -> Result<()> {
        let account = self.account_to_change(id, true).await?;
        let subject = subject.map(str::trim).filter(|subject| !subject.is_empty()).map(str::to_owned);
        if subject.as_ref().is_some_and(|subject| subject.len() > 500 || !subject.contains('|')) {
            return Err(Error::refused(RefusalCode::SettingShape.with(&["subject", "issuer|sub"])));
        }
        self.change_proof(&account, "account", |stands, read| oidc::with_subject(stands, read, subject.clone())).await
    }
}
