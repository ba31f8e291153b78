//! Delivery: the plugs that carry notices out, and the round that hands them over.

use std::{collections::BTreeMap, sync::Arc};

use linli_worktime::Millis;
use tokio::task::JoinSet;

use super::{Channel, Next, Outgoing, claim, failed, sent};
use crate::{
    cases::CaseKey,
    db::{Db, DbError, Tx},
    evidence::Witness,
    replies::Assistant,
    vault::Secret,
};

/// Notices delivered side by side in one round. All of them are over within a plug's time limit, well inside the lease.
const BATCH: usize = 16;

/// Carries notices out of the program.
pub trait Plug: Send + Sync {
    /// The channel that it serves.
    fn channel(&self) -> Channel;

    /// Hands a notice over; it may block, but must end well within `limits::LEASE_MS`. The same notice can come again
    /// under the same id.
    ///
    /// # Errors
    /// Why it was not taken, and whether trying again makes sense.
    fn deliver(&self, outgoing: &Outgoing) -> Result<(), DeliveryError>;
}

/// Why a notice was not delivered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// It may work later.
    #[error("{0}")]
    Retry(String),
    /// It will never work.
    #[error("refused: {0}")]
    Refuse(String),
}

/// The plugs that are configured, one a channel.
#[derive(Clone, Default)]
pub struct Plugs {
    by_channel: BTreeMap<Channel, Arc<dyn Plug>>,
    relay: Option<Arc<dyn Relay>>,
    witnesses: Arc<[Witness]>,
    assistant: Option<Arc<Assistant>>,
}

/// Connects two telephones without either seeing the other's number.
pub trait Relay: Send + Sync {
    /// Rings the seat, and then the number; it may block.
    ///
    /// # Errors
    /// Why the call was not set up.
    fn connect(&self, seat: &str, case: CaseKey, number: &Secret<String>) -> Result<(), DeliveryError>;
}

impl Plugs {
    /// Adds a plug, in place of an earlier one for its channel.
    #[must_use]
    pub fn with(mut self, plug: impl Plug + 'static) -> Self {
        self.by_channel.insert(plug.channel(), Arc::new(plug));
        self
    }

    /// With what connects telephones.
    #[must_use]
    pub fn with_relay(mut self, relay: impl Relay + 'static) -> Self {
        self.relay = Some(Arc::new(relay));
        self
    }

    /// What connects telephones, if anything does.
    pub fn relay(&self) -> Option<Arc<dyn Relay>> {
        self.relay.clone()
    }

    /// With those outside who countersign the log.
    #[must_use]
    pub fn with_witnesses(mut self, witnesses: Vec<Witness>) -> Self {
        self.witnesses = witnesses.into();
        self
    }

    /// Those outside who countersign the log.
    pub fn witnesses(&self) -> Arc<[Witness]> {
        Arc::clone(&self.witnesses)
    }

    /// With a language model that may be asked for drafts.
    #[must_use]
    pub fn with_assistant(mut self, assistant: Assistant) -> Self {
        self.assistant = Some(Arc::new(assistant));
        self
    }

    /// The language model that may be asked for drafts, if there is one.
    pub fn assistant(&self) -> Option<Arc<Assistant>> {
        self.assistant.clone()
    }

    /// Whether a notice on this channel reaches anybody. The screen needs no plug.
    pub fn has(&self, channel: Channel) -> bool {
        channel == Channel::Screen || self.by_channel.contains_key(&channel)
    }

    /// The ways out of the house to residents that have a plug.
    pub fn out(&self) -> Vec<Channel> {
        [Channel::Sms, Channel::Mail].into_iter().filter(|channel| self.has(*channel)).collect()
    }
}

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Delivered.
    pub sent: usize,
    /// To be tried again.
    pub waiting: usize,
    /// Given up.
    pub given_up: usize,
}

impl Counts {
    /// Notices handled; a round that handled some is followed by the next at once.
    pub fn all(self) -> usize {
        self.sent + self.waiting + self.given_up
    }
}

/// One round: claims what is due and delivers it. Each notice is noted as soon as its own delivery ends.
///
/// # Errors
/// When the database refuses; what was not noted is delivered again after the lease.
pub async fn run_once(db: &Db, plugs: &Plugs, worker: [u8; 16], now: Millis) -> Result<Counts, DbError> {
    let due = db.write(move |tx: &mut Tx<'_>| claim(tx, worker, now, BATCH)).await?;
    let mut under_way = JoinSet::new();
    for outgoing in due {
        let plug = plugs.by_channel.get(&outgoing.notice.channel).cloned();
        under_way.spawn(deliver(db.clone(), plug, outgoing, now));
    }
    let mut ends = Vec::new();
    while let Some(end) = under_way.join_next().await {
        ends.push(end.unwrap_or(Err(DbError::Panicked)));
    }
    let mut counts = Counts::default();
    for end in ends {
        match end? {
            None => counts.sent += 1,
            Some(Next::Retry(_)) => counts.waiting += 1,
            Some(Next::GivenUp) => counts.given_up += 1,
        }
    }
    Ok(counts)
}

/// Delivers one notice and notes how it went; `None` when it was taken.
async fn deliver(
    db: Db,
    plug: Option<Arc<dyn Plug>>,
    outgoing: Outgoing,
    now: Millis,
) -> Result<Option<Next>, DbError> {
    let outgoing = Arc::new(outgoing);
    let end = match plug {
        None => Err(DeliveryError::Refuse(format!("no plug for {} is configured", outgoing.notice.channel.slug()))),
        Some(plug) => {
            let outgoing = Arc::clone(&outgoing);
            let delivery = tokio::task::spawn_blocking(move || plug.deliver(&outgoing));
            delivery.await.unwrap_or_else(|_| Err(DeliveryError::Retry("the plug panicked".into())))
        }
    };
    db.write(move |tx: &mut Tx<'_>| match &end {
        Ok(()) => sent(tx, &outgoing).map(|()| None),
        Err(why) => failed(tx, &outgoing, why, now).map(Some),
    })
    .await
}
