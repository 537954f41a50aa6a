//! A form with a file, as sent.

use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::signed::problem;

/// The largest file that is taken, with room for the form around it.
pub const UPLOAD: usize = 21 << 20;
/// The most text fields of the form.
const FIELDS: usize = 200;

/// The fields of a form and its file.
#[derive(Default)]
pub struct Upload {
    fields: Vec<(String, String)>,
    /// The file's name as the browser gave it, and what is in it.
    pub file: Option<(String, Vec<u8>)>,
}

impl Upload {
    /// A field without the space around it; empty when it was left out.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim()).unwrap_or_default()
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let refused = |_| problem(StatusCode::BAD_REQUEST, "send a form with a file: multipart/form-data");
        let mut parts = Multipart::from_request(request, state).await.map_err(|error| error.into_response())?;
        let mut upload = Self::default();
        loop {
            let part = match parts.next_field().await {
                Ok(Some(part)) => part,
                Ok(None) => return Ok(upload),
                Err(error) => return Err(too_large_or(error)),
            };
            let name = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::to_owned) {
                Some(file) => {
                    let bytes = part.bytes().await.map_err(too_large_or)?;
                    if !file.is_empty() || !bytes.is_empty() {
                        upload.file = Some((file, bytes.to_vec()));
                    }
                }
                None if upload.fields.len() < FIELDS => {
                    upload.fields.push((name, part.text().await.map_err(refused)?));
                }
                None => {
                    return Err(problem(StatusCode::PAYLOAD_TOO_LARGE, "this form has more fields than any of ours"));
                }
            }
        }
    }
}

fn too_large_or(error: axum::extract::multipart::MultipartError) -> Response {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return problem(
            StatusCode::PAYLOAD_TOO_LARGE,
            "a file may have 20 MB: split the sheet, or save it without pictures",
        );
    }
    problem(StatusCode::BAD_REQUEST, "the file did not arrive whole: send it again")
}
