//! Looking over a reply before it goes: about something else, nothing but phrases, no act, no day, copied.

use linli_flow::Event;
use linli_insight::text::answers::{Limits, Pair, Phrases, Reason, Sketch, doubts};

use super::{DESK_SAID, UNIT_SAID, addressed, form_text, is_own, written};
use crate::{
    Engine,
    cases::{
        CaseError, CaseKey,
        read::{Dossier, Offer},
        store,
    },
    db::{DbError, Tx, args},
    ids::CaseId,
    limits,
    pack::{Expected, Field, Kind, Pack, Raw},
};

/// Something about a reply that its writer may want to look at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The field.
    pub field: String,
    /// What it is.
    pub why: Why,
}

/// What may be wrong with a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It seems to be about something else.
    Elsewhere,
    /// Nothing but phrases.
    Empty,
    /// It tells of nothing that was done or will be.
    NoAct,
    /// It names no day.
    NoDate,
    /// It promises something and does not say when.
    NoDay,
    /// It is, nearly word for word, the reply to another case.
    Copied {
        /// The number of that case.
        of: String,
        /// How much of it, in percent.
        percent: u8,
    },
}

impl Why {
    /// Its short name.
    pub fn slug(&self) -> &'static str {
        match self {
            Self::Elsewhere => "elsewhere",
            Self::Empty => "empty",
            Self::NoAct => "no-act",
            Self::NoDate => "no-date",
            Self::NoDay => "no-day",
            Self::Copied { .. } => "copied",
        }
    }
}

/// The words of a form that reach the resident.
struct Said<'p> {
    fields: Vec<(&'p Field, Expected, String)>,
    expected: Expected,
    /// Whether another field of the form holds a day.
    day: bool,
}

impl<'p> Said<'p> {
    fn of(pack: &'p Pack, d: &Dossier, offer: &Offer, raw: &Raw) -> Self {
        let text = |name: &str| raw.get(name).and_then(|v| v.first()).map_or("", |v| v.trim()).to_owned();
        let fields = addressed(pack, &d.flow, offer).into_iter();
        let fields: Vec<_> = fields.map(|(field, expected)| (field, expected, text(&field.name))).collect();
        let expected = fields.iter().fold(Expected::default(), |all, (_, one, _)| all.with(*one));
        let dates = offer.form.iter().filter(|field| {
            let known = d.pack.field(&field.name).map(|known| known.kind);
            matches!(known, Some(Kind::Date | Kind::Time)) && !text(&field.name).is_empty()
        });
        Self { expected, day: dates.count() > 0, fields }
    }

