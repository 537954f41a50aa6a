//! Conditions as SQL-like text and in words.

use crate::describe::{days_en, lower};
use crate::model::{Field, Kind, LedgerIx, Pack, Text};
use crate::parse::reader::EPOCH;
use crate::predicate::{Comparison, Literal, Operand, Place, Predicate};
use crate::unit::unit_in_words;

/// A day as `2020-05-16`.
pub(crate) fn day(days: i32) -> String {
    match days.checked_add(EPOCH).map(time::Date::from_julian_day) {
        Some(Ok(date)) => date.to_string(),
        _ => days.to_string(),
    }
}

/// A scaled integer with its point.
fn decimal(value: i64, scale: u8) -> String {
    if scale == 0 {
        return value.to_string();
    }
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = usize::from(scale) + 1);
    let (whole, part) = digits.split_at(digits.len() - usize::from(scale));
    let part = part.trim_end_matches('0');
    let point = if part.is_empty() { "" } else { "." };
    format!("{}{whole}{point}{part}", if value < 0 { "-" } else { "" })
}

fn ledger_of(ledger: LedgerIx, place: &Place) -> LedgerIx {
    place.path.last().map_or(ledger, |step| step.to)
}

fn field<'p>(pack: &'p Pack, ledger: LedgerIx, place: &Place) -> &'p Field {
    pack.ledger(ledger_of(ledger, place)).field(place.field)
}

/// As SQL-like text with ids.
pub(crate) fn sql(pack: &Pack, ledger: LedgerIx, predicate: &Predicate) -> String {
    let name = |place: &Place| {
        let hops = place.path.iter().map(|step| pack.ledger(step.from).field(step.field).id.as_str());
        hops.chain([field(pack, ledger, place).id.as_str()]).collect::<Vec<_>>().join(".")
    };
    let literal = |value: &Literal| match value {
        Literal::Int(value) => value.to_string(),
        Literal::Text(text) | Literal::Code(text) => format!("'{}'", text.replace('\'', "''")),
        Literal::Bool(value) => value.to_string(),
        Literal::Date(days) => format!("'{}'", day(*days)),
    };
    let operand = |operand: &Operand| match operand {
        Operand::Field(place) => name(place),
        Operand::Literal(value) => literal(value),
        Operand::Today(0) => "today".to_owned(),
        Operand::Today(days) => format!("today {} {}", if *days < 0 { '-' } else { '+' }, days.unsigned_abs()),
        Operand::Age(place) => format!("age({})", name(place)),
        Operand::Months(from, to) => format!("months({}, {})", name(from), name(to)),
        Operand::Actor => "actor".to_owned(),
    };
    let inner = |predicate: &Predicate| match predicate {
        Predicate::And(_) | Predicate::Or(_) => format!("({})", sql(pack, ledger, predicate)),
        _ => sql(pack, ledger, predicate),
    };
    match predicate {
        Predicate::And(parts) => parts.iter().map(inner).collect::<Vec<_>>().join(" AND "),
        Predicate::Or(parts) => parts.iter().map(inner).collect::<Vec<_>>().join(" OR "),
        Predicate::Not(part) => format!("NOT {}", inner(part)),
        Predicate::Compare(left, comparison, right) => {
            format!("{} {} {}", operand(left), sign(*comparison), operand(right))
        }
        Predicate::In(left, values) => {
            format!("{} IN ({})", operand(left), values.iter().map(literal).collect::<Vec<_>>().join(", "))
        }
        Predicate::IsNull(place) => format!("{} IS NULL", name(place)),
        Predicate::Holds(place) => name(place),
        Predicate::Prefix(place, prefix) => format!("{} LIKE '{}%'", name(place), prefix.replace('\'', "''")),
    }
}

const fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Eq => "=",
        Comparison::Ne => "<>",
        Comparison::Lt => "<",
        Comparison::Le => "<=",
        Comparison::Gt => ">",
        Comparison::Ge => ">=",
    }
}

