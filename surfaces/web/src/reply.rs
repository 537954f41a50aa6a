//! Answers to forms and to people without a right: what was refused, beside its field; which right is missing, and who can give it.

use anju_app::{Actor, App, Error};
use anju_pack::Duty;
use anju_ui::{Action, ErrorPage, View, error_page, t, t_args, text};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, PreEscaped};
use uuid::Uuid;

use crate::answer::{Body, Part, document};
use crate::ledgers::record_lang;
use crate::routes::Need;

/// A page for somebody who has not signed in.
pub fn visitor(app: &App, view: &View, status: StatusCode, body: Body) -> Response {
    (status, Html(document(app, None, view, body).into_string())).into_response()
}

/// The same answer under another status, unless it is an error already.
pub fn with_status(status: u16, mut response: Response) -> Response {
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    }
    response
}

/// The lines of a refusal; any other error is handed back.
///
/// # Errors
/// Whatever is no refusal of what was sent.
pub fn faults(view: &View, error: Error) -> Result<Vec<String>, Error> {
    let lang = record_lang(view.lang);
    match error {
        Error::Refused(refusals) => Ok(refusals.iter().map(|refusal| refusal.message(lang)).collect()),
        other => Err(other),
    }
}

/// The same field in many forms of a page: anchors must differ, the name sent does not.
pub fn anchored(field: Markup, of: &str) -> Markup {
    let mut text = field.into_string();
    for anchor in [" id=\"", " for=\"", " aria-describedby=\""] {
        text = text.replace(anchor, &format!("{anchor}{of}-"));
    }
    PreEscaped(text)
}

/// An id as sent.
///
/// # Errors
/// `NotFound` for what is no id: there is nothing of that name.
pub fn id_of(what: &'static str, text: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(text).map_err(|_| Error::NotFound { what, value: text.to_owned() })
}

/// A refused act in the reader's words: what was to be done, and on what.
pub fn denied_words(app: &App, view: &View, what: &str, on: &str) -> String {
    let lang = view.lang;
    let key = format!("thing-{}", what.replace(' ', "-"));
    let (act, colon) = (t(lang, &key), t(lang, "colon"));
    let duty = DUTIES.into_iter().find(|duty| duty.name() == on).map(|duty| t(lang, duty_key(duty)).into_owned());
    let on = duty.or_else(|| title_of(app, view, on));
    let act = if act == key { None } else { Some(act.into_owned()) };
    let words = match (act, on) {
        (Some(act), Some(on)) => format!("{act} · {on}"),
        (one, other) => one.or(other).unwrap_or_else(|| t(lang, "denied-county").into_owned()),
    };
    format!("{}{colon}{words}", t(lang, "denied-need"))
}

/// The title of a ledger, of a field of one (`ledger.field`), of a requirement or a figure.
fn title_of(app: &App, view: &View, id: &str) -> Option<String> {
    let (lang, pack) = (view.lang, app.pack());
    let (ledger, field) = id.split_once('.').map_or((id, None), |(ledger, field)| (ledger, Some(field)));
    if let Some(ledger) = pack.ledger_by_id(ledger).map(|ix| pack.ledger(ix)) {
        let field = field.and_then(|field| ledger.field_by_id(field)).map(|ix| text(lang, &ledger.field(ix).title));
        let parts = [Some(text(lang, &ledger.title)), field];
        return Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "));
    }
    let requirement = pack.requirement_by_id(id).map(|ix| text(lang, &pack.requirement(ix).title).to_owned());
    requirement.or_else(|| Some(text(lang, &pack.figure(app.figure_by_id(id)?).title).to_owned()))
}

/// Which right is missing and who can give it. Says nothing of what there is.
pub fn denied(actor: &Actor, view: &View, need: Need, named: Option<&str>) -> Response {
    let lang = view.lang;
    let ledger = match need {
        Need::Reads(ledger) => Some(ledger),
        _ => named,
    };
    let right = match need {
        Need::Duty(duty) => t(lang, duty_key(duty)).into_owned(),
        Need::Reads(_) | Need::Ledger => match ledger.and_then(|ledger| title_of(actor, view, ledger)) {
            Some(title) => t_args(lang, "denied-ledger-of", &[("ledger", title.into())]),
            None => t(lang, "denied-ledger").into_owned(),
        },
        Need::Writes => {
            let title = ledger.and_then(|ledger| title_of(actor, view, ledger)).unwrap_or_default();
            t_args(lang, "denied-write-of", &[("ledger", title.into())])
        }
        Need::Open | Need::Own | Need::SignedIn | Need::County => t(lang, "denied-county").into_owned(),
    };
    let page = ErrorPage {
        status: 403,
        what: format!("{}{}{right}", t(lang, "denied-need"), t(lang, "colon")),
        value: None,
        mend: t(lang, "denied-who").into_owned(),
        ways: vec![
            Action { name: t(lang, "nav-home").into_owned(), href: "/".into(), first: true },
            Action { name: t(lang, "own-account").into_owned(), href: "/account".into(), first: false },
        ],
    };
    let body = Body { title: page.what.clone(), part: Part::Elsewhere, markup: error_page(lang, &page) };
    (StatusCode::FORBIDDEN, Html(document(actor, Some(actor), view, body).into_string())).into_response()
}

const DUTIES: [Duty; 9] = [
    Duty::Accounts,
    Duty::Settings,
    Duty::Backup,
    Duty::Grants,
    Duty::ConfirmGrants,
    Duty::Policies,
    Duty::Journal,
    Duty::BreakGlass,
    Duty::CheckFile,
];

const fn duty_key(duty: Duty) -> &'static str {
    match duty {
        Duty::Accounts => "duty-accounts",
        Duty::Settings => "duty-settings",
        Duty::Backup => "duty-backup",
        Duty::Grants => "duty-grants",
        Duty::ConfirmGrants => "duty-confirm_grants",
        Duty::Policies => "duty-policies",
        Duty::Journal => "duty-journal",
        Duty::BreakGlass => "duty-break_glass",
        Duty::CheckFile => "duty-check_file",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_in_two_forms_has_two_anchors_and_one_name() {
        let field = anju_ui::Input {
            name: "reason",
            label: "为何".into(),
            hint: Some("?".into()),
            ..anju_ui::Input::default()
        };
        let page = anchored(anju_ui::input(&field), "a1").into_string();
        for part in [
            "for=\"a1-reason\"",
            " id=\"a1-reason\"",
            " id=\"a1-reason-says\"",
            "name=\"reason\"",
            "aria-describedby=\"a1-reason-says\"",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
}
