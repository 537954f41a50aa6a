//! Deadlines and lengths of time as pages tell them.

use anju_record::day;

/// The last day on which something that must happen every `interval` days still counts as done, if it was last done on `last`.
///
/// The rules say "within N days" as start in (d-N, d]; so done on day 10 with an interval of 7 still holds on day 16.
pub fn holds_until(last: i32, interval: i32) -> i32 {
    day::add(last, interval.max(1) - 1)
}

/// So many months later, on the same day of the month or the month's last.
pub fn months_later(from: i32, months: i32) -> i32 {
    let civil = day::civil(from);
    let count = i64::from(civil.year) * 12 + i64::from(civil.month) - 1 + i64::from(months);
    let year = i32::try_from(count.div_euclid(12)).unwrap_or(i32::MAX);
    let month = u8::try_from(count.rem_euclid(12) + 1).unwrap_or(1);
    let last = (28..=civil.day.max(28)).rev().find_map(|date| day::from_civil(year, month, date.min(civil.day)));
    last.unwrap_or(day::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(text: &str) -> i32 {
        day::parse(text).expect("a day")
    }

    #[test]
    fn a_visit_holds_for_its_interval_and_not_a_day_longer() {
        assert_eq!(holds_until(on("2020-05-01"), 7), on("2020-05-07"));
        assert_eq!(holds_until(on("2020-05-01"), 1), on("2020-05-01"));
        assert_eq!(holds_until(on("2020-05-01"), 0), on("2020-05-01"));
    }

    #[test]
    fn months_end_where_the_calendar_lets_them() {
        assert_eq!(months_later(on("2020-01-31"), 1), on("2020-02-29"));
        assert_eq!(months_later(on("2019-01-31"), 1), on("2019-02-28"));
        assert_eq!(months_later(on("2019-11-30"), 6), on("2020-05-30"));
        assert_eq!(months_later(on("2019-12-15"), 12), on("2020-12-15"));
        assert_eq!(months_later(on("2020-01-31"), 0), on("2020-01-31"));
        assert_eq!(months_later(on("2020-01-31"), i32::MAX), day::MAX);
    }
}
