//! The county's clock: the only place where the time of day is read, and where instants become days in China standard time.

use anju_record::day;
use time::OffsetDateTime;

/// Days since 1970-01-01.
pub type Day = i32;

/// Where "today" comes from. The demo county stands still; a real one follows the system in China standard time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Always this day.
    Fixed(Day),
    /// The system's, at UTC+8.
    System,
}

impl Clock {
    /// The county's day.
    pub fn today(self) -> Day {
        match self {
            Self::Fixed(day) => day,
            Self::System => day_of(self.now_ms()),
        }
    }

    /// The instant that a journal row carries, in milliseconds since 1970. It is always the system's:
    /// a standing clock must not make two writes look simultaneous.
    pub fn now_ms(self) -> i64 {
        i64::try_from(system_now().unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
    }

    /// Whether the clock stands still.
    pub const fn is_fixed(self) -> bool {
        matches!(self, Self::Fixed(_))
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the time")]
fn system_now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// A day, in milliseconds.
pub const DAY_MS: i64 = 86_400_000;
/// China standard time is so many milliseconds ahead.
const EAST_MS: i64 = 8 * 3_600_000;

/// The day in China of an instant, in milliseconds since 1970. A standing clock does not stand here: rows carry the instant at which they
/// were written.
pub fn day_of(at: i64) -> Day {
    Day::try_from(at.saturating_add(EAST_MS).div_euclid(DAY_MS)).unwrap_or(day::MAX)
}

/// The first instant of a day in China.
pub fn begin_of(day: Day) -> i64 {
    i64::from(day) * DAY_MS - EAST_MS
}

/// An instant as people of the county read it: `2020-05-16 09:05`.
pub fn moment(at: i64) -> String {
    let minutes = at.saturating_add(EAST_MS).rem_euclid(DAY_MS) / 60_000;
    format!("{} {:02}:{:02}", day::format(day_of(at)), minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_changes_at_midnight_in_china() {
        let before = time::macros::datetime!(2020-05-16 15:59:59 UTC).unix_timestamp() * 1_000;
        let after = time::macros::datetime!(2020-05-16 16:00:00 UTC).unix_timestamp() * 1_000;
        assert_eq!(day_of(before), 18_398);
        assert_eq!(day_of(after), 18_399);
        assert_eq!((day_of(1_589_644_799_999), day_of(1_589_644_800_000)), (18_398, 18_399));
    }

    #[test]
    fn a_moment_is_told_in_the_time_of_the_county() {
        assert_eq!(moment(1_589_587_200_000), "2020-05-16 08:00");
        assert_eq!(moment(1_589_558_399_999), "2020-05-15 23:59");
        assert_eq!(begin_of(day_of(1_589_587_200_000)), 1_589_558_400_000);
        assert_eq!(moment(0), "1970-01-01 08:00");
        assert_eq!(moment(-8 * 3_600_000 - 1), "1969-12-31 23:59");
        let _ = (moment(i64::MIN), moment(i64::MAX));
    }
}
