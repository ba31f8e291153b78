//! Who wrote of the same before: the letters of the office in memory, without their words (a sketch of each), and what became
//! of them.

use std::collections::{HashMap, VecDeque};

use linli_insight::text::repeats::{Common, Index, Kind, Letter, Limits};
use linli_worktime::Millis;

use crate::{
    Engine,
    cases::{CaseKey, Head, Phase, store},
    db::{DbError, Tx},
    ids::{PersonId, PlaceCode},
    limits,
};

/// A letter to find others for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The case that it is, if it is one already.
    pub case: Option<CaseKey>,
    /// In a line.
    pub title: &'a str,
    /// In the writer's words.
    pub body: &'a str,
    /// Where, if that is known.
    pub place: Option<&'a PlaceCode>,
    /// When.
    pub at: Millis,
}

impl<'a> Asked<'a> {
    /// The letter of a case.
    pub fn of(head: &'a Head) -> Self {
        Self {
            case: Some(head.key),
            title: &head.title,
            body: &head.body,
            place: Some(&head.place),
            at: head.opened_at,
        }
    }
}

/// A case that may be about the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Like {
    /// Which.
    pub key: CaseKey,
    /// What it is to the letter asked about.
    pub kind: Kind,
    /// How likely, from 0 to 1; an order, not a probability.
    pub score: f32,
    /// How much of the words they share, from 0 to 1.
    pub words: f32,
    /// How far it is.
    pub phase: Phase,
    /// Its category, where people said or confirmed it.
    pub category: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
}

/// What is kept of a case beside its sketch.
struct Kept {
    key: CaseKey,
    person: Option<u64>,
    phase: Phase,
    category: Option<String>,
    unit: Option<String>,
}

/// A case as it is taken in.
pub(super) struct Taken {
    pub head: Head,
    pub person: Option<PersonId>,
    /// Whether people said what it is about.
    pub taught: bool,
}

/// The letters of the office.
pub(super) struct Letters {
    index: Index,
    /// How many letters there were when it was learnt which words are common.
    grown_from: usize,
    kept: HashMap<u64, Kept>,
    order: VecDeque<u64>,
    pub(super) known: super::follow::Known,
}

impl Default for Letters {
    fn default() -> Self {
        let index = Index::new(Common::default(), Limits::default());
        Self { index, grown_from: 0, kept: HashMap::new(), order: VecDeque::new(), known: Default::default() }
    }
}

/// Letters from which it is learnt which words are common, and by how many times an office has to have grown before that is
/// learnt anew.
const COMMON: std::ops::RangeInclusive<usize> = 200..=5_000;
const GROWN: usize = 4;

impl Letters {
    /// How many are to be taken in at once: first as many as tell which words are common.
    pub fn at_once(&self) -> usize {
        if self.index.is_empty() { *COMMON.end() } else { limits::LETTERS_AT_ONCE }
    }

    /// Begins anew, where the office has grown so much that other words are common now. Each time it has to have grown by
    /// as much again, so it comes to an end.
    pub fn begin_anew(&mut self) {
        *self = Self { grown_from: self.kept.len(), ..Self::default() };
    }

    /// Takes cases in, in the order in which they came; whether the office has grown so much that all has to be read anew.
    pub fn take(&mut self, taken: &[Taken]) -> bool {
        if self.index.is_empty() && taken.len() >= *COMMON.start() {
            self.learn_common(taken.iter().map(|taken| &taken.head));
        }
        for taken in taken {
            self.put(taken);
        }
        while self.kept.len() > limits::LETTERS {
            let Some(oldest) = self.order.pop_front() else { break };
            self.drop(oldest);
        }
        let enough = self.grown_from >= *COMMON.end() || self.kept.len() < *COMMON.start();
        !enough && self.kept.len() > GROWN * self.grown_from
    }

    fn learn_common<'h>(&mut self, heads: impl Iterator<Item = &'h Head>) {
        let texts: Vec<String> =
            heads.take(*COMMON.end()).map(|head| format!("{}\n{}", head.title, head.body)).collect();
        self.grown_from = self.grown_from.max(texts.len());
        self.index = Index::new(Common::learn(texts.iter().map(String::as_str)), Limits::default());
    }

    fn put(&mut self, taken: &Taken) {
        let (head, id) = (&taken.head, number(taken.head.key));
        let person = taken.person.map(|person| mixed(person.0));
        let kept = Kept {
            key: head.key,
            person,
            phase: head.phase,
            category: taken.taught.then(|| head.category.clone()),
            unit: head.unit.clone(),
        };
        if self.kept.insert(id, kept).is_some() {
            // Its words do not change, but by erasing.
            return;
        }
        self.order.push_back(id);
        let asked = Asked::of(head);
        self.index.add(&letter(&asked, id, person, &places(&asked)));
    }

    fn drop(&mut self, id: u64) {
        self.kept.remove(&id);
        self.index.remove(id);
    }

    /// A case whose words were erased.
    pub fn forget(&mut self, key: CaseKey) {
        self.drop(number(key));
    }

    /// The cases that are most likely about the same, the likeliest first.
    pub fn find(&self, asked: &Asked<'_>, most: usize) -> Vec<Like> {
        let id = asked.case.map_or(0, number);
        let person = self.kept.get(&id).and_then(|kept| kept.person);
        let found = self.index.find(&letter(asked, id, person, &places(asked)), most);
        let like = |candidate: linli_insight::text::repeats::Candidate| {
            let kept = self.kept.get(&candidate.id)?;
            Some(Like {
                key: kept.key,
                kind: candidate.kind,
                score: candidate.score,
                words: candidate.words,
                phase: kept.phase,
                category: kept.category.clone(),
                unit: kept.unit.clone(),
            })
        };
        found.into_iter().filter_map(like).collect()
    }
}

/// A case as the index knows it.
fn number(key: CaseKey) -> u64 {
    mixed(key.id.0) ^ u64::from(key.jurisdiction.0)
}

/// The tail of an id is drawn at random.
fn mixed(id: [u8; 16]) -> u64 {
    id[8..].iter().fold(0, |all, byte| all << 8 | u64::from(*byte))
}

fn places(asked: &Asked<'_>) -> Vec<u64> {
    let code = |code: PlaceCode| code.as_str().parse().unwrap_or(0);
    asked.place.into_iter().flat_map(PlaceCode::upwards).map(code).collect()
}

fn letter<'l>(asked: &Asked<'l>, id: u64, person: Option<u64>, places: &'l [u64]) -> Letter<'l> {
    Letter { id, title: asked.title, text: asked.body, person, places, at: asked.at.0 / 1000 }
}

impl Engine {
    /// The cases that are most likely about the same as a letter, the likeliest first, whoever may see them: show only what
    /// the reader may.
    pub fn alike(&self, asked: &Asked<'_>, most: usize) -> Vec<Like> {
        self.reading.letters(|letters| letters.find(asked, most))
    }

    /// The same with their rows, those only that are there still.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cases_of(&self, found: Vec<Like>) -> Result<Vec<(Like, Head)>, DbError> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let read = move |tx: &mut Tx<'_>| {
            let mut all = Vec::with_capacity(found.len());
            for like in &found {
                all.extend(store::by_id(tx, like.key)?.map(|head| (like.clone(), head)));
            }
            Ok::<_, DbError>(all)
        };
        self.db.read(read).await
    }
}
