//! The years of the made-up street, one life after another in the order of time: seasons, weekdays and hours, places where
//! things keep going wrong, and neighbours who call about the same matter. Nothing is kept but a few days: a million lives
//! take no more memory than a thousand.

use std::{collections::BTreeMap, sync::Arc};

use linli_engine::{
    cases::{Channel, Datum, Point, file::Report, history::Life},
    directory::Directory,
    ids::{Level, PlaceCode},
    pack::Pack,
    vault::{Caller, Secret},
};
use linli_worktime::Millis;

use super::{
    cast::Cast,
    chance::Chance,
    matters::{At, Matter, Matters, Slots},
    path::{Start, World, deeds},
    rhythm::{DAY, HOUR, MINUTE, date, day, of_the_week, starts},
    town::{House, Person},
};

/// How long the history is.
pub const DAYS: i64 = 730;

/// Everything that the years are drawn from.
pub struct Ground {
    /// Places, units and duties.
    pub directory: Arc<Directory>,
    /// The rules.
    pub pack: Arc<Pack>,
    /// What comes up.
    pub matters: Matters,
    /// Who acts.
    pub cast: Cast,
    /// Where it comes up.
    pub houses: Vec<House>,
    /// Who reports it.
    pub people: Vec<Person>,
}

/// The lives, in the order of their reports.
pub struct Years {
    ground: Arc<Ground>,
    chance: Chance,
    now: Millis,
    /// Which houses a matter can be at, with how likely each is, and the people of each house and grid.
    where_to: Vec<Vec<(usize, f64)>>,
    by_house: Vec<Vec<usize>>,
    /// The day that comes next, and how much of all that is to come has come by its end.
    day: i64,
    weight: f64,
    whole: f64,
    wanted: usize,
    made: usize,
    waiting: BTreeMap<(Millis, usize), Life>,
}

impl Years {
    /// So many lives up to now.
    pub fn new(ground: Arc<Ground>, seed: u64, cases: usize, now: Millis) -> Self {
        let at = |m: &Matter| {
            let weights = ground.houses.iter().map(|h| m.weight_at(h)).enumerate();
            weights.filter(|(_, w)| *w > 0.0).collect()
        };
        let where_to = ground.matters.matter.iter().map(at).collect();
        let mut by_house = vec![Vec::new(); ground.houses.len()];
        for (n, person) in ground.people.iter().enumerate() {
            by_house[person.house].push(n);
        }
        let first = day(now) - DAYS;
        let mut years = Self {
            ground,
            chance: Chance::new(seed, "years"),
            now,
            where_to,
            by_house,
            day: first,
            weight: 0.0,
            whole: 0.0,
            wanted: cases,
            made: 0,
            waiting: BTreeMap::new(),
        };
        years.whole = (first..=day(now)).map(|d| years.of_the_day(d)).sum();
        years
    }

    fn month(on: i64) -> usize {
        usize::try_from(date(on).month() - 1).unwrap_or_default()
    }

    /// How much comes in on a day, against others: the season, the weekday, and a little more every year.
    fn of_the_day(&self, on: i64) -> f64 {
        let month = Self::month(on);
        let season: f64 = self.ground.matters.matter.iter().map(|m| m.weight_in(month)).sum();
        let part = if on == day(self.now) { (self.now.since(starts(on))) as f64 / DAY as f64 } else { 1.0 };
        let years = (on - (day(self.now) - DAYS)) as f64 / 365.0;
        season * of_the_week(on) * (1.0 + 0.12 * years) * part.min(1.0)
    }

    /// Draws what comes in on the next day, and what follows from it.
    fn draw_day(&mut self) {
        let on = self.day;
        self.day += 1;
        self.weight += self.of_the_day(on);
        let due = (self.wanted as f64 * self.weight / self.whole).round() as usize;
        let month = Self::month(on);
        while self.made < due {
            let ground = Arc::clone(&self.ground);
            let matters: Vec<usize> = (0..ground.matters.matter.len()).collect();
            let picked = self.chance.weighed(&matters, |m| ground.matters.matter[*m].weight_in(month)).copied();
            let Some(matter) = picked else { return };
            let mut at = starts(on).plus(ground.matters.matter[matter].hours.moment(&mut self.chance));
            for _ in 0..40 {
                if at <= self.now {
                    break;
                }
                at = starts(on).plus(self.chance.between(0, DAY - 1));
            }
            if at > self.now {
                at = self.now.plus(-self.chance.between(MINUTE, 3 * HOUR)).max(starts(on)).min(self.now);
            }
            self.draw_matter(&ground, matter, at);
        }
    }

