//! What people write where there is nothing to say is a blank, and what they write to keep a number as it is does not count.

use anju_exchange::Given;
use anju_record::Value;

use crate::{Taken, take};

const JOBS: &str = "employment_roster";
const MARKS: [&str; 6] = ["-", "—", "——", "/", "\\", " － "];
const WORDS: [&str; 4] = ["无", "暂无", "没有", "N/A"];

fn text(taken: &Taken, sheet: &str, row: u32, field: &str) -> Option<String> {
    match taken.said(sheet, row, field) {
        Some(Given::Value(Value::Text(text))) => Some(text.to_string()),
        None => None,
        other => panic!("{field}: {other:?}"),
    }
}

#[test]
fn a_word_for_nothing_is_a_blank_where_no_text_is_kept() {
    let head = "姓名,身份证号,务工单位,务工类型,就业区域,合同期限（月）,离岗时间,月工资,务工地点";
    for word in MARKS.into_iter().chain(WORDS) {
        let row = format!("甲,{word},厂,{word},{word},{word},{word},{word},{word}");
        let taken = take(format!("{head}\n{row}\n").as_bytes(), "就业.csv", JOBS);
        assert_eq!(taken.faults(), [], "{word}");
        for field in ["person.id_number", "kind", "place", "contract_months", "ended_on", "monthly_wage"] {
            assert_eq!(taken.said(JOBS, 2, field), None, "{word}: {field}");
        }
        let kept = WORDS.contains(&word).then(|| word.to_owned());
        assert_eq!(text(&taken, JOBS, 2, "workplace"), kept, "words stay as they are written");
    }
}

#[test]
fn what_a_list_or_a_question_knows_a_word_for_it_means() {
    let head = "户编号,姓名,文化程度,残疾类别,联系电话";
    let taken = take(format!("{head}\nH1,甲,无,无,无\n").as_bytes(), "花名册.csv", "household_roster");
    assert_eq!(taken.faults(), []);
    assert_eq!(text(&taken, "household_roster", 2, "education").as_deref(), Some("90"));
    assert_eq!(taken.said("household_roster", 2, "disability"), None);
    let taken = take("姓名,务工单位,缴纳社会保险\n甲,厂,无\n乙,厂,-\n".as_bytes(), "就业.csv", JOBS);
    assert_eq!(taken.said(JOBS, 2, "insured"), Some(&Given::Value(Value::Bool(false))));
    assert_eq!(taken.faults(), [(3, "缴纳社会保险".to_owned(), "unknown_code".to_owned())]);
}

#[test]
fn nobody_is_called_nothing() {
    let taken = take("姓名,务工单位,社区工厂\n甲,厂,无\n乙,厂,毛绒厂\n".as_bytes(), "就业.csv", "employment");
    assert_eq!(taken.faults(), []);
    assert_eq!(taken.said("employment", 2, "factory.name"), None);
    assert_eq!(text(&taken, "employment", 3, "factory.name").as_deref(), Some("毛绒厂"));
    let head = "干部姓名,工作单位,联系电话,包联户（户编号）";
    let rows = "李一,县林业局,13900000001,无\n李二,县林业局,13900000002,H1、无、H2\n";
    let taken = take(format!("{head}\n{rows}").as_bytes(), "包联.csv", "pairing_roster");
    let items = |row: &anju_exchange::SheetRow| -> Vec<u16> {
        row.parts.iter().filter(|part| part.path == 1).map(|part| part.item).collect()
    };
    let listed: Vec<Vec<u16>> = taken.reading.rows.iter().map(items).collect();
    assert_eq!((taken.faults(), listed), (Vec::new(), vec![vec![], vec![0, 1]]), "numbered without a gap");
}

#[test]
fn a_word_for_nothing_goes_with_no_household() {
    let head = "户编号,姓名,与户主关系";
    for word in ["-", "无"] {
        let text = format!("{head}\nH1,甲,户主\n,乙,妻\n{word},丙,子\n");
        let taken = take(text.as_bytes(), "花名册.csv", "household_roster");
        let groups: Vec<_> = taken.reading.rows.iter().map(|row| row.group.clone()).collect();
        assert!(groups[0] == groups[1] && groups[1] != groups[2], "{groups:?}");
        assert!(taken.reading.rows[2].out);
        let key = (4, "户编号".to_owned(), "missing_household_number".to_owned());
        assert!(taken.faults().contains(&key), "{:?}", taken.faults());
    }
}

#[test]
fn a_quote_before_a_number_is_no_part_of_it() {
    let head = "姓名,身份证号,务工单位,到岗日期,月工资,务工地点";
    let row = "甲,'990923198212071935,厂,’2019-01-02,‘3500,'0915";
    let taken = take(format!("{head}\n{row}\n乙,,厂,,'甲,'90后\n").as_bytes(), "就业.csv", JOBS);
    assert_eq!(taken.faults(), [(3, "月工资".to_owned(), "bad_number".to_owned())]);
    assert_eq!(text(&taken, JOBS, 2, "person.id_number").as_deref(), Some("990923198212071935"));
    assert_eq!(taken.said(JOBS, 2, "monthly_wage"), Some(&Given::Value(Value::Int(350_000))));
    assert!(matches!(taken.said(JOBS, 2, "started_on"), Some(Given::Value(Value::Date(_)))));
    assert_eq!(text(&taken, JOBS, 2, "workplace").as_deref(), Some("0915"));
    assert_eq!(text(&taken, JOBS, 3, "workplace").as_deref(), Some("'90后"), "words keep theirs");
}
