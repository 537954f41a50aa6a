//! Rights: what is on screen, counted, taken away as a file and told as coverage is the same set of records, and it is the right one.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use anju_access::{Action, Grant, Rights};
use anju_app::{Actor, Columns, Error, RollAsk, Scope, Show, Who};
use anju_pack::{FieldIx, LedgerIx, Pack, Role};
use anju_record::{Lang, Value};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use crate::prepared::{COUNTY, County, TODAY};

/// Where every record stands and whose it is, read from the database past all rights.
pub struct Truth {
    records: Vec<HashMap<Uuid, (String, Option<Uuid>)>>,
}

impl Truth {
    pub async fn of(county: &County) -> Self {
        let pack = county.pack();
        let mut records = Vec::new();
        for ix in pack.ledger_ixs() {
            let owner = pack.ledger(ix).of.map(|owner| owner.field);
            let fields: Vec<FieldIx> = owner.into_iter().collect();
            let mut rows = HashMap::new();
            let read = |record: anju_record::Record| {
                let owner = owner.and_then(|field| match record.values.get(usize::from(field.0)) {
                    Some(Value::Id(id)) => Some(*id),
                    _ => None,
                });
                rows.insert(record.id, (record.area.to_string(), owner));
            };
            county.store.load(pack, COUNTY, ix, &fields, read).await.unwrap();
            records.push(rows);
        }
        Self { records }
    }

    fn ledger(&self, ix: LedgerIx) -> &HashMap<Uuid, (String, Option<Uuid>)> {
        &self.records[usize::from(ix.0)]
    }

    /// The record of a ledger above that a record belongs to.
    fn above(&self, pack: &Pack, mut ledger: LedgerIx, mut id: Uuid, owner: LedgerIx) -> Option<Uuid> {
        while ledger != owner {
            let next = pack.ledger(ledger).of?.ledger;
            id = self.ledger(ledger).get(&id)?.1?;
            ledger = next;
        }
        Some(id)
    }
}

/// Somebody made up: grants, and whose records are theirs.
#[derive(Debug, Clone)]
pub struct Made {
    pub grants: Vec<Grant>,
    pub owners: HashMap<LedgerIx, Vec<Uuid>>,
}

impl Made {
    fn rights(&self, pack: &Pack) -> Rights {
        let owners = |_: &Grant, relation: &anju_pack::Relation| -> Arc<[Uuid]> {
            self.owners.get(&relation.owner).cloned().unwrap_or_default().into()
        };
        Rights::of(pack, COUNTY, &self.grants, owners, TODAY, 0)
    }

    /// What the words of the roles say, record by record.
    fn may(&self, pack: &Pack, truth: &Truth, action: Action, ledger: LedgerIx, id: Uuid) -> bool {
        self.may_of(pack, truth, action, ledger, (ledger, id))
    }

    /// The same of a ledger's records that stand where another record stands, and belong to whom it belongs.
    fn may_of(&self, pack: &Pack, truth: &Truth, action: Action, ledger: LedgerIx, like: (LedgerIx, Uuid)) -> bool {
        let area = &truth.ledger(like.0)[&like.1].0;
        let held = || self.grants.iter().filter(|grant| grant.in_force(TODAY, 0));
        let alone: HashSet<_> = held().map(|grant| &grant.role).filter(|id| role(pack, id).alone).collect();
        if alone.len() > 1 {
            return false;
        }
        held().any(|grant| {
            let role = role(pack, &grant.role);
            if !alone.is_empty() && !role.alone || !does(role, action, ledger) {
                return false;
            }
            if action != Action::Write && role.everywhere.contains(&ledger) {
                return true;
            }
            let tree: Vec<_> = role.only.iter().filter(|only| belongs(pack, ledger, only.owner)).collect();
            if tree.is_empty() {
                return area.starts_with(&*grant.area);
            }
            tree.iter().any(|only| {
                let owners = self.owners.get(&only.owner).map(Vec::as_slice).unwrap_or_default();
                truth.above(pack, like.0, like.1, only.owner).is_some_and(|owner| owners.contains(&owner))
            })
        })
    }
}

