//! Uploaded tables between their check and their use: the file as it came, and what the check found.

use linli_worktime::Millis;

use crate::{
    db::{DbError, Filter, Row, Tx, args, statements},
    ids::{AccountId, Jurisdiction, SheetId},
    words::words,
};

words! {
    /// How far an uploaded table has come.
    State, "the state of a table":
    /// It was checked; nothing is changed yet.
    Checked = "checked",
    /// Its good rows are in.
    Applied = "applied",
}

/// An uploaded table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its id: the key of the form that brought it.
    pub id: SheetId,
    /// Who brought it; nobody else sees it.
    pub account: AccountId,
    /// When.
    pub at: Millis,
    /// As its sender named it.
    pub name: String,
    /// How far it has come.
    pub state: State,
    /// What the check found, as its maker writes it.
    pub report: String,
}

statements! {
    ADD = "INSERT INTO sheet_file (jurisdiction, id, account, at, name, body, state, report)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (jurisdiction, id) DO NOTHING";
    ONE = "SELECT id, account, at, name, state, report FROM sheet_file WHERE jurisdiction = $1 AND id = $2 AND account = $3";
    BODY = "SELECT body FROM sheet_file WHERE jurisdiction = $1 AND id = $2";
    // Index `sheet_file_account`.
    RECENT = "SELECT id, account, at, name, state, '' FROM sheet_file WHERE jurisdiction = $1 AND account = $2";
    FOUND = "UPDATE sheet_file SET state = $3, report = $4 WHERE jurisdiction = $1 AND id = $2";
}

fn sheet(mut row: Row) -> Result<Sheet, DbError> {
    let (id, account, at, name) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let state: String = row.take()?;
    let state = state.parse().map_err(|_| DbError::Corrupt(format!("`{state}` as the state of a table")))?;
    Ok(Sheet { id, account, at, name, state, report: row.take()? })
}

/// Keeps an uploaded table. The same one again changes nothing.
///
/// # Errors
/// When the database fails.
pub fn add(tx: &mut Tx<'_>, home: Jurisdiction, sheet: &Sheet, body: Vec<u8>) -> Result<(), DbError> {
    let Sheet { id, account, at, name, state, report } = sheet;
    tx.send(&ADD, args![home, *id, *account, *at, name, body, state.as_str(), report])
}

/// An uploaded table of this account.
///
/// # Errors
/// When the database fails.
pub fn one(tx: &mut Tx<'_>, home: Jurisdiction, id: SheetId, of: AccountId) -> Result<Option<Sheet>, DbError> {
    tx.first(&ONE, &args![home, id, of])?.map(sheet).transpose()
}

/// The file itself.
///
/// # Errors
/// When the database fails.
pub fn body(tx: &mut Tx<'_>, home: Jurisdiction, id: SheetId) -> Result<Vec<u8>, DbError> {
    tx.first(&BODY, &args![home, id])?.map_or_else(|| Ok(Vec::new()), |mut row| row.take())
}

/// The last tables of an account, without their reports.
///
/// # Errors
/// When the database fails.
pub fn recent(tx: &mut Tx<'_>, home: Jurisdiction, of: AccountId, limit: usize) -> Result<Vec<Sheet>, DbError> {
    let mut list = Filter::of(&RECENT, args![home, of]);
    list.tail("ORDER BY id DESC", limit);
    tx.list(&list)?.into_iter().map(sheet).collect()
}

/// Keeps what a check found anew, or that the rows are in.
///
/// # Errors
/// When the database fails.
pub fn found(tx: &mut Tx<'_>, home: Jurisdiction, id: SheetId, state: State, report: &str) -> Result<(), DbError> {
    tx.put(&FOUND, args![home, id, state.as_str(), report])
}
