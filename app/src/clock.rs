//! The county's clock: the only place where the time of day is read.

use time::OffsetDateTime;
use time::macros::offset;

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
            Self::System => day_of(system_now()),
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
    OffsetDateTime::now_utc().to_offset(offset!(+8))
}

fn day_of(at: OffsetDateTime) -> Day {
    at.date().to_julian_day() - UNIX_EPOCH_JULIAN
}

const UNIX_EPOCH_JULIAN: i32 = 2_440_588;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_changes_at_midnight_in_china() {
        let before = time::macros::datetime!(2020-05-16 15:59:59 UTC).to_offset(offset!(+8));
        let after = time::macros::datetime!(2020-05-16 16:00:00 UTC).to_offset(offset!(+8));
        assert_eq!(day_of(before), 18_398);
        assert_eq!(day_of(after), 18_399);
    }
}
