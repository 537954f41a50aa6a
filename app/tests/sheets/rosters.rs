//! Rosters made up: households of people with numbers that are valid and belong to nobody.

use std::fmt::Write as _;

/// One person as a roster tells of them.
#[derive(Debug, Clone)]
pub struct Told {
    pub household: String,
    pub name: String,
    pub kinship: &'static str,
    pub id_number: String,
    pub phone: String,
    pub door: String,
}

/// A valid number of nobody: there is no division 99.
pub fn id_number(birth: &str, serial: u32) -> String {
    let body = format!("990923{birth}{:03}", serial % 1_000);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{body}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}

/// `sizes` households, the head first in each.
pub fn people(first: u32, sizes: &[usize]) -> Vec<Told> {
    let mut told = Vec::new();
    for (at, size) in (0_u32..).zip(sizes) {
        for member in 0..*size {
            let serial = u32::try_from(told.len()).unwrap();
            let year = 1950 + (first / 1_000 + serial * 7) % 50;
            told.push(Told {
                household: format!("TS{:05}", first + at),
                name: format!(
                    "{}{}",
                    ["王", "李", "张", "刘", "陈"][(serial % 5) as usize],
                    ["秀英", "建国", "小红", "志强", "玉兰", "海燕", "春生"][(serial % 7) as usize]
                ),
                kinship: if member == 0 {
                    "户主"
                } else {
                    ["配偶", "子", "女", "父亲", "母亲"][(member - 1) % 5]
                },
                id_number: id_number(
                    &format!("{year}{:02}{:02}", 1 + (first + serial) % 12, 1 + (serial / 12) % 28),
                    first * 31 + serial,
                ),
                phone: format!("100{:08}", first * 1_000 + serial),
                door: format!("{}单元{:03}", 1 + at % 3, first + at),
            });
        }
    }
    told
}

/// The roster as text with separators.
pub fn csv(people: &[Told]) -> Vec<u8> {
    let mut text = "户编号,姓名,与户主关系,身份证号码,性别,劳动能力,政治面貌,联系电话,楼栋,房号,搬迁时间\n".to_owned();
    for told in people {
        let sex = if told.id_number.as_bytes()[16] % 2 == 1 { "男" } else { "女" };
        let _ = writeln!(
            text,
            "{},{},{},{},{sex},普通劳动力,群众,{},1号楼,{},2018-05-01",
            told.household, told.name, told.kinship, told.id_number, told.phone, told.door
        );
    }
    text.into_bytes()
}
