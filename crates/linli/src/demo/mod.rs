//! The demonstration: a made-up street office with its places, units, seats, residents and two years of cases, drawn from a
//! seed around the stories that are written by hand. The words are in `packs/cn/demo`, the chance is here: the same seed
//! at the same time gives the same neighbourhood.

mod cast;
mod chance;
mod matters;
mod path;
mod rhythm;
mod story;
mod tiling;
mod town;
mod years;

use std::sync::Arc;

use linli_engine::{
    Engine,
    cases::history::{Life, Written},
    db::{Gather, Tx},
    ids::PersonId,
    vault::{self, Phone, Secret},
};
use linli_worktime::Millis;

use self::{
    cast::Cast,
    matters::Matters,
    rhythm::DAY,
    story::{ResidentFile, StoryFile, Teller},
    town::TownFile,
    years::{Ground, Years},
};
use crate::cli::{Failure, embedded, setup::Setup};

/// People are told of what happened in these days; older notices are not written.
const TELL_DAYS: i64 = 30;

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// What chance begins with.
    pub seed: u64,
    /// How many cases, beside the stories.
    pub cases: usize,
    /// Only what is written by hand.
    pub small: bool,
}

/// A demonstration that is read and drawn, and not yet written.
pub struct Demo {
    /// Places, units and accounts.
    pub setup: Setup,
    town: TownFile,
    plan: Plan,
}

impl Demo {
    /// Reads the files inside the program and grows the town.
    ///
    /// # Errors
    /// What is wrong, with the file.
    pub fn new(plan: Plan) -> Result<Self, Failure> {
        let mut setup = Setup::read(|name| embedded(&format!("cn/demo/{name}")))?;
        setup.public_passwords = true;
        let mut town: TownFile = read("town.toml")?;
        if plan.small {
            town.borders(&mut setup);
        } else {
            town.grow(&mut setup, plan.seed)?;
        }
        Ok(Self { setup, town, plan })
    }

    /// Writes it into an empty database whose clock stands at now.
    ///
    /// # Errors
    /// When the database fails, or what is written by hand does not fit the rules.
    pub async fn write(self, engine: &Engine) -> Result<Written, Failure> {
        let now = engine.clock.now();
        let cast = Cast::new(&self.setup.accounts);
        let (houses, people) = self.town.people(&self.setup, self.plan.seed);
        self.setup.save(engine, "zh").await?;
        let residents: ResidentFile = read("residents.toml")?;
        let written = residents.resident.iter().map(|r| (r.person, r.name.zh.as_str(), r.phone.as_str()));
        let drawn = people.iter().map(|p| (p.id, p.name.as_str(), p.phone.as_str()));
        add_people(engine, written.chain(drawn.filter(|_| !self.plan.small))).await?;

        let pack = Arc::clone(engine.packs().current());
        let teller = Teller { cast: &cast, residents: &residents.resident, calendar: &pack.calendar, now };
        let mut stories = teller.tell(read::<StoryFile>("cases.toml")?)?;
        stories.sort_by_key(|life| life.report.at);
        let matters: Matters = read("matters.toml")?;
        let cases = if self.plan.small { 0 } else { self.plan.cases };
        let ground = Ground { directory: engine.directory(), pack, matters, cast, houses, people };
        let years = Years::new(Arc::new(ground), self.plan.seed, cases, now);
        let lives = Both { years: years.peekable(), stories: stories.into_iter().peekable() };
        engine
            .write_history(lives, now.plus(-TELL_DAYS * DAY))
            .await
            .map_err(|e| Failure::Input(linli_engine::chain(&e)))
    }
}

/// Two streams of lives as one, in the order of their reports.
struct Both<A: Iterator<Item = Life>, B: Iterator<Item = Life>> {
    years: std::iter::Peekable<A>,
    stories: std::iter::Peekable<B>,
}

impl<A: Iterator<Item = Life>, B: Iterator<Item = Life>> Iterator for Both<A, B> {
    type Item = Life;

    fn next(&mut self) -> Option<Life> {
        let at = |life: &Life| life.report.at.unwrap_or(Millis(0));
        match (self.years.peek().map(at), self.stories.peek().map(at)) {
            (Some(a), Some(b)) if b < a => self.stories.next(),
            (Some(_), _) => self.years.next(),
            (None, _) => self.stories.next(),
        }
    }
}

async fn add_people(engine: &Engine, people: impl Iterator<Item = (PersonId, &str, &str)>) -> Result<(), Failure> {
    let (home, now, mut rows) = (engine.home, engine.clock.now(), Gather::new());
    for (id, name, phone) in people {
        let phone: Phone = phone.parse().map_err(|e| Failure::Input(format!("residents.toml: {e}")))?;
        vault::add_person(&mut rows.tx(), home, &engine.vault_key, &phone, &Secret::new(name.to_owned()), id, now)?;
    }
    Ok(engine.db.write(move |tx: &mut Tx<'_>| tx.write_all(&rows)).await?)
}

/// A file of the demonstration.
fn read<T: serde::de::DeserializeOwned>(name: &str) -> Result<T, Failure> {
    let text = embedded(&format!("cn/demo/{name}")).unwrap_or_default();
    toml::from_str(&text).map_err(|e| {
        let line = e.span().map_or(1, |s| text[..s.start.min(text.len())].matches('\n').count() + 1);
        Failure::Input(format!("{name}:{line}: {}", e.message()))
    })
}
