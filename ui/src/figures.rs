//! Numbers as people say them, with the exact one at hand; dates as ISO 8601.

use maud::{Markup, html};

use crate::lang::{Lang, t_args};

/// A part of a whole, shown in percent with one decimal and never rounded up to all nor down to none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// The part (met).
    pub part: u64,
    /// The whole (met + gap).
    pub whole: u64,
}

impl Share {
    /// `part` of `whole`; a part larger than the whole counts as all of it.
    pub fn new(part: u64, whole: u64) -> Share {
        Share { part: part.min(whole), whole }
    }

    /// Tenths of a percent, 0–1000; none when there is no whole.
    pub fn tenths(self) -> Option<u16> {
        if self.whole == 0 {
            return None;
        }
        let rounded = (u128::from(self.part) * 2000 + u128::from(self.whole)) / (u128::from(self.whole) * 2);
        let tenths = u16::try_from(rounded).unwrap_or(1000);
        Some(match tenths {
            1000 if self.part < self.whole => 999,
            0 if self.part > 0 => 1,
            other => other,
        })
    }

    /// "98.7", "100", or "—".
    pub fn figure(self) -> String {
        match self.tenths() {
            None => "—".to_owned(),
            Some(1000) => "100".to_owned(),
            Some(tenths) => format!("{}.{}", tenths / 10, tenths % 10),
        }
    }

    /// "98.7%", "100%", or "—".
    pub fn text(self) -> String {
        if self.whole == 0 { self.figure() } else { self.figure() + "%" }
    }
}

/// Thousands in groups: 1,914.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        out.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `value / 10^scale` as people write it, exact: grouped, without idle decimals.
pub fn exact(value: i128, scale: u32) -> String {
    let Ok(number) = i64::try_from(value) else { return value.to_string() };
    let unit = 10_i64.pow(scale);
    let sign = if number < 0 && number / unit == 0 { "-" } else { "" };
    let whole = format!("{sign}{}", grouped(number / unit));
    match number % unit {
        0 => whole,
        rest => {
            let rest = format!("{:0width$}", rest.abs(), width = scale as usize);
            format!("{whole}.{}", rest.trim_end_matches('0'))
        }
    }
}

/// One decimal of `number / unit`, cut off a trailing ".0"; grouped before the point.
fn scaled(number: i64, unit: i64) -> String {
    let tenths = (i128::from(number.unsigned_abs()) * 20 + i128::from(unit)) / (i128::from(unit) * 2);
    let whole = grouped(i64::try_from(tenths / 10).unwrap_or(i64::MAX));
    let sign = if number < 0 { "-" } else { "" };
    match tenths % 10 {
        0 => format!("{sign}{whole}"),
        tenth => format!("{sign}{whole}.{tenth}"),
    }
}

const WAN: i64 = 10_000;
const YI: i64 = 100_000_000;

/// A number as people say it: 2.2万 in Chinese from ten thousand, 22,000 in English.
pub fn said(lang: Lang, number: i64) -> String {
    match (lang, number.unsigned_abs()) {
        (Lang::Zh, 100_000_000..) => scaled(number, YI) + "亿",
        (Lang::Zh, 10_000..) => scaled(number, WAN) + "万",
        _ => grouped(number),
    }
}

/// A number as people say it, the exact one on hover and for machines.
pub fn figure(lang: Lang, number: i64) -> Markup {
    let (text, exact) = (said(lang, number), grouped(number));
    html! {
        @if text == exact { data value=(number) { (text) } }
        @else { data value=(number) title=(exact) { (text) } }
    }
}

/// An exact grouped number for tables.
pub fn count(number: i64) -> Markup {
    html! { data value=(number) { (grouped(number)) } }
}

/// Money as people say it, from fen: 1,000万元 / ¥10,000,000.
pub fn money_said(lang: Lang, fen: i64) -> String {
    match (lang, fen.unsigned_abs()) {
        (Lang::Zh, 10_000_000_000..) => scaled(fen, YI * 100) + "亿元",
        (Lang::Zh, 1_000_000..) => scaled(fen, WAN * 100) + "万元",
        _ => exact_money(lang, fen),
    }
}

