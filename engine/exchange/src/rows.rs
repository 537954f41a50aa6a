//! Rows of a recognised page → records as they are told: values, groups, and every fault with its cell.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anju_pack::{FieldIx, Kind, LedgerIx, Pack, Sheet, Text};
use anju_record::{Code, Fault, Problem, SmolStr, Value, kind, token};
use rayon::prelude::*;
use uuid::Uuid;

use crate::book::{Cell, Grid, GridRow};
use crate::column::{Column, columns};
use crate::ignored::Ignored;
use crate::memo::Memo;
use crate::recognise::{RECORD, Recognised, Role, Target};
use crate::remarks::told_of;
use crate::room::{Room, name_unread, row_bytes};
use crate::samples::Samples;
use crate::{checks, groups, typing};

/// A row of data.
#[derive(Debug, Clone)]
pub struct SheetRow {
    /// Its spreadsheet row.
    pub number: u32,
    /// What it tells, the row's own record first. Paths without a column are left out. What a row tells as the one above it, they share.
    pub parts: Vec<Arc<Part>>,
    /// The record that it says it is.
    pub record: Option<Uuid>,
    /// What is wrong with it.
    pub faults: Vec<RowFault>,
    /// What the rows of one carried record share: its key, or `row N` where it was left blank.
    pub group: Option<SmolStr>,
    /// A fault of its own or of its group keeps the whole row out.
    pub out: bool,
}

/// What a row tells of one record.
#[derive(Debug, Clone)]
pub struct Part {
    /// 0 is the row's own ledger, else 1 + index in [`Sheet::paths`].
    pub path: u16,
    /// Which of several that one cell names.
    pub item: u16,
    /// Fields that are given, in order; what is blank or has no column is not there.
    pub values: Vec<(FieldIx, Given)>,
}

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// This.
    Value(Value),
    /// Nothing, but another cell of the row says as much: it fills what would be blank, and changes what stands only where that cell does.
    Implied(Value),
    /// That nothing is to stand there any more.
    Clear,
}

impl Given {
    /// The value, if it gives one.
    pub const fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) | Self::Implied(value) => Some(value),
            Self::Clear => None,
        }
    }
}

impl Part {
    /// What is given for a field.
    pub fn get(&self, field: FieldIx) -> Option<&Given> {
        self.values.binary_search_by_key(&field, |(known, _)| *known).ok().map(|at| &self.values[at].1)
    }

    /// The value given for a field.
    pub fn value(&self, field: FieldIx) -> Option<&Value> {
        self.get(field).and_then(Given::value)
    }

    /// Gives a field.
    pub fn set(&mut self, field: FieldIx, given: Given) {
        // Cells are read in order of fields.
        if self.values.last().is_none_or(|(last, _)| *last < field) {
            return self.values.push((field, given));
        }
        match self.values.binary_search_by_key(&field, |(known, _)| *known) {
            Ok(at) => self.values[at].1 = given,
            Err(at) => self.values.insert(at, (field, given)),
        }
    }
}

impl SheetRow {
    /// The first part of a path.
    pub fn part(&self, path: u16) -> Option<&Part> {
        self.parts.iter().find(|part| part.path == path).map(|part| &**part)
    }

    /// Whether it says of these paths what a row beside it says, and shares it.
    pub(crate) fn shares(&self, other: &Self, paths: &[u16]) -> bool {
        let here = self.parts.iter().filter(|part| paths.contains(&part.path));
        let there = other.parts.iter().filter(|part| paths.contains(&part.path));
        here.map(Arc::as_ptr).eq(there.map(Arc::as_ptr))
    }

    pub(crate) fn part_mut(&mut self, path: u16) -> Option<&mut Part> {
        self.parts.iter_mut().find(|part| part.path == path).map(Arc::make_mut)
    }
}

/// Something wrong with a row.
#[derive(Debug, Clone)]
pub struct RowFault {
    /// The spreadsheet row.
    pub row: u32,
    /// The column from 0; `None` for the row as a whole.
    pub column: Option<u32>,
    /// What kind of fault.
    pub kind: FaultKind,
    /// What is said of it.
    pub fault: Fault,
    /// The row is taken all the same, and marked.
    pub warning: bool,
    /// The group that it keeps out as a whole.
    pub group: Option<SmolStr>,
    /// Keeps only this item of several out.
    pub item: Option<u16>,
}

