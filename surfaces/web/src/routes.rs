//! Every route with what it needs: the one place where a page is opened to somebody. A route cannot be added without a decision.

use std::convert::Infallible;
use std::sync::{Arc, LazyLock};

use anju_app::{Actor, App, Owes, Stored};
use anju_pack::Duty;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, RawPathParams, Request};
use axum::handler::Handler;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::imports::UPLOAD;
use crate::signed::unsigned;
use crate::{
    about, account, accounts, approvals, asset, audit, bulletin, duplicates, figure, file, form, gap_list, grants,
    home, imports, ledgers, life, list, mechanism, mechanism_list, my_households, policies, record, reply, requirement,
    reveal, secrets, settings, setup, sign_in, site, view_as,
};

/// What somebody needs to open a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: the way in, and the interface's own files.
    Open,
    /// A session, even one that owes a new password or a second factor.
    Own,
    /// A session.
    SignedIn,
    /// Something of the county to read.
    County,
    /// Rows of this ledger to read.
    Reads(&'static str),
    /// Rows of the ledger in the path, `{ledger}` or else `{id}`, to read.
    Ledger,
    /// Rows of the ledger in the path, `{ledger}` or else `{id}`, to write.
    Writes,
    /// A duty.
    Duty(Duty),
}

/// A route as it was declared.
#[derive(Debug, Clone)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: Method,
    /// With `{names}` for what varies.
    pub path: &'static str,
    /// What it needs.
    pub need: Need,
}

/// Set on an answer that may be given again while rights, journal and day stand.
#[derive(Debug, Clone, Copy)]
pub struct Keep;

/// Set on an answer that shows a file: each time it is given, the journal says so.
#[derive(Clone)]
pub struct Opened(pub Arc<Stored>);

/// Set on an answer that holds for this request alone, though its route may be remembered.
#[derive(Debug, Clone, Copy)]
pub struct Fresh;

/// Every route, in the order declared.
pub fn routes() -> Vec<Route> {
    declared().list
}

/// Whether there is a route of that method and path, whatever its varying parts are called: a page offers no way that leads nowhere.
pub fn is_declared(method: &Method, path: &str) -> bool {
    static LIST: LazyLock<Vec<Route>> = LazyLock::new(routes);
    let alike = |declared: &str| {
        let same = |(left, right): (&str, &str)| left == right || left.starts_with('{') && right.starts_with('{');
        declared.split('/').count() == path.split('/').count() && declared.split('/').zip(path.split('/')).all(same)
    };
    LIST.iter().any(|route| route.method == *method && alike(route.path))
}

/// The routes as a router, each guarded by its need.
pub fn router() -> Router<Arc<App>> {
    declared().router
}

struct Routes {
    router: Router<Arc<App>>,
    list: Vec<Route>,
}

impl Routes {
    fn add(
        mut self,
        method: Method,
        path: &'static str,
        need: Need,
        keep: bool,
        to: MethodRouter<Arc<App>, Infallible>,
    ) -> Self {
        let guarded = to.layer(middleware::from_fn(move |request, next| enforce(need, keep, request, next)));
        self.router = self.router.route(path, guarded);
        self.list.push(Route { method, path, need });
        self
    }

    /// A page or file written anew at each request.
    fn get<H: Handler<T, Arc<App>>, T: 'static>(self, path: &'static str, need: Need, handler: H) -> Self {
        self.add(Method::GET, path, need, false, on(MethodFilter::GET, handler))
    }

    /// A page that may be remembered: reading it is journalled in no other way than as a file shown ([`Opened`]).
    fn page<H: Handler<T, Arc<App>>, T: 'static>(self, path: &'static str, need: Need, handler: H) -> Self {
        self.add(Method::GET, path, need, true, on(MethodFilter::GET, handler))
    }

    /// A form with a file, which may be large.
    fn upload<H: Handler<T, Arc<App>>, T: 'static>(self, path: &'static str, need: Need, handler: H) -> Self {
        let to = on(MethodFilter::POST, handler).layer(DefaultBodyLimit::max(UPLOAD));
        self.add(Method::POST, path, need, false, to)
    }

    fn post<H: Handler<T, Arc<App>>, T: 'static>(self, path: &'static str, need: Need, handler: H) -> Self {
        self.add(Method::POST, path, need, false, on(MethodFilter::POST, handler))
    }
}

