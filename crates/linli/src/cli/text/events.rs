//! `linli text events`: the table of hot events.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::PathBuf,
};

use clap::Args;
use linli_insight::text::events::{Common, Letter, Limits, Stream};
use serde::Deserialize;

use super::{Done, Failure, done, rows, words};

#[derive(Args)]
pub struct EventsArgs {
    /// The letters
    file: PathBuf,
    /// Letters of an event, at least
    #[arg(long, value_name = "N", default_value_t = 2)]
    least: usize,
    /// Events, at most
    #[arg(long, value_name = "N", default_value_t = 30)]
    most: usize,
    /// A rule pack whose words for places to go by [default: the pack inside the program]
    #[arg(long, value_name = "PACK")]
    pack: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Row {
    id: u64,
    user: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    time: String,
    #[serde(default)]
    likes: u32,
    #[serde(default)]
    against: u32,
}

pub fn run(args: &EventsArgs) -> Done {
    let (read, mut bad) = rows::<Row>(&args.file)?;
    let mut letters = Vec::with_capacity(read.len());
    for row in read {
        match seconds(&row.time) {
            Some(at) => letters.push((at, row)),
            None => {
                bad += 1;
                eprintln!("linli: letter {}: `{}` is no time: write 2026-03-01 09:05:00", row.id, row.time);
            }
        }
    }
    letters.sort_by_key(|(at, row)| (*at, row.id));
    let endings = words(args.pack.as_deref())?.place_endings();
    let common = Common::learn(letters.iter().map(|(_, row)| row.text.as_str()));
    let mut stream = Stream::new(common, Limits { endings, ..Limits::default() });
    for (at, row) in &letters {
        let mut person = DefaultHasher::new();
        row.user.hash(&mut person);
        stream.add(&Letter {
            id: row.id,
            person: person.finish(),
            title: &row.title,
            text: &row.text,
            place: None,
            at: *at,
            votes_for: row.likes,
            votes_against: row.against,
        });
    }
    let now = letters.last().map_or(0, |(at, _)| *at);
    let mut out = csv::Writer::from_writer(std::io::stdout());
    let io = |error: csv::Error| Failure::Input(error.to_string());
    out.write_record(["rank", "heat", "first", "last", "place", "what", "people", "votes", "letters"]).map_err(io)?;
    for event in stream.table(now, args.least, args.most) {
        let ids: Vec<String> = event.letters.iter().map(u64::to_string).collect();
        out.write_record([
            event.rank.to_string(),
            format!("{:.1}", event.heat),
            day(event.first),
            day(event.last),
            event.place.unwrap_or_default(),
            event.what.join(" "),
            event.people.to_string(),
            event.votes.to_string(),
            ids.join(" "),
        ])
        .map_err(io)?;
    }
    out.flush().map_err(Failure::io("standard output".to_owned()))?;
    done(bad)
}

/// Seconds since 1970 of a time as mailboxes write it: `2019/8/23 9:05:00`, `2019-08-23 09:05`.
fn seconds(time: &str) -> Option<i64> {
    let mut parts = time.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).map(str::parse::<i16>);
    let mut next = || parts.next().transpose().ok();
    let date = (next()??, next()??, next()??);
    let (hour, minute, second) = (next()?.unwrap_or(0), next()?.unwrap_or(0), next()?.unwrap_or(0));
    let narrow = |part: i16| i8::try_from(part).ok();
    let at = jiff::civil::DateTime::new(
        date.0,
        narrow(date.1)?,
        narrow(date.2)?,
        narrow(hour)?,
        narrow(minute)?,
        narrow(second)?,
        0,
    );
    Some(jiff::tz::TimeZone::UTC.to_timestamp(at.ok()?).ok()?.as_second())
}

fn day(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}
