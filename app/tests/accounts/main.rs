//! Accounts, rights and approvals in both databases: what must work, and every way around it that must not.
#![expect(clippy::unwrap_used, reason = "tests")]

mod administrators;
mod approving;
mod corrections;
mod desk;
mod escalation;
mod flood;
mod forms;
mod glass;
mod places;
mod processes;
mod provider;
mod signing_in;
mod thieves;

use desk::Desk;

macro_rules! stories {
    ($($module:ident :: $story:ident;)*) => {
        mod in_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $story() {
                    let folder = tempfile::tempdir().unwrap();
                    crate::$module::$story(crate::desk::in_sqlite(folder.path()).await).await;
                }
            )*
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn every_story_holds_in_postgres() {
            let cluster = anju_store::testing::Cluster::start().unwrap_or_else(|words| panic!("{words}"));
            $(
                eprintln!(stringify!($story));
                let database = cluster.database(stringify!($story)).await.unwrap();
                let store = anju_store::Store::open(&database, anju_vault::Vault::testing()).await.unwrap();
                Box::pin($module::$story(Desk::open(store).await)).await;
            )*
        }
    };
}

stories! {
    signing_in::wrong_tries_lock_the_pair_and_not_the_owner_elsewhere;
    signing_in::a_code_and_a_recovery_code_count_once;
    signing_in::a_given_password_opens_nothing_but_its_change;
    signing_in::passwords_are_not_used_again_and_expire;
    signing_in::sessions_end_by_idleness_age_and_hand;
    signing_in::a_role_that_asks_for_it_waits_for_the_second_factor;
    thieves::a_session_from_before_the_second_factor_is_worth_nothing_after;
    thieves::a_secret_shown_to_another_session_secures_nothing;
    thieves::what_ended_does_not_come_back_under_another_token;
    thieves::a_changed_password_ends_the_tokens_of_programs;
    thieves::a_number_of_a_person_stands_in_no_reason;
    places::a_role_that_stands_alone_is_granted_at_the_county_only;
    places::grants_are_known_and_looked_through_in_ones_own_places;
    places::a_grant_is_confirmed_where_it_holds;
    places::a_duty_without_a_place_asks_for_the_county;
    escalation::nobody_grants_to_themselves;
    escalation::nobody_grants_beyond_their_place_now_or_then;
    escalation::an_expired_grant_gives_nothing;
    escalation::swapped_ids_reach_nothing;
    escalation::what_gives_rights_is_no_field_of_a_form;
    escalation::a_token_is_worth_no_more_than_its_scopes;
    escalation::a_changed_password_ends_other_sessions;
    escalation::rows_of_ones_own_are_lost_with_the_relation;
    processes::whoever_asks_next_finds_what_another_process_wrote;
    administrators::roles_that_stand_alone_stand_alone;
    administrators::the_first_start_makes_three_once;
    administrators::who_keeps_the_accounts_becomes_nobody_else;
    administrators::a_secret_is_sealed_and_never_shown;
    administrators::who_vouches_for_people_is_said_by_two;
    administrators::a_change_beside_another_loses_neither;
    administrators::a_policy_counts_once_a_second_person_confirmed_it;
    approving::a_payout_waits_for_another_person;
    approving::what_changed_meanwhile_is_not_confirmed;
    approving::a_withdrawn_or_refused_proposal_stays_so;
    forms::a_mask_is_never_written_back_and_a_hidden_field_never_changed;
    forms::what_was_typed_is_kept_with_every_fault_beside_its_field;
    forms::changes_of_two_people_are_merged_field_by_field;
    forms::a_field_that_two_people_changed_needs_a_choice;
    forms::a_form_sent_twice_is_one_record;
    forms::a_new_form_knows_the_day_and_who_is_asking;
    forms::a_reference_is_found_by_name_and_asked_for_where_it_is_unclear;
    forms::a_deleted_record_comes_back_and_says_why;
    forms::a_bulk_change_does_what_its_preview_said;
    forms::a_hand_over_ends_the_old_and_begins_the_new_at_once;
    forms::what_needs_a_second_person_waits;
    corrections::a_correction_is_told_by_readers_and_answered_by_writers;
    corrections::a_correction_sent_twice_is_one_and_suggests_a_value_of_its_field;
    forms::what_is_gone_or_back_already_says_so;
    forms::what_others_refer_to_is_not_handed_over;
    forms::a_bulk_change_confirmed_twice_is_done_once;
    forms::a_doubtful_bulk_change_is_compared_first;
    forms::nothing_is_emptied_without_asking_for_it;
    forms::a_picture_is_put_into_a_record_by_whoever_brought_it;
    glass::a_broken_glass_shows_and_ends;
    glass::a_protected_value_is_journalled_before_it_is_shown;
    glass::people_see_who_looked_at_their_own_file;
}
