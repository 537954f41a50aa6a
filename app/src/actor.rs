//! Somebody at work: who it is, and what of the county they see.
//!
//! Every question about records is asked of an [`Actor`], so that none can be asked without rights; [`App`] alone answers only what is no
//! secret: definitions, places, the day.

use std::ops::Deref;
use std::sync::Arc;

use anju_access::{Action, OwnedBy, Reach, Rights};
use anju_coverage::{Counts, Outcome, Status};
use anju_pack::{FieldIx, LedgerIx, RequirementIx};
use anju_record::{Lang, Record, Value, kind};
use anju_shard::{Bits, Shard};
use anju_store::Account;
use uuid::Uuid;

use crate::records::mask;
use crate::{App, Owes, Scope};

/// Who acts, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The account; none for the operator at the machine.
    pub account: Option<Uuid>,
    /// What they sign in with; stands in the journal.
    pub login: String,
    /// Their name.
    pub name: String,
    /// The address they come from.
    pub address: String,
    /// By what: web, api, cli.
    pub origin: &'static str,
    /// The key of the session, if there is one.
    pub session: Option<String>,
    /// What a token may be used for; none for all that the rights allow.
    pub scopes: Option<Vec<String>>,
    /// What they have to do before they may do anything.
    pub owes: Option<Owes>,
}

impl Who {
    /// Somebody with an account, who owes nothing and whom no token binds.
    pub fn of(account: &Account, address: &str, origin: &'static str) -> Self {
        Self {
            account: Some(account.id),
            login: account.login.clone(),
            name: account.name.clone(),
            address: address.to_owned(),
            origin,
            session: None,
            scopes: None,
            owes: None,
        }
    }
}

/// Somebody at work. Cloning is cheap.
#[derive(Clone)]
pub struct Actor {
    app: Arc<App>,
    rights: Arc<Rights>,
    who: Arc<Who>,
    lang: Lang,
}

impl Deref for Actor {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl App {
    /// The operator at the machine, who could read the database file just as well.
    pub fn operator(self: &Arc<Self>) -> Actor {
        let who = Who {
            account: None,
            login: "operator".into(),
            name: "operator".into(),
            address: "local".into(),
            origin: "cli",
            session: None,
            scopes: None,
            owes: None,
        };
        let rights = Rights::operator(self.pack(), self.county_code());
        Actor::new(self, Arc::new(rights), who)
    }
}

/// How much of a requirement's subjects in a place somebody sees.
pub(crate) enum Seen {
    /// None.
    Nothing,
    /// All.
    Whole,
    /// These rows of the ledger, all in the place.
    Rows(Bits),
}

impl Seen {
    /// How the seen subjects stand.
    pub fn counts(&self, outcome: &Outcome, ix: RequirementIx, area: &str) -> Counts {
        match self {
            Self::Nothing => Counts::default(),
            Self::Whole => outcome.counts(ix, area),
            Self::Rows(rows) => {
                let of = |status| {
                    let mut bits = outcome.rows(ix, status);
                    bits.and(rows);
                    bits.count()
                };
                Counts {
                    met: of(Status::Met),
                    gap: of(Status::Gap),
                    exempt: of(Status::Exempt),
                    not_applicable: of(Status::NotApplicable),
                }
            }
        }
    }

    /// What of some rows is seen; `Whole` leaves the place to the asker.
    pub fn within(&self, mut rows: Bits) -> Bits {
        match self {
            Self::Nothing => Bits::zeros(0),
            Self::Whole => rows,
            Self::Rows(seen) => {
                rows.and(seen);
                rows
            }
        }
    }
}

impl Actor {
    /// Somebody with rights.
    pub fn new(app: &Arc<App>, rights: Arc<Rights>, who: Who) -> Self {
        Self { app: Arc::clone(app), rights, who: Arc::new(who), lang: Lang::default() }
    }

