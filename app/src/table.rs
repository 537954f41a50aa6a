//! A ledger's list as a table to take away: as it is read on the page, or in the columns by which it can be handed in again.

use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::sync::Arc;

use anju_access::{Action, Reach};
use anju_exchange::RECORD;
use anju_exchange::write::{CellOut, ColumnKind, TableColumn, TableFormat, TableHead, TableWriter, sheet_columns};
use anju_pack::{AreaLevel, Field, FieldIx, Kind, LabelPart, LedgerIx, Pack, Sheet};
use anju_record::{Lang, Record, Value, kind};
use anju_store::Query;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::{Actor, RollAsk};

/// Rows that are in memory at once.
const PAGE: usize = 1_000;
/// Pages that the database makes ready while one is written.
const AHEAD: usize = 2;
/// Ids that are counted at once.
const COUNTED: usize = 20_000;

/// Which columns a table has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Columns {
    /// What the record is called, these fields as people read them, and its place.
    Fields(Vec<FieldIx>),
    /// Those of the sheet by which the ledger is filled in, so that it can be handed in again.
    Sheet,
}

/// What stands around the rows of a table that is filed on paper. What is empty is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Across the top.
    pub title: String,
    /// Who files it.
    pub unit: String,
    /// For which time.
    pub period: String,
    /// Who filled it in, who checked it.
    pub signature: String,
}

impl Report {
    /// Put around a table; without a title of its own it has the table's.
    pub(crate) fn around(self, head: TableHead, title: &str) -> TableHead {
        let filled = |text: String| Some(text).filter(|text| !text.trim().is_empty());
        TableHead {
            title: filled(self.title).or_else(|| Some(title.to_owned())),
            unit: filled(self.unit),
            period: filled(self.period),
            signature: filled(self.signature),
            ..head
        }
    }
}

/// Where the cells of a column come from.
#[derive(Debug)]
enum Source {
    /// What the record is called.
    Name,
    /// A field of the record that a path of the sheet leads to; 0 is the row's own.
    Field { path: u16, ledger: LedgerIx, field: FieldIx, number: bool },
    /// Its place.
    Place,
    /// Which record it is.
    Record,
}

/// The cells of some rows.
type Rows = Vec<Vec<CellOut<'static>>>;

/// A table, row after row: only the page that is written and those that the database makes ready meanwhile are in memory.
#[derive(Debug)]
pub struct Table {
    /// What stands around the rows.
    pub head: TableHead,
    list: Arc<List>,
    at: usize,
    coming: VecDeque<JoinHandle<Result<Rows>>>,
}

/// Which rows a table has, and where their cells come from.
#[derive(Debug)]
struct List {
    ledger: LedgerIx,
    ids: Vec<Uuid>,
    lang: Lang,
    sources: Vec<Source>,
    /// The sheet whose columns these are, if they are.
    sheet: Option<Sheet>,
}

impl Actor {
    /// A list as a table, of records that the actor may take away; written down before the first row is given.
    ///
    /// # Errors
    /// `Denied` when some of the list is not theirs to take away; else as [`Actor::roll_ids`].
    pub async fn table(&self, ask: &RollAsk, columns: &Columns, report: Option<Report>, lang: Lang) -> Result<Table> {
        let ledger = ask.ledger;
        let definition = self.pack().ledger(ledger);
        if ask.deleted || self.rights().reach(Action::Export, ledger).is_empty() {
            return Err(Error::denied("export", &definition.id));
        }
        let ids = self.roll_ids(ask).await?;
        self.may_take_away(ledger, &ids).await?;
        let area = ask.area.as_deref().unwrap_or(self.county_code());
        self.note_export(ledger, area, ids.len()).await?;
        let title = lang.of(&definition.title);
        let (sheet, sources, columns) = match columns {
            Columns::Fields(fields) => self.as_read(ledger, fields, lang),
            Columns::Sheet => self.as_handed_in(ledger, lang),
        };
        let mut head = TableHead { name: title.to_owned(), columns, ..TableHead::default() };
        if let Some(report) = report {
            let words = if lang == Lang::Zh { "合计" } else { "Total" };
            head.totals = head.columns.iter().any(|column| column.kind == ColumnKind::Money).then(|| words.to_owned());
            head = report.around(head, title);
        }
        Ok(Table { head, list: Arc::new(List { ledger, ids, lang, sources, sheet }), at: 0, coming: VecDeque::new() })
    }

    /// A file with fewer rows than the list would be taken for the whole: all of them, or none.
    async fn may_take_away(&self, ledger: LedgerIx, ids: &[Uuid]) -> Result<()> {
        let (export, read) = (self.rights().reach(Action::Export, ledger), self.rights().reach(Action::Read, ledger));
        if self.is_operator() || export.is_whole(self.county_code()) || export == read {
            return Ok(());
        }
        for ids in ids.chunks(COUNTED) {
            let mut query = Query::of(self.county_code(), ledger, self.today());
            query.ids = Some(ids.to_vec());
            let query = self.reached(query, Action::Export);
            let nowhere = query.reach.as_ref().is_some_and(Reach::is_empty);
            if nowhere || self.store().count(self.pack(), &query).await.map_err(unavailable)? != ids.len() as u64 {
                return Err(Error::denied("export", &self.pack().ledger(ledger).id));
            }
        }
        Ok(())
    }

