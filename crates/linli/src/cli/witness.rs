//! `linli witness`: a witness for the logs of neighbours.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::Args;
use linli_engine::{EngineError, edge::Clock, vault::key_file};
use linli_tlog::{Cosigner, VerifierKey};
use tokio::net::TcpListener;

use super::{Done, Failure, log_lines, serve::stop_signal};
use crate::witness::{Witness, router};

#[derive(Args)]
pub struct WitnessArgs {
    /// The name of this witness, best the address where it is reached, without the scheme
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The public key of a log that it watches; once for each
    #[arg(long = "log", value_name = "KEY", required = true)]
    logs: Vec<String>,
    /// The folder of its key and of what it signed last
    #[arg(long, value_name = "DIR", default_value = "witness")]
    data: PathBuf,
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8312", value_name = "ADDRESS")]
    listen: SocketAddr,
}

pub async fn run(args: WitnessArgs) -> Done {
    log_lines();
    let wrong = |e: &dyn std::fmt::Display| Failure::Input(e.to_string());
    std::fs::create_dir_all(&args.data).map_err(Failure::io(args.data.display().to_string()))?;
    let seed = key_file(&args.data.join("witness.key")).map_err(EngineError::from)?;
    let cosigner = Cosigner::from_seed(&args.name, &seed).map_err(|e| wrong(&e))?;
    let logs: Vec<VerifierKey> = args
        .logs
        .iter()
        .map(|key| key.parse())
        .collect::<Result<_, _>>()
        .map_err(|e: linli_tlog::KeyError| wrong(&e))?;
    let witness = Witness::new(cosigner, logs, args.data, Clock::System);
    let listener =
        TcpListener::bind(args.listen).await.map_err(Failure::io(format!("listening on {}", args.listen)))?;
    println!("http://{} {}", listener.local_addr().map_err(Failure::io("listening"))?, witness.key());
    axum::serve(listener, router(witness))
        .with_graceful_shutdown(stop_signal())
        .await
        .map_err(Failure::io("serving"))?;
    Ok(ExitCode::SUCCESS)
}
