//! `linli places`: find places by words, as the pages do.

use std::process::ExitCode;

use clap::Args;
use linli_engine::{edge::Clock, ids::PlaceCode};

use super::{Done, Where};

#[derive(Args)]
pub struct PlacesArgs {
    /// Words that name a place; all places when there are none
    words: Vec<String>,
    #[command(flatten)]
    place: Where,
    /// Print JSON lines
    #[arg(long)]
    json: bool,
}

pub async fn run(args: PlacesArgs) -> Done {
    let engine = args.place.open(Clock::System, None).await?;
    let directory = engine.directory();
    let words = args.words.join(" ");
    let everywhere: Vec<PlaceCode> = directory
        .places()
        .map(|p| p.code.clone())
        .filter(|c| c.parent().is_none_or(|p| directory.place(&p).is_none()))
        .collect();
    let found: Vec<_> = if words.is_empty() {
        directory.places().collect()
    } else {
        everywhere.iter().flat_map(|top| directory.locate(&words, top, 10)).collect()
    };
    for place in &found {
        if args.json {
            println!("{}", serde_json::json!({ "code": place.code, "zh": place.name.zh, "en": place.name.en }));
        } else {
            println!("{:<20} {} / {}", place.code, place.name.zh, place.name.en);
        }
    }
    Ok(if found.is_empty() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
