//! The ears: what is heard in calls, for those who make text or recordings of it, as far as line and caller allow it.
//!
//! A listener ([`crate::server::media`]) sits in each room that is listened to and puts in what it hears. Whoever uses it
//! [subscribes](Ears::subscribe) for one purpose, and is handed a [`LegStream`] for each speaker. What may not be used for
//! that purpose at this very moment never gets into a stream: the rules are asked again as a call changes, in the same breath
//! as the change is stored, and under the same lock as packets pass. Users are bounded queues, so that one who is slow, or
//! panics, holds up nobody.

mod room;
pub mod speech;
mod stream;
mod timeline;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use baton_domain::call::Call;
use baton_domain::ids::CallId;
use baton_domain::seat::RoomName;
use baton_domain::time::Timestamp;
use tokio::sync::mpsc;

use super::ports::listening::RoomSound;
use room::Room;
pub use stream::{Heard, HeardPacket, LegStream, Purpose, Source};

/// What is heard in calls.
#[derive(Clone, Debug, Default)]
pub struct Ears(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    rooms: Mutex<HashMap<RoomName, SharedRoom>>,
    subscribers: RwLock<Subscribers>,
    /// How many have ever subscribed.
    subscribed: AtomicU64,
}

type SharedRoom = Arc<Mutex<Room>>;
type Subscribers = Vec<Subscriber>;

/// Somebody who uses what is heard.
#[derive(Debug)]
struct Subscriber {
    number: u64,
    purpose: Purpose,
    streams: mpsc::UnboundedSender<LegStream>,
}

impl Subscriber {
    fn offer(&self, stream: LegStream) {
        // Whoever is gone misses nothing.
        let _ = self.streams.send(stream);
    }
}

/// A stream for each speaker who may be used for one purpose. Dropping it ends them all.
#[derive(Debug)]
pub struct Subscription {
    number: u64,
    streams: mpsc::UnboundedReceiver<LegStream>,
    ears: Ears,
}

impl Subscription {
    /// The next speaker; nothing only when the desk ends. Cancelling the wait loses nothing.
    pub async fn next(&mut self) -> Option<LegStream> {
        self.streams.recv().await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.ears.subscribers_mut().retain(|subscriber| subscriber.number != self.number);
    }
}

impl Ears {
    /// Every speaker who may be used for `purpose`, from their next packet on.
    pub fn subscribe(&self, purpose: Purpose) -> Subscription {
        let (streams, received) = mpsc::unbounded_channel();
        let number = self.0.subscribed.fetch_add(1, Ordering::Relaxed);
        self.subscribers_mut().push(Subscriber { number, purpose, streams });
        Subscription { number, streams: received, ears: self.clone() }
    }

    /// A call has changed: from here on what it allows now is what counts. An older version than one that was seen already
    /// says nothing.
    pub fn follow(&self, call: &Call, now: Timestamp) {
        let rooms: Vec<SharedRoom> = lock(&self.0.rooms).values().cloned().collect();
        for room in rooms {
            let mut room = lock(&room);
            if room.call == call.id {
                room.follow(call, now);
            }
        }
    }

    /// A room that is listened to from now on. Until [`Ears::follow`] has told of its call, nothing in it may be used.
    pub fn enter(&self, call: CallId, name: RoomName, now: Timestamp) -> RoomFeed {
        let room = Arc::new(Mutex::new(Room::new(call, name, now)));
        lock(&self.0.rooms).insert(name, room.clone());
        RoomFeed { name, room, ears: self.clone() }
    }

    fn subscribers_mut(&self) -> std::sync::RwLockWriteGuard<'_, Subscribers> {
        self.0.subscribers.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a listener puts in what it hears. Dropping it ends the room's streams.
#[derive(Debug)]
pub struct RoomFeed {
    name: RoomName,
    room: SharedRoom,
    ears: Ears,
}

impl RoomFeed {
    /// Something was heard.
    pub fn hear(&self, sound: &RoomSound, now: Timestamp) {
        let subscribers = self.ears.0.subscribers.read().unwrap_or_else(PoisonError::into_inner);
        lock(&self.room).hear(sound, &subscribers, now);
    }
}

impl Drop for RoomFeed {
    fn drop(&mut self) {
        let mut rooms = lock(&self.ears.0.rooms);
        // A listener that came after a broken one has the room by now.
        if rooms.get(&self.name).is_some_and(|room| Arc::ptr_eq(room, &self.room)) {
            rooms.remove(&self.name);
        }
    }
}

/// What panicked elsewhere left whole values behind: nothing is changed halfway under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
