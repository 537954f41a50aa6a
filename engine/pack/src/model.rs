//! The resolved pack: everything by index, nothing left to look up by name.
//!
//! Indices are positions in the `Vec`s of [`Pack`]; they are stable for one pack only and are never stored.

use std::collections::HashMap;
use std::sync::OnceLock;

mod rights;
mod sheets;
mod tell;
mod work;
pub use rights::*;
pub use sheets::*;
pub use tell::*;
pub use work::*;

use serde::{Deserialize, Serialize};

use crate::predicate::{Place, Predicate};

/// A position in [`Pack::ledgers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct LedgerIx(pub u16);
/// A position in [`Ledger::fields`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct FieldIx(pub u16);
/// A position in [`Pack::codes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct CodeListIx(pub u16);
/// A position in [`Pack::requirements`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct RequirementIx(pub u16);
/// A position in [`Pack::figures`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct FigureIx(pub u16);
/// A position in [`Pack::parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct ParameterIx(pub u16);
/// A position in [`Pack::mechanisms`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct MechanismIx(pub u16);

/// A text in both languages of the product.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Where in the pack files an entry was written; shown to users ("the rule and its file line").
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Origin {
    /// Path as given to the reader, for example `mechanisms/employment/pack/coverage.toml`.
    pub file: String,
    /// 1-based line of the entry's header.
    pub line: u32,
}

/// One effective definition of a county's work: all mechanisms and the county's own additions, resolved.
#[derive(Debug, Clone, Serialize)]
pub struct Pack {
    /// SHA-256 over the files, hex; every journal row carries it.
    pub hash: String,
    /// Ordered by `order`; index 0 is the base.
    pub mechanisms: Vec<Mechanism>,
    /// Code lists in order of id.
    pub codes: Vec<CodeList>,
    /// Declared parameters with the values in force.
    pub parameters: Vec<Parameter>,
    /// Ledgers: an owner always stands before what it owns.
    pub ledgers: Vec<Ledger>,
    /// Requirements: a part always stands before the `all_of` / `any_of` that names it.
    pub requirements: Vec<Requirement>,
    /// Figures in file order.
    pub figures: Vec<Figure>,
    /// Passages of the bulletin, by mechanism and order.
    pub passages: Vec<Passage>,
    /// Processes, parsed and checked.
    pub processes: Vec<Process>,
    /// Roles, parsed and checked.
    pub roles: Vec<Role>,
    /// Sheets that somebody wrote; [`Pack::sheet_of`] also knows those that follow from a ledger.
    pub sheets: Vec<Sheet>,
    /// Given / when / then tests that ship with the packs.
    pub stories: Vec<Story>,
    /// The county this pack is in force for; `None` for mechanisms alone.
    pub county: Option<County>,
    /// id → index; built by the resolver.
    #[serde(skip)]
    pub index: Index,
}

/// Names to indices.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// Ledgers by id.
    pub ledgers: HashMap<String, LedgerIx>,
    /// Code lists by id.
    pub codes: HashMap<String, CodeListIx>,
    /// Parameters by id.
    pub parameters: HashMap<String, ParameterIx>,
    /// Requirements by id.
    pub requirements: HashMap<String, RequirementIx>,
    /// Figures by id.
    pub figures: HashMap<String, FigureIx>,
    /// Mechanisms by id.
    pub mechanisms: HashMap<String, MechanismIx>,
    /// Roles by id.
    pub roles: HashMap<String, RoleIx>,
}

/// One of the folders under `mechanisms/`.
#[derive(Debug, Clone, Serialize)]
pub struct Mechanism {
    /// Stable id.
    pub id: String,
    /// Place on pages and in the bulletin; 0 is the base.
    pub order: u16,
    /// Name.
    pub title: Text,
    /// What its coverage promises, one sentence.
    pub promise: Text,
    /// Owns a gap when nobody nearer does.
    pub office: Text,
    /// The requirement whose coverage stands for the mechanism.
    pub headline: Option<RequirementIx>,
    /// Where it is written.
    pub origin: Origin,
}

/// A closed list of codes.
#[derive(Debug, Clone, Serialize)]
pub struct CodeList {
    /// Stable id.
    pub id: String,
    /// Name.
    pub title: Text,
    /// National standard, if the codes are taken from one.
    pub standard: Option<String>,
    /// Values in file order; a code's position is its small integer in the shard.
    pub values: Vec<CodeValue>,
    /// By what names its values go.
    #[serde(skip)]
    pub spoken: Spoken,
    /// Where it is written.
    pub origin: Origin,
}

