//! Conditions: SQL expressions to [`Predicate`], with fields found, types checked and parameters put in.

use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, InTarget, Spanned,
    UnaryOperator, Value,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token};

use super::Scope;
use super::literals::{Side, Type, Unfit};
use crate::codes::Code;
use crate::fault::nearest;
use crate::model::{FieldIx, Kind, LedgerIx, Text};
use crate::parse::reader::Word;
use crate::predicate::{Comparison, Literal, Operand, Place, Predicate};
use crate::source::Spot;

/// Nesting that a condition may have.
const DEPTH: usize = 40;
/// Characters that a condition may have.
const LONGEST: usize = 4000;

/// A piece of a condition's words.
pub(crate) struct At<'a> {
    scope: &'a Scope<'a>,
    word: &'a Word,
    start: Option<Location>,
    end: Option<Location>,
}

impl At<'_> {
    /// Where it stands in the file: exact when the condition is a plain one-line string, else the whole string.
    pub fn spot(&self) -> Spot {
        let whole = self.word.at;
        let text = self
            .scope
            .bench
            .sources
            .get(usize::from(whole.file))
            .and_then(|source| source.text.get(whole.start..whole.end));
        let inner = text.and_then(|text| text.get(1..text.len().saturating_sub(1)));
        let (Some(inner), Some(start)) = (inner, self.start) else { return whole };
        if inner != self.word.value || start.line != 1 {
            return whole;
        }
        let byte = |location: Location| {
            let column = usize::try_from(location.column).unwrap_or(1).saturating_sub(1);
            whole.start + 1 + inner.char_indices().nth(column).map_or(inner.len(), |(at, _)| at)
        };
        let end = self.end.filter(|end| end.line == 1).map_or(whole.end, byte);
        Spot { file: whole.file, start: byte(start), end: end.max(byte(start)) }
    }
}

/// Reads a condition over a ledger's records; faults go to the bench.
pub(crate) fn compile(scope: &Scope<'_>, ledger: LedgerIx, word: &Word) -> Option<Predicate> {
    read(&Reading { scope, ledger, word, actor: false })
}

/// The same, where `field = actor` may stand.
pub(crate) fn compile_for_actor(scope: &Scope<'_>, ledger: LedgerIx, word: &Word) -> Option<Predicate> {
    read(&Reading { scope, ledger, word, actor: true })
}

fn read(reading: &Reading<'_>) -> Option<Predicate> {
    let Reading { scope, word, .. } = *reading;
    if word.value.chars().count() > LONGEST {
        scope.bench.fault(Code::PredicateSyntax, word.at, &[(">4000 字", "more than 4000 characters").into()]);
        return None;
    }
    match parse(&word.value) {
        Ok(expr) => reading.predicate(&expr),
        Err((message, location)) => {
            let at = At { scope, word, start: location, end: None };
            scope.bench.fault(Code::PredicateSyntax, at.spot(), &[message.into()]);
            None
        }
    }
}

fn parse(text: &str) -> Result<Expr, (String, Option<Location>)> {
    let told = |error: ParserError| match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => located(&message),
        ParserError::RecursionLimitExceeded => ("嵌套过深 / nested too deeply".to_owned(), None),
    };
    let dialect = GenericDialect {};
    let mut parser = Parser::new(&dialect).with_recursion_limit(DEPTH).try_with_sql(text).map_err(told)?;
    let expr = parser.parse_expr().map_err(told)?;
    let rest = parser.peek_token();
    match rest.token {
        Token::EOF => Ok(expr),
        token => Err((format!("`{token}` ?"), Some(rest.span.start))),
    }
}

/// Splits "… at Line: 1, Column: 5" off a message.
fn located(message: &str) -> (String, Option<Location>) {
    let Some((words, place)) = message.rsplit_once(" at Line: ") else { return (message.to_owned(), None) };
    let mut numbers = place.split(", Column: ").map(|part| part.trim().parse::<u64>());
    match (numbers.next(), numbers.next()) {
        (Some(Ok(line)), Some(Ok(column))) => (words.to_owned(), Some(Location { line, column })),
        _ => (message.to_owned(), None),
    }
}

