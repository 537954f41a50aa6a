//! New records that begin after what they name has ended.

use anju_exchange::{FaultKind, RowFault};
use anju_pack::Kind;
use anju_record::{Code, Problem, Value, day, kind};

use super::super::line::RowLine;
use super::entry::Entry;
use super::fault;
use super::settle::Settling;

impl Settling<'_> {
    /// Remarks them at their rows: somebody who has left may have come back, and a day may be mistyped.
    pub(super) fn remark_ended(&self, lines: &mut [RowLine]) {
        for entry in self.entries.iter().filter(|entry| entry.is_made()) {
            for remark in self.after_ends(entry) {
                if let Some(line) = entry.rows.first().and_then(|row| lines.get_mut(*row)) {
                    line.faults.push(RowFault { row: line.number, ..remark });
                }
            }
        }
    }

    fn after_ends(&self, entry: &Entry) -> Vec<RowFault> {
        let pack = self.ground.pack();
        let definition = pack.ledger(entry.ledger);
        let start = definition.period.map(|period| entry.value(period.start));
        let Some(Value::Date(start)) = start else { return Vec::new() };
        let mut remarks = Vec::new();
        for said in &entry.said {
            let field = definition.field(said.field);
            let (Kind::Ref { to }, Value::Id(id)) = (&field.kind, &said.value) else { continue };
            let named = self.ground.known.get(to).and_then(|known| known.with_id(*id));
            let end = pack.ledger(*to).period.and_then(|period| period.end);
            let ended = named.zip(end).map(|(named, end)| (named, named.values.get(usize::from(end.0))));
            if let Some((named, Some(Value::Date(end)))) = ended
                && end < start
            {
                let name = kind::own_name(pack, *to, |field| named.values.get(usize::from(field.0)));
                let problem = Problem::new(Code::AfterEnd, name, [day::format(*end), day::format(*start)]);
                let at = problem.at(field.id.as_str(), &field.title);
                let column =
                    super::super::nodes::column_of(&self.ground.nodes, self.ground.recognised, entry.node, said.field);
                remarks.push(RowFault { warning: true, ..fault(0, column, FaultKind::Doubtful, at) });
            }
        }
        remarks
    }
}
