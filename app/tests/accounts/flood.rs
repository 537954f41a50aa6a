//! A hundred thousand wrong passwords from many addresses.

use std::sync::atomic::Ordering;

use anju_app::SignInRefused;

use crate::desk::{COUNTY, HERE, PASSWORD, in_sqlite};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_wrong_passwords_lock_nobody_out_and_fill_no_journal() {
    let folder = tempfile::tempdir().unwrap();
    let desk = in_sqlite(folder.path()).await;
    let li = desk.account("li", &[("office", COUNTY)]).await;
    desk.session("li").await;
    let now = desk.app.now();
    let before = desk.store.event_head(COUNTY).await.unwrap().0;
    let mut refused = 0;
    for n in 0..100_000_u32 {
        let address = format!("10.{}.{}.{}", n >> 16, (n >> 8) & 255, n & 255);
        let login = if n % 2 == 0 { "li" } else { "nobody" };
        let tried = desk.try_from(login, "wrong", &address, now + i64::from(n)).await;
        refused += usize::from(matches!(tried.err(), Some(SignInRefused::Wrong | SignInRefused::TooMany { .. })));
    }
    assert_eq!(refused, 100_000);
    let end = now + 100_000;
    let verified = desk.hashing.0.load(Ordering::SeqCst);
    assert!(verified < 200, "argon2 would have run {verified} times");
    let written = desk.store.event_head(COUNTY).await.unwrap().0 - before;
    assert!(written < 100, "{written} events");
    assert!(desk.store.credential(li).await.unwrap().unwrap().failures < 100);
    assert!(desk.try_from("li", PASSWORD, HERE, end).await.is_ok(), "the owner comes in from where they always do");
    let strange = desk.try_from("li", PASSWORD, "203.0.113.9", end + 16 * 60_000).await;
    assert!(strange.is_ok(), "and from anywhere a quarter of an hour later");
}
