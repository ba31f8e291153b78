//! Reporting, step by step: what happened is asked here, and from here every step is reached.

use askama::Template;
use axum::http::StatusCode;

use super::{
    draft::{Draft, SAY_CHARS, Step, Wrong, step_words, titled},
    join, kind, last, phone,
    photo::{self, Photos},
    told::Told,
    whereabouts,
    whom::{self, Whom},
};
use crate::web::{
    Ctx, Page, Reply,
    alarm::Alarm,
    answers::{Answer, suggested},
    page::show_as,
    uploads::Upload,
};

#[derive(Template)]
#[template(path = "requests/say.html")]
struct SayPage {
    page: Page,
    draft: Draft,
    hidden: Vec<(&'static str, String)>,
    most: usize,
    wrong: Vec<Wrong>,
    step: String,
    photos: Photos,
    /// Danger that the words tell of.
    alarm: Option<Alarm>,
    /// What may answer the words.
    answers: Vec<Answer>,
}

impl SayPage {
    fn error(&self, id: &str) -> Option<&str> {
        self.wrong.iter().find(|w| w.id == id).map(|w| w.words.as_str())
    }
}

/// `GET /report`.
pub async fn start(ctx: Ctx) -> Reply {
    page(&ctx, Draft::new(), None)
}

/// `POST /report`: to the step that the pressed button names. Files are taken first, at whichever step they come.
pub async fn go_on(ctx: Ctx, upload: Upload) -> Reply {
    let (key, joining) = (upload.sent.key(), !upload.sent.text("join").is_empty());
    let mut draft = Draft::read(&upload.sent);
    // New words that nobody looked for yet are looked for, whichever button was pressed.
    let looked = upload.sent.fields.get("looked").and_then(|v| v.first()).cloned();
    let step = match upload.sent.text("step") {
        "last" | "enter-last" if looked.as_ref().is_some_and(|looked| *looked != draft.words) => "look".to_owned(),
        step => step.to_owned(),
    };
    if let Err(fault) = photo::take(&ctx, &mut draft, upload).await {
        return photo::refused(&ctx, draft, &fault, &step).await;
    }
    let places = ctx.engine().directory();
    match step.as_str() {
        "say" => page(&ctx, draft, None),
        "look" => {
            draft.place.clear();
            whereabouts::page(&ctx, draft, None)
        }
        "pick" | "photo-look" => whereabouts::page(&ctx, draft, None),
        // What a picture told of the place is looked at before the report goes on.
        "last" | "enter-last" if draft.told.as_ref().is_some_and(|t| t.asks(&draft, &places)) => {
            whereabouts::page(&ctx, draft, None)
        }
        "photo" => photo::page(&ctx, draft, None),
        "phone" => phone::page(&ctx, draft, None),
        "phone-done" => match draft.wrong_last(&ctx).into_iter().find(|w| w.id == "contact") {
            Some(wrong) => phone::page(&ctx, draft, Some(wrong)),
            None => last::page(&ctx, draft, Vec::new(), StatusCode::OK).await,
        },
        "photo-done" if ctx.elder && !draft.checked => phone::page(&ctx, draft, None),
        "kind" => kind::page(&ctx, &draft),
        "kind-done" => last::page(&ctx, draft, Vec::new(), StatusCode::OK).await,
        "whom" => whom::page(&ctx, draft, Vec::new()),
        "whom-done" => whom::done(&ctx, draft).await,
        "whom-self" => {
            draft.whom = Whom::default();
            last::page(&ctx, draft, Vec::new(), StatusCode::OK).await
        }
        "quiet" => {
            draft.confidential = !draft.confidential;
            last::page(&ctx, draft, Vec::new(), StatusCode::OK).await
        }
        "last" | "enter-last" | "photo-done" => match draft.wrong_where(&ctx) {
            // Whoever says that none of these is the place is shown the lists first.
            Some(wrong) if wrong.id == "place" && draft.place == super::draft::OTHER && !draft.picking => {
                whereabouts::page(&ctx, draft, None)
            }
            Some(wrong) => whereabouts::page(&ctx, draft, Some(wrong)),
            None => join::ask(&ctx, draft).await,
        },
        // "Me too", and "not the same": the answers to the question which neighbours reported it.
        "" if joining => on(&ctx, draft).await,
        "other" => {
            join::OTHER.clone_into(&mut draft.same_as);
            on(&ctx, draft).await
        }
        // So is what was written below the words.
        "send" | "enter-send" if draft.told.as_ref().is_some_and(Told::wrote) => {
            last::page(&ctx, draft, Vec::new(), StatusCode::OK).await
        }
        "send" | "enter-send" => last::send(&ctx, draft, key?).await,
        step if step.starts_with("drop-") => photo::drop(&ctx, draft, step).await,
        _ => match draft.wrong_say(&ctx) {
            Some(wrong) => page(&ctx, draft, Some(wrong)),
            None => whereabouts::page(&ctx, draft, None),
        },
    }
}

/// What comes after the place and the neighbours: the rest one by one in the elder version, all at once otherwise.
pub async fn on(ctx: &Ctx, draft: Draft) -> Reply {
    if ctx.elder && !draft.checked {
        return photo::page(ctx, draft, None);
    }
    last::page(ctx, draft, Vec::new(), StatusCode::OK).await
}

/// The first step.
pub fn page(ctx: &Ctx, draft: Draft, wrong: Option<Wrong>) -> Reply {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = titled(ctx, Step::Say, wrong.is_some());
    let hidden = draft.hidden(Step::Say, ctx.elder);
    let (wrong, step) = (wrong.into_iter().collect(), step_words(ctx, Step::Say));
    let photos = Photos::of(ctx, &draft, Step::Say);
    let answers = suggested(ctx, &page, &draft.say, "");
    let alarm = Alarm::told(ctx, &page, &draft.say);
    show_as(status, &SayPage { page, hidden, draft, most: SAY_CHARS, wrong, step, photos, alarm, answers })
}
