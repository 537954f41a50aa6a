use std::collections::{BTreeSet, HashMap};

use anju_pack::{Comparison, FieldIx, LedgerIx, Literal, Operand, Pack, Place, Predicate, Step};
use anju_record::{Record, Valid, Value, holds, validate_values};
use anju_store::{Query, Store};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use crate::library::*;

struct Fields<'a>(&'a Pack);

impl Fields<'_> {
    fn step(&self, from: &str, field: &str, to: &str) -> Step {
        Step { from: ledger(self.0, from), field: self.ix(from, field), to: ledger(self.0, to) }
    }
    fn ix(&self, name: &str, field: &str) -> FieldIx {
        self.0.ledger(ledger(self.0, name)).field_by_id(field).unwrap()
    }
    /// A reader's field, or the same field of the mentor, or of the mentor's mentor.
    fn place(&self, field: &'static str) -> impl Strategy<Value = Place> + use<> {
        let (field, mentor) = (self.ix("reader", field), self.step("reader", "mentor", "reader"));
        (0..3_usize).prop_map(move |hops| Place { path: vec![mentor; hops], field })
    }
    fn leaves(&self) -> BoxedStrategy<Predicate> {
        use Operand::{Age, Field, Literal as Constant, Months, Today};
        let comparison = prop_oneof![
            Just(Comparison::Eq),
            Just(Comparison::Ne),
            Just(Comparison::Lt),
            Just(Comparison::Le),
            Just(Comparison::Gt),
            Just(Comparison::Ge)
        ];
        let opened =
            Place { path: vec![self.step("reader", "branch", "branch")], field: self.ix("branch", "opened_on") };
        let numbers = prop_oneof![
            self.place("level").prop_map(Field),
            self.place("balance").prop_map(Field),
            self.place("born_on").prop_map(Age),
            (-3..70_i64).prop_map(|n| Constant(Literal::Int(n))),
            self.place("born_on").prop_map(move |to| Months(opened.clone(), to)),
            Just(Constant(Literal::Int(i64::MAX)))
        ];
        let texts = prop_oneof![
            self.place("name").prop_map(Field),
            self.place("standing").prop_map(Field),
            text().prop_map(|t| Constant(Literal::Text(t))),
            Just(Constant(Literal::Code("lead".into())))
        ];
        let dates = prop_oneof![
            self.place("born_on").prop_map(Field),
            (-40_000..400_i32).prop_map(Today),
            date().prop_map(|d| Constant(Literal::Date(d)))
        ];
        let compare = |side: BoxedStrategy<Operand>, comparison: BoxedStrategy<Comparison>| {
            (side.clone(), comparison, side).prop_map(|(l, c, r)| Predicate::Compare(l, c, r))
        };
        let comparison = comparison.boxed();
        prop_oneof![
            compare(numbers.clone().boxed(), comparison.clone()),
            compare(texts.boxed(), comparison.clone()),
            compare(dates.boxed(), comparison),
            self.place("active").prop_map(Predicate::Holds),
            (self.place("active"), any::<bool>()).prop_map(|(p, b)| Predicate::Compare(
                Field(p),
                Comparison::Eq,
                Constant(Literal::Bool(b))
            )),
            prop_oneof![self.place("level"), self.place("mentor"), self.place("born_on")].prop_map(Predicate::IsNull),
            (self.place("name"), text()).prop_map(|(p, t)| Predicate::Prefix(p, t)),
            (
                self.place("standing"),
                prop::collection::vec(prop_oneof![Just("guest"), Just("member"), Just("none")], 0..3)
            )
                .prop_map(|(p, codes)| Predicate::In(
                    Field(p),
                    codes.into_iter().map(|c| Literal::Code(c.into())).collect()
                )),
            (numbers, prop::collection::vec(-3..70_i64, 0..4))
                .prop_map(|(n, list)| Predicate::In(n, list.into_iter().map(Literal::Int).collect())),
        ]
        .boxed()
    }
    fn predicates(&self) -> BoxedStrategy<Predicate> {
        self.leaves()
            .prop_recursive(3, 12, 3, |inner| {
                prop_oneof![
                    prop::collection::vec(inner.clone(), 0..3).prop_map(Predicate::And),
                    prop::collection::vec(inner.clone(), 0..3).prop_map(Predicate::Or),
                    inner.prop_map(|p| Predicate::Not(Box::new(p))),
                ]
            })
            .boxed()
    }
}

fn text() -> BoxedStrategy<String> {
    prop_oneof![
        Just(""),
        Just("a"),
        Just("A"),
        Just("王"),
        Just("王明"),
        Just("王%"),
        Just("'\"?$1"),
        Just("\u{10ffff}"),
        Just("z")
    ]
    .prop_map(str::to_owned)
    .boxed()
}

