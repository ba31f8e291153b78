//! The conversation with the resident on a desk's case: what both sides wrote, and a small form that is always open.
//! The resident stays unnamed; what is written reaches them on their tracking page.

use askama::Template;
use linli_engine::{
    attachments::Attachment,
    cases::{
        read::Dossier,
        thread::{Speaker, thread},
    },
    pack::Raw,
};

use super::case::case_url;
use crate::web::{ActForm, Ctx, Page, times::Spoken};

/// The act that writes to the resident.
pub const REPLY: &str = "reply";

/// Something that was written.
struct Line {
    resident: bool,
    who: String,
    at: Spoken,
    text: String,
    files: Vec<Attachment>,
}

/// The conversation as it is drawn; `{{ talk|safe }}` in the page.
#[derive(Template)]
#[template(path = "desk/thread.html")]
pub struct Talk {
    page: Page,
    lines: Vec<Line>,
    url: String,
    /// Where the words are looked over while they are typed, and in which fields.
    check: String,
    replies: String,
    form: Option<ActForm>,
}

impl Talk {
    /// The conversation of a case, with a form where this seat may answer; not where what was written came back and has
    /// its form among the acts (`refused`).
    pub fn new(ctx: &Ctx, d: &Dossier, refused: bool) -> Self {
        let page = Page::new(ctx, "");
        let line = |line: linli_engine::cases::thread::Line| {
            let (resident, who) = match &line.by {
                Speaker::Reporter => (true, page.t("talk-resident")),
                Speaker::ReporterBy(org) => (true, page.t1("talk-resident-by", "unit", page.org(org))),
                Speaker::Unit(org) => (false, page.org(org)),
            };
            let files = line.files.iter().filter_map(|n| d.attachments.get(*n)).cloned().collect();
            Line { resident, who, at: page.time(&line.at), text: line.text, files }
        };
        let lines = thread(d).into_iter().map(line).collect();
        let offer = d.offers.iter().find(|offer| offer.act == REPLY && offer.barred.is_none() && !refused);
        Self {
            lines,
            url: format!("{}/act", case_url(&d.head)),
            check: format!("{}/check", case_url(&d.head)),
            replies: offer.map(|offer| ctx.engine().reply_fields(d, offer).join(" ")).unwrap_or_default(),
            form: offer.map(|offer| ActForm::new(ctx, d, offer, &Raw::default(), &[])),
            page,
        }
    }

    /// Whether there is anything to show.
    pub fn shows(&self) -> bool {
        !self.lines.is_empty() || self.form.is_some()
    }
}
