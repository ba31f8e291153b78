//! Following the feed: what wakes those in this process who wait for changes, own ones and other processes'.

use std::{collections::BTreeMap, sync::Arc};

use tokio::sync::{Mutex, Notify, broadcast, watch};

use super::{Entry, heads};
use crate::{
    Engine,
    db::{DbError, Tx},
    ids::Jurisdiction,
    limits,
};

/// The last place given away in each jurisdiction.
pub type Heads = BTreeMap<Jurisdiction, u64>;

/// What those who follow live are told.
#[derive(Clone, Debug)]
pub enum News {
    /// Something happened to a case.
    Entry(Arc<Entry>),
    /// More happened than is told one by one: look anew.
    Many(Jurisdiction),
}

/// What this process knows of the feed.
pub struct Follow {
    nudge: Notify,
    heads: watch::Sender<Heads>,
    news: broadcast::Sender<News>,
    /// How far those who follow live were told.
    told: Mutex<Option<Heads>>,
}

impl Default for Follow {
    fn default() -> Self {
        let (nudge, heads, told) = (Notify::default(), watch::Sender::default(), Mutex::default());
        Self { nudge, heads, news: broadcast::Sender::new(limits::NEWS_WAITING), told }
    }
}

impl Follow {
    /// This process has written events: they want their places.
    pub(crate) fn nudge(&self) {
        self.nudge.notify_one();
    }
}

impl Engine {
    /// The heads of the feed as this process knows them; the receiver wakes when one has moved. What is new is read with
    /// [`super::after`].
    pub fn changes(&self) -> watch::Receiver<Heads> {
        self.feed.heads.subscribe()
    }

    /// What happens from now on, as it happens. A receiver that falls behind is told so by its own error.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.feed.news.subscribe()
    }

    /// Returns when this process has written events since the last time.
    pub async fn changed_here(&self) {
        self.feed.nudge.notified().await;
    }

    /// One round: gives fresh events their places, looks how far the feed is (own events and those of other processes),
    /// and tells those who follow. True when more waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follow(&self) -> Result<bool, DbError> {
        let mut told = self.feed.told.lock().await;
        let placed = self.sequence().await?;
        let now = self.db.read(|tx: &mut Tx<'_>| heads(tx)).await?;
        // Before the first round nobody was told anything and nobody missed anything.
        let known = told.replace(now.clone()).unwrap_or_else(|| now.clone());
        for (jurisdiction, n) in now.iter().filter(|_| self.feed.news.receiver_count() > 0) {
            let from = known.get(jurisdiction).copied().unwrap_or(0);
            if from >= *n {
                continue;
            }
            if *n - from > limits::NEWS_AT_ONCE {
                let _ = self.feed.news.send(News::Many(*jurisdiction));
                continue;
            }
            let limit = usize::try_from(limits::NEWS_AT_ONCE).unwrap_or(usize::MAX);
            for entry in self.entries(*jurisdiction, from, limit).await? {
                let _ = self.feed.news.send(News::Entry(Arc::new(entry)));
            }
        }
        self.feed.heads.send_if_modified(|known| {
            let moved = *known != now;
            *known = now;
            moved
        });
        Ok(placed > 0)
    }
}
