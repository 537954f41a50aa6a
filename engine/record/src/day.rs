//! Days since 1970-01-01 as plain `i32`: reading, writing and calendar arithmetic.

use time::{Date, Month};

use crate::clean;

const EPOCH_JULIAN: i32 = 2_440_588;
/// What a spreadsheet calls day 25569 is 1970-01-01.
const SERIAL_EPOCH: i32 = 25_569;
/// 0001-01-01.
pub const MIN: i32 = -719_162;
/// 9999-12-31.
pub const MAX: i32 = 2_932_896;

/// Year, month and day of month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Civil {
    /// Year, 1 to 9999.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
}

fn date_of(day: i32) -> Date {
    Date::from_julian_day(day.clamp(MIN, MAX) + EPOCH_JULIAN).expect("clamped to the calendar")
}

/// The calendar date of a day; days outside years 1 to 9999 are brought to the nearest end.
pub fn civil(day: i32) -> Civil {
    let (year, month, day) = date_of(day).to_calendar_date();
    Civil { year, month: month.into(), day }
}

/// The day of a calendar date, if there is such a date.
pub fn from_civil(year: i32, month: u8, day: u8) -> Option<i32> {
    if !(1..=9999).contains(&year) {
        return None;
    }
    let month = Month::try_from(month).ok()?;
    Date::from_calendar_date(year, month, day).ok().map(|date| date.to_julian_day() - EPOCH_JULIAN)
}

/// Reads `2020-05-16`, `2020/5/16`, `2020.5.16`, `2020年5月16日`, `20200516`, or a five-digit spreadsheet serial.
/// A midnight that a sheet appends to the date is dropped.
pub fn parse(text: &str) -> Option<i32> {
    let text = clean::tokenised(text);
    let text = text.strip_suffix("00:00:00").map_or(&*text, |rest| rest.trim_end_matches('T'));
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return match text.len() {
            5 => text.parse::<i32>().ok().map(|serial| serial - SERIAL_EPOCH),
            8 => from_civil(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?),
            _ => None,
        };
    }
    let text = text.strip_suffix(['日', '号']).unwrap_or(text);
    let mut parts = text.split(['-', '/', '.', '年', '月']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || year.len() != 4 || ![year, month, day].into_iter().all(plain) {
        return None;
    }
    from_civil(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// `2020-05-16`.
pub fn format(day: i32) -> String {
    let Civil { year, month, day } = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// So many days later; stays within the calendar.
pub fn add(day: i32, days: i32) -> i32 {
    day.saturating_add(days).clamp(MIN, MAX)
}

/// 1 January of the day's year.
pub fn year_start(day: i32) -> i32 {
    first_of(civil(day).year, 1)
}

/// First day of the day's quarter.
pub fn quarter_start(day: i32) -> i32 {
    let Civil { year, month, .. } = civil(day);
    first_of(year, (month - 1) / 3 * 3 + 1)
}

/// First day of the day's month.
pub fn month_start(day: i32) -> i32 {
    let Civil { year, month, .. } = civil(day);
    first_of(year, month)
}

/// First and last day of the quarter before the day's quarter.
pub fn last_quarter(day: i32) -> (i32, i32) {
    let end = add(quarter_start(day), -1);
    (quarter_start(end), end)
}

fn first_of(year: i32, month: u8) -> i32 {
    from_civil(year, month, 1).expect("the first of a month exists")
}

/// Whole years from `born` to `on`: a year is full on the same day of the year. Who is born on 29 February is a year
/// older on 1 March of a common year. Negative before `born`.
pub fn age(born: i32, on: i32) -> i32 {
    let (born, on) = (civil(born), civil(on));
    on.year - born.year - i32::from((on.month, on.day) < (born.month, born.day))
}

/// Whole months from one day to another: a month is full on the same day of the month. Negative when `to` is earlier.
pub fn months(from: i32, to: i32) -> i32 {
    let (from, to) = (civil(from), civil(to));
    (to.year - from.year) * 12 + i32::from(to.month) - i32::from(from.month) - i32::from(to.day < from.day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_day_is_read_however_sheets_write_it() {
        let day = from_civil(2020, 5, 16).unwrap();
        for text in [
            "2020-05-16",
            "2020/5/16",
            "2020.5.16",
            "2020年5月16日",
            " ２０２０年５月１６日\u{3000}",
            "20200516",
            "43967",
            "2020-05-16 00:00:00",
            "2020-05-16T00:00:00",
        ] {
            assert_eq!(parse(text), Some(day), "{text}");
        }
        for text in ["2020-02-30", "2020-5", "20-5-16", "2020-5-16-1", "", "五月", "2020年5月", "123456", "-2020-5-1"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn quarters_and_ages_follow_the_calendar() {
        let day = |text| parse(text).unwrap();
        assert_eq!(last_quarter(day("2026-02-10")), (day("2025-10-01"), day("2025-12-31")));
        assert_eq!(quarter_start(day("2026-06-30")), day("2026-04-01"));
        assert_eq!(age(day("2004-02-29"), day("2022-02-28")), 17);
        assert_eq!(age(day("2004-02-29"), day("2022-03-01")), 18);
        assert_eq!(months(day("2026-01-31"), day("2026-02-28")), 0);
        assert_eq!(months(day("2026-01-15"), day("2026-07-15")), 6);
        assert_eq!((format(MIN), format(MAX)), ("0001-01-01".into(), "9999-12-31".into()));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(day in MIN..=MAX) { prop_assert_eq!(parse(&format(day)), Some(day)); }
        #[test]
        fn no_text_panics(text in "\\PC*") { let _ = parse(&text); }
        #[test]
        fn digits_and_marks_never_panic(text in "[0-9年月日./ :T-]{0,20}") { let _ = parse(&text); }
    }
}
