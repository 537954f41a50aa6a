//! The bulletin: what the county tells of itself, each number with where it comes from.

use anju_coverage::FigureValue;
use anju_pack::{FigureIx, MechanismIx, Piece, RequirementIx, Text};
use anju_record::Lang;

use crate::{Actor, Scope};

/// A passage with its numbers in place.
#[derive(Debug, Clone)]
pub struct Passage {
    /// Whose it is.
    pub mechanism: MechanismIx,
    /// Its heading, if it has one of its own.
    pub title: Option<Text>,
    /// Words and numbers, in order.
    pub pieces: Vec<Told>,
}

/// A piece of a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Words as the pack has them.
    Words(String),
    /// A figure.
    Figure(FigureIx, FigureValue),
    /// How many meet a requirement.
    Met(RequirementIx, usize),
}

impl Actor {
    /// The passages whose every number the actor may know.
    pub fn passages(&self, scope: &Scope, period: Option<(i32, i32)>, lang: Lang) -> Vec<Passage> {
        let told = |pieces: &[Piece]| pieces.iter().map(|piece| self.told(scope, period, piece)).collect();
        (self.pack().passages.iter())
            .filter_map(|passage| {
                let pieces: Option<Vec<Told>> = told(if lang == Lang::Zh { &passage.zh } else { &passage.en });
                Some(Passage { mechanism: passage.mechanism, title: passage.title.clone(), pieces: pieces? })
            })
            .collect()
    }

    fn told(&self, scope: &Scope, period: Option<(i32, i32)>, piece: &Piece) -> Option<Told> {
        Some(match piece {
            Piece::Words(words) => Told::Words(words.clone()),
            Piece::Figure(ix) => Told::Figure(*ix, self.figure(*ix, scope, period)?),
            Piece::Met(ix) => {
                let seen = self.rights().sees_requirement(self.pack(), *ix, &scope.area);
                Told::Met(*ix, seen.then(|| self.counts(*ix, scope).met)?)
            }
        })
    }
}
