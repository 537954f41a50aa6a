//! Two files of one household: side by side, who of the one is whom of the other, and what becomes of them as one.

use anju_app::{Actor, Error, Stored, WriteError};
use anju_base::codes;
use anju_base::life::{self, Joining, LifeError, Member};
use anju_ui::{PageHead, Panel, View, page_head, panel, t, t_args};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use super::{crumbs, decides, sent_before, side_by_side, taken};
use crate::alike::{Ticked, likes};
use crate::answer::{Body, Part, answer, answered};
use crate::life::{Heading, Pairs, Sheet, Wrong, again, settle};
use crate::request::Asked;
use crate::signed::Signed;

/// The head's code: the file that stays has one.
const HEAD: &str = "02";

/// Two files with whoever lives in them.
struct Files {
    keep: (Stored, Vec<Member>),
    drop: (Stored, Vec<Member>),
}

/// `GET /duplicates/files/{one}/{other}`: the first stays.
pub async fn pair(Signed(actor): Signed, Asked(view): Asked, Path((one, other)): Path<(String, String)>) -> Response {
    let body = match found(&actor, &one, &other).await {
        Ok(files) => body_of(&actor, &view, &files, &Pairs::default(), &Wrong::new()).await,
        Err(error) => Err(error),
    };
    answer(&actor, &view, body)
}

/// `POST /duplicates/files/{one}/{other}`
pub async fn decide(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((one, other)): Path<(String, String)>,
    sent: Pairs,
) -> Response {
    let result = decided(&actor, &view, (&one, &other), &sent).await;
    answered(&actor, &view, result)
}

async fn found(actor: &Actor, one: &str, other: &str) -> Result<Files, Error> {
    decides(actor)?;
    Ok(Files { keep: file(actor, one).await?, drop: file(actor, other).await? })
}

/// An open file that is theirs to write.
async fn file(actor: &Actor, id: &str) -> Result<(Stored, Vec<Member>), Error> {
    let gone = || Error::NotFound { what: "household", value: id.to_owned() };
    let stored = match actor.record(actor.ledger("household")?, id).await {
        Err(Error::NotFound { .. }) => return Err(gone()),
        other => other?,
    };
    match life::standing_file(actor, stored.record.id).await {
        Ok((_, members)) => Ok((stored, members)),
        Err(LifeError::Write(WriteError::Refused(error))) => Err(error),
        Err(_) => Err(gone()),
    }
}

async fn decided(actor: &Actor, view: &View, (one, other): (&str, &str), sent: &Pairs) -> Result<Response, Error> {
    let way = format!("/duplicates/files/{one}/{other}");
    let files = match found(actor, one, other).await {
        Ok(files) => files,
        Err(error) => return sent_before(actor, view, error, sent, &way).await,
    };
    let joining = joining(actor, sent)?;
    let plan = life::merge_files(actor, files.keep.0.record.id, files.drop.0.record.id, &joining).await;
    let heading = Heading { way: &way, title: t(view.lang, "double-files-too").into_owned(), crumbs: crumbs(view) };
    match settle(actor, view, plan, sent, &heading).await {
        Ok(response) => Ok(response),
        Err(wrong) => {
            let body = body_of(actor, view, &files, sent, &wrong).await;
            Ok(again(&wrong, answer(actor, view, body)))
        }
    }
}

/// Who is whom, and how the others are related.
fn joining(actor: &Actor, sent: &Pairs) -> Result<Joining, Error> {
    let of = |prefix: &str| -> Vec<(Uuid, &str)> {
        let pairs = sent.0.iter();
        pairs.filter_map(|(name, value)| Some((name.strip_prefix(prefix)?.parse().ok()?, value.as_str()))).collect()
    };
    let same = of("same-").into_iter().filter_map(|(id, to)| Some((id, to.parse().ok()?))).collect();
    let kin = of("kin-").into_iter().map(|(id, code)| (id, code.to_owned())).collect();
    Ok(Joining { same, kin, take: taken(actor, "household", sent)? })
}

async fn body_of(actor: &Actor, view: &View, files: &Files, sent: &Pairs, wrong: &Wrong) -> Result<Body, Error> {
    let lang = view.lang;
    let title = t(lang, "double-files-one").into_owned();
    let (keep, drop) = (&files.keep.0, &files.drop.0);
    let turned = view.link(&format!("/duplicates/files/{}/{}", drop.record.id, keep.record.id));
    let sheet = Sheet { actor, view, sent, wrong };
    let people = people(&sheet, files).await?;
    let reason = sheet.line("reason", &t(lang, "life-reason"), "text", false, None);
    let fields = html! { (people) (reason) };
    let elsewhere = sheet.elsewhere(&fields.0);
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: crumbs(view),
            title: title.clone(),
            actions: html! { a.button href=(turned) { (t(lang, "double-files-turn")) } },
            ..PageHead::default()
        }))
        @if !elsewhere.is_empty() { div class="notice bad" role="alert" { @for words in elsewhere { p { (words) } } } }
        (likes(actor, view, &wrong.held, Ticked::default()))
        (panel(&Panel {
            title: t_args(lang, "double-files-stays", &[("keep", keep.name.as_str().into()), ("drop", drop.name.as_str().into())]),
            note: Some(t(lang, "double-files-says").into_owned()),
            body: html! {
                form.form method="post" action=(format!("/duplicates/files/{}/{}", keep.record.id, drop.record.id)) {
                    (side_by_side(actor, view, (keep, drop), sent).await?)
                    (fields)
                    div.actions { button.button.first type="submit" { (t(lang, "life-preview")) } }
                }
            },
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Households, markup })
}

/// Each person of the file that goes: whom they are, or how they are related.
async fn people(sheet: &Sheet<'_>, files: &Files) -> Result<Markup, Error> {
    let (actor, lang) = (sheet.actor, sheet.view.lang);
    let (keep, drop) = (&files.keep.1, &files.drop.1);
    let partners = anju_base::partners(actor, drop, keep).await?;
    let kin = codes(actor, "kinship", lang);
    let kept: Vec<(String, &str)> = keep.iter().map(|it| (it.record.id.to_string(), it.name.as_str())).collect();
    let choices: Vec<(&str, &str)> = kept.iter().map(|(id, name)| (id.as_str(), *name)).collect();
    Ok(html! {
        @for member in drop {
            @let id = member.record.id;
            @let partner = partners.iter().find(|(of, _)| *of == id).map(|(_, to)| to.to_string());
            @let (same, kinship) = (format!("same-{id}"), format!("kin-{id}"));
            // Once it was sent, nobody is taken for another again unasked.
            @let likely = if sheet.sent.0.is_empty() { partner.unwrap_or_default() } else { String::new() };
            fieldset.fields {
                legend { (member.name) }
                (sheet.choose(&same, &t(lang, "double-files-same"), &choices, &likely, false))
                (sheet.choose(&kinship, &t(lang, "double-files-kin"), &kin, if member.kinship == HEAD { "" } else { &member.kinship }, false))
            }
        }
    })
}
