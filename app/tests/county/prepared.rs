//! The demo county, imported and opened; also for the tests of the pages.

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use anju_app::{Actor, App, Clock, Intent};
use anju_pack::{LedgerIx, Pack, Source, compile};
use anju_record::{Record, validate_values};
use anju_store::{Batch, Division, Store, Write};
use anju_vault::Vault;
use uuid::Uuid;

/// The day that the county published its figures.
pub const TODAY: i32 = 18_398;
pub const COUNTY: &str = "610923";

fn pack(more: &str) -> Arc<Pack> {
    let mechanisms = [
        ("base", anju_base::SOURCES),
        ("party", anju_party::SOURCES),
        ("employment", anju_employment::SOURCES),
        ("industry", anju_industry::SOURCES),
        ("governance", anju_governance::SOURCES),
        ("assistance", anju_assistance::SOURCES),
    ];
    let source = |path: &str, text: &str, mechanism: Option<&str>| Source {
        path: path.to_owned(),
        text: text.to_owned(),
        mechanism: mechanism.map(str::to_owned),
    };
    let mut sources = vec![source("county.toml", &format!("{}\n{more}", anju_ningshan::COUNTY_TOML), None)];
    for (name, files) in mechanisms {
        sources.extend(files.iter().map(|(path, text)| source(path, text, Some(name))));
    }
    Arc::new(compile(&sources).unwrap_or_else(|faults| panic!("{faults:?}")))
}

/// The county as its operator sees it, and the database itself, to compare with.
pub struct County {
    pub actor: Actor,
    pub store: Store,
}

impl Deref for County {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.actor
    }
}

impl County {
    /// A record as it stands in the database, nothing masked.
    pub async fn stored(&self, ledger: LedgerIx, id: Uuid) -> Record {
        self.store.get(self.pack(), COUNTY, ledger, id).await.unwrap().unwrap()
    }
}

pub async fn in_sqlite(folder: &Path) -> Arc<County> {
    open(Store::open(&format!("sqlite:{}", folder.join("county.db").display()), Vault::testing()).await.unwrap()).await
}

pub async fn open(store: Store) -> Arc<County> {
    let pack = pack("");
    store.apply(store.plan(&pack).await.unwrap(), false).await.unwrap();
    let places = anju_ningshan::places::divisions().into_iter();
    let places: Vec<_> = places
        .map(|it| Division { code: it.code, name: it.name, parent: Some(it.parent).filter(|code| !code.is_empty()) })
        .collect();
    store.put_areas(&places).await.unwrap();
    let records = anju_ningshan::generate(&pack).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let valid = records
        .into_iter()
        .map(|(ledger, record)| validate_values(&pack, ledger, record.id, record.values, TODAY).unwrap());
    store.import(&pack, batch(Vec::new()), valid.collect::<Vec<_>>()).await.unwrap();
    let app = Arc::new(App::open(store.clone(), pack, Clock::Fixed(TODAY), true).await.unwrap());
    Arc::new(County { actor: app.operator(), store })
}

/// The same with more in the county's own file, which was put in after its records.
#[allow(dead_code, reason = "not every test has a county that adds something")]
pub async fn in_sqlite_adding(folder: &Path, more: &str) -> Arc<County> {
    let store = in_sqlite(folder).await.store.clone();
    let pack = pack(more);
    store.apply(store.plan(&pack).await.unwrap(), false).await.unwrap();
    let app = Arc::new(App::open(store.clone(), pack, Clock::Fixed(TODAY), true).await.unwrap());
    Arc::new(County { actor: app.operator(), store })
}

#[allow(dead_code, reason = "not every test of the county writes by itself")]
pub fn intent(changes: Vec<Write>) -> Intent {
    Intent { changes, ..Intent::default() }
}

fn batch(changes: Vec<Write>) -> Batch {
    Batch {
        county: COUNTY.into(),
        actor: "tester".into(),
        origin: "web".into(),
        reason: None,
        idempotency_key: None,
        at: 1_589_587_200_000,
        changes,
    }
}
