//! Which page of a workbook a sheet is, where its header stands, and what each column means.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use anju_pack::{FieldIx, Kind, LedgerIx, Pack, Sheet};
use anju_record::{Lang, token};

use crate::book::{Book, Cell, Grid, GridRow, Merge};
use crate::heading::{Heading, Name, names};
use crate::joined::Joined;
use crate::said::{means, target_named};

/// Rows that are looked at for a header.
const HEADER_WITHIN: usize = 40;
/// What the column is called that says which record a row is, on lists that were taken away to be handed in again.
pub const RECORD: [&str; 2] = ["记录编号", "Record id"];
const SERIAL: [&str; 8] = ["序号", "行号", "次序", "no", "no.", "#", "serial", "序"];

/// A field that a column fills. Path 0 is the row's own ledger, else 1 + index in [`Sheet::paths`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target {
    /// The path.
    pub path: u16,
    /// Where the path ends.
    pub ledger: LedgerIx,
    /// The field.
    pub field: FieldIx,
}

/// What a column is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// It fills these.
    Fields(Vec<Target>),
    /// It counts what another column lists.
    Count,
    /// It numbers the rows.
    Serial,
    /// It says which record a row is.
    Record,
    /// Nobody knows; it is not read.
    Unknown,
}

/// A column under its heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadColumn {
    /// From 0.
    pub column: u32,
    /// As written in the lowest header row.
    pub heading: String,
    /// The heading above it, over several columns.
    pub group: Option<String>,
    /// The column is not shown.
    pub hidden: bool,
    /// What it is for.
    pub role: Role,
}

/// A page whose header has been understood.
#[derive(Debug, Clone)]
pub struct Recognised {
    /// Index in [`Book::sheets`].
    pub grid: usize,
    /// Spreadsheet rows of the header.
    pub header_rows: Vec<u32>,
    /// Columns in order.
    pub columns: Vec<ReadColumn>,
    /// Required fields without column, default or other source: of the row's ledger and of those that are made.
    pub missing: Vec<Target>,
    /// How many columns were understood.
    pub score: u32,
    /// What is read beside the rows from another page.
    pub joined: Option<Joined>,
}

/// Why a page is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// It holds nothing.
    Empty,
    /// No row is a header of this sheet.
    NoHeader,
    /// Nothing stands below the header.
    NoRows,
    /// Its records are those of another page.
    StaleCopy {
        /// The other page's name.
        of: String,
    },
    /// It is not shown, and others are.
    Hidden,
}

impl NotTaken {
    /// One sentence.
    pub fn message(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::Empty => ("空白工作表", "an empty page"),
            Self::NoHeader => ("没有这种表的表头", "no header of this kind of sheet"),
            Self::NoRows => ("表头下面没有内容", "nothing stands below the header"),
            Self::StaleCopy { of } => {
                return match lang {
                    Lang::Zh => format!("与“{of}”记的是同一批内容，是旧的副本"),
                    Lang::En => format!("a stale copy: it holds the records of “{of}”"),
                };
            }
            Self::Hidden => ("隐藏的工作表", "a hidden page"),
        };
        match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}

/// What somebody said columns mean: heading → `field`, `path.field`, or `None` to leave it out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnMap(pub BTreeMap<String, Option<String>>);

impl Recognised {
    /// The column that fills a field.
    pub fn column_of(&self, path: u16, field: FieldIx) -> Option<&ReadColumn> {
        self.columns.iter().find(|column| match &column.role {
            Role::Fields(targets) => targets.iter().any(|target| target.path == path && target.field == field),
            _ => false,
        })
    }

    /// The first column that fills a field of a ledger, whatever leads to it.
    pub fn column_of_ledger(&self, ledger: LedgerIx, field: FieldIx) -> Option<u32> {
        let fills = |target: &Target| (target.ledger, target.field) == (ledger, field);
        let column = self.columns.iter().find(|column| match &column.role {
            Role::Fields(targets) => targets.iter().any(fills),
            _ => false,
        });
        column.map(|column| column.column)
    }

