//! Forms of any ledger's records: what stands in each field, what may be typed over, and what became of it when it was sent.
//!
//! A reader's record is veiled, so a form never starts from it: every field that was not retyped keeps what the store holds, a mask is
//! never written back, and a field that is hidden from the person is not in the form at all.

mod apart;
mod bulk;
mod choices;
mod corrections;
mod doubts;
mod merge;
mod remembered;
mod removal;
mod start;

use std::collections::{BTreeMap, BTreeSet};

use anju_pack::{Field, FieldIx, Kind, LedgerIx, Pack};
use anju_record::{Fault, Lang, Record, Value, kind};
use uuid::Uuid;

use crate::alike::Like;
use crate::error::Error;
use crate::records::mask;
use crate::writes::Written;

pub use bulk::{BULK_MOST, BulkChange, BulkDone, BulkError, BulkLine, BulkPlan, BulkState};
pub use choices::{RefChoice, Resolved};
pub use corrections::{Correction, CorrectionFaults, CorrectionState, NewCorrection};
pub use doubts::{Doubted, compared_key};
pub use remembered::ToldApart;
pub use removal::RemoveError;

/// A form as it was filled in.
#[derive(Debug, Clone, Default)]
pub struct Filling {
    /// What stands in each field that was sent, by field id. References as ids, or as people name a record.
    pub typed: BTreeMap<String, String>,
    /// Fields emptied on purpose: the only way to empty one whose value is masked.
    pub cleared: BTreeSet<String>,
    /// Fields that two people changed, as the form showed them: each needs a choice.
    pub disputed: BTreeSet<String>,
    /// What was chosen for them.
    pub chosen: BTreeMap<String, Side>,
    /// Why, if it was told.
    pub reason: Option<String>,
    /// The same key writes once.
    pub key: Option<String>,
    /// It is none of the records that it may be: their key, as the form showed it.
    pub apart: Option<String>,
    /// What is doubtful was compared and is so: its key, as the form showed it.
    pub compared: Option<String>,
    /// How it is remembered that it is none of the records that it may be, if it is.
    pub told_apart: Option<ToldApart>,
}

/// Whose value stands, of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What was typed here.
    Mine,
    /// What another wrote meanwhile.
    Theirs,
}

/// A form: every field that the person sees, in the order of the ledger.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The ledger.
    pub ledger: LedgerIx,
    /// The record that is changed; none for a new one.
    pub id: Option<Uuid>,
    /// What the record is called; empty for a new one.
    pub name: String,
    /// The version that the fields show; 0 for a new one.
    pub version: i64,
    /// The fields.
    pub fields: Vec<EntryField>,
    /// What is wrong with the record as a whole.
    pub faults: Vec<Fault>,
    /// Why it may not be written so, if that is so.
    pub refused: Option<Error>,
    /// Fields that another changed meanwhile and that were not touched here: their new value stands in the form.
    pub merged: Vec<FieldIx>,
    /// Records that are there and may be the one that was filled in.
    pub likes: Vec<Like>,
    /// What of it is probably a slip.
    pub doubts: Vec<Doubted>,
}

/// A field of a form.
#[derive(Debug, Clone)]
pub struct EntryField {
    /// The field.
    pub field: FieldIx,
    /// It may not be changed here; `said` shows it.
    pub fixed: bool,
    /// What stands in its control.
    pub typed: String,
    /// The record it refers to, where `typed` is that record's name.
    pub refers: Option<Uuid>,
    /// What the store holds, as the person may see it: masked where it is sensitive.
    pub said: Option<String>,
    /// What somebody says should stand there, masked where it is sensitive: it is written where a sensitive field is left alone.
    pub proposed: Option<String>,
    /// It is to be emptied.
    pub cleared: bool,
    /// Records that what was typed may mean.
    pub candidates: Vec<RefChoice>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// What another wrote into it meanwhile.
    pub conflict: Option<FieldConflict>,
}

