//! Laws of rights, on the lending library: for random roles, grants and days.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;

use anju_access::{Action, Grant, Owners, Refusal, Rights, compatible, is_minor};
use anju_pack::{Duty, FieldIx, Pack, Relation, Sensitive, Source};
use anju_record::{Record, Value};
use proptest::prelude::*;
use uuid::Uuid;

const COUNTY: &str = "610923";
const TODAY: i32 = 18_000;
const NOW: i64 = 1_555_200_000_000;
const AREAS: [&str; 6] = ["61", "610923", "610923100", "610923101", "610923100001", "610924"];
const LEDGERS: [&str; 3] = ["branch", "reader", "loan"];

const LIBRARY: &str = r#"
[mechanism]
id = "lending"
order = 0
title = { zh = "借阅", en = "Lending" }
promise = { zh = "有书可借", en = "There is a book" }
office = { zh = "总馆", en = "Main library" }
[ledger.branch]
title = { zh = "分馆", en = "Branch" }
label = ["name"]
area = "code"
[ledger.branch.fields]
code = { kind = "area", level = "village", required = true, title = { zh = "代码", en = "Code" } }
name = { kind = "text", required = true, title = { zh = "名称", en = "Name" } }
[ledger.reader]
title = { zh = "读者", en = "Reader" }
of = "branch"
label = ["name"]
born = "born_on"
[ledger.reader.fields]
name = { kind = "text", required = true, title = { zh = "姓名", en = "Name" } }
born_on = { kind = "date", title = { zh = "出生", en = "Born" } }
phone = { kind = "phone", sensitive = "contact", title = { zh = "电话", en = "Phone" } }
eyes = { kind = "text", sensitive = "health", title = { zh = "视力", en = "Eyes" } }
login = { kind = "text", title = { zh = "账号", en = "Account" } }
[ledger.loan]
title = { zh = "借书", en = "Loan" }
of = "reader"
label = ["book"]
[ledger.loan.fields]
book = { kind = "text", required = true, title = { zh = "书名", en = "Book" } }
[[requirement]]
id = "sees_well"
row = "L1"
title = { zh = "看得清", en = "Sees well" }
short = { zh = "看清", en = "See" }
each = "reader"
where = "eyes IS NOT NULL"
needs = { at_least = 1, of = "loan" }
"#;

fn pack_of(roles: &str) -> Pack {
    let source = Source { path: "l.toml".into(), text: format!("{LIBRARY}\n{roles}"), mechanism: Some("l".into()) };
    anju_pack::compile(&[source]).unwrap_or_else(|faults| panic!("{faults}\n{roles}"))
}

fn grant(role: &str, area: &str) -> Grant {
    Grant { id: Uuid::nil(), role: role.into(), area: area.into(), from: 0, until: None, expires_at: None }
}

fn owners(_: &Grant, _: &Relation) -> Owners {
    Owners { ids: [Uuid::from_u128(1), Uuid::from_u128(5)].into(), places: Vec::new() }
}

fn rights(pack: &Pack, grants: &[Grant]) -> Rights {
    Rights::of(pack, COUNTY, grants, owners, TODAY, NOW)
}

fn field(pack: &Pack, ledger: &str, field: &str) -> FieldIx {
    pack.ledger(pack.ledger_by_id(ledger).unwrap()).field_by_id(field).unwrap()
}

