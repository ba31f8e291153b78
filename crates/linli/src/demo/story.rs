//! The stories that are written by hand (`residents.toml`, `cases.toml`): one case at every stage, told from now backwards.

use std::collections::BTreeMap;

use linli_engine::{
    cases::{
        Channel,
        file::Report,
        history::{Deed, Life},
    },
    ids::{PersonId, PlaceCode},
    vault::{Caller, Secret},
};
use linli_flow::{Form, Text, Value};
use linli_worktime::{Calendar, Millis};
use serde::Deserialize;

use super::{
    cast::{Cast, Whoever, reporter},
    rhythm::{DAY, HOUR, MINUTE},
};
use crate::cli::Failure;

/// `residents.toml`.
#[derive(Deserialize)]
pub struct ResidentFile {
    /// The residents.
    pub resident: Vec<Resident>,
}

/// A resident who is written by hand.
#[derive(Clone, Deserialize)]
pub struct Resident {
    /// What the stories call them.
    pub id: String,
    /// Their name.
    pub name: Text,
    /// A made-up number.
    pub phone: String,
    /// In the vault.
    #[serde(skip, default = "PersonId::new")]
    pub person: PersonId,
}

/// `cases.toml`.
#[derive(Deserialize)]
pub struct StoryFile {
    case: Vec<Story>,
}

#[derive(Deserialize)]
struct Story {
    key: String,
    title: String,
    text: String,
    place: PlaceCode,
    place_text: String,
    category: String,
    came: Came,
    acts: Vec<Scripted>,
}

#[derive(Deserialize)]
struct Came {
    channel: Channel,
    reporter: Option<String>,
    #[serde(default)]
    hours_ago: i64,
    #[serde(default)]
    days_ago: i64,
}

#[derive(Deserialize)]
struct Scripted {
    act: String,
    by: String,
    after: String,
    #[serde(default)]
    form: BTreeMap<String, toml::Value>,
}

/// What the stories are told with.
pub struct Teller<'a> {
    /// Who acts.
    pub cast: &'a Cast,
    /// Who reports.
    pub residents: &'a [Resident],
    /// For dates.
    pub calendar: &'a Calendar,
    /// When they are told.
    pub now: Millis,
}

impl Teller<'_> {
    /// The lives of the stories.
    ///
    /// # Errors
    /// When a time cannot be read.
    pub fn tell(&self, file: StoryFile) -> Result<Vec<Life>, Failure> {
        file.case.into_iter().map(|story| self.life(story)).collect()
    }

    fn life(&self, story: Story) -> Result<Life, Failure> {
        let opened = self.now.plus(-story.came.days_ago * DAY - story.came.hours_ago * HOUR);
        let (mut at, mut deeds) = (opened, Vec::new());
        for scripted in story.acts {
            let after = span(&scripted.after);
            at = at.plus(after.ok_or_else(|| Failure::Input(format!("cases.toml: `{}`", scripted.after)))?);
            // What a timer does happens by itself.
            if scripted.by != "system" {
                deeds.push(self.deed(scripted, at.min(self.now), opened));
            }
        }
        let caller = story.came.reporter.and_then(|id| self.residents.iter().find(|r| r.id == id));
        let report = Report {
            key: key(&story.key),
            channel: story.came.channel,
            kind: None,
            category: Some(story.category),
            title: story.title,
            body: story.text,
            place: story.place,
            address: story.place_text,
            point: None,
            caller: Caller {
                person: caller.map(|r| r.person),
                name: Secret::new(caller.map(|r| r.name.zh.clone()).unwrap_or_default()),
                contact: Secret::new(caller.map(|r| r.phone.clone()).unwrap_or_default()),
                confidential: false,
            },
            at: Some(opened),
            dispatch: false,
            joins: None,
        };
        Ok(Life { report, deeds, named: true })
    }

    fn deed(&self, scripted: Scripted, at: Millis, opened: Millis) -> Deed {
        let (mut form, mut refers) = (Form::new(), None);
        for (name, value) in scripted.form {
            match (name.as_str(), value.as_str()) {
                ("main_case", Some(story)) => refers = Some((name, key(story))),
                _ => drop(form.insert(name, self.value(&value, opened))),
            }
        }
        Deed { at, by: self.whoever(&scripted.by), act: scripted.act, form, refers }
    }

    fn whoever(&self, name: &str) -> Whoever {
        match self.residents.iter().find(|r| r.id == name) {
            Some(resident) => reporter(resident.person),
            None => self.cast.login(name),
        }
    }

    /// A value of a form; `+3d` is the third day after the report.
    fn value(&self, value: &toml::Value, opened: Millis) -> Value {
        match value {
            toml::Value::Integer(n) => Value::Number(*n),
            toml::Value::Boolean(b) => Value::Bool(*b),
            toml::Value::Array(list) => {
                Value::List(list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect())
            }
            toml::Value::String(text) => match text.strip_prefix('+').and_then(span) {
                Some(later) => Value::from(self.calendar.date_of(opened.plus(later)).to_string()),
                None => Value::from(text.as_str()),
            },
            _ => Value::Null,
        }
    }
}

fn key(story: &str) -> String {
    format!("demo:{story}")
}

fn span(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "m" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        _ => return None,
    };
    number.parse::<i64>().ok().map(|n| n * unit)
}