fn declared() -> Routes {
    let none = Routes { router: Router::new(), list: Vec::new() };
    administration(own(records(county(ways_in(none)))))
}

fn ways_in(routes: Routes) -> Routes {
    routes
        .get("/healthz", Need::Open, || async { "ok" })
        .get("/assets/{*path}", Need::Open, asset::serve)
        .get("/sign-in", Need::Open, sign_in::page)
        .post("/sign-in", Need::Open, sign_in::submit)
        .post("/sign-in/second", Need::Open, sign_in::second)
        .post("/sign-in/demo", Need::Open, sign_in::demo)
        .get("/sign-in/oidc", Need::Open, sign_in::oidc)
        .get("/sign-in/oidc/back", Need::Open, sign_in::oidc_back)
        .get("/setup", Need::Open, setup::page)
        .post("/setup", Need::Open, setup::submit)
}

fn county(routes: Routes) -> Routes {
    routes
        .page("/", Need::SignedIn, home::page)
        .page("/overview", Need::County, home::overview)
        .page("/mechanisms", Need::County, mechanism_list::page)
        .page("/mechanisms/{id}", Need::County, mechanism::page)
        .page("/requirements/{id}", Need::County, requirement::page)
        .get("/requirements/{id}/gaps.csv", Need::County, gap_list::csv)
        .get("/requirements/{id}/gaps.xlsx", Need::County, gap_list::xlsx)
        .page("/figures/{id}", Need::County, figure::page)
        .page("/bulletin", Need::County, bulletin::page)
        .page("/sites", Need::Reads("site"), site::list)
        .page("/sites/{code}", Need::Reads("site"), site::page)
        .get("/duplicates", Need::Reads("person"), duplicates::list)
        .get("/duplicates/{one}/{other}", Need::Reads("person"), duplicates::pair)
        .post("/duplicates/{one}/{other}", Need::Reads("person"), duplicates::decide)
        .get("/duplicates/files/{one}/{other}", Need::Reads("person"), duplicates::files::pair)
        .post("/duplicates/files/{one}/{other}", Need::Reads("person"), duplicates::files::decide)
        .page("/my-households", Need::Reads("household"), my_households::page)
        .page("/households", Need::Reads("household"), record::households)
        .get("/households/new", Need::Reads("household"), life::new_page)
        .post("/households/new", Need::Reads("household"), life::new_submit)
        .get("/households/{id}/life", Need::Reads("household"), life::hub)
        .get("/households/{id}/life/{event}", Need::Reads("household"), life::page)
        .post("/households/{id}/life/{event}", Need::Reads("household"), life::submit)
        .get("/households/{id}/undo/{event}", Need::Reads("household"), life::undo::page)
        .post("/households/{id}/undo/{event}", Need::Reads("household"), life::undo::submit)
        .page("/households/{id}", Need::Reads("household"), record::household)
        .get("/households/{id}/who-looked", Need::Duty(Duty::CheckFile), file::of_household)
        .get("/households/{id}/reveal/{field}", Need::Reads("household"), reveal::household)
        .post("/households/{id}/reveal/{field}", Need::Reads("household"), reveal::household_value)
        .page("/ledgers", Need::County, ledgers::list)
        .get("/ledgers/{ledger}", Need::Ledger, list::page)
        .post("/ledgers/{ledger}/columns", Need::Ledger, list::choose)
        .post("/ledgers/{ledger}/lists", Need::Ledger, list::save)
        .post("/ledgers/{ledger}/lists/remove", Need::Ledger, list::forget)
        .get("/ledgers/{ledger}/export", Need::Ledger, list::export_page)
        .get("/ledgers/{ledger}/export.csv", Need::Ledger, list::export_csv)
        .get("/ledgers/{ledger}/export.xlsx", Need::Ledger, list::export_xlsx)
        .get("/ledgers/{ledger}/template", Need::Ledger, list::template)
        .page("/records/{ledger}/{id}", Need::Ledger, record::page)
        .get("/records/{ledger}/{id}/who-looked", Need::Duty(Duty::CheckFile), file::of_record)
        .get("/records/{ledger}/{id}/reveal/{field}", Need::Ledger, reveal::record)
        .post("/records/{ledger}/{id}/reveal/{field}", Need::Ledger, reveal::record_value)
        .get("/ledgers/{ledger}/import", Need::Ledger, imports::of_ledger)
        .get("/imports", Need::County, imports::page)
        .upload("/imports", Need::County, imports::submit)
        .get("/imports/{id}", Need::County, imports::sheet_page)
        .get("/imports/{id}/marked", Need::County, imports::marked)
        .post("/imports/{id}/reading", Need::County, imports::read_anew)
        .post("/imports/{id}/take", Need::County, imports::take)
        .post("/imports/{id}/stop", Need::County, imports::stop)
        .post("/imports/{id}/close", Need::County, imports::close)
        .post("/imports/{id}/undo", Need::County, imports::undo)
        .page("/about", Need::SignedIn, about::page)
}

