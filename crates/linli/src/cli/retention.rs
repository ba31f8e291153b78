//! `linli retention`: what is past its time, by the numbers of the rule pack (`data.toml`).

use std::process::ExitCode;

use clap::Args;
use linli_engine::edge::Clock;

use super::{Done, Where};

#[derive(Args)]
pub struct RetentionArgs {
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    place: Where,
}

/// A line for each sort of data: its name in the rule pack, and how much of it.
pub async fn run(args: RetentionArgs) -> Done {
    let engine = args.place.open(Clock::System, None).await?;
    let (found, says) = if args.dry_run {
        (engine.would_remove().await?, "would be removed")
    } else {
        (engine.retain_now().await?, "removed")
    };
    for (sort, n) in &found {
        println!("{sort:<10} {n:>8}  {says}");
    }
    if found.is_empty() {
        println!("nothing is past its time");
    }
    Ok(ExitCode::SUCCESS)
}
