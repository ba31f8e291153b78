//! The JSON of cases, as programs read it. From these types the description is made.

use linli_engine::{
    attachments::Attachment,
    cases::{
        Head,
        inbox::Item,
        read::{Dossier, Offer, OfferWay},
        thread::{Line, Speaker, thread},
        timeline::{Entry, Sort},
        times::ClockState,
    },
};
use linli_flow::FormField;
use linli_worktime::Millis;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::web::{Ctx, Page, acts, entry};

/// A time (RFC 3339, with the offset of the office).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Time(String);

impl Time {
    /// A time of the engine.
    pub fn new(ctx: &Ctx, at: Millis) -> Self {
        Self(ctx.engine().packs().current().calendar.rfc3339(at))
    }
}

impl JsonSchema for Time {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// A case, as lists show it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CaseHead {
    /// The street that it belongs to: nine digits.
    pub jurisdiction: String,
    /// Its number, as people say it.
    pub number: String,
    /// The flow that it travels through.
    pub flow: String,
    /// The version of the rules that it keeps.
    pub pack: String,
    /// In a line.
    pub title: String,
    /// Consultation, help, complaint, report or suggestion.
    pub kind: String,
    /// Its category.
    pub category: String,
    /// What people call the category.
    pub category_name: String,
    /// The class that sets its limits.
    pub class: String,
    /// How it came in.
    pub channel: String,
    /// The code of the place.
    pub place: String,
    /// What people call the place.
    pub place_name: String,
    /// Where, in words.
    pub address: String,
    /// The lead unit.
    pub unit: Option<String>,
    /// What people call the lead unit.
    pub unit_name: Option<String>,
    /// How far it is: `open`, `settled` (closed for people, in after-care) or `ended`.
    pub phase: String,
    /// What became of it.
    pub outcome: Option<String>,
    /// When it came in.
    pub opened_at: Time,
    /// What the resident was promised; nothing while the clock stands still.
    pub promised_at: Option<Time>,
    /// When it was closed for people.
    pub settled_at: Option<Time>,
    /// How often it was done again.
    pub redo: u32,
    /// The number of its last event.
    pub seq: u64,
    /// Its page for people.
    pub page: String,
}

/// The row of a case.
pub fn head(page: &Page, ctx: &Ctx, head: &Head) -> CaseHead {
    let time = |at: Millis| Time::new(ctx, at);
    CaseHead {
        jurisdiction: head.key.jurisdiction.to_string(),
        number: head.number.clone(),
        flow: head.flow.clone(),
        pack: head.pack.clone(),
        title: head.title.clone(),
        kind: head.kind.clone(),
        category: head.category.clone(),
        category_name: page.category(&head.category),
        class: head.class.clone(),
        channel: head.channel.clone(),
        place: head.place.as_str().to_owned(),
        place_name: page.place(&head.place),
        address: head.address.clone(),
        unit: head.unit.clone(),
        unit_name: head.unit.as_deref().map(|unit| page.org(unit)),
        phase: head.phase.slug().to_owned(),
        outcome: head.outcome.clone(),
        opened_at: time(head.opened_at),
        promised_at: head.promised_at.map(time),
        settled_at: head.settled_at.map(time),
        redo: head.redo,
        seq: head.seq,
        page: format!("/desk/cases/{}/{}", head.key.jurisdiction, head.number),
    }
}

/// A case with all that this caller may see of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Case {
    /// Its row.
    pub case: CaseHead,
    /// In the resident's words.
    pub body: String,
    /// The steps that are open.
    pub steps: Vec<Step>,
    /// Its clocks.
    pub clocks: Vec<Clock>,
    /// What this caller may do now.
    pub acts: Vec<Act>,
    /// What was written between the resident and the office.
    pub messages: Vec<Message>,
    /// What happened, oldest first.
    pub timeline: Vec<Moment>,
    /// Its files.
    pub attachments: Vec<File>,
}

