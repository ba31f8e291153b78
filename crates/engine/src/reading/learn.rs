//! Learning from what people decided, once a night and by command. What is learnt takes the place of what is in use only if
//! it reads later letters better, letters that neither of the two has seen; until there is anything, the pack's key words
//! (and for units the commonest unit) are what has to be beaten.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use linli_insight::text::{
    category::{Letter, Model, Options, TrainError},
    eval::{Figures, Tried},
};
use linli_worktime::Millis;
use serde::{Deserialize, Serialize};

use super::{
    Kind,
    lessons::{self, Lesson},
    models::{BEGIN, CLAIM, Models, REPLACE, TRIED},
};
use crate::{
    Engine,
    db::{DbError, Tx, args},
    feed,
    pack::Pack,
    words::words,
};

words! {
    /// What came of an attempt to learn.
    Outcome, "what came of learning":
    /// There are too few lessons.
    Few = "few",
    /// There are too few since the one in use was made to try another on.
    NothingNew = "nothing-new",
    /// What was learnt is no better: the one in use stays.
    Kept = "kept",
    /// What was learnt is in use now.
    Replaced = "replaced",
}

/// How well something reads letters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The mean F1 of the labels that occurred.
    pub macro_f1: f64,
    /// The share that was right.
    pub accuracy: f64,
    /// How far what it holds likely is from what comes true.
    pub ece: f64,
}

impl From<&Figures> for Score {
    fn from(figures: &Figures) -> Self {
        Self { macro_f1: figures.macro_f1, accuracy: figures.accuracy, ece: figures.ece }
    }
}

/// An attempt to learn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Learnt {
    /// What.
    pub kind: Kind,
    /// What came of it.
    pub outcome: Outcome,
    /// Letters that were learnt from.
    pub lessons: usize,
    /// Later letters that both were tried on.
    pub trial: usize,
    /// How what was learnt read those.
    pub new: Option<Score>,
    /// How what was in use did.
    pub old: Option<Score>,
}

/// The fewest lessons, and the fewest letters of a trial and the most.
const LEAST: usize = 20;
const TRIAL: std::ops::RangeInclusive<usize> = 10..=2_000;
/// What is right less often than this helps nobody, although it may be better than what is there.
const WORTH: f64 = 0.3;
/// Weights of a model, as a power of two: what it has room for, shared out among its labels.
const WEIGHTS: usize = 1 << 21;
/// When the nightly attempt is due.
const AT: &str = "03:00:00";

impl Engine {
    /// Learns what is due: once a night, where anything came since.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn learn_if_due(&self) -> Result<Vec<Learnt>, DbError> {
        let calendar = &self.packs().current().calendar;
        let now = self.clock.now();
        let night = |day| calendar.parse_local(&format!("{day} {AT}")).unwrap_or(now);
        let today = calendar.date_of(now);
        let last = Some(night(today)).filter(|at| *at <= now);
        let last = last.or_else(|| today.yesterday().ok().map(night)).unwrap_or(now);
        self.learn(last).await
    }

    /// Learns now, whenever it was tried last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn learn_now(&self) -> Result<Vec<Learnt>, DbError> {
        self.learn(Millis(i64::MAX)).await
    }

    async fn learn(&self, before: Millis) -> Result<Vec<Learnt>, DbError> {
        let mut all = Vec::new();
        for kind in Kind::ALL {
            all.extend(self.learn_one(*kind, before).await?);
        }
        self.take_models().await?;
        Ok(all)
    }

    /// Nothing where it is not due, or another process was faster.
    async fn learn_one(&self, kind: Kind, before: Millis) -> Result<Option<Learnt>, DbError> {
        let (home, now) = (self.home, self.clock.now());
        let claim = move |tx: &mut Tx<'_>| {
            tx.send(&BEGIN, args![home, kind.as_str()])?;
            let Some(mut row) = tx.first(&CLAIM, &args![home, kind.as_str(), now, before])? else { return Ok(None) };
            Ok::<_, DbError>(Some(row.take::<Millis>()?))
        };
        let Some(made_at) = self.db.write(claim).await? else { return Ok(None) };
        let lessons = self.db.read(move |tx: &mut Tx<'_>| {
            let streets: Vec<_> = feed::heads(tx)?.into_keys().collect();
            let mut last = None;
            for street in &streets {
                last = last.max(lessons::last(tx, *street)?);
            }
            // Nobody has said anything since: the same would come out.
            if last.is_some_and(|last| last <= made_at) { Ok(Vec::new()) } else { lessons::all(tx, &streets) }
        });
        let lessons: Vec<Lesson> = lessons.await?;
        self.take_models().await?;
        let (models, pack) = (self.reading.models(), Arc::clone(self.packs().current()));
        let work = move || attempt(kind, &lessons, &models, &pack, made_at);
        let (learnt, model) =
            tokio::task::spawn_blocking(work).await.map_err(|error| DbError::Corrupt(error.to_string()))?;
        let figures = serde_json::to_string(&learnt).map_err(|error| DbError::Corrupt(error.to_string()))?;
        let (outcome, bytes) = (learnt.outcome, model.map(|model| model.to_bytes()));
        let keep = move |tx: &mut Tx<'_>| {
            if let Some(bytes) = &bytes {
                tx.put(&REPLACE, args![home, kind.as_str(), now, bytes.as_slice()])?;
            }
            tx.put(&TRIED, args![home, kind.as_str(), outcome.as_str(), &figures])
        };
        self.db.write(keep).await?;
        Ok(Some(learnt))
    }
}

