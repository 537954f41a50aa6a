//! What a form asks of the records that its event makes besides what the event asks by itself: fields that must be filled and that it does not set, and
//! those that the county has of its own.

use anju_app::Actor;
use anju_base::life::{self, LifeError, Plan};
use anju_pack::{Field, FieldIx, Kind};
use anju_ui::text;
use maud::{Markup, html};

use super::controls::Sheet;
use super::events::{CHILD, FILE, PERSON};

/// A record that an event makes.
pub(super) struct Made {
    ledger: &'static str,
    /// Stands before the names of its further fields.
    before: &'static str,
    /// What the event asks of it, or sets.
    known: &'static [&'static [&'static str]],
    /// It is not always made, or takes after another.
    optional: bool,
}

const NEW_FILE: Made =
    Made { ledger: "household", before: "household-", known: &[&FILE, &["status"]], optional: false };
pub(super) const HEAD: Made = Made {
    ledger: "person",
    before: "head-",
    known: &[&PERSON, &["household", "kinship", "joined_on"]],
    optional: false,
};
const PART: Made = Made {
    ledger: "household",
    before: "household-",
    known: &[&["number", "dwelling", "moved_in_on"], &life::SAME],
    optional: false,
};
const BORN: Made = Made {
    ledger: "person",
    before: "person-",
    known: &[&CHILD, &["household", "joined_on", "work_ability", "political_status"]],
    optional: false,
};
const MARRIED: Made = Made {
    ledger: "person",
    before: "person-",
    known: &[&PERSON, &["household", "kinship", "joined_on"]],
    optional: true,
};
const PAIRING: Made = Made {
    ledger: "pairing",
    before: "pairing-",
    known: &[&["household", "cadre", "started_on", "plan"]],
    optional: true,
};
const EVENT: Made =
    Made { ledger: "household_event", before: "household_event-", known: &[&life::EVENT], optional: false };

/// What opening a file makes besides its head.
pub(super) const OF_NEW: [Made; 2] = [NEW_FILE, EVENT];

/// What an event makes.
pub(super) fn made(event: &str) -> &'static [Made] {
    match event {
        "split" => &[PART, PAIRING, EVENT],
        "birth" => &[BORN, EVENT],
        "marry-in" => &[MARRIED, EVENT],
        _ => &[EVENT],
    }
}

/// Lines that name a record, whatever the event, each with its ledger.
pub(super) fn references(actor: &Actor) -> Vec<(String, String)> {
    let all = [&OF_NEW[..], &[HEAD], made("split"), made("birth"), made("marry-in")];
    let of = |made: &Made| {
        let named = made.fields(actor).into_iter().filter_map(|field| match field.kind {
            Kind::Ref { to } => Some((made.name(field), actor.pack().ledger(to).id.clone())),
            _ => None,
        });
        named.collect::<Vec<_>>()
    };
    all.into_iter().flatten().flat_map(of).collect()
}

/// The lines of the further fields of an event's people.
pub(super) fn people(actor: &Actor, event: &str) -> Vec<String> {
    let people = made(event).iter().filter(|made| made.ledger == "person");
    people.flat_map(|made| made.fields(actor).into_iter().map(|field| made.name(field))).collect()
}

/// The further fields of what an event makes: those of its files and people, or of what it makes besides them.
pub(super) fn asked(sheet: &Sheet<'_>, made: &[Made], besides: bool) -> Markup {
    let lang = sheet.view.lang;
    html! {
        @for made in made.iter().filter(|made| made.is_besides() == besides) {
            @let fields = made.fields(sheet.actor);
            @let controls = html! { @for field in &fields { (sheet.drawn(made.ledger, (&field.id, made.before), made.optional, "life-look-for")) } };
            @if besides && !fields.is_empty() {
                @let title = sheet.actor.ledger(made.ledger).map(|ix| text(lang, &sheet.actor.pack().ledger(ix).title));
                fieldset.fields { legend { (title.unwrap_or_default()) } (controls) }
            } @else { (controls) }
        }
    }
}

/// Faults of the further fields of files and people, at their lines.
pub(super) fn placed(actor: &Actor, made: &[Made], plan: Result<Plan, LifeError>) -> Result<Plan, LifeError> {
    let at_line = |path: &str| {
        let own = made.iter().filter(|made| !made.is_besides());
        let mut lines = own.flat_map(|made| made.fields(actor).into_iter().map(|field| (&field.id, made.name(field))));
        lines.find(|(id, _)| *id == path).map(|(_, name)| name)
    };
    plan.map_err(|error| match error {
        LifeError::Faults(mut faults) => {
            for fault in &mut faults {
                if let Some(line) = at_line(&fault.path) {
                    fault.path = line;
                }
            }
            LifeError::Faults(faults)
        }
        other => other,
    })
}

impl Made {
    /// Neither a file nor one of its people.
    pub fn is_besides(&self) -> bool {
        !["household", "person"].contains(&self.ledger)
    }

    /// The name of a field's line.
    pub fn name(&self, field: &Field) -> String {
        format!("{}{}", self.before, field.id)
    }

    /// Its further fields. A file is handed in nowhere in these forms.
    pub fn fields<'a>(&self, actor: &'a Actor) -> Vec<&'a Field> {
        let Ok(ledger) = actor.ledger(self.ledger) else { return Vec::new() };
        if !actor.writes(ledger) {
            return Vec::new();
        }
        let hidden = actor.rights().hidden_anywhere(ledger);
        let is_further = |(field, at): &(&Field, FieldIx)| {
            (field.required || field.of_county)
                && !self.known.iter().any(|known| known.contains(&field.id.as_str()))
                && !matches!(field.kind, Kind::Attachment | Kind::Subject)
                && !hidden.contains(at)
        };
        let fields = actor.pack().ledger(ledger).fields.iter().zip((0_u16..).map(FieldIx));
        fields.filter(is_further).map(|(field, _)| field).collect()
    }
}
