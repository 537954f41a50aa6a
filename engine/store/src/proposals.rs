//! What one person proposes and another decides.

use anju_record::Value;
use uuid::Uuid;

use crate::accounts::GrantRow;
use crate::error::Result;
use crate::events::NewEvent;
use crate::kept::{Cells, Table, may, may_int, may_text, must, text};
use crate::sql::Column::{Id, Int, Text};
use crate::store::Store;

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalState {
    /// Nobody decided yet.
    Waiting,
    /// A second person agreed.
    Confirmed,
    /// A second person did not.
    Refused,
    /// Its maker took it back.
    Withdrawn,
}

/// Something that waits for a second person, or did.
#[derive(Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: Uuid,
    /// `grant`, `policy`, or a ledger's id.
    pub kind: String,
    /// The area it concerns.
    pub area: String,
    /// What is proposed, as JSON. Clear here; the store seals it at rest.
    pub payload: String,
    /// Login of who proposes.
    pub maker: String,
    /// When, in ms.
    pub made_at: i64,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub state: ProposalState,
    /// Login of who decided.
    pub checker: Option<String>,
    /// When, in ms.
    pub checked_at: Option<i64>,
    /// What was said to it.
    pub words: Option<String>,
}

impl std::fmt::Debug for Proposal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proposal").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

/// What a confirmed proposal changes in the same transaction.
#[derive(Debug, Clone, Copy)]
pub enum Consequence<'a> {
    /// Nothing: it is done elsewhere.
    Nothing,
    /// A grant is made, or ended.
    Grant(&'a GrantRow),
    /// A setting is set.
    Setting {
        /// Its key.
        key: &'a str,
        /// Its value.
        value: &'a str,
    },
}

pub(crate) const PROPOSAL: Table = Table {
    name: "anju_proposal",
    cells: &[
        must("id", Id),
        must("kind", Text),
        must("area", Text),
        must("payload", Text),
        must("maker", Text),
        must("made_at", Int),
        must("reason", Text),
        must("state", Text),
        may("checker", Text),
        may("checked_at", Int),
        may("words", Text),
    ],
    key: &["id"],
};

impl ProposalState {
    /// Its name in the database.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn of(id: &str) -> Option<Self> {
        [Self::Waiting, Self::Confirmed, Self::Refused, Self::Withdrawn].into_iter().find(|state| state.id() == id)
    }
}

impl Proposal {
    fn read(cells: &mut Cells) -> Option<Self> {
        Some(Self {
            id: cells.id()?,
            kind: cells.text()?,
            area: cells.text()?,
            payload: cells.text()?,
            maker: cells.text()?,
            made_at: cells.int()?,
            reason: cells.text()?,
            state: ProposalState::of(&cells.text()?)?,
            checker: cells.may_text(),
            checked_at: cells.may_int(),
            words: cells.may_text(),
        })
    }

    pub(crate) fn context(id: Uuid) -> String {
        format!("anju_proposal.payload.{id}")
    }
}

impl Store {
    /// Makes a proposal (state Waiting), or decides one: only a waiting one, and nobody confirms their own. False, and nothing is
    /// written, if somebody was faster.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn put_proposal(&self, proposal: &Proposal, events: Vec<NewEvent>) -> Result<bool> {
        self.decide(proposal, Consequence::Nothing, events).await
    }

    /// As [`Store::put_proposal`], with what it brings about in the same transaction.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn decide(&self, proposal: &Proposal, effect: Consequence<'_>, events: Vec<NewEvent>) -> Result<bool> {
        const DECIDE: &str = "UPDATE anju_proposal SET state = ?, checker = ?, checked_at = ?, words = ? WHERE id = ? AND state = 'waiting' AND (maker <> ? OR ? <> 'confirmed')";
        let state = text(proposal.state.id());
        let mut statements = vec![match proposal.state {
            ProposalState::Waiting => {
                let sealed = self.seal(&Proposal::context(proposal.id), &proposal.payload);
                let binds = vec![
                    Value::Id(proposal.id),
                    text(&proposal.kind),
                    text(&proposal.area),
                    text(&sealed),
                    text(&proposal.maker),
                    Value::Int(proposal.made_at),
                    text(&proposal.reason),
                    state,
                    Value::Null,
                    Value::Null,
                    Value::Null,
                ];
                self.statement(&format!("{} ON CONFLICT (id) DO NOTHING", PROPOSAL.insert()), binds)
            }
            _ => {
                let checker = proposal.checker.as_deref();
                let binds = vec![
                    state.clone(),
                    may_text(checker),
                    may_int(proposal.checked_at),
                    may_text(proposal.words.as_deref()),
                    Value::Id(proposal.id),
                    text(checker.unwrap_or_default()),
                    state,
                ];
                self.statement(DECIDE, binds)
            }
        }];
        match effect {
            Consequence::Nothing => {}
            Consequence::Grant(row) => statements.extend([self.grant_statement(row), self.move_on()]),
            Consequence::Setting { key, value } => {
                statements.extend([self.setting_statement(key, value), self.move_on()])
            }
        }
        self.keep_if(statements, events).await
    }

    async fn proposals_where(&self, rest: &str, bind: Value) -> Result<Vec<Proposal>> {
        let statement = self.statement(&PROPOSAL.select(rest), vec![bind]);
        let mut found = self.read_as(&statement, &PROPOSAL.types(), Proposal::read).await?;
        for proposal in &mut found {
            proposal.payload = self.unseal(&Proposal::context(proposal.id), &proposal.payload)?;
        }
        Ok(found)
    }

    /// Proposals that stand so, newest first.
    ///
    /// # Errors
    /// If the database fails or a payload was sealed with a key that is not there.
    pub async fn proposals(&self, state: ProposalState) -> Result<Vec<Proposal>> {
        self.proposals_where("WHERE state = ? ORDER BY made_at DESC, id", text(state.id())).await
    }

    /// One proposal.
    ///
    /// # Errors
    /// As [`Store::proposals`].
    pub async fn proposal(&self, id: Uuid) -> Result<Option<Proposal>> {
        Ok(self.proposals_where("WHERE id = ?", Value::Id(id)).await?.pop())
    }
}
