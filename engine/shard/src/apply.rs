//! One change at a time: microseconds, and the same shard that a load would give.

use std::ops::Range;
use std::sync::Arc;

use anju_pack::LedgerIx;
use anju_record::{Change, Record};
use uuid::Uuid;

use crate::error::ShardError;
use crate::ids::NOWHERE;
use crate::shape::{ColumnKind, Shape};
use crate::shard::Shard;
use crate::table::{Column, INHERITS, Row, Table, slack, target};

impl Shard {
    /// Takes in what the journal says happened, in its order. Within a batch a record may come before its owner.
    ///
    /// # Errors
    /// A record that cannot be kept or is not there; the shard must then be loaded again.
    pub fn apply(&mut self, changes: &[Change]) -> Result<(), ShardError> {
        let touched: std::collections::BTreeSet<LedgerIx> = changes.iter().map(|change| change.ledger).collect();
        touched.into_iter().for_each(|ledger| self.derived.forget(&self.shape, ledger));
        changes.iter().try_for_each(|change| self.apply_one(change))
    }

    fn apply_one(&mut self, change: &Change) -> Result<(), ShardError> {
        let shape = Arc::clone(&self.shape);
        if shape.exemption.is_some_and(|exemption| exemption.ledger == change.ledger) {
            self.exemptions.retain(|exemption| exemption.id != change.id.as_u128());
            let after = change.after.as_ref().and_then(|record| self.exemption_of(record));
            self.exemptions.extend(after);
            self.exemptions.sort_unstable();
        }
        let Some(ledger) = shape.ledger(change.ledger) else { return Ok(()) };
        if ledger.keeps_ids { self.apply_found(&shape, change) } else { self.apply_by_value(&shape, change) }
    }

    fn read(&mut self, ledger: LedgerIx, record: &Record) -> Result<Row, ShardError> {
        self.encode(ledger, record, |shard, area| shard.intern_area(area))
    }

    fn intern_area(&mut self, code: &str) -> u32 {
        let at = match self.areas.binary_search_by(|known| (**known).cmp(code)) {
            Ok(at) => return crate::ids::row_number(at),
            Err(at) => at,
        };
        Arc::make_mut(&mut self.areas).insert(at, code.into());
        self.derived.forget_places();
        let at = crate::ids::row_number(at);
        let known = self.tables.iter_mut().flatten().filter_map(|table| table.areas.as_mut()).flatten();
        known.filter(|area| **area != INHERITS && **area >= at).for_each(|area| *area += 1);
        at
    }

    fn apply_by_value(&mut self, shape: &Shape, change: &Change) -> Result<(), ShardError> {
        if let Some(before) = &change.before {
            let row = self.read(change.ledger, before)?;
            let (at, found) = self.seek(shape, change.ledger, &row);
            if !found {
                return Err(unknown(shape, change.ledger, change.id));
            }
            self.delete_row(shape, change.ledger, at);
        }
        if let Some(after) = &change.after {
            let row = self.read(change.ledger, after)?;
            let (at, _) = self.seek(shape, change.ledger, &row);
            self.insert_row(shape, change.ledger, at, &row);
        }
        Ok(())
    }

    fn apply_found(&mut self, shape: &Shape, change: &Change) -> Result<(), ShardError> {
        let at = self.row_of(change.ledger, change.id);
        match (at, &change.after) {
            (None, None) => Err(unknown(shape, change.ledger, change.id)),
            (Some(at), None) => {
                self.delete_row(shape, change.ledger, at);
                Ok(())
            }
            (None, Some(after)) => {
                let row = self.read(change.ledger, after)?;
                let (at, _) = self.seek(shape, change.ledger, &row);
                self.insert_row(shape, change.ledger, at, &row);
                Ok(())
            }
            (Some(at), Some(after)) => {
                let row = self.read(change.ledger, after)?;
                self.update_row(shape, change.ledger, at, &row);
                Ok(())
            }
        }
    }

    fn held(&self, ledger: LedgerIx) -> &Table {
        self.tables[usize::from(ledger.0)].as_ref().expect("a ledger of the shape has a table")
    }

    fn held_mut(&mut self, ledger: LedgerIx) -> &mut Table {
        self.tables[usize::from(ledger.0)].as_mut().expect("a ledger of the shape has a table")
    }

