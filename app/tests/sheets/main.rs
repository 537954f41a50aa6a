//! Sheets as counties hand them in: every fault at its cell, good rows taken, the same file twice, and all of it taken back.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests make ids")]

mod beside;
mod desk;
mod handed_in;
mod kinds;
mod laws;
mod named;
mod rosters;
mod words;

use desk::Desk;

/// Everything that must hold of sheets, whichever database takes them.
async fn tell(desk: &Desk) {
    handed_in::a_template_as_it_is_handed_out_is_filled_with_nobody(desk).await;
    handed_in::a_row_is_called_as_its_record(desk).await;
    laws::samples_show_how_it_is_done(desk).await;
    handed_in::a_roster_is_taken_row_by_row(desk).await;
    handed_in::pairings_name_several_households_in_a_cell(desk).await;
    handed_in::employment_refers_to_people_by_their_number(desk).await;
    laws::what_somebody_changed_since_prevents_undoing(desk).await;
    laws::a_blank_erases_nothing_and_clearing_is_said(desk).await;
    laws::all_or_nothing_takes_nothing_when_a_row_is_wrong(desk).await;
    laws::rows_that_waited_are_taken_when_they_can_be(desk).await;
    laws::what_is_taken_away_and_handed_in_again_changes_nothing(desk).await;
    laws::who_left_and_came_back_stands_in_two_rows(desk).await;
    laws::a_row_comes_to_the_same_whichever_rows_stand_beside_it(desk).await;
    laws::what_a_clerk_sees_masked_is_kept_when_it_is_handed_in_again(desk).await;
    laws::every_template_is_known_for_what_it_is(desk);
    laws::households_on_one_page_and_members_on_another_are_read_together(desk).await;
    laws::what_must_own_one_is_asked_before_anything_is_taken(desk).await;
    laws::what_was_taken_is_not_looked_at_again(desk).await;
    laws::a_roster_moves_nobody_unseen(desk).await;
    laws::nobody_takes_rows_beyond_their_rights(desk).await;
    laws::whose_it_is_that_a_row_repeats_is_told_as_far_as_it_is_seen(desk).await;
    laws::rows_that_do_not_agree_with_what_they_name_are_told_before_anything_is_taken(desk).await;
    named::what_is_called_the_same_is_not_taken_for_one_another(desk).await;
    named::what_belongs_to_something_without_a_number_is_found_by_whose_it_is(desk).await;
    named::what_names_one_of_two_stays_with_its_own(desk).await;
    named::two_of_one_name_stay_two(desk).await;
    named::masked_rows_find_their_records(desk).await;
    named::a_name_is_enough_where_one_is_called_so(desk).await;
    named::what_a_cell_lists_is_found_one_by_one(desk).await;
    named::what_follows_from_a_number_and_who_has_left(desk).await;
    beside::a_stop_counts_until_it_is_written(desk).await;
    beside::what_was_written_is_known_of_where_its_writer_was_interrupted(desk).await;
    beside::two_processes_take_sheets_by_turns(desk).await;
    words::what_is_taken_away_is_in_words_that_are_read_back(desk).await;
    words::a_place_is_told_by_its_code_in_its_own_ledger(desk).await;
    kinds::what_is_not_theirs_is_taken_for_nothing_else(desk);
    kinds::columns_of_another_kind_are_known(desk).await;
    kinds::a_page_that_is_left_is_named(desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sheets_are_taken_into_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    tell(&Desk::in_sqlite(folder.path()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sheets_are_taken_into_postgres() {
    let cluster = anju_store::testing::Cluster::start().unwrap_or_else(|words| panic!("{words}"));
    let database = cluster.database("anju_sheets").await.unwrap();
    let store = anju_store::Store::open(&database, anju_vault::Vault::testing()).await.unwrap();
    tell(&Desk::open(store.clone()).await).await;
    laws::any_roster_twice_is_once_and_undone_is_never(&Desk::open(store).await, 6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_roster_obeys_the_laws() {
    let folder = tempfile::tempdir().unwrap();
    laws::any_roster_twice_is_once_and_undone_is_never(&Desk::in_sqlite(folder.path()).await, 24).await;
}
