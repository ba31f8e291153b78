//! Letting go by itself: what is past the time that the rule pack gives it (`data.toml`) goes, a piece at a time, in a round
//! a day. What went is written into the record, which is part of the log, when the round is over. A round belongs to nobody:
//! each piece is a transaction that holds its row and leaves there what went so far, so whoever dies in the middle of it
//! leaves the rest to whoever comes next.

pub(crate) mod cases;
pub(crate) mod rows;

pub use rows::remove;

use std::collections::{BTreeMap, BTreeSet};

use linli_worktime::Millis;
use serde_json::json;

use crate::{
    Engine,
    attachments::{self, Digest},
    cases::CaseError,
    db::{DbError, Tx, args, statements},
    ids::Jurisdiction,
    pack::data::DAY_MS,
    record::{self, Act, By, Deed, What},
    words::words,
};

words! {
    /// What the program lets go of by itself: the entries of `data.toml` that have a time.
    Sort, "something that the program removes by itself":
    /// Who brought a case, and for whom.
    Caller = "caller",
    /// What they wrote before personal data was taken out of it.
    Words = "words",
    /// What they sent along.
    Files = "files",
    /// People of the vault of whom nothing else is left.
    Person = "person",
    /// One-time codes, and sign-ins that wait for one.
    Codes = "codes",
    /// Sessions.
    Sessions = "sessions",
    /// Counts of tries.
    Tries = "tries",
    /// The security log.
    Security = "security",
    /// What staff typed and did not send.
    Drafts = "drafts",
    /// What people were told on their screens.
    Told = "told",
    /// Messages that went out.
    Notices = "notices",
    /// Uploaded tables.
    Tables = "tables",
    /// How long calls took.
    Calls = "calls",
    /// Files that no case has.
    Uploads = "uploads",
}

words! {
    /// From when the time runs.
    Since, "a moment from which a time runs":
    /// The case is closed, and nothing can happen in it any more.
    Closed = "closed",
    /// They came in last.
    Used = "used",
    /// It was made.
    Made = "made",
    /// It was saved last.
    Saved = "saved",
    /// It is past its own end.
    Ended = "ended",
}

impl Sort {
    /// From when its time runs.
    pub fn since(self) -> Since {
        match self {
            Self::Caller | Self::Words | Self::Files => Since::Closed,
            Self::Person => Since::Used,
            Self::Codes | Self::Sessions => Since::Ended,
            Self::Drafts => Since::Saved,
            _ => Since::Made,
        }
    }

    /// The least number of days that a pack may give it. The security log: Cybersecurity Law, six months at least. Counts of
    /// tries and files without a case are needed for as long as somebody may still be at it.
    pub fn least_days(self) -> i64 {
        match self {
            Self::Security => 180,
            // As long as somebody may be signed in.
            Self::Person => 90,
            Self::Tries | Self::Uploads => 1,
            _ => 0,
        }
    }

    /// What goes even where the pack says nothing of it: it is worth nothing any more.
    fn worthless_ms(self) -> Option<i64> {
        match self {
            Self::Codes | Self::Sessions | Self::Tries | Self::Uploads => Some(self.least_days() * DAY_MS),
            _ => None,
        }
    }
}

/// How much of what went, or would.
pub type Removed = BTreeMap<Sort, u64>;

statements! {
    BEGIN = "INSERT INTO retention (jurisdiction, done_at, removed) VALUES ($1, 0, '{}') ON CONFLICT (jurisdiction) DO NOTHING";
    HOLD = "UPDATE retention SET removed = removed WHERE jurisdiction = $1 AND done_at <= $2 RETURNING removed";
    SO_FAR = "UPDATE retention SET removed = $2 WHERE jurisdiction = $1";
    DONE = "UPDATE retention SET removed = '{}', done_at = $2 WHERE jurisdiction = $1";
    LAST = "SELECT done_at FROM retention WHERE jurisdiction = $1 AND done_at > 0";
    // One row a street.
    STREETS = "SELECT jurisdiction FROM feed_head ORDER BY jurisdiction";
}

/// What a piece of a round was.
enum Piece {
    /// The last round is not long enough ago, or another process was faster.
    NotDue,
    /// Something was gone through; the contents that no row may name any more.
    Some(Vec<Digest>),
    /// There is nothing left to go through.
    None,
}

/// What one look at one sort of data did.
pub(crate) struct Gone {
    /// Whether anything was gone through: then there may be more.
    more: bool,
    /// How much went.
    n: u64,
    files: Vec<Digest>,
}

impl Gone {
    fn rows(n: u64) -> Self {
        Self { more: n > 0, n, files: Vec::new() }
    }
}

impl Engine {
    /// A piece of the round of the day, where one is due; whether more waits.
    pub(crate) async fn retain(&self) -> Result<bool, CaseError> {
        let now = self.clock.now();
        if self.looked.is_fresh(now) {
            return Ok(false);
        }
        let more = self.retain_piece(now.plus(-DAY_MS)).await?.is_none();
        if !more {
            self.looked.note(now);
        }
        Ok(more)
    }

    /// A whole round, whenever the last one was; what went.
    ///
    /// # Errors
    /// When the database or the disk refuses; the next round goes on where this one stopped.
    pub async fn retain_now(&self) -> Result<Removed, CaseError> {
        loop {
            if let Some(removed) = self.retain_piece(Millis(i64::MAX)).await? {
                self.feed.nudge();
                return Ok(removed);
            }
        }
    }

