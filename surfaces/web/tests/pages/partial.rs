//! People who see a part of the county: where they land, that nothing leads them to a closed door, and that what they may not read is
//! never told as missing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anju_record::Value;
use anju_store::Query;

use crate::asking::{OFFICE, OURS, Site};
use crate::prepared::{COUNTY, TODAY};

/// One for each way of seeing a part: rows of one's own, a building, a grid, a site, a town, some ledgers of the county.
const PARTIAL: [&str; 8] =
    ["qunzhong", "bangfuganbu", "louzhang", "wanggezhang", "bianmin", "laowu", "hezuoshe", "fuhe"];

/// Links of one kind that are followed.
const OF_A_KIND: usize = 2;

fn links(page: &str) -> Vec<String> {
    let quoted = page.split(" href=\"").skip(1).filter_map(|part| part.split('"').next());
    quoted.map(|link| link.replace("&amp;", "&")).filter(|link| link.starts_with('/')).collect()
}

/// The shape of an address, with the ledger in it: each may be closed on its own.
fn kind(link: &str) -> String {
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let depth = if path.starts_with("/ledgers/") || path.starts_with("/records/") { 2 } else { 1 };
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let asked: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{:?} {} {asked:?}", &parts[..depth.min(parts.len())], parts.len())
}

pub async fn no_link_leads_to_a_closed_door(site: &Site) {
    let mut closed = Vec::new();
    for login in PARTIAL {
        let cookie = site.sign_in(login).await;
        let mut waiting = VecDeque::from(["/".to_owned(), "/households".to_owned()]);
        let mut met: BTreeSet<String> = waiting.iter().cloned().collect();
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        while let Some(path) = waiting.pop_front() {
            let answer = site.get_as(&cookie, &path).await;
            let status = answer.status.as_u16();
            if status >= 400 {
                closed.push(format!("{login}: {path} is linked, and answers {status}"));
            }
            if status >= 400 || !answer.is_page() {
                continue;
            }
            for link in links(answer.text()) {
                let bare = link.split('#').next().unwrap().to_owned();
                let of_kind = kinds.entry(kind(&bare)).or_default();
                if *of_kind < OF_A_KIND && met.insert(bare.clone()) {
                    *of_kind += 1;
                    waiting.push_back(bare);
                }
            }
        }
        assert!(met.len() > 10, "{login}: {met:?}");
    }
    assert!(closed.is_empty(), "{closed:#?}");
}

pub async fn what_they_may_not_read_is_never_told_as_missing(site: &Site) {
    let resident = site.sign_in("qunzhong").await;
    let home = site.get_as(&resident, "/").await.with(200);
    let file = links(home.text()).into_iter().find(|link| link.starts_with("/households/")).unwrap();
    // What each may not read, as the file of a household would say that there is none.
    let none = |key: &str| anju_ui::t(anju_ui::Lang::Zh, key).into_owned();
    let cases = [
        ("qunzhong", &["dwelling-none", "risk-unchecked", "risk-none"][..]),
        ("laowu", &["dwelling-none", "income-none", "risk-unchecked", "cadre-none"]),
        ("hezuoshe", &["dwelling-none", "income-none", "risk-unchecked", "member-job"]),
        ("bianmin", &["income-none", "risk-unchecked", "member-job"]),
        ("louzhang", &["income-none", "risk-unchecked"]),
    ];
    for (login, keys) in cases {
        let cookie = site.sign_in(login).await;
        let page = site.get_as(&cookie, &file).await.with(200);
        for key in keys {
            assert!(!page.text().contains(&none(key)), "{login} is told “{}”", none(key));
        }
    }
    let office = site.sign_in(OFFICE).await;
    let whole = site.get_as(&office, &file).await.with(200);
    for key in ["dwelling", "income", "member-job"] {
        assert!(whole.text().contains(&none(key)), "the office is shown {key}");
    }
    // Hidden fields are no empty ones: the company is not told that the cause of poverty is not filled in.
    let laowu = site.sign_in("laowu").await;
    let household = site.app.pack().ledger(site.app.ledger("household").unwrap());
    let hidden = &household.field(household.field_by_id("poor_cause").unwrap()).title.zh;
    assert!(!site.get_as(&laowu, &file).await.text().contains(hidden), "{hidden}");
    assert!(whole.text().contains(hidden));
}