    /// What is held against the letter: the words that are written for it, or all where none are.
    fn text(&self) -> String {
        let own = || self.fields.iter().filter(|(_, expected, _)| is_own(*expected));
        let all = self.fields.iter().filter(|_| own().next().is_none());
        own().chain(all).map(|(.., text)| text.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// The last field that expects something, or the last of all.
    fn at(&self, expects: impl Fn(&Expected) -> bool) -> String {
        let found = self.fields.iter().rfind(|(_, expected, _)| expects(expected)).or(self.fields.last());
        found.map(|(field, ..)| field.name.clone()).unwrap_or_default()
    }

    /// The first long text that is mostly phrases.
    fn mere(&self, phrases: &Phrases, limits: &Limits) -> Option<String> {
        let mere = |text: &str| {
            let (all, left) = (text.chars().filter(|c| c.is_alphanumeric()).count(), phrases.read(text).left);
            left < limits.characters && all >= 2 * left && all > 0
        };
        let found = self.fields.iter().find(|(field, _, text)| field.kind == Kind::LongText && mere(text));
        found.map(|(field, ..)| field.name.clone())
    }

    fn doubt(&self, reason: Reason, promise: bool, earlier: &[(String, Sketch)]) -> Option<Doubt> {
        let Expected { matter, act, date } = self.expected;
        let doubt = |field: String, why: Why| Some(Doubt { field, why });
        match reason {
            Reason::Elsewhere { .. } if matter => doubt(self.at(|e| e.matter), Why::Elsewhere),
            Reason::Empty { .. } if act => doubt(self.at(|e| e.act), Why::Empty),
            Reason::NoAction if act => doubt(self.at(|e| e.act), Why::NoAct),
            Reason::NoDate if self.day => None,
            Reason::NoDate if date => doubt(self.at(|e| e.date), Why::NoDate),
            Reason::NoDate if promise => doubt(self.at(|_| true), Why::NoDay),
            Reason::Copied { of, same } if matter => {
                let of = earlier.get(of).map(|(number, _)| number.clone())?;
                // Of a share between nothing and one.
                let percent = (same.clamp(0.0, 1.0) * 100.0).round() as u8;
                doubt(self.at(|e| e.matter), Why::Copied { of, percent })
            }
            _ => None,
        }
    }
}

impl Engine {
    /// What the writer of a reply may want to look at again before it goes; empty where nothing is, where the act has no
    /// words for whoever reported the case, or where the pack does not say by what replies are looked over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn doubts(&self, d: &Dossier, offer: &Offer, raw: &Raw) -> Result<Vec<Doubt>, CaseError> {
        let packs = self.packs();
        let pack = packs.current();
        let Some(replies) = pack.replies() else { return Ok(Vec::new()) };
        let (said, limits) = (Said::of(pack, d, offer, raw), Limits::default());
        if said.fields.iter().all(|(.., text)| text.is_empty()) {
            return Ok(Vec::new());
        }
        if let Some(field) = said.mere(&replies.phrases, &limits) {
            return Ok(vec![Doubt { field, why: Why::Empty }]);
        }
        let earlier = if said.expected.matter { self.said_before(d).await? } else { Vec::new() };
        let (judge, reply) = (self.replies.judge(), said.text());
        // Where nothing was learnt yet, what a matter is called and where it is count as said in the letter.
        let called = pack.category(&d.head.category).map_or("", |category| category.title.zh.as_str());
        let text = match judge {
            Some(_) => d.head.body.clone(),
            None => format!("{}\n{called}\n{}", d.head.body, d.head.address),
        };
        let pair = Pair { title: &d.head.title, text: &text, reply: &reply };
        let sketches: Vec<Sketch> = earlier.iter().map(|(_, sketch)| sketch.clone()).collect();
        let reasons = doubts(&pair, judge.as_deref(), &replies.phrases, &sketches, &limits);
        let promise = replies.phrases.read(&reply).promise;
        let found: Vec<Doubt> = reasons.into_iter().filter_map(|r| said.doubt(r, promise, &earlier)).collect();
        // Of what is empty nothing more need be said.
        let empty = found.iter().find(|doubt| doubt.why == Why::Empty).cloned();
        Ok(empty.map_or(found, |empty| vec![empty]))
    }

    /// What whoever answers for a case replied to others before it, the newest cases.
    async fn said_before(&self, d: &Dossier) -> Result<Vec<(String, Sketch)>, DbError> {
        let (engine, key, unit) = (self.clone(), d.head.key, d.head.unit.clone());
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let (packs, CaseKey { jurisdiction, id }) = (engine.packs(), key);
                let rows = match &unit {
                    Some(unit) => tx.query(&UNIT_SAID, &args![jurisdiction, unit, limits::EARLIER_REPLIES])?,
                    None => tx.query(&DESK_SAID, &args![jurisdiction, limits::EARLIER_REPLIES])?,
                };
                let mut said = Vec::new();
                for mut row in rows {
                    let (case, number): (CaseId, String) = (row.take()?, row.take()?);
                    let event: Event = store::event(row)?;
                    let text = written(packs.current(), |field| form_text(&event, field));
                    // A step that is done again may be answered as before.
                    if case != id && !text.is_empty() {
                        said.push((number, Sketch::of(&text)));
                    }
                }
                Ok(said)
            })
            .await
    }
}
