//! The records hold together: valid, unique, referring backwards only, agreeing with themselves, the same every time.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Instant;

use anju_pack::{Kind, LedgerIx};
use anju_record::{Lang, Record, Value, doubts, eval, validate_values};
use uuid::Uuid;

use crate::book::{TODAY, county, pack};

#[test]
fn every_record_is_valid() {
    let county = county();
    let mut faults: BTreeMap<String, usize> = BTreeMap::new();
    for (ledger, record) in &county.rows {
        if let Err(found) = validate_values(&county.pack, *ledger, record.id, record.values.clone(), TODAY) {
            for fault in found {
                *faults.entry(format!("{} {fault:?}", county.pack.ledger(*ledger).id)).or_default() += 1;
            }
        }
    }
    let shown: Vec<_> = faults.iter().take(40).collect();
    assert!(faults.is_empty(), "{} kinds of fault: {shown:#?}", faults.len());
}

#[test]
fn no_record_is_doubtful() {
    let county = county();
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for (ledger, record) in &county.rows {
        let given = |field: anju_pack::FieldIx| record.values.get(usize::from(field.0));
        for doubt in doubts(&county.pack, *ledger, given, |_| true, TODAY) {
            let words = format!("{} {}", county.pack.ledger(*ledger).id, doubt.fault.message(Lang::En));
            *told.entry(words).or_default() += 1;
        }
    }
    assert!(told.is_empty(), "{told:#?}");
}

#[test]
fn every_reference_stands_earlier() {
    let county = county();
    let mut seen: HashMap<Uuid, LedgerIx> = HashMap::new();
    for (ledger, record) in &county.rows {
        let definition = county.pack.ledger(*ledger);
        for (field, value) in definition.fields.iter().zip(&record.values) {
            if let Value::Id(id) = value {
                let found = seen.get(id).copied();
                let fits = match &field.kind {
                    Kind::Ref { to } => found == Some(*to),
                    _ => found.is_some(),
                };
                assert!(fits, "{}.{} of {} refers to nothing before it", definition.id, field.id, record.id);
            }
        }
        assert!(seen.insert(record.id, *ledger).is_none(), "{} comes twice", record.id);
        assert_eq!(record.id.get_version_num(), 7);
    }
}

#[test]
fn areas_follow_the_owner() {
    let county = county();
    let mut areas: HashMap<Uuid, &str> = HashMap::new();
    for (ledger, record) in &county.rows {
        let definition = county.pack.ledger(*ledger);
        let own = definition.area.map(|field| &record.values[usize::from(field.0)]);
        let owner = definition.of.map(|owner| &record.values[usize::from(owner.field.0)]);
        let expected = match (own, owner) {
            (Some(Value::Text(code)), _) => code,
            (_, Some(Value::Id(id))) => areas[id],
            _ => "610923",
        };
        assert_eq!(&*record.area, expected, "{}", definition.id);
        areas.insert(record.id, &record.area);
    }
}

#[test]
fn what_must_be_unique_is() {
    let county = county();
    let nowhere = |_: LedgerIx, _: Uuid| -> Option<Record> { None };
    for ix in county.pack.ledger_ixs() {
        let definition = county.pack.ledger(ix);
        for unique in &definition.unique {
            let mut seen = HashSet::new();
            for (_, record) in county.rows.iter().filter(|(ledger, _)| *ledger == ix) {
                let counts = unique
                    .predicate
                    .as_ref()
                    .is_none_or(|it| eval::holds(&county.pack, it, record, &nowhere, TODAY) == Some(true));
                let key: Vec<&Value> = unique.fields.iter().map(|field| &record.values[usize::from(field.0)]).collect();
                if counts && !key.contains(&&Value::Null) {
                    assert!(seen.insert(key.clone()), "{} has {key:?} twice", definition.id);
                }
            }
        }
    }
}

