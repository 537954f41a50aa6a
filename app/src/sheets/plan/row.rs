//! One row: the records that it speaks of, found, made or faulty.

use std::num::NonZeroU32;
use std::sync::Arc;

use anju_exchange::{FaultKind, Part, RowFault, SheetRow};
use anju_pack::LabelPart;
use anju_record::{Record, Value, kind};
use hashbrown::HashMap;
use hashbrown::hash_map::Entry as Slot;
use smallvec::smallvec;

use super::super::identity::Key;
use super::super::line::{RowLine, RowState};
use super::super::nodes::Node;
use super::entry::{Entry, Said, Told, ToldPart, ToldRow};
use super::{Above, Ground, Parts, Planner, Settled, Telling, Tellings};

impl Ground<'_> {
    /// What rows say that follow one another.
    pub(super) fn told(&self, rows: Vec<SheetRow>) -> Vec<ToldRow> {
        let mut told: Vec<ToldRow> = Vec::with_capacity(rows.len());
        for row in rows {
            let next = self.told_beside(told.last(), row);
            told.push(next);
        }
        told
    }

    /// What a row says beside the one above it; it is faulty if something keeps all of it out.
    fn told_beside(&self, above: Option<&ToldRow>, row: SheetRow) -> ToldRow {
        // What is called after another is called as the row calls the other.
        let called = |path: usize| {
            let ledger = self.nodes.get(path)?.ledger;
            let part = row.part(u16::try_from(path).ok()?)?;
            Some(kind::own_name(self.pack(), ledger, |field| Part::value(part, field))).filter(|name| !name.is_empty())
        };
        let label = &self.pack().ledger(self.nodes[0].ledger).label;
        let after = label.iter().filter_map(|part| match part {
            LabelPart::Field(field) => self.nodes.iter().position(|node| node.from == Some((0, *field))),
            LabelPart::Owned { .. } => None,
        });
        let name = std::iter::once(0).chain(after).chain(1..self.nodes.len()).find_map(called).unwrap_or_default();
        let key = |path: u16, told: &Told| {
            let known = self.known.get(&self.nodes.get(usize::from(path))?.ledger)?;
            known.own_key(|field| told.get(field))
        };
        let done = self.is_done(row.number);
        let mut row = ToldRow::of(row, above, name, key);
        if done {
            // Whatever came of its records since is not the sheet's any more.
            row.line.faults.clear();
            row.parts.clear();
            return row;
        }
        // Whoever is there already is not asked for again.
        row.line.faults.retain(|fault| fault.kind != FaultKind::NoneOf || !self.is_there(fault.group.as_deref()));
        // One that holds several names the faulty ones and keeps the others.
        if row.line.faults.iter().any(|fault| !fault.warning && fault.item.is_none()) {
            row.line.state = RowState::Faulty;
        }
        row
    }

    /// Whether the record that a group shares is in the ledger.
    fn is_there(&self, group: Option<&str>) -> bool {
        let Some(group) = group else { return false };
        self.sheet.exactly.iter().any(|law| {
            let known = self.known.get(&self.nodes[usize::from(law.per)].ledger);
            let named = |value: &Value| matches!(value, Value::Text(text) if **text == *group);
            known.is_some_and(|known| known.records.iter().any(|record| record.values.iter().any(named)))
        })
    }
}

impl<'a> Planner<'a> {
    /// Takes the next rows in; false when no more are to be heard.
    pub(super) fn hear(
        &mut self,
        rows: Vec<ToldRow>,
        lines: &mut Vec<RowLine>,
        each: &mut impl FnMut() -> bool,
    ) -> bool {
        rows.into_iter().all(|row| {
            let goes_on = each();
            if goes_on {
                lines.push(self.row(lines.len(), row));
            }
            goes_on
        })
    }