macro_rules! kinds {
    ($($name:ident = $word:literal, $says:literal;)*) => {
        /// Kinds of faults of rows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum FaultKind { $(#[doc = $says] $name,)* }
        impl FaultKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// The stable word, `id_checksum` ….
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $word,)* } }
        }
    };
}

kinds! {
    IdChecksum = "id_checksum", "The check character of an ID number is wrong.";
    IdPrecisionLost = "id_precision_lost", "A spreadsheet has rounded an ID number.";
    IdShape = "id_shape", "No ID number.";
    IdBirthMismatch = "id_birth_mismatch", "The day of birth is not that of the ID number.";
    IdSexMismatch = "id_sex_mismatch", "The sex is not that of the ID number.";
    DuplicateId = "duplicate_id", "An ID number that another row has.";
    BadDate = "bad_date", "No date.";
    DateInFuture = "date_in_future", "A date later than it may be.";
    BadNumber = "bad_number", "No number, or one out of bounds.";
    UnknownCode = "unknown_code", "Not in the code list.";
    UnknownReference = "unknown_reference", "Names nothing that exists.";
    RepeatedReference = "repeated_reference", "Names the same record twice.";
    CountMismatch = "count_mismatch", "Counts other than is listed.";
    TwoOf = "two_of", "A second row where only one may be so.";
    NoneOf = "none_of", "No row where exactly one must be so.";
    MissingKey = "missing_key", "Does not say which record it goes with.";
    Required = "required", "A required field is blank.";
    Masked = "masked", "A protected value as a list shows it, which says nothing.";
    LikeAnother = "like_another", "May be one that is there already.";
    Doubtful = "doubtful", "Probably a slip, and yet may be so.";
    Other = "other", "Anything else.";
}

/// What was read of a page.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Rows of data in order.
    pub rows: Vec<SheetRow>,
    /// Rows that are none, and why. Of long runs of blank rows only the first are named.
    pub ignored: Vec<(u32, Ignored)>,
}

impl Reading {
    /// All faults in order of rows.
    pub fn faults(&self) -> impl Iterator<Item = &RowFault> {
        self.rows.iter().flat_map(|row| &row.faults)
    }
}

/// A column that is read.
pub(crate) struct Source {
    pub column: u32,
    pub targets: Vec<Target>,
    /// Merged cells that reach downwards: first row, last row, column of the value; by first row.
    merges: Vec<(u32, u32, u32)>,
}

/// What reading a page needs.
pub(crate) struct Context<'a> {
    pub pack: &'a Pack,
    pub sheet: &'a Sheet,
    pub grid: &'a Grid,
    pub recognised: &'a Recognised,
    pub sources: Vec<Source>,
    /// What is filled from which source, in order of fields.
    targets: Vec<(usize, Target)>,
    /// What is known of each of them.
    columns: Vec<Column<'a>>,
    /// What each row tells of, path by path.
    shapes: Vec<Shape>,
    /// The samples of a template.
    pub samples: Samples<'a>,
    /// The column that says which record a row is.
    record: Option<u32>,
    /// Of which parts something may be remarked.
    pub told: Vec<(u16, LedgerIx)>,
    pub today: i32,
}

/// What rows tell of one path.
struct Shape {
    path: u16,
    /// Its fields that have a column, as positions among the targets.
    targets: Range<usize>,
    /// Fields that there is room for: those, the ones that name other records, and what follows from elsewhere.
    room: usize,
}

/// Characters of a faulty value that are kept with the fault; more of it stands in the cell.
const SHOWN: usize = 100;
/// Blank rows that are named one by one.
const BLANKS: usize = 2_000;
/// Bytes that the cells of rows that are typed together may come to: small beside a page, so that two threads end at one time.
const PIECE_BYTES: usize = 256 << 10;

