//! The names behind a requirement's numbers.

use std::collections::{HashMap, HashSet};

use anju_access::Action;
use anju_coverage::{Gap, GapOwner, Status};
use anju_exchange::write::{CellOut, ColumnKind, TableColumn, TableHead, WriteFault, XlsxWriter, neutral};
use anju_pack::{AreaLevel, LedgerIx, RequirementIx, Text};
use anju_record::Lang;
use anju_shard::{Bits, Shard};
use uuid::Uuid;

use crate::actor::Seen;
use crate::error::{Error, Result};
use crate::overview::{AHEAD, lapsed};
use crate::{Actor, App, Report, Scope};

/// Which subjects a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Those that do not meet it.
    Gap,
    /// Gaps whose deadline has passed.
    Overdue,
    /// Gaps that were none a week before.
    New,
    /// Met now, and a gap within 30 days if nobody acts.
    Lapsing,
    /// Those that meet it.
    Met,
    /// Those that do not, and are exempted.
    Exempt,
    /// Those it does not apply to.
    NotApplicable,
}

impl Show {
    /// In the order of the page.
    pub const ALL: [Self; 7] =
        [Self::Gap, Self::Overdue, Self::New, Self::Lapsing, Self::Met, Self::Exempt, Self::NotApplicable];

    /// What stands in the address.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Overdue => "overdue",
            Self::New => "new",
            Self::Lapsing => "lapsing",
            Self::Met => "met",
            Self::Exempt => "exempt",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// From what stands in the address; anything unknown shows the gaps.
    pub fn parse(id: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.id() == id).unwrap_or(Self::Gap)
    }

    /// Key of its title in the locales.
    pub const fn title_key(self) -> &'static str {
        match self {
            Self::Gap => "show-gap",
            Self::Overdue => "show-overdue",
            Self::New => "show-new",
            Self::Lapsing => "show-lapsing",
            Self::Met => "show-met",
            Self::Exempt => "show-exempt",
            Self::NotApplicable => "show-na",
        }
    }

    /// The list is of open gaps: it has owners and deadlines.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Gap | Self::Overdue | Self::New)
    }
}

/// An entry of a list, before it has its name.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The subject.
    pub id: Uuid,
    /// What is missing, for open gaps.
    pub gap: Option<Gap>,
}

/// An entry of a list.
#[derive(Debug, Clone)]
pub struct Named {
    /// The subject.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Code of its place.
    pub area: String,
    /// What is missing, for open gaps.
    pub gap: Option<NamedGap>,
}

/// What is missing, and whose it is.
#[derive(Debug, Clone)]
pub struct NamedGap {
    /// How many there are.
    pub have: u32,
    /// How many there must be.
    pub need: u32,
    /// Who closes it: a person's name, or the office.
    pub owner: Text,
    /// The day it opened.
    pub since: Option<i32>,
    /// The day by which it must be closed.
    pub due_on: Option<i32>,
    /// Parts that do not hold, for requirements made of others.
    pub failing: Vec<RequirementIx>,
}

impl Actor {
    /// The subjects to show, the earliest deadline first where there is one.
    pub fn list(&self, ix: RequirementIx, scope: &Scope, show: Show) -> Vec<Listed> {
        let open = || self.gaps(ix, scope).into_iter().map(|gap| Listed { id: gap.subject, gap: Some(gap) });
        match show {
            Show::Gap => open().collect(),
            Show::Overdue => open().filter(|listed| is_overdue(listed, scope.on)).collect(),
            Show::New => {
                let new: HashSet<_> =
                    self.lapsed_subjects(ix, scope.on - 7, scope.on, &scope.area).into_iter().collect();
                open().filter(|listed| new.contains(&listed.id)).collect()
            }
            Show::Lapsing => {
                let rows = self.lapsed_subjects(ix, scope.on, scope.on + AHEAD[1], &scope.area);
                rows.into_iter().map(|id| Listed { id, gap: None }).collect()
            }
            Show::Met => self.of_status(ix, scope, Status::Met),
            Show::Exempt => self.of_status(ix, scope, Status::Exempt),
            Show::NotApplicable => self.of_status(ix, scope, Status::NotApplicable),
        }
    }

    fn of_status(&self, ix: RequirementIx, scope: &Scope, status: Status) -> Vec<Listed> {
        let each = self.pack().requirement(ix).each;
        let ids = self.evaluated([scope.on], |shard, [outcome]| match self.seen(shard, ix, &scope.area) {
            Seen::Nothing => Vec::new(),
            Seen::Whole => outcome.subjects(shard, ix, status, &scope.area),
            seen @ Seen::Rows(_) => ids(shard, each, &seen.within(outcome.rows(ix, status))),
        });
        ids.into_iter().map(|id| Listed { id, gap: None }).collect()
    }

