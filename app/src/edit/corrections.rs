//! Something is wrong here: told by anybody who may read a record, answered by whoever may write it.
//!
//! The rights follow from the record that it is about, not from the ledger of corrections: a resident tells of their own file without
//! writing any ledger, and a clerk is asked about nothing that is not theirs to mend.

use std::collections::{BTreeMap, HashSet};

use anju_access::{Action, Reach};
use anju_pack::{FieldIx, Kind, LedgerIx};
use anju_record::{Draft, Fault, Record, Value, kind, validate};
use anju_store::{CommitError, Order, Query, Write};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::value_at;
use crate::Actor;
use crate::accounts::grants::names_no_number;
use crate::error::{Error, Result};
use crate::records::{mask, unavailable};
use crate::refusal::{Refusal, RefusalCode};
use crate::writes::{Intent, WriteError};

/// The ledger that keeps them.
const LEDGER: &str = "correction";
/// Looked through at most.
const MOST: u64 = 5_000;
/// Settled ones of one's own still shown.
const SETTLED: usize = 50;

/// What is said to be wrong.
#[derive(Debug, Clone, Default)]
pub struct NewCorrection {
    /// The field, by id; empty for the record as a whole.
    pub field: String,
    /// What is wrong.
    pub wrong: String,
    /// What should stand there, if it is known.
    pub suggested: String,
    /// The same words under the same key are told once.
    pub key: Option<String>,
}

/// Why it was not taken.
#[derive(Debug, thiserror::Error)]
pub enum CorrectionFaults {
    /// Beside their fields: `field`, `wrong`, `suggested`, `answer`.
    #[error("the request has faults")]
    Faulty(Vec<Fault>),
    /// It was answered already, as it stands now.
    #[error("it was answered already")]
    Answered(Box<Correction>),
    /// Not here, not theirs, or the database does not answer.
    #[error(transparent)]
    Other(#[from] Error),
}

/// How a correction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorrectionState {
    /// Nobody has answered.
    Open,
    /// The record was mended.
    Accepted,
    /// It stays as it is, with an answer.
    Declined,
}

impl CorrectionState {
    /// The code that stands for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
        }
    }

    fn of(code: &str) -> Self {
        [Self::Accepted, Self::Declined].into_iter().find(|state| state.code() == code).unwrap_or(Self::Open)
    }
}

/// A correction as it is shown.
#[derive(Debug, Clone)]
pub struct Correction {
    /// Its id.
    pub id: Uuid,
    /// The ledger of the record that it is about.
    pub ledger: LedgerIx,
    /// The record.
    pub subject: Uuid,
    /// What the record is called.
    pub name: String,
    /// The field, if it is about one.
    pub field: Option<FieldIx>,
    /// What is wrong.
    pub wrong: String,
    /// What should stand there; masked where the field is sensitive.
    pub suggested: Option<String>,
    /// Who told, as the reader calls them.
    pub who: String,
    /// The day.
    pub told_on: i32,
    /// How it stands.
    pub state: CorrectionState,
    /// The answer.
    pub answer: Option<String>,
    /// Who answered, as the reader calls them.
    pub answered_by: Option<String>,
    /// Told by the reader.
    pub mine: bool,
    /// Theirs to answer.
    pub to_answer: bool,
}

/// A correction as it is kept.
struct Kept {
    record: Record,
    ledger: LedgerIx,
    subject: Uuid,
}

impl Actor {
    /// Whether the county's pack keeps corrections.
    pub fn takes_corrections(&self) -> bool {
        self.pack().ledger_by_id(LEDGER).is_some() && self.who().scopes.is_none() && self.who().origin != "view"
    }