    fn as_read(
        &self,
        ledger: LedgerIx,
        fields: &[FieldIx],
        lang: Lang,
    ) -> (Option<Sheet>, Vec<Source>, Vec<TableColumn>) {
        let definition = self.pack().ledger(ledger);
        let hidden = self.rights().hidden_anywhere(ledger);
        let mut sources = vec![Source::Name];
        let named = named_by(self.pack(), ledger).filter(|named| !fields.contains(named));
        let title = named.map_or(&definition.title, |named| &definition.field(named).title);
        let mut columns = vec![TableColumn::text(lang.of(title), 24)];
        for field in fields.iter().filter(|field| !hidden.contains(field)) {
            let column = TableColumn::of(definition.field(*field), lang);
            sources.push(source(0, ledger, *field, &column));
            columns.push(column);
        }
        sources.push(Source::Place);
        columns.push(TableColumn::text(if lang == Lang::Zh { "所在地" } else { "Place" }, 24));
        (None, sources, columns)
    }

    fn as_handed_in(&self, ledger: LedgerIx, lang: Lang) -> (Option<Sheet>, Vec<Source>, Vec<TableColumn>) {
        let pack = self.pack();
        let mut sheet = pack.sheet_of(ledger).into_owned();
        if let (Some(_), Some(plain)) = (sheet.many, pack.sheet_by_id(&pack.ledger(ledger).id)) {
            // A cell that lists several cannot say more of each than its name.
            sheet = plain.into_owned();
        }
        let (mut sources, mut columns) = (Vec::new(), Vec::new());
        for told in sheet_columns(pack, &sheet) {
            if self.rights().hidden_anywhere(told.ledger).contains(&told.field) {
                continue;
            }
            let column = TableColumn::of(pack.ledger(told.ledger).field(told.field), lang);
            sources.push(source(told.path, told.ledger, told.field, &column));
            columns.push(TableColumn { title: lang.of(&told.heading).to_owned(), ..column });
        }
        // What it is called may not tell it apart, and what does may be masked.
        sources.push(Source::Record);
        columns.push(TableColumn::text(RECORD[usize::from(lang == Lang::En)], 10));
        (Some(sheet), sources, columns)
    }
}

/// The field that alone is what a ledger's records are called, if there is one: beside it a column of its own says nothing more.
pub fn named_by(pack: &Pack, ledger: LedgerIx) -> Option<FieldIx> {
    let definition = pack.ledger(ledger);
    match definition.label.as_slice() {
        [LabelPart::Field(field)] if !matches!(definition.field(*field).kind, Kind::Ref { .. }) => Some(*field),
        _ => None,
    }
}

/// The field that holds the code of a record's own place, where no two records have one: it is told as the code, for the place is the record.
fn own_code(pack: &Pack, ledger: LedgerIx) -> Option<FieldIx> {
    let definition = pack.ledger(ledger);
    let alone = |area: &FieldIx| definition.unique.iter().any(|it| it.fields == [*area] && it.predicate.is_none());
    definition.area.filter(alone)
}

fn source(path: u16, ledger: LedgerIx, field: FieldIx, column: &TableColumn) -> Source {
    Source::Field { path, ledger, field, number: column.kind != ColumnKind::Text }
}

impl Table {
    /// How many rows it has in all.
    pub fn len(&self) -> usize {
        self.list.ids.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.list.ids.is_empty()
    }

    /// Writes all of it, page by page, and gives the place written to back.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer or the bytes are not taken.
    pub async fn write<W: Write + Send>(mut self, actor: &Actor, format: TableFormat, out: W) -> Result<W> {
        let mut writer = TableWriter::new(out, self.head.clone(), format).map_err(unavailable)?;
        loop {
            let rows = self.next(actor).await?;
            if rows.is_empty() {
                return writer.finish().map_err(unavailable);
            }
            for row in &rows {
                writer.row(row).map_err(unavailable)?;
            }
        }
    }

    /// The next rows; none when all were given. A record that was deleted meanwhile is left out.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn next(&mut self, actor: &Actor) -> Result<Vec<Vec<CellOut<'static>>>> {
        loop {
            // One more than is left once the first is taken.
            while self.coming.len() <= AHEAD
                && let Some(page) = self.begin(actor)
            {
                self.coming.push_back(page);
            }
            let Some(page) = self.coming.pop_front() else { return Ok(Vec::new()) };
            let rows = page.await.map_err(unavailable)??;
            if !rows.is_empty() {
                return Ok(rows);
            }
        }
    }

    /// Has the next page made ready, if there is one.
    fn begin(&mut self, actor: &Actor) -> Option<JoinHandle<Result<Rows>>> {
        let ids = self.list.ids.get(self.at..).filter(|ids| !ids.is_empty())?;
        let ids: Vec<Uuid> = ids.iter().take(PAGE).copied().collect();
        self.at += ids.len();
        let (list, actor) = (Arc::clone(&self.list), actor.clone());
        Some(tokio::spawn(async move { list.rows(&actor, ids).await }))
    }
}

