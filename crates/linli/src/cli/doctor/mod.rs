//! `linli doctor`: looks at an installation, changes nothing, and says a line for each thing: whether it is right, worth a
//! look or wrong, and what to do. 1 when something is wrong.

mod database;
mod evidence;
mod files;
mod outside;
mod people;
mod rules;

use std::{net::SocketAddr, process::ExitCode};

use clap::Args;
use linli_engine::{checkup, db::Db, edge::Clock};
use serde::Serialize;

use super::{Done, Failure, Where};

#[derive(Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    place: Where,
    /// Compare every entry of the log with the database, as `linli log audit` does
    #[arg(long)]
    full: bool,
    /// This is a demonstration: its public passwords are meant
    #[arg(long)]
    demo: bool,
    /// The address under which people reach it: whether it answers, over TLS that a browser accepts
    #[arg(long, env = "LINLI_URL", value_name = "URL")]
    url: Option<String>,
    /// Where it listens
    #[arg(long, env = "LINLI_LISTEN", default_value = "127.0.0.1:8311", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Whether it sends cookies over TLS only
    #[arg(long, env = "LINLI_SECURE_COOKIES")]
    secure_cookies: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Grade {
    /// As it should be.
    Ok,
    /// Worth a look.
    Look,
    /// Wrong.
    Wrong,
}

/// What was looked at, how it is, and what to do.
#[derive(Clone, Debug, Serialize)]
struct Line {
    check: &'static str,
    grade: Grade,
    says: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    todo: String,
}

fn ok(check: &'static str, says: impl Into<String>) -> Line {
    Line { check, grade: Grade::Ok, says: says.into(), todo: String::new() }
}

fn look(check: &'static str, says: impl Into<String>, todo: impl Into<String>) -> Line {
    Line { check, grade: Grade::Look, says: says.into(), todo: todo.into() }
}

fn wrong(check: &'static str, says: impl Into<String>, todo: impl Into<String>) -> Line {
    Line { check, grade: Grade::Wrong, says: says.into(), todo: todo.into() }
}

/// `linli doctor`.
pub async fn run(args: DoctorArgs) -> Done {
    let lines = all(&args).await?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&lines).map_err(|e| Failure::Input(e.to_string()))?);
    } else {
        lines.iter().for_each(show);
    }
    let ill = lines.iter().any(|line| line.grade == Grade::Wrong);
    Ok(if ill { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn show(line: &Line) {
    let grade = match line.grade {
        Grade::Ok => "ok",
        Grade::Look => "look at this",
        Grade::Wrong => "wrong",
    };
    println!("{grade:<13} {:<15} {}", line.check, line.says);
    if !line.todo.is_empty() {
        println!("{:29} -> {}", "", line.todo);
    }
}

/// Everything, in the order in which one thing needs another: what hangs on a database that is not there is left out.
async fn all(args: &DoctorArgs) -> Result<Vec<Line>, Failure> {
    let (place, now) = (&args.place, Clock::System.now());
    let mut lines = files::all(place, now)?;
    lines.push(rules::all(place, now));
    lines.push(outside::listening(args.listen, args.secure_cookies));
    lines.extend(args.url.as_deref().map(outside::url));
    lines.push(outside::passkeys(args.url.as_deref()));
    lines.push(outside::assistant(place)?);
    let db = match Db::open_as_is(&place.url(), 2).await {
        Ok(db) => db,
        Err(error) => {
            let todo = "start it, correct --db or --data, or set it up: linli init";
            lines.push(wrong("database", linli_engine::chain(&error), todo));
            return Ok(lines);
        }
    };
    let steps = database::steps(&db).await;
    let is_current = steps.grade == Grade::Ok;
    lines.push(steps);
    if !is_current {
        return Ok(lines);
    }
    let facts = checkup::look(&db, now).await?;
    lines.push(database::clock(&facts, now));
    lines.push(rules::in_force(place, &facts));
    lines.extend(rules::answers(&db, place, facts.home, now).await?);
    lines.push(rules::retained(&facts, now));
    let (line, key) = evidence::vault(&db, place.vault_key()?).await;
    lines.push(line);
    lines.extend(evidence::log(&db, place, &facts, args.full.then_some(key), now).await?);
    lines.push(people::administrators(&facts));
    lines.push(people::powers(&facts));
    lines.push(people::passwords(&db, &facts, args.demo).await?);
    lines.push(people::unused(&facts, args.demo));
    lines.push(people::tokens(&facts, now));
    Ok(lines)
}

/// How long ago, in the largest unit that fits.
fn ago(ms: i64) -> String {
    let minutes = ms.max(0) / 60_000;
    match (minutes / 1440, minutes / 60) {
        (days @ 1.., _) => format!("{days} d ago"),
        (_, hours @ 1..) => format!("{hours} h ago"),
        _ => format!("{minutes} min ago"),
    }
}
