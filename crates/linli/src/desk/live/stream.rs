//! One stream: what it hears, what it sends, and when it ends.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    sync::Arc,
    time::Duration,
};

use axum::response::sse::Event;
use linli_engine::{
    db::{DbError, Tx},
    feed::{Entry, News},
    limits,
    notices::{self, Whom},
    presence::{self, Here},
    seats::{Account, Seat},
    sessions::{self, Session},
};
use serde_json::{Value, json};
use tokio::{
    sync::{broadcast::error::RecvError, mpsc::Sender},
    time::{MissedTickBehavior, interval},
};

use super::{
    super::{
        notices::{named, recipients},
        views::Views,
    },
    leave,
    watch::{Row, Watched, gather},
    words,
};
use crate::web::{
    Ctx, Fault, Page,
    live::{Ticket, cursor_text},
};

/// News of this long travel together.
const GATHER: Duration = Duration::from_millis(500);
/// Rows told one by one; more are told as many.
const ROWS: usize = 200;

/// One live page.
pub struct Stream {
    ctx: Ctx,
    page: Page,
    account: Account,
    seat: Seat,
    session: String,
    watched: Watched,
    ticket: Ticket,
    send: Sender<Result<Event, Infallible>>,
    rows: BTreeMap<String, Row>,
    many: bool,
    /// Looks until the inbox may be counted again.
    counted: bool,
    stale: bool,
    unread: Option<usize>,
    here: Option<Value>,
}

impl Stream {
    /// A page that begins to listen.
    pub fn new(
        ctx: Ctx,
        account: Account,
        seat: Seat,
        session: String,
        watched: Watched,
        ticket: Ticket,
        send: Sender<Result<Event, Infallible>>,
    ) -> Self {
        let page = Page::new(&ctx, "");
        let (rows, unread, here) = (BTreeMap::new(), None, None);
        let (many, counted, stale) = (false, false, false);
        Self { ctx, page, account, seat, session, watched, ticket, send, rows, many, counted, stale, unread, here }
    }

    /// Sends until the reader goes, the session ends or the program stops.
    pub async fn run(mut self) {
        let case = self.watched.case();
        let ended = self.listen().await;
        if let Some(case) = case {
            leave(&self.ctx, case, self.ticket.id).await;
        }
        if let Err(Some(fault)) = ended {
            tracing::warn!(fault = ?fault, "a live page ended");
        }
    }

    /// The error is why it ended, where the reader did not go by themselves.
    async fn listen(&mut self) -> Result<(), Option<Fault>> {
        let mut news = self.ctx.engine().news();
        let mut here = self.ctx.app.live.here();
        let every = |time| {
            let mut interval = interval(time);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            interval
        };
        let (mut beat, mut look, mut flush) = (every(limits::LIVE_BEAT), every(limits::LIVE_LOOK), every(GATHER));
        let send = self.send.clone();
        self.event("hello", None, &json!({ "page": linli_engine::hex(&self.ticket.id) })).await?;
        self.catch_up().await?;
        here.mark_changed();
        loop {
            tokio::select! {
                () = send.closed() => return Ok(()),
                _ = &mut self.ticket.ended => {
                    // The browser must not come again by itself: another page of it took the place.
                    self.event("full", None, &Value::Null).await?;
                    return Ok(());
                }
                got = news.recv() => match got {
                    Ok(News::Entry(entry)) => self.hear(&entry).await?,
                    Ok(News::Many(street)) => {
                        let head = self.ctx.engine().changes().borrow().get(&street).copied().unwrap_or(0);
                        self.many |= self.watched.skip(street, head);
                    }
                    Err(RecvError::Lagged(_)) => self.many = true,
                    Err(RecvError::Closed) => return Ok(()),
                },
                Ok(()) = here.changed() => {
                    let all = Arc::clone(&here.borrow_and_update());
                    self.colleagues(&all).await?;
                }
                _ = flush.tick() => self.flush().await?,
                _ = look.tick() => self.look().await?,
                _ = beat.tick() => self.beat().await?,
            }
        }
    }

    async fn event(&self, name: &str, id: Option<String>, data: &Value) -> Result<(), Option<Fault>> {
        let event = Event::default().event(name).data(data.to_string());
        let event = id.map_or(event.clone(), |id| event.id(id));
        self.send.send(Ok(event)).await.map_err(|_| None)
    }

    /// What happened between the drawing of the page and now.
    async fn catch_up(&mut self) -> Result<(), Option<Fault>> {
        let most = usize::try_from(limits::NEWS_AT_ONCE).unwrap_or(usize::MAX);
        let heads = self.ctx.engine().changes().borrow().clone();
        for (street, n) in self.watched.cursor.clone() {
            let head = heads.get(&street).copied().unwrap_or(0);
            if head.saturating_sub(n) > limits::NEWS_AT_ONCE {
                self.many |= self.watched.skip(street, head);
                continue;
            }
            for entry in self.ctx.engine().entries(street, n, most).await.map_err(fault)? {
                self.hear(&entry).await?;
            }
        }
        Ok(())
    }

