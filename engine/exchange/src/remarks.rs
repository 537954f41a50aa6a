//! What a row says of itself beyond its cells: what an ID number tells, and what is doubtful.

use anju_pack::{FieldIx, LedgerIx, Pack, Sheet};
use anju_record::{Code, Value, born_by, doubts, sex_by};

use crate::rows::{Context, FaultKind, Given, RowFault, SheetRow};

/// Paths whose records a row tells of and of which something may be remarked, each with its ledger. A reference only says which record is meant.
pub(crate) fn told_of(pack: &Pack, sheet: &Sheet) -> Vec<(u16, LedgerIx)> {
    let paths = sheet.path_numbers().filter(|path| sheet.many != Some(*path));
    let ledgers = paths.filter_map(|path| Some((path, sheet.ledger_of(path)?)));
    let told = ledgers.filter(|(path, ledger)| *path == 0 || sheet.makes.contains(ledger));
    told.filter(|(_, ledger)| {
        let ledger = pack.ledger(*ledger);
        !ledger.doubtful.is_empty() || ledger.fields.iter().any(|field| field.agrees.is_some())
    })
    .collect()
}

impl Context<'_> {
    /// Fills in what an ID number says and no column does, and remarks what is doubtful.
    pub fn remark(&self, row: &mut SheetRow) {
        for (path, ledger) in &self.told {
            self.fill_in(row, *path, *ledger);
            self.doubt(row, *path, *ledger);
        }
    }

    fn fill_in(&self, row: &mut SheetRow, path: u16, ledger: LedgerIx) {
        let fields = &self.pack.ledger(ledger).fields;
        for (agrees, at) in fields.iter().zip(0_u16..).filter_map(|(field, at)| Some((field.agrees?, FieldIx(at)))) {
            let Some(part) = row.part(path) else { return };
            let Some(Value::Text(number)) = part.value(at) else { continue };
            let says = [(agrees.birth, born_by(number)), (agrees.sex, sex_by(number))];
            for (field, says) in says.into_iter().filter_map(|(field, says)| field.zip(says)) {
                if row.part(path).is_some_and(|part| part.get(field).is_some()) {
                    continue;
                }
                // A cell that could not be read is not filled in.
                let column = self.source(path, field).map(|source| source.column);
                if column.is_some() && row.faults.iter().any(|fault| fault.column == column) {
                    continue;
                }
                if let Some(part) = row.part_mut(path) {
                    part.set(field, Given::Implied(says));
                }
            }
        }
    }

    fn doubt(&self, row: &mut SheetRow, path: u16, ledger: LedgerIx) {
        let Some(part) = row.part(path) else { return };
        let given = |field| match part.get(field)? {
            Given::Value(value) | Given::Implied(value) => Some(value),
            Given::Clear => Some(&Value::Null),
        };
        for doubt in doubts(self.pack, ledger, given, |_| true, self.today) {
            let field = self.pack.ledger(ledger).field_by_id(&doubt.fault.path);
            row.faults.push(RowFault {
                row: row.number,
                column: field.and_then(|field| self.source(path, field)).map(|source| source.column),
                kind: match doubt.fault.code {
                    Code::IdBirthMismatch => FaultKind::IdBirthMismatch,
                    Code::IdSexMismatch => FaultKind::IdSexMismatch,
                    _ => FaultKind::Doubtful,
                },
                fault: doubt.fault,
                warning: true,
                group: None,
                item: None,
            });
        }
    }
}
