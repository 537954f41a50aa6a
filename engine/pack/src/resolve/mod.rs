//! From raw entries to the model: names become indices, and every rule of the language is checked.

mod alike;
mod clauses;
pub(crate) mod condition;
mod doubtful;
mod figures;
mod headings;
mod ledgers;
mod literals;
mod mechanisms;
mod passages;
mod processes;
mod requirements;
mod roles;
mod scope;
mod shares;
mod sheets;
mod stories;

use crate::codes::Code;
use crate::fault::Bench;
use crate::model::{Index, MechanismIx, Pack, RoleIx};
use crate::parse::raw::Raw;
use crate::source;
pub(crate) use scope::Scope;

/// Builds the pack; it is whole only if the bench has no faults.
pub(crate) fn resolve(bench: &Bench<'_>, mut raw: Raw) -> Pack {
    let mut pack = empty(bench);
    let places = mechanisms::resolve(bench, &mut raw, &mut pack);
    places.sort(&mut raw);
    mechanisms::codes(bench, &raw.codes, &mut pack);
    mechanisms::parameters(bench, std::mem::take(&mut raw.parameters), &raw.settings, &mut pack);
    mechanisms::county(bench, &raw.county, &mut pack);
    let added = ledgers::resolve(bench, &places, std::mem::take(&mut raw.ledgers), &mut pack);
    requirements::resolve(bench, &places, &raw.requirements, &mut pack);
    mechanisms::headlines(bench, &raw.mechanisms, &mut pack);
    figures::resolve(bench, &places, &raw.figures, &mut pack);
    pack.passages = passages::resolve(&Scope { bench, pack: &pack }, &places, &raw.passages);
    pack.roles = roles::resolve(&Scope { bench, pack: &pack }, &raw.roles, &added.ledgers);
    pack.index.roles = pack.roles.iter().enumerate().map(|(at, role)| (role.id.clone(), RoleIx(ix(at)))).collect();
    pack.processes = processes::resolve(&Scope { bench, pack: &pack }, &places, &raw.processes);
    pack.sheets = sheets::resolve(&Scope { bench, pack: &pack }, &places, &raw.sheets);
    headings::of_sheets(&Scope { bench, pack: &pack }, &added.fields);
    pack.stories = stories::resolve(&Scope { bench, pack: &pack }, &places, &raw.stories);
    pack
}

fn empty(bench: &Bench<'_>) -> Pack {
    Pack {
        hash: source::hash(bench.sources),
        mechanisms: Vec::new(),
        codes: Vec::new(),
        parameters: Vec::new(),
        ledgers: Vec::new(),
        requirements: Vec::new(),
        figures: Vec::new(),
        passages: Vec::new(),
        processes: Vec::new(),
        roles: Vec::new(),
        sheets: Vec::new(),
        stories: Vec::new(),
        county: None,
        index: Index::default(),
    }
}

/// A position as an index of the model.
pub(crate) fn ix(position: usize) -> u16 {
    u16::try_from(position).unwrap_or(u16::MAX)
}

/// Which mechanism each file belongs to, and the order of entries that follows.
pub(crate) struct Places {
    /// Per file; `None` for the county's.
    of_file: Vec<Option<MechanismIx>>,
    /// Rank of each file: by mechanism, then path; the county's last.
    rank: Vec<usize>,
}

impl Places {
    /// The mechanism that a file's entries belong to.
    pub fn mechanism(&self, at: source::Spot) -> MechanismIx {
        self.of_file.get(usize::from(at.file)).copied().flatten().unwrap_or(MechanismIx(0))
    }

    fn key(&self, at: source::Spot) -> (usize, usize) {
        (self.rank.get(usize::from(at.file)).copied().unwrap_or(usize::MAX), at.start)
    }

    fn sort(&self, raw: &mut Raw) {
        raw.codes.sort_by_key(|entry| self.key(entry.id.at));
        raw.parameters.sort_by_key(|entry| self.key(entry.id.at));
        raw.ledgers.sort_by_key(|entry| self.key(entry.id.at));
        raw.requirements.sort_by_key(|entry| self.key(entry.id.at));
        raw.figures.sort_by_key(|entry| self.key(entry.id.at));
        raw.passages.sort_by_key(|entry| (self.mechanism(entry.at), entry.order, self.key(entry.at)));
        raw.processes.sort_by_key(|entry| self.key(entry.id.at));
        raw.roles.sort_by_key(|entry| self.key(entry.id.at));
        raw.sheets.sort_by_key(|entry| self.key(entry.id.at));
        raw.stories.sort_by_key(|entry| self.key(entry.id.at));
    }
}

/// Notes that an id is taken, at the second place; or that a county would change an entry.
pub(crate) fn taken(
    bench: &Bench<'_>,
    what: (&str, &str),
    id: &crate::parse::reader::Word,
    first: source::Spot,
    of_county: bool,
) {
    if of_county && first.file != id.at.file {
        bench.fault(Code::CountyChanges, id.at, &[what_owned(what), id.value.as_str().into()]);
        return;
    }
    let origin = source::origin(bench.sources, first);
    let args = [what_owned(what), id.value.as_str().into(), format!("{}:{}", origin.file, origin.line).into()];
    bench.fault(Code::Duplicate, id.at, &args);
}

fn what_owned((zh, en): (&str, &str)) -> crate::fault::Arg {
    crate::model::Text { zh: zh.to_owned(), en: en.to_owned() }.into()
}
