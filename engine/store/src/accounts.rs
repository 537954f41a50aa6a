//! Who may sign in, with what, and what they were granted.

use anju_access::Grant;
use anju_record::Value;
use uuid::Uuid;

use crate::error::{DbError, Error, Result};
use crate::events::NewEvent;
use crate::kept::{Cells, Kept, Table, may, may_int, may_text, must, text, texts};
use crate::sql::{Column, Statement};
use crate::store::Store;

/// Somebody who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// What is typed at sign-in; no two accounts have the same.
    pub login: String,
    /// What the person is called.
    pub name: String,
    /// Whether it may be used.
    pub active: bool,
    /// Whether the password must be changed before anything else.
    pub must_change: bool,
    /// When it was made, in ms.
    pub made_at: i64,
}

/// What an account proves itself with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// Whose.
    pub account: Uuid,
    /// Password hash as a PHC string.
    pub password: String,
    /// When the password was set, in ms.
    pub changed_at: i64,
    /// Hashes of earlier passwords, newest first.
    pub earlier: Vec<String>,
    /// Secret of the second factor. Clear here; the store seals it at rest.
    pub totp: Option<String>,
    /// Whether a code of it was ever given.
    pub totp_confirmed: bool,
    /// The last time step whose code was accepted; a code counts once.
    pub totp_last: i64,
    /// Hashes of the recovery codes that are left.
    pub recovery: Vec<String>,
    /// Wrong passwords since the last right one.
    pub failures: i64,
    /// No sign-in before this, in ms.
    pub locked_until: i64,
    /// Who this is at the identity provider: `issuer|sub`.
    pub subject: Option<String>,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("account", &self.account).finish_non_exhaustive()
    }
}

/// A grant as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct GrantRow {
    /// What was granted.
    pub grant: Grant,
    /// To whom.
    pub account: Uuid,
    /// Login of who proposed it.
    pub made_by: String,
    /// When, in ms.
    pub made_at: i64,
    /// Login of the second person; none for the first accounts and when the glass was broken.
    pub confirmed_by: Option<String>,
    /// Why.
    pub reason: String,
    /// When it was taken back, in ms.
    pub ended_at: Option<i64>,
}

/// Somebody new, with what they prove themselves with and may do.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Who.
    pub account: Account,
    /// With what.
    pub credential: Credential,
    /// What they are granted at once.
    pub grants: Vec<GrantRow>,
}

use Column::{Bool, Id, Int, Text};

pub(crate) const ACCOUNT: Table = Table {
    name: "anju_account",
    cells: &[
        must("id", Id),
        must("login", Text),
        must("name", Text),
        must("active", Bool),
        must("must_change", Bool),
        must("made_at", Int),
    ],
    key: &["id"],
};

pub(crate) const CREDENTIAL: Table = Table {
    name: "anju_credential",
    cells: &[
        must("account", Id),
        must("password", Text),
        must("changed_at", Int),
        must("earlier", Text),
        may("totp", Text),
        must("totp_confirmed", Bool),
        must("totp_last", Int),
        must("recovery", Text),
        must("failures", Int),
        must("locked_until", Int),
        may("subject", Text),
    ],
    key: &["account"],
};

pub(crate) const GRANT: Table = Table {
    name: "anju_grant",
    cells: &[
        must("id", Id),
        must("account", Id),
        must("role", Text),
        must("area", Text),
        must("from_day", Int),
        may("until_day", Int),
        may("expires_at", Int),
        must("made_by", Text),
        must("made_at", Int),
        may("confirmed_by", Text),
        must("reason", Text),
        may("ended_at", Int),
    ],
    key: &["id"],
};

/// Where the number stands that moves with every change of accounts, grants and settings.
pub(crate) const VERSION_KEY: &str = "directory";
const MOVE_ON: &str = "UPDATE anju_meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = 'directory'";

impl Account {
    pub(crate) fn values(&self) -> Vec<Value> {
        vec![
            Value::Id(self.id),
            text(&self.login),
            text(&self.name),
            Value::Bool(self.active),
            Value::Bool(self.must_change),
            Value::Int(self.made_at),
        ]
    }

