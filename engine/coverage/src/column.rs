//! A predicate over columns: negation pushed to the leaves, so "unknown" needs no second bitset.

use anju_pack::{Comparison, FieldIx, LedgerIx, Literal, Operand, Pack, Place, Predicate, Step};
use anju_record::day;
use anju_shard::{Bits, Cell, Column, ColumnKind, DAY_BASE, Ints, NOWHERE, Shape, Shard, Width, with_ints};

/// An end of a range: a number, or a day that moves with the date of evaluation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum End {
    /// Unbounded.
    Open,
    /// A number as columns keep it.
    At(i64),
    /// The date of evaluation and so many days.
    Today(i64),
    /// The last day on which somebody is born who is so many years old, and so many days.
    Born(i64, i64),
}

/// What a text must be.
#[derive(Debug, Clone, PartialEq)]
pub enum TextTest {
    /// One of these.
    In(Vec<String>),
    /// Begins so.
    Prefix(String),
    /// Compares so.
    Compare(Comparison, String),
}

/// What is asked of one row at a time, where no column scan serves.
#[derive(Debug, Clone, PartialEq)]
pub enum RowTest {
    /// Two operands.
    Compare(Operand, Comparison, Operand),
    /// An operand among constants, or not among them.
    In(Operand, Vec<Literal>, bool),
    /// The owner's reference is missing, or is not.
    OwnerMissing(FieldIx, bool),
}

/// A predicate resolved to columns.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// All hold.
    All(Vec<Node>),
    /// One holds.
    Any(Vec<Node>),
    /// Known and between, both included.
    Range(usize, End, End),
    /// Known and one of these (or none of these).
    OneOf(usize, Vec<i64>, bool),
    /// A known text that passes (or does not).
    Text(usize, TextTest, bool),
    /// A known bool.
    Flag(usize, bool),
    /// Missing.
    Null(usize),
    /// The other rows.
    Not(Box<Node>),
    /// The row at the end of a path satisfies it.
    Along(Vec<Step>, LedgerIx, Box<Node>),
    /// Whole months from one date to another (a missing one counts as the date of evaluation) compare so with a number.
    Months(usize, usize, Comparison, i64),
    /// Row by row.
    Row(RowTest),
}

/// Resolves predicates of one pack.
pub struct Columns<'a> {
    /// The pack.
    pub pack: &'a Pack,
    /// Its shape.
    pub shape: &'a Shape,
}

