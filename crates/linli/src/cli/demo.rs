//! `linli demo`: a complete small neighbourhood, opened in the browser. Its cases are lived through: a clock is set back,
//! each act happens at its time, and what falls due in between falls due.

use std::{collections::BTreeMap, net::SocketAddr, process::ExitCode};

use clap::Args;
use linli_engine::{
    Engine,
    cases::{CaseError, CaseKey, Channel, act::Ask, file::Report},
    db::Tx,
    edge::Clock,
    ids::{AccountId, PersonId, PlaceCode, SeatId},
    seats::{Role, Seat},
    vault::{self, Caller, Phone, Secret},
    viewer::Viewer,
};
use linli_flow::{Text, Value};
use linli_worktime::Millis;
use serde::Deserialize;

use super::{
    Done, Failure, Where, embedded, log, serve,
    setup::{AccountRow, SeatRow, Setup},
};
use crate::web::ctx::Config;

#[derive(Args)]
pub struct DemoArgs {
    #[command(flatten)]
    place: Where,
    /// Where to listen
    #[arg(long, env = "LINLI_LISTEN", default_value = "127.0.0.1:8311", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Only write the demonstration into the database
    #[arg(long)]
    only_write: bool,
}

#[derive(Deserialize)]
struct ResidentFile {
    resident: Vec<Resident>,
}

#[derive(Clone, Deserialize)]
struct Resident {
    id: String,
    name: Text,
    phone: String,
}

#[derive(Deserialize)]
struct StoryFile {
    case: Vec<Story>,
}

#[derive(Clone, Deserialize)]
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

#[derive(Clone, Deserialize)]
struct Came {
    channel: Channel,
    reporter: Option<String>,
    #[serde(default)]
    hours_ago: i64,
    #[serde(default)]
    days_ago: i64,
}

#[derive(Clone, Deserialize)]
struct Scripted {
    act: String,
    by: String,
    after: String,
    #[serde(default)]
    form: BTreeMap<String, toml::Value>,
}

const HOUR: i64 = 3_600_000;

/// Writes the demonstration if the database is empty.
///
/// # Errors
/// When the database fails, or the stories do not fit the flow.
pub async fn write(place: &Where) -> Result<(), Failure> {
    let read = |name: &str| embedded(&format!("cn/demo/{name}"));
    let setup = Setup::read(read)?;
    let now = Clock::System.now();
    let clock = Clock::set(now.plus(-90 * 24 * HOUR));
    let engine = place.open(clock.clone(), Some(&setup.home()?)).await?;
    if engine.directory().places().next().is_some() {
        return Ok(());
    }
    let accounts = setup.accounts.clone();
    setup.save(&engine, "zh").await?;
    let residents: ResidentFile = parse("residents.toml", read("residents.toml"))?;
    let stories: StoryFile = parse("cases.toml", read("cases.toml"))?;
    let mut teller = Teller { engine, clock, people: BTreeMap::new(), accounts, cases: BTreeMap::new() };
    for resident in residents.resident {
        teller.register(resident).await?;
    }
    teller.tell(&stories.case, now).await
}

fn parse<T: serde::de::DeserializeOwned>(name: &str, text: Option<String>) -> Result<T, Failure> {
    toml::from_str(&text.unwrap_or_default()).map_err(|e| Failure::Input(format!("{name}: {}", e.message())))
}

struct Teller {
    engine: Engine,
    clock: Clock,
    people: BTreeMap<String, (PersonId, Resident)>,
    accounts: Vec<AccountRow>,
    cases: BTreeMap<String, (CaseKey, String, Millis)>,
}

