//! From rows to records: which are there, which are made, what changes, what is wrong.
//!
//! A row is taken whole or not at all. A record that several rows speak of (a household, told by each of its members) takes from each what the
//! others leave blank; rows that contradict each other are faults, never the last one's victory.

use std::collections::HashMap;

use anju_exchange::{FaultKind, Given, Part, Recognised, RowFault, SheetRow};
use anju_pack::{DefaultValue, FieldIx, Kind, LabelPart, LedgerIx, Pack, Sheet};
use anju_record::{Code, Fault, Problem, Record, Value, eval, kind, validate_values};
use anju_store::Write;
use uuid::Uuid;

use super::identity::Known;
use super::line::{DryRun, Missing, RowLine, RowState};
use super::nodes::{Node, order, owner_beside};
use crate::Actor;

/// A record that rows speak of.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub ledger: LedgerIx,
    node: usize,
    id: Uuid,
    /// As it stands, if it is there.
    pub before: Option<Record>,
    pub values: Vec<Value>,
    /// The row that gave each value.
    pub told: Vec<Option<u32>>,
    /// Rows that speak of it, as positions.
    rows: Vec<usize>,
    /// It cannot be written so.
    faulty: bool,
    /// Some row that speaks of it is taken.
    taken: bool,
}

impl Entry {
    fn is_changed(&self) -> bool {
        self.before.as_ref().is_none_or(|before| before.values != self.values)
    }

    /// Whether it is among the writes.
    pub fn is_written(&self) -> bool {
        self.taken && !self.faulty && self.is_changed()
    }

    pub fn name(&self, actor: &Actor) -> String {
        name_of(actor.pack(), self.ledger, &self.values)
    }
}