fn role<'a>(pack: &'a Pack, id: &str) -> &'a Role {
    pack.roles.iter().find(|role| role.id == id).unwrap()
}

fn does(role: &Role, action: Action, ledger: LedgerIx) -> bool {
    match action {
        Action::Read => role.read_all || role.read.contains(&ledger) || role.everywhere.contains(&ledger),
        Action::Write => role.write_all || role.write.contains(&ledger),
        Action::Export => (role.export_all || role.export.contains(&ledger)) && does(role, Action::Read, ledger),
    }
}

fn belongs(pack: &Pack, mut ledger: LedgerIx, owner: LedgerIx) -> bool {
    loop {
        if ledger == owner {
            return true;
        }
        match pack.ledger(ledger).of {
            Some(above) => ledger = above.ledger,
            None => return false,
        }
    }
}

pub fn made(county: &County, truth: &Truth) -> impl Strategy<Value = Made> + use<> {
    let pack = county.pack();
    let roles: Vec<String> = pack.roles.iter().map(|role| role.id.clone()).collect();
    let mut areas: Vec<String> =
        county.areas().within(COUNTY, anju_pack::AreaLevel::Town).map(|it| it.code.clone()).collect();
    areas.extend(county.areas().within(COUNTY, anju_pack::AreaLevel::Site).map(|it| it.code.clone()));
    areas.extend(county.areas().within(COUNTY, anju_pack::AreaLevel::Building).map(|it| it.code.clone()).take(30));
    areas.push(COUNTY.to_owned());
    let owners: BTreeMap<u16, Vec<Uuid>> = (pack.roles.iter().flat_map(|role| &role.only))
        .map(|only| {
            let mut ids: Vec<_> = truth.ledger(only.owner).keys().copied().collect();
            ids.sort_unstable();
            (only.owner.0, ids)
        })
        .collect();
    let grant = (
        prop::sample::select(roles),
        prop::sample::select(areas),
        TODAY - 3..TODAY + 2,
        prop::option::of(TODAY - 2..TODAY + 3),
    );
    let grants = prop::collection::vec(grant, 0..4).prop_map(|grants| {
        let grant = |(role, area, from, until): (String, String, i32, Option<i32>)| Grant {
            id: Uuid::nil(),
            role,
            area: area.into(),
            from,
            until,
            expires_at: None,
        };
        grants.into_iter().map(grant).collect::<Vec<_>>()
    });
    let mine: Vec<_> = owners
        .into_iter()
        .map(|(ledger, ids)| {
            let most = ids.len().min(6);
            prop::sample::subsequence(ids, 0..=most).prop_map(move |ids| (LedgerIx(ledger), ids))
        })
        .collect();
    (grants, mine).prop_map(|(grants, owners)| Made { grants, owners: owners.into_iter().collect() })
}

pub fn actor(county: &County, made: &Made) -> Actor {
    let who = Who {
        account: Some(Uuid::nil()),
        login: "somebody".into(),
        name: "somebody".into(),
        origin: "web",
        ..county.who().clone()
    };
    Actor::new(county.app(), Arc::new(made.rights(county.pack())), who)
}

/// For random people: rows on screen, the count, the file and the coverage are those of the reference.
pub async fn screen_count_file_and_coverage_are_the_same_records(county: &Arc<County>, cases: u32) {
    let truth = Arc::new(Truth::of(county).await);
    let mut runner = TestRunner::new(Config { cases, ..Config::default() });
    let people = made(county, &truth);
    for _ in 0..cases {
        let made = people.new_tree(&mut runner).unwrap().current();
        somebody_sees_their_own(county, &truth, &made).await;
    }
}

