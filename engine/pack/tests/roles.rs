//! Roles say what they say; who they are about is put in when somebody asks.

use anju_pack::{
    Comparison, Duty, Effect, Literal, Operand, Predicate, Sensitive, Snapshot, diff, reference, role_by_keys,
};

const KEEPER: &str = r#"
[role.keeper]
title = { zh = "保管员", en = "Keeper" }
read = ["book", "copy", "loan", "member"]
write = ["copy"]
export = ["copy"]
everywhere = ["member"]
reveal = ["identity", "minor"]
hide = ["loan.fine"]
only = [
  { of = "copy", where = "keeper.name = actor AND condition = '1'" },
  { of = "loan", where = "member.name = actor OR copy.keeper.name = actor" },
]
exempt = ["copy_returned"]
may = ["break_glass", "check_file"]
second_factor = true
[process.lending]
title = { zh = "借出复核", en = "Lending" }
row = "L1"
of = "loan"
approval = true
states = ["asked", "confirmed"]
[[process.lending.step]]
id = "confirm"
title = { zh = "复核", en = "Confirm" }
from = ["asked"]
to = "confirmed"
by = ["keeper"]
"#;

fn compiled(words: &str) -> anju_pack::Pack {
    crate::compiled(&[("roles.toml", words)])
}

#[test]
fn a_role_is_told_by_the_keys_it_was_written_with() {
    let pack = compiled(KEEPER);
    let role = pack.role(pack.role_by_id("keeper").expect("defined"));
    assert_eq!(role.reveal, [Sensitive::Identity, Sensitive::Minor]);
    assert_eq!(role.may, [Duty::BreakGlass, Duty::CheckFile]);
    let told = role_by_keys(&pack, role);
    let keys = ["read", "write", "export", "everywhere", "reveal", "hide", "only", "exempt", "may", "second_factor"];
    assert_eq!(told.iter().map(|(key, _)| *key).collect::<Vec<_>>(), keys);
    let value = |key| told.iter().find(|(name, _)| *name == key).map(|(_, value)| value.as_str());
    assert_eq!(value("hide"), Some("loan.fine"));
    assert_eq!(
        value("only"),
        Some(
            "copy where keeper.name = actor AND condition = '1'; loan where member.name = actor OR copy.keeper.name = actor"
        )
    );
    let pages = reference(&pack);
    let page = |name| &pages.iter().find(|(page, _)| page == name).expect("a page").1;
    assert!(page("roles.md").contains("## `keeper`") && page("roles.md").contains("keeper.name = actor"));
}

#[test]
fn the_login_of_who_asks_stands_where_actor_stood() {
    let pack = compiled(KEEPER);
    let relation = &pack.role(pack.role_by_id("keeper").expect("defined")).only[0];
    let Predicate::And(parts) = relation.predicate.for_actor("o'neil") else { panic!("two conditions") };
    let Predicate::Compare(Operand::Field(_), Comparison::Eq, Operand::Literal(Literal::Text(login))) = &parts[0]
    else {
        panic!("{parts:?}")
    };
    assert_eq!(login, "o'neil");
    assert_eq!(relation.predicate.for_actor("a").for_actor("b"), relation.predicate.for_actor("a"));
}

#[test]
fn fields_that_decide_about_rights_are_found_along_references() {
    let pack = compiled(KEEPER);
    let member = pack.ledger_by_id("member").expect("defined");
    let name = pack.ledger(member).field_by_id("name").expect("defined");
    assert_eq!(pack.account_fields(), [(member, name)]);
    assert_eq!(crate::compiled(&[]).account_fields(), []);
}

#[test]
fn an_approval_is_found_by_its_ledger() {
    let pack = compiled(KEEPER);
    let ledger = |id| pack.ledger_by_id(id).expect("defined");
    assert_eq!(pack.approval(ledger("loan")).map(|process| process.id.as_str()), Some("lending"));
    assert!(pack.approval(ledger("copy")).is_none());
    assert!(compiled(&KEEPER.replace("approval = true", "approval = false")).approval(ledger("loan")).is_none());
}

#[test]
fn chains_lead_up_to_owners_only() {
    let pack = crate::compiled(&[]);
    let ledger = |id| pack.ledger_by_id(id).expect("defined");
    let names = |from, to| {
        let chain = pack.chain_to(ledger(from), ledger(to))?;
        Some(chain.iter().map(|(at, field)| pack.ledger(*at).field(*field).id.clone()).collect::<Vec<_>>())
    };
    assert_eq!(names("loan", "book"), Some(vec!["copy".to_owned(), "book".to_owned()]));
    assert_eq!(names("book", "book"), Some(Vec::new()));
    assert_eq!((names("book", "loan"), names("loan", "member")), (None, None));
}

