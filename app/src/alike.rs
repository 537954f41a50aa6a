//! Records that may be of one and the same: by the rules of their ledger (`alike` in the pack), and by what may not repeat.
//!
//! A record is held against those that stand: whose period, if it has an end, has none yet; and by what stays the same for life also against
//! those that have ended. Of one that lies beyond what somebody may see they are told that there is one, and no more.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anju_pack::{Alike, FieldIx, Kind, LedgerIx, Pack, Place, Step as Hop, Text, Unique, alike_in_words};
use anju_record::{Code, Fault, Lang, Problem, Record, Valid, Value, eval, kind};
use anju_store::Query;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::Result;
use crate::records::{Stored, unavailable};
use crate::steps::{Step, Steps};
use crate::writes::WriteError;
use crate::{Actor, App};

/// Records told of at most.
const MOST: usize = 20;
/// Bytes that nearly every trait fits in.
const TRAIT: usize = 64;
/// Of what is held beyond what somebody may see, in Chinese and English.
const ELSEWHERE: [&str; 2] = [
    "已经登记在本人权限范围以外，不能重复登记；请与权限为全县的人员核对",
    "is registered already beyond what you may see; ask somebody who sees the whole county",
];

/// By what two records are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alikeness {
    /// They hold what may not repeat, which is told at this field.
    Repeated(FieldIx),
    /// They hold a number in this field that is somebody's for life, and the one that is there has ended.
    Ended(FieldIx),
    /// By this rule of their ledger.
    Rule(usize),
}

/// A record that is there and may be the one that is being written.
#[derive(Debug, Clone)]
pub struct Like {
    /// The record that is being written.
    pub of: Uuid,
    /// The ledger of both.
    pub ledger: LedgerIx,
    /// The record that is there, as they may see it; none beyond what they may see.
    pub there: Option<Stored>,
    /// By what.
    pub why: Alikeness,
    id: Uuid,
}

impl Like {
    /// By what they are alike, in words.
    pub fn reason(&self, pack: &Pack) -> Text {
        self.why.in_words(pack, self.ledger)
    }

    /// Whether the record that is there has ended, as far as they see it: it may be somebody who has come back.
    pub fn has_ended(&self, pack: &Pack) -> bool {
        let ends = |there: &Stored| !stands(pack, self.ledger, |field| there.record.values.get(usize::from(field.0)));
        matches!(self.why, Alikeness::Ended(_)) || self.there.as_ref().is_some_and(ends)
    }
}

impl Alikeness {
    /// By what two records of a ledger are alike, in words; nothing of what may not repeat.
    pub(crate) fn in_words(self, pack: &Pack, ledger: LedgerIx) -> Text {
        match self {
            Self::Repeated(_) => Text::default(),
            Self::Ended(field) => {
                let same = vec![Place { path: Vec::new(), field }];
                alike_in_words(pack, ledger, &Alike { same, sounds: None })
            }
            Self::Rule(at) => {
                let rule = pack.ledger(ledger).alike.get(at);
                rule.map(|rule| alike_in_words(pack, ledger, rule)).unwrap_or_default()
            }
        }
    }
}

/// Numbers that are somebody's for life and may not repeat among the records that stand: whoever held one and has left is whoever holds it now.
pub(crate) fn for_life(pack: &Pack, ledger: LedgerIx) -> impl Iterator<Item = FieldIx> {
    let definition = pack.ledger(ledger);
    definition.unique.iter().filter_map(|unique| match (unique.fields.as_slice(), &unique.predicate) {
        ([field], Some(_)) if definition.field(*field).kind == Kind::IdNumber => Some(*field),
        _ => None,
    })
}

/// Whether a rule holds records also against those that have ended: own fields that are equal to the letter are somebody's whenever they stood,
/// a sound or a place alone says too little.
pub(crate) fn looks_back(rule: &Alike) -> bool {
    rule.sounds.is_none() && rule.same.iter().all(|place| place.path.is_empty())
}

