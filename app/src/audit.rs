//! What people did: written beside every act, read by the audit administrator, and by people about their own file.

use std::collections::HashMap;

use anju_access::Action;
use anju_exchange::write::neutral;
use anju_pack::{Duty, LedgerIx};
use anju_record::Value;
use anju_store::{Checkpoint, Event, EventQuery, JournalRow, NewEvent, Query};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::{Actor, App, DAY_MS};

/// Events of a page at most.
const MOST: u32 = 100_000;
/// Rows of the journal read for one page at most, while looking for those asked for.
const LOOKED_THROUGH: usize = 50_000;

/// Which rows of the journal of changes are asked for.
#[derive(Debug, Clone, Default)]
pub struct JournalAsk {
    /// Login of who did it.
    pub actor: Option<String>,
    /// The ledger.
    pub ledger: Option<String>,
    /// Only records that stood or stand in this place.
    pub area: Option<String>,
    /// From this instant, in ms.
    pub from: Option<i64>,
    /// Before this instant, in ms.
    pub until: Option<i64>,
    /// Only before this place in the chain.
    pub before_seq: Option<i64>,
    /// At most so many.
    pub limit: u64,
}

impl App {
    /// An event of somebody, to be filled in further.
    pub(crate) fn event(&self, actor: &str, address: &str, act: &str, at: i64) -> NewEvent {
        NewEvent {
            county: self.county_code().to_owned(),
            at,
            actor: actor.to_owned(),
            address: address.to_owned(),
            act: act.to_owned(),
            pack: self.pack().hash.clone(),
            ..NewEvent::default()
        }
    }

    /// Events of this county.
    pub(crate) async fn event_list(&self, mut ask: EventQuery) -> Result<Vec<Event>> {
        self.county_code().clone_into(&mut ask.county);
        // The county holds also what is about no place.
        ask.areas = ask.areas.filter(|areas| !areas.iter().any(|area| area == self.county_code()));
        ask.limit = ask.limit.min(MOST);
        self.store().events(&ask).await.map_err(unavailable)
    }

    /// What is to be done once a day: a signed checkpoint, ended sessions forgotten, events past their time taken away.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer, or the chains do not fit.
    pub async fn keep_house(&self) -> Result<()> {
        let now = self.now();
        let county = self.county_code();
        self.checkpoint(now).await?;
        self.store().sweep(now - 30 * DAY_MS).await.map_err(unavailable)?;
        let before = now - self.known().await?.policy.retention_days * DAY_MS;
        let checkpoints = self.store().checkpoints(county).await.map_err(unavailable)?;
        let oldest = self.store().events_after(county, 0, 1).await.map_err(unavailable)?;
        let first = oldest.first().map_or(0, |event| event.seq);
        let due = checkpoints.iter().rev().find(|checkpoint| checkpoint.at < before && checkpoint.event_seq > first);
        if let Some(checkpoint) = due {
            let mut event = self.event("anju", "local", "trim", now);
            event.reason = Some("保存期限已满 · past their time".into());
            self.store().trim_events(checkpoint, before, event).await.map_err(unavailable)?;
        }
        Ok(())
    }
}

impl Actor {
    /// An event of theirs, now.
    pub(crate) fn event_now(&self, act: &str) -> NewEvent {
        self.app().event(&self.who().login, &self.who().address, act, self.now())
    }

    pub(crate) async fn record_event(&self, event: NewEvent) -> Result<()> {
        self.store().record_events(vec![event]).await.map_err(unavailable)
    }

    /// Whether they have a duty: in the whole county where what it opens has no place. Whoever asks for a duty that is held in a place checks
    /// the place.
    pub fn has_duty(&self, duty: Duty) -> bool {
        let placed = matches!(duty, Duty::Grants | Duty::ConfirmGrants | Duty::BreakGlass | Duty::CheckFile);
        if placed { self.rights().may(duty) } else { self.rights().may_in(duty, self.county_code()) }
    }

    /// Only with a duty.
    ///
    /// # Errors
    /// `Denied` that names the duty.
    pub(crate) fn with_duty(&self, duty: Duty) -> Result<()> {
        if self.has_duty(duty) { Ok(()) } else { Err(Error::denied("duty", duty.name())) }
    }

    /// What people did, the latest first: for the audit administrator.
    ///
    /// # Errors
    /// `Denied` without that duty; `Unavailable` when the database does not answer.
    pub async fn events(&self, ask: EventQuery) -> Result<Vec<Event>> {
        self.with_duty(Duty::Journal)?;
        self.event_list(ask).await
    }

    /// The same as a file that a spreadsheet opens. Taking it away is an event too.
    ///
    /// # Errors
    /// As [`Actor::events`].
    pub async fn events_csv(&self, mut ask: EventQuery) -> Result<Vec<u8>> {
        self.with_duty(Duty::Journal)?;
        ask.limit = MOST;
        let mut telling = self.event_now("export");
        telling.ledger = Some("anju_event".into());
        self.record_event(telling).await?;
        let mut csv = csv::Writer::from_writer(Vec::new());
        let head =
            ["seq", "at_ms", "actor", "address", "act", "ledger", "id", "area", "reason", "detail", "pack", "hash"];
        csv.write_record(head).map_err(unavailable)?;
        for event in self.event_list(ask).await? {
            let id = event.id.map(|id| id.to_string()).unwrap_or_default();
            let row = [
                event.seq.to_string(),
                event.at.to_string(),
                event.actor,
                event.address,
                event.act,
                event.ledger.unwrap_or_default(),
                id,
                event.area.unwrap_or_default(),
                event.reason.unwrap_or_default(),
                event.detail.unwrap_or_default(),
                event.pack,
                event.hash,
            ];
            csv.write_record(row.iter().map(|cell| neutral(cell).into_owned())).map_err(unavailable)?;
        }
        csv.into_inner().map_err(unavailable)
    }

