//! The events: what each asks, and the plan that the answers make.

use std::collections::BTreeMap;

use anju_app::{Actor, Error, Resolved};
use anju_base::code_name;
use anju_base::life::{self, Kin, LifeError, Member, On, Owned, Plan, Splitting, Texts, Way};
use anju_pack::{Kind, Text};
use anju_record::{Code, Fault, Problem, Value, day, kind};
use anju_ui::{View, t, text};
use maud::{Markup, html};
use uuid::Uuid;

use super::controls::{Near, Pairs, Sheet, label};
use super::further::{self, Made};

/// Events of a household, as they stand in addresses.
pub const EVENTS: [&str; 8] = ["split", "merge", "move", "marry-in", "birth", "death", "leave", "change-head"];

/// What a person's form asks.
pub(super) const PERSON: [&str; 8] =
    ["name", "sex", "born_on", "id_number", "nationality", "phone", "work_ability", "political_status"];
/// What the form of a child asks.
pub(super) const CHILD: [&str; 5] = ["name", "sex", "born_on", "kinship", "id_number"];
/// What a new file's form asks.
pub(super) const FILE: [&str; 9] = [
    "number",
    "building",
    "dwelling",
    "batch",
    "registered_poor",
    "moved_in_on",
    "origin_village",
    "origin_group",
    "phone",
];

/// Lines that name a record, each with its ledger.
const REFERENCES: [(&str, &str); 5] =
    [("building", "building"), ("dwelling", "dwelling"), ("cadre", "cadre"), ("kept", "household"), ("who", "person")];

/// What a form shows besides what was sent.
pub struct Context {
    /// The living members.
    pub members: Vec<Member>,
    /// What may go with a part of the household, with its name.
    pub owned: Vec<(Owned, String)>,
}

/// Reads what an event's form shows.
///
/// # Errors
/// Where the file is not theirs to write, or closed.
pub async fn context(actor: &Actor, view: &View, event: &str, id: Uuid) -> Result<Context, LifeError> {
    let (_, members) = life::standing_file(actor, id).await?;
    let mut owned = Vec::new();
    if event == "split" {
        for one in life::owned(actor, id).await? {
            let title = text(view.lang, &actor.pack().ledger(one.ledger).title);
            let name = match one.readable {
                true => actor.labels(one.ledger, &[one.id]).await?.remove(&one.id).unwrap_or_default(),
                false => String::new(),
            };
            owned.push((one, format!("{title} {name}")));
        }
    }
    Ok(Context { members, owned })
}

/// The fields of an event.
pub fn fields(sheet: &Sheet<'_>, event: &str, context: &Context) -> Markup {
    let lang = sheet.view.lang;
    let members = &context.members;
    let say = |key: &str| t(lang, key).into_owned();
    html! {
        @match event {
            "split" => {
                (sheet.members(members, Some(&say("life-goes")), true))
                (sheet.of_ledger("household", "number", ""))
                (sheet.of_ledger_or_not("household", "dwelling", "life-look-for"))
                (sheet.of_ledger_or_not("household", "building", "life-home-hint"))
                (further::asked(sheet, further::made(event), false))
                (sheet.look_up("cadre", &say("life-cadre"), "cadre", false, &say("life-same-hint")))
                @if !context.owned.is_empty() {
                    fieldset.fields {
                        legend { (say("life-along")) }
                        @for (one, name) in &context.owned {
                            @let id = one.id.to_string();
                            div { label { input type="checkbox" name="along" value=(id) checked[sheet.sent.all("along").any(|it| it == id)]; " " (name) } }
                        }
                    }
                }
            },
            "merge" => {
                (sheet.look_up("kept", &say("life-kept"), "household", true, &say("life-look-for")))
                p { (say("life-merge-kin")) }
                (sheet.members(members, None, true))
            },
            "move" => @for field in ["dwelling", "building"] { (sheet.of_ledger_or_not("household", field, "life-move-hint")) },
            "marry-in" => {
                (sheet.look_up("who", &say("life-who"), "person", false, &say("life-who-hint")))
                (sheet.of_ledger("person", "kinship", ""))
                fieldset.fields {
                    legend { (say("life-outside")) }
                    @for field in PERSON { (sheet.of_ledger_or_not("person", field, "life-look-for")) }
                    (further::asked(sheet, further::made(event), false))
                }
            },
            "birth" => {
                @for field in CHILD { (sheet.of_ledger("person", field, "")) }
                (further::asked(sheet, further::made(event), false))
            },
            "death" => (sheet.members(members, Some(&say("life-died")), true)),
            "leave" => {
                (sheet.choose("way", &say("life-way"), &ways(sheet), "returned", true))
                (sheet.members(members, Some(&say("life-left")), true))
            },
            _ => (sheet.members(members, None, true)),
        }
        @if event != "birth" { (sheet.line("on", &say("life-on"), "date", true, None)) }
        (further::asked(sheet, further::made(event), true))
        (sheet.line("reason", &say("life-reason"), "text", false, None))
    }
}

