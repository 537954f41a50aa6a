//! Something is wrong here: telling it from any record's page, and answering it.

use anju_app::{Actor, Correction, CorrectionFaults, CorrectionState, Error, NewCorrection};
use anju_record::{Fault, day};
use anju_ui::{
    Choice, Crumb, Empty, Fact, Input, Lang, PageHead, Panel, Tone, View, area_input, empty, facts, form, input,
    page_head, panel, select, t, t_args, tag, text,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::{Body, Part, answer};
use crate::form::{guarded, led_to};
use crate::ledgers::{record_lang, record_link};
use crate::reply::{anchored, faults, with_status};
use crate::request::Asked;
use crate::sent::{Sent, to};
use crate::signed::Signed;

/// What a form of corrections left behind.
#[derive(Default)]
struct Said {
    typed: NewCorrection,
    faults: Vec<Fault>,
    lines: Vec<String>,
}

/// `GET /records/{ledger}/{id}/correct`
pub async fn ask(Signed(actor): Signed, Asked(view): Asked, Path((ledger, id)): Path<(String, String)>) -> Response {
    let typed = NewCorrection { field: view.get("field").unwrap_or_default().to_owned(), ..NewCorrection::default() };
    let body = ask_body(&actor, &view, &ledger, &id, &Said { typed, ..Said::default() }).await;
    answer(&actor, &view, body)
}

/// `POST /records/{ledger}/{id}/correct`
pub async fn tell(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((ledger, id)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    let text = |name: &str| sent.get(name).to_owned();
    let key = Some(text("key")).filter(|key| !key.is_empty());
    let typed = NewCorrection { field: text("field"), wrong: text("wrong"), suggested: text("suggested"), key };
    let ix = match actor.ledger(&ledger) {
        Ok(ix) => ix,
        Err(error) => return answer(&actor, &view, Err(error)),
    };
    let said = match actor.tell_correction(ix, &id, &typed).await {
        Ok(_) => {
            return match crate::reply::id_of("record", &id) {
                Ok(record) => led_to(&actor, &view, ix, record, "told"),
                Err(error) => answer(&actor, &view, Err(error)),
            };
        }
        Err(CorrectionFaults::Faulty(faults)) => Said { typed, faults, ..Said::default() },
        Err(CorrectionFaults::Answered(_)) => return to("/corrections"),
        Err(CorrectionFaults::Other(error)) => match faults(&view, error) {
            Ok(lines) => Said { typed, lines, ..Said::default() },
            Err(error) => return answer(&actor, &view, Err(error)),
        },
    };
    let body = ask_body(&actor, &view, &ledger, &id, &said).await;
    with_status(422, answer(&actor, &view, body))
}

async fn ask_body(actor: &Actor, view: &View, ledger: &str, id: &str, said: &Said) -> Result<Body, Error> {
    let lang = view.lang;
    let ix = actor.ledger(ledger)?;
    let stored = actor.record(ix, id).await?;
    let title = t(lang, "correction-ask").into_owned();
    let shown = actor.shown(ix, std::slice::from_ref(&stored.record), record_lang(lang)).await?;
    let definition = actor.pack().ledger(ix);
    let mut choices = vec![Choice { name: t(lang, "correction-whole").into_owned(), ..Choice::default() }];
    choices.extend(shown.into_iter().flatten().filter(|shown| !shown.hidden).map(|shown| Choice {
        value: definition.field(shown.field).id.clone(),
        name: match shown.value {
            Some(value) => format!("{}{}{value}", text(lang, &shown.title), t(lang, "colon")),
            None => text(lang, &shown.title).to_owned(),
        },
        depth: 0,
    }));
    let fields = fields(actor, view, &choices, said);
    let unsaved = !said.faults.is_empty() || !said.lines.is_empty();
    let head = PageHead {
        crumbs: vec![Crumb { name: stored.name.clone(), href: Some(record_link(actor, view, ix, stored.record.id)) }],
        title: title.clone(),
        ..PageHead::default()
    };
    let markup = html! {
        (page_head(lang, &head))
        (panel(&Panel {
            body: html! {
                p.notice { (t(lang, "correction-note")) }
                (guarded(&format!("/records/{ledger}/{id}/correct"), &t(lang, "correction-send"), &html! {}, unsaved, &fields))
            },
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Elsewhere, markup })
}

/// What is said to be wrong: in which field, how, and what should stand there.
fn fields(actor: &Actor, view: &View, choices: &[Choice], said: &Said) -> Markup {
    let lang = view.lang;
    let words = |name: &str| {
        let of = said.faults.iter().filter(|fault| fault.path == name);
        of.map(|fault| fault.message(record_lang(lang))).collect::<Vec<_>>()
    };
    let field = Input {
        name: "field",
        label: t(lang, "field").into_owned(),
        value: said.typed.field.clone(),
        ..Input::default()
    };
    let wrong = Input {
        name: "wrong",
        label: t(lang, "correction-wrong").into_owned(),
        value: said.typed.wrong.clone(),
        faults: words("wrong").into_iter().chain(said.lines.clone()).collect(),
        required: true,
        ..Input::default()
    };
    let suggested = Input {
        name: "suggested",
        label: t(lang, "correction-suggested").into_owned(),
        hint: Some(t(lang, "correction-suggested-hint").into_owned()),
        value: said.typed.suggested.clone(),
        faults: words("suggested"),
        ..Input::default()
    };
    let key = said.typed.key.clone().unwrap_or_else(|| actor.form_key());
    html! {
        input type="hidden" name="key" value=(key);
        (select(&field, choices)) (area_input(&wrong)) (input(&suggested))
    }
}

/// `GET /corrections`: those to answer, and one's own.
pub async fn list(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = list_body(&actor, &view, &[]).await;
    answer(&actor, &view, body)
}

/// `POST /corrections/{id}/decline`
pub async fn decline(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>, sent: Sent) -> Response {
    let view = View { path: "/corrections".into(), ..view };
    let lines = match actor.answer_correction(&id, CorrectionState::Declined, sent.get("answer")).await {
        Ok(()) => return to("/corrections"),
        Err(CorrectionFaults::Faulty(faults)) => {
            faults.iter().map(|fault| fault.message(record_lang(view.lang))).collect()
        }
        Err(CorrectionFaults::Answered(line)) => {
            return settled_list(&actor, &view, &line).await;
        }
        Err(CorrectionFaults::Other(error)) => match faults(&view, error) {
            Ok(lines) => lines,
            Err(error) => return answer(&actor, &view, Err(error)),
        },
    };
    let body = list_body(&actor, &view, &lines).await;
    with_status(422, answer(&actor, &view, body))
}

/// The list, which says that a correction was answered already.
async fn settled_list(actor: &Actor, view: &View, line: &Correction) -> Response {
    let body = list_body(actor, view, &[answered(actor, view, line)]).await;
    with_status(409, answer(actor, view, body))
}

/// Instead of a form that mends what was answered already: sent twice it leads to the record, else it is said who answered.
///
/// # Errors
/// The one that is given, where it was not answered or is not theirs to see.
pub(super) async fn settled(actor: &Actor, view: &View, id: &str, error: Error) -> Result<Response, Error> {
    let Ok(line) = actor.correction(id).await else { return Err(error) };
    match line.state {
        CorrectionState::Open => Err(error),
        CorrectionState::Accepted if line.answered_by == Some(actor.person_of(&actor.who().login).await?) => {
            Ok(led_to(actor, view, line.ledger, line.subject, "same"))
        }
        _ => {
            let view = View { path: "/corrections".into(), ..view.clone() };
            Ok(settled_list(actor, &view, &line).await)
        }
    }
}

/// That a correction was answered, by whom and how.
fn answered(actor: &Actor, view: &View, line: &Correction) -> String {
    let words = [
        ("what", title_of(actor, view, line)),
        ("who", line.answered_by.clone().unwrap_or_default()),
        ("answer", line.answer.clone().unwrap_or_default()),
    ];
    let words = words.map(|(name, words)| (name, words.into()));
    t_args(view.lang, "correction-answered", &words)
}

async fn list_body(actor: &Actor, view: &View, wrong: &[String]) -> Result<Body, Error> {
    let lang = view.lang;
    let title = t(lang, "corrections-title").into_owned();
    let all = actor.corrections().await?;
    let (answer, own): (Vec<_>, Vec<_>) = all.into_iter().partition(|line| line.to_answer);
    let nothing = Empty {
        what: t(lang, "corrections-none").into_owned(),
        next: Some(t(lang, "corrections-none-next").into_owned()),
        action: None,
    };
    let markup = html! {
        (page_head(lang, &PageHead { title: title.clone(), aside: Some(t(lang, "corrections-aside").into_owned()), ..PageHead::default() }))
        @if !wrong.is_empty() { div class="notice bad" role="alert" { @for line in wrong { p { (line) } } } }
        @if answer.is_empty() && own.is_empty() { (panel(&Panel { body: empty(&nothing), ..Panel::default() })) }
        (group(actor, view, "corrections-to-answer", &answer))
        (group(actor, view, "corrections-own", &own))
    };
    Ok(Body { title, part: Part::Corrections, markup })
}

fn group(actor: &Actor, view: &View, key: &str, lines: &[Correction]) -> Markup {
    html! {
        @if !lines.is_empty() {
            h2 { (t(view.lang, key)) " " small.quiet { (lines.len()) } }
            @for line in lines { (panel(&Panel {
                title: title_of(actor, view, line),
                note: Some(text(view.lang, &actor.pack().ledger(line.ledger).title).to_owned()),
                body: one(actor, view, line),
                ..Panel::default()
            })) }
        }
    }
}

fn title_of(actor: &Actor, view: &View, line: &Correction) -> String {
    let ledger = actor.pack().ledger(line.ledger);
    let field = line.field.map(|field| text(view.lang, &ledger.field(field).title).to_owned());
    let parts = [Some(line.name.clone()).filter(|name| !name.trim().is_empty()), field];
    let title = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    if title.is_empty() { text(view.lang, &ledger.title).to_owned() } else { title }
}

/// What is reported, above the form that mends it: in which field, what, by whom and when.
pub fn reported(actor: &Actor, view: &View, line: &Correction) -> Markup {
    let lang = view.lang;
    let title = line.field.map(|field| text(lang, &actor.pack().ledger(line.ledger).field(field).title).to_owned());
    let title = title.unwrap_or_else(|| t(lang, "correction-whole").into_owned());
    let lines: Vec<Fact> = std::iter::once(Fact::text(t(lang, "field"), &title)).chain(said(lang, line)).collect();
    panel(&Panel {
        title: t(lang, "correction-reported").into_owned(),
        note: Some(by(lang, line)),
        body: facts(lang, false, &lines),
        ..Panel::default()
    })
}

/// Who told, and on which day.
fn by(lang: Lang, line: &Correction) -> String {
    let on = day::format(line.told_on);
    t_args(lang, "correction-by", &[("who", line.who.as_str().into()), ("date", on.into())])
}

/// What is wrong, what should stand there, and the answer.
fn said(lang: Lang, line: &Correction) -> impl Iterator<Item = Fact> {
    let lines = [
        Some(Fact::text(t(lang, "correction-wrong"), &line.wrong)),
        line.suggested.as_ref().map(|words| Fact::text(t(lang, "correction-suggested"), words)),
        line.answer.as_ref().map(|words| Fact::text(t(lang, "correction-answer"), words)),
    ];
    lines.into_iter().flatten()
}

fn one(actor: &Actor, view: &View, line: &Correction) -> Markup {
    let lang = view.lang;
    let (tone, key) = match line.state {
        CorrectionState::Open => (Tone::Lapsing, "correction-open"),
        CorrectionState::Accepted => (Tone::Met, "correction-accepted"),
        CorrectionState::Declined => (Tone::NotApplicable, "correction-declined"),
    };
    let ledger = &actor.pack().ledger(line.ledger).id;
    let lines: Vec<Fact> = said(lang, line).collect();
    let reply =
        Input { name: "answer", label: t(lang, "correction-answer").into_owned(), required: true, ..Input::default() };
    html! {
        p { (tag(tone, &t(lang, key))) " " small.quiet { (by(lang, line)) } }
        (facts(lang, false, &lines))
        p.actions {
            @if !line.name.is_empty() { a.button.small href=(record_link(actor, view, line.ledger, line.subject)) { (t(lang, "correction-record")) } }
            @if line.to_answer {
                a.button.small.first href=(format!("/records/{ledger}/{}/edit?correction={}", line.subject, line.id)) { (t(lang, "correction-mend")) }
            }
        }
        @if line.to_answer {
            details {
                summary { (t(lang, "correction-decline")) }
                (form(&format!("/corrections/{}/decline", line.id), &t(lang, "correction-decline"), &anchored(area_input(&reply), &format!("c{}", line.id))))
            }
        }
    }
}
