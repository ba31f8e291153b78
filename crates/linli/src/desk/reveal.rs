//! Seeing who brought a case: asked for with a reason, shown for a minute with the name of whoever looks across it, and
//! never again without being asked for.

use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
};
use linli_engine::{
    cases::{
        call::Dialled,
        read::{Dossier, Offer},
    },
    limits,
};

use super::{
    account,
    case::{case_url, read},
    story::{Moment, openings},
};
use crate::web::{ActForm, Ctx, Fault, Page, Reply, forms::Sent, page::show_as};

/// Who it is, for a minute.
struct Shown {
    name: String,
    contact: String,
    /// What they wrote, where handlers read it without names and numbers.
    words: Vec<String>,
    /// Across it: who looks, and when.
    mark: String,
}

#[derive(Template)]
#[template(path = "desk/reveal.html")]
struct RevealPage {
    page: Page,
    d: Dossier,
    url: String,
    form: ActForm,
    problems: Vec<(String, String)>,
    shown: Option<Shown>,
    /// When it was looked at before, oldest first.
    before: Vec<Moment>,
    /// The key of the form that calls through the exchange, where there is one.
    relay: Option<String>,
    /// What came of calling.
    said: Option<(&'static str, String)>,
}

/// `GET /desk/cases/{jurisdiction}/{number}/caller`: why, and what follows from it.
pub async fn ask(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>) -> Reply {
    let d = read(&ctx, &jurisdiction, &number).await?;
    let offer = offered(&d)?;
    let form = ActForm::new(&ctx, &d, &offer, &Default::default(), &[]);
    draw(&ctx, d, form, None, None)
}

/// `POST /desk/cases/{jurisdiction}/{number}/ring`: the exchange calls both; nobody sees a number.
pub async fn ring(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>, sent: Sent) -> Reply {
    let d = read(&ctx, &jurisdiction, &number).await?;
    let (offer, Some(seat)) = (offered(&d)?, ctx.seat()) else { return Err(Fault::not_found()) };
    let said = match ctx.engine().ring(d.head.key, seat, &sent.key()?).await? {
        Dialled::Relayed => ("notice notice-done", "callback-relayed"),
        Dialled::Nobody => ("notice notice-soon", "callback-no-number"),
        Dialled::Failed | Dialled::Seen(_) => ("notice notice-late", "callback-relay-failed"),
    };
    let d = ctx.engine().case_by_key(d.head.key, &ctx.viewer()).await?;
    let form = ActForm::new(&ctx, &d, &offer, &Default::default(), &[]);
    draw(&ctx, d, form, None, Some((said.0, ctx.t(said.1))))
}

/// `POST /desk/cases/{jurisdiction}/{number}/caller`.
pub async fn look(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>, sent: Sent) -> Reply {
    let d = read(&ctx, &jurisdiction, &number).await?;
    let (offer, Some(seat)) = (offered(&d)?, ctx.seat()) else { return Err(Fault::not_found()) };
    let filled = match d.pack.check_form(&offer.form, &sent.fields) {
        Ok(filled) => filled,
        Err(errors) => {
            let form = ActForm::new(&ctx, &d, &offer, &sent.fields, &errors);
            return draw(&ctx, d, form, None, None);
        }
    };
    let who = ctx.engine().reveal(d.head.key, seat, filled, &sent.key()?).await?;
    let page = Page::titled(&ctx, "reveal-title");
    let mark = format!("{} {}", account(&ctx)?.name, page.time(&ctx.engine().clock.now()).words);
    let words = who.words.iter().map(|words| words.reveal().clone()).collect();
    let shown = Shown { words, name: who.name.reveal().clone(), contact: who.contact.reveal().clone(), mark };
    let d = ctx.engine().case_by_key(d.head.key, &ctx.viewer()).await?;
    let form = ActForm::new(&ctx, &d, &offer, &Default::default(), &[]);
    draw(&ctx, d, form, Some(shown), None)
}

fn offered(d: &Dossier) -> Result<Offer, Fault> {
    d.reveal.clone().ok_or_else(Fault::not_found)
}

fn draw(ctx: &Ctx, d: Dossier, form: ActForm, shown: Option<Shown>, said: Option<(&'static str, String)>) -> Reply {
    let page = Page::titled(ctx, "reveal-title");
    let before = openings(ctx, &page, &d);
    let problems = form.errors();
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let away = shown.is_some().then(|| case_url(&d.head));
    // A flow of before knows no such call.
    let may_ring = ctx.engine().plugs.relay().is_some() && d.flow.side("relayed").is_some();
    let relay = may_ring.then(|| linli_engine::hex(&linli_engine::edge::new_id()));
    let template = RevealPage { url: case_url(&d.head), form, problems, shown, before, relay, said, d, page };
    let mut response = show_as(status, &template)?;
    // It goes by itself, with or without JavaScript.
    if let Some(value) =
        away.and_then(|url| HeaderValue::from_str(&format!("{}; url={url}", limits::REVEALED_MS / 1000)).ok())
    {
        response.headers_mut().insert(header::REFRESH, value);
    }
    Ok(response)
}
