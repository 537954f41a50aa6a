//! A county in small, with people who have accounts, and hashing that costs nothing.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anju_access::Grant;
use anju_app::{
    Account, Actor, App, Clock, Error, GrantRow, Hashing, NewSession, RefusalCode, SecondFactor, SignIn, SignInRefused,
    SignedIn, code_at,
};
use anju_pack::{LedgerIx, Pack, Source, compile};
use anju_record::{Draft, Valid, Value, validate};
use anju_store::{Batch, Credential, Division, Store, Write};
use anju_vault::Vault;
use uuid::Uuid;

pub const TODAY: i32 = 18_398;
pub const COUNTY: &str = "610923";
pub const TOWN: &str = "610923100";
pub const OTHER: &str = "610923101";
pub const PASSWORD: &str = "tri7Comet-larch";
pub const HERE: &str = "192.0.2.1";
pub const DAY: i64 = 86_400_000;

/// Counts, and costs nothing.
#[derive(Default)]
pub struct Quick(pub AtomicUsize);

impl Hashing for Quick {
    fn hash(&self, password: &str) -> Result<String, String> {
        Ok(format!("quick {password}"))
    }
    fn verify(&self, password: &str, phc: &str) -> bool {
        self.0.fetch_add(1, Ordering::SeqCst);
        phc.strip_prefix("quick ") == Some(password)
    }
    fn decoy(&self) -> &str {
        "nobody"
    }
    fn is_outdated(&self, _: &str) -> bool {
        false
    }
}

pub struct Desk {
    pub app: Arc<App>,
    pub store: Store,
    pub pack: Arc<Pack>,
    pub hashing: Arc<Quick>,
    /// Households of the two towns, and a grown person and a child of the first.
    pub households: [Uuid; 2],
    pub person: Uuid,
    pub child: Uuid,
    pub cadre: Uuid,
}

fn pack() -> Arc<Pack> {
    let source = |path: &str, text: &str, mechanism: Option<&str>| Source {
        path: path.to_owned(),
        text: text.to_owned(),
        mechanism: mechanism.map(str::to_owned),
    };
    let county = "[county]\ncode = \"610923\"\nname = { zh = \"试验县\", en = \"Trial County\" }\n";
    let sources = [source("county.toml", county, None), source("pack.toml", include_str!("pack.toml"), Some("base"))];
    Arc::new(compile(&sources).unwrap_or_else(|faults| panic!("{faults:#?}")))
}

pub async fn in_sqlite(folder: &Path) -> Desk {
    let url = format!("sqlite:{}", folder.join("desk.db").display());
    Desk::open(Store::open(&url, Vault::testing()).await.unwrap()).await
}

impl Desk {
    pub async fn open(store: Store) -> Self {
        let pack = pack();
        store.apply(store.plan(&pack).await.unwrap(), false).await.unwrap();
        let place = |code: &str| Division { code: code.into(), name: format!("地{code}"), parent: None };
        store.put_areas(&[COUNTY, TOWN, OTHER].map(place)).await.unwrap();
        let app = Self::serve(&store, &pack, TODAY, &Arc::new(Quick::default())).await;
        let mut desk = Self {
            app,
            store,
            pack,
            hashing: Arc::default(),
            households: [Uuid::nil(); 2],
            person: Uuid::nil(),
            child: Uuid::nil(),
            cadre: Uuid::nil(),
        };
        desk.app = Self::serve(&desk.store, &desk.pack, TODAY, &desk.hashing).await;
        desk.fill().await;
        desk
    }

    async fn serve(store: &Store, pack: &Arc<Pack>, today: i32, hashing: &Arc<Quick>) -> Arc<App> {
        let app = App::open(store.clone(), Arc::clone(pack), Clock::Fixed(today), false).await.unwrap();
        Arc::new(app.hashing(Arc::clone(hashing) as Arc<dyn Hashing>))
    }

    /// The same database, served on another day.
    pub async fn on(&self, today: i32) -> Arc<App> {
        Self::serve(&self.store, &self.pack, today, &self.hashing).await
    }

    async fn fill(&mut self) {
        let mut writes = Vec::new();
        for (at, town) in [TOWN, OTHER].into_iter().enumerate() {
            let site = self.record("site", &[("name", text("点")), ("place", text(&format!("{town}001001")))]);
            let household = self.record("household", &[("site", Value::Id(site.id())), ("number", text("H1"))]);
            self.households[at] = household.id();
            writes.extend([site, household]);
        }
        let household = Value::Id(self.households[0]);
        let person = [("household", household.clone()), ("name", text("王山")), ("phone", text("10012345678"))];
        let grown =
            self.record("person", &[&person[..], &[("born_on", Value::Date(0)), ("account", text("wang"))]].concat());
        let child = self.record("person", &[&person[..], &[("born_on", Value::Date(TODAY - 3_000))]].concat());
        let cadre = self.record("cadre", &[("name", text("李河")), ("account", text("li"))]);
        let pairing = [("household", household), ("cadre", Value::Id(cadre.id())), ("started_on", Value::Date(18_000))];
        (self.person, self.child, self.cadre) = (grown.id(), child.id(), cadre.id());
        writes.extend([grown, child, cadre, self.record("pairing", &pairing)]);
        let batch = Batch {
            county: COUNTY.into(),
            actor: "fill".into(),
            origin: "import".into(),
            reason: None,
            idempotency_key: None,
            at: 0,
            changes: writes.into_iter().map(Write::Insert).collect(),
        };
        self.store.commit(&self.pack, batch).await.unwrap();
        self.app = Self::serve(&self.store, &self.pack, TODAY, &self.hashing).await;
    }

