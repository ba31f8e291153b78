//! How a calendar is written: TOML to [`Calendar`], with the line of whatever is wrong.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use jiff::{civil::Date, tz::TimeZoneDatabase};
use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use crate::{
    Calendar, CalendarError, DayEnds, Title,
    calendar::{DAY, Holiday, Hours, Inner, day_number},
    tally::{Tally, weekday},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    title: Title,
    time_zone: Spanned<String>,
    weekend: Spanned<Vec<Weekday>>,
    day_ends: DayEnds,
    hours: SpanList,
    #[serde(default)]
    hours_on: BTreeMap<Weekday, SpanList>,
    #[serde(default)]
    year: BTreeMap<String, Spanned<Year>>,
}

type SpanList = Spanned<Vec<Spanned<String>>>;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    source: Vec<String>,
    #[serde(default)]
    off: Vec<Off>,
    #[serde(default)]
    work: Vec<Spanned<Datetime>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Off {
    name: String,
    from: Spanned<Datetime>,
    to: Option<Spanned<Datetime>>,
}

/// A reason and the bytes of the text that it is about.
type Fault = (Range<usize>, String);

impl Calendar {
    /// Reads a calendar as a rule pack states it; `file` is only for the error.
    ///
    /// # Errors
    /// When the text is not TOML, lacks something, or contradicts itself: the file, the line and the reason.
    pub fn parse(file: &str, text: &str) -> Result<Self, CalendarError> {
        let fault = |(place, reason): Fault| CalendarError {
            file: file.to_owned(),
            line: text.bytes().take(place.start).filter(|byte| *byte == b'\n').count() + 1,
            reason,
        };
        let parsed: File =
            toml::from_str(text).map_err(|e| fault((e.span().unwrap_or_default(), e.message().to_owned())))?;
        build(parsed).map(|inner| Self(Arc::new(inner))).map_err(fault)
    }
}

fn build(file: File) -> Result<Inner, Fault> {
    // The bundled database, not the machine's: the same calendar gives the same deadline everywhere.
    let zone = TimeZoneDatabase::bundled().get(file.time_zone.get_ref()).map_err(|_| {
        let name = file.time_zone.get_ref();
        (file.time_zone.span(), format!("`{name}` is not a time zone: write one as in Asia/Shanghai"))
    })?;
    let mut works = [1; 7];
    for rest in file.weekend.get_ref() {
        works[*rest as usize] = 0;
    }
    if works == [0; 7] {
        return Err((file.weekend.span(), "a week without a working day: no deadline would ever come".to_owned()));
    }
    let usual = office_hours(&file.hours)?;
    let mut hours = std::array::from_fn(|_| usual.clone());
    for (day, list) in &file.hours_on {
        hours[*day as usize] = office_hours(list)?;
    }
    let length: [i64; 7] = std::array::from_fn(|day| hours[day].iter().map(|hours| hours.to - hours.from).sum());

    let (years, holidays, exceptions) = announced(file.year)?;
    Ok(Inner {
        days: Tally::new(works, exceptions.iter().map(|(day, worked)| (*day, i64::from(*worked)))),
        office: Tally::new(
            std::array::from_fn(|day| works[day] * length[day]),
            exceptions.iter().map(|(day, worked)| (*day, i64::from(*worked) * length[weekday(*day)])),
        ),
        id: file.id,
        title: file.title,
        day_ends: file.day_ends,
        zone,
        hours,
        years,
        holidays,
    })
}

type Announced = (BTreeMap<i16, Vec<String>>, Vec<Holiday>, BTreeMap<i64, bool>);

/// The covered years with their notices, the holidays, and for each day that a notice names whether it is worked.
fn announced(years: BTreeMap<String, Spanned<Year>>) -> Result<Announced, Fault> {
    let mut all = Announced::default();
    for (name, entry) in years {
        let place = entry.span();
        let Year { source, off, work } = entry.into_inner();
        let year: i16 = match name.parse() {
            Ok(year @ 1900..=2999) => year,
            _ => return Err((place, format!("`{name}` is not a year: write it as in [year.2026]"))),
        };
        if source.is_empty() {
            return Err((place, format!("year {year} names no source: add the address of the notice")));
        }
        for off in off {
            let from = day_in(&off.from, year)?;
            let last = off.to.as_ref().unwrap_or(&off.from);
            let to = day_in(last, year)?;
            if to < from {
                return Err((last.span(), format!("{} ends before it begins", off.name)));
            }
            for day in from..=to {
                mark(&mut all.2, day, false, off.from.span())?;
            }
            all.1.push(Holiday { name: off.name, from, to });
        }
        for day in &work {
            mark(&mut all.2, day_in(day, year)?, true, day.span())?;
        }
        all.0.insert(year, source);
    }
    Ok(all)
}

fn mark(days: &mut BTreeMap<i64, bool>, day: i64, worked: bool, place: Range<usize>) -> Result<(), Fault> {
    match days.insert(day, worked) {
        None => Ok(()),
        Some(_) => Err((place, "a day that is listed twice: keep one of the two".to_owned())),
    }
}

/// A notice for one year may reach into December before it or January after it.
fn day_in(date: &Spanned<Datetime>, year: i16) -> Result<i64, Fault> {
    let wrong = |reason: String| (date.span(), reason);
    let value = date.get_ref();
    let (Some(day), None, None) = (value.date, value.time, value.offset) else {
        return Err(wrong(format!("`{value}` is not a date: write it as in 2026-02-15")));
    };
    let found = i16::try_from(day.year).ok().zip(i8::try_from(day.month).ok()).zip(i8::try_from(day.day).ok());
    let found = found.and_then(|((year, month), day)| Date::new(year, month, day).ok());
    match found {
        Some(found) if (found.year(), found.month()) == (year - 1, 12) => Ok(day_number(found)),
        Some(found) if (found.year(), found.month()) == (year + 1, 1) => Ok(day_number(found)),
        Some(found) if found.year() == year => Ok(day_number(found)),
        _ => Err(wrong(format!("{value} does not belong to {year}"))),
    }
}

fn office_hours(list: &SpanList) -> Result<Vec<Hours>, Fault> {
    let mut all: Vec<Hours> = Vec::new();
    for text in list.get_ref() {
        let wrong = |reason: &str| (text.span(), format!("`{}` {reason}", text.get_ref()));
        let hours = text.get_ref().split_once('-').and_then(|(from, to)| Some((wall(from)?, wall(to)?)));
        let (from, to) = hours.ok_or_else(|| wrong("are not office hours: write them as in 09:00-12:00"))?;
        if to <= from {
            return Err(wrong("end before they begin"));
        }
        if all.last().is_some_and(|last| from < last.to) {
            return Err(wrong("begin before the hours in front of them end"));
        }
        all.push(Hours { from, to });
    }
    match all.is_empty() {
        true => Err((list.span(), "no office hours: write them as in [\"09:00-17:00\"]".to_owned())),
        false => Ok(all),
    }
}

/// `HH:MM` from 00:00 to 24:00, in milliseconds since midnight.
fn wall(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let number = |part: &str| part.parse::<u8>().ok().filter(|_| part.len() == 2).map(i64::from);
    let (hour, minute) = (number(hour)?, number(minute)?);
    let at = (hour * 60 + minute) * 60_000;
    (minute < 60 && at <= DAY).then_some(at)
}
