//! The same meaning, said slowly and plainly over records: what the kernel is held against by tests and by `anju verify`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anju_pack::{
    Bound, Clause, FieldIx, Figure, FigureIx, Join, LedgerIx, Measure, NamedPeriod, OwnerPath, Pack, Predicate,
    RequirementIx, Rule, Step, When,
};
use anju_record::{Record, Value, day, eval};
use uuid::Uuid;

use crate::figure::FigureValue;
use crate::gap::{Gap, GapOwner};
use crate::outcome::{Counts, Status};

/// Every record of a county.
pub struct Ledgers<'a> {
    pack: &'a Pack,
    county: &'a str,
    records: HashMap<LedgerIx, Vec<Record>>,
    places: HashMap<(LedgerIx, Uuid), usize>,
}

type Lists<'a> = HashMap<Uuid, Vec<&'a Record>>;

impl<'a> Ledgers<'a> {
    /// Takes the records of a county.
    pub fn new(pack: &'a Pack, county: &'a str, all: impl IntoIterator<Item = (LedgerIx, Record)>) -> Self {
        let mut records: HashMap<LedgerIx, Vec<Record>> = HashMap::new();
        let mut places = HashMap::new();
        for (ledger, record) in all {
            let list = records.entry(ledger).or_default();
            places.insert((ledger, record.id), list.len());
            list.push(record);
        }
        Self { pack, county, records, places }
    }

    fn all(&self, ledger: LedgerIx) -> &[Record] {
        self.records.get(&ledger).map_or(&[], Vec::as_slice)
    }

    fn find(&self, ledger: LedgerIx, id: Uuid) -> Option<&Record> {
        self.all(ledger).get(*self.places.get(&(ledger, id))?)
    }

    fn holds(&self, predicate: Option<&Predicate>, record: &Record, today: i32) -> bool {
        let resolve = |ledger, id| self.find(ledger, id).cloned();
        predicate.is_none_or(|predicate| eval::holds(self.pack, predicate, record, &resolve, today) == Some(true))
    }

    fn follow(&self, path: &[Step], record: &'a Record) -> Option<Uuid>
    where
        Self: 'a,
    {
        let mut id = record.id;
        for step in path {
            let at = self.find(step.from, id)?;
            let Value::Id(next) = value(at, step.field) else { return None };
            id = self.find(step.to, *next)?.id;
        }
        Some(id)
    }

    /// First and last day; `None` for ledgers without a period.
    fn span(&self, ledger: LedgerIx, record: &Record) -> Option<(i32, i32)> {
        let period = self.pack.ledger(ledger).period?;
        let Value::Date(start) = value(record, period.start) else { return None };
        let end = match period.end.map(|field| value(record, field)) {
            None => *start,
            Some(Value::Date(end)) => *end,
            Some(_) => i32::MAX,
        };
        Some((*start, end))
    }

    fn is_subject(&self, ledger: LedgerIx, record: &Record, today: i32) -> bool {
        let ends = self.pack.ledger(ledger).period.is_some_and(|period| period.end.is_some());
        self.span(ledger, record).is_none_or(|(start, end)| start <= today && (!ends || end >= today))
    }

    /// Code of a record's place: its own, else its owner's, else the county.
    pub fn area(&self, ledger: LedgerIx, record: &Record) -> String {
        let described = self.pack.ledger(ledger);
        let own = described.area.is_some_and(|field| *value(record, field) != Value::Null);
        let Some(owner) = described.of.filter(|_| !own) else {
            return if record.area.is_empty() { self.county.to_owned() } else { record.area.to_string() };
        };
        match value(record, owner.field) {
            Value::Id(id) => self
                .find(owner.ledger, *id)
                .map_or_else(|| self.county.to_owned(), |above| self.area(owner.ledger, above)),
            _ => self.county.to_owned(),
        }
    }

    /// The records that a clause could count, by subject, whenever they hold.
    fn joined(&self, subject: LedgerIx, clause: &Clause, today: i32) -> Lists<'_> {
        let mut lists: Lists<'_> = HashMap::new();
        let fitting = self.all(clause.of).iter().filter(|record| self.holds(clause.predicate.as_ref(), record, today));
        match &clause.join {
            Join::Path(path) => {
                for record in fitting {
                    self.follow(path, record).into_iter().for_each(|id| lists.entry(id).or_default().push(record));
                }
            }
            Join::Match(pairs) => {
                let mut equal: HashMap<Vec<Value>, Vec<&Record>> = HashMap::new();
                for record in fitting {
                    let key: Vec<Value> = pairs.iter().map(|(field, _)| value(record, *field).clone()).collect();
                    equal.entry(key).or_default().push(record);
                }
                for record in self.all(subject) {
                    let own = |field: &Option<FieldIx>| {
                        field.map_or(Value::Id(record.id), |field| value(record, field).clone())
                    };
                    let key: Vec<Value> = pairs.iter().map(|(_, field)| own(field)).collect();
                    if let Some(found) = equal.get(&key).filter(|_| !key.contains(&Value::Null)) {
                        lists.insert(record.id, found.clone());
                    }
                }
            }
        }
        lists
    }

