//! Tokens of programs: shown once, never worth more than their scopes and their owner's rights, and never for longer than a year.

use std::sync::Arc;

use anju_access::Action;
use anju_store::TokenRow;
use uuid::Uuid;

use super::chance;
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::refusal::RefusalCode;
use crate::{Actor, App, Who};

/// What tokens begin with, so that one that leaked is recognised.
const PREFIX: &str = "anju_";
/// What a token may be used for.
pub const SCOPES: &[&str] = &["read", "write", "export"];
/// Days a token is valid at most.
const DAYS: i64 = 366;
/// Tokens that are valid at once.
const AT_ONCE: usize = 20;
const NOTED: i64 = 60_000;

/// What of rights the scopes leave.
pub(super) fn actions(scopes: &[String]) -> Vec<Action> {
    let of = |scope: &String| match scope.as_str() {
        "read" => Some(Action::Read),
        "write" => Some(Action::Write),
        "export" => Some(Action::Export),
        _ => None,
    };
    scopes.iter().filter_map(of).collect()
}

impl App {
    /// Whose a program's token is, with what of their rights its scopes leave. None for one that is none, was ended, or whose owner may
    /// not sign in or owes something.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn api_token(self: &Arc<Self>, token: &str, address: &str, now: i64) -> Result<Option<Actor>> {
        if !token.starts_with(PREFIX) || token.len() > 80 {
            return Ok(None);
        }
        let key = chance::key_of(token);
        let found = self.store().token(&key).await.map_err(unavailable)?;
        let Some((row, account, version)) = found else { return Ok(None) };
        if !account.active || now >= row.ends_at {
            return Ok(None);
        }
        let noted = row.used_at.is_some_and(|used| now - used < NOTED);
        if !noted && !self.store().touch_token(&key, now).await.map_err(unavailable)? {
            return Ok(None);
        }
        let who = Who { scopes: Some(row.scopes), ..Who::of(&account, address, "api") };
        let actor = self.actor_at(&account, version, who, true, now).await?;
        Ok(Some(actor).filter(|actor| actor.owes().is_none()))
    }
}

impl Actor {
    /// Their tokens that were not ended, the newest first.
    ///
    /// # Errors
    /// `Denied` to anybody but a person; `Unavailable` when the database does not answer.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>> {
        let (account, _) = self.in_person()?;
        self.store().tokens_of(account).await.map_err(unavailable)
    }

    /// Makes a token. It is told once and stored nowhere.
    ///
    /// # Errors
    /// `Refused` with everything that does not do.
    pub async fn make_token(&self, name: &str, scopes: &[&str], days: i64) -> Result<String> {
        let (account, _) = self.in_person()?;
        let now = self.now();
        let mut faults = Vec::new();
        let name = name.trim();
        if !(1..=60).contains(&name.chars().count()) {
            faults.push(RefusalCode::TokenName.into());
        }
        if !(1..=DAYS).contains(&days) {
            faults.push(RefusalCode::TokenDays.with(&[&DAYS.to_string()]));
        }
        let unknown = scopes.iter().filter(|scope| !SCOPES.contains(scope)).copied().collect::<Vec<_>>();
        if scopes.is_empty() || !unknown.is_empty() {
            faults.push(RefusalCode::ScopeUnknown.with(&[&unknown.join(" "), &SCOPES.join(", ")]));
        }
        let live = self.tokens().await?.iter().filter(|token| token.ends_at > now).count();
        if live >= AT_ONCE {
            faults.push(RefusalCode::TokenMany.with(&[&AT_ONCE.to_string()]));
        }
        if self.owes().is_some() {
            return Err(Error::denied("token", &self.who().login));
        }
        if !faults.is_empty() {
            return Err(Error::Refused(faults));
        }
        let token = format!("{PREFIX}{}", chance::token());
        let row = TokenRow {
            id: chance::id(now),
            account,
            name: name.to_owned(),
            key: chance::key_of(&token),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            made_at: now,
            ends_at: now + days * crate::DAY_MS,
            used_at: None,
            ended_at: None,
        };
        let mut event = self.event_now("token");
        event.id = Some(row.id);
        event.detail = Some(serde_json::json!({ "scopes": row.scopes, "days": days }).to_string());
        self.store().put_token(&row, vec![event]).await.map_err(unavailable)?;
        Ok(token)
    }

    /// Ends one of their tokens; false if it is none of theirs.
    ///
    /// # Errors
    /// As [`Actor::tokens`].
    pub async fn end_token(&self, id: Uuid) -> Result<bool> {
        let (account, _) = self.in_person()?;
        let mut event = self.event_now("token_end");
        event.id = Some(id);
        self.store().end_token(account, id, self.now(), vec![event]).await.map_err(unavailable)
    }
}
