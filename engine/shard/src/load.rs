//! From rows to columns, all at once.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use anju_pack::LedgerIx;
use anju_record::Record;
use uuid::Uuid;

use crate::bits::Bits;
use crate::error::ShardError;
use crate::ids::{Ids, NOWHERE, Refs, row_number};
use crate::ints::Ints;
use crate::shape::{ColumnKind, LedgerShape, Shape};
use crate::shard::{Derived, Shard};
use crate::table::{Cell, Column, INHERITS, Row, Table, reference, target};
use crate::text::Dictionary;

impl Shard {
    /// Builds the shard of a county from its records, in any order.
    ///
    /// # Errors
    /// The first record that cannot be kept, by name.
    pub fn load(
        shape: &Arc<Shape>,
        county: &str,
        records: impl IntoIterator<Item = (LedgerIx, Record)>,
    ) -> Result<Self, ShardError> {
        let mut shard = Self {
            shape: Arc::clone(shape),
            county: county.into(),
            areas: Arc::default(),
            texts: Dictionary::default(),
            tables: Vec::new(),
            exemptions: Vec::new(),
            derived: Derived::new(shape.ledgers.len(), shape.matches.len()),
        };
        let mut staged: Vec<Vec<Row>> = vec![Vec::new(); shape.ledgers.len()];
        let mut places: HashMap<Box<str>, u32> = HashMap::from([(county.into(), 0)]);
        for (ledger, record) in records {
            if shape.exemption.is_some_and(|exemption| exemption.ledger == ledger) {
                shard.exemptions.extend(shard.exemption_of(&record));
            }
            if shape.ledger(ledger).is_some() {
                let row = shard.encode(ledger, &record, |_, area| place(&mut places, area))?;
                staged[usize::from(ledger.0)].push(row);
            }
        }
        shard.exemptions.sort_unstable();
        shard.settle_areas(places, &mut staged);
        for (at, rows) in staged.into_iter().enumerate() {
            let table = match &shape.ledgers[at] {
                Some(ledger) => Some(build(&shard, ledger, rows)?),
                None => None,
            };
            shard.tables.push(table);
        }
        shard.resolve_refs();
        Ok(shard)
    }

    fn settle_areas(&mut self, places: HashMap<Box<str>, u32>, staged: &mut [Vec<Row>]) {
        let mut sorted: Vec<(Box<str>, u32)> = places.into_iter().collect();
        sorted.sort_unstable();
        let mut numbers = vec![0; sorted.len()];
        sorted.iter().enumerate().for_each(|(at, (_, number))| numbers[*number as usize] = row_number(at));
        let own = staged.iter_mut().flatten().filter(|row| row.area != INHERITS);
        own.for_each(|row| row.area = numbers[row.area as usize]);
        self.areas = Arc::new(sorted.into_iter().map(|(code, _)| code).collect());
    }

    fn resolve_refs(&mut self) {
        let shape = Arc::clone(&self.shape);
        for (at, ledger) in shape.ledgers.iter().enumerate() {
            let Some(ledger) = ledger else { continue };
            for (column, described) in ledger.columns.iter().enumerate() {
                let ColumnKind::Ref(Some(to)) = described.kind else { continue };
                let Some(Column::Refs(refs)) = self.tables[at].as_ref().map(|table| &table.columns[column]) else {
                    continue;
                };
                let ids = self.table(to).and_then(Table::ids);
                let rows =
                    refs.ids.iter().map(|id| if *id == 0 { NOWHERE } else { target(ids, Cell::Id(*id)) }).collect();
                if let Some(Column::Refs(refs)) = self.tables[at].as_mut().map(|table| &mut table.columns[column]) {
                    refs.rows = rows;
                }
            }
        }
    }
}

fn place(places: &mut HashMap<Box<str>, u32>, code: &str) -> u32 {
    if let Some(number) = places.get(code) {
        return *number;
    }
    let number = row_number(places.len());
    places.insert(code.into(), number);
    number
}