    /// Tells that something is wrong with a record that the person sees.
    ///
    /// # Errors
    /// `NotFound` for a record that is not theirs to see; faults beside the fields.
    pub async fn tell_correction(
        &self,
        about: LedgerIx,
        id: &str,
        new: &NewCorrection,
    ) -> Result<Uuid, CorrectionFaults> {
        let ledger = self.ledger(LEDGER)?;
        let stored = self.record(about, id).await?;
        let definition = self.pack().ledger(about);
        let field = definition.field_by_id(&new.field);
        let unknown = field.is_none() && !new.field.is_empty();
        if unknown || field.is_some_and(|field| self.is_hidden(about, field, &stored.record.area)) {
            return Err(Error::NotFound { what: "field", value: new.field.clone() }.into());
        }
        names_no_number(&new.wrong).map_err(Error::refused)?;
        let misfit = field.and_then(|at| self.misfit(ledger, definition.field(at), new.suggested.trim()));
        let text = |text: &str| if text.trim().is_empty() { Value::Null } else { Value::Text(text.trim().into()) };
        let draft = Draft::new(ledger)
            .set("subject", Value::Id(stored.record.id))
            .set("ledger", Value::Text(definition.id.as_str().into()))
            .set("field", text(&new.field))
            .set("wrong", new.wrong.clone())
            .set("suggested", new.suggested.clone())
            .set("told_by", Value::Text(self.who().login.as_str().into()))
            .set("told_on", Value::Date(self.today()))
            .set("state", Value::Text(CorrectionState::Open.code().into()));
        let valid = match (validate(self.pack(), ledger, draft, self.today()), misfit) {
            (Ok(valid), None) => valid,
            (valid, misfit) => {
                return Err(CorrectionFaults::Faulty(valid.err().into_iter().flatten().chain(misfit).collect()));
            }
        };
        let (id, key) = (valid.id(), new.key.as_ref().map(|key| key_of(key, &stored.record, new)));
        let intent = Intent { changes: vec![Write::Insert(valid)], key, ..Intent::default() };
        let receipt = self.write_own(intent).await.map_err(kept)?;
        // Sent twice, it is the first.
        Ok(receipt.changes.first().map_or(id, |change| change.id))
    }

    /// What keeps a suggestion from being a value of the field. Records are called by many names: those are read when it is taken over.
    fn misfit(&self, ledger: LedgerIx, field: &anju_pack::Field, suggested: &str) -> Option<Fault> {
        if suggested.is_empty() || matches!(field.kind, Kind::Ref { .. } | Kind::Subject | Kind::Attachment) {
            return None;
        }
        let own = self.pack().ledger(ledger);
        let at = own.field_by_id("suggested")?;
        let problem = kind::parse(self.pack(), &field.kind, suggested).err()?;
        Some(problem.at("suggested", &own.field(at).title))
    }

