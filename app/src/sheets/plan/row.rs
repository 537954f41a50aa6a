//! One row: the records that it speaks of, found, made or faulty.

use anju_exchange::{FaultKind, Part, RowFault, SheetRow};
use anju_record::{Record, Value};
use uuid::Uuid;

use super::super::line::{RowLine, RowState};
use super::super::nodes::owner_beside;
use super::{Entry, Planner, Telling, Told, name_of};

impl Planner<'_> {
    /// What becomes of one row, as far as it can be told from the row and the records it names.
    pub(super) fn row(&mut self, at: usize, mut row: SheetRow) -> RowLine {
        let number = row.number;
        let name = row.part(0).map(|part| self.name_given(part)).unwrap_or_default();
        let (faults, group) = (row.faults, row.group);
        let mut line = RowLine { number, state: RowState::Same, name, faults, entries: Vec::new(), group };
        let many = self.ground.sheet.many.map(usize::from);
        let items = row.parts.iter().filter(|part| Some(usize::from(part.path)) == many).count();
        // Whoever is there already is not asked for again.
        line.faults.retain(|fault| fault.kind != FaultKind::NoneOf || !self.is_there(fault.group.as_deref()));
        let lone = |fault: &RowFault| !fault.warning && fault.item.is_none();
        // One that holds several names the faulty ones and keeps the others.
        if line.faults.iter().any(lone) {
            line.state = RowState::Faulty;
            return line;
        }
        let out: Vec<u16> = line.faults.iter().filter(|fault| !fault.warning).filter_map(|fault| fault.item).collect();
        let all = 0..if many.is_some() { items } else { 1 };
        let mut items = all.filter(|item| !out.iter().any(|of| usize::from(*of) == *item)).peekable();
        while let Some(item) = items.next() {
            let last = items.peek().is_none();
            match self.item(&mut row.parts, (item, last), many, number) {
                Ok((tellings, remarks)) => {
                    line.faults.extend(remarks);
                    for telling in tellings {
                        self.tell(telling, at, number, &mut line);
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

    /// Whether the record that a group shares is in the ledger.
    fn is_there(&self, group: Option<&str>) -> bool {
        let Some(group) = group else { return false };
        self.ground.sheet.exactly.iter().any(|law| {
            let known = self.ground.known.get(&self.ground.nodes[usize::from(law.per)].ledger);
            let named = |value: &Value| matches!(value, Value::Text(text) if **text == *group);
            known.is_some_and(|known| known.records.iter().any(|record| record.values.iter().any(named)))
        })
    }

    fn name_given(&self, part: &Part) -> String {
        name_of(self.pack(), self.ground.sheet.rows, |field| part.value(field))
    }

    /// The records of one item of a row, settled in order.
    fn item(
        &mut self,
        parts: &mut [Part],
        (item, last): (usize, bool),
        many: Option<usize>,
        number: u32,
    ) -> Result<(Vec<Telling>, Vec<RowFault>), Vec<RowFault>> {
        let mut settled: Vec<Option<usize>> = vec![None; self.ground.nodes.len()];
        let (mut tellings, mut remarks, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        let mut placeless = false;
        for at in 0..self.order.len() {
            let node = self.order[at];
            let several = many == Some(node);
            let part = parts.iter_mut().find(|part| {
                usize::from(part.path) == node && usize::from(part.item) == if several { item } else { 0 }
            });
            let mut told = part.map(|part| Told::of(part, last)).unwrap_or_default();
            if node != 0 && told.0.is_empty() {
                continue;
            }
            self.link(node, &settled, &mut told);
            match self.settle_node(node, &told, number) {
                Ok(entry) => {
                    settled[node] = Some(entry);
                    match self.against(node, entry, &told.0, number) {
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
        if faults.is_empty() && !placeless { Ok((tellings, remarks)) } else { Err(faults) }
    }

    /// Whether a record that would be made has no owner because no place was named that has one.
    fn is_placeless(&mut self, node: usize, told: &Told) -> bool {
        let pack = self.ground.actor.pack();
        let Some(owner) = pack.ledger(self.ground.nodes[node].ledger).of else { return false };
        let without = told.get(owner.field).is_none() && pack.ledger(owner.ledger).area.is_some();
        if without {
            self.place = Some(owner.ledger);
        }
        without
    }

    /// References to the records beside it, and to its owner.
    fn link(&mut self, node: usize, settled: &[Option<usize>], told: &mut Told) {
        let pack = self.ground.actor.pack();
        for (other, found) in settled.iter().enumerate() {
            if let (Some((parent, field)), Some(entry)) = (self.ground.nodes[other].from, found)
                && parent == node
            {
                told.set(field, Value::Id(self.entries[*entry].id));
            }
        }
        let Some(owner) = pack.ledger(self.ground.nodes[node].ledger).of else { return };
        if told.get(owner.field).is_some() {
            return;
        }
        let beside = owner_beside(pack, &self.ground.nodes, node).and_then(|other| settled[other]);
        let place = self.ground.places.get(&owner.ledger).map(|record| record.id);
        if let Some(id) = beside.map(|entry| self.entries[entry].id).or(place) {
            told.set(owner.field, Value::Id(id));
        }
    }

    /// The record that a node speaks of: one that is there, one that an earlier row speaks of, or a new one.
    fn settle_node(&mut self, node: usize, told: &Told, number: u32) -> Result<usize, Box<RowFault>> {
        let ledger = self.ground.nodes[node].ledger;
        let known = &self.ground.known[&ledger];
        let key = known.key(|field| told.get(field));
        if let Some(at) = key.as_ref().and_then(|(identity, key)| known.find(*identity, key, |field| told.get(field))) {
            if let Some(entry) = self.by_record.get(&(ledger, known.records[at].id)) {
                return Ok(*entry);
            }
            let record = known.records[at].clone();
            self.by_record.insert((ledger, record.id), self.entries.len());
            return Ok(self.enter(node, record.id, Some(record)));
        }
        if let Some((identity, key)) = &key
            && self.ground.nodes[node].makes
            && known.is_beyond(*identity, key)
        {
            return Err(Box::new(self.held_beyond(node, *identity, told, number)));
        }
        if let Some((identity, key)) = &key
            && let Some(entry) = self.by_key.get(&(ledger, *identity)).and_then(|known| known.get(key))
        {
            return Ok(*entry);
        }
        if !self.ground.nodes[node].makes {
            return Err(Box::new(self.unknown(node, told, key.map(|(identity, _)| identity), number)));
        }
        if node != 0 && key.is_none() {
            return Err(Box::new(self.keyless(node, number)));
        }
        let id = (self.ground.ids)();
        if let Some((identity, key)) = key {
            self.by_key.entry((ledger, identity)).or_default().insert(key, self.entries.len());
        }
        Ok(self.enter(node, id, None))
    }

    pub(super) fn enter(&mut self, node: usize, id: Uuid, before: Option<Record>) -> usize {
        let ledger = self.ground.nodes[node].ledger;
        let width = self.pack().ledger(ledger).fields.len();
        let values = before.as_ref().map_or_else(|| vec![Value::Null; width], |record| record.values.clone());
        self.entries.push(Entry {
            ledger,
            node,
            id,
            before,
            values,
            told: vec![None; width],
            rows: Vec::new(),
            valid: None,
            faulty: false,
            taken: false,
        });
        self.entries.len() - 1
    }
}
