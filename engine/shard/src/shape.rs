//! What of a pack's ledgers must be resident: the fields that requirements, figures, owners, joins and exemptions read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anju_pack::{
    Clause, CodeListIx, FieldIx, Figure, Join, Kind, LedgerIx, Measure, Operand, Pack, Place, Predicate, Requirement,
    RequirementIx, Rule, Step,
};

/// How a field is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Integers, decimals, money, minutes.
    Number,
    /// Days.
    Date,
    /// Position in the list; its length stands for a code that the list no longer has.
    Code(CodeListIx),
    /// Number in the dictionary.
    Text,
    /// Bits.
    Bool,
    /// A reference; `None`: to any ledger.
    Ref(Option<LedgerIx>),
}

/// A resident field.
#[derive(Debug, Clone)]
pub struct ColumnShape {
    /// The field.
    pub field: FieldIx,
    /// How it is kept.
    pub kind: ColumnKind,
}

/// A resident ledger.
#[derive(Debug, Clone)]
pub struct LedgerShape {
    /// Its id, for messages.
    pub id: String,
    /// Its owner's ledger and the field that holds it.
    pub owner: Option<(LedgerIx, FieldIx)>,
    /// Its rows may have a place that is not their owner's. Roots always have.
    pub area: Option<FieldIx>,
    /// Rows are found by id.
    pub keeps_ids: bool,
    /// Resident fields in order of field.
    pub columns: Vec<ColumnShape>,
    /// Columns of the period: first day, and last day if the ledger has one.
    pub period: Option<(usize, Option<usize>)>,
    /// Columns that order the rows of one owner, the greatest first.
    pub sort: Vec<usize>,
    /// Ledgers it owns.
    pub children: Vec<LedgerIx>,
    /// Columns elsewhere that refer to it.
    pub referrers: Vec<(LedgerIx, usize)>,
}

impl LedgerShape {
    /// The column of a field.
    pub fn column(&self, field: FieldIx) -> Option<usize> {
        self.columns.binary_search_by_key(&field, |column| column.field).ok()
    }
}

/// A join by equal values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchShape {
    /// The counted ledger.
    pub of: LedgerIx,
    /// The subjects' ledger.
    pub subject: LedgerIx,
    /// Counted field, subject field (`None`: its id).
    pub pairs: Vec<(FieldIx, Option<FieldIx>)>,
}

/// Where exemptions stand.
#[derive(Debug, Clone, Copy)]
pub struct ExemptionShape {
    /// The ledger.
    pub ledger: LedgerIx,
    /// Which requirement, by id.
    pub requirement: FieldIx,
    /// Which record.
    pub subject: FieldIx,
    /// First day.
    pub starts_on: FieldIx,
    /// Last day.
    pub ends_on: FieldIx,
}

/// The resident part of a pack's ledgers.
#[derive(Debug, Clone)]
pub struct Shape {
    pub(crate) ledgers: Vec<Option<LedgerShape>>,
    pub(crate) codes: Vec<HashMap<Box<str>, i64>>,
    pub(crate) code_texts: Vec<Vec<Box<str>>>,
    pub(crate) requirements: HashMap<Box<str>, RequirementIx>,
    /// The joins by equal values that the pack makes.
    pub matches: Vec<MatchShape>,
    /// Where exemptions stand.
    pub exemption: Option<ExemptionShape>,
}

impl Shape {
    /// Reads a pack.
    pub fn of(pack: &Pack) -> Self {
        let mut reader = Reader { pack, read: BTreeMap::new(), found: BTreeSet::new(), matches: Vec::new() };
        pack.requirements.iter().for_each(|requirement| reader.requirement(requirement));
        pack.figures.iter().for_each(|figure| reader.figure(figure));
        let mut shape = Self {
            ledgers: pack.ledger_ixs().map(|ledger| reader.ledger(ledger)).collect(),
            codes: pack
                .codes
                .iter()
                .map(|list| (0i64..).zip(&list.values).map(|(at, value)| (value.code.as_str().into(), at)).collect())
                .collect(),
            code_texts: pack
                .codes
                .iter()
                .map(|list| list.values.iter().map(|value| value.code.as_str().into()).collect())
                .collect(),
            requirements: pack.requirement_ixs().map(|ix| (pack.requirement(ix).id.as_str().into(), ix)).collect(),
            matches: reader.matches,
            exemption: exemption(pack),
        };
        shape.link();
        shape
    }

