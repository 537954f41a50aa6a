//! A lending library compiles to what it says.

use anju_pack::{figure_in_words, predicate_as_sql, reference, requirement_in_words, unique_in_words};

#[test]
fn the_library_compiles() {
    let mut pack = crate::compiled(&[]);
    pack.hash = "hash".into();
    insta::assert_json_snapshot!(pack);
}

#[test]
fn owners_stand_before_what_they_own_and_parts_before_wholes() {
    let pack = crate::compiled(&[]);
    for at in pack.ledger_ixs() {
        assert!(pack.ledger(at).of.is_none_or(|owner| owner.ledger < at));
    }
    let at = |id| pack.requirement_by_id(id).expect("defined");
    assert!(at("book_lent") < at("book_alive") && at("book_kept") < at("book_alive"));
}

#[test]
fn rules_read_as_sentences() {
    let pack = crate::compiled(&[]);
    let rules: Vec<_> = pack.requirement_ixs().map(|at| requirement_in_words(&pack, at)).collect();
    let figures: Vec<_> = pack.figure_ixs().map(|at| figure_in_words(&pack, at)).collect();
    insta::assert_json_snapshot!((rules, figures));
}

#[test]
fn what_may_exist_once_is_said_where_that_has_a_condition() {
    let pack = crate::compiled(&[]);
    let said = |id: &str| {
        let ix = pack.ledger_by_id(id).expect("defined");
        unique_in_words(&pack, ix, &pack.ledger(ix).unique[0])
    };
    let loan = said("loan").expect("it has a condition");
    assert_eq!(loan.zh, "同一复本只能有一条“未填归还日期”的记录");
    assert_eq!(loan.en, "there may be only one record of the same copy where “back on” is not filled in");
    assert_eq!(said("book"), None);
}

#[test]
fn a_rule_may_say_in_its_own_words_what_breaks_it() {
    let more = "[ledger.shelf]\ntitle = { zh = \"架\", en = \"Shelf\" }\nlabel = [\"number\"]\n\
                unique = [[\"number\"], { fields = [\"number\"], says = { zh = \"已有此架\", en = \"is there\" } }]\n\
                exactly = [{ one_of = \"board\", says = { zh = \"须有一块板\", en = \"needs a board\" } }, { none_of = \"board\", where = \"number IS NULL\" }]\n\
                [ledger.shelf.fields]\nnumber = { kind = \"text\", title = { zh = \"号\", en = \"Number\" } }\n\
                [ledger.board]\ntitle = { zh = \"板\", en = \"Board\" }\nof = \"shelf\"\nlabel = [\"number\"]\n\
                [ledger.board.fields]\nnumber = { kind = \"text\", title = { zh = \"号\", en = \"Number\" } }\n";
    let pack = crate::compiled(&[("shelf.toml", more)]);
    let shelf = pack.ledger(pack.ledger_by_id("shelf").expect("defined"));
    let said = |says: &Option<anju_pack::Text>| says.as_ref().map(|says| says.en.clone());
    let unique: Vec<_> = shelf.unique.iter().map(|one| said(&one.says)).collect();
    let exactly: Vec<_> = shelf.exactly.iter().map(|one| said(&one.says)).collect();
    assert_eq!(unique, [None, Some("is there".to_owned())]);
    assert_eq!(exactly, [Some("needs a board".to_owned()), None]);
}

#[test]
fn conditions_read_back_as_they_were_written() {
    let pack = crate::compiled(&[]);
    let of = |id: &str| {
        let requirement = pack.requirement(pack.requirement_by_id(id).expect("defined"));
        predicate_as_sql(&pack, requirement.each, requirement.predicate.as_ref().expect("it has one"))
    };
    assert_eq!(of("book_lent"), "(price > 1000 AND thickness >= 15) OR name LIKE '红%'");
    assert_eq!(
        of("member_reads"),
        "active AND age(born_on) >= 18 AND NOT (born_on >= '1900-01-01' AND born_on <= today - 30000)"
    );
}

#[test]
fn the_reference_names_every_ledger_requirement_and_figure() {
    let pack = crate::compiled(&[]);
    let pages = reference(&pack);
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["index.md", "library.md", "roles.md", "codes.md"]);
    let ids = pack
        .ledgers
        .iter()
        .map(|l| &l.id)
        .chain(pack.requirements.iter().map(|r| &r.id))
        .chain(pack.figures.iter().map(|f| &f.id));
    for id in ids {
        assert!(pages[1].1.contains(&format!("`{id}`")), "{id}");
    }
}

#[test]
fn a_county_sets_parameters_and_adds_fields() {
    let county = "[county]\ncode = \"610923\"\nname = { zh = \"某县\", en = \"Some\" }\nclock = \"2020-05-16\"\ndivisions = \"d.csv\"\n\
                  [parameters]\nloan_days = 60\n\
                  [ledger.book.fields]\nshelf = { kind = \"text\", title = { zh = \"架\", en = \"Shelf\" } }\n\
                  [code.condition.values]\n\"3\" = { zh = \"缺页\", en = \"Torn\" }\n";
    let pack = crate::compiled(&[("x.county.toml", county)]);
    assert_eq!(pack.county.as_ref().and_then(|county| county.clock), Some(18_398));
    assert_eq!(pack.parameters.iter().find(|p| p.id == "loan_days").map(|p| (p.value, p.default)), Some((60, 30)));
    let book = pack.ledger(pack.ledger_by_id("book").expect("defined"));
    assert!(book.field(book.field_by_id("shelf").expect("added")).of_county && !book.of_county);
    assert_eq!(pack.codes.iter().find(|list| list.id == "condition").map(|list| list.values.len()), Some(4));
}

#[test]
fn an_owner_may_be_the_subject_itself_or_what_belongs_to_it() {
    let pack = crate::compiled(&[]);
    let owner = |id| pack.requirement(pack.requirement_by_id(id).expect("defined")).owners[0].clone();
    assert!(owner("copy_returned").up.is_empty() && owner("copy_returned").link.is_none());
    assert!(owner("book_lent").up.is_empty() && owner("book_lent").link.is_some());
}
