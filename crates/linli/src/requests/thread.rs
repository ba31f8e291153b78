//! The conversation on a resident's case: what they and the units wrote to each other, and a small form that is always
//! open. Units are named, people are not; nobody needs anybody's telephone.

use askama::Template;
use linli_engine::{
    cases::{
        read::Dossier,
        thread::{Speaker, thread},
    },
    limits,
    pack::Raw,
};

use super::{
    act::MESSAGE,
    files::{self, Shown},
};
use crate::web::{ActForm, Ctx, Page, times::Spoken};

/// Something that was written.
struct Line {
    mine: bool,
    who: String,
    at: Spoken,
    text: String,
    files: Vec<Shown>,
}

/// The conversation as it is drawn; `{{ talk|safe }}` in the page.
#[derive(Template)]
#[template(path = "requests/thread.html")]
pub struct Talk {
    page: Page,
    lines: Vec<Line>,
    url: String,
    form: Option<ActForm>,
    files_most: usize,
    files_bytes: usize,
    /// The places of the files that stand in it.
    #[allow(dead_code, reason = "the page around it leaves them out elsewhere")]
    pub taken: Vec<usize>,
}

impl Talk {
    /// The conversation of a case.
    pub fn new(ctx: &Ctx, dossier: &Dossier) -> Self {
        let page = Page::new(ctx, "");
        let said = thread(dossier);
        let taken = said.iter().flat_map(|line| line.files.iter().copied()).collect();
        let line = |line: linli_engine::cases::thread::Line| {
            let (mine, who) = match &line.by {
                Speaker::Reporter => (true, page.t("talk-you")),
                Speaker::ReporterBy(org) => (true, page.t1("talk-you-by", "unit", page.org(org))),
                Speaker::Unit(org) => (false, page.org(org)),
            };
            let pictures = line.files.iter().filter_map(|n| dossier.attachments.get(*n)).map(files::shown);
            Line { mine, who, at: page.time(&line.at), text: line.text, files: pictures.collect() }
        };
        let lines = said.into_iter().map(line).collect();
        let offer = dossier.offers.iter().find(|offer| offer.act == MESSAGE && offer.barred.is_none());
        let head = &dossier.head;
        Self {
            lines,
            url: format!("/c/{}/{}/do/{MESSAGE}", head.key.jurisdiction, head.number),
            form: offer.map(|offer| ActForm::new(ctx, dossier, offer, &Raw::default(), &[])),
            files_most: limits::UPLOADS,
            files_bytes: limits::UPLOAD_BYTES,
            taken,
            page,
        }
    }

    /// Whether there is anything to show.
    pub fn shows(&self) -> bool {
        !self.lines.is_empty() || self.form.is_some()
    }
}
