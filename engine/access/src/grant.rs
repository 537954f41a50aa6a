//! A grant: an account holds a role in an area for a time.

use std::fmt;

use anju_pack::{AreaLevel, Pack};
use uuid::Uuid;

/// An account holds a role of the pack in an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: Uuid,
    /// The role's id in the pack.
    pub role: String,
    /// Division code; the role holds there and below.
    pub area: Box<str>,
    /// First day, days since 1970-01-01.
    pub from: i32,
    /// Last day; `None` for no end.
    pub until: Option<i32>,
    /// The moment it ends, ms since 1970 UTC, whatever its days say: for rights of a few hours.
    pub expires_at: Option<i64>,
}

impl Grant {
    /// It gives something on that day and at that moment.
    pub fn in_force(&self, today: i32, now: i64) -> bool {
        self.from <= today
            && self.until.is_none_or(|until| today <= until)
            && self.expires_at.is_none_or(|expires| now < expires)
    }

    /// Its area, when that is a division code within the county.
    pub(crate) fn area_in(&self, county: &str) -> Option<&str> {
        (is_area(&self.area) && self.area.starts_with(county)).then_some(&*self.area)
    }

    /// Its area holds the whole county.
    pub(crate) fn holds_county(&self, county: &str) -> bool {
        is_area(&self.area) && county.starts_with(&*self.area)
    }
}

/// A division code of some level.
pub(crate) fn is_area(code: &str) -> bool {
    code.bytes().all(|byte| byte.is_ascii_digit()) && AreaLevel::of_digits(code.len()).is_some()
}

/// Why a role may not be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The pack has no such role.
    UnknownRole,
    /// The area is no division code of the county.
    UnknownArea,
    /// The area lies beyond that of who grants.
    BeyondArea,
    /// Who grants neither grants roles by duty nor holds this one there.
    NotHeld,
    /// A role that stands alone is granted only at the county itself, by who grants for all of it.
    StandsAlone,
}

impl Refusal {
    /// Its name in texts and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownRole => "unknown_role",
            Self::UnknownArea => "unknown_area",
            Self::BeyondArea => "beyond_area",
            Self::NotHeld => "not_held",
            Self::StandsAlone => "stands_alone",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownRole => "there is no such role",
            Self::UnknownArea => "the area is no place of the county",
            Self::BeyondArea => "the area lies beyond your own",
            Self::NotHeld => "you do not hold this role there",
            Self::StandsAlone => "this role is granted only at the county itself, by who grants for all of it",
        })
    }
}

impl std::error::Error for Refusal {}

/// Whether an account that holds these roles may also hold that one: a role that stands alone goes with no other.
pub fn compatible<'r>(pack: &Pack, held: impl IntoIterator<Item = &'r str>, role: &str) -> bool {
    let alone = |id: &str| pack.role_by_id(id).is_some_and(|ix| pack.role(ix).alone);
    held.into_iter().all(|other| other == role || !alone(other) && !alone(role))
}
