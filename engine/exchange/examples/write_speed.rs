//! How long a table of 22,000 rows and 20 columns takes to write: `cargo run --release -p anju-exchange --example write_speed [FILE]`.

use std::io::{BufWriter, Write};
use std::time::Instant;

use anju_exchange::write::{CellOut, ColumnKind, CsvEncoding, TableColumn, TableFormat, TableHead, TableWriter};

const ROWS: i64 = 22_000;
const HEADS: [&str; 20] = [
    "序号",
    "姓名",
    "身份证号",
    "编号",
    "关系",
    "性别",
    "年龄",
    "民族",
    "文化程度",
    "健康状况",
    "劳动能力",
    "地点",
    "单位",
    "月收入",
    "联系电话",
    "原住址",
    "小区",
    "单元",
    "责任人",
    "备注",
];

fn main() {
    let file = std::env::args().nth(1);
    for (name, format) in [
        ("xlsx", TableFormat::Xlsx),
        ("csv", TableFormat::Csv(CsvEncoding::Utf8)),
        ("csv gb18030", TableFormat::Csv(CsvEncoding::Gb18030)),
    ] {
        let mut times: Vec<f64> = (0..5).map(|_| timed(format, file.as_deref())).collect();
        times.sort_by(f64::total_cmp);
        println!("{name:12} {ROWS} x {}: median {:.3} s, best {:.3} s", HEADS.len(), times[2], times[0]);
    }
}

fn timed(format: TableFormat, file: Option<&str>) -> f64 {
    let out: Box<dyn Write> = match file {
        Some(path) => Box::new(BufWriter::new(std::fs::File::create(path).expect("a file that can be written"))),
        None => Box::new(std::io::sink()),
    };
    let begun = Instant::now();
    write(out, format).expect("the table is written");
    begun.elapsed().as_secs_f64()
}

fn write(out: Box<dyn Write>, format: TableFormat) -> Result<(), anju_exchange::write::WriteFault> {
    let kind = |at: usize| match at {
        0 | 6 => ColumnKind::Number { scale: 0 },
        13 => ColumnKind::Money,
        _ => ColumnKind::Text,
    };
    let column = |(at, title): (usize, &&str)| TableColumn { title: (*title).to_owned(), kind: kind(at), width: 12 };
    let head = TableHead {
        name: "台账".into(),
        columns: HEADS.iter().enumerate().map(column).collect(),
        ..TableHead::default()
    };
    let mut writer = TableWriter::new(out, head, format)?;
    let (family, given) = (['王', '李', '张', '刘', '陈', '杨'], ['伟', '芳', '娜', '秀', '英', '敏', '静']);
    let mut state = 3_u64;
    for row in 1..=ROWS {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = |nth: u32| usize::try_from((state >> (nth * 3)) % 42).unwrap_or_default();
        let cells: [CellOut<'_>; 20] = [
            CellOut::Number(row),
            format!("{}{}{}", family[at(1) % 6], given[at(2) % 7], given[at(3) % 7]).into(),
            format!("99{:016}", state % 10_000_000_000_000_000).into(),
            format!("H{:06}", row / 3).into(),
            ["户主", "配偶", "之子", "之女"][at(4) % 4].into(),
            ["男", "女"][at(5) % 2].into(),
            CellOut::Number(i64::try_from(at(6)).unwrap_or_default()),
            ["汉族", "苗族", "布依族"][at(7) % 3].into(),
            ["小学", "初中", "高中"][at(8) % 3].into(),
            ["健康", "长期慢性病", "残疾"][at(9) % 3].into(),
            ["普通劳动力", "技能劳动力"][at(10) % 2].into(),
            ["广东省深圳市宝安区", "浙江省宁波市北仑区", "贵州省贵阳市"][at(11) % 3].into(),
            ["某某电子科技有限公司", "物业服务公司", ""][at(12) % 3].into(),
            CellOut::Number(i64::try_from(state % 800_000).unwrap_or_default()),
            format!("100{:08}", state % 100_000_000).into(),
            format!("龙山镇{}{}村{}组", given[at(13) % 7], given[at(14) % 7], at(15)).into(),
            format!("阳光新城{}期", at(16) % 5).into(),
            format!("{}栋{}单元{}室", at(2), at(3) % 4, 101 + state % 1700).into(),
            format!("{}{}", family[at(8) % 6], given[at(9) % 7]).into(),
            format!("已于2019年{}月入住,享受后续扶持政策", at(1) % 12 + 1).into(),
        ];
        writer.row(&cells)?;
    }
    writer.finish().map(|_| ())
}
