//! Undoing what was committed: each field as it stood before, as long as nothing has touched the same fields since.

use std::collections::{BTreeMap, BTreeSet};

use anju_access::Action;
use anju_pack::{FieldIx, Kind, LedgerIx};
use anju_record::{Change, Lang, Record, Value, validate_values};
use anju_store::{CommitError, JournalRow, Query, Write};
use uuid::Uuid;

use crate::Actor;
use crate::amend::Foreseen;
use crate::error::Error;
use crate::records::unavailable;
use crate::writes::{Intent, WriteError, Written};

/// What stands against undoing: a record that something has touched since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchedSince {
    /// Its ledger.
    pub ledger: LedgerIx,
    /// The record, if they may see it.
    pub id: Option<Uuid>,
    /// What it is called, if they may see it.
    pub name: String,
    /// Fields that are no longer as they were left; empty where the record itself came, went or refers.
    pub fields: Vec<FieldIx>,
    /// What whoever touched it last is called.
    pub actor: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

/// Why a commit was not undone.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// These were touched since; they come first.
    #[error("records that were changed since: {}", .0.len())]
    Touched(Vec<TouchedSince>),
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<Error> for UndoError {
    fn from(error: Error) -> Self {
        Self::Write(error.into())
    }
}

/// A record's identity.
type Key = (LedgerIx, Uuid);

/// What commits did to one record, first to last.
struct Turned {
    changes: Vec<Change>,
    /// The last journal row that changed a value.
    last: i64,
}

/// A record that commits gave to another owner.
struct Came {
    ledger: LedgerIx,
    id: Uuid,
    /// The last journal row of the commits that changed a value of it.
    last: i64,
    /// When it was changed since, and by whom.
    later: Vec<(i64, String)>,
}

/// A ledger that belongs to an owner's and tells of what belongs to it.
struct Teller {
    of: LedgerIx,
    /// The field of its owner.
    belongs: FieldIx,
    /// What it names, and where.
    naming: Vec<(LedgerIx, usize)>,
}

/// One write that undoes, and the journal row it goes back behind.
struct Inverse {
    write: Write,
    behind: i64,
    /// Records it refers to, before or after.
    refers: Vec<Uuid>,
}

