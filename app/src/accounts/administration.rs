//! The system administrator's part: accounts and settings. Nobody here sees a record or gives a right.

use anju_pack::Duty;
use anju_store::{Account, Credential};
use uuid::Uuid;

use super::directory::Known;
use super::{chance, oidc};
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::refusal::{Refusal, RefusalCode};
use crate::{Actor, App};

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
        let name = name.trim();
        let mut faults: Vec<Refusal> = Vec::new();
        let shaped = login_of(login).map_err(|fault| faults.push(fault));
        if !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            faults.push(RefusalCode::NameShape.into());
        }
        let (Ok(login), true) = (shaped, faults.is_empty()) else { return Err(Error::Refused(faults)) };
        let password = chance::one_time_password();
        let hash = self.directory().passwords.hash(&password).await.map_err(unavailable)?;
        let account = Account {
            id: chance::id(act.at),
            login,
            name: name.to_owned(),
            active: true,
            must_change: true,
            made_at: act.at,
        };
        let credential = fresh(account.id, hash, act.at);
        let event = anju_store::NewEvent { id: Some(account.id), ..act };
        // An upsert would take over an account of the same id only; the login is unique in the database.
        self.store().put_account(&account, &credential, vec![event]).await.map_err(|error| match error {
            anju_store::Error::Taken(_) => Error::refused(RefusalCode::LoginTaken.with(&[&account.login])),
            other => unavailable(other),
        })?;
        Ok((account, password))
    }
}

/// A credential with a password and nothing else.
pub(super) fn fresh(account: Uuid, password: String, at: i64) -> Credential {
    Credential {
        account,
        password,
        changed_at: at,
        earlier: Vec::new(),
        totp: None,
        totp_confirmed: false,
        totp_last: 0,
        recovery: Vec::new(),
        failures: 0,
        locked_until: 0,
        subject: None,
    }
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
    async fn account_to_change(&self, id: Uuid, resets: bool) -> Result<(Account, Credential)> {
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
        let credential = self.store().credential(id).await.map_err(unavailable)?.ok_or_else(unknown)?;
        Ok((account, credential))
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
        let (mut account, _) = self.account_to_change(id, false).await?;
        account.active = active;
        let event = self.about(if active { "account_enable" } else { "account_disable" }, &account);
        self.store().change_account(&account, vec![event]).await.map_err(unavailable)?;
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
        let (account, read) = self.account_to_change(id, true).await?;
        let password = chance::one_time_password();
        let hash = self.directory().passwords.hash(&password).await.map_err(unavailable)?;
        let mut credential = read.clone();
        if !read.password.is_empty() {
            credential.earlier.insert(0, read.password);
        }
        (credential.password, credential.changed_at) = (hash, self.now());
        (credential.failures, credential.locked_until) = (0, 0);
        let event = self.about("password_reset", &account);
        let account = Account { must_change: true, ..account };
        self.store().put_account(&account, &credential, vec![event]).await.map_err(unavailable)?;
        self.directory().tries.forget(&account.login);
        self.end_all(id).await?;
        Ok(password)
    }

    /// Takes the second factor off an account whose authenticator and recovery codes are lost.
    ///
    /// # Errors
    /// As [`Actor::reset_password`].
    pub async fn reset_second_factor(&self, id: Uuid) -> Result<()> {
        let (account, read) = self.account_to_change(id, true).await?;
        let new = Credential { totp: None, totp_confirmed: false, totp_last: 0, recovery: Vec::new(), ..read };
        let event = self.about("second_factor_off", &account);
        self.store().put_credential(&new, vec![event]).await.map_err(unavailable)?;
        self.end_all(id).await
    }

    /// Lets an account be tried again at once.
    ///
    /// # Errors
    /// `Refused` for an account that is not there.
    pub async fn unlock(&self, id: Uuid) -> Result<()> {
        let (account, read) = self.account_to_change(id, false).await?;
        let new = Credential { failures: 0, locked_until: 0, ..read };
        self.store().put_credential(&new, vec![self.about("lock", &account)]).await.map_err(unavailable)?;
        self.directory().tries.forget(&account.login);
        Ok(())
    }

    /// Links an account with who this is at the identity provider (`issuer|sub`), or unlinks it.
    ///
    /// # Errors
    /// `Refused` for the own account, an administrator, or an identity that is another account's.
    pub async fn link_subject(&self, id: Uuid, subject: Option<&str>) -> Result<()> {
        let (account, read) = self.account_to_change(id, true).await?;
        let subject = subject.map(str::trim).filter(|subject| !subject.is_empty()).map(str::to_owned);
        if subject.as_ref().is_some_and(|subject| subject.len() > 500 || !subject.contains('|')) {
            return Err(Error::refused(RefusalCode::SettingShape.with(&["subject", "issuer|sub"])));
        }
        let (account, new) = oidc::with_subject(account, read, subject);
        let event = self.about("account", &account);
        self.store().put_account(&account, &new, vec![event]).await.map_err(|error| match error {
            anju_store::Error::Taken(_) => Error::refused(RefusalCode::SubjectTaken),
            other => unavailable(other),
        })
    }

    /// Settings of the installation; of secrets only whether they are set.
    ///
    /// # Errors
    /// `Denied` without the duty; `Unavailable` when the database does not answer.
    pub async fn settings(&self) -> Result<Vec<(String, String)>> {
        self.with_duty(Duty::Settings)?;
        let known = self.known().await?;
        let value = |key: &str| match known.settings.get(key).filter(|value| !value.is_empty()) {
            Some(_) if key == oidc::SECRET => "********".to_owned(),
            Some(value) => value.clone(),
            None => String::new(),
        };
        Ok(oidc::SETTINGS.iter().map(|key| ((*key).to_owned(), value(key))).collect())
    }

    /// Sets a setting of the installation; an empty value takes it back. Policies are not among them: they need a second person.
    ///
    /// # Errors
    /// `Refused` for a setting that is none or a value that cannot be used.
    pub async fn put_setting(&self, key: &str, value: &str) -> Result<()> {
        self.with_duty(Duty::Settings)?;
        let value = value.trim();
        if !oidc::SETTINGS.contains(&key) {
            return Err(Error::refused(RefusalCode::SettingUnknown.with(&[key])));
        }
        oidc::check(key, value).map_err(|why| Error::refused(RefusalCode::SettingShape.with(&[key, &why])))?;
        let mut event = self.event_now("setting");
        let told = if key == oidc::SECRET { "********" } else { value };
        event.detail = Some(serde_json::json!({ "key": key, "value": told }).to_string());
        let kept = if key == oidc::SECRET && !value.is_empty() {
            self.store().vault().seal(oidc::SECRET_CONTEXT, value)
        } else {
            value.to_owned()
        };
        self.store().put_setting(key, &kept, vec![event]).await.map_err(unavailable)
    }
}
