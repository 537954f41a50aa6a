//! How records are found by what stands in their fields: words in clear text, sensitive fields by their blind indexes.

use anju_pack::{Field, FieldIx, Kind, Ledger};
use anju_record::{Value, kind};
use sea_query::{Expr, ExprTrait};

use crate::error::{Error, Result};
use crate::predicate::{Writer, column};
use crate::query::Query;
use crate::schema::column_name;
use crate::sealing::{self, TAIL, has_tail, index_column, is_indexed, tail_column};
use crate::sql::{Column, Dialect};

const T: Option<&str> = Some("t");

/// A sealed field has no order and, without an index, no equality.
pub(crate) fn unsearchable(ledger: &Ledger, field: FieldIx) -> Error {
    Error::Unsupported(format!("{}.{} is sealed: the database cannot compare it", ledger.id, ledger.field(field).id))
}

/// A field equals a value; null means empty.
pub(crate) fn equal(writer: &Writer<'_>, ledger: &Ledger, ix: FieldIx, value: &Value) -> Result<Expr> {
    let field = ledger.field(ix);
    let place = column(T, column_name(&field.id));
    if *value == Value::Null {
        return Ok(place.is_null());
    }
    if field.sensitive.is_none() {
        return Ok(place.eq(writer.value(value)));
    }
    let vault = writer.vault.filter(|_| is_indexed(ledger, ix)).ok_or_else(|| unsearchable(ledger, ix))?;
    let index = sealing::exact(vault, ledger, field, &kind::plain(value));
    Ok(column(T, index_column(ledger, field)).eq(index))
}

/// A word stands in one of the ledger's search fields; in any text, if it has none. A sensitive number is found whole or by its
/// last four characters, other sensitive fields whole.
pub(crate) fn found(writer: &Writer<'_>, query: &Query, word: &str) -> Expr {
    let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let pattern = format!("%{escaped}%");
    let ledger = writer.pack.ledger(query.ledger);
    let textual = |kind: &Kind| Column::of(kind) == Column::Text;
    let declared = ledger.fields.iter().any(|field| field.search && textual(&field.kind));
    let like = |name: &str| match writer.dialect {
        Dialect::Sqlite => {
            Expr::cust_with_exprs("? LIKE ? ESCAPE '\\'", [column(T, name), Expr::val(pattern.as_str())])
        }
        Dialect::Postgres => {
            Expr::cust_with_exprs("$1 ILIKE $2 ESCAPE '\\'", [column(T, name), Expr::val(pattern.as_str())])
        }
    };
    let mut found = Vec::new();
    for (at, field) in ledger.fields.iter().enumerate() {
        let ix = FieldIx(u16::try_from(at).unwrap_or(u16::MAX));
        if query.unsearched.contains(&ix) {
            continue;
        }
        let plain_text = matches!(field.kind, Kind::Text { .. } | Kind::LongText { .. });
        if field.sensitive.is_some() {
            found.extend(by_index(writer, ledger, ix, field, word));
        } else if textual(&field.kind) && (field.search || !declared && plain_text) {
            found.push(like(&column_name(&field.id)));
        }
    }
    found.into_iter().reduce(ExprTrait::or).unwrap_or_else(|| Expr::cust("(1 = 0)"))
}

/// What holds of a record with a sensitive field that is searched and that a word is the whole or the end of: one of these, each of one blind
/// index. None when it can be of no field.
pub(crate) fn found_sealed(writer: &Writer<'_>, ledger: &Ledger, unsearched: &[FieldIx], word: &str) -> Vec<Expr> {
    let fields = (0_u16..).map(FieldIx).zip(&ledger.fields).filter(|(ix, _)| !unsearched.contains(ix));
    let sensitive = fields.filter(|(_, field)| field.sensitive.is_some());
    sensitive.flat_map(|(ix, field)| by_index(writer, ledger, ix, field, word)).collect()
}

fn by_index(writer: &Writer<'_>, ledger: &Ledger, ix: FieldIx, field: &Field, word: &str) -> Vec<Expr> {
    let Some(vault) = writer.vault.filter(|_| (field.search || has_tail(field)) && is_indexed(ledger, ix)) else {
        return Vec::new();
    };
    let whole = kind::parse(writer.pack, &field.kind, word).ok().filter(|value| *value != Value::Null).map(|value| {
        let index = sealing::exact(vault, ledger, field, &kind::plain(&value));
        column(T, index_column(ledger, field)).eq(index)
    });
    let mut digits = word.bytes();
    let ends = has_tail(field)
        && word.len() == TAIL
        && digits.by_ref().take(TAIL - 1).all(|digit| digit.is_ascii_digit())
        && digits.next().is_some_and(|last| last.is_ascii_digit() || last.eq_ignore_ascii_case(&b'x'));
    let tail = ends.then(|| {
        let index = sealing::tail(vault, ledger, field, &word.to_ascii_uppercase());
        column(T, tail_column(ledger, field)).eq(index)
    });
    whole.into_iter().chain(tail).collect()
}
