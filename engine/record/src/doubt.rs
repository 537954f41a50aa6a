//! What of a record is probably a slip, and yet may be so: by the rules of its ledger (`doubtful` in the pack), and by what its ID numbers tell.

use anju_pack::{Agrees, Doubtful, Field, FieldIx, Ledger, LedgerIx, Pack};

use crate::{Code, Fault, Lang, Problem, SmolStr, Value, day, holds_of, kind};

/// One thing that is doubtful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// What is said of it, at its field.
    pub fault: Fault,
    /// The fields that it speaks of.
    pub fields: Vec<FieldIx>,
}

/// Everything that is doubtful about a record at a date, in order of fields for ID numbers and of the pack for its rules. `given` tells the value of
/// a field, and nothing where it is not known: what speaks of such a field is not asked. `is_asked` tells whether what speaks of these fields is;
/// what is not asked is as if it were not there. What an ID number contradicts is held against no other field besides.
pub fn doubts<'v>(
    pack: &Pack,
    ledger: LedgerIx,
    given: impl Fn(FieldIx) -> Option<&'v Value>,
    is_asked: impl Fn(&[FieldIx]) -> bool,
    today: i32,
) -> Vec<Doubt> {
    let definition = pack.ledger(ledger);
    let mut found = Vec::new();
    for (field, at) in definition.fields.iter().zip(0..) {
        if let (Some(agrees), Some(Value::Text(number))) = (field.agrees, given(FieldIx(at))) {
            of_number(pack, definition, (FieldIx(at), number, agrees), &given, &mut found);
        }
    }
    if definition.doubtful.is_empty() {
        return found;
    }
    found.retain(|doubt| is_asked(&doubt.fields));
    let contradicted = found.len();
    for rule in &definition.doubtful {
        let is_contradicted =
            |field: &FieldIx| found[..contradicted].iter().any(|doubt| doubt.fault.path == definition.field(*field).id);
        let is_known = |field: &FieldIx| given(*field).is_some() && !is_contradicted(field);
        if !is_asked(&rule.fields) || !rule.fields.iter().all(is_known) {
            continue;
        }
        if holds_of(pack, &rule.predicate, &given, &|_, _| None, today) == Some(true) {
            found.push(by_rule(pack, definition, rule, given(rule.at)));
        }
    }
    found
}

fn by_rule(pack: &Pack, ledger: &Ledger, rule: &Doubtful, value: Option<&Value>) -> Doubt {
    let field = ledger.field(rule.at);
    let shown = kind::format(pack, &field.kind, value.unwrap_or(&Value::Null), Lang::Zh);
    let problem = Problem::new(Code::Doubtful, shown, [rule.says.zh.clone(), rule.says.en.clone()]);
    Doubt { fault: problem.at(field.id.as_str(), &field.title), fields: rule.fields.clone() }
}

/// What an ID number says of birth and sex; the number itself is not told.
fn of_number<'v>(
    pack: &Pack,
    ledger: &Ledger,
    (at, number, agrees): (FieldIx, &str, Agrees),
    given: &impl Fn(FieldIx) -> Option<&'v Value>,
    found: &mut Vec<Doubt>,
) {
    let says =
        [(Code::IdBirthMismatch, agrees.birth, born_by(number)), (Code::IdSexMismatch, agrees.sex, sex_by(number))];
    for (code, field, says) in says {
        let (Some(field), Some(says)) = (field, says) else { continue };
        let Some(typed) = given(field).filter(|typed| **typed != Value::Null && **typed != says) else { continue };
        let fault = contradicted(pack, ledger.field(field), code, (typed, &says));
        found.push(Doubt { fault, fields: vec![at, field] });
    }
}

fn contradicted(pack: &Pack, field: &Field, code: Code, (typed, says): (&Value, &Value)) -> Fault {
    let shown = |value: &Value, lang| kind::format(pack, &field.kind, value, lang);
    let args = [shown(says, Lang::Zh), shown(typed, Lang::En), shown(says, Lang::En)];
    Problem::new(code, shown(typed, Lang::Zh), args).at(field.id.as_str(), &field.title)
}

/// The day of birth that an ID number tells (GB 11643).
pub fn born_by(number: &str) -> Option<Value> {
    number.get(6..14).and_then(day::parse).map(Value::Date)
}

/// The sex that an ID number tells, as a code of GB/T 2261.1.
pub fn sex_by(number: &str) -> Option<Value> {
    let digit = number.as_bytes().get(16)?;
    Some(Value::Text(SmolStr::new_static(if digit % 2 == 1 { "1" } else { "2" })))
}

#[cfg(test)]
mod tests {
    use anju_pack::{Source, compile};

    use super::*;

