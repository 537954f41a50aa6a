//! From the tables as they are to the tables a pack asks for: plan first, then apply.

use std::fmt::Write as _;

use crate::refill::Refill;
use crate::schema::{Check, ColumnDef, Foreign, Index, Schema, Table};
use crate::sql::{Column, Dialect, quote};

/// What a step does to data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Adds or widens; done without asking.
    Expansion,
    /// Narrows what new values may be; the data were looked at and satisfy it.
    Tightening,
    /// Would narrow, but the data do not satisfy it yet; left as it is and planned again later. Says how many rows stand against it.
    Deferred(i64),
    /// Seals what stands in the clear, or the other way round, in place: rows, and the journal where no checkpoint signs it yet.
    Sealing,
    /// Loses data; archived first, and only when allowed.
    Contraction,
}

/// One change of the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it does to data.
    pub effect: Effect,
    /// Its table.
    pub table: String,
    /// What is done, in English.
    pub what: String,
    pub(crate) change: Alter,
}

/// What an `apply` would run.
#[derive(Debug, Clone)]
pub struct MigrationPlan {
    /// Hash of the pack that the database follows; `None` for an empty database.
    pub from: Option<String>,
    /// Hash of the pack to follow.
    pub to: String,
    /// In order.
    pub steps: Vec<Step>,
    pub(crate) actual: Schema,
    pub(crate) target: Schema,
    pub(crate) refills: Vec<Refill>,
}

impl MigrationPlan {
    /// Nothing to run: the database follows the pack already.
    pub fn is_empty(&self) -> bool {
        self.from.as_deref() == Some(&self.to)
            && self.steps.iter().all(|step| matches!(step.effect, Effect::Deferred(_)))
    }

    /// The steps that lose data.
    pub fn contractions(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.effect == Effect::Contraction)
    }
}

/// A difference of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Alter {
    CreateTable(Table),
    DropTable,
    AddColumn(ColumnDef),
    DropColumn(String),
    Seal(ColumnDef),
    NotNull(String, bool),
    AddCheck(Check),
    DropCheck(Check),
    AddForeign(Foreign),
    DropForeign(Foreign),
    AddIndex(Index),
    DropIndex(Index),
}

/// Every difference, before the data are looked at.
pub(crate) fn diff(old: &Schema, new: &Schema) -> Vec<Step> {
    let mut steps = Vec::new();
    for table in &old.tables {
        if new.table(&table.name).is_none() {
            steps.push(step(
                Effect::Contraction,
                &table.name,
                format!("drop the table {}", table.name),
                Alter::DropTable,
            ));
        }
    }
    for table in &new.tables {
        match old.table(&table.name) {
            None => steps.push(step(
                Effect::Expansion,
                &table.name,
                format!("create the table {}", table.name),
                Alter::CreateTable(table.clone()),
            )),
            Some(was) => between(was, table, &mut steps),
        }
    }
    steps
}

fn step(effect: Effect, table: &str, what: String, change: Alter) -> Step {
    Step { effect, table: table.to_owned(), what, change }
}

fn between(old: &Table, new: &Table, steps: &mut Vec<Step>) {
    let mut add = |effect, what, change| steps.push(step(effect, &new.name, what, change));
    let table = &new.name;
    let same_type =
        |name: &str| old.column(name).zip(new.column(name)).is_some_and(|(old, new)| old.clear() == new.clear());
    for index in old.indexes.iter().filter(|index| !new.indexes.contains(index)) {
        add(Effect::Expansion, format!("drop the index {}", index.name), Alter::DropIndex(index.clone()));
    }
    for foreign in old.foreign.iter().filter(|foreign| !new.foreign.contains(foreign)) {
        add(Effect::Expansion, format!("drop the reference {}", foreign.name), Alter::DropForeign(foreign.clone()));
    }
    for check in old.checks.iter().filter(|check| !new.checks.contains(check)) {
        add(Effect::Expansion, format!("drop the check {}", check.name), Alter::DropCheck(check.clone()));
    }
    for column in &old.columns {
        if !same_type(&column.name) {
            add(
                Effect::Contraction,
                format!("drop the column {table}.{}", column.name),
                Alter::DropColumn(column.name.clone()),
            );
        }
    }
    columns(old, new, &same_type, &mut add);
    for check in new.checks.iter().filter(|check| !old.checks.contains(check)) {
        add(Effect::Tightening, format!("check {}: {}", check.name, check.sql), Alter::AddCheck(check.clone()));
    }
    for foreign in new.foreign.iter().filter(|foreign| !old.foreign.contains(foreign)) {
        add(
            Effect::Tightening,
            format!("refer from {table}.{} to {}", foreign.column, foreign.to),
            Alter::AddForeign(foreign.clone()),
        );
    }
    for index in new.indexes.iter().filter(|index| !old.indexes.contains(index)) {
        let effect = if index.unique { Effect::Tightening } else { Effect::Expansion };
        add(effect, format!("index {table} by {}", index.columns.join(", ")), Alter::AddIndex(index.clone()));
    }
}

