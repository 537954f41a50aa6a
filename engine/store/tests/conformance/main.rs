//! One conformance suite for both databases: every story is told to SQLite and to PostgreSQL.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests make ids, and kill at random moments")]

mod agreeing;
mod binders;
mod chain;
mod directory;
mod events;
mod exactly;
mod kill;
mod library;
mod migration;
mod predicates;
mod queries;
mod reach;
mod sealing;
mod tampering;
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
    writes::what_was_deleted_comes_back_as_it_stood,
    writes::what_comes_back_must_fit_what_happened_meanwhile,
    writes::a_rehearsal_answers_as_the_commit_would_and_keeps_nothing,
    writes::a_file_is_sealed_and_comes_back_whole,
    writes::what_is_referred_to_must_live,
    writes::repeats_are_faults_at_their_field,
    writes::what_moves_takes_along_what_it_owns,
    writes::who_moves_an_owner_may_write_what_it_owns_besides,
    writes::the_same_key_gives_the_first_receipt,
    writes::a_key_answers_nobody_but_whose_it_is,
    writes::a_batch_stands_or_falls_as_one,
    writes::a_large_batch_is_written_as_a_small_one,
    writes::who_of_very_many_is_referred_to_is_not_deleted,
    exactly::one_of_very_many_without_its_one_is_named,
    writes::many_writers_at_once_all_get_their_own_answer,
    writes::an_import_is_one_commit_in_any_order,
    exactly::an_owner_without_its_one_is_refused_by_name,
    exactly::the_one_may_change_within_a_batch,
    exactly::an_owner_that_may_have_none_is_refused_them,
    exactly::a_load_of_many_keeps_it_too,
    exactly::writers_at_once_do_not_leave_none,
    agreeing::what_is_named_must_agree_at_the_reference,
    agreeing::what_names_it_is_asked_when_it_changes,
    agreeing::what_has_ended_is_history,
    agreeing::what_is_opened_again_must_agree_as_things_stand,
    agreeing::a_load_of_many_agrees_too,
    agreeing::one_of_very_many_that_does_not_agree_is_named,
    agreeing::writers_at_once_do_not_part_what_agrees,
    chain::batches_that_are_journalled_in_pieces_are_one_chain,
    chain::a_tampered_row_is_found_and_named,
    chain::the_journal_tells_what_happened,
    migration::a_pack_is_followed_step_by_step,
    migration::data_that_would_be_lost_is_archived_first,
    migration::a_pack_that_the_tables_do_not_follow_is_refused,
    queries::pages_by_key_meet_every_record_once,
    queries::more_ids_than_a_statement_has_values_are_asked_for_at_once,
    queries::search_and_areas_narrow_lists_and_counts_alike,
    queries::labels_follow_references_and_owned_rows,
    queries::load_streams_the_named_fields,
    queries::places_and_settings_are_kept,
    reach::sql_finds_what_the_reach_holds,
    reach::thousands_of_owners_are_one_question,
    reach::who_reaches_nothing_finds_nothing,
    predicates::sql_means_what_the_plain_evaluator_means,
    binders::extremes_come_back_as_they_went,
    directory::an_account_comes_back_as_it_was_kept,
    directory::a_sheet_is_kept_sealed_until_it_is_closed,
    directory::a_login_is_had_by_one_account,
    directory::the_secret_of_the_second_factor_is_sealed,
    directory::a_credential_changes_only_from_what_was_read,
    directory::a_grant_is_made_and_ended_once_and_never_changed,
    directory::the_version_moves_with_what_decides_rights,
    directory::a_session_is_found_with_its_account_until_it_ends,
    directory::of_many_who_end_a_session_one_does,
    directory::a_token_is_found_until_it_ends,
    directory::a_proposal_is_decided_by_another,
    directory::of_many_who_confirm_one_does_and_its_grant_stands_once,
    directory::settings_are_kept,
    directory::several_accounts_are_made_together_or_not_at_all,
    events::sixteen_writers_give_one_unbroken_chain,
    events::events_come_back_as_they_were_told_whatever_was_typed,
    events::events_are_asked_for_by_what_they_say,
    events::a_checkpoint_is_read_back_outside_the_database,
    events::a_tail_cut_off_with_its_head_is_missed_by_the_checkpoint,
    events::a_chain_written_anew_does_not_fit_the_checkpoint,
    events::any_altered_checkpoint_is_named,
    events::events_are_trimmed_only_below_a_checkpoint_and_after_183_days,
    events::a_beginning_taken_away_without_a_word_is_missed,
    tampering::any_altered_byte_of_a_journal_row_is_named,
    tampering::any_altered_byte_of_an_event_is_named,
    tampering::rows_taken_out_put_in_or_put_elsewhere_are_named,
    tampering::events_taken_away_without_the_key_are_missed,
    tampering::a_signed_trim_covers_what_it_was_signed_for_and_nothing_else,
    tampering::what_is_dated_in_the_future_is_named,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_tells_every_story() {
    for name in STORIES {
        eprintln!("sqlite: {name}");
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("store.db").display()), Vault::testing())
            .await
            .unwrap();
        tell(name, store).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_tells_every_story() {
    let cluster = anju_store::testing::Cluster::start().unwrap_or_else(|words| panic!("{words}"));
    for name in STORIES {
        eprintln!("postgres: {name}");
        let store = Store::open(
            &cluster.database(&format!("anju_{name}")[..60.min(name.len() + 5)]).await.unwrap(),
            Vault::testing(),
        )
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_made_before_there_were_accounts_gains_their_tables() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.db");
    directory::a_database_without_these_tables_gains_them(file.to_str().unwrap()).await;
    let cluster = anju_store::testing::Cluster::start().unwrap_or_else(|words| panic!("{words}"));
    let url = cluster.database("anju_old").await.unwrap();
    directory::a_database_without_these_tables_gains_them(&url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_are_sealed_anew_after_a_rotation() {
    let folder = tempfile::tempdir().unwrap();
    let (file, keys) = (folder.path().join("secrets.db"), folder.path().join("keys.toml"));
    directory::secrets_are_sealed_anew_after_a_rotation(file.to_str().unwrap(), &keys).await;
    let cluster = anju_store::testing::Cluster::start().unwrap_or_else(|words| panic!("{words}"));
    let url = cluster.database("anju_secrets").await.unwrap();
    directory::secrets_are_sealed_anew_after_a_rotation(&url, &folder.path().join("other.toml")).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_read_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("store.db").to_str().unwrap(), Vault::testing()).await.unwrap();
    store.backup(&folder.path().join("copy.db")).await.unwrap();
    assert!(store.backup(&folder.path().join("copy.db")).await.is_err(), "a copy is never written over");
    assert!(folder.path().join("copy.db").metadata().unwrap().len() > 0);
    for name in ["store.db", "store.db-wal", "store.db-shm", "copy.db"] {
        let mode = folder.path().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn what_is_no_database_is_said_so() {
    for url in ["", "sqlite:", "mysql://somewhere/db", "sqlite::memory:"] {
        assert!(Store::open(url, Vault::testing()).await.is_err(), "{url}");
    }
}
