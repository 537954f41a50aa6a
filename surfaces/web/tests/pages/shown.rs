//! What pages show: fragments that change only with their rule, and numbers that agree with each other.

use anju_app::Scope;
use anju_record::Value;
use anju_store::Query;

use crate::asking::Site;
use crate::forms::value;
use crate::prepared::{COUNTY, TODAY};

/// The first element that opens with these words, up to its end.
fn fragment<'a>(page: &'a str, open: &str, close: &str) -> &'a str {
    let from = page.find(open).unwrap_or_else(|| panic!("{open} is not in the page"));
    let to = page[from..].find(close).unwrap() + close.len();
    &page[from..from + to]
}

pub async fn a_rule_an_error_and_the_installation(site: &Site) {
    for (lang, name) in [("zh-CN", "zh"), ("en", "en")] {
        let page = site.get(&format!("/requirements/household_at_risk_visited?lang={lang}")).await;
        let rule = fragment(page.text(), "<div class=\"rule\">", "</div>");
        let at = rule.find(".toml:").unwrap() + ".toml:".len();
        let end = at + rule[at..].find('<').unwrap();
        insta::assert_snapshot!(format!("rule_{name}"), format!("{}LINE{}", &rule[..at], &rule[end..]));

        let page = site.get(&format!("/requirements/household_visted?lang={lang}")).await;
        insta::assert_snapshot!(
            format!("error_{name}"),
            fragment(page.text(), "<section class=\"panel error\">", "</section>")
        );

        let page = site.get(&format!("/about?lang={lang}")).await.text().to_owned();
        assert!(page.contains("2020-05-16"));
        assert!(page.contains(site.app.pack().hash.get(..16).unwrap()));
        for count in [site.app.pack().ledgers.len(), site.app.pack().requirements.len(), site.app.pack().figures.len()]
        {
            assert!(page.contains(&count.to_string()));
        }
    }
}

/// What a household earned in a year is told to the yuan, as its parts are: nobody adds up what is rounded.
pub async fn a_sum_of_money_is_the_sum(site: &Site) {
    let ledger = site.app.ledger("household_income").unwrap();
    let all = site.app.select(&Query::of(COUNTY, ledger, TODAY)).await.unwrap();
    let day = |year: &anju_record::Record| match value(site, year, "household_income", "counted_on") {
        Value::Date(day) => day,
        _ => i32::MIN,
    };
    let last = all.iter().map(day).max().unwrap();
    let known = all.iter().filter(|year| day(year) == last).find_map(|year| {
        let of = |field: &str| value(site, year, "household_income", field);
        match (of("household"), of("net_income")) {
            (Value::Id(home), Value::Int(fen)) if fen >= 1_000_000 && fen % 10_000_000 != 0 => Some((home, fen)),
            _ => None,
        }
    });
    let (home, fen) = known.expect("some household earned ten thousand yuan");
    let page = site.get(&format!("/households/{home}")).await.with(200);
    let sum = anju_ui::money_exact(anju_ui::Lang::Zh, fen).into_string();
    assert!(page.text().contains(&sum), "{sum}");
}

pub async fn numbers_agree_with_lists_and_files(site: &Site) {
    let app = &site.app;
    for id in ["household_visited", "household_stable_job", "site_facilities", "vacancy_matched"] {
        let ix = app.requirement(id).unwrap();
        let gaps = app.counts(ix, &Scope { area: COUNTY.into(), on: TODAY }).gap;
        let csv = site.get(&format!("/requirements/{id}/gaps.csv")).await.with(200);
        let mut lines = csv.text().trim_start_matches('\u{feff}').lines();
        assert_eq!(lines.next(), Some("subject_id,subject,area,place,have,need,owner,since,due_on"), "{id}");
        assert_eq!(lines.count(), gaps, "{id}");
        let page = site.get(&format!("/requirements/{id}")).await;
        assert!(
            page.text().contains(&anju_ui::grouped(i64::try_from(gaps).unwrap())),
            "{id}: {gaps} is not on the page"
        );
    }
    let bulletin = site.get("/bulletin").await;
    for number in ["8,113", "22,000", "2,822", "1,977", "1,363", "1,075"] {
        assert!(bulletin.text().contains(number), "{number} is not in the bulletin");
    }
}

pub async fn a_checkpoint_is_taken_away_as_it_is_read_back(site: &Site) {
    let app = site.app.actor.app();
    let newest = app.make_checkpoint(site.app.actor.who(), anju_app::Clock::System.now_ms()).await.unwrap();
    let people = site.app.actor.demo_accounts();
    let auditor = people.iter().find(|person| person.role_id == "audit_admin").unwrap().login.clone();
    let cookie = site.sign_in(&auditor).await;
    let answer = site.get_as(&cookie, "/journal/checkpoint.txt").await.with(200);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"checkpoint.txt\"");
    let read = anju_app::Checkpoint::parse(answer.text());
    assert_eq!(read.as_ref(), Some(&newest));
    assert!(newest.is_signed() && app.verify_against(&newest).await.unwrap().faults.is_empty());
}