impl Teller {
    async fn register(&mut self, resident: Resident) -> Result<(), Failure> {
        let phone: Phone = resident.phone.parse().map_err(|e| Failure::Input(format!("residents.toml: {e}")))?;
        let (engine, name) = (self.engine.clone(), Secret::new(resident.name.zh.clone()));
        let (home, now, new) = (engine.home, engine.clock.now(), PersonId::new());
        let made = self.engine.db.write(move |tx: &mut Tx<'_>| {
            vault::person_or_create(tx, home, &engine.vault_key, &phone, &name, new, now)
        });
        let person = made.await?;
        self.people.insert(resident.id.clone(), (person, resident));
        Ok(())
    }

    /// All that happens in all stories, in the order of time.
    async fn tell(&mut self, stories: &[Story], now: Millis) -> Result<(), Failure> {
        let mut moments: Vec<(Millis, usize, Option<usize>)> = Vec::new();
        for (s, story) in stories.iter().enumerate() {
            let mut at = now.plus(-(story.came.days_ago * 24 + story.came.hours_ago) * HOUR);
            moments.push((at, s, None));
            for (a, act) in story.acts.iter().enumerate() {
                at = at.plus(span(&act.after).ok_or_else(|| Failure::Input(format!("cases.toml: `{}`", act.after)))?);
                moments.push((at.min(now), s, Some(a)));
            }
        }
        moments.sort();
        for (at, s, act) in moments {
            self.clock.move_to(at);
            self.let_fall_due().await?;
            let story = &stories[s];
            let done = match act {
                None => self.file(story, at).await,
                Some(a) => self.act(story, &story.acts[a]).await,
            };
            let what = act.map_or("file", |a| story.acts[a].act.as_str());
            done.map_err(|e| {
                Failure::Input(format!("cases.toml: {}: {what}: {}", story.key, linli_engine::chain(&e)))
            })?;
        }
        self.clock.move_to(now);
        self.let_fall_due().await
    }

    async fn let_fall_due(&self) -> Result<(), Failure> {
        while self.engine.wake_due().await.map_err(|e| Failure::Input(linli_engine::chain(&e)))? > 0 {}
        Ok(())
    }

    async fn file(&mut self, story: &Story, at: Millis) -> Result<(), CaseError> {
        let reporter = story.came.reporter.as_ref().and_then(|id| self.people.get(id));
        let caller = Caller {
            person: reporter.map(|(person, _)| *person),
            name: Secret::new(reporter.map_or_else(String::new, |(_, r)| r.name.zh.clone())),
            contact: Secret::new(reporter.map_or_else(String::new, |(_, r)| r.phone.clone())),
            confidential: false,
        };
        let report = Report {
            key: format!("demo:{}", story.key),
            channel: story.came.channel,
            kind: None,
            category: Some(story.category.clone()),
            title: story.title.clone(),
            body: story.text.clone(),
            place: story.place.clone(),
            address: story.place_text.clone(),
            point: None,
            caller,
            at: Some(at),
            dispatch: false,
        };
        let filed = self.engine.file(report).await?;
        self.cases.insert(story.key.clone(), (filed.key, filed.number, at));
        Ok(())
    }

    async fn act(&self, story: &Story, scripted: &Scripted) -> Result<(), CaseError> {
        // What a timer does has happened when the clock moved.
        if scripted.by == "system" {
            return Ok(());
        }
        let (case, _, opened) = self.cases.get(&story.key).cloned().ok_or(CaseError::NotFound)?;
        // Whoever holds several seats sits on the one that may.
        for by in self.viewers(&scripted.by) {
            let Ok(dossier) = self.engine.case_by_key(case, &by).await else { continue };
            let Some(offer) = dossier.offers.iter().find(|o| o.act == scripted.act) else { continue };
            let form = scripted.form.iter().map(|(name, value)| (name.clone(), self.value(value, opened))).collect();
            let key = format!("demo:{}:{}", story.key, dossier.head.seq);
            return self.engine.act(Ask { case, command: offer.command(form), by, key }).await.map(drop);
        }
        Err(CaseError::NotYours(Vec::new()))
    }

    fn viewers(&self, name: &str) -> Vec<Viewer> {
        if let Some((person, _)) = self.people.get(name) {
            return vec![Viewer::Person(*person)];
        }
        let seats = self.accounts.iter().filter(|a| a.login == name).flat_map(|a| &a.seats);
        let viewer = |seat: &SeatRow| {
            let role: Role = seat.role.parse().ok()?;
            let (org, place) = (seat.org.clone(), seat.place.clone());
            let (id, account) = (SeatId::new(), AccountId::new());
            Some(Viewer::Staff(Seat { id, account, org, role, place, from: Millis(0), until: None, cover: None }))
        };
        seats.filter_map(viewer).collect()
    }

    fn value(&self, value: &toml::Value, opened: Millis) -> Value {
        match value {
            toml::Value::Integer(n) => Value::Number(*n),
            toml::Value::Boolean(b) => Value::Bool(*b),
            toml::Value::Array(list) => {
                Value::List(list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect())
            }
            toml::Value::String(text) => {
                if let Some(days) =
                    text.strip_prefix('+').and_then(|t| t.strip_suffix('d')).and_then(|d| d.parse::<i64>().ok())
                {
                    let calendar = &self.engine.packs().current().calendar;
                    return Value::from(calendar.date_of(opened.plus(days * 24 * HOUR)).to_string());
                }
                self.cases
                    .get(text)
                    .map_or_else(|| Value::from(text.as_str()), |(_, number, _)| Value::from(number.as_str()))
            }
            _ => Value::Null,
        }
    }
}

fn span(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at(text.len().checked_sub(1)?);
    let unit = match unit {
        "m" => 60_000,
        "h" => HOUR,
        "d" => 24 * HOUR,
        _ => return None,
    };
    number.parse::<i64>().ok().map(|n| n * unit)
}

pub async fn run(args: DemoArgs) -> Done {
    log();
    write(&args.place).await?;
    if args.only_write {
        return Ok(ExitCode::SUCCESS);
    }
    let engine = args.place.open(Clock::System, None).await?;
    let config = Config { demo: true, ..Config::default() };
    let accounts = Setup::read(|name| embedded(&format!("cn/demo/{name}")))?.accounts;
    serve::until_stopped(engine, config, args.listen, |address| {
        println!(
            "\n  Linli is open: http://{address}\n\n  Residents sign in with 19900000001; the code appears below."
        );
        println!("  Staff sign in at http://{address}/desk with the password linli-demo-2026:");
        for account in &accounts {
            let roles: Vec<&str> = account.seats.iter().map(|s| s.role.as_str()).collect();
            println!("    {:<16} {:<14} {}", account.login, roles.join(", "), account.name.en);
        }
        println!();
    })
    .await
}
