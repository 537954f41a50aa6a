//! Files in and out: what is asked of an export is answered or refused beside its field, and a sheet need not be named.

use anju_record::Lang;

use crate::asking::{Answer, OFFICE, Site};

async fn refused(site: &Site, query: &str, said: &str) -> Answer {
    let answer = site.get(&format!("/ledgers/household/export?{query}")).await.with(422);
    assert!(answer.text().contains(said), "{query}: “{said}” is not in {}", answer.text());
    assert!(answer.text().contains("aria-invalid=\"true\""), "{query}");
    answer
}

pub async fn what_is_asked_of_a_file_is_refused_beside_its_field(site: &Site) {
    let kept = "format=zzz&columns=all&report=1&title=Kept";
    let answer = refused(site, kept, "没有“zzz”这一项").await;
    for part in ["value=\"Kept\"", "<option value=\"all\" selected>", "name=\"report\" value=\"1\" checked"] {
        assert!(answer.text().contains(part), "{part} is lost: {}", answer.text());
    }
    refused(site, "format=csv&columns=zzz", "没有“zzz”这一项").await;
    refused(site, "format=csv&report=1", "报表只能用 Excel 工作簿").await;
    refused(site, &format!("format=xlsx&report=1&title={}", "x".repeat(3_000)), "有 3,000 个字，最多 500 个").await;
    refused(site, "format=zzz&lang=en", "“zzz” is none of these").await;
    site.get("/ledgers/household/export.csv?columns=zzz").await.with(400);
}

pub async fn an_export_that_can_be_made_is_led_to(site: &Site) {
    let asked = site.get("/ledgers/household/export?format=gb18030&columns=sheet").await.with(303);
    assert_eq!(asked.header("location"), "/ledgers/household/export.csv?columns=sheet&encoding=gb18030");
    let page = site.get("/ledgers/household/export").await.with(200);
    assert!(!page.text().contains("value=\"填报单位："), "the label says it already");
    let bytes = site.get("/ledgers/household/export.xlsx?report=1&title=T&unit=U&sign=S").await.with(200).bytes;
    assert_eq!(bytes.get(..2), Some(b"PK".as_slice()));
}

pub async fn a_sheet_need_not_be_named(site: &Site) {
    let page = site.get("/imports").await.with(200);
    assert!(page.text().contains("<option value=\"\" selected>按文件内容判断</option>"), "{}", page.text());
    let named = site.get("/imports?sheet=household_roster").await.with(200);
    let template = "/ledgers/person/template?sheet=household_roster";
    for part in ["<option value=\"household_roster\" selected>", template] {
        assert!(named.text().contains(part), "{part} is not in {}", named.text());
    }
    site.get(template).await.with(200);
    site.get("/ledgers/person/template?sheet=garden").await.with(404);
}

/// Whoever may not write visits is told so, and the file is taken for nothing else that they may write.
pub async fn a_kind_that_is_not_theirs_is_told(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let visit = site.app.pack().sheet_by_id("visit").unwrap();
    let bytes = anju_exchange::write::template(site.app.pack(), &visit, Lang::Zh, Vec::new()).unwrap();
    let page = site.hand_in_as(&office, "visits.xlsx", &bytes).await.with(422);
    assert!(page.text().contains("这是“入户走访”表，您没有填写权限"), "{}", page.text());
    assert!(!page.text().contains("visits.xlsx</a>"), "it was kept");
}

/// A page that is not read is told at the head of the sheet, with the way to read it.
pub async fn a_page_that_is_left_is_told_and_read(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let bytes = include_bytes!("../../../../app/tests/sheets/groups.xlsx");
    let path = site.hand_in_as(&office, "groups.xlsx", bytes).await.with(303).header("location").to_owned();
    let page = site.get_as(&office, &path).await.with(200);
    let (head, _) = page.text().split_once("class=\"stats").unwrap_or((page.text(), ""));
    assert!(head.contains("工作表“二组”没有读取（约 1 行）"), "{}", page.text());
    assert!(head.contains("name=\"grid\" value=\"1\""), "{head}");
    site.post_as(&office, &format!("{path}/reading"), "grid=1").await.with(303);
    let page = site.get_as(&office, &path).await.with(200);
    assert!(page.text().contains("工作表“一组”没有读取（约 2 行）"), "{}", page.text());
    site.post_as(&office, &format!("{path}/close"), "").await.with(303);
}
