//! Pages over HTTP, in process, over the demo county.
#![expect(clippy::unwrap_used, reason = "tests")]

mod asking;
mod doubles;
mod errors;
mod files;
mod forms;
mod further;
mod guarded;
mod held;
mod hostile;
mod listed;
mod lives;
mod matrix;
mod mends;
mod outside;
mod own_pages;
mod partial;
#[path = "../../../../app/tests/county/prepared.rs"]
mod prepared;
mod reading;
mod reported;
mod shown;
mod taken;

use asking::Site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_a_county() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(prepared::in_sqlite(folder.path()).await).await;
    reading::every_route_answers_in_both_languages(&site).await;
    reading::every_link_leads_somewhere(&site).await;
    reading::a_page_speaks_the_language_asked_for(&site).await;
    reading::records_are_called_in_the_language_asked_for(&site).await;
    reading::files_of_the_interface_are_kept_for_ever(&site).await;
    reading::answers_are_compressed_when_asked(&site).await;
    errors::what_is_not_there_is_a_page_that_helps(&site).await;
    errors::a_wrong_question_is_told_with_its_mend(&site).await;
    errors::odd_numbers_and_methods_break_nothing(&site).await;
    shown::a_rule_an_error_and_the_installation(&site).await;
    shown::a_checkpoint_is_taken_away_as_it_is_read_back(&site).await;
    shown::numbers_agree_with_lists_and_files(&site).await;
    shown::a_sum_of_money_is_the_sum(&site).await;
    hostile::names_are_text_and_no_markup(&site).await;
    hostile::a_file_holds_no_formula(&site).await;
    hostile::identities_are_masked(&site).await;
    files::what_is_asked_of_a_file_is_refused_beside_its_field(&site).await;
    files::an_export_that_can_be_made_is_led_to(&site).await;
    files::a_sheet_need_not_be_named(&site).await;
    files::a_kind_that_is_not_theirs_is_told(&site).await;
    files::a_page_that_is_left_is_told_and_read(&site).await;
    listed::a_list_is_what_its_address_says(&site).await;
    listed::a_list_is_kept_and_shared(&site).await;
    listed::a_filter_that_cannot_be_read_is_told_and_left_out(&site).await;
    listed::a_record_is_found_by_what_it_is_called(&site).await;
    listed::the_only_household_found_is_opened(&site).await;
    listed::who_was_found_stands_beside_their_household(&site).await;
    listed::a_record_is_found_by_whose_it_is(&site).await;
    listed::what_has_ended_is_marked_and_may_be_seen_alone(&site).await;
    listed::a_list_promises_only_what_it_does(&site).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_opened_to_those_it_is_for() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(prepared::in_sqlite(folder.path()).await).await;
    matrix::every_route_is_opened_to_those_it_is_for(&site).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_tells_of_what_is_out_of_reach() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(prepared::in_sqlite(folder.path()).await).await;
    outside::what_is_outside_is_as_what_is_not_there(&site).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doors_hold() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(prepared::in_sqlite(folder.path()).await).await;
    guarded::nobody_enters_without_signing_in(&site).await;
    guarded::a_form_of_another_site_changes_nothing(&site).await;
    guarded::a_session_is_a_cookie_that_scripts_and_other_sites_do_not_see(&site).await;
    guarded::signing_in_tells_nobody_which_accounts_there_are(&site).await;
    guarded::a_session_ends_on_its_own_and_when_asked(&site).await;
    guarded::pages_of_one_are_never_shown_to_another(&site).await;
    guarded::whoever_asks_too_often_waits(&site).await;
    guarded::a_token_opens_no_page(&site).await;
    guarded::an_emergency_is_told_at_once(&site).await;
    guarded::reading_a_file_is_seen_by_its_household(&site).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_of_the_county_is_shown_as_a_part() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(prepared::in_sqlite(folder.path()).await).await;
    partial::whoever_is_there_for_households_opens_them_first(&site).await;
    partial::what_they_may_not_read_is_never_told_as_missing(&site).await;
    partial::a_childs_fields_are_offered_to_whoever_is_shown_them(&site).await;
    partial::a_closed_door_says_which_right_opens_it(&site).await;
    partial::the_journal_names_people_and_tells_records_apart(&site).await;
    partial::an_emergency_is_told_where_it_happens(&site).await;
    partial::no_link_leads_to_a_closed_door(&site).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_are_written_on_forms() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(prepared::in_sqlite(folder.path()).await).await;
    forms::a_form_sent_back_untouched_changes_nothing(&site).await;
    forms::a_mask_is_never_written_back(&site).await;
    forms::what_was_typed_stays_with_its_faults(&site).await;
    forms::units_are_told_in_words(&site).await;
    forms::one_of_several_is_chosen_and_the_line_stays(&site).await;
    forms::an_id_number_tells_birth_and_sex(&site).await;
    forms::two_people_choose_field_by_field(&site).await;
    forms::a_record_goes_and_comes_back(&site).await;
    forms::a_preview_is_what_happens(&site).await;
    forms::a_bulk_change_empties_nothing_by_itself(&site).await;
    forms::what_is_doubtful_in_many_records_is_compared_first(&site).await;
    forms::only_what_nothing_refers_to_is_handed_over(&site).await;
    forms::a_dwelling_is_found_by_its_whole_name(&site).await;
    forms::what_is_said_twice_is_said_once(&site).await;
    forms::a_form_that_is_too_large_is_told_on_a_page(&site).await;
    forms::a_visit_takes_four_fields(&site).await;
    forms::a_mistake_is_told_and_mended(&site).await;
    forms::what_was_typed_for_a_deleted_record_is_shown(&site).await;
    reported::a_masked_report_is_saved_when_its_field_is_left_alone(&site).await;
    reported::a_report_that_was_answered_meanwhile_is_not_mended(&site).await;
    reported::a_report_stands_in_its_box_beside_what_is_on_file(&site).await;
    reported::a_masked_choice_says_that_it_stays(&site).await;
    taken::an_import_names_people_and_what_was_changed_since(&site).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn households_live_on_pages() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(prepared::in_sqlite(folder.path()).await).await;
    lives::a_birth_confirmed_twice_is_one_child(&site).await;
    lives::what_is_doubtful_in_an_event_is_compared_first(&site).await;
    lives::what_is_doubtful_in_a_form_is_compared_first(&site).await;
    lives::a_household_splits_and_is_whole_again(&site).await;
    lives::files_move_and_merge(&site).await;
    lives::one_of_several_is_chosen_in_an_event_too(&site).await;
    lives::what_is_typed_is_not_left_unasked(&site).await;
    lives::people_come_and_go(&site).await;
    lives::a_file_is_opened_once_with_its_head(&site).await;
    own_pages::what_is_not_made_alone_has_a_page_of_its_own(&site).await;
    own_pages::a_new_file_is_filled_in_by_names(&site).await;
    own_pages::what_happened_is_told_with_everybody_and_why(&site).await;
    own_pages::what_undoing_brings_back_is_shown_first(&site).await;
    lives::two_files_of_one_household_are_merged_on_a_page(&site).await;
    lives::a_double_is_told_before_it_is_entered(&site).await;
    lives::who_left_is_shown_when_they_come_back(&site).await;
    lives::a_tick_stays_while_what_it_speaks_of_is_the_same(&site).await;
    lives::two_entries_of_the_head_are_the_head(&site).await;
    doubles::who_left_without_a_number_is_shown_too(&site).await;
    doubles::what_is_held_is_told_before_anything_is_ticked(&site).await;
    doubles::what_is_held_out_of_reach_is_told_as_that(&site).await;
    doubles::what_became_one_is_found_from_both(&site).await;
    doubles::the_review_speaks_plainly(&site).await;
    held::what_is_taken_is_told_at_its_line(&site).await;
    lives::events_are_recorded_and_undone_by_who_may_in_their_own_file(&site).await;
    mends::a_file_keeps_its_head(&site).await;
    mends::nobody_comes_into_a_closed_file(&site).await;
    mends::a_head_is_not_deleted(&site).await;
    mends::whose_somebody_is_changes_only_when_compared(&site).await;
    mends::somebody_not_on_file_marries_in(&site).await;
    doubles::what_was_said_on_entry_is_remembered(&site).await;
    doubles::who_may_have_come_back_is_told_apart_from_nobody(&site).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_county_adds_fields_to_what_events_make() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(prepared::in_sqlite_adding(folder.path(), further::FIELDS).await).await;
    further::a_new_file_has_what_the_county_adds(&site).await;
    further::a_child_and_a_part_have_what_the_county_adds(&site).await;
    further::an_event_that_makes_nobody_has_its_own(&site).await;
}
