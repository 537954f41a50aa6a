//! Two processes on one database, one that was interrupted, and a stop.

use std::time::Duration;

use anju_app::{Import, ImportState, Progress, SheetFault, TakeRefused, Taken, Took};
use anju_pack::AreaLevel;

use crate::desk::{Desk, SITE, told};
use crate::rosters::{csv, people};

const FOUR: [&str; 4] = ["building", "dwelling", "household", "person"];
const ROSTER: &str = "household_roster";
/// Nothing here takes so long, unless it waits for what never comes.
const LONG: Duration = Duration::from_secs(120);

/// The same file, whose people live in another building.
fn roster(first: u32, building: &str) -> Vec<u8> {
    String::from_utf8(csv(&people(first, &[2, 1]))).unwrap().replace("1号楼", building).into_bytes()
}

pub async fn two_processes_take_sheets_by_turns(desk: &Desk) {
    // Each was opened before the other wrote, and makes the next building of the site.
    let beside = Desk::open(desk.store.clone()).await;
    let mut lines = Vec::new();
    for (first, building, process) in [
        (72_000, "并一楼", &beside),
        (72_100, "并二楼", desk),
        (72_200, "并三楼", &beside),
        (72_300, "并四楼", &beside),
        (72_400, "并五楼", desk),
    ] {
        let line = process.keep("并行.csv", &roster(first, building), ROSTER, &told()).await;
        let taking = tokio::time::timeout(LONG, process.take(&line)).await;
        let (took, line) = taking.expect("it waits for rows that another process wrote");
        assert!(matches!(took, Took::Written(_)), "{building}: {took:?}");
        assert_eq!(line.import.state, ImportState::Closed, "{building}");
        lines.push(line);
    }
    let (areas, head) = (desk.areas(), desk.store.head(crate::desk::COUNTY).await.unwrap().0);
    assert_eq!(desk.seq(), head, "whoever wrote last has followed all of it");
    let named: Vec<&str> = areas.within(SITE, AreaLevel::Building).map(|area| area.name.as_str()).collect();
    for building in ["并一楼", "并二楼", "并三楼", "并四楼", "并五楼"] {
        assert_eq!(named.iter().filter(|name| **name == building).count(), 1, "{named:?}");
    }
    for line in lines.iter().rev() {
        desk.undo_sheet(line).await.unwrap();
    }
}

pub async fn what_was_written_is_known_of_where_its_writer_was_interrupted(desk: &Desk) {
    let before = desk.contents(&FOUR).await;
    let line = desk.keep("中断.csv", &roster(73_000, "断楼"), ROSTER, &told()).await;
    let (_, taken) = desk.take(&line).await;
    // As it stands between the commit and what is noted of it.
    let begun = Taken { first: 0, last: 0, ..taken.taken[0].clone() };
    let kept = serde_json::to_string(&[&begun]).unwrap();
    let interrupted = Import { state: ImportState::Open, taken: kept.clone(), ..taken.import.clone() };
    assert!(desk.store.change_import(&taken.import, &interrupted, Vec::new()).await.unwrap());
    let beside = Desk::open(desk.store.clone()).await;
    let listed = beside.sheet_lines().await.unwrap();
    let listed = listed.into_iter().find(|listed| listed.import.id == line.import.id).unwrap();
    assert_eq!((&listed.taken, &listed.import), (&taken.taken, &taken.import));
    beside.undo_sheet(&listed).await.unwrap();
    assert_eq!(desk.contents(&FOUR).await, before);

    // What was begun and not written waits as if it had never been begun.
    let line = desk.keep("没写.csv", &roster(73_500, "断楼"), ROSTER, &told()).await;
    let begun = Import { taken: kept, ..line.import.clone() };
    assert!(desk.store.change_import(&line.import, &begun, Vec::new()).await.unwrap());
    let line = desk.sheet_line(line.import.id).await.unwrap();
    assert_eq!((line.taken.len(), line.import.state), (0, ImportState::Open));
    let (took, line) = desk.take(&line).await;
    let Took::Written(taken) = took else { panic!("{took:?}") };
    assert_eq!(line.taken, [taken]);
    desk.undo_sheet(&line).await.unwrap();
}

pub async fn a_stop_counts_until_it_is_written(desk: &Desk) {
    let before = desk.contents(&FOUR).await;
    let line = desk.keep("停.csv", &roster(74_000, "停楼"), ROSTER, &told()).await;
    let progress = Progress::default();
    assert!(progress.stop());
    let stopped = desk.take_sheet(&line, &progress).await.unwrap_err();
    assert!(matches!(stopped, TakeRefused::Sheet(SheetFault::Stopped)), "{stopped:?}");
    assert_eq!(desk.contents(&FOUR).await, before);
    let progress = Progress::default();
    let took = desk.take_sheet(&line, &progress).await.unwrap();
    assert!(matches!(took, Took::Written(_)), "{took:?}");
    assert!(!progress.stop(), "it came too late");
    desk.undo_sheet(&desk.sheet_line(line.import.id).await.unwrap()).await.unwrap();
    assert_eq!(desk.contents(&FOUR).await, before);
}