pub async fn whoever_is_there_for_households_opens_them_first(site: &Site) {
    for (login, overview) in [("louzhang", true), ("wanggezhang", true), ("bangfuganbu", false), ("qunzhong", false)] {
        let cookie = site.sign_in(login).await;
        let home = site.get_as(&cookie, "/?lang=zh-CN").await.with(200);
        assert!(home.text().contains("<h1>我的户") || home.text().contains("我的户</h1>"), "{login}");
        assert_eq!(links(home.text()).iter().any(|link| link.starts_with("/overview")), overview, "{login}");
        site.get_as(&cookie, "/overview").await.with(if overview { 200 } else { 303 });
    }
    let office = site.sign_in(OFFICE).await;
    let home = site.get_as(&office, "/").await.with(200);
    assert!(home.text().contains("class=\"matrix"), "the office opens the county");
    let all = site.get_as(&office, "/my-households").await.with(200);
    let shown = links(all.text())
        .iter()
        .filter(|link| link.starts_with("/households/") && !link.starts_with("/households/new"))
        .count();
    assert_eq!(shown, 50, "a page of many");
    let none = anju_ui::t(anju_ui::Lang::Zh, "mine-nothing").into_owned();
    assert!(!all.text().contains(&none), "those that lack something come first");
    assert!(links(all.text()).iter().any(|link| link.contains("page=2")));
}

pub async fn a_childs_fields_are_offered_to_whoever_is_shown_them(site: &Site) {
    let person = site.app.ledger("person").unwrap();
    let born = site.app.pack().ledger(person).field_by_id("born_on").unwrap();
    let all = site.app.actor.select(&Query::of(COUNTY, person, TODAY)).await.unwrap();
    let of_age = |young: bool| {
        let fits = |born: i32| if young { born > TODAY - 13 * 365 } else { born < TODAY - 20 * 365 };
        let found = all.iter().find(|row| matches!(row.values[usize::from(born.0)], Value::Date(day) if fits(day)));
        format!("/records/person/{}", found.unwrap().id)
    };
    let (child, grown) = (of_age(true), of_age(false));
    let (office, lead) = (site.sign_in(OFFICE).await, site.sign_in("bangfu").await);
    for (cookie, path, status) in
        [(&office, &child, 200), (&office, &grown, 200), (&lead, &grown, 200), (&lead, &child, 403)]
    {
        site.get_as(cookie, &format!("{path}/reveal/phone")).await.with(status);
        let page = site.get_as(cookie, path).await.with(200);
        assert!(status == 200 || !page.text().contains("/reveal/"), "a form is offered that refuses");
    }
}

pub async fn a_closed_door_says_which_right_opens_it(site: &Site) {
    let resident = site.sign_in("qunzhong").await;
    let cadre = &site.app.pack().ledger(site.app.ledger("cadre").unwrap()).title;
    let lead = site.sign_in("bangfu").await;
    for (lang, title, who) in [("zh-CN", &cadre.zh, "安全保密管理员"), ("en", &cadre.en, "security administrator")]
    {
        let page = site.get_as(&resident, &format!("/ledgers/cadre?lang={lang}")).await.with(403);
        assert!(page.text().contains(title.as_str()) && page.text().contains(who), "{lang}");
        let page = site.get_as(&resident, &format!("/grants?lang={lang}")).await.with(403);
        assert!(page.text().contains(who), "{lang}");
    }
    let person = site.app.ledger("person").unwrap();
    let mut one = Query::of(COUNTY, person, TODAY);
    one.limit = Some(1);
    let id = site.app.actor.select(&one).await.unwrap()[0].id;
    let page = site.get_as(&lead, &format!("/records/person/{id}/reveal/id_number?lang=zh-CN")).await.with(403);
    let ledger = site.app.pack().ledger(person);
    let field = &ledger.field(ledger.field_by_id("id_number").unwrap()).title.zh;
    assert!(page.text().contains(field) && !page.text().contains(">person.id_number<"), "{field}");
}

