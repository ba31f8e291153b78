//! The first page: what is wrong, in own words; and my matters.

use askama::Template;
use linli_engine::{
    cases::{Head, Phase, read::Dossier},
    db::Tx,
    vault,
};
use linli_worktime::Millis;

use crate::web::{Ctx, Page, Reply, ctx::Who, page::show};

#[derive(Template)]
#[template(path = "requests/home.html")]
struct HomePage {
    page: Page,
    mine: Vec<Row>,
}

/// A matter in a list.
pub struct Row {
    /// Its row.
    pub head: Head,
    /// What is asked of the resident, or how it stands.
    pub state: String,
    /// Whether something is asked of the resident.
    pub asked: bool,
    /// When the next step is due.
    pub due_at: Option<Millis>,
}

/// `GET /`.
pub async fn page(ctx: Ctx) -> Reply {
    let page = Page::titled(&ctx, "home-title");
    let mine = match &ctx.who {
        Who::Resident(_) => {
            rows(&ctx, &page, None, 5).await?.into_iter().filter(|r| r.head.phase == Phase::Open || r.asked).collect()
        }
        _ => Vec::new(),
    };
    show(&HomePage { page, mine })
}

/// A page of the resident's matters, newest first, those older than `after`.
pub async fn rows(
    ctx: &Ctx,
    page: &Page,
    after: Option<linli_engine::ids::CaseId>,
    limit: usize,
) -> Result<Vec<Row>, crate::web::Fault> {
    let Who::Resident(person) = ctx.who else { return Ok(Vec::new()) };
    let keys = ctx.engine().db.read(move |tx: &mut Tx<'_>| vault::cases_of(tx, person, after, limit)).await?;
    let mut rows = Vec::new();
    for (jurisdiction, id) in keys {
        let key = linli_engine::cases::CaseKey { jurisdiction, id };
        let dossier = ctx.engine().case_by_key(key, &ctx.viewer()).await?;
        rows.push(row(page, dossier));
    }
    Ok(rows)
}

fn row(page: &Page, dossier: Dossier) -> Row {
    // What the resident can close is what is asked of them: to answer, to confirm, to say whether it held.
    let asking = |act: &str| matches!(act, "tell_more" | "answered" | "lasted");
    let asked = dossier.offers.iter().find(|o| asking(&o.act));
    Row {
        asked: asked.is_some(),
        state: asked.map_or_else(|| super::track::state(page, &dossier), |o| page.t(&format!("track-ask-{}", o.act))),
        due_at: dossier.head.promised_at,
        head: dossier.head,
    }
}
