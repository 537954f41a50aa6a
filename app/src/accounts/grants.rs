//! The security administrator's part: who holds which role where, and the policies. Everything here is proposed, and counts once a second
//! person has confirmed it. What was allowed when it was proposed is asked again when it is confirmed.

use anju_access::{Grant, Rights, compatible};
use anju_pack::Duty;
use anju_store::{Account, GrantRow, Proposal, ProposalState};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::chance;
use super::directory::Known;
use super::policy::{PREFIX, RULES};
use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::refusal::{Refusal, RefusalCode};
use crate::{Actor, App};

/// So many digits in a row are a person's number: a telephone's has eleven, a citizen's id eighteen, or seventeen and an X.
const NUMBER: usize = 11;
/// Kinds of proposals that are no ledger's.
pub(crate) const GRANT: &str = "grant";
pub(crate) const GRANT_END: &str = "grant_end";
pub(crate) const POLICY: &str = "policy";

/// A grant that somebody wants to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewGrant {
    /// To whom.
    pub account: Uuid,
    /// The role's id.
    pub role: String,
    /// Code of the place.
    pub area: String,
    /// First day.
    pub from: i32,
    /// Last day, if there is one.
    pub until: Option<i32>,
    /// Why.
    pub reason: String,
}

/// A grant as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct GrantLine {
    /// As it is kept.
    pub row: GrantRow,
    /// Login of who holds it.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// It gives something now.
    pub in_force: bool,
}

/// A rule of the policy as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyLine {
    /// Its key.
    pub key: &'static str,
    /// In force.
    pub value: i64,
    /// In force unless set.
    pub default: i64,
    /// Smallest allowed.
    pub min: i64,
    /// Largest allowed.
    pub max: i64,
}

/// What a proposal about a grant or a policy holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EndGrant {
    pub grant: Uuid,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NewPolicy {
    pub key: String,
    pub value: i64,
}

/// Two to two hundred characters, and no number of a person.
pub(crate) fn reasoned(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim();
    let says = reason.chars().filter(|c| c.is_alphanumeric()).count();
    if says < 2 || reason.chars().count() > 200 {
        return Err(RefusalCode::ReasonShape.into());
    }
    names_no_number(reason)?;
    Ok(reason.to_owned())
}

/// Words stand in the journal in the clear, and for as long as it does: as many digits in a row as a telephone number or a citizen's id has
/// do not stand in them, however they are grouped.
pub(crate) fn names_no_number(words: &str) -> Result<(), Refusal> {
    let mut run = 0;
    for c in words.chars() {
        match c {
            '0'..='9' | '０'..='９' => run += 1,
            _ if parts(c) => {}
            _ => run = 0,
        }
        if run >= NUMBER {
            return Err(RefusalCode::ReasonNumber.into());
        }
    }
    Ok(())
}

/// A blank or a dash, which groups digits and ends no number; also what is not seen at all.
fn parts(c: char) -> bool {
    let dash = matches!(c, '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}');
    let unseen = matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}');
    dash || unseen || c.is_whitespace()
}

impl App {
    /// Everything that stands against a grant, by the rights of who proposes it.
    pub(crate) fn against(&self, known: &Known, maker: Option<Uuid>, rights: &Rights, new: &NewGrant) -> Vec<Refusal> {
        let mut faults = Vec::new();
        match known.accounts.get(&new.account) {
            None => faults.push(RefusalCode::AccountUnknown.with(&[&new.account.to_string()])),
            Some(account) if !account.active => faults.push(RefusalCode::AccountInactive.with(&[&account.login])),
            Some(_) => {}
        }
        if maker == Some(new.account) {
            faults.push(RefusalCode::GrantOneself.into());
        }
        if self.areas().get(&new.area).is_none() || !new.area.starts_with(self.county_code()) {
            faults.push(RefusalCode::AreaUnknown.with(&[&new.area]));
        }
        if let Err(why) = reasoned(&new.reason) {
            faults.push(why);
        }
        if new.until.is_some_and(|until| until < new.from || until < self.today()) {
            faults.push(RefusalCode::GrantPeriod.into());
        }
        let held = known.grants.get(&new.account).map(Vec::as_slice).unwrap_or_default();
        let ahead = |grant: &&Grant| grant.until.is_none_or(|until| until >= self.today());
        let lasting = held.iter().filter(ahead).filter(|grant| grant.expires_at.is_none());
        match self.pack().role_by_id(&new.role) {
            None => faults.push(RefusalCode::RoleUnknown.with(&[&new.role])),
            Some(_) => {
                if !compatible(self.pack(), lasting.clone().map(|grant| grant.role.as_str()), &new.role) {
                    faults.push(RefusalCode::GrantAlone.with(&[&new.role]));
                }
                if rights.may_grant(self.pack(), &new.role, &new.area).is_err() {
                    faults.push(RefusalCode::GrantBeyond.with(&[&new.role]));
                }
            }
        }
        let same = |grant: &Grant| {
            grant.role == new.role && *grant.area == *new.area && grant.from <= new.from && grant.until >= new.until
        };
        if lasting.clone().any(|grant| same(grant) && (grant.until.is_none() || new.until.is_some())) {
            faults.push(RefusalCode::GrantHeld.into());
        }
        faults
    }