    /// Subjects that meet a requirement on one day and are a gap on a later one.
    fn lapsed_subjects(&self, ix: RequirementIx, on: i32, later: i32, area: &str) -> Vec<Uuid> {
        let each = self.pack().requirement(ix).each;
        self.evaluated([on, later], |shard, [now, later]| {
            let mut rows = self.seen(shard, ix, area).within(lapsed(now, later, ix));
            if let Some(places) = now.areas(ix).filter(|_| !now.county().starts_with(area)) {
                rows.and(&places.within(area));
            }
            ids(shard, each, &rows)
        })
    }

    /// How many a list would show.
    pub fn count(&self, ix: RequirementIx, scope: &Scope, show: Show) -> u64 {
        let counts = || self.counts(ix, scope);
        match show {
            Show::Gap => counts().gap as u64,
            Show::Met => counts().met as u64,
            Show::Exempt => counts().exempt as u64,
            Show::NotApplicable => counts().not_applicable as u64,
            Show::Lapsing => self.lapsing_of(ix, scope)[1] as u64,
            Show::New => self.lapsed_between(ix, scope, scope.on - 7, scope.on) as u64,
            Show::Overdue => {
                self.gaps(ix, scope).iter().filter(|gap| gap.due_on.is_some_and(|due| due < scope.on)).count() as u64
            }
        }
    }

    /// How many lapse in 7, 30, 90 days if nobody acts.
    pub fn lapsing_of(&self, ix: RequirementIx, scope: &Scope) -> [usize; 3] {
        AHEAD.map(|days| self.lapsed_between(ix, scope, scope.on, scope.on + days))
    }

    /// Gives the entries of a list their names and their owners' names.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn named(&self, ix: RequirementIx, listed: &[Listed]) -> Result<Vec<Named>> {
        let requirement = self.pack().requirement(ix);
        let ids: Vec<_> = listed.iter().map(|listed| listed.id).collect();
        let subjects: HashMap<_, _> = self
            .labelled(requirement.each, &ids)
            .await?
            .into_iter()
            .map(|subject| (subject.id, (subject.name, subject.area)))
            .collect();
        let mut owners: HashMap<LedgerIx, Vec<Uuid>> = HashMap::new();
        for owner in listed.iter().filter_map(|listed| listed.gap.as_ref()).map(|gap| &gap.owner) {
            if let GapOwner::Record(ledger, id) = owner {
                owners.entry(*ledger).or_default().push(*id);
            }
        }
        let mut owner_names = HashMap::new();
        for (ledger, mut ids) in owners {
            ids.sort_unstable();
            ids.dedup();
            owner_names.extend(self.labels(ledger, &ids).await?);
        }
        let same = |name: &String| Text { zh: name.clone(), en: name.clone() };
        let office = &self.pack().mechanism(requirement.mechanism).office;
        let owner = |gap: &Gap| match &gap.owner {
            GapOwner::Record(_, id) => owner_names.get(id).map_or_else(|| office.clone(), same),
            GapOwner::Named(name) => same(name),
            GapOwner::Office(mechanism) => self.pack().mechanism(*mechanism).office.clone(),
        };
        Ok((listed.iter())
            .map(|listed| Named {
                id: listed.id,
                name: subjects.get(&listed.id).map(|(name, _)| name.clone()).unwrap_or_default(),
                area: subjects.get(&listed.id).map(|(_, area)| area.clone()).unwrap_or_default(),
                gap: listed.gap.as_ref().map(|gap| NamedGap {
                    have: gap.have,
                    need: gap.need,
                    owner: owner(gap),
                    since: gap.since,
                    due_on: gap.due_on,
                    failing: gap.failing.clone(),
                }),
            })
            .collect())
    }
}

/// The records of some rows.
fn ids(shard: &Shard, ledger: LedgerIx, rows: &Bits) -> Vec<Uuid> {
    rows.iter().filter_map(|row| shard.id_of(ledger, row)).collect()
}

impl App {
    /// What the owners of a requirement's gaps are, in words: the field that names them, else the office.
    pub fn owner_kind(&self, ix: RequirementIx) -> Text {
        let requirement = self.pack().requirement(ix);
        match requirement.owners.first() {
            Some(owner) => self.pack().ledger(owner.ledger).field(owner.field).title.clone(),
            None => self.pack().mechanism(requirement.mechanism).office.clone(),
        }
    }

    /// The requirement in words.
    pub fn in_words(&self, ix: RequirementIx) -> Text {
        anju_pack::requirement_in_words(self.pack(), ix)
    }
}

