//! Passages: words and the figures between them; no digit is typed.

use super::{Places, Scope};
use crate::codes::Code;
use crate::model::{Passage, Piece};
use crate::parse::raw::RawPassage;
use crate::parse::reader::Word;
use crate::source::origin;

/// Resolves all passages.
pub(crate) fn resolve(scope: &Scope<'_>, places: &Places, raw: &[RawPassage]) -> Vec<Passage> {
    raw.iter()
        .map(|entry| Passage {
            mechanism: places.mechanism(entry.at),
            order: entry.order,
            title: entry.title.clone(),
            zh: entry.zh.as_ref().map(|word| pieces(scope, word)).unwrap_or_default(),
            en: entry.en.as_ref().map(|word| pieces(scope, word)).unwrap_or_default(),
            origin: origin(scope.bench.sources, entry.at),
        })
        .collect()
}

fn pieces(scope: &Scope<'_>, word: &Word) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = word.value.as_str();
    while let Some(open) = rest.find('{') {
        words(scope, word, &rest[..open], &mut pieces);
        let Some(close) = rest[open..].find('}') else {
            scope.bench.fault(Code::BadBraces, word.at, &[]);
            return pieces;
        };
        let name = rest[open + 1..open + close].trim();
        pieces.extend(named(scope, word, name));
        rest = &rest[open + close + 1..];
    }
    words(scope, word, rest, &mut pieces);
    pieces
}

fn named(scope: &Scope<'_>, word: &Word, name: &str) -> Option<Piece> {
    let index = &scope.pack.index;
    if let Some(figure) = index.figures.get(name) {
        return Some(Piece::Figure(*figure));
    }
    if let Some(requirement) = index.requirements.get(name) {
        return Some(Piece::Met(*requirement));
    }
    let mut known: Vec<&str> = index.figures.keys().chain(index.requirements.keys()).map(String::as_str).collect();
    known.sort_unstable();
    scope.unknown(("指标或需求", "figure or requirement"), name, word.at, known);
    None
}

fn words(scope: &Scope<'_>, word: &Word, text: &str, pieces: &mut Vec<Piece>) {
    if text.contains('}') {
        scope.bench.fault(Code::BadBraces, word.at, &[]);
    }
    if let Some(at) = text.find(is_digit) {
        let digits: String = text[at..].chars().take_while(|c| is_digit(*c)).collect();
        scope.bench.fault(Code::DigitsInWords, word.at, &[digits.into()]);
    }
    if !text.is_empty() {
        pieces.push(Piece::Words(text.to_owned()));
    }
}

/// 0–9, also full-width.
const fn is_digit(c: char) -> bool {
    matches!(c, '0'..='9' | '０'..='９')
}
