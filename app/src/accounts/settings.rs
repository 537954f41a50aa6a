//! Settings of the installation. Whoever says which provider vouches for people could sign in as any of them: that is proposed by one person
//! and confirmed by another. Only the client's secret, which lets nobody in, is set by one alone.

use anju_pack::Duty;
use anju_store::{Consequence, NewEvent, Proposal, ProposalState};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::grants::reasoned;
use super::oidc;
use crate::Actor;
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::refusal::{Refusal, RefusalCode};

/// The kind of its proposals.
pub(crate) const SETTING: &str = "setting";

/// What a proposal about a setting holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NewSetting {
    pub key: String,
    pub value: String,
}

/// A setting with a value that can be used; empty takes it back.
fn setting_of(key: &str, value: &str) -> Result<NewSetting, Refusal> {
    let value = value.trim();
    if !oidc::SETTINGS.contains(&key) {
        return Err(RefusalCode::SettingUnknown.with(&[key]));
    }
    oidc::check(key, value).map_err(|why| RefusalCode::SettingShape.with(&[key, &why]))?;
    Ok(NewSetting { key: key.to_owned(), value: value.to_owned() })
}

impl Actor {
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

    /// Sets a setting of the installation; an empty value takes it back. All but a secret need a second person
    /// ([`Actor::propose_setting`]), except at the machine.
    ///
    /// # Errors
    /// `Refused` for a setting that is none or is to be proposed, or a value that cannot be used.
    pub async fn put_setting(&self, key: &str, value: &str) -> Result<()> {
        self.with_duty(Duty::Settings)?;
        let new = setting_of(key, value).map_err(Error::refused)?;
        if new.key != oidc::SECRET && !self.is_operator() {
            return Err(Error::refused(RefusalCode::SettingProposed.with(&[key])));
        }
        let secret = new.key == oidc::SECRET;
        let told = if secret { "********" } else { &new.value };
        let mut event = self.event_now("setting");
        event.detail = Some(serde_json::json!({ "key": new.key, "value": told }).to_string());
        let kept = if secret && !new.value.is_empty() {
            self.store().vault().seal(oidc::SECRET_CONTEXT, &new.value)
        } else {
            new.value
        };
        self.store().put_setting(&new.key, &kept, vec![event]).await.map_err(unavailable)
    }

    /// Proposes a setting; a second person puts it in force.
    ///
    /// # Errors
    /// `Refused` for a setting that is none or a secret, a value that cannot be used, or without a reason.
    pub async fn propose_setting(&self, key: &str, value: &str, reason: &str) -> Result<Uuid> {
        self.with_duty(Duty::Settings)?;
        let new = setting_of(key, value).map_err(Error::refused)?;
        if new.key == oidc::SECRET {
            return Err(Error::refused(RefusalCode::SettingUnknown.with(&[key])));
        }
        let reason = reasoned(reason).map_err(Error::refused)?;
        self.propose(SETTING, self.county_code(), &new, &reason).await
    }

    /// Whether they are the second person for settings: who keeps the policies, or who confirms what gives rights.
    pub(crate) fn decides_settings(&self) -> bool {
        [Duty::Policies, Duty::ConfirmGrants].into_iter().any(|duty| self.rights().may_in(duty, self.county_code()))
    }

    /// Puts a proposed setting in force, if its maker may still propose it and its value can still be used.
    pub(crate) async fn confirm_setting(&self, proposal: Proposal, new: NewSetting) -> Result<()> {
        let new = setting_of(&new.key, &new.value).map_err(Error::refused)?;
        if !self.maker(&proposal).await?.rights().may_in(Duty::Settings, self.county_code()) {
            return Err(Error::refused(RefusalCode::OutOfDate.with(&[&proposal.maker])));
        }
        let detail = serde_json::json!({ "key": new.key, "value": new.value }).to_string();
        let event =
            NewEvent { detail: Some(detail), reason: Some(proposal.reason.clone()), ..self.event_now("setting") };
        let effect = Consequence::Setting { key: &new.key, value: &new.value };
        self.decided(proposal, ProposalState::Confirmed, None, effect, vec![event]).await
    }
}
