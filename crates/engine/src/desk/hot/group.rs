//! Letters fall into events; each with its heat now and before, and with when its letters came.

use std::collections::{BTreeMap, HashMap, HashSet};

use linli_insight::text::events::{self, Common, Limits, Stream, heat};
use linli_worktime::Millis;

use super::DAY_MS;
use crate::{
    cases::{CaseKey, Phase},
    directory::Directory,
    ids::{CaseId, Level, PlaceCode},
    limits,
    vault::crowd::Written,
};

/// Where the heat of an event goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// Nothing was written about it before.
    New,
    /// Hotter by a tenth or more.
    Rising,
    /// Much as it was.
    Level,
    /// Cooler by a tenth or more.
    Falling,
}

/// What several letters are about.
#[derive(Clone, Debug)]
pub struct Event {
    /// By the formula of `linli_insight::text::events`.
    pub heat: f64,
    /// Where it goes.
    pub trend: Trend,
    /// The words that tell it from others.
    pub what: Vec<String>,
    /// The community that most of its letters are from.
    pub place: Option<PlaceCode>,
    /// The place that they name, where it is none of these.
    pub named: Option<String>,
    /// How many people wrote.
    pub people: usize,
    /// How many said that it is the same with them, without words of their own.
    pub votes: usize,
    /// When the first letter was written.
    pub first: Millis,
    /// And the last.
    pub last: Millis,
    /// Its letters, the newest first.
    pub letters: Vec<Letter>,
    /// Letters in each stretch of the span, the oldest first.
    pub bars: Vec<u32>,
}

/// A letter of an event.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The case.
    pub key: CaseKey,
    /// Its number.
    pub number: String,
    /// In a line.
    pub title: String,
    /// Where.
    pub place: PlaceCode,
    /// When it was written.
    pub at: Millis,
    /// How far it is.
    pub phase: Phase,
    /// Whether it goes along with another already.
    pub joined: bool,
}

/// When and how one looks.
pub(super) struct Look<'d> {
    pub until: Millis,
    pub before: Millis,
    pub half_life: i64,
    pub days: i64,
    pub directory: &'d Directory,
    pub endings: Vec<String>,
}

/// A letter with the times of the votes for it.
struct Item {
    written: Written,
    votes: Vec<Millis>,
}