/// Four roles; the last stands alone.
fn roles() -> impl Strategy<Value = String> {
    let some = || prop::sample::subsequence(LEDGERS.to_vec(), 0..=3);
    let words = |all: &[&'static str], most| prop::sample::subsequence(all.to_vec(), 0..=most);
    let role = (
        (some(), some(), some(), some()),
        words(&["contact", "health", "minor"], 3),
        words(&["reader.phone", "reader.eyes"], 2),
        words(&["grants", "journal"], 1),
        any::<bool>(),
    );
    let role = role.prop_map(|((read, write, export, everywhere), reveal, hide, may, only)| {
        let mut words = String::new();
        let within = |some: Vec<&'static str>| some.into_iter().filter(|id| read.contains(id)).collect::<Vec<_>>();
        let hide = if read.contains(&"reader") { hide } else { Vec::new() };
        for (key, list) in [("write", within(write)), ("export", within(export)), ("everywhere", within(everywhere))] {
            writeln!(words, "{key} = {list:?}").unwrap();
        }
        writeln!(words, "read = {read:?}\nreveal = {reveal:?}\nhide = {hide:?}\nmay = {may:?}").unwrap();
        if only {
            writeln!(words, "only = [{{ of = \"loan\", where = \"reader.login = actor\" }}]").unwrap();
        }
        words
    });
    prop::collection::vec(role, 3).prop_map(|roles| {
        let mut words = String::new();
        for (n, role) in roles.iter().enumerate() {
            write!(words, "[role.role{n}]\ntitle = {{ zh = \"某\", en = \"Some\" }}\n{role}").unwrap();
        }
        words + "[role.role3]\ntitle = { zh = \"某\", en = \"Some\" }\nalone = true\nmay = [\"grants\"]\n"
    })
}

fn grants(roles: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Grant>> {
    let days = (TODAY - 2..TODAY + 3, prop::option::of(TODAY - 2..TODAY + 3), prop::option::of(NOW - 1..=NOW + 1));
    let one = (roles, prop::sample::select(AREAS.to_vec()), days);
    let one = one.prop_map(|(role, area, (from, until, expires_at))| Grant {
        from,
        until,
        expires_at,
        ..grant(&format!("role{role}"), area)
    });
    prop::collection::vec(one, 0..4)
}

/// Rows of the county: an area, an own id, an owner.
fn rows() -> Vec<(&'static str, Uuid, Uuid)> {
    let areas = ["610923", "610923100", "610923100001", "610923101002"];
    let ids = [1, 2, 5].map(Uuid::from_u128);
    areas.iter().flat_map(|area| ids.iter().flat_map(|id| ids.iter().map(|owner| (*area, *id, *owner)))).collect()
}

fn holds(rights: &Rights, pack: &Pack, action: Action, ledger: &str, row: (&str, Uuid, Uuid)) -> bool {
    rights.reach(action, pack.ledger_by_id(ledger).unwrap()).holds(row.0, row.1, |_| Some(row.2))
}

proptest! {
    #[test]
    fn rights_are_the_union_of_the_grants_in_force_and_never_leave_the_county(words in roles(), grants in grants(0..3)) {
        let pack = pack_of(&words);
        let all = rights(&pack, &grants);
        for action in Action::ALL {
            for (ledger, row) in LEDGERS.into_iter().flat_map(|ledger| rows().into_iter().map(move |row| (ledger, row))) {
                let one = grants.iter().any(|grant| holds(&rights(&pack, std::slice::from_ref(grant)), &pack, action, ledger, row));
                let held = holds(&all, &pack, action, ledger, row);
                prop_assert_eq!(held, one);
                prop_assert!(!held || action == Action::Read || holds(&all, &pack, Action::Read, ledger, row));
                // Rows beyond the county stand in another county's store; by place they are never within.
                let ix = pack.ledger_by_id(ledger).unwrap();
                prop_assert!(!all.reach(action, ix).holds_area("610924100001"));
            }
        }
    }

    #[test]
    fn a_grant_that_is_not_in_force_gives_nothing(words in roles(), grants in grants(0..4)) {
        let pack = pack_of(&words);
        let idle: Vec<Grant> = grants.into_iter().filter(|grant| !grant.in_force(TODAY, NOW)).collect();
        for grant in &idle {
            let over = grant.from > TODAY || grant.until.is_some_and(|until| until < TODAY)
                || grant.expires_at.is_some_and(|at| at <= NOW);
            prop_assert!(over);
        }
        let found = rights(&pack, &idle);
        prop_assert!(found.reads_nothing());
        prop_assert!(found.roles().next().is_none() && found.areas().is_empty());
        prop_assert!(Duty::ALL.iter().all(|(_, duty)| !found.may(*duty)));
    }

    #[test]
    fn nobody_grants_what_is_not_held_or_beyond_the_own_area(
        words in roles(), grants in grants(0..4), role in 0..5_usize, area in prop::sample::select(AREAS.to_vec()),
    ) {
        let pack = pack_of(&words);
        let mine = rights(&pack, &grants);
        let role = format!("role{role}");
        if mine.may_grant(&pack, &role, area).is_ok() {
            let definition = pack.role(pack.role_by_id(&role).unwrap());
            prop_assert!(area.starts_with(COUNTY));
            let by_duty = mine.may_in(Duty::Grants, if definition.alone { COUNTY } else { area });
            let held = mine.roles().any(|(own, at)| own == role && area.starts_with(at));
            prop_assert!(by_duty || held && !definition.alone && definition.only.is_empty());
            if !by_duty {
                // What is passed on is no more than what is had.
                let given = rights(&pack, &[grant(&role, area)]);
                for ledger in pack.ledger_ixs() {
                    for action in Action::ALL {
                        let (given, mine) = (given.reach(action, ledger), mine.reach(action, ledger));
                        prop_assert!(given.areas.iter().all(|area| mine.holds_area(area)));
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_hidden_from_every_grant_is_never_shown_and_never_revealed(words in roles(), grants in grants(0..3)) {
        let pack = pack_of(&words);
        let mine = rights(&pack, &grants);
        let reader = pack.ledger_by_id("reader").unwrap();
        for (name, class) in [("phone", Sensitive::Contact), ("eyes", Sensitive::Health)] {
            let at = field(&pack, "reader", name);
            for area in ["610923", "610923100001", "610923101002"] {
                let hidden = mine.hidden(reader, area).contains(&at);
                prop_assert!(!(hidden && mine.may_reveal(reader, at, area)));
                prop_assert!(!mine.may_reveal_minor(reader, at, area) || mine.may_reveal(reader, at, area));
                if mine.may_reveal(reader, at, area) {
                    let shows = |(role, _): (&str, &str)| {
                        let role = pack.role(pack.role_by_id(role).unwrap());
                        role.reads(reader) && role.shows(reader, at) && role.reveal.contains(&class)
                    };
                    prop_assert!(mine.roles().any(shows));
                }
                let rule = pack.requirement_by_id("sees_well").unwrap();
                if name == "eyes" && hidden {
                    prop_assert!(!mine.sees_requirement(&pack, rule, area));
                }
            }
        }
    }
}

const OFFICES: &str = r#"
[role.reader_desk]
title = { zh = "前台", en = "Desk" }
read = ["reader", "loan"]
write = ["loan"]
reveal = ["contact"]
hide = ["reader.eyes"]
[role.doctor]
title = { zh = "医生", en = "Doctor" }
read = ["reader"]
reveal = ["contact", "health", "minor"]
[role.own]
title = { zh = "本人", en = "Own" }
read = ["reader", "loan"]
reveal = ["contact"]
only = [{ of = "loan", where = "reader.login = actor" }]
[role.keys]
title = { zh = "钥匙", en = "Keys" }
may = ["grants"]
alone = true
[role.journals]
title = { zh = "日志", en = "Journals" }
may = ["journal"]
alone = true
"#;

#[test]
fn a_field_hidden_from_one_grant_is_shown_where_another_reads_the_row() {
    let pack = pack_of(OFFICES);
    let (reader, eyes) = (pack.ledger_by_id("reader").unwrap(), field(&pack, "reader", "eyes"));
    let mine = rights(&pack, &[grant("reader_desk", COUNTY), grant("doctor", "610923100")]);
    assert_eq!(mine.hidden(reader, "610923101002"), [eyes]);
    assert_eq!(mine.hidden(reader, "610923100001"), []);
    assert!(mine.may_reveal(reader, eyes, "610923100001") && !mine.may_reveal(reader, eyes, "610923101002"));
}

/// Whose a related row is, a place does not say: what one grant for related rows hides, no other unmasks, also not in another place.
#[test]
fn what_a_grant_for_related_rows_hides_no_other_such_grant_unmasks() {
    let roles = r#"
[role.blind]
title = { zh = "甲", en = "A" }
read = ["reader"]
hide = ["reader.phone"]
only = [{ of = "loan", where = "reader.login = actor" }]
[role.caller]
title = { zh = "乙", en = "B" }
read = ["reader"]
reveal = ["contact"]
only = [{ of = "loan", where = "reader.login = actor" }]
"#;
    let pack = pack_of(roles);
    let (reader, phone) = (pack.ledger_by_id("reader").unwrap(), field(&pack, "reader", "phone"));
    let both = rights(&pack, &[grant("blind", "610923100"), grant("caller", "61")]);
    assert_eq!(both.hidden(reader, "610923101002"), [phone]);
    assert!(!both.may_reveal(reader, phone, "610923101002") && !both.may_reveal(reader, phone, "610923100001"));
    assert!(rights(&pack, &[grant("caller", "61")]).may_reveal(reader, phone, "610923101002"));
}

#[test]
fn roles_that_stand_alone_silence_the_rest_and_each_other() {
    let pack = pack_of(OFFICES);
    let beside = rights(&pack, &[grant("keys", COUNTY), grant("doctor", COUNTY)]);
    assert!(beside.may(Duty::Grants) && beside.reads_nothing());
    let both = rights(&pack, &[grant("keys", COUNTY), grant("journals", COUNTY)]);
    assert!(!both.may(Duty::Grants) && !both.may(Duty::Journal));
    assert!(compatible(&pack, ["doctor"], "own") && !compatible(&pack, ["doctor"], "keys"));
    assert!(!compatible(&pack, ["keys"], "doctor") && compatible(&pack, ["keys"], "keys"));
}

#[test]
fn who_may_grant_what_is_refused_with_its_reason() {
    let pack = pack_of(OFFICES);
    let keys = rights(&pack, &[grant("keys", "610923100")]);
    assert_eq!(keys.may_grant(&pack, "doctor", "610923100001"), Ok(()));
    assert_eq!(keys.may_grant(&pack, "doctor", COUNTY), Err(Refusal::BeyondArea));
    assert_eq!(keys.may_grant(&pack, "journals", "610923100"), Err(Refusal::StandsAlone));
    assert_eq!(keys.may_grant(&pack, "nobody", "610923100"), Err(Refusal::UnknownRole));
    assert_eq!(keys.may_grant(&pack, "doctor", "6109231"), Err(Refusal::UnknownArea));
    let doctor = rights(&pack, &[grant("doctor", COUNTY)]);
    assert_eq!(doctor.may_grant(&pack, "doctor", "610923100"), Ok(()));
    assert_eq!(doctor.may_grant(&pack, "reader_desk", "610923100"), Err(Refusal::NotHeld));
    let hours = rights(&pack, &[Grant { expires_at: Some(NOW + 1), ..grant("doctor", COUNTY) }]);
    assert_eq!(hours.may_grant(&pack, "doctor", COUNTY), Err(Refusal::NotHeld));
    assert_eq!(rights(&pack, &[grant("own", COUNTY)]).may_grant(&pack, "own", COUNTY), Err(Refusal::NotHeld));
}

#[test]
fn the_operator_has_everything_in_the_county_and_nothing_beyond() {
    let pack = pack_of(OFFICES);
    let operator = Rights::operator(&pack, COUNTY);
    for ledger in pack.ledger_ixs() {
        assert!(operator.covers(ledger, COUNTY) && !operator.covers(ledger, "610924"));
        assert_eq!(operator.hidden(ledger, COUNTY), []);
    }
    assert!(operator.may(Duty::Journal) && operator.may_grant(&pack, "keys", COUNTY).is_ok());
    assert!(!operator.may_in(Duty::Journal, "61"));
    let eyes = field(&pack, "reader", "eyes");
    assert!(operator.may_reveal(pack.ledger_by_id("reader").unwrap(), eyes, COUNTY));
}

#[test]
fn a_minors_field_is_revealed_only_to_who_reveals_minors_too() {
    let pack = pack_of(OFFICES);
    let (reader, phone) = (pack.ledger_by_id("reader").unwrap(), field(&pack, "reader", "phone"));
    let mut values = vec![Value::Null; pack.ledger(reader).fields.len()];
    values[usize::from(field(&pack, "reader", "born_on").0)] = Value::Date(TODAY - 366 * 13);
    let child = Record { id: Uuid::nil(), version: 1, area: COUNTY.into(), values };
    let grown = TODAY + 366 * 2;
    for (role, minors) in [("doctor", true), ("reader_desk", false), ("own", false)] {
        let mine = rights(&pack, &[grant(role, COUNTY)]);
        assert_eq!(mine.may_reveal_of(&pack, reader, phone, &child, TODAY), minors, "{role}");
        assert!(mine.may_reveal_of(&pack, reader, phone, &child, grown), "{role}");
    }
}

#[test]
fn a_person_is_a_minor_until_the_day_of_turning_fourteen() {
    let pack = pack_of(OFFICES);
    let reader = pack.ledger_by_id("reader").unwrap();
    let born = |day: Option<i32>| {
        let mut values = vec![Value::Null; pack.ledger(reader).fields.len()];
        values[usize::from(field(&pack, "reader", "born_on").0)] = day.map_or(Value::Null, Value::Date);
        is_minor(&pack, reader, &Record { id: Uuid::nil(), version: 1, area: COUNTY.into(), values }, TODAY)
    };
    // 18_000 is 2019-04-14; 12_887 is 2005-04-14.
    assert!(!born(Some(12_887)) && born(Some(12_888)) && born(None));
    assert!(!is_minor(
        &pack,
        pack.ledger_by_id("loan").unwrap(),
        &Record { id: Uuid::nil(), version: 1, area: COUNTY.into(), values: vec![] },
        TODAY
    ));
}
