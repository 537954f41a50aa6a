//! Who is married and who is widowed follows from what happens, and comes back with it.

use super::*;

async fn marital(county: &County, id: Uuid) -> String {
    let person = county.stored(county.ledger("person").unwrap(), id).await;
    anju_record::kind::plain(&value(county, "person", &person, "marital"))
}

/// The file and the id of the first member of whom this is true.
async fn first(county: &County, is: impl Fn(&Member, &str) -> bool) -> (Uuid, Member) {
    for home in living(county).await {
        let (_, members) = life::standing_file(county, home).await.unwrap();
        for member in members {
            let code = marital(county, member.record.id).await;
            if is(&member, &code) {
                return (home, member);
            }
        }
    }
    panic!("there is nobody like that")
}

/// Whoever marries in is married, and so is the head whose spouse they become; of another relation nobody knows to whom.
pub async fn who_marries_is_married(county: &Arc<County>) {
    let (home, head) = first(county, |member, code| member.kinship == "02" && code == "10").await;
    let grown = |member: &Member| member.born_on < TODAY - 20 * 366;
    let (from, child) =
        first(county, |member, code| ["20", "30"].contains(&member.kinship.as_str()) && code == "10" && grown(member))
            .await;
    assert_ne!(home, from);
    let ids = [head.record.id, child.record.id];
    let plan = life::marry_in(county, home, Some(ids[1]), &person_texts("", "", "10"), TODAY).await.unwrap();
    plan.carry_out(county, None).await.unwrap();
    for id in ids {
        assert_eq!(marital(county, id).await, "20");
    }
    life::undo(county, plan.event, None).await.unwrap();
    for id in ids {
        assert_eq!(marital(county, id).await, "10", "undoing brings back what stood");
    }
    for (said, is) in [("", "20"), ("10", "20"), ("90", "20"), ("22", "22"), ("23", "23"), ("30", "22"), ("40", "22")] {
        let name = format!("外来{said}婚");
        let mut texts = person_texts(&name, "1990-05-10", "38");
        texts.insert(text("marital"), text(said));
        let plan = life::marry_in(county, home, None, &texts, TODAY).await.unwrap();
        plan.carry_out(county, None).await.unwrap();
        let of = Value::Text(name.as_str().into());
        let people = all(county, "person").await;
        let bride = people.iter().find(|it| value(county, "person", it, "name") == of).unwrap().id;
        assert_eq!(marital(county, bride).await, is, "“{said}”");
        assert_eq!(marital(county, ids[0]).await, "10", "the head is married to nobody by that");
        life::undo(county, plan.event, None).await.unwrap();
    }
}

/// Writes whether somebody is married.
async fn said_to_be(county: &County, who: Uuid, code: &str) {
    let person = county.ledger("person").unwrap();
    let field = county.pack().ledger(person).field_by_id("marital").unwrap();
    let mut steps = anju_app::Steps::default();
    let set = vec![(field, anju_app::Set::To(Value::Text(code.into())))];
    steps.amend(person, &county.stored(person, who).await, set);
    county.carry_out(&steps, None, None).await.unwrap();
}

/// Whoever was widowed or divorced is married again by it, from the files or as the head, and widowed again by a death.
pub async fn who_marries_again_is_married_again(county: &Arc<County>) {
    let (home, head) = first(county, |member, code| member.kinship == "02" && code == "10").await;
    let grown = |member: &Member| member.born_on < TODAY - 20 * 366;
    let (_, other) = first(county, |member, code| member.kinship == "20" && code == "10" && grown(member)).await;
    let ids = [head.record.id, other.record.id];
    for (before, is) in [(["30", "40"], ["22", "22"]), (["40", "90"], ["22", "20"])] {
        for (who, code) in ids.into_iter().zip(before) {
            said_to_be(county, who, code).await;
        }
        let wedding = life::marry_in(county, home, Some(ids[1]), &person_texts("", "", "10"), TODAY).await.unwrap();
        wedding.carry_out(county, None).await.unwrap();
        for (who, is) in ids.into_iter().zip(is) {
            assert_eq!(marital(county, who).await, is);
        }
        let (_, members) = life::standing_file(county, home).await.unwrap();
        let heads: Kin = (members.iter().filter(|member| member.record.id != ids[0]))
            .map(|member| (member.record.id, text(if member.record.id == ids[1] { "02" } else { "99" })))
            .collect();
        let death = life::depart(county, home, &ids[..1], (Way::Died, TODAY), &heads).await.unwrap();
        death.carry_out(county, None).await.unwrap();
        assert_eq!(marital(county, ids[1]).await, "30");
        life::undo(county, death.event, None).await.unwrap();
        life::undo(county, wedding.event, None).await.unwrap();
        for (who, code) in ids.into_iter().zip(before) {
            assert_eq!(marital(county, who).await, code, "undoing brings back what stood");
        }
    }
    for who in ids {
        said_to_be(county, who, "10").await;
    }
}

/// Of a couple the one who stays is widowed by a death, and by nothing else.
pub async fn who_stays_of_a_couple_is_widowed(county: &Arc<County>) {
    let (home, spouse) =
        first(county, |member, code| ["11", "12"].contains(&member.kinship.as_str()) && code == "20").await;
    let (_, members) = life::standing_file(county, home).await.unwrap();
    let head = members[0].record.id;
    assert_eq!(marital(county, head).await, "20", "the demo's couples are married");
    let before = state(county, &[home]).await;
    let stay = |gone: Uuid| members.iter().filter(move |member| member.record.id != gone);
    let widow = spouse.record.id;
    let heads: Kin = stay(head)
        .map(|member| (member.record.id, text(if member.record.id == widow { "02" } else { "99" })))
        .collect();
    for (gone, left, kin) in [(head, widow, heads), (widow, head, Kin::new())] {
        for (way, is) in [(Way::Died, "30"), (Way::MovedOut, "20")] {
            let plan = life::depart(county, home, &[gone], (way, TODAY), &kin).await.unwrap();
            plan.carry_out(county, None).await.unwrap();
            assert_eq!(marital(county, left).await, is, "{way:?}");
            life::undo(county, plan.event, None).await.unwrap();
            assert_eq!(state(county, &[home]).await, before);
        }
    }
}