struct Reading<'a> {
    scope: &'a Scope<'a>,
    ledger: LedgerIx,
    word: &'a Word,
    /// The condition may name who asks.
    actor: bool,
}

impl Reading<'_> {
    fn at(&self, expr: &Expr) -> At<'_> {
        let span = expr.span();
        let known = |location: Location| (location.line > 0).then_some(location);
        At { scope: self.scope, word: self.word, start: known(span.start), end: known(span.end) }
    }

    fn form<T>(&self, expr: &Expr) -> Option<T> {
        let words: String = expr.to_string().chars().take(60).collect();
        self.scope.bench.fault(Code::PredicateForm, self.at(expr).spot(), &[words.into()]);
        None
    }

    fn predicate(&self, expr: &Expr) -> Option<Predicate> {
        match expr {
            Expr::Nested(inner) => self.predicate(inner),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
                Some(negated(Reading { actor: false, ..*self }.predicate(expr)?))
            }
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                let (left, right) = (self.predicate(left), self.predicate(right));
                Some(Predicate::And(flat(left?, right?, |predicate| match predicate {
                    Predicate::And(parts) => parts,
                    other => vec![other],
                })))
            }
            Expr::BinaryOp { left, op: BinaryOperator::Or, right } => {
                let (left, right) = (self.predicate(left), self.predicate(right));
                Some(Predicate::Or(flat(left?, right?, |predicate| match predicate {
                    Predicate::Or(parts) => parts,
                    other => vec![other],
                })))
            }
            Expr::BinaryOp { left, op, right } => match comparison(op) {
                Some(comparison) => self.compare(expr, left, comparison, right),
                None => self.form(expr),
            },
            Expr::In { expr: left, target: InTarget::List(list), negated: not, global: false } => {
                let found = self.one_of(left, list)?;
                Some(if *not { negated(found) } else { found })
            }
            Expr::Between { expr: middle, negated: not, low, high } => {
                let low = self.compare(expr, middle, Comparison::Ge, low);
                let high = self.compare(expr, middle, Comparison::Le, high);
                let both = Predicate::And(vec![low?, high?]);
                Some(if *not { negated(both) } else { both })
            }
            Expr::IsNull(inner) => Some(Predicate::IsNull(self.place(inner)?.0)),
            Expr::IsNotNull(inner) => Some(negated(Predicate::IsNull(self.place(inner)?.0))),
            Expr::Like { negated: not, any: false, expr: left, pattern, escape_char: None } => {
                let found = self.like(expr, left, pattern)?;
                Some(if *not { negated(found) } else { found })
            }
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.holds(expr),
            other => self.form(other),
        }
    }

    fn holds(&self, expr: &Expr) -> Option<Predicate> {
        match self.side(expr)? {
            Side::Field(place, Kind::Bool) => Some(Predicate::Holds(place)),
            other => {
                let args = [other.words().into(), ("真假", "true or false").into()];
                self.scope.bench.fault(Code::PredicateType, self.at(expr).spot(), &args);
                None
            }
        }
    }

    fn compare(&self, whole: &Expr, left: &Expr, comparison: Comparison, right: &Expr) -> Option<Predicate> {
        let (one, two) = (self.side(left), self.side(right));
        let (one, two) = (one?, two?);
        let Some(wanted) = one.own().or_else(|| two.own()) else { return self.form(whole) };
        if !wanted.ordered() && !matches!(comparison, Comparison::Eq | Comparison::Ne) {
            return self.form(whole);
        }
        let operands =
            (one.to_operand(self.scope, wanted, &self.at(left)), two.to_operand(self.scope, wanted, &self.at(right)));
        match operands {
            (Ok(Operand::Actor), Ok(other)) | (Ok(other), Ok(Operand::Actor))
                if comparison != Comparison::Eq || !matches!(other, Operand::Field(_)) =>
            {
                self.no_actor(whole)
            }
            (Ok(one), Ok(two)) => Some(plain(one, comparison, two)),
            (Err(Unfit::Type), _) | (_, Err(Unfit::Type)) => self.unlike(right, &one, &two),
            _ => None,
        }
    }

    fn no_actor<T>(&self, expr: &Expr) -> Option<T> {
        self.scope.bench.fault(Code::ActorPlace, self.at(expr).spot(), &[]);
        None
    }

    fn unlike<T>(&self, expr: &Expr, one: &Side, two: &Side) -> Option<T> {
        self.scope.bench.fault(Code::PredicateType, self.at(expr).spot(), &[one.words().into(), two.words().into()]);
        None
    }

    fn one_of(&self, left: &Expr, list: &[Expr]) -> Option<Predicate> {
        let one = self.side(left)?;
        let Some(wanted) = one.own() else { return self.form(left) };
        let operand = one.to_operand(self.scope, wanted, &self.at(left)).ok()?;
        let mut literals = Vec::with_capacity(list.len());
        let mut whole = true;
        for item in list {
            let Some(two) = self.side(item) else {
                whole = false;
                continue;
            };
            match two.to_literal(self.scope, wanted, &self.at(item)) {
                Ok(literal) => literals.push(literal),
                Err(unfit) => {
                    whole = false;
                    if unfit == Unfit::Type {
                        self.unlike::<()>(item, &one, &two);
                    }
                }
            }
        }
        whole.then_some(Predicate::In(operand, literals))
    }

    fn like(&self, whole: &Expr, left: &Expr, pattern: &Expr) -> Option<Predicate> {
        let (place, kind) = self.place(left)?;
        let Some(Side::Text(pattern)) = self.side(pattern) else { return self.form(whole) };
        let Some(prefix) = pattern.strip_suffix('%').filter(|prefix| !prefix.contains(['%', '_'])) else {
            return self.form(whole);
        };
        match (Type::of(&kind), &kind) {
            (Type::Text | Type::Area, _) => Some(Predicate::Prefix(place, prefix.to_owned())),
            // A code list is closed: the prefix stands for the codes that have it.
            (_, Kind::Code { list }) => {
                let list = self.scope.pack.codes.get(usize::from(list.0))?;
                let codes = list.values.iter().filter(|value| value.code.starts_with(prefix));
                let codes: Vec<Literal> = codes.map(|value| Literal::Code(value.code.clone())).collect();
                if codes.is_empty() {
                    let near = nearest(prefix, list.values.iter().map(|value| value.code.as_str()));
                    let args = [list.id.as_str().into(), pattern.as_str().into(), near.into()];
                    self.scope.bench.fault(Code::PredicateCode, self.at(whole).spot(), &args);
                    return None;
                }
                Some(Predicate::In(Operand::Field(place), codes))
            }
            _ => self.unlike(whole, &Side::Field(place, kind), &Side::Text(pattern)),
        }
    }

    fn side(&self, expr: &Expr) -> Option<Side> {
        match expr {
            Expr::Nested(inner) => self.side(inner),
            Expr::Value(value) => match &value.value {
                Value::SingleQuotedString(text) => Some(Side::Text(text.clone())),
                Value::Number(number, false) => Some(Side::Number(number.clone())),
                Value::Boolean(value) => Some(Side::Bool(*value)),
                _ => self.form(expr),
            },
            Expr::UnaryOp { op: UnaryOperator::Minus, expr: inner } => match self.side(inner)? {
                Side::Number(number) => Some(Side::Number(format!("-{number}"))),
                _ => self.form(expr),
            },
            Expr::Identifier(name) if name.value == "today" => Some(Side::Typed(Operand::Today(0), Type::Date)),
            Expr::Identifier(name) if name.value == "actor" && self.actor => {
                Some(Side::Typed(Operand::Actor, Type::Text))
            }
            Expr::Identifier(name) if name.value == "actor" => self.no_actor(expr),
            Expr::Identifier(name) => self.named(expr, std::slice::from_ref(name)),
            Expr::CompoundIdentifier(names) => self.named(expr, names),
            Expr::BinaryOp { left, op, right } => self.shifted(expr, left, op, right),
            Expr::Function(function) => self.function(expr, function),
            other => self.form(other),
        }
    }

    /// `today ± days`.
    fn shifted(&self, expr: &Expr, left: &Expr, op: &BinaryOperator, right: &Expr) -> Option<Side> {
        let sign = match op {
            BinaryOperator::Plus => 1,
            BinaryOperator::Minus => -1,
            _ => return self.form(expr),
        };
        let (left, right) = (self.side(left), self.side(right));
        let days = match right? {
            Side::Number(number) => number.parse::<i64>().ok(),
            Side::Parameter(value, _) => Some(value),
            _ => None,
        };
        let days = days.and_then(|days| days.checked_mul(sign)).and_then(|days| i32::try_from(days).ok());
        match (left?, days.filter(|days| days.abs() <= 366_000)) {
            (Side::Typed(Operand::Today(start), _), Some(days)) => {
                Some(Side::Typed(Operand::Today(start.checked_add(days)?), Type::Date))
            }
            _ => self.form(expr),
        }
    }

    fn function(&self, expr: &Expr, function: &Function) -> Option<Side> {
        let name = function.name.to_string();
        let FunctionArguments::List(list) = &function.args else { return self.form(expr) };
        let mut fields = Vec::new();
        for argument in &list.args {
            let FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) = argument else { return self.form(expr) };
            fields.push(argument);
        }
        let number = Type::Number { scale: 0 };
        match (name.as_str(), fields.as_slice()) {
            ("age", [day]) => Some(Side::Typed(Operand::Age(self.day(day)?), number)),
            ("months", [from, to]) => {
                let (from, to) = (self.day(from), self.day(to));
                Some(Side::Typed(Operand::Months(from?, to?), number))
            }
            _ => self.form(expr),
        }
    }

    fn day(&self, expr: &Expr) -> Option<Place> {
        let (place, kind) = self.place(expr)?;
        if matches!(kind, Kind::Date { .. }) {
            return Some(place);
        }
        let args = [kind_words(&kind).into(), ("日期", "a date").into()];
        self.scope.bench.fault(Code::PredicateType, self.at(expr).spot(), &args);
        None
    }

    fn place(&self, expr: &Expr) -> Option<(Place, Kind)> {
        match expr {
            Expr::Nested(inner) => self.place(inner),
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => match self.side(expr)? {
                Side::Field(place, kind) => Some((place, kind)),
                _ => self.form(expr),
            },
            other => self.form(other),
        }
    }

    /// A field, a field along references, or a parameter.
    fn named(&self, expr: &Expr, names: &[Ident]) -> Option<Side> {
        let (last, hops) = names.split_last()?;
        let mut here = self.ledger;
        let mut path = Vec::with_capacity(hops.len());
        for name in hops {
            let Some(field) = self.scope.pack.ledger(here).field_by_id(&name.value) else {
                return self.unknown(expr, here, name);
            };
            let Some(step) = self.scope.hop(here, field) else {
                let dotted = expr.to_string();
                let why = Text {
                    zh: format!("`{}` 不是引用", name.value),
                    en: format!("`{}` is no reference", name.value),
                };
                let args = [dotted.into(), why.into(), self.scope.references(here).into()];
                self.scope.bench.fault(Code::BadPath, self.at(expr).spot(), &args);
                return None;
            };
            here = step.to;
            path.push(step);
        }
        let ledger = self.scope.pack.ledger(here);
        if let Some(field) = ledger.field_by_id(&last.value) {
            return Some(Side::Field(Place { path, field }, ledger.field(field).kind.clone()));
        }
        if path.is_empty()
            && let Some(parameter) = self.scope.pack.parameters.iter().find(|parameter| parameter.id == last.value)
        {
            return Some(Side::Parameter(parameter.value, parameter.kind));
        }
        self.unknown(expr, here, last)
    }

    fn unknown<T>(&self, expr: &Expr, ledger: LedgerIx, name: &Ident) -> Option<T> {
        let ledger = self.scope.pack.ledger(ledger);
        let fields = ledger.fields.iter().map(|field| field.id.as_str());
        let parameters = self.scope.pack.parameters.iter().map(|parameter| parameter.id.as_str());
        let near = nearest(&name.value, fields.chain(parameters));
        let args = [ledger.id.as_str().into(), name.value.as_str().into(), near.into()];
        self.scope.bench.fault(Code::PredicateName, self.at(expr).spot(), &args);
        None
    }
}

