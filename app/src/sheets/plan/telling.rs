//! What a row says beside what is there and what other rows said.

use anju_exchange::{FaultKind, RowFault};
use anju_pack::{FieldIx, Kind, LedgerIx};
use anju_record::{Code, Problem, Value, kind};

use super::super::line::RowLine;
use super::{Planner, Telling, Told, fault};

impl Planner<'_> {
    /// What a row says beside what is there, or what another row said.
    pub(super) fn against(
        &self,
        node: usize,
        entry: usize,
        values: &[(FieldIx, Value)],
        number: u32,
    ) -> Result<Option<RowFault>, Box<RowFault>> {
        let known = &self.entries[entry];
        let definition = self.pack().ledger(known.ledger);
        if node == 0 && !known.rows.is_empty() {
            let first = known.told.iter().flatten().min().copied().unwrap_or(number);
            let problem = Problem::new(Code::SameRow, first.to_string(), []);
            return Err(Box::new(fault(number, None, FaultKind::RepeatedReference, problem.at("", &definition.title))));
        }
        for (field, value) in values {
            let slot = usize::from(field.0);
            let stands = &known.values[slot];
            let words = |value: &Value| self.words(known.ledger, *field, value);
            let column = || self.column(node, *field);
            if !self.ground.nodes[node].makes && stands != value && *value != Value::Null {
                // What must be there is only compared: a slip of the pen is remarked, not written.
                if *stands == Value::Null {
                    continue;
                }
                let problem = Problem::new(Code::OtherThanThere, words(value), [words(stands)]);
                let at = problem.at(definition.field(*field).id.as_str(), &definition.field(*field).title);
                return Ok(Some(RowFault { warning: true, ..fault(number, column(), FaultKind::Other, at) }));
            }
            if let Some(first) = known.told[slot].filter(|_| stands != value) {
                let problem = Problem::new(Code::RowsDiffer, words(value), [first.to_string(), words(stands)]);
                let at = problem.at(definition.field(*field).id.as_str(), &definition.field(*field).title);
                return Err(Box::new(fault(number, column(), FaultKind::Other, at)));
            }
            let is_owner = definition.of.is_some_and(|owner| owner.field == *field);
            if node == 0 && is_owner && known.before.as_ref().is_some_and(|before| before.values[slot] != *value) {
                let problem = Problem::new(Code::BelongsElsewhere, known.own_name(self.pack()), []);
                return Err(Box::new(fault(number, None, FaultKind::Other, problem.at("", &definition.title))));
            }
        }
        Ok(None)
    }

    fn words(&self, ledger: LedgerIx, field: FieldIx, value: &Value) -> String {
        let field = self.pack().ledger(ledger).field(field);
        match value {
            Value::Null => String::new(),
            value if field.sensitive.is_some() => crate::records::mask(&field.kind, &kind::plain(value)),
            value => kind::format(self.pack(), &field.kind, value, anju_record::Lang::Zh),
        }
    }

    pub(super) fn tell(&mut self, telling: Telling, at: usize, number: u32, line: &mut RowLine) {
        let makes = self.ground.nodes[self.entries[telling.entry].node].makes;
        let entry = &mut self.entries[telling.entry];
        for (field, value) in telling.told.0.into_iter().filter(|_| makes) {
            let slot = usize::from(field.0);
            if entry.told[slot].is_none() {
                entry.told[slot] = Some(number);
                entry.values[slot] = value;
            }
        }
        entry.rows.push(at);
        line.entries.push(telling.entry);
    }

    /// The column that a field is told in.
    pub(super) fn column(&self, node: usize, field: FieldIx) -> Option<u32> {
        let path = u16::try_from(node).ok()?;
        self.ground.recognised.column_of(path, field).map(|column| column.column)
    }

    pub(super) fn unknown(&self, node: usize, told: &Told, identity: Option<usize>, number: u32) -> RowFault {
        let ledger = self.ground.nodes[node].ledger;
        let definition = self.pack().ledger(ledger);
        let own = |(field, value): &&(FieldIx, Value)| {
            *value != Value::Null && !matches!(definition.field(*field).kind, Kind::Ref { .. })
        };
        let lead = identity.and_then(|identity| self.ground.known[&ledger].lead(identity));
        let first = told.0.iter().find(own).map(|(field, _)| *field);
        let field = lead.or(first).unwrap_or(FieldIx(0));
        let words = told.get(field).map(kind::plain).unwrap_or_default();
        let problem = Problem::new(Code::NoSuchRecord, words, [definition.title.zh.clone()]);
        let at = problem.at(definition.field(field).id.as_str(), &definition.field(field).title);
        fault(number, self.column(node, field), FaultKind::UnknownReference, at)
    }

    /// A record without anything to know it by.
    pub(super) fn keyless(&self, node: usize, number: u32) -> RowFault {
        let ledger = self.ground.nodes[node].ledger;
        let definition = self.pack().ledger(ledger);
        let lead = self.ground.known[&ledger].identities.first().and_then(|identity| identity.fields.last().copied());
        let field = lead.unwrap_or(FieldIx(0));
        let problem = Problem::new(Code::Required, "", []);
        let at = problem.at(definition.field(field).id.as_str(), &definition.field(field).title);
        fault(number, self.column(node, field), FaultKind::MissingKey, at)
    }
}
