//! Entries that may be the same person: a review, one pair side by side, told apart for good or made one; and files of the same people.

pub mod files;

use anju_app::{Actor, Error, Shown, Stored};
use anju_base::life::head_stays;
use anju_base::{Entry, FilePair, Pair};
use anju_pack::{FieldIx, LedgerIx};
use anju_record::{Record, Value, kind};
use anju_ui::{
    Column, Crumb, Empty, PageHead, Panel, Row, Table, View, page_head, panel, press, t, t_args, table, text,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::alike::{Ticked, likes};
use crate::answer::{Body, Part, answer, answered};
use crate::ledgers::{record_lang, record_link};
use crate::life::{Heading, Pairs, Wrong, again, settle};
use crate::places::site_name;
use crate::request::Asked;
use crate::sent::to;
use crate::signed::Signed;

/// Pairs shown at once; as some are decided, others come.
const SHOWN: usize = 100;

/// `GET /duplicates`
pub async fn list(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = list_body(&actor, &view).await;
    answer(&actor, &view, body)
}

/// Whether they may decide about entries at all.
///
/// # Errors
/// `Denied` where they write people or conclusions nowhere.
pub fn decides(actor: &Actor) -> Result<(), Error> {
    let writes = |id: &str| actor.ledger(id).is_ok_and(|ix| actor.writes(ix));
    if writes("person") && writes("not_duplicate") { Ok(()) } else { Err(Error::denied("write", "not_duplicate")) }
}

/// A rule in words, as a heading.
fn why(actor: &Actor, view: &View, rule: usize) -> String {
    let (pack, lang) = (actor.pack(), view.lang);
    let Some(person) = pack.ledger_by_id("person") else { return String::new() };
    let Some(rule) = pack.ledger(person).alike.get(rule) else { return String::new() };
    let title = |ledger: LedgerIx, field: FieldIx| text(lang, &pack.ledger(ledger).field(field).title);
    let same = rule.same.iter().map(|place| title(place.path.last().map_or(person, |step| step.to), place.field));
    let fields = same.collect::<Vec<_>>().join(&t(lang, "list-comma"));
    match rule.sounds {
        None => t_args(lang, "double-alike", &[("fields", fields.into())]),
        Some(field) => {
            t_args(lang, "double-sounding", &[("name", title(person, field).into()), ("fields", fields.into())])
        }
    }
}

/// The site where somebody lives; before it the town, where there is room.
fn place(actor: &Actor, area: &str) -> Markup {
    let whole = site_name(actor, area);
    html! {
        @match whole.rsplit_once('·') {
            Some((town, site)) => { span.second { (town) "·" } (site) },
            None => (whole),
        }
    }
}

async fn list_body(actor: &Actor, view: &View) -> Result<Body, Error> {
    decides(actor)?;
    let lang = view.lang;
    let swept = anju_base::sweep(actor, SHOWN).await?;
    let pairs = &swept.pairs;
    let person = actor.ledger("person")?;
    let ids: Vec<Uuid> = pairs.iter().flat_map(|pair| [pair.one.id, pair.other.id]).collect();
    let names = actor.labels(person, &ids).await?;
    let entries = pairs.iter().flat_map(|pair| [&pair.one, &pair.other]);
    let homes: Vec<Uuid> = entries.filter_map(|one| Entry::of(actor, person, one).id("household")).collect();
    let homes = actor.labels(actor.ledger("household")?, &homes).await?;
    // Name, household, day of birth and place: enough to tell two of one name apart; on two lines where the screen is narrow.
    let told = |record: &Record, way: &str| {
        let entry = Entry::of(actor, person, record);
        let home = entry.id("household").and_then(|id| homes.get(&id));
        html! {
            a href=(way) { (names.get(&record.id).map_or("", String::as_str)) } " "
            small.quiet { @if let Some(home) = home { (home) } } " "
            small.quiet { span.second { "· " } (entry.words("born_on", lang)) " · " (place(actor, &record.area)) }
        }
    };
    let row = |pair: &Pair| {
        let way = view.link(&format!("/duplicates/{}/{}", pair.one.id, pair.other.id));
        Row::of(vec![told(&pair.one, &way), told(&pair.other, &way)])
    };
    let title = t(lang, "double-title").into_owned();
    let by_rule = |pairs: &[Pair]| {
        let reason = pairs.first().map(|pair| why(actor, view, pair.rule)).unwrap_or_default();
        let list = Table {
            caption: if reason.is_empty() { title.clone() } else { reason.clone() },
            columns: ["double-one", "double-other"].map(|key| Column::text(t(lang, key))).into(),
            rows: pairs.iter().map(row).collect(),
            empty: Some(Empty { what: t(lang, "double-none").into_owned(), next: None, action: None }),
            ..Table::default()
        };
        panel(&Panel { title: reason, body: html! { div.pairs { (table(lang, &list)) } }, ..Panel::default() })
    };
    let found = (swept.number > 0).then(|| t_args(lang, "double-found", &[("n", swept.number.into())]));
    let markup = html! {
        (page_head(lang, &PageHead { title: title.clone(), aside: found, ..PageHead::default() }))
        (file_pairs(actor, view, &swept.files).await?)
        @if pairs.is_empty() { (by_rule(&[])) }
        @for pairs in pairs.chunk_by(|one, other| one.rule == other.rule) { (by_rule(pairs)) }
    };
    Ok(Body { title, part: Part::Households, markup })
}

/// Files that hold the same people; nothing where there are none.
async fn file_pairs(actor: &Actor, view: &View, pairs: &[FilePair]) -> Result<Markup, Error> {
    let lang = view.lang;
    if pairs.is_empty() {
        return Ok(html! {});
    }
    let shown = &pairs[..pairs.len().min(SHOWN)];
    let ids: Vec<Uuid> = shown.iter().flat_map(|pair| [pair.one, pair.other]).collect();
    let names = actor.labels(actor.ledger("household")?, &ids).await?;
    let name = |id: Uuid| names.get(&id).cloned().unwrap_or_default();
    let row = |pair: &FilePair| {
        let way = view.link(&format!("/duplicates/files/{}/{}", pair.one, pair.other));
        Row::of(vec![
            html! { a href=(way) { (name(pair.one)) } },
            html! { (name(pair.other)) },
            html! { (anju_ui::count(i64::try_from(pair.people).unwrap_or(i64::MAX))) },
        ])
    };
    let title = t(lang, "double-files").into_owned();
    let columns = vec![
        Column::text(t(lang, "double-file-one")),
        Column::text(t(lang, "double-file-other")),
        Column::number(t(lang, "double-files-people")),
    ];
    let list = Table { caption: title.clone(), columns, rows: shown.iter().map(row).collect(), ..Table::default() };
    let note = Some(t_args(lang, "double-found", &[("n", pairs.len().into())]));
    Ok(panel(&Panel { title, note, body: table(lang, &list), ..Panel::default() }))
}

/// `GET /duplicates/{one}/{other}`
pub async fn pair(Signed(actor): Signed, Asked(view): Asked, Path((one, other)): Path<(String, String)>) -> Response {
    let body = pair_body(&actor, &view, (&one, &other), &Pairs::default(), &Wrong::new()).await;
    answer(&actor, &view, body)
}

async fn entries(actor: &Actor, one: &str, other: &str) -> Result<[Stored; 2], Error> {
    decides(actor)?;
    let person = actor.ledger("person")?;
    Ok([actor.record(person, one).await?, actor.record(person, other).await?])
}

async fn pair_body(
    actor: &Actor,
    view: &View,
    (one, other): (&str, &str),
    sent: &Pairs,
    wrong: &Wrong,
) -> Result<Body, Error> {
    let lang = view.lang;
    let [first, second] = entries(actor, one, other).await?;
    let way = format!("/duplicates/{one}/{other}");
    let title = t(lang, "double-pair").into_owned();
    let homes = [&first, &second].map(|entry| Entry::of(actor, entry.ledger, &entry.record).id("household"));
    let files = match homes {
        [Some(one), Some(other)] if one != other => Some(view.link(&format!("/duplicates/files/{one}/{other}"))),
        _ => None,
    };
    let turned = view.link(&format!("/duplicates/{other}/{one}"));
    let apart = html! {
        a.button href=(turned) { (t(lang, "double-turn")) }
        @if let Some(files) = files { a.button href=(files) { (t(lang, "double-files-too")) } }
        (press(&way, &t(lang, "double-apart"), &[("apart", "1")], false))
    };
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: crumbs(view),
            title: title.clone(),
            actions: apart,
            ..PageHead::default()
        }))
        @if !wrong.is_empty() { div class="notice bad" role="alert" { @for words in wrong.values().flatten() { p { (words) } } } }
        (likes(actor, view, &wrong.held, Ticked::default()))
        (panel(&Panel {
            title: t(lang, "double-merge").into_owned(),
            body: html! {
                form.form method="post" action=(way) {
                    (side_by_side(actor, view, (&first, &second), sent).await?)
                    div.actions { button.button.first type="submit" { (t(lang, "life-preview")) } }
                }
            },
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Households, markup })
}

