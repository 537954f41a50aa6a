//! Asking the router, and what must hold of every answer whatever was asked.

use std::sync::Arc;

use anju_web::{Limits, Served};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use tower::ServiceExt;

use crate::prepared::County;

pub struct Site {
    pub app: Arc<County>,
    router: Router,
    cookie: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    asked: String,
}

/// Whoever sees the whole county.
pub const OFFICE: &str = "xianban";

/// What a browser sends with a form of the same page.
pub const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

impl Site {
    /// The county, seen by its office.
    pub async fn new(app: Arc<County>) -> Self {
        let people = anju_ningshan::accounts::PEOPLE.map(|it| (it.login, it.name, it.role, it.area));
        app.actor.app().make_demo(&people, anju_ningshan::accounts::PASSWORD).await.unwrap();
        let mut site = Self::visited(app, Served { limits: Limits::none(), ..Served::default() });
        site.cookie = site.sign_in(OFFICE).await;
        site
    }

    /// The county, seen by nobody yet.
    pub fn visited(app: Arc<County>, served: Served) -> Self {
        let router = anju_web::router_as(Arc::clone(app.actor.app()), served);
        Self { router, app, cookie: String::new() }
    }

    /// The cookie of a new session of a demo account.
    pub async fn sign_in(&self, login: &str) -> String {
        let body = format!("login={login}&next=%2Fabout");
        let answer = self.send(Method::POST, "/sign-in/demo", &[OURS], &body).await.with(303);
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        assert!(cookie.starts_with("anju="), "{login}: {cookie}");
        cookie
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[]).await
    }

    /// Asks as the county's office, with its language and type size wishes beside the session.
    pub async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let wishes = headers.iter().find(|(name, _)| *name == "cookie").map(|(_, value)| *value);
        let cookie = [Some(self.cookie.as_str()), wishes].into_iter().flatten().collect::<Vec<_>>().join("; ");
        let mut all = vec![("cookie", cookie.as_str()), OURS];
        all.extend(headers.iter().filter(|(name, _)| *name != "cookie"));
        self.send(method, path, &all, "").await
    }

    /// Asks as somebody with a cookie of theirs.
    pub async fn get_as(&self, cookie: &str, path: &str) -> Answer {
        self.send(Method::GET, path, &[("cookie", cookie)], "").await
    }

    /// Sends a form as somebody with a cookie of theirs.
    pub async fn post_as(&self, cookie: &str, path: &str, form: &str) -> Answer {
        self.send(Method::POST, path, &[("cookie", cookie), OURS], form).await
    }

    /// Hands a file in as the kind that it looks like, as somebody with a cookie of theirs.
    pub async fn hand_in_as(&self, cookie: &str, name: &str, bytes: &[u8]) -> Answer {
        let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
        let body = [format!("--parts\r\n{head}\r\n\r\n").as_bytes(), bytes, b"\r\n--parts--\r\n"].concat();
        let headers = [("content-type", "multipart/form-data; boundary=parts"), ("cookie", cookie), OURS];
        self.send_bytes(Method::POST, "/imports", &headers, body).await
    }

    /// Sends exactly this.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], form: &str) -> Answer {
        self.send_bytes(method, path, headers, form.as_bytes().to_vec()).await
    }

    async fn send_bytes(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let request = headers
            .iter()
            .fold(Request::builder().method(&method).uri(path), |request, (name, value)| request.header(*name, *value));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
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
