//! The hand-over at the end of a shift: what is open in my queue, a word on the whole and on single cases, given to the
//! next shift; shown on their inbox until somebody takes it, and kept in the record.

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use linli_engine::{
    cases::{
        CaseError, CaseKey,
        inbox::{View, queues},
    },
    db::{DbError, Tx},
    desk::handover::{self, Handed, Handover, HandoverError},
    edge,
    ids::HandoverId,
    limits,
    policy::{Action, Resource},
    seats::{Role, Seat},
};

use super::{
    account,
    asked::Asked,
    case::{case_url, where_is},
    views::{Views, step_title},
};
use crate::web::{
    Ctx, Fault, Page, Reply,
    forms::Sent,
    i18n::text,
    page::{go, show, show_as},
    times::{Due, Spoken},
};

/// A hand-over in a line.
pub struct Brief {
    /// Where it is.
    pub url: String,
    /// Who gave it, when, to whom.
    pub words: String,
    /// Who took it, and when; empty while it waits.
    pub taken: String,
}

fn brief(page: &Page, given: &Handover) -> Brief {
    let args = [
        ("name", given.name.clone().into()),
        ("at", page.time(&given.made_at).words.into()),
        ("to", page.owner(&given.target).into()),
    ];
    let taken = given.taken.as_ref().map(|(name, at)| {
        text(page.lang(), "shift-taken", &[("name", name.clone().into()), ("at", page.time(at).words.into())])
    });
    Brief {
        url: format!("/desk/handover/{}", given.id),
        words: text(page.lang(), "shift-brief", &args),
        taken: taken.unwrap_or_default(),
    }
}

