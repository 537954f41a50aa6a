//! Forms of any ledger's records: new and changed ones, from the pack alone.

pub mod bulk;
pub mod corrections;
pub mod gone;
pub mod removal;

mod filled;
mod show;

use std::collections::BTreeMap;

use anju_app::{Actor, Correction, CorrectionFaults, EditError, Entry, Error, Put, Written};
use anju_pack::{Kind, LedgerIx};
use anju_ui::{Crumb, FormField, Input, PageHead, Panel, View, input, page_head, panel, summary, t, t_args, text};
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use uuid::Uuid;

use crate::alike::{self, Ticked};
use crate::answer::{Body, Part, answer, answered};
use crate::ledgers::{record_lang, record_link};
use crate::reply::{denied_words, id_of, with_status};
use crate::request::Asked;
use crate::sent::to;
use crate::signed::Signed;

pub use filled::{Filled, left};
pub use show::{codes, pick, places, several, title_of};

/// A form as a page shows it.
struct Page<'a> {
    entry: &'a Entry,
    /// Sends the form.
    action: String,
    /// Where it leads back to.
    back: String,
    /// Writes a new record once.
    key: Option<String>,
    /// The correction that it answers.
    correction: Option<Correction>,
    /// What was typed as a reason.
    reason: String,
    /// What was said to have been compared.
    ticked: Ticked<'a>,
    /// Two people changed it.
    disputed: bool,
    /// Typed in, and not yet kept.
    unsaved: bool,
}

/// `GET /ledgers/{id}/new`
pub async fn new(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    if let Some(page) = own_page(&actor, &view, &id, &view.query.iter().cloned().collect()) {
        return to(&page);
    }
    let body = new_body(&actor, &view, &id).await;
    answer(&actor, &view, body)
}

/// The page of its own where new records of a ledger are made, with what was filled in of it: a household comes with its head, and what happens to
/// one with its effect. None of any other ledger, and of one that is not theirs to write.
pub fn own_page(actor: &Actor, view: &View, ledger: &str, given: &BTreeMap<String, String>) -> Option<String> {
    if !actor.ledger(ledger).is_ok_and(|ledger| actor.writes(ledger)) {
        return None;
    }
    let id = |field: &str| given.get(field)?.trim().parse::<Uuid>().ok();
    match ledger {
        "household" => {
            let places = ["building", "dwelling"].map(|field| (field, id(field).map(|id| id.to_string())));
            let known: Vec<_> = places.iter().filter_map(|(field, id)| Some((*field, id.as_deref()?))).collect();
            Some(view.link_with("/households/new", &known))
        }
        "household_event" => Some(match id("household") {
            Some(household) => view.link(&format!("/households/{household}/life")),
            None => view.link("/households"),
        }),
        _ => None,
    }
}

async fn new_body(actor: &Actor, view: &View, id: &str) -> Result<Body, Error> {
    let ledger = actor.ledger(id)?;
    let given: BTreeMap<String, String> = view.query.iter().cloned().collect();
    let entry = actor.prepare_new(ledger, &given).await?;
    let page = Page {
        entry: &entry,
        action: format!("/ledgers/{id}/new"),
        back: format!("/ledgers/{id}"),
        key: Some(actor.form_key()),
        correction: None,
        reason: String::new(),
        ticked: Ticked::default(),
        disputed: false,
        unsaved: false,
    };
    Ok(page.body(actor, view))
}

/// `POST /ledgers/{id}/new`
pub async fn create(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>, filled: Filled) -> Response {
    if let Some(page) = own_page(&actor, &view, &id, &filled.filling().typed) {
        return to(&page);
    }
    let result = saved(&actor, &view, &id, None, filled).await;
    answered(&actor, &view, result)
}

/// `GET /records/{ledger}/{id}/edit`
pub async fn edit(Signed(actor): Signed, Asked(view): Asked, Path((ledger, id)): Path<(String, String)>) -> Response {
    match edit_body(&actor, &view, &ledger, &id).await {
        Err(error) => gone::instead(&actor, &view, (&ledger, &id), error).await,
        body => answer(&actor, &view, body),
    }
}