/// What a letter is called by its own kind of label.
fn truth(kind: Kind, lesson: &Lesson) -> Option<&str> {
    match kind {
        Kind::Category => Some(&lesson.category),
        Kind::Unit => lesson.unit.as_deref(),
    }
}

fn letter(lesson: &Lesson) -> Letter<'_> {
    Letter { title: &lesson.title, text: &lesson.body }
}

/// Learns from the earlier letters, tries it on the later ones beside what is in use, and where it is better learns from
/// all of them.
fn attempt(kind: Kind, lessons: &[Lesson], models: &Models, pack: &Pack, made_at: Millis) -> (Learnt, Option<Model>) {
    let known: Vec<&Lesson> = lessons.iter().filter(|lesson| truth(kind, lesson).is_some()).collect();
    let mut learnt = Learnt { kind, outcome: Outcome::Few, lessons: known.len(), trial: 0, new: None, old: None };
    let old = match kind {
        Kind::Category => models.category.as_ref(),
        Kind::Unit => models.unit.as_ref(),
    };
    if known.len() < LEAST {
        return (learnt, None);
    }
    // What is in use knows everything up to when it was made; a trial is of what came after.
    let later = known.iter().filter(|lesson| lesson.at > made_at).count();
    let trial = if old.is_some() { later / 2 } else { known.len() / 5 }.max(*TRIAL.start()).min(*TRIAL.end());
    if old.is_some() && later < trial {
        learnt.outcome = Outcome::NothingNew;
        return (learnt, None);
    }
    let (earlier, trial) = known.split_at(known.len() - trial);
    learnt.trial = trial.len();
    let Ok(new) = train(kind, earlier) else { return (learnt, None) };
    let mut labels = Labels::default();
    let said = |model: &Model, lesson: &Lesson| {
        let (label, likely) = model.read(&letter(lesson)).first(1).first().copied().unwrap_or_default();
        (model.labels().get(label).cloned().unwrap_or_default(), likely)
    };
    let common = commonest(kind, earlier);
    let tried_new = tried(kind, trial, &mut labels, |lesson| said(&new, lesson));
    let tried_old = tried(kind, trial, &mut labels, |lesson| match (old, kind) {
        (Some(old), _) => said(old, lesson),
        (None, Kind::Category) => (pack.classify(&lesson.title, &lesson.body).category, 1.0),
        (None, Kind::Unit) => (common.clone(), 1.0),
    });
    let (new, old) = (Figures::of(labels.0.len(), tried_new), Figures::of(labels.0.len(), tried_old));
    (learnt.new, learnt.old) = (Some(Score::from(&new)), Some(Score::from(&old)));
    learnt.outcome = Outcome::Kept;
    let worth = new.is_better_than(&old) && new.accuracy >= WORTH;
    let model = worth.then(|| train(kind, &known).ok()).flatten();
    if model.is_some() {
        learnt.outcome = Outcome::Replaced;
    }
    (learnt, model)
}

fn train(kind: Kind, lessons: &[&Lesson]) -> Result<Model, TrainError> {
    let labels: BTreeSet<_> = lessons.iter().filter_map(|lesson| truth(kind, lesson)).collect();
    let pieces = (WEIGHTS / labels.len().max(1)).clamp(1 << 13, 1 << 17);
    let letters = lessons.iter().filter_map(|lesson| Some((letter(lesson), truth(kind, lesson)?)));
    Model::train(letters, &Options { pieces, ..Options::default() })
}

fn commonest(kind: Kind, lessons: &[&Lesson]) -> String {
    let mut often: BTreeMap<&str, usize> = BTreeMap::new();
    lessons.iter().filter_map(|lesson| truth(kind, lesson)).for_each(|label| *often.entry(label).or_default() += 1);
    often.into_iter().max_by_key(|(_, n)| *n).map(|(label, _)| label.to_owned()).unwrap_or_default()
}

/// Labels by number.
#[derive(Default)]
struct Labels(BTreeMap<String, usize>);

impl Labels {
    fn number(&mut self, label: &str) -> usize {
        let next = self.0.len();
        *self.0.entry(label.to_owned()).or_insert(next)
    }
}

fn tried(kind: Kind, trial: &[&Lesson], labels: &mut Labels, says: impl Fn(&Lesson) -> (String, f32)) -> Vec<Tried> {
    let one = |lesson: &&Lesson| {
        let (said, likely) = says(lesson);
        let truth = labels.number(truth(kind, lesson).unwrap_or_default());
        Tried { truth, said: labels.number(&said), probability: f64::from(likely) }
    };
    trial.iter().map(one).collect()
}
