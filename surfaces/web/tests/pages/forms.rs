//! Forms over HTTP: what a browser sends back untouched changes nothing, what was typed is never lost, and everything works without scripts.

use anju_record::Value;
use anju_store::Query;
use uuid::Uuid;

use crate::asking::{Answer, OFFICE, Site};
use crate::prepared::{COUNTY, TODAY};

/// What a browser would send of a page's form: every named control with what stands in it.
pub fn controls(page: &str) -> Vec<(String, String)> {
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

pub fn with(mut pairs: Vec<(String, String)>, changes: &[(&str, &str)]) -> String {
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
        let has_own_page = ["household", "household_event"].contains(&ledger.as_str());
        answer.with(if has_own_page { 303 } else { 200 });
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

pub async fn units_are_told_in_words(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let form = format!("/records/dwelling/{}/edit", some(site, "dwelling").await);
    for (path, told) in [
        (form.clone(), "单位：平方米"),
        (format!("{form}?lang=en"), "In m²"),
        ("/ledgers/dwelling".to_owned(), "数字 平方米"),
        ("/ledgers/dwelling?lang=en".to_owned(), "number m²"),
    ] {
        let page = site.get_as(&office, &path).await.with(200);
        assert!(page.text().contains(told), "{path}: {told}");
    }
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

/// The new form of a member, filled in but for these.
async fn member(site: &Site, office: &str, changes: &[(&str, &str)]) -> String {
    let page = site.get_as(office, "/ledgers/person/new").await.with(200);
    let filled = [
        ("f.name", "欧阳选定"),
        ("f.kinship", "99"),
        ("f.sex", "1"),
        ("f.born_on", "1990-01-02"),
        ("f.work_ability", "ordinary"),
        ("f.political_status", "13"),
        ("f.joined_on", "2020-05-10"),
    ];
    with(controls(page.text()), &[&filled[..], changes].concat())
}

/// The id of the record to which a saved form led.
fn led(answer: &Answer, ledger: &str) -> Uuid {
    answer.header("location").split(&format!("/records/{ledger}/")).nth(1).unwrap()[..36].parse().unwrap()
}

/// Words that mean many records: the line stays as it was typed, what it may mean stands below it, and it is said that there are more.
pub async fn one_of_several_is_chosen_and_the_line_stays(site: &Site) {
    let (office, path) = (site.sign_in(OFFICE).await, "/ledgers/person/new");
    let sent = member(site, &office, &[("f.household", "王")]).await;
    let told = site.post_as(&office, path, &sent).await.with(422);
    let text = told.text();
    assert!(text.contains("超过 20 条") && text.contains("前 20 条"), "there are more than are shown");
    let again = controls(text);
    assert!(
        again.contains(&("f.household".into(), "王".into())) && text.contains("list=\"l.household\""),
        "the line stays"
    );
    let picks = text.split("name=\"pick.household\"").nth(1).unwrap().split("</select>").next().unwrap();
    let picks: Vec<&str> = picks.split("value=\"").skip(1).map(|part| part.split('"').next().unwrap()).collect();
    assert_eq!((picks.len(), picks[0]), (21, ""), "none is chosen for them");
    // Whoever types on is asked again, and a choice wins.
    let other = site.post_as(&office, path, &with(again.clone(), &[("f.household", "没有这一户")])).await.with(422);
    assert!(other.text().contains("没有这一户") && !other.text().contains("name=\"pick.household\""));
    let saved = site.post_as(&office, path, &with(again, &[("pick.household", picks[3])])).await.with(303);
    let household = value(site, &stored(site, "person", led(&saved, "person")).await, "person", "household");
    assert_eq!(household, Value::Id(picks[3].parse().unwrap()));
}

/// As in a sheet: what the number says need not be typed, and what was typed stands.
pub async fn an_id_number_tells_birth_and_sex(site: &Site) {
    let (office, path) = (site.sign_in(OFFICE).await, "/ledgers/person/new");
    let home = some(site, "household").await.to_string();
    let page = site.get_as(&office, path).await.with(200);
    let line = page.text().split("name=\"f.born_on\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(!line.contains("required") && page.text().contains("填了身份证号的可以不填"), "{line}");
    let blank = [("f.household", home.as_str()), ("f.name", "欧阳有证"), ("f.sex", ""), ("f.born_on", "")];
    let neither = site.post_as(&office, path, &member(site, &office, &blank).await).await.with(422);
    assert!(neither.text().contains("href=\"#f.born_on\"") && neither.text().contains("href=\"#f.sex\""));
    let numbered = [&blank[..], &[("f.id_number", "11010519491231002X")]].concat();
    let saved = site.post_as(&office, path, &member(site, &office, &numbered).await).await.with(303);
    let record = stored(site, "person", led(&saved, "person")).await;
    assert_eq!(anju_record::kind::plain(&value(site, &record, "person", "born_on")), "1949-12-31");
    assert_eq!(value(site, &record, "person", "sex"), Value::Text("2".into()));
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
    assert_eq!(refused.text().matches("role=\"alert\"").count(), 1, "one cause");
    let list = refused.text().split("href=\"/ledgers/person?has.household=").nth(1).expect("a list of them");
    let list = unescaped(list.split('"').next().unwrap());
    let list = site.get_as(&office, &format!("/ledgers/person?has.household={list}")).await.with(200);
    assert!(list.text().contains("/records/person/"));
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
    leads_to(&site.get_as(&office, &path).await.with(303), &format!("{path}/restore"));
    let taken = site.get_as(&office, "/ledgers/risk_check?deleted=1").await.with(200);
    assert!(taken.text().contains(&format!("href=\"{path}/restore\"")), "the list leads to the way back");
    let page = site.get_as(&office, &format!("{path}/restore")).await.with(200);
    assert!(page.text().contains("填错了户") && page.text().contains("周启航 于"), "by whom, by name");
    let again = with(Vec::new(), &[("version", &version), ("reason", "填错了户")]);
    let again = site.post_as(&office, &format!("{path}/delete"), &again).await.with(303);
    leads_to(&again, &format!("{path}/restore?done=gone"));
    let told = site.get_as(&office, again.header("location")).await.with(200);
    assert!(told.text().contains("此记录已经删除"));
    site.post_as(&office, &format!("{path}/restore"), "reason=").await.with(422);
    let back = site.post_as(&office, &format!("{path}/restore"), "reason=%E6%B2%A1%E6%9C%89%E9%94%99").await.with(303);
    leads_to(&back, &path);
    let again = site.post_as(&office, &format!("{path}/restore"), "reason=%E6%B2%A1%E6%9C%89%E9%94%99").await.with(303);
    assert!(again.header("location").ends_with("?done=stands"), "{}", again.header("location"));
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
    let twice = site.post_as(&office, "/ledgers/dwelling/bulk", &with(Vec::new(), &all)).await.with(200);
    assert!(twice.text().contains("没有重复写入"), "pressed twice");
    for id in &ids {
        assert_eq!(value(site, &stored(site, "dwelling", *id).await, "dwelling", "rooms"), Value::Int(29));
    }
    let found = site.get_as(&office, "/ledgers/pairing/bulk?area=610923100").await.with(200);
    assert!(found.text().contains("hand-over"), "a pairing may be handed over");
    site.get_as(&office, "/ledgers/person/bulk").await.with(200);
}

pub async fn a_bulk_change_empties_nothing_by_itself(site: &Site) {
    let (office, way) = (site.sign_in(OFFICE).await, "/ledgers/person/bulk");
    let ids = some(site, "person").await;
    let listed = ids.to_string();
    let base = [("ids", listed.as_str()), ("field", "marital"), ("how", "set")];
    let sent = |more: &[(&str, &str)]| with(Vec::new(), &[&base[..], more].concat());
    let page = site.post_as(&office, way, &sent(&[])).await.with(200);
    let control = page.text().split("id=\"f.marital\"").nth(1).unwrap().split("</select>").next().unwrap();
    assert!(control.contains("请选择") && !control.contains("未填"), "{control}");
    let unsaid = site.post_as(&office, way, &sent(&[("f.marital", "")])).await.with(422);
    assert!(unsaid.text().contains("请选择或填写新的值"));
    site.post_as(&office, way, &sent(&[("f.marital", "20"), ("clear.marital", "on")])).await.with(422);
    let clear = [("f.marital", ""), ("clear.marital", "on")];
    let preview = site.post_as(&office, way, &sent(&clear)).await.with(200);
    assert!(preview.text().contains("name=\"clear.marital\"") && preview.text().contains("2 至 200 字"));
    let back = [&clear[..], &[("back", "1"), ("reason", "记得这句")]].concat();
    let back = site.post_as(&office, way, &sent(&back)).await.with(200);
    assert!(back.text().contains("checked") && back.text().contains("value=\"记得这句\""), "nothing is lost");
    let english = format!("{way}?lang=en");
    let preview = site.post_as(&office, &english, &sent(&[("f.marital", "20")])).await.with(200);
    assert!(preview.text().contains("Married") && !preview.text().contains("已婚"));
}

/// A day of birth that the ID number contradicts is told in its row, and asked about as in the form; then it can be taken back.
pub async fn what_is_doubtful_in_many_records_is_compared_first(site: &Site) {
    let (office, way) = (site.sign_in(OFFICE).await, "/ledgers/person/bulk");
    let ids: Vec<Uuid> = {
        let mut query = Query::of(COUNTY, site.app.ledger("person").unwrap(), TODAY);
        query.limit = Some(50);
        let all = site.app.select(&query).await.unwrap();
        let numbered = all.iter().filter(|record| value(site, record, "person", "id_number") != Value::Null);
        numbered.take(2).map(|record| record.id).collect()
    };
    let listed = ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(" ");
    let base = [("ids", listed.as_str()), ("field", "born_on"), ("how", "set"), ("f.born_on", "1999-01-01")];
    let born = async |id: Uuid| value(site, &stored(site, "person", id).await, "person", "born_on");
    let before = [born(ids[0]).await, born(ids[1]).await];
    let preview = site.post_as(&office, way, &with(Vec::new(), &base)).await.with(200);
    assert_eq!(preview.text().matches("与身份证号中的出生日期").count(), 2, "{}", preview.text());
    let word = |name: &str| {
        let tag = preview.text().split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        tag.split('"').next().unwrap().to_owned()
    };
    let (shown, compared) = (word("shown"), word("compared"));
    let all = [&base[..], &[("step", "do"), ("shown", shown.as_str()), ("reason", "统一补录")]].concat();
    let unsaid = site.post_as(&office, way, &with(Vec::new(), &all)).await.with(422);
    assert!(unsaid.text().contains("id=\"compared-says\"") && unsaid.text().contains("统一补录"));
    assert_eq!([born(ids[0]).await, born(ids[1]).await], before, "nothing is written unasked");
    let all = [&all[..], &[("compared", compared.as_str())]].concat();
    let done = site.post_as(&office, way, &with(Vec::new(), &all)).await.with(200);
    assert!(ids.iter().all(|id| done.text().contains(&format!("/records/person/{id}"))), "what changed is led to");
    let day = Value::Date(anju_record::day::parse("1999-01-01").unwrap());
    assert_eq!([born(ids[0]).await, born(ids[1]).await], [day.clone(), day]);
    let back = |reason: &str| {
        let back = [("ids", listed.as_str()), ("step", "undo"), ("shown", shown.as_str()), ("reason", reason)];
        with(Vec::new(), &back)
    };
    site.post_as(&office, way, &back("")).await.with(422);
    site.post_as(&office, way, &back("改错了")).await.with(200);
    assert_eq!([born(ids[0]).await, born(ids[1]).await], before, "as it stood");
    let again = site.post_as(&office, way, &back("改错了")).await.with(200);
    assert!(again.text().contains("此前已经撤销"));
}

/// A person keeps one record for life (ADR 11): ending it and beginning a copy would make two of one.
pub async fn only_what_nothing_refers_to_is_handed_over(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (person, household) = (some(site, "person").await, some(site, "household").await);
    let (id, into) = (person.to_string(), household.to_string());
    for (ledger, id) in [("person", &id), ("household", &into)] {
        let way = format!("/ledgers/{ledger}/bulk");
        let page = site.post_as(&office, &way, &with(Vec::new(), &[("ids", id)])).await.with(200);
        assert!(page.text().contains("name=\"field\"") && !page.text().contains("value=\"hand-over\""), "{ledger}");
    }
    let ledger = site.app.ledger("person").unwrap();
    let people = || async { site.app.select(&Query::of(COUNTY, ledger, TODAY)).await.unwrap().len() };
    let (before, many) = (stored(site, "person", person).await, people().await);
    let forged = [("ids", id.as_str()), ("field", "marital"), ("how", "hand-over"), ("from", "2020-05-17")];
    let forged = [&forged[..], &[("f.marital", "10")]].concat();
    let refused = site.post_as(&office, "/ledgers/person/bulk", &with(Vec::new(), &forged)).await.with(422);
    assert!(refused.text().contains("本台账的记录不移交"));
    let forged = [&forged[..], &[("step", "do"), ("shown", "x"), ("reason", "统一移交")]].concat();
    site.post_as(&office, "/ledgers/person/bulk", &with(Vec::new(), &forged)).await.with(422);
    assert_eq!((stored(site, "person", person).await, people().await), (before, many), "nothing was written");

    let pairing = site.app.ledger("pairing").unwrap();
    let ends = site.app.pack().ledger(pairing).field_by_id("ended_on").unwrap();
    let mut query = Query::of(COUNTY, pairing, TODAY);
    query.equals.push((ends, Value::Null));
    query.limit = Some(1);
    let open = site.app.select(&query).await.unwrap().remove(0);
    let Value::Id(now) = value(site, &open, "pairing", "cadre") else { panic!("it has a cadre") };
    let cadres = site.app.select(&Query::of(COUNTY, site.app.ledger("cadre").unwrap(), TODAY)).await.unwrap();
    let other = cadres.iter().find(|cadre| cadre.id != now).unwrap().id.to_string();
    let open = open.id.to_string();
    let over = [("ids", open.as_str()), ("field", "cadre"), ("how", "hand-over"), ("f.cadre", other.as_str())];
    let shown = [&over[..], &[("from", "2020-05-17")]].concat();
    let shown = site.post_as(&office, "/ledgers/pairing/bulk", &with(Vec::new(), &shown)).await.with(200);
    assert!(shown.text().contains("截止 2020-05-16") && shown.text().contains("自 2020-05-17 起"), "{}", shown.text());
    let late = [&over[..], &[("from", "2022-05-17")]].concat();
    let late = site.post_as(&office, "/ledgers/pairing/bulk", &with(Vec::new(), &late)).await.with(422);
    assert!(late.text().contains("不能晚于"));
}

/// As a file shows it, and as people write it: no other building's dwelling is taken for it.
pub async fn a_dwelling_is_found_by_its_whole_name(site: &Site) {
    let actor = &site.app.actor;
    let dwelling = site.app.ledger("dwelling").unwrap();
    let mut query = Query::of(COUNTY, dwelling, TODAY);
    query.limit = Some(60);
    let ids: Vec<Uuid> = site.app.select(&query).await.unwrap().iter().map(|record| record.id).collect();
    let names = actor.labels(dwelling, &ids).await.unwrap();
    for (id, name) in &names {
        let dotted = name.split_whitespace().collect::<Vec<_>>().join(" · ");
        for typed in [name, &dotted] {
            assert_eq!(actor.resolve(dwelling, typed).await.unwrap(), anju_app::Resolved::One(*id), "{typed}");
        }
    }
    let site_name = names[&ids[0]].split_whitespace().next().unwrap();
    assert!(!actor.choices(dwelling, site_name).await.unwrap().is_empty(), "{site_name}");
}

pub async fn what_is_said_twice_is_said_once(site: &Site) {
    let (cadre, office) = (site.sign_in("bangfuganbu").await, site.sign_in(OFFICE).await);
    let page = site.get_as(&cadre, "/").await.with(200);
    let file =
        page.text().split("href=\"/households/").nth(1).unwrap().split(['"', '?', '/']).next().unwrap().to_owned();
    let path = format!("/records/household/{file}/correct");
    let page = site.get_as(&cadre, &path).await.with(200);
    let key = page.text().split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let told = |suggested| {
        let typed = [("key", key.as_str()), ("field", "remark"), ("wrong", "这句话只说一次"), ("suggested", suggested)];
        with(Vec::new(), &typed)
    };
    for _ in 0..2 {
        site.post_as(&cadre, &path, &told("新备注")).await.with(303);
    }
    let list = site.get_as(&office, "/corrections").await.with(200);
    assert_eq!(list.text().matches("这句话只说一次").count(), 1);
    let id = list.text().split("这句话只说一次").nth(1).unwrap();
    let id = id.split("/corrections/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let decline = format!("/corrections/{id}/decline");
    let answer = with(Vec::new(), &[("answer", "与户口本一致")]);
    site.post_as(&office, &decline, &answer).await.with(303);
    let again = site.post_as(&office, &decline, &answer).await.with(409);
    assert!(again.text().contains("已由周启航答复：与户口本一致"), "by whom, by name");
    let person = some(site, "person").await;
    let path = format!("/records/person/{person}/correct");
    let wrong = [("field", "born_on"), ("wrong", "生日不对"), ("suggested", "不是日期")];
    let page = site.post_as(&office, &path, &with(Vec::new(), &wrong)).await.with(422);
    assert!(page.text().contains("“不是日期”不是日期") && page.text().contains("生日不对"));
}

pub async fn a_form_that_is_too_large_is_told_on_a_page(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let large = format!("ids={}", "0".repeat(600 << 10));
    let file = some(site, "household").await;
    for path in ["/ledgers/person/bulk".to_owned(), format!("/households/{file}/life/departure")] {
        let page = site.post_as(&office, &path, &large).await.with(413);
        assert!(page.is_page() && page.text().contains("一次最多 512 KB"), "{path}");
    }
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

/// Another deletes the record while its form is filled in: what was typed is not lost, and it is said what became of the record.
pub async fn what_was_typed_for_a_deleted_record_is_shown(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let check = some(site, "risk_check").await;
    let path = format!("/records/risk_check/{check}");
    let mine = controls(site.get_as(&office, &format!("{path}/edit")).await.with(200).text());
    let version = stored(site, "risk_check", check).await.version.to_string();
    let delete = format!("{path}/delete");
    let page = site.get_as(&office, &delete).await.with(200);
    assert!(page.text().contains("maxlength=\"200\""), "the box takes what is taken");
    let gone = with(Vec::new(), &[("version", &version), ("reason", "重复登记了")]);
    site.post_as(&office, &delete, &gone).await.with(303);
    let typed = with(mine, &[("f.findings", "屋顶<漏雨>，已报修"), ("f.found_risk", "true")]);
    let told = site.post_as(&office, &format!("{path}/edit"), &typed).await.with(410);
    for words in ["屋顶&lt;漏雨&gt;，已报修", "重复登记了", "周启航 于", &format!("href=\"{path}/restore\"")]
    {
        assert!(told.text().contains(words), "{words}: {}", told.text());
    }
    for address in [path.clone(), format!("{path}/edit")] {
        leads_to(&site.get_as(&office, &address).await.with(303), &format!("{path}/restore"));
    }
    // Whoever may not bring it back is told nothing of it.
    let leader = site.sign_in("zhenling").await;
    site.get_as(&leader, &path).await.with(404);
    site.post_as(&office, &format!("{path}/restore"), "reason=%E6%B2%A1%E6%9C%89%E9%94%99").await.with(303);
}
