//! How many cases a saved search holds, counted as far as it is worth while. A count looks at a bounded number of rows
//! along one index and says when there may be more, so it costs the same over a thousand cases and over a million.

use super::{
    CaseError,
    inbox::{Count, counted, owners, within},
    search::{HELPS, Query, ask, narrow},
};
use crate::{
    Engine,
    db::{DbError, Filter, Sql, Tx, Value, args, statements},
    ids::Jurisdiction,
    limits,
    policy::{self, Action, Reach, Resource},
    seats::Seat,
};

macro_rules! newest {
    ($what:literal) => {
        concat!("(SELECT * FROM cases WHERE jurisdiction = $1", $what, " LIMIT $2) c")
    };
}
macro_rules! all {
    () => {
        newest!(" ORDER BY opened_at DESC, id DESC")
    };
}
macro_rules! led {
    () => {
        newest!(" AND unit = $3 ORDER BY opened_at DESC, id DESC")
    };
}
macro_rules! late {
    () => {
        newest!(" AND promised_at < $3 ORDER BY promised_at")
    };
}
macro_rules! helped {
    () => {
        "(SELECT jurisdiction, case_id FROM case_unit WHERE jurisdiction = $1 AND unit = $3 ORDER BY opened_at DESC, case_id DESC LIMIT $2) u
        JOIN cases c ON c.jurisdiction = u.jurisdiction AND c.id = u.case_id"
    };
}
macro_rules! mine {
    () => {
        "(SELECT DISTINCT jurisdiction, case_id FROM (SELECT jurisdiction, case_id FROM open_step
        WHERE jurisdiction = $1 AND owner = $3 ORDER BY due_at, case_id LIMIT $2) x) u
        JOIN cases c ON c.jurisdiction = u.jurisdiction AND c.id = u.case_id"
    };
}
macro_rules! found {
    () => {
        "{{(SELECT rowid AS at FROM case_words WHERE case_words MATCH $3 LIMIT $2) w JOIN cases c ON c.rowid = w.at
        ||(SELECT jurisdiction, case_id FROM case_words WHERE jurisdiction = $1 AND words @@ CAST(CAST($3 AS TEXT) AS tsquery) LIMIT $2) w
        JOIN cases c ON c.jurisdiction = w.jurisdiction AND c.id = w.case_id}}"
    };
}

statements! {
    ALL = concat!("SELECT c.id FROM ", all!(), " WHERE c.jurisdiction = $1");
    ALL_SIZE = concat!("SELECT count(*) FROM ", all!());
    LED = concat!("SELECT c.id FROM ", led!(), " WHERE c.jurisdiction = $1");
    LED_SIZE = concat!("SELECT count(*) FROM ", led!());
    LATE = concat!("SELECT c.id FROM ", late!(), " WHERE c.jurisdiction = $1");
    LATE_SIZE = concat!("SELECT count(*) FROM ", late!());
    HELPED = concat!("SELECT c.id FROM ", helped!(), " WHERE c.jurisdiction = $1");
    HELPED_SIZE = concat!("SELECT count(*) FROM ", helped!());
    MINE = concat!("SELECT c.id FROM ", mine!(), " WHERE c.jurisdiction = $1");
    MINE_SIZE = concat!("SELECT count(*) FROM ", mine!());
    WORDS = concat!("SELECT c.id FROM ", found!(), " WHERE c.jurisdiction = $1");
    WORDS_SIZE = concat!("SELECT count(*) FROM ", found!(), " WHERE c.jurisdiction = $1");
}

/// Where to look: the rows, how many there are, and their last argument.
type Road = (&'static Sql, &'static Sql, Option<Value>);

impl Engine {
    /// How many cases a query finds for a seat.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_count(&self, seat: &Seat, query: Query) -> Result<Count, CaseError> {
        let Some(reach) = policy::reach(seat, Action::List, Resource::Case) else { return Err(CaseError::NotFound) };
        let streets = self
            .directory()
            .jurisdictions(query.place.as_ref().filter(|p| seat.place.covers(p)).unwrap_or(&seat.place));
        let words = ask(&query.words, self.db.dialect());
        let (now, owners) = (self.clock.now(), owners(seat));
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let mut sum = Count::default();
                for street in &streets {
                    for road in roads(&reach, words.as_deref(), &query, &owners, now) {
                        let count = along(tx, *street, road, &reach, &query, now, &owners)?;
                        sum.n += count.n;
                        sum.more |= count.more;
                    }
                }
                let most = limits::VIEW_COUNT as u64;
                Ok(Count { n: sum.n.min(most), more: sum.more || sum.n > most })
            })
            .await
    }
}

fn roads(
    reach: &Reach,
    words: Option<&str>,
    query: &Query,
    owners: &[String],
    now: linli_worktime::Millis,
) -> Vec<Road> {
    if let Some(words) = words {
        return vec![(&WORDS, &WORDS_SIZE, Some(words.into()))];
    }
    if query.mine {
        return owners.iter().map(|owner| -> Road { (&MINE, &MINE_SIZE, Some(owner.into())) }).collect();
    }
    match reach {
        Reach::Unit(org) if query.helping => vec![(&HELPED, &HELPED_SIZE, Some(org.into()))],
        Reach::Unit(org) => vec![(&LED, &LED_SIZE, Some(org.into())), (&HELPED, &HELPED_SIZE, Some(org.into()))],
        Reach::Places(_) if query.late => vec![(&LATE, &LATE_SIZE, Some(now.into()))],
        Reach::Places(_) => vec![(&ALL, &ALL_SIZE, None)],
    }
}

fn along(
    tx: &mut Tx<'_>,
    street: Jurisdiction,
    (rows, size, last): Road,
    reach: &Reach,
    query: &Query,
    now: linli_worktime::Millis,
    owners: &[String],
) -> Result<Count, DbError> {
    let scan = i64::try_from(limits::VIEW_SCAN).unwrap_or(i64::MAX);
    let mut args = args![street, scan];
    args.extend(last);
    let mut filter = Filter::of(rows, args.clone());
    match reach {
        Reach::Places(_) => within(&mut filter, reach),
        Reach::Unit(org) if query.helping => {
            filter.and(HELPS, args![org]);
        }
        // What the unit leads and what it helps in are two roads; on the others both are looked for at once.
        Reach::Unit(org) if !std::ptr::eq(rows, &raw const LED) && !std::ptr::eq(rows, &raw const HELPED) => {
            filter.and(&format!("(c.unit = $$ OR {HELPS})"), args![org, org]);
        }
        Reach::Unit(_) => {}
    }
    narrow(&mut filter, query, now, owners);
    filter.tail("", limits::VIEW_COUNT + 1);
    let count = counted(tx.list(&filter)?.len());
    if count.more {
        return Ok(count);
    }
    let held: i64 = match tx.first(size, &args)? {
        Some(mut row) => row.take()?,
        None => 0,
    };
    Ok(Count { more: held >= scan, ..count })
}
