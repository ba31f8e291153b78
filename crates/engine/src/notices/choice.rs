//! How somebody wants to be told: for each kind of notice at once, once a day or not at all; at what hours not; and which
//! ways outside the house. When something is shown is a pure function of that, so that quiet hours delay and never lose.

use std::collections::BTreeMap;

use linli_worktime::{Calendar, Millis};
use serde::{Deserialize, Serialize};

use super::Channel;
use crate::{
    db::{DbError, Tx, args, statements},
    ids::Jurisdiction,
    knowledge::Stage,
    words::words,
};

/// Minutes of a day.
const DAY: u16 = 24 * 60;

statements! {
    CHOICE = "SELECT choice FROM notice_choice WHERE jurisdiction = $1 AND whom = $2";
    CHOOSE = "INSERT INTO notice_choice (jurisdiction, whom, choice, arrivals) VALUES ($1, $2, $3, $4)
        ON CONFLICT (jurisdiction, whom) DO UPDATE SET choice = excluded.choice, arrivals = excluded.arrivals";
    WANTED = "SELECT 1 FROM notice_choice WHERE jurisdiction = $1 AND arrivals LIMIT 1";
}

words! {
    /// What a notice to staff is about.
    Kind, "a kind of notice":
    /// Something is late, or keeps failing: it is looked into from above.
    Escalate = "escalate",
    /// Something of one's own is due soon or late.
    Remind = "remind",
    /// Whoever reported it urges.
    Urge = "urge",
    /// A message of whoever reported it.
    Message = "message",
    /// A case came to the unit.
    Arrive = "arrive",
    /// Anything else.
    News = "news",
}

words! {
    /// When one is told of a kind.
    Way, "a way of being told":
    /// At once, outside quiet hours.
    Now = "now",
    /// Once a day, together.
    Daily = "daily",
    /// Not at all.
    Off = "off",
}

impl Kind {
    /// The kind of a notice with this text.
    pub fn of(template: &str) -> Self {
        match template.parse::<Stage>() {
            Ok(Stage::Soon | Stage::Due) => Self::Remind,
            Ok(Stage::Late) => Self::Escalate,
            Err(_) => template.parse().unwrap_or(Self::News),
        }
    }

    /// Whether it may be switched off: what is escalated reaches whoever it was escalated to.
    pub fn may_be_off(self) -> bool {
        self != Self::Escalate
    }

    /// What is chosen for those who chose nothing. New cases are in the inbox anyway.
    pub fn default_way(self) -> Way {
        if self == Self::Arrive { Way::Off } else { Way::Now }
    }
}

/// Hours at which nothing is told, by the office's wall clock, in minutes of the day; over midnight when they end
/// before they begin. Equal ends: never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// From this minute on.
    pub from: u16,
    /// Until just before this one.
    pub until: u16,
}

impl Quiet {
    /// When the quiet that this instant lies in ends; the instant itself where it is not quiet.
    pub fn over(self, calendar: &Calendar, at: Millis) -> Millis {
        let minute = minute_of(calendar, at);
        let ends = |days| on_day(calendar, at, days, self.until).max(at);
        match self.from.cmp(&self.until) {
            std::cmp::Ordering::Less if (self.from..self.until).contains(&minute) => ends(0),
            std::cmp::Ordering::Greater if minute >= self.from => ends(1),
            std::cmp::Ordering::Greater if minute < self.until => ends(0),
            _ => at,
        }
    }

    /// Whether it is quiet at this instant.
    pub fn holds(self, calendar: &Calendar, at: Millis) -> bool {
        self.over(calendar, at) > at
    }
}