pub async fn the_journal_names_people_and_tells_records_apart(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let list = site.get_as(&office, "/households").await.with(200);
    let files: BTreeSet<String> = links(list.text())
        .into_iter()
        .filter(|link| link.starts_with("/households/") && !link.starts_with("/households/new"))
        .map(|link| link.split('?').next().unwrap().to_owned())
        .take(5)
        .collect();
    for file in &files {
        site.get_as(&office, file).await.with(200);
    }
    let audit = site.sign_in("auditor").await;
    let page = site.get_as(&audit, "/journal?act=read").await.with(200);
    let mut told = BTreeSet::new();
    for file in &files {
        let id = file.rsplit('/').next().unwrap();
        let tail = &id[id.len() - 8..];
        assert!(page.text().contains(&format!("{id}/who-looked\">{tail}")), "{id}");
        told.insert(tail);
    }
    assert_eq!(told.len(), files.len(), "records are told apart");
    let grants = site.get_as(&audit, "/journal?act=grant").await.with(200);
    for person in site.app.actor.demo_accounts() {
        assert!(grants.text().contains(&person.login) && grants.text().contains(&person.name), "{}", person.login);
    }
}

pub async fn an_emergency_is_told_where_it_happens(site: &Site) {
    let sites = site.app.actor.sites(COUNTY);
    let beyond = sites.iter().find(|code| !code.starts_with("610923100")).unwrap();
    let (town, elsewhere) = (
        &beyond[..9],
        sites.iter().find(|code| !code.starts_with(&beyond[..9]) && !code.starts_with("610923100")).unwrap(),
    );
    let people =
        [("zhenban.there", "甲", "town_office", town), ("zhenban.elsewhere", "乙", "town_office", &elsewhere[..9])];
    let password = anju_ningshan::accounts::PASSWORD;
    site.app.actor.app().make_demo(&people, password).await.unwrap();
    let mut cookies = Vec::new();
    for (login, ..) in people {
        let form = format!("login={login}&password={password}&next=%2F");
        let answer = site.send(axum::http::Method::POST, "/sign-in", &[OURS], &form).await.with(303);
        cookies.push(answer.header("set-cookie").split(';').next().unwrap().to_owned());
    }
    let audit = site.sign_in("auditor").await;
    let why = "a household cannot be reached after the flood";
    // Written down before, so that a remembered page would be seen.
    for cookie in &cookies {
        for path in ["/", "/my-households"] {
            assert!(!site.get_as(cookie, path).await.with(200).text().contains(why));
        }
    }
    let breaker = site.sign_in("zhenban").await;
    let form = format!("area={town}&hours=2&reason={}", why.replace(' ', "+"));
    site.post_as(&breaker, "/account/break-glass", &form).await.with(303);
    for path in ["/", "/my-households", "/?lang=en"] {
        let page = site.get_as(&cookies[0], path).await.with(200);
        assert_eq!(page.text().matches(why).count(), 1, "{path}: told once to whoever answers for the place");
        assert!(
            page.text().contains("唐晓云") && page.text().contains("role=\"alert\""),
            "{path}: who, and that it goes on"
        );
        assert!(!site.get_as(&cookies[1], path).await.with(200).text().contains(why), "{path}: not theirs to know");
    }
    assert!(site.get_as(&audit, "/journal").await.with(200).text().contains(why));
}
