//! Sessions of the browser and tokens of programs. Neither keeps what the client holds, only its hash.

use anju_record::Value;
use uuid::Uuid;

use crate::accounts::{ACCOUNT, Account};
use crate::error::Result;
use crate::events::NewEvent;
use crate::kept::{Cells, Table, may, may_int, must, text, texts};
use crate::sql::Column::{self, Bool, Id, Int, Text};
use crate::store::Store;

/// Somebody signed in with a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the cookie's token, hex.
    pub key: String,
    /// Who.
    pub account: Uuid,
    /// Since when, in ms.
    pub made_at: i64,
    /// Last seen, in ms.
    pub seen_at: i64,
    /// At the latest until, in ms.
    pub ends_at: i64,
    /// From where.
    pub address: String,
    /// With what.
    pub agent: String,
    /// Whether a second factor was given.
    pub second_factor: bool,
    /// When it was ended, in ms.
    pub ended_at: Option<i64>,
}

/// A program's way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// What it is for.
    pub name: String,
    /// SHA-256 of the token, hex.
    pub key: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Since when, in ms.
    pub made_at: i64,
    /// At the latest until, in ms.
    pub ends_at: i64,
    /// Last used, in ms.
    pub used_at: Option<i64>,
    /// When it was ended, in ms.
    pub ended_at: Option<i64>,
}

pub(crate) const SESSION: Table = Table {
    name: "anju_session",
    cells: &[
        must("key", Text),
        must("account", Id),
        must("made_at", Int),
        must("seen_at", Int),
        must("ends_at", Int),
        must("address", Text),
        must("agent", Text),
        must("second_factor", Bool),
        may("ended_at", Int),
    ],
    key: &["key"],
};

pub(crate) const TOKEN: Table = Table {
    name: "anju_token",
    cells: &[
        must("id", Id),
        must("account", Id),
        must("name", Text),
        must("key", Text),
        must("scopes", Text),
        must("made_at", Int),
        must("ends_at", Int),
        may("used_at", Int),
        may("ended_at", Int),
    ],
    key: &["id"],
};

impl SessionRow {
    fn values(&self) -> Vec<Value> {
        vec![
            text(&self.key),
            Value::Id(self.account),
            Value::Int(self.made_at),
            Value::Int(self.seen_at),
            Value::Int(self.ends_at),
            text(&self.address),
            text(&self.agent),
            Value::Bool(self.second_factor),
            may_int(self.ended_at),
        ]
    }

    fn read(cells: &mut Cells) -> Option<Self> {
        Some(Self {
            key: cells.text()?,
            account: cells.id()?,
            made_at: cells.int()?,
            seen_at: cells.int()?,
            ends_at: cells.int()?,
            address: cells.text()?,
            agent: cells.text()?,
            second_factor: cells.flag()?,
            ended_at: cells.may_int(),
        })
    }
}

impl TokenRow {
    fn values(&self) -> Vec<Value> {
        vec![
            Value::Id(self.id),
            Value::Id(self.account),
            text(&self.name),
            text(&self.key),
            texts(&self.scopes),
            Value::Int(self.made_at),
            Value::Int(self.ends_at),
            may_int(self.used_at),
            may_int(self.ended_at),
        ]
    }

    fn read(cells: &mut Cells) -> Option<Self> {
        Some(Self {
            id: cells.id()?,
            account: cells.id()?,
            name: cells.text()?,
            key: cells.text()?,
            scopes: cells.texts()?,
            made_at: cells.int()?,
            ends_at: cells.int()?,
            used_at: cells.may_int(),
            ended_at: cells.may_int(),
        })
    }
}

/// A row with its account and the directory's version, in one statement: asked at every request.
fn with_account<T>(cells: &mut Cells, read: fn(&mut Cells) -> Option<T>) -> Option<(T, Account, i64)> {
    let row = read(cells)?;
    Some((row, Account::read(cells)?, cells.text()?.parse().ok()?))
}

fn joined(table: &Table) -> (String, Vec<Column>) {
    let sql = format!(
        "SELECT {}, {}, m.value FROM {} s JOIN anju_account a ON a.id = s.account JOIN anju_meta m ON m.key = 'directory' WHERE s.key = ? AND s.ended_at IS NULL",
        table.names("s"),
        ACCOUNT.names("a"),
        table.name
    );
    (sql, [table.types(), ACCOUNT.types(), vec![Text]].concat())
}