    fn owner_of(&self, shape: &Shape, ledger: LedgerIx, row: &Row) -> Option<usize> {
        let (owner, _) = shape.ledger(ledger)?.owner?;
        self.table(owner)?.ids()?.find(row.owner)
    }

    /// Where a row stands or would stand, and whether one exactly like it (by id, or by value) stands there.
    fn seek(&self, shape: &Shape, ledger: LedgerIx, row: &Row) -> (usize, bool) {
        let table = self.held(ledger);
        let Some(described) = shape.ledger(ledger) else { return (0, false) };
        let run = match (described.owner, self.owner_of(shape, ledger, row)) {
            (None, _) => 0..table.rows,
            (Some(_), Some(owner)) => table.offsets[owner] as usize..table.offsets[owner + 1] as usize,
            (Some(_), None) => {
                let end = table.owned_end();
                let first = table.orphans.partition_point(|owner| *owner < row.owner);
                let last = table.orphans.partition_point(|owner| *owner <= row.owner);
                end + first..end + last
            }
        };
        let (mut low, mut high) = (run.start, run.end);
        while low < high {
            let middle = usize::midpoint(low, high);
            if table.order(described, row, middle).is_gt() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low, low < run.end && table.order(described, row, low).is_eq())
    }

    fn targets(&self, shape: &Shape, ledger: LedgerIx, row: &Row) -> Vec<u32> {
        let columns = shape.ledger(ledger).map_or(&[][..], |ledger| &ledger.columns);
        columns
            .iter()
            .zip(&row.cells)
            .map(|(column, cell)| match column.kind {
                ColumnKind::Ref(Some(to)) => target(self.table(to).and_then(Table::ids), *cell),
                _ => NOWHERE,
            })
            .collect()
    }

    fn for_referrers(&mut self, shape: &Shape, ledger: LedgerIx, mut with: impl FnMut(&mut crate::ids::Refs)) {
        for (referrer, column) in shape.ledger(ledger).map_or(&[][..], |ledger| &ledger.referrers) {
            if let Some(Column::Refs(refs)) = self.held_mut(*referrer).columns.get_mut(*column) {
                with(refs);
            }
        }
    }

    fn insert_row(&mut self, shape: &Shape, ledger: LedgerIx, at: usize, row: &Row) {
        let Some(described) = shape.ledger(ledger) else { return };
        let owner = self.owner_of(shape, ledger, row);
        let targets = self.targets(shape, ledger, row);
        let table = self.held_mut(ledger);
        table.insert(at, row, &targets);
        if let Some((start, _)) = described.period {
            table.latest_start = table.latest_start.max(row.cells[start].int().unwrap_or(i64::MIN));
        }
        if described.owner.is_some() {
            table.join(at, owner, row.owner);
        }
        self.for_referrers(shape, ledger, |refs| refs.target_inserted(at, row.id));
        for child in &described.children {
            let table = self.held_mut(*child);
            slack(&mut table.offsets);
            table.offsets.insert(at, table.offsets[at]);
            let first = table.orphans.partition_point(|owner| *owner < row.id);
            let last = table.orphans.partition_point(|owner| *owner <= row.id);
            let (end, to) = (table.owned_end(), table.offsets[at] as usize);
            self.move_rows(shape, *child, end + first..end + last, to);
            let table = self.held_mut(*child);
            if first == last {
                // A new record mostly owns nothing yet; going through all offsets for it makes large batches slow.
                continue;
            }
            table.orphans.drain(first..last);
            let adopted = crate::ids::row_number(last - first);
            table.offsets[at + 1..].iter_mut().for_each(|offset| *offset += adopted);
        }
    }

    fn delete_row(&mut self, shape: &Shape, ledger: LedgerIx, at: usize) {
        let Some(described) = shape.ledger(ledger) else { return };
        let id = self.held(ledger).ids.as_ref().map_or(0, |ids| ids.key(at));
        for child in &described.children {
            let table = self.held(*child);
            let run = table.offsets[at] as usize..table.offsets[at + 1] as usize;
            let first = table.orphans.partition_point(|owner| *owner < id);
            let to = table.owned_end() + first;
            let left = run.len();
            self.move_rows(shape, *child, run, to);
            let table = self.held_mut(*child);
            table.orphans.splice(first..first, std::iter::repeat_n(id, left));
            let left = crate::ids::row_number(left);
            table.offsets[at + 1..].iter_mut().for_each(|offset| *offset -= left);
            table.offsets.remove(at);
        }
        let table = self.held_mut(ledger);
        if described.owner.is_some() {
            table.leave(at);
        }
        table.remove(at);
        self.for_referrers(shape, ledger, |refs| refs.target_removed(at));
    }

