//! Forms over HTTP: what a browser sends back untouched changes nothing, what was typed is never lost, and everything works without scripts.

use anju_record::Value;
use anju_store::Query;
use uuid::Uuid;

use crate::asking::{Answer, OFFICE, Site};
use crate::prepared::{COUNTY, TODAY};

/// What a browser would send of a page's form: every named control with what stands in it.
fn controls(page: &str) -> Vec<(String, String)> {
    let form = page.split("<main").nth(1).unwrap().split("data-guard").nth(1).unwrap().split("</form>").next().unwrap();
    let mut sent = Vec::new();
    for tag in form.split('<').skip(1) {
        let (head, rest) = tag.split_once('>').unwrap();
        let value_of = |name: &str| {
            let (_, value) = head.split_once(&format!(" {name}=\""))?;
            Some(unescaped(value.split('"').next()?))
        };
        let Some(name) = value_of("name") else {
            if head.starts_with("option") && head.contains(" selected") {
                let last: &mut (String, String) = sent.last_mut().unwrap();
                last.1 = value_of("value").unwrap();
            }
            continue;
        };
        let kind = value_of("type").unwrap_or_default();
        match head.split(' ').next().unwrap() {
            "input" if kind == "file" => {}
            "input" if (kind == "checkbox" || kind == "radio") && !head.contains(" checked") => {}
            "textarea" => sent.push((name, unescaped(rest))),
            _ => sent.push((name, value_of("value").unwrap_or_default())),
        }
    }
    sent
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

pub fn form(pairs: &[(String, String)]) -> String {
    let one = |(name, value): &(String, String)| {
        let query = anju_ui::with_query("", [(name.as_str(), value.as_str())].into_iter());
        query.trim_start_matches('?').to_owned()
    };
    pairs.iter().map(one).collect::<Vec<_>>().join("&")
}

fn with(mut pairs: Vec<(String, String)>, changes: &[(&str, &str)]) -> String {
    for (name, value) in changes {
        match pairs.iter_mut().find(|(known, _)| known == name) {
            Some(pair) => (*value).clone_into(&mut pair.1),
            None => pairs.push(((*name).to_owned(), (*value).to_owned())),
        }
    }
    form(&pairs)
}

/// A living record of a ledger that the first account of the demo may change.
async fn some(site: &Site, ledger: &str) -> Uuid {
    let mut query = Query::of(COUNTY, site.app.ledger(ledger).unwrap(), TODAY);
    query.limit = Some(1);
    site.app.select(&query).await.unwrap().remove(0).id
}

pub fn value(site: &Site, record: &anju_record::Record, ledger: &str, field: &str) -> Value {
    let at = site.app.pack().ledger(site.app.ledger(ledger).unwrap()).field_by_id(field).unwrap();
    record.values[usize::from(at.0)].clone()
}

pub async fn stored(site: &Site, ledger: &str, id: Uuid) -> anju_record::Record {
    site.app.stored(site.app.ledger(ledger).unwrap(), id).await
}

fn leads_to(answer: &Answer, path: &str) {
    assert!(answer.header("location").starts_with(path), "{} leads to {}", answer.status, answer.header("location"));
}

/// Every ledger's form, sent back as it came, changes nothing: no mask, no rounding, no code's title is written.
pub async fn a_form_sent_back_untouched_changes_nothing(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let mut met = 0;
    for ix in site.app.pack().ledger_ixs() {
        let ledger = site.app.pack().ledger(ix).id.clone();
        let answer = site.get_as(&office, &format!("/ledgers/{ledger}/new")).await;
        if answer.status == 403 {
            continue;
        }
        answer.with(200);
        let id = some(site, &ledger).await;
        let before = stored(site, &ledger, id).await;
        let path = format!("/records/{ledger}/{id}/edit");
        let page = site.get_as(&office, &path).await.with(200);
        let sent = site.post_as(&office, &path, &form(&controls(page.text()))).await.with(303);
        assert!(sent.header("location").ends_with("?done=same"), "{ledger}: {}", sent.header("location"));
        assert_eq!(stored(site, &ledger, id).await, before, "{ledger}");
        met += 1;
    }
    assert!(met >= 12, "{met} ledgers are the office's to write");
}

pub async fn a_mask_is_never_written_back(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let id = some(site, "person").await;
    let before = stored(site, "person", id).await;
    let path = format!("/records/person/{id}/edit");
    let page = site.get_as(&office, &path).await.with(200);
    let Value::Text(number) = value(site, &before, "person", "id_number") else { panic!("it has a number") };
    let mask = format!("{}****{}****", &number[..2], &number[6..14]);
    assert!(page.text().contains(&mask) && !page.text().contains(&*number), "masked");
    let changes = [("f.name", "王<b>新</b>"), ("f.id_number", mask.as_str()), ("f.account", "evil")];
    site.post_as(&office, &path, &with(controls(page.text()), &changes)).await.with(303);
    let after = stored(site, "person", id).await;
    assert_eq!(value(site, &after, "person", "id_number"), Value::Text(number), "the number stands");
    assert_eq!(value(site, &after, "person", "account"), value(site, &before, "person", "account"));
    assert_eq!(value(site, &after, "person", "name"), Value::Text("王<b>新</b>".into()));
}

pub async fn what_was_typed_stays_with_its_faults(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let page = site.get_as(&office, "/ledgers/person/new").await.with(200);
    let typed = [
        ("f.household", "no such household"),
        ("f.name", "<script>alert(1)</script>"),
        ("f.kinship", "nonsense"),
        ("f.id_number", "990000190001010000"),
        ("f.born_on", "someday"),
        ("f.phone", "telephone"),
        ("f.lives_here", "maybe"),
    ];
    let answer = site.post_as(&office, "/ledgers/person/new", &with(controls(page.text()), &typed)).await.with(422);
    let text = answer.text();
    assert!(text.contains("role=\"alert\"") && text.contains("href=\"#f.household\""), "the head says what is wrong");
    assert_eq!(text.matches(" autofocus").count(), 1, "the first that is wrong has the focus");
    for (_, words) in typed.iter().filter(|(_, words)| !words.contains('<')) {
        assert!(text.contains(words), "“{words}” is lost");
    }
    assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(text.contains("data-guard=\"changed\""), "leaving it would lose it");
    let again = controls(text);
    assert!(again.iter().any(|(name, value)| name == "f.born_on" && value == "someday"), "{again:?}");
    // And in English, with no ledger of that name, and out of reach.
    let english = site.post_as(&office, "/ledgers/person/new?lang=en", &form(&again)).await.with(422);
    assert!(english.text().contains("is not a date"));
    site.get_as(&office, "/ledgers/nothing/new").await.with(400);
    let leader = site.sign_in("zhenling").await;
    site.get_as(&leader, "/ledgers/person/new").await.with(403);
    site.post_as(&leader, "/ledgers/person/new", "f.name=x").await.with(403);
}

pub async fn two_people_choose_field_by_field(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let id = some(site, "cadre").await;
    let path = format!("/records/cadre/{id}/edit");
    let mine = controls(site.get_as(&office, &path).await.with(200).text());
    let theirs = mine.clone();
    site.post_as(&office, &path, &with(theirs, &[("f.duty", "主任"), ("f.unit", "他处")])).await.with(303);
    let answer = site.post_as(&office, &path, &with(mine, &[("f.duty", "副主任")])).await.with(409);
    let again = controls(answer.text());
    assert!(answer.text().contains("name=\"choice.duty\"") && !answer.text().contains("name=\"choice.unit\""));
    assert!(again.contains(&("f.duty".into(), "副主任".into())) && again.contains(&("f.unit".into(), "他处".into())));
    site.post_as(&office, &path, &form(&again)).await.with(409);
    site.post_as(&office, &path, &with(again, &[("choice.duty", "mine")])).await.with(303);
    let stands = stored(site, "cadre", id).await;
    assert_eq!(value(site, &stands, "cadre", "duty"), Value::Text("副主任".into()));
    assert_eq!(value(site, &stands, "cadre", "unit"), Value::Text("他处".into()));
}

pub async fn a_record_goes_and_comes_back(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let household = some(site, "household").await;
    let path = format!("/records/household/{household}/delete");
    let version = stored(site, "household", household).await.version.to_string();
    let asked = with(Vec::new(), &[("version", version.as_str()), ("reason", "重复建档")]);
    let refused = site.post_as(&office, &path, &asked).await.with(409);
    assert!(refused.text().contains("家庭成员"), "what refers to it is named");
    let check = some(site, "risk_check").await;
    let version = stored(site, "risk_check", check).await.version.to_string();
    let path = format!("/records/risk_check/{check}");
    let gone = site
        .post_as(
            &office,
            &format!("{path}/delete"),
            &with(Vec::new(), &[("version", &version), ("reason", "填错了户")]),
        )
        .await
        .with(303);
    leads_to(&gone, &format!("{path}/restore"));
    site.get_as(&office, &path).await.with(404);
    let page = site.get_as(&office, &format!("{path}/restore")).await.with(200);
    assert!(page.text().contains("填错了户") && page.text().contains(OFFICE));
    site.post_as(&office, &format!("{path}/restore"), "reason=").await.with(422);
    let back = site.post_as(&office, &format!("{path}/restore"), "reason=%E6%B2%A1%E6%9C%89%E9%94%99").await.with(303);
    leads_to(&back, &path);
    site.get_as(&office, &path).await.with(200);
    site.get_as(&office, &format!("{path}/restore")).await.with(404);
}

pub async fn a_preview_is_what_happens(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let mut query = Query::of(COUNTY, site.app.ledger("dwelling").unwrap(), TODAY);
    query.limit = Some(5);
    let ids: Vec<Uuid> = site.app.select(&query).await.unwrap().iter().map(|record| record.id).collect();
    let listed = ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(" ");
    let choose =
        site.post_as(&office, "/ledgers/dwelling/bulk", &with(Vec::new(), &[("ids", &listed)])).await.with(200);
    assert!(
        choose.text().contains("name=\"field\"") && !choose.text().contains("hand-over"),
        "a dwelling has no period"
    );
    let base = [("ids", listed.as_str()), ("field", "rooms"), ("how", "set")];
    let value_page = site.post_as(&office, "/ledgers/dwelling/bulk", &with(Vec::new(), &base)).await.with(200);
    assert!(value_page.text().contains("name=\"f.rooms\""));
    let wrong = [&base[..], &[("f.rooms", "99")]].concat();
    site.post_as(&office, "/ledgers/dwelling/bulk", &with(Vec::new(), &wrong)).await.with(422);
    let nonsense = [&base[..], &[("f.rooms", "many")]].concat();
    let told = site.post_as(&office, "/ledgers/dwelling/bulk", &with(Vec::new(), &nonsense)).await.with(422);
    assert!(told.text().contains("many"));
    let right = [&base[..], &[("f.rooms", "29")]].concat();
    let preview = site.post_as(&office, "/ledgers/dwelling/bulk", &with(Vec::new(), &right)).await.with(200);
    let shown = preview.text().split("name=\"shown\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let all = [&right[..], &[("step", "do"), ("shown", shown), ("reason", "统一补录")]].concat();
    let stale = [&right[..], &[("step", "do"), ("shown", "x"), ("reason", "统一补录")]].concat();
    site.post_as(&office, "/ledgers/dwelling/bulk", &with(Vec::new(), &stale)).await.with(409);
    for id in &ids {
        assert_ne!(value(site, &stored(site, "dwelling", *id).await, "dwelling", "rooms"), Value::Int(29));
    }
    site.post_as(&office, "/ledgers/dwelling/bulk", &with(Vec::new(), &all)).await.with(200);
    for id in &ids {
        assert_eq!(value(site, &stored(site, "dwelling", *id).await, "dwelling", "rooms"), Value::Int(29));
    }
    let found = site.get_as(&office, "/ledgers/pairing/bulk?area=610923100").await.with(200);
    assert!(found.text().contains("hand-over"), "a pairing may be handed over");
    site.get_as(&office, "/ledgers/person/bulk").await.with(200);
}

pub async fn a_mistake_is_told_and_mended(site: &Site) {
    let (cadre, office) = (site.sign_in("bangfuganbu").await, site.sign_in(OFFICE).await);
    let page = site.get_as(&cadre, "/").await.with(200);
    let file =
        page.text().split("href=\"/households/").nth(1).unwrap().split(['"', '?', '/']).next().unwrap().to_owned();
    let path = format!("/records/household/{file}/correct");
    site.get_as(&cadre, &path).await.with(200);
    site.post_as(&cadre, &path, "field=remark&wrong=").await.with(422);
    let told = with(Vec::new(), &[("field", "remark"), ("wrong", "备注写成了邻居家的"), ("suggested", "独居老人")]);
    site.post_as(&cadre, &path, &told).await.with(303);
    let list = site.get_as(&office, "/corrections").await.with(200);
    assert!(list.text().contains("备注写成了邻居家的"));
    let here = format!("href=\"/records/household/{file}/edit?correction=");
    let id = list.text().split(&here).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let edit = format!("/records/household/{file}/edit");
    let page = site.get_as(&office, &format!("{edit}?correction={id}")).await.with(200);
    let sent = controls(page.text());
    assert!(sent.contains(&("f.remark".into(), "独居老人".into())), "the suggestion stands in the form");
    site.post_as(&office, &edit, &form(&sent)).await.with(303);
    let after = stored(site, "household", file.parse().unwrap()).await;
    assert_eq!(value(site, &after, "household", "remark"), Value::Text("独居老人".into()));
    let own = site.get_as(&cadre, "/corrections").await.with(200);
    assert!(own.text().contains("已更正"), "the teller sees the answer");
    let resident = site.sign_in("laowu").await;
    assert!(!site.get_as(&resident, "/corrections").await.text().contains("备注写成了邻居家的"));
}

pub async fn a_visit_takes_four_fields(site: &Site) {
    let cadre = site.sign_in("bangfuganbu").await;
    let page = site.get_as(&cadre, "/").await.with(200);
    let file =
        page.text().split("href=\"/households/").nth(1).unwrap().split(['"', '?', '/']).next().unwrap().to_owned();
    let record = site.get_as(&cadre, &format!("/households/{file}")).await.with(200);
    let way = format!("/ledgers/visit/new?household={file}");
    assert!(record.text().contains(&format!("href=\"{way}\"")), "the file leads to a new visit");
    let page = site.get_as(&cadre, &way).await.with(200);
    let filled = [("f.way", "home"), ("f.met", "户主"), ("f.findings", "一切正常")];
    let sent = site.post_as(&cadre, "/ledgers/visit/new", &with(controls(page.text()), &filled)).await.with(303);
    leads_to(&sent, "/records/visit/");
    let choices = site.get_as(&cadre, "/records/cadre/choices?q=").await.with(200);
    assert!(choices.text().starts_with("[{"), "{}", choices.text());
}
