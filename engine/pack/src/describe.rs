//! Rules in words, in both languages: what a page shows as the rule.

use crate::model::{
    Alike, Bound, Clause, Figure, FigureIx, Join, LabelPart, LedgerIx, Measure, NamedPeriod, Pack, RequirementIx, Rule,
    Text, Unique, When,
};
use crate::predicate::{Place, Predicate};
use crate::words::{condition, sql};

/// A condition as SQL-like text with field ids; stable, for comparing and for the reference.
pub fn predicate_as_sql(pack: &Pack, ledger: LedgerIx, predicate: &Predicate) -> String {
    sql(pack, ledger, predicate)
}

/// A condition on a ledger's records in words.
pub fn predicate_in_words(pack: &Pack, ledger: LedgerIx, predicate: &Predicate) -> Text {
    condition(pack, ledger, predicate)
}

/// What a label shows, by ids.
pub(crate) fn label_words(pack: &Pack, ix: LedgerIx) -> String {
    let ledger = pack.ledger(ix);
    let part = |part: &LabelPart| match part {
        LabelPart::Field(field) => ledger.field(*field).id.clone(),
        LabelPart::Owned { of, predicate, show } => {
            let owned = pack.ledger(*of);
            format!("{}.{} where {}", owned.id, owned.field(*show).id, sql(pack, *of, predicate))
        }
    };
    ledger.label.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// What each record of a ledger owns exactly one of, or none, as it is written.
pub(crate) fn exactly_words(pack: &Pack, ix: LedgerIx) -> Vec<String> {
    let condition = |key, of, predicate: &Option<crate::predicate::Predicate>| match predicate {
        Some(predicate) => format!(" {key} {}", sql(pack, of, predicate)),
        None => String::new(),
    };
    let one = |one: &crate::model::Exactly| {
        let (which, during) = (condition("where", one.of, &one.predicate), condition("while", ix, &one.during));
        let none = if one.number == 0 { "none of " } else { "" };
        format!("{none}{}{which}{during}", pack.ledger(one.of).id)
    };
    pack.ledger(ix).exactly.iter().map(one).collect()
}

/// In what the records of a ledger agree with those that they name, as it is written.
pub(crate) fn shares_words(pack: &Pack, ix: LedgerIx) -> Vec<String> {
    let ledger = pack.ledger(ix);
    let one = |field: &crate::model::Field| {
        let names = field.shares.iter().map(|shared| ledger.field(shared.here).id.as_str());
        format!("{}: {}", field.id, names.collect::<Vec<_>>().join(", "))
    };
    ledger.fields.iter().filter(|field| !field.shares.is_empty()).map(one).collect()
}

/// By what two records of a ledger are likely to be of one and the same, in words.
pub fn alike_in_words(pack: &Pack, ix: LedgerIx, alike: &Alike) -> Text {
    let title = |place: &Place| {
        let end = place.path.last().map_or(ix, |step| step.to);
        &pack.ledger(end).field(place.field).title
    };
    let titles: Vec<&Text> = alike.same.iter().map(title).collect();
    let zh: Vec<&str> = titles.iter().map(|title| title.zh.as_str()).collect();
    let en: Vec<String> = titles.iter().map(|title| lower(&title.en)).collect();
    let (zh, en) = (format!("{}相同", zh.join("、")), format!("same {}", en.join(" and ")));
    match alike.sounds.map(|field| &pack.ledger(ix).field(field).title) {
        None => Text { zh, en },
        Some(title) => {
            Text { zh: format!("{}同音，{zh}", title.zh), en: format!("{} sounds alike, {en}", lower(&title.en)) }
        }
    }
}

/// A condition of more characters than this makes no short sentence.
const SHORT: usize = 40;

/// What may exist once, where that is so only of records that satisfy something which can be said shortly.
pub fn unique_in_words(pack: &Pack, ix: LedgerIx, unique: &Unique) -> Option<Text> {
    let which = condition(pack, ix, unique.predicate.as_ref()?);
    if which.zh.chars().count() > SHORT {
        return None;
    }
    let titles: Vec<&Text> = unique.fields.iter().map(|field| &pack.ledger(ix).field(*field).title).collect();
    let zh: Vec<&str> = titles.iter().map(|title| title.zh.as_str()).collect();
    let en: Vec<String> = titles.iter().map(|title| lower(&title.en)).collect();
    Some(Text {
        zh: format!("同一{}只能有一条“{}”的记录", zh.join("、"), which.zh),
        en: format!("there may be only one record of the same {} where {}", en.join(" and "), which.en),
    })
}

/// A requirement's rule in words: who it is for, what they need, by when a gap must be closed.
pub fn requirement_in_words(pack: &Pack, ix: RequirementIx) -> Text {
    let requirement = pack.requirement(ix);
    let who = subject(pack, requirement.each, requirement.predicate.as_ref(), &requirement.having);
    let what = match &requirement.rule {
        Rule::Needs(needs) => {
            let words = clause_in_words(pack, needs);
            match own_condition(pack, needs) {
                Some(own) => Text { zh: format!("须满足：{}", own.zh), en: format!("must satisfy: {}", own.en) },
                None if needs.bound == Bound::AtMost(0) => {
                    Text { zh: format!("不得有{}", words.zh), en: format!("must have {}", words.en) }
                }
                None => Text { zh: format!("须有{}", words.zh), en: format!("must have {}", words.en) },
            }
        }
        Rule::AllOf(parts) => listed(pack, parts, ("须同时达到：", "must meet all of: ")),
        Rule::AnyOf(parts) => listed(pack, parts, ("须达到其中之一：", "must meet one of: ")),
    };
    let due = requirement.due;
    Text {
        zh: format!(
            "{}{}{}。缺口应在 {due} 天内补齐。",
            every(&pack.ledger(requirement.each).title.zh),
            who.zh,
            what.zh
        ),
        en: format!(
            "Each {}{} {}. A gap must be closed within {}.",
            lower(&pack.ledger(requirement.each).title.en),
            who.en,
            what.en,
            days_en(due)
        ),
    }
}

/// More parts than this are told by their short titles.
const TOLD_IN_FULL: usize = 4;

fn listed(pack: &Pack, parts: &[RequirementIx], (zh, en): (&str, &str)) -> Text {
    let short = parts.len() > TOLD_IN_FULL;
    let title = |part: &RequirementIx| {
        let requirement = pack.requirement(*part);
        if short { &requirement.short } else { &requirement.title }
    };
    let titles: Vec<&Text> = parts.iter().map(title).collect();
    let all =
        |pick: fn(&Text) -> String, with: &str| titles.iter().map(|title| pick(title)).collect::<Vec<_>>().join(with);
    Text {
        zh: format!("{zh}{}", all(|t| format!("「{}」", t.zh), "、")),
        en: format!("{en}{}", all(|t| format!("“{}”", t.en), ", ")),
    }
}

/// The condition of a clause that asks one thing of the subject itself.
fn own_condition(pack: &Pack, clause: &Clause) -> Option<Text> {
    let itself = matches!(&clause.join, Join::Path(path) if path.is_empty());
    let plain = itself && clause.bound == Bound::AtLeast(1) && matches!(clause.when, When::Ever | When::Current);
    clause.predicate.as_ref().filter(|_| plain).map(|predicate| condition(pack, clause.of, predicate))
}

/// "（…，且有至少 1 条…）" after the subject; empty when it applies to all.
fn subject(pack: &Pack, each: LedgerIx, predicate: Option<&Predicate>, having: &[Clause]) -> Text {
    let mut parts: Vec<Text> = predicate.iter().map(|predicate| condition(pack, each, predicate)).collect();
    for clause in having {
        let words = clause_in_words(pack, clause);
        let has = if clause.bound == Bound::AtMost(0) { "没有" } else { "有" };
        let has = Text { zh: format!("{has}{}", words.zh), en: format!("has {}", words.en) };
        parts.push(own_condition(pack, clause).unwrap_or(has));
    }
    if parts.is_empty() {
        return Text::default();
    }
    let joined = |pick: fn(&Text) -> &str, with: &str| parts.iter().map(pick).collect::<Vec<_>>().join(with);
    Text { zh: format!("（{}）", joined(|t| &t.zh, "，且")), en: format!(" ({})", joined(|t| &t.en, "; and ")) }
}

/// A clause in words: "至少 1 条当前有效的「就业」记录（稳定就业）".
pub fn clause_in_words(pack: &Pack, clause: &Clause) -> Text {
    let ledger = pack.ledger(clause.of);
    let (zh, en) = match clause.bound {
        Bound::AtLeast(count) => (format!("至少 {count} 条"), format!("at least {count}")),
        Bound::AtMost(0) => (String::new(), "no".to_owned()),
        Bound::AtMost(count) => (format!("至多 {count} 条"), format!("at most {count}")),
    };
    let body = counted(pack, clause);
    let records = match clause.bound {
        Bound::AtLeast(1) | Bound::AtMost(1) => "record",
        _ => "records",
    };
    let time = when_in_words(clause.when);
    let title = lower(&ledger.title.en);
    let en = match clause.when {
        When::Current => format!("{en} current “{title}” {records}{}", body.en),
        _ => format!("{en} “{title}” {records}{}{}", prefixed(&time.en), body.en),
    };
    Text { zh: format!("{zh}{}{}{}", time.zh, recorded(&ledger.title.zh), body.zh), en }
}

fn prefixed(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(" {words}") }
}