impl Actor {
    /// The journal rows of the commit that made a record under a key, first and last; `None` if it had none.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn commit_that_made(&self, ledger: LedgerIx, id: Uuid, key: &str) -> Result<Option<(i64, i64)>, Error> {
        let rows = self.rows_of(ledger, id).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let key = format!("{} {key}", first.actor);
        let range = self.store().rows_of_key(self.county_code(), &key).await.map_err(unavailable)?;
        Ok(range.filter(|(from, to)| (*from..=*to).contains(&first.seq)))
    }

    /// Records of a ledger that a commit made or of which it changed one of some fields; it is given by its journal rows, first and last.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn turned_in(
        &self,
        commit: (i64, i64),
        ledger: LedgerIx,
        fields: &[FieldIx],
    ) -> Result<Vec<Uuid>, Error> {
        let turned = self.turned(&[commit]).await?;
        let is_meant =
            |turn: &Turned| turn.before().is_none() || fields.iter().any(|field| turn.changed(usize::from(field.0)));
        let meant = turned.iter().filter(|((of, _), turn)| *of == ledger && is_meant(turn));
        Ok(meant.map(|((_, id), _)| *id).collect())
    }

    /// Writes what stood before some commits, which are given by their journal rows, first and last, in order.
    ///
    /// # Errors
    /// `Touched` with every record whose fields were changed since, or that refers to what the commits made; else as any write.
    pub async fn undo(
        &self,
        ranges: &[(i64, i64)],
        reason: Option<String>,
        key: Option<String>,
    ) -> Result<Written, UndoError> {
        let inverses = self.inverses(ranges).await?;
        let changes = inverses.into_iter().map(|inverse| inverse.write).collect();
        Ok(self.write_allowed(Intent { changes, reason, key }).await?)
    }

    /// What undoing some commits would bring back, record by record, in words as they may read them.
    ///
    /// # Errors
    /// As [`Actor::undo`].
    pub async fn foreseen_undone(&self, ranges: &[(i64, i64)], lang: Lang) -> Result<Vec<Foreseen>, UndoError> {
        let inverses = self.inverses(ranges).await?;
        Ok(self.foreseen_writes(inverses.into_iter().map(|inverse| inverse.write).collect(), lang).await?)
    }

    /// What brings back what stood before some commits, all of it theirs to do, in the order it is written.
    async fn inverses(&self, ranges: &[(i64, i64)]) -> Result<Vec<Inverse>, UndoError> {
        let turned = self.turned(ranges).await?;
        let stand = self.standing(&turned, false).await?;
        let gone = self.standing(&turned, true).await?;
        let mut touched = self.refer_since(&turned, &stand).await?;
        touched.extend(self.told_since(&turned).await?);
        let mut inverses = Vec::new();
        for (key, turn) in turned.iter().filter(|(_, turn)| turn.moved()) {
            let (ledger, id) = *key;
            match turn.against(stand.get(key)) {
                Some(fields) => touched.push(self.touched(ledger, id, fields, Some(turn.last)).await?),
                None => inverses.extend(self.inverse(*key, turn, stand.get(key).or(gone.get(key)))?),
            }
        }
        if !touched.is_empty() {
            let called = self.people().await?;
            touched.iter_mut().for_each(|one| one.actor = called(&one.actor));
            return Err(UndoError::Touched(touched));
        }
        in_order(&mut inverses);
        self.may_undo(&inverses).await?;
        Ok(inverses)
    }

    /// Each record of some commits, in the order of ledgers.
    async fn turned(&self, ranges: &[(i64, i64)]) -> Result<BTreeMap<Key, Turned>, Error> {
        let mut turned: BTreeMap<Key, Turned> = BTreeMap::new();
        for (first, last) in ranges {
            for (seq, change) in self.app().happened(first - 1, *last).await? {
                let turn =
                    turned.entry((change.ledger, change.id)).or_insert(Turned { changes: Vec::new(), last: seq });
                if values(change.before.as_ref()) != values(change.after.as_ref()) {
                    turn.last = seq;
                }
                turn.changes.push(change);
            }
        }
        Ok(turned)
    }

    /// The records of some commits as they stand, or those of them that are deleted.
    async fn standing(&self, turned: &BTreeMap<Key, Turned>, deleted: bool) -> Result<BTreeMap<Key, Record>, Error> {
        let mut standing = BTreeMap::new();
        for (ledger, ids) in by_ledger(turned.keys()) {
            let mut query = Query::of(self.county_code(), ledger, self.today());
            (query.ids, query.deleted) = (Some(ids), deleted);
            let records = self.store().select(self.pack(), &query).await.map_err(unavailable)?;
            standing.extend(records.into_iter().map(|record| ((ledger, record.id), record)));
        }
        Ok(standing)
    }

    /// Records that refer to what commits made and are none of their own.
    async fn refer_since(
        &self,
        turned: &BTreeMap<Key, Turned>,
        stand: &BTreeMap<Key, Record>,
    ) -> Result<Vec<TouchedSince>, Error> {
        let made = turned.iter().filter(|(key, turn)| turn.before().is_none() && stand.contains_key(key));
        let mut others = BTreeSet::new();
        for (to, ids) in by_ledger(made.map(|(key, _)| key)) {
            for ledger in self.pack().ledger_ixs() {
                let fields = (0_u16..).zip(&self.pack().ledger(ledger).fields);
                for (field, _) in fields.filter(|(_, field)| field.kind == Kind::Ref { to }) {
                    let mut query = Query::of(self.county_code(), ledger, self.today());
                    query.refers = Some((FieldIx(field), ids.clone()));
                    let found = self.store().ids(self.pack(), &query).await.map_err(unavailable)?;
                    others.extend(found.into_iter().map(|id| (ledger, id)).filter(|key| !turned.contains_key(key)));
                }
            }
        }
        let mut touched = Vec::new();
        for (ledger, id) in others {
            touched.push(self.touched(ledger, id, Vec::new(), None).await?);
        }
        Ok(touched)
    }

    /// Records made since that tell of what commits gave to another owner and belong to that owner: they would stay there without it. They name it, or
    /// were made at the moment at which it was changed.
    async fn told_since(&self, turned: &BTreeMap<Key, Turned>) -> Result<Vec<TouchedSince>, Error> {
        let mut told = Vec::new();
        for (home, came) in self.came_to_owners(turned).await? {
            for Teller { of, belongs, naming } in self.tellers(home.0, &came) {
                let mut query = Query::of(self.county_code(), of, self.today());
                query.equals.push((belongs, Value::Id(home.1)));
                for record in self.store().select(self.pack(), &query).await.map_err(unavailable)? {
                    if turned.contains_key(&(of, record.id)) {
                        continue;
                    }
                    let made = self.rows_of(of, record.id).await?;
                    let Some(made) = made.first() else { continue };
                    let tells = |one: &Came, at: usize| {
                        record.values.get(at) == Some(&Value::Id(one.id)) || one.was_changed_with(made)
                    };
                    let tells_of = |one: &Came| naming.iter().any(|(to, at)| *to == one.ledger && tells(one, *at));
                    if came.iter().any(|one| made.seq > one.last && tells_of(one)) {
                        told.push((of, record.id));
                    }
                }
            }
        }
        told.sort_unstable();
        let mut touched = Vec::new();
        for (ledger, id) in told {
            touched.push(self.touched(ledger, id, Vec::new(), None).await?);
        }
        Ok(touched)
    }

    /// What commits gave to other owners, by whom it belongs to since.
    async fn came_to_owners(&self, turned: &BTreeMap<Key, Turned>) -> Result<BTreeMap<Key, Vec<Came>>, Error> {
        let mut given: BTreeMap<Key, Vec<Came>> = BTreeMap::new();
        for ((ledger, id), turn) in turned {
            let Some(owner) = self.pack().ledger(*ledger).of else { continue };
            let Some(Value::Id(home)) = turn.given_to(usize::from(owner.field.0)) else { continue };
            let home = (owner.ledger, *home);
            // Whatever refers to an owner that the commits made stands against them already.
            if turned.get(&home).is_none_or(|turn| turn.before().is_some()) {
                let rows = self.rows_of(*ledger, *id).await?;
                let later = rows.into_iter().filter(|row| row.seq > turn.last).map(|row| (row.at, row.actor)).collect();
                given.entry(home).or_default().push(Came { ledger: *ledger, id: *id, last: turn.last, later });
            }
        }
        Ok(given)
    }

    /// Ledgers that belong to an owner's and name records of the ledgers of what came to it.
    fn tellers(&self, owner: LedgerIx, came: &[Came]) -> Vec<Teller> {
        let mut tellers = Vec::new();
        for of in self.pack().ledger_ixs() {
            let definition = self.pack().ledger(of);
            let Some(belongs) = definition.of.filter(|it| it.ledger == owner) else { continue };
            let names = definition.fields.iter().enumerate().filter_map(|(at, field)| match field.kind {
                Kind::Ref { to } if came.iter().any(|one| one.ledger == to) => Some((to, at)),
                _ => None,
            });
            let naming: Vec<_> = names.collect();
            if !naming.is_empty() {
                tellers.push(Teller { of, belongs: belongs.field, naming });
            }
        }
        tellers
    }

    /// A record that stands against undoing, with who changed its values last; after `since`, if anybody did.
    async fn touched(
        &self,
        ledger: LedgerIx,
        id: Uuid,
        fields: Vec<FieldIx>,
        since: Option<i64>,
    ) -> Result<TouchedSince, Error> {
        let rows = self.rows_of(ledger, id).await?;
        let mut by = rows.last();
        for row in rows.iter().rev().take_while(|row| since.is_none_or(|since| row.seq > since)) {
            let Some(change) = self.store().change(self.pack(), row).map_err(unavailable)? else { continue };
            if values(change.before.as_ref()) != values(change.after.as_ref()) {
                by = Some(row);
                break;
            }
        }
        let readable = self.is_operator() || self.is_within(Action::Read, ledger, id).await?;
        let name = match readable {
            true => self.labels(ledger, &[id]).await?.remove(&id).unwrap_or_default(),
            false => String::new(),
        };
        let (actor, at_ms) = by.map(|row| (row.actor.clone(), row.at)).unwrap_or_default();
        Ok(TouchedSince { ledger, id: readable.then_some(id), name, fields, actor, at_ms })
    }

    async fn rows_of(&self, ledger: LedgerIx, id: Uuid) -> Result<Vec<JournalRow>, Error> {
        let name = &self.pack().ledger(ledger).id;
        self.store().history(self.county_code(), name, id).await.map_err(unavailable)
    }

    /// What brings a record back that nothing stands against; `found` as it is, or as it was deleted.
    fn inverse(&self, (ledger, id): Key, turn: &Turned, found: Option<&Record>) -> Result<Option<Inverse>, UndoError> {
        let Some(found) = found else { return Ok(None) };
        let expected_version = found.version;
        let write = match (turn.before(), turn.after()) {
            (None, None) => return Ok(None),
            (None, Some(_)) => Write::Delete { ledger, id, expected_version },
            (Some(_), None) => Write::Restore { ledger, id, expected_version },
            (Some(before), Some(_)) => {
                let mut restored = found.values.clone();
                for (at, value) in restored.iter_mut().enumerate().filter(|(at, _)| turn.changed(*at)) {
                    *value = before.values.get(at).cloned().unwrap_or(Value::Null);
                }
                let valid = validate_values(self.pack(), ledger, id, restored, self.today())
                    .map_err(|faults| WriteError::from(CommitError::Invalid { write: 0, faults }))?;
                Write::Update { valid, expected_version }
            }
        };
        let both = [turn.before(), turn.after()].into_iter().flatten();
        let refers = both.flat_map(|record| &record.values).filter_map(|value| match value {
            Value::Id(id) => Some(*id),
            _ => None,
        });
        Ok(Some(Inverse { write, behind: turn.last, refers: refers.collect() }))
    }

    /// Who may write what an event was about may undo it: what only followed, in ledgers that are not theirs, comes back with it.
    async fn may_undo(&self, inverses: &[Inverse]) -> Result<(), Error> {
        let (own, mut others): (Vec<_>, Vec<_>) = (inverses.iter())
            .partition(|it| self.is_operator() || !self.rights().reach(Action::Write, key(&it.write).0).is_empty());
        let mut reached: BTreeSet<Uuid> = own.iter().map(|it| key(&it.write).1).collect();
        loop {
            let (follow, rest): (Vec<_>, Vec<_>) =
                others.into_iter().partition(|it| it.refers.iter().any(|id| reached.contains(id)));
            others = rest;
            if follow.is_empty() {
                break;
            }
            reached.extend(follow.into_iter().map(|it| key(&it.write).1));
        }
        if let Some(foreign) = others.first() {
            return Err(Error::denied("write", &self.pack().ledger(key(&foreign.write).0).id));
        }
        let own: Vec<Write> = own.into_iter().map(|it| it.write.clone()).collect();
        self.may_write(&own).await
    }
}