    /// The same person, to whom records are called by their names in this language.
    #[must_use]
    pub fn reading_in(self, lang: Lang) -> Self {
        Self { lang, ..self }
    }

    /// The language in which they are told what records are called.
    pub(crate) fn lang(&self) -> Lang {
        self.lang
    }

    /// What they may.
    pub fn rights(&self) -> &Rights {
        &self.rights
    }

    /// Who they are.
    pub fn who(&self) -> &Who {
        &self.who
    }

    /// The county they are at work in.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// The operator at the machine.
    pub fn is_operator(&self) -> bool {
        self.who.account.is_none() && self.who.origin == "cli"
    }

    /// Whether they read a ledger at all.
    pub fn reads(&self, ledger: LedgerIx) -> bool {
        !self.rights.reach(Action::Read, ledger).is_empty()
    }

    /// Whether they read all that a mechanism keeps of the records of a ledger, so that what is missing on a page is missing in the county.
    pub fn reads_part(&self, mechanism: &str, owner: LedgerIx) -> bool {
        let pack = self.pack();
        let belongs = |mut ledger: LedgerIx| loop {
            match pack.ledger(ledger).of {
                Some(above) if above.ledger == owner => break true,
                Some(above) => ledger = above.ledger,
                None => break false,
            }
        };
        pack.index.mechanisms.get(mechanism).is_some_and(|ix| {
            let of_it = |ledger: &LedgerIx| pack.ledger(*ledger).mechanism == *ix && belongs(*ledger);
            pack.ledger_ixs().filter(of_it).all(|ledger| self.reads(ledger))
        })
    }

    /// Whether they see how a requirement stands with any subject: they read every ledger that its rule reads.
    pub fn sees(&self, ix: RequirementIx) -> bool {
        let pack = self.pack();
        self.rights.reads_requirement(pack, ix)
            || self.rights.areas().iter().any(|area| self.rights.sees_requirement(pack, ix, area))
    }

    /// How the subjects that they see in a place stand to a requirement on the scope's day.
    pub fn counts(&self, ix: RequirementIx, scope: &Scope) -> Counts {
        self.evaluated([scope.on], |shard, [outcome]| {
            self.seen(shard, ix, &scope.area).counts(outcome, ix, &scope.area)
        })
    }

    /// How one subject stands to a requirement on some days; whoever asks has the subject's record before them.
    pub fn statuses<const N: usize>(&self, ix: RequirementIx, subject: Uuid, days: [i32; N]) -> [Option<Status>; N] {
        let each = self.pack().requirement(ix).each;
        self.evaluated(days, |shard, outcomes| {
            let seen = shard.row_of(each, subject).is_some_and(|row| self.sees_row(shard, ix, row));
            outcomes.map(|outcome| outcome.status(shard, ix, subject).filter(|_| seen))
        })
    }

    /// Reads the shard with the coverage of some days, all of one state.
    pub(crate) fn evaluated<const N: usize, T>(
        &self,
        days: [i32; N],
        read: impl FnOnce(&Shard, [&Outcome; N]) -> T,
    ) -> T {
        self.county().evaluated(self.plan(), days, read)
    }

    /// How much of a requirement's subjects in a place they see.
    pub(crate) fn seen(&self, shard: &Shard, ix: RequirementIx, area: &str) -> Seen {
        if self.rights.sees_requirement(self.pack(), ix, area) {
            Seen::Whole
        } else if self.sees(ix) {
            let each = self.pack().requirement(ix).each;
            let mut seen = rows(shard, each, &self.told_of(ix));
            seen.and(&shard.area_runs(each).within(area));
            Seen::Rows(seen)
        } else {
            Seen::Nothing
        }
    }

