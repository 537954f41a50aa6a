//! What a requirement or figure reads: every ledger and every field that its rule looks at.

use anju_pack::{
    Clause, FieldIx, FigureIx, Join, LedgerIx, Measure, Operand, Pack, Place, Predicate, RequirementIx, Rule, Step,
};

/// Asked about a ledger, or about a field of it; `false` stops the walk.
pub(crate) type Ask<'a> = &'a mut dyn FnMut(LedgerIx, Option<FieldIx>) -> bool;

/// Every ledger that a requirement's rule reads, the subjects' among them.
pub fn ledgers_of(pack: &Pack, ix: RequirementIx) -> Vec<LedgerIx> {
    let mut ledgers = Vec::new();
    requirement(pack, ix, &mut |ledger, _| {
        if !ledgers.contains(&ledger) {
            ledgers.push(ledger);
        }
        true
    });
    ledgers
}

/// All that a requirement reads is granted.
pub(crate) fn requirement(pack: &Pack, ix: RequirementIx, ask: Ask<'_>) -> bool {
    let requirement = pack.requirement(ix);
    let each = requirement.each;
    ask(each, None)
        && requirement.predicate.as_ref().is_none_or(|condition| predicate(each, condition, ask))
        && requirement.having.iter().all(|having| clause(each, having, ask))
        && match &requirement.rule {
            Rule::Needs(needs) => clause(each, needs, ask),
            // A part stands before its whole, so this ends.
            Rule::AllOf(parts) | Rule::AnyOf(parts) => parts.iter().all(|part| self::requirement(pack, *part, ask)),
        }
}

/// All that a figure reads is granted.
pub(crate) fn figure(pack: &Pack, ix: FigureIx, ask: Ask<'_>) -> bool {
    let figure = pack.figure(ix);
    let ledger = match &figure.measure {
        Measure::Count(ledger) => *ledger,
        Measure::Distinct(ledger, field) | Measure::Sum(ledger, field) => {
            if !ask(*ledger, Some(*field)) {
                return false;
            }
            *ledger
        }
        Measure::Met(met) => return requirement(pack, *met, ask),
        Measure::Fewest { each, clause: counted } => return ask(*each, None) && clause(*each, counted, ask),
    };
    ask(ledger, None)
        && figure.by.is_none_or(|by| ask(ledger, Some(by)))
        && figure.predicate.as_ref().is_none_or(|condition| predicate(ledger, condition, ask))
        && figure.having.iter().all(|having| clause(ledger, having, ask))
}

fn clause(subject: LedgerIx, clause: &Clause, ask: Ask<'_>) -> bool {
    ask(clause.of, None)
        && match &clause.join {
            Join::Path(path) => steps(path, ask),
            Join::Match(pairs) => pairs
                .iter()
                .all(|(field, own)| ask(clause.of, Some(*field)) && own.is_none_or(|own| ask(subject, Some(own)))),
        }
        && clause.predicate.as_ref().is_none_or(|condition| predicate(clause.of, condition, ask))
}

fn steps(path: &[Step], ask: Ask<'_>) -> bool {
    path.iter().all(|step| ask(step.from, Some(step.field)) && ask(step.to, None))
}

fn predicate(ledger: LedgerIx, condition: &Predicate, ask: Ask<'_>) -> bool {
    match condition {
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().all(|part| predicate(ledger, part, ask)),
        Predicate::Not(part) => predicate(ledger, part, ask),
        Predicate::Compare(left, _, right) => operand(ledger, left, ask) && operand(ledger, right, ask),
        Predicate::In(left, _) => operand(ledger, left, ask),
        Predicate::IsNull(at) | Predicate::Holds(at) | Predicate::Prefix(at, _) => place(ledger, at, ask),
    }
}

fn operand(ledger: LedgerIx, operand: &Operand, ask: Ask<'_>) -> bool {
    match operand {
        Operand::Field(at) | Operand::Age(at) => place(ledger, at, ask),
        Operand::Months(from, to) => place(ledger, from, ask) && place(ledger, to, ask),
        Operand::Literal(_) | Operand::Today(_) | Operand::Actor => true,
    }
}

fn place(ledger: LedgerIx, at: &Place, ask: Ask<'_>) -> bool {
    let end = at.path.last().map_or(ledger, |step| step.to);
    steps(&at.path, ask) && ask(end, Some(at.field))
}
