//! `linli serve`: the pages, and the program's own work beside them.

use std::{net::SocketAddr, process::ExitCode};

use clap::Args;
use linli_engine::{Engine, edge::Clock, passkey::Party, sessions::Required};
use tokio::{net::TcpListener, sync::watch};

use super::{Done, Failure, Where, log_lines};
use crate::{serve, web::ctx::Config};

#[derive(Args)]
pub struct ServeArgs {
    #[command(flatten)]
    place: Where,
    /// Where to listen
    #[arg(long, env = "LINLI_LISTEN", default_value = "127.0.0.1:8311", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Send cookies over TLS only (behind a proxy that speaks TLS)
    #[arg(long, env = "LINLI_SECURE_COOKIES")]
    secure_cookies: bool,
    /// Let the duty list send new reports on by itself where it is clear whose they are
    #[arg(long, env = "LINLI_AUTO_DISPATCH")]
    auto_dispatch: bool,
    /// Take the address of a visitor from the proxy in front (the last in X-Forwarded-For); without a proxy, anybody
    /// could write one
    #[arg(long, env = "LINLI_BEHIND_PROXY")]
    behind_proxy: bool,
    /// The address under which people reach it (https://street.example): passkeys are bound to its name
    #[arg(long, env = "LINLI_URL", value_name = "URL")]
    url: Option<String>,
}

pub async fn run(args: ServeArgs) -> Done {
    log_lines();
    let engine = args.place.open(Clock::System, None).await?;
    let config = Config {
        demo: false,
        secure_cookies: args.secure_cookies,
        auto_dispatch: args.auto_dispatch,
        behind_proxy: args.behind_proxy,
        factor: Required::Admins,
        party: args.url.as_deref().and_then(party),
    };
    until_stopped(engine, config, args.listen, |address| println!("http://{address}")).await
}

/// Where passkeys are good. An address that can have none takes nothing else away.
fn party(url: &str) -> Option<Party> {
    url.parse().inspect_err(|error| tracing::warn!(url, %error, "no passkeys are offered")).ok()
}

/// Serves until the process is told to stop.
pub async fn until_stopped(engine: Engine, config: Config, listen: SocketAddr, ready: impl FnOnce(SocketAddr)) -> Done {
    let listener = TcpListener::bind(listen).await.map_err(Failure::io(format!("listening on {listen}")))?;
    ready(listener.local_addr().map_err(Failure::io("listening"))?);
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        stop_signal().await;
        let _ = stop.send(true);
    });
    serve::serve(serve::app(engine, config), listener, stopped).await;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