    /// Corrections that are theirs to answer, then their own; the latest first.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn corrections(&self) -> Result<Vec<Correction>> {
        let Some(ledger) = self.pack().ledger_by_id(LEDGER) else { return Ok(Vec::new()) };
        if !self.takes_corrections() {
            return Ok(Vec::new());
        }
        let mut open = self.kept_where(ledger, "state", CorrectionState::Open.code()).await?;
        let own = self.kept_where(ledger, "told_by", &self.who().login).await?;
        let known: HashSet<Uuid> = open.iter().map(|kept| kept.record.id).collect();
        open.extend(own.into_iter().filter(|kept| !known.contains(&kept.record.id)));
        let reads = self.within_reach(&open, Action::Read).await?;
        let writes = self.within_reach(&open, Action::Write).await?;
        let mut lines = Vec::new();
        for kept in open {
            let subject = (kept.ledger, kept.subject);
            let line = self.correction_line(ledger, &kept, reads.contains(&subject), writes.contains(&subject)).await?;
            lines.extend(line);
        }
        lines.sort_by_key(|line| (!line.to_answer, std::cmp::Reverse((line.told_on, line.id))));
        let mut settled = 0;
        lines.retain(|line| {
            settled += usize::from(line.state != CorrectionState::Open);
            line.state == CorrectionState::Open || settled <= SETTLED
        });
        Ok(lines)
    }

    /// Open corrections of one record, for those who may see it.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn corrections_of(&self, about: LedgerIx, id: Uuid) -> Result<Vec<Correction>> {
        let all = self.corrections().await?;
        Ok(all.into_iter().filter(|it| it.ledger == about && it.subject == id).collect())
    }

    /// One of them.
    ///
    /// # Errors
    /// `NotFound` for one that is neither theirs to answer nor their own.
    pub async fn correction(&self, id: &str) -> Result<Correction> {
        let missing = || Error::NotFound { what: "correction", value: id.to_owned() };
        let ledger = self.ledger(LEDGER)?;
        let kept = self.kept_one(ledger, id.parse().map_err(|_| missing())?).await?.ok_or_else(missing)?;
        let at = std::slice::from_ref(&kept);
        let reads = !self.within_reach(at, Action::Read).await?.is_empty();
        let writes = !self.within_reach(at, Action::Write).await?.is_empty();
        self.correction_line(ledger, &kept, reads, writes).await?.ok_or_else(missing)
    }

    /// What a correction that is theirs to answer suggests for its field, in clear, to be put into the form.
    async fn suggestion(&self, line: &Correction) -> Result<Option<String>> {
        if !line.to_answer || line.field.is_none() {
            return Ok(None);
        }
        let ledger = self.ledger(LEDGER)?;
        let kept = self.kept_one(ledger, line.id).await?;
        Ok(kept.and_then(|kept| self.text_of(ledger, &kept.record, "suggested")))
    }

    /// Settles a correction: accepted once the record is mended, or declined with an answer that its teller sees.
    ///
    /// # Errors
    /// Faults of the answer; `Denied` where it is not theirs to answer; `Answered` where it was settled already.
    pub async fn answer_correction(
        &self,
        id: &str,
        state: CorrectionState,
        answer: &str,
    ) -> Result<(), CorrectionFaults> {
        let line = self.correction(id).await?;
        if line.state != CorrectionState::Open {
            return Err(CorrectionFaults::Answered(Box::new(line)));
        }
        if !line.to_answer {
            return Err(Error::denied("write", LEDGER).into());
        }
        names_no_number(answer).map_err(Error::refused)?;
        if state == CorrectionState::Declined && answer.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
            return Err(Error::refused(Refusal::from(RefusalCode::ReasonShape)).into());
        }
        let ledger = self.ledger(LEDGER)?;
        let missing = || Error::NotFound { what: "correction", value: id.to_owned() };
        let kept_now = self.kept_one(ledger, line.id).await?.ok_or_else(missing)?;
        let draft = Draft::edit(self.pack(), ledger, &kept_now.record)
            .set("state", Value::Text(state.code().into()))
            .set("answer", answer.to_owned())
            .set("answered_by", Value::Text(self.who().login.as_str().into()))
            .set("answered_on", Value::Date(self.today()));
        let valid = validate(self.pack(), ledger, draft, self.today()).map_err(CorrectionFaults::Faulty)?;
        let write = Write::Update { valid, expected_version: kept_now.record.version };
        match self.write_own(Intent { changes: vec![write], ..Intent::default() }).await {
            Err(WriteError::Commit(CommitError::Stale { .. })) => {
                Err(CorrectionFaults::Answered(Box::new(self.correction(id).await?)))
            }
            written => written.map(|_| ()).map_err(kept),
        }
    }

    async fn kept_one(&self, ledger: LedgerIx, id: Uuid) -> Result<Option<Kept>> {
        let found = self.store().get(self.pack(), self.county_code(), ledger, id).await.map_err(unavailable)?;
        Ok(found.and_then(|record| self.read_kept(ledger, record)))
    }

    async fn kept_where(&self, ledger: LedgerIx, field: &str, is: &str) -> Result<Vec<Kept>> {
        let definition = self.pack().ledger(ledger);
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.equals.extend(definition.field_by_id(field).map(|field| (field, Value::Text(is.into()))));
        query.order.extend(definition.period.map(|period| Order { field: period.start, descending: true }));
        query.limit = Some(MOST);
        let records = self.store().select(self.pack(), &query).await.map_err(unavailable)?;
        Ok(records.into_iter().filter_map(|record| self.read_kept(ledger, record)).collect())
    }

    fn read_kept(&self, ledger: LedgerIx, record: Record) -> Option<Kept> {
        let about = self.pack().ledger_by_id(&self.text_of(ledger, &record, "ledger")?)?;
        let Value::Id(subject) = value_at(&record, self.pack().ledger(ledger).field_by_id("subject")?) else {
            return None;
        };
        Some(Kept { record, ledger: about, subject })
    }

    fn text_of(&self, ledger: LedgerIx, record: &Record, field: &str) -> Option<String> {
        match value_at(record, self.pack().ledger(ledger).field_by_id(field)?) {
            Value::Text(text) => Some(text.into()),
            _ => None,
        }
    }

    /// Those whose records they may read or write: one question for each ledger.
    async fn within_reach(&self, kept: &[Kept], action: Action) -> Result<HashSet<(LedgerIx, Uuid)>> {
        let mut by_ledger: BTreeMap<LedgerIx, Vec<Uuid>> = BTreeMap::new();
        kept.iter().for_each(|kept| by_ledger.entry(kept.ledger).or_default().push(kept.subject));
        let mut within = HashSet::new();
        for (ledger, ids) in by_ledger {
            let mut query = Query::of(self.county_code(), ledger, self.today());
            query.ids = Some(ids);
            let query = self.reached(query, action);
            if !query.reach.as_ref().is_some_and(Reach::is_empty) {
                let records = self.store().select(self.pack(), &query).await.map_err(unavailable)?;
                within.extend(records.into_iter().map(|record| (ledger, record.id)));
            }
        }
        Ok(within)
    }

    /// As the reader may see it; none for what is neither theirs to answer nor their own.
    async fn correction_line(
        &self,
        ledger: LedgerIx,
        kept: &Kept,
        reads: bool,
        writes: bool,
    ) -> Result<Option<Correction>> {
        let text = |field: &str| self.text_of(ledger, &kept.record, field);
        let who = text("told_by").unwrap_or_default();
        let mine = who == self.who().login;
        let to_answer = reads && writes;
        if !mine && !to_answer {
            return Ok(None);
        }
        let about = self.pack().ledger(kept.ledger);
        let field = text("field").and_then(|field| about.field_by_id(&field));
        let sensitive = field.filter(|field| about.field(*field).sensitive.is_some());
        let suggested = text("suggested").map(|words| match sensitive {
            Some(field) => mask(&about.field(field).kind, &words),
            None => words,
        });
        // Who does not see the record any more is not told its name.
        let names = if reads { self.labels(kept.ledger, &[kept.subject]).await? } else { Default::default() };
        let called = self.people().await?;
        let told_on = match self.pack().ledger(ledger).field_by_id("told_on").map(|at| value_at(&kept.record, at)) {
            Some(Value::Date(day)) => day,
            _ => 0,
        };
        Ok(Some(Correction {
            id: kept.record.id,
            ledger: kept.ledger,
            subject: kept.subject,
            name: names.get(&kept.subject).cloned().unwrap_or_default(),
            field,
            wrong: text("wrong").unwrap_or_default(),
            suggested,
            who: called(&who),
            told_on,
            state: CorrectionState::of(&text("state").unwrap_or_default()),
            answer: text("answer"),
            answered_by: text("answered_by").map(|login| called(&login)),
            mine,
            to_answer: to_answer && text("state").as_deref() == Some(CorrectionState::Open.code()),
        }))
    }

    /// The form of a record with what a correction suggests put in, and the correction. Where the field is sensitive the suggestion is not shown:
    /// it is put in when the form is sent with the field left alone.
    ///
    /// # Errors
    /// As [`Actor::prepare_edit`]; `NotFound` for a correction that is not theirs to answer, or was answered.
    pub async fn prepare_corrected(
        &self,
        about: LedgerIx,
        id: &str,
        correction: &str,
    ) -> Result<(super::Entry, Correction)> {
        let mut entry = self.prepare_edit(about, id).await?;
        let line = self.correction(correction).await?;
        let fits = line.to_answer && Some(line.subject) == entry.id && line.ledger == about;
        if !fits {
            return Err(Error::NotFound { what: "correction", value: correction.to_owned() });
        }
        if let (Some(suggested), Some(at)) = (self.say_suggested(&line, &mut entry).await?, line.field) {
            let definition = self.pack().ledger(about).field(at);
            let clear = definition.sensitive.is_none();
            if let Some(field) = entry.field_mut(at).filter(|field| clear && !field.fixed) {
                field.typed = typed_suggestion(self.pack(), definition, &suggested);
                field.refers = None;
            }
        }
        Ok((entry, line))
    }

    /// Says in a form what a correction proposes, and gives it in clear; nothing of one that is not theirs to answer. A sensitive suggestion that was
    /// put in goes out of sight again: it is written as long as the field is left alone.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn say_suggested(&self, line: &Correction, entry: &mut super::Entry) -> Result<Option<String>> {
        let (Some(suggested), Some(at)) = (self.suggestion(line).await?, line.field) else { return Ok(None) };
        let sensitive = self.pack().ledger(line.ledger).field(at).sensitive.is_some();
        if let Some(field) = entry.field_mut(at).filter(|field| !field.fixed) {
            field.proposed.clone_from(&line.suggested);
            if sensitive && field.typed.trim() == suggested.trim() {
                field.typed.clear();
            }
        }
        Ok(Some(suggested))
    }

    /// A form's filling with a sensitive suggestion in place of a field that was left alone; gives the correction.
    ///
    /// # Errors
    /// `NotFound` for a correction that is not theirs to answer, or was answered.
    pub async fn with_suggestion(&self, correction: &str, filling: &mut super::Filling) -> Result<Correction> {
        let line = self.correction(correction).await?;
        if !line.to_answer {
            return Err(Error::NotFound { what: "correction", value: correction.to_owned() });
        }
        let field = line.field.map(|at| self.pack().ledger(line.ledger).field(at));
        let Some(field) = field.filter(|field| field.sensitive.is_some()) else { return Ok(line) };
        let left = filling.typed.get(&field.id).is_none_or(|typed| typed.trim().is_empty());
        if left && !filling.cleared.contains(&field.id) {
            let suggested = self.suggestion(&line).await?;
            filling.typed.extend(suggested.map(|suggested| (field.id.clone(), suggested)));
        }
        Ok(line)
    }
}

/// A suggestion as the control of its field shows it: people write a code's title.
fn typed_suggestion(pack: &anju_pack::Pack, field: &anju_pack::Field, suggested: &str) -> String {
    match kind::parse(pack, &field.kind, suggested) {
        Ok(value) => super::typed_of(pack, field, &value),
        Err(_) => suggested.to_owned(),
    }
}

/// The same words about the same record are told once under a key; other words are another correction.
fn key_of(key: &str, about: &Record, new: &NewCorrection) -> String {
    let mut digest = Sha256::new();
    for part in [&new.field, &new.wrong, &new.suggested] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    format!("correction {key} {} {}", about.id, hex::encode(digest.finalize()))
}

fn kept(error: WriteError) -> CorrectionFaults {
    match error {
        WriteError::Refused(error) => error.into(),
        WriteError::Commit(CommitError::Invalid { faults, .. }) => CorrectionFaults::Faulty(faults),
        WriteError::Commit(error) => unavailable(error).into(),
    }
}