impl Columns<'_> {
    /// The column form of a predicate, or of its negation.
    pub fn node(&self, ledger: LedgerIx, predicate: &Predicate, negated: bool) -> Node {
        match (predicate, negated) {
            (Predicate::And(parts), false) | (Predicate::Or(parts), true) => {
                Node::All(parts.iter().map(|part| self.node(ledger, part, negated)).collect())
            }
            (Predicate::And(parts), true) | (Predicate::Or(parts), false) => {
                Node::Any(parts.iter().map(|part| self.node(ledger, part, negated)).collect())
            }
            (Predicate::Not(part), _) => self.node(ledger, part, !negated),
            (Predicate::Compare(left, comparison, right), _) => {
                let comparison = if negated { opposite(*comparison) } else { *comparison };
                self.compare(ledger, left, comparison, right)
            }
            (Predicate::In(_, literals), _) if literals.is_empty() => {
                if negated {
                    Node::All(Vec::new())
                } else {
                    Node::Any(Vec::new())
                }
            }
            (Predicate::In(operand, literals), _) => self.among(ledger, operand, literals, negated),
            (Predicate::IsNull(place), false) => Node::Not(Box::new(self.known(ledger, place))),
            (Predicate::IsNull(place), true) => self.known(ledger, place),
            (Predicate::Holds(place), _) => {
                self.at(ledger, place, |column, _| Some(Node::Flag(column, !negated))).unwrap_or(Node::Any(Vec::new()))
            }
            (Predicate::Prefix(place, prefix), _) => self
                .at(ledger, place, |column, kind| Some(self.prefix(column, kind, prefix, negated)))
                .unwrap_or(Node::Any(Vec::new())),
        }
    }

    /// Resolves a place; `None` if `leaf` has no column form for it.
    fn at(
        &self,
        ledger: LedgerIx,
        place: &Place,
        leaf: impl FnOnce(usize, ColumnKind) -> Option<Node>,
    ) -> Option<Node> {
        let end = place.path.last().map_or(ledger, |step| step.to);
        let shape = self.shape.ledger(end)?;
        let column = shape.column(place.field)?;
        let node = leaf(column, shape.columns[column].kind)?;
        Some(if place.path.is_empty() { node } else { Node::Along(place.path.clone(), ledger, Box::new(node)) })
    }

    fn known(&self, ledger: LedgerIx, place: &Place) -> Node {
        self.at(ledger, place, |column, _| Some(Node::Not(Box::new(Node::Null(column))))).unwrap_or_else(|| {
            let node = Node::Row(RowTest::OwnerMissing(place.field, false));
            if place.path.is_empty() { node } else { Node::Along(place.path.clone(), ledger, Box::new(node)) }
        })
    }

    fn prefix(&self, column: usize, kind: ColumnKind, prefix: &str, negated: bool) -> Node {
        match kind {
            ColumnKind::Code(list) => {
                let codes = self.codes(list, |code| code.starts_with(prefix));
                Node::OneOf(column, codes, negated)
            }
            ColumnKind::Text => Node::Text(column, TextTest::Prefix(prefix.to_owned()), negated),
            _ => Node::Any(Vec::new()),
        }
    }

    fn codes(&self, list: anju_pack::CodeListIx, test: impl Fn(&str) -> bool) -> Vec<i64> {
        (0i64..)
            .zip(&self.pack.code_list(list).values)
            .filter(|(_, value)| test(&value.code))
            .map(|(at, _)| at)
            .collect()
    }

    fn compare(&self, ledger: LedgerIx, left: &Operand, comparison: Comparison, right: &Operand) -> Node {
        if let (Operand::Months(from, to), Operand::Literal(Literal::Int(months))) = (left, right)
            && let Some(node) = self.months(ledger, from, to, comparison, *months)
        {
            return node;
        }
        let (place, comparison, other) = match (left, right) {
            (Operand::Field(_) | Operand::Age(_), Operand::Literal(_) | Operand::Today(_)) => (left, comparison, right),
            (Operand::Literal(_) | Operand::Today(_), Operand::Field(_) | Operand::Age(_)) => {
                (right, mirrored(comparison), left)
            }
            _ => return Node::Row(RowTest::Compare(left.clone(), comparison, right.clone())),
        };
        let node = match (place, other) {
            (Operand::Age(place), Operand::Literal(Literal::Int(years))) => self
                .at(ledger, place, |column, kind| (kind == ColumnKind::Date).then(|| aged(column, comparison, *years))),
            (Operand::Field(place), Operand::Today(days)) => self.at(ledger, place, |column, kind| {
                (kind == ColumnKind::Date)
                    .then(|| ranged(column, comparison, |shift| End::Today(i64::from(*days) + shift)))
            }),
            (Operand::Field(place), Operand::Literal(literal)) => {
                self.at(ledger, place, |column, kind| self.compare_literal(column, kind, comparison, literal))
            }
            _ => None,
        };
        node.unwrap_or_else(|| {
            Node::Row(RowTest::Compare(left.clone(), unmirrored(left, place, comparison), right.clone()))
        })
    }

    fn months(&self, ledger: LedgerIx, from: &Place, to: &Place, comparison: Comparison, months: i64) -> Option<Node> {
        let shape = self.shape.ledger(ledger).filter(|_| from.path.is_empty() && to.path.is_empty())?;
        let column =
            |place: &Place| shape.column(place.field).filter(|column| shape.columns[*column].kind == ColumnKind::Date);
        Some(Node::Months(column(from)?, column(to)?, comparison, months))
    }

    fn compare_literal(
        &self,
        column: usize,
        kind: ColumnKind,
        comparison: Comparison,
        literal: &Literal,
    ) -> Option<Node> {
        Some(match (kind, literal) {
            (ColumnKind::Number, Literal::Int(number)) => {
                ranged(column, comparison, |shift| End::At(number.saturating_add(shift)))
            }
            (ColumnKind::Date, Literal::Date(day)) => {
                ranged(column, comparison, |shift| End::At(i64::from(*day) + DAY_BASE + shift))
            }
            (ColumnKind::Code(list), Literal::Code(text) | Literal::Text(text)) => match comparison {
                Comparison::Ne => Node::OneOf(column, self.codes(list, |code| code == text), true),
                _ => Node::OneOf(column, self.codes(list, |code| orders(comparison, code.cmp(text))), false),
            },
            (ColumnKind::Text, Literal::Code(text) | Literal::Text(text)) => match comparison {
                Comparison::Eq | Comparison::Ne => {
                    Node::Text(column, TextTest::In(vec![text.clone()]), comparison == Comparison::Ne)
                }
                _ => Node::Text(column, TextTest::Compare(comparison, text.clone()), false),
            },
            (ColumnKind::Bool, Literal::Bool(yes)) => match comparison {
                Comparison::Eq => Node::Flag(column, *yes),
                Comparison::Ne => Node::Flag(column, !*yes),
                _ => return None,
            },
            _ => return None,
        })
    }

    fn among(&self, ledger: LedgerIx, operand: &Operand, literals: &[Literal], negated: bool) -> Node {
        let row = || Node::Row(RowTest::In(operand.clone(), literals.to_vec(), negated));
        let Operand::Field(place) = operand else { return row() };
        let texts = || {
            literals.iter().map(|literal| match literal {
                Literal::Code(text) | Literal::Text(text) => Some(text.clone()),
                _ => None,
            })
        };
        let node = self.at(ledger, place, |column, kind| match kind {
            ColumnKind::Number => {
                let numbers: Option<Vec<i64>> = literals
                    .iter()
                    .map(|literal| match literal {
                        Literal::Int(number) => Some(*number),
                        _ => None,
                    })
                    .collect();
                Some(Node::OneOf(column, numbers?, negated))
            }
            ColumnKind::Date => {
                let days: Option<Vec<i64>> = literals
                    .iter()
                    .map(|literal| match literal {
                        Literal::Date(day) => Some(i64::from(*day) + DAY_BASE),
                        _ => None,
                    })
                    .collect();
                Some(Node::OneOf(column, days?, negated))
            }
            ColumnKind::Code(list) => {
                let texts: Vec<String> = texts().collect::<Option<_>>()?;
                Some(Node::OneOf(column, self.codes(list, |code| texts.iter().any(|text| text == code)), negated))
            }
            ColumnKind::Text => Some(Node::Text(column, TextTest::In(texts().collect::<Option<_>>()?), negated)),
            ColumnKind::Bool | ColumnKind::Ref(_) => None,
        });
        node.unwrap_or_else(row)
    }
}

