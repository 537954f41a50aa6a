//! Days, citizen ID numbers, phones and record ids: all made from the seed, none of them anybody's.

use std::collections::HashMap;

use rand::Rng;
use time::{Date, Month};
use uuid::{Builder, Uuid};

/// Julian day number of 1970-01-01.
const EPOCH: i32 = 2_440_588;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// The day the demo county's clock stands at: 2020-05-16, as days since 1970-01-01.
pub const TODAY: i32 = 18_398;

/// Days since 1970-01-01 of a calendar date; a day past the end of its month is its last day.
pub fn day(year: i32, month: u8, dom: u8) -> i32 {
    let month = Month::try_from(month.clamp(1, 12)).unwrap_or(Month::January);
    let dom = dom.clamp(1, month.length(year));
    Date::from_calendar_date(year, month, dom).map_or(0, |date| date.to_julian_day() - EPOCH)
}

/// Year, month and day of month of a day.
pub fn calendar(day: i32) -> (i32, u8, u8) {
    Date::from_julian_day(day + EPOCH).map_or((1970, 1, 1), |date| (date.year(), date.month() as u8, date.day()))
}

/// Whole years from a birthday to the demo day.
pub fn age(born: i32) -> i32 {
    let ((y, m, d), (ty, tm, td)) = (calendar(born), calendar(TODAY));
    ty - y - i32::from((tm, td) < (m, d))
}

/// The check character of a citizen ID number (GB 11643-1999, ISO 7064 MOD 11-2) for its first 17 digits.
pub fn check_character(digits: &[u8]) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let sum: u32 =
        digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit.saturating_sub(b'0')) * weight).sum();
    CHECK[(sum % 11) as usize]
}

/// Hands out ID numbers and phones, each once.
#[derive(Debug, Default)]
pub struct Registry {
    births: HashMap<(i32, bool), u32>,
    phones: u32,
}

impl Registry {
    /// An ID number of a division that does not exist (`99…`), agreeing with birthday and sex.
    pub fn id_number(&mut self, born: i32, male: bool) -> String {
        let order = self.births.entry((born, male)).or_insert(0);
        let sequence = *order * 2 + if male { 1 } else { 2 };
        *order += 1;
        let (year, month, dom) = calendar(born);
        let mut number = format!("990923{year:04}{month:02}{dom:02}{sequence:03}");
        let check = check_character(number.as_bytes());
        number.push(check);
        number
    }

    /// A phone of a range that no operator has (`100…`), 11 digits, spread so that neighbours do not look alike.
    pub fn phone(&mut self) -> String {
        self.phones += 1;
        // 48_271_633 is coprime to 10^8: every number comes once.
        format!("100{:08}", u64::from(self.phones) * 48_271_633 % 100_000_000)
    }
}

/// A UUIDv7 whose time is within office hours of the given day.
pub fn record_id(rng: &mut impl Rng, day: i32) -> Uuid {
    let ms = i64::from(day) * DAY_MS + 3_600_000 + rng.random_range(0..32_400_000);
    let random: [u8; 10] = rng.random();
    Builder::from_unix_timestamp_millis(u64::try_from(ms).unwrap_or(0), &random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_example_has_its_check_character() {
        assert_eq!(check_character(b"11010519491231002"), 'X');
        assert_eq!(check_character(b"44052418800101001"), '4');
    }

    #[test]
    fn the_demo_day_is_the_day_of_the_article() {
        assert_eq!(day(2020, 5, 16), TODAY);
        assert_eq!(calendar(TODAY), (2020, 5, 16));
        assert_eq!(day(2019, 2, 31), day(2019, 2, 28));
    }
}
