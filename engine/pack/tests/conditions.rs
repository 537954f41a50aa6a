//! Conditions over books: what is understood, and what is refused with which code.

use anju_pack::{Literal, Operand, Predicate, compile, predicate_as_sql};

fn figure(condition: &str) -> String {
    format!(
        "[[figure]]\nid = \"f\"\nrow = \"X\"\ntitle = {{ zh = \"甲\", en = \"A\" }}\nunit = {{ zh = \"甲\", en = \"A\" }}\n\
         count = \"copy\"\nwhere = \"{condition}\"\n"
    )
}

fn read(condition: &str) -> Result<(String, Predicate), Vec<String>> {
    match compile(&crate::library(&[("z.toml", &figure(condition))])) {
        Ok(pack) => {
            let figure = pack.figure(pack.index.figures["f"]);
            let copy = pack.ledger_by_id("copy").expect("defined");
            let predicate = figure.predicate.clone().expect("written");
            Ok((predicate_as_sql(&pack, copy, &predicate), predicate))
        }
        Err(faults) => Err(faults.iter().map(|fault| fault.code.to_string()).collect()),
    }
}

#[test]
fn what_is_understood() {
    for (written, understood) in [
        ("condition = '1'", "condition = '1'"),
        ("condition LIKE '2%'", "condition IN ('2')"),
        ("book.price BETWEEN 100 AND fine", "book.price >= 100 AND book.price <= 5000"),
        ("book.thickness < 2.5", "book.thickness < 25"),
        ("keeper.active = false", "NOT keeper.active"),
        ("keeper.active <> false", "keeper.active"),
        ("NOT keeper IS NULL", "NOT keeper IS NULL"),
        ("keeper.born_on < today - loan_days", "keeper.born_on < today - 30"),
        ("today + 3 >= book.printed_on", "today + 3 >= book.printed_on"),
        ("18 <= age(keeper.born_on)", "18 <= age(keeper.born_on)"),
        ("number IN ('a', 'b''c')", "number IN ('a', 'b''c')"),
        (
            "number = 'a' AND (number = 'b' OR number = 'c') AND number = 'd'",
            "number = 'a' AND (number = 'b' OR number = 'c') AND number = 'd'",
        ),
    ] {
        assert_eq!(read(written).map(|(sql, _)| sql), Ok(understood.to_owned()), "{written}");
    }
}

#[test]
fn a_code_and_a_text_are_kept_apart() {
    let literal = |condition| match read(condition) {
        Ok((_, Predicate::Compare(_, _, Operand::Literal(literal)))) => literal,
        other => panic!("{other:?}"),
    };
    assert_eq!(literal("condition = '1'"), Literal::Code("1".into()));
    assert_eq!(literal("number = '1'"), Literal::Text("1".into()));
    assert_eq!(literal("book.printed_on = '1970-01-02'"), Literal::Date(1));
}

#[test]
fn what_is_refused() {
    for (written, code) in [
        ("", "P030"),
        ("number = 'a' number", "P030"),
        ("nummer = 'a'", "P031"),
        ("book.nam = 'a'", "P031"),
        ("number.name = 'a'", "P017"),
        ("condition IN ('1', '7')", "P032"),
        ("condition LIKE '7%'", "P032"),
        ("number = 3", "P033"),
        ("book.printed_on = '2020-02-30'", "P033"),
        ("book.price > 1.5", "P033"),
        ("book.thickness = 1.55", "P033"),
        ("book.price > loan_days", "P033"),
        ("number", "P033"),
        ("condition > '1'", "P034"),
        ("number LIKE '%a'", "P034"),
        ("1 = 1", "P034"),
        ("number IN (SELECT 1)", "P034"),
        ("EXISTS (SELECT 1)", "P034"),
        ("book.printed_on + 1 > today", "P034"),
        ("now() > book.printed_on", "P034"),
        ("keeper = NULL", "P034"),
    ] {
        assert_eq!(read(written).map(|(sql, _)| sql), Err(vec![code.to_owned()]), "{written}");
    }
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = format!("{}number = 'a'{}", "(".repeat(500), ")".repeat(500));
    assert_eq!(read(&deep).map(|(sql, _)| sql), Err(vec!["P030".to_owned()]));
}
