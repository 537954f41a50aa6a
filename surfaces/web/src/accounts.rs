//! Accounts, for the system administrator: who can sign in. What they may do is not decided here.

use anju_app::{AccountLine, Actor, Clock, Error, moment};
use anju_ui::{
    Chip, Column, Empty, Fact, Input, PageHead, Pager, Panel, Row, Table, Tone, View, chips, facts, form, input,
    page_head, pager, panel, press, t, t_args, table, tag,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::{Body, Part, answer};
use crate::ledgers::{PAGE, search_form};
use crate::reply::{anchored, faults, id_of, with_status};
use crate::request::Asked;
use crate::sent::{Sent, to};
use crate::signed::Signed;

/// What a form of the page left behind.
#[derive(Default)]
struct Said {
    /// A login and its one-time password.
    once: Option<(String, String)>,
    login: String,
    name: String,
    faults: Vec<String>,
}

/// Which accounts are shown.
const STATES: [&str; 4] = ["all", "active", "disabled", "locked"];

/// `GET /accounts`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = body(&actor, &view, &Said::default()).await;
    answer(&actor, &view, body)
}

/// `POST /accounts`
pub async fn make(Signed(actor): Signed, Asked(view): Asked, sent: Sent) -> Response {
    let (login, name) = (sent.get("login").to_owned(), sent.get("name").to_owned());
    match actor.make_account(&login, &name).await.map_err(|error| faults(&view, error)) {
        Ok((account, password)) => {
            let said = Said { once: Some((account.login, password)), ..Said::default() };
            let body = body(&actor, &view, &said).await;
            answer(&actor, &view, body)
        }
        Err(Ok(faults)) => {
            let body = body(&actor, &view, &Said { login, name, faults, once: None }).await;
            with_status(422, answer(&actor, &view, body))
        }
        Err(Err(error)) => answer(&actor, &view, Err(error)),
    }
}

/// `POST /accounts/{id}/disable`
pub async fn disable(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    set_active(&actor, &view, &id, false).await
}

/// `POST /accounts/{id}/enable`
pub async fn enable(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    set_active(&actor, &view, &id, true).await
}

async fn set_active(actor: &Actor, view: &View, id: &str, active: bool) -> Response {
    let done = match id_of("account", id) {
        Ok(id) => actor.set_active(id, active).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => to("/accounts"),
        Err(error) => answer(actor, view, Err(error)),
    }
}

/// `POST /accounts/{id}/reset`: a new one-time password, shown once.
pub async fn reset(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>, sent: Sent) -> Response {
    let view = View { path: "/accounts".into(), ..view };
    let done = match id_of("account", &id) {
        Ok(id) if sent.get("what") == "second-factor" => actor.reset_second_factor(id).await.map(|_| None),
        Ok(id) if sent.get("what") == "lock" => actor.unlock(id).await.map(|_| None),
        Ok(id) => actor.reset_password(id).await.map(Some),
        Err(error) => Err(error),
    };
    match done {
        Ok(None) => to("/accounts"),
        Ok(Some(password)) => {
            let login = login_of(&actor, &id).await.unwrap_or_default();
            let body = body(&actor, &view, &Said { once: Some((login, password)), ..Said::default() }).await;
            answer(&actor, &view, body)
        }
        Err(error) => answer(&actor, &view, Err(error)),
    }
}

/// `POST /accounts/{id}/subject`: who this is at the county's single sign-on; empty takes it back.
pub async fn link(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>, sent: Sent) -> Response {
    let subject = Some(sent.get("subject")).filter(|subject| !subject.is_empty());
    let done = match id_of("account", &id) {
        Ok(id) => actor.link_subject(id, subject).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => to("/accounts"),
        Err(error) => answer(&actor, &View { path: "/accounts".into(), ..view }, Err(error)),
    }
}

async fn login_of(actor: &Actor, id: &str) -> Option<String> {
    let accounts = actor.accounts().await.ok()?;
    accounts.into_iter().find(|line| line.account.id.to_string() == id).map(|line| line.account.login)
}

