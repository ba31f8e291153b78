//! How much lies with a unit: what is open and late now, what came and went in the last four weeks. It is about units,
//! never about persons, and nobody is ranked. All of it is read along indexes: the queue (open_step_inbox) as far as it is
//! counted at all, and four weeks of one unit (cases_unit, cases_settled), so that the number of old cases does not matter.

use std::collections::BTreeMap;

use linli_worktime::Millis;

use crate::{
    Engine,
    cases::CaseError,
    db::{Tx, args, statements},
    ids::{OrgId, PlaceCode},
    limits,
};

/// Weeks that are looked back on.
pub const WEEKS: usize = 4;
const WEEK_MS: i64 = 7 * 24 * 3_600_000;

/// How much lies with a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Open steps.
    pub open: u64,
    /// Past due.
    pub late: u64,
    /// Due before the end of the day, those past due among them.
    pub today: u64,
    /// Whether more is open than was counted.
    pub more: bool,
    /// Open steps by step.
    pub steps: Vec<(String, u64)>,
    /// How long what is open has been lying there, on average, milliseconds.
    pub held_ms: Option<i64>,
    /// What came and what was closed in each of the last weeks, the oldest first.
    pub weeks: [Week; WEEKS],
    /// How long what was closed in these weeks took from the report on, on average, milliseconds.
    pub took_ms: Option<i64>,
}

/// A week of a unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Week {
    /// Cases of the unit that came in.
    pub came: u64,
    /// Cases of the unit that were closed.
    pub closed: u64,
}

/// The short look: open and late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Glance {
    /// Open steps.
    pub open: u64,
    /// Past due.
    pub late: u64,
}

statements! {
    OPEN_OF = "SELECT step, count(*), sum(CASE WHEN due_at < $3 THEN 1 ELSE 0 END), sum(CASE WHEN due_at < $4 THEN 1 ELSE 0 END),
        CAST(sum($3 - opened_at) AS BIGINT)
        FROM (SELECT step, due_at, opened_at FROM open_step WHERE jurisdiction = $1 AND owner = $2 ORDER BY due_at, case_id LIMIT $5) x
        GROUP BY step ORDER BY step";
    CAME = "SELECT (opened_at - $3) / $4, count(*) FROM cases WHERE jurisdiction = $1 AND unit = $2 AND opened_at >= $3
        GROUP BY (opened_at - $3) / $4";
    CLOSED = "SELECT (settled_at - $3) / $4, count(*), CAST(sum(settled_at - opened_at) AS BIGINT) FROM cases
        WHERE jurisdiction = $1 AND unit = $2 AND settled_at >= $3 GROUP BY (settled_at - $3) / $4";
    GLANCE = "SELECT owner, count(*), sum(CASE WHEN due_at < $2 THEN 1 ELSE 0 END)
        FROM (SELECT owner, due_at FROM open_step WHERE jurisdiction = $1 AND owner >= 'org:' AND owner < 'org;' LIMIT $3) x
        GROUP BY owner";
}

impl Engine {
    /// How much lies with each of these units in the streets of a place; `today_ends` is the end of the day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn loads(&self, orgs: Vec<OrgId>, place: &PlaceCode, today_ends: Millis) -> Result<Vec<Load>, CaseError> {
        let streets = self.directory().jurisdictions(place);
        let now = self.clock.now();
        let since = Millis(now.0 - WEEK_MS * WEEKS as i64 + 1);
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let mut loads = Vec::new();
                for org in &orgs {
                    let mut sum = Sum::default();
                    for street in &streets {
                        let most = i64::try_from(limits::QUEUE_COUNT).unwrap_or(i64::MAX);
                        let open = args![*street, format!("org:{org}"), now, today_ends, most];
                        for mut row in tx.query(&OPEN_OF, &open)? {
                            sum.open(row.take()?, [row.take()?, row.take()?, row.take()?], row.take()?);
                        }
                        let weeks = args![*street, org, since, WEEK_MS];
                        for mut row in tx.query(&CAME, &weeks)? {
                            let (week, n): (i64, u64) = (row.take()?, row.take()?);
                            sum.week(week, |w| w.came += n);
                        }
                        for mut row in tx.query(&CLOSED, &weeks)? {
                            let (week, n, took): (i64, u64, i64) = (row.take()?, row.take()?, row.take()?);
                            sum.week(week, |w| w.closed += n);
                            sum.took = (sum.took.0 + took, sum.took.1 + n.cast_signed());
                        }
                    }
                    loads.push(sum.load());
                }
                Ok(loads)
            })
            .await
    }

    /// Open and late of all units that have anything open in the streets of a place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn glances(&self, place: &PlaceCode) -> Result<BTreeMap<String, Glance>, CaseError> {
        let (streets, now) = (self.directory().jurisdictions(place), self.clock.now());
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let mut all: BTreeMap<String, Glance> = BTreeMap::new();
                for street in &streets {
                    let most = i64::try_from(limits::LOAD_ROWS).unwrap_or(i64::MAX);
                    for mut row in tx.query(&GLANCE, &args![*street, now, most])? {
                        let owner: String = row.take()?;
                        let glance = all.entry(owner.trim_start_matches("org:").to_owned()).or_default();
                        glance.open += row.take::<u64>()?;
                        glance.late += row.take::<u64>()?;
                    }
                }
                Ok(all)
            })
            .await
    }
}

#[derive(Default)]
struct Sum {
    load: Load,
    held: i64,
    took: (i64, i64),
}

impl Sum {
    fn open(&mut self, step: String, [n, late, today]: [u64; 3], held: i64) {
        self.load.open += n;
        self.load.late += late;
        self.load.today += today;
        self.held += held;
        self.load.more |= self.load.open >= limits::QUEUE_COUNT as u64;
        match self.load.steps.iter_mut().find(|(name, _)| *name == step) {
            Some((_, sum)) => *sum += n,
            None => self.load.steps.push((step, n)),
        }
    }

    fn week(&mut self, week: i64, change: impl FnOnce(&mut Week)) {
        if let Some(found) = usize::try_from(week).ok().and_then(|at| self.load.weeks.get_mut(at)) {
            change(found);
        }
    }

    fn load(mut self) -> Load {
        let mean = |sum: i64, n: i64| (n > 0).then(|| sum / n);
        self.load.held_ms = mean(self.held, self.load.open.cast_signed());
        self.load.took_ms = mean(self.took.0, self.took.1);
        self.load
    }
}
