//! What another account would see: numbers and pages, no rows. Computed by the same rights as for the account itself.

use anju_access::Action;
use anju_app::{Actor, Error};
use anju_ui::{Column, Crumb, Fact, PageHead, Panel, Row, Table, View, count, facts, page_head, panel, t, table, text};
use axum::http::Method;
use axum::response::Response;
use maud::html;

use crate::account::held;
use crate::answer::{Body, Part, answer};
use crate::reply::id_of;
use crate::request::Asked;
use crate::routes::{meets, routes};
use crate::signed::Signed;

/// `GET /grants/view-as?account=…`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = body(&actor, &view).await;
    answer(&actor, &view, body)
}

async fn body(actor: &Actor, view: &View) -> Result<Body, Error> {
    let lang = view.lang;
    let id = id_of("account", view.get("account").unwrap_or_default())?;
    let other = actor.view_as(id).await?;
    let title = t(lang, "view-as-title").into_owned();
    let held = held(&other, view);
    let lines = [
        Fact::text(t(lang, "sign-in-login").into_owned(), &other.who().login),
        Fact {
            name: t(lang, "account-roles").into_owned(),
            value: (!held.is_empty()).then(|| html! { ul { @for line in &held { li { (line) } } } }),
        },
    ];
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: vec![Crumb { name: t(lang, "grants-title").into_owned(), href: Some("/grants".into()) }],
            title: title.clone(),
            aside: Some(other.who().name.clone()),
            ..PageHead::default()
        }))
        p.notice { (t(lang, "view-as-journalled")) }
        div.grid {
            (panel(&Panel { title: t(lang, "grant-account").into_owned(), body: facts(lang, false, &lines), ..Panel::default() }))
            (panel(&Panel { title: t(lang, "view-as-pages").into_owned(), body: table(lang, &pages(&other, view)), ..Panel::default() }))
        }
        (panel(&Panel {
            title: t(lang, "view-as-ledgers").into_owned(),
            note: Some(t(lang, "view-as-counts").into_owned()),
            body: table(lang, &ledgers(&other, view).await?),
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Grants, markup })
}

/// Pages that people know by a name.
const NAMED: [(&str, &str); 14] = [
    ("/mechanisms", "nav-mechanisms"),
    ("/bulletin", "nav-bulletin"),
    ("/sites", "nav-sites"),
    ("/households", "nav-households"),
    ("/my-households", "nav-mine"),
    ("/ledgers", "nav-ledgers"),
    ("/account/break-glass", "glass-title"),
    ("/accounts", "nav-accounts"),
    ("/settings", "nav-settings"),
    ("/grants", "nav-grants"),
    ("/grants/view-as", "view-as-title"),
    ("/policies", "nav-policies"),
    ("/journal", "nav-journal"),
    ("/approvals", "nav-approvals"),
];

/// Pages with a name of their own, and whether the account opens them.
fn pages(other: &Actor, view: &View) -> Table {
    let lang = view.lang;
    let known = routes();
    let rows = (NAMED.iter())
        .filter_map(|(path, name)| {
            Some((known.iter().find(|route| route.method == Method::GET && route.path == *path)?, name))
        })
        .map(|(route, name)| {
            let opens = meets(other, route.need, None);
            Row::of(vec![
                html! { (t(lang, name)) " " code.quiet { (route.path) } },
                html! { (t(lang, if opens { "yes" } else { "no" })) },
            ])
        })
        .collect();
    Table {
        caption: t(lang, "view-as-pages").into_owned(),
        columns: vec![Column::text(t(lang, "view-as-page")), Column::text(t(lang, "view-as-opens"))],
        rows,
        ..Table::default()
    }
}

async fn ledgers(other: &Actor, view: &View) -> Result<Table, Error> {
    let lang = view.lang;
    let scope = other.scope(None, None)?;
    let sizes = other.ledger_sizes(&scope).await?;
    let may = |action, ix| t(lang, if other.rights().reach(action, ix).is_empty() { "no" } else { "yes" });
    let rows = (other.pack().ledger_ixs().filter(|ix| other.reads(*ix)))
        .map(|ix| {
            let seen = sizes.get(usize::from(ix.0)).copied().unwrap_or_default();
            Row::of(vec![
                html! { (text(lang, &other.pack().ledger(ix).title)) },
                count(i64::try_from(seen).unwrap_or(i64::MAX)),
                html! { (may(Action::Write, ix)) },
                html! { (may(Action::Export, ix)) },
            ])
        })
        .collect();
    Ok(Table {
        caption: t(lang, "view-as-ledgers").into_owned(),
        columns: vec![
            Column::text(t(lang, "ledger")),
            Column::number(t(lang, "records")),
            Column::text(t(lang, "view-as-writes")),
            Column::text(t(lang, "view-as-exports")),
        ],
        rows,
        empty: Some(anju_ui::Empty { what: t(lang, "view-as-nothing").into_owned(), ..anju_ui::Empty::default() }),
        ..Table::default()
    })
}