    fn update_row(&mut self, shape: &Shape, ledger: LedgerIx, at: usize, row: &Row) {
        let Some(described) = shape.ledger(ledger) else { return };
        let table = self.held(ledger);
        let standing = table.row(at);
        let owner = described.owner.map_or(0, |(owner, _)| self.owner_key(table, owner, at).unwrap_or(0));
        let (to, _) = self.seek(shape, ledger, row);
        let stays = owner == row.owner
            && (described.owner.is_some() || standing.area == row.area)
            && described.sort.iter().all(|&column| standing.cells[column] == row.cells[column]);
        let mut at = at;
        if !stays {
            let new_owner = self.owner_of(shape, ledger, row);
            // Where the rows lie and whose they are change together; a move is counted in rows as they lay before it.
            if described.owner.is_some() {
                self.held_mut(ledger).leave(at);
            }
            self.move_rows(shape, ledger, at..at + 1, to);
            at = if to > at { to - 1 } else { to };
            if described.owner.is_some() {
                self.held_mut(ledger).join(at, new_owner, row.owner);
            }
        }
        let targets = self.targets(shape, ledger, row);
        let table = self.held_mut(ledger);
        table.set(at, row, &targets);
        if let Some((start, _)) = described.period {
            table.latest_start = table.latest_start.max(row.cells[start].int().unwrap_or(i64::MIN));
        }
    }

    /// Moves rows, and all that they own, before the row `to`. Whose the rows are is the caller's to settle.
    fn move_rows(&mut self, shape: &Shape, ledger: LedgerIx, from: Range<usize>, to: usize) {
        if from.is_empty() || (from.start..=from.end).contains(&to) {
            return;
        }
        let Some(described) = shape.ledger(ledger) else { return };
        for child in &described.children {
            let offsets = &self.held(*child).offsets;
            let run = offsets[from.start] as usize..offsets[from.end] as usize;
            let before = offsets[to] as usize;
            self.move_rows(shape, *child, run, before);
            let table = self.held_mut(*child);
            let (low, high) = (from.start.min(to), from.end.max(to));
            let mut lengths: Vec<u32> =
                table.offsets[low..=high].array_windows().map(|[start, end]| end - start).collect();
            crate::ints::rotate(&mut lengths, from.start - low..from.end - low, to - low);
            let mut end = table.offsets[low];
            for (offset, length) in table.offsets[low + 1..=high].iter_mut().zip(lengths) {
                end += length;
                *offset = end;
            }
        }
        let moved = self.held_mut(ledger).move_columns(from, to);
        self.for_referrers(shape, ledger, |refs| refs.targets_moved(&moved));
    }
}

impl Table {
    /// The row at `at` became its owner's. Its columns are already there.
    fn join(&mut self, at: usize, owner: Option<usize>, owner_id: u128) {
        match owner {
            // Never beyond the count of rows; wrapping lets it go many at a time.
            Some(owner) => {
                self.offsets[owner + 1..].iter_mut().for_each(|offset| *offset = offset.wrapping_add(1));
            }
            None => {
                let end = self.owned_end();
                self.orphans.insert(at - end, owner_id);
            }
        }
    }

    /// The row at `at` is no longer its owner's. Its columns are still there.
    fn leave(&mut self, at: usize) {
        match self.owner_row(at) {
            Some(owner) => self.offsets[owner + 1..].iter_mut().for_each(|offset| *offset -= 1),
            None => {
                let end = self.owned_end();
                self.orphans.remove(at - end);
            }
        }
    }
}

fn unknown(shape: &Shape, ledger: LedgerIx, id: Uuid) -> ShardError {
    ShardError::Unknown { ledger: shape.ledger(ledger).map_or_else(String::new, |ledger| ledger.id.clone()), id }
}
