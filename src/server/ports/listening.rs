//! Listening in a room: the server as somebody who hears everybody, and whom nobody hears or sees.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

/// An ear in a room.
#[async_trait]
pub trait RoomEar: Send {
    /// What is heard next; nothing when it is over. Cancelling the wait loses nothing.
    async fn next(&mut self) -> Option<RoomSound>;
    /// Leaves the room, and returns when nothing is left of it.
    async fn leave(self: Box<Self>);
}

/// What an ear hears of somebody, by their identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomSound {
    /// A packet of their sound.
    Packet(RoomPacket),
    /// They have muted themselves, or have been, or are so no more.
    Muted {
        /// Who.
        identity: Arc<str>,
        /// Whether they are muted now.
        is_muted: bool,
    },
    /// There is no sound of theirs any more.
    Gone(Arc<str>),
}

/// A packet of somebody's sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomPacket {
    /// Whose.
    pub identity: Arc<str>,
    /// The run of packets it belongs to: numbers of different runs cannot be compared.
    pub run: u64,
    /// Counts packets. A gap is one that was lost.
    pub sequence: u64,
    /// In samples at 48 kHz. A gap without one in the sequence is silence that was not sent.
    pub timestamp: u64,
    /// How long it lasts, in samples at 48 kHz.
    pub duration: u32,
    /// How long ago it arrived.
    pub age: Duration,
    /// Whether its sender found a voice in it, where they say so.
    pub voice: Option<bool>,
    /// The Opus packet.
    pub payload: Bytes,
}
