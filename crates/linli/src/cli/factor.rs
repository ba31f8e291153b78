//! `linli factor-off`: takes a lost second factor off an account, where no administrator is left who could.

use std::process::ExitCode;

use clap::Args;
use linli_engine::{
    db::Tx,
    edge::Clock,
    record::By,
    seats::{
        Login, SeatError,
        keep::{self, Pen},
    },
};

use super::{Done, Failure, Where};

#[derive(Args)]
pub struct FactorArgs {
    /// The name that the account signs in with
    login: String,
    #[command(flatten)]
    at: Where,
}

pub async fn run(args: FactorArgs) -> Done {
    let login: Login = args.login.parse().map_err(|e| Failure::Input(format!("{e}")))?;
    let engine = args.at.open(Clock::System, None).await?;
    let (home, now, of) = (engine.home, engine.clock.now(), login.clone());
    let done = engine.db.write(move |tx: &mut Tx<'_>| {
        let Some(account) = keep::by_login(tx, home, &of)? else { return Ok::<_, SeatError>(None) };
        Pen::new(home, &By::command("factor-off"), now).take_factor(tx, &account).map(Some)
    });
    let done = done.await.map_err(|error| match error {
        SeatError::Db(error) => error.into(),
        error => Failure::Input(error.to_string()),
    });
    match done? {
        None => Err(Failure::Input(format!("there is no account `{}`", login.as_str()))),
        Some(false) => Err(Failure::Input(format!("`{}` has no second factor", login.as_str()))),
        Some(true) => {
            println!("The second factor of `{}` is off; its sessions are over.", login.as_str());
            Ok(ExitCode::SUCCESS)
        }
    }
}
