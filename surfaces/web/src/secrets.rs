//! The own password and the own second factor.

use std::sync::Arc;

use anju_app::{Actor, Error, Owes, Policy};
use anju_ui::{
    Crumb, Fact, Input, InputKind, PageHead, Panel, Tone, View, facts, form, input, page_head, panel, print_button, t,
    t_args, tag,
};
use axum::Extension;
use axum::http::header;
use axum::response::Response;
use maud::{Markup, PreEscaped, html};
use qrcode::QrCode;
use qrcode::render::svg;

use crate::answer::{Body, Part, answer};
use crate::guard::Served;
use crate::reply::{faults, with_status};
use crate::request::Asked;
use crate::sent::{Sent, to};
use crate::signed::Signed;

/// `GET /account/password`
pub async fn password(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = password_body(&actor, &view, [Vec::new(), Vec::new(), Vec::new()]).await;
    answer(&actor, &view, body)
}

/// `POST /account/password`
pub async fn change_password(
    Signed(actor): Signed,
    Asked(view): Asked,
    Extension(served): Extension<Arc<Served>>,
    sent: Sent,
) -> Response {
    let (old, new) = (sent.exactly("old"), sent.exactly("new"));
    if new != sent.exactly("again") {
        let again = vec![t(view.lang, "password-differs").into_owned()];
        let body = password_body(&actor, &view, [Vec::new(), Vec::new(), again]).await;
        return with_status(422, answer(&actor, &view, body));
    }
    match actor.change_password(old, new).await {
        Ok(token) => led_on("/account", &served, token.as_deref()),
        Err(Error::Refused(refusals)) => {
            let lang = crate::ledgers::record_lang(view.lang);
            let (of_old, of_new): (Vec<_>, Vec<_>) =
                refusals.iter().partition(|refusal| refusal.code == anju_app::RefusalCode::PasswordWrong);
            let words = |of: Vec<&anju_app::Refusal>| of.into_iter().map(|refusal| refusal.message(lang)).collect();
            let body = password_body(&actor, &view, [words(of_old), words(of_new), Vec::new()]).await;
            with_status(422, answer(&actor, &view, body))
        }
        Err(error) => answer(&actor, &view, Err(error)),
    }
}

/// On to a page, with the new session where the act ended the old one.
pub fn led_on(path: &str, served: &Served, token: Option<&str>) -> Response {
    let mut response = to(path);
    keep(&mut response, served, token);
    response
}

