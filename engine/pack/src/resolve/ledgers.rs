//! Ledgers: merged with the county's fields, owners before owned, fields typed, periods and labels checked.

use std::collections::HashMap;

use super::{Places, Scope, alike, condition, doubtful, headings, ix, shares, taken};
use crate::codes::Code;
use crate::fault::{Bench, meant, nearest};
use crate::model::{
    Agrees, CodeListIx, DateBound, Exactly, Field, FieldIx, Kind, LabelPart, Ledger, LedgerIx, MechanismIx, Owner,
    Pack, Period, Text, Unique,
};
use crate::parse::raw::{RawField, RawKind, RawLabel, RawLedger};
use crate::parse::reader::Word;
use crate::source::{Spot, origin};

/// The ledger that every pack has.
pub(crate) const EXEMPTION: &str = "exemption";

/// What the county adds.
pub(crate) struct Added {
    /// Ledgers of its own, but those whose owner there is not.
    pub ledgers: Vec<Word>,
    /// Fields, each with its ledger.
    pub fields: Vec<(Word, Word)>,
}

impl Added {
    fn of(merged: &[RawLedger]) -> Self {
        let known = |of: &Word| of.value == EXEMPTION || merged.iter().any(|ledger| ledger.id.value == of.value);
        let own = merged.iter().filter(|ledger| ledger.of_county && ledger.of.as_ref().is_none_or(known));
        let fields = |ledger: &RawLedger| {
            let added = ledger.fields.iter().filter(|field| is_of_county(field, ledger));
            added.map(|field| (ledger.id.clone(), field.id.clone())).collect::<Vec<_>>()
        };
        Self {
            ledgers: own.map(|ledger| ledger.id.clone()).collect(),
            fields: merged.iter().flat_map(fields).collect(),
        }
    }
}

/// Resolves all ledgers, and adds the built-in one; gives what is the county's.
pub(crate) fn resolve(bench: &Bench<'_>, places: &Places, raw: Vec<RawLedger>, pack: &mut Pack) -> Added {
    let mut merged = merge(bench, raw);
    mean_owners(bench, &mut merged);
    let order = owners_first(bench, &merged);
    let ordered: Vec<&RawLedger> = order.iter().map(|position| &merged[*position]).collect();
    pack.index.ledgers =
        ordered.iter().enumerate().map(|(at, entry)| (entry.id.value.clone(), LedgerIx(ix(at)))).collect();
    pack.index.ledgers.insert(EXEMPTION.to_owned(), LedgerIx(ix(ordered.len())));
    let built: Vec<Ledger> = {
        let scope = Scope { bench, pack };
        ordered.iter().map(|entry| build(&scope, places, entry, &ordered)).collect()
    };
    pack.ledgers = built;
    pack.ledgers.push(exemption());
    let named: Vec<(Vec<LabelPart>, Vec<Unique>, Vec<Exactly>)> = {
        let scope = Scope { bench, pack };
        ordered
            .iter()
            .zip(pack.ledger_ixs())
            .map(|(entry, at)| (labels(&scope, at, entry), uniques(&scope, at, entry), exactly(&scope, at, entry)))
            .collect()
    };
    for (ledger, (label, unique, exactly)) in pack.ledgers.iter_mut().zip(named) {
        (ledger.label, ledger.unique, ledger.exactly) = (label, unique, exactly);
    }
    let rules: Vec<_> = {
        let scope = Scope { bench, pack };
        let of = |(entry, at): (&&RawLedger, LedgerIx)| {
            let shares = shares::resolve(&scope, at, &entry.fields);
            (alike::resolve(&scope, at, &entry.alike), doubtful::resolve(&scope, at, &entry.doubtful), shares)
        };
        ordered.iter().zip(pack.ledger_ixs()).map(of).collect()
    };
    for (ledger, (alike, doubtful, shares)) in pack.ledgers.iter_mut().zip(rules) {
        (ledger.alike, ledger.doubtful) = (alike, doubtful);
        for (reference, shares) in shares {
            ledger.fields[usize::from(reference.0)].shares = shares;
        }
    }
    Added::of(&merged)
}

