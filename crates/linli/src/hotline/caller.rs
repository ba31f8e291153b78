//! Whoever calls: their earlier matters, each with how far it is in a sentence to read out, and a key that writes down
//! that they asked.

use askama::Template;
use linli_engine::{
    cases::{
        CaseKey, Head, Phase,
        act::Ask,
        call::Became,
        read::{Dossier, Offer, OfferWay},
    },
    pack::{Raw, fill},
    policy::{self, Action, Reach, Resource},
    vault::Phone,
};

use super::{
    done::told,
    draft::{Draft, case_url, going_on},
};
use crate::web::{
    Ctx, Fault, Page, Reply,
    forms::Sent,
    page::{go, show},
    times::Spoken,
};

/// Earlier matters that are shown.
const SHOWN: usize = 8;
/// Of these, open ones whose next step is said.
const SAID: usize = 4;

/// An earlier matter.
pub struct Earlier {
    url: String,
    /// The street and the number, as the buttons send them.
    which: String,
    title: String,
    number: String,
    when: Spoken,
    open: bool,
    state: String,
    /// How far it is, in a sentence to read out.
    says: String,
    asked: bool,
    urge: bool,
    /// The form that goes on with it, where it is a call that was put off.
    go_on: Option<String>,
}

/// The earlier matters of a number.
#[derive(Template)]
#[template(path = "hotline/earlier.html")]
pub struct EarlierPiece {
    page: Page,
    /// Whether a whole number was typed.
    known: bool,
    earlier: Vec<Earlier>,
}

/// `POST /desk/new/caller`.
pub async fn piece(ctx: Ctx, sent: Sent) -> Reply {
    show(&earlier(&ctx, sent.text("phone")).await?)
}

/// The earlier matters of whoever has this number, as far as the seat may see them.
pub async fn earlier(ctx: &Ctx, phone: &str) -> Result<EarlierPiece, Fault> {
    let page = Page::new(ctx, "");
    let Some(phone) = phone.parse::<Phone>().ok().filter(|phone| phone.reveal().len() >= 7) else {
        return Ok(EarlierPiece { page, known: false, earlier: Vec::new() });
    };
    let heads = ctx.engine().of_caller(&phone).await?;
    let mut earlier = Vec::new();
    for (n, head) in heads.iter().filter(|head| sees(ctx, head)).take(SHOWN).enumerate() {
        let said = n < SAID && head.phase == Phase::Open;
        let dossier = match said {
            true => ctx.engine().case_by_key(head.key, &ctx.viewer()).await.ok(),
            false => None,
        };
        earlier.push(one(ctx, &page, head, dossier.as_ref()));
    }
    Ok(EarlierPiece { page, known: true, earlier })
}

fn one(ctx: &Ctx, page: &Page, head: &Head, dossier: Option<&Dossier>) -> Earlier {
    let packs = ctx.engine().packs();
    let flow = packs.of(head).ok().map(|(_, flow)| flow);
    let outcome = head.outcome.as_ref().and_then(|o| flow.as_ref()?.outcomes().get(o).map(|t| page.of(t).to_owned()));
    let open = head.phase == Phase::Open;
    let offered = |act: &str| dossier.is_some_and(|d| offer(d, act).is_some());
    let call = head.flow == linli_engine::cases::call::CALLBACK && open;
    Earlier {
        url: case_url(head.key, &head.number),
        which: format!("{}/{}", head.key.jurisdiction, head.number),
        title: head.title.clone(),
        number: head.number.clone(),
        when: page.time(&head.opened_at),
        open,
        state: match open {
            true => page.t("call-open"),
            false => outcome.unwrap_or_else(|| page.t("call-over")),
        },
        says: dossier.map(|d| says(page, d)).unwrap_or_default(),
        asked: offered("asked"),
        urge: offered("urge"),
        go_on: call.then(|| going_on(head.key, &head.number)),
    }
}

/// How far a case is: what its first open step says, and until when.
pub fn says(page: &Page, dossier: &Dossier) -> String {
    let Some(step) = dossier.steps.first() else { return String::new() };
    let unit = dossier.head.unit.as_deref().map(|unit| page.org(unit)).unwrap_or_default();
    let words = step.says.as_ref().unwrap_or(&step.title);
    let words = fill(words, page.lang().code(), &[("unit", &unit)]);
    let due = page.time(&step.due_at).words;
    crate::web::i18n::text(page.lang(), "call-now", &[("says", words.into()), ("due", due.into())])
}

/// An act that leaves the steps alone and is possible now.
fn offer<'d>(dossier: &'d Dossier, act: &str) -> Option<&'d Offer> {
    let is = |offer: &&Offer| offer.way == OfferWay::Side && offer.act == act && offer.barred.is_none();
    dossier.offers.iter().find(is)
}

/// Whether this seat may see a case of a list that was not made for it.
pub fn sees(ctx: &Ctx, head: &Head) -> bool {
    let reach = ctx.seat().and_then(|seat| policy::reach(seat, Action::See, Resource::Case));
    reach.is_some_and(|reach| match reach {
        Reach::Places(places) => places.iter().any(|place| place.covers(&head.place)),
        Reach::Unit(org) => head.unit.as_deref() == Some(org.as_str()),
    })
}

/// `POST /desk/new/asked`: writes down that the caller asked (`asked`), or urges it (`urge`).
pub async fn asked(ctx: Ctx, sent: Sent) -> Reply {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    let (act, which) = match sent.text("urge") {
        "" => ("asked", sent.text("asked")),
        which => ("urge", which),
    };
    let (street, number) = which.split_once('/').ok_or_else(Fault::not_found)?;
    let street = street.parse().map_err(|_| Fault::not_found())?;
    let dossier = ctx.engine().case(street, number, &ctx.viewer()).await?;
    let offer = offer(&dossier, act).ok_or_else(|| Fault::new(axum::http::StatusCode::CONFLICT, "fault-not-now"))?;
    let form = dossier.pack.check_form(&offer.form, &Raw::new()).unwrap_or_default();
    let key: CaseKey = dossier.head.key;
    let ask = Ask { case: key, command: offer.command(form), by: ctx.viewer(), key: format!("{}:{act}", sent.key()?) };
    let acted = ctx.engine().act(ask).await?;
    if !acted.again {
        let draft = Draft::of(&ctx, &sent);
        let took = ctx.engine().clock.now().0 - draft.begun;
        ctx.engine().record_call(seat, Became::Asked, took).await?;
    }
    Ok(go(&told(&dossier.head, act)))
}
