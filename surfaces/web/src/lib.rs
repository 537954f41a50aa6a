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
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

mod about;
mod account;
mod accounts;
mod alike;
mod answer;
mod approvals;
mod asset;
mod audit;
mod bulletin;
mod duplicates;
mod figure;
mod file;
mod form;
mod gap_list;
mod grants;
mod guard;
mod home;
mod imports;
mod ledgers;
mod life;
mod limits;
mod list;
mod mechanism;
mod mechanism_list;
mod my_households;
mod overview;
mod places;
mod policies;
mod record;
mod remember;
mod reply;
mod request;
mod requirement;
mod reveal;
mod routes;
mod secrets;
mod sent;
mod settings;
mod setup;
mod sign_in;
mod signed;
mod site;
mod touched;
mod view_as;

pub use guard::Served;
pub use limits::{Limits, Rate};
pub use routes::{Need, Route, routes};

/// What every handler is given.
pub type Shared = State<Arc<App>>;

/// Every page of the county, as it is served unless something else is said.
pub fn router(app: Arc<App>) -> Router {
    router_as(app, Served::default())
}

/// Every page of the county.
pub fn router_as(app: Arc<App>, served: Served) -> Router {
    let memory = remember::Memory::of(Arc::clone(&app));
    let served = Arc::new(served);
    let guard = guard::Guard::of(Arc::clone(&app), Arc::clone(&served));
    routes::router()
        .fallback(nowhere)
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(memory, remember::remember))
        .layer(middleware::from_fn_with_state(guard, guard::guard))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(30)))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(served, frame))
        .with_state(app)
}

/// Serves until the process is asked to stop. `ready` hears the address once it listens.
///
/// # Errors
/// When the address cannot be had.
pub async fn serve(
    app: Arc<App>,
    listen: SocketAddr,
    served: Served,
    ready: impl FnOnce(SocketAddr),
) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind(listen).await?;
    ready(listener.local_addr()?);
    let visitors = router_as(app, served).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, visitors).with_graceful_shutdown(stop()).await
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
async fn frame(State(served): State<Arc<Served>>, request: Request, next: Next) -> Response {
    let wishes = request::wishes(request.uri().query().unwrap_or_default());
    let asset = request.uri().path().starts_with(anju_ui::assets::PREFIX);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    if served.secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
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

/// What is not here is told to those who have signed in; others are led to sign in first.
async fn nowhere(signed::Signed(actor): signed::Signed, asked: request::Asked) -> Response {
    let path = asked.0.path.clone();
    answer::problem(&actor, &asked.0, &anju_app::Error::NotFound { what: "page", value: path })
}