async fn edit_body(actor: &Actor, view: &View, ledger: &str, id: &str) -> Result<Body, Error> {
    let ix = actor.ledger(ledger)?;
    let (entry, correction) = match view.get("correction") {
        Some(correction) => {
            let (entry, correction) = actor.prepare_corrected(ix, id, correction).await?;
            (entry, Some(correction))
        }
        None => (actor.prepare_edit(ix, id).await?, None),
    };
    let page = Page {
        entry: &entry,
        action: format!("/records/{ledger}/{id}/edit"),
        back: record_link(actor, view, ix, id_of("record", id)?),
        key: None,
        unsaved: correction.is_some(),
        correction,
        reason: String::new(),
        ticked: Ticked::default(),
        disputed: false,
    };
    Ok(page.body(actor, view))
}

/// `POST /records/{ledger}/{id}/edit`
pub async fn change(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((ledger, id)): Path<(String, String)>,
    filled: Filled,
) -> Response {
    let result = saved(&actor, &view, &ledger, Some(&id), filled).await;
    answered(&actor, &view, result)
}

async fn saved(actor: &Actor, view: &View, name: &str, id: Option<&str>, filled: Filled) -> Result<Response, Error> {
    let ledger = actor.ledger(name)?;
    let record = match id {
        Some(id) => Some((id_of("record", id)?, filled.sent.number("version").unwrap_or(0))),
        None => None,
    };
    let mut filling = filled.filling();
    let refused = bring(actor, ledger, &filled, &mut filling.typed).await?;
    let correction = match filled.sent.get("correction") {
        "" => None,
        id => match actor.with_suggestion(id, &mut filling).await {
            Err(error @ Error::NotFound { .. }) => return corrections::settled(actor, view, id, error).await,
            line => Some(line?),
        },
    };
    if let Some(other) =
        correction.as_ref().filter(|it| (it.ledger, Some(it.subject)) != (ledger, record.map(|(id, _)| id)))
    {
        return Err(Error::NotFound { what: "correction", value: other.id.to_string() });
    }
    if record.is_none() {
        actor.fill_by_number(ledger, &mut filling.typed);
    }
    let outcome = if refused.is_empty() {
        actor.put(ledger, record, &filling).await
    } else {
        // A form with a file that is not taken is not written: it would seem to hold it.
        Err(actor.not_put(ledger, record, &filling).await.unwrap_or_else(EditError::Other))
    };
    let (mut entry, status) = match outcome {
        Ok(put) => return done(actor, view, ledger, &put, correction.as_ref()).await,
        Err(EditError::Faulty(entry)) => (entry, 422),
        Err(EditError::Conflict(entry)) => (entry, 409),
        Err(EditError::Other(error)) => match record {
            Some((id, _)) => return gone::typed(actor, view, (ledger, id), &filled.sent, error).await,
            None => return Err(error),
        },
    };
    for (field, fault) in refused {
        actor.photo_fault(&mut entry, &field, fault);
    }
    if let Some(correction) = &correction {
        actor.say_suggested(correction, &mut entry).await?;
    }
    let page = Page {
        action: view.path.clone(),
        back: record.map_or_else(|| format!("/ledgers/{name}"), |(id, _)| record_link(actor, view, ledger, id)),
        key: filling.key.clone(),
        correction,
        reason: filling.reason.clone().unwrap_or_default(),
        ticked: Ticked {
            apart: filling.apart.as_deref().unwrap_or_default(),
            compared: filling.compared.as_deref().unwrap_or_default(),
        },
        disputed: status == 409,
        unsaved: true,
        entry: &entry,
    };
    Ok(with_status(status, answer(actor, view, Ok(page.body(actor, view)))))
}

/// Keeps the pictures that a form brought; says which are not taken.
async fn bring(
    actor: &Actor,
    ledger: LedgerIx,
    filled: &Filled,
    typed: &mut BTreeMap<String, String>,
) -> Result<Vec<(String, anju_app::PhotoFault)>, Error> {
    let mut refused = Vec::new();
    let known = |id: &str| {
        let definition = actor.pack().ledger(ledger);
        definition.field_by_id(id).is_some_and(|at| definition.field(at).kind == Kind::Attachment)
    };
    for (id, bytes) in filled.photos.iter().filter(|(id, _)| known(id)) {
        match actor.bring_photo(ledger, bytes).await? {
            Ok(key) => {
                typed.insert(id.clone(), key.to_string());
            }
            Err(fault) => refused.push((id.clone(), fault)),
        }
    }
    Ok(refused)
}

