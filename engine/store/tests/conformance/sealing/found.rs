use anju_pack::{Comparison, Literal, Operand, Place, Predicate};
use anju_record::Value;
use anju_store::{CommitError, Error, Order, Query, Write};

use super::library::*;

async fn filled(room: &Room) -> std::sync::Arc<anju_pack::Pack> {
    let pack = room.ready().await;
    room.store.import(&pack, batch(Vec::new()), (0..40).map(|n| member(&pack, None, n))).await.unwrap();
    pack
}

pub async fn a_number_is_found_whole_and_by_its_end(room: Room) {
    let pack = filled(&room).await;
    let base = Query::of(COUNTY, ledger(&pack, "member"), today());
    let names = async |words: &str| {
        let query = Query { search: Some(words.to_owned()), ..base.clone() };
        let found = room.store.select(&pack, &query).await.unwrap();
        assert_eq!(room.store.count(&pack, &query).await.unwrap(), found.len() as u64, "{words}");
        let mut names: Vec<String> =
            found.iter().map(|record| anju_record::kind::plain(&value(&pack, record, "name"))).collect();
        names.sort();
        names
    };
    assert_eq!(names(&number(7)).await, ["读者7"]);
    assert_eq!(names(&number(7).to_lowercase()).await, ["读者7"]);
    assert_eq!(names(&phone(7)).await, ["读者7"]);
    assert_eq!(names(&format!("+86{}", phone(7))).await, ["读者7"], "as people write it");
    assert_eq!(names(&phone(7)[7..]).await, ["读者7"], "the telephone's end");
    let ends = |n: u32| number(n)[14..].to_owned();
    let with_x = (0..40).find(|n| number(*n).ends_with('X')).unwrap();
    assert_eq!(names(&ends(with_x)).await, [format!("读者{with_x}")]);
    assert_eq!(names(&ends(with_x).to_lowercase()).await, [format!("读者{with_x}")]);
    assert_eq!(names("读者7").await, ["读者7"], "clear fields as ever");
    assert_eq!(
        names(&format!("读者 {}", ends(with_x))).await,
        [format!("读者{with_x}")],
        "both words, each in its way"
    );
    for nothing in
        [&number(7)[..17], &number(7)[13..], &phone(7)[..10], &phone(7)[8..], "ill", "98765.43", "9999", "XXXX"]
    {
        assert!(names(nothing).await.is_empty(), "{nothing}");
    }
    let hidden = Query { search: Some(number(7)), unsearched: vec![field(&pack, "number")], ..base.clone() };
    assert_eq!(room.store.count(&pack, &hidden).await.unwrap(), 0, "what is hidden is not searched");
}

/// The blind indexes answer alone: which records live, whoever asks knows.
pub async fn a_blind_index_finds_what_was_taken_away(room: Room) {
    let pack = filled(&room).await;
    let (member, seven) = (ledger(&pack, "member"), number(7));
    let found = async |county: &str, unsearched: &[anju_pack::FieldIx], word: &str| {
        room.store.ids_by_sealed(&pack, county, member, unsearched, word).await.unwrap()
    };
    let living = found(COUNTY, &[], &seven).await;
    assert_eq!(living.len(), 1);
    let gone = Write::Delete { ledger: member, id: living[0], expected_version: 1 };
    commit(&room.store, &pack, vec![gone]).await.unwrap();
    assert_eq!(found(COUNTY, &[], &seven).await, living);
    let ends = found(COUNTY, &[], &seven[14..]).await;
    assert!(ends.contains(&living[0]), "{ends:?}");
    assert!(found(COUNTY, &[field(&pack, "number")], &seven).await.is_empty(), "what is hidden is not searched");
    assert!(found("610924", &[], &seven).await.is_empty(), "nor in another county");
    assert!(found(COUNTY, &[], "读者7").await.is_empty(), "nor for what no sealed field can be");
}

