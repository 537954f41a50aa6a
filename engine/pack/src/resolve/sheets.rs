//! Sheets: paths walked, ledgers and fields found, and the sheets that follow from ledgers.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Places, Scope, condition, ix, taken};
use crate::codes::Code;
use crate::fault::nearest;
use crate::model::{
    DefaultValue, FieldIx, Kind, LabelPart, LedgerIx, MechanismIx, Pack, Sheet, SheetDefault, SheetExactly, SheetPath,
    Text,
};
use crate::parse::raw::{RawDefault, RawSheet};
use crate::parse::reader::Word;
use crate::source::{Spot, origin};

/// Resolves all sheets.
pub(crate) fn resolve(scope: &Scope<'_>, places: &Places, raw: &[RawSheet]) -> Vec<Sheet> {
    let mut first: HashMap<&str, Spot> = HashMap::new();
    let mut sheets = Vec::new();
    for entry in raw {
        if let Some(spot) = first.insert(&entry.id.value, entry.id.at) {
            taken(scope.bench, ("表样", "sheet"), &entry.id, spot, entry.of_county);
            continue;
        }
        if let Some(ledger) = scope.pack.index.ledgers.get(&entry.id.value) {
            let origin = &scope.pack.ledger(*ledger).origin;
            let args = [
                ("表样", "sheet").into(),
                entry.id.value.as_str().into(),
                format!("{}:{}", origin.file, origin.line).into(),
            ];
            scope.bench.fault(Code::Duplicate, entry.id.at, &args);
            continue;
        }
        let Some(rows) = entry.rows.as_ref().and_then(|word| scope.ledger(word)) else { continue };
        sheets.push(Draft { scope, entry, rows, paths: Vec::new() }.build(places));
    }
    sheets
}

/// A sheet whose paths are being walked.
struct Draft<'a> {
    scope: &'a Scope<'a>,
    entry: &'a RawSheet,
    rows: LedgerIx,
    paths: Vec<SheetPath>,
}

