//! Who may open what: every route as every kind of user, compared with the decisions written down in `matrix.txt`.

use std::fmt::Write as _;
use std::path::Path;

use axum::http::Method;

use crate::asking::Site;

/// What stands for the parts of a path that vary: ids that are nowhere.
fn sample(path: &str) -> String {
    path.replace("/requirements/{id}", "/requirements/household_visited")
        .replace("/figures/{id}", "/figures/household_count")
        .replace("/mechanisms/{id}", "/mechanisms/party")
        .replace("{ledger}", "person")
        .replace("{field}", "id_number")
        .replace("{code}", "610923000000000")
        .replace("{*path}", "none.css")
        .replace("{id}", "00000000-0000-4000-8000-000000000000")
}

/// `+` goes on to the page, `-` has not the right, `?` must sign in first.
async fn decision(site: &Site, cookie: &str, method: &Method, path: &str) -> char {
    let answer = if *method == Method::GET {
        site.get_as(cookie, &sample(path)).await
    } else {
        site.post_as(cookie, &sample(path), "").await
    };
    let to_sign_in = answer.header("location").starts_with("/sign-in?") || answer.header("location") == "/sign-in";
    match answer.status.as_u16() {
        403 => '-',
        401 if !path.starts_with("/sign-in") => '?',
        303 if to_sign_in && !path.starts_with("/sign-") && !path.starts_with("/setup") => '?',
        500.. => panic!("{method} {path}: {}", answer.status),
        _ => '+',
    }
}

pub async fn every_route_is_opened_to_those_it_is_for(site: &Site) {
    let logins: Vec<String> = site.app.actor.demo_accounts().iter().map(|account| account.login.clone()).collect();
    let mut table = String::from("# + opens, - has not the right, ? must sign in first\n");
    let _ = writeln!(table, "{:<48}{:<24}nobody {}", "route", "needs", logins.join(" "));
    let mut cookies = vec![(String::from("nobody"), String::new())];
    for login in &logins {
        cookies.push((login.clone(), site.sign_in(login).await));
    }
    for route in anju_web::routes() {
        let mut line = format!("{:<48}{:<24}", format!("{} {}", route.method, route.path), format!("{:?}", route.need));
        for (login, cookie) in &mut cookies {
            let mark = decision(site, cookie, &route.method, route.path).await;
            let _ = write!(line, "{mark:<width$}", width = login.len() + 1);
            if route.path == "/sign-out" && !cookie.is_empty() {
                *cookie = site.sign_in(login).await;
            }
        }
        let _ = writeln!(table, "{}", line.trim_end());
    }
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/matrix.txt");
    if std::env::var_os("ANJU_DECIDE").is_some() {
        std::fs::write(&kept, &table).unwrap();
    }
    let decided = std::fs::read_to_string(&kept).unwrap_or_default();
    for (now, then) in table.lines().zip(decided.lines().chain(std::iter::repeat("(no decision)"))) {
        assert_eq!(now, then, "decide it: look at who opens the route, then run the test with ANJU_DECIDE=1");
    }
    assert_eq!(table.lines().count(), decided.lines().count(), "a route is gone: run the test with ANJU_DECIDE=1");
}
