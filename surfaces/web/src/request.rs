//! What a request says of its reader: language and type size (query, then cookie), place and day.

use std::convert::Infallible;

use anju_ui::{Lang, View};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use axum::http::request::Parts;

/// The reader's view, from any request; never refused.
#[derive(Debug, Clone)]
pub struct Asked(pub View);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(view_of(parts)))
    }
}

/// The view of a request.
pub fn view_of(parts: &Parts) -> View {
    let query = decode(parts.uri.query().unwrap_or_default());
    let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let lang = value("lang").or_else(|| cookie(&parts.headers, "lang")).as_deref().and_then(Lang::parse);
    let large = value("text").or_else(|| cookie(&parts.headers, "text")).is_some_and(|size| size == "large");
    let filled = |name| value(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    View {
        lang: lang.unwrap_or(Lang::Zh),
        large,
        path: parts.uri.path().to_owned(),
        area: filled("area"),
        on: filled("on"),
        query,
    }
}

/// A cookie's value.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get(COOKIE)?.to_str().ok()?;
    all.split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// A query string's pairs, percent-decoded; bytes that are no UTF-8 become the replacement character.
fn decode(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).map(|(key, value)| (key.into_owned(), value.into_owned())).collect()
}

/// Values to keep in the reader's cookies, when the query asks for them.
pub fn wishes(query: &str) -> Vec<(&'static str, String)> {
    let pairs = decode(query);
    let wish = |name: &'static str, allowed: &[&str]| {
        let value = pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())?;
        allowed.contains(&value.as_str()).then_some((name, value))
    };
    [wish("lang", &["zh-CN", "en"]), wish("text", &["large", "normal"])].into_iter().flatten().collect()
}
