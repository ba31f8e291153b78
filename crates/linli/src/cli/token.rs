//! `linli token`: a token for a seat, for whoever runs the machine: monitoring, a first try, tests. In an office the
//! security administrator grants tokens on the pages, and whoever sits on the seat fetches them.

use std::process::ExitCode;

use clap::Args;
use linli_engine::{
    db::{DbError, Tx, WorkError},
    edge::{self, Clock},
    ids::TokenId,
    limits,
    seats::{self, Account, Login, Role},
    tokens::{self, Grant, Scope, Scopes, TokenError},
};

use super::{Done, Failure, Where};

#[derive(Args)]
pub struct TokenArgs {
    /// The account whose seat it acts as
    login: String,
    /// What the token is for
    #[arg(long)]
    name: String,
    /// Which of the account's seats, by its role [default: the first]
    #[arg(long)]
    role: Option<String>,
    /// What it may be used for: cases:read, cases:file, cases:act, cases:attach, feed:read, directory:read, metrics:read
    #[arg(long = "scope", required = true, value_name = "SCOPE")]
    scopes: Vec<String>,
    /// The most requests in a minute
    #[arg(long, default_value_t = 600)]
    per_minute: u32,
    /// After how many days it ends [default: it does not end by itself]
    #[arg(long)]
    days: Option<i64>,
    #[command(flatten)]
    at: Where,
}

/// Prints the token, and nothing else, to standard output.
pub async fn run(args: TokenArgs) -> Done {
    let wrong = |error: &dyn std::error::Error| Failure::Input(error.to_string());
    let login: Login = args.login.parse().map_err(|e| wrong(&e))?;
    let role: Option<Role> = args.role.as_deref().map(str::parse).transpose().map_err(|e| wrong(&e))?;
    let scopes: Vec<Scope> =
        args.scopes.iter().map(|word| word.parse()).collect::<Result<_, _>>().map_err(|e| wrong(&e))?;
    let engine = args.at.open(Clock::System, None).await?;
    let (home, now) = (engine.home, engine.clock.now());
    let (name, per_minute) = (args.name, args.per_minute);
    let ends = args.days.map(|days| now.plus(days.saturating_mul(24 * 3_600_000)));
    let text = tokens::secret_text(edge::secret());
    let kept = text.clone();
    let made = engine.db.write(move |tx: &mut Tx<'_>| {
        let account = account(tx, home, &login)?.ok_or(TokenError::NoSeat)?;
        let held = seats::seats_of(tx, home, account.id, now)?;
        let seat = held.into_iter().find(|seat| role.is_none_or(|role| seat.role == role)).ok_or(TokenError::NoSeat)?;
        let id = TokenId::new();
        let (name, scopes) = (name.clone(), Scopes::of(scopes.iter().copied()));
        tokens::grant(tx, home, &Grant { id, seat: seat.id, name, scopes, per_minute, ends, by: account.id }, now)?;
        tokens::fetch(tx, home, id, account.id, &kept, now)?;
        Ok::<_, TokenError>(())
    });
    made.await.map_err(|error: TokenError| match error.db() {
        Some(_) => Failure::Input(linli_engine::chain(&error)),
        None => Failure::Input(error.to_string()),
    })?;
    println!("{text}");
    Ok(ExitCode::SUCCESS)
}

fn account(tx: &mut Tx<'_>, home: linli_engine::ids::Jurisdiction, login: &Login) -> Result<Option<Account>, DbError> {
    let mut after: Option<Login> = None;
    loop {
        let some = seats::accounts(tx, home, after.as_ref(), limits::PAGE)?;
        let Some(last) = some.last() else { return Ok(None) };
        after = Some(last.login.clone());
        if let Some(found) = some.into_iter().find(|account| account.login == *login) {
            return Ok(Some(found));
        }
    }
}
