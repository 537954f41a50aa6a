//! What a question is about: a place and a day.

use anju_record::day;

use crate::App;
use crate::clock::Day;
use crate::error::{Error, Result};

/// A place and a day. Built only by [`App::scope`], so the place exists and the day is a day.
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

impl App {
    /// Checks a place and a day as they were typed. Left out or empty, they are the county and today.
    ///
    /// # Errors
    /// `NotFound` for a place that is not here, `Invalid` for a day that is none.
    pub fn scope(&self, area: Option<&str>, on: Option<&str>) -> Result<Scope> {
        let filled = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let area = match filled(area) {
            None => self.county_code().to_owned(),
            Some(code) if code.starts_with(self.county_code()) && self.areas().get(&code).is_some() => code,
            Some(code) => return Err(Error::NotFound { what: "area", value: code }),
        };
        let on = filled(on).map_or(Ok(self.today()), |text| parse_day(&text))?;
        Ok(Scope { area, on })
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