async fn waiting(ctx: &Ctx, seat: &Seat) -> Result<Vec<Handover>, Fault> {
    let (home, queues, place) = (ctx.engine().home, queues(seat), seat.place.clone());
    Ok(ctx.engine().db.read(move |tx: &mut Tx<'_>| handover::waiting(tx, home, &queues, &place)).await?)
}

/// What waits to be taken over by a seat.
///
/// # Errors
/// When the database fails.
pub async fn briefs(ctx: &Ctx, page: &Page, seat: &Seat) -> Result<Vec<Brief>, Fault> {
    Ok(waiting(ctx, seat).await?.iter().map(|given| brief(page, given)).collect())
}

/// What a shift said about a case.
pub struct Said {
    /// Who and when.
    pub who: String,
    /// What.
    pub note: String,
    /// The whole hand-over.
    pub url: String,
}

/// What shifts said about a case to the queues of the reader.
///
/// # Errors
/// When the database fails.
pub async fn of_case(ctx: &Ctx, page: &Page, case: CaseKey) -> Result<Vec<Said>, Fault> {
    let Some(seat) = ctx.seat() else { return Ok(Vec::new()) };
    let (home, queues) = (ctx.engine().home, queues(seat));
    let found = ctx.engine().db.read(move |tx: &mut Tx<'_>| handover::of_case(tx, home, case, &queues)).await?;
    let said = |(given, note): &(Handover, String)| {
        let brief = brief(page, given);
        Said { who: brief.words, note: note.clone(), url: brief.url }
    };
    Ok(found.iter().filter(|(_, note)| !note.is_empty()).map(said).collect())
}

struct Row {
    case: String,
    url: String,
    title: String,
    place: String,
    step: String,
    due: Due,
    note: String,
    picked: bool,
}

#[derive(Template)]
#[template(path = "desk/handover.html")]
struct HandoverPage {
    page: Page,
    views: Views,
    id: String,
    note: String,
    targets: Vec<(String, String, bool)>,
    rows: Vec<Row>,
    waiting: Vec<Brief>,
    past: Vec<Brief>,
    next: Option<String>,
    error: Option<String>,
}

/// `GET /desk/handover`.
pub async fn page(ctx: Ctx, asked: Asked) -> Reply {
    draw(&ctx, &asked, None, None).await
}

async fn draw(ctx: &Ctx, asked: &Asked, sent: Option<&Sent>, error: Option<String>) -> Reply {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let page = Page::titled(ctx, "shift-title");
    let (mut views, _) = Views::read(ctx, &page, &seat, None).await?;
    views.at("/desk/handover");
    let items = ctx.engine().inbox(&seat, View::default()).await?;
    let typed = |name: &str| sent.map(|sent| sent.text(name).to_owned()).unwrap_or_default();
    let picked = sent.and_then(|sent| sent.fields.get("case")).cloned().unwrap_or_default();
    let rows = items.iter().map(|item| {
        let case = format!("{}/{}", item.head.key.jurisdiction, item.head.key.id);
        Row {
            url: case_url(&item.head),
            title: item.head.title.clone(),
            place: where_is(ctx, &page, &item.head),
            step: step_title(ctx, &page, &item.step),
            due: page.due(&item.due_at),
            note: typed(&format!("note-{case}")),
            picked: picked.contains(&case),
            case,
        }
    });
    let rows = rows.collect();
    let (home, own, place, before) = (ctx.engine().home, queues(&seat), seat.place.clone(), asked.read("before"));
    let past = ctx.engine().db.read(move |tx: &mut Tx<'_>| handover::past(tx, home, &own, &place, before));
    let (past, next) = past.await?;
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = HandoverPage {
        id: sent.map_or_else(|| HandoverId(edge::new_id()).to_string(), |sent| sent.text("id").to_owned()),
        note: typed("note"),
        targets: targets(&page, &seat, &typed("target")),
        rows,
        waiting: briefs(ctx, &page, &seat).await?,
        past: past.iter().map(|given| brief(&page, given)).collect(),
        next: next.map(|id| asked.with("/desk/handover", "before", &id.to_string())),
        error,
        views,
        page,
    };
    show_as(status, &template)
}

/// To whom one may hand over: one's own queue first, then the other roles that have one.
fn targets(page: &Page, seat: &Seat, chosen: &str) -> Vec<(String, String, bool)> {
    let mut own = queues(seat);
    // Whoever handles hands over within the unit.
    own.reverse();
    let others = Role::ALL.iter().filter(|role| !role.is_admin() && !role.handles());
    let others =
        others.filter(|role| crate::web::routes::may_somewhere((**role).into(), Action::List, Resource::Inbox));
    for queue in others.map(|role| format!("role:{}", role.as_str())) {
        if !own.contains(&queue) {
            own.push(queue);
        }
    }
    own.into_iter().filter(|queue| queue != "role:handler").map(|q| (q.clone(), page.owner(&q), q == chosen)).collect()
}

/// `POST /desk/handover`.
pub async fn give(ctx: Ctx, sent: Sent) -> Reply {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let page = Page::titled(&ctx, "shift-title");
    let me = account(&ctx)?.clone();
    let id = sent.text("id").parse().map_err(|_| Fault::new(StatusCode::BAD_REQUEST, "fault-no-key"))?;
    let target =
        targets(&page, &seat, "").into_iter().map(|(queue, ..)| queue).find(|queue| queue == sent.text("target"));
    let target = target.ok_or_else(|| Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "fault-malformed"))?;
    let ticked = sent.fields.get("case").cloned().unwrap_or_default();
    let written = sent.fields.keys().filter_map(|name| name.strip_prefix("note-"));
    let written = written.filter(|case| !sent.text(&format!("note-{case}")).is_empty()).map(str::to_owned);
    let named: std::collections::BTreeSet<String> = ticked.into_iter().chain(written).collect();
    let mut cases = Vec::new();
    for name in named {
        let key = name
            .split_once('/')
            .and_then(|(street, id)| Some(CaseKey { jurisdiction: street.parse().ok()?, id: id.parse().ok()? }));
        let key = key.ok_or_else(|| Fault::new(StatusCode::BAD_REQUEST, "fault-malformed"))?;
        // Nobody hands over what they may not see.
        ctx.engine().case_by_key(key, &ctx.viewer()).await?;
        cases.push(Handed { case: key, note: sent.text(&format!("note-{name}")).to_owned() });
    }
    let given = Handover {
        id,
        target,
        place: seat.place,
        account: me.id,
        name: me.name,
        org: seat.org,
        note: sent.text("note").to_owned(),
        made_at: ctx.engine().clock.now(),
        taken: None,
    };
    let home = ctx.engine().home;
    let done = ctx.engine().db.write(move |tx: &mut Tx<'_>| handover::give(tx, home, &given, &cases)).await?;
    match done {
        Ok(()) => Ok(go(&format!("/desk/handover/{id}"))),
        Err(why) => {
            let key = match why {
                HandoverError::Empty => "shift-empty",
                HandoverError::Long => "shift-long",
                HandoverError::Many => "shift-many",
            };
            let words = page.n(key, if key == "shift-long" { limits::PHRASE_CHARS } else { limits::HANDOVER_CASES });
            draw(&ctx, &Asked::default(), Some(&sent), Some(words)).await
        }
    }
}

struct Line {
    url: String,
    title: String,
    state: String,
    note: String,
}

#[derive(Template)]
#[template(path = "desk/handed.html")]
struct HandedPage {
    page: Page,
    brief: Brief,
    org: String,
    note: String,
    at: Spoken,
    lines: Vec<Line>,
    hidden: usize,
    may_take: bool,
    url: String,
}

async fn one(ctx: &Ctx, id: &str) -> Result<(Handover, Vec<Handed>), Fault> {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let id: HandoverId = id.parse().map_err(|_| Fault::not_found())?;
    let (home, own, me) = (ctx.engine().home, queues(&seat), account(ctx)?.id);
    let read = move |tx: &mut Tx<'_>| -> Result<_, DbError> { handover::one(tx, home, id, &own, &seat.place, me) };
    ctx.engine().db.read(read).await?.ok_or_else(Fault::not_found)
}

fn takes(ctx: &Ctx, given: &Handover) -> bool {
    given.taken.is_none() && ctx.seat().is_some_and(|seat| queues(seat).contains(&given.target))
}

/// `GET /desk/handover/{id}`.
pub async fn read(ctx: Ctx, Path(id): Path<String>) -> Reply {
    let (given, cases) = one(&ctx, &id).await?;
    let page = Page::titled(&ctx, "shift-one");
    let (mut lines, mut hidden) = (Vec::new(), 0);
    for handed in cases {
        let d = match ctx.engine().case_by_key(handed.case, &ctx.viewer()).await {
            Ok(d) => d,
            Err(CaseError::NotFound) => {
                hidden += 1;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let steps: Vec<&str> = d.steps.iter().map(|step| page.of(&step.title)).collect();
        lines.push(Line {
            url: case_url(&d.head),
            title: d.head.title.clone(),
            state: steps.join(" \u{b7} "),
            note: handed.note,
        });
    }
    show(&HandedPage {
        brief: brief(&page, &given),
        org: page.org(given.org.as_str()),
        at: page.time(&given.made_at),
        lines,
        hidden,
        may_take: takes(&ctx, &given),
        url: format!("/desk/handover/{id}"),
        note: given.note,
        page,
    })
}

/// `POST /desk/handover/{id}/take`: taken once; whoever comes later reads who was first.
pub async fn take(ctx: Ctx, Path(id): Path<String>) -> Reply {
    let (given, _) = one(&ctx, &id).await?;
    if takes(&ctx, &given) {
        let (me, home, now) = (account(&ctx)?.clone(), ctx.engine().home, ctx.engine().clock.now());
        let work = move |tx: &mut Tx<'_>| handover::take(tx, home, given.id, me.id, &me.name, now);
        ctx.engine().db.write(work).await?;
    }
    Ok(go(&format!("/desk/handover/{id}")))
}
