//! The demo's people: one account for each kind of user, all with one password that the sign-in page gives away.

use anju_access::Grant;
use anju_pack::Text;
use anju_store::{Account, Credential, GrantRow};

use super::chance;
use crate::App;
use crate::error::{Error, Result};
use crate::records::unavailable;

/// Somebody of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    /// What they sign in with.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// The role's name.
    pub role: Text,
    /// The role's id.
    pub role_id: String,
    /// Code of the place.
    pub area: String,
}

/// What the sign-in page of a demo shows.
#[derive(Debug, Clone)]
pub struct Demo {
    accounts: Vec<DemoAccount>,
    password: String,
}

impl App {
    /// The demo's people, to be chosen on the sign-in page. Nobody where this is no demo.
    pub fn demo_accounts(&self) -> &[DemoAccount] {
        self.directory().demo.get().map(|demo| demo.accounts.as_slice()).unwrap_or_default()
    }

    /// The password they share.
    pub fn demo_password(&self) -> Option<&str> {
        self.directory().demo.get().map(|demo| demo.password.as_str())
    }

    /// Makes the demo's people where they are missing, and shows those that are there. The password is hashed once for all.
    ///
    /// # Errors
    /// `Denied` where this is no demo; `Unavailable` when the database does not answer.
    pub async fn make_demo(&self, people: &[(&str, &str, &str, &str)], password: &str) -> Result<()> {
        if !self.is_demo() {
            return Err(Error::denied("demo", self.county_code()));
        }
        let now = self.now();
        let known = self.known().await?;
        let mut hash = None;
        let mut accounts = Vec::new();
        for (login, name, role, area) in people {
            let Some(ix) = self.pack().role_by_id(role) else { continue };
            if known.account(login).is_none() {
                if hash.is_none() {
                    hash = Some(self.directory().passwords.hash(password).await.map_err(unavailable)?);
                }
                self.make_demo_account((login, name, role, area), hash.clone().unwrap_or_default(), now).await?;
            }
            accounts.push(DemoAccount {
                login: (*login).to_owned(),
                name: (*name).to_owned(),
                role: self.pack().role(ix).title.clone(),
                role_id: (*role).to_owned(),
                area: (*area).to_owned(),
            });
        }
        // Made once: a second call shows what the first one made.
        self.directory().demo.get_or_init(|| Demo { accounts, password: password.to_owned() });
        self.known().await?;
        Ok(())
    }

    async fn make_demo_account(
        &self,
        (login, name, role, area): (&str, &str, &str, &str),
        hash: String,
        now: i64,
    ) -> Result<()> {
        let account = Account {
            id: chance::id(now),
            login: login.to_owned(),
            name: name.to_owned(),
            active: true,
            must_change: false,
            made_at: now,
        };
        let credential = Credential::of(account.id, hash, now);
        let mut event = self.event("demo", "local", "account", now);
        event.id = Some(account.id);
        self.store().put_account(&account, &credential, vec![event]).await.map_err(unavailable)?;
        let row = GrantRow {
            grant: Grant {
                id: chance::id(now),
                role: role.to_owned(),
                area: area.into(),
                from: self.today(),
                until: None,
                expires_at: None,
            },
            account: account.id,
            made_by: "demo".into(),
            made_at: now,
            confirmed_by: Some("demo".into()),
            reason: "演示账号 · demo account".into(),
            ended_at: None,
        };
        let mut event = self.event("demo", "local", "grant", now);
        (event.id, event.area) = (Some(row.grant.id), Some(area.to_owned()));
        self.store().put_grant(&row, vec![event]).await.map_err(unavailable)?;
        Ok(())
    }
}
