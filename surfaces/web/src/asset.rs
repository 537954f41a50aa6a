//! The interface's own files: hashed names, kept for ever, compressed at build.

use anju_ui::assets;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{self, HeaderMap};
use axum::http::{Response, StatusCode};

/// One file.
pub async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Response<Body> {
    let accepts =
        |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok()).unwrap_or_default();
    let Some(asset) = assets::get(&path, accepts(header::ACCEPT_ENCODING).contains("br")) else {
        return plain(StatusCode::NOT_FOUND);
    };
    if accepts(header::IF_NONE_MATCH) == asset.etag {
        return plain(StatusCode::NOT_MODIFIED);
    }
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, asset.mime)
        .header(header::CACHE_CONTROL, assets::CACHE_CONTROL)
        .header(header::ETAG, &asset.etag)
        .header(header::VARY, "accept-encoding");
    if let Some(encoding) = asset.encoding {
        response = response.header(header::CONTENT_ENCODING, encoding);
    }
    response.body(Body::from(asset.bytes.into_owned())).unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
