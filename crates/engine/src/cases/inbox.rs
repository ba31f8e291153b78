//! The inbox: the open steps that a seat owns, soonest due first; and the lists of cases that a desk filters.

use linli_worktime::Millis;

use super::{CaseError, CaseKey, Head, store};
use crate::{
    Engine,
    db::{DbError, Filter, Row, Tx, Value, args, statements},
    ids::{CaseId, Jurisdiction, PlaceCode},
    limits,
    policy::Reach,
    seats::Seat,
    vault,
};

/// A row of the inbox.
#[derive(Clone, Debug)]
pub struct Item {
    /// The step.
    pub step: String,
    /// Which of its parts.
    pub instance: String,
    /// Who owns it.
    pub owner: String,
    /// When it is due.
    pub due_at: Millis,
    /// Since when it is open.
    pub opened_at: Millis,
    /// The case.
    pub head: Head,
}

/// Where a page of the inbox goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// The due time of the last row.
    pub due_at: Millis,
    /// Its case.
    pub case: CaseId,
}

/// What to show of the inbox.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// One step only.
    pub step: Option<String>,
    /// Due before this.
    pub due_before: Option<Millis>,
    /// Within this place.
    pub place: Option<PlaceCode>,
    /// Of this category or below it.
    pub category: Option<String>,
    /// Of this class.
    pub class: Option<String>,
    /// With this lead unit.
    pub unit: Option<String>,
    /// Words that all occur.
    pub words: String,
    /// Opened at or after.
    pub from: Option<Millis>,
    /// Opened before.
    pub until: Option<Millis>,
    /// After this row.
    pub after: Option<After>,
}

/// A number that was counted as far as it is worth while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// At least this many.
    pub n: u64,
    /// Whether there may be more.
    pub more: bool,
}

/// How many open steps a seat has: by step, due today, and overdue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All.
    pub all: u64,
    /// Past due.
    pub overdue: u64,
    /// Due before the end of the day that was asked for, those past due among them.
    pub today: u64,
    /// By step.
    pub steps: Vec<(String, u64)>,
    /// Whether there may be more than was counted: the soonest due were.
    pub more: bool,
}

statements! {
    // The soonest due, along open_step_inbox: what it costs does not grow with the queue.
    COUNT_STEPS = "SELECT step, count(*), sum(CASE WHEN due_at < $5 THEN 1 ELSE 0 END), sum(CASE WHEN due_at < $6 THEN 1 ELSE 0 END)
        FROM (SELECT step, due_at FROM open_step WHERE jurisdiction = $1 AND owner = $2 AND place >= $3 AND place < $4
        ORDER BY due_at, case_id LIMIT $7) soonest GROUP BY step ORDER BY step";
    // The texts below are the heads of lists; filters are added to them.
    INBOX = "SELECT s.step, s.instance, s.owner, s.due_at, s.opened_at, {head}
        FROM open_step s JOIN cases c ON c.jurisdiction = s.jurisdiction AND c.id = s.case_id
        WHERE s.jurisdiction = $1 AND s.owner = $2 AND s.place >= $3 AND s.place < $4";
    COUNT_INBOX = "SELECT s.due_at
        FROM (SELECT * FROM open_step WHERE jurisdiction = $1 AND owner = $2 AND place >= $3 AND place < $4
        ORDER BY due_at, case_id LIMIT $5) s
        JOIN cases c ON c.jurisdiction = s.jurisdiction AND c.id = s.case_id WHERE c.jurisdiction = $1";
    NEARBY = "SELECT {head}
        FROM cases c WHERE c.jurisdiction = $1 AND c.place >= $2 AND c.place < $3 AND c.opened_at >= $4 AND c.category = $5
        AND c.phase = 'open' ORDER BY c.opened_at DESC LIMIT 10";
}

/// The owners whose steps a seat answers for: its role, and its org where the role handles for it.
pub fn queues(seat: &Seat) -> Vec<String> {
    let mut owners = vec![format!("role:{}", seat.role.as_str())];
    if seat.role.handles() {
        owners.push(format!("org:{}", seat.org));
    }
    owners
}