fn unmirrored(left: &Operand, place: &Operand, comparison: Comparison) -> Comparison {
    if std::ptr::eq(left, place) { comparison } else { mirrored(comparison) }
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

const fn mirrored(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Lt => Comparison::Gt,
        Comparison::Le => Comparison::Ge,
        Comparison::Gt => Comparison::Lt,
        Comparison::Ge => Comparison::Le,
        same => same,
    }
}

/// The ordering satisfies the comparison.
pub const fn orders(comparison: Comparison, order: std::cmp::Ordering) -> bool {
    match comparison {
        Comparison::Eq => order.is_eq(),
        Comparison::Ne => order.is_ne(),
        Comparison::Lt => order.is_lt(),
        Comparison::Le => order.is_le(),
        Comparison::Gt => order.is_gt(),
        Comparison::Ge => order.is_ge(),
    }
}

fn ranged(column: usize, comparison: Comparison, end: impl Fn(i64) -> End) -> Node {
    match comparison {
        Comparison::Eq => Node::Range(column, end(0), end(0)),
        Comparison::Ne => {
            Node::Any(vec![Node::Range(column, End::Open, end(-1)), Node::Range(column, end(1), End::Open)])
        }
        Comparison::Lt => Node::Range(column, End::Open, end(-1)),
        Comparison::Le => Node::Range(column, End::Open, end(0)),
        Comparison::Gt => Node::Range(column, end(1), End::Open),
        Comparison::Ge => Node::Range(column, end(0), End::Open),
    }
}

/// Who is n years old was born by the same day n years ago: ages are ranges of birthdays.
fn aged(column: usize, comparison: Comparison, years: i64) -> Node {
    let older = |years| Node::Range(column, End::Open, End::Born(years, 0));
    let younger = |years| Node::Range(column, End::Born(years, 1), End::Open);
    let next = years.saturating_add(1);
    match comparison {
        Comparison::Ge => older(years),
        Comparison::Gt => older(next),
        Comparison::Lt => younger(years),
        Comparison::Le => younger(next),
        Comparison::Eq => Node::Range(column, End::Born(next, 1), End::Born(years, 0)),
        Comparison::Ne => Node::Any(vec![older(next), younger(years)]),
    }
}

