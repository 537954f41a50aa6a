//! Every page answers, and whatever it links to.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anju_app::{RollAsk, Scope, Show};
use anju_record::Lang;
use axum::http::Method;

use crate::asking::Site;
use crate::prepared::{COUNTY, TODAY};

fn routes(site: &Site) -> Vec<String> {
    let app = &site.app;
    let pack = app.pack();
    let mut routes: Vec<String> =
        ["/", "/mechanisms", "/bulletin", "/sites", "/households", "/ledgers", "/about"].map(str::to_owned).into();
    routes.extend(pack.mechanisms.iter().filter(|it| it.order > 0).map(|it| format!("/mechanisms/{}", it.id)));
    routes.extend(pack.requirements.iter().map(|it| format!("/requirements/{}", it.id)));
    routes.extend(pack.figures.iter().map(|it| format!("/figures/{}", it.id)));
    routes.extend(pack.ledgers.iter().map(|it| format!("/ledgers/{}", it.id)));
    routes.extend(app.sites(COUNTY).iter().map(|code| format!("/sites/{code}")));
    let visited = app.requirement("household_visited").unwrap();
    let gaps = app.list(visited, &Scope { area: COUNTY.into(), on: TODAY }, Show::Gap);
    routes.extend(
        gaps.iter()
            .take(20)
            .flat_map(|gap| [format!("/households/{}", gap.id), format!("/records/household/{}", gap.id)]),
    );
    let show = ["gap", "overdue", "new", "lapsing", "met", "exempt", "not_applicable"];
    routes.extend(show.map(|show| format!("/requirements/household_visited?show={show}")));
    let town = app.areas().children(COUNTY)[0].code.clone();
    let place = app.sites(COUNTY).swap_remove(0);
    for area in [town, place] {
        routes.extend(
            [
                "/",
                "/mechanisms/party",
                "/requirements/household_visited",
                "/bulletin",
                "/sites",
                "/households",
                "/ledgers/person",
            ]
            .map(|path| format!("{path}?area={area}")),
        );
    }
    routes.extend(
        ["/?on=2020-03-01", "/bulletin?from=2020-01-01&to=2020-03-31", "/households?q=王", "/ledgers/person?page=3"]
            .map(|path| path.replace('王', "%E7%8E%8B")),
    );
    routes
}

pub async fn every_route_answers_in_both_languages(site: &Site) {
    for route in routes(site) {
        let joint = if route.contains('?') { '&' } else { '?' };
        for (lang, tag) in [("zh-CN", "<html lang=\"zh-CN\""), ("en", "<html lang=\"en\"")] {
            let answer = site.get(&format!("{route}{joint}lang={lang}")).await.with(200);
            assert!(answer.is_page() && answer.text().contains(tag), "{route} in {lang}");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(
                !answer.text().contains("Unknown localization") && !answer.text().contains("[["),
                "{route} in {lang}"
            );
        }
    }
    assert_eq!(site.get("/healthz").await.with(200).text(), "ok");
    for route in ["/requirements/household_visited/gaps.csv", "/ledgers/garden/export.csv"] {
        let answer = site.get(route).await.with(200);
        assert!(answer.header("content-type").starts_with("text/csv"), "{route}");
        assert!(answer.header("content-disposition").starts_with("attachment; filename=\""), "{route}");
        assert!(answer.text().starts_with('\u{feff}'), "{route}: spreadsheets need the mark to read UTF-8");
    }
}

/// Links of one kind that are followed: enough to meet every shape of page.
const OF_A_KIND: usize = 12;

pub async fn every_link_leads_somewhere(site: &Site) {
    let mut waiting = VecDeque::from(["/".to_owned(), "/?lang=en".to_owned()]);
    let mut met: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    while let Some(path) = waiting.pop_front() {
        let answer = site.get(&path).await;
        let on = answer.header("location");
        if answer.status == 303 && !on.starts_with("/sign-in") {
            waiting.push_back(on.to_owned());
            continue;
        }
        assert!(answer.status.is_success(), "{path} is linked, and answers {}", answer.status);
        if !answer.is_page() {
            continue;
        }
        for link in links(answer.text()) {
            let bare = link.split('#').next().unwrap().to_owned();
            if !bare.starts_with('/') {
                assert!(bare.is_empty() || bare.starts_with('?'), "{path} links to {link}");
                continue;
            }
            let of_kind = kinds.entry(kind(&bare)).or_default();
            if *of_kind < OF_A_KIND && met.insert(bare.clone()) {
                *of_kind += 1;
                waiting.push_back(bare);
            }
        }
    }
    assert!(kinds.len() >= 12 && met.len() >= 80, "{kinds:#?}");
}

