//! What the participant's handles and its session share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::oneshot;

use crate::data::Delivery;
use crate::error::SendError;
use crate::event::Event;
use crate::local_track::Outgoing;
use crate::options::{Audience, PublishOptions, Subscribe};
use crate::queue::Queue;
use crate::session::own_tracks::Waiting;

/// What can be asked of a running session.
#[derive(Debug)]
pub(crate) enum Command {
    /// Mutes or unmutes the track at this place.
    Mute(usize, bool),
    /// Publishes one more track, and tells how that went.
    Publish(PublishOptions, Waiting),
    /// Publishes the track at this place no longer.
    Unpublish(usize),
    /// Says who may hear the track at this place.
    Audience(usize, Audience),
    /// Subscribes to other audio than before.
    Subscribe(Subscribe),
    /// Sends a data packet, and tells how it went.
    Data(Delivery, Vec<u8>, oneshot::Sender<Result<(), SendError>>),
}

/// Queues and counters between the handles and the session.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) events: Arc<Queue<Event>>,
    pub(crate) outbox: Arc<Queue<Outgoing>>,
    pub(crate) counters: Arc<Counters>,
}

impl Drop for Shared {
    // The session has ended, however it did: nobody waits for it any longer.
    fn drop(&mut self) {
        self.outbox.close();
        self.outbox.clear();
        self.events.close();
    }
}

/// Counts what passes through.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) sent: AtomicU64,
    pub(crate) unsent: AtomicU64,
    pub(crate) received: AtomicU64,
}

/// What has passed through a participant so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Audio packets that were sent.
    pub packets_sent: u64,
    /// Audio packets that were handed over and not sent: muted, not connected, or too late.
    pub packets_unsent: u64,
    /// Audio packets that were received.
    pub packets_received: u64,
    /// Events that were not taken in time and lost.
    pub events_dropped: u64,
}

impl Counters {
    pub(crate) fn read(&self, events_dropped: u64, outbox_dropped: u64) -> Metrics {
        Metrics {
            packets_sent: self.sent.load(Ordering::Relaxed),
            packets_unsent: self.unsent.load(Ordering::Relaxed) + outbox_dropped,
            packets_received: self.received.load(Ordering::Relaxed),
            events_dropped,
        }
    }
}

/// Adds one to a counter.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
