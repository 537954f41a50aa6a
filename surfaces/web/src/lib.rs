//! Pages over HTTP: the router, the frame around every page, and the pages that all mechanisms share.
//!
//! Place in the way of data: the last step. A handler asks the application for results, turns them into the components of the
//! interface, and answers with a document. Invariants: nothing here knows SQL or a shard; every page answers without JavaScript;
//! no inline script or style; every error is a page that names the value and the mend.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anju_app::App;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

mod about;
mod answer;
mod asset;
mod bulletin;
mod figure;
mod gap_list;
mod ledgers;
mod mechanism;
mod mechanism_list;
mod overview;
mod places;
mod record;
mod remember;
mod request;
mod requirement;
mod signed;
mod site;

/// What every handler is given.
pub type Shared = State<Arc<App>>;

/// Every page of the county.
pub fn router(app: Arc<App>) -> Router {
    let memory = remember::Memory::of(Arc::clone(&app));
    Router::new()
        .route("/", get(overview::page))
        .route("/mechanisms", get(mechanism_list::page))
        .route("/mechanisms/{id}", get(mechanism::page))
        .route("/requirements/{id}", get(requirement::page))
        .route("/requirements/{id}/gaps.csv", get(gap_list::csv))
        .route("/figures/{id}", get(figure::page))
        .route("/bulletin", get(bulletin::page))
        .route("/sites", get(site::list))
        .route("/sites/{code}", get(site::page))
        .route("/households", get(record::households))
        .route("/households/{id}", get(record::household))
        .route("/ledgers", get(ledgers::list))
        .route("/ledgers/{id}", get(ledgers::page))
        .route("/ledgers/{id}/export.csv", get(ledgers::csv))
        .route("/records/{ledger}/{id}", get(record::page))
        .route("/about", get(about::page))
        .route("/healthz", get(|| async { "ok" }))
        .route("/assets/{*path}", get(asset::serve))
        .fallback(nowhere)
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(memory, remember::remember))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(30)))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(frame))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), everybody))
        .with_state(app)
}

/// Whoever asks is taken for the operator at the machine, until people sign in.
async fn everybody(State(app): Shared, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(app.operator());
    next.run(request).await
}

/// Serves until the process is asked to stop. `ready` hears the address once it listens.
///
/// # Errors
/// When the address cannot be had.
pub async fn serve(app: Arc<App>, listen: SocketAddr, ready: impl FnOnce(SocketAddr)) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind(listen).await?;
    ready(listener.local_addr()?);
    axum::serve(listener, router(app)).with_graceful_shutdown(stop()).await
}

async fn stop() {
    let interrupt = async {
        // Without the signal the process can only be killed, which it survives as well.
        let _ = tokio::signal::ctrl_c().await;
    };
    let terminate = async {
        if let Ok(mut signal) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            signal.recv().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// Security headers on every answer, and the cookies of language and type size when the query asks for them.
async fn frame(request: Request, next: Next) -> Response {
    let wishes = request::wishes(request.uri().query().unwrap_or_default());
    let asset = request.uri().path().starts_with(anju_ui::assets::PREFIX);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    if !asset {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    for (name, value) in wishes {
        if let Ok(cookie) =
            HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"))
        {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    response
}

async fn nowhere(State(app): Shared, asked: request::Asked) -> Response {
    let path = asked.0.path.clone();
    answer::problem_for(&app, None, &asked.0, &anju_app::Error::NotFound { what: "page", value: path })
}