/// Notes owners that there are not, and goes on with those that are probably meant: what would follow from the fault is none of its own.
fn mean_owners(bench: &Bench<'_>, ledgers: &mut [RawLedger]) {
    let ids: Vec<String> = ledgers.iter().map(|ledger| ledger.id.value.clone()).collect();
    let known = || ids.iter().map(String::as_str).chain([EXEMPTION]);
    for ledger in ledgers {
        let Some(of) = ledger.of.as_mut().filter(|of| !known().any(|id| id == of.value)) else { continue };
        if let Some(near) = meant(&of.value, known().filter(|id| *id != ledger.id.value)) {
            let args = [("台账", "ledger").into(), of.value.as_str().into(), format!("`{near}`").into()];
            bench.fault(Code::UnknownName, of.at, &args);
            near.clone_into(&mut of.value);
        }
    }
}

fn merge(bench: &Bench<'_>, raw: Vec<RawLedger>) -> Vec<RawLedger> {
    let mut merged: Vec<RawLedger> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for entry in raw {
        if entry.id.value == EXEMPTION {
            bench.fault(Code::BuiltIn, entry.id.at, &[EXEMPTION.into()]);
            continue;
        }
        let changed = entry.of_county && at.get(&entry.id.value).is_some_and(|at| !merged[*at].of_county);
        if !changed || entry.described.is_none() {
            for key in &entry.lacks {
                bench.fault(Code::MissingKey, entry.id.at, &[("台账", "the ledger").into(), (*key).into()]);
            }
        }
        match at.get(&entry.id.value) {
            Some(position) if changed => extend(bench, entry, &mut merged[*position]),
            Some(position) => taken(bench, ("台账", "ledger"), &entry.id, merged[*position].id.at, false),
            None if entry.title.is_none() => {
                let near = nearest(&entry.id.value, merged.iter().map(|ledger| ledger.id.value.as_str()));
                bench.fault(
                    Code::UnknownName,
                    entry.id.at,
                    &[("台账", "ledger").into(), entry.id.value.as_str().into(), near.into()],
                );
            }
            None => {
                at.insert(entry.id.value.clone(), merged.len());
                merged.push(entry);
            }
        }
    }
    merged
}

fn extend(bench: &Bench<'_>, added: RawLedger, ledger: &mut RawLedger) {
    if let Some(spot) = added.described {
        bench.fault(Code::CountyChanges, spot, &[("台账", "the ledger").into(), added.id.value.as_str().into()]);
    }
    for field in added.fields {
        let owned = ledger.of.as_ref().is_some_and(|of| of.value == field.id.value);
        if owned || ledger.fields.iter().any(|known| known.id.value == field.id.value) {
            let name = format!("{}.{}", ledger.id.value, field.id.value);
            bench.fault(Code::CountyChanges, field.id.at, &[("字段", "the field").into(), name.into()]);
        } else {
            ledger.fields.push(field);
        }
    }
}

/// Positions in an order where each owner stands before what it owns; a circle is a fault.
fn owners_first(bench: &Bench<'_>, ledgers: &[RawLedger]) -> Vec<usize> {
    let at: HashMap<&str, usize> =
        ledgers.iter().enumerate().map(|(at, ledger)| (ledger.id.value.as_str(), at)).collect();
    let owner = |position: usize| ledgers[position].of.as_ref().and_then(|of| at.get(of.value.as_str()).copied());
    let mut placed = vec![false; ledgers.len()];
    let mut order = Vec::with_capacity(ledgers.len());
    for start in 0..ledgers.len() {
        let mut chain = Vec::new();
        let mut next = Some(start);
        while let Some(position) = next.filter(|position| !placed[*position]) {
            if let Some(begin) = chain.iter().position(|known| *known == position) {
                report_circle(bench, ledgers, &chain[begin..]);
                break;
            }
            chain.push(position);
            next = owner(position);
        }
        for position in chain.into_iter().rev() {
            placed[position] = true;
            order.push(position);
        }
    }
    order
}

