//! The first start: the three administrators, who keep each other in check, with passwords for one sign-in.

use anju_access::Grant;
use anju_pack::Duty;
use anju_store::{GrantRow, NewAccount, NewEvent};
use uuid::Uuid;

use super::chance;
use crate::App;
use crate::error::{Error, Result};
use crate::records::unavailable;

/// Login, name and duty of each.
const THREE: [(&str, &str, Duty); 3] = [
    ("sysadmin", "系统管理员", Duty::Accounts),
    ("secadmin", "安全保密管理员", Duty::Grants),
    ("auditor", "安全审计员", Duty::Journal),
];

/// What the terminal shows to whoever starts the server first, so that nobody else sets it up.
pub fn setup_token() -> String {
    chance::token()
}

impl App {
    /// Whether there is no account yet. Known once the directory was read; before that it counts as set up.
    pub fn setting_up(&self) -> bool {
        self.directory().is_empty()
    }

    /// Makes the three administrators at once, if there is no account; gives their logins and one-time passwords, which are stored
    /// nowhere. What stops in between leaves none, and the first start open.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer or the pack has no role for one of them.
    pub async fn first_start(&self, now: i64) -> Result<Option<Vec<(String, String)>>> {
        let _deciding = self.directory().deciding.lock().await;
        if !self.known().await?.accounts.is_empty() {
            return Ok(None);
        }
        let (mut three, mut events, mut told) = (Vec::new(), Vec::new(), Vec::new());
        for (login, name, duty) in THREE {
            let role = self.pack().roles.iter().find(|role| role.alone && role.may.contains(&duty));
            let role = role.ok_or_else(|| {
                Error::Unavailable(format!("the pack has no role that stands alone with the duty {}", duty.name()))
            })?;
            let (account, credential, password) = self.prepared_account(login, name, now).await?;
            let row = self.first_grant(&role.id, account.id, now);
            let made = NewEvent { id: Some(account.id), ..self.event("anju", "local", "first_start", now) };
            let area = Some(row.grant.area.to_string());
            let granted = NewEvent { id: Some(row.grant.id), area, ..self.event("anju", "local", "grant", now) };
            events.extend([made, granted]);
            told.push((account.login.clone(), password));
            three.push(NewAccount { account, credential, grants: vec![row] });
        }
        self.store().make_accounts(&three, events).await.map_err(unavailable)?;
        self.known().await?;
        Ok(Some(told))
    }

    fn first_grant(&self, role: &str, account: Uuid, now: i64) -> GrantRow {
        GrantRow {
            grant: Grant {
                id: chance::id(now),
                role: role.to_owned(),
                area: self.county_code().into(),
                from: self.today(),
                until: None,
                expires_at: None,
            },
            account,
            made_by: "anju".into(),
            made_at: now,
            confirmed_by: None,
            reason: "首次启动 · first start".into(),
            ended_at: None,
        }
    }
}