#[test]
fn every_change_of_a_role_or_process_is_a_difference() {
    let old = Snapshot::of(&compiled(KEEPER));
    for (from, to, path) in [
        ("write = [\"copy\"]", "write = []", "role.keeper"),
        ("export = [\"copy\"]", "export = []", "role.keeper"),
        ("everywhere = [\"member\"]", "everywhere = []", "role.keeper"),
        ("hide = [\"loan.fine\"]", "hide = []", "role.keeper"),
        ("\"minor\"]", "\"health\"]", "role.keeper"),
        ("AND condition = '1'", "", "role.keeper"),
        ("exempt = [\"copy_returned\"]", "exempt = []", "role.keeper"),
        ("\"check_file\"]", "\"journal\"]", "role.keeper"),
        ("second_factor = true", "second_factor = false", "role.keeper"),
        ("approval = true", "", "process.lending"),
    ] {
        assert!(KEEPER.contains(from), "{from}");
        let new = Snapshot::of(&compiled(&KEEPER.replace(from, to)));
        let found: Vec<String> = diff(&old, &new).into_iter().map(|difference| difference.path).collect();
        assert_eq!(found, [path], "{from} → {to}");
    }
}

#[test]
fn a_snapshot_kept_before_there_were_roles_is_read() {
    let mut kept = serde_json::to_value(Snapshot::of(&crate::compiled(&[]))).expect("json");
    for key in ["roles", "processes"] {
        kept.as_object_mut().and_then(|keys| keys.remove(key)).expect("it was there");
    }
    let kept: Snapshot = serde_json::from_value(kept).expect("reads back");
    let found = diff(&kept, &Snapshot::of(&crate::compiled(&[])));
    assert!(found.iter().all(|difference| difference.effect == Effect::Neutral), "{found:?}");
    assert!(found.iter().any(|difference| difference.path.starts_with("role.")), "{found:?}");
}

const OF_COUNTY: &str = r#"
[ledger.copy_check]
title = { zh = "藏本检查", en = "Check of a copy" }
of = "copy"
label = ["name"]
[ledger.copy_check.fields]
name = { kind = "text", required = true, title = { zh = "名称", en = "Name" } }
[ledger.copy_repair]
title = { zh = "藏本修补", en = "Repair of a copy" }
of = "copy_check"
label = ["name"]
[ledger.copy_repair.fields]
name = { kind = "text", required = true, title = { zh = "名称", en = "Name" } }
"#;

#[test]
fn a_countys_ledger_is_for_the_roles_of_what_it_belongs_to() {
    let pack = crate::compiled(&[("roles.toml", KEEPER), ("checks.county.toml", OF_COUNTY)]);
    let role = pack.role(pack.role_by_id("keeper").expect("defined"));
    for id in ["copy_check", "copy_repair"] {
        let ledger = pack.ledger_by_id(id).expect("defined");
        assert!(role.reads(ledger) && role.writes(ledger) && role.exports(ledger), "{id}");
    }
    let of_loan = OF_COUNTY.replace("of = \"copy\"", "of = \"loan\"");
    let clerk = "[role.clerk]\ntitle = { zh = \"职员\", en = \"Clerk\" }\nread = [\"loan\"]\nwrite = [\"loan\"]\n";
    let pack = crate::compiled(&[("roles.toml", KEEPER), ("clerk.toml", clerk), ("checks.county.toml", &of_loan)]);
    let check = pack.ledger_by_id("copy_check").expect("defined");
    let role = |id| pack.role(pack.role_by_id(id).expect("defined"));
    let keeper = role("keeper");
    assert!(keeper.reads(check) && !keeper.writes(check) && !keeper.exports(check), "as with the loan itself");
    assert!(role("clerk").writes(check) && !role("clerk").exports(check));
}

#[test]
fn a_countys_ledger_that_a_role_names_is_for_that_role_alone() {
    let own = "[role.checker]\ntitle = { zh = \"检查员\", en = \"Checker\" }\nread = [\"copy_check\", \"copy_repair\"]\n\
               write = [\"copy_check\", \"copy_repair\"]\n";
    let pack = crate::compiled(&[("roles.toml", KEEPER), ("checks.county.toml", OF_COUNTY), ("own.county.toml", own)]);
    let check = pack.ledger_by_id("copy_check").expect("defined");
    let role = |id| pack.role(pack.role_by_id(id).expect("defined"));
    assert!(role("checker").writes(check) && !role("keeper").reads(check));
}
