//! What a question is about: a place and a day.

use anju_record::day;

use crate::Actor;
use crate::clock::Day;
use crate::error::{Error, Result};

/// A place and a day. Built only by [`Actor::scope`], so the place exists, lies within what the actor sees, and the day is a day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Code of the place: the county or anything in it.
    pub area: String,
    /// The day the answer holds for.
    pub on: Day,
}

impl Scope {
    /// The first six digits of the place.
    pub fn county(&self) -> &str {
        self.area.get(..6).unwrap_or(&self.area)
    }
}

impl Actor {
    /// Checks a place and a day as they were typed. Left out or empty, they are the widest place of the actor and today.
    ///
    /// # Errors
    /// `NotFound` for a place that is not here or not the actor's, `Invalid` for a day that is none.
    pub fn scope(&self, area: Option<&str>, on: Option<&str>) -> Result<Scope> {
        let filled = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let area = match filled(area) {
            None => self.rights().areas().first().map_or(self.county_code(), |area| area).to_owned(),
            Some(code) if self.holds_place(&code) => code,
            Some(code) => return Err(Error::NotFound { what: "area", value: code }),
        };
        let on = filled(on).map_or(Ok(self.today()), |text| parse_day(&text))?;
        Ok(Scope { area, on })
    }

    /// Whether a place is here and lies within what the actor sees.
    pub fn holds_place(&self, code: &str) -> bool {
        code.starts_with(self.county_code())
            && self.areas().get(code).is_some()
            && self.rights().areas().iter().any(|area| code.starts_with(&**area))
    }
}

/// A day as people write it.
///
/// # Errors
/// `Invalid` with the value and how to write it.
pub fn parse_day(text: &str) -> Result<Day> {
    day::parse(text).ok_or_else(|| Error::Invalid {
        what: "date",
        value: text.to_owned(),
        mend: "write it as 2020-05-16".to_owned(),
    })
}