    /// Whom the journal means: accounts, and the accounts that hold grants, each with login and name.
    ///
    /// # Errors
    /// As [`Actor::events`].
    pub async fn journalled_people(&self) -> Result<HashMap<Uuid, (String, String)>> {
        self.with_duty(Duty::Journal)?;
        let known = self.known().await?;
        let told = |id: &Uuid| known.accounts.get(id).map(|account| (account.login.clone(), account.name.clone()));
        let mut people: HashMap<_, _> = known.accounts.keys().filter_map(|id| Some((*id, told(id)?))).collect();
        let grants = self.store().grants().await.map_err(unavailable)?;
        people.extend(grants.iter().filter_map(|row| Some((row.grant.id, told(&row.account)?))));
        Ok(people)
    }

    /// Who looked at a file or at a protected value in it, the latest first: for whoever checks files, and for people about their own.
    ///
    /// # Errors
    /// `NotFound` for a file that is not theirs to ask about.
    pub async fn who_looked(&self, ledger: LedgerIx, id: &str) -> Result<Vec<Event>> {
        let missing = || Error::NotFound { what: "record", value: id.to_owned() };
        let id: Uuid = id.parse().map_err(|_| missing())?;
        self.with_duty(Duty::CheckFile)?;
        // Whoever reads records at all asks only about what they read; the audit administrator reads none.
        if !self.rights().reads_nothing() && !self.is_within(Action::Read, ledger, id).await? {
            return Err(missing());
        }
        let mut ids = vec![(ledger, id)];
        for owned in self.pack().ledger_ixs() {
            let definition = self.pack().ledger(owned);
            let Some(owner) = definition.of.filter(|owner| owner.ledger == ledger) else { continue };
            if definition.fields.iter().any(|field| field.sensitive.is_some()) {
                let mut query = Query::of(self.county_code(), owned, self.today());
                query.equals.push((owner.field, Value::Id(id)));
                let records = self.store().select(self.pack(), &query).await.map_err(unavailable)?;
                ids.extend(records.into_iter().map(|record| (owned, record.id)));
            }
        }
        let mut events = Vec::new();
        for (ledger, id) in ids {
            let ask = EventQuery {
                acts: ["read", "reveal", "export"].map(str::to_owned).into(),
                ledger: Some(self.pack().ledger(ledger).id.clone()),
                id: Some(id),
                limit: 1_000,
                ..EventQuery::default()
            };
            events.extend(self.event_list(ask).await?);
        }
        events.sort_unstable_by_key(|event| std::cmp::Reverse(event.seq));
        Ok(events)
    }

    /// Rows of the journal of changes, the latest first: for the audit administrator.
    ///
    /// # Errors
    /// `Denied` without that duty; `Unavailable` when the database does not answer.
    pub async fn journal(&self, ask: JournalAsk) -> Result<Vec<JournalRow>> {
        const PAGE: u32 = 1_000;
        self.with_duty(Duty::Journal)?;
        let limit = usize::try_from(ask.limit).unwrap_or(usize::MAX);
        let (mut found, mut before, mut seen) = (Vec::new(), ask.before_seq, 0);
        while found.len() < limit && seen < LOOKED_THROUGH {
            let rows = self.store().journal_before(self.county_code(), before, PAGE).await.map_err(unavailable)?;
            let Some(last) = rows.last().map(|row| row.seq) else { break };
            (before, seen) = (Some(last), seen + rows.len());
            found.extend(rows.into_iter().filter(|row| ask.takes(row)));
        }
        found.truncate(limit);
        Ok(found)
    }

    /// What does not fit in the journals, each with its place; nothing when they are whole.
    ///
    /// # Errors
    /// `Denied` without the duty to read them; `Unavailable` when the database does not answer.
    pub async fn verify_journals(&self) -> Result<Vec<String>> {
        self.with_duty(Duty::Journal)?;
        let (county, now, mut broken) = (self.county_code(), self.now(), Vec::new());
        if let Err(it) = self.store().verify(county).await.map_err(unavailable)? {
            broken.push(format!("journal {}: {}", it.seq, it.what));
        }
        if let Err(it) = self.store().verify_events(county, now).await.map_err(unavailable)? {
            broken.push(format!("events {}: {}", it.seq, it.what));
        }
        if let Err(it) = self.store().verify_journal_against_checkpoints(county, now).await.map_err(unavailable)? {
            broken.push(it.to_string());
        }
        self.record_event(self.event_now("verify")).await?;
        Ok(broken)
    }

    /// Signed checkpoints, the oldest first.
    ///
    /// # Errors
    /// `Denied` without the duty to read the journals; `Unavailable` when the database does not answer.
    pub async fn checkpoints(&self) -> Result<Vec<Checkpoint>> {
        self.with_duty(Duty::Journal)?;
        self.store().checkpoints(self.county_code()).await.map_err(unavailable)
    }
}

impl JournalAsk {
    fn takes(&self, row: &JournalRow) -> bool {
        let area = |json: &Option<String>| {
            let json = json.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
            json.and_then(|json| json.get("area").and_then(|area| area.as_str().map(str::to_owned)))
        };
        let stands = |place: &String| {
            [&row.before, &row.after].into_iter().any(|json| area(json).is_some_and(|area| area.starts_with(place)))
        };
        self.actor.as_ref().is_none_or(|actor| *actor == row.actor)
            && self.ledger.as_ref().is_none_or(|ledger| *ledger == row.ledger)
            && self.from.is_none_or(|from| row.at >= from)
            && self.until.is_none_or(|until| row.at < until)
            && self.area.as_ref().is_none_or(stands)
    }
}