/// How somebody wants to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// For each kind; the default where it is not named.
    pub ways: BTreeMap<Kind, Way>,
    /// When nothing is told.
    pub quiet: Quiet,
    /// When the day's notices come together, in minutes of the day.
    pub daily_at: u16,
    /// Whether a sound goes with it.
    pub sound: bool,
    /// Text messages, where the office sends them.
    pub sms: bool,
    /// Mail, where the office sends it.
    pub mail: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            ways: BTreeMap::new(),
            quiet: Quiet { from: 21 * 60, until: 7 * 60 + 30 },
            daily_at: 8 * 60 + 30,
            sound: false,
            sms: true,
            mail: false,
        }
    }
}

impl Choice {
    /// When one is told of a kind.
    pub fn way(&self, kind: Kind) -> Way {
        match self.ways.get(&kind).copied().unwrap_or(kind.default_way()) {
            Way::Off if !kind.may_be_off() => Way::Now,
            way => way,
        }
    }

    /// When something that is known at `at` is shown, and whether with the day's others; `None` when never. What is
    /// urgent is shown at once.
    pub fn show_at(&self, kind: Kind, urgent: bool, calendar: &Calendar, at: Millis) -> Option<(Millis, bool)> {
        match self.way(kind) {
            Way::Off => None,
            _ if urgent => Some((at, false)),
            Way::Now => Some((self.quiet.over(calendar, at), false)),
            Way::Daily => {
                let today = on_day(calendar, at, 0, self.daily_at);
                let next = if today >= at { today } else { on_day(calendar, at, 1, self.daily_at) };
                Some((self.quiet.over(calendar, next.max(at)), true))
            }
        }
    }

    /// When something may go out of the house by this channel; `None` when it is not wanted there.
    pub fn send_at(&self, channel: Channel, urgent: bool, calendar: &Calendar, at: Millis) -> Option<Millis> {
        let wanted = match channel {
            Channel::Sms => self.sms,
            Channel::Mail => self.mail,
            Channel::Screen | Channel::Webhook => true,
        };
        wanted.then(|| if urgent { at } else { self.quiet.over(calendar, at) })
    }
}

fn minute_of(calendar: &Calendar, at: Millis) -> u16 {
    // RFC 3339 holds hours and minutes at fixed places after the `T`.
    let text = calendar.rfc3339(at);
    let part = |range| text.get(range).and_then(|digits: &str| digits.parse::<u16>().ok()).unwrap_or(0);
    part(11..13) * 60 + part(14..16)
}

/// A minute of the day that `at` lies in, or of one `days` later.
fn on_day(calendar: &Calendar, at: Millis, days: i64, minute: u16) -> Millis {
    let mut date = calendar.date_of(at);
    for _ in 0..days {
        date = date.tomorrow().unwrap_or(date);
    }
    let minute = minute % DAY;
    calendar.parse_local(&format!("{date} {:02}:{:02}:00", minute / 60, minute % 60)).unwrap_or(at)
}

/// What somebody chose, or the defaults.
///
/// # Errors
/// When the database refuses.
pub fn choice(tx: &mut Tx<'_>, home: Jurisdiction, whom: super::Whom) -> Result<Choice, DbError> {
    let Some(mut row) = tx.first(&CHOICE, &args![home, whom])? else { return Ok(Choice::default()) };
    serde_json::from_str(&row.take::<String>()?).map_err(|e| DbError::Corrupt(format!("a choice of notices: {e}")))
}

/// Keeps what somebody chose.
///
/// # Errors
/// When the database refuses.
pub fn choose(tx: &mut Tx<'_>, home: Jurisdiction, whom: super::Whom, choice: &Choice) -> Result<(), DbError> {
    let arrivals = choice.way(Kind::Arrive) != Way::Off;
    tx.put(&CHOOSE, args![home, whom, serde_json::json!(choice).to_string(), arrivals])
}

/// Whether anybody wants to be told of cases that come to their unit.
pub(crate) fn arrivals_wanted(tx: &mut Tx<'_>, home: Jurisdiction) -> Result<bool, DbError> {
    Ok(tx.first(&WANTED, &args![home])?.is_some())
}