    fn count(&self, clause: &Clause, records: Option<&Vec<&Record>>, today: i32, within: Option<(i32, i32)>) -> u32 {
        let counted = records
            .into_iter()
            .flatten()
            .filter(|record| counts(clause.when, self.span(clause.of, record), today, within));
        u32::try_from(counted.count()).unwrap_or(u32::MAX)
    }

    fn meets(&self, clause: &Clause, records: Option<&Vec<&Record>>, today: i32, within: Option<(i32, i32)>) -> bool {
        let count = self.count(clause, records, today, within);
        match clause.bound {
            Bound::AtLeast(least) => count >= least,
            Bound::AtMost(most) => count <= most,
        }
    }

    fn is_exempt(&self, requirement: RequirementIx, subject: Uuid, today: i32) -> bool {
        let Some(ledger) = self.pack.ledger_by_id("exemption") else { return false };
        let described = self.pack.ledger(ledger);
        let field = |id| described.field_by_id(id);
        let (Some(about), Some(who), Some(from), Some(to)) =
            (field("requirement"), field("subject"), field("starts_on"), field("ends_on"))
        else {
            return false;
        };
        let id = self.pack.requirement(requirement).id.as_str();
        self.pack.requirement(requirement).exempt
            && self.all(ledger).iter().any(|record| {
                matches!(value(record, about), Value::Text(text) if &**text == id)
                    && *value(record, who) == Value::Id(subject)
                    && !matches!(value(record, from), Value::Date(from) if *from > today)
                    && !matches!(value(record, to), Value::Date(to) if *to < today)
            })
    }

