//! What a room reports, as owned data.

pub(crate) mod translate;

use futures_channel::mpsc;
use wasm_bindgen::JsValue;

use crate::room::ConnectionState;
use crate::sys;
use crate::track::{TrackKind, TrackSource};

/// A room's events in the order in which they happened. It is a `Stream`, and ends when the room is dropped.
///
/// Between `Reconnecting` and `Reconnected` the SDK keeps back what happens to others and reports it afterwards.
pub type RoomEvents = mpsc::UnboundedReceiver<RoomEvent>;

/// Something that happened in a room.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RoomEvent {
    /// The room was joined.
    Connected,
    /// Signalling and media are being established anew; the others still see this participant for a while.
    Reconnecting,
    /// Only signalling broke; media goes on.
    SignalReconnecting,
    /// Back after `Reconnecting` or `SignalReconnecting`.
    Reconnected,
    /// The connection changed its state, whatever the reason.
    ConnectionStateChanged(ConnectionState),
    /// The room was left for good: the SDK does not reconnect from here.
    Disconnected {
        /// Why.
        reason: DisconnectReason,
    },
    /// Somebody joined. Those who were there before are in [`Room::remote_participants`](crate::room::Room::remote_participants).
    ///
    /// Whoever publishes nothing is reported up to 3 s late, or never if gone by then: the server gathers such news. A
    /// second connection of the same identity is no news at all; only its tracks and the participant's sid change.
    ParticipantConnected(ParticipantInfo),
    /// Somebody left.
    ParticipantDisconnected(ParticipantInfo),
    /// Somebody else's track can now be subscribed to.
    TrackPublished(TrackInfo),
    /// Somebody else's track is gone.
    TrackUnpublished(TrackInfo),
    /// Somebody else's track arrives here: [`Room::remote_audio`](crate::room::Room::remote_audio) has it.
    TrackSubscribed(TrackInfo),
    /// Somebody else's track does not arrive any more.
    TrackUnsubscribed(TrackInfo),
    /// Somebody else's track could not be subscribed to.
    TrackSubscriptionFailed {
        /// Who publishes it.
        identity: String,
        /// Which track.
        track_sid: String,
    },
    /// A track was muted, also by the server, also one's own.
    TrackMuted(TrackInfo),
    /// A track was unmuted.
    TrackUnmuted(TrackInfo),
    /// One's own track is published.
    LocalTrackPublished(TrackInfo),
    /// One's own track is no longer published.
    LocalTrackUnpublished(TrackInfo),
    /// Somebody else is the first to receive one's own track.
    LocalTrackSubscribed(TrackInfo),
    /// Who speaks at this moment, the loudest first.
    ActiveSpeakers(Vec<Speaker>),
    /// The quality of somebody's connection, one's own included, changed.
    ConnectionQuality {
        /// Whose.
        identity: String,
        /// Whether it is one's own.
        local: bool,
        /// The new quality.
        quality: ConnectionQuality,
    },
    /// The server changed what somebody may do.
    PermissionsChanged {
        /// Whose permissions.
        identity: String,
        /// Whether they are one's own.
        local: bool,
        /// Whether they may publish now.
        can_publish: bool,
        /// Whether they may subscribe now.
        can_subscribe: bool,
    },
    /// Whether the browser plays the room's sound; if not, a click must call [`Room::start_audio`](crate::room::Room::start_audio).
    AudioPlaybackChanged {
        /// Whether sound is played.
        can_playback: bool,
    },
    /// A device was plugged in or taken away.
    MediaDevicesChanged,
    /// The SDK could not use a device.
    MediaDevicesError {
        /// The browser's words.
        message: String,
    },
}

/// Who somebody in a room is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParticipantInfo {
    /// The identity in the token.
    pub identity: String,
    /// The id of this one connection, given by the server.
    pub sid: String,
    /// The display name in the token.
    pub name: String,
}

/// A publication, as it was when this value was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackInfo {
    /// The identity of the publisher.
    pub identity: String,
    /// Whether the publisher is oneself.
    pub local: bool,
    /// The publication's id, given by the server.
    pub track_sid: String,
    /// The name given when publishing.
    pub name: String,
    /// Sound or picture.
    pub kind: TrackKind,
    /// Where it comes from.
    pub source: TrackSource,
    /// Whether it is muted.
    pub muted: bool,
    /// Whether it arrives here; always true for one's own.
    pub subscribed: bool,
}

