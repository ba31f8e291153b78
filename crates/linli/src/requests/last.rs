//! The last look before a report is sent, and sending it: number and code are shown once the report and its files are
//! on the disk.

use askama::Template;
use axum::http::StatusCode;
use linli_engine::{
    cases::{CaseError, Channel, file::Report},
    ids::PlaceCode,
    limits,
    pack::Pack,
    vault::{Caller, Phone, Secret},
};
use linli_worktime::{Millis, point};

use super::{
    draft::{Draft, Step, Wrong, step_words, titled},
    join, kept,
    kind::{Group, category, groups},
    pass,
    photo::Photos,
    say, whereabouts, whom,
};
use crate::web::{Ctx, Fault, Page, Reply, ctx::Who, page::show_as, times::Spoken, uploads};

#[derive(Template)]
#[template(path = "requests/last.html")]
struct LastPage {
    page: Page,
    draft: Draft,
    hidden: Vec<(&'static str, String)>,
    place: String,
    groups: Vec<Group>,
    category: String,
    promised: Option<Spoken>,
    photos: Photos,
    /// What pictures told.
    told: Vec<String>,
    name_chars: usize,
    wrong: Vec<Wrong>,
    step: String,
    /// For whom, where it is somebody else.
    whom: Option<String>,
}

impl LastPage {
    fn error(&self, id: &str) -> Option<&str> {
        self.wrong.iter().find(|w| w.id == id).map(|w| w.words.as_str())
    }
}

/// The third step.
pub async fn page(ctx: &Ctx, draft: Draft, wrong: Vec<Wrong>, status: StatusCode) -> Reply {
    let (engine, packs) = (ctx.engine(), ctx.engine().packs());
    let pack = packs.current();
    let Some(place) = draft.chosen(&engine.directory()) else {
        let wrong = draft.wrong_where(ctx);
        return whereabouts::page(ctx, draft, wrong);
    };
    if let Some(main) = join::joined(ctx, &draft).await? {
        return join::page(ctx, draft, &main, wrong, status).await;
    }
    let page = titled(ctx, Step::Last, !wrong.is_empty());
    let category = category(engine, &draft);
    let drawn = LastPage {
        hidden: draft.hidden(Step::Last, ctx.elder),
        step: step_words(ctx, Step::Last),
        whom: draft.whom.words(ctx),
        photos: Photos::of(ctx, &draft, Step::Last),
        told: draft.told_words(ctx, Step::Last),
        place: page.place(&place),
        groups: groups(&page, pack, &category),
        category: page.category(&category),
        promised: promised(pack, &category, engine.clock.now()).map(|at| page.time(&at)),
        name_chars: limits::NAME_CHARS,
        draft,
        wrong,
        page,
    };
    show_as(status, &drawn)
}

/// Until when the resident will be promised a result.
fn promised(pack: &Pack, category: &str, now: Millis) -> Option<Millis> {
    let class = pack.category(category).map(|c| c.class.as_str());
    point(&pack.calendar, now, pack.limit("promise", class)?, &[], 100)
}

/// Sends the report. What is wrong with any step leads back to it with all that was typed.
pub async fn send(ctx: &Ctx, mut draft: Draft, key: String) -> Reply {
    let joins = join::joined(ctx, &draft).await?.is_some();
    if !joins && !["", join::OTHER].contains(&draft.same_as.as_str()) {
        return alone(ctx, draft, ctx.t("join-closed")).await;
    }
    if let Some(wrong) = draft.wrong_say(ctx).filter(|_| !joins || !draft.say.is_empty()) {
        return say::page(ctx, draft, Some(wrong));
    }
    let Some(place) = draft.chosen(&ctx.engine().directory()).filter(|_| draft.wrong_where(ctx).is_none()) else {
        let wrong = draft.wrong_where(ctx);
        return whereabouts::page(ctx, draft, wrong);
    };
    let wrong = draft.wrong_last(ctx);
    if !wrong.is_empty() {
        return page(ctx, draft, wrong, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let wrong = draft.whom.wrong(ctx);
    if !wrong.is_empty() {
        return whom::page(ctx, draft, wrong);
    }
    let (files, lost) = kept::holding(ctx, &draft.kept);
    if lost {
        draft.kept = files.into_iter().map(|(note, _)| note).collect();
        let wrong = Wrong { id: "files", words: ctx.t("say-files-again") };
        return page(ctx, draft, vec![wrong], StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let report = report(ctx, &draft, key, place).await?;
    let filed = match ctx.engine().file(report).await {
        Err(error @ CaseError::Field { field: "joins", .. }) => {
            return alone(ctx, draft, Fault::from(error).words(ctx.lang)).await;
        }
        filed => filed?,
    };
    // Whoever is told of success finds all of it there; a form that broke off before is sent again under its key.
    if let Some(behalf) = draft.whom.behalf() {
        ctx.engine().on_behalf(filed.key, behalf).await?;
    }
    uploads::attach(ctx, filed.key, files.into_iter().map(|(_, file)| file).collect()).await?;
    let to = format!("/c/{}/{}/filed", filed.key.jurisdiction, filed.number);
    Ok(pass::go_with(ctx, &to, filed.key))
}

/// What they would have joined was closed meanwhile: they may report it on their own, with all that was typed.
async fn alone(ctx: &Ctx, draft: Draft, words: String) -> Reply {
    let draft = Draft { same_as: join::OTHER.to_owned(), ..draft };
    page(ctx, draft, vec![Wrong { id: "main", words }], StatusCode::UNPROCESSABLE_ENTITY).await
}

/// A file that was refused is a field to be mended; a store that fails is the program's own fault.
pub fn refused(fault: &Fault) -> StatusCode {
    if fault.status.is_client_error() { StatusCode::UNPROCESSABLE_ENTITY } else { fault.status }
}

async fn report(ctx: &Ctx, draft: &Draft, key: String, place: PlaceCode) -> Result<Report, Fault> {
    let person = match ctx.who {
        Who::Resident(person) => Some(person),
        _ => None,
    };
    let category = category(ctx.engine(), draft);
    // Only a case that was offered is joined.
    let joins = join::joined(ctx, draft).await?.map(|main| main.number);
    // A number is kept one way, however it was typed.
    let contact = draft.contact.parse::<Phone>().map_or_else(|_| Secret::new(String::new()), Secret::from);
    Ok(Report {
        key,
        channel: Channel::Web,
        kind: None,
        category: Some(category),
        title: String::new(),
        body: draft.say.clone(),
        place,
        address: draft.address.clone(),
        point: None,
        caller: Caller { person, name: Secret::new(draft.name.clone()), contact, confidential: draft.confidential },
        at: None,
        dispatch: ctx.app.config.auto_dispatch,
        joins,
    })
}