/// An open step.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Step {
    /// Its name in the flow.
    pub step: String,
    /// Which of its parts, where several units work at once; empty otherwise.
    pub instance: String,
    /// What people call it.
    pub title: String,
    /// Who has to do it: `role:…`, `org:…` or `reporter`.
    pub owner: String,
    /// Since when.
    pub since: Time,
    /// When it is due.
    pub due_at: Time,
}

/// A clock.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Clock {
    /// Its name in the flow.
    pub name: String,
    /// From when it counts.
    pub from: Time,
    /// When its limit ends.
    pub due_at: Option<Time>,
    /// How long it stood still, milliseconds.
    pub held_ms: i64,
    /// The step that makes it stand still now.
    pub paused_by: Option<String>,
    /// When it was stopped.
    pub stopped_at: Option<Time>,
}

/// Something that can be done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Act {
    /// `step` (closes a step), `side` (leaves the steps alone) or `cancel` (closes steps wherever the case stands).
    pub way: String,
    /// The step that it closes.
    pub step: Option<String>,
    /// Which of its parts.
    pub instance: Option<String>,
    /// The opening of the step that this answer saw: send it back, so that nobody closes what they did not see.
    pub seen: Option<u64>,
    /// Its name in the flow.
    pub act: String,
    /// What people call it.
    pub title: String,
    /// The rule that it rests on.
    pub rule: Option<String>,
    /// Why it is not possible now.
    pub barred: Option<String>,
    /// What has to be filled in.
    pub form: Vec<Field>,
}

/// A field of a form.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: Option<String>,
    /// Whether it has to be filled in.
    pub required: bool,
    /// What can be chosen.
    pub choices: Vec<String>,
}

/// Something that happened.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Moment {
    /// The number of the event; 0 for one of the case that this one joined.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// `opened`, `act`, `side`, `late`, or `shared` (by the case that this one joined).
    pub sort: String,
    /// What it is called.
    pub what: String,
    /// What was written down.
    pub text: String,
    /// Who, as role and unit; never a resident by name.
    pub who: String,
    /// The rule that it rests on.
    pub rule: Option<String>,
}

/// Something that was written.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Message {
    /// The number of the event.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// `resident` or `staff`.
    pub from: String,
    /// The unit that wrote it, or wrote it down for the resident.
    pub who: String,
    /// What.
    pub text: String,
    /// What came with it.
    pub files: Vec<File>,
}

/// A file of a case.
#[derive(Debug, Serialize, JsonSchema)]
pub struct File {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its media type.
    #[serde(rename = "type")]
    pub mime: String,
    /// Its length.
    pub bytes: u64,
    /// When it was added.
    pub at: Time,
    /// Where programs read it.
    pub url: String,
    /// Where people read it.
    pub page: String,
}

/// A file.
pub fn file(ctx: &Ctx, file: &Attachment) -> File {
    let (stored, at) = (&file.stored, Time::new(ctx, file.at));
    let (id, street) = (file.id.to_string(), file.case.0);
    let (url, page) = (format!("/api/v1/attachments/{street}/{id}"), format!("/attachments/{street}/{id}"));
    File {
        id,
        name: stored.name.clone(),
        mime: stored.mime.as_str().to_owned(),
        bytes: stored.bytes_len,
        at,
        url,
        page,
    }
}

/// A case.
pub fn case(page: &Page, ctx: &Ctx, d: &Dossier, entries: &[Entry]) -> Case {
    let steps = d.steps.iter().map(|s| Step {
        step: s.step.clone(),
        instance: s.key.clone(),
        title: page.of(&s.title).to_owned(),
        owner: s.owner.clone(),
        since: Time::new(ctx, s.since),
        due_at: Time::new(ctx, s.due_at),
    });
    Case {
        case: head(page, ctx, &d.head),
        body: d.head.body.clone(),
        steps: steps.collect(),
        clocks: d.clocks.iter().map(|c| clock(ctx, c)).collect(),
        acts: d.offers.iter().map(|offer| act(page, d, offer)).collect(),
        messages: messages(page, ctx, d),
        timeline: entries.iter().map(|e| moment(page, ctx, d, e)).collect(),
        attachments: d.attachments.iter().map(|one| file(ctx, one)).collect(),
    }
}

