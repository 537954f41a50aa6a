//! Pages already written for this very state of the journal and this very day.
//!
//! A page is a pure function of its address, the reader's language and type size, the journal and the day. As long as these stand, the bytes
//! stand, compressed as the reader takes them; one row in the journal, and all of them are forgotten. Files to keep and errors are not kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anju_app::App;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, COOKIE, HeaderMap};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

/// Bytes kept at most; when a page would go beyond, all are forgotten and begin anew.
const MOST: usize = 32 << 20;

/// The pages of one state.
#[derive(Debug, Default)]
struct Pages {
    state: (i64, i32),
    held: usize,
    pages: HashMap<Key, (HeaderMap, Bytes)>,
}

#[derive(Debug, PartialEq, Eq, Hash, Clone)]
struct Key {
    address: String,
    cookie: String,
    brotli: bool,
}

/// What the middleware is given.
#[derive(Clone)]
pub struct Memory {
    app: Arc<App>,
    pages: Arc<Mutex<Pages>>,
}

impl Memory {
    /// An empty memory of a county's pages.
    pub fn of(app: Arc<App>) -> Self {
        Self { app, pages: Arc::default() }
    }

    fn state(&self) -> (i64, i32) {
        (self.app.seq(), self.app.today())
    }

    fn recall(&self, key: &Key, state: (i64, i32)) -> Option<Response> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let (headers, bytes) = pages.pages.get(key).filter(|_| pages.state == state)?;
        let mut response = Response::new(Body::from(bytes.clone()));
        *response.headers_mut() = headers.clone();
        Some(response)
    }

    fn keep(&self, key: Key, state: (i64, i32), headers: HeaderMap, bytes: Bytes) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.state != state || pages.held + bytes.len() > MOST {
            *pages = Pages { state, ..Pages::default() };
        }
        pages.held += bytes.len();
        pages.pages.insert(key, (headers, bytes));
    }
}

fn key_of(request: &Request) -> Key {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Key {
        address: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
        cookie: header(COOKIE).to_owned(),
        brotli: header(ACCEPT_ENCODING).contains("br"),
    }
}

/// Answers from memory what was already written; keeps what is written now, unless the county moved on meanwhile.
pub async fn remember(State(memory): State<Memory>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let key = key_of(&request);
    let state = memory.state();
    if let Some(response) = memory.recall(&key, state) {
        return response;
    }
    let response = next.run(request).await;
    let page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if response.status() != StatusCode::OK || !page {
        return response;
    }
    let (parts, body) = response.into_parts();
    match to_bytes(body, MOST).await {
        Ok(bytes) => {
            if memory.state() == state {
                memory.keep(key, state, parts.headers.clone(), bytes.clone());
            }
            Response::from_parts(parts, Body::from(bytes))
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            let mut broken = Response::new(Body::empty());
            *broken.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            broken
        }
    }
}
