//! What can go wrong, by operation.

use std::io;

use thiserror::Error;

/// Why a participant did not get into the room.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum JoinError {
    /// The address of the server is not `ws://`, `wss://`, `http://` or `https://` with a host.
    #[error("the server's address is not a LiveKit URL")]
    Address,
    /// No token could be had.
    #[error("no token could be had")]
    Token(#[source] TokenError),
    /// A certificate to be trusted besides the usual ones cannot be read.
    #[error("an extra root certificate cannot be used")]
    Certificate,
    /// The server could not be reached.
    #[error("the signalling connection failed")]
    Signal(#[from] SignalError),
    /// The server was reached and said no, for example because the token is not good.
    #[error("the server refused with status {status}: {message}")]
    Refused {
        /// The HTTP status. 401: the token is not good; 404: the server is older than the single peer connection.
        status: u16,
        /// What the server says, shortened.
        message: String,
    },
    /// The server took the participant in and sent it away again.
    #[error("the server ended the connection")]
    Ended(#[source] EndReason),
    /// The media session could not be set up.
    #[error("the media session could not be set up")]
    Media(#[from] MediaError),
    /// Media did not flow in time.
    #[error("not connected within the time limit")]
    TimedOut,
    /// The runtime ended, or the attempt was dropped.
    #[error("the attempt to join was given up")]
    Cancelled,
}

/// No token could be had; whoever supplies tokens says why.
#[derive(Debug, Error)]
#[error("the token source failed: {0}")]
pub struct TokenError(String);

impl TokenError {
    /// A failure with its reason. Do not put a token into it: it is logged.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// What went wrong on the signalling connection.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SignalError {
    /// The WebSocket failed.
    #[error("the WebSocket failed")]
    Socket(#[source] Box<tokio_tungstenite::tungstenite::Error>),
    /// No connection within the time limit.
    #[error("no connection within the time limit")]
    TimedOut,
    /// The server answers no more.
    #[error("the server answers no more")]
    Silent,
    /// The server closed the connection.
    #[error("the server closed the connection")]
    Closed,
    /// The server sent something that is not of the protocol.
    #[error("the server sent a message that cannot be read")]
    Unreadable(#[source] prost::DecodeError),
    /// Too much waits to be sent.
    #[error("the connection does not take messages in time")]
    Stuck,
}

/// What went wrong in the media session.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MediaError {
    /// No socket for media could be opened.
    #[error("no socket for media could be opened")]
    Socket(#[source] io::Error),
    /// The media session failed.
    #[error("the media session failed")]
    Session(#[source] Box<str0m::RtcError>),
    /// A candidate address cannot be used.
    #[error("a candidate address cannot be used")]
    Candidate(#[source] str0m::error::IceError),
    /// The server's description of the session cannot be read.
    #[error("the server's session description cannot be read")]
    Description,
    /// There was nothing to offer to the server.
    #[error("there was nothing to offer to the server")]
    EmptyOffer,
    /// The server closed the media session without saying why.
    #[error("the server closed the media session")]
    Closed,
    /// The server did not answer an offer in time.
    #[error("the server did not answer an offer in time")]
    Unanswered,
}

impl From<str0m::RtcError> for MediaError {
    fn from(error: str0m::RtcError) -> Self {
        Self::Session(Box::new(error))
    }
}

/// Why a running participant sent nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SendError {
    /// The participant has ended.
    #[error("the participant has ended")]
    Ended,
    /// Data was not asked for when joining.
    #[error("data channels were not asked for when joining")]
    NoDataChannel,
    /// The connection is being restored.
    #[error("not connected at the moment")]
    NotConnected,
    /// The message is larger than the server takes.
    #[error("the message is too large")]
    TooLarge,
    /// More waits than the connection takes.
    #[error("too much waits to be sent")]
    Full,
}

/// Why a track was not published.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PublishError {
    /// The participant has ended.
    #[error("the participant has ended")]
    Ended,
    /// The server does not let us publish it.
    #[error("the server does not take the track: {message}")]
    Refused {
        /// What the server says.
        message: String,
    },
    /// It did not come about in time, for example because the connection is being restored.
    #[error("the track was not published in time")]
    TimedOut,
}

/// Why the connection had to be restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Loss {
    /// The signalling connection broke.
    Signal,
    /// Nothing arrived on the media path for some seconds.
    MediaSilent,
    /// ICE or DTLS gave the media path up.
    MediaFailed,
    /// The server did not answer an offer.
    Unanswered,
    /// The server asked for it.
    ServerAsked,
}

/// Why a participant is no longer in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EndReason {
    /// We left.
    #[error("we left")]
    Left,
    /// The same identity joined somewhere else.
    #[error("the same identity joined somewhere else")]
    DuplicateIdentity,
    /// The server removed the participant.
    #[error("the server removed the participant")]
    Removed,
    /// The room was closed or deleted.
    #[error("the room was closed")]
    RoomClosed,
    /// The server shuts down and does not want us back.
    #[error("the server shuts down")]
    ServerShutdown,
    /// The server ended it for another reason, by its number in LiveKit's `DisconnectReason`.
    #[error("the server ended it (reason {0})")]
    Server(i32),
    /// The connection could not be restored in time.
    #[error("the connection could not be restored in time")]
    Lost,
    /// The token is no longer accepted, and no other could be had.
    #[error("the token is no longer accepted")]
    Unauthorized,
}