fn ways<'a>(sheet: &Sheet<'a>) -> Vec<(&'static str, &'a str)> {
    let known = anju_base::codes(sheet.actor, "person_left_reason", sheet.view.lang);
    let name = |way: Way| known.iter().find(|(code, _)| *code == way.code()).map_or("", |(_, name)| *name);
    Way::ALL.into_iter().filter(|way| *way != Way::Died).map(|way| (way.code(), name(way))).collect()
}

/// The fields of a new file and its head.
pub fn new_fields(sheet: &Sheet<'_>) -> Markup {
    html! {
        @for field in FILE { (sheet.of_ledger("household", field, "")) }
        (further::asked(sheet, &further::OF_NEW, false))
        fieldset.fields {
            legend { (code_name(sheet.actor, "kinship", "02", sheet.view.lang)) }
            @for field in PERSON { (sheet.of_ledger("person", field, "head-")) }
            (further::asked(sheet, &[further::HEAD], false))
        }
        (further::asked(sheet, &further::OF_NEW, true))
        (sheet.line("reason", &t(sheet.view.lang, "life-reason"), "text", false, None))
    }
}

/// What was sent, where a record that was chosen of several stands in its line by its name, with its id beside it: so it stays on every page that
/// follows. Of a record that is not theirs to see nothing is told.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn chosen(actor: &Actor, mut sent: Pairs) -> Result<Pairs, Error> {
    let asked = REFERENCES.map(|(name, ledger)| (name.to_owned(), ledger.to_owned()));
    for (name, ledger) in asked.into_iter().chain(further::references(actor)) {
        let Ok(id) = sent.get(&format!("pick.{name}")).parse::<Uuid>() else { continue };
        let ledger = actor.ledger(&ledger)?;
        if actor.resolve(ledger, &id.to_string()).await? == Resolved::One(id) {
            let called = actor.labels(ledger, &[id]).await?.remove(&id).unwrap_or_default();
            sent.put(&format!("was.{name}"), format!("{id} {}", called.trim()));
            sent.put(&name, called);
        }
    }
    sent.0.retain(|(name, _)| !name.starts_with("pick."));
    Ok(sent)
}

/// Texts of some fields, references by id.
struct Answers<'a> {
    actor: &'a Actor,
    sent: &'a Pairs,
    faults: Vec<Fault>,
    near: &'a mut Near,
}

