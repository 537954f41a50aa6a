//! From TOML to raw entries: shapes and types are checked here, names are not.

pub(crate) mod entries;
pub(crate) mod laws;
pub(crate) mod node;
pub(crate) mod raw;
pub(crate) mod reader;
pub(crate) mod rules;
pub(crate) mod sheets;
pub(crate) mod work;

use crate::codes::Code;
use crate::fault::Bench;
use raw::Raw;
use reader::Reader;

const COUNTY_ONLY: [&str; 2] = ["county", "parameters"];

/// Reads all files; faults go to the bench.
pub(crate) fn parse(bench: &Bench<'_>) -> Raw {
    let mut raw = Raw::default();
    for (ix, source) in bench.sources.iter().enumerate() {
        let file = u16::try_from(ix).unwrap_or(u16::MAX);
        let Some(node) = node::parse(bench, file, &source.text) else { continue };
        let Some(top) = Reader::of(bench, &node, ("文件", "the file"), node.at) else { continue };
        read_file(&top, source.mechanism.is_none(), &mut raw);
        top.done();
    }
    raw
}

fn read_file(top: &Reader<'_>, of_county: bool, raw: &mut Raw) {
    if of_county {
        if let Some(at) = top.key_at("mechanism") {
            top.bench.fault(Code::WrongPlace, at, &["mechanism".into()]);
        }
        raw.county.extend(work::county(top));
        raw.settings.extend(work::settings(top));
    } else {
        for key in COUNTY_ONLY {
            if let Some(at) = top.key_at(key) {
                top.bench.fault(Code::WrongPlace, at, &[key.into()]);
            }
        }
        raw.mechanisms.extend(entries::mechanism(top));
    }
    entries::codes(top, of_county, &mut raw.codes);
    entries::parameters(top, &mut raw.parameters);
    entries::ledgers(top, of_county, &mut raw.ledgers);
    rules::requirements(top, of_county, &mut raw.requirements);
    rules::figures(top, of_county, &mut raw.figures);
    rules::passages(top, &mut raw.passages);
    work::processes(top, &mut raw.processes);
    work::roles(top, &mut raw.roles);
    sheets::sheets(top, of_county, &mut raw.sheets);
    work::stories(top, &mut raw.stories);
}
