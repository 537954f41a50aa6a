//! A form as sent: names and values, whatever they are.

use anju_app::Actor;
use anju_ui::{Action, ErrorPage, error_page, t, t_args};
use axum::extract::{FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::answer::{Body, Part, answer};
use crate::reply::with_status;
use crate::request::view_of;
use crate::signed::{is_page, problem};

/// The largest form of ours, with room: the ids of five thousand records.
const MOST: usize = 512 << 10;

/// The pairs of a form.
#[derive(Default)]
pub struct Sent(Vec<(String, String)>);

impl Sent {
    /// A value without the space around it; empty when it was left out.
    pub fn get(&self, name: &str) -> &str {
        self.exactly(name).trim()
    }

    /// A value to the letter: passwords may begin with a space.
    pub fn exactly(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// Every pair, in order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Pairs of a form that came in parts.
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// Every value of a name: ticked boxes.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// Whether a name was sent at all.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// A value as a number.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).parse().ok()
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.is_empty() && !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send a form: application/x-www-form-urlencoded"));
        }
        let (parts, body) = request.into_parts();
        let bytes = axum::body::to_bytes(body, MOST).await.map_err(|_| too_large(&parts, MOST))?;
        Ok(Self(form_urlencoded::parse(&bytes).map(|(key, value)| (key.into_owned(), value.into_owned())).collect()))
    }
}

/// Says how large a form may be: on a page to people, as a problem to programs.
pub fn too_large(asked: &Parts, most: usize) -> Response {
    let Some(actor) = asked.extensions.get::<Actor>().filter(|_| is_page(asked.uri.path())) else {
        let words = format!("this form is larger than any of ours: at most {} KB", most >> 10);
        return problem(StatusCode::PAYLOAD_TOO_LARGE, &words);
    };
    let view = view_of(asked);
    let page = ErrorPage {
        status: StatusCode::PAYLOAD_TOO_LARGE.as_u16(),
        what: t(view.lang, "error-large").into_owned(),
        value: None,
        mend: t_args(view.lang, "error-large-mend", &[("most", (most >> 10).into())]),
        ways: vec![Action { name: t(view.lang, "nav-home").into_owned(), href: "/".into(), first: true }],
    };
    let body = Body { title: page.what.clone(), part: Part::Elsewhere, markup: error_page(view.lang, &page) };
    with_status(page.status, answer(actor, &view, Ok(body)))
}

/// Leads on after a form was done; the browser asks with GET.
pub fn to(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path.to_owned())]).into_response()
}
