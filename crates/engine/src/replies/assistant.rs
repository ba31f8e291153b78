//! The writing assistant: a large language model behind an OpenAI-compatible address, where an office has one. It is asked
//! for a beginning of an answer, by a person, one case at a time. What it is sent is masked once more, names nobody and no
//! place below the community, and that it was asked is an event of the case, written before anything goes out. What it
//! answers is a draft in a box: nothing is sent by itself, and figures that it made up are blanks.

use std::collections::BTreeMap;

use linli_flow::{Command, Form};
use serde_json::{Value as Js, json};
use tokio::sync::Semaphore;

use super::{ASSISTED, BLANK, Solved, addressed, blank::unfounded, is_own};
use crate::{
    Engine,
    cases::{
        CaseError,
        act::Ask,
        read::{Dossier, Offer},
    },
    db::{DbError, Tx},
    edge,
    ids::{Level, Malformed},
    limits,
    outward::{self, Reach},
    pack::{self, Kind, Pack},
    seats::Seat,
    vault::Secret,
    viewer::Viewer,
};

/// Where an OpenAI-compatible service takes questions, below its address.
const PATH: &str = "/chat/completions";
/// Words of an answer that are kept.
const TOKENS: u32 = 1_500;
/// What some models write before they answer.
const THOUGHT: (&str, &str) = ("<think>", "</think>");

/// A language model that may be asked.
pub struct Assistant {
    url: String,
    model: String,
    /// Who runs it, as people are told.
    by: String,
    key: Option<Secret<String>>,
    agent: ureq::Agent,
    asks: Semaphore,
}

/// Why the assistant gave no draft.
#[derive(Debug, thiserror::Error)]
pub enum AssistantError {
    /// There is none, or this case knows none.
    #[error("there is no writing assistant here")]
    None,
    /// As many as may are waiting for it.
    #[error("the writing assistant has too much to do")]
    Busy,
    /// It cannot be reached, or takes too long.
    #[error("the writing assistant cannot be reached: {0}")]
    Silent(String),
    /// It refused.
    #[error("the writing assistant answered {0}")]
    Refused(u16),
    /// Its answer is no answer.
    #[error("the answer of the writing assistant cannot be read")]
    Unreadable,
    /// The asking could not be written down, so nothing was sent.
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<DbError> for AssistantError {
    fn from(error: DbError) -> Self {
        Self::Case(error.into())
    }
}

/// A part of the answer that is asked for.
#[derive(Clone, Debug)]
pub struct Part {
    /// The field that it goes into.
    pub field: String,
    /// What people call it.
    pub title: String,
    /// What to write.
    pub hint: String,
    most: usize,
}

impl Assistant {
    /// A model at an address such as `https://…/v1`. Without TLS, or inside the office's own network, only where the
    /// operator lets the program call inside.
    ///
    /// # Errors
    /// When it is no such address or may not be called, or the model has no name.
    pub fn new(url: &str, model: &str, key: Option<Secret<String>>, reach: Reach) -> Result<Self, Malformed> {
        let malformed = |what: &'static str| Malformed { text: url.into(), what };
        let address = reach.address(url)?;
        let plain = address.scheme_str() == Some("http");
        let by = address.host().unwrap_or_default().to_owned();
        if plain && reach == Reach::Public {
            return Err(malformed(
                "an address of a writing assistant (https://…; without TLS only inside: --allow-private-hooks)",
            ));
        }
        if model.trim().is_empty() {
            return Err(malformed("a writing assistant, without the name of a model"));
        }
        let url = url.trim_end_matches('/');
        let url = if url.ends_with(PATH) { url.to_owned() } else { format!("{url}{PATH}") };
        let agent = outward::patient_agent(reach, limits::ASSISTANT_WAIT);
        Ok(Self { url, model: model.trim().to_owned(), by, key, agent, asks: Semaphore::new(limits::ASSISTANT_ASKS) })
    }

    /// With the name of whoever runs it; the host of its address stands for one that is not told.
    #[must_use]
    pub fn run_by(mut self, who: &str) -> Self {
        if !who.trim().is_empty() {
            who.trim().clone_into(&mut self.by);
        }
        self
    }

    /// Who runs it, as people are told.
    pub fn recipient(&self) -> &str {
        &self.by
    }

    /// Where it is, and which model.
    pub fn name(&self) -> (&str, &str) {
        (&self.url, &self.model)
    }

