//! An act of the resident on a page of its own: its form comes from the rule pack.

use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderMap, StatusCode},
};
use linli_engine::{
    cases::{
        act::Ask,
        read::{Dossier, Offer},
    },
    pack::{FieldError, Raw},
};

use super::viewer::dossier;
use crate::web::{
    ActForm, Ctx, Fault, Page, Reply, act_form,
    forms::Sent,
    page::{go, show, show_as},
};

#[derive(Template)]
#[template(path = "requests/act.html")]
struct ActPage {
    page: Page,
    to: String,
    back: String,
    lead: Option<String>,
    question: Option<String>,
    errors: Vec<(String, String)>,
    form: ActForm,
    act: String,
}

type Where = Path<(String, String, String)>;

fn find<'d>(dossier: &'d Dossier, act: &str) -> Result<&'d Offer, Fault> {
    dossier.offers.iter().find(|o| o.act == act).ok_or_else(|| Fault::new(StatusCode::CONFLICT, "fault-not-now"))
}

fn draw(
    ctx: &Ctx,
    dossier: &Dossier,
    offer: &Offer,
    raw: &Raw,
    errors: &[FieldError],
    fault: Option<String>,
) -> ActPage {
    let titled = format!("track-do-{}", offer.act);
    let title = if crate::web::i18n::has(ctx.lang, &titled) {
        ctx.t(&titled)
    } else {
        offer.title.get(ctx.lang.code()).to_owned()
    };
    let page = Page::new(ctx, &title);
    let form = ActForm::new(ctx, dossier, offer, raw, errors);
    let back = format!("/c/{}/{}", dossier.head.key.jurisdiction, dossier.head.number);
    let lead_key = format!("track-lead-{}", offer.act);
    let lead = crate::web::i18n::has(ctx.lang, &lead_key).then(|| ctx.t(&lead_key));
    let question =
        (offer.act == "tell_more").then(|| dossier.case.field("question").as_text().map(str::to_owned)).flatten();
    let mut all = form.errors();
    all.extend(fault.map(|words| ("main".to_owned(), words)));
    ActPage {
        page,
        to: format!("{back}/do/{}", offer.act),
        back,
        lead,
        question,
        errors: all,
        form,
        act: offer.act.clone(),
    }
}

/// `GET /c/{jurisdiction}/{number}/do/{act}`.
pub async fn page(ctx: Ctx, headers: HeaderMap, Path((j, number, act)): Where) -> Reply {
    let (dossier, _) = dossier(&ctx, &headers, &j, &number).await?;
    let offer = find(&dossier, &act)?;
    if let Some(why) = &offer.barred {
        return Err(Fault { said: Some(why.clone()), ..Fault::new(StatusCode::CONFLICT, "fault-not-now") });
    }
    show(&draw(&ctx, &dossier, offer, &Raw::new(), &[], None))
}

/// `POST /c/{jurisdiction}/{number}/do/{act}`.
pub async fn perform(ctx: Ctx, headers: HeaderMap, Path((j, number, act)): Where, sent: Sent) -> Reply {
    let (dossier, by) = dossier(&ctx, &headers, &j, &number).await?;
    // A form names the opening of the step that it was drawn for; a plain button does what is on offer now.
    let offer = match act_form::asked(&dossier, &sent) {
        Some(offer) if offer.act == act => offer,
        _ => find(&dossier, &act)?.clone(),
    };
    let form = match dossier.pack.check_form(&offer.form, &sent.fields) {
        Ok(form) => form,
        Err(errors) => {
            let page = draw(&ctx, &dossier, &offer, &sent.fields, &errors, None);
            return show_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let ask = Ask { case: dossier.head.key, command: offer.command(form), by, key: sent.key()? };
    match ctx.engine().act(ask).await {
        Ok(_) => Ok(go(&format!("/c/{j}/{number}?done={act}"))),
        Err(error) => {
            let fault = Fault::from(error);
            let page = draw(&ctx, &dossier, &offer, &sent.fields, &[], Some(fault.words(ctx.lang)));
            show_as(fault.status, &page)
        }
    }
}
