//! Instants as people of the county read them: their day and minute, in China standard time.

use anju_record::day;

const ZONE_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

/// `2020-05-16 09:05`.
pub fn moment(at: i64) -> String {
    let local = at.saturating_add(ZONE_MS);
    let minutes = local.rem_euclid(DAY_MS) / 60_000;
    format!("{} {:02}:{:02}", day::format(day_of(at)), minutes / 60, minutes % 60)
}

/// The day of an instant.
pub fn day_of(at: i64) -> i32 {
    i32::try_from(at.saturating_add(ZONE_MS).div_euclid(DAY_MS)).unwrap_or(i32::MAX)
}

/// The first instant of a day.
pub fn begin(day: i32) -> i64 {
    i64::from(day) * DAY_MS - ZONE_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_the_time_of_the_county() {
        assert_eq!(moment(1_589_587_200_000), "2020-05-16 08:00");
        assert_eq!(moment(1_589_558_399_999), "2020-05-15 23:59");
        assert_eq!(begin(day_of(1_589_587_200_000)), 1_589_558_400_000);
    }
}
