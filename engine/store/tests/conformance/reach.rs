//! What an actor reaches: the rows that SQL finds are those that the reach holds, whatever the roles, grants and records.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use anju_access::{Action, Grant, OwnedBy, Owners, Reach, Rights};
use anju_pack::{FieldIx, LedgerIx, Pack, Relation};
use anju_record::{Record, Value, holds};
use anju_store::{Query, Store};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use crate::library::*;

const LEDGERS: [&str; 4] = ["branch", "reader", "loan", "remark"];
const AREAS: [&str; 7] = ["61", "610923", "610923100", "610923101", "610923100001001", "610923101001001", "610924100"];

/// Every live record, to be asked in memory.
struct Rows {
    by_ledger: HashMap<LedgerIx, Vec<Record>>,
    by_id: HashMap<(LedgerIx, Uuid), Record>,
}

impl Rows {
    async fn read(store: &Store, pack: &Arc<Pack>) -> Self {
        let (mut by_ledger, mut by_id) = (HashMap::new(), HashMap::new());
        for ix in pack.ledger_ixs() {
            let records = store.select(pack, &Query::of(COUNTY, ix, today())).await.unwrap();
            by_id.extend(records.iter().map(|record| ((ix, record.id), record.clone())));
            by_ledger.insert(ix, records);
        }
        Self { by_ledger, by_id }
    }

    fn up(&self, mut at: (LedgerIx, Uuid), pack: &Pack, chain: &[(LedgerIx, FieldIx)]) -> Option<Uuid> {
        for (ledger, field) in chain {
            assert_eq!(*ledger, at.0, "the chain begins at the row's ledger");
            let Value::Id(owner) = self.by_id.get(&at)?.values[usize::from(field.0)] else { return None };
            at = (pack.ledger(*ledger).of?.ledger, owner);
        }
        Some(at.1)
    }

    fn within(&self, pack: &Pack, ledger: LedgerIx, reach: &Reach) -> BTreeSet<Uuid> {
        let held =
            |record: &&Record| reach.holds(&record.area, record.id, |chain| self.up((ledger, record.id), pack, chain));
        self.by_ledger[&ledger].iter().filter(held).map(|record| record.id).collect()
    }

    /// What the app does for a relation: the owners of the rows that satisfy it, within the grant's area.
    fn owners(&self, pack: &Pack, grant: &Grant, relation: &Relation, login: &str, by_place: bool) -> Owners {
        let predicate = relation.predicate.for_actor(login);
        let find = |ledger, id| self.by_id.get(&(ledger, id)).cloned();
        let rows = self.by_ledger[&relation.ledger].iter();
        let rows = rows.filter(|row| row.area.starts_with(&*grant.area));
        let rows = rows.filter(|row| holds(pack, &predicate, row, &find, today()) == Some(true));
        let chain = pack.chain_to(relation.ledger, relation.owner).unwrap();
        let ids: BTreeSet<Uuid> = rows.filter_map(|row| self.up((relation.ledger, row.id), pack, &chain)).collect();
        let placed = by_place && pack.ledger(relation.owner).area.is_some();
        let places = ids.iter().filter(|_| placed).map(|id| self.by_id[&(relation.owner, *id)].area.as_str().into());
        Owners { places: places.collect(), ids: ids.iter().copied().collect() }
    }
}

async fn filled(store: &Store) -> Arc<Pack> {
    let pack = ready(store).await;
    let mut records = Vec::new();
    for (n, code) in ["610923100001001", "610923100001002", "610923101001001", "610923102003001"].iter().enumerate() {
        let home =
            valid(&pack, None, "branch", &[("code", code), ("name", &n.to_string()), ("opened_on", "2019-01-01")]);
        let branch = home.id().to_string();
        records.push(home);
        for m in 0..6 {
            let fields = [
                ("branch", &*branch),
                ("name", "王"),
                ("number", &format!("{n}-{m}")),
                ("memo", &format!("u{}", (n + m) % 4)),
            ];
            let reader = valid(&pack, None, "reader", &fields);
            let of = reader.id().to_string();
            records.push(reader);
            for book in 0..m % 3 {
                let fields = [("reader", &*of), ("book", &format!("{n}-{m}-{book}")), ("lent_on", "2020-01-01")];
                let loan = valid(&pack, None, "loan", &fields);
                records.push(valid(
                    &pack,
                    None,
                    "remark",
                    &[("loan", &loan.id().to_string()), ("words", &format!("u{book}"))],
                ));
                records.push(loan);
            }
        }
    }
    store.import(&pack, batch(Vec::new()), records).await.unwrap();
    pack
}