    /// Asks and waits; it blocks.
    fn ask(&self, system: &str, question: &str) -> Result<String, AssistantError> {
        let body = json!({
            "model": self.model,
            "messages": [{ "role": "system", "content": system }, { "role": "user", "content": question }],
            "temperature": 0.2,
            "max_tokens": TOKENS,
            "stream": false,
        });
        let mut call = self.agent.post(&self.url).header("Content-Type", "application/json");
        if let Some(key) = &self.key {
            call = call.header("Authorization", format!("Bearer {}", key.reveal()));
        }
        let mut answer = call.send(body.to_string()).map_err(|e| AssistantError::Silent(e.to_string()))?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(AssistantError::Refused(status));
        }
        let text = answer.body_mut().with_config().limit(limits::ASSISTANT_BYTES).read_to_string();
        let answer: Js =
            text.ok().and_then(|text| serde_json::from_str(&text).ok()).ok_or(AssistantError::Unreadable)?;
        let said = answer["choices"][0]["message"]["content"].as_str().ok_or(AssistantError::Unreadable)?;
        Ok(said
            .split_once(THOUGHT.1)
            .filter(|_| said.contains(THOUGHT.0))
            .map_or(said, |(_, said)| said)
            .trim()
            .to_owned())
    }
}

impl Engine {
    /// Whether the assistant can be asked for a draft of this act.
    pub fn may_assist(&self, d: &Dossier, offer: &Offer) -> bool {
        let asking = self.packs().current().replies().is_some_and(|replies| replies.assistant.is_some());
        let open =
            d.offers.iter().any(|open| open.barred.is_none() && (&open.way, &open.act) == (&offer.way, &offer.act));
        asking
            && open
            && self.plugs.assistant().is_some()
            && d.flow.side(ASSISTED).is_some()
            && !self.parts(d, offer).is_empty()
    }

    fn parts(&self, d: &Dossier, offer: &Offer) -> Vec<Part> {
        let fields = addressed(self.packs().current(), &d.flow, offer).into_iter();
        let asked = fields.filter(|(field, expected)| field.kind == Kind::LongText && is_own(*expected));
        let part = asked.map(|(field, _)| Part {
            field: field.name.clone(),
            title: field.title.zh.clone(),
            hint: field.hint.zh.clone(),
            most: field.max_chars.unwrap_or(limits::BODY_CHARS),
        });
        part.collect()
    }