fn report_circle(bench: &Bench<'_>, ledgers: &[RawLedger], circle: &[usize]) {
    let names: Vec<&str> = circle.iter().chain(circle.first()).map(|at| ledgers[*at].id.value.as_str()).collect();
    // Told at the last written `of`, where the circle was closed.
    let at =
        circle.iter().filter_map(|at| ledgers[*at].of.as_ref()).map(|of| of.at).max_by_key(|at| (at.file, at.start));
    bench.fault(Code::OwnerCycle, at.unwrap_or_default(), &[names.join(" → ").into()]);
}

fn build(scope: &Scope<'_>, places: &Places, entry: &RawLedger, all: &[&RawLedger]) -> Ledger {
    let sources = scope.bench.sources;
    let home = entry.mechanism.as_ref().and_then(|word| mechanism(scope, word));
    let owner = entry.of.as_ref().and_then(|of| scope.ledger(of).map(|ledger| (of, ledger)));
    let mut written: Vec<&RawField> = entry.fields.iter().collect();
    let mut fields = Vec::new();
    if let Some((of, to)) = owner {
        let declared = written.iter().position(|field| field.id.value == of.value).map(|at| written.remove(at));
        if let Some(field) = declared {
            let fits = matches!(&field.kind, RawKind::Ref(target) if target.value == of.value) && field.required;
            if !fits {
                scope.bench.fault(Code::BadOwnerField, field.id.at, &[of.value.as_str().into()]);
            }
        }
        let title = declared.map_or_else(|| title_of(all, &of.value), |field| field.title.clone());
        headings::of_ledger(scope.bench, entry, declared.is_none().then_some((of.value.as_str(), &title)));
        let mut field = plain(&of.value, title, Kind::Ref { to }, true);
        field.origin = origin(sources, declared.map_or(of.at, |field| field.id.at));
        field.aliases = declared.map(|field| field.aliases.clone()).unwrap_or_default();
        field.search = declared.is_some_and(|field| field.search);
        field.sensitive = declared.and_then(|field| field.sensitive);
        fields.push(field);
    } else {
        headings::of_ledger(scope.bench, entry, None);
    }
    fields.extend(written.iter().map(|raw| field(scope, raw, entry)));
    for (raw, offset) in written.iter().zip(fields.len() - written.len()..) {
        date_bounds(scope.bench, raw, offset, &mut fields);
        agrees(scope, raw, offset, &mut fields);
    }
    Ledger {
        id: entry.id.value.clone(),
        title: entry.title.clone().unwrap_or_default(),
        mechanism: home.unwrap_or_else(|| places.mechanism(entry.id.at)),
        rows: entry.rows.clone(),
        of: owner.map(|(_, ledger)| Owner { ledger, field: FieldIx(0) }),
        period: period(scope.bench, entry, &fields),
        area: area(scope.bench, entry, &fields),
        born: born(scope.bench, entry, &fields),
        label: Vec::new(),
        unique: Vec::new(),
        exactly: Vec::new(),
        alike: Vec::new(),
        doubtful: Vec::new(),
        of_county: entry.of_county,
        origin: origin(sources, entry.id.at),
        fields,
    }
}

/// The mechanism that a county's entry names.
pub(crate) fn mechanism(scope: &Scope<'_>, word: &Word) -> Option<MechanismIx> {
    let found = scope.pack.index.mechanisms.get(&word.value).copied();
    if found.is_none() {
        scope.unknown(("机制", "mechanism"), &word.value, word.at, scope.pack.mechanisms.iter().map(|m| m.id.as_str()));
    }
    found
}

fn title_of(all: &[&RawLedger], id: &str) -> Text {
    all.iter().find(|ledger| ledger.id.value == id).and_then(|ledger| ledger.title.clone()).unwrap_or_default()
}

