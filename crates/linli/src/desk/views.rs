//! The list of views beside every list of the desk, with how much is in each: those that everybody has, and those that
//! somebody saved.

use linli_engine::{
    cases::inbox::{Count, Counts},
    policy::{Action, Resource, Subject},
    seats::Seat,
};
use linli_worktime::Millis;

use super::{asked::Asked, saved};
use crate::web::{Ctx, Fault, Page, routes::may_somewhere};

/// A view of the inbox.
pub struct View {
    /// Where it is.
    pub url: String,
    /// What it is called.
    pub title: String,
    /// How many open steps are in it, as it is written.
    pub n: String,
    /// Whether it is the one on the page.
    pub here: bool,
}

/// A page beside the lists.
pub struct Door {
    /// Where it is.
    pub url: &'static str,
    /// What it is called.
    pub title: String,
    /// The letter that opens it.
    pub letter: Option<char>,
    /// How much there waits for this seat; empty where nothing does.
    pub n: String,
    /// Whether it is the one on the page.
    pub here: bool,
}

/// The views of a seat.
pub struct Views {
    /// All, due today, overdue.
    pub by_time: Vec<View>,
    /// One for each step.
    pub by_step: Vec<View>,
    /// Those that were saved.
    pub saved: Vec<View>,
    /// The pages beside the lists.
    pub doors: Vec<Door>,
    /// How many are due today.
    pub due_today: u64,
    /// Whether this seat has an inbox.
    pub has_inbox: bool,
    /// How many answers at hand that this seat keeps are past their day of review.
    pub reviews: usize,
}

impl Views {
    /// Counts what is in the views; `here` is the current one's query: empty, `due=today`, `step=sign`, `view=…`.
    pub async fn read(ctx: &Ctx, page: &Page, seat: &Seat, here: Option<&str>) -> Result<(Self, Counts), Fault> {
        let has_inbox = may(seat, Action::List, Resource::Inbox);
        let counts = match has_inbox {
            true => ctx.engine().inbox_counts(seat, day_ends(ctx)).await?,
            false => Counts::default(),
        };
        let (saved, first) = saved::counted(ctx, seat, here).await?;
        let view = |query: String, title: String, n: u64| {
            // Whoever begins with a view of their own still gets to everything.
            let url = match (query.is_empty(), first) {
                (true, false) => "/desk".to_owned(),
                (true, true) => "/desk?view=all".to_owned(),
                (false, _) => format!("/desk?{query}"),
            };
            View { url, title, n: said(Count { n, more: counts.more }), here: here == Some(query.as_str()) }
        };
        let by_time = vec![
            view(String::new(), page.t("desk-view-all"), counts.all),
            view("due=today".into(), page.t("desk-view-today"), counts.today),
            view("due=late".into(), page.t("desk-view-late"), counts.overdue),
        ];
        let steps = counts.steps.iter();
        let by_step = steps.map(|(step, n)| view(format!("step={step}"), step_title(ctx, page, step), *n)).collect();
        let reviews = reviews(ctx, seat);
        let doors = doors(page, seat, reviews);
        let mut views = Self { by_time, by_step, saved, doors, due_today: counts.today, has_inbox, reviews };
        if here.is_none() {
            views.at("/desk/search");
        }
        Ok((views, counts))
    }

    /// The answers at hand that wait for a look, in words.
    pub fn overdue(&self, page: &Page) -> String {
        page.n("answer-overdue", self.reviews)
    }

    /// Says which page this is.
    pub fn at(&mut self, url: &str) {
        for door in &mut self.doors {
            door.here = door.url == url;
        }
    }
}

/// How many answers at hand that a seat keeps are past their day of review.
fn reviews(ctx: &Ctx, seat: &Seat) -> usize {
    let (engine, today) = (ctx.engine(), ctx.engine().today());
    let known = engine.knowledge();
    let stale = known.published().filter(|entry| entry.is_stale(today));
    stale.filter(|entry| engine.may_keep(seat, Action::Act, &entry.owner)).count()
}

fn doors(page: &Page, seat: &Seat, reviews: usize) -> Vec<Door> {
    let works = may(seat, Action::List, Resource::Inbox);
    let all = [
        (may(seat, Action::File, Resource::Case), "/desk/new", "desk-new", Some('n')),
        (true, "/desk/search", "desk-search-all", None),
        (true, "/desk/views", "view-manage", None),
        (works, "/desk/handover", "shift-title", None),
        (works, "/desk/phrases", "phrase-title", None),
        (may(seat, Action::List, Resource::Answer), "/desk/knowledge", "answer-list-title", None),
        (true, "/desk/load", "load-title", None),
        (may(seat, Action::List, Resource::Case), "/desk/hot", "hot-title", None),
    ];
    let open = all.into_iter().filter(|(may, ..)| *may);
    let waits = |url: &str| if url == "/desk/knowledge" && reviews > 0 { reviews.to_string() } else { String::new() };
    open.map(|(_, url, key, letter)| Door { url, title: page.t(key), letter, n: waits(url), here: false }).collect()
}

/// A number as it is written: beyond what is counted, with a plus.
pub fn said(count: Count) -> String {
    if count.more { format!("{}+", count.n) } else { count.n.to_string() }
}

/// Which of the views everybody has an address asks for.
pub fn here(asked: &Asked) -> String {
    match (asked.get("view"), asked.get("step"), asked.get("due")) {
        (Some(id), ..) if id != "all" => format!("view={id}"),
        (_, Some(step), _) => format!("step={step}"),
        (_, None, Some(due @ ("today" | "late"))) => format!("due={due}"),
        _ => String::new(),
    }
}

/// Whether a seat may do this to anything at all.
pub fn may(seat: &Seat, action: Action, resource: Resource) -> bool {
    may_somewhere(Subject::Staff(seat.role), action, resource)
}

/// What people call a step of any flow.
pub fn step_title(ctx: &Ctx, page: &Page, step: &str) -> String {
    let packs = ctx.engine().packs();
    let found = packs.current().flows().iter().find_map(|flow| flow.step(step));
    found.map_or_else(|| step.to_owned(), |found| page.of(&found.title).to_owned())
}

/// When the day of the office ends.
pub fn day_ends(ctx: &Ctx) -> Millis {
    let packs = ctx.engine().packs();
    let calendar = &packs.current().calendar;
    let today = calendar.date_of(ctx.engine().clock.now());
    let next = today.tomorrow().ok().and_then(|day| calendar.parse_local(&format!("{day} 00:00:00")).ok());
    next.unwrap_or_else(|| ctx.engine().clock.now())
}