/// Somebody who speaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Speaker {
    /// Who.
    pub identity: String,
    /// How loud, from 0 to 1.
    pub level: f64,
}

/// How good a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ConnectionQuality {
    Excellent,
    Good,
    Poor,
    Lost,
    Unknown,
}

/// Why a room was left; LiveKit's protocol numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// This page left.
    ClientInitiated,
    /// The same identity joined from elsewhere.
    DuplicateIdentity,
    /// The server is shutting down.
    ServerShutdown,
    /// The server removed this participant.
    ParticipantRemoved,
    /// The room was deleted.
    RoomDeleted,
    /// The server did not know this connection any more.
    StateMismatch,
    /// Joining failed.
    JoinFailure,
    /// The connection moves to another server.
    Migration,
    /// Signalling was closed and did not come back.
    SignalClose,
    /// Everybody left.
    RoomClosed,
    /// A phone could not be reached.
    UserUnavailable,
    /// A phone refused.
    UserRejected,
    /// A phone trunk failed.
    SipTrunkFailure,
    /// The server gave up on this connection.
    ConnectionTimeout,
    /// Media failed.
    MediaFailure,
    /// An assistant failed.
    AgentError,
    /// No reason, or one this version does not know.
    Unknown,
}

impl DisconnectReason {
    pub(crate) fn from_code(code: Option<i32>) -> Self {
        match code {
            Some(1) => Self::ClientInitiated,
            Some(2) => Self::DuplicateIdentity,
            Some(3) => Self::ServerShutdown,
            Some(4) => Self::ParticipantRemoved,
            Some(5) => Self::RoomDeleted,
            Some(6) => Self::StateMismatch,
            Some(7) => Self::JoinFailure,
            Some(8) => Self::Migration,
            Some(9) => Self::SignalClose,
            Some(10) => Self::RoomClosed,
            Some(11) => Self::UserUnavailable,
            Some(12) => Self::UserRejected,
            Some(13) => Self::SipTrunkFailure,
            Some(14) => Self::ConnectionTimeout,
            Some(15) => Self::MediaFailure,
            Some(16) => Self::AgentError,
            _ => Self::Unknown,
        }
    }

    /// Whether somebody meant this connection to end, so that joining again by itself would be wrong.
    pub fn is_deliberate(self) -> bool {
        matches!(self, Self::ClientInitiated | Self::DuplicateIdentity | Self::ParticipantRemoved | Self::RoomDeleted)
    }
}

impl ConnectionQuality {
    fn from_js(value: &JsValue) -> Self {
        match value.as_string().as_deref() {
            Some("excellent") => Self::Excellent,
            Some("good") => Self::Good,
            Some("poor") => Self::Poor,
            Some("lost") => Self::Lost,
            _ => Self::Unknown,
        }
    }
}

impl ParticipantInfo {
    pub(crate) fn read(participant: &sys::Participant) -> Self {
        Self {
            identity: participant.identity().unwrap_or_default(),
            sid: participant.sid().unwrap_or_default(),
            name: participant.name().unwrap_or_default(),
        }
    }
}

impl TrackInfo {
    pub(crate) fn read(publication: &sys::TrackPublication, participant: &sys::Participant) -> Self {
        Self {
            identity: participant.identity().unwrap_or_default(),
            local: participant.is_local(),
            track_sid: publication.track_sid().unwrap_or_default(),
            name: publication.track_name().unwrap_or_default(),
            kind: TrackKind::from_sdk(publication.kind().as_deref()),
            source: TrackSource::from_sdk(publication.source().as_deref()),
            muted: publication.is_muted(),
            subscribed: publication.is_subscribed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_from_a_newer_server_is_unknown() {
        assert_eq!(DisconnectReason::from_code(Some(2)), DisconnectReason::DuplicateIdentity);
        assert_eq!(DisconnectReason::from_code(Some(99)), DisconnectReason::Unknown);
        assert_eq!(DisconnectReason::from_code(None), DisconnectReason::Unknown);
    }

    #[test]
    fn only_a_meant_end_is_deliberate() {
        assert!(DisconnectReason::DuplicateIdentity.is_deliberate());
        assert!(!DisconnectReason::SignalClose.is_deliberate());
        assert!(!DisconnectReason::Unknown.is_deliberate());
    }
}
