//! Handing a sheet in, and what would become of it as things stand.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use anju_access::Action;
use anju_exchange::{Book, BookFault, ColumnMap, Format, Grid, Limits, NotTaken, Recognised, SheetRow};
use anju_pack::{FieldIx, Kind, LedgerIx, Sheet, Text};
use anju_record::{Fault, Record, Value, kind};
use anju_store::{Import, ImportState, Query};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::identity::{Known, Wanted};
use super::nodes::{Node, column_of, nodes, order, owner_beside};
use super::plan::{Ground, plan};
use super::{DryRun, Progress, Reading, Stage, Taken};
use crate::Actor;
use crate::accounts::chance;
use crate::error::{Error, Result};
use crate::records::unavailable;

/// Why a sheet cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SheetFault {
    /// The file itself.
    #[error("{}", .0.message(anju_record::Lang::En))]
    Book(BookFault),
    /// No sheet of the workbook is of this kind; each with the reason.
    #[error("no sheet of the workbook fits")]
    None(Vec<(String, NotTaken)>),
    /// It is of a kind that they may not write; what that is called.
    #[error("the file is a sheet “{}”, which they may not write", .0.en)]
    NotTheirs(Text),
    /// What is given for all rows is wrong.
    #[error("what is given for all rows is wrong")]
    Given(Vec<Fault>),
    /// It was stopped; nothing was written.
    #[error("stopped; nothing was written")]
    Stopped,
    /// Not theirs, or not to be reached.
    #[error(transparent)]
    Refused(#[from] Error),
}

/// A sheet that was handed in.
#[derive(Debug, Clone)]
pub struct SheetLine {
    /// As it is kept.
    pub import: Import,
    /// How it is read.
    pub reading: Reading,
    /// What was taken of it.
    pub taken: Vec<Taken>,
}

/// A sheet of the workbook.
#[derive(Debug, Clone)]
pub struct GridLine {
    /// Its name.
    pub name: String,
    /// It is the one that is read.
    pub read: bool,
    /// Why it cannot be.
    pub why: Option<NotTaken>,
    /// Rows below its header, where it can be.
    pub rows: usize,
}

/// A sheet as it was read.
#[derive(Debug, Clone)]
pub struct SheetRead {
    /// The file's format.
    pub format: Format,
    /// The encoding of a text file.
    pub encoding: Option<&'static str>,
    /// The workbook's sheets, in order.
    pub grids: Vec<GridLine>,
    /// Headings and what they mean.
    pub recognised: Recognised,
    /// What would become of its rows.
    pub run: DryRun,
    /// The workbook.
    pub book: Arc<Book>,
}

impl SheetRead {
    /// Pages that hold rows of this kind and are not read, by their position in the workbook: one is read at once.
    pub fn pages_left(&self) -> impl Iterator<Item = (usize, &GridLine)> {
        let beside = self.recognised.joined.as_ref().map(|joined| joined.grid);
        let holds = |why: &Option<NotTaken>| matches!(why, None | Some(NotTaken::StaleCopy { .. } | NotTaken::Hidden));
        let pages = self.grids.iter().enumerate();
        pages.filter(move |(at, page)| !page.read && Some(*at) != beside && holds(&page.why))
    }
}

impl Actor {
    /// Keeps a file to take rows from.
    ///
    /// # Errors
    /// `Denied` where they may not write, `Refused` by what the file is.
    pub async fn hand_in(
        &self,
        name: &str,
        bytes: &[u8],
        sheet: &str,
        area: &str,
        reading: &Reading,
    ) -> Result<Uuid, SheetFault> {
        let sheet = self.sheet_to_write(sheet, area)?;
        // What cannot be read is not kept. Whoever hands it in sees it next: the reading is good until somebody writes.
        let at = self.reading_at();
        let read = self.read_bytes((name, bytes), &sheet, area, reading, &[], &Progress::default()).await?;
        let import = Import {
            id: chance::id(self.now()),
            county: self.county_code().to_owned(),
            area: area.to_owned(),
            sheet: sheet.id.clone(),
            name: name.chars().take(200).collect(),
            digest: hex::encode(Sha256::digest(bytes)),
            maker: self.who().login.clone(),
            made_at: self.now(),
            state: ImportState::Open,
            options: serde_json::to_string(reading).map_err(unavailable)?,
            taken: "[]".into(),
        };
        let mut event = self.event_now("import");
        event.ledger = Some(self.pack().ledger(sheet.rows).id.clone());
        event.area = Some(area.to_owned());
        event.id = Some(import.id);
        self.store().put_import(&import, bytes, vec![event]).await.map_err(unavailable)?;
        self.keep_reading(&import, at, Arc::new(read));
        Ok(import.id)
    }