/// In words.
pub(crate) fn condition(pack: &Pack, ledger: LedgerIx, predicate: &Predicate) -> Text {
    Telling { pack, ledger }.predicate(predicate, false)
}

struct Telling<'a> {
    pack: &'a Pack,
    ledger: LedgerIx,
}

fn text(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

fn joined(parts: &[Text], zh: &str, en: &str) -> Text {
    let all = |pick: fn(&Text) -> &str, with: &str| parts.iter().map(pick).collect::<Vec<_>>().join(with);
    text(all(|t| &t.zh, zh), all(|t| &t.en, en))
}

/// One or two values read as people say them: "A 或 B".
fn few(name: &Text, values: &[Text], not: bool) -> Option<Text> {
    match (values, not) {
        ([one], false) => Some(text(format!("{}为{}", name.zh, one.zh), format!("{} is {}", name.en, one.en))),
        ([one], true) => Some(text(format!("{}不为{}", name.zh, one.zh), format!("{} is not {}", name.en, one.en))),
        ([one, two], false) => Some(text(
            format!("{}为{}或{}", name.zh, one.zh, two.zh),
            format!("{} is {} or {}", name.en, one.en, two.en),
        )),
        ([one, two], true) => Some(text(
            format!("{}不为{}或{}", name.zh, one.zh, two.zh),
            format!("{} is neither {} nor {}", name.en, one.en, two.en),
        )),
        _ => None,
    }
}

impl Telling<'_> {
    /// `not` turns the meaning round.
    fn predicate(&self, predicate: &Predicate, not: bool) -> Text {
        match predicate {
            Predicate::Not(inner) => self.predicate(inner, !not),
            Predicate::And(parts) if !not => {
                if let Some(words) = self.between(parts) {
                    return words;
                }
                let parts: Vec<Text> = parts.iter().map(|part| self.bracketed(part, false)).collect();
                joined(&parts, "，且", " and ")
            }
            Predicate::Or(parts) if !not => {
                let parts: Vec<Text> = parts.iter().map(|part| self.bracketed(part, false)).collect();
                joined(&parts, "，或", " or ")
            }
            // Not all of them = one of them not, and the other way round.
            Predicate::And(parts) => {
                joined(&parts.iter().map(|part| self.bracketed(part, true)).collect::<Vec<_>>(), "或", " or ")
            }
            Predicate::Or(parts) => {
                joined(&parts.iter().map(|part| self.bracketed(part, true)).collect::<Vec<_>>(), "，且", " and ")
            }
            Predicate::Compare(left, comparison, right) => {
                self.compare(left, if not { opposite(*comparison) } else { *comparison }, right)
            }
            Predicate::In(left, values) => {
                let name = self.operand(left, None);
                let values: Vec<Text> = values.iter().map(|value| self.literal(value, self.field_of(left))).collect();
                if let Some(words) = few(&name, &values, not) {
                    return words;
                }
                let list = joined(&values, "、", ", ");
                let (zh, en) = if not { ("不属于", "is none of") } else { ("为", "is one of") };
                text(
                    format!("{}{zh}{}{}", name.zh, list.zh, if not { "" } else { "之一" }),
                    format!("{} {en} {}", name.en, list.en),
                )
            }
            Predicate::IsNull(place) => {
                let name = self.place(place);
                if not {
                    text(format!("已填{}", name.zh), format!("{} is filled in", self.quoted(place)))
                } else {
                    text(format!("未填{}", name.zh), format!("{} is not filled in", self.quoted(place)))
                }
            }
            Predicate::Holds(place) => {
                let name = self.place(place);
                if not { text(format!("非{}", name.zh), format!("not {}", name.en)) } else { name }
            }
            Predicate::Prefix(place, prefix) => {
                let name = self.place(place);
                let (zh, en) = if not { ("不以", "does not begin with") } else { ("以", "begins with") };
                text(format!("{}{zh}“{prefix}”开头", name.zh), format!("{} {en} “{prefix}”", name.en))
            }
        }
    }

    fn bracketed(&self, predicate: &Predicate, not: bool) -> Text {
        let words = self.predicate(predicate, not);
        let inside = if let Predicate::Not(inner) = predicate { inner } else { predicate };
        let nested = matches!(inside, Predicate::And(parts) | Predicate::Or(parts) if parts.len() > 1);
        if nested && self.between_of(predicate).is_none() {
            text(format!("（{}）", words.zh), format!("({})", words.en))
        } else {
            words
        }
    }

    fn between_of(&self, predicate: &Predicate) -> Option<Text> {
        match predicate {
            Predicate::And(parts) => self.between(parts),
            _ => None,
        }
    }

    /// `a >= x AND a <= y`.
    fn between(&self, parts: &[Predicate]) -> Option<Text> {
        let [Predicate::Compare(one, Comparison::Ge, low), Predicate::Compare(two, Comparison::Le, high)] = parts
        else {
            return None;
        };
        if one != two {
            return None;
        }
        let field = self.field_of(one);
        let (name, low, high) = (self.operand(one, None), self.operand(low, field), self.operand(high, field));
        Some(text(
            format!("{}在{}至{}之间", name.zh, low.zh, high.zh),
            format!("{} is from {} to {}", name.en, low.en, high.en),
        ))
    }

    fn compare(&self, left: &Operand, comparison: Comparison, right: &Operand) -> Text {
        if let (Operand::Months(from, to), Comparison::Ge, Operand::Literal(Literal::Int(least))) =
            (left, comparison, right)
        {
            let (from, to) = (self.place(from), self.place(to));
            let months = if *least == 1 { "month" } else { "months" };
            return text(
                format!("{}至{}满 {least} 个月", from.zh, to.zh),
                format!("at least {least} whole {months} from “{}” to “{}”", from.en, to.en),
            );
        }
        let field = self.field_of(left).or_else(|| self.field_of(right));
        let (one, two) = (self.operand(left, field), self.operand(right, field));
        let dates = matches!(
            (left, right),
            (Operand::Today(_), _) | (_, Operand::Today(_) | Operand::Literal(Literal::Date(_)))
        ) || field.is_some_and(|field| matches!(field.kind, Kind::Date { .. }));
        let (zh, en) = match (comparison, dates) {
            (Comparison::Eq, _) => ("为", "is"),
            (Comparison::Ne, _) => ("不为", "is not"),
            (Comparison::Lt, true) => ("早于", "is before"),
            (Comparison::Le, true) => ("不晚于", "is on or before"),
            (Comparison::Gt, true) => ("晚于", "is after"),
            (Comparison::Ge, true) => ("不早于", "is on or after"),
            (Comparison::Lt, false) => ("小于", "is less than"),
            (Comparison::Le, false) => ("不超过", "is at most"),
            (Comparison::Gt, false) => ("大于", "is more than"),
            (Comparison::Ge, false) => ("不少于", "is at least"),
        };
        let space = if two.zh.starts_with(|first: char| first.is_ascii_digit()) { " " } else { "" };
        text(format!("{}{zh}{space}{}", one.zh, two.zh), format!("{} {en} {}", one.en, two.en))
    }

    fn field_of(&self, operand: &Operand) -> Option<&Field> {
        match operand {
            Operand::Field(place) => Some(field(self.pack, self.ledger, place)),
            _ => None,
        }
    }

    fn place(&self, place: &Place) -> Text {
        let own = &field(self.pack, self.ledger, place).title;
        let hops: Vec<&Text> =
            place.path.iter().map(|step| &self.pack.ledger(step.from).field(step.field).title).collect();
        let zh = hops.iter().map(|title| format!("{}的", title.zh)).collect::<String>() + &own.zh;
        let en = hops.iter().rev().map(|title| format!(" of the {}", lower(&title.en))).collect::<String>();
        text(zh, lower(&own.en) + &en)
    }

    /// A field in English where its title could be read as part of the sentence: “resolved on” is filled in.
    fn quoted(&self, place: &Place) -> String {
        let own = lower(&field(self.pack, self.ledger, place).title.en);
        self.place(place).en.replacen(&own, &format!("“{own}”"), 1)
    }

    fn operand(&self, operand: &Operand, beside: Option<&Field>) -> Text {
        match operand {
            Operand::Field(place) => self.place(place),
            Operand::Literal(value) => self.literal(value, beside),
            Operand::Today(0) => text("今天", "today"),
            Operand::Actor => text("本人账号", "the user's own account"),
            Operand::Today(days) if *days < 0 => {
                text(format!("{} 天前", days.unsigned_abs()), format!("{} ago", days_en(days.unsigned_abs())))
            }
            Operand::Today(days) => {
                text(format!("{days} 天后"), format!("{} from today", days_en(days.unsigned_abs())))
            }
            Operand::Age(place) => {
                let name = self.place(place);
                text(format!("年龄（按{}）", name.zh), format!("age (by {})", name.en))
            }
            Operand::Months(from, to) => {
                let (from, to) = (self.place(from), self.place(to));
                text(format!("从{}到{}的整月数", from.zh, to.zh), format!("whole months from {} to {}", from.en, to.en))
            }
        }
    }

    fn literal(&self, value: &Literal, beside: Option<&Field>) -> Text {
        let kind = beside.map(|field| &field.kind);
        match (value, kind) {
            (Literal::Code(code), Some(Kind::Code { list })) => {
                let title = self
                    .pack
                    .code_list(*list)
                    .values
                    .iter()
                    .find(|value| value.code == *code)
                    .map(|value| &value.title);
                title.map_or_else(
                    || text(code, code),
                    |title| text(format!("「{}」", title.zh), format!("“{}”", title.en)),
                )
            }
            (Literal::Code(word) | Literal::Text(word), _) => text(format!("“{word}”"), format!("“{word}”")),
            (Literal::Int(fen), Some(Kind::Money { .. })) => {
                let yuan = decimal(*fen, 2);
                text(format!("{yuan}元"), format!("{yuan} yuan"))
            }
            (Literal::Int(value), Some(Kind::Decimal { scale, unit, .. })) => {
                measured(&decimal(*value, *scale), unit.as_deref())
            }
            (Literal::Int(value), Some(Kind::Integer { unit, .. })) => measured(&value.to_string(), unit.as_deref()),
            (Literal::Int(minutes), Some(Kind::Time)) => {
                let clock = format!("{:02}:{:02}", minutes / 60, minutes % 60);
                text(clock.clone(), clock)
            }
            (Literal::Int(value), _) => text(value.to_string(), value.to_string()),
            (Literal::Bool(value), _) => text(if *value { "是" } else { "否" }, if *value { "yes" } else { "no" }),
            (Literal::Date(days), _) => text(day(*days), day(*days)),
        }
    }
}

fn measured(number: &str, unit: Option<&str>) -> Text {
    let Some(unit) = unit.map(unit_in_words) else { return text(number, number) };
    let behind = |unit: String| match unit.starts_with(|sign: char| sign.is_ascii_alphabetic()) {
        true => format!("{number} {unit}"),
        false => format!("{number}{unit}"),
    };
    text(behind(unit.zh), behind(unit.en))
}

const fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Eq => Comparison::Ne,
        Comparison::Ne => Comparison::Eq,
        Comparison::Lt => Comparison::Ge,
        Comparison::Le => Comparison::Gt,
        Comparison::Gt => Comparison::Le,
        Comparison::Ge => Comparison::Lt,
    }
}