    /// What a round would let go of now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn would_remove(&self) -> Result<Removed, DbError> {
        let engine = self.clone();
        let count = move |tx: &mut Tx<'_>| {
            let mut found = Removed::new();
            for street in streets(tx, engine.home)? {
                for (sort, cutoff) in engine.due() {
                    let n = count(tx, engine.home, street, sort, cutoff)?;
                    *found.entry(sort).or_default() += n;
                }
            }
            found.retain(|_, n| *n > 0);
            Ok(found)
        };
        self.db.read(count).await
    }

    /// What has a time, and until when it has to have begun to be past it.
    fn due(&self) -> Vec<(Sort, Millis)> {
        let (now, packs) = (self.clock.now(), self.packs());
        let kept = |sort: Sort| packs.current().kept_ms(sort).or(sort.worthless_ms());
        Sort::ALL.iter().filter_map(|sort| kept(*sort).map(|ms| (*sort, now.plus(-ms)))).collect()
    }

    /// Goes on with the round, if the last one ended before `before`; what went in all where this was its end, or where
    /// there is nothing to do.
    async fn retain_piece(&self, before: Millis) -> Result<Option<Removed>, CaseError> {
        let engine = self.clone();
        let files = match self.db.write(move |tx: &mut Tx<'_>| engine.retain_in(tx, before)).await? {
            Piece::NotDue => return Ok(Some(Removed::new())),
            Piece::None => return self.end_round(before).await.map(Some),
            Piece::Some(files) => files,
        };
        if !files.is_empty() {
            let dropped = attachments::drop_unnamed(&self.db, &self.files, files).await;
            dropped.map_err(|e| DbError::Corrupt(e.to_string()))?;
        }
        Ok(None)
    }

    fn retain_in(&self, tx: &mut Tx<'_>, before: Millis) -> Result<Piece, CaseError> {
        let Some(mut removed) = hold(tx, self.home, before)? else { return Ok(Piece::NotDue) };
        let now = self.clock.now();
        for street in streets(tx, self.home)? {
            for (sort, cutoff) in self.due() {
                let gone = let_go(tx, self.home, street, sort, cutoff, now)?;
                if gone.more {
                    *removed.entry(sort).or_default() += gone.n;
                    tx.put(&SO_FAR, args![self.home, json!(removed).to_string()])?;
                    return Ok(Piece::Some(gone.files));
                }
            }
        }
        Ok(Piece::None)
    }

    /// Clears the store of files that no case has, and writes down what went.
    async fn end_round(&self, before: Millis) -> Result<Removed, CaseError> {
        let mut files = 0;
        if let Some((_, cutoff)) = self.due().into_iter().find(|(sort, _)| *sort == Sort::Uploads) {
            let swept = attachments::sweep(&self.db, &self.files, cutoff).await;
            files = swept.map_err(|e| DbError::Corrupt(e.to_string()))?.files;
        }
        let (home, now) = (self.home, self.clock.now());
        let day = self.packs().current().calendar.date_of(now).to_string();
        let end = move |tx: &mut Tx<'_>| {
            let Some(mut removed) = hold(tx, home, before)? else { return Ok(Removed::new()) };
            *removed.entry(Sort::Uploads).or_default() += files;
            removed.retain(|_, n| *n > 0);
            tx.put(&DONE, args![home, now])?;
            if !removed.is_empty() {
                let became = Some(json!(removed));
                let deed = Deed { what: What::Data, subject: day.clone(), act: Act::Removed, was: None, became };
                record::note(tx, home, &By::command("retention"), deed, now)?;
            }
            Ok::<_, DbError>(removed)
        };
        Ok(self.db.write(end).await?)
    }
}

/// When the last round ended.
///
/// # Errors
/// When the database fails.
pub fn last(tx: &mut Tx<'_>, home: Jurisdiction) -> Result<Option<Millis>, DbError> {
    tx.first(&LAST, &args![home])?.map(|mut row| row.take()).transpose()
}

/// Holds the row of the round until the end of the transaction; what went so far, where the last round is long enough ago.
fn hold(tx: &mut Tx<'_>, home: Jurisdiction, before: Millis) -> Result<Option<Removed>, DbError> {
    tx.send(&BEGIN, args![home])?;
    let Some(mut row) = tx.first(&HOLD, &args![home, before])? else { return Ok(None) };
    let text: String = row.take()?;
    serde_json::from_str(&text).map(Some).map_err(|_| DbError::Corrupt(format!("`{text}` as what retention removed")))
}

/// Every street that anything happened in, and the home, where accounts and residents are.
fn streets(tx: &mut Tx<'_>, home: Jurisdiction) -> Result<BTreeSet<Jurisdiction>, DbError> {
    let rows = tx.query(&STREETS, &[])?.into_iter().map(|mut row| row.take());
    let mut all: BTreeSet<Jurisdiction> = rows.collect::<Result<_, _>>()?;
    all.insert(home);
    Ok(all)
}

fn let_go(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    street: Jurisdiction,
    sort: Sort,
    cutoff: Millis,
    now: Millis,
) -> Result<Gone, DbError> {
    match sort {
        Sort::Caller | Sort::Words | Sort::Files => cases::let_go(tx, street, sort, cutoff, now),
        Sort::Person if street == home => cases::forget_people(tx, home, cutoff).map(Gone::rows),
        Sort::Person | Sort::Uploads => Ok(Gone::rows(0)),
        _ => rows::remove(tx, street, sort, cutoff).map(Gone::rows),
    }
}

fn count(
    tx: &mut Tx<'_>,
    home: Jurisdiction,
    street: Jurisdiction,
    sort: Sort,
    cutoff: Millis,
) -> Result<u64, DbError> {
    match sort {
        Sort::Caller | Sort::Words | Sort::Files => cases::count(tx, street, sort, cutoff),
        Sort::Person if street == home => cases::count_people(tx, home, cutoff),
        Sort::Person | Sort::Uploads => Ok(0),
        _ => rows::count(tx, street, sort, cutoff),
    }
}
