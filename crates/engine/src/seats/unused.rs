//! Accounts that nobody uses any more: open, and for a while neither signed in to nor given a password or a seat. The
//! security log knows who signed in, and keeps longer than that while.

use linli_worktime::Millis;

use super::{Account, Login, account};
use crate::{
    db::{DbError, Filter, Row, Tx, args, statements},
    ids::Jurisdiction,
    limits::UNUSED_MS,
};

statements! {
    // Each account is one look into an index of the log and one into that of seats.
    UNUSED = "SELECT a.id, a.login, a.name, a.disabled_at IS NOT NULL, a.first_at IS NOT NULL,
        (SELECT max(e.at) FROM security_event e
            WHERE e.jurisdiction = a.jurisdiction AND e.account = a.id AND e.kind = 'signed-in'),
        (SELECT max(COALESCE(s.until_at, $3)) FROM seat s WHERE s.jurisdiction = a.jurisdiction AND s.account = a.id)
        FROM account a WHERE a.jurisdiction = $1 AND a.disabled_at IS NULL AND COALESCE(a.first_at, 0) <= $2
        AND NOT EXISTS (SELECT 1 FROM security_event e
            WHERE e.jurisdiction = a.jurisdiction AND e.account = a.id AND e.kind = 'signed-in' AND e.at > $2)
        AND NOT EXISTS (SELECT 1 FROM seat s
            WHERE s.jurisdiction = a.jurisdiction AND s.account = a.id AND s.from_at > $2)";
}

/// An open account that nobody uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    /// Whose.
    pub account: Account,
    /// When it was signed in to last, as far back as the security log goes.
    pub last: Option<Millis>,
    /// When its last seat ended, where it holds none any more.
    pub ended: Option<Millis>,
}

/// A page of the accounts by login, after `after`, that were not used for [`UNUSED_MS`].
///
/// # Errors
/// When the database fails.
pub fn unused(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    after: Option<&Login>,
    limit: usize,
    now: Millis,
) -> Result<Vec<Unused>, DbError> {
    let mut page = Filter::of(&UNUSED, args![home, now.plus(-UNUSED_MS), Millis(i64::MAX)]);
    if let Some(after) = after {
        page.and("a.login > $$", args![after.as_str()]);
    }
    page.tail("ORDER BY a.login", limit);
    let read = |mut row: Row| {
        let (account, last, until): (_, _, Option<Millis>) = (account(&mut row)?, row.take()?, row.take()?);
        Ok(Unused { account, last, ended: until.filter(|until| *until <= now) })
    };
    tx.list(&page)?.into_iter().map(read).collect()
}
