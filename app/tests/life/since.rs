//! What was recorded since of those who came with a merge stands against undoing it.

use super::*;

/// Two files become one, somebody who came dies there, and the merge is undone: not before the death is, which would be left in the wrong file.
pub async fn a_death_since_a_merge_stands_against_undoing_it(county: &Arc<County>) {
    let mut files = Vec::new();
    for home in living(county).await.into_iter().skip(40) {
        let (_, members) = life::standing_file(county, home).await.unwrap();
        files.extend((members.len() == 3).then_some((home, members)));
        if files.len() == 2 {
            break;
        }
    }
    let [(kept, _), (gone, came)] = files.as_slice() else { panic!("two files of three") };
    let before = state(county, &[*kept, *gone]).await;
    let relatives: Kin = came.iter().map(|member| (member.record.id, text("99"))).collect();
    let merge = life::merge(county, *kept, *gone, &relatives, TODAY).await.unwrap();
    merge.carry_out(county, None).await.unwrap();
    for who in [&came[1..2], &came[1..3]] {
        let ids: Vec<Uuid> = who.iter().map(|member| member.record.id).collect();
        let death = life::depart(county, *kept, &ids, (Way::Died, TODAY), &Kin::new()).await.unwrap();
        death.carry_out(county, None).await.unwrap();
        let refused = life::undo(county, merge.event, None).await;
        let Err(anju_app::UndoError::Touched(touched)) = refused else { panic!("undone over {} deaths", ids.len()) };
        let told: Vec<Option<Uuid>> = touched.iter().map(|one| one.id).collect();
        assert_eq!(told, [Some(death.event)], "the event of {} and nothing else", ids.len());
        assert!(life::foreseen_undone(county, merge.event, Lang::Zh).await.is_err(), "it is said before");
        life::undo(county, death.event, None).await.unwrap();
    }
    // Of somebody who was there before the merge everything stays where it is.
    life::undo(county, merge.event, None).await.unwrap();
    assert_eq!(state(county, &[*kept, *gone]).await, before);
}
