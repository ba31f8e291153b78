//! The list of views beside every list of the desk, with how much is in each.

use linli_engine::{
    cases::inbox::Counts,
    policy::{Action, Resource, Subject},
    seats::Seat,
};
use linli_worktime::Millis;

use crate::web::{Ctx, Fault, Page, routes::may_somewhere};

/// A view of the inbox.
pub struct View {
    /// Where it is.
    pub url: String,
    /// What it is called.
    pub title: String,
    /// How many open steps are in it.
    pub n: u64,
    /// Whether it is the one on the page.
    pub here: bool,
}

/// The views of a seat.
pub struct Views {
    /// All, due today, overdue.
    pub by_time: Vec<View>,
    /// One for each step.
    pub by_step: Vec<View>,
    /// How many are due today.
    pub due_today: u64,
    /// Whether this seat files for callers.
    pub may_file: bool,
    /// Whether this seat has an inbox.
    pub has_inbox: bool,
    /// Whether the page is the search.
    pub searching: bool,
}

impl Views {
    /// Counts what is in the views; `here` is the current one's query: empty, `due=today`, `step=sign`.
    pub async fn read(ctx: &Ctx, page: &Page, seat: &Seat, here: Option<&str>) -> Result<(Self, Counts), Fault> {
        let has_inbox = may(seat, Action::List, Resource::Inbox);
        let counts = match has_inbox {
            true => ctx.engine().inbox_counts(seat, day_ends(ctx)).await?,
            false => Counts::default(),
        };
        let view = |query: String, title: String, n: u64| {
            let url = if query.is_empty() { "/desk".to_owned() } else { format!("/desk?{query}") };
            View { url, title, n, here: here == Some(query.as_str()) }
        };
        let by_time = vec![
            view(String::new(), page.t("desk-view-all"), counts.all),
            view("due=today".into(), page.t("desk-view-today"), counts.today),
            view("due=late".into(), page.t("desk-view-late"), counts.overdue),
        ];
        let steps = counts.steps.iter();
        let by_step = steps.map(|(step, n)| view(format!("step={step}"), step_title(ctx, page, step), *n)).collect();
        let views = Self {
            by_time,
            by_step,
            due_today: counts.today,
            may_file: may(seat, Action::File, Resource::Case),
            has_inbox,
            searching: here.is_none(),
        };
        Ok((views, counts))
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
