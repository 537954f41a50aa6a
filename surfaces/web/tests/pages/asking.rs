//! Asking the router, and what must hold of every answer whatever was asked.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use tower::ServiceExt;

use crate::prepared::County;

pub struct Site {
    pub app: Arc<County>,
    router: Router,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    asked: String,
}

impl Site {
    pub fn new(app: Arc<County>) -> Self {
        Self { router: anju_web::router(Arc::clone(app.actor.app())), app }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[]).await
    }

    pub async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = headers
            .iter()
            .fold(Request::builder().method(&method).uri(path), |request, (name, value)| request.header(*name, *value));
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.unwrap().to_vec();
        let answer = Answer { status: parts.status, headers: parts.headers, bytes, asked: format!("{method} {path}") };
        answer.is_guarded();
        answer
    }
}

impl Answer {
    #[track_caller]
    pub fn with(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, String::from_utf8_lossy(&self.bytes));
        self
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn is_page(&self) -> bool {
        self.header("content-type").starts_with("text/html")
    }

    /// Headers on every answer; nothing inline in a page.
    #[track_caller]
    fn is_guarded(&self) {
        let policy = self.header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(rule), "{}: {rule} is not in “{policy}”", self.asked);
        }
        assert!(!policy.contains("unsafe"), "{}", self.asked);
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("referrer-policy", "same-origin"), ("x-frame-options", "DENY")]
        {
            assert_eq!(self.header(name), value, "{}: {name}", self.asked);
        }
        if self.is_page() && !self.bytes.is_empty() && self.header("content-encoding").is_empty() {
            self.holds_nothing_inline();
        }
    }

    #[track_caller]
    fn holds_nothing_inline(&self) {
        let page = self.text();
        assert!(page.starts_with("<!DOCTYPE html>"), "{}", self.asked);
        for script in page.split("<script").skip(1) {
            let (tag, rest) = script.split_once('>').unwrap();
            assert!(tag.contains("src=\"/") && rest.starts_with("</script>"), "{}: <script{tag}>", self.asked);
        }
        assert!(!page.contains("<style"), "{}", self.asked);
        for tag in page.split('<').filter_map(|part| part.split_once('>').map(|(tag, _)| tag)) {
            let bare = without_values(tag);
            assert!(!bare.contains(" style=") && !bare.contains(" on"), "{}: <{tag}>", self.asked);
            assert!(!tag.contains("\"javascript:"), "{}: <{tag}>", self.asked);
        }
    }
}

/// A tag without the values of its attributes.
fn without_values(tag: &str) -> String {
    tag.split('"').step_by(2).collect()
}