/// The way to the review.
fn crumbs(view: &View) -> Vec<Crumb> {
    vec![Crumb { name: t(view.lang, "double-title").into_owned(), href: Some(view.link("/duplicates")) }]
}

/// Each field of both, with the choice whose is right where they differ; the first entry stays.
async fn side_by_side(
    actor: &Actor,
    view: &View,
    (first, second): (&Stored, &Stored),
    sent: &Pairs,
) -> Result<Markup, Error> {
    let lang = view.lang;
    let records = [first.record.clone(), second.record.clone()];
    let shown = actor.shown(first.ledger, &records, record_lang(lang)).await?;
    let [one, other] = [shown.first(), shown.get(1)].map(|row| row.map(Vec::as_slice).unwrap_or_default());
    let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "—".to_owned());
    let headed = head_stays(actor, &first.record, &second.record);
    let definition = actor.pack().ledger(first.ledger);
    let is_masked =
        |shown: &Shown| definition.field(shown.field).sensitive.is_some() && shown.value.is_some() && !shown.hidden;
    let any_masked = one.iter().chain(other).any(is_masked);
    let row = |(left, right): (&Shown, &Shown)| {
        let field = &definition.field(left.field).id;
        // Under one mask may stand two values.
        let masked = is_masked(left) && is_masked(right);
        let same = left.value == right.value && !masked || left.hidden;
        let owner = definition.of.is_some_and(|of| of.field == left.field);
        let headed = headed == Some(left.field) && !left.hidden;
        let chosen = sent.get(&format!("take-{field}"));
        let choice = |mark: &str, words: String, likely: bool| {
            let checked = if chosen.is_empty() { likely } else { chosen == mark };
            html! {
                @if same || owner || headed { (words) }
                @else { label { input type="radio" name=(format!("take-{field}")) value=(mark) checked[checked]; " " (words) } }
            }
        };
        Row::of(vec![
            html! { (text(lang, &left.title)) @if headed { " " small.quiet { (t(lang, "double-head-stays")) } } },
            choice("one", said(&left.value), left.value.is_some()),
            choice("other", said(&right.value), left.value.is_none()),
        ])
    };
    let people = definition.id == "person";
    let list = Table {
        caption: t(lang, if people { "double-pair" } else { "double-files-one" }).into_owned(),
        columns: ["life-field", "double-stays", "double-goes"].map(|key| Column::text(t(lang, key))).into(),
        rows: one.iter().zip(other).map(row).collect(),
        ..Table::default()
    };
    Ok(html! {
        ul { (side(actor, view, first, "double-stays").await?) (side(actor, view, second, "double-goes").await?) }
        @if any_masked { p { (t(lang, "double-masked")) } }
        (table(lang, &list))
    })
}

