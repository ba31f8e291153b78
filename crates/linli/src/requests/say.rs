//! Reporting, step by step: what happened is asked here; the other steps are `whereabouts` and `last`.

use askama::Template;
use axum::http::StatusCode;

use super::{
    draft::{Draft, SAY_CHARS, Step, Wrong, titled},
    join, last, whereabouts,
};
use crate::web::{Ctx, Page, Reply, page::show_as, uploads::Upload};

#[derive(Template)]
#[template(path = "requests/say.html")]
struct SayPage {
    page: Page,
    draft: Draft,
    hidden: Vec<(&'static str, String)>,
    most: usize,
    wrong: Vec<Wrong>,
}

/// `GET /report`.
pub async fn start(ctx: Ctx) -> Reply {
    page(&ctx, Draft::new(), None)
}

/// `POST /report`: to the step that the pressed button names.
pub async fn go_on(ctx: Ctx, upload: Upload) -> Reply {
    let mut draft = Draft::read(&upload.sent);
    // New words that nobody looked for yet are looked for, whichever button was pressed.
    let looked = upload.sent.fields.get("looked").and_then(|v| v.first());
    let step = match upload.sent.text("step") {
        "last" | "enter-last" if looked.is_some_and(|looked| *looked != draft.words) => "look",
        step => step,
    };
    match step {
        "say" => page(&ctx, draft, None),
        "look" => {
            draft.place.clear();
            whereabouts::page(&ctx, draft, None)
        }
        "pick" => whereabouts::page(&ctx, draft, None),
        "last" | "enter-last" => match draft.wrong_where(&ctx) {
            // Whoever says that none of these is the place is shown the lists first.
            Some(wrong) if wrong.id == "place" && draft.place == super::draft::OTHER && !draft.picking => {
                whereabouts::page(&ctx, draft, None)
            }
            Some(wrong) => whereabouts::page(&ctx, draft, Some(wrong)),
            None => join::ask(&ctx, draft).await,
        },
        // "Me too", and "not the same": the answers to the question which neighbours reported it.
        "" if !upload.sent.text("join").is_empty() => last::page(&ctx, draft, Vec::new(), StatusCode::OK).await,
        "other" => {
            join::OTHER.clone_into(&mut draft.same_as);
            last::page(&ctx, draft, Vec::new(), StatusCode::OK).await
        }
        "send" | "enter-send" => last::send(&ctx, draft, upload).await,
        _ => match draft.wrong_say(&ctx) {
            Some(wrong) => page(&ctx, draft, Some(wrong)),
            None => whereabouts::page(&ctx, draft, None),
        },
    }
}

/// The first step.
pub fn page(ctx: &Ctx, draft: Draft, wrong: Option<Wrong>) -> Reply {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = titled(ctx, Step::Say, wrong.is_some());
    let hidden = draft.hidden(Step::Say);
    show_as(status, &SayPage { page, hidden, draft, most: SAY_CHARS, wrong: wrong.into_iter().collect() })
}