impl Engine {
    /// A page of a seat's inbox, soonest due first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox(&self, seat: &Seat, view: View) -> Result<Vec<Item>, CaseError> {
        let (streets, owners, place) = self.reach(seat);
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let mut items = Vec::new();
                for street in &streets {
                    for owner in &owners {
                        let mut filter = Filter::of(&INBOX, args![*street, owner, &place, place.end()]);
                        narrow(&mut filter, &view);
                        filter.tail("ORDER BY s.due_at, s.case_id", limits::PAGE);
                        for row in tx.list(&filter)? {
                            items.push(item(row)?);
                        }
                    }
                }
                items.sort_by_key(|i| (i.due_at, i.head.key.id));
                items.truncate(limits::PAGE);
                Ok(items)
            })
            .await
    }

    /// How much a seat has to do; `today_ends` is the end of its day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox_counts(&self, seat: &Seat, today_ends: Millis) -> Result<Counts, CaseError> {
        let ((streets, owners, place), now) = (self.reach(seat), self.clock.now());
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let mut counts = Counts::default();
                for street in &streets {
                    for owner in &owners {
                        let most = i64::try_from(limits::QUEUE_COUNT).unwrap_or(i64::MAX);
                        let args = args![*street, owner, &place, place.end(), now, today_ends, most];
                        let before = counts.all;
                        for mut row in tx.query(&COUNT_STEPS, &args)? {
                            let (step, n): (String, u64) = (row.take()?, row.take()?);
                            counts.all += n;
                            counts.overdue += row.take::<u64>()?;
                            counts.today += row.take::<u64>()?;
                            match counts.steps.iter_mut().find(|(s, _)| *s == step) {
                                Some((_, sum)) => *sum += n,
                                None => counts.steps.push((step, n)),
                            }
                        }
                        counts.more |= counts.all - before >= limits::QUEUE_COUNT as u64;
                    }
                }
                Ok(counts)
            })
            .await
    }

    /// How many open steps of a seat a view shows, counted as far as it is worth while.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inbox_count(&self, seat: &Seat, view: View) -> Result<Count, CaseError> {
        let (streets, owners, place) = self.reach(seat);
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let mut n = 0;
                for street in &streets {
                    for owner in &owners {
                        let scan = i64::try_from(limits::VIEW_SCAN).unwrap_or(i64::MAX);
                        let mut filter = Filter::of(&COUNT_INBOX, args![*street, owner, &place, place.end(), scan]);
                        narrow(&mut filter, &view);
                        filter.tail("", limits::VIEW_COUNT + 1);
                        n += tx.list(&filter)?.len();
                    }
                }
                Ok(counted(n))
            })
            .await
    }

    fn reach(&self, seat: &Seat) -> (Vec<Jurisdiction>, Vec<String>, PlaceCode) {
        (self.directory().jurisdictions(&seat.place), queues(seat), seat.place.clone())
    }

    /// The same as neighbours may be asked about, "is it this?": nothing that was said in confidence, and nothing of what
    /// everybody may not even count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn neighbours(&self, place: &PlaceCode, category: &str, since: Millis) -> Result<Vec<Head>, CaseError> {
        self.joinable(self.nearby(place, category, since).await?).await
    }

    /// Those of some cases that strangers may follow.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn joinable(&self, heads: Vec<Head>) -> Result<Vec<Head>, CaseError> {
        let engine = self.clone();
        let read = move |tx: &mut Tx<'_>| {
            let mut open = Vec::new();
            for head in &heads {
                if engine.may_be_joined(tx, head)? {
                    open.push(head.clone());
                }
            }
            Ok::<_, DbError>(open)
        };
        Ok(self.db.read(read).await?)
    }

    /// Whether strangers may follow a case: it is of a public category, and nobody asked for silence.
    pub(super) fn may_be_joined(&self, tx: &mut Tx<'_>, head: &Head) -> Result<bool, DbError> {
        let public = self.packs().current().category(&head.category).is_some_and(|category| category.public);
        Ok(public && !vault::public::is_confidential(tx, head.key.jurisdiction, head.key.id)?)
    }

    /// Open cases of one category near a place since a time: what may be the same matter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn nearby(&self, place: &PlaceCode, category: &str, since: Millis) -> Result<Vec<Head>, CaseError> {
        let place = super::file::near(place);
        let category = category.to_owned();
        self.db
            .read(move |tx: &mut Tx<'_>| {
                let rows = tx.query(&NEARBY, &args![place.jurisdiction(), &place, place.end(), since, &category])?;
                Ok(rows.into_iter().map(store::head).collect::<Result<_, _>>()?)
            })
            .await
    }
}

