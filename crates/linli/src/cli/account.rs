//! `linli account`: an account of staff with a seat, for the first administrator of an office, for one
//! whose administrators are locked out, and for scripts. It is recorded like what administrators do on their pages.

use std::{io::Read as _, process::ExitCode};

use clap::Args;
use linli_engine::{
    db::{Tx, WorkError},
    edge::Clock,
    ids::{AccountId, OrgId, PlaceCode, SeatId},
    record::By,
    seats::{
        self, Login, Role, Seat, SeatError,
        keep::{self, Pen},
    },
};

use super::{Done, Failure, Where};

#[derive(Args)]
pub struct AccountArgs {
    /// The name to sign in with
    login: String,
    /// The name that colleagues read
    #[arg(long)]
    name: String,
    /// The role: dispatcher, desk, desk-head, handler, overseer, leader, admin-system, admin-security, admin-audit
    #[arg(long)]
    role: String,
    /// The unit, by its short name
    #[arg(long)]
    org: OrgId,
    /// The place that the seat reaches over, by its code
    #[arg(long)]
    place: PlaceCode,
    #[command(flatten)]
    at: Where,
}

/// The password is read from standard input, so that it stands in no history and no process list.
pub async fn run(args: AccountArgs) -> Done {
    let login: Login = args.login.parse().map_err(|e| Failure::Input(format!("{e}")))?;
    let role: Role = args.role.parse().map_err(|e| Failure::Input(format!("{e}")))?;
    let mut password = String::new();
    eprintln!("The first password, then Enter and Ctrl-D:");
    std::io::stdin().read_to_string(&mut password).map_err(Failure::io("reading the password"))?;
    let password = seats::hash_password(&login, password.trim_end()).map_err(|e| Failure::Input(e.to_string()))?;
    let engine = args.at.open(Clock::System, None).await?;
    if engine.directory().org(args.org.as_str()).is_none() {
        return Err(Failure::Input(format!("there is no unit `{}`", args.org)));
    }
    let (home, now, id) = (engine.home, engine.clock.now(), AccountId::new());
    let seat = Seat {
        id: SeatId::new(),
        account: id,
        org: args.org,
        role,
        place: args.place,
        from: now,
        until: None,
        cover: None,
    };
    let (name, by) = (args.name, By::command("account"));
    let made = engine.db.write(move |tx: &mut Tx<'_>| {
        let pen = Pen::new(home, &by, now);
        pen.open_lasting(tx, id, &login, &name, &password)?;
        let account = keep::by_login(tx, home, &login)?.ok_or(SeatError::NoAccount)?;
        pen.grant(tx, &account, &seat)
    });
    made.await.map_err(|error: SeatError| match error.db() {
        Some(_) => Failure::Input(linli_engine::chain(&error)),
        None => Failure::Input(error.to_string()),
    })?;
    Ok(ExitCode::SUCCESS)
}