    /// The grant of that id, if it was not ended.
    pub(crate) async fn live_grant(&self, id: Uuid) -> Result<GrantRow> {
        let rows = self.store().grants().await.map_err(unavailable)?;
        let row = rows.into_iter().find(|row| row.grant.id == id && row.ended_at.is_none());
        row.ok_or_else(|| Error::refused(RefusalCode::GrantUnknown))
    }
}

impl Actor {
    /// Whether one of their duties has to do with grants in a place.
    fn knows_grants_in(&self, area: &str) -> bool {
        let area = self.within_county(area);
        [Duty::Grants, Duty::ConfirmGrants, Duty::Journal].into_iter().any(|duty| self.rights().may_in(duty, area))
    }

    /// A grant of the province or the city holds the county, and nothing beyond it here.
    fn within_county<'a>(&'a self, area: &'a str) -> &'a str {
        if self.county_code().starts_with(area) { self.county_code() } else { area }
    }

    /// Every grant in the places where they give, confirm or check grants, with who holds it.
    ///
    /// # Errors
    /// `Denied` without such a duty; `Unavailable` when the database does not answer.
    pub async fn grants(&self) -> Result<Vec<GrantLine>> {
        if ![Duty::ConfirmGrants, Duty::Journal].into_iter().any(|duty| self.rights().may(duty)) {
            self.with_duty(Duty::Grants)?;
        }
        let known = self.known().await?;
        let (today, now) = (self.today(), self.now());
        let rows = self.store().grants().await.map_err(unavailable)?;
        let line = |row: GrantRow| {
            if !self.knows_grants_in(&row.grant.area) {
                return None;
            }
            let account = known.accounts.get(&row.account)?;
            let in_force = row.ended_at.is_none() && account.active && row.grant.in_force(today, now);
            Some(GrantLine { login: account.login.clone(), name: account.name.clone(), in_force, row })
        };
        Ok(rows.into_iter().filter_map(line).collect())
    }

    /// Whom something may be granted to: active accounts but one's own, in order of login.
    ///
    /// # Errors
    /// As [`Actor::grants`].
    pub async fn grantees(&self) -> Result<Vec<Account>> {
        self.with_duty(Duty::Grants)?;
        let mut accounts = self.store().accounts().await.map_err(unavailable)?;
        accounts.retain(|account| account.active && self.who().account != Some(account.id));
        Ok(accounts)
    }

    /// Makes a proposal of this actor.
    pub(crate) async fn propose(&self, kind: &str, area: &str, payload: &impl Serialize, reason: &str) -> Result<Uuid> {
        let proposal = Proposal {
            id: chance::id(self.now()),
            kind: kind.to_owned(),
            area: area.to_owned(),
            payload: serde_json::to_string(payload).map_err(unavailable)?,
            maker: self.who().login.clone(),
            made_at: self.now(),
            reason: reason.to_owned(),
            state: ProposalState::Waiting,
            checker: None,
            checked_at: None,
            words: None,
        };
        let mut event = self.event_now("propose");
        event.id = Some(proposal.id);
        event.area = Some(area.to_owned());
        event.reason = Some(reason.to_owned());
        event.detail = Some(serde_json::json!({ "kind": kind }).to_string());
        self.store().put_proposal(&proposal, vec![event]).await.map_err(unavailable)?;
        Ok(proposal.id)
    }

    /// Proposes a grant; a second person makes it.
    ///
    /// # Errors
    /// `Refused` with everything that stands against it.
    pub async fn propose_grant(&self, new: NewGrant) -> Result<Uuid> {
        self.with_duty(Duty::Grants)?;
        let known = self.known().await?;
        let faults = self.against(&known, self.who().account, self.rights(), &new);
        if !faults.is_empty() {
            return Err(Error::Refused(faults));
        }
        self.propose(GRANT, &new.area, &new, new.reason.trim()).await
    }

