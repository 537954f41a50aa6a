//! Breaking the glass: for some hours, with a reason, one's own roles read in a place that is not one's own. Nothing is written there and
//! nothing taken away; the people who answer for the place and the audit administrator are told at once.

use std::collections::HashMap;

use anju_access::Grant;
use anju_pack::Duty;
use anju_store::{Event, GrantRow, NewEvent};

use crate::Actor;
use crate::accounts::chance;
use crate::accounts::grants::reasoned;
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::refusal::RefusalCode;

/// Hours it lasts at most.
const HOURS: i64 = 24;

/// What the broken glass gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Glass {
    /// A grant for each role of one's own.
    pub grants: Vec<Grant>,
    /// When they end, in ms.
    pub until: i64,
    /// The session's new token.
    pub token: Option<String>,
}

impl Actor {
    /// Names of those who acted in an emergency that this actor is told of, by login.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn names_of(&self, notices: &[Event]) -> Result<HashMap<String, String>> {
        let known = self.known().await?;
        let named = |event: &Event| Some((event.actor.clone(), known.account(&event.actor)?.name.clone()));
        Ok(notices.iter().filter_map(named).collect())
    }

    /// Looks into a place that is not one's own.
    ///
    /// # Errors
    /// `Refused` with everything that does not do; `Denied` without the duty.
    pub async fn break_glass(&self, area: &str, hours: i64, reason: &str) -> Result<Glass> {
        let (account, _) = self.in_person()?;
        self.with_duty(Duty::BreakGlass)?;
        let mut faults = Vec::new();
        let reason = reasoned(reason).map_err(|fault| faults.push(fault)).unwrap_or_default();
        if !(1..=HOURS).contains(&hours) {
            faults.push(RefusalCode::GlassHours.with(&[&HOURS.to_string()]));
        }
        if self.areas().get(area).is_none() || !area.starts_with(self.county_code()) {
            faults.push(RefusalCode::AreaUnknown.with(&[area]));
        }
        let roles = self.roles_to_look_with().await?;
        if roles.is_empty() {
            faults.push(RefusalCode::GlassNothing.into());
        }
        if roles.iter().all(|role| self.rights().roles().any(|(own, held)| own == role && area.starts_with(held))) {
            faults.push(RefusalCode::GlassOwn.into());
        }
        if !faults.is_empty() {
            return Err(Error::Refused(faults));
        }
        let (now, who) = (self.now(), self.who());
        let until = now + hours * 3_600_000;
        let mut grants = Vec::new();
        for role in roles {
            let grant = Grant {
                id: chance::id(now),
                role,
                area: area.into(),
                from: self.today(),
                until: None,
                expires_at: Some(until),
            };
            let row = GrantRow {
                grant: grant.clone(),
                account,
                made_by: who.login.clone(),
                made_at: now,
                confirmed_by: None,
                reason: reason.clone(),
                ended_at: None,
            };
            let event = NewEvent {
                id: Some(grant.id),
                area: Some(area.to_owned()),
                reason: Some(reason.clone()),
                detail: Some(serde_json::json!({ "role": grant.role, "until_ms": until }).to_string()),
                ..self.event_now("break_glass")
            };
            self.store().put_grant(&row, vec![event]).await.map_err(unavailable)?;
            grants.push(grant);
        }
        Ok(Glass { grants, until, token: self.renew(false).await? })
    }

    /// Roles held for good that have the duty and are not bound to rows of their holder.
    async fn roles_to_look_with(&self) -> Result<Vec<String>> {
        let known = self.known().await?;
        let (today, now) = (self.today(), self.now());
        let grants =
            self.who().account.and_then(|account| known.grants.get(&account)).map(Vec::as_slice).unwrap_or_default();
        let lasting = grants.iter().filter(|grant| grant.expires_at.is_none() && grant.in_force(today, now));
        let mut roles: Vec<String> = lasting
            .filter_map(|grant| self.pack().role_by_id(&grant.role))
            .map(|ix| self.pack().role(ix))
            .filter(|role| {
                role.may.contains(&Duty::BreakGlass) && role.reads_any() && role.only.is_empty() && !role.alone
            })
            .map(|role| role.id.clone())
            .collect();
        roles.sort_unstable();
        roles.dedup();
        Ok(roles)
    }
}
