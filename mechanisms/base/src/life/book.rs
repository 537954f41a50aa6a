//! Files as they stand, and the steps that write them.

use anju_app::{Actor, Error, Set, Steps};
use anju_pack::{FieldIx, LedgerIx, Text};
use anju_record::{Code, Draft, Fault, Problem, Raw, Record, Valid, Value, day, validate};
use anju_ui::Lang;
use uuid::Uuid;

use super::double::DETAILS;
use super::{Kin, LifeError, Texts, at, said, text};
use crate::rows::{Entry, Rows, When, Which};

/// The head's code.
pub const HEAD: &str = "02";
/// What every event says of itself.
pub const EVENT: [&str; 6] = ["household", "kind", "happened_on", "person", "counterpart", "details"];

/// A living member of a file.
#[derive(Debug, Clone)]
pub struct Member {
    /// The record, as the reader may see it.
    pub record: Record,
    /// Their name.
    pub name: String,
    /// Relation to the head.
    pub kinship: String,
    /// Since when.
    pub joined_on: i32,
    /// Code of `sex`.
    pub sex: String,
    /// Day of birth.
    pub born_on: i32,
}

/// A household with its living members.
pub(super) struct File {
    pub record: Record,
    pub number: String,
    pub moved_in_on: i32,
    pub building: Option<Uuid>,
    pub dwelling: Option<Uuid>,
    pub members: Vec<Member>,
}

/// The ledgers of files.
pub(super) struct Book<'a> {
    pub actor: &'a Actor,
    besides: Option<&'a Texts>,
    pub household: LedgerIx,
    pub person: LedgerIx,
    pub event: LedgerIx,
}

/// Since when and why a file is closed; nothing of one that stands.
pub fn closed(actor: &Actor, file: &Record) -> Option<Text> {
    let entry = Entry::of(actor, actor.pack().ledger_by_id("household")?, file);
    let (number, on) = (entry.text("number"), day::format(entry.day("ended_on")?));
    let [zh, en] = [Lang::Zh, Lang::En].map(|lang| entry.words("end_reason", lang));
    let zh = if zh.is_empty() { zh } else { format!("（{zh}）") };
    let en = if en.is_empty() { en } else { format!(" ({en})") };
    Some(text(
        &format!("“{number}”已于 {on} 销户{zh}，不能再办理变动；办错了的，请撤销当时的变动"),
        &format!(
            "“{number}” was closed on {on}{en}: nothing more can be recorded; what was recorded by mistake can be undone"
        ),
    ))
}

/// The living members of a household that the actor may write, the head first.
///
/// # Errors
/// `Denied` where the file is not theirs to write; faults where it is closed.
pub async fn standing_file(actor: &Actor, id: Uuid) -> Result<(String, Vec<Member>), LifeError> {
    let file = Book::of(actor)?.file(id).await?;
    Ok((file.number, file.members))
}

impl<'a> Book<'a> {
    pub fn of(actor: &'a Actor) -> Result<Self, Error> {
        let [household, person, event] = ["household", "person", "household_event"].map(|id| actor.ledger(id));
        Ok(Self { actor, besides: None, household: household?, person: person?, event: event? })
    }

    /// The same, with what is told at `ledger-field` of records that are made besides files and people.
    pub fn telling(self, besides: Option<&'a Texts>) -> Self {
        Self { besides, ..self }
    }

    /// A living file.
    pub async fn file(&self, id: Uuid) -> Result<File, LifeError> {
        if !self.actor.may_change(self.household, id).await? {
            return match self.actor.seen_record(self.household, id).await? {
                Some(_) => Err(Error::denied("write", "household").into()),
                None => Err(Error::NotFound { what: "household", value: id.to_string() }.into()),
            };
        }
        let stored = self.actor.record(self.household, &id.to_string()).await?;
        let entry = Entry::of(self.actor, self.household, &stored.record);
        let number = entry.text("number").to_owned();
        if let Some(closed) = closed(self.actor, &stored.record) {
            return Err(LifeError::Faults(vec![said("", &Text::default(), closed.zh, closed.en)]));
        }
        let moved_in_on = entry.day("moved_in_on").unwrap_or(i32::MIN);
        let (building, dwelling) = (entry.id("building"), entry.id("dwelling"));
        let persons = Rows::read(self.actor, "person", Which::Of("household", id), When::Always).await?;
        let mut members: Vec<Member> =
            persons.iter().filter(|person| person.day("left_on").is_none()).map(member).collect();
        members.sort_by_key(|member| (member.kinship != HEAD, member.joined_on, member.record.id));
        Ok(File { record: stored.record, number, moved_in_on, building, dwelling, members })
    }

