//! A household moves to another dwelling, or to another site.

use anju_app::{Actor, Steps};
use anju_record::{Code, Value};
use uuid::Uuid;

use super::book::Book;
use super::effects::{change_dwelling, leave_site};
use super::{LifeError, On, Plan, at, none_wrong, said, text};
use crate::rows::{Rows, When, Which};

/// The dwelling says the building where none is named; a building alone will do where doors are not numbered.
///
/// # Errors
/// Every fault.
pub async fn relocate(
    actor: &Actor,
    household: Uuid,
    building: Option<Uuid>,
    dwelling: Option<Uuid>,
    on: impl Into<On<'_>>,
) -> Result<Plan, LifeError> {
    let On { day: on, besides } = on.into();
    let book = Book::of(actor)?.telling(besides);
    let file = book.file(household).await?;
    let mut faults = book.dated(on, &[file.moved_in_on]);
    faults.extend(book.untold());
    let place = text("住房", "Dwelling");
    let found = Rows::read(actor, "dwelling", Which::These(dwelling.as_slice()), When::Always).await?;
    let building = building.or(found.first().and_then(|it| it.id("building")));
    if dwelling.is_some() && found.is_empty() {
        faults.push(said("dwelling", &place, "没有这套住房，请核对", "there is no such dwelling; look again"));
    }
    if dwelling.is_none() && building.is_none() {
        faults.push(at("dwelling", &place, Code::Required, "", &[]));
    }
    if faults.is_empty() && (file.dwelling, file.building) == (dwelling, building) {
        faults.push(said(
            "dwelling",
            &place,
            "本户现在就住在这里，请填要迁入的住房",
            "the household lives there already; say where it moves to",
        ));
    }
    none_wrong(faults)?;
    let ends: Vec<Uuid> = [file.building, building].into_iter().flatten().collect();
    let buildings = Rows::read(actor, "building", Which::These(&ends), When::Always).await?;
    let site = |id: Option<Uuid>| id.and_then(|id| buildings.find(id)).and_then(|building| building.id("site"));
    let mut steps = Steps::default();
    if site(file.building) != site(building) {
        leave_site(&book, &mut steps, household, on).await?;
    }
    let id = |id: Option<Uuid>| id.map_or(Value::Null, Value::Id);
    let fields = [("building", id(building)), ("dwelling", id(dwelling))];
    book.amend(&mut steps, book.household, &file.record, &fields);
    change_dwelling(&book, &mut steps, file.dwelling, dwelling).await?;
    let event = book.happened(&mut steps, household, "relocated", on, None, None)?;
    Ok(Plan { steps, household, event })
}
