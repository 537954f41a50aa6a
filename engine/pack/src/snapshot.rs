//! What of a pack is kept in the database, so that the next pack can be compared with it.

use serde::{Deserialize, Serialize};

use crate::model::{Field, Ledger, LedgerIx, Pack, Requirement, Role, Text};

/// A pack reduced to what a change of it can touch. Serialises to JSON and back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Snapshot {
    /// The pack's hash.
    pub hash: String,
    /// Ledgers in the pack's order.
    pub ledgers: Vec<LedgerShape>,
    /// Code lists by id.
    pub codes: Vec<CodeShape>,
    /// Parameters in force: id, value.
    pub parameters: Vec<(String, i64)>,
    /// Requirements: id, title, and what they say.
    pub requirements: Vec<RuleShape>,
    /// Figures: id, title, and what they say.
    pub figures: Vec<RuleShape>,
    /// Roles: id, title, and what they may do.
    #[serde(default)]
    pub roles: Vec<RuleShape>,
    /// Processes: id, title, and their steps.
    #[serde(default)]
    pub processes: Vec<RuleShape>,
}

/// A ledger as tables see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerShape {
    /// Id.
    pub id: String,
    /// Name.
    pub title: Text,
    /// Owner's id.
    pub of: Option<String>,
    /// First and last day's fields.
    pub period: Vec<String>,
    /// The area field.
    pub area: Option<String>,
    /// The label, as JSON of its parts with names.
    pub label: String,
    /// The unique sets, each as its fields and condition.
    pub unique: Vec<String>,
    /// What each record owns exactly one of, in words.
    #[serde(default)]
    pub exactly: Vec<String>,
    /// In what each record agrees with those that it names, in words.
    #[serde(default)]
    pub agrees: Vec<String>,
    /// Fields in order.
    pub fields: Vec<FieldShape>,
}

/// A field as tables see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldShape {
    /// Id.
    pub id: String,
    /// Name.
    pub title: Text,
    /// Kind's name.
    pub kind: String,
    /// List or ledger that the kind names.
    pub target: Option<String>,
    /// Digits after the point, characters at most, or digits of an area.
    pub size: Option<u32>,
    /// Smallest value.
    pub min: Option<i64>,
    /// Largest value.
    pub max: Option<i64>,
    /// Must be filled.
    pub required: bool,
    /// Encrypted at rest.
    pub sensitive: bool,
    /// Indexed.
    pub search: bool,
}

/// A code list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeShape {
    /// Id.
    pub id: String,
    /// Codes in order.
    pub values: Vec<String>,
}

/// A requirement, figure, role or process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleShape {
    /// Id.
    pub id: String,
    /// Name.
    pub title: Text,
    /// The words of the file.
    pub source: String,
}

impl Snapshot {
    /// Of a pack.
    pub fn of(pack: &Pack) -> Self {
        Self {
            hash: pack.hash.clone(),
            ledgers: pack.ledger_ixs().map(|ix| ledger(pack, ix)).collect(),
            codes: pack
                .codes
                .iter()
                .map(|list| CodeShape {
                    id: list.id.clone(),
                    values: list.values.iter().map(|value| value.code.clone()).collect(),
                })
                .collect(),
            parameters: pack.parameters.iter().map(|parameter| (parameter.id.clone(), parameter.value)).collect(),
            requirements: pack.requirements.iter().map(|requirement| rule(pack, requirement)).collect(),
            figures: pack
                .figures
                .iter()
                .map(|figure| RuleShape {
                    id: figure.id.clone(),
                    title: figure.title.clone(),
                    source: figure.source.clone(),
                })
                .collect(),
            roles: pack.roles.iter().map(|role| role_shape(pack, role)).collect(),
            processes: pack
                .processes
                .iter()
                .map(|process| RuleShape {
                    id: process.id.clone(),
                    title: process.title.clone(),
                    source: crate::roles::process_words(pack, process),
                })
                .collect(),
        }
    }
}

impl Pack {
    /// The whole resolved pack as JSON, for people and tools; [`Snapshot`] is what can be read back.
    ///
    /// # Errors
    /// Never for a compiled pack.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }
}

