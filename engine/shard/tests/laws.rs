//! What was applied equals what would be loaded.
#![allow(clippy::unwrap_used, reason = "tests")]

mod world;

use std::sync::Arc;

use anju_record::{Change, Record, Value};
use anju_shard::{Bits, Shape, Shard, ShardError};
use proptest::prelude::*;
use world::{COUNTY, Dice, State};

fn check_history(text: &str, seed: u64, pool: usize, events: usize) {
    let pack = world::compile(text);
    let shape = Arc::new(Shape::of(&pack));
    let mut dice = Dice::new(seed);
    let mut state = if dice.chance(50) { world::state(&pack, &mut dice, pool) } else { State::new() };
    let mut shard = Shard::load(&shape, COUNTY, world::rows(&state)).unwrap();
    for step in 0..events {
        let batch: Vec<Change> = (0..1 + dice.below(4))
            .map(|_| world::event(&pack, &mut state, &mut dice, pool))
            .filter(|change| change.before.is_some() || change.after.is_some())
            .collect();
        shard.apply(&batch).unwrap_or_else(|fault| panic!("step {step}: {fault}"));
        let loaded = Shard::load(&shape, COUNTY, world::rows(&state)).unwrap();
        assert!(shard == loaded, "step {step} of seed {seed} after {batch:?}");
        for ledger in pack.ledger_ixs() {
            assert_eq!(*shard.area_runs(ledger), *loaded.area_runs(ledger), "places of {}", pack.ledger(ledger).id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn what_was_applied_equals_what_would_be_loaded(seed: u64, pool in 1..12usize) {
        check_history(&world::all_read(), seed, pool, 60);
    }

    #[test]
    fn ledgers_without_ids_obey_the_same_law(seed: u64, pool in 1..12usize) {
        check_history(&world::leaves_only(), seed, pool, 60);
    }

    #[test]
    fn bits_behave_as_a_list_of_bools(mut list in proptest::collection::vec(any::<bool>(), 0..300), edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<bool>(), 0..4u8), 0..30)) {
        let mut bits = Bits::from_fn(list.len(), |row| list[row]);
        for (at, value, edit) in edits {
            let row = at.index(list.len() + 1);
            match edit {
                0 => { list.insert(row, value); bits.insert(row, value); }
                1 if row < list.len() => { prop_assert_eq!(bits.remove(row), list.remove(row)); }
                2 if row < list.len() => { list[row] = value; bits.put(row, value); }
                _ => { list.push(value); bits.push(value); }
            }
        }
        prop_assert_eq!(&bits, &Bits::from_fn(list.len(), |row| list[row]));
        prop_assert_eq!(bits.iter().collect::<Vec<_>>(), (0..list.len()).filter(|row| list[*row]).collect::<Vec<_>>());
        for start in 0..list.len() {
            for end in start..=list.len() {
                let count = list[start..end].iter().filter(|bit| **bit).count();
                prop_assert_eq!(bits.count_in(start, end), count);
                prop_assert_eq!(bits.any_in(start, end), count > 0);
            }
        }
        let mut none = bits.clone();
        none.invert();
        prop_assert_eq!(none.count() + bits.count(), list.len());
        prop_assert_eq!(Bits::select(&list, |bit| bit), bits);
    }
}

#[test]
fn a_child_may_come_before_its_owner_and_outlive_it() {
    let pack = world::compile(&world::all_read());
    let shape = Arc::new(Shape::of(&pack));
    let (branch, lamp) = (pack.ledger_by_id("branch").unwrap(), pack.ledger_by_id("lamp").unwrap());
    let site = Record {
        id: world::id_of(branch, 0),
        version: 1,
        area: "610923100001001".into(),
        values: vec![Value::Text("610923100001001".into()), Value::Null],
    };
    let light = Record {
        id: world::id_of(lamp, 0),
        version: 1,
        area: "".into(),
        values: vec![Value::Id(site.id), Value::Int(40), Value::Bool(true)],
    };
    let came = |ledger, record: &Record| Change { ledger, id: record.id, before: None, after: Some(record.clone()) };
    let mut shard = Shard::load(&shape, COUNTY, []).unwrap();
    shard.apply(&[came(lamp, &light), came(branch, &site)]).unwrap();
    assert_eq!(shard.table(lamp).unwrap().offsets(), [0, 1]);
    assert_eq!(shard.area_runs(lamp).code(0), "610923100001001");
    shard.apply(&[Change { ledger: branch, id: site.id, before: Some(site.clone()), after: None }]).unwrap();
    assert_eq!((shard.table(lamp).unwrap().len(), shard.table(lamp).unwrap().offsets()), (1, &[0][..]));
    assert_eq!(shard.area_runs(lamp).code(0), COUNTY);
}

#[test]
fn what_cannot_be_kept_is_told_by_name() {
    let pack = world::compile(&world::all_read());
    let shape = Arc::new(Shape::of(&pack));
    let call = pack.ledger_by_id("call").unwrap();
    let record = |day: Value, minutes: Value| Record {
        id: world::id_of(call, 3),
        version: 1,
        area: "".into(),
        values: vec![Value::Null, day, minutes],
    };
    let load = |record| Shard::load(&shape, COUNTY, [(call, record)]).map(|_| ()).unwrap_err();
    let id = world::id_of(call, 3);
    assert_eq!(load(record(Value::Null, Value::Null)), ShardError::NoStart { ledger: "call".into(), id });
    assert_eq!(
        load(record(Value::Date(1), Value::Bool(true))),
        ShardError::Value { ledger: "call".into(), id, field: 2 }
    );
    assert_eq!(
        load(record(Value::Date(1), Value::Int(i64::MAX))),
        ShardError::Value { ledger: "call".into(), id, field: 2 }
    );
    let unknown = Change { ledger: call, id, before: Some(record(Value::Date(1), Value::Null)), after: None };
    assert!(matches!(Shard::load(&shape, COUNTY, []).unwrap().apply(&[unknown]), Err(ShardError::Unknown { .. })));
}
