//! What the program has learnt from what people decided: what is in use, how the last attempt went, from when on it is sure.

use askama::Template;
use axum::extract::Query;
use linli_engine::{
    db::Tx,
    policy::{Action, Resource},
    reading::{Learnt, Made, Outcome, SURE, Score},
    start,
};

use super::{Asked, Nav, by, may, page};
use crate::web::{
    Ctx, Fault, Needs, Page, Reply, Routes,
    forms::Sent,
    i18n::text,
    page::{go, show},
    times::Spoken,
};

const SEE: Needs = Needs::Seat(Action::See, Resource::Reading);
const EDIT: Needs = Needs::Seat(Action::Edit, Resource::Reading);

pub(super) fn routes() -> Routes {
    Routes::new().get("/admin/reading", SEE, look).post("/admin/reading", EDIT, set).post(
        "/admin/reading/learn",
        EDIT,
        learn,
    )
}

/// How likely, in hundredths, something can be asked to be before it counts as sure.
const PERCENT: std::ops::RangeInclusive<u8> = 30..=99;

#[derive(Template)]
#[template(path = "admin/reading.html")]
struct ReadingPage {
    page: Page,
    nav: Nav,
    models: Vec<Model>,
    sure: String,
    wrong: Option<String>,
    may_edit: bool,
    key: String,
}

/// What is learnt, in words.
struct Model {
    title: String,
    /// Since when one is in use.
    made: Option<Spoken>,
    tried: Option<Spoken>,
    outcome: String,
    kept: bool,
    /// How the new one and the one in use read the same later letters.
    figures: Vec<(String, String, String)>,
}

async fn look(ctx: Ctx, Query(asked): Query<Asked>) -> Reply {
    draw(&ctx, &asked.done, ctx.engine().sure_percent().to_string(), None).await
}

async fn draw(ctx: &Ctx, done: &str, sure: String, wrong: Option<String>) -> Reply {
    let page = page(ctx, &ctx.t("reading-title"), done);
    let learnt = ctx.engine().learnt().await?;
    show(&ReadingPage {
        nav: Nav::new(ctx, "/admin/reading"),
        models: learnt.iter().map(|made| model(&page, made)).collect(),
        sure,
        wrong,
        may_edit: may(ctx, Action::Edit, Resource::Reading),
        key: linli_engine::hex(&linli_engine::edge::new_id()),
        page,
    })
}

fn model(page: &Page, made: &Made) -> Model {
    let Made { kind, made_at, tried_at, last } = made;
    Model {
        title: page.t(&format!("reading-{kind}")),
        made: made_at.as_ref().map(|at| page.time(at)),
        tried: (tried_at.0 > 0).then(|| page.time(tried_at)),
        outcome: last.as_ref().map(|last| said(page, last)).unwrap_or_default(),
        kept: last.as_ref().is_none_or(|last| last.outcome != Outcome::Replaced),
        figures: last.as_ref().map(|last| figures(page, last)).unwrap_or_default(),
    }
}

fn said(page: &Page, learnt: &Learnt) -> String {
    let n = |n: usize| i64::try_from(n).unwrap_or(i64::MAX).into();
    let args = [("lessons", n(learnt.lessons)), ("trial", n(learnt.trial))];
    text(page.lang(), &format!("reading-outcome-{}", learnt.outcome), &args)
}

fn figures(page: &Page, learnt: &Learnt) -> Vec<(String, String, String)> {
    let (Some(new), Some(old)) = (learnt.new, learnt.old) else { return Vec::new() };
    let row = |key: &str, of: fn(&Score) -> f64| {
        let percent = |score: &Score| format!("{:.1}%", of(score) * 100.0);
        (page.t(key), percent(&new), percent(&old))
    };
    vec![row("reading-accuracy", |score| score.accuracy), row("reading-f1", |score| score.macro_f1)]
}

/// `POST /admin/reading`: from how likely on something is proposed as sure.
async fn set(ctx: Ctx, sent: Sent) -> Reply {
    sent.key()?;
    let typed = sent.text("sure").trim().trim_end_matches('%').to_owned();
    let Some(sure) = typed.parse::<u8>().ok().filter(|sure| PERCENT.contains(sure)) else {
        return draw(&ctx, "", typed, Some(ctx.t("reading-sure-wrong"))).await;
    };
    let (engine, by) = (ctx.engine(), by(&ctx)?);
    let (home, now) = (engine.home, engine.clock.now());
    let write = move |tx: &mut Tx<'_>| start::set(tx, home, &by, SURE, &sure.to_string(), now);
    engine.db.write(write).await?;
    engine.read_on().await?;
    Ok(go("/admin/reading?done=reading"))
}

/// `POST /admin/reading/learn`: begins to learn; it goes on after the answer.
async fn learn(ctx: Ctx, sent: Sent) -> Result<axum::response::Response, Fault> {
    sent.key()?;
    let engine = ctx.engine().clone();
    tokio::spawn(async move {
        if let Err(error) = engine.learn_now().await {
            tracing::error!(error = linli_engine::chain(&error), "nothing was learnt");
        }
    });
    Ok(go("/admin/reading?done=learning"))
}
