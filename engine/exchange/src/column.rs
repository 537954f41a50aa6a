//! A field as a column fills it.

use anju_pack::{Field, Pack, Sheet};

use crate::book::Grid;
use crate::heading::keys;
use crate::measure::{Measure, above};
use crate::recognise::{Recognised, Target};

/// What is known of a field that a column fills, once for all its cells.
pub(crate) struct Column<'p> {
    /// The field.
    pub field: &'p Field,
    /// What its numbers are measured in.
    pub measure: Measure,
    /// What it names.
    pub names: Names,
}

/// What a column names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// Nothing but the row itself.
    Nothing,
    /// Another record, which is on file.
    Record,
    /// The record that rows without it go on with.
    Group,
}

/// The columns of targets, which are given with where they stand.
pub(crate) fn columns<'p>(
    (pack, sheet): (&'p Pack, &Sheet),
    grid: &Grid,
    recognised: &Recognised,
    targets: impl Iterator<Item = (u32, Target)>,
) -> Vec<Column<'p>> {
    let above = above(&grid.rows, &recognised.header_rows);
    let column = |(at, target): (u32, Target)| {
        let field = pack.ledger(target.ledger).field(target.field);
        let above = recognised.joined.as_ref().filter(|joined| joined.holds(at)).map_or(above, |joined| joined.above);
        let read = recognised.columns.iter().find(|column| column.column == at);
        let measure = read.map_or(Measure::Own, |read| Measure::of(field, read, above));
        Column { field, measure, names: names(pack, sheet, target) }
    };
    targets.map(column).collect()
}

fn names(pack: &Pack, sheet: &Sheet, target: Target) -> Names {
    if sheet.carry.contains(&target.path) && keys(pack.ledger(target.ledger)).any(|key| key == target.field) {
        return Names::Group;
    }
    let is_sought = target.path != 0 && !sheet.makes.contains(&target.ledger);
    match is_sought && pack.naming_fields(target.ledger).contains(&target.field) {
        true => Names::Record,
        false => Names::Nothing,
    }
}