    const WORDS: &str = r#"
[mechanism]
id = "lending"
order = 0
title = { zh = "借阅", en = "Lending" }
promise = { zh = "有书可借", en = "There is a book to lend" }
office = { zh = "总馆", en = "Main library" }
[code.sex]
title = { zh = "性别", en = "Sex" }
[code.sex.values]
"1" = { zh = "男", en = "Male" }
"2" = { zh = "女", en = "Female" }
[ledger.reader]
title = { zh = "读者", en = "Reader" }
label = ["name"]
doubtful = [
  { where = "left_on IS NOT NULL AND why IS NULL", at = "why", says = { zh = "没有原因", en = "no reason is given" } },
  { where = "name = '王子' AND sex = '2'", at = "name", says = { zh = "像男名", en = "sounds like a man's" } },
  { where = "born_on > left_on", at = "left_on", says = { zh = "早于出生", en = "is before birth" } },
  { where = "age(born_on) > 100", at = "born_on", says = { zh = "过百岁", en = "is over a hundred" } },
]
[ledger.reader.fields]
name = { kind = "text", title = { zh = "姓名", en = "Name" } }
sex = { kind = "code", list = "sex", title = { zh = "性别", en = "Sex" } }
card = { kind = "id_number", sensitive = "identity", agrees = { birth = "born_on", sex = "sex" }, title = { zh = "证", en = "Card" } }
born_on = { kind = "date", title = { zh = "出生日期", en = "Born on" } }
left_on = { kind = "date", title = { zh = "离馆日期", en = "Left on" } }
why = { kind = "text", title = { zh = "原因", en = "Why" } }
"#;
    /// A woman of 1949-12-31.
    const CARD: &str = "11010519491231002X";

    /// What is said of a reader of which these fields are known.
    fn told(known: &[(&str, &str)]) -> Vec<(Code, String, String)> {
        told_of(known, None)
    }

    /// The same of what speaks of a field, if one is named.
    fn told_of(known: &[(&str, &str)], only: Option<&str>) -> Vec<(Code, String, String)> {
        let source = Source {
            path: "mechanisms/lending/pack/lending.toml".into(),
            text: WORDS.into(),
            mechanism: Some("lending".into()),
        };
        let pack = compile(&[source]).unwrap_or_else(|faults| panic!("{faults:?}"));
        let ledger = pack.ledger_by_id("reader").expect("defined");
        let fields = &pack.ledger(ledger).fields;
        let read = |(id, text): &(&str, &str)| {
            let at = pack.ledger(ledger).field_by_id(id).expect("a field");
            (at, kind::parse(&pack, &fields[usize::from(at.0)].kind, text).expect("a value"))
        };
        let values: Vec<(FieldIx, Value)> = known.iter().map(read).collect();
        let given = |field| values.iter().find(|(known, _)| *known == field).map(|(_, value)| value);
        let today = day::parse("2026-07-29").expect("a day");
        let only = only.and_then(|id| pack.ledger(ledger).field_by_id(id));
        let is_asked = |fields: &[FieldIx]| only.is_none_or(|field| fields.contains(&field));
        let found = doubts(&pack, ledger, given, is_asked, today);
        found.into_iter().map(|it| (it.fault.code, it.fault.path.clone(), it.fault.message(Lang::En))).collect()
    }

    fn codes(known: &[(&str, &str)]) -> Vec<(Code, String)> {
        told(known).into_iter().map(|(code, path, _)| (code, path)).collect()
    }

    #[test]
    fn a_rule_stands_at_its_field_with_its_own_words() {
        let at = |path: &str| (Code::Doubtful, path.to_owned());
        assert_eq!(codes(&[("left_on", "2020-01-01"), ("why", "")]), [at("why")]);
        assert_eq!(told(&[("name", "王子"), ("sex", "2")])[0].2, "Name: sounds like a man's");
        assert_eq!(codes(&[("born_on", "2020-01-02"), ("left_on", "2020-01-01")]), [at("left_on")]);
        assert_eq!(codes(&[("born_on", "1926-07-28")]), []);
        assert_eq!(codes(&[("born_on", "1925-07-28")]), [at("born_on")]);
    }

    #[test]
    fn what_is_not_known_is_not_asked_about() {
        assert_eq!(codes(&[("left_on", "2020-01-01")]), []);
        assert_eq!(codes(&[("name", "王子")]), []);
        assert_eq!(codes(&[("card", CARD)]), []);
        assert_eq!(codes(&[("card", CARD), ("born_on", ""), ("sex", "")]), [], "blanks contradict nothing");
    }

    #[test]
    fn what_is_not_asked_silences_nothing() {
        let known = [("card", CARD), ("sex", "1"), ("born_on", "2020-01-02"), ("left_on", "2020-01-01")];
        let of_birth = told_of(&known, Some("left_on"));
        assert_eq!(of_birth.iter().map(|told| told.0).collect::<Vec<_>>(), [Code::Doubtful]);
    }

    #[test]
    fn an_id_number_contradicts_birth_and_sex_and_is_not_told() {
        let told = told(&[("card", CARD), ("born_on", "2020-01-02"), ("left_on", "2020-01-01"), ("sex", "1")]);
        let codes: Vec<(Code, &str)> = told.iter().map(|(code, path, _)| (*code, path.as_str())).collect();
        assert_eq!(codes, [(Code::IdBirthMismatch, "born_on"), (Code::IdSexMismatch, "sex")], "and nothing besides");
        assert_eq!(told[1].2, "Sex: “Male” is not “Female”, which the ID number says; compare them");
        assert!(told.iter().all(|(.., words)| !words.contains(CARD)));
    }
}