    /// The sheet of that name, if its rows may be written in a place by them.
    fn sheet_to_write(&self, sheet: &str, area: &str) -> Result<Cow<'_, Sheet>> {
        let known = self.pack().sheet_by_id(sheet);
        let sheet = known
            .ok_or_else(|| Error::unknown("sheet", sheet, self.pack().sheets.iter().map(|sheet| sheet.id.as_str())))?;
        if self.areas().get(area).is_none() {
            return Err(Error::NotFound { what: "area", value: area.to_owned() });
        }
        for ledger in std::iter::once(&sheet.rows).chain(&sheet.makes) {
            let reach = self.rights().reach(Action::Write, *ledger);
            if !reach.areas.iter().any(|held| area.starts_with(&**held)) && reach.owned.is_empty() {
                return Err(Error::denied("write", &self.pack().ledger(*ledger).id));
            }
        }
        Ok(sheet)
    }

    /// What would become of a file's rows, without keeping it.
    ///
    /// # Errors
    /// As [`Actor::hand_in`].
    pub async fn check_sheet(
        &self,
        name: &str,
        bytes: &[u8],
        sheet: &str,
        area: &str,
        reading: &Reading,
        progress: &Progress,
    ) -> Result<SheetRead, SheetFault> {
        let sheet = self.sheet_to_write(sheet, area)?;
        self.read_bytes((name, bytes), &sheet, area, reading, &[], progress).await
    }

    async fn read_bytes(
        &self,
        (name, bytes): (&str, &[u8]),
        sheet: &Sheet,
        area: &str,
        reading: &Reading,
        taken: &[Taken],
        progress: &Progress,
    ) -> Result<SheetRead, SheetFault> {
        progress.begin(Stage::Reading, 0);
        let given = self.given(sheet, reading).map_err(SheetFault::Given)?;
        let map = ColumnMap(reading.columns.clone());
        let work = {
            let (bytes, name, sheet, map) = (bytes.to_vec(), name.to_owned(), sheet.clone(), map);
            let (app, today, wanted) = (Arc::clone(self.app()), self.today(), reading.grid);
            move || read_file(app.pack(), &bytes, &name, &sheet, &map, wanted, today)
        };
        let read = tokio::task::spawn_blocking(work).await.map_err(|error| {
            tracing::error!(%error, "a sheet could not be read");
            Error::Unavailable("the file could not be read; save it as .xlsx or .csv and hand it in again".into())
        })?;
        let file = read?;
        if progress.is_stopped() {
            return Err(SheetFault::Stopped);
        }
        let (recognised, rows) = (&file.recognised, file.rows);
        // What was done with before is among what was done last.
        let last = taken.iter().rfind(|taken| !taken.undone && taken.grid == recognised.grid);
        let done = last.map_or(&[][..], |taken| &taken.done);
        let run = self.compare(sheet, (area, done), given, recognised, rows, progress).await?;
        let run = DryRun { ignored: file.ignored, ..run };
        Ok(SheetRead {
            format: file.book.format,
            encoding: file.book.encoding,
            grids: file.grids,
            recognised: file.recognised,
            run,
            book: Arc::new(file.book),
        })
    }

    async fn compare(
        &self,
        sheet: &Sheet,
        (area, done): (&str, &[(u32, u32)]),
        given: HashMap<(usize, FieldIx), Value>,
        recognised: &Recognised,
        rows: Vec<SheetRow>,
        progress: &Progress,
    ) -> Result<DryRun, SheetFault> {
        progress.begin(Stage::Comparing, rows.len());
        let nodes = nodes(sheet);
        let known = self.known_records(&nodes, recognised, &rows).await?;
        let places = self.places_of(&nodes, area).await?;
        let mut ids = chance::ids(self.now());
        let today = self.today();
        let ground = Ground { actor: self, sheet, nodes, recognised, known, area, done, places, given, today };
        let mut run = plan(ground, rows, &mut ids, || {
            progress.one();
            !progress.is_stopped()
        });
        if progress.is_stopped() {
            return Err(SheetFault::Stopped);
        }
        self.remark_alike(recognised, &mut run).await?;
        self.name_referred(&mut run).await?;
        Ok(run)
    }

    /// Names what changed records refer to: what stands by the database, what the rows make by what they say.
    async fn name_referred(&self, run: &mut DryRun) -> Result<()> {
        let referred = run.referred_anew(self.pack());
        for (ledger, ids) in referred {
            let made = run.entries.iter().filter(|entry| entry.before.is_none() && ids.contains(&entry.id));
            let made: Vec<_> = made.map(|entry| (entry.id, entry.name(self.pack()))).collect();
            run.names.extend(made);
            run.names.extend(self.labels(ledger, &ids.into_iter().collect::<Vec<_>>()).await?);
        }
        Ok(())
    }

    /// What is given for every row, typed.
    fn given(&self, sheet: &Sheet, reading: &Reading) -> Result<HashMap<(usize, FieldIx), Value>, Vec<Fault>> {
        let nodes = nodes(sheet);
        let (mut given, mut faults) = (HashMap::new(), Vec::new());
        for (key, text) in reading.given.iter().filter(|(_, text)| !text.trim().is_empty()) {
            let (path, id) = key.rsplit_once('.').unwrap_or(("", key));
            let node = nodes.iter().position(|node| node.path == path);
            let field = node.and_then(|node| Some((node, self.pack().ledger(nodes[node].ledger).field_by_id(id)?)));
            let Some((node, field)) = field else {
                let unknown = anju_record::Problem::new(anju_record::Code::UnknownField, key.as_str(), []);
                faults.push(unknown.at(key.as_str(), &anju_pack::Text { zh: key.clone(), en: key.clone() }));
                continue;
            };
            let definition = self.pack().ledger(nodes[node].ledger).field(field);
            match kind::parse(self.pack(), &definition.kind, text) {
                Ok(value) => drop(given.insert((node, field), value)),
                Err(problem) => faults.push(problem.at(key.as_str(), &definition.title)),
            }
        }
        if faults.is_empty() { Ok(given) } else { Err(faults) }
    }

    /// Records that the rows may speak of, as far as they are theirs to read.
    async fn known_records(
        &self,
        nodes: &[Node],
        recognised: &Recognised,
        rows: &[SheetRow],
    ) -> Result<BTreeMap<LedgerIx, Known>> {
        let pack = self.pack();
        let mut wanted = Wanted::of(pack, nodes, rows);
        wanted.add_ids(self.said_by_id(nodes, rows).await?);
        let mut known: BTreeMap<LedgerIx, Known> = BTreeMap::new();
        for node in order(pack, nodes) {
            let ledger = nodes[node].ledger;
            if known.contains_key(&ledger) {
                continue;
            }
            for lead in wanted.leads(ledger).to_vec() {
                if let Kind::Ref { to } = pack.ledger(ledger).field(lead).kind {
                    let found = known.get(&to).into_iter().flat_map(|known| &known.records);
                    found.for_each(|record| wanted.add(ledger, lead, record.id));
                }
            }
            let every: Vec<FieldIx> =
                (0..pack.ledger(ledger).fields.len()).filter_map(|at| u16::try_from(at).ok().map(FieldIx)).collect();
            let mut records = Vec::new();
            let keep = |record: Record| {
                if wanted.meets(ledger, &record) {
                    records.push(record);
                }
            };
            self.store().load(pack, self.county_code(), ledger, &every, keep).await.map_err(unavailable)?;
            let records = self.theirs(ledger, records).await?;
            let mut found = Known::of(pack, ledger, records, self.today());
            self.name_owners(ledger, &mut found, &known).await?;
            let is_told = |field: FieldIx| {
                let of_ledger = nodes.iter().enumerate().filter(|(_, node)| node.ledger == ledger);
                let owner = pack.ledger(ledger).of.is_some_and(|owner| owner.field == field);
                of_ledger.map(|(at, _)| at).any(|at| {
                    column_of(nodes, recognised, at, field).is_some()
                        || owner && owner_beside(pack, nodes, at).is_some()
                })
            };
            self.look_at_shared(ledger, &mut found, &known, is_told).await?;
            known.insert(ledger, found);
        }
        Ok(known)
    }

    /// The records that rows say they are, and those that these name along the paths of the sheet.
    async fn said_by_id(&self, nodes: &[Node], rows: &[SheetRow]) -> Result<Vec<Uuid>> {
        let told: Vec<Uuid> = rows.iter().filter_map(|row| row.record).collect();
        let mut all = told.clone();
        if told.is_empty() {
            return Ok(all);
        }
        let mut of_nodes: Vec<Vec<Record>> = Vec::with_capacity(nodes.len());
        for (at, node) in nodes.iter().enumerate() {
            let ids = match node.from {
                None => told.clone(),
                Some((parent, field)) => {
                    let named = of_nodes[parent].iter().filter_map(|record| record.values.get(usize::from(field.0)));
                    let ids = named.filter_map(|value| match value {
                        Value::Id(id) => Some(*id),
                        _ => None,
                    });
                    ids.collect::<BTreeSet<Uuid>>().into_iter().collect()
                }
            };
            all.extend(&ids);
            if !nodes.iter().any(|other| other.from.is_some_and(|(parent, _)| parent == at)) {
                of_nodes.push(Vec::new());
                continue;
            }
            let mut query = Query::of(self.county_code(), node.ledger, self.today());
            query.ids = Some(ids);
            of_nodes.push(self.store().select(self.pack(), &query).await.map_err(unavailable)?);
        }
        Ok(all)
    }

    /// Names the owners that the sheet does not speak of: a row may take a record to be of another.
    async fn name_owners(&self, ledger: LedgerIx, found: &mut Known, known: &BTreeMap<LedgerIx, Known>) -> Result<()> {
        let Some(owner) = self.pack().ledger(ledger).of else { return Ok(()) };
        let Some(owners) = known.get(&owner.ledger) else { return Ok(()) };
        let there: BTreeSet<Uuid> = owners.records.iter().map(|record| record.id).collect();
        let named = found.records.iter().filter_map(|record| match record.values.get(usize::from(owner.field.0)) {
            Some(Value::Id(id)) if !there.contains(id) => Some(*id),
            _ => None,
        });
        let ids: Vec<Uuid> = named.collect::<BTreeSet<Uuid>>().into_iter().collect();
        found.owners = self.labels(owner.ledger, &ids).await?.into_iter().collect();
        Ok(())
    }

    /// What is held by the records that those of a ledger name, in fields in which both agree and of which the sheet may say something; it is
    /// compared, and never told.
    async fn look_at_shared(
        &self,
        ledger: LedgerIx,
        found: &mut Known,
        known: &BTreeMap<LedgerIx, Known>,
        is_told: impl Fn(FieldIx) -> bool,
    ) -> Result<()> {
        let definition = self.pack().ledger(ledger);
        let end = definition.period.and_then(|period| period.end);
        for (field, reference) in definition.fields.iter().zip((0..).map(FieldIx)) {
            let Kind::Ref { to } = field.kind else { continue };
            let asked = field.shares.iter().map(|shared| shared.here).chain([reference]).chain(end);
            if field.shares.is_empty() || !asked.into_iter().any(&is_told) {
                continue;
            }
            let named = found.records.iter().filter_map(|record| match record.values.get(usize::from(reference.0)) {
                Some(Value::Id(id)) => Some(*id),
                _ => None,
            });
            let mut ids: BTreeSet<Uuid> = named.collect();
            let mut keep = |record: &Record| {
                let held = field.shares.iter().map(|shared| shared.there);
                let held = held.filter_map(|there| Some((there, record.values.get(usize::from(there.0))?.clone())));
                found.shared.extend(held.map(|(there, value)| ((record.id, there), value)));
            };
            // Those that the sheet speaks of are there already.
            for record in known.get(&to).into_iter().flat_map(|known| &known.records) {
                if ids.remove(&record.id) {
                    keep(record);
                }
            }
            let mut query = Query::of(self.county_code(), to, self.today());
            query.ids = Some(ids.into_iter().collect());
            let others = self.store().select(self.pack(), &query).await.map_err(unavailable)?;
            others.iter().for_each(keep);
        }
        Ok(())
    }

    /// Those that are theirs to read, and the others.
    async fn theirs(&self, ledger: LedgerIx, records: Vec<Record>) -> Result<(Vec<Record>, Vec<Record>)> {
        let reach = self.rights().reach(Action::Read, ledger);
        if reach.is_whole(self.county_code()) {
            return Ok((records, Vec::new()));
        }
        let (mut theirs, mut others) = (Vec::with_capacity(records.len()), Vec::new());
        for record in records {
            if reach.holds_area(&record.area)
                || !reach.owned.is_empty() && self.is_within(Action::Read, ledger, record.id).await?
            {
                theirs.push(record);
            } else {
                others.push(record);
            }
        }
        Ok((theirs, others))
    }

    /// Records whose own place is the one that rows belong in, or holds it.
    async fn places_of(&self, nodes: &[Node], area: &str) -> Result<BTreeMap<LedgerIx, Record>> {
        let pack = self.pack();
        let mut places = BTreeMap::new();
        let owners = nodes.iter().filter(|node| node.makes).filter_map(|node| pack.ledger(node.ledger).of);
        let owners: BTreeSet<LedgerIx> = owners.map(|owner| owner.ledger).collect();
        for owner in owners.into_iter().filter(|owner| pack.ledger(*owner).area.is_some()) {
            let mut found: Option<Record> = None;
            let keep = |record: Record| {
                let nearer = found.as_ref().is_none_or(|known| known.area.len() < record.area.len());
                if area.starts_with(&*record.area) && record.area.len() > self.county_code().len() && nearer {
                    found = Some(record);
                }
            };
            // Only where it stands is asked for.
            self.store().load(pack, self.county_code(), owner, &[], keep).await.map_err(unavailable)?;
            places.extend(found.map(|record| (owner, record)));
        }
        Ok(places)
    }

    /// A sheet that was handed in by them.
    ///
    /// # Errors
    /// `NotFound` for one that is not theirs.
    pub async fn sheet_line(&self, id: Uuid) -> Result<SheetLine> {
        let missing = || Error::NotFound { what: "import", value: id.to_string() };
        let import = self.store().import_of(self.county_code(), id).await.map_err(unavailable)?.ok_or_else(missing)?;
        if !self.is_operator() && import.maker != self.who().login {
            return Err(missing());
        }
        self.settled(line_of(import)?).await
    }

    /// Sheets that they handed in, the newest first.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn sheet_lines(&self) -> Result<Vec<SheetLine>> {
        let all = self.store().imports(self.county_code(), 500).await.map_err(unavailable)?;
        let theirs = |import: &Import| self.is_operator() || import.maker == self.who().login;
        let mut lines = Vec::new();
        for import in all.into_iter().filter(theirs) {
            lines.push(self.settled(line_of(import)?).await?);
        }
        Ok(lines)
    }

    /// A sheet that was handed in, as it would be taken now.
    ///
    /// # Errors
    /// `NotFound` when it is not theirs or its file is kept no more; what the file is otherwise.
    pub async fn sheet_read(&self, line: &SheetLine, progress: &Progress) -> Result<SheetRead, SheetFault> {
        let bytes = self.sheet_file(line).await?;
        let sheet = self.sheet_to_write(&line.import.sheet, &line.import.area)?;
        let file = (line.import.name.as_str(), bytes.as_slice());
        self.read_bytes(file, &sheet, &line.import.area, &line.reading, &line.taken, progress).await
    }

    /// The file as it was handed in.
    ///
    /// # Errors
    /// `NotFound` when it is kept no more.
    pub async fn sheet_file(&self, line: &SheetLine) -> Result<Vec<u8>> {
        let kept = self.store().import_file(line.import.id).await.map_err(unavailable)?;
        kept.ok_or_else(|| Error::NotFound { what: "file", value: line.import.name.clone() })
    }

    /// Reads a sheet in another way from now on.
    ///
    /// # Errors
    /// `Refused` when somebody changed it meanwhile.
    pub async fn read_anew(&self, line: &SheetLine, area: &str, reading: &Reading) -> Result<(), SheetFault> {
        self.sheet_to_write(&line.import.sheet, area)?;
        let sheet = self.pack().sheet_by_id(&line.import.sheet);
        if let Some(sheet) = sheet {
            self.given(&sheet, reading).map_err(SheetFault::Given)?;
        }
        let options = serde_json::to_string(reading).map_err(unavailable)?;
        let next = Import { area: area.to_owned(), options, ..line.import.clone() };
        self.keep_line(&line.import, &next, Vec::new()).await?;
        Ok(())
    }

    /// Lets go of what of a sheet still waits; its file is no longer kept.
    ///
    /// # Errors
    /// `Refused` when somebody changed it meanwhile.
    pub async fn close_sheet(&self, line: &SheetLine) -> Result<()> {
        let next = Import { state: ImportState::Closed, ..line.import.clone() };
        let mut event = self.event_now("import_closed");
        event.id = Some(line.import.id);
        self.keep_line(&line.import, &next, vec![event]).await
    }

    pub(super) async fn keep_line(
        &self,
        read: &Import,
        next: &Import,
        events: Vec<anju_store::NewEvent>,
    ) -> Result<()> {
        match self.store().change_import(read, next, events).await.map_err(unavailable)? {
            true => Ok(()),
            false => Err(Error::refused(crate::RefusalCode::NotWaiting)),
        }
    }
}

