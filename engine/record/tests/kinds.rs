//! Field kinds as people, sheets and JSON meet them.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::OnceLock;

use anju_pack::{Kind, LedgerIx, Pack, Source};
use anju_record::{Code, Draft, Fault, Lang, Raw, Value, day, kind, validate, validate_values};
use proptest::prelude::*;
use uuid::Uuid;

fn pack() -> &'static Pack {
    static PACK: OnceLock<Pack> = OnceLock::new();
    PACK.get_or_init(|| {
        let source = Source {
            path: "mechanisms/lending/pack/kinds.toml".into(),
            text: include_str!("kinds.toml").into(),
            mechanism: Some("lending".into()),
        };
        anju_pack::compile(&[source]).unwrap_or_else(|faults| panic!("{faults:?}"))
    })
}

const READER: LedgerIx = LedgerIx(0);

fn kind_of(field: &str) -> &'static Kind {
    let ledger = pack().ledger(READER);
    &ledger.field(ledger.field_by_id(field).unwrap()).kind
}

fn today() -> i32 {
    day::parse("2026-07-29").unwrap()
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

#[test]
fn what_people_write_is_understood() {
    let cases = [
        ("name", "\u{3000}王　小明\u{a0}", text("王 小明")),
        ("name", "Ｎｏ．１２", text("No．12")),
        ("name", "一\n二", text("一 二")),
        ("memo", "一\r\n二 ", text("一\n二")),
        ("level", "１２", Value::Int(12)),
        ("level", "-5", Value::Int(-5)),
        ("level", "12.0", Value::Int(12)),
        ("level", "3人", Value::Int(3)),
        ("land", "3.5亩", Value::Int(350)),
        ("land", "1,234.50", Value::Int(123_450)),
        ("land", ".5", Value::Int(50)),
        ("span", "5公里", Value::Int(50)),
        ("span", "5.5 千米", Value::Int(55)),
        ("span", "5km", Value::Int(50)),
        ("balance", "￥1，234.5元", Value::Int(123_450)),
        ("balance", "1.5万元", Value::Int(1_500_000)),
        ("balance", "3千元", Value::Int(300_000)),
        ("balance", "2百万", Value::Int(200_000_000)),
        ("balance", "-92233720368547758.08", Value::Int(i64::MIN)),
        ("active", "√", Value::Bool(true)),
        ("active", "Ｙ", Value::Bool(true)),
        ("active", "否", Value::Bool(false)),
        ("joined_on", "2020年5月16日", Value::Date(day::from_civil(2020, 5, 16).unwrap())),
        ("rises_at", "8：30", Value::Int(510)),
        ("rises_at", "8点", Value::Int(480)),
        ("rises_at", "08:30:00", Value::Int(510)),
        ("standing", "2", text("2")),
        ("standing", "会员", text("2")),
        ("standing", "lead READER", text("03")),
        ("standing", "来宾", text("1")),
        ("standing", "2 会员", text("2")),
        ("standing", "03、Lead reader", text("03")),
        ("plan", "“十三五”搬迁", text("a")),
        ("plan", "\"十三五\"搬迁", text("a")),
        ("plan", "十三五搬迁", text("a")),
        ("plan", "“十三五”", text("a")),
        ("plan", "「十三五」", text("a")),
        ("plan", "a “十三五”搬迁", text("a")),
        ("plan", "《新居》", text("b")),
        ("plan", "新居", text("c")),
        ("plan", "‘新居’", text("c")),
        ("plan", "「老屋」", text("e")),
        ("plan", "老屋", text("d")),
        ("place", "610923100001", text("610923100001")),
        ("place", "610923100001 城关镇·关二社区", text("610923100001")),
        ("card", "11010519491231002x", text("11010519491231002X")),
        ("phone", "+86 138-0000-0000", text("13800000000")),
        ("phone", "（0915）6822222", text("09156822222")),
        ("phone", "10086", text("10086")),
        ("phone", "10012345678", text("10012345678")),
        ("spot", "108.31，33.31", text("108.31,33.31")),
        ("photo", "2026/07/a-b.jpg", text("2026/07/a-b.jpg")),
        ("memo", " \u{200b}\u{3000}", Value::Null),
    ];
    for (field, raw, expected) in cases {
        assert_eq!(kind::parse(pack(), kind_of(field), raw), Ok(expected), "{field}: {raw}");
    }
}

#[test]
fn what_cannot_be_meant_is_a_fault_with_its_code() {
    let cases = [
        ("name", "一二三四五六七八九十一二三四五六七八九十一", Code::TooLong),
        ("name", "a\u{7}b", Code::Unprintable),
        ("level", "1.5", Code::NotWhole),
        ("level", "十", Code::NotANumber),
        ("level", "1e3", Code::NotANumber),
        ("level", "--1", Code::NotANumber),
        ("level", "1,23", Code::NotANumber),
        ("level", "100", Code::AboveMaximum),
        ("level", "-6", Code::BelowMinimum),
        ("land", "1.234", Code::TooPrecise),
        ("span", "5米", Code::NotANumber),
        ("span", "5个", Code::NotANumber),
        ("balance", "92233720368547758.08", Code::AboveMaximum),
        ("balance", "999999999999999999999999999999999999999999999", Code::AboveMaximum),
        ("active", "也许", Code::NotABool),
        ("joined_on", "2023-02-29", Code::NotADate),
        ("rises_at", "24:00", Code::NotATime),
        ("rises_at", "8:61", Code::NotATime),
        ("standing", "4", Code::UnknownCode),
        ("standing", "1 会员", Code::UnknownCode),
        ("mentor", "王明", Code::NotAReference),
        ("place", "610923", Code::NotAnArea),
        ("place", "610923100001x", Code::NotAnArea),
        ("place", "城关镇 610923100001", Code::NotAnArea),
        ("card", "110105491231002", Code::IdShape),
        ("card", "110105194912310021", Code::IdChecksum),
        ("card", "110105194913310028", Code::IdBirthDate),
        ("card", "一二三四五六", Code::IdShape),
        ("phone", "1234", Code::NotAPhone),
        ("phone", "138x0000000", Code::NotAPhone),
        ("phone", "1381234567", Code::NotAPhone),
        ("phone", "138123456789", Code::NotAPhone),
        ("phone", "100861", Code::NotAPhone),
        ("phone", "+86 1381234567", Code::NotAPhone),
        ("plan", "“”", Code::UnknownCode),
        ("spot", "33.31,108.31", Code::NotAPoint),
        ("spot", "NaN,1", Code::NotAPoint),
        ("photo", "../etc/passwd", Code::NotAKey),
    ];
    for (field, raw, code) in cases {
        assert_eq!(kind::parse(pack(), kind_of(field), raw).unwrap_err().code, code, "{field}: {raw}");
    }
}

#[test]
fn an_amount_is_in_the_unit_of_its_column_unless_it_says_its_own() {
    let read = |raw: &str| kind::parse_money(pack(), kind_of("balance"), raw, 4);
    for (raw, fen) in [
        ("1.2", 1_200_000),
        ("-0.0001", -100),
        ("￥1,200", 1_200_000_000),
        ("1.2万", 1_200_000),
        ("12000元", 1_200_000),
        ("5千", 500_000),
    ] {
        assert_eq!(read(raw), Ok(Value::Int(fen)), "{raw}");
    }
    assert_eq!(read(" "), Ok(Value::Null));
    let problem = read("0.1234567").unwrap_err();
    assert_eq!((problem.code, problem.value.as_str()), (Code::TooPrecise, "0.1234567"));
    let units = ["元", "百元", "千元", "万元", "万", "百万元", "亿元", "人民币万元", "yuan", "亩", "千", ""];
    let powers = [Some(0), Some(2), Some(3), Some(4), Some(4), Some(6), Some(8), Some(4), Some(0), None, None, None];
    assert_eq!(units.map(kind::money_unit), powers);
}

#[test]
fn an_unknown_code_is_told_with_the_titles_of_the_language() {
    let problem = kind::parse(pack(), kind_of("standing"), "zz").unwrap_err();
    let fault = problem.at("standing", &anju_pack::Text { zh: "身份".into(), en: "Standing".into() });
    let (zh, en) = (fault.message(Lang::Zh), fault.message(Lang::En));
    assert_eq!(zh, "身份：“zz”不在“读者状态”中，可填：1 访客、2 会员、03 领读人");
    assert_eq!(en, "Standing: “zz” is not in “Standing”; choose one of: 1 Guest, 2 Member, 03 Lead reader");
}

#[test]
fn ids_of_nowhere_with_a_right_checksum_pass() {
    let mut number = "99092319900228123".to_owned();
    number.push(kind::checksum(&number).unwrap());
    assert_eq!(kind::parse(pack(), kind_of("card"), &number), Ok(text(&number)));
    let mut young = "99092320300101123".to_owned();
    young.push(kind::checksum(&young).unwrap());
    let draft = Draft::new(READER).set("name", "甲").set("joined_on", "2020-01-01").set("card", young.as_str());
    let faults = validate(pack(), READER, draft, today()).unwrap_err();
    assert_eq!((faults[0].code, faults[0].path.as_str()), (Code::IdBirthDate, "card"), "nobody is born after today");
}

#[test]
fn a_draft_tells_every_fault_at_once_in_both_languages() {
    let draft = Draft::new(READER)
        .set("level", "很高")
        .set("joined_on", "2026-07-30")
        .set("left_on", "2020-01-01")
        .set("nonsense", "1")
        .set("active", serde_json::json!(1));
    let faults = validate(pack(), READER, draft, today()).unwrap_err();
    let codes: Vec<(&str, Code)> = faults.iter().map(|fault| (fault.path.as_str(), fault.code)).collect();
    assert_eq!(
        codes,
        [
            ("name", Code::Required),
            ("level", Code::NotANumber),
            ("active", Code::WrongType),
            ("nonsense", Code::UnknownField),
            ("joined_on", Code::TooLate),
            ("left_on", Code::EndsBeforeStart)
        ]
    );
    let told = |fault: &Fault| (fault.message(Lang::Zh), fault.message(Lang::En));
    assert_eq!(
        told(&faults[1]),
        (
            "等级：“很高”不是数字，请填数字，例如 12".into(),
            "Level: “很高” is not a number; write digits, for example 12".into()
        )
    );
    assert_eq!(told(&faults[4]).0, "入馆日期：“2026-07-30”太晚，不能晚于 2026-07-29");
    assert_eq!(serde_json::to_value(&faults[1]).unwrap()["code"], "F002");
    for fault in &faults {
        assert!(!told(fault).0.contains('{') && !told(fault).1.contains('{'));
    }
}

#[test]
fn json_form_and_cell_agree() {
    let fields = [
        ("level", serde_json::json!(7), "7"),
        ("land", serde_json::json!(1.5), "1.5"),
        ("active", serde_json::json!(true), "是"),
        ("standing", serde_json::json!("会员"), "会员"),
        ("memo", serde_json::Value::Null, ""),
    ];
    let base = |draft: Draft| draft.set("name", "甲").set("joined_on", "2020-01-01");
    let mut json = base(Draft::new(READER));
    let mut form = base(Draft::new(READER));
    for (field, value, written) in fields {
        json = json.set(field, value);
        form = form.set(field, written);
    }
    (json.id, form.id) = (Some(Uuid::nil()), Some(Uuid::nil()));
    let json = validate(pack(), READER, json, today()).unwrap();
    assert_eq!(json, validate(pack(), READER, form, today()).unwrap());
    assert_eq!(json, validate_values(pack(), READER, Uuid::nil(), json.values().to_vec(), today()).unwrap());
    let mut wrong = json.values().to_vec();
    wrong[2] = text("seven");
    assert_eq!(validate_values(pack(), READER, Uuid::nil(), wrong, today()).unwrap_err()[0].code, Code::WrongType);
    assert_eq!(validate_values(pack(), READER, Uuid::nil(), Vec::new(), today()).unwrap_err()[0].code, Code::WrongType);
}

#[test]
fn codes_are_stable_and_their_own() {
    let mut seen: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!((seen[0], seen.len()), ("F001", 63));
    seen.dedup();
    assert_eq!(seen.len(), Code::ALL.len());
    assert!(seen.is_sorted());
}

/// A value of each kind, as it may stand in the store.
fn values() -> impl Strategy<Value = (&'static str, Value)> {
    let words = "[a-zA-Z0-9一-龥，。、%_'\"-]{1,20}";
    prop_oneof![
        words.prop_map(|words| ("name", text(&words))),
        "[a-z一-龥][a-z一-龥 \n]{0,40}[a-z一-龥]".prop_map(|words| ("memo", text(&words))),
        (-5..=99_i64).prop_map(|number| ("level", Value::Int(number))),
        any::<i64>().prop_map(|number| ("land", Value::Int(number))),
        any::<i64>().prop_map(|number| ("balance", Value::Int(number))),
        any::<bool>().prop_map(|held| ("active", Value::Bool(held))),
        (day::MIN..=day::MAX).prop_map(|date| ("joined_on", Value::Date(date))),
        (0..1440_i64).prop_map(|minutes| ("rises_at", Value::Int(minutes))),
        prop::sample::select(vec!["1", "2", "03"]).prop_map(|code| ("standing", text(code))),
        any::<u128>().prop_map(|bits| ("mentor", Value::Id(Uuid::from_u128(bits)))),
        any::<u128>().prop_map(|bits| ("thing", Value::Id(Uuid::from_u128(bits)))),
        "[0-9]{12}".prop_map(|code| ("place", text(&code))),
        ("[1-9][0-9]{5}", 1900..2020_i32, 1..=12_u8, 1..=28_u8, "[0-9]{3}").prop_map(
            |(place, year, month, day, order)| {
                let number = format!("{place}{year}{month:02}{day:02}{order}");
                let check = kind::checksum(&number).unwrap();
                ("card", text(&format!("{number}{check}")))
            }
        ),
        "1[0-9]{4}|1[0-9]{10}|[02-9][0-9]{4,11}".prop_map(|digits| ("phone", text(&digits))),
        (-180..180_i32, -90..90_i32, 0..1000_u32).prop_map(|(lng, lat, part)| (
            "spot",
            text(&format!("{lng}.{part},{lat}.{part}").replace("180.", "179.").replace("90.", "89."))
        )),
        "[a-z0-9]{1,20}(/[a-z0-9-]{1,10}){0,3}\\.jpg".prop_map(|key| ("photo", text(&key))),
    ]
}

proptest! {
    #[test]
    fn what_is_shown_is_read_back((field, value) in values(), english in any::<bool>()) {
        let kind = kind_of(field);
        prop_assert_eq!(kind::check(pack(), kind, &value), Ok(()), "{}", field);
        let shown = kind::format(pack(), kind, &value, if english { Lang::En } else { Lang::Zh });
        prop_assert_eq!(kind::parse(pack(), kind, &shown), Ok(value), "{}: {}", field, shown);
    }

    #[test]
    fn nothing_written_panics(raw in prop_oneof!["\\PC{0,40}", "[-+0-9.,:/年月日点分万元亩 xX]{0,24}", ".{0,30}"]) {
        for field in &pack().ledger(READER).fields {
            if let Ok(value) = kind::parse(pack(), &field.kind, &raw) {
                prop_assert_eq!(kind::check(pack(), &field.kind, &value), Ok(()), "what is read may stand: {}", field.id);
                let shown = kind::format(pack(), &field.kind, &value, Lang::Zh);
                prop_assert_eq!(kind::parse(pack(), &field.kind, &shown), Ok(value), "{}: {:?} shown as {:?}", field.id, raw, shown);
            }
            let draft = Draft::new(READER).set(field.id.as_str(), Raw::Text(raw.clone()));
            for fault in validate(pack(), READER, draft, today()).err().into_iter().flatten() {
                prop_assert!(!fault.message(Lang::Zh).is_empty() && !fault.message(Lang::En).is_empty());
            }
        }
    }

    #[test]
    fn a_wrong_digit_of_an_id_never_passes((place, at, by) in ("[1-9][0-9]{5}", 14..17_usize, 1..10_u8)) {
        let mut number = format!("{place}19900228123");
        number.push(kind::checksum(&number).unwrap());
        let mut bytes = number.clone().into_bytes();
        bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
        let wrong = String::from_utf8(bytes).unwrap();
        prop_assert!(kind::parse(pack(), kind_of("card"), &wrong).is_err());
    }
}
