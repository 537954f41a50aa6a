//! The days that a clause looks at, and the last day on which a record counts.

use anju_pack::{NamedPeriod, When};
use anju_record::day;

/// Before every day.
pub const ALWAYS: i32 = i32::MIN;

/// First and last day that a record's period must touch, seen from `day`. A record that begins after the last does not count.
/// `within` replaces named and counted periods by one that was asked for.
pub fn window(when: When, today: i32, within: Option<(i32, i32)>) -> (i32, i32) {
    match (when, within) {
        (When::Ever, _) => (ALWAYS, today),
        (When::Current, _) => (today, today),
        (_, Some((from, to))) => (from, to.min(today)),
        (When::Days(days), None) => (day::add(today, 1).saturating_sub_unsigned(days), today),
        (When::Named(NamedPeriod::ThisYear), None) => (day::year_start(today), today),
        (When::Named(NamedPeriod::ThisQuarter), None) => (day::quarter_start(today), today),
        (When::Named(NamedPeriod::ThisMonth), None) => (day::month_start(today), today),
        (When::Named(NamedPeriod::LastQuarter), None) => day::last_quarter(today),
    }
}

/// The last day on which a record that ends on `end` counts.
pub fn last_day(when: When, end: i32) -> i32 {
    if end >= day::MAX {
        return i32::MAX;
    }
    match when {
        When::Ever => i32::MAX,
        When::Current => end,
        When::Days(0) => ALWAYS,
        When::Days(days) => end.saturating_add_unsigned(days - 1),
        When::Named(NamedPeriod::ThisYear) => day::year_start(day::add(day::year_start(end), 366)) - 1,
        When::Named(NamedPeriod::ThisQuarter) => quarter_end(end),
        When::Named(NamedPeriod::ThisMonth) => day::month_start(day::add(day::month_start(end), 31)) - 1,
        When::Named(NamedPeriod::LastQuarter) => quarter_end(day::add(quarter_end(end), 1)),
    }
}

fn quarter_end(end: i32) -> i32 {
    day::quarter_start(day::add(day::quarter_start(end), 92)) - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn thirty_days_end_with_the_date() {
        assert_eq!(window(When::Days(30), 100, None), (71, 100));
        assert_eq!(window(When::Days(30), 100, Some((5, 200))), (5, 100));
    }

    proptest! {
        #[test]
        fn a_record_counts_up_to_its_last_day_and_not_after(end in -20_000..40_000i32, kind in 0..6usize, days in 1..400u32) {
            let when = [When::Current, When::Days(days), When::Named(NamedPeriod::ThisYear), When::Named(NamedPeriod::ThisQuarter),
                When::Named(NamedPeriod::ThisMonth), When::Named(NamedPeriod::LastQuarter)][kind];
            let counts = |today| { let (low, high) = window(when, today, None); end >= low && end <= high.max(low) };
            let last = last_day(when, end);
            prop_assert!(counts(last));
            prop_assert!(!counts(last + 1));
            prop_assert_eq!(day::parse("2020-01-01").unwrap(), 18_262);
        }
    }
}
