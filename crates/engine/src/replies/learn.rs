//! What each process knows of the office's own solved cases: which there are, to find those that are like another, and
//! what letter and reply about one matter have in common. It is read anew once a day and topped up in between; it keeps
//! hashes, no words, and never more than the newest few thousand cases.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Arc, PoisonError, RwLock},
};

use linli_flow::Case;
use linli_insight::text::{
    answers::{Judge, Pair},
    repeats::{Common, Index, Letter, Limits},
};
use linli_worktime::Millis;

use super::{SOLVED, blank::Names, field_text, written};
use crate::{
    Engine,
    cases::{CaseError, CaseKey, Phase, store},
    db::{DbError, Tx, args},
    ids::Jurisdiction,
    limits,
    pack::Pack,
};

/// After this it is read anew, milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;
/// After this what was solved meanwhile is added, milliseconds.
const TOP_UP_MS: i64 = 10_000;
/// A transaction may commit a little after one that began later, milliseconds.
const OVERLAP_MS: i64 = 5 * 60_000;
/// The judge's exchanged pairs are the same in every process.
const SEED: u64 = 31;

/// What a process knows of replies.
#[derive(Default)]
pub(crate) struct Known {
    judge: RwLock<Option<Arc<Judge>>>,
    solved: RwLock<Solved>,
    names: RwLock<Option<Arc<Names>>>,
    round: tokio::sync::Mutex<Round>,
}

/// The solved cases that are known.
struct Solved {
    index: Index,
    keys: HashMap<u64, CaseKey>,
    slots: HashMap<CaseKey, u64>,
    /// Oldest first.
    order: VecDeque<u64>,
    next: u64,
}

/// A letter that was answered.
struct Answered {
    key: CaseKey,
    at: Millis,
    title: String,
    body: String,
    reply: String,
}

/// How far the reading is.
#[derive(Default)]
struct Round {
    /// When the last one was begun.
    begun: Option<Millis>,
    /// When something was added last.
    topped: Millis,
    /// To be read, the newest first.
    left: Vec<(CaseKey, Millis)>,
    /// Read, the oldest first.
    read: Vec<Answered>,
}

impl Default for Solved {
    fn default() -> Self {
        Self::new(Common::default())
    }
}

impl Solved {
    fn new(common: Common) -> Self {
        // Where and when it was matters little for how it was answered.
        let limits = Limits { person: 2.0, matter: 0.12, event: 2.0, half_life: 365 * 86_400 };
        let index = Index::new(common, limits);
        Self { index, keys: HashMap::new(), slots: HashMap::new(), order: VecDeque::new(), next: 1 }
    }

    fn add(&mut self, answered: &Answered) {
        let id = *self.slots.entry(answered.key).or_insert(self.next);
        if id == self.next {
            self.next += 1;
            self.order.push_back(id);
            self.keys.insert(id, answered.key);
        }
        self.index.add(&letter(id, &answered.title, &answered.body, answered.at));
        if self.order.len() > limits::SOLVED_KNOWN
            && let Some(oldest) = self.order.pop_front()
        {
            self.index.remove(oldest);
            if let Some(key) = self.keys.remove(&oldest) {
                self.slots.remove(&key);
            }
        }
    }
}

fn letter<'l>(id: u64, title: &'l str, text: &'l str, at: Millis) -> Letter<'l> {
    Letter { id, title, text, person: None, places: &[], at: at.0.div_euclid(1000) }
}

impl Known {
    /// What letter and reply about one matter have in common; nothing while too little was replied.
    pub(super) fn judge(&self) -> Option<Arc<Judge>> {
        self.judge.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The solved cases whose letters are most like this one.
    pub(super) fn like(&self, title: &str, body: &str, at: Millis, most: usize) -> Vec<CaseKey> {
        let solved = self.solved.read().unwrap_or_else(PoisonError::into_inner);
        let found = solved.index.find(&letter(0, title, body, at), most);
        found.into_iter().filter_map(|one| solved.keys.get(&one.id).copied()).collect()
    }

    /// The names of places, made anew where the directory has another version than those that are kept.
    pub(super) fn names(&self, version: i64, make: impl FnOnce() -> Names) -> Arc<Names> {
        let kept = self.names.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(kept) = kept.filter(|kept| kept.version == version) {
            return kept;
        }
        let made = Arc::new(make());
        *self.names.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&made));
        made
    }

    fn add(&self, answered: &[Answered]) {
        let mut solved = self.solved.write().unwrap_or_else(PoisonError::into_inner);
        answered.iter().for_each(|one| solved.add(one));
    }
}

