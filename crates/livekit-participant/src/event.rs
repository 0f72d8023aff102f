//! What happens in the room, as owned values.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::data::{DtmfDigit, Message};
use crate::error::{EndReason, Loss};
use crate::queue::{Expendable, Queue};
use crate::rebase::StreamId;

/// Something that happened in the room, or to the connection to it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// The participant is in the room and media flows.
    Connected(Connected),
    /// The connection is disturbed and being restored. Sound may go on in the meantime.
    Reconnecting(Loss),
    /// It is over. Always the last event.
    Ended(EndReason),
    /// Somebody came, or was there before.
    ParticipantJoined(RemoteParticipant),
    /// Somebody's name, metadata or attributes changed.
    ParticipantChanged(RemoteParticipant),
    /// Somebody left.
    ParticipantLeft {
        /// Who left.
        identity: Arc<str>,
        /// The id that the server had given to this presence.
        sid: Arc<str>,
    },
    /// Somebody has a new track, whether it is subscribed to or not.
    TrackPublished(RemoteTrack),
    /// A track was muted or unmuted by its publisher or the server.
    TrackMuted {
        /// The track with its new state.
        track: RemoteTrack,
        /// The new state.
        is_muted: bool,
    },
    /// A track is gone.
    TrackUnpublished(RemoteTrack),
    /// A packet of sound from a track that is subscribed to.
    Audio(AudioPacket),
    /// Who speaks and how loud. Only changes are told: who is not named goes on as before.
    Speakers(Vec<Speaker>),
    /// A message from another participant or from the server.
    Data(Message),
    /// A key was pressed on a telephone.
    Dtmf {
        /// Whose telephone.
        identity: Arc<str>,
        /// Which key.
        digit: DtmfDigit,
    },
    /// One of our own tracks was muted or unmuted by the server.
    OwnTrackMuted {
        /// The [place](crate::LocalTrack::index) of the track.
        index: usize,
        /// The new state.
        is_muted: bool,
    },
    /// One of our own tracks was taken down by the server.
    OwnTrackUnpublished {
        /// The [place](crate::LocalTrack::index) of the track.
        index: usize,
    },
    /// The server refused something that was asked of it, for example to publish without the grant for it.
    Refused {
        /// What the server says.
        message: String,
    },
}

impl Expendable for Event {
    fn is_expendable(&self) -> bool {
        matches!(self, Self::Audio(_))
    }
}

/// How the participant came to be connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// For the first time.
    Joined,
    /// The same presence goes on: same ids, hardly a gap in the sound.
    Resumed,
    /// As a new presence under the same identity: own tracks have new ids, streams begin anew.
    Rejoined,
}

/// The participant's place in the room.
#[derive(Debug, Clone)]
pub struct Connected {
    /// How it came about.
    pub arrival: Arrival,
    /// The name of the room.
    pub room: Arc<str>,
    /// Our identity in the room, from the token.
    pub identity: Arc<str>,
    /// The id that the server gave to this presence.
    pub sid: Arc<str>,
    /// Whether media goes over TCP, because UDP did not get through.
    pub is_over_tcp: bool,
}

/// Another participant in the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteParticipant {
    /// The identity from the token; one presence per identity at a time.
    pub identity: Arc<str>,
    /// The id that the server gave to this presence.
    pub sid: Arc<str>,
    /// The name to show.
    pub name: String,
    /// What kind of participant it is.
    pub kind: ParticipantKind,
    /// Free text of the application.
    pub metadata: String,
    /// Attributes of the application, sorted by key. Telephones carry `sip.…` here.
    pub attributes: Vec<(String, String)>,
}

/// What kind of participant somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParticipantKind {
    /// A client like any other.
    Standard,
    /// A telephone.
    Sip,
    /// A program that takes part by the agents framework.
    Agent,
    /// A stream that comes in from outside.
    Ingress,
    /// A recorder of the server.
    Egress,
    /// Anything else.
    Other,
}

/// A track of another participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteTrack {
    /// Whose track it is.
    pub identity: Arc<str>,
    /// The id that the server gave to the track.
    pub sid: Arc<str>,
    /// The name that its publisher gave to it.
    pub name: String,
    /// Whether it is sound; only sound can be subscribed to here.
    pub is_audio: bool,
    /// What it comes from.
    pub source: TrackSource,
    /// Whether it is muted.
    pub is_muted: bool,
    /// Whether its payload is encrypted from end to end; such sound can be relayed, but not decoded.
    pub is_encrypted: bool,
}

/// What a track comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrackSource {
    /// A microphone, or what stands in for it.
    #[default]
    Microphone,
    /// The sound of a shared screen.
    ScreenShareAudio,
    /// Anything else.
    Other,
}

/// One Opus packet that was heard, with its place in time.
#[derive(Debug, Clone)]
pub struct AudioPacket {
    /// Whose sound it is.
    pub identity: Arc<str>,
    /// Which of their tracks.
    pub track_sid: Arc<str>,
    /// The run of packets it belongs to. A new one begins when the track is heard anew, for example after a full reconnect;
    /// numbers of different runs cannot be compared.
    pub stream: StreamId,
    /// The RTP sequence number, extended beyond 16 bits. A gap is a packet that was lost.
    pub sequence: u64,
    /// The RTP timestamp in samples at 48 kHz, extended beyond 32 bits. A gap without one in the sequence is silence that was
    /// not sent (DTX).
    pub timestamp: u64,
    /// When it arrived.
    pub received_at: Instant,
    /// The Opus packet (RFC 6716 §3).
    pub payload: Bytes,
}

/// Who speaks, and how loud.
#[derive(Debug, Clone, PartialEq)]
pub struct Speaker {
    /// Who.
    pub identity: Arc<str>,
    /// Loudness from 0.0 to 1.0, as the server measured it.
    pub level: f32,
    /// Whether they speak.
    pub is_active: bool,
}

/// The events of one participant, in their order.
///
/// The queue behind it is bounded. Whoever does not keep up loses the oldest sound first, then the oldest news;
/// [`dropped`](Self::dropped) says how much.
#[derive(Debug)]
pub struct Events {
    queue: Arc<Queue<Event>>,
}

impl Events {
    pub(crate) fn new(queue: Arc<Queue<Event>>) -> Self {
        Self { queue }
    }

    /// The next event; `None` after [`Event::Ended`]. Cancelling the wait loses nothing.
    pub async fn next(&mut self) -> Option<Event> {
        self.queue.next().await
    }

    /// The next event within a time; `None` when the time is over or nothing comes any more.
    pub async fn next_within(&mut self, limit: Duration) -> Option<Event> {
        tokio::time::timeout(limit, self.queue.next()).await.ok().flatten()
    }

    /// How many events were lost because they were not taken in time.
    pub fn dropped(&self) -> u64 {
        self.queue.dropped()
    }
}
