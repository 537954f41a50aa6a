//! A ledger's list: searched, filtered, sorted and paged from its address alone, so that a list can be kept, sent and gone back to.

mod export;
mod filters;
mod finds;
mod saved;
mod standing;

use anju_access::Action as Access;
use anju_app::{Actor, BULK_MOST, Error, Roll, RollAsk, SIZES, named_by};
use anju_pack::{FieldIx, Kind, LedgerIx};
use anju_record::{Fault, Record};
use anju_ui::{
    Action, Chip, Column, Crumb, Empty, PageHead, Pager, Panel, Row, Sort, Table, View, actions, chips, download,
    page_head, pager, panel, t, t_args, table, text, with_query,
};
use axum::extract::Path;
use axum::http::Method;
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::{Body, Part, answer};
use crate::ledgers::{fields, record_lang, record_link};
use crate::places::{area_pick, scope, scope_name, site_name, takes_away};
use crate::reply::with_status;
use crate::request::Asked;
use crate::routes::is_declared;
use crate::signed::Signed;

pub use export::{csv as export_csv, page as export_page, plain_report, template, workbook, xlsx as export_xlsx};
pub use saved::{choose, forget, save};

use saved::Keeping;

/// Columns of a list that nobody chose; a record's page has them all.
const COLUMNS: usize = 8;
/// Places shown with their counts.
const PLACES: usize = 60;

/// What a list page is made from.
pub(crate) struct Listing<'a> {
    actor: &'a Actor,
    view: &'a View,
    ledger: LedgerIx,
    ask: RollAsk,
    /// Filters that could not be read and are left out, at their keys.
    wrong: Vec<Fault>,
}

/// `GET /ledgers/{ledger}`
pub async fn page(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    match body(&actor, &view, &id, &Keeping::default()).await {
        Ok((body, true)) => with_status(400, answer(&actor, &view, Ok(body))),
        other => answer(&actor, &view, other.map(|(body, _)| body)),
    }
}

/// The list, and whether some filter of its address could not be read.
async fn body(actor: &Actor, view: &View, id: &str, keeping: &Keeping) -> Result<(Body, bool), Error> {
    let lang = view.lang;
    let ledger = actor.ledger(id)?;
    let definition = actor.pack().ledger(ledger);
    let (ask, wrong) = actor.roll_read(ledger, &view.query).await?;
    let listing = Listing { actor, view, ledger, ask, wrong };
    let scope = scope(actor, view)?;
    let (lists, kept) = actor.saved_lists(ledger).await?;
    let columns = listing.columns(kept);
    let mut roll = actor.roll(&listing.ask).await?;
    let at = Pager { page: listing.ask.page, size: listing.ask.size.into(), total: roll.total };
    if roll.records.is_empty() && roll.total > 0 {
        // A page behind the last: rows went since the link was made.
        roll = actor.roll(&RollAsk { page: at.current(), ..listing.ask.clone() }).await?;
    }
    let mechanism = actor.pack().mechanism(definition.mechanism);
    let title = text(lang, &definition.title).to_owned();
    let found = listing.table(&roll.records, &columns).await?;
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: vec![
                Crumb { name: t(lang, "nav-ledgers").into_owned(), href: Some(view.link("/ledgers")) },
                Crumb { name: text(lang, &mechanism.title).to_owned(), href: Some(view.link(&format!("/mechanisms/{}", mechanism.id))) },
            ],
            title: title.clone(),
            aside: Some(scope_name(actor, view, &scope)),
            actions: html! {
                (area_pick(actor, view, &scope))
                (listing.ways(&scope.area))
            },
            ..PageHead::default()
        }))
        (listing.said())
        (panel(&Panel {
            title: t_args(lang, if listing.ask.deleted { "list-deleted-rows" } else { "ledger-rows" }, &[("n", roll.total.into())]),
            note: Some(t(lang, if listing.ask.deleted { "list-deleted-note" } else { "masked-note" }).into_owned()),
            actions: listing.may_write().then(|| listing.other_list()),
            body: html! {
                (listing.search())
                (saved::lists(&listing, &lists, keeping))
                (saved::column_choice(&listing, &columns))
                (standing::choice(&listing))
                (listing.places(&roll))
                (finds::by_owner(&listing, &roll))
                @if roll.records.is_empty() { (listing.nothing()) } @else {
                    div {
                        (found)
                        (pager(lang, at, |page| listing.with(&[("page", &page.to_string())])))
                        (listing.sizes(roll.total))
                        (listing.bulk(roll.total))
                    }
                }
            },
            ..Panel::default()
        }))
        (fields(actor, lang, ledger))
    };
    Ok((Body { title, part: Part::Ledgers, markup }, !listing.wrong.is_empty()))
}