async fn somebody_sees_their_own(county: &Arc<County>, truth: &Truth, made: &Made) {
    let (pack, actor) = (county.pack(), actor(county, made));
    for ledger in pack.ledger_ixs() {
        let allowed = |action| -> HashSet<Uuid> {
            let ids = truth.ledger(ledger).keys().copied();
            ids.filter(|id| made.may(pack, truth, action, ledger, *id)).collect()
        };
        let (allowed, files) = (allowed(Action::Read), allowed(Action::Export));
        let id = &pack.ledger(ledger).id;
        let scope = Scope { area: COUNTY.into(), on: TODAY };
        let found = actor.find(ledger, &scope, None, 0, u64::MAX >> 1).await.unwrap();
        let shown: HashSet<_> = found.records.iter().map(|record| record.id).collect();
        assert_eq!(shown, allowed, "{id} on screen for {made:?}");
        assert_eq!(found.total, allowed.len() as u64, "{id} counted for {made:?}");
        match actor.table(&RollAsk::of(ledger), &Columns::Fields(Vec::new()), None, Lang::En).await {
            Ok(mut table) => {
                assert_eq!(files, allowed, "{id}: a file is the whole list or none");
                let mut rows = 0;
                while rows < table.len() {
                    rows += table.next(&actor).await.unwrap().len();
                }
                assert_eq!(rows, allowed.len(), "{id} in a file for {made:?}");
            }
            Err(Error::Denied { .. }) => assert!(files != allowed || files.is_empty(), "{id} denied to {made:?}"),
            Err(other) => panic!("{other}"),
        }
        if let Some(outside) = truth.ledger(ledger).keys().find(|id| !allowed.contains(id)) {
            let told = actor.record(ledger, &outside.to_string()).await.unwrap_err().to_string();
            let nobody = actor.record(ledger, &Uuid::max().to_string()).await.unwrap_err().to_string();
            assert_eq!(told.replace(&outside.to_string(), ""), nobody.replace(&Uuid::max().to_string(), ""), "{id}");
        }
    }
    coverage_is_of_what_is_seen(county, truth, made, &actor);
}

fn coverage_is_of_what_is_seen(county: &County, truth: &Truth, made: &Made, actor: &Actor) {
    let (pack, whole) = (county.pack(), Scope { area: COUNTY.into(), on: TODAY });
    for ix in pack.requirement_ixs() {
        let each = pack.requirement(ix).each;
        for (show, count) in [
            (Show::Gap, actor.counts(ix, &whole).gap),
            (Show::Met, actor.counts(ix, &whole).met),
            (Show::NotApplicable, actor.counts(ix, &whole).not_applicable),
        ] {
            let listed: HashSet<_> = actor.list(ix, &whole, show).into_iter().map(|listed| listed.id).collect();
            assert_eq!(listed.len(), count, "{}", pack.requirement(ix).id);
            let all = county.list(ix, &whole, show).into_iter().map(|listed| listed.id);
            let ledgers = anju_access::ledgers_of(pack, ix);
            let told =
                |id: &Uuid| ledgers.iter().all(|ledger| made.may_of(pack, truth, Action::Read, *ledger, (each, *id)));
            let theirs: HashSet<_> = if actor.sees(ix) { all.filter(told).collect() } else { HashSet::new() };
            let hides = |grant: &Grant| role(pack, &grant.role).hide.iter().any(|(of, _)| ledgers.contains(of));
            if made.grants.iter().any(hides) {
                // Where a field of the rule is hidden from one of their roles, fewer are told of.
                assert!(listed.is_subset(&theirs), "{} {show:?} for {made:?}", pack.requirement(ix).id);
            } else {
                assert_eq!(listed, theirs, "{} {show:?} for {made:?}", pack.requirement(ix).id);
            }
        }
    }
}