fn is_overdue(listed: &Listed, on: i32) -> bool {
    listed.gap.as_ref().and_then(|gap| gap.due_on).is_some_and(|due| due < on)
}

/// A list as CSV with a header.
///
/// # Errors
/// `Denied` to those who may not take away each of its rows; `Unavailable` when memory for the text cannot be had.
pub fn gap_csv(actor: &Actor, ix: RequirementIx, named: &[Named]) -> Result<String> {
    may_take_away(actor, ix, named)?;
    let mut csv = csv::Writer::from_writer(Vec::new());
    let day = |day: Option<i32>| day.map(anju_record::day::format).unwrap_or_default();
    let broken = |error: csv::Error| Error::Unavailable(error.to_string());
    csv.write_record(["subject_id", "subject", "area", "place", "have", "need", "owner", "since", "due_on"])
        .map_err(broken)?;
    for line in named {
        let place = actor.areas().path_name(&line.area, AreaLevel::Town);
        let gap = line.gap.as_ref();
        csv.write_record([
            line.id.to_string(),
            neutral(&line.name).into_owned(),
            line.area.clone(),
            neutral(&place).into_owned(),
            gap.map(|gap| gap.have.to_string()).unwrap_or_default(),
            gap.map(|gap| gap.need.to_string()).unwrap_or_default(),
            gap.map(|gap| neutral(&gap.owner.zh).into_owned()).unwrap_or_default(),
            day(gap.and_then(|gap| gap.since)),
            day(gap.and_then(|gap| gap.due_on)),
        ])
        .map_err(broken)?;
    }
    let bytes = csv.into_inner().map_err(|error| Error::Unavailable(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| Error::Unavailable(error.to_string()))
}

/// A list as a workbook that can be filed: title, place and day above, who fills it in below.
///
/// # Errors
/// As [`gap_csv`].
pub fn gap_workbook(actor: &Actor, ix: RequirementIx, named: &[Named], report: Report, lang: Lang) -> Result<Vec<u8>> {
    may_take_away(actor, ix, named)?;
    let broken = |error: WriteFault| Error::Unavailable(error.to_string());
    let words = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let number = |title: &str| TableColumn { title: title.to_owned(), kind: ColumnKind::Number { scale: 0 }, width: 8 };
    let day = |title: &str| TableColumn { title: title.to_owned(), kind: ColumnKind::Date, width: 12 };
    let requirement = actor.pack().requirement(ix);
    let columns = vec![
        number(words("序号", "No.")),
        TableColumn::text(lang.of(&actor.pack().ledger(requirement.each).title), 24),
        TableColumn::text(words("所在地", "Place"), 24),
        number(words("已有", "Have")),
        number(words("应有", "Need")),
        TableColumn::text(words("责任人", "Owner"), 14),
        day(words("自何日", "Since")),
        day(words("期限", "Due")),
    ];
    let title = lang.of(&requirement.title).to_owned();
    let head = report.around(TableHead { name: title.clone(), columns, ..TableHead::default() }, &title);
    let mut writer = XlsxWriter::new(Vec::new(), head).map_err(broken)?;
    for (at, line) in (1_i64..).zip(named) {
        let gap = line.gap.as_ref();
        let date = |day: Option<i32>| day.map_or(CellOut::Empty, CellOut::Date);
        let count = |count: Option<u32>| count.map_or(CellOut::Empty, |count| CellOut::Number(count.into()));
        let row = [
            CellOut::Number(at),
            line.name.as_str().into(),
            actor.areas().path_name(&line.area, AreaLevel::Town).into(),
            count(gap.map(|gap| gap.have)),
            count(gap.map(|gap| gap.need)),
            gap.map_or(CellOut::Empty, |gap| lang.of(&gap.owner).into()),
            date(gap.and_then(|gap| gap.since)),
            date(gap.and_then(|gap| gap.due_on)),
        ];
        writer.row(&row).map_err(broken)?;
    }
    writer.finish().map_err(broken)
}

fn may_take_away(actor: &Actor, ix: RequirementIx, named: &[Named]) -> Result<()> {
    let export = actor.rights().reach(Action::Export, actor.pack().requirement(ix).each);
    if export.is_empty() || !named.iter().all(|line| export.holds_area(&line.area)) {
        return Err(Error::denied("export", &actor.pack().requirement(ix).id));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_list_is_that_of_the_gaps() {
        assert_eq!(Show::parse("<script>"), Show::Gap);
        for show in Show::ALL {
            assert_eq!(Show::parse(show.id()), show);
        }
    }
}