impl Came {
    /// Whether it was changed since when another record was made.
    fn was_changed_with(&self, made: &JournalRow) -> bool {
        self.later.iter().any(|(at, actor)| *at == made.at && *actor == made.actor)
    }
}

impl Turned {
    fn before(&self) -> Option<&Record> {
        self.changes.first().and_then(|change| change.before.as_ref())
    }

    fn after(&self) -> Option<&Record> {
        self.changes.last().and_then(|change| change.after.as_ref())
    }

    /// Whether anything of it is to be undone: what only moved along with its owner will move back with it.
    fn moved(&self) -> bool {
        values(self.before()) != values(self.after())
    }

    /// What a field refers to since the commits changed it.
    fn given_to(&self, at: usize) -> Option<&Value> {
        let is_changed = self.before().is_some() && self.changed(at);
        value(self.after(), at).filter(|_| is_changed)
    }

    /// Whether any of the commits changed a field.
    fn changed(&self, at: usize) -> bool {
        self.changes.iter().any(|change| value(change.before.as_ref(), at) != value(change.after.as_ref(), at))
    }

    /// Whether a field is not as the commits left it: between them, or now.
    fn touched(&self, at: usize, stands: &Record) -> bool {
        let between = self.changes.windows(2).any(|pair| match pair {
            [one, next] => value(one.after.as_ref(), at) != value(next.before.as_ref(), at),
            _ => false,
        });
        between || value(self.after(), at) != stands.values.get(at)
    }