/// As far as a view is counted.
pub(super) fn counted(n: usize) -> Count {
    Count { n: n.min(limits::VIEW_COUNT) as u64, more: n > limits::VIEW_COUNT }
}

/// A pattern for texts that hold a word.
fn like(word: &str) -> String {
    let plain: String = word
        .to_lowercase()
        .chars()
        .flat_map(|c| ('!' == c || '%' == c || '_' == c).then_some('!').into_iter().chain([c]))
        .collect();
    format!("%{plain}%")
}

fn narrow(filter: &mut Filter, view: &View) {
    if let Some(step) = &view.step {
        filter.and("s.step = $$", args![step]);
    }
    if let Some(due) = view.due_before {
        filter.and("s.due_at < $$", args![due]);
    }
    if let Some(place) = &view.place {
        filter.and("s.place >= $$ AND s.place < $$", args![place, place.end()]);
    }
    if let Some(category) = &view.category {
        under(filter, category);
    }
    if let Some(class) = &view.class {
        filter.and("c.class = $$", args![class]);
    }
    if let Some(from) = view.from {
        filter.and("c.opened_at >= $$", args![from]);
    }
    if let Some(until) = view.until {
        filter.and("c.opened_at < $$", args![until]);
    }
    if let Some(unit) = &view.unit {
        filter.and("c.unit = $$", args![unit]);
    }
    // A queue is short enough to be read: what was filed a moment ago is found, too.
    for word in view.words.split_whitespace().take(limits::SEARCH_WORDS) {
        let has = "(lower(c.title) LIKE $$ ESCAPE '!' OR lower(c.body) LIKE $$ ESCAPE '!' OR lower(c.address) LIKE $$ ESCAPE '!')";
        let like = like(word);
        filter.and(has, args![&like, &like, &like]);
    }
    if let Some(after) = view.after {
        filter.and("(s.due_at, s.case_id) > ($$, $$)", args![after.due_at, after.case]);
    }
}

fn item(mut row: Row) -> Result<Item, DbError> {
    let (step, instance, owner) = (row.take()?, row.take()?, row.take()?);
    Ok(Item { step, instance, owner, due_at: row.take()?, opened_at: row.take()?, head: store::head(row)? })
}

/// Narrows a list of cases to a category and what is below it. The range is for the index; it holds a little more.
pub(super) fn under(filter: &mut Filter, category: &str) {
    filter.and(
        "c.category >= $$ AND c.category < $$ AND (c.category = $$ OR c.category >= $$)",
        args![category, format!("{category}/"), category, format!("{category}.")],
    );
}

/// Narrows a list of cases to what a reach allows.
pub(crate) fn within(filter: &mut Filter, reach: &Reach) {
    match reach {
        Reach::Places(places) => {
            let mut condition = String::new();
            let mut args: Vec<Value> = Vec::new();
            for place in places {
                condition.push_str(if condition.is_empty() { "(" } else { " OR " });
                condition.push_str("(c.place >= $$ AND c.place < $$)");
                args.extend([Value::from(place), Value::from(place.end())]);
            }
            condition.push(')');
            filter.and(&condition, args);
        }
        Reach::Unit(org) => {
            filter.and("c.unit = $$", args![org]);
        }
    }
}

/// Which case a list goes on after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListAfter {
    /// When the last one was opened.
    pub opened_at: Millis,
    /// Its key.
    pub key: CaseKey,
}