/// How many rows stand below the header of a page.
fn below(page: &Grid, fit: &Recognised) -> usize {
    let last = fit.header_rows.iter().max().copied().unwrap_or(0);
    page.rows.iter().filter(|row| row.number > last).count()
}

pub(super) fn line_of(import: Import) -> Result<SheetLine> {
    let reading = serde_json::from_str(&import.options).map_err(unavailable)?;
    let taken = serde_json::from_str(&import.taken).map_err(unavailable)?;
    Ok(SheetLine { import, reading, taken })
}

struct File {
    book: Book,
    grids: Vec<GridLine>,
    recognised: Recognised,
    rows: Vec<SheetRow>,
    ignored: Vec<(u32, anju_exchange::Ignored)>,
}

fn read_file(
    pack: &anju_pack::Pack,
    bytes: &[u8],
    name: &str,
    sheet: &Sheet,
    map: &ColumnMap,
    wanted: Option<usize>,
    today: i32,
) -> Result<File, SheetFault> {
    let book = anju_exchange::open(bytes, name, &Limits::default()).map_err(SheetFault::Book)?;
    let mut fits = anju_exchange::recognise(pack, sheet, &book, map);
    let best = match wanted {
        Some(grid) => fits.iter().position(|(at, fit)| *at == grid && fit.is_ok()),
        None => fits.iter().position(|(_, fit)| fit.is_ok()),
    };
    let name_of = |at: usize| book.sheets.get(at).map(|grid| grid.name.clone()).unwrap_or_default();
    let Some(best) = best else {
        let why = fits.into_iter().filter_map(|(at, fit)| Some((name_of(at), fit.err()?)));
        return Err(SheetFault::None(why.collect()));
    };
    let (grid, recognised) = fits.remove(best);
    let recognised = recognised.map_err(|why| SheetFault::None(vec![(name_of(grid), why)]))?;
    let mut grids: Vec<GridLine> =
        book.sheets.iter().map(|grid| GridLine { name: grid.name.clone(), read: false, why: None, rows: 0 }).collect();
    if let Some(line) = grids.get_mut(grid) {
        line.read = true;
    }
    for (at, fit) in fits {
        let Some((line, page)) = grids.get_mut(at).zip(book.sheets.get(at)) else { continue };
        line.rows = fit.as_ref().map_or(0, |fit| below(page, fit));
        line.why = fit.err();
    }
    let Some(read) = book.sheets.get(grid) else { return Err(SheetFault::None(Vec::new())) };
    let joined = anju_exchange::join(pack, sheet, &book, map, &recognised);
    let (read, recognised) = joined.map_or((Cow::Borrowed(read), recognised), |(page, fit)| (Cow::Owned(page), fit));
    let reading = anju_exchange::read_rows(pack, sheet, &read, &recognised, today);
    Ok(File { grids, recognised, rows: reading.rows, ignored: reading.ignored, book })
}
