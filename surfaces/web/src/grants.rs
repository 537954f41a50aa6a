//! Grants, for the security administrator: who holds what, and where. A change waits for a second person.

use std::collections::BTreeMap;

use anju_app::{Actor, Error, GrantLine, NewGrant};
use anju_record::day;
use anju_ui::{
    Choice, Column, Empty, Input, InputKind, Node, PageHead, Panel, Row, Table, Tone, View, area_input, form, input,
    page_head, panel, select, t, table, tag, text, tree_down,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::{Body, Part, answer};
use crate::places::{full_name, place_choices};
use crate::reply::{anchored, faults, id_of, with_status};
use crate::request::Asked;
use crate::sent::{Sent, to};
use crate::signed::Signed;

/// `GET /grants`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = body(&actor, &view, &Sent::default(), Vec::new()).await;
    answer(&actor, &view, body)
}

/// `POST /grants`
pub async fn propose(Signed(actor): Signed, Asked(view): Asked, sent: Sent) -> Response {
    let proposed = match wanted(&actor, &sent) {
        Ok(grant) => actor.propose_grant(grant).await,
        Err(error) => Err(error),
    };
    answered(&actor, &view, &sent, proposed).await
}

/// `POST /grants/{id}/end`
pub async fn end(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>, sent: Sent) -> Response {
    let proposed = match id_of("grant", &id) {
        Ok(id) => actor.propose_end_grant(id, sent.get("reason")).await,
        Err(error) => Err(error),
    };
    let view = View { path: "/grants".into(), ..view };
    answered(&actor, &view, &Sent::default(), proposed).await
}

async fn answered<T>(actor: &Actor, view: &View, sent: &Sent, proposed: Result<T, Error>) -> Response {
    match proposed.map_err(|error| faults(view, error)) {
        Ok(_) => to("/approvals"),
        Err(Ok(faults)) => {
            let body = body(actor, view, sent, faults).await;
            with_status(422, answer(actor, view, body))
        }
        Err(Err(error)) => answer(actor, view, Err(error)),
    }
}

/// What the form asks for. Only the fields named here are read: who proposes and who confirms is never taken from a form.
fn wanted(actor: &Actor, sent: &Sent) -> Result<NewGrant, Error> {
    let until = Some(sent.get("until")).filter(|day| !day.is_empty()).map(anju_app::parse_day).transpose()?;
    let from = Some(sent.get("from")).filter(|day| !day.is_empty()).map(anju_app::parse_day).transpose()?;
    Ok(NewGrant {
        account: id_of("account", sent.get("account"))?,
        role: sent.get("role").to_owned(),
        area: sent.get("area").to_owned(),
        from: from.unwrap_or(actor.today()),
        until,
        reason: sent.get("reason").to_owned(),
    })
}

async fn body(actor: &Actor, view: &View, sent: &Sent, faults: Vec<String>) -> Result<Body, Error> {
    let lang = view.lang;
    let title = t(lang, "grants-title").into_owned();
    let grants = actor.grants().await?;
    let in_force: Vec<&GrantLine> = grants.iter().filter(|line| line.in_force).collect();
    let accounts = choices_of_accounts(actor).await?;
    let markup = html! {
        (page_head(lang, &PageHead { title: title.clone(), aside: Some(t(lang, "grants-aside").into_owned()), ..PageHead::default() }))
        div class="grid wide-first" {
            div.stack {
                (panel(&Panel {
                    title: t(lang, "grants-tree").into_owned(),
                    body: tree_down(&nodes(actor, view, &in_force)),
                    ..Panel::default()
                }))
            }
            div.stack {
                (panel(&Panel {
                    title: t(lang, "grants-new").into_owned(),
                    note: Some(t(lang, "second-person").into_owned()),
                    body: new_form(actor, view, sent, &accounts, faults),
                    ..Panel::default()
                }))
                (panel(&Panel { title: t(lang, "view-as-title").into_owned(), body: view_as(view, &accounts), ..Panel::default() }))
            }
        }
        (panel(&Panel { title: t(lang, "grants-list").into_owned(), body: table(lang, &list(actor, view, &grants)), ..Panel::default() }))
    };
    Ok(Body { title, part: Part::Grants, markup })
}

async fn choices_of_accounts(actor: &Actor) -> Result<Vec<Choice>, Error> {
    let people = actor.grantees().await?;
    Ok((people.into_iter().filter(|account| account.active))
        .map(|account| Choice {
            value: account.id.to_string(),
            name: format!("{} · {}", account.name, account.login),
            depth: 0,
        })
        .collect())
}

/// The places with a grant, each under the one that it lies in.
fn nodes(actor: &Actor, view: &View, grants: &[&GrantLine]) -> Vec<Node> {
    let mut at: BTreeMap<&str, Vec<&GrantLine>> = BTreeMap::new();
    for line in grants {
        at.entry(&line.row.grant.area).or_default().push(line);
    }
    let areas: Vec<&str> = at.keys().copied().collect();
    let top: Vec<&str> = areas.iter().copied().filter(|area| !areas.iter().any(|other| within(area, other))).collect();
    top.into_iter().map(|area| node(actor, view, &at, area)).collect()
}

fn within(area: &str, other: &str) -> bool {
    area.len() > other.len() && area.starts_with(other)
}

