//! What helps whoever answers: who leads by which line of the duty list, the rules, solved cases that are like this one
//! with what was replied, and a draft to begin with. All of it is put into a form that a person reads and changes; nothing
//! is sent from here.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use linli_engine::{
    cases::{
        CaseError,
        read::{Dossier, Offer},
    },
    pack::{Mark, Raw},
    replies::{AssistantError, BLANK, Solved},
};

use super::{
    asked::Asked,
    case::{self, case_url, read},
    check,
    deeds::{act_id, is_step},
    phrases::Ready,
};
use crate::web::{
    Ctx, Fault, Page, Reply,
    act_form::{self, control_id},
    routes::percent,
    times::Spoken,
    uploads::Upload,
};

/// Solved cases that are shown.
const SHOWN: usize = 3;
/// Rules that are shown.
const RULES: usize = 4;
/// The field that names a rule.
const LAW: &str = "law";
/// What a link asks for to begin with the draft.
const DRAFT: &str = "draft";

/// Words for the form of an act.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// The act.
    pub act: String,
    /// What stood in its form already.
    pub typed: Option<Raw>,
    /// What is added, by field.
    pub texts: BTreeMap<String, String>,
    /// Whether a machine wrote them.
    pub machine: bool,
    /// What the reply check says of them.
    pub doubts: Vec<String>,
}

/// A rule and how well it is known.
struct Rule {
    text: String,
    about: String,
    mark: String,
}

/// A solved case.
struct Near {
    url: String,
    title: String,
    when: Spoken,
    unit: String,
    satisfied: bool,
    lines: Vec<(String, String)>,
    /// Its words as they can be used.
    texts: BTreeMap<String, String>,
    /// How a link names it.
    name: String,
}

/// A link that puts words into the form: where a browser without scripts finds them filled in, and the words by the ids of
/// the controls for one with.
struct Fill {
    url: String,
    texts: String,
}

/// The panel; `{{ advice|safe }}` in the page.
#[derive(Template)]
#[template(path = "desk/advice.html")]
pub struct Advice {
    page: Page,
    url: String,
    offer: Option<Offer>,
    lead: String,
    rules: Vec<Rule>,
    near: Vec<Near>,
    draft: BTreeMap<String, String>,
    /// Whether there is a writing assistant for this.
    assistant: bool,
    /// Why it gave no draft.
    pub wrong: Option<String>,
}

/// The act that closes a step and whose words reach whoever reported the case.
fn answering<'d>(ctx: &Ctx, d: &'d Dossier) -> Option<&'d Offer> {
    let open = d.offers.iter().filter(|offer| offer.barred.is_none() && is_step(offer));
    open.into_iter().find(|offer| !ctx.engine().own_fields(d, offer).is_empty())
}

