//! The rules in the administrators' frame; the pages themselves are those that everybody reads.

use askama::Template;
use axum::extract::{Path, Query};
use linli_engine::policy::{Action, Resource};

use super::{Nav, page};
use crate::{
    rules::{self, Part, Wanted},
    web::{Ctx, Needs, Page, Reply, Routes, page::show},
};

const SEE: Needs = Needs::Seat(Action::See, Resource::Pack);
const HERE: &str = "/admin/pack";

pub(super) fn routes() -> Routes {
    Routes::new().get("/admin/pack", SEE, about).get("/admin/pack/{part}", SEE, part).get(
        "/admin/pack/flows/{id}",
        SEE,
        flow,
    )
}

#[derive(Template)]
#[template(path = "admin/pack.html")]
struct PackPage {
    page: Page,
    nav: Nav,
    shown: rules::Shown,
}

async fn about(ctx: Ctx, Query(wanted): Query<Wanted>) -> Reply {
    framed(&ctx, &Part::About, &wanted).await
}

async fn part(ctx: Ctx, Path(name): Path<String>, Query(wanted): Query<Wanted>) -> Reply {
    framed(&ctx, &Part::named(&name)?, &wanted).await
}

async fn flow(ctx: Ctx, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Reply {
    framed(&ctx, &Part::Flow(id), &wanted).await
}

async fn framed(ctx: &Ctx, part: &Part, wanted: &Wanted) -> Reply {
    let shown = rules::shown(ctx, HERE, part, wanted).await?;
    let page = page(ctx, &shown.title, "");
    show(&PackPage { nav: Nav::new(ctx, HERE), page, shown })
}
