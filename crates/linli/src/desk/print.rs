//! Paper: one case for a meeting or a visit on site, and a list. As staff read it, without who reported.

use askama::Template;
use axum::extract::Path;
use linli_engine::{cases::read::Dossier, limits};

use super::{
    asked::Asked,
    case::{facts, read, where_is},
    clock::{Clock, clocks},
    inbox::inbox_view,
    parts::{Part, parts},
    search::query,
    story::{Moment, moments},
    views::step_title,
};
use crate::web::{Ctx, Fault, Page, Reply, page::show, times::Spoken};

#[derive(Template)]
#[template(path = "desk/print_case.html")]
struct CasePaper {
    page: Page,
    d: Dossier,
    place: String,
    facts: Vec<(String, String)>,
    clocks: Vec<Clock>,
    parts: Vec<Part>,
    story: Vec<Moment>,
    printed: Spoken,
}

/// `GET /desk/cases/{jurisdiction}/{number}/print`.
pub async fn case(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>) -> Reply {
    let d = read(&ctx, &jurisdiction, &number).await?;
    let page = Page::new(&ctx, &d.head.title).on_paper();
    show(&CasePaper {
        place: page.place(&d.head.place),
        facts: facts(&ctx, &page, &d).await?,
        clocks: clocks(&ctx, &page, &d),
        parts: parts(&ctx, &page, &d),
        story: moments(&ctx, &page, &d),
        printed: page.time(&ctx.engine().clock.now()),
        d,
        page,
    })
}

struct Line {
    number: String,
    title: String,
    place: String,
    step: String,
    due: String,
}

#[derive(Template)]
#[template(path = "desk/print_list.html")]
struct ListPaper {
    page: Page,
    lines: Vec<Line>,
    printed: Spoken,
    full: bool,
}

/// `GET /desk/print`: the first page of a list, with the conditions of its address.
pub async fn list(ctx: Ctx, asked: Asked) -> Reply {
    let Some(seat) = ctx.seat().cloned() else { return Err(Fault::not_found()) };
    let inbox = asked.get("list") == Some("inbox");
    let page = Page::titled(&ctx, if inbox { "desk-inbox" } else { "desk-search-all" }).on_paper();
    let lines: Vec<Line> = if inbox {
        let items = ctx.engine().inbox(&seat, inbox_view(&ctx, &asked)).await?;
        let line = |item: &linli_engine::cases::inbox::Item| Line {
            number: item.head.number.clone(),
            title: item.head.title.clone(),
            place: where_is(&ctx, &page, &item.head),
            step: step_title(&ctx, &page, &item.step),
            due: page.time(&item.due_at).words,
        };
        items.iter().map(line).collect()
    } else {
        let found = ctx.engine().search(&seat, query(&ctx, &asked)).await?;
        let line = |head: &linli_engine::cases::Head| Line {
            number: head.number.clone(),
            title: head.title.clone(),
            place: where_is(&ctx, &page, head),
            step: page.t(&format!("desk-state-{}", head.phase.slug())),
            due: head.promised_at.map(|at| page.time(&at).words).unwrap_or_default(),
        };
        found.iter().map(line).collect()
    };
    let printed = page.time(&ctx.engine().clock.now());
    show(&ListPaper { full: lines.len() == limits::PAGE, lines, printed, page })
}
