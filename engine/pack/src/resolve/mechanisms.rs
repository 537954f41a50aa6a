//! Mechanisms, code lists, parameters and the county's profile.

use std::collections::HashMap;

use super::{Places, ix, taken};
use crate::codes::Code;
use crate::fault::{Bench, nearest};
use crate::model::{CodeList, CodeListIx, CodeValue, County, Mechanism, MechanismIx, Pack, ParameterIx, Spoken};
use crate::parse::entries::range_words;
use crate::parse::raw::{Raw, RawCodes, RawCounty, RawMechanism, RawParameter};
use crate::parse::reader::{Said, Word};
use crate::source::{Spot, origin};

/// Orders the mechanisms, and says which file belongs to which.
pub(crate) fn resolve(bench: &Bench<'_>, raw: &mut Raw, pack: &mut Pack) -> Places {
    let folder = |file: u16| bench.sources.get(usize::from(file)).and_then(|source| source.mechanism.as_deref());
    raw.mechanisms.sort_by_key(|mechanism| (mechanism.order, folder(mechanism.at.file).map(str::to_owned)));
    let mut of_folder: HashMap<&str, (MechanismIx, Spot)> = HashMap::new();
    let mut of_id: HashMap<&str, Spot> = HashMap::new();
    for entry in &raw.mechanisms {
        let Some(name) = folder(entry.at.file) else { continue };
        if let Some((_, first)) = of_folder.get(name) {
            taken(bench, ("机制", "mechanism"), &Word { value: name.to_owned(), at: entry.at }, *first, false);
            continue;
        }
        if let Some(first) = of_id.insert(&entry.id.value, entry.id.at) {
            taken(bench, ("机制", "mechanism"), &entry.id, first, false);
        }
        let position = MechanismIx(ix(pack.mechanisms.len()));
        of_folder.insert(name, (position, entry.at));
        pack.index.mechanisms.insert(entry.id.value.clone(), position);
        pack.mechanisms.push(Mechanism {
            id: entry.id.value.clone(),
            order: entry.order,
            title: entry.title.clone(),
            promise: entry.promise.clone(),
            office: entry.office.clone(),
            headline: None,
            origin: origin(bench.sources, entry.at),
        });
    }
    report_missing(bench, &of_folder);
    places(bench, &of_folder)
}

fn report_missing(bench: &Bench<'_>, of_folder: &HashMap<&str, (MechanismIx, Spot)>) {
    let mut seen: Vec<&str> = of_folder.keys().copied().collect();
    // A folder with a file that could not be read may well have its mechanism there.
    if bench.has(Code::NotToml) {
        return;
    }
    for (file, source) in bench.sources.iter().enumerate() {
        if let Some(name) = source.mechanism.as_deref()
            && !seen.contains(&name)
        {
            seen.push(name);
            bench.fault(Code::NoMechanism, Spot { file: ix(file), start: 0, end: 0 }, &[name.into()]);
        }
    }
    if seen.is_empty() {
        bench.fault(Code::NoMechanism, Spot::default(), &["—".into()]);
    }
}

fn places(bench: &Bench<'_>, of_folder: &HashMap<&str, (MechanismIx, Spot)>) -> Places {
    let of_file: Vec<Option<MechanismIx>> = bench
        .sources
        .iter()
        .map(|source| source.mechanism.as_deref().and_then(|name| of_folder.get(name)).map(|(mechanism, _)| *mechanism))
        .collect();
    let mut order: Vec<usize> = (0..of_file.len()).collect();
    order.sort_by_key(|file| {
        let source = &bench.sources[*file];
        (source.mechanism.is_none(), of_file[*file], source.path.clone())
    });
    let mut rank = vec![0; order.len()];
    for (place, file) in order.into_iter().enumerate() {
        rank[file] = place;
    }
    Places { of_file, rank }
}

/// Sets each mechanism's headline.
pub(crate) fn headlines(bench: &Bench<'_>, raw: &[RawMechanism], pack: &mut Pack) {
    for entry in raw {
        let Some(word) = &entry.headline else { continue };
        let found = super::Scope { bench, pack }.requirement(word);
        if let Some(mechanism) = pack.mechanisms.iter_mut().find(|mechanism| mechanism.id == entry.id.value) {
            mechanism.headline = found;
        }
    }
}