    /// What becomes of one row, as far as it can be told from the row and the records it names.
    pub(super) fn row(&mut self, at: usize, row: ToldRow) -> RowLine {
        let ToldRow { mut line, mut parts, record } = row;
        if line.state == RowState::Faulty || parts.is_empty() {
            return line;
        }
        let number = line.number;
        let own = match record.map(|id| self.own(id, number)).transpose() {
            Ok(own) => own,
            Err(fault) => {
                line.state = RowState::Faulty;
                line.faults.push(*fault);
                return line;
            }
        };
        let many = self.ground.sheet.many.map(usize::from);
        let items = parts.iter().filter(|part| Some(usize::from(part.path)) == many).count();
        let out: Vec<u16> = line.faults.iter().filter(|fault| !fault.warning).filter_map(|fault| fault.item).collect();
        let all = 0..if many.is_some() { items } else { 1 };
        let mut items = all.filter(|item| !out.iter().any(|of| usize::from(*of) == *item)).peekable();
        while let Some(item) = items.next() {
            let last = items.peek().is_none();
            match self.item(&mut parts, (item, last), many, (number, own)) {
                Ok((tellings, remarks)) => {
                    line.faults.extend(remarks);
                    for telling in tellings {
                        self.tell(telling, at, &mut line);
                    }
                }
                // Without a fault of its own it waits for the place to be named.
                Err(faults) if faults.is_empty() => line.state = RowState::Held,
                Err(faults) => line.faults.extend(faults),
            }
        }
        if line.entries.is_empty() && line.faults.iter().any(|fault| !fault.warning) {
            line.state = RowState::Faulty;
        }
        line
    }

