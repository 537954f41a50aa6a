//! Households by what people say at a counter: the number on the file, a member's name or its initials, or the end of an ID number.

use std::collections::HashMap;

use anju_app::{Actor, Error, Filter, Found, RollAsk, Scope};
use anju_pack::{Comparison, FieldIx, LedgerIx, Literal, Operand, Place, Predicate};
use anju_record::Value;
use anju_store::{Order, Query};
use uuid::Uuid;

use crate::rows::{Entry, current};

/// Members shown by whom a page of households was found, at most.
const MEMBERS: u32 = 200;
/// Households that one question may name: no database takes more.
const MOST: usize = 10_000;

/// Households of a place on a day: all, or those whose number begins with the words, or one of whose members bears that name or a name with
/// these pinyin initials. In the order of places, then numbers.
///
/// Words with a digit are a number. So an ID number never finds anybody: what is masked cannot be guessed by searching. Only four digits are
/// also looked for at the end of the members' numbers, for those who may see these numbers.
///
/// # Errors
/// `Unavailable` when the database does not answer; `Invalid` when the pack has no households.
pub async fn find_households(
    actor: &Actor,
    scope: &Scope,
    q: Option<&str>,
    offset: u64,
    limit: u64,
) -> Result<Found, Error> {
    let ledger = actor.ledger("household")?;
    let mut query = within(actor, scope, ledger);
    let definition = actor.pack().ledger(ledger);
    let holds = current(definition, scope.on);
    let number = definition.field_by_id("number");
    query.filter = holds.clone();
    match asked(q) {
        Asked::All => {}
        Asked::Number(prefix) => {
            let begins = number.into_iter().flat_map(|field| begins_with(field, prefix.clone()));
            query.filter = Some(Predicate::And(holds.clone().into_iter().chain(begins).collect()));
            if is_end(&prefix) {
                let ended = households_of(actor, scope, &Said::End(prefix)).await?;
                if !ended.is_empty() {
                    (query.ids, query.filter) = (Some(with_numbered(actor, &query, ended).await?), holds.clone());
                }
            }
        }
        Asked::Name(name) => match households_of(actor, scope, &Said::Name(name)).await? {
            ids if ids.is_empty() => return Ok(Found { records: Vec::new(), total: 0 }),
            ids => query.ids = Some(ids),
        },
    }
    let total = match (query.filter == holds && query.ids.is_none()).then(|| households(actor, scope, ledger)).flatten()
    {
        Some(total) => total,
        None => actor.number(&query).await?,
    };
    query.by_area = true;
    query.order.extend(number.map(|field| Order { field, descending: false }));
    query.offset = offset;
    query.limit = Some(limit);
    Ok(Found { records: actor.select(&query).await?, total })
}

/// The members by whom words find some households, each by id and name, by their household; of a household that its own number finds, nobody.
///
/// # Errors
/// As [`find_households`].
pub async fn members_found(
    actor: &Actor,
    scope: &Scope,
    q: Option<&str>,
    homes: &[Uuid],
) -> Result<HashMap<Uuid, Vec<(Uuid, String)>>, Error> {
    let said = match asked(q) {
        Asked::Name(name) => Said::Name(name),
        Asked::Number(number) if is_end(&number) => Said::End(number),
        Asked::Number(_) | Asked::All => return Ok(HashMap::new()),
    };
    let Some((mut ask, owner)) = member_ask(actor, scope, &said) else { return Ok(HashMap::new()) };
    ask.filters.push(Filter::OneOf(owner, homes.iter().copied().map(Value::Id).collect()));
    ask.size = MEMBERS;
    let found = match actor.roll(&ask).await {
        Err(Error::Denied { .. }) => return Ok(HashMap::new()),
        found => found?.records,
    };
    let mut members: HashMap<Uuid, Vec<(Uuid, String)>> = HashMap::new();
    for record in &found {
        let member = Entry::of(actor, ask.ledger, record);
        let named = member.id("household").filter(|_| !member.text("name").is_empty());
        if let Some(home) = named {
            members.entry(home).or_default().push((record.id, member.text("name").to_owned()));
        }
    }
    Ok(members)
}

fn within(actor: &Actor, scope: &Scope, ledger: LedgerIx) -> Query {
    let mut query = Query::of(actor.county_code(), ledger, scope.on);
    if scope.area != actor.county_code() {
        query.areas.push(scope.area.clone());
    }
    query
}

/// Text that begins so; its upper end lets an index stop there.
fn begins_with(field: FieldIx, prefix: String) -> [Predicate; 2] {
    let end = Operand::Literal(Literal::Text(format!("{prefix}\u{10ffff}")));
    [Predicate::Compare(Operand::Field(place(field)), Comparison::Lt, end), Predicate::Prefix(place(field), prefix)]
}