impl End {
    fn value(self, today: i32, open: i64) -> i64 {
        match self {
            Self::Open => open,
            Self::At(number) => number,
            Self::Today(days) => i64::from(today) + days + DAY_BASE,
            Self::Born(years, days) => {
                let now = day::civil(today);
                let year = i64::from(now.year) - years;
                let born = i32::try_from(year).ok().and_then(|year| {
                    (28..=31).rev().find_map(|last| day::from_civil(year, now.month, now.day.min(last)))
                });
                match born {
                    Some(born) => i64::from(born) + DAY_BASE + days,
                    None if year < 1 => i64::from(day::MIN) + DAY_BASE - 1 + days,
                    None => i64::from(day::MAX) + DAY_BASE + days,
                }
            }
        }
    }
}

fn between<T: Width>(items: &[T], low: i64, high: i64) -> Bits {
    let least = T::at_least(low);
    let past = if high == i64::MAX { T::NULL } else { T::at_least(high + 1) };
    Bits::select(items, |item| (item >= least) & (item < past))
}

fn one_of<T: Width>(items: &[T], set: &[i64], negated: bool) -> Bits {
    let narrow: Vec<T> = set.iter().filter_map(|value| T::narrow(*value)).collect();
    match (narrow.as_slice(), negated) {
        ([one], false) => Bits::select(items, |item| item == *one),
        ([one], true) => Bits::select(items, |item| (item != *one) & (item != T::NULL)),
        ([one, other], false) => Bits::select(items, |item| (item == *one) | (item == *other)),
        (many, _) => Bits::select(items, |item| item != T::NULL && many.contains(&item) != negated),
    }
}

fn small_set(items: &[u8], set: &[i64], negated: bool) -> Bits {
    let mut table = [negated; 256];
    set.iter().filter_map(|value| u8::narrow(*value)).for_each(|value| table[usize::from(value)] = !negated);
    table[usize::from(u8::NULL)] = false;
    Bits::select(items, |item| table[usize::from(item)])
}

/// The rows of a ledger that satisfy a predicate at a date.
pub fn rows(node: &Node, ledger: LedgerIx, shard: &Shard, today: i32) -> Bits {
    let Some(table) = shard.table(ledger) else { return Bits::zeros(0) };
    let ints = |column: usize| match &table.columns()[column] {
        Column::Ints(ints) => Some(ints),
        _ => None,
    };
    match node {
        Node::All(parts) => all_of(parts, ledger, shard, today, table.len()),
        Node::Any(parts) => parts.iter().fold(Bits::zeros(table.len()), |mut any, part| {
            any.or(&rows(part, ledger, shard, today));
            any
        }),
        Node::Range(column, low, high) => match ints(*column) {
            Some(ints) => {
                with_ints!(ints, items => between(items, low.value(today, i64::MIN), high.value(today, i64::MAX)))
            }
            None => Bits::zeros(table.len()),
        },
        Node::OneOf(column, set, negated) => match ints(*column) {
            Some(Ints::U8(items)) => small_set(items, set, *negated),
            Some(ints) => with_ints!(ints, items => one_of(items, set, *negated)),
            None => Bits::zeros(table.len()),
        },
        Node::Text(column, test, negated) => {
            ints(*column).map_or_else(|| Bits::zeros(table.len()), |ints| texts(ints, test, *negated, shard))
        }
        Node::Flag(column, yes) => flags(&table.columns()[*column], *yes, table.len()),
        Node::Null(column) => missing(&table.columns()[*column]),
        Node::Not(part) => {
            let mut other = rows(part, ledger, shard, today);
            other.invert();
            other
        }
        Node::Along(path, _, part) => {
            let end = path.last().map_or(ledger, |step| step.to);
            path.iter().rev().fold(rows(part, end, shard, today), |bits, step| gather(shard, *step, &bits))
        }
        Node::Months(from, to, comparison, months) => match (ints(*from), ints(*to)) {
            (Some(from), Some(to)) => months_between(from, to, *comparison, *months, today),
            _ => Bits::zeros(table.len()),
        },
        Node::Row(test) => Bits::from_fn(table.len(), |row| Seer { shard, today }.passes(test, ledger, row)),
    }
}

