//! From a cookie to somebody at work, at every request; and a person's own sessions.

use std::sync::Arc;

use anju_store::{Event, EventQuery, SessionRow};
use uuid::Uuid;

use super::chance;
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::{Actor, App, Owes, Who};

/// A session is noted as seen at most so often.
const NOTED: i64 = 60_000;
/// Letters of a token.
const LETTERS: usize = 43;

/// One of one's own sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// To end it by; not what the browser holds.
    pub key: String,
    /// Since when, in ms.
    pub made_at: i64,
    /// Last seen, in ms.
    pub seen_at: i64,
    /// From where.
    pub address: String,
    /// With what.
    pub agent: String,
    /// The one that asks.
    pub current: bool,
}

impl App {
    /// Who holds a session's token, with the rights of this moment. None for a token that is none, or whose time is over.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn session(self: &Arc<Self>, token: &str, address: &str, now: i64) -> Result<Option<Actor>> {
        if token.len() != LETTERS {
            return Ok(None);
        }
        let key = chance::key_of(token);
        let found = self.store().session(&key).await.map_err(unavailable)?;
        let Some((row, account, version)) = found else { return Ok(None) };
        let policy = self.known_at(version).await?.policy;
        let idle = now - row.seen_at >= policy.idle_minutes * 60_000;
        let old = now >= row.ends_at || now - row.made_at >= policy.absolute_hours * 3_600_000;
        if !account.active || idle || old {
            self.store().end_session(account.id, &key, now, Vec::new()).await.map_err(unavailable)?;
            return Ok(None);
        }
        if now - row.seen_at >= NOTED && !self.store().touch_session(&key, now).await.map_err(unavailable)? {
            return Ok(None);
        }
        let who = Who { session: Some(key), ..Who::of(&account, address, "web") };
        Ok(Some(self.actor_at(&account, version, who, row.second_factor, now).await?))
    }
}

impl Actor {
    /// What they owe before they may do anything.
    pub fn owes(&self) -> Option<Owes> {
        self.who().owes
    }

    /// Whether they may do nothing but change the password.
    pub fn must_change(&self) -> bool {
        self.owes() == Some(Owes::Password)
    }

    /// Their account and session: own matters are for people in a browser, not for tokens.
    pub(crate) fn in_person(&self) -> Result<(Uuid, &str)> {
        match (self.who().account, &self.who().session, &self.who().scopes) {
            (Some(account), Some(session), None) => Ok((account, session)),
            _ => Err(Error::denied("own account", &self.who().login)),
        }
    }

    /// Where they are signed in.
    ///
    /// # Errors
    /// `Denied` to anybody but a person; `Unavailable` when the database does not answer.
    pub async fn sessions(&self) -> Result<Vec<OwnSession>> {
        let (account, session) = self.in_person()?;
        let (now, policy) = (self.now(), self.known().await?.policy);
        let rows = self.store().sessions_of(account).await.map_err(unavailable)?;
        let lives = |row: &SessionRow| now < row.ends_at && now - row.seen_at < policy.idle_minutes * 60_000;
        Ok((rows.into_iter().filter(|row| row.key == session || lives(row)))
            .map(|row| OwnSession {
                current: row.key == session,
                key: row.key,
                made_at: row.made_at,
                seen_at: row.seen_at,
                address: row.address,
                agent: row.agent,
            })
            .collect())
    }

    /// Ends one of their sessions; false if it is none of theirs.
    ///
    /// # Errors
    /// As [`Actor::sessions`].
    pub async fn end_session(&self, key: &str) -> Result<bool> {
        let (account, _) = self.in_person()?;
        let event = self.event_now("session_end");
        self.store().end_session(account, key, self.now(), vec![event]).await.map_err(unavailable)
    }

    /// Ends all their other sessions; tells how many.
    ///
    /// # Errors
    /// As [`Actor::sessions`].
    pub async fn end_other_sessions(&self) -> Result<u64> {
        let (account, session) = self.in_person()?;
        let event = self.event_now("session_end");
        self.store().end_sessions(account, Some(session), self.now(), vec![event]).await.map_err(unavailable)
    }

    /// Signs out.
    ///
    /// # Errors
    /// As [`Actor::sessions`].
    pub async fn sign_out(&self) -> Result<()> {
        let (account, session) = self.in_person()?;
        let event = self.event_now("sign_out");
        self.store().end_session(account, session, self.now(), vec![event]).await.map_err(unavailable)?;
        Ok(())
    }

    /// Their sign-ins and the tries that failed, the latest first.
    ///
    /// # Errors
    /// As [`Actor::sessions`].
    pub async fn sign_ins(&self, limit: u32) -> Result<Vec<Event>> {
        self.in_person()?;
        let ask = EventQuery {
            actor: Some(self.who().login.clone()),
            acts: vec!["sign_in".into(), "refused".into()],
            limit,
            ..EventQuery::default()
        };
        self.event_list(ask).await
    }

    /// Gives the session a new token: what was overheard before the rights grew is worth nothing after. None if it was ended meanwhile.
    pub(crate) async fn renew(&self, second_factor: bool) -> Result<Option<String>> {
        let (_, session) = self.in_person()?;
        let Some((row, _, _)) = self.store().session(session).await.map_err(unavailable)? else { return Ok(None) };
        let token = chance::token();
        let new = SessionRow {
            key: chance::key_of(&token),
            seen_at: self.now().max(row.seen_at),
            second_factor: row.second_factor || second_factor,
            ..row
        };
        let done = self.store().replace_session(session, &new, self.now()).await.map_err(unavailable)?;
        Ok(done.then_some(token))
    }
}