    /// A living person, who was named in a field, and the file they stand in.
    pub async fn member(&self, id: Uuid, field: (&str, &Text)) -> Result<(Member, Uuid), LifeError> {
        let found = Rows::read(self.actor, "person", Which::These(&[id]), When::Always).await?;
        let person = found.first().ok_or_else(|| Error::NotFound { what: "record", value: id.to_string() })?;
        if let Some(fault) = gone(person, field) {
            return Err(LifeError::Faults(vec![fault]));
        }
        let home =
            person.id("household").ok_or_else(|| Error::NotFound { what: "household", value: id.to_string() })?;
        Ok((member(person), home))
    }

    pub fn set(&self, ledger: LedgerIx, fields: &[(&str, Value)]) -> Vec<(FieldIx, Set)> {
        let definition = self.actor.pack().ledger(ledger);
        fields.iter().filter_map(|(id, value)| Some((definition.field_by_id(id)?, Set::To(value.clone())))).collect()
    }

    pub fn amend(&self, steps: &mut Steps, ledger: LedgerIx, record: &Record, fields: &[(&str, Value)]) {
        steps.amend(ledger, record, self.set(ledger, fields));
    }

    /// A new record from typed values, as far as the ledger has them, with what is told of such a record besides; faults of the latter stand at
    /// `ledger-field`.
    pub fn told(&self, ledger: LedgerIx, fields: &[(&str, Value)]) -> Result<Valid, LifeError> {
        let before = format!("{}-", self.actor.pack().ledger(ledger).id);
        let told = self.besides.into_iter().flatten();
        let texts = told.filter_map(|(name, text)| Some((name.strip_prefix(&before)?.to_owned(), text.clone())));
        let known = |(id, _): &&(&str, Value)| self.actor.pack().ledger(ledger).field_by_id(id).is_some();
        let given: Vec<_> = fields.iter().filter(known).cloned().collect();
        self.typed(ledger, &texts.collect(), &given).map_err(|mut faults| {
            for fault in faults.iter_mut().filter(|fault| !fields.iter().any(|(field, _)| *field == fault.path)) {
                fault.path = format!("{before}{}", fault.path);
            }
            LifeError::Faults(faults)
        })
    }

    /// Whether something is told of a field of a record that is made besides.
    pub fn tells(&self, ledger: LedgerIx, field: &str) -> bool {
        let name = format!("{}-{field}", self.actor.pack().ledger(ledger).id);
        self.besides.and_then(|told| told.get(&name)).is_some_and(|text| !text.trim().is_empty())
    }

