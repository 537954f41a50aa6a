//! Records that rows name by an id, by less than tells them apart, or only by what they are called.
//!
//! Of what is called the same, the one is meant that holds all that a row says. Where none does and there are several, nobody guesses.

use anju_exchange::{FaultKind, RECORD, RowFault};
use anju_pack::Text;
use anju_record::{Code, Problem, Record};
use uuid::Uuid;

use super::super::identity::Key;
use super::entry::Told;
use super::{Planner, fault};

impl<'a> Planner<'a> {
    /// The record that a row says it is, if it is theirs to read.
    pub(super) fn own(&self, id: Uuid, number: u32) -> Result<&'a Record, Box<RowFault>> {
        let ground = self.ground;
        let ledger = ground.nodes[0].ledger;
        ground.known[&ledger].with_id(id).ok_or_else(|| {
            let title = &ground.pack().ledger(ledger).title;
            let problem = Problem::new(Code::NoSuchRecord, id.to_string(), [title.zh.clone(), title.en.clone()]);
            let [zh, en] = RECORD.map(str::to_owned);
            Box::new(fault(number, None, FaultKind::UnknownReference, problem.at("", &Text { zh, en })))
        })
    }

    /// The record of a node that a row's own record leads to: itself, or one along the path that holds all that the row says of it.
    pub(super) fn led(&self, node: usize, own: &'a Record, told: &Told) -> Option<&'a Record> {
        let found = self.along(node, own)?;
        (node == 0 || told.agrees(found)).then_some(found)
    }

    fn along(&self, node: usize, own: &'a Record) -> Option<&'a Record> {
        let ground = self.ground;
        let Some((parent, field)) = ground.nodes[node].from else { return Some(own) };
        match self.along(parent, own)?.values.get(usize::from(field.0)) {
            Some(anju_record::Value::Id(id)) => ground.known.get(&ground.nodes[node].ledger)?.with_id(*id),
            _ => None,
        }
    }

    /// The record that another names: it must be there, or be made by rows before.
    pub(super) fn named(&mut self, node: usize, told: &Told, number: u32) -> Result<usize, Box<RowFault>> {
        let ground = self.ground;
        let ledger = ground.nodes[node].ledger;
        let known = &ground.known[&ledger];
        let mut found = known.named(|field| told.get(field));
        if found.len() > 1 {
            let agree: Vec<usize> = found.iter().copied().filter(|at| told.agrees(&known.records[*at])).collect();
            found = if agree.is_empty() { found } else { agree };
        }
        match found.as_slice() {
            [one] => Ok(self.enter_known(node, &known.records[*one])),
            [] => {
                let key = known.key(|field| told.get(field));
                let made = key.as_ref().and_then(|(identity, values)| {
                    let by_name = || self.by_name.get(&ledger)?.get(values)?.first();
                    self.by_key.get(&(ledger, *identity)).and_then(|known| known.get(values)).or_else(by_name).copied()
                });
                made.ok_or_else(|| Box::new(self.unknown(node, told, number)))
            }
            several => Err(Box::new(self.ambiguous(node, told, several.len(), number))),
        }
    }

    /// The record that is called so, where several may be: the one that holds all that the row says, the only one, or a new one.
    pub(super) fn called(&mut self, node: usize, told: &Told, key: Key, number: u32) -> Result<usize, Box<RowFault>> {
        let ground = self.ground;
        let ledger = ground.nodes[node].ledger;
        let known = &ground.known[&ledger];
        let found = known.called(&key);
        // Whose records several rows may speak of, they speak of the same one.
        if node != 0 {
            return match found.as_slice() {
                [] => Ok(self.called_anew(node, told, key, number)),
                [one] => Ok(self.enter_known(node, &known.records[*one])),
                several => match several.iter().find(|at| told.agrees(&known.records[**at])) {
                    Some(one) => Ok(self.enter_known(node, &known.records[*one])),
                    None => Err(Box::new(self.ambiguous(node, told, several.len(), number))),
                },
            };
        }
        let taken = |at: &usize| self.by_record.get(&(ledger, known.records[*at].id)).copied();
        let exact: Vec<usize> = found.iter().copied().filter(|at| told.agrees(&known.records[*at])).collect();
        let free = |of: &[usize]| of.iter().copied().find(|at| taken(at).is_none());
        if let Some(at) = free(&exact) {
            return Ok(self.enter_known(node, &known.records[at]));
        }
        if let Some(entry) = exact.first().and_then(taken) {
            self.keep_guess_out(entry, number);
            return Ok(entry);
        }
        match (found.as_slice(), free(&found)) {
            ([_], Some(only)) => Ok(self.enter_known(node, &known.records[only])),
            (several, Some(_)) => Err(Box::new(self.ambiguous(node, told, several.len(), number))),
            (_, None) => Ok(self.called_anew(node, told, key, number)),
        }
    }

    /// A new record that is called so; another that rows make is remarked, and one that says the same is that one.
    fn called_anew(&mut self, node: usize, told: &Told, (_, values): Key, number: u32) -> usize {
        let ledger = self.ground.nodes[node].ledger;
        let before = self.by_name.entry(ledger).or_default().entry(values.clone()).or_default().clone();
        let says = |entry: &&usize| told.0.iter().all(|said| *self.entries[**entry].value(said.field) == said.value);
        if let Some(same) = before.iter().find(says).or(before.first().filter(|_| node != 0)) {
            return *same;
        }
        if let Some(first) = before.first().and_then(|entry| self.entries[*entry].first_row()) {
            let title = &self.ground.pack().ledger(ledger).title;
            let name = self.name_of(node, told);
            let problem = Problem::new(Code::LikeRow, name.clone(), [first.to_string(), name]);
            let remark = fault(number, None, FaultKind::LikeAnother, problem.at("", title));
            self.remarks.push(RowFault { warning: true, ..remark });
        }
        let entry = self.enter(node, None);
        self.by_name.entry(ledger).or_default().entry(values).or_default().push(entry);
        entry
    }

    /// A row before took a record for its own that this one says all of: that it meant this one was a guess.
    fn keep_guess_out(&mut self, entry: usize, number: u32) {
        let taken = &self.entries[entry];
        if let (Some(at), Some(row)) = (taken.rows.first().copied().filter(|_| taken.is_changed()), taken.first_row()) {
            let problem = Problem::new(Code::SameRow, number.to_string(), []);
            let title = &self.ground.pack().ledger(taken.ledger).title;
            let told = fault(row, None, FaultKind::RepeatedReference, problem.at("", title));
            self.later.push((at, told));
            self.entries[entry].faulty = true;
        }
    }

    /// Several records may be meant.
    fn ambiguous(&self, node: usize, told: &Told, several: usize, number: u32) -> RowFault {
        let ledger = self.ground.nodes[node].ledger;
        let definition = self.ground.pack().ledger(ledger);
        let field = self.told_first(node, told);
        let problem = Problem::new(Code::CalledAlike, self.name_of(node, told), [several.to_string()]);
        let at = match field {
            Some(field) => problem.at(definition.field(field).id.as_str(), &definition.field(field).title),
            None => problem.at("", &definition.title),
        };
        fault(number, field.and_then(|field| self.ground.column(node, field)), FaultKind::UnknownReference, at)
    }
}