fn negated(predicate: Predicate) -> Predicate {
    Predicate::Not(Box::new(predicate))
}

fn flat(left: Predicate, right: Predicate, open: fn(Predicate) -> Vec<Predicate>) -> Vec<Predicate> {
    let mut parts = open(left);
    parts.extend(open(right));
    parts
}

/// `f = true` is `f`.
fn plain(one: Operand, comparison: Comparison, two: Operand) -> Predicate {
    match (&one, comparison, &two) {
        (Operand::Field(place), Comparison::Eq | Comparison::Ne, Operand::Literal(Literal::Bool(value))) => {
            let holds = Predicate::Holds(place.clone());
            if *value == (comparison == Comparison::Eq) { holds } else { negated(holds) }
        }
        _ => Predicate::Compare(one, comparison, two),
    }
}

const fn comparison(op: &BinaryOperator) -> Option<Comparison> {
    Some(match op {
        BinaryOperator::Eq => Comparison::Eq,
        BinaryOperator::NotEq => Comparison::Ne,
        BinaryOperator::Lt => Comparison::Lt,
        BinaryOperator::LtEq => Comparison::Le,
        BinaryOperator::Gt => Comparison::Gt,
        BinaryOperator::GtEq => Comparison::Ge,
        _ => return None,
    })
}

