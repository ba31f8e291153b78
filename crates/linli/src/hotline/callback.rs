//! Calling back: what was said, when to call, the number through the relay or on record, and on with the form.

use askama::Template;
use axum::extract::Path;
use linli_engine::cases::{
    call::{CALL_STEP, CALLBACK, Dialled},
    read::{Dossier, Offer, OfferWay},
};
use linli_engine::edge;

use super::draft::{case_url, going_on};
use crate::web::{ActForm, Ctx, Fault, Page, Reply, forms::Sent, page::show, times::Due};

#[derive(Template)]
#[template(path = "hotline/callback.html")]
struct CallbackPage {
    page: Page,
    d: Dossier,
    key: String,
    url: String,
    act_url: String,
    go_on: String,
    due: Option<Due>,
    place: String,
    /// The number, where there is no relay: it was asked for a moment ago, and that is on record.
    number: Option<String>,
    /// What came of dialling.
    said: Option<(&'static str, String)>,
    relayed: bool,
    again: Option<(String, ActForm)>,
    settled: Option<(String, ActForm)>,
}

async fn read(ctx: &Ctx, street: &str, number: &str) -> Result<Dossier, Fault> {
    let street = street.parse().map_err(|_| Fault::not_found())?;
    let d = ctx.engine().case(street, number, &ctx.viewer()).await?;
    if d.head.flow == CALLBACK { Ok(d) } else { Err(Fault::not_found()) }
}

/// `GET /desk/calls/{jurisdiction}/{number}`.
pub async fn page(ctx: Ctx, Path((street, number)): Path<(String, String)>) -> Reply {
    let d = read(&ctx, &street, &number).await?;
    draw(&ctx, d, None, None)
}

/// `POST /desk/calls/{jurisdiction}/{number}/dial`.
pub async fn dial(ctx: Ctx, Path((street, number)): Path<(String, String)>, sent: Sent) -> Reply {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    let d = read(&ctx, &street, &number).await?;
    let dialled = ctx.engine().dial(d.head.key, seat, &sent.key()?).await?;
    let (said, number) = match &dialled {
        Dialled::Relayed => (("notice notice-done", ctx.t("callback-relayed")), None),
        Dialled::Failed => (("notice notice-late", ctx.t("callback-relay-failed")), None),
        Dialled::Nobody => (("notice notice-soon", ctx.t("callback-no-number")), None),
        Dialled::Seen(number) => (("notice notice-soon", ctx.t("callback-seen")), Some(number.reveal().clone())),
    };
    let d = ctx.engine().case_by_key(d.head.key, &ctx.viewer()).await?;
    draw(&ctx, d, Some(said), number)
}

fn draw(ctx: &Ctx, d: Dossier, said: Option<(&'static str, String)>, number: Option<String>) -> Reply {
    let page = Page::titled(ctx, "callback-title");
    let form = |act: &str| {
        let is = |offer: &&Offer| {
            offer.act == act
                && offer.barred.is_none()
                && matches!(&offer.way, OfferWay::Step { step, .. } if step == CALL_STEP)
        };
        let offer = d.offers.iter().find(is)?;
        Some((page.of(&offer.title).to_owned(), ActForm::new(ctx, &d, offer, &Default::default(), &[])))
    };
    let url = case_url(d.head.key, &d.head.number);
    let template = CallbackPage {
        key: linli_engine::hex(&edge::new_id()),
        act_url: format!("{url}/act"),
        url,
        go_on: going_on(d.head.key, &d.head.number),
        due: d.steps.first().map(|step| page.due(&step.due_at)),
        place: page.place(&d.head.place),
        number,
        said,
        relayed: ctx.engine().plugs.relay().is_some(),
        again: form("not_reached"),
        settled: form("settled_by_phone"),
        d,
        page,
    };
    show(&template)
}
