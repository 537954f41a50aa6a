//! Names that could be anybody's and are nobody's: common surnames, given characters by sex and generation.

use rand::Rng;

/// Surnames, the commonest first.
const SURNAMES: [&str; 60] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "吴", "周", "赵", "徐", "马", "朱", "胡", "何", "郭", "罗", "高", "唐",
    "冯", "邓", "曹", "彭", "曾", "肖", "田", "董", "袁", "潘", "蒋", "蔡", "余", "杜", "叶", "程", "苏", "魏", "吕",
    "丁", "任", "沈", "姚", "卢", "姜", "崔", "钟", "谭", "陆", "汪", "范", "石", "廖", "贾", "夏", "韦", "方", "邹",
    "熊", "柯", "储",
];
/// Given characters of men born before 1975, after, and of women likewise.
const GIVEN: [&str; 4] = [
    "明德国福贵兴发祥林成全志永忠义平安生有财广正清武春山根厚文学礼富长顺友宗华庭贤孝仁世昌先治",
    "伟强磊军勇涛鹏飞杰斌浩波辉宇轩俊博文涵睿阳昊晨凯旭航子豪锋龙健康泽铭佳启恒瑞峰亮",
    "秀英桂兰珍芳玉梅翠莲凤琴素霞香菊云花淑华清爱银慧金贞喜荣连芝巧月娥珠素彩",
    "丽娟敏静艳娜婷雪倩萍红燕欣怡梦琪佳颖雨涵诗瑶思妍晓洁悦琳璐蕊欢莹露甜婧晴",
];

/// A surname.
pub fn surname(rng: &mut impl Rng) -> &'static str {
    let (a, b) = (rng.random_range(0..SURNAMES.len()), rng.random_range(0..SURNAMES.len()));
    SURNAMES[a.min(b)]
}

/// A given name of one or two characters for that sex and year of birth.
pub fn given(rng: &mut impl Rng, male: bool, year: i32) -> String {
    let pool = GIVEN[usize::from(!male) * 2 + usize::from(year >= 1975)];
    let pick = |rng: &mut dyn rand::RngCore| {
        let count = pool.chars().count();
        pool.chars().nth(rng.random_range(0..count)).unwrap_or('安')
    };
    let first = pick(rng);
    if rng.random_bool(0.18) {
        return first.to_string();
    }
    let mut second = pick(rng);
    if second == first && year < 1990 {
        second = pick(rng);
    }
    [first, second].iter().collect()
}

/// A whole name.
pub fn name(rng: &mut impl Rng, male: bool, year: i32) -> String {
    format!("{}{}", surname(rng), given(rng, male, year))
}