fn keep(response: &mut Response, served: &Served, token: Option<&str>) {
    if let Some(cookie) = token.and_then(|token| served.cookie(token)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

async fn password_body(
    actor: &Actor,
    view: &View,
    [of_old, of_new, of_again]: [Vec<String>; 3],
) -> Result<Body, Error> {
    let lang = view.lang;
    let policy = actor.policy().await?;
    let title = t(lang, "password-change").into_owned();
    let field = |name, key, help, faults, hint| Input {
        name,
        label: t(lang, key).into_owned(),
        kind: InputKind::Password,
        hint,
        faults,
        required: true,
        autocomplete: Some(help),
        ..Input::default()
    };
    let fields = html! {
        (input(&field("old", "password-old", "current-password", of_old, None)))
        (input(&field("new", "password-new", "new-password", of_new, Some(policy_in_words(view, &policy)))))
        (input(&field("again", "password-again", "new-password", of_again, None)))
    };
    let markup = html! {
        div.narrow {
            (head(actor, view, &title))
            (panel(&Panel {
                body: html! {
                    @if actor.owes() == Some(Owes::Password) { p.notice { (t(lang, "password-owed")) } }
                    (form("/account/password", &title, &fields))
                    p { small.quiet { (t(lang, "password-ends")) } }
                },
                ..Panel::default()
            }))
        }
    };
    Ok(Body { title, part: Part::Elsewhere, markup })
}

/// The rules a password keeps to, before it is typed.
fn policy_in_words(view: &View, policy: &Policy) -> String {
    t_args(
        view.lang,
        "password-policy",
        &[("length", policy.min_length.into()), ("classes", policy.classes.into()), ("history", policy.history.into())],
    )
}

fn head(actor: &Actor, view: &View, title: &str) -> Markup {
    let own = Crumb { name: t(view.lang, "own-account").into_owned(), href: Some("/account".into()) };
    let crumbs = if actor.owes().is_none() { vec![own] } else { Vec::new() };
    page_head(view.lang, &PageHead { crumbs, title: title.to_owned(), ..PageHead::default() })
}

/// `GET /account/second-factor`
pub async fn second_factor(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = factor_body(&actor, &view, Vec::new()).await;
    answer(&actor, &view, body)
}

/// `POST /account/second-factor`: the code proves that the device holds the secret.
pub async fn confirm_second_factor(
    Signed(actor): Signed,
    Asked(view): Asked,
    Extension(served): Extension<Arc<Served>>,
    sent: Sent,
) -> Response {
    match actor.confirm_totp(sent.get("code")).await.map_err(|error| faults(&view, error)) {
        Ok(secured) => {
            let body = recovery_body(&actor, &view, &secured.recovery);
            let mut response = answer(&actor, &view, Ok(body));
            keep(&mut response, &served, secured.token.as_deref());
            response
        }
        Err(Ok(faults)) => {
            let body = factor_body(&actor, &view, faults).await;
            with_status(422, answer(&actor, &view, body))
        }
        Err(Err(error)) => answer(&actor, &view, Err(error)),
    }
}

/// `POST /account/second-factor/remove`
pub async fn remove_second_factor(Signed(actor): Signed, Asked(view): Asked, sent: Sent) -> Response {
    let view = View { path: "/account/second-factor".into(), ..view };
    match actor.remove_totp(sent.exactly("password")).await.map_err(|error| faults(&view, error)) {
        Ok(_) => to("/account"),
        Err(Ok(faults)) => {
            let body = factor_body(&actor, &view, faults).await;
            with_status(422, answer(&actor, &view, body))
        }
        Err(Err(error)) => answer(&actor, &view, Err(error)),
    }
}

async fn factor_body(actor: &Actor, view: &View, faults: Vec<String>) -> Result<Body, Error> {
    let lang = view.lang;
    let title = t(lang, "factor-title").into_owned();
    let state = actor.second_factor_state().await?;
    let inner =
        if state.on { factor_on(view, state.required, faults) } else { factor_off(actor, view, faults).await? };
    let markup = html! {
        div.narrow {
            (head(actor, view, &title))
            (panel(&Panel { body: html! {
                @if actor.owes() == Some(Owes::SecondFactor) { p.notice { (t(lang, "factor-owed")) } }
                (inner)
            }, ..Panel::default() }))
        }
    };
    Ok(Body { title, part: Part::Elsewhere, markup })
}

fn factor_on(view: &View, required: bool, faults: Vec<String>) -> Markup {
    let lang = view.lang;
    let password = Input {
        name: "password",
        label: t(lang, "sign-in-password").into_owned(),
        kind: InputKind::Password,
        faults,
        required: true,
        autocomplete: Some("current-password"),
        ..Input::default()
    };
    html! {
        p { (tag(Tone::Met, &t(lang, "factor-on"))) }
        @if required { p.notice { (t(lang, "factor-required")) } }
        @else { (form("/account/second-factor/remove", &t(lang, "factor-remove"), &input(&password))) }
    }
}

async fn factor_off(actor: &Actor, view: &View, faults: Vec<String>) -> Result<Markup, Error> {
    let lang = view.lang;
    let secret = actor.begin_totp().await?;
    let code = Input {
        name: "code",
        label: t(lang, "factor-code").into_owned(),
        kind: InputKind::Code,
        faults,
        required: true,
        autocomplete: Some("one-time-code"),
        ..Input::default()
    };
    Ok(html! {
        ol.steps {
            li { (t(lang, "factor-step-app")) }
            li { (t(lang, "factor-step-scan")) (picture(&secret.uri, &t(lang, "factor-qr"))) }
            li { (t(lang, "factor-step-code")) }
        }
        (facts(lang, false, &[Fact::of(t(lang, "factor-secret").into_owned(), html! { span.mono { (spaced(&secret.secret)) } })]))
        (form("/account/second-factor", &t(lang, "factor-confirm"), &input(&code)))
    })
}

/// The QR code, drawn by ourselves: nothing about a secret leaves the house.
fn picture(uri: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::new(uri.as_bytes()) else { return html! {} };
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(176, 176).quiet_zone(true).build();
    let drawn = drawn.find("<svg").map_or("", |at| &drawn[at..]);
    html! { div.qr role="img" aria-label=(label) { (PreEscaped(drawn)) } }
}

/// Four by four, for typing.
fn spaced(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn recovery_body(actor: &Actor, view: &View, codes: &[String]) -> Body {
    let lang = view.lang;
    let title = t(lang, "recovery-title").into_owned();
    let markup = html! {
        (page_head(lang, &PageHead {
            title: title.clone(),
            aside: Some(actor.who().login.clone()),
            actions: print_button(lang),
            ..PageHead::default()
        }))
        (panel(&Panel {
            body: html! {
                p.notice { (t(lang, "recovery-once")) }
                ol.codes { @for code in codes { li { (code) } } }
                p { a class="button first" href="/account" { (t(lang, "recovery-kept")) } }
            },
            ..Panel::default()
        }))
    };
    Body { title, part: Part::Elsewhere, markup }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_drawn_without_style_or_script() {
        let drawn = picture("otpauth://totp/Anju:wang?secret=GEZDGNBVGY3TQOJQ&issuer=Anju", "QR").into_string();
        assert!(drawn.contains("<svg") && !drawn.contains("style=") && !drawn.contains("<script"), "{drawn}");
        assert_eq!(spaced("GEZDGNBVGY"), "GEZD GNBV GY");
    }
}
