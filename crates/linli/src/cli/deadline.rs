//! `linli deadline`: when a limit ends.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use linli_worktime::{Calendar, Limit, deadline, parse_rfc3339};

use super::{Done, Failure, pack_files};

#[derive(Args)]
pub struct DeadlineArgs {
    /// From when, as in 2026-02-13T10:00:00+08:00
    #[arg(long, value_name = "TIME")]
    from: String,
    /// How long: minutes, hours, days, working hours, working days, as in 30m, 2h, 7d, 4wh, 5wd
    #[arg(long, value_name = "LIMIT")]
    limit: Limit,
    /// A rule pack whose calendar to go by, or a calendar file [default: the pack inside the program]
    #[arg(long, value_name = "PACK")]
    calendar: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &DeadlineArgs) -> Done {
    let from = parse_rfc3339(&args.from).map_err(|e| Failure::Input(e.to_string()))?;
    let calendar = calendar(args.calendar.as_ref())?;
    let end = deadline(&calendar, from, args.limit, &[]);
    let at = end.at.map(|at| calendar.rfc3339(at)).unwrap_or_default();
    if args.json {
        println!("{}", serde_json::json!({ "at": at, "calendar": calendar.id(), "uncovered_years": end.uncovered }));
    } else {
        println!("{at}");
        for year in end.uncovered {
            eprintln!(
                "linli: the calendar `{}` does not cover {year}: only weekends were counted as days off",
                calendar.id()
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn calendar(path: Option<&PathBuf>) -> Result<Calendar, Failure> {
    let (name, text) = match path {
        Some(path) if path.is_file() => {
            let text = std::fs::read_to_string(path).map_err(Failure::io(path.display().to_string()))?;
            (path.display().to_string(), text)
        }
        folder => {
            let files = pack_files(folder.map(PathBuf::as_path))?;
            let text = files.get("calendar.toml").cloned();
            ("calendar.toml".to_owned(), text.ok_or_else(|| Failure::Input("the pack has no calendar.toml".into()))?)
        }
    };
    Calendar::parse(&name, &text).map_err(|e| Failure::Input(e.to_string()))
}