impl Advice {
    /// What helps with a case; nothing where this seat has no answer to write now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(ctx: &Ctx, d: &Dossier, ready: &[Ready]) -> Result<Self, CaseError> {
        let page = Page::new(ctx, "");
        let offer = answering(ctx, d).cloned();
        let mut advice = Self {
            url: case_url(&d.head),
            lead: String::new(),
            rules: Vec::new(),
            near: Vec::new(),
            draft: BTreeMap::new(),
            assistant: false,
            wrong: None,
            offer,
            page,
        };
        let Some(offer) = advice.offer.clone() else { return Ok(advice) };
        let solved = ctx.engine().similar_solved(d, &ctx.viewer(), SHOWN).await?;
        let own = ctx.engine().own_fields(d, &offer);
        advice.near = solved.iter().map(|solved| advice.near(ctx, d, solved, &own)).collect();
        let basis = advice.duty(ctx, d);
        advice.knowledge(ctx, d);
        let borrowed = advice.near.first().map(|near| near.texts.clone()).unwrap_or_default();
        advice.draft = draft(&own, ready, &borrowed);
        if let Some(basis) = basis.filter(|_| offer.form.iter().any(|field| field.name == LAW)) {
            advice.draft.insert(LAW.to_owned(), basis);
        }
        advice.assistant = ctx.engine().may_assist(d, &offer);
        Ok(advice)
    }

    fn near(&self, ctx: &Ctx, d: &Dossier, solved: &Solved, own: &[String]) -> Near {
        let page = &self.page;
        let title = |field: &str| d.pack.field(field).map_or(field, |field| page.of(&field.title)).to_owned();
        let packs = ctx.engine().packs();
        let masked =
            |text: &str| packs.current().without_personal(text, &[], |_, _| true).unwrap_or_else(|| text.to_owned());
        let mut texts = ctx.engine().borrowed(solved);
        // An answer that was one text lends it to the first field that has none.
        if let Some(first) = own.first().filter(|_| !texts.keys().any(|field| own.contains(field))) {
            let all: Vec<String> = std::mem::take(&mut texts).into_values().collect();
            texts.insert(first.clone(), all.join("\n"));
        }
        texts.retain(|field, _| own.contains(field));
        Near {
            url: case_url(&solved.head),
            title: solved.head.title.clone(),
            when: page.time(&solved.head.settled_at.unwrap_or(solved.head.opened_at)),
            unit: solved.head.unit.as_deref().map(|unit| page.org(unit)).unwrap_or_default(),
            satisfied: solved.satisfied.as_deref().is_some_and(|said| ["satisfied", "basically"].contains(&said)),
            lines: solved.said.iter().map(|(field, text)| (title(field), masked(text))).collect(),
            texts,
            name: format!("{}/{}", solved.head.key.jurisdiction, solved.head.number),
        }
    }

    /// Who leads and by which line of the duty list; the rule behind it.
    fn duty(&mut self, ctx: &Ctx, d: &Dossier) -> Option<String> {
        let lead = ctx.engine().directory().lead(&d.pack, &d.head.category, &d.head.place)?;
        let unit = self.page.org(lead.org.as_str());
        if !lead.listed {
            self.lead = self.page.t1("advice-lead-none", "unit", unit);
            return None;
        }
        self.lead = self.page.t1("advice-lead", "unit", unit);
        // An office's own line has no mark: the office stands for it.
        let known = d.pack.duty(&d.head.category).basis.as_ref().filter(|basis| basis.text == lead.basis);
        let mark = known.map(|basis| mark(&self.page, basis.mark)).unwrap_or_default();
        let about = self.page.t("advice-by-duties");
        self.rules.push(Rule { text: lead.basis.clone(), about, mark });
        Some(lead.basis)
    }

    /// The rules that answers at hand about such a matter rest on.
    fn knowledge(&mut self, ctx: &Ctx, d: &Dossier) {
        let (known, today) = (ctx.engine().knowledge(), ctx.engine().today());
        let category = d.head.category.as_str();
        let within =
            |one: &str, other: &str| one == other || one.strip_prefix(other).is_some_and(|r| r.starts_with('.'));
        let about = |code: &str| within(code, category) || within(category, code);
        for entry in known.good(today).filter(|entry| about(&entry.category)) {
            let text = entry.source.clone();
            if self.rules.len() < RULES && self.rules.iter().all(|rule| rule.text != text) {
                let mark = entry.mark.map(|known| mark(&self.page, known)).unwrap_or_default();
                self.rules.push(Rule { text, about: self.page.of(&entry.question).to_owned(), mark });
            }
        }
    }

    /// Whether there is anything to show.
    pub fn shows(&self) -> bool {
        self.offer.is_some()
    }

    /// The words that an address asks for.
    pub fn chosen(&self, asked: &Asked) -> Option<Words> {
        let (act, name) = (act_id(self.offer.as_ref()?), asked.get("words")?);
        let texts = match name {
            DRAFT => self.draft.clone(),
            name => self.near.iter().find(|near| near.name == name)?.texts.clone(),
        };
        Some(Words { act, texts, ..Words::default() })
    }

    /// A link to the draft.
    fn with_draft(&self) -> Fill {
        self.fill(DRAFT, &self.draft)
    }

    fn with_near(&self, near: &Near) -> Fill {
        self.fill(&near.name, &near.texts)
    }

    fn fill(&self, name: &str, texts: &BTreeMap<String, String>) -> Fill {
        let Some(offer) = &self.offer else { return Fill { url: self.url.clone(), texts: String::new() } };
        let by_id: BTreeMap<String, &String> =
            texts.iter().map(|(field, text)| (control_id(offer, field), text)).collect();
        let (act, name) = (percent(&act_id(offer)), percent(name).replace('/', "%2F"));
        Fill {
            url: format!("{}?act={act}&words={name}#acts", self.url),
            texts: serde_json::to_string(&by_id).unwrap_or_default(),
        }
    }
}

fn mark(page: &Page, mark: Mark) -> String {
    let key = match mark {
        Mark::Law => "law",
        Mark::Excerpt => "excerpt",
        Mark::Unconfirmed => "unconfirmed",
    };
    page.t(&format!("admin-mark-{key}"))
}

/// A beginning for each field: the ready-made words for it, filled in from the case, with what was replied to a case like
/// it where they leave room for the matter itself; without ready-made words the reply alone.
fn draft(own: &[String], ready: &[Ready], borrowed: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let begun = |field: &String| {
        let frame = ready.iter().find(|ready| ready.fields.contains(field)).map(|ready| ready.text.as_str());
        let text = match (frame, borrowed.get(field)) {
            (Some(frame), Some(words)) => within(frame, words.trim()),
            (Some(frame), None) => frame.to_owned(),
            (None, Some(words)) => words.clone(),
            (None, None) => return None,
        };
        Some((field.clone(), text))
    };
    own.iter().filter_map(begun).collect()
}