    /// Columns that number the rows.
    pub(crate) fn serial(&self) -> impl Iterator<Item = u32> + '_ {
        self.columns.iter().filter(|column| column.role == Role::Serial).map(|column| column.column)
    }

    /// The columns of a path.
    pub fn columns_of(&self, path: u16) -> impl Iterator<Item = &ReadColumn> {
        self.columns.iter().filter(move |column| match &column.role {
            Role::Fields(targets) => targets.iter().any(|target| target.path == path),
            _ => false,
        })
    }
}

/// Looks at every page. The best is first; pages that are not taken come last, with the reason.
pub fn recognise(
    pack: &Pack,
    sheet: &Sheet,
    book: &Book,
    map: &ColumnMap,
) -> Vec<(usize, Result<Recognised, NotTaken>)> {
    let vocabulary = Vocabulary { pack, sheet, names: names(pack, sheet), map };
    let mut pages: Vec<(usize, Result<Recognised, NotTaken>)> =
        book.sheets.iter().enumerate().map(|(at, grid)| (at, vocabulary.page(at, grid))).collect();
    let weight = |(at, page): &(usize, Result<Recognised, NotTaken>)| match page {
        Ok(found) => {
            let cells: usize =
                book.sheets[*at].rows.iter().map(|row| row.cells.iter().filter(|c| !c.is_empty()).count()).sum();
            let own = vocabulary.names_own(&found.columns);
            (!book.sheets[*at].hidden, own, found.score as usize * 1_000_000 + cells.min(999_999))
        }
        Err(_) => (false, false, 0),
    };
    pages.sort_by(|a, b| (b.1.is_ok(), weight(b)).cmp(&(a.1.is_ok(), weight(a))).then(a.0.cmp(&b.0)));
    if pages.iter().filter(|(_, page)| page.is_ok()).count() < 2 {
        // A page alone is nobody's copy.
        return pages;
    }
    let mut seen = Seen::default();
    let mut shown = false;
    for (at, page) in &mut pages {
        let Ok(found) = page else { continue };
        let keys = seen.hashed(vocabulary.keys(&book.sheets[*at], found));
        if let Some(other) = seen.copied(&keys) {
            *page = Err(NotTaken::StaleCopy { of: book.sheets[other].name.clone() });
        } else if book.sheets[*at].hidden && shown {
            *page = Err(NotTaken::Hidden);
        } else {
            shown |= !book.sheets[*at].hidden;
            seen.add(*at, keys);
        }
    }
    pages.sort_by_key(|(_, page)| page.is_err());
    pages
}

/// Which pages have which keys.
#[derive(Default)]
struct Seen {
    hasher: RandomState,
    pages: Vec<usize>,
    by_key: HashMap<u64, Vec<u16>>,
}

impl Seen {
    fn hashed(&self, keys: impl Iterator<Item = String>) -> HashSet<u64> {
        keys.map(|key| self.hasher.hash_one(key)).collect()
    }

    /// The first page that has four in five of these.
    fn copied(&self, keys: &HashSet<u64>) -> Option<usize> {
        let mut again = vec![0_usize; self.pages.len()];
        for page in keys.iter().filter_map(|key| self.by_key.get(key)).flatten() {
            again[usize::from(*page)] += 1;
        }
        let page = again.iter().position(|again| *again > 0 && again * 10 >= keys.len() * 8)?;
        Some(self.pages[page])
    }

    fn add(&mut self, page: usize, keys: HashSet<u64>) {
        let at = u16::try_from(self.pages.len()).unwrap_or(u16::MAX);
        self.pages.push(page);
        for key in keys {
            self.by_key.entry(key).or_default().push(at);
        }
    }
}

/// What the headings of a kind of sheet may be.
pub(crate) struct Vocabulary<'a> {
    pub pack: &'a Pack,
    pub sheet: &'a Sheet,
    pub names: Vec<Name>,
    pub map: &'a ColumnMap,
}

/// A header that a row may be.
struct Header {
    rows: Vec<u32>,
    columns: Vec<(u32, String, Option<String>)>,
}