fn exact_money(lang: Lang, fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let (yuan, rest) = (fen.unsigned_abs() / 100, fen.unsigned_abs() % 100);
    let yuan = grouped(i64::try_from(yuan).unwrap_or(i64::MAX));
    let yuan = if rest == 0 { yuan } else { format!("{yuan}.{rest:02}") };
    match lang {
        Lang::Zh => format!("{sign}{yuan}元"),
        Lang::En => format!("{sign}¥{yuan}"),
    }
}

/// Money as people say it, the exact sum on hover; `value` holds yuan.
pub fn money(lang: Lang, fen: i64) -> Markup {
    let (text, exact, value) = (money_said(lang, fen), exact_money(lang, fen), machine_money(fen));
    html! {
        @if text == exact { data value=(value) { (text) } }
        @else { data value=(value) title=(exact) { (text) } }
    }
}

/// Money to the fen, from fen, for tables and records: 12,414元, 1,234.50元.
pub fn money_exact(lang: Lang, fen: i64) -> Markup {
    html! { data value=(machine_money(fen)) { (exact_money(lang, fen)) } }
}

/// Yuan with two decimals, for machines.
fn machine_money(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.unsigned_abs() / 100, fen.unsigned_abs() % 100)
}

/// A day (since 1970-01-01) as ISO 8601, 2020-05-16.
pub fn date(day: i32) -> String {
    // Howard Hinnant's civil_from_days, in i64 so that no day overflows.
    let z = i64::from(day) + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let (d, m) = (of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    let year = year_of_era + era * 400 + i64::from(m <= 2);
    format!("{year:04}-{m:02}-{d:02}")
}

/// "1,914 个缺口" / "1,914 gaps".
pub(crate) fn gaps(lang: Lang, number: u64) -> String {
    t_args(lang, "gaps", &[("n", number.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_all_only_when_it_is_all() {
        assert_eq!(Share::new(9_996, 10_000).text(), "99.9%");
        assert_eq!(Share::new(99_999, 100_000).text(), "99.9%");
        assert_eq!(Share::new(10_000, 10_000).text(), "100%");
        assert_eq!(Share::new(1, 100_000).text(), "0.1%");
        assert_eq!(Share::new(0, 10).text(), "0.0%");
        assert_eq!(Share::new(0, 0).text(), "—");
        assert_eq!(Share::new(4_778, 6_692).text(), "71.4%");
        assert_eq!(Share::new(12, 10).text(), "100%");
    }

    #[test]
    fn numbers_are_said_as_people_say_them() {
        assert_eq!(said(Lang::Zh, 22_000), "2.2万");
        assert_eq!(said(Lang::Zh, 8_113), "8,113");
        assert_eq!(said(Lang::Zh, 10_000), "1万");
        assert_eq!(said(Lang::Zh, 130_000_000), "1.3亿");
        assert_eq!(said(Lang::En, 22_000), "22,000");
        assert_eq!(said(Lang::Zh, -22_000), "-2.2万");
        assert_eq!(grouped(i64::MIN), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn money_comes_from_fen() {
        assert_eq!(money_said(Lang::Zh, 1_000_000_000), "1,000万元");
        assert_eq!(money_said(Lang::Zh, 123_450), "1,234.50元");
        assert_eq!(money_said(Lang::En, 1_000_000_000), "¥10,000,000");
        assert_eq!(money_said(Lang::Zh, -100), "-1元");
        let hover = money(Lang::Zh, 1_000_000_000).into_string();
        let exact = |fen| money_exact(Lang::Zh, fen).into_string();
        assert_eq!(exact(1_241_400), r#"<data value="12414.00">12,414元</data>"#, "a sum is the sum of its parts");
        assert!(exact(123_450).ends_with(">1,234.50元</data>") && exact(-1).contains("-0.01"));
        assert!(hover.contains(r#"title="10,000,000元""#) && hover.contains(r#"value="10000000.00""#), "{hover}");
    }

    #[test]
    fn days_are_iso_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(18_398), "2020-05-16");
        assert_eq!(date(18_321), "2020-02-29");
        assert_eq!(date(-1), "1969-12-31");
        let _ = (date(i32::MIN), date(i32::MAX));
    }
}
