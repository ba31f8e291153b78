//! Saved views: a list of the desk narrowed once and kept under a name, by one person or for a whole unit; and how
//! somebody likes the desk.

use linli_worktime::Millis;

use crate::{
    db::{DbError, Row, Tx, args, statements},
    ids::{AccountId, Jurisdiction, OrgId, ViewId},
    limits,
    words::words,
};

words! {
    /// Which list a view narrows.
    List, "a list of the desk":
    /// The open steps of a seat.
    Inbox = "inbox",
    /// All cases that a seat may see.
    Search = "search",
}

/// Whose view it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// One person's.
    Account(AccountId),
    /// A unit's: everybody there has it.
    Org(OrgId),
}

impl Owner {
    fn text(&self) -> String {
        match self {
            Self::Account(id) => format!("account:{id}"),
            Self::Org(id) => format!("org:{id}"),
        }
    }

    fn read(text: &str) -> Result<Self, DbError> {
        let corrupt = || DbError::Corrupt(format!("`{text}` as the owner of a view"));
        match text.split_once(':') {
            Some(("account", id)) => id.parse().map(Self::Account).map_err(|_| corrupt()),
            Some(("org", id)) => id.parse().map(Self::Org).map_err(|_| corrupt()),
            _ => Err(corrupt()),
        }
    }
}

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Its id.
    pub id: ViewId,
    /// Whose.
    pub owner: Owner,
    /// What it is called.
    pub name: String,
    /// Which list.
    pub list: List,
    /// How it is narrowed, as in an address.
    pub query: String,
    /// Who made it.
    pub made_by: AccountId,
}

/// Why a view was not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// The name is empty or too long.
    #[error("a view has a name of 1 to {} characters", limits::NAME_CHARS)]
    Name,
    /// The query is too long.
    #[error("the conditions of a view are at most {} characters", limits::VIEW_QUERY_CHARS)]
    Query,
    /// There are as many as there may be.
    #[error("there are {} saved views already; delete one first", limits::SAVED_VIEWS)]
    Full,
}

statements! {
    // Along saved_view_owner.
    VIEWS_OF = "SELECT id, owner, name, list, query, made_by FROM saved_view WHERE jurisdiction = $1 AND owner = $2 ORDER BY id";
    ADD_VIEW = "INSERT INTO saved_view (jurisdiction, id, owner, name, list, query, made_by, made_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (jurisdiction, id) DO NOTHING";
    DELETE_VIEW = "DELETE FROM saved_view WHERE jurisdiction = $1 AND id = $2 AND owner = $3";
    CHOICE = "SELECT value FROM desk_choice WHERE jurisdiction = $1 AND account = $2 AND name = $3";
    SET_CHOICE = "INSERT INTO desk_choice (jurisdiction, account, name, value) VALUES ($1, $2, $3, $4)
        ON CONFLICT (jurisdiction, account, name) DO UPDATE SET value = excluded.value";
}

fn view(mut row: Row) -> Result<SavedView, DbError> {
    let (id, owner, name, list): (ViewId, String, String, String) =
        (row.take()?, row.take()?, row.take()?, row.take()?);
    let list = list.parse().map_err(|_| DbError::Corrupt(format!("`{list}` as the list of a view")))?;
    Ok(SavedView { id, owner: Owner::read(&owner)?, name, list, query: row.take()?, made_by: row.take()? })
}

/// The views of somebody and of their unit, in the order in which this person put them; new ones come last.
pub fn views(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId, org: &OrgId) -> Result<Vec<SavedView>, DbError> {
    let mut all = Vec::new();
    for owner in [Owner::Account(account), Owner::Org(org.clone())] {
        for row in tx.query(&VIEWS_OF, &args![home, owner.text()])? {
            all.push(view(row)?);
        }
    }
    let order = choice(tx, home, account, ORDER)?.unwrap_or_default();
    let place = |view: &SavedView| order.split(' ').position(|id| id == view.id.to_string()).unwrap_or(usize::MAX);
    all.sort_by_key(|view| (place(view), view.id));
    Ok(all)
}

/// Saves a view. The same id twice is one view.
pub fn save(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    view: &SavedView,
    now: Millis,
) -> Result<Result<(), ViewError>, DbError> {
    let name = view.name.trim();
    if !(1..=limits::NAME_CHARS).contains(&name.chars().count()) {
        return Ok(Err(ViewError::Name));
    }
    if view.query.chars().count() > limits::VIEW_QUERY_CHARS {
        return Ok(Err(ViewError::Query));
    }
    let owner = view.owner.text();
    let there = tx.query(&VIEWS_OF, &args![home, &owner])?;
    if there.len() >= limits::SAVED_VIEWS {
        return Ok(Err(ViewError::Full));
    }
    let args = args![home, view.id, owner, name, view.list.as_str(), &view.query, view.made_by, now];
    tx.send(&ADD_VIEW, args)?;
    Ok(Ok(()))
}

/// Deletes a view of this owner; false when there is none.
pub fn delete(tx: &mut Tx<'_>, home: Jurisdiction, owner: &Owner, id: ViewId) -> Result<bool, DbError> {
    Ok(tx.exec(&DELETE_VIEW, &args![home, id, owner.text()])? == 1)
}

/// The choice that holds the order of somebody's views: ids with blanks between.
const ORDER: &str = "order";
/// The choice that holds the view to begin with.
pub const FIRST: &str = "first";

/// Moves a view one place up in somebody's list (or down).
pub fn shift(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    account: AccountId,
    org: &OrgId,
    id: ViewId,
    up: bool,
) -> Result<(), DbError> {
    let mut ids: Vec<ViewId> = views(tx, home, account, org)?.into_iter().map(|view| view.id).collect();
    let Some(at) = ids.iter().position(|other| *other == id) else { return Ok(()) };
    let to = if up { at.saturating_sub(1) } else { (at + 1).min(ids.len() - 1) };
    ids.swap(at, to);
    let order = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    set_choice(tx, home, account, ORDER, &order)
}

/// What somebody chose.
pub fn choice(tx: &mut Tx<'_>, home: Jurisdiction, account: AccountId, name: &str) -> Result<Option<String>, DbError> {
    tx.first(&CHOICE, &args![home, account, name])?.map(|mut row| row.take()).transpose()
}

/// Keeps what somebody chose.
pub fn set_choice(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    account: AccountId,
    name: &str,
    value: &str,
) -> Result<(), DbError> {
    tx.send(&SET_CHOICE, args![home, account, name, value])
}