fn links(page: &str) -> Vec<String> {
    let quoted = page.split(" href=\"").skip(1).chain(page.split(" src=\"").skip(1));
    quoted.filter_map(|part| part.split('"').next()).map(|link| link.replace("&amp;", "&")).collect()
}

/// The shape of an address: its first part, how deep it is, and what it asks.
fn kind(link: &str) -> String {
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let mut parts = path.split('/').skip(1);
    let first = parts.next().unwrap_or_default().to_owned();
    let asked: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("/{first} {} {}", parts.count(), asked.join(" "))
}

pub async fn records_are_called_in_the_language_asked_for(site: &Site) {
    let actor = &site.app.actor;
    let ledger = actor.ledger("household_event").unwrap();
    let event = actor.roll(&RollAsk::of(ledger)).await.unwrap().records.remove(0).id;
    for (tag, lang) in [("zh-CN", Lang::Zh), ("en", Lang::En)] {
        let name = actor.clone().reading_in(lang).labels(ledger, &[event]).await.unwrap().remove(&event).unwrap();
        assert_eq!(name.is_ascii(), lang == Lang::En, "{name}: what happened, and when");
        let page = site.get(&format!("/records/household_event/{event}?lang={tag}")).await.with(200);
        assert!(page.text().contains(&name), "{name}");
    }
}

pub async fn a_page_speaks_the_language_asked_for(site: &Site) {
    let asked = site.get("/about?lang=en").await;
    let cookie = asked.header("set-cookie").to_owned();
    assert!(
        cookie.starts_with("lang=en;")
            && cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax")
            && cookie.contains("Path=/"),
        "{cookie}"
    );
    let english = "<html lang=\"en\"";
    let about = |cookie: &'static str, path: &'static str| async move {
        site.ask(Method::GET, path, &[("cookie", cookie)]).await.with(200).text().contains(english)
    };
    assert!(about("lang=en", "/about").await, "the cookie is heard");
    assert!(about("a=b; lang=en; c=d", "/about").await);
    assert!(!about("lang=en", "/about?lang=zh-CN").await, "the query comes before the cookie");
    assert!(!about("lang=klingon", "/about").await, "Chinese is spoken where nothing else was asked");
    let unheard = site.get("/about?lang=%3Cscript%3E").await.with(200);
    assert_eq!(unheard.header("set-cookie"), "", "only known languages are kept");
    assert!(site.get("/about?text=large").await.header("set-cookie").starts_with("text=large;"));
    let kept = site.get("/requirements/household_visited?lang=en&area=610923").await;
    assert!(kept.text().contains("area=610923"), "the switch of language keeps the place");
}

pub async fn files_of_the_interface_are_kept_for_ever(site: &Site) {
    let page = site.get("/").await;
    let files: Vec<String> = links(page.text()).into_iter().filter(|link| link.starts_with("/assets/")).collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in &files {
        let plain = site.get(file).await.with(200);
        assert!(plain.header("cache-control").contains("immutable"), "{file}");
        let etag = plain.header("etag").to_owned();
        assert!(!etag.is_empty(), "{file}");
        site.ask(Method::GET, file, &[("if-none-match", &etag)]).await.with(304);
        let small = site.ask(Method::GET, file, &[("accept-encoding", "br")]).await.with(200);
        if small.header("content-encoding") == "br" {
            assert!(small.bytes.len() < plain.bytes.len(), "{file}");
        }
    }
    for path in ["/assets/none.css", "/assets/../Cargo.toml", "/assets/%2e%2e/Cargo.toml"] {
        site.get(path).await.with(404);
    }
}

pub async fn answers_are_compressed_when_asked(site: &Site) {
    let plain = site.get("/").await.bytes.len();
    let small = site.ask(Method::GET, "/", &[("accept-encoding", "br, gzip")]).await.with(200);
    assert_eq!(small.header("content-encoding"), "br");
    assert!(small.bytes.len() * 3 < plain, "{} of {plain}", small.bytes.len());
}