/// What a kind is called in a fault.
pub(crate) fn kind_words(kind: &Kind) -> Text {
    let (zh, en) = match kind {
        Kind::Text { .. } => ("文本字段", "a text field"),
        Kind::LongText { .. } => ("长文本字段", "a long text field"),
        Kind::Integer { .. } => ("整数字段", "an integer field"),
        Kind::Decimal { .. } => ("小数字段", "a decimal field"),
        Kind::Money { .. } => ("金额字段", "a money field"),
        Kind::Bool => ("是否字段", "a bool field"),
        Kind::Date { .. } => ("日期字段", "a date field"),
        Kind::Time => ("时间字段", "a time field"),
        Kind::Code { .. } => ("代码字段", "a code field"),
        Kind::Ref { .. } => ("引用字段", "a reference"),
        Kind::Area { .. } => ("区划字段", "an area field"),
        Kind::IdNumber => ("证件号字段", "an ID number field"),
        Kind::Phone => ("电话字段", "a phone field"),
        Kind::Point => ("坐标字段", "a point field"),
        Kind::Attachment => ("附件字段", "an attachment"),
        Kind::Subject => ("对象字段", "a subject field"),
    };
    Text { zh: zh.to_owned(), en: en.to_owned() }
}

/// The kind of a field, for those that hold an index only.
pub(crate) fn is_number(scope: &Scope<'_>, ledger: LedgerIx, field: FieldIx) -> Option<u8> {
    match scope.pack.ledger(ledger).field(field).kind {
        Kind::Integer { .. } => Some(0),
        Kind::Decimal { scale, .. } => Some(scale),
        Kind::Money { .. } => Some(2),
        _ => None,
    }
}
