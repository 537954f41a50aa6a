//! The demo's people: one account for each kind of user. Those who see rows of their own are linked to a synthetic record of the county
//! by its `account` field.

use anju_pack::{LedgerIx, Pack};
use anju_record::{Record, Value};
use uuid::Uuid;

/// Somebody who signs in to the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// What they sign in with.
    pub login: &'static str,
    /// What they are called.
    pub name: &'static str,
    /// Id of their role.
    pub role: &'static str,
    /// Code of the place.
    pub area: &'static str,
}

/// The password that all of them share; the sign-in page of the demo gives it away.
pub const PASSWORD: &str = "Anju-demo-2020";

const COUNTY: &str = "610923";

const fn person(login: &'static str, name: &'static str, role: &'static str, area: &'static str) -> Person {
    Person { login, name, role, area }
}

/// Everybody, in the order of the sign-in page.
pub const PEOPLE: [Person; 21] = [
    person("xianban", "周启航", "county_office", COUNTY),
    person("dangjian", "吴秀兰", "party_lead", COUNTY),
    person("jiuye", "马立新", "employment_lead", COUNTY),
    person("chanye", "何丽华", "industry_lead", COUNTY),
    person("zhili", "郭建平", "governance_lead", COUNTY),
    person("bangfu", "罗春梅", "assistance_lead", COUNTY),
    person("zhenling", "高志远", "town_leader", TOWN),
    person("zhenban", "唐晓云", "town_office", TOWN),
    person(GRID_HEAD, "沈琪琳", "grid_head", SITE),
    person(BUILDING_HEAD, "曹梅莲", "building_head", SITE),
    person(CADRE, "汪健波", "paired_cadre", TOWN),
    person("bianmin", "彭小燕", "service_clerk", SITE),
    person("laowu", "曾广田", "labour_company_clerk", TOWN),
    person("hezuoshe", "肖玉珍", "cooperative_officer", COUNTY),
    person("daikuan", "田文斌", "loan_cashier", COUNTY),
    person("fuhe", "董佳慧", "share_reviewer", COUNTY),
    person("daikuan.fuhe", "袁国强", "loan_reviewer", COUNTY),
    person(RESIDENT, "叶贤", "resident", SITE),
    person("sysadmin", "蒋一鸣", "system_admin", COUNTY),
    person("secadmin", "蔡明月", "security_admin", COUNTY),
    person("auditor", "余思源", "audit_admin", COUNTY),
];

const TOWN: &str = "610923100";
const SITE: &str = "610923100003001";
const GRID_HEAD: &str = "wanggezhang";
const BUILDING_HEAD: &str = "louzhang";
const CADRE: &str = "bangfuganbu";
const RESIDENT: &str = "qunzhong";

/// The records that accounts are linked to: ledger, record and login.
pub fn links(pack: &Pack, rows: &[(LedgerIx, Record)]) -> Vec<(LedgerIx, Uuid, &'static str)> {
    let book = Rows { pack, rows };
    let mut links = Vec::new();
    let member = |head: &Record, ledger: &str| book.id(ledger, head, "member");
    let Some(grid) = book.find("grid_head", |row| book.is_open("grid_head", row) && row.area.starts_with(SITE)) else {
        return links;
    };
    let building = book.find("building_head", |row| {
        book.is_open("building_head", row)
            && row.area.starts_with(&*grid.area)
            && member(row, "building_head") != member(grid, "grid_head")
    });
    let pairing = book.find("pairing", |row| book.is_open("pairing", row) && row.area.starts_with(&*grid.area));
    links.extend(book.link("grid_member", member(grid, "grid_head"), GRID_HEAD));
    links.extend(book.link("grid_member", building.and_then(|row| member(row, "building_head")), BUILDING_HEAD));
    if let Some(pairing) = pairing {
        links.extend(book.link("cadre", book.id("pairing", pairing, "cadre"), CADRE));
        let household = book.id("pairing", pairing, "household");
        let head = book.find("person", |row| {
            book.id("person", row, "household") == household && book.text("person", row, "kinship") == Some("02")
        });
        links.extend(book.link("person", head.map(|row| row.id), RESIDENT));
    }
    links
}

/// Writes the logins into the records they belong to.
pub fn link(pack: &Pack, rows: &mut [(LedgerIx, Record)]) {
    for (ledger, id, login) in links(pack, rows) {
        let Some(field) = pack.ledger(ledger).field_by_id("account") else { continue };
        let record = rows.iter_mut().find(|(of, record)| *of == ledger && record.id == id);
        if let Some(value) = record.and_then(|(_, record)| record.values.get_mut(usize::from(field.0))) {
            *value = Value::Text(login.into());
        }
    }
}

struct Rows<'a> {
    pack: &'a Pack,
    rows: &'a [(LedgerIx, Record)],
}

impl<'a> Rows<'a> {
    fn find(&self, ledger: &str, fits: impl Fn(&Record) -> bool) -> Option<&'a Record> {
        let ledger = self.pack.ledger_by_id(ledger)?;
        self.rows.iter().find(|(of, row)| *of == ledger && fits(row)).map(|(_, row)| row)
    }

    fn value(&self, ledger: &str, row: &'a Record, field: &str) -> Option<&'a Value> {
        let ledger = self.pack.ledger_by_id(ledger)?;
        row.values.get(usize::from(self.pack.ledger(ledger).field_by_id(field)?.0))
    }

    fn id(&self, ledger: &str, row: &Record, field: &str) -> Option<Uuid> {
        let ledger = self.pack.ledger_by_id(ledger)?;
        match row.values.get(usize::from(self.pack.ledger(ledger).field_by_id(field)?.0)) {
            Some(Value::Id(id)) => Some(*id),
            _ => None,
        }
    }

    fn text(&self, ledger: &str, row: &'a Record, field: &str) -> Option<&'a str> {
        match self.value(ledger, row, field) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Its period has not ended.
    fn is_open(&self, ledger: &str, row: &Record) -> bool {
        let Some(ledger) = self.pack.ledger_by_id(ledger) else { return false };
        let end = self.pack.ledger(ledger).period.and_then(|period| period.end);
        end.is_none_or(|end| row.values.get(usize::from(end.0)) == Some(&Value::Null))
    }

    fn link(&self, ledger: &str, id: Option<Uuid>, login: &'static str) -> Option<(LedgerIx, Uuid, &'static str)> {
        Some((self.pack.ledger_by_id(ledger)?, id?, login))
    }
}
