//! Entries that may be the same person: a review, one pair side by side, told apart for good or made one.

use anju_app::{Actor, Error, Stored};
use anju_base::life::LifeError;
use anju_base::{Likeness, Pair};
use anju_pack::FieldIx;
use anju_ui::{
    Column, Crumb, Empty, PageHead, Panel, Row, Table, View, page_head, panel, press, t, t_args, table, text,
};
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::answer::{Body, Part, answer};
use crate::ledgers::record_lang;
use crate::life::{Pairs, Wrong, settle};
use crate::places::site_name;
use crate::reply::{id_of, with_status};
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
fn decides(actor: &Actor) -> Result<(), Error> {
    let writes = |id: &str| actor.ledger(id).is_ok_and(|ix| actor.writes(ix));
    if writes("person") && writes("not_duplicate") { Ok(()) } else { Err(Error::denied("write", "not_duplicate")) }
}

fn why(view: &View, likeness: Likeness) -> String {
    let key = match likeness {
        Likeness::Identity => "double-identity",
        Likeness::NameAndBirth => "double-name-birth",
        Likeness::SoundAndOrigin => "double-sound-origin",
    };
    t(view.lang, key).into_owned()
}

async fn list_body(actor: &Actor, view: &View) -> Result<Body, Error> {
    decides(actor)?;
    let lang = view.lang;
    let (pairs, number) = anju_base::sweep(actor, SHOWN).await?;
    let person = actor.ledger("person")?;
    let ids: Vec<Uuid> = pairs.iter().flat_map(|pair| [pair.one.id, pair.other.id]).collect();
    let names = actor.labels(person, &ids).await?;
    let name = |id: Uuid| names.get(&id).cloned().unwrap_or_default();
    let row = |pair: &Pair| {
        let way = view.link(&format!("/duplicates/{}/{}", pair.one.id, pair.other.id));
        Row::of(vec![
            html! { a href=(way) { (name(pair.one.id)) } " " small.quiet { (site_name(actor, &pair.one.area)) } },
            html! { (name(pair.other.id)) " " small.quiet { (site_name(actor, &pair.other.area)) } },
            html! { (why(view, pair.why)) },
        ])
    };
    let title = t(lang, "double-title").into_owned();
    let list = Table {
        caption: title.clone(),
        columns: ["double-one", "double-other", "double-why"].map(|key| Column::text(t(lang, key))).into(),
        rows: pairs.iter().map(row).collect(),
        empty: Some(Empty { what: t(lang, "double-none").into_owned(), next: None, action: None }),
        ..Table::default()
    };
    let markup = html! {
        (page_head(lang, &PageHead { title: title.clone(), ..PageHead::default() }))
        (panel(&Panel { title: t_args(lang, "double-found", &[("n", number.into())]), body: table(lang, &list), ..Panel::default() }))
    };
    Ok(Body { title, part: Part::Households, markup })
}

/// `GET /duplicates/{one}/{other}`
pub async fn pair(Signed(actor): Signed, Asked(view): Asked, Path((one, other)): Path<(String, String)>) -> Response {
    let body = pair_body(&actor, &view, &one, &other, &Wrong::new()).await;
    answer(&actor, &view, body)
}

async fn entries(actor: &Actor, one: &str, other: &str) -> Result<[Stored; 2], Error> {
    decides(actor)?;
    let person = actor.ledger("person")?;
    Ok([actor.record(person, one).await?, actor.record(person, other).await?])
}

