//! Small facts about the deployment: which rule pack is in force, how far the setting-up has come, from when the office is
//! open. Each change of them is recorded.

use linli_worktime::Millis;
use serde_json::json;

use crate::{
    db::{DbError, Tx, args, statements},
    ids::Jurisdiction,
    record::{self, Act, By, Deed, What},
};

statements! {
    SETTING = "SELECT value, at FROM setting WHERE jurisdiction = $1 AND name = $2";
    SET = "INSERT INTO setting (jurisdiction, name, value, at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (jurisdiction, name) DO UPDATE SET value = excluded.value, at = excluded.at";
    // Index `cases_opened`.
    FIRST_CASE = "SELECT opened_at FROM cases WHERE jurisdiction = $1 ORDER BY opened_at, id LIMIT 1";
    SINCE = "SELECT name, at FROM setting WHERE jurisdiction = $1 AND name >= 'pack:' AND name < 'pack;' ORDER BY name";
}

/// The setting that says which pack was in force last; `pack:VERSION` are the packs that are kept.
pub(crate) const IN_FORCE: &str = "in-force";

/// A setting, and since when.
///
/// # Errors
/// When the database fails.
pub fn setting(tx: &mut Tx<'_>, home: Jurisdiction, name: &str) -> Result<Option<(String, Millis)>, DbError> {
    tx.first(&SETTING, &args![home, name])?.map(|mut row| Ok((row.take()?, row.take()?))).transpose()
}

/// Sets a setting and records it.
///
/// # Errors
/// When the database fails.
pub fn set(tx: &mut Tx<'_>, home: Jurisdiction, by: &By, name: &str, value: &str, now: Millis) -> Result<(), DbError> {
    let was = setting(tx, home, name)?.map(|(was, _)| was);
    if was.as_deref() == Some(value) {
        return Ok(());
    }
    tx.put(&SET, args![home, name, value, now])?;
    let act = if was.is_some() { Act::Changed } else { Act::Added };
    let deed = Deed {
        what: What::Setting,
        subject: name.to_owned(),
        act,
        was: was.map(|was| json!({ "value": was })),
        became: Some(json!({ "value": value })),
    };
    record::note(tx, home, by, deed, now)
}

/// Records that another pack than the last one came into force.
pub(crate) fn in_force(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    name: &str,
    digest: &str,
    now: Millis,
) -> Result<(), DbError> {
    let version = name.strip_prefix("pack:").unwrap_or(name);
    let was = setting(tx, home, IN_FORCE)?.map(|(was, _)| was);
    if was.as_deref() == Some(version) {
        return Ok(());
    }
    tx.send(&SET, args![home, IN_FORCE, version, now])?;
    let act = if was.is_some() { Act::Changed } else { Act::Added };
    let deed = Deed {
        what: What::Pack,
        subject: version.to_owned(),
        act,
        was: was.map(|was| json!({ "version": was })),
        became: Some(json!({ "version": version, "digest": digest })),
    };
    record::note(tx, home, &By::command("serve"), deed, now)
}

/// The versions of the packs that are kept, and since when each is.
///
/// # Errors
/// When the database fails.
pub fn packs_since(tx: &mut Tx<'_>, home: Jurisdiction) -> Result<Vec<(String, Millis)>, DbError> {
    let rows = tx.query(&SINCE, &args![home])?;
    let row = |mut row: crate::db::Row| {
        let name: String = row.take()?;
        Ok((name.trim_start_matches("pack:").to_owned(), row.take()?))
    };
    rows.into_iter().map(row).collect()
}

/// When the first case of a street came in, if one did.
///
/// # Errors
/// When the database fails.
pub fn first_case(tx: &mut Tx<'_>, street: Jurisdiction) -> Result<Option<Millis>, DbError> {
    tx.first(&FIRST_CASE, &args![street])?.map(|mut row| row.take()).transpose()
}
