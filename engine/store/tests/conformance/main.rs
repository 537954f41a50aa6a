//! One conformance suite for both databases: every story is told to SQLite and to PostgreSQL.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests make ids, and kill at random moments")]

mod binders;
mod chain;
mod kill;
mod library;
mod migration;
mod predicates;
mod queries;
mod writes;

use anju_store::Store;
use anju_vault::Vault;

macro_rules! stories {
    ($($module:ident :: $story:ident),* $(,)?) => {
        async fn tell(name: &str, store: Store) {
            match name {
                $(concat!(stringify!($module), "_", stringify!($story)) => $module::$story(store).await,)*
                _ => panic!("no story {name}"),
            }
        }
        const STORIES: &[&str] = &[$(concat!(stringify!($module), "_", stringify!($story))),*];
    };
}

stories! {
    writes::a_record_is_written_read_changed_and_deleted,
    writes::a_stale_writer_is_told,
    writes::what_is_referred_to_must_live,
    writes::repeats_are_faults_at_their_field,
    writes::what_moves_takes_along_what_it_owns,
    writes::the_same_key_gives_the_first_receipt,
    writes::a_batch_stands_or_falls_as_one,
    writes::many_writers_at_once_all_get_their_own_answer,
    writes::an_import_is_one_commit_in_any_order,
    chain::a_tampered_row_is_found_and_named,
    chain::the_journal_tells_what_happened,
    migration::a_pack_is_followed_step_by_step,
    migration::data_that_would_be_lost_is_archived_first,
    migration::a_pack_that_the_tables_do_not_follow_is_refused,
    queries::pages_by_key_meet_every_record_once,
    queries::search_and_areas_narrow_lists_and_counts_alike,
    queries::labels_follow_references_and_owned_rows,
    queries::load_streams_the_named_fields,
    queries::places_and_settings_are_kept,
    predicates::sql_means_what_the_plain_evaluator_means,
    binders::extremes_come_back_as_they_went,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_tells_every_story() {
    for name in STORIES {
        eprintln!("sqlite: {name}");
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("store.db").display()), Vault::testing()).await.unwrap();
        tell(name, store).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_tells_every_story() {
    let cluster = anju_store::testing::Cluster::start().unwrap_or_else(|words| panic!("{words}"));
    for name in STORIES {
        eprintln!("postgres: {name}");
        let store = Store::open(&cluster.database(&format!("anju_{name}")[..60.min(name.len() + 5)]).await.unwrap(), Vault::testing())
            .await
            .unwrap();
        tell(name, store).await;
    }
}

#[tokio::test]
async fn a_store_works_on_a_single_thread_too() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("bare path.db").to_str().unwrap(), Vault::testing()).await.unwrap();
    writes::a_record_is_written_read_changed_and_deleted(store).await;
}

#[tokio::test]
async fn what_is_no_database_is_said_so() {
    for url in ["", "sqlite:", "mysql://somewhere/db", "sqlite::memory:"] {
        assert!(Store::open(url, Vault::testing()).await.is_err(), "{url}");
    }
}
