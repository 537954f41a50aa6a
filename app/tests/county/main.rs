//! The demo county in both databases: the same published figures, the same coverage, and every write seen before it is answered.
#![expect(clippy::unwrap_used, reason = "tests")]

mod prepared;
mod proofs;
mod rights;
mod rolls;
mod told;
mod writes;

use std::sync::Arc;

use prepared::County;

/// Everything that must hold of a county, whichever database it stands in. What only reads comes first.
async fn tell(app: &Arc<County>) {
    told::every_published_figure_is_reproduced(app);
    told::a_list_is_as_long_as_its_number(app);
    told::places_sum_to_what_they_lie_in(app);
    told::what_lapses_is_met_today_and_a_gap_later(app);
    proofs::journal_shard_and_coverage_hold(app).await;
    proofs::a_day_has_one_checkpoint(app).await;
    writes::an_ended_pairing_is_one_household_less(app).await;
    writes::a_visit_closes_one_gap(app).await;
    writes::a_record_dated_back_changes_the_past(app).await;
    writes::an_exemption_moves_one_household(app).await;
    writes::a_sum_follows_its_record(app).await;
    writes::what_is_refused_changes_nothing(app).await;
    writes::many_at_once_are_all_followed(app).await;
    proofs::journal_shard_and_coverage_hold(app).await;
    told::a_list_is_as_long_as_its_number(app);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_county_in_sqlite_holds() {
    let folder = tempfile::tempdir().unwrap();
    let app = prepared::in_sqlite(folder.path()).await;
    rights::nobody_pairs_themselves(&app).await;
    rights::a_number_is_found_only_by_those_who_may_see_it(&app).await;
    rights::screen_count_file_and_coverage_are_the_same_records(&app, 12).await;
    rolls::a_list_from_memory_is_that_of_the_database(&app, 12).await;
    rolls::what_is_found_by_its_owner_is_within_reach(&app, 6).await;
    tell(&app).await;
    rolls::a_list_from_memory_is_that_of_the_database(&app, 6).await;
    rolls::a_list_follows_every_write(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_county_in_postgres_holds_and_is_the_same() {
    let cluster = anju_store::testing::Cluster::start().unwrap_or_else(|words| panic!("{words}"));
    let folder = tempfile::tempdir().unwrap();
    let database = cluster.database("anju_county").await.unwrap();
    let postgres =
        prepared::open(anju_store::Store::open(&database, anju_vault::Vault::testing()).await.unwrap()).await;
    let sqlite = prepared::in_sqlite(folder.path()).await;
    told::both_tell_the_same(&sqlite, &postgres);
    rights::a_number_is_found_only_by_those_who_may_see_it(&postgres).await;
    rights::screen_count_file_and_coverage_are_the_same_records(&postgres, 4).await;
    rolls::a_list_from_memory_is_that_of_the_database(&postgres, 4).await;
    rolls::what_is_found_by_its_owner_is_within_reach(&postgres, 2).await;
    tell(&postgres).await;
    rolls::a_list_from_memory_is_that_of_the_database(&postgres, 2).await;
    rolls::a_list_follows_every_write(&postgres).await;
}
