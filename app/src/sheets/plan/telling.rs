//! What a row says beside what is there and what other rows said.

use anju_exchange::{FaultKind, RowFault};
use anju_pack::{FieldIx, Kind, LedgerIx};
use anju_record::{Code, Problem, Record, Value, kind};

use super::super::line::RowLine;
use super::entry::{Entry, Said, Told};
use super::{Planner, Telling, fault};
use crate::Stored;

impl Planner<'_> {
    /// What a row says beside what is there, or what another row said.
    pub(super) fn against(
        &self,
        node: usize,
        known: &Entry,
        told: &Told,
        number: u32,
    ) -> Result<Option<RowFault>, Box<RowFault>> {
        let definition = self.ground.pack().ledger(known.ledger);
        if node == 0 && !known.rows.is_empty() {
            let first = known.first_row().unwrap_or(number);
            let problem = Problem::new(Code::SameRow, first.to_string(), []);
            return Err(Box::new(fault(number, None, FaultKind::RepeatedReference, problem.at("", &definition.title))));
        }
        let makes = self.ground.nodes[node].makes;
        if makes && known.before.is_none() && known.said.is_empty() {
            return Ok(None);
        }
        for Said { value, field, .. } in &told.0 {
            let stands = known.value(*field);
            let words = |value: &Value| self.words(known.ledger, *field, value);
            let column = || self.ground.column(node, *field);
            if !makes && stands != value && *value != Value::Null {
                // What must be there is only compared: a slip of the pen is remarked, not written.
                if *stands == Value::Null {
                    continue;
                }
                let problem = Problem::new(Code::OtherThanThere, words(value), [words(stands)]);
                let at = problem.at(definition.field(*field).id.as_str(), &definition.field(*field).title);
                return Ok(Some(RowFault { warning: true, ..fault(number, column(), FaultKind::Other, at) }));
            }
            if let Some(first) = known.teller(*field).filter(|_| stands != value) {
                let problem = Problem::new(Code::RowsDiffer, words(value), [first.to_string(), words(stands)]);
                let at = problem.at(definition.field(*field).id.as_str(), &definition.field(*field).title);
                return Err(Box::new(fault(number, column(), FaultKind::Other, at)));
            }
            let is_owner = definition.of.is_some_and(|owner| owner.field == *field);
            let elsewhere = known.before.as_ref().filter(|before| before.values[usize::from(field.0)] != *value);
            // Another owner's, or another place's: it is moved there by whoever records the move, not by a roster.
            let moves = |there: &Record| node == 0 || makes && !there.area.starts_with(self.ground.area);
            if let Some(there) = elsewhere.filter(|there| is_owner && moves(there)) {
                let actor = self.ground.actor;
                let seen = Stored {
                    ledger: known.ledger,
                    name: self.named_with_owner(known, there),
                    record: actor.veiled(known.ledger, (**there).clone()),
                };
                let whose = actor.known_as(&seen.name, &there.area, actor.number_of(&seen));
                let problem = Problem::new(Code::BelongsElsewhere, whose, []);
                return Err(Box::new(fault(number, None, FaultKind::Other, problem.at("", &definition.title))));
            }
        }
        Ok(None)
    }

    fn words(&self, ledger: LedgerIx, field: FieldIx, value: &Value) -> String {
        let field = self.ground.pack().ledger(ledger).field(field);
        match value {
            Value::Null => String::new(),
            value if field.sensitive.is_some() => crate::records::mask(&field.kind, &kind::plain(value)),
            value => kind::format(self.ground.pack(), &field.kind, value, anju_record::Lang::Zh),
        }
    }

    pub(super) fn tell(&mut self, telling: Telling, at: usize, line: &mut RowLine) {
        let entry = &mut self.entries[telling.entry];
        if self.ground.nodes[entry.node].makes {
            entry.hear(telling.told);
        }
        entry.rows.push(at);
        line.entries.push(telling.entry);
    }

    /// Nothing is there that a row could mean.
    pub(super) fn unknown(&self, node: usize, told: &Told, number: u32) -> RowFault {
        let definition = self.ground.pack().ledger(self.ground.nodes[node].ledger);
        let field = self.told_first(node, told).unwrap_or(FieldIx(0));
        let words = self.name_of(node, told);
        let problem =
            Problem::new(Code::NoSuchRecord, words, [definition.title.zh.clone(), definition.title.en.clone()]);
        let at = problem.at(definition.field(field).id.as_str(), &definition.field(field).title);
        fault(number, self.ground.column(node, field), FaultKind::UnknownReference, at)
    }

    /// The first that a row says of a record itself.
    pub(super) fn told_first(&self, node: usize, told: &Told) -> Option<FieldIx> {
        let ledger = self.ground.nodes[node].ledger;
        let known = &self.ground.known[&ledger];
        let is_told = |field: &FieldIx| told.get(*field).is_some_and(|value| *value != Value::Null);
        let leads = known.identities.iter().map(|identity| identity.lead);
        leads.chain(self.own_fields(node, told)).find(is_told)
    }

    /// What a row says of a record that is no reference.
    fn own_fields<'t>(&'t self, node: usize, told: &'t Told) -> impl Iterator<Item = FieldIx> + 't {
        let definition = self.ground.pack().ledger(self.ground.nodes[node].ledger);
        let own =
            |said: &&Said| said.value != Value::Null && !matches!(definition.field(said.field).kind, Kind::Ref { .. });
        told.0.iter().filter(own).map(|said| said.field)
    }

    /// What a row says to name a record, as the row has it: what alone tells it apart, else all that may.
    pub(super) fn name_of(&self, node: usize, told: &Told) -> String {
        let ledger = self.ground.nodes[node].ledger;
        let definition = self.ground.pack().ledger(ledger);
        let word = |field: FieldIx| {
            let value = told.get(field)?;
            // Whoever wrote a number may read it again.
            Some(match definition.field(field).sensitive {
                Some(_) => kind::plain(value),
                None => self.words(ledger, field, value),
            })
        };
        let named = |field: &FieldIx| self.ground.known[&ledger].identities.iter().any(|it| it.fields.contains(field));
        let alone = |field: &FieldIx| self.ground.known[&ledger].identities.iter().any(|it| it.is_alone(*field));
        let said: Vec<FieldIx> = self.own_fields(node, told).filter(named).collect();
        let said = said.iter().find(|field| alone(field)).map_or(said.clone(), |field| vec![*field]);
        said.into_iter().filter_map(word).collect::<Vec<_>>().join(" · ")
    }

    /// What a record is called, and whose it is.
    fn named_with_owner(&self, known: &Entry, there: &Record) -> String {
        let name = known.name(self.ground.pack());
        let owner = self.ground.pack().ledger(known.ledger).of;
        let id = owner.and_then(|owner| match there.values.get(usize::from(owner.field.0)) {
            Some(Value::Id(id)) => Some((owner.ledger, *id)),
            _ => None,
        });
        let whose = id.and_then(|(ledger, id)| {
            let named = self.ground.known.get(&known.ledger).and_then(|known| known.owners.get(&id)).cloned();
            let known = || self.ground.known.get(&ledger)?.records.iter().find(|record| record.id == id);
            named.or_else(|| {
                Some(kind::own_name(self.ground.pack(), ledger, |field| known()?.values.get(usize::from(field.0))))
            })
        });
        [name, whose.unwrap_or_default()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// A record beyond what they may see holds what may not repeat: nothing of it is told.
    pub(super) fn held_beyond(&self, node: usize, identity: usize, told: &Told, number: u32) -> RowFault {
        let ledger = self.ground.nodes[node].ledger;
        let definition = self.ground.pack().ledger(ledger);
        let lead = self.ground.known[&ledger].lead(identity);
        let name = kind::own_name(self.ground.pack(), ledger, |field| told.get(field));
        let problem = Problem::new(Code::BelongsElsewhere, name, []);
        let at = lead.map_or_else(
            || problem.clone().at("", &definition.title),
            |field| problem.clone().at(definition.field(field).id.as_str(), &definition.field(field).title),
        );
        fault(number, lead.and_then(|field| self.ground.column(node, field)), FaultKind::Other, at)
    }

    /// A record without anything to know it by.
    pub(super) fn keyless(&self, node: usize, number: u32) -> RowFault {
        let ledger = self.ground.nodes[node].ledger;
        let definition = self.ground.pack().ledger(ledger);
        let lead = self.ground.known[&ledger].identities.first().and_then(|identity| identity.fields.last().copied());
        let field = lead.unwrap_or(FieldIx(0));
        let problem = Problem::new(Code::Required, "", []);
        let at = problem.at(definition.field(field).id.as_str(), &definition.field(field).title);
        fault(number, self.ground.column(node, field), FaultKind::MissingKey, at)
    }
}