/// Orders two rows of the same owner.
fn compare(shape: &LedgerShape, left: &Row, right: &Row) -> Ordering {
    let place = if shape.owner.is_none() { left.area.cmp(&right.area) } else { Ordering::Equal };
    place
        .then_with(|| {
            shape.sort.iter().fold(Ordering::Equal, |order, &column| {
                order.then_with(|| later(right.cells[column]).cmp(&later(left.cells[column])))
            })
        })
        .then_with(|| if shape.keeps_ids { left.id.cmp(&right.id) } else { left.cells.cmp(&right.cells) })
}

const fn later(cell: Cell) -> i64 {
    match cell {
        Cell::Int(value) => value,
        _ => i64::MAX,
    }
}

fn build(shard: &Shard, shape: &LedgerShape, rows: Vec<Row>) -> Result<Table, ShardError> {
    if rows.len() >= NOWHERE as usize {
        return Err(ShardError::TooMany { ledger: shape.id.clone() });
    }
    let owner = shape.owner.and_then(|(owner, _)| shard.table(owner));
    let owner_ids = owner.and_then(Table::ids);
    let mut order: Vec<(u32, u32)> = (0u32..)
        .zip(&rows)
        .map(|(at, row)| (owner_ids.and_then(|ids| ids.find(row.owner)).map_or(NOWHERE, row_number), at))
        .collect();
    order.sort_unstable_by(|left, right| {
        let (one, other) = (&rows[left.1 as usize], &rows[right.1 as usize]);
        let orphan = || if left.0 == NOWHERE { one.owner.cmp(&other.owner) } else { Ordering::Equal };
        left.0.cmp(&right.0).then_with(orphan).then_with(|| compare(shape, one, other))
    });
    let sorted = || order.iter().map(|(_, at)| &rows[*at as usize]);
    let mut table = Table { rows: rows.len(), latest_start: i64::MIN, ..Table::default() };
    if shape.keeps_ids {
        let ids: Vec<u128> = sorted().map(|row| row.id).collect();
        refuse_twins(shape, &ids)?;
        table.ids = Some(Ids::collect(&ids));
    }
    if shape.owner.is_none() || shape.area.is_some() {
        table.areas = Some(sorted().map(|row| row.area).collect());
    }
    if let Some(owner) = owner {
        let mut offsets = vec![0u32; owner.rows + 1];
        order.iter().filter(|(owner, _)| *owner != NOWHERE).for_each(|(owner, _)| offsets[*owner as usize + 1] += 1);
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        table.orphans =
            order.iter().filter(|(owner, _)| *owner == NOWHERE).map(|(_, at)| rows[*at as usize].owner).collect();
        table.offsets = offsets;
    }
    for (at, column) in shape.columns.iter().enumerate() {
        table.columns.push(fill(column.kind, || sorted().map(|row| row.cells[at])));
    }
    if let Some((start, _)) = shape.period {
        table.latest_start = rows.iter().filter_map(|row| row.cells[start].int()).max().unwrap_or(i64::MIN);
    }
    Ok(table)
}

fn fill<I: Iterator<Item = Cell>>(kind: ColumnKind, cells: impl Fn() -> I) -> Column {
    match kind {
        ColumnKind::Bool => {
            let (mut yes, mut known) = (Bits::zeros(0), Bits::zeros(0));
            for cell in cells() {
                yes.push(cell == Cell::Int(1));
                known.push(cell != Cell::Null);
            }
            yes.shrink();
            known.shrink();
            Column::Bools { yes, known }
        }
        ColumnKind::Ref(_) => {
            let ids: Vec<u128> = cells().map(reference).collect();
            Column::Refs(Refs { rows: vec![NOWHERE; ids.len()], ids })
        }
        _ => Column::Ints(Ints::collect(&cells().map(Cell::int).collect::<Vec<_>>())),
    }
}

fn refuse_twins(shape: &LedgerShape, ids: &[u128]) -> Result<(), ShardError> {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    match sorted.array_windows().find(|[left, right]| left == right) {
        Some([id, _]) => Err(ShardError::Twice { ledger: shape.id.clone(), id: Uuid::from_u128(*id) }),
        None => Ok(()),
    }
}