/// One of the two: whose it is and when they were born, as far as they may see it, with the way to both records.
async fn side(actor: &Actor, view: &View, stored: &Stored, key: &str) -> Result<Markup, Error> {
    let lang = view.lang;
    let definition = actor.pack().ledger(stored.ledger);
    let value = |field: FieldIx| stored.record.values.get(usize::from(field.0)).filter(|value| **value != Value::Null);
    let home = match definition.of.and_then(|owner| Some((owner.ledger, value(owner.field)?))) {
        Some((ledger, Value::Id(id))) => actor.seen_record(ledger, *id).await?,
        _ => None,
    };
    let born = definition.born.and_then(value).map(kind::plain);
    let way = |stored: &Stored| record_link(actor, view, stored.ledger, stored.record.id);
    Ok(html! {
        li {
            (t(lang, key)) (t(lang, "colon")) a href=(way(stored)) { (stored.name) }
            @if let Some(home) = &home { " · " a href=(way(home)) { (home.name) } }
            @if let Some(born) = born { " · " (t_args(lang, "alike-born", &[("day", born.into())])) }
        }
    })
}

/// `POST /duplicates/{one}/{other}`
pub async fn decide(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((one, other)): Path<(String, String)>,
    sent: Pairs,
) -> Response {
    let result = decided(&actor, &view, (&one, &other), &sent).await;
    answered(&actor, &view, result)
}