    fn link(&mut self) {
        let mut children = Vec::new();
        let mut referrers = Vec::new();
        for (ix, ledger) in (0u16..).map(LedgerIx).zip(&self.ledgers) {
            let Some(ledger) = ledger else { continue };
            children.extend(ledger.owner.map(|(owner, _)| (owner, ix)));
            for (at, column) in ledger.columns.iter().enumerate() {
                if let ColumnKind::Ref(Some(to)) = column.kind {
                    referrers.push((to, (ix, at)));
                }
            }
        }
        for (owner, child) in children {
            if let Some(Some(ledger)) = self.ledgers.get_mut(usize::from(owner.0)) {
                ledger.children.push(child);
            }
        }
        for (to, referrer) in referrers {
            if let Some(Some(ledger)) = self.ledgers.get_mut(usize::from(to.0)) {
                ledger.referrers.push(referrer);
            }
        }
    }

    /// The resident part of a ledger.
    pub fn ledger(&self, ledger: LedgerIx) -> Option<&LedgerShape> {
        self.ledgers.get(usize::from(ledger.0))?.as_ref()
    }

    /// The fields that a loader must read of a ledger; `None` if nothing reads the ledger.
    pub fn fields(&self, ledger: LedgerIx) -> Option<Vec<FieldIx>> {
        if let Some(exemption) = self.exemption.as_ref().filter(|exemption| exemption.ledger == ledger) {
            return Some(vec![exemption.requirement, exemption.subject, exemption.starts_on, exemption.ends_on]);
        }
        let kept = self.ledger(ledger)?;
        let mut fields: Vec<_> =
            kept.columns.iter().map(|column| column.field).chain(kept.owner.map(|(_, field)| field)).collect();
        fields.extend(kept.area); // whether a row has a place of its own
        fields.sort_unstable();
        fields.dedup();
        Some(fields)
    }

    /// The code at a position of a list.
    pub fn code_text(&self, list: CodeListIx, at: i64) -> Option<&str> {
        self.code_texts.get(usize::from(list.0))?.get(usize::try_from(at).ok()?).map(|code| &**code)
    }

    /// Where a code stands in its list; the list's length if it is not there.
    pub fn code(&self, list: CodeListIx, code: &str) -> i64 {
        let Some(list) = self.codes.get(usize::from(list.0)) else { return 0 };
        list.get(code).copied().unwrap_or_else(|| i64::try_from(list.len()).unwrap_or(i64::MAX - 1))
    }
}

fn exemption(pack: &Pack) -> Option<ExemptionShape> {
    let ledger = pack.ledger_by_id("exemption")?;
    let field = |id: &str| pack.ledger(ledger).field_by_id(id);
    Some(ExemptionShape {
        ledger,
        requirement: field("requirement")?,
        subject: field("subject")?,
        starts_on: field("starts_on")?,
        ends_on: field("ends_on")?,
    })
}

/// Collects what is read.
struct Reader<'a> {
    pack: &'a Pack,
    read: BTreeMap<LedgerIx, BTreeSet<FieldIx>>,
    found: BTreeSet<LedgerIx>,
    matches: Vec<MatchShape>,
}