/// Reads the rows below the header.
pub fn read_rows(pack: &Pack, sheet: &Sheet, grid: &Grid, recognised: &Recognised, today: i32) -> Reading {
    let sources = sources(grid, recognised);
    let targets = targets(&sources);
    let shapes = shapes(sheet, &targets);
    let told = told_of(pack, sheet);
    let at = targets.iter().map(|(source, target)| (sources[*source].column, *target));
    let columns = columns((pack, sheet), grid, recognised, at);
    let samples = Samples::of(pack, sheet, recognised);
    let record = recognised.columns.iter().find(|column| column.role == Role::Record).map(|column| column.column);
    let context =
        Context { pack, sheet, grid, recognised, sources, targets, columns, shapes, samples, record, told, today };
    let last = recognised.header_rows.last().copied().unwrap_or(0);
    let mut reading = Reading::default();
    let (mut data, mut breaks) = (Vec::new(), Vec::new());
    let mut previous = last;
    let below = grid.rows.par_iter().filter(|row| row.number > last);
    let below: Vec<_> = below.map(|row| (row, context.bytes(row), context.ignored(row))).collect();
    for (row, bytes, why) in below {
        let room = BLANKS.saturating_sub(reading.ignored.len());
        reading.ignored.extend((previous + 1..row.number).take(room).map(|number| (number, Ignored::Blank)));
        previous = row.number;
        match why {
            Some(why) => {
                reading.ignored.push((row.number, why));
                if why == Ignored::Totals {
                    breaks.push(data.len());
                }
            }
            None => data.push((row, bytes)),
        }
    }
    let mut room = Room::new();
    reading.rows = context.typed_while(&data, &mut room);
    let ones = groups::ones(&context, &reading.rows);
    groups::assign(&context, &mut reading.rows, &ones, &breaks, &mut room);
    checks::check(&context, &mut reading.rows, &ones, &mut room);
    let unread = data[reading.rows.len()..].iter().map(|(row, _)| row.number);
    name_unread(&mut reading, unread);
    reading
}

/// Where two columns fill one field, the later one is the later one here too.
fn targets(sources: &[Source]) -> Vec<(usize, Target)> {
    let sources = sources.iter().enumerate();
    let mut targets: Vec<(usize, Target)> =
        sources.flat_map(|(at, source)| source.targets.iter().map(move |target| (at, *target))).collect();
    targets.sort_by_key(|(_, target)| (target.path, target.field));
    targets
}

fn shapes(sheet: &Sheet, targets: &[(usize, Target)]) -> Vec<Shape> {
    let shape = |path: u16| {
        let below = |path: u16| targets.partition_point(|(_, target)| target.path < path);
        let targets = below(path)..below(path + 1);
        let named = 1 + sheet.paths.iter().filter(|other| other.from == path).count();
        let follows = sheet.defaults.iter().filter(|default| default.path == path).count();
        Shape { path, room: targets.len() + named + follows, targets }
    };
    sheet.path_numbers().map(shape).filter(|shape| !shape.targets.is_empty() || shape.path == 0).collect()
}

fn sources(grid: &Grid, recognised: &Recognised) -> Vec<Source> {
    let fields = recognised.columns.iter().filter_map(|column| match &column.role {
        Role::Fields(targets) => Some((column.column, targets.clone())),
        _ => None,
    });
    let mut sources: Vec<Source> =
        fields.map(|(column, targets)| Source { column, targets, merges: Vec::new() }).collect();
    let last = recognised.header_rows.last().copied().unwrap_or(0);
    for merge in grid.merges.iter().filter(|merge| merge.r1 > merge.r0 && merge.r0 >= last) {
        for source in sources.iter_mut().filter(|source| (merge.c0..=merge.c1).contains(&source.column)) {
            source.merges.push((merge.r0 + 1, merge.r1 + 1, merge.c0));
        }
    }
    for source in &mut sources {
        source.merges.sort_unstable();
    }
    sources
}

impl Source {
    /// The merged cells that a row is part of: first row, column of the value.
    pub fn merged(&self, row: u32) -> Option<(u32, u32)> {
        let at = self.merges.partition_point(|(first, ..)| *first <= row).checked_sub(1)?;
        let (first, last, column) = self.merges[at];
        (row <= last).then_some((first, column))
    }
}