/// What writes records of any ledger.
fn records(routes: Routes) -> Routes {
    routes
        .get("/ledgers/{ledger}/new", Need::Writes, form::new)
        .post("/ledgers/{ledger}/new", Need::Writes, form::create)
        .get("/ledgers/{ledger}/bulk", Need::Writes, form::bulk::all_found)
        .post("/ledgers/{ledger}/bulk", Need::Writes, form::bulk::step)
        .get("/records/{ledger}/choices", Need::Ledger, form::choices)
        .get("/records/{ledger}/{id}/files/{field}", Need::Ledger, form::photo)
        .get("/records/{ledger}/{id}/edit", Need::Writes, form::edit)
        .post("/records/{ledger}/{id}/edit", Need::Writes, form::change)
        .get("/records/{ledger}/{id}/delete", Need::Writes, form::removal::delete)
        .post("/records/{ledger}/{id}/delete", Need::Writes, form::removal::remove)
        .get("/records/{ledger}/{id}/restore", Need::Ledger, form::removal::deleted)
        .post("/records/{ledger}/{id}/restore", Need::Writes, form::removal::restore)
        .get("/records/{ledger}/{id}/correct", Need::Ledger, form::corrections::ask)
        .post("/records/{ledger}/{id}/correct", Need::Ledger, form::corrections::tell)
        .get("/corrections", Need::SignedIn, form::corrections::list)
        .post("/corrections/{id}/decline", Need::SignedIn, form::corrections::decline)
}

fn own(routes: Routes) -> Routes {
    routes
        .post("/sign-out", Need::Own, sign_in::out)
        .get("/account", Need::SignedIn, account::page)
        .get("/account/password", Need::Own, secrets::password)
        .post("/account/password", Need::Own, secrets::change_password)
        .get("/account/second-factor", Need::Own, secrets::second_factor)
        .post("/account/second-factor", Need::Own, secrets::confirm_second_factor)
        .post("/account/second-factor/remove", Need::SignedIn, secrets::remove_second_factor)
        .post("/account/sessions/end", Need::SignedIn, account::end_session)
        .post("/account/tokens", Need::SignedIn, account::make_token)
        .post("/account/tokens/end", Need::SignedIn, account::end_token)
        .get("/account/break-glass", Need::Duty(Duty::BreakGlass), account::glass)
        .post("/account/break-glass", Need::Duty(Duty::BreakGlass), account::break_glass)
        .get("/approvals", Need::SignedIn, approvals::page)
        .post("/approvals/{id}/confirm", Need::SignedIn, approvals::confirm)
        .post("/approvals/{id}/refuse", Need::SignedIn, approvals::refuse)
        .post("/approvals/{id}/withdraw", Need::SignedIn, approvals::withdraw)
}