impl Answers<'_> {
    fn fault(&mut self, name: &str, code: Code, value: &str, args: &[String]) {
        self.faults.push(Problem::new(code, value, args.to_vec()).at(name, &self.place(name)));
    }

    /// Who marries in is named, or told of; not both.
    fn named_or_told(&mut self) {
        let sent = self.sent;
        let lines = PERSON.map(str::to_owned).into_iter().chain(further::people(self.actor, "marry-in"));
        let told = lines.filter(|_| !sent.get("who").is_empty()).find(|line| !sent.get(line).is_empty());
        let Some(field) = told else { return };
        let zh = "已填婚入的人，不在册的人一栏不再填写；请只填一处";
        let en = "who marries in is named above; fill in only one of the two";
        self.fault(&field, Code::Said, "", &[zh.to_owned(), en.to_owned()]);
    }

    /// What a line of the form is called.
    fn place(&self, name: &str) -> Text {
        match name {
            "on" | "kept" | "who" | "cadre" => label(&format!("life-{name}")),
            line => {
                let (of, field) = line.split_once('-').unwrap_or(("", line));
                let ledgers = [of, "household", "person"].into_iter().filter_map(|id| self.actor.ledger(id).ok());
                let mut fields = ledgers.filter_map(|ix| {
                    let ledger = self.actor.pack().ledger(ix);
                    Some(ledger.field(ledger.field_by_id(field)?))
                });
                fields.next().map(|field| field.title.clone()).unwrap_or_default()
            }
        }
    }

    /// The record that was named, if one was.
    async fn meant(&mut self, name: &str, ledger: &str) -> Result<Option<Uuid>, LifeError> {
        let words = self.sent.get(name);
        if words.is_empty() {
            return Ok(None);
        }
        let ix = self.actor.ledger(ledger)?;
        let title = self.actor.pack().ledger(ix).title.clone();
        match self.actor.resolve(ix, self.sent.shown(name).unwrap_or(words)).await? {
            Resolved::One(id) => return Ok(Some(id)),
            Resolved::Several(near) => {
                // The page says it with the records to choose from.
                self.fault(name, Code::Several, words, &[String::new()]);
                self.near.insert(name.to_owned(), near);
            }
            Resolved::Nothing => self.fault(name, Code::NoSuchRecord, words, &[title.zh, title.en]),
        }
        Ok(None)
    }

    fn day(&mut self) -> i32 {
        let text = self.sent.get("on").to_owned();
        match day::parse(&text) {
            Some(day) => day,
            None => {
                let code = if text.is_empty() { Code::Required } else { Code::NotADate };
                self.fault("on", code, &text, &[]);
                self.actor.today()
            }
        }
    }

    fn texts(&self, names: &[&str], prefix: &str) -> Texts {
        names.iter().map(|name| ((*name).to_owned(), self.sent.get(&format!("{prefix}{name}")).to_owned())).collect()
    }

    /// Texts of a person, with what the ID number tells and nobody filled in.
    fn of_person(&self, names: &[&str], prefix: &str) -> Result<Texts, Error> {
        let mut texts = self.texts(names, prefix);
        self.actor.fill_by_number(self.actor.ledger("person")?, &mut texts);
        if let Some(relation) = texts.get_mut("kinship") {
            *relation = self.relation(relation);
        }
        Ok(texts)
    }

    /// The code of a relation to the head, by its code or name; other words as they are.
    fn relation(&self, words: &str) -> String {
        let pack = self.actor.pack();
        let list = pack.index.codes.get("kinship").map(|list| Kind::Code { list: *list });
        match list.map(|kind| kind::parse(pack, &kind, words)) {
            Some(Ok(Value::Text(code))) => code.to_string(),
            _ => words.to_owned(),
        }
    }

    fn ids(&self, name: &str) -> Vec<Uuid> {
        self.sent.all(name).filter_map(|text| text.parse().ok()).collect()
    }

    /// Relations of all members.
    fn kin(&self) -> Kin {
        let one = |(name, value): &(String, String)| {
            Some((name.strip_prefix("kin-")?.parse().ok()?, self.relation(value.trim())))
        };
        self.sent.0.iter().filter_map(one).collect()
    }

    /// What is told of further fields, references by id: by field, or at its line of what is made besides files and people.
    async fn further(&mut self, made: &[Made]) -> Result<Texts, LifeError> {
        let mut texts = Texts::new();
        for made in made {
            for field in made.fields(self.actor) {
                let line = made.name(field);
                let text = match field.kind {
                    Kind::Ref { to } => {
                        let id = self.meant(&line, &self.actor.pack().ledger(to).id).await?;
                        id.map(|id| id.to_string()).unwrap_or_default()
                    }
                    _ => self.sent.get(&line).to_owned(),
                };
                texts.insert(if made.is_besides() { line } else { field.id.clone() }, text);
            }
        }
        Ok(texts)
    }

    /// Replaces the words of references by ids.
    async fn references(&mut self, texts: &mut Texts, of: &[(&str, &str)]) -> Result<(), LifeError> {
        for (field, ledger) in of {
            let id = self.meant(field, ledger).await?;
            texts.insert((*field).to_owned(), id.map(|id| id.to_string()).unwrap_or_default());
        }
        Ok(())
    }
}