/// What names a record by its own fields.
fn name_of(pack: &Pack, ledger: LedgerIx, values: &[Value]) -> String {
    let definition = pack.ledger(ledger);
    let own = definition.label.iter().filter_map(|part| match part {
        LabelPart::Field(field) if !matches!(definition.field(*field).kind, Kind::Ref { .. }) => Some(*field),
        _ => None,
    });
    let words = own.filter_map(|field| match values.get(usize::from(field.0)) {
        None | Some(Value::Null) => None,
        Some(value) => Some(kind::format(pack, &definition.field(field).kind, value, anju_record::Lang::Zh)),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What the rows are compared with.
pub(super) struct Ground<'a> {
    pub actor: &'a Actor,
    pub sheet: &'a Sheet,
    pub nodes: Vec<Node>,
    pub recognised: &'a Recognised,
    pub known: HashMap<LedgerIx, Known>,
    /// Records in whose place rows belong, by ledger.
    pub places: HashMap<LedgerIx, Record>,
    /// `household.batch` → value, for every row.
    pub given: HashMap<(usize, FieldIx), Value>,
    pub today: i32,
    /// What is made is made then.
    pub ids: &'a mut dyn FnMut() -> Uuid,
}

struct Planner<'a> {
    ground: Ground<'a>,
    order: Vec<usize>,
    entries: Vec<Entry>,
    by_record: HashMap<(LedgerIx, Uuid), usize>,
    by_key: HashMap<(LedgerIx, usize, Vec<Value>), usize>,
    codes: HashMap<String, u32>,
    place: Option<LedgerIx>,
    missing: Vec<Missing>,
}

/// What one row would tell an entry.
struct Telling {
    entry: usize,
    values: Vec<(FieldIx, Value)>,
}

/// Compares rows with what is there.
pub(super) fn plan(ground: Ground<'_>, rows: Vec<SheetRow>, mut each: impl FnMut() -> bool) -> DryRun {
    let order = order(ground.actor.pack(), &ground.nodes);
    let mut planner = Planner {
        ground,
        order,
        entries: Vec::new(),
        by_record: HashMap::new(),
        by_key: HashMap::new(),
        codes: HashMap::new(),
        place: None,
        missing: Vec::new(),
    };
    let mut lines = Vec::with_capacity(rows.len());
    for (at, row) in rows.into_iter().enumerate() {
        if !each() {
            break;
        }
        lines.push(planner.row(at, row));
    }
    planner.settle(lines)
}

impl Planner<'_> {
    fn pack(&self) -> &Pack {
        self.ground.actor.pack()
    }

    /// What becomes of one row, as far as it can be told from the row and the records it names.
    fn row(&mut self, at: usize, row: SheetRow) -> RowLine {
        let number = row.number;
        let name = row.part(0).map(|part| self.name_given(part)).unwrap_or_default();
        let mut line = RowLine { number, state: RowState::Same, name, faults: row.faults, entries: Vec::new() };
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
        let items =
            (0..if many.is_some() { items } else { 1 }).filter(|item| !out.iter().any(|of| usize::from(*of) == *item));
        for item in items {
            match self.item(&row.parts, item, many, number) {
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
        let width = self.pack().ledger(self.ground.sheet.rows).fields.len();
        let mut values = vec![Value::Null; width];
        for (field, given) in &part.values {
            if let (Some(slot), Some(value)) = (values.get_mut(usize::from(field.0)), given.value()) {
                *slot = value.clone();
            }
        }
        name_of(self.pack(), self.ground.sheet.rows, &values)
    }

    /// The records of one item of a row, settled in order.
    fn item(
        &mut self,
        parts: &[Part],
        item: usize,
        many: Option<usize>,
        number: u32,
    ) -> Result<(Vec<Telling>, Vec<RowFault>), Vec<RowFault>> {
        let mut settled: Vec<Option<usize>> = vec![None; self.ground.nodes.len()];
        let (mut tellings, mut remarks, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        let mut placeless = false;
        for node in self.order.clone() {
            let several = many == Some(node);
            let part = parts.iter().find(|part| {
                usize::from(part.path) == node && usize::from(part.item) == if several { item } else { 0 }
            });
            let fields = self.pack().ledger(self.ground.nodes[node].ledger).fields.len();
            let mut told: Vec<Option<Value>> = vec![None; fields];
            for (field, given) in part.into_iter().flat_map(|part| &part.values) {
                if let Some(slot) = told.get_mut(usize::from(field.0)) {
                    *slot = Some(match given {
                        Given::Value(value) => value.clone(),
                        Given::Clear => Value::Null,
                    });
                }
            }
            if node != 0 && told.iter().all(Option::is_none) {
                continue;
            }
            self.link(node, &settled, &mut told);
            match self.settle_node(node, &told, number) {
                Ok(entry) => {
                    settled[node] = Some(entry);
                    let values = told
                        .into_iter()
                        .enumerate()
                        .filter_map(|(at, value)| Some((FieldIx(u16::try_from(at).ok()?), value?)));
                    let values: Vec<_> = values.collect();
                    match self.against(node, entry, &values, number) {
                        Ok(remark) => {
                            remarks.extend(remark);
                            tellings.push(Telling { entry, values });
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
    fn is_placeless(&mut self, node: usize, told: &[Option<Value>]) -> bool {
        let pack = self.ground.actor.pack();
        let Some(owner) = pack.ledger(self.ground.nodes[node].ledger).of else { return false };
        let without = told[usize::from(owner.field.0)].is_none() && pack.ledger(owner.ledger).area.is_some();
        if without {
            self.place = Some(owner.ledger);
        }
        without
    }

    /// References to the records beside it, and to its owner.
    fn link(&mut self, node: usize, settled: &[Option<usize>], told: &mut [Option<Value>]) {
        let pack = self.ground.actor.pack();
        for (other, found) in settled.iter().enumerate() {
            if let (Some((parent, field)), Some(entry)) = (self.ground.nodes[other].from, found)
                && parent == node
            {
                told[usize::from(field.0)] = Some(Value::Id(self.entries[*entry].id));
            }
        }
        let Some(owner) = pack.ledger(self.ground.nodes[node].ledger).of else { return };
        let slot = usize::from(owner.field.0);
        if told[slot].is_some() {
            return;
        }
        let beside = owner_beside(pack, &self.ground.nodes, node).and_then(|other| settled[other]);
        let place = self.ground.places.get(&owner.ledger).map(|record| record.id);
        told[slot] = beside.map(|entry| self.entries[entry].id).or(place).map(Value::Id);
    }

    /// The record that a node speaks of: one that is there, one that an earlier row speaks of, or a new one.
    fn settle_node(&mut self, node: usize, told: &[Option<Value>], number: u32) -> Result<usize, Box<RowFault>> {
        let ledger = self.ground.nodes[node].ledger;
        let values: Vec<Value> = told.iter().map(|value| value.clone().unwrap_or_default()).collect();
        let known = &self.ground.known[&ledger];
        let key = known.key(&values);
        if let Some(at) = known.find(&values) {
            let record = known.records[at].clone();
            if let Some(entry) = self.by_record.get(&(ledger, record.id)) {
                return Ok(*entry);
            }
            self.by_record.insert((ledger, record.id), self.entries.len());
            return Ok(self.enter(node, record.id, Some(record)));
        }
        if let Some((identity, key)) = &key
            && let Some(entry) = self.by_key.get(&(ledger, *identity, key.clone()))
        {
            return Ok(*entry);
        }
        if !self.ground.nodes[node].makes {
            return Err(Box::new(self.unknown(node, &values, number)));
        }
        if node != 0 && key.is_none() {
            return Err(Box::new(self.keyless(node, number)));
        }
        let id = (self.ground.ids)();
        if let Some((identity, key)) = key {
            self.by_key.insert((ledger, identity, key), self.entries.len());
        }
        Ok(self.enter(node, id, None))
    }

    fn enter(&mut self, node: usize, id: Uuid, before: Option<Record>) -> usize {
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
            faulty: false,
            taken: false,
        });
        self.entries.len() - 1
    }

    /// What a row says beside what is there, or what another row said.
    fn against(
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
            let column = self.column(node, *field);
            if !self.ground.nodes[node].makes && stands != value && *value != Value::Null {
                // What must be there is only compared: a slip of the pen is remarked, not written.
                if *stands == Value::Null {
                    continue;
                }
                let problem = Problem::new(Code::OtherThanThere, words(value), [words(stands)]);
                let at = problem.at(definition.field(*field).id.as_str(), &definition.field(*field).title);
                return Ok(Some(RowFault { warning: true, ..fault(number, column, FaultKind::Other, at) }));
            }
            if let Some(first) = known.told[slot].filter(|_| stands != value) {
                let problem = Problem::new(Code::RowsDiffer, words(value), [first.to_string(), words(stands)]);
                let at = problem.at(definition.field(*field).id.as_str(), &definition.field(*field).title);
                return Err(Box::new(fault(number, column, FaultKind::Other, at)));
            }
            let is_owner = definition.of.is_some_and(|owner| owner.field == *field);
            if node == 0 && is_owner && known.before.as_ref().is_some_and(|before| before.values[slot] != *value) {
                let problem =
                    Problem::new(Code::BelongsElsewhere, name_of(self.pack(), known.ledger, &known.values), []);
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

    fn tell(&mut self, telling: Telling, at: usize, number: u32, line: &mut RowLine) {
        let makes = self.ground.nodes[self.entries[telling.entry].node].makes;
        let entry = &mut self.entries[telling.entry];
        for (field, value) in telling.values.into_iter().filter(|_| makes) {
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
    fn column(&self, node: usize, field: FieldIx) -> Option<u32> {
        let path = u16::try_from(node).ok()?;
        self.ground.recognised.column_of(path, field).map(|column| column.column)
    }

    fn unknown(&self, node: usize, values: &[Value], number: u32) -> RowFault {
        let ledger = self.ground.nodes[node].ledger;
        let definition = self.pack().ledger(ledger);
        let own = |at: &usize| values[*at] != Value::Null && !matches!(definition.fields[*at].kind, Kind::Ref { .. });
        let lead = self.ground.known[&ledger].lead(values);
        let first = (0..values.len()).find(own).and_then(|at| u16::try_from(at).ok().map(FieldIx));
        let field = lead.or(first).unwrap_or(FieldIx(0));
        let words = kind::plain(&values[usize::from(field.0)]);
        let problem = Problem::new(Code::NoSuchRecord, words, [definition.title.zh.clone()]);
        let at = problem.at(definition.field(field).id.as_str(), &definition.field(field).title);
        fault(number, self.column(node, field), FaultKind::UnknownReference, at)
    }

    /// A record without anything to know it by.
    fn keyless(&self, node: usize, number: u32) -> RowFault {
        let ledger = self.ground.nodes[node].ledger;
        let definition = self.pack().ledger(ledger);
        let lead = self.ground.known[&ledger].identities.first().and_then(|identity| identity.fields.last().copied());
        let field = lead.unwrap_or(FieldIx(0));
        let problem = Problem::new(Code::Required, "", []);
        let at = problem.at(definition.field(field).id.as_str(), &definition.field(field).title);
        fault(number, self.column(node, field), FaultKind::MissingKey, at)
    }
}

fn fault(row: u32, column: Option<u32>, kind: FaultKind, fault: Fault) -> RowFault {
    RowFault { row, column, kind, fault, warning: false, group: None, item: None }
}

impl Planner<'_> {
    /// Fills what no column tells, checks every record, and lets what hangs together stand or fall together.
    fn settle(mut self, mut lines: Vec<RowLine>) -> DryRun {
        self.fill();
        self.check(&mut lines);
        self.keep_groups_out(&mut lines);
        loop {
            let held = self.hold(&mut lines);
            if !held && !self.exactly(&mut lines) {
                break;
            }
        }
        self.name_states(&mut lines);
        self.finish(lines)
    }

    /// What is told for all rows, and codes of places that are made.
    fn fill(&mut self) {
        for at in 0..self.entries.len() {
            if self.entries[at].before.is_some() || self.entries[at].rows.is_empty() {
                continue;
            }
            let (node, ledger) = (self.entries[at].node, self.entries[at].ledger);
            let width = self.entries[at].values.len();
            for field in (0..u16::try_from(width).unwrap_or(u16::MAX)).map(FieldIx) {
                if self.entries[at].values[usize::from(field.0)] == Value::Null
                    && let Some(value) = self.ground.given.get(&(node, field))
                {
                    self.entries[at].values[usize::from(field.0)] = value.clone();
                }
            }
            for default in self.ground.sheet.defaults.iter().filter(|default| usize::from(default.path) == node) {
                let slot = usize::from(default.field.0);
                if self.entries[at].values[slot] == Value::Null {
                    self.entries[at].values[slot] = self.default_value(at, &default.value, default.field);
                }
            }
            let own_area = self.pack().ledger(ledger).area;
            if let Some(field) = own_area.filter(|field| self.entries[at].values[usize::from(field.0)] == Value::Null) {
                self.entries[at].values[usize::from(field.0)] = self.next_code(at, ledger).unwrap_or_default();
            }
        }
    }

    /// What the sheet's definition gives a new record where nothing is said.
    fn default_value(&self, entry: usize, default: &DefaultValue, field: FieldIx) -> Value {
        let entry = &self.entries[entry];
        match default {
            DefaultValue::Text(text) => {
                let kind = &self.pack().ledger(entry.ledger).field(field).kind;
                kind::parse(self.pack(), kind, text).unwrap_or_default()
            }
            DefaultValue::Latest(places) => {
                let rows: Vec<usize> = entry.rows.clone();
                let beside = self.entries.iter().filter(|other| other.rows.iter().any(|row| rows.contains(row)));
                let days = beside.flat_map(|other| {
                    places.iter().filter(|(path, _)| usize::from(*path) == other.node).filter_map(|(_, field)| {
                        match other.values[usize::from(field.0)] {
                            Value::Date(day) => Some(day),
                            _ => None,
                        }
                    })
                });
                days.max().map_or(Value::Null, Value::Date)
            }
        }
    }

    /// The first free code of the next level below the owner's place.
    fn next_code(&mut self, entry: usize, ledger: LedgerIx) -> Option<Value> {
        let pack = self.ground.actor.pack();
        let (owner, field) = pack.ledger(ledger).of.zip(pack.ledger(ledger).area)?;
        let Kind::Area { level } = pack.ledger(ledger).field(field).kind else { return None };
        let Value::Id(id) = self.entries[entry].values[usize::from(owner.field.0)] else { return None };
        let above = match self.ground.places.get(&owner.ledger).filter(|record| record.id == id) {
            Some(record) => record.area.to_string(),
            None => {
                let known = self.ground.known.get(&owner.ledger)?;
                known.records.iter().find(|record| record.id == id)?.area.to_string()
            }
        };
        let digits = level.digits().checked_sub(above.len())?;
        let areas = self.ground.actor.areas();
        let used = self.codes.entry(above.clone()).or_insert_with(|| {
            let within = areas.within(&above, level).filter_map(|area| area.code.get(above.len()..)?.parse().ok());
            within.max().unwrap_or(0)
        });
        *used += 1;
        let code = format!("{above}{used:0digits$}");
        (code.len() == level.digits()).then(|| Value::Text(code.into()))
    }

    /// Every record by the rules of its ledger.
    fn check(&mut self, lines: &mut [RowLine]) {
        let pack = self.ground.actor.pack();
        for at in 0..self.entries.len() {
            let entry = &self.entries[at];
            if entry.rows.is_empty() || !entry.is_changed() || !self.ground.nodes[entry.node].makes {
                continue;
            }
            let Err(faults) = validate_values(pack, entry.ledger, entry.id, entry.values.clone(), self.ground.today)
            else {
                continue;
            };
            let (node, ledger, rows, told) = (entry.node, entry.ledger, entry.rows.clone(), entry.told.clone());
            self.entries[at].faulty = true;
            for fault in faults {
                self.place_fault(fault, (node, ledger), &rows, &told, lines);
            }
        }
    }

    /// A fault of a record at the row and column that told it; what no column tells is asked for all rows.
    fn place_fault(
        &mut self,
        what: Fault,
        (node, ledger): (usize, LedgerIx),
        rows: &[usize],
        told: &[Option<u32>],
        lines: &mut [RowLine],
    ) {
        let definition = self.pack().ledger(ledger);
        let Some(field) = definition.field_by_id(&what.path) else {
            if let Some(line) = rows.first().and_then(|row| lines.get_mut(*row)) {
                line.faults.push(fault(line.number, None, FaultKind::Other, what));
            }
            return;
        };
        let column = self.column(node, field);
        let is_owner = definition.of.is_some_and(|owner| owner.field == field);
        if what.code == Code::Required && is_owner && column.is_none() {
            self.place = definition.of.map(|owner| owner.ledger);
            return;
        }
        if what.code == Code::Required && column.is_none() {
            let path = &self.ground.nodes[node].path;
            let id = &definition.field(field).id;
            let key = if path.is_empty() { id.clone() } else { format!("{path}.{id}") };
            match self.missing.iter_mut().find(|missing| missing.key == key) {
                Some(missing) => missing.rows += rows.len(),
                None => self.missing.push(Missing { key, ledger, field, rows: rows.len() }),
            }
            return;
        }
        let teller = told.get(usize::from(field.0)).copied().flatten();
        let at = rows.iter().find(|row| teller.is_some() && lines.get(**row).map(|line| line.number) == teller);
        if let Some(line) = at.or(rows.first()).and_then(|row| lines.get_mut(*row)) {
            let kind = match what.code {
                Code::Required => FaultKind::Required,
                Code::TooLate => FaultKind::DateInFuture,
                _ => FaultKind::Other,
            };
            line.faults.push(fault(line.number, column, kind, what));
        }
    }

    /// A fault that keeps a whole group out keeps out every row of it.
    fn keep_groups_out(&mut self, lines: &mut [RowLine]) {
        let groups: Vec<Box<str>> = lines
            .iter()
            .flat_map(|line| &line.faults)
            .filter(|fault| !fault.warning)
            .filter_map(|fault| fault.group.clone())
            .collect();
        if groups.is_empty() {
            return;
        }
        let pers: Vec<usize> = self.ground.sheet.exactly.iter().map(|law| usize::from(law.per)).collect();
        for entry in &mut self.entries {
            let named =
                |value: &Value| matches!(value, Value::Text(text) if groups.iter().any(|group| **group == **text));
            if pers.contains(&entry.node) && entry.values.iter().any(named) {
                entry.faulty = true;
            }
        }
    }

    /// Rows with a faulty record do not stand; tells whether another row fell.
    fn hold(&mut self, lines: &mut [RowLine]) -> bool {
        let many = self.ground.sheet.many.is_some();
        let mut fell = false;
        for line in lines.iter_mut() {
            let faulty = line.faults.iter().any(|fault| !fault.warning);
            let hangs = line.entries.iter().any(|entry| self.entries[*entry].faulty);
            let next = match line.state {
                RowState::Same if faulty && !many => RowState::Faulty,
                RowState::Same if hangs && faulty => RowState::Faulty,
                RowState::Same if hangs => RowState::Held,
                other => other,
            };
            fell |= next != line.state;
            line.state = next;
        }
        fell
    }

    /// A new record that must have exactly one of its rows has it among the rows that stand; tells whether another group fell.
    fn exactly(&mut self, lines: &mut [RowLine]) -> bool {
        let pack = self.ground.actor.pack();
        let mut fell = false;
        for law in &self.ground.sheet.exactly {
            let mut counted: HashMap<usize, usize> = HashMap::new();
            for line in lines.iter() {
                let per = line.entries.iter().find(|entry| self.entries[**entry].node == usize::from(law.per));
                let Some(per) = per.filter(|per| self.entries[**per].before.is_none()) else { continue };
                let count = counted.entry(*per).or_insert(0);
                let own = line.entries.iter().find(|entry| self.entries[**entry].node == 0);
                let Some(own) = own.filter(|_| line.state == RowState::Same) else { continue };
                let entry = &self.entries[*own];
                let record = Record { id: entry.id, version: 1, area: Box::default(), values: entry.values.clone() };
                let holds = eval::holds(pack, &law.one, &record, &|_, _| None, self.ground.today);
                *count += usize::from(holds == Some(true));
            }
            for (entry, count) in counted {
                if count != 1 && !self.entries[entry].faulty {
                    self.entries[entry].faulty = true;
                    fell = true;
                }
            }
        }
        if fell {
            self.hold(lines);
        }
        fell
    }

    fn name_states(&mut self, lines: &mut [RowLine]) {
        for line in lines.iter_mut().filter(|line| line.state == RowState::Same) {
            for entry in &line.entries {
                self.entries[*entry].taken = true;
            }
        }
        for line in lines.iter_mut().filter(|line| line.state == RowState::Same && !line.entries.is_empty()) {
            let own = |entry: &&usize| self.entries[**entry].node == 0;
            let told = |entry: &usize| {
                let entry = &self.entries[*entry];
                entry.is_written() && entry.told.contains(&Some(line.number))
            };
            let made = line
                .entries
                .iter()
                .filter(own)
                .any(|entry| self.entries[*entry].before.is_none() && self.entries[*entry].is_written());
            line.state = if made {
                RowState::New
            } else if line.entries.iter().any(told) {
                RowState::Changed
            } else {
                RowState::Same
            };
        }
    }

    fn finish(mut self, lines: Vec<RowLine>) -> DryRun {
        let pack = self.ground.actor.pack();
        let (mut writes, mut of_rows) = (Vec::new(), Vec::new());
        let mut made: Vec<(LedgerIx, usize, usize)> = Vec::new();
        for node in &self.order {
            for entry in self.entries.iter().filter(|entry| entry.node == *node && entry.is_written()) {
                let Ok(valid) = validate_values(pack, entry.ledger, entry.id, entry.values.clone(), self.ground.today)
                else {
                    continue;
                };
                let at = match made.iter().position(|(ledger, ..)| *ledger == entry.ledger) {
                    Some(at) => at,
                    None => {
                        made.push((entry.ledger, 0, 0));
                        made.len() - 1
                    }
                };
                writes.push(match &entry.before {
                    None => {
                        made[at].1 += 1;
                        Write::Insert(valid)
                    }
                    Some(before) => {
                        made[at].2 += 1;
                        Write::Update { valid, expected_version: before.version }
                    }
                });
                let row = entry.rows.iter().find_map(|row| lines.get(*row)).map_or(0, |line| line.number);
                of_rows.push(row);
            }
        }
        DryRun {
            rows: lines,
            ignored: Vec::new(),
            missing: std::mem::take(&mut self.missing),
            place: self.place,
            made,
            entries: self.entries,
            writes,
            of_rows,
        }
    }
}
