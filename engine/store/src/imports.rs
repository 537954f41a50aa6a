//! Sheets that were handed in: what each is, how far it is taken, and the file itself, sealed, for as long as rows of it wait.

use anju_record::Value;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::events::NewEvent;
use crate::kept::{Cells, Table, must, text};
use crate::sql::Column::{Id, Int, Text};
use crate::store::Store;

/// Where a sheet stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// Rows of it may still be taken.
    Open,
    /// Nothing of it waits any more; the file is gone.
    Closed,
    /// What was taken is undone.
    Undone,
}

/// A sheet that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: Uuid,
    /// Six digits.
    pub county: String,
    /// Where its rows belong.
    pub area: String,
    /// How it is read: the id of a sheet of the pack.
    pub sheet: String,
    /// The file's name.
    pub name: String,
    /// SHA-256 of the file, in hex.
    pub digest: String,
    /// Login of who handed it in.
    pub maker: String,
    /// When, in ms.
    pub made_at: i64,
    /// Where it stands.
    pub state: ImportState,
    /// How it is read, as JSON: the app's.
    pub options: String,
    /// What was taken of it, as JSON: the app's.
    pub taken: String,
}

const IMPORT: Table = Table {
    name: "anju_import",
    cells: &[
        must("id", Id),
        must("county", Text),
        must("area", Text),
        must("sheet", Text),
        must("name", Text),
        must("digest", Text),
        must("maker", Text),
        must("made_at", Int),
        must("state", Text),
        must("options", Text),
        must("taken", Text),
    ],
    key: &["id"],
};

pub(crate) const IMPORT_FILE: Table =
    Table { name: "anju_import_file", cells: &[must("id", Id), must("body", Text)], key: &["id"] };

pub(crate) const TABLES: [&Table; 2] = [&IMPORT, &IMPORT_FILE];

impl ImportState {
    /// Its name in the database.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Undone => "undone",
        }
    }

    fn of(id: &str) -> Option<Self> {
        [Self::Open, Self::Closed, Self::Undone].into_iter().find(|state| state.id() == id)
    }
}

impl Import {
    fn read(cells: &mut Cells) -> Option<Self> {
        Some(Self {
            id: cells.id()?,
            county: cells.text()?,
            area: cells.text()?,
            sheet: cells.text()?,
            name: cells.text()?,
            digest: cells.text()?,
            maker: cells.text()?,
            made_at: cells.int()?,
            state: ImportState::of(&cells.text()?)?,
            options: cells.text()?,
            taken: cells.text()?,
        })
    }

    fn binds(&self) -> Vec<Value> {
        vec![
            Value::Id(self.id),
            text(&self.county),
            text(&self.area),
            text(&self.sheet),
            text(&self.name),
            text(&self.digest),
            text(&self.maker),
            Value::Int(self.made_at),
            text(self.state.id()),
            text(&self.options),
            text(&self.taken),
        ]
    }
}

pub(crate) fn context(id: Uuid) -> String {
    format!("anju_import_file.body.{id}")
}

impl Store {
    /// Keeps a sheet with its file, sealed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn put_import(&self, import: &Import, body: &[u8], events: Vec<NewEvent>) -> Result<()> {
        let sealed = self.seal(&context(import.id), &STANDARD.encode(body));
        let statements = vec![
            self.statement(&IMPORT.insert(), import.binds()),
            self.statement(&IMPORT_FILE.insert(), vec![Value::Id(import.id), text(&sealed)]),
        ];
        self.keep_all(statements, events).await.map(|_| ())
    }

    /// Says anew how a sheet is read and how far it is taken. Unless it is open, its file is no longer kept. False, and nothing is written, if
    /// somebody else has changed it since it was read as `read`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn change_import(&self, read: &Import, import: &Import, events: Vec<NewEvent>) -> Result<bool> {
        const CHANGE: &str = "UPDATE anju_import SET area = ?, sheet = ?, state = ?, options = ?, taken = ? WHERE id = ? AND state = ? AND options = ? AND taken = ?";
        let binds = vec![
            text(&import.area),
            text(&import.sheet),
            text(import.state.id()),
            text(&import.options),
            text(&import.taken),
            Value::Id(import.id),
            text(read.state.id()),
            text(&read.options),
            text(&read.taken),
        ];
        let mut statements = vec![self.statement(CHANGE, binds)];
        if import.state != ImportState::Open {
            let sql = "DELETE FROM anju_import_file WHERE id = ?";
            statements.push(self.statement(sql, vec![Value::Id(import.id)]));
        }
        self.keep_if(statements, events).await
    }

    /// One sheet.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn import_of(&self, county: &str, id: Uuid) -> Result<Option<Import>> {
        let statement =
            self.statement(&IMPORT.select("WHERE county = ? AND id = ?"), vec![text(county), Value::Id(id)]);
        Ok(self.read_as(&statement, &IMPORT.types(), Import::read).await?.pop())
    }

    /// The newest sheets first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn imports(&self, county: &str, limit: u32) -> Result<Vec<Import>> {
        let rest = "WHERE county = ? ORDER BY made_at DESC, id DESC LIMIT ?";
        let statement = self.statement(&IMPORT.select(rest), vec![text(county), Value::Int(limit.into())]);
        self.read_as(&statement, &IMPORT.types(), Import::read).await
    }

    /// A sheet's file, while it is kept.
    ///
    /// # Errors
    /// If the database fails or the file was sealed with a key that is not there.
    pub async fn import_file(&self, id: Uuid) -> Result<Option<Vec<u8>>> {
        let statement = self.statement(&IMPORT_FILE.select("WHERE id = ?"), vec![Value::Id(id)]);
        let read = |cells: &mut Cells| Some((cells.id()?, cells.text()?));
        let Some((id, sealed)) = self.read_as(&statement, &IMPORT_FILE.types(), read).await?.pop() else {
            return Ok(None);
        };
        let body = self.unseal(&context(id), &sealed)?;
        let broken = |_| Error::Unavailable(format!("the file of sheet {id} is damaged; hand it in again"));
        STANDARD.decode(body).map(Some).map_err(broken)
    }
}
