//! Four eyes: what is proposed by one person and done by another. Grants, policies, and writes of ledgers whose process is an approval.
//!
//! Nobody confirms their own, or what concerns their own account. What its maker may no longer do is not done any more.

use std::collections::BTreeMap;
use std::sync::Arc;

use anju_access::Action;
use anju_access::Grant;
use anju_pack::{Duty, Kind, LedgerIx, Text};
use anju_record::{Draft, Lang, Raw, Record, Value, kind, validate};
use anju_store::{Batch, CommitError, Consequence, GrantRow, NewEvent, Proposal, ProposalState, Write};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::accounts::grants::{EndGrant, GRANT, GRANT_END, NewGrant, NewPolicy, POLICY, policy_of, reasoned};
use crate::accounts::settings::{NewSetting, SETTING};
use crate::accounts::{chance, policy};
use crate::beside::Beside;
use crate::error::{Error, Result};
use crate::records::{mask, unavailable};
use crate::refusal::RefusalCode;
use crate::writes::Intent;
use crate::{Actor, Who};

/// A proposal as it is shown.
#[derive(Debug, Clone)]
pub struct ProposalLine {
    /// As it is kept.
    pub proposal: Proposal,
    /// What would change.
    pub what: Vec<ProposalChange>,
    /// Their own.
    pub mine: bool,
    /// They may decide it.
    pub may_confirm: bool,
}

/// One thing that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalChange {
    /// What.
    pub label: Text,
    /// As it stands.
    pub before: Option<Text>,
    /// As it would stand.
    pub after: Option<Text>,
}

/// Writes that wait, in words that outlast a restart and a new pack.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Waiting {
    writes: Vec<Waits>,
    key: Option<String>,
    /// What is confirmed: ledgers with an approval, and the places where a role is needed.
    places: Vec<(String, String)>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Waits {
    ledger: String,
    id: Uuid,
    /// The version that the writer saw; none for a new record.
    version: Option<i64>,
    /// None for a deletion, and for what is made live again.
    fields: Option<BTreeMap<String, Value>>,
    /// A deleted record is made live again.
    #[serde(default)]
    restore: bool,
}

impl Actor {
    /// Whether a second person has to confirm some of these writes.
    pub(crate) fn waits(&self, changes: &[Write]) -> bool {
        !self.is_operator() && changes.iter().any(|write| self.pack().approval(write.ledger()).is_some())
    }

    /// Keeps writes until a second person has confirmed them. The same key gives the same proposal again.
    pub(crate) async fn propose_writes(&self, intent: Intent) -> Result<Uuid> {
        if let Some(key) = &intent.key {
            for earlier in self.store().proposals(ProposalState::Waiting).await.map_err(unavailable)? {
                let waiting = serde_json::from_str::<Waiting>(&earlier.payload).ok();
                if earlier.maker == self.who().login && waiting.is_some_and(|it| it.key.as_ref() == Some(key)) {
                    return Ok(earlier.id);
                }
            }
        }
        let reason = intent.reason.as_deref().unwrap_or_default().trim().chars().take(200).collect::<String>();
        let places = self.places_to_confirm(&intent.changes).await?;
        let Some((ledger, area)) = places.first().cloned() else {
            return Err(unavailable("a write without an approval was to wait for one"));
        };
        let waiting =
            Waiting { writes: intent.changes.iter().map(|write| self.kept(write)).collect(), key: intent.key, places };
        self.propose(&ledger, &area, &waiting, &reason).await
    }

    fn kept(&self, write: &Write) -> Waits {
        let definition = self.pack().ledger(write.ledger());
        let fields = |valid: &anju_record::Valid| {
            let filled = definition.fields.iter().zip(valid.values()).filter(|(_, value)| **value != Value::Null);
            filled.map(|(field, value)| (field.id.clone(), value.clone())).collect()
        };
        let (id, version, fields) = match write {
            Write::Insert(valid) => (valid.id(), None, Some(fields(valid))),
            Write::Update { valid, expected_version } => (valid.id(), Some(*expected_version), Some(fields(valid))),
            Write::Delete { id, expected_version, .. } | Write::Restore { id, expected_version, .. } => {
                (*id, Some(*expected_version), None)
            }
        };
        let restore = matches!(write, Write::Restore { .. });
        Waits { ledger: definition.id.clone(), id, version, fields, restore }
    }

