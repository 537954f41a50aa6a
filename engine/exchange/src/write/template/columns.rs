//! The columns that a sheet is filled in with: what names the records referred to, and the fields of the row's own.

use anju_pack::{Field, FieldIx, Kind, LabelPart, Ledger, LedgerIx, Pack, Sheet, Text};

use super::sample::is_of_end;
use crate::heading::{joined, reference_title};

/// A column of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetColumn {
    /// 0 for the row's own ledger, else one more than the position in [`Sheet::paths`].
    pub path: u16,
    /// The ledger of that path.
    pub ledger: LedgerIx,
    /// The field.
    pub field: FieldIx,
    /// Its heading; no two of a sheet are the same.
    pub heading: Text,
    /// A row without it is not taken.
    pub required: bool,
}

/// The columns of a sheet, in the order in which people fill them in; the serial number before them is not among them.
pub fn sheet_columns(pack: &Pack, sheet: &Sheet) -> Vec<SheetColumn> {
    let mut columns = Columns { pack, sheet, taken: Vec::new() };
    // The row's own headings stand as they are; another ledger's of the same name would be read as these.
    let own: Vec<FieldIx> = columns.fillable(0);
    let own_titles: Vec<&Text> = own.iter().map(|field| &pack.ledger(sheet.rows).field(*field).title).collect();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    let paths = sheet.path_numbers().skip(1);
    let needed: Vec<u16> = if sheet.implicit { columns.needed() } else { paths.collect() };
    for path in needed {
        let direct = sheet.implicit || sheet.paths.get(usize::from(path) - 1).is_some_and(|path| path.from == 0);
        let (keys, needed) = columns.keys(path);
        for (nth, field) in keys.iter().enumerate() {
            let key = if nth < needed { Key::Needed } else { Key::Helps };
            let column = columns.column(path, *field, key, &own_titles);
            if direct { first.extend(column) } else { last.extend(column) }
        }
        for field in columns.more(path).into_iter().filter(|field| !keys.contains(field)) {
            last.extend(columns.column(path, field, Key::None, &own_titles));
        }
    }
    let row: Vec<SheetColumn> = own.into_iter().filter_map(|field| columns.column(0, field, Key::None, &[])).collect();
    first.into_iter().chain(row).chain(last).collect()
}

/// What a column is to the record that is found by it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    /// Nothing: it tells more of it.
    None,
    /// Nobody finds it without.
    Needed,
    /// It tells apart several that are called the same.
    Helps,
}

struct Columns<'a> {
    pack: &'a Pack,
    sheet: &'a Sheet,
    taken: Vec<Text>,
}