/// The condition and an unusual join of a clause, in brackets.
fn counted(pack: &Pack, clause: &Clause) -> Text {
    let ledger = pack.ledger(clause.of);
    let mut parts: Vec<Text> = clause.predicate.iter().map(|predicate| condition(pack, clause.of, predicate)).collect();
    if let Join::Match(pairs) = &clause.join {
        for (field, own) in pairs {
            let title = &ledger.field(*field).title;
            parts.push(if own.is_some() {
                Text { zh: format!("{}与其相同", title.zh), en: format!("of the same {}", lower(&title.en)) }
            } else {
                Text { zh: format!("{}是它", title.zh), en: format!("whose {} it is", lower(&title.en)) }
            });
        }
    }
    if parts.is_empty() {
        return Text::default();
    }
    let joined = |pick: fn(&Text) -> &str, with: &str| parts.iter().map(pick).collect::<Vec<_>>().join(with);
    Text { zh: format!("（{}）", joined(|t| &t.zh, "，")), en: format!(" ({})", joined(|t| &t.en, "; ")) }
}

/// When, in words; empty for "ever".
pub fn when_in_words(when: When) -> Text {
    let (zh, en) = match when {
        When::Ever => (String::new(), String::new()),
        When::Current => ("当前有效的".into(), "in force today".into()),
        When::Days(days) => (format!("最近 {days} 天内的"), format!("within the last {}", days_en(days))),
        When::Named(NamedPeriod::ThisYear) => ("今年以来的".into(), "this year".into()),
        When::Named(NamedPeriod::ThisQuarter) => ("本季度以来的".into(), "this quarter".into()),
        When::Named(NamedPeriod::ThisMonth) => ("本月以来的".into(), "this month".into()),
        When::Named(NamedPeriod::LastQuarter) => ("上一季度的".into(), "last quarter".into()),
    };
    Text { zh, en }
}