/// Scans first; what must be asked row by row is asked of the rows that are left.
fn all_of(parts: &[Node], ledger: LedgerIx, shard: &Shard, today: i32, len: usize) -> Bits {
    let slow = |part: &&Node| matches!(part, Node::Row(_));
    let mut scans = parts.iter().filter(|part| !slow(part));
    let mut all = scans.next().map_or_else(|| Bits::ones(len), |part| rows(part, ledger, shard, today));
    scans.for_each(|part| all.and(&rows(part, ledger, shard, today)));
    for part in parts {
        if let Node::Row(test) = part {
            let seer = Seer { shard, today };
            let mut left = Bits::zeros(len);
            all.iter().filter(|row| seer.passes(test, ledger, *row)).for_each(|row| left.put(row, true));
            all = left;
        }
    }
    all
}

/// Months and days as one number, so that whole months are its difference divided by 32.
fn month_key(day: i32) -> i64 {
    let civil = day::civil(day);
    (i64::from(civil.year) * 12 + i64::from(civil.month)) * 32 + i64::from(civil.day)
}

/// [`month_key`] of the days that narrow columns hold.
fn month_keys() -> &'static [i64] {
    static KEYS: std::sync::OnceLock<Vec<i64>> = std::sync::OnceLock::new();
    let base = i32::try_from(DAY_BASE).unwrap_or(0);
    KEYS.get_or_init(|| (0..=i32::from(u16::MAX)).map(|at| month_key(at - base)).collect())
}

fn months_between(from: &Ints, to: &Ints, comparison: Comparison, months: i64, today: i32) -> Bits {
    let now = month_key(today);
    let known = month_keys();
    let key = |kept: i64| match usize::try_from(kept).ok().and_then(|at| known.get(at)) {
        Some(key) => *key,
        None => month_key(i32::try_from(kept - DAY_BASE).unwrap_or(i32::MAX)),
    };
    if let (Ints::U16(from), Ints::U16(to)) = (from, to) {
        return Bits::from_fn(from.len(), |row| {
            let end = if to[row] == u16::NULL { now } else { known[usize::from(to[row])] };
            (from[row] != u16::NULL) & orders(comparison, ((end - known[usize::from(from[row])]) >> 5).cmp(&months))
        });
    }
    Bits::from_fn(from.len(), |row| {
        let Some(start) = from.get(row) else { return false };
        let passed = (to.get(row).map_or(now, key) - key(start)).div_euclid(32);
        orders(comparison, passed.cmp(&months))
    })
}

fn flags(column: &Column, yes: bool, len: usize) -> Bits {
    match column {
        Column::Bools { yes: truth, .. } if yes => truth.clone(),
        Column::Bools { yes: truth, known } => {
            let mut no = known.clone();
            no.and_not(truth);
            no
        }
        _ => Bits::zeros(len),
    }
}

fn missing(column: &Column) -> Bits {
    fn nulls<T: Width>(items: &[T]) -> Bits {
        Bits::select(items, |item| item == T::NULL)
    }
    match column {
        Column::Ints(ints) => with_ints!(ints, items => nulls(items)),
        Column::Bools { known, .. } => {
            let mut unknown = known.clone();
            unknown.invert();
            unknown
        }
        Column::Refs(refs) => Bits::select(&refs.ids, |id| id == 0),
    }
}

fn texts(ints: &Ints, test: &TextTest, negated: bool, shard: &Shard) -> Bits {
    let known = shard.texts();
    let passes = |text: &str| match test {
        TextTest::Prefix(prefix) => text.starts_with(prefix.as_str()),
        TextTest::Compare(comparison, other) => orders(*comparison, text.as_bytes().cmp(other.as_bytes())),
        TextTest::In(_) => false,
    };
    if let TextTest::In(wanted) = test {
        let numbers: Vec<i64> = wanted.iter().filter_map(|text| known.number(text)).collect();
        return with_ints!(ints, items => one_of(items, &numbers, negated));
    }
    Bits::from_fn(ints.len(), |row| {
        ints.get(row).and_then(|number| known.text(number)).is_some_and(|text| passes(text) != negated)
    })
}

/// The rows whose reference leads into a set.
fn gather(shard: &Shard, step: Step, reached: &Bits) -> Bits {
    let (Some(table), Some(shape)) = (shard.table(step.from), shard.shape().ledger(step.from)) else {
        return Bits::zeros(0);
    };
    if shape.owner.is_some_and(|(_, field)| field == step.field) {
        let owners = shard.owner_rows(step.from);
        return Bits::select(&owners, |owner| owner != NOWHERE && reached.get(owner as usize));
    }
    match shape.column(step.field).map(|column| &table.columns()[column]) {
        Some(Column::Refs(refs)) => Bits::select(&refs.rows, |row| row != NOWHERE && reached.get(row as usize)),
        _ => Bits::zeros(table.len()),
    }
}