impl Store {
    /// Begins a session.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn put_session(&self, session: &SessionRow, events: Vec<NewEvent>) -> Result<()> {
        self.keep_all(vec![self.statement(&SESSION.insert(), session.values())], events).await.map(|_| ())
    }

    /// A session that was not ended, with its account and the directory's version. Whether its time is over and whether the account
    /// is active is for the caller to see.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn session(&self, key: &str) -> Result<Option<(SessionRow, Account, i64)>> {
        let (sql, types) = joined(&SESSION);
        let read = |cells: &mut Cells| with_account(cells, SessionRow::read);
        Ok(self.read_as(&self.statement(&sql, vec![text(key)]), &types, read).await?.pop())
    }

    /// Notes that a session was seen; false if it was ended meanwhile. Durable, so for once a minute and not for each request.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn touch_session(&self, key: &str, seen_at: i64) -> Result<bool> {
        const SQL: &str = "UPDATE anju_session SET seen_at = ? WHERE key = ? AND ended_at IS NULL";
        self.keep_if(vec![self.statement(SQL, vec![Value::Int(seen_at), text(key)])], Vec::new()).await
    }

    /// Ends a session and begins the one that takes its place, both or neither. False, and nothing is written, if it was ended
    /// already: what was ended does not come back under another key.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn replace_session(&self, key: &str, new: &SessionRow, at: i64) -> Result<bool> {
        const SQL: &str = "UPDATE anju_session SET ended_at = ? WHERE account = ? AND key = ? AND ended_at IS NULL";
        let ending = self.statement(SQL, vec![Value::Int(at), Value::Id(new.account), text(key)]);
        self.keep_if(vec![ending, self.statement(&SESSION.insert(), new.values())], Vec::new()).await
    }

    /// Ends one session of an account. False, and nothing is written, if it is not the account's or was ended already.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_session(&self, account: Uuid, key: &str, at: i64, events: Vec<NewEvent>) -> Result<bool> {
        const SQL: &str = "UPDATE anju_session SET ended_at = ? WHERE account = ? AND key = ? AND ended_at IS NULL";
        let binds = vec![Value::Int(at), Value::Id(account), text(key)];
        self.keep_if(vec![self.statement(SQL, binds)], events).await
    }

    /// Ends the sessions of an account, all but one; tells how many. The events are written even if there were none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_sessions(
        &self,
        account: Uuid,
        except: Option<&str>,
        at: i64,
        events: Vec<NewEvent>,
    ) -> Result<u64> {
        const SQL: &str = "UPDATE anju_session SET ended_at = ? WHERE account = ? AND key <> ? AND ended_at IS NULL";
        // No key is empty: it is 64 digits.
        let binds = vec![Value::Int(at), Value::Id(account), text(except.unwrap_or_default())];
        self.keep_all(vec![self.statement(SQL, binds)], events).await
    }

    /// Sessions of an account that were not ended, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sessions_of(&self, account: Uuid) -> Result<Vec<SessionRow>> {
        let sql = SESSION.select("WHERE account = ? AND ended_at IS NULL ORDER BY made_at DESC, key");
        self.read_as(&self.statement(&sql, vec![Value::Id(account)]), &SESSION.types(), SessionRow::read).await
    }

    /// Forgets sessions and tokens that were over before an instant; tells how many sessions.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn sweep(&self, before: i64) -> Result<u64> {
        let forget = |table: &Table| {
            let sql = format!("DELETE FROM {} WHERE ends_at < ? OR ended_at < ?", table.name);
            self.statement(&sql, vec![Value::Int(before), Value::Int(before)])
        };
        self.keep_all(vec![forget(&SESSION), forget(&TOKEN)], Vec::new()).await
    }

    /// Makes a token.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn put_token(&self, token: &TokenRow, events: Vec<NewEvent>) -> Result<()> {
        self.keep_all(vec![self.statement(&TOKEN.insert(), token.values())], events).await.map(|_| ())
    }

    /// A token that was not ended, with its account and the directory's version; as for [`Store::session`].
    ///
    /// # Errors
    /// If the database fails.
    pub async fn token(&self, key: &str) -> Result<Option<(TokenRow, Account, i64)>> {
        let (sql, types) = joined(&TOKEN);
        let read = |cells: &mut Cells| with_account(cells, TokenRow::read);
        Ok(self.read_as(&self.statement(&sql, vec![text(key)]), &types, read).await?.pop())
    }

    /// Tokens of an account that were not ended, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tokens_of(&self, account: Uuid) -> Result<Vec<TokenRow>> {
        let sql = TOKEN.select("WHERE account = ? AND ended_at IS NULL ORDER BY made_at DESC, id");
        self.read_as(&self.statement(&sql, vec![Value::Id(account)]), &TOKEN.types(), TokenRow::read).await
    }

    /// Notes that a token was used; false if it was ended meanwhile. As [`Store::touch_session`].
    ///
    /// # Errors
    /// If the database fails.
    pub async fn touch_token(&self, key: &str, used_at: i64) -> Result<bool> {
        const SQL: &str = "UPDATE anju_token SET used_at = ? WHERE key = ? AND ended_at IS NULL";
        self.keep_if(vec![self.statement(SQL, vec![Value::Int(used_at), text(key)])], Vec::new()).await
    }

    /// Ends one token of an account. False, and nothing is written, if it is not the account's or was ended already.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_token(&self, account: Uuid, id: Uuid, at: i64, events: Vec<NewEvent>) -> Result<bool> {
        const SQL: &str = "UPDATE anju_token SET ended_at = ? WHERE account = ? AND id = ? AND ended_at IS NULL";
        let binds = vec![Value::Int(at), Value::Id(account), Value::Id(id)];
        self.keep_if(vec![self.statement(SQL, binds)], events).await
    }

    /// Ends every token of an account; tells how many. The events are written even if there were none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn end_tokens(&self, account: Uuid, at: i64, events: Vec<NewEvent>) -> Result<u64> {
        const SQL: &str = "UPDATE anju_token SET ended_at = ? WHERE account = ? AND ended_at IS NULL";
        self.keep_all(vec![self.statement(SQL, vec![Value::Int(at), Value::Id(account)])], events).await
    }
}
