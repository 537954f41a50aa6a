//! Predicate → SQL. Every value is bound; a path along references is a scalar subquery on the key.

use anju_pack::{Comparison, Field, Ledger, LedgerIx, Literal, Operand, Pack, Place, Predicate, Step};
use anju_record::{Value, day, eval, kind};
use anju_vault::Vault;
use sea_query::{Alias, Expr, ExprTrait, Query};

use crate::schema::{BARE, column_name, inline, table_name};
use crate::sealing::{exact, index_column, is_indexed};
use crate::sql::{Dialect, sea};

/// Where a predicate is read from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// The name its ledger's table has in the statement; `None` writes bare columns.
    pub alias: Option<&'a str>,
    /// The date of evaluation; `None` in DDL.
    pub today: Option<i32>,
}

/// A column of the scope.
pub(crate) fn column(alias: Option<&str>, name: impl AsRef<str>) -> Expr {
    let name = name.as_ref();
    match alias {
        Some(alias) => Expr::col((Alias::new(alias), Alias::new(name))),
        None => Expr::col(Alias::new(name)),
    }
}

/// Writes predicates of one pack in one dialect.
pub(crate) struct Writer<'a> {
    pub pack: &'a Pack,
    pub dialect: Dialect,
    /// With it sensitive fields are compared by their blind indexes; without it not at all.
    pub vault: Option<&'a Vault>,
}

