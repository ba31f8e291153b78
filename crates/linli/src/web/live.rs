//! Live pages of this process: how many there are, whose they are, and who has which case open. The streams themselves
//! belong to the capabilities.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use linli_engine::{
    Engine,
    cases::CaseKey,
    db::{DbError, Tx},
    edge,
    feed::Heads,
    ids::Jurisdiction,
    limits,
    presence::{self, Here},
};
use tokio::sync::{Notify, oneshot, watch};

/// The live pages of this process.
#[derive(Default)]
pub struct Hub {
    open: Mutex<Vec<Open>>,
    here: watch::Sender<Arc<Vec<Here>>>,
    stir: Notify,
}

/// A live page. Its stream ends when this is dropped.
struct Open {
    id: [u8; 16],
    session: [u8; 32],
    case: Option<CaseKey>,
    _end: oneshot::Sender<()>,
}

/// The place of one live page; gives it back when dropped.
pub struct Ticket {
    hub: Arc<Hub>,
    /// The page.
    pub id: [u8; 16],
    /// Ends when the page has to make room, or the program stops.
    pub ended: oneshot::Receiver<()>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.hub.lock().retain(|open| open.id != self.id);
        self.hub.stir();
    }
}

impl Hub {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a page of this session; the oldest page of the session makes room where it has too many. None when
    /// the process has no room.
    pub fn enter(self: &Arc<Self>, session: [u8; 32], case: Option<CaseKey>) -> Option<Ticket> {
        let (end, ended) = oneshot::channel();
        let id = edge::new_id();
        let mut open = self.lock();
        if open.len() >= limits::LIVE_STREAMS {
            return None;
        }
        if open.iter().filter(|o| o.session == session).count() >= limits::LIVE_PER_SESSION
            && let Some(oldest) = open.iter().position(|o| o.session == session)
        {
            open.remove(oldest);
        }
        open.push(Open { id, session, case, _end: end });
        drop(open);
        self.stir();
        Some(Ticket { hub: Arc::clone(self), id, ended })
    }

    /// How many pages are live.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// Ends all streams: the program stops.
    pub fn close(&self) {
        self.lock().clear();
    }

    /// Who has which case open changed here: look soon.
    pub fn stir(&self) {
        self.stir.notify_one();
    }

    /// Returns when somebody here came, went, or began to write since the last time.
    pub async fn stirred(&self) {
        self.stir.notified().await;
    }

    /// Who has which case open, of the streets whose cases are open here; wakes when that changes.
    pub fn here(&self) -> watch::Receiver<Arc<Vec<Here>>> {
        self.here.subscribe()
    }

    /// The streets of the cases that are open here.
    fn streets(&self) -> BTreeSet<Jurisdiction> {
        self.lock().iter().filter_map(|open| open.case.map(|case| case.jurisdiction)).collect()
    }

    /// Looks who has which case open, in this process and in the others. False when nobody here wants to know.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn look(&self, engine: &Engine) -> Result<bool, DbError> {
        let (streets, now) = (self.streets(), engine.clock.now());
        if streets.is_empty() {
            return Ok(false);
        }
        let read = move |tx: &mut Tx<'_>| {
            let mut all = Vec::new();
            for street in &streets {
                all.extend(presence::here(tx, *street, now)?);
            }
            Ok::<_, DbError>(all)
        };
        let all = engine.db.read(read).await?;
        self.here.send_if_modified(|known| {
            let changed = **known != all;
            if changed {
                *known = Arc::new(all);
            }
            changed
        });
        Ok(true)
    }
}

/// How far a page has followed the feed of each street, as it stands in an address: `990101001-12.990101002-4`.
pub fn cursor_text(heads: &Heads) -> String {
    heads.iter().map(|(street, n)| format!("{street}-{n}")).collect::<Vec<_>>().join(".")
}

/// Reads it; what cannot be read is left out.
pub fn cursor(text: &str) -> Heads {
    let one = |part: &str| {
        let (street, n) = part.split_once('-')?;
        Some((street.parse().ok()?, n.parse().ok()?))
    };
    text.split('.').filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_oldest_page_of_a_session_makes_room() {
        let hub = Arc::new(Hub::default());
        let other = hub.enter([2; 32], None).unwrap();
        let mut pages: Vec<Ticket> =
            (0..=limits::LIVE_PER_SESSION).map(|_| hub.enter([1; 32], None).unwrap()).collect();
        assert_eq!(hub.count(), limits::LIVE_PER_SESSION + 1);
        assert!(pages[0].ended.try_recv().is_err_and(|e| e == oneshot::error::TryRecvError::Closed));
        assert!(pages[1].ended.try_recv().is_err_and(|e| e == oneshot::error::TryRecvError::Empty));
        drop(pages);
        assert_eq!(hub.count(), 1);
        hub.close();
        assert_eq!(hub.count(), 0);
        drop(other);
    }

    #[test]
    fn a_process_has_so_much_room() {
        let hub = Arc::new(Hub::default());
        let all: Vec<Ticket> = (0..limits::LIVE_STREAMS)
            .map(|n| hub.enter(linli_engine::digest(&n.to_be_bytes()), None).unwrap())
            .collect();
        assert!(hub.enter([0; 32], None).is_none());
        drop(all);
        assert!(hub.enter([0; 32], None).is_some());
    }

    proptest! {
        #[test]
        fn a_cursor_reads_as_it_was_written(heads in prop::collection::btree_map(100_000_000..999_999_999_u32, any::<u64>(), 0..9)) {
            let heads: Heads = heads.into_iter().map(|(street, n)| (Jurisdiction(street), n)).collect();
            prop_assert_eq!(cursor(&cursor_text(&heads)), heads);
        }

        #[test]
        fn any_text_is_a_cursor(text in ".{0,40}") {
            cursor(&text);
        }
    }
}
