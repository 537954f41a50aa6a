//! What of a form, an event or a change of many records is probably a slip (`doubtful` in the pack, and what an ID number contradicts): nothing is written until somebody
//! has said that it was compared.
//!
//! Only what a write changes is asked about: a contradiction that stands already does not keep anything else from being written.

use anju_access::Action;
use anju_pack::{FieldIx, LedgerIx};
use anju_record::{Code, Doubt, Fault, Problem, Record, Valid, Value, doubts, kind};
use anju_store::Write;
use sha2::{Digest, Sha256};

use super::value_at;
use crate::Actor;
use crate::error::Result;
use crate::steps::Steps;
use crate::writes::WriteError;

/// Something doubtful about a record that is being written.
#[derive(Debug, Clone)]
pub struct Doubted {
    /// The record's ledger.
    pub ledger: LedgerIx,
    /// What the record is called, of several; empty in a form of one.
    pub name: String,
    /// What is said, at its field.
    pub fault: Fault,
    /// The values that it is about, of fields that nothing protects.
    held: String,
}

/// Names exactly these doubts, with the values that they are about: a form that says that they were compared says it of no other.
pub fn compared_key(doubts: &[Doubted]) -> String {
    let told = |one: &Doubted| {
        let Fault { path, code, value, args, .. } = &one.fault;
        let ledger = one.ledger.0.to_string();
        let words = [&*ledger, &one.name, &one.held, code.as_str(), path, value];
        let words = words.into_iter().chain(args.iter().map(String::as_str));
        words.collect::<Vec<_>>().join("\u{1}")
    };
    let mut all: Vec<String> = doubts.iter().map(told).collect();
    all.sort_unstable();
    hex::encode(Sha256::digest(all.join("\u{2}").as_bytes()))
}

impl Actor {
    /// What is doubtful about a record that is being written, of what changes in it. Of a field that is hidden from them nothing is told.
    pub(super) fn doubted(&self, valid: &Valid, before: Option<&Record>, name: &str) -> Vec<Doubted> {
        let (pack, ledger) = (self.pack(), valid.ledger());
        let value = |field: FieldIx| valid.values().get(usize::from(field.0));
        let hidden = self.rights().hidden_anywhere(ledger);
        let differs = |field: &FieldIx| {
            before.is_none_or(|before| value_at(before, *field) != value(*field).cloned().unwrap_or_default())
        };
        let is_asked =
            |fields: &[FieldIx]| fields.iter().any(differs) && !fields.iter().any(|field| hidden.contains(field));
        let definition = pack.ledger(ledger);
        let doubted = |doubt: Doubt| {
            let open = doubt.fields.iter().filter(|field| definition.field(**field).sensitive.is_none());
            let held = open.map(|field| value(*field).map(kind::plain).unwrap_or_default());
            Doubted { ledger, name: name.to_owned(), fault: doubt.fault, held: held.collect::<Vec<_>>().join("\u{1}") }
        };
        doubts(pack, ledger, value, is_asked, self.today()).into_iter().map(doubted).collect()
    }

    /// That a record goes from one owner to another: it is seldom meant, and what it belongs to is not always looked at.
    pub(super) async fn given_away(&self, valid: &Valid, before: Option<&Record>) -> Result<Option<Doubted>> {
        let (ledger, definition) = (valid.ledger(), self.pack().ledger(valid.ledger()));
        let Some((owner, before)) = definition.of.zip(before) else { return Ok(None) };
        let after = valid.values().get(usize::from(owner.field.0));
        let (Value::Id(from), Some(Value::Id(to))) = (value_at(before, owner.field), after) else { return Ok(None) };
        if from == *to {
            return Ok(None);
        }
        let mut names = self.labels(owner.ledger, &[from, *to]).await?;
        let [old, new] = [from, *to].map(|id| names.remove(&id).unwrap_or_default());
        let words =
            [format!("归属由“{old}”改为“{new}”，请核对"), format!("goes from “{old}” to “{new}”; compare them")];
        let field = definition.field(owner.field);
        let fault = Problem::new(Code::Doubtful, "", words).at(field.id.as_str(), &field.title);
        Ok(Some(Doubted { ledger, name: String::new(), fault, held: format!("{from} {to}") }))
    }

    /// What is doubtful about the records of some steps. Of one that they do not see nothing is told.
    ///
    /// # Errors
    /// What a field cannot hold; `Unavailable` when the database does not answer.
    pub async fn doubts_of(&self, steps: &Steps) -> Result<Vec<Doubted>, WriteError> {
        let mut all = Vec::new();
        for write in self.written_out(steps).await? {
            let (valid, before) = match write {
                Write::Insert(valid) => (valid, None),
                Write::Update { valid, .. } => {
                    let before = self.stands(valid.ledger(), valid.id()).await?;
                    (valid, Some(before))
                }
                Write::Delete { .. } | Write::Restore { .. } => continue,
            };
            let name = kind::own_name(self.pack(), valid.ledger(), |field| valid.values().get(usize::from(field.0)));
            let found = self.doubted(&valid, before.as_ref(), &name);
            let is_seen = found.is_empty()
                || before.is_none()
                || self.is_operator()
                || self.is_within(Action::Read, valid.ledger(), valid.id()).await?;
            if is_seen {
                all.extend(found);
            }
        }
        Ok(all)
    }
}