/// What the new columns ask: to be added, sealed or opened, required or not.
fn columns(old: &Table, new: &Table, same_type: &dyn Fn(&str) -> bool, add: &mut dyn FnMut(Effect, String, Alter)) {
    let table = &new.name;
    for column in &new.columns {
        if !same_type(&column.name) {
            add(
                Effect::Expansion,
                format!("add the column {table}.{}", column.name),
                Alter::AddColumn(ColumnDef { not_null: false, ..column.clone() }),
            );
        }
        let before = old.column(&column.name).filter(|was| same_type(&was.name) && was.sealed != column.sealed);
        if let Some(was) = before {
            let word = if column.sealed.is_some() { "seal" } else { "open" };
            let what = format!("{word} every value of the column {table}.{}", column.name);
            add(Effect::Sealing, what, Alter::Seal(ColumnDef { not_null: was.not_null, ..column.clone() }));
        }
        let was = old.column(&column.name).is_some_and(|was| was.not_null) && same_type(&column.name);
        match (was, column.not_null) {
            (false, true) => add(
                Effect::Tightening,
                format!("require {table}.{}", column.name),
                Alter::NotNull(column.name.clone(), true),
            ),
            (true, false) => add(
                Effect::Expansion,
                format!("no longer require {table}.{}", column.name),
                Alter::NotNull(column.name.clone(), false),
            ),
            _ => {}
        }
    }
}

/// How many rows stand against a tightening; asked of the tables as they are.
pub(crate) fn against(old: &Table, new: &Table, change: &Alter) -> Option<String> {
    let quoted = quote(&old.name);
    // A column of another type is dropped and made anew: its values do not count.
    let exists =
        |name: &str| old.column(name).zip(new.column(name)).is_some_and(|(old, new)| old.clear() == new.clear());
    match change {
        Alter::NotNull(name, true) if exists(name) => {
            Some(format!("SELECT count(*) FROM {quoted} WHERE {} IS NULL", quote(name)))
        }
        Alter::NotNull(_, true) => Some(format!("SELECT count(*) FROM {quoted}")),
        Alter::AddCheck(check) if exists(&check.column) => {
            Some(format!("SELECT count(*) FROM {quoted} WHERE NOT ({})", check.sql))
        }
        Alter::AddForeign(foreign) if exists(&foreign.column) => Some(format!(
            "SELECT count(*) FROM {quoted} AS f WHERE f.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {to} AS t WHERE t.county = f.county AND t.id = f.{column})",
            column = quote(&foreign.column),
            to = quote(&foreign.to)
        )),
        Alter::AddIndex(index) if index.unique && index.columns.iter().all(|name| exists(name)) => {
            let columns: Vec<String> =
                std::iter::once("county".to_owned()).chain(index.columns.iter().map(|name| quote(name))).collect();
            let filled: Vec<String> = index.columns.iter().map(|name| format!("{} IS NOT NULL", quote(name))).collect();
            let condition = index.condition.as_deref().unwrap_or("1 = 1");
            Some(format!(
                "SELECT count(*) FROM (SELECT 1 FROM {quoted} WHERE ({condition}) AND {} GROUP BY {} HAVING count(*) > 1) AS repeated",
                filled.join(" AND "),
                columns.join(", ")
            ))
        }
        _ => None,
    }
}

/// The tables after the steps that are taken.
pub(crate) fn reached(old: &Schema, target: &Schema, steps: &[Step]) -> Schema {
    let mut schema = old.clone();
    for step in steps.iter().filter(|step| !matches!(step.effect, Effect::Deferred(_))) {
        match &step.change {
            Alter::CreateTable(table) => schema.tables.push(table.clone()),
            Alter::DropTable => schema.tables.retain(|table| table.name != step.table),
            change => {
                if let Some(table) = schema.tables.iter_mut().find(|table| table.name == step.table) {
                    alter(table, change);
                }
            }
        }
    }
    let place = |name: &str| target.tables.iter().position(|table| table.name == name);
    schema.tables.sort_by_key(|table| place(&table.name));
    for table in &mut schema.tables {
        if let Some(wanted) = target.table(&table.name) {
            table.columns.sort_by_key(|column| wanted.columns.iter().position(|other| other.name == column.name));
        }
    }
    schema
}