impl Vocabulary<'_> {
    /// A page, if it is one of the sheet.
    pub fn page(&self, at: usize, grid: &Grid) -> Result<Recognised, NotTaken> {
        if grid.rows.is_empty() {
            return Err(NotTaken::Empty);
        }
        let mut best: Option<(u32, Header, Vec<Role>)> = None;
        let merged = Merged::of(grid);
        for position in 0..grid.rows.len().min(HEADER_WITHIN) {
            let header = header(grid, &merged, position);
            let roles = self.roles(&header.columns);
            let score = roles.iter().filter(|role| matches!(role, Role::Fields(_))).count();
            let score = u32::try_from(score).unwrap_or(u32::MAX);
            // A second row of headings nobody knows is still no row of data.
            let goes_on = |known: &Header| {
                header.rows.len() > known.rows.len()
                    && header.rows.starts_with(&known.rows)
                    && is_below(&merged, &grid.rows[position - 1], &grid.rows[position])
            };
            if best.as_ref().is_none_or(|(known, before, _)| score > *known || (score == *known && goes_on(before))) {
                best = Some((score, header, roles));
            }
        }
        let Some((score, header, roles)) = best.filter(|(score, ..)| *score >= 2) else {
            return Err(NotTaken::NoHeader);
        };
        let last = header.rows.last().copied().unwrap_or(0);
        if grid.rows.last().is_none_or(|row| row.number <= last) {
            return Err(NotTaken::NoRows);
        }
        let columns: Vec<ReadColumn> = header
            .columns
            .into_iter()
            .zip(roles)
            .map(|((column, heading, group), role)| ReadColumn {
                column,
                heading,
                group,
                hidden: grid.hidden_columns.contains(&column),
                role,
            })
            .collect();
        if !self.finds_records(&columns) {
            return Err(NotTaken::NoHeader);
        }
        let missing = self.missing(&columns);
        Ok(Recognised { grid: at, header_rows: header.rows, columns, missing, score, joined: None })
    }

    fn roles(&self, columns: &[(u32, String, Option<String>)]) -> Vec<Role> {
        let headings: Vec<(Heading, Heading)> = columns
            .iter()
            .map(|(_, text, group)| {
                (Heading::of(text), Heading::of(&format!("{}{text}", group.as_deref().unwrap_or_default())))
            })
            .collect();
        let mut roles: Vec<Option<Role>> = vec![None; columns.len()];
        let mut used = Vec::new();
        for (role, (_, text, _)) in roles.iter_mut().zip(columns) {
            *role = self.mapped(text, &mut used);
        }
        for (role, (heading, _)) in roles.iter_mut().zip(&headings).filter(|(role, _)| role.is_none()) {
            let counts = || self.sheet.count.iter().any(|name| Heading::of(name).same(heading));
            if SERIAL.contains(&heading.outer.as_str()) {
                *role = Some(Role::Serial);
            } else if RECORD.iter().any(|name| Heading::of(name).whole == heading.whole) {
                *role = Some(Role::Record);
            } else if self.sheet.many.is_some() && counts() {
                *role = Some(Role::Count);
            }
        }
        for step in 0..4 {
            for (role, (heading, full)) in roles.iter_mut().zip(&headings).filter(|(role, _)| role.is_none()) {
                if let Some(target) = self.target(step, heading, full, &used) {
                    used.push(target);
                    *role = Some(Role::Fields(vec![target]));
                }
            }
        }
        roles.into_iter().map(|role| role.unwrap_or(Role::Unknown)).collect()
    }

    /// Title first, then alias, then what is in brackets, then a part that only one field has.
    fn target(&self, step: u8, heading: &Heading, full: &Heading, used: &[Target]) -> Option<Target> {
        // What holds no letter is a value, and comparing it with all names is dear.
        if heading.is_empty() || !full.whole.chars().any(char::is_alphabetic) {
            return None;
        }
        let is_free = |name: &Name| !used.contains(&name.target);
        let first = |fits: &dyn Fn(&Name) -> bool| {
            self.names.iter().find(|name| fits(name) && is_free(name)).map(|name| name.target)
        };
        match step {
            0 => first(&|name| name.own && heading.same(&name.heading)),
            1 => first(&|name| heading.same(&name.heading) || full.same(&name.heading)),
            2 => first(&|name| heading.explains(&name.heading)),
            _ => {
                let mut found: Option<(usize, Target, bool)> = None;
                for name in &self.names {
                    let Some(length) = heading.overlap(&name.heading).filter(|_| is_free(name)) else { continue };
                    match &mut found {
                        Some((best, target, alone)) if length == *best => *alone &= *target == name.target,
                        Some((best, ..)) if length < *best => {}
                        _ => found = Some((length, name.target, true)),
                    }
                }
                found.filter(|(.., alone)| *alone).map(|(_, target, _)| target)
            }
        }
    }

    fn mapped(&self, text: &str, used: &mut Vec<Target>) -> Option<Role> {
        let heading = Heading::of(text);
        let (_, said) = self.map.0.iter().find(|(known, _)| means(known, text, &heading))?;
        let Some(said) = said else { return Some(Role::Unknown) };
        let target = target_named(self.pack, self.sheet, said)?;
        used.push(target);
        Some(Role::Fields(vec![target]))
    }

    /// Whether the columns say which records the rows are: something that names the row's own record, or its owner's.
    fn finds_records(&self, columns: &[ReadColumn]) -> bool {
        self.sheet.path_numbers().any(|path| self.names(columns, path))
    }

    /// Whether the columns name the rows' own records.
    pub fn names_own(&self, columns: &[ReadColumn]) -> bool {
        self.names(columns, 0)
    }

    fn names(&self, columns: &[ReadColumn], path: u16) -> bool {
        let Some(ledger) = self.sheet.ledger_of(path) else { return false };
        let fields = self.pack.naming_fields(ledger);
        targets(columns).any(|target| target.path == path && fields.contains(&target.field))
    }

    /// Required fields that nothing tells.
    pub fn missing(&self, columns: &[ReadColumn]) -> Vec<Target> {
        let mut missing = Vec::new();
        for path in self.sheet.path_numbers() {
            let Some(at) = self.sheet.ledger_of(path) else { continue };
            if path != 0 && !self.sheet.makes.contains(&at) {
                continue;
            }
            let ledger = self.pack.ledger(at);
            for (field_at, field) in (0_u16..).zip(&ledger.fields).filter(|(_, field)| field.required) {
                let target = Target { path, ledger: at, field: FieldIx(field_at) };
                let referred = match field.kind {
                    Kind::Ref { to } => self.sheet.path_of_ref(path, target.field, to),
                    _ => None,
                }
                .is_some_and(|to| targets(columns).any(|known| known.path == to));
                let given = self.sheet.defaults.iter().any(|known| known.path == path && known.field == target.field);
                let agreed = ledger.fields.iter().zip(0_u16..).any(|(other, other_at)| {
                    other
                        .agrees
                        .is_some_and(|agrees| agrees.birth == Some(target.field) || agrees.sex == Some(target.field))
                        && targets(columns).any(|t| t.path == path && t.field == FieldIx(other_at))
                });
                if !(referred || given || agreed || targets(columns).any(|known| known == target)) {
                    missing.push(target);
                }
            }
        }
        missing
    }

    /// What tells the rows of a page from one another.
    fn keys<'g>(&self, grid: &'g Grid, found: &Recognised) -> impl Iterator<Item = String> + use<'g> {
        let is_number =
            |target: &Target| matches!(self.pack.ledger(target.ledger).field(target.field).kind, Kind::IdNumber);
        let naming = |target: &Target| self.pack.naming_fields(target.ledger).contains(&target.field);
        let column_where = |fits: &dyn Fn(&Target) -> bool| {
            found.columns.iter().find(|column| match &column.role {
                Role::Fields(targets) => targets.iter().any(fits),
                _ => false,
            })
        };
        let many = self.sheet.many;
        let column = column_where(&is_number)
            .or_else(|| column_where(&|target| many == Some(target.path)))
            .or_else(|| column_where(&|target| target.path == 0 && naming(target)))
            .or_else(|| column_where(&naming))
            .map(|column| column.column);
        let last = found.header_rows.last().copied().unwrap_or(0);
        let rows = grid.rows.iter().filter(move |row| row.number > last);
        rows.filter_map(move |row| Some(token(&row.cell(column?).text()))).filter(|key| !key.is_empty())
    }
}

