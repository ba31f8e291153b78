//! Accounts and tokens: the three administrators, passwords that everybody knows, tokens that never end.

use linli_engine::{
    checkup::{self, Facts},
    db::Db,
    limits,
    seats::Role,
    tokens::Token,
};
use linli_worktime::Millis;

use super::{Line, look, ok, wrong};
use crate::cli::{Failure, embedded, setup::Setup};

const YEAR_MS: i64 = 366 * 86_400_000;

pub(super) fn administrators(facts: &Facts) -> Line {
    let three = [Role::AdminSystem, Role::AdminSecurity, Role::AdminAudit];
    let held = |role: &&Role| facts.administrators.iter().any(|(_, roles)| roles.contains(role));
    let missing: Vec<&str> = three.iter().filter(|role| !held(role)).map(|role| role.as_str()).collect();
    if missing.is_empty() {
        return ok("administrators", "system, security and audit are held");
    }
    let todo =
        "linli account LOGIN --role ROLE --org UNIT --place CODE: without one of the three, nobody watches the others";
    wrong("administrators", format!("nobody who can sign in is {}", missing.join(", ")), todo)
}

pub(super) fn powers(facts: &Facts) -> Line {
    let both = facts.administrators.iter().filter(|(_, roles)| roles.len() > 1);
    let both: Vec<&str> = both.map(|(account, _)| account.login.as_str()).collect();
    if both.is_empty() {
        return ok("powers", "no account holds two of them");
    }
    let says = format!("{} holds the seats of two administrators", both.join(", "));
    wrong(
        "powers",
        says,
        "the program grants no such seats: find out who wrote them (linli log audit), end one of them",
    )
}

/// The passwords that stand in the files of the demonstration, for all to read.
pub(super) async fn passwords(db: &Db, facts: &Facts, is_demo: bool) -> Result<Line, Failure> {
    let setup = Setup::read(|name| embedded(&format!("cn/demo/{name}")))?;
    let public = setup.accounts.into_iter().filter_map(|account| Some((account.login.parse().ok()?, account.password)));
    let open = checkup::with_password(db, facts.home, public.collect()).await?;
    let names: Vec<&str> = open.iter().map(|login| login.as_str()).collect();
    Ok(match names.as_slice() {
        [] => ok("passwords", "no account has the public password of the demonstration"),
        names if is_demo => {
            ok("passwords", format!("a demonstration: {} accounts have its public password", names.len()))
        }
        [first, ..] => {
            let says = format!("{} accounts have the demonstration's public password, {first} first", names.len());
            wrong(
                "passwords",
                says,
                "an office begins with an empty database (linli init); for a demonstration say --demo",
            )
        }
    })
}

pub(super) fn unused(facts: &Facts, is_demo: bool) -> Line {
    if is_demo {
        return ok("accounts", "a demonstration: its accounts are nobody's");
    }
    let days = limits::UNUSED_MS / 86_400_000;
    let names: Vec<&str> = facts.unused.iter().map(|one| one.account.login.as_str()).collect();
    let Some(first) = names.first() else {
        return ok("accounts", format!("each that is open was used within {days} days"));
    };
    let many = if names.len() > limits::PAGE { format!("more than {}", limits::PAGE) } else { names.len().to_string() };
    let gone = facts.unused.iter().filter(|one| one.ended.is_some()).count();
    let says = format!("open, not used for {days} days: {many}, {first} first; without a seat any more: {gone}");
    look("accounts", says, "the system administrator shuts those that nobody needs: /admin/accounts?unused=1")
}

pub(super) fn tokens(facts: &Facts, now: Millis) -> Line {
    let is_long = |token: &&Token| token.ends_at.is_none_or(|end| end.since(now) > YEAR_MS);
    let long: Vec<&str> = facts.tokens.iter().filter(is_long).map(|token| token.name.as_str()).collect();
    match long.as_slice() {
        [] => ok("tokens", format!("{} are let in, each ends within a year", facts.tokens.len())),
        names => {
            let says = format!("{} do not end within a year: {}", names.len(), names.join(", "));
            look("tokens", says, "the security administrator grants new ones with an end and revokes these")
        }
    }
}