/// Names of a list's values, in the form that is compared → position; made when somebody first asks. Whoever reads words makes it:
/// the pack does not know how they are cleaned.
#[derive(Debug, Clone, Default)]
pub struct Spoken(OnceLock<HashMap<Box<str>, u16>>);

impl Spoken {
    /// As it was made by the first who asked.
    pub fn made(&self, make: impl FnOnce() -> HashMap<Box<str>, u16>) -> &HashMap<Box<str>, u16> {
        self.0.get_or_init(make)
    }
}

/// One code.
#[derive(Debug, Clone, Serialize)]
pub struct CodeValue {
    /// What is stored.
    pub code: String,
    /// What is shown.
    pub title: Text,
    /// What sheets write for it.
    pub aliases: Vec<String>,
}

/// A number that a county may set.
#[derive(Debug, Clone, Serialize)]
pub struct Parameter {
    /// Stable id.
    pub id: String,
    /// Name.
    pub title: Text,
    /// What the number means.
    pub kind: ParameterKind,
    /// In force: the county's, else the default.
    pub value: i64,
    /// Written in the mechanism.
    pub default: i64,
    /// Smallest allowed.
    pub min: Option<i64>,
    /// Largest allowed.
    pub max: Option<i64>,
    /// Where it is written.
    pub origin: Origin,
}

/// What a parameter's number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    /// A number of days; may stand in `within`.
    Days,
    /// A plain number.
    Count,
    /// Money in fen.
    Fen,
    /// Percent.
    Percent,
}

/// A record type (台账).
#[derive(Debug, Clone, Serialize)]
pub struct Ledger {
    /// Stable id; the table's name.
    pub id: String,
    /// Name.
    pub title: Text,
    /// Whose folder it stands in.
    pub mechanism: MechanismIx,
    /// Rows of the requirements table it serves, for example `["A2"]`.
    pub rows: Vec<String>,
    /// The owner, and the field of this ledger that refers to it.
    pub of: Option<Owner>,
    /// What "current" and "within" read.
    pub period: Option<Period>,
    /// The field (kind area) that holds the record's own area; else the owner's area, else the county.
    pub area: Option<FieldIx>,
    /// What names a record.
    pub label: Vec<LabelPart>,
    /// Sets of fields that may not repeat among live records.
    pub unique: Vec<Unique>,
    /// What every record owns exactly one of, or none.
    pub exactly: Vec<Exactly>,
    /// By what two records are likely to be of one and the same.
    pub alike: Vec<Alike>,
    /// What of a record is probably a slip, and yet may be so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubtful: Vec<Doubtful>,
    /// The date field that says when the person a record is about was born: their protected fields are those of a minor's
    /// while they are under 14.
    pub born: Option<FieldIx>,
    /// Fields; the owner's ref stands first.
    pub fields: Vec<Field>,
    /// Added by the county, not by a mechanism.
    pub of_county: bool,
    /// Where it is written.
    pub origin: Origin,
}

/// Owner reference of a ledger.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Owner {
    /// The owner's ledger.
    pub ledger: LedgerIx,
    /// The ref field that holds it.
    pub field: FieldIx,
}

/// Dates that say when a record holds. Both days belong to the period.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Period {
    /// First day; never null.
    pub start: FieldIx,
    /// Last day; `None` for ledgers of single days, null for an open end.
    pub end: Option<FieldIx>,
}

/// A part of a record's name.
#[derive(Debug, Clone, Serialize)]
pub enum LabelPart {
    /// A field of the record; a ref shows that record's label.
    Field(FieldIx),
    /// A field of the first owned record that satisfies the predicate.
    Owned {
        /// The owned ledger.
        of: LedgerIx,
        /// Which of its records.
        predicate: Predicate,
        /// What is shown.
        show: FieldIx,
    },
}

/// Fields that may not repeat.
#[derive(Debug, Clone, Serialize)]
pub struct Unique {
    /// The fields, all of this ledger.
    pub fields: Vec<FieldIx>,
    /// Only among records that satisfy this.
    pub predicate: Option<Predicate>,
    /// What is said of one that repeats another, and the mend; the engine's words if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<Text>,
}

/// That a record owns exactly one of something, or none.
#[derive(Debug, Clone, Serialize)]
pub struct Exactly {
    /// How many: 1, or 0.
    pub number: i64,
    /// The owned ledger.
    pub of: LedgerIx,
    /// Which of its records count.
    pub predicate: Option<Predicate>,
    /// Of which owners it is asked.
    pub during: Option<Predicate>,
    /// What is said of an owner that has more or fewer, and the mend; the engine's words if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<Text>,
}

