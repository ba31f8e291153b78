//! The rule pack: whether it loads, which one is in force, what of it is past its day of review.

use linli_engine::{
    checkup::{self, Facts},
    db::{Db, DbError},
    ids::Jurisdiction,
    pack::Pack,
};
use linli_worktime::Millis;

use super::{Line, ago, look, ok, wrong};
use crate::cli::{Where, pack_files};

/// The round is a day's; after two, nobody does it.
const LATE_MS: i64 = 2 * 24 * 3_600_000;

fn load(place: &Where) -> Result<Pack, String> {
    let files = pack_files(place.pack.as_deref()).map_err(|e| e.to_string())?;
    Pack::load(&files).map_err(|problems| problems.first().map(ToString::to_string).unwrap_or_default())
}

pub(super) fn all(place: &Where, now: Millis) -> Line {
    let pack = match load(place) {
        Ok(pack) => pack,
        Err(why) => return wrong("rules", why, "linli pack check names all that is wrong with it"),
    };
    let today = pack.calendar.date_of(now);
    let says = format!("{} {}, in force from {}", pack.id, pack.version, pack.in_force);
    if pack.data().is_none() {
        let says =
            format!("{says}; it does not say what is kept of people: nobody is told, and nothing goes by itself");
        return look("rules", says, "give it a data.toml, as the one inside the program has");
    }
    if !pack.calendar.covers(today.year()) {
        let says = format!("{says}; its calendar does not have the year {}", today.year());
        return wrong("rules", says, "take a newer pack: without holidays, limits in working days are wrong");
    }
    ok("rules", says)
}

/// Whether the answers at hand, the pack's and the office's own, may be given.
pub(super) async fn answers(db: &Db, place: &Where, home: Jurisdiction, now: Millis) -> Result<Option<Line>, DbError> {
    let Ok(pack) = load(place) else { return Ok(None) };
    let line = match checkup::stale_answers(db, home, pack, now).await? {
        0 => ok("answers", "none of the answers at hand is past its day of review"),
        n => look(
            "answers",
            format!("{n} answers at hand are past their day of review"),
            "whoever keeps them looks at them again (/desk/knowledge); until then residents are not shown them",
        ),
    };
    Ok(Some(line))
}

pub(super) fn in_force(place: &Where, facts: &Facts) -> Line {
    match (load(place), &facts.pack) {
        (Ok(pack), Some(known)) if pack.version != *known => {
            let says = format!("{known} was in force last; the next start brings {}", pack.version);
            look("rules in use", says, "look at what changes (/rules), then start it anew")
        }
        (_, None) => look("rules in use", "none was ever in force", "start it once: linli serve"),
        (_, Some(known)) => ok("rules in use", format!("{known} is in force")),
    }
}

/// Whether what is past its time goes.
pub(super) fn retained(facts: &Facts, now: Millis) -> Line {
    let todo =
        "it is done while the program serves (linli serve), or by linli retention; its log says what stands in the way";
    match facts.retained.map(|at| now.since(at)) {
        None => look("retention", "what is past its time has never been removed here", todo),
        Some(since) if since > LATE_MS => {
            look("retention", format!("what is past its time was removed last {}", ago(since)), todo)
        }
        Some(since) => ok("retention", format!("what is past its time was removed {}", ago(since))),
    }
}
