//! `linli vault`: the master key of the vault, while the program serves.

use std::{process::ExitCode, time::Duration};

use clap::{Args, Subcommand};
use linli_engine::edge::Clock;

use super::{Done, Where};

/// A process that serves looks for a new key every second.
const LEARN: Duration = Duration::from_secs(3);

#[derive(Args)]
pub struct VaultArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Take a new master key into use and wrap everybody's keys by it; seal what older versions left as it was. It may be
    /// broken off and begun again, and people may go on working
    Rotate(RotateArgs),
}

#[derive(Args)]
struct RotateArgs {
    #[command(flatten)]
    place: Where,
}

pub async fn run(args: VaultArgs) -> Done {
    let What::Rotate(RotateArgs { place }) = args.what;
    let engine = place.open(Clock::System, None).await?;
    let done = engine.rotate_vault(LEARN).await?;
    let (current, from) = (done.current, engine.vault_key.source_name());
    println!(
        "master key {current} is in use: {} keys wrapped anew, {} rows and {} files sealed",
        done.rewrapped, done.sealed, done.files
    );
    if let older @ 1.. = current.saturating_sub(1) {
        println!(
            "the keys up to {older} open nothing any more: once every process that has been running since before this"
        );
        println!("command is restarted, remove their lines from {from}; backups from before need them still");
    }
    Ok(ExitCode::SUCCESS)
}