/// Reads operands of single rows.
struct Seer<'a> {
    shard: &'a Shard,
    today: i32,
}

/// A value as a comparison sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Seen<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Text(&'a str),
    Date(i64),
    Id(u128),
}

impl<'a> Seer<'a> {
    fn passes(&self, test: &'a RowTest, ledger: LedgerIx, row: usize) -> bool {
        match test {
            RowTest::Compare(left, comparison, right) => {
                compare(self.operand(left, ledger, row), self.operand(right, ledger, row))
                    .is_some_and(|order| orders(*comparison, order))
            }
            RowTest::In(operand, literals, negated) => match self.operand(operand, ledger, row) {
                Seen::Null => false,
                value => literals.iter().any(|one| literal(one) == value) != *negated,
            },
            RowTest::OwnerMissing(field, missing) => (self.shard.cell(ledger, row, *field) == Cell::Null) == *missing,
        }
    }

    fn operand(&self, operand: &'a Operand, ledger: LedgerIx, row: usize) -> Seen<'a> {
        match operand {
            Operand::Field(place) => self.place(place, ledger, row),
            Operand::Literal(one) => literal(one),
            Operand::Today(days) => Seen::Date(i64::from(day::add(self.today, *days))),
            Operand::Actor => Seen::Null,
            Operand::Age(place) => {
                self.day(place, ledger, row).map_or(Seen::Null, |born| Seen::Int(day::age(born, self.today).into()))
            }
            Operand::Months(from, to) => self.day(from, ledger, row).map_or(Seen::Null, |from| {
                Seen::Int(day::months(from, self.day(to, ledger, row).unwrap_or(self.today)).into())
            }),
        }
    }

    fn day(&self, place: &Place, ledger: LedgerIx, row: usize) -> Option<i32> {
        match self.place(place, ledger, row) {
            Seen::Date(day) => i32::try_from(day).ok(),
            _ => None,
        }
    }

    fn place(&self, place: &Place, ledger: LedgerIx, row: usize) -> Seen<'a> {
        let mut at = (ledger, row);
        for step in &place.path {
            match self.shard.follow(step.from, at.1, step.field) {
                Some(row) => at = (step.to, row),
                None => return Seen::Null,
            }
        }
        let shape = self.shard.shape();
        let kind =
            shape.ledger(at.0).and_then(|shape| shape.column(place.field).map(|column| shape.columns[column].kind));
        match (self.shard.cell(at.0, at.1, place.field), kind) {
            (Cell::Int(number), Some(ColumnKind::Number)) => Seen::Int(number),
            (Cell::Int(day), Some(ColumnKind::Date)) => Seen::Date(day - DAY_BASE),
            (Cell::Int(yes), Some(ColumnKind::Bool)) => Seen::Bool(yes == 1),
            (Cell::Int(number), Some(ColumnKind::Text)) => {
                self.shard.texts().text(number).map_or(Seen::Null, Seen::Text)
            }
            (Cell::Int(at), Some(ColumnKind::Code(list))) => {
                self.shard.shape().code_text(list, at).map_or(Seen::Null, Seen::Text)
            }
            (Cell::Id(id), _) => Seen::Id(id),
            _ => Seen::Null,
        }
    }
}

fn literal(literal: &Literal) -> Seen<'_> {
    match literal {
        Literal::Int(number) => Seen::Int(*number),
        Literal::Text(text) | Literal::Code(text) => Seen::Text(text),
        Literal::Bool(yes) => Seen::Bool(*yes),
        Literal::Date(day) => Seen::Date((*day).into()),
    }
}

fn compare(left: Seen<'_>, right: Seen<'_>) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Seen::Bool(left), Seen::Bool(right)) => Some(left.cmp(&right)),
        (Seen::Int(left), Seen::Int(right)) | (Seen::Date(left), Seen::Date(right)) => Some(left.cmp(&right)),
        (Seen::Text(left), Seen::Text(right)) => Some(left.as_bytes().cmp(right.as_bytes())),
        (Seen::Id(left), Seen::Id(right)) => Some(left.cmp(&right)),
        _ => None,
    }
}
