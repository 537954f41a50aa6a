//! What is wrong is told as a page: what happened, to which value, and how to mend it. Never the value as markup.

use axum::http::Method;

use crate::asking::{Answer, Site};

const HOSTILE: &str = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
const ESCAPED: &str = "&lt;script&gt;alert(1)";

const MENDS: [(&str, &str); 2] = [("zh-CN", "怎么办"), ("en", "What to do")];

async fn told(site: &Site, path: &str, status: u16, value: &str) {
    let joint = if path.contains('?') { '&' } else { '?' };
    for (lang, mend) in MENDS {
        let answer = site.get(&format!("{path}{joint}lang={lang}")).await.with(status);
        helps(&answer, path, value, mend);
    }
}

fn helps(answer: &Answer, path: &str, value: &str, mend: &str) {
    let page = answer.text();
    assert!(answer.is_page(), "{path}");
    assert!(page.contains("class=\"panel error\""), "{path} is no page of an error");
    assert!(page.contains(value), "{path}: “{value}” is not told");
    assert!(!page.contains("<script>"), "{path}");
    let told = page.split("class=\"panel error\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(
        told.contains(&format!("<b>{mend}</b>")) && told.contains("href=\""),
        "{path}: no mend and no way on in {told}"
    );
    assert!(
        !page.contains("panicked") && !page.contains("SELECT") && !page.contains(".rs:"),
        "{path} tells of the inside"
    );
}

pub async fn what_is_not_there_is_a_page_that_helps(site: &Site) {
    told(site, "/nowhere", 404, "/nowhere").await;
    told(site, "/households/12345", 404, "12345").await;
    told(site, "/households/00000000-0000-0000-0000-000000000000", 404, "00000000-0000-0000-0000-000000000000").await;
    told(site, "/records/visit/00000000-0000-0000-0000-000000000000", 404, "00000000").await;
    told(site, "/sites/610923999999999", 404, "610923999999999").await;
    told(site, "/requirements/zzz", 404, "zzz").await;
    told(site, "/figures/zzz", 404, "zzz").await;
    told(site, "/ledgers/zzz", 404, "zzz").await;
    told(site, "/mechanisms/zzz", 404, "zzz").await;
    told(site, "/?area=999999", 404, "999999").await;
    for (lang, words) in [("zh-CN", "没有这个导入"), ("en", "There is no such import")] {
        assert!(site.get(&format!("/imports/123?lang={lang}")).await.with(404).text().contains(words), "{words}");
    }
    for place in
        ["/households/", "/sites/", "/requirements/", "/figures/", "/ledgers/", "/mechanisms/", "/records/visit/"]
    {
        told(site, &format!("{place}{HOSTILE}"), 404, ESCAPED).await;
    }
    told(site, &format!("/nowhere/{HOSTILE}"), 404, HOSTILE).await;
    told(site, &format!("/requirements/{HOSTILE}/gaps.csv"), 404, ESCAPED).await;
    told(site, &format!("/ledgers/{HOSTILE}/export.csv"), 404, ESCAPED).await;
    for path in [
        "/",
        "/mechanisms",
        "/requirements/household_visited",
        "/figures/site_count",
        "/bulletin",
        "/sites",
        "/households",
        "/ledgers",
        "/ledgers/person",
    ] {
        told(site, &format!("{path}?area={HOSTILE}"), 404, ESCAPED).await;
    }
}

pub async fn a_wrong_question_is_told_with_its_mend(site: &Site) {
    told(site, "/requirements/household_visted", 400, "household_visited").await;
    told(site, "/ledgers/housholds", 400, "household").await;
    told(site, "/figures/site_cuont", 400, "site_count").await;
    for path in ["/", "/requirements/household_visited", "/mechanisms/party", "/sites"] {
        told(site, &format!("{path}?on={HOSTILE}"), 400, ESCAPED).await;
        told(site, &format!("{path}?on=2020-02-30"), 400, "2020-02-30").await;
    }
    told(site, "/bulletin?from=2020-05-01&to=2020-01-01", 400, "2020-05-01").await;
    told(site, &format!("/bulletin?from={HOSTILE}&to=2020-01-01"), 400, ESCAPED).await;
}

pub async fn odd_numbers_and_methods_break_nothing(site: &Site) {
    for page in ["0", "-1", "99999999", "18446744073709551616", "abc", HOSTILE] {
        for path in ["/ledgers/person", "/households", "/requirements/household_visited"] {
            let answer = site.get(&format!("{path}?page={page}")).await.with(200);
            assert!(!answer.text().contains("<script>"), "{path} page {page}");
        }
    }
    for path in ["/households", "/ledgers/person"] {
        let answer = site.get(&format!("{path}?q={HOSTILE}")).await.with(200);
        assert!(answer.text().contains("&lt;script&gt;"), "{path} shows what was searched");
        for q in ["%25", "_", "%27%3B%20DROP%20TABLE%20person%3B--", "%00", "%FF%FE", "%F0%9F%A6%8A"] {
            site.get(&format!("{path}?q={q}")).await.with(200);
        }
    }
    for show in ["nonsense", HOSTILE] {
        site.get(&format!("/requirements/household_visited?show={show}")).await.with(200);
    }
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        site.ask(method, "/", &[]).await.with(405);
    }
    site.ask(Method::HEAD, "/", &[]).await.with(200);
    for path in ["/requirements/%FF", "/households/%FF"] {
        let answer = site.get(path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
}