/// The words in the first place of the frame that a colon opens; after it where there is none.
fn within(frame: &str, words: &str) -> String {
    for colon in ["\u{ff1a}", ": "] {
        let place = format!("{colon}{BLANK}");
        if let Some((before, after)) = frame.split_once(&place) {
            // One full stop is enough.
            let stops = ['\u{3002}', '.', '\u{ff1b}', ';', '\u{ff0c}', ','];
            let words = if after.starts_with(stops) { words.trim_end_matches(stops) } else { words };
            return format!("{before}{colon}{words}{after}");
        }
    }
    format!("{frame}\n{words}")
}

/// `POST /desk/cases/{jurisdiction}/{number}/assistant`: asks the writing assistant, and shows the case with its draft in
/// the form, after what stood there. Nothing is kept and nothing sent until a person does it.
pub async fn assist(ctx: Ctx, Path((jurisdiction, number)): Path<(String, String)>, upload: Upload) -> Reply {
    let sent = upload.sent;
    let d = match read(&ctx, &jurisdiction, &number).await {
        Ok(d) => d,
        Err(fault) => return super::kept::page(&ctx, fault, &sent),
    };
    let unknown = || Fault::new(StatusCode::BAD_REQUEST, "fault-unknown-act");
    let offer = act_form::asked(&d, &sent).ok_or_else(unknown)?;
    let Some(seat) = ctx.seat().filter(|_| ctx.engine().may_assist(&d, &offer)) else {
        return super::kept::page(&ctx, Fault::new(StatusCode::CONFLICT, "assistant-none"), &sent);
    };
    let near = ctx.engine().similar_solved(&d, &ctx.viewer(), 1).await?.into_iter().next();
    let said = ctx.engine().ask_assistant(&d, &offer, seat, near.as_ref()).await;
    // That it was asked stands in the case by now.
    let d = read(&ctx, &jurisdiction, &number).await?;
    let (texts, wrong) = match said {
        Ok(texts) => (texts, None),
        Err(error) => (BTreeMap::new(), Some(refused(&ctx, &error)?)),
    };
    let mut filled = sent.fields.clone();
    add(&mut filled, &texts);
    let page = Page::new(&ctx, "");
    let doubts = if wrong.is_none() { check::words(&ctx, &page, &d, &offer, &filled).await } else { Vec::new() };
    let words = Words { act: act_id(&offer), typed: Some(sent.fields), machine: wrong.is_none(), texts, doubts };
    case::assisted(&ctx, d, words, wrong).await
}

/// Adds words to a form, each after what stands in its field.
pub fn add(filled: &mut Raw, texts: &BTreeMap<String, String>) {
    for (field, text) in texts {
        let before = filled.get(field).and_then(|values| values.first()).filter(|v| !v.trim().is_empty());
        // Pressed twice, it stands there once.
        let text = match before {
            Some(before) if before.contains(text.as_str()) => before.clone(),
            Some(before) => format!("{}\n{text}", before.trim_end()),
            None => text.clone(),
        };
        filled.insert(field.clone(), vec![text]);
    }
}

/// Why the assistant gave no draft, in words.
fn refused(ctx: &Ctx, error: &AssistantError) -> Result<String, Fault> {
    let key = match error {
        AssistantError::None => "assistant-none",
        AssistantError::Busy => "assistant-busy",
        AssistantError::Silent(_) | AssistantError::Refused(_) => "assistant-silent",
        AssistantError::Unreadable => "assistant-unreadable",
        AssistantError::Case(_) => return Err(Fault::new(StatusCode::SERVICE_UNAVAILABLE, "fault-database")),
    };
    tracing::warn!(error = linli_engine::chain(error), "the writing assistant gave no draft");
    Ok(ctx.t(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_where_the_frame_leaves_room() {
        assert_eq!(within("Done on ____: ____. Checked: ____.", "a fuse."), "Done on ____: a fuse. Checked: ____.");
        assert_eq!(within("Nothing to fill in.", "a fuse"), "Nothing to fill in.\na fuse");
    }

    #[test]
    fn words_stand_once_after_what_was_typed() {
        let mut filled = Raw::from([("facts".to_owned(), vec!["dark ".to_owned()])]);
        let texts = BTreeMap::from([("facts".to_owned(), "a fuse".to_owned()), ("law".to_owned(), "rule".to_owned())]);
        add(&mut filled, &texts);
        add(&mut filled, &texts);
        assert_eq!(filled["facts"], ["dark\na fuse"]);
        assert_eq!(filled["law"], ["rule"]);
    }
}