impl List {
    async fn rows(&self, actor: &Actor, ids: Vec<Uuid>) -> Result<Rows> {
        let mut found = self.records(actor, self.ledger, ids.clone()).await?;
        let records: Vec<Record> = ids.iter().filter_map(|id| found.remove(id)).collect();
        // What is read has names and words; what is handed in again says everything by itself.
        let (names, words) = match &self.sheet {
            None => {
                let own = self.sources.iter().filter_map(|source| match source {
                    Source::Field { field, .. } => Some(*field),
                    _ => None,
                });
                let own: Vec<FieldIx> = own.collect();
                (
                    actor.labels_of(self.ledger, &records).await?,
                    actor.words(self.ledger, &records, &own, self.lang).await?,
                )
            }
            Some(_) => (HashMap::new(), Vec::new()),
        };
        let paths = self.along_paths(actor, &records).await?;
        let own_code = own_code(actor.pack(), self.ledger);
        let mut rows = Vec::with_capacity(records.len());
        for (at, record) in records.iter().enumerate() {
            let mut words = words.get(at).into_iter().flatten();
            let cell = |source: &Source| match source {
                Source::Name => CellOut::from(names.get(&record.id).cloned().unwrap_or_default()),
                Source::Record => CellOut::from(record.id.to_string()),
                Source::Place => CellOut::from(actor.areas().path_name(&record.area, AreaLevel::Town)),
                Source::Field { path, ledger, field, number } => {
                    let of = match path.checked_sub(1) {
                        None => Some(record),
                        Some(path) => paths.get(usize::from(path)).and_then(|records| records.get(at)?.as_ref()),
                    };
                    let value = of.and_then(|record| record.values.get(usize::from(field.0)));
                    let shown = words.next().and_then(Option::as_deref);
                    let definition = actor.pack().ledger(*ledger).field(*field);
                    match (value.unwrap_or(&Value::Null), *number) {
                        (Value::Null, _) => CellOut::Empty,
                        (Value::Int(number), true) => CellOut::Number(*number),
                        (Value::Date(date), true) => CellOut::Date(*date),
                        (value, _) if self.sheet.is_some() => CellOut::from(self.as_written(actor, definition, value)),
                        (Value::Text(code), _) if own_code == Some(*field) => CellOut::from(code.to_string()),
                        _ => CellOut::from(shown.unwrap_or_default().to_owned()),
                    }
                }
            };
            rows.push(self.sources.iter().map(cell).collect());
        }
        Ok(rows)
    }

    /// A value as a form reads it back; what is masked stays masked.
    fn as_written(&self, actor: &Actor, field: &Field, value: &Value) -> String {
        match (&field.kind, value) {
            (Kind::Area { .. }, Value::Text(code)) => {
                let name = actor.areas().path_name(code, AreaLevel::Town);
                if name.is_empty() { code.to_string() } else { format!("{code} {name}") }
            }
            (kind, value) => kind::format(actor.pack(), kind, value, self.lang),
        }
    }

    /// For each path of the sheet, the record that each row leads to.
    async fn along_paths(&self, actor: &Actor, rows: &[Record]) -> Result<Vec<Vec<Option<Record>>>> {
        let mut along: Vec<Vec<Option<Record>>> = Vec::new();
        for path in self.sheet.iter().flat_map(|sheet| &sheet.paths) {
            let from = path.from.checked_sub(1).map(|from| along.get(usize::from(from)));
            let field = path.fields.last().map(|field| usize::from(field.0));
            let leads: Vec<Option<Uuid>> = (0..rows.len())
                .map(|at| {
                    let record = match from {
                        Some(records) => records?.get(at)?.as_ref()?,
                        None => rows.get(at)?,
                    };
                    match record.values.get(field?) {
                        Some(Value::Id(id)) => Some(*id),
                        _ => None,
                    }
                })
                .collect();
            let mut ids: Vec<Uuid> = leads.iter().flatten().copied().collect();
            ids.sort_unstable();
            ids.dedup();
            let found = if ids.is_empty() { HashMap::new() } else { self.records(actor, path.ledger, ids).await? };
            along.push(leads.into_iter().map(|id| found.get(&id?).cloned()).collect());
        }
        Ok(along)
    }

    /// Records by id as the actor may see them; whoever keeps the machine hands them in again in clear.
    async fn records(&self, actor: &Actor, ledger: LedgerIx, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Record>> {
        let mut query = Query::of(actor.county_code(), ledger, actor.today());
        query.ids = Some(ids);
        let found = match actor.is_operator() && self.sheet.is_some() {
            true => actor.store().select(actor.pack(), &query).await.map_err(unavailable)?,
            false => actor.select(&query).await?,
        };
        Ok(found.into_iter().map(|record| (record.id, record)).collect())
    }
}
