//! Opening a county: the database must follow the pack; then its shard is loaded.

use std::sync::atomic::AtomicI32;
use std::sync::{Arc, RwLock};

use anju_coverage::Plan;
use anju_pack::{AreaLevel, FieldIx, Kind, LedgerIx, Pack};
use anju_record::{Record, Value};
use anju_shard::{Shape, Shard};
use anju_store::{NotReady, Store};

use crate::error::{Error, Result};
use crate::records::unavailable;
use crate::{App, Areas, Clock, County, Day, Directory};

impl App {
    /// Opens the county that the pack names.
    ///
    /// # Errors
    /// `Unavailable` with what to do: the database is empty, follows another pack, or does not answer.
    pub async fn open(store: Store, pack: Arc<Pack>, clock: Clock, demo: bool) -> Result<Self> {
        let code = pack.county.as_ref().map(|county| county.code.clone());
        let code = code.ok_or_else(|| {
            Error::Unavailable("the pack names no county; add a county.toml with [county] code and name".into())
        })?;
        store.ready(&pack).await.map_err(|not| Error::Unavailable(not_ready_in_words(&not)))?;
        let shape = Arc::new(Shape::of(&pack));
        let plan = Plan::compile(&pack, &shape);
        let (shard, seq) = load(&store, &pack, &shape, &code).await?;
        let app = Self {
            directory: Directory::of(&pack),
            pack,
            plan,
            store,
            county: County::new(shard, seq),
            code,
            areas: RwLock::default(),
            clock,
            demo,
            sheets: crate::sheets::Desk::default(),
            checkpointed: AtomicI32::new(Day::MIN),
        };
        app.read_areas().await?;
        app.known().await?;
        Ok(app)
    }

    /// Reads the places anew: the official ones, and those of the county's own ledgers.
    pub(crate) async fn read_areas(&self) -> Result<()> {
        let mut areas = Areas::default();
        for division in self.store().areas().await.map_err(unavailable)? {
            areas.insert(&division.code, &division.name);
        }
        for (ledger, field) in self.place_ledgers() {
            let mut codes = Vec::new();
            let columns = columns_for_names(self.pack(), ledger, field);
            let read = |record: Record| codes.push((record.id, code_and_name(self.pack(), ledger, field, &record)));
            self.store().load(self.pack(), self.county_code(), ledger, &columns, read).await.map_err(unavailable)?;
            for (_, (code, name)) in codes {
                if let Some(code) = code.filter(|code| code.len() >= AreaLevel::County.digits()) {
                    areas.insert(&code, name.as_deref().unwrap_or(&code));
                }
            }
        }
        *self.areas.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(areas);
        Ok(())
    }
}

/// A place's own name: the first plain text of its label.
fn name_field(pack: &Pack, ledger: LedgerIx) -> Option<FieldIx> {
    let entry = pack.ledger(ledger);
    entry.label.iter().find_map(|part| match part {
        anju_pack::LabelPart::Field(field) if matches!(entry.field(*field).kind, Kind::Text { .. }) => Some(*field),
        _ => None,
    })
}

fn columns_for_names(pack: &Pack, ledger: LedgerIx, code: FieldIx) -> Vec<FieldIx> {
    std::iter::once(code).chain(name_field(pack, ledger)).collect()
}

fn code_and_name(pack: &Pack, ledger: LedgerIx, code: FieldIx, record: &Record) -> (Option<String>, Option<String>) {
    let text = |field: FieldIx| match record.values.get(usize::from(field.0)) {
        Some(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    (text(code), name_field(pack, ledger).and_then(text))
}

/// Loads a county as of one place in its journal. Writes of other processes between the ledgers are caught up with afterwards.
pub(crate) async fn load(store: &Store, pack: &Pack, shape: &Arc<Shape>, county: &str) -> Result<(Shard, i64)> {
    let (before, _) = store.head(county).await.map_err(unavailable)?;
    let mut records: Vec<(LedgerIx, Record)> = Vec::new();
    for ix in pack.ledger_ixs() {
        let Some(columns) = shape.fields(ix) else { continue };
        store.load(pack, county, ix, &columns, |record| records.push((ix, record))).await.map_err(unavailable)?;
    }
    let (after, _) = store.head(county).await.map_err(unavailable)?;
    if after == before {
        let shard = Shard::load(shape, county, records).map_err(unavailable)?;
        return Ok((shard, before));
    }
    // Somebody wrote meanwhile: read again. A journal row at a time would meet records that were already read as they stand now.
    tracing::info!(before, after, "the county changed while it was read; reading again");
    Box::pin(load(store, pack, shape, county)).await
}

/// Why a database cannot be used with a pack, and what to do.
pub fn not_ready_in_words(not: &NotReady) -> String {
    let short = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
    match not {
        NotReady::Empty => {
            "the database is empty: run `anju pack apply` for a county of your own, or `anju demo` for the demo county"
                .into()
        }
        NotReady::Older { database, given } => format!(
            "the database follows an earlier pack ({}, here {}): `anju pack plan` shows what would change, `anju pack apply` changes it",
            short(database),
            short(given)
        ),
        NotReady::Newer { database, given } => format!(
            "the database already follows other definitions ({}, here {}): give the same with --pack or use the newer program; `anju pack plan` shows the difference",
            short(database),
            short(given)
        ),
        NotReady::Unavailable(why) => why.clone(),
    }
}