#[test]
fn id_numbers_agree_with_their_bearers_and_belong_to_nobody() {
    let mut seen = BTreeSet::new();
    for person in county().all("person") {
        let number = person.text("id_number");
        if number.is_empty() {
            continue;
        }
        assert!(seen.insert(number), "{number} comes twice");
        assert!(number.len() == 18 && number.starts_with("99"), "{number}");
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let sum: u32 = number.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        assert_eq!(number.as_bytes()[17], b"10X98765432"[(sum % 11) as usize], "{number}");
        let (year, month, day) = anju_ningshan::ids::calendar(person.date("born_on").unwrap_or(0));
        assert_eq!(number[6..14], format!("{year:04}{month:02}{day:02}"));
        let male = (number.as_bytes()[16] - b'0') % 2 == 1;
        assert_eq!(person.text("sex"), if male { "1" } else { "2" });
    }
}

#[test]
fn phones_belong_to_nobody() {
    let county = county();
    for (ledger, record) in &county.rows {
        for (field, value) in county.pack.ledger(*ledger).fields.iter().zip(&record.values) {
            if let (Kind::Phone, Value::Text(phone)) = (&field.kind, value) {
                assert!(phone.len() == 11 && phone.starts_with("100"), "{phone}");
            }
        }
    }
}

#[test]
fn families_are_possible() {
    let mut households: BTreeMap<Uuid, Vec<(&str, i32)>> = BTreeMap::new();
    for person in county().all("person").iter().filter(|row| row.date("left_on").is_none()) {
        let born = person.date("born_on").unwrap_or(0);
        households.entry(person.id("household").expect("an owner")).or_default().push((person.text("kinship"), born));
    }
    for members in households.values() {
        let heads: Vec<i32> = members.iter().filter(|member| member.0 == "02").map(|member| member.1).collect();
        assert_eq!(heads.len(), 1);
        for (kin, born) in members {
            let years = (born - heads[0]) / 365;
            let fits = match *kin {
                "20" | "30" => years >= 17,
                "51" | "52" => years <= -17,
                "11" | "12" => years.abs() < 30,
                "41" | "42" => years >= 34,
                _ => true,
            };
            assert!(fits, "{kin} {years} years younger than the head");
        }
    }
}

#[test]
fn dividends_sum_to_what_was_declared() {
    let mut paid: BTreeMap<Uuid, i64> = BTreeMap::new();
    for entry in county().all("dividend_entry") {
        assert_eq!(entry.int("amount"), entry.int("floor_amount") + entry.int("bonus"));
        let run = entry.follow("run").expect("a run");
        assert_eq!(entry.int("floor_amount"), run.int("floor_per_share") * entry.int("shares") / 100);
        *paid.entry(run.record.id).or_default() += entry.int("amount");
    }
    let posted: Vec<_> = county().all("dividend_run").into_iter().filter(|run| run.text("state") == "posted").collect();
    assert!(posted.len() >= 10);
    for run in posted {
        assert_eq!(paid.get(&run.record.id), Some(&run.int("declared_total")));
    }
}

#[test]
fn every_ledger_has_records_and_there_are_not_too_many() {
    let county = county();
    for ix in county.pack.ledger_ixs() {
        let definition = county.pack.ledger(ix);
        let count = county.rows.iter().filter(|(ledger, _)| *ledger == ix).count();
        println!("{:24} {count:6}", definition.id);
        assert!(count > 0, "{} is empty", definition.id);
    }
    assert!((100_000..=175_000).contains(&county.rows.len()), "{} records", county.rows.len());
}

#[test]
fn the_same_seed_gives_the_same_county() {
    let pack = pack();
    let started = Instant::now();
    let again = anju_ningshan::generate(&pack).expect("fits the packs");
    println!("generated {} records in {:?}", again.len(), started.elapsed());
    assert!(again == county().rows);
}

#[test]
fn a_pack_that_lacks_a_ledger_is_told_everything_at_once() {
    let mut lame = pack();
    lame.index.ledgers.remove("visit");
    lame.index.ledgers.remove("garden");
    let faults = anju_ningshan::generate(&lame).expect_err("two ledgers are missing");
    assert!(
        faults.iter().any(|fault| fault.contains("`visit`")) && faults.iter().any(|fault| fault.contains("`garden`")),
        "{faults:?}"
    );
}