/// A field without options.
fn plain(id: &str, title: Text, kind: Kind, required: bool) -> Field {
    Field {
        id: id.to_owned(),
        title,
        kind,
        required,
        sensitive: None,
        search: false,
        aliases: Vec::new(),
        example: Vec::new(),
        agrees: None,
        shares: Vec::new(),
        of_county: false,
        origin: crate::model::Origin::default(),
    }
}

fn field(scope: &Scope<'_>, raw: &RawField, ledger: &RawLedger) -> Field {
    Field { of_county: is_of_county(raw, ledger), ..typed(scope, raw) }
}

/// A field of a county's ledger, or one that stands in another file than its ledger.
fn is_of_county(field: &RawField, ledger: &RawLedger) -> bool {
    ledger.of_county || field.id.at.file != ledger.id.at.file
}

/// A field with its names looked up; date bounds are put in later.
pub(crate) fn typed(scope: &Scope<'_>, raw: &RawField) -> Field {
    let kind = match &raw.kind {
        RawKind::Plain(kind) => kind.clone(),
        RawKind::Date { .. } => Kind::Date { not_after: None, not_before: None },
        RawKind::Code(list) => Kind::Code { list: scope.codes(list).unwrap_or(CodeListIx(u16::MAX)) },
        RawKind::Ref(to) => match scope.ledger(to) {
            Some(to) => Kind::Ref { to },
            // The fault is noted; a kind that hops nowhere keeps the later stages quiet.
            None => Kind::Subject,
        },
        RawKind::Area(level) => Kind::Area { level: *level },
    };
    Field {
        sensitive: raw.sensitive,
        search: raw.search,
        aliases: raw.aliases.clone(),
        example: examples(scope, raw, &kind),
        origin: origin(scope.bench.sources, raw.id.at),
        ..plain(&raw.id.value, raw.title.clone(), kind, raw.required)
    }
}

/// What the sample rows of a template hold: two, and codes that the list has.
fn examples(scope: &Scope<'_>, raw: &RawField, kind: &Kind) -> Vec<String> {
    let wrong = |word: &Word, why: (&str, &str)| {
        let at = [raw.id.value.as_str().into(), word.value.as_str().into(), why.into()];
        scope.bench.fault(Code::BadExample, word.at, &at);
    };
    match raw.example.as_slice() {
        [] | [_, _] => {}
        [first, ..] => wrong(first, ("要恰好两个，一行一个", "two are needed, one for each row")),
    }
    if let Kind::Code { list } = kind
        && let Some(list) = scope.pack.codes.get(usize::from(list.0))
    {
        let unknown = |word: &&Word| !list.values.iter().any(|value| value.code == word.value);
        for word in raw.example.iter().filter(unknown) {
            wrong(word, ("代码表中没有它", "the code list does not have it"));
        }
    }
    raw.example.iter().map(|word| word.value.clone()).collect()
}

/// Puts the bounds of a date field in.
pub(crate) fn date_bounds(bench: &Bench<'_>, raw: &RawField, at: usize, fields: &mut [Field]) {
    let RawKind::Date { not_after, not_before } = &raw.kind else { return };
    let bound = |word: &Option<Word>| {
        let word = word.as_ref()?;
        if word.value == "today" {
            return Some(DateBound::Today);
        }
        let dates =
            fields.iter().enumerate().filter(|(other, field)| *other != at && matches!(field.kind, Kind::Date { .. }));
        let found = dates
            .clone()
            .find(|(_, field)| field.id == word.value)
            .map(|(other, _)| DateBound::Field(FieldIx(ix(other))));
        if found.is_none() {
            let near = nearest(&word.value, dates.map(|(_, field)| field.id.as_str()).chain(["today"]));
            bench.fault(Code::BadDateBound, word.at, &[word.value.as_str().into(), near.into()]);
        }
        found
    };
    let kind = Kind::Date { not_after: bound(not_after), not_before: bound(not_before) };
    fields[at].kind = kind;
}

