//! What lies outside somebody's reach answers as what does not exist: status, body, counts and suggestions.

use anju_app::Actor;
use anju_pack::LedgerIx;
use anju_store::Query;
use axum::http::Method;
use uuid::Uuid;

use crate::asking::{Answer, Site};
use crate::prepared::{COUNTY, TODAY};

const NOWHERE: &str = "00000000-0000-4000-8000-000000000000";

/// Some ids of a ledger that one sees and the other does not.
async fn beyond(office: &Actor, actor: &Actor, ledger: LedgerIx) -> Vec<Uuid> {
    let mut query = Query::of(COUNTY, ledger, TODAY);
    query.limit = Some(400);
    let all = office.select(&query).await.unwrap();
    let mut found = Vec::new();
    for record in all.iter().step_by(7) {
        if actor.record(ledger, &record.id.to_string()).await.is_err() {
            found.push(record.id);
        }
        if found.len() == 2 {
            break;
        }
    }
    found
}

/// An answer without what was asked for in it: ids, codes, words.
fn bare(answer: &Answer, asked: &[&str]) -> (u16, String) {
    let mut text = String::from_utf8_lossy(&answer.bytes).into_owned();
    for word in asked {
        text = text.replace(word, "…");
        let encoded: String = form_urlencoded::byte_serialize(word.as_bytes()).collect();
        text = text.replace(&encoded, "…");
    }
    (answer.status.as_u16(), text)
}

struct Walk<'a> {
    site: &'a Site,
    login: String,
    cookie: String,
    compared: usize,
}

impl Walk<'_> {
    async fn same(&mut self, method: &Method, there: &str, nowhere: &str, asked: [&str; 2]) {
        let form = "reason=asked+by+a+test";
        let headers = [("cookie", self.cookie.as_str()), crate::asking::OURS];
        let form = if *method == Method::POST { form } else { "" };
        let outside = self.site.send(method.clone(), there, &headers, form).await;
        let absent = self.site.send(method.clone(), nowhere, &headers, form).await;
        let (one, other) = (bare(&outside, &asked), bare(&absent, &asked));
        assert_eq!(one.0, other.0, "{}: {method} {there} and {nowhere}", self.login);
        let differs = one.1.chars().zip(other.1.chars()).position(|(a, b)| a != b);
        if one.1 != other.1 {
            let from = differs.unwrap_or_default().saturating_sub(80);
            let part = |text: &str| text.chars().skip(from).take(240).collect::<String>();
            panic!("{}: {method} {there} and {nowhere} differ:\n{}\n{}", self.login, part(&one.1), part(&other.1));
        }
        self.compared += 1;
    }
}

pub async fn what_is_outside_is_as_what_is_not_there(site: &Site) {
    let office = site.app.actor.clone();
    let mut compared = 0;
    for account in office.demo_accounts() {
        let cookie = site.sign_in(&account.login).await;
        let token = cookie.strip_prefix("anju=").unwrap();
        let now = anju_app::Clock::System.now_ms();
        let actor = office.app().session(token, "local", now).await.unwrap().unwrap();
        let mut walk = Walk { site, login: account.login.clone(), cookie, compared: 0 };
        records(&mut walk, &office, &actor).await;
        places(&mut walk, &office, &actor).await;
        words(&mut walk, &office, &actor).await;
        compared += walk.compared;
    }
    assert!(compared > 500, "only {compared} answers were compared");
}

/// Every route with an id, for rows beyond reach of every ledger.
async fn records(walk: &mut Walk<'_>, office: &Actor, actor: &Actor) {
    for ledger in office.pack().ledger_ixs() {
        let name = office.pack().ledger(ledger).id.clone();
        let sensitive = office.pack().ledger(ledger).fields.iter().find(|field| field.sensitive.is_some());
        let field = sensitive.map_or("none", |field| field.id.as_str()).to_owned();
        for id in beyond(office, actor, ledger).await {
            let id = id.to_string();
            for route in anju_web::routes() {
                let of_household = route.path.starts_with("/households/{id}") && name == "household";
                if !of_household && !route.path.starts_with("/records/{ledger}/{id}") {
                    continue;
                }
                let path = route.path.replace("{ledger}", &name).replace("{field}", &field);
                walk.same(&route.method, &path.replace("{id}", &id), &path.replace("{id}", NOWHERE), [&id, NOWHERE])
                    .await;
            }
        }
    }
}

/// Every page about a place, for one outside and for one that is not there.
async fn places(walk: &mut Walk<'_>, office: &Actor, actor: &Actor) {
    let nowhere = "610923999999999";
    let sites = office.sites(COUNTY);
    let Some(outside) = sites.iter().find(|code| actor.scope(Some(code.as_str()), None).is_err()) else { return };
    for route in anju_web::routes().into_iter().filter(|route| route.method == Method::GET) {
        if route.path.contains('{') || route.path.starts_with("/sign-in") || route.path.starts_with("/assets") {
            continue;
        }
        let at = |code: &str| format!("{}?area={code}", route.path);
        // A new secret at each look.
        if route.path == "/account/second-factor" {
            continue;
        }
        // Divisions are public: forms that choose one show its name to whoever may choose.
        if matches!(
            route.path,
            "/journal" | "/journal/changes" | "/journal/export.csv" | "/grants" | "/account/break-glass"
        ) {
            continue;
        }
        walk.same(&Method::GET, &at(outside), &at(nowhere), [outside, nowhere]).await;
    }
    for path in [
        "/requirements/household_visited",
        "/ledgers/person",
        "/ledgers/person/export.csv",
        "/requirements/household_visited/gaps.csv",
    ] {
        walk.same(
            &Method::GET,
            &format!("{path}?area={outside}"),
            &format!("{path}?area={nowhere}"),
            [outside, nowhere],
        )
        .await;
    }
    walk.same(&Method::GET, &format!("/sites/{outside}"), &format!("/sites/{nowhere}"), [outside, nowhere]).await;
}

/// A search for somebody outside finds what a search for nobody finds.
async fn words(walk: &mut Walk<'_>, office: &Actor, actor: &Actor) {
    let person = office.ledger("person").unwrap();
    let name = office.pack().ledger(person).fields.iter().position(|field| field.id == "name").unwrap();
    let scope = |of: &Actor| of.scope(None, None);
    for id in beyond(office, actor, person).await {
        let record = office.record(person, &id.to_string()).await.unwrap().record;
        let anju_record::Value::Text(word) = &record.values[name] else { continue };
        let seen = match scope(actor) {
            Ok(scope) => {
                actor.find(person, &scope, Some(word), 0, 1).await.map(|found| found.total).unwrap_or_default()
            }
            Err(_) => 0,
        };
        if seen > 0 {
            continue; // A namesake within reach is rightly found.
        }
        let (word, nobody) = (word.to_string(), "龘龘龘".to_owned());
        for path in ["/households", "/ledgers/person", "/ledgers/person/export.csv"] {
            let ask = |word: &str| {
                format!("{path}?q={}", form_urlencoded::byte_serialize(word.as_bytes()).collect::<String>())
            };
            walk.same(&Method::GET, &ask(&word), &ask(&nobody), [&word, &nobody]).await;
        }
    }
}
