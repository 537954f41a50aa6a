//! Entries as written: names are words, nothing is looked up.

use super::reader::{Said, Word};
use crate::model::{AreaLevel, Duty, Kind, Parameter, Sensitive, Standing, Text};
use crate::source::Spot;

/// All entries of all files.
#[derive(Debug, Default)]
pub(crate) struct Raw {
    pub mechanisms: Vec<RawMechanism>,
    pub codes: Vec<RawCodes>,
    pub parameters: Vec<RawParameter>,
    pub ledgers: Vec<RawLedger>,
    pub requirements: Vec<RawRequirement>,
    pub figures: Vec<RawFigure>,
    pub passages: Vec<RawPassage>,
    pub processes: Vec<RawProcess>,
    pub roles: Vec<RawRole>,
    pub sheets: Vec<RawSheet>,
    pub stories: Vec<RawStory>,
    pub county: Vec<RawCounty>,
    pub settings: Vec<(Word, Said<i64>)>,
}

#[derive(Debug)]
pub(crate) struct RawMechanism {
    pub id: Word,
    pub order: u16,
    pub title: Text,
    pub promise: Text,
    pub office: Text,
    pub headline: Option<Word>,
    pub at: Spot,
}

#[derive(Debug)]
pub(crate) struct RawCodes {
    pub id: Word,
    pub of_county: bool,
    /// `None`: the county adds values to a list of a mechanism.
    pub title: Option<Text>,
    pub standard: Option<String>,
    pub values: Vec<(Word, Text, Vec<String>)>,
}

#[derive(Debug)]
pub(crate) struct RawParameter {
    pub id: Word,
    pub parameter: Parameter,
}

#[derive(Debug)]
pub(crate) struct RawLedger {
    pub id: Word,
    pub of_county: bool,
    /// Which keys besides `fields` are written.
    pub described: Option<Spot>,
    /// Keys that are not written and must be, unless it would change a ledger of a mechanism.
    pub lacks: Vec<&'static str>,
    pub title: Option<Text>,
    pub mechanism: Option<Word>,
    pub rows: Vec<String>,
    pub of: Option<Word>,
    pub period: Vec<Word>,
    pub label: Vec<RawLabel>,
    pub area: Option<Word>,
    pub born: Option<Word>,
    pub unique: Vec<RawUnique>,
    pub exactly: Vec<RawExactly>,
    pub alike: Vec<RawAlike>,
    pub doubtful: Vec<RawDoubt>,
    pub fields: Vec<RawField>,
}

#[derive(Debug)]
pub(crate) enum RawLabel {
    Field(Word),
    Owned { of: Word, predicate: Word, show: Word },
}

#[derive(Debug)]
pub(crate) struct RawUnique {
    pub fields: Vec<Word>,
    pub predicate: Option<Word>,
    pub says: Option<Text>,
}

#[derive(Debug)]
pub(crate) struct RawExactly {
    pub number: i64,
    pub of: Word,
    pub predicate: Option<Word>,
    pub during: Option<Word>,
    pub says: Option<Text>,
}

#[derive(Debug)]
pub(crate) struct RawAlike {
    pub same: Vec<Word>,
    pub sounds: Option<Word>,
}

#[derive(Debug)]
pub(crate) struct RawDoubt {
    pub predicate: Word,
    pub at: Word,
    pub says: Text,
}

#[derive(Debug, Clone)]
pub(crate) struct RawField {
    pub id: Word,
    pub title: Text,
    pub kind: RawKind,
    pub required: bool,
    pub sensitive: Option<Sensitive>,
    pub search: bool,
    pub aliases: Vec<String>,
    pub example: Vec<Word>,
    pub agrees: Option<RawAgrees>,
    pub shares: Vec<Word>,
}

#[derive(Debug, Clone)]
pub(crate) struct RawAgrees {
    pub at: Spot,
    pub birth: Option<Word>,
    pub sex: Option<Word>,
}

#[derive(Debug, Clone)]
pub(crate) enum RawKind {
    Plain(Kind),
    Date { not_after: Option<Word>, not_before: Option<Word> },
    Code(Word),
    Ref(Word),
    Area(AreaLevel),
}

#[derive(Debug)]
pub(crate) enum RawNumber {
    Int(i64),
    Name(String),
}

#[derive(Debug)]
pub(crate) struct RawClause {
    pub at: Spot,
    pub at_least: Option<Said<RawNumber>>,
    pub at_most: Option<Said<RawNumber>>,
    pub of: Option<Word>,
    pub through: Option<Word>,
    pub matches: Vec<(Word, Word)>,
    pub predicate: Option<Word>,
    pub when: RawWhen,
}