    async fn hear(&mut self, entry: &Entry) -> Result<(), Option<Fault>> {
        if !self.watched.advance(entry) {
            return Ok(());
        }
        if self.watched.case() == Some(entry.change.case) {
            if let Some(moment) = words::moment(&self.ctx, &self.page, entry).await {
                self.event("case", Some(cursor_text(&self.watched.cursor)), &moment).await?;
            }
            return Ok(());
        }
        let row = self.watched.row(&self.seat, entry, || words::who(&self.page, &entry.event.by));
        if let Some(row) = row {
            gather(&mut self.rows, row);
            self.stale = true;
        }
        if self.rows.len() > ROWS {
            self.rows.clear();
            self.many = true;
        }
        Ok(())
    }

    /// Sends what was gathered.
    async fn flush(&mut self) -> Result<(), Option<Fault>> {
        let id = || Some(cursor_text(&self.watched.cursor));
        if std::mem::take(&mut self.many) {
            self.stale = true;
            self.event("many", id(), &Value::Null).await?;
        }
        if !self.rows.is_empty() {
            let rows = json!(self.rows.values().collect::<Vec<_>>());
            self.event("rows", id(), &rows).await?;
            self.rows.clear();
        }
        if self.stale && !self.counted {
            (self.stale, self.counted) = (false, true);
            let (views, counts) = Views::read(&self.ctx, &self.page, &self.seat, None).await.map_err(Some)?;
            self.event("counts", None, &words::counts(&self.page, &views, &counts)).await?;
        }
        Ok(())
    }

    /// Looks whether there is more to read, and lets the inbox be counted again.
    async fn look(&mut self) -> Result<(), Option<Fault>> {
        self.counted = false;
        let (engine, account) = (self.ctx.engine(), Whom::Account(self.account.id));
        let (home, now) = (engine.home, engine.clock.now());
        let via: Vec<_> = recipients(&self.ctx);
        let known = self.unread;
        let read = move |tx: &mut Tx<'_>| {
            let unread = notices::unread(tx, home, account, Some(&via), now)?;
            let more = known.is_some_and(|known| unread > known);
            let newest = match more {
                true => {
                    notices::list(tx, home, account, Some(&via), now, None)?.into_iter().find(|t| t.read_at.is_none())
                }
                false => None,
            };
            let sound = more && notices::choice(tx, home, account)?.sound;
            Ok::<_, DbError>((unread, newest, sound))
        };
        let (unread, mut newest, sound) = engine.db.read(read).await.map_err(fault)?;
        newest.iter_mut().for_each(|told| named(&self.ctx, &self.page, told));
        if self.unread != Some(unread) {
            self.unread = Some(unread);
            self.event("told", None, &words::told(&self.page, unread, newest.as_ref(), sound)).await?;
        }
        Ok(())
    }

    /// A sign of life: the session still stands, the seat is still theirs, they are still here.
    async fn beat(&mut self) -> Result<(), Option<Fault>> {
        let engine = self.ctx.engine();
        let (now, session) = (engine.clock.now(), self.session.clone());
        let found = engine.db.read(move |tx: &mut Tx<'_>| sessions::find(tx, &session, now)).await.map_err(fault)?;
        let holds = matches!(&found, Some(Session::Staff { seats, .. }) if seats.iter().any(|s| s.id == self.seat.id));
        if !holds {
            self.event("full", None, &Value::Null).await?;
            return Err(None);
        }
        if let Some(case) = self.watched.case() {
            let (id, seat, account) = (self.ticket.id, self.seat.clone(), self.account.clone());
            let home = engine.home;
            let enter = move |tx: &mut Tx<'_>| {
                presence::enter(tx, case, id, &seat, &account.name, now)?;
                // Whoever has the case before their eyes knows what they were told of it.
                notices::mark_read(tx, home, Whom::Account(account.id), Some(case), now)
            };
            engine.db.write(enter).await.map_err(fault)?;
            self.ctx.app.live.stir();
        }
        Ok(())
    }

    /// Who else has the case open.
    async fn colleagues(&mut self, all: &[Here]) -> Result<(), Option<Fault>> {
        let Some(case) = self.watched.case() else { return Ok(()) };
        let mut seen = BTreeSet::new();
        let mut others: Vec<&Here> = all.iter().filter(|h| h.case == case && h.account != self.account.id).collect();
        // One person with two windows is one person; writing in one of them counts.
        others.sort_by_key(|here| !here.writing);
        others.retain(|here| seen.insert(here.account));
        let here = words::here(&self.page, &others);
        if self.here.as_ref() == Some(&here) {
            return Ok(());
        }
        self.event("here", None, &here).await?;
        self.here = Some(here);
        Ok(())
    }
}

fn fault(error: DbError) -> Option<Fault> {
    Some(error.into())
}