fn date() -> BoxedStrategy<i32> {
    prop_oneof![
        -40_000..today(),
        Just(today()),
        Just(anju_record::day::parse("2004-02-29").unwrap()),
        Just(anju_record::day::MIN),
        Just(today() - 365)
    ]
    .boxed()
}

fn reader(pack: &Pack, branch: Uuid, id: Uuid, mentors: Vec<Uuid>) -> impl Strategy<Value = Valid> {
    let ledger_ix = ledger(pack, "reader");
    let definition = pack.ledger(ledger_ix).clone();
    let pack = pack.clone();
    let name = text().prop_filter("names are filled", |name| !name.is_empty());
    let standing = prop::option::of(prop_oneof![Just("guest"), Just("member")]);
    let mentor = prop::option::weighted(0.7, prop::sample::select(mentors.into_iter().chain([id]).collect::<Vec<_>>()));
    let parts = (
        name,
        standing,
        prop::option::of(date()),
        prop::option::of(any::<bool>()),
        prop::option::of(prop_oneof![-3..70_i64, Just(i64::MAX), Just(i64::MIN)]),
        prop::option::of(-3..70_i64),
        mentor,
    );
    parts.prop_map(move |(name, standing, born, active, balance, level, mentor)| {
        let values = definition.fields.iter().map(|field| match field.id.as_str() {
            "branch" => Value::Id(branch),
            "name" => Value::Text(name.as_str().into()),
            "standing" => standing.map_or(Value::Null, |code| Value::Text(code.into())),
            "born_on" => born.map_or(Value::Null, Value::Date),
            "active" => active.map_or(Value::Null, Value::Bool),
            "balance" => balance.map_or(Value::Null, Value::Int),
            "level" => level.map_or(Value::Null, Value::Int),
            "mentor" => mentor.map_or(Value::Null, Value::Id),
            _ => Value::Null,
        });
        validate_values(&pack, ledger_ix, id, values.collect(), today()).unwrap_or_else(|faults| panic!("{faults:?}"))
    })
}

pub async fn sql_means_what_the_plain_evaluator_means(store: Store) {
    let pack = ready(&store).await;
    let home = branch(&store, &pack, "610923100001001").await;
    let mut runner = TestRunner::deterministic();
    let ids: Vec<Uuid> = (0..80).map(|_| Uuid::now_v7()).collect();
    let mut valids: Vec<Valid> = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        valids.push(reader(&pack, home, *id, ids[..n].to_vec()).new_tree(&mut runner).unwrap().current());
    }
    store.import(&pack, batch(Vec::new()), valids).await.unwrap();
    let ix = ledger(&pack, "reader");
    let mut known: HashMap<(LedgerIx, Uuid), Record> = HashMap::new();
    for name in ["branch", "reader"] {
        let ix = ledger(&pack, name);
        known.extend(
            store
                .select(&pack, &Query::of(COUNTY, ix, today()))
                .await
                .unwrap()
                .into_iter()
                .map(|record| ((ix, record.id), record)),
        );
    }
    let resolve = |ledger: LedgerIx, id: Uuid| known.get(&(ledger, id)).cloned();
    let strategy = Fields(&pack).predicates();
    let (mut held, mut unknown) = (0, 0);
    for _ in 0..600 {
        let predicate = strategy.new_tree(&mut runner).unwrap().current();
        let verdicts: HashMap<Uuid, Option<bool>> = known
            .iter()
            .filter(|((ledger, _), _)| *ledger == ix)
            .map(|((_, id), record)| (*id, holds(&pack, &predicate, record, &resolve, today())))
            .collect();
        held += verdicts.values().filter(|verdict| **verdict == Some(true)).count();
        unknown += verdicts.values().filter(|verdict| verdict.is_none()).count();
        // True ones as asked; false ones as the negation; what is in neither is unknown.
        for (asked, wanted) in [(predicate.clone(), true), (Predicate::Not(Box::new(predicate.clone())), false)] {
            let expected: BTreeSet<Uuid> =
                verdicts.iter().filter(|(_, verdict)| **verdict == Some(wanted)).map(|(id, _)| *id).collect();
            let query = Query { filter: Some(asked), ..Query::of(COUNTY, ix, today()) };
            let found: BTreeSet<Uuid> = store
                .select(&pack, &query)
                .await
                .unwrap_or_else(|error| panic!("{error}: {predicate:?}"))
                .into_iter()
                .map(|record| record.id)
                .collect();
            assert_eq!(found, expected, "wanted {wanted}: {predicate:?}");
        }
    }
    assert!(held > 1_000 && unknown > 1_000, "the predicates tell records apart: {held} {unknown}");
}