fn place(field: FieldIx) -> Place {
    Place { path: Vec::new(), field }
}

/// How many households there are, known from any requirement that is asked of each of them, to those who see all of them.
fn households(actor: &Actor, scope: &Scope, ledger: LedgerIx) -> Option<u64> {
    let ix = actor.pack().requirement_ixs().find(|ix| actor.pack().requirement(*ix).each == ledger)?;
    if !actor.rights().sees_requirement(actor.pack(), ix, &scope.area) {
        return None;
    }
    let counts = actor.counts(ix, scope);
    Some((counts.met + counts.gap + counts.exempt + counts.not_applicable) as u64)
}

/// What is said of a member.
enum Said {
    /// The name, or its initials.
    Name(String),
    /// The end of a number.
    End(String),
}

/// Asks for the members of whom something is true, with the field of their household.
fn member_ask(actor: &Actor, scope: &Scope, said: &Said) -> Option<(RollAsk, FieldIx)> {
    let ledger = actor.pack().ledger_by_id("person")?;
    let definition = actor.pack().ledger(ledger);
    let (owner, name) = (definition.of?, definition.field_by_id("name")?);
    let mut filters = still_there(actor, ledger, scope.on);
    let words = match said {
        Said::Name(words) => {
            filters.extend(words.split_whitespace().map(|word| Filter::Spelt(name, word.to_owned())));
            None
        }
        Said::End(end) => Some(end.clone()),
    };
    Some((RollAsk { area: Some(scope.area.clone()), words, filters, ..RollAsk::of(ledger) }, owner.field))
}

/// The households of the members of whom something is true.
async fn households_of(actor: &Actor, scope: &Scope, said: &Said) -> Result<Vec<Uuid>, Error> {
    let Some((ask, owner)) = member_ask(actor, scope, said) else { return Ok(Vec::new()) };
    let ids = match actor.roll_references(&ask, owner).await {
        // Names are kept from them: nobody is found by one.
        Err(Error::Denied { .. }) => Vec::new(),
        found => found?,
    };
    if ids.len() > MOST {
        let value = ask.words.unwrap_or_default();
        return Err(Error::Invalid { what: "filter", value, mend: "write more of the name".to_owned() });
    }
    Ok(ids)
}

/// Those whose period holds on a day; a date that is kept from whoever asks is not asked about.
fn still_there(actor: &Actor, ledger: LedgerIx, on: i32) -> Vec<Filter> {
    let Some(period) = actor.pack().ledger(ledger).period else { return Vec::new() };
    let begun = Filter::Between(period.start, None, Some(Value::Date(on)));
    let open = period.end.map(|end| Filter::NotBefore(end, Value::Date(on)));
    let hidden = actor.rights().hidden_anywhere(ledger);
    std::iter::once(begun).chain(open).filter(|filter| !hidden.contains(&filter.field())).collect()
}

/// These households and those that the query finds by their number.
async fn with_numbered(actor: &Actor, query: &Query, mut ids: Vec<Uuid>) -> Result<Vec<Uuid>, Error> {
    let numbered = Query { limit: Some(MOST as u64), ..query.clone() };
    ids.extend(actor.select(&numbered).await?.into_iter().map(|record| record.id));
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// As long as the end of a number that people are found by: three digits, and a fourth or X.
fn is_end(number: &str) -> bool {
    let bytes = number.as_bytes();
    bytes.len() == 4 && bytes[..3].iter().all(u8::is_ascii_digit) && (bytes[3].is_ascii_digit() || bytes[3] == b'X')
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    All,
    Number(String),
    Name(String),
}

/// Numbers are upper case, half width and without blanks, however they are typed.
fn asked(q: Option<&str>) -> Asked {
    let half = |ch: char| match ch {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(ch) - 0xfee0).unwrap_or(ch),
        '\u{3000}' => ' ',
        other => other,
    };
    let words: String = q.unwrap_or_default().chars().map(half).collect();
    let words = words.trim();
    if words.is_empty() {
        Asked::All
    } else if words.bytes().any(|byte| byte.is_ascii_digit()) {
        Asked::Number(words.split_whitespace().collect::<String>().to_uppercase())
    } else {
        Asked::Name(words.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_a_digit_are_a_number_and_others_a_name() {
        assert_eq!(asked(Some(" ns００１ 2 ")), Asked::Number("NS0012".into()));
        assert_eq!(asked(Some("王 秀英")), Asked::Name("王 秀英".into()));
        assert_eq!(asked(Some("\u{3000}")), Asked::All);
        assert_eq!(asked(None), Asked::All);
    }

    #[test]
    fn an_id_number_is_never_searched_among_persons() {
        assert!(matches!(asked(Some("61092319560203123X")), Asked::Number(_)));
    }
}
