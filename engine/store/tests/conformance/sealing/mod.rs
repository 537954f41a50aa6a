//! What is sensitive is sealed wherever it rests: both databases, both suites of algorithms.

mod found;
mod library;
mod migration;
mod rest;
mod rotation;

use anju_store::Store;
use anju_vault::{Suite, Vault};

use library::Room;

macro_rules! stories {
    ($($module:ident :: $story:ident),* $(,)?) => {
        async fn tell(name: &str, room: Room) {
            match name {
                $(stringify!($story) => $module::$story(room).await,)*
                _ => panic!("no story {name}"),
            }
        }
        const STORIES: &[&str] = &[$(stringify!($story)),*];
    };
}

stories! {
    rest::nothing_sensitive_rests_in_the_clear,
    rest::every_way_of_reading_opens_it,
    rest::an_import_is_sealed_too,
    rest::sealed_text_put_elsewhere_does_not_open_and_is_named,
    rest::clear_text_put_into_a_sealed_column_is_refused,
    rest::a_label_opens_what_it_shows,
    rest::a_key_that_is_not_there_is_named_when_the_store_is_opened,
    found::a_number_is_found_whole_and_by_its_end,
    found::a_blind_index_finds_what_was_taken_away,
    found::equal_numbers_are_found_without_being_opened,
    found::what_a_seal_hides_cannot_be_compared,
    found::two_with_one_number_are_refused,
    migration::a_database_made_in_the_clear_is_sealed_in_place,
    migration::a_signed_chain_is_not_chained_anew,
    migration::a_field_that_gains_a_search_gains_its_index,
    migration::text_is_made_clear_again_when_it_is_no_longer_sensitive,
    rotation::keys_are_rotated_beside_a_writer,
    rotation::a_row_changed_meanwhile_is_left_to_its_writer,
    rotation::a_rotation_that_was_cut_off_is_gone_on_with,
}

async fn room(folder: &std::path::Path, url: String, suite: Suite) -> Room {
    let keys = folder.join("keys.toml");
    let store = Store::open(&url, Vault::create(&keys, suite).unwrap()).await.unwrap();
    Room { store, url, keys }
}

async fn tell_all_in_sqlite(suite: Suite) {
    for name in STORIES {
        eprintln!("sqlite, {suite:?}: {name}");
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        tell(name, room(folder.path(), url, suite).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_with_the_international_suite() {
    tell_all_in_sqlite(Suite::International).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_with_the_commercial_suite() {
    tell_all_in_sqlite(Suite::Commercial).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_with_either_suite() {
    let cluster = anju_store::testing::Cluster::start().unwrap_or_else(|words| panic!("{words}"));
    for (suite, short) in [(Suite::International, "i"), (Suite::Commercial, "c")] {
        for (place, name) in STORIES.iter().enumerate() {
            eprintln!("postgres, {suite:?}: {name}");
            let folder = tempfile::tempdir().unwrap();
            let url = cluster.database(&format!("sealed_{short}_{place}")).await.unwrap();
            tell(name, room(folder.path(), url, suite).await).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_file_of_the_database_nor_its_backup_holds_a_number() {
    rest::no_file_holds_a_number().await;
}