/// Puts in which fields an ID number agrees with.
fn agrees(scope: &Scope<'_>, raw: &RawField, at: usize, fields: &mut [Field]) {
    let Some(written) = &raw.agrees else { return };
    let wrong = |spot, name: &str, why: (&str, &str)| {
        scope.bench.fault(Code::BadAgrees, spot, &[name.into(), why.into()]);
    };
    if !matches!(fields[at].kind, Kind::IdNumber) {
        wrong(written.at, &raw.id.value, ("不是身份证号字段", "it is no id_number field"));
        return;
    }
    let find = |word: &Option<Word>, fits: &dyn Fn(&Kind) -> bool| {
        let word = word.as_ref()?;
        let found = fields.iter().position(|field| field.id == word.value);
        match found {
            None => wrong(word.at, &word.value, ("没有这个字段", "there is no such field")),
            Some(at) if !fits(&fields[at].kind) => wrong(word.at, &word.value, ("类型不对", "it has the wrong kind")),
            Some(at) => return Some(FieldIx(ix(at))),
        }
        None
    };
    let is_sex = |kind: &Kind| match kind {
        Kind::Code { list } => scope
            .pack
            .codes
            .get(usize::from(list.0))
            .is_none_or(|list| ["1", "2"].iter().all(|code| list.position(code).is_some())),
        _ => false,
    };
    let agrees = Agrees {
        birth: find(&written.birth, &|kind| matches!(kind, Kind::Date { .. })),
        sex: find(&written.sex, &is_sex),
    };
    fields[at].agrees = Some(agrees);
}

fn local(bench: &Bench<'_>, ledger: &RawLedger, fields: &[Field], word: &Word) -> Option<FieldIx> {
    let found = fields.iter().position(|field| field.id == word.value).map(|at| FieldIx(ix(at)));
    if found.is_none() {
        let near = nearest(&word.value, fields.iter().map(|field| field.id.as_str()));
        bench.fault(
            Code::UnknownField,
            word.at,
            &[ledger.id.value.as_str().into(), word.value.as_str().into(), near.into()],
        );
    }
    found
}

fn period(bench: &Bench<'_>, ledger: &RawLedger, fields: &[Field]) -> Option<Period> {
    let first = ledger.period.first()?;
    for word in ledger.period.iter().skip(2) {
        bench.fault(Code::BadPeriod, word.at, &[word.value.as_str().into()]);
    }
    let day = |word: &Word, must: bool| {
        let at = local(bench, ledger, fields, word)?;
        let field = &fields[usize::from(at.0)];
        if !matches!(field.kind, Kind::Date { .. }) || (must && !field.required) {
            bench.fault(Code::BadPeriod, word.at, &[word.value.as_str().into()]);
        }
        Some(at)
    };
    let start = day(first, true);
    let end = ledger.period.get(1).map(|word| day(word, false));
    Some(Period { start: start?, end: end.flatten() })
}

fn area(bench: &Bench<'_>, ledger: &RawLedger, fields: &[Field]) -> Option<FieldIx> {
    let word = ledger.area.as_ref()?;
    let at = local(bench, ledger, fields, word)?;
    let field = &fields[usize::from(at.0)];
    if !matches!(field.kind, Kind::Area { .. }) || !field.required {
        bench.fault(Code::BadArea, word.at, &[word.value.as_str().into()]);
    }
    Some(at)
}

fn born(bench: &Bench<'_>, ledger: &RawLedger, fields: &[Field]) -> Option<FieldIx> {
    let word = ledger.born.as_ref()?;
    let at = local(bench, ledger, fields, word)?;
    if !matches!(fields[usize::from(at.0)].kind, Kind::Date { .. }) {
        bench.fault(Code::BadBorn, word.at, &[word.value.as_str().into()]);
    }
    Some(at)
}

