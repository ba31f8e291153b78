//! What cases refer to: places, units, who answers for what, categories and flows.

use std::collections::BTreeMap;

use axum::{Json, extract::Path, response::IntoResponse};
use linli_engine::{
    directory::{Directory, Duty as DutyRow, Org as Unit, Place as PlaceRow},
    ids::PlaceCode,
    limits,
    pack::Pack,
};
use linli_flow::{Definition, FormField};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::list::Asked;
use crate::web::{Ctx, Fault, Page, Reply, given::Query};

/// A page of a list.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "{T}List")]
pub struct Listed<T> {
    /// What is on the page.
    items: Vec<T>,
    /// Brings the next page as `after`; nothing on the last one.
    next: Option<String>,
}

fn page_of<T>(asked: &Asked<'_>, rows: impl Iterator<Item = T>, key: impl Fn(&T) -> String) -> Listed<T> {
    let mut items: Vec<T> = rows.take(limits::PAGE + 1).collect();
    let more = items.len() > limits::PAGE;
    items.truncate(limits::PAGE);
    let next = if more { items.last().map(|last| asked.seal(&key(last))) } else { None };
    Listed { items, next }
}

/// Which places.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PlacesQuery {
    /// Words that point to a place; the most likely first.
    q: Option<String>,
    /// Those within this place.
    #[schemars(with = "Option<String>", extend("pattern" = "^[0-9]{2,20}$"))]
    within: Option<PlaceCode>,
    /// Where the list goes on: `next` of the page before.
    after: Option<String>,
}

/// A place.
#[derive(Serialize, JsonSchema)]
pub struct Place {
    /// Its code: a child's begins with its parent's.
    code: String,
    /// `province`, `city`, `district`, `street`, `community`, `grid`, `building` or `unit`.
    level: String,
    /// Its name, with what lies above it.
    name: String,
    /// What people call it besides.
    aliases: Vec<String>,
    /// Degrees east and north, where known.
    point: Option<[f64; 2]>,
}

fn place(ctx: &Ctx, directory: &Directory, place: &PlaceRow) -> Place {
    Place {
        code: place.code.as_str().to_owned(),
        level: place.code.level().slug().to_owned(),
        name: directory.place_name(&place.code, ctx.lang.code()),
        aliases: place.aliases.clone(),
        point: place.point.map(|(lon, lat)| [lon, lat]),
    }
}

/// Places that words point to.
const FOUND: usize = 10;

/// `GET /api/v1/places`.
pub async fn places(ctx: Ctx, Query(query): Query<PlacesQuery>) -> Reply {
    let (directory, asked) = (ctx.engine().directory(), Asked::new(&ctx, "places", &query));
    if let Some(words) = &query.q {
        let mut found: Vec<&PlaceRow> = roots(&directory, query.within.as_ref())
            .iter()
            .flat_map(|root| directory.locate(words, root, FOUND))
            .collect();
        found.truncate(FOUND);
        let items = found.into_iter().map(|p| place(&ctx, &directory, p)).collect();
        return Ok(Json(Listed { items, next: None }).into_response());
    }
    let read = |position: &str| position.parse::<PlaceCode>().ok();
    let after = query.after.as_deref().map(|cursor| asked.open(cursor, read)).transpose()?;
    let rows = directory.places().filter(|p| {
        let inside = query.within.as_ref().is_none_or(|within| within.covers(&p.code));
        inside && p.retired_at.is_none() && after.as_ref().is_none_or(|after| p.code > *after)
    });
    let rows = rows.map(|p| place(&ctx, &directory, p));
    Ok(Json(page_of(&asked, rows, |p| p.code.clone())).into_response())
}

/// The places that nothing known lies above, or the one that is asked for.
fn roots(directory: &Directory, within: Option<&PlaceCode>) -> Vec<PlaceCode> {
    let top = |p: &&PlaceRow| p.code.parent().is_none_or(|above| directory.place(&above).is_none());
    match within {
        Some(within) => vec![within.clone()],
        None => directory.places().filter(top).map(|p| p.code.clone()).collect(),
    }
}