    /// Where each write with an approval stands and would stand.
    async fn places_to_confirm(&self, changes: &[Write]) -> Result<Vec<(String, String)>> {
        let mut made = Beside::default();
        let mut places = Vec::new();
        for write in changes {
            let (ledger, valid, id) = (write.ledger(), write.valid(), write.id());
            if self.pack().approval(ledger).is_some() {
                let name = &self.pack().ledger(ledger).id;
                if let Some(valid) = valid {
                    places.push((name.clone(), self.area_of(valid, &mut made).await?));
                }
                let before =
                    self.store().get(self.pack(), self.county_code(), ledger, id).await.map_err(unavailable)?;
                places.extend(before.map(|record| (name.clone(), record.area.to_string())));
                if let Write::Restore { ledger, id, .. } = write {
                    let mut query = anju_store::Query::of(self.county_code(), *ledger, self.today());
                    (query.deleted, query.ids) = (true, Some(vec![*id]));
                    let gone = self.store().select(self.pack(), &query).await.map_err(unavailable)?;
                    places.extend(gone.into_iter().map(|record| (name.clone(), record.area.to_string())));
                }
            }
            if let Some(valid) = valid {
                made.make(valid);
            }
        }
        places.sort_unstable();
        places.dedup();
        Ok(places)
    }

