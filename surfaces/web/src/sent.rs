//! A form as sent: names and values, whatever they are.

use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::signed::problem;

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
        let bytes = axum::body::to_bytes(request.into_body(), MOST)
            .await
            .map_err(|_| problem(StatusCode::PAYLOAD_TOO_LARGE, "this form is larger than any of ours"))?;
        Ok(Self(form_urlencoded::parse(&bytes).map(|(key, value)| (key.into_owned(), value.into_owned())).collect()))
    }
}

/// Leads on after a form was done; the browser asks with GET.
pub fn to(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path.to_owned())]).into_response()
}
