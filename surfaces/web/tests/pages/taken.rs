//! A sheet that was imported: who took how much of it, and what stands against taking it back.

use anju_record::Value;
use anju_store::Query;
use axum::http::Method;
use uuid::Uuid;

use crate::asking::{Answer, OFFICE, OURS, Site};
use crate::forms::{stored, value, with};
use crate::prepared::{COUNTY, TODAY};

/// Hands a file in as one kind of sheet; gives the answer.
async fn hand_in(site: &Site, cookie: &str, kind: &str, text: &str) -> Answer {
    let part = |head: &str, body: &str| format!("--parts\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let body = [
        part("name=\"sheet\"", kind),
        part("name=\"area\"", COUNTY),
        part("name=\"file\"; filename=\"表.csv\"", text),
        "--parts--\r\n".to_owned(),
    ];
    let headers = [("content-type", "multipart/form-data; boundary=parts"), ("cookie", cookie), OURS];
    site.send(Method::POST, "/imports", &headers, &body.concat()).await
}

/// The page of a sheet once nothing of it is being taken.
async fn settled(site: &Site, cookie: &str, path: &str) -> Answer {
    for _ in 0..2_000 {
        let page = site.get_as(cookie, path).await.with(200);
        if page.header("refresh").is_empty() {
            return page;
        }
        tokio::task::yield_now().await;
    }
    panic!("{path} is still being taken");
}

/// A record by a text in one of its fields.
async fn made(site: &Site, ledger: &str, field: &str, text: &str) -> Uuid {
    let all = site.app.select(&Query::of(COUNTY, site.app.ledger(ledger).unwrap(), TODAY)).await.unwrap();
    all.iter().find(|it| value(site, it, ledger, field) == Value::Text(text.into())).unwrap().id
}

/// Whoever imported is called by name, and a record that was changed since is led to.
pub async fn an_import_names_people_and_what_was_changed_since(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let text = "姓名,工作单位,联系电话,到岗日期\n龘撤销,导入试单位,10012340001,2020-05-01\n";
    let handed = hand_in(site, &office, "cadre", text).await.with(303);
    let path = handed.header("location").to_owned();
    site.post_as(&office, &format!("{path}/take"), "").await.with(303);
    let page = settled(site, &office, &path).await;
    assert!(page.text().contains("周启航 导入 1 行") && !page.text().contains("xianban 导入"), "{}", page.text());
    assert!(!page.text().contains("（日志"), "numbers of the journal tell a clerk nothing");
    let id = made(site, "cadre", "name", "龘撤销").await;
    let version = stored(site, "cadre", id).await.version.to_string();
    let edit = with(Vec::new(), &[("version", version.as_str()), ("f.unit", "后来改的单位")]);
    site.post_as(&office, &format!("/records/cadre/{id}/edit"), &edit).await.with(303);
    let against = site.post_as(&office, &format!("{path}/undo"), "").await.with(409);
    let (_, told) = against.text().split_once("不能整份撤销：").unwrap();
    assert!(told.contains(&format!("href=\"/records/cadre/{id}\"")) && told.contains("工作单位"), "{told}");
    assert!(told.contains("· 周启航 ·"), "by whom");
}