async fn done(
    actor: &Actor,
    view: &View,
    ledger: LedgerIx,
    put: &Put,
    correction: Option<&Correction>,
) -> Result<Response, Error> {
    if let Some(correction) = correction {
        let (id, answer) = (correction.id.to_string(), t(view.lang, "correction-mended").into_owned());
        match actor.answer_correction(&id, anju_app::CorrectionState::Accepted, &answer).await {
            // Another settled it meanwhile: the record is mended all the same.
            Ok(()) | Err(CorrectionFaults::Answered(_) | CorrectionFaults::Other(Error::Refused(_))) => {}
            Err(CorrectionFaults::Faulty(_)) => {}
            Err(CorrectionFaults::Other(error)) => return Err(error),
        }
    }
    let word = match &put.written {
        Some(Written::Waiting(_)) => return Ok(to("/approvals")),
        None => "same",
        Some(Written::Committed(_)) if !put.merged.is_empty() => "merged",
        Some(Written::Committed(_)) => "saved",
    };
    Ok(led_to(actor, view, ledger, put.id, word))
}

/// Leads to a record that says what was done; to its ledger where it is out of sight.
pub fn led_to(actor: &Actor, view: &View, ledger: LedgerIx, id: Uuid, word: &str) -> Response {
    let bare = View { area: None, on: None, ..view.clone() };
    to(&format!("{}?done={word}", record_link(actor, &bare, ledger, id)))
}

/// What was just done, said on the page that it led to.
pub fn done_notice(view: &View) -> Markup {
    let key = match view.get("done") {
        Some("saved") => "form-done-saved",
        Some("merged") => "form-done-merged",
        Some("same") => "form-done-same",
        Some("restored") => "form-done-restored",
        Some("stands") => "form-done-stands",
        Some("gone") => "form-done-gone",
        Some("joined") => "form-done-joined",
        Some("told") => "form-done-told",
        _ => return html! {},
    };
    html! { p class="notice good" role="status" { (t(view.lang, key)) } }
}

