//! Taking part in a room: the server as one of those who speak and hear there.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use livekit_participant::ogg::Clip;
use tokio::sync::mpsc;

use super::bridging::{Bridge, BridgeEnds};
use super::listening::RoomEar;

/// Gives a token for the room and the identity to take part with. It is asked again when an older one is good no more.
pub type Tokens =
    Arc<dyn Fn() -> BoxFuture<'static, Result<String, Box<dyn Error + Send + Sync>>> + Send + Sync + 'static>;

/// Rooms that one can take part in.
#[async_trait]
pub trait Participation: Send + Sync {
    /// Joins a room, and gets back into it by itself after losses, until the voice leaves or is dropped.
    async fn join(&self, tokens: Tokens) -> Result<Presence, ParticipationError>;
    /// Joins a room to be heard there by some alone, and hears nobody; gets back into it by itself like anybody.
    async fn broadcast(&self, tokens: Tokens, broadcast: Broadcast) -> Result<Stage, ParticipationError>;
    /// Joins a call's room and the room of a phone, to carry voices between them; gets back into both like anybody.
    async fn bridge(&self, ends: BridgeEnds) -> Result<Box<dyn Bridge>, ParticipationError>;
    /// Begins to listen in a room without being heard, and gets back into it by itself after losses, until the ear leaves
    /// or is dropped.
    async fn listen(&self, tokens: Tokens) -> Result<Box<dyn RoomEar>, ParticipationError>;
}

/// Somebody in a room.
pub struct Presence {
    /// What they are heard by.
    pub voice: Box<dyn Voice>,
    /// What they hear by.
    pub ear: Box<dyn Ear>,
}

/// What is played to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// What those who hear it call it.
    pub name: &'static str,
    /// Whether it has two channels.
    pub is_stereo: bool,
    /// The identities of those who may hear it. Nobody else does, whatever they ask the media server for.
    pub hearers: Vec<String>,
}

/// Somebody in a room who is heard by some, and hears nobody.
pub struct Stage {
    /// What they are heard by.
    pub speaker: Box<dyn Speaker>,
    /// What they notice of others by: who is there, with which microphone; never a sound.
    pub ear: Box<dyn Ear>,
}

/// What is played by. While nothing plays nothing is sent.
#[async_trait]
pub trait Speaker: Send + Sync {
    /// Plays packets of Opus, each when it is due and not asked for before, and returns when the last one has had its time.
    /// Cancelling it stops at once.
    async fn play(&mut self, packets: &mut Packets<'_>) -> Result<(), ParticipationError>;
    /// The same for packets that are not there yet, until there will be no more of them.
    async fn play_as_they_come(&mut self, packets: &mut mpsc::Receiver<Bytes>) -> Result<(), ParticipationError>;
    /// Waits until somebody would hear what is played, or the time is over; tells which.
    async fn wait_until_heard(&self, limit: Duration) -> bool;
    /// Leaves the room, and returns when nothing is left of it.
    async fn leave(self: Box<Self>);
}

/// Packets of Opus.
pub type Packets<'p> = dyn Iterator<Item = Bytes> + Send + 'p;

/// What somebody is heard by. While it plays, others receive packets, also of silence: it is an open microphone.
#[async_trait]
pub trait Voice: Send {
    /// Says something, and returns when it is said. Cancelling it stops in mid-word.
    async fn say(&mut self, clip: &Clip) -> Result<(), ParticipationError>;
    /// Is quiet for a while.
    async fn be_quiet(&mut self, span: Duration) -> Result<(), ParticipationError>;
    /// Leaves the room, and returns when nothing is left of it.
    async fn leave(self: Box<Self>);
}

/// What somebody hears by.
#[async_trait]
pub trait Ear: Send {
    /// What is noticed next; nothing when the participation is over. Cancelling the wait loses nothing.
    async fn next(&mut self) -> Option<Noticed>;
}

/// What an ear notices of somebody, by their identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noticed {
    /// A packet of their sound arrived.
    Sound(Arc<str>),
    /// Their microphone is open.
    NotMuted(Arc<str>),
    /// They are there with a closed microphone.
    Muted(Arc<str>),
    /// They have no microphone any more, or are gone.
    Gone(Arc<str>),
}

/// Why somebody does not take part, or not any more.
#[derive(Debug, thiserror::Error)]
pub enum ParticipationError {
    /// They did not get in.
    #[error("could not join the room")]
    Join(#[source] Box<dyn Error + Send + Sync>),
    /// They were in, and are no more.
    #[error("the participation has ended")]
    Ended,
}