fn labels(scope: &Scope<'_>, at: LedgerIx, entry: &RawLedger) -> Vec<LabelPart> {
    let part = |raw: &RawLabel| match raw {
        RawLabel::Field(word) => scope.field(at, word).map(LabelPart::Field),
        RawLabel::Owned { of, predicate, show } => {
            let ledger = owned(scope, at, of)?;
            let predicate = condition::compile(scope, ledger, predicate);
            let show = scope.field(ledger, show);
            Some(LabelPart::Owned { of: ledger, predicate: predicate?, show: show? })
        }
    };
    entry.label.iter().filter_map(part).collect()
}

/// A ledger whose records belong to those of another.
fn owned(scope: &Scope<'_>, owner: LedgerIx, of: &Word) -> Option<LedgerIx> {
    let ledger = scope.ledger(of)?;
    if scope.owner(ledger).is_none_or(|step| step.to != owner) {
        let id = &scope.pack.ledger(owner).id;
        scope.bench.fault(Code::NoJoin, of.at, &[of.value.as_str().into(), id.into(), scope.references(ledger).into()]);
    }
    Some(ledger)
}

fn exactly(scope: &Scope<'_>, at: LedgerIx, entry: &RawLedger) -> Vec<Exactly> {
    let one = |raw: &crate::parse::raw::RawExactly| {
        let of = owned(scope, at, &raw.of)?;
        Some(Exactly {
            number: raw.number,
            of,
            predicate: raw.predicate.as_ref().and_then(|word| condition::compile(scope, of, word)),
            during: raw.during.as_ref().and_then(|word| condition::compile(scope, at, word)),
            says: raw.says.clone(),
        })
    };
    entry.exactly.iter().filter_map(one).collect()
}

fn uniques(scope: &Scope<'_>, at: LedgerIx, entry: &RawLedger) -> Vec<Unique> {
    let set = |raw: &crate::parse::raw::RawUnique| Unique {
        fields: raw.fields.iter().filter_map(|word| scope.field(at, word)).collect(),
        predicate: raw.predicate.as_ref().and_then(|word| condition::compile(scope, at, word)),
        says: raw.says.clone(),
    };
    entry.unique.iter().map(set).collect()
}

fn exemption() -> Ledger {
    let text = |zh: &str, en: &str| Text { zh: zh.to_owned(), en: en.to_owned() };
    let day = |not_before| Kind::Date { not_after: None, not_before };
    let fields = vec![
        plain("requirement", text("需求", "Requirement"), Kind::Text { max: 48 }, true),
        plain("subject", text("对象", "Subject"), Kind::Subject, true),
        plain("reason", text("理由", "Reason"), Kind::Text { max: 500 }, true),
        plain("approver", text("批准人", "Approver"), Kind::Text { max: 50 }, true),
        plain("starts_on", text("开始日期", "Starts on"), day(None), true),
        plain("ends_on", text("结束日期", "Ends on"), day(Some(DateBound::Field(FieldIx(4)))), true),
    ];
    Ledger {
        id: EXEMPTION.to_owned(),
        title: text("免除", "Exemption"),
        mechanism: MechanismIx(0),
        rows: vec!["N9".to_owned()],
        of: None,
        period: Some(Period { start: FieldIx(4), end: Some(FieldIx(5)) }),
        area: None,
        born: None,
        label: vec![LabelPart::Field(FieldIx(2)), LabelPart::Field(FieldIx(4))],
        unique: Vec::new(),
        exactly: Vec::new(),
        alike: Vec::new(),
        doubtful: Vec::new(),
        fields,
        of_county: false,
        origin: crate::model::Origin::default(),
    }
}

/// Where an entry's mechanism is: named by a county, else the file's.
pub(crate) fn home(scope: &Scope<'_>, places: &Places, named: Option<&Word>, at: Spot) -> MechanismIx {
    named.and_then(|word| mechanism(scope, word)).unwrap_or_else(|| places.mechanism(at))
}