    pub(crate) fn read(cells: &mut Cells) -> Option<Self> {
        Some(Self {
            id: cells.id()?,
            login: cells.text()?,
            name: cells.text()?,
            active: cells.flag()?,
            must_change: cells.flag()?,
            made_at: cells.int()?,
        })
    }
}

impl Credential {
    /// A password and nothing else.
    pub fn of(account: Uuid, password: String, at: i64) -> Self {
        Self {
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

    fn read(cells: &mut Cells) -> Option<Self> {
        Some(Self {
            account: cells.id()?,
            password: cells.text()?,
            changed_at: cells.int()?,
            earlier: cells.texts()?,
            totp: cells.may_text(),
            totp_confirmed: cells.flag()?,
            totp_last: cells.int()?,
            recovery: cells.texts()?,
            failures: cells.int()?,
            locked_until: cells.int()?,
            subject: cells.may_text(),
        })
    }

    pub(crate) fn context(account: Uuid) -> String {
        format!("anju_credential.totp.{account}")
    }
}

impl GrantRow {
    pub(crate) fn values(&self) -> Vec<Value> {
        vec![
            Value::Id(self.grant.id),
            Value::Id(self.account),
            text(&self.grant.role),
            text(&self.grant.area),
            Value::Int(self.grant.from.into()),
            may_int(self.grant.until.map(i64::from)),
            may_int(self.grant.expires_at),
            text(&self.made_by),
            Value::Int(self.made_at),
            may_text(self.confirmed_by.as_deref()),
            text(&self.reason),
            may_int(self.ended_at),
        ]
    }

    fn read(cells: &mut Cells) -> Option<Self> {
        let id = cells.id()?;
        let account = cells.id()?;
        let grant = Grant {
            id,
            role: cells.text()?,
            area: cells.text()?.into(),
            from: i32::try_from(cells.int()?).ok()?,
            until: cells.may_int().map(i32::try_from).transpose().ok()?,
            expires_at: cells.may_int(),
        };
        Some(Self {
            grant,
            account,
            made_by: cells.text()?,
            made_at: cells.int()?,
            confirmed_by: cells.may_text(),
            reason: cells.text()?,
            ended_at: cells.may_int(),
        })
    }
}

/// A login or a subject that another account has.
fn taken(error: DbError) -> Error {
    match &error {
        DbError::Constraint(name) if name.starts_with("anju_account_login") => Error::Taken("login"),
        DbError::Constraint(name) if name.starts_with("anju_credential_subject") => Error::Taken("subject"),
        DbError::Columns { null: false, columns } if columns.contains("anju_account.login") => Error::Taken("login"),
        DbError::Columns { null: false, columns } if columns.contains("anju_credential.subject") => {
            Error::Taken("subject")
        }
        _ => error.into(),
    }
}

impl Store {
    pub(crate) fn move_on(&self) -> Statement {
        self.statement(MOVE_ON, Vec::new())
    }

    fn credential_values(&self, credential: &Credential) -> Vec<Value> {
        let sealed = credential.totp.as_deref().map(|clear| self.seal(&Credential::context(credential.account), clear));
        vec![
            Value::Id(credential.account),
            text(&credential.password),
            Value::Int(credential.changed_at),
            texts(&credential.earlier),
            may_text(sealed.as_deref()),
            Value::Bool(credential.totp_confirmed),
            Value::Int(credential.totp_last),
            texts(&credential.recovery),
            Value::Int(credential.failures),
            Value::Int(credential.locked_until),
            may_text(credential.subject.as_deref()),
        ]
    }

    /// Moves the directory's version on, if this credential changes what its account owes: the password or the second factor.
    fn move_on_unless_same(&self, credential: &Credential) -> Statement {
        let sql = format!(
            "{MOVE_ON} AND NOT EXISTS (SELECT 1 FROM anju_credential WHERE account = ? AND changed_at = ? AND totp_confirmed = ?)"
        );
        let binds = vec![
            Value::Id(credential.account),
            Value::Int(credential.changed_at),
            Value::Bool(credential.totp_confirmed),
        ];
        self.statement(&sql, binds)
    }

    /// Makes or replaces an account with its credential.
    ///
    /// # Errors
    /// [`Error::Taken`] if another account has the login or the subject; if the database fails.
    pub async fn put_account(&self, account: &Account, credential: &Credential, events: Vec<NewEvent>) -> Result<()> {
        let statements = vec![
            self.statement(&ACCOUNT.upsert(), account.values()),
            self.statement(&CREDENTIAL.upsert(), self.credential_values(credential)),
            self.move_on(),
        ];
        self.keep(Kept { statements, guarded: false, events }).await.map(|_| ()).map_err(taken)
    }

    /// Makes several accounts with their credentials and grants: all of them, or none if one of them cannot be made.
    ///
    /// # Errors
    /// [`Error::Taken`] if another account has a login or a subject; if an account of the same id is there or the database fails.
    pub async fn make_accounts(&self, new: &[NewAccount], events: Vec<NewEvent>) -> Result<()> {
        let mut statements = vec![self.move_on()];
        for NewAccount { account, credential, grants } in new {
            statements.push(self.statement(&ACCOUNT.insert(), account.values()));
            statements.push(self.statement(&CREDENTIAL.insert(), self.credential_values(credential)));
            statements.extend(grants.iter().map(|row| self.statement(&GRANT.insert(), row.values())));
        }
        self.keep(Kept { statements, guarded: false, events }).await.map(|_| ()).map_err(taken)
    }

    /// Changes an account and leaves its credential alone. False if there is no such account.
    ///
    /// # Errors
    /// [`Error::Taken`] if another account has the login; if the database fails.
    pub async fn change_account(&self, account: &Account, events: Vec<NewEvent>) -> Result<bool> {
        const SQL: &str = "UPDATE anju_account SET login = ?, name = ?, active = ?, must_change = ? WHERE id = ?";
        let binds = vec![
            text(&account.login),
            text(&account.name),
            Value::Bool(account.active),
            Value::Bool(account.must_change),
            Value::Id(account.id),
        ];
        let statements = vec![self.statement(SQL, binds), self.move_on()];
        let met = self.keep(Kept { statements, guarded: true, events }).await.map_err(taken)?;
        Ok(met > 0)
    }

    /// Lets an account be used, or not any more; all else of it stands. False if there is no such account.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn set_active(&self, account: Uuid, active: bool, events: Vec<NewEvent>) -> Result<bool> {
        const SQL: &str = "UPDATE anju_account SET active = ? WHERE id = ?";
        let change = self.statement(SQL, vec![Value::Bool(active), Value::Id(account)]);
        self.keep_if(vec![change, self.move_on()], events).await
    }

    async fn account_where(&self, condition: &str, bind: Value) -> Result<Option<Account>> {
        let statement = self.statement(&ACCOUNT.select(condition), vec![bind]);
        Ok(self.read_as(&statement, &ACCOUNT.types(), Account::read).await?.pop())
    }

    /// An account by its id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn account(&self, id: Uuid) -> Result<Option<Account>> {
        self.account_where("WHERE id = ?", Value::Id(id)).await
    }