    /// The records of one item of a row, settled in order. Items share what the row says of other records, so only the `last` of them may take it away.
    fn item(
        &mut self,
        parts: &mut [ToldPart],
        (item, last): (usize, bool),
        many: Option<usize>,
        (number, own): (u32, Option<&'a Record>),
    ) -> Result<(Tellings, Vec<RowFault>), Vec<RowFault>> {
        let mut settled: Settled = smallvec![None; self.ground.nodes.len()];
        let mut shared: Parts = smallvec![None; self.ground.nodes.len()];
        let mut tellings = Tellings::new();
        let (mut remarks, mut faults) = (Vec::new(), Vec::new());
        let mut placeless = false;
        for at in 0..self.order.len() {
            let node = self.order[at];
            let several = many == Some(node);
            let part = parts.iter_mut().find(|part| {
                usize::from(part.path) == node && usize::from(part.item) == if several { item } else { 0 }
            });
            if let Some(part) = part.as_ref().and_then(|part| part.shared.as_ref()) {
                shared[node] = Some(Arc::clone(part));
                // Whoever says which record it is names its own, also where they say the same.
                if let Some(entry) = self.as_above(node, part, &settled).filter(|_| own.is_none()) {
                    settled[node] = Some(entry);
                    tellings.push(Telling { entry, told: Told::default() });
                    continue;
                }
            }
            let (mut told, key) = match part {
                Some(ToldPart { told: None, shared: Some(part), .. }) => (Told::copied(part, number), None),
                Some(part) if last => (part.told.take().unwrap_or_default(), part.key.take()),
                Some(part) => (part.told.clone().unwrap_or_default(), part.key.clone()),
                None => (Told::default(), None),
            };
            if node != 0 && told.0.is_empty() {
                continue;
            }
            self.tie(node, &settled, &mut told, number);
            let led = own.and_then(|own| self.led(node, own, &told));
            let found = match led {
                Some(record) => Ok(self.enter_known(node, record)),
                None => self.settle_node(node, &told, key, number),
            };
            match found {
                Ok(entry) => {
                    settled[node] = Some(entry);
                    remarks.append(&mut self.remarks);
                    told.give_way(&self.entries[entry], self.ground.pack().ledger(self.ground.nodes[node].ledger));
                    match self.against(node, &self.entries[entry], &told, number) {
                        Ok(remark) => {
                            remarks.extend(remark);
                            tellings.push(Telling { entry, told });
                        }
                        Err(fault) => faults.push(*fault),
                    }
                }
                Err(fault) if fault.kind == FaultKind::MissingKey && (placeless || self.is_placeless(node, &told)) => {
                    placeless = true;
                }
                Err(fault) => faults.push(*fault),
            }
        }
        self.remarks.clear();
        let is_told = faults.is_empty() && !placeless;
        // What is remarked is remarked at each row, and what one row says twice of a record is compared at each.
        let is_once = |(at, entry): (usize, &Option<usize>)| entry.is_none() || !settled[..at].contains(entry);
        let plain = is_told && remarks.is_empty() && settled.iter().enumerate().all(is_once);
        self.above = if plain { Above { settled, parts: shared } } else { Above::default() };
        if is_told { Ok((tellings, remarks)) } else { Err(faults) }
    }

    /// The record that the row heard last says the same of, beside the same others: it is there, and has heard it.
    fn as_above(&self, node: usize, part: &Arc<Part>, settled: &[Option<usize>]) -> Option<usize> {
        let above = &self.above;
        let is_same = |other: usize| above.settled.get(other) == settled.get(other);
        let ties = &self.ties[node];
        let owner = ties.owner.as_ref().and_then(|owner| owner.beside);
        let shares = above.parts.get(node)?.as_ref().is_some_and(|heard| Arc::ptr_eq(heard, part));
        let is_tied = ties.named.iter().map(|(other, _)| *other).chain(owner).all(is_same);
        above.settled.get(node).copied().flatten().filter(|_| shares && is_tied)
    }

    /// Whether a record that would be made has no owner because no place was named that has one.
    fn is_placeless(&mut self, node: usize, told: &Told) -> bool {
        let Some(owner) = &self.ties[node].owner else { return false };
        let without = told.get(owner.field).is_none() && self.ground.pack().ledger(owner.ledger).area.is_some();
        if without {
            self.place = Some(owner.ledger);
        }
        without
    }

    /// References to the records beside it, and to its owner.
    fn tie(&self, node: usize, settled: &[Option<usize>], told: &mut Told, row: u32) {
        let ties = &self.ties[node];
        let id = |entry: usize| self.entries[entry].id;
        let names = |field, id| Said { value: Value::Id(id), field, row: NonZeroU32::new(row) };
        for (other, field) in &ties.named {
            if let Some(entry) = settled[*other] {
                told.set(names(*field, id(entry)));
            }
        }
        let Some(owner) = ties.owner.as_ref().filter(|owner| told.get(owner.field).is_none()) else { return };
        if let Some(id) = owner.beside.and_then(|other| settled[other]).map(id).or(owner.place) {
            told.set(names(owner.field, id));
        }
    }

    /// The record that a node speaks of: one that is there, one that an earlier row speaks of, or a new one.
    fn settle_node(&mut self, node: usize, told: &Told, key: Option<Key>, number: u32) -> Result<usize, Box<RowFault>> {
        let ground = self.ground;
        let Node { ledger, makes, .. } = ground.nodes[node];
        let known = &ground.known[&ledger];
        let value = |field| told.get(field);
        if let Some((by, entry)) = self.last[node]
            && known.is_same(by, value, |field| Some(self.entries[entry].value(field)))
        {
            return Ok(entry);
        }
        if !makes {
            return self.named(node, told, number);
        }
        let Some(key) = key.or_else(|| known.key(value)) else {
            return if node != 0 { Err(Box::new(self.keyless(node, number))) } else { Ok(self.enter(node, None)) };
        };
        if known.is_name(&key) && !known.ends(value) {
            return self.called(node, told, key, number);
        }
        let by = key.0;
        let entry = self.by_key(node, told, key, number)?;
        self.last[node] = (!known.ends(value)).then_some((by, entry));
        Ok(entry)
    }

    /// The record that has a key.
    fn by_key(&mut self, node: usize, told: &Told, key: Key, number: u32) -> Result<usize, Box<RowFault>> {
        let ground = self.ground;
        let ledger = ground.nodes[node].ledger;
        let known = &ground.known[&ledger];
        if let Some(at) = known.find(&key, |field| told.get(field)) {
            return Ok(self.enter_known(node, &known.records[at]));
        }
        if known.is_beyond(&key) {
            return Err(Box::new(self.held_beyond(node, key.0, told, number)));
        }
        let (identity, values) = key;
        let of_rows = self.by_key.entry((ledger, identity));
        match of_rows.or_insert_with(|| HashMap::with_capacity(self.most)).entry(values) {
            Slot::Occupied(entry) => Ok(*entry.get()),
            Slot::Vacant(free) => {
                free.insert(self.entries.len());
                Ok(self.enter(node, None))
            }
        }
    }

    /// A record that is there.
    pub(super) fn enter_known(&mut self, node: usize, record: &Record) -> usize {
        let ledger = self.ground.nodes[node].ledger;
        if let Some(entry) = self.by_record.get(&(ledger, record.id)) {
            return *entry;
        }
        self.by_record.insert((ledger, record.id), self.entries.len());
        self.enter(node, Some(Box::new(record.clone())))
    }

    pub(super) fn enter(&mut self, node: usize, before: Option<Box<Record>>) -> usize {
        let ledger = self.ground.nodes[node].ledger;
        let id = before.as_ref().map_or_else(&mut *self.ids, |record| record.id);
        self.entries.push(Entry::of(ledger, node, id, before));
        self.entries.len() - 1
    }
}
