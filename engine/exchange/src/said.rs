//! What somebody says of columns: which fields there are to name, and which headings a page has.

use anju_pack::{FieldIx, Pack, Sheet};

use crate::heading::{Heading, writable};
use crate::recognise::{Recognised, Target};

/// The field that is called so: `field` of the rows' own ledger, or `path.field`.
pub fn target_named(pack: &Pack, sheet: &Sheet, dotted: &str) -> Option<Target> {
    let (path, field) = match dotted.rsplit_once('.') {
        None => (0, dotted),
        Some((path, field)) => {
            let at = sheet.paths.iter().position(|known| known.name == path)?;
            (u16::try_from(at + 1).ok()?, field)
        }
    };
    let ledger = sheet.ledger_of(path)?;
    let field = pack.ledger(ledger).field_by_id(field)?;
    writable(&pack.ledger(ledger).field(field).kind).then_some(Target { path, ledger, field })
}

/// What the fields of a sheet are called: the rows' own first, then path by path.
pub fn target_names(pack: &Pack, sheet: &Sheet) -> Vec<String> {
    let mut names = Vec::new();
    for path in sheet.path_numbers() {
        let Some(ledger) = sheet.ledger_of(path) else { continue };
        let whole = path == 0 || sheet.makes.contains(&ledger);
        let naming = pack.naming_fields(ledger);
        for (field, kind) in (0..).map(FieldIx).zip(pack.ledger(ledger).fields.iter().map(|field| &field.kind)) {
            if writable(kind) && (whole || naming.contains(&field)) {
                names.push(Target { path, ledger, field }.name(pack, sheet));
            }
        }
    }
    names
}

/// Whether somebody who says one heading means another, which is given as written and in the form that is compared.
pub(crate) fn means(said: &str, written: &str, heading: &Heading) -> bool {
    said == written || (!heading.is_empty() && Heading::of(said).whole == heading.whole)
}

impl Target {
    /// What it is called: `field`, or `path.field`.
    pub fn name(&self, pack: &Pack, sheet: &Sheet) -> String {
        let field = &pack.ledger(self.ledger).field(self.field).id;
        match usize::from(self.path).checked_sub(1).and_then(|at| sheet.paths.get(at)) {
            Some(path) => format!("{}.{field}", path.name),
            None => field.clone(),
        }
    }
}

impl Recognised {
    /// Whether a column stands under a heading, as [`crate::ColumnMap`] names it.
    pub fn has_heading(&self, said: &str) -> bool {
        self.columns.iter().any(|column| means(said, &column.heading, &Heading::of(&column.heading)))
    }
}
