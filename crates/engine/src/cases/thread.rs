//! The conversation in a case: what its reporter and the units wrote to each other, with the pictures that came with it.
//! What is said is known by the field that holds it, and only where the flow tells it to the resident word by word: a
//! note between units is never a part of it.

use linli_flow::{Definition, Event, Form, Text, What};
use linli_worktime::Millis;

use super::read::Dossier;
use crate::attachments::Attachment;

/// The field of what a resident writes.
const FROM_REPORTER: &str = "message";
/// The fields of what units write to the resident.
const TO_REPORTER: [&str; 2] = ["reply", "question"];

/// Something that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The number of the event.
    pub seq: u64,
    /// When.
    pub at: Millis,
    /// Who said it.
    pub by: Speaker,
    /// In their words.
    pub text: String,
    /// What came with it, as places among the attachments of the case.
    pub files: Vec<usize>,
}

/// Who said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// Whoever reported the case.
    Reporter,
    /// Whoever reported the case, written down by this unit.
    ReporterBy(String),
    /// This unit.
    Unit(String),
}

/// The conversation, oldest first.
pub fn thread(dossier: &Dossier) -> Vec<Line> {
    let mut lines: Vec<Line> = dossier.events.iter().filter_map(|event| line(&dossier.flow, event)).collect();
    for (n, file) in dossier.attachments.iter().enumerate() {
        let Some(event) = came_with(&dossier.events, file) else { continue };
        if let Some(line) = lines.iter_mut().find(|line| line.seq == event.seq) {
            line.files.push(n);
        }
    }
    lines
}

/// Whether an event is a part of the conversation and nothing else.
pub(super) fn is_said(flow: &Definition, event: &Event) -> bool {
    matches!(event.what, What::Side { .. }) && line(flow, event).is_some()
}

/// The event that a file came with: the last one of the same hand before it.
fn came_with<'e>(events: &'e [Event], file: &Attachment) -> Option<&'e Event> {
    events.iter().rev().find(|event| event.by.id == file.by && event.at <= file.at)
}

fn line(flow: &Definition, event: &Event) -> Option<Line> {
    let (tell, form) = told(flow, event)?;
    let said = |field: &str| {
        let text = form.get(field)?.as_text()?;
        tell.placeholders().any(|name| name == field).then(|| text.to_owned())
    };
    let org = event.by.org.clone();
    let (text, by) = match said(FROM_REPORTER) {
        Some(text) => (text, org.map_or(Speaker::Reporter, Speaker::ReporterBy)),
        None => (TO_REPORTER.iter().find_map(|field| said(field))?, Speaker::Unit(org.unwrap_or_default())),
    };
    Some(Line { seq: event.seq, at: event.at, by, text, files: Vec::new() })
}

fn told<'a>(flow: &'a Definition, event: &'a Event) -> Option<(&'a Text, &'a Form)> {
    match &event.what {
        What::Acted { step, act, form, .. } => Some((flow.step(step)?.act(act)?.tell.as_ref()?, form)),
        What::Side { act, form, .. } => Some((flow.side(act)?.tell.as_ref()?, form)),
        What::Opened { .. } | What::Cancelled { .. } | What::Late { .. } => None,
    }
}
