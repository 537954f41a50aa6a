//! Pages already written for this very account, for this very state of the journal and this very day.
//!
//! A page is a pure function of its address, the reader's rights, language and type size, the journal and the day. As long as these stand, the
//! bytes stand, compressed as the reader takes them; one row in the journal, and all of them are forgotten. Only pages whose route says so are
//! kept, never files to take away or errors. Where showing a page is journalled, it is so before it is shown from here.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use anju_app::{Actor, App};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use crate::answer::problem;
use crate::request::{cookie, view_of};
use crate::routes::{Keep, Opened};

/// Bytes kept at most; when a page would go beyond, all are forgotten and begin anew.
const MOST: usize = 32 << 20;

/// The pages of one state.
#[derive(Default)]
struct Pages {
    state: (i64, i32),
    held: usize,
    pages: HashMap<Key, Kept>,
}

/// A page as it was answered.
#[derive(Clone)]
struct Kept {
    headers: HeaderMap,
    bytes: Bytes,
    opened: Option<Opened>,
}

#[derive(PartialEq, Eq, Hash, Clone)]
struct Key {
    login: String,
    rights: Held,
    address: String,
    wishes: [Option<String>; 2],
    brotli: bool,
}

/// The very rights that a page was written for. As long as a page is kept they are, so no others can come to lie in their place.
#[derive(Clone)]
struct Held(Actor);

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0.rights(), other.0.rights())
    }
}

impl Eq for Held {}

impl Hash for Held {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::hash(self.0.rights(), state);
    }
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

    fn recall(&self, key: &Key, state: (i64, i32)) -> Option<Kept> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.pages.get(key).filter(|_| pages.state == state).cloned()
    }

    fn keep(&self, key: Key, state: (i64, i32), kept: Kept) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.state != state || pages.held + kept.bytes.len() > MOST {
            *pages = Pages { state, ..Pages::default() };
        }
        pages.held += kept.bytes.len();
        pages.pages.insert(key, kept);
    }
}

impl Kept {
    /// The page again, once the journal says that it is shown.
    async fn shown_to(self, actor: &Actor, request: Request) -> Response {
        if let Some(Opened(stored)) = &self.opened
            && let Err(error) = actor.note_read(stored).await
        {
            return problem(actor, &view_of(&request.into_parts().0), &error);
        }
        let mut response = Response::new(Body::from(self.bytes));
        *response.headers_mut() = self.headers;
        response
    }
}

/// What a page depends on besides the state; none for somebody without rights to anything yet.
fn key_of(request: &Request) -> Option<Key> {
    let actor = request.extensions().get::<Actor>().filter(|actor| actor.owes().is_none())?;
    let accepts = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Some(Key {
        login: actor.who().login.clone(),
        rights: Held(actor.clone()),
        address: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
        wishes: ["lang", "text"].map(|name| cookie(request.headers(), name)),
        brotli: accepts.contains("br"),
    })
}

/// Answers from memory what was already written; keeps what is written now, unless the county moved on meanwhile.
pub async fn remember(State(memory): State<Memory>, request: Request, next: Next) -> Response {
    let Some(key) = key_of(&request).filter(|_| request.method() == Method::GET) else {
        return next.run(request).await;
    };
    let state = memory.state();
    if let Some(kept) = memory.recall(&key, state) {
        return kept.shown_to(&key.rights.0, request).await;
    }
    let response = next.run(request).await;
    let page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if response.status() != StatusCode::OK || !page || response.extensions().get::<Keep>().is_none() {
        return response;
    }
    let (parts, body) = response.into_parts();
    match to_bytes(body, MOST).await {
        Ok(bytes) => {
            if memory.state() == state {
                let opened = parts.extensions.get::<Opened>().cloned();
                memory.keep(key, state, Kept { headers: parts.headers.clone(), bytes: bytes.clone(), opened });
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
