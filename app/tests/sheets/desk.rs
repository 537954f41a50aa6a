//! A county with one site and nobody in it.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use anju_app::{Actor, App, Clock, Intent, Progress, Reading, SheetLine, SheetRead, Took, Written};
use anju_pack::{LedgerIx, Pack, Source, compile};
use anju_record::{Draft, Record, Valid, Value, validate};
use anju_store::{Division, Query, Store, Write};
use anju_vault::Vault;
use uuid::Uuid;

/// 2020-05-16.
pub const TODAY: i32 = 18_398;
pub const COUNTY: &str = "610923";
pub const SITE: &str = "610923100001901";

/// A folder of sheets as they were handed in.
pub const HANDED_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../engine/exchange/tests/hand-in");

pub struct Desk {
    pub actor: Actor,
    pub store: Store,
}

impl Deref for Desk {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.actor
    }
}

fn pack() -> Arc<Pack> {
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
    let mut sources = vec![source("county.toml", anju_ningshan::COUNTY_TOML, None)];
    for (name, files) in mechanisms {
        sources.extend(files.iter().map(|(path, text)| source(path, text, Some(name))));
    }
    Arc::new(compile(&sources).unwrap_or_else(|faults| panic!("{faults:?}")))
}

impl Desk {
    pub async fn in_sqlite(folder: &Path) -> Self {
        let url = format!("sqlite:{}", folder.join("county.db").display());
        Self::open(Store::open(&url, Vault::testing()).await.unwrap()).await
    }

    pub async fn open(store: Store) -> Self {
        let pack = pack();
        store.apply(store.plan(&pack).await.unwrap(), false).await.unwrap();
        let places = anju_ningshan::places::divisions().into_iter();
        let places: Vec<_> = places
            .map(|it| Division {
                code: it.code,
                name: it.name,
                parent: Some(it.parent).filter(|code| !code.is_empty()),
            })
            .collect();
        store.put_areas(&places).await.unwrap();
        let app = Arc::new(App::open(store.clone(), pack, Clock::Fixed(TODAY), false).await.unwrap());
        let desk = Self { actor: app.operator(), store };
        if desk.all("site").await.is_empty() {
            desk.site(SITE, "示范安置点").await;
        }
        desk
    }

    pub fn ix(&self, ledger: &str) -> LedgerIx {
        self.ledger(ledger).unwrap()
    }

    /// Somebody with a role in the whole county.
    pub fn clerk(&self, role: &str) -> Actor {
        self.clerk_in(role, COUNTY)
    }

    /// Somebody with a role in a place.
    pub fn clerk_in(&self, role: &str, area: &str) -> Actor {
        let grant = anju_access::Grant {
            id: Uuid::nil(),
            role: role.into(),
            area: area.into(),
            from: 0,
            until: None,
            expires_at: None,
        };
        let rights = anju_access::Rights::of(self.pack(), COUNTY, &[grant], |_, _| Arc::from([]), TODAY, 0);
        let account = anju_app::Account {
            id: Uuid::from_u128(1),
            login: "clerk".into(),
            name: "干事".into(),
            active: true,
            must_change: false,
            made_at: 0,
        };
        Actor::new(self.app(), Arc::new(rights), anju_app::Who::of(&account, "10.0.0.7", "web"))
    }

    /// A record checked, with fields as people write them.
    pub fn valid(&self, ledger: &str, fields: &[(&str, &str)]) -> Valid {
        let ix = self.ix(ledger);
        let draft = fields.iter().fold(Draft::new(ix), |draft, (field, text)| draft.set(*field, *text));
        validate(self.pack(), ix, draft, TODAY).unwrap_or_else(|faults| panic!("{ledger}: {faults:?}"))
    }

    pub async fn make(&self, ledger: &str, fields: &[(&str, &str)]) -> Uuid {
        let valid = self.valid(ledger, fields);
        let id = valid.id();
        self.write_all(vec![Write::Insert(valid)]).await;
        id
    }

    /// A site in the village that its code begins with.
    pub async fn site(&self, code: &str, name: &str) {
        let fields = [
            ("code", code),
            ("name", name),
            ("kind", "in_village"),
            ("batch", "fyp13"),
            ("layout", "apartment"),
            ("destination_village", &code[..12]),
            ("opened_on", "2017-01-01"),
        ];
        self.make("site", &fields).await;
    }

    pub async fn write_all(&self, changes: Vec<Write>) {
        let written = self.write(Intent { changes, ..Intent::default() }).await.unwrap();
        assert!(matches!(written, Written::Committed(_)));
    }

    /// Live records of a ledger, nothing masked.
    pub async fn all(&self, ledger: &str) -> Vec<Record> {
        let query = Query::of(COUNTY, self.ix(ledger), TODAY);
        self.store.select(self.pack(), &query).await.unwrap()
    }

    pub fn field(&self, ledger: &str, field: &str, record: &Record) -> Value {
        let at = self.pack().ledger(self.ix(ledger)).field_by_id(field).unwrap();
        record.values[usize::from(at.0)].clone()
    }

    /// What stands in some ledgers, by what people see of it: ids and versions differ from one import to the next.
    pub async fn contents(&self, ledgers: &[&str]) -> BTreeMap<String, Vec<Vec<String>>> {
        let mut contents = BTreeMap::new();
        for ledger in ledgers {
            let records = self.all(ledger).await;
            let shown = self.shown(self.ix(ledger), &records, anju_record::Lang::Zh).await.unwrap();
            let mut rows: Vec<Vec<String>> = shown
                .into_iter()
                .map(|row| row.into_iter().map(|cell| cell.value.unwrap_or_default()).collect())
                .collect();
            rows.sort();
            contents.insert((*ledger).to_owned(), rows);
        }
        contents
    }

    pub async fn check(&self, name: &str, bytes: &[u8], sheet: &str, reading: &Reading) -> SheetRead {
        let read = self.check_sheet(name, bytes, sheet, SITE, reading, &Progress::default()).await;
        read.unwrap_or_else(|fault| panic!("{name}: {fault:?}"))
    }

    pub async fn keep(&self, name: &str, bytes: &[u8], sheet: &str, reading: &Reading) -> SheetLine {
        let id = self.hand_in(name, bytes, sheet, SITE, reading).await.unwrap_or_else(|fault| panic!("{fault:?}"));
        self.sheet_line(id).await.unwrap()
    }

    /// Takes what can be taken, and gives the sheet as it is kept then.
    pub async fn take(&self, line: &SheetLine) -> (Took, SheetLine) {
        let took = self.take_sheet(line, &Progress::default()).await.unwrap_or_else(|error| panic!("{error:?}"));
        (took, self.sheet_line(line.import.id).await.unwrap())
    }
}

/// What a roster does not say, told for all rows.
pub fn told() -> Reading {
    let given = [("household.batch", "fyp13"), ("household.registered_poor", "是"), ("household.status", "resident")];
    Reading { given: given.map(|(key, value)| (key.to_owned(), value.to_owned())).into(), ..Reading::default() }
}