    /// Asks the assistant for a draft: its words by field. `near` is a solved case whose answer may serve as a pattern.
    ///
    /// # Errors
    /// [`AssistantError`]; where the asking could not be written down, nothing was sent.
    pub async fn ask_assistant(
        &self,
        d: &Dossier,
        offer: &Offer,
        seat: &Seat,
        near: Option<&Solved>,
    ) -> Result<BTreeMap<String, String>, AssistantError> {
        let assistant = self.plugs.assistant().filter(|_| self.may_assist(d, offer)).ok_or(AssistantError::None)?;
        let packs = self.packs();
        let pack = packs.current();
        let asking = pack.replies().and_then(|replies| replies.assistant.clone()).ok_or(AssistantError::None)?;
        let _turn = assistant.asks.try_acquire().map_err(|_| AssistantError::Busy)?;
        let parts = self.parts(d, offer);
        let letter = self.letter_for_outside(pack, d).await?;
        let question = self.question(pack, d, &asking.ask, &letter, near, &parts);
        let ask = Ask {
            case: d.head.key,
            command: Command::Side { act: ASSISTED.to_owned(), form: Form::new() },
            by: Viewer::Staff(seat.clone()),
            key: crate::hex(&edge::new_id()),
        };
        let engine = self.clone();
        self.write_event(move |tx: &mut Tx<'_>| engine.act_in(tx, &ask)).await?;
        let (model, asked) = (assistant.clone(), question.clone());
        let said = tokio::task::spawn_blocking(move || model.ask(&asking.system, &asked));
        let said = said.await.map_err(|_| AssistantError::Unreadable)??;
        let drafts = sorted(&said, &parts).into_iter().map(|(field, most, text)| {
            let text = unfounded(&text, &question);
            let text = pack.without_personal(&text, &[], |_, _| true).unwrap_or(text);
            (field, text.trim().chars().take(most).collect::<String>())
        });
        let drafts: BTreeMap<String, String> = drafts.filter(|(_, text)| !text.is_empty()).collect();
        if drafts.is_empty() { Err(AssistantError::Unreadable) } else { Ok(drafts) }
    }

    /// The words of a case as they may leave the house: masked once more, and without whoever brought it.
    async fn letter_for_outside(&self, pack: &Pack, d: &Dossier) -> Result<String, AssistantError> {
        let (engine, key) = (self.clone(), d.head.key);
        let known = self.db.read(move |tx: &mut Tx<'_>| engine.known(tx, key)).await?;
        let mut text = format!("{}\n{}", d.head.title, d.head.body);
        for own in known.iter().map(|own| own.reveal().trim()).filter(|own| own.chars().count() > 1) {
            text = text.replace(own, BLANK);
        }
        Ok(self.outward(pack, &text, &d.head.place))
    }

    fn question(
        &self,
        pack: &Pack,
        d: &Dossier,
        ask: &str,
        letter: &str,
        near: Option<&Solved>,
        parts: &[Part],
    ) -> String {
        let directory = self.directory();
        let place = d.head.place.upwards().find(|place| place.level() <= Level::Community);
        let place = place.and_then(|place| directory.place(&place).map(|place| place.name.zh.clone()));
        let category = pack.category(&d.head.category).map_or("", |category| category.title.zh.as_str());
        let unit = d.head.unit.as_deref().and_then(|unit| directory.org(unit)).map_or("", |org| org.name.zh.as_str());
        let unit = self.outward(pack, unit, &d.head.place);
        let lead = directory.lead(pack, &d.head.category, &d.head.place).map(|lead| lead.basis).unwrap_or_default();
        let borrowed = near.map(|near| self.borrowed(near)).unwrap_or_default();
        let similar: Vec<String> = borrowed
            .values()
            .map(|text| self.outward(pack, text, &d.head.place))
            .filter(|text| !text.is_empty())
            .collect();
        let similar = if similar.is_empty() { BLANK.to_owned() } else { similar.join("\n") };
        let lines = parts.iter().map(|part| format!("{}{}", heading(&part.title), part.hint));
        let lines = lines.collect::<Vec<_>>().join("\n");
        let values = [
            ("letter", letter),
            ("category", category),
            ("place", place.as_deref().unwrap_or(BLANK)),
            ("unit", &unit),
            ("basis", &lead),
            ("similar", &similar),
            ("parts", &lines),
        ];
        let text = linli_flow::Text { zh: ask.to_owned(), en: ask.to_owned() };
        let question = pack::fill(&text, "zh", &values);
        // All that goes out passes the masks once more, whatever it was put together from.
        pack.without_personal(&question, &[], |_, _| true).unwrap_or(question)
    }
}

/// A heading as it is asked for and found again.
fn heading(title: &str) -> String {
    format!("\u{3010}{title}\u{3011}")
}

/// An answer in its parts, by their headings; one without headings is all of the last part.
fn sorted(said: &str, parts: &[Part]) -> Vec<(String, usize, String)> {
    let mut found: Vec<(usize, usize, &Part)> = Vec::new();
    for part in parts {
        let heading = heading(&part.title);
        found.extend(said.find(&heading).map(|at| (at, at + heading.len(), part)));
    }
    found.sort_by_key(|(at, ..)| *at);
    if found.is_empty() {
        return parts.last().map(|part| (part.field.clone(), part.most, said.to_owned())).into_iter().collect();
    }
    let ends = found.iter().skip(1).map(|(at, ..)| *at).chain([said.len()]);
    let text = |from: usize, to: usize| said[from..to].trim().trim_start_matches([':', '\u{ff1a}']).trim().to_owned();
    found.iter().zip(ends).map(|((_, from, part), to)| (part.field.clone(), part.most, text(*from, to))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(field: &str, title: &str) -> Part {
        Part { field: field.into(), title: title.into(), hint: String::new(), most: 100 }
    }

    #[test]
    fn an_answer_falls_into_its_parts() {
        let parts = [part("facts", "Found"), part("measure", "Done")];
        let fields = |said: &str| sorted(said, &parts).into_iter().map(|(f, _, t)| (f, t)).collect::<Vec<_>>();
        let both = fields("\u{3010}Done\u{3011}: a fuse\n\u{3010}Found\u{3011}\nno light\n");
        assert_eq!(both, [("measure".into(), "a fuse".into()), ("facts".into(), "no light".into())]);
        assert_eq!(fields("just words"), [("measure".into(), "just words".to_owned())]);
        assert!(sorted("words", &[]).is_empty());
    }

    #[test]
    fn an_address_needs_tls_outside_and_a_model() {
        let new = |url: &str, reach| Assistant::new(url, "m", None, reach).map(|a| a.url).map_err(|e| e.to_string());
        assert_eq!(
            new("https://models.example/v1/", Reach::Public).unwrap(),
            "https://models.example/v1/chat/completions"
        );
        assert_eq!(new("http://localhost:1/v1", Reach::Inside).unwrap(), "http://localhost:1/v1/chat/completions");
        assert!(new("http://models.example/v1", Reach::Public).unwrap_err().contains("--allow-private-hooks"));
        assert!(new("https://127.0.0.1/v1", Reach::Public).unwrap_err().contains("--allow-private-hooks"));
        assert!(Assistant::new("https://models.example/v1", " ", None, Reach::Public).is_err());
    }
}
