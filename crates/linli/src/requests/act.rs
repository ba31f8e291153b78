//! What the reporter of a case does: urges, writes, answers, rates, takes back, reopens. Each act has a small page of its
//! own, drawn from the rule pack.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::IntoResponse};
use linli_engine::{
    cases::{
        act::Ask,
        read::{Dossier, Offer, OfferWay},
    },
    limits,
    pack::{FieldError, Raw},
};

use super::{draft::Wrong, last::refused, pass::Reader, story};
use crate::web::{
    ActForm, Ctx, Fault, Page, Reply,
    act_form::{ActField, asked},
    i18n::has,
    page::{go, show_as},
    uploads::{self, Upload},
};

/// A form with this field takes pictures as well.
pub const MESSAGE: &str = "message";

#[derive(Template)]
#[template(path = "requests/act.html")]
struct ActPage {
    page: Page,
    case_url: String,
    case_title: String,
    url: String,
    lead: String,
    form: ActForm,
    button: &'static str,
    files: bool,
    files_most: usize,
    files_bytes: usize,
    /// What was done, where the act says whether it is good.
    result: Option<String>,
    wrong: Vec<Wrong>,
    /// The errors of the fields, by the id of the control.
    wrong_fields: Vec<(String, String)>,
}

impl ActPage {
    fn file_error(&self) -> Option<&str> {
        self.wrong.iter().find(|w| w.id == "files").map(|w| w.words.as_str())
    }
}

/// What an act is called on a resident's page.
pub fn title(page: &Page, offer: &Offer) -> String {
    let key = format!("track-act-{}", offer.act);
    if has(page.lang(), &key) { page.t(&key) } else { page.of(&offer.title).to_owned() }
}

/// What was typed and what is wrong with it.
#[derive(Default)]
struct Typed {
    filled: Raw,
    errors: Vec<FieldError>,
    wrong: Vec<Wrong>,
}

fn draw(ctx: &Ctx, dossier: &Dossier, offer: &Offer, typed: Typed, status: StatusCode) -> Reply {
    let head = &dossier.head;
    let mut page = Page::new(ctx, "");
    page.title = title(&page, offer);
    let lead = format!("track-lead-{}", offer.act);
    let case_url = format!("/c/{}/{}", head.key.jurisdiction, head.number);
    let story = story::moments(ctx, &page, dossier);
    let form = ActForm::new(ctx, dossier, offer, &typed.filled, &typed.errors);
    let drawn = ActPage {
        url: format!("{case_url}/do/{}", offer.act),
        case_url,
        case_title: head.title.clone(),
        lead: if has(ctx.lang, &lead) { page.t(&lead) } else { String::new() },
        button: if offer.way == OfferWay::Cancel { "btn btn-danger" } else { "btn btn-main" },
        result: story::asked_about(dossier, &story).filter(|_| matches!(offer.way, OfferWay::Step { .. })),
        files: form.fields.iter().any(|f: &ActField| f.name == MESSAGE),
        files_most: limits::UPLOADS,
        files_bytes: limits::UPLOAD_BYTES,
        wrong: typed.wrong,
        wrong_fields: form.errors(),
        form,
        page,
    };
    show_as(status, &drawn)
}

/// `GET /c/{jurisdiction}/{number}/do/{act}`.
pub async fn page(
    ctx: Ctx,
    reader: Reader,
    Path((jurisdiction, number, act)): Path<(String, String, String)>,
) -> Reply {
    let (_, dossier) = reader.case(&ctx, &jurisdiction, &number).await?;
    let not_now = Fault::new(StatusCode::CONFLICT, "fault-not-now");
    let Some(offer) = dossier.offers.iter().find(|o| o.act == act) else { return Err(not_now) };
    match &offer.barred {
        Some(why) => Err(Fault { said: Some(why.clone()), ..not_now }),
        None => draw(&ctx, &dossier, offer, Typed::default(), StatusCode::OK),
    }
}

/// `POST /c/{jurisdiction}/{number}/do/{act}`.
pub async fn perform(
    ctx: Ctx,
    reader: Reader,
    Path((jurisdiction, number, act)): Path<(String, String, String)>,
    upload: Upload,
) -> Reply {
    let (by, dossier) = reader.case(&ctx, &jurisdiction, &number).await?;
    let (key, Upload { sent, refused: not_taken }) = (upload.sent.key()?, upload);
    let unknown = || Fault::new(StatusCode::BAD_REQUEST, "fault-unknown-act");
    let offer = asked(&dossier, &sent).filter(|offer| offer.act == act).ok_or_else(unknown)?;
    let filled = sent.fields.clone();
    let form = match dossier.pack.check_form(&offer.form, &filled) {
        Ok(form) => form,
        Err(errors) => {
            let typed = Typed { filled, errors, wrong: Vec::new() };
            return draw(&ctx, &dossier, &offer, typed, StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    let again = |id: &'static str, status: StatusCode, fault: Fault| {
        let wrong = vec![Wrong { id, words: fault.words(ctx.lang) }];
        let typed = Typed { filled: filled.clone(), errors: Vec::new(), wrong };
        draw(&ctx, &dossier, &offer, typed, status)
    };
    let kept = match not_taken {
        Some(fault) => Err(fault),
        None => uploads::keep(&ctx, sent.files).await,
    };
    let files = match kept {
        Ok(files) => files,
        Err(fault) => return again("files", refused(&fault), fault),
    };
    let ask = Ask { case: dossier.head.key, command: offer.command(form), by, key };
    if let Err(error) = ctx.engine().act(ask).await {
        let fault = Fault::from(error);
        let told = matches!(fault.status, StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY);
        return if told { again("main", fault.status, fault) } else { Err(fault) };
    }
    uploads::attach(&ctx, dossier.head.key, files).await?;
    Ok(go(&format!("/c/{jurisdiction}/{number}?done={act}")).into_response())
}