    /// The subjects of whom they read every ledger that a requirement's rule reads: by place, or as the same owners'. Reading a ledger elsewhere
    /// tells nothing about a subject here.
    fn told_of(&self, ix: RequirementIx) -> Subjects {
        let (pack, each) = (self.pack(), self.pack().requirement(ix).each);
        let places = self.rights.areas().iter().filter(|area| self.rights.sees_requirement(pack, ix, area)).cloned();
        let of = |ledger: LedgerIx| {
            let reach = self.rights.reach(Action::Read, ledger);
            let owned = reach.owned.iter().filter_map(|owned| {
                let owner = match owned.chain.last() {
                    None => ledger,
                    Some((from, _)) => pack.ledger(*from).of?.ledger,
                };
                Some(OwnedBy { chain: pack.chain_to(each, owner)?, owners: Arc::clone(&owned.owners) })
            });
            Reach { areas: reach.areas.clone(), owned: owned.collect() }
        };
        let reads = self.rights.reads_requirement(pack, ix);
        let ledgers = if reads { anju_access::ledgers_of(pack, ix) } else { Vec::new() };
        Subjects { places: places.collect(), ledgers: ledgers.into_iter().map(of).collect() }
    }

    /// Whether they see how the subject of one row stands to a requirement.
    fn sees_row(&self, shard: &Shard, ix: RequirementIx, row: usize) -> bool {
        let each = self.pack().requirement(ix).each;
        let runs = shard.area_runs(each);
        self.rights.sees_requirement(self.pack(), ix, runs.code(row))
            || self.told_of(ix).holds(shard, each, row, runs.code(row))
    }

    /// A record as they may see it: what is hidden from them is empty, what is sensitive is masked.
    pub(crate) fn veiled(&self, ledger: LedgerIx, mut record: Record) -> Record {
        for field in self.rights.hidden(ledger, &record.area) {
            if let Some(value) = record.values.get_mut(usize::from(field.0)) {
                *value = Value::Null;
            }
        }
        for (field, value) in self.pack().ledger(ledger).fields.iter().zip(&mut record.values) {
            if field.sensitive.is_some() && *value != Value::Null {
                *value = Value::Text(mask(&field.kind, &kind::plain(value)).into());
            }
        }
        record
    }

    /// Whether a field of records in a place is kept from them altogether.
    pub(crate) fn is_hidden(&self, ledger: LedgerIx, field: FieldIx, area: &str) -> bool {
        self.rights.hidden(ledger, area).contains(&field)
    }
}

/// Which subjects of a requirement somebody is told of.
struct Subjects {
    /// All in these places.
    places: Vec<Box<str>>,
    /// And those that each of these holds; none for nobody.
    ledgers: Vec<Reach>,
}

impl Subjects {
    fn holds(&self, shard: &Shard, each: LedgerIx, row: usize, area: &str) -> bool {
        let reached =
            |reach: &Reach| reach.holds_area(area) || reach.owned.iter().any(|owned| is_owned(shard, each, row, owned));
        self.places.iter().any(|place| area.starts_with(&**place))
            || !self.ledgers.is_empty() && self.ledgers.iter().all(reached)
    }
}

fn rows(shard: &Shard, each: LedgerIx, told: &Subjects) -> Bits {
    let Some(table) = shard.table(each) else { return Bits::zeros(0) };
    let mut rows = Bits::zeros(table.len());
    for (start, end, area) in shard.area_runs(each).iter() {
        (start..end).filter(|row| told.holds(shard, each, *row, area)).for_each(|row| rows.put(row, true));
    }
    rows
}

fn is_owned(shard: &Shard, ledger: LedgerIx, row: usize, owned: &OwnedBy) -> bool {
    let mut at = Some((ledger, row));
    for (from, field) in &owned.chain {
        at = at.and_then(|(_, row)| {
            let (owner, _) = shard.shape().ledger(*from)?.owner?;
            Some((owner, shard.follow(*from, row, *field)?))
        });
    }
    at.and_then(|(ledger, row)| shard.id_of(ledger, row)).is_some_and(|id| owned.holds(id))
}