/// A field that two people changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldConflict {
    /// What the other wrote, in words; none where they emptied it. Masked where it is sensitive.
    pub theirs: Option<String>,
    /// Who.
    pub who: String,
    /// When, in ms.
    pub at_ms: i64,
}

/// What became of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// The record.
    pub id: Uuid,
    /// None where the form changes nothing.
    pub written: Option<Written>,
    /// Fields that another had changed meanwhile, and that stay as they wrote them.
    pub merged: Vec<FieldIx>,
}

/// Why a form was not written.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// Something is wrong with what was typed: the form as filled in, with its faults beside the fields.
    #[error("the form has faults")]
    Faulty(Box<Entry>),
    /// Another changed the same fields meanwhile: the form with both values.
    #[error("the record was changed meanwhile")]
    Conflict(Box<Entry>),
    /// The record is not here, not theirs, or the database does not answer.
    #[error(transparent)]
    Other(#[from] Error),
}

/// What stands in the control of a field that holds a value.
pub(crate) fn typed_of(pack: &Pack, field: &Field, value: &Value) -> String {
    match (&field.kind, value) {
        (_, Value::Null) => String::new(),
        (Kind::Code { .. } | Kind::Bool | Kind::Area { .. } | Kind::Ref { .. } | Kind::Subject, value) => {
            kind::plain(value)
        }
        (kind, value) => kind::format(pack, kind, value, Lang::Zh),
    }
}

/// A value as a reader may see it.
pub(crate) fn said_of(pack: &Pack, field: &Field, value: &Value, lang: Lang) -> Option<String> {
    match value {
        Value::Null => None,
        value if field.sensitive.is_some() => Some(mask(&field.kind, &kind::plain(value))),
        value => Some(kind::format(pack, &field.kind, value, lang)),
    }
}

/// The value of a field.
pub(crate) fn value_at(record: &Record, field: FieldIx) -> Value {
    record.values.get(usize::from(field.0)).cloned().unwrap_or_default()
}

impl EntryField {
    pub(crate) fn of(field: FieldIx) -> Self {
        Self {
            field,
            fixed: false,
            typed: String::new(),
            refers: None,
            said: None,
            proposed: None,
            cleared: false,
            candidates: Vec::new(),
            faults: Vec::new(),
            conflict: None,
        }
    }
}

impl Entry {
    /// The form's field.
    pub fn field(&self, field: FieldIx) -> Option<&EntryField> {
        self.fields.iter().find(|entry| entry.field == field)
    }

    pub(crate) fn field_mut(&mut self, field: FieldIx) -> Option<&mut EntryField> {
        self.fields.iter_mut().find(|entry| entry.field == field)
    }

    /// Whether anything keeps it from being written.
    pub fn is_faulty(&self) -> bool {
        self.refused.is_some()
            || !self.likes.is_empty()
            || !self.doubts.is_empty()
            || !self.faults.is_empty()
            || self.fields.iter().any(|field| !field.faults.is_empty())
    }

    /// What is wrong is not asked about as well: it is mended first.
    pub(crate) fn asks_no_fault(&mut self, pack: &Pack) {
        let mut doubts = std::mem::take(&mut self.doubts);
        doubts.retain(|doubt| {
            let at = pack.ledger(self.ledger).field_by_id(&doubt.fault.path);
            at.and_then(|at| self.field(at)).is_none_or(|field| field.faults.is_empty())
        });
        self.doubts = doubts;
    }

    /// Puts each fault beside its field; what belongs to no field that is shown stands for the record.
    pub(crate) fn take_faults(&mut self, pack: &Pack, faults: Vec<Fault>) {
        for fault in faults {
            let at = pack.ledger(self.ledger).field_by_id(&fault.path);
            match at.and_then(|at| self.field_mut(at)) {
                Some(field) => field.faults.push(fault),
                None => self.faults.push(fault),
            }
        }
    }
}