    /// An account by its login, exactly as written.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn account_by_login(&self, login: &str) -> Result<Option<Account>> {
        self.account_where("WHERE login = ?", text(login)).await
    }

    /// An account by who it is at the identity provider.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn account_by_subject(&self, subject: &str) -> Result<Option<Account>> {
        self.account_where("WHERE id = (SELECT account FROM anju_credential WHERE subject = ?)", text(subject)).await
    }

    /// All accounts in order of login.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        let statement = self.statement(&ACCOUNT.select("ORDER BY login"), Vec::new());
        self.read_as(&statement, &ACCOUNT.types(), Account::read).await
    }

    /// What an account proves itself with.
    ///
    /// # Errors
    /// If the database fails, or the second factor was sealed with a key that is not there.
    pub async fn credential(&self, account: Uuid) -> Result<Option<Credential>> {
        let statement = self.statement(&CREDENTIAL.select("WHERE account = ?"), vec![Value::Id(account)]);
        let found = self.read_as(&statement, &CREDENTIAL.types(), Credential::read).await?.pop();
        let Some(mut credential) = found else { return Ok(None) };
        if let Some(sealed) = credential.totp.take() {
            credential.totp = Some(self.unseal(&Credential::context(account), &sealed)?);
        }
        Ok(Some(credential))
    }

    /// Replaces a credential, whatever stands there. To count and to spend, use [`Store::swap_credential`].
    ///
    /// # Errors
    /// [`Error::Taken`] if another account has the subject; if the database fails.
    pub async fn put_credential(&self, credential: &Credential, events: Vec<NewEvent>) -> Result<()> {
        let statements = vec![
            self.move_on_unless_same(credential),
            self.statement(&CREDENTIAL.upsert(), self.credential_values(credential)),
        ];
        self.keep(Kept { statements, guarded: false, events }).await.map(|_| ()).map_err(taken)
    }

    /// Replaces a credential if nobody changed it since it was read; false if somebody did, and nothing is written then. Failures
    /// are counted, codes and recovery codes are spent with this: of two who come at once, one reads again.
    ///
    /// # Errors
    /// [`Error::Taken`] if another account has the subject; if the database fails.
    pub async fn swap_credential(&self, read: &Credential, new: &Credential, events: Vec<NewEvent>) -> Result<bool> {
        self.swap_proof(read, new, None, events).await
    }

    /// As [`Store::swap_credential`], and says in the same transaction whether the password has to be changed before anything else.
    ///
    /// # Errors
    /// As [`Store::swap_credential`].
    pub async fn swap_proof(
        &self,
        read: &Credential,
        new: &Credential,
        must_change: Option<bool>,
        events: Vec<NewEvent>,
    ) -> Result<bool> {
        const SQL: &str = "UPDATE anju_credential SET password = ?, changed_at = ?, earlier = ?, totp = ?, totp_confirmed = ?, totp_last = ?, recovery = ?, failures = ?, locked_until = ?, subject = ? WHERE account = ? AND password = ? AND changed_at = ? AND totp_confirmed = ? AND totp_last = ? AND recovery = ? AND failures = ? AND locked_until = ? AND COALESCE(subject, '') = ?";
        const MUST: &str = "UPDATE anju_account SET must_change = ? WHERE id = ?";
        let mut binds = self.credential_values(new).split_off(1);
        binds.extend([
            Value::Id(read.account),
            text(&read.password),
            Value::Int(read.changed_at),
            Value::Bool(read.totp_confirmed),
            Value::Int(read.totp_last),
            texts(&read.recovery),
            Value::Int(read.failures),
            Value::Int(read.locked_until),
            text(read.subject.as_deref().unwrap_or_default()),
        ]);
        let mut statements = vec![self.statement(SQL, binds)];
        statements
            .extend(must_change.map(|must| self.statement(MUST, vec![Value::Bool(must), Value::Id(read.account)])));
        let stands = (read.changed_at, read.totp_confirmed, read.password.is_empty())
            == (new.changed_at, new.totp_confirmed, new.password.is_empty());
        if must_change.is_some() || !stands {
            statements.push(self.move_on());
        }
        let met = self.keep(Kept { statements, guarded: true, events }).await.map_err(taken)?;
        Ok(met > 0)
    }

    /// All grants ever made, in order of making; also those that ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn grants(&self) -> Result<Vec<GrantRow>> {
        let statement = self.statement(&GRANT.select("ORDER BY made_at, id"), Vec::new());
        self.read_as(&statement, &GRANT.types(), GrantRow::read).await
    }

    /// All grants ever made to an account, in order of making; also those that ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn grants_of(&self, account: Uuid) -> Result<Vec<GrantRow>> {
        let sql = GRANT.select("WHERE account = ? ORDER BY made_at, id");
        self.read_as(&self.statement(&sql, vec![Value::Id(account)]), &GRANT.types(), GrantRow::read).await
    }

    pub(crate) fn grant_statement(&self, row: &GrantRow) -> Statement {
        // What was granted to whom never changes, and what has ended stays so.
        const END: &str =
            "ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at WHERE anju_grant.ended_at IS NULL";
        self.statement(&format!("{} {END}", GRANT.insert()), row.values())
    }

    /// Makes a grant, or ends it: of one that is there only `ended_at` is taken over, once. False if it had ended already.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn put_grant(&self, row: &GrantRow, events: Vec<NewEvent>) -> Result<bool> {
        self.keep_if(vec![self.grant_statement(row), self.move_on()], events).await
    }

    /// The number that moves with every change of accounts, grants and settings, and of what a sign-in needs.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn directory_version(&self) -> Result<i64> {
        let version = self.meta(VERSION_KEY).await?;
        Ok(version.and_then(|text| text.parse().ok()).unwrap_or_default())
    }
}
