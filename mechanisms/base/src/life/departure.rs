//! Somebody dies or leaves; with the last of them the file is closed.

use anju_app::{Actor, Steps};
use anju_record::Value;
use uuid::Uuid;

use super::book::{Book, HEAD, Member};
use super::effects::{end_file, end_of_person};
use super::head::rekin;
use super::marriage::widow;
use super::possible::unborn;
use super::{Kin, LifeError, On, Plan, none_wrong, said, text};

/// How somebody ceases to be a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Died.
    Died,
    /// Back to the place of origin.
    Returned,
    /// Married out of the county's files.
    MarriedOut,
    /// Registered elsewhere.
    MovedOut,
    /// In the army.
    Conscripted,
}

impl Way {
    /// All, in the order shown.
    pub const ALL: [Self; 5] = [Self::Died, Self::Returned, Self::MarriedOut, Self::MovedOut, Self::Conscripted];

    /// The code of `person_left_reason`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Died => "died",
            Self::Returned => "returned",
            Self::MarriedOut => "married_out",
            Self::MovedOut => "moved_out",
            Self::Conscripted => "conscripted",
        }
    }

    /// By its code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.code() == code)
    }
}

/// Some members die or leave; where the head is one of them, `kin` says who is from now on, and everybody's relation to them.
///
/// # Errors
/// Every fault.
pub async fn depart(
    actor: &Actor,
    household: Uuid,
    who: &[Uuid],
    (way, on): (Way, impl Into<On<'_>>),
    kin: &Kin,
) -> Result<Plan, LifeError> {
    let On { day: on, besides } = on.into();
    let book = Book::of(actor)?.telling(besides);
    let file = book.file(household).await?;
    let (gone, stay): (Vec<&Member>, Vec<&Member>) =
        file.members.iter().partition(|member| who.contains(&member.record.id));
    let whom = text("哪一位", "Who");
    let since: Vec<i32> = gone.iter().map(|member| member.joined_on).chain([file.moved_in_on]).collect();
    let mut faults = book.dated(on, &since);
    if gone.is_empty() {
        faults.push(said("who", &whom, "请至少选择一位", "choose at least one"));
    }
    let unknown = who.iter().filter(|id| file.find(**id).is_none());
    faults.extend(unknown.map(|_| said("who", &whom, "所选的人不是本户现有成员", "somebody chosen is no member now")));
    faults.extend(unborn(on, gone.iter().copied()));
    faults.extend(book.untold());
    let head_goes = gone.iter().any(|member| member.kinship == HEAD);
    if head_goes && !stay.is_empty() {
        faults.extend(book.kin_faults(&stay, kin, &file.number, 1));
    }
    none_wrong(faults)?;
    let mut steps = Steps::default();
    for member in &gone {
        end_of_person(&book, &mut steps, member.record.id, way == Way::Died, on).await?;
        let fields = [("left_on", Value::Date(on)), ("left_reason", Value::Text(way.code().into()))];
        book.amend(&mut steps, book.person, &member.record, &fields);
    }
    if stay.is_empty() {
        let why = match way {
            // Nobody moved anywhere: the file keeps the state it had.
            Way::Died => ("died", None),
            Way::Returned => ("returned", Some("returned")),
            Way::MovedOut => ("moved_on", Some("moved_on")),
            // Whoever marries or serves leaves an empty file: the household did not move either.
            Way::MarriedOut | Way::Conscripted => ("left", None),
        };
        end_file(&book, &mut steps, &file.record, why, on).await?;
    } else if head_goes {
        rekin(&book, &mut steps, &stay, kin);
    }
    if way == Way::Died {
        widow(&book, &mut steps, &gone, &stay);
    }
    let kind = match way {
        Way::Died => "died",
        Way::Returned => "returned",
        Way::MarriedOut | Way::MovedOut | Way::Conscripted => "left",
    };
    // Of several nobody is the one whom it was about.
    let one = gone.first().filter(|_| gone.len() == 1).map(|it| it.record.id);
    let event = book.happened_to(&mut steps, (household, kind, on), (one, None), &gone)?;
    Ok(Plan { steps, household, event })
}