/// Code lists in order of id.
pub(crate) fn codes(bench: &Bench<'_>, raw: &[RawCodes], pack: &mut Pack) {
    let mut first: HashMap<&str, (usize, Spot)> = HashMap::new();
    let mut lists: Vec<CodeList> = Vec::new();
    for entry in raw {
        let values = entry.values.iter().map(|(code, title, aliases)| CodeValue {
            code: code.value.clone(),
            title: title.clone(),
            aliases: aliases.clone(),
        });
        match first.get(entry.id.value.as_str()) {
            Some((position, spot)) if entry.of_county && entry.title.is_none() && spot.file != entry.id.at.file => {
                extend(bench, entry, &mut lists[*position]);
            }
            Some((_, spot)) => taken(bench, ("代码表", "code list"), &entry.id, *spot, entry.of_county),
            None => {
                if entry.title.is_none() {
                    bench.fault(Code::MissingKey, entry.id.at, &[("代码表", "the code list").into(), "title".into()]);
                }
                first.insert(&entry.id.value, (lists.len(), entry.id.at));
                lists.push(CodeList {
                    id: entry.id.value.clone(),
                    title: entry.title.clone().unwrap_or_default(),
                    standard: entry.standard.clone(),
                    values: values.collect(),
                    spoken: Spoken::default(),
                    origin: origin(bench.sources, entry.id.at),
                });
            }
        }
    }
    lists.sort_by(|a, b| a.id.cmp(&b.id));
    pack.index.codes = lists.iter().enumerate().map(|(at, list)| (list.id.clone(), CodeListIx(ix(at)))).collect();
    pack.codes = lists;
}

fn extend(bench: &Bench<'_>, entry: &RawCodes, list: &mut CodeList) {
    for (code, title, aliases) in &entry.values {
        if list.position(&code.value).is_some() {
            bench.fault(
                Code::CountyChanges,
                code.at,
                &[("代码", "the code").into(), format!("{}.{}", list.id, code.value).into()],
            );
        } else {
            list.values.push(CodeValue { code: code.value.clone(), title: title.clone(), aliases: aliases.clone() });
        }
    }
}

/// Parameters, with the county's values put in.
pub(crate) fn parameters(bench: &Bench<'_>, raw: Vec<RawParameter>, settings: &[(Word, Said<i64>)], pack: &mut Pack) {
    let mut first: HashMap<String, Spot> = HashMap::new();
    for entry in raw {
        if let Some(spot) = first.get(&entry.id.value) {
            let of_county =
                bench.sources.get(usize::from(entry.id.at.file)).is_some_and(|source| source.mechanism.is_none());
            taken(bench, ("参数", "parameter"), &entry.id, *spot, of_county);
            continue;
        }
        first.insert(entry.id.value.clone(), entry.id.at);
        pack.index.parameters.insert(entry.id.value, ParameterIx(ix(pack.parameters.len())));
        pack.parameters.push(entry.parameter);
    }
    for (name, value) in settings {
        let Some(parameter) = pack.parameters.iter_mut().find(|parameter| parameter.id == name.value) else {
            let near = nearest(&name.value, pack.parameters.iter().map(|parameter| parameter.id.as_str()));
            bench.fault(
                Code::UnknownName,
                name.at,
                &[("参数", "parameter").into(), name.value.as_str().into(), near.into()],
            );
            continue;
        };
        if parameter.min.is_some_and(|min| value.value < min) || parameter.max.is_some_and(|max| value.value > max) {
            let range = range_words(parameter.min, parameter.max);
            bench.fault(
                Code::OutOfRange,
                value.at,
                &[name.value.as_str().into(), value.value.to_string().into(), range.into()],
            );
        } else {
            parameter.value = value.value;
        }
    }
}

/// The county's profile; one at most.
pub(crate) fn county(bench: &Bench<'_>, raw: &[RawCounty], pack: &mut Pack) {
    for (position, entry) in raw.iter().enumerate() {
        if position > 0 {
            let word = Word { value: entry.code.clone(), at: entry.at };
            taken(bench, ("县", "county"), &word, raw[0].at, false);
            continue;
        }
        pack.county = Some(County {
            code: entry.code.clone(),
            name: entry.name.clone(),
            clock: entry.clock,
            gaps_from: entry.gaps_from,
            divisions: entry.divisions.clone(),
            origin: origin(bench.sources, entry.at),
        });
    }
}