/// By what two records of a ledger are likely to be of one and the same: all of it agrees.
#[derive(Debug, Clone, Serialize)]
pub struct Alike {
    /// What is the same: own fields, or fields of a record that a reference names.
    pub same: Vec<Place>,
    /// The text field whose words sound alike.
    pub sounds: Option<FieldIx>,
}

/// What of a record is probably a slip, and yet may be so.
#[derive(Debug, Clone, Serialize)]
pub struct Doubtful {
    /// When: of the record's own fields, none of them protected.
    pub predicate: Predicate,
    /// The field that it stands at.
    pub at: FieldIx,
    /// What is doubtful, and the mend.
    pub says: Text,
    /// The fields that it speaks of, in their order.
    pub fields: Vec<FieldIx>,
}

/// A field that a ledger has and the ledger that a reference of it names: both records hold the same in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Shared {
    /// Of the ledger that names.
    pub here: FieldIx,
    /// Of the ledger that is named.
    pub there: FieldIx,
}

/// A field of a ledger.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// Stable id; the column's name.
    pub id: String,
    /// Name.
    pub title: Text,
    /// Type and its options.
    pub kind: Kind,
    /// Must be filled.
    pub required: bool,
    /// Why it is protected, if it is.
    pub sensitive: Option<Sensitive>,
    /// Indexed for search.
    pub search: bool,
    /// Headings that sheets use.
    pub aliases: Vec<String>,
    /// What the two sample rows of a template hold, codes as codes; empty: what shows its kind, where it must be filled.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub example: Vec<String>,
    /// The fields that an ID number also tells of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agrees: Option<Agrees>,
    /// In what the record that this reference names agrees with the one that names it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<Shared>,
    /// Added by the county.
    pub of_county: bool,
    /// Where it is written.
    pub origin: Origin,
}

/// What a field may hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// One line.
    Text {
        /// Characters at most.
        max: u32,
    },
    /// Several lines.
    LongText {
        /// Characters at most.
        max: u32,
    },
    /// Whole number.
    Integer {
        /// Smallest.
        min: Option<i64>,
        /// Largest.
        max: Option<i64>,
        /// Unit shown.
        unit: Option<String>,
    },
    /// Number with a fixed number of decimals, kept as an integer scaled by 10^scale. `min` and `max` are scaled too.
    Decimal {
        /// Digits after the point.
        scale: u8,
        /// Smallest.
        min: Option<i64>,
        /// Largest.
        max: Option<i64>,
        /// Unit shown.
        unit: Option<String>,
    },
    /// Whole fen. `min` and `max` in fen.
    Money {
        /// Smallest.
        min: Option<i64>,
        /// Largest.
        max: Option<i64>,
    },
    /// Yes or no.
    Bool,
    /// A day.
    Date {
        /// Not later than.
        not_after: Option<DateBound>,
        /// Not earlier than.
        not_before: Option<DateBound>,
    },
    /// Minutes of the day.
    Time,
    /// One of a code list.
    Code {
        /// The list.
        list: CodeListIx,
    },
    /// Another record.
    Ref {
        /// Its ledger.
        to: LedgerIx,
    },
    /// A place code.
    Area {
        /// Its level.
        level: AreaLevel,
    },
    /// Citizen ID number, GB 11643.
    IdNumber,
    /// Telephone.
    Phone,
    /// "lng,lat" in degrees.
    Point,
    /// Key of a stored file.
    Attachment,
    /// A record of any ledger.
    Subject,
}

/// The other side of a date bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum DateBound {
    /// The county's clock.
    Today,
    /// Another date field of the same record.
    Field(FieldIx),
}

/// Levels of places; the code of a place begins with the code of the place above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaLevel {
    /// 2 digits.
    Province,
    /// 4 digits.
    City,
    /// 6 digits.
    County,
    /// 9 digits.
    Town,
    /// 12 digits.
    Village,
    /// 15 digits.
    Site,
    /// 18 digits.
    Building,
}