fn targets(columns: &[ReadColumn]) -> impl Iterator<Item = Target> + '_ {
    columns
        .iter()
        .flat_map(|column| match &column.role {
            Role::Fields(targets) => targets.as_slice(),
            _ => &[],
        })
        .copied()
}

/// The row as a header, with the row above it if that heads several of its columns together.
fn header(grid: &Grid, merged: &Merged<'_>, position: usize) -> Header {
    let row = &grid.rows[position];
    let above = position.checked_sub(1).map(|at| &grid.rows[at]).filter(|above| above.number + 1 == row.number);
    let groups = above.filter(|above| is_group_row(merged, above, row));
    let width = row.cells.len().max(groups.map_or(0, |above| above.cells.len()));
    let mut columns = Vec::new();
    for column in 0..u32::try_from(width).unwrap_or(u32::MAX) {
        let own = text_of(row.cell(column));
        let over = groups.and_then(|above| text_of(spanning(merged, above, column)));
        match (own, over) {
            (Some(own), over) => columns.push((column, own, over)),
            // The heading stands in the upper row and is merged downwards, or the lower cell was left blank.
            (None, Some(over)) if text_of(groups.map_or(&Cell::Empty, |above| above.cell(column))).is_some() => {
                columns.push((column, over, None));
            }
            _ => {
                let merge = merged.at(row.number - 1, column).filter(|merge| merge.c0 == column);
                let text = merge.and_then(|merge| grid.row(merge.r0 + 1)).and_then(|row| text_of(row.cell(column)));
                columns.extend(text.map(|text| (column, text, None)));
            }
        }
    }
    let rows = groups.map(|above| above.number).into_iter().chain([row.number]).collect();
    Header { rows, columns }
}