fn field_of(pack: &anju_pack::Pack, name: &str) -> Operand {
    Operand::Field(Place { path: Vec::new(), field: field(pack, name) })
}

pub async fn equal_numbers_are_found_without_being_opened(room: Room) {
    let pack = filled(&room).await;
    let base = Query::of(COUNTY, ledger(&pack, "member"), today());
    let literal = |n| Literal::Text(number(n));
    let cases = [
        (Predicate::Compare(field_of(&pack, "number"), Comparison::Eq, Operand::Literal(literal(3))), 1),
        (Predicate::Compare(Operand::Literal(literal(3)), Comparison::Ne, field_of(&pack, "number")), 39),
        (Predicate::In(field_of(&pack, "number"), vec![literal(3), literal(4), literal(99)]), 2),
        (Predicate::IsNull(Place { path: Vec::new(), field: field(&pack, "condition") }), 0),
    ];
    for (filter, expected) in cases {
        let query = Query { filter: Some(filter.clone()), ..base.clone() };
        assert_eq!(room.store.count(&pack, &query).await.unwrap(), expected, "{filter:?}");
    }
    for (name, value, expected) in [
        ("number", text(&number(5)), 1),
        ("phone", text(&phone(5)), 1),
        ("phone", text("1"), 0),
        ("memo", Value::Null, 0),
    ] {
        let query = Query { equals: vec![(field(&pack, name), value)], ..base.clone() };
        assert_eq!(room.store.count(&pack, &query).await.unwrap(), expected, "{name}");
    }
}

pub async fn what_a_seal_hides_cannot_be_compared(room: Room) {
    let pack = filled(&room).await;
    let base = Query::of(COUNTY, ledger(&pack, "member"), today());
    let today = Operand::Today(0);
    let place = |name| Place { path: Vec::new(), field: field(&pack, name) };
    let refused = [
        Query { order: vec![Order { field: field(&pack, "phone"), descending: false }], ..base.clone() },
        Query { equals: vec![(field(&pack, "condition"), text("ill"))], ..base.clone() },
        Query { filter: Some(Predicate::Compare(field_of(&pack, "born_on"), Comparison::Lt, today)), ..base.clone() },
        Query { filter: Some(Predicate::Holds(place("active"))), ..base.clone() },
        Query { filter: Some(Predicate::Prefix(place("number"), "6109".into())), ..base.clone() },
        Query {
            filter: Some(Predicate::Compare(
                field_of(&pack, "condition"),
                Comparison::Eq,
                Operand::Literal(Literal::Text("ill".into())),
            )),
            ..base.clone()
        },
    ];
    for query in refused {
        let error = room.store.select(&pack, &query).await.unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)), "{error}: {query:?}");
    }
}

pub async fn two_with_one_number_are_refused(room: Room) {
    let pack = room.ready().await;
    insert(&room.store, &pack, member(&pack, None, 1)).await;
    let refused = |error: CommitError| match error {
        CommitError::Invalid { faults, .. } => faults[0].path.clone(),
        other => panic!("{other}"),
    };
    let again = commit(&room.store, &pack, vec![Write::Insert(member(&pack, None, 1))]).await.unwrap_err();
    assert_eq!(refused(again), "number");
    let other = insert(&room.store, &pack, member(&pack, None, 2)).await;
    let change = Write::Update { valid: member(&pack, Some(other), 1), expected_version: 1 };
    assert_eq!(refused(commit(&room.store, &pack, vec![change]).await.unwrap_err()), "number");
    let twice = vec![member(&pack, None, 5), member(&pack, None, 5)];
    assert_eq!(refused(room.store.import(&pack, batch(Vec::new()), twice).await.unwrap_err()), "number");
    let gone = Write::Delete { ledger: ledger(&pack, "member"), id: other, expected_version: 1 };
    commit(&room.store, &pack, vec![gone]).await.unwrap();
    insert(&room.store, &pack, member(&pack, None, 2)).await;
}
