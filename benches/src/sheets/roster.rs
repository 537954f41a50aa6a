//! A roster of 22,000 rows and 20 columns as counties hand it in: as a workbook with shared texts, and as text with separators.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anju_record::{day, kind};
use rust_xlsxwriter::Workbook;

/// Rows below the header.
pub const ROWS: u32 = 22_000;
/// The place that the rows are of.
pub const SITE: &str = "610923100001901";
/// What its site is called.
pub const SITE_NAME: &str = "示范安置点";

const HEADINGS: [&str; 20] = [
    "序号",
    "户编号",
    "姓名",
    "与户主关系",
    "身份证号",
    "性别",
    "民族",
    "出生日期",
    "文化程度",
    "健康状况",
    "劳动能力",
    "政治面貌",
    "联系电话",
    "安置点名称",
    "楼栋",
    "房号",
    "搬迁时间",
    "批次",
    "建档立卡",
    "备注",
];

/// The files of one roster.
pub struct Files {
    /// The workbook's bytes.
    pub xlsx: Vec<u8>,
    /// The text's bytes.
    pub csv: Vec<u8>,
    /// Where both lie.
    pub folder: PathBuf,
}

/// One row: valid numbers of nobody, a head in each household of three.
fn cells(row: u32) -> Option<[String; 20]> {
    let household = (row - 1) / 3;
    let order = row % 1_000;
    // Rows of the same order are born on other days: no number comes twice.
    let born = -7_000 + i32::try_from((row / 1_000) * 700 + order % 700).ok()?;
    let stem = format!("990923{}{order:03}", day::format(born).replace('-', ""));
    let number = format!("{stem}{}", kind::checksum(&stem)?);
    let man = order % 2 == 1;
    let pick = |of: &[&'static str], by: u32| of[(by as usize) % of.len()];
    let words = |text: &str| text.to_owned();
    Some([
        row.to_string(),
        format!("NS{household:07}"),
        [
            pick(&["张", "王", "李", "刘", "陈", "杨", "赵"], row / 7),
            pick(&["伟", "芳", "娜", "敏"], row),
            pick(&["强", "磊", "军"], row),
        ]
        .concat(),
        words(["户主", "配偶", if man { "长子" } else { "长女" }][((row - 1) % 3) as usize]),
        number,
        words(if man { "男" } else { "女" }),
        words(pick(&["汉族", "回族", "苗族"], row / 11)),
        day::format(born),
        words(pick(&["小学", "初中", "高中"], row / 5)),
        words(pick(&["健康", "长期慢性病"], row / 13)),
        words(pick(&["普通劳动力", "技能劳动力"], row / 3)),
        words("群众"),
        format!("100{:08}", u64::from(row) * 97_001 % 100_000_000),
        words(SITE_NAME),
        format!("{}号楼", household / 40 + 1),
        format!("{}单元{:03}", household % 4 + 1, household % 40 * 10 + 1),
        format!("2018-{:02}-{:02}", household % 12 + 1, household % 28 + 1),
        words("十三五"),
        words(pick(&["是", "否"], household)),
        format!("已于2018年{}月入住，享受后续扶持政策", household % 12 + 1),
    ])
}

/// Writes both files.
///
/// # Errors
/// A folder that cannot be written.
pub fn make(folder: &Path) -> Result<Files, String> {
    std::fs::create_dir_all(folder).map_err(|fault| fault.to_string())?;
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    let mut csv = format!("\u{feff}{}\n", HEADINGS.join(","));
    for (column, heading) in (0_u16..).zip(HEADINGS) {
        page.write_string(0, column, heading).map_err(|fault| fault.to_string())?;
    }
    for row in 1..=ROWS {
        let cells = cells(row).ok_or("a row cannot be made")?;
        let _ = writeln!(csv, "{}", cells.join(","));
        for (column, cell) in (0_u16..).zip(&cells) {
            let done = match column {
                0 => page.write_number(row, column, f64::from(row)),
                _ => page.write_string(row, column, cell),
            };
            done.map_err(|fault| fault.to_string())?;
        }
    }
    let xlsx = book.save_to_buffer().map_err(|fault| fault.to_string())?;
    std::fs::write(folder.join("roster.xlsx"), &xlsx).map_err(|fault| fault.to_string())?;
    std::fs::write(folder.join("roster.csv"), &csv).map_err(|fault| fault.to_string())?;
    Ok(Files { xlsx, csv: csv.into_bytes(), folder: folder.to_owned() })
}