impl Draft<'_> {
    fn build(mut self, places: &Places) -> Sheet {
        for word in &self.entry.paths {
            self.walk(word);
        }
        let entry = self.entry;
        Sheet {
            id: entry.id.value.clone(),
            title: entry.title.clone(),
            mechanism: places.mechanism(entry.id.at),
            serves: entry.serves.clone(),
            rows: self.rows,
            makes: entry.makes.iter().filter_map(|word| self.made(word)).collect(),
            carry: entry.carry.iter().filter_map(|word| self.path(word)).collect(),
            many: entry.many.as_ref().and_then(|word| self.path(word)),
            count: entry.count.clone(),
            exactly: entry
                .exactly
                .iter()
                .filter_map(|raw| {
                    let (one, per) = (condition::compile(self.scope, self.rows, &raw.one), self.path(&raw.per));
                    Some(SheetExactly { one: one?, per: per? })
                })
                .collect(),
            defaults: entry.defaults.iter().filter_map(|(field, value)| self.default(field, value)).collect(),
            notes: entry.notes.clone(),
            implicit: false,
            origin: origin(self.scope.bench.sources, entry.id.at),
            paths: self.paths,
        }
    }

    /// Adds a path, and those that lead to it.
    fn walk(&mut self, word: &Word) {
        let mut here = self.rows;
        let mut fields = Vec::new();
        let mut from = 0;
        let mut name = String::new();
        for part in word.value.split('.') {
            let part = Word { value: part.to_owned(), at: word.at };
            let Some(field) = self.scope.field(here, &part) else { return };
            let Some(step) = self.scope.hop(here, field) else {
                let why = format!("`{}`", part.value);
                let to = self.scope.references(here);
                self.scope.bench.fault(Code::BadPath, word.at, &[word.value.as_str().into(), why.into(), to.into()]);
                return;
            };
            here = step.to;
            fields.push(field);
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(&part.value);
            from = add(&mut self.paths, &name, &fields, from, here);
        }
    }

    fn path(&self, word: &Word) -> Option<u16> {
        let found = self.paths.iter().position(|path| path.name == word.value);
        if found.is_none() {
            self.no_path(word, self.paths.iter().map(|path| path.name.as_str()));
        }
        found.map(|at| ix(at + 1))
    }

    fn no_path<'n>(&self, word: &Word, known: impl IntoIterator<Item = &'n str>) {
        let args =
            [word.value.as_str().into(), self.entry.id.value.as_str().into(), nearest(&word.value, known).into()];
        self.scope.bench.fault(Code::NotAPath, word.at, &args);
    }

    fn made(&self, word: &Word) -> Option<LedgerIx> {
        let ledger = self.scope.ledger(word)?;
        if self.paths.iter().any(|path| path.ledger == ledger) {
            return Some(ledger);
        }
        self.no_path(word, self.paths.iter().map(|path| self.scope.pack.ledger(path.ledger).id.as_str()));
        None
    }

    /// `household.batch`: a path (or nothing for the row's own ledger) and a field.
    fn target(&self, word: &Word) -> Option<(u16, FieldIx)> {
        let (path, ledger, field) = match word.value.rsplit_once('.') {
            None => (0, self.rows, word.value.as_str()),
            Some((path, field)) => {
                let at = self.path(&Word { value: path.to_owned(), at: word.at })?;
                (at, self.paths.get(usize::from(at) - 1)?.ledger, field)
            }
        };
        let field = self.scope.field(ledger, &Word { value: field.to_owned(), at: word.at })?;
        Some((path, field))
    }

    fn kind(&self, (path, field): (u16, FieldIx)) -> &Kind {
        let ledger = if path == 0 { self.rows } else { self.paths[usize::from(path) - 1].ledger };
        &self.scope.pack.ledger(ledger).field(field).kind
    }

    fn default(&self, word: &Word, raw: &RawDefault) -> Option<SheetDefault> {
        let target = self.target(word)?;
        let wrong = |at, value: &str, mend: crate::fault::Arg| {
            self.scope.bench.fault(Code::BadDefault, at, &[word.value.as_str().into(), value.into(), mend]);
        };
        let value = match raw {
            RawDefault::Text(text) => {
                if let Some(mend) = self.unfit(self.kind(target), &text.value) {
                    wrong(text.at, &text.value, mend.into());
                }
                DefaultValue::Text(text.value.clone())
            }
            RawDefault::Latest(days) => {
                let is_day = |target| matches!(self.kind(target), Kind::Date { .. });
                if !is_day(target) {
                    wrong(word.at, "latest", ("文本", "text").into());
                }
                let mut found = Vec::new();
                for day in days {
                    let Some(other) = self.target(day) else { continue };
                    if !is_day(other) {
                        wrong(day.at, &day.value, ("日期字段", "a date field").into());
                    }
                    found.push(other);
                }
                DefaultValue::Latest(found)
            }
        };
        Some(SheetDefault { path: target.0, field: target.1, value })
    }

    /// What to write instead, when a text can never be a value of the kind.
    fn unfit(&self, kind: &Kind, text: &str) -> Option<String> {
        match kind {
            Kind::Code { list } => {
                let list = self.scope.pack.codes.get(usize::from(list.0))?;
                let codes = list.values.iter().map(|value| value.code.as_str());
                list.position(text).is_none().then(|| nearest(text, codes))
            }
            Kind::Bool => (!matches!(text, "true" | "false")).then(|| "`true`, `false`".to_owned()),
            Kind::Date { .. } => {
                crate::parse::reader::parse_day(text).is_none().then(|| "`2020-05-16`, { latest = [ … ] }".to_owned())
            }
            Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Money { .. } => {
                crate::parse::entries::scaled(text, 6).is_none().then(|| "`0`".to_owned())
            }
            Kind::Ref { .. } | Kind::Subject | Kind::Attachment => Some("—".to_owned()),
            _ => None,
        }
    }
}

fn add(paths: &mut Vec<SheetPath>, name: &str, fields: &[FieldIx], from: u16, ledger: LedgerIx) -> u16 {
    if let Some(at) = paths.iter().position(|path| path.name == name) {
        return ix(at + 1);
    }
    paths.push(SheetPath { name: name.to_owned(), fields: fields.to_vec(), from, ledger });
    ix(paths.len())
}

