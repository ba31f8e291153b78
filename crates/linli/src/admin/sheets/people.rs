//! The rows of accounts and of seats. Accounts are the system administrator's, seats the security administrator's, and
//! nobody does anything to their own.

use std::collections::HashMap;

use linli_engine::{
    ids::{AccountId, SeatId},
    limits,
    seats::{Account, Login, Role, Seat},
};

use super::{
    check::{State, Step, Work, cells, mistake, mistakes, of_row, sent, state},
    columns::{Kind, plain},
    read::{Book, Line, Table},
    report::{Mistake, Other, Said, TableReport, Verdict},
};
use crate::admin::{form::Wrong, seats::stays_apart};

pub(super) fn accounts(work: &mut Work<'_>, table: &Table) -> TableReport {
    let mut report = TableReport::new(table.kind, &table.sheet);
    let mut seen = HashMap::new();
    for line in &table.rows {
        let name = format!("{} {}", table.cell(line, "login"), table.cell(line, "name"));
        let found = account(work, table, line, &mut seen).unwrap_or_else(|wrong| Some(Verdict::Wrong(wrong)));
        report.add(line.line, name, found);
    }
    report
}

fn account(
    work: &mut Work<'_>,
    table: &Table,
    line: &Line,
    seen: &mut HashMap<String, u32>,
) -> Result<Option<Verdict>, Vec<Mistake>> {
    let text = table.cell(line, "login");
    let login = text.parse::<Login>().ok();
    let key = login.as_ref().map(|l| l.as_str().to_owned());
    let mut wrong = cells(table, line, key.as_ref(), "login", seen);
    let state = state(table, line, &mut wrong);
    if login.is_none() && wrong.is_empty() {
        let key = if text.is_empty() { "missing" } else { "login" };
        wrong.push(mistake(table, "login", Said::new(key)));
    }
    let name = table.cell(line, "name").to_owned();
    if name.is_empty() {
        wrong.push(mistake(table, "name", Said::new("missing")));
    } else if name.chars().count() > limits::NAME_CHARS {
        wrong.push(mistake(table, "name", Said::new("long").with("most", limits::NAME_CHARS)));
    }
    let Some(login) = login.filter(|_| wrong.is_empty()) else { return Err(wrong) };
    let fault = |key: &str| Err(vec![mistake(table, "state", Said::new(key))]);
    let Some(old) = work.there.accounts.get(&login) else {
        if state == State::Ended {
            return fault("new-ended");
        }
        work.steps.push(Step::Open { login, name });
        return Ok(Some(Verdict::New));
    };
    if old.disabled && state == State::Live {
        return fault("account-shut");
    }
    let mut others = Vec::new();
    if old.name != name {
        others.push(Other { field: "name".to_owned(), was: old.name.clone(), becomes: name.clone() });
        work.steps.push(Step::Rename { login: login.clone(), name });
    }
    if state == State::Ended && !old.disabled {
        // Whoever shuts their own account locks the office out.
        if work.reader.own.as_ref() == Some(&login) {
            return fault("own-account");
        }
        others.push(Other { field: "state".to_owned(), was: "live".to_owned(), becomes: "ended".to_owned() });
        work.steps.push(Step::Shut { login });
    }
    Ok((!others.is_empty()).then_some(Verdict::Changed(others)))
}

pub(super) fn seats(work: &mut Work<'_>, table: &Table, book: &Book) -> TableReport {
    let mut report = TableReport::new(table.kind, &table.sheet);
    let mut held: HashMap<AccountId, Vec<Seat>> = HashMap::new();
    for seat in &work.there.seats {
        held.entry(seat.account).or_default().push(seat.clone());
    }
    let mut seen = HashMap::new();
    for line in &table.rows {
        let shown = ["login", "org", "role"].map(|field| table.cell(line, field));
        let found =
            seat(work, table, line, book, &mut held, &mut seen).unwrap_or_else(|wrong| Some(Verdict::Wrong(wrong)));
        report.add(line.line, shown.join(" \u{b7} "), found);
    }
    report
}