    /// How a requirement stands with every subject on a date, exemptions left aside: applicable and met.
    fn judged(
        &self,
        requirement: RequirementIx,
        today: i32,
        within: Option<(i32, i32)>,
    ) -> BTreeMap<Uuid, (bool, bool)> {
        let rule = self.pack.requirement(requirement);
        let having: Vec<(&Clause, Lists<'_>)> =
            rule.having.iter().map(|clause| (clause, self.joined(rule.each, clause, today))).collect();
        let needs = match &rule.rule {
            Rule::Needs(clause) => Some((clause, self.joined(rule.each, clause, today))),
            _ => None,
        };
        let parts: Vec<BTreeMap<Uuid, (bool, bool)>> = match &rule.rule {
            Rule::Needs(_) => Vec::new(),
            Rule::AllOf(parts) | Rule::AnyOf(parts) => {
                parts.iter().map(|part| self.judged(*part, today, within)).collect()
            }
        };
        let judge = |record: &Record| {
            let concerned = self.holds(rule.predicate.as_ref(), record, today)
                && having.iter().all(|(clause, lists)| self.meets(clause, lists.get(&record.id), today, within));
            if let Some((clause, lists)) = &needs {
                return (concerned, concerned && self.meets(clause, lists.get(&record.id), today, within));
            }
            let own: Vec<bool> = parts
                .iter()
                .filter_map(|part| part.get(&record.id))
                .filter(|(applies, _)| *applies)
                .map(|(_, met)| *met)
                .collect();
            let met = if matches!(rule.rule, Rule::AllOf(_)) {
                own.iter().all(|met| *met)
            } else {
                own.iter().any(|met| *met)
            };
            let concerned = concerned && !own.is_empty();
            (concerned, concerned && met)
        };
        let subjects = self.all(rule.each).iter().filter(|record| self.is_subject(rule.each, record, today));
        subjects.map(|record| (record.id, judge(record))).collect()
    }

    /// How a requirement stands with every subject on a date.
    pub fn statuses(&self, requirement: RequirementIx, today: i32) -> BTreeMap<Uuid, Status> {
        let status = |(id, (applies, met)): (Uuid, (bool, bool))| {
            let status = match (applies, met) {
                (false, _) => Status::NotApplicable,
                (true, true) => Status::Met,
                (true, false) if self.is_exempt(requirement, id, today) => Status::Exempt,
                (true, false) => Status::Gap,
            };
            (id, status)
        };
        self.judged(requirement, today, None).into_iter().map(status).collect()
    }

    /// Counts of a place and all below it.
    pub fn counts(&self, requirement: RequirementIx, area: &str, today: i32) -> Counts {
        let each = self.pack.requirement(requirement).each;
        let mut counts = Counts::default();
        for (id, status) in self.statuses(requirement, today) {
            if self.find(each, id).is_some_and(|record| self.area(each, record).starts_with(area)) {
                match status {
                    Status::Met => counts.met += 1,
                    Status::Gap => counts.gap += 1,
                    Status::Exempt => counts.exempt += 1,
                    Status::NotApplicable => counts.not_applicable += 1,
                }
            }
        }
        counts
    }

    /// The gaps of a requirement in a place, by subject.
    pub fn gaps(&self, requirement: RequirementIx, area: &str, today: i32) -> Vec<Gap> {
        let rule = self.pack.requirement(requirement);
        let open = self.statuses(requirement, today).into_iter().filter(|(_, status)| *status == Status::Gap);
        open.filter_map(|(id, _)| {
            let record = self.find(rule.each, id)?;
            let place = self.area(rule.each, record);
            let (have, need, since, failing) = self.told(requirement, record, today);
            let from = self.pack.county.as_ref().and_then(|county| county.gaps_from).filter(|from| *from <= today);
            let since = match (since, from) {
                (Some(since), Some(from)) if since < from => Some(from),
                (since, _) => since,
            };
            let owner = rule.owners.iter().find_map(|path| self.owner(path, record, today));
            let due = i32::try_from(rule.due).unwrap_or(i32::MAX);
            place.starts_with(area).then(|| Gap {
                subject: id,
                area: place,
                have,
                need,
                owner: owner.unwrap_or(GapOwner::Office(rule.mechanism)),
                since,
                due_on: since.map(|since| since.saturating_add(due)),
                failing,
            })
        })
        .collect()
    }

    fn told(
        &self,
        requirement: RequirementIx,
        record: &Record,
        today: i32,
    ) -> (u32, u32, Option<i32>, Vec<RequirementIx>) {
        let rule = self.pack.requirement(requirement);
        let (parts, all) = match &rule.rule {
            Rule::Needs(clause) => {
                let (have, need, since) = self.told_clause(rule.each, clause, record, today);
                return (have, need, since, Vec::new());
            }
            Rule::AllOf(parts) => (parts, true),
            Rule::AnyOf(parts) => (parts, false),
        };
        let standing =
            |part: &RequirementIx| self.judged(*part, today, None).get(&record.id).copied().unwrap_or_default();
        let concerned: Vec<RequirementIx> = parts.iter().copied().filter(|part| standing(part).0).collect();
        let failing: Vec<RequirementIx> = concerned.iter().copied().filter(|part| !standing(part).1).collect();
        let opened = failing.iter().filter_map(|part| self.told(*part, record, today).2);
        let since = if all { opened.min() } else { opened.max() };
        let size = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        (size(concerned.len() - failing.len()), if all { size(concerned.len()) } else { 1 }, since, failing)
    }

    fn told_clause(&self, each: LedgerIx, clause: &Clause, subject: &Record, today: i32) -> (u32, u32, Option<i32>) {
        let lists = self.joined(each, clause, today);
        let records = lists.get(&subject.id);
        let have = self.count(clause, records, today, None);
        let need = match clause.bound {
            Bound::AtLeast(bound) | Bound::AtMost(bound) => bound,
        };
        let began = self.span(each, subject).map(|(start, _)| start);
        let spans = || {
            records
                .into_iter()
                .flatten()
                .filter_map(|record| self.span(clause.of, record))
                .filter(|(start, end)| start <= end && *start <= today)
        };
        // The last day on which each record that no longer counts did.
        let mut lasts: Vec<i32> = spans()
            .filter(|span| !counts(clause.when, Some(*span), today, None))
            .filter_map(|span| (span.1..today).rev().find(|on| counts(clause.when, Some(span), *on, None)))
            .collect();
        lasts.sort_unstable();
        let missing = need.saturating_sub(have) as usize;
        let closed = lasts.len().checked_sub(missing).and_then(|at| lasts.get(at)).filter(|_| missing > 0);
        let since = closed.map_or(began, |last| Some(began.map_or(last + 1, |began| began.max(last + 1))));
        (have, need, since)
    }

    fn owner(&self, path: &OwnerPath, subject: &Record, today: i32) -> Option<GapOwner> {
        let end = self.follow(&path.up, subject)?;
        let linked = |record: &&Record| match path.link {
            None => record.id == end,
            Some(link) => *value(record, link.field) == Value::Id(end),
        };
        let current = self.all(path.ledger).iter().filter(linked).filter(|record| {
            self.span(path.ledger, record).is_none_or(|(start, last)| (start..=last).contains(&today))
        });
        let named = current.filter_map(|record| {
            let owner = match (value(record, path.field), &self.pack.ledger(path.ledger).field(path.field).kind) {
                (Value::Id(id), anju_pack::Kind::Ref { to }) => GapOwner::Record(*to, *id),
                (Value::Text(name), _) => GapOwner::Named(name.to_string()),
                _ => return None,
            };
            Some((std::cmp::Reverse(self.span(path.ledger, record).map_or(i32::MIN, |(start, _)| start)), owner))
        });
        named.min().map(|(_, owner)| owner)
    }

    /// The value of a figure.
    pub fn figure(&self, figure: FigureIx, today: i32, from: Option<i32>, area: &str) -> FigureValue {
        let figure = self.pack.figure(figure);
        let within = from.map(|from| (from, today));
        let measured = self.measured(figure);
        let having: Vec<(&Clause, Lists<'_>)> =
            figure.having.iter().map(|clause| (clause, self.joined(measured, clause, today))).collect();
        let met = match figure.measure {
            Measure::Met(requirement) => Some(self.judged(requirement, today, within)),
            _ => None,
        };
        let chosen: Vec<&Record> = self
            .all(measured)
            .iter()
            .filter(|record| counts(figure.when, self.span(measured, record), today, within))
            .filter(|record| self.holds(figure.predicate.as_ref(), record, today))
            .filter(|record| {
                having.iter().all(|(clause, lists)| self.meets(clause, lists.get(&record.id), today, within))
            })
            .filter(|record| met.as_ref().is_none_or(|met| met.get(&record.id).is_some_and(|(_, met)| *met)))
            .filter(|record| {
                !matches!(figure.measure, Measure::Fewest { .. }) || self.is_subject(measured, record, today)
            })
            .filter(|record| self.area(measured, record).starts_with(area))
            .collect();
        let mut by: BTreeMap<String, Vec<&Record>> = BTreeMap::new();
        if let Some(field) = figure.by {
            for record in &chosen {
                let code = if let Value::Text(code) = value(record, field) { code.to_string() } else { String::new() };
                by.entry(code).or_default().push(record);
            }
        }
        FigureValue {
            value: self.measure(figure, &chosen, today, within),
            scale: figure.scale,
            by: by.iter().map(|(code, records)| (code.clone(), self.measure(figure, records, today, within))).collect(),
        }
    }

    fn measured(&self, figure: &Figure) -> LedgerIx {
        match &figure.measure {
            Measure::Count(ledger) | Measure::Distinct(ledger, _) | Measure::Sum(ledger, _) => *ledger,
            Measure::Met(requirement) => self.pack.requirement(*requirement).each,
            Measure::Fewest { each, .. } => *each,
        }
    }

    fn measure(&self, figure: &Figure, records: &[&Record], today: i32, within: Option<(i32, i32)>) -> i128 {
        let size = |number: usize| i128::try_from(number).unwrap_or(i128::MAX);
        match &figure.measure {
            Measure::Count(_) | Measure::Met(_) => size(records.len()),
            Measure::Distinct(_, field) => {
                let ids: BTreeSet<String> = records
                    .iter()
                    .filter_map(
                        |record| if let Value::Id(id) = value(record, *field) { Some(id.to_string()) } else { None },
                    )
                    .collect();
                size(ids.len())
            }
            Measure::Sum(_, field) => records
                .iter()
                .map(|record| if let Value::Int(number) = value(record, *field) { i128::from(*number) } else { 0 })
                .sum(),
            Measure::Fewest { each, clause } => {
                let lists = self.joined(*each, clause, today);
                records
                    .iter()
                    .map(|record| i128::from(self.count(clause, lists.get(&record.id), today, within)))
                    .min()
                    .unwrap_or(0)
            }
        }
    }
}

fn value(record: &Record, field: FieldIx) -> &Value {
    record.values.get(usize::from(field.0)).unwrap_or(&Value::Null)
}

/// A record with this period counts on this day.
fn counts(when: When, span: Option<(i32, i32)>, today: i32, within: Option<(i32, i32)>) -> bool {
    let Some((start, end)) = span else { return true };
    let touches = |from: i32, to: i32| start <= to && end >= from;
    if start > today {
        return false;
    }
    match (when, within) {
        (When::Ever, _) => true,
        (When::Current, _) => end >= today,
        (_, Some((from, to))) => touches(from, to),
        (When::Days(days), None) => touches(today.saturating_sub_unsigned(days).saturating_add(1), today),
        (When::Named(NamedPeriod::ThisYear), None) => touches(day::year_start(today), today),
        (When::Named(NamedPeriod::ThisQuarter), None) => touches(day::quarter_start(today), today),
        (When::Named(NamedPeriod::ThisMonth), None) => touches(day::month_start(today), today),
        (When::Named(NamedPeriod::LastQuarter), None) => {
            let (from, to) = day::last_quarter(today);
            touches(from, to)
        }
    }
}