/// Faults of the answers stand before those of the plan.
pub(super) fn together(faults: Vec<Fault>, plan: Result<Plan, LifeError>) -> Result<Plan, LifeError> {
    match plan {
        _ if faults.is_empty() => plan,
        Err(LifeError::Faults(more)) => {
            let mut all = faults;
            let known: BTreeMap<String, ()> = all.iter().map(|fault| (fault.path.clone(), ())).collect();
            all.extend(more.into_iter().filter(|fault| !known.contains_key(&fault.path)));
            Err(LifeError::Faults(all))
        }
        Err(error) => Err(error),
        Ok(_) => Err(LifeError::Faults(faults)),
    }
}

/// The plan of a new file; `near` takes what a line may mean.
///
/// # Errors
/// Every fault of the form.
pub async fn plan_new(actor: &Actor, sent: &Pairs, near: &mut Near) -> Result<Plan, LifeError> {
    let mut answers = Answers { actor, sent, faults: Vec::new(), near };
    let mut file = answers.texts(&FILE, "");
    answers.references(&mut file, &[("building", "building"), ("dwelling", "dwelling")]).await?;
    let mut head = answers.of_person(&PERSON, "head-")?;
    head.extend(answers.further(&[further::HEAD]).await?);
    file.extend(answers.further(&further::OF_NEW).await?);
    let plan = further::placed(actor, &further::OF_NEW, life::form(actor, &file, &head).await);
    together(answers.faults, plan)
}

/// The plan of an event; `near` takes what a line may mean.
///
/// # Errors
/// Every fault of the form.
pub async fn plan(actor: &Actor, event: &str, id: Uuid, sent: &Pairs, near: &mut Near) -> Result<Plan, LifeError> {
    let mut answers = Answers { actor, sent, faults: Vec::new(), near };
    let on = if event == "birth" { actor.today() } else { answers.day() };
    let (who, kin) = (answers.ids("who"), answers.kin());
    let told = answers.further(further::made(event)).await?;
    let when = On { day: on, besides: Some(&told) };
    let plan = match event {
        "split" => {
            let mut file = answers.texts(&["number", "building", "dwelling"], "");
            answers.references(&mut file, &[("building", "building"), ("dwelling", "dwelling")]).await?;
            file.extend(told);
            let cadre = answers.meant("cadre", "cadre").await?;
            let (go, stay) = kin.into_iter().partition(|(id, _)| who.contains(id));
            let asked = Splitting { go, stay, file, along: answers.ids("along"), cadre, on };
            life::split(actor, id, &asked).await
        }
        "merge" => match answers.meant("kept", "household").await? {
            Some(kept) => life::merge(actor, kept, id, &kin, when).await,
            None => {
                if answers.faults.is_empty() {
                    answers.fault("kept", Code::Required, "", &[]);
                }
                Err(LifeError::Faults(Vec::new()))
            }
        },
        "move" => {
            let dwelling = answers.meant("dwelling", "dwelling").await?;
            let building = answers.meant("building", "building").await?;
            match answers.faults.is_empty() {
                true => life::relocate(actor, id, building, dwelling, when).await,
                // What was named and not found is not also missing.
                false => Err(LifeError::Faults(Vec::new())),
            }
        }
        "marry-in" => {
            let who = answers.meant("who", "person").await?;
            let mut texts = answers.of_person(&PERSON, "")?;
            texts.insert("kinship".to_owned(), answers.relation(sent.get("kinship")));
            texts.insert("joined_on".to_owned(), day::format(on));
            texts.extend(told);
            answers.named_or_told();
            match who.is_some() || sent.get("who").is_empty() {
                true => life::marry_in(actor, id, who, &texts, on).await,
                // Who was named and not found is nobody new.
                false => Err(LifeError::Faults(Vec::new())),
            }
        }
        "birth" => {
            let mut child = answers.of_person(&CHILD, "")?;
            child.extend(told);
            life::birth(actor, id, &child).await
        }
        "death" => life::depart(actor, id, &who, (Way::Died, when), &kin).await,
        "leave" => {
            let way = Way::of(sent.get("way")).filter(|way| *way != Way::Died).unwrap_or(Way::Returned);
            life::depart(actor, id, &who, (way, when), &kin).await
        }
        _ => life::change_head(actor, id, &kin, when).await,
    };
    together(answers.faults, further::placed(actor, further::made(event), plan))
}
