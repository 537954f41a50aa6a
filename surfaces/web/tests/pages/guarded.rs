//! What stands before every page: signing in, sessions, forms of other sites, limits.

use anju_web::{Limits, Rate, Served};
use axum::http::Method;

use crate::asking::{OFFICE, OURS, Site};

pub async fn nobody_enters_without_signing_in(site: &Site) {
    for (path, way) in [
        ("/", "/sign-in"),
        ("/households?q=1", "/sign-in?next=%2Fhouseholds%3Fq%3D1"),
        ("/nowhere", "/sign-in?next=%2Fnowhere"),
        ("/account/password", "/sign-in?next=%2Faccount%2Fpassword"),
    ] {
        for cookie in ["", "anju=", "anju=guessed", "anju=guessed; lang=en"] {
            let answer = site.get_as(cookie, path).await.with(303);
            assert_eq!(answer.header("location"), way, "{cookie}");
        }
    }
    for path in ["/ledgers/person/export.csv", "/requirements/household_visited/gaps.csv", "/api/v1/anything"] {
        let answer = site.get_as("", path).await.with(401);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
    }
    let browser = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    let answer = site.send(Method::GET, "/ledgers/person/export.csv?q=1", &browser, "").await.with(303);
    assert_eq!(answer.header("location"), "/sign-in?next=%2Fledgers%2Fperson%2Fexport.csv%3Fq%3D1");
    let page = site.get_as("", "/sign-in?next=%2F%2Fevil.example").await.with(200);
    assert!(
        !page.text().contains("value=\"//evil") && page.text().contains("name=\"next\" value=\"/\""),
        "nobody is led to another host"
    );
    for secret in ["/households", "/ledgers"] {
        assert!(!page.text().contains(secret), "the sign-in page shows no way into the county: {secret}");
    }
}

pub async fn a_form_of_another_site_changes_nothing(site: &Site) {
    let cookie = site.sign_in(OFFICE).await;
    let from = [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://evil.example"), ("host", "anju.example")],
        &[("origin", "null"), ("host", "anju.example")],
        &[],
    ];
    for evil in from {
        for path in ["/sign-out", "/account/password", "/sign-in", "/sign-in/demo", "/account/tokens"] {
            let headers: Vec<_> = [("cookie", cookie.as_str())].into_iter().chain(evil.iter().copied()).collect();
            site.send(Method::POST, path, &headers, "").await.with(403);
        }
    }
    site.get_as(&cookie, "/account").await.with(200);
    let ours = [("cookie", cookie.as_str()), ("origin", "http://anju.example"), ("host", "anju.example")];
    site.send(Method::POST, "/account/sessions/end", &ours, "key=none").await;
}