fn alter(table: &mut Table, change: &Alter) {
    match change {
        Alter::AddColumn(column) => table.columns.push(column.clone()),
        Alter::Seal(column) => {
            for was in table.columns.iter_mut().filter(|was| was.name == column.name) {
                was.clone_from(column);
            }
        }
        Alter::DropColumn(name) => table.columns.retain(|column| column.name != *name),
        Alter::NotNull(name, required) => table
            .columns
            .iter_mut()
            .filter(|column| column.name == *name)
            .for_each(|column| column.not_null = *required),
        Alter::AddCheck(check) => table.checks.push(check.clone()),
        Alter::DropCheck(check) => table.checks.retain(|other| other != check),
        Alter::AddForeign(foreign) => table.foreign.push(foreign.clone()),
        Alter::DropForeign(foreign) => table.foreign.retain(|other| other != foreign),
        Alter::AddIndex(index) => table.indexes.push(index.clone()),
        Alter::DropIndex(index) => table.indexes.retain(|other| other != index),
        Alter::CreateTable(_) | Alter::DropTable => {}
    }
}

/// `CREATE TABLE` without its indexes.
pub(crate) fn create_table(table: &Table, name: &str, dialect: Dialect) -> String {
    let (text, id, int) =
        (Column::Text.type_name(dialect), Column::Id.type_name(dialect), Column::Int.type_name(dialect));
    let mut sql = format!(
        "CREATE TABLE {} (\n  county {text} NOT NULL CONSTRAINT chk_county CHECK (length(county) = 6),\n  id {id} NOT NULL,\n  version {int} NOT NULL,\n  area {text} NOT NULL,\n  deleted_at {int}",
        quote(name)
    );
    for column in &table.columns {
        let _ = write!(sql, ",\n  {}", column_ddl(column, dialect));
    }
    for check in &table.checks {
        let _ = write!(sql, ",\n  {}", check_ddl(check));
    }
    sql.push_str(",\n  PRIMARY KEY (county, id)");
    if dialect == Dialect::Sqlite {
        for foreign in &table.foreign {
            let _ = write!(sql, ",\n  {}", foreign_ddl(foreign));
        }
        sql.push_str("\n) STRICT, WITHOUT ROWID");
    } else {
        sql.push_str("\n)");
    }
    sql
}

fn column_ddl(column: &ColumnDef, dialect: Dialect) -> String {
    format!(
        "{} {}{}",
        quote(&column.name),
        column.column.type_name(dialect),
        if column.not_null { " NOT NULL" } else { "" }
    )
}

fn check_ddl(check: &Check) -> String {
    format!("CONSTRAINT {} CHECK ({})", quote(&check.name), check.sql)
}

fn foreign_ddl(foreign: &Foreign) -> String {
    format!(
        "CONSTRAINT {} FOREIGN KEY (county, {}) REFERENCES {} (county, id)",
        quote(&foreign.name),
        quote(&foreign.column),
        quote(&foreign.to)
    )
}

fn index_ddl(table: &str, index: &Index) -> String {
    let columns: Vec<String> = index.columns.iter().map(|name| quote(name)).chain(["county".to_owned()]).collect();
    let condition = index.condition.as_deref().map(|condition| format!(" WHERE {condition}")).unwrap_or_default();
    format!(
        "CREATE {}INDEX {} ON {} ({}){condition}",
        if index.unique { "UNIQUE " } else { "" },
        quote(&index.name),
        quote(table),
        columns.join(", ")
    )
}

/// All statements of the steps taken; `serial` numbers the archives.
pub(crate) fn statements(plan: &MigrationPlan, dialect: Dialect, serial: i64) -> Vec<String> {
    let taken: Vec<&Step> = plan.steps.iter().filter(|step| !matches!(step.effect, Effect::Deferred(_))).collect();
    let mut archived: Vec<&str> = plan.contractions().map(|step| step.table.as_str()).collect();
    archived.dedup();
    let mut sql: Vec<String> = archived
        .iter()
        .map(|table| {
            format!(
                "CREATE TABLE {} AS SELECT * FROM {}",
                quote(&format!("anju_archive_{serial}_{table}")),
                quote(table)
            )
        })
        .collect();
    match dialect {
        Dialect::Sqlite => sqlite_statements(plan, &taken, &mut sql),
        Dialect::Postgres => postgres_statements(&taken, &mut sql),
    }
    sql
}