fn clock(ctx: &Ctx, clock: &ClockState) -> Clock {
    Clock {
        name: clock.name.clone(),
        from: Time::new(ctx, clock.from),
        due_at: clock.due_at.map(|at| Time::new(ctx, at)),
        held_ms: clock.held,
        paused_by: clock.paused_by.clone(),
        stopped_at: clock.stopped.map(|at| Time::new(ctx, at)),
    }
}

/// An act that is on offer.
pub fn act(page: &Page, d: &Dossier, offer: &Offer) -> Act {
    let field = |asked: &FormField| {
        let known = d.pack.field(&asked.name);
        Field {
            name: asked.name.clone(),
            title: known.map(|field| page.of(&field.title).to_owned()),
            required: !asked.optional,
            choices: known.iter().flat_map(|f| &f.choices).map(|choice| choice.code.clone()).collect(),
        }
    };
    let (step, instance, seen) = match &offer.way {
        OfferWay::Step { step, key, seen } => (Some(step.clone()), Some(key.clone()), Some(*seen)),
        OfferWay::Side | OfferWay::Cancel => (None, None, None),
    };
    Act {
        way: acts::way(offer).to_owned(),
        step,
        instance,
        seen,
        act: offer.act.clone(),
        title: page.of(&offer.title).to_owned(),
        rule: offer.rule.clone(),
        barred: offer.barred.as_ref().map(|why| page.of(why).to_owned()),
        form: offer.form.iter().map(field).collect(),
    }
}

/// An entry of the timeline.
pub fn moment(page: &Page, ctx: &Ctx, d: &Dossier, e: &Entry) -> Moment {
    let sort = match e.sort {
        Sort::Opened => "opened",
        Sort::Act => "act",
        Sort::Side => "side",
        Sort::Late(_) => "late",
        Sort::Shared => "shared",
    };
    Moment {
        seq: e.seq,
        at: Time::new(ctx, e.at),
        sort: sort.to_owned(),
        what: entry::what(page, d, e),
        text: e.text.clone(),
        who: e.who.clone(),
        rule: e.rule.clone(),
    }
}

/// The conversation with the resident, oldest first.
pub fn messages(page: &Page, ctx: &Ctx, d: &Dossier) -> Vec<Message> {
    let message = |line: Line| {
        let (from, org) = match line.by {
            Speaker::Reporter => ("resident", None),
            Speaker::ReporterBy(org) => ("resident", Some(org)),
            Speaker::Unit(org) => ("staff", Some(org)),
        };
        let who = org.filter(|org| !org.is_empty()).map(|org| page.org(&org)).unwrap_or_default();
        let files = line.files.iter().filter_map(|n| d.attachments.get(*n)).map(|one| file(ctx, one)).collect();
        Message { seq: line.seq, at: Time::new(ctx, line.at), from: from.to_owned(), who, text: line.text, files }
    };
    thread(d).into_iter().map(message).collect()
}

/// A row of the inbox.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InboxItem {
    /// The step.
    pub step: String,
    /// Which of its parts.
    pub instance: String,
    /// Who has to do it.
    pub owner: String,
    /// Since when.
    pub since: Time,
    /// When it is due.
    pub due_at: Time,
    /// The case.
    pub case: CaseHead,
}

/// A row of the inbox.
pub fn inbox_item(page: &Page, ctx: &Ctx, item: &Item) -> InboxItem {
    InboxItem {
        step: item.step.clone(),
        instance: item.instance.clone(),
        owner: item.owner.clone(),
        since: Time::new(ctx, item.opened_at),
        due_at: Time::new(ctx, item.due_at),
        case: head(page, ctx, &item.head),
    }
}