/// A number is found by those who may see it unmasked, and by nobody else: a search that answers is a look.
pub async fn a_number_is_found_only_by_those_who_may_see_it(county: &Arc<County>) {
    let (pack, person) = (county.pack(), county.ledger("person").unwrap());
    let ix = pack.ledger(person).field_by_id("id_number").unwrap();
    let mut query = anju_store::Query::of(COUNTY, person, TODAY);
    query.limit = Some(1);
    let record = county.store.select(pack, &query).await.unwrap().remove(0);
    let Value::Text(number) = &record.values[usize::from(ix.0)] else { panic!("a person has a number") };
    let town = record.area.get(..9).unwrap();
    let (mut found, mut blind) = (0, 0);
    for role in pack.roles.iter().filter(|role| does(role, Action::Read, person) && role.only.is_empty()) {
        let grant =
            Grant { id: Uuid::nil(), role: role.id.clone(), area: town.into(), from: 0, until: None, expires_at: None };
        let made = Made { grants: vec![grant], owners: HashMap::new() };
        let (actor, scope) = (actor(county, &made), Scope { area: town.to_owned(), on: TODAY });
        let whole = actor.find(person, &scope, Some(number), 0, 10).await.unwrap().total;
        let tail = actor.find(person, &scope, Some(&number[14..]), 0, 10).await.unwrap().total;
        let sees = role.reveal.contains(&anju_pack::Sensitive::Identity) && !role.hide.contains(&(person, ix));
        let contact = role.reveal.contains(&anju_pack::Sensitive::Contact);
        assert_eq!(whole > 0, sees, "{}: {number}", role.id);
        assert!(tail > 0 || !sees, "{}", role.id);
        assert!(tail == 0 || sees || contact, "{}", role.id);
        if sees { found += 1 } else { blind += 1 }
    }
    assert!(found > 0 && blind > 0, "{found} roles find, {blind} do not: one kind is not tried");
}

/// Whoever keeps the register of pairings cannot pair themselves and so reach a household's file.
pub async fn nobody_pairs_themselves(county: &Arc<County>) {
    let (pack, pairing) = (county.pack(), county.ledger("pairing").unwrap());
    let cadre = county.ledger("cadre").unwrap();
    let field = |ledger: LedgerIx, id: &str| pack.ledger(ledger).field_by_id(id).unwrap();
    let value = |record: &anju_record::Record, at: FieldIx| record.values[usize::from(at.0)].clone();
    let mut linked = anju_store::Query::of(COUNTY, cadre, TODAY);
    linked.equals.push((field(cadre, "account"), Value::Text("bangfuganbu".into())));
    let own = county.store.select(pack, &linked).await.unwrap().remove(0);
    let mut others = anju_store::Query::of(COUNTY, pairing, TODAY);
    others.limit = Some(50);
    let others = county.store.select(pack, &others).await.unwrap();
    let other = others.iter().find(|record| value(record, field(pairing, "cadre")) != Value::Id(own.id)).unwrap();
    let keeper = pack.roles.iter().find(|role| role.write.contains(&pairing) && role.only.is_empty()).unwrap();
    let grant =
        Grant { id: Uuid::nil(), role: keeper.id.clone(), area: COUNTY.into(), from: 0, until: None, expires_at: None };
    let rights = Arc::new(Made { grants: vec![grant], owners: HashMap::new() }.rights(pack));
    let named = |login: &str| {
        let who = Who {
            login: login.into(),
            ..actor(county, &Made { grants: vec![], owners: HashMap::new() }).who().clone()
        };
        Actor::new(county.app(), Arc::clone(&rights), who)
    };
    let draft = anju_record::Draft::edit(pack, pairing, other).set("cadre", Value::Id(own.id));
    let valid = anju_record::validate(pack, pairing, draft, TODAY).unwrap();
    let write = [anju_store::Write::Update { valid, expected_version: other.version }];
    let refused = named("bangfuganbu").may_write(&write).await;
    assert!(matches!(refused, Err(Error::Denied { .. })), "{refused:?}");
    named("somebody").may_write(&write).await.unwrap();
}