/// The library with some roles: what each reads, writes, exports, reads everywhere, and whose rows.
fn roles() -> impl Strategy<Value = String> {
    let some = || prop::sample::subsequence(LEDGERS.to_vec(), 0..=4);
    let only = prop::sample::subsequence(
        vec![
            ("reader", "memo = actor"),
            ("loan", "reader.memo = actor"),
            ("loan", "reader.memo = actor AND returned_on IS NULL"),
            ("remark", "words = actor OR loan.reader.memo = actor"),
        ],
        0..=2,
    );
    let role = (some(), some(), some(), some(), only).prop_map(|(read, write, export, everywhere, only)| {
        let within = |some: Vec<&'static str>| some.into_iter().filter(|id| read.contains(id)).collect::<Vec<_>>();
        let mut words = String::new();
        for (key, list) in [
            ("write", within(write)),
            ("export", within(export)),
            ("everywhere", within(everywhere)),
            ("read", read.clone()),
        ] {
            writeln!(words, "{key} = {list:?}").unwrap();
        }
        let only: Vec<String> = only.iter().map(|(of, when)| format!("{{ of = {of:?}, where = {when:?} }}")).collect();
        writeln!(words, "only = [{}]", only.join(", ")).unwrap();
        words
    });
    prop::collection::vec(role, 3).prop_map(|roles| {
        let mut words = WORDS.to_owned();
        for (n, role) in roles.iter().enumerate() {
            write!(words, "\n[role.role{n}]\ntitle = {{ zh = \"某\", en = \"Some\" }}\n{role}").unwrap();
        }
        words
    })
}

fn grants() -> impl Strategy<Value = Vec<Grant>> {
    let grant = (0..4_usize, prop::sample::select(AREAS.to_vec())).prop_map(|(role, area)| Grant {
        id: Uuid::nil(),
        role: format!("role{role}"),
        area: area.into(),
        from: 0,
        until: None,
        expires_at: None,
    });
    prop::collection::vec(grant, 0..4)
}

pub async fn sql_finds_what_the_reach_holds(store: Store) {
    let pack = filled(&store).await;
    let rows = Rows::read(&store, &pack).await;
    let mut runner = TestRunner::deterministic();
    let (mut found, mut told) = (0, 0);
    for _ in 0..60 {
        let words = roles().new_tree(&mut runner).unwrap().current();
        let (grants, user, by_place) = (grants(), 0..5_u8, any::<bool>()).new_tree(&mut runner).unwrap().current();
        // Roles change no table: the rights of this pack are asked of the same store.
        let ruled = pack_of(&words);
        let login = format!("u{user}");
        let owners = |grant: &Grant, relation: &Relation| rows.owners(&ruled, grant, relation, &login, by_place);
        let rights = Rights::of(&ruled, COUNTY, &grants, owners, today(), 0);
        for (action, ledger) in Action::ALL.into_iter().flat_map(|a| LEDGERS.map(|name| (a, ledger(&pack, name)))) {
            let reach = rights.reach(action, ledger);
            let wanted = rows.within(&pack, ledger, reach);
            let query = Query { reach: Some(reach.clone()), ..Query::of(COUNTY, ledger, today()) };
            let seen: BTreeSet<Uuid> = store.select(&pack, &query).await.unwrap().iter().map(|row| row.id).collect();
            assert_eq!(seen, wanted, "{action:?} {} {reach:?}\n{grants:?}\n{words}", pack.ledger(ledger).id);
            assert_eq!(store.count(&pack, &query).await.unwrap(), wanted.len() as u64);
            found += usize::from(!wanted.is_empty() && wanted.len() < rows.by_ledger[&ledger].len());
            told += usize::from(!reach.owned.is_empty() && !wanted.is_empty());
        }
    }
    assert!(found > 50 && told > 20, "the cases say something: {found}, {told}");
}

pub async fn thousands_of_owners_are_one_question(store: Store) {
    let pack = filled(&store).await;
    let rows = Rows::read(&store, &pack).await;
    let readers: Vec<Uuid> = rows.by_ledger[&ledger(&pack, "reader")].iter().map(|row| row.id).collect();
    let mut owners: Vec<Uuid> = (0..70_000_u128).map(Uuid::from_u128).chain(readers[..9].iter().copied()).collect();
    owners.sort_unstable();
    let owners: Arc<[Uuid]> = owners.into();
    for name in ["reader", "loan", "remark"] {
        let ix = ledger(&pack, name);
        let chain = pack.chain_to(ix, ledger(&pack, "reader")).unwrap();
        let reach = Reach { areas: Vec::new(), owned: vec![OwnedBy { chain, owners: Arc::clone(&owners) }] };
        let query = Query { reach: Some(reach.clone()), ..Query::of(COUNTY, ix, today()) };
        let seen: BTreeSet<Uuid> = store.select(&pack, &query).await.unwrap().iter().map(|row| row.id).collect();
        assert_eq!(seen, rows.within(&pack, ix, &reach), "{name}");
        assert!(!seen.is_empty());
    }
}

pub async fn who_reaches_nothing_finds_nothing(store: Store) {
    let pack = filled(&store).await;
    for name in LEDGERS {
        let query = Query { reach: Some(Reach::default()), ..Query::of(COUNTY, ledger(&pack, name), today()) };
        assert_eq!(store.count(&pack, &query).await.unwrap(), 0);
        assert_eq!(store.select(&pack, &query).await.unwrap(), []);
    }
}