/// SQLite alters by building the table anew: every change of columns, checks and references is one copy.
fn sqlite_statements(plan: &MigrationPlan, taken: &[&Step], sql: &mut Vec<String>) {
    let reached = reached(&plan.actual, &plan.target, &plan.steps);
    for step in taken {
        if let (Alter::DropTable, table) = (&step.change, &step.table) {
            sql.push(format!("DROP TABLE {}", quote(table)));
        }
    }
    for table in &reached.tables {
        let mine: Vec<&&Step> = taken.iter().filter(|step| step.table == table.name).collect();
        let Some(was) = plan.actual.table(&table.name) else {
            sql.push(create_table(table, &table.name, Dialect::Sqlite));
            sql.extend(table.indexes.iter().map(|index| index_ddl(&table.name, index)));
            continue;
        };
        if mine.iter().all(|step| matches!(step.change, Alter::AddIndex(_) | Alter::DropIndex(_))) {
            sql.extend(mine.iter().map(|step| match &step.change {
                Alter::AddIndex(index) => index_ddl(&table.name, index),
                Alter::DropIndex(index) => format!("DROP INDEX {}", quote(&index.name)),
                _ => String::new(),
            }));
            continue;
        }
        let fresh = format!("anju_new_{}", table.name);
        let kept = table.columns.iter().filter_map(|column| {
            let was = was.column(&column.name).filter(|was| was.clear() == column.clear())?;
            let name = quote(&column.name);
            let value = if was.column == column.column { name.clone() } else { format!("CAST({name} AS TEXT)") };
            Some((name, value))
        });
        let (names, values): (Vec<String>, Vec<String>) = crate::schema::ENGINE_COLUMNS
            .iter()
            .map(|name| ((*name).to_owned(), (*name).to_owned()))
            .chain(kept)
            .unzip();
        let (names, values) = (names.join(", "), values.join(", "));
        sql.push(create_table(table, &fresh, Dialect::Sqlite));
        sql.push(format!("INSERT INTO {} ({names}) SELECT {values} FROM {}", quote(&fresh), quote(&table.name)));
        sql.push(format!("DROP TABLE {}", quote(&table.name)));
        sql.push(format!("ALTER TABLE {} RENAME TO {}", quote(&fresh), quote(&table.name)));
        sql.extend(table.indexes.iter().map(|index| index_ddl(&table.name, index)));
    }
}

fn postgres_statements(taken: &[&Step], sql: &mut Vec<String>) {
    for step in taken.iter().filter(|step| step.change == Alter::DropTable) {
        sql.push(format!("DROP TABLE {} CASCADE", quote(&step.table)));
    }
    let mut foreign = Vec::new();
    for step in taken {
        let table = quote(&step.table);
        let alter = |rest: String| format!("ALTER TABLE {table} {rest}");
        match &step.change {
            Alter::CreateTable(new) => {
                sql.push(create_table(new, &new.name, Dialect::Postgres));
                sql.extend(new.indexes.iter().map(|index| index_ddl(&new.name, index)));
                foreign.extend(new.foreign.iter().map(|reference| add_foreign(&table, reference)));
            }
            Alter::DropTable => {}
            Alter::AddColumn(column) => {
                sql.push(alter(format!("ADD COLUMN {}", column_ddl(column, Dialect::Postgres))))
            }
            Alter::DropColumn(name) => sql.push(alter(format!("DROP COLUMN {}", quote(name)))),
            Alter::Seal(column) => {
                let (name, type_name) = (quote(&column.name), column.column.type_name(Dialect::Postgres));
                sql.push(alter(format!("ALTER COLUMN {name} TYPE {type_name} USING CAST({name} AS text)")));
            }
            Alter::NotNull(name, required) => sql.push(alter(format!(
                "ALTER COLUMN {} {} NOT NULL",
                quote(name),
                if *required { "SET" } else { "DROP" }
            ))),
            Alter::AddCheck(check) => sql.push(alter(format!("ADD {}", check_ddl(check)))),
            Alter::DropCheck(check) => sql.push(alter(format!("DROP CONSTRAINT IF EXISTS {}", quote(&check.name)))),
            Alter::AddForeign(reference) => foreign.push(add_foreign(&table, reference)),
            Alter::DropForeign(reference) => {
                sql.push(alter(format!("DROP CONSTRAINT IF EXISTS {}", quote(&reference.name))))
            }
            Alter::AddIndex(index) => sql.push(index_ddl(&step.table, index)),
            Alter::DropIndex(index) => sql.push(format!("DROP INDEX IF EXISTS {}", quote(&index.name))),
        }
    }
    sql.extend(foreign);
}

/// Deferrable, so that a bulk load may bring references in any order; checked at once everywhere else.
fn add_foreign(table: &str, reference: &Foreign) -> String {
    format!("ALTER TABLE {table} ADD {} DEFERRABLE INITIALLY IMMEDIATE", foreign_ddl(reference))
}