    /// The fields that stand against undoing, none if the record itself does; `None` if nothing does.
    fn against(&self, stands: Option<&Record>) -> Option<Vec<FieldIx>> {
        let (Some(after), Some(stands)) = (self.after(), stands) else {
            return (self.after().is_some() != stands.is_some()).then(Vec::new);
        };
        let watched = (0..after.values.len()).filter(|at| self.before().is_none() || self.changed(*at));
        let touched = watched.filter(|at| self.touched(*at, stands));
        let fields: Vec<FieldIx> = touched.filter_map(|at| u16::try_from(at).ok().map(FieldIx)).collect();
        (!fields.is_empty()).then_some(fields)
    }
}

fn values(record: Option<&Record>) -> Option<&[Value]> {
    record.map(|record| record.values.as_slice())
}

fn value(record: Option<&Record>, at: usize) -> Option<&Value> {
    record.and_then(|record| record.values.get(at))
}

fn key(write: &Write) -> Key {
    (write.ledger(), write.id())
}

fn by_ledger<'a>(keys: impl Iterator<Item = &'a Key>) -> BTreeMap<LedgerIx, Vec<Uuid>> {
    let mut by: BTreeMap<LedgerIx, Vec<Uuid>> = BTreeMap::new();
    for (ledger, id) in keys {
        by.entry(*ledger).or_default().push(*id);
    }
    by
}

/// What makes room, then what lives again (owners first), then what refers to it, then what is taken away; each as it was written, backwards.
fn in_order(inverses: &mut [Inverse]) {
    let again: Vec<Uuid> = (inverses.iter())
        .filter(|inverse| matches!(inverse.write, Write::Restore { .. }))
        .map(|inverse| key(&inverse.write).1)
        .collect();
    let refers = |value: &Value| matches!(value, Value::Id(id) if again.contains(id));
    inverses.sort_by_key(|Inverse { write, behind, .. }| match write {
        Write::Restore { ledger, .. } => (1, i64::from(ledger.0)),
        Write::Update { valid, .. } if valid.values().iter().any(refers) => (2, -*behind),
        Write::Insert(_) | Write::Update { .. } => (0, -*behind),
        Write::Delete { .. } => (3, -*behind),
    });
}
