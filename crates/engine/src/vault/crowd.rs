//! How many different people wrote, and nothing of who they are: each letter comes with a number that is the same for all
//! letters of one person and leads nowhere from there. It lives as long as somebody counts with it.

use linli_worktime::Millis;

use super::{DbError, Filter, Tx, statements};
use crate::{
    cases::{Head, store},
    ids::{CaseId, PersonId},
};

statements! {
    // The head of a list along cases_opened, or cases_unit where a unit is added to it. What a case goes along with is
    // looked up by its own key (link_merged).
    // A letter in confidence stands for itself: with an open one of the same person it would point to its writer.
    WRITTEN = "SELECT CASE WHEN v.confidential THEN NULL ELSE v.person END, m.id, m.title, {head}
        FROM cases c LEFT JOIN vault_caller v ON v.jurisdiction = c.jurisdiction AND v.case_id = c.id
        LEFT JOIN link l ON l.jurisdiction = c.jurisdiction AND l.case_id = c.id AND l.sort = 'merged' AND l.until_at IS NULL
        LEFT JOIN cases m ON m.jurisdiction = l.jurisdiction AND m.id = l.main_id
        WHERE c.jurisdiction = $1 AND c.opened_at >= $2";
    // The same list, as far as it says how much there is.
    TIMES = "SELECT c.opened_at FROM cases c WHERE c.jurisdiction = $1 AND c.opened_at >= $2";
}

/// A letter, as far as crowds are concerned.
pub(crate) struct Written {
    /// The same for all letters of a person; a letter's own where nobody is known.
    pub writer: u64,
    /// The case that it goes along with, and its title.
    pub main: Option<(CaseId, String)>,
    pub head: Head,
}

impl Written {
    /// When it was written.
    pub fn at(&self) -> Millis {
        self.head.reported_at.unwrap_or(self.head.opened_at)
    }
}

/// When the letters of a list that begins with [`TIMES`] came in.
pub(crate) fn times(tx: &mut Tx<'_>, list: &Filter) -> Result<Vec<Millis>, DbError> {
    tx.list(list)?.into_iter().map(|mut row| row.take()).collect()
}

/// The letters of a list that begins with [`WRITTEN`].
pub(crate) fn written(tx: &mut Tx<'_>, list: &Filter) -> Result<Vec<Written>, DbError> {
    let read = |mut row: crate::db::Row| {
        let (person, id, title): (Option<PersonId>, Option<CaseId>, Option<String>) =
            (row.take()?, row.take()?, row.take()?);
        let head = store::head(row)?;
        let of = |id: &[u8; 16]| crate::digest(id)[..8].iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
        Ok(Written {
            writer: person.map_or_else(|| of(&head.key.id.0), |person| of(&person.0)),
            main: id.zip(title),
            head,
        })
    };
    tx.list(list)?.into_iter().map(read).collect()
}
