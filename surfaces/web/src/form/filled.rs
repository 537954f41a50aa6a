//! A record's form as sent: in pairs, or in parts where it brings a picture.

use std::collections::{BTreeMap, BTreeSet};

use anju_app::{Filling, PHOTO_MOST, Side};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::Response;

use crate::sent::{Sent, too_large};
use crate::signed::problem;

/// Bytes of a form with pictures at most.
const MOST: usize = 24 << 20;
/// Bytes of all that is typed at most.
const TYPED: usize = 256 << 10;

/// What a form brought.
pub struct Filled {
    /// Its pairs.
    pub sent: Sent,
    /// Pictures by field id.
    pub photos: BTreeMap<String, Vec<u8>>,
}

impl<S: Send + Sync> FromRequest<S> for Filled {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            return Ok(Self { sent: Sent::from_request(request, state).await?, photos: BTreeMap::new() });
        }
        let broken = |_: String| problem(StatusCode::BAD_REQUEST, "the form did not come whole; send it again");
        // Without a limit of the extractor's own, ours is counted below.
        let (parts, body) = request.into_parts();
        let bytes = axum::body::to_bytes(body, MOST).await.map_err(|_| too_large(&parts, MOST))?;
        let mut whole = Request::from_parts(parts.clone(), axum::body::Body::from(bytes));
        axum::extract::DefaultBodyLimit::max(MOST).apply(&mut whole);
        let mut form = Multipart::from_request(whole, state).await.map_err(|error| broken(error.to_string()))?;
        let (mut pairs, mut photos, mut typed) = (Vec::new(), BTreeMap::new(), 0);
        while let Some(part) = form.next_field().await.map_err(|error| broken(error.to_string()))? {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().is_some();
            let bytes = part.bytes().await.map_err(|error| broken(error.to_string()))?;
            if file {
                // One byte more than is taken is enough to say that it is too large.
                let id = name.strip_prefix("f.").unwrap_or_default().to_owned();
                let taken = bytes.len().min(PHOTO_MOST + 1);
                if taken > 0 {
                    photos.insert(id, bytes[..taken].to_vec());
                }
                continue;
            }
            typed += bytes.len();
            if typed > TYPED {
                return Err(too_large(&parts, TYPED));
            }
            pairs.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
        Ok(Self { sent: Sent::of(pairs), photos })
    }
}

/// The key of what a line showed, where its words were left as they were: `was` is the key, a space and the words.
pub fn left<'a>(was: &'a str, now: &str) -> Option<&'a str> {
    let (key, words) = was.split_once(' ')?;
    (now.trim() == words).then_some(key)
}

impl Filled {
    /// The form as the application takes it. A reference whose words were left as they were shown is the record that was shown; one that was
    /// chosen of several is the one chosen, whatever its line says.
    pub fn filling(&self) -> Filling {
        let sent = &self.sent;
        let under = |prefix: &str| -> Vec<(String, String)> {
            let pairs = sent.pairs().iter();
            pairs.filter_map(|(name, value)| Some((name.strip_prefix(prefix)?.to_owned(), value.clone()))).collect()
        };
        let mut typed: BTreeMap<String, String> = under("f.").into_iter().collect();
        for (id, was) in under("was.") {
            if let Some(now) = typed.get_mut(&id)
                && let Some(key) = left(&was, now)
            {
                key.clone_into(now);
            }
        }
        typed.extend(under("pick.").into_iter().filter(|(_, key)| !key.is_empty()));
        // A picture that the form held already, unless another one was brought.
        for (id, key) in under("held.") {
            typed.insert(id, key);
        }
        let chosen = under("choice.").into_iter().filter_map(|(id, side)| match side.as_str() {
            "mine" => Some((id, Side::Mine)),
            "theirs" => Some((id, Side::Theirs)),
            _ => None,
        });
        let filled = |name: &str| Some(sent.get(name).to_owned()).filter(|text| !text.is_empty());
        Filling {
            typed,
            cleared: under("clear.").into_iter().map(|(id, _)| id).collect::<BTreeSet<_>>(),
            disputed: sent.all("disputed").into_iter().collect(),
            chosen: chosen.collect(),
            reason: filled("reason"),
            key: filled("key"),
            apart: filled("apart"),
            compared: filled("compared"),
            told_apart: Some(anju_base::told_apart_on_entry),
        }
    }
}
