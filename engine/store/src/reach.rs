//! Reach → SQL: rows by the beginning of their area, or by their owner along the chain of references.

use anju_access::{OwnedBy, Reach};
use sea_query::{Alias, Expr, ExprTrait, Query as Sea};
use uuid::Uuid;

use crate::predicate::{Writer, column};
use crate::query::Query;
use crate::schema::{column_name, table_name};
use crate::sql::Dialect;

/// The rows of table `t` within the reach; `None` when every row of the county is.
pub(crate) fn within(writer: &Writer<'_>, query: &Query, reach: &Reach) -> Option<Expr> {
    if reach.is_whole(&query.county) {
        return None;
    }
    let placed = reach.areas.iter().map(|area| in_area(area));
    let owned = reach.owned.iter().map(|owned| of_owners(writer, &query.county, owned));
    Some(placed.chain(owned).reduce(ExprTrait::or).unwrap_or_else(|| Expr::cust("(1 = 0)")))
}

/// The area's code begins so; digits stand before the colon.
pub(crate) fn in_area(area: &str) -> Expr {
    column(Some("t"), "area").gte(area).and(column(Some("t"), "area").lt(format!("{area}:")))
}

/// From the owners down: the rows whose reference leads, live row by live row, to one of them.
fn of_owners(writer: &Writer<'_>, county: &str, owned: &OwnedBy) -> Expr {
    let Some((first, above)) = owned.chain.split_first() else {
        return one_of(writer.dialect, column(Some("t"), "id"), &owned.owners);
    };
    let name = |(ledger, field): &(anju_pack::LedgerIx, anju_pack::FieldIx)| {
        column_name(&writer.pack.ledger(*ledger).field(*field).id).into_owned()
    };
    let lowest = column(Some("t"), name(first));
    let Some((last, _)) = above.split_last() else { return one_of(writer.dialect, lowest, &owned.owners) };
    let mut within = one_of(writer.dialect, column(None, name(last)), &owned.owners);
    for (at, (ledger, _)) in above.iter().enumerate().rev() {
        let mut ids = Sea::select();
        ids.column(Alias::new("id"))
            .from(Alias::new(table_name(&writer.pack.ledger(*ledger).id)))
            .and_where(column(None, "county").eq(county))
            .and_where(column(None, "deleted_at").is_null())
            .and_where(within);
        let below = match at.checked_sub(1) {
            Some(below) => column(None, name(&above[below])),
            None => lowest.clone(),
        };
        within = below.in_subquery(ids);
    }
    within
}

/// One bound text for any number of ids: databases bind some ten thousand values at most.
fn one_of(dialect: Dialect, id: Expr, owners: &[Uuid]) -> Expr {
    let listed = |quote: &str| {
        let ids: Vec<String> = owners.iter().map(|owner| format!("{quote}{}{quote}", owner.simple())).collect();
        ids.join(",")
    };
    match dialect {
        Dialect::Sqlite => Expr::cust_with_exprs(
            "? IN (SELECT unhex(value) FROM json_each(?))",
            [id, Expr::val(format!("[{}]", listed("\"")))],
        ),
        Dialect::Postgres => {
            Expr::cust_with_exprs("$1 = ANY(CAST(string_to_array($2, ',') AS uuid[]))", [id, Expr::val(listed(""))])
        }
    }
}
