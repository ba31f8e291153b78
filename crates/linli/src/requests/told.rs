//! What pictures tell of themselves, where whoever reports asked for it: the place that they were taken in is proposed, and
//! when is written below the words, both before the eyes of whoever sends them. Coordinates go no further than this file.

use linli_engine::{
    attachments,
    directory::Directory,
    ids::{Level, PlaceCode},
};
use linli_worktime::Millis;

use super::draft::{Draft, SAY_CHARS, Step};
use crate::web::{Ctx, i18n::text};

/// How far the clock of a camera may be ahead, milliseconds; a picture of the future tells no time.
const AHEAD_MS: i64 = 5 * 60_000;

/// What was read, and what became of it.
#[derive(Clone, Debug)]
pub struct Told {
    spot: Spot,
    /// What was written below the words.
    line: Option<String>,
}

#[derive(Clone, Debug)]
enum Spot {
    /// Nothing more exact was chosen: it is proposed.
    Proposed(PlaceCode),
    /// Another place was chosen, which counts.
    Other(PlaceCode),
    /// It lies in what was chosen.
    Agrees,
    /// In none of the places that have a border.
    Outside,
    /// The pictures tell no place.
    Nowhere,
}

/// Reads what pictures told into a draft: when, as a line below the words. Where is left to the page that shows places.
pub fn read(ctx: &Ctx, draft: &mut Draft, told: &[attachments::Told]) -> Told {
    let now = ctx.engine().clock.now();
    let at = told.iter().find_map(|t| t.at).filter(|at| at.since(now) <= AHEAD_MS);
    let line = at.map(|at| line(ctx, at)).filter(|line| !draft.say.contains(line));
    let said = line.as_ref().map(|line| format!("{}\n{line}", draft.say).trim_start().to_owned());
    let line = match said.filter(|said| said.chars().count() <= SAY_CHARS) {
        Some(said) => {
            draft.say = said;
            line
        }
        None => None,
    };
    Told { spot: spot(&ctx.engine().directory(), draft, told.iter().find_map(|t| t.point)), line }
}

fn spot(directory: &Directory, draft: &Draft, point: Option<(f64, f64)>) -> Spot {
    let Some(point) = point else { return Spot::Nowhere };
    let place = directory.around(point).map(|place| place.code.clone());
    let Some(place) = place.filter(|code| code.level() > Level::Street) else { return Spot::Outside };
    match draft.chosen(directory) {
        Some(chosen) if chosen.level() <= Level::Street => Spot::Proposed(place),
        None => Spot::Proposed(place),
        Some(chosen) if place.covers(&chosen) || chosen.covers(&place) => Spot::Agrees,
        Some(_) => Spot::Other(place),
    }
}

/// As it stands in the report, whenever that is read.
fn line(ctx: &Ctx, at: Millis) -> String {
    let exact = ctx.engine().packs().current().calendar.rfc3339(at);
    let part = |from: usize, to: usize| exact.get(from..to).unwrap_or_default().trim_start_matches('0').to_owned();
    let clock = exact.get(11..16).unwrap_or_default().to_owned();
    let args = [("year", part(0, 4)), ("month", part(5, 7)), ("day", part(8, 10)), ("clock", clock)];
    text(ctx.lang, "told-line", &args.map(|(name, value)| (name, value.into())))
}

impl Told {
    /// The place that is proposed.
    pub fn proposed(&self) -> Option<&PlaceCode> {
        match &self.spot {
            Spot::Proposed(place) => Some(place),
            _ => None,
        }
    }

    /// Whether the page of places has to be looked at again before the report goes on.
    pub fn asks(&self, draft: &Draft, directory: &Directory) -> bool {
        let vague = draft.chosen(directory).is_none_or(|chosen| chosen.level() <= Level::Street);
        vague && !matches!(self.spot, Spot::Agrees)
    }

    /// Whether something was written below the words, which nobody has seen yet.
    pub fn wrote(&self) -> bool {
        self.line.is_some()
    }

    /// What is said of it on the page of a step: where it was is asked on the page of places alone.
    pub fn words(&self, ctx: &Ctx, on: Step) -> Vec<String> {
        let directory = ctx.engine().directory();
        let name = |code: &PlaceCode| {
            directory.place(code).map_or_else(String::new, |place| place.name.get(ctx.lang.code()).to_owned())
        };
        let with = |key: &str, arg: &'static str, value: String| text(ctx.lang, key, &[(arg, value.into())]);
        let spot = match &self.spot {
            Spot::Other(place) => Some(with("told-other", "place", name(place))),
            Spot::Agrees => None,
            _ if on != Step::Where => None,
            Spot::Proposed(place) => Some(with("told-place", "place", name(place))),
            Spot::Outside => Some(ctx.t("told-outside")),
            Spot::Nowhere => Some(ctx.t("told-nowhere")),
        };
        let line = self.line.as_ref().map(|line| with("told-written", "line", line.clone()));
        spot.into_iter().chain(line).collect()
    }
}