fn node(actor: &Actor, view: &View, at: &BTreeMap<&str, Vec<&GrantLine>>, area: &str) -> Node {
    let holders = at.get(area).into_iter().flatten().map(|line| holder(actor, view, line));
    let below: Vec<&str> = at.keys().copied().filter(|other| within(other, area)).collect();
    let next = below.iter().copied().filter(|one| !below.iter().any(|other| within(one, other)));
    Node {
        name: full_name(actor, view, area),
        children: holders.chain(next.map(|one| node(actor, view, at, one))).collect(),
        ..Node::default()
    }
}

fn holder(actor: &Actor, view: &View, line: &GrantLine) -> Node {
    let lang = view.lang;
    let glass = line.row.grant.expires_at.is_some();
    Node {
        name: role_name(actor, view, &line.row.grant.role),
        href: Some(format!("/grants/view-as?account={}", line.row.account)),
        holder: Some(line.name.clone()),
        note: line
            .row
            .grant
            .until
            .map(|until| anju_ui::t_args(lang, "grant-until", &[("day", day::format(until).into())])),
        state: glass.then(|| (Tone::Lapsing, t(lang, "grant-glass").into_owned())),
        children: Vec::new(),
    }
}

/// A role's title.
pub fn role_name(actor: &Actor, view: &View, role: &str) -> String {
    let ix = actor.pack().role_by_id(role);
    ix.map_or_else(|| role.to_owned(), |ix| text(view.lang, &actor.pack().role(ix).title).to_owned())
}

fn new_form(actor: &Actor, view: &View, sent: &Sent, accounts: &[Choice], faults: Vec<String>) -> Markup {
    let lang = view.lang;
    let field = |name: &'static str, key: &str, kind, required| Input {
        name,
        label: t(lang, key).into_owned(),
        kind,
        value: sent.get(name).to_owned(),
        required,
        ..Input::default()
    };
    let roles: Vec<Choice> = (actor.pack().role_ixs())
        .map(|ix| actor.pack().role(ix))
        .map(|role| Choice { value: role.id.clone(), name: text(lang, &role.title).to_owned(), depth: 0 })
        .collect();
    let fields = html! {
        @if !faults.is_empty() { div class="notice bad" role="alert" { @for fault in &faults { p { (fault) } } } }
        (select(&field("account", "grant-account", InputKind::Text, true), accounts))
        (select(&field("role", "grant-role", InputKind::Text, true), &roles))
        (select(&field("area", "area", InputKind::Text, true), &place_choices(actor, view)))
        (input(&field("from", "grant-from", InputKind::Date, false)))
        (input(&field("until", "grant-to", InputKind::Date, false)))
        (area_input(&field("reason", "event-reason", InputKind::Text, true)))
    };
    form("/grants", &t(lang, "propose"), &fields)
}

fn view_as(view: &View, accounts: &[Choice]) -> Markup {
    let lang = view.lang;
    let field = Input { name: "account", label: t(lang, "grant-account").into_owned(), ..Input::default() };
    html! {
        p { small.quiet { (t(lang, "view-as-note")) } }
        form.form method="get" action="/grants/view-as" {
            (anchored(select(&field, accounts), "as"))
            div.actions { button.button type="submit" { (t(lang, "view-as-show")) } }
        }
    }
}

fn list(actor: &Actor, view: &View, grants: &[GrantLine]) -> Table {
    let lang = view.lang;
    let rows = grants.iter().map(|line| row(actor, view, line)).collect();
    Table {
        caption: t(lang, "grants-list").into_owned(),
        columns: vec![
            Column::text(t(lang, "grant-account")),
            Column::text(t(lang, "grant-role")),
            Column::text(t(lang, "area")),
            Column::text(t(lang, "grant-period")).second(),
            Column::text(t(lang, "grant-by")).second(),
            Column::text(t(lang, "event-reason")).second(),
            Column::text(""),
        ],
        rows,
        empty: Some(Empty { what: t(lang, "grants-none").into_owned(), ..Empty::default() }),
        ..Table::default()
    }
}

fn row(actor: &Actor, view: &View, line: &GrantLine) -> Row {
    let lang = view.lang;
    let grant = &line.row.grant;
    let until = grant.until.map(day::format).unwrap_or_default();
    let by =
        [Some(line.row.made_by.as_str()), line.row.confirmed_by.as_deref()].into_iter().flatten().collect::<Vec<_>>();
    let reason =
        Input { name: "reason", label: t(lang, "event-reason").into_owned(), required: true, ..Input::default() };
    Row::of(vec![
        html! { (line.name) " " small.quiet { (line.login) } },
        html! { (role_name(actor, view, &grant.role)) },
        html! { (full_name(actor, view, &grant.area)) },
        html! { (day::format(grant.from)) "–" (until) },
        html! { (by.join(" → ")) },
        html! { (line.row.reason) },
        html! {
            @if line.in_force {
                details {
                    summary { (t(lang, "grant-end")) }
                    (form(&format!("/grants/{}/end", grant.id), &t(lang, "propose"), &anchored(input(&reason), &format!("g{}", grant.id))))
                }
            } @else { (tag(Tone::NotApplicable, &t(lang, "grant-over"))) }
        },
    ])
}