impl Page<'_> {
    fn body(&self, actor: &Actor, view: &View) -> Body {
        let lang = view.lang;
        let ledger = actor.pack().ledger(self.entry.ledger);
        let name = text(lang, &ledger.title);
        let key = if self.entry.id.is_some() { "form-edit" } else { "form-new" };
        let title = t_args(lang, key, &[("ledger", name.into())]);
        let mut fields = show::fields(actor, view, self.entry);
        if self.asks_first() {
            fields.iter_mut().for_each(|field| field.focus = false);
        }
        let head = PageHead {
            crumbs: vec![
                Crumb { name: t(lang, "nav-ledgers").into_owned(), href: Some("/ledgers".into()) },
                Crumb { name: name.to_owned(), href: Some(format!("/ledgers/{}", ledger.id)) },
                Crumb { name: self.entry.name.clone(), href: Some(self.back.clone()) },
            ]
            .into_iter()
            .filter(|crumb| !crumb.name.is_empty())
            .collect(),
            title: title.clone(),
            aside: Some(self.entry.name.clone()).filter(|name| !name.is_empty()),
            ..PageHead::default()
        };
        let markup = html! {
            (page_head(lang, &head))
            @if let Some(correction) = &self.correction { (corrections::reported(actor, view, correction)) }
            (crate::life::only_corrects(actor, view, self.entry))
            (summary(lang, &self.whole(actor, view), &fields))
            @if self.disputed { p.notice { (t(lang, "form-disputed")) } }
            @if !self.entry.merged.is_empty() { p.notice { (self.merged(actor, view)) } }
            (panel(&Panel { body: self.form(view, actor, &fields), ..Panel::default() }))
        };
        Body { title, part: Part::Ledgers, markup }
    }

    fn whole(&self, actor: &Actor, view: &View) -> Vec<String> {
        let lang = record_lang(view.lang);
        let mut whole: Vec<String> = self.entry.faults.iter().map(|fault| fault.message(lang)).collect();
        match &self.entry.refused {
            Some(Error::Denied { what, value }) => whole.push(denied_words(actor, view, what, value)),
            Some(Error::Refused(refusals)) => whole.extend(refusals.iter().map(|refusal| refusal.message(lang))),
            Some(other) => whole.push(other.to_string()),
            None => {}
        }
        whole
    }

    fn merged(&self, actor: &Actor, view: &View) -> String {
        let ledger = actor.pack().ledger(self.entry.ledger);
        let titles: Vec<&str> =
            self.entry.merged.iter().map(|field| text(view.lang, &ledger.field(*field).title)).collect();
        let titles = titles.join(&t(view.lang, "list-comma"));
        t_args(view.lang, "form-merged", &[("fields", titles.into())])
    }

    /// Whether nothing is wrong, and something is to be compared before it is kept: that has the focus.
    fn asks_first(&self) -> bool {
        let wrong = self.entry.fields.iter().any(|field| !field.faults.is_empty() || field.conflict.is_some());
        let asks = !self.entry.likes.is_empty() || !self.entry.doubts.is_empty();
        asks && !wrong
    }

    /// At the head of the form: who it may be and what is doubtful, with the boxes to tick and the button beside them.
    fn unsure(&self, actor: &Actor, view: &View) -> Markup {
        let (lang, likes, doubts) = (view.lang, &self.entry.likes, &self.entry.doubts);
        if likes.is_empty() && doubts.is_empty() {
            return html! {};
        }
        let ticks = !doubts.is_empty() || !likes.iter().all(alike::is_repeated);
        html! {
            div.unsure #unsure role="group" aria-labelledby=[ticks.then_some("unsure-says")] tabindex="-1" autofocus[self.asks_first()] {
                @if ticks { p #unsure-says { b { (t(lang, "form-unsure")) } } }
                (alike::unsure(actor, view, likes, doubts, self.ticked))
                @if ticks { div.actions { button.button type="submit" { (t(lang, "form-save")) } } }
            }
        }
    }

    fn form(&self, view: &View, actor: &Actor, fields: &[FormField]) -> Markup {
        let lang = view.lang;
        let ledger = actor.pack().ledger(self.entry.ledger);
        let parts = ledger.fields.iter().any(|field| field.kind == Kind::Attachment);
        let reason = Input {
            name: "reason",
            label: t(lang, "form-reason").into_owned(),
            value: self.reason.clone(),
            ..Input::default()
        };
        let unsaved = if self.unsaved { "changed" } else { "" };
        html! {
            form class="form across" method="post" action=(self.action) enctype=[parts.then_some("multipart/form-data")] data-guard=(unsaved) {
                @if self.entry.id.is_some() { input type="hidden" name="version" value=(self.entry.version); }
                @if let Some(key) = &self.key { input type="hidden" name="key" value=(key); }
                @if let Some(correction) = &self.correction { input type="hidden" name="correction" value=(correction.id); }
                (self.unsure(actor, view))
                @for field in fields { (show::drawn(lang, field, self.entry, ledger)) }
                @if self.entry.id.is_some() { (input(&reason)) }
                div.actions {
                    button.button.first type="submit" { (t(lang, "form-save")) }
                    a.button href=(self.back) { (t(lang, "form-cancel")) }
                }
            }
        }
    }
}

/// A form that changes something and asks before what was typed in it is left; `unsaved` where it holds that from the start. `beside` stands beside
/// its button.
pub fn guarded(action: &str, submit: &str, beside: &Markup, unsaved: bool, fields: &Markup) -> Markup {
    html! {
        form.form method="post" action=(action) data-guard=(if unsaved { "changed" } else { "" }) {
            (fields)
            div.actions { button.button.first type="submit" { (submit) } (beside) }
        }
    }
}

/// `GET /records/{ledger}/choices`: records whose names hold the words, for the list of a reference's control.
pub async fn choices(Signed(actor): Signed, Asked(view): Asked, Path(ledger): Path<String>) -> Response {
    let words = view.get("q").unwrap_or_default().chars().take(100).collect::<String>();
    let found = match actor.ledger(&ledger) {
        Ok(ix) => actor.choices(ix, &words).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(found) => {
            let option =
                |choice: &anju_app::RefChoice| serde_json::json!({ "text": choice.text, "place": choice.known_by });
            axum::Json(found.iter().map(option).collect::<Vec<_>>()).into_response()
        }
        Err(error) => answer(&actor, &view, Err(error)),
    }
}

/// `GET /records/{ledger}/{id}/files/{field}`: the picture in a field.
pub async fn photo(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((ledger, id, field)): Path<(String, String, String)>,
) -> Response {
    let found = match actor.ledger(&ledger) {
        Ok(ix) => actor.photo(ix, &id, &field).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(photo) => {
            let headers = [(header::CONTENT_TYPE, photo.mime), (header::CONTENT_DISPOSITION, "inline".to_owned())];
            (StatusCode::OK, headers, photo.bytes).into_response()
        }
        Err(error) => answer(&actor, &view, Err(error)),
    }
}