fn text_of(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(text.trim_matches(anju_record::is_blank).to_owned()),
        _ => None,
    }
}

/// Merged cells of the rows where a header may stand, the first ones first.
struct Merged<'g>(Vec<&'g Merge>);

impl<'g> Merged<'g> {
    fn of(grid: &'g Grid) -> Self {
        let last = grid.rows.get(HEADER_WITHIN).or(grid.rows.last()).map_or(0, |row| row.number);
        let mut merges: Vec<&Merge> = grid.merges.iter().filter(|merge| merge.r0 < last).collect();
        merges.sort_by_key(|merge| (merge.c0, merge.r0, merge.r1, merge.c1));
        // Merged cells do not share cells; those of a damaged file that do are not looked through one by one.
        merges.dedup_by_key(|merge| (merge.c0, merge.r0));
        Self(merges)
    }

    fn at(&self, row: u32, column: u32) -> Option<&'g Merge> {
        let reaches = |merge: &&&Merge| (merge.r0..=merge.r1).contains(&row) && merge.c1 >= column;
        let before = self.0.partition_point(|merge| merge.c0 <= column);
        self.0[..before].iter().rev().take(HEADER_WITHIN * 100).find(reaches).copied()
    }
}

/// The cell that covers a column in a row of groups.
fn spanning<'a>(merged: &Merged<'_>, row: &'a GridRow, column: u32) -> &'a Cell {
    match merged.at(row.number - 1, column) {
        Some(merge) => row.cell(merge.c0),
        None => row.cell(column),
    }
}

/// Whether a row holds nothing but words under a common heading.
fn is_below(merged: &Merged<'_>, above: &GridRow, row: &GridRow) -> bool {
    let common = |column| merged.at(above.number - 1, column).is_some_and(|merge| merge.c1 > merge.c0);
    let mut filled = (0_u32..).zip(&row.cells).filter(|(_, cell)| !cell.is_empty());
    filled.all(|(column, cell)| matches!(cell, Cell::Text(_)) && common(column))
}

/// Groups have names over columns of their own, and more than one; a title stands alone, and a line of units has colons.
fn is_group_row(all: &Merged<'_>, above: &GridRow, row: &GridRow) -> bool {
    let texts: Vec<(u32, String)> =
        (0_u32..).zip(&above.cells).filter_map(|(column, cell)| Some((column, text_of(cell)?))).collect();
    let merged = |column| all.at(above.number - 1, column);
    let colons = [':', '：'];
    let says_more = texts.iter().any(|(_, text)| text.trim_end_matches(colons).contains(colons));
    let across = texts.iter().filter(|(column, _)| merged(*column).is_some_and(|merge| merge.c1 > merge.c0)).count();
    let down = texts.iter().filter(|(column, _)| merged(*column).is_some_and(|merge| merge.r1 > merge.r0)).count();
    let fills = texts.iter().any(|(column, _)| row.cell(*column).is_empty());
    texts.len() >= 2 && !says_more && (across > 0 || down > 0 || fills)
}