    /// What waits for a second person and what was decided: their own, and what they may decide; the latest first.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn proposals(&self) -> Result<Vec<ProposalLine>> {
        self.in_person()?;
        let mut lines = Vec::new();
        for state in
            [ProposalState::Waiting, ProposalState::Confirmed, ProposalState::Refused, ProposalState::Withdrawn]
        {
            for proposal in self.store().proposals(state).await.map_err(unavailable)? {
                lines.extend(self.proposal_line(proposal).await?);
            }
        }
        lines.sort_by_key(|line| std::cmp::Reverse((line.proposal.made_at, line.proposal.id)));
        Ok(lines)
    }

    /// One of them.
    ///
    /// # Errors
    /// `NotFound` for one that is not theirs to see.
    pub async fn proposal(&self, id: Uuid) -> Result<ProposalLine> {
        self.in_person()?;
        let missing = || Error::NotFound { what: "proposal", value: id.to_string() };
        let proposal = self.store().proposal(id).await.map_err(unavailable)?.ok_or_else(missing)?;
        self.proposal_line(proposal).await?.ok_or_else(missing)
    }

    async fn proposal_line(&self, proposal: Proposal) -> Result<Option<ProposalLine>> {
        let mine = proposal.maker == self.who().login;
        let decides = self.decides(&proposal);
        if !mine && !decides {
            return Ok(None);
        }
        let waiting = proposal.state == ProposalState::Waiting;
        let may_confirm = waiting && decides && !mine && !self.concerns_them(&proposal).await?;
        let what = self.changes_of(&proposal).await?;
        Ok(Some(ProposalLine { what, mine, may_confirm, proposal }))
    }

    /// Whether it is theirs to decide, by duty or by the step's role.
    fn decides(&self, proposal: &Proposal) -> bool {
        match proposal.kind.as_str() {
            GRANT | GRANT_END | POLICY => self.rights().may_in(Duty::ConfirmGrants, &proposal.area),
            SETTING => self.decides_settings(),
            _ => serde_json::from_str::<Waiting>(&proposal.payload).is_ok_and(|it| self.may_confirm_at(&it.places)),
        }
    }

    /// Whether they hold one of the step's roles at every place.
    fn may_confirm_at(&self, places: &[(String, String)]) -> bool {
        !places.is_empty()
            && places.iter().all(|(ledger, area)| {
                let process = self.pack().ledger_by_id(ledger).and_then(|ix| self.pack().approval(ix));
                let step = process.and_then(|process| process.steps.first());
                step.is_some_and(|step| self.rights().may_step(&step.by, area))
            })
    }

    /// Whether it gives to, or takes from, their own account.
    async fn concerns_them(&self, proposal: &Proposal) -> Result<bool> {
        let own = self.who().account;
        Ok(match proposal.kind.as_str() {
            GRANT => read::<NewGrant>(&proposal.payload)?.account == own.unwrap_or_default(),
            GRANT_END => {
                let end = read::<EndGrant>(&proposal.payload)?;
                let rows = self.store().grants().await.map_err(unavailable)?;
                rows.iter().any(|row| row.grant.id == end.grant && Some(row.account) == own)
            }
            _ => false,
        })
    }

    /// Takes back one's own proposal.
    ///
    /// # Errors
    /// `Refused` when it is another's, or was decided.
    pub async fn withdraw(&self, id: Uuid) -> Result<()> {
        let deciding = Arc::clone(self.app());
        let _deciding = deciding.directory().deciding.lock().await;
        let proposal = self.proposal(id).await?.proposal;
        if proposal.maker != self.who().login {
            return Err(Error::refused(RefusalCode::NotTheMaker));
        }
        self.decided(proposal, ProposalState::Withdrawn, None, Consequence::Nothing, Vec::new()).await
    }

    /// Refuses a proposal, with words.
    ///
    /// # Errors
    /// `Refused` without words, when it is one's own, or was decided; `Denied` when it is not theirs to decide.
    pub async fn refuse(&self, id: Uuid, words: &str) -> Result<()> {
        let words = reasoned(words).map_err(Error::refused)?;
        let deciding = Arc::clone(self.app());
        let _deciding = deciding.directory().deciding.lock().await;
        let proposal = self.to_decide(id).await?;
        self.decided(proposal, ProposalState::Refused, Some(words), Consequence::Nothing, Vec::new()).await
    }

    /// Confirms a proposal, and does what it says.
    ///
    /// # Errors
    /// `Refused` when it is one's own, concerns oneself, was decided, or does not hold any more; `Denied` when it is not theirs to decide.
    pub async fn confirm(&self, id: Uuid) -> Result<()> {
        let deciding = Arc::clone(self.app());
        let _deciding = deciding.directory().deciding.lock().await;
        let proposal = self.to_decide(id).await?;
        match proposal.kind.as_str() {
            GRANT => self.confirm_grant(proposal).await,
            GRANT_END => self.confirm_end(proposal).await,
            POLICY => self.confirm_policy(proposal).await,
            SETTING => {
                let new = read(&proposal.payload)?;
                self.confirm_setting(proposal, new).await
            }
            _ => self.confirm_writes(proposal).await,
        }
    }

    /// A waiting proposal that is theirs to decide.
    async fn to_decide(&self, id: Uuid) -> Result<Proposal> {
        let line = self.proposal(id).await?;
        if line.mine {
            return Err(Error::refused(RefusalCode::MakerChecks));
        }
        if line.proposal.state != ProposalState::Waiting {
            return Err(Error::refused(RefusalCode::NotWaiting));
        }
        if !line.may_confirm {
            return Err(Error::refused(RefusalCode::ConcernsChecker));
        }
        Ok(line.proposal)
    }

    pub(crate) async fn decided(
        &self,
        proposal: Proposal,
        state: ProposalState,
        words: Option<String>,
        effect: Consequence<'_>,
        mut events: Vec<NewEvent>,
    ) -> Result<()> {
        let act = match state {
            ProposalState::Refused => "refuse",
            ProposalState::Withdrawn => "withdraw",
            ProposalState::Confirmed | ProposalState::Waiting => "confirm",
        };
        let event = NewEvent {
            id: Some(proposal.id),
            area: Some(proposal.area.clone()),
            reason: words.clone(),
            detail: Some(serde_json::json!({ "kind": proposal.kind, "maker": proposal.maker }).to_string()),
            ..self.event_now(act)
        };
        events.insert(0, event);
        let checker = Some(self.who().login.clone());
        let decided = Proposal { state, checker, checked_at: Some(self.now()), words, ..proposal };
        let done = self.store().decide(&decided, effect, events).await.map_err(unavailable)?;
        if done { Ok(()) } else { Err(Error::refused(RefusalCode::NotWaiting)) }
    }

    /// Who proposed, with the rights of now.
    pub(crate) async fn maker(&self, proposal: &Proposal) -> Result<Self> {
        let known = self.known().await?;
        let gone = || Error::refused(RefusalCode::OutOfDate.with(&[&proposal.maker]));
        let account = known.account(&proposal.maker).ok_or_else(gone)?;
        let who = Who::of(account, &self.who().address, "approval");
        self.app().actor(who).await.map_err(|_| gone())
    }

    async fn confirm_grant(&self, proposal: Proposal) -> Result<()> {
        let new: NewGrant = read(&proposal.payload)?;
        let maker = self.maker(&proposal).await?;
        let known = self.known().await?;
        let faults = self.against(&known, maker.who().account, maker.rights(), &new);
        if !faults.is_empty() {
            let why = faults.iter().map(|fault| fault.message(Lang::Zh)).collect::<Vec<_>>().join("；");
            return Err(Error::Refused([vec![RefusalCode::OutOfDate.with(&[&why])], faults].concat()));
        }
        let row = GrantRow {
            grant: Grant {
                id: chance::id(self.now()),
                role: new.role,
                area: new.area.into(),
                from: new.from,
                until: new.until,
                expires_at: None,
            },
            account: new.account,
            made_by: proposal.maker.clone(),
            made_at: self.now(),
            confirmed_by: Some(self.who().login.clone()),
            reason: proposal.reason.clone(),
            ended_at: None,
        };
        let event = self.grant_event("grant", &row, known.accounts.get(&row.account).map(|it| it.login.as_str()));
        self.decided(proposal, ProposalState::Confirmed, None, Consequence::Grant(&row), vec![event]).await
    }

    fn grant_event(&self, act: &str, row: &GrantRow, login: Option<&str>) -> NewEvent {
        NewEvent {
            id: Some(row.grant.id),
            area: Some(row.grant.area.to_string()),
            reason: Some(row.reason.clone()),
            detail: Some(
                serde_json::json!({ "role": row.grant.role, "login": login, "made_by": row.made_by }).to_string(),
            ),
            ..self.event_now(act)
        }
    }

    async fn confirm_end(&self, proposal: Proposal) -> Result<()> {
        let end: EndGrant = read(&proposal.payload)?;
        let row = self.live_grant(end.grant).await?;
        let maker = self.maker(&proposal).await?;
        if !maker.rights().may_in(Duty::Grants, &row.grant.area) {
            return Err(Error::refused(RefusalCode::OutOfDate.with(&[&proposal.maker])));
        }
        let row = GrantRow { ended_at: Some(self.now()), ..row };
        let known = self.known().await?;
        let event = self.grant_event("grant_end", &row, known.accounts.get(&row.account).map(|it| it.login.as_str()));
        self.decided(proposal, ProposalState::Confirmed, None, Consequence::Grant(&row), vec![event]).await
    }

    async fn confirm_policy(&self, proposal: Proposal) -> Result<()> {
        let new: NewPolicy = read(&proposal.payload)?;
        let new = policy_of(&new.key, &new.value.to_string()).map_err(Error::refused)?;
        if !self.maker(&proposal).await?.rights().may_in(Duty::Policies, self.county_code()) {
            return Err(Error::refused(RefusalCode::OutOfDate.with(&[&proposal.maker])));
        }
        let (key, value) = (format!("{}{}", policy::PREFIX, new.key), new.value.to_string());
        let detail = serde_json::json!({ "key": new.key, "value": new.value }).to_string();
        let event =
            NewEvent { detail: Some(detail), reason: Some(proposal.reason.clone()), ..self.event_now("policy") };
        let effect = Consequence::Setting { key: &key, value: &value };
        self.decided(proposal, ProposalState::Confirmed, None, effect, vec![event]).await
    }

    /// The writes first, under a key of their own, then the decision: what stops between them is finished by confirming again.
    async fn confirm_writes(&self, proposal: Proposal) -> Result<()> {
        let waiting: Waiting = read(&proposal.payload)?;
        let out_of_date = |why: &str| Error::refused(RefusalCode::OutOfDate.with(&[why]));
        let changes = self.writes_of(&waiting)?;
        let maker = self.maker(&proposal).await?;
        let key = format!("proposal {}", proposal.id);
        let batch = Batch {
            county: self.county_code().to_owned(),
            actor: proposal.maker.clone(),
            origin: format!("approval {}", self.who().address),
            reason: Some(
                format!("{} · 复核 confirmed by {}", proposal.reason, self.who().login)
                    .trim_start_matches([' ', '·'])
                    .to_owned(),
            ),
            idempotency_key: Some(key),
            at: self.now(),
            changes,
        };
        maker.may_write(&batch.changes).await.map_err(|error| match error {
            Error::Unavailable(_) => error,
            _ => out_of_date(&proposal.maker),
        })?;
        if !self.may_confirm_at(&self.places_to_confirm(&batch.changes).await?) {
            return Err(Error::denied("confirm", &proposal.kind));
        }
        match self.app().commit(batch).await {
            Ok(_) => {}
            Err(CommitError::Database(error)) => return Err(unavailable(error)),
            Err(CommitError::Stale { .. }) => {
                return Err(out_of_date("记录已被他人修改 · the record was changed meanwhile"));
            }
            Err(CommitError::NotFound { .. }) => return Err(out_of_date("记录已删除 · the record is gone")),
            Err(CommitError::Invalid { faults, .. }) => {
                let words: Vec<String> = faults.iter().map(|fault| fault.message(Lang::Zh)).collect();
                return Err(out_of_date(&words.join("；")));
            }
            Err(error) => return Err(unavailable(error)),
        }
        self.decided(proposal, ProposalState::Confirmed, None, Consequence::Nothing, Vec::new()).await
    }

    /// The writes as they were proposed, valid today.
    fn writes_of(&self, waiting: &Waiting) -> Result<Vec<Write>> {
        let today = self.today();
        let one = |waits: &Waits| {
            let ledger = self.ledger(&waits.ledger)?;
            let Some(fields) = &waits.fields else {
                let (id, expected_version) = (waits.id, waits.version.unwrap_or_default());
                return Ok(match waits.restore {
                    true => Write::Restore { ledger, id, expected_version },
                    false => Write::Delete { ledger, id, expected_version },
                });
            };
            let raw = fields.iter().map(|(field, value)| (field.clone(), Raw::Value(value.clone())));
            let draft = Draft { ledger, id: Some(waits.id), fields: raw.collect() };
            let valid = validate(self.pack(), ledger, draft, today).map_err(|faults| {
                let words: Vec<String> = faults.iter().map(|fault| fault.message(Lang::Zh)).collect();
                Error::refused(RefusalCode::OutOfDate.with(&[&words.join("；")]))
            })?;
            Ok(match waits.version {
                None => Write::Insert(valid),
                Some(expected_version) => Write::Update { valid, expected_version },
            })
        };
        waiting.writes.iter().map(one).collect()
    }

    /// What a proposal would change, in words.
    async fn changes_of(&self, proposal: &Proposal) -> Result<Vec<ProposalChange>> {
        let known = self.known().await?;
        let login = |id: &Uuid| {
            known.accounts.get(id).map_or_else(|| id.to_string(), |it| format!("{}（{}）", it.name, it.login))
        };
        Ok(match proposal.kind.as_str() {
            GRANT => {
                let new: NewGrant = read(&proposal.payload)?;
                vec![ProposalChange {
                    label: same(&login(&new.account)),
                    before: None,
                    after: Some(self.grant_in_words(&new.role, &new.area, new.from, new.until)),
                }]
            }
            GRANT_END => {
                let end: EndGrant = read(&proposal.payload)?;
                let rows = self.store().grants().await.map_err(unavailable)?;
                let row = rows.iter().find(|row| row.grant.id == end.grant);
                let words = |row: &GrantRow| ProposalChange {
                    label: same(&login(&row.account)),
                    before: Some(self.grant_in_words(
                        &row.grant.role,
                        &row.grant.area,
                        row.grant.from,
                        row.grant.until,
                    )),
                    after: None,
                };
                row.map(words).into_iter().collect()
            }
            POLICY => {
                let new: NewPolicy = read(&proposal.payload)?;
                let before = known.policy.value(&new.key).map(|value| same(&value.to_string()));
                vec![ProposalChange { label: same(&new.key), before, after: Some(same(&new.value.to_string())) }]
            }
            SETTING => {
                let new: NewSetting = read(&proposal.payload)?;
                let before = known.settings.get(&new.key).filter(|value| !value.is_empty()).map(|value| same(value));
                let after = Some(new.value).filter(|value| !value.is_empty()).map(|value| same(&value));
                vec![ProposalChange { label: same(&new.key), before, after }]
            }
            _ => self.written_in_words(proposal).await?,
        })
    }

    fn grant_in_words(&self, role: &str, area: &str, from: i32, until: Option<i32>) -> Text {
        let title = self.pack().role_by_id(role).map_or_else(|| same(role), |ix| self.pack().role(ix).title.clone());
        let areas = self.areas();
        let days = match until {
            Some(until) => format!("{} – {}", anju_record::day::format(from), anju_record::day::format(until)),
            None => format!("{} –", anju_record::day::format(from)),
        };
        let words = |title: &str| format!("{title} · {} · {days}", areas.name(area));
        Text { zh: words(&title.zh), en: words(&title.en) }
    }

    /// Each field that would change; what is protected stays masked, what is hidden from the reader is left out. As it stands now is told only
    /// while the proposal waits, and only to those who still see the record.
    async fn written_in_words(&self, proposal: &Proposal) -> Result<Vec<ProposalChange>> {
        let waiting: Waiting = read(&proposal.payload)?;
        let mut changes = Vec::new();
        for waits in &waiting.writes {
            let Some(ledger) = self.pack().ledger_by_id(&waits.ledger) else { continue };
            let told = waits.version.is_some() && proposal.state == ProposalState::Waiting;
            let before = if told && self.is_within(Action::Read, ledger, waits.id).await? {
                self.store().get(self.pack(), self.county_code(), ledger, waits.id).await.map_err(unavailable)?
            } else {
                None
            };
            self.fields_in_words(ledger, waits, before.as_ref(), &proposal.area, &mut changes);
        }
        self.name_references(&waiting, &mut changes).await?;
        Ok(changes)
    }

    fn fields_in_words(
        &self,
        ledger: LedgerIx,
        waits: &Waits,
        before: Option<&Record>,
        place: &str,
        into: &mut Vec<ProposalChange>,
    ) {
        let definition = self.pack().ledger(ledger);
        for (at, field) in definition.fields.iter().enumerate() {
            let hidden = u16::try_from(at).is_ok_and(|at| {
                let area = before.map_or(place, |record| &record.area);
                self.is_hidden(ledger, anju_pack::FieldIx(at), area)
            });
            let old = before.and_then(|record| record.values.get(at)).filter(|value| **value != Value::Null);
            let new = waits.fields.as_ref().and_then(|fields| fields.get(&field.id));
            if hidden || old == new {
                continue;
            }
            let words = |value: &Value| {
                let word = |lang| {
                    let word = kind::format(self.pack(), &field.kind, value, lang);
                    if field.sensitive.is_some() { mask(&field.kind, &word) } else { word }
                };
                Text { zh: word(Lang::Zh), en: word(Lang::En) }
            };
            into.push(ProposalChange { label: field.title.clone(), before: old.map(words), after: new.map(words) });
        }
    }

    /// Puts names in the place of references' ids.
    async fn name_references(&self, waiting: &Waiting, changes: &mut [ProposalChange]) -> Result<()> {
        let mut wanted: BTreeMap<LedgerIx, Vec<Uuid>> = BTreeMap::new();
        for waits in &waiting.writes {
            let Some(ledger) = self.pack().ledger_by_id(&waits.ledger) else { continue };
            for field in &self.pack().ledger(ledger).fields {
                let value = waits.fields.as_ref().and_then(|fields| fields.get(&field.id));
                if let (Kind::Ref { to }, Some(Value::Id(id))) = (&field.kind, value) {
                    wanted.entry(*to).or_default().push(*id);
                }
            }
        }
        for (ledger, ids) in wanted {
            let names =
                self.store().labels(self.pack(), self.county_code(), ledger, &ids, Lang::Zh, self.today()).await;
            for (id, name) in names.map_err(unavailable)? {
                let id = id.to_string();
                for side in changes.iter_mut().flat_map(|change| [&mut change.before, &mut change.after]).flatten() {
                    if side.zh == id {
                        *side = same(&name);
                    }
                }
            }
        }
        Ok(())
    }
}

fn same(words: &str) -> Text {
    Text { zh: words.to_owned(), en: words.to_owned() }
}

fn read<'a, T: Deserialize<'a>>(payload: &'a str) -> Result<T> {
    serde_json::from_str(payload).map_err(|error| unavailable(format!("a proposal cannot be read: {error}")))
}
