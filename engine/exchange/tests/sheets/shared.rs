//! What a row says as the one above it does, they share; nothing else is.

use std::sync::Arc;

use anju_exchange::Part;

use crate::take;

const HEADINGS: &str = "户编号,姓名,与户主关系,身份证号,楼栋,房号,搬迁时间";

fn part(taken: &crate::Taken, row: usize, path: u16) -> &Arc<Part> {
    taken.reading.rows[row].parts.iter().find(|part| part.path == path).expect("a part")
}

/// Paths that a row shares with the one above it.
fn shared(taken: &crate::Taken, row: usize) -> Vec<u16> {
    let above = &taken.reading.rows[row - 1].parts;
    let here = taken.reading.rows[row].parts.iter();
    here.filter(|part| above.iter().any(|above| Arc::ptr_eq(above, part))).map(|part| part.path).collect()
}

#[test]
fn a_row_shares_what_the_row_above_says_unless_a_fault_is_told_there() {
    let rows = [
        "A1,王一,户主,,1号楼,1单元101,2018-05-01",
        "A1,王二,配偶,,1号楼,1单元101,2018-05-01",
        "A1,王三,子,,1号楼,1单元101,2018-13-01",
        "A1,王四,子,,1号楼,1单元101,2018-13-01",
        "A2,李一,户主,,1号楼,1单元102,2018-05-02",
        "A2,李二,配偶,,1号楼,1单元102,2018-05-02",
    ];
    let taken = take(format!("{HEADINGS}\n{}\n", rows.join("\n")).as_bytes(), "花名册.csv", "household_roster");
    let all: Vec<u16> = taken.reading.rows[0].parts.iter().map(|part| part.path).filter(|path| *path != 0).collect();
    assert_eq!(all.len(), 3, "household, building, dwelling");
    assert_eq!(shared(&taken, 1), all, "of its own record no row says what another does");
    assert_eq!(shared(&taken, 2), all[1..], "another day of moving in");
    assert!(shared(&taken, 3).is_empty(), "a fault above");
    assert_eq!(shared(&taken, 5), all);
    let told = taken.faults();
    let told: Vec<_> = told.iter().map(|(row, heading, kind)| (*row, heading.as_str(), kind.as_str())).collect();
    assert_eq!(told, [(4, "搬迁时间", "bad_date"), (5, "搬迁时间", "bad_date")], "told at each row");
}

#[test]
fn what_a_group_knows_is_given_to_rows_that_share_a_blank_and_to_no_other() {
    let rows = [
        "B1,王一,户主,,1号楼,1单元101,2018-05-01",
        ",王二,配偶,,,,",
        ",王三,子,,,,",
        "B2,李一,户主,,2号楼,2单元201,",
        ",李二,子,,,,",
    ];
    let taken = take(format!("{HEADINGS}\n{}\n", rows.join("\n")).as_bytes(), "花名册.csv", "household_roster");
    assert!(taken.faults().is_empty(), "{:?}", taken.faults());
    for path in [1, 2, 4] {
        assert_eq!(part(&taken, 1, path).values, part(&taken, 0, path).values, "{path}");
        assert_eq!(part(&taken, 2, path).values, part(&taken, 0, path).values, "{path}");
        assert_eq!(part(&taken, 4, path).values, part(&taken, 3, path).values, "{path}");
        assert_ne!(part(&taken, 3, path).values, part(&taken, 0, path).values, "{path}");
    }
}