async fn pair_body(actor: &Actor, view: &View, one: &str, other: &str, wrong: &Wrong) -> Result<Body, Error> {
    let lang = view.lang;
    let [first, second] = entries(actor, one, other).await?;
    let way = format!("/duplicates/{one}/{other}");
    let title = t(lang, "double-pair").into_owned();
    let apart = press(&way, &t(lang, "double-apart"), &[("apart", "1")], false);
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: vec![Crumb { name: t(lang, "double-title").into_owned(), href: Some("/duplicates".into()) }],
            title: title.clone(),
            actions: apart,
            ..PageHead::default()
        }))
        @if !wrong.is_empty() { div class="notice bad" role="alert" { @for words in wrong.values().flatten() { p { (words) } } } }
        (panel(&Panel {
            title: t(lang, "double-merge").into_owned(),
            body: html! {
                form.form method="post" action=(way) {
                    (side_by_side(actor, view, &first, &second).await?)
                    div.actions { button.button.first type="submit" { (t(lang, "life-preview")) } }
                }
            },
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Households, markup })
}

/// Each field of both, with the choice whose is right where they differ; the first entry stays.
async fn side_by_side(actor: &Actor, view: &View, first: &Stored, second: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let records = [first.record.clone(), second.record.clone()];
    let shown = actor.shown(first.ledger, &records, record_lang(lang)).await?;
    let [one, other] = [shown.first(), shown.get(1)].map(|row| row.map(Vec::as_slice).unwrap_or_default());
    let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "—".to_owned());
    let row = |(left, right): (&anju_app::Shown, &anju_app::Shown)| {
        let field = &actor.pack().ledger(first.ledger).field(left.field).id;
        let same = left.value == right.value || left.hidden || first.ledger.0 == u16::MAX;
        let owner = actor.pack().ledger(first.ledger).of.is_some_and(|of| of.field == left.field);
        let choice = |mark: &str, words: String, checked: bool| {
            html! {
                @if same || owner { (words) }
                @else { label { input type="radio" name=(format!("take-{field}")) value=(mark) checked[checked]; " " (words) } }
            }
        };
        Row::of(vec![
            html! { (text(lang, &left.title)) },
            choice("one", said(&left.value), left.value.is_some()),
            choice("other", said(&right.value), left.value.is_none()),
        ])
    };
    let list = Table {
        caption: t(lang, "double-pair").into_owned(),
        columns: ["life-field", "double-stays", "double-goes"].map(|key| Column::text(t(lang, key))).into(),
        rows: one.iter().zip(other).map(row).collect(),
        ..Table::default()
    };
    Ok(table(lang, &list))
}

/// `POST /duplicates/{one}/{other}`
pub async fn decide(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((one, other)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let sent = Pairs::of(&body);
    let found = entries(&actor, &one, &other).await;
    let ids = found.and_then(|_| Ok([id_of("record", &one)?, id_of("record", &other)?]));
    let [keep, drop] = match ids {
        Ok(ids) => ids,
        Err(error) => return answer(&actor, &view, Err(error)),
    };
    let settled = if sent.get("apart") == "1" {
        match anju_base::tell_apart(&actor, keep, drop).await {
            Ok(()) => return to("/duplicates"),
            Err(error) => settle(&actor, &view, Err(error), &sent, "/duplicates").await,
        }
    } else {
        let plan = match taken(&actor, &sent) {
            Ok(take) => anju_base::merge_persons(&actor, keep, drop, &take).await,
            Err(error) => Err(LifeError::from(error)),
        };
        settle(&actor, &view, plan, &sent, &format!("/duplicates/{one}/{other}")).await
    };
    match settled {
        Ok(response) => response,
        Err(wrong) => {
            let body = pair_body(&actor, &view, &one, &other, &wrong).await;
            with_status(422, answer(&actor, &view, body))
        }
    }
}

/// Fields that the entry that goes is right about; never whose it is, nor since when.
fn taken(actor: &Actor, sent: &Pairs) -> Result<Vec<FieldIx>, Error> {
    let person = actor.ledger("person")?;
    let definition = actor.pack().ledger(person);
    let field = |(name, value): &(String, String)| {
        let id = name.strip_prefix("take-").filter(|id| value == "other" && *id != "household")?;
        definition.field_by_id(id)
    };
    Ok(sent.0.iter().filter_map(field).collect())
}
