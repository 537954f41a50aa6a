//! Numbers are in the unit that their heading says, or that a line above the headings says for all money.

use anju_exchange::Given;
use anju_record::{Lang, Value};

use crate::packed::{Book, MAIN, inline};
use crate::{Taken, take};

const INCOME: &str = "household_income";
const PLAIN: &str = "户编号,核算年度,核算日期,工资性收入,转移性收入（元）,家庭纯收入,人均纯收入";

fn fen(taken: &Taken, row: u32, field: &str) -> i64 {
    match taken.said(INCOME, row, field) {
        Some(Given::Value(Value::Int(fen))) => *fen,
        other => panic!("{field} of row {row}: {other:?}, {:?}", taken.faults()),
    }
}

fn number(value: &str) -> String {
    format!("<c><v>{value}</v></c>")
}

#[test]
fn a_heading_says_the_unit_of_its_column_and_a_cell_its_own() {
    let text = "户编号,核算年度,核算日期,工资性收入（万元）,转移性收入,家庭纯收入(单位：千元/年),人均纯收入（元）\n\
                NS1,2018,2019-01-05,1.2,800,36,9000\n\
                NS1,2019,2020-01-05,0.12万元,800元,3.6万,9000\n\
                NS1,2020,2020-05-05,12000元,8百,36,0.9万元\n";
    let taken = take(text.as_bytes(), "收入.csv", INCOME);
    assert_eq!(taken.faults(), []);
    let all = |row| ["wage", "transfer", "net_income", "per_head"].map(|field| fen(&taken, row, field));
    assert_eq!(all(2), [1_200_000, 80_000, 3_600_000, 900_000]);
    assert_eq!(all(3), [120_000, 80_000, 3_600_000, 900_000]);
    assert_eq!(all(4), [1_200_000, 80_000, 3_600_000, 900_000]);
}

#[test]
fn a_line_above_says_it_for_all_money_that_does_not_say_otherwise() {
    for line in [
        "单位：万元,,,,,,",
        ",,,,,金额单位: 万元,",
        "某镇收入统计表（单位：万元）,,,,,,",
        "填报单位：某某镇,,,,,单位：户、万元,",
    ] {
        let text = format!("{line}\n{PLAIN}\nNS1,2019,2020-01-05,1.2,800,3.6,0.9元\n");
        let taken = take(text.as_bytes(), "收入.csv", INCOME);
        assert_eq!(taken.faults(), [], "{line}");
        let all = ["wage", "transfer", "net_income", "per_head"].map(|field| fen(&taken, 3, field));
        assert_eq!(all, [1_200_000, 80_000, 3_600_000, 90], "{line}");
    }
    let text = format!("填报单位：某某镇,,,,,2020年1月,\n{PLAIN}\nNS1,2019,2020-01-05,1.2,800,3.6,9\n");
    assert_eq!(fen(&take(text.as_bytes(), "收入.csv", INCOME), 3, "wage"), 120, "nobody says a unit of money");
}

#[test]
fn cells_of_numbers_are_in_the_unit_of_the_merged_title_or_of_the_common_heading() {
    let cells = |texts: &[&str]| texts.iter().map(|text| inline(text)).collect::<String>();
    let row = |number: u32, cells: &str| format!("<row r=\"{number}\">{cells}</row>");
    let numbers = ["2019", "43835", "1.2", "800", "3.6", "9000"].map(number).concat();
    let data = format!("{}{numbers}", inline("NS1"));
    let head: Vec<&str> = PLAIN.split(',').collect();
    let title = row(1, &format!("{}<c/><c/><c/><c/>{}<c/>", inline("收入"), inline("单位：万元")));
    let merges = "<mergeCell ref=\"A1:E1\"/><mergeCell ref=\"F1:G1\"/>";
    let rows = format!("{title}{}{}", row(2, &cells(&head)), row(3, &data));
    let page = |rows: &str, merges: &str| {
        let part = format!(
            "<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells></worksheet>"
        );
        take(&Book::default().page("表", &part).bytes(), "a.xlsx", INCOME)
    };
    let taken = page(&rows, merges);
    assert_eq!([fen(&taken, 3, "wage"), fen(&taken, 3, "transfer")], [1_200_000, 80_000]);
    let above = row(1, &cells(&["户编号", "核算年度", "核算日期", "收入（万元）", "", "", "人均纯收入"]));
    let below = row(2, &format!("<c/><c/><c/>{}<c/>", cells(&head[3..6])));
    let merges = ["A1:A2", "B1:B2", "C1:C2", "D1:F1", "G1:G2"].map(|of| format!("<mergeCell ref=\"{of}\"/>")).concat();
    let taken = page(&format!("{above}{below}{}", row(3, &data)), &merges);
    let all = ["wage", "transfer", "net_income", "per_head"].map(|field| fen(&taken, 3, field));
    assert_eq!(all, [1_200_000, 80_000, 3_600_000, 900_000]);
}

#[test]
fn an_area_in_another_unit_than_the_field_is_asked_for_in_its_own() {
    for (sheet, field, heading) in [
        ("land_use", "area_mu", "利用面积（平方米）"),
        ("land_use", "area_mu", "利用面积（万亩）"),
        ("land_use", "area_mu", "利用面积（千亩）"),
        ("dwelling", "area_m2", "建筑面积（亩）"),
    ] {
        let (others, own) = if sheet == "dwelling" {
            ("门牌（房号）,所在楼层", "平方米")
        } else {
            ("利用方式,起始日期", "亩")
        };
        let text = format!("{others},{heading}\n,,666.67\n,,3{own}\n,,无\n");
        let taken = take(text.as_bytes(), "面积.csv", sheet);
        assert_eq!(taken.faults(), [(2, heading.to_owned(), "bad_number".to_owned())], "{heading}");
        let fault = &taken.reading.faults().next().expect("a fault").fault;
        assert_eq!(fault.code.as_str(), "F055");
        assert!(fault.message(Lang::Zh).contains(&format!("要填的单位是{own}")), "{}", fault.message(Lang::Zh));
        assert_eq!(taken.said(sheet, 2, field), None);
        assert_eq!(taken.said(sheet, 3, field), Some(&Given::Value(Value::Int(300))), "it says its own unit");
    }
    for heading in ["利用面积（亩）", "利用面积", "利用面积（实测）", "利用面积（亩，实测）"]
    {
        let taken = take(format!("利用方式,起始日期,{heading}\n,,3\n").as_bytes(), "面积.csv", "land_use");
        assert_eq!(taken.said("land_use", 2, "area_mu"), Some(&Given::Value(Value::Int(300))), "{heading}");
    }
}
