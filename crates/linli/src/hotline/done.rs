//! After a call: the number to read out, and on to the next one; and calls of which nothing comes.

use askama::Template;
use axum::extract::Path;
use linli_engine::cases::{Head, call::Became};

use super::draft::{Draft, case_url};
use crate::web::{
    Ctx, Fault, Page, Reply,
    asked::Asked,
    forms::Sent,
    i18n,
    page::{go, show},
};

#[derive(Template)]
#[template(path = "hotline/done.html")]
struct DonePage {
    page: Page,
    seat: String,
    title: String,
    number: String,
    /// The number in groups, as it is read out.
    groups: Vec<String>,
    /// What to say.
    says: String,
    url: String,
}

/// The page that says that a caller's question, or urging, was written down.
pub fn told(head: &Head, act: &str) -> String {
    format!("/desk/new/done/{}/{}?became={act}", head.key.jurisdiction, head.number)
}

/// `GET /desk/new/done/{jurisdiction}/{number}`.
pub async fn page(ctx: Ctx, Path((street, number)): Path<(String, String)>, asked: Asked) -> Reply {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    let street = street.parse().map_err(|_| Fault::not_found())?;
    let d = ctx.engine().case(street, &number, &ctx.viewer()).await?;
    let became = match asked.get("became") {
        Some("urge") => "urge",
        other => other.and_then(|word| word.parse::<Became>().ok()).unwrap_or(Became::Filed).as_str(),
    };
    let page = Page::titled(&ctx, &format!("call-done-{became}"));
    let at = d.steps.first().map(|step| page.time(&step.due_at).words).unwrap_or_default();
    let due = d.head.promised_at.map(|at| page.time(&at).words).unwrap_or(at);
    let args = [("number", d.head.number.clone().into()), ("title", d.head.title.clone().into()), ("due", due.into())];
    show(&DonePage {
        seat: seat.id.to_string(),
        title: d.head.title.clone(),
        groups: groups(&d.head.number),
        number: d.head.number.clone(),
        says: i18n::text(ctx.lang, &format!("call-say-{became}"), &args),
        url: case_url(d.head.key, &d.head.number),
        page,
    })
}

/// A number as it is read out: by twos and threes.
fn groups(number: &str) -> Vec<String> {
    let chunks = |part: &str, n: usize| {
        part.chars().collect::<Vec<_>>().chunks(n).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>()
    };
    match number.split_once('-') {
        Some((day, n)) => chunks(day, 2).into_iter().chain(chunks(n, 3)).collect(),
        None => chunks(number, 3),
    }
}

#[derive(Template)]
#[template(path = "hotline/noted.html")]
struct NotedPage {
    page: Page,
    seat: String,
    says: String,
}

/// `POST /desk/new/record`: nobody spoke, or the caller was abusive. No number is kept: there is no list of callers who are
/// turned away.
pub async fn record(ctx: Ctx, sent: Sent) -> Reply {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    let became = match sent.text("became") {
        "silent" => Became::Silent,
        "abusive" => Became::Abusive,
        _ => return Ok(go("/desk/new")),
    };
    let took = ctx.engine().clock.now().0 - Draft::of(&ctx, &sent).begun;
    ctx.engine().record_call(seat, became, took).await?;
    let page = Page::titled(&ctx, &format!("call-done-{became}"));
    show(&NotedPage { seat: seat.id.to_string(), says: page.t(&format!("call-say-{became}")), page })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_out_in_groups() {
        assert_eq!(groups("261125-00012"), ["26", "11", "25", "000", "12"]);
    }
}
