//! What is probably a slip is remarked at its cell, and keeps nobody out.

use crate::take;

const HEAD: &str = "序号,户编号,姓名,与户主关系,身份证号码,性别,民族,出生年月日,文化程度,健康状况,劳动能力,政治面貌,联系电话,楼栋,房号,搬迁时间,备注";

/// A household of a head and these two.
fn roster(second: &str, third: &str) -> String {
    format!(
        "{HEAD}\n1,NS2300001,吴梅磊,本人,,男,汉族,1976年11月19日,高中,健康,弱劳动力,群众,,1号楼,1单元101,2018.04.04,\n\
         2,,于忠,{second},汉族,1978.05.17,初中,健康,技能劳动力,群众,,1号楼,1单元101,,\n\
         3,,吴芳,{third},汉族,2005.05.17,初中,健康,技能劳动力,群众,,1号楼,1单元101,,\n"
    )
}

fn faults(second: &str, third: &str) -> Vec<(u32, String, String)> {
    let taken = take(roster(second, third).as_bytes(), "花名册.csv", "household_roster");
    assert!(taken.reading.rows.iter().all(|row| !row.out), "a remark keeps nobody out");
    taken.faults()
}

#[test]
fn a_relation_that_does_not_fit_the_sex_is_remarked() {
    assert_eq!(faults("妻,,女", "次女,,女"), []);
    let told = |kind: &str| (4, "与户主关系".to_owned(), kind.to_owned());
    assert_eq!(faults("妻,,女", "次子,,女"), [told("doubtful")]);
    assert_eq!(faults("配偶,,女", "次女,,男"), [told("doubtful")]);
    assert_eq!(faults("妻,,女", "次女,,"), [], "what is not given is not asked about");
}

#[test]
fn what_an_id_number_contradicts_is_held_against_nothing_else() {
    let told = faults("妻,,女", "次女,11010519491231002X,男");
    let kinds: Vec<(&str, &str)> = told.iter().map(|(_, column, kind)| (column.as_str(), kind.as_str())).collect();
    assert_eq!(kinds, [("出生年月日", "id_birth_mismatch"), ("性别", "id_sex_mismatch")]);
}