    pub fn ledger(&self, id: &str) -> LedgerIx {
        self.pack.ledger_by_id(id).unwrap()
    }

    /// A new record that may be written.
    pub fn record(&self, ledger: &str, fields: &[(&str, Value)]) -> Valid {
        let ix = self.ledger(ledger);
        let draft = fields.iter().fold(Draft::new(ix), |draft, (field, value)| draft.set(*field, value.clone()));
        validate(&self.pack, ix, draft, TODAY).unwrap()
    }

    /// A record with one field changed.
    pub async fn changed(&self, ledger: &str, id: Uuid, field: &str, value: Value) -> Write {
        let ix = self.ledger(ledger);
        let record = self.store.get(&self.pack, COUNTY, ix, id).await.unwrap().unwrap();
        let draft = Draft::edit(&self.pack, ix, &record).set(field, value);
        Write::Update { valid: validate(&self.pack, ix, draft, TODAY).unwrap(), expected_version: record.version }
    }

    /// An account that may sign in at once, with these roles in these places.
    pub async fn account(&self, login: &str, roles: &[(&str, &str)]) -> Uuid {
        let id = uuid::Builder::from_random_bytes(random()).into_uuid();
        let account = Account {
            id,
            login: login.into(),
            name: format!("人{login}"),
            active: true,
            must_change: false,
            made_at: 0,
        };
        let credential = Credential::of(id, format!("quick {PASSWORD}"), self.app.now());
        self.store.put_account(&account, &credential, Vec::new()).await.unwrap();
        for (role, area) in roles {
            self.grant(id, role, area, None).await;
        }
        id
    }

    pub async fn grant(&self, account: Uuid, role: &str, area: &str, until: Option<i32>) -> Uuid {
        let id = uuid::Builder::from_random_bytes(random()).into_uuid();
        let grant = Grant { id, role: role.into(), area: area.into(), from: 0, until, expires_at: None };
        let row = GrantRow {
            grant,
            account,
            made_by: "fill".into(),
            made_at: 0,
            confirmed_by: None,
            reason: "test".into(),
            ended_at: None,
        };
        assert!(self.store.put_grant(&row, Vec::new()).await.unwrap());
        id
    }

    /// Sets a setting as it has to be: `keeper` proposes and `security` confirms.
    pub async fn set(&self, key: &str, value: &str) {
        let id = self.actor("keeper").await.propose_setting(key, value, "统一身份").await.unwrap();
        self.actor("security").await.confirm(id).await.unwrap();
    }

    pub async fn try_from(
        &self,
        login: &str,
        password: &str,
        address: &str,
        now: i64,
    ) -> Result<SignedIn, SignInRefused> {
        let given = SignIn {
            login: login.into(),
            password: password.into(),
            address: address.into(),
            agent: "test".into(),
            now,
        };
        self.app.sign_in(given).await
    }

    pub async fn session(&self, login: &str) -> NewSession {
        match self.try_from(login, PASSWORD, HERE, self.app.now()).await {
            Ok(SignedIn::Session(session)) => session,
            Ok(SignedIn::SecondFactor { .. }) => panic!("{login} owes a code"),
            Err(refused) => panic!("{login}: {refused:?}"),
        }
    }

    /// Somebody signed in.
    pub async fn actor(&self, login: &str) -> Actor {
        self.session(login).await.actor
    }

    /// Gives the second factor of a secret at a moment.
    pub async fn code(&self, challenge: &str, code: &str, now: i64) -> Result<NewSession, SignInRefused> {
        let given = SecondFactor {
            challenge: challenge.into(),
            code: code.into(),
            address: HERE.into(),
            agent: "test".into(),
            now,
        };
        self.app.second_factor(given).await
    }

    pub async fn challenge(&self, login: &str, now: i64) -> String {
        match self.try_from(login, PASSWORD, HERE, now).await {
            Ok(SignedIn::SecondFactor { challenge }) => challenge,
            Ok(SignedIn::Session(_)) => panic!("{login} owes no code"),
            Err(refused) => panic!("{login}: {refused:?}"),
        }
    }
}

pub fn code(secret: &str, now: i64) -> String {
    code_at(secret, now).unwrap()
}

pub fn text(words: &str) -> Value {
    Value::Text(words.into())
}

fn random() -> [u8; 16] {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    let mut bytes = [7; 16];
    bytes[8..].copy_from_slice(&(NEXT.fetch_add(1, Ordering::SeqCst) as u64).to_be_bytes());
    bytes
}

/// What an act was refused for.
pub fn refused<T>(done: Result<T, Error>) -> Vec<RefusalCode> {
    match done {
        Ok(_) => panic!("it was done"),
        Err(Error::Refused(refusals)) => refusals.into_iter().map(|refusal| refusal.code).collect(),
        Err(other) => panic!("{other}"),
    }
}

pub fn is_denied<T>(done: Result<T, Error>) -> bool {
    matches!(done, Err(Error::Denied { .. }))
}

pub fn is_missing<T>(done: Result<T, Error>) -> bool {
    matches!(done, Err(Error::NotFound { .. }))
}