fn administration(routes: Routes) -> Routes {
    routes
        .get("/accounts", Need::Duty(Duty::Accounts), accounts::page)
        .post("/accounts", Need::Duty(Duty::Accounts), accounts::make)
        .post("/accounts/{id}/disable", Need::Duty(Duty::Accounts), accounts::disable)
        .post("/accounts/{id}/enable", Need::Duty(Duty::Accounts), accounts::enable)
        .post("/accounts/{id}/reset", Need::Duty(Duty::Accounts), accounts::reset)
        .post("/accounts/{id}/subject", Need::Duty(Duty::Accounts), accounts::link)
        .get("/settings", Need::Duty(Duty::Settings), settings::page)
        .post("/settings", Need::Duty(Duty::Settings), settings::put)
        .get("/grants", Need::Duty(Duty::Grants), grants::page)
        .post("/grants", Need::Duty(Duty::Grants), grants::propose)
        .post("/grants/{id}/end", Need::Duty(Duty::Grants), grants::end)
        .get("/grants/view-as", Need::Duty(Duty::Grants), view_as::page)
        .get("/policies", Need::Duty(Duty::Policies), policies::page)
        .post("/policies", Need::Duty(Duty::Policies), policies::propose)
        .get("/journal", Need::Duty(Duty::Journal), audit::page)
        .get("/journal/changes", Need::Duty(Duty::Journal), audit::changes)
        .get("/journal/export.csv", Need::Duty(Duty::Journal), audit::csv)
        .post("/journal/verify", Need::Duty(Duty::Journal), audit::verify)
        .get("/journal/checkpoint.txt", Need::Duty(Duty::Journal), audit::checkpoint)
}

/// Lets a request through to its handler when the actor has what the route needs.
async fn enforce(need: Need, keep: bool, request: Request, next: Next) -> Response {
    if need == Need::Open {
        return next.run(request).await;
    }
    let Some(actor) = request.extensions().get::<Actor>().cloned() else {
        return unsigned(request.uri(), request.headers());
    };
    if let Some(way) = actor.owes().map(owed).filter(|_| need != Need::Own) {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, way)]).into_response();
    }
    let (mut parts, body) = request.into_parts();
    let named = if matches!(need, Need::Ledger | Need::Writes) { ledger_in(&mut parts).await } else { None };
    if !meets(&actor, need, named.as_deref()) {
        return reply::denied(&actor, &crate::request::view_of(&parts), need, named.as_deref());
    }
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if keep && response.extensions().get::<Fresh>().is_none() {
        response.extensions_mut().insert(Keep);
    }
    response
}

const fn owed(owes: Owes) -> &'static str {
    match owes {
        Owes::Password => "/account/password",
        Owes::SecondFactor => "/account/second-factor",
    }
}

async fn ledger_in(parts: &mut axum::http::request::Parts) -> Option<String> {
    let params = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    let named = |name: &str| params.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned());
    named("ledger").or_else(|| named("id"))
}

/// Whether the actor has what a route needs. A ledger that is not in the pack is left to the handler, which says so.
pub fn meets(actor: &Actor, need: Need, named: Option<&str>) -> bool {
    match need {
        Need::Open | Need::Own | Need::SignedIn => true,
        Need::County => actor.pack().ledger_ixs().any(|ix| actor.reads(ix)),
        Need::Reads(ledger) => reads(actor, ledger),
        Need::Ledger => named.is_none_or(|ledger| reads(actor, ledger)),
        Need::Writes => {
            named.is_none_or(|ledger| actor.ledger(ledger).ok().is_none_or(|ix| actor.reads(ix) && actor.writes(ix)))
        }
        Need::Duty(duty) => actor.has_duty(duty),
    }
}

fn reads(actor: &Actor, ledger: &str) -> bool {
    actor.ledger(ledger).ok().is_none_or(|ix| actor.reads(ix))
}