impl Context<'_> {
    /// The cell of a row, or the one that its merged cell shows.
    pub fn cell<'g>(&'g self, source: &Source, row: &'g GridRow) -> &'g Cell {
        let own = row.cell(source.column);
        if !own.is_empty() {
            return own;
        }
        match source.merged(row.number).and_then(|(first, column)| Some(self.grid.row(first)?.cell(column))) {
            Some(cell) => cell,
            None => own,
        }
    }

    /// The column that fills a field.
    pub fn source(&self, path: u16, field: FieldIx) -> Option<&Source> {
        self.sources.iter().find(|source| source.targets.iter().any(|known| known.path == path && known.field == field))
    }

    /// Rows as long as there is room for what they say. Two threads take piece after piece, so that neither waits for the other.
    fn typed_while(&self, data: &[(&GridRow, usize)], room: &mut Room) -> Vec<SheetRow> {
        let pieces = pieces(data);
        let (next, said, most) = (AtomicUsize::new(0), AtomicUsize::new(0), room.for_rows());
        let work = || {
            let mut memo = Memo::new(self.targets.len());
            let mut done = Vec::new();
            while said.load(Ordering::Relaxed) <= most {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(piece) = pieces.get(at) else { break };
                let mut rows: Vec<SheetRow> = Vec::with_capacity(piece.len());
                for (at, (row, _)) in piece.iter().enumerate() {
                    let above = piece[..at].last().map(|(above, _)| *above).zip(rows.last());
                    rows.push(self.typed(row, above, &mut memo));
                }
                let bytes: Vec<usize> = rows.iter().map(row_bytes).collect();
                said.fetch_add(bytes.iter().sum(), Ordering::Relaxed);
                done.push((at, rows.into_iter().zip(bytes)));
            }
            done
        };
        let mut done = if pieces.len() < 2 {
            work()
        } else {
            let (mut done, mut others) = rayon::join(work, work);
            done.append(&mut others);
            done
        };
        // Whoever took a piece has read it: the first ones are there without a gap.
        done.sort_unstable_by_key(|(at, _)| *at);
        let mut rows = Vec::with_capacity(data.len());
        let all = done.into_iter().flat_map(|(_, rows)| rows);
        rows.extend(all.take_while(|(_, bytes)| room.row(*bytes)).map(|(row, _)| row));
        rows
    }

    /// About how much a row says. Where one cell names several records, each of a few characters is a record.
    fn bytes(&self, row: &GridRow) -> usize {
        let many = |source: &Source| source.targets.iter().any(|target| self.sheet.many == Some(target.path));
        let said = |source: &Source| match self.cell(source, row) {
            Cell::Text(text) if many(source) => text.len() * 100,
            Cell::Text(text) => text.len(),
            _ => 0,
        };
        self.sources.iter().map(|source| said(source) + 64 * source.targets.len()).sum()
    }

    /// What a row says, beside the one above it.
    fn typed(&self, row: &GridRow, above: Option<(&GridRow, &SheetRow)>, memo: &mut Memo) -> SheetRow {
        // A fault is told at each row.
        let above = above.filter(|(_, typed)| typed.faults.is_empty());
        let parts = Vec::with_capacity(self.shapes.len());
        let mut typed =
            SheetRow { number: row.number, parts, record: None, faults: Vec::new(), group: None, out: false };
        self.name_record(&mut typed, row);
        for shape in &self.shapes {
            if self.sheet.many == Some(shape.path) {
                self.list(&mut typed, shape, row);
            } else if let Some(part) = above.and_then(|above| self.as_above(shape, row, above)) {
                typed.parts.push(part);
            } else {
                let part = self.part(&mut typed, shape, row, memo);
                typed.parts.push(Arc::new(part));
            }
        }
        self.remark(&mut typed);
        typed
    }

    /// What the row above says of a path, when this one says the same. Of its own record no row says what another does.
    fn as_above(&self, shape: &Shape, row: &GridRow, (above, typed): (&GridRow, &SheetRow)) -> Option<Arc<Part>> {
        let same = |(source, _): &(usize, Target)| {
            let source = &self.sources[*source];
            self.cell(source, row) == self.cell(source, above)
        };
        let is_same = shape.path != 0 && self.targets[shape.targets.clone()].iter().all(same);
        is_same.then(|| typed.parts.iter().find(|part| part.path == shape.path).map(Arc::clone))?
    }

    /// Which record the row says it is.
    fn name_record(&self, typed: &mut SheetRow, row: &GridRow) {
        let Some(column) = self.record else { return };
        let cell = row.cell(column);
        if cell.is_empty() {
            return;
        }
        match kind::parse(self.pack, &Kind::Ref { to: self.sheet.rows }, &cell.text()) {
            Ok(Value::Id(id)) => typed.record = Some(id),
            Ok(_) => {}
            Err(problem) => {
                let [zh, en] = RECORD.map(str::to_owned);
                let fault = problem.at("", &Text { zh, en });
                typed.faults.push(RowFault {
                    row: row.number,
                    column: Some(column),
                    kind: FaultKind::UnknownReference,
                    fault,
                    warning: false,
                    group: None,
                    item: None,
                });
            }
        }
    }

    fn part(&self, typed: &mut SheetRow, shape: &Shape, row: &GridRow, memo: &mut Memo) -> Part {
        let mut part = Part { path: shape.path, item: 0, values: Vec::with_capacity(shape.room) };
        for at in shape.targets.clone() {
            let (source, target) = &self.targets[at];
            let source = &self.sources[*source];
            let cell = self.cell(source, row);
            match memo.read(at, cell, || self.read(at, cell)) {
                Ok(None) => {}
                Ok(Some(given)) => part.set(target.field, given),
                Err(problem) => typed.faults.push(self.fault((row.number, source.column), *target, problem)),
            }
        }
        part
    }

    fn read(&self, at: usize, cell: &Cell) -> Result<Option<Given>, Problem> {
        typing::read(self.pack, &self.columns[at], cell, self.today)
    }

    /// What is wrong with a cell.
    fn fault(&self, (row, column): (u32, u32), target: Target, mut problem: Problem) -> RowFault {
        let field = self.pack.ledger(target.ledger).field(target.field);
        let kind = typing::kind_of(&problem, &field.kind);
        if let Some((end, _)) = problem.value.char_indices().nth(SHOWN) {
            problem.value.truncate(end);
            problem.value.shrink_to_fit();
        }
        let warning = kind == FaultKind::Masked;
        let fault = problem.at(field.id.as_str(), &field.title);
        RowFault { row, column: Some(column), kind, fault, warning, group: None, item: None }
    }

    /// Cells that name several records: one part each.
    fn list(&self, typed: &mut SheetRow, shape: &Shape, row: &GridRow) {
        for at in shape.targets.clone() {
            self.list_cell(typed, at, self.cell(&self.sources[self.targets[at].0], row));
        }
    }

    fn list_cell(&self, row: &mut SheetRow, at: usize, cell: &Cell) {
        let (source, target) = self.targets[at];
        let place = (row.number, self.sources[source].column);
        if cell.is_faulty() {
            // What cannot be read at all cannot be told item from item.
            row.faults.extend(self.read(at, cell).err().map(|problem| self.fault(place, target, problem)));
            return;
        }
        let text = cell.text();
        if typing::is_nothing(&text) {
            return;
        }
        let separates = |c: char| c.is_whitespace() || matches!(c, '、' | '，' | ',' | ';' | '；' | '/' | '|' | '。');
        let mut seen: HashSet<String> = HashSet::new();
        // Items are numbered without a gap: what names nobody, or somebody once more, is none.
        let mut item =
            row.parts.iter().filter(|part| part.path == target.path).map(|part| part.item + 1).max().unwrap_or(0);
        for name in text.split(separates).filter(|name| !token(name).is_empty()) {
            if item == u16::MAX {
                break;
            }
            if !seen.insert(token(name)) {
                let problem = Problem::new(Code::Repeated, name, [row.number.to_string()]);
                let fault = self.fault(place, target, problem);
                row.faults.push(RowFault { kind: FaultKind::RepeatedReference, warning: true, ..fault });
                continue;
            }
            let mut part = Part { path: target.path, item, values: Vec::new() };
            match self.read(at, &Cell::Text(name.into())) {
                Ok(None) => continue,
                Ok(Some(given)) => part.set(target.field, given),
                Err(problem) => {
                    row.faults.push(RowFault { item: Some(item), ..self.fault(place, target, problem) });
                }
            }
            row.parts.push(Arc::new(part));
            item += 1;
        }
    }
}

/// Rows that are typed together: as many as say no more than [`PIECE_BYTES`], and at least one.
fn pieces<'d, 'g>(data: &'d [(&'g GridRow, usize)]) -> Vec<&'d [(&'g GridRow, usize)]> {
    let (mut pieces, mut from, mut said) = (Vec::new(), 0, 0);
    for (at, (_, bytes)) in data.iter().enumerate() {
        if at > from && said + bytes > PIECE_BYTES {
            pieces.push(&data[from..at]);
            (from, said) = (at, 0);
        }
        said += bytes;
    }
    pieces.extend(Some(&data[from..]).filter(|rest| !rest.is_empty()));
    pieces
}