impl Writer<'_> {
    /// A predicate over the records of `ledger`; `None` if it needs what the scope has not (a date or a path in DDL), or more of a
    /// sealed field than whether it is empty or equals a constant.
    pub fn predicate(&self, ledger: LedgerIx, predicate: &Predicate, scope: Scope<'_>) -> Option<Expr> {
        let again = |inner: &Predicate| self.predicate(ledger, inner, scope);
        Some(match predicate {
            Predicate::And(all) => all
                .iter()
                .map(again)
                .collect::<Option<Vec<_>>>()?
                .into_iter()
                .reduce(ExprTrait::and)
                .unwrap_or_else(|| constant(true)),
            Predicate::Or(any) => any
                .iter()
                .map(again)
                .collect::<Option<Vec<_>>>()?
                .into_iter()
                .reduce(ExprTrait::or)
                .unwrap_or_else(|| constant(false)),
            Predicate::Not(inner) => again(inner)?.not(),
            Predicate::Compare(left, comparison, right) => {
                if let Some((place, literal)) = self.sealed_side(ledger, left, right) {
                    let (index, value) = (self.index(ledger, place, scope)?, self.indexed(ledger, place, literal)?);
                    return match comparison {
                        Comparison::Eq => Some(index.eq(value)),
                        Comparison::Ne => Some(index.ne(value)),
                        _ => None,
                    };
                }
                let (left, right) = (self.operand(ledger, left, scope)?, self.operand(ledger, right, scope)?);
                match comparison {
                    Comparison::Eq => left.eq(right),
                    Comparison::Ne => left.ne(right),
                    Comparison::Lt => left.lt(right),
                    Comparison::Le => left.lte(right),
                    Comparison::Gt => left.gt(right),
                    Comparison::Ge => left.gte(right),
                }
            }
            Predicate::In(_, literals) if literals.is_empty() => constant(false),
            Predicate::In(Operand::Field(place), literals) if self.is_sealed(ledger, place) => {
                let values: Option<Vec<Expr>> =
                    literals.iter().map(|literal| self.indexed(ledger, place, literal)).collect();
                self.index(ledger, place, scope)?.is_in(values?)
            }
            Predicate::In(side, literals) => {
                let literals: Vec<Expr> = literals.iter().map(|literal| self.literal(literal)).collect();
                self.operand(ledger, side, scope)?.is_in(literals)
            }
            Predicate::IsNull(place) => self.place(ledger, place, scope)?.is_null(),
            Predicate::Holds(place) => self.clear(ledger, place, scope)?.eq(self.value(&Value::Bool(true))),
            Predicate::Prefix(place, prefix) => self.prefix(self.clear(ledger, place, scope)?, prefix),
        })
    }

    /// Text begins with; the first half lets an index find it.
    pub fn prefix(&self, text: Expr, prefix: &str) -> Expr {
        let length = i64::try_from(prefix.chars().count()).unwrap_or(i64::MAX);
        let head = match self.dialect {
            Dialect::Sqlite => Expr::cust_with_exprs("substr(?, 1, ?)", [text.clone(), Expr::val(length)]),
            Dialect::Postgres => {
                Expr::cust_with_exprs("left($1, CAST($2 AS integer))", [text.clone(), Expr::val(length)])
            }
        };
        let prefix = self.value(&Value::Text(prefix.into()));
        text.gte(prefix.clone()).and(head.eq(prefix))
    }

    /// A field, here or along references.
    pub fn place(&self, ledger: LedgerIx, place: &Place, scope: Scope<'_>) -> Option<Expr> {
        self.along(&place.path, &column_name(&self.ends(ledger, place).1.id), scope)
    }

    /// A field that is not sealed.
    fn clear(&self, ledger: LedgerIx, place: &Place, scope: Scope<'_>) -> Option<Expr> {
        if self.is_sealed(ledger, place) { None } else { self.place(ledger, place, scope) }
    }

    /// The ledger and field that a path leads to.
    fn ends(&self, ledger: LedgerIx, place: &Place) -> (&Ledger, &Field) {
        let ledger = self.pack.ledger(place.path.last().map_or(ledger, |step| step.to));
        (ledger, ledger.field(place.field))
    }

    fn is_sealed(&self, ledger: LedgerIx, place: &Place) -> bool {
        self.ends(ledger, place).1.sensitive.is_some()
    }

    /// A sealed field and the constant that it is compared with.
    fn sealed_side<'p>(
        &self,
        ledger: LedgerIx,
        left: &'p Operand,
        right: &'p Operand,
    ) -> Option<(&'p Place, &'p Literal)> {
        match (left, right) {
            (Operand::Field(place), Operand::Literal(literal)) | (Operand::Literal(literal), Operand::Field(place)) => {
                self.is_sealed(ledger, place).then_some((place, literal))
            }
            _ => None,
        }
    }

    /// The blind index of a sealed field.
    fn index(&self, ledger: LedgerIx, place: &Place, scope: Scope<'_>) -> Option<Expr> {
        let (holder, field) = self.ends(ledger, place);
        if !is_indexed(holder, place.field) {
            return None;
        }
        self.along(&place.path, &index_column(holder, field), scope)
    }

    /// The blind index that a sealed field has where it equals a constant.
    fn indexed(&self, ledger: LedgerIx, place: &Place, literal: &Literal) -> Option<Expr> {
        let (holder, field) = self.ends(ledger, place);
        let index = exact(self.vault?, holder, field, &kind::plain(&eval::literal(literal)));
        Some(self.value(&Value::Text(index.into())))
    }

    /// A column, here or along references.
    fn along(&self, path: &[Step], name: &str, scope: Scope<'_>) -> Option<Expr> {
        let Some(first) = path.first() else { return Some(column(scope.alias, name)) };
        let from = scope.alias?;
        let next = format!("{from}_{}", first.field.0);
        let value = self.along(&path[1..], name, Scope { alias: Some(&next), ..scope })?;
        let reference = column_name(&self.pack.ledger(first.from).field(first.field).id).into_owned();
        Some(self.lookup(first.to, &next, from, &reference, value))
    }

    /// `(SELECT value FROM ledger WHERE its key = (from.county, from.reference) and it lives)`.
    pub fn lookup(&self, ledger: LedgerIx, alias: &str, from: &str, reference: &str, value: Expr) -> Expr {
        let select = Query::select()
            .expr(value)
            .from_as(Alias::new(table_name(&self.pack.ledger(ledger).id)), Alias::new(alias))
            .and_where(column(Some(alias), "county").eq(column(Some(from), "county")))
            .and_where(column(Some(alias), "id").eq(column(Some(from), reference)))
            .and_where(column(Some(alias), "deleted_at").is_null())
            .to_owned();
        Expr::SubQuery(None, Box::new(select.into()))
    }

    fn operand(&self, ledger: LedgerIx, operand: &Operand, scope: Scope<'_>) -> Option<Expr> {
        Some(match operand {
            Operand::Field(place) => self.clear(ledger, place, scope)?,
            Operand::Literal(literal) => self.literal(literal),
            Operand::Actor => return None,
            Operand::Today(days) => self.value(&Value::Date(day::add(scope.today?, *days))),
            Operand::Age(place) => self.age(self.clear(ledger, place, scope)?, scope.today?),
            Operand::Months(from, to) => {
                let today = self.value(&Value::Date(scope.today?));
                let to = sea_query::Func::coalesce([self.clear(ledger, to, scope)?, today]);
                self.months(self.clear(ledger, from, scope)?, to.into())
            }
        })
    }

    fn age(&self, born: Expr, today: i32) -> Expr {
        let civil = day::civil(today);
        let year = Expr::val(i64::from(civil.year));
        let rest = Expr::val(format!("{:02}-{:02}", civil.month, civil.day));
        match self.dialect {
            Dialect::Sqlite => Expr::cust_with_exprs(
                "(? - CAST(substr(?, 1, 4) AS INTEGER) - (substr(?, 6) > ?))",
                [year, born.clone(), born, rest],
            ),
            Dialect::Postgres => Expr::cust_with_exprs(
                "(CAST($1 AS bigint) - CAST(EXTRACT(YEAR FROM $2) AS bigint) - CAST((to_char($3, 'MM-DD') > CAST($4 AS text)) AS integer))",
                [year, born.clone(), born, rest],
            ),
        }
    }

    fn months(&self, from: Expr, to: Expr) -> Expr {
        match self.dialect {
            Dialect::Sqlite => {
                let count = |date: Expr| {
                    Expr::cust_with_exprs(
                        "(CAST(substr(?, 1, 4) AS INTEGER) * 12 + CAST(substr(?, 6, 2) AS INTEGER))",
                        [date.clone(), date],
                    )
                };
                Expr::cust_with_exprs(
                    "(? - ? - (substr(?, 9) < substr(?, 9)))",
                    [count(to.clone()), count(from.clone()), to, from],
                )
            }
            Dialect::Postgres => {
                let count = |date: Expr| {
                    Expr::cust_with_exprs(
                        "(CAST(EXTRACT(YEAR FROM $1) AS bigint) * 12 + CAST(EXTRACT(MONTH FROM $2) AS bigint))",
                        [date.clone(), date],
                    )
                };
                let earlier = Expr::cust_with_exprs(
                    "CAST((EXTRACT(DAY FROM $1) < EXTRACT(DAY FROM $2)) AS integer)",
                    [to.clone(), from.clone()],
                );
                Expr::cust_with_exprs("($1 - $2 - $3)", [count(to), count(from), earlier])
            }
        }
    }

    fn literal(&self, literal: &Literal) -> Expr {
        self.value(&eval::literal(literal))
    }

    /// A bound value of a known type; PostgreSQL cannot always tell the type of a bare parameter.
    pub fn value(&self, value: &Value) -> Expr {
        let bound = Expr::val(sea(value));
        let type_name = match (self.dialect, value) {
            (Dialect::Sqlite, _) | (_, Value::Null) => return bound,
            (_, Value::Bool(_)) => "boolean",
            (_, Value::Int(_)) => "bigint",
            (_, Value::Text(_)) => "text",
            (_, Value::Date(_)) => "date",
            (_, Value::Id(_)) => "uuid",
        };
        bound.cast_as(Alias::new(type_name))
    }
}

fn constant(held: bool) -> Expr {
    Expr::cust(if held { "(1 = 1)" } else { "(1 = 0)" })
}

/// The condition of an index, with its constants written in; `None` if an index cannot hold it.
pub(crate) fn literal_text(pack: &Pack, ledger: LedgerIx, predicate: &Predicate, dialect: Dialect) -> Option<String> {
    Some(inline(dialect, Writer { pack, dialect, vault: None }.predicate(ledger, predicate, BARE)?))
}
