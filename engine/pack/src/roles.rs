//! Roles and approvals told by their keys, for the reference and for comparing packs.

use crate::describe::predicate_as_sql;
use crate::model::{FieldIx, LedgerIx, Pack, Process, Role};

/// What a role may do, key by key as pack files write it; keys without a value are left out.
pub fn role_by_keys(pack: &Pack, role: &Role) -> Vec<(&'static str, String)> {
    let ledgers = |all: bool, some: &[LedgerIx]| match all {
        true => "*".to_owned(),
        false => listed(some.iter().map(|ledger| pack.ledger(*ledger).id.as_str())),
    };
    let fields = |(ledger, field): &(LedgerIx, FieldIx)| {
        format!("{}.{}", pack.ledger(*ledger).id, pack.ledger(*ledger).field(*field).id)
    };
    let exempt = match role.exempt_all {
        true => "*".to_owned(),
        false => listed(role.exempt.iter().map(|requirement| pack.requirement(*requirement).id.as_str())),
    };
    let only = role.only.iter().map(|relation| {
        let condition = predicate_as_sql(pack, relation.ledger, &relation.predicate);
        format!("{} where {condition}", pack.ledger(relation.ledger).id)
    });
    let flag = |held: bool| if held { "true".to_owned() } else { String::new() };
    let keys = [
        ("read", ledgers(role.read_all, &role.read)),
        ("write", ledgers(role.write_all, &role.write)),
        ("export", ledgers(role.export_all, &role.export)),
        ("everywhere", ledgers(false, &role.everywhere)),
        ("reveal", listed(role.reveal.iter().map(|class| class.name()))),
        ("hide", listed(role.hide.iter().map(fields))),
        ("only", only.collect::<Vec<_>>().join("; ")),
        ("exempt", exempt),
        ("may", listed(role.may.iter().map(|duty| duty.name()))),
        ("alone", flag(role.alone)),
        ("second_factor", flag(role.second_factor)),
    ];
    keys.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn listed(names: impl Iterator<Item = impl AsRef<str>>) -> String {
    let mut words = String::new();
    for name in names {
        if !words.is_empty() {
            words.push_str(", ");
        }
        words.push_str(name.as_ref());
    }
    words
}

/// What a process asks, in a stable form.
pub(crate) fn process_words(pack: &Pack, process: &Process) -> String {
    let mut words = format!("of {}\nstates {}", pack.ledger(process.of).id, process.states.join(", "));
    if process.approval {
        words.push_str("\napproval");
    }
    for step in &process.steps {
        let state = |at: &u16| process.states.get(usize::from(*at)).map_or("", String::as_str);
        let needs = step.needs.iter().filter_map(|at| process.fields.get(usize::from(*at)));
        words.push_str(&format!(
            "\n{}: {} → {} by {} needs {} days {} not_by {}",
            step.id,
            listed(step.from.iter().map(state)),
            state(&step.to),
            step.by.join(", "),
            listed(needs.map(|field| field.id.as_str())),
            step.days.map_or_else(|| "—".to_owned(), |days| days.to_string()),
            step.not_by.join(", ")
        ));
    }
    words
}
