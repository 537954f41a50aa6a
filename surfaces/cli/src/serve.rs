//! `anju serve`, and the listening that `anju demo` shares.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anju_app::App;

use crate::args::ServeArgs;
use crate::ending::Ending;
use crate::opening;
use crate::print::say;

/// Serves a county from its database.
///
/// # Errors
/// `Cannot` with what to do.
pub async fn run(dir: Option<&Path>, args: ServeArgs) -> Result<(), Ending> {
    let operator = opening::county(dir, &args.place).await?;
    listen(Arc::clone(operator.app()), args.listen).await
}

/// Listens until asked to stop; prints the address once it does.
///
/// # Errors
/// `Cannot` when the address cannot be had.
pub async fn listen(app: Arc<App>, address: SocketAddr) -> Result<(), Ending> {
    if let Err(error) = app.checkpoint(app.now()).await {
        say(format_args!("no checkpoint could be made: {error}; see what `anju verify` says"));
    }
    let ready = |address: SocketAddr| say(format_args!("http://{address}"));
    anju_web::serve(app, address, ready).await.map_err(|error| {
        Ending::Cannot(format!("{address}: {error}; choose another with --listen, for example --listen 127.0.0.1:8081"))
    })
}