/// `GET /api/v1/places/{code}`.
pub async fn one_place(ctx: Ctx, Path(code): Path<String>) -> Reply {
    let directory = ctx.engine().directory();
    let code: PlaceCode = code.parse().map_err(|_| Fault::not_found())?;
    let found = directory.place(&code).filter(|p| p.retired_at.is_none()).ok_or_else(Fault::not_found)?;
    Ok(Json(place(&ctx, &directory, found)).into_response())
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PageQuery {
    /// Where the list goes on: `next` of the page before.
    after: Option<String>,
}

/// A unit.
#[derive(Serialize, JsonSchema)]
pub struct Org {
    /// Its short name.
    id: String,
    /// What people call it.
    name: String,
    /// What sort of unit it is.
    kind: String,
    /// What it is there for, as the duty list says.
    function: String,
    /// The code of the place that it serves.
    place: String,
    /// The unit above it.
    parent: Option<String>,
    /// Its public telephone.
    phone: Option<String>,
}

fn org(page: &Page, org: &Unit) -> Org {
    Org {
        id: org.id.to_string(),
        name: page.of(&org.name).to_owned(),
        kind: org.kind.slug().to_owned(),
        function: org.function.clone(),
        place: org.place.as_str().to_owned(),
        parent: org.parent.as_ref().map(ToString::to_string),
        phone: org.phone.clone(),
    }
}

/// `GET /api/v1/orgs`.
pub async fn orgs(ctx: Ctx, Query(query): Query<PageQuery>) -> Reply {
    let (directory, page, asked) = (ctx.engine().directory(), Page::new(&ctx, ""), Asked::new(&ctx, "orgs", &query));
    let after = query.after.as_deref().map(|cursor| asked.open(cursor, |id| Some(id.to_owned()))).transpose()?;
    let mut rows: Vec<&Unit> = directory.orgs().filter(|org| org.retired_at.is_none()).collect();
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    let rows = rows.into_iter().filter(|org| after.as_ref().is_none_or(|after| org.id.as_str() > after.as_str()));
    Ok(Json(page_of(&asked, rows.map(|one| org(&page, one)), |org| org.id.clone())).into_response())
}

/// `GET /api/v1/orgs/{id}`.
pub async fn one_org(ctx: Ctx, Path(id): Path<String>) -> Reply {
    let directory = ctx.engine().directory();
    let found = directory.org(&id).filter(|org| org.retired_at.is_none()).ok_or_else(Fault::not_found)?;
    Ok(Json(org(&Page::new(&ctx, ""), found)).into_response())
}

/// A row of the office's own duty list.
#[derive(Serialize, JsonSchema)]
pub struct Duty {
    /// Its id.
    id: String,
    /// The category.
    category: String,
    /// The code of the place.
    place: String,
    /// The unit that answers for it.
    org: String,
    /// `lead` or `assist`.
    part: String,
    /// What it rests on.
    basis: String,
}

/// `GET /api/v1/duties`.
pub async fn duties(ctx: Ctx, Query(query): Query<PageQuery>) -> Reply {
    let (directory, asked) = (ctx.engine().directory(), Asked::new(&ctx, "duties", &query));
    let after = query.after.as_deref().map(|cursor| asked.open(cursor, |id| Some(id.to_owned()))).transpose()?;
    let row = |duty: &DutyRow| Duty {
        id: duty.id.to_string(),
        category: duty.category.clone(),
        place: duty.place.as_str().to_owned(),
        org: duty.org.to_string(),
        part: duty.part.slug().to_owned(),
        basis: duty.basis.clone(),
    };
    let mut rows: Vec<Duty> = directory.duties().iter().map(row).collect();
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    let rows = rows.into_iter().filter(|duty| after.as_ref().is_none_or(|after| duty.id > *after));
    Ok(Json(page_of(&asked, rows, |duty| duty.id.clone())).into_response())
}

/// A category of the rules in force.
#[derive(Serialize, JsonSchema)]
pub struct Category {
    /// Its code: a child's begins with its parent's and a dot.
    code: String,
    /// What people call it.
    name: String,
    /// The category above it.
    parent: Option<String>,
    /// The class that sets its limits.
    class: String,
    /// Consultation, help, complaint, report or suggestion.
    kind: String,
    /// The function of the unit that answers for it.
    function: String,
}

/// All categories.
#[derive(Serialize, JsonSchema)]
pub struct Categories {
    /// The version of the rules.
    pack: String,
    /// The categories.
    items: Vec<Category>,
}

/// `GET /api/v1/categories`.
pub async fn categories(ctx: Ctx) -> Reply {
    let (pack, page) = (ctx.engine().packs().current(), Page::new(&ctx, ""));
    let row = |category: &linli_engine::pack::Category| Category {
        code: category.code.clone(),
        name: page.of(&category.title).to_owned(),
        parent: category.parent.clone(),
        class: category.class.clone(),
        kind: category.kind.clone(),
        function: pack.duty(&category.code).function.clone(),
    };
    let items = pack.categories().iter().map(row).collect();
    Ok(Json(Categories { pack: pack.version.clone(), items }).into_response())
}

/// A flow.
#[derive(Serialize, JsonSchema)]
pub struct FlowHead {
    /// Its name.
    id: String,
    /// What people call it.
    title: String,
    /// Where it comes from.
    source: Option<String>,
}

/// All flows of the rules in force.
#[derive(Serialize, JsonSchema)]
pub struct Flows {
    /// The version of the rules.
    pack: String,
    /// The flows.
    items: Vec<FlowHead>,
}

/// A flow with its steps.
#[derive(Serialize, JsonSchema)]
pub struct Flow {
    /// Its name.
    id: String,
    /// What people call it.
    title: String,
    /// Where it comes from.
    source: Option<String>,
    /// The steps that a new case begins with.
    start: Vec<String>,
    /// Its steps.
    steps: Vec<FlowStep>,
    /// Acts that leave the steps alone.
    sides: Vec<FlowAct>,
    /// Acts that close steps wherever the case stands.
    cancels: Vec<FlowAct>,
    /// What may become of a case, in words.
    outcomes: BTreeMap<String, String>,
}

/// A step of a flow.
#[derive(Serialize, JsonSchema)]
pub struct FlowStep {
    /// Its name.
    step: String,
    /// What people call it.
    title: String,
    /// Whether the case is closed for people in it.
    settled: bool,
    /// What can be done in it.
    acts: Vec<FlowAct>,
}

/// An act of a flow.
#[derive(Serialize, JsonSchema)]
pub struct FlowAct {
    /// Its name.
    act: String,
    /// What people call it.
    title: String,
    /// Who may do it: `role:…`, the field that names a unit, the reporter or the system.
    by: Vec<String>,
    /// The rule that it rests on.
    rule: Option<String>,
    /// What has to be filled in; a name that ends in `?` may be left empty.
    form: Vec<String>,
}

/// `GET /api/v1/flows`.
pub async fn flows(ctx: Ctx) -> Reply {
    let (pack, page): (&Pack, _) = (ctx.engine().packs().current(), Page::new(&ctx, ""));
    let row = |flow: &std::sync::Arc<Definition>| FlowHead {
        id: flow.id().to_owned(),
        title: page.of(flow.title()).to_owned(),
        source: flow.source().map(str::to_owned),
    };
    let items = pack.flows().iter().map(row).collect();
    Ok(Json(Flows { pack: pack.version.clone(), items }).into_response())
}

/// `GET /api/v1/flows/{id}`.
pub async fn one_flow(ctx: Ctx, Path(id): Path<String>) -> Reply {
    let (pack, page): (&Pack, _) = (ctx.engine().packs().current(), Page::new(&ctx, ""));
    let flow = pack.flow(&id).ok_or_else(Fault::not_found)?;
    let act =
        |name: &str, title: &linli_flow::Text, by: &[linli_flow::Who], rule: &Option<String>, form: &[FormField]| {
            FlowAct {
                act: name.to_owned(),
                title: page.of(title).to_owned(),
                by: by.iter().map(ToString::to_string).collect(),
                rule: rule.clone(),
                form: form.iter().map(|f| format!("{}{}", f.name, if f.optional { "?" } else { "" })).collect(),
            }
        };
    let step = |step: &linli_flow::Step| FlowStep {
        step: step.name.clone(),
        title: page.of(&step.title).to_owned(),
        settled: step.settled,
        acts: step.acts.iter().map(|a| act(&a.name, &a.title, &a.by, &a.rule, &a.form)).collect(),
    };
    let flow = Flow {
        id: flow.id().to_owned(),
        title: page.of(flow.title()).to_owned(),
        source: flow.source().map(str::to_owned),
        start: flow.start().to_vec(),
        steps: flow.steps().iter().map(step).collect(),
        sides: flow.sides().iter().map(|s| act(&s.name, &s.title, &s.by, &s.rule, &s.form)).collect(),
        cancels: flow.cancels().iter().map(|c| act(&c.name, &c.title, &c.by, &c.rule, &c.form)).collect(),
        outcomes: flow.outcomes().iter().map(|(name, title)| (name.clone(), page.of(title).to_owned())).collect(),
    };
    Ok(Json(flow).into_response())
}