pub async fn a_session_is_a_cookie_that_scripts_and_other_sites_do_not_see(site: &Site) {
    let plain = site.send(Method::POST, "/sign-in/demo", &[OURS], &format!("login={OFFICE}")).await.with(303);
    let cookie = plain.header("set-cookie");
    for part in ["anju=", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    assert!(!cookie.contains("Max-Age") && plain.header("strict-transport-security").is_empty());
    assert_eq!(plain.header("location"), "/?welcome=1");
    let served = Served { origin: Some("https://anju.example".into()), limits: Limits::none(), ..Served::default() };
    let secure = Site::visited(std::sync::Arc::clone(&site.app), served);
    let answer = secure.send(Method::POST, "/sign-in/demo", &[OURS], &format!("login={OFFICE}")).await.with(303);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-anju=") && cookie.contains("; Secure"), "{cookie}");
    assert!(answer.header("strict-transport-security").contains("max-age="));
    let token = cookie.split(['=', ';']).nth(1).unwrap();
    secure.get_as(&format!("anju={token}"), "/about").await.with(303);
    secure.get_as(&format!("__Host-anju={token}"), "/about").await.with(200);
}

pub async fn signing_in_tells_nobody_which_accounts_there_are(site: &Site) {
    let mut told = Vec::new();
    for login in [OFFICE, "nobody.here"] {
        let form = format!("login={login}&password=Wrong-password-1&next=%2F");
        let answer = site.send(Method::POST, "/sign-in", &[OURS], &form).await.with(401);
        let form = answer.text().split("class=\"presses\"").next().unwrap();
        told.push(form.replace(login, "…"));
        assert!(answer.header("set-cookie").is_empty());
    }
    assert_eq!(told[0], told[1], "a wrong password and an account that is not there are told alike");
    let answer = site.send(Method::POST, "/sign-in/demo", &[OURS], "login=nobody.here").await.with(401);
    assert!(answer.header("set-cookie").is_empty());
    let evil = site.send(Method::POST, "/sign-in", &[OURS], "login=%3Cimg+src%3Dx+onerror%3D1%3E&password=x").await;
    assert!(!evil.text().contains("<img"), "a login is text and no markup");
    let factor = site.send(Method::POST, "/sign-in/second", &[OURS], "challenge=guessed&code=000000").await.with(401);
    assert!(factor.header("set-cookie").is_empty());
}

pub async fn a_session_ends_on_its_own_and_when_asked(site: &Site) {
    let cookie = site.sign_in(OFFICE).await;
    site.get_as(&cookie, "/about").await.with(200);
    let out = site.post_as(&cookie, "/sign-out", "").await.with(303);
    assert_eq!(out.header("location"), "/sign-in");
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    site.get_as(&cookie, "/about").await.with(303);

    let (one, other) = (site.sign_in(OFFICE).await, site.sign_in(OFFICE).await);
    site.post_as(&one, "/account/sessions/end", "key=others").await.with(303);
    site.get_as(&one, "/about").await.with(200);
    site.get_as(&other, "/about").await.with(303);

    let app = site.app.actor.app();
    let token = one.strip_prefix("anju=").unwrap();
    let now = anju_app::Clock::System.now_ms();
    let at = |minutes: i64| app.session(token, "local", now + minutes * 60_000);
    assert!(at(29).await.unwrap().is_some(), "within the idle time");
    assert!(at(29 + 31).await.unwrap().is_none(), "idle for longer than allowed");
}

pub async fn pages_of_one_are_never_shown_to_another(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    for account in site.app.actor.demo_accounts() {
        let cookie = site.sign_in(&account.login).await;
        for path in ["/ledgers", "/about"] {
            site.get_as(&office, path).await.with(200);
            let theirs = site.get_as(&cookie, path).await;
            assert!(
                theirs.status != 200 || theirs.text().contains(&*maud::html! { (account.name) }.into_string()),
                "{} is shown {path} with another's name",
                account.login
            );
            let again = site.get_as(&cookie, path).await;
            assert_eq!((theirs.status, theirs.bytes), (again.status, again.bytes), "{}: {path}", account.login);
        }
    }
}

pub async fn whoever_asks_too_often_waits(site: &Site) {
    let rate = |most| Some(Rate { most, window: 60_000 });
    let limits = Limits { address: rate(60), account: rate(20), attempts: rate(5) };
    let site = Site::visited(std::sync::Arc::clone(&site.app), Served { limits, ..Served::default() });
    let cookie = site.sign_in(OFFICE).await;
    let mut seen = Vec::new();
    for _ in 0..25 {
        seen.push(site.get_as(&cookie, "/about").await.status.as_u16());
    }
    assert_eq!(seen.iter().filter(|status| **status == 200).count(), 20);
    let last = site.get_as(&cookie, "/about").await.with(429);
    assert!(last.header("retry-after").parse::<u64>().unwrap() >= 1);
    let mut tried = Vec::new();
    for _ in 0..8 {
        tried.push(site.send(Method::POST, "/sign-in", &[OURS], "login=x&password=y").await.status.as_u16());
    }
    assert_eq!(tried.iter().filter(|status| **status == 429).count(), 4, "{tried:?}");
    site.get_as("", "/assets/none.css").await.with(404);
}

pub async fn a_token_opens_no_page(site: &Site) {
    let cookie = site.sign_in(OFFICE).await;
    let page = site.post_as(&cookie, "/account/tokens", "name=test&days=3&scope=read").await.with(200);
    let from = page.text().find("class=\"once\">").unwrap() + "class=\"once\">".len();
    let token = page.text()[from..].split('<').next().unwrap().to_owned();
    assert!(token.len() > 20);
    assert!(!site.get_as(&cookie, "/account").await.text().contains(&token), "a token is shown once");
    let bearer = format!("Bearer {token}");
    site.send(Method::GET, "/households", &[("authorization", &bearer)], "").await.with(303);
    let exported = site.send(Method::GET, "/ledgers/garden/export.csv", &[("authorization", &bearer)], "").await;
    assert_eq!(exported.status, 403, "reading is not exporting");
    site.send(Method::GET, "/ledgers/garden/export.csv", &[("authorization", "Bearer guessed")], "").await.with(401);
}

/// How often the office looked at a file.
async fn looks(site: &Site, path: &str) -> usize {
    let query = anju_store::EventQuery {
        county: crate::prepared::COUNTY.into(),
        actor: Some(OFFICE.into()),
        acts: vec!["read".into()],
        id: path.rsplit('/').next().and_then(|id| id.parse().ok()),
        limit: 1_000,
        ..anju_store::EventQuery::default()
    };
    site.app.store.events(&query).await.unwrap().len()
}

pub async fn reading_a_file_is_seen_by_its_household(site: &Site) {
    let resident = site.sign_in("qunzhong").await;
    let home = site.get_as(&resident, "/").await.with(200);
    let at = home.text().find("/households/").expect("the resident has a household");
    let path = home.text()[at..].split(['"', '?']).next().unwrap().to_owned();
    let office = site.sign_in(OFFICE).await;
    let before = looks(site, &path).await;
    let page = site.get_as(&office, &path).await.with(200);
    let again = site.get_as(&office, &path).await.with(200);
    assert_eq!(page.bytes, again.bytes, "the second look is at the remembered page");
    assert_eq!(looks(site, &path).await, before + 2, "and is written down as the first one");
    let looked = site.get_as(&resident, &format!("{path}/who-looked")).await.with(200);
    assert!(looked.text().contains(OFFICE), "the office's look is told");
    let audit = site.sign_in("auditor").await;
    site.get_as(&audit, &path).await.with(403);
    site.get_as(&audit, &format!("{path}/who-looked")).await.with(200);
}

pub async fn an_emergency_is_told_at_once(site: &Site) {
    let people = site.app.actor.demo_accounts().to_vec();
    let role = |id: &str| people.iter().find(|person| person.role_id == id).unwrap().login.clone();
    let town = site.sign_in(&role("town_office")).await;
    let (office, audit) = (site.sign_in(OFFICE).await, site.sign_in(&role("audit_admin")).await);
    let why = "a landslide in the next town";
    assert!(!site.get_as(&office, "/").await.with(200).text().contains(why));
    let sites = site.app.actor.sites(crate::prepared::COUNTY);
    let beyond = sites.iter().find(|code| !code.starts_with("610923100")).unwrap();
    site.get_as(&town, &format!("/sites/{beyond}")).await.with(404);
    let form = format!("area={beyond}&hours=1&reason={}", why.replace(' ', "+"));
    let done = site.post_as(&town, "/account/break-glass", &form).await.with(303);
    let renewed = done.header("set-cookie").split(';').next().unwrap();
    let town = if renewed.is_empty() { town } else { renewed.to_owned() };
    site.get_as(&town, &format!("/sites/{beyond}")).await.with(200);
    for (who, path) in [(&office, "/"), (&audit, "/journal")] {
        assert!(site.get_as(who, path).await.with(200).text().contains(why), "{path} does not tell it");
    }
    let short = site.post_as(&town, "/account/break-glass", &format!("area={beyond}&hours=1&reason=")).await.with(422);
    assert!(short.text().contains("aria-invalid"));
}
