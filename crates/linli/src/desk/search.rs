//! Finding cases: by number, words, place, unit, state, category and time, newest first.

use askama::Template;
use linli_engine::{
    cases::{
        CaseKey, Head, Phase,
        inbox::ListAfter,
        search::{Near, Query},
    },
    ids::{Jurisdiction, PlaceCode, ViewId},
    limits,
    policy::{self, Action, Reach, Resource},
    seats::Seat,
};
use linli_worktime::Millis;

use super::{
    asked::Asked,
    case::{case_url, where_is},
    inbox::{Choice, below, classes},
    mark::{Piece, Sought},
    saved,
    views::Views,
};
use crate::web::{Ctx, Fault, Page, Reply, page::show, times::Spoken};

/// Whether a text is the number of a case, as in `261123-00047`; wide digits and blanks are what a keyboard does.
fn number(text: &str) -> Option<String> {
    let plain = text.chars().filter(|c| !c.is_whitespace()).map(|c| match c {
        '\u{ff10}'..='\u{ff19}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{ff0d}' | '\u{2013}' | '\u{2014}' => '-',
        other => other,
    });
    let plain: String = plain.collect();
    let (day, n) = plain.split_once('-')?;
    let digits = |text: &str, len: usize| text.len() >= len && text.bytes().all(|b| b.is_ascii_digit());
    (digits(day, 6) && digits(n, 5)).then_some(plain)
}

/// What an address asks for; what makes no sense narrows nothing.
pub fn query(ctx: &Ctx, asked: &Asked) -> Query {
    let q = asked.get("q").unwrap_or_default();
    let number = number(q);
    let (from, until) = asked.days(ctx);
    let text = |name: &str| asked.get(name).map(str::to_owned);
    Query {
        words: if number.is_some() { String::new() } else { q.to_owned() },
        number,
        place: asked.read("place"),
        unit: text("unit"),
        state: text("state"),
        category: text("category"),
        class: text("class"),
        late: asked.get("late").is_some(),
        mine: asked.get("mine").is_some(),
        helping: asked.get("part") == Some("co"),
        from,
        until,
        after: asked.get("after").and_then(after),
    }
}

/// Where a list goes on, as it stands in an address: `opened.jurisdiction.case`.
fn after(text: &str) -> Option<ListAfter> {
    let mut parts = text.split('.');
    let opened_at = Millis(parts.next()?.parse().ok()?);
    let jurisdiction: Jurisdiction = parts.next()?.parse().ok()?;
    Some(ListAfter { opened_at, key: CaseKey { jurisdiction, id: parts.next()?.parse().ok()? } })
}

fn next(found: &[Head]) -> Option<String> {
    let last = found.last().filter(|_| found.len() == limits::PAGE)?;
    Some(format!("{}.{}.{}", last.opened_at.0, last.key.jurisdiction, last.key.id))
}

struct Hit {
    case: String,
    url: String,
    title: Vec<Piece>,
    body: Vec<Piece>,
    tag: &'static str,
    state: String,
    place: String,
    unit: String,
    opened: Spoken,
    number: String,
}

#[derive(Template)]
#[template(path = "desk/search.html")]
struct SearchPage {
    page: Page,
    views: Views,
    sentence: String,
    q: String,
    from: String,
    until: String,
    places: Vec<Choice>,
    units: Vec<Choice>,
    states: Vec<Choice>,
    categories: Vec<Choice>,
    classes: Vec<Choice>,
    late: bool,
    mine: bool,
    helping: bool,
    unit_only: bool,
    has_inbox: bool,
    saved_query: String,
    view_id: String,
    hits: Vec<Hit>,
    /// What nearly says the same, and how that is put.
    near: Vec<Hit>,
    near_says: String,
    asks: bool,
    next: Option<String>,
}

/// `GET /desk/search`.
pub async fn page(ctx: Ctx, asked: Asked) -> Reply {
    let Some(seat) = ctx.seat() else { return Err(Fault::not_found()) };
    let query = query(&ctx, &asked);
    let q = asked.get("q").unwrap_or_default().to_owned();
    let page = match q.is_empty() {
        true => Page::titled(&ctx, "desk-search-all"),
        false => Page::new(&ctx, &Page::new(&ctx, "").t1("desk-search-for", "words", &q)),
    };
    let view = asked.get("view").map(|id| format!("view={id}"));
    let (mut views, _) = Views::read(&ctx, &page, seat, view.as_deref()).await?;
    if view.is_none() {
        views.at("/desk/search");
    }
    let found = ctx.engine().search(seat, query.clone()).await?;
    let near = match found.len() < limits::SEARCH_FEW && query.after.is_none() {
        true => ctx.engine().search_near(seat, query.clone(), &found).await?,
        false => Vec::new(),
    };
    let asks = ["q", "place", "unit", "state", "category", "class", "late", "mine", "part", "from", "until"]
        .iter()
        .any(|name| asked.get(name).is_some());
    let date = |name: &str| asked.get(name).unwrap_or_default().to_owned();
    show(&SearchPage {
        sentence: sentence(&page, &found, asks),
        from: date("from"),
        until: date("until"),
        places: areas(&ctx, &page, seat, query.place.as_ref()),
        units: units(&ctx, &page, seat, query.unit.as_deref()),
        states: states(&ctx, &page, query.state.as_deref()),
        categories: categories(&ctx, &page, query.category.as_deref()),
        hits: hits(&ctx, &page, &found, &Sought::words(&query.words)),
        near: Near::new(&query.words).map(|words| hits(&ctx, &page, &near, &Sought::Near(words))).unwrap_or_default(),
        near_says: page.t1(if found.is_empty() { "near-instead" } else { "near-beside" }, "words", &q),
        classes: classes(&ctx, &page, query.class.as_deref()),
        late: query.late,
        mine: query.mine,
        helping: query.helping,
        unit_only: matches!(policy::reach(seat, Action::List, Resource::Case), Some(Reach::Unit(_))),
        has_inbox: views.has_inbox,
        saved_query: saved::conditions(&asked),
        view_id: ViewId::new().to_string(),
        asks,
        next: next(&found).map(|after| asked.with("/desk/search", "after", &after)),
        q,
        views,
        page,
    })
}