impl AreaLevel {
    /// Digits of a code of this level.
    pub const fn digits(self) -> usize {
        match self {
            Self::Province => 2,
            Self::City => 4,
            Self::County => 6,
            Self::Town => 9,
            Self::Village => 12,
            Self::Site => 15,
            Self::Building => 18,
        }
    }
    /// The level a code of that many digits has.
    pub const fn of_digits(digits: usize) -> Option<Self> {
        Some(match digits {
            2 => Self::Province,
            4 => Self::City,
            6 => Self::County,
            9 => Self::Town,
            12 => Self::Village,
            15 => Self::Site,
            18 => Self::Building,
            _ => return None,
        })
    }
}

/// Why a field is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitive {
    /// Identity documents.
    Identity,
    /// Ways to reach a person.
    Contact,
    /// Health and disability.
    Health,
    /// Bank accounts.
    Bank,
    /// Positions.
    Location,
    /// Data of under-14s.
    Minor,
}

/// A coverage rule.
#[derive(Debug, Clone, Serialize)]
pub struct Requirement {
    /// Stable id.
    pub id: String,
    /// Row of the requirements table, for example `E1`.
    pub row: String,
    /// What it asks.
    pub title: Text,
    /// For the matrix and narrow screens.
    pub short: Text,
    /// Whose it is.
    pub mechanism: MechanismIx,
    /// The subjects' ledger.
    pub each: LedgerIx,
    /// Who it applies to.
    pub predicate: Option<Predicate>,
    /// Who it applies to, by what they have; all hold.
    pub having: Vec<Clause>,
    /// What must hold.
    pub rule: Rule,
    /// Whose gap it is; tried in order.
    pub owners: Vec<OwnerPath>,
    /// Days from opening to deadline.
    pub due: u32,
    /// Exemptions allowed.
    pub exempt: bool,
    /// Added by the county.
    pub of_county: bool,
    /// Where it is written.
    pub origin: Origin,
    /// The words of the file: `needs` / `where` / `having` as written, for display.
    pub source: String,
}

/// What must hold of a subject.
#[derive(Debug, Clone, Serialize)]
pub enum Rule {
    /// At least so many records.
    Needs(Clause),
    /// All of these requirements, as far as they apply.
    AllOf(Vec<RequirementIx>),
    /// One of these requirements, as far as they apply.
    AnyOf(Vec<RequirementIx>),
}

/// "At least N records of a ledger, joined so, that satisfy this, at this time."
#[derive(Debug, Clone, Serialize)]
pub struct Clause {
    /// How many.
    pub bound: Bound,
    /// The counted ledger.
    pub of: LedgerIx,
    /// How a counted record finds its subject.
    pub join: Join,
    /// Which records count.
    pub predicate: Option<Predicate>,
    /// When they must hold.
    pub when: When,
}

/// How many. A parameter is already put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Bound {
    /// N or more.
    AtLeast(u32),
    /// N or fewer (`having` only).
    AtMost(u32),
}

/// How a counted record finds its subject.
#[derive(Debug, Clone, Serialize)]
pub enum Join {
    /// Ref fields from the counted ledger up to the subject. Empty: the record is the subject.
    Path(Vec<Step>),
    /// Pairs of (field of the counted ledger, field of the subject) that are equal; null equals nothing.
    /// The subject's side `None` means the subject's own id.
    Match(Vec<(FieldIx, Option<FieldIx>)>),
}

/// One hop along a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Step {
    /// The ledger the hop starts in.
    pub from: LedgerIx,
    /// Its ref field.
    pub field: FieldIx,
    /// The ledger it reaches.
    pub to: LedgerIx,
}

/// When a counted record must hold, seen from the date of evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum When {
    /// It exists (its period has begun).
    Ever,
    /// Its period holds the date.
    Current,
    /// Its day (or part of its period) is among the N days that end with the date.
    Days(u32),
    /// … or in the named period that holds the date, up to the date.
    Named(NamedPeriod),
}

/// Calendar periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NamedPeriod {
    /// 1 January to the date.
    ThisYear,
    /// First day of the quarter to the date.
    ThisQuarter,
    /// First day of the month to the date.
    ThisMonth,
    /// The whole quarter before.
    LastQuarter,
}

/// Where a gap's owner is found: the current record of `ledger` that belongs to the subject or to one of its owners.
#[derive(Debug, Clone, Serialize)]
pub struct OwnerPath {
    /// The ledger, for example the pairing.
    pub ledger: LedgerIx,
    /// The field that names the person: a ref, or a text.
    pub field: FieldIx,
    /// From the subject up to the owner of `ledger` (empty: the subject itself).
    pub up: Vec<Step>,
    /// From `ledger` to that same record; `None` when `up` already ends at the record of `ledger` itself.
    pub link: Option<Step>,
}
