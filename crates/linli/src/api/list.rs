//! What every list has: where it goes on, sealed with its question; and the days of the office.

use linli_worktime::{Date, Millis};
use serde::Serialize;

use crate::web::{Ctx, Fault, cursor};

/// A question that a list answers.
pub struct Asked<'c> {
    ctx: &'c Ctx,
    question: String,
}

impl<'c> Asked<'c> {
    /// The question of a list by this seat (or by nobody): its name and its query, without where it goes on.
    pub fn new(ctx: &'c Ctx, list: &str, query: &impl Serialize) -> Self {
        let mut query = serde_json::to_value(query).unwrap_or_default();
        if let Some(fields) = query.as_object_mut() {
            fields.remove("after");
            fields.remove("wait");
        }
        let seat = ctx.seat().map(|seat| seat.id.to_string()).unwrap_or_default();
        Self { ctx, question: format!("{list} {seat} {query}") }
    }

    /// Where the list goes on, for the next page.
    pub fn seal(&self, position: &str) -> String {
        cursor::seal(&self.ctx.engine().vault_key, &self.question, position)
    }

    /// Where the list goes on.
    ///
    /// # Errors
    /// When the cursor belongs to another question.
    pub fn open<T>(&self, cursor: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, Fault> {
        let position = cursor::open(&self.ctx.engine().vault_key, &self.question, cursor)?;
        read(&position).ok_or_else(|| Fault::new(axum::http::StatusCode::BAD_REQUEST, "fault-cursor"))
    }
}

/// When a day of the office begins.
pub fn day_begins(ctx: &Ctx, day: Date) -> Option<Millis> {
    ctx.engine().packs().current().calendar.parse_local(&format!("{day} 00:00:00")).ok()
}

/// When the office's today ends.
pub fn day_ends(ctx: &Ctx) -> Millis {
    let now = ctx.engine().clock.now();
    let today = ctx.engine().packs().current().calendar.date_of(now);
    today.tomorrow().ok().and_then(|day| day_begins(ctx, day)).unwrap_or(now)
}