fn rule(pack: &Pack, requirement: &Requirement) -> RuleShape {
    let owners: Vec<String> = requirement
        .owners
        .iter()
        .map(|owner| format!("{}.{}", pack.ledger(owner.ledger).id, pack.ledger(owner.ledger).field(owner.field).id))
        .collect();
    let (owners, due, exempt) = (owners.join(", "), requirement.due, requirement.exempt);
    RuleShape {
        id: requirement.id.clone(),
        title: requirement.title.clone(),
        source: format!("{}\nowner {owners}\ndue {due}\nexempt {exempt}", requirement.source),
    }
}

fn role_shape(pack: &Pack, role: &Role) -> RuleShape {
    let keys: Vec<String> =
        crate::roles::role_by_keys(pack, role).into_iter().map(|(key, value)| format!("{key} {value}")).collect();
    RuleShape { id: role.id.clone(), title: role.title.clone(), source: keys.join("\n") }
}

fn ledger(pack: &Pack, ix: LedgerIx) -> LedgerShape {
    let ledger = pack.ledger(ix);
    let name = |field| ledger.field(field).id.clone();
    LedgerShape {
        id: ledger.id.clone(),
        title: ledger.title.clone(),
        of: ledger.of.map(|owner| pack.ledger(owner.ledger).id.clone()),
        period: ledger.period.iter().flat_map(|period| [Some(period.start), period.end]).flatten().map(name).collect(),
        area: ledger.area.map(name),
        label: crate::describe::label_words(pack, ix),
        unique: uniques(pack, ix, ledger),
        exactly: crate::describe::exactly_words(pack, ix),
        agrees: crate::describe::shares_words(pack, ix),
        fields: ledger.fields.iter().map(|field| shape(pack, field)).collect(),
    }
}

fn uniques(pack: &Pack, ix: LedgerIx, ledger: &Ledger) -> Vec<String> {
    let set = |unique: &crate::model::Unique| {
        let fields: Vec<&str> = unique.fields.iter().map(|field| ledger.field(*field).id.as_str()).collect();
        let condition =
            unique.predicate.as_ref().map(|predicate| crate::describe::predicate_as_sql(pack, ix, predicate));
        match condition {
            Some(condition) => format!("{} where {condition}", fields.join(", ")),
            None => fields.join(", "),
        }
    };
    ledger.unique.iter().map(set).collect()
}

fn shape(pack: &Pack, field: &Field) -> FieldShape {
    use crate::model::Kind;
    let (size, min, max, target) = match &field.kind {
        Kind::Text { max } | Kind::LongText { max } => (Some(*max), None, None, None),
        Kind::Integer { min, max, .. } | Kind::Money { min, max } => (None, *min, *max, None),
        Kind::Decimal { scale, min, max, .. } => (Some(u32::from(*scale)), *min, *max, None),
        Kind::Code { list } => (None, None, None, Some(pack.code_list(*list).id.clone())),
        Kind::Ref { to } => (None, None, None, Some(pack.ledger(*to).id.clone())),
        Kind::Area { level } => (u32::try_from(level.digits()).ok(), None, None, None),
        _ => (None, None, None, None),
    };
    FieldShape {
        id: field.id.clone(),
        title: field.title.clone(),
        kind: field.kind.name().to_owned(),
        target,
        size,
        min,
        max,
        required: field.required,
        sensitive: field.sensitive.is_some(),
        search: field.search,
    }
}

impl crate::model::Kind {
    /// The name it has in pack files.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::LongText { .. } => "long_text",
            Self::Integer { .. } => "integer",
            Self::Decimal { .. } => "decimal",
            Self::Money { .. } => "money",
            Self::Bool => "bool",
            Self::Date { .. } => "date",
            Self::Time => "time",
            Self::Code { .. } => "code",
            Self::Ref { .. } => "ref",
            Self::Area { .. } => "area",
            Self::IdNumber => "id_number",
            Self::Phone => "phone",
            Self::Point => "point",
            Self::Attachment => "attachment",
            Self::Subject => "subject",
        }
    }
}