/// The areas of a seat; and the place that was asked for, where it lies deeper.
fn areas(ctx: &Ctx, page: &Page, seat: &Seat, chosen: Option<&PlaceCode>) -> Vec<Choice> {
    let mut areas = below(ctx, page, seat, chosen);
    let directory = ctx.engine().directory();
    let deeper = chosen.filter(|code| !areas.iter().any(|area| area.chosen) && seat.place.covers(code));
    if let Some(place) = deeper.and_then(|code| directory.place(code)) {
        areas.push(Choice { code: place.code.to_string(), name: page.of(&place.name).to_owned(), chosen: true });
    }
    areas
}

fn sentence(page: &Page, found: &[Head], asks: bool) -> String {
    match (found.len(), asks) {
        (limits::PAGE, true) => page.n("desk-found-more", limits::PAGE as i64),
        (n, true) => page.n("desk-found", i64::try_from(n).unwrap_or_default()),
        (_, false) => page.t("desk-newest"),
    }
}

fn hits(ctx: &Ctx, page: &Page, found: &[Head], sought: &Sought) -> Vec<Hit> {
    found.iter().map(|head| hit(ctx, page, head, sought)).collect()
}

fn hit(ctx: &Ctx, page: &Page, head: &Head, sought: &Sought) -> Hit {
    let packs = ctx.engine().packs();
    let flow = packs.of(head).ok().map(|(_, flow)| flow);
    let outcome = head.outcome.as_ref().and_then(|o| flow.as_ref()?.outcomes().get(o).map(|t| page.of(t).to_owned()));
    let (tag, state) = match head.phase {
        Phase::Open => ("tag tag-now", page.t("desk-state-open")),
        Phase::Settled => ("tag tag-done", outcome.unwrap_or_else(|| page.t("desk-state-settled"))),
        Phase::Ended => ("tag tag-done", outcome.unwrap_or_else(|| page.t("desk-state-ended"))),
    };
    let late = head.promised_at.is_some_and(|at| at < ctx.engine().clock.now());
    let (tag, state) = if late { ("tag tag-late", page.t("desk-state-late")) } else { (tag, state) };
    Hit {
        case: format!("{}/{}", head.key.jurisdiction, head.number),
        url: case_url(head),
        title: sought.marked(&head.title),
        body: sought.excerpt(&head.body),
        tag,
        state,
        place: where_is(ctx, page, head),
        unit: head.unit.as_deref().map(|unit| page.org(unit)).unwrap_or_default(),
        opened: page.time(&head.opened_at),
        number: head.number.clone(),
    }
}

/// The units that a desk tells apart; a unit sees its own cases only.
pub fn units(ctx: &Ctx, page: &Page, seat: &Seat, chosen: Option<&str>) -> Vec<Choice> {
    let reach = policy::reach(seat, Action::List, Resource::Case);
    if !matches!(reach, Some(Reach::Places(_))) {
        return Vec::new();
    }
    let directory = ctx.engine().directory();
    let near = directory.orgs().filter(|org| org.place.covers(&seat.place) || seat.place.covers(&org.place));
    let choice = |org: &linli_engine::directory::Org| Choice {
        code: org.id.to_string(),
        name: page.of(&org.name).to_owned(),
        chosen: chosen == Some(org.id.as_str()),
    };
    near.map(choice).collect()
}

/// How far a case is, then the steps that may be open.
fn states(ctx: &Ctx, page: &Page, chosen: Option<&str>) -> Vec<Choice> {
    let choice = |code: &str, name: String| Choice { code: code.to_owned(), name, chosen: chosen == Some(code) };
    let phases = [Phase::Open, Phase::Settled, Phase::Ended];
    let phases = phases.iter().map(|p| choice(p.slug(), page.t(&format!("desk-state-{}", p.slug()))));
    let packs = ctx.engine().packs();
    let steps = packs.current().flows().iter().flat_map(|flow| flow.steps());
    let steps = steps.map(|step| choice(&step.name, page.t1("desk-state-step", "step", page.of(&step.title))));
    phases.chain(steps).collect()
}

/// The two upper levels of categories.
pub fn categories(ctx: &Ctx, page: &Page, chosen: Option<&str>) -> Vec<Choice> {
    let packs = ctx.engine().packs();
    let all = packs.current().categories().iter().filter(|c| c.code.matches('.').count() < 2);
    let choice = |category: &linli_engine::pack::Category| {
        let title = page.of(&category.title);
        let name = if category.parent.is_some() { format!("\u{a0}\u{a0}{title}") } else { title.to_owned() };
        Choice { code: category.code.clone(), name, chosen: chosen == Some(category.code.as_str()) }
    };
    all.map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_told_from_words() {
        assert_eq!(number("261123-00047").as_deref(), Some("261123-00047"));
        assert_eq!(number(" \u{ff12}61123 \u{2014} 00047").as_deref(), Some("261123-00047"));
        for words in ["", "47", "261123", "3-2-1", "a61123-00047", "261123-", "-00047", "\u{8def}\u{706f}"] {
            assert_eq!(number(words), None, "{words}");
        }
    }
}