impl Columns<'_> {
    fn ledger(&self, path: u16) -> LedgerIx {
        self.sheet.ledger_of(path).unwrap_or(self.sheet.rows)
    }

    /// The column of a field; what only informs gives way to another column of the same heading. A key is told apart, and where it is of
    /// nobody whose the rows are, it says of whom.
    fn column(&mut self, path: u16, field: FieldIx, key: Key, own: &[&Text]) -> Option<SheetColumn> {
        let ledger = self.ledger(path);
        let found = self.pack.ledger(ledger).field(field);
        let mut heading = found.title.clone();
        let same = |one: &Text, other: &Text| one.zh == other.zh || one.en == other.en;
        let clashes = |heading: &Text| {
            own.iter().any(|title| same(title, heading)) || self.taken.iter().any(|title| same(title, heading))
        };
        let of_other = self.sheet.implicit && key != Key::None && !self.is_whose(path);
        if of_other || clashes(&heading) {
            let says_whose = key != Key::None || self.sheet.carry.contains(&path);
            let of = reference_title(self.pack, self.sheet, path).filter(|_| says_whose)?;
            heading = joined(of, &heading);
            if clashes(&heading) {
                return None;
            }
        }
        self.taken.push(heading.clone());
        let defaulted = self.sheet.defaults.iter().any(|default| default.path == path && default.field == field);
        let makes = path == 0 || self.sheet.makes.contains(&ledger);
        let required = !defaulted && if makes { found.required } else { key == Key::Needed && self.must(path) };
        Some(SheetColumn {
            path,
            ledger,
            field,
            heading,
            required: required && !is_told_otherwise(self.pack.ledger(ledger), field),
        })
    }

    /// Whether a path leads to whose the rows are: their owner, or the owner's.
    fn is_whose(&self, path: u16) -> bool {
        let Some(found) = usize::from(path).checked_sub(1).and_then(|at| self.sheet.paths.get(at)) else { return true };
        let owner = self.pack.ledger(self.ledger(found.from)).of.map(|owner| owner.field);
        found.fields.last().copied() == owner && self.is_whose(found.from)
    }

    /// Whether every reference along a path must be filled.
    fn must(&self, path: u16) -> bool {
        let Some(found) = usize::from(path).checked_sub(1).and_then(|at| self.sheet.paths.get(at)) else { return true };
        let field = found.fields.last().map(|field| self.pack.ledger(self.ledger(found.from)).field(*field));
        field.is_some_and(|field| field.required) && self.must(found.from)
    }

    /// The paths that a row's references are found by, and those that these need in turn.
    fn needed(&self) -> Vec<u16> {
        let mut paths: Vec<u16> = Vec::new();
        let direct = |at: &u16| self.sheet.paths.get(usize::from(*at) - 1).is_some_and(|path| path.from == 0);
        let mut waiting: Vec<u16> = self.sheet.path_numbers().skip(1).filter(direct).collect();
        waiting.reverse();
        while let Some(path) = waiting.pop() {
            if paths.contains(&path) {
                continue;
            }
            paths.push(path);
            let ledger = self.pack.ledger(self.ledger(path));
            for field in key_set(ledger).0.into_iter().rev() {
                if matches!(ledger.field(field).kind, Kind::Ref { .. }) {
                    waiting.extend(self.sheet.path_by_ref(path, field));
                }
            }
        }
        paths
    }

    /// What a record of a path is found by, without what it refers to, and how many of them are needed.
    fn keys(&self, path: u16) -> (Vec<FieldIx>, usize) {
        let ledger = self.pack.ledger(self.ledger(path));
        let (fields, is_name) = key_set(ledger);
        let fields: Vec<FieldIx> = fields.into_iter().filter(|field| is_written(&ledger.field(*field).kind)).collect();
        let needed = if is_name { fields.len() } else { 1 };
        (fields, needed)
    }

    /// What else is told of a record of a path: everything when the rows are grouped by it, else what sheets have a heading for.
    fn more(&self, path: u16) -> Vec<FieldIx> {
        let ledger = self.pack.ledger(self.ledger(path));
        if !self.sheet.makes.contains(&self.ledger(path)) {
            return Vec::new();
        }
        let grouped = self.sheet.carry.contains(&path);
        let told = |field: &FieldIx| {
            let found = ledger.field(*field);
            let defaulted = self.sheet.defaults.iter().any(|default| default.path == path && default.field == *field);
            let needed = found.required && !defaulted && !matches!(found.kind, Kind::Area { .. });
            !is_of_end(ledger, *field) && (grouped || needed || !found.aliases.is_empty() && !defaulted)
        };
        self.fillable(path).into_iter().filter(told).collect()
    }

    /// The fields of a path that a cell can hold.
    fn fillable(&self, path: u16) -> Vec<FieldIx> {
        let ix = self.ledger(path);
        let accounts = self.pack.account_fields();
        let fields = (0_u16..).zip(&self.pack.ledger(ix).fields);
        let held = |(at, field): (u16, &Field)| {
            let at = FieldIx(at);
            (is_written(&field.kind) && !accounts.contains(&(ix, at))).then_some(at)
        };
        fields.filter_map(held).collect()
    }
}

/// Whether people write it into a cell.
fn is_written(kind: &Kind) -> bool {
    !matches!(kind, Kind::Ref { .. } | Kind::Subject | Kind::Attachment)
}

/// Whether an ID number of the same ledger tells it as well.
fn is_told_otherwise(ledger: &Ledger, field: FieldIx) -> bool {
    let told = ledger.fields.iter().filter_map(|field| field.agrees);
    told.into_iter().any(|agrees| agrees.birth == Some(field) || agrees.sex == Some(field))
}

/// The fields that a record is found by: the best of its unique sets, else what it is called beside its owner, and whether it is that. Words are
/// better than references, and both better than codes of places, which nobody knows by heart.
fn key_set(ledger: &Ledger) -> (Vec<FieldIx>, bool) {
    let cost = |fields: &[FieldIx]| -> usize {
        let of = |field: &FieldIx| match ledger.field(*field).kind {
            Kind::Area { .. } => 8,
            Kind::Date { .. } | Kind::Code { .. } | Kind::Bool => 6,
            Kind::Ref { .. } => 3,
            _ => 1,
        };
        fields.iter().map(of).sum()
    };
    let label: Vec<FieldIx> = (ledger.label.iter())
        .filter_map(|part| match part {
            LabelPart::Field(field) => Some(*field),
            LabelPart::Owned { .. } => None,
        })
        .collect();
    let named = |fields: &Vec<FieldIx>| fields.iter().any(|field| is_written(&ledger.field(*field).kind));
    let sets = ledger.unique.iter().map(|unique| unique.fields.clone()).filter(named);
    let Some(mut best) = sets.min_by_key(|fields| cost(fields)) else {
        let owner = ledger.of.map(|owner| owner.field).filter(|owner| !label.contains(owner));
        return (owner.into_iter().chain(label).collect(), true);
    };
    // A number alone is easily mistyped: the name beside it lets people see whom it means.
    let seen = label.iter().filter(|field| {
        is_written(&ledger.field(**field).kind) && matches!(ledger.field(**field).kind, Kind::Text { .. })
    });
    let only_numbers = best.iter().all(|field| matches!(ledger.field(*field).kind, Kind::IdNumber));
    if only_numbers {
        let seen: Vec<FieldIx> = seen.filter(|field| !best.contains(field)).copied().collect();
        best.extend(seen);
    }
    (best, false)
}