#[derive(Debug, Default)]
pub(crate) struct RawWhen {
    pub current: Option<Spot>,
    pub within: Option<Said<RawNumber>>,
}

#[derive(Debug)]
pub(crate) struct RawRequirement {
    pub id: Word,
    pub of_county: bool,
    pub mechanism: Option<Word>,
    pub row: String,
    pub title: Text,
    pub short: Text,
    pub each: Option<Word>,
    pub predicate: Option<Word>,
    pub having: Vec<RawClause>,
    pub needs: Option<RawClause>,
    pub all_of: Option<(Spot, Vec<Word>)>,
    pub any_of: Option<(Spot, Vec<Word>)>,
    pub owners: Vec<Word>,
    pub due: u32,
    pub exempt: bool,
    pub source: String,
}

#[derive(Debug)]
pub(crate) struct RawFigure {
    pub id: Word,
    pub of_county: bool,
    pub mechanism: Option<Word>,
    pub row: String,
    pub fact: Option<String>,
    pub title: Text,
    pub unit: Text,
    pub count: Option<Word>,
    pub distinct: Option<Word>,
    pub sum: Option<Word>,
    pub met: Option<Word>,
    pub fewest: Option<(Option<Word>, RawClause)>,
    pub predicate: Option<Word>,
    pub having: Vec<RawClause>,
    pub when: RawWhen,
    pub by: Option<Word>,
    pub source: String,
}

#[derive(Debug)]
pub(crate) struct RawPassage {
    pub at: Spot,
    pub order: u16,
    pub title: Option<Text>,
    pub zh: Option<Word>,
    pub en: Option<Word>,
}

#[derive(Debug)]
pub(crate) struct RawProcess {
    pub id: Word,
    pub title: Text,
    pub row: String,
    pub of: Option<Word>,
    pub states: Vec<Word>,
    pub steps: Vec<RawStep>,
    pub fields: Vec<RawField>,
    pub approval: Option<Spot>,
}

#[derive(Debug)]
pub(crate) struct RawStep {
    pub id: Word,
    pub title: Text,
    pub from: Vec<Word>,
    pub to: Option<Word>,
    pub by: Vec<Word>,
    pub needs: Vec<Word>,
    pub days: Option<u32>,
    pub not_by: Vec<Word>,
}

#[derive(Debug)]
pub(crate) struct RawRole {
    pub id: Word,
    pub title: Text,
    pub read: Vec<Word>,
    pub write: Vec<Word>,
    pub export: Vec<Word>,
    pub everywhere: Vec<Word>,
    pub reveal: Vec<Sensitive>,
    pub hide: Vec<Word>,
    pub only: Vec<RawRelation>,
    pub exempt: Vec<Word>,
    pub may: Vec<Duty>,
    pub alone: bool,
    pub second_factor: bool,
}

#[derive(Debug)]
pub(crate) struct RawRelation {
    pub of: Word,
    pub predicate: Word,
}

#[derive(Debug)]
pub(crate) struct RawStory {
    pub id: Word,
    pub title: Text,
    pub given: Vec<RawGiven>,
    pub on: i32,
    pub then: Vec<RawThen>,
}

#[derive(Debug)]
pub(crate) struct RawGiven {
    pub at: Spot,
    pub ledger: Word,
    pub name: Word,
    pub values: Vec<(Word, super::node::Node)>,
}

#[derive(Debug)]
pub(crate) struct RawThen {
    pub at: Spot,
    pub requirement: Word,
    pub subject: Word,
    pub is: Standing,
}

#[derive(Debug)]
pub(crate) struct RawCounty {
    pub at: Spot,
    pub code: String,
    pub name: Text,
    pub clock: Option<i32>,
    pub gaps_from: Option<i32>,
    pub divisions: Option<String>,
}

#[derive(Debug)]
pub(crate) struct RawSheet {
    pub id: Word,
    pub of_county: bool,
    pub title: Text,
    pub serves: Vec<String>,
    pub rows: Option<Word>,
    pub paths: Vec<Word>,
    pub makes: Vec<Word>,
    pub carry: Vec<Word>,
    pub many: Option<Word>,
    pub count: Vec<String>,
    pub exactly: Vec<RawSheetExactly>,
    pub defaults: Vec<(Word, RawDefault)>,
    pub notes: Vec<Text>,
}

#[derive(Debug)]
pub(crate) struct RawSheetExactly {
    pub one: Word,
    pub per: Word,
}

#[derive(Debug)]
pub(crate) enum RawDefault {
    Text(Word),
    Latest(Vec<Word>),
}