/// Where it is told what two records may not both hold: the first field that is not their owner.
fn told_at(unique: &Unique, owner: Option<FieldIx>) -> Option<FieldIx> {
    unique.fields.iter().find(|field| Some(**field) != owner).or(unique.fields.first()).copied()
}

/// Names exactly these records: a form that says that what it writes is none of them says it of no other.
pub fn apart_key(likes: &[Like]) -> String {
    let mut ids: Vec<Uuid> = likes.iter().map(|like| like.id).collect();
    ids.sort_unstable();
    let mut digest = Sha256::new();
    ids.iter().for_each(|id| digest.update(id.as_bytes()));
    hex::encode(digest.finalize())
}

/// Under what a record is held against others by one rule; none where something that it needs is blank. `of` tells its fields, `follow` a field
/// of a record that a reference names.
pub(crate) fn alike_trait<'v>(
    rule: &Alike,
    of: impl Fn(FieldIx) -> Option<&'v Value>,
    follow: impl Fn(Hop, Uuid) -> Option<&'v Value>,
) -> Option<String> {
    let mut held = String::with_capacity(TRAIT);
    for place in &rule.same {
        let value = match place.path.first() {
            None => of(place.field)?,
            Some(hop) => match of(hop.field)? {
                Value::Id(id) => follow(*hop, *id)?,
                _ => return None,
            },
        };
        match value {
            Value::Null => return None,
            other => held.push_str(&kind::text_of(other)),
        }
        held.push('\u{1}');
    }
    if let Some(field) = rule.sounds {
        let Some(Value::Text(words)) = of(field) else { return None };
        held.push_str(&anju_roll::sound(words));
    }
    Some(held)
}

/// Whether a record stands: its period has no end, or none yet.
pub(crate) fn stands<'v>(pack: &Pack, ledger: LedgerIx, of: impl Fn(FieldIx) -> Option<&'v Value>) -> bool {
    let end = pack.ledger(ledger).period.and_then(|period| period.end);
    end.is_none_or(|end| of(end).is_none_or(|end| *end == Value::Null))
}

impl App {
    /// The values of one field by record, of every record of a ledger.
    pub(crate) async fn values_of(&self, place: &Place, hop: Hop) -> Result<HashMap<Uuid, Value>> {
        let mut values = HashMap::new();
        let keep = |record: Record| {
            if let Some(value) = record.values.get(usize::from(place.field.0)).filter(|value| **value != Value::Null) {
                values.insert(record.id, value.clone());
            }
        };
        let store = self.store();
        store.load(self.pack(), self.county_code(), hop.to, &[place.field], keep).await.map_err(unavailable)?;
        Ok(values)
    }
}

