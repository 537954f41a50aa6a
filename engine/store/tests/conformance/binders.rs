use anju_record::{Value, day, validate_values};
use anju_store::{Query, Store, Write};
use uuid::Uuid;

use crate::library::*;

#[expect(clippy::too_many_lines, reason = "one table of extremes and what is asked of each")]
pub async fn extremes_come_back_as_they_went(store: Store) {
    let pack = ready(&store).await;
    let home = branch(&store, &pack, "610923100001001").await;
    let ix = ledger(&pack, "reader");
    let fields = pack.ledger(ix).fields.clone();
    let cases: Vec<(&str, Value)> = vec![
        ("balance", Value::Int(i64::MAX)),
        ("balance", Value::Int(i64::MIN)),
        ("balance", Value::Int(0)),
        ("level", Value::Int(i64::from(i32::MAX) + 1)),
        ("level", Value::Int(-1)),
        ("shelf", Value::Int(100_000)),
        ("active", Value::Bool(true)),
        ("active", Value::Bool(false)),
        ("born_on", Value::Date(day::MIN)),
        ("born_on", Value::Date(0)),
        ("born_on", Value::Date(10_957)),
        ("born_on", Value::Date(today())),
        ("memo", Value::Text("\u{10ffff}\n\t'\"\\ %_?$1 零".into())),
        ("memo", Value::Text("长".repeat(4_000).into())),
        ("number", Value::Text("".into())),
        ("number", Value::Text("NULL".into())),
    ];
    for (field, value) in cases {
        let id = Uuid::now_v7();
        let values: Vec<Value> = fields
            .iter()
            .map(|known| match known.id.as_str() {
                "branch" => Value::Id(home),
                "mentor" => Value::Id(id),
                name if name == field => value.clone(),
                "name" => Value::Text("端".into()),
                _ => Value::Null,
            })
            .collect();
        let made =
            validate_values(&pack, ix, id, values.clone(), today()).unwrap_or_else(|faults| panic!("{faults:?}"));
        let outcome = if field == "number" {
            store.import(&pack, batch(Vec::new()), [made]).await.map(|_| ())
        } else {
            commit(&store, &pack, vec![Write::Insert(made)]).await.map(|_| ())
        };
        match outcome {
            Ok(()) => {}
            // A record cannot be its own mentor before it exists, unless it comes by import.
            Err(anju_store::CommitError::Invalid { faults, .. }) if faults[0].path == "mentor" => {
                let made = validate_values(&pack, ix, id, values.clone(), today()).unwrap();
                store.import(&pack, batch(Vec::new()), [made]).await.unwrap();
            }
            Err(error) => panic!("{field}: {error}"),
        }
        let record = store.get(&pack, COUNTY, ix, id).await.unwrap().unwrap();
        assert_eq!(record.values, values, "{field}");
        let place = pack.ledger(ix).field_by_id(field).unwrap();
        let query = Query { equals: vec![(place, value.clone())], ..Query::of(COUNTY, ix, today()) };
        assert!(
            store.select(&pack, &query).await.unwrap().iter().any(|found| found.id == id),
            "{field} is found by its value"
        );
        let read = store
            .change(&pack, &store.history(COUNTY, &pack.ledger(ix).id, id).await.unwrap()[0])
            .unwrap()
            .unwrap()
            .after
            .unwrap();
        assert_eq!(read.values, values, "{field} in the journal");
    }
    // A bool of 2 is no bool, a text is no date: both databases refuse them.
    assert!(store.tamper("UPDATE reader SET active = 2").await.is_err());
    assert!(store.tamper("UPDATE reader SET born_on = '2020-02-30'").await.is_err());
    assert!(store.tamper("UPDATE reader SET level = 'x'").await.is_err());
    assert!(store.tamper("UPDATE reader SET branch = NULL").await.is_err());
}