impl Reader<'_> {
    fn touch(&mut self, ledger: LedgerIx) {
        if self.read.contains_key(&ledger) {
            return;
        }
        let fields = self.read.entry(ledger).or_default();
        if let Some(period) = self.pack.ledger(ledger).period {
            fields.insert(period.start);
            fields.extend(period.end);
        }
        if let Some(owner) = self.pack.ledger(ledger).of {
            self.find(owner.ledger);
        }
    }

    fn find(&mut self, ledger: LedgerIx) {
        self.touch(ledger);
        self.found.insert(ledger);
    }

    fn field(&mut self, ledger: LedgerIx, field: FieldIx) {
        self.touch(ledger);
        if self.pack.ledger(ledger).of.is_some_and(|owner| owner.field == field) {
            return;
        }
        self.read.entry(ledger).or_default().insert(field);
        if let Kind::Ref { to } = self.pack.ledger(ledger).field(field).kind {
            self.find(to);
        }
    }

    fn path(&mut self, path: &[Step]) {
        for step in path {
            self.field(step.from, step.field);
            self.find(step.to);
        }
    }

    fn place(&mut self, ledger: LedgerIx, place: &Place) {
        self.path(&place.path);
        self.field(place.path.last().map_or(ledger, |step| step.to), place.field);
    }

    fn operand(&mut self, ledger: LedgerIx, operand: &Operand) {
        match operand {
            Operand::Field(place) | Operand::Age(place) => self.place(ledger, place),
            Operand::Months(from, to) => {
                self.place(ledger, from);
                self.place(ledger, to);
            }
            Operand::Literal(_) | Operand::Today(_) | Operand::Actor => {}
        }
    }

    fn predicate(&mut self, ledger: LedgerIx, predicate: &Predicate) {
        match predicate {
            Predicate::And(parts) | Predicate::Or(parts) => parts.iter().for_each(|part| self.predicate(ledger, part)),
            Predicate::Not(part) => self.predicate(ledger, part),
            Predicate::Compare(left, _, right) => {
                self.operand(ledger, left);
                self.operand(ledger, right);
            }
            Predicate::In(operand, _) => self.operand(ledger, operand),
            Predicate::IsNull(place) | Predicate::Holds(place) | Predicate::Prefix(place, _) => {
                self.place(ledger, place)
            }
        }
    }

    fn clause(&mut self, subject: LedgerIx, clause: &Clause) {
        self.touch(clause.of);
        if let Some(predicate) = &clause.predicate {
            self.predicate(clause.of, predicate);
        }
        match &clause.join {
            Join::Path(path) => self.path(path),
            Join::Match(pairs) => {
                for (of, own) in pairs {
                    self.field(clause.of, *of);
                    if let Some(own) = own {
                        self.field(subject, *own);
                    }
                }
                let shape = MatchShape { of: clause.of, subject, pairs: pairs.clone() };
                if !self.matches.contains(&shape) {
                    self.matches.push(shape);
                }
            }
        }
    }

    fn requirement(&mut self, requirement: &Requirement) {
        self.find(requirement.each);
        if let Some(predicate) = &requirement.predicate {
            self.predicate(requirement.each, predicate);
        }
        requirement.having.iter().for_each(|clause| self.clause(requirement.each, clause));
        if let Rule::Needs(clause) = &requirement.rule {
            self.clause(requirement.each, clause);
        }
        for owner in &requirement.owners {
            self.path(&owner.up);
            self.touch(owner.ledger);
            self.path(owner.link.as_slice());
            self.field(owner.ledger, owner.field);
        }
    }

    fn figure(&mut self, figure: &Figure) {
        let measured = match &figure.measure {
            Measure::Count(ledger) => *ledger,
            Measure::Distinct(ledger, field) | Measure::Sum(ledger, field) => {
                self.field(*ledger, *field);
                *ledger
            }
            Measure::Met(requirement) => self.pack.requirement(*requirement).each,
            Measure::Fewest { each, clause } => {
                self.clause(*each, clause);
                *each
            }
        };
        self.find(measured);
        if let Some(predicate) = &figure.predicate {
            self.predicate(measured, predicate);
        }
        figure.having.iter().for_each(|clause| self.clause(measured, clause));
        if let Some(by) = figure.by {
            self.field(measured, by);
        }
    }

    fn ledger(&self, ix: LedgerIx) -> Option<LedgerShape> {
        let read = self.read.get(&ix)?;
        let ledger = self.pack.ledger(ix);
        let columns: Vec<ColumnShape> = read
            .iter()
            .map(|field| ColumnShape { field: *field, kind: column_kind(&ledger.field(*field).kind) })
            .collect();
        let at = |field: FieldIx| columns.iter().position(|column| column.field == field);
        let period = ledger.period.and_then(|period| Some((at(period.start)?, period.end.and_then(at))));
        let sort = period.map_or_else(Vec::new, |(start, end)| end.into_iter().chain([start]).collect());
        let told_apart = columns.iter().all(|column| column.kind != ColumnKind::Text);
        Some(LedgerShape {
            id: ledger.id.clone(),
            owner: ledger.of.map(|owner| (owner.ledger, owner.field)),
            area: ledger.area,
            keeps_ids: self.found.contains(&ix) || !told_apart,
            columns,
            period,
            sort,
            children: Vec::new(),
            referrers: Vec::new(),
        })
    }
}

const fn column_kind(kind: &Kind) -> ColumnKind {
    match kind {
        Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Money { .. } | Kind::Time => ColumnKind::Number,
        Kind::Bool => ColumnKind::Bool,
        Kind::Date { .. } => ColumnKind::Date,
        Kind::Code { list } => ColumnKind::Code(*list),
        Kind::Ref { to } => ColumnKind::Ref(Some(*to)),
        Kind::Subject => ColumnKind::Ref(None),
        Kind::Text { .. }
        | Kind::LongText { .. }
        | Kind::Area { .. }
        | Kind::IdNumber
        | Kind::Phone
        | Kind::Point
        | Kind::Attachment => ColumnKind::Text,
    }
}