    /// What is wrong with what is told of the event besides.
    pub fn untold(&self) -> Vec<Fault> {
        match self.told(self.event, &EVENT.map(|field| (field, Value::Null))) {
            Err(LifeError::Faults(faults)) => {
                faults.into_iter().filter(|fault| !EVENT.contains(&fault.path.as_str())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A new record from texts of a form, with some values given; faults keep the form's names.
    pub fn typed(&self, ledger: LedgerIx, texts: &Texts, given: &[(&str, Value)]) -> Result<Valid, Vec<Fault>> {
        let mut draft = Draft::new(ledger);
        for field in &self.actor.pack().ledger(ledger).fields {
            let text = texts.get(&field.id).map_or("", |text| text.trim());
            if !text.is_empty() {
                draft = draft.set(field.id.as_str(), Raw::Text(text.to_owned()));
            }
        }
        for (field, value) in given {
            draft = draft.set(*field, value.clone());
        }
        validate(self.actor.pack(), ledger, draft, self.actor.today())
    }

    /// The dwelling of a new file.
    pub fn dwelling_of(&self, file: &Valid) -> Option<Uuid> {
        let field = self.actor.pack().ledger(self.household).field_by_id("dwelling")?;
        match file.values().get(usize::from(field.0)) {
            Some(Value::Id(id)) => Some(*id),
            _ => None,
        }
    }

    /// The title of a field.
    pub fn field(&self, ledger: LedgerIx, id: &str) -> Text {
        let definition = self.actor.pack().ledger(ledger);
        definition.field_by_id(id).map(|field| definition.field(field).title.clone()).unwrap_or_default()
    }

    /// Writes down what happened; the row's id names the commit.
    pub fn happened(
        &self,
        steps: &mut Steps,
        household: Uuid,
        kind: &str,
        on: i32,
        who: Option<Uuid>,
        counterpart: Option<Uuid>,
    ) -> Result<Uuid, LifeError> {
        self.happened_so(steps, (household, kind, on), (who, counterpart), Value::Null)
    }

    /// The same, with what is told of it.
    pub fn happened_so(
        &self,
        steps: &mut Steps,
        (household, kind, on): (Uuid, &str, i32),
        (who, counterpart): (Option<Uuid>, Option<Uuid>),
        details: Value,
    ) -> Result<Uuid, LifeError> {
        let id = |id: Option<Uuid>| id.map_or(Value::Null, Value::Id);
        let fields = [
            ("household", Value::Id(household)),
            ("kind", Value::Text(kind.into())),
            ("happened_on", Value::Date(on)),
            ("person", id(who)),
            ("counterpart", id(counterpart)),
            ("details", details),
        ];
        Ok(steps.make(self.told(self.event, &fields)?))
    }

    /// The same of several people, who are all named in what is told of it: the row has room for one.
    pub fn happened_to(
        &self,
        steps: &mut Steps,
        happened: (Uuid, &str, i32),
        whom: (Option<Uuid>, Option<Uuid>),
        people: &[&Member],
    ) -> Result<Uuid, LifeError> {
        let names: Vec<&str> = people.iter().map(|member| member.name.as_str()).collect();
        let words: String = format!("共{}人：{}", names.len(), names.join("、")).chars().take(DETAILS).collect();
        let told = if names.len() > 1 { Value::Text(words.into()) } else { Value::Null };
        self.happened_so(steps, happened, whom, told)
    }

    /// Dates in order: not before the file was opened or the person joined, not after today.
    pub fn dated(&self, on: i32, since: &[i32]) -> Vec<Fault> {
        let place = text("发生日期", "Happened on");
        let mut faults = Vec::new();
        if on > self.actor.today() {
            faults.push(at("on", &place, Code::TooLate, day::format(on), &[&day::format(self.actor.today())]));
        }
        if let Some(first) = since.iter().copied().max().filter(|first| on < *first) {
            faults.push(at("on", &place, Code::TooEarly, day::format(on), &[&day::format(first)]));
        }
        faults
    }

    /// Whether a code is one of the list.
    pub fn is_kinship(&self, code: &str) -> bool {
        let list = self.actor.pack().index.codes.get("kinship").map(|ix| self.actor.pack().code_list(*ix));
        list.is_some_and(|list| list.position(code).is_some())
    }

    /// Kinship asked of each of some people: given, known, and exactly one head where there must be one.
    pub fn kin_faults(&self, people: &[&Member], kin: &Kin, number: &str, heads: i64) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut found: i64 = 0;
        for person in people {
            let place = Text {
                zh: format!("{} 与户主关系", person.name),
                en: format!("{}: relation to the head", person.name),
            };
            let path = format!("kin-{}", person.record.id);
            match kin.get(&person.record.id).map(String::as_str).filter(|code| !code.is_empty()) {
                None => faults.push(at(path, &place, Code::Required, "", &[])),
                Some(HEAD) => found += 1,
                Some(code) if !self.is_kinship(code) => {
                    let known = ["家庭关系", "02、10、20…", "Relation to the head", "02, 10, 20 …"];
                    faults.push(at(path, &place, Code::UnknownCode, code, &known));
                }
                Some(_) => {}
            }
        }
        if found != heads && faults.is_empty() {
            // Where nobody may come as the head, one is there already.
            let count = if heads == 0 { found + 1 } else { found };
            let place = text("户主", "Head");
            let words = [
                format!("：须有且只有一位户主，现在有 {count} 位，请调整与户主关系"),
                count.to_string(),
                format!(": there must be exactly one head and there would be {count}; change the relations"),
            ];
            faults.push(Problem::new(Code::NotExactlyOne, number, words).at("head", &place));
        }
        faults
    }
}

fn member(person: Entry<'_>) -> Member {
    Member {
        record: person.record.clone(),
        name: person.text("name").to_owned(),
        kinship: person.text("kinship").to_owned(),
        joined_on: person.day("joined_on").unwrap_or(i32::MIN),
        sex: person.text("sex").to_owned(),
        born_on: person.day("born_on").unwrap_or(i32::MIN),
    }
}

/// Who has left the files, when and why.
fn gone(person: Entry<'_>, (path, place): (&str, &Text)) -> Option<Fault> {
    let (name, on) = (person.text("name"), day::format(person.day("left_on")?));
    let [zh, en] = [Lang::Zh, Lang::En].map(|lang| person.words("left_reason", lang));
    let zh = format!("{name}已于 {on} 减员（{zh}），请改选在册的人");
    Some(said(path, place, zh, format!("{name} left the files on {on} ({en}); choose somebody of the files")))
}

impl File {
    pub fn head(&self) -> Option<&Member> {
        self.members.iter().find(|member| member.kinship == HEAD)
    }

    pub fn find(&self, id: Uuid) -> Option<&Member> {
        self.members.iter().find(|member| member.record.id == id)
    }
}