/// What all of them imply.
fn learnt(read: &[Answered]) -> (Option<Judge>, Solved) {
    let letters = read.iter().map(|one| format!("{}\n{}", one.title, one.body));
    let letters: Vec<String> = letters.collect();
    let mut solved = Solved::new(Common::learn(letters.iter().map(String::as_str)));
    read.iter().for_each(|one| solved.add(one));
    let newest = &read[read.len().saturating_sub(limits::JUDGE_PAIRS)..];
    let pairs = newest.iter().map(|one| Pair { title: &one.title, text: &one.body, reply: &one.reply });
    let pairs: Vec<Pair<'_>> = pairs.collect();
    ((pairs.len() >= limits::JUDGE_LEAST).then(|| Judge::train(&pairs, SEED)), solved)
}

/// The letter and the answer of a case that is solved, where it was answered in words.
fn answered(tx: &mut Tx<'_>, pack: &Pack, key: CaseKey, at: Millis) -> Result<Option<Answered>, DbError> {
    let Some(head) = store::by_id(tx, key)?.filter(|head| head.phase != Phase::Open) else { return Ok(None) };
    let case = Case::replay(&store::events(tx, key)?);
    let short = |text: &str| text.chars().take(limits::TAUGHT_CHARS).collect::<String>();
    let reply = short(&written(pack, |field| field_text(&case, field)));
    let answered = Answered { key, at, title: head.title, body: short(&head.body), reply };
    Ok((!answered.reply.is_empty()).then_some(answered))
}

impl Engine {
    /// One piece of learning from what this office replied: a batch of solved cases, or what was solved in the last
    /// minute. True when more waits. Once a day everything is read anew, so that what was erased teaches no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn learn_replies(&self) -> Result<bool, CaseError> {
        let Ok(mut round) = self.replies.round.try_lock() else { return Ok(false) };
        let now = self.clock.now();
        if round.left.is_empty() && round.read.is_empty() {
            if round.begun.is_some_and(|begun| now.since(begun) < DAY_MS) {
                if now.since(round.topped) >= TOP_UP_MS {
                    let since = round.topped.plus(-OVERLAP_MS);
                    let keys = self.solved_since(since, limits::SOLVED_BATCH).await?;
                    self.replies.add(&self.read_answered(keys).await?);
                    round.topped = now;
                }
                return Ok(false);
            }
            round.left = self.solved_since(Millis(i64::MIN), limits::SOLVED_KNOWN).await?;
            (round.begun, round.topped) = (Some(now), now);
        }
        let at = round.left.len().saturating_sub(limits::SOLVED_BATCH);
        let batch = round.left.split_off(at);
        round.read.extend(self.read_answered(batch).await?);
        if !round.left.is_empty() {
            return Ok(true);
        }
        let read = std::mem::take(&mut round.read);
        let work = tokio::task::spawn_blocking(move || learnt(&read));
        let (judge, solved) = work.await.map_err(|_| DbError::Panicked)?;
        *self.replies.judge.write().unwrap_or_else(PoisonError::into_inner) = judge.map(Arc::new);
        *self.replies.solved.write().unwrap_or_else(PoisonError::into_inner) = solved;
        Ok(false)
    }

    /// The newest solved cases of all streets, the newest first; each street has its share.
    async fn solved_since(&self, since: Millis, most: usize) -> Result<Vec<(CaseKey, Millis)>, DbError> {
        let streets: BTreeSet<Jurisdiction> =
            self.directory().places().map(|place| place.code.jurisdiction()).collect();
        let each = i64::try_from(most.div_ceil(streets.len().max(1))).unwrap_or(i64::MAX);
        let mut keys = self
            .db
            .read(move |tx: &mut Tx<'_>| {
                let mut keys = Vec::new();
                for street in &streets {
                    for mut row in tx.query(&SOLVED, &args![*street, since, each])? {
                        keys.push((CaseKey { jurisdiction: *street, id: row.take()? }, row.take()?));
                    }
                }
                Ok::<Vec<(CaseKey, Millis)>, DbError>(keys)
            })
            .await?;
        keys.sort_by_key(|(key, at)| std::cmp::Reverse((*at, key.id)));
        Ok(keys)
    }

    /// Reads them, the oldest first.
    async fn read_answered(&self, keys: Vec<(CaseKey, Millis)>) -> Result<Vec<Answered>, DbError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let engine = self.clone();
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let packs = engine.packs();
                let read = keys.iter().rev().map(|(key, at)| answered(tx, packs.current(), *key, *at));
                Ok(read.collect::<Result<Vec<_>, DbError>>()?.into_iter().flatten().collect())
            })
            .await
    }
}