async fn body(actor: &Actor, view: &View, said: &Said) -> Result<Body, Error> {
    let lang = view.lang;
    let title = t(lang, "accounts-title").into_owned();
    let now = Clock::System.now_ms();
    let all = actor.accounts().await?;
    let state = view.get("state").unwrap_or("all");
    let sought = view.get("q").map(str::to_lowercase);
    let shown: Vec<&AccountLine> = (all.iter())
        .filter(|line| is(line, state, now))
        .filter(|line| {
            sought
                .as_ref()
                .is_none_or(|word| line.account.login.contains(word) || line.account.name.to_lowercase().contains(word))
        })
        .collect();
    let at = Pager { total: shown.len() as u64, ..crate::ledgers::pager_of(view) };
    let from = usize::try_from(at.offset()).unwrap_or(usize::MAX);
    let rows = shown.iter().skip(from).take(PAGE as usize).map(|line| row(actor, view, line, now)).collect();
    let markup = html! {
        (page_head(lang, &PageHead {
            title: title.clone(),
            aside: Some(t_args(lang, "accounts-count", &[("n", all.len().into())])),
            actions: search_form(view, "accounts-search"),
            ..PageHead::default()
        }))
        (once(view, said))
        (panel(&Panel {
            title: t(lang, "accounts-new").into_owned(),
            note: Some(t(lang, "accounts-new-note").into_owned()),
            body: new_form(view, said),
            ..Panel::default()
        }))
        (panel(&Panel {
            title: t(lang, "accounts-list").into_owned(),
            body: html! {
                (chips(lang, &STATES.map(|state_of| Chip {
                    name: t(lang, &format!("accounts-{state_of}")).into_owned(),
                    count: Some(all.iter().filter(|line| is(line, state_of, now)).count() as u64),
                    href: view.here_with("state", if state_of == "all" { "" } else { state_of }),
                    current: state == state_of,
                })))
                (table(lang, &list(view, rows)))
                (pager(lang, at, |page| view.here_with("page", &page.to_string())))
            },
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Accounts, markup })
}

fn is(line: &AccountLine, state: &str, now: i64) -> bool {
    match state {
        "active" => line.account.active && line.locked_until <= now,
        "disabled" => !line.account.active,
        "locked" => line.account.active && line.locked_until > now,
        _ => true,
    }
}

fn once(view: &View, said: &Said) -> Markup {
    let lang = view.lang;
    html! {
        @if let Some((login, password)) = &said.once {
            (panel(&Panel {
                title: t(lang, "once-title").into_owned(),
                body: html! {
                    p class="notice good" role="status" { (t(lang, "once-note")) }
                    (facts(lang, false, &[
                        Fact::text(t(lang, "sign-in-login").into_owned(), login),
                        Fact::of(t(lang, "once-password").into_owned(), html! { span.once { (password) } }),
                    ]))
                },
                ..Panel::default()
            }))
        }
    }
}

fn new_form(view: &View, said: &Said) -> Markup {
    let lang = view.lang;
    let login = Input {
        name: "login",
        label: t(lang, "sign-in-login").into_owned(),
        value: said.login.clone(),
        hint: Some(t(lang, "accounts-login-hint").into_owned()),
        faults: said.faults.clone(),
        required: true,
        autocomplete: Some("off"),
        ..Input::default()
    };
    let name = Input {
        name: "name",
        label: t(lang, "account-name").into_owned(),
        value: said.name.clone(),
        required: true,
        autocomplete: Some("off"),
        ..Input::default()
    };
    let fields = html! { div class="form across" { (input(&login)) (input(&name)) } };
    form("/accounts", &t(lang, "accounts-make"), &fields)
}

fn row(actor: &Actor, view: &View, line: &AccountLine, now: i64) -> Row {
    let lang = view.lang;
    let account = &line.account;
    let way = |act: &str| format!("/accounts/{}/{act}", account.id);
    let (tone, word) = match () {
        () if !account.active => (Tone::NotApplicable, t(lang, "accounts-disabled").into_owned()),
        () if line.locked_until > now => {
            (Tone::Gap, t_args(lang, "accounts-locked-until", &[("at", moment(line.locked_until).into())]))
        }
        () if account.must_change => (Tone::Lapsing, t(lang, "accounts-must-change").into_owned()),
        () => (Tone::Met, t(lang, "accounts-active").into_owned()),
    };
    let own = actor.who().account == Some(account.id);
    let subject = Input {
        name: "subject",
        label: t(lang, "accounts-subject").into_owned(),
        value: line.subject.clone().unwrap_or_default(),
        ..Input::default()
    };
    Row::of(vec![
        html! { (account.login) },
        html! { (account.name) },
        tag(tone, &word),
        html! { (t(lang, if line.second_factor { "yes" } else { "no" })) },
        html! { (moment(account.made_at)) },
        html! {
            @if own { small.quiet { (t(lang, "accounts-own")) } }
            @else {
                (press(&way("reset"), &t(lang, "accounts-reset"), &[], false))
                @if line.second_factor { (press(&way("reset"), &t(lang, "accounts-reset-factor"), &[("what", "second-factor")], false)) }
                @if line.locked_until > now { (press(&way("reset"), &t(lang, "accounts-unlock"), &[("what", "lock")], false)) }
                @if account.active { (press(&way("disable"), &t(lang, "accounts-disable"), &[], false)) }
                @else { (press(&way("enable"), &t(lang, "accounts-enable"), &[], false)) }
                @if actor.oidc_on() {
                    details { summary { (t(lang, "accounts-subject")) } (form(&way("subject"), &t(lang, "settings-put"), &anchored(input(&subject), &format!("s{}", account.id)))) }
                }
            }
        },
    ])
}

fn list(view: &View, rows: Vec<Row>) -> Table {
    let lang = view.lang;
    Table {
        caption: t(lang, "accounts-list").into_owned(),
        columns: vec![
            Column::text(t(lang, "sign-in-login")),
            Column::text(t(lang, "account-name")),
            Column::text(t(lang, "accounts-state")),
            Column::text(t(lang, "factor-title")).second(),
            Column::text(t(lang, "accounts-made")).second(),
            Column::text(""),
        ],
        rows,
        empty: Some(Empty {
            what: t(lang, "accounts-none").into_owned(),
            next: Some(t(lang, "list-empty-next").into_owned()),
            action: None,
        }),
        ..Table::default()
    }
}
