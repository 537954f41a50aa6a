//! Of which kind a file is, and which pages of it are read.

use anju_app::{Columns, Reading, RollAsk, SheetFault};
use anju_exchange::write::{TableFormat, template};
use anju_exchange::{Limits, open};
use anju_record::Lang;

use crate::desk::{Desk, told};

const ROSTER: &str = "household_roster";

/// A file of a kind that is not theirs is told as that, and taken for no other that they may write.
pub fn what_is_not_theirs_is_taken_for_nothing_else(desk: &Desk) {
    let visit = desk.pack().sheet_by_id("visit").unwrap();
    let bytes = template(desk.pack(), &visit, Lang::Zh, Vec::new()).unwrap();
    let fits = |actor: &anju_app::Actor| actor.sheet_that_fits("走访.xlsx", &bytes);
    assert_eq!(fits(&desk.clerk("assistance_lead")).unwrap().as_deref(), Some("visit"), "theirs to write");
    let refused = fits(&desk.clerk("county_office")).unwrap_err();
    assert!(matches!(&refused, SheetFault::NotTheirs(kind) if *kind == visit.title), "{refused:?}");
    let office = desk.clerk("county_office");
    assert!(!office.sheets_to_hand_in().iter().any(|sheet| sheet.id == "visit"));
}

/// Columns that are clearly those of another kind of the same ledger are known for it.
pub async fn columns_of_another_kind_are_known(desk: &Desk) {
    let all = RollAsk::of(desk.ix("person"));
    let table = desk.table(&all, &Columns::Sheet, None, Lang::Zh).await.unwrap();
    let bytes = table.write(desk, TableFormat::parse("csv").unwrap(), Vec::new()).await.unwrap();
    let book = open(&bytes, "取回.csv", &Limits::default()).unwrap();
    let sheet = |id: &str| desk.pack().sheet_by_id(id).unwrap();
    assert_eq!(desk.sheet_that_fits_better(&book, &sheet("person")).as_deref(), Some(ROSTER));
    assert_eq!(desk.sheet_that_fits_better(&book, &sheet(ROSTER)), None);
    let own = template(desk.pack(), &sheet("person"), Lang::Zh, Vec::new()).unwrap();
    let own = open(&own, "模板.xlsx", &Limits::default()).unwrap();
    assert_eq!(desk.sheet_that_fits_better(&own, &sheet("person")), None, "its own template");
}

/// One page is read at a time: another that holds rows of the kind is named with them, and read when it is asked for.
pub async fn a_page_that_is_left_is_named(desk: &Desk) {
    let bytes = include_bytes!("groups.xlsx");
    for (grid, other) in [(None, (1, "二组", 1)), (Some(1), (0, "一组", 2)), (Some(0), (1, "二组", 1))] {
        let read = desk.check("分组.xlsx", bytes, ROSTER, &Reading { grid, ..told() }).await;
        let left: Vec<_> = read.pages_left().map(|(at, page)| (at, page.name.as_str(), page.rows)).collect();
        assert_eq!(left, [other], "{grid:?}");
        assert_eq!(read.run.rows.len(), 3 - other.2, "{grid:?}");
    }
}