    /// Proposes to take a grant back.
    ///
    /// # Errors
    /// `Refused` for one that is not there, is beyond the own area, or without a reason.
    pub async fn propose_end_grant(&self, grant: Uuid, reason: &str) -> Result<Uuid> {
        self.with_duty(Duty::Grants)?;
        let reason = reasoned(reason).map_err(Error::refused)?;
        let row = self.live_grant(grant).await?;
        if !self.rights().may_in(Duty::Grants, &row.grant.area) {
            return Err(Error::refused(RefusalCode::GrantBeyond.with(&[&row.grant.role])));
        }
        self.propose(GRANT_END, &row.grant.area, &EndGrant { grant }, &reason).await
    }

    /// The rules of the policy.
    ///
    /// # Errors
    /// `Denied` without the duty; `Unavailable` when the database does not answer.
    pub async fn policies(&self) -> Result<Vec<PolicyLine>> {
        self.with_duty(Duty::Policies)?;
        let policy = self.policy().await?;
        let line = |rule: &super::policy::Rule| PolicyLine {
            key: rule.key,
            value: policy.value(rule.key).unwrap_or(rule.default),
            default: rule.default,
            min: rule.min,
            max: rule.max,
        };
        Ok(RULES.iter().map(line).collect())
    }

    /// Proposes a rule of the policy.
    ///
    /// # Errors
    /// `Refused` for a rule that is none, a value out of bounds, or without a reason.
    pub async fn propose_policy(&self, key: &str, value: &str, reason: &str) -> Result<Uuid> {
        self.with_duty(Duty::Policies)?;
        let new = policy_of(key, value).map_err(Error::refused)?;
        let reason = reasoned(reason).map_err(Error::refused)?;
        self.propose(POLICY, self.county_code(), &new, &reason).await
    }

    /// Somebody else's rights, to see what they see. Only numbers are shown with it, and it is an event.
    ///
    /// # Errors
    /// `Denied` without the duty in every place where the account holds something; `NotFound` for an account that is not there.
    pub async fn view_as(&self, account: Uuid) -> Result<Self> {
        self.with_duty(Duty::Grants)?;
        let known = self.known().await?;
        let missing = || Error::NotFound { what: "account", value: account.to_string() };
        let account = known.accounts.get(&account).ok_or_else(missing)?;
        let held = known.grants.get(&account.id).map(Vec::as_slice).unwrap_or_default();
        let (today, now) = (self.today(), self.now());
        let mut shown = held.iter().filter(|grant| grant.in_force(today, now));
        if !shown.all(|grant| self.rights().may_in(Duty::Grants, self.within_county(&grant.area))) {
            return Err(Error::denied("duty", Duty::Grants.name()));
        }
        let mut event = self.event_now("view_as");
        event.id = Some(account.id);
        self.record_event(event).await?;
        let standing = self.standing(account, known.version, self.now()).await?;
        let who =
            crate::Who { scopes: Some(vec!["read".into()]), ..crate::Who::of(account, &self.who().address, "view") };
        Ok(Self::new(self.app(), std::sync::Arc::clone(&standing.rights), who))
    }
}

/// A rule with a value within its bounds.
pub(crate) fn policy_of(key: &str, value: &str) -> Result<NewPolicy, Refusal> {
    let key = key.strip_prefix(PREFIX).unwrap_or(key);
    let rule = RULES.iter().find(|rule| rule.key == key).ok_or_else(|| RefusalCode::SettingUnknown.with(&[key]))?;
    let bounds = || RefusalCode::SettingBounds.with(&[key, &rule.min.to_string(), &rule.max.to_string()]);
    let number: i64 = value.trim().parse().map_err(|_| bounds())?;
    if (rule.min..=rule.max).contains(&number) {
        Ok(NewPolicy { key: key.to_owned(), value: number })
    } else {
        Err(bounds())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(words: &str) -> Option<RefusalCode> {
        reasoned(words).err().map(|refusal| refusal.code)
    }

    #[test]
    fn no_number_of_a_person_stands_in_a_reason() {
        for words in [
            "电话13800001234",
            "打 138-0000-1234 核对",
            "１３８ ００００ １２３４",
            "座机 0915 – 6822345",
            "身份证 61092319800101123X",
            "610923 1980\u{3000}0101\u{200b}1234",
            "1380000\n1234",
        ] {
            assert_eq!(code(words), Some(RefusalCode::ReasonNumber), "{words}");
        }
    }

    #[test]
    fn days_amounts_and_documents_may_stand_in_a_reason() {
        for words in ["2020-05-01 起", "宁发〔2020〕123号 第 4 条", "补发 12345.00 元", "自 2020-01-01 至 2020-12-31"]
        {
            assert_eq!(code(words), None, "{words}");
        }
        for nothing in [" x ", "。。。。", "\u{200B}\u{200B}\u{200B}", "\u{7}\u{7}\u{7}"] {
            assert_eq!(code(nothing), Some(RefusalCode::ReasonShape), "{nothing:?}");
        }
    }
}
