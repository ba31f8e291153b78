//! Following the feed: what wakes those in this process who wait for changes, own ones and other processes'.

use std::collections::BTreeMap;

use tokio::sync::{Notify, watch};

use super::heads;
use crate::{
    Engine,
    db::{DbError, Tx},
    ids::Jurisdiction,
};

/// The last place given away in each jurisdiction.
pub type Heads = BTreeMap<Jurisdiction, u64>;

/// What this process knows of the feed.
#[derive(Default)]
pub struct Follow {
    nudge: Notify,
    heads: watch::Sender<Heads>,
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

    /// Returns when this process has written events since the last time.
    pub async fn changed_here(&self) {
        self.feed.nudge.notified().await;
    }

    /// One round: gives fresh events their places and looks how far the feed is; own events and those of other processes.
    /// True when more waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follow(&self) -> Result<bool, DbError> {
        let placed = self.sequence().await?;
        let now = self.db.read(|tx: &mut Tx<'_>| heads(tx)).await?;
        self.feed.heads.send_if_modified(|known| {
            let moved = *known != now;
            *known = now;
            moved
        });
        Ok(placed > 0)
    }
}
