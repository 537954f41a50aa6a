//! Who asks: what the guard found out, given to handlers.

use std::convert::Infallible;

use anju_app::Actor;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::ledgers::record_lang;
use crate::request::view_of;

/// The actor of a request. Without one, a page leads to the sign-in page and anything else is told 401.
#[derive(Clone)]
pub struct Signed(pub Actor);

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        actor_of(parts).map(Self).ok_or_else(|| unsigned(&parts.uri, &parts.headers))
    }
}

/// The actor of a request, if there is one.
pub struct Perhaps(pub Option<Actor>);

impl<S: Send + Sync> FromRequestParts<S> for Perhaps {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(actor_of(parts)))
    }
}

/// Whom the guard found, reading in the language that is asked for.
fn actor_of(parts: &Parts) -> Option<Actor> {
    let actor = parts.extensions.get::<Actor>().cloned()?;
    Some(actor.reading_in(record_lang(view_of(parts).lang)))
}

/// The answer to somebody who has not signed in. A browser is led to sign in also on its way to a file.
pub fn unsigned(uri: &Uri, headers: &HeaderMap) -> Response {
    if is_page(uri.path()) || is_browser(headers) && !uri.path().starts_with("/api/") {
        let next = uri.path_and_query().map_or("/", |it| it.as_str());
        let place = anju_ui::with_query("/sign-in", Some(("next", next)).filter(|(_, next)| *next != "/").into_iter());
        return (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response();
    }
    problem(StatusCode::UNAUTHORIZED, "sign in first, or send a token: Authorization: Bearer …")
}

/// Whether an address is looked at by people, not programs.
pub fn is_page(path: &str) -> bool {
    let file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    !file && !path.starts_with("/api/") && !path.starts_with("/files/")
}

/// Whether the answer is to be shown to a person.
fn is_browser(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok());
    accepts.is_some_and(|kinds| kinds.contains("text/html"))
}

/// A problem (RFC 9457) for programs.
pub fn problem(status: StatusCode, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or_default();
    let body =
        serde_json::json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

/// Where to go after signing in: a path of ours, never another host.
pub fn safe_next(next: &str) -> &str {
    let ours = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    if ours && !next.starts_with("/sign-") { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_nobody_lands_on_another_host() {
        assert_eq!(safe_next("/households?q=%E7%8E%8B"), "/households?q=%E7%8E%8B");
        for evil in
            ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "", "/sign-out", "/\t/evil"]
        {
            assert_eq!(safe_next(evil), "/", "{evil}");
        }
    }

    #[test]
    fn programs_are_told_and_people_are_led() {
        let program = HeaderMap::new();
        let browser = HeaderMap::from_iter([(header::ACCEPT, "text/html,*/*;q=0.8".parse().unwrap())]);
        let answer = |path: &str, headers| unsigned(&path.parse().unwrap(), headers);
        assert_eq!(answer("/households?q=1", &program).status(), StatusCode::SEE_OTHER);
        for path in ["/api/v1/ledgers", "/ledgers/person/export.csv", "/files/x"] {
            assert_eq!(answer(path, &program).status(), StatusCode::UNAUTHORIZED, "{path}");
        }
        let led = answer("/ledgers/person/export.csv?q=w", &browser);
        assert_eq!(led.headers()[header::LOCATION], "/sign-in?next=%2Fledgers%2Fperson%2Fexport.csv%3Fq%3Dw");
        assert_eq!(answer("/api/v1/ledgers", &browser).status(), StatusCode::UNAUTHORIZED);
    }
}