/// Whether a page of the ledger is served under this name.
fn leads(page: &str) -> bool {
    is_declared(&Method::GET, &format!("/ledgers/{{ledger}}/{page}"))
}

impl Listing<'_> {
    /// Said above the list: which filters are left out and why, and what was just done with it.
    fn said(&self) -> Markup {
        let lang = self.view.lang;
        html! {
            @if !self.wrong.is_empty() {
                div class="notice bad" role="alert" {
                    p { (t(lang, "list-wrong")) }
                    @for fault in &self.wrong { p { (fault.message(record_lang(lang))) } }
                }
            }
            (saved::done_notice(self.view))
        }
    }

    /// This list with some of its query changed; empty values are left out, and the first page is shown unless a page is among them.
    fn with(&self, changes: &[(&str, &str)]) -> String {
        let kept = self.view.query.iter().map(|(key, value)| (key.as_str(), value.as_str())).filter(|(key, value)| {
            !value.is_empty()
                && !matches!(*key, "page" | "lang" | "text" | "done")
                && !changes.iter().any(|(changed, _)| changed == key)
        });
        with_query(&self.view.path, kept.chain(changes.iter().copied().filter(|(_, value)| !value.is_empty())))
    }

    /// Whether they may write some of the ledger's records.
    fn may_write(&self) -> bool {
        !self.actor.rights().reach(Access::Write, self.ledger).is_empty() && self.actor.who().origin != "view"
    }

    /// Whether rows are ticked, to be changed together.
    fn picks(&self) -> bool {
        self.may_write() && !self.ask.deleted && is_declared(&Method::POST, "/ledgers/{ledger}/bulk")
    }

    /// Where else the ledger leads: a new record, sheets in and out.
    fn ways(&self, area: &str) -> Markup {
        let lang = self.view.lang;
        let id = &self.actor.pack().ledger(self.ledger).id;
        let way = |key: &str, path: &str, first: bool| Action {
            name: t(lang, key).into_owned(),
            href: self.view.link(&format!("/ledgers/{id}/{path}")),
            first,
        };
        let ways = [("list-new", "new", true), ("list-template", "template", false)];
        let ways = ways.into_iter().filter(|(_, path, _)| leads(path)).map(|(key, path, first)| way(key, path, first));
        let import = crate::imports::sheet_for(self.actor, self.ledger).map(|sheet| {
            // A sheet of other rows may be meant, or the ledger's own: the file tells which.
            let own = self.actor.pack().sheet_by_id(&sheet).is_some_and(|sheet| sheet.rows == self.ledger);
            let kind = own.then_some(("sheet", sheet.as_str()));
            Action {
                name: t(lang, "list-import").into_owned(),
                href: self.view.link_with("/imports", kind.as_slice()),
                first: false,
            }
        });
        let ways: Vec<Action> = ways.chain(import).collect();
        let export = |page: &str| {
            let query = self.view.query.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            let asked = query.filter(|(key, value)| {
                !value.is_empty() && !matches!(*key, "page" | "size" | "lang" | "text" | "done")
            });
            with_query(&format!("/ledgers/{id}/{page}"), asked)
        };
        html! {
            @if self.may_write() { (actions(&ways)) }
            @if takes_away(self.actor, self.ledger, area) && !self.ask.deleted {
                (download(lang, &export("export.xlsx"), "Excel"))
                a.button href=(export("export")) { (t(lang, "export-way")) }
            }
        }
    }

    /// The list of what was taken away, and the way back.
    fn other_list(&self) -> Markup {
        let (key, value) = if self.ask.deleted { ("list-living", "") } else { ("list-deleted", "1") };
        let area = self.view.area.as_deref().unwrap_or_default();
        let query = [("area", area), ("deleted", value)].into_iter().filter(|(_, value)| !value.is_empty());
        html! { a href=(with_query(&self.view.path, query)) { (t(self.view.lang, key)) } }
    }

    /// The search box and the filters, one form: whatever is sent, all of it is kept.
    fn search(&self) -> Markup {
        let lang = self.view.lang;
        let hidden = self.view.query.iter().filter(|(key, value)| {
            let kept = ["area", "on", "order", "cols", "size", "deleted", "whose", "stands"];
            !value.is_empty() && kept.contains(&key.as_str())
        });
        html! {
            form method="get" action=(self.view.path) role="search" aria-label=(t(lang, "ledger-search")) {
                @for (key, value) in hidden { input type="hidden" name=(key) value=(value); }
                div.pick {
                    input type="search" name="q" value=(self.view.get("q").unwrap_or_default()) placeholder=(t(lang, "ledger-search")) aria-label=(t(lang, "ledger-search")) aria-describedby="list-finds";
                    button type="submit" { (t(lang, "search-submit")) }
                    @if self.is_narrowed() { a href=(self.cleared()) { (t(lang, "list-clear")) } }
                }
                small.quiet id="list-finds" { (finds::hint(self)) }
                @if !self.ask.deleted { (filters::form(self)) }
            }
            @if !self.ask.deleted { (filters::in_force(self)) }
        }
    }

    fn is_narrowed(&self) -> bool {
        self.ask.words.is_some() || !self.ask.filters.is_empty()
    }

    /// The list without words and filters.
    fn cleared(&self) -> String {
        let kept = self.view.query.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let kept = kept.filter(|(key, _)| matches!(*key, "area" | "on" | "order" | "cols" | "size" | "deleted"));
        with_query(&self.view.path, kept.filter(|(_, value)| !value.is_empty()))
    }

    /// How many stand where, each leading there.
    fn places(&self, roll: &Roll) -> Markup {
        let lang = self.view.lang;
        if roll.by_area.len() < 2 || roll.by_area.len() > PLACES {
            return html! {};
        }
        let places = roll.by_area.iter().map(|(code, count)| Chip {
            name: self.actor.areas().name(code).to_owned(),
            count: Some(*count),
            href: self.with(&[("area", code)]),
            current: false,
        });
        html! {
            details open[roll.by_area.len() <= 12] {
                summary { (t(lang, "list-by-area")) }
                (chips(lang, &places.collect::<Vec<_>>()))
            }
        }
    }

    /// The columns in the order of fields: the address's, else the reader's own, else the first short ones.
    fn columns(&self, kept: Option<Vec<FieldIx>>) -> Vec<FieldIx> {
        let definition = self.actor.pack().ledger(self.ledger);
        let asked =
            self.view.get("cols").map(|ids| ids.split(',').filter_map(|id| definition.field_by_id(id)).collect());
        let chosen: Option<Vec<FieldIx>> = asked.or(kept).filter(|columns: &Vec<FieldIx>| !columns.is_empty());
        let named = named_by(self.actor.pack(), self.ledger);
        chosen.unwrap_or_else(|| self.fit_columns().filter(|ix| Some(*ix) != named).take(COLUMNS).collect())
    }

    /// Fields that fit into a table and are not kept from them.
    fn fit_columns(&self) -> impl Iterator<Item = FieldIx> {
        let hidden = self.actor.rights().hidden_anywhere(self.ledger);
        let fields = (0_u16..).map(FieldIx).zip(&self.actor.pack().ledger(self.ledger).fields);
        let fit =
            fields.filter(|(_, field)| !matches!(field.kind, Kind::LongText { .. } | Kind::Attachment | Kind::Point));
        fit.map(|(ix, _)| ix).filter(move |ix| !hidden.contains(ix))
    }

    /// A heading that sorts by its field, back by pressing again, and a third time in the order of places.
    fn head(&self, at: usize, ix: FieldIx, sortable: bool) -> Column {
        let field = self.actor.pack().ledger(self.ledger).field(ix);
        let number = matches!(field.kind, Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Money { .. });
        let title = text(self.view.lang, &field.title);
        let column = if number { Column::number(title) } else { Column::text(title) };
        let column = if at > 1 { column.second() } else { column };
        if !sortable {
            return column;
        }
        let (next, ascending) = match self.ask.order {
            Some((by, false)) if by == ix => (format!("-{}", field.id), Some(true)),
            Some((by, true)) if by == ix => (String::new(), Some(false)),
            _ => (field.id.clone(), None),
        };
        column.sorted(Sort { href: self.with(&[("order", &next)]), ascending })
    }

    async fn table(&self, records: &[Record], columns: &[FieldIx]) -> Result<Markup, Error> {
        let (lang, actor) = (self.view.lang, self.actor);
        let definition = actor.pack().ledger(self.ledger);
        let ids: Vec<_> = records.iter().map(|record| record.id).collect();
        let names = actor.labels(self.ledger, &ids).await?;
        let shown = actor.shown(self.ledger, records, record_lang(lang)).await?;
        let picks = self.picks();
        let sortable = actor.roll_shape(self.ledger);
        let mut heads: Vec<Column> = picks.then(|| Column::text("")).into_iter().collect();
        heads.push(match named_by(actor.pack(), self.ledger).filter(|named| !columns.contains(named)) {
            Some(ix) => self.head(0, ix, sortable.is_sortable(ix)),
            None => Column::text(text(lang, &definition.title)),
        });
        heads.extend(columns.iter().enumerate().map(|(at, ix)| self.head(at, *ix, sortable.is_sortable(*ix))));
        heads.push(Column::text(t(lang, "place")).second());
        let rows = records.iter().zip(&shown).map(|(record, fields)| {
            let name = names.get(&record.id).filter(|name| !name.trim().is_empty());
            let name = name.cloned().unwrap_or_else(|| record.id.to_string());
            let mut cells = Vec::with_capacity(columns.len() + 3);
            if picks {
                let label = t_args(lang, "list-select", &[("name", name.as_str().into())]);
                cells
                    .push(html! { input type="checkbox" name="ids" value=(record.id) form="bulk" aria-label=(label); });
            }
            cells.push(match self.ask.deleted {
                true => html! { a href=(format!("/records/{}/{}/restore", definition.id, record.id)) { (name) } },
                false => html! {
                    a href=(record_link(actor, self.view, self.ledger, record.id)) { (name) }
                    (standing::ended(self, record))
                },
            });
            let value = |ix: &FieldIx| fields.get(usize::from(ix.0)).and_then(|shown| shown.value.as_deref());
            cells.extend(columns.iter().map(|ix| html! { (value(ix).unwrap_or_default()) }));
            cells.push(html! { (site_name(actor, &record.area)) });
            Row::of(cells)
        });
        let caption = text(lang, &definition.title).to_owned();
        Ok(table(lang, &Table { caption, columns: heads, rows: rows.collect(), ..Table::default() }))
    }

    /// Rows of a page, to choose from.
    fn sizes(&self, total: u64) -> Markup {
        if total <= u64::from(SIZES[0]) {
            return html! {};
        }
        html! {
            nav.pager aria-label=(t(self.view.lang, "list-size")) {
                span.quiet { (t(self.view.lang, "list-size")) }
                @for size in SIZES {
                    @if size == self.ask.size { b aria-current="true" { (size) } }
                    @else { a href=(self.with(&[("size", &size.to_string())])) { (size) } }
                }
            }
        }
    }

    /// What is done with the ticked rows, or with all that were found.
    fn bulk(&self, total: u64) -> Markup {
        let lang = self.view.lang;
        if !self.picks() {
            return html! {};
        }
        let id = &self.actor.pack().ledger(self.ledger).id;
        html! {
            form.pick id="bulk" method="post" action=(format!("/ledgers/{id}/bulk")) data-all=(t(lang, "list-select-all")) {
                input type="hidden" name="step" value="choose";
                button type="submit" { (t(lang, "list-bulk")) }
                @if total > BULK_MOST as u64 {
                    small.quiet { (t_args(lang, "list-bulk-many", &[("n", total.into()), ("most", BULK_MOST.into())])) }
                } @else if is_declared(&Method::GET, "/ledgers/{ledger}/bulk") {
                    a href=(format!("/ledgers/{id}/bulk?{}", self.asked())) { (t_args(lang, "list-bulk-all", &[("n", total.into())])) }
                }
            }
        }
    }

    /// What the list asks, without the page it stands on.
    fn asked(&self) -> String {
        self.with(&[]).split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
    }

    /// Said instead of rows: what to do next.
    fn nothing(&self) -> Markup {
        let lang = self.view.lang;
        let id = &self.actor.pack().ledger(self.ledger).id;
        let (what, next, action) = if self.is_narrowed() {
            ("list-none", "list-none-next", Some(("list-clear", self.cleared())))
        } else if self.ask.deleted {
            ("list-deleted-none", "list-deleted-note", None)
        } else if self.may_write() && leads("new") {
            ("ledger-empty", "list-nothing-next", Some(("list-new", self.view.link(&format!("/ledgers/{id}/new")))))
        } else {
            ("ledger-empty", "list-empty-next", None)
        };
        anju_ui::empty(&Empty {
            what: t(lang, what).into_owned(),
            next: Some(t(lang, next).into_owned()),
            action: action.map(|(key, href)| Action { name: t(lang, key).into_owned(), href, first: true }),
        })
    }
}
