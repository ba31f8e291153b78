//! `linli text learn`: what people decided in a deployment is learnt now, not at night.

use std::process::ExitCode;

use clap::Args;
use linli_engine::{edge::Clock, reading::Learnt};

use super::super::{Done, Where};

#[derive(Args)]
pub struct LearnArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Where,
}

/// A line for each thing that is learnt: what came of it, and how the new and the old read later letters.
pub async fn run(args: &LearnArgs) -> Done {
    let engine = args.place.open(Clock::System, None).await?;
    let all = engine.learn_now().await?;
    if args.json {
        println!("{:#}", serde_json::json!(all));
    } else {
        all.iter().for_each(say);
    }
    Ok(ExitCode::SUCCESS)
}

fn say(learnt: &Learnt) {
    let Learnt { kind, outcome, lessons, trial, new, old } = learnt;
    print!("{kind:<10} {outcome:<12} {lessons} letters");
    if let (Some(new), Some(old)) = (new, old) {
        print!(
            "; on {trial} later ones macro-F1 {:.3} (before {:.3}), right {:.1} % (before {:.1} %)",
            new.macro_f1,
            old.macro_f1,
            new.accuracy * 100.0,
            old.accuracy * 100.0,
        );
    }
    println!();
}
