//! `anju serve`, and the listening that `anju demo` shares.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anju_app::App;

use crate::args::{ServeArgs, Serving};
use crate::ending::Ending;
use crate::opening;
use crate::print::say;

/// Serves a county from its database.
///
/// # Errors
/// `Cannot` with what to do.
pub async fn run(dir: Option<&Path>, args: ServeArgs) -> Result<(), Ending> {
    let operator = opening::county(dir, &args.place).await?;
    listen(Arc::clone(operator.app()), args.serving).await
}

/// Listens until asked to stop; prints the address once it does.
///
/// # Errors
/// `Cannot` when the address cannot be had.
pub async fn listen(app: Arc<App>, serving: Serving) -> Result<(), Ending> {
    let origin = serving.origin.map(|text| origin(&text)).transpose()?;
    if let Err(error) = app.checkpoint(app.now()).await {
        say(format_args!("no checkpoint could be made: {error}; see what `anju verify` says"));
    }
    if app.is_demo() {
        let people = anju_ningshan::accounts::PEOPLE.map(|it| (it.login, it.name, it.role, it.area));
        app.make_demo(&people, anju_ningshan::accounts::PASSWORD).await?;
    }
    tokio::spawn(keep_house(Arc::clone(&app)));
    let setup_token = app.setting_up().then(anju_app::setup_token);
    let shown = setup_token.clone();
    let ready = |address: SocketAddr| match shown {
        Some(token) => say(format_args!("http://{address}/setup?token={token}")),
        None => say(format_args!("http://{address}")),
    };
    let limits = if serving.no_limits { anju_web::Limits::none() } else { anju_web::Limits::default() };
    let served = anju_web::Served { origin, proxied: serving.proxied, limits, setup_token };
    let address = serving.listen;
    anju_web::serve(app, address, served, ready).await.map_err(|error| {
        Ending::Cannot(format!("{address}: {error}; choose another with --listen, for example --listen 127.0.0.1:8081"))
    })
}

/// An address without a path, as browsers send it.
fn origin(text: &str) -> Result<String, Ending> {
    let text = text.trim_end_matches('/');
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(text.to_lowercase()),
        _ => Err(Ending::Usage(format!(
            "--origin “{text}”: write scheme and host only, for example https://anju.example.gov.cn"
        ))),
    }
}

/// What is due is done every hour, whether anybody asks or not.
async fn keep_house(app: Arc<App>) {
    let mut hours = tokio::time::interval(Duration::from_secs(3_600));
    loop {
        hours.tick().await;
        if let Err(error) = app.keep_house().await {
            tracing::warn!(%error, "the house could not be kept; tried again within the hour");
        }
    }
}
