//! `linli demo`: a made-up street office with two years behind it, opened in the browser.

use std::{net::SocketAddr, process::ExitCode};

use clap::Args;
use linli_engine::edge::{Clock, Stopwatch};

use super::{Done, Failure, Where, embedded, log_lines, serve, setup::Setup};
use crate::{
    demo::{Demo, Plan},
    web::ctx::Config,
};

#[derive(Args)]
pub struct DemoArgs {
    #[command(flatten)]
    place: Where,
    /// Where to listen
    #[arg(long, env = "LINLI_LISTEN", default_value = "127.0.0.1:8311", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// What chance begins with: the same seed gives the same neighbourhood
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// How many cases the two years have
    #[arg(long, default_value_t = 6_000, value_name = "N")]
    cases: usize,
    /// Only the few places and stories that are written by hand: starts at once
    #[arg(long)]
    small: bool,
    /// Only write the demonstration into the database
    #[arg(long)]
    only_write: bool,
}

/// Writes the demonstration if the database is empty.
///
/// # Errors
/// When the database fails, or the stories do not fit the flow.
async fn write(args: &DemoArgs) -> Result<(), Failure> {
    let demo = Demo::new(Plan { seed: args.seed, cases: args.cases, small: args.small })?;
    let clock = Clock::set(Clock::System.now());
    let engine = args.place.open(clock, Some(&demo.setup.home()?)).await?;
    if engine.directory().places().next().is_some() {
        return Ok(());
    }
    let begun = Stopwatch::start();
    let written = demo.write(&engine).await?;
    let seconds = begun.elapsed().as_secs_f64();
    tracing::info!("{} cases with {} events in {seconds:.1} s", written.cases, written.events);
    for refusal in &written.refusals {
        tracing::warn!("not allowed by the flow: {refusal}");
    }
    while args.only_write && engine.tick().await? {}
    Ok(())
}

pub async fn run(args: DemoArgs) -> Done {
    log_lines();
    write(&args).await?;
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
