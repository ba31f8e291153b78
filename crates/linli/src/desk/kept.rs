//! When an act cannot be done and its page is closed to the reader, what they wrote is given back to be copied.

use askama::Template;

use crate::web::{Ctx, Fault, Page, Reply, forms::Sent, page::show_as};

#[derive(Template)]
#[template(path = "desk/kept.html")]
struct KeptPage {
    page: Page,
    words: String,
    kept: Vec<(String, String)>,
}

/// The fault, and all that was written into fields that the rule pack knows; the bare fault where that is nothing.
///
/// # Errors
/// The fault itself.
pub fn page(ctx: &Ctx, fault: Fault, sent: &Sent) -> Reply {
    let page = Page::titled(ctx, "kept-title");
    let packs = ctx.engine().packs();
    let kept = sent.fields.iter().filter_map(|(name, values)| {
        let field = packs.current().field(name)?;
        let words = values.join(" ");
        let written = field.max_chars.is_some() && !words.trim().is_empty();
        written.then(|| (page.of(&field.title).to_owned(), words))
    });
    let kept: Vec<_> = kept.collect();
    if kept.is_empty() {
        return Err(fault);
    }
    show_as(fault.status, &KeptPage { words: fault.words(ctx.lang), kept, page })
}