async fn decided(actor: &Actor, view: &View, (one, other): (&str, &str), sent: &Pairs) -> Result<Response, Error> {
    let way = format!("/duplicates/{one}/{other}");
    let [keep, drop] = match entries(actor, one, other).await {
        Ok(entries) => entries.map(|entry| entry.record.id),
        Err(error) => return sent_before(actor, view, error, sent, &way).await,
    };
    let heading = Heading { way: &way, title: t(view.lang, "double-merge").into_owned(), crumbs: crumbs(view) };
    let settled = if sent.get("apart") == "1" {
        match anju_base::tell_apart(actor, keep, drop).await {
            Ok(()) => return Ok(to("/duplicates")),
            Err(error) => settle(actor, view, Err(error), sent, &heading).await,
        }
    } else {
        let take = taken(actor, "person", sent)?;
        settle(actor, view, anju_base::merge_persons(actor, keep, drop, &take).await, sent, &heading).await
    };
    match settled {
        Ok(response) => Ok(response),
        Err(wrong) => {
            let body = pair_body(actor, view, (one, other), sent, &wrong).await;
            Ok(again(&wrong, answer(actor, view, body)))
        }
    }
}

/// What went is found no more when a form is sent again: what was done then is told from its event.
async fn sent_before(actor: &Actor, view: &View, missing: Error, sent: &Pairs, way: &str) -> Result<Response, Error> {
    let gone = || Error::NotFound { what: "page", value: way.to_owned() };
    let heading = Heading { way, title: String::new(), crumbs: Vec::new() };
    settle(actor, view, Err(missing.into()), sent, &heading).await.map_err(|_| gone())
}

/// Fields that the entry that goes is right about; never whose it is.
fn taken(actor: &Actor, ledger: &str, sent: &Pairs) -> Result<Vec<FieldIx>, Error> {
    let definition = actor.pack().ledger(actor.ledger(ledger)?);
    let owner = definition.of.map(|owner| owner.field);
    let field = |(name, value): &(String, String)| {
        let id = name.strip_prefix("take-").filter(|_| value == "other")?;
        definition.field_by_id(id).filter(|field| Some(*field) != owner)
    };
    Ok(sent.0.iter().filter_map(field).collect())
}
