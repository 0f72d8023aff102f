//! How to join a room.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::event::TrackSource;
use crate::token::{TokenSource, Tokens};

/// How to join a room, and what to do there.
///
/// ```
/// use livekit_participant::{JoinOptions, PublishOptions, Subscribe};
///
/// let options = JoinOptions::new("wss://livekit.example", String::from("a token"))
///     .publish(PublishOptions::new("music"))
///     .subscribe(Subscribe::AllAudio);
/// ```
#[derive(Clone)]
pub struct JoinOptions {
    pub(crate) url: String,
    pub(crate) tokens: Tokens,
    pub(crate) publish: Vec<PublishOptions>,
    pub(crate) subscribe: Subscribe,
    pub(crate) has_data: bool,
    pub(crate) transport: MediaTransport,
    pub(crate) bind: Option<IpAddr>,
    pub(crate) connect_limit: Duration,
    pub(crate) restore_limit: Duration,
    pub(crate) event_capacity: usize,
    pub(crate) root_certificates: Vec<Vec<u8>>,
}

impl JoinOptions {
    /// Joins the room that the token names, at a server such as `wss://livekit.example`. Without more it neither publishes nor
    /// subscribes. A fixed token is enough for a participant that stays shorter than the token is good for, or that the server
    /// is never lost to; otherwise give a [`TokenSource`].
    pub fn new(url: impl Into<String>, tokens: impl TokenSource) -> Self {
        Self {
            url: url.into(),
            tokens: Tokens::new(Arc::new(tokens)),
            publish: Vec::new(),
            subscribe: Subscribe::Nothing,
            has_data: false,
            transport: MediaTransport::default(),
            bind: None,
            connect_limit: Duration::from_secs(15),
            restore_limit: Duration::from_secs(60),
            event_capacity: 1024,
            root_certificates: Vec::new(),
        }
    }

    /// Publishes one more audio track. It is announced while joining, so no time is lost.
    #[must_use]
    pub fn publish(mut self, track: PublishOptions) -> Self {
        self.publish.push(track);
        self
    }

    /// Says which audio to subscribe to.
    #[must_use]
    pub fn subscribe(mut self, subscribe: Subscribe) -> Self {
        self.subscribe = subscribe;
        self
    }

    /// Opens data channels, for messages and telephone keys.
    #[must_use]
    pub fn with_data(mut self) -> Self {
        self.has_data = true;
        self
    }

    /// Says how media travels.
    #[must_use]
    pub fn transport(mut self, transport: MediaTransport) -> Self {
        self.transport = transport;
        self
    }

    /// The local address to send media from. Without it, the addresses are those that lead to the server and to the network.
    #[must_use]
    pub fn bind(mut self, address: IpAddr) -> Self {
        self.bind = Some(address);
        self
    }

    /// How long joining may take, 15 s if not said.
    #[must_use]
    pub fn connect_limit(mut self, limit: Duration) -> Self {
        self.connect_limit = limit;
        self
    }

    /// How long to try to get back after a loss before giving up, 60 s if not said.
    #[must_use]
    pub fn restore_limit(mut self, limit: Duration) -> Self {
        self.restore_limit = limit;
        self
    }

    /// How many events may wait to be taken, 1024 if not said. One second of one track is 50.
    #[must_use]
    pub fn event_capacity(mut self, capacity: usize) -> Self {
        self.event_capacity = capacity;
        self
    }

    /// Trusts one more root certificate (DER) for `wss`, besides the public ones.
    #[must_use]
    pub fn trust(mut self, certificate: Vec<u8>) -> Self {
        self.root_certificates.push(certificate);
        self
    }
}

impl fmt::Debug for JoinOptions {
    // The URL may carry secrets in its query, and the token is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinOptions")
            .field("publish", &self.publish)
            .field("subscribe", &self.subscribe)
            .field("has_data", &self.has_data)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

/// A track to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishOptions {
    pub(crate) name: String,
    pub(crate) source: TrackSource,
    pub(crate) is_muted: bool,
    pub(crate) is_stereo: bool,
    pub(crate) audience: Audience,
}

impl PublishOptions {
    /// A mono track with this name, as if it came from a microphone.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            source: TrackSource::Microphone,
            is_muted: false,
            is_stereo: false,
            audience: Audience::Everybody,
        }
    }

    /// Says what it comes from.
    #[must_use]
    pub fn source(mut self, source: TrackSource) -> Self {
        self.source = source;
        self
    }

    /// Begins muted.
    #[must_use]
    pub fn muted(mut self) -> Self {
        self.is_muted = true;
        self
    }

    /// Says who may hear it.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// Announces stereo sound. Opus packets say themselves what they are; this tells receivers to play both channels.
    #[must_use]
    pub fn stereo(mut self) -> Self {
        self.is_stereo = true;
        self
    }
}

/// Who may hear a track.
///
/// The server enforces it, whatever others subscribe to. A track that not everybody may hear is published only after the server
/// was told who may, so nobody else hears even its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Audience {
    /// Everybody in the room. Beside a track that is limited, LiveKit knows no "everybody": whoever is in the room is named, and
    /// whoever comes later as soon as they are seen; hidden participants are not.
    #[default]
    Everybody,
    /// Those of these identities, whether they are there or not yet; nobody, when there are none.
    Only(Vec<String>),
}

/// Which audio tracks to subscribe to. Video never is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Subscribe {
    /// None.
    #[default]
    Nothing,
    /// Every one, whoever comes.
    AllAudio,
    /// Those of these identities, when they are there.
    Only(Vec<String>),
}

impl Subscribe {
    pub(crate) fn wants(&self, identity: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::AllAudio => true,
            Self::Only(identities) => identities.iter().any(|wanted| wanted == identity),
        }
    }

    /// Whether anything can ever be wanted, so that a receiving section is offered at once.
    pub(crate) fn is_something(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::AllAudio => true,
            Self::Only(identities) => !identities.is_empty(),
        }
    }
}

/// How media travels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MediaTransport {
    /// UDP, and TCP when UDP has not connected within three seconds.
    #[default]
    UdpThenTcp,
    /// UDP alone.
    UdpOnly,
    /// TCP alone (RFC 6544, framed by RFC 4571), for networks without UDP.
    TcpOnly,
}