impl Look<'_> {
    /// The hottest events among letters that are given in the order of time.
    pub fn events(self, letters: Vec<Written>) -> Vec<Event> {
        let items = items(letters);
        let text = |item: &Item| format!("{} {}", item.written.head.title, item.written.head.body);
        let texts: Vec<String> = items.iter().map(text).collect();
        let limits = Limits {
            half_life: self.half_life / 1_000,
            fade: self.days * DAY_MS / 1_000,
            endings: self.endings.clone(),
            ..Limits::default()
        };
        let mut stream = Stream::new(Common::learn(texts.iter().map(String::as_str)), limits);
        for (id, item) in (0_u64..).zip(&items) {
            let Written { writer, main, head } = &item.written;
            stream.add(&events::Letter {
                id,
                person: *writer,
                // What staff found to be the same matter is told by the words of that.
                title: main.as_ref().map_or(&head.title, |(_, title)| title),
                text: &head.body,
                place: self.community(&head.place).map(|(_, name)| name),
                at: item.written.at().0 / 1_000,
                votes_for: u32::try_from(item.votes.len()).unwrap_or(u32::MAX),
                votes_against: 0,
            });
        }
        let table = stream.table(self.until.0 / 1_000, 2, limits::HOT_EVENTS);
        table.into_iter().map(|event| self.event(event, &items)).collect()
    }

    fn community(&self, place: &PlaceCode) -> Option<(PlaceCode, &str)> {
        let code = place.upwards().find(|code| code.level() == Level::Community)?;
        Some((code.clone(), self.directory.place(&code)?.name.zh.as_str()))
    }

    fn event(&self, event: events::Event, items: &[Item]) -> Event {
        let own: Vec<&Item> =
            event.letters.iter().rev().filter_map(|id| items.get(usize::try_from(*id).ok()?)).collect();
        let mut communities: BTreeMap<PlaceCode, usize> = BTreeMap::new();
        let mut named = event.place;
        for (code, name) in own.iter().filter_map(|item| self.community(&item.written.head.place)) {
            *communities.entry(code).or_default() += 1;
            named = named.filter(|named| named != name);
        }
        let most = communities.into_iter().max_by_key(|(_, n)| *n).filter(|(_, n)| n * 2 > own.len());
        Event {
            heat: event.heat,
            trend: self.trend(&own),
            what: event.what,
            place: most.map(|(code, _)| code),
            named,
            people: event.people,
            votes: own.iter().map(|item| item.votes.len()).sum(),
            first: own.last().map_or(self.until, |item| item.written.at()),
            last: own.first().map_or(self.until, |item| item.written.at()),
            bars: self.bars(&own),
            letters: own.iter().map(|item| letter(&item.written)).collect(),
        }
    }

    /// The heat of letters as it was at an instant; none where nothing was written yet.
    fn heat(&self, own: &[&Item], then: Millis) -> Option<f64> {
        let there = || own.iter().filter(|item| item.written.at() <= then);
        let last = there().map(|item| item.written.at()).max()?;
        let people: HashSet<u64> = there().map(|item| item.written.writer).collect();
        let votes = there().flat_map(|item| &item.votes).filter(|at| **at <= then).count();
        let (age, half_life) = (then.since(last) / 1_000, self.half_life / 1_000);
        Some(heat(people.len(), there().count(), i64::try_from(votes).unwrap_or(i64::MAX), age, half_life))
    }

    fn trend(&self, own: &[&Item]) -> Trend {
        let now = self.heat(own, self.until).unwrap_or(0.0);
        match self.heat(own, self.before) {
            None => Trend::New,
            Some(then) if now >= then * 1.1 => Trend::Rising,
            Some(then) if now <= then * 0.9 => Trend::Falling,
            Some(_) => Trend::Level,
        }
    }

    /// How many letters came on each day, in each week or each month of the span.
    fn bars(&self, own: &[&Item]) -> Vec<u32> {
        let stretch = stretch(self.days);
        let mut bars = vec![0; usize::try_from((self.days + stretch - 1) / stretch).unwrap_or(1)];
        let last = bars.len() - 1;
        for item in own {
            let back = usize::try_from(self.until.since(item.written.at()) / (stretch * DAY_MS)).unwrap_or(0);
            bars[last - back.min(last)] += 1;
        }
        bars
    }
}

/// Days of one bar.
#[must_use]
pub(super) fn stretch(days: i64) -> i64 {
    match days {
        ..=30 => 1,
        31..=90 => 7,
        _ => 30,
    }
}

/// Letters, and for each the bare votes for it. A vote for what is not in sight stands for itself.
fn items(letters: Vec<Written>) -> Vec<Item> {
    let mains: HashMap<CaseId, usize> = letters.iter().enumerate().map(|(at, l)| (l.head.key.id, at)).collect();
    let bare = |letter: &Written| {
        let (main, _) = letter.main.as_ref().filter(|_| letter.head.body.is_empty())?;
        mains.get(main).copied()
    };
    let whose: Vec<Option<usize>> = letters.iter().map(bare).collect();
    let mut votes: HashMap<usize, Vec<Millis>> = HashMap::new();
    for (letter, main) in letters.iter().zip(&whose) {
        if let Some(main) = main {
            votes.entry(*main).or_default().push(letter.at());
        }
    }
    let kept = letters.into_iter().enumerate().filter(|(at, _)| whose[*at].is_none());
    kept.map(|(at, written)| Item { written, votes: votes.remove(&at).unwrap_or_default() }).collect()
}

fn letter(written: &Written) -> Letter {
    let head = &written.head;
    Letter {
        key: head.key,
        number: head.number.clone(),
        title: head.title.clone(),
        place: head.place.clone(),
        at: written.at(),
        phase: head.phase,
        joined: written.main.is_some(),
    }
}