/// References that a path is found by may themselves be found by references: so deep and no deeper.
const DEPTH: usize = 3;

impl Pack {
    /// The sheet whose rows are records of the ledger: the first that somebody wrote, else the one that follows from the
    /// ledger: its own fields, and for each reference what names the record referred to.
    pub fn sheet_of(&self, ledger: LedgerIx) -> Cow<'_, Sheet> {
        match self.sheets.iter().find(|sheet| sheet.rows == ledger) {
            Some(sheet) => Cow::Borrowed(sheet),
            None => Cow::Owned(self.plain_sheet(ledger)),
        }
    }

    /// The sheet of that id; a ledger's id names the sheet that follows from the ledger.
    pub fn sheet_by_id(&self, id: &str) -> Option<Cow<'_, Sheet>> {
        if let Some(sheet) = self.sheets.iter().find(|sheet| sheet.id == id) {
            return Some(Cow::Borrowed(sheet));
        }
        self.ledger_by_id(id).map(|ledger| Cow::Owned(self.plain_sheet(ledger)))
    }

    fn plain_sheet(&self, rows: LedgerIx) -> Sheet {
        let ledger = self.ledger(rows);
        let mut paths = Vec::new();
        for (at, _) in ledger.fields.iter().enumerate() {
            self.follow((rows, FieldIx(ix(at))), ("", &[], 0), DEPTH, &mut paths);
        }
        Sheet {
            id: ledger.id.clone(),
            title: ledger.title.clone(),
            mechanism: ledger.mechanism,
            serves: ledger.rows.clone(),
            rows,
            paths,
            makes: Vec::new(),
            carry: Vec::new(),
            many: None,
            count: Vec::new(),
            exactly: Vec::new(),
            defaults: Vec::new(),
            notes: Vec::<Text>::new(),
            implicit: true,
            origin: ledger.origin.clone(),
        }
    }

    /// Adds the path along a reference, and those that its record is found by.
    fn follow(
        &self,
        (ledger, field): (LedgerIx, FieldIx),
        (name, before, from): (&str, &[FieldIx], u16),
        depth: usize,
        paths: &mut Vec<SheetPath>,
    ) {
        let known = self.ledger(ledger).field(field);
        let Kind::Ref { to } = known.kind else { return };
        let name = if name.is_empty() { known.id.clone() } else { format!("{name}.{}", known.id) };
        let fields: Vec<FieldIx> = before.iter().copied().chain([field]).collect();
        let at = add(paths, &name, &fields, from, to);
        if depth <= 1 {
            return;
        }
        // An owner in which the two agree has its column with the record that names it.
        let owner = self.ledger(to).of.map(|owner| owner.field);
        let agreed = known.shares.iter().map(|shared| shared.there).find(|there| Some(*there) == owner);
        for key in self.naming_fields(to).into_iter().filter(|key| Some(*key) != agreed) {
            self.follow((to, key), (&name, &fields, at), depth - 1, paths);
        }
    }

    /// The fields that a record is found by: those of its unique sets and of its label; where nothing is unique, also whose it is.
    pub fn naming_fields(&self, ledger: LedgerIx) -> Vec<FieldIx> {
        let ledger = self.ledger(ledger);
        let owner = ledger.of.filter(|_| ledger.unique.is_empty()).map(|owner| owner.field);
        let unique = ledger.unique.iter().flat_map(|unique| unique.fields.iter().copied());
        let label = ledger.label.iter().filter_map(|part| match part {
            LabelPart::Field(field) => Some(*field),
            LabelPart::Owned { .. } => None,
        });
        let mut fields: Vec<FieldIx> = unique.chain(label).chain(owner).collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// The sheets that somebody wrote for a mechanism.
    pub fn sheets_of_mechanism(&self, mechanism: MechanismIx) -> impl Iterator<Item = &Sheet> {
        self.sheets.iter().filter(move |sheet| sheet.mechanism == mechanism)
    }
}