impl Actor {
    /// Under what each record is held against the others, rule by rule of their ledger: two that have one in common are alike.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn alike_traits(&self, ledger: LedgerIx, records: &[Record]) -> Result<Vec<Vec<Option<String>>>> {
        let mut traits = vec![Vec::new(); records.len()];
        for rule in &self.pack().ledger(ledger).alike {
            let mut known = HashMap::new();
            for place in &rule.same {
                if let Some(hop) = place.path.first() {
                    known.insert((hop.field, hop.to), self.values_of(place, *hop).await?);
                }
            }
            for (record, traits) in records.iter().zip(&mut traits) {
                let follow = |hop: Hop, id: Uuid| known.get(&(hop.field, hop.to))?.get(&id);
                traits.push(alike_trait(rule, |field| record.values.get(usize::from(field.0)), follow));
            }
        }
        Ok(traits)
    }

    /// Records that one being written may be. `beside` is written with it.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn likes(&self, valid: &Valid, beside: &[&Valid]) -> Result<Vec<Like>> {
        let (pack, ledger) = (self.pack(), valid.ledger());
        if !stands(pack, ledger, |field| valid.values().get(usize::from(field.0))) {
            return Ok(Vec::new());
        }
        let mut found: BTreeMap<Uuid, Alikeness> = BTreeMap::new();
        for field in for_life(pack, ledger) {
            let ended = self.ended(valid, field).await?;
            found.extend(ended.into_iter().map(|id| (id, Alikeness::Ended(field))));
        }
        for (at, rule) in pack.ledger(ledger).alike.iter().enumerate() {
            for record in self.candidates(rule, valid, beside).await? {
                found.entry(record.id).or_insert(Alikeness::Rule(at));
            }
        }
        found.remove(&valid.id());
        self.seen_likes(valid, found.into_iter().take(MOST).collect()).await
    }

    /// Records that the new ones of some steps may be.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn likes_of(&self, steps: &Steps) -> Result<Vec<Like>> {
        let made: Vec<&Valid> = (steps.in_order().into_iter())
            .filter_map(|step| match step {
                Step::Make(valid) => Some(valid),
                _ => None,
            })
            .collect();
        let mut likes = Vec::new();
        for valid in &made {
            likes.extend(self.likes(valid, &made).await?);
        }
        Ok(likes)
    }

    /// Records that have ended and held the number that one holds.
    async fn ended(&self, valid: &Valid, field: FieldIx) -> Result<Vec<Uuid>> {
        let (pack, ledger) = (self.pack(), valid.ledger());
        let number = valid.values().get(usize::from(field.0)).cloned().unwrap_or_default();
        if number == Value::Null {
            return Ok(Vec::new());
        }
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.equals.push((field, number));
        let mut records = self.store().select(pack, &query).await.map_err(unavailable)?;
        records.retain(|record| !stands(pack, ledger, |field| record.values.get(usize::from(field.0))));
        Ok(records.into_iter().map(|record| record.id).collect())
    }

    /// Records that a rule holds to be one with a record, this one among them if it is there.
    async fn candidates(&self, rule: &Alike, valid: &Valid, beside: &[&Valid]) -> Result<Vec<Record>> {
        let (pack, ledger) = (self.pack(), valid.ledger());
        let mut query = Query::of(self.county_code(), ledger, self.today());
        if let Some(end) = pack.ledger(ledger).period.and_then(|period| period.end).filter(|_| !looks_back(rule)) {
            query.equals.push((end, Value::Null));
        }
        let mut hops = HashMap::new();
        for place in &rule.same {
            let value = match place.path.first() {
                None => valid.values().get(usize::from(place.field.0)).cloned().unwrap_or_default(),
                Some(hop) => self.beyond(*hop, place, valid.values(), beside).await?,
            };
            if value == Value::Null {
                return Ok(Vec::new());
            }
            let Some(hop) = place.path.first() else {
                query.equals.push((place.field, value));
                continue;
            };
            let mut named = Query::of(self.county_code(), hop.to, self.today());
            named.equals.push((place.field, value));
            let ids = self.store().ids(pack, &named).await.map_err(unavailable)?;
            match &mut query.refers {
                None => query.refers = Some((hop.field, ids)),
                // A second reference is looked at when the records are there.
                Some(_) => drop(hops.insert(hop.field, ids)),
            }
        }
        let mut records = self.store().select(pack, &query).await.map_err(unavailable)?;
        records.retain(|record| {
            let value = |field: anju_pack::FieldIx| record.values.get(usize::from(field.0));
            hops.iter().all(|(field, ids)| matches!(value(*field), Some(Value::Id(id)) if ids.contains(id)))
        });
        if let Some(field) = rule.sounds {
            let words = |values: &[Value]| match values.get(usize::from(field.0)) {
                Some(Value::Text(words)) => Some(anju_roll::sound(words)),
                _ => None,
            };
            let heard = words(valid.values());
            records.retain(|record| heard.is_some() && words(&record.values) == heard);
        }
        Ok(records)
    }

    /// A field of the record that a reference names, which may be written in the same commit.
    async fn beyond(&self, hop: Hop, place: &Place, values: &[Value], beside: &[&Valid]) -> Result<Value> {
        let Some(Value::Id(id)) = values.get(usize::from(hop.field.0)) else { return Ok(Value::Null) };
        let of = |values: &[Value]| values.get(usize::from(place.field.0)).cloned().unwrap_or_default();
        if let Some(made) = beside.iter().find(|made| made.ledger() == hop.to && made.id() == *id) {
            return Ok(of(made.values()));
        }
        let found = self.store().get(self.pack(), self.county_code(), hop.to, *id).await.map_err(unavailable)?;
        Ok(found.map_or(Value::Null, |record| of(&record.values)))
    }

    /// Records that hold what one would repeat.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn holders(&self, valid: &Valid) -> Result<Vec<Like>> {
        let (pack, ledger) = (self.pack(), valid.ledger());
        let record = Record { id: valid.id(), version: 0, area: "".into(), values: valid.values().to_vec() };
        let owner = pack.ledger(ledger).of.map(|owner| owner.field);
        let mut found = Vec::new();
        for unique in &pack.ledger(ledger).unique {
            let Some(why) = told_at(unique, owner).map(Alikeness::Repeated) else { continue };
            let asked = unique.predicate.as_ref();
            let counts =
                asked.is_none_or(|asked| eval::holds(pack, asked, &record, &|_, _| None, self.today()) == Some(true));
            let mut query = Query::of(self.county_code(), ledger, self.today());
            query.filter = unique.predicate.clone();
            for field in &unique.fields {
                query.equals.push((*field, record.values.get(usize::from(field.0)).cloned().unwrap_or_default()));
            }
            if counts && query.equals.iter().all(|(_, value)| *value != Value::Null) {
                let ids = self.store().ids(pack, &query).await.map_err(unavailable)?;
                found.extend(ids.into_iter().filter(|id| *id != record.id).map(|id| (id, why)));
            }
        }
        self.seen_likes(valid, found).await
    }

    /// Records that hold what some steps would repeat; those that the steps write themselves may be giving it up.
    ///
    /// # Errors
    /// What a field cannot hold; `Unavailable` when the database does not answer.
    pub async fn holders_of(&self, steps: &Steps) -> Result<Vec<Like>, WriteError> {
        let (mut written, mut found) = (BTreeSet::new(), Vec::new());
        for write in self.written_out(steps).await? {
            written.insert(write.id());
            if let Some(valid) = write.valid() {
                found.extend(self.holders(valid).await?);
            }
        }
        found.retain(|like| !written.contains(&like.id));
        Ok(found)
    }

    /// What some records hold that may not repeat, each at its field: what it is, and who has it.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn held(&self, holders: &[Like]) -> Result<Vec<Fault>> {
        let mut faults = Vec::new();
        for like in holders {
            let Alikeness::Repeated(at) = like.why else { continue };
            faults.push(match self.held_by(like).await? {
                Some(fault) => fault,
                None => self.repeats(like, at),
            });
        }
        Ok(faults)
    }

    /// That one value is held, and by whom; of a holder out of their reach, that there is one. `None` where several values or an owner say what may not
    /// repeat, or the pack has words for it.
    pub(crate) async fn held_by(&self, like: &Like) -> Result<Option<Fault>> {
        let Alikeness::Repeated(at) = like.why else { return Ok(None) };
        let definition = self.pack().ledger(like.ledger);
        let field = definition.field(at);
        let Some(there) = &like.there else {
            let words = ELSEWHERE.map(str::to_owned);
            return Ok(Some(Problem::new(Code::Said, "", words).at(field.id.as_str(), &field.title)));
        };
        let alone = |unique: &Unique| unique.fields == [at] && unique.says.is_none();
        if definition.of.is_some_and(|owner| owner.field == at) || !definition.unique.iter().any(alone) {
            return Ok(None);
        }
        let (name, [zh, en]) = (&there.name, self.quoted(there, at).await?);
        let words = Text { zh: format!("{zh}已由“{name}”占用"), en: format!("{en}is held by “{name}”") };
        Ok(Some(Problem::repeats_so("", words).at(field.id.as_str(), &field.title)))
    }

    /// A value as they may see it, in quotes; nothing where they may not.
    async fn quoted(&self, there: &Stored, at: FieldIx) -> Result<[String; 2]> {
        let field = self.pack().ledger(there.ledger).field(at);
        let value = there.record.values.get(usize::from(at.0)).unwrap_or(&Value::Null);
        let said = match (&field.kind, value) {
            (_, Value::Null) => return Ok([String::new(), String::new()]),
            (Kind::Ref { to }, Value::Id(id)) => {
                let name = self.labels(*to, &[*id]).await?.remove(id).unwrap_or_default();
                [name.clone(), name]
            }
            // What is sensitive is masked already.
            (_, value) if field.sensitive.is_some() => [kind::plain(value), kind::plain(value)],
            (kind, value) => [Lang::Zh, Lang::En].map(|lang| kind::format(self.pack(), kind, value, lang)),
        };
        let [zh, en] = said;
        Ok([format!("“{zh}”"), format!("“{en}” ")])
    }

    /// That a record would repeat one that they see: in the pack's words, else by its name.
    fn repeats(&self, like: &Like, at: FieldIx) -> Fault {
        let definition = self.pack().ledger(like.ledger);
        let owner = definition.of.map(|owner| owner.field);
        let told = definition.unique.iter().filter(|unique| told_at(unique, owner) == Some(at));
        let name = like.there.as_ref().map(|there| there.name.as_str()).unwrap_or_default();
        let named = || Text {
            zh: format!("与已有的“{name}”重复，请修改，或编辑已有记录"),
            en: format!("repeats “{name}”; change it or edit that record"),
        };
        let words = told.filter_map(|unique| unique.says.clone()).next().unwrap_or_else(named);
        let field = definition.field(at);
        Problem::repeats_so("", words).at(field.id.as_str(), &field.title)
    }

    /// What they may see of records that one may be.
    async fn seen_likes(&self, valid: &Valid, found: Vec<(Uuid, Alikeness)>) -> Result<Vec<Like>> {
        let ledger = valid.ledger();
        let ids: Vec<Uuid> = found.iter().map(|(id, _)| *id).collect();
        let mut there = self.seen_of(ledger, &ids).await?;
        let like = |(id, why): (Uuid, Alikeness)| Like { of: valid.id(), ledger, there: there.remove(&id), why, id };
        let mut likes: Vec<Like> = found.into_iter().map(like).collect();
        likes.sort_by_key(|like| (like.why, like.there.is_none(), like.id));
        Ok(likes)
    }

    /// Those of some records that they see, with their names.
    pub(crate) async fn seen_of(&self, ledger: LedgerIx, ids: &[Uuid]) -> Result<HashMap<Uuid, Stored>> {
        if ids.is_empty() || !self.reads(ledger) && !self.is_operator() {
            return Ok(HashMap::new());
        }
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.ids = Some(ids.to_vec());
        let records = self.select(&query).await?;
        let ids: Vec<Uuid> = records.iter().map(|record| record.id).collect();
        let mut names = self.labels(ledger, &ids).await?;
        let stored = |record: Record| {
            let name = names.remove(&record.id).unwrap_or_default();
            (record.id, Stored { ledger, name, record })
        };
        Ok(records.into_iter().map(stored).collect())
    }

    /// An ID number of a record as they may see it, so that two of one name are told apart.
    pub fn number_of(&self, stored: &Stored) -> Option<String> {
        let fields = &self.pack().ledger(stored.ledger).fields;
        let at = fields.iter().position(|field| field.kind == Kind::IdNumber)?;
        let value = stored.record.values.get(at).filter(|value| **value != Value::Null)?;
        Some(kind::format(self.pack(), &Kind::Text { max: 0 }, value, Lang::Zh))
    }
}
