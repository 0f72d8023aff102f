//! What is heard of one speaker, on its way to whoever uses it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use baton_domain::ids::{CallId, LegId};
use baton_domain::seat::{Party, RoomName};
use baton_domain::time::Timestamp;
use bytes::Bytes;
use livekit_participant::queue::{Expendable, Queue};

/// How much may wait for a slow user: ten seconds of sound. Then the oldest sound is forgotten.
const WAITING: usize = 500;

/// What sound is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// It becomes text.
    Transcribe,
    /// It is kept.
    Record,
}

/// Whose sound it is, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// In which call.
    pub call: CallId,
    /// In which room of it. What is heard in a consult room is for the two agents alone.
    pub room: RoomName,
    /// Whose.
    pub leg: LegId,
    /// Who that is.
    pub party: Party,
    /// When the first packet was spoken: position 0.
    pub started_at: Timestamp,
}

/// What is heard of one speaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A packet.
    Packet(HeardPacket),
    /// From here on nothing may be used, until the next packet.
    Stopped {
        /// Since when.
        at: Timestamp,
    },
}

/// A packet of a speaker, with its place in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeardPacket {
    /// When its first sample was spoken.
    pub at: Timestamp,
    /// The same in samples at 48 kHz since the source's `started_at`: exact, rising, and in step with other speakers. What
    /// lies between the end of one packet and the position of the next was lost, or is silence that was not sent.
    pub position: u64,
    /// How long it lasts, in samples at 48 kHz.
    pub duration: u32,
    /// The Opus packet.
    pub payload: Bytes,
}

impl Expendable for Heard {
    fn is_expendable(&self) -> bool {
        matches!(self, Self::Packet(_))
    }
}

/// What is heard of one speaker in one room, for one purpose, from their first packet to the end of their seat there.
/// Dropping it means that no more is wanted; dropped by a panic, it is offered once more after a while.
#[derive(Debug)]
pub struct LegStream {
    source: Source,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    queue: Queue<Heard>,
    user: AtomicU8,
}

const LISTENS: u8 = 0;
const LEFT: u8 = 1;
const BROKE: u8 = 2;

impl LegStream {
    /// Whose sound it is.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// What is heard next; nothing when they have left, or may not be listened to any more. Cancelling the wait loses
    /// nothing.
    pub async fn next(&mut self) -> Option<Heard> {
        self.shared.queue.next().await
    }

    /// How many packets were forgotten because they were not taken in time.
    pub fn dropped(&self) -> u64 {
        self.shared.queue.dropped()
    }

    /// Whether nothing more comes than what waits already.
    pub fn is_over(&self) -> bool {
        self.shared.queue.is_closed()
    }
}

impl Drop for LegStream {
    fn drop(&mut self) {
        self.shared.queue.close();
        let how = if std::thread::panicking() { BROKE } else { LEFT };
        self.shared.user.store(how, Ordering::Release);
    }
}

/// The end at which sound is put in. Dropping it ends the stream, when what waits in it has been taken.
#[derive(Debug)]
pub(super) struct Sender(Arc<Shared>);

/// What became of the user of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum User {
    /// They listen.
    Listens,
    /// They want no more.
    Left,
    /// They broke off.
    Broke,
}

impl Sender {
    pub(super) fn send(&self, heard: Heard) {
        self.0.queue.push(heard);
    }

    pub(super) fn user(&self) -> User {
        match self.0.user.load(Ordering::Acquire) {
            LEFT => User::Left,
            BROKE => User::Broke,
            _ => User::Listens,
        }
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.0.queue.close();
    }
}

/// A stream and the end at which sound is put in.
pub(super) fn stream(source: Source) -> (Sender, LegStream) {
    let shared = Arc::new(Shared { queue: Queue::new(WAITING), user: AtomicU8::new(LISTENS) });
    (Sender(shared.clone()), LegStream { source, shared })
}
