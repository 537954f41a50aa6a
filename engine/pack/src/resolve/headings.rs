//! Headings: no two fields that a sheet fills answer to one.

use super::Scope;
use crate::codes::Code;
use crate::fault::Bench;
use crate::model::{Kind, LedgerIx, Sheet, Text};
use crate::parse::raw::{RawField, RawKind, RawLedger};
use crate::parse::reader::Word;

/// What a field is called above its column.
struct Headed<'a> {
    id: &'a str,
    title: &'a Text,
    aliases: &'a [String],
}

impl<'a> Headed<'a> {
    fn of(field: &'a RawField) -> Self {
        Self { id: &field.id.value, title: &field.title, aliases: &field.aliases }
    }

    fn titles(&self) -> impl Iterator<Item = &'a str> {
        [self.title.zh.as_str(), self.title.en.as_str()].into_iter().filter(|title| !title.trim().is_empty())
    }

    fn is_titled(&self, heading: &str) -> bool {
        self.titles().any(|title| is_one(title, heading))
    }

    /// The title of one of the two by which the other goes as well.
    fn shared(&self, other: &Self) -> Option<&'a str> {
        let goes_by = |title: &&str| other.is_titled(title) || other.aliases.iter().any(|alias| is_one(alias, title));
        let own = self.titles().find(goes_by);
        own.or_else(|| self.aliases.iter().map(String::as_str).find(|alias| other.is_titled(alias)))
    }
}

fn is_one(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}

/// Fields of a ledger under one heading, told at the later of them; `owner` is the title of a reference to the owner that nobody wrote.
pub(crate) fn of_ledger(bench: &Bench<'_>, ledger: &RawLedger, owner: Option<(&str, &Text)>) {
    let mut known: Vec<Headed<'_>> = owner.map(|(id, title)| Headed { id, title, aliases: &[] }).into_iter().collect();
    for field in
        ledger.fields.iter().filter(|field| !matches!(field.kind, RawKind::Plain(Kind::Subject | Kind::Attachment)))
    {
        let headed = Headed::of(field);
        if let Some((other, heading)) = known.iter().find_map(|other| Some((other, headed.shared(other)?))) {
            let of = |field: &Headed<'_>| format!("{}.{}", ledger.id.value, field.id);
            bench.fault(Code::OneHeading, field.id.at, &[of(&headed).into(), of(other).into(), heading.into()]);
        }
        known.push(headed);
    }
}

/// Fields that a county adds, each with its ledger, under the title of a field of another ledger of which a sheet's rows tell as much: that sheet
/// has one column for both.
pub(crate) fn of_sheets(scope: &Scope<'_>, added: &[(Word, Word)]) {
    for (ledger, field) in added {
        let Some(at) = scope.pack.ledger_by_id(&ledger.value) else { continue };
        for sheet in scope.pack.sheets.iter().filter(|sheet| told_by(sheet).any(|told| told == at)) {
            if let Some((other, title)) =
                told_by(sheet).filter(|told| *told != at).find_map(|told| titled(scope, (at, field), told))
            {
                let name = format!("{}.{}", ledger.value, field.value);
                scope.bench.fault(Code::OneHeading, field.at, &[name.into(), other.into(), title.into()]);
                break;
            }
        }
    }
}

/// Ledgers all of whose fields a sheet fills.
fn told_by(sheet: &Sheet) -> impl Iterator<Item = LedgerIx> {
    std::iter::once(sheet.rows).chain(sheet.makes.iter().copied())
}

/// The field of another ledger that has the title of a field, and the title.
fn titled(scope: &Scope<'_>, (ledger, field): (LedgerIx, &Word), other: LedgerIx) -> Option<(String, String)> {
    let is_filled = |kind: &Kind| !matches!(kind, Kind::Ref { .. } | Kind::Subject | Kind::Attachment);
    let (own, there) = (scope.pack.ledger(ledger), scope.pack.ledger(other));
    let own = own.fields.iter().find(|own| own.of_county && own.id == field.value && is_filled(&own.kind))?;
    let own = Headed { id: &own.id, title: &own.title, aliases: &[] };
    there.fields.iter().filter(|there| is_filled(&there.kind)).find_map(|field| {
        let title =
            own.titles().find(|title| Headed { id: &field.id, title: &field.title, aliases: &[] }.is_titled(title))?;
        Some((format!("{}.{}", there.id, field.id), title.to_owned()))
    })
}