pub(crate) fn days_en(days: u32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// What a figure counts, in words.
pub fn figure_in_words(pack: &Pack, ix: FigureIx) -> Text {
    let figure = pack.figure(ix);
    let title = |ledger: LedgerIx| &pack.ledger(ledger).title;
    match &figure.measure {
        Measure::Count(ledger) => {
            told(pack, figure, *ledger, ("的条数".into(), format!("Number of “{}” records", lower(&title(*ledger).en))))
        }
        Measure::Distinct(ledger, field) | Measure::Sum(ledger, field) => {
            let name = &pack.ledger(*ledger).field(*field).title;
            let words = if matches!(figure.measure, Measure::Sum(..)) {
                (
                    format!("的「{}」合计", name.zh),
                    format!("Sum of “{}” over “{}” records", name.en, lower(&title(*ledger).en)),
                )
            } else {
                (
                    format!("涉及的不同「{}」数", name.zh),
                    format!("Number of different “{}” in “{}” records", name.en, lower(&title(*ledger).en)),
                )
            };
            told(pack, figure, *ledger, words)
        }
        Measure::Met(requirement) => {
            let title = &pack.requirement(*requirement).title;
            Text {
                zh: format!("达到「{}」的数量。", title.zh), en: format!("Number that meet “{}”.", title.en)
            }
        }
        Measure::Fewest { each, clause } => {
            let (time, body, of) = (when_in_words(clause.when), counted(pack, clause), title(clause.of));
            Text {
                zh: format!("{}{}{}{}条数中最少的一个。", every(&title(*each).zh), time.zh, recorded(&of.zh), body.zh),
                en: format!(
                    "The fewest “{}” records{}{} that any {} has.",
                    lower(&of.en),
                    prefixed(&time.en),
                    body.en,
                    lower(&title(*each).en)
                ),
            }
        }
    }
}

fn told(pack: &Pack, figure: &Figure, ledger: LedgerIx, (zh, en): (String, String)) -> Text {
    let who = subject(pack, ledger, figure.predicate.as_ref(), &figure.having);
    let time = when_in_words(figure.when);
    Text {
        zh: format!("{}{}{}{zh}。", time.zh, recorded(&pack.ledger(ledger).title.zh), who.zh),
        en: format!("{en}{}{}.", prefixed(&time.en), who.en),
    }
}

/// 每户, 每个安置点.
fn every(title: &str) -> String {
    if title.chars().count() == 1 { format!("每{title}") } else { format!("每个{title}") }
}

/// 「就业」记录, 「家庭成员」记录.
fn recorded(title: &str) -> String {
    let name = title.strip_suffix("记录").or_else(|| title.strip_suffix("台账")).unwrap_or(title);
    format!("「{name}」记录")
}

/// A title inside a sentence: its first letter small, unless the word is an abbreviation.
pub(crate) fn lower(title: &str) -> String {
    let mut letters = title.chars();
    match (letters.next(), letters.next()) {
        (Some(first), second) if second.is_none_or(|second| !second.is_uppercase()) => {
            first.to_lowercase().chain(title.chars().skip(1)).collect()
        }
        _ => title.to_owned(),
    }
}