    /// A report, and the neighbours' that follow.
    fn draw_matter(&mut self, ground: &Ground, matter: usize, at: Millis) {
        let Some(&(house, _)) = self.chance.weighed(&self.where_to[matter], |(_, weight)| *weight) else { return };
        let matter = &ground.matters.matter[matter];
        let unit = self.chance.one(&ground.houses[house].units).filter(|_| matter.at != At::Estate);
        let slots = Slots::draw(&ground.houses[house], unit.map(|(_, name)| name.as_str()), &mut self.chance);
        let more = self.chance.percent(matter.again);
        let key = self.draw_life(ground, matter, house, unit, &slots, at, None, more);
        let mut later = at;
        while more && self.made < self.wanted {
            later = later.plus(self.chance.span(5 * HOUR).max(MINUTE));
            if later > self.now || later.since(at) > 2 * DAY {
                break;
            }
            // Some are seen to be the same at once; others travel by themselves.
            let same = self.chance.percent(70.0).then_some(key.as_str());
            let slots = slots.again(&mut self.chance);
            self.draw_life(ground, matter, house, None, &slots, later, same, false);
            if self.chance.percent(45.0) {
                break;
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one case in full")]
    fn draw_life(
        &mut self,
        ground: &Ground,
        matter: &Matter,
        at_house: usize,
        unit: Option<&(PlaceCode, String)>,
        slots: &Slots,
        at: Millis,
        same_as: Option<&str>,
        named: bool,
    ) -> String {
        let (n, house) = (self.made, &ground.houses[at_house]);
        self.made += 1;
        let chance = &mut self.chance;
        let place = match (matter.at, unit) {
            (At::Estate, _) => house.code.upwards().find(|c| c.level() == Level::Grid).unwrap_or(house.code.clone()),
            (At::Unit, Some((code, _))) => code.clone(),
            _ => house.code.clone(),
        };
        let address = match (matter.at, unit) {
            (At::Estate, _) => house.estate.clone(),
            (At::Unit, Some((_, name))) => name.clone(),
            _ => house.name.clone(),
        };
        let (title, body) = words(&ground.matters, matter, slots, same_as.is_some(), chance);
        let channel = channel(chance);
        let person = (channel != Channel::Grid && chance.percent(76.0)).then(|| {
            let somebody = chance.below(ground.people.len());
            chance.one(&self.by_house[at_house]).copied().unwrap_or(somebody)
        });
        let person = person.and_then(|p| ground.people.get(p));
        let point = house.point.filter(|_| chance.percent(60.0)).map(|(lon, lat)| Point {
            lon: lon + (chance.part() - 0.5) * 2e-4,
            lat: lat + (chance.part() - 0.5) * 2e-4,
            datum: Datum::Cgcs2000,
        });
        let key = format!("demo:{n:07}");
        let class = ground.pack.category(&matter.category).map(|c| c.class.clone()).unwrap_or_default();
        let id = person.map(|p| p.id);
        let start = Start { matter, slots, place: &place, class: &class, at, person: id, same_as };
        let world =
            World { directory: &ground.directory, pack: &ground.pack, matters: &ground.matters, cast: &ground.cast };
        let deeds = deeds(world, &start, chance);
        let caller = Caller {
            person: id,
            name: Secret::new(person.map(|p| p.name.clone()).unwrap_or_default()),
            contact: Secret::new(person.map(|p| p.phone.clone()).unwrap_or_default()),
            confidential: chance.percent(4.0),
        };
        let report = Report {
            key: key.clone(),
            channel,
            kind: None,
            category: Some(matter.category.clone()),
            title,
            body,
            place,
            address,
            point,
            caller,
            at: Some(at),
            dispatch: false,
            joins: None,
        };
        self.waiting.insert((at, n), Life { report, deeds, named });
        key
    }
}

fn words(matters: &Matters, matter: &Matter, slots: &Slots, again: bool, chance: &mut Chance) -> (String, String) {
    let title = chance.one(&matter.titles).map(|t| slots.fill(t)).unwrap_or_default();
    let mut body = chance.one(&matter.texts).map(|t| slots.fill(t)).unwrap_or_default();
    if again && chance.percent(60.0) {
        body = matters.say("again", slots, chance).replace("{text}", &body);
    } else if chance.percent(55.0) {
        body.push_str(&matters.say("ends", slots, chance));
    }
    (title, body)
}

fn channel(chance: &mut Chance) -> Channel {
    match chance.below(100) {
        0..58 => Channel::Phone,
        58..84 => Channel::Web,
        84..92 => Channel::Grid,
        92..97 => Channel::Visit,
        _ => Channel::Letter,
    }
}

impl Iterator for Years {
    type Item = Life;

    fn next(&mut self) -> Option<Life> {
        // A day is over when the next has been drawn: neighbours' calls of earlier days may fall into it.
        while self.day <= day(self.now)
            && self.waiting.first_key_value().is_none_or(|((at, _), _)| *at >= starts(self.day))
        {
            self.draw_day();
        }
        self.waiting.pop_first().map(|(_, life)| life)
    }
}
