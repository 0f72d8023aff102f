//! The media server: rooms, who is in them, and what they may do there.

use std::time::Duration;

use async_trait::async_trait;

/// How long a token can be used to connect; LiveKit renews it for whoever is connected.
pub const TOKEN_TTL: Duration = Duration::from_secs(120);

/// Rooms and participants. Every method is safe to call twice.
#[async_trait]
pub trait MediaServer: Send + Sync {
    /// Makes sure that a room exists, and says on it whose it is.
    async fn create_room(&self, room: &str, owner: &str) -> Result<(), MediaServerError>;
    /// Makes sure that a room does not exist, and that nobody is in it.
    async fn delete_room(&self, room: &str) -> Result<(), MediaServerError>;
    /// All rooms, whoever made them.
    async fn rooms(&self) -> Result<Vec<Room>, MediaServerError>;
    /// Everybody in a room; nobody when there is no such room.
    async fn participants(&self, room: &str) -> Result<Vec<Participant>, MediaServerError>;
    /// Mutes a track at the server, at once; unmuting is always the owner's.
    async fn mute(&self, room: &str, identity: &str, track_sid: &str) -> Result<(), MediaServerError>;
    /// Says what a participant may do from now on.
    async fn permit(&self, room: &str, identity: &str, permission: Permission) -> Result<(), MediaServerError>;
    /// Puts a participant out.
    async fn remove(&self, room: &str, identity: &str) -> Result<(), MediaServerError>;
    /// A token for one room and one identity.
    fn token(&self, grant: &Grant<'_>) -> Result<String, MediaServerError>;
    /// A token to hear one room by, seen by nobody there and without a voice.
    fn hidden_token(&self, room: &str, identity: &str, ttl: Duration) -> Result<String, MediaServerError>;
}

/// A room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Its name.
    pub name: String,
    /// Whose it is, as whoever made it has said.
    pub owner: Option<String>,
}

/// Somebody in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// The leg's id.
    pub identity: String,
    /// This connection.
    pub sid: String,
    /// What they may do.
    pub permission: Permission,
    /// What they publish.
    pub tracks: Vec<Track>,
    /// What they are there with, if it is a telephone that the media server has brought in.
    pub telephone: Option<Telephone>,
}

/// A telephone in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telephone {
    /// Whether somebody can talk there: it may be in the room while it still rings.
    pub is_answered: bool,
    /// Its number, where the line tells it.
    pub number: Option<String>,
}

/// A published track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Its id.
    pub sid: String,
    /// Whether it is muted.
    pub muted: bool,
}

/// What a participant may do in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Publish a microphone.
    pub publish: bool,
    /// Receive anything.
    pub subscribe: bool,
}

/// What a token is for.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// One room.
    pub room: &'a str,
    /// One leg.
    pub identity: &'a str,
    /// The name others see.
    pub name: &'a str,
    /// What they may do there.
    pub permission: Permission,
    /// How long it can be used to connect.
    pub ttl: Duration,
}

/// Why the media server did not do it.
#[derive(Debug, thiserror::Error)]
pub enum MediaServerError {
    /// It did not answer, or not in time.
    #[error("the media server cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It answered with a refusal.
    #[error("the media server refused")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A token could not be made.
    #[error("could not make a token")]
    Token(#[source] Box<dyn std::error::Error + Send + Sync>),
}
