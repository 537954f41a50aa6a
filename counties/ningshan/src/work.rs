//! Who works where at the demo day: the plan behind employment, dispatch and the households that lack a stable job.

use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::people::{House, Person, Stay};

/// Households with labour in stable employment at or near the site (the article's 1,977).
pub const LOCAL_STABLE: usize = 1_977;
/// People in organised out-migration for work this year (the article's 2,822).
pub const ORGANISED: usize = 2_822;
/// Of a hundred households with labour, this many have a stable job.
const COVERED_PERCENT: usize = 74;

/// A person's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// No work, or none that the ledgers know.
    None,
    /// Stable, at or near the site.
    Local,
    /// Away, stable.
    Away {
        /// Sent with others by a labour-service company.
        organised: bool,
    },
    /// Away for a season, not stable.
    Season {
        /// Sent with others by a labour-service company.
        organised: bool,
    },
    /// Odd jobs or an own business near home for years: stable, but no post of a firm.
    Flexible,
    /// Odd jobs near the site for some weeks, not stable.
    Casual,
    /// Had a stable job whose contract ran out.
    Lapsed,
}

impl Work {
    /// Away with an organised dispatch.
    pub const fn organised(self) -> bool {
        matches!(self, Self::Away { organised: true } | Self::Season { organised: true })
    }
    /// Lives elsewhere for work.
    pub const fn away(self) -> bool {
        matches!(self, Self::Away { .. } | Self::Season { .. })
    }
}

/// Gives the able their work.
pub fn plan(houses: &[House], persons: &mut [Person], rng: &mut ChaCha8Rng) {
    let mut with_labour: Vec<usize> =
        (0..houses.len()).filter(|&ix| houses[ix].members.clone().any(|p| persons[p].able())).collect();
    with_labour.shuffle(rng);
    // Whoever lives at the site comes first: a job near the site needs somebody there.
    with_labour.sort_by_key(|&ix| houses[ix].stay != Stay::Resident);
    let covered = with_labour.len() * COVERED_PERCENT / 100;
    for (order, &house) in with_labour.iter().enumerate() {
        let mut able: Vec<usize> = houses[house].members.clone().filter(|&p| persons[p].able()).collect();
        able.shuffle(rng);
        let first = able[0];
        persons[first].work = if order < LOCAL_STABLE {
            Work::Local
        } else if order < covered {
            Work::Away { organised: rng.random_bool(0.62) }
        } else {
            unstable(rng)
        };
        for &other in &able[1..] {
            persons[other].work = match rng.random_range(0..100) {
                ..18 if order < LOCAL_STABLE => Work::Away { organised: rng.random_bool(0.5) },
                ..18 => Work::Season { organised: rng.random_bool(0.4) },
                18..66 if order < covered => Work::Flexible,
                18..76 => Work::Casual,
                _ => Work::None,
            };
        }
    }
    send_exactly(persons, rng);
}

fn unstable(rng: &mut ChaCha8Rng) -> Work {
    match rng.random_range(0..100) {
        ..34 => Work::Season { organised: rng.random_bool(0.6) },
        34..60 => Work::Lapsed,
        60..84 => Work::Casual,
        _ => Work::None,
    }
}

/// Brings organised out-migration to exactly the published number.
fn send_exactly(persons: &mut [Person], rng: &mut ChaCha8Rng) {
    let mut away: Vec<usize> = (0..persons.len()).filter(|&ix| persons[ix].work.away()).collect();
    away.shuffle(rng);
    let mut sent = away.iter().filter(|&&ix| persons[ix].work.organised()).count();
    for ix in away {
        let organised = persons[ix].work.organised();
        if sent == ORGANISED || organised == (sent < ORGANISED) {
            continue;
        }
        sent = if organised { sent - 1 } else { sent + 1 };
        persons[ix].work = match persons[ix].work {
            Work::Away { .. } => Work::Away { organised: !organised },
            _ => Work::Season { organised: !organised },
        };
    }
}