fn seat(
    work: &mut Work<'_>,
    table: &Table,
    line: &Line,
    book: &Book,
    held: &mut HashMap<AccountId, Vec<Seat>>,
    seen: &mut HashMap<[String; 4], u32>,
) -> Result<Option<Verdict>, Vec<Mistake>> {
    let mut wrong = cells(table, line, None::<&[String; 4]>, "login", seen);
    let state = state(table, line, &mut wrong);
    let role = role(work, table.cell(line, "role"));
    // A seat that is held is held, whatever became of its unit.
    if let (true, Some((login, at))) = (wrong.is_empty(), held_by(work, table, line, &role, held)) {
        let own = held.entry(at.account).or_default();
        let key = [login.as_str().to_owned(), at.org.to_string(), at.role.to_string(), at.place.to_string()];
        let again = cells(table, line, Some(&key), "login", seen);
        if !again.is_empty() {
            return Err(again);
        }
        if state != State::Ended {
            return Ok(None);
        }
        if work.reader.own.as_ref() == Some(&login) {
            return Err(vec![mistake(table, "login", Said::new("own-seat"))]);
        }
        own.retain(|seat| seat.id != at.id);
        work.steps.push(Step::End { login, seat: at.id });
        let (was, becomes) = ("live".to_owned(), "ended".to_owned());
        return Ok(Some(Verdict::Changed(vec![Other { field: "state".to_owned(), was, becomes }])));
    }
    let account = holder(work, table, line, book).map_err(|said| wrong.push(mistake(table, "login", said))).ok();
    let (org, place) = (table.cell(line, "org").to_owned(), table.cell(line, "place").to_owned());
    let form = sent([("role", role), ("org", org), ("place", place)]);
    let of = account.as_ref().map_or_else(AccountId::new, |a| a.id);
    let new = work.form(&form).seat(SeatId::new(), of, work.now);
    let new = new.map_err(|found| wrong.extend(of_row(table, line, &found))).ok();
    let (true, Some(account), Some(new)) = (wrong.is_empty(), account, new) else { return Err(wrong) };
    let login = account.login.clone();
    let key = [login.as_str().to_owned(), new.org.to_string(), new.role.to_string(), new.place.to_string()];
    let again = cells(table, line, Some(&key), "login", seen);
    if !again.is_empty() {
        return Err(again);
    }
    if state == State::Ended {
        return Ok(None);
    }
    if new.role.is_admin() {
        return Err(vec![mistake(table, "role", Said::new("seat-second"))]);
    }
    let own = held.entry(account.id).or_default();
    apart(work, own, &new).map_err(|w| mistakes(table, &w))?;
    own.push(new.clone());
    work.steps.push(Step::Grant { login, seat: new });
    Ok(Some(Verdict::New))
}

/// The seat that a row names by codes or names and that is held already.
fn held_by(
    work: &Work<'_>,
    table: &Table,
    line: &Line,
    role: &str,
    held: &HashMap<AccountId, Vec<Seat>>,
) -> Option<(Login, Seat)> {
    let login: Login = table.cell(line, "login").parse().ok()?;
    let account = work.there.accounts.get(&login)?;
    let (org, place) = (table.cell(line, "org"), table.cell(line, "place"));
    let org = work.names.org(&work.after, "org", org).map_or(org, |o| o.id.as_str());
    let place = work.names.place(&work.after, "place", place).map_or(place, |p| p.code.as_str());
    let is = |s: &&Seat| s.org.as_str() == org && s.role.as_str() == role && s.place.as_str() == place;
    let seat = held.get(&account.id)?.iter().find(is)?;
    Some((login, seat.clone()))
}

/// No administrator does another's work, and none handles a case.
fn apart(work: &Work<'_>, held: &[Seat], new: &Seat) -> Result<(), Vec<Wrong>> {
    stays_apart(held, new)?;
    let other = held.iter().find(|s| new.role.is_admin() && s.role.is_admin() && s.role != new.role);
    match other {
        Some(seat) => {
            let role = work.pack.role(seat.role.as_str());
            let title = role.map_or(seat.role.as_str(), |r| r.title.get(work.reader.lang));
            Err(vec![Wrong::new("role", "separated").with("role", title)])
        }
        None => Ok(()),
    }
}

/// Whose seat it is.
fn holder(work: &Work<'_>, table: &Table, line: &Line, book: &Book) -> Result<Account, Said> {
    let text = table.cell(line, "login");
    let Ok(login) = text.parse::<Login>() else {
        return Err(Said::new(if text.is_empty() { "missing" } else { "login" }));
    };
    if work.reader.own.as_ref() == Some(&login) {
        return Err(Said::new("own-seat"));
    }
    let account = work.there.accounts.get(&login).filter(|a| !a.disabled);
    account.cloned().ok_or_else(|| {
        let accounts = book.tables.iter().find(|t| t.kind == Kind::Accounts);
        let comes = accounts.is_some_and(|t| t.rows.iter().any(|l| t.cell(l, "login").eq_ignore_ascii_case(text)));
        Said::new(if comes { "account-later" } else { "account-unknown" }).with("login", login.as_str())
    })
}

/// The role that a cell names by its code or its title.
fn role(work: &Work<'_>, cell: &str) -> String {
    let said = plain(cell);
    let roles = work.pack.roles.iter().filter(|r| r.code.parse::<Role>().is_ok());
    let mut named = roles.filter(|r| [&r.code, &r.title.zh, &r.title.en].into_iter().any(|word| plain(word) == said));
    named.next().map_or_else(|| cell.to_owned(), |r| r.code.clone())
}
